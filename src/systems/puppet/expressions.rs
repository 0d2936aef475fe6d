//! Regular expressions that Ruby refuses: `/srv(1|2)?\d)/`.
//!
//! Puppet hands each to Ruby when it reads the manifest. Told is what every Ruby refuses: a
//! parenthesis or a bracket without its pair, a sign of repetition with nothing before it.
//! (Source: what Ruby's `Regexp.new` says of each of these.)

/// What Ruby says of an expression that it refuses.
pub(super) fn refused(text: &str) -> Option<&'static str> {
    // Comments may hold what they like; so may what goes over several lines.
    if text.contains('\n') || has_comments(text) {
        return None;
    }
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    // Whether nothing stands before that can be repeated.
    let mut is_first = true;
    while let Some(&byte) = bytes.get(at) {
        let was_first = std::mem::replace(&mut is_first, matches!(byte, b'(' | b'|'));
        match byte {
            b'\\' => at += 1,
            b'[' => match set_end(bytes, at) {
                Set::Ends(end) => at = end,
                Set::Open => return Some("premature end of char-class"),
                Set::Nested => return None,
            },
            b'(' => {
                depth += 1;
                if bytes.get(at + 1) == Some(&b'?') {
                    // The sign of the group: `(?:`, `(?=`.
                    at += 2;
                    is_first = bytes.get(at) == Some(&b':');
                }
            }
            b')' if depth == 0 => return Some("unmatched close parenthesis"),
            b')' => depth -= 1,
            b'*' | b'+' | b'?' if was_first => {
                return Some("target of repeat operator is not specified");
            }
            _ => {}
        }
        at += 1;
    }
    (depth > 0).then_some("end pattern with unmatched parenthesis")
}

/// `(?#…)`, or `(?x)`, which takes the rest of a line behind `#` for a comment.
fn has_comments(text: &str) -> bool {
    text.match_indices("(?").any(|(at, _)| {
        let rest = &text[at + 2..];
        let flags = rest.find(|own: char| !own.is_ascii_lowercase() && own != '-');
        rest.starts_with('#') || rest[..flags.unwrap_or(rest.len())].contains('x')
    })
}

/// Where a set of letters ends.
enum Set {
    Ends(usize),
    /// Nowhere.
    Open,
    /// It holds a bracket, which old Ruby takes for a letter and new Ruby for another set.
    Nested,
}

fn set_end(bytes: &[u8], start: usize) -> Set {
    let mut at = start + 1;
    at += usize::from(bytes.get(at) == Some(&b'^'));
    // The first one is a letter.
    at += usize::from(bytes.get(at) == Some(&b']'));
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b']' => return Set::Ends(at),
            b'[' if bytes.get(at + 1) == Some(&b':') => {
                match bytes[at..].windows(2).position(|two| two == b":]") {
                    Some(end) => at += end + 1,
                    None => return Set::Nested,
                }
            }
            b'[' => return Set::Nested,
            _ => {}
        }
        at += 1;
    }
    Set::Open
}

#[cfg(test)]
mod tests {
    use super::refused;

    #[test]
    fn what_ruby_refuses() {
        let all = [
            r"srv(1|2)?\d)",
            "(a",
            "[a",
            "[]",
            "[^]",
            "*a",
            "(*)",
            "a|*",
            "+",
            "(?:+)",
            r"[\]",
            "(?<n>a",
            "^(?:a|b$",
            "*.example.com",
            "[[:alpha:]",
        ];
        for text in all {
            assert!(refused(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_it_takes() {
        let all = [
            "",
            r"\(",
            r"^web\d+(\.a|\.b)?$",
            "[]a]",
            "[^]a]",
            "a]",
            "[(]",
            r"[\](]",
            "(?i:a)",
            "(?#()",
            "(?x: # ( a",
            "[[:alpha:](]",
            "[a[b]",
            "^*",
            "a**",
            "(?!a)b",
            "(?<=a)b",
            "(|a)",
            "a{2",
            "(?<name>a+)",
            "(?-mix:a)",
            "a(?i)b",
            "x|y+",
            r"\*a",
            "(a)+",
        ];
        for text in all {
            assert_eq!(refused(text), None, "{text}");
        }
    }
}

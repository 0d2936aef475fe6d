//! How deep a syntax tree may become, told from the text.
//!
//! The parser grows its stack, but whoever walks or frees the tree does not. What nests
//! deeper than people write is therefore not parsed at all.

/// Whether the tree of `text` stays below `limit` levels: brackets, indentation and chains
/// of operators (`a.b.c`, `a + b + c`, `not not a`) count. Errs towards `false`.
pub(crate) fn is_shallow(text: &str, limit: usize) -> bool {
    let bytes = text.as_bytes();
    // Operators since the last comma, for each open bracket.
    let mut chains = vec![0_usize];
    let mut total = 0;
    let mut at = 0;
    let mut indent = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'#' => at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |len| at + len),
            b'"' | b'\'' => {
                let prefix = bytes[..at].iter().rev().take(2);
                let computed = prefix.clone().any(|c| matches!(c, b'f' | b'F' | b't' | b'T'));
                let end = string_end(bytes, at);
                if computed && total + braces(&bytes[at..end]) > limit {
                    return false;
                }
                at = end;
            }
            b'\n' | b';' if chains.len() == 1 => {
                total = 0;
                chains[0] = 0;
                at += 1;
                if byte == b'\n' {
                    let blank = |c: &&u8| matches!(c, b' ' | b'\t');
                    indent = bytes[at..].iter().take_while(blank).count();
                    at += indent;
                }
            }
            b'(' | b'[' | b'{' => {
                chains.push(0);
                at += 1;
            }
            b')' | b']' | b'}' => {
                if chains.len() > 1 {
                    total -= chains.pop().unwrap_or(0);
                }
                count(&mut chains, &mut total);
                at += 1;
            }
            b',' => {
                if let Some(last) = chains.last_mut() {
                    total -= *last;
                    *last = 0;
                }
                at += 1;
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'~' | b'<' | b'>'
            | b'=' | b'.' | b':' => {
                count(&mut chains, &mut total);
                at += 1;
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let word =
                    bytes[at..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_');
                let end = at + word.count();
                if matches!(&bytes[at..end], b"not" | b"lambda" | b"else" | b"await" | b"yield") {
                    count(&mut chains, &mut total);
                }
                at = end;
            }
            _ => at += 1,
        }
        if total + chains.len() + indent / 2 > limit {
            return false;
        }
    }
    true
}

fn count(chains: &mut [usize], total: &mut usize) {
    if let Some(last) = chains.last_mut() {
        *last += 1;
        *total += 1;
    }
}

/// One past the string that starts at `at`; one that is not closed ends with its line.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let triple = bytes[at..].starts_with(&[quote; 3]);
    let mut end = at + if triple { 3 } else { 1 };
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 2,
            b'\n' if !triple => return end,
            _ if byte == quote && !triple => return end + 1,
            _ if byte == quote && bytes[end..].starts_with(&[quote; 3]) => return end + 3,
            _ => end += 1,
        }
    }
    bytes.len()
}

/// The most that one `{…}` of a computed string can nest.
fn braces(bytes: &[u8]) -> usize {
    bytes
        .split(|byte| *byte == b'}')
        .map(|part| {
            let open = part.iter().position(|byte| *byte == b'{').unwrap_or(part.len());
            part[open..].iter().filter(|byte| !byte.is_ascii_alphanumeric()).count()
        })
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::is_shallow;

    #[test]
    fn what_people_write_is_shallow() {
        let table = format!("X = {{\n{}}}\n", "    'a': [1, 2.5, -3, f(x).y],\n".repeat(5000));
        assert!(is_shallow(&table, 50));
        assert!(is_shallow("'[[[[[[[[[[[[' # ((((((((((((((((((((((\n\"\"\"((((((((((\n\"\"\"", 8));
        assert!(is_shallow(&"a.b(c)\n".repeat(1000), 50));
    }

    #[test]
    fn nests_of_every_sort_are_deep() {
        for text in
            ["(", "[", "{", "a.", "a+", "not ", "lambda: ", "f()()", "-", "a[0]", "1 if a else "]
        {
            assert!(!is_shallow(&text.repeat(300), 200), "{text}");
        }
        assert!(!is_shallow(&format!("f'{{{}'", "(".repeat(300)), 200));
        let blocks: String =
            (0..300).map(|level| format!("{}if a:\n", " ".repeat(level))).collect();
        assert!(!is_shallow(&blocks, 100));
    }
}

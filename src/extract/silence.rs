//! Inline silences, which any file may carry.

use crate::facts::Allow;

/// The text that begins an inline silence.
const MARKER: &[u8] = b"crosscheck: allow(";

/// Finds `crosscheck: allow(RULE, …) reason` comments in any file.
pub fn allows(bytes: &[u8]) -> Vec<Allow> {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(bytes, MARKER) {
        let rest = &bytes[at + MARKER.len()..];
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        let Some(close) = memchr::memchr(b')', line) else { continue };
        let Ok(rules) = std::str::from_utf8(&line[..close]) else { continue };
        let reason = String::from_utf8_lossy(&line[close + 1..]);
        let reason = without_end(reason.trim());
        let end = at + MARKER.len() + close + 1;
        found.push(Allow {
            rules: rules
                .split(',')
                .map(|rule| rule.trim().into())
                .filter(|rule: &smol_str::SmolStr| !rule.is_empty())
                .collect(),
            reason: reason.into(),
            span: crate::facts::Span::new(at, end),
        });
    }
    found
}

/// A reason without what closes the comment that it stands in.
fn without_end(mut reason: &str) -> &str {
    for end in ["}}", "-", "*/", "-->", "%>", "#}", "-"] {
        reason = reason.strip_suffix(end).unwrap_or(reason).trim_end();
    }
    reason
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_closes_a_comment_is_no_reason() {
        for end in ["", " */", " -->", " %>", " -%>", " #}", " */}}", " */ -}}"] {
            let found = super::allows(format!("# crosscheck: allow(a) why not{end}\n").as_bytes());
            assert_eq!(found[0].reason, "why not", "{end}");
        }
    }

    #[test]
    fn comments_of_any_language() {
        let found =
            super::allows(b"x # crosscheck: allow(a, b) because\n/* crosscheck: allow(c) */\n");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].rules, ["a", "b"]);
        assert_eq!(found[0].reason, "because");
        assert_eq!(found[1].reason, "");
    }
}

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
        // What closes the comment is not part of the reason.
        let reason =
            reason.trim().trim_end_matches("*/").trim_end_matches("-->").trim_end_matches("%>");
        let end = at + MARKER.len() + close + 1;
        found.push(Allow {
            rules: rules
                .split(',')
                .map(|rule| rule.trim().into())
                .filter(|rule: &smol_str::SmolStr| !rule.is_empty())
                .collect(),
            reason: reason.trim().into(),
            span: crate::facts::Span::new(at, end),
        });
    }
    found
}

#[cfg(test)]
mod tests {
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

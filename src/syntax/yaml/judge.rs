//! What decides whether a file is YAML: libyaml, which Ansible, Hiera and Helm read with or
//! follow. Our own parser is stricter here and there; its refusal alone proves nothing.

use super::MAX_DEPTH;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Whether libyaml reads all documents of `text`, as far as its bounds let it.
pub(super) fn accepts(text: &str) -> bool {
    is_deep(text)
        || serde_yaml::Deserializer::from_str(text).all(|document| {
            match IgnoredAny::deserialize(document) {
                Ok(_) => true,
                Err(error) => error.to_string().contains("limit exceeded"),
            }
        })
}

/// Whether brackets nest deeper than is read: libyaml takes a time that grows with the depth for
/// each of them, and says afterwards that its limit is exceeded.
fn is_deep(text: &str) -> bool {
    let mut depth = 0usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 2 * MAX_DEPTH
    })
}

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn depth_costs_nothing() {
        assert!(accepts(&"[".repeat(8_000_000)), "in less than a moment");
        assert!(!accepts(&"a: [b: c: d]\n".repeat(1000)));
    }

    #[test]
    fn agrees_with_libyaml() {
        for text in
            ["", "a: 1\n---\nb: 2\n", "a: \"x\ny\"\nb: 1\n", "a: !vault |\n  x\n", "a: 1\na: 2\n"]
        {
            assert!(accepts(text), "{text:?}");
        }
        for text in ["a: b: c\n", "a: [1, 2\nb: 3\n", "a: @b\n", "a:\n\t- b\n", "a: 'x'y\n"] {
            assert!(!accepts(text), "{text:?}");
        }
    }
}

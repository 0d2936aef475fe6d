//! What decides whether a file is YAML: libyaml, which Ansible, Hiera and Helm read with or
//! follow. Our own parser is stricter here and there; its refusal alone proves nothing.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// Whether libyaml reads all documents of `text`, as far as its bounds let it.
pub(super) fn accepts(text: &str) -> bool {
    serde_yaml::Deserializer::from_str(text).all(|document| {
        match IgnoredAny::deserialize(document) {
            Ok(_) => true,
            Err(error) => error.to_string().contains("limit exceeded"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::accepts;

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

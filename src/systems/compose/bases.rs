//! Files of services with other names than those of Compose: `common.yml`, from which services
//! extend, `data.yaml`, which a project includes. What they declare is known; what they use is not
//! looked at.

use super::{is_named, keys, parts};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, base_name};
use crate::syntax::yaml::{Node, Value};
use memchr::memmem;

/// Extracts from them.
pub(super) struct Bases;

impl Extractor for Bases {
    fn system(&self) -> &'static str {
        "compose"
    }

    fn claims(&self, path: &str) -> bool {
        let ends = path.ends_with(".yml") || path.ends_with(".yaml");
        ends && !base_name(path).starts_with('.') && !is_named(path)
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &str| memmem::find(bytes, text.as_bytes()).is_some();
        (bytes.starts_with(b"services:\n") || has("\nservices:\n"))
            && (has("    image: ") || has("    build:") || has("    extends:"))
            && !has("{{")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Some(root) = source.yaml().roots.first().filter(|_| source.yaml().is_whole()) else {
            return;
        };
        let services = root.get("services").map(Node::entries).unwrap_or_default();
        if !services.is_empty() && services.iter().all(|(_, own)| is_service(own)) {
            parts::of_base(source, root, out);
        }
    }
}

/// Whether a mapping has nothing but what a service has, and says what it runs.
fn is_service(node: &Node<'_>) -> bool {
    let key_is = |own: &str| own == "<<" || own.starts_with("x-") || keys::is_of_service(own);
    matches!(node.value, Value::Mapping(_))
        && node.entries().iter().all(|(key, _)| key.as_str().is_some_and(key_is))
        && ["image", "build", "extends", "<<"].iter().any(|key| node.get(key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        if Bases.accepts(text.as_bytes()) {
            Bases.extract(&Source::of("a/base.yml", text), &Settings::default(), &mut out);
        }
        out.provides.iter().map(|own| own.name.to_string()).collect()
    }

    #[test]
    fn services_under_another_name() {
        let text = "services:\n  one:\n    image: a\n    hostname: two\n";
        assert_eq!(declared(text), ["a", "a:one", "a/base.yml:one", "a:one", "a:two"]);
        // A container of another framework, and a list.
        assert!(declared("services:\n  one:\n    class: A\n    build: b\n").is_empty());
        assert!(declared("services:\n  - docker\nx:\n    image: b\n").is_empty());
    }
}

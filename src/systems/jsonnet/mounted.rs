//! Files that what a program describes has beside others once it runs, and the tree has not: the
//! keys of a ConfigMap that is mounted over a folder of the tree, the file that a controller writes
//! before it runs a module.
//!
//! (Source: Kubernetes API, `VolumeMount.subPath`; Crossplane's provider for Terraform and OpenTofu,
//! `ProviderConfig.spec.credentials[].filename`.)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds};

/// Extracts the names of files that programs mount or write.
pub(super) struct Mounted;

/// Keys whose values are such names, in what is written with `=` or with `:`.
const KEYS: [&str; 3] = ["filename", "fileName", "subPath"];

/// Most names of one file.
const MOST: usize = 200;

impl Extractor for Mounted {
    fn system(&self) -> &'static str {
        "jsonnet"
    }

    fn claims(&self, path: &str) -> bool {
        [".jsonnet", ".libsonnet", ".k", ".cue"].iter().any(|ending| path.ends_with(ending))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        KEYS.iter().any(|key| memchr::memmem::find(bytes, key.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        for (name, at) in source.text.lines().filter_map(named).take(MOST) {
            let begin = at as usize - source.text.as_ptr() as usize;
            out.provides.push(Provide {
                kind: kinds::WRITTEN_FILE,
                name: NamePattern::with_marks(&format!("*/{name}"), &['*']),
                span: Span::new(begin, begin + name.len()),
                within: None,
                detail: Detail::None,
            });
        }
    }
}

/// The name of a file that a line gives one of the keys, and where it begins.
fn named(line: &str) -> Option<(&str, *const u8)> {
    let (key, value) = line.split_once(['=', ':'])?;
    let key = key.trim().trim_matches(['"', '\'']);
    let value = value.trim().trim_end_matches([',', ' ']);
    let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    let name = quoted('"').or_else(|| quoted('\''))?;
    let is_name = (3..64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    (is_name && KEYS.contains(&key)).then_some((name, name.as_ptr()))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn names_that_keys_have() {
        let of = |line| named(line).map(|(name, _)| name);
        assert_eq!(of("      filename = \"app-apikey\""), Some("app-apikey"));
        assert_eq!(of("  subPath: 'data.yml',"), Some("data.yml"));
        assert_eq!(of("  \"subPath\": \"data.yml\""), Some("data.yml"));
        for line in ["filename = name", "path: 'a.yml'", "subPath: 'a/b.yml',", "filename?: str"] {
            assert_eq!(of(line), None, "{line}");
        }
    }
}

//! Folders that Dependabot looks for versions in: without one, updates of it stop.
//!
//! (Source: GitHub's "Dependabot options reference", `directory`, `directories`.)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Ref, Require, Strength, join_path, kinds};
use crate::syntax::yaml::Node;

/// Extracts from the file of Dependabot.
pub(super) struct Updates;

impl Extractor for Updates {
    fn system(&self) -> &'static str {
        "github-actions"
    }

    fn claims(&self, path: &str) -> bool {
        matches!(path, ".github/dependabot.yml" | ".github/dependabot.yaml")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Some(root) = source.yaml().roots.first() else { return };
        for update in root.get("updates").map(Node::items).unwrap_or_default() {
            let several = update.get("directories").map(Node::items).unwrap_or_default();
            for own in update.get("directory").into_iter().chain(several) {
                let text = own.as_str().unwrap_or_default();
                if text.contains(['*', '?', '[', '$', '{']) {
                    continue;
                }
                let path = join_path("", text.trim_start_matches('/').trim_end_matches('/'));
                if let Some(path) = path.filter(|own| !own.is_empty()) {
                    let target = Ref::exact(kinds::CI_FOLDER, path);
                    let require = Require::certain(target, own.span, "directory", None);
                    out.requires.push(require.with_strength(Strength::Likely));
                }
            }
        }
    }
}

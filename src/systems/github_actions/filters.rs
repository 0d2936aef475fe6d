//! Paths that a workflow runs for, and those that a cache is told by. What matches nothing fails
//! nothing: only what was there before is missed.
//!
//! (Source: GitHub's "Workflow syntax", `on.<event>.paths`; "Expressions", `hashFiles`.)

use super::File;
use crate::facts::{Ref, Relation, Require, Strength, join_path, kinds};
use crate::syntax::yaml::Node;

/// Events with paths.
const EVENTS: [&str; 3] = ["push", "pull_request", "pull_request_target"];

/// The folder or the file that a pattern begins with.
fn begin(pattern: &str) -> Option<String> {
    let end = pattern.find(['*', '?', '[', '{', '+', '!']).unwrap_or(pattern.len());
    let fixed = match end == pattern.len() {
        true => pattern,
        false => pattern[..end].rsplit_once('/').map_or("", |(folder, _)| folder),
    };
    let path = join_path("", fixed.trim_end_matches('/'))?;
    (!path.is_empty() && !fixed.contains('$')).then(|| path.to_string())
}

impl File<'_> {
    /// The paths of each event.
    pub(super) fn filtered(&mut self, root: &Node<'_>) {
        for event in EVENTS {
            let paths = root.get("on").and_then(|on| on.get(event)?.get("paths"));
            for own in paths.map(Node::items).unwrap_or_default() {
                if let Some(path) = own.as_str().and_then(begin) {
                    let target = Ref::exact(kinds::PAYLOAD_FILE, path);
                    let via = Relation::Watches.called("paths");
                    let require = Require::certain(target, own.span, via, None);
                    self.out.requires.push(require.with_strength(Strength::Likely));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::begin;

    #[test]
    fn what_patterns_begin_with() {
        let of = |text: &str| begin(text).unwrap_or_default();
        assert_eq!(of("web/**"), "web");
        assert_eq!(of("web/src/*.js"), "web/src");
        assert_eq!(of("web/go.mod"), "web/go.mod");
        for text in ["**.js", "*", "!web/**", "web*/a"] {
            assert_eq!(of(text), "", "{text}");
        }
    }
}

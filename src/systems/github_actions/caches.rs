//! Files whose sums tell one cache from another, of actions that set a language up.
//!
//! (Source: the README pages of `actions/setup-node`, `setup-python`, `setup-go` and `setup-java`,
//! `cache-dependency-path`: "Some specified paths were not resolved" fails the step.)

use super::File;
use super::folders::{Made, makes};
use crate::facts::{Ref, Strength, join_path, kinds};
use crate::syntax::yaml::Node;

/// The actions that fail where such a file is not there.
const FAIL: [&str; 2] = ["actions/setup-node", "actions/setup-python"];

impl File<'_> {
    /// The files of one step, as far as none before it makes them.
    pub(super) fn cached(&mut self, step: &Node<'_>, before: &[Node<'_>]) {
        let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
        let action = uses.split('@').next().unwrap_or_default();
        let given = |key: &str| step.get("with").and_then(|own| own.get(key));
        let node = given("cache-dependency-path").filter(|_| action.starts_with("actions/setup-"));
        let Some((node, text)) = node.and_then(|own| Some((own, own.as_str()?))) else { return };
        // Nothing is looked for where nothing is kept.
        let is_kept = given("cache").is_some() || action == "actions/setup-go";
        let is_kept = is_kept && self.is_of_checkout();
        for line in text.lines().map(str::trim).filter(|own| is_kept && !own.is_empty()) {
            if line.contains(['*', '$', '?', '[', '{', '!', '~']) || line.starts_with('/') {
                continue;
            }
            let Some(path) = join_path("", line) else { continue };
            let made = before.iter().map(|own| makes(own, &path)).max().unwrap_or(Made::No);
            let strength = match made {
                Made::Yes => continue,
                Made::No if FAIL.contains(&action) && text.lines().count() == 1 => {
                    Strength::Certain
                }
                _ => Strength::Likely,
            };
            let target = Ref::exact(kinds::FILE, path);
            self.require(target, node.span, "cache-dependency-path", strength);
        }
    }
}

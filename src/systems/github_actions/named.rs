//! Workflows that run when another one has: they name it as it names itself.
//!
//! (Source: GitHub's documentation, "Events that trigger workflows", `workflow_run`; "Workflow
//! syntax", `name`: without one, a workflow is called by its path.)

use super::File;
use crate::facts::{Ref, Strength, kinds};
use crate::syntax::yaml::Node;

/// How the names of workflows begin that GitHub runs by itself.
const OWN: [&str; 6] =
    ["Automatic Dependency Submission", "CodeQL", "Copilot", "Dependabot", "dynamic/", "pages"];

impl File<'_> {
    /// The workflow's own name, and the names of those that it waits for. Where one is gone,
    /// nothing fails: what waits for it runs no more.
    pub(super) fn named(&mut self, root: &Node<'_>) {
        let name = root.get("name").filter(|own| own.as_str().is_some_and(|own| !own.is_empty()));
        match name.and_then(|own| Some((own.as_str()?, own.span))) {
            Some((text, span)) => self.provide(kinds::CI_NAMED, text.to_owned(), span),
            None => self.provide(kinds::CI_NAMED, self.path.to_owned(), root.span),
        }
        let after = root.get("on").and_then(|on| on.get("workflow_run")?.get("workflows"));
        let Some(after) = after else { return };
        for own in after.items().iter().chain([after]) {
            let Some(text) = own.as_str() else { continue };
            let is_plain = !text.is_empty() && !text.contains(['*', '?', '$', '!']);
            if is_plain && !OWN.iter().any(|begin| text.starts_with(begin)) {
                let target = Ref::exact(kinds::CI_NAMED, text);
                self.require(target, own.span, "workflow_run", Strength::Likely);
            }
        }
    }
}

//! Artifacts that steps of a workflow upload, and those that later ones download.
//!
//! (Source: the README pages of `actions/upload-artifact` and `actions/download-artifact`: inputs,
//! defaults; a download of a name that the run has not fails its step.)

use super::File;
use super::folders::is_called;
use crate::facts::{Detail, NamePattern, Provide, Ref, Scope, Strength, kinds};
use crate::syntax::yaml::Node;

/// Whether all that uploads in a run of a workflow is known.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Extent {
    /// Its steps do, and nothing else.
    Closed,
    /// What it calls, or who calls it, may too.
    Open,
}

impl Extent {
    /// Its name in what a reference says.
    pub(super) const OPEN: &str = "open";

    fn text(self) -> &'static str {
        match self {
            Self::Closed => "",
            Self::Open => Self::OPEN,
        }
    }
}

/// Who publishes actions that upload nothing by a name of their own.
const KNOWN: [&str; 7] = [
    "actions/",
    "aws-actions/",
    "azure/",
    "docker/",
    "google-github-actions/",
    "hashicorp/",
    "pnpm/",
];

/// Whether a workflow calls nothing that may upload, and nothing calls it.
pub(super) fn extent(root: &Node<'_>) -> Extent {
    let jobs = root.get("jobs").map(Node::entries).unwrap_or_default();
    let is_known = |step: &Node<'_>| match step.get("uses").map(Node::as_str) {
        None => true,
        Some(uses) => uses.is_some_and(|own| {
            let own = own.to_ascii_lowercase();
            !own.starts_with("actions/github-script") && KNOWN.iter().any(|by| own.starts_with(by))
        }),
    };
    let is_plain = |job: &Node<'_>| {
        let steps = job.get("steps").map(Node::items);
        job.get("uses").is_none() && steps.is_some_and(|own| own.iter().all(is_known))
    };
    match !is_called(root) && jobs.iter().all(|(_, job)| is_plain(job)) {
        true => Extent::Closed,
        false => Extent::Open,
    }
}

/// What an action that uploads calls an artifact that is given no name.
fn usual(action: &str) -> Option<&'static str> {
    match action {
        "actions/upload-artifact" => Some("artifact"),
        "actions/upload-artifact/merge" => Some("merged-artifacts"),
        "actions/upload-pages-artifact" => Some("github-pages"),
        _ => None,
    }
}

/// A name of which expressions are open.
fn filled(text: &str) -> NamePattern {
    NamePattern::with_holes(text, |rest| {
        let at = rest.find("${{")?;
        Some(at..rest[at..].find("}}").map_or(rest.len(), |end| at + end + 2))
    })
}

impl File<'_> {
    /// What steps upload and download by a name.
    pub(super) fn artifacts(&mut self, steps: &[Node<'_>], extent: Extent) {
        for step in steps {
            let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
            let action = uses.split('@').next().unwrap_or_default();
            let given = |key: &str| step.get("with").and_then(|own| own.get(key));
            if let Some(usual) = usual(action) {
                let named = given("name");
                let name = match named.map(Node::as_str) {
                    None => NamePattern::exact(usual),
                    Some(text) => text.map_or(NamePattern::any(), filled),
                };
                let (kind, span) = (kinds::CI_ARTIFACT, named.unwrap_or(step).span);
                let detail = Detail::None;
                self.out.provides.push(Provide { kind, name, span, within: None, detail });
            }
            let is_of_run =
                ["run-id", "repository", "github-token"].iter().all(|key| given(key).is_none());
            let is_download = action == "actions/download-artifact" && is_of_run;
            let name = given("name").filter(|_| is_download);
            let Some((name, text)) = name.and_then(|own| Some((own, own.as_str()?))) else {
                continue;
            };
            let is_sure = ["continue-on-error", "if"].iter().all(|key| step.get(key).is_none());
            let strength = if is_sure { Strength::Certain } else { Strength::Likely };
            if !text.is_empty() && !text.contains("${{") {
                let target = Ref::exact(kinds::CI_ARTIFACT, text);
                let target = target.seen_from(Scope::inside(self.path, extent.text()));
                self.require(target, name.span, "download-artifact", strength);
            }
        }
    }
}

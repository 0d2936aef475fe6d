//! Pipelines of GitLab: jobs that name each other, the files that they are put together from,
//! and the scripts of the tree that they run.
//!
//! (Source: GitLab's "CI/CD YAML syntax reference": `include`, `extends`, `needs`,
//! `dependencies`, `stages`, `trigger`; "YAML optimization": `!reference`.)

mod names;
mod shells;

use crate::domain::commands::{Lines, templated_scalar};
use crate::domain::doubled;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Provide, Ref, Require, Scope, Span, Strength, base_name,
    kinds,
};
use crate::graph::Graph;
use crate::syntax::yaml::{Form, Node};
use crate::systems::System;
use std::sync::Arc;

/// GitLab's pipelines.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "gitlab_ci"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Pipelines]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }
}

/// The file that GitLab begins with.
const ROOT: &str = ".gitlab-ci.yml";

/// Folders in which the parts of a pipeline lie.
const FOLDERS: [&str; 5] = [".gitlab/", ".gitlab-ci/", "gitlab-ci/", ".ci/", "ci/"];

/// Keys at the top of a file that are no jobs.
const RESERVED: [&str; 11] = [
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "services",
    "spec",
    "stages",
    "variables",
    "workflow",
];

/// How a file takes in another one, and how it begins another pipeline with it.
const INCLUDE: &str = "include";
const TRIGGER: &str = "trigger";

/// Extracts from the files of pipelines.
pub struct Pipelines;

impl Extractor for Pipelines {
    fn system(&self) -> &'static str {
        "gitlab-ci"
    }

    fn claims(&self, path: &str) -> bool {
        let yaml = path.ends_with(".yml") || path.ends_with(".yaml");
        path.ends_with(ROOT) || yaml && FOLDERS.iter().any(|folder| path.starts_with(folder))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"script:") || has(b"stage") || has(b"include:") || has(b"trigger:")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let documents = source.yaml();
        // Elsewhere it may be part of a skeleton, which is filled in before.
        let form = if source.path == ROOT { Form::Plain } else { Form::Either };
        if base_name(source.path) == ROOT {
            out.problems.extend(source.yaml_problem(form));
        }
        if !documents.is_whole() {
            return;
        }
        let told = (Strength::Likely, "GitLab takes the last: what the first says is lost");
        doubled::keys(&documents.roots, told, &mut out.problems);
        let mut file = File {
            path: source.path,
            text: source.text,
            scope: Scope::of(source.path),
            runner: shells::Runner::of(source.text),
            moves: source.text.split([' ', '\n', ';', '&', '(', '"', '\'']).any(is_move),
            out,
        };
        let mut beyond = Beyond::Nothing;
        for root in &documents.roots {
            beyond = beyond.max(file.root(root));
        }
        let detail = match beyond {
            Beyond::Nothing => Detail::None,
            Beyond::Known => Detail::from("open"),
            Beyond::Anything => Detail::from(ANYTHING),
        };
        let span = documents.roots.first().map_or(Span::default(), |root| root.span);
        file.provide(kinds::GITLAB_CI_PART, source.path.to_owned(), span, detail);
    }
}

/// What of a pipeline does not lie in the tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Beyond {
    Nothing,
    /// Templates that GitLab brings, and stages that are built.
    Known,
    /// Files of other repositories, which may be those of this one at another revision.
    Anything,
}

/// The detail of a file that takes in files of other repositories.
const ANYTHING: &str = "anything";

fn is_move(word: &str) -> bool {
    matches!(word, "cd" | "pushd")
}

struct File<'f> {
    path: &'f str,
    text: &'f str,
    scope: Arc<Scope>,
    /// Some command changes the folder: where others run is not known.
    moves: bool,
    /// What runs its lists of commands, as far as the text tells.
    runner: shells::Runner,
    out: &'f mut FileFacts,
}

/// Lists of a job that may be taken over from another one.
const TAKEN: [&str; 4] = ["script", "before_script", "after_script", "rules"];

/// The keys of a job, one a line, if none are merged into it. Those that it inherits by `extends` are not
/// its own when `!reference` looks for them, but where it does may change.
fn keys(job: &Node<'_>) -> Detail {
    let mut all = Vec::new();
    for (key, _) in job.entries() {
        match key.as_str() {
            Some("<<" | "extends") | None => return Detail::None,
            Some(name) => all.push(name),
        }
    }
    all.join("\n").into()
}

/// The items of a list, or the one thing that stands in its place.
fn several<'n, 'y>(node: &'n Node<'y>) -> &'n [Node<'y>] {
    match node.items() {
        [] => std::slice::from_ref(node),
        items => items,
    }
}

impl File<'_> {
    fn provide(&mut self, kind: Kind, name: String, span: Span, detail: Detail) {
        let name = NamePattern::exact(name);
        self.out.provides.push(Provide { kind, name, span, within: None, detail });
    }

    fn require(&mut self, target: Ref, span: Span, via: &'static str, strength: Strength) {
        self.out.requires.push(Require::certain(target, span, via, None).with_strength(strength));
    }

    /// What is taken in that does not lie in the tree.
    fn root(&mut self, root: &Node<'_>) -> Beyond {
        let mut beyond = Beyond::Nothing;
        for own in root.get("include").map(several).unwrap_or_default() {
            beyond = beyond.max(self.taken(own, INCLUDE));
        }
        for stage in root.get("stages").map(Node::items).unwrap_or_default() {
            match stage.as_str() {
                Some(name) => {
                    let name = format!("{}:{name}", self.path);
                    self.provide(kinds::GITLAB_CI_STAGE, name, stage.span, Detail::None);
                }
                None => beyond = beyond.max(Beyond::Known),
            }
        }
        for (key, job) in root.entries() {
            let Some(name) = key.as_str().filter(|name| !RESERVED.contains(name)) else { continue };
            // Anchors are kept at the top too.
            let named = format!("{}:{name}", self.path);
            self.provide(kinds::GITLAB_CI_JOB, named, key.span, keys(job));
            let before = self.out.requires.len();
            self.job(job);
            self.refused(job);
            // A hidden job runs only as part of another, which may set its own stage and needs.
            // (Source: the "CI/CD YAML syntax reference", "Hide jobs".)
            if name.starts_with('.') {
                for own in &mut self.out.requires[before..] {
                    let is_set_anew = matches!(own.via, "stage" | "needs" | "dependencies");
                    own.strength = if is_set_anew { Strength::Guarded } else { own.strength };
                }
            }
        }
        for own in [Some(root), root.get("default")].into_iter().flatten() {
            self.scripts(own);
            self.refused(own);
        }
        beyond
    }

    /// A file that is taken in, and whether it lies elsewhere.
    fn taken(&mut self, node: &Node<'_>, via: &'static str) -> Beyond {
        let (local, plain) = match (node.as_str(), node.get("local")) {
            (Some(text), _) if !text.contains("://") => (Some((text, node.span)), true),
            (None, Some(local)) => {
                let plain = node.get("rules").is_none() && node.get("inputs").is_none();
                (local.as_str().map(|text| (text, local.span)), plain)
            }
            _ => (None, true),
        };
        // The paths of another repository's files are its own.
        let own = self.path == ROOT || base_name(self.path) != ROOT;
        let local = local.filter(|(text, _)| own && !text.contains('$'));
        if let Some((text, span)) = local.filter(|(text, _)| names::is_pattern(text)) {
            let target = Ref::exact(kinds::GITLAB_CI_PART, text.trim_start_matches('/'));
            self.require(target, span, via, Strength::Guarded);
            return Beyond::Nothing;
        }
        let exact = local.filter(|(text, _)| !text.contains(['[', '*']));
        let Some((text, span)) = exact else {
            let is_known = local.is_some()
                || ["template", "component"].iter().any(|key| node.get(key).is_some());
            return if is_known { Beyond::Known } else { Beyond::Anything };
        };
        let target = Ref::exact(kinds::FILE, text.trim_start_matches('/'));
        let strength = if plain { Strength::Certain } else { Strength::Likely };
        self.require(target, span, via, strength);
        Beyond::Nothing
    }

    fn job(&mut self, job: &Node<'_>) {
        for own in job.get("extends").map(several).unwrap_or_default() {
            self.named(own, "extends", Strength::Certain);
        }
        for own in job.get("dependencies").map(Node::items).unwrap_or_default() {
            self.named(own, "dependencies", Strength::Certain);
        }
        for own in job.get("needs").map(Node::items).unwrap_or_default() {
            let elsewhere = ["project", "pipeline"].iter().any(|key| own.get(key).is_some());
            let optional = own.get("optional").is_some() || elsewhere;
            let strength = if optional { Strength::Guarded } else { Strength::Certain };
            self.named(own.get("job").unwrap_or(own), "needs", strength);
        }
        if let Some(stage) = job.get("stage")
            && let Some(name) = stage.as_str().filter(|name| !name.contains(['$', '[']))
        {
            let target = Ref::exact(kinds::GITLAB_CI_STAGED, name);
            let target = target.seen_from(self.scope.clone());
            self.require(target, stage.span, "stage", Strength::Certain);
        }
        if let Some(include) = job.get("trigger").and_then(|own| own.get("include")) {
            for own in several(include) {
                self.taken(own, TRIGGER);
            }
        }
        for list in TAKEN {
            let Some(own) = job.get(list) else { continue };
            // `script: !reference [.job, script]`
            self.taken_over(own);
            own.items().iter().for_each(|own| self.taken_over(own));
        }
        self.scripts(job);
    }

    /// `!reference [.job, script]`: a job, and what is taken over of it. (The tag itself is not told
    /// from a list here; no command begins like that.)
    fn taken_over(&mut self, node: &Node<'_>) {
        let [name, key, ..] = node.items() else { return };
        let (Some(job), Some(text)) = (name.as_str(), key.as_str()) else { return };
        if !job.starts_with('.') || job.contains(['/', ' ']) {
            return;
        }
        self.named(name, "!reference", Strength::Certain);
        if !job.contains(['$', '['])
            && text.bytes().all(|own| own.is_ascii_lowercase() || own == b'_')
        {
            let target = Ref::exact(kinds::GITLAB_CI_KEY, format!("{job}/{text}"));
            let target = target.seen_from(self.scope.clone());
            self.require(target, key.span, "!reference", Strength::Certain);
        }
    }

    /// A job by its name; of one that runs several times, `name: [one, two]`.
    fn named(&mut self, node: &Node<'_>, via: &'static str, strength: Strength) {
        let Some(text) = node.as_str() else { return };
        let name = text.split(": [").next().unwrap_or(text);
        if !name.is_empty() && !name.contains(['$', '[']) {
            let target = Ref::exact(kinds::GITLAB_CI_NAMED, name).seen_from(self.scope.clone());
            self.require(target, node.span, via, strength);
        }
    }

    /// Command lines, which run at the root of the tree until one goes elsewhere.
    fn scripts(&mut self, node: &Node<'_>) {
        if self.moves || base_name(self.path) == ROOT && self.path != ROOT {
            return;
        }
        for list in ["before_script", "script", "after_script"] {
            for line in node.get(list).map(several).unwrap_or_default() {
                if let Some(text) = line.as_str() {
                    let lines = Lines::new("script", "script");
                    lines.add(&templated_scalar(text, line.span, self.text), self.out);
                }
            }
        }
    }
}

//! How much of what a change touches is known.
//!
//! A file was *read* where all that it refers to by name is a fact: a Puppet manifest's
//! classes, resources, files, templates and keys; a configuration of HAProxy with its
//! backends. Where a language's own references are not facts (what a Python file imports and
//! calls, a PHP file's methods, a play's variables), or nothing reads the language at all,
//! the file was not, however many other facts it gives. Of such a file, needs may be found,
//! and more may exist.

use super::callers::Callers;
use super::requirements::Requirements;
use super::units::Units;
use crate::facts::{FileFacts, Kind, Property, Standing, Template, base_name, is_migration};
use crate::graph::Graph;
use crate::loader::SnapshotFile;
use crate::tree::EntryKind;
use std::collections::BTreeMap;

/// How a unit came to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// A need that was found orders it.
    Ordered,
    /// Its contents were read, and nothing that was read is tied to it.
    Free,
    /// Its contents were not read.
    Unknown,
}

impl Order {
    /// As JSON writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Free => "free",
            Self::Unknown => "unknown",
        }
    }
}

/// What is known of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// How it came to its place.
    pub order: Order,
    /// What of it was not read: kinds of files, with how many of each.
    pub unread: BTreeMap<&'static str, usize>,
    /// How many of its files no host runs or reads: tests, examples, documentation.
    pub aside: usize,
}

/// What is known of each unit.
pub(super) fn known(
    (old, new): (&Graph<'_>, &Graph<'_>),
    units: &Units,
    needs: &Requirements,
    callers: Callers,
) -> Vec<Known> {
    let mut ordered = vec![false; units.all.len()];
    for clause in &needs.clauses {
        for unit in clause.trigger.iter().chain(&clause.rescue) {
            if let Some(own) = ordered.get_mut(*unit as usize) {
                *own = true;
            }
        }
    }
    let of = |(ix, unit): (usize, &super::Unit)| {
        let mut unread: BTreeMap<&'static str, usize> = BTreeMap::new();
        if unit.elsewhere.is_some() {
            unread.insert("what is in no tree", 1);
        }
        for path in unit.paths.iter().filter(|path| callers.include(path)) {
            let versions = [old, new].map(|graph| {
                let file = graph.snapshot.find(path)?;
                Some(graph.snapshot.file(file))
            });
            let what = versions.into_iter().flatten().find_map(|file| reading(file, callers));
            if let Some(what) = what {
                *unread.entry(what).or_default() += 1;
            }
        }
        let is_asked = || needs.lost.iter().any(|own| own.0.contains(&(ix as u32)));
        let order = match (ordered[ix], unread.is_empty()) {
            (true, _) => Order::Ordered,
            // Something asks for what it takes away: that is no freedom.
            (false, true) if is_asked() => Order::Unknown,
            (false, true) => Order::Free,
            (false, false) => Order::Unknown,
        };
        let aside = unit.paths.iter().filter(|path| !callers.include(path)).count();
        Known { order, unread, aside }
    };
    let mut known: Vec<Known> = units.all.iter().enumerate().map(of).collect();
    doubt(&mut known, needs);
    known
}

/// What was read is not free where it shares a name that comes or goes with what was not read.
fn doubt(known: &mut [Known], needs: &Requirements) {
    for own in &needs.likely {
        for (unit, other) in [(own.first, own.then), (own.then, own.first)] {
            let is_unread = known.get(other as usize).is_some_and(|own| !own.unread.is_empty());
            match known.get_mut(unit as usize) {
                Some(own) if own.order == Order::Free && is_unread => own.order = Order::Unknown,
                _ => {}
            }
        }
    }
}

/// Systems of which all references are facts.
const READ: [&str; 7] = ["puppet", "hiera", "haproxy", "nagios", "icinga2", "vcl", "cron"];

/// Systems of which some are, with what is left out.
/// What a file mostly is comes first: whatever else is read in it is a part of it.
const READ_IN_PART: [(&str, &str); 24] = [
    ("puppet-template", "Puppet templates (their Ruby is not followed)"),
    ("github-actions", "workflows (what their commands use is not followed)"),
    ("gitlab-ci", "pipelines (what their commands use is not followed)"),
    ("jenkins", "pipelines (what their commands use is not followed)"),
    ("docker", "Dockerfiles (paths are not followed)"),
    ("shell", "shell scripts (files that they use are not followed)"),
    ("kustomize", "kustomizations (names inside charts are not followed)"),
    ("flux", "objects of Flux (names inside charts are not followed)"),
    ("argo-cd", "applications of Argo CD (names inside charts are not followed)"),
    ("ansible", "files of Ansible (only variables of one role are followed)"),
    ("mediawiki", "files of MediaWiki"),
    ("php", "PHP files (methods of unknown objects are not followed)"),
    ("python", "Python files (methods of objects are not followed)"),
    ("puppet-ruby", "Ruby files"),
    ("javascript", "JavaScript files"),
    ("helm", "files of Helm charts (names of objects are not followed)"),
    ("helm-template", "files of Helm charts (names of objects are not followed)"),
    ("kubernetes", "Kubernetes objects (names inside charts are not followed)"),
    ("compose", "compose files (images and networks are not followed)"),
    ("systemd", "systemd units (other units are not followed)"),
    ("kubernetes-objects", "Kubernetes objects (names inside charts are not followed)"),
    ("terraform", "Terraform files (what they do to what is there is not followed)"),
    ("nginx", "files of nginx (what they serve is not followed)"),
    ("apache", "files of Apache (what they serve is not followed)"),
];

/// Endings of files that are claimed by no system, or by one that takes single facts out of
/// them, as people call them.
const BY_ENDING: [(&str, &str); 17] = [
    ("twig", "templates"),
    ("php", "PHP files (methods of unknown objects are not followed)"),
    ("py", "Python files (methods of objects are not followed)"),
    ("rb", "Ruby files"),
    ("pl", "Perl files"),
    ("pm", "Perl files"),
    ("go", "Go files"),
    ("rs", "Rust files"),
    ("js", "JavaScript files"),
    ("ts", "TypeScript files"),
    ("html", "pages"),
    ("css", "style sheets"),
    ("sql", "SQL files"),
    ("sh", "shell scripts (files that they use are not followed)"),
    ("yaml", "YAML files of no known system"),
    ("yml", "YAML files of no known system"),
    ("json", "JSON files"),
];

/// Files of go-task.
const TASKS: &str = "task files (what their commands use is not followed)";

/// Endings of files whose contents refer to nothing.
const INERT: [&str; 16] = [
    "png", "jpg", "jpeg", "gif", "ico", "webp", "woff", "woff2", "ttf", "eot", "pdf", "crt", "pem",
    "pub", "asc", "gpg",
];

/// What a file is that was not read, as people call it; `None` for one that was.
fn reading(file: &SnapshotFile, callers: Callers) -> Option<&'static str> {
    let path = file.entry.path.as_str();
    let name = base_name(path);
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    match file.entry.kind {
        // What a link holds is its target.
        EntryKind::Symlink => return None,
        EntryKind::Submodule => return Some("submodules"),
        EntryKind::File => {}
    }
    if is_migration(path) {
        return Some("migrations (what the code needs of the database is not followed)");
    }
    let is_prose = file.standing == Standing::Documentation || matches!(end, "md" | "rst" | "adoc");
    if is_prose || !callers.count(file.standing) || INERT.contains(&end) {
        return None;
    }
    if is_broken(&file.facts) {
        return Some("files of which the end could not be read");
    }
    let is_read = file.systems.iter().any(|system| READ.contains(system));
    // Several systems may look at a file; it is one of those that found something in it.
    let of = |systems: &[&str]| READ_IN_PART.iter().find(|(system, _)| systems.contains(system));
    // Languages of other programs look like Terraform's.
    let is_alike = |own: &&(&str, &str)| own.0 == "terraform" && end == "hcl";
    let in_part = of(&file.modelled).or_else(|| of(&file.systems).filter(|own| !is_alike(own)));
    if let Some(what) = by_name(path) {
        return Some(what);
    }
    // A manifest runs shell commands too, and those are read as such.
    let is_more = |system: &str| file.systems.contains(&system);
    if is_read && !["ansible", "php", "python"].into_iter().any(is_more) {
        return None;
    }
    if let Some((_, what)) = in_part {
        if file.systems.contains(&"puppet-template") && reads_variables_alone(&file.facts) {
            return None;
        }
        return Some(what);
    }
    if Template::at(name).is_some() {
        return Some("templates");
    }
    let by_ending = BY_ENDING.iter().find(|(own, _)| *own == end);
    Some(by_ending.map_or("files of no known language", |(_, what)| what))
}

/// What a file is that looks like one of another system, by its name.
fn by_name(path: &str) -> Option<&'static str> {
    let name = base_name(path);
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let is_page = [".html.erb", ".js.erb", ".text.erb", ".xml.erb"];
    match name {
        // A page of an application may look like a template of Puppet.
        _ if path.contains("/views/") && is_page.iter().any(|own| name.ends_with(own)) => {
            Some("pages with Ruby (what their helpers do is not followed)")
        }
        ".travis.yml" | ".gitlab-ci.yml" => {
            Some("pipelines (what their commands use is not followed)")
        }
        "composer.json" => Some("lists of Composer (what the packages hold is not followed)"),
        "Taskfile.yml" | "Taskfile.yaml" => Some(TASKS),
        _ if is_yaml && path.contains(".taskfiles/") => Some(TASKS),
        // Settings of some tool.
        _ if is_yaml && name.starts_with('.') => Some("YAML files of no known system"),
        _ => None,
    }
}

/// Whether all that a template shows is variables of the class that renders it.
fn reads_variables_alone(facts: &FileFacts) -> bool {
    let is_variable = |kind: Kind| kind.has(Property::RENDERED);
    !facts.requires.is_empty()
        && facts
            .requires
            .iter()
            .all(|require| require.any_of.iter().all(|target| is_variable(target.kind)))
}

fn is_broken(facts: &FileFacts) -> bool {
    facts.problems.iter().any(|problem| matches!(problem.rule, "parse-error" | "limit-reached"))
}

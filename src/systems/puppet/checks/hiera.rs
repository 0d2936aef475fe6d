//! Data keys that no parameter and no lookup reads.
//!
//! Automatic parameter lookup reads key `a::b` for parameter `b` of class `a`. A key that
//! nothing reads has no effect, silently: the class keeps its default.

use crate::check::Context;
use crate::facts::{Entity, Interface, NamePattern, Provide, Ref, is_slip, kinds};
use crate::finding::{Finding, FindingScope, Place, Severity};
use crate::graph::{Graph, Resolution};
use crate::loader::{FileIx, Role, SnapshotFile};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut lookups = None;
    one_colon(context, findings);
    let Some(old) = context.old else { return standing(context, findings) };
    for (ix, file) in graph.providing(&[kinds::KEY]) {
        for provide in &file.facts.provides {
            let Some(key) = provide.name.as_exact().filter(|_| provide.kind == kinds::KEY) else {
                continue;
            };
            let Some((class, param)) = key.rsplit_once("::") else { continue };
            // Nearly all keys have their parameter.
            let takes = |own: &Interface| own.params.iter().any(|own| own.name == param);
            let entity = Entity::new(kinds::PUPPET_CLASS, class);
            if graph.interfaces(&entity).any(|(_, own)| takes(own)) {
                continue;
            }
            let after = Parameters::of(graph, class);
            let before = Parameters::of(old, class);
            let place = Place { tree: graph.snapshot.role, file: ix, span: provide.span };
            let finding = if before.takes(param) {
                // A module that a list names in place of the tree's own may take it as well.
                if !after.exists && is_listed(graph, class) || is_unread(old, graph, &entity) {
                    continue;
                }
                stranded(old, &after, class, param, place)
            } else if after.exists && is_new(old, &file.entry.path, key) {
                unknown(graph, class, param, place)
            } else {
                continue;
            };
            let lookups = lookups.get_or_insert_with(|| Lookups::of(graph));
            if !lookups.read(key) {
                findings.push(finding);
            }
        }
    }
}

/// Keys of a tree by itself, for classes that were read to their end.
fn standing(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut lookups = None;
    for (ix, file) in context.providing(&[kinds::KEY]) {
        for own in keys_of(graph, file) {
            let Some((key, (class, param))) =
                own.name.as_exact().and_then(|key| Some((key, key.rsplit_once("::")?)))
            else {
                continue;
            };
            let entity = Entity::new(kinds::PUPPET_CLASS, class);
            let mut interfaces = graph.interfaces(&entity).peekable();
            let may_take = |(file, own): (FileIx, &Interface)| {
                own.open
                    || graph.is_partly_read(file)
                    || own.params.iter().any(|own| own.name == param)
            };
            if interfaces.peek().is_none() {
                let of_other = of_other_class(graph, class, param, |key| {
                    lookups.get_or_insert_with(|| Lookups::of(graph)).read(key)
                });
                if let Some(near) = of_other {
                    let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
                    findings.push(
                        Finding::new(
                            "unknown-parameter",
                            format!(
                                "class `{class}`, whose parameter this key sets, does not exist"
                            ),
                            place,
                        )
                        .severity(Severity::Error)
                        .label("set here")
                        .help(format!("did you mean `{near}::{param}`?"))
                        .entity(parameter(class, param)),
                    );
                }
                continue;
            }
            if interfaces.any(may_take) || param == "lookup_options" {
                continue;
            }
            let lookups = lookups.get_or_insert_with(|| Lookups::of(graph));
            if !lookups.read(key) {
                let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
                let finding = unknown(graph, class, param, place);
                findings.push(Finding { scope: FindingScope::Tree, ..finding });
            }
        }
    }
}

/// The keys that a live file of the tree's own Puppet sets.
pub(super) fn keys_of<'s>(
    graph: &Graph<'_>,
    file: &'s SnapshotFile,
) -> impl Iterator<Item = &'s Provide> + Clone {
    let is_key = |own: &&Provide| own.kind == kinds::KEY;
    let keys = file.facts.provides.iter().filter(is_key);
    // Few files have any, and whether a path is nested takes long to tell.
    let is_meant = keys.clone().next().is_some()
        && file.standing.is_live()
        && !graph.snapshot.layout.is_nested(&file.entry.path);
    keys.filter(move |_| is_meant)
}

/// The class that a key was meant for whose own class a module of the tree does not have: one that
/// is called so but for a letter, and takes the parameter.
fn of_other_class(
    graph: &Graph<'_>,
    class: &str,
    param: &str,
    mut is_read: impl FnMut(&str) -> bool,
) -> Option<SmolStr> {
    let (outer, last) = class.rsplit_once("::")?;
    let head = format!("{outer}::");
    let all = graph.all(kinds::PUPPET_CLASS);
    let from = all.partition_point(|(own, _)| own.as_str() < head.as_str());
    let beside = all[from..].iter().take_while(|(own, _)| own.starts_with(&head));
    // Keys are many: what is not of nearly the same length, with the same first letter, is no slip.
    let mut near = beside.filter(|(own, _)| {
        let takes = |own: &Interface| own.params.iter().any(|own| own.name == param);
        let own_last = &own[head.len()..];
        own_last.len().abs_diff(last.len()) < 3
            && own_last.get(..1) == last.get(..1)
            && is_slip(own_last, last)
            && graph
                .interfaces(&Entity::new(kinds::PUPPET_CLASS, own.clone()))
                .any(|own| takes(own.1))
    });
    let found = near.next()?.0.clone();
    let target = Ref::exact(kinds::PUPPET_CLASS, class);
    let is_missing = matches!(graph.resolve_ref(&target), Resolution::Missing(_));
    (is_missing && !is_read(&format!("{class}::{param}"))).then_some(found)
}

/// Keys that would be of a parameter with another number of colons: `ssh:options`.
fn one_colon(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut lookups = None;
    for (ix, file) in context.providing(&[kinds::KEY]) {
        for own in keys_of(graph, file) {
            let Some(key) = own.name.as_exact() else { continue };
            let Some(meant) = with_two_colons(key) else { continue };
            // Of a module that something knows.
            let module = meant.split("::").next().unwrap_or_default();
            let head = format!("{module}::");
            let classes = graph.all(kinds::PUPPET_CLASS);
            let from = classes.partition_point(|(name, _)| name.as_str() < module);
            let is_known = graph.providers(kinds::PUPPET_EXTERNAL, module).next().is_some()
                || classes
                    .get(from)
                    .is_some_and(|(name, _)| name == module || name.starts_with(&head));
            let lookups = lookups.get_or_insert_with(|| Lookups::of(graph));
            if !is_known || lookups.read(key) {
                continue;
            }
            let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
            let message = format!("nothing looks up the key `{key}`: its colons are not two");
            // What a class of the tree takes was meant for it.
            let is_taken = meant.rsplit_once("::").is_some_and(|(class, param)| {
                let entity = Entity::new(kinds::PUPPET_CLASS, class);
                graph
                    .interfaces(&entity)
                    .any(|(_, own)| own.params.iter().any(|own| own.name == param))
            });
            let severity = if is_taken { Severity::Error } else { Severity::Warning };
            findings.push(
                Finding::new("unknown-parameter", message, place)
                    .severity(severity)
                    .label("set here")
                    .help(format!("did you mean `{meant}`?"))
                    .entity(Entity::new(kinds::KEY, key.clone())),
            );
        }
    }
}

/// The key of a parameter that has one colon, or three, where two belong.
fn with_two_colons(key: &str) -> Option<String> {
    let parts: Vec<&str> = key.split(':').filter(|part| !part.is_empty()).collect();
    let is_word = |part: &&str| {
        part.starts_with(|own: char| own.is_ascii_lowercase())
            && part
                .bytes()
                .all(|own| own.is_ascii_lowercase() || own.is_ascii_digit() || own == b'_')
    };
    let meant = parts.join("::");
    (parts.len() > 1 && parts.iter().all(is_word) && key.trim_start_matches("::") != meant)
        .then_some(meant)
}

/// What is known of a class's parameters.
struct Parameters {
    exists: bool,
    names: FxHashSet<SmolStr>,
}

impl Parameters {
    fn of(graph: &Graph<'_>, class: &str) -> Self {
        let entity = Entity::new(kinds::PUPPET_CLASS, class);
        let mut names = FxHashSet::default();
        let mut exists = false;
        for (_, interface) in graph.interfaces(&entity) {
            exists = true;
            names.extend(interface.params.iter().map(|param| param.name.clone()));
        }
        Self { exists, names }
    }

    fn takes(&self, param: &str) -> bool {
        self.names.contains(param)
    }
}

/// Every key that something looks up by name.
pub(super) struct Lookups {
    exact: FxHashSet<SmolStr>,
    patterns: Vec<NamePattern>,
}

impl Lookups {
    pub(super) fn of(graph: &Graph<'_>) -> Self {
        let mut lookups = Self { exact: FxHashSet::default(), patterns: Vec::new() };
        for target in graph.targets(&[kinds::KEY]).filter(|target| target.kind == kinds::KEY) {
            match &target.name {
                NamePattern::Exact(name) => {
                    lookups.exact.insert(name.clone());
                }
                pattern => lookups.patterns.push(pattern.clone()),
            }
        }
        lookups
    }

    /// Whether something looks up this key and names it.
    pub(super) fn reads_exactly(&self, key: &str) -> bool {
        self.exact.contains(key)
    }

    /// The keys that something looks up by name.
    pub(super) fn exact(&self) -> impl Iterator<Item = &SmolStr> {
        self.exact.iter()
    }

    pub(super) fn read(&self, key: &str) -> bool {
        self.exact.contains(key) || self.patterns.iter().any(|pattern| pattern.matches(key))
    }
}

fn is_new(old: &Graph<'_>, path: &str, key: &str) -> bool {
    let Some(file) = old.snapshot.find(path) else { return true };
    !old.snapshot.file(file).facts.provides.iter().any(|provide| {
        provide.kind == kinds::KEY && provide.name.as_exact().is_some_and(|name| name == key)
    })
}

/// Whether the file that had a class is read in part alone: what it has now is not known.
fn is_unread(old: &Graph<'_>, graph: &Graph<'_>, class: &Entity) -> bool {
    let files = old.interfaces(class).map(|(file, _)| &old.snapshot.file(file).entry.path);
    let mut now = files.filter_map(|path| graph.snapshot.find(path));
    now.any(|file| graph.is_partly_read(file))
}

/// Whether a list of the tree names the module of a class.
fn is_listed(graph: &Graph<'_>, class: &str) -> bool {
    let module = class.split("::").next().unwrap_or(class);
    graph.providers(kinds::PUPPET_EXTERNAL, module).next().is_some()
}

/// The class went or lost the parameter; its key stayed.
fn stranded(
    old: &Graph<'_>,
    after: &Parameters,
    class: &str,
    param: &str,
    place: Place,
) -> Finding {
    let what = if after.exists {
        format!("class `{class}` no longer takes the parameter `{param}` that this key sets")
    } else {
        format!("class `{class}`, whose parameter `{param}` this key sets, is gone")
    };
    let mut finding = Finding::new("removed-parameter", what, place)
        .severity(Severity::Warning)
        .of_change()
        .label("set here")
        .help("move the key to the class that takes the parameter now, or remove it")
        .entity(parameter(class, param));
    let entity = Entity::new(kinds::PUPPET_CLASS, class);
    for (file, interface) in old.interfaces(&entity) {
        if let Some(own) = interface.params.iter().find(|own| own.name == param) {
            let before = Place { tree: Role::Old, file, span: own.span };
            finding = finding.related("taken before this change", before);
        }
    }
    finding
}

/// A key that the change adds for a parameter that the class does not take.
fn unknown(graph: &Graph<'_>, class: &str, param: &str, place: Place) -> Finding {
    let entity = Entity::new(kinds::PUPPET_CLASS, class);
    let mut names: FxHashMap<SmolStr, Place> = FxHashMap::default();
    for (file, interface) in graph.interfaces(&entity) {
        for own in &interface.params {
            let place = Place { tree: graph.snapshot.role, file, span: own.span };
            names.insert(own.name.clone(), place);
        }
    }
    let mut sorted: Vec<&str> = names.keys().map(SmolStr::as_str).collect();
    sorted.sort_unstable();
    let near = crate::facts::nearest_of(param, sorted.into_iter());
    let message =
        format!("class `{class}` takes no parameter `{param}`, and nothing looks this key up");
    // One that is nearly a parameter's name was meant to set it, and one that a class beside it
    // asks for that class's; another is a leftover.
    let other = needed_beside(graph, class, param);
    let severity =
        if near.is_some() || other.is_some() { Severity::Warning } else { Severity::Note };
    let mut finding = Finding::new("unknown-parameter", message, place)
        .severity(severity)
        .of_change()
        .label("set here")
        .entity(parameter(class, param));
    if let Some(near) = near {
        if let Some(place) = names.get(&near) {
            finding = finding.related(format!("the nearest parameter, `{near}`"), *place);
        }
        finding = finding.help(format!("did you mean `{class}::{near}`?"));
    } else if let Some((other, place)) = other {
        finding = finding
            .help(format!("did you mean `{other}::{param}`?"))
            .related("required here, and nothing sets it", place);
    }
    finding
}

/// The class of the same module that requires a parameter of this name, which no data sets, if
/// there is but one.
fn needed_beside(graph: &Graph<'_>, class: &str, param: &str) -> Option<(SmolStr, Place)> {
    let head = format!("{}::", class.split("::").next()?);
    let all = graph.all(kinds::PUPPET_CLASS);
    let from = all.partition_point(|(own, _)| own.as_str() < head.as_str());
    let beside = all[from..].iter().take_while(|(own, _)| own.starts_with(&head));
    let mut found = beside.filter_map(|(own, _)| {
        let entity = Entity::new(kinds::PUPPET_CLASS, own.clone());
        let (file, span) = graph.interfaces(&entity).find_map(|(file, interface)| {
            let param = interface.params.iter().find(|own| own.name == param && own.required)?;
            Some((file, param.span))
        })?;
        let key = format!("{own}::{param}");
        let is_free = graph.providers(kinds::KEY, &key).next().is_none();
        let place = Place { tree: graph.snapshot.role, file, span };
        (own != class && is_free).then(|| (own.clone(), place))
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn parameter(class: &str, param: &str) -> Entity {
    Entity::parameter(class, param)
}

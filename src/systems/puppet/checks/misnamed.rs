//! Manifests that are copied from others and still have their class.
//!
//! The first manifest of a module, with a class that is called otherwise: `class old_sudo` in
//! `modules/sudo/manifests/init.pp`, beside `sudo::config`.
//!
//! Puppet looks there for the class `sudo` alone, so that nothing loads it. (Source: Puppet's
//! manual, "Module fundamentals".)
//!
//! A manifest outside of modules that is called like the class that something includes, and
//! defines the class of another: `class printers_a` in `manifests/printers_b.pp` beside
//! `manifests/printers_a.pp`, where `include printers_b` stands.
//!
//! A class outside of modules that nothing asks for, where something asks for its name but for a
//! slip: `class pritner` beside `include printer`.

use crate::check::Context;
use crate::extract::inside;
use crate::facts::{Entity, Strength, base_name, is_one_edit, is_slip, kinds, path_in};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution, Site};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let layout = &graph.snapshot.layout;
    for (ix, file) in context.providing(&[kinds::PUPPET_CLASS]) {
        let path = file.entry.path.as_str();
        let first = || layout.module_dir(path).map(|dir| (dir, path_in(dir, "manifests/init.pp")));
        if !path.ends_with("/init.pp")
            || !file.standing.is_live()
            || layout.is_nested(path)
            || !graph.is_unloadable(ix)
            || graph.is_partly_read(ix)
        {
            continue;
        }
        let Some((dir, _)) = first().filter(|(_, first)| first == path) else { continue };
        let module = layout.name_of(dir);
        let mut classes = file.facts.provides.iter().filter(|own| own.kind == kinds::PUPPET_CLASS);
        let (Some(own), None) = (classes.next(), classes.next()) else { continue };
        let Some(name) = own.name.as_exact().filter(|own| own.contains(module)) else { continue };
        if name.contains("::") || !has_others(graph, module) || is_asked_for(graph, name) {
            continue;
        }
        let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
        let message = format!("nothing loads class `{name}`: Puppet looks here for `{module}`");
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(Severity::Warning)
                .label("defined here")
                .help(format!("did you mean `class {module}`?"))
                .entity(Entity::new(kinds::PUPPET_CLASS, name.clone())),
        );
    }
}

/// The definition of a module's manifest that is called as its file but for a slip, which nothing asks
/// for by either name: `class web::redirct` in `modules/web/manifests/redirect.pp`.
pub(crate) fn misfiled(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let layout = &graph.snapshot.layout;
    for (ix, file) in context.providing(&[kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE]) {
        let path = file.entry.path.as_str();
        if !path.ends_with(".pp") || !file.standing.is_live() {
            continue;
        }
        let is_definition = |kind| matches!(kind, kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE);
        let mut all = file.facts.provides.iter().filter(|own| is_definition(own.kind));
        let (Some(own), None) = (all.next(), all.next()) else { continue };
        let (Some(name), Some(dir)) = (own.name.as_exact(), layout.module_dir(path)) else {
            continue;
        };
        let inner = inside(dir, path).and_then(|own| own.strip_prefix("manifests/"));
        let Some(inner) = inner.and_then(|own| own.strip_suffix(".pp")) else { continue };
        let meant = format!("{}::{}", layout.name_of(dir), inner.replace('/', "::"));
        let (head, last) = meant.rsplit_once("::").unwrap_or(("", &meant));
        let is_slip = name.rsplit_once("::").is_some_and(|(own_head, own_last)| {
            own_head == head && last.len() > 4 && is_one_edit(own_last, last)
        });
        if !is_slip
            || layout.is_nested(path)
            || graph.is_partly_read(ix)
            || is_named(graph, name)
            || is_named(graph, &meant)
        {
            continue;
        }
        let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
        let message = format!("nothing loads `{name}`: Puppet looks here for `{meant}`");
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(Severity::Warning)
                .label("defined here")
                .help("call it as its file")
                .entity(Entity::new(own.kind, name.clone())),
        );
    }
}

/// Whether something asks for a class or a defined type: that is what is reported, then.
fn is_named(graph: &Graph<'_>, name: &str) -> bool {
    graph.targets(&[kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE]).any(|own| {
        matches!(own.kind, kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE)
            && own.name.as_exact().is_some_and(|own| own == name)
    })
}

/// Classes that nothing declares, where the manifest of their name declares another's.
pub(crate) fn copied(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut meant: FxHashMap<SmolStr, (FileIx, Site)> = FxHashMap::default();
    for (ix, file) in graph.providing(&[kinds::PUPPET_CLASS]) {
        let path = file.entry.path.as_str();
        let in_manifests = path.starts_with("manifests/") || path.contains("/manifests/");
        if in_manifests
            && file.standing.is_live()
            && graph.snapshot.layout.module_dir(path).is_none()
            && let Some(name) = base_name(path).strip_suffix(".pp")
            && let Some(site) = copy_of(graph, ix, name)
        {
            meant.insert(name.into(), (ix, site));
        }
    }
    if meant.is_empty() {
        return;
    }
    let live = context.asking(&[kinds::PUPPET_CLASS]);
    for (ix, file) in live.filter(|(_, file)| file.standing.is_live()) {
        for require in &file.facts.requires {
            let Some(target) = require.any_of.first() else { continue };
            let name = target.name.as_exact().filter(|_| target.kind == kinds::PUPPET_CLASS);
            let known = name.and_then(|name| Some((name, meant.get(name)?)));
            let Some((name, (copy, original))) = known else { continue };
            if require.strength == Strength::Guarded
                || *copy == ix
                || !matches!(graph.resolve_from(ix, require), Resolution::Open(_))
            {
                continue;
            }
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            let provides = &graph.snapshot.file(*copy).facts.provides;
            let own = provides.iter().find(|own| own.kind == kinds::PUPPET_CLASS);
            let Some(own) = own else { continue };
            let message = format!("class `{name}` does not exist");
            findings.push(
                Finding::new("unresolved-reference", message, place(ix, require.span))
                    .severity(Severity::Error)
                    .label(format!("required here by `{}`", require.via))
                    .help("rename the class of the manifest that is called so")
                    .entity(Entity::new(kinds::PUPPET_CLASS, name.clone()))
                    .related(format!("its manifest defines `{}`", own.name), place(*copy, own.span))
                    .related("as this one does", place(original.file, original.span)),
            );
        }
    }
}

/// Whether two names of classes differ inside of a word: `web_a` and `web_b`, or `hosta` and `hostb`,
/// are two of a sort.
fn is_within_word(name: &str, other: &str) -> bool {
    let words = |own: &'_ str| own.split(['_', ':']).map(str::to_owned).collect::<Vec<_>>();
    let (own, other) = (words(name), words(other));
    let mut differ = own.iter().zip(&other).filter(|(own, other)| own != other);
    own.len() == other.len()
        && differ.all(|(own, other)| {
            own.len().min(other.len()) > 3 && own.chars().next_back() == other.chars().next_back()
        })
}

/// Classes that nothing declares, where one is declared outside of modules that is called so but
/// for a slip, and that nothing asks for.
pub(crate) fn slipped(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let loose = unasked(graph);
    if loose.is_empty() || loose.len() > MOST_UNASKED {
        return;
    }
    let live = context.asking(&[kinds::PUPPET_CLASS]);
    for (ix, file) in live.filter(|(_, file)| file.standing.is_live()) {
        for require in &file.facts.requires {
            let Some(target) = require.any_of.first() else { continue };
            let name = target.name.as_exact().filter(|_| target.kind == kinds::PUPPET_CLASS);
            let Some(name) = name.filter(|own| own.len() > 5) else { continue };
            // What one ends with besides is a name of its own: `printers`.
            let is_meant = |own: &str| {
                is_one_edit(name, own)
                    && is_slip(name, own)
                    && !name.starts_with(own)
                    && !own.starts_with(name.as_str())
                    && is_within_word(name, own)
            };
            let mut near = loose.iter().filter(|(own, _)| is_meant(own));
            let (Some((meant, site)), None) = (near.next(), near.next()) else { continue };
            if require.strength == Strength::Guarded
                || !matches!(graph.resolve_from(ix, require), Resolution::Open(_))
            {
                continue;
            }
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            findings.push(
                Finding::new(
                    "unresolved-reference",
                    format!("class `{name}` does not exist"),
                    place(ix, require.span),
                )
                .severity(Severity::Error)
                .label(format!("required here by `{}`", require.via))
                .help(format!("did you mean `{meant}`? nothing asks for that one"))
                .entity(Entity::new(kinds::PUPPET_CLASS, name.clone()))
                .related("defined here", place(site.file, site.span)),
            );
        }
    }
}

/// With more of them, who asks for them is not in the tree.
const MOST_UNASKED: usize = 50;

/// Classes of live manifests outside of modules that nothing asks for by any name.
fn unasked(graph: &Graph<'_>) -> Vec<(SmolStr, Site)> {
    let outside = |site: &Site| {
        let file = graph.snapshot.file(site.file);
        let path = file.entry.path.as_str();
        file.standing.is_live()
            && path.ends_with(".pp")
            && graph.snapshot.layout.module_dir(path).is_none()
    };
    let all = graph.all(kinds::PUPPET_CLASS).iter();
    let mut loose: Vec<(SmolStr, Site)> =
        all.filter(|(_, site)| outside(site)).map(|(name, site)| (name.clone(), *site)).collect();
    if loose.is_empty() {
        return loose;
    }
    let targets = graph.targets(&[kinds::PUPPET_CLASS]);
    let asked: FxHashSet<&str> = targets
        .filter(|own| own.kind == kinds::PUPPET_CLASS)
        .filter_map(|own| own.name.as_exact().map(SmolStr::as_str))
        .collect();
    loose.retain(|(name, _)| !asked.contains(name.as_str()));
    loose
}

/// The class of another manifest that the one called `name` defines, and nothing else.
fn copy_of(graph: &Graph<'_>, file: FileIx, name: &str) -> Option<Site> {
    let provides = &graph.snapshot.file(file).facts.provides;
    let is_definition = |kind| matches!(kind, kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE);
    let mut own = provides.iter().filter(|own| is_definition(own.kind));
    let (Some(only), None) = (own.next(), own.next()) else { return None };
    let class = only.name.as_exact().filter(|_| only.kind == kinds::PUPPET_CLASS)?;
    let is_known = class == name
        || graph.providers(kinds::PUPPET_CLASS, name).next().is_some()
        || graph.providers(kinds::PUPPET_EXTERNAL, name).next().is_some();
    let home = format!("{class}.pp");
    let mut others = graph.providers(kinds::PUPPET_CLASS, class);
    others.find(|site| {
        let path = graph.snapshot.file(site.file).entry.path.as_str();
        !is_known && site.file != file && base_name(path) == home
    })
}

/// Whether the module has classes of its name beside, and not the one of that name alone.
fn has_others(graph: &Graph<'_>, module: &str) -> bool {
    let head = format!("{module}::");
    let all = graph.all(kinds::PUPPET_CLASS);
    let from = all.partition_point(|(own, _)| own.as_str() < head.as_str());
    all.get(from).is_some_and(|(own, _)| own.starts_with(&head))
        && graph.providers(kinds::PUPPET_CLASS, module).next().is_none()
}

/// Whether something asks for a class: that is what is reported, then.
fn is_asked_for(graph: &Graph<'_>, name: &str) -> bool {
    graph.targets(&[kinds::PUPPET_CLASS]).any(|own| {
        own.kind == kinds::PUPPET_CLASS && own.name.as_exact().is_some_and(|own| own == name)
    })
}

//! Templates read variables of the class or defined type that renders them.
//!
//! A variable that nothing sets renders empty, so this is a warning: a configuration file
//! with a hole in it. Said of the scope that renders the template; a read in a branch of the
//! template is reported only when a change takes the variable away, for the branch may be
//! one that this scope never takes.

use super::around::{Around, is_set, scope_name};
use crate::check::Context;
use crate::facts::{Entity, Relation, Require, is_one_edit, is_slip, kinds, nearest_of};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution};
use crate::loader::{FileIx, Role};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut seen: FxHashSet<(FileIx, SmolStr)> = FxHashSet::default();
    let mut top = None;
    let mut around = Around::default();
    for (file, require) in renderings(graph) {
        let Some(scope) = scope_name(graph, file, require) else { continue };
        let Resolution::Found(sites) = graph.resolve(require) else { continue };
        let Some(template) = sites.first() else { continue };
        // A class that nothing loads renders nothing.
        if graph.is_partly_read(file) || graph.is_unloadable(file) {
            continue;
        }
        for read in &graph.snapshot.file(template.file).facts.requires {
            let Some(name) = variable(read) else { continue };
            if is_set(graph, &scope, name, 0) {
                continue;
            }
            let top = top.get_or_insert_with(|| top_scope(graph));
            if top.contains(name) {
                continue;
            }
            let is_asked = read.relation == Relation::AsksFor;
            let before = context.old.filter(|old| !is_asked && is_set(old, &scope, name, 0));
            let in_branch = is_asked || read.relation == Relation::InBranch;
            // One that the template does not read either was meant, whichever branch is taken.
            let is_meant = || is_misspelt(graph, template.file, &scope, read);
            if before.is_none() && (is_dynamic(graph) || in_branch && !is_meant()) {
                continue;
            }
            if !seen.insert((template.file, name.clone())) {
                continue;
            }
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            let entity = Entity::new(kinds::PUPPET_VARIABLE, format!("{scope}::{name}"));
            let Some(old) = before else {
                let message = format!("the template reads `@{name}`, which `{scope}` does not set");
                let own = prefix(graph, &scope);
                let near = nearest_of(name, own.iter().map(|name| name.as_str()));
                let is_handed = around.is_set(graph, &scope, name);
                let severity = match &near {
                    Some(near) if is_slip(name, near) && !in_branch && !is_handed => {
                        Severity::Error
                    }
                    _ => Severity::Warning,
                };
                let help = advice(near.as_deref(), is_handed.then_some(&scope));
                findings.push(
                    Finding::new("unresolved-reference", message, place(template.file, read.span))
                        .severity(severity)
                        .label("read here")
                        .help(help)
                        .related("rendered here", place(file, require.span))
                        .entity(entity),
                );
                continue;
            };
            let message = format!("the template reads `@{name}`, which `{scope}` no longer sets");
            let mut finding =
                Finding::new("removed-but-referenced", message, place(template.file, read.span))
                    .severity(Severity::Warning)
                    .of_change()
                    .label("still read here")
                    .help("it now renders empty: set it again, or change the template too")
                    .related("rendered here", place(file, require.span))
                    .entity(entity);
            if let Some(site) =
                old.providers(kinds::PUPPET_VARIABLE, &format!("{scope}::{name}")).next()
            {
                let before = Place { tree: Role::Old, file: site.file, span: site.span };
                finding = finding.related("set here before this change", before);
            }
            findings.push(finding);
        }
    }
}

/// What to do about a read of nothing; `handed` is the scope whose declarers set it.
fn advice(near: Option<&str>, handed: Option<&SmolStr>) -> String {
    match (handed, near) {
        (Some(scope), _) => format!(
            "up to Puppet 3 it has the value of what declares `{scope}`; from Puppet 4 on it \
             renders empty: hand it on as a parameter"
        ),
        (None, Some(near)) => format!("it renders empty; did you mean `@{near}`?"),
        (None, None) => "it renders empty: set it, or take it out of the template".to_owned(),
    }
}

/// Whether a variable is one that the scope sets but for a letter inside of it, and the template
/// reads no such one.
fn is_misspelt(graph: &Graph<'_>, template: FileIx, scope: &str, read: &Require) -> bool {
    let Some(name) = variable(read).map(SmolStr::as_str) else { return false };
    let requires = &graph.snapshot.file(template).facts.requires;
    // What it asks about by its right name is meant by the other, too.
    let counts =
        |own: &&Require| read.relation == Relation::AsksFor || own.relation != Relation::AsksFor;
    let is_read =
        |own: &str| requires.iter().filter(counts).filter_map(variable).any(|read| read == own);
    let own = prefix(graph, scope);
    own.iter().any(|own| {
        name.len() > 5
            && is_one_edit(own, name)
            && is_slip(own, name)
            && !own.starts_with(name)
            && !name.starts_with(own.as_str())
            && !is_read(own)
    })
}

/// Variables that something of the tree reads from the top scope: facts and what an external
/// classifier sets.
fn top_scope(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let files = graph.asking(&[kinds::PUPPET_TOP_SCOPE]);
    let requires = files.flat_map(|(_, file)| &file.facts.requires);
    let targets = requires.filter_map(|require| require.any_of.first());
    targets
        .filter(|target| target.kind == kinds::PUPPET_TOP_SCOPE)
        .filter_map(|target| target.name.as_exact().cloned())
        .collect()
}

/// Names of the variables that a scope sets itself.
fn prefix(graph: &Graph<'_>, scope: &str) -> Vec<SmolStr> {
    let all = graph.all(kinds::PUPPET_VARIABLE);
    let head = format!("{scope}::");
    let from = all.partition_point(|(name, _)| name.as_str() < head.as_str());
    let own = all[from..].iter().map_while(|(name, _)| name.strip_prefix(&head));
    own.filter(|name| !name.contains("::")).map(SmolStr::new).collect()
}

/// Whether the tree's Puppet may be older than 3, where a scope sees the variables of
/// whatever included it: it still renders templates of the folder at the root.
fn is_dynamic(graph: &Graph<'_>) -> bool {
    // A module that is the root has them there, too.
    graph.snapshot.layout.module_dir("templates/a.erb").is_none()
        && graph.paths.under("templates").any(|(_, path)| path.ends_with(".erb"))
}

/// Every `template()` call.
pub(super) fn renderings<'g>(graph: &'g Graph<'_>) -> impl Iterator<Item = (FileIx, &'g Require)> {
    graph.asking(&[kinds::PUPPET_TEMPLATE]).flat_map(|(ix, file)| {
        let calls = file.facts.requires.iter().filter(|require| {
            // What has its name alone renders it somewhere else.
            let is_rendered = require.relation != Relation::Names;
            let target = require.any_of.first().filter(|_| is_rendered);
            target.is_some_and(|target| target.kind == kinds::PUPPET_TEMPLATE)
        });
        calls.map(move |require| (ix, require))
    })
}

fn variable(read: &Require) -> Option<&SmolStr> {
    let target =
        read.any_of.first().filter(|target| target.kind == kinds::PUPPET_TEMPLATE_VARIABLE)?;
    target.name.as_exact()
}

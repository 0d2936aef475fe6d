//! Files of variables against the variables of the root module that they lie in.
//!
//! (Source: "Terraform Language", "Input Variables": a value of a file for a variable that is
//! not declared is a warning; a variable without a value is asked for, or the run fails.)

use super::names::modules;
use crate::check::Context;
use crate::facts::{Entity, Span, base_name, kinds, parent_folder, path_in};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// The file of variables, and the names that it sets.
struct Values<'g> {
    file: FileIx,
    path: &'g str,
    set: Vec<(&'g str, Span)>,
}

impl Values<'_> {
    /// Whether Terraform reads it in a root without being told to.
    fn is_read(&self, folder: &str) -> bool {
        let name = base_name(self.path);
        let is_found = name == "terraform.tfvars" || name.ends_with(".auto.tfvars");
        is_found && parent_folder(self.path) == folder
    }

    /// As the root calls it.
    fn name(&self, folder: &str) -> &str {
        self.path.get(folder.len()..).unwrap_or(self.path).trim_start_matches('/')
    }

    fn sets(&self, name: &str) -> bool {
        self.set.iter().any(|(own, _)| *own == name)
    }
}

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut folders: BTreeMap<&str, Vec<Values<'_>>> = BTreeMap::new();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let path = file.entry.path.as_str();
        if !path.ends_with(".tfvars") {
            continue;
        }
        let own = file.facts.provides.iter().filter(|own| own.kind == kinds::TERRAFORM_VALUE);
        let set = own.filter_map(|own| Some((base_name(own.name.as_exact()?), own.span)));
        let values = Values { file: ix as FileIx, path, set: set.collect() };
        folders.entry(root(graph, &values)).or_default().push(values);
    }
    for (folder, files) in &folders {
        if modules(graph).is_closed(graph, folder) {
            undeclared(context, folder, files, findings);
            // One in JSON is not read, and may set anything.
            let mut beside = graph.paths.under(folder);
            if !beside.any(|(_, path)| path.ends_with(".tfvars.json")) {
                unset(graph, folder, files, findings);
            }
        }
    }
}

/// The root that a file of variables is for: its folder, or the nearest one above that declares
/// most of what the file sets, as `env/prod/terraform.tfvars` is for what lies above `env/`.
fn root<'g>(graph: &Graph<'_>, values: &Values<'g>) -> &'g str {
    let own = parent_folder(values.path);
    let mut folder = own;
    let known =
        |folder: &str| values.set.iter().filter(|(name, _)| declares(graph, folder, name)).count();
    while !folder.is_empty() {
        if graph.providers(kinds::TERRAFORM_MODULE, folder).next().is_some() {
            let is_for = known(folder) * 4 >= values.set.len() * 3;
            return if is_for && !values.set.is_empty() { folder } else { own };
        }
        folder = parent_folder(folder);
    }
    own
}

fn declares(graph: &Graph<'_>, folder: &str, name: &str) -> bool {
    graph.providers(kinds::TERRAFORM_VARIABLE, &path_in(folder, name)).next().is_some()
}

fn undeclared(
    context: &Context<'_>,
    folder: &str,
    files: &[Values<'_>],
    findings: &mut Vec<Finding>,
) {
    let graph = context.new;
    for own in files {
        // A file for another root, which lies here.
        let known = own.set.iter().filter(|(name, _)| declares(graph, folder, name)).count();
        if !own.is_read(folder) && known * 2 < own.set.len() {
            continue;
        }
        for (name, span) in own.set.iter().filter(|(name, _)| !declares(graph, folder, name)) {
            let removed = context.old.is_some_and(|old| declares(old, folder, name));
            let (rule, message) = match removed {
                true => {
                    ("removed-parameter", format!("the module no longer has the variable `{name}`"))
                }
                false => ("unknown-parameter", format!("the module has no variable `{name}`")),
            };
            let place = Place { tree: graph.snapshot.role, file: own.file, span: *span };
            let finding = Finding::new(rule, message, place)
                .severity(Severity::Warning)
                .label("set here")
                .entity(Entity::new(kinds::TERRAFORM_VARIABLE, path_in(folder, name)));
            findings.push(match graph.nearest(kinds::TERRAFORM_VARIABLE, &path_in(folder, name)) {
                Some(near) => finding.help(format!("did you mean `{}`?", base_name(&near))),
                None => finding.help("declare it, or take the value out: Terraform passes over it"),
            });
        }
    }
}

/// Variables without a default that the files of all other environments set.
fn unset(graph: &Graph<'_>, folder: &str, files: &[Values<'_>], findings: &mut Vec<Finding>) {
    let Some(required) = modules(graph).required.get(folder) else { return };
    let names: FxHashSet<&str> = required.iter().map(|(name, _)| name.as_str()).collect();
    let (always, chosen): (Vec<_>, Vec<_>) = files.iter().partition(|own| own.is_read(folder));
    // Each of them sets most of what has to be set; of three files that lie side by side, all but
    // one variable.
    let beside = |own: &Values<'_>| {
        let of = parent_folder(own.path);
        chosen.iter().filter(|other| parent_folder(other.path) == of).count() > 2
    };
    let full = |own: &&&Values<'_>| {
        let set = own.set.iter().filter(|(name, _)| names.contains(name)).count();
        let most = set > 1 && set * 2 > names.len();
        let but_one = set > 0 && set + 1 >= names.len() && beside(own);
        (most || but_one) && !base_name(own.path).contains("example")
    };
    let chosen: Vec<&&Values<'_>> = chosen.iter().filter(full).collect();
    if chosen.len() < 2 {
        return;
    }
    for (name, site) in required {
        if always.iter().any(|own| own.sets(name)) {
            continue;
        }
        let mut without = chosen.iter().filter(|own| !own.sets(name));
        let (Some(own), None) = (without.next(), without.next()) else { continue };
        let other = chosen.iter().find(|other| other.sets(name));
        let Some(other) = other else { continue };
        let tree = graph.snapshot.role;
        let place = Place { tree, file: own.file, span: Span::default() };
        let message = format!(
            "`{}` sets no `{name}`, which has no default and which `{}` sets",
            own.name(folder),
            other.name(folder)
        );
        let set = other.set.iter().find(|(own, _)| *own == name.as_str()).map(|(_, span)| *span);
        findings.push(
            Finding::new("missing-required-parameter", message, place)
                .severity(Severity::Warning)
                .label("not set in this file")
                .help(format!("set `{name}`, or give the variable a default"))
                .related("declared here", Place { tree, file: site.file, span: site.span })
                .related(
                    "set here",
                    Place { tree, file: other.file, span: set.unwrap_or_default() },
                )
                .entity(Entity::new(kinds::TERRAFORM_VARIABLE, path_in(folder, name))),
        );
    }
}

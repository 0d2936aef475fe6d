//! The first manifest of a module, with a class that is called otherwise: `class old_sudo` in
//! `modules/sudo/manifests/init.pp`, beside `sudo::config`.
//!
//! Puppet looks there for the class `sudo` alone, so that nothing loads it. (Source: Puppet's
//! manual, "Module fundamentals".)

use crate::check::Context;
use crate::facts::{Entity, kinds, path_in};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let layout = &graph.snapshot.layout;
    for (ix, file) in context.files() {
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
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    let mut targets = requires.flat_map(|own| &own.any_of);
    targets.any(|own| {
        own.kind == kinds::PUPPET_CLASS && own.name.as_exact().is_some_and(|own| own == name)
    })
}

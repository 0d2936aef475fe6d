//! Data that becomes resources: attributes that their type does not take.
//!
//! `create_resources(cron, hiera('jobs'))` hands each entry of `jobs` to a resource. Entries are
//! merged over the levels of the data, so one that lacks an attribute says nothing; one that has
//! an attribute too many fails wherever it is read. (Source: Puppet's manual, `create_resources`.)

use crate::check::Context;
use crate::facts::{Arg, Call, Entity, Param, kinds, nearest_of};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::systems::puppet::attributes::list;
use crate::systems::puppet::builtin;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in context.calling(&[kinds::PUPPET_CREATED]) {
        if !file.standing.is_live() {
            continue;
        }
        for call in &file.facts.calls {
            let Some(target) = call.any_of.first() else { continue };
            let Some(key) = target.name.as_exact().filter(|_| target.kind == kinds::PUPPET_CREATED)
            else {
                continue;
            };
            if graph.snapshot.layout.is_nested(&file.entry.path) {
                break;
            }
            let Some(ty) = created_type(graph, key) else { continue };
            if let Some(old) = context.old {
                findings.extend(newly_required(graph, old, &ty, (ix, call, key)));
            }
            let Some(names) = taken(context, &ty) else { continue };
            let is_unknown =
                |arg: &&Arg| !builtin::is_metaparameter(&arg.name) && !names.contains(&arg.name);
            for arg in call.args.iter().filter(is_unknown) {
                let place = |file, span| Place { tree: graph.snapshot.role, file, span };
                let near = nearest_of(&arg.name, names.iter().map(SmolStr::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "Puppet refuses the catalogue: take it out".to_owned(),
                };
                let message = format!("`{ty}` takes no parameter `{}`", arg.name);
                let finding = Finding::new("unknown-parameter", message, place(ix, arg.span))
                    .label("set here")
                    .help(help)
                    .related("for this resource", place(ix, call.span))
                    .entity(Entity::parameter(&ty, &arg.name));
                let site = graph.providers(kinds::PUPPET_CREATED, key).next();
                findings.push(match site {
                    Some(site) => finding.related("made here", place(site.file, site.span)),
                    None => finding,
                });
            }
        }
    }
}

/// A parameter that the change makes a defined type require, and that an entry does not set on any
/// level of the data, nor what makes resources of it.
fn newly_required(
    graph: &Graph<'_>,
    old: &Graph<'_>,
    ty: &SmolStr,
    (ix, call, key): (FileIx, &Call, &SmolStr),
) -> Option<Finding> {
    let entity = Entity::new(kinds::PUPPET_DEFINE, ty.clone());
    let (file, interface) = graph.interfaces(&entity).next()?;
    let (_, before) = old.interfaces(&entity).next()?;
    let is_new = |own: &&Param| {
        let mut all = before.params.iter();
        own.required && !all.any(|before| before.name == own.name && before.required)
    };
    let all = |graph: &Graph<'_>, name: &str| {
        let calls = graph.snapshot.files.iter().flat_map(|file| &file.facts.calls);
        let mut own = calls.filter(|own| {
            own.any_of.iter().any(|target| {
                let is_key =
                    target.kind == kinds::PUPPET_CREATED && target.name.as_exact() == Some(key);
                // Beside a splat, or by a third argument.
                let is_type = target.kind == kinds::PUPPET_DEFINE
                    && own.open
                    && target.name.as_exact() == Some(ty);
                is_key || is_type
            })
        });
        own.any(|own| own.args.iter().any(|arg| arg.name == name))
    };
    let param = interface.params.iter().filter(is_new).find(|own| !all(graph, &own.name))?;
    let place = |file, span| Place { tree: graph.snapshot.role, file, span };
    let name = &param.name;
    let message = format!("`{ty}` now requires the parameter `{name}`, which no level sets here");
    Some(
        Finding::new("newly-required-parameter", message, place(ix, call.span))
            .severity(Severity::Warning)
            .of_change()
            .label("for this resource")
            .help("set it here, or give it a default")
            .related("required here", place(file, param.span))
            .entity(Entity::parameter(ty, name)),
    )
}

/// The type that the entries of a key become, where all that use it agree.
fn created_type(graph: &Graph<'_>, key: &str) -> Option<SmolStr> {
    let mut types = graph.providers(kinds::PUPPET_CREATED, key).map(|site| {
        let provide = graph.snapshot.file(site.file).facts.provides.get(site.provide? as usize)?;
        Some(SmolStr::new(provide.detail.text()))
    });
    let first = types.next()??;
    types.all(|own| own.as_ref() == Some(&first)).then_some(first)
}

/// All that a type takes, where it is known.
fn taken(context: &Context<'_>, ty: &SmolStr) -> Option<Vec<SmolStr>> {
    let graph = context.new;
    if builtin::is_type(ty) {
        let is_here = |kind| graph.providers(kind, ty).next().is_some();
        let words = context.packages.packs.words(&list(ty));
        let is_known = !words.is_empty()
            && !is_here(kinds::PUPPET_TYPE)
            && !is_here(kinds::PUPPET_DEFINE)
            && graph.interfaces(&Entity::new(kinds::PUPPET_TYPE, ty.clone())).next().is_none();
        return is_known.then(|| words.names().map(SmolStr::new).collect());
    }
    let entity = Entity::new(kinds::PUPPET_DEFINE, ty.clone());
    let mut interfaces = graph.interfaces(&entity).peekable();
    interfaces.peek()?;
    let mut names = Vec::new();
    for (file, own) in interfaces {
        if own.open || graph.is_partly_read(file) {
            return None;
        }
        names.extend(own.params.iter().map(|param| param.name.clone()));
    }
    Some(names)
}

//! Calls that pass what their module has no variable for, or no value for a variable without a
//! default.

use super::details::detail;
use super::names::{declared, modules};
use super::read::{ARGUMENT, META};
use super::terragrunt::INPUT;
use super::unused::{is_unused, provider};
use crate::check::Context;
use crate::facts::{Detail, Entity, Provide, base_name, kinds, path_in, split_path};
use crate::finding::{Finding, Place, Remedy, Severity};
use crate::graph::{Graph, Resolution};
use crate::loader::FileIx;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    unknown(context, findings);
    calls(context, findings);
    unused(context, findings);
}

/// Arguments that a module of the tree has no variable for.
fn unknown(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let given = |own: &&crate::facts::Require| own.via == ARGUMENT || own.via == INPUT;
        for passed in file.facts.requires.iter().filter(given) {
            let Resolution::Missing(entity) = graph.resolve_ref(&passed.any_of[0]) else {
                continue;
            };
            let (module, name) = split_path(&entity.name);
            let taken = |old: &Graph<'_>| old.providers(entity.kind, &entity.name).next().is_some();
            let removed = context.old.is_some_and(taken);
            // Terragrunt sets variables of the environment, of which no other is missed.
            let is_input = passed.via == INPUT;
            if is_input && !removed {
                continue;
            }
            let (rule, message) = match removed {
                true => (
                    "removed-parameter",
                    format!("the module `{module}` no longer has the variable `{name}`"),
                ),
                false => {
                    ("unknown-parameter", format!("the module `{module}` has no variable `{name}`"))
                }
            };
            let place = Place { tree: graph.snapshot.role, file: ix as FileIx, span: passed.span };
            let finding = Finding::new(rule, message, place).label("passed here");
            // The nearest may be another module's of the same name.
            let near = graph.nearest(entity.kind, &entity.name);
            let near = near.as_deref().map(base_name).filter(|near| *near != name);
            let finding = match near {
                Some(near) => {
                    let remedy = Remedy::nearest(name, near);
                    finding.help(format!("did you mean `{near}`?")).remedy(remedy)
                }
                None => finding,
            };
            let finding = if removed { finding.of_change() } else { finding };
            findings.push(finding.entity(entity));
        }
    }
}

/// Names that only providers which nothing uses read, and nothing declares: they fail with the first resource.
fn unused(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        for own in &file.facts.requires {
            let target = &own.any_of[0];
            let Some(name) = target.name.as_exact().filter(|_| provider(target).is_some()) else {
                continue;
            };
            // What a call leads to is asked for in another way.
            if matches!(target.kind, kinds::TERRAFORM_RESULT | kinds::TERRAFORM_REMOTE) {
                continue;
            }
            let Resolution::Missing(entity) = declared(graph, target.kind, name) else { continue };
            if is_unused(graph, target) {
                let tree = graph.snapshot.role;
                let place = Place { tree, file: ix as FileIx, span: own.span };
                let message = format!("{} `{}` does not exist", entity.kind.noun(), entity.shown());
                findings.push(
                    Finding::new("unresolved-reference", message, place)
                        .severity(Severity::Warning)
                        .label("read here")
                        .help("nothing uses the provider yet: Terraform stops with the first that does")
                        .entity(entity),
                );
            }
        }
    }
}

fn calls(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.providing(&[kinds::TERRAFORM_CALL]) {
        let calls = file.facts.provides.iter().enumerate();
        let calls = calls.filter(|(_, own)| own.kind == kinds::TERRAFORM_CALL);
        for (at, call) in calls {
            if let Detail::Folder(folder) = &call.detail {
                missing(context, (ix, at as u32), call, folder, findings);
            }
        }
    }
}

fn missing(
    context: &Context<'_>,
    (file, at): (FileIx, u32),
    call: &Provide,
    folder: &str,
    findings: &mut Vec<Finding>,
) {
    let graph = context.new;
    let modules = modules(graph);
    let Some(required) = modules.required.get(folder) else { return };
    if !modules.is_closed(graph, folder) {
        return;
    }
    let tree = graph.snapshot.role;
    let passed = |name: &str| {
        let own = path_in(folder, name);
        let requires = graph.snapshot.file(file).facts.requires.iter();
        let mut arguments = requires.filter(|own| own.via == ARGUMENT && own.within == Some(at));
        arguments.any(|passed| passed.any_of[0].name.as_exact().is_some_and(|name| *name == own))
    };
    // A file that overrides others may say more of the call, or of the variable.
    let calls = call.name.as_exact().map(|own| graph.providers(kinds::TERRAFORM_CALL, own).count());
    if calls.is_some_and(|count| count > 1) {
        return;
    }
    let has_default = |name: &str| {
        let mut all = graph.providers(kinds::TERRAFORM_VARIABLE, &path_in(folder, name));
        all.any(|site| detail(graph, site) != Some(&Detail::Blank))
    };
    // Before 0.11, `version` was a variable like others.
    let asked = |name: &str| !META.contains(&name) && !passed(name) && !has_default(name);
    for (name, site) in required.iter().filter(|(name, _)| asked(name)) {
        let module = call.name.to_string();
        let place = Place { tree, file, span: call.span };
        let message =
            format!("the module call `{module}` passes no `{name}`, which has no default");
        findings.push(
            Finding::new("missing-required-parameter", message, place)
                .label("called here")
                .help(format!("pass `{name}`, or give the variable a default in `{folder}`"))
                .related("declared here", Place { tree, file: site.file, span: site.span })
                .entity(Entity::new(kinds::TERRAFORM_VARIABLE, path_in(folder, name))),
        );
    }
}

//! Calls that pass no value for a variable without a default.

use super::names::modules;
use super::read::ARGUMENT;
use crate::check::Context;
use crate::facts::{Detail, Entity, Provide, kinds, path_in};
use crate::finding::{Finding, Place};
use crate::loader::FileIx;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let calls = file.facts.provides.iter().enumerate();
        let calls = calls.filter(|(_, own)| own.kind == kinds::TERRAFORM_CALL);
        for (at, call) in calls {
            if let Detail::Folder(folder) = &call.detail {
                missing(context, (ix as FileIx, at as u32), call, folder, findings);
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
    for (name, site) in required.iter().filter(|(name, _)| !passed(name)) {
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

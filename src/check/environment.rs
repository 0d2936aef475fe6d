//! Environment variables that a call set before a change, and that its program still
//! requires.

use super::Context;
use super::called::{command_name, severity};
use crate::compat::{dropped, unset};
use crate::facts::{Call, Entity, FileFacts, Interface, Param, Span, kinds};
use crate::finding::{Finding, Place};
use crate::graph::Graph;
use crate::loader::{FileIx, Role};

/// Variables that the program requires and that this call set before the change.
pub(super) fn dropped_here(
    context: &Context<'_>,
    file: FileIx,
    call: &Call,
    (defined_in, interface): (FileIx, &Interface),
) -> Vec<Finding> {
    let role = context.new.snapshot.role;
    let path = &context.new.snapshot.file(file).entry.path;
    let any = interface.environment.iter().any(|param| param.required);
    let Some(old) = context.old.filter(|_| any) else { return Vec::new() };
    let Some(old_file) = old.snapshot.find(path) else { return Vec::new() };
    let calls = &old.snapshot.file(old_file).facts.calls;
    let mut same = calls.iter().filter(|own| own.via == call.via && own.any_of == call.any_of);
    let Some(first) = same.next().map(|own| old.completed(own)) else { return Vec::new() };
    if dropped(interface, &first, call).is_empty() {
        return Vec::new();
    }
    // Where there are several it is not known which one this was: all must have set it.
    let others: Vec<_> = same.map(|own| old.completed(own)).collect();
    let said = unset(interface, call);
    let command = command_name(call);
    let gone = dropped(interface, &first, call).into_iter().filter(|param| {
        let all = || others.iter().all(|other| dropped(interface, other, call).contains(param));
        !said.contains(param) && all() && !moved(context, old, &param.name)
    });
    let finding = |param: &Param| {
        let name = &param.name;
        let message = format!(
            "`{command}` requires the environment variable `{name}`, which is no longer set here"
        );
        let set = first.environment.iter().flat_map(|own| &own.set).find(|own| own.name == *name);
        let span = set.map_or(first.span, |own| own.span);
        let span = if span == Span::default() { first.span } else { span };
        Finding::new("removed-but-referenced", message, Place { tree: role, file, span: call.span })
            .severity(severity(call))
            .of_change()
            .label("run here without it")
            .help("set it again, or give it a default where it is read")
            .related("set before this change", Place { tree: Role::Old, file: old_file, span })
            .related("read here", Place { tree: role, file: defined_in, span: param.span })
            .entity(Entity::new(kinds::ENV, name.clone()))
    };
    gone.map(finding).collect()
}

/// Whether some file sets the variable now that did not before: it may reach the call.
fn moved(context: &Context<'_>, old: &Graph<'_>, name: &str) -> bool {
    let sets = |facts: &FileFacts| {
        let calls = facts.calls.iter().filter_map(|call| call.environment.as_deref());
        let mut provides = facts.provides.iter().filter(|provide| provide.kind == kinds::ENV);
        calls.into_iter().any(|call| call.sets(name))
            || provides.any(|own| own.name.as_exact().is_some_and(|own| own == name))
    };
    context.new.snapshot.files.iter().any(|file| {
        let before = old.snapshot.find(&file.entry.path);
        sets(&file.facts) && !before.is_some_and(|ix| sets(&old.snapshot.file(ix).facts))
    })
}

//! Roles whose tasks lie beside the folder that they belong into: such a role runs nothing.
//!
//! (Source: Ansible's documentation of roles, "Role directory structure".)

use super::shape;
use crate::check::Context;
use crate::facts::{Entity, Span, base_name, kinds, split_path};
use crate::finding::{Finding, Place, Severity};
use crate::graph::PathKind;
use crate::loader::FileIx;

/// Folders of which a role has one at least.
const PARTS: [&str; 8] =
    ["tasks", "handlers", "defaults", "vars", "meta", "templates", "files", "library"];

/// Reports `roles/NAME/main.yml` in roles that have no folders.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let path = file.entry.path.as_str();
        let (role, base) = split_path(path);
        if !matches!(base, "main.yml" | "main.yaml") || !file.standing.is_live() {
            continue;
        }
        let is_role = base_name(split_path(role).0) == "roles";
        let has = |part: &str| graph.paths.look_up(&format!("{role}/{part}")) != PathKind::Absent;
        if !is_role
            || PARTS.iter().any(|part| has(part))
            || !shape::begins_a_list(&graph.snapshot.contents(ix as FileIx))
        {
            continue;
        }
        let place = Place { tree: graph.snapshot.role, file: ix as FileIx, span: Span::default() };
        let message = format!("role `{}` has no `tasks`: this file is never run", base_name(role));
        findings.push(
            Finding::new("shadowed-rule", message, place)
                .severity(Severity::Warning)
                .label("no part of a role")
                .help(format!("move it to `{role}/tasks/{base}`"))
                .entity(Entity::new(kinds::FILE, path)),
        );
    }
}

//! Folders of a role that are called almost as those that Ansible reads: `default/main.yml` beside
//! `tasks/`.
//!
//! (Source: Ansible's documentation, "Role directory structure".)

use crate::check::Context;
use crate::extract::inside;
use crate::facts::{Entity, Span, base_name, kinds, parent_folder, path_in};
use crate::finding::{Finding, Place, Severity};
use crate::loader::FileIx;

/// What hands write, and what Ansible reads.
const FOLDERS: [(&str, &str); 7] = [
    ("default", "defaults"),
    ("handler", "handlers"),
    ("metas", "meta"),
    ("task", "tasks"),
    ("var", "vars"),
    ("variables", "vars"),
    ("defautls", "defaults"),
];

/// Reports main files that no role reads.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, path) in graph.paths.under("") {
        let is_main = ["/main.yml", "/main.yaml"].iter().any(|end| path.ends_with(end));
        let folder = parent_folder(path);
        let meant = FOLDERS.iter().find(|(own, _)| is_main && base_name(folder) == *own);
        let Some((own, meant)) = meant else { continue };
        let role = parent_folder(folder);
        let has = |folder: &str| graph.paths.under(&path_in(role, folder)).next().is_some();
        let is_role = base_name(parent_folder(role)) == "roles" && (has("tasks") || has("meta"));
        // Something of the role may read it by its path.
        let is_in = |file: FileIx| inside(role, &graph.snapshot.file(file).entry.path).is_some();
        let is_read = || graph.is_mentioned(&format!("{own}/"), is_in);
        let is_live = graph.snapshot.file(ix).standing.is_live() && context.asks(ix);
        if !is_role || has(meant) || !is_live || is_read() {
            continue;
        }
        let place = Place { tree: graph.snapshot.role, file: ix, span: Span::default() };
        let message = format!("a role reads `{meant}/`, and nothing of `{own}/`");
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(Severity::Warning)
                .label("nothing reads this file")
                .help(format!("rename the folder to `{meant}`"))
                .entity(Entity::new(kinds::FILE, path_in(role, meant))),
        );
    }
}

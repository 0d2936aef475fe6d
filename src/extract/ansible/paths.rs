//! Where Ansible looks for local files.

use super::arguments::old_variable;
use crate::facts::{Kind, NamePattern, Ref, join_path, kinds};
use smallvec::SmallVec;
use smol_str::SmolStr;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// `copy` and its like: `files/`.
    File,
    /// `template`: `templates/`.
    Template,
    /// `include_vars`, `vars_files`: `vars/`.
    Vars,
    /// Task and handler files, playbooks.
    Tasks,
}

impl Sort {
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::File => "files",
            Self::Template => "templates",
            Self::Vars => "vars",
            Self::Tasks => "tasks",
        }
    }
}

/// The role's folder that a path lies in.
pub(super) fn role_dir(path: &str) -> Option<&str> {
    for part in ["/tasks/", "/handlers/", "/meta/"] {
        if let Some(at) = path.rfind(part)
            && path[..at].split('/').any(|segment| segment == "roles")
        {
            return Some(&path[..at]);
        }
    }
    None
}

/// Places where the file named `name` may be, in Ansible's order: the role's own folder
/// for its sort, the role, the task file's folder, then the folders of playbooks.
pub(super) fn candidates(own: &str, name: &NamePattern, sort: Sort) -> SmallVec<[Ref; 1]> {
    let mut out: SmallVec<[Ref; 1]> = SmallVec::new();
    let prefix = name.prefix();
    let mut push = |kind: Kind, folder: &str| {
        let full = match name {
            NamePattern::Exact(text) => match join_path(folder, text) {
                Some(path) => NamePattern::exact(path),
                None => return,
            },
            pattern if folder.is_empty() => pattern.clone(),
            pattern => pattern.prepend(&format!("{folder}/")),
        };
        let target = Ref::new(kind, full);
        if !out.contains(&target) {
            out.push(target);
        }
    };
    if prefix.starts_with('/') {
        push_absolute(name, &mut out);
        return out;
    }
    let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
    if let Some(role) = role_dir(own) {
        push(kinds::FILE, &format!("{role}/{}", sort.folder()));
        push(kinds::FILE, role);
        push(kinds::FILE, folder);
    }
    let mut at = folder;
    loop {
        let inner = if at.is_empty() {
            sort.folder().to_owned()
        } else {
            format!("{at}/{}", sort.folder())
        };
        push(kinds::FILE, at);
        push(kinds::FILE, &inner);
        if at.is_empty() {
            break;
        }
        at = at.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
    for folder in ["playbooks", "playbooks/groups", "playbooks/hosts", "playbooks/include"] {
        push(kinds::FILE, folder);
        push(kinds::FILE, &format!("{folder}/{}", sort.folder()));
    }
    out
}

fn push_absolute(name: &NamePattern, out: &mut SmallVec<[Ref; 1]>) {
    out.push(Ref::new(kinds::ANSIBLE_ROOTED, name.clone()));
}

/// `{{ files }}/x`, `$files/x`, `{{ tasks_path }}/x`: a variable that by its name stands
/// for a folder of the tree. `None` for any other variable.
pub(super) fn rooted(text: &str) -> Option<SmolStr> {
    let (variable, rest) = match text.strip_prefix("{{") {
        Some(inner) => inner.split_once("}}")?,
        None => old_variable(text)?,
    };
    let variable = variable.trim();
    let folder = ["_path", "_dir", "_directory"]
        .iter()
        .find_map(|suffix| variable.strip_suffix(suffix))
        .unwrap_or(variable);
    let plain = !folder.is_empty()
        && folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plain && rest.starts_with('/') && folder != "item").then(|| format!("{folder}{rest}").into())
}

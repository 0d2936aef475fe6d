//! Where Ansible looks for local files.

use super::arguments::old_variable;
use crate::facts::{
    Kind, NamePattern, Piece, Ref, Scope, base_name, join_path, kinds, parent_folder,
};
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
    /// Task and handler files.
    Tasks,
    /// Playbooks that others include, as old trees do.
    Plays,
    /// Playbooks that others import: beside them alone. (Source: `PlaybookInclude.load_data`.)
    Imported,
}

impl Sort {
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::File => "files",
            Self::Template => "templates",
            Self::Vars => "vars",
            Self::Tasks | Self::Plays | Self::Imported => "tasks",
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

/// A path below `{{ role_path }}`, as the files of the role name it: what a run puts there is
/// in no tree.
pub(super) fn of_role<'t>(own: &str, text: &'t str) -> Option<&'t str> {
    let (variable, rest) = text.trim_start().strip_prefix("{{")?.split_once("}}")?;
    role_dir(own).filter(|_| variable.trim() == "role_path")?;
    rest.strip_prefix('/')
}

/// Places where the file named `name` may be, in Ansible's order: the role's own folder
/// for its sort, the role, the task file's folder, then the folders of playbooks.
pub(super) fn candidates(own: &str, name: &NamePattern, sort: Sort) -> SmallVec<[Ref; 1]> {
    let mut out: SmallVec<[Ref; 1]> = SmallVec::new();
    let prefix = name.prefix();
    let mut push = |kind: Kind, folder: &str| {
        let Some(full) = join(folder, name) else { return };
        if !out.iter().any(|target: &Ref| target.name == full) {
            out.push(Ref::new(kind, full));
        }
    };
    if prefix.starts_with('/') {
        push_absolute(name, &mut out);
        return out;
    }
    let folder = parent_folder(own);
    // What leaves the tree from where it is written lies beside it: in another role, say, that
    // is installed there.
    if prefix.starts_with("../") && join(folder, name).is_none() {
        return out;
    }
    if let Some(role) = role_dir(own) {
        let inner = format!("{role}/{}", sort.folder());
        // `templates/x` is meant from the role's own folder.
        let folders = match prefix.split('/').next() == Some(sort.folder()) {
            true => [role, inner.as_str()],
            false => [inner.as_str(), role],
        };
        folders.into_iter().for_each(|folder| push(kinds::FILE, folder));
    }
    if sort == Sort::Imported {
        push(kinds::ANSIBLE_PLAY_FILE, folder);
        return out;
    }
    push(if sort == Sort::Plays { kinds::ANSIBLE_PLAY_FILE } else { kinds::FILE }, folder);
    // The role or play folder whose task lists this is one of.
    let unit = ["tasks", "handlers"].iter().find_map(|part| {
        let at = folder.rfind(part).filter(|at| folder[..*at].ends_with('/'))?;
        let rest = &folder[at + part.len()..];
        (rest.is_empty() || rest.starts_with('/')).then(|| &folder[..at - 1])
    });
    let mut at = folder;
    loop {
        let inner = if at.is_empty() {
            sort.folder().to_owned()
        } else {
            format!("{at}/{}", sort.folder())
        };
        let is_near = at == folder || unit == Some(at);
        let kind = || if is_near { kinds::FILE } else { kinds::ANSIBLE_FAR_FILE };
        push(kind(), at);
        push(kind(), &inner);
        if at.is_empty() {
            break;
        }
        at = parent_folder(at);
    }
    for folder in ["playbooks", "playbooks/groups", "playbooks/hosts", "playbooks/include"] {
        push(kinds::ANSIBLE_FAR_FILE, folder);
        push(kinds::ANSIBLE_FAR_FILE, &format!("{folder}/{}", sort.folder()));
    }
    // Behind a role's own folders come those of the roles that use it. Task files may tell who
    // uses whom, so they are not asked for that.
    if sort != Sort::Tasks
        && let (Some(role), Some(exact)) = (role_dir(own).or(unit), name.as_exact())
    {
        let inner = match prefix.split('/').next() == Some(sort.folder()) {
            true => exact.to_string(),
            false => format!("{}/{exact}", sort.folder()),
        };
        let target = Ref::exact(kinds::ANSIBLE_CALLER_FILE, inner).seen_from(Scope::of(role));
        out.push(target);
    }
    out
}

/// `name` below `folder`, with `.` and `..` folded. `None` where the path leaves the tree, or
/// goes up from a folder whose name is computed.
fn join(folder: &str, name: &NamePattern) -> Option<NamePattern> {
    let text = match name {
        NamePattern::Exact(text) => return Some(NamePattern::exact(join_path(folder, text)?)),
        // A hole in the text of a path: no path has it.
        pattern => pattern.pieces().iter().fold(String::new(), |mut text, piece| {
            match piece {
                Piece::Text(own) => text.push_str(own),
                Piece::Hole => text.push('\0'),
            }
            text
        }),
    };
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                let last = parts.pop()?;
                if last.contains('\0') {
                    return None;
                }
            }
            part => parts.push(part),
        }
    }
    let folded = parts.join("/") + if text.ends_with('/') { "/" } else { "" };
    let mut pieces = Vec::new();
    for (ix, part) in folded.split('\0').enumerate() {
        if ix > 0 {
            pieces.push(Piece::Hole);
        }
        pieces.push(Piece::Text(part.into()));
    }
    Some(NamePattern::from_pieces(pieces))
}

fn push_absolute(name: &NamePattern, out: &mut SmallVec<[Ref; 1]>) {
    out.push(Ref::new(kinds::ANSIBLE_ROOTED, name.clone()));
}

/// `{{ files }}/x`, `$files/x`, `{{ tasks_path }}/x`: a variable that by its name stands
/// for one of Ansible's folders in the tree. `None` for any other variable: what it stands for
/// is not known, even where a folder of the tree is called so.
pub(super) fn rooted(text: &str) -> Option<SmolStr> {
    let (variable, rest) = match text.strip_prefix("{{") {
        Some(inner) => inner.split_once("}}")?,
        None => old_variable(text)?,
    };
    let variable = variable.trim();
    // `files_directory` may well be a folder in it: `files/{{ application }}`.
    let folder = variable.strip_suffix("_path").unwrap_or(variable);
    let known = matches!(
        folder,
        "files" | "tasks" | "vars" | "handlers" | "templates" | "roles" | "playbooks" | "private"
    );
    (known && rest.starts_with('/')).then(|| format!("{folder}{rest}").into())
}

/// Whether what is copied may be a program that somebody downloads beside the tree: `helm` to
/// `/usr/local/bin/helm`.
pub(super) fn is_program(source: &str, dest: &str) -> bool {
    let name = base_name(source);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_name = !name.is_empty() && name.bytes().all(plain);
    let mut folders = dest.split('/').filter(|own| *own != name);
    is_name && folders.any(|own| matches!(own, "bin" | "sbin" | "linux_amd64"))
}

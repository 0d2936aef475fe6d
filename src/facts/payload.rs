//! What stands in a module's or role's payload: what hosts are given as it is, what is
//! rendered for them, and which folders hold modules, roles and their like.

use super::path::parent_folder;

/// A folder of a path, with the two around it; those are empty at the path's beginning.
pub(super) struct Folder<'p> {
    pub grandparent: &'p str,
    pub parent: &'p str,
    pub name: &'p str,
}

/// The folders of `path`, outermost first; one without a name where there is none.
pub(super) fn folders(path: &str) -> impl Iterator<Item = Folder<'_>> {
    let folders = parent_folder(path);
    let (mut grandparent, mut parent) = ("", "");
    folders.split('/').map(move |name| {
        let folder = Folder { grandparent, parent, name };
        (grandparent, parent) = (parent, name);
        folder
    })
}

/// Whether the file at `path` is handed to hosts, as it is or rendered, and is no part of what
/// the tree itself runs: it is below `files/` or `templates/`, unless those are the names of
/// modules.
pub fn is_handed_out(path: &str) -> bool {
    // Folders of manifests are parts of names: `a/manifests/files/b.pp` is `a::files::b`.
    folders(path).take_while(|folder| folder.name != "manifests").any(|own| {
        let is_module = own.parent.ends_with("modules") || matches!(own.parent, "site" | "dist");
        !is_module && matches!(own.name, "files" | "templates")
    })
}

/// Whether the file at `path` stands in the `templates/` of a role or module: it runs from
/// another folder than that one.
pub fn is_template_of_unit(path: &str) -> bool {
    folders(path).any(|folder| {
        folder.name == "templates"
            && (folder.grandparent == "roles" || folder.grandparent.ends_with("modules"))
    })
}

/// How a folder lies in its tree, or in the unit that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// At the top.
    Top,
    /// In another folder.
    Inner,
}

/// Folders whose contents hosts are given, or catalogues and plays are made of: a name
/// below them is no marker.
pub(super) fn is_payload(folder: &str, depth: Depth) -> bool {
    match folder {
        "files" | "templates" | "manifests" | "tasks" | "handlers" | "group_vars" | "host_vars"
        | "hieradata" | "hiera" => true,
        "data" | "vars" | "defaults" | "functions" | "types" | "plans" => depth == Depth::Top,
        _ => false,
    }
}

/// Folders whose sub-folders are modules, roles, charts: each with a root of its own.
pub(super) fn holds_units(folder: &str) -> bool {
    matches!(
        folder,
        "modules" | "site" | "dist" | "roles" | "charts" | "cookbooks" | "extensions" | "skins"
    ) || folder.ends_with("_modules")
        || folder.ends_with("-modules")
        || folder.starts_with("modules-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hosts_are_given() {
        for path in ["modules/a/files/b.pp", "templates/b.pp", "roles/a/templates/b.pp"] {
            assert!(is_handed_out(path), "{path}");
        }
        for path in [
            "modules/a/manifests/files/b.pp",
            "modules/files/manifests/a.pp",
            "site/templates/manifests/a.pp",
            "a.pp",
        ] {
            assert!(!is_handed_out(path), "{path}");
        }
    }

    #[test]
    fn what_runs_elsewhere() {
        for path in ["roles/a/templates/b.php", "x/site-modules/a/templates/c/b.php"] {
            assert!(is_template_of_unit(path), "{path}");
        }
        for path in ["a/templates/b.php", "modules/templates/b.php", "roles/templates/b.php"] {
            assert!(!is_template_of_unit(path), "{path}");
        }
    }
}

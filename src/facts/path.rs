//! Paths of a tree.

use smol_str::SmolStr;

/// The last segment of a path.
pub fn base_name(path: &str) -> &str {
    // Every extractor asks this of every path: the plain search is ten times as fast.
    memchr::memrchr(b'/', path.as_bytes()).map_or(path, |at| &path[at + 1..])
}

/// The folder that a path lies in; empty at the root of its tree.
pub fn parent_folder(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or("", |at| &path[..at])
}

/// The folder that a path lies in, and its last segment.
pub fn split_path(path: &str) -> (&str, &str) {
    (parent_folder(path), base_name(path))
}

/// `name` in `folder`, which is empty at the root of a tree.
pub fn path_in(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Joins a relative `path` to `folder` and folds `.` and `..`. `None` when it is
/// absolute or leaves the root.
pub fn join_path(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The joined tree that `path` lies in: the one of `joined`, by the folder below which each
/// lands.
pub fn joined_in<'a>(joined: &'a [SmolStr], path: &str) -> Option<&'a SmolStr> {
    joined.iter().find(|folder| {
        path.strip_prefix(folder.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The file that is loaded in the place of the module at `path` while both are there: Python
/// finds a package before a module of the same name.
pub(crate) fn hiding(path: &str) -> Option<String> {
    path.strip_suffix(".py").map(|module| format!("{module}/__init__.py"))
}

#[cfg(test)]
mod tests {
    use super::join_path;

    #[test]
    fn a_path_stays_inside_its_tree() {
        assert_eq!(join_path("a/b", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(join_path("", "x").as_deref(), Some("x"));
        assert_eq!(join_path("a", "..").as_deref(), Some(""));
        assert_eq!(join_path("a", "../.."), None);
        assert_eq!(join_path("a", "/etc/passwd"), None);
    }
}

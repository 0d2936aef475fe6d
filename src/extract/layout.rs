//! Where modules lie in a tree, and by which rules its Puppet reads names.
//!
//! Both are properties of a tree, told by files of it: `environment.conf` names further
//! folders of modules, `metadata.json` the module that a whole repository is.

use crate::facts::base_name;
use smol_str::SmolStr;

/// How a name such as `docker` inside `class profile::docker` is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Names {
    /// To Puppet 3: relative to the scopes around it, the innermost first.
    #[default]
    Relative,
    /// From Puppet 4 on: from the top, always.
    Absolute,
}

/// Whether a folder of this name holds modules.
pub fn is_module_root(name: &str) -> bool {
    matches!(name, "modules" | "site" | "dist")
        || name.ends_with("_modules")
        || name.ends_with("-modules")
        || name.starts_with("modules-")
}

/// The folders that make up a module.
const PARTS: &[&str] =
    &["manifests", "files", "templates", "lib", "functions", "types", "facts.d", "tasks", "plans"];

/// Where a tree keeps its modules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Layout {
    /// How names are read.
    pub names: Names,
    /// Folders of modules beside those that are named like one.
    pub roots: Vec<SmolStr>,
    /// Folders that are a module by themselves, each with the module's name.
    pub modules: Vec<(SmolStr, SmolStr)>,
}

impl Layout {
    /// The folder of the module that a path lies in: the folder below the outermost module
    /// directory (`modules`, `site-modules`, `site`, `dist`, one of the tree's own), or one
    /// that is a module itself. `None` outside modules; empty for the tree's root.
    pub fn module_dir<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.below_root(path).or_else(|| {
            let own = self.modules.iter().find(|(dir, _)| {
                inside(dir, path)
                    .and_then(|rest| rest.split_once('/'))
                    .is_some_and(|(part, _)| PARTS.contains(&part))
            });
            own.map(|(dir, _)| &path[..dir.len()])
        })
    }

    fn below_root<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut segments = segments(path).peekable();
        let mut previous = "";
        while let Some((at, segment)) = segments.next() {
            let in_root = is_module_root(previous)
                || self.roots.iter().any(|root| path[..at].strip_suffix('/') == Some(root));
            if in_root && segments.peek().is_some_and(|(_, next)| PARTS.contains(next)) {
                return Some(&path[..at + segment.len()]);
            }
            previous = segment;
        }
        None
    }

    /// The name of the module whose folder is `dir`.
    pub fn name_of<'l>(&'l self, dir: &'l str) -> &'l str {
        let own = self.modules.iter().find(|(own, _)| own == dir);
        own.map_or_else(|| base_name(dir), |(_, name)| name)
    }

    /// The name of the module that a path lies in.
    pub fn module_of<'l>(&'l self, path: &'l str) -> Option<&'l str> {
        self.module_dir(path).map(|dir| self.name_of(dir))
    }

    /// Whether a path lies in an environment of its own inside a module: the modules beside
    /// it are another Puppet's, as a virtual machine for trying the module has one.
    pub fn is_nested(&self, path: &str) -> bool {
        let mut previous = "";
        for (at, segment) in segments(path) {
            if is_module_root(previous) && !is_module_root(segment) {
                let rest = path.get(at + segment.len() + 1..).unwrap_or_default();
                let first = rest.split('/').next().unwrap_or_default();
                let loaded = matches!(first, "manifests" | "templates" | "functions" | "types");
                return !loaded
                    && (self.below_root(rest).is_some()
                        || rest.split('/').any(|part| part == "environments"));
            }
            previous = segment;
        }
        false
    }
}

/// The segments of a path, each with where it begins.
fn segments(path: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    path.split('/').map(move |segment| {
        let at = start;
        start += segment.len() + 1;
        (at, segment)
    })
}

/// What of `path` lies below the folder `dir`, which is empty for the root.
pub fn inside<'p>(dir: &str, path: &'p str) -> Option<&'p str> {
    match dir {
        "" => Some(path),
        dir => path.strip_prefix(dir)?.strip_prefix('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_lie_in_folders_of_modules() {
        let layout = Layout {
            roots: vec!["deployment".into()],
            modules: vec![("".into(), "thing".into()), ("sub/x".into(), "y".into())],
            ..Layout::default()
        };
        let of = |path| layout.module_of(path);
        assert_eq!(of("modules/a/manifests/init.pp"), Some("a"));
        assert_eq!(of("deployment/dns/files/x"), Some("dns"));
        assert_eq!(of("other/deployment/dns/files/x"), None);
        assert_eq!(of("manifests/init.pp"), Some("thing"));
        assert_eq!(of("sub/x/templates/a.erb"), Some("y"));
        assert_eq!(of("README.md"), None);
    }

    #[test]
    fn an_environment_inside_a_module_is_nested() {
        let layout = Layout::default();
        assert!(layout.is_nested("modules/a/vagrant/site/modules/p/manifests/a.pp"));
        assert!(layout.is_nested("modules/a/spec/fixtures/modules/p/manifests/a.pp"));
        for live in [
            "modules/a/manifests/modules.pp",
            "site/modules/p/manifests/a.pp",
            "modules/site/manifests/init.pp",
            "modules/a/manifests/site/x.pp",
        ] {
            assert!(!layout.is_nested(live), "{live}");
        }
    }
}

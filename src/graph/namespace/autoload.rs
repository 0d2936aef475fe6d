//! Where Puppet's autoloader looks: `a::b::c` in `a/manifests/b/c.pp`, then in
//! `a/manifests/b.pp` and `a/manifests/init.pp`.
//!
//! (Source: Puppet's `TypeLoader#try_load_fqname`; the manual, "Module fundamentals".)

use crate::facts::{Entity, Kind, kinds};
use crate::graph::{Graph, Site};
use crate::puppet::{Layout, inside};
use crate::session::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

const DEFINITIONS: [Kind; 2] = [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE];

/// Manifests that nothing loads. Of modules: those none of whose definitions stands where the
/// autoloader looks for it; one that does brings the file's others with it, and an `import`
/// brings the file. Elsewhere: those of a folder that is called otherwise than the module that
/// they define, where the tree lists that module as external.
pub(super) fn unloadable(graph: &Graph<'_>) -> FxHashSet<FileIx> {
    let mut files = FxHashSet::default();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let path = file.entry.path.as_str();
        let names = file.facts.provides.iter().filter(|own| DEFINITIONS.contains(&own.kind));
        let mut names = names.filter_map(|own| own.name.as_exact()).peekable();
        let Some(inside) = manifest(&graph.snapshot.layout, path) else {
            let holder = path.rsplit_once("/manifests/").map_or("", |(folder, _)| folder);
            let external = |name: &SmolStr| {
                let first = name.split("::").next().unwrap_or(name);
                first != crate::facts::base_name(holder)
                    && graph.providers(kinds::PUPPET_EXTERNAL, first).next().is_some()
            };
            if !holder.is_empty() && names.peek().is_some() && names.all(external) {
                files.insert(ix as FileIx);
            }
            continue;
        };
        if names.peek().is_some() && !names.any(|name| is_place(inside, name)) {
            files.insert(ix as FileIx);
        }
    }
    if !files.is_empty() {
        let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
        for require in requires.filter(|require| require.via == "import") {
            for target in &require.any_of {
                files.retain(|ix| !target.name.matches(&graph.snapshot.file(*ix).entry.path));
            }
        }
    }
    files
}

/// The module and the path below its `manifests/`, without the ending.
fn manifest<'p>(layout: &'p Layout, path: &'p str) -> Option<(&'p str, &'p str)> {
    let dir = layout.module_dir(path)?;
    let rest = inside(dir, path)?.strip_prefix("manifests/")?.strip_suffix(".pp")?;
    Some((layout.name_of(dir), rest))
}

fn is_place((module, rest): (&str, &str), name: &str) -> bool {
    let Some(inside) = name.strip_prefix(module) else { return false };
    if rest == "init" {
        return inside.is_empty() || inside.starts_with("::");
    }
    inside.strip_prefix("::").is_some_and(|inside| {
        let path = inside.replace("::", "/");
        path.strip_prefix(rest).is_some_and(|more| more.is_empty() || more.starts_with('/'))
    })
}

impl Graph<'_> {
    /// Whether nothing loads a manifest.
    pub fn is_unloadable(&self, file: FileIx) -> bool {
        self.unloadable.contains(&file)
    }

    /// Whether part of a file was not read, so that it may define more than is known.
    pub fn is_partly_read(&self, file: FileIx) -> bool {
        let problems = &self.snapshot.file(file).facts.problems;
        problems
            .iter()
            .any(|own| matches!(own.rule, "parse-error" | "unsupported-syntax" | "limit-reached"))
    }

    /// Whether a definition may stand in a manifest that was only read in part: one in which
    /// the autoloader looks for it.
    pub fn may_be_unread(&self, entity: &Entity) -> bool {
        let Some(module) = entity.name.split("::").next() else { return false };
        DEFINITIONS.contains(&entity.kind)
            && self.snapshot.files.iter().enumerate().any(|(ix, file)| {
                !file.facts.problems.is_empty()
                    && manifest(&self.snapshot.layout, &file.entry.path)
                        .is_some_and(|inside| inside.0 == module && is_place(inside, &entity.name))
                    && self.is_partly_read(ix as FileIx)
            })
    }

    /// Whether git ignores the manifest that the autoloader would read for a definition.
    pub(in crate::graph) fn is_ignored_definition(&self, entity: &Entity) -> bool {
        if !DEFINITIONS.contains(&entity.kind) || !self.paths.has_ignores(self.snapshot) {
            return false;
        }
        let (module, rest) = match entity.name.split_once("::") {
            Some((module, rest)) => (module, rest.replace("::", "/")),
            None => (entity.name.as_str(), "init".to_owned()),
        };
        let layout = &self.snapshot.layout;
        let mut dirs = FxHashSet::default();
        let paths = self.snapshot.files.iter().map(|file| file.entry.path.as_str());
        dirs.extend(paths.filter_map(|path| layout.module_dir(path)));
        dirs.into_iter().filter(|dir| layout.name_of(dir) == module).any(|dir| {
            let root = if dir.is_empty() { String::new() } else { format!("{dir}/") };
            self.paths.is_ignored(&format!("{root}manifests/{rest}.pp"), self.snapshot)
        })
    }

    /// Where a definition stands that the autoloader does not find, and the path that it
    /// would find.
    pub fn misplaced(&self, entity: &Entity) -> Option<(Site, SmolStr)> {
        let mut sites = self.providers(entity.kind, &entity.name);
        let site = sites.find(|site| self.unloadable.contains(&site.file))?;
        let layout = &self.snapshot.layout;
        let dir = layout.module_dir(&self.snapshot.file(site.file).entry.path)?;
        let itself = layout.name_of(dir) == entity.name.split("::").next().unwrap_or_default()
            && layout.modules.iter().any(|(own, _)| own == dir);
        if itself {
            let rest = entity.name.split_once("::").map_or("init", |(_, rest)| rest);
            let root = if dir.is_empty() { String::new() } else { format!("{dir}/") };
            return Some((site, format!("{root}manifests/{}.pp", rest.replace("::", "/")).into()));
        }
        let root = dir.rsplit_once('/').map_or("", |(root, _)| root);
        let mut segments = entity.name.split("::");
        let module = segments.next().unwrap_or_default();
        let rest: Vec<&str> = segments.collect();
        let rest = if rest.is_empty() { "init".to_owned() } else { rest.join("/") };
        let root = if root.is_empty() { String::new() } else { format!("{root}/") };
        Some((site, format!("{root}{module}/manifests/{rest}.pp").into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_looked_for_at_its_own_path_and_above() {
        for rest in ["init", "b", "b/c"] {
            assert!(is_place(("a", rest), "a::b::c"), "{rest}");
        }
        for rest in ["c", "b/d", "b/c/d", "bb"] {
            assert!(!is_place(("a", rest), "a::b::c"), "{rest}");
        }
        assert!(!is_place(("a", "init"), "ab::c"));
        assert!(is_place(("a", "init"), "a"));
    }
}

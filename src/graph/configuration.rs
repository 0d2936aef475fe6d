//! Configurations of servers that lie in several files, of which some include others.

use super::{Graph, Mirrored, Resolution};
use crate::facts::{
    Detail, Entity, Extent, Kind, Reading, Ref, Relation, Require, Sought, base_name, kinds,
    nearest_of, split_path,
};
use crate::loader::FileIx;
use crate::tree::EntryKind;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use smol_str::SmolStr;

/// Most files of one configuration that are followed.
const MAX_FILES: usize = 2000;

/// How the files of one server's configurations are found.
pub struct Configurations {
    /// The kind of its files, by the last part of their names. The detail of one says
    /// whether it begins a configuration, and whether all of its text is in the tree.
    pub file: Kind,
    /// The kind of paths that files name; includes are such references.
    pub path: Kind,
    /// Folders of hosts that its configuration lies in, with a slash at their ends.
    pub hosts: &'static [&'static str],
    /// Files that its packages bring, by the last part of their names.
    pub packaged: &'static [&'static str],
    /// Folders that its packages fill.
    pub filled: &'static [&'static str],
}

/// A file of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Member {
    /// The file.
    pub file: FileIx,
    /// The block of another file that includes it, where that is known.
    pub inside: Option<SmolStr>,
}

impl Configurations {
    /// Whether a path is one that a package brings.
    fn is_packaged(&self, path: &str) -> bool {
        self.packaged.contains(&base_name(path))
            || self.filled.iter().any(|own| path.starts_with(own))
    }

    /// The whole configuration that the file at `path` is part of, where all of it is in the
    /// tree.
    pub fn whole(&self, graph: &Graph<'_>, path: &str) -> Option<Vec<Member>> {
        let own = graph.snapshot.find(path)?;
        let mains = self.mains(graph, path);
        let all: Option<Vec<_>> = mains.iter().map(|main| self.closure(graph, *main)).collect();
        all?.into_iter().find(|files| files.iter().any(|member| member.file == own))
    }

    /// The configurations that are in the tree as a whole.
    pub fn wholes(&self, graph: &Graph<'_>) -> Vec<Vec<Member>> {
        let all = graph.all(self.file).iter().map(|(_, site)| site.file);
        let mains = all.filter(|file| self.begins(graph, *file));
        mains.filter_map(|main| self.closure(graph, main)).collect()
    }

    /// Whether a file is one of this server's.
    pub fn has(&self, graph: &Graph<'_>, file: FileIx) -> bool {
        self.detail(graph, file).is_some()
    }

    fn detail<'g>(&self, graph: &'g Graph<'_>, file: FileIx) -> Option<&'g Detail> {
        let facts = &graph.snapshot.file(file).facts;
        facts
            .provides
            .iter()
            .find(|provide| provide.kind == self.file)
            .map(|provide| &provide.detail)
    }

    /// The files beside a file, or in a folder above it, that begin a configuration.
    fn mains(&self, graph: &Graph<'_>, path: &str) -> Vec<FileIx> {
        let all = graph.all(self.file).iter().map(|(_, site)| site.file);
        let above = all.filter(|file| {
            let other = graph.snapshot.file(*file).entry.path.as_str();
            path.starts_with(folder_of(other))
        });
        above.filter(|file| self.begins(graph, *file)).collect()
    }

    /// Whether a configuration begins beside the file at `path`, or in a folder above it.
    pub fn begins_above(&self, graph: &Graph<'_>, path: &str) -> bool {
        !self.mains(graph, path).is_empty()
    }

    /// Whether a configuration begins with this file.
    fn begins(&self, graph: &Graph<'_>, file: FileIx) -> bool {
        matches!(self.detail(graph, file), Some(Detail::File(Extent::Beginning, _)))
    }

    /// All files of the configuration that begins with `main`; nothing where some may not be
    /// here.
    fn closure(&self, graph: &Graph<'_>, main: FileIx) -> Option<Vec<Member>> {
        let mut members = vec![Member { file: main, inside: None }];
        let mut known: FxHashSet<Member> = members.iter().cloned().collect();
        let root = folder_of(&graph.snapshot.file(main).entry.path);
        let mut at = 0;
        while let Some(Member { file, inside }) = members.get(at).cloned() {
            at += 1;
            if members.len() > MAX_FILES {
                return None;
            }
            let own = graph.snapshot.file(file);
            let mut add = |file, inside: Option<&SmolStr>| {
                let member = Member { file, inside: inside.cloned() };
                if known.insert(member.clone()) {
                    members.push(member);
                }
            };
            if own.entry.kind == EntryKind::Symlink {
                add(linked(graph, &own.facts.requires)?, inside.as_ref());
                continue;
            }
            // What is not the server's, as `mime.types` may be, says nothing of this.
            let Some(detail) = self.detail(graph, file) else { continue };
            if matches!(detail, Detail::File(_, Reading::InPart)) {
                return None;
            }
            let requires = &own.facts.requires;
            for require in requires.iter().filter(|require| require.relation == Relation::Includes)
            {
                let Some(target) = require.any_of.iter().find(|target| target.kind == self.path)
                else {
                    continue;
                };
                let (_, path) = target.placed()?;
                let block = match target.scope.as_ref().map(|scope| &scope.sought) {
                    Some(Sought::Inside(block)) => Some(block),
                    _ => inside.as_ref(),
                };
                self.included(graph, root, path)?.into_iter().for_each(|file| add(file, block));
            }
        }
        Some(members)
    }

    /// The files that an include brings in, of a configuration whose root is a folder of the
    /// tree; nothing where that is not known.
    fn included(&self, graph: &Graph<'_>, root: &str, path: &str) -> Option<Vec<FileIx>> {
        let packaged = || self.is_packaged(path).then(Vec::new);
        let relative = match self.hosts.iter().find_map(|host| path.strip_prefix(host)) {
            Some(relative) => relative,
            None if path.starts_with('/') => return packaged(),
            None => path,
        };
        let (folder, base) = split_path(relative);
        if folder.contains(['*', '?', '[']) {
            return None;
        }
        let folder = format!("{root}{folder}");
        let folder = folder.trim_end_matches('/');
        // A folder stands for all that is in it.
        let glob = globset::Glob::new(if base.is_empty() { "*" } else { base }).ok()?;
        let glob = glob.compile_matcher();
        let inside = graph.paths.under(folder).filter_map(|(file, own)| {
            let rest = &own[folder.len()..];
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            (!rest.contains('/') && glob.is_match(rest)).then_some(file)
        });
        let found: Vec<FileIx> = inside.collect();
        if found.is_empty() { packaged() } else { Some(found) }
    }

    /// What becomes of a path that a file names: the tree deploys it, mirrors its folder, or
    /// holds a file of the server that is called so. It is missing where the tree holds its
    /// folder with others of its sort.
    pub fn resolve_path(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((from, path)) = target.placed() else { return Resolution::Elsewhere };
        if path.contains(['*', '?', '[']) {
            return Resolution::Elsewhere;
        }
        let open = || Resolution::Open(Entity::new(kinds::FILE, path));
        let absent = match graph.mirrored(from, path, self.hosts) {
            Mirrored::Found(sites) => return Resolution::Found(sites),
            Mirrored::Elsewhere => return Resolution::Elsewhere,
            _ if self.is_packaged(path) => return Resolution::Elsewhere,
            Mirrored::Absent(absent) => absent,
            Mirrored::Unknown => return open(),
        };
        // A part of a configuration that lies apart from the others.
        let parts: SmallVec<_> = graph.providers(self.file, base_name(path)).collect();
        if !parts.is_empty() {
            return Resolution::Found(parts);
        }
        // What a script or a task names may be written by it.
        let is_written = || graph.is_mentioned(base_name(path), |file| !self.has(graph, file));
        match self.missing_at(graph, from, path, &absent) {
            Some(own) if !is_written() => Resolution::Missing(Entity::new(kinds::FILE, own)),
            _ => open(),
        }
    }

    /// Where a file is missing, if it is.
    fn missing_at(
        &self,
        graph: &Graph<'_>,
        from: &str,
        path: &str,
        absent: &str,
    ) -> Option<String> {
        let relative = match self.hosts.iter().find_map(|host| path.strip_prefix(host)) {
            Some(relative) => relative,
            None if path.starts_with('/') => {
                let counts = |file, name: &str| self.counts(graph, file, name);
                return graph.has_siblings(absent, 3, counts).then(|| absent.to_owned());
            }
            None => path,
        };
        let mains = self.mains(graph, from);
        let [main] = mains.as_slice() else { return None };
        let own = format!("{}{relative}", folder_of(&graph.snapshot.file(*main).entry.path));
        let is_template = own.split('/').any(|part| part == "templates");
        // A folder of its own is known better than one that other things lie in.
        let least = if relative.contains('/') { 1 } else { 2 };
        let counts = |file, name: &str| self.counts(graph, file, name);
        (!is_template && graph.has_siblings(&own, least, counts)).then_some(own)
    }

    /// Whether a file of a folder shows that the tree holds what its configurations name there:
    /// it is one of theirs, or one that they name. Others of its sort, such as certificates, may
    /// be there for something else.
    fn counts(&self, graph: &Graph<'_>, file: FileIx, name: &str) -> bool {
        let all = graph.all(self.file).iter().take(MAX_FILES);
        let mut requires = all.flat_map(|(_, site)| &graph.snapshot.file(site.file).facts.requires);
        let names_it = |own: &Ref| {
            own.kind == self.path && own.name.as_exact().is_some_and(|own| base_name(own) == name)
        };
        self.has(graph, file) || requires.any(|require| require.any_of.iter().any(names_it))
    }

    /// What becomes of a name that a file uses: it is looked for in all of the tree. What can be
    /// nothing but a name of the configuration is missing where the whole configuration is in
    /// the tree, or where the file itself defines one that is nearly called so and that nothing
    /// there uses.
    pub fn resolve_name(&self, graph: &Graph<'_>, target: &Ref, owned: Owned) -> Resolution {
        let Some((from, name)) = target.placed() else { return Resolution::Elsewhere };
        let kind = target.sought();
        let sites = graph.matching(kind, &target.name);
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        let known = owned == Owned::Yes
            && (is_slip(graph, from, kind, name) || self.whole(graph, from).is_some())
            && !graph.is_mentioned(name, |file| !self.has(graph, file));
        let entity = Entity::new(kind, name);
        if known { Resolution::Missing(entity) } else { Resolution::Open(entity) }
    }
}

/// The file of the tree that a link leads to.
fn linked(graph: &Graph<'_>, requires: &[Require]) -> Option<FileIx> {
    let link = requires.iter().find(|require| require.relation == Relation::Links)?;
    match graph.resolve(link) {
        Resolution::Found(sites) => sites.first().map(|site| site.file),
        _ => None,
    }
}

/// Whether a file defines a name that was probably meant, and does not use it.
fn is_slip(graph: &Graph<'_>, path: &str, kind: Kind, name: &str) -> bool {
    let Some(file) = graph.snapshot.find(path) else { return false };
    let facts = &graph.snapshot.file(file).facts;
    let defined = facts.provides.iter().filter(|provide| provide.kind == kind);
    let exact = defined.filter_map(|own| Some(own.name.as_exact()?.as_str()));
    let Some(near) = nearest_of(name, exact) else { return false };
    let mut uses = facts.requires.iter().flat_map(|require| &require.any_of);
    !uses.any(|user| user.sought() == kind && user.name.matches(&near))
}

/// The folder of a path, with its slash.
fn folder_of(path: &str) -> &str {
    &path[..path.len() - base_name(path).len()]
}

/// Whether a name is one that only a configuration can define.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owned {
    /// It may be a host, or something in a file that is not here.
    No = 0,
    /// It can be nothing else.
    Yes = 1,
}

//! Configurations of servers that lie in several files, of which some include others.

use super::{Graph, Mirrored, Resolution};
use crate::facts::{Entity, Kind, NamePattern, Relation, base_name, kinds};
use crate::session::FileIx;
use smallvec::SmallVec;
use smol_str::SmolStr;

/// Separates the parts of names that depend on the file that asks.
pub const SEPARATOR: char = '\u{1f}';

/// Most files of one configuration that are followed.
const MAX_FILES: usize = 2000;

/// How the files of one server's configurations are found.
pub struct Configurations {
    /// The kind of its files, by the last part of their names. The detail of one is `main` where
    /// it begins a configuration, or else `part`, and `, open` follows where some of its text is
    /// not in the tree.
    pub file: Kind,
    /// The kind of paths that files name, `FILE\x1fPATH`; includes are such references.
    pub path: Kind,
    /// Folders of hosts that its configuration lies in, with a slash at their ends.
    pub hosts: &'static [&'static str],
    /// Files that its packages bring, by the last part of their names.
    pub packaged: &'static [&'static str],
    /// Folders that its packages fill.
    pub filled: &'static [&'static str],
}

impl Configurations {
    /// Whether a path is one that a package brings.
    fn is_packaged(&self, path: &str) -> bool {
        self.packaged.contains(&base_name(path))
            || self.filled.iter().any(|own| path.starts_with(own))
    }

    /// The whole configuration that the file at `path` is part of, where all of it is in the
    /// tree.
    pub fn whole(&self, graph: &Graph<'_>, path: &str) -> Option<Vec<FileIx>> {
        let own = graph.snapshot.find(path)?;
        let mains = self.mains(graph, path);
        let all: Option<Vec<_>> = mains.iter().map(|main| self.closure(graph, *main)).collect();
        all?.into_iter().find(|files| files.contains(&own))
    }

    /// Whether a file is one of this server's.
    pub fn has(&self, graph: &Graph<'_>, file: FileIx) -> bool {
        self.detail(graph, file).is_some()
    }

    fn detail<'g>(&self, graph: &'g Graph<'_>, file: FileIx) -> Option<&'g SmolStr> {
        let facts = &graph.snapshot.file(file).facts;
        facts.provides.iter().find(|own| own.kind == self.file).map(|own| &own.detail)
    }

    /// The files beside a file, or in a folder above it, that begin a configuration.
    fn mains(&self, graph: &Graph<'_>, path: &str) -> Vec<FileIx> {
        let all = graph.all(self.file).iter().map(|(_, site)| site.file);
        let above = all.filter(|file| {
            let other = graph.snapshot.file(*file).entry.path.as_str();
            path.starts_with(folder_of(other))
        });
        let begins =
            |file: &FileIx| self.detail(graph, *file).is_some_and(|own| own.starts_with("main"));
        above.filter(begins).collect()
    }

    /// All files of the configuration that begins with `main`; nothing where some may not be
    /// here.
    fn closure(&self, graph: &Graph<'_>, main: FileIx) -> Option<Vec<FileIx>> {
        let mut files = vec![main];
        let root = folder_of(&graph.snapshot.file(main).entry.path);
        let mut at = 0;
        while let Some(file) = files.get(at).copied() {
            at += 1;
            // What is not the server's, as `mime.types` may be, says nothing of this.
            let Some(own) = self.detail(graph, file) else { continue };
            if own.ends_with("open") || files.len() > MAX_FILES {
                return None;
            }
            let requires = &graph.snapshot.file(file).facts.requires;
            for require in requires.iter().filter(|own| own.relation == Relation::Includes) {
                let Some(target) = require.any_of.iter().find(|own| own.kind == self.path) else {
                    continue;
                };
                let path = target.name.as_exact()?.split_once(SEPARATOR)?.1;
                for found in self.included(graph, root, path)? {
                    if !files.contains(&found) {
                        files.push(found);
                    }
                }
            }
        }
        Some(files)
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
        let (folder, base) = relative.rsplit_once('/').unwrap_or(("", relative));
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
    pub fn resolve_path(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution {
        let Some((from, path)) = name.as_exact().and_then(|own| own.split_once(SEPARATOR)) else {
            return Resolution::Elsewhere;
        };
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
        match self.missing_at(graph, from, path, &absent) {
            Some(own) => Resolution::Missing(Entity::new(kinds::FILE, own)),
            None => open(),
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
                return graph.has_siblings(absent, 3).then(|| absent.to_owned());
            }
            None => path,
        };
        let mains = self.mains(graph, from);
        let [main] = mains.as_slice() else { return None };
        let own = format!("{}{relative}", folder_of(&graph.snapshot.file(*main).entry.path));
        let is_template = own.split('/').any(|part| part == "templates");
        // A folder of its own is known better than one that other things lie in.
        let least = if relative.contains('/') { 1 } else { 2 };
        (!is_template && graph.has_siblings(&own, least)).then_some(own)
    }
}

/// The folder of a path, with its slash.
fn folder_of(path: &str) -> &str {
    &path[..path.len() - base_name(path).len()]
}

/// What a reference asks for that depends on its file: `PATH\x1fOWNED\x1fKIND\x1fNAME`, where
/// OWNED is `1` for what can be nothing but a name of the configuration.
pub struct Asked<'a> {
    /// The file that asks.
    pub path: &'a str,
    /// Whether only the configuration can define it.
    pub owned: bool,
    /// The kind of what it asks for.
    pub kind: Kind,
    /// Its name.
    pub name: &'a str,
}

impl<'a> Asked<'a> {
    /// Takes a name apart.
    pub fn of(name: &'a NamePattern) -> Option<Self> {
        let mut parts = name.as_exact()?.splitn(4, SEPARATOR);
        let (path, owned) = (parts.next()?, parts.next()? == "1");
        Some(Self { path, owned, kind: Kind::of(parts.next()?)?, name: parts.next()? })
    }

    /// The name that [`Asked::of`] takes apart.
    pub fn written(path: &str, owned: Owned, kind: Kind, name: &str) -> String {
        format!("{path}{SEPARATOR}{}{SEPARATOR}{kind}{SEPARATOR}{name}", owned as u8)
    }

    /// What becomes of it: it is looked for in all of the tree. It is missing where the whole
    /// configuration is in the tree, or where the file itself defines one that is nearly called
    /// so and that nothing there uses.
    pub fn resolve(&self, graph: &Graph<'_>, among: &Configurations) -> Resolution {
        let sites = graph.matching(self.kind, &NamePattern::exact(self.name));
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        let entity = Entity::new(self.kind, self.name);
        let known = self.owned
            && (self.is_slip(graph) || among.whole(graph, self.path).is_some())
            && !graph.is_mentioned(self.name, |file| !among.has(graph, file));
        if known { Resolution::Missing(entity) } else { Resolution::Open(entity) }
    }

    /// Whether the same file defines a name that was probably meant, and does not use it.
    fn is_slip(&self, graph: &Graph<'_>) -> bool {
        let Some(file) = graph.snapshot.find(self.path) else { return false };
        let facts = &graph.snapshot.file(file).facts;
        let defined = facts.provides.iter().filter(|own| own.kind == self.kind);
        let exact = defined.filter_map(|own| Some(own.name.as_exact()?.as_str()));
        let Some(near) = crate::facts::nearest_of(self.name, exact) else { return false };
        let mut uses = facts.requires.iter().flat_map(|own| &own.any_of);
        !uses.any(|target| {
            Asked::of(&target.name).is_some_and(|own| own.kind == self.kind && own.name == near)
        })
    }
}

/// Whether a name is one that only a configuration can define.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owned {
    /// It may be a host, or something in a file that is not here.
    No = 0,
    /// It can be nothing else.
    Yes = 1,
}

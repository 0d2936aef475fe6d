//! Which file of the tree a command runs: by its path on the host, by its name on the
//! search path, or by a path in the tree.

use crate::facts::{Call, Entity, Interface, Property, Ref, kinds};
use crate::graph::{Graph, PathKind, Resolution};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;

/// Folders that a command is looked for in, beyond what packaging says.
const SEARCH_PATH: [&str; 6] =
    ["/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"];

/// Links and copies that are followed from a command to its source.
const MAX_HOPS: u32 = 8;

/// Where a command is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// Where its name says.
    Nowhere,
    /// In the usual folders of a host.
    UsualFolders,
}

impl Search {
    /// A call that names a path does not search.
    pub fn of(call: &Call) -> Self {
        let by_path = call.any_of.first().is_some_and(|target| target.kind == kinds::DEPLOYED_PATH);
        if by_path { Self::Nowhere } else { Self::UsualFolders }
    }
}

impl<'s> Graph<'s> {
    /// The interfaces that a call may mean, with the files that define them: each target
    /// that is exactly named, in order; for a command, its program's.
    pub fn callees(&self, call: &Call) -> Vec<(FileIx, &'s Interface)> {
        let mut found = Vec::new();
        // A name that is listed as another tree's is not one of ours that is like it, or that
        // stands where nothing loads it.
        if let Some(first) = call.any_of.first()
            && first.kind.has(Property::DEFINITION)
            && self.resolve_ref(first) == Resolution::Elsewhere
        {
            return found;
        }
        for target in &call.any_of {
            let Some(name) = target.name.as_exact() else { continue };
            if is_command(target) {
                // A path on the host says where it is; only packaging knows better.
                for file in self.programs(target, Search::of(call)) {
                    let path = self.snapshot.file(file).entry.path.clone();
                    let before = found.len();
                    found.extend(self.interfaces(&Entity::new(kinds::FILE, path)));
                    if found.len() == before {
                        // It may be this one, of which nothing is known.
                        return Vec::new();
                    }
                }
            } else if let Some(bearers) = self.bearers.get(&target.kind) {
                for entity in bearers(self, target) {
                    found.extend(self.interfaces(&entity));
                }
            } else {
                let entity = Entity::new(target.kind, name.clone());
                let all = self.interfaces(&entity);
                found.extend(all.filter(|(file, _)| !self.is_unloadable(*file)));
            }
        }
        found.dedup_by_key(|(file, interface)| (*file, interface.span));
        found
    }

    /// The files that a command may run.
    pub fn programs(&self, target: &Ref, search: Search) -> Vec<FileIx> {
        let mut files = Vec::new();
        let mut seen = FxHashSet::default();
        self.follow(target, search, MAX_HOPS, &mut seen, &mut files);
        let mut known = FxHashSet::default();
        files.retain(|file| known.insert(*file));
        files
    }

    fn follow(
        &self,
        target: &Ref,
        search: Search,
        hops: u32,
        seen: &mut FxHashSet<Entity>,
        files: &mut Vec<FileIx>,
    ) {
        let Some(name) = target.name.as_exact() else { return };
        let entity = Entity::new(target.kind, name.clone());
        let Some(hops) = hops.checked_sub(1).filter(|_| seen.insert(entity)) else { return };
        let mut deployed = |path: &str| {
            for detail in self.copies(path) {
                self.follow(&detail, Search::UsualFolders, hops, seen, files);
            }
        };
        if target.kind == kinds::DEPLOYED_PATH {
            deployed(name);
        } else if target.kind == kinds::COMMAND {
            if search == Search::UsualFolders {
                for folder in SEARCH_PATH {
                    deployed(&format!("{folder}/{name}"));
                }
            }
            for detail in self.details(target) {
                self.follow(&detail, Search::UsualFolders, hops, seen, files);
            }
        } else if target.kind == kinds::FILE {
            // `COPY . /srv` makes `./x` of `/srv/x`.
            let path = name.strip_prefix("./").unwrap_or(name);
            if let PathKind::File(file) = self.paths.look_up(path) {
                files.push(file);
            }
        } else if let Resolution::Found(sites) = self.resolve_ref(target) {
            files.extend(sites.iter().map(|site| site.file));
        }
    }

    /// What a path on the host is a copy of: by itself, or as part of a folder.
    fn copies(&self, path: &str) -> Vec<Ref> {
        let deployed = self.deployed.get_or_init(|| {
            self.all(kinds::DEPLOYED_PATH).iter().map(|(name, _)| name.clone()).collect()
        });
        let above = path.rmatch_indices('/').map(|(at, _)| &path[..at]);
        // Most paths that are run are not the tree's.
        if !std::iter::once(path).chain(above).any(|path| deployed.contains(path)) {
            return Vec::new();
        }
        let own = self.details(&Ref::exact(kinds::DEPLOYED_PATH, path));
        if !own.is_empty() {
            return own;
        }
        for (at, _) in path.rmatch_indices('/').filter(|(at, _)| *at > 0) {
            let folder = self.details(&Ref::exact(kinds::DEPLOYED_PATH, &path[..at]));
            if !folder.is_empty() {
                let inside = |own: Ref| {
                    let name = format!("{}{}", own.name, &path[at..]);
                    Ref::exact(own.kind, name)
                };
                return folder.into_iter().map(inside).collect();
            }
        }
        Vec::new()
    }

    fn details(&self, target: &Ref) -> Vec<Ref> {
        let Some(name) = target.name.as_exact() else { return Vec::new() };
        let sites = self.providers(target.kind, name);
        let details = sites.filter_map(|site| {
            let provides = &self.snapshot.file(site.file).facts.provides;
            provides.get(site.provide? as usize)?.detail.entity()
        });
        details.map(|detail| Ref::exact(detail.kind, detail.name.clone())).collect()
    }
}

/// Whether a target is something that is run.
pub fn is_command(target: &Ref) -> bool {
    [kinds::COMMAND, kinds::DEPLOYED_PATH, kinds::FILE].contains(&target.kind)
}

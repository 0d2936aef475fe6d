//! Files and folders that a text spells by their paths, in whatever language it is: one that comes
//! or goes with the change has to be there while the text that names it is.

use super::requirements::{Builder, Reason, opposite};
use super::units::Landing;
use crate::facts::{Entity, Span, join_path, kinds, parent_folder, path_in};
use crate::finding::Place;
use crate::graph::PathKind;
use crate::loader::Role;
use crate::syntax::declared::{GLOB, HOLE, Sheet, SpelledPath, Start, fits, is_levels};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// How many files of a change are compared, and how many bytes of one.
const MOST_FILES: usize = 400;
const MOST_BYTES: usize = 512 << 10;
/// Most files that one path with holes may be, and most files of a folder that are named.
const MOST_FOUND: usize = 20;
const MOST_INSIDE: usize = 12;

/// Files by which a folder is read: with one of them the rest is its own affair.
const HEADS: [&str; 9] = [
    "action.yml",
    "action.yaml",
    "kustomization.yaml",
    "kustomization.yml",
    "Chart.yaml",
    "main.tf",
    "terragrunt.hcl",
    "terragrunt.stack.hcl",
    "Dockerfile",
];

/// What a text names at one version.
#[derive(Default)]
struct Named {
    /// Files, with where it names each.
    files: FxHashMap<SmolStr, SpelledPath>,
    /// All paths as they are spelled.
    spelled: FxHashSet<String>,
}

impl Builder<'_, '_> {
    /// Texts that spell the path of a file which only one version has.
    pub(super) fn spelled(&mut self) {
        let all = self.units.all.iter().flat_map(|unit| &unit.paths);
        let paths: Vec<SmolStr> = all.filter(|path| self.callers.include(path)).cloned().collect();
        if paths.len() < 2 || paths.len() > MOST_FILES {
            return;
        }
        let moves = [Role::Old, Role::New].map(|role| self.moving(role, &paths));
        if moves.iter().all(Vec::is_empty) {
            return;
        }
        for user in &paths {
            let named = [(Role::Old, &moves[0]), (Role::New, &moves[1])]
                .map(|(role, moving)| self.spelled_in(role, user, moving));
            for (role, own, other) in
                [(Role::Old, &named[0], &named[1]), (Role::New, &named[1], &named[0])]
            {
                // What it spells at both versions, it has done without.
                let is_one = |(path, spelled): &(&SmolStr, &SpelledPath)| {
                    !other.files.contains_key(*path) && !other.spelled.contains(&spelled.path)
                };
                let mut found: Vec<_> = own.files.iter().filter(is_one).collect();
                found.sort_unstable_by_key(|(path, own)| (own.at, (*path).clone()));
                for (path, spelled) in found {
                    self.spells(role, user, path, spelled);
                }
            }
        }
    }

    /// The changed files that only one version has.
    fn moving(&self, role: Role, paths: &[SmolStr]) -> Vec<SmolStr> {
        let has = |role: Role, path: &str| self.graph(role).snapshot.find(path).is_some();
        let moves = paths.iter().filter(|path| has(role, path) && !has(opposite(role), path));
        moves.cloned().collect()
    }

    /// Which of `moving` the text at `user` names at this version.
    fn spelled_in(&self, role: Role, user: &SmolStr, moving: &[SmolStr]) -> Named {
        let mut out = Named::default();
        let snapshot = self.graph(role).snapshot;
        let Some(file) = snapshot.find(user) else { return out };
        if snapshot.file(file).entry.kind != crate::tree::EntryKind::File {
            return out;
        }
        let bytes = snapshot.contents(file);
        let Some(text) =
            (bytes.len() <= MOST_BYTES).then(|| String::from_utf8(bytes).ok()).flatten()
        else {
            return out;
        };
        for spelled in Sheet::read(user, &text).paths() {
            if !out.spelled.insert(spelled.path.clone()) {
                continue;
            }
            for path in self.meant(role, user, &spelled, moving) {
                if path != *user {
                    out.files.entry(path).or_insert_with(|| spelled.clone());
                }
            }
        }
        out
    }

    /// The files that a path stands for, seen from the nearest folder from which it leads anywhere.
    fn meant(
        &self,
        role: Role,
        user: &str,
        spelled: &SpelledPath,
        moving: &[SmolStr],
    ) -> Vec<SmolStr> {
        if is_levels(user) {
            return moving.iter().filter(|own| is_level(&spelled.path, own)).cloned().collect();
        }
        let is_pattern = spelled.path.contains([HOLE, GLOB]);
        for folder in bases(user, spelled) {
            let Some(path) = join_path(&folder, &spelled.path).filter(|own| !own.is_empty()) else {
                continue;
            };
            if is_pattern {
                let found: Vec<SmolStr> =
                    moving.iter().filter(|own| fits(&path, own)).cloned().collect();
                if found.is_empty() {
                    continue;
                }
                let is_one = found.len() <= MOST_FOUND
                    && (!path.contains(GLOB) || self.is_all(role, &path, found.len()));
                return if is_one { found } else { Vec::new() };
            }
            let kinds = [role, opposite(role)].map(|role| self.graph(role).paths.look_up(&path));
            match kinds {
                [PathKind::Absent, PathKind::Absent] => continue,
                [PathKind::File(_), PathKind::Absent] => {
                    return moving.iter().filter(|own| **own == path).cloned().collect();
                }
                [PathKind::Folder, PathKind::Absent | PathKind::Folder] => {
                    return self.inside(&path, (role, kinds[1] == PathKind::Absent), moving);
                }
                _ => return Vec::new(),
            }
        }
        if is_pattern {
            return Vec::new();
        }
        if is_puppet(user) {
            let found = self.served(role, &spelled.path, moving);
            if !found.is_empty() {
                return found;
            }
        }
        let from_elsewhere = spelled.path.trim_start_matches("../");
        match from_elsewhere.len() < spelled.path.len() && from_elsewhere.contains('/') {
            true => self.only(from_elsewhere, moving),
            false => Vec::new(),
        }
    }

    /// The files of a module of Puppet, by a path as its server takes it: `MODULE/PATH`, one file
    /// or a whole folder.
    fn served(&self, role: Role, path: &str, moving: &[SmolStr]) -> Vec<SmolStr> {
        let Some((module, rest)) = path.split_once('/') else { return Vec::new() };
        for kind in ["files", "templates"] {
            let inner = format!("{module}/{kind}/{rest}");
            let is_it = |own: &&SmolStr| {
                let at = own.strip_suffix(inner.as_str());
                at.is_some_and(|own| own.is_empty() || own.ends_with('/'))
            };
            if let Some(found) = moving.iter().find(is_it) {
                // A folder of that name does as well.
                let after = self.graph(opposite(role)).paths.look_up(found);
                let is_gone = after == PathKind::Absent;
                return if is_gone { vec![found.clone()] } else { Vec::new() };
            }
            let folder = moving.iter().find_map(|own| {
                let at = own.find(&format!("{inner}/"))?;
                let is_whole = at == 0 || own[..at].ends_with('/');
                is_whole.then(|| own[..at + inner.len()].to_owned())
            });
            if let Some(folder) = folder.filter(|_| kind == "files") {
                let is_gone = self.graph(opposite(role)).paths.look_up(&folder) == PathKind::Absent;
                return self.inside(&folder, (role, is_gone), moving);
            }
        }
        Vec::new()
    }

    /// The one file whose path ends so: of a text that is run from another folder.
    fn only(&self, end: &str, moving: &[SmolStr]) -> Vec<SmolStr> {
        let is_it = |own: &str| {
            let at = own.strip_suffix(end);
            at.is_some_and(|own| own.is_empty() || own.ends_with('/'))
        };
        let found: Vec<SmolStr> = moving.iter().filter(|own| is_it(own)).cloned().collect();
        let mut all = [self.old, self.new].into_iter().flat_map(|graph| &graph.snapshot.files);
        let is_other = |path: &SmolStr| is_it(path) && !found.contains(path);
        let is_only = found.len() == 1 && !all.any(|file| is_other(&file.entry.path));
        if is_only { found } else { Vec::new() }
    }

    /// Whether those are all files of both versions that a pattern is for.
    fn is_all(&self, role: Role, pattern: &str, found: usize) -> bool {
        let count = |role: Role| {
            let files = &self.graph(role).snapshot.files;
            files.iter().filter(|file| fits(pattern, &file.entry.path)).count()
        };
        count(role) == found && count(opposite(role)) == 0
    }

    /// What a folder is read by, where all files of it come or go.
    fn inside(
        &self,
        folder: &str,
        (role, is_whole): (Role, bool),
        moving: &[SmolStr],
    ) -> Vec<SmolStr> {
        let begin = format!("{folder}/");
        let has_own = |role: Role| {
            let files = &self.graph(role).snapshot.files;
            let from = files.partition_point(|file| file.entry.path.as_str() < begin.as_str());
            let own = files[from..].iter().map(|file| file.entry.path.as_str());
            own.take_while(|path| path.starts_with(&begin))
                .any(|path| parent_folder(path) == folder)
        };
        let is_moved = is_whole || has_own(role) && !has_own(opposite(role));
        if !is_moved {
            return Vec::new();
        }
        let head = HEADS.iter().map(|head| path_in(folder, head));
        if let Some(head) = head.clone().find(|own| moving.iter().any(|path| *path == *own)) {
            return vec![head.into()];
        }
        let own = moving
            .iter()
            .filter(|path| path.starts_with(&begin) && (is_whole || parent_folder(path) == folder));
        let own: Vec<SmolStr> = own.cloned().collect();
        if own.len() <= MOST_INSIDE { own } else { Vec::new() }
    }

    fn spells(&mut self, role: Role, user: &SmolStr, path: &SmolStr, spelled: &SpelledPath) {
        let (version, state) = match role {
            Role::Old => ("old", "goes"),
            _ => ("new", "comes"),
        };
        if self.does_without_path(role, (user, spelled.at), path) {
            return;
        }
        let snapshot = self.graph(role).snapshot;
        let (Some(from), Some(to)) = (snapshot.find(user), snapshot.find(path)) else { return };
        let place = |file, span| Place { tree: role, file, span };
        let reason = Reason {
            entity: Entity::new(kinds::FILE, path.clone()),
            message: format!(
                "the {version} text names `{path}` by its path, and it {state} with this change"
            ),
            from: Some(place(from, Span::new(spelled.at, spelled.at + spelled.length))),
            composed: None,
            to: Some(place(to, Span::default())),
        };
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            let (Landing::With(own), Landing::With(named)) =
                (self.met(user, &view), self.met(path, &view))
            else {
                continue;
            };
            for (unit, _) in self.live(role, user, &view) {
                let unit = unit.unwrap_or(own);
                let (trigger, rescue) = match role {
                    Role::Old => (vec![named], vec![unit]),
                    _ => (vec![unit], vec![named]),
                };
                self.add_unless_implied(trigger, rescue, reason.clone());
            }
        }
    }
}

/// Whether a file is the data of a level of Hiera, which has no ending, or has one.
fn is_level(level: &str, path: &str) -> bool {
    const ENDINGS: [&str; 4] = [".yaml", ".yml", ".eyaml", ".json"];
    let Some(bare) = ENDINGS.iter().find_map(|own| path.strip_suffix(own)) else { return false };
    let depth = level.split('/').count();
    let tail = |path: &str| {
        let at = path.rmatch_indices('/').nth(depth - 1).map_or(0, |(at, _)| at + 1);
        path[at..].to_owned()
    };
    fits(level, &tail(bare)) || fits(level, &tail(path))
}

/// Whether a text may name what a server of Puppet hands out.
fn is_puppet(path: &str) -> bool {
    [".pp", ".erb", ".epp", ".yaml", ".yml"].iter().any(|ending| path.ends_with(ending))
}

/// The folders from which a path may lead, the nearest first.
fn bases(user: &str, spelled: &SpelledPath) -> Vec<String> {
    let own = parent_folder(user);
    let mut out = vec![own.to_owned()];
    // `..` leads from where the text lies.
    if spelled.path.starts_with("../") && spelled.start == Start::Known {
        return out;
    }
    let is_short = !spelled.path.contains('/');
    let mut folder = own;
    while !folder.is_empty() {
        folder = parent_folder(folder);
        if !is_short || folder.is_empty() {
            out.push(folder.to_owned());
        }
    }
    out
}

//! What a root builds: the objects of its files and of the roots below it, as far as all of that
//! is in the tree.

use crate::facts::{
    Detail, Entity, Kind, NamePattern, Ref, base_name, kinds, parent_folder, path_in,
};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site, View};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::{Arc, Mutex, PoisonError};

use super::{FILES, MERGED};

/// Most files that are looked through for one root.
const MOST: usize = 20_000;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Closures>();
    graph.add_view::<Users>();
    graph.set_resolver(kinds::KUSTOMIZE_TARGET, Box::new(Targets));
    graph.set_resolver(kinds::KUSTOMIZE_PATCHED, Box::new(Patched));
}

/// What a root builds.
#[derive(Default)]
pub(super) struct Closure {
    objects: Vec<(SmolStr, Site)>,
    /// The files of all roots that it is built of, its own first.
    roots: Vec<FileIx>,
    /// Whether there may be more, or other names.
    is_open: bool,
    /// Whether a root below puts something before or behind names.
    renames: bool,
}

/// What was found out of roots, by their folders.
#[derive(Default)]
struct Closures(Mutex<FxHashMap<SmolStr, Arc<Closure>>>);

impl View for Closures {
    fn of(_: &Graph<'_>) -> Self {
        Self::default()
    }
}

/// What the root in a folder builds.
pub(super) fn closure(graph: &Graph<'_>, folder: &str) -> Option<Arc<Closure>> {
    let all = &graph.view::<Closures>()?.0;
    let known = || all.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known().get(folder) {
        return Some(found.clone());
    }
    let mut search = Search { graph, found: Closure::default(), seen: FxHashSet::default() };
    search.root(folder, true);
    let found = Arc::new(search.found);
    known().insert(folder.into(), found.clone());
    Some(found)
}

struct Search<'g, 't> {
    graph: &'g Graph<'t>,
    found: Closure,
    seen: FxHashSet<FileIx>,
}

fn has(graph: &Graph<'_>, kind: Kind, name: &str) -> bool {
    graph.providers(kind, name).next().is_some()
}

/// Whether more may be built of a folder than is told. A component changes what the roots build
/// that have it, and is whole among theirs.
fn is_open(graph: &Graph<'_>, folder: &str, is_first: bool) -> bool {
    graph.providers(kinds::KUSTOMIZE_OPEN, folder).any(|site| {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let own = site.provide.and_then(|ix| provides.get(ix as usize));
        is_first || own.is_none_or(|own| own.detail != Detail::Blank)
    })
}

impl Search<'_, '_> {
    fn root(&mut self, folder: &str, is_first: bool) {
        let graph = self.graph;
        let file =
            FILES.iter().find_map(|name| match graph.paths.look_up(&path_in(folder, name)) {
                PathKind::File(file) => Some(file),
                _ => None,
            });
        let Some(file) = file.filter(|_| self.seen.len() < MOST) else {
            self.found.is_open = true;
            return;
        };
        if !self.seen.insert(file) {
            return;
        }
        self.found.roots.push(file);
        let renames = has(graph, kinds::KUSTOMIZE_RENAMES, folder);
        self.found.renames |= renames && !is_first;
        self.found.is_open |=
            is_open(graph, folder, is_first) || !has(graph, kinds::KUSTOMIZE_ROOT, folder);
        self.objects(file);
        for require in &graph.snapshot.file(file).facts.requires {
            let Some(target) = require.any_of.first() else { continue };
            if target.kind == kinds::KUSTOMIZE_PATH {
                match graph.resolve_ref(target) {
                    Resolution::Found(sites) => sites.iter().for_each(|site| self.file(site.file)),
                    _ => self.found.is_open = true,
                }
            } else if target.kind == kinds::FILE
                && let Some(path) = target.name.as_exact()
            {
                self.found.is_open |= has(graph, kinds::KUSTOMIZE_OPEN, path);
            }
        }
    }

    fn file(&mut self, file: FileIx) {
        let path = &self.graph.snapshot.file(file).entry.path;
        if FILES.contains(&base_name(path)) {
            self.root(parent_folder(path), false);
        } else if self.seen.insert(file) && !self.objects(file) {
            self.found.is_open = true;
        }
    }

    /// Adds the objects of a file; whether there are any.
    fn objects(&mut self, file: FileIx) -> bool {
        let facts = &self.graph.snapshot.file(file).facts;
        let before = self.found.objects.len();
        let is_unread =
            |rule: &str| matches!(rule, "parse-error" | "unsupported-syntax" | "limit-reached");
        self.found.is_open |= facts.problems.iter().any(|own| is_unread(own.rule));
        for (ix, own) in facts.provides.iter().enumerate() {
            let is_merged = own.detail == Detail::from(MERGED);
            if own.kind != kinds::CLUSTER_OBJECT || own.within.is_some() || is_merged {
                continue;
            }
            let site = Site { file, span: own.span, provide: Some(ix as u32) };
            match own.name.as_exact() {
                Some(name) => self.found.objects.push((name.clone(), site)),
                None => self.found.is_open = true,
            }
        }
        self.found.objects.len() > before
    }
}

impl Closure {
    /// The files of all roots that it is built of; `None` where names change on the way.
    pub(super) fn roots(&self) -> Option<&[FileIx]> {
        (!self.is_open && !self.renames).then_some(&self.roots)
    }

    /// Whether the root builds an object of a name; `None` where that is not known.
    pub(super) fn sites(&self, wanted: &NamePattern) -> Option<SmallVec<[Site; 1]>> {
        if self.is_open || self.objects.is_empty() {
            return None;
        }
        let is_meant = |own: &str| {
            wanted.matches(own)
                || self.renames
                    && wanted.as_exact().is_none_or(|wanted| {
                        let (kind, name) = wanted.split_once('/').unwrap_or_default();
                        own.split_once('/')
                            .is_some_and(|(own, base)| own == kind && name.contains(base))
                    })
        };
        let found = self.objects.iter().filter(|(own, _)| is_meant(own));
        Some(found.map(|(_, site)| *site).collect())
    }
}

/// Most roots that are looked at for one component.
const MOST_USERS: usize = 100;

/// The folders of the roots that have a component, by its folder.
#[derive(Default)]
struct Users(FxHashMap<SmolStr, Vec<SmolStr>>);

impl View for Users {
    fn of(graph: &Graph<'_>) -> Self {
        let mut users = Self::default();
        for (_, file) in graph.asking(&[kinds::KUSTOMIZE_PATH]) {
            let path = &file.entry.path;
            if !FILES.contains(&base_name(path)) {
                continue;
            }
            let targets = file.facts.requires.iter().filter_map(|own| own.any_of.first());
            for own in targets.filter(|own| own.kind == kinds::KUSTOMIZE_PATH) {
                if let Some(name) = own.name.as_exact().filter(|own| is_part(graph, own)) {
                    users.0.entry(name.clone()).or_default().push(parent_folder(path).into());
                }
            }
        }
        users
    }
}

/// Whether a folder holds a component that gives nothing other names.
fn is_part(graph: &Graph<'_>, folder: &str) -> bool {
    has(graph, kinds::KUSTOMIZE_OPEN, folder) && !is_open(graph, folder, false)
}

/// The objects of a name that a root changes: those that it builds, or, for a component, those of
/// any root that has it. `None` where that is not known.
fn changed(graph: &Graph<'_>, folder: &str, wanted: &NamePattern) -> Option<SmallVec<[Site; 1]>> {
    if !is_part(graph, folder) {
        return closure(graph, folder)?.sites(wanted);
    }
    // All of a kind: a component is for whatever there is.
    wanted.as_exact()?;
    let users = graph.view::<Users>()?;
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut left = vec![folder];
    let mut found = SmallVec::new();
    let (mut is_known, mut is_used) = (true, false);
    while let Some(part) = left.pop() {
        for user in users.0.get(part).map(Vec::as_slice).unwrap_or_default() {
            if !seen.insert(user) {
                continue;
            }
            if seen.len() > MOST_USERS {
                return None;
            }
            if is_part(graph, user) {
                left.push(user);
                continue;
            }
            is_used = true;
            match closure(graph, user)?.sites(wanted) {
                Some(sites) => found.extend(sites),
                None => is_known = false,
            }
        }
    }
    (is_used && is_known || !found.is_empty()).then_some(found)
}

/// An object that a target, or a patch in the root's file, selects.
struct Targets;

impl Resolver for Targets {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(scope) = &target.scope else { return Resolution::Elsewhere };
        match changed(graph, &scope.from, &target.name) {
            None => Resolution::Elsewhere,
            Some(sites) if sites.is_empty() => {
                let name = target.name.to_string();
                Resolution::Missing(Entity::new(kinds::KUSTOMIZE_TARGET, name))
            }
            Some(sites) => Resolution::Found(sites),
        }
    }

    fn nearest(&self, _: &Graph<'_>, _: &str) -> Option<SmolStr> {
        None
    }
}

/// The objects that a file of patches is merged into.
struct Patched;

impl Resolver for Patched {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let (Some((folder, path)), true) = (target.placed(), target.scope.is_some()) else {
            return Resolution::Elsewhere;
        };
        let PathKind::File(file) = graph.paths.look_up(path) else {
            return Resolution::Elsewhere;
        };
        let provides = graph.snapshot.file(file).facts.provides.iter();
        let mut all: SmallVec<[Site; 1]> = SmallVec::new();
        // Of a file of replacements, what these are read from.
        let is_meant =
            |kind: Kind| kind == kinds::CLUSTER_OBJECT || kind == kinds::KUSTOMIZE_TARGET;
        for own in provides.filter(|own| is_meant(own.kind) && own.within.is_none()) {
            match changed(graph, folder, &own.name) {
                Some(sites) if sites.is_empty() && own.name.as_exact().is_some() => {
                    let name = own.name.to_string();
                    return Resolution::Missing(Entity::new(kinds::KUSTOMIZE_TARGET, name));
                }
                Some(sites) => all.extend(sites),
                None => return Resolution::Elsewhere,
            }
        }
        match all.is_empty() {
            true => Resolution::Elsewhere,
            false => Resolution::Found(all),
        }
    }
}

//! The dependency graph of one tree: who provides what, who needs it, what it has authority over.

mod aside;
mod asked;
mod authority;
mod commands;
mod configuration;
mod environment;
mod files;
mod having;
mod hooks;
mod loading;
mod mentions;
mod mirrored;
mod moved;
pub mod naming;
mod over;
mod paths;
mod patterns;
mod policy;
pub mod query;
mod resolver;
mod tables;

pub use asked::{
    Arguments, DataOf, Given, Giver, Ground, Grounds, Hosts, Inventory, Single, Singles, Templates,
};
pub use authority::{Authority, Others};
pub use commands::Search;
pub use configuration::{Configurations, Member, Owned};
pub use files::is_generated;
pub use mentions::Unmentioned;
pub use mirrored::Mirrored;
pub use moved::Moved;
pub use paths::{PathIndex, PathKind};
pub use policy::{EntityGlob, Policy, Verdict};
pub use resolver::{Autoload, Data, Install, Lookup, PartKeys, Resolver, View};

use having::Having;
use over::Shared;
use tables::{Table, Tables, tables};

use crate::facts::{Entity, Interface, Kind, NamePattern, Ref, Require, Span, kinds};
use crate::loader::{FileIx, Snapshot};
use crate::tree::EntryKind;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::any::{Any, TypeId};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

/// Where an entity is provided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site {
    /// The providing file.
    pub file: FileIx,
    /// Its definition there; empty at 0 for a file as a whole.
    pub span: Span,
    /// Index into the file's `provides`; `None` where the file itself is the thing.
    pub provide: Option<u32>,
}

/// What became of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It exists. Places are in path order; a folder or a generated thing has none.
    Found(SmallVec<[Site; 1]>),
    /// The tree is authoritative for the name and has no such thing.
    Missing(Entity),
    /// The tree cannot tell: it may well exist elsewhere.
    Open(Entity),
    /// It lives outside the tree for certain: in a submodule, behind a link that leaves
    /// the tree, or by configuration.
    Elsewhere,
}

/// The entities whose interfaces a name of some kind has.
pub type Bearers = fn(&Graph<'_>, &Ref) -> Vec<Entity>;

/// Where the interfaces of things are declared, by file and place there.
type Interfaces = FxHashMap<Entity, SmallVec<[(FileIx, u32); 1]>>;

/// What a file asks for and does not find: by its place among what it requires, with what it names,
/// and whether the tree is authoritative for that.
pub type Unfound = Vec<(u32, Entity, bool)>;

/// The graph of one tree.
pub struct Graph<'s> {
    /// The tree with its facts.
    pub snapshot: &'s Snapshot,
    policy: Option<&'s Policy>,
    found: Found,
}

/// What a graph has found out of its tree, and finds out when it is first asked for. It holds for
/// every graph of the same files with the same policy: that of the tree after one change is that of
/// the tree before the next.
pub struct Found {
    /// The paths of the tree.
    pub paths: Arc<PathIndex>,
    tables: Tables,
    /// What tests, examples and documentation provide, for one another.
    aside: Tables,
    authority: FxHashMap<Kind, Authority>,
    /// First segments of names that live elsewhere, with their separator, by kind.
    elsewhere: FxHashMap<Kind, (&'static str, FxHashSet<SmolStr>)>,
    interfaces: Arc<Interfaces>,
    resolvers: FxHashMap<Kind, Box<dyn Resolver>>,
    /// What each file asks for and does not find; set by who asks for all of it.
    unfound: OnceLock<Vec<Unfound>>,
    /// Which files have facts of a kind.
    having: OnceLock<Having>,
    /// Paths on hosts that the tree fills; collected when first asked for.
    deployed: std::sync::OnceLock<FxHashSet<SmolStr>>,
    /// Files and folders whose text is put elsewhere; collected when first asked for.
    carried: OnceLock<loading::Carried>,
    autoloaders: Vec<Box<dyn Autoload>>,
    /// Files that links lead to → the links.
    links: OnceLock<FxHashMap<SmolStr, Vec<SmolStr>>>,
    /// Data that sets what calls leave out.
    lookup: Option<Box<dyn Lookup>>,
    /// Keys that belong to parts of the tree.
    part_keys: Vec<Box<dyn PartKeys>>,
    templates: Vec<Box<dyn Templates>>,
    singles: Vec<Box<dyn Singles>>,
    arguments: Vec<Box<dyn Arguments>>,
    grounds: Vec<Box<dyn Grounds>>,
    inventories: Vec<Box<dyn Inventory>>,
    /// What systems gather of the tree; found when first asked for.
    views: FxHashMap<TypeId, OnceLock<Box<dyn Any + Send + Sync>>>,
    /// What has the interfaces of a kind's names, where that is not the names themselves.
    bearers: FxHashMap<Kind, Bearers>,
}

fn interfaces_of(snapshot: &Snapshot) -> Interfaces {
    let mut interfaces = Interfaces::default();
    let live = snapshot.files.iter().enumerate().filter(|(_, own)| own.standing.is_live());
    for (file_ix, file) in live {
        for (ix, interface) in file.facts.interfaces.iter().enumerate() {
            let found = (file_ix as FileIx, ix as u32);
            interfaces.entry(interface.entity.clone()).or_default().push(found);
        }
    }
    interfaces
}

impl Deref for Graph<'_> {
    type Target = Found;

    fn deref(&self) -> &Found {
        &self.found
    }
}

impl DerefMut for Graph<'_> {
    fn deref_mut(&mut self) -> &mut Found {
        &mut self.found
    }
}

impl<'s> Graph<'s> {
    /// Indexes a snapshot under what configuration declares.
    pub fn with_policy(snapshot: &'s Snapshot, policy: &'s Policy, install: Install) -> Self {
        Self { policy: Some(policy), ..Self::new(snapshot, install) }
    }

    /// Indexes a snapshot; `install` tells how the names of systems resolve.
    pub fn new(snapshot: &'s Snapshot, install: Install) -> Self {
        Self::sharing(snapshot, install, None)
    }

    /// As [`Graph::with_policy`], over the graph of a tree that differs in few files.
    pub fn over(
        snapshot: &'s Snapshot,
        policy: &'s Policy,
        install: Install,
        before: &Graph<'_>,
    ) -> Self {
        let shared = Shared::of(snapshot, before);
        Self { policy: Some(policy), ..Self::sharing(snapshot, install, shared) }
    }

    fn sharing(snapshot: &'s Snapshot, install: Install, shared: Option<Shared<'_>>) -> Self {
        let shared = shared.as_ref();
        let interfaces = shared.and_then(Shared::interfaces);
        let paths = shared.and_then(Shared::paths);
        let (live, aside) = (
            shared.map(|own| (&own.before.tables, &own.other)),
            shared.map(|own| (&own.before.aside, &own.other)),
        );
        let found = Found {
            paths: paths.unwrap_or_else(|| Arc::new(PathIndex::new(snapshot))),
            tables: tables(snapshot, |standing| standing.is_live(), live),
            aside: tables(snapshot, |standing| !standing.is_live(), aside),
            interfaces: interfaces.unwrap_or_else(|| Arc::new(interfaces_of(snapshot))),
            authority: FxHashMap::default(),
            elsewhere: FxHashMap::default(),
            resolvers: FxHashMap::default(),
            unfound: OnceLock::new(),
            having: OnceLock::new(),
            deployed: std::sync::OnceLock::new(),
            carried: OnceLock::new(),
            autoloaders: Vec::new(),
            links: OnceLock::new(),
            lookup: None,
            part_keys: Vec::new(),
            templates: Vec::new(),
            singles: Vec::new(),
            arguments: Vec::new(),
            grounds: Vec::new(),
            inventories: Vec::new(),
            views: FxHashMap::default(),
            bearers: FxHashMap::default(),
        };
        let mut graph = Self { snapshot, policy: None, found };
        files::install(&mut graph);
        install(&mut graph);
        graph
    }

    /// The graph of a tree of which all this was found out before.
    pub fn with_found(snapshot: &'s Snapshot, policy: &'s Policy, found: Found) -> Self {
        Self { snapshot, policy: Some(policy), found }
    }

    /// What was found out, for another graph of the same files.
    pub fn into_found(self) -> Found {
        self.found
    }

    /// What each file of the tree asks for and does not find, once somebody has asked for all.
    pub fn unfound(&self) -> Option<&[Unfound]> {
        self.unfound.get().map(Vec::as_slice)
    }

    /// Keeps what each file of the tree asks for and does not find.
    pub fn keep_unfound(&self, all: Vec<Unfound>) -> &[Unfound] {
        self.unfound.get_or_init(|| all)
    }

    /// Declares that names of `kind` with one of these first segments live elsewhere.
    pub fn set_elsewhere(
        &mut self,
        kind: Kind,
        separator: &'static str,
        segments: FxHashSet<SmolStr>,
    ) {
        self.elsewhere.insert(kind, (separator, segments));
    }

    /// Every interface of `entity`, in path order.
    pub fn interfaces(&self, entity: &Entity) -> impl Iterator<Item = (FileIx, &'s Interface)> {
        let found = self.interfaces.get(entity).map_or(&[][..], |found| found.as_slice());
        let files = &self.snapshot.files;
        found.iter().map(|&(file, ix)| (file, &files[file as usize].facts.interfaces[ix as usize]))
    }

    /// Lets `resolver` answer for `kind` in place of the provider table.
    pub fn set_resolver(&mut self, kind: Kind, resolver: Box<dyn Resolver>) {
        self.resolvers.insert(kind, resolver);
    }

    /// Places that provide exactly `name`, in path order; patterns are not consulted.
    pub fn providers(&self, kind: Kind, name: &str) -> impl Iterator<Item = Site> + '_ {
        let exact = self.tables.get(&kind).map_or(&[][..], |table| table.exactly(name));
        exact.iter().map(|(_, site)| *site)
    }

    /// All exactly named entities of `kind`, sorted by name, with a place each.
    pub fn all(&self, kind: Kind) -> &[(SmolStr, Site)] {
        self.tables.get(&kind).map_or(&[], |table| &table.exact)
    }

    /// Entities of `kind` whose own name is built at run time.
    pub fn patterns(&self, kind: Kind) -> &[(NamePattern, Site)] {
        self.tables.get(&kind).map_or(&[], |table| table.patterns.all())
    }

    /// Every place that provides something matching `name`, patterns included.
    pub fn matching(&self, kind: Kind, name: &NamePattern) -> SmallVec<[Site; 1]> {
        self.tables.get(&kind).map(|table| table.matching(name)).unwrap_or_default()
    }

    /// What becomes of one reference.
    pub fn resolve_ref(&self, target: &Ref) -> Resolution {
        let resolution = self.resolve_in_tree(target);
        let Some(policy) = self.policy else { return resolution };
        match resolution {
            Resolution::Missing(entity) | Resolution::Open(entity)
                if policy.verdict(&entity) == Some(Verdict::Elsewhere)
                    || policy.verdict(&target.entity()) == Some(Verdict::Elsewhere) =>
            {
                Resolution::Elsewhere
            }
            Resolution::Open(entity)
                if policy.verdict(&entity) == Some(Verdict::Closed)
                    || policy.verdict(&target.entity()) == Some(Verdict::Closed) =>
            {
                Resolution::Missing(entity)
            }
            resolution => resolution,
        }
    }

    /// Whether an entity is declared to live outside of the tree.
    pub fn is_elsewhere(&self, entity: &Entity) -> bool {
        self.policy.is_some_and(|policy| policy.verdict(entity) == Some(Verdict::Elsewhere))
    }

    fn resolve_in_tree(&self, target: &Ref) -> Resolution {
        if let Some(resolver) = self.resolvers.get(&target.kind) {
            return match resolver.resolve(self, target) {
                // What git ignores is written where the tree is used: keys, built files.
                Resolution::Missing(entity)
                    if entity.kind == kinds::FILE
                        && self.paths.is_ignored_by_name(&entity.name, self.snapshot) =>
                {
                    Resolution::Elsewhere
                }
                resolution => resolution,
            };
        }
        let table = self.tables.get(&target.kind);
        let mut sites = table.map(|table| self.meant(table, target)).unwrap_or_default();
        sites.retain(|site| !self.is_unloadable(site.file));
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        if let Some((separator, segments)) = self.elsewhere.get(&target.kind)
            && target
                .name
                .prefix()
                .split(separator)
                .next()
                .is_some_and(|first| segments.contains(first))
        {
            return Resolution::Elsewhere;
        }
        let entity = target.entity();
        let closed = self.authority.get(&target.kind).is_some_and(|own| own.covers(&target.name));
        match closed {
            // Written where the tree is used: passwords, what a tool makes.
            true if self
                .autoloaders
                .iter()
                .any(|autoloader| autoloader.is_supplied(self, &entity)) =>
            {
                Resolution::Elsewhere
            }
            true => Resolution::Missing(entity),
            false => Resolution::Open(entity),
        }
    }

    /// Places of a table that provide what a reference names; those of its folder, where each
    /// folder may have another.
    fn meant(&self, table: &Table, target: &Ref) -> SmallVec<[Site; 1]> {
        let mut sites = table.matching(&target.name);
        if let Some(scope) = &target.scope {
            sites.retain(|site| {
                let provides = &self.snapshot.file(site.file).facts.provides;
                let provide = site.provide.and_then(|ix| provides.get(ix as usize));
                provide.is_some_and(|provide| provide.detail.folder() == scope.from)
            });
        }
        sites
    }

    /// What becomes of a requirement: found if any alternative is, open if any may be
    /// elsewhere, else missing under its first name.
    pub fn resolve(&self, require: &Require) -> Resolution {
        self.resolve_any(&require.any_of)
    }

    /// Whether something stands under the very name that a requirement has, as nearly always: then
    /// it is neither missing nor open. Where this says no, [`Graph::resolve`] tells.
    pub fn has(&self, require: &Require) -> bool {
        require.any_of.iter().any(|target| {
            let NamePattern::Exact(name) = &target.name else { return false };
            match self.resolvers.get(&target.kind) {
                Some(resolver) => resolver.has(self, target),
                None => {
                    let is_loaded = |site: Site| !self.is_unloadable(site.file);
                    target.scope.is_none() && self.providers(target.kind, name).any(is_loaded)
                }
            }
        })
    }

    /// As [`Graph::resolve`], for a requirement of `file`: a test or an example may find what
    /// others of its sort provide, which nothing live does.
    pub fn resolve_from(&self, file: FileIx, require: &Require) -> Resolution {
        let resolution = match self.resolve(require) {
            missing @ Resolution::Missing(_) => {
                self.through_links(file, require).map_or(missing, Resolution::Found)
            }
            resolution => resolution,
        };
        if self.snapshot.file(file).standing.is_live()
            || matches!(resolution, Resolution::Found(_) | Resolution::Elsewhere)
        {
            return resolution;
        }
        let found = |target: &Ref| Some(self.meant(self.aside.get(&target.kind)?, target));
        let sites = require.any_of.iter().filter_map(found).find(|sites| !sites.is_empty());
        sites.map_or(resolution, Resolution::Found)
    }

    /// What a file finds that is read through a link in another folder: programs that take a
    /// path as it is written, as Ansible does, look beside the link.
    fn through_links(&self, file: FileIx, require: &Require) -> Option<SmallVec<[Site; 1]>> {
        let path = self.snapshot.file(file).entry.path.as_str();
        let folder_of = |path: &str| {
            path.rsplit_once('/').map_or_else(String::new, |own| format!("{}/", own.0))
        };
        let folder = folder_of(path);
        self.links.get_or_init(|| self.find_links()).get(path)?.iter().find_map(|link| {
            let beside = folder_of(link);
            let moved = |target: &Ref| {
                let inner = target.name.as_exact()?.strip_prefix(folder.as_str())?;
                let target = Ref::exact(target.kind, format!("{beside}{inner}"));
                match self.resolve_ref(&target) {
                    Resolution::Found(sites) => Some(sites),
                    _ => None,
                }
            };
            require.any_of.iter().filter(|target| target.kind == kinds::FILE).find_map(moved)
        })
    }

    /// Files that links lead to → the links.
    fn find_links(&self) -> FxHashMap<SmolStr, Vec<SmolStr>> {
        let mut links: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        let files = self.snapshot.files.iter();
        for file in files.filter(|file| file.entry.kind == EntryKind::Symlink) {
            for target in file.facts.requires.iter().flat_map(|require| &require.any_of) {
                if let Some(target) = target.name.as_exact() {
                    links.entry(target.clone()).or_default().push(file.entry.path.clone());
                }
            }
        }
        links
    }

    /// As [`Graph::resolve`], for bare alternatives.
    pub fn resolve_any(&self, any_of: &[Ref]) -> Resolution {
        let mut open = None;
        let mut missing = None;
        for target in any_of {
            match self.resolve_ref(target) {
                found @ Resolution::Found(_) => return found,
                Resolution::Elsewhere => return Resolution::Elsewhere,
                Resolution::Open(entity) => open = open.or(Some(entity)),
                Resolution::Missing(entity) => missing = missing.or(Some(entity)),
            }
        }
        match (open, missing) {
            (Some(entity), _) => Resolution::Open(entity),
            (None, Some(entity)) => Resolution::Missing(entity),
            (None, None) => Resolution::Found(SmallVec::new()),
        }
    }

    /// The existing name of `kind` that is closest to `name`, if any is close enough
    /// to be what was meant.
    pub fn nearest(&self, kind: Kind, name: &str) -> Option<SmolStr> {
        if let Some(resolver) = self.resolvers.get(&kind) {
            let near = resolver.nearest(self, name).filter(|near| near != name);
            if near.is_some() || resolver.knows_nearest() {
                return near;
            }
        }
        crate::facts::nearest_of(name, self.all(kind).iter().map(|(own, _)| own.as_str()))
    }
}

//! Groups of hosts as expressions name them: `groups['web']`.
//!
//! A group may come from an inventory elsewhere. A name that is one letter from that of a group
//! that the tree has, or that its plays are for, and that nothing else names, is hardly one.

use super::super::spelling::is_slip;
use crate::facts::{Entity, Ref, Relation, Strength, kinds, nearest_of};
use crate::graph::{Graph, Resolution, Resolver};
use crate::loader::FileIx;
use memchr::memmem;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::sync::OnceLock;

/// Files of more bytes are not looked through.
const MAX_SEARCHED: u64 = 256 * 1024;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::ANSIBLE_GROUP_NAME, Box::new(Groups::default()));
    graph.set_resolver(kinds::ANSIBLE_GROUP, Box::new(Aims));
}

/// Groups and hosts that plays are for. An inventory may be elsewhere, or be made by a program: a
/// name that is that of a group here but for a letter is hardly another one.
struct Aims;

impl Resolver for Aims {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let groups = graph.all(kinds::ANSIBLE_GROUP);
        if groups.is_empty() || name.as_exact().is_none() {
            return Resolution::Elsewhere;
        }
        let mut sites = graph.matching(kinds::ANSIBLE_GROUP, name);
        sites.extend(graph.matching(kinds::ANSIBLE_HOST, name));
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        let name = name.to_string();
        let is_near = groups.iter().any(|(own, _)| is_slip(&name, own));
        let entity = Entity::new(kinds::ANSIBLE_GROUP, name);
        match is_near && !is_made(graph, &entity.name) {
            true => Resolution::Missing(entity),
            false => Resolution::Open(entity),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let groups = graph.all(kinds::ANSIBLE_GROUP).iter().map(|(own, _)| own.as_str());
        nearest_of(name, groups)
    }

    /// Whether inventories of the tree have four of five of those that plays are for: another one
    /// that none has is hardly a host, or in an inventory elsewhere.
    fn is_news(&self, graph: &Graph<'_>, name: &str) -> bool {
        let is_aside = || graph.is_aside(kinds::ANSIBLE_GROUP, name);
        if name.contains('.') || is_aside() || is_made(graph, name) {
            return false;
        }
        let (mut known, mut others) = (FxHashSet::default(), FxHashSet::default());
        let files = graph.snapshot.files.iter().filter(|file| file.standing.is_live());
        let requires = files.flat_map(|file| &file.facts.requires);
        let plays = requires
            .filter(|own| own.relation == Relation::IsFor && own.strength != Strength::Guarded);
        for target in plays.filter_map(|own| own.any_of.first()) {
            let Some(own) = target.name.as_exact() else { continue };
            let all = match self.resolve(graph, target) {
                Resolution::Found(_) => &mut known,
                _ => &mut others,
            };
            all.insert(own.as_str());
        }
        others.remove(name);
        known.len() >= SEVERAL && known.len() >= others.len() * MOSTLY
    }
}

/// So many groups of plays inventories of the tree have.
const SEVERAL: usize = 2;
/// And so many for each that they have not.
const MOSTLY: usize = 4;

/// Whether files of variables are for such a group, so that somebody has it.
fn is_made(graph: &Graph<'_>, name: &str) -> bool {
    graph.paths.all().iter().filter_map(|path| path.rsplit_once("group_vars/")).any(|(_, inner)| {
        inner.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
    })
}

/// Names of groups: of inventories, of plays, of files of variables.
#[derive(Default)]
struct Groups {
    known: OnceLock<FxHashSet<SmolStr>>,
    /// Whether there may be others.
    made: OnceLock<bool>,
}

impl Resolver for Groups {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = target.name.to_string();
        let known = self.known.get_or_init(|| names(graph));
        if known.contains(name.as_str()) || matches!(name.as_str(), "all" | "ungrouped") {
            return Resolution::Found(graph.matching(kinds::ANSIBLE_GROUP, &target.name));
        }
        // Where no inventory lies in the tree, groups have the names that another gives them.
        let is_near = !graph.all(kinds::ANSIBLE_HOST).is_empty()
            && known.iter().any(|own| is_slip(&name, own));
        let entity = Entity::new(kinds::ANSIBLE_GROUP_NAME, name.clone());
        let is_whole = || {
            !graph.all(kinds::ANSIBLE_HOST).is_empty()
                && !*self.made.get_or_init(|| may_make(graph))
        };
        match is_near {
            true => Resolution::Missing(entity),
            // What takes it out of the inventories, or is the first to name it, is told.
            false if is_whole() => Resolution::Open(Entity::new(kinds::ANSIBLE_GROUP, name)),
            false => Resolution::Open(entity),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let known = self.known.get_or_init(|| names(graph));
        let mut known: Vec<&str> = known.iter().map(SmolStr::as_str).collect();
        known.sort_unstable();
        nearest_of(name, known.into_iter())
    }
}

/// Whether groups may be made while plays run, or by a program: then another name may be one of them.
fn may_make(graph: &Graph<'_>) -> bool {
    let is_made = |text: &[u8]| {
        [&b"add_host"[..], b"group_by", b"plugin:"]
            .iter()
            .any(|own| memmem::find(text, own).is_some())
    };
    let files = graph.snapshot.files.iter().enumerate();
    let mut read = files.filter(|(_, file)| {
        let path = file.entry.path.as_str();
        let is_small = file.entry.size.is_none_or(|size| size <= MAX_SEARCHED);
        is_small && (path.ends_with(".yml") || path.ends_with(".yaml"))
    });
    read.any(|(ix, _)| is_made(&graph.snapshot.contents(ix as FileIx)))
}

/// All names of groups: of inventories, of plays, of files of variables.
pub(super) fn names(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let mut names: FxHashSet<SmolStr> =
        graph.all(kinds::ANSIBLE_GROUP).iter().map(|(name, _)| name.clone()).collect();
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    let plays = requires.filter(|require| require.relation == Relation::IsFor);
    let targets = plays.filter_map(|require| require.any_of.first());
    names.extend(targets.filter_map(|target| target.name.as_exact().cloned()));
    for path in graph.paths.all() {
        let Some((_, inner)) = path.rsplit_once("group_vars/") else { continue };
        let name = inner.split(['/', '.']).next().unwrap_or_default();
        names.insert(name.into());
    }
    names
}

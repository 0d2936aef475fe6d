//! Questions to the graph: why does one thing need another, and what breaks without it.

use super::{Graph, Resolution, Site};
use crate::facts::{Entity, Relation, Require, Span, Wording, kinds};
use crate::loader::FileIx;
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::collections::VecDeque;

/// A file, or a definition in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Thing {
    /// The file.
    pub file: FileIx,
    /// Index into its `provides`; the file itself without one.
    pub provide: Option<u32>,
}

/// Why one thing needs another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The construct: `include`, `source`, or `defined in`.
    pub via: Wording,
    /// What it is.
    pub relation: Relation,
    /// Where it stands.
    pub file: FileIx,
    /// The reference's text.
    pub span: Span,
}

impl Need {
    /// The need that a requirement of `file` says.
    pub fn of(require: &Require, file: FileIx) -> Self {
        let Require { via, relation, span, .. } = *require;
        Self { via, relation, file, span }
    }
}

/// Files and definitions with what they need, as a petgraph graph: an edge leads from
/// the thing that needs to the thing that is needed.
pub struct Needs {
    graph: DiGraph<Thing, Need>,
    nodes: FxHashMap<Thing, NodeIndex>,
}

impl Needs {
    /// Builds the graph of all resolved references.
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut needs = Self { graph: DiGraph::new(), nodes: FxHashMap::default() };
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let file_ix = ix as FileIx;
            for (provide_ix, provide) in file.facts.provides.iter().enumerate() {
                let own = Thing { file: file_ix, provide: Some(provide_ix as u32) };
                let holder = Thing { file: file_ix, provide: provide.within };
                let (via, relation) = ("defined in", Relation::DefinedIn);
                let need = Need { via, relation, file: file_ix, span: provide.span };
                needs.add(own, holder, need);
            }
            for require in &file.facts.requires {
                let Resolution::Found(mut sites) = graph.resolve_from(file_ix, require) else {
                    continue;
                };
                certain(graph, &mut sites);
                let from = Thing { file: file_ix, provide: require.within };
                for Site { file, provide, .. } in sites {
                    needs.add(from, Thing { file, provide }, Need::of(require, file_ix));
                }
            }
        }
        needs
    }

    fn node(&mut self, thing: Thing) -> NodeIndex {
        let graph = &mut self.graph;
        *self.nodes.entry(thing).or_insert_with(|| graph.add_node(thing))
    }

    fn add(&mut self, from: Thing, to: Thing, need: Need) {
        if from != to {
            let (from, to) = (self.node(from), self.node(to));
            self.graph.add_edge(from, to, need);
        }
    }

    /// The shortest chain of needs from one of `from` to one of `to`; among equals the
    /// first in file order.
    pub fn why(&self, from: &[Thing], to: &[Thing]) -> Option<Vec<(Thing, Need, Thing)>> {
        let goals: Vec<NodeIndex> =
            to.iter().filter_map(|thing| self.nodes.get(thing).copied()).collect();
        let mut came: FxHashMap<NodeIndex, Option<petgraph::graph::EdgeIndex>> =
            FxHashMap::default();
        let mut queue = VecDeque::new();
        for thing in from {
            if let Some(&node) = self.nodes.get(thing) {
                came.entry(node).or_insert(None);
                queue.push_back(node);
            }
        }
        while let Some(node) = queue.pop_front() {
            if goals.contains(&node) {
                let mut chain = Vec::new();
                let mut at = node;
                while let Some(Some(edge)) = came.get(&at) {
                    let (source, target) = self.graph.edge_endpoints(*edge)?;
                    chain.push((self.graph[source], self.graph[*edge].clone(), self.graph[target]));
                    at = source;
                }
                chain.reverse();
                return Some(chain);
            }
            let mut edges: Vec<_> = self.graph.edges(node).map(|edge| edge.id()).collect();
            edges.sort_unstable();
            for edge in edges {
                if let Some((_, target)) = self.graph.edge_endpoints(edge)
                    && !came.contains_key(&target)
                {
                    came.insert(target, Some(edge));
                    queue.push_back(target);
                }
            }
        }
        None
    }

    /// Everything that shares a root with one of `things`: the roots that reach them
    /// (what nothing else needs), and all that those roots reach.
    pub fn scope(&self, things: &[Thing]) -> Vec<Thing> {
        let starts = things.iter().filter_map(|thing| self.nodes.get(thing).copied()).collect();
        let above = self.reach(starts, Direction::Incoming);
        let is_root = |node: &NodeIndex| {
            self.graph.edges_directed(*node, Direction::Incoming).next().is_none()
        };
        let roots = above.into_iter().filter(is_root).collect();
        let below = self.reach(roots, Direction::Outgoing);
        below.into_iter().map(|node| self.graph[node]).collect()
    }

    fn reach(&self, mut queue: Vec<NodeIndex>, direction: Direction) -> Vec<NodeIndex> {
        let mut seen: FxHashSet<NodeIndex> = queue.iter().copied().collect();
        while let Some(node) = queue.pop() {
            for next in self.graph.neighbors_directed(node, direction) {
                if seen.insert(next) {
                    queue.push(next);
                }
            }
        }
        seen.into_iter().collect()
    }

    /// Every need: what needs, why, and what is needed, in file order.
    pub fn all(&self) -> Vec<(Thing, Need, Thing)> {
        self.between(|_| true)
    }

    /// The needs between things that are at most `distance` needs away from one of `things`, in
    /// whichever direction.
    pub fn around(&self, things: &[Thing], distance: usize) -> Vec<(Thing, Need, Thing)> {
        let mut edge_of_known: Vec<NodeIndex> =
            things.iter().filter_map(|thing| self.nodes.get(thing).copied()).collect();
        let mut known: FxHashSet<NodeIndex> = edge_of_known.iter().copied().collect();
        for _ in 0..distance {
            let next = edge_of_known.iter().flat_map(|node| self.graph.neighbors_undirected(*node));
            edge_of_known = next.filter(|node| known.insert(*node)).collect();
        }
        self.between(|node| known.contains(&node))
    }

    fn between(&self, counts: impl Fn(NodeIndex) -> bool) -> Vec<(Thing, Need, Thing)> {
        let own = self.graph.edge_references();
        let own = own.filter(|edge| counts(edge.source()) && counts(edge.target()));
        let told = |node: NodeIndex| self.graph[node];
        let mut out: Vec<_> = own
            .map(|edge| (told(edge.source()), edge.weight().clone(), told(edge.target())))
            .collect();
        out.sort_by_key(|(from, need, to)| (*from, need.span, *to));
        out
    }

    /// What needs one of `things` by a reference of its own, in file order.
    pub fn direct(&self, things: &[Thing]) -> Vec<(Thing, Need)> {
        let nodes = things.iter().filter_map(|thing| self.nodes.get(thing).copied());
        let edges = nodes.flat_map(|node| self.graph.edges_directed(node, Direction::Incoming));
        let mut out: Vec<(Thing, Need)> = edges
            .filter(|edge| edge.weight().relation != Relation::DefinedIn)
            .map(|edge| (self.graph[edge.source()], edge.weight().clone()))
            .collect();
        out.sort_by_key(|(thing, need)| (*thing, need.span));
        out
    }

    /// Everything that needs one of `things`, directly or not, by the needs that `follow`
    /// admits, with its distance and the reference through which it is reached; nearest
    /// first, then in file order.
    pub fn impact(
        &self,
        things: &[Thing],
        follow: impl Fn(&Need) -> bool,
    ) -> Vec<(usize, Thing, Need)> {
        let mut distance: FxHashMap<NodeIndex, usize> = FxHashMap::default();
        let mut queue = VecDeque::new();
        for thing in things {
            if let Some(&node) = self.nodes.get(thing) {
                distance.insert(node, 0);
                queue.push_back(node);
            }
        }
        let mut out = Vec::new();
        while let Some(node) = queue.pop_front() {
            let own = distance.get(&node).copied().unwrap_or(0);
            let mut edges: Vec<_> = self
                .graph
                .edges_directed(node, Direction::Incoming)
                .map(|edge| edge.id())
                .collect();
            edges.sort_unstable();
            for edge in edges {
                let Some((source, _)) = self.graph.edge_endpoints(edge) else { continue };
                if distance.contains_key(&source) || !follow(&self.graph[edge]) {
                    continue;
                }
                distance.insert(source, own + 1);
                queue.push_back(source);
                out.push((own + 1, self.graph[source], self.graph[edge].clone()));
            }
        }
        out.sort_by_key(|(distance, thing, _)| (*distance, *thing));
        out
    }
}

/// Leaves the places that are meant for certain: those of just that name, if there are any.
/// Of several names with holes that could all match, none is more likely than another.
pub fn certain(graph: &Graph<'_>, sites: &mut SmallVec<[Site; 1]>) {
    let is_exact = |site: &Site| {
        let facts = &graph.snapshot.file(site.file).facts;
        let provide = site.provide.and_then(|ix| facts.provides.get(ix as usize));
        provide.is_none_or(|provide| provide.name.as_exact().is_some())
    };
    if sites.len() > 1 && !sites.iter().all(is_exact) {
        sites.retain(|site| is_exact(site));
    }
}

/// The things that `text` names: a path of the tree, or an entity `kind:name`.
pub fn find(graph: &Graph<'_>, text: &str) -> Vec<Thing> {
    if let Some(entity) = Entity::parse(text)
        && entity.kind != kinds::FILE
    {
        let sites = graph.providers(entity.kind, &entity.name);
        return sites.map(|site| Thing { file: site.file, provide: site.provide }).collect();
    }
    let path = text.strip_prefix("file:").unwrap_or(text).trim_end_matches('/');
    match graph.snapshot.find(path) {
        Some(file) => vec![Thing { file, provide: None }],
        None => graph.paths.under(path).map(|(file, _)| Thing { file, provide: None }).collect(),
    }
}

/// `things` and, of each file, what it defines: who asks what a file needs means its
/// definitions too.
pub fn with_contents(graph: &Graph<'_>, things: &[Thing]) -> Vec<Thing> {
    let mut all = things.to_vec();
    for thing in things.iter().filter(|thing| thing.provide.is_none()) {
        let provides = graph.snapshot.file(thing.file).facts.provides.len() as u32;
        all.extend((0..provides).map(|ix| Thing { file: thing.file, provide: Some(ix) }));
    }
    all
}

/// Whether a thing has an interface of its own: a class, a defined type, a function.
pub fn is_callable(graph: &Graph<'_>, thing: Thing) -> bool {
    let facts = &graph.snapshot.file(thing.file).facts;
    let provide = thing.provide.and_then(|ix| facts.provides.get(ix as usize));
    provide.is_some_and(|provide| {
        facts.interfaces.iter().any(|interface| interface.entity.kind == provide.kind)
    })
}

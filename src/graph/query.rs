//! Questions about a whole graph: what leads from one thing to another, and what
//! depends on a thing.

use super::{Graph, Resolution, Site};
use crate::facts::{Call, Entity, Kind, Ref, Require, Span};
use crate::session::FileIx;
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// A file, or a definition in it (index into its facts' `provides`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// The file.
    pub file: FileIx,
    /// The definition; `None` for the file itself.
    pub provide: Option<u32>,
}

/// One reference of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What refers.
    pub from: Node,
    /// Where, in the file of `from`.
    pub span: Span,
    /// What is referred to.
    pub to: Node,
}

/// Files and definitions, with an edge from each to what it needs. The edge's weight is
/// the place of the reference.
pub struct References<'g, 's> {
    graph: &'g Graph<'s>,
    edges: DiGraph<Node, Span>,
    index: FxHashMap<Node, NodeIndex>,
}

impl<'g, 's> References<'g, 's> {
    /// Resolves every reference of `graph`.
    pub fn new(graph: &'g Graph<'s>) -> Self {
        let mut own = Self { graph, edges: DiGraph::new(), index: FxHashMap::default() };
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let file_ix = ix as FileIx;
            let node = |provide| Node { file: file_ix, provide };
            for (child, provide) in file.facts.provides.iter().enumerate() {
                // What a body declares comes with the body.
                if provide.within.is_some() {
                    own.connect(node(provide.within), node(Some(child as u32)), provide.span);
                }
            }
            for Require { any_of, span, within, .. } in &file.facts.requires {
                own.refer(node(*within), any_of, *span);
            }
            for Call { any_of, span, within, .. } in &file.facts.calls {
                own.refer(node(*within), any_of, *span);
            }
        }
        own
    }

    fn refer(&mut self, from: Node, any_of: &[Ref], span: Span) {
        if let Resolution::Found(sites) = self.graph.resolve_any(any_of) {
            for Site { file, provide, .. } in sites {
                self.connect(from, Node { file, provide }, span);
            }
        }
    }

    fn connect(&mut self, from: Node, to: Node, span: Span) {
        let (from, to) = (self.intern(from), self.intern(to));
        if from != to && !self.edges.contains_edge(from, to) {
            self.edges.add_edge(from, to, span);
        }
    }

    fn intern(&mut self, node: Node) -> NodeIndex {
        *self.index.entry(node).or_insert_with(|| self.edges.add_node(node))
    }

    /// What `text` names: `KIND:NAME`, or a path with all that it defines. Empty when
    /// there is no such thing.
    pub fn named(&self, text: &str) -> Vec<Node> {
        let path = text.strip_prefix("file:").unwrap_or(text);
        if let Some(file) = self.graph.snapshot.find(path) {
            let provides = self.graph.snapshot.file(file).facts.provides.len() as u32;
            let definitions = (0..provides).map(|ix| Node { file, provide: Some(ix) });
            return std::iter::once(Node { file, provide: None }).chain(definitions).collect();
        }
        let Some(entity) = Entity::parse(text) else { return Vec::new() };
        match self.graph.resolve_ref(&Ref::exact(entity.kind, entity.name)) {
            Resolution::Found(sites) => {
                sites.iter().map(|site| Node { file: site.file, provide: site.provide }).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The existing name nearest to `text`, as `KIND:NAME`.
    pub fn nearest(&self, text: &str) -> Option<String> {
        let near = |kind: Kind, name: &str| {
            self.graph.nearest(&kind, name).map(|found| format!("{kind}:{found}"))
        };
        match Entity::parse(text) {
            Some(entity) => near(entity.kind, &entity.name),
            None => near(crate::facts::kinds::FILE, text),
        }
    }

    /// The shortest chain of references from any of `from` to any of `to`; `None` when
    /// there is none. Empty when they share a node.
    pub fn chain(&self, from: &[Node], to: &[Node]) -> Option<Vec<Step>> {
        if from.iter().any(|node| to.contains(node)) {
            return Some(Vec::new());
        }
        let mut came: FxHashMap<NodeIndex, Option<Step>> = FxHashMap::default();
        let mut queue: VecDeque<NodeIndex> =
            from.iter().filter_map(|node| self.index.get(node).copied()).collect();
        came.extend(queue.iter().map(|&ix| (ix, None)));
        while let Some(at) = queue.pop_front() {
            // petgraph lists the newest edge first; the oldest is the first in the file.
            let mut edges: Vec<_> = self.edges.edges(at).collect();
            edges.reverse();
            for edge in edges {
                let target = edge.target();
                if came.contains_key(&target) {
                    continue;
                }
                let (from, to_node) = (self.edges[at], self.edges[target]);
                came.insert(target, Some(Step { from, span: *edge.weight(), to: to_node }));
                if to.contains(&to_node) {
                    return Some(self.walk_back(target, &came));
                }
                queue.push_back(target);
            }
        }
        None
    }

    fn walk_back(&self, end: NodeIndex, came: &FxHashMap<NodeIndex, Option<Step>>) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = Some(end);
        while let Some(step) = at.and_then(|ix| came.get(&ix).copied().flatten()) {
            steps.push(step);
            at = self.index.get(&step.from).copied();
        }
        steps.reverse();
        steps
    }

    /// Everything that needs one of `nodes`, nearest first: the step that makes it
    /// depend, and its distance (1 for a direct reference).
    pub fn dependents(&self, nodes: &[Node]) -> Vec<(usize, Step)> {
        let mut distance: FxHashMap<NodeIndex, usize> = FxHashMap::default();
        let mut queue: VecDeque<NodeIndex> =
            nodes.iter().filter_map(|node| self.index.get(node).copied()).collect();
        distance.extend(queue.iter().map(|&ix| (ix, 0)));
        let mut found = Vec::new();
        while let Some(at) = queue.pop_front() {
            let hops = distance.get(&at).copied().unwrap_or_default() + 1;
            for edge in self.edges.edges_directed(at, Direction::Incoming) {
                let source = edge.source();
                if distance.contains_key(&source) {
                    continue;
                }
                distance.insert(source, hops);
                let step =
                    Step { from: self.edges[source], span: *edge.weight(), to: self.edges[at] };
                found.push((hops, step));
                queue.push_back(source);
            }
        }
        found.sort_by_key(|(hops, step)| (*hops, step.from, step.span));
        found
    }

    /// What reports call a node: `KIND:NAME`.
    pub fn name(&self, node: Node) -> String {
        let file = self.graph.snapshot.file(node.file);
        let provide = node.provide.and_then(|ix| file.facts.provides.get(ix as usize));
        match provide {
            Some(provide) => format!("{}:{}", provide.kind, provide.name),
            None => format!("file:{}", file.entry.path),
        }
    }
}

//! Questions of an editor to one tree: what stands at a place, where that is defined, who uses it,
//! what may stand there, and what would mend it.
//!
//! They are answered from facts and their spans alone, so a system that is added has them at once.

mod comments;
mod completion;
mod edits;
mod hover;
mod rename;
mod spot;
mod symbols;

pub use completion::Candidate;
pub use hover::Hover;
pub use symbols::{Symbol, SymbolSort};

use crate::facts::{FileFacts, Position, Span};
use crate::finding::Place;
use crate::graph::{Graph, Resolution, Site};
use crate::loader::FileIx;
use crate::report::{Resolved, ResolvedPlace, Sources};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use spot::{Spot, Targets};
use std::cell::RefCell;

/// Extracts the facts of a file of this path and these contents.
pub type Read<'g> = &'g (dyn Fn(&str, &[u8]) -> FileFacts + Sync);

/// The findings of a tree, in some of its files alone where they are named.
pub type Check<'g> = &'g dyn Fn(Option<&FxHashSet<FileIx>>) -> Vec<Resolved>;

/// One tree as it stands at a moment, which answers an editor's questions.
///
/// Paths are those of the tree; lines and columns count from 1, columns in Unicode scalar values.
/// A path that the tree does not have has no answers.
pub struct Answers<'g> {
    graph: &'g Graph<'g>,
    sources: &'g Sources<'g>,
    read: Read<'g>,
    check: Check<'g>,
    found: RefCell<Vec<Resolved>>,
}

impl<'g> Answers<'g> {
    /// Answers by the graph of a tree.
    pub(crate) fn new(
        graph: &'g Graph<'g>,
        sources: &'g Sources<'g>,
        read: Read<'g>,
        check: Check<'g>,
    ) -> Self {
        Self { graph, sources, read, check, found: RefCell::default() }
    }

    /// The findings of these files; what silences cover is left out. `None` where the work was
    /// told to stop before it was done.
    ///
    /// What many files of a tree have in common ([`Answers::all_findings`] tells it once) is told
    /// at each place.
    pub fn findings_in<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Option<Vec<Resolved>> {
        let files: FxHashSet<FileIx> =
            paths.filter_map(|path| self.graph.snapshot.find(path)).collect();
        self.keep((self.check)(Some(&files)), |own| {
            files.contains(&own.primary.source.0) && !self.is_of_the_whole(own)
        })
    }

    /// The findings of the whole tree, as a check reports them.
    pub fn all_findings(&self) -> Option<Vec<Resolved>> {
        self.keep((self.check)(None), |_| true)
    }

    fn keep(
        &self,
        mut found: Vec<Resolved>,
        wanted: impl Fn(&Resolved) -> bool,
    ) -> Option<Vec<Resolved>> {
        if self.graph.snapshot.deadline.is_over() {
            return None;
        }
        found.retain(|own| own.silenced.is_none() && wanted(own));
        self.found.replace(found.clone());
        Some(found)
    }

    /// Whether only a check of the whole tree can tell: that nothing needs what a configuration or
    /// a baseline says.
    fn is_of_the_whole(&self, finding: &Resolved) -> bool {
        let (file, span) = finding.primary.source;
        let mut comments = self.graph.snapshot.file(file).facts.allows.iter();
        finding.rule == "unused-silence" && !comments.any(|own| own.span == span)
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<String> {
        let file = self.graph.snapshot.find(path)?;
        let source = self.sources.get(self.graph.snapshot.role, file);
        Some(String::from_utf8_lossy(&source.0).into_owned())
    }

    /// Where what stands at a place is defined; of a definition, itself.
    pub fn definitions(&self, path: &str, at: Position) -> Vec<ResolvedPlace> {
        let Some(spot) = self.spot(path, at) else { return Vec::new() };
        let places = spot.targets(self.graph).definitions(self.graph);
        places.into_iter().map(|(file, span)| self.location(file, span)).collect()
    }

    /// Where what stands at a place is used, by path and place.
    pub fn references(&self, path: &str, at: Position) -> Vec<ResolvedPlace> {
        let Some(spot) = self.spot(path, at) else { return Vec::new() };
        let used = self.uses(&spot.targets(self.graph));
        used.into_iter().map(|(file, own)| self.location(file, own.span)).collect()
    }

    /// All uses of some things, by file and place.
    fn uses(&self, targets: &Targets<'g>) -> Vec<(FileIx, Use)> {
        if targets.is_empty() {
            return Vec::new();
        }
        let graph = self.graph;
        let files = graph.snapshot.files.par_iter().enumerate();
        let mut found: Vec<(FileIx, Use)> = files
            .flat_map_iter(|(ix, file)| {
                let ix = ix as FileIx;
                let requires = file.facts.requires.iter().filter_map(move |require| {
                    let is_meant = match graph.resolve_from(ix, require) {
                        Resolution::Found(sites) => sites.iter().any(|site| targets.has(site)),
                        _ => false,
                    };
                    let is_exact = require.any_of.iter().all(|own| own.name.as_exact().is_some());
                    let is_written = is_exact && require.composed.is_none();
                    is_meant.then_some(Use { span: require.span, is_written })
                });
                let calls =
                    file.facts.calls.iter().flat_map(move |call| targets.in_call(graph, call));
                let calls = calls.map(|span| Use { span, is_written: true });
                requires.chain(calls).map(move |own| (ix, own)).collect::<Vec<_>>()
            })
            .collect();
        found.sort_by_key(|(file, own)| (*file, own.span, own.is_written));
        found.dedup_by_key(|(file, own)| (*file, own.span));
        found
    }

    fn spot(&self, path: &str, at: Position) -> Option<Spot<'g>> {
        let file = self.graph.snapshot.find(path)?;
        let source = self.sources.get(self.graph.snapshot.role, file);
        Spot::at(&self.graph.snapshot.file(file).facts, file, source.1.offset(at, &source.0))
    }

    fn location(&self, file: FileIx, span: Span) -> ResolvedPlace {
        self.sources.place(Place { tree: self.graph.snapshot.role, file, span })
    }

    /// What is written at a place.
    fn written(&self, file: FileIx, span: Span) -> String {
        let source = self.sources.get(self.graph.snapshot.role, file);
        String::from_utf8_lossy(source.0.get(span.range()).unwrap_or_default()).into_owned()
    }
}

/// A place where something is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Use {
    span: Span,
    /// Its name stands there as it is, and is not put together.
    is_written: bool,
}

/// The definition at a site, as it is named there.
fn provided<'g>(graph: &'g Graph<'g>, site: &Site) -> Option<&'g crate::facts::Provide> {
    graph.snapshot.file(site.file).facts.provides.get(site.provide? as usize)
}

//! Who reads a key, and who names a file: from the graph.

use super::compare::{Row, What};
use crate::facts::{Span, Wording};
use crate::graph::Graph;
use crate::graph::query::{Needs, Thing};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Most readers that are named of one difference.
pub const MAX_READERS: usize = 5;

/// A place that reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reader {
    /// Its file.
    pub file: FileIx,
    /// Where.
    pub span: Span,
    /// The construct.
    pub via: Wording,
}

/// Keys that parts of a tree read, by the file that sets them.
type Read = FxHashMap<SmolStr, Vec<Reader>>;

/// A graph that is asked.
pub struct Readers<'g> {
    graph: &'g Graph<'g>,
    needs: Needs,
    /// Of keys that belong to a part of the tree: what its files read.
    parts: FxHashMap<FileIx, Read>,
}

impl<'g> Readers<'g> {
    /// Of this graph.
    pub fn new(graph: &'g Graph<'g>) -> Self {
        Self { graph, needs: Needs::new(graph), parts: FxHashMap::default() }
    }

    /// Who reads what differs, at most [`MAX_READERS`] of other files, in the order of the tree.
    pub fn of(&mut self, row: &Row) -> Vec<Reader> {
        let Some(file) = self.graph.snapshot.find(&row.path) else { return Vec::new() };
        let things: Vec<Thing> = match row.what {
            What::Folder(_) | What::Version(..) => return Vec::new(),
            What::File => vec![Thing { file, provide: None }],
            What::Part(_) => self.provided(file, row.span),
        };
        let mut found: Vec<Reader> = Vec::new();
        for (from, need) in self.needs.direct(&things) {
            if from.file != file {
                found.push(Reader { file: need.file, span: need.span, via: need.via });
            }
        }
        if matches!(row.what, What::Part(_)) {
            found.extend(self.of_part(file).get(&row.shown).into_iter().flatten().cloned());
        }
        found.sort();
        found.dedup_by_key(|own| (own.file, own.span));
        found.truncate(MAX_READERS);
        found
    }

    /// What a file provides at a place.
    fn provided(&self, file: FileIx, span: Span) -> Vec<Thing> {
        let facts = &self.graph.snapshot.file(file).facts;
        let is_here =
            |own: Span| own.start <= span.start && span.start < own.end.max(own.start + 1);
        let found = facts.provides.iter().enumerate().filter(|(_, own)| is_here(own.span));
        found.map(|(ix, _)| Thing { file, provide: Some(ix as u32) }).collect()
    }

    fn of_part(&mut self, file: FileIx) -> &Read {
        let graph = self.graph;
        self.parts.entry(file).or_insert_with(|| {
            let mut read = Read::default();
            let files = FxHashSet::from_iter([file]);
            for keys in graph.part_keys() {
                for part in keys.having(graph, &files) {
                    for (name, file, span) in keys.needed(graph, &part) {
                        let own = Reader { file, span, via: "value" };
                        read.entry(name).or_default().push(own);
                    }
                }
            }
            read
        })
    }
}

//! What stands at a place of a file, found again for a finding.

use crate::facts::{FileFacts, Require, Span};
use crate::graph::{Graph, View};
use crate::loader::FileIx;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// What each file asks for, by place: of a file when it is first asked about, so that many findings
/// of one file do not each walk through all of it.
pub struct Places(Vec<OnceLock<FxHashMap<Span, At>>>);

/// What a file asks for at a place: by its position among the facts.
#[derive(Clone, Copy)]
enum At {
    Require(u32),
    Call(u32),
}

impl View for Places {
    fn of(graph: &Graph<'_>) -> Self {
        Self(graph.snapshot.files.iter().map(|_| OnceLock::new()).collect())
    }
}

impl Places {
    /// The requirement at `span`, the first if there are several.
    pub(super) fn require<'g>(
        &self,
        graph: &Graph<'g>,
        file: FileIx,
        span: Span,
    ) -> Option<&'g Require> {
        let facts = &graph.snapshot.file(file).facts;
        match self.at(facts, file, span)? {
            At::Require(ix) => facts.requires.get(ix as usize),
            At::Call(_) => None,
        }
    }

    /// What the requirement or call at `span` stands within; `None` where there is neither.
    pub(super) fn within(
        &self,
        facts: &FileFacts,
        file: FileIx,
        span: Span,
    ) -> Option<Option<u32>> {
        Some(match self.at(facts, file, span)? {
            At::Require(ix) => facts.requires.get(ix as usize)?.within,
            At::Call(ix) => facts.calls.get(ix as usize)?.within,
        })
    }

    fn at(&self, facts: &FileFacts, file: FileIx, span: Span) -> Option<At> {
        let own = self.0.get(file as usize)?.get_or_init(|| {
            let mut own = FxHashMap::default();
            let requires = facts.requires.iter().enumerate();
            for (ix, require) in requires {
                own.entry(require.span).or_insert(At::Require(ix as u32));
            }
            for (ix, call) in facts.calls.iter().enumerate() {
                own.entry(call.span).or_insert(At::Call(ix as u32));
            }
            own
        });
        own.get(&span).copied()
    }
}

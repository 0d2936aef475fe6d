//! What files define, by name.

use super::Answers;
use crate::facts::{Detail, Kind, Property, Provide, Span};
use crate::loader::FileIx;
use crate::report::ResolvedPlace;
use rustc_hash::FxHashMap;

/// Symbols that are found by one search, at most.
const MOST_FOUND: usize = 256;

/// A thing that a file defines.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// What it is: `class`, `backend`.
    pub noun: &'static str,
    /// What sort of thing it is.
    pub sort: SymbolSort,
    /// Its name's place.
    pub place: ResolvedPlace,
    /// The symbol of the same list in whose body it stands.
    pub within: Option<usize>,
}

/// What sort of thing a symbol is, for its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SymbolSort {
    /// Something that is called with arguments: a class, a role, a command.
    Callable,
    /// A variable or a key with a value.
    Value,
    /// A file.
    File,
    /// Something else that is declared.
    Object,
}

impl SymbolSort {
    fn of(kind: Kind) -> Self {
        if kind.has(Property::CALLABLE) || kind.has(Property::DEFINITION) {
            Self::Callable
        } else if kind.has(Property::KEY)
            || kind.has(Property::VARIABLE)
            || kind.noun() == "variable"
        {
            Self::Value
        } else if kind.has(Property::PATH) {
            Self::File
        } else {
            Self::Object
        }
    }
}

impl Answers<'_> {
    /// What a file defines by a name that is written in it, in its order.
    pub fn symbols_in(&self, path: &str) -> Vec<Symbol> {
        let Some(file) = self.graph.snapshot.find(path) else { return Vec::new() };
        let provides = &self.graph.snapshot.file(file).facts.provides;
        // Of several that one text defines, the one that people ask for by name.
        let mut best: FxHashMap<Span, usize> = FxHashMap::default();
        for (ix, own) in provides.iter().enumerate().filter(|(_, own)| self.is_named(file, own)) {
            let rank = |ix: usize| {
                let own = &provides[ix];
                (own.kind.place().is_none(), SymbolSort::of(own.kind) == SymbolSort::Object, ix)
            };
            let known = best.entry(own.span).or_insert(ix);
            if rank(ix) < rank(*known) {
                *known = ix;
            }
        }
        let mut chosen: Vec<usize> = best.values().copied().collect();
        chosen.sort_by_key(|ix| (provides[*ix].span, *ix));
        let place = |ix: usize| {
            let span = provides.get(ix)?.span;
            chosen.iter().position(|own| provides[*own].span == span)
        };
        let symbol = |ix: &usize| {
            let own = &provides[*ix];
            let within = own.within.and_then(|ix| place(ix as usize));
            let within = within.filter(|above| chosen[*above] != *ix);
            Symbol { within, ..self.symbol(file, own) }
        };
        chosen.iter().map(symbol).collect()
    }

    /// What the tree defines by a name that has `query` in it, case ignored: those that begin so
    /// first.
    pub fn symbols(&self, query: &str) -> Vec<Symbol> {
        let query = query.to_lowercase();
        let mut found: Vec<(bool, &str, FileIx, &Provide)> = Vec::new();
        for kind in Kind::known().filter(|own| is_asked_for(*own)) {
            for (name, site) in self.graph.all(kind) {
                let folded = name.to_lowercase();
                if let (Some(at), Some(own)) =
                    (folded.find(&query), super::provided(self.graph, site))
                {
                    found.push((at != 0, name, site.file, own));
                }
            }
        }
        found.sort_by_key(|(is_inside, name, file, own)| {
            (*is_inside, name.len(), *name, *file, own.span)
        });
        found.dedup_by_key(|(_, name, file, own)| (*name, *file, own.span));
        found.truncate(MOST_FOUND);
        found.into_iter().map(|(_, _, file, own)| self.symbol(file, own)).collect()
    }

    fn symbol(&self, file: FileIx, own: &Provide) -> Symbol {
        Symbol {
            name: own.name.to_string(),
            noun: own.kind.noun(),
            sort: SymbolSort::of(own.kind),
            place: self.location(file, own.span),
            within: None,
        }
    }

    /// Whether the name is known, and what stands there is part of it.
    fn is_named(&self, file: FileIx, own: &Provide) -> bool {
        if matches!(own.detail, Detail::Mention | Detail::Whole) {
            return false;
        }
        let text = self.written(file, own.span);
        let text = text.trim_matches(['"', '\'', '$', ':']);
        own.name.as_exact().is_some_and(|name| !text.is_empty() && name.contains(text))
    }
}

/// Whether a name alone may be of this kind, or it has a value.
fn is_asked_for(kind: Kind) -> bool {
    kind.place().is_some() || SymbolSort::of(kind) != SymbolSort::Object
}

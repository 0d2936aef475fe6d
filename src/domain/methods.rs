//! Methods of dynamic languages, by bare name: who defines one, and who calls one.
//!
//! A call may mean any object's method, so none is ever missing. Where one file of a tree
//! alone defines a name, and a change takes that away together with its calls, the two files
//! have to land in order.

use crate::facts::{Detail, FileFacts, Kind, NamePattern, Provide, Ref, Require, Span, Strength};
use rustc_hash::FxHashSet;

/// How many names of one file are noted.
const MOST: usize = 1000;

/// Collects the methods of one file.
pub(crate) struct Methods<'t> {
    kind: Kind,
    defined: Vec<(&'t str, Span)>,
    bound: FxHashSet<&'t str>,
    called: Vec<(&'t str, Span)>,
    known: FxHashSet<&'t str>,
}

impl<'t> Methods<'t> {
    /// Methods of this kind.
    pub fn new(kind: Kind) -> Self {
        let (bound, known) = Default::default();
        Self { kind, defined: Vec::new(), bound, called: Vec::new(), known }
    }

    /// The file defines `name`.
    pub fn defines(&mut self, name: &'t str, span: Span) {
        if is_telling(name) && self.bound.insert(name) {
            self.defined.push((name, span));
        }
    }

    /// `name` is a variable of the file.
    pub fn binds(&mut self, name: &'t str) {
        self.bound.insert(name);
    }

    /// The file calls `name`, or reads what is called so.
    pub fn calls(&mut self, name: &'t str, span: Span) {
        if is_telling(name) && self.called.len() < MOST && self.known.insert(name) {
            self.called.push((name, span));
        }
    }

    /// Adds what was found.
    pub fn finish(self, out: &mut FileFacts) {
        for (name, span) in self.defined.into_iter().take(MOST) {
            out.provides.push(Provide {
                kind: self.kind,
                name: NamePattern::exact(name),
                span,
                within: None,
                detail: Detail::None,
            });
        }
        for (name, span) in self.called {
            if !self.bound.contains(name) {
                let require = Require::certain(Ref::exact(self.kind, name), span, "call", None);
                out.requires.push(require.with_strength(Strength::Guarded));
            }
        }
    }
}

/// Whether a name says enough to mean one method of a tree: `to_s` and `run` do not.
fn is_telling(name: &str) -> bool {
    name.len() >= 6
        && name.trim_matches('_').contains('_')
        && !name.starts_with("__")
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
}

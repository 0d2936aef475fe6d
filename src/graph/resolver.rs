//! What systems tell a graph: how names of a kind map to things of a tree, which files their
//! definitions are loaded from, and what data sets.

use super::{Graph, Resolution, Site};
use crate::facts::{Call, Entity, Kind, Ref, Span};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::any::Any;

/// Tells a new graph how the names of every system resolve.
pub type Install = fn(&mut Graph<'_>);

/// Answers for one kind whose names do not simply equal provided names.
pub trait Resolver: Send + Sync {
    /// What becomes of a reference.
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution;
    /// Whether something stands under the very name, so that a reference is surely found, or lives
    /// elsewhere: most are told so without looking for all that could be meant.
    fn has(&self, graph: &Graph<'_>, target: &Ref) -> bool {
        let _ = (graph, target);
        false
    }
    /// The existing name closest to `name`, if this resolver can tell.
    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let _ = (graph, name);
        None
    }
    /// Whether no name but that which [`nearest`](Self::nearest) tells can have been meant.
    fn knows_nearest(&self) -> bool {
        false
    }
    /// Whether a name that a change is the first to mention, and that may be elsewhere, is worth
    /// a word: most of its sort are here.
    fn is_news(&self, graph: &Graph<'_>, name: &str) -> bool {
        let _ = (graph, name);
        true
    }
}

/// A system that finds the files of its definitions by their names, and reads no others.
pub trait Autoload: Send + Sync {
    /// Whether nothing loads what a file defines.
    fn skips(&self, file: FileIx) -> bool {
        let _ = file;
        false
    }
    /// Whether a file stands where nothing reads it, and nothing of the tree names it: somebody
    /// may run it by hand.
    fn is_loose(&self, graph: &Graph<'_>, file: FileIx) -> bool;
    /// Whether something says of a file that its text is not of the language that it was read as.
    fn is_misread(&self, graph: &Graph<'_>, file: FileIx) -> bool {
        let _ = (graph, file);
        false
    }
    /// What refuses the key at a site, which stands twice in its mapping, where others who read such
    /// files take the last.
    fn refuses_doubled(&self, graph: &Graph<'_>, key: Site) -> Option<&'static str> {
        let _ = (graph, key);
        None
    }
    /// Whether a definition may stand in a file that was only read in part: one in which it
    /// would be looked for.
    fn may_be_unread(&self, graph: &Graph<'_>, entity: &Entity) -> bool {
        let _ = (graph, entity);
        false
    }
    /// Whether the file that would be read for a definition is put there where the tree is used:
    /// git ignores it, or a sample of it stands beside it.
    fn is_supplied(&self, graph: &Graph<'_>, entity: &Entity) -> bool {
        let _ = (graph, entity);
        false
    }
    /// Whether text that no reader knows may set a variable: a script, a list of settings, prose
    /// that tells to set it.
    fn may_be_set(&self, graph: &Graph<'_>, entity: &Entity) -> bool {
        let _ = (graph, entity);
        false
    }
    /// Whether text may set a variable here if it may in the tree before, which it is quicker to
    /// tell than either. The tree here sets it nowhere.
    fn may_be_set_as_before(&self, graph: &Graph<'_>, old: &Graph<'_>, entity: &Entity) -> bool {
        !self.may_be_set(old, entity) || self.may_be_set(graph, entity)
    }
    /// Whether a variable that the file reads is set in the tree, if anywhere: it is a slip of one
    /// that its own part of the tree sets, or all is known that could set it.
    fn is_set_here_alone(&self, graph: &Graph<'_>, file: FileIx, entity: &Entity) -> bool {
        let _ = (graph, file, entity);
        false
    }
    /// Whether a definition holds for some hosts alone, so that what reads it may have gone from
    /// them together with it.
    fn is_for_some(&self, graph: &Graph<'_>, site: &Site) -> bool {
        let _ = (graph, site);
        false
    }
    /// Whether a list of the tree says which things of this kind come from elsewhere; `None` where
    /// that is none of the system's kinds.
    fn lists(&self, graph: &Graph<'_>, kind: Kind) -> Option<bool> {
        let _ = (graph, kind);
        None
    }
    /// Where a definition stands that is not found, and the path that it would have to have.
    fn misplaced(&self, graph: &Graph<'_>, entity: &Entity) -> Option<(Site, SmolStr)> {
        let _ = (graph, entity);
        None
    }
    /// The definition that another version of the system takes for a name at `place`, and where
    /// that is.
    fn sibling(&self, graph: &Graph<'_>, place: Site, entity: &Entity) -> Option<(SmolStr, Site)> {
        let _ = (graph, place, entity);
        None
    }
}

/// How much of the data that a system looks up a tree holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Data {
    /// None: that of a module is with whoever uses it.
    #[default]
    Absent,
    /// Some, and nothing says what else is read.
    Loose,
    /// A level of the hierarchy reads what is not in the tree.
    Partial,
    /// All levels have their files here.
    Whole,
}

/// Data beside the code, which sets what no call passes.
pub trait Lookup: Send + Sync {
    /// How much of it the tree holds.
    fn data(&self) -> Data;
    /// Whether data of the tree sets `key`.
    fn sets(&self, graph: &Graph<'_>, key: &str) -> bool;
    /// Where hosts that the data file at `path` is for get `key` from if that file does not set
    /// it: the next level below that is for all hosts.
    fn below(&self, graph: &Graph<'_>, path: &str, key: &str) -> Option<Site>;
    /// Whether a default that is set somewhere fills `TYPE::PARAMETER` for a call of `file`.
    fn defaults(&self, graph: &Graph<'_>, file: FileIx, call: &Call, parameter: &str) -> bool;
}

/// What a system gathers of a whole tree, when it is first asked for.
pub trait View: Any + Send + Sync {
    /// Gathers it.
    fn of(graph: &Graph<'_>) -> Self
    where
        Self: Sized;
}

/// Keys that each belong to a part of a tree, by which they are set and read: values of charts.
pub trait PartKeys: Send + Sync {
    /// The kind of the keys.
    fn kind(&self) -> Kind;
    /// The parts that have one of `files`.
    fn having(&self, graph: &Graph<'_>, files: &FxHashSet<FileIx>) -> Vec<SmolStr>;
    /// The keys that a part reads and does not do without, each with its place.
    fn needed(&self, graph: &Graph<'_>, part: &str) -> Vec<(SmolStr, FileIx, Span)>;
    /// Whether files of a part, or of those that use it, may set a key; `counts` says which
    /// files are asked.
    fn is_set(
        &self,
        graph: &Graph<'_>,
        part: &str,
        key: &str,
        counts: &dyn Fn(FileIx) -> bool,
    ) -> bool;
    /// Whether what a file sets may reach a part.
    fn reaches(&self, graph: &Graph<'_>, file: FileIx, part: &str) -> bool;
}

impl Site {
    /// A file as a whole.
    pub fn whole(file: FileIx) -> Self {
        Self { file, span: Span::default(), provide: None }
    }
}

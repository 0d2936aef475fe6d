//! What the order of a rollout asks of systems: which definitions render which templates, which
//! hosts are configured by what, and what one program or catalogue takes only once.

use super::query::Thing;
use super::{Graph, Site};
use crate::facts::{Entity, FileFacts, Require, Span};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Templates that read variables of the definition that renders them.
pub trait Templates: Send + Sync {
    /// The definition in `facts` that a requirement renders a template for.
    fn scope<'f>(&self, facts: &'f FileFacts, require: &Require) -> Option<&'f SmolStr>;
    /// The variable that a template reads whatever happens.
    fn read<'r>(&self, read: &'r Require) -> Option<&'r SmolStr>;
    /// Where a definition sets a variable itself.
    fn setter(&self, graph: &Graph<'_>, scope: &str, name: &str) -> Option<Site>;
    /// Whether a definition has a variable, or may have it from elsewhere.
    fn may_set(&self, graph: &Graph<'_>, scope: &str, name: &str) -> bool;
    /// The variable of a definition.
    fn variable(&self, scope: &str, name: &str) -> Entity;
}

/// A declaration of a thing that may stand once in what is loaded together: a resource of a
/// catalogue, a class of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Single {
    /// The thing, in the words of reports.
    pub entity: Entity,
    /// What declares it: a definition, or the path of a file.
    pub holder: SmolStr,
    /// Where it stands.
    pub span: Span,
}

/// Things of which all that is loaded together has one.
pub trait Singles: Send + Sync {
    /// What a file declares of them.
    fn declared(&self, graph: &Graph<'_>, file: FileIx) -> Vec<Single>;
    /// What of the tree has both holders loaded.
    fn with_both(&self, graph: &Graph<'_>, one: &str, other: &str) -> FxHashSet<SmolStr>;
    /// The files that have a holder loaded.
    fn loaders(&self, graph: &Graph<'_>, holder: &str) -> Vec<FileIx>;
    /// What becomes of a thing that nothing declares while it moves from one file to another.
    fn lost(&self, _entity: &Entity) -> Option<&'static str> {
        None
    }
}

/// What somebody hands to the definitions of a folder where they are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The folder.
    pub to: SmolStr,
    /// What is given, by its name.
    pub names: Vec<SmolStr>,
    /// Where that stands.
    pub span: Span,
    /// Who gives it.
    pub by: Giver,
}

/// Who gives values to the definitions of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giver {
    /// A call.
    Call,
    /// A file that somebody names where the folder is used.
    Named,
    /// A file that is read wherever the folder is used.
    Beside,
}

/// What the other files of its folder are applied with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// What it is.
    pub entity: Entity,
    /// Where it stands.
    pub span: Span,
    /// What happens without it, one clause.
    pub without: &'static str,
}

/// Folders of which one file says what the others are applied with.
pub trait Grounds: Send + Sync {
    /// What a file says of it.
    fn laid(&self, graph: &Graph<'_>, file: FileIx) -> Vec<Ground>;
    /// Where a file of the folder has something that is applied with it.
    fn builds(&self, graph: &Graph<'_>, file: FileIx, ground: &Entity) -> Option<Span>;
}

/// Folders of definitions that fail unless whoever uses them gives a value.
pub trait Arguments: Send + Sync {
    /// The values that a file asks for, each as it is declared.
    fn asked(&self, graph: &Graph<'_>, file: FileIx) -> Vec<(Entity, Span)>;
    /// What a file gives.
    fn given(&self, graph: &Graph<'_>, file: FileIx) -> Vec<Given>;
}

/// What a file of data is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataOf {
    /// One host.
    Host(String),
    /// One definition.
    Definition(Entity),
}

/// Hosts that are configured alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// What the tree calls them: a node definition's title, an inventory's group.
    pub name: SmolStr,
    /// How many they are at most; `None` where the tree does not tell.
    pub count: Option<u64>,
    /// Their definition.
    pub site: Site,
}

/// A system that configures hosts.
pub trait Inventory: Send + Sync {
    /// What a file of data is for, where its path tells.
    fn data_of(&self, path: &str) -> Option<DataOf> {
        let _ = path;
        None
    }
    /// The hosts that one of the things configures, or that have one of the names.
    fn hosts(&self, graph: &Graph<'_>, things: &FxHashSet<Thing>, named: &[String]) -> Vec<Hosts>;
}

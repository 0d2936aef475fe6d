//! What the order of a rollout asks of systems: which definitions render which templates, and
//! which hosts are configured by what.

use super::query::Thing;
use super::{Graph, Site};
use crate::facts::{Entity, FileFacts, Require};
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

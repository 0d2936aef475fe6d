//! What needs what: chains of references, and what breaks when a thing goes.

use super::{Analysis, Error, names};
use crate::facts::{Entity, Relation, as_text};
use crate::graph::Graph;
use crate::graph::naming::{meanings, mentions};
use crate::graph::query::{Need, Needs, Thing, is_callable, with_contents};
use crate::loader::Snapshot;
use crate::pipeline;
use serde::Serialize;

/// The shortest chain of references from one thing to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Chain {
    /// Version of this format: 1.
    pub version: u32,
    /// What was asked for as the thing that needs the other.
    #[serde(serialize_with = "as_text")]
    pub from: Entity,
    /// What was asked for as the thing that is needed.
    #[serde(serialize_with = "as_text")]
    pub to: Entity,
    /// Each reference of the chain; none where there is no chain.
    #[serde(rename = "chain")]
    pub steps: Option<Vec<Step>>,
    /// Why the configuration says that the tree itself need not have `to`.
    #[serde(skip)]
    pub elsewhere: Option<String>,
}

/// One reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// The construct: `include`, `source`.
    pub via: String,
    /// The file that it stands in.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// What needs.
    #[serde(serialize_with = "as_text")]
    pub from: Entity,
    /// What is needed.
    #[serde(serialize_with = "as_text")]
    pub to: Entity,
}

/// Everything that needs a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Impact {
    /// Version of this format: 1.
    pub version: u32,
    /// What was asked for.
    #[serde(serialize_with = "as_text")]
    pub target: Entity,
    /// Whether the tree has it; what it lacks may still be needed.
    pub present: bool,
    /// What needs it, nearest first.
    pub dependents: Vec<Dependent>,
    /// How many there are.
    pub summary: Counts,
    /// Why the configuration says that the tree itself need not have it.
    #[serde(skip)]
    pub elsewhere: Option<String>,
}

/// Something that needs a thing, directly or through others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Dependent {
    /// The construct by which it needs the next one on the way.
    pub via: String,
    /// The file that it stands in.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// What it is.
    #[serde(serialize_with = "as_text")]
    pub entity: Entity,
    /// How many references away, from 1.
    pub distance: usize,
}

/// How many things need one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// In all.
    pub dependents: usize,
    /// By a reference of their own.
    pub direct: usize,
}

/// What `text` means, which the tree need not have: then with everything that refers to it.
pub(super) struct Target {
    pub entity: Entity,
    pub things: Vec<Thing>,
    pub outside: Vec<(Thing, Need)>,
}

pub(super) fn target(graph: &Graph<'_>, text: &str) -> Result<Target, Error> {
    let mut found = meanings(graph, text);
    if found.len() > 1 {
        return Err(names::ambiguous(graph, text, &found));
    }
    if let Some(own) = found.pop() {
        return Ok(Target { entity: own.entity, things: own.things, outside: Vec::new() });
    }
    match mentions(graph, text).into_iter().next() {
        Some((entity, outside)) => Ok(Target { entity, things: Vec::new(), outside }),
        None => Err(names::unknown(graph, text)),
    }
}

/// A thing as an entity: the file itself where nothing in it is meant.
pub(super) fn entity(graph: &Graph<'_>, thing: Thing) -> Entity {
    let file = graph.snapshot.file(thing.file);
    match thing.provide.and_then(|ix| file.facts.provides.get(ix as usize)) {
        Some(provide) => Entity::new(provide.kind, provide.name.to_string()),
        None => Entity::new(crate::facts::kinds::FILE, file.entry.path.clone()),
    }
}

fn step(snapshot: &Snapshot, from: Entity, need: &Need, to: Entity) -> Step {
    let (start, _) = snapshot.positions(need.file, need.span);
    let path = snapshot.file(need.file).entry.path.to_string();
    Step { via: need.via.to_string(), path, line: start.line, column: start.column, from, to }
}

impl Analysis {
    /// The shortest chain of references by which `from` needs `to`. Each is a path (or the end
    /// of one), or the name of a class, role, command and so on; `KIND:NAME` if the name is
    /// ambiguous.
    ///
    /// # Errors
    /// [`Error::Name`] where a name means nothing in the tree, or several things.
    ///
    /// ```
    /// use crosscheck::{Analysis, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let tree = Tree::open("fixtures/library/old")?;
    /// let chain = Analysis::new(tree, &Options::new())?.why("manifests/site.pp", "motd")?;
    /// let through: Vec<String> =
    ///     chain.steps.iter().flatten().map(|step| step.to.to_string()).collect();
    /// assert_eq!(through, ["puppet.class:web", "file:modules/web/files/motd"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn why(&self, from: &str, to: &str) -> Result<Chain, Error> {
        let snapshot = &self.whole_world()?.new;
        let policy = self.config.policy();
        self.run(|| {
            let graph = pipeline::graph(snapshot, &policy);
            let (from, to) = (target(&graph, from)?, target(&graph, to)?);
            let steps = steps(&graph, &from, &to);
            let elsewhere = to.things.is_empty().then(|| self.elsewhere(&to.entity)).flatten();
            Ok(Chain { version: 1, from: from.entity, to: to.entity, steps, elsewhere })
        })
    }

    /// Everything that needs `name`, nearest first: what breaks when it goes.
    ///
    /// # Errors
    /// [`Error::Name`] where the name means nothing in the tree, or several things.
    ///
    /// ```
    /// use crosscheck::{Analysis, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let tree = Tree::open("fixtures/library/old")?;
    /// let impact = Analysis::new(tree, &Options::new())?.impact("web")?;
    /// assert_eq!(impact.dependents[0].path, "manifests/site.pp");
    /// # Ok(())
    /// # }
    /// ```
    pub fn impact(&self, name: &str) -> Result<Impact, Error> {
        let snapshot = &self.whole_world()?.new;
        let policy = self.config.policy();
        self.run(|| {
            let graph = pipeline::graph(snapshot, &policy);
            let target = target(&graph, name)?;
            let reached = reached(&graph, &target);
            let dependents: Vec<Dependent> = reached
                .iter()
                .map(|(distance, thing, need)| {
                    let (start, _) = snapshot.positions(need.file, need.span);
                    Dependent {
                        via: need.via.to_string(),
                        path: snapshot.file(need.file).entry.path.to_string(),
                        line: start.line,
                        column: start.column,
                        entity: entity(&graph, *thing),
                        distance: *distance,
                    }
                })
                .collect();
            let direct = dependents.iter().filter(|dependent| dependent.distance == 1).count();
            let present = !target.things.is_empty();
            let elsewhere = (!present).then(|| self.elsewhere(&target.entity)).flatten();
            let summary = Counts { dependents: dependents.len(), direct };
            let target = target.entity;
            Ok(Impact { version: 1, target, present, dependents, summary, elsewhere })
        })
    }

    /// Why the configuration says that `entity` lives elsewhere.
    fn elsewhere(&self, entity: &Entity) -> Option<String> {
        let mut declared = self.config.provided_elsewhere.iter();
        let entry = declared.find(|entry| entry.entity.matches(entity))?;
        Some(entry.reason.clone())
    }
}

/// The references of the shortest chain.
fn steps(graph: &Graph<'_>, from: &Target, to: &Target) -> Option<Vec<Step>> {
    let starts = with_contents(graph, &from.things);
    // What the tree does not have is needed by what refers to it.
    let goals: Vec<Thing> = match to.outside.as_slice() {
        [] => to.things.clone(),
        outside => outside.iter().map(|(thing, _)| *thing).collect(),
    };
    let chain = Needs::new(graph).why(&starts, &goals)?;
    let mut steps: Vec<Step> = chain
        .into_iter()
        .map(|(from, need, to)| step(graph.snapshot, entity(graph, from), &need, entity(graph, to)))
        .collect();
    let last = steps.last().map(|step| step.to.clone());
    let is_last = |thing: &Thing| match &last {
        Some(last) => entity(graph, *thing) == *last,
        None => starts.contains(thing),
    };
    let outside = to.outside.iter().find(|(thing, _)| is_last(thing));
    steps.extend(
        outside.map(|(thing, need)| {
            step(graph.snapshot, entity(graph, *thing), need, to.entity.clone())
        }),
    );
    Some(steps)
}

/// What needs a target, with the distance and the reference.
fn reached(graph: &Graph<'_>, target: &Target) -> Vec<(usize, Thing, Need)> {
    let needs = Needs::new(graph);
    let mut reached = needs.impact(&target.things, |_| true);
    if !target.outside.is_empty() {
        let direct: Vec<Thing> = target.outside.iter().map(|(thing, _)| *thing).collect();
        reached = target.outside.iter().map(|(thing, need)| (1, *thing, need.clone())).collect();
        let further = needs.impact(&direct, |_| true);
        reached.extend(further.into_iter().map(|(at, thing, need)| (at + 1, thing, need)));
    }
    // What merely stands inside something that is listed says nothing more.
    reached.retain(|(_, thing, need)| {
        need.relation != Relation::DefinedIn || is_callable(graph, *thing)
    });
    reached
}

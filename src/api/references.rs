//! What needs what, in a whole tree or around one thing.

use super::query::{entity, target};
use super::{Analysis, Error};
use crate::facts::Relation;
use crate::graph::Graph;
use crate::graph::query::{Need, Needs, Thing, is_callable};
use crate::pipeline;
use crate::report::{Edge, Node, References};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// What needs, why, and what is needed.
type Link = (Thing, Need, Thing);

impl Analysis {
    /// The references of the tree that lead to something in it, with what they lead from and to.
    ///
    /// ```
    /// use crosscheck::{Analysis, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let tree = Tree::open("fixtures/library/old")?;
    /// let graph = Analysis::new(tree, &Options::new())?.references()?;
    /// let first = &graph.edges[0];
    /// assert_eq!(graph.nodes[first.from].path, "manifests/site.pp");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unfinished`] where the time of the run was over.
    pub fn references(&self) -> Result<References, Error> {
        self.drawn(|_, needs| Ok((needs.all(), Vec::new())))
    }

    /// Of these, the ones within `distance` references of `name`, in whichever direction.
    ///
    /// # Errors
    /// [`Error::Name`] where the name means nothing in the tree, or several things.
    pub fn references_around(&self, name: &str, distance: usize) -> Result<References, Error> {
        self.drawn(|graph, needs| {
            let target = target(graph, name)?;
            let outside = target.outside.iter().map(|(thing, _)| *thing);
            let things: Vec<Thing> = target.things.iter().copied().chain(outside).collect();
            Ok((needs.around(&things, distance), things))
        })
    }

    fn drawn(
        &self,
        chosen: impl FnOnce(&Graph<'_>, &Needs) -> Result<(Vec<Link>, Vec<Thing>), Error> + Send,
    ) -> Result<References, Error> {
        let snapshot = &self.whole_world()?.new;
        let policy = self.config.policy();
        self.run(|| {
            let graph = pipeline::graph(snapshot, &policy);
            let (mut chosen, centre) = chosen(&graph, &Needs::new(&graph))?;
            speaking(&graph, &mut chosen);
            let ends = chosen.iter().flat_map(|(from, _, to)| [(*from, 0), (*to, 0)]);
            let ends = ends.chain(centre.iter().map(|thing| (*thing, 0)));
            let mut nodes: BTreeMap<Thing, usize> = ends.collect();
            let told = nodes.iter_mut().enumerate().map(|(ix, (thing, at))| {
                *at = ix;
                let file = snapshot.file(thing.file);
                let own = thing.provide.and_then(|ix| file.facts.provides.get(ix as usize));
                let line = own.map_or(1, |own| snapshot.positions(thing.file, own.span).0.line);
                Node { entity: entity(&graph, *thing), path: file.entry.path.to_string(), line }
            });
            let told: Vec<Node> = told.collect();
            let edges = chosen.iter().map(|(from, need, to)| {
                let (start, _) = snapshot.positions(need.file, need.span);
                Edge {
                    from: nodes[from],
                    to: nodes[to],
                    via: need.via.to_string(),
                    path: snapshot.file(need.file).entry.path.to_string(),
                    line: start.line,
                    column: start.column,
                }
            });
            let around = centre.iter().map(|thing| nodes[thing]).collect();
            Ok(References::new(told, edges.collect(), around))
        })
    }
}

/// Leaves out what merely stands inside something else: nothing needs it, and it needs nothing.
fn speaking(graph: &Graph<'_>, chosen: &mut Vec<Link>) {
    let is_inside = |need: &Need| need.relation == Relation::DefinedIn;
    let ends = chosen.iter().filter(|(_, need, _)| !is_inside(need));
    let linked: FxHashSet<Thing> = ends.flat_map(|(from, _, to)| [*from, *to]).collect();
    chosen.retain(|(from, need, _)| {
        !is_inside(need) || linked.contains(from) || is_callable(graph, *from)
    });
}

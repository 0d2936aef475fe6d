//! Changes that follow on each other: what each brings, and which of that the later ones mend.

use super::change::{Change, Graphs};
use super::{World, apply_levels};
use crate::check::{self, Context};
use crate::facts::Ref;
use crate::finding::FindingScope;
use crate::graph::{Found, Graph, Resolution};
use crate::report::{self, Resolved, Sources};
use crate::suppress::Silences;
use crate::systems;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// What one change did.
pub struct Followed {
    /// What it brings and no silence covers, as a check against the tree before says. Each has a
    /// number, counted over all changes from 0.
    pub brought: Vec<Resolved>,
    /// Numbers of what earlier changes brought, and this one mends.
    pub mended: Vec<usize>,
}

/// What changes brought, and the trees after them have so far.
#[derive(Default)]
pub struct Walk {
    open: Vec<Open>,
    brought: usize,
    /// Fingerprints of what the tree before the next change has; `None` where it is not known.
    known: Option<FxHashSet<String>>,
    /// What was found out of that tree.
    found: Option<Found>,
}

/// A finding that a tree still has.
struct Open {
    number: usize,
    /// The file that it is in; it may move.
    path: SmolStr,
    by: By,
}

/// How a later tree shows that it has a finding.
enum By {
    /// It is found there.
    Finding(Box<Resolved>),
    /// The same reference finds nothing there. Where a tree is not authoritative for a name, only
    /// the change that takes it away is told of it.
    Need(Vec<Ref>),
}

/// What there is after a change, as it is looked up.
struct Present<'p> {
    by_fingerprint: FxHashMap<&'p str, &'p Resolved>,
    /// What stood before under another fingerprint: its text or its file is another.
    other: Vec<&'p Resolved>,
    /// Old path → new path.
    moved: FxHashMap<&'p str, &'p SmolStr>,
    graph: &'p Graph<'p>,
}

impl Walk {
    /// Judges the next change; `None` where the time was over before its end.
    pub fn step(
        &mut self,
        world: &World,
        silences: &Silences<'_>,
        sources: &Sources<'_>,
    ) -> Option<Followed> {
        let known = self.known.take();
        let change = Change { known: known.as_ref(), ..Change::of(world, silences, sources)? };
        let before = self.found.take();
        let (step, found) = change.with_graphs_over(before, |graphs| self.judge(&change, graphs));
        self.found = Some(found);
        step
    }

    /// The tree before the next change is not that of the change before, or is judged otherwise.
    pub fn forget(&mut self) {
        self.known = None;
        self.forget_graph();
    }

    /// The tree before the next change is read otherwise than it was, or its places are others.
    pub fn forget_graph(&mut self) {
        self.found = None;
    }

    fn judge(&mut self, change: &Change<'_, '_>, graphs: Graphs<'_, '_>) -> Option<Followed> {
        let mut present = Vec::new();
        let mut brought = change.brings(graphs, super::Asked::Beside, Some(&mut present));
        if change.world.new.deadline.unfinished().is_some() {
            return None;
        }
        present.retain(|own| own.scope == FindingScope::Tree);
        self.known = Some(present.iter().map(|own| own.fingerprint.clone()).collect());
        let fresh: FxHashSet<&str> = brought.iter().map(|own| own.fingerprint.as_str()).collect();
        let other = present.iter().filter(|own| !fresh.contains(own.fingerprint.as_str()));
        let after = Present {
            by_fingerprint: present.iter().map(|own| (own.fingerprint.as_str(), own)).collect(),
            other: other.collect(),
            moved: change.origins.iter().map(|(new, old)| (old.as_str(), new)).collect(),
            graph: graphs.1,
        };
        let mut mended = Vec::new();
        self.open.retain_mut(|own| {
            let stands = own.is_in(&after);
            if !stands {
                mended.push(own.number);
            }
            stands
        });
        brought.retain(|own| own.silenced.is_none());
        let ways = ways(change, graphs.1, &brought);
        for (own, by) in brought.iter().zip(ways) {
            if let Some(by) = by {
                let path = own.primary.path.clone();
                self.open.push(Open { number: self.brought, path, by });
            }
            self.brought += 1;
        }
        Some(Followed { brought, mended })
    }

    /// Whether a reference of the file at `path` is followed.
    pub fn needs_in(&self, path: &str) -> bool {
        self.open.iter().any(|own| own.path == path && matches!(own.by, By::Need(_)))
    }

    /// Numbers of what no later change mended, among all that was brought.
    pub fn standing(&self) -> impl Iterator<Item = usize> {
        self.open.iter().map(|own| own.number)
    }

    /// Those of them that a check of the tree alone is silent of: a reference stands that leads
    /// nowhere, and only a change is told of such.
    pub fn needed(&self) -> impl Iterator<Item = usize> {
        let open = self.open.iter().filter(|own| matches!(own.by, By::Need(_)));
        open.map(|own| own.number)
    }
}

/// How later trees show that they have each of `brought`; `None` of what is about the change alone.
/// A change is told of more than the tree after it would be, such as names that it is the first to
/// use: what is followed is what the tree itself shows.
fn ways(change: &Change<'_, '_>, graph: &Graph<'_>, brought: &[Resolved]) -> Vec<Option<By>> {
    if brought.is_empty() {
        return Vec::new();
    }
    let alone = alone(change, graph, brought);
    let way = |own: &Resolved| {
        let is_it = |other: &&Resolved| other.fingerprint == own.fingerprint;
        let is_about_it =
            |other: &&Resolved| other.primary.path == own.primary.path && other.entity.is_some();
        let is_there = |other: &&Resolved| {
            is_about_it(other) && other.primary.source.1 == own.primary.source.1
        };
        let is_same = |other: &&Resolved| is_about_it(other) && other.entity == own.entity;
        let find = |is: &dyn Fn(&&Resolved) -> bool| alone.iter().find(is);
        let found = find(&is_it).or_else(|| find(&is_there)).or_else(|| find(&is_same));
        if let Some(other) = found {
            return Some(By::Finding(Box::new(other.clone())));
        }
        let (file, span) = own.primary.source;
        if own.primary.tree != graph.snapshot.role {
            return None;
        }
        let requires = &graph.snapshot.file(file).facts.requires;
        let is_open = |any_of: &[Ref]| {
            matches!(graph.resolve_any(any_of), Resolution::Open(_) | Resolution::Missing(_))
        };
        let need = requires.iter().find(|own| own.span == span && is_open(&own.any_of))?;
        Some(By::Need(need.any_of.to_vec()))
    };
    brought.iter().map(way).collect()
}

/// What a check that knows no tree before finds in the files of these.
fn alone(change: &Change<'_, '_>, graph: &Graph<'_>, brought: &[Resolved]) -> Vec<Resolved> {
    let role = graph.snapshot.role;
    let here = brought.iter().filter(|own| own.primary.tree == role);
    let focus = here.map(|own| own.primary.source.0).collect();
    let packages = &change.world.packages;
    let context = Context { focus: Some(&focus), ..Context::of_change(graph, packages) };
    let found =
        apply_levels(check::run(&context, systems::all()), change.silences.config, change.sources);
    report::resolve(found, change.sources)
}

impl Open {
    /// Whether the tree after a change has it; then it is what it looks like there.
    fn is_in(&mut self, after: &Present<'_>) -> bool {
        let moved = after.moved.get(self.path.as_str()).map(|own| (*own).clone());
        let path = moved.as_ref().unwrap_or(&self.path).clone();
        let found = match &self.by {
            By::Finding(own) => after.counterpart(own, &path).map(|own| Box::new(own.clone())),
            By::Need(any_of) => {
                let needs = after.needs(any_of, &path);
                if needs {
                    self.path = path;
                }
                return needs;
            }
        };
        let Some(found) = found else { return false };
        self.path = found.primary.path.clone();
        self.by = By::Finding(found);
        true
    }
}

impl Present<'_> {
    /// What `own` looks like now, if it is there; `path` is that of its file.
    fn counterpart(&self, own: &Resolved, path: &str) -> Option<&Resolved> {
        let exact = self.by_fingerprint.get(own.fingerprint.as_str());
        let same = |other: &&&Resolved| {
            other.rule == own.rule
                && other.primary.path == path
                && (other.content_fingerprint == own.content_fingerprint
                    || (&other.entity, &other.message, other.wording)
                        == (&own.entity, &own.message, own.wording))
        };
        exact.or_else(|| self.other.iter().find(same)).copied()
    }

    /// Whether the file at `path` asks for any of these, and finds none.
    fn needs(&self, any_of: &[Ref], path: &str) -> bool {
        let Some(file) = self.graph.snapshot.find(path) else { return false };
        let requires = &self.graph.snapshot.file(file).facts.requires;
        let mut same = requires.iter().filter(|own| own.any_of[..] == *any_of);
        same.any(|own| {
            let found = self.graph.resolve_from(file, own);
            matches!(found, Resolution::Open(_) | Resolution::Missing(_))
        })
    }
}

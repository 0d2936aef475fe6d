//! What a change brings: what is found in the tree after it, without what stood before.

use super::standing::{self, only_new};
use super::{Asked, MAX_COMMITS, World, apply_levels, concerns, finish, graph, graph_over};
use crate::check::{self, Context, Stood, environment_gap};
use crate::cochange::{self, Together};
use crate::config::Config;
use crate::deadline::Work;
use crate::deploy;
use crate::finding::{Finding, FindingScope, Reach};
use crate::graph::{Found, Graph, Moved};
use crate::loader::Snapshot;
use crate::mapping::Rule;
use crate::report::{self, Resolved, Sources};
use crate::suppress::Silences;
use crate::systems;
use crate::tree::History;
use crate::twins;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::sync::Arc;

/// The graphs of both sides of a change: before it and after it.
pub type Graphs<'g, 's> = (&'g Graph<'s>, &'g Graph<'s>);

/// A world with a tree before the change.
pub struct Change<'w, 'a> {
    pub world: &'w World,
    /// The tree before.
    pub old: &'w Snapshot,
    pub silences: &'w Silences<'a>,
    pub sources: &'w Sources<'w>,
    /// Which files moved.
    pub origins: standing::Origins,
    /// Fingerprints of what is known to have stood before it, if anything is.
    pub known: Option<&'w FxHashSet<String>>,
}

impl<'w, 'a> Change<'w, 'a> {
    /// That of a world; `None` where nothing stood before.
    pub fn of(
        world: &'w World,
        silences: &'w Silences<'a>,
        sources: &'w Sources<'w>,
    ) -> Option<Self> {
        let old = world.old.as_ref()?;
        let origins = standing::origins(world);
        Some(Self { world, old, silences, sources, origins, known: None })
    }

    /// Asks of the graphs of both trees.
    pub fn with_graphs<T>(&self, ask: impl FnOnce(Graphs<'_, '_>) -> T) -> T {
        self.with_graphs_over(None, ask).0
    }

    /// The same, where `before` has been found out of the tree before already; and what was found
    /// out of the tree after the change.
    pub fn with_graphs_over<T>(
        &self,
        before: Option<Found>,
        ask: impl FnOnce(Graphs<'_, '_>) -> T,
    ) -> (T, Found) {
        let policy = self.silences.policy;
        let judged = self.world.before.as_ref().map_or(policy, |own| &own.policy);
        let old = match before {
            Some(found) => Graph::with_found(self.old, judged, found),
            None => graph(self.old, judged),
        };
        let new = graph_over(&self.world.new, policy, &old);
        (ask((&old, &new)), new.into_found())
    }

    /// What the change introduces, with silences marked. `present` receives what there is after it,
    /// whether or not it stood before.
    pub fn brings(
        &self,
        (old_graph, new_graph): Graphs<'_, '_>,
        asked: Asked,
        present: Option<&mut Vec<Resolved>>,
    ) -> Vec<Resolved> {
        let Self { world, sources, silences, .. } = *self;
        let config = silences.config;
        let moved = Moved::between(old_graph, new_graph);
        let moved = moved.as_ref();
        let stood = self.stood(asked, moved, present.is_some());
        let (findings, renamed) = self.found((old_graph, new_graph), (moved, stood));
        let mut resolved = report::resolve(apply_levels(findings, config, sources), sources);
        resolved.retain(|finding| concerns(finding, config));
        let is_followed = present.is_some();
        if let Some(present) = present {
            present.clone_from(&resolved);
        }
        self.drop_known(&mut resolved);
        // What stood before it is asked of the places alone where something stands now.
        let focus = standing::places_before(&resolved, self.old, &self.origins);
        let focus = (asked == Asked::Beside).then_some(&focus);
        let packages = world.before.as_ref().map_or(&world.packages, |own| &own.packages);
        let before = Context { focus, ..Context::of_change(old_graph, packages) };
        // Nowhere is asked for nothing.
        let is_asked = focus.is_none_or(|own| !own.is_empty());
        let old_findings = match is_asked {
            true => check::run(&before, systems::all()),
            false => Vec::new(),
        };
        if world.new.deadline.unfinished().is_some() {
            // What stood before is not known in full.
            resolved.retain(|finding| finding.scope == FindingScope::Change);
        } else {
            let old = report::resolve(apply_levels(old_findings, config, sources), sources);
            only_new(&mut resolved, &old, &self.origins);
            rename(&mut resolved, renamed, config, sources);
            report::sort(&mut resolved);
        }
        // A change that was not read brings nothing that anybody sees. Of a history it is said
        // once, for all changes.
        if !is_followed {
            let trees = [&world.new, self.old].into_iter();
            let absent = trees.flat_map(check::problems::absent).collect();
            resolved.extend(report::resolve(apply_levels(absent, config, sources), sources));
            report::sort(&mut resolved);
        }
        tell(new_graph, &mut resolved);
        finish(resolved, &world.new, Some(self.old), silences, sources)
    }

    /// Whether what stood before has to be found.
    fn stood(&self, asked: Asked, moved: Option<&Moved>, is_followed: bool) -> Stood {
        match asked {
            // Who follows a history is told what stands after each change.
            Asked::Beside if is_followed => Stood::Kept,
            Asked::Beside if moved.is_some_and(|own| !self.is_of_environments(own)) => {
                Stood::Dropped
            }
            _ => Stood::Anew,
        }
    }

    /// Whether environments are compared: what stood is told apart from what one of them lacks.
    fn is_of_environments(&self, moved: &Moved) -> bool {
        let config = self.silences.config;
        let Ok(settings) = twins::Settings::of(config) else { return true };
        let path = |file| self.world.new.file(file).entry.path.as_str();
        !config.mapping.is_empty() || moved.files().any(|own| settings.chain.has_word(path(own)))
    }

    /// Drops the findings of the tree in files in which all of them are known to have stood before.
    fn drop_known(&self, resolved: &mut Vec<Resolved>) {
        let Some(known) = self.known else { return };
        let is_tree = |own: &Resolved| own.scope == FindingScope::Tree;
        let unknown =
            resolved.iter().filter(|own| is_tree(own) && !known.contains(&own.fingerprint));
        let unknown: FxHashSet<SmolStr> = unknown.map(|own| own.primary.path.clone()).collect();
        resolved.retain(|own| !is_tree(own) || unknown.contains(&own.primary.path));
    }

    /// What is found after the change, and what is to be said in place of references that only
    /// another environment can follow.
    fn found(
        &self,
        (old_graph, new_graph): Graphs<'_, '_>,
        (moved, stood): (Option<&Moved>, Stood),
    ) -> (Vec<Finding>, Vec<Finding>) {
        let Silences { config, today, .. } = *self.silences;
        let mut renamed = Vec::new();
        let change = Context {
            old: Some(old_graph),
            joined: &config.joined,
            moved,
            stood,
            ..Context::of_change(new_graph, &self.world.packages)
        };
        let mut findings = check::run(&change, systems::all());
        let rules = config.mapping.iter().map(|own| Rule::new(&own.staging, &own.production));
        let rules: Vec<Rule> = rules.collect();
        let deadline = &self.world.new.deadline;
        if !rules.is_empty() && deadline.allows(Work::Checks) {
            let gaps = environment_gap::of_change(&rules, old_graph, new_graph);
            findings = environment_gap::told(findings, gaps);
        }
        if deadline.allows(Work::Checks) {
            renamed = beside(&mut findings, self.world, config, old_graph, new_graph);
        }
        if deadline.allows(Work::Checks) && config.levels().has("co-change") {
            findings.extend(self.left_out());
        }
        // Where nothing says how changes reach the hosts, any order would be a guess.
        if let Some(settings) = &config.rollout
            && deadline.allows(Work::Checks)
        {
            let joined = &config.joined;
            let families = &config.packs.0.families;
            let way = deploy::findings(old_graph, new_graph, settings, joined, families, today);
            // An order that some needs are missing from is none.
            if deadline.unfinished().is_none() {
                findings.extend(way);
            }
        }
        (findings, renamed)
    }
}

impl Change<'_, '_> {
    /// What usually changes with the files of the change, and does not.
    fn left_out(&self) -> Vec<Finding> {
        let together = self.world.together.clone().or_else(|| {
            let (label, repository) = self.world.origin.as_ref()?;
            // Each commit is compared with its parent, the oldest one too.
            let history = History::of(label, repository, cochange::COMMITS + 1)?;
            Some(Arc::new(Together::of(&history, &self.world.new.deadline)?))
        });
        together.map_or_else(Vec::new, |own| cochange::findings(&own, self.old, &self.world.new))
    }
}

/// Tells of what is left what leads to its text.
fn tell(graph: &Graph<'_>, resolved: &mut [Resolved]) {
    for own in resolved.iter_mut().filter(|own| own.reach == Some(Reach::Untold)) {
        let (file, span) = own.primary.source;
        own.reach = check::in_use::reach(graph, file, span);
    }
}

/// Adds what a change leaves behind in an environment. Returns what is to be said in place of
/// references that only another environment can follow.
fn beside(
    findings: &mut Vec<Finding>,
    world: &World,
    config: &Config,
    old: &Graph<'_>,
    new: &Graph<'_>,
) -> Vec<Finding> {
    // A glob that cannot be used is refused before.
    let Ok(settings) = twins::Settings::of(config) else { return Vec::new() };
    let renamed = findings.iter().filter_map(|own| twins::relabel(&settings, new, own));
    let renamed: Vec<Finding> = renamed.collect();
    let history = || {
        let (label, repository) = world.origin.as_ref()?;
        History::of(label, repository, MAX_COMMITS)
    };
    let change = twins::Change { old, new, settings: &settings };
    // What `mapping` pairs has been compared.
    if config.mapping.is_empty() {
        let twins = change.twins().into_iter();
        let twins = twins.map(|(here, there)| environment_gap::Twins { here, there });
        let mut gaps = environment_gap::of_twins(&twins.collect::<Vec<_>>(), old, new);
        gaps.retain(|gap| !findings.iter().any(|own| own.primary == gap.primary));
        findings.extend(gaps);
    }
    let left = change.left_behind(history);
    // What a reference needs is told of there.
    let needed = |own: &Finding| {
        let Some((entity, place)) = own.entity.as_ref().zip(own.related.first()) else {
            return false;
        };
        let last = entity.name.rsplit([' ', '/']).next().unwrap_or_default();
        renamed.iter().any(|other| {
            let is_there = || other.related.iter().any(|own| own.place.file == place.place.file);
            other.entity.as_ref().is_some_and(|own| own.shown().ends_with(last)) && is_there()
        })
    };
    findings.extend(left.into_iter().filter(|own| !needed(own)));
    renamed
}

/// Puts what is `renamed` in the place of what stands there. What the old tree has too has been
/// dropped by its own name.
fn rename(
    resolved: &mut [Resolved],
    renamed: Vec<Finding>,
    config: &Config,
    sources: &Sources<'_>,
) {
    for own in report::resolve(apply_levels(renamed, config, sources), sources) {
        let is_same = |other: &&mut Resolved| {
            other.rule == "unresolved-reference"
                && other.primary.source == own.primary.source
                && other.entity == own.entity
        };
        if let Some(other) = resolved.iter_mut().find(is_same) {
            *other = own;
        }
    }
}

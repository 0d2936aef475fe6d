//! One run from trees to findings.

mod change;
mod follow;
mod quiet;
mod standing;

pub use follow::Walk;
pub use quiet::Quiet;

use change::Change;

use crate::check::{self, Context};
use crate::cochange::Together;
use crate::config::{self, Config, ConfigError};
use crate::extract::{Layout, Told};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, Policy};
use crate::loader::{FileIx, Loader, Role, Snapshot};
use crate::packages::{Index, Known};
use crate::packs;
use crate::report::{self, Resolved, Sources};
use crate::suppress::{self, Baseline, Extent, Silences};
use crate::systems;
use crate::tree::{EntryKind, Refused, Tree};
use globset::{Glob, GlobSetBuilder};
use rustc_hash::FxHashSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Most commits that are read to find what came together.
const MAX_COMMITS: usize = 2_000;

/// The trees of a run with their facts.
pub struct World {
    /// The tree that is checked.
    pub new: Snapshot,
    /// The tree before the change.
    pub old: Option<Snapshot>,
    /// What is known about packages.
    pub packages: Known,
    /// What judges the old tree.
    pub before: Option<Judged>,
    /// How the old tree was opened, and the repository that it is looked up in.
    pub origin: Option<(String, PathBuf)>,
    /// What the history before the change has changed together, where that is known already.
    pub together: Option<Arc<Together>>,
}

/// What a tree is judged by.
pub struct Judged {
    /// Where it is authoritative.
    pub policy: Policy,
    /// What is known about packages.
    pub packages: Known,
}

impl World {
    /// Whether any file of either tree belongs to a known system, or is a link.
    pub fn has_facts(&self) -> bool {
        let mut files = std::iter::once(&self.new).chain(&self.old).flat_map(|tree| &tree.files);
        files.any(|file| !file.systems.is_empty() || file.entry.kind == EntryKind::Symlink)
    }

    /// The tree before the change, and what judges it.
    pub fn before(&self) -> Option<(&Snapshot, &Judged)> {
        self.old.as_ref().zip(self.before.as_ref())
    }

    /// Contents of all trees.
    pub fn sources(&self) -> Sources<'_> {
        Sources::new(std::iter::once(&self.new).chain(&self.old).collect())
    }
}

/// Reads the configuration at a tree's root; the default where there is none.
///
/// # Errors
/// What is wrong with it, or that it has a name which is not looked for.
pub fn discover_config(tree: &dyn Tree) -> Result<Config, ConfigError> {
    let failed = |reason: String| ConfigError::new(reason).in_file(config::FILE_NAME);
    let bytes = match crate::tree::read_named(tree, config::FILE_NAME) {
        Ok(bytes) => bytes,
        Err(Refused::Absent) => {
            let is_there = |name: &&&str| {
                tree.entries().binary_search_by(|entry| entry.path.as_str().cmp(name)).is_ok()
            };
            let other = config::OTHER_NAMES.iter().find(is_there);
            return other.map_or(Ok(Config::default()), |name| Err(config::misnamed(name)));
        }
        Err(refused) => return Err(failed(format!("it is not read: {refused}"))),
    };
    let text = String::from_utf8(bytes).map_err(|_| failed("not valid UTF-8".to_owned()))?;
    Config::parse(&text).map_err(|error| error.in_file(config::FILE_NAME))
}

/// The baseline that a tree's configuration names, a file of the tree; `None` where there is
/// no such file.
///
/// # Errors
/// A message that names the file.
pub fn baseline_in(tree: &dyn Tree, path: &str) -> Result<Option<Baseline>, String> {
    let bytes = match crate::tree::read_named(tree, path) {
        Ok(bytes) => bytes,
        Err(Refused::Absent) => return Ok(None),
        Err(refused) => {
            return Err(format!("{}: `baseline: {path}` is refused: {refused}", config::FILE_NAME));
        }
    };
    let text = String::from_utf8(bytes).map_err(|_| format!("{path}: not valid UTF-8"))?;
    let baseline = Baseline::parse(&text).map_err(|error| format!("{path}: {error}"))?;
    let path = path.trim_start_matches("./").to_owned();
    Ok(Some(Baseline { path: Some(path), ..baseline }))
}

/// Adds what a tree says beside its configuration file: the packs in `.crosscheck/packs/`,
/// and which folders its hierarchies read data from.
///
/// # Errors
/// A message that names the file.
pub fn discover_settings(tree: &dyn Tree, config: &mut Config) -> Result<(), String> {
    let prefix = format!("{}/", packs::FOLDER);
    let entries = tree.entries();
    // Packs that were left out would leave their author to believe that they hold.
    if let Err(refused @ (Refused::Link | Refused::Sort)) =
        crate::tree::read_named(tree, packs::FOLDER)
        && !entries.iter().any(|entry| entry.path.starts_with(&prefix))
    {
        return Err(format!("{} is not read: {refused}", packs::FOLDER));
    }
    let odd = |problem: &&crate::tree::TreeProblem| {
        problem.path.starts_with(&prefix) && problem.path.ends_with(".yaml")
    };
    if let Some(problem) = tree.problems().iter().find(odd) {
        return Err(format!("{} is not read: {}", problem.path, problem.message));
    }
    let from = entries.partition_point(|entry| entry.path.as_str() < prefix.as_str());
    let own = entries[from..].iter().take_while(|entry| entry.path.starts_with(&prefix));
    for entry in own.filter(|entry| entry.path.ends_with(".yaml")) {
        let bytes = crate::tree::read_named(tree, &entry.path)
            .map_err(|refused| format!("{} is not read: {refused}", entry.path))?;
        let text =
            String::from_utf8(bytes).map_err(|_| format!("{}: not valid UTF-8", entry.path))?;
        config.add_pack(&text).map_err(|error| format!("{}: {error}", entry.path))?;
    }
    systems::settings(tree, &mut config.told);
    Ok(())
}

/// The tree before a change, and the configuration that it is read and judged by.
pub struct Before {
    /// The tree.
    pub tree: Arc<dyn Tree>,
    /// See [`config_before`].
    pub config: Config,
}

/// Extracts facts of both trees with the loader of `config`; what they share, and is read
/// alike, is read once.
pub fn load(
    config: &Config,
    loader: &Loader,
    new: Arc<dyn Tree>,
    old: Option<&Before>,
    indexes: Vec<Index>,
) -> World {
    let new = loader.load(Role::New, new);
    let load =
        |own: &'_ Before| loader.load_with(Role::Old, own.tree.clone(), own.config.settings());
    world(config, new, old.map(|own| (load(own), &own.config)), indexes)
}

/// A tree that was read by `config`, and perhaps the one before it with its own.
pub fn world(
    config: &Config,
    new: Snapshot,
    old: Option<(Snapshot, &Config)>,
    indexes: Vec<Index>,
) -> World {
    let packages = config.known(indexes);
    let Some((old, own)) = old else {
        return World { new, old: None, packages, before: None, origin: None, together: None };
    };
    let known = own.known(Vec::new());
    let before = Judged {
        policy: own.policy(),
        packages: Known { indexes: packages.indexes.clone(), ..known },
    };
    World { new, old: Some(old), packages, before: Some(before), origin: None, together: None }
}

/// The configuration that the tree before a change is read and judged by: what that tree says
/// itself, so that a raised version, a changed hierarchy or an entry that goes is a part of the
/// change. `config` is the new tree's. It holds for the old one too where the command line
/// names it, where the old tree has none, and where the old tree's cannot be read.
pub fn config_before(config: &Config, old: &dyn Tree) -> Config {
    let is_there = old.entries().iter().any(|entry| entry.path == config::FILE_NAME);
    let found = (config.source == config::Source::Found && is_there)
        .then(|| discover_config(old).ok())
        .flatten();
    let mut own = found.unwrap_or_else(|| config.clone());
    // A version that is stated for the first time is no upgrade.
    for (program, version) in &config.versions {
        own.versions.entry(program.clone()).or_insert_with(|| version.clone());
    }
    if own.haproxy.version.is_none() {
        own.haproxy.version.clone_from(&config.haproxy.version);
    }
    own.packs = config::Packs::default();
    own.told = Told::default();
    if discover_settings(old, &mut own).is_err() {
        return config.clone();
    }
    // One Puppet runs both, whichever of them shows its version.
    if own.told.layout.names != config.told.layout.names {
        own.told.layout =
            Arc::new(Layout { names: config.told.layout.names, ..(*own.told.layout).clone() });
    }
    let packs = format!("{}/", packs::FOLDER);
    if !old.entries().iter().any(|entry| entry.path.starts_with(&packs)) {
        own.packs = config.packs.clone();
    }
    own.joined.clone_from(&config.joined);
    own
}

/// A loader with a configuration's settings.
///
/// # Errors
/// A message where a path glob of the configuration is malformed.
pub fn loader(config: &Config) -> Result<Loader, String> {
    let mut exclude = GlobSetBuilder::new();
    for glob in &config.exclude {
        exclude.add(Glob::new(glob).map_err(|error| error.to_string())?);
    }
    let exclude = exclude.build().map_err(|error| error.to_string())?;
    Ok(Loader::new(systems::readers(), config.settings(), exclude))
}

/// What all systems bring to a run.
pub fn systems() -> check::Systems {
    systems::all()
}

/// The graph of a tree under what configuration declares, with the names of every system.
pub fn graph<'s>(snapshot: &'s Snapshot, policy: &'s Policy) -> Graph<'s> {
    Graph::with_policy(snapshot, policy, systems::names)
}

/// The same, over the graph of a tree that differs in few files.
fn graph_over<'s>(snapshot: &'s Snapshot, policy: &'s Policy, before: &Graph<'_>) -> Graph<'s> {
    Graph::over(snapshot, policy, systems::names, before)
}

/// Where findings of the tree before a change are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Where something is found now: nothing else is compared.
    Beside,
    /// Everywhere, to no other end than to show that the answer is the same.
    #[cfg(test)]
    Everywhere,
}

/// Runs every check over the world and returns its findings, resolved, with silences
/// marked and the configured severities. With an old tree, only what the change
/// introduces is left.
pub fn check(
    world: &World,
    silences: &Silences<'_>,
    sources: &Sources<'_>,
    asked: Asked,
) -> Vec<Resolved> {
    let Silences { config, policy, .. } = *silences;
    if let Some(change) = Change::of(world, silences, sources) {
        return change.with_graphs(|graphs| change.brings(graphs, asked, None));
    }
    let own = graph(&world.new, policy);
    let findings = check::run(&Context::of_tree(&own, &world.packages), systems::all());
    let mut resolved = report::resolve(apply_levels(findings, config, sources), sources);
    resolved.retain(|finding| concerns(finding, config));
    finish(resolved, &world.new, None, silences, sources)
}

/// The findings of a tree by its graph, which is there already; in some files alone where `focus`
/// names them. What many places have in common is then told place by place.
pub fn check_graph(
    graph: &Graph<'_>,
    packages: &Known,
    focus: Option<&FxHashSet<FileIx>>,
    silences: &Silences<'_>,
    sources: &Sources<'_>,
) -> Vec<Resolved> {
    let context = Context { focus, ..Context::of_tree(graph, packages) };
    let checks = focus.map(|own| {
        let files = own.iter().map(|file| graph.snapshot.file(*file));
        systems::checks_of(&files.flat_map(|file| file.systems.iter().copied()).collect())
    });
    let checks = checks.as_deref().unwrap_or(systems::checks());
    let findings = apply_levels(check::run_with(&context, checks), silences.config, sources);
    let mut resolved = report::resolve(findings, sources);
    resolved.retain(|finding| concerns(finding, silences.config));
    finish(resolved, graph.snapshot, None, silences, sources)
}

/// What is wrong within the files of a tree of which some were not read. Of a change nothing: what
/// stood before is not known.
pub fn check_within_files(
    world: &World,
    silences: &Silences<'_>,
    sources: &Sources<'_>,
) -> Vec<Resolved> {
    let findings = match world.old {
        Some(_) => Vec::new(),
        None => {
            let graph = graph(&world.new, silences.policy);
            check::run_within_files(&Context::of_tree(&graph, &world.packages))
        }
    };
    let resolved = report::resolve(apply_levels(findings, silences.config, sources), sources);
    finish(resolved, &world.new, world.old.as_ref(), silences, sources)
}

/// Whether a finding is about the main tree. A joined tree is there for what it says about
/// the main one: its own defects are its own repository's business. What two repositories have
/// with each other, of which there are facts alone, is theirs too: they may be hundreds.
fn concerns(finding: &Resolved, config: &Config) -> bool {
    let unit = |path: &str| crate::facts::joined_in(&config.joined, path);
    let is_given = |path: &str| crate::facts::joined_in(&config.given, path).is_some();
    let mut places = finding.related.iter().map(|(_, place)| place);
    if is_given(&finding.primary.path) && places.all(|place| is_given(&place.path)) {
        return false;
    }
    let own = unit(&finding.primary.path);
    own.is_none() || finding.related.iter().any(|(_, place)| unit(&place.path) != own)
}

/// Marks what is silenced and adds the notes on silences. With `before`, the tree before the
/// change, the findings are only those that the change brings, and so are the notes.
pub fn finish(
    mut resolved: Vec<Resolved>,
    snapshot: &Snapshot,
    before: Option<&Snapshot>,
    silences: &Silences<'_>,
    sources: &Sources<'_>,
) -> Vec<Resolved> {
    let config = silences.config;
    let is_cut = snapshot.deadline.unfinished().is_some();
    let extent = if before.is_some() || is_cut { Extent::Change } else { Extent::Whole };
    let mut notes = suppress::apply(&mut resolved, silences, sources, snapshot, extent);
    if is_cut {
        notes.clear();
    }
    let mut notes = report::resolve(apply_levels(notes, config, sources), sources);
    if let Some(before) = before {
        let stood =
            report::resolve(apply_levels(suppress::unexplained(before), config, sources), sources);
        let stood: FxHashSet<&str> = stood.iter().map(|note| note.fingerprint.as_str()).collect();
        notes.retain(|note| !stood.contains(note.fingerprint.as_str()));
    }
    if !notes.is_empty() {
        resolved.extend(notes);
        report::sort(&mut resolved);
    }
    resolved
}

/// Applies configured levels: a rule that is off is dropped. A rule that the catalogue has off
/// by default runs only where configured.
pub fn apply_levels(
    findings: Vec<Finding>,
    config: &Config,
    sources: &Sources<'_>,
) -> Vec<Finding> {
    let levels = config.levels();
    let levelled = |mut finding: Finding| {
        let Place { tree, file, .. } = finding.primary;
        let path = sources.snapshot(tree).map(|own| own.file(file).entry.path.as_str());
        let path = path.unwrap_or_default();
        finding.severity = levels.severity(finding.rule, path, finding.severity)?;
        Some(finding)
    };
    findings.into_iter().filter_map(levelled).collect()
}

//! What `kustomize build` makes of a root: its objects with all patches done, as far as everything
//! that it is built of is in the tree.
//!
//! (Source: `KustTarget` of Kustomize 5.5: resources, then generators, then components, then
//! patches, namespace, names, labels, replicas, images and replacements, in this order.)

mod builder;
mod entries;
mod hashed;
mod left;
mod merged;
mod pods;
mod replaced;
mod routes;
mod selected;
mod stepped;
mod targets;
mod tree;
mod twins;

use super::FILES;
use crate::check::{Check, Context};
use crate::facts::{Entity, Relation, base_name, kinds};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, View};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::{Arc, Mutex, PoisonError};
use tree::{At, Tree};

pub(super) const CHECKS: [Check; 3] = [check, left::check, twins::check];

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<AllBuilt>();
}

/// An object that a root builds.
#[derive(Clone, Debug)]
struct Object {
    kind: SmolStr,
    version: SmolStr,
    /// All that it was called on the way, the last one last.
    names: Vec<SmolStr>,
    namespace: Option<SmolStr>,
    tree: Tree,
    /// Its name, where it was first said.
    at: At,
    /// Whether a patch changes it in a way that is not told here.
    is_open: bool,
    /// Whether a hash of its contents is added to its name.
    is_hashed: bool,
}

impl Object {
    fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    fn name(&self) -> &str {
        self.names.first().map(SmolStr::as_str).unwrap_or_default()
    }

    fn shown(&self) -> String {
        format!("{}/{}", self.kind, self.name())
    }

    /// Whether two objects may be in one namespace.
    fn is_beside(&self, other: &Self) -> bool {
        match (&self.namespace, &other.namespace) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        }
    }
}

/// What a root names, and nothing that it builds has.
#[derive(Clone, Debug)]
struct Unmatched {
    at: At,
    name: SmolStr,
}

/// An operation of a patch that its object cannot take: nothing is built then.
#[derive(Clone, Debug)]
struct Failed {
    at: At,
    word: String,
    path: String,
    missing: String,
    object: Arc<Object>,
}

/// What a root builds.
#[derive(Clone, Default)]
struct Built {
    objects: Vec<Arc<Object>>,
    /// The files of all roots that it is built of, and those of their objects.
    files: Vec<FileIx>,
    failed: Option<Failed>,
    /// Images and replicas of the root itself that it has nothing for.
    images: Vec<Unmatched>,
    replicas: Vec<Unmatched>,
    /// What patches are for by a label, or in a component, and whether anything is that.
    targets: Vec<(Unmatched, bool)>,
    /// Whether fields of other kinds may hold images and numbers of replicas.
    is_configured: bool,
    /// Whether a controller adds patches or components to it.
    is_added_to: bool,
}

impl Built {
    /// The one object of a kind and name that another one names.
    fn named(&self, kind: &str, name: &str, by: &Object) -> Option<&Arc<Object>> {
        let mut all = self
            .objects
            .iter()
            .filter(|own| own.kind == kind && own.is_called(name) && own.is_beside(by));
        let first = all.next()?;
        all.next().is_none().then_some(first)
    }
}

/// What was built, by the folders of roots; nothing where that is not known.
#[derive(Default)]
struct AllBuilt(Mutex<FxHashMap<SmolStr, Option<Arc<Built>>>>);

impl View for AllBuilt {
    fn of(_: &Graph<'_>) -> Self {
        Self::default()
    }
}

/// How deep roots are built of others.
const MAX_DEPTH: usize = 20;

/// What the root in a folder builds; nothing where that is not known.
fn built(graph: &Graph<'_>, folder: &str, depth: usize) -> Option<Arc<Built>> {
    let all = &graph.view::<AllBuilt>()?.0;
    let known = || all.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known().get(folder) {
        return found.clone();
    }
    if depth > MAX_DEPTH {
        return None;
    }
    let found = builder::build(graph, folder, depth).map(Arc::new);
    known().insert(folder.into(), found.clone());
    found
}

/// The file of the root in a folder.
fn root_file(graph: &Graph<'_>, folder: &str) -> Option<FileIx> {
    FILES.iter().find_map(|name| graph.snapshot.find(&crate::facts::path_in(folder, name)))
}

/// The folders and files that roots are built of.
fn parts<'g>(graph: &'g Graph<'_>) -> FxHashSet<&'g str> {
    let roots =
        graph.snapshot.files.iter().filter(|own| FILES.contains(&base_name(&own.entry.path)));
    let all = roots.flat_map(|own| &own.facts.requires);
    let named = all.filter(|own| own.relation == Relation::Includes).flat_map(|own| &own.any_of);
    let paths = named.filter(|own| own.kind == kinds::KUSTOMIZE_PATH);
    paths.filter_map(|own| own.name.as_exact().map(SmolStr::as_str)).collect()
}

/// The folders of roots that are live.
fn live<'g>(graph: &'g Graph<'_>) -> impl Iterator<Item = (&'g SmolStr, FileIx)> {
    graph.all(kinds::KUSTOMIZE_ROOT).iter().filter_map(|(folder, site)| {
        let is_live = graph.snapshot.file(site.file).standing.is_live();
        (is_live && !graph.is_loose(site.file)).then_some((folder, site.file))
    })
}

/// Whether a folder holds a component: what it is built of is not told by itself.
fn is_component(graph: &Graph<'_>, folder: &str) -> bool {
    let Some(file) = root_file(graph, folder) else { return false };
    let contents = graph.snapshot.contents(file);
    let text = String::from_utf8_lossy(&contents);
    text.lines().any(|line| line.starts_with("kind:") && line.contains("Component"))
}

/// What is wrong with what roots build.
fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let parts = parts(graph);
    let mut told = Told { graph, root: String::new(), places: FxHashSet::default(), findings };
    let mut targets = targets::Targets::default();
    for (folder, file) in live(graph) {
        if is_component(graph, folder) {
            continue;
        }
        told.root = match folder.as_str() {
            "" => graph.snapshot.file(file).entry.path.to_string(),
            own => own.to_owned(),
        };
        let Some(built) = built(graph, folder, 0) else {
            targets.add_unknown(graph, file);
            continue;
        };
        targets.add(&built, &told.root);
        if let Some(failed) = &built.failed {
            failed_told(failed, &mut told);
            continue;
        }
        entries::check(&built, &mut told);
        // What others build of has what it needs there.
        let path = root_file(graph, folder).map(|own| &graph.snapshot.file(own).entry.path);
        let is_part =
            parts.contains(folder.as_str()) || path.is_some_and(|own| parts.contains(own.as_str()));
        if !is_part && !built.is_added_to {
            pods::check(&built, &mut told);
            routes::check(&built, &mut told);
            hashed::check(&built, &mut told);
        }
    }
    targets.check(&mut told);
}

fn failed_told(failed: &Failed, told: &mut Told<'_, '_>) {
    let object = failed.object.shown();
    let message = format!(
        "`{}` of `{}` cannot be done to `{object}`, which has no `{}` there",
        failed.word, failed.path, failed.missing
    );
    let entity = Entity::new(kinds::KUSTOMIZE_TARGET, format!("{object}{}", failed.path));
    let help = "`kustomize build` refuses the root: correct the path, or take the operation out";
    told.add(
        failed.at,
        message,
        |own| own.label("patched here").help(help).entity(entity),
        Some(("the object", failed.object.at)),
    );
}

/// Findings of all roots, each place once.
struct Told<'g, 'f> {
    graph: &'g Graph<'g>,
    /// The folder of the root that is looked at, as messages name it.
    root: String,
    places: FxHashSet<At>,
    findings: &'f mut Vec<Finding>,
}

impl Told<'_, '_> {
    fn place(&self, at: At) -> Place {
        Place { tree: self.graph.snapshot.role, file: at.file, span: at.span }
    }

    fn add(
        &mut self,
        at: At,
        message: String,
        more: impl FnOnce(Finding) -> Finding,
        related: Option<(&str, At)>,
    ) {
        if !self.places.insert(at) {
            return;
        }
        let mut own = more(Finding::new("unresolved-reference", message, self.place(at)));
        if let Some((message, at)) = related {
            own = own.related(message, self.place(at));
        }
        self.findings.push(own);
    }
}

/// What a file of a root is for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Root,
    /// It changes what the root builds that has it.
    Component,
}

//! Inventories that stand side by side: a variable that one sets and its twin does not.

use super::names::is_supplied_at;
use crate::check::Context;
use crate::facts::{Entity, Kind, NamePattern, Relation, Span, base_name, kinds, parent_folder};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

const VARIABLE: Kind = kinds::ANSIBLE_VARIABLE;

/// Words for environments, as parts of names.
const ENVIRONMENTS: [&str; 14] = [
    "production",
    "prod",
    "prd",
    "live",
    "staging",
    "stage",
    "stg",
    "preprod",
    "testing",
    "test",
    "development",
    "dev",
    "uat",
    "qa",
];

/// Variables that the inventories of all environments but one set, and that something reads.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let families = families(graph);
    if families.is_empty() {
        return;
    }
    let mut readers = None;
    for (name, sites) in by_name(graph) {
        for family in &families {
            let Some((site, twin)) = gap(graph, family, &sites) else { continue };
            let readers = readers.get_or_insert_with(|| readers_of(graph));
            let Some(&(file, span)) = readers.get(name) else { continue };
            let path = &graph.snapshot.file(file).entry.path;
            let entity = Entity::new(VARIABLE, name);
            if is_supplied_at(graph, path, name)
                || graph.may_be_set(&entity)
                || graph.is_loose(file)
            {
                continue;
            }
            findings.push(finding(graph, entity, (file, span), site, twin));
        }
    }
}

/// The folders of inventories that stand in one folder.
type Family<'g> = BTreeSet<&'g str>;

fn families<'g>(graph: &'g Graph<'_>) -> Vec<Family<'g>> {
    let mut families: BTreeMap<&str, Family<'g>> = BTreeMap::new();
    for path in graph.paths.all() {
        let Some((root, _)) = path.split_once("/group_vars/") else { continue };
        let holder = parent_folder(root);
        let mut words = base_name(root).split(['-', '_', '.']);
        if words.any(|word| ENVIRONMENTS.contains(&word)) {
            families.entry(holder).or_default().insert(root);
        }
    }
    families.into_values().filter(|family| family.len() > 1).collect()
}

/// The rest of a path in a folder.
fn inside<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}

fn by_name<'g>(graph: &'g Graph<'_>) -> BTreeMap<&'g str, Vec<Site>> {
    let mut sites: BTreeMap<&str, Vec<Site>> = BTreeMap::new();
    for (name, site) in graph.all(VARIABLE) {
        sites.entry(name).or_default().push(*site);
    }
    sites
}

/// Where a variable is set that one inventory of the family lacks, and the file of that one that
/// would set it.
fn gap(graph: &Graph<'_>, family: &Family<'_>, sites: &[Site]) -> Option<(Site, FileIx)> {
    let path = |site: &Site| graph.snapshot.file(site.file).entry.path.as_str();
    let root = |site: &Site| family.iter().find(|root| inside(root, path(site)).is_some());
    let roots: Option<BTreeSet<&str>> = sites.iter().map(|site| root(site).copied()).collect();
    let having = roots?;
    let mut lacking = family.iter().filter(|root| !having.contains(*root));
    let twin = lacking.next()?;
    if lacking.next().is_some() || !is_whole(graph, twin) {
        return None;
    }
    sites.iter().find_map(|site| {
        let inner = inside(root(site)?, path(site))?;
        let file = graph.snapshot.find(&format!("{twin}/{inner}"))?;
        inner.starts_with("group_vars/").then_some((*site, file))
    })
}

/// Whether all that an inventory sets was read.
fn is_whole(graph: &Graph<'_>, root: &str) -> bool {
    let any = graph.patterns(VARIABLE).iter().filter(|(name, _)| *name == NamePattern::any());
    let mut any = any.map(|(_, site)| &graph.snapshot.file(site.file).entry.path);
    any.all(|path| inside(root, path).is_none())
        && graph.paths.under(root).all(|(file, _)| !graph.is_partly_read(file))
}

/// The first place that reads each variable, whatever the case.
fn readers_of<'g>(graph: &'g Graph<'_>) -> FxHashMap<&'g str, (FileIx, Span)> {
    let mut readers = FxHashMap::default();
    let mut seen: FxHashSet<&SmolStr> = FxHashSet::default();
    for (ix, file) in graph.asking(&[VARIABLE]) {
        let reads = file.facts.requires.iter().filter(|own| own.relation == Relation::FilledIn);
        for require in reads.filter(|_| file.standing.is_live()) {
            let Some(target) = require.any_of.first().filter(|own| own.kind == VARIABLE) else {
                continue;
            };
            if let Some(name) = target.name.as_exact().filter(|name| seen.insert(*name)) {
                readers.insert(name.as_str(), (ix, require.span));
            }
        }
    }
    readers
}

fn finding(
    graph: &Graph<'_>,
    entity: Entity,
    (file, span): (FileIx, Span),
    site: Site,
    twin: FileIx,
) -> Finding {
    let place = |file, span| Place { tree: graph.snapshot.role, file, span };
    let path = |file| &graph.snapshot.file(file).entry.path;
    let (own, lacks) = (path(site.file), path(twin));
    let message = format!("`{}` is set in {own} and not in {lacks}", entity.name);
    Finding::new("environment-gap", message, place(file, span))
        .severity(Severity::Note)
        .label("read here")
        .help(format!("add `{}` to {lacks} with its own value, or give it a default", entity.name))
        .related("set here", place(site.file, site.span))
        .related("its counterpart lacks it", place(twin, Span::default()))
        .entity(entity)
}

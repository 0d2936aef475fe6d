//! `missing-package` and `unavailable-version`.

use super::Context;
use crate::facts::{Detail, Entity, Kind, NamePattern, Property, Strength, kinds, parent_folder};
use crate::finding::{Finding, Place, Severity};
use crate::graph::query::{Needs, Thing};
use crate::graph::{Graph, Resolution};
use crate::loader::{FileIx, Role};
use crate::packages::{Index, version::is_glob};
use crate::packs::Family;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Packages and deployed paths that hold in the part of the tree that deploys a file.
struct Scope<'g> {
    packages: Vec<(&'g NamePattern, Place)>,
    paths: Vec<&'g NamePattern>,
}

/// The folder of the module or role that a file belongs to.
fn unit(path: &str) -> &str {
    for part in ["/templates/", "/files/", "/manifests/", "/tasks/"] {
        if let Some(at) = path.find(part) {
            return &path[..at];
        }
    }
    parent_folder(path)
}

impl<'g> Scope<'g> {
    /// Everything that the hosts that get `file` install: what its module or role says,
    /// and all that the roots which reach it reach.
    fn of(graph: &'g Graph<'_>, needs: &Needs, file: FileIx) -> Self {
        let own = unit(&graph.snapshot.file(file).entry.path);
        let mut starts = vec![Thing { file, provide: None }];
        let mut files: FxHashSet<FileIx> = graph.paths.under(own).map(|(ix, _)| ix).collect();
        for ix in graph.paths.under(own).map(|(ix, _)| ix) {
            let provides = graph.snapshot.file(ix).facts.provides.len() as u32;
            starts.push(Thing { file: ix, provide: None });
            starts.extend((0..provides).map(|provide| Thing { file: ix, provide: Some(provide) }));
        }
        for thing in needs.scope(&starts) {
            files.insert(thing.file);
        }
        let mut files: Vec<FileIx> = files.into_iter().collect();
        files.sort_unstable();
        let mut scope = Self { packages: Vec::new(), paths: Vec::new() };
        for ix in files {
            for provide in &graph.snapshot.file(ix).facts.provides {
                if provide.kind == kinds::PACKAGE {
                    let place = Place { tree: graph.snapshot.role, file: ix, span: provide.span };
                    scope.packages.push((&provide.name, place));
                } else if provide.kind.has(Property::DECLARED)
                    || provide.kind == kinds::DEPLOYED_PATH
                {
                    scope.paths.push(&provide.name);
                }
            }
        }
        scope
    }

    fn installs(&self, family: &Family, name: &str) -> bool {
        self.packages.iter().any(|(package, _)| match package.as_exact() {
            Some(package) => family.brings(package, name),
            // A computed name may be the one.
            None => {
                package.prefix().len() < family.base.len()
                    || package.prefix().starts_with(&family.base)
            }
        })
    }

    fn deploys(&self, family: &Family, name: &str) -> bool {
        let part = family.path.replace("{}", name);
        self.paths.iter().any(|path| path.to_string().contains(&part))
    }

    /// A package of the family: the proof that this scope brings such things by package.
    fn witness(&self, family: &Family) -> Option<Place> {
        let is_member = |package: &NamePattern| {
            package.as_exact().is_some_and(|package| family.member(package).is_some())
        };
        self.packages.iter().find(|(package, _)| is_member(package)).map(|(_, place)| *place)
    }
}

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    missing(context, findings);
    unavailable(context, findings);
}

fn missing(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut needs = None;
    let mut others: Vec<(&Graph<'_>, Option<Needs>)> =
        context.old.into_iter().chain(context.staging).map(|graph| (graph, None)).collect();
    let families: Vec<Kind> = context.packages.packs.families.iter().map(|own| own.kind).collect();
    for (ix, file) in graph.asking(&families) {
        for require in &file.facts.requires {
            let Some(target) = require.any_of.first() else { continue };
            let Some(family) =
                context.packages.packs.families.iter().find(|family| target.kind == family.kind)
            else {
                continue;
            };
            let Some(name) = target.name.as_exact() else { continue };
            let guarded = require.strength == Strength::Guarded;
            if guarded
                || matches!(graph.resolve(require), Resolution::Found(_) | Resolution::Elsewhere)
            {
                continue;
            }
            if family.bundled.iter().any(|own| own.eq_ignore_ascii_case(name)) {
                continue;
            }
            let needs = needs.get_or_insert_with(|| Needs::new(graph));
            let scope = Scope::of(graph, needs, ix);
            let declared = context
                .packages
                .brings
                .get(&format!("{}:{name}", family.kind))
                .cloned()
                .or_else(|| listed(context, family, name));
            let installed = match &declared {
                Some(package) => scope.packages.iter().any(|(own, _)| own.matches(package)),
                None => scope.installs(family, name),
            };
            if installed || scope.deploys(family, name) {
                continue;
            }
            // The tree must be authoritative: it brings others of the family by package
            // here, the old tree or staging brings this one, or the team says so.
            let before = others.iter_mut().find_map(|(graph, needs)| {
                let needs = needs.get_or_insert_with(|| Needs::new(graph));
                let file = graph.snapshot.find(&file.entry.path)?;
                let scope = Scope::of(graph, needs, file);
                let found = scope.packages.iter().find(|(package, _)| {
                    package.as_exact().is_some_and(|package| family.brings(package, name))
                })?;
                Some((found.0.to_string(), found.1))
            });
            let witness = scope.witness(family);
            if before.is_none() && witness.is_none() && declared.is_none() {
                continue;
            }
            let package = match (&declared, &before) {
                (Some(package), _) => package.clone(),
                (None, Some((package, _))) => package.clone(),
                (None, None) => family
                    .packages
                    .first()
                    .map_or_else(String::new, |package| package.replace("{}", name)),
            };
            let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
            let before = before.map(|(_, place)| place);
            findings.push(report(name, &package, place, before, witness));
        }
    }
}

/// The finding; `before` is where the old tree or staging installs it, `witness` where this
/// one installs another of the family.
fn report(
    name: &str,
    package: &str,
    place: Place,
    before: Option<Place>,
    witness: Option<Place>,
) -> Finding {
    let message = format!(
        "`{name}` is loaded here, but nothing that deploys this file installs its package `{package}`"
    );
    let finding = Finding::new("missing-package", message, place)
        .label("loaded here")
        .help(format!("install `{package}` where this file is deployed, or say in `crosscheck.yaml` which package brings it"))
        .entity(Entity::new(kinds::PACKAGE, package));
    match (before, witness) {
        (Some(place), _) => {
            let message = match place.tree {
                Role::Staging => "staging installs it here",
                _ => "installed here before this change",
            };
            finding.related(message, place).of_change()
        }
        (None, Some(place)) => {
            finding.related("others are installed by package, such as here", place)
        }
        (None, None) => finding,
    }
}

/// The package whose file list holds the thing: an index's, or a packaging source's in
/// the tree.
fn listed(context: &Context<'_>, family: &Family, name: &str) -> Option<String> {
    let part = family.path.replace("{}", name);
    let holds = |path: &str| {
        path.find(&part).is_some_and(|at| {
            let rest = &path[at + part.len()..];
            rest.is_empty() || rest.starts_with(['/', '.'])
        })
    };
    let in_index = context.packages.indexes.iter().find_map(|index| {
        let (_, package) = index.paths.iter().find(|(path, _)| holds(path))?;
        Some(package.to_string())
    });
    in_index.or_else(|| {
        let own = context.new.all(kinds::PACKAGE_PATH).iter().find(|(path, _)| holds(path))?;
        let facts = &context.new.snapshot.file(own.1.file).facts;
        Some(facts.provides.get(own.1.provide? as usize)?.detail.text().to_owned())
    })
}

/// Values of `ensure` that are no versions.
fn is_version(detail: &str) -> bool {
    detail.starts_with(|c: char| c.is_ascii_digit()) && !detail.contains(char::is_whitespace)
}

fn unavailable(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if context.packages.indexes.is_empty() {
        return;
    }
    let graph = context.new;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        for provide in &file.facts.provides {
            let Some(package) = provide.name.as_exact().filter(|_| provide.kind == kinds::PACKAGE)
            else {
                continue;
            };
            let Detail::Version(wanted) = &provide.detail else { continue };
            if !is_version(wanted) {
                continue;
            }
            let place = Place { tree: graph.snapshot.role, file: ix as FileIx, span: provide.span };
            findings.extend(judge(&context.packages.indexes, package, wanted, place));
        }
    }
}

fn judge(indexes: &[Index], package: &SmolStr, wanted: &str, place: Place) -> Option<Finding> {
    let known: Vec<(&Index, bool)> = indexes
        .iter()
        .filter_map(|index| index.offers(package, wanted).map(|offers| (index, offers)))
        .collect();
    if known.is_empty() || known.iter().all(|(_, offers)| *offers) {
        return None;
    }
    let versions = |index: &Index| {
        let versions = index.versions.get(package).map(Vec::as_slice).unwrap_or_default();
        let list: Vec<String> =
            versions.iter().rev().take(5).map(|version| format!("`{version}`")).collect();
        list.join(", ")
    };
    let lacking: Vec<&Index> =
        known.iter().filter(|(_, offers)| !offers).map(|(index, _)| *index).collect();
    let having: Vec<&Index> =
        known.iter().filter(|(_, offers)| *offers).map(|(index, _)| *index).collect();
    let offers: Vec<String> =
        lacking.iter().map(|index| format!("{} offers {}", index.name, versions(index))).collect();
    let entity = Entity::new(kinds::PACKAGE, package.clone());
    let Some(newest) = having.first() else {
        let said = match is_glob(wanted) {
            true => format!("no version of `{package}` in an index matches `{wanted}`"),
            false => format!("version `{wanted}` of `{package}` is in no index"),
        };
        let message = format!("{said}: {}", offers.join("; "));
        let finding = Finding::new("unavailable-version", message, place)
            .label("pinned here")
            .help("pin a version that is offered, or publish this one first")
            .entity(entity);
        return Some(finding);
    };
    // An index that lacks it and is older than one that has it is a stale copy.
    let stale = lacking.iter().all(|index| index.made < newest.made && newest.made.is_some());
    let names: Vec<&str> = lacking.iter().map(|index| index.name.as_str()).collect();
    let message = format!(
        "version `{wanted}` of `{package}` is offered by {} but not by {}: {}",
        newest.name,
        names.join(", "),
        offers.join("; ")
    );
    let help = if stale {
        format!("{} is older: refresh it before the change lands", names.join(", "))
    } else {
        "hosts that use the other index cannot install it".to_owned()
    };
    let severity = if stale { Severity::Warning } else { Severity::Error };
    Some(
        Finding::new("unavailable-version", message, place)
            .severity(severity)
            .label("pinned here")
            .help(help)
            .entity(entity),
    )
}

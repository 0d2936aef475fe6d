//! `unresolved-reference` and `removed-but-referenced`.
//!
//! A reference is reported where the tree is authoritative for its name and nothing
//! provides it, or where the old tree provided it and the new one does not.

use super::Context;
use super::absent;
use super::given::{is_given, is_slip, lost};
use super::gone::{declared, is_any_name, is_unread_now, spelled, stands_in, taken};
use super::hints::Hints;
use super::links;
use super::renames::Renames;
use super::turned::turned;
use super::uncovered::Uncovered;
use super::unfound;
use crate::facts::{Entity, Kind, Property, Ref, Relation, Require, Strength, base_name, kinds};
use crate::finding::{Finding, Place, Remedy, Severity};
use crate::graph::{Graph, Resolution, Site};
use crate::loader::{FileIx, Role, SnapshotFile};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut renames = Renames::default();
    let mut mentions = None;
    let mut uncovered = Uncovered::new(context);
    let mut hints = Hints::new();
    let mut links = Vec::new();
    let unfound = unfound::all(context);
    for (ix, unfound) in unfound.into_iter().enumerate() {
        let requires = &graph.snapshot.files[ix].facts.requires;
        for (require, entity, closed) in unfound {
            let Some(require) = requires.get(require as usize) else { continue };
            let place = Place { tree: graph.snapshot.role, file: ix as FileIx, span: require.span };
            // What stands in a file that does not parse is not gone: the file is the finding.
            if graph.may_be_unread(&entity) {
                continue;
            }
            // Whoever reads this file has read the definition in it.
            let misplaced = graph.misplaced(&entity);
            if misplaced.as_ref().is_some_and(|(site, _)| site.file as usize == ix) {
                continue;
            }
            let composed = |finding: Finding| composed(finding, require, place);
            let before = context.old.map(|old| before(old, &graph.snapshot.files[ix], require));
            if let Some(before) = &before
                && (stood_unlisted(context, before, &entity, ix, require)
                    || closed && uncovered.takes(require, before, place))
            {
                continue;
            }
            let was_found = matches!(before, Some(Resolution::Found(_)));
            if misplaced.is_none()
                && let Some((old, sites)) = taken(context, before, ix)
                && (closed || !stands_in(old, &graph.snapshot.files[ix], &sites))
            {
                let site = sites.first();
                if !is_untold(graph, old, &entity, &sites, place) {
                    let found = removed(context, old, &mut renames, entity, site, place, require);
                    findings.push(composed(found));
                }
                continue;
            }
            if require.strength == Strength::Guarded {
                continue;
            }
            if !was_found
                && let Some(old) = context.old
                && let Some(site) = lost(graph, old, &entity, place)
            {
                let finding =
                    removed(context, old, &mut renames, entity, site.as_ref(), place, require);
                findings.push(composed(finding.severity(Severity::Warning)));
                continue;
            }
            let is_slip = || closed && is_slip(graph, &entity, require, place);
            if entity.kind.has(Property::GIVEN) && !is_slip() {
                continue;
            }
            if closed && require.relation == Relation::Links {
                links.push((require, entity, place));
            } else if closed {
                findings.push(composed(unresolved(
                    context, &mut hints, entity, misplaced, place, require,
                )));
            } else {
                let found = mention(context, &mut hints, &mut mentions, entity, place, require);
                findings.extend(found);
            }
        }
    }
    let (together, links) = links::together(context, links);
    findings.extend(together);
    findings.extend(links.into_iter().map(|(require, entity, place)| {
        unresolved(context, &mut hints, entity, None, place, require)
    }));
    absent::weigh(context, findings);
    uncovered.finish(findings);
}

/// Whether it says nothing that what the old tree had at these places is gone.
fn is_untold(
    graph: &Graph<'_>,
    old: &Graph<'_>,
    entity: &Entity,
    sites: &[Site],
    place: Place,
) -> bool {
    sites.first().is_some_and(|site| is_unread_now(graph, old, site))
        || is_any_name(old, sites)
        || is_given(graph, old, entity, sites, place)
}

fn composed(finding: Finding, require: &Require, place: Place) -> Finding {
    match require.composed {
        Some(span) => finding.related("its name is composed here", Place { span, ..place }),
        None => finding,
    }
}

/// Whether nothing of the tree before named a thing that may come from anywhere, and its kind is
/// one of which that is worth a word.
fn is_first_mention(
    graph: &Graph<'_>,
    old: &Graph<'_>,
    mentions: &mut Option<FxHashSet<SmolStr>>,
    entity: &Entity,
    require: &Require,
) -> bool {
    let Some(target) = require.any_of.first().filter(|target| target.name.as_exact().is_some())
    else {
        return false;
    };
    if entity.kind.has(Property::DEFINITION) {
        let mentions = mentions.get_or_insert_with(|| mentioned_segments(old));
        return !mentions.contains(segment(&entity.name));
    }
    entity.kind.has(Property::FIRST_MENTION)
        && !graph.all(entity.kind).is_empty()
        && graph.is_news(entity)
        && !mentions_name(old, target)
}

/// What became of a requirement in the old tree, for a file as it stands now.
fn before(old: &Graph<'_>, file: &SnapshotFile, require: &Require) -> Resolution {
    match old.snapshot.find(&file.entry.path) {
        Some(file) => old.resolve_from(file, require),
        None => old.resolve(require),
    }
}

/// Whether nothing listed things of this sort before, and the file named this one already: a
/// change that is the first to list what comes from elsewhere breaks nothing that stood before.
fn stood_unlisted(
    context: &Context<'_>,
    before: &Resolution,
    entity: &Entity,
    ix: usize,
    require: &Require,
) -> bool {
    let Some(old) = context.old.filter(|_| matches!(before, Resolution::Open(_))) else {
        return false;
    };
    let path = &context.new.snapshot.files[ix].entry.path;
    old.is_unlisted(entity.kind)
        && old.snapshot.find(path).is_some_and(|ix| {
            let requires = &old.snapshot.file(ix).facts.requires;
            requires.iter().any(|own| own.any_of == require.any_of)
        })
}

fn segment(name: &str) -> &str {
    name.split("::").next().unwrap_or(name)
}

/// First segments of all class and type names that `graph` refers to: a namespace that
/// was referred to before without being here lives elsewhere.
fn mentioned_segments(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    let targets = requires.filter_map(|require| require.any_of.first());
    targets
        .filter(|target| target.kind.has(Property::DEFINITION))
        .map(|target| SmolStr::new(segment(target.name.prefix())))
        .collect()
}

/// Whether something in `graph` refers to exactly this.
fn mentions_name(graph: &Graph<'_>, target: &Ref) -> bool {
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    requires.flat_map(|require| &require.any_of).any(|own| own == target)
}

fn unresolved(
    context: &Context<'_>,
    hints: &mut Hints,
    entity: Entity,
    misplaced: Option<(Site, SmolStr)>,
    place: Place,
    require: &Require,
) -> Finding {
    let (near, advice) = hints.advice(context.new, &entity, place).split();
    let what = entity.kind.noun();
    // Whether a name that is built at run time is ever built is not known: nothing that it
    // could be exists, but the value that would ask for it may never be set.
    let is_built = require.any_of.first().is_some_and(|target| target.name.as_exact().is_none());
    let severity = match require.strength {
        // What nothing loads fails nothing, though it is there to be loaded.
        _ if context.new.is_unloadable(place.file) => Severity::Warning,
        // A variable may be set on a command line, unless its name is surely meant to be another.
        _ if entity.kind.has(Property::GIVEN) => {
            match context.new.is_set_here_alone(place.file, &entity) {
                true if !is_built => Severity::Error,
                _ => Severity::Warning,
            }
        }
        Strength::Certain if !is_built => Severity::Error,
        _ => Severity::Warning,
    };
    let message = if is_built {
        format!("no {what} matches `{}`", entity.shown())
    } else {
        format!("{what} `{}` does not exist", entity.shown())
    };
    if let Some((site, expected)) = misplaced {
        let tree = context.new.snapshot.role;
        let message = format!(
            "{what} `{}` is not loaded: it is defined where the autoloader does not look",
            entity.shown()
        );
        return Finding::new("unresolved-reference", message, place)
            .severity(severity)
            .label("required here")
            .help(format!("the autoloader looks in `{expected}`: move or rename one of the two"))
            .related("defined here", Place { tree, file: site.file, span: site.span })
            .entity(entity);
    }
    let mut finding = Finding::new("unresolved-reference", message, place)
        .severity(severity)
        .label(format!("required here by `{}`", require.via))
        .help(advice.unwrap_or_default());
    let own = Site { span: place.span, ..Site::whole(place.file) };
    if let Some((name, site)) = context.new.sibling(own, &entity) {
        let outer = segment(entity.shown());
        return finding
            .help(format!(
                "no list of this tree names a module `{outer}`: add it, or write `{name}` if that is \
                 meant, since Puppet 4 and later take names as they are"
            ))
            .related("the class of this module", at(context.new, site))
            .entity(entity);
    }
    // Nothing that stands where it is used is what was meant, as a class does not include
    // itself; nor is what nothing loads.
    let near = near.filter(|near| {
        entity.kind.has(Property::SLIP)
            || site_of(context.new, entity.kind, near)
                .is_none_or(|site| site.file != place.file && !context.new.is_unloadable(site.file))
    });
    if let Some(near) = near {
        finding = finding
            .help(format!("did you mean `{near}`?"))
            .remedy(Remedy::nearest(entity.name.as_str(), near.as_str()));
        if absent::is_slip(context.new, &entity, &near, place) {
            finding.severity = Severity::Error;
        }
        if let Some(site) = site_of(context.new, entity.kind, &near) {
            let message = format!("the nearest existing name, `{near}`");
            finding = finding.related(message, at(context.new, site));
        }
    }
    finding.entity(entity)
}

/// A name that may come from anywhere, and that a change brings: one in a namespace that nothing
/// here provides and nothing referred to before, or one in place of what is still there.
fn mention(
    context: &Context<'_>,
    hints: &mut Hints,
    mentions: &mut Option<FxHashSet<SmolStr>>,
    entity: Entity,
    place: Place,
    require: &Require,
) -> Option<Finding> {
    if !is_first_mention(context.new, context.old?, mentions, &entity, require) {
        return turned(context, &entity, place, require);
    }
    let near = hints.nearest(context.new, &entity);
    let what = entity.kind.noun();
    let message = format!(
        "nothing in this tree provides {what} `{}`, and this change is the first to refer to `{}`",
        entity.shown(),
        segment(entity.shown())
    );
    let remedy =
        near.as_ref().and_then(|near| Remedy::nearest(entity.name.as_str(), near.as_str()));
    let help = match &near {
        Some(near) => format!(
            "did you mean `{near}`? If it lives elsewhere, declare it in `provided-elsewhere`"
        ),
        None => "if it lives elsewhere, declare it in `provided-elsewhere`".to_owned(),
    };
    let finding = Finding::new("unresolved-reference", message, place)
        .severity(Severity::Warning)
        .label(format!("required here by `{}`", require.via));
    Some(Finding { remedy, ..finding.help(help).entity(entity) })
}

fn removed(
    context: &Context<'_>,
    old: &Graph<'_>,
    renames: &mut Renames,
    entity: Entity,
    site: Option<&Site>,
    place: Place,
    require: &Require,
) -> Finding {
    let entity = as_it_was(context.new, old, entity, site);
    let what = entity.kind.noun();
    let said = declared(old, spelled(context.new, &entity, place), site);
    let message = format!("{what} `{said}` was removed but is still used");
    // A script that includes a file that is gone lacks what it defined, and Nagios refuses a
    // name that nothing defines: what was there before came from nowhere else. Through a
    // link it was read.
    let fails = require.strength == Strength::Certain
        || require.relation == Relation::Links
        // A path that is handed on may be written to.
        || require.relation == Relation::Awaits && entity.kind != kinds::FILE
        || entity.kind.as_str().starts_with("nagios.")
        || entity.kind == kinds::FILE && require.relation == Relation::Includes;
    let fails = fails && !context.new.is_unloadable(place.file);
    let severity = if fails { Severity::Error } else { Severity::Warning };
    let mut finding = Finding::new("removed-but-referenced", message, place)
        .severity(severity)
        .of_change()
        .label(format!("still required here by `{}`", require.via));
    if let Some(site) = site {
        finding = finding.related(
            "provided here before this change",
            Place { tree: Role::Old, file: site.file, span: site.span },
        );
    }
    let renamed = renames.find(context.new, old, &entity, site);
    finding.help = match renamed {
        Some((name, place)) => {
            let remedy = Remedy::renamed(entity.name.as_str(), name.as_str());
            finding = finding.related(format!("renamed to `{name}`"), place).remedy(remedy);
            format!("it seems to have been renamed: use `{name}`")
        }
        None => format!("keep the {what} until nothing uses it, or change this reference too"),
    };
    finding.entity(entity)
}

/// The removed file under the path that it had, where a reference may mean one of several.
fn as_it_was(new: &Graph<'_>, old: &Graph<'_>, entity: Entity, site: Option<&Site>) -> Entity {
    let file = site.filter(|site| entity.kind == kinds::FILE && site.provide.is_none());
    let path = file.map(|site| &old.snapshot.file(site.file).entry.path);
    match path {
        Some(path)
            if new.snapshot.find(path).is_none() && base_name(path) == base_name(&entity.name) =>
        {
            Entity::new(kinds::FILE, path.as_str())
        }
        _ => entity,
    }
}

fn at(graph: &Graph<'_>, site: Site) -> Place {
    Place { tree: graph.snapshot.role, file: site.file, span: site.span }
}

fn site_of(graph: &Graph<'_>, kind: Kind, name: &str) -> Option<Site> {
    if kind == kinds::FILE {
        let file = graph.snapshot.find(name)?;
        return Some(Site::whole(file));
    }
    graph.providers(kind, name).next()
}

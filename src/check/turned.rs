//! What a change makes a reference name instead of a thing that is still there.

use super::Context;
use crate::facts::{Entity, Property, Require};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Resolution, Site};
use crate::loader::FileIx;

/// Told of a name that may come from anywhere, where the file named one thing of the same sort
/// before, which the tree still provides: the name was changed, and the thing was not.
pub(super) fn turned(
    context: &Context<'_>,
    entity: &Entity,
    place: Place,
    require: &Require,
) -> Option<Finding> {
    let old = context.old.filter(|_| entity.kind.has(Property::FIRST_MENTION))?;
    let file = context.new.snapshot.file(place.file);
    let before = old.snapshot.file(old.snapshot.find(&file.entry.path)?);
    let (now, before) = (&file.facts.requires, &before.facts.requires);
    if only_of(now, before, require)?.any_of != require.any_of {
        return None;
    }
    let left = only_of(before, now, require)?;
    let (site, name) = still_there(context, place.file, left)?;
    let what = entity.kind.noun();
    let message = format!(
        "nothing in this tree provides {what} `{}`, which stands here in place of `{name}`",
        entity.shown()
    );
    let here = Place { tree: context.new.snapshot.role, file: site.file, span: site.span };
    Some(
        Finding::new("unresolved-reference", message, place)
            .severity(Severity::Warning)
            .label(format!("required here by `{}`", require.via))
            .help(format!(
                "rename `{name}` too; if the new name lives elsewhere, declare it in `provided-elsewhere`"
            ))
            .related(format!("`{name}` is still provided here"), here)
            .entity(entity.clone()),
    )
}

/// The one requirement of the same sort that `all` have and `others` have not.
fn only_of<'r>(all: &'r [Require], others: &[Require], like: &Require) -> Option<&'r Require> {
    let is_like = |own: &&Require| own.via == like.via && sort(own) == sort(like);
    let is_other = |own: &&Require| !others.iter().any(|other| other.any_of == own.any_of);
    let mut own = all.iter().filter(is_like).filter(is_other);
    let first = own.next()?;
    own.all(|own| own.any_of == first.any_of).then_some(first)
}

/// The kind of what is required, and the first part of its name.
fn sort(require: &Require) -> Option<(crate::facts::Kind, &str)> {
    let target = require.any_of.first()?;
    Some((target.kind, target.name.as_exact()?.split('/').next()?))
}

/// Where a thing is that a file named before, and its name.
fn still_there<'r>(
    context: &Context<'_>,
    file: FileIx,
    left: &'r Require,
) -> Option<(Site, &'r str)> {
    let name = left.any_of.first()?.name.as_exact()?;
    match context.new.resolve_from(file, left) {
        Resolution::Found(sites) => sites.first().map(|site| (*site, name.as_str())),
        _ => None,
    }
}

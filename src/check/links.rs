//! Symbolic links that lead nowhere.

use super::Context;
use crate::facts::{Entity, Require};
use crate::finding::{Finding, Place, Severity};

/// As many links that lead nowhere are no slips: their folder is put together with another where
/// it is used, as a theme of icons is.
const MANY: usize = 20;

/// Most links that the finding names beside the first.
const MAX_PLACES: usize = 5;

/// A reference that is a link, what it leads to, and where it stands.
pub(super) type Link<'s> = (&'s Require, Entity, Place);

/// What is said once of many such links, and those that count each.
///
/// Between two trees, a link whose path both have counts for itself: that a change makes it lead
/// nowhere is a slip, and one that led nowhere before is no part of the change.
pub(super) fn together<'s>(
    context: &Context<'_>,
    links: Vec<Link<'s>>,
) -> (Option<Finding>, Vec<Link<'s>>) {
    let (fresh, own): (Vec<_>, Vec<_>) = links.into_iter().partition(|(_, _, place)| match context
        .old
    {
        Some(old) => old.snapshot.find(&context.new.snapshot.file(place.file).entry.path).is_none(),
        None => !context.comparing,
    });
    match once(context, &fresh) {
        Some(finding) => (Some(finding), own),
        None => (None, own.into_iter().chain(fresh).collect()),
    }
}

fn once(context: &Context<'_>, links: &[Link<'_>]) -> Option<Finding> {
    let path = |place: &Place| context.new.snapshot.file(place.file).entry.path.as_str();
    let ((_, _, first), others) = links.split_first().filter(|_| links.len() > MANY)?;
    // Paths are in order: what the first and the last have in common, all have.
    let (from, to) = (path(first), links.last().map_or("", |(_, _, last)| path(last)));
    let common = from.bytes().zip(to.bytes()).take_while(|(own, other)| own == other).count();
    let folder = from[..from.floor_char_boundary(common)].rsplit_once('/').map_or("", |own| own.0);
    let below = match folder {
        "" => String::new(),
        folder => format!(" below `{folder}/`"),
    };
    let count = links.len();
    let message = format!("{count} symbolic links{below} lead to files that do not exist");
    let mut finding = Finding::new("unresolved-reference", message, *first)
        .severity(Severity::Warning)
        .label("the first of them")
        .help(
            "if other files are put beside them where they are used, silence this for the folder",
        );
    for (_, _, place) in others.iter().take(MAX_PLACES) {
        finding = finding.related("another of them", *place);
    }
    Some(finding)
}

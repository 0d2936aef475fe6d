//! Symbolic links that lead nowhere.

use super::Context;
use crate::facts::{Entity, Require};
use crate::finding::{Finding, Place, Severity};

/// As many links that lead nowhere are no slips: their folder is put together with another where
/// it is used, as a theme of icons is.
const MANY: usize = 20;

/// Most links that the finding names beside the first.
const MAX_PLACES: usize = 5;

/// What is said once of many such links; `None` for few, each of which counts.
pub(super) fn together(
    context: &Context<'_>,
    links: &[(&Require, Entity, Place)],
) -> Option<Finding> {
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

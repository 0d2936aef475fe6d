//! What was there before a change and is not now, where that says nothing of who needs it.

use super::Context;
use crate::facts::{Entity, Piece, Property};
use crate::finding::Place;
use crate::graph::{Graph, Resolution, Site};
use crate::loader::SnapshotFile;
use smallvec::SmallVec;

/// Whether what a test brings was all that the tree had for a file that is no test: such a
/// file gets the thing from elsewhere.
pub(super) fn stands_in(old: &Graph<'_>, file: &SnapshotFile, sites: &[Site]) -> bool {
    let live = |site: &Site| old.snapshot.file(site.file).standing.is_live();
    file.standing.is_live() && !sites.is_empty() && !sites.iter().any(live)
}

/// What the old tree had for a reference of a file that the new one has nothing for.
pub(super) fn taken<'g>(
    context: &Context<'g>,
    before: Option<Resolution>,
    ix: usize,
) -> Option<(&'g Graph<'g>, SmallVec<[Site; 1]>)> {
    let (old, Some(Resolution::Found(sites))) = (context.old?, before) else { return None };
    let file = &context.new.snapshot.files[ix];
    let is_lost = |site: &Site| is_of_lost_program(context.new, old, site);
    let stays = is_for_others(context.new, old, &file.entry.path, &sites)
        || !sites.is_empty() && sites.iter().all(is_lost);
    (!stays).then_some((old, sites))
}

/// Whether a program that had something is no longer here at all: it comes from elsewhere now.
fn is_of_lost_program(graph: &Graph<'_>, old: &Graph<'_>, site: &Site) -> bool {
    let before = old.snapshot.file(site.file);
    let own = site.provide.and_then(|ix| before.facts.provides.get(ix as usize));
    own.is_some_and(|own| own.kind.has(Property::OF_PROGRAM))
        && graph.snapshot.find(&before.entry.path).is_none()
}

/// Whether the file at `path` is new, and one of the places that would have provided what it asks for
/// still does, for others: nothing was taken away.
fn is_for_others(graph: &Graph<'_>, old: &Graph<'_>, path: &str, sites: &[Site]) -> bool {
    let stands = |site: &Site| {
        let before = old.snapshot.file(site.file);
        let now = graph.snapshot.find(&before.entry.path).map(|ix| graph.snapshot.file(ix));
        let own = site.provide.and_then(|ix| before.facts.provides.get(ix as usize));
        now.zip(own).is_some_and(|(now, own)| {
            now.facts.provides.iter().any(|other| other.kind == own.kind && other.name == own.name)
        })
    };
    old.snapshot.find(path).is_none() && sites.iter().any(stands)
}

/// Whether the file that provided it is there and could not be read to its end.
pub(super) fn is_unread_now(graph: &Graph<'_>, old: &Graph<'_>, site: &Site) -> bool {
    let now = graph.snapshot.find(&old.snapshot.file(site.file).entry.path);
    site.provide.is_some() && now.is_some_and(|file| graph.is_partly_read(file))
}

/// Whether what places provide could have any name: that it is gone tells of no name that it was
/// this one.
pub(super) fn is_any_name(old: &Graph<'_>, sites: &[Site]) -> bool {
    !sites.is_empty() && sites.iter().all(|site| is_open(old, site))
}

/// A name as the text at a place writes it, where that differs in its letters' case alone.
pub(super) fn spelled(graph: &Graph<'_>, entity: &Entity, place: Place) -> String {
    let name = entity.shown();
    let contents = match name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        true => graph.snapshot.contents(place.file),
        false => Vec::new(),
    };
    let written = contents.get(place.span.range()).and_then(|own| std::str::from_utf8(own).ok());
    written.filter(|own| own.eq_ignore_ascii_case(name)).unwrap_or(name).to_owned()
}

/// The name with its last part as it was declared, where that is known.
pub(super) fn declared(old: &Graph<'_>, said: String, site: Option<&Site>) -> String {
    let Some(site) = site.filter(|site| site.provide.is_some()) else { return said };
    let contents = old.snapshot.contents(site.file);
    let written = contents.get(site.span.range()).and_then(|own| std::str::from_utf8(own).ok());
    let bare = said.strip_suffix("()").unwrap_or(&said);
    let at = written.and_then(|own| bare.len().checked_sub(own.len()));
    let (Some(written), Some(at)) = (written.filter(|own| !own.is_empty()), at) else {
        return said;
    };
    match bare.get(at..).is_some_and(|own| own.eq_ignore_ascii_case(written)) {
        true => format!("{}{written}{}", &bare[..at], &said[bare.len()..]),
        false => said,
    }
}

fn is_open(old: &Graph<'_>, site: &Site) -> bool {
    /// As in `*`, `/*` or `File[*]`.
    const FEWEST_LETTERS: usize = 3;
    let file = old.snapshot.file(site.file);
    let own = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
    own.is_some_and(|own| {
        let letters = |piece: Piece| match piece {
            Piece::Text(text) => {
                let title = text.split_once('[').map_or(text.as_str(), |(_, title)| title);
                title.bytes().filter(u8::is_ascii_alphanumeric).count()
            }
            _ => 0,
        };
        own.name.as_exact().is_none()
            && own.name.pieces().into_iter().map(letters).sum::<usize>() < FEWEST_LETTERS
    })
}

//! What was there before a change and is not now, where that says nothing of who needs it.

use crate::facts::{Entity, Piece};
use crate::finding::Place;
use crate::graph::{Graph, Site};
use crate::loader::SnapshotFile;

/// Whether what a test brings was all that the tree had for a file that is no test: such a
/// file gets the thing from elsewhere.
pub(super) fn stands_in(old: &Graph<'_>, file: &SnapshotFile, sites: &[Site]) -> bool {
    let live = |site: &Site| old.snapshot.file(site.file).standing.is_live();
    file.standing.is_live() && !sites.is_empty() && !sites.iter().any(live)
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

//! The name that was probably meant.

use smol_str::SmolStr;

/// The candidate closest to `name` by edit distance, within a third of its length;
/// the first in order among equals. Never `name` itself: that is no advice.
pub fn nearest_of<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<SmolStr> {
    let limit = (name.chars().count() / 3).clamp(1, 6);
    let mut best: Option<(usize, &str)> = None;
    let mut last = "";
    for candidate in candidates {
        if candidate == last || candidate == name || candidate.len().abs_diff(name.len()) > limit {
            continue;
        }
        last = candidate;
        let distance = strsim::osa_distance(name, candidate);
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.into())
}

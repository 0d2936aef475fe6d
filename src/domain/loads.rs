//! Files that a program loads from beside itself: what nothing may have put there yet, or what
//! a build makes, is not missing.

use crate::facts::{FileFacts, Ref, Relation, Require, Span, Strength, kinds};
use smallvec::SmallVec;

/// Adds that a program loads one of `paths`, of which the first is what it is called.
pub(crate) fn load(
    out: &mut FileFacts,
    paths: impl IntoIterator<Item = String>,
    span: Span,
    via: &'static str,
    strength: Strength,
) {
    let any_of: SmallVec<[Ref; 1]> =
        paths.into_iter().map(|path| Ref::exact(kinds::PAYLOAD_FILE, path)).collect();
    if !any_of.is_empty() {
        let via = Relation::Loads.called(via);
        out.requires.push(Require::any_of(any_of, span, via, None).with_strength(strength));
    }
}

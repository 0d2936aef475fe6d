//! What a check says of a text of tasks or plays, for tests.

use crate::facts::Problem;
use crate::syntax::yaml::{self, Node};

/// The messages of `check`, in its order.
pub(super) fn said(check: fn(&[Node<'_>], &mut Vec<Problem>), text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    check(&yaml::parse(text).roots, &mut problems);
    problems.into_iter().map(|own| own.message).collect()
}

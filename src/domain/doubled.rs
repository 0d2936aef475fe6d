//! Keys that stand twice in one mapping of YAML. Some programs refuse the file; the others take
//! the last one, so that what the first says is lost.
//!
//! (Source: YAML 1.2.2, 3.2.1.3, "keys are unique"; go-yaml 3, "mapping key already defined",
//! with which Compose and Kustomize read; GitHub's "workflow is not valid: 'x' is already
//! defined".)

use crate::facts::{Problem, Strength};
use crate::syntax::yaml::Node;
use rustc_hash::FxHashMap;

/// Most of one file that are told.
pub(crate) const MOST: usize = 20;

/// A key with its value.
type Entry<'y> = (Node<'y>, Node<'y>);

/// Adds those below `roots`. `strength` is how certain it is that a program refuses the file, and
/// `help` says what it does.
pub(crate) fn keys(
    roots: &[Node<'_>],
    (strength, help): (Strength, &str),
    problems: &mut Vec<Problem>,
) {
    let mut found = Vec::new();
    roots.iter().for_each(|root| within(root, (strength, help), &mut found));
    problems.append(&mut found);
}

fn within(node: &Node<'_>, told: (Strength, &str), found: &mut Vec<Problem>) {
    if found.len() >= MOST {
        return;
    }
    node.items().iter().for_each(|item| within(item, told, found));
    let mut known = Known::default();
    for entry in node.entries() {
        if let Some(first) = known.first(entry) {
            found.push(problem(first, entry, told));
        }
        within(&entry.1, told, found);
    }
}

/// The entries of one mapping so far, by their keys.
#[derive(Default)]
pub(crate) struct Known<'n, 'y>(FxHashMap<&'n str, &'n Entry<'y>>);

impl<'n, 'y> Known<'n, 'y> {
    /// Adds an entry; the one before it that has the same key. What is merged may come twice.
    pub(crate) fn first(&mut self, entry: &'n Entry<'y>) -> Option<&'n Entry<'y>> {
        let name = entry.0.as_str().filter(|name| *name != "<<")?;
        self.0.insert(name, entry)
    }
}

/// What is said of two entries with the same key.
pub(crate) fn problem(
    first: &Entry<'_>,
    second: &Entry<'_>,
    (strength, help): (Strength, &str),
) -> Problem {
    let name = second.0.as_str().unwrap_or_default();
    Problem {
        help: help.to_owned(),
        strength,
        related: vec![(first.0.span, "the first".to_owned())],
        ..Problem::new("duplicate-definition", format!("`{name}` stands twice here"), second.0.span)
    }
}

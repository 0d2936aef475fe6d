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
const MOST: usize = 20;

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
    let entries = node.entries();
    let mut known: FxHashMap<&str, &Node<'_>> = FxHashMap::default();
    for (key, value) in entries {
        let name = key.as_str().filter(|_| entries.len() > 1);
        if let Some(name) = name.filter(|name| *name != "<<")
            && let Some(first) = known.insert(name, key)
        {
            found.push(Problem {
                help: told.1.to_owned(),
                strength: told.0,
                related: vec![(first.span, "the first".to_owned())],
                ..Problem::new(
                    "duplicate-definition",
                    format!("`{name}` stands twice here"),
                    key.span,
                )
            });
        }
        within(value, told, found);
    }
}

//! Names that do not mean exactly one thing.

use super::Error;
use crate::graph::Graph;
use crate::graph::naming::{Meaning, spelling, suggestions};

/// That `text` is nothing of the tree, with what may have been meant.
pub fn unknown(graph: &Graph<'_>, text: &str) -> Error {
    let near: Vec<String> =
        suggestions(graph, text).iter().map(|near| format!("`{near}`")).collect();
    let near = match near.split_last() {
        None => String::new(),
        Some((last, [])) => format!("; did you mean {last}?"),
        Some((last, rest)) => format!("; did you mean {} or {last}?", rest.join(", ")),
    };
    Error::Name(format!("nothing in the tree is called `{text}`{near}"))
}

/// That `text` may mean several things.
pub fn ambiguous(graph: &Graph<'_>, text: &str, found: &[Meaning]) -> Error {
    let mut message = format!("`{text}` is the name of several things; write one of them:");
    for meaning in found {
        let thing = meaning.things.first();
        let at = thing.map(|thing| graph.snapshot.file(thing.file).entry.path.as_str());
        let at = at.filter(|path| *path != meaning.entity.name);
        let at = at.map(|path| format!(", in {path}")).unwrap_or_default();
        let noun = meaning.entity.kind.noun();
        message.push_str(&format!("\n  {}  ({noun}{at})", spelling(meaning, found)));
    }
    Error::Name(message)
}

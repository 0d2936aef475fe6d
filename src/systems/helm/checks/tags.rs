//! Reads of values in values: texts that templates hand to `tpl`.
//!
//! (Source: Helm's "Using the 'tpl' Function".)

use crate::facts::{Span, path_in};
use crate::finding::Place;
use crate::graph::Graph;
use crate::syntax::go_template::actions;
use crate::systems::helm::charts::Chart;
use smol_str::SmolStr;

/// A read of a value.
pub(super) struct Read {
    pub(super) key: SmolStr,
    pub(super) place: Place,
}

/// What the chart's own values read of each other, where some template of it renders texts of them.
pub(super) fn reads(graph: &Graph<'_>, chart: &Chart) -> Vec<Read> {
    let file = graph.snapshot.find(&path_in(&chart.folder, "values.yaml"));
    let contents = file.map(|file| (file, graph.snapshot.contents(file)));
    let Some((file, contents)) = contents else { return Vec::new() };
    let text = std::str::from_utf8(&contents).unwrap_or_default();
    if !text.contains(".Values.") {
        return Vec::new();
    }
    let renders = |file: &u32| {
        let contents = graph.snapshot.contents(*file);
        memchr::memmem::find(&contents, b"tpl ").is_some()
    };
    if !chart.templates.iter().any(renders) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for action in actions(text) {
        // Anything but the value alone may do without it.
        let [only] = action.tokens.as_slice() else { continue };
        let key = only.text.strip_prefix(".Values.").or(only.text.strip_prefix("$.Values."));
        let begin = text[..action.range.start].rfind('\n').map_or(0, |own| own + 1);
        let is_comment = text[begin..].trim_start().starts_with('#');
        if let Some(key) = key.filter(|_| !only.quoted && !is_comment) {
            let span = Span::new(only.at, only.at + only.text.len());
            let place = Place { tree: graph.snapshot.role, file, span };
            out.push(Read { key: key.into(), place });
        }
    }
    out
}

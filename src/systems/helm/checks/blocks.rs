//! Blocks of templates that nothing closes, ends that close nothing, and functions that Helm does
//! not have: it renders no template of such a chart.
//!
//! (Source: Go's `text/template`, "Actions"; Helm parses all templates of a release first.)

use crate::check::Context;
use crate::facts::kinds;
use crate::finding::{Finding, Place};
use crate::systems::helm::charts::charts;
use crate::systems::helm::template::{UNCLOSED, UNDEFINED};
use rustc_hash::FxHashSet;

const PARSED: &str = "Helm parses all templates of a chart before it renders any";

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut seen = FxHashSet::default();
    for file in charts(graph).all.iter().flat_map(|chart| &chart.templates) {
        if !seen.insert(*file) {
            continue;
        }
        let facts = &graph.snapshot.file(*file).facts;
        for own in facts.provides.iter().filter(|own| own.kind == kinds::HELM_INCLUDE) {
            let (message, help) = match (own.name.as_exact().map(|own| own.as_str()), &own.detail) {
                (Some(UNCLOSED), word) => match word.text() {
                    "end" => ("this `end` closes nothing".to_owned(), PARSED.to_owned()),
                    word => (format!("no `end` closes this `{word}`"), PARSED.to_owned()),
                },
                (Some(UNDEFINED), near) => (
                    "Helm has no function of this name".to_owned(),
                    format!("did you mean `{}`? {PARSED}", near.text()),
                ),
                _ => continue,
            };
            let place = Place { tree: graph.snapshot.role, file: *file, span: own.span };
            findings.push(Finding::new("parse-error", message, place).help(help));
        }
    }
}

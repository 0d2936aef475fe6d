//! Blocks of templates that nothing closes, and ends that close nothing: Helm renders no template
//! of such a chart.
//!
//! (Source: Go's `text/template`, "Actions"; Helm parses all templates of a release first.)

use crate::check::Context;
use crate::facts::kinds;
use crate::finding::{Finding, Place};
use crate::systems::helm::charts::charts;
use crate::systems::helm::template::UNCLOSED;
use rustc_hash::FxHashSet;

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut seen = FxHashSet::default();
    for file in charts(graph).all.iter().flat_map(|chart| &chart.templates) {
        if !seen.insert(*file) {
            continue;
        }
        let provides = &graph.snapshot.file(*file).facts.provides;
        let own = provides.iter().find(|own| {
            own.kind == kinds::HELM_INCLUDE
                && own.name.as_exact().is_some_and(|own| own == UNCLOSED)
        });
        let Some(own) = own else { continue };
        let message = match own.detail.text() {
            "end" => "this `end` closes nothing".to_owned(),
            word => format!("no `end` closes this `{word}`"),
        };
        let place = Place { tree: graph.snapshot.role, file: *file, span: own.span };
        findings.push(
            Finding::new("parse-error", message, place)
                .help("Helm parses all templates of a chart before it renders any"),
        );
    }
}

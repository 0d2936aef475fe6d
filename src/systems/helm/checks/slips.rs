//! Values that a chart sets and none of its templates reads, where one reads nearly the same name,
//! which nothing sets.

use super::uses::{Taken, parted};
use crate::check::Context;
use crate::facts::{Entity, is_slip, kinds, path_in, split_path};
use crate::finding::{Finding, Place, Severity};
use crate::graph::PathKind;
use crate::systems::helm::charts::charts;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for chart in &charts(graph).all {
        let path = path_in(&chart.folder, "values.yaml");
        let PathKind::File(file) = graph.paths.look_up(&path) else { continue };
        let Some(taken) = Taken::of(graph, chart) else { continue };
        let unset = taken.unset();
        if unset.is_empty() {
            continue;
        }
        for provide in &graph.snapshot.file(file).facts.provides {
            let Some(key) = provide.name.as_exact().filter(|_| provide.kind == kinds::HELM_VALUE)
            else {
                continue;
            };
            if taken.is_meant(key) {
                continue;
            }
            let (parent, name) = parted(key);
            let mut near = unset.get(parent).into_iter().flatten().filter(|own| is_slip(name, own));
            let (Some(meant), None) = (near.next(), near.next()) else { continue };
            let place = Place { tree: graph.snapshot.role, file, span: provide.span };
            let meant =
                if parent.is_empty() { (*meant).to_owned() } else { format!("{parent}.{meant}") };
            let chart_name = split_path(&chart.folder).1;
            let message = format!("nothing in the chart `{chart_name}` reads the value `{key}`");
            let help = format!("did you mean `{meant}`? It is read, and nothing sets it");
            let entity = Entity::new(kinds::HELM_VALUE, format!("{}/{key}", chart.folder));
            let finding = Finding::new("unknown-parameter", message, place);
            findings.push(
                finding.severity(Severity::Warning).label("set here").help(help).entity(entity),
            );
        }
    }
}

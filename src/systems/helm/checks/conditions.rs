//! Conditions of dependencies that no value decides: Helm takes the chart in, whatever is set.
//!
//! (Source: Helm's "Tags and Condition fields in dependencies": a path that leads to no boolean is
//! passed over.)

use super::values::Values;
use crate::check::Context;
use crate::facts::{Entity, base_name, kinds, nearest_of, parent_folder};
use crate::finding::{Finding, Place, Severity};
use crate::syntax::yaml::{self, Node};

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in context.files() {
        let path = file.entry.path.as_str();
        if !matches!(base_name(path), "Chart.yaml" | "requirements.yaml") {
            continue;
        }
        let contents = graph.snapshot.contents(ix);
        let Ok(text) = std::str::from_utf8(&contents) else { continue };
        if !text.contains("condition:") {
            continue;
        }
        let documents = yaml::parse(text);
        let Some(root) = documents.roots.first().filter(|_| documents.is_whole()) else { continue };
        let folder = parent_folder(path);
        let Some(values) = Values::own(graph, folder) else { continue };
        let all = root.get("dependencies").map(Node::items).unwrap_or_default();
        let names: Vec<&str> = all
            .iter()
            .flat_map(|own| ["name", "alias"].into_iter().filter_map(|key| own.get(key)))
            .filter_map(Node::as_str)
            .collect();
        for condition in all.iter().filter_map(|own| own.get("condition")) {
            let said = condition.as_str().unwrap_or_default();
            let first = |own: &str| own.trim().split('.').next().unwrap_or_default().to_owned();
            // What is a chart's own name may be left to whoever installs it.
            let is_known = |own: &str| {
                let outer = first(own);
                names.contains(&outer.as_str()) || outer == "global" || values.has(&outer)
            };
            if said.is_empty() || said.contains(['{', '$']) || said.split(',').any(is_known) {
                continue;
            }
            let near = nearest_of(&first(said), names.iter().copied());
            let help = match near {
                Some(near) => format!("the chart is always taken in; did you mean `{near}`?"),
                None => "the chart is always taken in: name a value that is set".to_owned(),
            };
            let place = Place { tree: graph.snapshot.role, file: ix, span: condition.span };
            let message =
                format!("no value and no dependency is called as the condition `{said}` says");
            findings.push(
                Finding::new("unresolved-reference", message, place)
                    .severity(Severity::Warning)
                    .label("asked for here")
                    .help(help)
                    .entity(Entity::new(kinds::HELM_VALUE, format!("{folder}/{said}"))),
            );
        }
    }
}

//! Names of templates that end in a value, where every file that begins so has an ending which the
//! value hardly brings: `template("web/site.el${major}")` beside `site.el7.erb`.

use crate::check::Context;
use crate::facts::{Entity, Piece, Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use std::cell::OnceCell;

/// Words in the names of variables that hold a file's name, its ending too.
const OF_FILES: [&str; 8] = ["conf", "erb", "file", "name", "path", "source", "template", "tpl"];

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.asking(&[kinds::PUPPET_TEMPLATE]) {
        let path = file.entry.path.as_str();
        if !path.ends_with(".pp") || !file.standing.is_live() {
            continue;
        }
        let text = OnceCell::new();
        for require in &file.facts.requires {
            let [target] = require.any_of.as_slice() else { continue };
            let is_template = target.kind == kinds::PUPPET_TEMPLATE;
            if !is_template || require.strength == Strength::Guarded {
                continue;
            }
            let pieces = target.name.pieces();
            let [Piece::Text(head), Piece::Hole] = pieces.as_slice() else { continue };
            let text = text
                .get_or_init(|| String::from_utf8_lossy(&graph.snapshot.contents(ix)).into_owned());
            let written = text.get(require.span.range()).unwrap_or_default();
            let variable = written.rsplit("${").next().unwrap_or_default().to_ascii_lowercase();
            if !written.contains("${") || OF_FILES.iter().any(|word| variable.contains(word)) {
                continue;
            }
            let Some(found) = ending(graph, head) else { continue };
            let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
            let message = format!("the template `{}` is named without its ending", target.name);
            findings.push(
                Finding::new("unresolved-reference", message, place)
                    .severity(Severity::Warning)
                    .label(format!("required here by `{}`", require.via))
                    .help(format!("every file of that name ends in `.erb`: `{found}`"))
                    .entity(Entity::new(target.kind, target.name.to_string())),
            );
        }
    }
}

/// A template whose name begins so, if all that do are called `HEAD….erb`.
fn ending<'g>(graph: &'g Graph<'_>, head: &str) -> Option<&'g str> {
    let (module, rest) = head.split_once('/')?;
    let last = rest.rsplit('/').next().filter(|own| own.len() > 2)?;
    let layout = &graph.snapshot.layout;
    let inner = format!("templates/{rest}");
    let mut found = None;
    for path in graph.paths.all() {
        let Some(at) = path.find(&inner).filter(|at| *at == 0 || path[..*at].ends_with('/')) else {
            continue;
        };
        if layout.module_of(path) != Some(module) {
            continue;
        }
        let value = path[at + inner.len()..].strip_suffix(".erb")?;
        if value.is_empty() || value.contains(['/', '.']) {
            return None;
        }
        found = Some(path.rsplit('/').next().unwrap_or(path));
    }
    found.filter(|own| own.starts_with(last))
}

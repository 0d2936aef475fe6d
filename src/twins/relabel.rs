//! A reference that is missing in one environment and there in another.

use super::Settings;
use super::pairs::ranks;
use crate::facts::{Entity, Span, kinds};
use crate::finding::{Finding, Place};
use crate::graph::Graph;
use crate::loader::{FileIx, Snapshot};

/// What is said, by the rule that says so, of a reference that leads nowhere in one environment
/// only: with the other environment's place. `None` for any other finding.
pub fn relabel(settings: &Settings, new: &Graph<'_>, finding: &Finding) -> Option<Finding> {
    let Twin { from, to, place } = twin(settings, new, finding)?;
    let path = &new.snapshot.file(place.file).entry.path;
    Some(told(finding.clone(), path, &from, &to, place))
}

fn told(finding: Finding, path: &str, from: &str, to: &str, place: Place) -> Finding {
    let Some(entity) = finding.entity.clone() else { return finding };
    let is_key = matches!(entity.kind.noun(), "variable" | "key" | "value");
    let rule = if is_key { "environment-gap" } else { "missed-promotion" };
    let message = match entity.kind == kinds::FILE {
        true => format!("{}; {from} has {path}", finding.message),
        false => format!("{}; {from} has it in {path}", finding.message),
    };
    let mut out =
        Finding::new(rule, message, finding.primary).severity(finding.severity).of_change();
    out.label = finding.label;
    out.help = match finding.help.is_empty() {
        true => format!("add it to {to} too"),
        false => finding.help,
    };
    out.entity = finding.entity;
    out.related = finding.related;
    out.related(format!("{from} has it here"), place)
}

/// The other environment's thing of the same name.
struct Twin {
    /// What the other environment is called.
    from: String,
    /// What the one that lacks it is called.
    to: String,
    place: Place,
}

fn twin(settings: &Settings, new: &Graph<'_>, finding: &Finding) -> Option<Twin> {
    let snapshot = new.snapshot;
    if finding.rule != "unresolved-reference" || finding.primary.tree != snapshot.role {
        return None;
    }
    let entity = finding.entity.as_ref()?;
    let path = &snapshot.file(finding.primary.file).entry.path;
    // The innermost first: what stands further out is seldom what tells two of them apart.
    let ranks = ranks(path, &settings.chain);
    ranks.into_iter().find_map(|rank| other(settings, new, path, entity, rank))
}

/// The thing of another environment than the one at `rank`.
fn other(
    settings: &Settings,
    new: &Graph<'_>,
    path: &str,
    entity: &Entity,
    rank: usize,
) -> Option<Twin> {
    let chain = &settings.chain;
    let neutral = chain.neutral(&entity.name, rank);
    if !neutral.contains('\u{1}') {
        return None;
    }
    // The nearest environment before it, then those behind it.
    for other in (0..rank).rev().chain(rank + 1..chain.len()) {
        for word in chain.group(other) {
            let name = neutral.replace('\u{1}', word);
            // Its file is a twin's: the same place with the other word.
            let own = chain.neutral(path, rank).replace('\u{1}', word);
            if !is_beside(new.snapshot, &own) {
                continue;
            }
            if let Some(place) = place(new, entity, &name) {
                let (from, to) = (chain.name(other).to_owned(), chain.name(rank).to_owned());
                return Some(Twin { from, to, place });
            }
        }
    }
    None
}

/// Whether the folder of a path is there.
fn is_beside(snapshot: &Snapshot, path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let prefix = format!("{folder}/");
    let from = snapshot.files.partition_point(|file| file.entry.path.as_str() < prefix.as_str());
    snapshot.files.get(from).is_some_and(|file| file.entry.path.starts_with(&prefix))
}

fn place(graph: &Graph<'_>, entity: &Entity, name: &str) -> Option<Place> {
    let tree = graph.snapshot.role;
    let whole = |file: FileIx| Place { tree, file, span: Span::default() };
    if entity.kind == kinds::FILE {
        return graph.snapshot.find(name).map(whole);
    }
    let site = graph.providers(entity.kind, name).next()?;
    Some(Place { tree, file: site.file, span: site.span })
}

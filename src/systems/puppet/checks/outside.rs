//! Variables of classes that the tree does not have, where one is another but for a letter:
//! `$boxen::config::hime` beside many a `$boxen::config::home`.

use crate::check::Context;
use crate::facts::{Entity, Require, is_one_edit, is_slip, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// How often, and in which files, a name is read.
struct Reads<'g> {
    first: (FileIx, &'g Require),
    count: usize,
    is_of_one_file: bool,
}

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let all = reads(graph);
    let mut names: Vec<&SmolStr> = all.keys().copied().collect();
    names.sort();
    let by_class = names.chunk_by(|left, right| class(left) == class(right));
    for names in by_class.filter(|names| names.len() > 1) {
        for name in names {
            let Some(own) = all.get(name).filter(|own| own.is_of_one_file) else { continue };
            let is_near = |other: &&&SmolStr| {
                all.get(**other).is_some_and(|reads| reads.count > own.count)
                    && is_one_letter(last(name), last(other))
            };
            let Some(near) = names.iter().find(is_near) else { continue };
            let (file, require) = own.first;
            let place = Place { tree: graph.snapshot.role, file, span: require.span };
            let message = format!("the variable `${name}` is read nowhere else");
            findings.push(
                Finding::new("unresolved-reference", message, place)
                    .severity(Severity::Warning)
                    .label("read here")
                    .help(format!("did you mean `${near}`, which the tree reads too?"))
                    .entity(Entity::new(kinds::PUPPET_VARIABLE, (*name).clone())),
            );
        }
    }
}

/// What the tree reads of classes that it does not have.
fn reads<'g>(graph: &'g Graph<'_>) -> FxHashMap<&'g SmolStr, Reads<'g>> {
    let mut all: FxHashMap<&SmolStr, Reads<'_>> = FxHashMap::default();
    for (ix, file) in graph.asking(&[kinds::PUPPET_VARIABLE]) {
        let path = &file.entry.path;
        if !file.standing.is_live() || graph.snapshot.layout.is_nested(path) {
            continue;
        }
        for require in &file.facts.requires {
            let [target] = require.any_of.as_slice() else { continue };
            let name = target.name.as_exact().filter(|_| target.kind == kinds::PUPPET_VARIABLE);
            let Some(name) = name.filter(|own| own.contains("::")) else { continue };
            if graph.providers(kinds::PUPPET_CLASS, class(name)).next().is_some()
                || graph.providers(kinds::PUPPET_VARIABLE, name).next().is_some()
            {
                continue;
            }
            let own = Reads { first: (ix, require), count: 0, is_of_one_file: true };
            let own = all.entry(name).or_insert(own);
            own.count += 1;
            own.is_of_one_file &= own.first.0 == ix;
        }
    }
    all
}

fn class(name: &str) -> &str {
    name.rsplit_once("::").map_or("", |(class, _)| class)
}

fn last(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

/// Whether two names are apart by one letter inside of them: what one has several of may be
/// called after one, and what goes on is another thing.
fn is_one_letter(name: &str, other: &str) -> bool {
    is_slip(name, other)
        && is_one_edit(name, other)
        && name.len() > 3
        && !name.starts_with(other)
        && !other.starts_with(name)
        && name.as_bytes().first() == other.as_bytes().first()
}

#[cfg(test)]
mod tests {
    use super::is_one_letter;

    #[test]
    fn one_letter_inside_makes_a_slip() {
        assert!(is_one_letter("hime", "home"));
        for (name, other) in [("port", "ports"), ("host1", "host2"), ("user", "puser")] {
            assert!(!is_one_letter(name, other), "{name}");
        }
    }
}

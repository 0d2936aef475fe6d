//! Keys that are looked up without a default and that no data of the tree has.
//!
//! Where the tree has a whole hierarchy, the key's own kind says so. Else data may lie elsewhere:
//! what tells is a key of almost the same name that nothing reads, or that all the other keys which
//! are looked up like it are in the tree. (Source: Puppet's `lookup()` and `hiera()`: "Could not find data item".)

use super::hiera::Lookups;
use crate::check::Context;
use crate::facts::{Entity, Require, Strength, is_slip, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Data, Graph, Resolution};
use crate::loader::FileIx;
use smol_str::SmolStr;

/// So many keys that are found say that the data is here.
const ENOUGH: usize = 5;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut missed: Vec<(FileIx, &Require, &SmolStr)> = Vec::new();
    let mut found = 0;
    for (ix, file) in graph.asking(&[kinds::KEY]) {
        let path = file.entry.path.as_str();
        if !path.ends_with(".pp")
            || !file.standing.is_live()
            || graph.snapshot.layout.is_nested(path)
            || graph.is_unloadable(ix)
        {
            continue;
        }
        for require in &file.facts.requires {
            let Some(key) = asked(require) else { continue };
            match graph.resolve(require) {
                Resolution::Open(_) => missed.push((ix, require, key)),
                Resolution::Found(_) => found += 1,
                _ => {}
            }
        }
    }
    if missed.is_empty() || graph.data() == Data::Absent {
        return;
    }
    let lookups = Lookups::of(graph);
    let mut names: Vec<&SmolStr> = missed.iter().map(|(_, _, key)| *key).collect();
    names.sort();
    names.dedup();
    let is_alone = names.len() == 1 && found >= ENOUGH;
    for (file, require, key) in missed {
        let was = |old: &Graph<'_>| graph_has(old, key);
        if context.old.is_some_and(was) {
            continue;
        }
        let near = near(graph, &lookups, key);
        let severity = match &near {
            Some(_) => Severity::Error,
            None if is_alone && !is_secret(key) => Severity::Warning,
            None => continue,
        };
        let place = Place { tree: graph.snapshot.role, file, span: require.span };
        let message = format!("no data sets the key `{key}`, and it has no default");
        let finding = Finding::new("unresolved-reference", message, place)
            .severity(severity)
            .label("looked up here")
            .entity(Entity::new(kinds::KEY, key.clone()));
        findings.push(match near {
            Some((near, at)) => finding
                .help(format!("did you mean `{near}`? Nothing else reads that key"))
                .related("set here", at),
            None => finding.help("of all keys that are looked up so, it alone is not in the tree"),
        });
    }
}

/// Whether a key is of what people keep out of a tree.
fn is_secret(key: &str) -> bool {
    let words = ["pass", "secret", "token", "key", "cert", "credential", "private"];
    words.iter().any(|word| key.contains(word))
}

fn graph_has(graph: &Graph<'_>, key: &str) -> bool {
    graph.providers(kinds::KEY, key).next().is_some()
}

/// The key that a call cannot do without.
fn asked(require: &Require) -> Option<&SmolStr> {
    let [target] = require.any_of.as_slice() else { return None };
    let key = target.name.as_exact().filter(|_| target.kind == kinds::KEY)?;
    (require.via == "lookup()" && require.strength != Strength::Guarded).then_some(key)
}

/// A key of the data that is this one but for a letter, and that nothing reads.
fn near(graph: &Graph<'_>, lookups: &Lookups, key: &str) -> Option<(SmolStr, Place)> {
    let is_free = |own: &str| {
        !lookups.reads_exactly(own)
            && own.rsplit_once("::").is_none_or(|(class, param)| {
                let entity = Entity::new(kinds::PUPPET_CLASS, class);
                !graph
                    .interfaces(&entity)
                    .any(|(_, own)| own.params.iter().any(|own| own.name == param))
            })
    };
    // Slips begin alike, but for few.
    let head = key.get(..4).filter(|_| key.len() > 6)?;
    let all = graph.all(kinds::KEY);
    let from = all.partition_point(|(own, _)| own.as_str() < head);
    let alike = all[from..].iter().take_while(|(own, _)| own.starts_with(head));
    let mut all = alike
        .filter(|(own, _)| own.len().abs_diff(key.len()) < 3 && is_slip(own, key) && is_free(own));
    let (name, site) = all.next()?;
    let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
    Some((name.clone(), place))
}

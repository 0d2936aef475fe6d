//! The one class of a module that is not in the tree, where all the other modules that it uses are, and
//! it lists none that come from elsewhere: `include unzip` beside twenty modules.

use crate::check::Context;
use crate::facts::{Entity, Require, Strength, is_slip, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Resolution;
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// So many modules that are here say that they all are to be.
const ENOUGH: usize = 8;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let has_nodes = !graph.all(kinds::PUPPET_NODE).is_empty();
    if !has_nodes || !graph.all(kinds::PUPPET_EXTERNAL).is_empty() {
        return;
    }
    let mut found: FxHashSet<&str> = FxHashSet::default();
    let mut missed: Vec<(FileIx, &Require, &SmolStr)> = Vec::new();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let path = file.entry.path.as_str();
        if !path.ends_with(".pp")
            || !file.standing.is_live()
            || graph.snapshot.layout.is_nested(path)
            || graph.is_unloadable(ix as FileIx)
        {
            continue;
        }
        for require in &file.facts.requires {
            let Some(name) = class(require) else { continue };
            match graph.resolve(require) {
                Resolution::Found(_) => drop(found.insert(module(name))),
                Resolution::Open(_) => missed.push((ix as FileIx, require, name)),
                _ => {}
            }
        }
    }
    let [(file, require, name)] = missed.as_slice() else { return };
    let own = module(name);
    // A slip of the pen is told as one.
    let is_near = || found.iter().any(|other| is_slip(own, other));
    if found.len() < ENOUGH || found.contains(own) || own == "stdlib" || is_near() {
        return;
    }
    let place = Place { tree: graph.snapshot.role, file: *file, span: require.span };
    findings.push(
        Finding::new("unresolved-reference", format!("class `{name}` does not exist"), place)
            .severity(Severity::Warning)
            .label(format!("required here by `{}`", require.via))
            .help("of all modules that are used here, this one alone is not in the tree")
            .entity(Entity::new(kinds::PUPPET_CLASS, (*name).clone())),
    );
}

fn module(name: &str) -> &str {
    name.split("::").next().unwrap_or(name)
}

/// The class that something cannot do without.
fn class(require: &Require) -> Option<&SmolStr> {
    let target = require.any_of.first().filter(|own| own.kind == kinds::PUPPET_CLASS)?;
    target.name.as_exact().filter(|_| require.strength == Strength::Certain)
}

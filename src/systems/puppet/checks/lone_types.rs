//! Types that the tree names once, that nothing declares, and that are another but for a letter which
//! the tree has or uses again and again: `apt::ping` beside `apt::pin`, `Kpackge['x']` beside the
//! type `kpackage`.
//!
//! A module from elsewhere may have both, so this is a warning, but where the block's own file
//! declares the other one under the very title.

use crate::check::Context;
use crate::facts::{Entity, Require, Strength, is_one_edit, kinds};
use crate::finding::{Finding, Place, Remedy, Severity};
use crate::graph::{Graph, Resolution};
use crate::loader::FileIx;
use crate::systems::puppet::builtin;
use crate::systems::puppet::text::capitalised;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// So many declarations of a type say that there is one.
const ENOUGH: usize = 2;

/// Who names a type.
#[derive(Default)]
struct Uses<'g> {
    declared: usize,
    referred: usize,
    /// The last one.
    last: Option<(FileIx, &'g Require)>,
}

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut all: FxHashMap<SmolStr, Uses<'_>> = FxHashMap::default();
    for (ix, file) in context.asking(&[kinds::PUPPET_DEFINE, kinds::PUPPET_RESOURCE]) {
        if !file.entry.path.ends_with(".pp") || !file.standing.is_live() {
            continue;
        }
        for require in &file.facts.requires {
            let Some((name, is_declared)) = named(require) else { continue };
            let uses = all.entry(name).or_default();
            uses.declared += usize::from(is_declared);
            uses.referred += usize::from(!is_declared);
            uses.last = Some((ix, require));
        }
    }
    let mut lone: Vec<(&SmolStr, (FileIx, &Require))> = all
        .iter()
        .filter(|(_, own)| own.declared + own.referred == 1)
        .filter_map(|(name, own)| Some((name, own.last?)))
        .collect();
    lone.sort_by_key(|(name, _)| *name);
    for (name, (file, require)) in lone {
        if is_known(graph, name) || !is_open(graph, file, require) {
            continue;
        }
        let Some(near) = near(graph, &all, name) else { continue };
        if graph.is_partly_read(file) || graph.is_unloadable(file) {
            continue;
        }
        findings.push(report(graph, name, &near, file, require));
    }
}

/// The type that a requirement names, and whether it declares a resource of it.
fn named(require: &Require) -> Option<(SmolStr, bool)> {
    let target = require.any_of.first()?;
    match target.kind {
        kinds::PUPPET_DEFINE if require.strength == Strength::Certain => {
            Some((target.name.as_exact()?.clone(), require.via == "resource"))
        }
        kinds::PUPPET_RESOURCE if require.strength != Strength::Guarded => {
            let (ty, _) = target.name.prefix().split_once('[')?;
            let name = ty.to_ascii_lowercase();
            let is_plain = !name.contains("::") && !builtin::is_type(&name);
            is_plain.then(|| (name.into(), false))
        }
        _ => None,
    }
}

/// Whether the tree has the type, or lists a module of that name.
fn is_known(graph: &Graph<'_>, name: &str) -> bool {
    let tail = format!("::{name}");
    let any = [kinds::PUPPET_DEFINE, kinds::PUPPET_TYPE, kinds::PUPPET_EXTERNAL];
    builtin::is_type(name)
        || builtin::near_type(name).is_some()
        || any.into_iter().any(|kind| graph.providers(kind, name).next().is_some())
        || graph.all(kinds::PUPPET_DEFINE).iter().any(|(own, _)| own.ends_with(&tail))
}

/// Whether nothing is said of it otherwise.
fn is_open(graph: &Graph<'_>, file: FileIx, require: &Require) -> bool {
    let is_reference = require.any_of.first().is_some_and(|own| own.kind == kinds::PUPPET_RESOURCE);
    is_reference
        || matches!(graph.resolve_from(file, require), Resolution::Open(_) | Resolution::Elsewhere)
}

/// The one type of the same module that was meant.
fn near(graph: &Graph<'_>, all: &FxHashMap<SmolStr, Uses<'_>>, name: &str) -> Option<SmolStr> {
    let (head, last) = name.rsplit_once("::").unwrap_or(("", name));
    if last.len() < 4 {
        return None;
    }
    let is_near = |other: &str| {
        let (other_head, other) = other.rsplit_once("::").unwrap_or(("", other));
        // One and several of a thing are two types, and so are two that are counted.
        let is_plural =
            last.strip_suffix('s') == Some(other) || other.strip_suffix('s') == Some(last);
        let letters = |own: &str| own.replace(|own: char| own.is_ascii_digit(), "");
        head == other_head
            && other.get(..1) == last.get(..1)
            && is_one_edit(last, other)
            && !is_plural
            && letters(last) != letters(other)
    };
    let defines = graph.all(kinds::PUPPET_DEFINE).iter().map(|(own, _)| own);
    let used = all.iter().filter(|(_, own)| own.declared >= ENOUGH).map(|(own, _)| own);
    let mut found: Vec<&SmolStr> = defines.chain(used).filter(|own| is_near(own)).collect();
    found.sort();
    found.dedup();
    let [one] = found.as_slice() else { return None };
    Some((*one).clone())
}

fn report(
    graph: &Graph<'_>,
    name: &str,
    near: &SmolStr,
    file: FileIx,
    require: &Require,
) -> Finding {
    let place = Place { tree: graph.snapshot.role, file, span: require.span };
    let title = require.any_of.first().and_then(|own| own.name.as_exact());
    let title = title.and_then(|own| own.split_once('[')).map(|(_, title)| title);
    // `Kpackge['x']` below `kpackage { 'x': }`.
    let meant = title.map(|title| format!("{}[{title}", capitalised(near)));
    let provides = &graph.snapshot.file(file).facts.provides;
    let is_declared = meant.as_ref().is_some_and(|meant| {
        provides.iter().any(|own| {
            own.kind == kinds::PUPPET_RESOURCE
                && own.name.as_exact().is_some_and(|own| own == meant)
        })
    });
    let severity = if is_declared { Severity::Error } else { Severity::Warning };
    let shown = |own: &str| match title {
        Some(_) => capitalised(own),
        None => own.into(),
    };
    let message = format!("resource type `{}` is named nowhere else", shown(name));
    Finding::new("unresolved-reference", message, place)
        .severity(severity)
        .label(format!("required here by `{}`", require.via))
        .help(format!("did you mean `{}`?", shown(near)))
        .remedy(Remedy::nearest(name, near.as_str()))
        .entity(Entity::new(kinds::PUPPET_DEFINE, name))
}

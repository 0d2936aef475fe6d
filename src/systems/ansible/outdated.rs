//! Variables that a change reads under another name, while an inventory or a play still sets the old
//! one: what it says changes nothing any more.

use super::names::unit;
use super::orphans::counted;
use super::parameters::read_names;
use super::unread::{are_built, is_told};
use crate::check::Context;
use crate::facts::{Entity, Require, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::{FileIx, Role};
use rustc_hash::{FxHashMap, FxHashSet};

/// Names of one change that are looked at.
const MOST: usize = 40;
/// Shorter names are like words of other texts.
const MIN_NAME: usize = 6;

/// Reports values that are set for names which nothing reads since the change.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (new, Some(old)) = (context.new, context.old) else { return };
    let lost = lost(old, new);
    if lost.is_empty() {
        return;
    }
    let is_read = read_names(new);
    let mut left: FxHashMap<&str, Vec<Site>> = FxHashMap::default();
    for (name, site) in new.all(kinds::ANSIBLE_VARIABLE) {
        let own = name.as_str();
        let is_candidate = own.len() >= MIN_NAME && lost.contains(own) && !is_read.contains(own);
        if is_candidate && new.snapshot.file(site.file).standing.is_live() {
            left.entry(own).or_default().push(*site);
        }
    }
    if left.is_empty() || left.len() > MOST || are_built(new) {
        return;
    }
    // Whatever else the texts name may read it in a way that is not known.
    let counts = counted(new, left.keys().copied().collect(), is_told);
    left.retain(|name, sites| counts.get(name) == Some(&sites.len()));
    let mut left: Vec<(&str, Vec<Site>)> = left.into_iter().collect();
    left.sort_unstable_by_key(|(name, _)| *name);
    for (name, sites) in left {
        let Some((now, reader, require)) = renamed(old, new, name) else { continue };
        for site in sites {
            findings.push(report(new, (name, site), now, (reader, require)));
        }
    }
}

/// Names that a file read before the change and does not read now: few files differ, so that
/// whole trees need not be asked where none did.
fn lost<'g>(old: &'g Graph<'_>, new: &Graph<'_>) -> FxHashSet<&'g str> {
    let files = old.naming(&[kinds::ANSIBLE_VARIABLE]);
    let differ = files.filter(|(_, file)| !new.snapshot.has_same(file));
    let all = differ.filter_map(|(_, file)| {
        let now = new.snapshot.file(new.snapshot.find(&file.entry.path)?);
        let now: FxHashSet<&str> = now.facts.requires.iter().filter_map(read).collect();
        let before = file.facts.requires.iter().filter_map(read);
        Some(before.filter(|name| !now.contains(name)).collect::<Vec<_>>())
    });
    all.flatten().collect()
}

/// The name that is read in place of one that went, where a file that read it reads one new name
/// more, and else reads what it did.
fn renamed<'g>(
    old: &Graph<'_>,
    new: &'g Graph<'_>,
    name: &str,
) -> Option<(&'g str, FileIx, &'g Require)> {
    let reads = |graph: &Graph<'_>, ix: FileIx, wanted: &str| {
        let requires = &graph.snapshot.file(ix).facts.requires;
        requires.iter().any(|own| read(own) == Some(wanted))
    };
    for (ix, file) in old.naming(&[kinds::ANSIBLE_VARIABLE]) {
        if !reads(old, ix, name) {
            continue;
        }
        let Some(now) = new.snapshot.find(&file.entry.path) else { continue };
        let requires = new.snapshot.file(now).facts.requires.iter();
        let come = |own: &&Require| read(own).is_some_and(|own| !reads(old, ix, own));
        let mut come = requires.filter(come);
        let first = come.next()?;
        let meant = read(first)?;
        let is_one = come.all(|own| read(own) == Some(meant));
        let words = |text: &str| text.split('_').map(str::to_owned).collect::<Vec<_>>();
        let shared = words(name).iter().filter(|own| words(meant).contains(own)).count();
        if is_one && shared > 0 && unit(&file.entry.path).is_some() {
            return Some((meant, now, first));
        }
    }
    None
}

/// The variable that a text reads.
fn read(require: &Require) -> Option<&str> {
    let first = require.any_of.first().filter(|own| own.kind == kinds::ANSIBLE_VARIABLE)?;
    first.name.as_exact().map(|own| own.as_str())
}

fn report(
    graph: &Graph<'_>,
    (name, site): (&str, Site),
    now: &str,
    (reader, require): (FileIx, &Require),
) -> Finding {
    let tree: Role = graph.snapshot.role;
    let message = format!("variable `{name}` is set here, and nothing reads it since this change");
    Finding::new("removed-parameter", message, Place { tree, file: site.file, span: site.span })
        .severity(Severity::Warning)
        .of_change()
        .label("set here")
        .help(format!("`{now}` is read in its place: set that"))
        .related("read here now", Place { tree, file: reader, span: require.span })
        .entity(Entity::new(kinds::ANSIBLE_VARIABLE, name))
}

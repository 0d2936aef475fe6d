//! Defaults of a role that nothing reads, in roles that read all their others: whoever sets one
//! changes nothing.

use super::names::{own_name, unit};
use super::orphans::counted;
use super::parameters::read_names;
use crate::check::Context;
use crate::facts::{Entity, Standing, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// So many of its defaults a role reads.
const MANY: usize = 6;
/// Shorter names are like words of other texts.
const MIN_NAME: usize = 8;
/// Files of more bytes are not looked through.
const MAX_SEARCHED: u64 = 256 * 1024;
/// Reads of variables whose names are put together at run time.
const BUILT: [&str; 4] = ["vars[", "lookup('vars'", "lookup(\"vars\"", "varnames"];

/// What a role does with its defaults.
#[derive(Default)]
struct Defaults<'g> {
    read: usize,
    unread: Vec<(&'g str, Site)>,
}

/// Reports such defaults.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut roles: FxHashMap<&str, Defaults<'_>> = FxHashMap::default();
    let all = graph.all(kinds::ANSIBLE_VARIABLE);
    if all.is_empty() {
        return;
    }
    let read = read_names(graph);
    for (name, site) in all {
        let file = graph.snapshot.file(site.file);
        let path = file.entry.path.as_str();
        let is_default = path.contains("/defaults/main.") && file.standing.is_live();
        let Some(role) = unit(path).filter(|own| is_default && !own.is_empty()) else { continue };
        let first = name.split('_').next().unwrap_or_default();
        if name.len() < MIN_NAME || !own_name(role).split('_').any(|word| word == first) {
            continue;
        }
        let own = roles.entry(role).or_default();
        match read.contains(name.as_str()) {
            true => own.read += 1,
            false => own.unread.push((name, *site)),
        }
    }
    let mut single: Vec<(&str, Site)> = roles
        .values()
        .filter(|own| own.read >= MANY && own.unread.len() == 1)
        .flat_map(|own| own.unread.iter().copied())
        .collect();
    if single.is_empty() || are_built(graph) {
        return;
    }
    single.sort_unstable_by_key(|(name, _)| *name);
    let counts = counted(graph, single.iter().map(|(name, _)| *name).collect(), is_told);
    let sites: FxHashSet<&str> = single.iter().map(|(name, _)| *name).collect();
    let once = |name: &str| counts.get(name) == Some(&1) && sites.contains(name);
    for (name, site) in single.into_iter().filter(|(name, _)| once(name)) {
        let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
        let message = format!("nothing reads `{name}`: whoever sets it changes nothing");
        findings.push(
            Finding::new("shadowed-rule", message, place)
                .severity(Severity::Note)
                .label("a default of the role")
                .help("use it where its siblings are used, or remove it")
                .entity(Entity::new(kinds::ANSIBLE_VARIABLE, name)),
        );
    }
}

/// Whether a file says what is done; what is said to readers, and to tests, reads nothing.
pub(super) fn is_told(path: &str) -> bool {
    let is_page = [".md", ".rst", ".adoc", ".txt"].iter().any(|end| path.ends_with(end));
    !is_page && Standing::of(path).is_live()
}

/// Whether the tree reads variables whose names it puts together.
pub(super) fn are_built(graph: &Graph<'_>) -> bool {
    let is_small = |ix: &usize| {
        let file = &graph.snapshot.files[*ix];
        file.entry.size.is_none_or(|size| size <= MAX_SEARCHED) && is_told(&file.entry.path)
    };
    let files = (0..graph.snapshot.files.len()).into_par_iter();
    files.filter(is_small).any(|ix| graph.snapshot.tells(ix as FileIx, is_built))
}

/// Whether a text reads variables by names that it puts together.
fn is_built(contents: &[u8]) -> bool {
    BUILT.iter().any(|text| {
        memmem::find_iter(contents, text.as_bytes()).any(|at| {
            // `hostvars[inventory_hostname]` is another's.
            at.checked_sub(1).is_none_or(|at| !contents[at].is_ascii_alphanumeric())
        })
    })
}

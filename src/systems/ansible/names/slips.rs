//! Names that are slips of variables that a role has.
//!
//! What nothing of a tree sets may be set on a command line, or by whoever uses a role. A name
//! that is one letter from that of another variable of the role is hardly meant to be.

use super::unit;
use crate::facts::{NamePattern, kinds, parent_folder};
use crate::graph::{Graph, Resolution};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Shorter names are like too many others.
const MIN_SLIP: usize = 6;

/// Roles that plays of the tree use, with their names of variables.
#[derive(Default)]
pub(super) struct Slips {
    used: FxHashMap<SmolStr, Vec<SmolStr>>,
    /// Names that a unit's own tasks fill, whoever uses it.
    filled: FxHashMap<SmolStr, Vec<SmolStr>>,
    /// Names that anything reads.
    read: FxHashSet<SmolStr>,
}

impl Slips {
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut used: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        let mut filled: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        let mut read = FxHashSet::default();
        for file in graph.snapshot.files.iter().filter(|file| file.standing.is_live()) {
            let targets = file.facts.requires.iter().filter_map(|require| require.any_of.first());
            for target in targets {
                let is_read = [kinds::ANSIBLE_VARIABLE, kinds::ANSIBLE_RESULT];
                if is_read.contains(&target.kind) {
                    read.extend(target.name.as_exact().cloned());
                }
                if target.kind != kinds::ANSIBLE_ROLE_USE {
                    continue;
                }
                let Resolution::Found(sites) = graph.resolve_ref(target) else { continue };
                for site in sites {
                    let path = &graph.snapshot.file(site.file).entry.path;
                    used.extend(unit(path).map(|own| (own.into(), Vec::new())));
                }
            }
        }
        for (name, site) in graph.all(kinds::ANSIBLE_VARIABLE) {
            let path = &graph.snapshot.file(site.file).entry.path;
            let Some(own) = unit(path) else { continue };
            if let Some(names) = used.get_mut(own) {
                names.push(name.clone());
            }
            if parent_folder(path).split('/').any(|part| part == "tasks") {
                filled.entry(own.into()).or_default().push(name.clone());
            }
        }
        Self { used, filled, read }
    }

    /// The variable of the role that the name is a slip of.
    pub fn meant(&self, unit: &str, name: &str) -> Option<&SmolStr> {
        let names = [&self.used, &self.filled].into_iter().filter_map(|names| names.get(unit));
        names.flatten().find(|own| is_slip(name, own))
    }

    /// One that is, and that nothing reads: what only other roles set was to be set here.
    pub fn unread(&self, graph: &Graph<'_>, unit: &str, name: &str) -> Option<&SmolStr> {
        let own = self.meant(unit, name).filter(|own| !self.read.contains(*own))?;
        let exact = NamePattern::exact(own.clone());
        graph.matching(kinds::ANSIBLE_SUPPLIED, &exact).is_empty().then_some(own)
    }
}

/// Whether a name is one letter from another, which is no number and no plural.
pub(in super::super) fn is_slip(name: &str, own: &str) -> bool {
    let stem = |name: &str| {
        name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == 's').to_owned()
    };
    name.len() >= MIN_SLIP
        && own.len().abs_diff(name.len()) < 2
        && strsim::osa_distance(own, name) == 1
        && stem(own) != stem(name)
        && digits(name).eq(digits(own))
}

/// `eth0` and `eth1` differ in a number.
fn digits(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(u8::is_ascii_digit)
}

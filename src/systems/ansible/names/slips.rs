//! Names that are slips of variables that a role has.
//!
//! What nothing of a tree sets may be set on a command line, or by whoever uses a role. A name
//! that is one letter from that of another variable of the role is hardly meant to be.

use super::unit;
use crate::facts::kinds;
use crate::graph::{Graph, Resolution};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Shorter names are like too many others.
const MIN_SLIP: usize = 6;

/// Roles that plays of the tree use, with their names of variables.
#[derive(Default)]
pub(super) struct Slips(FxHashMap<SmolStr, Vec<SmolStr>>);

impl Slips {
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut used: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        for file in graph.snapshot.files.iter().filter(|file| file.standing.is_live()) {
            let targets = file.facts.requires.iter().filter_map(|require| require.any_of.first());
            for target in targets.filter(|target| target.kind == kinds::ANSIBLE_ROLE_USE) {
                let Resolution::Found(sites) = graph.resolve_ref(target) else { continue };
                for site in sites {
                    let path = &graph.snapshot.file(site.file).entry.path;
                    used.extend(unit(path).map(|own| (own.into(), Vec::new())));
                }
            }
        }
        for (name, site) in graph.all(kinds::ANSIBLE_VARIABLE) {
            let path = &graph.snapshot.file(site.file).entry.path;
            if let Some(names) = unit(path).and_then(|own| used.get_mut(own)) {
                names.push(name.clone());
            }
        }
        Self(used)
    }

    /// The variable of the role that the name is a slip of.
    pub fn meant(&self, unit: &str, name: &str) -> Option<&SmolStr> {
        self.0.get(unit)?.iter().find(|own| is_slip(name, own))
    }
}

/// Whether a name is one letter from another, which is no number and no plural.
fn is_slip(name: &str, own: &str) -> bool {
    let stem = |name: &str| {
        name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == 's').to_owned()
    };
    name.len() >= MIN_SLIP
        && own.len().abs_diff(name.len()) < 2
        && strsim::osa_distance(own, name) == 1
        && stem(own) != stem(name)
        && !name.split('_').zip(own.split('_')).any(|(a, b)| a != b && has_digit(a, b))
}

/// Whether two words differ in a number: `eth0` and `eth1`.
fn has_digit(word: &str, other: &str) -> bool {
    [word, other].iter().all(|own| own.bytes().any(|byte| byte.is_ascii_digit()))
}

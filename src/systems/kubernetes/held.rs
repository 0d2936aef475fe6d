//! How much of what is named a tree holds.

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Kinds of which a cluster has one or two, that many objects name.
const FEW: [&str; 4] = ["ClusterIssuer", "ClusterSecretStore", "Issuer", "SecretStore"];

/// Whether a name leads to something of the tree.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Here {
    Yes,
    No,
}

/// Of each group of names, how many that are named are here, and how many there are.
#[derive(Default)]
pub(super) struct Held {
    counts: FxHashMap<SmolStr, (u32, u32)>,
    seen: FxHashSet<String>,
}

impl Held {
    pub(super) fn add(&mut self, group: &str, name: &str, is_here: Here) {
        if self.seen.insert(name.to_owned()) {
            let (here, all) = self.counts.entry(group.into()).or_default();
            *here += u32::from(is_here == Here::Yes);
            *all += 1;
        }
    }

    /// Whether two of three are here. Of what a cluster has one of, that one says as much.
    pub(super) fn has(&self, group: &str) -> bool {
        let of_few = FEW.contains(&group);
        self.counts.get(group).is_some_and(|(here, all)| match of_few {
            true => *here >= 1 && here * 2 >= *all,
            false => *here >= 2 && here * 3 >= all * 2,
        })
    }
}

//! Which objects a tree has to hold: none for certain, since operators, charts and people make
//! them too. Of a kind that it mostly holds, one that is named for the first time and is not
//! here is worth a word, and so is one that went away.

use crate::facts::{Entity, Ref, kinds};
use crate::graph::{Graph, Resolution, Resolver};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::OnceLock;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::CLUSTER_OBJECT, Box::<Objects>::default());
}

/// What controllers put into every namespace.
const GIVEN: [&str; 7] = [
    "ConfigMap/istio-ca-root-cert",
    "ConfigMap/kube-root-ca.crt",
    "ConfigMap/openshift-service-ca.crt",
    "ServiceAccount/builder",
    "ServiceAccount/default",
    "ServiceAccount/deployer",
    "ServiceAccount/pipeline",
];

/// The kinds of which most that are named are here; found when first asked for.
#[derive(Default)]
struct Objects(OnceLock<FxHashSet<SmolStr>>);

impl Resolver for Objects {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::CLUSTER_OBJECT, &target.name);
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let name = target.name.to_string();
        let kind = name.split('/').next().unwrap_or_default();
        let held = self.0.get_or_init(|| held(graph));
        if GIVEN.contains(&name.as_str()) || !held.contains(kind) {
            return Resolution::Elsewhere;
        }
        Resolution::Open(Entity::new(kinds::CLUSTER_OBJECT, name.as_str()))
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let kind = name.split('/').next().unwrap_or_default();
        let all = graph.all(kinds::CLUSTER_OBJECT).iter().map(|(own, _)| own.as_str());
        let same = all.filter(|own| own.split('/').next() == Some(kind));
        crate::facts::nearest_of(name, same)
    }
}

fn held(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let mut counts: FxHashMap<SmolStr, (u32, u32)> = FxHashMap::default();
    let mut seen: FxHashSet<String> = FxHashSet::default();
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    let targets = requires.flat_map(|require| &require.any_of);
    for target in targets.filter(|target| target.kind == kinds::CLUSTER_OBJECT) {
        let name = target.name.to_string();
        if !seen.insert(name.clone()) {
            continue;
        }
        let kind = name.split('/').next().unwrap_or_default();
        let (here, all) = counts.entry(kind.into()).or_default();
        *here += u32::from(!graph.matching(kinds::CLUSTER_OBJECT, &target.name).is_empty());
        *all += 1;
    }
    let most = counts.into_iter().filter(|(_, (here, all))| *here >= 2 && here * 3 >= all * 2);
    most.map(|(kind, _)| kind).collect()
}

//! Which objects a tree has to hold: none for certain, since operators, charts and people make
//! them too. Of a kind that it mostly holds, one that is named for the first time and is not
//! here is worth a word; so is one that went away, whatever its kind.

use super::held::{Held, Here};
use super::matching::is_patch;
use super::releases;
use crate::facts::{Entity, Ref, kinds};
use crate::graph::{Graph, Resolution, Resolver, Site};
use crate::loader::Role;
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::OnceLock;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::CLUSTER_OBJECT, Box::<Objects>::default());
}

/// What controllers put into every namespace.
const GIVEN: [&str; 8] = [
    "ConfigMap/istio-ca-root-cert",
    "ConfigMap/kube-root-ca.crt",
    "ConfigMap/openshift-service-ca.crt",
    "ServiceAccount/builder",
    "ServiceAccount/default",
    "ServiceAccount/deployer",
    "ServiceAccount/pipeline",
    "Service/kubernetes",
];

/// Roles that every cluster has, beside those of its own parts: `system:…`.
const ROLES: [&str; 4] = ["admin", "cluster-admin", "edit", "view"];

fn is_given(name: &str) -> bool {
    let role = name.strip_prefix("ClusterRole/");
    GIVEN.contains(&name) || role.is_some_and(|own| ROLES.contains(&own) || own.contains(':'))
}

/// The kinds of which most that are named are here; found when first asked for.
#[derive(Default)]
struct Objects(OnceLock<Held>);

impl Resolver for Objects {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = named(graph, target);
        let path = |site: &Site| &graph.snapshot.file(site.file).entry.path;
        let is_old = graph.snapshot.role == Role::Old;
        // What a patch changes does not go with it: something else makes it.
        if is_old && !found.is_empty() && found.iter().all(|site| is_patch(graph, path(site))) {
            return Resolution::Elsewhere;
        }
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let name = target.name.to_string();
        // What examples make, whoever uses the tree makes too.
        if is_given(&name)
            || releases::may_make(graph, &name)
            || graph.is_aside(kinds::CLUSTER_OBJECT, &name)
        {
            return Resolution::Elsewhere;
        }
        Resolution::Open(Entity::new(kinds::CLUSTER_OBJECT, name.as_str()))
    }

    fn is_news(&self, graph: &Graph<'_>, name: &str) -> bool {
        let kind = name.split('/').next().unwrap_or_default();
        self.0.get_or_init(|| held(graph)).has(kind)
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let kind = name.split('/').next().unwrap_or_default();
        let all = graph.all(kinds::CLUSTER_OBJECT).iter().map(|(own, _)| own.as_str());
        let same = all.filter(|own| own.split('/').next() == Some(kind));
        crate::facts::nearest_of(name, same)
    }
}

/// Where an object of a name is made. One that a chart gives a name of which nothing is known may
/// be any, and is no reason to say that this one is there.
fn named(graph: &Graph<'_>, target: &Ref) -> SmallVec<[Site; 1]> {
    let mut found = graph.matching(kinds::CLUSTER_OBJECT, &target.name);
    found.retain(|site| {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let own = site.provide.and_then(|ix| provides.get(ix as usize));
        own.is_none_or(|own| own.name.as_exact().is_some() || !own.name.to_string().ends_with("/*"))
    });
    found
}

fn held(graph: &Graph<'_>) -> Held {
    let mut held = Held::default();
    let targets = graph.targets(&[kinds::CLUSTER_OBJECT]);
    for target in targets.filter(|target| target.kind == kinds::CLUSTER_OBJECT) {
        let name = target.name.to_string();
        let here = match named(graph, target).is_empty() {
            true => Here::No,
            false => Here::Yes,
        };
        held.add(name.split('/').next().unwrap_or_default(), &name, here);
    }
    held
}

//! nginx's names are those of one whole configuration, in however many files.

use super::words::PACKAGED;
use crate::facts::{Ref, kinds};
use crate::graph::{Configurations, Graph, Owned, Resolution, Resolver};

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::NGINX_LOOSE_NAME, Box::new(Names(Owned::No)));
    graph.set_resolver(kinds::NGINX_NAME, Box::new(Names(Owned::Yes)));
    graph.set_resolver(kinds::NGINX_STREAM_NAME, Box::new(Names(Owned::Yes)));
    graph.set_resolver(kinds::NGINX_PATH, Box::new(Paths));
    graph.set_resolver(kinds::NGINX_VARIABLE, Box::new(Variables));
}

/// Its configurations.
pub(super) const OWN: Configurations = Configurations {
    file: kinds::NGINX_FILE,
    path: kinds::NGINX_PATH,
    hosts: &[
        "/etc/nginx/conf/",
        "/etc/nginx/",
        "/usr/local/etc/nginx/",
        "/usr/local/nginx/conf/",
        "/usr/local/openresty/nginx/conf/",
        "/opt/nginx/conf/",
        "/opt/bitnami/nginx/conf/",
    ],
    packaged: PACKAGED,
    filled: &["/usr/share/nginx/modules/", "/etc/letsencrypt/"],
};

/// Names of a configuration; whether they can be something else too.
struct Names(Owned);

impl Resolver for Names {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        OWN.resolve_name(graph, target, self.0)
    }
}

struct Paths;

impl Resolver for Paths {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        match OWN.resolve_path(graph, target) {
            Resolution::Open(entity) if is_slip(graph, target) => Resolution::Missing(entity),
            resolution => resolution,
        }
    }
}

/// Whether a configuration that begins in the tree misspells a file that nginx's packages bring:
/// `include mime.type`.
fn is_slip(graph: &Graph<'_>, target: &Ref) -> bool {
    let Some((from, path)) = target.placed() else { return false };
    let hosts = OWN.hosts.iter().find_map(|host| path.strip_prefix(host));
    let name = hosts.unwrap_or(path);
    let misspells = |own: &&str| strsim::osa_distance(own, name) == 1;
    !name.contains('/') && PACKAGED.iter().any(misspells) && OWN.begins_above(graph, from)
}

/// Whether one is missing shows a whole configuration alone, which is looked at as such.
struct Variables;

impl Resolver for Variables {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let sites = graph.matching(target.kind, &target.name);
        if sites.is_empty() { Resolution::Elsewhere } else { Resolution::Found(sites) }
    }
}

//! nginx's names are those of one whole configuration, in however many files.

use super::words::PACKAGED;
use crate::facts::{NamePattern, kinds};
use crate::graph::{Asked, Configurations, Graph, Resolution, Resolver};

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::NGINX_NAME, Box::new(Names));
    graph.set_resolver(kinds::NGINX_PATH, Box::new(Paths));
}

/// Its configurations.
const OWN: Configurations = Configurations {
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

struct Names;

impl Resolver for Names {
    fn resolve(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution {
        Asked::of(name).map_or(Resolution::Elsewhere, |asked| asked.resolve(graph, &OWN))
    }
}

struct Paths;

impl Resolver for Paths {
    fn resolve(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution {
        OWN.resolve_path(graph, name)
    }
}

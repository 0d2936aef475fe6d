//! Apache's names are those of one whole configuration, in however many files.

use super::modules::{NEW, is_of_24};
use crate::facts::{Entity, NamePattern, Ref, kinds};
use crate::graph::{Configurations, Graph, Member, Owned, Resolution, Resolver, Site};
use smallvec::smallvec;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::APACHE_NAME, Box::new(Names));
    graph.set_resolver(kinds::APACHE_PATH, Box::new(Paths));
    graph.set_resolver(kinds::APACHE_VARIABLE, Box::new(Variables));
}

/// Its configurations.
pub(super) const OWN: Configurations = Configurations {
    file: kinds::APACHE_FILE,
    path: kinds::APACHE_PATH,
    hosts: &[
        "/etc/apache2/",
        "/etc/httpd/conf/",
        "/etc/httpd/",
        "/usr/local/apache2/conf/",
        "/usr/local/apache2/",
        "/usr/local/etc/apache24/",
        "/usr/local/etc/apache22/",
    ],
    packaged: &[
        "autoindex.conf",
        "charset.conf",
        "letsencrypt.conf",
        "localhost.crt",
        "localhost.key",
        "localized-error-pages.conf",
        "magic",
        "options-ssl-apache.conf",
        "other-vhosts-access-log.conf",
        "php.conf",
        "phpmyadmin.conf",
        "ports.conf",
        "security.conf",
        "serve-cgi-bin.conf",
        "ssl-cert-snakeoil.key",
        "ssl-cert-snakeoil.pem",
        "ssl.conf",
        "userdir.conf",
        "welcome.conf",
    ],
    filled: &["/etc/letsencrypt/", "/usr/share/", "/etc/phpmyadmin/"],
};

struct Names;

impl Resolver for Names {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        match target.sought() {
            kinds::APACHE_MODULE => module(graph, target),
            _ => OWN.resolve_name(graph, target, Owned::Yes),
        }
    }
}

/// A module is missing where the whole configuration is in the tree and loads others.
fn module(graph: &Graph<'_>, target: &Ref) -> Resolution {
    let Some((from, name)) = target.placed() else { return Resolution::Elsewhere };
    let Some(files) = OWN.whole(graph, from) else {
        // Which files are read together is not known: only that no file loads it any more.
        let sites = graph.matching(kinds::APACHE_MODULE, &NamePattern::exact(name));
        return match sites.is_empty() {
            true => Resolution::Open(Entity::new(kinds::APACHE_MODULE, name)),
            false => Resolution::Found(sites),
        };
    };
    let (mut loads, mut is_new) = (0, false);
    for Member { file, .. } in files {
        let facts = &graph.snapshot.file(file).facts;
        for (ix, provide) in facts.provides.iter().enumerate() {
            if provide.kind != kinds::APACHE_MODULE {
                continue;
            }
            if provide.name.matches(name) {
                let provided = Some(ix as u32);
                let site = Site { file, span: provide.span, provide: provided };
                return Resolution::Found(smallvec![site]);
            }
            loads += 1;
            is_new |= provide.name.as_exact().is_none_or(|name| is_of_24(name));
        }
    }
    // One that loads few has the others built in.
    match loads > 4 && (is_new || !NEW.contains(&name)) {
        true => Resolution::Missing(Entity::new(kinds::APACHE_MODULE, name)),
        false => Resolution::Elsewhere,
    }
}

struct Paths;

impl Resolver for Paths {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        OWN.resolve_path(graph, target)
    }
}

/// A variable may come from the environment: only a whole configuration shows a slip.
struct Variables;

impl Resolver for Variables {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let sites = graph.matching(target.kind, &target.name);
        if sites.is_empty() { Resolution::Elsewhere } else { Resolution::Found(sites) }
    }
}

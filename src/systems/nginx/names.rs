//! nginx's names are those of one whole configuration, in however many files.

use super::references::SEPARATOR;
use super::words::PACKAGED;
use crate::facts::{Entity, Kind, NamePattern, Ref, Relation, base_name, kinds, nearest_of};
use crate::graph::{Graph, Mirrored, Resolution, Resolver};
use crate::session::FileIx;
use smallvec::SmallVec;
use smol_str::SmolStr;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::NGINX_NAME, Box::new(Names));
    graph.set_resolver(kinds::NGINX_PATH, Box::new(Paths));
}

/// Folders of hosts that nginx's configuration lies in.
const HOSTS: &[&str] = &[
    "/etc/nginx/conf/",
    "/etc/nginx/",
    "/usr/local/etc/nginx/",
    "/usr/local/nginx/conf/",
    "/usr/local/openresty/nginx/conf/",
    "/opt/nginx/conf/",
    "/opt/bitnami/nginx/conf/",
];

/// Most files of one configuration that are followed.
const MAX_FILES: usize = 2000;

/// A name is looked for in all of the tree. It is missing where the whole configuration is in
/// the tree, or where the file itself defines one that is nearly called so.
struct Names;

impl Resolver for Names {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let Some(asked) = Asked::of(name) else { return Resolution::Elsewhere };
        let sites = graph.matching(asked.kind, &NamePattern::exact(asked.name));
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        let entity = Entity::new(asked.kind, asked.name);
        let known = asked.owned
            && (is_slip(graph, &asked) || is_whole(graph, asked.path))
            && !graph.is_mentioned(asked.name, |file| detail(graph, file).is_none());
        if known { Resolution::Missing(entity) } else { Resolution::Open(entity) }
    }
}

/// What a reference asks for: `PATH\x1fOWNED\x1fKIND\x1fNAME`.
struct Asked<'a> {
    path: &'a str,
    owned: bool,
    kind: Kind,
    name: &'a str,
}

impl<'a> Asked<'a> {
    fn of(name: &'a NamePattern) -> Option<Self> {
        let mut parts = name.as_exact()?.splitn(4, SEPARATOR);
        let (path, owned) = (parts.next()?, parts.next()? == "1");
        Some(Self { path, owned, kind: Kind::of(parts.next()?)?, name: parts.next()? })
    }
}

/// Whether the same file defines a name that was probably meant, and nothing uses that.
fn is_slip(graph: &Graph<'_>, asked: &Asked<'_>) -> bool {
    let Some(file) = graph.snapshot.find(asked.path) else { return false };
    let facts = &graph.snapshot.file(file).facts;
    let defined = facts.provides.iter().filter(|own| own.kind == asked.kind);
    let near =
        nearest_of(asked.name, defined.filter_map(|own| Some(own.name.as_exact()?.as_str())));
    let Some(near) = near else { return false };
    let uses = facts.requires.iter().flat_map(|own| &own.any_of);
    let mut asks = uses.filter_map(|target| Asked::of(&target.name));
    !asks.any(|own| own.kind == asked.kind && own.name == near)
}

/// Whether the tree holds all of the configuration that the file at `path` is part of.
fn is_whole(graph: &Graph<'_>, path: &str) -> bool {
    let Some(own) = graph.snapshot.find(path) else { return false };
    let mains = mains(graph, path);
    !mains.is_empty()
        && mains.iter().any(|main| closure(graph, *main).is_some_and(|all| all.contains(&own)))
        && mains.iter().all(|main| closure(graph, *main).is_some())
}

/// The files beside a file, or in a folder above it, that begin a configuration.
fn mains(graph: &Graph<'_>, path: &str) -> Vec<FileIx> {
    let all = graph.all(kinds::NGINX_FILE).iter().map(|(_, site)| *site);
    let main =
        all.filter(|site| detail(graph, site.file).is_some_and(|own| own.starts_with("main")));
    let above = main.filter(|site| {
        let other = graph.snapshot.file(site.file).entry.path.as_str();
        path.starts_with(&other[..other.len() - base_name(other).len()])
    });
    above.map(|site| site.file).collect()
}

/// What a file says of itself: see `references`.
fn detail<'g>(graph: &'g Graph<'_>, file: FileIx) -> Option<&'g SmolStr> {
    let facts = &graph.snapshot.file(file).facts;
    facts.provides.iter().find(|own| own.kind == kinds::NGINX_FILE).map(|own| &own.detail)
}

/// All files of the configuration that begins with `main`; nothing where some may not be here.
fn closure(graph: &Graph<'_>, main: FileIx) -> Option<Vec<FileIx>> {
    let mut files = vec![main];
    let main = graph.snapshot.file(main).entry.path.as_str();
    let root = &main[..main.len() - base_name(main).len()];
    let mut at = 0;
    while let Some(file) = files.get(at).copied() {
        at += 1;
        // What is not nginx's, as `mime.types` may be, says nothing of this.
        let Some(own) = detail(graph, file) else { continue };
        if own.ends_with("open") || files.len() > MAX_FILES {
            return None;
        }
        let requires = &graph.snapshot.file(file).facts.requires;
        for require in requires.iter().filter(|own| own.relation == Relation::Includes) {
            let path = require.any_of.first()?.name.as_exact()?.split_once(SEPARATOR)?.1;
            for found in included(graph, root, path)? {
                if !files.contains(&found) {
                    files.push(found);
                }
            }
        }
    }
    Some(files)
}

/// The files that an include brings in, of a configuration whose root is a folder of the tree;
/// nothing where that is not known.
fn included(graph: &Graph<'_>, root: &str, path: &str) -> Option<Vec<FileIx>> {
    if PACKAGED.contains(&base_name(path)) || path.starts_with("/usr/share/nginx/modules/") {
        return Some(Vec::new());
    }
    let relative = match HOSTS.iter().find_map(|host| path.strip_prefix(host)) {
        Some(relative) => relative,
        None if path.starts_with('/') => return None,
        None => path,
    };
    let (folder, base) = relative.rsplit_once('/').unwrap_or(("", relative));
    if folder.contains(['*', '?', '[']) {
        return None;
    }
    let folder = format!("{root}{folder}");
    let folder = folder.trim_end_matches('/');
    let glob = globset::Glob::new(base).ok()?.compile_matcher();
    let inside = graph.paths.under(folder).filter_map(|(file, own)| {
        let rest = &own[folder.len()..];
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        (!rest.contains('/') && glob.is_match(rest)).then_some(file)
    });
    let found: Vec<FileIx> = inside.collect();
    (!found.is_empty()).then_some(found)
}

/// Names are `PATH\x1fHOST-PATH`. The file is known where the tree deploys it, mirrors its
/// folder, or holds a file of nginx that is called so.
struct Paths;

impl Resolver for Paths {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let Some((from, path)) = name.as_exact().and_then(|own| own.split_once(SEPARATOR)) else {
            return Resolution::Elsewhere;
        };
        if path.contains(['*', '?', '[']) {
            return Resolution::Elsewhere;
        }
        let absent = match graph.mirrored(from, path, HOSTS) {
            Mirrored::Found(sites) => return Resolution::Found(sites),
            Mirrored::Elsewhere => return Resolution::Elsewhere,
            Mirrored::Absent(absent) => absent,
            Mirrored::Unknown => return Resolution::Open(Entity::new(kinds::FILE, path)),
        };
        // A part of a configuration that lies apart from the others.
        let parts: SmallVec<_> = graph.providers(kinds::NGINX_FILE, base_name(path)).collect();
        if !parts.is_empty() {
            return Resolution::Found(parts);
        }
        match is_mirrored(graph, from, path, &absent) {
            Some(own) => Resolution::Missing(Entity::new(kinds::FILE, own)),
            None => Resolution::Open(Entity::new(kinds::FILE, path)),
        }
    }
}

/// Where a file is missing: the tree holds its folder with others of its sort, as the
/// configuration that it is part of has it.
fn is_mirrored(graph: &Graph<'_>, from: &str, path: &str, absent: &str) -> Option<String> {
    let relative = match HOSTS.iter().find_map(|host| path.strip_prefix(host)) {
        Some(relative) => relative,
        None if path.starts_with('/') => {
            return graph.has_siblings(absent, 3).then(|| absent.to_owned());
        }
        None => path,
    };
    let roots = mains(graph, from);
    let [main] = roots.as_slice() else { return None };
    let main = graph.snapshot.file(*main).entry.path.as_str();
    let own = format!("{}{relative}", &main[..main.len() - base_name(main).len()]);
    let is_template = own.split('/').any(|part| part == "templates");
    (!is_template && graph.has_siblings(&own, 2)).then_some(own)
}

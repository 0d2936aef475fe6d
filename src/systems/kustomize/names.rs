//! What a root names: a file of objects, or the folder of another root.

use super::FILES;
use crate::facts::{Entity, Ref, Relation, base_name, kinds, parent_folder, path_in};
use crate::graph::{Autoload, Graph, PathKind, Resolution, Resolver, Site};
use crate::loader::FileIx;
use crate::syntax::yaml::{self, Node};
use crate::tree::{BlobId, EntryKind};
use rustc_hash::FxHashSet;
use smallvec::smallvec;
use smol_str::SmolStr;
use std::sync::OnceLock;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::KUSTOMIZE_PATH, Box::new(Named));
    graph.add_autoloader(Box::<Built>::default());
}

/// Folders whose roots others build.
const PARTS: [&str; 4] = ["base", "bases", "common", "components"];

/// The folders that roots and controllers build, and the files of objects that live roots are built
/// of; each found when it is first asked for.
#[derive(Default)]
struct Built(OnceLock<FxHashSet<SmolStr>>, OnceLock<FxHashSet<FileIx>>);

impl Autoload for Built {
    /// A part that only other roots build, by what its folders are called, stops no deploy where
    /// none does: mostly it was left when its objects went. So does one that the root around it
    /// leaves out, while it builds others beside it. What nothing builds is else applied by
    /// somebody outside the tree.
    fn is_loose(&self, graph: &Graph<'_>, file: FileIx) -> bool {
        let path = &graph.snapshot.file(file).entry.path;
        if !FILES.contains(&base_name(path)) {
            return false;
        }
        let built = self.0.get_or_init(|| {
            let files = graph.snapshot.files.iter();
            let all = files.flat_map(|file| &file.facts.requires);
            let roots = all.filter(|own| own.relation == Relation::Includes);
            let targets = roots.flat_map(|own| &own.any_of);
            targets.filter_map(|target| target.name.as_exact().cloned()).collect()
        });
        let folder = parent_folder(path);
        let is_part = || folder.split('/').any(|own| PARTS.contains(&own));
        let is_built = built.contains(folder) || built.contains(path);
        is_copied(graph, file) || !is_built && (is_part() || is_left_out(graph, folder, built))
    }

    /// It reads objects with go-yaml 3. Patches are merged key by key, and may say one twice; so may
    /// the annotations of an object, which it takes out before. (Seen with Kustomize 5.5.)
    fn refuses_doubled(&self, graph: &Graph<'_>, key: Site) -> Option<&'static str> {
        let built = self.1.get_or_init(|| {
            let roots = graph.all(kinds::KUSTOMIZE_ROOT).iter().map(|(_, site)| site.file);
            let live = roots.filter(|own| {
                graph.snapshot.file(*own).standing.is_live() && !graph.is_loose(*own)
            });
            let requires = live.flat_map(|own| &graph.snapshot.file(own).facts.requires);
            let targets = requires.filter_map(|own| own.any_of.first());
            let paths = targets.filter(|own| own.kind == kinds::KUSTOMIZE_PATH);
            let found = paths.filter_map(|own| match graph.resolve_ref(own) {
                Resolution::Found(sites) => Some(sites),
                _ => None,
            });
            found.flatten().map(|site| site.file).collect()
        });
        let is_refused = built.contains(&key.file) && !is_of_annotations(graph, key);
        is_refused.then_some("`kustomize build` refuses the root that has this file")
    }
}

/// Whether a key is the `annotations` of an object, or stands in them.
fn is_of_annotations(graph: &Graph<'_>, key: Site) -> bool {
    let contents = graph.snapshot.contents(key.file);
    let documents = std::str::from_utf8(&contents).map(yaml::parse).unwrap_or_default();
    let metadata = documents.roots.iter().filter_map(|root| root.get("metadata"));
    metadata.flat_map(Node::entries).any(|(name, value)| {
        let is_around = name.span.start <= key.span.start && key.span.end <= value.span.end;
        is_around && name.as_str() == Some("annotations")
    })
}

/// Whether a file is put in the place of the root above before that is built: it says its own
/// folder again, as it is seen from there, and what it names lies beside it.
fn is_copied(graph: &Graph<'_>, file: FileIx) -> bool {
    let own = graph.snapshot.file(file);
    let folder = parent_folder(&own.entry.path);
    let targets = own.facts.requires.iter().flat_map(|own| &own.any_of);
    let named = targets.filter(|own| own.kind == kinds::FILE || own.kind == kinds::KUSTOMIZE_PATH);
    let is_doubled = |path: &SmolStr| {
        let inside = path.strip_prefix(folder)?.strip_prefix('/')?;
        let (said, name) = inside.rsplit_once('/')?;
        let above = folder.strip_suffix(said)?.strip_suffix('/').filter(|own| !own.is_empty())?;
        let is_root = FILES.iter().any(|file| graph.snapshot.find(&path_in(above, file)).is_some());
        (is_root && graph.snapshot.find(&path_in(folder, name)).is_some()).then_some(())
    };
    named.filter_map(|own| own.name.as_exact()).any(|own| is_doubled(own).is_some())
}

/// Whether the folder of the root above holds several roots, of which it builds others.
fn is_left_out(graph: &Graph<'_>, folder: &str, built: &FxHashSet<SmolStr>) -> bool {
    let above = parent_folder(folder);
    let is_root = |file: &str| graph.snapshot.find(&path_in(above, file)).is_some();
    if above.is_empty() || !FILES.iter().any(|file| is_root(file)) {
        return false;
    }
    let beside = graph.paths.under(above).filter_map(|(_, path)| {
        let own = parent_folder(path);
        (FILES.contains(&base_name(path)) && parent_folder(own) == above).then_some(own)
    });
    beside.filter(|own| *own != folder && built.contains(*own)).nth(1).is_some()
}

struct Named;

impl Resolver for Named {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(path) = target.name.as_exact() else { return Resolution::Elsewhere };
        match graph.paths.look_up(path) {
            PathKind::File(file) => Resolution::Found(smallvec![Site::whole(file)]),
            PathKind::Elsewhere => Resolution::Elsewhere,
            PathKind::Folder => {
                let own =
                    FILES.iter().find_map(|name| match graph.paths.look_up(&path_in(path, name)) {
                        PathKind::File(file) if is_empty(graph, file) => {
                            let root = Entity::new(kinds::KUSTOMIZE_ROOT, path.as_str());
                            Some(Resolution::Missing(root))
                        }
                        PathKind::File(file) => {
                            Some(Resolution::Found(smallvec![Site::whole(file)]))
                        }
                        PathKind::Elsewhere => Some(Resolution::Elsewhere),
                        _ => None,
                    });
                own.unwrap_or_else(|| absent(graph, path, target))
            }
            PathKind::Absent => absent(graph, path, target),
        }
    }
}

/// Whether a root says nothing, which `kustomize build` refuses: "kustomization.yaml is empty".
fn is_empty(graph: &Graph<'_>, file: FileIx) -> bool {
    let is_file = graph.snapshot.file(file).entry.kind == EntryKind::File;
    is_file && graph.snapshot.blob_id(file) == BlobId::of(b"")
}

/// What becomes of a path that leads to nothing that can be built.
fn absent(graph: &Graph<'_>, path: &str, target: &Ref) -> Resolution {
    // A root that is reached through a link names what lies beside the link.
    let is_linked = target.scope.as_ref().is_some_and(|scope| graph.paths.is_linked(&scope.from));
    if is_linked {
        return Resolution::Elsewhere;
    }
    let is_file = [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending));
    if is_file && (is_made_beside(graph, path) || is_rendered(graph, path)) {
        return Resolution::Elsewhere;
    }
    if is_file {
        return graph.resolve_ref(&Ref::exact(kinds::FILE, path));
    }
    // `flux bootstrap` writes this folder and commits it, once for each cluster.
    if base_name(path) == "flux-system" {
        return Resolution::Open(Entity::new(kinds::KUSTOMIZE_ROOT, path));
    }
    let root = path_in(path, FILES[0]);
    match graph.resolve_ref(&Ref::exact(kinds::FILE, root.as_str())) {
        Resolution::Missing(_) => Resolution::Missing(Entity::new(kinds::KUSTOMIZE_ROOT, path)),
        other => other,
    }
}

/// Whether a file lies in the folder of a chart: `helm template . > all.yaml` writes it before the
/// root is built, as plugins and post-renderers do. (Seen in the examples of Argo CD.) So does
/// kluctl where a chart is described. (Source: kluctl's documentation, "Helm Integration".)
fn is_rendered(graph: &Graph<'_>, path: &str) -> bool {
    let is_chart = |name: &str| graph.snapshot.find(&path_in(parent_folder(path), name)).is_some();
    ["Chart.yaml", "helm-chart.yaml", "helm-chart.yml"].iter().any(|name| is_chart(name))
}

/// What a file is made from before a root is built: its template, or its encrypted text. What SOPS
/// encrypts controllers take as it is, under its own name.
const SOURCES: [&str; 12] = [
    "age",
    "asc",
    "enc",
    "encrypted",
    "gotmpl",
    "gpg",
    "j2",
    "jinja",
    "jinja2",
    "template",
    "tmpl",
    "tpl",
];

/// Whether what a file is made from stands beside it: `a.enc.yaml`, `a.yaml.j2`, `a.jsonnet`. It may
/// be called after what it holds then: `a.secrets.yaml` of `a.enc.yaml`.
fn is_made_beside(graph: &Graph<'_>, path: &str) -> bool {
    let Some((stem, ending)) = path.rsplit_once('.') else { return false };
    let plain = [".secrets", ".secret", ".dec", ".decrypted"];
    let stem = plain.iter().find_map(|own| stem.strip_suffix(own)).unwrap_or(stem);
    let is_source = |rest: &str| match rest.strip_prefix('.').map(|rest| rest.split_once('.')) {
        Some(None) => matches!(rest, ".jsonnet" | ".cue"),
        Some(Some((first, last))) => {
            first == ending && SOURCES.contains(&last) || last == ending && SOURCES.contains(&first)
        }
        None => false,
    };
    graph
        .paths
        .under(parent_folder(path))
        .any(|(_, own)| own.strip_prefix(stem).is_some_and(is_source))
}

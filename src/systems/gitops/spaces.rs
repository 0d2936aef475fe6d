//! Objects of Flux that others name, and that are in another namespace than the name leads to: where a
//! reference says none, its object's own.
//!
//! (Source: Flux's API references: `CrossNamespaceObjectReference`, `dependsOn`; the namespace of
//! Kustomize's reference; `targetNamespace` of Flux's `Kustomization`.)

use super::applied::{Folders, ROOTS};
use super::patched::said;
use crate::check::Context;
use crate::facts::{Entity, Span, base_name, kinds, parent_folder};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::syntax::yaml::{self, Node};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// An object of Flux, with the namespace that it says.
struct Object {
    own: SmolStr,
    file: FileIx,
    span: Span,
    namespace: Option<SmolStr>,
}

/// What names one.
struct Named {
    target: SmolStr,
    field: &'static str,
    span: Span,
    namespace: Option<SmolStr>,
    /// The object that names it.
    by: usize,
}

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let all = graph.all(kinds::FLUX_OBJECT);
    // What a pattern makes may be anywhere.
    if all.is_empty() || !graph.patterns(kinds::FLUX_OBJECT).is_empty() {
        return;
    }
    let mut files: Vec<FileIx> = all.iter().map(|(_, site)| site.file).collect();
    files.sort_unstable();
    files.dedup();
    let (mut objects, mut names) = (Vec::new(), Vec::new());
    let mut targets: Vec<(SmolStr, SmolStr)> = Vec::new();
    for file in files {
        let contents = graph.snapshot.contents(file);
        let text = String::from_utf8_lossy(&contents);
        for root in &yaml::parse(&text).roots {
            read(root, file, &mut objects, &mut names, &mut targets);
        }
    }
    let spaces = Spaces::of(graph, &targets);
    let mut by_name: FxHashMap<&str, Vec<&Object>> = FxHashMap::default();
    for own in &objects {
        by_name.entry(&own.own).or_default().push(own);
    }
    for own in &names {
        let Some(by) = objects.get(own.by).filter(|by| context.asks(by.file)) else { continue };
        let Some(there) = by_name.get(own.target.as_str()) else { continue };
        if !graph.snapshot.file(by.file).standing.is_live() || graph.is_loose(by.file) {
            continue;
        }
        let from = match &own.namespace {
            Some(name) => Some(FxHashSet::from_iter([name.clone()])),
            None => spaces.of_object(by),
        };
        let known: Option<Vec<FxHashSet<SmolStr>>> =
            there.iter().map(|own| spaces.of_object(own)).collect();
        let (Some(from), Some(known)) = (from, known) else { continue };
        let known: FxHashSet<SmolStr> = known.into_iter().flatten().collect();
        let kind = by.own.split('/').next().unwrap_or_default();
        let is_patched =
            graph.providers(kinds::FLUX_NAMED, &said(kind, own.field)).next().is_some();
        let (Some(wanted), Some(has), Some(first)) = (one(&from), one(&known), there.first())
        else {
            continue;
        };
        // What the texts say by themselves is what their author goes by: where the roots around
        // them would make something else of it, another one may apply them.
        let written =
            own.namespace.as_ref().or(by.namespace.as_ref()).zip(first.namespace.as_ref());
        let severity = match written {
            Some((asked, said)) if asked == said => continue,
            Some(_) => Severity::Error,
            None => Severity::Warning,
        };
        if wanted == has || is_patched {
            continue;
        }
        let place = |file, span| Place { tree: graph.snapshot.role, file, span };
        let message = format!(
            "`{}` is in the namespace `{has}`, and is looked for in `{wanted}`",
            own.target
        );
        findings.push(
            Finding::new("unresolved-reference", message, place(by.file, own.span))
                .severity(severity)
                .label("named here")
                .help(format!("say `namespace: {has}` here"))
                .entity(Entity::new(kinds::FLUX_OBJECT, own.target.as_str()))
                .related("it is here", place(first.file, first.span)),
        );
    }
}

/// The only one, where it is one.
fn one(all: &FxHashSet<SmolStr>) -> Option<&SmolStr> {
    all.iter().next().filter(|_| all.len() == 1)
}

fn read(
    root: &Node<'_>,
    file: FileIx,
    objects: &mut Vec<Object>,
    names: &mut Vec<Named>,
    targets: &mut Vec<(SmolStr, SmolStr)>,
) {
    let word = |keys: &[&str]| super::text(root, keys).and_then(Node::as_str);
    let version = word(&["apiVersion"]).unwrap_or_default();
    let is_flux = version.split('/').next().is_some_and(|own| own.ends_with(".toolkit.fluxcd.io"));
    let (Some(kind), Some(name), true) =
        (word(&["kind"]), super::text(root, &["metadata", "name"]), is_flux)
    else {
        return;
    };
    let text = name.as_str().unwrap_or_default();
    objects.push(Object {
        own: format!("{kind}/{text}").into(),
        file,
        span: name.span,
        namespace: word(&["metadata", "namespace"]).map(SmolStr::new),
    });
    let target = word(&["spec", "targetNamespace"]).filter(|_| kind == "Kustomization");
    if let (Some(space), Some(path)) = (target, word(&["spec", "path"])) {
        targets.push((space.into(), path.trim_matches(['.', '/']).into()));
    }
    let Some(spec) = root.get("spec") else { return };
    let chart = spec.get("chart").and_then(|own| own.get("spec")?.get("sourceRef"));
    let depends = spec.get("dependsOn").map(Node::items).unwrap_or_default();
    let usual = if kind == "HelmRelease" { "HelmRepository" } else { "GitRepository" };
    let single = [
        ("sourceRef", spec.get("sourceRef")),
        ("sourceRef", chart),
        ("chartRef", spec.get("chartRef")),
    ];
    let single = single.into_iter().filter_map(|(field, own)| Some((field, own?)));
    for (field, own) in single.chain(depends.iter().map(|own| ("dependsOn", own))) {
        let is = |key: &str| own.get(key).and_then(Node::as_str);
        let Some(node) = super::text(own, &["name"]) else { continue };
        let of = match field {
            "dependsOn" => kind,
            _ => is("kind").unwrap_or(usual),
        };
        let name = node.as_str().unwrap_or_default();
        names.push(Named {
            target: format!("{of}/{name}").into(),
            field,
            span: node.span,
            namespace: is("namespace").map(SmolStr::new),
            by: objects.len() - 1,
        });
    }
}

/// Namespaces that roots and objects of Flux give to what they are built of.
struct Spaces(FxHashMap<FileIx, FxHashSet<SmolStr>>);

impl Spaces {
    fn of(graph: &Graph<'_>, targets: &[(SmolStr, SmolStr)]) -> Self {
        let mut folders = Folders::new(graph);
        let mut all: FxHashMap<FileIx, FxHashSet<SmolStr>> = FxHashMap::default();
        let mut add = |space: &str, folder: &str| {
            for file in folders.files(folder).iter() {
                all.entry(*file).or_default().insert(space.into());
            }
        };
        targets.iter().for_each(|(space, folder)| add(space, folder));
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let path = file.entry.path.as_str();
            if !ROOTS.contains(&base_name(path)) {
                continue;
            }
            let contents = graph.snapshot.contents(ix as FileIx);
            let text = String::from_utf8_lossy(&contents);
            let said = text.lines().find_map(|own| own.strip_prefix("namespace:"));
            let said = said.and_then(|own| own.split(" #").next());
            let said = said.map(|own| own.trim().trim_matches(['"', '\'']));
            if let Some(space) = said.filter(|own| !own.is_empty()) {
                add(space, parent_folder(path));
            }
        }
        Self(all)
    }

    /// The namespaces that an object may be in; nothing where that is not known.
    fn of_object(&self, own: &Object) -> Option<FxHashSet<SmolStr>> {
        let mut all = self.0.get(&own.file).cloned().unwrap_or_default();
        if all.is_empty() {
            all.extend(own.namespace.clone());
        }
        let is_filled = |own: &SmolStr| super::is_filled(own);
        (!all.is_empty() && !all.iter().any(is_filled)).then_some(all)
    }
}

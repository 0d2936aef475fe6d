//! Flux and Argo CD: controllers that apply folders of repositories, and what their objects name.
//!
//! (Source: Flux's API references of its kustomize, helm and source controllers; Argo CD's
//! `Application` specification.)

mod applied;
mod elements;
mod names;
mod notified;
mod patched;
mod permitted;
mod skeletons;
mod spaces;
mod substituted;
mod terraform;
mod values;
mod variables;

use crate::check::Check;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::has_blank;
use crate::facts::{
    Detail, FileFacts, NamePattern, Problem, Provide, Ref, Relation, Require, Scope, join_path,
    kinds,
};
use crate::graph::Graph;
use crate::syntax::yaml::{Form, Node};
use crate::systems::System;
use std::borrow::Cow;

/// Flux and Argo CD.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "gitops"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[
            &Flux,
            &Argo,
            &values::Values,
            &terraform::Terraform,
            &patched::Patched,
            &skeletons::Skeletons,
            &variables::Variables,
        ]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
        variables::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[spaces::check, substituted::check]
    }
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

fn text<'n>(node: &'n Node<'_>, keys: &[&str]) -> Option<&'n Node<'n>> {
    keys.iter().try_fold(node, |node, key| node.get(key)).filter(|node| node.as_str().is_some())
}

/// Whether a part of a text is filled in later, by a substitution or a template.
fn is_filled(text: &str) -> bool {
    text.is_empty() || ["$", "{{", "<"].iter().any(|mark| text.contains(mark)) || has_blank(text)
}

/// Extracts from the objects of Flux.
pub struct Flux;

impl Extractor for Flux {
    fn system(&self) -> &'static str {
        "flux"
    }

    fn claims(&self, path: &str) -> bool {
        is_yaml(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"toolkit.fluxcd.io") || has(b"kind: ResourceSet") || has(notified::MARKER.as_bytes())
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let mut known = false;
        notified::markers(source, out);
        let roots = source.yaml().roots.iter();
        let made = source.yaml().roots.iter().filter_map(|root| made(root, out));
        let made: Vec<&Node<'_>> = made.flatten().collect();
        for root in roots.chain(made) {
            let api = text(root, &["apiVersion"]).and_then(Node::as_str).unwrap_or_default();
            let group = api.split('/').next().unwrap_or_default();
            let (Some(kind), Some(name)) =
                (text(root, &["kind"]).and_then(Node::as_str), text(root, &["metadata", "name"]))
            else {
                continue;
            };
            if !group.ends_with(".toolkit.fluxcd.io") {
                continue;
            }
            known = true;
            let own = format!("{kind}/{}", name.as_str().unwrap_or_default());
            out.provides.push(Provide {
                kind: kinds::FLUX_OBJECT,
                name: holes(&own),
                span: name.span,
                within: None,
                detail: applied(kind, root),
            });
            object(kind, root, source.path, out);
        }
        // Nothing of a file of objects is applied where it is no YAML.
        if known || source.yaml().roots.is_empty() {
            out.problems.extend(source.yaml_problem(Form::Either));
        }
    }
}

/// The objects that a set of the operator makes of its inputs, in names too: `app-<< inputs.name >>`.
/// (Source: Flux Operator, "ResourceSet".)
fn made<'n, 'y>(root: &'n Node<'y>, out: &mut FileFacts) -> Option<&'n [Node<'y>]> {
    let is_set = text(root, &["kind"]).and_then(Node::as_str) == Some("ResourceSet");
    let spec = root.get("spec").filter(|_| is_set)?;
    if let Some(template) = spec.get("resourcesTemplate") {
        for kind in ["Kustomization", "HelmRelease", "HelmRepository", "OCIRepository"] {
            out.provides.push(Provide {
                kind: kinds::FLUX_OBJECT,
                name: NamePattern::any().prepend(&format!("{kind}/")),
                span: template.span,
                within: None,
                detail: Detail::None,
            });
        }
    }
    spec.get("resources").map(Node::items)
}

/// A name of which variables of a substitution are open: `${APP}-config`.
fn holes(name: &str) -> NamePattern {
    NamePattern::with_holes(name, |rest| {
        let (begin, end) = match (rest.find("${"), rest.find("<<")) {
            (Some(at), other) if other.is_none_or(|other| at < other) => (at, "}"),
            (_, at) => (at?, ">>"),
        };
        let len = rest[begin..].find(end).map(|at| at + end.len());
        Some(begin..len.map_or(rest.len(), |len| begin + len))
    })
}

/// What a `Kustomization` applies: its source, and the folder of that.
fn applied(kind: &str, root: &Node<'_>) -> Detail {
    let Some(spec) = root.get("spec").filter(|_| kind == "Kustomization") else {
        return Detail::None;
    };
    let path = text(spec, &["path"]).and_then(Node::as_str).unwrap_or_default();
    let folder = join_path("", path.trim_start_matches('/').trim_end_matches('/'));
    match (source_of(spec.get("sourceRef")), folder.filter(|_| !path.contains('$'))) {
        (Some(source), Some(folder)) => format!("{source} {folder}").into(),
        _ => Detail::None,
    }
}

/// The file of an object, and the object's kind.
#[derive(Clone, Copy)]
struct At<'a> {
    file: &'a str,
    kind: &'a str,
}

/// What an object of Flux names.
fn object(kind: &str, root: &Node<'_>, path: &str, out: &mut FileFacts) {
    let Some(spec) = root.get("spec") else { return };
    match kind {
        "Kustomization" => {
            let at = At { file: path, kind };
            named(spec.get("sourceRef"), "GitRepository", ("sourceRef", at), out);
            depends(spec, at, out);
            watched(spec, at, out);
            let source = source_of(spec.get("sourceRef"));
            components(spec, text(spec, &["path"]), source.as_deref(), path, out);
            folder(text(spec, &["path"]), source, path, "path", out);
        }
        "HelmRelease" => {
            let chart = spec.get("chart").and_then(|own| own.get("spec"));
            let source = chart.and_then(|own| own.get("sourceRef"));
            let at = At { file: path, kind };
            named(source, "HelmRepository", ("sourceRef", at), out);
            named(spec.get("chartRef"), "OCIRepository", ("chartRef", at), out);
            depends(spec, at, out);
            let of_git = source.and_then(|own| text(own, &["kind"])).and_then(Node::as_str);
            if let (Some("GitRepository"), Some(chart)) = (of_git, chart) {
                folder(text(chart, &["chart"]), source_of(source), path, "chart", out);
                let lenient = chart.get("ignoreMissingValuesFiles").is_some();
                let files = chart.get("valuesFiles").filter(|_| !lenient).map(Node::items);
                for own in files.unwrap_or_default() {
                    file("", own, source_of(source), path, out);
                }
            }
        }
        _ => notified::object(kind, spec, path, out),
    }
}

/// The source of a path, by which it is known which repository that is in.
fn source_of(reference: Option<&Node<'_>>) -> Option<String> {
    let reference = reference?;
    let name = text(reference, &["name"])?.as_str()?;
    let kind = text(reference, &["kind"]).and_then(Node::as_str).unwrap_or("GitRepository");
    matches!(kind, "GitRepository" | "OCIRepository").then(|| format!("{kind}/{name}"))
}

fn named(node: Option<&Node<'_>>, usual: &str, of: (&'static str, At<'_>), out: &mut FileFacts) {
    let Some(name) = node.and_then(|own| text(own, &["name"])) else { return };
    let kind = node.and_then(|own| text(own, &["kind"])).and_then(Node::as_str).unwrap_or(usual);
    refer(kind, name, of, out);
}

fn depends(spec: &Node<'_>, at: At<'_>, out: &mut FileFacts) {
    for own in spec.get("dependsOn").map(Node::items).unwrap_or_default() {
        if let Some(name) = text(own, &["name"]) {
            refer(at.kind, name, ("dependsOn", at), out);
        }
    }
}

/// Releases that have to be ready before a `Kustomization` is: it fails when its time is up. With
/// `wait`, everything that it applies has to be, and the list is passed over.
fn watched(spec: &Node<'_>, at: At<'_>, out: &mut FileFacts) {
    if text(spec, &["wait"]).and_then(Node::as_str) == Some("true") {
        return;
    }
    for own in spec.get("healthChecks").map(Node::items).unwrap_or_default() {
        let kind = text(own, &["kind"]).and_then(Node::as_str);
        let Some((kind, name)) = kind.zip(text(own, &["name"])) else { continue };
        match kind {
            "HelmRelease" | "Kustomization" => refer(kind, name, ("healthChecks", at), out),
            "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => {
                let text = name.as_str().filter(|own| !is_filled(own));
                if let Some(text) = text {
                    let target = Ref::exact(kinds::CLUSTER_OBJECT, format!("{kind}/{text}"));
                    let require = Require::certain(target, name.span, "healthChecks", None);
                    out.requires.push(require);
                }
            }
            _ => {}
        }
    }
}

fn refer(kind: &str, name: &Node<'_>, (via, at): (&'static str, At<'_>), out: &mut FileFacts) {
    let Some(own) = name.as_str().filter(|own| !is_filled(own)) else { return };
    let scope = Scope::inside(at.file, patched::said(at.kind, via));
    let target = Ref::exact(kinds::FLUX_NAMED, format!("{kind}/{own}")).seen_from(scope);
    out.requires.push(Require::certain(target, name.span, via, None));
}

/// A folder of a repository, which `source` tells from others.
fn folder(
    path: Option<&Node<'_>>,
    source: Option<String>,
    file: &str,
    via: &'static str,
    out: &mut FileFacts,
) {
    let (Some(path), Some(source)) = (path, source) else { return };
    let Some(own) = path.as_str().filter(|own| !is_filled(own)) else { return };
    let Some(folder) = join_path("", own.trim_start_matches('/').trim_end_matches('/')) else {
        return;
    };
    if !folder.is_empty() {
        let target = Ref::exact(kinds::GITOPS_FOLDER, folder);
        let target = target.seen_from(Scope::inside(file, source));
        let via = Relation::Includes.called(via);
        out.requires.push(Require::certain(target, path.span, via, None));
    }
}

/// Components that are built with a folder; their paths count from it. One that is not there stops
/// the build, unless such are passed over.
///
/// (Source: `spec.components` and `spec.ignoreMissingComponents` of Flux's `Kustomization`;
/// `components` and `ignoreMissingComponents` of "Kustomize" in Argo CD's user guide.)
fn components(
    of: &Node<'_>,
    path: Option<&Node<'_>>,
    source: Option<&str>,
    file: &str,
    out: &mut FileFacts,
) {
    let lenient = text(of, &["ignoreMissingComponents"]).and_then(Node::as_str) == Some("true");
    let base = path.map_or(Some(""), Node::as_str).filter(|own| path.is_none() || !is_filled(own));
    let base = base.and_then(|own| join_path("", own.trim_matches('/')));
    let (Some(base), Some(source), false) = (base, source, lenient) else { return };
    for node in of.get("components").map(Node::items).unwrap_or_default() {
        let own = node.as_str().filter(|own| !is_filled(own) && !own.contains(':'));
        let Some(own) = own.filter(|own| own.starts_with('.')) else { continue };
        let folder = join_path(&base, own.trim_end_matches('/'));
        let Some(folder) = folder.filter(|own| !own.is_empty()) else { continue };
        let target = Ref::exact(kinds::GITOPS_FOLDER, folder);
        let target = target.seen_from(Scope::inside(file, source));
        let via = Relation::Includes.called("components");
        out.requires.push(Require::certain(target, node.span, via, None));
    }
}

/// A file of values in the repository of a source.
fn file(base: &str, node: &Node<'_>, source: Option<String>, from: &str, out: &mut FileFacts) {
    let Some(text) = node.as_str() else { return };
    let path = match text.strip_prefix('/') {
        Some(own) => own.to_owned(),
        None => format!("{base}/{text}"),
    };
    file_at(path, node, source, from, out);
}

fn file_at(path: String, node: &Node<'_>, source: Option<String>, from: &str, out: &mut FileFacts) {
    let plain = !is_filled(&path) && !path.contains(['*', ':']);
    let path = join_path("", path.trim_start_matches('/')).filter(|_| plain);
    if let (Some(path), Some(source)) = (path, source) {
        let target = Ref::exact(kinds::GITOPS_FILE, path).seen_from(Scope::inside(from, source));
        out.requires.push(Require::certain(target, node.span, "values file", None));
    }
}

/// Extracts from the applications of Argo CD.
pub struct Argo;

impl Extractor for Argo {
    fn system(&self) -> &'static str {
        "argo-cd"
    }

    fn claims(&self, path: &str) -> bool {
        is_yaml(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"argoproj.io/") && (has(b"repoURL") || has(b"AppProject"))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        for root in &source.yaml().roots {
            let kind = text(root, &["kind"]).and_then(Node::as_str);
            let name = text(root, &["metadata", "name"]);
            if let (Some("AppProject"), Some(name)) = (kind, name) {
                values::provide(name.as_str(), name.span, out);
                permitted::project(root, out);
            }
            if kind == Some("ApplicationSet") {
                generators(root.get("spec"), source.path, out);
                elements::extract(root.get("spec"), source.path, out);
            }
            let spec = match kind {
                Some("Application") => root.get("spec"),
                Some("ApplicationSet") => {
                    root.get("spec").and_then(|own| own.get("template")?.get("spec"))
                }
                _ => None,
            };
            let Some(spec) = spec else { continue };
            values::specification(spec, source.path, out);
        }
    }
}

fn application(own: &Node<'_>, file: &str, out: &mut FileFacts) {
    let (path, source) = (text(own, &["path"]), repository(own, "targetRevision"));
    if let Some(of) = own.get("kustomize").filter(|_| path.is_some()) {
        components(of, path, source.as_deref(), file, out);
    }
    folder(path, source, file, "path", out);
}

/// Values files of an application: beside its chart, or in another of its sources,
/// `$name/values.yaml`.
fn files_of_values(own: &Node<'_>, several: &[Node<'_>], from: &str, out: &mut FileFacts) {
    let Some(helm) = own.get("helm") else { return };
    let lenient = text(helm, &["ignoreMissingValueFiles"]).and_then(Node::as_str) == Some("true");
    for node in helm.get("valueFiles").filter(|_| !lenient).map(Node::items).unwrap_or_default() {
        let Some(name) = node.as_str() else { continue };
        let referred = name.strip_prefix('$').and_then(|rest| rest.split_once('/'));
        if let Some((name, path)) = referred {
            let is = |own: &&Node<'_>| text(own, &["ref"]).and_then(Node::as_str) == Some(name);
            let found = several.iter().find(is);
            if found.is_none() {
                unnamed(name, node, several, out);
            }
            let source = found.and_then(|own| repository(own, "targetRevision"));
            file_at(path.to_owned(), node, source, from, out);
            continue;
        }
        let base = text(own, &["path"]).and_then(Node::as_str).filter(|own| !is_filled(own));
        if let Some(base) = base {
            file(base, node, repository(own, "targetRevision"), from, out);
        }
    }
}

/// A file of values in a source that none of an application's is called.
/// (Source: "Helm value files from external Git repository" of Argo CD's user guide; variables of
/// the build begin with `ARGOCD_`.)
fn unnamed(name: &str, node: &Node<'_>, several: &[Node<'_>], out: &mut FileFacts) {
    let is_known = |own: &Node<'_>| {
        let name = text(own, &["ref"]).and_then(Node::as_str);
        own.get("repoURL").is_some() && !name.is_some_and(is_filled)
    };
    if several.is_empty() || !several.iter().all(is_known) || name.starts_with("ARGOCD_") {
        return;
    }
    let names = several.iter().filter_map(|own| text(own, &["ref"])?.as_str());
    let message = format!("no source of this application has `ref: {name}`");
    let help = match crate::facts::nearest_of(name, names.clone()) {
        Some(near) => format!("did you mean `${near}/`?"),
        None => match names.clone().next() {
            Some(only) => format!("the source with files of values is called `{only}`"),
            None => "say `ref` in the source that has the file".to_owned(),
        },
    };
    out.problems.push(Problem { help, ..Problem::new("unresolved-reference", message, node.span) });
}

/// An address without what a plugin reads from a vault for it, which is the same wherever it stands:
/// `https://git.<path:secret/data/domain#url>/own/tree`.
///
/// (Source: "Inline-path placeholders" of Argo CD Vault Plugin.)
fn without_secrets(address: &str) -> Cow<'_, str> {
    match address
        .split_once("<path:")
        .and_then(|(begin, rest)| Some((begin, rest.split_once('>')?)))
    {
        Some((begin, (_, rest))) => Cow::Owned(format!("{begin}{rest}")),
        None => Cow::Borrowed(address),
    }
}

/// The repository of a source at its newest.
fn repository(own: &Node<'_>, revision: &str) -> Option<String> {
    let is = |key: &str| text(own, &[key]).and_then(Node::as_str);
    let branch = is(revision).unwrap_or("HEAD");
    let newest = matches!(branch, "HEAD" | "main" | "master" | "");
    let repository = is("repoURL").filter(|own| newest && !is_filled(&without_secrets(own)));
    repository.map(|own| own.trim_end_matches(".git").to_owned())
}

/// The project of an application; one of the name `default` is always there.
fn project(spec: &Node<'_>, out: &mut FileFacts) {
    let Some(node) = text(spec, &["project"]) else { return };
    let name = node.as_str().filter(|name| !is_filled(name) && *name != "default");
    if let Some(name) = name {
        let target = Ref::exact(kinds::GITOPS_MEMBER, name);
        out.requires.push(Require::certain(target, node.span, "project", None));
    }
}

/// Folders of a repository for each of which a set has an application: `apps/*`.
fn generators(spec: Option<&Node<'_>>, file: &str, out: &mut FileFacts) {
    let all = spec.and_then(|own| own.get("generators")).map(Node::items).unwrap_or_default();
    for git in all.iter().filter_map(|own| own.get("git")) {
        let Some(source) = repository(git, "revision") else { continue };
        for own in git.get("directories").map(Node::items).unwrap_or_default() {
            let excluded = own.get("exclude").and_then(Node::as_str) == Some("true");
            let Some(node) = text(own, &["path"]).filter(|_| !excluded) else { continue };
            let path = node.as_str().filter(|own| !is_filled(own) && !own.contains(['?', '[']));
            let Some(path) = path.map(|own| own.trim_matches('/')) else { continue };
            if path.starts_with('*') || path.is_empty() {
                continue;
            }
            let name = NamePattern::with_marks(&path.replace("**", "*"), &['*']);
            let target = Ref::new(kinds::GITOPS_FOLDER, name);
            let target = target.seen_from(Scope::inside(file, source.as_str()));
            let via = Relation::Includes.called("directories");
            out.requires.push(Require::certain(target, node.span, via, None));
        }
    }
}

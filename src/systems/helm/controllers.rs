//! Releases of charts of the tree that Flux and Argo CD make, each as a call of its chart with
//! the values that it sets.
//!
//! (Source: Flux's API reference of `HelmRelease`; Argo CD's documentation, "Helm".)

use super::releases::keys;
use crate::extract::Source;
use crate::facts::{Arg, Call, Environment, FileFacts, Ref, Scope, join_path, kinds};
use crate::syntax::yaml::{self, Node};
use smallvec::smallvec;

pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    for root in &source.yaml().roots {
        let Some(spec) = root.get("spec") else { continue };
        match root.get("kind").and_then(Node::as_str) {
            Some("HelmRelease") => flux(spec, out),
            Some("Application") => argo(spec, out),
            Some("ApplicationSet") => {
                if let Some(spec) = spec.get("template").and_then(|own| own.get("spec")) {
                    argo(spec, out);
                }
            }
            _ => {}
        }
    }
}

/// A release whose chart lies in a repository of git.
fn flux(spec: &Node<'_>, out: &mut FileFacts) {
    let Some(chart) = spec.get("chart").and_then(|own| own.get("spec")) else { return };
    let kind = chart.get("sourceRef").and_then(|own| own.get("kind")).and_then(Node::as_str);
    if kind != Some("GitRepository") {
        return;
    }
    let mut given = Environment::default();
    for file in chart.get("valuesFiles").map(Node::items).unwrap_or_default() {
        let path = file.as_str().and_then(|own| join_path("", own));
        given.sources.extend(path.map(|path| Ref::exact(kinds::FILE, path)));
    }
    if let Some(values) = spec.get("values") {
        keys(values, "", 0, &mut given.set);
    }
    release(chart.get("chart"), given, out);
}

/// An application whose source is a chart by its path.
fn argo(spec: &Node<'_>, out: &mut FileFacts) {
    let several = spec.get("sources").map(Node::items).unwrap_or_default();
    for own in spec.get("source").into_iter().chain(several) {
        let (Some(path), Some(helm)) = (own.get("path"), own.get("helm")) else { continue };
        let folder = path.as_str().unwrap_or_default();
        let mut given = Environment::default();
        for file in helm.get("valueFiles").map(Node::items).unwrap_or_default() {
            let named = file.as_str().filter(|own| !own.contains(['$', '{', ':']));
            let path = named.and_then(|own| match own.strip_prefix('/') {
                Some(own) => join_path("", own),
                None => join_path(folder, own),
            });
            given.sources.extend(path.map(|path| Ref::exact(kinds::FILE, path)));
        }
        if let Some(values) = helm.get("valuesObject") {
            keys(values, "", 0, &mut given.set);
        }
        for own in helm.get("parameters").map(Node::items).unwrap_or_default() {
            let Some(name) = own.get("name") else { continue };
            let text = name.as_str().filter(|own| !own.contains(['[', '\\', '$', '{']));
            let value = own.get("value").and_then(Node::as_str).unwrap_or_default();
            given.set.extend(text.map(|text| Arg {
                name: text.into(),
                value: Some(value.into()),
                span: name.span,
            }));
        }
        if let Some(text) = helm.get("values").filter(|own| own.as_str().is_some()) {
            let from = given.set.len();
            for root in &yaml::parse(text.as_str().unwrap_or_default()).roots {
                keys(root, "", 0, &mut given.set);
            }
            // Places inside a text of several lines are not known.
            given.set[from..].iter_mut().for_each(|own| own.span = text.span);
        }
        parameters(helm, &mut given);
        release(Some(path), given, out);
    }
}

/// Values by their paths: `image.tag`. Of a list, one is set by its place; a key may hold dots.
fn parameters(helm: &Node<'_>, given: &mut Environment) {
    for name in helm.get("parameters").map(Node::items).unwrap_or_default() {
        let Some(node) = name.get("name") else { continue };
        let Some(text) = node.as_str().and_then(|own| own.split('[').next()) else { continue };
        if !text.is_empty() && !text.contains(['$', '{', '\\', ' ']) {
            let value = name.get("value").and_then(Node::as_str).map(Into::into);
            given.set.push(Arg { name: text.into(), value, span: node.span });
        }
    }
}

fn release(chart: Option<&Node<'_>>, given: Environment, out: &mut FileFacts) {
    let Some(node) = chart else { return };
    let Some(text) = node.as_str().filter(|own| !own.contains(['$', '{'])) else { return };
    let Some(folder) = join_path("", text).filter(|own| !own.is_empty()) else { return };
    // What else is patched in, or set on the way, is not known.
    let given = Environment { open: true, ..given };
    let target = Ref::exact(kinds::HELMFILE_CHART, format!("./{folder}")).seen_from(Scope::of(""));
    let call = Call::new(smallvec![target], node.span, "release");
    out.calls.push(Call { open: true, environment: Some(Box::new(given)), ..call });
}

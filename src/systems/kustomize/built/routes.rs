//! Ports that Ingresses, routes and Services of a root lead to.
//!
//! (Source: Kubernetes API: `IngressBackend`, `ServicePort`, and "Services", "Field
//! definitions"; Gateway API: `BackendObjectReference`.)

use super::pods::{containers, is_filled, template};
use super::tree::{At, Tree};
use super::{Built, Object, Told};
use crate::facts::{Entity, kinds, nearest_of};
use crate::finding::Finding;
use std::sync::Arc;

pub(super) fn check(built: &Built, told: &mut Told<'_, '_>) {
    for object in built.objects.iter().filter(|own| !own.is_open) {
        match object.kind.as_str() {
            "Ingress" if object.version.starts_with("networking.k8s.io/") => {
                ingress(built, object, told);
            }
            kind if kind.ends_with("Route")
                && object.version.starts_with("gateway.networking.k8s.io/") =>
            {
                gateway_route(built, object, told);
            }
            "Service" if object.version == "v1" => service(built, object, told),
            "ServiceMonitor" => monitor(built, object, told),
            _ => {}
        }
    }
}

/// The Services that an Ingress leads to, with the port of each.
pub(super) fn backends(object: &Object) -> Vec<(&str, &Tree)> {
    let annotations = object.tree.below(&["metadata", "annotations"]).map(Tree::entries);
    let redirects = |key: &str| key.contains("redirect") && !key.contains("ssl-redirect");
    if annotations.unwrap_or_default().iter().any(|own| redirects(&own.key)) {
        return Vec::new();
    }
    let Some(spec) = object.tree.get("spec") else { return Vec::new() };
    let rules = spec.get("rules").map(Tree::items).unwrap_or_default().iter();
    let paths = rules.filter_map(|own| own.below(&["http", "paths"])).flat_map(Tree::items);
    let backends = paths.filter_map(|own| own.get("backend")).chain(spec.get("defaultBackend"));
    let named = backends.filter_map(|own| own.get("service")).filter_map(|own| {
        let port = own.get("port").and_then(|own| own.get("name").or(own.get("number")));
        Some((own.word("name")?, port?))
    });
    named.collect()
}

fn ingress(built: &Built, object: &Arc<Object>, told: &mut Told<'_, '_>) {
    for (name, port) in backends(object) {
        let Some(text) = port.text().filter(|own| !is_filled(own) && *own != "use-annotation")
        else {
            continue;
        };
        let Some(service) = built.named("Service", name, object) else { continue };
        let Some(ports) = ports(service) else { continue };
        let has = |port: &&Tree| {
            ["name", "port", "targetPort"].iter().any(|key| port.word(key) == Some(text))
        };
        if ports.iter().any(|own| has(&own)) {
            continue;
        }
        let names = ports.iter().filter_map(|own| own.word("name"));
        let near = match ports {
            [one] => one.word("name").map(Into::into),
            _ => nearest_of(text, names),
        };
        let message = no_port(name, text, told);
        tell((service, text), port.at, message, (near, "the route leads nowhere"), told);
    }
}

fn no_port(name: &str, port: &str, told: &Told<'_, '_>) -> String {
    format!("`Service/{name}` has no port `{port}` in what `{}` builds", told.root)
}

/// Ports of Services that a route of the Gateway API leads to.
fn gateway_route(built: &Built, object: &Arc<Object>, told: &mut Told<'_, '_>) {
    let rules = object.tree.below(&["spec", "rules"]).map(Tree::items).unwrap_or_default();
    for own in rules.iter().filter_map(|own| own.get("backendRefs")).flat_map(Tree::items) {
        let is_service =
            own.word("kind").is_none_or(|kind| kind == "Service") && own.get("namespace").is_none();
        let (Some(name), Some(port), true) = (own.word("name"), own.get("port"), is_service) else {
            continue;
        };
        let Some(text) = port.text().filter(|own| !is_filled(own)) else { continue };
        let Some(service) = built.named("Service", name, object) else { continue };
        let Some(ports) = ports(service) else { continue };
        if ports.iter().any(|own| own.word("port") == Some(text) || own.is_open()) {
            continue;
        }
        let near = match ports {
            [one] => one.word("port").map(Into::into),
            _ => None,
        };
        let message = no_port(name, text, told);
        tell((service, text), port.at, message, (near, "the route leads nowhere"), told);
    }
}

fn tell(
    (service, port): (&Object, &str),
    at: At,
    message: String,
    (near, follows): (Option<smol_str::SmolStr>, &str),
    told: &mut Told<'_, '_>,
) {
    let help = match near {
        Some(near) => format!("{follows}; did you mean `{near}`?"),
        None => format!("{follows}: correct the port, or add it"),
    };
    let entity = Entity::new(kinds::CLUSTER_PORT, format!("{}#{port}", service.shown()));
    let more = |own: Finding| own.label("named here").help(help).entity(entity);
    told.add(at, message, more, Some(("the Service", service.at)));
}

/// The ports of a Service; nothing where not all of them are told.
pub(super) fn ports(service: &Object) -> Option<&[Tree]> {
    let spec = service.tree.get("spec").filter(|_| !service.is_open)?;
    let ports = spec.get("ports").filter(|own| !own.is_open())?;
    let is_elsewhere = spec.word("type") == Some("ExternalName");
    (!is_elsewhere && !ports.items().is_empty()).then_some(ports.items())
}

/// Ports of pods that a Service names.
fn service(built: &Built, object: &Arc<Object>, told: &mut Told<'_, '_>) {
    let Some(selector) = object.tree.below(&["spec", "selector"]) else { return };
    let wanted = selector.entries();
    if wanted.is_empty() || wanted.iter().any(|own| own.value.text().is_none()) {
        return;
    }
    let is_chosen = |pods: &Tree| {
        let labels = pods.below(&["metadata", "labels"]);
        wanted.iter().all(|own| labels.and_then(|all| all.word(&own.key)) == own.value.text())
    };
    let all = built.objects.iter().filter(|own| own.is_beside(object));
    if all.clone().any(|own| own.is_open) {
        return;
    }
    let chosen: Vec<&Tree> =
        all.filter_map(|own| template(own)).filter(|own| is_chosen(own)).collect();
    let specs: Vec<&Tree> = chosen.iter().filter_map(|own| own.get("spec")).collect();
    if specs.is_empty() || specs.iter().any(|own| containers(own).any(Tree::is_open)) {
        return;
    }
    let ports = specs.iter().flat_map(|own| containers(own));
    let ports = ports.filter_map(|own| own.get("ports")).flat_map(Tree::items);
    let names: Vec<&str> = ports.filter_map(|own| own.word("name")).collect();
    for port in ports_of(object) {
        let Some(target) = port.get("targetPort") else { continue };
        let Some(text) = target.text().filter(|own| !is_filled(own)) else { continue };
        if text.bytes().all(|byte| byte.is_ascii_digit()) || names.contains(&text) {
            continue;
        }
        let near = nearest_of(text, names.iter().copied());
        let message = format!(
            "the pods of `{}` have no port `{text}` in what `{}` builds",
            object.shown(),
            told.root
        );
        tell((object, text), target.at, message, (near, "the Service leads nowhere"), told);
    }
}

fn ports_of(service: &Object) -> &[Tree] {
    service.tree.below(&["spec", "ports"]).map(Tree::items).unwrap_or_default()
}

/// Ports of Services that a monitor of Prometheus' operator scrapes: it finds nothing else.
fn monitor(built: &Built, object: &Arc<Object>, told: &mut Told<'_, '_>) {
    let Some(spec) = object.tree.get("spec") else { return };
    let Some(wanted) = spec.below(&["selector", "matchLabels"]).map(Tree::entries) else { return };
    let is_elsewhere = spec.get("namespaceSelector").is_some()
        || spec.below(&["selector", "matchExpressions"]).is_some();
    if wanted.is_empty() || is_elsewhere {
        return;
    }
    let is_chosen = |own: &&Arc<Object>| {
        let labels = own.tree.below(&["metadata", "labels"]);
        own.kind == "Service"
            && own.is_beside(object)
            && wanted
                .iter()
                .all(|one| labels.and_then(|all| all.word(&one.key)) == one.value.text())
    };
    let chosen: Vec<&Arc<Object>> = built.objects.iter().filter(is_chosen).collect();
    let mut all = Vec::new();
    for own in &chosen {
        let Some(ports) = ports(own) else { return };
        all.extend(ports);
    }
    let Some(first) = chosen.first() else { return };
    let names: Vec<&str> = all.iter().filter_map(|own| own.word("name")).collect();
    for endpoint in spec.get("endpoints").map(Tree::items).unwrap_or_default() {
        let Some(port) = endpoint.get("port") else { continue };
        let Some(text) = port.text().filter(|own| !is_filled(own)) else { continue };
        if names.contains(&text) {
            continue;
        }
        let near = nearest_of(text, names.iter().copied());
        let message = format!("the Services that this selects have no port `{text}`");
        let help = match near {
            Some(near) => format!("nothing is scraped; did you mean `{near}`?"),
            None => "nothing is scraped: it is the name of a Service's port".to_owned(),
        };
        let entity = Entity::new(kinds::CLUSTER_PORT, format!("{}#{text}", first.shown()));
        let more = |own: Finding| {
            own.severity(crate::finding::Severity::Warning)
                .label("named here")
                .help(help)
                .entity(entity)
        };
        told.add(port.at, message, more, Some(("the Service", first.at)));
    }
}

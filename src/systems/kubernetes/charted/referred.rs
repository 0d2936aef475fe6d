//! Objects of one chart by their names, as others of the chart build them, and the Services that a
//! monitor selects.
//!
//! (Source: Kubernetes API: `CrossVersionObjectReference`, `IngressServiceBackend`; the Prometheus
//! Operator, `Endpoint`: `port` is the name of a Service's.)

use super::super::fields::{at, backends, is_filled, word};
use super::{Entity, MASK, Node, Object, Own, Severity, entry, kinds, nearest_of};
use crate::facts::path_in;

/// What an object names: the kind, and the node that has the name.
fn named<'n, 'y>(object: &'n Object<'y>) -> Vec<(&'n str, &'n Node<'y>)> {
    let root = object.root;
    let target = |path: &[&str]| {
        let target = at(root, path)?;
        Some((word(target, &["kind"])?, target.get("name")?))
    };
    match object.kind {
        "HorizontalPodAutoscaler" | "ScaledObject" => {
            target(&["spec", "scaleTargetRef"]).into_iter().collect()
        }
        "VerticalPodAutoscaler" => target(&["spec", "targetRef"]).into_iter().collect(),
        "RoleBinding" | "ClusterRoleBinding" => target(&["roleRef"]).into_iter().collect(),
        "Ingress" => {
            let all = backends(root).into_iter();
            all.filter_map(|own| Some(("Service", at(own, &["service", "name"])?))).collect()
        }
        _ => Vec::new(),
    }
}

/// Names that no object of their kind is given: each of them has more in its own, `NAME-api`.
pub(super) fn names(own: &mut Own<'_, '_, '_>, objects: &[Object<'_>]) {
    let object = own.object;
    if !needs_no_other(own) {
        return;
    }
    for (kind, node) in named(object) {
        let Some(name) = object.template.built(node) else { continue };
        // Two ways to build a name may give the same one.
        let is_plain = name.starts_with("{{") && name.ends_with("}}");
        if !is_plain || name.contains('$') || name.matches("{{").count() > 1 {
            continue;
        }
        let others: Vec<&str> =
            objects.iter().filter(|own| own.kind == kind).map(|own| own.name.as_str()).collect();
        let is_longer = |other: &&str| {
            other.strip_prefix(name.as_str()).is_some_and(is_text)
                || other.strip_suffix(name.as_str()).is_some_and(is_text)
        };
        if others.is_empty() || !others.iter().all(is_longer) {
            continue;
        }
        let message = format!("no {kind} of this chart is called `{name}`");
        let help = match others.as_slice() {
            [one] => format!("did you mean `{one}`?"),
            _ => format!("those that there are have more in their names: `{}`", others[0]),
        };
        let entity = Entity::new(kinds::CLUSTER_OBJECT, format!("{kind}/{name}"));
        told(own, node, message, help, entity);
    }
}

/// Whether no other chart makes objects with this one.
fn needs_no_other(own: &Own<'_, '_, '_>) -> bool {
    let snapshot = own.context.new.snapshot;
    let path = snapshot.file(own.object.template.file).entry.path.as_str();
    let folder = path.split("/templates/").next().unwrap_or_default();
    let lists = ["Chart.yaml", "requirements.yaml"].into_iter();
    let mut all = lists.filter_map(|name| snapshot.find(&path_in(folder, name)));
    all.all(|file| {
        let provides = &snapshot.file(file).facts.provides;
        provides.iter().all(|own| own.kind != kinds::HELM_DEPENDENCY)
    })
}

/// Whether a text is one that stands in a name as it is.
fn is_text(own: &str) -> bool {
    !own.is_empty() && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

/// Ports that no Service of the chart names, of the Services that a monitor selects.
pub(super) fn monitor(own: &mut Own<'_, '_, '_>, objects: &[Object<'_>]) {
    let object = own.object;
    let Some(spec) = object.root.get("spec") else { return };
    let labels = spec.get("selector").and_then(|own| entry(own, "matchLabels"));
    let Some((key, _)) = labels else { return };
    let wanted = object.template.lines(key);
    let mut names: Vec<&str> = Vec::new();
    let mut is_selected = wanted.is_empty();
    for service in objects.iter().filter(|own| own.kind == "Service") {
        let ports = service.root.get("spec").and_then(|own| entry(own, "ports"));
        let Some((key, ports)) = ports else { return };
        let plain = |own: &Node<'_>| own.get("name").and_then(|_| word(own, &["name"])).is_some();
        let is_told = service.template.is_whole(Some(key), ports)
            && !ports.items().is_empty()
            && (ports.items().len() == 1 || ports.items().iter().all(plain));
        let own = ports.items().iter().filter_map(|own| word(own, &["name"]));
        names.extend(own);
        if !is_told || names.iter().any(|own| own.contains(MASK)) {
            return;
        }
        let labels = service.root.get("metadata").and_then(|own| entry(own, "labels"));
        let has = labels.map(|(key, _)| service.template.lines(key)).unwrap_or_default();
        is_selected |= wanted.iter().all(|line| has.contains(line));
    }
    if !is_selected || names.is_empty() {
        return;
    }
    for endpoint in spec.get("endpoints").map(Node::items).unwrap_or_default() {
        let Some(port) = endpoint.get("port") else { continue };
        let Some(text) = port.as_str().filter(|own| !own.contains(MASK) && !is_filled(own)) else {
            continue;
        };
        if names.contains(&text) {
            continue;
        }
        let message = format!("no Service of this chart has a port `{text}`");
        let help = match nearest_of(text, names.iter().copied()).or_else(|| only(&names)) {
            Some(near) => format!("nothing is scraped; did you mean `{near}`?"),
            None => "nothing is scraped: it is the name of a Service's port".to_owned(),
        };
        let entity = Entity::new(kinds::CLUSTER_PORT, format!("ServiceMonitor#{text}"));
        told(own, port, message, help, entity);
    }
}

/// The chart is installed all the same.
fn told(own: &mut Own<'_, '_, '_>, node: &Node<'_>, message: String, help: String, entity: Entity) {
    let from = own.findings.len();
    own.tell(node.span, message, help, entity);
    own.findings.iter_mut().skip(from).for_each(|own| own.severity = Severity::Warning);
}

fn only(names: &[&str]) -> Option<smol_str::SmolStr> {
    match names {
        [one] => Some((*one).into()),
        _ => None,
    }
}

//! What objects consist of, as far as others name it: the keys of a ConfigMap, the ports of a
//! Service, the labels, ports and volumes of pods.
//!
//! (Source: Kubernetes API reference: `ConfigMap`, `Secret`, `ServiceSpec`, `PodTemplateSpec`,
//! `Container`, `Probe`, `LabelSelector`.)

use super::fields::{at, backends, is_filled, word};
use super::gateways;
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Provide, Ref, Require, Scope, Span, Strength, kinds,
};
use crate::syntax::yaml::{Node, Value};
use smol_str::{SmolStr, format_smolstr};
use std::sync::Arc;

/// Constructs that only removals speak of: a number of a port need not be listed.
pub(super) const BY_NUMBER: &str = "targetPort by number";

/// An object of which all is written where it stands.
pub(super) struct Object<'o> {
    /// `ConfigMap`.
    pub(super) kind: &'o str,
    /// Its kind and name: `ConfigMap/web`.
    pub(super) own: SmolStr,
    /// Where the file provides it.
    pub(super) within: u32,
    /// The file.
    pub(super) scope: Arc<Scope>,
}

/// Adds what is known of an object's parts.
pub(super) fn add(object: &Object<'_>, root: &Node<'_>, out: &mut FileFacts) {
    let mut own = Parts { object, out };
    if is_merged(root) {
        return own.unknown(root, Detail::None);
    }
    match object.kind {
        "ConfigMap" | "Secret" => own.keys(root),
        "Service" => own.service(root),
        "Ingress" => own.ingress(root),
        "PodDisruptionBudget" => own.selector(at(root, &["spec", "selector"]), "selector"),
        "NetworkPolicy" => own.policy(root),
        kind if gateways::is_route(kind, root) => own.route(root),
        "Pod" => own.workload(root, None),
        _ => {
            let job = at(root, &["spec", "jobTemplate", "spec"]);
            let spec = job.or(root.get("spec"));
            let of_pods = |own: &&Node<'_>| at(own, &["spec", "containers"]).is_some();
            if let Some(template) = spec.and_then(|own| own.get("template")).filter(of_pods) {
                own.workload(template, at(root, &["spec", "selector"]));
                own.claims(spec);
            }
        }
    }
}

/// Says of an object that anything may be a part of it. A template is merged into no other file.
pub(super) fn add_unknown(object: &Object<'_>, root: &Node<'_>, out: &mut FileFacts) {
    Parts { object, out }.unknown(root, Detail::Whole);
}

/// The listeners of a Gateway; any, where not all of them are written there.
pub(super) fn gateway(object: &Object<'_>, root: &Node<'_>, text: &str, out: &mut FileFacts) {
    if object.kind != "Gateway" {
        return;
    }
    let mut own = Parts { object, out };
    match gateways::listeners(object.kind, root, text).filter(|_| !is_merged(root)) {
        Some(items) => items.iter().for_each(|item| {
            own.part(kinds::CLUSTER_LISTENER, &object.own, word(item, &["name"]), item.span);
        }),
        None => own.part(kinds::CLUSTER_LISTENER, &object.own, None, root.span),
    }
}

/// What a node says by keys, each with its place; nothing where not all of them are known.
fn pairs(node: &Node<'_>) -> Option<Vec<(SmolStr, Span)>> {
    let pair = |(key, value): &(Node<'_>, Node<'_>)| {
        let (name, text) = (key.as_str()?, value.as_str()?);
        let known = !is_filled(text) && !is_filled(name) && name != "<<";
        known.then(|| (format_smolstr!("{name}={text}"), key.span.to(value.span)))
    };
    node.entries().iter().map(pair).collect()
}

/// What pods are selected by, and where that stands; nothing where it is not known, or anything
/// would do.
fn selected(node: &Node<'_>) -> Option<(SmolStr, Span)> {
    let mut pairs = pairs(node).filter(|own| !own.is_empty())?;
    let span = pairs[0].1;
    pairs.sort();
    let names: Vec<&str> = pairs.iter().map(|(own, _)| own.as_str()).collect();
    Some((names.join(",").into(), span))
}

/// What ports of the pods of a Service are parts of, beside its own.
pub(super) fn targets(service: &str) -> String {
    format!("{service}/target")
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

struct Parts<'p> {
    object: &'p Object<'p>,
    out: &'p mut FileFacts,
}

impl Parts<'_> {
    fn provide(&mut self, kind: Kind, name: NamePattern, span: Span, detail: Detail) {
        let within = Some(self.object.within);
        self.out.provides.push(Provide { kind, name, span, within, detail });
    }

    /// A part by its name; any, where that is not known.
    fn part(&mut self, kind: Kind, of: &str, name: Option<&str>, span: Span) {
        self.part_of(kind, of, (name, span), Detail::None);
    }

    fn part_of(
        &mut self,
        kind: Kind,
        of: &str,
        (name, span): (Option<&str>, Span),
        detail: Detail,
    ) {
        let pattern = match name.filter(|name| !is_filled(name)) {
            Some(name) => NamePattern::exact(format!("{of}#{name}")),
            None => NamePattern::any().prepend(&format!("{of}#")),
        };
        self.provide(kind, pattern, span, detail);
    }

    fn require(&mut self, target: Ref, span: Span, via: &'static str) {
        let within = Some(self.object.within);
        // Others make pods too, and a number need not be listed.
        let is_loose = target.kind == kinds::CLUSTER_PODS && target.scope.is_none();
        let strength = match is_loose || via == BY_NUMBER {
            true => Strength::Likely,
            false => Strength::Certain,
        };
        let require = Require::certain(target, span, via, within);
        self.out.requires.push(Require { strength, ..require });
    }

    /// Of an object that is not all written here, anything may be a part.
    fn unknown(&mut self, root: &Node<'_>, detail: Detail) {
        let own = self.object.own.clone();
        for kind in [kinds::CLUSTER_KEY, kinds::CLUSTER_PORT, kinds::CLUSTER_VOLUME] {
            self.part_of(kind, &own, (None, root.span), detail.clone());
        }
        let members: Box<[SmolStr]> = Box::new(["*".into()]);
        let name = NamePattern::exact("*");
        self.provide(kinds::CLUSTER_PODS, name, root.span, Detail::Members(members));
    }

    fn keys(&mut self, root: &Node<'_>) {
        let own = self.object.own.clone();
        let lists = ["data", "stringData", "binaryData"];
        let lists: Vec<&Node<'_>> = lists.iter().filter_map(|list| root.get(list)).collect();
        let entries = lists.iter().flat_map(|list| list.entries());
        let mut count = 0;
        for (key, _) in entries {
            count += 1;
            let name = key.as_str().filter(|name| *name != "<<");
            self.part(kinds::CLUSTER_KEY, &own, name, key.span);
        }
        if count == 0 {
            // Filled by whoever needs it.
            self.part(kinds::CLUSTER_KEY, &own, None, root.span);
        }
    }

    fn service(&mut self, root: &Node<'_>) {
        let own = self.object.own.clone();
        let Some(spec) = root.get("spec") else { return };
        for port in spec.get("ports").map(Node::items).unwrap_or_default() {
            // A controller of ingresses may take the port of the pods too.
            if let Some(target) = port.get("targetPort") {
                let of = targets(&own);
                self.part(kinds::CLUSTER_PORT, &of, target.as_str(), target.span);
            }
            for key in ["name", "port"] {
                if let Some(name) = port.get(key) {
                    self.part(kinds::CLUSTER_PORT, &own, name.as_str(), name.span);
                }
            }
        }
        let Some((labels, span)) = spec.get("selector").and_then(selected) else { return };
        self.require(Ref::exact(kinds::CLUSTER_PODS, labels.clone()), span, "selector");
        for port in spec.get("ports").map(Node::items).unwrap_or_default() {
            let target = port.get("targetPort").or(port.get("port"));
            let Some(name) = target.and_then(Node::as_str).filter(|own| !is_filled(own)) else {
                continue;
            };
            let span = target.map_or(span, |own| own.span);
            let target = Ref::exact(kinds::CLUSTER_PORT, format!("{labels}#{name}"));
            let via = if is_number(name) { BY_NUMBER } else { "targetPort" };
            self.require(target, span, via);
        }
    }

    fn ingress(&mut self, root: &Node<'_>) {
        for backend in backends(root) {
            let own = backend.get("service");
            let name = own.and_then(|own| word(own, &["name"])).or(word(backend, &["serviceName"]));
            let port = own.and_then(|own| own.get("port"));
            let port = port.and_then(|port| port.get("name").or(port.get("number")));
            let port = port.or(backend.get("servicePort"));
            let (Some(name), Some(port)) = (name, port) else { continue };
            let Some(text) = port.as_str().filter(|text| !is_filled(text) && !is_filled(name))
            else {
                continue;
            };
            // Annotations of controllers: `ssl-redirect` with the port `use-annotation`.
            if text != "use-annotation" {
                let target = Ref::exact(kinds::CLUSTER_PORT, format!("Service/{name}#{text}"));
                let target = target.seen_from(self.object.scope.clone());
                self.require(target, port.span, "backend");
            }
        }
    }

    /// Ports of Services, and listeners of Gateways.
    fn route(&mut self, root: &Node<'_>) {
        // It is served by the other parents still.
        let has_several =
            at(root, &["spec", "parentRefs"]).is_some_and(|own| own.items().len() > 1);
        let ports = gateways::ports(root).into_iter();
        let ports = ports.map(|own| (own, kinds::CLUSTER_PORT, "Service", "backendRefs"));
        let sections = gateways::sections(root).into_iter();
        let sections = sections.map(|own| (own, kinds::CLUSTER_LISTENER, "Gateway", "sectionName"));
        for (own, kind, of, via) in ports.chain(sections) {
            let name = format!("{of}/{}#{}", own.of, own.part.as_str().unwrap_or_default());
            let target = Ref::exact(kind, name).seen_from(self.object.scope.clone());
            self.require(target, own.part.span, via);
            let last = self.out.requires.last_mut().filter(|_| kind != kinds::CLUSTER_PORT);
            if let Some(own) = last.filter(|_| has_several) {
                own.strength = Strength::Likely;
            }
        }
    }

    /// The pods that a policy is for, and those of its own namespace that it lets in or out.
    fn policy(&mut self, root: &Node<'_>) {
        self.selector(at(root, &["spec", "podSelector"]), "podSelector");
        for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
            let rules = at(root, &["spec", rules]).map(Node::items).unwrap_or_default();
            for peer in rules.iter().filter_map(|own| own.get(peers)).flat_map(Node::items) {
                if peer.get("namespaceSelector").is_none() {
                    self.selector(peer.get("podSelector"), "podSelector");
                }
            }
        }
    }

    fn selector(&mut self, node: Option<&Node<'_>>, via: &'static str) {
        let labels = node.and_then(|own| own.get("matchLabels"));
        if let Some((labels, span)) = labels.and_then(selected) {
            self.require(Ref::exact(kinds::CLUSTER_PODS, labels), span, via);
        }
    }

    /// The pods that a template makes.
    fn workload(&mut self, template: &Node<'_>, selector: Option<&Node<'_>>) {
        let Some(spec) = template.get("spec") else { return };
        let own = self.object.own.clone();
        let labels = at(template, &["metadata", "labels"]);
        let known = labels.map_or(Some(Vec::new()), pairs);
        let span = labels.map_or(template.span, |own| own.span);
        let mut members: Vec<SmolStr> = match known {
            Some(pairs) => pairs.into_iter().map(|(pair, _)| pair).collect(),
            None => vec!["*".into()],
        };
        members.sort();
        let name = NamePattern::exact(members.join(","));
        self.provide(kinds::CLUSTER_PODS, name, span, Detail::Members(members.into()));

        let all: Vec<&Node<'_>> = ["initContainers", "containers"]
            .iter()
            .filter_map(|list| spec.get(list))
            .flat_map(Node::items)
            .collect();
        // A patch says a part of a workload.
        let has_images = all.iter().all(|own| own.get("image").is_some());
        let selects = selector.is_some() || matches!(self.object.kind, "Pod" | "Job" | "CronJob");
        let whole = has_images && selects && !all.is_empty();
        let from = self.out.provides.len();
        for volume in spec.get("volumes").map(Node::items).unwrap_or_default() {
            self.part(kinds::CLUSTER_VOLUME, &own, word(volume, &["name"]), volume.span);
        }
        for container in &all {
            self.ports(&own, container);
        }
        if whole {
            self.out.provides[from..].iter_mut().for_each(|part| part.detail = Detail::Whole);
            all.iter().for_each(|container| self.container(&own, container));
            self.sub_paths(spec, &all);
            // Those two have labels alone in their selector.
            let is_plain = matches!(self.object.kind, "DeploymentConfig" | "ReplicationController");
            let labels = selector.and_then(|own| match is_plain {
                true => Some(own),
                false => own.get("matchLabels"),
            });
            let labels = labels.and_then(selected);
            if let Some((labels, span)) = labels {
                let scope = Scope::inside(self.object.scope.from.clone(), own.clone());
                let target = Ref::exact(kinds::CLUSTER_PODS, labels).seen_from(scope);
                self.require(target, span, "matchLabels");
            }
        }
    }

    /// Files of ConfigMaps and Secrets that are mounted alone: each is a key.
    fn sub_paths(&mut self, spec: &Node<'_>, containers: &[&Node<'_>]) {
        let volumes = spec.get("volumes").map(Node::items).unwrap_or_default();
        let mounts = containers.iter().filter_map(|own| own.get("volumeMounts"));
        for mount in mounts.flat_map(Node::items) {
            let (Some(name), Some(path)) = (word(mount, &["name"]), mount.get("subPath")) else {
                continue;
            };
            let Some(volume) = volumes.iter().find(|own| word(own, &["name"]) == Some(name)) else {
                continue;
            };
            for (field, kind, called) in
                [("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")]
            {
                let Some(of) = volume.get(field) else { continue };
                let is_plain = of.get("items").is_none() && word(of, &["optional"]) != Some("true");
                let text = path.as_str().map(|own| own.trim_matches('/')).unwrap_or_default();
                // Keys have no folders.
                let is_key = is_plain && !text.is_empty() && !text.contains('/');
                if let Some(name) = of.get(called).filter(|_| is_key) {
                    key(kind, name, (text, path.span), &self.object.scope, self.out);
                }
            }
        }
    }

    /// Volumes that each pod of a set has a claim of its own for.
    fn claims(&mut self, spec: Option<&Node<'_>>) {
        let own = self.object.own.clone();
        let list = spec.and_then(|spec| spec.get("volumeClaimTemplates")).map(Node::items);
        for claim in list.unwrap_or_default() {
            let name = word(claim, &["metadata", "name"]);
            self.part(kinds::CLUSTER_VOLUME, &own, name, claim.span);
        }
    }

    fn ports(&mut self, own: &str, container: &Node<'_>) {
        let name = word(container, &["name"]).unwrap_or_default();
        for port in container.get("ports").map(Node::items).unwrap_or_default() {
            for key in ["name", "containerPort"] {
                let Some(port) = port.get(key) else { continue };
                self.part(kinds::CLUSTER_PORT, own, port.as_str(), port.span);
                let inner = format!("{own}/{name}");
                self.part(kinds::CLUSTER_PORT, &inner, port.as_str(), port.span);
            }
        }
    }

    /// What a container names of its own pod.
    fn container(&mut self, own: &str, container: &Node<'_>) {
        let known = |name: &&Node<'_>| name.as_str().is_some_and(|own| !is_filled(own));
        for mount in container.get("volumeMounts").map(Node::items).unwrap_or_default() {
            if let Some(name) = mount.get("name").filter(known) {
                let text = format!("{own}#{}", name.as_str().unwrap_or_default());
                let target = Ref::exact(kinds::CLUSTER_VOLUME, text);
                self.require(
                    target.seen_from(self.object.scope.clone()),
                    name.span,
                    "volumeMounts",
                );
            }
        }
        let inner = word(container, &["name"]).unwrap_or_default();
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            let Some(probe) = container.get(probe) else { continue };
            for action in ["httpGet", "tcpSocket"] {
                let port = at(probe, &[action, "port"]).filter(known);
                let Some(port) = port else { continue };
                let name = port.as_str().filter(|name| !is_number(name));
                if let Some(name) = name {
                    let target = Ref::exact(kinds::CLUSTER_PORT, format!("{own}/{inner}#{name}"));
                    self.require(target.seen_from(self.object.scope.clone()), port.span, "probe");
                }
            }
        }
    }
}

/// A key of a ConfigMap or a Secret that something reads.
pub(super) fn key(
    of: &str,
    name: &Node<'_>,
    (key, span): (&str, Span),
    scope: &Arc<Scope>,
    out: &mut FileFacts,
) {
    if let Some(name) = name.as_str().filter(|own| !is_filled(own) && !is_filled(key)) {
        let target = Ref::exact(kinds::CLUSTER_KEY, format!("{of}/{name}#{key}"));
        let target = target.seen_from(scope.clone());
        out.requires.push(Require::certain(target, span, "key", None));
    }
}

/// Whether an anchor fills in a part of a node.
pub(super) fn is_merged(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Mapping(entries) => {
            entries.iter().any(|(key, value)| key.as_str() == Some("<<") || is_merged(value))
        }
        Value::Sequence(items) => items.iter().any(is_merged),
        Value::Alias => true,
        Value::Scalar { .. } => false,
    }
}

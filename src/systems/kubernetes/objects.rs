//! Objects by kind and name, and what names them: workloads, bindings, releases.
//!
//! (Source: Kubernetes API reference: `PodSpec`, `EnvFromSource`, `EnvVarSource`, `Volume`,
//! `RoleBinding`; External Secrets, Sealed Secrets and cert-manager for who else makes a
//! Secret.)

use super::fields::{at, backends, filled, is_filled, nodes, without_variables, word};
use super::{MASK, documents, expanded, masked, metadata, parts, routers, typed};
use crate::domain::commands::scalar;
use crate::domain::doubled;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Problem, Provide, Ref, Require, Scope, Span, Strength, kinds,
};
use crate::packs::{Made, Pack};
use crate::syntax::yaml::{self, Documents, Node, Value};
use smol_str::format_smolstr;
use std::sync::Arc;

/// Extracts the objects of manifests, and the names that they use.
pub struct Objects;

impl Extractor for Objects {
    fn system(&self) -> &'static str {
        "kubernetes-objects"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".yaml") || path.ends_with(".yml")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        let is_json = bytes.trim_ascii_start().starts_with(b"{");
        let all = [&b"apiVersion"[..], b"kind", b"metadata"];
        // What `kubeseal` prints is JSON, whatever the file is called.
        is_json && all.into_iter().all(has)
            || has(b"apiVersion:") && has(b"kind:") && has(b"metadata:")
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let (text, tags) = masked(source.text);
        let mut own = None;
        let documents = documents(source, &text, &mut own);
        let form = if text == source.text { Form::Plain } else { Form::Template };
        if tags.is_empty() && is_manifest(source.text) {
            // A tag may make any text YAML, but names no anchor.
            let is_sure = |own: &Problem| form == Form::Plain || own.message.ends_with(ANCHOR);
            out.problems.extend(documents.problem(&text, yaml::Form::Plain).filter(is_sure));
        }
        typed::check(source, &tags, documents, &mut out.problems);
        let scope = Scope::of(source.path);
        let (of, packs) = (source.text, &settings.packs);
        let mut file = File { text: &text, of, documents, form, scope, packs, out };
        let whole =
            documents.roots.len() - usize::from(!documents.is_whole()).min(documents.roots.len());
        let (read, cut) = documents.roots.split_at(whole);
        read.iter().for_each(|root| file.object(root));
        // What stands behind the place where reading ended is not known.
        file.form = Form::Template;
        cut.iter().for_each(|root| file.object(root));
        if form == Form::Plain && documents.is_whole() {
            // `kubectl` takes the last; Kustomize, and Flux with it, refuses the file.
            let told = (Strength::Likely, "what the first says is lost, or the file is refused");
            let objects = documents.roots.iter().filter(|root| word(root, &["kind"]).is_some());
            objects.for_each(|root| {
                doubled::keys(std::slice::from_ref(root), told, &mut file.out.problems);
            });
        }
    }
}

/// How names begin that Helm gives a release which has none.
const RENDERED: [&str; 2] = ["release-name", "RELEASE-NAME"];

/// How the parser ends what it says of an alias of nothing.
const ANCHOR: &str = "found unknown anchor";

/// Whether a text is one of objects, which nothing but quoted text of a template stands in, and is
/// not told of by who else reads it.
fn is_manifest(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    // What `helm get all` prints is kept to be read.
    let marks = ["{%", "<%", "%{", "toolkit.fluxcd.io", "LAST DEPLOYED: ", "\nCOMPUTED VALUES:"];
    let is_other = marks.iter().any(|mark| text.contains(mark));
    has("apiVersion:") && has("kind:") && has("metadata:") && !is_other
}

/// Whether all of a text is what will be applied.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Plain,
    Template,
}

struct File<'f> {
    text: &'f str,
    /// With all of its tags.
    of: &'f str,
    documents: &'f Documents<'f>,
    form: Form,
    scope: Arc<Scope>,
    packs: &'f Pack,
    out: &'f mut FileFacts,
}

impl File<'_> {
    fn object(&mut self, root: &Node<'_>) {
        let (Some(kind), Some(_)) = (word(root, &["kind"]), word(root, &["apiVersion"])) else {
            return;
        };
        if let Some(items) = root.get("items").filter(|_| kind.ends_with("List")) {
            return items.items().iter().for_each(|own| self.object(own));
        }
        let name = at(root, &["metadata", "name"]);
        let within = self.out.provides.len() as u32;
        if let Some(name) = name {
            self.provide(kind, name);
        }
        let exact = name.and_then(|own| self.documents.text(own)).filter(|own| !is_filled(own));
        if let Some(name) = exact {
            let own = format_smolstr!("{kind}/{name}");
            let object = parts::Object { kind, own, within, scope: self.scope.clone() };
            match self.form {
                // What `helm template` prints is kept to be compared.
                Form::Plain if !RENDERED.iter().any(|begin| name.starts_with(begin)) => {
                    parts::add(&object, root, self.out)
                }
                _ => parts::add_unknown(&object, root, self.out),
            }
            parts::gateway(&object, root, self.of, self.out);
        }
        routers::check(root, &mut self.out.problems);
        if !typed::is_known(root) {
            metadata::check(root, self.out);
        }
        self.by_packs(kind, root, within);
        self.services(kind, root);
        self.values(kind, root);
        // What is told where a Secret comes from makes it, and does not need it.
        if !matches!(kind, "ExternalSecret" | "SealedSecret" | "Secret" | "ConfigMap") {
            self.names(root);
        }
    }

    fn pattern(&self, node: &Node<'_>) -> Option<NamePattern> {
        if let Value::Alias = node.value {
            let text = self.documents.text(node).filter(|own| !own.is_empty())?;
            let known = !is_filled(text) && !text.contains(MASK);
            return Some(if known { NamePattern::exact(text) } else { NamePattern::any() });
        }
        let text = node.as_str().filter(|text| !text.is_empty())?;
        let pattern = expanded(&scalar(text, node.span, self.text)).to_pattern();
        // `${name}` is filled in by whoever applies the file.
        let filled = text.contains("${") || text.contains('<');
        Some(if filled { NamePattern::any() } else { pattern })
    }

    /// What packs say of a kind.
    fn by_packs(&mut self, kind: &str, root: &Node<'_>, within: u32) {
        let packs = self.packs;
        for entry in packs.objects(kind) {
            entry.makes.iter().for_each(|made| self.make(made, root, within));
            for referred in &entry.refers {
                let (holders, last) = match referred.path.rsplit_once('.') {
                    Some((above, last)) => (nodes(root, above), last),
                    None => (vec![root], referred.path.as_str()),
                };
                for holder in holders {
                    let other = word(holder, &["kind"]).filter(|_| !std::ptr::eq(holder, root));
                    let is_meant = other.map_or(!referred.told, |kind| kind == referred.to);
                    let optional = word(holder, &["optional"]) == Some("true");
                    if let Some(name) = holder.get(last).filter(|_| is_meant && !optional) {
                        self.require(&referred.to, name, "name");
                        if matches!(&*referred.to, "ConfigMap" | "Secret") {
                            self.keys(&referred.to, name, holder);
                        }
                    }
                }
            }
        }
    }

    /// What a controller makes of an object, with its keys.
    fn make(&mut self, made: &Made, root: &Node<'_>, within: u32) {
        let mut names: Vec<(NamePattern, Span)> = Vec::new();
        for path in &made.name {
            if path.contains(['{', '*']) {
                let texts = filled(root, path).into_iter().map(|own| without_variables(&own));
                let texts = texts.filter(|own| !is_filled(own));
                names.extend(texts.map(|own| (NamePattern::with_marks(&own, &['*']), root.span)));
            } else {
                let found = nodes(root, path).into_iter();
                names.extend(found.filter_map(|node| Some((self.pattern(node)?, node.span))));
            }
            if !names.is_empty() {
                break;
            }
        }
        let within = Some(within).filter(|own| (*own as usize) < self.out.provides.len());
        let is_open = made.open.iter().any(|path| !nodes(root, path).is_empty())
            || self.form == Form::Template
            || parts::is_merged(root);
        let keys = made.keys.iter().flat_map(|path| nodes(root, path));
        let mut keys: Vec<Option<&str>> = keys.map(Node::as_str).collect();
        if is_open || keys.is_empty() {
            keys = vec![None];
        }
        for (name, span) in names {
            let kind = kinds::CLUSTER_OBJECT;
            let own = name.prepend(&format!("{}/", made.kind));
            for key in keys.iter().filter(|_| matches!(&*made.kind, "ConfigMap" | "Secret")) {
                let Some(exact) = own.as_exact() else { continue };
                let key = match key.filter(|key| !is_filled(key)) {
                    Some(key) => NamePattern::exact(format!("{exact}#{key}")),
                    None => NamePattern::any().prepend(&format!("{exact}#")),
                };
                let (kind, detail) = (kinds::CLUSTER_KEY, Detail::None);
                self.out.provides.push(Provide { kind, name: key, span, within: None, detail });
            }
            self.out.provides.push(Provide { kind, name: own, span, within, detail: Detail::None });
        }
    }

    fn provide(&mut self, kind: &str, name: &Node<'_>) {
        let Some(pattern) = self.pattern(name) else { return };
        let own = Provide {
            kind: kinds::CLUSTER_OBJECT,
            name: pattern.prepend(&format!("{kind}/")),
            span: name.span,
            within: None,
            detail: Detail::None,
        };
        self.out.provides.push(own);
    }

    fn require(&mut self, kind: &str, name: &Node<'_>, via: &'static str) {
        let Some(pattern) = self.pattern(name) else { return };
        if pattern.as_exact().is_none() || name.as_str().is_some_and(|own| own.contains(MASK)) {
            return;
        }
        let target = Ref::new(kinds::CLUSTER_OBJECT, pattern.prepend(&format!("{kind}/")));
        // What keeps secrets puts them there by itself, claims outlive their manifests, and drivers
        // bring classes of storage.
        // A binding may name accounts that are not there.
        let strength = match kind {
            "Secret" | "PersistentVolumeClaim" | "StorageClass" => Strength::Likely,
            _ if via == "subjects" => Strength::Likely,
            _ => Strength::Certain,
        };
        let require = Require::certain(target, name.span, via, None);
        self.out.requires.push(Require { strength, ..require });
    }

    /// What mappings by the names of the API refer to, wherever they stand: a custom resource
    /// has pods of its own.
    fn names(&mut self, node: &Node<'_>) {
        match &node.value {
            Value::Sequence(items) => items.iter().for_each(|item| self.names(item)),
            Value::Mapping(entries) => {
                self.mounted(node);
                for (key, value) in entries {
                    self.named(key.as_str().unwrap_or_default(), value, node);
                    self.names(value);
                }
            }
            _ => {}
        }
    }

    /// `type: configMap` and `name`, as charts call what they mount.
    fn mounted(&mut self, value: &Node<'_>) {
        let kind = match word(value, &["type"]) {
            Some("configMap") => "ConfigMap",
            Some("secret") => "Secret",
            _ => return,
        };
        if let Some(name) = value.get("name").filter(|_| word(value, &["optional"]) != Some("true"))
        {
            self.require(kind, name, "persistence");
        }
    }

    fn named(&mut self, key: &str, value: &Node<'_>, node: &Node<'_>) {
        let optional = word(value, &["optional"]) == Some("true");
        let name = |of: &str| value.get(of).filter(|_| !optional);
        let of = match key {
            "configMapRef" | "configMapKeyRef" => ("ConfigMap", name("name"), "configMapRef"),
            "secretRef" | "secretKeyRef" => ("Secret", name("name"), "secretRef"),
            "configMap" => ("ConfigMap", name("name"), "volumes"),
            // A projected volume calls it `name`.
            "secret" => {
                let projected = name("name").filter(|_| value.get("items").is_some());
                ("Secret", name("secretName").or(projected), "volumes")
            }
            "persistentVolumeClaim" => ("PersistentVolumeClaim", name("claimName"), "volumes"),
            "existingClaim" => ("PersistentVolumeClaim", Some(value), "existingClaim"),
            "serviceAccountName" => ("ServiceAccount", Some(value), "serviceAccountName"),
            "roleRef" => match word(value, &["kind"]) {
                Some(kind @ ("Role" | "ClusterRole")) => (kind, name("name"), "roleRef"),
                _ => return,
            },
            "scaleTargetRef" => match word(value, &["kind"]) {
                Some(kind @ ("Deployment" | "StatefulSet")) => {
                    (kind, name("name"), "scaleTargetRef")
                }
                _ => return,
            },
            // An annotation of what a certificate is made for, in values of a chart too.
            "cert-manager.io/cluster-issuer" => ("ClusterIssuer", Some(value), "cluster-issuer"),
            "cert-manager.io/issuer" => match node.get("cert-manager.io/issuer-group") {
                None => ("Issuer", Some(value), "issuer"),
                Some(_) => return,
            },
            "priorityClassName" => ("PriorityClass", Some(value), "priorityClassName"),
            "storageClassName" => ("StorageClass", Some(value), "storageClassName"),
            _ => return self.listed(key, value),
        };
        let (kind, Some(name), via) = of else { return };
        self.require(kind, name, via);
        if matches!(kind, "ConfigMap" | "Secret") {
            self.keys(kind, name, value);
        }
    }

    /// The Services that routes lead to, and those of sets.
    fn services(&mut self, kind: &str, root: &Node<'_>) {
        match kind {
            // OpenShift puts a certificate there.
            "Service" => {
                let all = at(root, &["metadata", "annotations"]).map(Node::entries);
                for (key, name) in all.unwrap_or_default() {
                    let key = key.as_str().unwrap_or_default();
                    if key.ends_with(".openshift.io/serving-cert-secret-name") {
                        self.provide("Secret", name);
                        let text = name.as_str().unwrap_or_default();
                        self.out.provides.push(Provide {
                            kind: kinds::CLUSTER_KEY,
                            name: NamePattern::any().prepend(&format!("Secret/{text}#")),
                            span: name.span,
                            within: None,
                            detail: Detail::None,
                        });
                    }
                }
            }
            "StatefulSet" => {
                if let Some(name) = at(root, &["spec", "serviceName"]) {
                    self.require("Service", name, "serviceName");
                }
            }
            "Ingress" => {
                self.certified(root, "spec.tls[].secretName");
                for backend in backends(root) {
                    let name = at(backend, &["service", "name"]).or(backend.get("serviceName"));
                    if let Some(name) = name {
                        self.require("Service", name, "backend");
                    }
                }
            }
            "Gateway" => self.certified(root, "spec.listeners[].tls.certificateRefs[].name"),
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => {
                for own in root.get("webhooks").map(Node::items).unwrap_or_default() {
                    if let Some(name) = at(own, &["clientConfig", "service", "name"]) {
                        self.require("Service", name, "clientConfig");
                    }
                }
            }
            _ => {}
        }
    }

    /// The Secrets of certificates, which an issuer that annotations name makes.
    /// (Source: cert-manager, "Annotated Ingress resource" and "Annotated Gateway resource".)
    fn certified(&mut self, root: &Node<'_>, path: &str) {
        let all = at(root, &["metadata", "annotations"]).map(Node::entries).unwrap_or_default();
        let mut keys = all.iter().map(|(key, _)| key.as_str().unwrap_or("<<"));
        let is_made =
            keys.any(|own| own.contains("cert") || own.ends_with("tls-acme") || own == "<<");
        for name in nodes(root, path) {
            match is_made {
                true => self.provide("Secret", name),
                false => self.require("Secret", name, "tls"),
            }
        }
    }

    /// The keys that a reference to a ConfigMap or a Secret reads.
    fn keys(&mut self, kind: &str, name: &Node<'_>, value: &Node<'_>) {
        let listed = value.get("items").map(Node::items).unwrap_or_default();
        let listed = listed.iter().filter_map(|own| own.get("key"));
        let single = value.get("key").or(value.get("valuesKey"));
        for key in single.into_iter().chain(listed) {
            if let Some(text) = key.as_str() {
                parts::key(kind, name, (text, key.span), &self.scope, self.out);
            }
        }
    }

    /// Where a release of Flux reads values from, without a word on the key: `values.yaml`.
    /// (Source: "Values references" of Flux's `HelmRelease`.)
    fn values(&mut self, kind: &str, root: &Node<'_>) {
        let is_of_flux = || {
            let version = word(root, &["apiVersion"]);
            version.is_some_and(|own| own.starts_with("helm.toolkit.fluxcd.io/"))
        };
        let from = at(root, &["spec", "valuesFrom"]).filter(|_| kind == "HelmRelease");
        for own in from.filter(|_| is_of_flux()).map(Node::items).unwrap_or_default() {
            let kind = word(own, &["kind"]).unwrap_or_default();
            let is_read = matches!(kind, "Secret" | "ConfigMap")
                && own.get("valuesKey").is_none()
                && word(own, &["optional"]) != Some("true");
            if let Some(name) = own.get("name").filter(|_| is_read) {
                parts::key(kind, name, ("values.yaml", name.span), &self.scope, self.out);
            }
        }
    }

    fn listed(&mut self, key: &str, value: &Node<'_>) {
        let via = match key {
            "subjects" => "subjects",
            "valuesFrom" => "valuesFrom",
            "substituteFrom" => "substituteFrom",
            "imagePullSecrets" => "imagePullSecrets",
            _ => return,
        };
        for own in value.items() {
            let kind = match key {
                "imagePullSecrets" => "Secret",
                _ => word(own, &["kind"]).unwrap_or_default(),
            };
            let known = matches!(kind, "Secret" | "ConfigMap" | "ServiceAccount");
            let optional = word(own, &["optional"]) == Some("true");
            if let Some(name) = own.get("name").filter(|_| known && !optional) {
                self.require(kind, name, via);
                self.keys(kind, name, own);
            }
        }
    }
}

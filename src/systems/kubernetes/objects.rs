//! Objects by kind and name, and what names them: workloads, bindings, releases.
//!
//! (Source: Kubernetes API reference: `PodSpec`, `EnvFromSource`, `EnvVarSource`, `Volume`,
//! `RoleBinding`; External Secrets, Sealed Secrets and cert-manager for who else makes a
//! Secret.)

use super::{MASK, expanded, masked};
use crate::domain::commands::scalar;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Ref, Require, Span, kinds};
use crate::syntax::yaml::{self, Node, Value};

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
        has(b"apiVersion:") && has(b"kind:") && has(b"metadata:")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let (text, _) = masked(source.text);
        let parsed;
        let documents = match text == source.text {
            true => source.yaml(),
            false => {
                parsed = yaml::parse(&text);
                &parsed
            }
        };
        let mut file = File { text: &text, out };
        documents.roots.iter().for_each(|root| file.object(root));
    }
}

struct File<'f> {
    text: &'f str,
    out: &'f mut FileFacts,
}

/// A text below a path of keys.
fn at<'n, 'y>(node: &'n Node<'y>, keys: &[&str]) -> Option<&'n Node<'y>> {
    keys.iter().try_fold(node, |node, key| node.get(key))
}

fn word<'n>(node: &'n Node<'_>, keys: &[&str]) -> Option<&'n str> {
    at(node, keys).and_then(Node::as_str)
}

impl File<'_> {
    fn object(&mut self, root: &Node<'_>) {
        let (Some(kind), Some(_)) = (word(root, &["kind"]), word(root, &["apiVersion"])) else {
            return;
        };
        if kind == "List" {
            root.get("items").map(Node::items).unwrap_or_default().iter().for_each(|own| {
                self.object(own);
            });
            return;
        }
        let name = at(root, &["metadata", "name"]);
        if let Some(name) = name {
            self.provide(kind, name);
        }
        let made = match kind {
            "ExternalSecret" => at(root, &["spec", "target", "name"]).or(name),
            "SealedSecret" => at(root, &["spec", "template", "metadata", "name"]).or(name),
            "Certificate" => at(root, &["spec", "secretName"]),
            "OnePasswordItem" => name,
            _ => None,
        };
        if let Some(made) = made {
            self.provide("Secret", made);
        }
        if kind == "SecretProviderClass" {
            let objects = at(root, &["spec", "secretObjects"]).map(Node::items);
            let names = objects.unwrap_or_default().iter().filter_map(|own| own.get("secretName"));
            names.for_each(|name| self.provide("Secret", name));
        }
        // What is told where a Secret comes from makes it, and does not need it.
        if !matches!(kind, "ExternalSecret" | "SealedSecret" | "Secret" | "ConfigMap") {
            self.names(root);
        }
    }

    fn pattern(&self, node: &Node<'_>) -> Option<NamePattern> {
        let text = node.as_str().filter(|text| !text.is_empty())?;
        let pattern = expanded(&scalar(text, node.span, self.text)).to_pattern();
        // `${name}` is filled in by whoever applies the file.
        let filled = text.contains("${") || text.contains('<');
        Some(if filled { NamePattern::any() } else { pattern })
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
        self.push(target, name.span, via);
    }

    fn push(&mut self, target: Ref, span: Span, via: &'static str) {
        self.out.requires.push(Require::certain(target, span, via, None));
    }

    /// What mappings by the names of the API refer to, wherever they stand: a custom resource
    /// has pods of its own.
    fn names(&mut self, node: &Node<'_>) {
        match &node.value {
            Value::Sequence(items) => items.iter().for_each(|item| self.names(item)),
            Value::Mapping(entries) => {
                for (key, value) in entries {
                    self.named(key.as_str().unwrap_or_default(), value);
                    self.names(value);
                }
            }
            _ => {}
        }
    }

    fn named(&mut self, key: &str, value: &Node<'_>) {
        let optional = word(value, &["optional"]) == Some("true");
        let name = |of: &str| value.get(of).filter(|_| !optional);
        let of = match key {
            "configMapRef" | "configMapKeyRef" => ("ConfigMap", name("name"), "configMapRef"),
            "secretRef" | "secretKeyRef" => ("Secret", name("name"), "secretRef"),
            "configMap" => ("ConfigMap", name("name"), "volumes"),
            "secret" => ("Secret", name("secretName"), "volumes"),
            "persistentVolumeClaim" => ("PersistentVolumeClaim", name("claimName"), "volumes"),
            "existingClaim" => ("PersistentVolumeClaim", Some(value), "existingClaim"),
            "serviceAccountName" => ("ServiceAccount", Some(value), "serviceAccountName"),
            "roleRef" if word(value, &["kind"]) == Some("Role") => {
                ("Role", name("name"), "roleRef")
            }
            _ => return self.listed(key, value),
        };
        if let (kind, Some(name), via) = of {
            self.require(kind, name, via);
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
            }
        }
    }
}

//! Versions of the API that do not have an object's kind.
//!
//! (Source: Kubernetes API reference; "CustomResourceDefinition": the group of a custom resource has a
//! dot in its name. The API server: "no matches for kind".)

use super::api;
use super::fields::{at, word};
use crate::facts::{Problem, is_one_edit};
use crate::syntax::yaml::Node;

/// Kinds that other programs do not have under a version without a group.
const KINDS: [&str; 14] = [
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "PersistentVolumeClaim",
    "PodDisruptionBudget",
    "ReplicaSet",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
    "StorageClass",
];

/// Groups that many trees have objects of, with kinds of theirs.
const GROUPS: [(&str, &[&str]); 8] = [
    ("argoproj.io", &["Application", "ApplicationSet", "AppProject", "Workflow", "Rollout"]),
    ("cert-manager.io", &["Certificate", "ClusterIssuer", "Issuer"]),
    ("external-secrets.io", &["ExternalSecret", "ClusterSecretStore", "SecretStore"]),
    ("helm.toolkit.fluxcd.io", &["HelmRelease"]),
    ("kustomize.toolkit.fluxcd.io", &["Kustomization"]),
    ("kustomize.config.k8s.io", &["Kustomization", "Component"]),
    ("monitoring.coreos.com", &["ServiceMonitor", "PodMonitor", "PrometheusRule"]),
    ("source.toolkit.fluxcd.io", &["GitRepository", "HelmRepository", "OCIRepository"]),
];

/// Reports a version that has no such kind, where it is clear which is meant.
pub(super) fn slip(root: &Node<'_>) -> Option<Problem> {
    let (version, kind) = (word(root, &["apiVersion"])?, word(root, &["kind"])?);
    at(root, &["metadata", "name"])?;
    // A patch with a target of its own may say any version, and is a part of an object.
    let of_pods = matches!(kind, "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet");
    if of_pods {
        at(root, &["spec", "selector"])?;
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"./-".contains(&byte);
    if !version.bytes().all(is_plain) || version.is_empty() {
        return None;
    }
    let group = group_of(version);
    let meant = own_group(kind, version, group).or_else(|| {
        let mut all = GROUPS.iter().filter(|(_, kinds)| kinds.contains(&kind));
        let near = all.find(|(own, _)| is_one_edit(own, group))?;
        Some(format!("{}/", near.0))
    })?;
    let span = root.get("apiVersion")?.span;
    let message = format!("`{version}` has no kind `{kind}`");
    let help = match meant.strip_suffix('/') {
        Some(group) => format!("did you mean the group `{group}`?"),
        None => format!("it is a kind of `{meant}`"),
    };
    Some(Problem { help, ..Problem::new("incompatible-value", message, span) })
}

/// The group of a version of the API; nothing for that of the core.
fn group_of(version: &str) -> &str {
    version.split_once('/').map_or("", |(group, _)| group)
}

/// The latest version of Kubernetes' own that has a kind, for one that has not.
fn own_group(kind: &str, version: &str, group: &str) -> Option<String> {
    if !KINDS.contains(&kind) {
        return None;
    }
    let versions = api::versions(kind);
    // A version to come of a group that has the kind.
    if versions.contains(&version) || versions.iter().any(|own| group_of(own) == group) {
        return None;
    }
    let near = |own: &&&str| is_one_edit(group_of(own), group);
    let is_stable = |own: &&&str| !own.contains("beta") && !own.contains("alpha");
    match group.contains('.') {
        true => versions.iter().rfind(near).map(|own| (*own).to_owned()),
        false => versions.iter().rfind(is_stable).map(|own| (*own).to_owned()),
    }
}

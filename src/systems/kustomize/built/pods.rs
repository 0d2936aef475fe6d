//! What pods of a root lack: images, volumes, ports, and keys of what the same root builds.
//!
//! (Source: Kubernetes API: `PodSpec`, `Container`, `EnvVarSource`, `ConfigMapVolumeSource`,
//! `Probe`.)

use super::tree::{At, Tree};
use super::{Built, Object, Told};
use crate::facts::{Entity, kinds, nearest_of};
use crate::finding::{Finding, Severity};
use std::sync::Arc;

/// Kinds that make pods, and where they say of which sort.
const KINDS: [(&str, &[&str]); 8] = [
    ("CronJob", &["spec", "jobTemplate", "spec", "template"]),
    ("DaemonSet", TEMPLATE),
    ("Deployment", TEMPLATE),
    ("Job", TEMPLATE),
    ("Pod", &[]),
    ("ReplicaSet", TEMPLATE),
    ("ReplicationController", TEMPLATE),
    ("StatefulSet", TEMPLATE),
];
const TEMPLATE: &[&str] = &["spec", "template"];

/// What says how the pods of an object are.
pub(super) fn template(object: &Object) -> Option<&Tree> {
    let (_, path) = KINDS.iter().find(|(kind, _)| *kind == object.kind)?;
    let is_own = matches!(object.version.as_str(), "v1" | "apps/v1" | "batch/v1");
    if !is_own || object.is_open {
        return None;
    }
    object.tree.below(path)
}

pub(super) fn containers(spec: &Tree) -> impl Iterator<Item = &Tree> {
    ["initContainers", "containers"]
        .into_iter()
        .filter_map(|key| spec.get(key))
        .flat_map(Tree::items)
}

pub(super) fn is_filled(text: &str) -> bool {
    text.is_empty() || ["$", "{{", "<", "%", "ENC["].iter().any(|mark| text.contains(mark))
}

pub(super) fn check(built: &Built, told: &mut Told<'_, '_>) {
    for object in &built.objects {
        let Some(spec) = template(object).and_then(|own| own.get("spec")) else { continue };
        let mut own = Pod { built, object, spec, told };
        own.images();
        own.volumes();
        own.ports();
        own.keys();
        own.variables();
    }
}

struct Pod<'p, 'g, 'f> {
    built: &'p Built,
    object: &'p Arc<Object>,
    spec: &'p Tree,
    told: &'p mut Told<'g, 'f>,
}

impl Pod<'_, '_, '_> {
    fn tell(&mut self, at: At, message: String, help: String, entity: Entity) {
        let more = |own: Finding| own.label("named here").help(help).entity(entity);
        self.told.add(at, message, more, Some(("the object", self.object.at)));
    }

    /// Containers that a patch adds by a name that no other has, mostly since that was changed.
    fn images(&mut self) {
        let spec = self.spec;
        for container in containers(spec) {
            let Some(name) = container.get("name") else { continue };
            let Some(text) = name.text().filter(|own| !is_filled(own)) else { continue };
            let is_added = container.at.file != self.object.at.file;
            if container.get("image").is_some() || container.is_open() || !is_added {
                continue;
            }
            let object = self.object.shown();
            let others = containers(spec).filter(|own| own.get("image").is_some());
            let mut names: Vec<&str> = others.filter_map(|own| own.word("name")).collect();
            names.sort_unstable();
            let near = match names.as_slice() {
                [one] => Some((*one).into()),
                _ => nearest_of(text, names.iter().copied()),
            };
            let message =
                format!("`{object}` has no container `{text}`, and this adds one without an image");
            let help = match near {
                Some(near) => format!("the API server refuses it; did you mean `{near}`?"),
                None => "the API server refuses it: correct the name, or say its image".to_owned(),
            };
            let entity = Entity::new(kinds::KUSTOMIZE_TARGET, format!("{object}/{text}"));
            self.tell(name.at, message, help, entity);
        }
    }

    fn volumes(&mut self) {
        let claims = self.object.tree.below(&["spec", "volumeClaimTemplates"]);
        let volumes = self.spec.get("volumes");
        if volumes.into_iter().chain(claims).any(Tree::is_open) {
            return;
        }
        let volumes = volumes.map(Tree::items).unwrap_or_default();
        let claims = claims.map(Tree::items).unwrap_or_default();
        let names = volumes.iter().filter_map(|own| own.word("name"));
        let claims = claims.iter().filter_map(|own| own.below(&["metadata", "name"])?.text());
        let names: Vec<&str> = names.chain(claims).collect();
        let spec = self.spec;
        let mounts = containers(spec).filter_map(|own| own.get("volumeMounts"));
        for name in mounts.flat_map(Tree::items).filter_map(|own| own.get("name")) {
            let Some(text) = name.text().filter(|own| !is_filled(own)) else { continue };
            if names.contains(&text) {
                continue;
            }
            let object = self.object.shown();
            let root = &self.told.root;
            let message = format!("`{object}` has no volume `{text}` in what `{root}` builds");
            let help = match nearest_of(text, names.iter().copied()) {
                Some(near) => format!("the API server refuses it; did you mean `{near}`?"),
                None => "the API server refuses it: add the volume, or correct the name".to_owned(),
            };
            let entity = Entity::new(kinds::CLUSTER_VOLUME, format!("{object}#{text}"));
            self.tell(name.at, message, help, entity);
        }
    }

    /// Ports that probes name.
    fn ports(&mut self) {
        let spec = self.spec;
        for container in containers(spec).filter(|own| !own.is_open()) {
            let ports = container.get("ports").map(Tree::items).unwrap_or_default();
            let names: Vec<&str> = ports.iter().filter_map(|own| own.word("name")).collect();
            for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
                let Some(probe) = container.get(probe) else { continue };
                let port =
                    ["httpGet", "tcpSocket"].iter().find_map(|own| probe.below(&[own, "port"]));
                let Some((port, text)) = port.and_then(|own| Some((own, own.text()?))) else {
                    continue;
                };
                let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
                if is_filled(text) || is_number || names.contains(&text) {
                    continue;
                }
                let of = format!(
                    "{}/{}",
                    self.object.shown(),
                    container.word("name").unwrap_or_default()
                );
                let root = &self.told.root;
                let message =
                    format!("container `{of}` has no port `{text}` in what `{root}` builds");
                let help = match nearest_of(text, names.iter().copied()) {
                    Some(near) => format!("the probe fails; did you mean `{near}`?"),
                    None => "the probe fails: name the port, or say its number".to_owned(),
                };
                let entity = Entity::new(kinds::CLUSTER_PORT, format!("{of}#{text}"));
                self.tell(port.at, message, help, entity);
            }
        }
    }

    /// Variables of words of a command that the container does not have: they are passed on as they are.
    /// (Source: Kubernetes API, `Container`, `args`: "unresolved references are left unchanged".)
    fn variables(&mut self) {
        let spec = self.spec;
        for container in containers(spec).filter(|own| !own.is_open()) {
            let env = container.get("env").map(Tree::items).unwrap_or_default();
            let names: Vec<&str> = env.iter().filter_map(|own| own.word("name")).collect();
            if container.get("envFrom").is_some() || names.is_empty() {
                continue;
            }
            let words = ["command", "args"].into_iter().filter_map(|own| container.get(own));
            for word in words.flat_map(Tree::items) {
                for name in word.text().into_iter().flat_map(variables) {
                    // A Service gives such ones.
                    let is_given = name.contains("_SERVICE_") || name.contains("_PORT_");
                    if names.contains(&name) || is_given {
                        continue;
                    }
                    let near = nearest_of(name, names.iter().copied());
                    let message = format!("this container has no variable `{name}`");
                    let help = match near {
                        Some(near) => format!("it is passed on as it is; did you mean `{near}`?"),
                        None => "it is passed on as it is: set it in `env`".to_owned(),
                    };
                    let entity = Entity::new(kinds::ENV, name);
                    let more = |own: Finding| {
                        own.severity(Severity::Warning)
                            .label("named here")
                            .help(help)
                            .entity(entity)
                    };
                    self.told.add(word.at, message, more, Some(("the object", self.object.at)));
                }
            }
        }
    }

    /// Keys of ConfigMaps and Secrets that the root builds too.
    fn keys(&mut self) {
        let spec = self.spec;
        let env = containers(spec).filter_map(|own| own.get("env")).flat_map(Tree::items);
        let from = env.filter_map(|own| own.get("valueFrom"));
        for own in from {
            for (field, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
                let Some(of) = own.get(field) else { continue };
                if let (Some(name), Some(key)) = (of.word("name"), of.get("key")) {
                    self.key(kind, name, key, of.word("optional"));
                }
            }
        }
        for volume in spec.get("volumes").map(Tree::items).unwrap_or_default() {
            for (field, kind, called) in
                [("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")]
            {
                let Some(of) = volume.get(field) else { continue };
                let Some(name) = of.word(called) else { continue };
                for item in of.get("items").map(Tree::items).unwrap_or_default() {
                    if let Some(key) = item.get("key") {
                        self.key(kind, name, key, of.word("optional"));
                    }
                }
            }
        }
    }

    fn key(&mut self, kind: &str, name: &str, key: &Tree, optional: Option<&str>) {
        let Some(text) = key.text().filter(|own| !is_filled(own) && optional != Some("true"))
        else {
            return;
        };
        let Some(object) = self.built.named(kind, name, self.object) else { return };
        let Some(keys) = keys(object).filter(|own| !own.is_empty()) else { return };
        // Something else may give it more.
        let is_target = |own: &Arc<Object>| {
            let of = own.tree.below(&["spec", "target", "name"]).and_then(Tree::text);
            of.or((own.kind != kind).then(|| own.name())) == Some(name)
                && own.kind.ends_with("Secret")
        };
        if keys.contains(&text) || self.built.objects.iter().any(is_target) {
            return;
        }
        let root = &self.told.root;
        let message = format!("`{kind}/{name}` has no key `{text}` in what `{root}` builds");
        let help = match nearest_of(text, keys.iter().copied()) {
            Some(near) => format!("the container does not start; did you mean `{near}`?"),
            None => "the container does not start: add the key, or correct it".to_owned(),
        };
        let entity = Entity::new(kinds::CLUSTER_KEY, format!("{kind}/{name}#{text}"));
        let more = |own: Finding| own.label("read here").help(help).entity(entity);
        self.told.add(key.at, message, more, Some(("what it is read from", object.at)));
    }
}

/// The keys of a ConfigMap or a Secret; nothing where not all of them are told.
fn keys(object: &Object) -> Option<Vec<&str>> {
    let filled = ["inject", "reflect", "replicat", "trust"];
    let annotations = object.tree.below(&["metadata", "annotations"]);
    let mut all = annotations.map(Tree::entries).unwrap_or_default().iter();
    let is_filled_in = all.any(|own| filled.iter().any(|mark| own.key.contains(mark)));
    if object.is_open || is_filled_in {
        return None;
    }
    let mut keys = Vec::new();
    for list in ["data", "stringData", "binaryData"] {
        let Some(own) = object.tree.get(list) else { continue };
        if matches!(own.data, super::tree::Data::Unknown) {
            return None;
        }
        keys.extend(own.entries().iter().map(|own| own.key.as_str()));
    }
    let is_filled = |own: &&str| own.contains(['$', '{']);
    (!keys.iter().any(is_filled)).then_some(keys)
}

/// The names in `$(NAME)`; a shell has programs there, and `$$` is a `$`.
fn variables(text: &str) -> Vec<&str> {
    let found = text.match_indices("$(").filter(|(at, _)| !text[..*at].ends_with('$'));
    let inner = found.filter_map(|(at, _)| text[at + 2..].split_once(')').map(|(own, _)| own));
    let is_variable = |own: &&str| {
        own.len() > 2
            && own.starts_with(|c: char| c.is_ascii_uppercase())
            && own
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    inner.filter(is_variable).collect()
}

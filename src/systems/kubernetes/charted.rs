//! Objects of one chart that name parts of each other: keys, volumes and ports. A name that templates
//! build is compared by how it is built: the same text gives the same name.
//!
//! (Source: Helm's "Named Templates"; Kubernetes API: `EnvVarSource`, `VolumeMount`, `Probe`,
//! `ServicePort`.)

mod referred;

use super::branches::Branches;
use super::fields::{at, is_filled, word};
use super::{MASK, masked};
use crate::check::Context;
use crate::facts::{Entity, Span, kinds, nearest_of};
use crate::finding::{Finding, Place, Severity};
use crate::loader::FileIx;
use crate::syntax::yaml::{self, Node, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Longest template that is compared.
const MAX_FILE: usize = 1 << 18;
/// Most templates of one chart that are.
const MAX_FILES: usize = 400;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    if graph.all(kinds::HELM_CHART).is_empty() {
        return;
    }
    let mut charts: BTreeMap<&str, Vec<FileIx>> = BTreeMap::new();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let path = file.entry.path.as_str();
        let is_yaml = [".yaml", ".yml"].iter().any(|ending| path.ends_with(ending));
        let Some(at) = path.find("/templates/").filter(|_| is_yaml) else { continue };
        let folder = &path[..at];
        let is_chart = graph.providers(kinds::HELM_CHART, folder).next().is_some();
        if is_chart && file.standing.is_live() {
            charts.entry(folder).or_default().push(ix as FileIx);
        }
    }
    for files in charts.values().filter(|own| own.len() <= MAX_FILES) {
        let texts: Vec<(FileIx, String)> = files
            .iter()
            .filter_map(|file| {
                let contents = graph.snapshot.contents(*file);
                let text = String::from_utf8(contents.to_vec()).ok()?;
                (text.len() <= MAX_FILE && text.contains("kind:")).then_some((*file, text))
            })
            .collect();
        let masks: Vec<(String, Vec<Span>)> = texts.iter().map(|(_, text)| masked(text)).collect();
        let documents: Vec<yaml::Documents<'_>> =
            masks.iter().map(|(text, _)| yaml::parse(text)).collect();
        let mut chart = Chart::default();
        for (((file, text), (_, tags)), own) in texts.iter().zip(&masks).zip(&documents) {
            // What is not read may have anything.
            if !own.is_whole() {
                chart.is_open = true;
                continue;
            }
            let template = Template { file: *file, text, tags };
            chart.objects.extend(own.roots.iter().filter_map(|root| template.object(root)));
        }
        if !chart.is_open {
            chart.check(context, findings);
        }
    }
}

/// The text of a template.
#[derive(Clone, Copy)]
struct Template<'t> {
    file: FileIx,
    text: &'t str,
    tags: &'t [Span],
}

impl<'t> Template<'t> {
    fn object(self, root: &'t Node<'t>) -> Option<Object<'t>> {
        let kind = word(root, &["kind"]).filter(|own| !own.contains(MASK))?;
        word(root, &["apiVersion"])?;
        let name = self.built(at(root, &["metadata", "name"])?)?;
        Some(Object { template: self, root, kind, name })
    }

    /// How a text is built, whatever blanks stand in it.
    fn built(self, node: &Node<'_>) -> Option<String> {
        node.as_str()?;
        let text = self.text.get(node.span.range())?;
        let plain = text.trim().trim_matches(['"', '\'']);
        Some(normal(plain)).filter(|own| !own.is_empty())
    }

    /// Whether a tag on a line of its own between two places may put more there.
    fn is_filled(self, from: u32, to: u32) -> bool {
        let all = self.tags.iter().filter(|tag| tag.start >= from && tag.start < to);
        all.into_iter().any(|tag| {
            let inner = self.text.get(tag.range()).unwrap_or_default();
            let inner = inner.trim_start_matches(['{', '-', ' ']);
            let first = inner.split(|own: char| !own.is_ascii_alphanumeric()).next();
            !matches!(first, Some("if" | "else" | "end" | "with"))
        })
    }

    /// Whether all of a mapping or a list is told, down to the next key around it.
    fn is_whole(self, key: Option<&Node<'_>>, node: &Node<'_>) -> bool {
        let from = key.map_or(node.span.start, |own| own.span.start);
        let below = self.below(from);
        !self.is_filled(from, below)
    }

    /// Where what stands below the key at a place ends.
    fn below(self, from: u32) -> u32 {
        let from = from as usize;
        let begin = self.text[..from].rfind('\n').map_or(0, |own| own + 1);
        let column = from - begin;
        let mut at = self.text[from..].find('\n').map_or(self.text.len(), |own| from + own + 1);
        while at < self.text.len() {
            let line = self.text[at..].split('\n').next().unwrap_or_default();
            let code = line.trim_start();
            let indent = line.len() - code.len();
            let is_item = indent == column && code.starts_with('-');
            if !code.is_empty() && !code.starts_with(['{', '#']) && indent <= column && !is_item {
                break;
            }
            at += line.len() + 1;
        }
        at.min(self.text.len()) as u32
    }

    /// The lines below a key, each as it is built.
    fn lines(self, key: &Node<'_>) -> FxHashSet<String> {
        let (from, to) = (key.span.end as usize, self.below(key.span.start) as usize);
        let text = self.text.get(from..to).unwrap_or_default();
        let lines = text.lines().skip(1).map(str::trim).filter(|own| !own.is_empty());
        lines.map(normal).collect()
    }
}

/// A text without the blanks in its tags, and without what only places it.
fn normal(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, more)) = rest.split_once("{{") {
        let Some((inner, after)) = more.split_once("}}") else { break };
        out.push_str(before);
        let inner = inner.trim_matches('-').replace("$.", ".");
        let inner = inner.split('|').map(str::trim).filter(|own| {
            let word = own.split(' ').next().unwrap_or_default();
            !matches!(word, "indent" | "nindent" | "quote" | "squote")
        });
        let words: Vec<String> =
            inner.map(|own| own.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let all = words.join("|");
        // What was handed to the template, by either name.
        let all = all.strip_suffix(" $").map(|own| format!("{own} .")).unwrap_or(all);
        out.push_str("{{");
        out.push_str(&all);
        out.push_str("}}");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// An object of a chart.
struct Object<'t> {
    template: Template<'t>,
    root: &'t Node<'t>,
    kind: &'t str,
    name: String,
}

#[derive(Default)]
struct Chart<'t> {
    objects: Vec<Object<'t>>,
    is_open: bool,
}

/// The key of a mapping and what it leads to.
fn entry<'n, 'y>(node: &'n Node<'y>, name: &str) -> Option<(&'n Node<'y>, &'n Node<'y>)> {
    let found = node.entries().iter().find(|(key, _)| key.as_str() == Some(name));
    found.map(|(key, value)| (key, value))
}

impl Chart<'_> {
    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        let keys = self.keys();
        for object in &self.objects {
            let mut own = Own { context, object, findings };
            if let Some((_, spec)) = pods(object) {
                own.env(spec, &keys);
                own.mounts(spec);
                own.probes(spec);
                own.hook(spec, &self.objects);
            }
            match object.kind {
                "Service" => own.targets(&self.objects),
                "ServiceMonitor" => referred::monitor(&mut own, &self.objects),
                _ => referred::names(&mut own, &self.objects),
            }
        }
    }

    /// The keys of ConfigMaps and Secrets by kind and name; nothing where more may be there.
    fn keys(&self) -> FxHashMap<(&str, &str), Option<FxHashSet<&str>>> {
        let mut all: FxHashMap<(&str, &str), Option<FxHashSet<&str>>> = FxHashMap::default();
        for own in self.objects.iter().filter(|own| matches!(own.kind, "ConfigMap" | "Secret")) {
            let known =
                all.entry((own.kind, &own.name)).or_insert_with(|| Some(FxHashSet::default()));
            for list in ["data", "stringData", "binaryData"] {
                let Some((key, value)) = entry(own.root, list) else { continue };
                let names: Option<Vec<&str>> = value
                    .entries()
                    .iter()
                    .map(|(key, _)| key.as_str().filter(|own| !own.contains(MASK) && *own != "<<"))
                    .collect();
                // `data: {{ .. }}`, and tags between the keys.
                let is_plain = matches!(value.value, Value::Mapping(_));
                let is_whole = is_plain && self.is_plain(own, key, value);
                match (names.filter(|_| is_whole), known.as_mut()) {
                    (Some(names), Some(all)) => all.extend(names),
                    _ => *known = None,
                }
            }
        }
        all.retain(|_, own| own.as_ref().is_none_or(|own| !own.is_empty()));
        all
    }

    /// Whether no tag between the keys of a mapping adds more; one below a key is its value.
    fn is_plain(&self, own: &Object<'_>, key: &Node<'_>, value: &Node<'_>) -> bool {
        let template = own.template;
        let (from, to) = (key.span.start, template.below(key.span.start));
        let first = value.entries().first().map_or(to, |(key, _)| key.span.start);
        if template.is_filled(from, first) {
            return false;
        }
        let column = |at: u32| {
            let at = at as usize;
            at - template.text[..at].rfind('\n').map_or(0, |own| own + 1)
        };
        let inner = column(first);
        let tags = template.tags.iter().filter(|tag| tag.start >= first && tag.start < to);
        tags.into_iter().all(|tag| {
            let text = template.text.get(tag.range()).unwrap_or_default();
            // It goes on with the text of the key above, further in.
            column(tag.start) > inner && !text.contains("range")
                || !template.is_filled(tag.start, tag.start + 1)
                || nindent(text).is_some_and(|by| by > inner)
        })
    }
}

/// How far a tag puts what it prints to the right.
fn nindent(tag: &str) -> Option<usize> {
    let (_, after) = tag.rsplit_once("indent ")?;
    after.trim_start().split(|own: char| !own.is_ascii_digit()).next()?.parse().ok()
}

/// When Helm makes an object that is a hook.
fn hook<'n>(object: &'n Object<'_>) -> Option<&'n str> {
    word(object.root, &["metadata", "annotations", "helm.sh/hook"])
}

/// What says how the pods of an object are.
fn pods<'n, 'y>(object: &'n Object<'y>) -> Option<(&'n Node<'y>, &'n Node<'y>)> {
    let path: &[&str] = match object.kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "ReplicaSet" => &["spec", "template"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template"],
        "Pod" => &[],
        _ => return None,
    };
    let template = at(object.root, path)?;
    Some((template, template.get("spec")?))
}

fn containers<'n, 'y>(spec: &'n Node<'y>) -> impl Iterator<Item = &'n Node<'y>> {
    ["initContainers", "containers"]
        .into_iter()
        .filter_map(|own| spec.get(own))
        .flat_map(Node::items)
}

struct Own<'o, 'c, 'f> {
    context: &'o Context<'c>,
    object: &'o Object<'o>,
    findings: &'f mut Vec<Finding>,
}

impl Own<'_, '_, '_> {
    fn tell(&mut self, span: Span, message: String, help: String, entity: Entity) {
        let tree = self.context.new.snapshot.role;
        let place = Place { tree, file: self.object.template.file, span };
        let own = Finding::new("unresolved-reference", message, place);
        let own = own.label("named here").help(help).entity(entity);
        // What a value has to ask for may never be.
        let Object { template, root, .. } = *self.object;
        let branches = Branches::of(template.text, template.tags);
        let is_always = branches.is_some_and(|all| all.is_one(root.span.start, span.start));
        let severity = if is_always { own.severity } else { own.severity.min(Severity::Warning) };
        self.findings.push(own.severity(severity));
    }

    /// An account that a hook runs as, which Helm makes after it.
    /// (Source: Helm's "Chart Hooks".)
    fn hook(&mut self, spec: &Node<'_>, objects: &[Object<'_>]) {
        let is_before = hook(self.object).is_some_and(|own| own.contains("pre-install"));
        let Some(account) = spec.get("serviceAccountName").filter(|_| is_before) else { return };
        let Some(name) = self.object.template.built(account) else { return };
        let mut accounts =
            objects.iter().filter(|own| own.kind == "ServiceAccount" && own.name == name);
        let Some(first) = accounts.next().filter(|own| hook(own).is_none()) else { return };
        if accounts.any(|own| hook(own).is_some()) {
            return;
        }
        let tree = self.context.new.snapshot.role;
        let place = |file, span| Place { tree, file, span };
        let message = format!("this runs before `ServiceAccount/{name}` is made, which is no hook");
        self.findings.push(
            Finding::new(
                "unresolved-reference",
                message,
                place(self.object.template.file, account.span),
            )
            .severity(Severity::Warning)
            .label("named here")
            .help(
                "the first installation waits for it: make the account a hook with a lower weight",
            )
            .related("made here", place(first.template.file, first.root.span))
            .entity(Entity::new(kinds::CLUSTER_OBJECT, format!("ServiceAccount/{name}"))),
        );
    }

    fn env(&mut self, spec: &Node<'_>, keys: &FxHashMap<(&str, &str), Option<FxHashSet<&str>>>) {
        let env = containers(spec).filter_map(|own| own.get("env")).flat_map(Node::items);
        for own in env.filter_map(|own| own.get("valueFrom")) {
            for (field, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
                let Some(of) = own.get(field).filter(|own| own.get("optional").is_none()) else {
                    continue;
                };
                let (Some(name), Some(key)) = (of.get("name"), of.get("key")) else { continue };
                let Some(text) = key.as_str().filter(|own| !is_filled(own) && !own.contains(MASK))
                else {
                    continue;
                };
                let Some(name) = self.object.template.built(name) else { continue };
                let Some(Some(known)) = keys.get(&(kind, name.as_str())) else { continue };
                if known.contains(text) {
                    continue;
                }
                let mut all: Vec<&str> = known.iter().copied().collect();
                all.sort_unstable();
                let message = format!("the {kind} `{name}` of this chart has no key `{text}`");
                let help = match nearest_of(text, all.into_iter()) {
                    Some(near) => format!("the container does not start; did you mean `{near}`?"),
                    None => "the container does not start: add the key, or correct it".to_owned(),
                };
                let entity = Entity::new(kinds::CLUSTER_KEY, format!("{kind}/{name}#{text}"));
                self.tell(key.span, message, help, entity);
            }
        }
    }

    /// The names of a list's items as they are built; nothing where there may be more.
    fn names(&self, of: &Node<'_>, list: &str, name: &[&str]) -> Option<FxHashSet<String>> {
        let Some((key, value)) = entry(of, list) else { return Some(FxHashSet::default()) };
        let is_list = matches!(value.value, Value::Sequence(_));
        if !is_list || !self.object.template.is_whole(Some(key), value) {
            return None;
        }
        value.items().iter().map(|own| self.object.template.built(at(own, name)?)).collect()
    }

    fn mounts(&mut self, spec: &Node<'_>) {
        let Some(volumes) = self.names(spec, "volumes", &["name"]) else { return };
        let of = self.object.root.get("spec").unwrap_or(self.object.root);
        let Some(claims) = self.names(of, "volumeClaimTemplates", &["metadata", "name"]) else {
            return;
        };
        // A tag beside the lists may bring one.
        if entry(spec, "volumes").is_none() && !self.is_told(spec) {
            return;
        }
        let mounts = containers(spec).filter_map(|own| own.get("volumeMounts"));
        for name in mounts.flat_map(Node::items).filter_map(|own| own.get("name")) {
            let Some(text) = name.as_str().filter(|own| !own.contains(MASK) && !is_filled(own))
            else {
                continue;
            };
            if volumes.contains(text) || claims.contains(text) {
                continue;
            }
            // What a template builds may be called so.
            if volumes.iter().chain(&claims).any(|own| own.contains("{{")) {
                continue;
            }
            let object = format!("{}/{}", self.object.kind, self.object.name);
            let message = format!("the pods of `{object}` have no volume `{text}`");
            let near = nearest_of(text, volumes.iter().chain(&claims).map(String::as_str));
            let help = match near {
                Some(near) => format!("the API server refuses it; did you mean `{near}`?"),
                None => "the API server refuses it: add the volume, or correct the name".to_owned(),
            };
            let entity = Entity::new(kinds::CLUSTER_VOLUME, format!("{object}#{text}"));
            self.tell(name.span, message, help, entity);
        }
    }

    /// Whether no tag in a mapping adds keys to it.
    fn is_told(&self, node: &Node<'_>) -> bool {
        !self.object.template.is_filled(node.span.start, node.span.end + 400)
    }

    fn probes(&mut self, spec: &Node<'_>) {
        for container in containers(spec) {
            let Some(ports) = self.names(container, "ports", &["name"]) else { continue };
            let is_built = ports.iter().any(|own| own.contains("{{"));
            if ports.is_empty() || is_built {
                continue;
            }
            for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
                let Some(probe) = container.get(probe) else { continue };
                let port = at(probe, &["httpGet", "port"]).or(at(probe, &["tcpSocket", "port"]));
                let Some((port, text)) = port.and_then(|own| Some((own, own.as_str()?))) else {
                    continue;
                };
                let is_number = text.bytes().all(|own| own.is_ascii_digit());
                if is_number || text.contains(MASK) || is_filled(text) || ports.contains(text) {
                    continue;
                }
                let object = format!("{}/{}", self.object.kind, self.object.name);
                let message = format!("this container of `{object}` has no port `{text}`");
                let near = nearest_of(text, ports.iter().map(String::as_str));
                let help = match near {
                    Some(near) => format!("the probe fails; did you mean `{near}`?"),
                    None => "the probe fails: name the port, or say its number".to_owned(),
                };
                let entity = Entity::new(kinds::CLUSTER_PORT, format!("{object}#{text}"));
                self.tell(port.span, message, help, entity);
            }
        }
    }

    /// Ports of pods that a Service names, where their labels are built as its selector is.
    fn targets(&mut self, objects: &[Object<'_>]) {
        let Some(spec) = self.object.root.get("spec") else { return };
        let Some((selector, _)) = entry(spec, "selector") else { return };
        let wanted = self.object.template.lines(selector);
        if wanted.is_empty() {
            return;
        }
        let mut names: FxHashSet<String> = FxHashSet::default();
        let mut is_found = false;
        for own in objects {
            let Some((template, pods)) = pods(own) else { continue };
            let labels = template.get("metadata").and_then(|own| entry(own, "labels"));
            let Some((labels, _)) = labels else { continue };
            let has = own.template.lines(labels);
            if !wanted.iter().all(|line| has.contains(line)) {
                continue;
            }
            is_found = true;
            let list = entry(pods, "containers");
            let Some((key, list)) = list else { return };
            let reader = Own { context: self.context, object: own, findings: &mut Vec::new() };
            // A container that a tag adds has ports that are not told.
            if list.items().is_empty() || own.template.is_filled(key.span.start, list.span.start) {
                return;
            }
            let items: Vec<&Node<'_>> = containers(pods).collect();
            for container in &items {
                let Some(ports) = reader.names(container, "ports", &["name"]) else { return };
                names.extend(ports);
            }
        }
        if !is_found || names.is_empty() || names.iter().any(|own| own.contains("{{")) {
            return;
        }
        for port in spec.get("ports").map(Node::items).unwrap_or_default() {
            let Some(target) = port.get("targetPort") else { continue };
            let Some(text) = target.as_str().filter(|own| !own.contains(MASK) && !is_filled(own))
            else {
                continue;
            };
            if text.bytes().all(|own| own.is_ascii_digit()) || names.contains(text) {
                continue;
            }
            let object = format!("{}/{}", self.object.kind, self.object.name);
            let message = format!("the pods of `{object}` have no port `{text}`");
            let help = match nearest_of(text, names.iter().map(String::as_str)) {
                Some(near) => format!("the Service leads nowhere; did you mean `{near}`?"),
                None => "the Service leads nowhere: name the port, or say its number".to_owned(),
            };
            let entity = Entity::new(kinds::CLUSTER_PORT, format!("{object}#{text}"));
            self.tell(target.span, message, help, entity);
        }
    }
}

//! What the parts of a compose file name of one another: services, networks, volumes, configs,
//! secrets; and the files that lie beside it.
//!
//! (Source: Compose file reference; Compose refuses a project in which such a name is not
//! declared. `include`, or further files with `-f`, may declare more.)

use super::included::{self, several};
use crate::extract::Source;
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Problem, Provide, Ref, Require, Scope, Span, Strength,
    base_name, join_path, kinds, parent_folder,
};
use crate::syntax::yaml::{Node, Value};
use std::sync::Arc;

/// Sections of a file whose names services use.
pub(super) const SECTIONS: [(&str, Kind); 5] = [
    ("services", kinds::COMPOSE_SERVICE),
    ("networks", kinds::COMPOSE_NETWORK),
    ("volumes", kinds::COMPOSE_VOLUME),
    ("configs", kinds::COMPOSE_CONFIG),
    ("secrets", kinds::COMPOSE_SECRET),
];

/// Begins the name of a part that others take services from.
pub(super) const EXTENDED: &str = "extended:";

/// Files that Compose reads without being told to.
pub(super) const USUAL: [&str; 4] =
    ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// Adds what one document declares and names. Files of the first version have no sections.
pub(super) fn extract(source: &Source<'_>, root: &Node<'_>, out: &mut FileFacts) {
    let Some(services) = root.get("services") else { return };
    let path = source.path;
    let usual = USUAL.contains(&base_name(path));
    let strength = if usual { Strength::Certain } else { Strength::Likely };
    let mut parts = Parts { folder: parent_folder(path), scope: Scope::of(path), strength, out };
    parts.declared(source, root, services);
    parts.includes(root);
    for (name, service) in services.entries() {
        parts.health(name, service);
        parts.service(name, service);
        parts.profiles(services, name, service);
        parts.reached(service);
    }
    if !parts.is_put_on_hosts() {
        // Compose fills the file in from there.
        let variables = crate::facts::path_in(parts.folder, ".env");
        let detail = Detail::from(parts.folder);
        parts.provide(kinds::COMPOSE_MOUNT, variables, root.span, detail);
        for section in ["configs", "secrets"] {
            for (_, own) in root.get(section).map(Node::entries).unwrap_or_default() {
                if let Some((node, text)) =
                    own.get("file").and_then(|own| Some((own, own.as_str()?)))
                {
                    parts.file(node, text, section_word(section));
                }
            }
        }
    }
}

/// Adds what a file declares that is called otherwise, and that files of Compose may take in.
pub(super) fn of_base(source: &Source<'_>, root: &Node<'_>, out: &mut FileFacts) {
    let Some(services) = root.get("services") else { return };
    let (folder, scope) = (parent_folder(source.path), Scope::of(source.path));
    let mut parts = Parts { folder, scope, strength: Strength::Likely, out };
    parts.declared(source, root, services);
    parts.includes(root);
}

pub(super) struct Parts<'f> {
    pub folder: &'f str,
    pub scope: Arc<Scope>,
    strength: Strength,
    pub out: &'f mut FileFacts,
}

/// Names of a list, or of a map.
pub(super) fn names<'n, 'y>(node: Option<&'n Node<'y>>) -> Vec<&'n Node<'y>> {
    let Some(node) = node else { return Vec::new() };
    let keys = node.entries().iter().map(|(key, _)| key);
    keys.chain(node.items()).collect()
}

impl Parts<'_> {
    pub(super) fn provide(&mut self, kind: Kind, name: String, span: Span, detail: Detail) {
        let name = NamePattern::exact(name);
        self.out.provides.push(Provide { kind, name, span, within: None, detail });
    }

    /// What the file declares, for others of its folder and for those that take services from it.
    fn declared(&mut self, source: &Source<'_>, root: &Node<'_>, services: &Node<'_>) {
        // Merged keys are not followed: they may declare anything.
        let merged =
            |node: &Node<'_>| node.get("<<").is_some() || matches!(node.value, Value::Alias);
        let whole = SECTIONS.iter().filter_map(|(own, _)| root.get(own)).all(|own| !merged(own));
        let detail = if included::is_open(root) {
            Detail::from(included::ELSEWHERE)
        } else if !source.yaml().is_whole() || !whole {
            Detail::from("open")
        } else {
            Detail::None
        };
        self.provide(kinds::COMPOSE_PART, self.folder.to_owned(), root.span, detail);
        for (section, kind) in SECTIONS {
            for (name, _) in root.get(section).map(Node::entries).unwrap_or_default() {
                if let Some(text) = name.as_str() {
                    self.provide(kind, format!("{}:{text}", self.folder), name.span, Detail::None);
                }
            }
        }
        for (name, service) in services.entries() {
            if let Some(text) = name.as_str() {
                let own = format!("{}:{text}", source.path);
                self.provide(kinds::COMPOSE_MEMBER, own, name.span, Detail::None);
                self.known_as(name, service);
            }
        }
    }

    /// Whether a role or a module puts the file on hosts, where it runs beside other files.
    fn is_put_on_hosts(&self) -> bool {
        self.folder.split('/').any(|part| matches!(part, "files" | "templates"))
    }

    fn named(&mut self, section: &str, node: &Node<'_>, name: &str, via: &'static str) {
        if name.is_empty() || name.contains(['$', '{', '<']) {
            return;
        }
        let target = Ref::exact(kinds::COMPOSE_NAMED, format!("{section}/{name}"));
        let target = target.seen_from(self.scope.clone());
        let require = Require::certain(target, node.span, via, None);
        self.out.requires.push(require.with_strength(self.strength));
    }

    /// A service that needs another one, which only a profile starts, and which none that it has
    /// itself does. (Source: "Using profiles with Compose": "Auto-starting profiles and dependency
    /// resolution".)
    fn profiles(&mut self, services: &Node<'_>, name: &Node<'_>, service: &Node<'_>) {
        let of = |service: &Node<'_>| -> Vec<String> {
            let all = service.get("profiles").map(Node::items).unwrap_or_default();
            all.iter().filter_map(|own| own.as_str().map(str::to_owned)).collect()
        };
        let own = of(service);
        let Some(depends) = service.get("depends_on") else { return };
        let required = depends
            .entries()
            .iter()
            .filter(|(_, how)| how.get("required").and_then(Node::as_str) != Some("false"));
        let all = required.map(|(key, _)| key).chain(depends.items());
        for key in all {
            let needed = key.as_str().and_then(|name| services.get(name));
            let by = needed.map(of).unwrap_or_default();
            if by.is_empty() || own.iter().any(|profile| by.contains(profile)) {
                continue;
            }
            let (name, key_name) =
                (name.as_str().unwrap_or_default(), key.as_str().unwrap_or_default());
            let message = format!(
                "`{name}` needs `{key_name}`, which only the profile `{}` starts",
                by.join("`, `")
            );
            let help = format!("give `{name}` a profile of these, or set `required: false`");
            self.out.problems.push(Problem {
                strength: Strength::Likely,
                help,
                ..Problem::new("unresolved-reference", message, key.span)
            });
        }
    }

    fn service(&mut self, name: &Node<'_>, service: &Node<'_>) {
        let of = |key: &str| service.get(key);
        for own in names(of("networks")) {
            if let Some(text) = own.as_str().filter(|text| !matches!(*text, "default" | "<<")) {
                self.named("networks", own, text, "networks");
            }
        }
        if let Some(depends) = of("depends_on") {
            for (own, how) in depends.entries() {
                let optional = how.get("required").and_then(Node::as_str) == Some("false");
                if let Some(text) = own.as_str().filter(|text| !optional && *text != "<<") {
                    self.named("services", own, text, "depends_on");
                }
            }
            for own in depends.items() {
                self.named("services", own, own.as_str().unwrap_or_default(), "depends_on");
            }
        }
        for own in of("links").map(Node::items).unwrap_or_default() {
            let text = own.as_str().unwrap_or_default();
            self.named("services", own, text.split(':').next().unwrap_or_default(), "links");
        }
        if let Some(mode) = of("network_mode")
            && let Some(text) = mode.as_str().and_then(|text| text.strip_prefix("service:"))
        {
            self.named("services", mode, text, "network_mode");
        }
        for section in ["configs", "secrets"] {
            for own in of(section).map(Node::items).unwrap_or_default() {
                let source = own.get("source").unwrap_or(own);
                self.named(
                    section,
                    source,
                    source.as_str().unwrap_or_default(),
                    section_word(section),
                );
            }
        }
        for own in of("volumes").map(Node::items).unwrap_or_default() {
            self.volume(own);
        }
        self.extends(name, service);
        self.target(service);
        self.arguments(service);
        if !self.is_put_on_hosts() {
            self.files(service);
            self.dockerfile(service);
            self.mounts(service);
        }
    }

    /// Files of variables, and what is bound from beside the file. Docker makes a folder where
    /// a bound path is not there, and many a tree leaves both to whoever runs it: only what was
    /// here before is missed.
    fn files(&mut self, service: &Node<'_>) {
        for own in service.get("env_file").map(several).unwrap_or_default() {
            let optional = own.get("required").and_then(Node::as_str) == Some("false");
            if let Some(path) = own.get("path").unwrap_or(own).as_str().filter(|_| !optional) {
                self.file(own, path, "env_file");
            }
        }
        for own in service.get("label_file").map(several).unwrap_or_default() {
            self.file(own, own.as_str().unwrap_or_default(), "label_file");
        }
        for own in service.get("volumes").map(several).unwrap_or_default() {
            let long = || own.get("source").filter(|_| own.get("target").is_some())?.as_str();
            let short = own.as_str().and_then(|text| text.split(':').next());
            if let Some(path) = short.or_else(long).filter(|path| path.starts_with('.')) {
                self.file(own, path, "volumes");
            }
        }
    }

    fn file(&mut self, node: &Node<'_>, path: &str, via: &'static str) {
        let path = Some(path).filter(|path| !path.contains(['$', '{', '~']));
        let Some(path) = path.and_then(|path| join_path(self.folder, path)) else { return };
        if !path.is_empty() {
            let target = Ref::exact(kinds::COMPOSE_BOUND, path);
            self.out.requires.push(Require::certain(target, node.span, via, None));
        }
    }

    /// The Dockerfile that a service is built from.
    fn dockerfile(&mut self, service: &Node<'_>) {
        let Some(build) = service.get("build") else { return };
        let own = build.get("dockerfile");
        let text = own.map_or(Some("Dockerfile"), Node::as_str);
        let context = build.get("context").unwrap_or(build).as_str();
        let (Some(text), Some(context)) = (text, context) else { return };
        let computed = |own: &str| own.contains(['$', '{', ':', '~']) || own.starts_with('/');
        if computed(context) || computed(text) || build.get("dockerfile_inline").is_some() {
            return;
        }
        let Some(folder) = join_path(self.folder, context) else { return };
        let target = Ref::exact(kinds::COMPOSE_BUILD, format!("{folder}:{text}"));
        let span = own.unwrap_or(build.get("context").unwrap_or(build)).span;
        let require = Require::certain(target, span, "build", None);
        self.out.requires.push(require.with_strength(self.strength));
    }

    /// `name:/path`, `./folder:/path`, `{type: volume, source: name}`.
    fn volume(&mut self, node: &Node<'_>) {
        if let Some(text) = node.as_str() {
            let Some((source, _)) = text.split_once(':') else { return };
            let is_name = source.len() > 1 && !source.contains(['/', '\\', '~', '.']);
            if is_name {
                self.named("volumes", node, source, "volumes");
            }
        } else if node.get("type").and_then(Node::as_str) == Some("volume")
            && let Some(source) = node.get("source")
        {
            self.named("volumes", source, source.as_str().unwrap_or_default(), "volumes");
        }
    }

    fn extends(&mut self, name: &Node<'_>, service: &Node<'_>) {
        let Some(own) = service.get("extends") else { return };
        let base = own.get("service").unwrap_or(own);
        let Some(text) = base.as_str().filter(|text| !text.contains('$')) else { return };
        let Some(file) = own.get("file") else {
            if name.as_str() != Some(text) {
                self.named("services", base, text, "extends");
            }
            return;
        };
        let text = file.as_str().unwrap_or_default();
        // `${ROOT}/shared/compose.yml`: a folder that is known when it is run.
        let (is_filled, known) = match text.rsplit_once('}') {
            Some((_, tail)) => (true, tail.trim_start_matches('/')),
            None => (text.contains('$'), text),
        };
        let folder = if is_filled { "" } else { self.folder };
        let Some(path) = join_path(folder, known) else { return };
        if known.is_empty() || known.contains('$') {
            return;
        }
        self.provide(kinds::COMPOSE_PART, format!("{EXTENDED}{path}"), file.span, Detail::None);
        if is_filled {
            return;
        }
        let member = base.as_str().filter(|own| !own.is_empty() && own.as_ptr() != text.as_ptr());
        if let Some(member) = member {
            let target = Ref::exact(kinds::COMPOSE_MEMBER, format!("{path}:{member}"));
            let require = Require::certain(target, base.span, "extends", None);
            self.out.requires.push(require.with_strength(self.strength));
        }
        let require = Require::certain(Ref::exact(kinds::FILE, path), file.span, "extends", None);
        self.out.requires.push(require.with_strength(self.strength));
    }

    /// A service as other files take it over, and whether it is known when it is healthy: an image
    /// may say so itself, so that only a check that was here before is missed.
    ///
    /// (Source: Compose file reference, "healthcheck", "depends_on"; "container … has no
    /// healthcheck configured" ends `docker compose up`.)
    fn health(&mut self, name: &Node<'_>, service: &Node<'_>) {
        let Some(text) = name.as_str() else { return };
        let check = service.get("healthcheck");
        let is_off = check.is_some_and(|own| {
            own.get("disable").and_then(Node::as_str) == Some("true")
                || own.get("test").is_some_and(|own| {
                    own.as_str().or(own.items().first().and_then(Node::as_str)) == Some("NONE")
                })
        });
        let may_have = ["build", "extends", "<<"].iter().any(|key| service.get(key).is_some())
            || matches!(service.value, Value::Alias);
        if !is_off && (check.is_some() || may_have) {
            let span = check.map_or(name.span, |own| own.span);
            let own = format!("{}:{text}", self.folder);
            self.provide(kinds::COMPOSE_HEALTH, own, span, Detail::None);
        }
        for (own, how) in service.get("depends_on").map(Node::entries).unwrap_or_default() {
            let waits = how.get("condition").and_then(Node::as_str) == Some("service_healthy");
            let is_sure = how.get("required").and_then(Node::as_str) != Some("false");
            let other = own.as_str().filter(|own| waits && is_sure && !own.contains('$'));
            if let Some(other) = other {
                let target = format!("{}:{other}", self.folder);
                let target = Ref::exact(kinds::COMPOSE_HEALTH, target);
                let require = Require::certain(target, own.span, "service_healthy", None);
                self.out.requires.push(require.with_strength(Strength::Likely));
            }
        }
    }

    /// The Dockerfile of the tree that an image is built by, where both are told.
    pub(super) fn dockerfile_of(&self, build: &Node<'_>) -> Option<String> {
        let context = build.get("context")?.as_str()?;
        let file = build.get("dockerfile").map_or(Some("Dockerfile"), Node::as_str)?;
        if context.contains(['$', ':']) || file.contains('$') || file.starts_with('/') {
            return None;
        }
        join_path(&join_path(self.folder, context)?, file).map(|own| own.to_string())
    }

    /// The stage of a Dockerfile of the tree that an image is built to.
    fn target(&mut self, service: &Node<'_>) {
        let Some(build) = service.get("build") else { return };
        let Some(target) = build.get("target") else { return };
        let name = target.as_str().filter(|name| !name.contains('$') && !name.is_empty());
        let (Some(name), Some(path)) = (name, self.dockerfile_of(build)) else { return };
        let name = format!("{path}:{}", name.to_lowercase());
        let target_ref = Ref::exact(kinds::IMAGE_STAGE, name);
        self.out.requires.push(Require::certain(target_ref, target.span, "target", None));
    }
}

fn section_word(section: &str) -> &'static str {
    if section == "configs" { "configs" } else { "secrets" }
}

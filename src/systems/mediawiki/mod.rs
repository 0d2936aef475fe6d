//! MediaWiki: `extension.json` and `skin.json`, `composer.json`, wiki lists.
//!
//! (Sources: MediaWiki's manual of extension.json, schema versions 1 and 2; Composer's
//! schema reference, `autoload`; the `dblist` format of wiki farms.)

mod messages;
mod named;
mod twice;

use crate::check::Check;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Provide, Ref, Require, Span, Strength, base_name,
    join_path, kinds, parent_folder,
};
use crate::syntax::yaml::{Node, Value};
use crate::systems::System;
use smol_str::SmolStr;

/// MediaWiki: extensions, skins and wikis.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "mediawiki"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&MediaWiki, &messages::Messages, &named::Named]
    }

    fn checks(&self) -> &'static [Check] {
        &[twice::check]
    }
}

/// Extracts from registration files and wiki lists.
pub struct MediaWiki;

fn base(path: &str) -> &str {
    base_name(path)
}

impl Extractor for MediaWiki {
    fn system(&self) -> &'static str {
        "mediawiki"
    }

    fn claims(&self, path: &str) -> bool {
        matches!(base(path), "extension.json" | "skin.json" | "composer.json")
            || path.ends_with(".dblist")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.path.ends_with(".dblist") {
            return wiki_list(source, out);
        }
        let root = match source.json() {
            Ok(root) => root,
            Err(problem) => return out.problems.push(problem.clone()),
        };
        let mut file = File { folder: parent_folder(source.path), out };
        match base(source.path) {
            "composer.json" => file.composer(root),
            name => file.registration(root, name == "skin.json"),
        }
    }
}

struct File<'f, 'p> {
    folder: &'p str,
    out: &'f mut FileFacts,
}

impl File<'_, '_> {
    fn provide(&mut self, kind: Kind, name: impl Into<SmolStr>, span: Span) {
        let name = NamePattern::exact(name);
        self.out.provides.push(Provide { kind, name, span, within: None, detail: Detail::None });
    }

    fn file(&mut self, path: &str, span: Span, via: &'static str) {
        if let Some(path) = join_path(self.folder, path) {
            let target = Ref::exact(kinds::FILE, path);
            self.out.requires.push(Require::certain(target, span, via, None));
        }
    }

    fn class(&mut self, name: &str, span: Span, via: &'static str) {
        let class = name.split("::").next().unwrap_or(name).trim_start_matches('\\');
        if class.is_empty() {
            return;
        }
        let target = Ref::exact(kinds::PHP_CLASS, class.to_ascii_lowercase());
        self.out.requires.push(Require::certain(target, span, via, None));
    }

    /// A PSR-4 prefix and the folders it maps to.
    fn prefix(&mut self, prefix: &Node<'_>, dirs: &Node<'_>, via: &'static str) {
        let Some(name) = prefix.as_str() else { return };
        if name.ends_with('\\') {
            self.provide(kinds::PHP_NAMESPACE, name.to_ascii_lowercase(), prefix.span);
        }
        for dir in one_or_more(dirs) {
            if let Some(path) = dir.as_str() {
                self.file(path, dir.span, via);
            }
        }
    }

    fn composer(&mut self, root: &Node<'_>) {
        for section in ["autoload", "autoload-dev"] {
            let Some(autoload) = root.get(section) else { continue };
            for key in ["psr-4", "psr-0"] {
                for (prefix, dirs) in autoload.get(key).map(Node::entries).unwrap_or_default() {
                    self.prefix(prefix, dirs, "autoload");
                }
            }
            for key in ["classmap", "files"] {
                for entry in autoload.get(key).map(Node::items).unwrap_or_default() {
                    if let Some(path) = entry.as_str().filter(|path| !path.contains('*')) {
                        self.file(path, entry.span, "autoload");
                    }
                }
            }
        }
    }

    fn registration(&mut self, root: &Node<'_>, skin: bool) {
        let version = root.get("manifest_version").and_then(Node::as_str).unwrap_or("1");
        let Some(name) = root.get("name") else { return };
        if let Some(text) = name.as_str() {
            let kind = if skin { kinds::MEDIAWIKI_SKIN } else { kinds::MEDIAWIKI_EXTENSION };
            self.provide(kind, text, name.span);
        }
        let needs = [("extensions", kinds::MEDIAWIKI_EXTENSION), ("skins", kinds::MEDIAWIKI_SKIN)];
        for (key, kind) in needs {
            let needed = root.get("requires").and_then(|requires| requires.get(key));
            for (name, _) in needed.map(Node::entries).unwrap_or_default() {
                if let Some(text) = name.as_str() {
                    let target = Ref::exact(kind, text);
                    let require = Require::certain(target, name.span, "requires", None);
                    self.out.requires.push(require);
                }
            }
        }
        for key in ["AutoloadClasses", "TestAutoloadClasses"] {
            for (class, path) in root.get(key).map(Node::entries).unwrap_or_default() {
                if let Some(text) = class.as_str() {
                    self.provide(kinds::PHP_CLASS_MAP, text.to_ascii_lowercase(), class.span);
                }
                if let Some(text) = path.as_str() {
                    self.file(text, path.span, "AutoloadClasses");
                }
            }
        }
        for key in ["AutoloadNamespaces", "TestAutoloadNamespaces"] {
            for (prefix, dirs) in root.get(key).map(Node::entries).unwrap_or_default() {
                self.prefix(prefix, dirs, "AutoloadNamespaces");
            }
        }
        for key in ["ExtensionMessagesFiles", "ServiceWiringFiles"] {
            for path in root.get(key).into_iter().flat_map(values) {
                if let Some(text) = path.as_str() {
                    self.file(text, path.span, "message file");
                }
            }
        }
        for dirs in root.get("MessagesDirs").into_iter().flat_map(values) {
            for dir in one_or_more(dirs) {
                if let Some(text) = dir.as_str() {
                    self.file(text, dir.span, "MessagesDirs");
                }
            }
        }
        self.modules(root);
        self.handlers(root, version);
        self.names(root);
        self.hooks(root);
    }

    fn asks(&mut self, kind: Kind, node: &Node<'_>, via: &'static str, strength: Strength) {
        let Some(name) = node.as_str() else { return };
        let require = Require::certain(Ref::exact(kind, name), node.span, via, None);
        self.out.requires.push(require.with_strength(strength));
    }

    /// Settings, modules with what they need, and services that classes are handed.
    fn names(&mut self, root: &Node<'_>) {
        for (name, _) in root.get("config").map(Node::entries).unwrap_or_default() {
            if let Some(text) = name.as_str().filter(|own| !own.starts_with(['_', '@'])) {
                self.provide(kinds::MEDIAWIKI_CONFIG, text, name.span);
            }
        }
        for (name, module) in root.get("ResourceModules").map(Node::entries).unwrap_or_default() {
            if let Some(text) = name.as_str() {
                self.provide(kinds::MEDIAWIKI_MODULE, text, name.span);
            }
            // Without one that it needs, none of a module is run.
            for own in module.get("dependencies").into_iter().flat_map(one_or_more) {
                self.asks(kinds::MEDIAWIKI_MODULE, own, "dependencies", Strength::Certain);
            }
            for own in module.get("messages").into_iter().flat_map(one_or_more) {
                self.asks(kinds::MEDIAWIKI_MESSAGE, own, "messages", Strength::Likely);
            }
        }
        for (_, section) in root.entries() {
            for entry in values(section) {
                for own in entry.get("services").into_iter().flat_map(one_or_more) {
                    self.asks(kinds::MEDIAWIKI_SERVICE, own, "services", Strength::Certain);
                }
            }
        }
    }

    /// The methods that hooks run: `onNAME` of a handler, or the one that is named.
    fn hooks(&mut self, root: &Node<'_>) {
        let handlers = root.get("HookHandlers");
        let class_of = |handler: &str| {
            let class = handlers?.get(handler)?.get("class")?.as_str()?;
            Some(class.trim_start_matches('\\').to_ascii_lowercase())
        };
        for (hook, entries) in root.get("Hooks").map(Node::entries).unwrap_or_default() {
            let Some(hook) = hook.as_str() else { continue };
            let all = match &entries.value {
                Value::Mapping(_) => vec![entries],
                _ => one_or_more(entries),
            };
            for entry in all {
                let node = entry.get("handler").unwrap_or(entry);
                let Some(text) = node.as_str() else { continue };
                let member = match text.split_once("::") {
                    Some((class, method)) => {
                        let class = class.trim_start_matches('\\').to_ascii_lowercase();
                        Some(format!("{class}::{}()", method.to_ascii_lowercase()))
                    }
                    None => class_of(text).map(|class| {
                        let name = hook.replace([':', '-'], "_").to_ascii_lowercase();
                        format!("{class}::on{name}()")
                    }),
                };
                if let Some(member) = member {
                    let target = Ref::exact(kinds::PHP_MEMBER, member);
                    self.out.requires.push(Require::certain(target, node.span, "Hooks", None));
                }
            }
        }
    }

    /// `ResourceModules`: scripts, styles, packageFiles and templates below the base path.
    fn modules(&mut self, root: &Node<'_>) {
        let default = root
            .get("ResourceFileModulePaths")
            .and_then(|paths| paths.get("localBasePath"))
            .and_then(Node::as_str)
            .unwrap_or("");
        for (_, module) in root.get("ResourceModules").map(Node::entries).unwrap_or_default() {
            // A class may read its files from anywhere.
            let own_class = module.get("class").and_then(Node::as_str);
            if own_class.is_some_and(|class| {
                !class.contains("FileModule") && !class.contains("CodexModule")
            }) {
                continue;
            }
            let local = module.get("localBasePath").and_then(Node::as_str).unwrap_or(default);
            for key in ["scripts", "styles", "packageFiles", "templates", "debugScripts"] {
                let Some(list) = module.get(key) else { continue };
                let entries: Vec<&Node<'_>> = match &list.value {
                    // `styles: { "a.less": { media: … } }`, `templates: { name: file }`.
                    Value::Mapping(entries) if key == "styles" => {
                        entries.iter().map(|(key, _)| key).collect()
                    }
                    Value::Mapping(entries) => entries.iter().map(|(_, value)| value).collect(),
                    _ => one_or_more(list),
                };
                for entry in entries {
                    // `{ name, file | callback | config }`: only a named file is one.
                    let path = match entry.get("file") {
                        Some(file) => file,
                        None => entry,
                    };
                    if let Some(text) = path.as_str() {
                        // Without a base path, or with an empty one: the extension's folder.
                        let path_of = match local {
                            "" => text.to_owned(),
                            local => format!("{local}/{text}"),
                        };
                        self.file(&path_of, path.span, "ResourceModules");
                    }
                }
            }
        }
    }

    fn handlers(&mut self, root: &Node<'_>, version: &str) {
        for handler in root.get("HookHandlers").into_iter().flat_map(values) {
            if let Some(class) = handler.get("class").filter(|_| version != "0")
                && let Some(text) = class.as_str()
            {
                self.class(text, class.span, "HookHandlers");
            }
        }
        for hooks in root.get("Hooks").into_iter().flat_map(values) {
            for hook in one_or_more(hooks) {
                if let Some(text) = hook.as_str().filter(|text| text.contains("::")) {
                    self.class(text, hook.span, "Hooks");
                }
            }
        }
        for key in
            ["SpecialPages", "APIModules", "APIPropModules", "APIListModules", "APIMetaModules"]
        {
            for entry in root.get(key).into_iter().flat_map(values) {
                let class = entry.get("class").unwrap_or(entry);
                if let Some(text) = class.as_str() {
                    self.class(text, class.span, key);
                }
            }
        }
    }
}

fn values<'n, 'a>(node: &'n Node<'a>) -> Vec<&'n Node<'a>> {
    match &node.value {
        Value::Mapping(entries) => entries.iter().map(|(_, value)| value).collect(),
        _ => one_or_more(node),
    }
}

fn one_or_more<'n, 'a>(node: &'n Node<'a>) -> Vec<&'n Node<'a>> {
    match &node.value {
        Value::Sequence(items) => items.iter().collect(),
        Value::Mapping(_) | Value::Alias => Vec::new(),
        Value::Scalar { .. } => vec![node],
    }
}

/// A list of wikis: `all.dblist` names those that run and `preinstall.dblist` those that are
/// set up to; every other list may only use these. Lists of wikis that are gone, and computed
/// lists, stand apart. (Source: operations-mediawiki-config, multiversion/bin/manage-dblist.php,
/// `doAdd`.)
fn wiki_list(source: &Source<'_>, out: &mut FileFacts) {
    let name = base(source.path).trim_end_matches(".dblist");
    let elsewhere = ["labs", "deleted", "beta", "removed"];
    if elsewhere.iter().any(|word| name.contains(word)) {
        return;
    }
    for (at, line) in source.lines() {
        let wiki = line.split('#').next().unwrap_or_default().trim();
        let start = at + (line.len() - line.trim_start().len());
        if wiki.is_empty()
            || wiki.starts_with('%')
            || wiki.contains(|c: char| !(c.is_alphanumeric() || "_-".contains(c)))
        {
            continue;
        }
        let span = Span::new(start, start + wiki.len());
        if matches!(name, "all" | "preinstall") {
            out.provides.push(Provide {
                kind: kinds::MEDIAWIKI_WIKI,
                name: NamePattern::exact(wiki),
                span,
                within: None,
                detail: Detail::None,
            });
        } else {
            let target = Ref::exact(kinds::MEDIAWIKI_WIKI, wiki);
            let require = Require::certain(target, span, "wiki list", None);
            out.requires.push(require.with_strength(Strength::Certain));
        }
    }
}

//! Roles that plays, tasks and other roles name, and which of their files.
//!
//! (Source: Ansible's documentation, "Roles", "Using collections in a playbook".)

use super::arguments::{Arguments, pattern, texts};
use super::keywords;
use super::surroundings::{Wanted, requirement};
use super::tasks::File;
use crate::facts::{NamePattern, Ref, Scope, Span, Strength, kinds};
use crate::syntax::yaml::{Node, Value};
use smallvec::smallvec;

/// Which file of a role an inclusion means, by the folder that it lies in.
const PARTS: [(&str, &str); 4] = [
    ("tasks_from", "tasks"),
    ("vars_from", "vars"),
    ("defaults_from", "defaults"),
    ("handlers_from", "handlers"),
];

impl File<'_, '_> {
    /// `meta/main.yml` of a role.
    pub fn meta(&mut self, root: &Node<'_>) {
        keywords::of_meta(root, &self.settings.packs, &mut self.out.problems);
        for dependency in root.get("dependencies").map(Node::items).unwrap_or_default() {
            match requirement(dependency) {
                Some(Wanted { name, span }) => {
                    self.provide(kinds::ANSIBLE_LISTED_ROLE, NamePattern::exact(name), span, "");
                }
                None => self.role(dependency, "dependencies"),
            }
        }
        if let Some(own) = root.get("collections") {
            self.collections(own);
        }
    }

    /// Collections in which this file, or this role, looks for roles and modules.
    pub(super) fn collections(&mut self, list: &Node<'_>) {
        let path = self.source.path;
        let holder = path.rfind("/meta/").map_or(path, |at| &path[..at]);
        for text in texts(list) {
            let name = NamePattern::exact(&text.text);
            self.provide(kinds::ANSIBLE_LISTED_COLLECTION, name, text.span, holder);
        }
    }

    /// A role of a play, with what the play hands it.
    pub(super) fn play_role(&mut self, role: &Node<'_>) {
        self.handed("vars", role);
        if role.get("when").is_some() {
            self.handed("when", role);
        }
        self.role(role, "roles");
    }

    /// Notes what a play sets for itself, or asks about a role.
    pub(super) fn handed(&mut self, what: &str, node: &Node<'_>) {
        if !node.entries().is_empty() {
            self.provide(kinds::ANSIBLE_HANDED, NamePattern::exact(what), node.span, "");
        }
    }

    pub(super) fn role(&mut self, role: &Node<'_>, via: &'static str) {
        let name = match &role.value {
            Value::Scalar { .. } => Some(role),
            Value::Mapping(_) => role.get("role").or_else(|| role.get("name")),
            // Nested lists under `roles:` are not names.
            _ => None,
        };
        let Some((node, text)) = name.and_then(|node| Some((node, node.as_str()?))) else { return };
        let text = text.split_whitespace().next().unwrap_or_default();
        if !text.is_empty() {
            self.role_named(text, node.span, via, Strength::Certain);
        }
    }

    /// `include_role` and `import_role`, with the parts that they ask for.
    pub(super) fn role_included(&mut self, arguments: &Arguments, strength: Strength) {
        let Some(role) = arguments.get("name") else { return };
        self.role_named(&role.text, role.span, "include_role", strength);
        let name = pattern(&role.text);
        let Some(name) = name.as_exact() else { return };
        for (key, folder) in PARTS {
            let Some(part) = arguments.get(key) else { continue };
            let file = pattern(&part.text);
            if file.prefix().is_empty() || part.text.starts_with('/') {
                continue;
            }
            let scope = Scope::inside(self.source.path, name.clone());
            let file = file.prepend(&format!("{folder}/"));
            let target = Ref::new(kinds::ANSIBLE_ROLE_PART, file).seen_from(scope);
            self.push(smallvec![target], part.span, key, strength);
        }
    }

    /// A role whose name is computed may be any: that much is kept.
    fn role_named(&mut self, text: &str, span: Span, via: &'static str, strength: Strength) {
        let name = pattern(text);
        let strength = if name.as_exact().is_some() { strength } else { Strength::Guarded };
        let target = Ref::new(kinds::ANSIBLE_ROLE_USE, name).seen_from(self.scope.clone());
        self.push(smallvec![target], span, via, strength);
    }
}

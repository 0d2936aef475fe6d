//! Variables that plays and tasks set: `vars`, `register`, `set_fact`, loops, prompts, the
//! parameters of roles and of included files.
//!
//! (Source: Ansible's documentation, "Using Variables", "Playbook Keywords", and the modules
//! `set_fact`, `add_host`, `set_stats`, `include_vars`.)

use super::arguments::{Arguments, filled_in_keys, pattern};
use super::attributes;
use super::broken::{Stands, detail};
use super::shape::short;
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds};
use crate::syntax::yaml::{Node, Value};

/// Keys of an entry of `roles` or `dependencies` that are no parameters.
const OF_ROLES: [&str; 12] = [
    "role",
    "name",
    "src",
    "version",
    "scm",
    "vars",
    "tags",
    "when",
    "become",
    "become_user",
    "delegate_to",
    "environment",
];

/// Adds the variables that plays and tasks set.
pub(super) fn of_tasks(roots: &[Node<'_>], source: &str, out: &mut FileFacts) {
    let mut sets = Sets { source, out };
    roots.iter().for_each(|root| sets.node(root));
}

/// Whether a mapping is a task whose variables other tasks do not see: no play, no block, nothing
/// that runs tasks of other files.
pub(super) fn is_plain(node: &Node<'_>) -> bool {
    let keys = node.entries().iter().filter_map(|(key, _)| key.as_str()).map(short);
    let mut runs_others = keys.filter(|key| {
        matches!(*key, "hosts" | "block" | "role" | "roles" | "tasks" | "action" | "local_action")
            || ["include", "import_"].iter().any(|own| key.starts_with(own))
    });
    runs_others.next().is_none() && (node.get("name").is_some() || node.entries().len() > 2)
}

/// `x: "{{ x }}"`: it has to be set before.
fn is_circular((key, value): &(Node<'_>, Node<'_>)) -> bool {
    let (Some(name), Some(text)) = (key.as_str(), value.as_str()) else { return false };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut words = text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty());
    let asks = ["default", "defined", "d", "if", "vars", "lookup", "hostvars", "query"];
    text.trim_start().starts_with("{{")
        && words.next() == Some(name)
        && !words.any(|word| asks.contains(&word))
}

struct Sets<'o, 's> {
    source: &'s str,
    out: &'o mut FileFacts,
}

/// What modules of people's own call the variable that they set.
const RESULTS: [&str; 5] = ["fact_name", "outname", "output_var", "set_fact", "var_name"];

/// Shorter values are rather words than names of variables.
const MIN_NAME: usize = 8;

impl Sets<'_, '_> {
    /// What may be any name sets none that is known.
    fn add(&mut self, name: NamePattern, span: Span) {
        let detail = Detail::None;
        let is_any = name == NamePattern::any();
        let kind = if is_any { kinds::ANSIBLE_SUPPLIED } else { kinds::ANSIBLE_VARIABLE };
        self.out.provides.push(Provide { kind, name, span, within: None, detail });
    }

    /// A variable by its name, which may be put together at run time.
    fn named(&mut self, text: &str, span: Span) {
        self.add(pattern(text), span);
    }

    fn scalar(&mut self, node: Option<&Node<'_>>) {
        if let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?))) {
            self.named(text, node.span);
        }
    }

    /// The keys of a mapping, or of those of a list; a text is any mapping.
    fn keys(&mut self, node: &Node<'_>) {
        match &node.value {
            Value::Mapping(entries) => {
                for (key, _) in entries {
                    self.scalar(Some(key));
                }
            }
            Value::Sequence(items) => items.iter().for_each(|item| self.keys(item)),
            Value::Scalar { .. } if node.as_str().is_some_and(|text| text.contains("{{")) => {
                self.add(NamePattern::any(), node.span);
            }
            Value::Scalar { .. } | Value::Alias => {}
        }
    }

    /// Keys that mean nothing outside of their task, but to what it fills in.
    fn inner_keys(&mut self, node: &Node<'_>) {
        let from = self.out.provides.len();
        self.keys(node);
        self.out.provides[from..].iter_mut().for_each(|own| own.detail = Detail::Inner);
    }

    /// Keys whose values are filled in where they are read.
    fn kept(&mut self, node: &Node<'_>) {
        let from = self.out.provides.len();
        self.keys(node);
        let own = &mut self.out.provides[from..];
        if own.len() == node.entries().len() && !self.source.contains("!unsafe") {
            for (provide, (_, value)) in own.iter_mut().zip(node.entries()) {
                provide.detail = detail(value, Stands::InPlay);
            }
        }
        for (key, value) in node.entries() {
            if let Some(name) = key.as_str() {
                attributes::provided(name, value, key.span, self.out);
            }
        }
    }

    /// Values that may be names of variables, which who is called sets: `result_name: _made` for
    /// `set_fact: {"{{ result_name }}": …}`.
    fn named_by(&mut self, node: &Node<'_>) {
        let is_name = |text: &str| {
            text.len() >= MIN_NAME
                && text.contains('_')
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && !text.starts_with(|first: char| first.is_ascii_digit())
        };
        for (_, value) in node.entries() {
            if let Some(name) = value.as_str().filter(|own| is_name(own)) {
                let (kind, name) = (kinds::ANSIBLE_SUPPLIED, NamePattern::exact(name));
                let (span, detail) = (value.span, Detail::None);
                self.out.provides.push(Provide { kind, name, span, within: None, detail });
            }
        }
    }

    /// Arguments in either form.
    fn arguments(&mut self, node: &Node<'_>) {
        if node.as_str().is_none() {
            return self.keys(node);
        }
        let arguments = Arguments::of(node, self.source);
        let mut names: Vec<String> = arguments.names().map(str::to_owned).collect();
        // `{{ kind }}_dir=/srv`
        names.extend(node.as_str().into_iter().flat_map(filled_in_keys));
        if names.is_empty() {
            self.keys(node);
        }
        names.iter().for_each(|name| self.named(name, node.span));
    }

    fn node(&mut self, node: &Node<'_>) {
        node.items().iter().for_each(|item| self.node(item));
        for (key, value) in node.entries() {
            match key.as_str().map_or("", short) {
                "vars" if is_plain(node) => self.inner_keys(value),
                "vars" => {
                    self.kept(value);
                    self.named_by(value);
                }
                "register" => self.scalar(Some(value)),
                "set_fact" if !value.entries().is_empty() => {
                    let firm = value.entries().iter().filter(|entry| !is_circular(entry));
                    firm.for_each(|(key, _)| self.scalar(Some(key)));
                }
                "set_fact" | "add_host" => self.arguments(value),
                "set_stats" => value.get("data").into_iter().for_each(|data| self.keys(data)),
                "loop_control" => {
                    self.scalar(value.get("loop_var"));
                    self.scalar(value.get("index_var"));
                }
                "vars_prompt" => {
                    self.keys_or_names(value);
                }
                "include_vars" => {
                    let arguments = Arguments::of(value, self.source);
                    let name = arguments.get("name").map(|name| name.text.clone());
                    name.iter().for_each(|name| self.named(name, value.span));
                }
                "roles" | "dependencies" => value.items().iter().for_each(|role| self.role(role)),
                // `include: x.yml a=1`
                "include" | "include_tasks" | "import_tasks" | "action" | "local_action"
                    if value.as_str().is_some_and(|text| text.contains('=')) =>
                {
                    self.arguments(value);
                }
                // A module of the tree's own says where its result goes.
                _ => RESULTS.iter().for_each(|own| self.scalar(value.get(own))),
            }
            self.node(value);
        }
    }

    /// `vars_prompt: [{name: x}]`, and `{x: text}` of old.
    fn keys_or_names(&mut self, node: &Node<'_>) {
        node.items().iter().for_each(|item| self.scalar(item.get("name")));
        if !node.entries().is_empty() {
            self.keys(node);
        }
    }

    fn role(&mut self, role: &Node<'_>) {
        for (key, _) in role.entries() {
            if key.as_str().is_some_and(|key| !OF_ROLES.contains(&key)) {
                self.scalar(Some(key));
            }
        }
        // `roles: - web port=80`
        if role.as_str().is_some_and(|text| text.contains('=')) {
            self.arguments(role);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let documents = crate::syntax::yaml::parse(text);
        of_tasks(&documents.roots, text, &mut out);
        out.provides.iter().map(|provide| provide.name.to_string()).collect()
    }

    #[test]
    fn what_sets_variables() {
        assert_eq!(set("- hosts: a\n  vars: {b: 1}\n  roles: [{role: c, d: 1}]\n"), ["b", "d"]);
        assert_eq!(set("- set_fact: {a: 1}\n  register: b\n"), ["a", "b"]);
        assert_eq!(set("- ansible.builtin.set_fact: a=1 b=\"x y\"\n"), ["a", "b"]);
        assert_eq!(set("- include: x.yml a=1\n"), ["a"]);
        assert_eq!(set("- set_fact:\n    x_{{ a }}: 1\n"), ["x_*"]);
        let filled = "- set_fact: '{{ x }}_dir={{ y }} {{ x }}_user=b c=d'\n";
        assert_eq!(set(filled), ["c", "*_dir", "*_user"]);
        assert_eq!(set("- hosts: a\n  vars_prompt: [{name: b}]\n"), ["b"]);
        assert_eq!(
            set("- block:\n  - debug:\n    vars: {a: 1}\n    loop_control: {loop_var: b}\n"),
            ["a", "b"]
        );
        assert_eq!(set("- debug:\n  vars: '{{ x }}'\n"), ["*"]);
    }
}

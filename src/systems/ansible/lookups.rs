//! Files that a task names in a loop, and those that its expressions look up: `lookup('file', 'a')`.
//!
//! (Source: Ansible's documentation of loops; of the lookups `file` and `template`, which fail where
//! there is no such file, and look for it where `copy` and `template` do.)

use super::arguments::Text;
use super::paths::{Sort, of_role};
use super::tasks::{File, Task, strength};
use super::twice::LISTS;
use crate::facts::{Relation, Span, Strength, Via};
use crate::syntax::yaml::{Node, Value};

/// A lookup of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lookup<'t> {
    file: &'t str,
    sort: Sort,
}

impl File<'_, '_> {
    /// The values that a text takes over a literal loop; the text itself without one.
    pub(super) fn expand(&self, task: &Task<'_, '_>, text: &Text) -> Vec<(String, Span)> {
        let Some(items) = task.items.as_ref().filter(|_| text.text.contains(task.item)) else {
            return vec![(text.text.clone(), text.span)];
        };
        items
            .iter()
            .map(|item| {
                let mut out = String::new();
                let mut rest = text.text.as_str();
                let mut span = item.span;
                while let Some(at) = rest.find("{{") {
                    let Some(end) = rest[at..].find("}}").map(|end| at + end + 2) else { break };
                    let inner = rest[at + 2..end - 2].trim();
                    out.push_str(&rest[..at]);
                    let value = match inner.strip_prefix(task.item) {
                        Some("") => item.as_str().map(|value| (value, item.span)),
                        // A longer word is another name.
                        Some(path) if path.starts_with(['.', '[']) => {
                            let key = path
                                .trim_start_matches(['.', '[', '\'', '"'])
                                .trim_end_matches([']', '\'', '"']);
                            item.get(key).and_then(|node| Some((node.as_str()?, node.span)))
                        }
                        _ => None,
                    };
                    match value {
                        Some((value, place)) => {
                            out.push_str(value);
                            span = place;
                        }
                        None => out.push_str(&rest[at..end]),
                    }
                    rest = &rest[end..];
                }
                out.push_str(rest);
                // The task's own line for the plain form, where the path stands.
                (out, if text.text.starts_with("{{") { span } else { text.span })
            })
            .collect()
    }

    pub(super) fn each(
        &mut self,
        task: &Task<'_, '_>,
        text: &Text,
        sort: Sort,
        via: impl Into<Via>,
    ) {
        let looped = task.looped && task.items.is_none() && text.text.contains(task.item);
        let strength = if looped { Strength::Guarded } else { strength(task) };
        let via = via.into();
        let values = self.expand(task, text);
        // A pair of keys is made for each site.
        let is_copied = |name: &str| values.iter().any(|(own, _)| own == name);
        let is_key = |name: &str| {
            let stem = name.strip_suffix(".pub").unwrap_or(name);
            is_copied(stem) && is_copied(&format!("{stem}.pub"))
        };
        for (value, span) in &values {
            let strength = match sort {
                _ if self.asked.covers(value) => Strength::Guarded,
                Sort::File if is_key(value) => strength.min(Strength::Likely),
                _ => strength,
            };
            let (text, via, strength) = match of_role(self.source.path, value) {
                Some(inside) => (inside, Relation::Expects.called("path"), Strength::Guarded),
                None => (value.as_str(), via, strength),
            };
            self.path(&Text { text: text.to_owned(), span: *span }, sort, via, strength);
        }
    }

    /// Files that expressions of a task, or of a play, look up.
    pub(super) fn looked_up(&mut self, task: &Task<'_, '_>, node: &Node<'_>) {
        for (key, value) in node.entries() {
            match key.as_str().unwrap_or_default() {
                key if LISTS.contains(&key) || key == "roles" => {}
                "with_file" => {
                    let items = if value.items().is_empty() {
                        std::slice::from_ref(value)
                    } else {
                        value.items()
                    };
                    for item in items.iter().filter(|own| own.as_str().is_some()) {
                        let text = item.as_str().unwrap_or_default().to_owned();
                        self.each(task, &Text { text, span: item.span }, Sort::File, "with_file");
                    }
                }
                _ => self.lookups_in(task, value),
            }
        }
    }

    fn lookups_in(&mut self, task: &Task<'_, '_>, node: &Node<'_>) {
        node.items().iter().for_each(|own| self.lookups_in(task, own));
        node.entries().iter().for_each(|(_, own)| self.lookups_in(task, own));
        let Value::Scalar { text, .. } = &node.value else { return };
        for found in lookups(text) {
            let range = node.span.range();
            let raw = self.source.text.get(range.clone()).unwrap_or_default();
            let span = raw.find(found.file).map_or(node.span, |at| {
                Span::new(range.start + at, range.start + at + found.file.len())
            });
            let own = Text { text: found.file.to_owned(), span };
            let from = self.out.requires.len();
            self.each(task, &own, found.sort, "lookup");
            if found.sort == Sort::File && is_kept_private(found.file) {
                for require in &mut self.out.requires[from..] {
                    require.strength = require.strength.min(Strength::Likely);
                }
            }
        }
    }
}

/// Whether a file may be kept out of the repository, by its name: keys, passwords, certificates.
fn is_kept_private(file: &str) -> bool {
    let name = file.to_ascii_lowercase();
    ["key", "token", "pass", "secret", "cert", "cred", ".pub", ".pem", ".crt", "vault", "id_"]
        .iter()
        .any(|own| name.contains(own))
}

/// The files that an expression looks up whatever the case, by names that are written in it.
fn lookups(text: &str) -> Vec<Lookup<'_>> {
    let mut found = Vec::new();
    // Where it is asked for, or does without, it may be absent.
    if text.contains(" if ") || text.contains("errors") || text.contains(" is ") {
        return found;
    }
    let calls = ["lookup", "query", "q"];
    for call in calls {
        for (at, _) in text.match_indices(call) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|own| own.is_ascii_alphanumeric() || "_.'\"".contains(own)) {
                continue;
            }
            found.extend(one(&text[at + call.len()..]));
        }
    }
    found
}

/// `('file', 'NAME')`, with no further arguments that are files too.
fn one(rest: &str) -> Option<Lookup<'_>> {
    let rest = rest.trim_start().strip_prefix('(')?;
    let (plugin, rest) = quoted(rest)?;
    let plugin = ["ansible.builtin.", "ansible.legacy."]
        .iter()
        .find_map(|own| plugin.strip_prefix(own))
        .unwrap_or(plugin);
    let sort = match plugin {
        "file" => Sort::File,
        "template" => Sort::Template,
        _ => return None,
    };
    let (file, rest) = quoted(rest.trim_start().strip_prefix(',')?)?;
    let is_alone = rest.trim_start().starts_with([')', ',']);
    let is_name = !file.is_empty() && !file.contains(['{', '%', '\\', '\n']);
    (is_alone && is_name).then_some(Lookup { file, sort })
}

/// A text in quotes, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|own| matches!(own, '\'' | '"'))?;
    text[1..].split_once(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_looked_up() {
        let one = |file| [Lookup { file, sort: Sort::File }];
        assert_eq!(lookups("{{ lookup('file', 'a.pub') }}"), one("a.pub"));
        assert_eq!(
            lookups("{{ query(\"ansible.builtin.file\", 'b/c', rstrip=false) }}"),
            one("b/c")
        );
        assert_eq!(
            lookups("{{ lookup('template', './a.j2') | from_yaml }}"),
            [Lookup { file: "./a.j2", sort: Sort::Template }]
        );
        for none in [
            "{{ lookup('file', name) }}",
            "{{ lookup('file', 'a' + name) }}",
            "{{ lookup('file', 'a', errors='ignore') }}",
            "{{ lookup('file', 'a') if b else 'c' }}",
            "{{ lookup('env', 'HOME') }}",
            "{{ my_lookup('file', 'a') }}",
        ] {
            assert!(lookups(none).is_empty(), "{none}");
        }
    }
}

//! Groups and hosts of inventories that plays, tasks and files of variables are for.
//!
//! (Source: Ansible's documentation, "Patterns: targeting hosts and groups", "Organizing host and
//! group variables".)

use super::arguments::{pattern, texts};
use super::tasks::File;
use crate::facts::{
    Detail, FileFacts, NamePattern, Problem, Provide, Ref, Relation, Require, Span, Strength, kinds,
};
use crate::syntax::yaml::Node;
use smallvec::smallvec;

/// Names that every inventory has.
const GIVEN: [&str; 4] = ["all", "ungrouped", "localhost", "127.0.0.1"];

impl File<'_, '_> {
    /// The groups that a play is for: `web:db:!staging`. A host of its own is no group, and a
    /// group may come from a dynamic inventory.
    pub(super) fn hosts(&mut self, hosts: &Node<'_>) {
        for text in texts(hosts) {
            // A list that stands one step too far to the right is part of the text.
            if text.text.contains(" - ") {
                self.out.problems.push(Problem {
                    help:
                        "what is behind `-` is a list: a key is missing before it, such as `roles:`"
                            .to_owned(),
                    ..Problem::new(
                        "incompatible-value",
                        format!("`hosts` does not accept `{}`", text.text),
                        text.span,
                    )
                });
                continue;
            }
            for name in text.text.split([':', ',']) {
                let name = name.trim();
                if name.is_empty() || name.starts_with(['!', '&']) {
                    continue;
                }
                let target = Ref::new(kinds::ANSIBLE_GROUP, pattern(name));
                let is_plain = !name.contains(['*', '?', '[', '~', '{', '$', '%']);
                let is_open = GIVEN.contains(&name) || !is_plain;
                let strength = if is_open { Strength::Guarded } else { Strength::Likely };
                self.push(smallvec![target], text.span, Relation::IsFor.called("hosts"), strength);
            }
        }
    }

    /// The host that runs a task in the place of others.
    pub(super) fn delegated(&mut self, task: &Node<'_>) {
        let Some((value, name)) =
            task.get("delegate_to").and_then(|own| Some((own, own.as_str()?)))
        else {
            return;
        };
        if !name.contains(['{', '$']) && !GIVEN.contains(&name) {
            let target = Ref::exact(kinds::ANSIBLE_HOST, name);
            let via = Relation::Expects.called("delegate_to");
            self.push(smallvec![target], value.span, via, Strength::Guarded);
        }
    }
}

/// Notes whom a file of variables below `group_vars/` or `host_vars/` is for.
pub(super) fn of_variables(path: &str, out: &mut FileFacts) {
    let named = |folder: &str| {
        let (_, inner) = path
            .rsplit_once(folder)
            .filter(|(before, _)| before.is_empty() || before.ends_with('/'))?;
        let name = inner.split('/').next()?;
        let endings = [".sops.yml", ".sops.yaml", ".yml", ".yaml", ".json"];
        Some(endings.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name))
    };
    let of_group = named("group_vars/").map(|name| whose("group", name));
    if let Some(name) = of_group.or_else(|| named("host_vars/").map(|name| whose("host", name))) {
        out.provides.push(Provide {
            kind: kinds::ANSIBLE_VARS_OF,
            name,
            span: Span::default(),
            within: None,
            detail: Detail::None,
        });
    }
}

/// The variables of a group or host, which are read with it: a file of them that goes away
/// before it, or comes behind it, leaves it without.
pub(super) fn reads_variables(sort: &str, name: &str, span: Span, out: &mut FileFacts) {
    let target = Ref::new(kinds::ANSIBLE_VARS_OF, whose(sort, name));
    let require = Require::certain(target, span, Relation::Expects.called("inventory"), None);
    out.requires.push(require.with_strength(Strength::Guarded));
}

fn whose(sort: &str, name: &str) -> NamePattern {
    NamePattern::exact(format!("{sort} {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_variables_are_for() {
        let named = |path: &str| {
            let mut out = FileFacts::default();
            of_variables(path, &mut out);
            out.provides.first().map(|own| own.name.to_string())
        };
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(named("group_vars/web.yml"), said("group web"));
        assert_eq!(named("a/group_vars/web/x.yml"), said("group web"));
        assert_eq!(named("a/host_vars/web.example.org.yml"), said("host web.example.org"));
        assert_eq!(named("a/host_vars/web.example.org/x.yml"), said("host web.example.org"));
        assert_eq!(named("my_group_vars/web.yml"), None);
    }
}

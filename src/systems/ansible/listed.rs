//! Variables of a play, a block or a task that are a list of mappings.
//!
//! (Source: Ansible, `playbook/base.py`, "Specifying a list of dictionaries for vars is deprecated",
//! removed in ansible-core 2.18: "Vars in a Play must be specified as a dictionary".)

use crate::extract::Settings;
use crate::facts::{Entity, Problem, Strength};
use crate::packs::is_since;
use crate::syntax::yaml::{Node, Value};

/// Reports the first of a file that is for a version of today: what asks for `sudo` is refused
/// anyway.
pub(super) fn of_vars(
    node: &Node<'_>,
    source: &str,
    settings: &Settings,
    problems: &mut Vec<Problem>,
) {
    let message = "`vars` is a mapping, and what stands here is a list";
    if source.contains("sudo:") || problems.iter().any(|own| own.message == message) {
        return;
    }
    let roles = node.get("roles").map_or(&[][..], Node::items);
    for own in std::iter::once(node).chain(roles) {
        let Some(vars) = own.get("vars") else { continue };
        let Value::Sequence(items) = &vars.value else { continue };
        let Some(first) = items.iter().find(|item| !item.entries().is_empty()) else { continue };
        let version = settings.versions.get("ansible");
        let is_refused = version.is_some_and(|version| is_since(version, "2.18"));
        problems.push(Problem {
            entity: Some(Entity::parameter("task", "vars")),
            help: "take the `-` away: ansible-core 2.18 and later refuse the play".to_owned(),
            strength: if is_refused { Strength::Certain } else { Strength::Likely },
            ..Problem::new("incompatible-value", message, first.span)
        });
        return;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_variables() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            let documents = crate::syntax::yaml::parse(text);
            for play in documents.roots.iter().flat_map(|root| root.items()) {
                of_vars(play, text, &Settings::default(), &mut problems);
            }
            problems.into_iter().map(|own| own.strength).collect::<Vec<_>>()
        };
        assert_eq!(said("- hosts: a\n  vars:\n  - b: 1\n  - c: 2\n"), [Strength::Likely]);
        assert_eq!(said("- hosts: a\n  roles:\n  - role: b\n    vars: [{c: 1}]\n").len(), 1);
        for fine in [
            "- sudo: true\n  vars:\n  - a: 1\n",
            "- hosts: a\n  vars: {b: 1}\n",
            "- vars: []\n",
            "- vars: [\"{{ a }}\"]\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }
}

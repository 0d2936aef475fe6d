//! Packages that are installed as a user who may not: a block, or the task, becomes somebody else
//! than root.
//!
//! (Source: Ansible's documentation, "Understanding privilege escalation: become"; the managers of
//! packages that are named here lock files of root's.)

use super::arguments::is_true;
use super::shape::short;
use super::twice::LISTS;
use crate::domain::doubled::MOST;
use crate::facts::Problem;
use crate::syntax::yaml::Node;

/// Modules whose programs work for root alone.
const OF_ROOT: [&str; 6] = ["apk", "apt", "apt_repository", "dnf", "pacman", "yum"];

/// Users that are root.
const ROOT: [&str; 4] = ["root", "toor", "0", "admin"];

/// Whom a task becomes.
#[derive(Debug, Clone, Copy, Default)]
struct Become<'n> {
    is_on: bool,
    /// A user that is told, and is not root.
    user: Option<&'n str>,
}

/// Reports such tasks.
pub(super) fn of_tasks(roots: &[Node<'_>], problems: &mut Vec<Problem>) {
    let mut found = Vec::new();
    for item in roots.iter().flat_map(Node::items) {
        within(item, Become::default(), &mut found);
    }
    found.truncate(MOST);
    problems.append(&mut found);
}

fn within<'n>(node: &'n Node<'_>, outer: Become<'n>, found: &mut Vec<Problem>) {
    let mut own = outer;
    if let Some(value) = node.get("become").and_then(Node::as_str) {
        own.is_on = is_true(value);
    }
    if let Some(user) = node.get("become_user") {
        let text = user.as_str().filter(|text| !text.contains("{{") && !text.is_empty());
        own.user = text.filter(|text| !ROOT.contains(text));
    }
    for (key, value) in node.entries() {
        let Some(key) = key.as_str() else { continue };
        if LISTS.contains(&key) {
            value.items().iter().for_each(|item| within(item, own, found));
        }
        let Some(user) = own.user.filter(|_| own.is_on && OF_ROOT.contains(&short(key))) else {
            continue;
        };
        let passes = node.get("ignore_errors").is_some() || node.get("failed_when").is_some();
        // `check_mode` and lists of what is installed need no lock.
        if passes || node.get("check_mode").is_some() || value.get("list").is_some() {
            continue;
        }
        let message = format!("`{}` runs as `{user}` here, and works for root alone", short(key));
        found.push(Problem {
            help: "set `become_user: root` for this task: it fails wherever there is something to \
                   install"
                .to_owned(),
            ..Problem::new("incompatible-value", message, value.span)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        of_tasks(&crate::syntax::yaml::parse(text).roots, &mut problems);
        problems.into_iter().map(|own| own.message).collect()
    }

    #[test]
    fn packages_of_others_than_root() {
        let task = "  block:\n  - apt: {name: a}\n";
        assert_eq!(
            said(&format!("- become: true\n  become_user: web\n{task}")),
            ["`apt` runs as `web` here, and works for root alone"]
        );
        assert_eq!(
            said("- ansible.builtin.dnf: {name: a}\n  become: yes\n  become_user: web\n").len(),
            1
        );
        for fine in [
            format!("- become: true\n  become_user: root\n{task}"),
            format!("- become: true\n  become_user: '{{{{ a }}}}'\n{task}"),
            format!("- become_user: web\n{task}"),
            format!("- become: true\n{task}"),
            "- become: true\n  become_user: web\n  block:\n  - apt: {name: a}\n    become_user: root\n"
                .to_owned(),
        ] {
            assert!(said(&fine).is_empty(), "{fine}");
        }
    }
}

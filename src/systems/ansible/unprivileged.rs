//! Packages that are installed as a user who may not: a block, or the task, becomes somebody else
//! than root; and tasks that stay who they are where all others like them become root.
//!
//! (Source: Ansible's documentation, "Understanding privilege escalation: become"; the managers of
//! packages that are named here lock files of root's.)

use super::arguments::{Arguments, is_true, texts};
use super::shape::{runs_here, short};
use super::twice::LISTS;
use crate::domain::doubled::MOST;
use crate::facts::{Problem, Span, Strength};
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
    forgotten(roots, &mut found);
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

/// Modules that change what is root's, whatever they are passed.
const CHANGE: [&str; 24] = [
    "alternatives",
    "apk",
    "apt",
    "apt_key",
    "apt_repository",
    "community.general.alternatives",
    "community.general.locale_gen",
    "community.general.pacman",
    "community.general.timezone",
    "community.general.ufw",
    "deb822_repository",
    "dnf",
    "group",
    "hostname",
    "mount",
    "package",
    "service",
    "sysctl",
    "systemd",
    "systemd_service",
    "ufw",
    "user",
    "yum",
    "yum_repository",
];

/// Modules that write files.
const WRITE: [&str; 9] = [
    "blockinfile",
    "community.general.ini_file",
    "copy",
    "file",
    "get_url",
    "ini_file",
    "lineinfile",
    "template",
    "unarchive",
];

/// So many others become root, for each that does not.
const OTHERS: usize = 3;

/// Whom the tasks of one list become that need root.
#[derive(Default)]
struct Privileges<'n> {
    with: usize,
    without: Vec<(&'n str, &'n Node<'n>)>,
    /// Folders that a task gives to somebody else than root.
    given: Vec<&'n str>,
    /// Tasks that say which user they become.
    users: usize,
    /// Those of them that become nobody.
    idle: Vec<Span>,
    /// A task that says that it stays who it is knows why.
    is_told: bool,
}

/// Tasks that need root and do not become it, beside others that each do.
fn forgotten(roots: &[Node<'_>], found: &mut Vec<Problem>) {
    let mut own = Privileges::default();
    for item in roots.iter().flat_map(Node::items) {
        if item.get("hosts").is_some() {
            let mut of_play = Privileges::default();
            if item.get("become").is_none() && !runs_here(item) {
                let lists = ["pre_tasks", "tasks", "post_tasks"];
                let all = lists.iter().filter_map(|key| item.get(key)).flat_map(Node::items);
                all.for_each(|task| of_play.add(task, false));
            }
            of_play.tell(found);
        } else {
            own.add(item, false);
        }
    }
    own.tell(found);
}

impl<'n> Privileges<'n> {
    fn add(&mut self, task: &'n Node<'_>, outer: bool) {
        if runs_here(task) || is_elsewhere(task) {
            return;
        }
        let told = task.get("become").and_then(Node::as_str);
        self.is_told |= told.is_some_and(|own| !is_true(own));
        let is_root = told.map_or(outer, is_true);
        match task.get("become_user") {
            Some(_) if told.is_some_and(is_true) => self.users += 1,
            // A block gives its user to what is inside, and a plain word alone is surely one.
            Some(user)
                if !is_root
                    && told.is_none()
                    && !LISTS.iter().any(|key| task.get(key).is_some()) =>
            {
                let is_plain = user.as_str().is_some_and(|own| !own.contains("{{"));
                self.idle.extend(is_plain.then_some(user.span));
            }
            _ => {}
        }
        for (key, value) in task.entries() {
            let Some(key) = key.as_str() else { continue };
            if LISTS.contains(&key) {
                value.items().iter().for_each(|item| self.add(item, is_root));
            }
            let module = short(key);
            if module == "file" && is_given(value) {
                self.given.extend(paths(task, value));
            }
            let needs_root =
                CHANGE.contains(&module) || WRITE.contains(&module) && is_of_root(value);
            if !needs_root {
                continue;
            }
            let passes = ["ignore_errors", "failed_when", "check_mode", "become_user", "vars"];
            let is_user = value.get("scope").is_some_and(|own| own.as_str() != Some("system"));
            if is_root {
                self.with += 1;
            } else if !is_user && !passes.iter().any(|key| task.get(key).is_some()) {
                self.without.push((module, value));
            }
        }
    }

    fn tell(&self, found: &mut Vec<Problem>) {
        if !self.idle.is_empty() && self.users >= self.idle.len() * OTHERS {
            found.extend(self.idle.iter().map(|span| {
                Problem {
                    help:
                        "set `become: true`, as the others do: without it the task stays who it is"
                            .to_owned(),
                    strength: Strength::Likely,
                    ..Problem::new(
                        "incompatible-value",
                        "`become_user` without `become`, which the tasks around it have",
                        *span,
                    )
                }
            }));
        }
        if self.is_told || self.with < self.without.len() * OTHERS {
            return;
        }
        for (module, value) in &self.without {
            let is_inside = |own: &&str| {
                file(value).is_some_and(|path| {
                    path.strip_prefix(*own).is_some_and(|rest| rest.starts_with('/'))
                })
            };
            if self.given.iter().any(is_inside) {
                continue;
            }
            let start = value.span.start as usize;
            found.push(Problem {
                help: "set `become: true`, as the others do: it fails for who is not root"
                    .to_owned(),
                strength: Strength::Likely,
                ..Problem::new(
                    "incompatible-value",
                    format!("this `{module}` does not become root, and the tasks around it do"),
                    Span::new(start, start + 1),
                )
            });
        }
    }
}

/// Whether a task is for systems on which nobody becomes root for this.
fn is_elsewhere(task: &Node<'_>) -> bool {
    let when = task.get("when").map(texts).unwrap_or_default();
    let others = ["darwin", "macos", "windows", "homebrew"];
    when.iter().any(|own| {
        let text = own.text.to_ascii_lowercase();
        others.iter().any(|name| text.contains(name)) && !text.contains("!=")
    })
}

/// Whether a task of `file` gives what it makes to somebody else than root.
fn is_given(value: &Node<'_>) -> bool {
    let owner = value.get("owner").and_then(Node::as_str);
    owner.is_some_and(|own| !ROOT.contains(&own))
}

fn file<'n>(value: &'n Node<'_>) -> Option<&'n str> {
    ["dest", "path"].iter().find_map(|key| value.get(key)?.as_str())
}

/// The paths that a task of `file` makes: its own, and those that it goes through.
fn paths<'n>(task: &'n Node<'_>, value: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    let items = ["loop", "with_items"].into_iter().filter_map(|key| task.get(key));
    let items = items.flat_map(Node::items).filter_map(Node::as_str);
    file(value).into_iter().chain(items).filter(|own| own.len() > 1 && !own.contains("{{"))
}

/// Whether a file is one that root alone writes.
fn is_of_root(value: &Node<'_>) -> bool {
    let arguments = Arguments::of(value, "");
    let path = ["dest", "path"].iter().find_map(|key| arguments.get(key));
    path.is_some_and(|own| {
        ["/etc/", "/usr/", "/lib/", "/boot/", "/var/lib/"].iter().any(|at| own.text.starts_with(at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::ansible::said;

    fn said(text: &str) -> Vec<String> {
        said::said(of_tasks, text)
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

    #[test]
    fn users_that_nobody_becomes() {
        let others = "- command: a\n  become: true\n  become_user: web\n".repeat(3);
        let of = |more: &str| said(&format!("{others}{more}"));
        assert_eq!(
            of("- command: b\n  become_user: web\n"),
            ["`become_user` without `become`, which the tasks around it have"]
        );
        for fine in [
            "- become: true\n  block:\n  - command: b\n    become_user: web\n",
            "- command: b\n  become_user: web\n- command: c\n  become_user: web\n",
            "- command: b\n  become_user: \"{{ user }}\"\n",
            "- command: b\n  become: false\n  become_user: web\n",
        ] {
            assert!(of(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn tasks_that_do_not_become_root() {
        let task = |name: &str| format!("- apt: {{name: {name}}}\n  become: true\n");
        let others = format!("{}{}{}", task("a"), task("b"), task("c"));
        let of = |more: &str| said(&format!("{others}{more}"));
        assert_eq!(
            of("- systemd: {name: a, state: started}\n"),
            ["this `systemd` does not become root, and the tasks around it do"]
        );
        assert_eq!(of("- copy: {src: a, dest: /etc/a}\n").len(), 1);
        for fine in [
            "- copy: {src: a, dest: /home/a}\n",
            "- systemd: {name: a, state: started, scope: user}\n",
            "- apt: {name: a}\n  delegate_to: localhost\n",
            "- apt: {name: a}\n  ignore_errors: true\n",
            "- apt: {name: a}\n- apt: {name: b}\n",
            "- apt: {name: a}\n- command: b\n  become: false\n",
            "- package: {name: a}\n  when: ansible_system == 'Darwin'\n",
            "- file: {path: /var/lib/a, owner: web}\n  become: true\n\
             - copy: {src: a, dest: /var/lib/a/b}\n",
        ] {
            assert!(of(fine).is_empty(), "{fine}");
        }
    }
}

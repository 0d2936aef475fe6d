//! Files that a task fetched to the host, and that a later one looks for on the control node.
//!
//! (Source: Ansible's documentation of `copy` and `unarchive`, `remote_src`: "If `false`, it will
//! search for `src` on the controller node".)

use super::arguments::{Arguments, is_true};
use super::shape::{runs_here, short};
use super::twice::LISTS;
use crate::domain::doubled::MOST;
use crate::facts::{Entity, Problem, Strength, parent_folder};
use crate::syntax::yaml::Node;

/// What tasks before have brought to the host.
#[derive(Default)]
struct Fetched<'n> {
    /// Paths.
    files: Vec<String>,
    /// Folders that were filled there.
    folders: Vec<String>,
    /// Names of what `get_url` returned.
    results: Vec<&'n str>,
}

/// Reports such tasks, as warnings: an inventory or a play may say that the host is the control node.
pub(super) fn of_tasks(roots: &[Node<'_>], problems: &mut Vec<Problem>) {
    let mut found = Vec::new();
    let items = || roots.iter().flat_map(Node::items);
    let mut tasks = Fetched::default();
    for item in items() {
        if item.get("hosts").is_some() {
            Fetched::default().tasks(item, &mut found);
        } else {
            tasks.tasks(item, &mut found);
        }
    }
    found.truncate(MOST);
    problems.append(&mut found);
}

impl<'n> Fetched<'n> {
    fn tasks(&mut self, node: &'n Node<'_>, found: &mut Vec<Problem>) {
        if runs_here(node) {
            return;
        }
        for (key, value) in node.entries() {
            let Some(key) = key.as_str() else { continue };
            if LISTS.contains(&key) {
                value.items().iter().for_each(|item| self.tasks(item, found));
                continue;
            }
            let arguments = Arguments::of(value, "");
            let own = Arguments::of(node.get("args").unwrap_or(value), "");
            let text =
                |name: &str| arguments.get(name).or(own.get(name)).map(|own| own.text.trim());
            match short(key) {
                "get_url" => {
                    self.results.extend(node.get("register").and_then(Node::as_str));
                    let dest = text("dest").filter(|own| is_place(own));
                    if let Some(dest) = dest {
                        self.files.push(dest.to_owned());
                    }
                }
                "git" => {
                    let dest = text("dest").filter(|own| is_place(own));
                    self.folders.extend(dest.map(|own| own.trim_end_matches('/').to_owned()));
                }
                module @ ("copy" | "unarchive") => {
                    let is_remote = text("remote_src").or(text("content")).is_some()
                        || text("copy").is_some_and(|own| !is_true(own));
                    let source = text("src").filter(|_| !is_remote);
                    let is_address = |own: &&str| {
                        ["http://", "https://", "ftp://"].iter().any(|mark| own.starts_with(mark))
                    };
                    if let Some(source) = source.filter(|own| self.has(own)) {
                        found.push(problem(module, source, value));
                    } else if source.filter(is_address).is_some() {
                        found.push(address(module, value));
                    }
                }
                _ => {}
            }
        }
    }

    fn has(&self, source: &str) -> bool {
        let of_result = source.strip_prefix("{{").and_then(|own| own.strip_suffix("}}"));
        let is_result =
            of_result.and_then(|own| own.trim().rsplit_once('.')).is_some_and(|(name, part)| {
                matches!(part, "dest" | "path") && self.results.contains(&name)
            });
        let inside = |folder: &String| {
            source.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        // A folder into which the file was fetched under the name that it has elsewhere.
        let is_within =
            |own: &String| own.ends_with('/') && parent_folder(source) == own.trim_end_matches('/');
        is_result
            || self.files.iter().any(|own| own == source || is_within(own))
            || self.folders.iter().any(inside)
    }
}

/// Whether a text is a path of the host that no search finds on the control node by chance.
fn is_place(text: &str) -> bool {
    let is_plain =
        text.starts_with('/') || text.starts_with("{{") && !text.contains("playbook_dir");
    is_plain && text.len() > 4 && !text.contains("role_path") && !text.contains("item")
}

fn problem(module: &str, source: &str, value: &Node<'_>) -> Problem {
    Problem {
        entity: Some(Entity::parameter(module, "remote_src")),
        help: "pass `remote_src: true`: without it, the file is looked for on the control node, \
               where nothing put it"
            .to_owned(),
        strength: Strength::Likely,
        ..Problem::new(
            "missing-required-parameter",
            format!("`{source}` was fetched to the host, and `{module}` takes it from here"),
            value.get("src").unwrap_or(value).span,
        )
    }
}

/// An address in the place of a path of the control node.
fn address(module: &str, value: &Node<'_>) -> Problem {
    let help = match module {
        "unarchive" => "pass `remote_src: true`, with which the host fetches it",
        _ => "`get_url` fetches files: this one looks for a path on the control node",
    };
    Problem {
        entity: Some(Entity::parameter(module, "remote_src")),
        help: help.to_owned(),
        ..Problem::new(
            "incompatible-value",
            format!("`src` of `{module}` is a path, and what stands here is an address"),
            value.get("src").unwrap_or(value).span,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::ansible::said;

    fn said(text: &str) -> Vec<String> {
        said::said(of_tasks, text)
    }

    #[test]
    fn what_is_on_the_host() {
        let get = "- get_url:\n    url: https://a/b.tgz\n    dest: /tmp/b.tgz\n  register: got\n";
        let of = |source: &str, more: &str| {
            said(&format!("{get}- unarchive:\n    src: {source}\n    dest: /opt\n{more}"))
        };
        let wrong = |source: &str| {
            vec![format!("`{source}` was fetched to the host, and `unarchive` takes it from here")]
        };
        assert_eq!(of("/tmp/b.tgz", ""), wrong("/tmp/b.tgz"));
        assert_eq!(of("\"{{ got.dest }}\"", ""), wrong("{{ got.dest }}"));
        for more in [
            "    remote_src: yes\n",
            "    copy: no\n",
            "  args:\n    remote_src: true\n",
            "  delegate_to: localhost\n",
        ] {
            assert!(of("/tmp/b.tgz", more).is_empty(), "{more}");
        }
        assert!(of("/tmp/c.tgz", "").is_empty());
        assert_eq!(
            of("https://a/c.tgz", ""),
            ["`src` of `unarchive` is a path, and what stands here is an address"]
        );
        assert!(of("https://a/c.tgz", "    remote_src: yes\n").is_empty());
        let play = |hosts: &str| {
            let tasks =
                "    - get_url: url=https://a dest=/tmp/own\n    - copy: src=/tmp/own dest=/b\n";
            said(&format!("- hosts: {hosts}\n  tasks:\n{tasks}"))
        };
        assert_eq!(play("web").len(), 1);
        assert!(play("localhost").is_empty());
    }
}

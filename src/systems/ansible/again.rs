//! Tasks, roles and items of lists that stand twice where once is meant: the second changes
//! nothing, and a change of one leaves the other as it is.
//!
//! (Source: Ansible's documentation, "Running a role multiple times in one play": a role with the
//! same parameters runs once.)

use super::shape::short;
use super::twice::{LISTS, same};
use crate::domain::doubled::MOST;
use crate::facts::{Problem, Span, Strength};
use crate::syntax::yaml::{Node, Value};
use rustc_hash::FxHashMap;

/// Modules that bring a state about, so that a second time brings nothing.
const STATES: [&str; 22] = [
    "apt",
    "apt_key",
    "apt_repository",
    "authorized_key",
    "blockinfile",
    "copy",
    "cron",
    "dnf",
    "file",
    "get_url",
    "git",
    "group",
    "homebrew",
    "hostname",
    "lineinfile",
    "package",
    "pacman",
    "pip",
    "sysctl",
    "template",
    "user",
    "yum",
];

/// Modules that take lists of packages.
pub(super) const PACKAGES: [&str; 8] =
    ["apk", "apt", "dnf", "homebrew", "package", "pacman", "pip", "yum"];

/// Shorter lists are seen at a glance.
const LONG: usize = 4;

/// Reports tasks, roles and packages of plays and task files.
pub(super) fn of_tasks(roots: &[Node<'_>], path: &str, problems: &mut Vec<Problem>) {
    let mut found = Vec::new();
    let is_handlers = path.split('/').any(|part| part == "handlers");
    for root in roots {
        tasks(root.items(), is_handlers, &mut found);
    }
    found.truncate(MOST);
    problems.append(&mut found);
}

/// Reports items of lists that a file of variables sets.
pub(super) fn of_values(roots: &[Node<'_>], problems: &mut Vec<Problem>) {
    let lists = roots.iter().flat_map(|root| root.entries()).map(|(_, value)| value);
    let mut found = Vec::new();
    lists.for_each(|list| words(list, &mut found));
    found.truncate(MOST);
    problems.append(&mut found);
}

fn problem(what: String, (first, second): (Span, Span)) -> Problem {
    Problem {
        help: "remove one: the second changes nothing".to_owned(),
        // It stops nothing.
        strength: Strength::Guarded,
        related: vec![(first, "the first".to_owned())],
        ..Problem::new("duplicate-definition", what, second)
    }
}

fn tasks(list: &[Node<'_>], is_handlers: bool, found: &mut Vec<Problem>) {
    for (ix, task) in list.iter().enumerate() {
        for (key, value) in task.entries() {
            match key.as_str().map_or("", short) {
                "roles" => roles(value.items(), found),
                "handlers" => tasks(value.items(), true, found),
                key if LISTS.contains(&key) => tasks(value.items(), is_handlers, found),
                key if PACKAGES.contains(&key) => {
                    let names = ["name", "pkg", "packages"].iter().find_map(|own| value.get(own));
                    names.into_iter().for_each(|names| words(names, found));
                    let loops = ["with_items", "loop"].iter().find_map(|own| task.get(own));
                    loops.into_iter().for_each(|items| words(items, found));
                }
                _ => {}
            }
        }
        let before = list[..ix].iter().rev().take(2).enumerate();
        let is_again = |(apart, own): &(usize, &Node<'_>)| {
            let is_called_so =
                task.get("name").and_then(Node::as_str) == own.get("name").and_then(Node::as_str);
            (is_called_so || *apart == 0 && !is_handlers) && brings(task) && alike(own, task)
        };
        if let (Some((_, own)), Some((key, _))) =
            (before.clone().find(is_again), task.entries().first())
        {
            let first = own.entries().first().map_or(own.span, |(key, _)| key.span);
            found.push(match is_called_otherwise(own, task) {
                true => Problem {
                    help: "change it to what its name says, or remove it".to_owned(),
                    strength: Strength::Likely,
                    ..problem(
                        "this task does what the one before it does, under another name".to_owned(),
                        (first, key.span),
                    )
                },
                false => problem("this task stands twice".to_owned(), (first, key.span)),
            });
        }
    }
}

/// Whether a task brings a state about that nothing before it undoes.
fn brings(task: &Node<'_>) -> bool {
    let module = task
        .entries()
        .iter()
        .find_map(|(key, value)| STATES.contains(&short(key.as_str()?)).then_some(value));
    let is_away = |value: &Node<'_>| match value.get("state") {
        Some(state) => state.as_str() == Some("absent"),
        None => value.as_str().is_some_and(|text| text.contains("absent")),
    };
    module.is_some_and(|value| !is_away(value)) && task.get("register").is_none()
}

/// Whether two tasks have names of their own, which differ in a word or two: the second was copied
/// to do something else.
fn is_called_otherwise(one: &Node<'_>, other: &Node<'_>) -> bool {
    let words = |task: &Node<'_>| -> Option<Vec<String>> {
        let name = task.get("name")?.as_str()?.to_ascii_lowercase();
        Some(name.split_whitespace().map(str::to_owned).collect())
    };
    let (Some(ours), Some(theirs)) = (words(one), words(other)) else { return false };
    let apart = ours.iter().zip(&theirs).filter(|(own, other)| own != other).count();
    ours.len() == theirs.len() && (1..3).contains(&apart) && apart < ours.len()
}

/// Whether two tasks are the same but for their names.
fn alike(one: &Node<'_>, other: &Node<'_>) -> bool {
    let keys = |task: &Node<'_>| {
        task.entries().iter().filter(|(key, _)| key.as_str() != Some("name")).count()
    };
    keys(one) == keys(other)
        && one.entries().iter().all(|(key, value)| match key.as_str() {
            Some("name") => true,
            Some(key) => other.get(key).is_some_and(|own| same(own, value)),
            None => false,
        })
}

fn roles(list: &[Node<'_>], found: &mut Vec<Problem>) {
    for (ix, role) in list.iter().enumerate() {
        let name = ["role", "name"].iter().find_map(|key| role.get(key)).unwrap_or(role);
        let Some(name) = name.as_str().filter(|name| !name.contains("{{")) else { continue };
        if let Some(first) = list[..ix].iter().find(|own| same(own, role)) {
            let what = format!("role `{name}` stands twice here, with the same parameters");
            found.push(problem(what, (first.span, role.span)));
        }
    }
}

/// Words of a list that has nothing else.
fn words(list: &Node<'_>, found: &mut Vec<Problem>) {
    let items = list.items();
    if items.len() < LONG || !items.iter().all(|item| matches!(item.value, Value::Scalar { .. })) {
        return;
    }
    let mut known: FxHashMap<&str, Span> = FxHashMap::default();
    for item in items {
        let Some(word) = item.as_str().filter(|word| is_name(word)) else { continue };
        match known.get(word) {
            Some(first) => {
                found.push(problem(
                    format!("`{word}` stands twice in this list"),
                    (*first, item.span),
                ));
            }
            None => {
                known.insert(word, item.span);
            }
        }
    }
}

/// A name of something: no option, no number, no text.
fn is_name(word: &str) -> bool {
    word.len() > 2
        && word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-/@:".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        let documents = crate::syntax::yaml::parse(text);
        of_tasks(&documents.roots, "tasks/main.yml", &mut problems);
        of_values(&documents.roots, &mut problems);
        problems.into_iter().map(|own| own.message).collect()
    }

    #[test]
    fn what_stands_twice() {
        let task = "- name: A\n  file: {path: /a, state: directory}\n";
        assert_eq!(said(&task.repeat(2)), ["this task stands twice"]);
        let copy = |name: &str| format!("- name: {name}\n  file: {{path: /a, state: directory}}\n");
        assert_eq!(
            said(&format!("{}{}", copy("make subuid"), copy("make subgid"))),
            ["this task does what the one before it does, under another name"]
        );
        assert_eq!(
            said(&format!("{}{}", copy("make subuid"), copy("create a folder for it"))),
            ["this task stands twice"]
        );
        assert_eq!(
            said("- hosts: a\n  roles: [a, {role: b, x: 1}, a, {role: b, x: 2}]\n"),
            ["role `a` stands twice here, with the same parameters"]
        );
        assert_eq!(
            said("- apt:\n    name: [gcc, make, perl, gcc]\n"),
            ["`gcc` stands twice in this list"]
        );
        assert_eq!(said("a: [gcc, make, perl, gcc]\n"), ["`gcc` stands twice in this list"]);
    }

    #[test]
    fn what_is_meant_twice() {
        for fine in [
            "- file: {path: /a, state: absent}\n- file: {path: /a, state: absent}\n",
            "- command: a\n- command: a\n",
            "- file: {path: /a, state: directory}\n- command: b\n- command: c\n- file: {path: /a, state: directory}\n",
            "- name: A\n  copy: {src: a, dest: /b}\n- command: c\n- name: B\n  copy: {src: a, dest: /b}\n",
            "a: ['*', '*', '*', '*']\nb: [--a, x, --a, y]\nc: [1, 1, 2, 2]\n",
            "- hosts: a\n  roles: ['{{ x }}', '{{ x }}']\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }
}

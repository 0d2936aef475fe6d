//! What tasks name on hosts, and what cannot be meant so: a path where a volume's mode is, a file
//! that keeps the ending of its template, two packages in one item.
//!
//! (Sources: Docker, "invalid mode"; Ansible's documentation of `template`.)

use super::arguments::Arguments;
use super::shape::short;
use crate::facts::{Problem, Strength, base_name};
use crate::syntax::yaml::{Node, Value};

/// Modules that start containers.
const CONTAINERS: [&str; 6] = [
    "docker_container",
    "community.docker.docker_container",
    "community.general.docker_container",
    "containers.podman.podman_container",
    "podman_container",
    "community.docker.docker_swarm_service",
];

/// Reports what a task names.
pub(super) fn of_task(task: &Node<'_>, problems: &mut Vec<Problem>) {
    for (key, value) in task.entries() {
        let Some(key) = key.as_str() else { continue };
        if CONTAINERS.contains(&short(key)) {
            let volumes = ["volumes", "volume"].iter().filter_map(|own| value.get(own));
            volumes.for_each(|node| mounts(node, problems));
        } else if short(key) == "apt" {
            let names = ["name", "pkg", "package"].iter().filter_map(|own| value.get(own));
            names.flat_map(Node::items).for_each(|node| problems.extend(packages(node)));
        } else if short(key) == "template" {
            problems.extend(template(value));
        }
    }
}

/// Volumes whose third part is a path.
fn mounts(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| mounts(item, problems));
    let Value::Scalar { text, .. } = &node.value else { return };
    let Some(mode) = mode(text) else { return };
    problems.push(Problem {
        help: "write `from:to` or `from:to:mode`: Docker refuses the container".to_owned(),
        ..Problem::new(
            "incompatible-value",
            format!("`{mode}` stands where the mode of this volume is"),
            node.span,
        )
    });
}

/// The third part of a volume, where it is a path.
fn mode(text: &str) -> Option<&str> {
    let mut parts = Vec::new();
    let (mut from, mut depth) = (0, 0_usize);
    let bytes = text.as_bytes();
    for at in 0..bytes.len() {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    match parts[..] {
        [one, other, mode] => {
            let is_path = other.starts_with('/') && mode.starts_with('/');
            (is_path && one.len() > 1).then_some(mode)
        }
        _ => None,
    }
}

/// Two packages in one item of a list.
fn packages(node: &Node<'_>) -> Option<Problem> {
    let text = node.as_str()?.trim();
    let mut words = text.split_whitespace();
    let is_name = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphanumeric())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte))
    };
    (words.clone().count() > 1 && words.all(is_name)).then(|| Problem {
        help: "write a comma between them, or each in a line of its own: the task fails".to_owned(),
        ..Problem::new(
            "incompatible-value",
            format!("`{text}` is one item of this list, and no package is called so"),
            node.span,
        )
    })
}

/// A template that is written under its own name.
fn template(value: &Node<'_>) -> Option<Problem> {
    let arguments = Arguments::of(value, "");
    let text = |key: &str| arguments.get(key).map(|own| own.text.as_str());
    let (source, dest) = (text("src")?, text("dest").or_else(|| text("path"))?);
    let span = value.get("dest").map_or(value.span, |own| own.span);
    let is_same = base_name(source) == base_name(dest);
    (dest.starts_with("/etc/") && dest.ends_with(".j2") && is_same).then(|| Problem {
        help: "nothing reads a file of that name: leave `.j2` away".to_owned(),
        strength: Strength::Likely,
        ..Problem::new(
            "incompatible-value",
            format!("`{}` keeps the ending of its template", base_name(dest)),
            span,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        crate::systems::ansible::said_of_tasks(text, of_task)
    }

    #[test]
    fn modes_of_volumes() {
        for fine in ["/a:/b", "/a:/b:ro", "{{ a | default('x:/y:/z') }}:/b:Z", "C:/a:/b", "a:/b:rw"]
        {
            assert_eq!(mode(fine), None, "{fine}");
        }
        assert_eq!(
            said("- docker_container:\n    volumes: ['{{ a }}:/b:/c']\n"),
            ["`/c` stands where the mode of this volume is"]
        );
    }

    #[test]
    fn packages_of_one_item() {
        assert_eq!(said("- apt:\n    name: [a, b=1.0, 'c/stable']\n").len(), 0);
        assert_eq!(
            said("- apt:\n    name: [a, b c]\n"),
            ["`b c` is one item of this list, and no package is called so"]
        );
    }

    #[test]
    fn endings_of_templates() {
        assert_eq!(said("- template: {src: a.j2, dest: /etc/a}\n").len(), 0);
        assert_eq!(said("- template: {src: a.j2, dest: /srv/a.j2}\n").len(), 0);
        assert_eq!(
            said("- template: {src: x/a.j2, dest: /etc/b/a.j2}\n"),
            ["`a.j2` keeps the ending of its template"]
        );
    }
}

//! Which YAML is Ansible's: by where it stands and what it is made of.
//!
//! (Source: Ansible's documentation, "Playbook Keywords", "Role directory structure".)

use crate::extract::Source;
use crate::facts::{Problem, Strength};
use crate::syntax::yaml::{Node, Value};

/// Whether all tasks of a file are handlers by where it lies.
pub(super) fn is_of_handlers(path: &str) -> bool {
    path.split('/').any(|part| part.contains("handler"))
}

/// Keywords of a play that tasks do not have.
const OF_PLAYS: [&str; 15] = [
    "hosts",
    "roles",
    "tasks",
    "pre_tasks",
    "post_tasks",
    "handlers",
    "gather_facts",
    "gather_subset",
    "vars_files",
    "vars_prompt",
    "serial",
    "strategy",
    "max_fail_percentage",
    "force_handlers",
    "user",
];

/// Keywords of tasks and blocks: what else a task holds is its module.
const OF_TASKS: [&str; 55] = [
    "any_errors_fatal",
    "args",
    "async",
    "become",
    "become_exe",
    "become_flags",
    "become_method",
    "become_user",
    "changed_when",
    "check_mode",
    "collections",
    "connection",
    "debugger",
    "delay",
    "delegate_facts",
    "delegate_to",
    "diff",
    "environment",
    "failed_when",
    "first_available_file",
    "ignore_errors",
    "ignore_unreachable",
    "listen",
    "loop",
    "loop_control",
    "module_defaults",
    "name",
    "no_log",
    "notify",
    "only_if",
    "poll",
    "port",
    "register",
    "remote_user",
    "retries",
    "run_once",
    "su",
    "su_user",
    "sudo",
    "sudo_user",
    "tags",
    "throttle",
    "timeout",
    "transport",
    "until",
    "vars",
    "when",
    "accelerate",
    "always_run",
    "become_pass",
    "su_exe",
    "su_flags",
    "su_pass",
    "sudo_exe",
    "sudo_flags",
];

/// Words that no other tool's lists of mappings have as keys.
const OWN_WORDS: [&str; 17] = [
    "action",
    "become",
    "block",
    "changed_when",
    "delegate_to",
    "failed_when",
    "import_playbook",
    "import_role",
    "import_tasks",
    "include_role",
    "include_tasks",
    "include_vars",
    "local_action",
    "loop_control",
    "notify",
    "register",
    "set_fact",
];

/// Modules that nearly every task file of an old tree has one of.
const OLD_MODULES: [&str; 14] = [
    "apt",
    "command",
    "copy",
    "debug",
    "dnf",
    "file",
    "lineinfile",
    "service",
    "shell",
    "systemd",
    "template",
    "user",
    "yum",
    "git",
];

/// Where a YAML file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// In a folder that Ansible gives its meaning: tasks, handlers.
    Tasks,
    /// `meta/main.yml` of a role.
    Meta,
    /// Where plays and tasks may be, and others' files too.
    Anywhere,
}

/// Where the file at `path` stands; `None` where it is certainly no file of plays or tasks.
pub(super) fn stand(path: &str) -> Option<Stand> {
    let plain = without_sample(path);
    if !(plain.ends_with(".yml") || plain.ends_with(".yaml")) {
        return None;
    }
    let Some((folder, base)) = plain.rsplit_once('/') else { return Some(Stand::Anywhere) };
    let mut stand = Stand::Anywhere;
    for part in folder.split('/') {
        match part {
            "tasks" | "handlers" => stand = Stand::Tasks,
            "group_vars" | "host_vars" | "templates" | "files" | "node_modules" => return None,
            "roles" | "playbooks" | "plays" => stand = Stand::Anywhere,
            "vars" | "defaults" if stand != Stand::Tasks => return None,
            _ => {}
        }
    }
    let parent = folder.rsplit('/').next().unwrap_or(folder);
    if parent == "meta" {
        return matches!(base, "main.yml" | "main.yaml").then_some(Stand::Meta);
    }
    // Ansible reads nothing from a role's own folder: what lies there is handed out or by the way.
    if stand == Stand::Anywhere && folder.rsplit('/').nth(1) == Some("roles") {
        return None;
    }
    Some(stand)
}

/// `site.yml.sample` is `site.yml` for whoever copies it.
fn without_sample(path: &str) -> &str {
    [".sample", ".example", ".dist"]
        .iter()
        .find_map(|ending| path.strip_suffix(ending))
        .unwrap_or(path)
}

/// Whether the first line that says something begins a list: every file of plays or tasks
/// does, and most other YAML does not.
pub(super) fn begins_a_list(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| {
        let is_comment = line.starts_with(b"#") || line.starts_with(b"--- #");
        let is_mark = *line == b"---" || line.starts_with(b"%");
        !(line.is_empty() || is_comment || is_mark || line.starts_with(b"\xef\xbb\xbf"))
    });
    first.is_some_and(|line| matches!(line, [b'-', b' ' | b'\t', ..] | b"-" | [b'[', ..]))
}

/// Whether the first list of a text begins with the name of a task, whose module stands below it.
pub(super) fn begins_a_task(text: &str) -> bool {
    let mut lines =
        text.lines().skip_while(|line| !line.starts_with('-') || line.starts_with("--"));
    let is_named = lines.next().is_some_and(|line| line.starts_with("- name: "));
    let is_module = |line: &str| {
        let key = line.trim_start().split(':').next().unwrap_or_default();
        OLD_MODULES.contains(&key) || OWN_WORDS.contains(&key) || is_full_name(key)
    };
    is_named && lines.any(|line| line.starts_with("  ") && is_module(line))
}

/// Whether the list `root` is one of plays or tasks.
pub(super) fn is_ours(root: &Node<'_>, stand: Stand) -> bool {
    let Value::Sequence(items) = &root.value else { return false };
    items.iter().take(40).any(|item| is_play(item) || is_task(item, stand))
}

/// Whether a mapping is a play, or imports a file of plays.
pub(super) fn is_play(item: &Node<'_>) -> bool {
    let keys = || item.entries().iter().filter_map(|(key, _)| key.as_str());
    let mut of_plays = keys().filter(|key| OF_PLAYS.contains(key));
    if let Some(hosts) = item.get("hosts") {
        // A list that slipped into the text of the line before it.
        if hosts.as_str().is_some_and(|own| own.contains(" - ")) {
            return true;
        }
        return of_plays.nth(1).is_some()
            || keys().any(|key| OWN_WORDS.contains(&key) || OF_TASKS.contains(&key));
    }
    keys().any(|key| short(key) == "import_playbook")
}

fn is_task(item: &Node<'_>, stand: Stand) -> bool {
    let keys = || item.entries().iter().filter_map(|(key, _)| key.as_str());
    let known = |key: &&str| OF_TASKS.contains(key) || key.starts_with("with_");
    // Prometheus and Home Assistant have lists of actions too, with keys of their own.
    let is_own = |key: &str| match short(key) {
        "action" => keys().all(|other| other == key || known(&other)),
        word => OWN_WORDS.contains(&word) || is_full_name(key),
    };
    if keys().any(is_own) {
        return true;
    }
    let mut modules = keys().filter(|key| !known(key));
    let (Some(module), None) = (modules.next(), modules.next()) else { return false };
    match stand {
        // `name` and one key that is no keyword, or that key alone.
        Stand::Tasks => true,
        Stand::Meta => false,
        Stand::Anywhere => module == "include" || OLD_MODULES.contains(&short(module)),
    }
}

/// `namespace.collection.module`.
pub(super) fn is_full_name(name: &str) -> bool {
    let mut parts = 0;
    let fine = name.split('.').all(|part| {
        parts += 1;
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    fine && parts >= 3
}

/// A module's name without the collection that every installation has.
pub(super) fn short(key: &str) -> &str {
    ["ansible.builtin.", "ansible.legacy.", "ansible.posix."]
        .iter()
        .find_map(|prefix| key.strip_prefix(prefix))
        .unwrap_or(key)
}

/// `x: {{ y }}` without quotes is a mapping whose key is a mapping: YAML, but nothing that
/// Ansible can load.
fn unhashable(node: &Node<'_>, problems: &mut Vec<Problem>) {
    for (key, value) in node.entries() {
        if matches!(key.value, Value::Mapping(_) | Value::Sequence(_)) {
            let message = "not valid YAML for Ansible: a mapping or list as a key; put quotes around what begins with `{{`";
            problems.push(Problem::new("parse-error", message, key.span));
        }
        unhashable(value, problems);
    }
    node.items().iter().for_each(|item| unhashable(item, problems));
}

/// So many blanks and nothing else are a form.
const FORM: usize = 3;

/// What YAML and Ansible refuse in a text. What breaks off in the line of such a key breaks off
/// because of it.
pub(super) fn refused(problem: Option<Problem>, source: &Source<'_>, problems: &mut Vec<Problem>) {
    let mut keys = Vec::new();
    source.yaml().roots.iter().for_each(|root| unhashable(root, &mut keys));
    // Where every value is a blank of this form, another program fills them in before.
    let is_form = |root: &Node<'_>| {
        let all = root.entries();
        let is_blank = |own: &Node<'_>| matches!(&own.value, Value::Mapping(own) if own.len() == 1 && matches!(own[0].0.value, Value::Mapping(_)));
        all.len() >= FORM && all.iter().all(|(_, own)| is_blank(own))
    };
    if source.yaml().roots.iter().any(is_form) {
        keys.iter_mut().for_each(|own| own.strength = Strength::Likely);
    }
    let is_cause = |key: &Problem, own: &Problem| {
        let between = key.span.start as usize..own.span.start as usize;
        source.text.get(between).is_some_and(|text| !text.contains('\n'))
    };
    problems.extend(problem.filter(|own| !keys.iter().any(|key| is_cause(key, own))));
    problems.append(&mut keys);
}

/// Whether what `node`, a play, a block or a task, says of where it runs is the control node.
pub(super) fn runs_here(node: &Node<'_>) -> bool {
    let is = |key: &str, names: &[&str]| {
        node.get(key).and_then(Node::as_str).is_some_and(|own| names.contains(&own.trim()))
    };
    is("hosts", &["localhost", "127.0.0.1"])
        || is("delegate_to", &["localhost", "127.0.0.1"])
        || is("connection", &["local"])
        || node.get("local_action").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(path: &str, text: &str) -> bool {
        let Some(stand) = stand(path) else { return false };
        begins_a_list(text.as_bytes())
            && crate::syntax::yaml::parse(text).roots.iter().any(|root| is_ours(root, stand))
    }

    #[test]
    fn by_place_and_shape() {
        assert!(ours("roles/a/handlers/main.yml", "- name: x\n  supervisorctl: name=x\n"));
        assert!(ours("deep/er/play.yaml", "---\n# plays\n- hosts: all\n  roles: [a]\n"));
        assert!(ours("x.yml", "- ansible.builtin.import_playbook: a.yml\n"));
        assert!(ours("a/b.yml", "- name: x\n  community.general.ufw:\n"));
        assert!(ours("site.yml.sample", "- hosts: all\n  gather_facts: no\n"));
        assert!(!ours("a/b.yml", "- name: x\n  image: y\n"));
        assert!(!ours("a/b.yml", "- hosts: [x]\n  paths: [y]\n"));
        assert!(ours("a/b.yml", "- action: apt name=x\n  when: y\n"));
        assert!(!ours("a/b.yml", "- source_labels: [x]\n  action: drop\n"));
        assert!(!ours("a/b.yml", "- id: x\n  alias: y\n  action: []\n"));
        assert!(!ours("roles/a/tasks.yml", "a: b\n"));
        assert!(!ours("roles/a/files/x.yml", "- hosts: all\n  roles: [a]\n"));
    }
}

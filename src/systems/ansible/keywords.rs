//! What plays, blocks and tasks are made of: a key that is none of Ansible's keywords stops the
//! whole play before its first task.
//!
//! (Source: Ansible, "is not a valid attribute for a Play", "conflicting action statements",
//! `parsing/mod_args.py`, `playbook/task_include.py`; `rules/packs/ansible.yaml`.)

use super::shape::{self, short};
use crate::facts::{Entity, Problem, Span, Strength, nearest_of};
use crate::packs::{Pack, Words, is_since};
use crate::syntax::yaml::{Node, Value};
use smol_str::SmolStr;

/// Words that only plays have: what has one of them is no task.
const OF_PLAYS: [&str; 5] = ["tasks", "roles", "pre_tasks", "post_tasks", "handlers"];

/// Words beside `hosts` that no other tool's lists of hosts have.
const SURE: [&str; 10] = [
    "tasks",
    "roles",
    "pre_tasks",
    "post_tasks",
    "handlers",
    "gather_facts",
    "become",
    "remote_user",
    "vars_files",
    "connection",
];

/// Keywords of tasks in the first versions. (Source: Ansible 1.9, `playbook/task.py`.)
const CONDITIONS: [&str; 8] = [
    "when_boolean",
    "when_changed",
    "when_failed",
    "when_float",
    "when_integer",
    "when_set",
    "when_string",
    "when_unset",
];

/// Keys of a mapping, each once. `<<` brings more of them, which are not known.
fn keys<'n>(node: &'n Node<'_>) -> Vec<(&'n str, Span)> {
    let mut all: Vec<(&str, Span)> = Vec::new();
    for (key, _) in node.entries() {
        let Some(text) = key.as_str().filter(|own| *own != "<<" && !own.contains("{{")) else {
            continue;
        };
        if !all.iter().any(|(own, _)| *own == text) {
            all.push((text, key.span));
        }
    }
    all
}

/// What the keys of one thing are compared with.
struct Thing<'p> {
    /// What it is to a reader: `a play`.
    noun: &'static str,
    words: &'p Words,
}

impl<'p> Thing<'p> {
    fn of(packs: &'p Pack, noun: &'static str, list: &str) -> Self {
        Self { noun, words: packs.words(list) }
    }

    /// Its name in entities.
    fn name(&self) -> &'static str {
        self.noun.split_once(' ').map_or(self.noun, |(_, name)| name)
    }

    fn has(&self, word: &str) -> bool {
        self.words.get(word).is_some()
    }

    fn near(&self, word: &str) -> Option<SmolStr> {
        let dashed = word.replace('-', "_").to_ascii_lowercase();
        match self.has(&dashed) {
            true => Some(dashed.into()),
            false => nearest_of(word, self.words.names()),
        }
    }

    fn refuse(&self, word: &str, span: Span, problems: &mut Vec<Problem>) {
        let message = format!("`{word}` is no keyword of {}", self.noun);
        let meant = self.near(word);
        let help = match &meant {
            Some(near) => format!("did you mean `{near}`? Ansible refuses the whole play"),
            None => {
                "Ansible refuses the whole play; remove it, or indent it under what it belongs to"
                    .to_owned()
            }
        };
        problems.push(Problem {
            entity: Some(Entity::parameter(self.name(), word)),
            help,
            meant,
            ..Problem::new("unknown-parameter", message, span)
        });
    }

    fn refuse_all(&self, node: &Node<'_>, problems: &mut Vec<Problem>) {
        for (word, span) in keys(node).into_iter().filter(|(word, _)| !self.has(short(word))) {
            self.refuse(word, span, problems);
        }
    }
}

/// Whether a mapping is a play and nothing else.
fn is_surely_play(node: &Node<'_>) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| node.get(word).is_some());
    match node.get("hosts") {
        Some(_) => has(&SURE) || has(&OF_PLAYS),
        // What stood beside an `include` was a variable of it, `tasks` too.
        None => has(&OF_PLAYS) && node.get("include").is_none(),
    }
}

/// A play, or what imports a file of them.
pub(super) fn of_play(node: &Node<'_>, packs: &Pack, problems: &mut Vec<Problem>) {
    if is_surely_play(node) {
        Thing::of(packs, "a play", "ansible.keywords.play").refuse_all(node, problems);
    }
}

/// The keys of a role's `meta/main.yml`.
pub(super) fn of_meta(node: &Node<'_>, packs: &Pack, problems: &mut Vec<Problem>) {
    // Nearly everything else of that name is another tool's.
    let near = |(word, _): &(&str, Span)| {
        ["galaxy_info", "dependencies"].iter().any(|own| strsim::osa_distance(word, own) <= 2)
    };
    if keys(node).iter().any(near) {
        let thing = Thing::of(packs, "a role's metadata", "ansible.keywords.role-meta");
        thing.refuse_all(node, problems);
    }
}

/// Whether the Ansible that a file is for has dynamic includes of today: what does not fit them
/// was passed over up to version 2.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Includes {
    Strict,
    MayBeLax,
}

impl Includes {
    /// By the version that is set, or by full names, which came with 2.10.
    pub(super) fn of(text: &str, version: Option<&SmolStr>) -> Self {
        let is_known = version.is_some_and(|version| is_since(version, "2.8"));
        let has_full_names =
            || memchr::memmem::find(text.as_bytes(), b"ansible.builtin.").is_some();
        if is_known || version.is_none() && has_full_names() {
            Self::Strict
        } else {
            Self::MayBeLax
        }
    }
}

/// A task or a block.
pub(super) fn of_task(
    node: &Node<'_>,
    packs: &Pack,
    includes: Includes,
    problems: &mut Vec<Problem>,
) {
    if !matches!(node.value, Value::Mapping(_)) {
        return;
    }
    if is_surely_play(node) {
        return of_play(node, packs, problems);
    }
    let all = keys(node);
    if all.iter().any(|(word, _)| short(word) == "import_playbook") {
        let thing = Thing::of(packs, "an import of plays", "ansible.keywords.playbook-include");
        return thing.refuse_all(node, problems);
    }
    let list = |key: &str| node.get(key).is_some_and(|own| matches!(own.value, Value::Sequence(_)));
    if list("block") {
        let thing = Thing::of(packs, "a block", "ansible.keywords.block");
        return thing.refuse_all(node, problems);
    }
    let task = Thing::of(packs, "a task", "ansible.keywords.task");
    let lookups = packs.words("ansible.lookups");
    let mut others: Vec<(&str, Span)> = Vec::new();
    for (word, span) in all {
        if let Some(name) = word.strip_prefix("with_") {
            if lookups.get(name).is_none()
                && let Some(near) = nearest_of(name, lookups.names())
            {
                let message = format!("`{word}` is no keyword of a task");
                problems.push(Problem {
                    entity: Some(Entity::parameter("task", word)),
                    help: format!("did you mean `with_{near}`? Ansible refuses the whole play"),
                    meant: Some(format!("with_{near}").into()),
                    ..Problem::new("unknown-parameter", message, span)
                });
            }
            continue;
        }
        if CONDITIONS.contains(&word) {
            continue;
        }
        if !task.has(word) || matches!(word, "action" | "local_action" | "include" | "meta") {
            others.push((word, span));
        }
    }
    problems.extend(others.iter().filter_map(|(word, span)| misspelt(word, *span, packs)));
    let mut found = Vec::new();
    included(node, &others, packs, &mut found);
    if includes == Includes::MayBeLax {
        // Up to version 2.7 it was passed over, and nobody was told.
        found.retain(|own| own.entity.as_ref().and_then(Entity::part) == Some("notify"));
        found.iter_mut().for_each(|own| own.strength = Strength::Likely);
    }
    problems.append(&mut found);
    actions(&others, packs, &task, &mut found);
    if includes == Includes::MayBeLax && others.iter().any(|(word, _)| *word == "include") {
        // Up to the same version, what stood beside an `include` was a variable of it.
        found.iter_mut().for_each(|own| own.strength = Strength::Likely);
    }
    problems.append(&mut found);
}

/// A module of Ansible's own whose collection is a slip: `iansible.builtin.copy`.
fn misspelt(word: &str, span: Span, packs: &Pack) -> Option<Problem> {
    let (collection, module) = word.rsplit_once('.')?;
    let is_doubled = collection == "ansible.builtin.ansible.builtin";
    let is_slip = collection != "ansible.builtin"
        && (is_doubled || strsim::osa_distance(collection, "ansible.builtin") <= 2)
        && packs.words.contains_key(&SmolStr::from(format!("ansible.module.{module}")));
    is_slip.then(|| Problem {
        entity: Some(Entity::parameter("task", word)),
        help: format!("did you mean `ansible.builtin.{module}`? Ansible refuses the whole play"),
        meant: Some(format!("ansible.builtin.{module}").into()),
        ..Problem::new("unknown-parameter", format!("no collection has a module `{word}`"), span)
    })
}

/// Whether a key is surely a task's action.
fn is_action(word: &str, packs: &Pack) -> bool {
    let known =
        || packs.words.contains_key(&SmolStr::from(format!("ansible.module.{}", short(word))));
    matches!(word, "action" | "local_action") || shape::is_full_name(word) || known()
}

/// A task has one action: of two keys that are no keywords, one is wrong.
fn actions(others: &[(&str, Span)], packs: &Pack, task: &Thing<'_>, problems: &mut Vec<Problem>) {
    if others.len() < 2 {
        return;
    }
    let sure: Vec<&(&str, Span)> =
        others.iter().filter(|(word, _)| is_action(word, packs)).collect();
    let Some((action, _)) = sure.first() else { return };
    let mut wrong = others.iter().filter(|(word, _)| !is_action(word, packs));
    // Version 1 made variables of what else an `include` had.
    let may_be_variable =
        |word: &str| *action == "include" && !task.has(&word.to_ascii_lowercase());
    match wrong.find(|(word, _)| !may_be_variable(word)) {
        None if sure.len() < 2 => {}
        Some((word, span)) => task.refuse(word, *span, problems),
        None => {
            let (word, span) = sure[1];
            let message =
                format!("a task has one action, and this one has two: `{action}` and `{word}`");
            problems.push(Problem {
                entity: Some(Entity::parameter("task", word)),
                help: "Ansible refuses the whole play; make two tasks of it".to_owned(),
                ..Problem::new("unknown-parameter", message, *span)
            });
        }
    }
}

/// Dynamic includes take fewer keywords than other tasks.
fn included(node: &Node<'_>, others: &[(&str, Span)], packs: &Pack, problems: &mut Vec<Problem>) {
    let [(action, _)] = others else { return };
    if !matches!(short(action), "include_tasks" | "include_role") {
        return;
    }
    let action = short(action);
    let own = packs.words("ansible.keywords.include");
    let task = packs.words("ansible.keywords.task");
    for (word, span) in keys(node) {
        if task.get(word).is_none() || own.get(word).is_some() || word == "listen" {
            continue;
        }
        let message = format!("`{action}` does not take the keyword `{word}`");
        problems.push(Problem {
            entity: Some(Entity::parameter(action, word)),
            help: format!(
                "Ansible refuses the whole play; put it under `apply`, or use `{}`",
                action.replace("include", "import")
            ),
            ..Problem::new("unknown-parameter", message, span)
        });
    }
}

//! What tasks pass to modules: those that come with Ansible are judged here by what the pack says
//! of them, those of the tree's own `library/` become calls.
//!
//! (Source: Ansible, "Unsupported parameters for … module", "missing required arguments", "value
//! of … must be one of"; `rules/packs/ansible.yaml`.)

use super::arguments::{Arguments, Text};
use super::keywords::Includes;
use super::{published, together};
use crate::extract::Settings;
use crate::facts::{
    Arg, Call, Entity, FileFacts, Problem, Ref, Require, Span, Strength, kinds, nearest_of,
};
use crate::packs::Words;
use crate::syntax::yaml::{Node, Value};
use smallvec::smallvec;
use smol_str::{SmolStr, format_smolstr};

/// Values that stand for others before they are compared.
const COERCED: [&str; 17] = [
    "", "~", "null", "none", "omit", "yes", "no", "on", "off", "true", "false", "y", "n", "t", "f",
    "0", "1",
];

/// What a task's own text says of its module.
struct Task<'n> {
    module: SmolStr,
    span: Span,
    options: Vec<Passed<'n>>,
    /// More options may come from elsewhere.
    open: bool,
}

/// An option with its value, where the value is one text.
struct Passed<'n> {
    name: SmolStr,
    span: Span,
    values: Vec<(std::borrow::Cow<'n, str>, Span)>,
}

impl Passed<'_> {
    /// Whether a run may leave it away: `{{ item.state | default(omit) }}`.
    fn may_be_omitted(&self) -> bool {
        let is_omit = |word: &str| word == "omit";
        let apart = |letter: char| !(letter.is_alphanumeric() || letter == '_');
        matches!(&self.values[..], [(text, _)] if text.contains("{{") && text.split(apart).any(is_omit))
    }
}

/// Whose modules short names are that are none of Ansible's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Short {
    /// Those that Ansible had before there were collections.
    Known,
    /// Those of a collection that a play lists, first: `helm` of `community.kubernetes`.
    ///
    /// (Source: Ansible, "Using collections in a playbook".)
    Listed,
}

impl Short {
    /// As a text of plays or tasks says.
    pub(super) fn of(text: &str) -> Self {
        let is_list = |line: &str| line.trim_start_matches([' ', '-']).starts_with("collections:");
        if text.lines().any(is_list) { Self::Listed } else { Self::Known }
    }
}

/// Adds what a task passes to its module.
pub(super) fn of_task(
    node: &Node<'_>,
    (path, text): (&str, &str),
    (includes, short): (Includes, Short),
    settings: &Settings,
    out: &mut FileFacts,
) {
    let Some(task) = read(node, text, settings) else { return };
    let name = task.module.as_str();
    let bare =
        ["ansible.builtin.", "ansible.legacy."].iter().find_map(|own| name.strip_prefix(own));
    let own = &settings.ansible_modules;
    if bare.is_none() && own.is_library(name, path) {
        call(task, out);
        return;
    }
    if let Some((collection, module)) = own.own_collection(name) {
        if collection.has_module(module) {
            let open = task.open || text.contains("module_defaults");
            call(Task { open, ..task }, out);
        }
        return;
    }
    let bare = bare.unwrap_or(name);
    // A collection that the tree holds is of a version of its own.
    if own.has(bare)
        || bare.rsplit_once('.').is_some_and(|(_, own)| settings.ansible_modules.has(own))
    {
        return;
    }
    let is_include = bare.starts_with("include_") || bare.starts_with("import_");
    let builtin = settings.packs.words.get(format_smolstr!("ansible.module.{bare}").as_str());
    let Some(words) = builtin else {
        let is_known = short == Short::Known || bare.contains('.');
        if let Some(words) = published::module(bare).filter(|_| is_known) {
            let mut found = Vec::new();
            judge(&task, bare, words, text, &mut found);
            out.problems.extend(found.into_iter().filter_map(|own| of_collection(bare, own)));
        }
        return;
    };
    if is_include && includes == Includes::MayBeLax {
        return;
    }
    judge(&task, bare, words, text, &mut out.problems);
}

/// Options that a service is reached by, which `module_defaults` of a play set for all modules.
const OF_GROUPS: [&str; 10] = [
    "host", "hostname", "password", "project", "region", "token", "url", "user", "username", "zone",
];

/// What is said of a collection's module: a version that is newer than those that are known may
/// take more, and modules of Windows pass over what they do not know.
fn of_collection(module: &str, problem: Problem) -> Option<Problem> {
    let option = problem.entity.as_ref().and_then(Entity::part).unwrap_or_default().to_owned();
    let option = option.as_str();
    let is_windows = module.rsplit('.').next().is_some_and(|own| own.starts_with("win_"));
    let strength = match problem.rule {
        "missing-required-parameter" => {
            if OF_GROUPS.contains(&option) {
                return None;
            }
            problem.strength
        }
        _ if is_windows => Strength::Likely,
        // One of another module stands one step too far to the right.
        _ if option.contains('.') || problem.help.starts_with("did you mean") => problem.strength,
        _ if module.contains('.') => Strength::Likely,
        _ => problem.strength,
    };
    Some(Problem { strength, ..problem })
}

/// Whether a task's key is a module that is known here.
pub(super) fn is_known(name: &str, settings: &Settings) -> bool {
    let bare = name.rsplit('.').next().unwrap_or(name);
    let is_builtin =
        name == bare || name.starts_with("ansible.builtin.") || name.starts_with("ansible.legacy.");
    let builtin = || format_smolstr!("ansible.module.{bare}");
    published::module(name).is_some()
        || settings.ansible_modules.own_collection(name).is_some()
        || is_builtin
            && (settings.ansible_modules.has(bare)
                || settings.packs.words.contains_key(builtin().as_str()))
}

/// The module of a task and its options, in any of the forms.
fn read<'n>(node: &'n Node<'_>, text: &str, settings: &Settings) -> Option<Task<'n>> {
    let mut task = None;
    let mut open = false;
    for (key, value) in node.entries() {
        let key_text = key.as_str()?;
        match key_text {
            "<<" | "first_available_file" => open = true,
            "action" | "local_action" => {
                let mut arguments = Arguments::of(value, text);
                let (module, span) = match &value.value {
                    Value::Mapping(_) => {
                        let module = value.get("module")?;
                        (module.as_str()?, module.span)
                    }
                    _ => {
                        let first = arguments.take_free()?;
                        let name = value.as_str()?.split_whitespace().next()?;
                        (name, first.span)
                    }
                };
                let mut own =
                    Task { module: module.into(), span, options: Vec::new(), open: false };
                add(&mut own, value, text);
                own.options.retain(|option| !matches!(option.name.as_str(), "module" | "args"));
                own.open |= value.get("args").is_some();
                task = Some(own);
            }
            _ if is_known(key_text, settings) => {
                let mut own = Task {
                    module: key_text.into(),
                    span: key.span,
                    options: Vec::new(),
                    open: false,
                };
                add(&mut own, value, text);
                task = Some(own);
            }
            _ => {}
        }
    }
    let mut task = task?;
    if let Some(args) = node.get("args") {
        add(&mut task, args, text);
        task.open |= !matches!(args.value, Value::Mapping(_));
    }
    task.open |= open;
    // Of an option that stands twice, the last counts.
    let mut seen: Vec<SmolStr> = Vec::new();
    task.options.reverse();
    task.options.retain(|own| {
        let is_new = !seen.contains(&own.name);
        seen.push(own.name.clone());
        is_new
    });
    task.options.reverse();
    Some(task)
}

/// Adds options that are written one below the other, or as `key=value`.
fn add<'n>(task: &mut Task<'n>, value: &'n Node<'_>, source: &str) {
    match &value.value {
        Value::Mapping(entries) => {
            for (key, value) in entries {
                match key.as_str() {
                    Some("<<") | None => task.open = true,
                    Some(name) => {
                        let values = values(value);
                        task.options.push(Passed { name: name.into(), span: key.span, values });
                    }
                }
            }
        }
        Value::Scalar { text, .. } => words(task, text, value.span, source),
        Value::Alias => task.open = true,
        Value::Sequence(_) => task.open = true,
    }
}

fn values<'n>(node: &'n Node<'_>) -> Vec<(std::borrow::Cow<'n, str>, Span)> {
    match &node.value {
        Value::Scalar { text, .. } => vec![(text.as_ref().into(), node.span)],
        Value::Sequence(items) => {
            let one = |item: &'n Node<'_>| Some((item.as_str()?.into(), item.span));
            items.iter().filter_map(one).collect()
        }
        _ => Vec::new(),
    }
}

/// `key=value` words; text of another sort is left alone.
fn words(task: &mut Task<'_>, text: &str, span: Span, source: &str) {
    let is_free = ["command", "shell", "raw", "script", "win_command", "win_shell"]
        .contains(&task.module.rsplit('.').next().unwrap_or_default());
    // Escapes and statements may hide where a word ends.
    if is_free || text.contains('\\') || text.contains("{%") || text.trim_start().starts_with("{{")
    {
        task.open = true;
        return;
    }
    let node = Node { span, value: Value::Scalar { text: text.into(), plain: true } };
    let arguments = Arguments::of(&node, source);
    for (name, values) in arguments.pairs() {
        let values = values
            .iter()
            .map(|Text { text, span }| (text.clone().into(), *span))
            .collect::<Vec<_>>();
        let span = values.first().map_or(span, |(_, span)| *span);
        task.options.push(Passed { name: name.into(), span, values });
    }
    task.open |= arguments.free.is_some();
}

/// An option as the pack has it: see the head of `rules/packs/ansible.yaml`.
struct Known<'p> {
    name: &'p str,
    is_list: bool,
    choices: Option<&'p str>,
}

fn known<'p>(words: &'p Words, name: &str) -> Option<Known<'p>> {
    let said = words.get(name)?;
    let own = words.names().find(|own| *own == name)?;
    if let Some(real) = said.strip_prefix('=') {
        let said = words.get(real)?;
        return Some(Known { name: real, ..codes(real, said) });
    }
    Some(codes(own, said))
}

fn codes<'p>(name: &'p str, said: &'p str) -> Known<'p> {
    let (codes, choices) = match said.split_once(':') {
        Some((codes, choices)) => (codes, Some(choices)),
        None => (said, None),
    };
    Known { name, is_list: codes.contains('l'), choices }
}

fn judge(task: &Task<'_>, module: &str, words: &Words, text: &str, problems: &mut Vec<Problem>) {
    if is_another(task, words) {
        return;
    }
    let mut passed: Vec<&str> = Vec::new();
    for option in &task.options {
        let name = option.name.as_str();
        if name.contains("{{") || name.starts_with("_ansible") {
            return;
        }
        // Headers of a request, up to version 2.9.
        if module == "uri" && name.starts_with("HEADER_") {
            continue;
        }
        let Some(known) = known(words, name) else {
            if words.get("*").is_some() {
                continue;
            }
            problems.push(unknown(module, words, option));
            // What is misspelt is not missing as well.
            passed.extend(
                nearest_of(name, words.names())
                    .and_then(|near| Some(self::known(words, &near)?.name)),
            );
            continue;
        };
        passed.push(known.name);
        problems.extend(
            chosen(module, &known, option)
                .or_else(|| outdated(&task.module, module, &known, option)),
        );
    }
    if task.open || text.contains("module_defaults") {
        return;
    }
    if !task.options.iter().any(Passed::may_be_omitted) {
        problems.extend(together::judged(module, &passed, task.span));
    }
    let mut required =
        words.names().filter(|name| words.get(name).is_some_and(|said| said.starts_with('r')));
    // One is enough: a task with none of them is mostly of another module.
    if let Some(name) = required.find(|name| !passed.contains(name)) {
        let message = format!("`{module}` requires `{name}`, which this task does not pass");
        // A play that each user fills in keeps the line as a comment.
        let strength = match is_commented_out(text, task.span, name) {
            true => Strength::Likely,
            false => Strength::Certain,
        };
        problems.push(Problem {
            entity: Some(Entity::parameter(module, name)),
            help: "pass it: the task fails on every host".to_owned(),
            strength,
            ..Problem::new("missing-required-parameter", message, task.span)
        });
    }
}

/// Whether the option stands as a comment in or right below what the task passes.
fn is_commented_out(text: &str, task: Span, option: &str) -> bool {
    let from = text.get(task.start as usize..).unwrap_or_default();
    let own = from.lines().skip(1).take_while(|line| !line.trim_start().starts_with("- "));
    let mut comments = own.take(40).filter_map(|line| line.trim_start().strip_prefix('#'));
    comments.any(|line| {
        let rest = line.trim_start_matches(['#', ' ']).strip_prefix(option);
        rest.is_some_and(|rest| rest.starts_with([':', '=']))
    })
}

/// So many options that a module does not have are those of another one.
const OF_ANOTHER: usize = 3;

/// Whether a short name means another module: a role or a collection from elsewhere may bring one,
/// and most of what the task passes is nothing like what the known module takes.
fn is_another(task: &Task<'_>, words: &Words) -> bool {
    let is_strange = |own: &&Passed<'_>| {
        known(words, &own.name).is_none() && nearest_of(&own.name, words.names()).is_none()
    };
    let strange = task.options.iter().filter(is_strange).count();
    !task.module.contains('.') && strange >= OF_ANOTHER && strange * 2 > task.options.len()
}

fn unknown(module: &str, words: &Words, option: &Passed<'_>) -> Problem {
    let name = option.name.as_str();
    let (strength, fails) = match option.may_be_omitted() {
        true => (Strength::Likely, "wherever it is set"),
        false => (Strength::Certain, "on every host"),
    };
    let meant = nearest_of(name, words.names());
    let help = match &meant {
        Some(near) => format!("did you mean `{near}`? The task fails {fails}"),
        None => {
            let names: Vec<_> = words
                .names()
                .filter(|own| !own.starts_with('_'))
                .take(12)
                .map(|own| format!("`{own}`"))
                .collect();
            format!("the task fails {fails}; it takes {}", names.join(", "))
        }
    };
    Problem {
        entity: Some(Entity::parameter(module, name)),
        help,
        strength,
        meant,
        ..Problem::new(
            "unknown-parameter",
            format!("`{module}` takes no parameter `{name}`"),
            option.span,
        )
    }
}

/// Values that modules took up to version 2.8: a full name is that of a later one.
const OUTDATED: [(&str, &str, &[&str], &str); 2] = [
    ("apt", "state", &["installed", "removed"], "`present` or `absent`"),
    ("service", "state", &["running"], "`started`"),
];

/// A value that only versions accept which know no full names.
fn outdated(full: &str, module: &str, known: &Known<'_>, option: &Passed<'_>) -> Option<Problem> {
    let [(value, span)] = option.values.as_slice() else { return None };
    let is_it = |own: &&(&str, &str, &[&str], &str)| own.0 == module && own.1 == known.name;
    let (.., values, now) = OUTDATED.iter().find(is_it)?;
    if !full.starts_with("ansible.builtin.") || !values.contains(&value.trim()) {
        return None;
    }
    let message = format!("`{}` of `{module}` does not accept `{value}`", option.name);
    Some(Problem {
        entity: Some(Entity::parameter(module, known.name)),
        help: format!("it was taken before version 2.9: write {now}"),
        ..Problem::new("incompatible-value", message, *span)
    })
}

/// A value that the option does not accept.
fn chosen(module: &str, known: &Known<'_>, option: &Passed<'_>) -> Option<Problem> {
    let choices = known.choices?;
    if option.values.len() > 1 && !known.is_list {
        return None;
    }
    let parts = option.values.iter().flat_map(|(text, span)| {
        let parts: Vec<&str> = if known.is_list { text.split(',').collect() } else { vec![text] };
        parts.into_iter().map(move |part| (part.trim(), *span))
    });
    let is_word = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-+.".contains(&byte))
            && !COERCED.contains(&text.to_ascii_lowercase().as_str())
    };
    let is_choice = |text: &str| choices.split('|').any(|own| own == text);
    let (value, span) = parts.into_iter().find(|(text, _)| is_word(text) && !is_choice(text))?;
    let list: Vec<_> = choices.split('|').map(|own| format!("`{own}`")).collect();
    let list = list.join(", ");
    let help = match nearest_of(value, choices.split('|')) {
        Some(near) if module.contains('.') => format!("did you mean `{near}`? It accepts {list}"),
        _ => format!("it accepts {list}"),
    };
    let message = format!("`{}` of `{module}` does not accept `{value}`", option.name);
    Some(Problem {
        entity: Some(Entity::parameter(module, known.name)),
        help,
        ..Problem::new("incompatible-value", message, span)
    })
}

/// A call of one of the tree's own modules.
fn call(task: Task<'_>, out: &mut FileFacts) {
    let args = task.options.into_iter().map(|option| {
        let value = match option.values.as_slice() {
            [(text, _)]
                if !text.contains("{{")
                    && !COERCED.contains(&text.to_ascii_lowercase().as_str()) =>
            {
                Some(SmolStr::new(text))
            }
            _ => None,
        };
        Arg { name: option.name, value, span: option.span }
    });
    let target = Ref::exact(kinds::ANSIBLE_MODULE, task.module);
    let require = Require::certain(target.clone(), task.span, "module", None);
    out.requires.push(require.with_strength(Strength::Guarded));
    let any_of = smallvec![target];
    out.calls.push(Call {
        args: args.collect(),
        open: task.open,
        ..Call::new(any_of, task.span, "module")
    });
}

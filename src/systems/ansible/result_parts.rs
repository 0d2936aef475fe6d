//! Parts of results that belong to another module, or to one pass of a loop: `found.stdout` of
//! `stat`, `out.stdout` of a command that runs in a loop.
//!
//! (Source: Ansible's documentation, "Return Values" of these modules, and "Using register with a
//! loop": the results of all passes are a list below `results`.)

use super::conditions::never_runs;
use super::shape::short;
use super::twice::LISTS;
use super::words::CONDITIONS;
use crate::domain::doubled::MOST;
use crate::facts::{Problem, Span, Strength};
use crate::syntax::yaml::{Node, Value};
use std::collections::BTreeMap;

/// Parts that some modules return and others do not.
const PARTS: [&str; 10] = [
    "content",
    "files",
    "json",
    "matched",
    "rc",
    "stat",
    "stderr",
    "stderr_lines",
    "stdout",
    "stdout_lines",
];

const STREAMS: [&str; 5] = ["rc", "stderr", "stderr_lines", "stdout", "stdout_lines"];

/// Modules, with those of the parts that they return.
const MODULES: [(&str, &[&str]); 9] = [
    ("command", &STREAMS),
    ("find", &["files", "matched"]),
    ("raw", &STREAMS),
    ("script", &STREAMS),
    ("shell", &STREAMS),
    ("slurp", &["content"]),
    ("stat", &["stat"]),
    ("uri", &["content", "json"]),
    ("win_stat", &["stat"]),
];

/// What a name holds once its task has run.
#[derive(Clone, Copy)]
struct Filled<'n> {
    /// The task that fills it.
    task: Span,
    module: Option<(&'n str, &'static [&'static str])>,
    is_loop: bool,
    /// Whether it fetches a page and keeps nothing of its text, as `uri` without `return_content`.
    drops_content: bool,
}

#[derive(Default)]
struct File<'n> {
    results: BTreeMap<&'n str, Vec<Filled<'n>>>,
    /// Where tasks of other files come in, which may fill names anew.
    includes: Vec<u32>,
    /// Texts that ask whether something is there.
    asked: Vec<&'n str>,
    /// Whether plays of the file set options for all tasks.
    has_defaults: bool,
}

/// What is wrong with a read.
enum Lack {
    /// Why the part is not there.
    Part(String),
    /// The module returns it only where it is asked to.
    Content,
}

/// Reports reads of parts that a result does not have, whichever task of the file filled it.
pub(super) fn of_tasks(roots: &[Node<'_>], problems: &mut Vec<Problem>) {
    let mut file = File::default();
    roots.iter().flat_map(Node::items).for_each(|item| file.task(item));
    if file.results.is_empty() {
        return;
    }
    let mut found = Vec::new();
    roots.iter().for_each(|root| file.read(root, false, &mut found));
    found.truncate(MOST);
    problems.append(&mut found);
}

impl<'n> File<'n> {
    fn task(&mut self, node: &'n Node<'_>) {
        asked(node, &mut self.asked);
        self.tasks(node);
    }

    fn tasks(&mut self, node: &'n Node<'_>) {
        let keys = || node.entries().iter().filter_map(|(key, _)| key.as_str());
        for (key, value) in node.entries() {
            let Some(key) = key.as_str() else { continue };
            self.has_defaults |= key == "module_defaults";
            if LISTS.contains(&key) {
                value.items().iter().for_each(|item| self.tasks(item));
            }
            let own = short(key);
            if own.starts_with("include") || own.starts_with("import") || own == "roles" {
                self.includes.push(value.span.start);
            }
        }
        let Some(name) = node.get("register").and_then(Node::as_str) else { return };
        let module = keys().map(short).find_map(|key| {
            MODULES.iter().find(|(own, _)| *own == key).map(|(own, parts)| (*own, *parts))
        });
        // What runs on is asked for later.
        let module = module.filter(|_| !keys().any(|key| key == "async" || key == "poll"));
        let is_loop = keys().any(|key| key == "loop" || key.starts_with("with_"));
        let passes = ["failed_when", "ignore_errors", "until", "<<"];
        let drops_content = module.is_some_and(|(own, _)| own == "uri")
            && !self.has_defaults
            && !keys().any(|key| passes.contains(&key))
            && !mentions(node, CONTENT_ASKED);
        let filled = Filled { task: node.span, module, is_loop, drops_content };
        self.results.entry(name).or_default().push(filled);
    }

    fn read(&self, node: &Node<'_>, is_expression: bool, found: &mut Vec<Problem>) {
        match &node.value {
            Value::Mapping(_) if never_runs(node) || node.get("ignore_errors").is_some() => {}
            Value::Mapping(entries) => {
                // Ansible asks no condition before it does nothing.
                let is_noop = node.get("meta").and_then(Node::as_str) == Some("noop");
                for (key, value) in entries {
                    let key = key.as_str().unwrap_or_default();
                    // What is kept is filled in by whoever reads it.
                    if !matches!(key, "vars" | "name") && !is_noop {
                        self.read(value, CONDITIONS.contains(&key) || key == "that", found);
                    }
                }
            }
            Value::Sequence(items) => {
                items.iter().for_each(|item| self.read(item, is_expression, found));
            }
            Value::Scalar { text, .. } => {
                if is_expression || text.contains("{{") {
                    found.extend(self.wrong(text, is_expression, node.span));
                }
            }
            Value::Alias => {}
        }
    }

    fn wrong(&self, text: &str, is_expression: bool, span: Span) -> Option<Problem> {
        if ["defined", "skipped", "failed"].iter().any(|word| text.contains(word)) {
            return None;
        }
        let has_default = text.contains("default");
        for (at, part) in parts(text) {
            let before = &text[..at];
            let is_inside = || {
                before
                    .rfind("{{")
                    .is_some_and(|open| before.rfind("}}").is_none_or(|end| end < open))
            };
            let name = before.rsplit(|c: char| !is_word(c)).next().unwrap_or_default();
            let Some(results) = self.results.get(name).filter(|_| is_expression || is_inside())
            else {
                continue;
            };
            let outer = &before[..before.len() - name.len()];
            if outer.ends_with(['.', '\'', '"', '$', '/', '-']) || is_quoted(outer) {
                continue;
            }
            let Some(lack) = self.lacks(results, part, span) else { continue };
            let read = format!("{name}.{part}");
            let is_it = |text: &str| super::expressions::names(text).any(|(_, own)| own == name);
            let mut asked = self.asked.iter().filter(|text| is_it(text));
            let message = format!("`{read}` is nothing that the task returns");
            let problem = Problem::new("unresolved-reference", message, span);
            match lack {
                Lack::Part(_) if has_default || asked.next().is_some() => {}
                Lack::Part(help) => return Some(Problem { help, ..problem }),
                Lack::Content if asked.any(|text| !text.contains("default")) => {}
                Lack::Content => {
                    let is_default = text[at..].trim_start_matches(is_read).trim_start();
                    let is_default = is_default.strip_prefix('|').map(str::trim_start);
                    let is_default = is_default.is_some_and(|own| own.starts_with("default"));
                    if has_default && !is_default {
                        continue;
                    }
                    let (strength, what) = match is_default {
                        true => (Strength::Likely, "it is always the default"),
                        false => (Strength::Certain, "the task fails"),
                    };
                    let help = format!("`uri` keeps it with `return_content: true`: {what}");
                    return Some(Problem { help, strength, ..problem });
                }
            }
        }
        None
    }

    /// Why none of the results has a part where it is read.
    fn lacks(&self, results: &[Filled<'_>], part: &str, span: Span) -> Option<Lack> {
        let is_before = |own: &Filled<'_>| own.task.end <= span.start;
        let last = results.iter().filter(|own| is_before(own)).max_by_key(|own| own.task.end)?;
        let is_within = |own: &Filled<'_>| own.task.start <= span.start && span.end <= own.task.end;
        let is_anew = self.includes.iter().any(|at| (last.task.end..span.start).contains(at));
        if is_anew || results.iter().any(is_within) {
            return None;
        }
        let mut help = None;
        for own in results {
            let (module, parts) = own.module?;
            if own.is_loop {
                help = Some(Lack::Part(format!(
                    "`{module}` runs in a loop: each pass is an item of `results`; the task fails"
                )));
            } else if own.drops_content && part == "content" {
                help = Some(Lack::Content);
            } else if parts.contains(&part) {
                return None;
            } else {
                let has: Vec<_> = parts.iter().map(|own| format!("`{own}`")).collect();
                let has = has.join(", ");
                help = Some(Lack::Part(format!("`{module}` returns {has}: the task fails")));
            }
        }
        help
    }
}

/// The option of `uri` that has it return the text of a page.
///
/// (Source: Ansible's `modules/uri.py`: `content` is returned below `if return_content`.)
const CONTENT_ASKED: &str = "return_content";

/// Whether a key or a text of a task has a word.
fn mentions(node: &Node<'_>, word: &str) -> bool {
    let of_entry = |(key, value): &(Node<'_>, Node<'_>)| {
        key.as_str().is_some_and(|own| own.contains(word) || own == "<<") || mentions(value, word)
    };
    node.as_str().is_some_and(|own| own.contains(word))
        || node.items().iter().any(|item| mentions(item, word))
        || node.entries().iter().any(of_entry)
}

/// Whether a letter is of the part that is read, or of the dot before it.
fn is_read(c: char) -> bool {
    is_word(c) || c == '.'
}

/// Texts that ask whether something is there, or whether a task has run.
fn asked<'n>(node: &'n Node<'_>, found: &mut Vec<&'n str>) {
    let asks =
        |text: &&str| ["defined", "default", "skipped"].iter().any(|word| text.contains(word));
    found.extend(node.as_str().filter(asks));
    node.items().iter().for_each(|item| asked(item, found));
    node.entries().iter().for_each(|(_, value)| asked(value, found));
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether what follows stands within quotes.
fn is_quoted(before: &str) -> bool {
    let from = before.rfind("{{").map_or(0, |open| open + 2);
    super::marks::open_quote(&before[from..]).is_some()
}

/// Places of dots before a part, with the part.
fn parts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('.').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let part = &rest[..end];
        (PARTS.contains(&part) && !rest[end..].starts_with('(')).then_some((at, part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::ansible::said;

    fn said(text: &str) -> Vec<String> {
        said::said(of_tasks, text)
    }

    fn of(module: &str, read: &str) -> Vec<String> {
        said(&format!("- {module}: a\n  register: out\n- debug: msg=a\n  when: {read}\n"))
    }

    #[test]
    fn parts_of_other_modules() {
        let wrong = |read: &str| vec![format!("`{read}` is nothing that the task returns")];
        assert_eq!(of("stat", "out.stdout == 'a'"), wrong("out.stdout"));
        assert_eq!(of("command", "not out.stat.exists"), wrong("out.stat"));
        assert_eq!(of("ansible.builtin.uri", "out.rc == 0"), wrong("out.rc"));
        for (module, read) in [
            ("stat", "out.stat.exists"),
            ("command", "out.rc == 0 and 'a' in out.stdout"),
            ("uri", "out.json.a"),
            ("yum", "out.rc == 0"),
            ("stat", "out.stdout is defined"),
            ("stat", "other.out.stdout"),
            ("stat", "x == 'out.stdout'"),
            ("include_tasks", "out.rc"),
        ] {
            assert!(of(module, read).is_empty(), "{module} {read}");
        }
    }

    #[test]
    fn pages_that_are_not_kept() {
        let uri = |options: &str, read: &str| {
            said(&format!("- uri: {{url: a{options}}}\n  register: out\n- debug: msg=\"{read}\"\n"))
        };
        let wrong = vec!["`out.content` is nothing that the task returns"];
        assert_eq!(uri("", "{{ out.content }}"), wrong);
        assert_eq!(uri("", "{{ out.content | default('') | trim }}"), wrong);
        assert!(uri(", return_content: true", "{{ out.content }}").is_empty());
        assert!(uri("", "{{ out.json.a }}").is_empty());
        assert!(uri("", "{{ out.content if out.content is defined }}").is_empty());
        let text = "- uri: url=a return_content=yes\n  register: out\n";
        assert!(said(&format!("{text}- debug: msg={{{{ out.content }}}}\n")).is_empty());
    }

    #[test]
    fn content_that_nobody_asked_for() {
        let of = |more: &str| {
            said(&format!(
                "- uri:\n    url: a\n{more}  register: out\n- debug: msg=a\n  when: \"'b' in out.content\"\n"
            ))
        };
        assert_eq!(of(""), ["`out.content` is nothing that the task returns"]);
        for fine in [
            "    return_content: true\n",
            "    return_content: \"{{ c }}\"\n",
            "  args:\n    return_content: true\n",
        ] {
            assert!(of(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn results_of_loops() {
        let task =
            "- command: a {{ item }}\n  loop: [a, b]\n  register: out\n  failed_when: out.rc > 1\n";
        assert_eq!(said(&format!("{task}- debug: msg=\"{{{{ out.stdout }}}}\"\n")).len(), 1);
        for fine in [
            "- debug: msg=\"{{ out.results[0].stdout }}\"\n",
            "- debug: msg=\"{{ item.stdout }}\"\n  loop: \"{{ out.results }}\"\n",
            "- include_tasks: a.yml\n- debug: msg=\"{{ out.stdout }}\"\n",
            "- command: b\n  register: out\n- debug: msg=\"{{ out.stdout }}\"\n",
        ] {
            assert!(said(&format!("{task}{fine}")).is_empty(), "{fine}");
        }
    }
}

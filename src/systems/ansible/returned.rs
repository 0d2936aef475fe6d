//! What modules return, misspelt where it is read: `file.stat.exist`.
//!
//! (Source: Ansible's documentation, "Return Values" of `stat` and `win_stat`, and "Common return
//! values".)

use super::shape::short;
use crate::facts::{Problem, nearest_of};
use crate::syntax::yaml::{Node, Value};
use memchr::memmem;
use smol_str::SmolStr;

/// Parts of `stat` in what the modules of that name return.
const STAT: [&str; 61] = [
    "atime",
    "attr_flags",
    "attributes",
    "birthtime",
    "block_size",
    "blocks",
    "charset",
    "checksum",
    "creationtime",
    "ctime",
    "dev",
    "device_type",
    "executable",
    "exists",
    "extension",
    "filename",
    "flags",
    "generation",
    "gid",
    "gr_name",
    "hlnk_targets",
    "inode",
    "isarchive",
    "isblk",
    "ischr",
    "isdir",
    "isfifo",
    "isgid",
    "ishidden",
    "isjunction",
    "islnk",
    "isreadonly",
    "isreg",
    "isshared",
    "issock",
    "isuid",
    "lastaccesstime",
    "lastwritetime",
    "lnk_source",
    "lnk_target",
    "md5",
    "mime_type",
    "mimetype",
    "mode",
    "mtime",
    "nlink",
    "owner",
    "path",
    "pw_name",
    "readable",
    "rgrp",
    "roth",
    "rusr",
    "sharename",
    "size",
    "uid",
    "version",
    "wgrp",
    "woth",
    "writeable",
    "wusr",
];
const ALSO: [&str; 3] = ["xgrp", "xoth", "xusr"];

/// Parts of what commands return that begin with `std`.
const STREAMS: [&str; 4] = ["stderr", "stderr_lines", "stdout", "stdout_lines"];

/// Others that are nearly called so.
const OTHERS: [&str; 3] = ["start", "started", "stdin"];

/// Parts of `stat` that nothing else of its result is called.
const INNER: [&str; 4] = ["exists", "isdir", "islnk", "isreg"];

/// Modules whose results have those parts.
const COMMANDS: [&str; 5] = ["command", "shell", "raw", "script", "win_shell"];

/// Names of what tasks of a file register, by what is read of it.
#[derive(Default)]
struct Registered<'n> {
    stats: Vec<&'n str>,
    /// Those of `stats` that hold one result, whichever task filled them.
    single: Vec<&'n str>,
    /// Texts that ask whether something is there.
    asked: Vec<&'n str>,
    commands: Vec<&'n str>,
}

/// Reads of parts that no module returns.
pub(super) fn of_tasks(roots: &[Node<'_>], problems: &mut Vec<Problem>) {
    roots.iter().for_each(|root| facts(root, problems));
    let mut known = Registered::default();
    roots.iter().for_each(|root| registered(root, &mut known));
    let mut others = Vec::new();
    roots.iter().for_each(|root| named(root, &mut others, &mut known.asked));
    known.single.retain(|own| others.iter().filter(|name| *name == own).count() == 1);
    if !known.stats.is_empty() || !known.commands.is_empty() {
        roots.iter().for_each(|root| reads(root, &known, problems));
    }
}

fn registered<'n>(node: &'n Node<'_>, known: &mut Registered<'n>) {
    if let Some(name) = node.get("register").and_then(Node::as_str) {
        let mut modules = node.entries().iter().filter_map(|(key, _)| key.as_str()).map(short);
        let is_any = |names: &[&str], module: &str| names.contains(&module);
        if modules
            .clone()
            .any(|module| is_any(&["stat", "win_stat", "ansible.windows.win_stat"], module))
        {
            known.stats.push(name);
            let mut keys = node.entries().iter().filter_map(|(key, _)| key.as_str());
            if !keys.any(|key| key == "loop" || key.starts_with("with_")) {
                known.single.push(name);
            }
        } else if modules.any(|module| is_any(&COMMANDS, module)) {
            known.commands.push(name);
        }
    }
    node.items().iter().for_each(|item| registered(item, known));
    node.entries().iter().for_each(|(_, value)| registered(value, known));
}

/// All names that tasks register, once for each.
fn named<'n>(node: &'n Node<'_>, names: &mut Vec<&'n str>, asked: &mut Vec<&'n str>) {
    asked.extend(node.as_str().filter(|text| text.contains("defined")));
    names.extend(node.get("register").and_then(Node::as_str));
    node.items().iter().for_each(|item| named(item, names, asked));
    node.entries().iter().for_each(|(_, value)| named(value, names, asked));
}

fn reads(node: &Node<'_>, known: &Registered<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| reads(item, known, problems));
    node.entries().iter().for_each(|(_, value)| reads(value, known, problems));
    let Value::Scalar { text, .. } = &node.value else { return };
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if ![".s", ".exists", ".is"].iter().any(|word| has(word)) {
        return;
    }
    let stat = known.stats.iter().find_map(|name| {
        let part = part_of(text, &format!("{name}.stat."))?;
        let is_known = STAT.contains(&part) || ALSO.contains(&part);
        (!is_known).then(|| (format!("{name}.stat.{part}"), nearest_of(part, STAT.into_iter())))
    });
    let stream = || {
        known.commands.iter().find_map(|name| {
            let part = part_of(text, &format!("{name}."))?;
            let is_near = || STREAMS.iter().any(|own| strsim::osa_distance(own, part) < 3);
            let is_wrong = !STREAMS.contains(&part)
                && (part.starts_with("std")
                    || part.len() > 4 && !OTHERS.contains(&part) && is_near());
            is_wrong.then(|| (format!("{name}.{part}"), nearest_of(part, STREAMS.into_iter())))
        })
    };
    let inner = || {
        known.single.iter().find_map(|name| {
            let part = part_of(text, &format!("{name}."))?;
            let read = format!("{name}.{part}");
            let is_asked = known.asked.iter().any(|text| text.contains(&read));
            (INNER.contains(&part) && !is_asked).then(|| (read, Some(SmolStr::new(part))))
        })
    };
    let command = || {
        known.single.iter().filter(|name| name.contains('_')).find_map(|name| {
            let part = part_of(text, &format!("{name}."))?;
            STREAMS.contains(&part).then(|| (format!("{name}.{part}"), None))
        })
    };
    let found = stat.or_else(stream).or_else(inner).or_else(command);
    let Some((read, near)) = found else { return };
    let help = match near {
        Some(near) if read.ends_with(near.as_str()) => {
            format!("did you mean `stat.{near}`? The task fails")
        }
        Some(near) => format!("did you mean `{near}`? The task fails"),
        None => "the task fails".to_owned(),
    };
    let message = format!("`{read}` is nothing that the module returns");
    problems.push(Problem { help, ..Problem::new("unresolved-reference", message, node.span) });
}

/// Reads of facts by their old names in the mapping that has them without: only `ansible_local`
/// keeps it. (Source: Ansible's `vars/clean.py`, `namespace_facts`.)
fn facts(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| facts(item, problems));
    node.entries().iter().for_each(|(_, value)| facts(value, problems));
    let Value::Scalar { text, .. } = &node.value else { return };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let found = ["ansible_facts.ansible_", "ansible_facts['ansible_", "ansible_facts[\"ansible_"]
        .iter()
        .find_map(|own| {
            let at = text.find(own)?;
            // What a task of `setup` returned has them as they were.
            let is_own = !text[..at].ends_with(|c: char| is_word(c) || c == '.');
            let rest = &text[at + own.len()..];
            let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let name = &rest[..end];
            (is_own && name != "local" && !name.is_empty()).then_some(name)
        });
    let Some(name) = found.filter(|_| !text.contains("default") && !text.contains("defined"))
    else {
        return;
    };
    let message = format!("`ansible_facts` has no `ansible_{name}`");
    let help =
        format!("it is `ansible_facts.{name}` there, or `ansible_{name}` alone: the task fails");
    problems.push(Problem { help, ..Problem::new("unresolved-reference", message, node.span) });
}

/// The word behind the first place where `before` stands by itself, unless it is called or may be
/// absent.
fn part_of<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if ["default", "is defined", "is not defined", "undefined"].iter().any(|own| text.contains(own))
    {
        return None;
    }
    let at = text.match_indices(before).find_map(|(at, _)| {
        (!text[..at].ends_with(|c: char| is_word(c) || ".'\"$/".contains(c))).then_some(at)
    })?;
    let rest = &text[at + before.len()..];
    let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
    (end > 0 && !rest[end..].starts_with('(')).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::ansible::said;

    fn said(text: &str) -> Vec<String> {
        said::said(of_tasks, text)
    }

    #[test]
    fn what_commands_and_files_return() {
        let of = |module: &str, part: &str| {
            said(&format!(
                "- {module}: a\n  register: own_result\n- debug: msg=\"{{{{ own_result.{part} }}}}\"\n"
            ))
        };
        let wrong =
            |part: &str| vec![format!("`own_result.{part}` is nothing that the module returns")];
        assert_eq!(of("command", "sdtout"), wrong("sdtout"));
        assert_eq!(of("shell", "stdot_lines"), wrong("stdot_lines"));
        assert_eq!(of("stat", "stdout"), wrong("stdout"));
        for (module, part) in [
            ("command", "stdout"),
            ("command", "start"),
            ("command", "rc"),
            ("stat", "stat.exists"),
        ] {
            assert!(of(module, part).is_empty(), "{module} {part}");
        }
        assert!(of("stat", "stdout | default('')").is_empty());
    }
}

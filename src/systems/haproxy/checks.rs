//! What one HAProxy configuration shows by itself.

use super::parse::{File, Line, Section, Word};
use crate::extract::Settings;
use crate::facts::{Entity, FileFacts, NamePattern, Problem, Strength, kinds};
use crate::packs::Pack;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// ACLs that HAProxy predefines. (Source: configuration manual, "Pre-defined ACLs".)
const PREDEFINED: &[&str] = &[
    "FALSE",
    "HTTP",
    "HTTP_1.0",
    "HTTP_1.1",
    "HTTP_2.0",
    "HTTP_3.0",
    "HTTP_CONTENT",
    "HTTP_URL_ABS",
    "HTTP_URL_SLASH",
    "HTTP_URL_STAR",
    "LOCALHOST",
    "METH_CONNECT",
    "METH_DELETE",
    "METH_GET",
    "METH_HEAD",
    "METH_OPTIONS",
    "METH_POST",
    "METH_PUT",
    "METH_TRACE",
    "RDP_COOKIE",
    "REQ_CONTENT",
    "TRUE",
    "WAIT_END",
];

pub(super) fn check(file: &File, settings: &Settings, out: &mut FileFacts) {
    for section in &file.sections {
        if section.is_proxy() {
            if !file.includes {
                acls(section, out);
                use_server(section, out);
            }
            unchecked(file, section, out);
            if file.branches_known {
                shadowed(section, out);
                duplicate_names(section, "server", out);
            }
        }
        if section.kind == "resolvers" && file.branches_known {
            duplicate_names(section, "nameserver", out);
        }
        if let Some(version) = settings.versions.get("haproxy") {
            removed(section, &settings.packs, version, out);
        }
    }
    if file.branches_known {
        duplicate_sections(file, out);
    }
}

/// The ACL names that a line's condition uses.
pub(super) fn condition(line: &Line) -> Vec<&Word> {
    let Some(start) = line.words.iter().position(|word| word.is("if") || word.is("unless")) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    let mut depth = 0u32;
    for word in &line.words[start + 1..] {
        match word.text() {
            "{" => depth += 1,
            "!{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "||" | "!" => {}
            _ if depth > 0 => {}
            own if own.eq_ignore_ascii_case("or") => {}
            _ => names.push(word),
        }
    }
    names
}

/// Keywords whose `if`/`unless` is a condition.
fn takes_condition(line: &Line) -> bool {
    let keyword = line.keyword();
    // `reqadd`, `rspidel`… of HAProxy before 2.1.
    keyword.starts_with("req")
        || keyword.starts_with("rsp")
        || matches!(
            keyword,
            "use_backend"
                | "use-server"
                | "http-request"
                | "http-response"
                | "http-after-response"
                | "tcp-request"
                | "tcp-response"
                | "redirect"
                | "block"
                | "monitor"
                | "force-persist"
                | "ignore-persist"
                | "stats"
                | "stick"
                | "capture"
                | "persist"
                | "quic-initial"
        )
}

fn acls(section: &Section, out: &mut FileFacts) {
    let defined: Vec<&Word> = section.all("acl").filter_map(|line| line.word(1)).collect();
    let (exact, patterns): (Vec<&Word>, Vec<&Word>) =
        defined.iter().copied().partition(|acl| acl.name.as_exact().is_some());
    let exact: FxHashSet<&str> =
        exact.iter().filter_map(|acl| acl.name.as_exact()).map(SmolStr::as_str).collect();
    let mut used: Vec<&Word> = Vec::new();
    for line in section.lines.iter().filter(|line| takes_condition(line)) {
        used.extend(condition(line));
    }
    for word in &used {
        let Some(name) = word.name.as_exact() else { continue };
        let name = name.trim_start_matches('!');
        if name.is_empty()
            || PREDEFINED.contains(&name)
            || exact.contains(name)
            || patterns.iter().any(|acl| acl.name.matches(name))
        {
            continue;
        }
        // Braces glued to words are anonymous ACLs.
        if name.contains(['{', '}', '(']) {
            continue;
        }
        let near = crate::facts::nearest_of(name, defined.iter().map(|acl| acl.text()));
        let mut problem = Problem::new(
            "unresolved-reference",
            format!("ACL `{name}` is not defined in this section"),
            word.span,
        );
        problem.entity = Some(Entity::new(kinds::HAPROXY_ACL, name));
        problem.meant.clone_from(&near);
        problem.help = match near {
            _ if name.eq_ignore_ascii_case("and") => {
                "there is no word for it: conditions that follow each other must all hold".into()
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => String::new(),
        };
        problem.related.push((section.header.span(), "the section".into()));
        out.problems.push(problem);
    }
    let others = section.lines.iter().filter(|line| line.keyword() != "acl");
    let words = others.flat_map(|line| &line.words);
    let words: FxHashSet<&str> = words.map(|word| word.text().trim_start_matches('!')).collect();
    for acl in defined.iter().filter(|acl| acl.name.as_exact().is_some()) {
        if words.contains(acl.text()) {
            continue;
        }
        // Also mentioned in expressions: `acl()`, log formats.
        let mentioned = |line: &Line| {
            line.keyword() != "acl"
                && line.words.iter().any(|word| word.text().contains(acl.text()))
        };
        if !section.lines.iter().any(mentioned) {
            let mut problem = Problem::new(
                "unreferenced-file",
                format!("ACL `{}` is used nowhere", acl.text()),
                acl.span,
            );
            problem.entity = Some(Entity::new(kinds::HAPROXY_ACL, acl.text()));
            out.problems.push(problem);
        }
    }
}

pub(super) fn servers(section: &Section) -> impl Iterator<Item = &Line> {
    section.all("server").chain(section.all("server-template"))
}

fn use_server(section: &Section, out: &mut FileFacts) {
    if section.all("server-template").next().is_some() {
        return;
    }
    let names: Vec<&NamePattern> =
        section.all("server").filter_map(|line| line.word(1)).map(|word| &word.name).collect();
    for word in section.all("use-server").filter_map(|line| line.word(1)) {
        if let Some(name) = word.name.as_exact().filter(|name| !name.contains("%["))
            && !names.iter().any(|own| own.matches(name))
        {
            let message = format!("server `{name}` is not defined in this section");
            let mut problem = Problem::new("unresolved-reference", message, word.span);
            problem.entity = Some(Entity::new(kinds::HAPROXY_SERVER, name.clone()));
            out.problems.push(problem);
        }
    }
}

fn is_checked(line: &Line) -> bool {
    ["check", "agent-check", "track", "healthcheck"]
        .iter()
        .any(|word| line.words.iter().any(|own| own.is(word)))
        || line.words.iter().any(|word| word.name == NamePattern::any())
}

pub(super) fn is_backup(line: &Line) -> bool {
    line.words.iter().any(|word| word.is("backup") || word.name == NamePattern::any())
}

/// A server without a check, where a check would take a failing one out. The one backup of
/// a backend says sorry, whether it is well or not.
fn unchecked(file: &File, section: &Section, out: &mut FileFacts) {
    let all: Vec<&Line> = servers(section).collect();
    if all.len() < 2 {
        return;
    }
    let lone_backup = all.iter().filter(|line| is_backup(line)).count() == 1;
    let defaults = file.sections.iter().filter(|section| section.kind == "defaults");
    let mut checked_by_default =
        defaults.chain([section]).flat_map(|section| section.all("default-server"));
    if checked_by_default.any(is_checked) {
        return;
    }
    let disabled = |line: &Line| line.words.iter().any(|word| word.is("disabled"));
    let open: Vec<&Line> =
        all.into_iter().filter(|line| !is_checked(line) && !disabled(line)).collect();
    let open: Vec<&Line> =
        open.into_iter().filter(|line| !(lone_backup && is_backup(line))).collect();
    let Some(first) = open.first() else { return };
    let name = section.name.as_ref().map_or("", Word::text);
    let count = open.len();
    let which = if count == 1 { "a server".to_owned() } else { format!("{count} servers") };
    let message = format!(
        "{which} of `{name}` without `check`: one that fails keeps getting its share of the traffic"
    );
    let mut problem = Problem::new("unchecked-server", message, first.span());
    problem.help = "add `check` to the server lines, or `default-server check`".into();
    problem.entity = Some(Entity::new(kinds::HAPROXY_BACKEND, name));
    out.problems.push(problem);
}

/// `use_backend` rules that come after one that is always taken, each with that one.
pub(super) fn unreachable(section: &Section) -> Vec<(&Line, &Line)> {
    let mut always: Vec<&Line> = Vec::new();
    let mut found = Vec::new();
    for line in section.all("use_backend") {
        let name = line.word(1).and_then(|word| word.name.as_exact());
        if let Some(first) = always.iter().find(|first| first.branch.covers(&line.branch)) {
            found.push((line, *first));
        } else if line.words.len() == 2 && name.is_some_and(|name| !name.contains("%[")) {
            always.push(line);
        }
    }
    found
}

/// `use_backend` without a condition ends the list of rules.
fn shadowed(section: &Section, out: &mut FileFacts) {
    for (line, first) in unreachable(section) {
        let message = "this rule is never reached: an unconditional `use_backend` stands before it";
        let mut problem = Problem::new("shadowed-rule", message, line.span());
        problem.related.push((first.span(), "always taken".into()));
        out.problems.push(problem);
    }
}

/// What was defined under a name, where, and in which branch.
type Seen<'f, K> = FxHashMap<K, Vec<(&'f Word, &'f Line)>>;

/// The definition that `line` repeats, unless the two exclude each other.
fn repeated<'f, K: Eq + std::hash::Hash>(
    seen: &Seen<'f, K>,
    key: &K,
    line: &Line,
) -> Option<&'f Word> {
    let both = |first: &&(&Word, &Line)| {
        first.1.branch.covers(&line.branch) || line.branch.covers(&first.1.branch)
    };
    seen.get(key)?.iter().find(both).map(|(word, _)| *word)
}

/// HAProxy refuses to start, but for what it only warns of.
fn duplicate(
    what: &str,
    (name, word): (&str, &Word),
    first: &Word,
    strength: Strength,
    out: &mut FileFacts,
) {
    let message = format!("{what} `{name}` is defined twice");
    let mut problem = Problem::new("duplicate-definition", message, word.span);
    problem.related.push((first.span, "first defined here".into()));
    problem.strength = strength;
    out.problems.push(problem);
}

fn duplicate_names(section: &Section, keyword: &str, out: &mut FileFacts) {
    let mut seen: Seen<'_, &str> = Seen::default();
    for line in section.all(keyword) {
        let Some(word) = line.word(1) else { continue };
        let Some(name) = word.name.as_exact() else { continue };
        match repeated(&seen, &name.as_str(), line) {
            Some(first) => {
                duplicate(keyword, (name, word), first, Strength::Certain, out);
            }
            None => seen.entry(name).or_default().push((word, line)),
        }
    }
}

fn duplicate_sections(file: &File, out: &mut FileFacts) {
    let mut seen: Seen<'_, (&str, &str)> = Seen::default();
    let headers = file.sections.iter().map(|section| &section.header);
    let inherited: Vec<&str> =
        headers.filter_map(|line| line.after("from")).map(Word::text).collect();
    for section in &file.sections {
        let Some(name) = &section.name else { continue };
        let Some(text) = name.name.as_exact() else { continue };
        // A listen section is both a frontend and a backend.
        let sides: &[&str] = match section.kind.as_str() {
            "listen" => &["frontend", "backend"],
            "global" => continue,
            // Allowed, unless one of them is asked for by name.
            "defaults" if !inherited.contains(&text.as_str()) => continue,
            kind => &[kind],
        };
        let keys = || sides.iter().map(|side| (*side, text.as_str()));
        let first = keys().find_map(|key| Some((key.0, repeated(&seen, &key, &section.header)?)));
        match first {
            Some((side, first)) => {
                // A second userlist is ignored; a backend's name is free for a `listen`
                // that comes later. (Source: HAProxy 2.6.)
                let refused =
                    section.kind != "userlist" && !(section.kind == "listen" && side == "backend");
                let strength = if refused { Strength::Certain } else { Strength::Likely };
                duplicate(&section.kind, (text, name), first, strength, out);
            }
            None => {
                for key in keys() {
                    seen.entry(key).or_default().push((name, &section.header));
                }
            }
        }
    }
}

fn removed(section: &Section, packs: &Pack, version: &str, out: &mut FileFacts) {
    for line in &section.lines {
        let second = line.word(1).map_or("", Word::text);
        // `no option x` and `option x` alike.
        let (first, second) = match (line.keyword(), second) {
            ("no", "option") => ("option", line.word(2).map_or("", Word::text)),
            pair => pair,
        };
        if let Some(entry) = packs.removed_directive(&section.kind, first, second, version) {
            let message = format!(
                "`{}` was removed in HAProxy {}; this configuration is for {version}",
                entry.name, entry.removed
            );
            let mut problem = Problem::new("removed-directive", message, line.span());
            problem.help = match entry.replacement.as_str() {
                "" => String::new(),
                own if own.starts_with("nothing") => {
                    own.trim_start_matches("nothing").trim_start_matches(':').trim().to_owned()
                }
                own => format!("use {own}"),
            };
            out.problems.push(problem);
        }
    }
}

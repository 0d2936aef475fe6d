//! What one HAProxy configuration shows by itself.

use super::parse::{File, Line, Section, Word};
use crate::extract::Settings;
use crate::facts::{Entity, FileFacts, Kind, NamePattern, Problem, Span, Strength, kinds};
use crate::packs::Pack;
use rustc_hash::FxHashMap;

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
            if !file.conditional {
                shadowed(section, out);
                duplicate_servers(section, out);
            }
        }
        if let Some(version) = &settings.haproxy_version {
            removed(section, &settings.packs, version, out);
        }
    }
    if !file.conditional {
        duplicate_sections(file, out);
    }
    maintenance(file, settings.haproxy_version.as_deref(), out);
}

/// The ACL names that a line's condition uses.
fn condition(line: &Line) -> Vec<&Word> {
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
            "||" | "or" | "and" | "!" => {}
            _ if depth > 0 => {}
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
    let mut used: Vec<&Word> = Vec::new();
    for line in section.lines.iter().filter(|line| takes_condition(line)) {
        used.extend(condition(line));
    }
    for word in &used {
        let Some(name) = word.name.as_exact() else { continue };
        let name = name.trim_start_matches('!');
        if name.is_empty()
            || PREDEFINED.contains(&name)
            || defined.iter().any(|acl| acl.name.matches(name))
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
        problem.entity = Some(Entity::new(Kind::fixed("haproxy.acl"), name));
        problem.help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        problem.related.push((section.header.span(), "the section".into()));
        out.problems.push(problem);
    }
    for acl in defined.iter().filter(|acl| acl.name.as_exact().is_some()) {
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
            problem.entity = Some(Entity::new(Kind::fixed("haproxy.acl"), acl.text()));
            out.problems.push(problem);
        }
    }
}

fn servers(section: &Section) -> impl Iterator<Item = &Line> {
    section.all("server").chain(section.all("server-template"))
}

fn use_server(section: &Section, out: &mut FileFacts) {
    if section.all("server-template").next().is_some() {
        return;
    }
    let names: Vec<&NamePattern> =
        section.all("server").filter_map(|line| line.word(1)).map(|word| &word.name).collect();
    for word in section.all("use-server").filter_map(|line| line.word(1)) {
        if let Some(name) = word.name.as_exact().filter(|name| !name.starts_with('%'))
            && !names.iter().any(|own| own.matches(name))
        {
            let message = format!("server `{name}` is not defined in this section");
            let mut problem = Problem::new("unresolved-reference", message, word.span);
            problem.entity = Some(Entity::new(Kind::fixed("haproxy.server"), name.clone()));
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

/// A server without a check, where a check would take a failing one out.
fn unchecked(file: &File, section: &Section, out: &mut FileFacts) {
    let all: Vec<&Line> = servers(section).collect();
    let is_backup = |line: &&Line| line.words.iter().any(|word| word.is("backup"));
    if all.len() < 2 && !all.iter().any(is_backup) {
        return;
    }
    let defaults = file.sections.iter().filter(|section| section.kind == "defaults");
    let mut checked_by_default =
        defaults.chain([section]).flat_map(|section| section.all("default-server"));
    if checked_by_default.any(is_checked) {
        return;
    }
    let disabled = |line: &Line| line.words.iter().any(|word| word.is("disabled"));
    let open: Vec<&Line> =
        all.into_iter().filter(|line| !is_checked(line) && !disabled(line)).collect();
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

/// `use_backend` without a condition ends the list of rules.
fn shadowed(section: &Section, out: &mut FileFacts) {
    let mut unconditional: Option<&Line> = None;
    for line in section.all("use_backend") {
        if let Some(first) = unconditional {
            let message =
                "this rule is never reached: an unconditional `use_backend` stands before it";
            let mut problem = Problem::new("shadowed-rule", message, line.span());
            problem.related.push((first.span(), "always taken".into()));
            out.problems.push(problem);
        } else if line.words.len() == 2
            && !line.words[1].text().starts_with('%')
            && line.words[1].name.as_exact().is_some()
        {
            unconditional = Some(line);
        }
    }
}

fn duplicate(what: &str, name: &str, span: Span, first: Span, out: &mut FileFacts) {
    let mut problem =
        Problem::new("duplicate-definition", format!("{what} `{name}` is defined twice"), span);
    problem.related.push((first, "first defined here".into()));
    out.problems.push(problem);
}

fn duplicate_servers(section: &Section, out: &mut FileFacts) {
    let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
    for word in section.all("server").filter_map(|line| line.word(1)) {
        let Some(name) = word.name.as_exact() else { continue };
        match seen.get(name.as_str()) {
            Some(first) => duplicate("server", name, word.span, *first, out),
            None => {
                seen.insert(name, word.span);
            }
        }
    }
}

fn duplicate_sections(file: &File, out: &mut FileFacts) {
    let mut seen: FxHashMap<(&str, &str), Span> = FxHashMap::default();
    let headers = file.sections.iter().map(|section| &section.header);
    let inherited: Vec<&str> =
        headers.filter_map(|line| line.after("from")).map(Word::text).collect();
    for section in &file.sections {
        let Some(name) = &section.name else { continue };
        let Some(text) = name.name.as_exact() else { continue };
        // A listen section is both a frontend and a backend.
        let sides: &[&str] = match section.kind.as_str() {
            "listen" => &["frontend", "backend"],
            "program" | "global" => continue,
            // Allowed, unless one of them is asked for by name.
            "defaults" if !inherited.contains(&text.as_str()) => continue,
            kind => &[kind],
        };
        let first = sides.iter().find_map(|side| seen.get(&(*side, text.as_str())).copied());
        match first {
            Some(first) => duplicate(&section.kind, text, name.span, first, out),
            None => {
                for side in sides {
                    seen.insert((side, text), name.span);
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
                own if own.starts_with("nothing") => own.to_owned(),
                own => format!("use {own}"),
            };
            out.problems.push(problem);
        }
    }
}

/// A site that shows one 503 page for failure and for maintenance, and has nowhere to
/// send its visitors meanwhile (incident 5).
fn maintenance(file: &File, version: Option<&str>, out: &mut FileFacts) {
    if file.includes {
        return;
    }
    let serves = file.sections.iter().any(|section| servers(section).next().is_some());
    let errorpage = file.sections.iter().flat_map(|section| &section.lines).find(|line| {
        matches!(line.keyword(), "errorfile" | "errorloc" | "errorloc302" | "errorloc303")
            && line.word(1).is_some_and(|word| word.is("503"))
    });
    let Some(errorpage) = errorpage.filter(|_| serves) else { return };
    let backup = file
        .sections
        .iter()
        .flat_map(servers)
        .any(|line| line.words.iter().any(|word| word.is("backup")));
    let speaks_of_it = |word: &Word| {
        let text = word.text().to_ascii_lowercase();
        ["maint", "sorry", "fallback", "failover", "nbsrv(", "offline"]
            .iter()
            .any(|part| text.contains(part))
    };
    let lines =
        file.sections.iter().flat_map(|section| section.lines.iter().chain([&section.header]));
    let diverts = lines.flat_map(|line| &line.words).any(speaks_of_it);
    if backup || diverts {
        return;
    }
    let message = "this 503 page serves for failure and for maintenance alike: no backup server and no maintenance backend";
    let mut problem = Problem::new("no-maintenance-fallback", message, errorpage.span());
    // `http-request return` came with HAProxy 2.2. (Source: its configuration manual.)
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let version = version.map(|own| {
        let mut parts = own.split('.');
        (parts.next().map_or(0, number), parts.next().map_or(0, number))
    });
    problem.help = match version {
        Some(version) if version >= (2, 2) => {
            "answer from the frontend: `http-request return status 503 content-type text/html file maintenance.html if { path,map(/etc/haproxy/maintenance.map) -m found }`, and switch it at run time with `set map`; or add a `backup` server"
        }
        Some(_) => {
            "add a backend without servers whose `errorfile 503` is the maintenance page, and `use_backend maintenance if { nbsrv(site) eq 0 }`; or add a `backup` server (`http-request return` needs 2.2)"
        }
        None => {
            "add a backend that serves a maintenance page, and switch to it by an ACL on a map or variable, or add a `backup` server"
        }
    }
    .into();
    problem.strength = Strength::Likely;
    out.problems.push(problem);
}

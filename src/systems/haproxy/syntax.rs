//! Lines that HAProxy refuses: `haproxy -c` fails, and a reload keeps the old configuration
//! or none.
//!
//! A word that is not known is one of a newer version, of another build or of a template,
//! unless it is a slip away from one that is. Judged line by line; a line with template tags
//! on it is left alone. (Source: `haproxy -c` of 2.6, held against it in `tests/it/haproxy.rs`.)

use super::keywords::{
    self, ACTIONS, BIND, GLOBAL, OPTIONS, PROXY, SERVER, STATS, TIMEOUTS, Values, has, meant,
};
use super::parse::{File, Line, SECTIONS, Section, Word};
use crate::facts::{FileFacts, Problem, Span, Strength};

/// Modes of a proxy, in all versions.
const MODES: &str = "haterm health http log spop tcp";

/// Algorithms of `balance`, to the parenthesis.
const ALGORITHMS: &str = "first hash hdr leastconn log-hash none random rdp-cookie roundrobin source static-rr sticky uri url_param";

/// Types of `hash-type`.
const HASHES: &str = "consistent map-based";

/// What may follow `http-check`.
const CHECKS: &str =
    "comment connect disable-on-404 expect send send-state set-var set-var-fmt unset-var";

/// Words of proxies that no version knows in `global`.
const NEVER_GLOBAL: &str = "acl balance bind cookie default_backend errorfile http-request \
    http-response mode option redirect server tcp-request timeout use_backend";

/// Words and how many values each needs at least, with what they are.
const NEEDS: &[(&str, usize, &str)] = &[
    ("acl", 2, "a name and a criterion"),
    ("bind", 1, "an address"),
    ("capture", 1, "what to capture"),
    ("compression", 1, "what to compress"),
    ("cookie", 1, "a name"),
    ("default_backend", 1, "the name of a backend"),
    ("errorfile", 2, "a status and a file"),
    ("filter", 1, "a filter"),
    ("hash-type", 1, "a type"),
    ("http-check", 1, "what to do"),
    ("http-request", 1, "an action"),
    ("http-response", 1, "an action"),
    ("log", 1, "an address and a facility"),
    ("log-format", 1, "a format"),
    ("maxconn", 1, "a number"),
    ("mode", 1, "a mode"),
    ("monitor-uri", 1, "a path"),
    ("option", 1, "the name of an option"),
    ("rate-limit", 2, "what and how much"),
    ("redirect", 2, "a kind and a target"),
    ("retries", 1, "a number"),
    ("server", 2, "a name and an address"),
    ("server-template", 4, "a prefix, a number, a host and a port"),
    ("source", 1, "an address"),
    ("stats", 1, "what of them"),
    ("stick-table", 1, "a type and a size"),
    ("tcp-request", 1, "an action"),
    ("tcp-response", 1, "an action"),
    ("timeout", 2, "a name and a time"),
    ("use_backend", 1, "the name of a backend"),
];

pub(super) fn check(file: &File, text: &str, version: Option<&str>, out: &mut FileFacts) {
    let mut found: Vec<(String, Span, Strength)> = Vec::new();
    // Before 1.6 a quote was a letter like others.
    let quotes = !version.is_some_and(|version| matches!(version, "1.3" | "1.4" | "1.5"));
    for section in &file.sections {
        let lines = std::iter::once(&section.header).chain(&section.lines);
        for (ix, line) in lines.enumerate() {
            let Some(raw) = plain(text, line, file.is_template) else { continue };
            let quote = quotes.then(|| open_quote(raw.text)).flatten().map(|at| {
                let span = Span::new(raw.start + at, raw.start + at + 1);
                ("this quote is never closed: a line ends it".to_owned(), span)
            });
            let wrong = match ix {
                _ if quote.is_some() => quote,
                0 => header(section),
                _ => match of_line(section, line) {
                    Said::Wrong(message, span) => Some((message, span)),
                    Said::Nothing => None,
                    // Another program's lines, or a section of a newer version.
                    Said::Strange => break,
                },
            };
            let sure = !file.is_template && line.branch.is_always();
            let strength = if sure { Strength::Certain } else { Strength::Likely };
            found.extend(wrong.map(|(message, span)| (message, span, strength)));
        }
    }
    found.extend(head(file, text));
    found.sort_by_key(|(_, span, _)| span.start);
    let more = found.len().saturating_sub(1);
    let Some((message, span, strength)) = found.into_iter().next() else { return };
    let mut problem = Problem::new("parse-error", message, span);
    problem.strength = strength;
    problem.help = match more {
        0 => "HAProxy refuses the file: try `haproxy -c -f FILE`".to_owned(),
        more => format!("HAProxy refuses the file; {more} more lines of it are wrong"),
    };
    out.problems.push(problem);
}

/// The text of a line.
struct Raw<'t> {
    text: &'t str,
    start: usize,
}

/// The line as it is in the text, where no template changes it.
fn plain<'t>(text: &'t str, line: &Line, is_template: bool) -> Option<Raw<'t>> {
    let at = line.span().start as usize;
    let start = text.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text[at..].find('\n').map_or(text.len(), |len| at + len);
    let raw = Raw { text: text.get(start..end)?.trim_end_matches('\r'), start };
    let tags = ["<%", "%>", "{{", "}}", "{%", "%}", "{#", "#}", "<<", "@@", "__"];
    let tagged = |text: &str| tags.iter().any(|tag| text.contains(tag));
    if tagged(raw.text) {
        return None;
    }
    if is_template {
        // A tag beside it may eat the end of the line.
        let before = text[..start].trim_end().rsplit('\n').next().unwrap_or_default();
        let after = text[end..].trim_start().split('\n').next().unwrap_or_default();
        let eats = |text: &str| ["-%>", "-%}", "-}}"].iter().any(|tag| text.ends_with(tag));
        let opens = |text: &str| ["<%", "{%", "{{"].iter().any(|tag| text.starts_with(tag));
        if eats(before) && !opens(before.trim_start()) || opens(after) && after.contains("{{") {
            return None;
        }
    }
    Some(raw)
}

/// What there is to say of a line.
enum Said {
    Nothing,
    Wrong(String, Span),
    /// Its first word is none of HAProxy's that is known, nor near one.
    Strange,
}

fn header(section: &Section) -> Option<(String, Span)> {
    let named = ["frontend", "backend", "listen", "peers", "userlist", "resolvers", "mailers"];
    let lacks = section.header.words.len() == 1 && named.contains(&section.kind.as_str());
    lacks.then(|| (format!("`{}` needs a name", section.kind), section.header.span()))
}

fn of_line(section: &Section, line: &Line) -> Said {
    let Some(first) = line.words.first() else { return Said::Nothing };
    // Filled in by a template.
    let Some(keyword) = first.name.as_exact() else { return Said::Nothing };
    if keyword.starts_with('.') {
        return Said::Nothing;
    }
    let own = match section.kind.as_str() {
        "global" => GLOBAL,
        "defaults" | "frontend" | "backend" | "listen" => PROXY,
        // Of other sections not all words are known, and none is like a header.
        _ if line.words.len() > 4 => return Said::Nothing,
        _ => {
            let near = meant(keyword, &["backend defaults frontend listen"]);
            let wrong = near.map(|near| Said::Wrong(unknown(keyword, &near), first.span));
            return wrong.unwrap_or(Said::Nothing);
        }
    };
    let sections = SECTIONS.join(" ");
    if section.kind == "global" && has(NEVER_GLOBAL, keyword) {
        return Said::Wrong(
            format!("`{keyword}` has no place in `global`: the header of its section is missing"),
            first.span,
        );
    }
    if section.kind == "defaults" && matches!(keyword.as_str(), "bind" | "server" | "use_backend") {
        return Said::Wrong(
            format!("`{keyword}` has no place in `defaults`: the header of its section is missing"),
            first.span,
        );
    }
    if keyword.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '/' | ':')) {
        return Said::Wrong(
            "this begins no line of HAProxy: its first word is missing".into(),
            first.span,
        );
    }
    if !has(GLOBAL, keyword) && !has(PROXY, keyword) && !has(&sections, keyword) {
        // `maxconn=5`, `tune.x`: not known, and no slip.
        if keyword.contains('.') {
            return Said::Nothing;
        }
        let lists: &[&str] = if line.words.len() < 5 { &[own, &sections] } else { &[own] };
        return match meant(keyword, lists) {
            Some(near) => Said::Wrong(unknown(keyword, &near), first.span),
            None => Said::Strange,
        };
    }
    let wrong = match own == PROXY {
        true => lacks(line, keyword).or_else(|| of_proxy(line, keyword)),
        false => lacks(line, keyword),
    };
    wrong.map_or(Said::Nothing, |(message, span)| Said::Wrong(message, span))
}

/// What a line needs and does not have.
fn lacks(line: &Line, keyword: &str) -> Option<(String, Span)> {
    let (_, count, what) = NEEDS.iter().find(|own| own.0 == keyword)?;
    let exact = line.words.iter().all(|word| word.name.as_exact().is_some());
    (exact && line.words.len() <= *count)
        .then(|| (format!("`{keyword}` needs {what}"), line.span()))
}

fn unknown(word: &str, near: &str) -> String {
    format!("HAProxy knows no `{word}` here: `{near}` may be meant")
}

fn of_proxy(line: &Line, keyword: &str) -> Option<(String, Span)> {
    let no = matches!(keyword, "no" | "default");
    let (keyword, at) = match line.word(1) {
        Some(word) if no => (word.text(), 2),
        _ => (keyword, 1),
    };
    let second = line.word(at);
    let near = |list: &str| {
        let word = second?;
        let text = word.name.as_exact()?.split('(').next()?;
        let near = meant(text, &[list]).filter(|_| !has(list, text))?;
        Some((unknown(text, &near), word.span))
    };
    match keyword {
        "option" => near(OPTIONS),
        "timeout" => near(TIMEOUTS).or_else(|| duration(line)),
        "mode" => near(MODES),
        "balance" => near(ALGORITHMS),
        "stats" => near(STATS),
        "http-check" => near(CHECKS),
        "hash-type" => near(HASHES),
        "http-request" | "http-response" | "http-after-response" => {
            near(ACTIONS).or_else(|| braces(line))
        }
        "redirect" => near("location prefix scheme").or_else(|| braces(line)),
        "use_backend" => condition(line).or_else(|| braces(line)),
        "tcp-request" | "tcp-response" => braces(line),
        "log" if line.words.len() == at + 1 => near("global"),
        "server" => {
            no_address(line).or_else(|| port(line.word(2))).or_else(|| words(line, 3, SERVER))
        }
        "default-server" => words(line, 1, SERVER),
        "bind" => address(line).or_else(|| port(line.word(1))).or_else(|| words(line, 2, BIND)),
        _ => None,
    }
}

/// The words of a server or an address, from `at` on.
fn words(line: &Line, at: usize, list: &str) -> Option<(String, Span)> {
    let mut rest = line.words.get(at..)?.iter();
    while let Some(word) = rest.next() {
        let text = word.name.as_exact()?;
        match keywords::values(list, text) {
            Some(Values::None) => {}
            Some(Values::Lenient) => {
                rest.next();
            }
            Some(Values::One) => {
                if rest.next().is_none() {
                    return Some((format!("`{text}` needs a value"), word.span));
                }
            }
            // How many values follow is not known.
            Some(Values::Unknown) => return None,
            None => {
                let near = meant(text, &[list])?;
                return Some((unknown(text, &near), word.span));
            }
        }
    }
    None
}

/// `timeout client 5x`.
fn duration(line: &Line) -> Option<(String, Span)> {
    let word = line.word(2)?;
    let text = word.name.as_exact()?;
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let begins = ["us", "ms", "s", "m", "h", "d"].iter().any(|word| unit.starts_with(word));
    let letters = !unit.is_empty() && unit.chars().all(|c| c.is_ascii_alphabetic());
    (unit.len() < text.len() && letters && !begins).then(|| {
        (format!("`{text}` is no time: its unit is one of us, ms, s, m, h and d"), word.span)
    })
}

/// `server a check`.
fn no_address(line: &Line) -> Option<(String, Span)> {
    let word = line.word(2)?;
    let given = ["check", "inter", "port", "weight"].iter().any(|own| word.is(own));
    // Names that are looked up later may be any.
    let later = line.words.iter().any(|word| word.is("resolvers") || word.is("init-addr"));
    (given && !later).then(|| ("`server` needs an address after its name".to_owned(), word.span))
}

/// `bind 80`.
fn address(line: &Line) -> Option<(String, Span)> {
    let word = line.word(1)?;
    let text = word.name.as_exact()?;
    let plain = |c: char| c.is_ascii_digit() || c == '.' || c == '*';
    if text.is_empty() || !text.chars().all(plain) {
        return None;
    }
    let example =
        if text.parse::<u16>().is_ok() { format!(":{text}") } else { format!("{text}:80") };
    Some((format!("`bind` needs a port, as in `{example}`"), word.span))
}

/// `server a 192.0.2.1:80800`.
fn port(word: Option<&Word>) -> Option<(String, Span)> {
    let word = word?;
    let (_, port) = word.name.as_exact()?.rsplit_once(':')?;
    let digits = port.len() >= 5 && port.len() < 9 && port.bytes().all(|b| b.is_ascii_digit());
    let high = digits && port.parse::<u32>().is_ok_and(|port| port > 65_535);
    high.then(|| (format!("{port} is no port: the last one is 65535"), word.span))
}

/// `use_backend a iff x`.
fn condition(line: &Line) -> Option<(String, Span)> {
    let word = line.word(2)?;
    let text = word.name.as_exact().filter(|text| !matches!(text.as_str(), "if" | "unless"))?;
    // A blank in an expression is another mistake, if it is one.
    line.word(1)?.name.as_exact().filter(|name| !name.contains("%["))?;
    Some((format!("`{text}` stands where `if` or `unless` must"), word.span))
}

/// `if { path /x`, without the other brace.
fn braces(line: &Line) -> Option<(String, Span)> {
    let start = line.words.iter().position(|word| word.is("if") || word.is("unless"))?;
    let rest = &line.words[start + 1..];
    // What is filled in may hold braces.
    if rest.iter().any(|word| word.name.as_exact().is_none()) {
        return None;
    }
    let mut open: Option<&Word> = None;
    for word in rest {
        match word.text() {
            "{" | "!{" => open = Some(word),
            "}" => open = None,
            _ => {}
        }
    }
    open.map(|word| ("this `{` is never closed: `}` stands by itself".to_owned(), word.span))
}

/// A line before the first section that was to be one.
fn head(file: &File, text: &str) -> Option<(String, Span, Strength)> {
    let line = file.head.first().filter(|line| line.words.len() < 4 && !file.is_template)?;
    let first = line.words.first()?;
    plain(text, line, false)?;
    let keyword = first.name.as_exact()?;
    let sections = SECTIONS.join(" ");
    let known = has(GLOBAL, keyword) || has(PROXY, keyword);
    let near = meant(keyword, &[&sections]).filter(|_| !known && !file.sections.is_empty())?;
    Some((unknown(keyword, &near), first.span, Strength::Certain))
}

/// Where a quote opens that the line does not close.
fn open_quote(line: &str) -> Option<usize> {
    let mut quote: Option<(usize, char)> = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match (c, quote) {
            ('\\', own) if own.is_none_or(|own| own.1 != '\'') => escaped = true,
            ('#', None) => return None,
            ('"' | '\'', None) => quote = Some((at, c)),
            (c, Some((_, own))) if c == own => quote = None,
            _ => {}
        }
    }
    quote.map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_close_on_their_line() {
        for (line, open) in [
            (r#"log-format "a"#, Some(11)),
            ("description don't", Some(15)),
            (r#"log-format "a 'b\"""#, None),
            (r"reqrep ^a\'b x", None),
            ("acl a path /x # don't", None),
            (r"a '\'", None),
        ] {
            assert_eq!(open_quote(line), open, "{line}");
        }
    }
}

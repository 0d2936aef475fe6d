//! Lines of templates that the program which reads the file refuses, whatever is filled in.
//!
//! (Sources: RFC 8259, "Strings"; BIND 9's reference manual, "Configuration File Grammar": every
//! statement ends with `;`; git-config(1), "Syntax"; Ansible's documentation of
//! `ansible_managed`, which is a text and no comment; YAML 1.2.2, 7.3.)

use super::marks::{opened, statement};
use crate::domain::commas;
use crate::extract::Source;
use crate::facts::{Problem, Span, Strength, base_name, rendered};
use crate::syntax::lines::lines;
use memchr::memmem;

/// Most findings of one file.
const MOST: usize = 20;

/// Reports such lines.
pub(super) fn of_template(source: &Source<'_>, problems: &mut Vec<Problem>) {
    let path = rendered(source.path);
    let base = base_name(path);
    let Some(plain) = plain(source.text, b' ') else { return };
    let judge: fn(&str) -> Option<(usize, usize, Said)> = if base.ends_with(".json") {
        if is_broken(source.text, &plain) {
            return;
        }
        // What stands on the other side of a statement may be its alternative.
        let parted = self::plain(source.text, b',');
        problems.extend(parted.and_then(|own| commas::missing(path, &own)));
        of_json
    } else if base.ends_with(".yml") || base.ends_with(".yaml") {
        of_yaml
    } else if is_of_bind(path, &plain) {
        of_bind
    } else {
        of_settings
    };
    let is_text = TEXTS.iter().any(|end| base.ends_with(end));
    let is_commented = plain.starts_with("#!") || !is_text && comments(&plain);
    let may_have_sections = SECTIONS.iter().any(|end| base.ends_with(end));
    let has_sections = may_have_sections && are_sections(&plain);
    let is_nginx = path.contains("nginx") && plain.contains(';');
    let mut found = Vec::new();
    for (at, line) in lines(&plain) {
        let raw = source.text.get(at..at + line.len()).unwrap_or_default().trim_end();
        if may_have_sections && is_open_header(&plain, at, line) && !raw.contains("{%") {
            found.push((at, at + raw.len(), Said::OpenHeader));
        } else if has_sections && is_header(line) && !raw.contains(['{', '%']) {
            found.push((at, at + raw.len(), Said::Header));
        } else if is_commented && is_managed(raw) {
            found.push((at, at + raw.len(), Said::Managed));
        } else if is_nginx && is_open_directive(&plain, at, line) && !raw.contains("{%") {
            let start = at + line.len() - line.trim_start().len();
            found.push((start, at + raw.len(), Said::Directive));
        } else if let Some((start, end, said)) = judge(line).filter(|_| !raw.contains("{%")) {
            found.push((at + start, at + end, said));
        }
    }
    found.truncate(MOST);
    problems.extend(found.into_iter().map(|(start, end, said)| said.told(Span::new(start, end))));
}

/// Endings of files in which `#` begins no comment.
const TEXTS: [&str; 8] = [".md", ".html", ".xml", ".php", ".js", ".css", ".json", ".rst"];

/// What is said of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Quote,
    LastQuote,
    Semicolon,
    Statement,
    Directive,
    Twice,
    Managed,
    Header,
    OpenHeader,
}

impl Said {
    fn told(self, span: Span) -> Problem {
        let (mut problem, help, strength) = match self {
            Self::Quote => (
                Problem::new("parse-error", "a text of this JSON has no end", span),
                "a quote is missing or too many: what reads the file refuses it",
                Strength::Certain,
            ),
            Self::LastQuote => (
                Problem::new(
                    "incompatible-value",
                    "this value ends with a `\"` that nothing opens",
                    span,
                ),
                "the quote is part of the value: put one before it, or take it away",
                Strength::Likely,
            ),
            Self::Semicolon => (
                Problem::new("parse-error", "`;` is missing before `}`", span),
                "named refuses the configuration",
                Strength::Certain,
            ),
            Self::Header => (
                Problem::new("parse-error", "`[` is missing before the name of this section", span),
                "what reads the file refuses it",
                Strength::Certain,
            ),
            Self::Statement => (
                Problem::new("parse-error", "`;` is missing behind this statement", span),
                "named refuses the configuration",
                Strength::Certain,
            ),
            Self::Directive => (
                Problem::new("parse-error", "`;` is missing behind this directive", span),
                "nginx takes the next line for more of its values, and refuses the configuration",
                Strength::Certain,
            ),
            Self::OpenHeader => (
                Problem::new("parse-error", "`]` is missing behind the name of this section", span),
                "what reads the file refuses it",
                Strength::Certain,
            ),
            Self::Twice => (
                Problem::new("incompatible-value", "`=` stands twice here", span),
                "the second becomes part of the value: take one away",
                Strength::Likely,
            ),
            Self::Managed => (
                Problem::new(
                    "incompatible-value",
                    "`ansible_managed` is a text, and no comment",
                    span,
                ),
                "write `# {{ ansible_managed }}` or `{{ ansible_managed | comment }}`",
                Strength::Likely,
            ),
        };
        problem.help = help.to_owned();
        problem.strength = strength;
        problem
    }
}

/// Whether texts of this JSON go over lines that statements or marks with a `-` join.
fn is_broken(text: &str, plain: &str) -> bool {
    let joins = ["-}}", "{{-", "-%}", "{%-"];
    joins.iter().any(|mark| text.contains(mark))
        || lines(plain).any(|(at, line)| {
            text.get(at..at + line.len()).is_some_and(|raw| raw.contains("{%"))
                && open_text(line).is_some()
        })
}

/// The text with a letter in the place of each of what is filled in, and with `mark` in that of
/// statements and comments; `None` where one is not closed, or where what stands is no Jinja.
pub(super) fn plain(text: &str, mark: u8) -> Option<String> {
    let mut out = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some((open, close)) = opened(text, at) {
        let from = open + 2;
        let len = closing(&text[from..], close)?;
        at = from + len + 2;
        let inner = &text[from..from + len];
        if close == "%}" && matches!(statement(inner), "raw" | "macro" | "call" | "filter") {
            return None;
        }
        let fill = if close == "}}" { b'x' } else { mark };
        // What goes over lines is one word of the line in which it begins.
        out[open..at].fill(fill);
    }
    String::from_utf8(out).ok()
}

/// Where a mark ends: behind a text in it that holds the same sign, as `{{ "}}" }}` does.
fn closing(text: &str, close: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = memmem::find(bytes, close.as_bytes())?;
    let inner = &text[..first];
    let is_open = |quote: &&u8| inner.bytes().filter(|byte| byte == *quote).count() % 2 == 1;
    let Some(quote) = [b'"', b'\''].iter().find(is_open).filter(|_| close != "#}") else {
        return Some(first);
    };
    let line = memchr::memchr(b'\n', &bytes[first..]).map_or(bytes.len(), |end| first + end);
    let rest = &bytes[first..line];
    let behind = memchr::memchr(*quote, rest)
        .and_then(|end| Some(end + memmem::find(&rest[end..], close.as_bytes())?));
    Some(behind.map_or(first, |len| first + len))
}

/// A line of JSON with a quote too many or too few: texts end in the line in which they begin.
fn of_json(line: &str) -> Option<(usize, usize, Said)> {
    let own = line.trim_end();
    if own.trim_start().starts_with(['/', '#', '*']) || own.contains('\'') {
        return None;
    }
    Some((open_text(own)?, own.len(), Said::Quote))
}

/// Where the text begins that has no end in its line.
fn open_text(line: &str) -> Option<usize> {
    let mut open = None;
    let mut bytes = line.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' if open.take().is_none() => open = Some(at),
            _ => {}
        }
    }
    open
}

/// An item or a value of YAML that ends with a quote which nothing opens, or has no end.
fn of_yaml(line: &str) -> Option<(usize, usize, Said)> {
    let own = line.trim_end();
    let inner = own.trim_start();
    let value = inner.strip_prefix("- ").unwrap_or(inner).trim_start();
    let is_word = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@~*".contains(&byte))
    };
    // An item alone: the value of a key may go on.
    let text = value.strip_suffix('"').filter(|text| inner.starts_with("- ") && is_word(text))?;
    let start = own.len() - 1 - text.len();
    Some((start, own.len(), Said::LastQuote))
}

/// Whether a configuration is one of BIND.
fn is_of_bind(path: &str, text: &str) -> bool {
    let base = base_name(path);
    base.starts_with("named") && (base.ends_with(".conf") || base.contains(".conf."))
        || path.contains("bind") && base.contains("named.conf")
        || base.ends_with(".conf") && text.contains("zone \"") && text.contains("type master;")
}

/// `masters { 192.0.2.1 };`: what stands in braces ends with `;`.
fn of_bind(line: &str) -> Option<(usize, usize, Said)> {
    let own = line.split("//").next().unwrap_or_default();
    let own = own.split('#').next().unwrap_or_default();
    let statement = own.trim();
    let file = statement.strip_prefix("include ").and_then(|rest| {
        let file = rest.trim_start().strip_prefix('"')?.strip_suffix('"')?;
        (!file.contains(['"', '{'])).then_some(file)
    });
    if file.is_some() {
        let at = own.len() - own.trim_start().len();
        return Some((at, at + statement.len(), Said::Statement));
    }
    let (before, rest) = own.split_once('{')?;
    let (inner, _) = rest.split_once('}')?;
    let is_list = ["masters", "primaries", "allow-", "also-notify", "forwarders", "listen-on"]
        .iter()
        .any(|word| before.trim_start().starts_with(word));
    let open = inner.trim();
    let is_filled = open.bytes().all(|byte| byte == b'x' || byte == b' ');
    let is_open = is_list && !open.is_empty() && !open.ends_with(';') && !is_filled;
    let at = before.len();
    is_open.then_some((at, at + inner.len() + 2, Said::Semicolon))
}

/// Directives of nginx with one value, which take no more.
const SINGLE: [&str; 20] = [
    "client_body_buffer_size",
    "client_max_body_size",
    "gzip",
    "gzip_vary",
    "keepalive_timeout",
    "proxy_connect_timeout",
    "proxy_http_version",
    "proxy_pass",
    "proxy_read_timeout",
    "proxy_send_timeout",
    "root",
    "sendfile",
    "server_tokens",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_prefer_server_ciphers",
    "ssl_session_timeout",
    "tcp_nodelay",
    "tcp_nopush",
    "types_hash_max_size",
];

/// `client_max_body_size 1M` without `;`, where another directive or the end of the block follows.
fn is_open_directive(text: &str, at: usize, line: &str) -> bool {
    let own = line.split(" #").next().unwrap_or_default();
    let mut words = own.split_whitespace();
    let is_single = words.next().is_some_and(|word| SINGLE.contains(&word));
    let (Some(value), None) = (words.next().filter(|_| is_single), words.next()) else {
        return false;
    };
    if value.contains([';', '{', '}', '"', '\'']) || value.bytes().all(|byte| byte == b'x') {
        return false;
    }
    let is_said = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let Some(next) = text[at + line.len()..].lines().find(is_said).map(str::trim) else {
        return false;
    };
    let word = next.split_whitespace().next().unwrap_or_default();
    next == "}"
        || next.ends_with([';', '{']) && (SINGLE.contains(&word) || FOLLOWING.contains(&word))
}

/// Other directives that mostly follow.
const FOLLOWING: [&str; 14] = [
    "access_log",
    "add_header",
    "client_body_temp_path",
    "error_log",
    "gzip_types",
    "include",
    "index",
    "listen",
    "location",
    "proxy_set_header",
    "server",
    "server_name",
    "ssl_ciphers",
    "ssl_protocols",
];

/// `key = = value`.
fn of_settings(line: &str) -> Option<(usize, usize, Said)> {
    let own = line.trim();
    let (key, rest) = own.split_once('=')?;
    let is_key = |key: &str| {
        key.starts_with(|c: char| c.is_ascii_alphabetic())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let twice = rest.strip_prefix(' ').and_then(|rest| rest.trim_start().strip_prefix("= "));
    let at = line.len() - line.trim_start().len();
    (is_key(key.trim_end()) && twice.is_some()).then_some((at, at + own.len(), Said::Twice))
}

/// Endings of files that are made of sections.
const SECTIONS: [&str; 4] = [".conf", ".cfg", ".ini", ".cnf"];

/// Whether every line of a text is the name of a section, a setting, a comment, or goes on from one,
/// but for one.
fn are_sections(text: &str) -> bool {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let is_section = |line: &str| {
        let line = line.trim_end();
        line.starts_with('[') && line.ends_with(']')
    };
    let is_known = |line: &&str| {
        is_section(line) || line.starts_with([' ', '\t', '#', ';']) || line.contains(['=', ':'])
    };
    lines().filter(|line| is_section(line)).count() > 1
        && lines().filter(|line| !is_known(line)).count() == 1
}

/// `name]`: a section whose name has no beginning.
fn is_header(line: &str) -> bool {
    let name = line.trim_end().strip_suffix(']');
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_:-.".contains(&byte);
    name.is_some_and(|name| name.len() > 2 && name.bytes().all(is_name))
}

/// `[name`: a section whose name has no end, before a setting, where no value goes over lines.
fn is_open_header(text: &str, at: usize, line: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_:-.".contains(&byte);
    let name = line.trim_end().strip_prefix('[');
    let is_open = name.is_some_and(|name| {
        name.len() > 2
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(is_name)
    });
    if !is_open {
        return false;
    }
    let is_said = |line: &&str| !line.trim().is_empty() && !line.starts_with(['#', ';']);
    let before = text[..at].lines().rev().find(is_said).unwrap_or_default().trim_end();
    let after = text[at + line.len()..].lines().find(is_said).unwrap_or_default();
    let key = after.trim_start().split(['=', ':', ' ', '\t']).next().unwrap_or_default();
    let is_key = key.len() > 1
        && key.len() < after.trim().len()
        && key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.bytes().all(is_name);
    is_key && !before.ends_with(['=', ',', '[', '(', '{', '\\'])
}

/// Whether the lines before all others are comments of the kind that begins with `#` or `;`.
fn comments(text: &str) -> bool {
    let is_comment = |line: &&str| line.starts_with("# ") || line.starts_with("; ");
    !text.contains("<!--") && !text.contains("/*") && text.lines().filter(is_comment).count() > 1
}

/// `{{ ansible_managed }}` as a line of its own.
fn is_managed(line: &str) -> bool {
    let inner = line.strip_prefix("{{").and_then(|line| line.strip_suffix("}}"));
    inner.is_some_and(|inner| inner.trim() == super::words::MANAGED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        of_template(&Source::of(path, text), &mut problems);
        problems.into_iter().map(|own| own.message).collect()
    }

    #[test]
    fn a_mark_ends_behind_the_texts_in_it() {
        let text = "{\n\"a\": \"{{ \"{{\" }} b {{ \"}}\" }}\"\n}\n";
        assert!(said("a.json.j2", text).is_empty());
    }

    #[test]
    fn texts_of_json() {
        for fine in [
            "{\n  \"a\": \"{{ b }}\",\n  \"c\": {{ d | to_json }}\n}\n",
            "{\"a\": \"b\\\"c\"}\n{% if x %}\n\"e\": \"f\"\n{% endif %}\n",
            "{{ '{\"a' }}\n",
            "{\"a\": \"b {{ c -}}\n  d\"}\n",
            "{% if a %}\n  \"b\": \"c\"\n{% else %}\n  \"b\": \"d\"\n{% endif %}\n",
            "  \"b\": \"c\"{% if a %},{% endif %}\n  \"d\": \"e\"\n",
        ] {
            assert!(said("templates/a.json.j2", fine).is_empty(), "{fine}");
        }
        assert_eq!(
            said("templates/a.json.j2", "{\n  \"a: \"{{ b }}\"\n}\n"),
            ["a text of this JSON has no end"]
        );
        assert_eq!(
            said("templates/a.json.j2", "{\n  \"a\": \"{{ b }}\"\n  \"c\": 1\n}\n"),
            ["no comma before the next entry"]
        );
    }

    #[test]
    fn lists_of_bind() {
        let said = |text: &str| said("templates/named.conf.j2", text);
        assert!(said("masters { 192.0.2.1; };\nallow-query { {{ a }} };\n").is_empty());
        assert!(said("options {\n  forwarders {\n  192.0.2.1; };\n};\n").is_empty());
        assert!(said("include \"/a\"; // b\n").is_empty());
        assert_eq!(said("include \"/{{ a }}\"\n"), ["`;` is missing behind this statement"]);
        assert_eq!(said("    masters { 192.0.2.1 };\n"), ["`;` is missing before `}`"]);
    }

    #[test]
    fn directives_of_nginx() {
        let said = |text: &str| said("templates/nginx/a.conf.j2", text);
        let open = "gzip on;\nclient_max_body_size 1M\n{% if a %}\n";
        assert_eq!(
            said(&format!("{open}client_body_temp_path {{{{ b }}}} 1 2;\n{{% endif %}}\n")),
            ["`;` is missing behind this directive"]
        );
        assert!(said(&format!("{open}  ;\n{{% endif %}}\n")).is_empty());
        assert!(said("gzip on;\nroot {{ a }}\nindex b;\n").is_empty());
    }

    #[test]
    fn settings_and_comments() {
        let said = |text: &str| said("templates/gitconfig.j2", text);
        assert!(said("[a]\n  b = = c\n")[0].starts_with("`=` stands twice"));
        assert!(said("[a]\n  b = x == y\n  c = =\n").is_empty());
    }

    #[test]
    fn names_of_sections() {
        let said = |text: &str| said("templates/a.conf.j2", text);
        let text = "[a]\nb = {{ c }}\n[d]\ne = 1\n";
        assert_eq!(said(&format!("{text}f]\n")), Vec::<String>::new());
        assert_eq!(
            said(&format!("{text}form]\ng = 1\n")),
            ["`[` is missing before the name of this section"]
        );
        assert!(said(&format!("{text}x = [\n  1,\n]\n")).is_empty());
        assert_eq!(
            said("dir /a\n# b\n[{{ c }}\n    address 127.0.0.1\n"),
            ["`]` is missing behind the name of this section"]
        );
        assert!(said("a =\n[name\n b c\n").is_empty());
        assert!(said("[{% if a %}b{% endif %}\nc d\n").is_empty());
    }

    #[test]
    fn what_ansible_manages() {
        let text = "#!/bin/sh\n{{ ansible_managed }}\n";
        assert_eq!(said("templates/a.sh.j2", text).len(), 1);
        assert!(said("templates/a.sh.j2", "#!/bin/sh\n# {{ ansible_managed }}\n").is_empty());
        assert!(said("templates/motd.j2", "{{ ansible_managed }}\n").is_empty());
    }

    #[test]
    fn items_of_yaml() {
        let said = |text: &str| said("templates/a.yml.j2", text);
        assert_eq!(said("a:\n- research/*md\"\n").len(), 1);
        assert!(said("a:\n- \"research\"\n- 'a \"b\"'\nb: |\n  \"x\n  y\"\n").is_empty());
    }
}

//! nginx: configurations and templates of them.

mod checks;
mod names;
mod parse;
mod references;
mod routes;
mod variables;
mod whole;
mod words;

use crate::check::Check;
use crate::domain::servers;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Problem};
use crate::graph::Graph;
use crate::syntax::shebang;
use crate::systems::System;
use memchr::memmem;
use std::borrow::Cow;

/// nginx.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Nginx]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[whole::check]
    }
}

/// Extracts from configurations of nginx.
pub struct Nginx;

impl Extractor for Nginx {
    fn system(&self) -> &'static str {
        "nginx"
    }

    fn claims(&self, path: &str) -> bool {
        // A template of any name may be of what includes it: its lines tell.
        let is_bare = |path: &str| {
            let name = path.rsplit_once("/templates/").map(|(_, own)| own.rsplit('/').next());
            let stem = name.flatten().and_then(|own| own.strip_suffix(".erb"));
            stem.is_some_and(|own| !own.contains('.'))
        };
        servers::may_configure(path, &["nginx"]) || is_bare(path)
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        is_own(bytes)
    }

    fn accepts_at(&self, path: &str, bytes: &[u8]) -> bool {
        is_own(bytes) || servers::is_part(path, &["nginx", "openresty"]) && begins_as_own(bytes)
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let text = without_directives(source.text);
        let mut file = parse::parse(&text);
        // What a condition leaves out stands beside what it leaves in, and is not read as one.
        if matches!(text, Cow::Owned(_)) {
            (file.is_template, file.has_holes, file.error) = (true, true, None);
        }
        routes::collect(&file, out);
        references::collect(&file, source, out);
        variables::collect(&file, source, settings, out);
        checks::check(&file, source, settings, out);
        if let Some(span) = file.is_too_deep {
            let message = "blocks lie too deep within one another: the rest was not read";
            out.problems.push(Problem::new("limit-reached", message, span));
        }
    }
}

/// The text with blanks for what steers a template of Terraform: `%{ for x in y ~}`. (Source:
/// "Terraform Language": "Strings and Templates", "Directives".)
fn without_directives(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    let mut at = 0;
    while let Some(begin) = text[at..].find("%{").map(|own| at + own) {
        let mut open = 0_usize;
        let end = text[begin..].bytes().position(|byte| {
            open += usize::from(byte == b'{');
            open -= usize::from(byte == b'}' && open > 0);
            open == 0 && byte == b'}' || byte == b'\n'
        });
        let Some(end) = end.map(|own| begin + own) else { break };
        at = end + 1;
        let directive = text[begin + 2..end].trim_start_matches('~').trim_start();
        let words = ["if ", "for ", "else", "endif", "endfor"];
        if text[end..].starts_with('}') && words.iter().any(|word| directive.starts_with(word)) {
            out.to_mut().replace_range(begin..at, &" ".repeat(at - begin));
        }
    }
    out
}

/// Whether it is nginx's: a block that only nginx has, or two lines as only nginx has them.
fn is_own(bytes: &[u8]) -> bool {
    // Every directive ends so, every block begins so.
    if memchr::memchr(b';', bytes).is_none() || shebang::is_script(bytes) {
        return false;
    }
    // Shiny Server's language has the same blocks. (Source: "Shiny Server Administrator's Guide",
    // "Configuration Settings".)
    let of_shiny =
        |word: &&str| memmem::find(bytes, word.as_bytes()).is_some_and(|at| begins_line(bytes, at));
    if ["run_as ", "site_dir ", "app_dir ", "user_dirs"].iter().any(of_shiny) {
        return false;
    }
    // Lines, and those of them that end with a `;`: others have blocks of these names too.
    let signs = |words: &[&str]| {
        let of = |word: &&str| {
            let found = memmem::find_iter(bytes, word.as_bytes()).take(LOOKED_AT);
            let ends = found.filter(|at| begins_line(bytes, *at));
            ends.filter_map(|at| end_of_own(&bytes[at..])).take(2).collect::<Vec<u8>>()
        };
        let ends: Vec<u8> = words.iter().flat_map(of).collect();
        (ends.len(), ends.iter().filter(|end| **end != b'{').count())
    };
    let (own, lines) = signs(OWN);
    if own == 0 || own > 1 && lines > 0 {
        return own > 1;
    }
    let (shared, more) = signs(SHARED);
    own + shared > 1 && lines + more > 0
}

/// Whether the first line is a directive or a block: enough where only nginx's files lie.
fn begins_as_own(bytes: &[u8]) -> bool {
    let Some(line) = servers::first_line(bytes, b"#") else { return false };
    let end = line.iter().position(|byte| !byte.is_ascii_lowercase() && *byte != b'_');
    let Some(end) = end.filter(|end| *end > 2 && !shebang::is_script(bytes)) else { return false };
    let rest = line[end..].trim_ascii();
    let is_word = line[end].is_ascii_whitespace() && !rest.is_empty() && !rest.starts_with(b"=");
    is_word && memchr::memchr(b';', bytes).is_some()
}

/// How often a word is looked at.
const LOOKED_AT: usize = 8;

/// Words that lines of nginx begin with, and hardly others.
const OWN: &[&str] = &[
    "server {",
    "server{",
    "location ",
    "listen ",
    "proxy_",
    "fastcgi_",
    "upstream ",
    "ssl_",
    "add_header ",
    "rewrite ",
    "http {",
    "events {",
    "log_format ",
    "access_log ",
    "limit_",
    "gzip",
    "uwsgi_",
    "auth_",
    "server_name ",
];

/// Words that those of others may begin with too.
const SHARED: &[&str] =
    &["server ", "root ", "include ", "return ", "map ", "set ", "types", "if ("];

/// Whether nothing stands before it on its line.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    before.is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b'{' | b'>' | b'}' | 0xbf))
}

/// What the line that begins here ends with, its comment aside, where that is what lines of
/// nginx end with.
fn end_of_own(rest: &[u8]) -> Option<u8> {
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = &rest[..end];
    let code = memmem::find(line, b" #").map_or(line, |at| &line[..at]);
    let code = code.trim_ascii_end();
    // Other languages have brackets and assignments.
    let first = code.iter().position(|byte| !byte.is_ascii_lowercase() && *byte != b'_');
    let is_word = first.is_none_or(|at| matches!(code[at], b' ' | b'\t' | b'{'));
    let assigns = first.is_some_and(|at| code[at..].trim_ascii_start().starts_with(b"="));
    let blocks: [&[u8]; 7] =
        [b"server", b"location", b"upstream", b"http", b"events", b"map", b"if"];
    let is_block = blocks.iter().any(|block| code.starts_with(block));
    match code.last()? {
        b';' if is_word && (!assigns || code.starts_with(b"location")) => Some(b';'),
        own @ (b'{' | b'}') if is_word && is_block => Some(*own),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_of_terraform_are_blanks() {
        let text = "a {\n%{ for x in \"${y}\" ~}\n  b ${x};\n%{ endfor ~}\n}\nlog %{x}e;\n";
        let own = without_directives(text);
        assert_eq!(own.len(), text.len());
        assert!(!own.contains("for") && own.contains("b ${x};") && own.contains("log %{x}e;"));
    }

    #[test]
    fn one_directive_is_enough_where_only_nginx_reads() {
        let zone = b"# a\nlimit_req_zone $remote_addr zone=a:1m rate=1r/s;\n";
        let path = "etc/nginx/conf.d/limits.conf";
        assert!(Nginx.accepts_at(path, zone) && !Nginx.accepts(zone));
        assert!(Nginx.accepts_at(path, b"log_format a '$x '\n  '$y';\n"));
        assert!(!Nginx.accepts_at("etc/x/conf.d/limits.conf", zone));
        for other in [&b"user = a;\n"[..], b"[program:a]\n", b"#!/bin/sh\nset -e;\n", b"# a\n"] {
            assert!(!Nginx.accepts_at(path, other));
        }
    }

    #[test]
    fn its_contents_tell_a_configuration_from_other_languages() {
        for (text, is) in [
            ("server {\n  listen 80;\n}\n", true),
            ("location / {\n  proxy_pass http://a;\n}\n", true),
            ("  proxy_set_header Host $host;\n  proxy_read_timeout 1m;\n", true),
            ("upstream a { server b; }\nserver { listen 80; }\n", true),
            ("http {\n  server {\n    port = 80\n  }\n}\n", false),
            ("return {\n  a = 1;\n};\nset x = 2;\n", false),
            ("frontend web\n  bind :80\n  default_backend app\n", false),
            ("<VirtualHost *:80>\nServerName a\n</VirtualHost>\n", false),
            ("include \"a.h\"\nint main() { return 0; }\n", false),
            ("include \"a\";\ninclude \"b\";\nserver 192.0.2.1 {\n};\n", false),
            ("zone \"a\" {\n  type master;\n};\n", false),
        ] {
            assert_eq!(is_own(text.as_bytes()), is, "{text}");
        }
    }
}

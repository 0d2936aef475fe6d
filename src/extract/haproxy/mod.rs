//! HAProxy configurations, also as Puppet or Jinja templates.

mod checks;
mod parse;

use super::{Extractor, Settings, Source};
use crate::facts::{
    FileFacts, Kind, NamePattern, Piece, Provide, Ref, Require, Span, Strength, kinds,
};
use parse::{File, Line, Word};
use smallvec::smallvec;
use smol_str::SmolStr;

/// Extracts from HAProxy configurations.
pub struct HaProxy;

impl Extractor for HaProxy {
    fn system(&self) -> &'static str {
        "haproxy"
    }

    fn claims(&self, path: &str) -> bool {
        let base = path.rsplit('/').next().unwrap_or(path);
        let endings = [
            ".cfg",
            ".cfg.erb",
            ".cfg.epp",
            ".cfg.j2",
            ".conf.j2",
            ".conf.erb",
            ".conf",
            ".erb",
            ".j2",
        ];
        path.contains("haproxy")
            && (endings.iter().any(|ending| base.ends_with(ending)) || base == "haproxy")
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let file = parse::parse(source.text);
        // Other tools' files lie in haproxy folders too: a configuration has a proxy or
        // global section with HAProxy's own words in it.
        let looks_right = file.sections.iter().any(|section| {
            section.lines.iter().any(|line| {
                matches!(
                    line.keyword(),
                    "bind"
                        | "server"
                        | "mode"
                        | "balance"
                        | "timeout"
                        | "option"
                        | "log"
                        | "maxconn"
                        | "use_backend"
                        | "default_backend"
                        | "acl"
                        | "http-request"
                        | "daemon"
                        | "nameserver"
                        | "peer"
                        | "user"
                        | "mailer"
                        | "errorfile"
                        | "server-template"
                )
            })
        });
        if !looks_right {
            return;
        }
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Facts { file: &file, folder, text: source.text, out }.collect();
        checks::check(&file, settings, out);
    }
}

/// The kind that a section's name provides and references require.
fn section_kind(section: &str) -> Option<Kind> {
    Some(match section {
        "backend" | "listen" => kinds::HAPROXY_BACKEND,
        "frontend" => Kind::fixed("haproxy.frontend"),
        "peers" => Kind::fixed("haproxy.peers"),
        "resolvers" => Kind::fixed("haproxy.resolvers"),
        "userlist" => Kind::fixed("haproxy.userlist"),
        "mailers" => Kind::fixed("haproxy.mailers"),
        "cache" => Kind::fixed("haproxy.cache"),
        "http-errors" => Kind::fixed("haproxy.http-errors"),
        _ => return None,
    })
}

struct Facts<'f, 'a> {
    file: &'f File,
    folder: &'f str,
    text: &'a str,
    out: &'f mut FileFacts,
}

impl Facts<'_, '_> {
    fn collect(&mut self) {
        let file = self.file;
        for section in &file.sections {
            if let (Some(kind), Some(name)) = (section_kind(&section.kind), &section.name) {
                self.out.provides.push(Provide {
                    kind,
                    name: name.name.clone(),
                    span: name.span,
                    within: None,
                    detail: "".into(),
                });
            }
        }
        let frontends =
            file.sections.iter().any(|s| matches!(s.kind.as_str(), "frontend" | "listen"));
        let backends =
            file.sections.iter().any(|s| matches!(s.kind.as_str(), "backend" | "listen"));
        // A file with both sides is whole; one with a single side has its other half
        // in another file of its folder.
        let whole = frontends && backends && !file.includes;
        let strength = if whole { Strength::Certain } else { Strength::Guarded };
        for section in &file.sections {
            for line in &section.lines {
                self.line(line, strength);
            }
        }
        self.environment();
    }

    fn require(&mut self, kind: Kind, word: &Word, via: &'static str, strength: Strength) {
        // Computed at run time by HAProxy itself: `%[…]`.
        if word.name == NamePattern::any() || word.text().starts_with("%[") {
            return;
        }
        let target = Ref::new(kind, word.name.clone());
        let require = Require::certain(target, word.span, via, None);
        self.out.requires.push(require.with_strength(strength));
    }

    fn section(
        &mut self,
        section: &str,
        word: Option<&Word>,
        via: &'static str,
        strength: Strength,
    ) {
        if let (Some(kind), Some(word)) = (section_kind(section), word) {
            self.require(kind, word, via, strength);
        }
    }

    fn line(&mut self, line: &Line, strength: Strength) {
        match line.keyword() {
            "use_backend" => self.section("backend", line.word(1), "use_backend", strength),
            "default_backend" => self.section("backend", line.word(1), "default_backend", strength),
            "errorfile" => self.path(line.word(2), "errorfile"),
            "errorfiles" => self.section("http-errors", line.word(1), "errorfiles", strength),
            "email-alert" if line.word(1).is_some_and(|word| word.is("mailers")) => {
                self.section("mailers", line.word(2), "email-alert mailers", strength);
            }
            "filter" if line.word(1).is_some_and(|word| word.is("cache")) => {
                self.section("cache", line.word(2), "filter cache", strength);
            }
            "stick-table" => {
                self.section("peers", line.after("peers"), "stick-table peers", strength)
            }
            "server" | "default-server" | "server-template" => {
                self.section("resolvers", line.after("resolvers"), "resolvers", strength);
            }
            "lua-load" | "lua-load-per-thread" => self.path(line.word(1), line_via(line)),
            _ => {}
        }
        for key in ["cache-use", "cache-store"] {
            if matches!(line.keyword(), "http-request" | "http-response") {
                self.section("cache", line.after(key), "http cache", strength);
            }
        }
        for key in ["crt", "ca-file", "crl-file", "crt-list", "ca-base-file"] {
            if matches!(line.keyword(), "bind" | "server" | "default-server" | "server-template") {
                self.path(line.after(key), "certificate");
            }
        }
        let conditions = matches!(
            line.keyword(),
            "acl" | "http-request" | "http-response" | "use_backend" | "tcp-request" | "redirect"
        );
        if conditions {
            self.path(line.after("-f"), "pattern file");
        }
        for word in &line.words {
            let text = word.text();
            for call in ["http_auth(", "http_auth_group("] {
                if let Some(rest) = text.find(call).map(|at| &text[at + call.len()..])
                    && let Some(name) =
                        rest.split([')', ',']).next().filter(|name| !name.is_empty())
                {
                    let list = Word { name: NamePattern::exact(name), span: word.span };
                    self.section("userlist", Some(&list), "http_auth()", strength);
                }
            }
        }
    }

    /// A path on the host. The tree knows it where it deploys that path, or keeps the
    /// file in a folder of the same name beside the configuration.
    fn path(&mut self, word: Option<&Word>, via: &'static str) {
        let Some(word) = word else { return };
        let Some(path) = word.name.as_exact().filter(|path| path.contains('/')) else { return };
        let resource = Ref::exact(kinds::PUPPET_RESOURCE, format!("File[{path}]"));
        let beside = Ref::exact(kinds::HAPROXY_PATH, format!("{}\u{1f}{path}", self.folder));
        self.out.requires.push(Require {
            any_of: smallvec![resource, beside],
            span: word.span,
            strength: Strength::Likely,
            via: SmolStr::new_static(via),
            within: None,
        });
    }

    /// `"$NAME"`, `"${NAME}"`, `"${NAME-default}"` in double quotes.
    fn environment(&mut self) {
        let mut offset = 0;
        for line in self.text.split_inclusive('\n') {
            let code = line.split('#').next().unwrap_or_default();
            let mut quoted = false;
            for (at, c) in code.char_indices() {
                match c {
                    '"' => quoted = !quoted,
                    '$' if quoted => {
                        let rest = code[at + 1..].trim_start_matches('{');
                        let skip = code[at + 1..].len() - rest.len();
                        let len = rest
                            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                            .unwrap_or(rest.len());
                        if len > 0 {
                            let start = offset + at + 1 + skip;
                            let word = Word {
                                name: NamePattern::from_pieces([Piece::Text(rest[..len].into())]),
                                span: Span::new(start, start + len),
                            };
                            self.require(kinds::ENV, &word, "environment", Strength::Guarded);
                        }
                    }
                    _ => {}
                }
            }
            offset += line.len();
        }
    }
}

fn line_via(line: &Line) -> &'static str {
    if line.keyword() == "lua-load" { "lua-load" } else { "lua-load-per-thread" }
}

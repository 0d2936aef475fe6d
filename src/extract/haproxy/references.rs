//! What the sections of a configuration provide, and what its lines refer to.

use super::parse::{File, Line, Section, Word};
use super::section_kind;
use crate::extract::environment::Reads;
use crate::extract::{Source, routes};
use crate::facts::{
    FRONT, FileFacts, Kind, NamePattern, Piece, Provide, Ref, Require, Span, Strength,
    is_variable_name, kinds,
};

/// A section as one configuration sees it: `PATH\x1fCOMPLETE\x1fKIND\x1fNAME`, where
/// COMPLETE is `1` for a configuration that stands by itself, `f` for a fragment whose other
/// half is in another file, `0` for what has both halves and no `global`.
const SECTION: Kind = Kind::fixed("haproxy.section");
/// A proxy, or a table of a peers section, that has a stick table.
const TABLE: Kind = Kind::fixed("haproxy.table");

/// Fetches whose argument is a backend.
const OF_BACKEND: &[&str] =
    &["nbsrv", "connslots", "avg_queue", "be_conn", "be_conn_free", "be_sess_rate", "queue"];

pub(super) fn collect(file: &File, source: &Source<'_>, out: &mut FileFacts) {
    // A file with both sides is whole; one with a single side has its other half in
    // another file of its folder.
    let whole = file.has_both_sides() && !file.includes;
    let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut facts = Facts { file, path: source.path, folder, text: source.text, whole, out };
    let mut defaults = None;
    for section in &file.sections {
        if section.kind == "defaults" {
            defaults = Some(section);
        }
        facts.probe(section, defaults);
        facts.provided(section);
        if let Some(word) = section.header.after("from") {
            facts.section("defaults", Some(word), "from");
        }
        for line in &section.lines {
            facts.line(line);
        }
    }
    facts.environment();
}

struct Facts<'f, 'a> {
    file: &'f File,
    path: &'a str,
    folder: &'a str,
    text: &'a str,
    /// Both halves of the configuration are here.
    whole: bool,
    out: &'f mut FileFacts,
}

impl<'a> Facts<'_, 'a> {
    /// `option httpchk GET /path`, `http-check send meth GET uri /path`: what the servers of
    /// a section are probed for.
    fn probe(&mut self, section: &Section, defaults: Option<&Section>) {
        let Some(name) = section.name.as_ref().filter(|_| section.is_proxy()) else { return };
        fn asks(section: &Section) -> Option<&Line> {
            let mut options = section.all("option");
            options.find(|line| line.word(1).is_some_and(|own| own.is("httpchk")))
        }
        let checked = section
            .all("server")
            .chain(section.all("server-template"))
            .find(|line| line.words.iter().any(|word| word.is("check")));
        let own = asks(section).map(|line| (line, line));
        let inherited = || {
            Some((checked?, defaults.filter(|own| !std::ptr::eq(*own, section)).and_then(asks)?))
        };
        let Some((at, line)) = own.or_else(inherited) else {
            // A connection is all that is asked for.
            if let Some(line) = checked {
                let (name, span) = (name.name.clone(), line.span());
                crate::extract::monitors::provide(self.out, "probe", name, "connect", span, None);
            }
            return;
        };
        let sent = section.all("http-check").find_map(|line| line.after("uri"));
        let asked = match sent {
            Some(uri) => format!("GET {}", uri.name),
            None => match (line.word(2), line.word(3)) {
                (Some(method), Some(uri)) => format!("{} {}", method.name, uri.name),
                (Some(uri), None) => format!("OPTIONS {}", uri.name),
                _ => "OPTIONS /".to_owned(),
            },
        };
        let span = at.span();
        crate::extract::monitors::provide(self.out, "probe", name.name.clone(), &asked, span, None);
    }

    fn provided(&mut self, section: &Section) {
        let Some(name) = &section.name else { return };
        let has_table = section.is_proxy() && section.all("stick-table").next().is_some();
        let kinds = section_kind(&section.kind).into_iter().chain(has_table.then_some(TABLE));
        for kind in kinds {
            for own in self.file.names(self.text, name) {
                self.provide(kind.clone(), own, name.span);
            }
        }
        if section.kind == "peers" {
            for table in section.all("table").filter_map(|line| line.word(1)) {
                let pieces = name.name.pieces().into_iter().chain([Piece::Text("/".into())]);
                let full = NamePattern::from_pieces(pieces.chain(table.name.pieces()));
                self.provide(TABLE, full, table.span);
            }
        }
    }

    fn provide(&mut self, kind: Kind, name: NamePattern, span: Span) {
        let detail = if self.file.is_complete() { "complete" } else { "" };
        self.out.provides.push(Provide { kind, name, span, within: None, detail: detail.into() });
    }

    /// Requires a section, or a table, of the configuration that this file belongs to.
    fn require(&mut self, kind: Kind, word: &Word, via: &'static str) {
        for name in self.file.names(self.text, word) {
            // Computed as a whole, or at run time by HAProxy itself: `%[…]`.
            if name == NamePattern::any() || name.prefix().starts_with("%[") {
                continue;
            }
            let complete = match self.whole {
                false => 'f',
                true if self.file.is_complete() => '1',
                true => '0',
            };
            let scope = format!("{}\u{1f}{complete}\u{1f}{kind}\u{1f}", self.path);
            let target = Ref::new(SECTION, name.prepend(&scope));
            let require = Require::certain(target, word.span, via, None);
            self.out.requires.push(require);
        }
    }

    fn section(&mut self, section: &str, word: Option<&Word>, via: &'static str) {
        if let (Some(kind), Some(word)) = (section_kind(section), word) {
            self.require(kind, word, via);
        }
    }

    fn line(&mut self, line: &Line) {
        match line.keyword() {
            "use_backend" => self.section("backend", line.word(1), "use_backend"),
            "default_backend" => self.section("backend", line.word(1), "default_backend"),
            "errorfile" => self.path(line.word(2), "errorfile"),
            "errorfiles" => self.section("http-errors", line.word(1), "errorfiles"),
            "email-alert" if line.word(1).is_some_and(|word| word.is("mailers")) => {
                self.section("mailers", line.word(2), "email-alert mailers");
            }
            "filter" if line.word(1).is_some_and(|word| word.is("cache")) => {
                self.section("cache", line.word(2), "filter cache");
            }
            "stick-table" => self.section("peers", line.after("peers"), "stick-table peers"),
            "server" | "default-server" | "server-template" => {
                self.section("resolvers", line.after("resolvers"), "resolvers");
                if let Some(word) = line.after("track")
                    && let Some(backend) = self.part(word, 0, '/')
                {
                    self.section("backend", Some(&backend), "track");
                }
            }
            "lua-load" => self.path(line.word(1), "lua-load"),
            "lua-load-per-thread" => self.path(line.word(1), "lua-load-per-thread"),
            _ => {}
        }
        self.front(line);
        let keyword = line.keyword();
        let rule = matches!(
            keyword,
            "http-request"
                | "http-response"
                | "http-after-response"
                | "tcp-request"
                | "tcp-response"
        );
        if rule {
            for key in ["cache-use", "cache-store"] {
                self.section("cache", line.after(key), "http cache");
            }
        }
        if rule || keyword == "http-error" {
            for key in ["file", "lf-file", "errorfile"] {
                self.path(line.after(key), "response file");
            }
        }
        let tracks = rule && line.words.iter().any(|word| word.text().starts_with("track-sc"));
        if (tracks || keyword == "stick")
            && let Some(word) = line.after("table")
        {
            self.require(TABLE, word, "table");
        }
        if matches!(keyword, "bind" | "server" | "default-server" | "server-template") {
            for key in ["crt", "ca-file", "crl-file", "crt-list", "ca-verify-file"] {
                for word in line.all_after(key) {
                    self.path(Some(word), "certificate");
                }
            }
        }
        if rule || matches!(keyword, "acl" | "use_backend" | "use-server" | "redirect") {
            for word in line.all_after("-f") {
                self.path(Some(word), "pattern file");
            }
        }
        if keyword != "description" {
            for word in &line.words {
                self.calls(word);
            }
        }
    }

    /// Paths that this proxy answers or takes apart: `monitor-uri /x`, `acl a path_beg /x`,
    /// `http-request return … if { path /x }`.
    fn front(&mut self, line: &Line) {
        let mut after: Option<(bool, usize)> = None;
        for (ix, word) in line.words.iter().enumerate() {
            match word.text() {
                "monitor-uri" if ix == 0 => after = Some((false, ix)),
                own if ix > 0 && matches!(own.split('(').next(), Some("path")) => {
                    after = Some((own.contains("beg"), ix));
                }
                own if ix > 0 && own.starts_with("path_beg") => after = Some((true, ix)),
                "-m" | "-i" | "--" | "{" => {}
                "beg" => after = after.map(|(_, ix)| (true, ix)),
                own if own.starts_with('/') && own.len() > 1 => {
                    if let Some((begins, _)) = after {
                        let name = if begins { routes::below(own) } else { word.name.clone() };
                        routes::provide(self.out, name, word.span, FRONT);
                    }
                }
                _ => after = None,
            }
        }
    }

    /// The part of a word before `end`, from byte `from` of its text in the file.
    fn part(&self, word: &Word, from: usize, end: char) -> Option<Word> {
        word.name.as_exact()?;
        let raw = self.text.get(word.span.range())?.get(from..)?;
        let text = &raw[..raw.find(end)?];
        let start = word.span.start as usize + from;
        let plain = !text.is_empty() && !text.contains(['"', '\'', '\\', '$', '%', ' ']);
        let span = Span::new(start, start + text.len());
        plain.then(|| Word { name: NamePattern::exact(text), span })
    }

    /// Sample fetches and converters that name a section or a file: `nbsrv(x)`.
    fn calls(&mut self, word: &Word) {
        let Some(raw) = self.text.get(word.span.range()) else { return };
        for (open, _) in raw.match_indices('(') {
            let before = &raw[..open];
            let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            let name = &before[before.trim_end_matches(is_name).len()..];
            let end = |c: char| matches!(c, ',' | ')');
            let Some(len) = raw[open + 1..].find(end) else { continue };
            let Some(close) = raw[open + 1 + len..].chars().next() else { continue };
            let Some(argument) = self.part(word, open + 1, close) else { continue };
            let is_number = argument.text().bytes().all(|byte| byte.is_ascii_digit());
            match name {
                "http_auth" | "http_auth_group" => {
                    self.section("userlist", Some(&argument), "http_auth()");
                }
                _ if OF_BACKEND.contains(&name) => {
                    self.section("backend", Some(&argument), "nbsrv()");
                }
                _ if is_map(name) => self.path(Some(&argument), "map"),
                _ if !is_number && (name == "in_table" || name.starts_with("table_")) => {
                    self.require(TABLE, &argument, "table");
                }
                _ => {}
            }
        }
    }

    /// A path on the host, which the tree may deploy or hold beside the configuration.
    fn path(&mut self, word: Option<&Word>, via: &'static str) {
        let Some(word) = word else { return };
        for name in self.file.names(self.text, word) {
            let Some(path) = name.as_exact().filter(|path| path.contains('/')) else { continue };
            let name = format!("{}\u{1f}{path}", self.folder);
            let target = Ref::exact(kinds::HAPROXY_PATH, name);
            let require = Require::certain(target, word.span, via, None);
            self.out.requires.push(require.with_strength(Strength::Likely));
        }
    }

    /// `"$NAME"`, `"${NAME}"`, `"${NAME-default}"` in double quotes: read when it starts.
    /// (Source: configuration manual, 2.3 "Environment variables".)
    fn environment(&mut self) {
        let mut reads = Reads::default();
        for section in &self.file.sections {
            for line in section.all("setenv").chain(section.all("presetenv")) {
                line.word(1)
                    .and_then(|word| word.name.as_exact())
                    .iter()
                    .for_each(|name| reads.sets(name));
            }
        }
        let mut offset = 0;
        for line in self.text.split_inclusive('\n') {
            self.variables(line, offset, &mut reads);
            offset += line.len();
        }
        // What is not certain to be part of it, and what other files of its may set.
        if self.file.conditional || self.file.includes {
            reads.relax();
        }
        reads.attach(self.path, self.out);
    }

    fn variables(&mut self, line: &str, offset: usize, reads: &mut Reads) {
        let mut quote = None;
        let mut escaped = false;
        for (at, c) in line.char_indices() {
            if std::mem::take(&mut escaped) {
                continue;
            }
            match c {
                '\\' if quote != Some('\'') => escaped = true,
                '#' if quote.is_none() => return,
                '"' | '\'' if quote == Some(c) => quote = None,
                '"' | '\'' if quote.is_none() => quote = Some(c),
                '$' if quote == Some('"') => {
                    let rest = line[at + 1..].trim_start_matches('{');
                    let skip = line[at + 1..].len() - rest.len();
                    let len = rest
                        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                        .unwrap_or(rest.len());
                    let name = &rest[..len];
                    if !is_variable_name(name) {
                        continue;
                    }
                    let start = offset + at + 1 + skip;
                    let span = Span::new(start, start + len);
                    let target = Ref::exact(kinds::ENV, name);
                    let require = Require::certain(target, span, "environment", None);
                    self.out.requires.push(require.with_strength(Strength::Guarded));
                    let default = rest[len..].strip_prefix('-').filter(|_| skip > 0);
                    match default.map(|rest| rest.split('}').next().unwrap_or_default()) {
                        Some(default) => reads.guarded(name, default, span),
                        // Its own.
                        None if name.starts_with("HAPROXY_") => reads.guarded(name, "", span),
                        None => reads.required(name, span),
                    }
                }
                _ => {}
            }
        }
    }
}

/// `map`, `map_str`, `map_beg_ip`: converters whose first argument is a file.
fn is_map(name: &str) -> bool {
    name.strip_prefix("map").is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

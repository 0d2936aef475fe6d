//! What the sections of a configuration provide, and what its lines refer to.

use super::parse::{File, Line, Section, Word};
use super::section_kind;
use crate::domain::{addresses, routes, servers};
use crate::extract::Source;
use crate::facts::{
    Detail, Entity, Extent, FileFacts, Kind, NamePattern, Piece, Problem, Provide, Ref, Relation,
    Require, Scope, Span, Strength, kinds, parent_folder,
};

/// Fetches whose argument is a backend.
const OF_BACKEND: &[&str] =
    &["nbsrv", "connslots", "avg_queue", "be_conn", "be_conn_free", "be_sess_rate", "queue"];
/// Fetches whose argument is a frontend.
const OF_FRONTEND: &[&str] = &["fe_conn", "fe_req_rate", "fe_sess_rate"];
/// Fetches whose argument is a server: `BACKEND/NAME`, or one of the same section.
const OF_SERVER: &[&str] = &[
    "srv_conn",
    "srv_conn_free",
    "srv_is_up",
    "srv_iweight",
    "srv_queue",
    "srv_sess_rate",
    "srv_uweight",
    "srv_weight",
];
/// What is counted in a stick table: `src_NAME(table)`, `sc0_NAME(table)`,
/// `sc_NAME(counter,table)`. (Source: configuration manual, "Fetching samples".)
const COUNTED: &[&str] = &[
    "bytes_in_rate",
    "bytes_out_rate",
    "clr_gpc",
    "clr_gpc0",
    "clr_gpc1",
    "conn_cnt",
    "conn_cur",
    "conn_rate",
    "get_gpc0",
    "get_gpc1",
    "get_gpt0",
    "gpc0_rate",
    "gpc1_rate",
    "http_err_cnt",
    "http_err_rate",
    "http_fail_cnt",
    "http_fail_rate",
    "http_req_cnt",
    "http_req_rate",
    "inc_gpc0",
    "inc_gpc1",
    "kbytes_in",
    "kbytes_out",
    "sess_cnt",
    "sess_rate",
    "trackers",
    "updt_conn_cnt",
];

pub(super) fn collect(file: &File, source: &Source<'_>, out: &mut FileFacts) {
    // A file with both sides is whole; one with a single side has its other half in
    // another file of its folder.
    let extent = if file.is_complete() {
        Extent::Whole
    } else if file.is_without_backends() {
        Extent::Beginning
    } else if file.has_both_sides() && !file.includes && file.has_defaults() {
        Extent::Body
    } else {
        Extent::Fragment
    };
    let folder = parent_folder(source.path);
    let mut facts = Facts { file, path: source.path, folder, text: source.text, extent, out };
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
            facts.line(section, line);
        }
    }
}

struct Facts<'f, 'a> {
    file: &'f File,
    path: &'a str,
    folder: &'a str,
    text: &'a str,
    /// How much of a configuration this is; see [`kinds::HAPROXY_SECTION`].
    extent: Extent,
    out: &'f mut FileFacts,
}

impl<'a> Facts<'_, 'a> {
    /// `option httpchk GET /path`, `http-check send meth GET uri /path`: what the servers of
    /// a section are probed for.
    fn probe(&mut self, section: &Section, defaults: Option<&Section>) {
        let Some(name) = section.name.as_ref().filter(|_| section.is_proxy()) else { return };
        fn asks(section: &Section) -> Option<&Line> {
            let mut options = section.all("option");
            options.find(|line| line.word(1).is_some_and(|word| word.is("httpchk")))
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
                crate::domain::watch::provide(self.out, "probe", name, "connect", span, None);
            }
            return;
        };
        let sent = section.all("http-check").find_map(|line| line.after("uri"));
        self.asks_for(sent.or(line.word(3)).or(line.word(2)));
        let asked = match sent {
            Some(uri) => format!("GET {}", uri.name),
            None => match (line.word(2), line.word(3)) {
                (Some(method), Some(uri)) => format!("{} {}", method.name, uri.name),
                (Some(uri), None) => format!("OPTIONS {}", uri.name),
                _ => "OPTIONS /".to_owned(),
            },
        };
        let span = at.span();
        self.expects(section, span);
        crate::domain::watch::provide(self.out, "probe", name.name.clone(), &asked, span, None);
    }

    /// A path that servers are asked for. What answers may be no part of the tree, so only a route
    /// that went is missed.
    fn asks_for(&mut self, path: Option<&Word>) {
        let Some(word) = path else { return };
        let Some(path) = word.name.as_exact().filter(|own| own.starts_with('/') && own.len() > 1)
        else {
            return;
        };
        let path = path.split('?').next().unwrap_or_default();
        let require = Require::certain(Ref::exact(kinds::ROUTE, path), word.span, "httpchk", None);
        self.out.requires.push(require.with_strength(Strength::Likely));
    }

    /// A check that wants a page, of a port without TLS.
    fn expects(&mut self, section: &Section, span: Span) {
        let wants = section.all("http-check").filter(|line| line.words.len() == 4).any(|line| {
            line.words[1].is("expect")
                && line.words[2].is("status")
                && line.words[3].text().starts_with('2')
        });
        let elsewhere = ["ssl", "check-ssl", "port", "addr"];
        let is_plain =
            |line: &&Line| !line.words.iter().any(|word| elsewhere.contains(&word.text()));
        let servers = || section.all("server").filter(is_plain);
        let port =
            |line: &Line| Some(line.word(2)?.name.as_exact()?.rsplit_once(':')?.1.to_owned());
        let Some(first) = servers().next().and_then(port).filter(|_| wants) else { return };
        if section.all("server").all(|line| is_plain(&line) && port(line) == Some(first.clone())) {
            let target = Ref::exact(kinds::HTTP_PORT, first);
            let require = Require::certain(target, span, "http-check", None);
            self.out.requires.push(require.with_strength(Strength::Guarded));
        }
    }

    fn provided(&mut self, section: &Section) {
        let Some(name) = &section.name else { return };
        let has_table = section.is_proxy() && section.all("stick-table").next().is_some();
        let kinds = section_kind(&section.kind)
            .into_iter()
            .chain(has_table.then_some(kinds::HAPROXY_TABLE));
        for kind in kinds {
            for own in self.file.names(self.text, name) {
                if kind == kinds::HAPROXY_BACKEND {
                    servers::provide("backend", &own, name.span, self.out);
                }
                self.provide(kind, own, name.span);
            }
        }
        if section.kind == "listen" {
            for own in self.file.names(self.text, name) {
                self.provide(kinds::HAPROXY_FRONTEND, own, name.span);
            }
        }
        if section.kind == "peers" {
            for table in section.all("table").filter_map(|line| line.word(1)) {
                let pieces = name.name.pieces().into_iter().chain([Piece::Text("/".into())]);
                let full = NamePattern::from_pieces(pieces.chain(table.name.pieces()));
                self.provide(kinds::HAPROXY_TABLE, full, table.span);
            }
        }
    }

    fn provide(&mut self, kind: Kind, name: NamePattern, span: Span) {
        let detail = if self.file.is_complete() { Detail::Whole } else { Detail::None };
        self.out.provides.push(Provide { kind, name, span, within: None, detail });
    }

    /// Requires a section, or a table, of the configuration that this file belongs to.
    fn require(&mut self, kind: Kind, word: &Word, via: &'static str) {
        for name in self.file.names(self.text, word) {
            // Computed as a whole.
            if name == NamePattern::any() {
                continue;
            }
            // One that is found for no request is passed over.
            let at_run_time = word.text().contains("%[");
            let strength = if at_run_time { Strength::Likely } else { Strength::Certain };
            let scope = Scope::of_kind(self.path, kind, self.extent);
            let target = Ref::new(kinds::HAPROXY_SECTION, name).seen_from(scope);
            let require = Require::certain(target, word.span, via, None);
            self.out.requires.push(require.with_strength(strength));
        }
    }

    /// Requires a server: `BACKEND/NAME`, or `NAME` of `section`. Its section is named where
    /// this file has none such.
    fn server(&mut self, section: &Section, word: &Word, via: &'static str) {
        let Some(name) = word.name.as_exact() else { return };
        let (backend, server) = match name.split_once('/') {
            Some((backend, server)) => (backend, server),
            None => (section.name.as_ref().map_or("", Word::text), name.as_str()),
        };
        let mut sections = self.file.sections.iter().filter(|section| {
            matches!(section.kind.as_str(), "backend" | "listen")
                && section.name.as_ref().is_some_and(|word| word.is(backend))
        });
        let Some(owner) = sections.next() else {
            if name.contains('/')
                && let Some(backend) = self.part(word, 0, '/')
            {
                self.section("backend", Some(&backend), via);
            }
            return;
        };
        let known = |keyword: &str| {
            let mut names = owner.all(keyword).filter_map(|line| line.word(1));
            names.any(|word| word.name.matches(server))
        };
        if self.file.includes || owner.all("server-template").next().is_some() || known("server") {
            return;
        }
        let message = format!("server `{server}` does not exist in `{backend}`");
        let mut problem = Problem::new("unresolved-reference", message, word.span);
        problem.entity = Some(Entity::new(kinds::HAPROXY_SERVER, format!("{backend}/{server}")));
        problem.related.push((owner.header.span(), "the section".into()));
        self.out.problems.push(problem);
    }

    fn section(&mut self, section: &str, word: Option<&Word>, via: &'static str) {
        if let (Some(kind), Some(word)) = (section_kind(section), word) {
            self.require(kind, word, via);
        }
    }

    fn line(&mut self, section: &Section, line: &Line) {
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
            "filter" if line.word(1).is_some_and(|word| word.is("fcgi-app")) => {
                self.section("fcgi-app", line.word(2), "filter fcgi-app");
            }
            "use-fcgi-app" => self.section("fcgi-app", line.word(1), "use-fcgi-app"),
            "stick-table" => self.section("peers", line.after("peers"), "stick-table peers"),
            "server" | "default-server" | "server-template" => {
                self.resolvers(line.after("resolvers"), "resolvers");
                if let Some(word) = line.after("track") {
                    self.server(section, word, "track");
                }
                if line.keyword() == "server" {
                    self.host(line);
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
            self.section("http-errors", line.after("errorfiles"), "errorfiles");
        }
        let tracks = rule && line.words.iter().any(|word| word.text().starts_with("track-sc"));
        if (tracks || keyword == "stick")
            && let Some(word) = line.after("table")
        {
            self.require(kinds::HAPROXY_TABLE, word, "table");
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
                self.calls(section, word);
            }
        }
    }

    /// `default` is built in. (Source: HAProxy 2.6, which makes it of `/etc/resolv.conf`.)
    fn resolvers(&mut self, word: Option<&Word>, via: &'static str) {
        self.section("resolvers", word.filter(|word| !word.is("default")), via);
    }

    /// A server by one word, which is looked up when HAProxy begins, but where a resolver does so
    /// later. (Source: configuration manual, `init-addr`: "could not resolve address" ends it.)
    fn host(&mut self, line: &Line) {
        let is_later = ["init-addr", "resolvers"].iter().any(|own| self.text.contains(own));
        let Some(word) = line.word(2).filter(|_| !is_later) else { return };
        if let Some(host) = addresses::host(word.text()) {
            let scope = Scope::of(self.path);
            let target = Ref::exact(kinds::SERVICE_HOST, host).seen_from(scope);
            self.out.requires.push(Require::certain(target, word.span, "server", None));
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
                        routes::provide(self.out, name, word.span, Detail::Front);
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

    /// The arguments of a call whose parenthesis opens at byte `open` of a word; those that
    /// are computed are left out.
    fn arguments(&self, word: &Word, open: usize) -> Vec<Word> {
        let raw = self.text.get(word.span.range()).unwrap_or_default();
        let Some(len) = raw[open + 1..].find(')') else { return Vec::new() };
        let mut from = open + 1;
        let mut found = Vec::new();
        for text in raw[open + 1..open + 1 + len].split(',') {
            let end = raw[from + text.len()..].chars().next().unwrap_or(')');
            found.extend(self.part(word, from, end));
            from += text.len() + 1;
        }
        found
    }

    /// Sample fetches and converters that name a section or a file: `nbsrv(x)`.
    fn calls(&mut self, section: &Section, word: &Word) {
        let Some(raw) = self.text.get(word.span.range()) else { return };
        for (open, _) in raw.match_indices('(') {
            let before = &raw[..open];
            let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            let name = &before[before.trim_end_matches(is_name).len()..];
            let arguments = self.arguments(word, open);
            let Some(argument) = arguments.first() else { continue };
            let is_number = |own: &Word| own.text().bytes().all(|byte| byte.is_ascii_digit());
            match name {
                "http_auth" | "http_auth_group" => {
                    self.section("userlist", Some(argument), "http_auth()");
                }
                "do-resolve" => self.resolvers(arguments.get(1), "do-resolve()"),
                _ if OF_BACKEND.contains(&name) => {
                    self.section("backend", Some(argument), "nbsrv()");
                }
                _ if OF_FRONTEND.contains(&name) => {
                    self.section("frontend", Some(argument), "fe_conn()");
                }
                _ if OF_SERVER.contains(&name) => self.server(section, argument, "srv_is_up()"),
                _ if is_map(name) => self.path(Some(argument), "map"),
                _ if name == "in_table" || name.starts_with("table_") || is_counted(name) => {
                    if let Some(table) = arguments.last().filter(|argument| !is_number(argument)) {
                        self.require(kinds::HAPROXY_TABLE, table, "table");
                    }
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
            let scope = Scope::of(self.folder);
            let target = Ref::exact(kinds::HAPROXY_PATH, path.clone()).seen_from(scope);
            // HAProxy reads each of them when it starts, and does not without one.
            let via = Relation::Includes.called(via);
            let require = Require::certain(target, word.span, via, None);
            self.out.requires.push(require.with_strength(Strength::Likely));
        }
    }
}

/// `map`, `map_str`, `map_beg_ip`: converters whose first argument is a file.
fn is_map(name: &str) -> bool {
    name.strip_prefix("map").is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// Fetches of a stick table's counters.
fn is_counted(name: &str) -> bool {
    let Some((prefix, counted)) = name.split_once('_') else { return false };
    matches!(prefix, "src" | "sc" | "sc0" | "sc1" | "sc2") && COUNTED.contains(&counted)
}

//! Names that configurations of nginx define and use, and the files that they name.

use super::parse::{Directive, File, Word};
use super::words::{CACHE_DEFINITIONS, CACHES, FILES, PACKAGED, PASSES, ZONE_DEFINITIONS};
use crate::domain::servers;
use crate::extract::Source;
use crate::facts::{
    Detail, Extent, FileFacts, Kind, NamePattern, Provide, Reading, Ref, Relation, Require, Scope,
    Strength, Via, base_name, kinds,
};
use crate::graph::Owned;

pub(super) fn collect(file: &File<'_>, source: &Source<'_>, out: &mut FileFacts) {
    let mut own = Collector { file, source, out };
    own.itself();
    for (ix, directive) in file.directives.iter().enumerate() {
        own.definition(ix, directive);
        own.uses(ix, directive);
    }
}

/// Whether a file begins a configuration: it says how connections are handled.
pub(super) fn is_main(file: &File<'_>) -> bool {
    file.children(None).any(|(_, own)| own.is_block && matches!(own.name(), "events" | "http"))
}

/// The name after `KEY=` or `KEY=…:`, where a word says so: `zone=one:10m`.
pub(super) fn named<'w>(word: &Word<'w>, key: &str) -> Option<Word<'w>> {
    let rest = word.text.strip_prefix(key)?;
    let text = rest.split(':').next().unwrap_or(rest);
    Some(Word { text, at: word.at + key.len(), has_tag: word.has_tag })
}

/// A name that something may be called. Nothing but what is filled in may be any.
fn defined(word: &Word<'_>) -> NamePattern {
    match (word.has_tag, word.plain()) {
        (false, Some(text)) => NamePattern::exact(text),
        (true, _) if !word.text.contains(['%', '$', '_', '@']) || word.text.contains("<%") => {
            word.name()
        }
        _ => NamePattern::any(),
    }
}

/// How an upstream names a host.
const SERVER: &str = "server";

struct Collector<'a, 's, 't> {
    file: &'a File<'t>,
    source: &'a Source<'s>,
    out: &'a mut FileFacts,
}

impl Collector<'_, '_, '_> {
    /// The file as others include it, by the last part of its name; its detail says whether it
    /// begins a configuration, and whether all of its text is here.
    fn itself(&mut self) {
        let open = self.file.has_holes || self.file.error.is_some();
        let extent = if is_main(self.file) { Extent::Beginning } else { Extent::Fragment };
        let text = if open { Reading::InPart } else { Reading::Whole };
        let own = servers::included(kinds::NGINX_FILE, self.source.path, extent, text);
        self.out.provides.push(own);
    }

    fn provide(&mut self, kind: Kind, word: &Word<'_>, name: NamePattern) {
        let provide = Provide { kind, name, span: word.span(), within: None, detail: Detail::None };
        self.out.provides.push(provide);
    }

    fn definition(&mut self, ix: usize, directive: &Directive<'_>) {
        let Some(first) = directive.arg() else { return };
        match directive.name() {
            "upstream" if directive.is_block => {
                self.provide(kinds::NGINX_UPSTREAM, first, defined(first));
                if let (Some(block), Some(own)) = (self.block(ix), self.out.provides.last_mut()) {
                    own.detail = Detail::Text(block.into());
                }
            }
            "log_format" => self.provide(kinds::NGINX_LOG_FORMAT, first, defined(first)),
            "location" if directive.is_block && first.text.starts_with('@') => {
                self.provide(kinds::NGINX_LOCATION, first, first.name());
            }
            name if ZONE_DEFINITIONS.contains(&name) => {
                self.each(directive, "zone=", kinds::NGINX_ZONE);
            }
            name if CACHE_DEFINITIONS.contains(&name) => {
                self.each(directive, "keys_zone=", kinds::NGINX_CACHE);
            }
            _ => {}
        }
    }

    /// `http` or `stream`, where the file says in which of them a directive stands.
    fn block(&self, ix: usize) -> Option<&'static str> {
        let block = self.file.outermost(ix)?;
        ["http", "stream"].into_iter().find(|word| *word == block)
    }

    fn each(&mut self, directive: &Directive<'_>, key: &str, kind: Kind) {
        for word in directive.args().iter().filter_map(|word| named(word, key)) {
            self.provide(kind, &word, defined(&word));
        }
    }

    /// Requires a name, which nothing but the configuration can define where it is `owned`.
    fn require(&mut self, kind: Kind, word: &Word<'_>, via: &'static str, owned: Owned) {
        let sought = match owned {
            Owned::No => kinds::NGINX_LOOSE_NAME,
            Owned::Yes => kinds::NGINX_NAME,
        };
        self.require_as(sought, kind, word, via);
    }

    fn require_as(&mut self, sought: Kind, kind: Kind, word: &Word<'_>, via: &'static str) {
        let Some(name) = word.plain().filter(|name| !name.is_empty()) else { return };
        let scope = Scope::of_kind(self.source.path, kind, Extent::Fragment);
        let target = Ref::exact(sought, name).seen_from(scope);
        let require = Require::certain(target, word.span(), via, None);
        // A domain may go on without an upstream of its name.
        let likely = sought == kinds::NGINX_LOOSE_NAME && name.contains('.');
        let strength = if likely { Strength::Likely } else { Strength::Certain };
        self.out.requires.push(require.with_strength(strength));
    }

    fn uses(&mut self, ix: usize, directive: &Directive<'_>) {
        let Some(first) = directive.arg() else { return };
        let name = directive.name();
        let via = |list: &[(&'static str, &'static str)]| {
            list.binary_search_by_key(&name, |(own, _)| own).ok().map(|ix| list[ix].1)
        };
        if let Some(via) = via(PASSES) {
            self.pass(directive, first, via);
        } else if let Some(via) = via(CACHES) {
            if first.text != "off" {
                self.require(kinds::NGINX_CACHE, first, via, Owned::Yes);
            }
        } else if let Ok(own) = FILES.binary_search_by_key(&name, |(own, _)| own) {
            let (via, opened) = FILES[own];
            let strength = if opened { Strength::Certain } else { Strength::Likely };
            self.path(first, via, strength, None);
        }
        match name {
            "access_log" => {
                let format = directive.args().get(1);
                let is_name = |text: &str| !text.contains('=') && text != "combined";
                if let Some(format) = format.filter(|word| is_name(word.text)) {
                    self.require(kinds::NGINX_LOG_FORMAT, format, "access_log", Owned::Yes);
                }
            }
            "limit_req" => {
                for word in directive.args().iter().filter_map(|word| named(word, "zone=")) {
                    self.require(kinds::NGINX_ZONE, &word, "limit_req", Owned::Yes);
                }
            }
            "limit_conn" if directive.args().len() == 2 => {
                self.require(kinds::NGINX_ZONE, first, "limit_conn", Owned::Yes);
            }
            "include" => self.include(ix, first),
            "server" if !directive.is_block && self.file.around(ix, "upstream").is_some() => {
                let is_looked_up_later =
                    directive.args().iter().any(|own| own.text == "resolve" || own.text == "down");
                if !is_looked_up_later {
                    self.host(first, SERVER);
                }
            }
            "try_files" | "error_page" => {
                // What the server of the same file defines is its own affair.
                if let Some(word) = directive.args().last().filter(|arg| arg.text.starts_with('@'))
                    && !self.file.around(ix, "server").is_some_and(|own| is_closed(self.file, own))
                {
                    let via = if name == "try_files" { "try_files" } else { "error_page" };
                    self.require(kinds::NGINX_LOCATION, word, via, Owned::No);
                }
            }
            _ => {}
        }
    }

    fn pass(&mut self, directive: &Directive<'_>, word: &Word<'_>, via: &'static str) {
        let (scheme, rest) = match word.text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, word.text),
        };
        let host = rest.split('/').next().unwrap_or(rest);
        let at = word.at + word.text.len() - rest.len();
        self.host(&Word { text: host, at, has_tag: word.has_tag }, via);
        // With a port, it is a host; a socket has its path behind a colon.
        if host.is_empty() || host.contains(':') || host.parse::<std::net::Ipv4Addr>().is_ok() {
            return;
        }
        let own = Word { text: host, at, has_tag: word.has_tag };
        let sought = match (directive.name(), scheme) {
            ("proxy_pass", Some(_)) => kinds::NGINX_LOOSE_NAME,
            // Without a scheme, it is one of `stream`.
            ("proxy_pass", None) => kinds::NGINX_STREAM_NAME,
            _ => kinds::NGINX_NAME,
        };
        self.require_as(sought, kinds::NGINX_UPSTREAM, &own, via);
    }

    /// A host by one word, which nginx looks up when it begins. (Source: nginx's "Module
    /// ngx_http_upstream_module": "host not found in upstream" ends it.)
    fn host(&mut self, word: &Word<'_>, via: &'static str) {
        let Some(text) = word.plain() else { return };
        let host = text.split(':').next().unwrap_or(text);
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let is_name = host.starts_with(|c: char| c.is_ascii_alphabetic())
            && host.bytes().all(is_part)
            && !matches!(host, "localhost" | "unix");
        if !is_name {
            return;
        }
        let own = Word { text: host, at: word.at, has_tag: word.has_tag };
        let target = Ref::exact(kinds::SERVICE_HOST, host).seen_from(Scope::of(self.source.path));
        let require = Require::certain(target, own.span(), via, None);
        // A server is a host; what is passed to may be the name of an upstream.
        let require = match via {
            SERVER => require,
            _ => require.or(Ref::exact(kinds::NGINX_UPSTREAM, host)),
        };
        self.out.requires.push(require);
    }

    fn path(
        &mut self,
        word: &Word<'_>,
        via: impl Into<Via>,
        strength: Strength,
        block: Option<&str>,
    ) {
        let Some(path) = word.plain().filter(|path| !path.contains(':') && *path != "off") else {
            return;
        };
        let scope = match block {
            Some(block) => Scope::inside(self.source.path, block),
            None => Scope::of(self.source.path),
        };
        let target = Ref::exact(kinds::NGINX_PATH, path).seen_from(scope);
        let require = Require::certain(target, word.span(), via, None);
        self.out.requires.push(require.with_strength(strength));
    }

    fn include(&mut self, ix: usize, word: &Word<'_>) {
        let Some(path) = word.plain() else { return };
        // nginx does not mind a pattern that matches nothing.
        let is_glob = path.contains(['*', '?', '[']);
        let strength = match is_glob {
            true => Strength::Guarded,
            false => servers::of_include(self.source.path),
        };
        if !PACKAGED.contains(&base_name(path)) {
            let block = self.block(ix);
            self.path(word, Relation::Includes.called("include"), strength, block);
        }
    }
}

/// Whether all that a server has is in this file.
pub(super) fn is_closed(file: &File<'_>, server: usize) -> bool {
    let inside = &file.directives[server..file.directives[server].end];
    let mut includes = inside.iter().filter(|own| own.name() == "include");
    let packaged = |own: &Directive<'_>| {
        own.arg().is_some_and(|word| PACKAGED.contains(&base_name(word.text)))
    };
    !file.has_holes && file.error.is_none() && includes.all(packaged)
}

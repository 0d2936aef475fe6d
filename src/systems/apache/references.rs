//! Names that configurations of Apache define and use, and the files that they name.

use super::modules;
use super::parse::{Directive, File, Word};
use crate::domain::servers;
use crate::extract::{Settings, Source};
use crate::facts::{
    Detail, Extent, FileFacts, Kind, NamePattern, Provide, Reading, Ref, Relation, Require, Scope,
    Strength, Via, base_name, kinds,
};

/// Directives whose first argument is a file, as reports call them, in lower case and in the
/// order of that, with whether Apache opens it before it starts.
const FILES: &[(&str, &str, bool)] = &[
    ("authdigestfile", "AuthDigestFile", false),
    ("authgroupfile", "AuthGroupFile", false),
    ("authuserfile", "AuthUserFile", false),
    ("sslcacertificatefile", "SSLCACertificateFile", true),
    ("sslcarevocationfile", "SSLCARevocationFile", true),
    ("sslcertificatechainfile", "SSLCertificateChainFile", true),
    ("sslcertificatefile", "SSLCertificateFile", true),
    ("sslcertificatekeyfile", "SSLCertificateKeyFile", true),
];

pub(super) fn collect(
    file: &File<'_>,
    source: &Source<'_>,
    settings: &Settings,
    out: &mut FileFacts,
) {
    let mut own = Collector { file, source, out };
    own.itself();
    for directive in &file.directives {
        own.definition(directive);
        own.uses(directive);
        own.variables(directive);
    }
    for (module, directive) in modules::needed(&settings.packs, file) {
        let scope = Scope::of_kind(source.path, kinds::APACHE_MODULE, Extent::Fragment);
        let target = Ref::exact(kinds::APACHE_NAME, module).seen_from(scope);
        let span = directive.name.span();
        own.out.requires.push(Require::certain(target, span, "directive of a module", None));
    }
}

/// Whether a file begins a configuration: it says where the others lie.
pub(super) fn is_main(file: &File<'_>, path: &str) -> bool {
    let named = matches!(servers::installed_name(path), "httpd.conf" | "apache2.conf");
    let top = |name: &str| {
        file.directives.iter().any(|directive| directive.parent.is_none() && directive.is(name))
    };
    let own = ["PidFile", "User", "ErrorLog"];
    top("ServerRoot") || named && top("Listen") && own.iter().any(|name| top(name))
}

struct Collector<'a, 's, 't> {
    file: &'a File<'t>,
    source: &'a Source<'s>,
    out: &'a mut FileFacts,
}

impl Collector<'_, '_, '_> {
    /// The file as others include it, by the last part of its name.
    fn itself(&mut self) {
        let open = self.file.has_holes || self.file.error.is_some();
        let extent =
            if is_main(self.file, self.source.path) { Extent::Beginning } else { Extent::Fragment };
        let text = if open { Reading::InPart } else { Reading::Whole };
        let own = servers::included(kinds::APACHE_FILE, self.source.path, extent, text);
        self.out.provides.push(own);
    }

    fn provide(&mut self, kind: Kind, word: &Word<'_>, name: NamePattern) {
        let provide = Provide { kind, name, span: word.span(), within: None, detail: Detail::None };
        self.out.provides.push(provide);
    }

    fn definition(&mut self, directive: &Directive<'_>) {
        let name = directive.name.text.to_ascii_lowercase();
        let Some(first) = directive.args.first() else { return };
        match (name.as_str(), directive.is_section) {
            ("logformat", false) => {
                if let Some(nick) = directive.args.get(1) {
                    self.provide(kinds::APACHE_LOG_FORMAT, nick, nick.name());
                }
            }
            ("proxy", true) | ("balancermember", false) => {
                if let Some(own) = balancers(first).first() {
                    self.provide(kinds::APACHE_BALANCER, own, own.name());
                }
            }
            ("rewritemap", false) => self.provide(kinds::APACHE_REWRITE_MAP, first, first.name()),
            ("macro", true) => {
                let lower = |text: &str| text.to_ascii_lowercase().into();
                self.provide(kinds::APACHE_MACRO, first, first.name().map_text(lower));
            }
            ("define", false) => self.provide(kinds::APACHE_VARIABLE, first, first.name()),
            ("listen", false) if !self.file.is_conditional(directive) => {
                self.provide(kinds::APACHE_LISTEN, first, first.name());
            }
            ("loadmodule", false) => self.provide(kinds::APACHE_MODULE, first, first.name()),
            _ => {}
        }
    }

    /// Requires a name; `strength` says whether anything fails without it.
    fn require(&mut self, kind: Kind, word: &Word<'_>, via: &'static str, strength: Strength) {
        let Some(name) = word.plain().filter(|name| !name.is_empty()) else { return };
        let name = match kind {
            kinds::APACHE_MACRO => name.to_ascii_lowercase(),
            _ => name.to_owned(),
        };
        let scope = Scope::of_kind(self.source.path, kind, Extent::Fragment);
        let target = Ref::exact(kinds::APACHE_NAME, name).seen_from(scope);
        let require = Require::certain(target, word.span(), via, None);
        self.out.requires.push(require.with_strength(strength));
    }

    fn uses(&mut self, directive: &Directive<'_>) {
        let name = directive.name.text.to_ascii_lowercase();
        let Some(first) = directive.args.first() else { return };
        if directive.is_section {
            return;
        }
        if let Ok(ix) = FILES.binary_search_by_key(&name.as_str(), |(own, ..)| own) {
            let (_, via, opened) = FILES[ix];
            let strength = if opened { Strength::Certain } else { Strength::Likely };
            self.path(directive, first, via, strength);
        }
        match name.as_str() {
            "rewritemap" => {
                let file = directive.args.get(1).and_then(|word| {
                    let kinds = ["txt:", "rnd:", "prg:", "dbm="];
                    let kind = kinds.iter().find(|kind| word.text.starts_with(**kind))?;
                    Some(word.part(kind.len(), word.text.len() - kind.len()))
                });
                if let Some(file) = file.filter(|file| file.text.starts_with('/')) {
                    // Apache opens it before it starts.
                    self.path(directive, &file, "RewriteMap", Strength::Certain);
                }
            }
            "customlog" | "globallog" => {
                let format = directive.args.get(1).filter(|word| is_nickname(word.text));
                if let Some(word) = format {
                    self.require(kinds::APACHE_LOG_FORMAT, word, "CustomLog", Strength::Likely);
                }
            }
            "proxypass" | "proxypassmatch" => self.balancers(directive, "ProxyPass"),
            "rewriterule" => {
                self.balancers(directive, "RewriteRule");
                self.maps(directive, "RewriteRule");
            }
            "rewritecond" => self.maps(directive, "RewriteCond"),
            "use" => self.require(kinds::APACHE_MACRO, first, "Use", Strength::Certain),
            "include" => {
                let via = Relation::Includes.called("Include");
                self.path(directive, first, via, servers::of_include(self.source.path));
            }
            "includeoptional" => {
                let via = Relation::Includes.called("IncludeOptional");
                self.path(directive, first, via, Strength::Guarded);
            }
            _ => {}
        }
    }

    /// `${name}`.
    fn variables(&mut self, directive: &Directive<'_>) {
        for word in directive.args.iter().filter(|word| !word.has_tag) {
            for (at, _) in word.text.match_indices("${") {
                let rest = &word.text[at + 2..];
                let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let Some(len) = rest.find('}').filter(|len| rest[..*len].bytes().all(is_part))
                else {
                    continue;
                };
                let own = word.part(at + 2, len);
                let target = Ref::exact(kinds::APACHE_VARIABLE, own.text);
                let require = Require::certain(target, own.span(), "${…}", None);
                self.out.requires.push(require.with_strength(Strength::Likely));
            }
        }
    }

    fn balancers(&mut self, directive: &Directive<'_>, via: &'static str) {
        for word in &directive.args {
            for own in balancers(word) {
                self.require(kinds::APACHE_BALANCER, &own, via, Strength::Certain);
            }
        }
    }

    /// `${map:key}`.
    fn maps(&mut self, directive: &Directive<'_>, via: &'static str) {
        for word in &directive.args {
            for (at, _) in word.text.match_indices("${") {
                let rest = &word.text[at + 2..];
                let Some(len) = rest.find([':', '}']).filter(|len| rest[*len..].starts_with(':'))
                else {
                    continue;
                };
                let own = word.part(at + 2, len);
                // A map that is not there gives nothing, and no request fails of that alone.
                self.require(kinds::APACHE_REWRITE_MAP, &own, via, Strength::Likely);
            }
        }
    }

    fn path(
        &mut self,
        directive: &Directive<'_>,
        word: &Word<'_>,
        via: impl Into<Via>,
        strength: Strength,
    ) {
        let Some(path) = word.plain() else { return };
        let target = Ref::exact(kinds::APACHE_PATH, path).seen_from(Scope::of(self.source.path));
        let mut require = Require::certain(target, word.span(), via, None);
        let guarded = self.file.is_conditional(directive) && base_name(path) == path;
        require.strength = if guarded { Strength::Guarded } else { strength };
        self.out.requires.push(require);
    }
}

/// Whether a format of `CustomLog` is the name of one: a format has a `%`.
fn is_nickname(text: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !text.is_empty() && text.bytes().all(is_name) && !text.starts_with("env")
}

/// The balancers that a word names: `balancer://NAME/path`.
fn balancers<'t>(word: &Word<'t>) -> Vec<Word<'t>> {
    let scheme = "balancer://";
    let found = word.text.match_indices(scheme).map(|(at, _)| {
        let rest = &word.text[at + scheme.len()..];
        let len = rest.find(['/', ':', '?', '"', '\'', ',', ' ']).unwrap_or(rest.len());
        word.part(at + scheme.len(), len)
    });
    found.collect()
}

//! Apache's httpd: configurations and templates of them.

mod checks;
mod modules;
mod names;
mod parse;
mod references;
mod routes;
mod whole;

use crate::check::Check;
use crate::domain::servers;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Problem};
use crate::graph::Graph;
use crate::syntax::shebang;
use crate::systems::System;
use memchr::memmem;

/// Apache.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "apache"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Apache]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[whole::check]
    }
}

/// Extracts from configurations of Apache.
pub struct Apache;

impl Extractor for Apache {
    fn system(&self) -> &'static str {
        "apache"
    }

    fn claims(&self, path: &str) -> bool {
        servers::may_configure(path, &["apache", "httpd"])
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        is_own(bytes)
    }

    fn accepts_at(&self, path: &str, bytes: &[u8]) -> bool {
        is_own(bytes) || servers::is_part(path, &["apache", "httpd"]) && begins_as_own(bytes)
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let file = parse::parse(source.text);
        routes::collect(&file, out);
        references::collect(&file, source, settings, out);
        checks::check(&file, source, settings, out);
        if let Some(span) = file.is_too_deep {
            let message = "sections lie too deep within one another: the rest was not read";
            out.problems.push(Problem::new("limit-reached", message, span));
        }
    }
}

/// Lines that only configurations of Apache have.
const OWN: &[&str] = &[
    "<VirtualHost",
    "<Directory",
    "<Location",
    "<IfModule",
    "<IfDefine",
    "<Proxy",
    "<Files",
    "<Macro",
    "LoadModule ",
    "ServerRoot ",
    "ServerName ",
    "Listen ",
    "RewriteEngine ",
    "RewriteRule ",
    "RewriteCond ",
    "ProxyPass",
    "CustomLog ",
    "LogFormat ",
    "IncludeOptional ",
    "DocumentRoot ",
    "SSLCertificate",
    "SSLEngine ",
    "ServerAlias ",
    "ErrorDocument ",
    "AddHandler ",
    "AllowOverride ",
    "ScriptAlias",
    "Alias ",
    "AliasMatch ",
    "RequestHeader ",
    "Require ",
    "DirectoryIndex ",
    "WSGI",
    "Use ",
    "Header ",
    "AuthType ",
    "AuthUserFile ",
];

/// Whether the first line is one of Apache: enough where only its files lie.
fn begins_as_own(bytes: &[u8]) -> bool {
    let Some(line) = servers::first_line(bytes, b"#") else { return false };
    let begins = |word: &&str| {
        let word = word.as_bytes();
        line.len() >= word.len() && line[..word.len()].eq_ignore_ascii_case(word)
    };
    OWN.iter().any(begins) && !shebang::is_script(bytes) && stands_alone(line, 0)
}

/// How often a word is looked at.
const LOOKED_AT: usize = 4;

/// Whether two lines begin with words of Apache and end as its lines do.
fn is_own(bytes: &[u8]) -> bool {
    if shebang::is_script(bytes) || bytes.starts_with(b"<?") {
        return false;
    }
    let mut signs = 0;
    for word in OWN {
        let found = memmem::find_iter(bytes, word.as_bytes()).take(LOOKED_AT);
        signs += found.filter(|at| stands_alone(bytes, *at)).count();
        if signs > 1 {
            return true;
        }
    }
    false
}

/// Whether a word begins its line, and that ends neither as those of other languages do.
fn stands_alone(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    let rest = &bytes[at..];
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = rest[..end].trim_ascii_end();
    before.is_none_or(|byte| *byte == b'\n')
        && !matches!(line.last(), Some(b';' | b'{' | b',' | b':'))
        && memchr::memmem::find(line, b" = ").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_directive_is_enough_where_only_apache_reads() {
        let load = b"LoadModule macro_module modules/mod_macro.so\n";
        assert!(Apache.accepts_at("etc/apache2/mods-enabled/macro.load", load));
        assert!(Apache.accepts_at("etc/httpd/conf.d/a.conf", b"# a\nUse Site a b\n"));
        assert!(!Apache.accepts_at("etc/x/conf.d/a.conf", b"Use Site a b\n"));
        assert!(!Apache.accepts_at("etc/httpd/conf.d/a.conf", b"[a]\nb = c\n"));
    }

    #[test]
    fn its_contents_tell_a_configuration_from_other_languages() {
        for (text, is) in [
            ("<VirtualHost *:80>\n  ServerAlias a\n</VirtualHost>\n", true),
            ("RewriteEngine on\nRewriteRule ^/a$ /b [L]\n", true),
            ("Alias = x\nUse = y\n", false),
            ("server {\n  listen 80;\n}\n", false),
            ("<?xml version=\"1.0\"?>\n<Location>\n<Proxy>\n", false),
        ] {
            assert_eq!(is_own(text.as_bytes()), is, "{text}");
        }
    }
}

//! Paths that front ends take apart: nginx and Apache.
//!
//! (Sources: nginx, `location`; Apache's `Alias`, `Location` and `RewriteRule`.)

use crate::domain::routes::{below, expression, provide};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FRONT, FileFacts, NamePattern, Provide, Span, kinds};
use crate::syntax::paths::rendered;
use crate::syntax::tags::templated;
use crate::systems::System;
use memchr::memmem;

/// Web servers: nginx and Apache.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "web_servers"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Fronts]
    }
}

/// Extracts from configurations of web servers.
pub struct Fronts;

impl Extractor for Fronts {
    fn system(&self) -> &'static str {
        "web server"
    }

    fn claims(&self, path: &str) -> bool {
        let words = ["nginx", "apache", "httpd", "sites-", "vhost"];
        rendered(path).ends_with(".conf") && words.iter().any(|word| path.contains(word))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let words = ["location ", "Location", "Alias", "RewriteRule", "return 30"];
        words.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        ports(source.text, out);
        let mut start = 0;
        for line in source.text.split_inclusive('\n') {
            let own = line.trim_start();
            let at = start + line.len() - own.len();
            start += line.len();
            let Some((name, text)) = answered(own.trim_end()) else { continue };
            // The whole of a site is passed on, and says nothing.
            let all = ["", "/", "*", "/*", "**"].contains(&name.to_string().as_str());
            if let Some(offset) = own.find(text).filter(|_| !all) {
                provide(out, name, Span::new(at + offset, at + offset + text.len()), FRONT);
            }
        }
    }
}

/// A `server` block of nginx: where it begins, how deep, the plain ports that it listens on,
/// and whether it redirects every request.
struct Server {
    span: Span,
    depth: usize,
    ports: Vec<String>,
    redirects: bool,
}

/// The ports on which nginx answers without TLS.
fn ports(text: &str, out: &mut FileFacts) {
    let mut server: Option<Server> = None;
    let (mut depth, mut start) = (0usize, 0);
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or_default().trim();
        let at = start + line.len() - line.trim_start().len();
        start += line.len();
        if code.starts_with("server") && code[6..].trim_start().starts_with('{') {
            let span = Span::new(at, at + "server".len());
            server = Some(Server { span, depth, ports: Vec::new(), redirects: false });
        } else if let Some(own) = server.as_mut().filter(|own| depth == own.depth + 1) {
            let words: Vec<&str> = code.trim_end_matches(';').split_whitespace().collect();
            match words.as_slice() {
                ["listen", address, rest @ ..] if !rest.contains(&"ssl") => {
                    let port = address.rsplit(':').next().unwrap_or_default();
                    if port.bytes().all(|byte| byte.is_ascii_digit()) {
                        own.ports.push(port.to_owned());
                    }
                }
                ["return", "301" | "302" | "303" | "307" | "308", _] => {
                    own.span = Span::new(at, at + code.len());
                    own.redirects = true;
                }
                _ => {}
            }
        }
        depth = (depth + code.matches('{').count()).saturating_sub(code.matches('}').count());
        if let Some(own) = server.take_if(|own| depth <= own.depth && code.contains('}')) {
            for port in own.ports {
                out.provides.push(Provide {
                    kind: kinds::HTTP_PORT,
                    name: NamePattern::exact(port),
                    span: own.span,
                    within: None,
                    detail: if own.redirects { "redirect".into() } else { "".into() },
                });
            }
        }
    }
}

/// The paths of a line, and its word that names them.
fn answered(line: &str) -> Option<(NamePattern, &str)> {
    let line = line.split_once(" #").map_or(line, |(code, _)| code);
    let mut words = line.split_whitespace().map(|own| own.trim_end_matches(['{', '>']));
    let plain = |text: &str| below(&templated(text).to_string());
    match words.next()? {
        "location" => match words.next()? {
            "=" => words.next().map(|own| (templated(own), own)),
            "~" | "~*" => words.next().map(|own| (expression(own.trim_matches('"')), own)),
            "^~" => words.next().map(|own| (plain(own), own)),
            own => own.starts_with('/').then(|| (plain(own), own)),
        },
        "<Location" | "Alias" | "ScriptAlias" => {
            let own = words.next()?.trim_matches('"');
            own.starts_with('/').then(|| (plain(own), own))
        }
        "<LocationMatch" | "AliasMatch" | "RewriteRule" => {
            let own = words.next()?.trim_matches('"');
            own.starts_with("^/").then(|| (expression(own), own))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nginx_and_apache() {
        let text = "server {\n  location / {\n  }\n  location = /health {\n  }\n  location ~ ^/(a|b)/ {\n  }\n  location /static/ { # x\n}\nAlias \"/icons/\" /usr/share/icons/\n<Location /server-status>\nRewriteRule ^/wiki/(.*)$ /w/index.php?title=$1 [L]\nRewriteRule ^(.*)$ /x\n";
        let mut out = FileFacts::default();
        let source = Source { path: "nginx/a.conf", bytes: text.as_bytes(), text };
        Fronts.extract(&source, &Settings::default(), &mut out);
        let shown: Vec<_> = out.provides.iter().map(|own| own.name.to_string()).collect();
        assert_eq!(shown, ["/health", "/static*", "/icons*", "/server-status*", "/wiki/*"]);
        let first = out.provides[0].span;
        assert_eq!(&text[first.range()], "/health");
    }
}

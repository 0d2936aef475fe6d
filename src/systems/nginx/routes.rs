//! The paths that nginx takes apart, and the ports on which it answers without TLS.
//!
//! (Source: nginx, `location`, `listen`.)

use super::parse::{Directive, File, Word};
use crate::domain::routes::{below, expression, provide};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, kinds};

pub(super) fn collect(file: &File<'_>, out: &mut FileFacts) {
    for (ix, directive) in file.directives.iter().enumerate() {
        match directive.name() {
            "location" if directive.is_block => location(directive, out),
            "server" if directive.is_block => ports(file, ix, out),
            _ => {}
        }
    }
}

fn location(directive: &Directive<'_>, out: &mut FileFacts) {
    let plain = |word: &Word<'_>| below(&word.name().to_string());
    let (name, word) = match directive.args() {
        [sign, word, ..] => match sign.text {
            "=" => (word.name(), word),
            "~" | "~*" => (expression(word.text), word),
            "^~" => (plain(word), word),
            _ => return,
        },
        [word] if word.text.starts_with('/') => (plain(word), word),
        _ => return,
    };
    // The whole of a site is passed on, and says nothing.
    if !["", "/", "*", "/*", "**"].contains(&name.to_string().as_str()) {
        provide(out, name, word.span(), Detail::Front);
    }
}

fn ports(file: &File<'_>, server: usize, out: &mut FileFacts) {
    let mut ports = Vec::new();
    let (mut span, mut detail) = (file.directives[server].words[0].span(), Detail::None);
    for (_, directive) in file.children(Some(server)) {
        let args = directive.args();
        match (directive.name(), args) {
            ("listen", [address, rest @ ..]) if !rest.iter().any(|word| word.text == "ssl") => {
                let port = address.text.rsplit(':').next().unwrap_or_default();
                if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) {
                    ports.push(port);
                }
            }
            ("return", [code, _]) if matches!(code.text, "301" | "302" | "303" | "307" | "308") => {
                span = directive.span();
                detail = Detail::Redirect;
            }
            _ => {}
        }
    }
    for port in ports {
        out.provides.push(Provide {
            kind: kinds::HTTP_PORT,
            name: NamePattern::exact(port),
            span,
            within: None,
            detail: detail.clone(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn locations_and_ports() {
        let text = "server {\n  listen 80; return 301 https://$host$request_uri;\n  location / {\n  }\n  location = /health {\n  }\n  location ~ ^/(a|b)/ {\n  }\n  location /static/ { # x\n}\n}";
        let mut out = FileFacts::default();
        collect(&parse(text), &mut out);
        let shown: Vec<_> = out.provides.iter().map(|provide| provide.name.to_string()).collect();
        assert_eq!(shown, ["80", "/health", "/static*"]);
        assert_eq!(&text[out.provides[1].span.range()], "/health");
        assert_eq!(out.provides[0].detail, Detail::Redirect);
    }
}

//! Variables that configurations of nginx set and read. What nginx itself sets is in the pack.
//!
//! (Source: nginx, `ngx_http_variables_init_vars`: a variable that a directive reads and nothing
//! sets is refused. Names have no case.)

use super::parse::{Directive, File, Word};
use crate::extract::{Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Ref, Require, Span, base_name, kinds};
use crate::packs::Words;

/// Directives that read the variables in their arguments, from this one on.
const READS: &[(&str, usize)] = &[
    ("access_log", 1),
    ("add_header", 2),
    ("add_trailer", 2),
    ("alias", 1),
    ("auth_basic", 1),
    ("auth_basic_user_file", 1),
    ("auth_request_set", 2),
    ("error_page", 2),
    ("expires", 1),
    ("fastcgi_cache", 1),
    ("fastcgi_cache_bypass", 1),
    ("fastcgi_cache_key", 1),
    ("fastcgi_no_cache", 1),
    ("fastcgi_param", 2),
    ("fastcgi_pass", 1),
    ("grpc_pass", 1),
    ("grpc_set_header", 2),
    ("hash", 1),
    ("if", 1),
    ("index", 1),
    ("limit_conn_zone", 1),
    ("limit_rate", 1),
    ("limit_req_zone", 1),
    ("log_format", 2),
    ("map", 1),
    ("memcached_pass", 1),
    ("proxy_cache", 1),
    ("proxy_cache_bypass", 1),
    ("proxy_cache_key", 1),
    ("proxy_cookie_domain", 1),
    ("proxy_cookie_path", 1),
    ("proxy_method", 1),
    ("proxy_no_cache", 1),
    ("proxy_pass", 1),
    ("proxy_redirect", 1),
    ("proxy_set_body", 1),
    ("proxy_set_header", 2),
    ("proxy_ssl_name", 1),
    ("return", 1),
    ("rewrite", 2),
    ("root", 1),
    ("scgi_param", 2),
    ("scgi_pass", 1),
    ("secure_link", 1),
    ("secure_link_md5", 1),
    ("set", 2),
    ("split_clients", 1),
    ("ssl_certificate", 1),
    ("ssl_certificate_key", 1),
    ("sub_filter", 1),
    ("try_files", 1),
    ("uwsgi_cache", 1),
    ("uwsgi_cache_key", 1),
    ("uwsgi_param", 2),
    ("uwsgi_pass", 1),
];

/// Blocks whose lines are data, and no directives.
const DATA: &[&str] = &["charset_map", "geo", "geoip2", "map", "split_clients", "types"];

/// What names of variables begin with that every request or answer may set.
const FAMILIES: &[&str] = &[
    "arg_",
    "cookie_",
    "http_",
    "jwt_claim_",
    "jwt_header_",
    "proxy_protocol_tlv_",
    "sent_http_",
    "sent_trailer_",
    "upstream_cookie_",
    "upstream_http_",
    "upstream_trailer_",
];

/// Endings of files that something fills in before nginx reads them, variables of its own
/// among those of nginx.
const FILLED: &[&str] = &[".dist", ".envsubst", ".in", ".sample", ".template", ".tmpl", ".tpl"];

pub(super) fn collect(
    file: &File<'_>,
    source: &Source<'_>,
    settings: &Settings,
    out: &mut FileFacts,
) {
    let known = settings.packs.words("nginx.directives");
    let newer = settings.packs.words("nginx.newer");
    let own = settings.packs.words("nginx.variables");
    let is_filled = FILLED.iter().any(|ending| base_name(source.path).ends_with(ending));
    for directive in &file.directives {
        let parent = directive.parent.map(|ix| &file.directives[ix as usize]);
        let data = parent.map(Directive::name).filter(|name| DATA.contains(name));
        let name = directive.name();
        directive.words.iter().for_each(|word| captures(word, out));
        sets(directive, data, out);
        // Nobody knows what a directive of a module that is not known sets.
        let is_known = || known.get(name).is_some() || newer.get(name).is_some();
        if data.is_none() && !name.is_empty() && !is_known() {
            provide(NamePattern::any(), directive.span(), out);
        }
        if is_filled {
            continue;
        }
        match data {
            Some("map") => {
                let value = directive.words.get(1..).and_then(<[_]>::last);
                value.into_iter().for_each(|word| read(word, "map", own, out));
            }
            Some(_) => {}
            None => reads(directive, own, out),
        }
    }
}

fn provide(name: NamePattern, span: Span, out: &mut FileFacts) {
    let (kind, detail) = (kinds::NGINX_VARIABLE, Detail::None);
    out.provides.push(Provide { kind, name, span, within: None, detail });
}

/// The variable that a directive sets, if it does.
fn sets(directive: &Directive<'_>, data: Option<&str>, out: &mut FileFacts) {
    let args = directive.args();
    let word = match directive.name() {
        _ if data == Some("geoip2") => directive.words.first(),
        "auth_request_set" | "js_set" | "js_var" | "perl_set" | "set" => args.first(),
        name if name.starts_with("set_by_lua") => args.first(),
        "geo" | "map" | "split_clients" if data.is_none() => args.last(),
        _ => None,
    };
    let Some(word) = word.filter(|word| word.text.starts_with('$')) else { return };
    let rest = &word.text[1..];
    match word.has_tag || !rest.bytes().all(is_part) {
        true => provide(NamePattern::any(), word.span(), out),
        false => provide(NamePattern::exact(rest.to_ascii_lowercase()), word.span(), out),
    }
}

/// The variables that the named groups of an expression set.
fn captures(word: &Word<'_>, out: &mut FileFacts) {
    for (at, sign) in ["?<", "?P<", "?'"].iter().flat_map(|sign| word.text.match_indices(sign)) {
        let rest = &word.text[at + sign.len()..];
        let len = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        if len > 0 {
            let from = word.at + at + sign.len();
            let name = NamePattern::exact(rest[..len].to_ascii_lowercase());
            provide(name, Span::new(from, from + len), out);
        }
    }
}

fn reads(directive: &Directive<'_>, own: &Words, out: &mut FileFacts) {
    let Ok(ix) = READS.binary_search_by_key(&directive.name(), |(name, _)| name) else { return };
    let (via, first) = READS[ix];
    // The second word of these is what they set.
    let most = if matches!(via, "map" | "split_clients") { 1 } else { usize::MAX };
    for word in directive.words.get(first..).unwrap_or_default().iter().take(most) {
        // An expression: its `$` is an end.
        let is_expression = word.text.starts_with(['~', '^']) || word.text.starts_with("!~");
        match (is_expression, via) {
            (true, "if") => return,
            (true, _) => {}
            (false, _) => read(word, via, own, out),
        }
    }
}

/// Requires the variables in a word that nginx does not set itself. One in capital letters is
/// filled in by something else.
fn read(word: &Word<'_>, via: &'static str, own: &Words, out: &mut FileFacts) {
    if word.has_tag {
        return;
    }
    for (at, _) in word.text.match_indices('$') {
        let rest = &word.text[at + 1..];
        let inner = rest.strip_prefix('{').unwrap_or(rest);
        let len = inner.bytes().position(|byte| !is_part(byte)).unwrap_or(inner.len());
        let name = &inner[..len];
        let is_closed = inner.len() == rest.len() || inner[len..].starts_with('}');
        let is_name = name.bytes().any(|byte| byte.is_ascii_lowercase())
            && !name.starts_with(|first: char| first.is_ascii_digit());
        if !is_name || !is_closed || name.contains("__") {
            continue;
        }
        let name = name.to_ascii_lowercase();
        let is_family = FAMILIES.iter().any(|family| name.starts_with(family));
        if is_family || own.get(&name).is_some() {
            continue;
        }
        let from = word.at + at;
        let span = Span::new(from, from + 1 + (rest.len() - inner.len()) + len);
        let target = Ref::exact(kinds::NGINX_VARIABLE, name);
        out.requires.push(Require::certain(target, span, via, None));
    }
}

/// Whether a byte may be part of a name.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn variables_that_are_set_and_read() {
        assert!(READS.is_sorted() && DATA.is_sorted() && FAMILIES.is_sorted());
        let text = "map $http_x $Kind { default $kept; ~^(?<tail>.*)$ \"${tail}-$1\"; }\n\
            server_name ~^(?P<host_part>.+)\\.org$;\n\
            set $a \"$b/$host\"; set_by_lua_block $lua { return 1 }\n\
            if ($c ~ ^/x$) { return 301 https://$host$request_uri; }\n\
            rewrite ^(.*)$ /$d/$1; location ~ \\.php$ { fastcgi_param $e $f; }\n\
            proxy_set_header X-$g $DOMAIN; proxy_redirect ~^(.*)$ $h;\n";
        let mut out = FileFacts::default();
        let settings = Settings::default();
        let source = Source::of("a.conf", text);
        collect(&parse(text), &source, &settings, &mut out);
        let set: Vec<_> = out.provides.iter().map(|provide| provide.name.to_string()).collect();
        assert_eq!(set, ["kind", "tail", "host_part", "a", "lua"]);
        let read = out.requires.iter().map(|require| require.any_of[0].name.to_string());
        assert_eq!(read.collect::<Vec<_>>(), ["kept", "tail", "b", "c", "d", "f", "h"]);
        for own in &out.requires {
            let name = own.any_of[0].name.to_string();
            assert!(text[own.span.range()].trim_start_matches(['$', '{']) == name, "{own:?}");
        }
    }
}

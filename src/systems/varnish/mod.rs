//! Varnish configurations, also as templates: subroutines, includes, ACLs, probes, backends.
//!
//! (Source: vcl(7).)

mod names;

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, Extent, FileFacts, Kind, NamePattern, Provide, Ref, Relation, Require, Scope, Span,
    Strength, base_name, kinds, rendered,
};
use crate::graph::Graph;
use crate::syntax::tags::templated;
use crate::systems::System;

/// Varnish.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "varnish"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Vcl]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }
}

/// Extracts from `.vcl` files and templates of them.
pub struct Vcl;

impl Extractor for Vcl {
    fn system(&self) -> &'static str {
        "vcl"
    }

    fn claims(&self, path: &str) -> bool {
        rendered(path).ends_with(".vcl")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let name = NamePattern::exact(rendered(base_name(source.path)));
        provide(kinds::VCL_FILE, name, Span::default(), out);
        let words = words(source.text);
        // A configuration names its version, and a backend: what lacks one is a part of it.
        let versioned = words.windows(2).any(|pair| {
            pair[0].text == "vcl" && pair[1].text.starts_with(|c: char| c.is_ascii_digit())
        });
        let whole =
            versioned && words.iter().any(|word| matches!(word.text, "backend" | "include"));
        // A template may fill in more declarations.
        let is_template = ["<%", "{{", "{%"].iter().any(|tag| source.text.contains(tag));
        let extent = if whole { Extent::Whole } else { Extent::Fragment };
        let scope = Place { path: source.path, extent, templated: is_template };
        for (ix, word) in words.iter().enumerate() {
            let next = |ahead: usize| words.get(ix + ahead).filter(|word| !word.text.is_empty());
            let first = ix == 0 || matches!(words[ix - 1].text, ";" | "{" | "}" | ")");
            match (word.text, next(1), next(2)) {
                ("sub" | "acl" | "probe" | "backend", Some(name), Some(open))
                    if first && open.text == "{" =>
                {
                    let kind = match word.text {
                        "sub" => kinds::VCL_SUB,
                        "acl" => kinds::VCL_ACL,
                        "probe" => kinds::VCL_PROBE,
                        _ => kinds::VCL_BACKEND,
                    };
                    provide(kind, templated(name.text), name.span(), out);
                }
                ("backend", Some(name), Some(end))
                    if first
                        && matches!(
                            (end.text, next(3).map(|own| own.text)),
                            ("none", Some(";"))
                        ) =>
                {
                    provide(kinds::VCL_BACKEND, templated(name.text), name.span(), out);
                }
                // Of version 3.
                ("director", Some(name), Some(_)) if first && is_name(name.text) => {
                    provide(kinds::VCL_BACKEND, templated(name.text), name.span(), out);
                }
                (
                    "req.backend_hint" | "bereq.backend" | "req.backend",
                    Some(equals),
                    Some(name),
                ) if equals.text == "="
                    && is_backend(name.text)
                    && next(3).is_some_and(|own| own.text == ";") =>
                {
                    require(kinds::VCL_BACKEND, name, "set", &scope, out);
                }
                (method, Some(open), Some(name))
                    if method.ends_with(".add_backend")
                        && open.text == "("
                        && is_backend(name.text)
                        && next(3).is_some_and(|own| matches!(own.text, ")" | ",")) =>
                {
                    require(kinds::VCL_BACKEND, name, "add_backend", &scope, out);
                }
                ("call", Some(name), Some(end))
                    if first && end.text == ";" && !name.text.starts_with("vcl_") =>
                {
                    require(kinds::VCL_SUB, name, "call", &scope, out);
                }
                ("include", Some(name), _) if name.quoted => {
                    let base = base_name(name.text);
                    let target = Ref::new(kinds::VCL_FILE, templated(base));
                    let require = Require::certain(
                        target,
                        name.span(),
                        Relation::Includes.called("include"),
                        None,
                    );
                    out.requires.push(require);
                }
                ("~", Some(name), _) if !name.quoted && is_name(name.text) => {
                    require(kinds::VCL_ACL, name, "acl", &scope, out);
                }
                (".probe", Some(equals), Some(name))
                    if equals.text == "=" && is_name(name.text) && name.text != "default" =>
                {
                    require(kinds::VCL_PROBE, name, ".probe", &scope, out);
                }
                _ => {}
            }
        }
    }
}

fn provide(kind: Kind, name: NamePattern, span: Span, out: &mut FileFacts) {
    out.provides.push(Provide { kind, name, span, within: None, detail: Detail::None });
}

/// Where names are asked for.
struct Place<'a> {
    path: &'a str,
    /// Whole is a file that begins a configuration.
    extent: Extent,
    templated: bool,
}

/// Requires a name of the configuration that the file belongs to.
fn require(kind: Kind, name: &Word<'_>, via: &'static str, of: &Place<'_>, out: &mut FileFacts) {
    let pattern = templated(name.text);
    if pattern.prefix().is_empty() && pattern.suffix().is_empty() {
        return;
    }
    // Varnish compiles no configuration with a name that nothing declares.
    let sure = kind == kinds::VCL_SUB || !of.templated;
    let scope = Scope::of_kind(of.path, kind, of.extent);
    let target = Ref::new(kinds::VCL_NAME, pattern).seen_from(scope);
    let strength = if sure { Strength::Certain } else { Strength::Likely };
    out.requires.push(Require::certain(target, name.span(), via, None).with_strength(strength));
}

/// Whether a word is the name of a backend: one that is built in is always there.
fn is_backend(text: &str) -> bool {
    is_name(text) && !matches!(text, "default" | "none" | "NULL")
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A word, a quoted text without its quotes, or a sign.
struct Word<'a> {
    text: &'a str,
    at: usize,
    quoted: bool,
}

impl Word<'_> {
    fn span(&self) -> Span {
        Span::new(self.at, self.at + self.text.len())
    }
}

/// Words of a configuration without its comments and inline C. A template's tag is part of
/// the word that it stands in, and nothing where it stands alone.
fn words(text: &str) -> Vec<Word<'_>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte) || byte > 127;
    let skip = |from: usize, close: &str| {
        memchr::memmem::find(&bytes[from..], close.as_bytes())
            .map_or(bytes.len(), |len| from + len + close.len())
    };
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest[0].is_ascii_whitespace() {
            at += 1;
        } else if rest[0] == b'#' || rest.starts_with(b"//") {
            at = skip(at, "\n");
        } else if rest.starts_with(b"/*") {
            at = skip(at + 2, "*/");
        } else if rest.starts_with(b"C{") {
            at = skip(at, "}C");
        } else if rest.starts_with(b"{\"") {
            at = skip(at + 2, "\"}");
        } else if rest[0] == b'"' {
            let end = skip(at + 1, "\"");
            let inner = text.get(at + 1..end.saturating_sub(1).max(at + 1)).unwrap_or_default();
            out.push(Word { text: inner, at: at + 1, quoted: true });
            at = end;
        } else if is_word(rest[0]) || rest.starts_with(b"<%") {
            let start = at;
            let mut named = false;
            loop {
                if bytes[at..].starts_with(b"<%") {
                    at = skip(at, "%>");
                } else if bytes.get(at).copied().is_some_and(is_word) {
                    named = true;
                    at += 1;
                } else {
                    break;
                }
            }
            if named {
                let text = text.get(start..at).unwrap_or_default();
                out.push(Word { text, at: start, quoted: false });
            }
        } else {
            out.push(Word { text: text.get(at..at + 1).unwrap_or_default(), at, quoted: false });
            at += 1;
        }
    }
    out
}

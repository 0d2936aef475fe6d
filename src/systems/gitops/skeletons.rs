//! Objects of Flux in templates that a script fills in and applies: `sed … x.yaml.tmpl |
//! kubectl apply -f -`. They are there for those that name them, and are read no further.

use super::is_yaml;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, Template, kinds};

/// Finds the names of objects in templates.
pub struct Skeletons;

impl Extractor for Skeletons {
    fn system(&self) -> &'static str {
        "flux"
    }

    fn claims(&self, path: &str) -> bool {
        Template::at(path).is_some_and(|own| is_yaml(own.of))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, b"toolkit.fluxcd.io/").is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        for own in named(source.text).filter(|own| own.api.contains("toolkit.fluxcd.io/")) {
            out.provides.push(Provide {
                kind: kinds::FLUX_OBJECT,
                name: filled(own.name).prepend(&format!("{}/", own.kind)),
                span: own.span,
                within: None,
                detail: Detail::None,
            });
        }
    }
}

/// An object of a template, as its lines name it.
pub(super) struct Named<'t> {
    pub(super) api: &'t str,
    pub(super) kind: &'t str,
    pub(super) name: &'t str,
    pub(super) span: Span,
}

/// The objects of a template that name themselves.
pub(super) fn named(text: &str) -> impl Iterator<Item = Named<'_>> {
    let mut object = Object::default();
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let bare = line.trim_end();
        if bare.starts_with("---") {
            object = Object::default();
        } else if let Some(kind) = bare.strip_prefix("kind:") {
            object.kind = kind.trim();
        } else if let Some(api) = bare.strip_prefix("apiVersion:") {
            object.api = api.trim();
        } else if bare.starts_with(|own: char| own.is_alphabetic()) {
            object.is_named = bare == "metadata:";
        } else if let Some(name) = bare.strip_prefix("  name:").filter(|_| object.is_named) {
            let name = name.trim().trim_matches(['"', '\'']);
            if !object.kind.is_empty() && !name.is_empty() {
                let span = Span::new(start, start + bare.len());
                return Some(Named { api: object.api, kind: object.kind, name, span });
            }
        }
        None
    })
}

/// What was read of an object so far.
#[derive(Default)]
struct Object<'t> {
    kind: &'t str,
    api: &'t str,
    /// The lines that follow are of its `metadata`.
    is_named: bool,
}

/// A name, with holes where it is filled in.
pub(super) fn filled(name: &str) -> NamePattern {
    const MARKS: [(&str, &str); 5] =
        [("{{", "}}"), ("${", "}"), ("<<", ">>"), ("<%", "%>"), ("@", "@")];
    NamePattern::with_holes(name, |rest| {
        let opened = MARKS.iter().filter_map(|(open, close)| Some((rest.find(open)?, open, close)));
        let (at, open, close) = opened.min_by_key(|(at, ..)| *at)?;
        let inside = at + open.len();
        let end = rest[inside..].find(close).map(|own| inside + own + close.len());
        Some(at..end.unwrap_or(rest.len()))
    })
}

//! Objects of Flux in templates that a script fills in and applies: `sed … x.yaml.tmpl |
//! kubectl apply -f -`, and projects of Argo CD in templates of charts. They are there for those that name them, and are read no further.

use super::{is_yaml, values};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, Template, kinds};

/// Finds the names of objects in templates.
pub struct Skeletons;

impl Extractor for Skeletons {
    fn system(&self) -> &'static str {
        "flux"
    }

    fn claims(&self, path: &str) -> bool {
        Template::at(path).is_some_and(|own| is_yaml(own.of)) || is_yaml(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"toolkit.fluxcd.io/") || has(b"kind: AppProject") && has(b"{{")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let is_skeleton = Template::at(source.path).is_some();
        let mut object = Object::default();
        let mut at = 0;
        for line in source.text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let bare = line.trim_end();
            if bare.starts_with("---") {
                object = Object::default();
            } else if let Some(kind) = bare.strip_prefix("kind:") {
                object.kind = kind.trim();
            } else if let Some(api) = bare.strip_prefix("apiVersion:") {
                object.is_own = api.contains("toolkit.fluxcd.io/");
            } else if bare.starts_with(|own: char| own.is_alphabetic()) {
                object.is_named = bare == "metadata:";
            } else if let Some(name) = bare.strip_prefix("  name:").filter(|_| object.is_named) {
                let name = name.trim().trim_matches(['"', '\'']);
                if object.kind == "AppProject" && !name.is_empty() {
                    let span = Span::new(start, start + bare.len());
                    values::provide_pattern(filled(name), span, out);
                } else if is_skeleton
                    && object.is_own
                    && !object.kind.is_empty()
                    && !name.is_empty()
                {
                    out.provides.push(Provide {
                        kind: kinds::FLUX_OBJECT,
                        name: filled(name).prepend(&format!("{}/", object.kind)),
                        span: Span::new(start, start + bare.len()),
                        within: None,
                        detail: Detail::None,
                    });
                }
            }
        }
    }
}

/// What was read of an object so far.
#[derive(Default)]
struct Object<'t> {
    kind: &'t str,
    is_own: bool,
    /// The lines that follow are of its `metadata`.
    is_named: bool,
}

/// A name, with holes where it is filled in.
fn filled(name: &str) -> NamePattern {
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

//! What the files of a root are applied with: where its state is kept, and how its providers are
//! set up.
//!
//! (Source: "Terraform Language": "Backend Configuration", where none means state in a file beside
//! the root; "Provider Configuration".)

use crate::facts::{Entity, Span, base_name, kinds};
use crate::graph::{Graph, Ground, Grounds};
use crate::loader::FileIx;

/// Roots.
pub(super) struct Roots;

/// How a ground is called that keeps the state.
const STATE: &str = "backend ";

impl Grounds for Roots {
    fn laid(&self, graph: &Graph<'_>, file: FileIx) -> Vec<Ground> {
        if !graph.snapshot.file(file).systems.contains(&"terraform") {
            return Vec::new();
        }
        let Ok(text) = String::from_utf8(graph.snapshot.contents(file)) else { return Vec::new() };
        let mut at = 0;
        let mut out: Vec<Ground> = Vec::new();
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let bare = line.trim_start();
            let named = |word: &str| bare.strip_prefix(word)?.split('"').next();
            let (name, without) = if let Some(own) = named("backend \"") {
                (format!("{STATE}{own}"), "the state is kept in a file beside the root")
            } else if let Some(own) = named("provider \"").filter(|_| line.len() == bare.len()) {
                (own.to_owned(), "its provider is not set up")
            } else {
                continue;
            };
            let entity = Entity::new(kinds::NAME, name);
            if !out.iter().any(|own| own.entity == entity) {
                let begin = start + line.len() - bare.len();
                let span = Span::new(begin, begin + bare.trim_end().len());
                out.push(Ground { entity, span, without });
            }
        }
        out
    }

    fn builds(&self, graph: &Graph<'_>, file: FileIx, ground: &Entity) -> Option<Span> {
        let provides = graph.snapshot.file(file).facts.provides.iter();
        let provider = format!("{}_", ground.name);
        let is_built = |own: &&crate::facts::Provide| {
            let named = own.name.as_exact().map(|own| base_name(own)).unwrap_or_default();
            let is_resource = own.kind == kinds::TERRAFORM_RESOURCE;
            match ground.name.starts_with(STATE) {
                true => is_resource || own.kind == kinds::TERRAFORM_CALL,
                false => {
                    (is_resource || own.kind == kinds::TERRAFORM_DATA)
                        && named.starts_with(&provider)
                }
            }
        };
        provides.filter(is_built).map(|own| own.span).next()
    }
}

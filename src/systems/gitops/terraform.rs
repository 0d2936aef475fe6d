//! Projects of Argo CD that Terraform makes: in the values of a release of a chart, as a manifest,
//! or as a resource of the provider `argocd`.
//!
//! (Source: the providers `helm`, `kubernetes`, `kubectl` and `argocd`.)

use super::values::{declared_by, provide};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Span};
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::structure::Block;
use hcl_edit::visit::{self, Visit};

/// Finds the projects of a file.
pub struct Terraform;

impl Extractor for Terraform {
    fn system(&self) -> &'static str {
        "argo-cd"
    }

    fn claims(&self, path: &str) -> bool {
        [".tf", ".tofu"].iter().any(|ending| path.ends_with(ending))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"argocd_project") || has(b"AppProject") || has(b"rojects") && has(b"sourceRepos")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        // What does not parse is said by the reader of Terraform itself.
        if let Ok(body) = hcl_edit::parser::parse_body(source.text) {
            Projects { out }.visit_body(&body);
        }
    }
}

struct Projects<'a> {
    out: &'a mut FileFacts,
}

impl Visit for Projects<'_> {
    fn visit_block(&mut self, block: &Block) {
        let is_project = block.ident.as_str() == "resource"
            && block.labels.first().is_some_and(|own| own.as_str() == "argocd_project");
        for inner in block.body.get_blocks("metadata").filter(|_| is_project) {
            let name = inner.body.get_attribute("name").map(|own| &own.value);
            self.named(name);
        }
        visit::visit_block(self, block);
    }

    fn visit_expr(&mut self, expr: &Expression) {
        match expr {
            Expression::HeredocTemplate(template) => {
                declared_by(&template.template.to_string(), self.out);
            }
            Expression::Object(object) => self.object(object),
            _ => {}
        }
        visit::visit_expr(self, expr);
    }
}

impl Projects<'_> {
    fn object(&mut self, object: &Object) {
        let is_project = member(object, "kind").and_then(Expression::as_str) == Some("AppProject");
        if let Some(Expression::Object(own)) = member(object, "metadata").filter(|_| is_project) {
            self.named(member(own, "name"));
        }
        for (key, value) in object.iter() {
            if !key_of(key).is_some_and(|own| own.ends_with("rojects")) {
                continue;
            }
            match value.expr() {
                Expression::Object(all) => {
                    for (name, _) in all.iter().filter(|(_, own)| is_project_of(own.expr())) {
                        provide(key_of(name), Span::default(), self.out);
                    }
                }
                Expression::Array(all) => {
                    for own in all.iter().filter(|own| is_project_of(own)) {
                        let Expression::Object(own) = own else { continue };
                        self.named(member(own, "name"));
                    }
                }
                // Made of something else: any name may be among them.
                _ => {}
            }
        }
    }

    fn named(&mut self, name: Option<&Expression>) {
        let Some(name) = name else { return };
        match name.as_str() {
            Some(own) => provide(Some(own), Span::default(), self.out),
            None => provide(Some("${}"), Span::default(), self.out),
        }
    }
}

fn is_project_of(expr: &Expression) -> bool {
    let Expression::Object(own) = expr else { return false };
    member(own, "sourceRepos").is_some() || member(own, "destinations").is_some()
}

fn member<'e>(object: &'e Object, key: &str) -> Option<&'e Expression> {
    object.iter().find(|(own, _)| key_of(own) == Some(key)).map(|(_, value)| value.expr())
}

fn key_of(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str()),
        ObjectKey::Expression(Expression::Variable(name)) => Some(name.as_str()),
        ObjectKey::Expression(Expression::String(name)) => Some(name.as_str()),
        ObjectKey::Expression(_) => None,
    }
}

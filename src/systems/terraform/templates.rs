//! `templatefile`: the names that a template reads against those that its call gives it.
//!
//! (Source: "Terraform Language", "templatefile": a template sees its own variables alone.)

use crate::check::Context;
use crate::facts::{Entity, Span, kinds, path_in};
use crate::finding::{Finding, Place};
use crate::graph::PathKind;
use crate::loader::FileIx;
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ForExpr, FuncCall, ObjectKey, ObjectValue};
use hcl_edit::template::ForTemplateExpr;
use hcl_edit::visit::{self, Visit};
use rustc_hash::FxHashMap;

/// The most that a template may have; what is longer is data.
const LONGEST: usize = 1 << 18;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let tree = graph.snapshot.role;
    let mut read: FxHashMap<FileIx, Vec<(String, Span)>> = FxHashMap::default();
    for (ix, file) in graph.calling(&[kinds::TERRAFORM_TEMPLATE]) {
        for call in file.facts.calls.iter().filter(|own| !own.open) {
            let target = call.any_of.first().filter(|own| own.kind == kinds::TERRAFORM_TEMPLATE);
            let Some(path) = target.and_then(|own| own.name.as_exact()) else { continue };
            let PathKind::File(template) = graph.paths.look_up(path) else { continue };
            let names =
                read.entry(template).or_insert_with(|| names(&graph.snapshot.contents(template)));
            let given = |name: &str| call.args.iter().any(|own| own.name == name);
            let lacks: Vec<&(String, Span)> =
                names.iter().filter(|(name, _)| !given(name)).collect();
            let Some((first, span)) = lacks.first() else { continue };
            let all: Vec<String> = lacks.iter().map(|(name, _)| format!("`{name}`")).collect();
            let all = all.join(", ");
            let place = Place { tree, file: ix, span: call.span };
            let message =
                format!("the template `{path}` reads {all}, which this call does not give it");
            findings.push(
                Finding::new("missing-required-parameter", message, place)
                    .label("filled in here")
                    .help(format!("pass {all}: a template sees the names of its call alone"))
                    .related("read here", Place { tree, file: template, span: *span })
                    .entity(Entity::new(kinds::TERRAFORM_TEMPLATE, path_in(path, first))),
            );
        }
    }
}

/// The names that a template reads whatever happens, each with its first place; none of one
/// that cannot be read.
fn names(bytes: &[u8]) -> Vec<(String, Span)> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST);
    let template = text.and_then(|text| hcl_edit::parser::parse_template(text).ok());
    let mut names = Names::default();
    if let Some(template) = template {
        names.visit_template(&template);
    }
    names.found
}

#[derive(Default)]
struct Names {
    found: Vec<(String, Span)>,
    shadowed: Vec<String>,
    tried: u32,
}

impl Names {
    fn within(&mut self, names: &[&str], inside: impl FnOnce(&mut Self)) {
        let outer = self.shadowed.len();
        self.shadowed.extend(names.iter().map(|name| (*name).to_owned()));
        inside(self);
        self.shadowed.truncate(outer);
    }
}

impl Visit for Names {
    fn visit_expr(&mut self, node: &Expression) {
        let Expression::Variable(name) = node else { return visit::visit_expr(self, node) };
        let text = name.as_str();
        let known = self.tried > 0
            || self.shadowed.iter().any(|own| own == text)
            || self.found.iter().any(|(own, _)| own == text);
        if !known {
            let span = name.span().map_or(Span::default(), |own| Span::new(own.start, own.end));
            self.found.push((text.to_owned(), span));
        }
    }

    fn visit_object_item(&mut self, key: &ObjectKey, value: &ObjectValue) {
        // A bare word is a key by its name.
        if let ObjectKey::Expression(own) = key
            && !matches!(own, Expression::Variable(_))
        {
            self.visit_expr(own);
        }
        self.visit_expr(value.expr());
    }

    fn visit_func_call(&mut self, node: &FuncCall) {
        let tries = matches!(node.name.name.as_str(), "try" | "can");
        self.tried += u32::from(tries);
        node.args.iter().for_each(|own| self.visit_expr(own));
        self.tried -= u32::from(tries);
    }

    fn visit_for_expr(&mut self, node: &ForExpr) {
        let intro = &node.intro;
        self.visit_expr(&intro.collection_expr);
        let key = intro.key_var.as_ref().map_or("", |own| own.as_str());
        self.within(&[key, intro.value_var.as_str()], |own| {
            node.key_expr.iter().for_each(|key| own.visit_expr(key));
            own.visit_expr(&node.value_expr);
            node.cond.iter().for_each(|cond| own.visit_expr(&cond.expr));
        });
    }

    fn visit_for_template_expr(&mut self, node: &ForTemplateExpr) {
        self.visit_expr(&node.collection_expr);
        let key = node.key_var.as_ref().map_or("", |own| own.as_str());
        self.within(&[key, node.value_var.as_str()], |own| own.visit_template(&node.template));
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_that_a_template_reads() {
        let text = "a ${one} $${none} %{ for own in two ~}\n${own.x} ${upper(three[0])}\n%{ endfor }\n%{ if try(no, true) }${ { key = four } }%{ endif }\n";
        let found = names(text.as_bytes());
        let found: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, ["one", "two", "three", "four"]);
    }
}

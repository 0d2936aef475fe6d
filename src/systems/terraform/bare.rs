//! Names that stand alone where a value is due: `arn` for `local.arn`, which no version of Terraform
//! takes; and keys of a policy of AWS that are nearly one of its own.
//!
//! (Source: "Terraform Language", "References to Named Values": "Invalid reference"; AWS, "IAM JSON
//! policy elements reference".)

use super::read::place;
use crate::facts::{Problem, Strength, nearest_of};
use hcl_edit::Span as _;
use hcl_edit::expr::{
    Expression, ForExpr, Object, ObjectKey, ObjectValue, Traversal, TraversalOperator,
};
use hcl_edit::structure::{Attribute, Block, Body, Structure};
use hcl_edit::template::ForTemplateExpr;
use hcl_edit::visit::{self, Visit};

/// Blocks whose values are expressions.
const BLOCKS: [&str; 5] = ["resource", "data", "module", "output", "locals"];

/// Arguments of Terraform itself that take bare words.
const WORDS: [&str; 9] = [
    "provider",
    "providers",
    "ignore_changes",
    "replace_triggered_by",
    "iterator",
    "type",
    "when",
    "on_failure",
    "events",
];

/// What a statement of a policy consists of.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Most findings of one file: a text in another language has nothing else.
const MOST: usize = 10;

/// Reports such names and keys.
pub(super) fn check(body: &Body, out: &mut Vec<Problem>) {
    let mut own = Bare { shadowed: Vec::new(), out: Vec::new() };
    for block in body.iter().filter_map(Structure::as_block) {
        if BLOCKS.contains(&block.ident.as_str()) {
            own.visit_body(&block.body);
        }
    }
    if own.out.len() <= MOST {
        out.append(&mut own.out);
    }
}

struct Bare {
    /// Names that a `for` or a dynamic block gives inside itself.
    shadowed: Vec<String>,
    out: Vec<Problem>,
}

impl Bare {
    fn with_names(&mut self, names: &[&str], inside: impl FnOnce(&mut Self)) {
        let outer = self.shadowed.len();
        self.shadowed.extend(names.iter().map(|name| (*name).to_owned()));
        inside(self);
        self.shadowed.truncate(outer);
    }

    fn statement(&mut self, object: &Object) {
        let keys = || object.iter().filter_map(|(key, _)| Some((named(key)?, key)));
        let has = |wanted: &[&str]| keys().any(|(name, _)| wanted.contains(&name));
        if !has(&["Effect"]) || !has(&["Action", "NotAction"]) {
            return;
        }
        for (name, key) in keys().filter(|(name, _)| !ELEMENTS.contains(name)) {
            let near = nearest_of(name, ELEMENTS.into_iter());
            let Some(near) = near.filter(|near| !has(&[near.as_str()])) else { continue };
            let message = format!("a statement of a policy has no element `{name}`");
            let help = format!("did you mean `{near}`? AWS refuses the policy");
            let problem = Problem::new("unknown-parameter", message, place(key.span()));
            self.out.push(Problem { help, meant: Some(near), ..problem });
        }
    }
}

fn named(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str()),
        ObjectKey::Expression(Expression::Variable(name)) => Some(name.as_str()),
        ObjectKey::Expression(Expression::String(name)) => Some(name.as_str()),
        ObjectKey::Expression(_) => None,
    }
}

impl Visit for Bare {
    fn visit_block(&mut self, node: &Block) {
        if node.ident.as_str() != "dynamic" {
            return self.visit_body(&node.body);
        }
        let label = node.labels.first().map_or("", |label| label.as_str());
        let iterator = node.body.get_attribute("iterator").and_then(|own| match &own.value {
            Expression::Variable(name) => Some(name.as_str()),
            _ => None,
        });
        self.with_names(&[iterator.unwrap_or(label)], |own| own.visit_body(&node.body));
    }

    fn visit_attr(&mut self, node: &Attribute) {
        if !WORDS.contains(&node.key.as_str()) {
            self.visit_expr(&node.value);
        }
    }

    fn visit_expr(&mut self, node: &Expression) {
        let Expression::Variable(name) = node else { return visit::visit_expr(self, node) };
        let text = name.as_str();
        if self.shadowed.iter().any(|own| own == text) {
            return;
        }
        let message = format!("`{text}` stands alone where a value is due");
        let help = format!("write `var.{text}`, `local.{text}`, or `\"{text}\"`");
        let problem = Problem::new("parse-error", message, place(name.span()));
        self.out.push(Problem { help, strength: Strength::Certain, ..problem });
    }

    fn visit_traversal(&mut self, node: &Traversal) {
        if !matches!(node.expr, Expression::Variable(_)) {
            self.visit_expr(&node.expr);
        }
        for operator in &node.operators {
            if let TraversalOperator::Index(index) = operator.value() {
                self.visit_expr(index);
            }
        }
    }

    fn visit_object(&mut self, node: &Object) {
        self.statement(node);
        visit::visit_object(self, node);
    }

    fn visit_object_item(&mut self, _key: &ObjectKey, value: &ObjectValue) {
        self.visit_expr(value.expr());
    }

    fn visit_for_expr(&mut self, node: &ForExpr) {
        let intro = &node.intro;
        self.visit_expr(&intro.collection_expr);
        let key = intro.key_var.as_ref().map_or("", |own| own.as_str());
        self.with_names(&[key, intro.value_var.as_str()], |own| {
            node.key_expr.iter().for_each(|expr| own.visit_expr(expr));
            own.visit_expr(&node.value_expr);
            node.cond.iter().for_each(|cond| own.visit_expr(&cond.expr));
        });
    }

    fn visit_for_template_expr(&mut self, node: &ForTemplateExpr) {
        self.visit_expr(&node.collection_expr);
        let key = node.key_var.as_ref().map_or("", |own| own.as_str());
        self.with_names(&[key, node.value_var.as_str()], |own| own.visit_template(&node.template));
    }
}

//! Objects that lack an attribute which the type of their variable asks for, and values that its
//! validation does not take.
//!
//! (Source: "Terraform Language", "Type Constraints": an object without an attribute that is not
//! `optional()` does not fit; "Custom Conditions", "Input variable validation".)

use super::said::{literal, place, provide};
use crate::check::Context;
use crate::facts::{Arg, Call, Detail, Entity, FileFacts, Kind, Ref, base_name, kinds, path_in};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, Site};
use hcl_edit::Span as _;
use hcl_edit::expr::{BinaryOperator, Expression, ObjectKey, TraversalOperator};
use hcl_edit::structure::Block;
use smallvec::smallvec;
use smol_str::SmolStr;

/// Behind a variable's path: the objects of its list, and those of its map.
const OF_LIST: &str = "[]";
const OF_MAP: &str = "{}";

/// The argument of a call that is the value itself.
const VALUE: &str = "value";

/// The name of a key that is written as it is.
pub(super) fn key(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(Expression::Variable(name)) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(own) => literal(own),
    }
}

/// What a variable asks of its values.
pub(super) fn declared(folder: &str, name: &str, block: &Block, out: &mut FileFacts) {
    let path = path_in(folder, name);
    let span = block.labels.first().and_then(|own| own.span());
    if let Some((end, attributes)) =
        block.body.get_attribute("type").and_then(|own| shape(&own.value))
        && !attributes.is_empty()
    {
        let detail = Detail::Members(attributes.into());
        out.provides.push(provide(
            kinds::TERRAFORM_SHAPE,
            format!("{path}{end}"),
            span.clone(),
            detail,
        ));
    }
    for own in block.body.get_blocks("validation") {
        let condition = own.body.get_attribute("condition");
        if let Some(values) = condition.and_then(|own| choices(&own.value, name)) {
            let detail = Detail::Members(values.into());
            out.provides.push(provide(kinds::TERRAFORM_CHOICE, path.clone(), span.clone(), detail));
        }
    }
}

/// The attributes that objects of a type have to have, and how their paths end.
fn shape(own: &Expression) -> Option<(&'static str, Vec<SmolStr>)> {
    let Expression::FuncCall(call) = own else { return None };
    let first = call.args.iter().next()?;
    let end = match call.name.name.as_str() {
        "object" => {
            let Expression::Object(object) = first else { return None };
            let is_optional = |own: &Expression| matches!(own, Expression::FuncCall(call) if call.name.name.as_str() == "optional");
            let mut all = Vec::new();
            for (name, value) in object.iter().filter(|(_, own)| !is_optional(own.expr())) {
                let _ = value;
                all.push(SmolStr::from(key(name)?));
            }
            return Some(("", all));
        }
        "list" | "set" => OF_LIST,
        "map" => OF_MAP,
        _ => return None,
    };
    let (inner, attributes) = shape(first)?;
    inner.is_empty().then_some((end, attributes))
}

/// The values of `contains(["a", "b"], var.NAME)`.
fn choices(condition: &Expression, name: &str) -> Option<Vec<SmolStr>> {
    let is_null = |own: &Expression| match own {
        Expression::BinaryOp(own) => {
            *own.operator.value() == BinaryOperator::Eq
                && [&own.lhs_expr, &own.rhs_expr]
                    .iter()
                    .any(|own| matches!(own, Expression::Null(_)))
        }
        _ => false,
    };
    let call = match condition {
        Expression::FuncCall(call) => call,
        Expression::BinaryOp(own) if *own.operator.value() == BinaryOperator::Or => {
            return match (is_null(&own.lhs_expr), is_null(&own.rhs_expr)) {
                (true, false) => choices(&own.rhs_expr, name),
                (false, true) => choices(&own.lhs_expr, name),
                _ => None,
            };
        }
        _ => return None,
    };
    let args: Vec<&Expression> = call.args.iter().collect();
    let [Expression::Array(values), Expression::Traversal(own)] = args.as_slice() else {
        return None;
    };
    let is_var = matches!(&own.expr, Expression::Variable(first) if first.as_str() == "var");
    let operators: Vec<_> = own.operators.iter().map(|own| own.value()).collect();
    let is_own =
        matches!(operators.as_slice(), [TraversalOperator::GetAttr(own)] if own.as_str() == name);
    if call.name.name.as_str() != "contains" || !is_var || !is_own {
        return None;
    }
    values.iter().map(|own| literal(own).map(SmolStr::from)).collect()
}

/// What a call passes for a variable of the module in a folder, as far as it is written down.
pub(super) fn passed(folder: &str, name: &str, value: &Expression, out: &mut FileFacts) {
    let path = path_in(folder, name);
    match value {
        Expression::String(text) => {
            let arg = Arg {
                name: VALUE.into(),
                value: Some(text.as_str().into()),
                span: place(value.span()),
            };
            let target = Ref::exact(kinds::TERRAFORM_CHOICE, path);
            let mut call = Call::new(smallvec![target], place(value.span()), "argument");
            call.args.push(arg);
            out.calls.push(call);
        }
        Expression::Object(object) => {
            self::object(path.clone(), value, out);
            for (_, inner) in object.iter() {
                self::object(format!("{path}{OF_MAP}"), inner.expr(), out);
            }
        }
        Expression::Array(items) => {
            items.iter().for_each(|own| self::object(format!("{path}{OF_LIST}"), own, out));
        }
        _ => {}
    }
}

/// An object, by the names of its keys.
fn object(path: String, value: &Expression, out: &mut FileFacts) {
    let Expression::Object(object) = value else { return };
    let names: Option<Vec<String>> = object.iter().map(|(own, _)| key(own)).collect();
    let Some(names) = names else { return };
    let span = place(value.span());
    let target = Ref::exact(kinds::TERRAFORM_SHAPE, path);
    let mut call = Call::new(smallvec![target], span, "argument");
    call.args = names.into_iter().map(|own| Arg { name: own.into(), value: None, span }).collect();
    out.calls.push(call);
}

/// What the one declaration of a path asks for.
fn asked<'g>(graph: &'g Graph<'_>, kind: Kind, path: &str) -> Option<(Site, &'g [SmolStr])> {
    let mut sites = graph.providers(kind, path);
    let (Some(site), None) = (sites.next(), sites.next()) else { return None };
    let own = graph.snapshot.file(site.file).facts.provides.get(site.provide? as usize)?;
    match &own.detail {
        Detail::Members(all) => Some((site, all)),
        _ => None,
    }
}

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let tree = graph.snapshot.role;
    for (file, own) in graph.calling(&[kinds::TERRAFORM_CHOICE, kinds::TERRAFORM_SHAPE]) {
        for call in &own.facts.calls {
            let Some(target) = call.any_of.first() else { continue };
            let is_own = matches!(target.kind, kinds::TERRAFORM_CHOICE | kinds::TERRAFORM_SHAPE);
            let Some(path) = target.name.as_exact().filter(|_| is_own) else { continue };
            let Some((site, all)) = asked(graph, target.kind, path) else { continue };
            let name = base_name(path).trim_end_matches(OF_LIST).trim_end_matches(OF_MAP);
            let place = Place { tree, file, span: call.span };
            let finding = if target.kind == kinds::TERRAFORM_SHAPE {
                let given = |name: &SmolStr| call.args.iter().any(|own| own.name == *name);
                let lacks: Vec<&SmolStr> = all.iter().filter(|own| !given(own)).collect();
                let Some(first) = lacks.first() else { continue };
                let names: Vec<String> = lacks.iter().map(|own| format!("`{own}`")).collect();
                let names = names.join(", ");
                let message =
                    format!("an object for `{name}` lacks {names}, which its type requires");
                Finding::new("missing-required-parameter", message, place)
                    .label("passed here")
                    .help(format!(
                        "pass {names}, or make it `optional()` in the type of the variable"
                    ))
                    .entity(Entity::new(target.kind, path_in(path, first)))
            } else {
                let value = call.args.first().and_then(|own| own.value.as_ref());
                let Some(value) = value.filter(|own| !all.contains(own)) else { continue };
                let message = format!("the validation of `{name}` does not take `{value}`");
                let known: Vec<String> = all.iter().map(|own| format!("`{own}`")).collect();
                Finding::new("incompatible-value", message, place)
                    .label("passed here")
                    .help(format!("it takes {}", known.join(", ")))
                    .entity(Entity::new(target.kind, path.clone()))
            };
            let at = Place { tree, file: site.file, span: site.span };
            findings.push(finding.related("declared here", at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Terraform;
    use crate::extract::{Extractor, Settings, Source};
    use crate::facts::{Detail, FileFacts};

    fn asked(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        Terraform.extract(&Source::of("m/a.tf", text), &Settings::default(), &mut out);
        let all = out.provides.iter().filter_map(|own| match &own.detail {
            Detail::Members(all) => Some(format!("{} {}", own.name, all.join(","))),
            _ => None,
        });
        all.collect()
    }

    #[test]
    fn what_variables_ask_for() {
        let of = |body: &str| asked(&format!("variable \"x\" {{\n{body}\n}}\n"));
        assert_eq!(of("type = object({ a = string, b = optional(string), c = any })"), ["m/x a,c"]);
        assert_eq!(of("type = list(object({ a = string }))"), ["m/x[] a"]);
        assert_eq!(of("type = map(object({ a = string }))"), ["m/x{} a"]);
        assert!(of("type = list(list(object({ a = string })))").is_empty());
        let valid = |condition: &str| of(&format!("validation {{\n condition = {condition}\n}}"));
        assert_eq!(valid("contains([\"a\", \"b\"], var.x)"), ["m/x a,b"]);
        assert_eq!(valid("var.x == null || contains([\"a\"], var.x)"), ["m/x a"]);
        assert!(valid("contains([\"a\"], lower(var.x))").is_empty());
        assert!(valid("contains([\"a\"], var.x) || var.y").is_empty());
    }
}

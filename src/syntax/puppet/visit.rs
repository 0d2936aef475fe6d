//! What an expression is made of.

use super::ast::{Call, Expr, ExprKind, Part};

/// Hands the expressions that `expr` directly consists of to `each`, in source order; the
/// bodies of lambdas too, and nothing of a definition inside it.
pub fn children<'e, 'a>(expr: &'e Expr<'a>, each: &mut dyn FnMut(&'e Expr<'a>)) {
    match expr.kind {
        ExprKind::Undef
        | ExprKind::Default
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Str { .. }
        | ExprKind::Regex(_)
        | ExprKind::Name(_)
        | ExprKind::TypeRef(_)
        | ExprKind::Variable(_)
        | ExprKind::Reserved(_)
        | ExprKind::Definition(_)
        | ExprKind::Error => {}
        ExprKind::Interpolated(parts) => {
            for part in parts {
                if let Part::Expr(inner) = part {
                    each(inner);
                }
            }
        }
        ExprKind::Array(entries) => entries.iter().for_each(each),
        ExprKind::Hash(pairs) => pairs.iter().for_each(|(key, value)| {
            each(key);
            each(value);
        }),
        ExprKind::Access(base, keys) => {
            each(base);
            keys.iter().for_each(each);
        }
        ExprKind::Call(own) => call(own, each),
        ExprKind::MethodCall(receiver, own) => {
            each(receiver);
            call(own, each);
        }
        ExprKind::Unary(_, inner) | ExprKind::Paren(inner) => each(inner),
        ExprKind::Binary(_, left, right)
        | ExprKind::Assign(_, left, right)
        | ExprKind::TypeAlias(left, right) => {
            each(left);
            each(right);
        }
        ExprKind::Selector(subject, entries) => {
            each(subject);
            entries.iter().for_each(|(key, value)| {
                each(key);
                each(value);
            });
        }
        ExprKind::If(node) => {
            each(&node.test);
            node.then.iter().chain(node.otherwise).for_each(each);
        }
        ExprKind::Case(subject, options) => {
            each(subject);
            for option in options {
                option.values.iter().chain(option.body).for_each(&mut *each);
            }
        }
        ExprKind::Resource(resource) => {
            each(&resource.ty);
            for body in resource.bodies {
                each(&body.title);
                body.attributes.iter().for_each(|own| each(&own.value));
            }
        }
        ExprKind::ResourceDefaults(target, attributes)
        | ExprKind::ResourceOverride(target, attributes) => {
            each(target);
            attributes.iter().for_each(|own| each(&own.value));
        }
        ExprKind::Collector(collector) => {
            each(&collector.ty);
            collector.query.iter().for_each(&mut *each);
            collector.attributes.iter().for_each(|own| each(&own.value));
        }
        ExprKind::Node(node) => node.body.iter().for_each(each),
    }
}

fn call<'e, 'a>(call: &'e Call<'a>, each: &mut dyn FnMut(&'e Expr<'a>)) {
    each(&call.callee);
    call.args.iter().for_each(&mut *each);
    if let Some(lambda) = call.lambda {
        lambda.body.iter().for_each(each);
    }
}

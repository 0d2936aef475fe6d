//! Static validation that Puppet 4 and later apply after parsing.
//!
//! Findings go to the `legacy` list: the construct is understood, a current Puppet
//! rejects it. Source: the static checks of Puppet 7.23 (`puppet parser validate`).

use super::ast::*;
use super::error::SyntaxError;
use crate::facts::Span;

/// What is said of a selector or `case` that has `default` twice.
pub const TWICE_DEFAULT: &str = "`default` twice";

/// Adds what a current Puppet would reject in `body` to `out`.
pub(super) fn validate(body: &[Expr<'_>], out: &mut Vec<SyntaxError>) {
    Validator { out }.block(body, Container::Top);
}

/// What directly holds a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Top,
    Class,
    Other,
}

struct Validator<'o> {
    out: &'o mut Vec<SyntaxError>,
}

impl Validator<'_> {
    fn reject(&mut self, message: impl Into<String>, span: Span) {
        self.out.push(SyntaxError { message: message.into(), span });
    }

    fn block(&mut self, body: &[Expr<'_>], container: Container) {
        if let Some((_, init)) = body.split_last()
            && let Some(idle) = init.iter().find(|statement| has_no_effect(statement))
        {
            self.reject("this expression has no effect", idle.span);
        }
        for statement in body {
            self.expr(statement, container);
        }
    }

    /// A definition's body must not end in a value either.
    fn body(&mut self, body: &[Expr<'_>], container: Container) {
        if let Some(last) = body.last().filter(|last| has_no_effect(last)) {
            self.reject("this value is not used; a definition must not end in one", last.span);
        }
        self.block(body, container);
    }

    fn values<'e, 'a: 'e>(&mut self, values: impl IntoIterator<Item = &'e Expr<'a>>) {
        for value in values {
            self.value(value);
        }
    }

    /// An expression whose value is used.
    fn value(&mut self, expr: &Expr<'_>) {
        match expr.kind {
            ExprKind::Collector(_) | ExprKind::Definition(_) | ExprKind::Node(_) => {
                self.reject("this has no value and cannot stand here", expr.span);
            }
            _ => {}
        }
        self.expr(expr, Container::Other);
    }

    fn attributes(&mut self, attributes: &[Attribute<'_>], may_append: bool) {
        let mut splats = 0;
        for attribute in attributes {
            if attribute.append && !may_append {
                self.reject("`+>` is only valid in an override", attribute.name_span);
            }
            splats += u32::from(attribute.name == "*");
            if splats > 1 {
                self.reject("`* =>` twice in one resource", attribute.name_span);
            }
            self.value(&attribute.value);
        }
    }

    fn expr(&mut self, expr: &Expr<'_>, container: Container) {
        match expr.kind {
            ExprKind::Undef
            | ExprKind::Default
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Str { .. }
            | ExprKind::Regex(_)
            | ExprKind::Name(_)
            | ExprKind::TypeRef(_)
            | ExprKind::Error => {}
            ExprKind::Reserved(_) => self.reject("a reserved word", expr.span),
            ExprKind::Variable(name) => self.variable(name, expr.span),
            ExprKind::Interpolated(parts) => {
                for part in parts {
                    if let Part::Expr(inner) = part {
                        self.expr(inner, Container::Other);
                    }
                }
            }
            ExprKind::Array(entries) => self.values(entries),
            ExprKind::Hash(pairs) => self.hash(pairs),
            ExprKind::Access(base, keys) => {
                if keys.is_empty() {
                    self.reject("`[]` without a key", expr.span);
                }
                self.expr(base, Container::Other);
                self.values(keys);
            }
            ExprKind::Call(call) => {
                let callable = match call.callee.kind {
                    ExprKind::Name(_) | ExprKind::TypeRef(_) => true,
                    ExprKind::Access(base, _) => matches!(base.kind, ExprKind::TypeRef(_)),
                    _ => false,
                };
                if !callable {
                    self.reject("this cannot be called", call.callee.span);
                }
                self.call(call);
            }
            ExprKind::MethodCall(receiver, call) => {
                self.expr(receiver, Container::Other);
                self.call(call);
            }
            ExprKind::Unary(_, operand) | ExprKind::Paren(operand) => self.value(operand),
            ExprKind::Binary(BinaryOp::Edge, left, right) => {
                for side in [left, right] {
                    self.expr(side, Container::Other);
                }
            }
            ExprKind::Binary(_, left, right) => self.values([left, right]),
            ExprKind::Assign(op, left, right) => {
                if op == AssignOp::Modify {
                    self.reject("`+=` and `-=` were dropped in Puppet 4", expr.span);
                } else {
                    self.assigned(left);
                }
                self.expr(left, Container::Other);
                self.value(right);
            }
            ExprKind::Selector(subject, entries) => {
                self.value(subject);
                let defaults =
                    entries.iter().filter(|(key, _)| matches!(key.kind, ExprKind::Default)).count();
                if defaults > 1 {
                    self.reject(TWICE_DEFAULT, expr.span);
                }
                for (key, value) in entries {
                    self.values([key, value]);
                }
            }
            ExprKind::If(node) => {
                self.value(&node.test);
                self.block(node.then, Container::Other);
                self.block(node.otherwise, Container::Other);
            }
            ExprKind::Case(subject, options) => {
                self.value(subject);
                let values = options.iter().flat_map(|option| option.values);
                if values.filter(|value| matches!(value.kind, ExprKind::Default)).count() > 1 {
                    self.reject(TWICE_DEFAULT, expr.span);
                }
                for option in options {
                    self.values(option.values);
                    self.block(option.body, Container::Other);
                }
            }
            ExprKind::Resource(resource) => {
                if matches!(resource.ty.kind, ExprKind::Str { .. }) {
                    self.reject("not a valid resource type", resource.ty.span);
                }
                for body in resource.bodies {
                    self.value(&body.title);
                    self.attributes(body.attributes, false);
                }
            }
            ExprKind::ResourceDefaults(_, attributes) => self.attributes(attributes, false),
            ExprKind::ResourceOverride(target, attributes) => {
                self.expr(target, Container::Other);
                self.attributes(attributes, true);
            }
            ExprKind::Collector(collector) => {
                if !matches!(collector.ty.kind, ExprKind::TypeRef(_)) {
                    self.reject("only a type can be collected", collector.ty.span);
                }
                if let Some(query) = &collector.query {
                    self.query(query);
                }
                self.attributes(collector.attributes, true);
            }
            ExprKind::Definition(definition) => self.definition(definition, container),
            ExprKind::Node(node) => self.node(node, container, expr.span),
            ExprKind::TypeAlias(left, right) => {
                if container != Container::Top {
                    self.reject("a type alias can only stand at the top", expr.span);
                }
                self.expr(left, Container::Other);
                self.expr(right, Container::Other);
            }
        }
    }

    fn call(&mut self, call: &Call<'_>) {
        for argument in call.args {
            self.expr(argument, Container::Other);
        }
        if let Some(lambda) = call.lambda {
            self.parameters(lambda.params);
            self.block(lambda.body, Container::Other);
        }
    }

    /// A key that stands twice is a warning to Puppet before version 8.
    fn hash(&mut self, pairs: &[(Expr<'_>, Expr<'_>)]) {
        for (key, value) in pairs {
            self.values([key, value]);
        }
    }

    fn assigned(&mut self, target: &Expr<'_>) {
        match target.kind {
            ExprKind::Variable(name) if name.contains("::") => {
                self.reject("a variable of another scope cannot be assigned", target.span);
            }
            ExprKind::Variable(name) if name.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.reject("a numeric variable cannot be assigned", target.span);
            }
            ExprKind::Variable(_) => {}
            ExprKind::Array(entries) => entries.iter().for_each(|entry| self.assigned(entry)),
            _ => self.reject("this cannot be assigned to", target.span),
        }
    }

    fn variable(&mut self, name: &str, span: Span) {
        let valid = if name.starts_with(|first: char| first.is_ascii_digit()) {
            name == "0"
                || (!name.starts_with('0') && name.bytes().all(|byte| byte.is_ascii_digit()))
        } else {
            // Lower-case segments; the last may start with an underscore. (Source: Puppet's
            // `Patterns::VAR_NAME`.)
            let trimmed = name.strip_prefix("::").unwrap_or(name);
            let last = trimmed.rsplit("::").next().unwrap_or(trimmed).as_ptr();
            trimmed.split("::").all(|segment| {
                segment.starts_with(|first: char| {
                    first.is_ascii_lowercase() || (first == '_' && segment.as_ptr() == last)
                })
            })
        };
        if !valid {
            self.reject("not a valid variable name", span);
        }
    }

    fn query(&mut self, query: &Expr<'_>) {
        match query.kind {
            ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, ..)
            | ExprKind::Variable(_)
            | ExprKind::Name(_)
            | ExprKind::Number(_)
            | ExprKind::Str { .. }
            | ExprKind::Bool(_) => {}
            ExprKind::Binary(BinaryOp::And | BinaryOp::Or, left, right) => {
                self.query(left);
                self.query(right);
            }
            ExprKind::Paren(inner) => self.query(inner),
            _ => self.reject("not a valid collector query", query.span),
        }
        self.expr(query, Container::Other);
    }

    fn parameters(&mut self, params: &[Parameter<'_>]) {
        for param in params {
            let valid = param.name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
                && !param.name.contains("::");
            if !valid {
                self.reject("not a valid parameter name", param.span);
            }
            if let Some(default) = param.default {
                self.value(default);
            }
        }
    }

    fn definition(&mut self, definition: &Definition<'_>, container: Container) {
        let span = definition.name_span;
        let allowed = match definition.kind {
            DefinitionKind::Function => container == Container::Top,
            _ => container != Container::Other,
        };
        if !allowed {
            self.reject("a definition can only stand at the top or in a class", span);
        }
        if RESERVED_TYPES.contains(&definition.name) {
            self.reject("the name of a built-in type", span);
        }
        let is_function =
            matches!(definition.kind, DefinitionKind::Function | DefinitionKind::Plan);
        let mut seen = std::collections::BTreeSet::new();
        for param in definition.params {
            if !seen.insert(param.name) {
                self.reject("this parameter stands twice", param.span);
            }
            if !is_function && matches!(param.name, "name" | "title") {
                self.reject("a reserved parameter name", param.span);
            }
            if !is_function && param.rest {
                self.reject("`*` is only valid on a function's parameter", param.span);
            }
        }
        self.parameters(definition.params);
        let inner = if definition.kind == DefinitionKind::Class {
            Container::Class
        } else {
            Container::Other
        };
        if is_function {
            self.block(definition.body, inner);
        } else {
            self.body(definition.body, inner);
        }
    }

    fn node(&mut self, node: &Node<'_>, container: Container, span: Span) {
        if container == Container::Other {
            self.reject("a node can only stand at the top", span);
        }
        for host in node.hosts {
            match host.kind {
                ExprKind::Interpolated(_) => {
                    self.reject("a node's name cannot be computed", host.span);
                }
                ExprKind::Str { text, .. }
                    if text.chars().any(|c| !(c.is_ascii_alphanumeric() || "_.-".contains(c)))
                        // `<web_host>` is to be written over.
                        && !(text.contains('<') && text.contains('>')) =>
                {
                    self.reject("not a valid host name", host.span);
                }
                _ => {}
            }
        }
        self.body(node.body, Container::Other);
    }
}

/// Names of Puppet's own data types that a class or define must not take.
const RESERVED_TYPES: &[&str] = &[
    "type",
    "any",
    "unit",
    "scalar",
    "boolean",
    "numeric",
    "integer",
    "float",
    "collection",
    "array",
    "hash",
    "tuple",
    "struct",
    "variant",
    "optional",
    "enum",
    "regexp",
    "pattern",
    "runtime",
    "init",
    "object",
    "sensitive",
    "semver",
    "semverrange",
    "string",
    "timestamp",
    "timespan",
    "typeset",
];

/// A value that is computed and thrown away.
fn has_no_effect(expr: &Expr<'_>) -> bool {
    match expr.kind {
        ExprKind::Undef
        | ExprKind::Default
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Str { .. }
        | ExprKind::Interpolated(_)
        | ExprKind::Regex(_)
        | ExprKind::Name(_)
        | ExprKind::TypeRef(_)
        | ExprKind::Variable(_)
        | ExprKind::Array(_)
        | ExprKind::Hash(_)
        | ExprKind::Access(..)
        | ExprKind::Unary(..) => true,
        // A match sets `$0`, `$1`… and is not idle.
        ExprKind::Binary(op, ..) => {
            !matches!(op, BinaryOp::Edge | BinaryOp::Match | BinaryOp::NoMatch)
        }
        ExprKind::Selector(..) => true,
        ExprKind::Paren(inner) => has_no_effect(inner),
        ExprKind::If(node) => {
            has_no_effect(&node.test) && ends_idle(node.then) && ends_idle(node.otherwise)
        }
        ExprKind::Case(subject, options) => {
            has_no_effect(subject) && options.iter().all(|option| ends_idle(option.body))
        }
        _ => false,
    }
}

fn ends_idle(body: &[Expr<'_>]) -> bool {
    body.iter().all(has_no_effect)
}

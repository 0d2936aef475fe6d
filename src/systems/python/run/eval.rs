//! Expressions.

use super::guard::Outcome;
use super::{DEPTH, Run};
use crate::facts::NamePattern;
use crate::systems::python::fold::{self, Names};
use crate::systems::python::value::{Args, Value, span_of};
use ruff_python_ast::{Expr, ExprCall, Number, Operator, StmtClassDef, UnaryOp};
use smol_str::SmolStr;
use std::rc::Rc;

/// How many members a list or dictionary may come to have.
const MEMBERS: usize = 1000;

impl Names for Run<'_> {
    fn text(&self, name: &str, _depth: u32) -> Option<NamePattern> {
        match self.look_up(name)? {
            Value::Text(text, _) => fold::is_short(text).then(|| text.clone()),
            Value::Int(int) => Some(NamePattern::exact(int.to_string())),
            _ => None,
        }
    }

    fn list(&self, _name: &str) -> Option<&[Expr]> {
        None
    }
}

impl<'a> Run<'a> {
    /// The value of `expr`; calls in it happen.
    pub(super) fn evaluate(&mut self, expr: &'a Expr) -> Value<'a> {
        self.fuel = self.fuel.saturating_sub(1);
        if self.depth > DEPTH || self.fuel == 0 {
            return Value::Unknown;
        }
        self.depth += 1;
        let value = self.value(expr);
        self.depth -= 1;
        value
    }

    fn all(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) -> Vec<Value<'a>> {
        exprs.into_iter().map(|expr| self.evaluate(expr)).collect()
    }

    fn value(&mut self, expr: &'a Expr) -> Value<'a> {
        match expr {
            Expr::StringLiteral(literal) => {
                Value::Text(NamePattern::exact(literal.value.to_str()), span_of(literal))
            }
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(int) => int.as_i64().map_or(Value::Unknown, Value::Int),
                _ => Value::Unknown,
            },
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::NoneLiteral(_) => Value::None,
            Expr::List(list) => self.list_of(&list.elts),
            Expr::Tuple(tuple) => self.list_of(&tuple.elts),
            Expr::Set(set) => self.list_of(&set.elts),
            Expr::Dict(dict) => {
                let mut entries = Vec::new();
                for item in &dict.items {
                    let value = self.evaluate(&item.value);
                    match &item.key {
                        Some(key) => entries.push((self.evaluate(key), value)),
                        None => match value {
                            Value::Dict(other) if entries.len() < MEMBERS => {
                                entries.extend(other.iter().take(MEMBERS).cloned());
                            }
                            _ => entries.push((Value::Unknown, Value::Unknown)),
                        },
                    }
                }
                Value::Dict(Rc::new(entries))
            }
            Expr::Name(name) => match self.look_up(&name.id) {
                Some(value) => value.clone(),
                // A built-in, or what `from x import *` brings.
                None => Value::Imported(name.id.as_str().into()),
            },
            Expr::Attribute(attribute) => {
                let base = self.evaluate(&attribute.value);
                self.attribute(base, &attribute.attr)
            }
            Expr::Subscript(subscript) => {
                let base = self.evaluate(&subscript.value);
                let key = self.evaluate(&subscript.slice);
                match (&base, &key) {
                    (Value::Dict(entries), Value::Flag(..)) => self.chosen(entries, &key),
                    _ => item(base, &key),
                }
            }
            Expr::Call(call) => self.call(expr, call),
            Expr::FString(string) => {
                for element in string.value.elements() {
                    if let ruff_python_ast::InterpolatedStringElement::Interpolation(part) = element
                    {
                        self.evaluate(&part.expression);
                    }
                }
                self.folded(expr)
            }
            Expr::BinOp(operation) => {
                let left = self.evaluate(&operation.left);
                let right = self.evaluate(&operation.right);
                match (left, right) {
                    (Value::List(left), Value::List(right)) if operation.op == Operator::Add => {
                        joined(&left, &right)
                    }
                    (Value::List(_), _) | (_, Value::List(_)) if operation.op == Operator::Add => {
                        Value::Unknown
                    }
                    _ => self.folded(expr),
                }
            }
            Expr::UnaryOp(operation) => match (operation.op, self.evaluate(&operation.operand)) {
                (UnaryOp::USub, Value::Int(int)) => Value::Int(int.saturating_neg()),
                _ => Value::Unknown,
            },
            Expr::BoolOp(operation) => {
                let values = self.all(&operation.values);
                values.into_iter().find(Value::is_kept).unwrap_or(Value::Unknown)
            }
            Expr::Compare(compare) => {
                self.evaluate(&compare.left);
                self.all(&compare.comparators);
                Value::Unknown
            }
            Expr::If(choice) => {
                self.evaluate(&choice.test);
                let guard = self.condition(&choice.test, Outcome::True);
                let other = self.condition(&choice.test, Outcome::False);
                let before = self.guards.len();
                self.guards.extend(guard);
                let first = self.evaluate(&choice.body);
                self.guards.truncate(before);
                self.guards.extend(other);
                let second = self.evaluate(&choice.orelse);
                self.guards.truncate(before);
                match (first, second) {
                    (first, _) if first.is_kept() => first,
                    (_, second) if second.is_kept() => second,
                    _ => Value::Unknown,
                }
            }
            Expr::Named(named) => {
                let value = self.evaluate(&named.value);
                self.bind(&named.target, value.clone());
                value
            }
            Expr::Await(inner) => self.evaluate(&inner.value),
            Expr::Starred(inner) => self.evaluate(&inner.value),
            Expr::ListComp(comprehension) => {
                self.comprehension(&comprehension.generators, &comprehension.elt)
            }
            Expr::SetComp(comprehension) => {
                self.comprehension(&comprehension.generators, &comprehension.elt)
            }
            Expr::Generator(comprehension) => {
                self.comprehension(&comprehension.generators, &comprehension.elt)
            }
            Expr::DictComp(comprehension) => {
                for generator in &comprehension.generators {
                    self.evaluate(&generator.iter);
                }
                Value::Unknown
            }
            Expr::Yield(inner) => {
                if let Some(value) = &inner.value {
                    self.evaluate(value);
                }
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }

    fn list_of(&mut self, elements: &'a [Expr]) -> Value<'a> {
        let mut values = Vec::new();
        for element in elements {
            let value = self.evaluate(element);
            match (element, value) {
                (Expr::Starred(_), Value::List(inner)) if values.len() < MEMBERS => {
                    values.extend(inner.iter().take(MEMBERS).cloned());
                }
                (_, value) => values.push(value),
            }
        }
        Value::List(Rc::new(values))
    }

    fn folded(&self, expr: &Expr) -> Value<'a> {
        fold::fold_string(expr, self)
            .map_or(Value::Unknown, |text| Value::Text(text, span_of(expr)))
    }

    /// `[ELEMENT for x in LIST]`: all of them where the list is literal.
    fn comprehension(
        &mut self,
        generators: &'a [ruff_python_ast::Comprehension],
        element: &'a Expr,
    ) -> Value<'a> {
        if let [generator] = generators
            && generator.ifs.is_empty()
        {
            let list = self.evaluate(&generator.iter);
            if let Value::List(list) = list
                && list.len() <= super::TURNS
            {
                let mut values = Vec::new();
                for value in list.iter() {
                    self.bind(&generator.target, value.clone());
                    values.push(self.evaluate(element));
                }
                return Value::List(Rc::new(values));
            }
            self.bind(&generator.target, Value::Unknown);
        } else {
            for generator in generators {
                self.evaluate(&generator.iter);
                self.bind(&generator.target, Value::Unknown);
            }
        }
        self.evaluate(element);
        Value::Unknown
    }

    /// `BASE.NAME`.
    pub(super) fn attribute(&mut self, base: Value<'a>, name: &'a str) -> Value<'a> {
        match base {
            Value::Imported(module) => match self.absl {
                Some(ix) if super::absl::is_values(&module) => Value::Flag(ix, name.into()),
                _ => Value::Imported(format!("{module}.{name}").into()),
            },
            Value::Namespace(parser) => match name {
                "__dict__" => Value::Namespace(parser),
                "get" => Value::Bound(Box::new(Value::Namespace(parser)), name.into()),
                _ => Value::Flag(parser, name.into()),
            },
            Value::Parser(ix) => {
                let class = self.parsers.get(ix).and_then(|parser| parser.class);
                let own = class.and_then(|class| self.member(class, name, 0));
                match own {
                    Some((Member::Function(function), class)) => {
                        Value::Method(Box::new(Value::Parser(ix)), function, class)
                    }
                    _ => Value::Bound(Box::new(Value::Parser(ix)), name.into()),
                }
            }
            base @ (Value::Group(..) | Value::Subparsers(_) | Value::List(_) | Value::Dict(_)) => {
                Value::Bound(Box::new(base), name.into())
            }
            base @ Value::Function(_) => Value::Bound(Box::new(base), name.into()),
            base @ Value::Text(..) => Value::Bound(Box::new(base), name.into()),
            Value::Instance(ix) => self.instance_attribute(ix, name),
            Value::Class(class) => match self.member(class, name, 0) {
                Some((Member::Function(function), _)) => {
                    let is_bound = function.decorator_list.iter().any(|decorator| {
                        matches!(&decorator.expression, Expr::Name(name) if name.id.as_str() == "classmethod")
                    });
                    if is_bound {
                        Value::Method(Box::new(Value::Class(class)), function, class)
                    } else {
                        Value::Function(function)
                    }
                }
                Some((Member::Value(value), _)) => self.evaluate(value),
                None => Value::Unknown,
            },
            Value::Super(this, class) => {
                let bases = class.arguments.as_ref().map_or(&[][..], |bases| &bases.args);
                for base in bases {
                    if let Value::Class(base) = self.evaluate(base)
                        && let Some((Member::Function(function), class)) =
                            self.member(base, name, 1)
                    {
                        return Value::Method(this, function, class);
                    }
                }
                match *this {
                    Value::Parser(ix) => Value::Bound(Box::new(Value::Parser(ix)), name.into()),
                    _ => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    fn instance_attribute(&mut self, ix: usize, name: &'a str) -> Value<'a> {
        let Some(instance) = self.instances.get(ix) else { return Value::Unknown };
        if let Some(value) = instance.attributes.get(name) {
            return value.clone();
        }
        let class = instance.class;
        match self.member(class, name, 0) {
            Some((Member::Function(function), class)) => {
                let is_property = function.decorator_list.iter().any(|decorator| {
                            matches!(&decorator.expression, Expr::Name(name) if name.id.as_str().ends_with("property"))
                        });
                let this = Value::Instance(ix);
                if is_property {
                    return self.call_function(function, Some((this, class)), Args::default());
                }
                Value::Method(Box::new(this), function, class)
            }
            Some((Member::Value(value), _)) => self.evaluate(value),
            None => Value::Unknown,
        }
    }

    /// A member of a class or of its bases in the file, and the class that has it.
    pub(super) fn member(
        &mut self,
        class: &'a StmtClassDef,
        name: &str,
        depth: u32,
    ) -> Option<(Member<'a>, &'a StmtClassDef)> {
        use ruff_python_ast::Stmt;
        for stmt in &class.body {
            let member = match stmt {
                Stmt::FunctionDef(function) if function.name.as_str() == name => {
                    Member::Function(function)
                }
                Stmt::Assign(assign)
                    if assign.targets.iter().any(|target| is_name(target, name)) =>
                {
                    Member::Value(&assign.value)
                }
                _ => continue,
            };
            return Some((member, class));
        }
        if depth > 6 {
            return None;
        }
        let bases = class.arguments.as_ref().map_or(&[][..], |bases| &bases.args);
        for base in bases {
            if let Value::Class(base) = self.evaluate(base)
                && let Some(found) = self.member(base, name, depth + 1)
            {
                return Some(found);
            }
        }
        None
    }

    /// The arguments of a call.
    pub(super) fn arguments(&mut self, call: &'a ExprCall) -> Args<'a> {
        let mut args = Args::default();
        for expr in &call.arguments.args {
            let value = self.evaluate(expr);
            match (expr, value) {
                (Expr::Starred(_), Value::List(list)) => {
                    args.positional.extend(list.iter().map(|value| (value.clone(), None)));
                }
                (Expr::Starred(_), _) => args.open = true,
                (_, value) => args.positional.push((value, Some(expr))),
            }
        }
        for keyword in &call.arguments.keywords {
            let value = self.evaluate(&keyword.value);
            match (&keyword.arg, value) {
                (Some(name), value) => {
                    args.keywords.push((name.as_str().into(), value, Some(&keyword.value)));
                }
                (None, Value::Dict(entries)) => {
                    for (key, value) in entries.iter() {
                        match key.text() {
                            Some(name) => args.keywords.push((name.clone(), value.clone(), None)),
                            None => args.open = true,
                        }
                    }
                }
                (None, _) => args.open = true,
            }
        }
        args
    }
}

/// A member of a class.
pub(super) enum Member<'a> {
    /// A method.
    Function(&'a ruff_python_ast::StmtFunctionDef),
    /// What its body assigns.
    Value(&'a Expr),
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(own) if own.id.as_str() == name)
}

/// `BASE[KEY]`.
pub(super) fn item<'a>(base: Value<'a>, key: &Value<'a>) -> Value<'a> {
    match (base, key) {
        (Value::Namespace(parser), key) => {
            key.text().map_or(Value::Unknown, |name| Value::Flag(parser, name.clone()))
        }
        (Value::List(list), Value::Int(ix)) => {
            let ix = usize::try_from(*ix).unwrap_or(usize::MAX);
            list.get(ix).cloned().unwrap_or(Value::Unknown)
        }
        (Value::Dict(entries), key) => {
            let Some(wanted) = key.text() else { return Value::Unknown };
            let found = entries.iter().find(|(key, _)| key.text() == Some(wanted));
            found.map_or(Value::Unknown, |(_, value)| value.clone())
        }
        _ => Value::Unknown,
    }
}

/// The elements of a literal list, or the keys of a literal dictionary.
pub(super) fn elements<'a>(value: &Value<'a>) -> Option<Vec<Value<'a>>> {
    match value {
        Value::List(list) => Some(list.to_vec()),
        Value::Dict(entries) => Some(entries.iter().map(|(key, _)| key.clone()).collect()),
        _ => None,
    }
}

/// Two lists as one; one that becomes too long is not known.
pub(super) fn joined<'a>(left: &[Value<'a>], right: &[Value<'a>]) -> Value<'a> {
    if left.len() + right.len() > MEMBERS {
        return Value::Unknown;
    }
    Value::List(Rc::new(left.iter().chain(right).cloned().collect()))
}

/// A dictionary in which `key` has `value`.
pub(super) fn with_entry<'a>(
    entries: &[(Value<'a>, Value<'a>)],
    key: Value<'a>,
    value: Value<'a>,
) -> Value<'a> {
    if entries.len() >= MEMBERS {
        return Value::Unknown;
    }
    let is_other =
        |(own, _): &&(Value<'a>, Value<'a>)| key.text().is_none() || own.text() != key.text();
    let mut entries: Vec<_> = entries.iter().filter(is_other).cloned().collect();
    entries.push((key, value));
    Value::Dict(Rc::new(entries))
}

/// A value for a word that stands at no place of its own.
pub(super) fn word<'a>(text: &str) -> Value<'a> {
    Value::Text(NamePattern::exact(SmolStr::new(text)), Default::default())
}

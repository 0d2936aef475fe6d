//! What a Python expression is worth, as far as the file shows.

use crate::facts::{NamePattern, Span};
use ruff_python_ast::{Expr, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;
use smol_str::SmolStr;
use std::rc::Rc;

/// A value of the interpretation in [`super::run`].
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    /// Nothing is known.
    Unknown,
    /// `None`.
    None,
    /// `True`, `False`.
    Bool(bool),
    /// A small integer.
    Int(i64),
    /// A string, perhaps with holes, and where it stands.
    Text(NamePattern, Span),
    /// A list, tuple or set.
    List(Rc<Vec<Value<'a>>>),
    /// A dictionary.
    Dict(Rc<Vec<(Value<'a>, Value<'a>)>>),
    /// Something imported, or a built-in: its dotted name.
    Imported(SmolStr),
    /// A function of the file.
    Function(&'a StmtFunctionDef),
    /// A method of an object of the file.
    Method(Box<Value<'a>>, &'a StmtFunctionDef, &'a StmtClassDef),
    /// A class of the file.
    Class(&'a StmtClassDef),
    /// An object of the file's classes, by number.
    Instance(usize),
    /// `super()`: the object, and the class whose bases are meant.
    Super(Box<Value<'a>>, &'a StmtClassDef),
    /// A parser, by number.
    Parser(usize),
    /// An argument group of a parser; if its members exclude each other, its number.
    Group(usize, Option<usize>),
    /// What `add_subparsers()` of a parser returned.
    Subparsers(usize),
    /// What `parse_args()` of a parser returned.
    Namespace(usize),
    /// The value that a parser stored under a name.
    Flag(usize, SmolStr),
    /// What each sub-command, by its parser's number, picks from a dictionary.
    Chosen(Rc<Vec<(usize, Value<'a>)>>),
    /// A method of a parser, group or sub-parsers.
    Bound(Box<Value<'a>>, SmolStr),
    /// `make_option(…)` of optparse.
    Option(Rc<Args<'a>>),
}

impl Value<'_> {
    /// The text where it is fully known.
    pub fn text(&self) -> Option<&SmolStr> {
        match self {
            Self::Text(text, _) => text.as_exact(),
            _ => None,
        }
    }

    /// Whether an assignment in a branch must not make one forget it.
    pub fn is_kept(&self) -> bool {
        matches!(
            self,
            Self::Function(_)
                | Self::Class(_)
                | Self::Instance(_)
                | Self::Parser(_)
                | Self::Group(..)
                | Self::Subparsers(_)
                | Self::Namespace(_)
                | Self::Bound(..)
        )
    }

    /// The parser that it gives access to.
    pub fn parser(&self) -> Option<usize> {
        match self {
            Self::Parser(parser) | Self::Group(parser, _) | Self::Subparsers(parser) => {
                Some(*parser)
            }
            Self::Bound(receiver, _) => receiver.parser(),
            _ => None,
        }
    }
}

/// The arguments of a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Args<'a> {
    /// By position.
    pub positional: Vec<(Value<'a>, Option<&'a Expr>)>,
    /// By name.
    pub keywords: Vec<(SmolStr, Value<'a>, Option<&'a Expr>)>,
    /// There is a `*x` or `**x` of unknown contents.
    pub open: bool,
}

impl<'a> Args<'a> {
    /// The argument `name`.
    pub fn keyword(&self, name: &str) -> Option<&Value<'a>> {
        self.keywords.iter().find(|(own, _, _)| own == name).map(|(_, value, _)| value)
    }

    /// The argument `name`, or the one at `position`.
    pub fn get(&self, name: &str, position: usize) -> Option<&Value<'a>> {
        self.keyword(name).or_else(|| self.positional.get(position).map(|(value, _)| value))
    }

    /// The argument `name` as written.
    pub fn written(&self, name: &str, source: &str) -> SmolStr {
        let given = self.keywords.iter().find(|(own, _, _)| own == name);
        let Some((_, value, expr)) = given else { return SmolStr::default() };
        match (expr, value) {
            (Some(expr), _) => source.get(span_of(*expr).range()).unwrap_or_default().into(),
            (None, Value::Text(text, _)) => text.to_string().into(),
            (None, Value::Int(int)) => int.to_string().into(),
            (None, Value::Bool(true)) => "True".into(),
            (None, Value::Bool(false)) => "False".into(),
            (None, Value::Imported(name)) => name.clone(),
            _ => SmolStr::default(),
        }
    }

    /// Whether `name` is passed as `True`.
    pub fn is_true(&self, name: &str) -> bool {
        matches!(self.keyword(name), Some(Value::Bool(true)))
    }

    /// Whether `name` is passed as `False`.
    pub fn is_false(&self, name: &str) -> bool {
        matches!(self.keyword(name), Some(Value::Bool(false)))
    }

    /// All values.
    pub fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        let positional = self.positional.iter().map(|(value, _)| value);
        positional.chain(self.keywords.iter().map(|(_, value, _)| value))
    }
}

/// Where a node stands.
pub(super) fn span_of(node: &impl Ranged) -> Span {
    Span::new(node.start().to_usize(), node.end().to_usize())
}

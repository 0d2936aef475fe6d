//! Syntax tree. Nodes borrow the source text and live in an arena.

use crate::facts::Span;

/// An expression; in Puppet every statement is one.
#[derive(Debug, Clone, Copy)]
pub struct Expr<'a> {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind<'a>,
}

/// The sorts of expressions.
#[derive(Debug, Clone, Copy)]
pub enum ExprKind<'a> {
    /// `undef`.
    Undef,
    /// `default`.
    Default,
    /// `true`, `false`.
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string without interpolation: the text between the quotes, escapes as written.
    /// `quoted` is false for a bare word that is not a name (`foo-bar`).
    Str {
        /// Text between the quotes.
        text: &'a str,
        /// Whether quotes stood around it.
        quoted: bool,
    },
    /// A string or heredoc with interpolation.
    Interpolated(&'a [Part<'a>]),
    /// `/…/`, without the slashes.
    Regex(&'a str),
    /// A bare name, possibly qualified: `present`, `foo::bar`.
    Name(&'a str),
    /// A capitalised name: `File`, `Foo::Bar`.
    TypeRef(&'a str),
    /// `$name`, without the sigil.
    Variable(&'a str),
    /// `[…]`.
    Array(&'a [Expr<'a>]),
    /// `{…}`.
    Hash(&'a [(Expr<'a>, Expr<'a>)]),
    /// `base[keys]`.
    Access(&'a Expr<'a>, &'a [Expr<'a>]),
    /// `name(args)`, or the bare `include a, b`.
    Call(&'a Call<'a>),
    /// `receiver.name(args)`.
    MethodCall(&'a Expr<'a>, &'a Call<'a>),
    /// `!x`, `-x`, `*x`.
    Unary(UnaryOp, &'a Expr<'a>),
    /// `a + b`, `a == b`, `a -> b`…
    Binary(BinaryOp, &'a Expr<'a>, &'a Expr<'a>),
    /// `a = b`, `a += b`, `a -= b`.
    Assign(AssignOp, &'a Expr<'a>, &'a Expr<'a>),
    /// `x ? { a => b }`.
    Selector(&'a Expr<'a>, &'a [(Expr<'a>, Expr<'a>)]),
    /// `(x)`.
    Paren(&'a Expr<'a>),
    /// `if`, `elsif`, `else`; `unless` has `negated`.
    If(&'a If<'a>),
    /// `case`.
    Case(&'a Expr<'a>, &'a [CaseOption<'a>]),
    /// `type { title: … }`.
    Resource(&'a Resource<'a>),
    /// `Type { … }`.
    ResourceDefaults(&'a Expr<'a>, &'a [Attribute<'a>]),
    /// `Type['x'] { … }`.
    ResourceOverride(&'a Expr<'a>, &'a [Attribute<'a>]),
    /// `Type <| query |> { … }`.
    Collector(&'a Collector<'a>),
    /// `class`, `define`, `function`, `plan`.
    Definition(&'a Definition<'a>),
    /// `node`.
    Node(&'a Node<'a>),
    /// `type X = …`.
    TypeAlias(&'a Expr<'a>, &'a Expr<'a>),
    /// A word that Puppet reserves (`private`, `attr`).
    Reserved(&'a str),
    /// What could not be parsed; an error is recorded.
    Error,
}

/// A part of an interpolated string.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// Literal text, escapes as written.
    Text(&'a str),
    /// `$x` or `${…}`.
    Expr(Expr<'a>),
}

/// A function call.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The function: a name, or for `Type(…)` a type.
    pub callee: Expr<'a>,
    /// Arguments.
    pub args: &'a [Expr<'a>],
    /// `|$x| { … }`.
    pub lambda: Option<&'a Lambda<'a>>,
    /// Written without parentheses.
    pub bare: bool,
}

/// A lambda.
#[derive(Debug, Clone, Copy)]
pub struct Lambda<'a> {
    /// Its parameters.
    pub params: &'a [Parameter<'a>],
    /// Its body.
    pub body: &'a [Expr<'a>],
}

/// Prefix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Minus,
    /// `*`
    Splat,
}

/// Infix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Or,
    And,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    ShiftLeft,
    ShiftRight,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    Match,
    NoMatch,
    In,
    /// `->`, `<-`, `~>`, `<~`.
    Edge,
}

/// Assignment operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignOp {
    /// `=`
    Set,
    /// `+=` or `-=`, dropped in Puppet 4.
    Modify,
}

/// `if` or `unless`.
#[derive(Debug, Clone, Copy)]
pub struct If<'a> {
    /// `unless`.
    pub negated: bool,
    /// Condition.
    pub test: Expr<'a>,
    /// Body.
    pub then: &'a [Expr<'a>],
    /// `else` body; an `elsif` is a nested `If` alone in it.
    pub otherwise: &'a [Expr<'a>],
}

/// One option of a `case`.
#[derive(Debug, Clone, Copy)]
pub struct CaseOption<'a> {
    /// Matched values.
    pub values: &'a [Expr<'a>],
    /// Body.
    pub body: &'a [Expr<'a>],
}

/// Realm of a resource expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Realm {
    /// Plain.
    Regular,
    /// `@type`.
    Virtual,
    /// `@@type`.
    Exported,
}

/// A resource expression.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'a> {
    /// Virtual, exported or neither.
    pub realm: Realm,
    /// Its type: a name, `class`, or something computed.
    pub ty: Expr<'a>,
    /// Its bodies.
    pub bodies: &'a [ResourceBody<'a>],
}

/// `title: attributes`.
#[derive(Debug, Clone, Copy)]
pub struct ResourceBody<'a> {
    /// Title, or an array of them, or `default`.
    pub title: Expr<'a>,
    /// Attributes.
    pub attributes: &'a [Attribute<'a>],
}

/// One attribute of a resource.
#[derive(Debug, Clone, Copy)]
pub struct Attribute<'a> {
    /// Its name; `*` for a splat.
    pub name: &'a str,
    /// The name's place.
    pub name_span: Span,
    /// `+>` rather than `=>`.
    pub append: bool,
    /// Its value.
    pub value: Expr<'a>,
}

/// A collector.
#[derive(Debug, Clone, Copy)]
pub struct Collector<'a> {
    /// What is collected.
    pub ty: Expr<'a>,
    /// `<<| |>>`.
    pub exported: bool,
    /// The query, if any.
    pub query: Option<Expr<'a>>,
    /// Attributes set on what is collected.
    pub attributes: &'a [Attribute<'a>],
}

/// What a definition defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionKind {
    /// `class`
    Class,
    /// `define`
    Define,
    /// `function`
    Function,
    /// `plan`
    Plan,
}

/// A class, defined type, function or plan.
#[derive(Debug, Clone, Copy)]
pub struct Definition<'a> {
    /// Which.
    pub kind: DefinitionKind,
    /// Name as written; a class inside a class is relative to it.
    pub name: &'a str,
    /// The name's place.
    pub name_span: Span,
    /// Parameters.
    pub params: &'a [Parameter<'a>],
    /// The class after `inherits`.
    pub parent: Option<(&'a str, Span)>,
    /// Return type of a function.
    pub returns: Option<&'a Expr<'a>>,
    /// Body.
    pub body: &'a [Expr<'a>],
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter<'a> {
    /// Name, without the sigil.
    pub name: &'a str,
    /// The variable's place.
    pub span: Span,
    /// Type.
    pub ty: Option<&'a Expr<'a>>,
    /// Default.
    pub default: Option<&'a Expr<'a>>,
    /// `*$rest`.
    pub rest: bool,
}

/// A node definition.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// Names, regular expressions or `default`.
    pub hosts: &'a [Expr<'a>],
    /// The node after `inherits` (dropped in Puppet 4).
    pub parent: Option<Expr<'a>>,
    /// Body.
    pub body: &'a [Expr<'a>],
}

//! What the lexer hands out.

/// A token's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TokenKind {
    End,
    Name,
    Word,
    ClassRef,
    Variable,
    Number,
    SingleQuoted,
    /// The opening `"`; contents follow.
    DoubleQuote,
    /// `@(TAG)`; see [`Lexer::heredoc`](super::Lexer::heredoc).
    Heredoc,
    Regex,
    // Keywords.
    And,
    Or,
    In,
    If,
    Elsif,
    Else,
    Unless,
    Case,
    Default,
    Undef,
    True,
    False,
    Class,
    Define,
    Node,
    Inherits,
    Function,
    Type,
    Private,
    Attr,
    // Punctuation.
    LBrace,
    RBrace,
    LParen,
    /// `(` first on its line.
    LineLParen,
    RParen,
    /// `[` without white space before it.
    LBrack,
    /// `[` after white space.
    ListStart,
    RBrack,
    Comma,
    Semicolon,
    Colon,
    Dot,
    Question,
    At,
    AtAt,
    Pipe,
    LCollect,
    RCollect,
    LLCollect,
    RRCollect,
    Assign,
    PlusAssign,
    MinusAssign,
    FatArrow,
    PlusArrow,
    InEdge,
    InEdgeSub,
    OutEdge,
    OutEdgeSub,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    ShiftLeft,
    ShiftRight,
    Match,
    NoMatch,
    Not,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    /// A character or run that no rule allows; the parser reports it.
    Bad(Bad),
}

/// Why a run of characters is not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// A character without meaning.
    Character,
    /// `'…` without an end.
    UnclosedString,
    /// `/* …` without an end.
    UnclosedComment,
    /// A number with letters in it.
    Number,
    /// `Foo::bar`, `Foo::`.
    ClassRef,
    /// `::` without a name, `foo::`.
    Name,
    /// `$` without a name.
    Variable,
    /// A heredoc without its end, or with a malformed tag.
    Heredoc,
}

impl Bad {
    /// As a message for people.
    pub fn message(self) -> &'static str {
        match self {
            Bad::Character => "this character has no meaning here",
            Bad::UnclosedString => "this string is never closed",
            Bad::UnclosedComment => "this comment is never closed",
            Bad::Number => "not a valid number",
            Bad::ClassRef => "not a valid class reference",
            Bad::Name => "not a valid name",
            Bad::Variable => "`$` without a variable name",
            Bad::Heredoc => "this heredoc is malformed or has no end tag",
        }
    }
}

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Kind.
    pub kind: TokenKind,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// First on its line.
    pub first_on_line: bool,
}

pub(super) fn keyword(word: &[u8]) -> Option<TokenKind> {
    use TokenKind::*;
    Some(match word {
        b"and" => And,
        b"or" => Or,
        b"in" => In,
        b"if" => If,
        b"elsif" => Elsif,
        b"else" => Else,
        b"unless" => Unless,
        b"case" => Case,
        b"default" => Default,
        b"undef" => Undef,
        b"true" => True,
        b"false" => False,
        b"class" => Class,
        b"define" => Define,
        b"node" => Node,
        b"inherits" => Inherits,
        b"function" => Function,
        b"type" => Type,
        b"private" => Private,
        b"attr" => Attr,
        _ => return None,
    })
}

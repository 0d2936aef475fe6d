//! Expressions of Jinja, as far as to say where one breaks off.
//!
//! (Source: Jinja's template designer documentation, "Expressions", and `jinja2/parser.py`, whose
//! order of operators this follows.)

/// What Jinja refuses in an expression, or reads otherwise than meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slip {
    /// It does not parse.
    Refused(String),
    /// `a == 'b' | ternary(c, d)`: a filter binds tighter than what it is to judge.
    Bound(String),
}

/// The first thing wrong with an expression, and where. Text that is no Jinja's says nothing.
pub(super) fn slip(text: &str) -> Option<(usize, Slip)> {
    let tokens = match tokens(text) {
        Ok(tokens) => tokens,
        Err(Some((at, what))) => return Some((at, Slip::Refused(what))),
        Err(None) => return None,
    };
    if tokens.is_empty() {
        return None;
    }
    let mut parser = Parser { text, tokens: &tokens, at: 0, depth: 0, bound: None };
    match parser.list(&[]) {
        Err(Stop::Deep) => return None,
        Err(Stop::At(at, what)) => return Some((at, Slip::Refused(what))),
        Ok(()) => {}
    }
    // Jinja passes over a colon at the end of a statement, which Python's users write.
    let rest = parser.tokens.get(parser.at..).unwrap_or_default();
    let is_python = matches!(rest, [only] if parser.show(*only) == ":");
    if let Some(token) = parser.peek().filter(|_| !is_python) {
        let what = format!("`{}` where the expression should end", parser.show(token));
        return Some((token.at, Slip::Refused(what)));
    }
    parser.bound.map(|(at, what)| (at, Slip::Bound(what)))
}

/// Deeper expressions are not judged.
const MAX_DEPTH: u32 = 60;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Name,
    Text,
    Number,
    Mark,
}

/// A word, text, number or mark of an expression, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub sort: Sort,
    pub at: usize,
    pub end: usize,
}

/// Marks of more than one letter, longest first.
const LONG: [&str; 6] = ["==", "!=", "<=", ">=", "//", "**"];
const COMPARE: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];
const BINARY: [&str; 8] = ["+", "-", "~", "*", "/", "//", "%", "**"];
/// Words that are no variables.
const WORDS: [&str; 7] = ["and", "or", "in", "is", "if", "else", "for"];

/// The tokens of an expression; `Err(None)` where it is no text that Jinja alone could judge.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Option<(usize, String)>> {
    let bytes = text.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut all: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        let sort = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            b'"' | b'\'' => {
                at += 1;
                while bytes.get(at).is_some_and(|own| *own != byte) {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                // A quote that is not closed is said of brackets and blocks.
                if at >= bytes.len() {
                    return Err(None);
                }
                at += 1;
                Sort::Text
            }
            b'0'..=b'9' => {
                let behind_dot = all.last().is_some_and(|own| &text[own.at..own.end] == ".");
                while bytes.get(at).copied().is_some_and(|own| {
                    is_word(own)
                        || own == b'.'
                            && !behind_dot
                            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
                }) {
                    at += 1;
                }
                Sort::Number
            }
            _ if is_word(byte) => {
                while bytes.get(at).copied().is_some_and(is_word) {
                    at += 1;
                }
                Sort::Name
            }
            b'&' | b'?' => {
                let what = match byte {
                    b'&' => "`&` is no operator of Jinja: it writes `and`",
                    _ => "`?` is no operator of Jinja",
                };
                return Err(Some((at, what.to_owned())));
            }
            b'!' if bytes.get(at + 1) != Some(&b'=') => {
                return Err(Some((at, "`!` is no operator of Jinja: it writes `not`".to_owned())));
            }
            b'.' | b',' | b':' | b'|' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'=' | b'!'
            | b'<' | b'>' | b'+' | b'-' | b'~' | b'*' | b'/' | b'%' => {
                let long = LONG.iter().find(|own| text[at..].starts_with(**own));
                at += long.map_or(1, |own| own.len());
                Sort::Mark
            }
            _ => return Err(None),
        };
        all.push(Token { sort, at: start, end: at });
    }
    Ok(all)
}

enum Stop {
    At(usize, String),
    Deep,
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    at: usize,
    depth: u32,
    bound: Option<(usize, String)>,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn word(&self, ahead: usize) -> &'t str {
        self.tokens
            .get(self.at + ahead)
            .filter(|own| own.sort != Sort::Text)
            .map_or("", |own| &self.text[own.at..own.end])
    }

    fn show(&self, token: Token) -> &'t str {
        let own = &self.text[token.at..token.end];
        own.char_indices().nth(30).map_or(own, |(end, _)| &own[..end])
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = self.word(0) == word;
        self.at += usize::from(found);
        found
    }

    fn wants(&mut self, word: &str) -> Result<(), Stop> {
        match self.takes(word) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("`{word}`"))),
        }
    }

    fn unexpected(&self, wanted: &str) -> Stop {
        match self.peek() {
            Some(token) => {
                Stop::At(token.at, format!("`{}` where {wanted} is expected", self.show(token)))
            }
            None => {
                let at = self.tokens.last().map_or(0, |own| own.at);
                Stop::At(at, format!("it ends where {wanted} is expected"))
            }
        }
    }

    /// Expressions with commas between, up to one of `ends` or the end of the text.
    fn list(&mut self, ends: &[&str]) -> Result<(), Stop> {
        loop {
            if self.peek().is_none() && ends.is_empty() || ends.contains(&self.word(0)) {
                return Ok(());
            }
            self.expression()?;
            if !self.takes(",") {
                return Ok(());
            }
        }
    }

    fn expression(&mut self) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::Deep);
        }
        self.either()?;
        while self.takes("if") {
            self.either()?;
            if self.takes("else") {
                self.expression()?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Operands with `and`, `or` and comparisons between them.
    fn either(&mut self) -> Result<(), Stop> {
        loop {
            while self.takes("not") {}
            self.sum()?;
            loop {
                let compares = COMPARE.contains(&self.word(0));
                if compares || self.word(0) == "in" {
                    self.at += 1;
                } else if self.word(0) == "not" && self.word(1) == "in" {
                    self.at += 2;
                } else {
                    break;
                }
                self.binds(compares);
                self.sum()?;
            }
            if !(self.takes("and") || self.takes("or")) {
                return Ok(());
            }
        }
    }

    /// Notes a literal that is compared with, and that a filter for a truth value takes first.
    fn binds(&mut self, compares: bool) {
        let is_literal = |own: &Token| matches!(own.sort, Sort::Text | Sort::Number);
        let Some(token) = self.peek().filter(|own| compares && is_literal(own)) else { return };
        if self.word(1) == "|" && self.word(2) == "ternary" && self.bound.is_none() {
            let literal = self.show(token);
            let what = format!("`{literal} | ternary(…)` is what is compared with");
            self.bound = Some((token.at, what));
        }
    }

    fn sum(&mut self) -> Result<(), Stop> {
        loop {
            while self.takes("-") || self.takes("+") {}
            self.operand()?;
            if !BINARY.contains(&self.word(0)) {
                return Ok(());
            }
            self.at += 1;
        }
    }

    fn operand(&mut self) -> Result<(), Stop> {
        self.primary()?;
        self.behind()?;
        loop {
            match self.word(0) {
                "|" => {
                    self.at += 1;
                    self.dotted("the name of a filter")?;
                    self.arguments()?;
                }
                "is" => {
                    self.at += 1;
                    self.takes("not");
                    self.test()?;
                }
                "(" => self.arguments()?,
                _ => return Ok(()),
            }
        }
    }

    fn primary(&mut self) -> Result<(), Stop> {
        let Some(token) = self.peek() else { return Err(self.unexpected("a value")) };
        match (token.sort, self.word(0)) {
            (Sort::Text, _) => {
                while self.peek().is_some_and(|own| own.sort == Sort::Text) {
                    self.at += 1;
                }
                Ok(())
            }
            (Sort::Name | Sort::Number, _) => {
                self.at += 1;
                Ok(())
            }
            (_, "(") => {
                self.at += 1;
                self.list(&[")"])?;
                self.wants(")")
            }
            (_, "[") => {
                self.at += 1;
                self.list(&["]"])?;
                self.wants("]")
            }
            (_, "{") => {
                self.at += 1;
                while self.word(0) != "}" {
                    self.expression()?;
                    self.wants(":")?;
                    self.expression()?;
                    if !self.takes(",") {
                        break;
                    }
                }
                self.wants("}")
            }
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Attributes, subscripts and calls.
    fn behind(&mut self) -> Result<(), Stop> {
        loop {
            match self.word(0) {
                "." => {
                    self.at += 1;
                    let is_name = |own: &Token| matches!(own.sort, Sort::Name | Sort::Number);
                    if !self.peek().as_ref().is_some_and(is_name) {
                        return Err(self.unexpected("an attribute"));
                    }
                    self.at += 1;
                }
                "[" => {
                    self.at += 1;
                    while self.word(0) != "]" {
                        if !(self.takes(":") || self.takes(",")) {
                            self.expression()?;
                            if !matches!(self.word(0), ":" | "," | "]") {
                                return Err(self.unexpected("`]`"));
                            }
                        }
                    }
                    self.at += 1;
                }
                "(" => self.arguments()?,
                _ => return Ok(()),
            }
        }
    }

    fn dotted(&mut self, wanted: &str) -> Result<(), Stop> {
        loop {
            if self.peek().is_none_or(|own| own.sort != Sort::Name) {
                return Err(self.unexpected(wanted));
            }
            self.at += 1;
            if !self.takes(".") {
                return Ok(());
            }
        }
    }

    /// `defined`, `divisibleby 3`, `version('1.2', '>=')`.
    fn test(&mut self) -> Result<(), Stop> {
        self.dotted("the name of a test")?;
        if self.word(0) == "(" {
            return self.arguments();
        }
        let takes_argument = self.peek().is_some_and(|own| match own.sort {
            Sort::Name => !WORDS.contains(&self.word(0)) && self.word(0) != "not",
            Sort::Text | Sort::Number => true,
            Sort::Mark => matches!(self.word(0), "[" | "{"),
        });
        if takes_argument {
            self.primary()?;
            self.behind()?;
        }
        Ok(())
    }

    fn arguments(&mut self) -> Result<(), Stop> {
        if !self.takes("(") {
            return Ok(());
        }
        while self.word(0) != ")" {
            if self.peek().is_some_and(|own| own.sort == Sort::Name) && self.word(1) == "=" {
                self.at += 2;
            } else if matches!(self.word(0), "*" | "**") {
                self.at += 1;
            }
            self.expression()?;
            if !self.takes(",") {
                break;
            }
        }
        self.wants(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_jinja_takes() {
        for fine in [
            "a",
            "a.b[0].c.0.1 | join(',') | d",
            "a if b is defined else c if d else e",
            "not a and b not in c or d is not none",
            "a is version('1.2', '>=') and b is divisibleby 3",
            "a is match \"^x\" or a is sameas none",
            "{'a': {'b': [1, 2,], }, } | combine(x, recursive=True)",
            "(a, b)[1:2] + [-1] ~ 'x' 'y'",
            "lookup('file', *paths, **more)",
            "a|success",
            "a[1:][::2][b, c]",
            "a, b",
            "x ** -2 // 3 % 4 - +1",
            "a is defined if b",
            "f()(1).g(x=2, y=3)",
            "1.5 + 2.e",
            "not (a or not b)",
            "a is in [1, 2]",
            "a is not in b",
            "('x' == y) | ternary(1, 2)",
            "a == b | ternary(1, 2)",
            "a == 'x' | lower",
            "$a",
            "",
        ] {
            assert_eq!(slip(fine), None, "{fine}");
        }
        assert_eq!(slip("a == 'b':"), None);
    }

    #[test]
    fn what_it_refuses() {
        let what = |text: &str| match slip(text) {
            Some((at, Slip::Refused(what))) => format!("{at} {what}"),
            other => format!("{other:?}"),
        };
        assert_eq!(what("lookup('file', .a/b)"), "15 `.` where a value is expected");
        assert_eq!(what("a b"), "2 `b` where the expression should end");
        assert_eq!(what("a == "), "2 it ends where a value is expected");
        assert_eq!(what("a and and b"), "10 `b` where the expression should end");
        assert_eq!(what("a && b"), "2 `&` is no operator of Jinja: it writes `and`");
        assert_eq!(what("[x for x in y]"), "3 `for` where `]` is expected");
        assert_eq!(what("a || b"), "3 `|` where the name of a filter is expected");
        assert_eq!(what("f(a b)"), "4 `b` where `)` is expected");
        assert_eq!(what("{'a' 'b'}"), "8 `}` where `:` is expected");
        // A word of the language is a name where a value is expected.
        assert_eq!(slip("if != 'lo' and format(if)"), None);
        assert_eq!(what("a is"), "2 it ends where the name of a test is expected");
    }

    #[test]
    fn filters_bind_tighter_than_comparisons() {
        assert!(matches!(slip("x == 'a' | ternary(b, c)"), Some((5, Slip::Bound(_)))));
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(slip(&"(".repeat(9999)), None);
    }
}

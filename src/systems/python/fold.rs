//! Python string expressions as name patterns.

use crate::facts::{NamePattern, Piece};
use ruff_python_ast::{Expr, ExprCall, FStringPart, InterpolatedStringElement, Number, Operator};
use smol_str::SmolStr;

/// How deep expressions are followed.
const DEPTH: u32 = 40;
/// How many parts of one expression are joined.
const PARTS: usize = 200;
/// How long the text of a variable may be that others are built of.
const TEXT: usize = 2000;

/// What a name stands for, where that is known.
pub(crate) trait Names {
    /// The text of the variable `name`.
    fn text(&self, name: &str, depth: u32) -> Option<NamePattern>;
    /// The list that the variable `name` holds.
    fn list(&self, name: &str) -> Option<&[Expr]>;
}

/// Knows no variable.
pub(crate) struct NoNames;

impl Names for NoNames {
    fn text(&self, _name: &str, _depth: u32) -> Option<NamePattern> {
        None
    }

    fn list(&self, _name: &str) -> Option<&[Expr]> {
        None
    }
}

/// The text that `expr` becomes, with holes for what is only known at run time: literals,
/// `+`, `%`, `.format()`, f-strings, `' '.join([…])`, `os.path.join()`. `None` where it is
/// no string expression, or nothing of it is known.
pub(crate) fn fold_string(expr: &Expr, names: &dyn Names) -> Option<NamePattern> {
    fold(expr, names, 0)
}

/// [`fold_string`] at a depth: for [`Names`] that follow assignments.
pub(super) fn fold(expr: &Expr, names: &dyn Names, depth: u32) -> Option<NamePattern> {
    if depth > DEPTH {
        return None;
    }
    let folded = match expr {
        Expr::StringLiteral(literal) => return Some(NamePattern::exact(literal.value.to_str())),
        Expr::FString(string) => {
            let mut pieces = Vec::new();
            if string.value.elements().count() > PARTS {
                return None;
            }
            for part in &string.value {
                match part {
                    FStringPart::Literal(literal) => {
                        pieces.push(Piece::Text((*literal.value).into()))
                    }
                    FStringPart::FString(string) => {
                        elements(&string.elements, names, depth, &mut pieces);
                    }
                }
            }
            NamePattern::from_pieces(pieces)
        }
        Expr::Name(name) => names.text(&name.id, depth + 1)?,
        Expr::BinOp(operation) => match operation.op {
            Operator::Add => {
                let sides = [&operation.left, &operation.right].map(|side| {
                    fold(side, names, depth + 1).unwrap_or_else(NamePattern::any).pieces()
                });
                NamePattern::from_pieces(sides.into_iter().flatten())
            }
            Operator::Mod => {
                let template = fold(&operation.left, names, depth + 1)?;
                percent(&template, &operation.right, names, depth)
            }
            _ => return None,
        },
        Expr::Call(call) => method(call, names, depth)?,
        _ => return None,
    };
    (folded != NamePattern::any()).then_some(folded)
}

/// A part of a string: what is not known is a hole.
fn part(expr: &Expr, names: &dyn Names, depth: u32) -> Vec<Piece> {
    if let Expr::NumberLiteral(number) = expr
        && let Number::Int(int) = &number.value
    {
        return vec![Piece::Text(int.to_string().into())];
    }
    fold(expr, names, depth + 1).map_or_else(|| vec![Piece::Hole], |name| name.pieces())
}

fn elements<'e>(
    elements: impl IntoIterator<Item = &'e InterpolatedStringElement>,
    names: &dyn Names,
    depth: u32,
    pieces: &mut Vec<Piece>,
) {
    for element in elements {
        match element {
            InterpolatedStringElement::Literal(literal) => {
                pieces.push(Piece::Text((*literal.value).into()));
            }
            InterpolatedStringElement::Interpolation(value) => {
                let plain = value.format_spec.is_none() && value.debug_text.is_none();
                if plain {
                    pieces.extend(part(&value.expression, names, depth));
                } else {
                    pieces.push(Piece::Hole);
                }
            }
        }
    }
}

/// `TEMPLATE % VALUES`.
fn percent(template: &NamePattern, values: &Expr, names: &dyn Names, depth: u32) -> NamePattern {
    if has_many(template, '%') {
        return NamePattern::any();
    }
    let single = std::slice::from_ref(values);
    let (values, by_name) = match values {
        Expr::Tuple(tuple) => (tuple.elts.as_slice(), false),
        Expr::Dict(_) => (single, true),
        _ => (single, false),
    };
    let mut values = values.iter();
    let mut pieces = Vec::new();
    for piece in template.pieces() {
        let Piece::Text(text) = piece else {
            pieces.push(Piece::Hole);
            continue;
        };
        let mut rest = text.as_str();
        while let Some(at) = rest.find('%') {
            pieces.push(Piece::Text(rest[..at].into()));
            let spec = &rest[at + 1..];
            // `%%`, `%s`, `%(name)s`, `%-5.2f`.
            let named = spec.strip_prefix('(').and_then(|inner| inner.split_once(')'));
            let flags = named.map_or(spec, |(_, after)| after);
            let width = flags.find(|c: char| !"#0- +.*123456789".contains(c));
            let Some((width, conversion)) =
                width.and_then(|width| Some((width, flags[width..].chars().next()?)))
            else {
                rest = "";
                pieces.push(Piece::Hole);
                break;
            };
            rest = &flags[width + conversion.len_utf8()..];
            if conversion == '%' {
                pieces.push(Piece::Text("%".into()));
                continue;
            }
            let value = if named.is_some() || by_name { None } else { values.next() };
            match value.filter(|_| width == 0 && matches!(conversion, 's' | 'd')) {
                Some(value) => pieces.extend(part(value, names, depth)),
                None => pieces.push(Piece::Hole),
            }
        }
        pieces.push(Piece::Text(rest.into()));
    }
    NamePattern::from_pieces(pieces)
}

/// A call that gives a string.
fn method(call: &ExprCall, names: &dyn Names, depth: u32) -> Option<NamePattern> {
    let Expr::Attribute(attribute) = call.func.as_ref() else { return None };
    let arguments = &call.arguments;
    match attribute.attr.as_str() {
        "format" => {
            let template = fold(&attribute.value, names, depth + 1)?;
            Some(format(&template, call, names, depth))
        }
        "join" => {
            let [list] = arguments.args.as_ref() else { return path(call, names, depth) };
            let separator = fold(&attribute.value, names, depth + 1);
            let elements = match list {
                Expr::List(list) => Some(list.elts.as_slice()),
                Expr::Tuple(tuple) => Some(tuple.elts.as_slice()),
                Expr::Name(name) => names.list(&name.id),
                _ => None,
            };
            let (Some(separator), Some(elements)) = (separator, elements) else { return None };
            if elements.len() > PARTS {
                return None;
            }
            let mut pieces = Vec::new();
            for (ix, element) in elements.iter().enumerate() {
                if ix > 0 {
                    pieces.extend(separator.pieces());
                }
                pieces.extend(part(element, names, depth));
            }
            Some(NamePattern::from_pieces(pieces))
        }
        "strip" | "encode" | "decode" if arguments.args.len() < 2 => {
            fold(&attribute.value, names, depth + 1)
        }
        "dedent" => fold(arguments.args.first()?, names, depth + 1),
        _ => None,
    }
}

/// `os.path.join(a, b)`.
fn path(call: &ExprCall, names: &dyn Names, depth: u32) -> Option<NamePattern> {
    let mut pieces = Vec::new();
    for (ix, argument) in call.arguments.args.iter().enumerate() {
        let own = part(argument, names, depth);
        if let Some(Piece::Text(text)) = own.first()
            && text.starts_with('/')
        {
            pieces.clear();
        } else if ix > 0 {
            pieces.push(Piece::Text("/".into()));
        }
        pieces.extend(own);
    }
    (call.arguments.args.len() > 1).then(|| NamePattern::from_pieces(pieces))
}

/// `TEMPLATE.format(VALUES)`.
fn format(template: &NamePattern, call: &ExprCall, names: &dyn Names, depth: u32) -> NamePattern {
    if has_many(template, '{') {
        return NamePattern::any();
    }
    let mut next = 0;
    let mut pieces = Vec::new();
    for piece in template.pieces() {
        let Piece::Text(text) = piece else {
            pieces.push(Piece::Hole);
            continue;
        };
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            pieces.push(Piece::Text(rest[..at].into()));
            let brace = &rest[at..at + 1];
            let after = &rest[at + 1..];
            if let Some(escaped) = after.strip_prefix(brace) {
                pieces.push(Piece::Text(brace.into()));
                rest = escaped;
                continue;
            }
            let Some(end) = after.find('}').filter(|_| brace == "{") else {
                rest = after;
                continue;
            };
            let field = &after[..end];
            rest = &after[end + 1..];
            let value = if field.is_empty() {
                next += 1;
                call.arguments.args.get(next - 1)
            } else if let Ok(ix) = field.parse::<usize>() {
                call.arguments.args.get(ix)
            } else {
                let keyword = call.arguments.keywords.iter();
                keyword
                    .filter(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == field))
                    .map(|keyword| &keyword.value)
                    .next()
            };
            match value {
                Some(value) => pieces.extend(part(value, names, depth)),
                None => pieces.push(Piece::Hole),
            }
        }
        pieces.push(Piece::Text(rest.into()));
    }
    NamePattern::from_pieces(pieces)
}

/// Whether a template has more places than are filled.
fn has_many(template: &NamePattern, mark: char) -> bool {
    let texts = template.pieces();
    let count = texts.iter().map(|piece| match piece {
        Piece::Text(text) => text.matches(mark).count(),
        Piece::Hole => 1,
    });
    count.sum::<usize>() > PARTS
}

/// Whether `text` is short enough to build others of.
pub(super) fn is_short(text: &NamePattern) -> bool {
    let texts = text.pieces();
    let len = texts.iter().map(|piece| match piece {
        Piece::Text(text) => text.len(),
        Piece::Hole => 1,
    });
    len.sum::<usize>() <= TEXT
}

/// The callee of `expr` as written, without arguments: `a.b`, `a().b`, `a[].b`. `None` for
/// what has no name.
pub(super) fn dotted(expr: &Expr) -> Option<SmolStr> {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = expr;
    loop {
        match rest {
            Expr::Name(name) => {
                parts.push(&name.id);
                break;
            }
            Expr::Attribute(attribute) => {
                parts.extend([attribute.attr.as_str(), "."]);
                rest = &attribute.value;
            }
            Expr::Call(call) => {
                parts.push("()");
                rest = &call.func;
            }
            Expr::Subscript(subscript) => {
                parts.push("[]");
                rest = &subscript.value;
            }
            _ => return None,
        }
    }
    let text: String = parts.into_iter().rev().collect();
    Some(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Option<String> {
        let expr = ruff_python_parser::parse_expression(text).expect("an expression").into_expr();
        fold_string(&expr, &NoNames).map(|name| name.to_string())
    }

    #[test]
    fn what_is_built_at_run_time_is_a_hole() {
        for (text, expected) in [
            ("'/usr/bin/x --type %s' % self.kind", "/usr/bin/x --type *"),
            ("'a %(b)s %% %-5d c' % values", "a * % * c"),
            ("'a %s %s' % ('b', c)", "a b *"),
            ("'a {} {x} {{}}'.format(b, x='c')", "a * c {}"),
            ("f'a {b} ' 'c'", "a * c"),
            ("'a ' + b + ' c'", "a * c"),
            ("' '.join(['a', b, '--c'])", "a * --c"),
            ("os.path.join(base, 'bin', 'x')", "*/bin/x"),
            ("os.path.join(base, '/bin', 'x')", "/bin/x"),
        ] {
            assert_eq!(folded(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wholly_unknown_is_nothing() {
        for text in ["a", "f(x)", "f'{a}'", "a + b", "1 + 2", "'%s' % a"] {
            assert_eq!(folded(text), None, "{text}");
        }
    }
}

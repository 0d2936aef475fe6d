//! Folding string expressions into name patterns.

use crate::facts::{NamePattern, Piece, Span};
use crate::syntax::puppet::ast::{BinaryOp, Expr, ExprKind, Part};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Variables whose value is a literal throughout the definition being read.
pub(super) type Constants<'a> = FxHashMap<&'a str, SmolStr>;

/// A string that an expression can evaluate to.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// Its value, with holes where it is built at run time.
    pub name: NamePattern,
    /// The expression that gives it.
    pub span: Span,
}

/// The pattern of one string-like expression; `None` for anything that is not a string
/// or name, or that is wholly computed.
pub(super) fn fold(expr: &Expr<'_>, constants: &Constants<'_>) -> Option<NamePattern> {
    match expr.kind {
        ExprKind::Str { text, .. } => Some(NamePattern::exact(unescape(text))),
        ExprKind::Name(text) | ExprKind::Number(text) | ExprKind::TypeRef(text) => {
            Some(NamePattern::exact(text))
        }
        ExprKind::Interpolated(parts) => {
            let pieces = parts.iter().flat_map(|part| match part {
                Part::Text(text) => vec![Piece::Text(unescape(text))],
                Part::Expr(inner) => match fold_inner(inner, constants) {
                    Some(name) => name.pieces(),
                    None => vec![Piece::Hole],
                },
            });
            Some(NamePattern::from_pieces(pieces))
        }
        ExprKind::Variable(_) => fold_inner(expr, constants),
        ExprKind::Paren(inner) => fold(inner, constants),
        // `'a' + 'b'` is no concatenation in Puppet; nothing to fold.
        ExprKind::Binary(BinaryOp::Plus, ..) => None,
        _ => None,
    }
}

fn fold_inner(expr: &Expr<'_>, constants: &Constants<'_>) -> Option<NamePattern> {
    match expr.kind {
        ExprKind::Variable(name) => {
            let name = name.strip_prefix("::").unwrap_or(name);
            constants.get(name).map(|value| NamePattern::exact(value.clone()))
        }
        ExprKind::Str { .. } | ExprKind::Interpolated(_) | ExprKind::Number(_) => {
            fold(expr, constants)
        }
        _ => None,
    }
}

/// Every string that an expression can evaluate to, through selectors, conditionals and
/// nested arrays. `(alternatives, complete)`: the inner vectors are arrays whose first
/// existing entry counts; `complete` is false when some branch is not understood.
pub(super) fn branches(expr: &Expr<'_>, constants: &Constants<'_>, out: &mut Vec<Vec<Text>>) {
    match expr.kind {
        ExprKind::Array(entries) => {
            let mut group = Vec::new();
            for entry in entries {
                match entry.kind {
                    ExprKind::Array(_) | ExprKind::Selector(..) | ExprKind::If(_) => {
                        // A computed entry: any of its values may be meant.
                        let mut inner = Vec::new();
                        branches(entry, constants, &mut inner);
                        group.extend(inner.into_iter().flatten());
                    }
                    _ => match fold(entry, constants) {
                        Some(name) => group.push(Text { name, span: entry.span }),
                        None => {
                            group.push(Text { name: NamePattern::any(), span: entry.span });
                        }
                    },
                }
            }
            if !group.is_empty() {
                out.push(group);
            }
        }
        ExprKind::Selector(_, entries) => {
            for (_, value) in entries {
                branches(value, constants, out);
            }
        }
        ExprKind::If(node) => {
            for body in [node.then, node.otherwise] {
                if let Some(last) = body.last() {
                    branches(last, constants, out);
                }
            }
        }
        ExprKind::Case(_, options) => {
            for option in options {
                if let Some(last) = option.body.last() {
                    branches(last, constants, out);
                }
            }
        }
        ExprKind::Paren(inner) => branches(inner, constants, out),
        _ => {
            if let Some(name) = fold(expr, constants) {
                out.push(vec![Text { name, span: expr.span }]);
            }
        }
    }
}

/// Resolves the escapes that matter in names.
fn unescape(text: &str) -> SmolStr {
    if !text.contains('\\') {
        return SmolStr::new(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some(escaped @ ('\\' | '\'' | '"' | '$')) => out.push(escaped),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out.into()
}

/// The full name of a variable: classes are named without regard to case, variables are not.
pub(crate) fn variable(name: &str) -> SmolStr {
    let name = name.strip_prefix("::").unwrap_or(name);
    match name.rsplit_once("::") {
        Some((class, own)) => format!("{}::{own}", canonical(class)).into(),
        None => SmolStr::new(name),
    }
}

/// A class or type name in canonical form: lower case, without a leading `::`.
pub(super) fn canonical(name: &str) -> SmolStr {
    let name = name.strip_prefix("::").unwrap_or(name);
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        SmolStr::new(name)
    }
}

/// As [`canonical`], for patterns.
pub(super) fn canonical_pattern(name: &NamePattern) -> NamePattern {
    match name {
        NamePattern::Exact(name) => NamePattern::Exact(canonical(name)),
        pattern => {
            let lower = pattern.map_text(|text| text.to_ascii_lowercase().into());
            match lower.prefix().strip_prefix("::") {
                Some(_) => {
                    let mut pieces = lower.pieces();
                    if let Some(Piece::Text(first)) = pieces.first_mut() {
                        *first = SmolStr::new(first.trim_start_matches("::"));
                    }
                    NamePattern::from_pieces(pieces)
                }
                None => lower,
            }
        }
    }
}

/// `foo::bar` as a resource reference writes it: `Foo::Bar`.
pub(super) fn capitalised(name: &str) -> SmolStr {
    let mut out = String::with_capacity(name.len());
    let mut start = true;
    for c in name.chars() {
        out.push(if start { c.to_ascii_uppercase() } else { c });
        start = c == ':';
    }
    out.into()
}

/// The first sign of a name that no class of Puppet's can have. (Source: Puppet's manual, "Reserved
/// words and acceptable names"; up to Puppet 3 a name may hold `-` and begin with a digit.)
pub(super) fn odd_sign(name: &str) -> Option<char> {
    let is_odd =
        |own: &char| own.is_ascii() && !own.is_ascii_alphanumeric() && !"_:-".contains(*own);
    name.chars().find(is_odd)
}

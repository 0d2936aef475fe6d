//! Constant folding of path expressions.

use crate::facts::{NamePattern, Piece, parent_folder};
use crate::syntax::php::{Kind, Token};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Stands for the tree's root in a folded path.
pub(super) const ROOT: &str = "\u{1}";
/// Stands for MediaWiki's installation folder, `$IP`.
pub(super) const IP: &str = "\u{2}";

/// Brackets inside brackets beyond which a value is not known.
const MAX_DEPTH: u32 = 8;

/// Values of variables and constants that are assigned once.
#[derive(Default)]
pub(super) struct Constants {
    pub values: FxHashMap<SmolStr, Option<NamePattern>>,
}

impl Constants {
    /// Learns `name`; a second, different value makes it unknown.
    pub fn learn(&mut self, name: &str, value: Option<NamePattern>) {
        self.values
            .entry(SmolStr::new(name))
            .and_modify(|known| {
                if *known != value {
                    *known = None;
                }
            })
            .or_insert(value);
    }

    fn get(&self, name: &str) -> Option<&NamePattern> {
        self.values.get(name)?.as_ref()
    }

    /// The value of a double-quoted text.
    pub fn interpolated(&self, text: &str) -> NamePattern {
        template(text, self)
    }
}

/// Folds the expression at the start of `tokens` (a concatenation of terms). Returns the
/// value and how many tokens it took; the value is `None` where nothing is known of it.
pub(super) fn fold(
    tokens: &[Token<'_>],
    path: &str,
    constants: &Constants,
) -> (Option<NamePattern>, usize) {
    folded(tokens, path, constants, 0)
}

/// The same, inside so many brackets.
fn folded(
    tokens: &[Token<'_>],
    path: &str,
    constants: &Constants,
    depth: u32,
) -> (Option<NamePattern>, usize) {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut known = false;
    loop {
        let (term, used) = term(&tokens[at.min(tokens.len())..], path, constants, depth);
        at += used;
        match term {
            Some(name) => {
                known |= name != NamePattern::any();
                pieces.extend(name.pieces());
            }
            None => return (None, at.max(1)),
        }
        if tokens.get(at).is_some_and(|token| token.kind == Kind::Punct && token.text == ".") {
            at += 1;
        } else {
            break;
        }
    }
    (known.then(|| NamePattern::from_pieces(pieces)), at)
}

fn is_punct(token: Option<&Token<'_>>, text: &str) -> bool {
    token.is_some_and(|token| token.kind == Kind::Punct && token.text == text)
}

/// One term and how many tokens it took. A term that is not understood is a hole where
/// its extent is clear.
pub(super) fn term(
    tokens: &[Token<'_>],
    path: &str,
    constants: &Constants,
    depth: u32,
) -> (Option<NamePattern>, usize) {
    let Some(first) = tokens.first() else { return (None, 0) };
    let hole = || Some(NamePattern::any());
    if depth > MAX_DEPTH {
        return (None, 1);
    }
    match first.kind {
        Kind::Literal => (Some(NamePattern::exact(unescape(first.text))), 1),
        Kind::Template => (Some(template(first.text, constants)), 1),
        Kind::Number => (Some(NamePattern::exact(first.text)), 1),
        Kind::Variable => {
            // `$a[…]`, `$a->b`, `$a::b`: a hole, past its end.
            let mut at = 1;
            let mut plain = true;
            while let Some(next) = tokens.get(at).filter(|token| token.kind == Kind::Punct) {
                match next.text {
                    "[" | "(" => {
                        at += balanced(&tokens[at..]);
                        plain = false;
                    }
                    "->" | "::" | "?->" => {
                        at += 2;
                        plain = false;
                    }
                    _ => break,
                }
            }
            let value = if plain { constants.get(first.text).cloned() } else { None };
            (value.or_else(|| variable(first.text)).or_else(hole), at)
        }
        Kind::Punct if first.text == "(" => {
            let end = balanced(tokens);
            let inner = tokens.get(1..end.saturating_sub(1)).unwrap_or_default();
            let (value, used) = folded(inner, path, constants, depth + 1);
            (if used == inner.len() { value } else { None }.or_else(hole), end)
        }
        Kind::Punct => (None, 0),
        Kind::Name => named(first.text, tokens, (path, depth), constants),
    }
}

/// The same for a term that begins with the name `first`.
fn named(
    first: &str,
    tokens: &[Token<'_>],
    (path, depth): (&str, u32),
    constants: &Constants,
) -> (Option<NamePattern>, usize) {
    let hole = || Some(NamePattern::any());
    let folder = parent_folder(path);
    let own = |text: &str| {
        let slash = if text.is_empty() { "" } else { "/" };
        NamePattern::exact(format!("{ROOT}{slash}{text}"))
    };
    match first {
        // A template runs on the host, not where it lies in the tree.
        "__DIR__" | "__FILE__" if super::runs_elsewhere(path) => (hole(), 1),
        "__DIR__" => (Some(own(folder)), 1),
        "__FILE__" => (Some(own(path)), 1),
        "DIRECTORY_SEPARATOR" => (Some(NamePattern::exact("/")), 1),
        "dirname" | "\\dirname" if is_punct(tokens.get(1), "(") => {
            let end = 1 + balanced(&tokens[1..]);
            let inner = tokens.get(2..end.saturating_sub(1)).unwrap_or_default();
            let (value, used) = folded(inner, path, constants, depth + 1);
            let levels = match inner.get(used..) {
                Some([]) => Some(1),
                Some([comma, level]) if comma.text == "," => level.text.parse().ok(),
                _ => None,
            };
            let value = value.zip(levels).and_then(|(value, levels)| parent(&value, levels));
            (value.or_else(hole), end)
        }
        "new" | "function" | "fn" | "array" | "static" | "clone" | "include" | "require" => {
            (None, 0)
        }
        name if is_punct(tokens.get(1), "(") => {
            let end = 1 + balanced(&tokens[1..]);
            let inner = tokens.get(2..end.saturating_sub(1)).unwrap_or_default();
            // Wrappers that keep the path.
            if matches!(name, "realpath" | "strval" | "trim") {
                return (folded(inner, path, constants, depth + 1).0.or_else(hole), end);
            }
            (hole(), end)
        }
        name => {
            let mut at = 1;
            while matches!(tokens.get(at).map(|t| t.text), Some("::" | "->"))
                && tokens.get(at).is_some_and(|t| t.kind == Kind::Punct)
            {
                at += 2;
                if is_punct(tokens.get(at), "(") {
                    at += balanced(&tokens[at..]);
                }
            }
            let value = if at == 1 { constants.get(name).cloned() } else { None };
            (value.or_else(hole), at)
        }
    }
}

fn variable(name: &str) -> Option<NamePattern> {
    (name == "IP").then(|| NamePattern::exact(IP))
}

/// How many tokens the bracketed group at the start takes.
pub(super) fn balanced(tokens: &[Token<'_>]) -> usize {
    if let Some(group) = tokens.first().map(|own| own.group as usize).filter(|own| *own > 0) {
        return group.min(tokens.len());
    }
    let mut depth = 0i32;
    for (ix, token) in tokens.iter().enumerate() {
        if token.kind == Kind::Punct {
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => {
                    depth -= 1;
                    if depth <= 0 {
                        return ix + 1;
                    }
                }
                _ => {}
            }
        }
    }
    tokens.len().max(1)
}

fn parent(value: &NamePattern, levels: usize) -> Option<NamePattern> {
    let text = value.as_exact()?;
    let mut text = text.as_str();
    for _ in 0..levels.min(64) {
        text = text.trim_end_matches('/').rsplit_once('/')?.0;
    }
    Some(NamePattern::exact(text))
}

/// A double-quoted text: `$x`, `{$x…}` and `${x}` are holes unless known.
fn template(text: &str, constants: &Constants) -> NamePattern {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let braces = rest.starts_with("{$") || rest.starts_with("${");
        let name_start = if braces { at + 2 } else { at + 1 };
        let is_variable = braces
            || (bytes[at] == b'$'
                && bytes
                    .get(at + 1)
                    .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_'));
        if !is_variable {
            let c = rest.chars().next().unwrap_or(' ');
            if c == '\\' {
                let next = rest[1..].chars().next();
                literal.push(next.filter(|next| "\\\"$".contains(*next)).unwrap_or('\\'));
                at += 1 + next.filter(|next| "\\\"$".contains(*next)).map_or(0, char::len_utf8);
            } else {
                literal.push(c);
                at += c.len_utf8();
            }
            continue;
        }
        let mut end = name_start;
        while bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            end += 1;
        }
        let name = &text[name_start..end];
        let mut plain = true;
        if braces {
            let close = text[end..].find('}').map_or(text.len(), |offset| end + offset + 1);
            plain = close == end + 1;
            end = close;
        } else if bytes.get(end) == Some(&b'[') {
            plain = false;
            end = text[end..].find(']').map_or(text.len(), |offset| end + offset + 1);
        } else if text[end..].starts_with("->") {
            plain = false;
            end += 2;
            while bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
                end += 1;
            }
        }
        pieces.push(Piece::Text(std::mem::take(&mut literal).into()));
        let value =
            if plain { constants.get(name).cloned().or_else(|| variable(name)) } else { None };
        match value {
            Some(value) => pieces.extend(value.pieces()),
            None => pieces.push(Piece::Hole),
        }
        at = end;
    }
    pieces.push(Piece::Text(literal.into()));
    NamePattern::from_pieces(pieces)
}

fn unescape(text: &str) -> SmolStr {
    if !text.contains('\\') {
        return SmolStr::new(text);
    }
    text.replace("\\\\", "\\").replace("\\'", "'").replace("\\\"", "\"").into()
}

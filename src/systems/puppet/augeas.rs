//! Commands of `augeas`: `set PATH VALUE`, of which Puppet takes neither without the other.
//!
//! (Source: `Puppet::Type.type(:augeas)`'s provider, `parse_commands`: a path ends at the first
//! blank outside of its brackets, "missing string argument 2 for set".)

use super::text::fold;
use super::walk::Walk;
use crate::facts::{NamePattern, Piece, Problem, Span};
use crate::syntax::puppet::ast::{Expr, ExprKind, ResourceBody};

/// Stands for what is filled in.
const FILLED: char = '\u{1}';

impl<'a> Walk<'_, '_, 'a> {
    /// Notes a command of `changes` that sets nothing, or a sign.
    pub fn augeas_changes(&mut self, body: &ResourceBody<'a>) {
        for changes in body.attributes.iter().filter(|own| own.name == "changes") {
            let all = match changes.value.kind {
                ExprKind::Array(entries) => entries,
                _ => std::slice::from_ref(&changes.value),
            };
            for own in all {
                let problem = self.augeas_command(own);
                self.out.problems.extend(problem);
            }
        }
    }

    fn augeas_command(&self, expr: &Expr<'a>) -> Option<Problem> {
        let text = shown(&fold(expr, &self.constants)?);
        text.lines().find_map(|line| wrong(line, expr.span))
    }
}

fn shown(name: &NamePattern) -> String {
    let pieces = name.pieces().into_iter();
    pieces.fold(String::new(), |mut text, piece| {
        match piece {
            Piece::Text(own) => text.push_str(&own),
            _ => text.push(FILLED),
        }
        text
    })
}

/// What is wrong with one command.
fn wrong(line: &str, span: Span) -> Option<Problem> {
    let rest = line.trim().strip_prefix("set ")?.trim_start();
    let (path, value) = rest.split_at(path_len(rest)?);
    let value = value.trim();
    // What is filled in may hold both.
    let problem = if value.is_empty() && !path.is_empty() && !path.contains(FILLED) {
        let mut problem =
            Problem::new("incompatible-value", format!("`set {path}` has no value to set"), span);
        problem.help = "Augeas takes `set PATH VALUE`, with a blank between the two".into();
        problem
    } else if value.starts_with("= ") {
        let message = format!("`set {}` sets the sign `=`", path.replace(FILLED, "*"));
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.help = "Augeas takes `set PATH VALUE`, without a sign between the two".into();
        problem
    } else {
        return None;
    };
    Some(problem)
}

/// How long the path is that a text begins with; `None` where it does not end.
fn path_len(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut depth = 0usize;
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (_, '\\') => drop(letters.next()),
            (Some(own), letter) if own == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') if depth > 0 || at == 0 => quote = Some(letter),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, letter) if letter.is_whitespace() && depth == 0 => return Some(at),
            _ => {}
        }
    }
    (quote.is_none() && depth == 0).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_value() {
        let span = Span::new(0, 1);
        for line in ["set SLAPD_CONF=/etc/x", "set home_mailbox = Maildir/", "set \u{1}/a = b"] {
            assert!(wrong(line, span).is_some(), "{line}");
        }
        for line in [
            "set a b",
            "set pattern[. = '\u{1}'] '\u{1}'",
            "set \"*[self::database = 'group']/service[2]\" winbind",
            "set \u{1}",
            "set a '= b'",
            "rm a[. = 'b']",
            "set a[. = 'b' c",
            "ins a before b",
        ] {
            assert!(wrong(line, span).is_none(), "{line}");
        }
    }
}

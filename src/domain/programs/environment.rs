//! The environment variables that programs read: what is alike in all languages.

use crate::domain::environment::Reads;
use crate::facts::{Span, is_variable_name};
use crate::syntax::script::tokens::{Kind, Tokens};
use smol_str::SmolStr;

/// `['X']` or `{X}` at `open`.
pub(crate) fn subscript(tokens: &Tokens<'_>, open: usize, answers: &[&str], reads: &mut Reads) {
    if let Some((name, span)) = variable(tokens, open + 1)
        && tokens.close(open) == open + 2
    {
        found(tokens, &name, span, open + 3, answers, reads);
    }
}

/// A variable with what follows it: an assignment, or a default.
pub(crate) fn found(
    tokens: &Tokens<'_>,
    name: &str,
    span: Span,
    next: usize,
    answers: &[&str],
    reads: &mut Reads,
) {
    if !is_variable_name(name) {
    } else if tokens.is(next, "=") {
        reads.sets(name);
    } else if answers.iter().any(|answer| tokens.is(next, answer)) {
        reads.guarded(name, "", span);
    } else {
        reads.optional(name, "", span);
    }
}

pub(crate) fn variable(tokens: &Tokens<'_>, ix: usize) -> Option<(SmolStr, Span)> {
    let token = tokens.get(ix)?;
    let literal = token.kind == Kind::Name || token.kind == Kind::Text && token.exact;
    (literal && is_variable_name(&token.value)).then(|| (token.value.clone(), token.span))
}

/// How far a line is looked at around a token.
const MAX_LINE: usize = 300;

/// Whether a program always comes to a token: its line is not indented, and nothing on it
/// makes a condition.
pub(crate) fn is_always(text: &str, tokens: &Tokens<'_>, ix: usize) -> bool {
    let Some(token) = tokens.get(ix) else { return false };
    // A line that is longer says nothing.
    let bytes = text.as_bytes();
    let from = token.start.saturating_sub(MAX_LINE);
    let start = match memchr::memrchr(b'\n', &bytes[from..token.start]) {
        Some(at) => from + at + 1,
        None if from == 0 => 0,
        None => return false,
    };
    let end = bytes.len().min(token.start + MAX_LINE);
    let end = memchr::memchr(b'\n', &bytes[token.start..end]).map_or(end, |at| token.start + at);
    let Some(line) = text.get(start..end) else { return false };
    let guards = ["if", "unless", "while", "rescue", "and", "or", "def", "end", "begin", "do"];
    !line.starts_with(char::is_whitespace)
        && !line.contains(['?', '|', '{', '&', '<'])
        && !line.split(|c: char| !c.is_alphanumeric()).any(|word| guards.contains(&word))
}

/// The variables that a text reads, with `!` where it does not do without.
#[cfg(test)]
pub(crate) fn of_text(read: super::Variables, text: &str) -> Vec<String> {
    let source = crate::extract::Source::of("x", text);
    let (mut reads, mut out) = (Reads::default(), crate::facts::FileFacts::default());
    read(&source, &mut reads);
    reads.attach(source.path, &mut out);
    crate::domain::environment::shown(out)
}

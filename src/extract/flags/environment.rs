//! The environment variables that programs in Ruby, Perl, JavaScript and Go read.
//!
//! (Sources: the documentation of Ruby's `ENV`; perlvar, `%ENV`; Node.js, `process.env`; Go's
//! package `os`.)

use super::lexer;
use super::tokens::{Kind, Tokens};
use crate::extract::Source;
use crate::extract::environment::Reads;
use crate::facts::{Span, is_variable_name};
use smol_str::SmolStr;

/// Ruby: `ENV['X']`, `ENV.fetch('X')`.
pub fn ruby(source: &Source<'_>, reads: &mut Reads) {
    let tokens = lexer::tokens(source.text, &lexer::RUBY);
    for ix in (0..tokens.len()).filter(|ix| tokens.is(*ix, "ENV")) {
        if tokens.is(ix + 1, "[") {
            subscript(&tokens, ix + 1, &["||", "?"], reads);
            continue;
        }
        let Some(method) = tokens.name(ix + 2).filter(|_| tokens.is(ix + 1, ".")) else { continue };
        let open = ix + 3 + usize::from(tokens.is(ix + 3, "?"));
        let at = open + usize::from(tokens.is(open, "("));
        let Some((name, span)) = variable(&tokens, at) else { continue };
        let next = if tokens.is(open, "(") { tokens.close(open) + 1 } else { at + 1 };
        // A default, or a block for one.
        let answered = tokens.is(at + 1, ",") || tokens.is(next, "{") || tokens.is(next, "do");
        match method {
            "fetch" if !answered && is_always(source.text, &tokens, ix) => {
                reads.required(&name, span);
            }
            "fetch" if !answered => reads.optional(&name, "", span),
            "fetch" | "key" | "include" | "has_key" | "member" => reads.guarded(&name, "", span),
            _ => {}
        }
    }
}

/// Perl: `$ENV{X}`.
pub fn perl(source: &Source<'_>, reads: &mut Reads) {
    let tokens = lexer::tokens(source.text, &lexer::PERL);
    for ix in (0..tokens.len()).filter(|ix| tokens.is(*ix, "$ENV")) {
        if tokens.is(ix + 1, "{") {
            subscript(&tokens, ix + 1, &["||"], reads);
        }
    }
}

/// JavaScript: `process.env.X`, `process.env['X']`.
pub fn node(source: &Source<'_>, reads: &mut Reads) {
    let tokens = lexer::tokens(source.text, &lexer::NODE);
    let is_env = |ix: &usize| {
        tokens.is(*ix, "process") && tokens.is(ix + 1, ".") && tokens.is(ix + 2, "env")
    };
    for ix in (0..tokens.len()).filter(is_env) {
        if tokens.is(ix + 3, "[") {
            subscript(&tokens, ix + 3, &["||", "?"], reads);
        } else if tokens.is(ix + 3, ".")
            && let Some(name) = tokens.name(ix + 4)
        {
            found(&tokens, name, tokens.span(ix + 4), ix + 5, &["||", "?"], reads);
        }
    }
}

/// Go: `os.Getenv("X")`, `os.LookupEnv("X")`.
pub fn go(source: &Source<'_>, reads: &mut Reads) {
    let tokens = lexer::tokens(source.text, &lexer::GO);
    for ix in (0..tokens.len()).filter(|ix| tokens.is(*ix, "os") && tokens.is(ix + 1, ".")) {
        let asks = matches!(tokens.name(ix + 2), Some("Getenv" | "LookupEnv"));
        if asks
            && tokens.is(ix + 3, "(")
            && let Some((name, span)) = variable(&tokens, ix + 4)
        {
            reads.optional(&name, "", span);
        }
    }
}

/// `['X']` or `{X}` at `open`.
fn subscript(tokens: &Tokens<'_>, open: usize, answers: &[&str], reads: &mut Reads) {
    if let Some((name, span)) = variable(tokens, open + 1)
        && tokens.close(open) == open + 2
    {
        found(tokens, &name, span, open + 3, answers, reads);
    }
}

/// A variable with what follows it: an assignment, or a default.
fn found(
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

fn variable(tokens: &Tokens<'_>, ix: usize) -> Option<(SmolStr, Span)> {
    let token = tokens.get(ix)?;
    let literal = token.kind == Kind::Name || token.kind == Kind::Text && token.exact;
    (literal && is_variable_name(&token.value)).then(|| (token.value.clone(), token.span))
}

/// How far a line is looked at around a token.
const MAX_LINE: usize = 300;

/// Whether a program always comes to a token: its line is not indented, and nothing on it
/// makes a condition.
fn is_always(text: &str, tokens: &Tokens<'_>, ix: usize) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::FileFacts;

    fn reads(read: fn(&Source<'_>, &mut Reads), text: &str) -> Vec<String> {
        let source = Source { path: "x", bytes: text.as_bytes(), text };
        let (mut reads, mut out) = (Reads::default(), FileFacts::default());
        read(&source, &mut reads);
        reads.attach(source.path, &mut out);
        let all = out.interfaces.into_iter().flat_map(|own| own.environment);
        all.map(|own| format!("{}{}", own.name, if own.required { "!" } else { "" })).collect()
    }

    #[test]
    fn ruby_fetches() {
        let text = "a = ENV.fetch('A')\nb = ENV.fetch('B', 1)\nc = ENV.fetch('C') { 1 }\nd = ENV['D'] || 1\nif x\n  ENV.fetch 'E'\nend\nENV['F'] = '1'\nputs ENV['F']\ng = ENV.fetch('G') if h\n";
        assert_eq!(reads(ruby, text), ["A!", "B", "C", "D", "E", "G"]);
        assert_eq!(reads(ruby, "x = 1 unless ENV.key?('A')\nENV.fetch('A')\n"), ["A"]);
    }

    #[test]
    fn others_do_without() {
        assert_eq!(reads(perl, "print $ENV{A} . $ENV{'B'};\n$ENV{C} = 1;\n"), ["A", "B"]);
        assert_eq!(
            reads(node, "x = process.env.A || process.env['B'];\nprocess.env.C = 1;\n"),
            ["A", "B"]
        );
        assert_eq!(reads(go, "x := os.Getenv(\"A\")\ny, ok := os.LookupEnv(\"B\")\n"), ["A", "B"]);
    }
}

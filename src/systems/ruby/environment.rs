//! The environment variables that Ruby reads.
//!
//! (Source: the documentation of Ruby's `ENV`.)

use crate::domain::environment::Reads;
use crate::domain::programs::environment::{is_always, subscript, variable};
use crate::extract::Source;
use crate::syntax::script::lexer;

/// Ruby: `ENV['X']`, `ENV.fetch('X')`.
pub fn reads(source: &Source<'_>, reads: &mut Reads) {
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

#[cfg(test)]
mod tests {
    use super::reads;
    use crate::domain::programs::environment::of_text;

    #[test]
    fn ruby_fetches() {
        let text = "a = ENV.fetch('A')\nb = ENV.fetch('B', 1)\nc = ENV.fetch('C') { 1 }\nd = ENV['D'] || 1\nif x\n  ENV.fetch 'E'\nend\nENV['F'] = '1'\nputs ENV['F']\ng = ENV.fetch('G') if h\n";
        assert_eq!(of_text(reads, text), ["A!", "B", "C", "D", "E", "G"]);
        assert_eq!(of_text(reads, "x = 1 unless ENV.key?('A')\nENV.fetch('A')\n"), ["A"]);
    }
}

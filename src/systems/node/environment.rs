//! The environment variables that JavaScript reads.
//!
//! (Source: Node.js, `process.env`.)

use crate::domain::environment::Reads;
use crate::domain::programs::environment::{found, subscript};
use crate::extract::Source;
use crate::syntax::script::lexer;

/// JavaScript: `process.env.X`, `process.env['X']`.
pub fn reads(source: &Source<'_>, reads: &mut Reads) {
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

#[cfg(test)]
mod tests {
    use super::reads;
    use crate::domain::programs::environment::of_text;

    #[test]
    fn members_and_subscripts() {
        let text = "x = process.env.A || process.env['B'];\nprocess.env.C = 1;\n";
        assert_eq!(of_text(reads, text), ["A", "B"]);
    }
}

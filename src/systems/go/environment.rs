//! The environment variables that Go reads.
//!
//! (Source: Go's package `os`.)

use crate::domain::environment::Reads;
use crate::domain::programs::environment::variable;
use crate::extract::Source;
use crate::syntax::script::lexer;

/// Go: `os.Getenv("X")`, `os.LookupEnv("X")`.
pub fn reads(source: &Source<'_>, reads: &mut Reads) {
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

#[cfg(test)]
mod tests {
    use super::reads;
    use crate::domain::programs::environment::of_text;

    #[test]
    fn calls_of_os() {
        let text = "x := os.Getenv(\"A\")\ny, ok := os.LookupEnv(\"B\")\n";
        assert_eq!(of_text(reads, text), ["A", "B"]);
    }
}

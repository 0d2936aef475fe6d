//! The environment variables that Perl reads.
//!
//! (Source: perlvar, `%ENV`.)

use crate::domain::environment::Reads;
use crate::domain::programs::environment::subscript;
use crate::extract::Source;
use crate::syntax::script::lexer;

/// Perl: `$ENV{X}`.
pub fn reads(source: &Source<'_>, reads: &mut Reads) {
    let tokens = lexer::tokens(source.text, &lexer::PERL);
    for ix in (0..tokens.len()).filter(|ix| tokens.is(*ix, "$ENV")) {
        if tokens.is(ix + 1, "{") {
            subscript(&tokens, ix + 1, &["||"], reads);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::reads;
    use crate::domain::programs::environment::of_text;

    #[test]
    fn subscripts() {
        let text = "print $ENV{A} . $ENV{'B'};\n$ENV{C} = 1;\n";
        assert_eq!(of_text(reads, text), ["A", "B"]);
    }
}

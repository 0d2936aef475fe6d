//! The commands that Perl runs: `system`, `exec`, backticks, pipes.
//!
//! (Sources: perlfunc on `system`, `exec` and `open`, perlop on `qx`.)

use crate::domain::programs::runs::{ENDS, Reader, Runs};
use crate::syntax::script::lexer::PERL;
use crate::syntax::shebang::Interpreter;
use std::ops::Range;

/// Perl, by ending.
pub const RUNS: Runs = Runs {
    system: "perl",
    endings: &[".pl", ".pm"],
    interpreter: Interpreter::Perl,
    words: &["system", "exec", "open", "`", "qx"],
    language: &PERL,
    calls,
};

/// Perl, by its first line.
pub const SCRIPT_RUNS: Runs = Runs { endings: &[], ..RUNS };

pub fn calls(reader: &mut Reader<'_, '_>, ix: usize, name: &str) {
    let tokens = reader.tokens;
    let other = ix > 0 && ["->", "sub", "&"].iter().any(|word| tokens.is(ix - 1, word));
    if other || !matches!(name, "system" | "exec" | "open") {
        return;
    }
    let parts = arguments(reader, ix);
    if name != "open" {
        return reader.run(&parts);
    }
    match parts.as_slice() {
        [_, mode, command @ ..]
            if tokens.only(mode).is_some_and(|mode| mode == "-|" || mode == "|-") =>
        {
            reader.run(command);
        }
        [_, line] if line.len() == 1 => {
            // `open(FH, "cmd |")`.
            let text = tokens.get(line.start).and_then(|token| reader.literal(token));
            let Some(text) = text else { return };
            let all = text.as_str();
            let end = all.trim_end().len();
            let start = (all.len() - all.trim_start().len()).min(end);
            let part = match (all[start..end].strip_prefix('|'), all[..end].strip_suffix('|')) {
                (Some(_), None) => start + 1..end,
                (None, Some(_)) => start..end - 1,
                _ => return,
            };
            reader.lines.add(&text.slice(part), reader.out);
        }
        _ => {}
    }
}

/// The arguments of the function at `ix`, with or without parentheses.
fn arguments(reader: &Reader<'_, '_>, ix: usize) -> Vec<Range<usize>> {
    let tokens = reader.tokens;
    if tokens.is(ix + 1, "(") {
        return tokens.split_pairs(ix + 2..tokens.close(ix + 1));
    }
    let mut end = ix + 1;
    while end < tokens.len() && !ENDS.iter().any(|own| tokens.is(end, own)) {
        end = tokens.next(end);
    }
    tokens.split_pairs(ix + 1..end)
}

//! What a shell refuses of a text that it is handed, wherever that stands.

use crate::facts::{Problem, Span, Strength};
use crate::syntax::blanks::is_pointed;
use crate::syntax::shell::CommandText;
use crate::syntax::shell::grammar::{Sort, slips};

/// The slips of a text, which ends at a place of its file. `strength` is how certain it is that the
/// shell reads it as it stands.
pub(crate) fn problems(text: &CommandText, end: usize, strength: Strength) -> Vec<Problem> {
    let told = slips(text.as_str()).into_iter().map(|slip| {
        let span = |at: std::ops::Range<usize>| match at.is_empty() {
            true => Span::new(end, end),
            false => text.span(at.start, at.end),
        };
        // `TOKEN=<API_TOKEN>`: whoever copies the script writes it over.
        let is_blank = is_pointed(line_of(text.as_str(), slip.at.start));
        let help = match slip.sort {
            Sort::Syntax => "the shell stops here: `bash -n` says the same",
            Sort::Test => "the test fails whenever it runs",
            Sort::Limit => {
                return Problem::new("limit-reached", slip.message, span(slip.at));
            }
        };
        Problem {
            help: help.into(),
            strength: if is_blank { Strength::Likely } else { strength },
            related: slip.begun.map(|(at, said)| (span(at), said)).into_iter().collect(),
            ..Problem::new("parse-error", slip.message, span(slip.at))
        }
    });
    told.collect()
}

fn line_of(text: &str, at: usize) -> &str {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let begin = before.rfind('\n').map_or(0, |end| end + 1);
    let end = after.find('\n').map_or(text.len(), |end| before.len() + end);
    text.get(begin..end).unwrap_or_default()
}

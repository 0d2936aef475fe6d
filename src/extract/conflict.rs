//! Files in which a merge left its marks.

use crate::facts::{Problem, Span};
use crate::syntax::lines::lines;

/// The first of the marks between which a merge left both sides of a conflict: `<<<<<<< NAME`, with
/// `=======` and `>>>>>>> NAME` behind it.
///
/// (Source: git-merge(1), "How conflicts are presented".)
pub fn conflict_in(path: &str, text: &str) -> Option<Span> {
    // A bundle of JavaScript may hold them in a text of its own.
    let is_program = [".js", ".mjs", ".cjs", ".ts"].iter().any(|ending| path.ends_with(ending));
    // Nearly no file has one: no line is looked at for that.
    if is_program || !text.contains(">>>>>>> ") {
        return None;
    }
    let (mut from, mut is_parted) = (None, false);
    for (start, line) in lines(text) {
        if line.starts_with("<<<<<<< ") {
            (from, is_parted) = (Some(Span::new(start, start + line.trim_end().len())), false);
        } else if line.trim_end() == "=======" {
            is_parted = from.is_some();
        } else if line.starts_with(">>>>>>> ") && is_parted {
            return from;
        }
    }
    None
}

/// What is said of it, in place of what a parser says of its marks.
pub fn conflict(at: Span) -> Problem {
    let message = "a merge left its marks here: both sides of a conflict stand in this file";
    Problem {
        help: "keep one side, and take the lines with `<<<<<<<`, `=======` and `>>>>>>>` away"
            .into(),
        ..Problem::new("parse-error", message, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_a_merge() {
        let marked = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> topic\n";
        assert_eq!(conflict_in("a.js", marked), None);
        assert_eq!(conflict_in("a.yaml", marked), Some(Span::new(2, 14)));
        for fine in [
            "a <<<<<<< HEAD\n=======\n>>>>>>> topic\n",
            "<<<<<<< HEAD\nb\n>>>>>>> topic\n",
            "Title\n=======\n>>>>>>> topic\n",
            "<<<<<<< HEAD\n=======\n",
        ] {
            assert_eq!(conflict_in("a.yaml", fine), None, "{fine}");
        }
    }
}

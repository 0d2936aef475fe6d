//! `.Values` where the dot is not the chart's: inside of a `range` or `with`.
//!
//! (Source: Helm, "Flow Control", "Modifying scope using with": rendering stops, "nil pointer
//! evaluating interface {}"; `$` is what was handed to the template.)

use crate::facts::{Problem, Span, Strength};
use crate::syntax::go_template::{Action, actions};

/// What the dot is.
#[derive(Clone, Copy, PartialEq)]
enum Dot {
    /// A value, or an entry of one.
    Value,
    /// What was handed to the template, or anything.
    Other,
}

/// An open block: what the dot is inside, and around it.
struct Block {
    inside: Dot,
    around: Dot,
}

/// What only the dot of a template itself has.
const OWN: [&str; 4] = [".Values.", ".Release.", ".Chart.", ".Capabilities."];

/// Reports such reads: they fail whenever the block is rendered.
pub(super) fn check(text: &str, out: &mut Vec<Problem>) {
    let mut open: Vec<Block> = Vec::new();
    for action in actions(text) {
        let dot = open.last().map_or(Dot::Other, |block| block.inside);
        let keyword = action.keyword();
        if keyword == "end" {
            open.pop();
            continue;
        }
        // The condition of an `else` is read outside of what it ends.
        let of = match (keyword, open.last()) {
            ("else", Some(block)) => block.around,
            _ => dot,
        };
        if of == Dot::Value {
            out.extend(told(&action));
        }
        if keyword == "else" {
            let is_changed = action.tokens.get(1).is_some_and(|own| own.text == "with");
            if let Some(block) = open.last_mut() {
                block.inside = if is_changed { Dot::Other } else { block.around };
            }
        } else if action.opens() {
            let inside = match keyword {
                "with" | "range" => subject(&action, dot),
                "if" => dot,
                _ => Dot::Other,
            };
            open.push(Block { inside, around: dot });
        }
    }
}

/// What the dot is inside of a `with` or `range`, where it is `around` outside.
fn subject(action: &Action<'_>, around: Dot) -> Dot {
    let Some((last, rest)) = action.tokens.split_last() else { return Dot::Other };
    let is_name = |text: &str| text.starts_with('$') || matches!(text, "," | ":=" | ":" | "=");
    let is_alone = rest.iter().skip(1).all(|own| !own.quoted && is_name(own.text));
    let of_values = [".Values.", "$.Values."].iter().any(|own| last.text.starts_with(own));
    // A part of a value is one too.
    let of_dot = around == Dot::Value && last.text.starts_with('.') && !is_own(last.text);
    match is_alone && (of_values || of_dot) && !last.quoted {
        true => Dot::Value,
        false => Dot::Other,
    }
}

fn is_own(text: &str) -> bool {
    OWN.iter().any(|own| text.starts_with(own))
}

fn told(action: &Action<'_>) -> Option<Problem> {
    let token = action.tokens.iter().find(|own| !own.quoted && is_own(own.text))?;
    let message = format!(
        "`{}` is read of a value: a `range` or `with` around it changes the dot",
        token.text
    );
    let span = Span::new(token.at, token.at + token.text.len());
    Some(Problem {
        help: format!("write `${}`: rendering stops here", token.text),
        strength: Strength::Likely,
        ..Problem::new("unresolved-reference", message, span)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        let mut out = Vec::new();
        check(text, &mut out);
        out.len()
    }

    #[test]
    fn the_dot_of_a_block_has_no_values() {
        assert_eq!(count("{{ range .Values.a }}{{ .Values.b }}{{ end }}"), 1);
        assert_eq!(count("{{ range $k, $v := .Values.a }}{{ if .Values.b }}{{ end }}{{ end }}"), 1);
        assert_eq!(
            count("{{ with $.Values.a }}{{ if .x }}{{ .Release.Name }}{{ end }}{{ end }}"),
            1
        );
        assert_eq!(
            count("{{ range .Values.a }}{{ range .b }}{{ .Values.c }}{{ end }}{{ end }}"),
            1
        );
        let silent = [
            "{{ range .a }}{{ range .b }}{{ .Values.c }}{{ end }}{{ end }}",
            "{{ range .Values.a }}{{ with $ }}{{ range .b }}{{ .Values.c }}{{ end }}{{ end }}{{ end }}",
            "{{ range .Values.a }}{{ $.Values.b }}{{ end }}{{ .Values.c }}",
            "{{ with .Values.a }}{{ .b }}{{ else }}{{ .Values.c }}{{ end }}",
            "{{ with .Values.a }}{{ with $ }}{{ .Values.c }}{{ end }}{{ end }}",
            "{{ range .Values.a }}{{ with dict \"Values\" $.Values }}{{ .Values.b }}{{ end }}{{ end }}",
            "{{ if .Values.a }}{{ .Values.b }}{{ end }}",
        ];
        for text in silent {
            assert_eq!(count(text), 0, "{text}");
        }
    }
}

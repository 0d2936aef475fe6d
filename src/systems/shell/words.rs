//! The words that a script knows as its first argument: `start`, `stop`.

use super::interface::Reader;
use crate::facts::{CommandLine, Entity, Interface, Span, kinds};
use crate::syntax::shell::lexer::Kind;
use smol_str::SmolStr;

impl Reader<'_> {
    /// `case "$1" in start) … *) exit 1 ;; esac`: the words that the script knows as its first
    /// argument, where any other makes it fail.
    pub(super) fn words(&self, path: &str) -> Option<Interface> {
        let shifts = ["shift", "set", "while", "until", "for", "{", "getopts", "source", "."];
        let at = (0..self.tokens.len()).find(|ix| self.word(*ix).as_deref() == Some("case"))?;
        let subject = self.source_of(at + 1).trim_matches('"');
        if !matches!(subject, "$1" | "${1}" | "${1-}" | "${1:-}")
            || self.word(at + 2).as_deref() != Some("in")
        {
            return None;
        }
        let mut depth = 0usize;
        for word in (0..at).filter_map(|ix| self.word(ix)) {
            match word.as_str() {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                own if depth == 0 && shifts.contains(&own) => return None,
                _ => {}
            }
        }
        if depth > 0 {
            return None;
        }
        let mut known: Vec<(SmolStr, Span)> = Vec::new();
        let mut refuses = false;
        let mut ix = at + 3;
        while ix < self.tokens.len() && self.word(ix).as_deref() != Some("esac") {
            if matches!(self.tokens[ix].kind, Kind::Operator(_)) {
                ix += 1;
                continue;
            }
            let labels = ix;
            while !matches!(self.tokens.get(ix)?.kind, Kind::Operator(")")) {
                ix += 1;
            }
            let (labels, from) = (labels..ix, ix + 1);
            // A `case` inside a branch is more than is understood here.
            while !matches!(self.tokens.get(ix)?.kind, Kind::Operator(";;")) {
                match self.word(ix).as_deref() {
                    Some("case") => return None,
                    Some("esac") => break,
                    _ => ix += 1,
                }
            }
            let end = self.tokens.get(ix)?.start;
            let branch = self.body.get(self.tokens.get(from)?.start.min(end)..end)?;
            for label in labels {
                let Kind::Word(_) = &self.tokens[label].kind else { continue };
                let text = self.source_of(label).trim_matches(['"', '\'']);
                let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
                if text == "*" {
                    let fails = |rest: &str| rest.starts_with(|c: char| ('1'..='9').contains(&c));
                    refuses = branch.split("exit ").skip(1).any(fails);
                } else if text.chars().all(plain) && !text.starts_with('-') {
                    known.push((text.into(), self.span(label)));
                } else {
                    return None;
                }
            }
            ix += usize::from(self.word(ix).as_deref() != Some("esac"));
        }
        if !refuses || known.len() < 2 {
            return None;
        }
        let entity = Entity::new(kinds::FILE, path);
        let own = |span| Interface::new(entity.clone(), Vec::new(), span);
        let span = known.first().map_or(Span::default(), |(_, span)| *span);
        let inner = |(name, span)| (name, Interface { open: true, ..own(span) });
        let subcommands = known.into_iter().map(inner).collect();
        let command = CommandLine { subcommands, ..CommandLine::default() };
        Some(Interface { command: Some(Box::new(command)), ..own(span) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::interface;
    use crate::extract::Source;
    use crate::facts::FileFacts;
    use crate::syntax::shell::CommandText;
    use crate::syntax::shell::lexer;

    #[test]
    fn words_that_a_script_knows() {
        let words = |text: &str| {
            let mut out = FileFacts::default();
            let source = Source::of("x", text);
            let own = CommandText::plain(text, 0);
            interface::extract(&source, &own, &lexer::tokens(text), &mut out);
            let own = out.interfaces.pop()?.command?.subcommands;
            Some(own.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>())
        };
        let text = "f() { shift; }\ncase \"$1\" in\n start|run) f &;;\n stop) kill x ;;\n *) echo no; exit 1 ;;\nesac\n";
        assert_eq!(words(text).unwrap(), ["start", "run", "stop"]);
        for other in [
            text.replace("exit 1", "exit 0"),
            text.replace("stop)", "s*)"),
            text.replace("case", "shift\ncase"),
            text.replace("$1", "$x"),
        ] {
            assert_eq!(words(&other), None, "{other}");
        }
    }
}

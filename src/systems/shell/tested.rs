//! Flags that a script looks for outside of its loop over them: `if [ "$1" = "--all" ]`, and a
//! test in a loop over `"$@"`.

use super::interface::Reader;
use crate::facts::Arity;
use smol_str::SmolStr;

impl Reader<'_> {
    /// Adds each flag that an argument of the script is compared with. How many values it takes
    /// is not known.
    pub(super) fn tested_flags(&mut self) {
        for ix in 0..self.tokens.len() {
            let is_compared = matches!(self.word(ix).as_deref(), Some("=" | "==" | "!="));
            if !is_compared || ix == 0 || !self.functions.is_own(ix) {
                continue;
            }
            for (subject, flag) in [(ix - 1, ix + 1), (ix + 1, ix - 1)] {
                let Some(name) = self.word(flag).filter(is_flag) else { continue };
                if self.is_argument(subject) {
                    self.add(&[name], Arity::ANY, self.span(flag));
                }
            }
        }
    }

    /// Whether a word is one argument of the script: `$1`, or the variable of a loop over all.
    fn is_argument(&self, ix: usize) -> bool {
        let source = self.source_of(ix).trim_matches('"');
        let Some(name) = source.strip_prefix('$') else { return false };
        let name = name.trim_start_matches('{').trim_end_matches('}');
        let name = name.trim_end_matches(['-', ':']);
        name.len() == 1 && matches!(name.as_bytes()[0], b'1'..=b'9') || self.loops_over(name)
    }

    /// Whether `for NAME in "$@"` takes the script's arguments one by one.
    pub(super) fn loops_over(&self, name: &str) -> bool {
        let words = ["for", name, "in"];
        (0..self.tokens.len()).any(|ix| {
            words.iter().enumerate().all(|(at, word)| self.word(ix + at).as_deref() == Some(word))
                && matches!(self.source_of(ix + 3).trim_matches('"'), "$@" | "$*" | "${@}")
                && self.functions.is_own(ix)
        })
    }
}

fn is_flag(word: &SmolStr) -> bool {
    word.len() > 1
        && word.starts_with('-')
        && word != "--"
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use crate::extract::Source;
    use crate::facts::FileFacts;
    use crate::syntax::shell::CommandText;
    use crate::syntax::shell::lexer::tokens;

    fn flags(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of("x", text);
        let own = CommandText::plain(text, 0);
        super::super::interface::extract(&source, &own, &tokens(text), &mut out);
        let params = out.interfaces.pop().map(|own| own.params).unwrap_or_default();
        params.iter().map(|param| param.name.to_string()).collect()
    }

    #[test]
    fn flags_beside_the_loop() {
        let case = "while [ $# -gt 0 ]; do case \"$1\" in\n -v) V=1; shift;;\n *) usage; exit 1;;\nesac; done\n";
        assert_eq!(flags(case), ["-v"]);
        let test =
            "if [[ \"$1\" == \"--all\" && \"${3:-}\" = \"--dry-run\" ]]; then\n run\n exit\nfi\n";
        assert_eq!(flags(&format!("{test}{case}")), ["-v", "--all", "--dry-run"]);
        let test =
            "for word in \"$@\"; do\n if [ \"--debug\" = \"$word\" ]; then set -x; fi\ndone\n";
        assert_eq!(flags(&format!("{test}{case}")), ["-v", "--debug"]);
        let test = "for word in \"$@\"; do case \"$word\" in --debug) set -x;; esac; done\n";
        assert_eq!(flags(&format!("{test}{case}")), ["--debug", "-v"]);
        // Arguments of a function, and other variables, are others.
        let test = "say() {\n if [ \"$1\" = \"--loud\" ]; then L=1; fi\n}\nsay --loud\n";
        assert_eq!(flags(&format!("{test}{case}")), ["-v"]);
        let test = "if [ \"$mode\" = \"--all\" ]; then run; fi\n";
        assert_eq!(flags(&format!("{test}{case}")), ["-v"]);
    }
}

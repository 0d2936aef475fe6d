//! The positional arguments of a shell script that takes flags.

use super::interface::Reader;
use crate::facts::{Arity, Param, Span};
use smol_str::SmolStr;

/// How a script reads its arguments other than by flags: `$1`, `"$@"`, the last one.
const WORDS: [&str; 9] =
    ["$@", "$*", "${@", "${*", "${!#}", "${!OPTIND}", "BASH_ARGV", "$1", "${1"];

impl Reader<'_> {
    /// Where `getopts` or `getopt` reads the flags; `None` where a `case` alone does, whose
    /// branches say what else is taken.
    pub(super) fn begin_of_flags(&self) -> Option<usize> {
        let is_one = |ix: &usize| matches!(self.word(*ix).as_deref(), Some("getopts" | "getopt"));
        let own = (0..self.tokens.len()).filter(is_one).find(|ix| self.functions.is_own(*ix));
        let inner = || self.body.find("getopt ").filter(|at| self.functions.is_own_at(*at));
        own.map(|ix| self.tokens[ix].start).or_else(inner)
    }

    /// Whether a script whose flags are read at `at` reads arguments before that. What it reads
    /// after its loop over the flags is positional, any number of them.
    pub(super) fn reads_words_around(&mut self, at: usize) -> bool {
        let body = self.body;
        let reads = |from: usize, to: usize| {
            let part = body.get(from..to).unwrap_or_default();
            WORDS.iter().any(|word| {
                part.match_indices(word)
                    .map(|(own, _)| from + own)
                    .any(|own| self.functions.is_own_at(own) && !self.functions.hands_on(own))
            })
        };
        let line = body[..at].rfind('\n').map_or(0, |line| line + 1);
        let before = reads(0, line)
            || ["${!#}", "BASH_ARGV"].iter().any(|word| body.contains(word))
            || self.loops_over_all();
        // The loop ends with `done`, behind the `esac` of its branches.
        let next = body[at..].find('\n').map_or(body.len(), |own| at + own);
        let branches = body[at..].find("esac").map_or(next, |own| at + own);
        let end = body[branches..].find("done").map_or(branches, |own| branches + own);
        if reads(end, body.len()) {
            self.takes_words(self.text.span(at, at + "getopt".len()));
        }
        before
    }

    /// `for LAST; do true; done`: without `in`, a loop goes over the script's arguments.
    fn loops_over_all(&self) -> bool {
        (0..self.tokens.len()).any(|ix| {
            let words = [ix, ix + 2, ix + 3].map(|at| self.word(at));
            let [first, next, last] = words.each_ref().map(Option::as_deref);
            first == Some("for")
                && (next == Some("do") || next.is_none() && last == Some("do"))
                && self.functions.is_own(ix)
        })
    }

    /// Adds that any number of arguments stands beside the flags.
    pub(super) fn takes_words(&mut self, span: Span) {
        if !self.params.iter().any(|param| param.positional) {
            self.params.push(Param {
                positional: true,
                values: Some(Arity::ANY),
                ..Param::new("arguments", span)
            });
        }
    }

    /// The place of a word among the patterns of a branch, as `check` in `check) run=1; shift`.
    pub(super) fn word_among(&self, patterns: &[(Option<SmolStr>, usize)]) -> Option<Span> {
        let mut all = patterns.iter();
        let (_, at) = all.find(|(pattern, _)| {
            pattern.as_ref().is_some_and(|own| {
                own.len() > 1 && own.starts_with(|own: char| own.is_ascii_alphabetic())
            })
        })?;
        Some(self.span(*at))
    }

    /// Whether arguments are taken before the loop that the `case` at token `ix` looks at flags
    /// in: `OPERATION=$1; shift`, `for flag in "${@:2}"`.
    pub(super) fn shifts_before(&self, ix: usize) -> bool {
        let begin = self.tokens.get(self.functions.begin_of(ix)).map_or(0, |token| token.start);
        let before = self.body.get(begin..self.tokens[ix].start).unwrap_or_default();
        let loops = ["while", "until", "for "].iter().filter_map(|word| before.rfind(word)).max();
        let of_others = ["\"${@:", "=$1", "=\"$1", "=\"${1:?", "=${1:?"];
        loops.is_some_and(|at| {
            before[..at].contains("shift") || of_others.iter().any(|own| before.contains(own))
        })
    }

    /// `${1:?}`: positional arguments that must be there. Only where nothing is shifted
    /// away before.
    pub(super) fn positional(&mut self) -> bool {
        let mut any = false;
        for number in 1..10 {
            let at = [format!("${{{number}:?"), format!("${{{number}?")]
                .iter()
                .flat_map(|text| self.body.match_indices(text.as_str()))
                .map(|(at, _)| at)
                .filter(|at| self.functions.is_own_at(*at))
                .min();
            let Some(at) = at else { break };
            if self.params.iter().any(|param| !param.positional) {
                break;
            }
            self.params.push(Param {
                positional: true,
                required: true,
                values: Some(Arity::ONE),
                ..Param::new(format!("${number}"), self.text.span(at, at + 4))
            });
            any = true;
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::Source;
    use crate::facts::FileFacts;
    use crate::syntax::shell::CommandText;
    use crate::syntax::shell::lexer::tokens;

    /// Whether the interface is open, and how many positional arguments it takes.
    fn takes(text: &str) -> (bool, usize) {
        let mut out = FileFacts::default();
        let source = Source::of("x", text);
        super::super::interface::extract(
            &source,
            &CommandText::plain(text, 0),
            &tokens(text),
            &mut out,
        );
        let own = out.interfaces.pop().expect("an interface");
        (own.open, own.params.iter().filter(|param| param.positional).count())
    }

    #[test]
    fn what_stands_beside_the_flags_is_taken() {
        let flags = "while getopts \"a:b\" o; do case $o in a) A=$OPTARG;; b) B=1;; esac; done\n";
        assert_eq!(takes(flags), (false, 0));
        let words = "while [ $# -gt 0 ]; do case \"$1\" in check) x=1; shift;; -i) i=1; shift;; *) exit;; esac; done\n";
        assert_eq!(takes(words), (false, 1));
        assert_eq!(takes(&words.replace("check)", "--check)")), (false, 0));
        assert_eq!(takes(&format!("usage() {{ echo $1; }}\n{flags}usage x\n")), (false, 0));
        assert_eq!(takes(&format!("{flags}shift $((OPTIND-1))\necho \"$@\"\n")), (false, 1));
        assert_eq!(takes(&format!("{flags}shift $((OPTIND-1))\nf=${{1:-x}}\n")), (false, 1));
        assert!(takes(&format!("LAST=${{!#}}\n{flags}")).0);
        assert!(takes(&format!("HOST=$1; shift\n{flags}")).0);
        assert!(takes(&format!("for LAST; do true; done\n{flags}")).0);
        assert!(takes(&format!("for LAST\ndo true; done\n{flags}")).0);
        assert!(!takes(&format!("for LAST in a; do true; done\n{flags}")).0);
        let case = "while [ $# -gt 0 ]; do case \"$1\" in\n -v) V=1; shift;;\n *) usage; exit 1;;\nesac; done\n";
        assert!(!takes(case).0);
        assert!(takes(&format!("OPERATION=\"$1\"; shift\n{case}")).0);
        let behind = "FROM=\"${1:?}\"\nfor arg in \"${@:2}\"; do case \"$arg\" in\n -v) V=1;;\n *) exit 1;;\nesac; done\n";
        assert!(takes(behind).0);
        assert!(takes("while [ $# -gt 0 ]; do case $1 in\n -v) V=1;;\n *) if [ -z \"$N\" ]; then N=\"$1\"; else exit 1; fi;;\nesac; shift; done\n").0);
        assert!(takes(&format!("main() {{\nOPERATION=\"$1\"\nshift\n{case}}}\nmain \"$@\"\n")).0);
        let long = "T=$(getopt -o vx: --long verbose,out: -n x -- \"$@\")\neval set -- \"$T\"\nwhile true; do case \"$1\" in\n -v) V=1; shift;;\n --) shift; break;;\nesac; done\n";
        assert_eq!(takes(long), (false, 0));
        assert_eq!(takes(&format!("{long}echo \"$1\"\n")), (false, 1));
    }
}

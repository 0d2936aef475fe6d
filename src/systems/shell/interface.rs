//! The flags and positional arguments that a shell script takes, and what it does under
//! which flag.
//!
//! (Sources: POSIX.1-2017, `getopts`; getopt(1) of util-linux; Bash's manual, "Shell
//! Parameter Expansion".)

use super::functions::Functions;
use crate::extract::Source;
use crate::facts::{
    Arity, CommandLine, Effect, Entity, FileFacts, Interface, Param, Passed, Span, Syntax, kinds,
};
use crate::syntax::shell::CommandText;
use crate::syntax::shell::lexer::{Kind, Token};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Adds the script's interface, where it reads its arguments in a way that is understood.
pub fn extract(source: &Source<'_>, text: &CommandText, tokens: &[Token], out: &mut FileFacts) {
    let body = text.as_str();
    let reads = ["getopt", "case", "${1:?", "${1?"].iter().any(|word| body.contains(word));
    if !reads {
        return;
    }
    let functions = Functions::of(body, tokens);
    let (params, variables) = (Vec::new(), FxHashMap::default());
    let mut reader = Reader { text, body, tokens, functions, params, variables };
    let Some(style) = reader.flags() else {
        out.interfaces.extend(reader.words(source.path));
        return;
    };
    let effects = reader.effects();
    let entity = Entity::new(kinds::FILE, source.path);
    let span = reader.params.first().map_or(Span::default(), |param| param.span);
    let command = CommandLine {
        syntax: Syntax { stops_at_positional: style.getopts, ..Syntax::default() },
        effects,
        ..CommandLine::default()
    };
    out.interfaces.push(Interface {
        open: style.open || reader.functions.are_handed(),
        command: Some(Box::new(command)),
        ..Interface::new(entity, reader.params, span)
    });
}

/// How a script reads its arguments.
struct Style {
    /// With `getopts`: everything after the first positional argument is positional.
    getopts: bool,
    /// Takes more than was seen.
    open: bool,
}

pub(super) struct Reader<'t> {
    pub(super) text: &'t CommandText,
    pub(super) body: &'t str,
    pub(super) tokens: &'t [Token],
    pub(super) functions: Functions<'t>,
    pub(super) params: Vec<Param>,
    /// Variables that a flag's branch sets, and the flag.
    variables: FxHashMap<SmolStr, SmolStr>,
}

/// Statements by `case` that are looked at for flags, each of which may go on to the end of the
/// script; one with more takes whatever it takes.
const MAX_CASES: usize = 100;

/// Variables that a loop over arguments puts each of them in.
const VARIABLES: [&str; 15] = [
    "arg", "key", "opt", "option", "i", "a", "flag", "o", "OPT", "ARG", "var", "c", "name",
    "param", "OPTION",
];

impl<'t> Reader<'t> {
    fn flags(&mut self) -> Option<Style> {
        let mut style = None;
        let mut cases = 0;
        for ix in 0..self.tokens.len() {
            match self.word(ix).as_deref() {
                Some("getopts" | "case") if !self.functions.is_own(ix) => {}
                Some("getopts") => {
                    let at = match self.word(ix + 1).as_deref() {
                        Some("--") => ix + 2,
                        _ => ix + 1,
                    };
                    if let Some(list) = self.word(at) {
                        self.short_flags(&list, at);
                        // `-` with a value: long options, which the script tells apart itself.
                        let open = list.trim_start_matches(':').contains("-:");
                        style = Some(Style { getopts: true, open });
                    }
                }
                Some("case") if cases < MAX_CASES => {
                    cases += 1;
                    if let Some(open) = self.case(ix).map(|open| open || self.shifts_before(ix)) {
                        // The flags are known from `getopts`; the branches say the rest.
                        style.get_or_insert(Style { getopts: false, open });
                    }
                }
                _ => {}
            }
        }
        if let Some(style) = style.as_mut().filter(|_| cases == MAX_CASES) {
            style.open = true;
        }
        if let Some(open) = self.getopt() {
            let open = open || self.reads_behind_flags();
            style = Some(Style { getopts: false, open });
        }
        if let Some(style) = &mut style
            && let Some(at) = self.begin_of_flags()
        {
            style.open |= self.reads_words_around(at);
        }
        if style.is_some() {
            self.tested_flags();
        }
        let positional = self.positional();
        style
            .or(positional.then_some(Style { getopts: false, open: true }))
            .filter(|_| !self.params.is_empty())
    }

    pub(super) fn word(&self, ix: usize) -> Option<SmolStr> {
        match &self.tokens.get(ix)?.kind {
            Kind::Word(text) => text.pattern.as_exact().cloned(),
            _ => None,
        }
    }

    pub(super) fn source_of(&self, ix: usize) -> &'t str {
        self.tokens.get(ix).and_then(|token| self.body.get(token.start..token.end)).unwrap_or("")
    }

    pub(super) fn span(&self, ix: usize) -> Span {
        self.tokens.get(ix).map_or(Span::default(), |token| self.text.span(token.start, token.end))
    }

    pub(super) fn add(&mut self, names: &[SmolStr], values: Arity, span: Span) {
        let mut names: Vec<SmolStr> = names.to_vec();
        // The first long spelling is the name.
        names.sort_by_key(|name| !name.starts_with("--"));
        let Some((name, aliases)) = names.split_first() else { return };
        if let Some(known) = self.params.iter_mut().find(|param| param.is_called(name)) {
            // `--a)` and `--a=*)`: with a value or without.
            if known.values == Some(Arity::NONE) && values == Arity::ONE {
                known.values = Some(Arity::OPTIONAL);
            }
            return;
        }
        self.params.push(Param {
            aliases: aliases.iter().cloned().collect(),
            values: Some(values),
            ..Param::new(name.clone(), span)
        });
    }

    /// `case "$1" in --flag) …`; whether more than its branches is taken. `None` where it is
    /// not about flags.
    fn case(&mut self, at: usize) -> Option<bool> {
        let subject = self.source_of(at + 1).trim_matches('"');
        let positional = matches!(subject, "$1" | "${1}" | "${1-}" | "${1:-}");
        let name = subject.trim_start_matches(['$', '{']).trim_end_matches('}');
        let is_variable = subject.starts_with('$') && VARIABLES.contains(&name);
        if !positional && !is_variable && !self.loops_over(name) {
            return None;
        }
        let mut ix = at + 2;
        if self.word(ix).as_deref() != Some("in") {
            return None;
        }
        ix += 1;
        let mut any = false;
        let mut words = None;
        let mut open = true;
        let mut depth = 0;
        'branches: while ix < self.tokens.len() {
            // Patterns up to `)`.
            let mut patterns = Vec::new();
            while ix < self.tokens.len() {
                match &self.tokens[ix].kind {
                    Kind::Operator(")") => break,
                    Kind::Word(text) => {
                        let exact = text.pattern.as_exact().cloned();
                        if exact.as_deref() == Some("esac") {
                            break 'branches;
                        }
                        patterns.push((exact, ix));
                    }
                    _ => {}
                }
                ix += 1;
            }
            let from = ix + 1;
            ix = from;
            while ix < self.tokens.len() {
                match &self.tokens[ix].kind {
                    Kind::Operator(";;") if depth == 0 => break,
                    Kind::Word(_) => match self.word(ix).as_deref() {
                        Some("case") => depth += 1,
                        Some("esac") if depth > 0 => depth -= 1,
                        Some("esac") => break,
                        _ => {}
                    },
                    _ => {}
                }
                ix += 1;
            }
            let start = self.tokens.get(from).map_or(self.body.len(), |token| token.start);
            let end = self.tokens.get(ix).map_or(self.body.len(), |token| token.start);
            let branch = self.body.get(start..end.max(start)).unwrap_or("");
            any |= self.branch(&patterns, branch, positional, &mut open);
            words = words.or_else(|| self.word_among(&patterns).filter(|_| positional));
            if self.word(ix).as_deref() == Some("esac") {
                break;
            }
            ix += 1;
        }
        if let Some(span) = words.filter(|_| any) {
            self.takes_words(span);
        }
        any.then_some(open)
    }

    /// One branch; whether it is about a flag.
    fn branch(
        &mut self,
        patterns: &[(Option<SmolStr>, usize)],
        branch: &str,
        positional: bool,
        open: &mut bool,
    ) -> bool {
        let ends = ["exit", "usage", "die", "return", "help"];
        let mut names = Vec::new();
        let mut span = Span::default();
        let mut with_value = branch.contains("$2")
            || branch.contains("${2")
            || branch.contains("shift 2")
            || branch.contains("OPTARG")
            || branch.find("shift").is_some_and(|at| branch[at..].contains("$1"));
        let mut letters = Vec::new();
        for (pattern, ix) in patterns {
            let source = self.source_of(*ix).trim_matches('"');
            let Some(pattern) = pattern else { continue };
            if source == "*"
                || source == "-*"
                || source == "--*"
                || source == "\\?"
                || source == "?"
            {
                // What is kept is an argument by its place.
                let kept = ["=$1", "=\"$1", "=${1", "=\"${1", "+=("];
                if ends.iter().any(|word| branch.contains(word))
                    && !kept.iter().any(|own| branch.contains(own))
                {
                    *open = false;
                }
                continue;
            }
            if pattern.starts_with('-') && pattern.len() > 1 && pattern != "--" {
                let bare = pattern.trim_end_matches('*').trim_end_matches('=');
                with_value |= pattern.contains('=');
                if !bare.contains(['*', '?', '[', '=']) {
                    names.push(SmolStr::new(bare));
                    span = self.span(*ix);
                }
            } else if !positional && pattern.chars().count() == 1 {
                letters.push(SmolStr::from(format!("-{pattern}")));
            }
        }
        let flag = names.iter().find(|name| name.starts_with("--")).or(names.first());
        let flag = flag.or(letters.first()).cloned();
        if let Some(flag) = flag {
            for line in branch.lines().flat_map(|line| line.split(';')) {
                if let Some((name, _)) = line.trim().split_once('=')
                    && !name.is_empty()
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                {
                    self.variables.insert(name.into(), flag.clone());
                }
            }
        }
        if names.is_empty() {
            return false;
        }
        self.add(&names, if with_value { Arity::ONE } else { Arity::NONE }, span);
        true
    }

    /// The script's commands with the flag that each depends on: under
    /// `if [ -n "$VAR" ]` and its like, where a flag's branch sets `VAR`.
    fn effects(&self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut blocks: Vec<Option<(SmolStr, Passed)>> = Vec::new();
        let mut condition: Option<usize> = None;
        let mut depth = 0usize;
        let mut begins = true;
        let mut cases = 0usize;
        let mut ix = 0;
        while ix < self.tokens.len() {
            let kind = &self.tokens[ix].kind;
            if let Kind::Operator(operator) = kind {
                begins = *operator != ")";
                ix += 1;
                continue;
            }
            let word = self.word(ix);
            let begun = std::mem::replace(&mut begins, false);
            match word.as_deref() {
                Some("case") if begun => cases += 1,
                Some("esac") => cases = cases.saturating_sub(1),
                Some("if" | "elif") if begun && cases == 0 => {
                    if word.as_deref() == Some("elif") {
                        blocks.pop();
                    }
                    condition = Some(ix + 1);
                    begins = true;
                }
                Some("then") if begun && cases == 0 => {
                    let from = condition
                        .take()
                        .map_or(0, |ix| self.tokens[ix.min(self.tokens.len() - 1)].start);
                    let to = self.tokens[ix].start;
                    blocks.push(self.guard(self.body.get(from..to).unwrap_or("")));
                    begins = true;
                }
                Some("else") if begun && cases == 0 => {
                    let flipped = blocks.pop().flatten().map(|(flag, passed)| {
                        (flag, if passed == Passed::Yes { Passed::No } else { Passed::Yes })
                    });
                    blocks.push(flipped);
                    begins = true;
                }
                Some("fi") if begun && cases == 0 => drop(blocks.pop()),
                Some("{") => {
                    depth += 1;
                    begins = true;
                }
                Some("}") => depth = depth.saturating_sub(1),
                Some("do" | "!" | "while" | "until") => begins = true,
                Some(name)
                    if begun
                        && depth == 0
                        && cases == 0
                        && condition.is_none()
                        && !name.contains('=')
                        && crate::domain::commands::BUILTIN.binary_search(&name).is_err() =>
                {
                    effects.push(Effect {
                        what: SmolStr::new(name),
                        guard: blocks.iter().rev().flatten().next().cloned(),
                        span: self.span(ix),
                    });
                }
                _ => {}
            }
            ix += 1;
        }
        effects
    }

    /// The flag that a condition asks for.
    fn guard(&self, condition: &str) -> Option<(SmolStr, Passed)> {
        // Of alternatives none is needed.
        if condition.contains("||") {
            return None;
        }
        let mut names: Vec<_> = self.variables.iter().collect();
        names.sort();
        let (_, flag) = names.into_iter().find(|(name, _)| {
            let plain = format!("${name}");
            let braced = format!("${{{name}");
            condition.contains(&braced)
                || condition.match_indices(&plain).any(|(at, _)| {
                    !condition[at + plain.len()..]
                        .starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                })
        })?;
        let negated = condition.trim_start().starts_with("! ")
            || condition.contains("-z ")
            || condition.contains("!= ");
        Some((flag.clone(), if negated { Passed::No } else { Passed::Yes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::shell::lexer::tokens;

    fn interface(text: &str) -> Option<Interface> {
        let mut out = FileFacts::default();
        let source = Source::of("x", text);
        extract(&source, &CommandText::plain(text, 0), &tokens(text), &mut out);
        out.interfaces.pop()
    }

    fn flags(text: &str) -> Vec<String> {
        let show = |param: &Param| {
            let value = param.values.is_some_and(|values| values.max != Some(0));
            let names: Vec<_> =
                std::iter::once(&param.name).chain(&param.aliases).map(SmolStr::as_str).collect();
            format!("{}{}", names.join("|"), if value { "=" } else { "" })
        };
        interface(text).map(|own| own.params.iter().map(show).collect()).unwrap_or_default()
    }

    #[test]
    fn getopts_and_getopt() {
        let text = "while getopts ':ab:h' opt; do case $opt in a) A=1;; b) B=$OPTARG;; esac; done";
        assert_eq!(flags(text), ["-a", "-b=", "-h"]);
        let text = "T=$(getopt -o vx: --long verbose,out: -n x -- \"$@\")\n";
        assert_eq!(flags(text), ["-v", "-x=", "--verbose", "--out="]);
        // Long options that the script tells apart itself, and what stands behind all flags.
        assert!(
            interface("while getopts -- '-:h' opt; do case $opt in h) a;; esac; done")
                .unwrap()
                .open
        );
        let loop_of = |last: &str| {
            let text = format!(
                "T=$(getopt -o v -- \"$@\")\neval set -- \"$T\"\nwhile true; do case $1 in\n -v) V=1; shift;;\n --) shift; {last}break;;\nesac; done\n"
            );
            interface(&text).unwrap().open
        };
        assert!(loop_of("chart=$1; ") && !loop_of(""));
    }

    #[test]
    fn a_loop_over_the_arguments() {
        let text = "while [ $# -gt 0 ]; do case \"$1\" in\n -f|--file) F=$2; shift 2;;\n --dry-run) DRY=1; shift;;\n --level=*) L=${1#*=}; shift;;\n *) usage; exit 1;;\nesac; done\n";
        assert_eq!(flags(text), ["--file|-f=", "--dry-run", "--level="]);
        assert!(!interface(text).unwrap().open);
        let open = text.replace(" *) usage; exit 1;;\n", "");
        assert!(interface(&open).unwrap().open);
        assert!(interface("case $1 in start) a;; stop) b;; esac").is_none());
        let both = "for i in \"$@\"; do case \"$i\" in\n --a) x;;\n --a=*) y \"${i#*=}\";;\n *) exit 1;;\nesac; done\n";
        assert_eq!(interface(both).unwrap().params[0].values, Some(Arity::OPTIONAL));
    }

    #[test]
    fn effects_under_a_flag() {
        let text = "while getopts r o; do case $o in r) REG=1;; esac; done\nprepare\nif [ -n \"$REG\" ]; then\n  register x\nelse\n  skip\nfi\n";
        let effects = interface(text).unwrap().command.unwrap().effects;
        let shown: Vec<_> = effects
            .iter()
            .map(|effect| {
                (effect.what.as_str(), effect.guard.as_ref().map(|(flag, _)| flag.as_str()))
            })
            .filter(|(what, _)| ["prepare", "register", "skip"].contains(what))
            .collect();
        assert_eq!(shown, [("prepare", None), ("register", Some("-r")), ("skip", Some("-r"))]);
    }
}

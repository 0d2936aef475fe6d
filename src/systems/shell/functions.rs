//! Which parts of a script read its own arguments: what stands outside of functions, and
//! the functions that get all of its arguments, as in `main "$@"`. In any other function
//! `$1` and `getopts` are about that function's arguments; a library holds nothing else.
//!
//! (Sources: POSIX.1-2017, 2.9.5 "Function Definition Command"; Bash's manual, "Shell
//! Functions".)

use crate::syntax::shell::lexer::{Kind, Token};
use rustc_hash::{FxHashMap, FxHashSet};

/// A function: its bounds as indexes of tokens, and the function that it stands in.
struct Function {
    from: usize,
    to: usize,
    within: Option<usize>,
}

/// What of a script reads its own arguments.
pub(super) struct Functions<'t> {
    tokens: &'t [Token],
    all: Vec<Function>,
    /// Which of them get all arguments.
    given: Vec<bool>,
    /// Some other function that is called with arguments looks at them as flags.
    handed: bool,
    /// Words that hand all arguments on to a function, as indexes of tokens.
    handing: FxHashSet<usize>,
}

impl<'t> Functions<'t> {
    pub(super) fn of(body: &'t str, tokens: &'t [Token]) -> Self {
        let source = |ix: usize| {
            tokens.get(ix).and_then(|token| body.get(token.start..token.end)).unwrap_or("")
        };
        let mut own = Self {
            tokens,
            all: Vec::new(),
            given: Vec::new(),
            handed: false,
            handing: FxHashSet::default(),
        };
        let mut names: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        let mut open: Vec<(usize, usize)> = Vec::new();
        // How many braces and parentheses are open.
        let mut depth = 0usize;
        let mut ix = 0;
        while ix < tokens.len() {
            if let Some((name, at)) = head(&source, ix) {
                names.entry(name).or_default().push(own.all.len());
                let within = open.last().map(|(function, _)| *function);
                open.push((own.all.len(), depth));
                own.all.push(Function { from: at, to: tokens.len(), within });
                depth += 1;
                ix = at + 1;
                continue;
            }
            match source(ix) {
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    if let Some((function, _)) = open.pop_if(|(_, outside)| *outside >= depth) {
                        own.all[function].to = ix;
                    }
                }
                _ => {}
            }
            ix += 1;
        }
        own.given = vec![false; own.all.len()];
        if !own.all.is_empty() {
            own.follow(&source, &names);
        }
        own
    }

    /// Finds the functions that get all arguments, from what gets them to what it calls.
    fn follow<'s>(
        &mut self,
        source: &dyn Fn(usize) -> &'s str,
        names: &FxHashMap<&str, Vec<usize>>,
    ) {
        // Calls: where they stand, what they call, and how much they hand on.
        let mut calls = Vec::new();
        for ix in 0..self.tokens.len() {
            let Some(called) = names.get(source(ix)) else { continue };
            if source(ix + 1) == "(" {
                continue;
            }
            let words = (ix + 1..self.tokens.len())
                .take_while(|ix| matches!(self.tokens[*ix].kind, Kind::Word(_)));
            let (mut any, mut every) = (false, false);
            for at in words {
                let word = source(at);
                any |= word.contains('$');
                if ["$@", "$*", "${@", "${*", "[@]", "[*]"].iter().any(|own| word.contains(own)) {
                    every = true;
                    self.handing.insert(at);
                }
            }
            calls.push((self.innermost(ix), called, any, every));
        }
        loop {
            let mut changed = false;
            for (at, called, _, every) in &calls {
                if *every && at.is_none_or(|at| self.given[at]) {
                    for function in called.iter() {
                        changed |= !std::mem::replace(&mut self.given[*function], true);
                    }
                }
            }
            if !changed {
                break;
            }
        }
        let looks = |function: &usize| {
            let Function { from, to, .. } = self.all[*function];
            !self.given[*function]
                && (from..to).any(|ix| matches!(source(ix), "case" | "getopts" | "getopt"))
        };
        self.handed = calls.iter().any(|(_, called, any, _)| *any && called.iter().any(looks));
    }

    fn innermost(&self, ix: usize) -> Option<usize> {
        // They are sorted by where they begin.
        let mut at = self.all.partition_point(|own| own.from <= ix).checked_sub(1);
        while let Some(function) = at.filter(|at| self.all[*at].to < ix) {
            at = self.all[function].within;
        }
        at
    }

    /// Whether the token reads the script's own arguments.
    pub(super) fn is_own(&self, ix: usize) -> bool {
        self.innermost(ix).is_none_or(|function| self.given[function])
    }

    /// The same of a place in the text.
    pub(super) fn is_own_at(&self, at: usize) -> bool {
        let after = self.tokens.partition_point(|token| token.start <= at);
        self.is_own(after.saturating_sub(1))
    }

    /// The token that opens the function that a token stands in; the first of the script's where
    /// it stands in none.
    pub(super) fn begin_of(&self, ix: usize) -> usize {
        self.innermost(ix).map_or(0, |function| self.all[function].from)
    }

    /// Whether a place in the text hands all arguments on to a function of the script, which is
    /// looked at by itself.
    pub(super) fn hands_on(&self, at: usize) -> bool {
        let after = self.tokens.partition_point(|token| token.start <= at);
        self.handing.contains(&after.saturating_sub(1))
    }

    /// Whether a function whose arguments are its own may look at some of the script's.
    pub(super) fn are_handed(&self) -> bool {
        self.handed
    }
}

/// `name() {`, `name() (`, `function name {`: the name, and where the body opens. A body in
/// parentheses ends nowhere that is understood, so it is no function here.
fn head<'s>(source: &dyn Fn(usize) -> &'s str, ix: usize) -> Option<(&'s str, usize)> {
    let (name, mut at) = match source(ix) {
        "function" => (source(ix + 1), ix + 2),
        name => (name, ix + 1),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-:.".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let parentheses = source(at) == "(" && source(at + 1) == ")";
    if parentheses {
        at += 2;
    } else if source(ix) != "function" {
        return None;
    }
    while source(at) == "\n" {
        at += 1;
    }
    (source(at) == "{").then_some((name, at))
}

#[cfg(test)]
mod tests {
    use super::super::interface;
    use crate::extract::Source;
    use crate::facts::{FileFacts, Interface};
    use crate::syntax::shell::CommandText;
    use crate::syntax::shell::lexer;

    fn interface(text: &str) -> Option<Interface> {
        let mut out = FileFacts::default();
        let source = Source::of("x", text);
        let own = CommandText::plain(text, 0);
        interface::extract(&source, &own, &lexer::tokens(text), &mut out);
        out.interfaces.pop()
    }

    fn flags(text: &str) -> Vec<String> {
        let params = interface(text).map(|own| own.params).unwrap_or_default();
        params.iter().map(|param| param.name.to_string()).collect()
    }

    #[test]
    fn what_functions_do_with_their_own_arguments_is_theirs() {
        for library in [
            "log() {\n  local text=\"${1:?text}\"\n  echo $text\n}\n",
            "function read_flags {\n while getopts ab: o; do case $o in a) A=1;; esac; done\n}\n",
            "run()\n{\n  case \"$1\" in --fast) F=1;; *) exit 1;; esac\n}\nrun --fast\n",
            "f() { T=$(getopt -o v --long verbose -- \"$@\"); }\ng() { f \"$@\"; }\n",
        ] {
            assert!(interface(library).is_none(), "{library}");
        }
        let script =
            "flags() { while getopts a o; do :; done; }\nmain() {\n flags \"$@\"\n}\nmain \"$@\"\n";
        assert_eq!(flags(script), ["-a"]);
        let script = "say() { echo \"${1:?}\" \"${2:?}\"; }\nhost=\"${1:?host}\"\nsay a b\n";
        let own = interface(script).unwrap();
        assert_eq!(own.params.len(), 1);
        let script = "long() { case \"$1\" in --x) X=1;; esac; }\nwhile getopts a-: o; do long \"--$OPTARG\"; done\n";
        assert!(interface(script).unwrap().open);
    }
}

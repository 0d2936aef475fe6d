//! What a Perl script does under which of its flags: the calls of its main path.
//!
//! Only what is certain counts. A callee that is also called where the condition is not
//! known (a loop, a handler, a subroutine that several places call) is not spoken of at all.
//!
//! (Source: perlsyn, "Simple Statements", "Statement Modifiers", "Compound Statements".)

use crate::facts::{Effect, Passed, Span};
use crate::syntax::script::tokens::{Kind, Tokens};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::ops::Range;

/// How deep blocks and subroutines are followed.
const DEPTH: u32 = 6;

/// Words that are no subroutines, or that do nothing outside the program.
const PLAIN: &[&str] = &[
    "if",
    "unless",
    "while",
    "until",
    "for",
    "foreach",
    "elsif",
    "else",
    "and",
    "or",
    "not",
    "my",
    "our",
    "local",
    "return",
    "exit",
    "die",
    "print",
    "printf",
    "say",
    "warn",
    "push",
    "shift",
    "pop",
    "defined",
    "scalar",
    "join",
    "split",
    "keys",
    "values",
    "map",
    "grep",
    "sort",
    "lc",
    "uc",
    "sprintf",
    "length",
    "ref",
    "exists",
    "delete",
    "qw",
    "x",
    "eq",
    "ne",
    "lt",
    "gt",
    "undef",
    "chomp",
    "GetOptions",
    "getoptions",
    "pod2usage",
    "usage",
];

type Guard = (SmolStr, Passed);

/// The effects of a script. `flags` are variables with the flag that sets each.
pub fn effects(tokens: &Tokens<'_>, flags: &[(SmolStr, SmolStr)]) -> Vec<Effect> {
    let certain = flags.iter().filter(|(variable, _)| is_only_set_by_flag(tokens, variable));
    let mut walk = Walk {
        tokens,
        flags: certain.cloned().collect(),
        bodies: FxHashMap::default(),
        effects: Vec::new(),
        vague: FxHashSet::default(),
    };
    let mut uses: FxHashMap<&str, usize> = FxHashMap::default();
    for ix in 0..tokens.len() {
        let Some(name) = tokens.name(ix) else { continue };
        *uses.entry(name).or_default() += 1;
        if ix > 0 && tokens.is(ix - 1, "sub") && tokens.is(ix + 1, "{") {
            walk.bodies
                .insert(name.into(), Body { range: ix + 2..tokens.close(ix + 1), once: true });
        }
    }
    for (name, body) in &mut walk.bodies {
        body.once = uses.get(name.as_str()) == Some(&2);
    }
    walk.block(0..tokens.len(), &mut Vec::new(), 0);
    let bodies: Vec<Range<usize>> = walk.bodies.values().map(|body| body.range.clone()).collect();
    bodies.into_iter().for_each(|body| walk.unsure(body));
    let Walk { mut effects, vague, .. } = walk;
    effects.retain(|effect| !vague.contains(&effect.what));
    effects.sort_by_key(|effect| effect.span.start);
    effects
}

/// Whether nothing but its flag makes the variable true.
fn is_only_set_by_flag(tokens: &Tokens<'_>, variable: &str) -> bool {
    (0..tokens.len()).filter(|ix| tokens.name(*ix) == Some(variable)).all(|ix| {
        if tokens.is(ix + 1, "=") {
            let value = tokens.source(ix + 2..ix + 3);
            return matches!(value, "0" | "undef" | "''" | "\"\"") && tokens.is(ix + 3, ";");
        }
        // `$x ||= 1`, `$x++`.
        let operator = tokens.get(ix + 1).is_some_and(|token| token.kind == Kind::Mark);
        let changes = operator && (tokens.is(ix + 2, "=") || tokens.is(ix + 2, "+"));
        // `my ($x, $y) = …`, `foreach $x (…)`.
        let mut end = ix;
        while !tokens.is(end, ")") && end < ix + 40 && end < tokens.len() && !tokens.is(end, ";") {
            end = tokens.next(end);
        }
        let listed = tokens.is(end, ")") && tokens.is(end + 1, "=");
        let loops = ix > 0 && (tokens.is(ix - 1, "foreach") || tokens.is(ix - 1, "for"));
        !changes && !listed && !loops
    })
}

#[derive(Debug)]
struct Body {
    range: Range<usize>,
    /// It is called at one place.
    once: bool,
}

struct Walk<'w, 't> {
    tokens: &'w Tokens<'t>,
    flags: Vec<(SmolStr, SmolStr)>,
    /// Subroutines that were not entered yet.
    bodies: FxHashMap<SmolStr, Body>,
    effects: Vec<Effect>,
    /// Callees that are called under conditions that are not known.
    vague: FxHashSet<SmolStr>,
}

impl Walk<'_, '_> {
    /// Reads statements; whether they end the program. Guards that early exits add stay
    /// until the end of the block.
    fn block(&mut self, range: Range<usize>, guards: &mut Vec<Guard>, depth: u32) -> bool {
        if depth > DEPTH {
            self.unsure(range);
            return false;
        }
        let before = guards.len();
        let mut ends = false;
        let mut ix = range.start;
        while ix < range.end {
            let end = self.statement(ix..range.end, guards, depth, &mut ends);
            ix = end.max(ix + 1);
        }
        guards.truncate(before);
        ends
    }

    /// Reads the statement that starts the range; where the next one starts.
    fn statement(
        &mut self,
        range: Range<usize>,
        guards: &mut Vec<Guard>,
        depth: u32,
        ends: &mut bool,
    ) -> usize {
        let (tokens, ix) = (self.tokens, range.start);
        match tokens.name(ix) {
            Some("sub") => {
                let mut at = ix;
                while at < range.end && !tokens.is(at, "{") && !tokens.is(at, ";") {
                    at += 1;
                }
                return tokens.next(at);
            }
            Some(word @ ("if" | "unless")) if tokens.is(ix + 1, "(") => {
                return self.choice(word == "if", range, guards, depth);
            }
            _ if tokens.is(ix, "{") => {
                self.block(ix + 1..tokens.close(ix), guards, depth + 1);
                return tokens.next(ix);
            }
            _ => {}
        }
        let mut end = ix;
        let mut modifier = None;
        let mut vague = matches!(
            tokens.name(ix),
            Some("while" | "until" | "for" | "foreach" | "BEGIN" | "END" | "do" | "eval")
        );
        let mut certain = None;
        while end < range.end && !tokens.is(end, ";") {
            match tokens.name(end) {
                Some("if" | "unless") if end > ix && modifier.is_none() => modifier = Some(end),
                Some("for" | "foreach" | "while" | "until") => vague = true,
                Some("and" | "or" | "xor") => certain = certain.or(Some(end)),
                _ => {}
            }
            if ["||", "&&", "?"].iter().any(|mark| tokens.is(end, mark)) {
                certain = certain.or(Some(end));
            }
            // A loop's block ends its statement.
            let block = tokens.is(end, "{") && vague && end > ix;
            end = tokens.next(end);
            if block && !tokens.is(end, ";") && !tokens.is(end, ")") {
                self.unsure(ix..end);
                return end;
            }
        }
        if vague {
            self.unsure(ix..end);
            return end + 1;
        }
        let whole = modifier.unwrap_or(end);
        let sure = certain.unwrap_or(whole).min(whole);
        let leaves = matches!(tokens.name(ix), Some("exit" | "die" | "return"));
        match modifier {
            None => {
                self.calls(ix..sure, guards, depth);
                self.unsure(sure..end);
                *ends |= leaves && certain.is_none();
            }
            Some(at) => self.modified((ix, sure, at, end), guards, depth),
        }
        end + 1
    }

    /// A statement from `ix` with a modifier at `at`, to `end`: `call() if $flag`. What is
    /// called before `sure` depends on nothing else.
    fn modified(
        &mut self,
        (ix, sure, at, end): (usize, usize, usize, usize),
        guards: &mut Vec<Guard>,
        depth: u32,
    ) {
        let tokens = self.tokens;
        let leaves = matches!(tokens.name(ix), Some("exit" | "die" | "return"));
        let when = tokens.is(at, "if");
        self.unsure(at..end);
        match self.condition(at + 1..end) {
            Some((flag, truth)) => {
                guards.push((flag.clone(), passed(truth == when)));
                self.calls(ix..sure, guards, depth);
                guards.pop();
                if leaves {
                    guards.push((flag, passed(truth != when)));
                }
            }
            None => self.unsure(ix..sure),
        }
        self.unsure(sure..at);
    }

    /// `if (…) {…} elsif (…) {…} else {…}`; where it ends.
    fn choice(
        &mut self,
        when: bool,
        range: Range<usize>,
        guards: &mut Vec<Guard>,
        depth: u32,
    ) -> usize {
        let (tokens, ix) = (self.tokens, range.start);
        let test = ix + 2..tokens.close(ix + 1);
        let open = tokens.next(ix + 1);
        if !tokens.is(open, "{") {
            self.unsure(ix..open);
            return open;
        }
        self.unsure(test.clone());
        let known = self.condition(test);
        let body = open + 1..tokens.close(open);
        let mut left = false;
        match &known {
            Some((flag, truth)) => {
                guards.push((flag.clone(), passed(*truth == when)));
                left = self.block(body, guards, depth + 1);
                guards.pop();
            }
            None => self.unsure(body),
        }
        let mut end = tokens.next(open);
        let mut simple = true;
        while tokens.is(end, "elsif") {
            simple = false;
            let next = tokens.next(tokens.next(end + 1));
            self.unsure(end..next);
            end = next.max(end + 1);
        }
        let mut other = false;
        if tokens.is(end, "else") && tokens.is(end + 1, "{") {
            let body = end + 2..tokens.close(end + 1);
            match &known {
                Some((flag, truth)) if simple => {
                    guards.push((flag.clone(), passed(*truth != when)));
                    other = self.block(body, guards, depth + 1);
                    guards.pop();
                }
                _ => self.unsure(body),
            }
            end = tokens.next(end + 1);
        }
        // What goes on is under the other condition.
        if let Some((flag, truth)) = known.filter(|_| simple && left != other) {
            guards.push((flag, passed((truth == when) == other)));
        }
        end
    }

    /// `$x`, `!$x`, `not $x`, `defined $x`: the flag, and whether it has to be passed.
    fn condition(&self, range: Range<usize>) -> Option<(SmolStr, bool)> {
        let tokens = self.tokens;
        let (mut from, mut end) = (range.start, range.end);
        let mut truth = true;
        loop {
            if tokens.is(from, "(") && tokens.close(from) + 1 == end {
                (from, end) = (from + 1, end - 1);
            } else if tokens.is(from, "!") || tokens.is(from, "not") {
                from += 1;
                truth = !truth;
            } else {
                break;
            }
        }
        let name = tokens.name(from).filter(|_| from + 1 == end)?;
        let (_, flag) = self.flags.iter().find(|(variable, _)| variable == name)?;
        Some((flag.clone(), truth))
    }

    /// Notes the calls of a range, which happen under `guards`.
    fn calls(&mut self, range: Range<usize>, guards: &mut Vec<Guard>, depth: u32) {
        let mut ix = range.start;
        while ix < range.end {
            if self.tokens.is(ix, "{") || self.tokens.is(ix, "sub") {
                // An anonymous subroutine, or a table of them.
                let end = self.tokens.next(ix);
                self.unsure(ix..end);
                ix = end.max(ix + 1);
                continue;
            }
            if let Some((what, span)) = self.callee(ix, ix == range.start) {
                let once = self.bodies.get(&what).is_some_and(|body| body.once);
                let body = if once { self.bodies.remove(&what) } else { None };
                let guard = guards.iter().rev().find(|guard| !is_no_help(guard)).cloned();
                self.effects.push(Effect { what, guard, span });
                if let Some(body) = body {
                    self.block(body.range, guards, depth + 1);
                }
            }
            ix += 1;
        }
    }

    /// What is called at `ix`: `name(…)`, `$x->name(…)`, `Some::Class->name`, and a bare
    /// subroutine of the file.
    fn callee(&self, ix: usize, first: bool) -> Option<(SmolStr, Span)> {
        let tokens = self.tokens;
        let name = tokens.name(ix)?;
        let token = tokens.get(ix)?;
        if ix > 0 && tokens.is(ix - 1, "->") {
            let receiver = tokens.name(ix.checked_sub(2)?)?;
            let start = tokens.get(ix - 2)?.start;
            let what = format!("{receiver}->{name}").into();
            return Some((what, Span::new(start, token.end)));
        }
        if name.starts_with(['$', '@', '%']) || PLAIN.contains(&name) {
            return None;
        }
        let called = tokens.is(ix + 1, "(") || (first && self.bodies.contains_key(name));
        called.then(|| (name.into(), Span::new(token.start, token.end)))
    }

    /// Takes what a range calls out of the account.
    fn unsure(&mut self, range: Range<usize>) {
        for ix in range {
            if let Some((what, _)) = self.callee(ix, true) {
                self.vague.insert(what);
            }
        }
    }
}

/// Without a call for help everything goes its way.
fn is_no_help((flag, passed): &Guard) -> bool {
    *passed == Passed::No && matches!(flag.as_str(), "--help" | "-h" | "--version" | "-V")
}

fn passed(passed: bool) -> Passed {
    if passed { Passed::Yes } else { Passed::No }
}

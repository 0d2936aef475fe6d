//! The environment variables that a script reads.
//!
//! (Sources: POSIX.1-2017, Shell Command Language, 2.6.2 "Parameter Expansion", and `set`;
//! Bash's manual, "Shell Parameter Expansion".)

use crate::domain::environment::Reads;
use crate::extract::Source;
use crate::facts::{FileFacts, is_variable_name};
use crate::syntax::shell::lexer::{Kind, Text, Token};
use crate::syntax::shell::{CommandText, HOLE};

/// Commands whose words name variables that they set.
const SETTERS: &[&str] = &[
    "declare",
    "for",
    "getopts",
    "let",
    "local",
    "mapfile",
    "printf",
    "read",
    "readarray",
    "readonly",
    "select",
    "typeset",
    "unset",
];

/// Commands after which any variable may be set.
const UNSEEN: &[&str] = &[".", "source", "eval"];

/// Most substitutions inside one another that are read.
const MAX_DEPTH: u32 = 8;

/// Adds the variables to the script's interface.
pub fn extract(source: &Source<'_>, text: &CommandText, tokens: &[Token], out: &mut FileFacts) {
    let body = text.as_str();
    if !body.contains('$') {
        return;
    }
    let mut reader = Reader { text, body, reads: Reads::default(), strict: is_strict(body) };
    // What a template leaves out may set anything.
    let mut unseen = body.contains(HOLE);
    reader.read(tokens, &mut unseen);
    if unseen {
        reader.reads.relax();
    }
    reader.reads.attach(source.path, out);
}

/// Whether an unset variable is an error: `set -u`, `set -euo pipefail`, `#!/bin/sh -u`.
fn is_strict(body: &str) -> bool {
    let mut strict = false;
    for (ix, line) in body.lines().enumerate() {
        let line = line.trim();
        let options = match line.strip_prefix("set ") {
            Some(rest) => rest,
            None if ix == 0 && line.starts_with("#!") => line,
            None if line.contains("set +u") || line.contains("set +o nounset") => return false,
            None => continue,
        };
        let mut words = options.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let short = |sign| word.strip_prefix(sign).filter(|rest: &&str| !rest.contains('/'));
            if short('+').is_some_and(|rest| rest.contains('u')) {
                return false;
            }
            let by_name = word.ends_with('o') && words.peek() == Some(&"nounset");
            if by_name && word.starts_with('+') {
                return false;
            }
            let by_letter = short('-').is_some_and(|rest| rest.contains('u'));
            strict |= word.starts_with('-') && !word.starts_with("--") && (by_letter || by_name);
        }
    }
    strict
}

/// What is open at some place of a script.
#[derive(PartialEq)]
enum Block {
    /// `if`, `while`, `for`, `case` up to `then`, `do`, `in`: always come to.
    Head,
    /// What follows them.
    Body,
    Function,
    /// `( … )`
    Subshell,
    /// `{ … }` that is no function.
    Group,
}

struct Reader<'t> {
    text: &'t CommandText,
    body: &'t str,
    reads: Reads,
    strict: bool,
}

impl Reader<'_> {
    fn read(&mut self, tokens: &[Token], unseen: &mut bool) {
        let mut blocks: Vec<Block> = Vec::new();
        // Behind `&&` or `||`.
        let mut chained = false;
        let mut begins = true;
        let mut function = false;
        let mut setting = false;
        let mut before = "";
        let mut left = false;
        for (ix, token) in tokens.iter().enumerate() {
            let word = match &token.kind {
                Kind::Redirect => continue,
                Kind::Operator(operator) => {
                    let continues = *operator == "\n" && matches!(before, "&&" | "||" | "|");
                    match *operator {
                        "&&" | "||" => chained = true,
                        "(" if tokens.get(ix + 1).map(|token| &token.kind)
                            == Some(&Kind::Operator(")")) =>
                        {
                            function = true;
                        }
                        "(" => blocks.push(Block::Subshell),
                        ")" if blocks.last() == Some(&Block::Subshell) => drop(blocks.pop()),
                        ";" | "\n" | "&" | ";;" if !continues => chained = false,
                        _ => {}
                    }
                    (begins, setting) = (true, false);
                    before = if continues { before } else { operator };
                    continue;
                }
                Kind::Word(word) => word,
            };
            before = "";
            let name = word.pattern.as_exact().filter(|_| !word.quoted).map(|name| name.as_str());
            if std::mem::replace(&mut begins, false) {
                begins = self.keyword(name, &mut blocks, &mut function);
                if let Some(name) = name {
                    *unseen |= UNSEEN.contains(&name);
                    setting = SETTERS.binary_search(&name).is_ok();
                }
            } else if matches!(name, Some("in")) && blocks.last() == Some(&Block::Head) {
                // `case x in`; the list of a `for` counts as its body, which loses little.
                blocks.pop();
                blocks.push(Block::Body);
            }
            // Also `IFS=',' read -r a b`.
            let is_set =
                |text: &str| text.split_once('=').is_some_and(|(own, _)| is_variable_name(own));
            begins |= (name.is_some_and(|name| name.contains('='))
                || is_set(word.pattern.prefix()))
                && !setting;
            let sure =
                !chained && blocks.iter().all(|block| matches!(block, Block::Head | Block::Group));
            let function = blocks.contains(&Block::Function);
            if matches!(name, Some("exit" | "return" | "exec")) && !sure && !function {
                let next = tokens.get(ix + 1).map(|token| &token.kind);
                let code = match next {
                    Some(Kind::Word(code)) => code.pattern.as_exact().map(|code| code.as_str()),
                    _ => Some("0"),
                };
                // What comes behind it is not come to, and nothing has failed.
                left |= name == Some("exec") || code.is_none_or(|code| code == "0");
            }
            self.word(token.start, token.end, sure && !left, 0);
            // `A=1 b` sets it for `b` alone, but then this `$A` is rarely the outer one.
            self.assignment(word, setting);
        }
    }

    /// Opens and closes blocks; whether a command begins behind the word.
    fn keyword(&self, name: Option<&str>, blocks: &mut Vec<Block>, function: &mut bool) -> bool {
        match name {
            Some("if" | "while" | "until") => {
                blocks.push(Block::Head);
                true
            }
            Some("for" | "select" | "case") => {
                blocks.push(Block::Head);
                false
            }
            Some("elif" | "else" | "then" | "do") => {
                blocks.pop();
                blocks.push(Block::Body);
                true
            }
            Some("fi" | "done" | "esac" | "}") => {
                blocks.pop();
                true
            }
            Some("{") => {
                let own = if std::mem::take(function) { Block::Function } else { Block::Group };
                blocks.push(own);
                true
            }
            Some("function") => {
                *function = true;
                // Its name; the body follows.
                true
            }
            Some("!" | "time") => true,
            _ => *function,
        }
    }

    fn assignment(&mut self, word: &Text, setting: bool) {
        let prefix = word.pattern.prefix();
        let (name, sets) = match prefix.split_once('=') {
            Some((name, _)) => (name.trim_end_matches(['+', '-', '*', '/', '|']), true),
            None => (prefix, setting || prefix.ends_with("++") || prefix.ends_with("--")),
        };
        let name = name.split('[').next().unwrap_or_default().trim_matches(['+', '-']);
        if sets && is_variable_name(name) {
            self.reads.sets(name);
        }
    }

    /// The variables of one word.
    fn word(&mut self, start: usize, end: usize, always: bool, depth: u32) {
        let bytes = self.body.as_bytes();
        let end = end.min(bytes.len());
        let mut at = start;
        let mut quoted = false;
        while at < end {
            match bytes[at] {
                b'\\' => at += 2,
                b'"' => {
                    quoted = !quoted;
                    at += 1;
                }
                b'\'' if !quoted => {
                    let len = memchr::memchr(b'\'', &bytes[at + 1..end]);
                    at = len.map_or(end, |len| at + len + 2);
                }
                b'$' => at = self.expansion(at + 1, end, always, depth),
                _ => at += 1,
            }
        }
    }

    /// What follows a `$`; returns where it ends.
    fn expansion(&mut self, at: usize, end: usize, always: bool, depth: u32) -> usize {
        let bytes = self.body.as_bytes();
        let name_end = |from: usize| {
            let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            from + bytes[from.min(end)..end].iter().take_while(is_name).count()
        };
        match bytes.get(at) {
            Some(b'{') if at < end => {
                let close = closing(bytes, at, end);
                let from = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'#'));
                let to = name_end(from);
                let name = self.body.get(from..to).unwrap_or_default();
                if is_variable_name(name) {
                    let rest = self.body.get(to..close).unwrap_or_default();
                    let span = self.text.span(from, to);
                    let bare = rest.strip_prefix(':').unwrap_or(rest);
                    match bare.bytes().next() {
                        Some(b'?') if always => self.reads.required(name, span),
                        Some(b'?') => self.reads.optional(name, "", span),
                        Some(b'-' | b'=' | b'+') => {
                            let default = bare.strip_prefix(['-', '=']).unwrap_or_default();
                            self.reads.guarded(name, default, span);
                        }
                        _ => self.plain(name, always, span),
                    }
                }
                if depth < MAX_DEPTH {
                    self.word(to, close, false, depth + 1);
                }
                (close + 1).min(end)
            }
            // What a substitution runs may fail alone.
            Some(b'(') if at < end => {
                let close = closing(bytes, at, end);
                if depth < MAX_DEPTH {
                    self.word(at + 1, close, false, depth + 1);
                }
                (close + 1).min(end)
            }
            _ => {
                let to = name_end(at);
                let name = self.body.get(at..to).unwrap_or_default();
                if is_variable_name(name) {
                    self.plain(name, always, self.text.span(at, to));
                }
                to.max(at)
            }
        }
    }

    fn plain(&mut self, name: &str, always: bool, span: crate::facts::Span) {
        if self.strict && always {
            self.reads.required(name, span);
        } else {
            self.reads.optional(name, "", span);
        }
    }
}

/// Where the bracket that opens at `open` closes.
fn closing(bytes: &[u8], open: usize, end: usize) -> usize {
    let (up, down) = if bytes[open] == b'{' { (b'{', b'}') } else { (b'(', b')') };
    let mut depth = 0usize;
    let mut at = open;
    while at < end {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == up => depth += 1,
            byte if byte == down => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
        at += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::shell::lexer::tokens;

    fn reads(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of("x", text);
        let text = CommandText::of_file(text);
        extract(&source, &text, &tokens(text.as_str()), &mut out);
        crate::domain::environment::shown(out)
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(SETTERS.is_sorted());
    }

    #[test]
    fn forms_of_expansion() {
        assert_eq!(
            reads(": ${A:?no A} \"${B?}\" ${C:-d} \"${D-${E}}\" $F"),
            ["A!", "B!", "C=d", "D=${E}", "E", "F"]
        );
        assert_eq!(reads("awk '{ print $X }'; echo \"\\$Y\" $1 $@ ${#Z}"), ["Z"]);
        assert_eq!(reads("set -eu\necho $A \"$HOME\""), ["A!"]);
        assert_eq!(reads("set -eu\nset +u\necho $A"), ["A"]);
        assert_eq!(reads("#!/bin/sh -eu\necho $A"), ["A!"]);
        assert_eq!(reads("#!/usr/bin/env bash\necho $A"), ["A"]);
    }

    #[test]
    fn what_the_script_sets_is_its_own() {
        assert_eq!(reads("set -u\nA=1\nread -r B\nfor C in 1; do echo $A $B $C $D; done"), ["D"]);
        assert_eq!(
            reads("set -u\nlocal E; getopts ab: F; declare -A G; export H=1\necho $E $F $G $H"),
            [""; 0]
        );
        assert_eq!(reads("A=${A:?}\necho $A\nB=${B:-1}; export B; ${B:?}"), ["A!", "B=1"]);
        assert_eq!(reads(". ./settings\n: ${A:?}"), ["A"]);
        assert_eq!(reads("set -u\n<% if @x %>A=1<% end %>\necho $A"), [""; 0]);
        assert_eq!(reads("set -u\n<%= @more %>\necho $A"), ["A"]);
    }

    #[test]
    fn only_what_is_always_read_is_required() {
        assert_eq!(reads("if [ $1 = a ]; then : ${A:?}; fi\n: ${B:?}"), ["A", "B!"]);
        assert_eq!(reads("f() {\n : ${A:?}\n}\n: ${B:?}"), ["A", "B!"]);
        assert_eq!(reads("function f {\n : ${A:?}\n}\n: ${B:?}"), ["A", "B!"]);
        assert_eq!(reads("true && echo ${A:?}\n: ${B:?}"), ["A", "B!"]);
        assert_eq!(reads("case $1 in\na) : ${A:?};;\nesac\n: ${B:?}"), ["A", "B!"]);
        assert_eq!(reads("while x; do : ${A:?}; done; x=$(y ${C:?})\n: ${B:?}"), ["A", "B!", "C"]);
        assert_eq!(reads("if [ -z ${A:?} ]; then b; fi"), ["A!"]);
        assert_eq!(reads("a || exit 0\n: ${A:?}"), ["A"]);
        assert_eq!(reads("a || exit 1\n: ${A:?}"), ["A!"]);
        assert_eq!(reads("[ \"${A:-}\" ] || exit 1\n: ${A:?}"), ["A"]);
    }
}

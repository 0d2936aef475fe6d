//! The commands that Ruby runs: `system`, `exec`, backticks, pipes, Open3, and what Facter
//! and Puppet run for a fact or a provider.
//!
//! (Sources: Ruby's Kernel, IO and Open3; Facter's `Core::Execution`, Puppet's
//! `Util::Execution`.)

use super::flags::arguments;
use crate::domain::programs::runs::{ENDS, Reader, Runs};
use crate::syntax::script::lexer::RUBY;
use crate::syntax::shebang::Interpreter;
use std::ops::Range;

/// Ruby, by ending.
pub const RUNS: Runs = Runs {
    system: "ruby",
    endings: &[".rb"],
    interpreter: Interpreter::Ruby,
    words: &["system", "exec", "spawn", "popen", "Open3", "`", "%x", "setcode"],
    language: &RUBY,
    calls,
};

/// Ruby, by its first line.
pub const SCRIPT_RUNS: Runs = Runs { endings: &[], ..RUNS };

pub fn calls(reader: &mut Reader<'_, '_>, ix: usize, name: &str) {
    let tokens = reader.tokens;
    let receiver = match ix.checked_sub(1) {
        Some(at) if tokens.is(at, ".") => match ix.checked_sub(2).and_then(|at| tokens.name(at)) {
            Some(receiver) => receiver,
            None => return,
        },
        Some(at) if ["def", ":", "::", "&"].iter().any(|own| tokens.is(at, own)) => return,
        _ => "",
    };
    let runs = match receiver {
        "" => matches!(name, "system" | "exec" | "spawn" | "setcode"),
        "Kernel" | "Process" => matches!(name, "system" | "exec" | "spawn"),
        "IO" => name == "popen",
        "Open3" => {
            matches!(name, "popen2" | "popen2e" | "popen3" | "capture2" | "capture2e" | "capture3")
        }
        "Execution" | "Resolution" => matches!(name, "exec" | "execute" | "execpipe"),
        _ => false,
    };
    if !runs {
        return;
    }
    let mut parts = arguments(tokens, ix);
    if !tokens.is(ix + 1, "(") {
        // `system 'cmd' or raise`, `exec 'cmd' if x`.
        let ends = |at: &usize| ENDS.iter().any(|end| tokens.is(*at, end));
        let end = parts
            .iter()
            .enumerate()
            .find_map(|(ix, part)| part.clone().find(ends).map(|at| (ix, part.start..at)));
        if let Some((ix, last)) = end {
            parts.truncate(ix);
            parts.push(last);
        }
    }
    // The environment comes first.
    if parts.first().is_some_and(|part| tokens.is(part.start, "{")) {
        parts.remove(0);
    }
    let is_option = |part: &Range<usize>| {
        tokens.is(part.start + 1, ":")
            || part.clone().any(|ix| tokens.is(ix, "=>"))
            || tokens.is(part.start, "{")
    };
    let end = parts.iter().position(is_option).unwrap_or(parts.len());
    parts.truncate(end);
    match parts.as_slice() {
        // `IO.popen('cmd', 'r')`.
        [first, _] if name == "popen" && !reader.is_list(first) => {
            reader.run(std::slice::from_ref(first))
        }
        parts => reader.run(parts),
    }
}

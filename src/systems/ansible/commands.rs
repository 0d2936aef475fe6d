//! What tasks run: `command`, `shell`, `raw`, `script`, `cron`.
//!
//! (Source: Ansible's documentation of these modules, "Free-form parameter".)

use super::arguments::{Arguments, Text, is_true, texts};
use super::paths::{Sort, candidates};
use crate::domain::commands::Lines;
use crate::domain::commands::templated_scalar;
use crate::facts::{Call, FileFacts, Ref, Strength, Word, kinds};
use crate::syntax::shell::{Argument, CommandText, split};
use crate::syntax::yaml::{Node, Value};
use smallvec::SmallVec;

/// Parameters that stand among the words of the free form.
const PARAMETERS: [&str; 8] = [
    "creates=",
    "removes=",
    "chdir=",
    "executable=",
    "warn=",
    "stdin=",
    "stdin_add_newline=",
    "strip_empty_ends=",
];

/// Adds what the module runs, which is this certain to be needed.
pub(super) fn add(
    module: &str,
    value: &Node<'_>,
    (path, source): (&str, &str),
    strength: Strength,
    out: &mut FileFacts,
) {
    let via = match module {
        "command" => "command",
        "shell" => "shell",
        "raw" => "raw",
        "script" => "script",
        "cron" => "cron",
        _ => return,
    };
    let place = Lines::new(path, via);
    let from = out.calls.len();
    let text = |node: &Node<'_>| {
        Some(without_parameters(&templated_scalar(node.as_str()?, node.span, source)))
    };
    let cmd = match &value.value {
        Value::Scalar { .. } if module != "cron" => text(value),
        _ => value.get("cmd").and_then(text),
    };
    match (module, cmd) {
        ("command", Some(text)) => place.add_words(&split(&text), strength, out),
        ("command", None) => {
            if let Some(argv) = value.get("argv") {
                let argument = |item: &Node<'_>| match item.as_str() {
                    Some(text) => Argument::new(templated_scalar(text, item.span, source)),
                    None => Argument::open(item.span),
                };
                let mut words: Vec<Argument> = argv.items().iter().map(argument).collect();
                if argv.items().is_empty() {
                    words.push(Argument::open(argv.span));
                }
                place.add_words(&words, strength, out);
            }
        }
        ("shell" | "raw", Some(text)) => place.add(&text, out),
        ("script", Some(text)) => script(&text, &place, strength, out),
        ("cron", _) => cron(value, &place, source, out),
        _ => {}
    }
    if strength == Strength::Likely {
        out.calls[from..].iter_mut().for_each(|call| call.strength = Strength::Likely);
    }
}

/// The job of a crontab, in block form or `job="…"`.
fn cron(value: &Node<'_>, place: &Lines<'_>, source: &str, out: &mut FileFacts) {
    let arguments = Arguments::of(value, source);
    if arguments.get("state").is_some_and(|state| state.text == "absent")
        || arguments.get("env").is_some_and(|env| is_true(&env.text))
    {
        return;
    }
    let job = value.get("job").and_then(|node| texts(node).pop());
    let job = job.or_else(|| arguments.get("job").cloned());
    if let Some(Text { text, span }) = job {
        place.add(&templated_scalar(&text, span, source), out);
    }
}

/// `script: foo.sh --x`: a file of the role, copied to the host and run there.
fn script(text: &CommandText, place: &Lines<'_>, strength: Strength, out: &mut FileFacts) {
    let mut words: Vec<Word> = split(text).into_iter().map(|own| own.word).collect();
    if words.is_empty() {
        return;
    }
    let program = words.remove(0);
    if program.text.as_exact().is_none_or(|name| name.starts_with('/')) {
        return;
    }
    let mut any_of: SmallVec<[Ref; 1]> = candidates(place.path, &program.text, Sort::File);
    for target in any_of.iter_mut().filter(|target| target.kind == kinds::ANSIBLE_FAR_FILE) {
        target.kind = kinds::FILE;
    }
    if !any_of.is_empty() {
        out.calls.push(Call { words, strength, ..Call::new(any_of, program.span, place.via) });
    }
}

/// The free form without the module's own parameters.
fn without_parameters(text: &CommandText) -> CommandText {
    let all = text.as_str();
    let mut out = CommandText::default();
    let mut from = 0;
    let mut at = 0;
    for word in all.split(char::is_whitespace) {
        if PARAMETERS.iter().any(|name| word.starts_with(name)) {
            out.append(&text.slice(from..at));
            from = at + word.len();
        }
        at += word.len();
        at += all[at..].chars().next().map_or(0, char::len_utf8);
    }
    out.append(&text.slice(from..all.len()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_no_words() {
        let text = CommandText::plain("chdir=/x foo --a creates=/y b", 0);
        assert_eq!(without_parameters(&text).as_str(), " foo --a  b");
    }
}

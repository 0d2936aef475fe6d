//! What a shell refuses of a script: it stops where it reads it, whatever was done before.

use crate::domain::refused;
use crate::extract::Source;
use crate::facts::{FileFacts, Strength, Template};
use crate::syntax::shebang::is_bourne_shell;
use crate::syntax::shell::CommandText;
use crate::syntax::tags::{self, tags};

pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    if !is_bourne_shell(source.text.as_bytes()) {
        return;
    }
    let (text, strength) = match form(source) {
        Form::Script => (CommandText::plain(source.text, 0), Strength::Certain),
        Form::Odd => (CommandText::plain(source.text, 0), Strength::Likely),
        // What a template puts in may be any text.
        Form::Filled => (CommandText::template(source.text), Strength::Likely),
        Form::Branched => return,
    };
    out.problems.extend(refused::problems(&text, source.text.len(), strength));
}

/// Whether Mako renders a text first: lines of its own begin with `% for`, or `<%text>` stands there,
/// neither of which a shell takes. (Source: Mako's documentation, "Syntax".)
fn is_of_mako(text: &str) -> bool {
    const WORDS: [&str; 6] = ["if ", "elif ", "else:", "endif", "for ", "endfor"];
    let is_control = |line: &str| {
        let rest = line.trim_start().strip_prefix('%').map(str::trim_start);
        rest.is_some_and(|rest| WORDS.iter().any(|word| rest.starts_with(word)))
    };
    text.contains("<%text>") || text.lines().any(is_control)
}

/// How a script comes to the shell.
enum Form {
    /// As it stands.
    Script,
    /// The same, as far as its name and its folder tell.
    Odd,
    /// With values put in.
    Filled,
    /// With parts that a template takes or leaves.
    Branched,
}

fn form(source: &Source<'_>) -> Form {
    let all = tags(source.text, tags::Sort::CODE);
    let is_template = Template::at(source.path).is_some()
        || source.path.split('/').any(|folder| folder == "templates")
        || source.text.contains("<%")
        || source.text.contains("{%");
    // `docker ps --format '{{.Names}}'`: the script says this to a program.
    let is_said = |inner: &str| inner.trim_start_matches(['-', ' ']).starts_with('.');
    match () {
        () if is_of_mako(source.text) => Form::Branched,
        () if all.is_empty() => Form::Script,
        () if !is_template && all.iter().all(|tag| is_said(tag.inner)) => Form::Script,
        () if !is_template => Form::Odd,
        () if all.iter().all(tags::Tag::prints) => Form::Filled,
        () => Form::Branched,
    }
}

//! JSON that hosts are handed out as it is, or with values put in: what the program that reads it
//! refuses.

use crate::extract::{Extractor, Layout, Settings, Source};
use crate::facts::{FileFacts, Problem, Strength, is_handed_out};
use crate::syntax::json;
use crate::syntax::tags::{Sort, tags};

/// Reads JSON in the `files/` of modules, and templates of it.
pub struct Handed;

impl Extractor for Handed {
    fn system(&self) -> &'static str {
        "puppet"
    }

    fn claims(&self, path: &str) -> bool {
        let is_file = path.ends_with(".json") && path.contains("/files/");
        let is_template = path.ends_with(".json.erb") && path.contains("/templates/");
        (is_file || is_template)
            && is_handed_out(path)
            && Layout::default().module_dir(path).is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.path.ends_with(".erb") {
            let Some(text) = filled(source.text) else { return };
            // A comma that is missing before the next entry is told where templates are read.
            let is_told = |own: &Problem| {
                ["`}` is", "`]` is"]
                    .iter()
                    .any(|end| own.message.starts_with(&format!("not valid JSON: {end}")))
            };
            if let Err(problem) = json::parse(&text)
                && !is_told(&problem)
            {
                out.problems.extend(told(source.path, &text, &problem));
            }
        } else if let Err(problem) = source.json() {
            out.problems.extend(told(source.path, source.text, problem));
        }
    }
}

/// What to say of a text that is no JSON.
fn told(path: &str, text: &str, problem: &Problem) -> Option<Problem> {
    // What many readers take beside JSON: comments, other quotes, names without any, a last
    // comma, several documents. What begins a text of a program's own marks is a template.
    let others =
        ["\n//", " //", "\t//", "/*", "<%", "{{", "${", "\n#", " #", "\t#", "@@", ": '", "{'"];
    let at = problem.span.start as usize;
    // `{ name: 1 }`, and no text that a missing quote ends early.
    let before = text.get(..at).unwrap_or_default().trim_end();
    let is_name = !before.ends_with('"')
        && text.get(at..).is_some_and(|rest| rest.starts_with(|own: char| own.is_alphabetic()));
    let is_other = others.iter().any(|own| text.contains(own))
        || problem.rule != "parse-error"
        // Editors take a last comma in settings of their own.
        || is_of_editor(path)
        || problem.message.contains("after the document's end")
        || text.trim().is_empty();
    if is_other || is_name {
        return None;
    }
    // Some programs take a last comma, and others put the text together of parts.
    let may_be_meant = problem.message.contains("a comma with nothing after it")
        || text.get(at..).is_none_or(|rest| rest.trim().is_empty());
    let strength = if may_be_meant { Strength::Likely } else { Strength::Certain };
    let help = match path.ends_with(".erb") {
        true => "no program reads it, whatever is put in",
        false => "no program reads it: it is handed out as it stands",
    };
    Some(Problem { strength, help: help.into(), ..problem.clone() })
}

/// A template with a value in the place of each tag, as long as it; nothing where one may put in
/// something else, or where parts of the text are taken or left.
fn filled(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut in_text = false;
    for tag in tags(text, &[Sort::Erb]) {
        let before = text.get(out.len()..tag.range.start)?;
        out.push_str(before);
        in_text ^= quotes(before) % 2 == 1;
        let len = tag.range.len();
        let is_value = || out.trim_end().ends_with([':', '[']);
        if !tag.prints() || !(in_text || is_value()) {
            return None;
        }
        if in_text {
            out.extend(std::iter::repeat_n('x', len));
        } else {
            out.push('0');
            out.extend(std::iter::repeat_n(' ', len - 1));
        }
    }
    out.push_str(text.get(out.len()..)?);
    Some(out)
}

/// The quotes of JSON in a text.
fn quotes(text: &str) -> usize {
    let mut is_escaped = false;
    let mut count = 0;
    for byte in text.bytes() {
        count += usize::from(byte == b'"' && !is_escaped);
        is_escaped = byte == b'\\' && !is_escaped;
    }
    count
}

/// Whether an editor or a compiler reads a file as JSON with more to it.
fn is_of_editor(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|own| matches!(own, ".vscode" | "Code" | "sublime-text" | "zed"))
        || name.starts_with("tsconfig")
}

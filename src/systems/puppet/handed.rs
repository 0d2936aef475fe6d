//! JSON that hosts are handed out as it is: what the program that reads it refuses.

use crate::extract::{Extractor, Layout, Settings, Source};
use crate::facts::{FileFacts, Problem, Strength, is_handed_out};

/// Reads JSON in the `files/` of modules.
pub struct Handed;

impl Extractor for Handed {
    fn system(&self) -> &'static str {
        "puppet"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".json")
            && path.contains("/files/")
            && is_handed_out(path)
            && Layout::default().module_dir(path).is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = source.text;
        let Err(problem) = source.json() else { return };
        // What many readers take beside JSON: comments, other quotes, names without any, a last
        // comma, several documents. What begins a text of a program's own marks is a template.
        let others =
            ["\n//", " //", "\t//", "/*", "<%", "{{", "${", "\n#", " #", "\t#", "@@", ": '", "{'"];
        let at = problem.span.start as usize;
        let is_name =
            text.get(at..).is_some_and(|rest| rest.starts_with(|own: char| own.is_alphabetic()));
        let is_other = others.iter().any(|own| text.contains(own))
            || problem.rule != "parse-error"
            // Editors take a last comma in settings of their own.
            || is_of_editor(source.path)
            || problem.message.contains("after the document's end")
            || text.trim().is_empty();
        if !is_other && !is_name {
            // Some programs take a last comma, and others put the text together of parts.
            let may_be_meant = problem.message.contains("a comma with nothing after it")
                || text.get(at..).is_none_or(|rest| rest.trim().is_empty());
            let strength = if may_be_meant { Strength::Likely } else { Strength::Certain };
            let help = "no program reads it: it is handed out as it stands".into();
            out.problems.push(Problem { strength, help, ..problem.clone() });
        }
    }
}

/// Whether an editor or a compiler reads a file as JSON with more to it.
fn is_of_editor(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|own| matches!(own, ".vscode" | "Code" | "sublime-text" | "zed"))
        || name.starts_with("tsconfig")
}

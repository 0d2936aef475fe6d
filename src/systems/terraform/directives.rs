//! Directives of templates that `templatefile` fills in: `%{ if x }`, `%{ for x in y }`. A plan stops at one
//! that nothing ends, and at one that there is not.
//!
//! (Source: "Terraform Language", "Strings and Templates": `%%{` stands for itself.)

use crate::check::Context;
use crate::facts::{Span, kinds};
use crate::finding::{Finding, Place};
use crate::graph::PathKind;
use crate::loader::FileIx;
use rustc_hash::FxHashSet;

/// Longer templates are data.
const LONGEST: usize = 1 << 18;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut read: FxHashSet<FileIx> = FxHashSet::default();
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    for own in requires.filter(|own| own.via == "templatefile") {
        let target = own.any_of.first().filter(|own| own.kind == kinds::FILE);
        let Some(path) = target.and_then(|own| own.name.as_exact()) else { continue };
        let PathKind::File(file) = graph.paths.look_up(path) else { continue };
        if !read.insert(file) || !graph.snapshot.file(file).standing.is_live() {
            continue;
        }
        let contents = graph.snapshot.contents(file);
        let text = std::str::from_utf8(&contents).ok().filter(|text| text.len() <= LONGEST);
        let Some((message, span)) = text.and_then(slip) else { continue };
        let place = Place { tree: graph.snapshot.role, file, span };
        findings.push(
            Finding::new("parse-error", message, place)
                .help("`templatefile` refuses the template: `%%{` stands for `%{` itself"),
        );
    }
}

/// The first directive that is wrong, and what is.
fn slip(text: &str) -> Option<(String, Span)> {
    let mut open: Vec<(&str, Span)> = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("%{").map(|at| from + at) {
        let escaped = text[..at].bytes().rev().take_while(|own| *own == b'%').count();
        from = at + 2;
        if escaped > 0 {
            continue;
        }
        let rest = text[from..].strip_prefix('~').unwrap_or(&text[from..]).trim_start();
        let begin = text.len() - rest.len();
        let len = rest.bytes().take_while(|own| own.is_ascii_alphanumeric() || b"_-".contains(own));
        let word = &rest[..len.count()];
        let span = Span::new(begin, begin + word.len());
        let opens = match word {
            "if" | "for" => {
                open.push((word, span));
                continue;
            }
            "else" => match open.last() {
                Some(("if", _)) => continue,
                _ => return Some(("this `else` belongs to no `if`".to_owned(), span)),
            },
            "endif" => "if",
            "endfor" => "for",
            _ => return Some((format!("there is no directive `{word}`"), span)),
        };
        match open.pop() {
            Some((own, _)) if own == opens => {}
            Some((own, begun)) => {
                return Some((format!("this `{own}` is ended by `{word}`"), begun));
            }
            None => return Some((format!("this `{word}` ends nothing"), span)),
        }
    }
    open.pop().map(|(own, begun)| (format!("no `end{own}` ends this `{own}`"), begun))
}

#[cfg(test)]
mod tests {
    use super::slip;

    #[test]
    fn directives_are_ended() {
        let told = |text: &str| slip(text).map(|(message, _)| message);
        for whole in [
            "%{ if a }x%{ else }y%{ endif }",
            "%{~ for a in b ~}\n%{ if a }%{ endif ~}\n%{ endfor }",
            "curl -w '%%{http_code}' 100%",
        ] {
            assert_eq!(told(whole), None);
        }
        for (text, said) in [
            ("%{ if a }x", "no `endif` ends this `if`"),
            ("%{ for a in b }%{ endif }", "this `for` is ended by `endif`"),
            ("x%{ endif }", "this `endif` ends nothing"),
            ("%{ else }", "this `else` belongs to no `if`"),
            ("curl -w '%{http_code}'", "there is no directive `http_code`"),
        ] {
            assert_eq!(told(text).as_deref(), Some(said));
        }
    }
}

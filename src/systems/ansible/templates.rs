//! Templates as Jinja reads them: what is opened and not closed, and what it refuses.
//!
//! (Source: Jinja's template designer documentation; Ansible's documentation of roles, "Role
//! directory structure", and of `template`, whose `src` may lie anywhere.)

use super::braces::{
    Judge, has_expressions, is_in_named, is_named, is_of_go, problem, refused, told, unclosed,
    wrong,
};
use super::{blocks, calls};
use crate::extract::{Settings, Source};
use crate::facts::{Problem, Span, Strength, parent_folder};

/// Where a file stands that may be a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Below `templates/`, with the ending of Jinja.
    Templates,
    /// Elsewhere, with that ending: some other program may have filters of its own for it.
    Beside,
    /// Below `templates/` of a role, with another ending.
    Unmarked,
    Other,
}

impl Place {
    fn of(path: &str) -> Self {
        if path.contains("/files/") {
            Self::Other
        } else if !path.ends_with(".j2") {
            let is_of_role = is_among_templates(path) && path.split('/').any(|own| own == "roles");
            if is_of_role { Self::Unmarked } else { Self::Other }
        } else if is_among_templates(path) {
            Self::Templates
        } else {
            Self::Beside
        }
    }
}

fn is_among_templates(path: &str) -> bool {
    parent_folder(path).split('/').any(|part| part == "templates") && !path.contains("/files/")
}

/// A template: a warning where a task may set other marks for it, as long as it shows none that
/// it uses.
pub(super) fn of_template(source: &Source<'_>, settings: &Settings, problems: &mut Vec<Problem>) {
    let text = source.text;
    let place = Place::of(source.path);
    if matches!(place, Place::Unmarked | Place::Other) {
        let open = unclosed(text).filter(|(at, close)| {
            *close == "}}" && is_named(&text[*at..]) && has_expressions(&text[..*at])
        });
        if let Some((at, close)) = open.filter(|_| place == Place::Unmarked) {
            problems.push(problem(text, at, close, Span::new(at, at + 2)));
            return;
        }
        // Other endings may be another language's, whose statements have other words.
        let is_jinja = is_among_templates(source.path) && blocks::are_jinja(text);
        if let Some((at, what)) = blocks::uneven(text).filter(|_| is_jinja) {
            problems.push(wrong(&what, Span::new(at, at + 2)));
        }
        return;
    }
    if !source.path.contains("roles/") && is_of_go(text) {
        return;
    }
    if let Some((at, close)) = unclosed(text) {
        let problem = problem(text, at, close, Span::new(at, at + 2));
        let is_sure = match close {
            "}}" => {
                place == Place::Templates && is_named(&text[at..]) || has_expressions(&text[..at])
            }
            // `${#list[@]}`: all of Jinja's marks are meant, or none.
            _ => has_expressions(text),
        };
        let strength = if is_sure { Strength::Certain } else { Strength::Likely };
        problems.push(Problem { strength, ..problem });
    } else if let Some(found) = refused(text) {
        let problem = told(&found.what, Span::new(found.at, found.at + 1));
        let is_own =
            place == Place::Templates && (found.is_statement || is_in_named(text, found.at));
        let is_sure = is_own || has_expressions(&text[..found.at]);
        let strength = if is_sure { Strength::Certain } else { Strength::Likely };
        problems.push(Problem { strength, ..problem });
    } else if let Some((at, what)) = blocks::uneven(text) {
        // A part of a template that a script puts together has its other half in another file.
        let strength = if place == Place::Beside { Strength::Likely } else { Strength::Certain };
        problems.push(Problem { strength, ..wrong(&what, Span::new(at, at + 2)) });
    } else if place == Place::Templates {
        let judge = Judge::of(source, settings);
        let call = calls::in_text(text, judge.tests, judge.settings);
        problems.extend(call.map(|call| {
            let at = call.at;
            call.problem(Span::new(at, at + 1))
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> Vec<(String, Strength)> {
        let mut problems = Vec::new();
        let source = Source::of(path, text);
        of_template(&source, &Settings::default(), &mut problems);
        problems.into_iter().map(|own| (own.message, own.strength)).collect()
    }

    #[test]
    fn templates_anywhere() {
        let text = "a: {{ one }}\nb: {{ two }}\nc: 'x.{{ three }/y'\n";
        let open = |strength| [("not valid Jinja: `{{` without `}}`".to_owned(), strength)];
        assert_eq!(said("config/a.yml.j2", text), open(Strength::Certain));
        assert_eq!(said("roles/a/templates/a.conf", text), open(Strength::Certain));
        assert_eq!(said("config/a.yml.j2", "c: {{ three }\n"), open(Strength::Likely));
        // One part of several.
        let half = [("not valid Jinja: `endfor` closes nothing".to_owned(), Strength::Likely)];
        assert_eq!(said("roles/a/meta/20.j2", "{{ a }}\n{{ b }}\n{% endfor %}\n"), half);
        for path in ["roles/a/files/a.j2", "templates/a.conf", "a.yml"] {
            assert!(said(path, text).is_empty(), "{path}");
        }
        // A filter of some other program's.
        assert!(said("docs/a.md.j2", "{{ a | own_filter }}").is_empty());
    }
}

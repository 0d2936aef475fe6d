//! Jinja that is opened and never closed: whatever fills in the text refuses it.
//!
//! (Source: Jinja's template designer documentation; Ansible, "template error while templating
//! string", "Missing end of comment tag", which `${#list[@]}` of a shell brings.)

use super::blocks;
use super::calls::{self, Tests};
use super::conditions::never_runs;
use super::grammar::{Slip, slip};
use super::keywords::Includes;
use super::literals;
use super::marks::{Equals, expression, open_quote, opened, statement};
use super::words::{CONDITIONS, Level};
use crate::extract::{Settings, Source};
use crate::facts::{Problem, Span, Strength};
use crate::packs::is_since;
use crate::syntax::yaml::{Node, Value};
use memchr::memmem;

/// Where an expression, a statement or a comment begins that has no end, and what it lacks.
pub(super) fn unclosed(text: &str) -> Option<(usize, &'static str)> {
    let mut at = 0;
    while let Some((open, close)) = opened(text, at) {
        let from = open + 2;
        let Some(len) = memmem::find(&text.as_bytes()[from..], close.as_bytes()) else {
            return Some((open, close));
        };
        let inner = &text[from..from + len];
        at = from + len + 2;
        if close == "%}" && inner.trim_start_matches(['-', '+']).trim_start().starts_with("raw") {
            at += memmem::find(&text.as_bytes()[at..], b"endraw")?;
        }
    }
    None
}

/// What Jinja refuses in an expression or a statement, or reads otherwise than meant.
pub(super) struct Refused {
    /// Where.
    pub(super) at: usize,
    pub(super) what: Slip,
    /// Whether it stands in a statement of Jinja's own.
    pub(super) is_statement: bool,
}

/// Whether the expression that stands at a place, or around it, begins with the name of a variable.
pub(super) fn is_in_named(text: &str, at: usize) -> bool {
    let from = match text.get(at..).is_some_and(|own| own.starts_with("{{")) {
        true => Some(at),
        false => text.get(..at).and_then(|own| own.rfind("{{")),
    };
    from.is_some_and(|from| is_named(&text[from..]))
}

/// Whether an expression begins with the name of a variable, as Jinja's do.
pub(super) fn is_named(text: &str) -> bool {
    /// Words of templates of Go.
    const OF_GO: [&str; 9] =
        ["block", "define", "else", "end", "if", "include", "range", "template", "with"];
    let Some(inner) = text.strip_prefix("{{") else { return false };
    let inner = inner.trim_start_matches('-').trim_start_matches(' ');
    let end = inner
        .find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
        .unwrap_or(inner.len());
    let name = &inner[..end];
    let is_end = inner[end..].starts_with([' ', '}', '|', '.', '[', ')']);
    name.starts_with(|c: char| c.is_ascii_lowercase()) && is_end && !OF_GO.contains(&name)
}

/// Whether all that stands in braces is a template of Go: whatever fills such a text in has other
/// marks. (Seen with makejinja, whose settings name `#{` and `#%`.)
pub(super) fn is_of_go(text: &str) -> bool {
    let of_go = |inner: &str| {
        let inner = inner.trim_start_matches('-').trim_start();
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (first, rest) = inner.split_at(inner.find(|c| !word(c)).unwrap_or(inner.len()));
        let is_call = rest.starts_with(' ')
            && rest.trim_start().starts_with(['"', '`', '.', '$', '('])
            && !matches!(first, "not" | "lookup");
        match first {
            "" => inner.starts_with(['.', '$', '/']),
            "end" | "else" | "if" | "with" | "range" | "define" | "block" | "template" => true,
            _ => is_call,
        }
    };
    let mut all = text.match_indices("{{").map(|(at, mark)| &text[at + mark.len()..]).peekable();
    all.peek().is_some() && all.all(of_go) && !text.contains("{%")
}

/// The first bracket of an expression or a statement without its counterpart, or `=` where two are
/// compared.
pub(super) fn refused(text: &str) -> Option<Refused> {
    let mut at = 0;
    while let Some((open, close)) = opened(text, at) {
        let from = open + 2;
        if close == "#}" {
            at = from + memmem::find(&text.as_bytes()[from..], b"#}")? + 2;
            continue;
        }
        let word = statement(&text[from..]);
        let compares = matches!(word, "if" | "elif") || close == "}}";
        let equals = if compares { Equals::Compare } else { Equals::Set };
        let is_statement = matches!(word, "if" | "elif" | "for" | "set") && close == "%}";
        match expression(&text[from..], close, equals) {
            Ok(len) => {
                // `${{ … }}` is another language's.
                let is_closed = text[from + len..].starts_with(close);
                // Its end is part of a text that is quoted.
                let is_quoted = || memmem::find(&text.as_bytes()[from..], b"}}").is_some();
                let is_ours = close == "}}" && !text[..open].ends_with('$');
                if is_ours && !is_closed && from + len == text.len() && is_quoted() {
                    let what = "a quote or a bracket is not closed before `}}`".to_owned();
                    return Some(Refused { at: open, what: Slip::Refused(what), is_statement });
                }
                let is_jinja = compares && is_closed && !text[..open].ends_with('$');
                let word = if close == "%}" { word } else { "" };
                if is_jinja && word.is_empty() && text[from..from + len].trim().is_empty() {
                    let what = Slip::Refused("`{{ }}` holds nothing".to_owned());
                    return Some(Refused { at: open, what, is_statement });
                }
                let inner = text.get(from..from + len).filter(|_| is_jinja);
                if let Some((at, what)) = inner.and_then(|inner| within(inner, word)) {
                    return Some(Refused { at: from + at, what, is_statement });
                }
                at = (from + len + 2).min(text.len());
            }
            Err((at, what)) => {
                return Some(Refused { at: from + at, what: Slip::Refused(what), is_statement });
            }
        }
        if close == "%}" && word == "raw" {
            at += memmem::find(&text.as_bytes()[at..], b"endraw")?;
        }
    }
    None
}

/// What is wrong with the expression behind `word` between two marks.
fn within(inner: &str, word: &str) -> Option<(usize, Slip)> {
    let start = inner.find(word).map_or(0, |at| at + word.len());
    let start = start + usize::from(word.is_empty() && inner.starts_with(['-', '+']));
    let own = inner.get(start..)?;
    let own = own.strip_suffix(['-', '+']).unwrap_or(own);
    slip(own).map(|(at, what)| (start + at, what))
}

pub(super) fn told(what: &Slip, span: Span) -> Problem {
    match what {
        Slip::Refused(what) => wrong(what, span),
        Slip::Bound(what) => Problem {
            help: "`|` binds tighter than `==`: put parentheses around the comparison".to_owned(),
            ..Problem::new("incompatible-value", what.clone(), span)
        },
    }
}

pub(super) fn wrong(what: &str, span: Span) -> Problem {
    Problem {
        help: "whatever fills in this text refuses it".to_owned(),
        ..Problem::new("parse-error", format!("not valid Jinja: {what}"), span)
    }
}

/// What a file's expressions are judged by.
#[derive(Clone, Copy)]
pub(super) struct Judge<'s> {
    pub(super) settings: &'s Settings,
    pub(super) tests: Tests,
}

impl<'s> Judge<'s> {
    pub(super) fn of(source: &Source<'_>, settings: &'s Settings) -> Self {
        // Full names came with 2.10, and filters of old went with 2.9.
        let version = settings.versions.get("ansible");
        let tests = match Includes::of(source.text, version) {
            Includes::Strict if version.is_none_or(|own| is_since(own, "2.9")) => Tests::Apart,
            _ => Tests::AsFilters,
        };
        Self { settings, tests }
    }
}

fn condition(node: &Node<'_>, judge: Judge<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| condition(item, judge, problems));
    let is_task = |own: &Node<'_>| own.get("name").is_some();
    if let Some(item) = node.items().iter().find(|item| is_task(item)) {
        let message = "a task stands among the conditions of the task before it";
        problems.push(Problem {
            help: "it is indented as they are: move it to the left".to_owned(),
            ..Problem::new(
                "parse-error",
                message,
                Span::new(item.span.start as usize, item.span.start as usize + 1),
            )
        });
    }
    // Without a value it holds.
    let is_empty = |text: &str| matches!(text.trim(), "" | "~" | "null");
    if let Some(problem) = node.as_str().and_then(|text| embedded(text, node.span)) {
        return problems.push(problem);
    }
    let is_bare = |text: &&str| !text.contains("{{") && !text.contains("{%") && !is_empty(text);
    let Some(text) = node.as_str().filter(is_bare) else { return };
    if let Err((_, what)) = expression(text, "", Equals::Compare) {
        problems.push(wrong(&what, node.span));
    } else if let Some(quote) = open_quote(text) {
        problems.push(wrong(&format!("`{quote}` is not closed"), node.span));
    } else if let Some((_, what)) = slip(text) {
        problems.push(told(&what, node.span));
    } else if let Some(call) = calls::in_expression(text, judge.tests, judge.settings) {
        problems.push(call.problem(node.span));
    } else {
        problems.extend(literals::of_condition(text, node.span));
    }
}

/// Braces inside of a condition, which is an expression already.
///
/// (Source: Ansible, "conditional statements should not include jinja2 templating delimiters";
/// ansible-core 2.19, "Jinja constant strings should not contain embedded templates".)
fn embedded(text: &str, span: Span) -> Option<Problem> {
    let text = text.trim();
    let at = text.find("{{")?;
    let len = text[at..].find("}}")? + 2;
    let (before, inner, after) =
        (&text[..at], text[at + 2..at + len - 2].trim(), text[at + len..].trim_start());
    let is_whole = before.trim().is_empty() && (after.is_empty() || text.ends_with("}}"));
    let is_name = inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte));
    if is_whole || inner.is_empty() || text.contains("{%") {
        return None;
    }
    let what = |help: String, strength: Strength| Problem {
        help,
        strength,
        ..Problem::new("incompatible-value", "a condition has braces inside", span)
    };
    if open_quote(before).is_some() {
        let help = "it is an expression: join texts with `~`; Ansible warns of it, and from 2.23 \
                    on reads the braces as text";
        return Some(what(help.to_owned(), Strength::Likely));
    }
    // What is filled in becomes part of the expression.
    let compared = ["==", "!="].iter().find_map(|own| after.strip_prefix(own)).map(str::trim_start);
    let literal = compared.and_then(|own| {
        let quote = own.chars().next().filter(|own| matches!(own, '\'' | '"'))?;
        own[1..].split_once(quote).map(|(literal, _)| literal)
    });
    let is_text = |own: &str| {
        own.starts_with(|c: char| c.is_ascii_alphabetic())
            && !matches!(
                own.to_ascii_lowercase().as_str(),
                "true" | "false" | "none" | "yes" | "no"
            )
    };
    if is_name && literal.is_some_and(is_text) {
        let help = format!(
            "write `{inner}` without braces: what it holds is filled in and taken for the name of \
             a variable, which is undefined"
        );
        return Some(what(help, Strength::Certain));
    }
    let help = "it is an expression: write the names alone; what they hold is filled in and read \
                as an expression, which ansible-core 2.19 refuses";
    Some(what(help.to_owned(), Strength::Likely))
}

/// Conditions and texts of tasks.
fn judged(node: &Node<'_>, level: Level, judge: Judge<'_>, problems: &mut Vec<Problem>) {
    match &node.value {
        Value::Mapping(_) if never_runs(node) => {}
        Value::Mapping(entries) => {
            let is_task =
                entries.iter().any(|(key, _)| key.as_str() == Some("name")) || entries.len() > 1;
            for (key, value) in entries {
                match key.as_str() {
                    Some(key) if CONDITIONS.contains(&key) && is_task => {
                        condition(value, judge, problems);
                    }
                    Some("that") => condition(value, judge, problems),
                    Some("name") if level == Level::Task => problems.extend(shown(value)),
                    key => {
                        judged(value, level.below(key.unwrap_or_default()), judge, problems);
                    }
                }
            }
        }
        Value::Sequence(items) => {
            items.iter().for_each(|item| judged(item, level, judge, problems));
        }
        Value::Scalar { text, .. } => {
            if let Some(found) = refused(text) {
                problems.push(told(&found.what, node.span));
            } else if let Some((_, what)) = blocks::uneven(text).filter(|_| text.contains("{%")) {
                problems.push(wrong(&what, node.span));
            } else if let Some(call) = calls::in_text(text, judge.tests, judge.settings) {
                problems.push(call.problem(node.span));
            }
        }
        Value::Alias => {}
    }
}

/// The name of a task that Jinja refuses: it is shown as it stands.
fn shown(name: &Node<'_>) -> Option<Problem> {
    let found = refused(name.as_str()?)?;
    let help = "Ansible shows the name as it stands, and from 2.19 on warns of it".to_owned();
    Some(Problem { help, strength: Strength::Likely, ..told(&found.what, name.span) })
}

pub(super) fn problem(text: &str, at: usize, close: &str, span: Span) -> Problem {
    let open = text.get(at..at + 2).unwrap_or_default();
    let message = format!("not valid Jinja: `{open}` without `{close}`");
    let help = match open {
        "{#" => "Jinja reads a comment here: put `{% raw %}` and `{% endraw %}` around the text",
        _ => "close it; text that is no Jinja goes between `{% raw %}` and `{% endraw %}`",
    };
    Problem { help: help.to_owned(), ..Problem::new("parse-error", message, span) }
}

/// Texts of tasks, which are filled in when the task runs.
pub(super) fn of_tasks(
    roots: &[Node<'_>],
    source: &Source<'_>,
    settings: &Settings,
    problems: &mut Vec<Problem>,
) {
    // What is marked so is never filled in.
    if memmem::find(source.bytes, b"!unsafe").is_some() {
        return;
    }
    let known = problems.len();
    if has_uneven(source.text) {
        roots.iter().for_each(|root| texts(root, problems));
    }
    if problems.len() == known {
        let judge = Judge::of(source, settings);
        roots.iter().for_each(|root| judged(root, Level::Task, judge, problems));
    }
}

/// Whether a text may open something that it does not close: the end that is found may be another's.
fn has_uneven(text: &str) -> bool {
    let count = |word: &str| memmem::find_iter(text.as_bytes(), word.as_bytes()).count();
    count("{{") != count("}}") || count("{#") != count("#}") || count("{%") != count("%}")
}

fn texts(node: &Node<'_>, problems: &mut Vec<Problem>) {
    match &node.value {
        Value::Mapping(_) if never_runs(node) => {}
        Value::Mapping(entries) => {
            for (key, value) in entries {
                // Values that are kept until somebody reads them, and names, where it is passed over.
                if !matches!(key.as_str(), Some("vars" | "environment" | "name")) {
                    texts(value, problems);
                }
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| texts(item, problems)),
        Value::Scalar { text, .. } => {
            if let Some((at, close)) = unclosed(text) {
                problems.push(problem(text, at, close, node.span));
            }
        }
        Value::Alias => {}
    }
}

/// Whether a text holds names between the marks of expressions: they are in use.
pub(super) fn has_expressions(text: &str) -> bool {
    let mut at = 0;
    let mut count = 0;
    while let Some((open, close)) = opened(text, at) {
        let from = open + 2;
        let Some(len) = memmem::find(&text.as_bytes()[from..], close.as_bytes()) else { break };
        let inner = text[from..from + len].trim_matches(['-', '+']).trim();
        let is_name = inner.starts_with(|c: char| c.is_ascii_lowercase())
            && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_. |".contains(&byte));
        count += usize::from(close == "}}" && is_name);
        at = from + len + 2;
    }
    count > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_go_are_another_programs() {
        for text in
            ["a: {{ .Release.Name }} #{ b }#", "{{- if and $x $y }}{{ printf \"%s\" .y }}{{ end }}"]
        {
            assert!(is_of_go(text), "{text}");
        }
        for text in ["a", "{{ a }} {{ .b }}", "{{ not (a) }}", "{% if a %}{{ .b }}", "{{ a | b }}"]
        {
            assert!(!is_of_go(text), "{text}");
        }
    }

    #[test]
    fn what_is_opened_is_closed() {
        for fine in [
            "{{ a }} {% if b %}{# c #}{% endif %}",
            "{% raw %}{{ {# {% {% endraw %}",
            "{%- raw -%}{{{%- endraw -%}",
            "a } }} { b",
            "{{ {'a': {}} }}",
        ] {
            assert_eq!(unclosed(fine), None, "{fine}");
        }
        assert_eq!(unclosed("x {{ a | list} }"), Some((2, "}}")));
        assert_eq!(unclosed("${#list[@]}"), Some((1, "#}")));
        assert_eq!(unclosed("{% if a }"), Some((0, "%}")));
    }

    #[test]
    fn quotes_have_counterparts() {
        assert_eq!(open_quote("a == 'b' and c != \"it's\" and d == 'it\\'s'"), None);
        assert_eq!(open_quote("a.rc'"), Some('\''));
    }

    #[test]
    fn brackets_have_counterparts() {
        for fine in [
            "{{ {'a': {'b': 1}} }}",
            "{% if a == b and (c != ')') %}{% endif %}",
            "{% set a = b(c=[1, 2]) -%}",
            "{{ f(a='}}') }}{# ( #}{% raw %}{{ ( }}{% endraw %}",
            "{{ a <= b }} ( [ {",
            "{{ x | regex_replace('\\'(', '') }}",
        ] {
            assert!(refused(fine).is_none(), "{fine}");
        }
        let at = |text: &str| refused(text).map(|own| (own.at, own.is_statement));
        assert_eq!(at("{% if a is defined and b = false %}"), Some((25, true)));
        assert_eq!(at("{%- set a = b) -%}"), Some((13, true)));
        assert_eq!(at("{{ a | join(',' }}"), Some((16, false)));
        assert_eq!(at("a='{{ b('c', 'd }}'\n"), Some((3, false)));
    }
}

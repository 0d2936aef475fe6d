//! Lines of templates that are put together: Ansible drops the newline behind a statement.
//!
//! (Source: Ansible's documentation of `template`: `trim_blocks` is on.)

use crate::extract::Source;
use crate::facts::{Problem, Span};
use crate::syntax::lines::lines;

/// Reports settings that end in a closed block, in roles' templates, where another one follows.
pub(super) fn of_template(source: &Source<'_>, problems: &mut Vec<Problem>) {
    let is_of_role = source.path.split('/').any(|part| part == "roles");
    if !is_of_role || !source.path.contains("/templates/") || source.text.contains("trim_blocks") {
        return;
    }
    // Where a newline ends a setting: sections of settings, and YAML.
    let ends_settings = |line: &str| {
        let line = line.trim();
        line.starts_with('[') && line.ends_with(']') && line.len() > 2
    };
    let is_yaml = [".yml", ".yaml"].iter().any(|own| source.path.contains(own));
    if !is_yaml && !source.text.lines().any(ends_settings) {
        return;
    }
    let mut before: Option<(usize, &str)> = None;
    for (start, line) in lines(source.text) {
        let line = line.trim_end_matches(['\r', '\n']);
        if let Some((at, own)) = before.take().filter(|_| is_setting(line)) {
            let word = if own.ends_with("endif %}") { "endif" } else { "endfor" };
            problems.push(Problem {
                help: "write `+%}` to keep the newline, or end the line with something else"
                    .to_owned(),
                ..Problem::new(
                    "incompatible-value",
                    format!(
                        "the newline behind `{word}` is dropped: the next line is part of this one"
                    ),
                    Span::new(at, at + own.len()),
                )
            });
        }
        if is_setting(line) && ends_closed(line) {
            let inner = line.trim_start();
            before = Some((start + line.len() - inner.len(), inner));
        }
    }
}

/// Whether a line ends in a block that it opens itself.
fn ends_closed(line: &str) -> bool {
    let pairs = [("{% endif %}", "{% if "), ("{% endfor %}", "{% for ")];
    pairs.iter().any(|(end, begin)| {
        line.strip_suffix(end)
            .is_some_and(|rest| rest.matches(begin).count() == rest.matches(end).count() + 1)
    })
}

/// `key = value`, `key: value`, `[section]`.
fn is_setting(line: &str) -> bool {
    let line = line.trim_start();
    let is_section = line.starts_with('[') && line.ends_with(']');
    let end = line
        .find(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)))
        .unwrap_or(line.len());
    let rest = line[end..].trim_start();
    let begins = line.starts_with(|c: char| c.is_ascii_alphabetic());
    is_section || begins && (rest.starts_with('=') || rest.starts_with(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        let mut problems = Vec::new();
        of_template(&Source::of("roles/a/templates/x.yml.j2", text), &mut problems);
        problems.len()
    }

    #[test]
    fn a_program_needs_no_newlines() {
        let count = |text: &str| {
            let mut problems = Vec::new();
            of_template(&Source::of("roles/a/templates/x", text), &mut problems);
            problems.len()
        };
        assert_eq!(count("a = {% if b %}c{% endif %}\nd = e\n"), 0);
        assert_eq!(count("[x]\na = {% if b %}c{% endif %}\nd = e\n"), 1);
    }

    #[test]
    fn newlines_behind_blocks() {
        assert_eq!(found("Wants={% for a in b %}{{ a }} {% endfor %}\nAfter=x\n"), 1);
        assert_eq!(found("a: {% if b %}c{% else %}d{% endif %}\ne: f\n"), 1);
        for fine in [
            "Wants={% for a in b %}{{ a }} {% endfor +%}\nAfter=x\n",
            "Wants={% for a in b %}{{ a }} {% endfor %}\n\nAfter=x\n",
            "{% if a %}\nb = c\n{% endif %}\nd = e\n",
            "a = {% if b %}c{% endif %};\nd = e\n",
            "#jinja2: trim_blocks: False\na = {% if b %}c{% endif %}\nd = e\n",
            "a = [{% for b in c %}\n d,{% endfor %}\ne = f\n",
        ] {
            assert_eq!(found(fine), 0, "{fine}");
        }
    }
}

//! Lines of `sudoers` that sudo refuses, in templates and in what tasks write: with one of them,
//! nobody becomes root any more.
//!
//! (Source: sudoers(5), "User specification"; visudo, "syntax error".)

use super::arguments::Arguments;
use super::shape::short;
use crate::domain::doubled::MOST;
use crate::extract::Source;
use crate::facts::{Problem, Span};
use crate::syntax::lines::lines;
use crate::syntax::yaml::Node;

/// Reports such lines of a template.
pub(super) fn of_template(source: &Source<'_>, problems: &mut Vec<Problem>) {
    if !source.path.contains("sudoers") {
        return;
    }
    let mut found = Vec::new();
    for (start, line) in lines(source.text) {
        if let Some(what) = wrong(line) {
            let at = start + line.len() - line.trim_start().len();
            found.push(told(what, Span::new(at, start + line.trim_end().len())));
        }
    }
    found.truncate(MOST);
    problems.append(&mut found);
}

/// Reports such a line that a task writes.
pub(super) fn of_task(task: &Node<'_>, source: &str, problems: &mut Vec<Problem>) {
    for (key, value) in task.entries() {
        let option = match key.as_str().map(short) {
            Some("copy") => "content",
            Some("lineinfile") => "line",
            Some("blockinfile") => "block",
            _ => continue,
        };
        let arguments = Arguments::of(value, source);
        let dest = ["dest", "path"].iter().find_map(|key| arguments.get(key));
        let own = arguments.get(option);
        if let Some(own) = own.filter(|_| dest.is_some_and(|own| own.text.contains("sudoers"))) {
            problems.extend(own.text.lines().find_map(wrong).map(|what| told(what, own.span)));
        }
    }
}

fn wrong(line: &str) -> Option<&'static str> {
    let line = line.trim();
    let is_rule = line.contains('=')
        && !line.starts_with(['#', '@', '{'])
        && !line.starts_with("Defaults")
        && !line.contains("{%")
        && !line.ends_with('\\');
    if !is_rule {
        return None;
    }
    let is_bare = |word: &str| {
        line.split_once(word).is_some_and(|(before, rest)| {
            before.ends_with([' ', ')', '=']) && !rest.trim_start().starts_with([':', '=', '{'])
        })
    };
    if is_bare("NOPASSWD") {
        return Some("`:` is missing behind `NOPASSWD`");
    }
    let count = |mark: char| line.matches(mark).count();
    let is_filled = line.contains("{{") || line.contains('\\');
    (!is_filled && count('(') != count(')')).then_some("a parenthesis of this rule is not closed")
}

fn told(what: &str, span: Span) -> Problem {
    let mut problem = Problem::new("parse-error", what, span);
    problem.help = "sudo refuses the whole file: nobody becomes root any more".to_owned();
    problem
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn rules_of_sudo() {
        for line in ["web ALL=(ALL) NOPASSWD /bin/a", "web ALL=(ALL NOPASSWD: ALL"] {
            assert!(wrong(line).is_some(), "{line}");
        }
        for line in [
            "web ALL=(ALL) NOPASSWD: /bin/a",
            "%adm ALL=(ALL:ALL) ALL",
            "{{ user }} ALL=NOPASSWD:SETENV: ALL",
            "# web ALL=NOPASSWD ALL",
            "web ALL=NOPASSWD{{ ':' }} /bin/a",
            "Cmnd_Alias A = /bin/b",
        ] {
            assert!(wrong(line).is_none(), "{line}");
        }
    }
}

//! The recipes of a Makefile: the scripts of the tree that they run, and with which arguments.
//!
//! Each line of a recipe is run by a shell of its own, in the folder in which make was called;
//! that is taken to be the folder of the Makefile. (Source: GNU make manual, "Recipe Execution",
//! "Using Variables in Recipes", "Splitting Recipe Lines".)

use crate::domain::commands::Lines;
use crate::extract::Source;
use crate::facts::FileFacts;
use crate::syntax::lines::lines;
use crate::syntax::shell::CommandText;
use rustc_hash::FxHashMap;

/// Adds the commands of all recipes. `variables` are those with one value that is known.
pub(super) fn add(source: &Source<'_>, variables: &FxHashMap<String, String>, out: &mut FileFacts) {
    let text = CommandText::plain(source.text, 0);
    let place = Lines::new(source.path, "make");
    let mut all = lines(source.text);
    while let Some((start, line)) = all.next() {
        let Some(recipe) = line.strip_prefix('\t') else {
            // What goes on is no recipe, though its next line may begin with a tab: a value.
            text.continued((start, line), ('\\', " "), &mut all);
            continue;
        };
        let recipe = recipe.trim_start_matches(['@', '-', '+', ' ', '\t']);
        let first = (start + line.len() - recipe.len(), recipe);
        let body = text.continued(first, ('\\', " "), &mut all);
        let moves = |word: &str| matches!(word, "cd" | "pushd");
        let is_own = !handed_down(source.text, body.as_str());
        if is_own && !body.as_str().split([' ', '\t', ';', '&', '(']).any(moves) {
            place.add(&expanded(&body, variables), out);
        }
    }
}

/// Whether a line runs what lies in a folder that whoever calls make says: `$(SCRIPTS)/gen.sh`,
/// where nothing here sets the variable.
fn handed_down(text: &str, line: &str) -> bool {
    let mut names = line.match_indices("$(").filter_map(|(at, _)| {
        let (name, rest) = line[at + 2..].split_once(')')?;
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (is_name && name != "CURDIR" && rest.starts_with('/')).then_some(name)
    });
    names.any(|name| {
        let sets = |line: &str| {
            let rest = line.trim_start().trim_start_matches("export ").strip_prefix(name);
            rest.is_some_and(|rest| rest.trim_start().starts_with(['=', ':', '?', '+']))
        };
        !text.lines().any(sets)
    })
}

/// `$$` is a dollar of the shell; a variable of make is its value, or a hole.
fn expanded(text: &CommandText, variables: &FxHashMap<String, String>) -> CommandText {
    let all = text.as_str();
    let mut out = CommandText::default();
    let mut from = 0;
    while let Some(at) = all[from..].find('$').map(|found| from + found) {
        out.append(&text.slice(from..at));
        let place = text.span(at, at + 1).start as usize;
        let rest = &all[at + 1..];
        let close = match rest.chars().next() {
            Some('(') => Some(')'),
            Some('{') => Some('}'),
            _ => None,
        };
        from = match (close, rest.chars().next()) {
            (Some(close), _) => {
                let end = rest.find(close).unwrap_or(rest.len());
                let value = variables.get(rest.get(1..end).unwrap_or_default());
                // `NAME ?=` alone says that whoever calls make gives it.
                match value.filter(|value| !value.is_empty() && !value.contains('$')) {
                    Some(value) => out.push_at(value, place),
                    None => out.hole(place),
                }
                // What is nested goes on behind it: all of it is computed.
                (at + 1 + end + 1).min(all.len())
            }
            (None, Some('$')) => {
                out.push("$", place);
                at + 2
            }
            (None, Some(own)) => {
                out.hole(place);
                at + 1 + own.len_utf8()
            }
            (None, None) => at + 1,
        };
    }
    out.append(&text.slice(from..all.len()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_whoever_calls_make() {
        assert!(handed_down("all:\n\tx\n", "$(SCRIPTS)/gen.sh"));
        assert!(!handed_down("BIN ?= bin\n", "$(BIN)/gen.sh"));
        assert!(!handed_down("", "$(CURDIR)/gen.sh $(NAME)"));
    }

    #[test]
    fn recipes_are_command_lines() {
        let makefile = "OUT = build\n\nall:\n\t@./tools/gen.sh $(OUT) \\\n\t  $$HOME $(shell date) --fast\n\tcd web && ./x.sh\n";
        let source = Source::of("Makefile", makefile);
        let variables = [("OUT".to_owned(), "build".to_owned())].into_iter().collect();
        let mut out = FileFacts::default();
        add(&source, &variables, &mut out);
        let calls: Vec<String> =
            out.calls.iter().map(|call| call.any_of[0].name.to_string()).collect();
        assert_eq!(calls, ["tools/gen.sh"]);
        let words: Vec<String> =
            out.calls[0].words.iter().map(|own| own.text.to_string()).collect();
        assert_eq!(words.first().map(String::as_str), Some("build"));
        assert_eq!(words.last().map(String::as_str), Some("--fast"));
    }

    #[test]
    fn a_variable_without_a_value_is_given_by_whoever_calls() {
        let makefile = "NAME ?=\n\nall:\n\t./tools/gen.sh $(NAME)\n";
        let variables = [("NAME".to_owned(), String::new())].into_iter().collect();
        let mut out = FileFacts::default();
        add(&Source::of("Makefile", makefile), &variables, &mut out);
        assert_eq!(out.calls[0].words.len(), 1);
    }
}

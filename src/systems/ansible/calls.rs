//! Filters and tests that nothing has, and statements that are none of Jinja's.
//!
//! (Source: Jinja, "No filter named", "No test named", "Encountered unknown tag"; Ansible, "Using
//! filters to manipulate data"; `rules/words/ansible.yaml`.)

use super::grammar::{Sort, Token, tokens};
use super::marks::{Equals, expression, opened, statement};
use super::published;
use crate::extract::{Origin, OwnModules, Settings};
use crate::facts::{Problem, Span, Strength, nearest_of};
use smol_str::SmolStr;

/// Tests that were filters too, up to version 2.8.
const WERE_FILTERS: [&str; 9] = [
    "changed",
    "failed",
    "match",
    "search",
    "skipped",
    "succeeded",
    "success",
    "version_compare",
    "is_dir",
];

/// Systems as facts name them, which a tree has no variables for.
pub(super) const SYSTEMS: [&str; 16] = [
    "AlmaLinux",
    "Alpine",
    "Archlinux",
    "CentOS",
    "Darwin",
    "Debian",
    "Fedora",
    "FreeBSD",
    "OpenBSD",
    "Oracle",
    "RedHat",
    "Rocky",
    "Suse",
    "Ubuntu",
    "Windows",
    "x86_64",
];

/// Statements of Jinja and of the extensions that come with it.
const STATEMENTS: [&str; 23] = [
    "autoescape",
    "block",
    "break",
    "call",
    "continue",
    "debug",
    "do",
    "elif",
    "else",
    "extends",
    "filter",
    "for",
    "from",
    "if",
    "import",
    "include",
    "macro",
    "pluralize",
    "raw",
    "set",
    "trans",
    "with",
    "",
];

/// What calls a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Filter,
    Test,
}

/// A name that nothing has.
pub(super) struct Unknown {
    /// Where.
    pub at: usize,
    message: String,
    help: String,
    strength: Strength,
}

impl Unknown {
    /// What is said of it.
    pub fn problem(self, span: Span) -> Problem {
        let Self { message, help, strength, .. } = self;
        Problem { help, strength, ..Problem::new("unresolved-reference", message, span) }
    }
}

/// Whether filters of old are gone: the file is for a version that has none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tests {
    AsFilters,
    Apart,
}

/// The first name in a text with marks around its expressions.
pub(super) fn in_text(text: &str, tests: Tests, settings: &Settings) -> Option<Unknown> {
    let mut at = 0;
    while let Some((open, close)) = opened(text, at) {
        let from = open + 2;
        let rest = &text[from..];
        if close == "#}" {
            at = from + memchr::memmem::find(rest.as_bytes(), b"#}")? + 2;
            continue;
        }
        let len = expression(rest, close, Equals::Set).ok()?;
        let inner = rest.get(..len)?;
        at = (from + len + 2).min(text.len());
        // `${{ … }}` is another language's.
        if text[..open].ends_with('$') {
            continue;
        }
        if close == "%}" {
            let word = statement(inner);
            if word == "raw" {
                at += memchr::memmem::find(&text.as_bytes()[at..], b"endraw")?;
                continue;
            }
            if let Some(problem) = tag(word, open, inner) {
                return Some(problem);
            }
        }
        let inner = inner.trim_end_matches(['-', '+']);
        let skip = inner.len() - inner.trim_start_matches(['-', '+']).len();
        let found = in_expression(&inner[skip..], tests, settings);
        if let Some(found) = found {
            return Some(Unknown { at: found.at + from + skip, ..found });
        }
    }
    None
}

fn tag(word: &str, at: usize, inner: &str) -> Option<Unknown> {
    let own = word.strip_prefix("end").unwrap_or(word);
    let rest = inner.trim_start_matches(['-', '+']).trim_start();
    // What goes on is a part of a longer word, or another language's.
    let is_plain = rest.get(word.len()..).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || "-+_".contains(c))
    });
    if STATEMENTS.contains(&own) || !is_plain {
        return None;
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let word = &rest[..end];
    let help = match nearest_of(word, STATEMENTS.into_iter()) {
        Some(near) => format!("did you mean `{near}`? Jinja refuses the whole text"),
        None => "Jinja refuses the whole text".to_owned(),
    };
    let message = format!("Jinja has no statement `{word}`");
    Some(Unknown { at, message, help, strength: Strength::Certain })
}

/// The first name in an expression.
pub(super) fn in_expression(text: &str, tests: Tests, settings: &Settings) -> Option<Unknown> {
    let compares = text.contains("ansible_") && (text.contains("==") || text.contains("!="));
    // Most expressions call nothing.
    if !text.contains('|') && !text.contains(" is ") && !compares {
        return None;
    }
    let tokens = tokens(text).ok()?;
    let bare = compares.then(|| bare_system(text, &tokens)).flatten();
    let bare = bare
        .or_else(|| compares.then(|| system_case(text, &tokens)).flatten())
        .or_else(|| glued_test(text, &tokens));
    bare.or_else(|| {
        let mut called = called(text, &tokens);
        called.find_map(|(caller, at, name)| judge(caller, at, name, tests, settings))
    })
}

/// `ansible_os_family == 'Redhat'`: no system has that name, but one of other letters.
fn system_case(text: &str, tokens: &[Token]) -> Option<Unknown> {
    let show = |at: usize| tokens.get(at).map_or("", |own: &Token| &text[own.at..own.end]);
    // Some make all letters small first.
    if text.contains("lower") || text.contains("upper") {
        return None;
    }
    let plain = |text: &str| text.replace([' ', '-'], "").to_ascii_lowercase();
    (2..tokens.len()).find_map(|at| {
        let is_family = matches!(show(at - 2), "ansible_os_family" | "ansible_distribution");
        let compares = matches!(show(at - 1), "==" | "!=") && is_family;
        let named = tokens[at].sort == Sort::Text && compares;
        let name = show(at).trim_matches(['"', '\'']);
        let near = SYSTEMS.iter().find(|own| plain(own) == plain(name)).filter(|_| named)?;
        (*near != name).then(|| Unknown {
            at: tokens[at].at,
            message: format!("no system has the name `{name}`"),
            help: format!("did you mean `{near}`? As it stands, this is never so"),
            strength: Strength::Likely,
        })
    })
}

/// `a is defined b`: the word between them is missing.
fn glued_test(text: &str, tokens: &[Token]) -> Option<Unknown> {
    let show = |at: usize| tokens.get(at).map_or("", |own: &Token| &text[own.at..own.end]);
    let at = (1..tokens.len()).find(|at| {
        let is_test =
            show(at - 1) == "is" || show(at - 1) == "not" && *at > 1 && show(at - 2) == "is";
        let next = tokens.get(at + 1).filter(|own| own.sort == Sort::Name);
        let is_word =
            |word: &str| matches!(word, "and" | "or" | "in" | "is" | "if" | "else" | "not");
        is_test
            && matches!(show(*at), "defined" | "undefined" | "none")
            && next.is_some_and(|own| !is_word(&text[own.at..own.end]))
    })?;
    let (test, next) = (show(at), show(at + 1));
    Some(Unknown {
        at: tokens[at].at,
        message: format!("`{next}` behind `is {test}`, which takes no argument"),
        help: "join the two with `and` or `or`: what stands here is refused".to_owned(),
        strength: Strength::Certain,
    })
}

/// `ansible_os_family == RedHat`: a variable that nobody sets, where its name is meant.
fn bare_system(text: &str, tokens: &[Token]) -> Option<Unknown> {
    let show = |at: usize| tokens.get(at).map_or("", |own: &Token| &text[own.at..own.end]);
    let at = (1..tokens.len()).find(|at| {
        let is_name = tokens[*at].sort == Sort::Name && !matches!(show(at + 1), "." | "(" | "[");
        let compares = matches!(show(at - 1), "==" | "!=");
        is_name && compares && SYSTEMS.iter().any(|own| own.eq_ignore_ascii_case(show(*at)))
    })?;
    let name = show(at);
    Some(Unknown {
        at: tokens[at].at,
        message: format!("`{name}` is a variable here, and nothing sets one of that name"),
        help: format!("put quotes around it: `'{name}'`"),
        strength: Strength::Certain,
    })
}

/// Names of filters and tests with their places.
fn called<'t>(
    text: &'t str,
    tokens: &'t [Token],
) -> impl Iterator<Item = (Caller, usize, &'t str)> {
    let word = |at: usize| {
        tokens.get(at).filter(|own| own.sort != Sort::Text).map_or("", |own| &text[own.at..own.end])
    };
    let name = move |at: usize| {
        let token = tokens.get(at).filter(|own| own.sort == Sort::Name)?;
        // One of a collection has a full name.
        let is_part = |at: usize| {
            word(at) == "." && tokens.get(at + 1).is_some_and(|own| own.sort == Sort::Name)
        };
        let mut last = at;
        while is_part(last + 1) {
            last += 2;
        }
        let end = tokens.get(last)?.end;
        (word(last + 1) != ".").then(|| (token.at, &text[token.at..end]))
    };
    let quoted = move |at: usize| {
        let token = tokens.get(at).filter(|own| own.sort == Sort::Text)?;
        let own = text.get(token.at + 1..token.end - 1)?;
        (matches!(word(at + 1), "," | ")") && !own.contains('.')).then_some((token.at + 1, own))
    };
    (0..tokens.len()).flat_map(move |at| {
        let mut found: [Option<(Caller, usize, &str)>; 2] = [None, None];
        let filter = |own: Option<(usize, &'t str)>| own.map(|(at, own)| (Caller::Filter, at, own));
        let test = |own: Option<(usize, &'t str)>| own.map(|(at, own)| (Caller::Test, at, own));
        match word(at) {
            "|" => {
                found[0] = filter(name(at + 1));
                if word(at + 2) == "(" {
                    found[1] = match word(at + 1) {
                        "map" => filter(quoted(at + 3)),
                        "select" | "reject" => test(quoted(at + 3)),
                        "selectattr" | "rejectattr" if word(at + 4) == "," => test(quoted(at + 5)),
                        _ => None,
                    };
                }
            }
            "is" if at > 0 && word(at - 1) != "." => {
                let skip = usize::from(word(at + 1) == "not");
                found[0] = test(name(at + 1 + skip));
            }
            _ => {}
        }
        found.into_iter().flatten()
    })
}

/// A filter or test by its full name, of a collection whose source the tree holds.
fn of_collection(caller: Caller, at: usize, name: &str, own: &OwnModules) -> Option<Unknown> {
    let (collection, plugin) = own.own_collection(name)?;
    if own.has_plugin(plugin) || collection.others.iter().any(|own| own == plugin) {
        return None;
    }
    let noun = match caller {
        Caller::Filter => "filter",
        Caller::Test => "test",
    };
    let near = nearest_of(plugin, own.plugins.iter().map(SmolStr::as_str));
    let (help, strength) = match near {
        Some(near) => {
            let help =
                format!("did you mean `{}.{near}`? What stands here is refused", collection.name);
            (help, Strength::Certain)
        }
        None => {
            let help = format!("the tree holds `{}`, which shows none", collection.name);
            (help, Strength::Likely)
        }
    };
    Some(Unknown { at, message: format!("no {noun} is called `{name}`"), help, strength })
}

fn judge(
    caller: Caller,
    at: usize,
    name: &str,
    tests: Tests,
    settings: &Settings,
) -> Option<Unknown> {
    let own = &settings.ansible_modules;
    let (all_filters, all_tests) = (published::filters()?, published::tests()?);
    if name.contains('.') {
        return of_collection(caller, at, name, own);
    }
    let is_test = all_tests.get(name).is_some();
    let is_old = WERE_FILTERS.contains(&name) && caller == Caller::Filter;
    if own.has_plugin(name) || name.is_empty() {
        return None;
    }
    if is_old && tests == Tests::Apart {
        let new = match name {
            "version_compare" => "version",
            "success" => "succeeded",
            name => name,
        };
        let message = format!("`{name}` is no filter since Ansible 2.9");
        let help = format!("write `is {new}`: what stands here is refused");
        return Some(Unknown { at, message, help, strength: Strength::Certain });
    }
    let (noun, list) = match caller {
        // Up to version 2.8, any test was a filter too.
        Caller::Filter if is_test => return None,
        Caller::Filter => ("filter", all_filters),
        Caller::Test => ("test", all_tests),
    };
    // An operator behind `is` is none.
    if list.get(name).is_some() || matches!(name, "not" | "in" | "and" | "or" | "if" | "else") {
        return None;
    }
    let near: Option<SmolStr> = nearest_of(name, list.names());
    let is_slip = near
        .as_ref()
        .is_some_and(|near| strsim::osa_distance(near, name) <= if name.len() < 7 { 1 } else { 2 });
    let strength = match own.origin {
        Origin::Elsewhere if !is_slip => Strength::Likely,
        Origin::Elsewhere | Origin::Here => Strength::Certain,
    };
    let help = match near {
        Some(near) => format!("did you mean `{near}`? What stands here is refused"),
        None => format!("what stands here is refused where no plugin brings a {noun} of that name"),
    };
    let message = format!("no {noun} is called `{name}`");
    Some(Unknown { at, message, help, strength })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, tests: Tests) -> Option<String> {
        in_text(text, tests, &Settings::default()).map(|own| format!("{} {}", own.at, own.message))
    }

    #[test]
    fn names_that_nothing_has() {
        for fine in [
            "{{ a | default('b') | to_nice_yaml }} {{ a is not defined }}",
            "{{ a | map('upper') | selectattr('x', 'equalto', 'y') | select('match', '^a') }}",
            "{{ a | failed }} {{ a | x.y.z }} {{ a | map(attribute='b') }} ${{ a | b }}",
            "{% if a is sameas none %}{% endif %}{%- set b = c | d -%}{% do a.b() %}",
            "{% raw %}{{ a | nothing }}{% what %}{% endraw %} {# | x #} {{ a is b.c.d }}",
            "{{ 'a | nothing' }} {{ a | json_query('x') | ipaddr }}",
        ] {
            assert_eq!(said(fine, Tests::AsFilters), None, "{fine}");
        }
        let wrong = |text: &str| said(text, Tests::Apart).unwrap_or_default();
        assert_eq!(wrong("x {{ a | defaul('b') }}"), "9 no filter is called `defaul`");
        assert_eq!(wrong("{{ a | map('uper') }}"), "12 no filter is called `uper`");
        assert_eq!(wrong("{{ a is not definde }}"), "12 no test is called `definde`");
        assert_eq!(wrong("{% A_B %}"), "0 Jinja has no statement `A_B`");
        assert_eq!(
            wrong("{{ ansible_os_family | lower == redhat }}"),
            "32 `redhat` is a variable here, and nothing sets one of that name"
        );
        assert_eq!(
            wrong("{{ ansible_os_family == 'Redhat' }}"),
            "24 no system has the name `Redhat`"
        );
        assert_eq!(wrong("{{ (ansible_os_family | lower) == 'redhat' }}"), "");
        assert_eq!(
            wrong("{{ a is not defined b }}"),
            "12 `b` behind `is defined`, which takes no argument"
        );
        assert_eq!(wrong("{{ a | failed }}"), "7 `failed` is no filter since Ansible 2.9");
    }

    #[test]
    fn the_tree_s_own_plugins_have_names_too() {
        let mut settings = Settings::default();
        settings.ansible_modules.plugins = vec!["own".into()];
        assert!(in_text("{{ a | own }}", Tests::Apart, &settings).is_none());
        settings.ansible_modules.origin = Origin::Elsewhere;
        let found = in_text("{{ a | completely_other }}", Tests::Apart, &settings);
        assert!(found.is_some_and(|own| own.strength == Strength::Likely));
    }
}

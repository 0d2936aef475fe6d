//! Options that modules take together, or of which they take one.
//!
//! (Source: `mutually_exclusive` and `required_one_of` of the modules of ansible-core 2.19;
//! "You are mixing file only and dir only arguments" of `include_vars`.)

use crate::facts::Problem;
use crate::facts::Span;

/// Options of which a module takes one alone.
const APART: [(&str, &[&str]); 14] = [
    ("apt", &["deb", "package"]),
    ("apt_key", &["data", "file", "keyserver", "url"]),
    ("blockinfile", &["insertafter", "insertbefore"]),
    ("copy", &["content", "src"]),
    ("cron", &["insertafter", "insertbefore"]),
    ("git", &["bare", "separate_git_dir"]),
    ("include_vars", &["dir", "file"]),
    ("lineinfile", &["insertafter", "insertbefore"]),
    ("lineinfile", &["regexp", "search_string"]),
    ("lineinfile", &["backrefs", "search_string"]),
    ("pip", &["name", "requirements"]),
    ("pip", &["executable", "virtualenv"]),
    ("unarchive", &["exclude", "include"]),
    ("uri", &["body", "src"]),
];

/// What a module says of the options that it is passed, all of which are known.
pub(super) fn judged(module: &str, passed: &[&str], span: Span) -> Option<Problem> {
    let has = |name: &&&str| passed.contains(*name);
    let both = APART.iter().filter(|(own, _)| *own == module).find_map(|(_, names)| {
        let mut found = names.iter().filter(has);
        Some((*found.next()?, *found.next()?))
    });
    if let Some((one, other)) = both {
        return Some(Problem {
            help: "keep one of them: the task fails on every host".to_owned(),
            ..Problem::new(
                "incompatible-value",
                format!("`{module}` does not take `{one}` and `{other}` together"),
                span,
            )
        });
    }
    let needs_one = module == "pip" && !passed.is_empty();
    let has_one = ["name", "requirements"].iter().any(|name| has(&name));
    (needs_one && !has_one).then(|| Problem {
        help: "pass `name` or `requirements`: the task fails on every host".to_owned(),
        ..Problem::new(
            "missing-required-parameter",
            format!("`{module}` needs more than `{}`", passed.join("`, `")),
            span,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_which_one_is_taken() {
        let said = |module, passed: &[&str]| {
            judged(module, passed, Span::default()).map(|own| own.message)
        };
        assert_eq!(said("include_vars", &["file", "name"]), None);
        assert_eq!(
            said("include_vars", &["file", "dir"]).as_deref(),
            Some("`include_vars` does not take `dir` and `file` together")
        );
        assert_eq!(said("pip", &["name", "state"]), None);
        assert_eq!(said("pip", &["state"]).as_deref(), Some("`pip` needs more than `state`"));
    }
}

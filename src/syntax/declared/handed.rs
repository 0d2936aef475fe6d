//! What a text hands to the holes of a template that it has filled in.

use super::{Family, Sheet};

/// Which marks open and close a hole, for who hands values by a language of that family.
fn marks(hander: &Sheet<'_>) -> &'static [(&'static str, &'static str)] {
    match hander.family {
        _ if hander.path.ends_with(".tf") => &[("${", "}"), ("%{", "}")],
        _ if hander.path.ends_with(".pp") => &[("<%", "%>")],
        Family::Python => &[("{{", "}}"), ("{%", "%}")],
        Family::Php => &[("{{", "}}"), ("{%", "%}"), ("<?", "?>")],
        Family::JavaScript => &[("{{", "}}"), ("<%", "%>")],
        _ => &[],
    }
}

/// Whether `page` is filled in with what texts of the family of `hander` hand to it.
fn is_page(hander: &Sheet<'_>, page: &str) -> bool {
    let ends = |all: &[&str]| all.iter().any(|ending| page.ends_with(ending));
    match hander.family {
        _ if hander.path.ends_with(".tf") => !ends(&[".tf", ".tfvars"]),
        // Those of its own endings are read with their class.
        _ if hander.path.ends_with(".pp") => !ends(&[".pp", ".erb", ".epp"]),
        Family::Php => ends(&[".twig", ".html", ".tpl", ".phtml", ".php"]),
        Family::Python => !ends(&[".py", ".js", ".ts", ".css", ".yml", ".yaml", ".md", ".rst"]),
        Family::JavaScript => ends(&[".html", ".hbs", ".ejs", ".njk", ".mustache", ".handlebars"]),
        _ => false,
    }
}

/// Names in the holes of a page that `hander` fills in, with their places, each once.
pub(super) fn holes<'t>(page: &Sheet<'t>, hander: &Sheet<'_>) -> Vec<(usize, &'t str)> {
    let mut out: Vec<(usize, &str)> = Vec::new();
    if !is_page(hander, page.path) {
        return out;
    }
    let needs_sign = hander.family == Family::Php && page.family == Family::Php;
    for (word, places) in &page.words {
        if word.len() < 4 {
            continue;
        }
        let hole = places.iter().find(|(ix, at)| {
            let line = page.lines[*ix].1;
            let before = &line[..*at];
            let is_part = before.ends_with(['.', '>', '\'', '"', '-', '/', ':']);
            let is_variable = !needs_sign || before.ends_with('$');
            let is_open = marks(hander).iter().any(|(open, close)| {
                before.rfind(open).is_some_and(|from| !before[from..].contains(close))
            });
            is_open && is_variable && !is_part
        });
        out.extend(hole.map(|(ix, at)| (page.lines[*ix].0 + at, *word)));
    }
    out.sort_unstable();
    out
}

/// Where a text hands a value on by that name.
pub(super) fn hands(sheet: &Sheet<'_>, name: &str) -> Option<usize> {
    let places = sheet.words.get(name)?;
    let is_handed = |(ix, at): &&(usize, usize)| {
        let line = sheet.lines[*ix].1;
        let (before, after) = (&line[..*at], line[*at + name.len()..].trim_start());
        let begins = before.trim().is_empty() || before.trim_end().ends_with(['{', ',', '(', '[']);
        let is_set = after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=>");
        let quoted = |then: &str| {
            let rest = after.strip_prefix(['\'', '"']).map(str::trim_start);
            before.ends_with(['\'', '"']) && rest.is_some_and(|own| own.starts_with(then))
        };
        match sheet.family {
            _ if sheet.path.ends_with(".tf") => begins && (is_set || after.starts_with(':')),
            _ if sheet.path.ends_with(".pp") => {
                before.ends_with('$')
                    && (is_set || after.is_empty() || after.starts_with([',', ')']))
            }
            Family::Python => begins && is_set || quoted(":"),
            Family::Php => quoted("=>"),
            Family::JavaScript => begins && (after.starts_with(':') || after.starts_with(',')),
            _ => false,
        }
    };
    places.iter().find(is_handed).map(|(ix, at)| sheet.lines[*ix].0 + at)
}

/// Where a hash or a file of data has a key of that name.
pub(super) fn keyed(sheet: &Sheet<'_>, name: &str) -> Option<usize> {
    let places = sheet.words.get(name)?;
    let is_key = |(ix, at): &&(usize, usize)| {
        let line = sheet.lines[*ix].1;
        let after = line[*at + name.len()..].trim_start_matches(['\'', '"']).trim_start();
        let is_variable = line[..*at].ends_with(['$', ':']);
        !is_variable && (after.starts_with("=>") || after.starts_with(": ") || after == ":")
    };
    places.iter().find(is_key).map(|(ix, at)| sheet.lines[*ix].0 + at)
}

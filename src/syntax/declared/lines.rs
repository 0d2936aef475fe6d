//! Lines of a text without its comments, and the words of a line.

use super::Family;

/// Longer lines are data, or were made by a program.
const LONGEST: usize = 500;

/// What may stand before a text of Python.
const PREFIXES: [char; 4] = ['r', 'u', 'f', 'b'];

/// The lines with their places; a comment's are empty.
pub(super) fn of(text: &str, family: Family) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut until: Option<&str> = None;
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let bare = line.trim_start();
        let is_comment = match until {
            Some(end) => {
                if bare.contains(end) {
                    until = None;
                }
                true
            }
            None => {
                until = opens(bare, family);
                // What stands before a text over several lines is code.
                let is_whole = family != Family::Python
                    || is_comment(bare.trim_start_matches(PREFIXES), family);
                until.is_some() && is_whole || is_comment(bare, family)
            }
        };
        let kept = if is_comment || line.len() > LONGEST { "" } else { code(line, family) };
        out.push((start, kept));
        start += whole.len();
    }
    out
}

/// What ends the comment or the text for people that begins with a line, if it goes on.
fn opens(bare: &str, family: Family) -> Option<&'static str> {
    match family {
        Family::Python => {
            let mut quotes = ["\"\"\"", "'''"].into_iter();
            quotes.find(|quote| !bare.starts_with('#') && bare.matches(quote).count() % 2 == 1)
        }
        Family::Php | Family::JavaScript | Family::Go => {
            (bare.starts_with("/*") && !bare.contains("*/")).then_some("*/")
        }
        Family::Page => (bare.starts_with("<!--") && !bare.contains("-->")).then_some("-->"),
        _ => None,
    }
}

fn is_comment(bare: &str, family: Family) -> bool {
    let begins = |marks: &[&str]| marks.iter().any(|mark| bare.starts_with(mark));
    match family {
        Family::Python => begins(&["#", "\"\"\"", "'''"]),
        Family::Php => begins(&["//", "*", "/*", "#"]),
        Family::Go => begins(&["//", "*", "/*"]),
        Family::JavaScript => begins(&["//", "*", "/*", "<!--"]),
        Family::RubyPage => begins(&["<!--", "-#", "<%#", "/"]),
        Family::Page => begins(&["<!--", "{#", "{*", "//"]),
        Family::Other => begins(&["#", "//", ";", "<!--"]),
        Family::Perl => begins(&["#", "=head", "=item", "=cut"]),
        _ => begins(&["#", "{#"]) && !bare.starts_with("#!"),
    }
}

/// The line without the comment at its end.
fn code(line: &str, family: Family) -> &str {
    let mark = match family {
        Family::Php | Family::JavaScript | Family::Go => " //",
        Family::Page | Family::RubyPage => return line,
        _ => " #",
    };
    let is_quoted = |at: usize| {
        let before = &line[..at];
        ['"', '\'', '`'].iter().any(|quote| before.matches(*quote).count() % 2 == 1)
    };
    match line.find(mark) {
        Some(at) if !is_quoted(at) => &line[..at],
        _ => line,
    }
}

/// The words of a line, with their columns.
pub(super) fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < line.len() {
            let rest = &line[at..];
            let Some(begin) = rest.find(is_word) else { break };
            let end = rest[begin..].find(|c| !is_word(c)).map_or(rest.len(), |end| begin + end);
            let (start, word) = (at + begin, &rest[begin..end]);
            at += end;
            if !word.starts_with(|c: char| c.is_ascii_digit()) {
                return Some((start, word));
            }
        }
        None
    })
}

/// Where `name` stands in a line as a whole.
pub fn bounded<'l>(line: &'l str, name: &'l str) -> impl Iterator<Item = usize> + 'l {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    line.match_indices(name).map(|(at, _)| at).filter(move |at| {
        let before = line[..*at].chars().next_back();
        let after = line[*at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

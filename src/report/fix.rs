//! From what would mend a finding to the text that does.

use super::sources::{ResolvedPlace, Sources};
use crate::facts::{LineIndex, Span};
use crate::finding::{Mending, Place, Remedy, Sureness};
use std::ops::Range;

/// A text that takes the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// What it does, as a title: ``write `web::tls` ``.
    pub title: String,
    /// What it replaces; the empty place for what is put in.
    pub place: ResolvedPlace,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// The edit that does what `title` says.
    pub(crate) fn new(title: String, place: ResolvedPlace, text: String) -> Self {
        Self { title, place, text }
    }
}

/// An edit that mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// What is written.
    pub edit: Edit,
    /// How sure it is that this is meant.
    pub sureness: Sureness,
}

impl Fix {
    /// The lines that it changes, as they are and as they become, without the white space around
    /// them.
    pub(super) fn lines(&self, (bytes, index): &(Vec<u8>, LineIndex)) -> Option<(String, String)> {
        let place = &self.edit.place;
        let from = index.line_range(place.start.line, bytes).start;
        let to = index.line_range(place.end.line, bytes).end;
        let whole = bytes.get(from..to)?;
        let span = place.source.1.range();
        let before = bytes.get(from..span.start)?;
        let behind = bytes.get(span.end..to.max(span.end))?;
        let after = [before, self.edit.text.as_bytes(), behind].concat();
        let told = |own: &[u8]| String::from_utf8_lossy(own).trim().to_owned();
        Some((told(whole), told(&after)))
    }

    /// What a remedy does to the text at `place`; `None` where the text does not stand there as it
    /// would have to.
    pub(super) fn of(remedy: &Remedy, place: Place, sources: &Sources<'_>) -> Option<Self> {
        let source = sources.get(place.tree, place.file);
        let bytes = &source.0;
        let (title, span, text) = match &remedy.change {
            Mending::Name { wrong, right } => {
                let written = std::str::from_utf8(bytes.get(place.span.range())?).ok()?;
                let text = match wrong {
                    Some(wrong) => respelled(written, wrong, right)?,
                    None => reworded(written, right)?,
                };
                (format!("write `{}`", text.trim_matches(QUOTES)), place.span, text)
            }
            Mending::Comment => {
                let range = comment(bytes, place.span)?;
                let span = Span::new(range.start, range.end);
                ("remove this silence".to_owned(), span, String::new())
            }
        };
        let place = sources.place(Place { span, ..place });
        Some(Self { edit: Edit::new(title, place, text), sureness: remedy.sureness })
    }
}

const QUOTES: [char; 2] = ['"', '\''];

/// `text`, which names `name` in the way of its language, as it names `right`; `None` where it does
/// not end in the part that differs.
fn respelled(text: &str, name: &str, right: &str) -> Option<String> {
    let inner = text.trim_end_matches(QUOTES);
    let closing = &text[inner.len()..];
    let shared = name.char_indices().zip(right.chars()).take_while(|((_, a), b)| a == b);
    let shared = shared.map(|((at, c), _)| at + c.len_utf8()).last().unwrap_or(0);
    let shared = name[..shared].rfind(['/', ':', '.', '#']).map_or(0, |at| at + 1);
    let (old, new) = (&name[shared..], &right[shared..]);
    let before = inner.strip_suffix(old).filter(|_| !old.is_empty())?;
    // What stands before it is the rest of the name, as far as it is written.
    let rest = before.trim_start_matches(QUOTES);
    let is_whole = shared > 0 || !rest.ends_with(|c: char| c.is_alphanumeric());
    is_whole.then(|| format!("{before}{new}{closing}"))
}

/// The one word that stands in `text`, between whatever quotes it, as `right`.
fn reworded(text: &str, right: &str) -> Option<String> {
    let word = text.trim_matches(QUOTES);
    let is_word = |c: char| c.is_alphanumeric() || "_-.$".contains(c);
    let is_one = !word.is_empty() && word != right && word.chars().all(is_word);
    is_one.then(|| text.replacen(word, right, 1))
}

/// What opens a comment, and what closes it on the same line; the longer ones first.
const COMMENTS: [(&str, &str); 9] = [
    ("<%#", "%>"),
    ("<!--", "-->"),
    ("{#", "#}"),
    ("{{!", "}}"),
    ("/*", "*/"),
    ("//", ""),
    ("#", ""),
    ("--", ""),
    (";", ""),
];

/// The comment around a silence, and the whole line where nothing else stands on it.
fn comment(bytes: &[u8], silence: Span) -> Option<Range<usize>> {
    let Range { start, end } = silence.range();
    let line_start = memchr::memrchr(b'\n', bytes.get(..start)?).map_or(0, |at| at + 1);
    let rest = bytes.get(end..)?;
    let line_end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |at| end + at);
    let before = std::str::from_utf8(&bytes[line_start..start]).ok()?.trim_end();
    let behind = std::str::from_utf8(&bytes[end..line_end]).ok()?;
    let opened = |(open, close): &(&str, &'static str)| Some((before.strip_suffix(open)?, *close));
    let (mut code, close) = COMMENTS.iter().find_map(opened)?;
    let mut rest = match close {
        "" => "",
        _ => &behind[behind.find(close)? + close.len()..],
    };
    // A comment of a Go template stands in braces of its own.
    let outer = code.trim_end();
    if close == "*/"
        && let Some(own) = outer.strip_suffix("{{-").or_else(|| outer.strip_suffix("{{"))
    {
        code = own;
        let inner = rest.trim_start();
        rest = inner.strip_prefix('-').unwrap_or(inner).strip_prefix("}}")?;
    }
    if code.trim().is_empty() && rest.trim().is_empty() {
        return Some(line_start..(line_end + 1).min(bytes.len()));
    }
    Some(line_start + code.trim_end().len()..line_end - rest.len())
}

#[cfg(test)]
mod tests {
    use super::{comment, respelled, reworded};
    use crate::facts::Span;

    #[test]
    fn a_name_is_respelled_as_it_is_written() {
        let of = |text, name, right| respelled(text, name, right);
        assert_eq!(of("web::tsl", "web::tsl", "web::tls").as_deref(), Some("web::tls"));
        assert_eq!(of("'::web::tsl'", "web::tsl", "web::tls").as_deref(), Some("'::web::tls'"));
        let (name, right) = ("modules/web/templates/a.erb", "modules/web/templates/b.erb");
        assert_eq!(of("'web/a.erb'", name, right).as_deref(), Some("'web/b.erb'"));
        assert_eq!(of("'web/other'", name, right), None);
        assert_eq!(of("myweb", "web", "wob"), None);
    }

    #[test]
    fn a_word_is_put_in_place_of_one_word() {
        assert_eq!(reworded("becme_user", "become_user").as_deref(), Some("become_user"));
        assert_eq!(reworded("'becme'", "become").as_deref(), Some("'become'"));
        assert_eq!(reworded("become", "become"), None);
        assert_eq!(reworded("becme: yes", "become"), None);
    }

    #[test]
    fn a_comment_goes_and_nothing_else() {
        let without = |text: &str| {
            let at = text.find("crosscheck").expect("a silence");
            let end = at + text[at..].find(')').expect("its end") + 1;
            let gone = comment(text.as_bytes(), Span::new(at, end))?;
            Some(format!("{}{}", &text[..gone.start], &text[gone.end..]))
        };
        let of = |text| without(text).unwrap_or_else(|| "kept".to_owned());
        assert_eq!(of("a\n  # crosscheck: allow(x) why\nb\n"), "a\nb\n");
        assert_eq!(of("include a # crosscheck: allow(x) why\nb\n"), "include a\nb\n");
        assert_eq!(of("# crosscheck: allow(x)"), "");
        assert_eq!(of("f(/* crosscheck: allow(x) y */ a)\n"), "f( a)\n");
        assert_eq!(of("{{- /* crosscheck: allow(x) y */}}\nb\n"), "b\n");
        assert_eq!(of("<%# crosscheck: allow(x) y -%>\nb\n"), "b\n");
        assert_eq!(of("a <!-- crosscheck: allow(x) y --> b\n"), "a b\n");
        // What else the comment says stays, and with it the comment.
        assert_eq!(of("# old. crosscheck: allow(x) why\n"), "kept");
        assert_eq!(of("/* crosscheck: allow(x) why\n more */\n"), "kept");
    }
}

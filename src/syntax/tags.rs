//! Text with the tags of a template language in it.

use crate::facts::NamePattern;
use memchr::memmem;
use std::ops::Range;

/// What a tag is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// `<%…%>`: ERB and EPP.
    Erb,
    /// `{{…}}`: an expression of Jinja, an action of a Go template.
    Braces,
    /// `{%…%}`: a statement of Jinja.
    Statement,
    /// `{#…#}`: a comment of Jinja.
    Comment,
}

impl Sort {
    /// All that templates of any language have.
    pub const ALL: &[Self] = &[Self::Erb, Self::Braces, Self::Statement, Self::Comment];
    /// Those that are code: `{#` is a length in a shell.
    pub const CODE: &[Self] = &[Self::Erb, Self::Braces, Self::Statement];

    const fn signs(self) -> (&'static [u8], &'static [u8]) {
        match self {
            Self::Erb => (b"<%", b"%>"),
            Self::Braces => (b"{{", b"}}"),
            Self::Statement => (b"{%", b"%}"),
            Self::Comment => (b"{#", b"#}"),
        }
    }
}

/// A tag of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag<'t> {
    /// From its opening to behind its closing sign.
    pub range: Range<usize>,
    /// What it is written with.
    pub sort: Sort,
    /// What stands between its signs.
    pub inner: &'t str,
}

impl Tag<'_> {
    /// Whether it prints something where it stands; others are code and comments.
    pub fn prints(&self) -> bool {
        match self.sort {
            Sort::Erb => self.inner.trim_start_matches('-').starts_with('='),
            Sort::Braces => !is_go_statement(self.inner),
            Sort::Statement | Sort::Comment => false,
        }
    }

    /// Whether code brings in text from elsewhere.
    pub fn pulls_in(&self) -> bool {
        let words = ["include ", "import ", "block ", "extends ", "call ", "render"];
        words.iter().any(|word| self.inner.contains(word))
    }
}

/// The tags of a text as a reader passes them.
#[derive(Debug)]
pub(crate) struct Ahead<'g, 't>(&'g [Tag<'t>]);

impl<'g, 't> Ahead<'g, 't> {
    /// All of them.
    pub fn new(tags: &'g [Tag<'t>]) -> Self {
        Self(tags)
    }

    /// The tag that begins at `at`; those before are passed.
    pub fn here(&mut self, at: usize) -> Option<&'g Tag<'t>> {
        let passed = self.0.iter().take_while(|tag| tag.range.start < at).count();
        self.0 = &self.0[passed..];
        self.0.first().filter(|tag| tag.range.start == at)
    }

    /// Those that begin before `end`.
    pub fn until(&self, end: usize) -> impl Iterator<Item = &'g Tag<'t>> + use<'g, 't> {
        self.0.iter().take_while(move |tag| tag.range.start < end)
    }
}

/// Longer tags in braces are none: such signs open much else.
const LONGEST: usize = 1 << 14;

/// The tags of these sorts in a text, in order; none within another, and none that is not closed.
/// `<%%` is no tag but stands for its own text.
pub(crate) fn tags<'t>(text: &'t str, sorts: &[Sort]) -> Vec<Tag<'t>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // Up to where it is known that no tag of a sort ends: many openings cost one search.
    let mut endless = [0; Sort::ALL.len()];
    let mut at = 0;
    while let Some(start) = memchr::memchr2(b'<', b'{', &bytes[at..]).map(|len| at + len) {
        let rest = &bytes[start..];
        at = start + 1;
        let Some(sort) = sorts.iter().copied().find(|own| rest.starts_with(own.signs().0)) else {
            continue;
        };
        if sort == Sort::Erb && rest.get(2) == Some(&b'%') {
            at = start + 3;
            continue;
        }
        let known = &mut endless[sort as usize];
        match close(bytes, start, sort, *known) {
            Ok(end) => {
                at = end;
                let inner = text.get(start + 2..end - 2).unwrap_or_default();
                found.push(Tag { range: start..end, sort, inner });
            }
            Err(limit) => *known = limit.saturating_sub(1),
        }
    }
    found
}

/// How long the tag is that a text begins with.
pub(crate) fn first_len(text: &str, sorts: &[Sort]) -> Option<usize> {
    let bytes = text.as_bytes();
    let sort = sorts.iter().copied().find(|own| bytes.starts_with(own.signs().0))?;
    close(bytes, 0, sort, 0).ok()
}

/// Behind the sign that closes the tag that begins at `start`, as far as it does not lie before
/// `known`; up to where it was looked for where there is none.
fn close(bytes: &[u8], start: usize, sort: Sort, known: usize) -> Result<usize, usize> {
    let limit = if sort == Sort::Erb { bytes.len() } else { bytes.len().min(start + LONGEST) };
    let from = if sort == Sort::Braces { behind_text(bytes, start + 2, limit) } else { start + 2 };
    let from = known.max(from).min(limit);
    memmem::find(&bytes[from..limit], sort.signs().1).map(|len| from + len + 2).ok_or(limit)
}

/// Behind the quoted text that an expression begins with: `{{ '}}' }}` prints two braces.
fn behind_text(bytes: &[u8], from: usize, limit: usize) -> usize {
    let Some(rest) = bytes.get(from..limit) else { return from };
    let blanks =
        rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b'-').count();
    match rest.get(blanks..) {
        Some([mark @ (b'"' | b'\''), inner @ ..]) => memchr::memchr3(*mark, b'\n', b'\\', inner)
            .filter(|len| inner[*len] == *mark)
            .map_or(from, |len| from + blanks + 1 + len + 1),
        _ => from,
    }
}

/// Text whose ERB and Jinja tags are holes; one that is not closed takes the rest.
pub(crate) fn templated(text: &str) -> NamePattern {
    NamePattern::with_holes(text, |rest| {
        let signs = Sort::CODE.iter().map(|own| own.signs());
        let opened =
            signs.filter_map(|(open, close)| Some((memmem::find(rest.as_bytes(), open)?, close)));
        let (at, close) = opened.min()?;
        let end = memmem::find(&rest.as_bytes()[at + 2..], close);
        Some(at..end.map_or(rest.len(), |len| at + 2 + len + 2))
    })
}

/// Whether the code of `{{ … }}` is a statement of a Go template, which prints nothing.
pub(crate) fn is_go_statement(code: &str) -> bool {
    let code = code.trim_matches(['-', ' ', '\t', '\n']);
    let (word, rest) = code.split_once(char::is_whitespace).unwrap_or((code, ""));
    // Jinja may print a variable of that name, through a filter.
    let begins = !rest.trim_start().is_empty() && !rest.trim_start().starts_with('|');
    code.starts_with("/*")
        || matches!(code, "else" | "end" | "break" | "continue")
        || begins && matches!(word, "if" | "else" | "range" | "with" | "define" | "block")
        || code.starts_with('$') && code.contains('=') && !code.contains("==")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_print_or_do_not() {
        let text = "a <%= b %> <% if c -%> {{ d }} {%- e %} {# f #} {{- end }} {{ open <% x";
        let shown: Vec<_> = tags(text, Sort::ALL)
            .into_iter()
            .map(|tag| (&text[tag.range.clone()], tag.prints()))
            .collect();
        let expected = [
            ("<%= b %>", true),
            ("<% if c -%>", false),
            ("{{ d }}", true),
            ("{%- e %}", false),
            ("{# f #}", false),
            ("{{- end }}", false),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_only_looks_like_a_tag() {
        let inner = |text: &'static str, sorts| -> Vec<&str> {
            tags(text, sorts).into_iter().map(|own| own.inner).collect()
        };
        assert_eq!(inner("<%% a %> <%b%>", Sort::ALL), ["b"]);
        assert_eq!(inner("${#a} {{ b }} #}", Sort::CODE), [" b "]);
        assert_eq!(inner("{{ <%= a %> }}", &[Sort::Erb]), ["= a "]);
        assert!(inner("{%}", Sort::ALL).is_empty());
        let many = "{{".repeat(200_000);
        assert!(tags(&many, Sort::ALL).is_empty());
    }

    #[test]
    fn statements_of_go_and_variables_of_jinja() {
        for code in ["if .x", "- end -", "else if .y", "/* a */", "$x := 1", "range .Items"] {
            assert!(is_go_statement(code), "{code}");
        }
        for code in ["end_date", "range | first", ".x", "$x", "if", "a == b"] {
            assert!(!is_go_statement(code), "{code}");
        }
    }
}

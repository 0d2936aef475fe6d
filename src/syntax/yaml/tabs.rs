//! Tabs before a line of brackets. YAML's grammar wants blanks there; libyaml and go-yaml, which
//! most programs read with, take a tab for one wherever a bracket is open.

use std::borrow::Cow;

/// The text with blanks for the tabs before the line of `at`, and before those below it that begin
/// with tabs too; `None` where there are none. Every other byte keeps its place.
pub(super) fn as_blanks(text: &str, at: usize) -> Option<Cow<'static, str>> {
    let at = text.floor_char_boundary(at);
    let begin = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..begin]);
    let mut lines = text[begin..].split_inclusive('\n');
    for line in lines.by_ref() {
        let rest = line.trim_start_matches([' ', '\t']);
        let before = &line[..line.len() - rest.len()];
        if !before.contains('\t') {
            out.push_str(line);
            break;
        }
        out.extend(before.bytes().map(|_| ' '));
        out.push_str(rest);
    }
    lines.for_each(|line| out.push_str(line));
    (out != text).then_some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::super::{Form, parse};

    #[test]
    fn brackets_take_tabs_and_blocks_do_not() {
        let text = "a:\n  b: ['x',\n\t\t'y',\n\n \t'z'\n  ]\n  c: 1\n  d: |\n    e:\n    \tf\n";
        let documents = parse(text);
        assert!(documents.is_whole(), "{:?}", documents.problem(text, Form::Plain));
        let a = documents.roots[0].get("a").unwrap();
        let items = a.get("b").unwrap().items();
        assert_eq!(&text[items[2].span.range()], "'z'");
        assert_eq!(a.get("d").unwrap().as_str(), Some("e:\n\tf\n"));
        for text in ["a:\n\tb: 1\n", "a:\n  b: [\n\tx\n  ]\n\tc: 1\n"] {
            assert_eq!(parse(text).problem(text, Form::Plain).unwrap().rule, "parse-error");
        }
    }
}

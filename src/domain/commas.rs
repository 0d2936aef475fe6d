//! Entries of a list of settings, one a line, that no comma parts: in JSON, JavaScript or Python
//! `'a': 'b'`, in Ruby `:a => 'b'`; and texts there that no quote ends.
//!
//! Two lines that each hold a whole entry follow one another nowhere in these languages without
//! a comma. What a template fills in is taken for a word.

use crate::facts::{Problem, Span};
use crate::syntax::lines::lines;
use crate::syntax::tags::{Sort, tags};

/// Endings of files of these languages.
const ENDINGS: [&str; 5] = [".json", ".js", ".py", ".cjs", ".rb"];

/// Those whose texts end on their lines, and whose settings stand alone on one each.
const SCRIPTS: [&str; 2] = [".py", ".rb"];

/// The first entry behind which a comma is missing.
pub(crate) fn missing(path: &str, text: &str) -> Option<Problem> {
    let name = path.strip_suffix(".erb").or_else(|| path.strip_suffix(".epp")).unwrap_or(path);
    // What texts of several lines hold is of another language.
    let several = ["\"\"\"", "'''", "`", "<<"];
    if !ENDINGS.iter().any(|own| name.ends_with(own))
        || several.iter().any(|own| text.contains(own))
    {
        return None;
    }
    let is_ruby = name.ends_with(".rb");
    let is_script = SCRIPTS.iter().any(|own| name.ends_with(own));
    let tags = tags(text, &[Sort::Erb]);
    let mut rest = tags.as_slice();
    let mut before: Option<(usize, &str)> = None;
    let mut open: Option<(usize, &str)> = None;
    for (start, line) in lines(text) {
        let end = start + line.len();
        let passed = rest.iter().take_while(|tag| tag.range.end <= start).count();
        rest = &rest[passed..];
        let mut own = rest.iter().take_while(|tag| tag.range.start < end);
        let shown = own.try_fold(line.to_owned(), |shown, tag| {
            let is_inside = tag.range.start >= start && tag.range.end <= end && tag.prints();
            is_inside.then(|| shown.replacen(&text[tag.range.clone()], "x", 1))
        });
        let Some(shown) = shown else {
            before = None;
            continue;
        };
        let code = shown.trim();
        if code.is_empty() || code.starts_with("//") || code.starts_with('#') {
            continue;
        }
        // A text may go on, but then the quotes of the next line do not pair.
        if let Some((at, line)) = open.take()
            && quotes_of_setting(code).is_some_and(|own| own == 2)
        {
            let begin = at + (line.len() - line.trim_start().len());
            let span = Span::new(begin, at + line.trim_end().len());
            let mut problem = Problem::new("parse-error", "no quote ends this text", span);
            problem.help = "what reads the file takes what follows for a part of it".into();
            return Some(problem);
        }
        open = (is_script && quotes_of_setting(code) == Some(1)).then_some((start, line));
        if let Some((at, line)) = before.filter(|_| key_len(code, is_ruby).is_some()) {
            let begin = at + (line.len() - line.trim_start().len());
            let mut problem = Problem::new(
                "parse-error",
                "no comma before the next entry",
                Span::new(begin, at + line.trim_end().len()),
            );
            problem.help = "what reads the file refuses it: end this line with a comma".into();
            return Some(problem);
        }
        before = is_whole(code, is_ruby).then_some((start, line));
    }
    None
}

/// How many double quotes the value of `name = "text"` has, where it begins with one.
fn quotes_of_setting(code: &str) -> Option<usize> {
    let (name, value) = code.split_once(" = ")?;
    let is_name = |own: char| own.is_ascii_alphanumeric() || "_.[]'@:".contains(own);
    let value = value.trim();
    let is_plain = name.trim_end().chars().all(is_name) && !value.contains(['\\', '#']);
    (is_plain && value.starts_with('"')).then(|| value.matches('"').count())
}

/// How long the key of an entry is, with what stands behind it: quoted, with a colon, or a symbol
/// of Ruby with an arrow.
fn key_len(code: &str, is_ruby: bool) -> Option<usize> {
    if is_ruby {
        let symbol = code.strip_prefix(':')?;
        let len = symbol.find(|own: char| !(own.is_ascii_alphanumeric() || own == '_'))?;
        let arrow = symbol[len..].trim_start();
        return (len > 0 && arrow.starts_with("=>")).then(|| code.len() - arrow.len() + 2);
    }
    let quote = code.chars().next().filter(|own| matches!(own, '"' | '\''))?;
    let end = 1 + code[1..].find(quote)?;
    let colon = code[end + 1..].trim_start();
    colon.starts_with(':').then(|| code.len() - colon.len() + 1)
}

/// Whether a line is one entry with a plain value, and no comma behind it.
fn is_whole(code: &str, is_ruby: bool) -> bool {
    let Some(len) = key_len(code, is_ruby) else { return false };
    let value = code[len..].trim();
    let quote = value.chars().next().filter(|own| matches!(own, '"' | '\''));
    match quote {
        Some(quote) => {
            let inner = value[1..].strip_suffix(quote);
            inner.is_some_and(|own| !own.contains([quote, '\\']))
        }
        None => {
            matches!(value, "true" | "false" | "null" | "None" | "True" | "False")
                || !value.is_empty() && value.bytes().all(|own| own.is_ascii_digit())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn entries_that_no_comma_parts() {
        for text in ["{\n 'a': 'b'\n 'c': 1\n}", "{\n\"a\": \"<%= @b %>\"\n# x\n\"c\": [\n1]\n}"] {
            assert!(missing("t/a.py.erb", text).is_some(), "{text}");
            assert!(missing("t/a.yaml.erb", text).is_none(), "{text}");
        }
        let ruby = "x(\n  :a => 'b'\n  :c => 'd',\n)\n";
        assert!(missing("a_spec.rb", ruby).is_some());
        assert!(missing("a_spec.rb", &ruby.replace("'b'", "'b',")).is_none());
        let text = "a['b'] = \"<%= @c %>\n<% if @d %>\ne['f'] = \"g\"\n";
        assert!(missing("t/a.rb", text).is_some());
        assert!(missing("t/a.rb", "a = \"b\nc = \"d\n").is_none());
        assert!(missing("t/a.conf", text).is_none());
        for text in [
            "{\n 'a': 'b',\n 'c': 1\n}",
            "{\n 'a': 'b'\n<% if @x %>, <% end %>\n 'c': 1\n}",
            "{\n 'a': 'b' <%= ',' if @x %>\n 'c': 1\n}",
            "{\n 'a': 'b'\n 'c'\n}",
        ] {
            assert!(missing("t/a.py.erb", text).is_none(), "{text}");
        }
    }
}

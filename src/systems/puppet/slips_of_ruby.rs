//! What Ruby cannot evaluate in the code of an ERB template, word by word: `True`, `@@name`, `a ~= b`,
//! and a value that a tag without `=` throws away.
//!
//! (Sources: Ruby's grammar; `Puppet::Parser::TemplateWrapper`: a template is evaluated inside an
//! object of Puppet's, which has instance variables alone.)

use crate::facts::{Problem, Span, Strength};

/// Names that other languages have, and what Ruby calls them.
const FOREIGN: [(&str, &str); 6] = [
    ("False", "false"),
    ("Nil", "nil"),
    ("None", "nil"),
    ("Null", "nil"),
    ("True", "true"),
    ("Undef", "nil"),
];

/// Words that people write between `?` and `:` as if they were texts.
const TEXTS: [&str; 7] = ["no", "none", "null", "off", "on", "undef", "yes"];

/// Statements of one word.
const STATEMENTS: [&str; 12] = [
    "begin", "break", "do", "else", "end", "ensure", "next", "redo", "rescue", "retry", "return",
    "then",
];

/// The first word that Ruby does not know. `tags` are the bounds of the code.
pub(super) fn unknown(text: &str, tags: &[(usize, usize)]) -> Option<Problem> {
    // Few templates have any, and tags are many.
    let marks = ["@@", "~=", " ? "];
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let all: Vec<&str> = FOREIGN.iter().map(|(word, _)| *word).chain(marks).collect();
    if !all.iter().any(|word| has(word)) {
        return None;
    }
    tags.iter().find_map(|&(start, end)| of_tag(text, start, text.get(start..end)?))
}

fn of_tag(text: &str, start: usize, code: &str) -> Option<Problem> {
    let odd = ["<<", "%q", "%Q", "%w", "%W", "%r", "%i", "%(", "=begin", "defined?"];
    if odd.iter().any(|own| code.contains(own)) {
        return None;
    }
    for (at, word) in words(code)? {
        let (before, after) = (&code[..at], &code[at + word.len()..]);
        let span = Span::new(start + at, start + at + word.len());
        let foreign = FOREIGN.iter().find(|(own, _)| *own == word);
        let is_alone = !before.ends_with([':', '.', '@', '$'])
            && !after.starts_with([':', '(', '.'])
            && !after.trim_start().starts_with("=>");
        if let Some((_, meant)) = foreign.filter(|_| is_alone) {
            let mut problem = refused(format!("Ruby has no constant `{word}`"), span);
            problem.help = format!("write `{meant}`: the template is not rendered");
            return Some(problem);
        }
        if before.ends_with("@@") {
            let message = format!("a template has no variable `@@{word}`");
            let mut problem = refused(message, Span::new(start + at - 2, start + at + word.len()));
            problem.help = format!("write `@{word}`: the template is not rendered");
            return Some(problem);
        }
        if after.trim_start().starts_with("~= ") {
            let mut problem = Problem::new("parse-error", "Ruby has no operator `~=`", span);
            problem.help = "write `=~`".into();
            return Some(problem);
        }
        let is_chosen = before.ends_with("? ") && after.starts_with(" :")
            || before.ends_with(" : ") && before.contains(" ? ");
        let is_set = || text.contains(&format!("{word} =")) || text.contains(&format!("|{word}"));
        if TEXTS.contains(&word) && is_chosen && is_alone && !is_set() {
            let mut problem = refused(format!("nothing is called `{word}`"), span);
            problem.help = format!("write `'{word}'` for the text: the template is not rendered");
            return Some(problem);
        }
    }
    None
}

/// The words of a piece of Ruby outside its texts and comments; `None` where it is not understood.
fn words(code: &str) -> Option<Vec<(usize, &str)>> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut quote = 0u8;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            // What a text takes in is not looked into.
            _ if byte == quote => quote = 0,
            _ if quote != 0 => {}
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                continue;
            }
            b'\'' | b'"' | b'`' => quote = byte,
            // A regular expression may hold anything: what comes before it was read.
            b'/' => return Some(found),
            _ if byte.is_ascii_alphabetic() || byte == b'_' => {
                let end = code[at..].find(|own: char| !(own.is_ascii_alphanumeric() || own == '_'));
                let end = end.map_or(bytes.len(), |own| at + own);
                found.push((at, &code[at..end]));
                at = end;
                continue;
            }
            _ if byte.is_ascii_digit() => {
                let end = code[at..].find(|own: char| !own.is_ascii_alphanumeric());
                at = end.map_or(bytes.len(), |own| at + own);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    (quote == 0).then_some(found)
}

/// A tag that evaluates a value and writes nothing: `<% @port %>`.
pub(super) fn unwritten(text: &str, tags: &[(usize, usize)]) -> Option<Problem> {
    tags.iter().find_map(|&(start, end)| {
        let code = text.get(start..end)?;
        if code.starts_with(['=', '#']) {
            return None;
        }
        let inner = code.trim_matches(['-', ' ', '\t', '\n', '\r']);
        let is_word = |own: &str| {
            own.starts_with(|first: char| first.is_ascii_lowercase())
                && own.chars().all(|own| own.is_ascii_alphanumeric() || own == '_')
        };
        let is_variable = inner.strip_prefix('@').is_some_and(is_word);
        let is_lookup = inner.starts_with("scope.lookupvar(")
            && inner.ends_with(')')
            && inner.matches('(').count() == 1;
        let is_bare = is_word(inner)
            && inner.contains('_')
            && !STATEMENTS.contains(&inner)
            && !text.contains("def ");
        if !is_variable && !is_lookup && !is_bare {
            return None;
        }
        let at = start + code.find(inner)?;
        let message = format!("the value of `{inner}` is written nowhere");
        let span = Span::new(at, at + inner.len());
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.strength = Strength::Likely;
        problem.help = format!("write `<%= {inner} %>`");
        Some(problem)
    })
}

fn refused(message: String, span: Span) -> Problem {
    Problem::new("unresolved-reference", message, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str) -> Option<String> {
        let text = format!("<%{code}%>");
        unknown(&text, &[(2, 2 + code.len())]).map(|own| own.message)
    }

    #[test]
    fn words_that_ruby_does_not_know() {
        for code in [
            " if @a == True ",
            "= @@port ",
            " if fqdn ~= /x/ ",
            "= @a ? yes : no ",
            "= @a ? 'yes' : no ",
        ] {
            assert!(said(code).is_some(), "{code}");
        }
    }

    #[test]
    fn words_that_it_does() {
        for code in [
            " if @a == 'True' ",
            "= @a =~ /True/ ",
            "= @a ? 'yes' : 'no' ",
            "= {:None => 1}[:None] ",
            "= Foo::None ",
            "= @a ? on_time : off_time ",
            " # True ",
            "= \"a@@b\" ",
            " on = 1; x = @a ? on : off = 2 ",
        ] {
            assert_eq!(said(code), None, "{code}");
        }
    }

    #[test]
    fn values_that_are_thrown_away() {
        let said = |code: &str| unwritten(&format!("<%{code}%>"), &[(2, 2 + code.len())]).is_some();
        for code in [" @port ", "- scope.lookupvar('a::b') -", " shard_count "] {
            assert!(said(code), "{code}");
        }
        for code in ["= @port ", " end ", " @a = 1 ", " @a.each do |b| ", " } ", " next ", "# @a "]
        {
            assert!(!said(code), "{code}");
        }
    }
}

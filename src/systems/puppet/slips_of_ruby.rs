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
    let marks = ["@@", "~=", " ? ", "has_variable"];
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let all: Vec<&str> = FOREIGN.iter().map(|(word, _)| *word).chain(marks).collect();
    let is_global = |(start, end): &(usize, usize)| {
        text.get(*start..*end).is_some_and(|code| code.contains('$'))
    };
    let is_worth_a_look =
        all.iter().any(|word| has(word)) || has("$") && tags.iter().any(is_global);
    if !is_worth_a_look {
        return None;
    }
    tags.iter().find_map(|&(start, end)| of_tag(text, start, text.get(start..end)?))
}

fn of_tag(text: &str, start: usize, code: &str) -> Option<Problem> {
    let odd = [
        "<<", "%q", "%Q", "%w", "%W", "%r", "%i", "%I", "%x{", "%x(", "%x[", "%(", "%{", "=begin",
        "defined?",
    ];
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
        if before.ends_with('$') && is_puppets(word) && !sets_global(text) {
            let message = format!("a template has no variable `${word}`");
            let mut problem = refused(message, Span::new(start + at - 1, start + at + word.len()));
            problem.help = format!("write `@{word}`: Ruby's own `${word}` is empty");
            // The template is rendered, with nothing there.
            problem.strength = Strength::Likely;
            return Some(problem);
        }
        if word == "has_variable" && after.starts_with('(') {
            let mut problem = refused("Ruby has no method `has_variable`".to_owned(), span);
            problem.help = "write `has_variable?`: the template is not rendered".into();
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

/// Whether a global variable of this name is none of Ruby's.
fn is_puppets(word: &str) -> bool {
    word.len() > 1
        && word.starts_with(|first: char| first.is_ascii_lowercase())
        && !matches!(word, "stdin" | "stdout" | "stderr")
}

/// Whether the template sets a global variable: it hands them on to others, or has them from those.
fn sets_global(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|own: char| !(own.is_ascii_alphanumeric() || own == '_'));
        let after = end.map_or("", |end| rest[end..].trim_start());
        end.is_some_and(|end| end > 0) && after.starts_with("= ")
    })
}

/// Lines that a tag which ends with `-%>` joins: `a: <%= @a -%>` before `b: 1`.
pub(super) fn joined(text: &str, tags: &[(usize, usize)]) -> Option<Problem> {
    tags.iter().find_map(|&(start, end)| {
        let code = text.get(start..end)?;
        let after = text.get(end + 2..)?;
        let rest = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n'))?;
        if !code.starts_with('=') || !code.ends_with('-') {
            return None;
        }
        let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let before = text.get(begin..start - 2)?;
        let next = rest.lines().next().unwrap_or_default();
        let is_joined = match sign(before) {
            Some("- ") => {
                let of_list = |own: &str| own.trim_start().starts_with("<%") && own.contains("end");
                next.starts_with(before) || of_list(next) && begins_loop(&text[..begin])
            }
            Some(sign) => sign == setting(next)?,
            None => false,
        };
        if !is_joined || before.trim_start().starts_with('#') {
            return None;
        }
        let span = Span::new(start - 2, end + 2);
        let message = "the next line is joined to this one";
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.help = "`-%>` takes away the end of the line: write `%>`".into();
        Some(problem)
    })
}

/// Whether what comes before ends with the line of a loop.
fn begins_loop(before: &str) -> bool {
    let line = before.lines().next_back().unwrap_or_default().trim();
    line.starts_with("<%") && (line.contains(".each") || line.contains(" do"))
}

/// What the name of a setting that ends so ends with.
fn sign(before: &str) -> Option<&'static str> {
    let own = before.trim_start();
    if own == "- " {
        return Some("- ");
    }
    let name = |sign: &str| own.strip_suffix(sign).map(str::trim_end);
    let is_name = |own: &str| {
        own.starts_with(|own: char| own.is_ascii_alphanumeric())
            && own.bytes().all(|own| own.is_ascii_alphanumeric() || b"_-.".contains(&own))
    };
    let colon = name(": ").is_some_and(is_name).then_some(":");
    let equals = || ["=", "= "].iter().any(|sign| name(sign).is_some_and(is_name)).then_some("=");
    colon.or_else(equals)
}

/// What parts the name of the setting that a line is from its value.
fn setting(line: &str) -> Option<&'static str> {
    let own = line.trim_start();
    let end = own.find(|own: char| !(own.is_ascii_alphanumeric() || "_-.".contains(own)))?;
    let rest = own[end..].trim_start();
    match rest.chars().next().filter(|_| end > 0)? {
        ':' if rest.starts_with(": ") => Some(":"),
        '=' if !rest.starts_with("==") => Some("="),
        _ => None,
    }
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
        // What the template writes elsewhere is a value.
        let is_written = || {
            let all = [format!("<%= {inner} "), format!("<%={inner}%"), format!("<%= {inner}-")];
            all.iter().any(|own| text.contains(own.as_str()))
        };
        let is_bare = is_word(inner)
            && (inner.contains('_') || is_written())
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

/// What code cannot end with.
const GOING_ON: [&str; 9] = ["=", "+", "*", "&&", "||", ",", " and", " or", " not"];

/// Code that goes on where its tag ends: `<%= @path =%>`. (Source: what ERB makes of a tag: its code
/// in parentheses, or with `;` behind it.)
pub(super) fn cut_short(text: &str, tags: &[(usize, usize)]) -> Option<Problem> {
    tags.iter().find_map(|&(start, end)| {
        let code = text.get(start..end)?;
        let inner = code.strip_suffix('-').unwrap_or(code).trim_end();
        let own = inner.trim_start_matches(['=', '-', ' ']);
        let sign = GOING_ON.iter().find(|sign| own.ends_with(**sign))?.trim_start();
        let line = own.lines().next_back()?;
        let before = own[..own.len() - sign.len()].trim_end();
        // A comment may end so, a list of a block's parameters, and a global variable of Ruby's.
        if code.starts_with('#')
            || line.contains('#')
            || before.is_empty()
            || before.ends_with(['$', '?', ':', '%'])
            || sign == "||" && (before.ends_with("do") || before.ends_with('{'))
            || words(own).is_none()
        {
            return None;
        }
        let message = format!("the code ends with `{sign}`");
        let mut problem =
            Problem::new("parse-error", message, Span::new(start + inner.len() - sign.len(), end));
        problem.help = "Ruby refuses the whole template".into();
        Some(problem)
    })
}

/// A tag that writes what a block opens: `<%= if @a %>`, `<%= @list.each do |own| %>`. ERB puts its
/// code in parentheses, and the block is not closed there.
pub(super) fn written_block(text: &str, tags: &[(usize, usize)]) -> Option<Problem> {
    tags.iter().find_map(|&(start, end)| {
        let code = text.get(start..end)?.strip_prefix('=')?;
        let code = code.strip_suffix('-').unwrap_or(code).trim();
        let all = words(code)?;
        let (_, first) = all.first()?;
        let opens = matches!(*first, "if" | "unless" | "case" | "while" | "until" | "for")
            && code.starts_with(first);
        let head = code.strip_suffix('|').and_then(|own| own.rsplit_once('|')).map(|own| own.0);
        let head = head.unwrap_or(code).trim_end();
        let is_block = head.ends_with(" do") || head.len() < code.len() && head.ends_with('{');
        let ends = all.iter().any(|(_, word)| *word == "end");
        if !(opens || is_block) || ends || code.contains('#') || code.contains('\n') {
            return None;
        }
        let message = "a tag with `=` writes a value, and this opens a block";
        let mut problem = Problem::new("parse-error", message, Span::new(start, end));
        problem.help = "Ruby refuses the whole template: write `<%` without `=`".into();
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
            "= $port ",
            " if has_variable('a') then ",
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
            "= '$port' ",
            " $stdout.puts 1 ",
            " if has_variable?('a') ",
            " on = 1; x = @a ? on : off = 2 ",
        ] {
            assert_eq!(said(code), None, "{code}");
        }
    }

    #[test]
    fn lines_that_are_joined() {
        let said = |text: &str| {
            let tags: Vec<(usize, usize)> = text
                .match_indices("<%")
                .map(|(at, _)| (at + 2, at + text[at..].find("%>").unwrap()))
                .collect();
            joined(text, &tags).is_some()
        };
        assert!(said("a: <%= @a -%>\nb: 1\n"));
        assert!(said("a = <%= @a -%>\nb=<%= @b %>\n"));
        assert!(said("x:\n<% @a.each do |b| -%>\n  - <%= b -%>\n<% end -%>\n"));
        assert!(!said("a: <%= @a %>\nb: 1\n"));
        assert!(!said("a: <%= @a -%>\n\nb: 1\n"));
        assert!(!said("a: <%= @a -%>\n<% if @b %>\nb: 1\n"));
        assert!(!said("a: <%= @a -%>\n  more\n"));
        assert!(!said(" --a=<%= @a -%>\n --b=1\n"));
    }

    #[test]
    fn code_that_is_cut_short() {
        let said = |code: &str| cut_short(&format!("<%{code}%>"), &[(2, 2 + code.len())]).is_some();
        for code in ["= @path =", "= @a + -", " if @a && ", "= @a || @b or"] {
            assert!(said(code), "{code}");
        }
        for code in
            ["= @a ", "= 'a=' ", " # a = ", " @a.each do || ", "= $, ", " @a.map { || ", "=", "= "]
        {
            assert!(!said(code), "{code}");
        }
    }

    #[test]
    fn blocks_that_are_written() {
        let said =
            |code: &str| written_block(&format!("<%{code}%>"), &[(2, 2 + code.len())]).is_some();
        for code in ["= if @a ", "= @a.each do |b| -", "=@a.map { |b| ", "= unless @a -"] {
            assert!(said(code), "{code}");
        }
        for code in [
            " if @a ",
            "= if @a then 1 else 2 end ",
            "= @a if @b ",
            "= @a.map { |b| b }.join ",
            "= @a | @b ",
            "= iface ",
        ] {
            assert!(!said(code), "{code}");
        }
    }

    #[test]
    fn values_that_are_thrown_away() {
        let said = |code: &str| unwritten(&format!("<%{code}%>"), &[(2, 2 + code.len())]).is_some();
        for code in [" @port ", "- scope.lookupvar('a::b') -", " shard_count "] {
            assert!(said(code), "{code}");
        }
        let text = "<% marker %> <%= marker %> <% puts %>";
        assert!(unwritten(text, &[(2, 10), (15, 25)]).is_some());
        assert!(unwritten(text, &[(15, 25), (30, 36)]).is_none());
        for code in ["= @port ", " end ", " @a = 1 ", " @a.each do |b| ", " } ", " next ", "# @a "]
        {
            assert!(!said(code), "{code}");
        }
    }
}

//! Blocks of an ERB template's code: what opens one that nothing closes, and an `end` too many.
//!
//! Ruby refuses such a template as a whole. Read line by line; code that is written otherwise
//! than templates are says nothing. (Source: Ruby's grammar; `Puppet::Parser::TemplateWrapper`.)

use crate::facts::{Problem, Span};

/// Words that open a block where a statement begins.
const OPENERS: [&str; 7] = ["if", "unless", "case", "while", "until", "for", "begin"];

/// Words inside of which a statement may begin a block: not read.
const UNREAD: [&str; 6] = ["def", "class", "module", "lambda", "proc", "__END__"];

/// A block that is open.
struct Block {
    /// What opened it; a brace closes what a brace opened.
    word: &'static str,
    span: Span,
    /// Whether its last branch has begun.
    last: bool,
}

/// What is wrong with the blocks of a template. `tags` are the bounds of its code.
pub(super) fn unbalanced(text: &str, tags: &[(usize, usize)]) -> Option<Problem> {
    let mut open: Vec<Block> = Vec::new();
    // `<%= end -%>`.
    let valued = tags.iter().find(|(start, end)| {
        let code = text[*start..*end].strip_prefix('=').unwrap_or_default();
        matches!(code.strip_suffix('-').unwrap_or(code).trim(), "end" | "else")
    });
    if let Some(&(start, end)) = valued {
        let word = text[start..end].trim_matches(['=', '-', ' ']);
        let message = format!("`{word}` is no value: write `<% {word} %>`");
        return Some(refused(message, Span::new(start, end)));
    }
    for &(start, end) in tags {
        let code = &text[start..end];
        let code = code.strip_suffix('-').unwrap_or(code);
        let code = code.strip_prefix(['-', '=']).unwrap_or(code);
        let code = code.strip_prefix('=').unwrap_or(code);
        let span = Span::new(start, end);
        if code.contains("<<") && code.contains('\n') {
            return None;
        }
        for line in code.lines() {
            for statement in statements(line)? {
                if let Some(problem) = step(&statement, span, &mut open)? {
                    return Some(problem);
                }
            }
        }
    }
    let first = open.first()?;
    let message = format!("`{}` is never closed", first.word);
    Some(refused(message, first.span))
}

/// The first tag that nothing closes: what follows is code up to the end of the next one, or of
/// the file.
pub(super) fn unclosed(text: &str) -> Option<Problem> {
    let mut at = 0;
    while let Some(start) = text[at..].find("<%").map(|own| at + own) {
        let rest = &text[start + 2..];
        // `<%s>` is of a format.
        if !rest.starts_with(['=', '-', '#', ' ', '\t', '\n', '\r']) {
            at = start + 2 + usize::from(rest.starts_with('%'));
            continue;
        }
        let end = rest.find("%>");
        let inner = &rest[..end.unwrap_or(rest.len())];
        // A comment may hold anything, and so may a string.
        let is_plain = !inner.starts_with('#') && !inner.contains(['\'', '"', '`']);
        let is_code = |at: usize| {
            let line = inner[..at].rfind('\n').map_or(0, |own| own + 1);
            !inner[line..at].trim_start().starts_with('#')
        };
        let holds_another = inner.find("<%").is_some_and(is_code);
        if end.is_none() || is_plain && holds_another {
            let line = rest.lines().next().unwrap_or_default();
            let message = format!("`<%{}` is never closed", line.trim_end());
            return Some(refused(message, Span::new(start, start + 2 + line.len())));
        }
        at = start + 2 + inner.len() + 2;
    }
    None
}

/// A tag's end whose begin lost its `<`: `% if @a %>`.
pub(super) fn unopened(text: &str, tags: &[(usize, usize)]) -> Option<Problem> {
    let mut tags = tags.iter().peekable();
    let mut last = 0;
    let mut at = 0;
    while let Some(end) = text[at..].find("%>").map(|own| at + own) {
        at = end + 2;
        // The end of a tag lies behind its code.
        while let Some(&(_, inner)) = tags.next_if(|&&(_, inner)| inner <= end) {
            last = inner + 2;
        }
        if last == at {
            continue;
        }
        let line = text[..end].rfind('\n').map_or(0, |own| own + 1).max(last);
        let before = text.get(line..end)?;
        let Some(start) = before.rfind('%').filter(|own| !before[..*own].ends_with('<')) else {
            continue;
        };
        let code = before[start + 1..].trim_start_matches('-').trim();
        let first = code.split(|own: char| !own.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_code = matches!(first, "if" | "unless" | "end" | "else" | "elsif")
            || code.trim_start_matches('=').trim_start().starts_with('@');
        if is_code && !before.contains("<%") {
            let span = Span::new(line + start, at);
            return Some(refused(format!("`%{}%>` lacks its `<`", &before[start + 1..]), span));
        }
    }
    None
}

/// Words that may stand right behind a bracket.
const AFTER_BRACKETS: [&str; 14] = [
    "and", "do", "else", "elsif", "end", "if", "in", "or", "rescue", "then", "unless", "until",
    "when", "while",
];

/// What Ruby refuses of the code of one tag: a quote or bracket that nothing closes, a word right
/// behind a bracket. `None` too for what is not understood.
pub(super) fn garbled(text: &str, tags: &[(usize, usize)]) -> Option<Problem> {
    tags.iter().find_map(|&(start, end)| {
        let code = text.get(start..end)?;
        let message = brackets(code)?;
        Some(refused(message.to_owned(), Span::new(start, end)))
    })
}

/// What is wrong with the brackets and quotes of a tag's code.
fn brackets(code: &str) -> Option<&'static str> {
    if ["<<", "%q", "%Q", "%w", "%W", "%r", "%i", "%I", "%x{", "%x(", "%x[", "%(", "%{", "=begin"]
        .iter()
        .any(|own| code.contains(own))
    {
        return None;
    }
    let bytes = code.as_bytes();
    let mut open: Vec<u8> = Vec::new();
    let mut at = 0;
    // The last sign that is no blank.
    let mut last = 0u8;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        match byte {
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                continue;
            }
            b'\'' | b'"' | b'`' => match quote_end(bytes, at)? {
                0 => return Some("a quote that nothing closes"),
                end => at = end,
            },
            b'/' if at == 0
                || matches!(last, b'(' | b',' | b'=' | b'~' | b'[' | b'|' | b'&' | b'!' | b'{') =>
            {
                at = regex_end(bytes, at)?;
            }
            // After a word it may divide, or begin an argument.
            b'/' if last.is_ascii_lowercase() => return None,
            // A letter by itself, a variable of Ruby's.
            b'?' if !next.is_ascii_whitespace()
                && !matches!(next, b'(' | b')' | b'.')
                && !bytes[..at].last().is_some_and(u8::is_ascii_alphanumeric) =>
            {
                return None;
            }
            b'$' if !next.is_ascii_alphabetic() => return None,
            b'(' | b'[' | b'{' => open.push(byte),
            b')' | b']' | b'}' => {
                let opener = match byte {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                match open.pop() {
                    Some(own) if own == opener => {}
                    // A brace may close what another tag opened.
                    None if byte == b'}' => {}
                    _ => return Some("a bracket that nothing opens"),
                }
                if byte != b'}' && (next.is_ascii_alphabetic() || next == b'@') {
                    let word = code[at + 1..].split(|own: char| !own.is_ascii_alphanumeric());
                    let word = word.clone().next().unwrap_or_default();
                    if !AFTER_BRACKETS.contains(&word) {
                        return Some("a word right behind a bracket");
                    }
                }
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
        at += 1;
    }
    match open.last() {
        // A block goes on in the next tag.
        None | Some(b'{') => None,
        Some(_) if open.contains(&b'{') => None,
        Some(_) => Some("a bracket that nothing closes"),
    }
}

/// Where the regular expression ends that begins at `at`, on its line.
fn regex_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end).filter(|own| **own != b'\n') {
        match byte {
            b'/' => return Some(end),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    None
}

/// Where the string ends that begins at `at`; 0 where it does not, `None` where it is not
/// understood.
fn quote_end(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 1,
            b'#' if quote != b'\'' && bytes.get(end + 1) == Some(&b'{') => {
                let close = memchr::memchr(b'}', &bytes[end..])?;
                // A block inside.
                if memchr::memchr(b'{', &bytes[end + 2..end + close]).is_some() {
                    return None;
                }
                end += close;
            }
            _ if byte == quote => return Some(end),
            _ => {}
        }
        end += 1;
    }
    Some(0)
}

/// The statements of a line, what stands in quotes taken out; `None` for a quote that goes on.
fn statements(line: &str) -> Option<Vec<String>> {
    let mut found = vec![String::new()];
    let mut quote = None;
    let mut depth = 0;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let last = found.last_mut()?;
        match (quote, letter) {
            (Some(_), '\\') => drop(letters.next()),
            (Some(own), letter) if own == letter => {
                quote = None;
                last.push(letter);
            }
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => {
                quote = Some(letter);
                last.push(letter);
            }
            (None, '#') if last.is_empty() || last.ends_with(' ') => break,
            // Regular expressions may hold anything.
            (None, '/') if last.trim_end().ends_with(['(', '~', ',', '=']) => return None,
            (None, '%') if last.trim().is_empty() => return None,
            (None, '%') if last.trim_end().ends_with(['(', '=', ',']) => return None,
            (None, '?') if last.is_empty() => return None,
            (None, ';') if depth == 0 => found.push(String::new()),
            (None, letter) => {
                depth += i32::from(matches!(letter, '(' | '[' | '{'));
                depth -= i32::from(matches!(letter, ')' | ']' | '}'));
                last.push(letter);
            }
        }
    }
    quote.is_none().then_some(found)
}

/// Takes one statement; the outer `None` for one that is not understood.
fn step(statement: &str, span: Span, open: &mut Vec<Block>) -> Option<Option<Problem>> {
    let statement = statement.trim();
    let words: Vec<&str> = statement
        .split(|own: char| {
            !(own.is_ascii_alphanumeric() || matches!(own, '_' | '?' | '!' | '@' | ':' | '.'))
        })
        .filter(|word| !word.is_empty())
        .collect();
    if words.iter().any(|word| UNREAD.contains(word)) || statement.ends_with('\\') {
        return None;
    }
    // `'text' if x`: what comes first is no word.
    let starts = statement.starts_with(|own: char| own.is_ascii_alphabetic());
    let first = words.first().copied().filter(|_| starts).unwrap_or_default();
    // `end.join(',')`, `end if x`.
    if first == "end" || first.starts_with("end.") {
        return match open.pop() {
            Some(own) if own.word == "{" => None,
            Some(_) if statement.ends_with(" do") || words[1..].contains(&"end") => None,
            Some(_) => Some(None),
            None => Some(Some(refused("`end` without a block".to_owned(), span))),
        };
    }
    if let Some(rest) = statement.strip_prefix('}') {
        return match open.pop() {
            Some(own) if own.word == "{" && !rest.contains(['{', '}']) => Some(None),
            _ => None,
        };
    }
    if matches!(first, "else" | "elsif" | "when" | "in" | "rescue" | "ensure") {
        return branch(first, span, open);
    }
    let ends = words[..].iter().filter(|word| **word == "end" || word.starts_with("end.")).count();
    let opener = OPENERS.iter().find(|word| **word == first).copied();
    let assigned = || {
        let found = OPENERS.iter().copied().find(|word| {
            let marks = [format!("= {word} "), format!("={word} "), format!("({word} ")];
            marks.iter().any(|mark| statement.contains(mark.as_str()))
        });
        found.or_else(|| statement.ends_with("= begin").then_some("begin"))
    };
    let block = words.iter().filter(|word| **word == "do").count();
    let opener = match (opener.or_else(assigned), block) {
        // The `do` of a loop is its own.
        (Some(word @ ("while" | "until" | "for")), 0 | 1) => Some(word),
        (Some(word), 0) => Some(word),
        (None, 1) => Some("do"),
        (None, 0) => None,
        _ => return None,
    };
    match (opener, ends) {
        (Some(word), 0) => open.push(Block { word, span, last: false }),
        (Some(_), 1) | (None, 0) => {}
        _ => return None,
    }
    let braces = statement.matches('{').count() as i64 - statement.matches('}').count() as i64;
    match braces {
        0 => {}
        1 if opener.is_none() => open.push(Block { word: "{", span, last: false }),
        _ => return None,
    }
    Some(None)
}

fn branch(word: &str, span: Span, open: &mut [Block]) -> Option<Option<Problem>> {
    let Some(block) = open.last_mut() else {
        return Some(Some(refused(format!("`{word}` without a block"), span)));
    };
    if block.word == "{" {
        return None;
    }
    let is_wrong = match word {
        "else" => {
            let twice = std::mem::replace(&mut block.last, true);
            twice || matches!(block.word, "while" | "until" | "for")
        }
        "elsif" => block.last || block.word != "if",
        "when" | "in" => block.word != "case",
        _ => false,
    };
    // A block of `do` takes `else` behind a `rescue` alone.
    let is_wrong = is_wrong || word == "else" && block.word == "do";
    let message = format!("`{word}` in a block of `{}` that takes none", block.word);
    Some(is_wrong.then(|| refused(message, span)))
}

fn refused(message: String, span: Span) -> Problem {
    let mut problem = Problem::new("parse-error", message, span);
    problem.help = "Ruby refuses the whole template".into();
    problem
}

#[cfg(test)]
mod tests {
    use super::{brackets, unbalanced, unclosed, unopened};

    #[test]
    fn code_that_ruby_refuses() {
        for code in
            [" if (@a && @b)e ", "= @a.join(', ' ", "= @a['b' ", "= 'a ", "= @a) ", "= @a[0]b "]
        {
            assert!(brackets(code).is_some(), "{code}");
        }
        for code in [
            " if (@a =~ /\\.(php)$/ && @b) -",
            "= \"#{@a[\"b\"]} (\" ",
            " @a.each { |b| ",
            " } ",
            "= (@a)if @b ",
            "= @a.map { |b| b['c'] }.join(\"'\") # it's",
            "= @a ? (b) : [c] ",
            "= @a.empty?() ",
            "= %w(a b).join(\"(\") ",
            "= %x{echo #{a} | awk '{print $2}'}.chomp ",
            "= @a.sub(/[(]/, '') ",
            " foo.each do |a, (b, c)| ",
        ] {
            assert_eq!(brackets(code), None, "{code}");
        }
    }

    #[test]
    fn tags_that_lost_their_begin() {
        let tags = |text: &str| {
            let mut found = Vec::new();
            let mut at = 0;
            while let Some(start) = text[at..].find("<%").map(|own| at + own + 2) {
                let end = start + text[start..].find("%>").unwrap();
                found.push((start, end));
                at = end + 2;
            }
            found
        };
        for text in ["a % if @b %> c<% end %>", "<%= @a %>% end -%>", "<% @x %> %= @a %>"] {
            assert!(unopened(text, &tags(text)).is_some(), "{text}");
        }
        for text in ["LogFormat \"%h %>s %b\" <%= @a %>", "<%= @a %>% 5 %> x", "<% end %>"] {
            assert!(unopened(text, &tags(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn tags_that_nothing_closes() {
        for text in ["<%= @a >\nx", "<% if @a >x<% end %>", "a <%-\n"] {
            assert!(unclosed(text).is_some(), "{text}");
        }
        for text in ["<%= @a %>", "<%% x", "<%= '<%' %>", "<%# <% %>", "a", "<%s>"] {
            assert!(unclosed(text).is_none(), "{text}");
        }
    }

    fn said(text: &str) -> Option<String> {
        let mut tags = Vec::new();
        let mut at = 0;
        while let Some(start) = text[at..].find("<%").map(|own| at + own + 2) {
            let end = start + text[start..].find("%>").unwrap();
            tags.push((start, end));
            at = end + 2;
        }
        unbalanced(text, &tags).map(|own| own.message)
    }

    #[test]
    fn what_ruby_takes() {
        for text in [
            "<% if @a -%>x<% else -%>y<% end -%>",
            "<% @a.each do |b| -%><%= b if b %><% end -%>",
            "<%= @a.map { |b| b }.join(' end ') %>",
            "<%- @a.each { |b| -%>x<% } -%>",
            "<% x = if @a then 1 else 2 end %><% case @b when 'if' %>y<% end %>",
            "<% unless @a; b = 1; end; if b %>x<% end %>",
            "<%= ',' if @a %><%= \"x#{y}\" unless @b %><%= (a) if b %>",
            "<% for a in @b do %>x<% end %><% return if @a %>",
            "<%= %x{echo #{a} | awk '{print $2}'}.chomp %>",
            "<% begin\n  x = 1\nrescue\n  x = 2\nelse\n x = 3\nend %>",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }

    #[test]
    fn what_ruby_refuses() {
        for (text, message) in [
            ("<% if @a -%>x<% else -%>", "`if` is never closed"),
            ("<% if @a -%>x<% end -%><% end %>", "`end` without a block"),
            ("<% @a.each do |b| %>x<% else %>", "`else` in a block of `do` that takes none"),
            (
                "<% if @a %>x<% else %>y<% else %>z<% end %>",
                "`else` in a block of `if` that takes none",
            ),
        ] {
            assert_eq!(said(text).as_deref(), Some(message), "{text}");
        }
    }
}

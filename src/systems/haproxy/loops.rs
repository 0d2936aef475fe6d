//! Loops of a template over names that the template itself lists:
//! `<% %w(a b).each do |x| %>`, `{% for x in ['a', 'b'] %}`.

use crate::syntax::tags::{self, Sort};
use std::ops::Range;

/// A loop with literal items.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Loop {
    /// From the opening tag's end to the closing tag's start.
    body: Range<usize>,
    variable: String,
    items: Vec<String>,
}

/// More texts than this of one word are not worth it.
const LIMIT: usize = 256;

/// What a word of the template can come out as: every loop around it unrolled, each
/// output of its variable replaced. `None` where no loop changes it.
pub(super) fn unrolled(loops: &[Loop], start: usize, raw: &str) -> Option<Vec<String>> {
    let mut texts = vec![raw.to_owned()];
    let mut changed = false;
    // The innermost first: its variable hides an outer one of the same name.
    for own in loops.iter().rev().filter(|own| own.body.contains(&start)) {
        if !outputs(&texts[0]).any(|(_, inner)| inner == own.variable) {
            continue;
        }
        if texts.len() * own.items.len() > LIMIT {
            return None;
        }
        changed = true;
        texts = own
            .items
            .iter()
            .flat_map(|item| texts.iter().map(move |text| replace(text, &own.variable, item)))
            .collect();
    }
    changed.then_some(texts)
}

/// Output tags: where each stands, and its expression.
fn outputs(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    tags(text).into_iter().filter(|tag| tag.output).map(|tag| {
        let inner = tag.code.trim_end_matches(".to_s");
        (tag.range, inner)
    })
}

fn replace(text: &str, variable: &str, item: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for (range, _) in outputs(text).filter(|(_, inner)| *inner == variable) {
        out.push_str(&text[from..range.start]);
        out.push_str(item);
        from = range.end;
    }
    out.push_str(&text[from..]);
    out
}

/// The language of a tag's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Ruby, or Puppet's own language.
    Ruby,
    Jinja,
    Go,
}

pub(super) struct Tag<'a> {
    pub range: Range<usize>,
    pub output: bool,
    pub dialect: Dialect,
    pub code: &'a str,
}

/// Tags of ERB, EPP, Jinja and Go, in order; comments left out.
pub(super) fn tags(text: &str) -> Vec<Tag<'_>> {
    let all = tags::tags(text, Sort::ALL).into_iter();
    let code = all.filter(|tag| {
        let begin = tag.inner.trim_start_matches('-');
        tag.sort != Sort::Comment && !begin.starts_with(['#', '%'])
    });
    code.map(|tag| {
        let dialect = match tag.sort {
            Sort::Erb => Dialect::Ruby,
            Sort::Braces if tags::is_go_statement(tag.inner) => Dialect::Go,
            _ => Dialect::Jinja,
        };
        let code = tag.inner.trim_start_matches('-').trim_start_matches('=').trim();
        let (output, code) = (tag.prints(), code.trim_end_matches('-').trim());
        Tag { range: tag.range, output, dialect, code }
    })
    .collect()
}

/// No template has more loops than this, unless it is broken.
const MOST_LOOPS: usize = 200;

/// All loops over literal lists, outer ones before inner ones.
pub(super) fn find(text: &str) -> Vec<Loop> {
    let tags = tags(text);
    // Most files are no templates, and most templates have no such list.
    let code: Vec<&Tag<'_>> =
        tags.iter().filter(|tag| !tag.output && tag.dialect != Dialect::Go).collect();
    let mut open: Vec<(usize, Option<Loop>)> = Vec::new();
    let mut out = Vec::new();
    let mut heads = 0;
    for tag in &code {
        let lines: Vec<&str> = if tag.dialect == Dialect::Jinja {
            vec![tag.code]
        } else {
            tag.code.split(['\n', ';']).collect()
        };
        for line in lines.into_iter().map(str::trim) {
            let (closes, opens) =
                if tag.dialect == Dialect::Jinja { jinja(line) } else { ruby(line) };
            if closes {
                let Some((_, last)) = open.pop() else { return Vec::new() };
                if let Some(mut own) = last {
                    own.body.end = tag.range.start;
                    out.push(own);
                }
            }
            if opens {
                let head = head(line).filter(|_| heads < MOST_LOOPS);
                heads += usize::from(head.is_some());
                let head = head.and_then(|(list, variable)| {
                    let items = literals(list).or_else(|| assigned(&code, list))?;
                    let body = tag.range.end..tag.range.end;
                    Some(Loop { body, variable: variable.to_owned(), items })
                });
                open.push((tag.range.end, head));
            }
        }
    }
    out.sort_by_key(|own| own.body.start);
    out
}

/// Whether a line of Ruby or Puppet code closes a block, and whether it opens one.
pub(super) fn ruby(line: &str) -> (bool, bool) {
    let word = line.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let closes = word == "end" || line.starts_with('}');
    let head = line.split('|').next().unwrap_or_default().trim_end();
    let block = line.ends_with('|') && (head.ends_with(" do") || head.ends_with('{'));
    let opens = block
        || line.ends_with(" do")
        || line.ends_with('{')
        || matches!(word, "if" | "unless" | "case" | "while" | "until" | "for" | "begin")
            && !line.ends_with(" end")
            && !line.ends_with('}');
    (closes, opens)
}

/// The same for Jinja, where only loops matter: its blocks nest properly.
fn jinja(line: &str) -> (bool, bool) {
    (line.starts_with("endfor"), line.starts_with("for "))
}

/// The list that a loop goes through, and its variable as an output tag writes it.
fn head(line: &str) -> Option<(&str, &str)> {
    // `for x in LIST`, of Jinja and Ruby.
    if let Some((variable, list)) =
        line.strip_prefix("for ").and_then(|rest| rest.split_once(" in "))
    {
        return is_name(variable.trim()).then_some((list.trim(), variable.trim()));
    }
    // `LIST.each do |x|`, `LIST.each |$x| {`.
    let (list, block) = line.split_once(".each")?;
    let (before, rest) = block.split_once('|')?;
    let (variable, after) = rest.split_once('|')?;
    let plain = matches!(before.trim(), "do" | "{" | "") && matches!(after.trim(), "" | "{");
    let variable = variable.trim();
    (plain && is_name(variable.trim_start_matches('$'))).then_some((list.trim(), variable))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Items of a list literal: `%w(a b)`, `['a', "b", 3]`.
fn literals(list: &str) -> Option<Vec<String>> {
    let list = list.trim_end_matches(".sort").trim_end_matches(".uniq");
    let words = list.strip_prefix("%w").and_then(|rest| {
        let close = match rest.chars().next()? {
            '(' => ')',
            '[' => ']',
            '{' => '}',
            c @ ('|' | '/' | '!') => c,
            _ => return None,
        };
        rest[1..].strip_suffix(close)
    });
    if let Some(words) = words {
        return Some(words.split_whitespace().map(str::to_owned).collect());
    }
    let inner = list.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))?;
    let items = inner.trim().trim_end_matches(',').split(',').map(|item| {
        let item = item.trim();
        let quoted = ['\'', '"']
            .iter()
            .find_map(|quote| item.strip_prefix(*quote).and_then(|rest| rest.strip_suffix(*quote)));
        let text = match quoted {
            Some(text) => text,
            None if !item.is_empty() && item.bytes().all(|byte| byte.is_ascii_digit()) => item,
            None => return None,
        };
        // Interpolation, an escape, or a quote that ends elsewhere.
        (!text.contains(['#', '$', '\\', '\'', '"', '{'])).then(|| text.to_owned())
    });
    items.collect()
}

/// Items of a variable that the template sets once, to a literal list.
fn assigned(code: &[&Tag<'_>], name: &str) -> Option<Vec<String>> {
    let name = name.trim_end_matches(".sort").trim_end_matches(".uniq");
    if !is_name(name.trim_start_matches('$')) {
        return None;
    }
    let mut found = None;
    for line in code.iter().flat_map(|tag| tag.code.split(['\n', ';'])).map(str::trim) {
        let line = line.strip_prefix("set ").unwrap_or(line);
        let Some(rest) = line.strip_prefix(name) else { continue };
        let rest = rest.trim_start();
        let reads = rest.starts_with(".each") || rest.starts_with("==");
        match rest.strip_prefix('=').filter(|_| !reads) {
            Some(value) if found.is_none() => found = Some(literals(value.trim())?),
            // Set again, appended to, or some other name that begins so.
            None if reads || rest.starts_with(is_word) => {}
            _ => return None,
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str, word: &str) -> Option<Vec<String>> {
        let start = text.find(word).expect("the word is there");
        unrolled(&find(text), start, word)
    }

    #[test]
    fn literal_lists_are_unrolled() {
        let both = Some(vec!["be_a".to_owned(), "be_b".to_owned()]);
        let ruby = "be_<%= x %>";
        assert_eq!(names("<% %w(a b).each do |x| -%>be_<%= x %><% end %>", ruby), both);
        assert_eq!(names("<%- ['a', \"b\"].sort.each do |x| %>be_<%= x %><% end %>", ruby), both);
        assert_eq!(names("<% l = %w[a b] %><% l.each do |x| %>be_<%= x %><% end %>", ruby), both);
        let puppet = "<% ['a', 'b'].each |$x| { -%>be_<%= $x %><% } -%>";
        assert_eq!(names(puppet, "be_<%= $x %>"), both);
        let jinja = "{% for x in ['a', 'b'] %}{% if y %}be_{{ x }}{% endif %}{% endfor %}";
        assert_eq!(names(jinja, "be_{{ x }}"), both);
    }

    #[test]
    fn what_is_not_literal_stays_unknown() {
        for text in [
            "<% @l.each do |x| %>be_<%= x %><% end %>",
            "<% %w(a b).each do |x| %><% end %>be_<%= x %>",
            "<% %w(a b).each do |y| %>be_<%= x %><% end %>",
            "<% l = %w(a) %><% l << @b %><% l.each do |x| %>be_<%= x %><% end %>",
            "<% ['a', \"#{b}\"].each do |x| %>be_<%= x %><% end %>",
        ] {
            assert_eq!(names(text, "be_<%= x %>"), None, "{text}");
        }
    }

    #[test]
    fn nested_loops_multiply_and_blocks_inside_are_skipped() {
        let text = "<% %w(a b).each do |x| %><% if @c %>1<% else %>2<% end %>\
                    <% [1, 2].each do |n| %><%= x %>_<%= n %><% end %><% end %>";
        let mut all = names(text, "<%= x %>_<%= n %>").expect("known");
        all.sort();
        assert_eq!(all, ["a_1", "a_2", "b_1", "b_2"]);
    }
}

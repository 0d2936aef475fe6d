//! What a silencing comment covers: its own line and the next, and where it stands alone above
//! a block (a task, a resource, a mapping), the block.

use crate::facts::{LineIndex, base_name};

/// Most lines of one block.
const MOST_LINES: u32 = 5_000;

/// The last line that the comment on `line` of a file covers.
pub fn last_line(path: &str, bytes: &[u8], index: &LineIndex, line: u32) -> u32 {
    let text = |number: u32| {
        let range = index.line_range(number, bytes);
        String::from_utf8_lossy(bytes.get(range).unwrap_or_default()).into_owned()
    };
    if !is_comment(&text(line)) {
        return line + 1;
    }
    let total = index.line(bytes.len() as u32);
    let end = total.min(line.saturating_add(MOST_LINES));
    // Several comments may stand above one thing.
    let begins = |number: &u32| {
        let text = text(*number);
        !text.trim().is_empty() && !is_comment(&text)
    };
    let Some(first) = (line + 1..=end).find(begins) else { return line + 1 };
    let has_comments_between = (line + 1..first).all(|number| is_comment(&text(number)));
    if !has_comments_between {
        return line + 1;
    }
    let lines = (first..=end).map(|number| (number, text(number)));
    let last = match is_yaml(path) {
        true => indented(lines),
        false => bracketed(lines),
    };
    last.unwrap_or(first).max(line + 1)
}

fn is_yaml(path: &str) -> bool {
    let name = base_name(path);
    [".yaml", ".yml", ".eyaml"].iter().any(|end| name.ends_with(end))
}

/// Whether a line is a comment in one of the languages that are read, and nothing else.
fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["#", "//", "/*", "*", "<!--", "<%#", "{{/*", "{#", ";"]
        .iter()
        .any(|mark| line.starts_with(mark))
}

/// The end of what is indented below the first line.
fn indented(mut lines: impl Iterator<Item = (u32, String)>) -> Option<u32> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let (number, first) = lines.next()?;
    // The items of a list may stand right below their key.
    let is_key = first.trim_end().ends_with(':') && !first.trim_start().starts_with("- ");
    let mut last = number;
    for (number, line) in lines {
        if line.trim().is_empty() {
            continue;
        }
        let is_item = is_key && depth(&line) == depth(&first) && line.trim_start().starts_with('-');
        let is_document = line.starts_with("---") || line.starts_with("...");
        if is_document || depth(&line) <= depth(&first) && !is_item {
            // A comment before the next block is the next block's.
            break;
        }
        last = number;
    }
    Some(last)
}

/// The line on which what the first line opens is closed. Definitions hold too much to be
/// covered by one comment: of those, only the head is.
fn bracketed(lines: impl Iterator<Item = (u32, String)>) -> Option<u32> {
    let mut open = 0i64;
    for (ix, (number, line)) in lines.enumerate() {
        if ix == 0 && is_definition(&line) {
            return Some(number);
        }
        open += balance(&line);
        if open <= 0 {
            return Some(number);
        }
    }
    // Nothing closes it: the count went wrong at a string over several lines.
    None
}

fn is_definition(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let kind = words.next().unwrap_or_default();
    let definitions =
        ["class", "define", "node", "plan", "function", "type", "application", "site"];
    definitions.contains(&kind) && words.next().is_some_and(|name| !name.starts_with('{'))
}

/// Brackets opened less brackets closed, outside of quotes and comments.
fn balance(line: &str) -> i64 {
    let mut balance = 0;
    let mut quote = None;
    let mut escaped = false;
    let mut before = ' ';
    for c in line.chars() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(own), c) if own == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '#') if before.is_whitespace() => break,
            (None, '(' | '[' | '{') => balance += 1,
            (None, ')' | ']' | '}') => balance -= 1,
            _ => {}
        }
        before = c;
    }
    balance
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(path: &str, text: &str, line: u32) -> u32 {
        last_line(path, text.as_bytes(), &LineIndex::new(text.as_bytes()), line)
    }

    #[test]
    fn a_task_with_all_that_is_in_it() {
        let text =
            "# allow\n- name: a\n  template:\n    src: b\n\n    dest: c\n  # of a\n- name: d\n";
        assert_eq!(last("tasks/main.yml", text, 1), 7);
        assert_eq!(last("tasks/main.yml", "- name: a  # allow\n  template:\n    src: b\n", 1), 2);
        assert_eq!(last("x.yaml", "# allow\nkey:\n- a\n- b\nother: c\n", 1), 4);
        assert_eq!(last("x.yaml", "# allow\n---\nkey: a\n", 1), 2);
        assert_eq!(last("x.yaml", "# allow\n\nkey:\n  a: b\n", 1), 2);
    }

    #[test]
    fn a_resource_up_to_its_bracket() {
        let text = "# allow\n# more\nfile { '/a':\n  content => '}',  # }\n  source => [\n    'b',\n  ],\n}\nfile { '/c': }\n";
        assert_eq!(last("init.pp", text, 1), 8);
        assert_eq!(last("init.pp", "# allow\ninclude a\ninclude b\n", 1), 2);
        assert_eq!(last("init.pp", "# allow\nfile { '/a':\n  content => 'open\n", 1), 2);
    }

    #[test]
    fn a_class_is_not_silenced_by_the_comment_above_it() {
        assert_eq!(last("init.pp", "# allow\nclass a {\n  include b\n}\n", 1), 2);
        assert_eq!(last("init.pp", "# allow\nclass { 'a':\n  b => 1,\n}\n", 1), 4);
    }
}

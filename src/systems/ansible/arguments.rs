//! A task's arguments, in block form or as `key=value` text.

use crate::facts::{NamePattern, Piece, Span};
use crate::syntax::yaml::{Node, Value};
use std::ops::Range;

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub text: String,
    pub span: Span,
}

/// The arguments of a module.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pairs: Vec<(String, Vec<Text>)>,
    /// The text without a key: `include: a.yml`.
    pub free: Option<Text>,
    /// The second such word: what follows the module in `action: script a.sh`.
    next: Option<Text>,
}

impl Arguments {
    /// Reads either form.
    pub fn of(node: &Node<'_>, source: &str) -> Self {
        let mut arguments = Self::default();
        match &node.value {
            Value::Mapping(entries) => {
                for (key, value) in entries {
                    let Some(key) = key.as_str() else { continue };
                    arguments.pairs.push((key.to_owned(), texts(value)));
                }
            }
            Value::Scalar { text, .. } => arguments.free_form(text, node.span, source),
            Value::Sequence(_) => arguments.pairs.push(("name".into(), texts(node))),
            Value::Alias => {}
        }
        arguments
    }

    /// `src=a dest="b c"`; what has no `=` is free text.
    fn free_form(&mut self, text: &str, span: Span, source: &str) {
        for word in words(text) {
            // Where the word stands, if the scalar was written without folding.
            let raw = source.get(span.range()).unwrap_or_default();
            let at = raw.find(word.as_str()).map_or(span, |at| {
                let start = span.start as usize + at;
                Span::new(start, start + word.len())
            });
            let key_value = word.split_once('=').filter(|(key, _)| {
                !key.is_empty()
                    && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            });
            match key_value {
                Some((key, value)) => {
                    let value = value.trim_matches(['"', '\'']).to_owned();
                    self.pairs.push((key.to_owned(), vec![Text { text: value, span: at }]));
                }
                None => {
                    let text = word.trim_matches(['"', '\'']).to_owned();
                    let free = Text { text, span: at };
                    match (&self.free, &self.next) {
                        (None, _) => self.free = Some(free),
                        (Some(_), None) => self.next = Some(free),
                        (Some(_), Some(_)) => {}
                    }
                }
            }
        }
    }

    /// Takes the first word without a key away; the next takes its place.
    pub fn take_free(&mut self) -> Option<Text> {
        std::mem::replace(&mut self.free, self.next.take())
    }

    /// All of them, with their names.
    pub fn pairs(&self) -> &[(String, Vec<Text>)] {
        &self.pairs
    }

    /// Values of `key`.
    pub fn all(&self, key: &str) -> &[Text] {
        self.pairs.iter().find(|(own, _)| own == key).map_or(&[], |(_, values)| values)
    }

    /// The keys, in the order in which they are written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(key, _)| key.as_str())
    }

    /// The first value of `key`.
    pub fn get(&self, key: &str) -> Option<&Text> {
        self.all(key).first()
    }
}

/// YAML 1.1 truth, which Ansible uses.
pub(super) fn is_true(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "yes" | "true" | "on" | "1")
}

/// Scalars of a node: one, or those of a list.
pub(super) fn texts(node: &Node<'_>) -> Vec<Text> {
    match &node.value {
        // `notify:` with its handlers commented out names none.
        Value::Scalar { plain: true, text } if matches!(text.as_ref(), "" | "~" | "null") => {
            Vec::new()
        }
        Value::Scalar { text, .. } => vec![Text { text: text.to_string(), span: node.span }],
        Value::Sequence(items) => items
            .iter()
            .filter_map(|item| Some(Text { text: item.as_str()?.to_owned(), span: item.span }))
            .collect(),
        _ => Vec::new(),
    }
}

/// The names of arguments in free form that variables complete.
pub fn filled_in_keys(text: &str) -> Vec<String> {
    if !text.contains("{{") {
        return Vec::new();
    }
    let key_of = |word: String| {
        let after = word.strip_prefix("{{").map_or(0, |_| word.find("}}").unwrap_or_default());
        let end = after + word[after..].find('=')?;
        Some(word[..end].to_owned()).filter(|key| key.contains("}}"))
    };
    words(text).into_iter().filter_map(key_of).collect()
}

/// Words at blanks, with quotes and `{{ … }}` kept whole.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut depth = 0u32;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' if matches!(chars.peek(), Some('{' | '%')) => {
                depth += 1;
                word.push(c);
            }
            '}' | '%' if depth > 0 && chars.peek() == Some(&'}') => {
                depth -= 1;
                word.push(c);
                word.extend(chars.next());
            }
            '"' | '\'' if quote == Some(c) => {
                quote = None;
                word.push(c);
            }
            '"' | '\'' if quote.is_none() && depth == 0 => {
                quote = Some(c);
                word.push(c);
            }
            c if c.is_whitespace() && quote.is_none() && depth == 0 => {
                if !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// A text with Jinja expressions, and variables of Ansible 0.x, as holes. What stands
/// between two statements is there or not: all of it is a hole.
pub(super) fn pattern(text: &str) -> NamePattern {
    let Some(at) = text.find("{%") else { return NamePattern::with_holes(text, hole) };
    let end = text.rfind("%}").map_or(text.len(), |end| end + 2).max(at);
    let (before, after) = (&text[..at], &text[end..]);
    let [before, after] = [before, after].map(|own| NamePattern::with_holes(own, hole).pieces());
    NamePattern::from_pieces(before.into_iter().chain([Piece::Hole]).chain(after))
}

/// Where the first expression or variable stands.
fn hole(text: &str) -> Option<Range<usize>> {
    let at = [text.find("{{"), text.find('$')].into_iter().flatten().min()?;
    let rest = &text[at..];
    let len = match rest.starts_with("{{") {
        true => rest.find("}}").map_or(rest.len(), |end| end + 2),
        // `$name` and `${name}`, of Ansible 0.x.
        false => old_variable(rest).map_or(1, |(_, after)| rest.len() - after.len()),
    };
    Some(at..at + len)
}

/// The name of the old variable that `text` begins with, and what follows it.
pub(super) fn old_variable(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('$')?;
    let braces = rest.strip_prefix('{');
    let rest = braces.unwrap_or(rest);
    let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let (name, after) = rest.split_at(len);
    let after = if braces.is_some() { after.strip_prefix('}')? } else { after };
    (!name.is_empty()).then_some((name, after))
}

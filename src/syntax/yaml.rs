//! Analysed YAML: documents with byte spans, bounds, and what was wrong.
//!
//! Aliases stay references; nothing is expanded, so an alias bomb costs its own size.
//! Nesting deeper than [`MAX_DEPTH`] and documents with more than [`MAX_NODES`] nodes are
//! cut off with `limit-reached`. Templated YAML (Jinja, ERB, Go templates) is said to be
//! `unsupported-syntax` rather than broken.

use crate::facts::{Problem, Span, Strength};
use granit_parser::{Event, Options, Parser, ScalarStyle};
use std::borrow::Cow;

mod bracketed;
mod joined;
mod judge;
mod tabs;

/// Deepest nesting that is read.
pub const MAX_DEPTH: usize = 128;
/// Most nodes of one file that are read.
pub const MAX_NODES: usize = 2_000_000;

/// A node of a document.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    /// Its text; for a collection, from its first to its last entry.
    pub span: Span,
    /// What it is.
    pub value: Value<'a>,
}

/// A node's value.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// A scalar.
    Scalar {
        /// Its text, escapes resolved.
        text: Cow<'a, str>,
        /// Without quotes.
        plain: bool,
    },
    /// A sequence.
    Sequence(Vec<Node<'a>>),
    /// A mapping in source order.
    Mapping(Vec<(Node<'a>, Node<'a>)>),
    /// `*name`: refers to the node with this anchor.
    Alias,
}

impl<'a> Node<'a> {
    /// The text of a scalar.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[(Node<'a>, Node<'a>)] {
        match &self.value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; none for anything else.
    pub fn items(&self) -> &[Node<'a>] {
        match &self.value {
            Value::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The value of key `name` in a mapping.
    pub fn get(&self, name: &str) -> Option<&Node<'a>> {
        self.entries().iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value)
    }
}

/// The documents of a file, and what was wrong with it.
#[derive(Debug, Default)]
pub struct Documents<'a> {
    /// Roots of all documents that were read, also those before an error.
    pub roots: Vec<Node<'a>>,
    stop: Option<Stop>,
}

/// Where reading ended before the text did.
#[derive(Debug)]
enum Stop {
    /// What the parser says of it.
    Syntax {
        at: usize,
        message: String,
    },
    Limit(Problem),
}

impl Documents<'_> {
    /// Whether all of the text was read.
    pub fn is_whole(&self) -> bool {
        self.stop.is_none()
    }

    /// What is wrong with `text`, which was read.
    pub fn problem(&self, text: &str, form: Form) -> Option<Problem> {
        match self.stop.as_ref()? {
            Stop::Syntax { at, message } => Some(syntax_problem(text, *at, message, form)),
            Stop::Limit(problem) => Some(problem.clone()),
        }
    }

    fn end(&self) -> Option<usize> {
        self.stop.as_ref().map(|stop| match stop {
            Stop::Syntax { at, .. } => *at,
            Stop::Limit(problem) => problem.span.start as usize,
        })
    }
}

/// A collection that is still open.
enum Open<'a> {
    Sequence { start: usize, items: Vec<Node<'a>> },
    Mapping { start: usize, entries: Vec<(Node<'a>, Node<'a>)>, key: Option<Node<'a>> },
}

/// What a file of YAML may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// YAML, or a template that produces it.
    Either,
    /// YAML: whoever reads it renders nothing before, and text of a template in it is no excuse
    /// for a syntax error.
    Plain,
}

/// Most lines with tabs, or groups of them, that are read as if they began with blanks.
const MOST_TABS: usize = 8;

/// Reads all documents of `text`; where it breaks, once more with scalars over several lines on
/// one, and with blanks for tabs between brackets.
pub fn parse(text: &str) -> Documents<'_> {
    let mut documents = read(text, |text| text);
    let Some(broken) = documents.end() else { return documents };
    let again = |text: &str| read(text, |text| Cow::Owned(text.into_owned()));
    let mut text = Cow::Borrowed(text);
    if let Some(joined) = joined::lines_of_scalars(&text) {
        let joined_up = again(&joined);
        if joined_up.end().is_none_or(|place| place > broken) {
            documents = joined_up;
            text = Cow::Owned(joined);
        }
    }
    let is_valid = std::cell::OnceCell::new();
    for _ in 0..MOST_TABS {
        let Some(broken) = documents.end() else { break };
        let Some(blank) = tabs::as_blanks(&text, broken) else { break };
        if !is_valid.get_or_init(|| judge::accepts(&text)) {
            break;
        }
        let spaced = again(&blank);
        if spaced.end().is_some_and(|place| place <= broken) {
            break;
        }
        (documents, text) = (spaced, blank);
    }
    documents
}

fn read<'t, 'a>(text: &'t str, keep: impl Fn(Cow<'t, str>) -> Cow<'a, str>) -> Documents<'a> {
    let mut documents = Documents::default();
    let mut stack: Vec<Open<'a>> = Vec::new();
    let mut nodes = 0usize;
    // Comments are not kept, and a parser that keeps them refuses a hundred in a row.
    let mut options = Options::default();
    options.set_emit_comments(false);
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
                documents.stop = Some(Stop::Syntax { at, message: error.to_string() });
                break;
            }
        };
        let range = span.byte_range().unwrap_or(0..0);
        let node = match event {
            Event::Scalar(value, style, _, tag) => {
                // `!!str 2770` is text, as if it stood in quotes.
                let is_text = tag.is_some_and(|own| own.is_yaml_core_schema_tag("str"));
                let plain = style == ScalarStyle::Plain && !is_text;
                let span = Span::new(range.start, range.end);
                Node { span, value: Value::Scalar { text: keep(value), plain } }
            }
            Event::Alias(_) => {
                Node { span: Span::new(range.start, range.end), value: Value::Alias }
            }
            Event::SequenceStart(..) => {
                stack.push(Open::Sequence { start: range.start, items: Vec::new() });
                if stack.len() > MAX_DEPTH {
                    documents.stop = Some(limit("nested too deeply", range.start));
                    break;
                }
                continue;
            }
            Event::MappingStart(..) => {
                stack.push(Open::Mapping { start: range.start, entries: Vec::new(), key: None });
                if stack.len() > MAX_DEPTH {
                    documents.stop = Some(limit("nested too deeply", range.start));
                    break;
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop() {
                Some(open) => open.close(range.end),
                None => continue,
            },
            _ => continue,
        };
        nodes += 1;
        if nodes > MAX_NODES {
            documents.stop = Some(limit("too many nodes", range.start));
            break;
        }
        add(node, &mut stack, &mut documents.roots);
    }
    // What an error left open is still worth reading.
    while let Some(open) = stack.pop() {
        let node = open.close(text.len());
        add(node, &mut stack, &mut documents.roots);
    }
    documents
}

fn add<'a>(node: Node<'a>, stack: &mut [Open<'a>], roots: &mut Vec<Node<'a>>) {
    match stack.last_mut() {
        None => roots.push(node),
        Some(Open::Sequence { items, .. }) => items.push(node),
        Some(Open::Mapping { entries, key, .. }) => match key.take() {
            None => *key = Some(node),
            Some(key) => entries.push((key, node)),
        },
    }
}

impl<'a> Open<'a> {
    fn close(self, end: usize) -> Node<'a> {
        match self {
            Open::Sequence { start, items } => {
                let end = items.last().map_or(end, |last| last.span.end as usize);
                Node { span: Span::new(start, end), value: Value::Sequence(items) }
            }
            Open::Mapping { start, entries, .. } => {
                let end = entries.last().map_or(end, |(_, last)| last.span.end as usize);
                Node { span: Span::new(start, end), value: Value::Mapping(entries) }
            }
        }
    }
}

fn limit(what: &str, at: usize) -> Stop {
    let message = format!("{what}; the rest was not read");
    Stop::Limit(Problem::new("limit-reached", message, Span::new(at, at)))
}

/// A syntax error; where the line or the file is templated, that is the cause.
fn syntax_problem(text: &str, at: usize, message: &str, form: Form) -> Problem {
    let span = Span::new(at, at);
    if form == Form::Either && is_templated(text) {
        let message = "a template of YAML: only what stands before this place was read";
        return Problem::new("unsupported-syntax", message, span);
    }
    if super::blanks::has_blank(text, at)
        || is_filled_in(text, at)
        || bracketed::are_all_that_is_wrong(text)
    {
        let message = "a text with blanks: only what stands before this place was read";
        return Problem::new("unsupported-syntax", message, span);
    }
    if judge::accepts(text) {
        let message = "valid YAML that is not understood here: only what stands before this \
                       place was read";
        let mut problem = Problem::new("unsupported-syntax", message, span);
        problem.strength = Strength::Guarded;
        return problem;
    }
    // The parser appends its own coordinates; ours follow the finding.
    let message = message.split(" at byte ").next().unwrap_or(message);
    let message = message.split(" at char ").next().unwrap_or(message);
    Problem::new("parse-error", format!("not valid YAML: {message}"), span)
}

/// Whether a variable in the line that is refused is all that is wrong: `[web.${DOMAIN}:80]`. Who
/// fills in such names (Flux, `envsubst`) does so before the text is read.
fn is_filled_in(text: &str, at: usize) -> bool {
    let Some((before, after)) = text.split_at_checked(at) else { return false };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = after.find('\n').map_or(text.len(), |end| at + end);
    let line = &text[start..end];
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("${") {
        let length = after.bytes().take_while(|own| own.is_ascii_alphanumeric() || *own == b'_');
        let length = length.count();
        if length == 0 || !after[length..].starts_with('}') {
            return false;
        }
        filled.push_str(before);
        filled.push('x');
        rest = &after[length + 1..];
    }
    filled.push_str(rest);
    rest.len() < line.len() && judge::accepts(&[&text[..start], &filled, &text[end..]].concat())
}

/// Whether a file is a template that produces YAML.
pub fn is_templated(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("<%") || has_directive(text)
}

/// Whether Terraform's `templatefile` decides what stands here: `%{ if x }`, `%{~ endfor ~}`;
/// Hiera has names in such braces.
fn has_directive(text: &str) -> bool {
    let words = ["if", "for", "else", "endif", "endfor"];
    text.match_indices("%{").any(|(at, _)| {
        let rest = text[at + 2..].trim_start_matches('~').trim_start_matches(' ');
        let end = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        words.contains(&&rest[..end]) && rest[end..].starts_with([' ', '}', '~'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_bytes_and_order_is_kept() {
        let text = "é: 1\nb:\n  - x\n  - 'y z'\n";
        let documents = parse(text);
        assert!(documents.is_whole());
        let root = &documents.roots[0];
        let keys: Vec<_> = root.entries().iter().filter_map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["é", "b"]);
        let items = root.get("b").unwrap().items();
        assert_eq!(&text[items[1].span.range()], "'y z'");
    }

    #[test]
    fn templates_are_known_by_their_tags() {
        for text in ["a: {{ b }}", "{% if a %}", "<% if a %>", "%{ if a }\na: 1", "%{~ endfor ~}"] {
            assert!(is_templated(text), "{text}");
        }
        for text in ["a: '%{facts.os}'", "a: '%{elsewhere}'", "a: '%{::format}'", "a: 100%"] {
            assert!(!is_templated(text), "{text}");
        }
    }

    #[test]
    fn an_alias_bomb_costs_its_own_size() {
        let mut text = String::from("a0: &a0 [x, x]\n");
        for level in 1..60 {
            let before = level - 1;
            text.push_str(&format!("a{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n"));
        }
        let documents = parse(&text);
        assert!(documents.is_whole());
        assert_eq!(documents.roots[0].entries().len(), 60);
    }

    #[test]
    fn a_broken_file_keeps_what_stands_before() {
        let text = "a: 1\nb: [1, 2\nc: }\n";
        let documents = parse(text);
        assert_eq!(documents.problem(text, Form::Either).unwrap().rule, "parse-error");
        assert!(documents.roots[0].get("a").is_some());
    }

    #[test]
    fn a_variable_may_be_all_that_is_wrong() {
        let rule = |text: &str| parse(text).problem(text, Form::Either).unwrap().rule;
        assert_eq!(rule("a: 1\nb: [web.${DOMAIN}:80]\n"), "unsupported-syntax");
        assert_eq!(rule("a: 1\nb: [web.${DOMAIN}:80\n"), "parse-error");
        assert_eq!(rule("a: 1\nb: [web.{DOMAIN}:80]\n"), "parse-error");
        assert_eq!(rule("a: [\nb: ${c}: x\n"), "parse-error");
    }

    #[test]
    fn deep_nesting_is_cut() {
        let text = "[".repeat(5000);
        let documents = parse(&text);
        assert!(!documents.is_whole());
    }
}

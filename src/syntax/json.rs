//! JSON with byte spans, read into the same nodes as YAML.
//!
//! (`serde_json` keeps no positions, and YAML parsers reject the tabs that many JSON
//! files are indented with.)

use super::yaml::{MAX_DEPTH, Node, Value};
use crate::facts::{Problem, Span};
use std::borrow::Cow;

/// Reads one document. On an error the problem says where; nothing of it is kept.
pub fn parse(text: &str) -> Result<Node<'_>, Box<Problem>> {
    // A byte order mark: some programs take one.
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut parser = Parser { text, bytes: text.as_bytes(), at };
    let node = parser.value(0)?;
    parser.blank();
    if parser.at < parser.bytes.len() {
        return Err(parser.error("something after the document's end"));
    }
    Ok(node)
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    fn error(&self, what: &str) -> Box<Problem> {
        let at = self.at.min(self.bytes.len());
        let message = format!("not valid JSON: {what}");
        Box::new(Problem::new("parse-error", message, Span::new(at, at)))
    }

    fn blank(&mut self) {
        while self.bytes.get(self.at).is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> u8 {
        self.blank();
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn expect(&mut self, byte: u8) -> Result<(), Box<Problem>> {
        if self.peek() == byte {
            self.at += 1;
            Ok(())
        } else {
            Err(self.error(&format!("`{}` is missing", byte as char)))
        }
    }

    /// After a comma something follows.
    fn no_end(&mut self, close: u8) -> Result<(), Box<Problem>> {
        if self.peek() == close { Err(self.error("a comma with nothing after it")) } else { Ok(()) }
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, Box<Problem>> {
        if depth > MAX_DEPTH {
            let at = Span::new(self.at, self.at);
            return Err(Box::new(Problem::new(
                "limit-reached",
                "nested too deeply; the file was not read",
                at,
            )));
        }
        let first = self.peek();
        let start = self.at;
        let value = match first {
            b'{' => {
                self.at += 1;
                let mut entries = Vec::new();
                while self.peek() != b'}' {
                    let key = self.string()?;
                    self.expect(b':')?;
                    entries.push((key, self.value(depth + 1)?));
                    if self.peek() != b',' {
                        break;
                    }
                    self.at += 1;
                    self.no_end(b'}')?;
                }
                self.expect(b'}')?;
                Value::Mapping(entries)
            }
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while self.peek() != b']' {
                    items.push(self.value(depth + 1)?);
                    if self.peek() != b',' {
                        break;
                    }
                    self.at += 1;
                    self.no_end(b']')?;
                }
                self.expect(b']')?;
                Value::Sequence(items)
            }
            b'"' => return self.string(),
            _ => {
                while self
                    .bytes
                    .get(self.at)
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(byte))
                {
                    self.at += 1;
                }
                if self.at == start {
                    return Err(self.error("a value is missing"));
                }
                let text = self.text.get(start..self.at).unwrap_or_default();
                let is_number = || serde_json::from_str::<serde_json::Number>(text).is_ok();
                if !matches!(text, "true" | "false" | "null") && !is_number() {
                    self.at = start;
                    return Err(
                        self.error("a value is neither a string, a number nor a word of JSON")
                    );
                }
                Value::Scalar { text: Cow::Borrowed(text), plain: true }
            }
        };
        Ok(Node { span: Span::new(start, self.at), value })
    }

    fn string(&mut self) -> Result<Node<'a>, Box<Problem>> {
        if self.peek() != b'"' {
            return Err(self.error("a string is missing"));
        }
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                None | Some(b'\n') => {
                    self.at = start;
                    return Err(self.error("a string is never closed"));
                }
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        let raw = self.text.get(start..self.at).unwrap_or_default();
        let text = if escaped {
            match serde_json::from_str::<String>(raw) {
                Ok(text) => Cow::Owned(text),
                Err(_) => return Err(self.error("a string has an invalid escape")),
            }
        } else {
            Cow::Borrowed(raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default())
        };
        let span = Span::new(start, self.at);
        Ok(Node { span, value: Value::Scalar { text, plain: false } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_escapes_and_spans() {
        let text = "{\n\t\"a\\u00e9\": [ 1, true ],\n\t\"b\": { \"c\": \"d\" }\n}\n";
        let root = parse(text).unwrap();
        assert_eq!(root.entries()[0].0.as_str(), Some("aé"));
        let value = root.get("b").and_then(|b| b.get("c")).unwrap();
        assert_eq!(&text[value.span.range()], "\"d\"");
    }

    #[test]
    fn errors_say_where() {
        let error = parse("{\"a\": }").unwrap_err();
        assert_eq!((error.rule, error.span.start), ("parse-error", 6));
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse("{\"a\": \"\\").is_err());
    }
}

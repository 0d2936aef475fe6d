//! HAProxy configuration: sections, lines, words, also inside templates.
//!
//! (Source: HAProxy configuration manual, "Configuration file format" and "Quoting and
//! escaping".)

use super::loops::{self, Loop};
use crate::facts::{NamePattern, Piece, Span};
use smol_str::SmolStr;

/// Stands for a byte of template output in the masked text.
const HOLE: u8 = 1;

/// A word of a line.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub name: NamePattern,
    pub span: Span,
}

impl Word {
    /// The word where it is fully known, else its literal beginning.
    pub fn text(&self) -> &str {
        self.name.prefix()
    }

    /// Whether the word is exactly `text`.
    pub fn is(&self, text: &str) -> bool {
        self.name.as_exact().is_some_and(|own| own == text)
    }
}

/// A line: its words.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub words: Vec<Word>,
}

impl Line {
    /// The first word.
    pub fn keyword(&self) -> &str {
        self.words.first().map_or("", Word::text)
    }

    /// The word at `ix`.
    pub fn word(&self, ix: usize) -> Option<&Word> {
        self.words.get(ix)
    }

    /// The whole line.
    pub fn span(&self) -> Span {
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::default(),
        }
    }

    /// The word after the first one that is `key`.
    pub fn after(&self, key: &str) -> Option<&Word> {
        self.words.windows(2).find(|pair| pair[0].is(key)).map(|pair| &pair[1])
    }

    /// The words after each one that is `key`.
    pub fn all_after<'l>(&'l self, key: &'l str) -> impl Iterator<Item = &'l Word> {
        self.words.windows(2).filter(move |pair| pair[0].is(key)).map(|pair| &pair[1])
    }
}

/// A section.
#[derive(Debug, Clone)]
pub(super) struct Section {
    /// `frontend`, `backend`, `listen`, `defaults`, `global`, …
    pub kind: SmolStr,
    /// Its name; empty for `global` and unnamed `defaults`.
    pub name: Option<Word>,
    /// The header line.
    pub header: Line,
    pub lines: Vec<Line>,
}

impl Section {
    /// A proxy section that takes traffic or sends it on.
    pub fn is_proxy(&self) -> bool {
        matches!(self.kind.as_str(), "frontend" | "backend" | "listen")
    }

    /// Lines that begin with `keyword`.
    pub fn all<'s>(&'s self, keyword: &'s str) -> impl Iterator<Item = &'s Line> {
        self.lines.iter().filter(move |line| line.keyword() == keyword)
    }
}

/// A file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub sections: Vec<Section>,
    /// Lines before the first section.
    pub head: Vec<Line>,
    /// Template tags decide which lines are there.
    pub conditional: bool,
    /// Template tags pull in text that is not here.
    pub includes: bool,
    /// Loops over names that the template itself lists.
    loops: Vec<Loop>,
}

impl File {
    /// Names that a word of `text`, the file's own, comes out as: several in a loop.
    pub fn names(&self, text: &str, word: &Word) -> Vec<NamePattern> {
        let raw = text.get(word.span.range()).unwrap_or_default();
        let start = word.span.start as usize;
        match loops::unrolled(&self.loops, start, raw) {
            Some(texts) => texts.iter().filter_map(|text| name_of(text)).collect(),
            None => vec![word.name.clone()],
        }
    }

    /// Whether sections of any sort can come from nowhere but this file.
    pub fn is_complete(&self) -> bool {
        !self.includes && self.has(&["global"]) && self.has_both_sides()
    }

    /// Whether it takes traffic in and sends it on.
    pub fn has_both_sides(&self) -> bool {
        self.has(&["frontend", "listen"]) && self.has(&["backend", "listen"])
    }

    fn has(&self, kinds: &[&str]) -> bool {
        self.sections.iter().any(|section| kinds.contains(&section.kind.as_str()))
    }
}

/// The first word of a text.
fn name_of(text: &str) -> Option<NamePattern> {
    words(&Masked::new(text).bytes, 0).into_iter().next().map(|word| word.name)
}

/// Section headers of HAProxy 1.3 to 3.x.
const SECTIONS: &[&str] = &[
    "acme",
    "backend",
    "cache",
    "crt-store",
    "defaults",
    "fcgi-app",
    "frontend",
    "global",
    "http-errors",
    "listen",
    "log-forward",
    "log-profile",
    "mailers",
    "peers",
    "program",
    "resolvers",
    "ring",
    "traces",
    "userlist",
];

/// Reads a configuration or a template of one.
pub(super) fn parse(text: &str) -> File {
    let masked = Masked::new(text);
    let mut file = File {
        conditional: masked.conditional,
        includes: masked.includes,
        loops: loops::find(text),
        ..File::default()
    };
    let mut start = 0;
    for raw in masked.bytes.split_inclusive(|byte| *byte == b'\n') {
        let words = words(raw, start);
        start += raw.len();
        let Some(first) = words.first() else { continue };
        let keyword = first.text();
        // A header is a known word in the first column; indented ones are keywords
        // (`cache` in a filter), though many files indent everything.
        let is_header = SECTIONS.binary_search(&keyword).is_ok()
            && first.name.as_exact().is_some()
            && (words.len() <= 4)
            && !matches!(keyword, "cache" | "program" | "ring" | "traces" if raw.first().is_some_and(u8::is_ascii_whitespace));
        if is_header {
            let kind = SmolStr::new(keyword);
            let name = words.get(1).filter(|word| !word.is("from")).cloned();
            file.sections.push(Section { kind, name, header: Line { words }, lines: Vec::new() });
        } else {
            let line = Line { words };
            // HAProxy's own: `.if`, `.elif`.
            file.conditional |= matches!(line.keyword(), ".if" | ".elif" | ".else");
            match file.sections.last_mut() {
                Some(section) => section.lines.push(line),
                None => file.head.push(line),
            }
        }
    }
    file
}

/// The text with template tags replaced, byte for byte: output by holes, code by blanks.
struct Masked {
    bytes: Vec<u8>,
    conditional: bool,
    includes: bool,
}

impl Masked {
    fn new(text: &str) -> Self {
        let mut masked =
            Self { bytes: text.as_bytes().to_vec(), conditional: false, includes: false };
        for (open, close) in [("<%", "%>"), ("{%", "%}"), ("{{", "}}"), ("{#", "#}")] {
            masked.mask(text, open, close);
        }
        masked
    }

    fn mask(&mut self, text: &str, open: &str, close: &str) {
        let mut from = 0;
        while let Some(at) = text[from..].find(open).map(|at| from + at) {
            // `{%}` opens a tag and does not close it.
            let body = at + open.len();
            let Some(end) = text[body..].find(close).map(|end| body + end + close.len()) else {
                return;
            };
            let inner = text[body..end - close.len()].trim_matches(['-', ' ']);
            let output = open == "{{" || inner.starts_with('=');
            let fill = if output { HOLE } else { b' ' };
            for byte in &mut self.bytes[at..end] {
                if *byte != b'\n' || output {
                    *byte = fill;
                }
            }
            if !output && open != "{#" && !inner.starts_with('#') {
                let words = ["if", "unless", "case", "else", "elsif", "elif"];
                self.conditional |=
                    words.iter().any(|word| inner.starts_with(word)) || inner.contains(" if ");
            }
            // Ruby's `include?` is a question.
            let code = inner.replace("include?", "");
            self.includes |= ["template(", "render", "include", "inline_template", "lookup("]
                .iter()
                .any(|word| code.contains(word));
            // A whole line of output is text that is not here.
            let line_start = text[..at].rfind('\n').map_or(0, |at| at + 1);
            let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
            if output
                && text[line_start..at].trim().is_empty()
                && text[end..line_end].trim().is_empty()
            {
                self.includes = true;
            }
            from = end;
        }
    }
}

/// Splits a line into words, resolving quotes and escapes; a comment ends it.
fn words(line: &[u8], start: usize) -> Vec<Word> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < line.len() {
        match line[at] {
            byte if byte.is_ascii_whitespace() => at += 1,
            b'#' => break,
            _ => {
                let from = at;
                let mut pieces: Vec<Piece> = Vec::new();
                let mut text: Vec<u8> = Vec::new();
                let mut quote = 0u8;
                while at < line.len() {
                    let byte = line[at];
                    match byte {
                        HOLE => {
                            flush(&mut text, &mut pieces);
                            pieces.push(Piece::Hole);
                        }
                        b'\\' if quote != b'\'' && at + 1 < line.len() => {
                            at += 1;
                            text.push(line[at]);
                        }
                        b'"' | b'\'' if quote == 0 => quote = byte,
                        _ if byte == quote && quote != 0 => quote = 0,
                        b'\n' | b'\r' => break,
                        _ if quote == 0 && (byte.is_ascii_whitespace() || byte == b'#') => break,
                        b'$' if quote == b'"' => {
                            // An environment variable.
                            flush(&mut text, &mut pieces);
                            pieces.push(Piece::Hole);
                            let braces = line.get(at + 1) == Some(&b'{');
                            while at + 1 < line.len() {
                                let next = line[at + 1];
                                let more = if braces {
                                    next != b'"'
                                } else {
                                    next.is_ascii_alphanumeric() || next == b'_'
                                };
                                if !more {
                                    break;
                                }
                                at += 1;
                                if next == b'}' {
                                    break;
                                }
                            }
                        }
                        _ => text.push(byte),
                    }
                    at += 1;
                }
                flush(&mut text, &mut pieces);
                let name = NamePattern::from_pieces(pieces);
                out.push(Word { name, span: Span::new(start + from, start + at) });
            }
        }
    }
    out
}

fn flush(text: &mut Vec<u8>, pieces: &mut Vec<Piece>) {
    if !text.is_empty() {
        pieces.push(Piece::Text(String::from_utf8_lossy(text).as_ref().into()));
        text.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_lists_are_found() {
        assert!(SECTIONS.is_sorted());
        let file = parse("global\n  log x\nfrontend 'a b'\n  bind :80 # c\nbackend <%= @n %>_x\n");
        assert_eq!(file.sections.len(), 3);
        assert_eq!(file.sections[1].name.as_ref().unwrap().text(), "a b");
        let name = &file.sections[2].name.as_ref().unwrap().name;
        assert!(name.matches("wiki_x") && !name.matches("wiki_y"));
    }

    #[test]
    fn offsets_survive_template_tags() {
        let text = "<%- if @x -%>\nbackend a\n<%- end -%>\n  server b 1.2.3.4\n";
        let file = parse(text);
        assert!(file.conditional);
        let line = &file.sections[0].lines[0];
        assert_eq!(&text[line.words[1].span.range()], "b");
    }
}

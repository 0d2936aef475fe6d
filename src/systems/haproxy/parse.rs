//! HAProxy configuration: sections, lines, words, also inside templates.
//!
//! (Source: HAProxy configuration manual, "Configuration file format" and "Quoting and
//! escaping".)

use super::branches::{Branch, Branches};
use super::loops::{self, Loop};
use crate::facts::{NamePattern, Piece, Span};
use crate::syntax::tags::{Sort, Tag, tags};
use smol_str::SmolStr;
use std::ops::Range;

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

    /// Its name with each `%[…]`, which HAProxy fills in for each request, as a hole.
    pub fn sampled(&self) -> NamePattern {
        // Where it ends is not certain: brackets may stand inside.
        let sample = |rest: &str| {
            let at = rest.find("%[")?;
            Some(at..rest[at..].rfind(']').map_or(rest.len(), |end| at + end + 1))
        };
        let pieces = self.name.pieces().into_iter().flat_map(|piece| match piece {
            Piece::Text(text) => NamePattern::with_holes(&text, sample).pieces(),
            Piece::Hole => vec![Piece::Hole],
        });
        NamePattern::from_pieces(pieces)
    }

    /// Whether the word is exactly `text`.
    pub fn is(&self, text: &str) -> bool {
        self.name.as_exact().is_some_and(|name| name == text)
    }
}

/// A line: its words.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub words: Vec<Word>,
    /// Where it stands among alternatives.
    pub branch: Branch,
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
    /// It holds template tags.
    pub is_template: bool,
    /// Whether it is known which lines exclude each other.
    pub branches_known: bool,
    /// Loops over names that the template itself lists.
    loops: Vec<Loop>,
}

impl File {
    /// Names that a word of `text`, the file's own, comes out as: several in a loop.
    pub fn names(&self, text: &str, word: &Word) -> Vec<NamePattern> {
        let raw = text.get(word.span.range()).unwrap_or_default();
        let start = word.span.start as usize;
        match loops::unrolled(&self.loops, start, raw) {
            Some(texts) => texts
                .iter()
                .filter_map(|text| name_of(text))
                .map(|name| Word { name, span: word.span }.sampled())
                .collect(),
            None => vec![word.sampled()],
        }
    }

    /// Whether sections of any sort can come from nowhere but this file.
    pub fn is_complete(&self) -> bool {
        !self.includes && self.has(&["global"]) && self.has_both_sides()
    }

    /// Whether it begins a configuration and takes traffic in, and sends it nowhere: a plain
    /// file whose backends, if any, are in files beside it.
    pub fn is_without_backends(&self) -> bool {
        !self.includes
            && !self.is_template
            && self.has(&["global"])
            && self.has(&["frontend"])
            && !self.has(&["backend", "listen"])
    }

    /// Whether it takes traffic in and sends it on by defaults of its own.
    pub fn has_defaults(&self) -> bool {
        self.has(&["defaults"])
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
pub(super) const SECTIONS: &[&str] = &[
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
    let branches = Branches::find(text);
    let mut file = File {
        conditional: masked.conditional,
        includes: masked.includes,
        is_template: masked.is_template,
        branches_known: branches.are_known(),
        loops: loops::find(text),
        ..File::default()
    };
    let mut start = 0;
    for raw in masked.bytes.split_inclusive(|byte| *byte == b'\n') {
        let words = words(raw, start);
        start += raw.len();
        let Some(first) = words.first() else { continue };
        let keyword = first.text();
        // A header is a known word at the beginning of a line, however far it is indented.
        let is_header = SECTIONS.binary_search(&keyword).is_ok()
            && first.name.as_exact().is_some()
            && (words.len() <= 4);
        let branch = branches.at(first.span.start as usize);
        if is_header {
            let kind = SmolStr::new(keyword);
            let name = words.get(1).filter(|word| !word.is("from")).cloned();
            file.sections.push(Section {
                kind,
                name,
                header: Line { words, branch },
                lines: Vec::new(),
            });
        } else {
            let line = Line { words, branch };
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
    is_template: bool,
    conditional: bool,
    includes: bool,
}

impl Masked {
    fn new(text: &str) -> Self {
        let mut masked = Self {
            bytes: text.as_bytes().to_vec(),
            is_template: false,
            conditional: false,
            includes: false,
        };
        for tag in tags(text, Sort::ALL) {
            masked.mask(text, &tag);
        }
        masked
    }

    fn mask(&mut self, text: &str, tag: &Tag<'_>) {
        let Range { start, end } = tag.range;
        let inner = tag.inner.trim_matches(['-', ' ']);
        let output = tag.prints();
        self.is_template = true;
        let fill = if output { HOLE } else { b' ' };
        for byte in &mut self.bytes[start..end] {
            if *byte != b'\n' || output {
                *byte = fill;
            }
        }
        if !output && tag.sort != Sort::Comment && !inner.starts_with('#') {
            let words = ["if", "unless", "case", "else", "elsif", "elif"];
            self.conditional |=
                words.iter().any(|word| inner.starts_with(word)) || inner.contains(" if ");
        }
        // Ruby's `include?` is a question.
        let code = inner.replace("include?", "");
        self.includes |=
            ["template(", "template \"", "render", "include", "inline_template", "lookup("]
                .iter()
                .any(|word| code.contains(word));
        // A whole line of output is text that is not here.
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        if output
            && text[line_start..start].trim().is_empty()
            && text[end..line_end].trim().is_empty()
        {
            self.includes = true;
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

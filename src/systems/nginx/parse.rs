//! nginx configuration: directives and blocks, also inside templates.
//!
//! (Source: nginx, `ngx_conf_read_token`: where words, quotes and comments begin and end.)

use crate::facts::{NamePattern, Span};
use crate::syntax::tags::{Ahead, Sort, tags, templated};

/// Most blocks within one another.
const MAX_DEPTH: usize = 64;

/// A word of a directive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'t> {
    /// Its text, without quotes around it.
    pub text: &'t str,
    /// Where that stands.
    pub at: usize,
    /// A template's tag is part of it.
    pub has_tag: bool,
}

impl Word<'_> {
    pub fn span(&self) -> Span {
        Span::new(self.at, self.at + self.text.len())
    }

    /// Its name, with holes where a template fills it in.
    pub fn name(&self) -> NamePattern {
        match self.has_tag {
            true => templated(self.text),
            false => NamePattern::exact(self.text),
        }
    }

    /// Its text, where nothing fills any of it in: no template, nginx itself, or who installs it.
    pub fn plain(&self) -> Option<&str> {
        let filled = ["__", "@@", "%", "$", "<", "[[", "{"];
        let is_plain = !self.has_tag && !filled.iter().any(|sign| self.text.contains(sign));
        is_plain.then_some(self.text)
    }
}

/// A directive with its words: the first is its name.
#[derive(Debug)]
pub(super) struct Directive<'t> {
    pub words: Vec<Word<'t>>,
    /// The directive in whose block it stands.
    pub parent: Option<u32>,
    /// It has a block.
    pub is_block: bool,
    /// The first directive behind its block.
    pub end: usize,
}

impl<'t> Directive<'t> {
    /// Its name.
    pub fn name(&self) -> &'t str {
        self.words.first().map_or("", |word| word.text)
    }

    /// Its arguments.
    pub fn args(&self) -> &[Word<'t>] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Its first argument.
    pub fn arg(&self) -> Option<&Word<'t>> {
        self.words.get(1)
    }

    /// From its first word to its last.
    pub fn span(&self) -> Span {
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => first.span().to(last.span()),
            _ => Span::default(),
        }
    }
}

/// A file.
#[derive(Debug, Default)]
pub(super) struct File<'t> {
    /// Its directives in order: what stands in a block follows the block's own.
    pub directives: Vec<Directive<'t>>,
    /// It holds tags of a template.
    pub is_template: bool,
    /// A template prints whole directives, or more, that are not here.
    pub has_holes: bool,
    /// What nginx does not read, first of all.
    pub error: Option<(String, Span)>,
    /// Blocks lie deeper than anybody reads.
    pub is_too_deep: Option<Span>,
}

impl<'t> File<'t> {
    /// What stands in a block, not in the blocks within it; of the file for `None`.
    pub fn children(&self, block: Option<usize>) -> impl Iterator<Item = (usize, &Directive<'t>)> {
        let (mut at, end) = match block {
            Some(ix) => (ix + 1, self.directives[ix].end),
            None => (0, self.directives.len()),
        };
        std::iter::from_fn(move || {
            let own = self.directives.get(at).filter(|_| at < end)?;
            let ix = at;
            at = own.end.max(at + 1);
            Some((ix, own))
        })
    }

    /// The name of the outermost block around a directive.
    pub fn outermost(&self, ix: usize) -> Option<&'t str> {
        let mut own = self.directives.get(ix)?.parent?;
        while let Some(outer) = self.directives[own as usize].parent {
            own = outer;
        }
        Some(self.directives[own as usize].name())
    }

    /// The innermost block of this name around a directive.
    pub fn around(&self, ix: usize, name: &str) -> Option<usize> {
        let mut own = self.directives.get(ix)?.parent;
        while let Some(at) = own {
            let block = &self.directives[at as usize];
            if block.name() == name {
                return Some(at as usize);
            }
            own = block.parent;
        }
        None
    }
}

/// Reads a configuration, or a template of one.
pub(super) fn parse(text: &str) -> File<'_> {
    let tags = tags(text, Sort::ALL);
    let mut reader = Reader {
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        tags: Ahead::new(&tags),
        words: Vec::new(),
        open: Vec::new(),
        file: File { is_template: !tags.is_empty(), ..File::default() },
    };
    reader.run();
    reader.file
}

struct Reader<'t, 'g> {
    text: &'t str,
    at: usize,
    tags: Ahead<'g, 'g>,
    /// Of the directive that is being read.
    words: Vec<Word<'t>>,
    /// Blocks that are open.
    open: Vec<usize>,
    file: File<'t>,
}

impl<'t> Reader<'t, '_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if let Some(tag) = self.tags.here(self.at) {
                // What is code stands between directives, and so does what prints whole ones.
                let (start, end) = (tag.range.start, tag.range.end);
                let alone = self.words.is_empty() && self.is_alone(start, end);
                if !tag.prints() || alone {
                    self.file.has_holes |= tag.prints() || tag.pulls_in();
                    self.at = end;
                } else {
                    self.word(None);
                }
                continue;
            }
            match byte {
                _ if byte.is_ascii_whitespace() => self.at += 1,
                b'#' => self.comment(),
                b';' => {
                    if self.words.is_empty() {
                        self.fails("unexpected `;`", self.at);
                    }
                    self.finish(false);
                    self.at += 1;
                }
                b'{' => self.opens(),
                b'}' => {
                    if let Some(first) = self.words.first() {
                        let message = format!("`{}` is not ended by `;`", first.text);
                        self.fails(message, first.at);
                        self.finish(false);
                    }
                    match self.open.pop() {
                        Some(ix) => self.file.directives[ix].end = self.file.directives.len(),
                        None => self.fails("this `}` closes nothing", self.at),
                    }
                    self.at += 1;
                }
                b'"' | b'\'' => self.word(Some(byte)),
                _ => self.word(None),
            }
        }
        self.ends();
    }

    /// The end of the file.
    fn ends(&mut self) {
        if let Some(first) = self.words.first() {
            let message = format!("`{}` is not ended by `;`", first.text);
            self.fails(message, first.at);
            self.finish(false);
        }
        while let Some(ix) = self.open.pop() {
            self.file.directives[ix].end = self.file.directives.len();
            if self.open.is_empty() {
                let at = self.file.directives[ix].words.first().map_or(0, |word| word.at);
                let name = self.file.directives[ix].name();
                self.fails(format!("the block of `{name}` is never closed by `}}`"), at);
            }
        }
    }

    fn fails(&mut self, message: impl Into<String>, at: usize) {
        let len = self.text[at..].chars().next().map_or(0, char::len_utf8);
        self.file.error.get_or_insert_with(|| (message.into(), Span::new(at, at + len)));
    }

    /// Whether nothing else stands on the lines of a tag.
    fn is_alone(&self, start: usize, end: usize) -> bool {
        let bytes = self.text.as_bytes();
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
        let before = bytes[..start].iter().rev().find(|byte| !blank(byte));
        let after = bytes[end..].iter().find(|byte| !blank(byte));
        before.is_none_or(|byte| *byte == b'\n') && after.is_none_or(|byte| *byte == b'\n')
    }

    fn comment(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let end = memchr::memchr(b'\n', rest).map_or(self.text.len(), |len| self.at + len);
        // A tag that begins in it may end behind it.
        self.at =
            self.tags.until(end).map(|tag| tag.range.end).max().map_or(end, |own| own.max(end));
    }

    /// Ends the directive that is being read; gives its index.
    fn finish(&mut self, is_block: bool) -> Option<usize> {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return None;
        }
        let ix = self.file.directives.len();
        let parent = self.open.last().map(|own| *own as u32);
        self.file.directives.push(Directive { words, parent, is_block, end: ix + 1 });
        Some(ix)
    }

    fn opens(&mut self) {
        let is_lua = self.words.first().is_some_and(|word| word.text.ends_with("_lua_block"));
        if self.words.is_empty() {
            self.fails("unexpected `{`", self.at);
        }
        self.at += 1;
        if is_lua {
            self.finish(false);
            match lua_end(&self.text.as_bytes()[self.at..]) {
                Some(len) => self.at += len,
                None => {
                    self.fails("this block of Lua is never closed", self.at - 1);
                    self.at = self.text.len();
                }
            }
            return;
        }
        if self.open.len() >= MAX_DEPTH {
            self.file.is_too_deep = Some(Span::new(self.at - 1, self.at));
            self.words.clear();
            self.at = self.text.len();
            return;
        }
        // A `{` without words opens a block of nothing.
        if self.words.is_empty() {
            self.words.push(Word { text: "", at: self.at - 1, has_tag: false });
        }
        if let Some(ix) = self.finish(true) {
            self.open.push(ix);
        }
    }

    /// A word, in quotes of this sort where it has any.
    fn word(&mut self, quote: Option<u8>) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let from = start + usize::from(quote.is_some());
        let (mut has_tag, mut variable) = (false, false);
        self.at = from;
        while let Some(&byte) = bytes.get(self.at) {
            if let Some(tag) = self.tags.here(self.at) {
                has_tag = true;
                self.at = tag.range.end;
                continue;
            }
            let ends = match quote {
                Some(quote) => byte == quote,
                None => byte.is_ascii_whitespace() || byte == b';' || byte == b'{' && !variable,
            };
            if ends {
                break;
            }
            variable = byte == b'$';
            self.at += if byte == b'\\' { 2 } else { 1 };
        }
        // A `\` may have been the last byte, or stand before a long letter.
        self.at = self.at.min(bytes.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        self.words.push(Word { text, at: from, has_tag });
        if quote.is_some() {
            if self.at == bytes.len() {
                self.fails("this quote is never closed", start);
                return;
            }
            self.at += 1;
            let next = bytes.get(self.at);
            let may_follow = |byte: &u8| byte.is_ascii_whitespace() || b";{)".contains(byte);
            if next.is_some_and(|byte| !may_follow(byte)) && self.tags.here(self.at).is_none() {
                self.fails("a blank or `;` is missing behind this quote", self.at - 1);
            }
        }
    }
}

/// How long a block of Lua is, with its closing brace.
fn lua_end(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (1usize, 0);
    let skip = |at: usize, close: &[u8]| memchr::memmem::find(&bytes[at..], close);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' | b'\'' => {
                at += 1;
                while bytes.get(at).is_some_and(|own| *own != byte && *own != b'\n') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'-' if bytes[at..].starts_with(b"--[[") => at += skip(at, b"]]")? + 1,
            b'-' if bytes[at..].starts_with(b"--") => at += skip(at, b"\n")?,
            b'[' if bytes[at..].starts_with(b"[[") => at += skip(at, b"]]")? + 1,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let file = parse(text);
        let depth = |mut own: Option<u32>| {
            let mut depth = 0;
            while let Some(ix) = own {
                depth += 1;
                own = file.directives[ix as usize].parent;
            }
            depth
        };
        let words = |own: &Directive<'_>| {
            let words: Vec<&str> = own.words.iter().map(|word| word.text).collect();
            format!("{}{}", "  ".repeat(depth(own.parent)), words.join("|"))
        };
        file.directives.iter().map(words).collect()
    }

    #[test]
    fn directives_blocks_quotes_and_comments() {
        let text = "a 'b c' \"d;e\" f\\ g; # h;\nx ${y}z {\n  q \"\\\"\"; content_by_lua_block { if a == '}' then return {1} end -- }\n }\n}\nz;";
        assert_eq!(
            shown(text),
            ["a|b c|d;e|f\\ g", "x|${y}z", "  q|\\\"", "  content_by_lua_block", "z"]
        );
        assert!(parse(text).error.is_none());
    }

    #[test]
    fn tags_are_words_or_stand_between_directives() {
        let text = "<% if @a %>\nserver_name <%= @b %>.example {{ c }};\n{{ snippet }}\n<% end %>\n# {% if x %}\nroot \"{{ d[\"e\"] }}\";";
        let file = parse(text);
        assert!(file.is_template && file.has_holes && file.error.is_none());
        assert_eq!(shown(text).len(), 2);
        assert_eq!(file.directives[0].words[1].name().to_string(), "*.example");
        assert_eq!(file.directives[1].words[1].name().to_string(), "*");
    }

    #[test]
    fn what_nginx_does_not_read() {
        for (text, message) in [
            ("a b", "`a` is not ended by `;`"),
            ("a { b; ", "the block of `a` is never closed by `}`"),
            ("a; }", "this `}` closes nothing"),
            ("a { b }", "`b` is not ended by `;`"),
            ("a 'b;", "this quote is never closed"),
            ("a 'b'c;", "a blank or `;` is missing behind this quote"),
            (";", "unexpected `;`"),
            ("{ }", "unexpected `{`"),
        ] {
            assert_eq!(parse(text).error.expect(text).0, message);
        }
        let deep = "a {".repeat(1000);
        assert!(parse(&deep).is_too_deep.is_some());
    }
}

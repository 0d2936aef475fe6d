//! Apache's configuration: directives and sections, also inside templates.
//!
//! (Source: httpd's manual, "Configuration Files"; `ap_getword_conf`.)

use crate::facts::{NamePattern, Span};
use crate::syntax::tags::{Ahead, Sort, tags, templated};

/// Most sections within one another.
const MAX_DEPTH: usize = 64;

/// An argument.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'t> {
    /// Its text, without quotes around it.
    pub text: &'t str,
    /// Where that stands.
    pub at: usize,
    /// A template's tag is part of it.
    pub has_tag: bool,
}

impl<'t> Word<'t> {
    pub fn span(&self) -> Span {
        Span::new(self.at, self.at + self.text.len())
    }

    /// Its name, with holes where a template, a variable or a macro fills it in.
    pub fn name(&self) -> NamePattern {
        match self.plain() {
            Some(text) => NamePattern::exact(text),
            None if self.has_tag && !self.text.contains("${") => templated(self.text),
            None => NamePattern::any(),
        }
    }

    /// Its text, where nothing fills any of it in: no template, no variable, no macro, nor who
    /// installs it.
    pub fn plain(&self) -> Option<&'t str> {
        let filled = ["__", "@", "%", "$", "<", "[[", "{"];
        let is_plain = !self.has_tag && !filled.iter().any(|sign| self.text.contains(sign));
        is_plain.then_some(self.text)
    }

    /// A part of it.
    pub fn part(&self, from: usize, len: usize) -> Self {
        let text = self.text.get(from..from + len).unwrap_or_default();
        Self { text, at: self.at + from, has_tag: self.has_tag }
    }
}

/// A directive or a section.
#[derive(Debug)]
pub(super) struct Directive<'t> {
    /// Its name; of a section without the `<`.
    pub name: Word<'t>,
    pub args: Vec<Word<'t>>,
    /// The section in which it stands.
    pub parent: Option<u32>,
    pub is_section: bool,
    /// The first directive behind its section.
    pub end: usize,
}

impl Directive<'_> {
    /// Whether it is called so, in any case of letters.
    pub fn is(&self, name: &str) -> bool {
        self.name.text.eq_ignore_ascii_case(name)
    }

    /// Whether it is a section that is called so.
    pub fn is_section_of(&self, name: &str) -> bool {
        self.is_section && self.is(name)
    }
}

/// A file.
#[derive(Debug, Default)]
pub(super) struct File<'t> {
    /// Its directives in order: what stands in a section follows the section's own.
    pub directives: Vec<Directive<'t>>,
    /// It holds tags of a template.
    pub is_template: bool,
    /// A template prints whole directives, or more, that are not here.
    pub has_holes: bool,
    /// What Apache does not read, first of all.
    pub error: Option<(String, Span)>,
    /// Sections lie deeper than anybody reads.
    pub is_too_deep: Option<Span>,
}

impl<'t> File<'t> {
    /// What stands in a section, at any depth.
    pub fn inside(&self, section: usize) -> &[Directive<'t>] {
        &self.directives[section + 1..self.directives[section].end]
    }

    /// The sections around a directive, the innermost first.
    pub fn around<'f>(&'f self, of: &Directive<'_>) -> impl Iterator<Item = &'f Directive<'t>> {
        let mut next = of.parent;
        std::iter::from_fn(move || {
            let own = self.directives.get(next? as usize)?;
            next = own.parent;
            Some(own)
        })
    }

    /// Whether a directive counts only where a module, a definition or a version is there.
    pub fn is_conditional(&self, of: &Directive<'_>) -> bool {
        self.around(of).any(|own| {
            let name = own.name.text.to_ascii_lowercase();
            name.starts_with("if") && !matches!(name.as_str(), "if")
        })
    }
}

/// Reads a configuration, or a template of one.
pub(super) fn parse(text: &str) -> File<'_> {
    let tags = tags(text, Sort::ALL);
    let file = File { is_template: !tags.is_empty(), ..File::default() };
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader { text, at, tags: Ahead::new(&tags), open: Vec::new(), file };
    reader.run();
    reader.file
}

struct Reader<'t, 'g> {
    text: &'t str,
    at: usize,
    tags: Ahead<'g, 'g>,
    /// Sections that are open.
    open: Vec<usize>,
    file: File<'t>,
}

impl<'t> Reader<'t, '_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if let Some(tag) = self.tags.here(self.at) {
                let end = tag.range.end;
                if !tag.prints() || self.ends_line(end) {
                    self.file.has_holes |= tag.prints() || tag.pulls_in();
                    self.at = end;
                } else {
                    self.directive();
                }
                continue;
            }
            match byte {
                _ if byte.is_ascii_whitespace() => self.at += 1,
                b'#' => self.skip_line(),
                b'<' => self.section(),
                _ => self.directive(),
            }
        }
        if let Some(&ix) = self.open.first() {
            let name = self.file.directives[ix].name;
            self.fails(format!("<{}> is never closed", name.text), name.at);
        }
        while let Some(ix) = self.open.pop() {
            self.file.directives[ix].end = self.file.directives.len();
        }
    }

    fn fails(&mut self, message: impl Into<String>, at: usize) {
        self.file.error.get_or_insert_with(|| (message.into(), Span::new(at, at + 1)));
    }

    fn ends_line(&self, end: usize) -> bool {
        let rest = self.text.as_bytes()[end..].iter();
        let mut rest = rest.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        rest.next().is_none_or(|byte| *byte == b'\n')
    }

    /// The length of a `\` here that joins the next line to this one.
    fn continues(&self) -> Option<usize> {
        let rest = &self.text.as_bytes()[self.at..];
        match rest {
            [b'\\', b'\n', ..] => Some(2),
            [b'\\', b'\r', b'\n', ..] => Some(3),
            _ => None,
        }
    }

    fn skip_line(&mut self) {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            if let Some(tag) = self.tags.here(self.at) {
                self.at = tag.range.end;
            } else if let Some(len) = self.continues() {
                self.at += len;
            } else if *byte == b'\n' {
                return;
            } else {
                self.at += 1;
            }
        }
    }

    /// The words up to the end of the line.
    fn words(&mut self) -> Vec<Word<'t>> {
        let bytes = self.text.as_bytes();
        let mut words = Vec::new();
        while let Some(&byte) = bytes.get(self.at) {
            if let Some(tag) = self.tags.here(self.at).filter(|tag| !tag.prints()) {
                self.at = tag.range.end;
                continue;
            }
            if let Some(len) = self.continues() {
                self.at += len;
                continue;
            }
            match byte {
                b'\n' => break,
                _ if byte.is_ascii_whitespace() => self.at += 1,
                b'"' | b'\'' => words.push(self.word(Some(byte))),
                _ => words.push(self.word(None)),
            }
        }
        words
    }

    fn word(&mut self, quote: Option<u8>) -> Word<'t> {
        let bytes = self.text.as_bytes();
        self.at += usize::from(quote.is_some());
        let from = self.at;
        let mut has_tag = false;
        while let Some(&byte) = bytes.get(self.at) {
            if let Some(tag) = self.tags.here(self.at) {
                has_tag = true;
                self.at = tag.range.end;
                continue;
            }
            let joins = self.continues();
            let ends = match quote {
                Some(quote) => byte == quote || byte == b'\n',
                None => byte.is_ascii_whitespace() || joins.is_some(),
            };
            if ends {
                break;
            }
            self.at += joins.unwrap_or(if byte == b'\\' { 2 } else { 1 });
        }
        self.at = self.at.min(bytes.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        if quote.is_some() && bytes.get(self.at) == quote.as_ref() {
            self.at += 1;
        }
        Word { text, at: from, has_tag }
    }

    fn push(&mut self, name: Word<'t>, args: Vec<Word<'t>>, is_section: bool) -> usize {
        let ix = self.file.directives.len();
        let parent = self.open.last().map(|own| *own as u32);
        self.file.directives.push(Directive { name, args, parent, is_section, end: ix + 1 });
        ix
    }

    fn directive(&mut self) {
        let name = self.word(None);
        let args = self.words();
        self.push(name, args, false);
    }

    fn section(&mut self) {
        let start = self.at;
        self.at += 1;
        let closes = self.text.as_bytes().get(self.at) == Some(&b'/');
        self.at += usize::from(closes);
        let mut name = self.word(None);
        let mut args = self.words();
        // The `>` of the last word, which may be the name.
        let last = args.last_mut().unwrap_or(&mut name);
        match last.text.strip_suffix('>') {
            Some(text) => last.text = text,
            None if self.text[start..self.at].trim_end().ends_with('>') => {}
            None => self.fails("`>` is missing at the end of this line", start),
        }
        if args.last().is_some_and(|word| word.text.is_empty() && !word.has_tag) {
            args.pop();
        }
        if closes {
            self.close(name);
        } else if self.open.len() >= MAX_DEPTH {
            self.file.is_too_deep = Some(Span::new(start, start + 1));
            self.at = self.text.len();
        } else {
            let ix = self.push(name, args, true);
            self.open.push(ix);
        }
    }

    fn close(&mut self, name: Word<'t>) {
        let is_own = |ix: &usize| self.file.directives[*ix].is(name.text);
        match self.open.last() {
            None => self.fails(format!("</{}> closes nothing", name.text), name.at),
            Some(own) if is_own(own) => {}
            Some(own) => {
                let open = self.file.directives[*own].name.text;
                let message = format!("</{}> stands where <{open}> is open", name.text);
                self.fails(message, name.at);
            }
        }
        if let Some(at) = self.open.iter().rposition(|ix| self.file.directives[*ix].is(name.text)) {
            for ix in self.open.drain(at..) {
                self.file.directives[ix].end = self.file.directives.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let file = parse(text);
        let words = |own: &Directive<'_>| {
            let depth = file.around(own).count();
            let args: Vec<&str> = own.args.iter().map(|word| word.text).collect();
            format!("{}{}|{}", "  ".repeat(depth), own.name.text, args.join("|"))
        };
        file.directives.iter().map(words).collect()
    }

    #[test]
    fn directives_sections_quotes_and_continued_lines() {
        let text = "# a \\\nb c\nServerName x \\\n  y\n<VirtualHost *:80 \"[::]:80\">\n Alias \"/a b\" '/c' # d\n <Files \"\\.(a|b)$\">\n </files>\n</VirtualHost>\nZ\n";
        assert_eq!(
            shown(text),
            [
                "ServerName|x|y",
                "VirtualHost|*:80|[::]:80",
                "  Alias|/a b|/c|#|d",
                "  Files|\\.(a|b)$",
                "Z|"
            ]
        );
        assert_eq!(parse(text).error, None);
    }

    #[test]
    fn tags_are_words_or_stand_between_directives() {
        let text = "<% if @a -%>\n<VirtualHost <%= @b %>:80>\n  ServerName {{ c }}.example\n<%= @d -%>\n{% for x in y %}\nAlias /{{ x }} /y\n{% endfor %}\n</VirtualHost>\n<% end %>\n";
        let file = parse(text);
        assert!(file.is_template && file.has_holes);
        assert_eq!(file.error, None);
        let names: Vec<&str> =
            file.directives.iter().map(|directive| directive.name.text).collect();
        assert_eq!(names, ["VirtualHost", "ServerName", "Alias"]);
        assert_eq!(file.directives[1].args[0].name().to_string(), "*.example");
    }

    #[test]
    fn what_apache_does_not_read() {
        for (text, message) in [
            ("<Files a>\n", "<Files> is never closed"),
            ("</Files>\n", "</Files> closes nothing"),
            ("<Files a>\n</File>\n</Files>\n", "</File> stands where <Files> is open"),
            ("<Files a\n</Files>\n", "`>` is missing at the end of this line"),
        ] {
            assert_eq!(parse(text).error.expect(text).0, message);
        }
        assert!(parse(&"<a b>\n".repeat(1000)).is_too_deep.is_some());
    }
}

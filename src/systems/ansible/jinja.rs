//! Variables that templates, tasks and plays fill in.
//!
//! Only reads that nothing in the file does without: an undefined variable stops the play
//! there. A name with a `default`, one that is asked for with `is defined`, `when:` or `if`
//! anywhere in the file, and all that stands in a branch or a macro, is left out.
//! (Sources: Jinja's template designer documentation; Ansible's documentation of variables,
//! "Defining variables as required": undefined variables are errors.)

use super::braces;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    FileFacts, Ref, Relation, Require, Span, Strength, Template, TemplateLanguage, kinds,
};
use crate::syntax::yaml::{Node, Value};
use memchr::memmem;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// Extracts the variables that templates read.
pub struct Templates;

/// Words by which an expression says that something may be absent, or reads what this is not.
const TOLERANT: [&str; 13] = [
    "default", "d", "is", "if", "else", "or", "and", "lookup", "query", "q", "hostvars", "vars",
    "varnames",
];

/// Words that are no variables.
const WORDS: [&str; 14] = [
    "in", "not", "true", "false", "none", "True", "False", "None", "loop", "self", "super",
    "caller", "omit", "item",
];

/// Names of one file beyond which no more are kept.
const MAX_NAMES: usize = 500;

impl Extractor for Templates {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        match Template::at(path).map(|own| own.language) {
            Some(TemplateLanguage::Jinja) => true,
            Some(TemplateLanguage::Erb | TemplateLanguage::Epp) => false,
            // All templates of a role are Jinja's, whatever they end with.
            _ => {
                let role = path.find("roles/").filter(|at| *at == 0 || path[..*at].ends_with('/'));
                role.is_some_and(|at| path[at..].contains("/templates/"))
            }
        }
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memmem::find(bytes, b"{{").is_some() || memmem::find(bytes, b"{%").is_some()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        // `#jinja2: variable_start_string: '[%'`: another language.
        let head = source.text.lines().next().unwrap_or_default();
        if head.starts_with("#jinja2:") && head.contains("_string") {
            return;
        }
        let mut reads = Reads::default();
        reads.template(source.text, 0);
        reads.attach(out);
        braces::of_template(source, &mut out.problems);
    }
}

/// Adds the variables that plays and tasks fill in.
pub(super) fn of_tasks(roots: &[Node<'_>], text: &str, out: &mut FileFacts) {
    let mut reads = Reads::default();
    roots.iter().for_each(|root| reads.node(root, text));
    reads.attach(out);
}

#[derive(Default)]
struct Reads<'a> {
    /// Name → where it is first read.
    found: BTreeMap<&'a str, Span>,
    /// Names that the file sets, or does without somewhere.
    left_out: FxHashSet<&'a str>,
}

impl<'a> Reads<'a> {
    fn attach(self, out: &mut FileFacts) {
        for (name, span) in self.found {
            if !self.left_out.contains(name) {
                let target = Ref::exact(kinds::ANSIBLE_VARIABLE, name);
                let require =
                    Require::certain(target, span, Relation::FilledIn.called("variable"), None);
                out.requires.push(require.with_strength(Strength::Guarded));
            }
        }
    }

    fn node(&mut self, node: &Node<'_>, text: &'a str) {
        match &node.value {
            Value::Mapping(entries) => {
                let has = |name: &str| node.get(name).is_some();
                let is_guarded = ["when", "ignore_errors", "failed_when", "until", "rescue"]
                    .iter()
                    .any(|word| has(word));
                if is_guarded {
                    // What it asks for, others ask for too.
                    let all = text.get(node.span.range()).unwrap_or_default();
                    self.left_out.extend(names(all).map(|(_, name)| name));
                    return;
                }
                for (key, value) in entries {
                    // Values that are kept until somebody reads them.
                    if !matches!(key.as_str(), Some("vars" | "environment" | "name")) {
                        self.node(value, text);
                    }
                }
            }
            Value::Sequence(items) => items.iter().for_each(|item| self.node(item, text)),
            Value::Scalar { .. } => {
                let range = node.span.range();
                if let Some(own) = text.get(range.clone()).filter(|own| own.contains("{{")) {
                    self.template(own, range.start);
                }
            }
            Value::Alias => {}
        }
    }

    /// Reads of a template that begins at `base` in its file.
    fn template(&mut self, text: &'a str, base: usize) {
        let mut branches = 0_usize;
        let mut at = 0;
        while let Some(open) = memchr::memchr(b'{', &text.as_bytes()[at..]).map(|n| at + n) {
            let close = match text.as_bytes().get(open + 1) {
                Some(b'{') => "}}",
                Some(b'%') => "%}",
                Some(b'#') => "#}",
                _ => {
                    at = open + 1;
                    continue;
                }
            };
            let from = open + 2;
            let Some(len) = memmem::find(&text.as_bytes()[from..], close.as_bytes()) else { break };
            let inner = &text[from..from + len];
            at = from + len + 2;
            match close {
                "}}" => self.expression(inner, base + from, branches > 0),
                "%}" => {
                    let word = names(inner).next().map_or("", |(_, word)| word);
                    if word == "raw" {
                        let end = memmem::find(&text.as_bytes()[at..], b"endraw");
                        at = end.map_or(text.len(), |end| at + end);
                        continue;
                    }
                    self.statement(inner, word, base + from, &mut branches);
                }
                _ => {}
            }
        }
    }

    fn statement(&mut self, inner: &'a str, word: &str, base: usize, branches: &mut usize) {
        let rest = inner.find(word).map_or(inner.len(), |at| at + word.len());
        let (rest, base) = (&inner[rest..], base + rest);
        let is_branch = *branches > 0;
        match word {
            "if" => {
                self.expression(rest, base, is_branch);
                *branches += 1;
            }
            "macro" | "call" => {
                self.left_out.extend(names(rest).map(|(_, name)| name));
                *branches += 1;
            }
            "endif" | "endmacro" | "endcall" => *branches = branches.saturating_sub(1),
            "for" | "set" => {
                let split = if word == "for" { " in " } else { "=" };
                let (own, value) = rest.split_once(split).unwrap_or((rest, ""));
                self.left_out.extend(names(own).map(|(_, name)| name));
                self.expression(value, base + rest.len() - value.len(), is_branch);
            }
            _ => self.left_out.extend(names(rest).map(|(_, name)| name)),
        }
    }

    fn expression(&mut self, text: &'a str, base: usize, is_branch: bool) {
        let is_tolerant = names(text).any(|(_, name)| TOLERANT.contains(&name));
        for (at, name) in names(text) {
            if is_tolerant {
                self.left_out.insert(name);
                continue;
            }
            let before = text[..at].trim_end();
            let after = text[at + name.len()..].trim_start();
            let is_argument = after.starts_with('=') && !after.starts_with("==");
            if is_branch
                || WORDS.contains(&name)
                || before.ends_with(['.', '|'])
                || after.starts_with('(')
                || is_argument
                || self.found.len() >= MAX_NAMES
            {
                continue;
            }
            let span = Span::new(base + at, base + at + name.len());
            self.found.entry(name).or_insert(span);
        }
    }
}

/// The names in an expression, with their places; what is quoted is none.
fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(&byte) = bytes.get(at) {
            if matches!(byte, b'"' | b'\'') {
                let end = memchr::memchr(byte, &bytes[at + 1..]);
                at = end.map_or(bytes.len(), |end| at + end + 2);
            } else if is_word(byte) {
                let start = at;
                while bytes.get(at).copied().is_some_and(is_word) {
                    at += 1;
                }
                if !byte.is_ascii_digit() {
                    return Some((start, &text[start..at]));
                }
            } else {
                at += 1;
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of(path, text);
        Templates.extract(&source, &Settings::default(), &mut out);
        out.requires.iter().map(|require| require.any_of[0].name.to_string()).collect()
    }

    #[test]
    fn what_a_template_needs() {
        let read = |text| read("roles/a/templates/b.j2", text);
        assert_eq!(read("{{ a }} {{ b.c | join(',') }} {{ f(x=d1) }}"), ["a", "b", "d1"]);
        assert_eq!(read("{% for x in list %}{{ x.y }}{% endfor %}"), ["list"]);
        assert_eq!(read("{% if a %}{{ b }}{% endif %}{{ c }}"), ["a", "c"]);
        assert_eq!(read("{{ a | default('x') }}{{ a }}{{ b if c else e }}"), Vec::<String>::new());
        assert_eq!(read("{% if a is defined %}{{ a }}{% endif %}"), Vec::<String>::new());
        assert_eq!(read("{% set a = b %}{{ a }}{# {{ c }} #}"), ["b"]);
        assert_eq!(read("{% raw %}{{ a }}{% endraw %}{{ 'x' }}{{ b['k'] }}"), ["b"]);
        assert_eq!(read("{% macro m(a) %}{{ a }}{{ z }}{% endmacro %}{{ m(b) }}"), ["b"]);
        assert_eq!(read("#jinja2: variable_start_string: '[['\n{{ a }}"), Vec::<String>::new());
    }
}

//! Variables that templates, tasks and plays fill in.
//!
//! An undefined variable stops the play where it is read. A name with a `default`, and one that
//! is asked for with `is defined`, is left out of the whole file; what stands in a branch, or in
//! a task with a condition, is read only there.
//! (Sources: Jinja's template designer documentation; Ansible's documentation of variables,
//! "Defining variables as required": undefined variables are errors.)

use super::conditions::never_runs;
use super::expressions::{
    bare, inline_condition, is_behind_or, is_beside_its_like, is_key, is_subject, names,
};
use super::given::supplied;
use super::marks::opened;
use super::results;
use super::words::{
    CONDITIONS, Level, MANAGED, MAX_NAMES, TOLERANT, WORDS, asks, does_without, is_template,
};
use super::{
    attributes, broken, continued, definitions, glued, iterated, nested, skeletons, sudoers,
    templates, twice_filled,
};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Ref, Relation, Require, Scope, Span, Strength, Template,
    TemplateLanguage, kinds,
};
use crate::syntax::yaml::{Node, Value};
use memchr::memmem;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Extracts the variables that templates read.
pub struct Templates;

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
                // What lies below `files/` is copied as it is.
                role.and_then(|at| path[at..].split_once("/templates/"))
                    .is_some_and(|(before, _)| !before.split('/').any(|part| part == "files"))
            }
        }
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memmem::find(bytes, b"{{").is_some() || memmem::find(bytes, b"{%").is_some()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        // `#jinja2: variable_start_string: '[%'`: another language.
        let head = source.text.lines().next().unwrap_or_default();
        if head.starts_with("#jinja2:") && (head.contains("_string") || head.contains("_prefix")) {
            return;
        }
        let mut reads = Reads::default();
        reads.template(source.text, 0);
        reads.attach(source.path, out);
        attributes::of_template(source.text, out);
        templates::of_template(source, settings, &mut out.problems);
        continued::of_template(source, &mut out.problems);
        glued::of_template(source, &mut out.problems);
        twice_filled::of_template(source, &mut out.problems);
        skeletons::of_template(source, &mut out.problems);
        nested::of_template(source, &mut out.problems);
        sudoers::of_template(source, &mut out.problems);
        iterated::of_template(source.text, &mut out.problems);
    }
}

/// Adds the variables that plays and tasks read.
pub(super) fn of_tasks(roots: &[Node<'_>], source: &Source<'_>, out: &mut FileFacts) {
    let mut reads = Reads { of_tasks: true, ..Reads::default() };
    roots.iter().for_each(|root| reads.node(root, source.text));
    reads.attach(source.path, out);
}

/// Adds the variables that a role's own variables are made of.
pub(super) fn of_values(roots: &[Node<'_>], source: &Source<'_>, out: &mut FileFacts) {
    // What is marked so is never filled in.
    let is_unsafe = memmem::find(source.bytes, b"!unsafe").is_some();
    if memmem::find(source.bytes, b"{{").is_some() && !is_unsafe {
        let mut reads = Reads::default();
        roots.iter().for_each(|root| reads.values(root, source.text));
        reads.attach(source.path, out);
        roots.iter().for_each(|root| broken::of_values(root, &mut out.problems));
    }
}

#[derive(Default)]
struct Reads<'a> {
    /// Name → where it is first read, whatever the case.
    found: BTreeMap<&'a str, Span>,
    /// Name → where it is first read under a condition.
    conditional: BTreeMap<&'a str, Span>,
    /// Names that the file does without somewhere, or asks for under a condition.
    left_out: FxHashSet<&'a str>,
    /// Those of them that it sets itself, or that it does without.
    guarded: FxHashSet<&'a str>,
    /// Names that somebody else sets, or that are not needed.
    supplied: BTreeMap<&'a str, Span>,
    /// Name → where it is first read as what a task of the tree fills.
    results: BTreeMap<&'a str, Span>,
    /// Those of them that are read behind `or` alone: `given or found.stdout`.
    spared: FxHashSet<&'a str>,
    /// Keys of mappings that are written without quotes.
    keys: BTreeMap<&'a str, Span>,
    /// Group → where it is first asked for.
    groups: BTreeMap<&'a str, Span>,
    /// Names that the file sets itself, or asks about before it reads them.
    asked: FxHashSet<&'a str>,
    /// Names that the task at hand sets for itself.
    locals: Vec<SmolStr>,
    /// Whether the task at hand fills in a template, and whether tasks are read at all.
    is_template: bool,
    of_tasks: bool,
}

impl<'a> Reads<'a> {
    fn attach(mut self, path: &str, out: &mut FileFacts) {
        let scope = Scope::of(path);
        // Nothing may render a template.
        let is_template = path.split('/').any(|part| part == "templates");
        // What is read as a variable elsewhere is meant as one where it is a key.
        let is_read =
            |name: &str| self.found.contains_key(name) || self.conditional.contains_key(name);
        let keys = self.keys.iter().filter(|(name, _)| !is_read(name));
        for (name, span) in keys {
            self.results.entry(*name).or_insert(*span);
        }
        for (name, span) in &self.results {
            if self.asked.contains(name) {
                continue;
            }
            let strength = match is_template || self.spared.contains(name) {
                true => Strength::Likely,
                false => Strength::Certain,
            };
            let target = Ref::exact(kinds::ANSIBLE_RESULT, *name).seen_from(scope.clone());
            let require = Require::certain(target, *span, "expression", None);
            out.requires.push(require.with_strength(strength));
            // Said once.
            self.left_out.insert(name);
            self.guarded.insert(name);
        }
        for (name, span) in &self.groups {
            let target = Ref::exact(kinds::ANSIBLE_GROUP_NAME, *name);
            out.requires.push(Require::certain(target, *span, "groups", None));
        }
        let read = |name: &str, span: Span, relation: Relation, strength: Strength| {
            let target = Ref::exact(kinds::ANSIBLE_VARIABLE, name).seen_from(scope.clone());
            Require::certain(target, span, relation.called("expression"), None)
                .with_strength(strength)
        };
        for (name, span) in &self.found {
            if !self.left_out.contains(name) {
                out.requires.push(read(name, *span, Relation::FilledIn, Strength::Certain));
            }
        }
        for (name, span) in self.conditional.iter().chain(&self.found) {
            let is_told = self.found.contains_key(name) && !self.left_out.contains(name);
            let is_second =
                self.conditional.contains_key(name) && self.conditional.get(name) != Some(span);
            if !is_told && !is_second && !self.guarded.contains(name) {
                out.requires.push(read(name, *span, Relation::Sometimes, Strength::Likely));
            }
        }
        for (name, span) in self.supplied {
            supplied(NamePattern::exact(name), span, Detail::None, out);
        }
    }

    /// Names that the file sets, or that mean nothing outside of a piece of it.
    fn own(&mut self, text: &'a str) {
        for (_, name) in names(text) {
            self.left_out.insert(name);
            self.guarded.insert(name);
            self.asked.insert(name);
        }
    }

    /// Values, whose keys say nothing.
    fn values(&mut self, node: &Node<'_>, text: &'a str) {
        node.items().iter().for_each(|item| self.values(item, text));
        node.entries().iter().for_each(|(_, value)| self.values(value, text));
        if node.as_str().is_some_and(|own| own.contains("{{")) {
            let range = node.span.range();
            self.text(text.get(range.clone()).unwrap_or_default(), range.start, Reach::Always);
        }
    }

    fn node(&mut self, node: &Node<'_>, text: &'a str) {
        self.inner(node, text, (Reach::Always, Level::Task));
    }

    fn inner(&mut self, node: &Node<'_>, text: &'a str, (reach, level): (Reach, Level)) {
        match &node.value {
            Value::Mapping(entries) => {
                let has = |name: &str| node.get(name).is_some();
                let all = || text.get(node.span.range()).unwrap_or_default();
                // Where a variable decides, errors count too.
                let ignores = node.get("ignore_errors").and_then(Node::as_str);
                if ignores.is_some_and(|own| !own.contains("{{")) || never_runs(node) {
                    self.left_out.extend(names(all()).map(|(_, name)| name));
                    return;
                }
                let outer = self.locals.len();
                self.enter(node);
                let mut reach = reach;
                if ["when", "until", "failed_when"].iter().any(|word| has(word)) {
                    // What it asks for, others ask for too.
                    self.left_out.extend(names(all()).map(|(_, name)| name));
                    reach = Reach::Sometimes;
                }
                // What fails here is rescued, as far as somebody thought of it.
                if has("rescue") {
                    reach = Reach::Sometimes;
                }
                for (key, value) in entries {
                    match key.as_str() {
                        // Values that are kept until somebody reads them.
                        Some("vars") => self.kept(value, text),
                        Some("environment") => {}
                        Some("name") if level == Level::Task => {}
                        Some(key) if CONDITIONS.contains(&key) => self.condition(value, text),
                        // What is asserted is given by whoever runs it.
                        Some("that") => self.asserted(value, text),
                        key => {
                            let level = level.below(key.unwrap_or_default());
                            self.inner(value, text, (reach, level));
                        }
                    }
                }
                self.locals.truncate(outer);
                self.is_template &= !is_template(node);
            }
            Value::Sequence(items) => {
                items.iter().for_each(|item| self.inner(item, text, (reach, level)));
            }
            Value::Scalar { .. } => {
                let range = node.span.range();
                if let Some(own) = text.get(range.clone()).filter(|own| own.contains("{{")) {
                    self.text(own, range.start, reach);
                }
            }
            Value::Alias => {}
        }
    }

    /// Values of variables that a play or a task sets.
    fn kept(&mut self, node: &Node<'_>, text: &'a str) {
        node.items().iter().for_each(|item| self.kept(item, text));
        node.entries().iter().for_each(|(_, value)| self.kept(value, text));
        if node.as_str().is_some_and(|own| own.contains("{{")) {
            let range = node.span.range();
            self.text(text.get(range.clone()).unwrap_or_default(), range.start, Reach::Sometimes);
        }
    }

    /// Notes what holds in one task alone.
    fn enter(&mut self, node: &Node<'_>) {
        self.is_template |= is_template(node);
        let vars = node.get("vars").filter(|_| definitions::is_plain(node));
        let names = vars.map(Node::entries).unwrap_or_default();
        self.locals.extend(names.iter().filter_map(|(key, _)| key.as_str().map(SmolStr::new)));
    }

    /// Conditions, each an expression.
    fn condition(&mut self, node: &Node<'_>, text: &'a str) {
        node.items().iter().for_each(|item| self.condition(item, text));
        match bare(node, text) {
            // What stands beside the braces is part of a name.
            Some((own, base)) if own.contains("{{") => self.text(own, base, Reach::Sometimes),
            Some((own, base)) => self.expression(own, base, Reach::Sometimes),
            None => {}
        }
    }

    fn asserted(&mut self, node: &Node<'_>, text: &'a str) {
        node.items().iter().for_each(|item| self.asserted(item, text));
        let Some((own, base)) = bare(node, text) else { return };
        let asks = names(own).any(|(_, name)| asks(name));
        for (at, name) in names(own).filter(|(_, name)| !WORDS.contains(name)) {
            let span = Span::new(base + at, base + at + name.len());
            let is_result = results::is_read_here(name, &own[at + name.len()..]);
            if is_result && !asks && is_subject(own, at, name) {
                self.results.entry(name).or_insert(span);
            } else {
                self.supplied.entry(name).or_insert(span);
            }
        }
    }

    /// Reads of a template that begins at `base` in its file.
    fn template(&mut self, text: &'a str, base: usize) {
        self.text(text, base, Reach::Always);
    }

    fn text(&mut self, text: &'a str, base: usize, reach: Reach) {
        let mut branches = 0_usize;
        let mut at = 0;
        while let Some((open, close)) = opened(text, at) {
            let from = open + 2;
            let Some(len) = memmem::find(&text.as_bytes()[from..], close.as_bytes()) else { break };
            let inner = &text[from..from + len];
            at = from + len + 2;
            match close {
                "}}" => self.expression(inner, base + from, reach.inside(branches)),
                "%}" => {
                    let word = names(inner).next().map_or("", |(_, word)| word);
                    if word == "raw" {
                        let end = memmem::find(&text.as_bytes()[at..], b"endraw");
                        at = end.map_or(text.len(), |end| at + end);
                        continue;
                    }
                    self.statement(inner, word, base + from, (reach, &mut branches));
                }
                _ => {}
            }
        }
    }

    fn statement(
        &mut self,
        inner: &'a str,
        word: &str,
        base: usize,
        (reach, branches): (Reach, &mut usize),
    ) {
        let rest = inner.find(word).map_or(inner.len(), |at| at + word.len());
        let (rest, base) = (&inner[rest..], base + rest);
        let reach = reach.inside(*branches);
        match word {
            "if" => {
                self.expression(rest, base, reach);
                *branches += 1;
            }
            "elif" => self.expression(rest, base, Reach::Sometimes),
            "macro" | "call" => {
                self.own(rest);
                *branches += 1;
            }
            "endif" | "endmacro" | "endcall" => *branches = branches.saturating_sub(1),
            "for" | "set" => {
                let split = if word == "for" { " in " } else { "=" };
                let (own, value) = rest.split_once(split).unwrap_or((rest, ""));
                self.own(own);
                self.expression(value, base + rest.len() - value.len(), reach);
            }
            _ => self.own(rest),
        }
    }

    /// Notes what a task fills: that it is read for sure counts, wherever that is.
    fn result(&mut self, name: &'a str, span: Span, before: &str) {
        let is_new = !self.results.contains_key(name);
        match is_behind_or(before) {
            true if is_new => {
                self.spared.insert(name);
            }
            true => return,
            false if self.spared.remove(name) => {
                self.results.remove(name);
            }
            false => {}
        }
        self.results.entry(name).or_insert(span);
    }

    fn expression(&mut self, text: &'a str, base: usize, reach: Reach) {
        let is_tolerant = names(text).any(|(_, name)| TOLERANT.contains(&name));
        let does_without = is_tolerant && names(text).any(|(_, name)| does_without(name));
        let asks = names(text).any(|(_, name)| asks(name));
        let condition = inline_condition(text);
        for (at, name) in names(text) {
            let before = text[..at].trim_end();
            let rest = &text[at + name.len()..];
            let after = rest.trim_start();
            let span = Span::new(base + at, base + at + name.len());
            let is_argument = after.starts_with('=') && !after.starts_with("==");
            if let Some((from, group)) =
                results::group(rest).filter(|_| name == "groups" && !asks && !before.ends_with('.'))
            {
                let from = base + at + name.len() + from;
                self.groups.entry(group).or_insert(Span::new(from, from + group.len()));
            }
            // A key without quotes is a variable, which nobody hands over for that.
            if self.of_tasks && is_key(text, at, after) && !WORDS.contains(&name) {
                if !self.locals.iter().any(|own| own == name) {
                    self.keys.entry(name).or_insert(span);
                }
                continue;
            }
            let is_managed = name == MANAGED && self.of_tasks && !self.is_template && !is_tolerant;
            // What the task sets itself is there, whatever else it leaves out.
            if asks && self.locals.iter().any(|own| own == name) {
                self.asked.insert(name);
                self.left_out.insert(name);
                continue;
            }
            if asks && is_beside_its_like(text, name) {
                self.results.entry(name).or_insert(span);
                continue;
            }
            if asks {
                self.asked.insert(name);
            } else if is_managed {
                self.results.entry(name).or_insert(span);
            } else if self.locals.iter().any(|own| own == name) {
                continue;
            } else if results::is_read_here(name, rest) && is_subject(text, at, name) {
                self.result(name, span, before);
            }
            if is_tolerant && !condition.contains(&at) {
                self.left_out.insert(name);
                self.guarded.insert(name);
                let is_word = TOLERANT.contains(&name) || WORDS.contains(&name);
                if does_without && !is_word && !before.ends_with(['.', '|']) {
                    self.supplied.entry(name).or_insert(span);
                }
                continue;
            }
            if WORDS.contains(&name)
                || before.ends_with(['.', '|'])
                || after.starts_with('(')
                || is_argument
                || self.found.len() + self.conditional.len() >= MAX_NAMES
            {
                continue;
            }
            let reads = match reach {
                Reach::Always if !is_behind_or(before) => &mut self.found,
                _ => &mut self.conditional,
            };
            reads.entry(name).or_insert(span);
        }
    }
}

/// Whether something is read whatever the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Always,
    /// Under a condition.
    Sometimes,
}

impl Reach {
    /// Inside so many branches.
    fn inside(self, branches: usize) -> Self {
        if branches > 0 { Self::Sometimes } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of(path, text);
        Templates.extract(&source, &Settings::default(), &mut out);
        let all = out.requires.iter().filter(|require| require.relation == Relation::FilledIn);
        all.map(|require| require.any_of[0].name.to_string()).collect()
    }

    #[test]
    fn what_a_template_needs() {
        let read = |text| read("roles/a/templates/b.j2", text);
        assert_eq!(read("{{ a }} {{ b.c | join(',') }} {{ f(x=d1) }}"), ["a", "b", "d1"]);
        assert_eq!(read("{% for x in list %}{{ x.y }}{% endfor %}"), ["list"]);
        assert_eq!(read("{% if a %}{{ b }}{% endif %}{{ c }}"), ["a", "c"]);
        assert_eq!(read("{{ a | default('x') }}{{ a }}{{ b if c else e }}"), ["c"]);
        assert_eq!(read("{{ a if b | bool else c }}"), ["b"]);
        assert_eq!(read("{% if a is defined %}{{ a }}{% endif %}"), Vec::<String>::new());
        assert_eq!(read("{% set a = b %}{{ a }}{# {{ c }} #}"), ["b"]);
        assert_eq!(read("{% raw %}{{ a }}{% endraw %}{{ 'x' }}{{ b['k'] }}"), ["b"]);
        assert_eq!(read("{% macro m(a) %}{{ a }}{{ z }}{% endmacro %}{{ m(b) }}"), ["b"]);
        assert_eq!(read("#jinja2: variable_start_string: '[['\n{{ a }}"), Vec::<String>::new());
    }
}

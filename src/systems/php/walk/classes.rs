//! Classes: definitions, uses, imports, class maps.

use super::Walk;
use crate::facts::{Detail, NamePattern, Provide, Ref, Span, Strength, Via, kinds};
use crate::syntax::php::Kind;
use crate::systems::php::fold::{balanced, fold};
use smallvec::smallvec;
use smol_str::SmolStr;

impl Walk<'_, '_> {
    /// `$wgAutoloadClasses['X'] = path;`
    pub(super) fn autoload_entry(&mut self, ix: usize) -> usize {
        let close = ix + 1 + balanced(&self.tokens[ix + 1..]);
        if !self.punct(close, "=") {
            return ix + 1;
        }
        if let Some(key) =
            self.at(ix + 2).filter(|key| key.kind == Kind::Literal && close == ix + 4)
        {
            let (value, used) = fold(&self.tokens[close + 1..], self.source.path, &self.constants);
            self.class_mapped(key.text, key.span);
            if let Some(value) = value {
                let first = self.tokens[close + 1].span;
                let last = self.tokens[close + used].span;
                self.path_required(&value, first.to(last), "class map", Strength::Certain);
            }
        }
        close + 1
    }

    pub(super) fn class_mapped(&mut self, class: &str, span: Span) {
        let name = NamePattern::exact(
            class.replace("\\\\", "\\").trim_start_matches('\\').to_ascii_lowercase(),
        );
        self.out.provides.push(Provide {
            kind: kinds::PHP_CLASS_MAP,
            name,
            span,
            within: None,
            detail: Detail::None,
        });
    }

    /// `foreach ( $map as $class => $file ) { $wgAutoloadClasses[$class] = "$dir/$file.php"; }`
    pub(super) fn foreach(&mut self, ix: usize) -> usize {
        if !self.punct(ix + 1, "(") {
            return ix + 1;
        }
        let head = ix + 1 + balanced(&self.tokens[ix + 1..]);
        let (Some(array), Some(value_ix)) = (self.at(ix + 2), head.checked_sub(2)) else {
            return ix + 1;
        };
        let value = self.tokens[value_ix];
        let Some(entries) =
            self.arrays.get(array.text).filter(|_| self.name(ix + 3) == Some("as")).cloned()
        else {
            return ix + 1;
        };
        let end = if self.punct(head, "{") {
            head + balanced(&self.tokens[head..])
        } else {
            (head..self.tokens.len()).find(|at| self.punct(*at, ";")).unwrap_or(head)
        };
        for at in head..end {
            let target = &self.tokens[at];
            let is_map = target.kind == Kind::Variable && target.text == "wgAutoloadClasses";
            let is_include = target.kind == Kind::Name && target.text.starts_with("require");
            if !is_map && !is_include {
                continue;
            }
            let start = if is_include {
                at + 1
            } else {
                let close = at + 1 + balanced(&self.tokens[at + 1..]);
                if !self.punct(close, "=") {
                    continue;
                }
                close + 1
            };
            for entry in &entries {
                if entry.value.kind != Kind::Literal {
                    continue;
                }
                let before = self
                    .constants
                    .values
                    .insert(SmolStr::new(value.text), Some(NamePattern::exact(entry.value.text)));
                // What is broken may close before it begins.
                let text = self.tokens.get(start..end).unwrap_or_default();
                let (path, _) = fold(text, self.source.path, &self.constants);
                match before {
                    Some(before) => self.constants.values.insert(SmolStr::new(value.text), before),
                    None => self.constants.values.remove(value.text),
                };
                if is_map && let Some(key) = &entry.key {
                    self.class_mapped(key.text, key.span);
                }
                if let Some(path) = path {
                    let span = entry
                        .key
                        .as_ref()
                        .map_or(entry.value.span, |key| key.span.to(entry.value.span));
                    let from = self.out.requires.len();
                    self.path_required(&path, span, "class map", Strength::Certain);
                    let loop_line =
                        target.span.to(self.tokens[end.min(self.tokens.len()) - 1].span);
                    for require in &mut self.out.requires[from..] {
                        require.composed = Some(loop_line);
                    }
                }
            }
        }
        ix + 1
    }

    pub(super) fn class(&mut self, ix: usize) -> usize {
        let Some(name) = self.name(ix + 1) else { return ix + 1 };
        let declares = self.at(ix + 2).is_some_and(|next| {
            next.text == "{"
                || next.text == ":"
                || matches!(next.text.to_ascii_lowercase().as_str(), "extends" | "implements")
        });
        if !declares || name.eq_ignore_ascii_case("extends") {
            return ix + 1;
        }
        let full = if self.namespace.is_empty() {
            name.to_owned()
        } else {
            format!("{}\\{name}", self.namespace)
        };
        self.out.provides.push(Provide {
            kind: kinds::PHP_CLASS,
            name: NamePattern::exact(full.to_ascii_lowercase()),
            span: self.tokens[ix + 1].span,
            within: None,
            detail: full.into(),
        });
        let body = (ix + 2..self.tokens.len()).find(|at| self.punct(*at, "{"));
        if let Some(body) = body {
            self.body_end = self.body_end.max(body + balanced(&self.tokens[body..]));
        }
        ix + 2
    }

    /// `use A, \B\C;` in a class: traits. Closures' `use (…)` has no name behind it.
    pub(super) fn traits(&mut self, ix: usize) -> usize {
        let mut at = ix + 1;
        while let Some(name) = self.name(at) {
            self.class_required(name, self.tokens[at].span, "use");
            at += 1;
            if !self.punct(at, ",") {
                break;
            }
            at += 1;
        }
        at.max(ix + 1)
    }

    pub(super) fn import(&mut self, ix: usize) -> usize {
        // `use A\B;`, `use A\B as C;`; closures' `use (…)` and groups are left alone.
        let Some(name) = self.name(ix + 1) else { return ix + 1 };
        if matches!(name, "function" | "const") {
            return ix + 2;
        }
        let full = name.trim_start_matches('\\');
        let alias = if self.name(ix + 2).is_some_and(|word| word.eq_ignore_ascii_case("as")) {
            self.name(ix + 3).unwrap_or(full)
        } else {
            full.rsplit('\\').next().unwrap_or(full)
        };
        self.imports.insert(alias.to_ascii_lowercase(), SmolStr::new(full));
        ix + 2
    }

    /// The full name that a class name means here.
    pub(super) fn resolve_name(&self, name: &str) -> String {
        if let Some(absolute) = name.strip_prefix('\\') {
            return absolute.to_owned();
        }
        let (first, rest) =
            name.split_once('\\').map_or((name, None), |(first, rest)| (first, Some(rest)));
        if let Some(full) = self.imports.get(&first.to_ascii_lowercase()) {
            return rest.map_or_else(|| full.to_string(), |rest| format!("{full}\\{rest}"));
        }
        if self.namespace.is_empty() {
            name.to_owned()
        } else {
            format!("{}\\{name}", self.namespace)
        }
    }

    pub(super) fn class_required(&mut self, name: &str, span: Span, via: impl Into<Via>) {
        let lower = name.to_ascii_lowercase();
        if matches!(lower.as_str(), "self" | "static" | "parent") {
            return;
        }
        let full = self.resolve_name(name).to_ascii_lowercase();
        let asked = self.asked.contains(&NamePattern::exact(full.as_str()));
        let strength = if asked { Strength::Guarded } else { self.strength() };
        let any_of = smallvec![Ref::exact(kinds::PHP_CLASS, full)];
        self.push(any_of, span, via, strength);
    }
}

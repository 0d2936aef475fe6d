//! Settings: global variables of the site's own prefix.

use super::{Walk, is_setting};
use crate::facts::{Detail, NamePattern, Provide, Ref, Span, Strength, kinds};
use crate::syntax::php::Kind;
use crate::systems::php::fold::balanced;
use smallvec::{SmallVec, smallvec};

impl Walk<'_, '_> {
    pub(super) fn setting_provided(&mut self, name: &str, span: Span) {
        let kind = if self.overlay { kinds::PHP_SETTING_OVERLAY } else { kinds::PHP_SETTING };
        let name = NamePattern::exact(name);
        self.out.provides.push(Provide { kind, name, span, within: None, detail: Detail::None });
    }

    pub(super) fn variable(&mut self, ix: usize) -> usize {
        let token = self.tokens[ix];
        let name = token.text;
        if name == "wgAutoloadClasses" && self.punct(ix + 1, "[") {
            return self.autoload_entry(ix);
        }
        if !is_setting(name) || self.is_parameter(name) {
            return ix + 1;
        }
        // Past subscripts, to see whether it is assigned.
        let mut after = ix + 1;
        while self.punct(after, "[") {
            after += balanced(&self.tokens[after..]);
        }
        let assigned = self.punct(after, "=") || self.punct(after, "??=");
        let by_reference = ix.checked_sub(1).is_some_and(|before| self.punct(before, "&"));
        let iterated = ix.checked_sub(1).is_some_and(|before| {
            self.name(before) == Some("as") || self.punct(before, "=>") && self.punct(ix + 1, ")")
        });
        let listed = self.in_list_assignment(ix, after);
        if assigned || by_reference || iterated || listed {
            self.setting_provided(name, token.span);
            return ix + 1;
        }
        let guarded = self.punct(after, "??") || self.punct(after, ".=") || self.punct(after, "+=");
        let strength = if guarded { Strength::Guarded } else { self.strength() };
        self.setting_read(name, token.span, strength);
        ix + 1
    }

    fn setting_read(&mut self, name: &str, span: Span, strength: Strength) {
        let mut any_of: SmallVec<[Ref; 1]> = smallvec![Ref::exact(kinds::PHP_SETTING, name)];
        if self.overlay {
            any_of.push(Ref::exact(kinds::PHP_SETTING_OVERLAY, name));
        }
        self.push(any_of, span, "setting", strength);
    }

    /// Settings that a double-quoted text or heredoc interpolates: `"$wmgX/a"`,
    /// `"{$wmgX['a']}"`, `"${wmgX}"`.
    pub(super) fn interpolated(&mut self, ix: usize) -> usize {
        let token = self.tokens[ix];
        let raw = self.source.text.get(token.span.range()).unwrap_or_default();
        let Some(shift) = raw.find(token.text) else { return ix + 1 };
        let start = token.span.start as usize + shift;
        for (at, name) in interpolated(token.text) {
            if is_setting(name) && !self.is_parameter(name) {
                // As for a plain variable, the dollar belongs to it.
                let from = start + at;
                let strength = self.strength();
                self.setting_read(name, Span::new(from, from + 1 + name.len()), strength);
            }
        }
        ix + 1
    }

    /// Whether the variable at `ix`, which ends before `after`, is an entry of `[…] =` or
    /// `list(…) =`.
    fn in_list_assignment(&self, ix: usize, after: usize) -> bool {
        let ends = [",", "]", ")"].iter().any(|text| self.punct(after, text));
        let starts = ix.checked_sub(1).is_some_and(|before| {
            ["[", "(", ",", "=>"].iter().any(|text| self.punct(before, text))
        });
        if !ends || !starts {
            return false;
        }
        let mut depth = 0u32;
        let open = (ix.saturating_sub(60)..ix).rev().find(|at| {
            let closes = ["]", ")", "}"].iter().any(|text| self.punct(*at, text));
            let opens = ["[", "(", "{"].iter().any(|text| self.punct(*at, text));
            depth += u32::from(closes);
            let found = opens && depth == 0;
            depth -= u32::from(opens && depth > 0);
            found
        });
        let Some(open) = open else { return false };
        // `$a[$x] =` is a subscript, `f($x)` a call.
        let before = open.checked_sub(1).and_then(|before| self.at(before));
        let is_list = match before {
            Some(token) if self.punct(open, "(") => token.text.eq_ignore_ascii_case("list"),
            Some(token) => token.kind == Kind::Punct && !matches!(token.text, "]" | ")" | "}"),
            None => true,
        };
        is_list && self.punct(open + balanced(&self.tokens[open..]), "=")
    }

    /// `function ( $wmgX ) { … }`: inside, the name is the parameter's.
    pub(super) fn function(&mut self, ix: usize) -> usize {
        let named = usize::from(self.name(ix + 1).is_some());
        let reference = usize::from(self.punct(ix + 1, "&"));
        let open = ix + 1 + named + reference;
        if !self.punct(open, "(") {
            return ix + 1;
        }
        let close = open + balanced(&self.tokens[open..]);
        let list = &self.tokens[open..close];
        let names: Vec<&str> = list
            .iter()
            .filter(|token| token.kind == Kind::Variable && is_setting(token.text))
            .map(|token| token.text)
            .collect();
        if !names.is_empty() {
            // `use ( … )` and a type may stand before the body; a short function's body is
            // one expression.
            let body = (close..self.tokens.len().min(close + 40))
                .find(|at| ["{", ";", "=>"].iter().any(|text| self.punct(*at, text)));
            let end = match body {
                Some(body) if self.punct(body, "{") => body + balanced(&self.tokens[body..]),
                Some(body) => (body + 1..self.tokens.len())
                    .find(|at| self.punct(*at, ";"))
                    .unwrap_or(self.tokens.len()),
                None => close,
            };
            self.parameters.push((end, names));
        }
        ix + 1
    }

    fn is_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|(_, names)| names.contains(&name))
    }
}

/// Variables in the text of a string: where the dollar stands, and the name.
fn interpolated(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'$', bytes).filter_map(move |at| {
        let backslashes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 1 {
            return None;
        }
        let rest = &text[at + 1..];
        // `${name}` alone: `${expression}` names a variable at run time.
        let braces = rest.starts_with('{');
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let len = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(len);
        let plain = !braces || after.starts_with(['}', '[']);
        (plain && !name.is_empty()).then_some((at, name))
    })
}

//! Settings: global variables of the site's own prefix.

use super::{Walk, is_setting};
use crate::extract::php::fold::balanced;
use crate::facts::{NamePattern, Provide, Ref, Span, Strength, kinds};
use smallvec::{SmallVec, smallvec};

impl Walk<'_, '_> {
    pub(super) fn setting_provided(&mut self, name: &str, span: Span) {
        let kind = if self.overlay { kinds::PHP_SETTING_OVERLAY } else { kinds::PHP_SETTING };
        let name = NamePattern::exact(name);
        self.out.provides.push(Provide { kind, name, span, within: None, detail: "".into() });
    }

    pub(super) fn variable(&mut self, ix: usize) -> usize {
        let token = self.tokens[ix];
        let name = token.text;
        if name == "wgAutoloadClasses" && self.punct(ix + 1, "[") {
            return self.autoload_entry(ix);
        }
        if !is_setting(name) {
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
        let listed = self.punct(after, ",")
            && ix
                .checked_sub(1)
                .is_some_and(|before| self.punct(before, "[") || self.punct(before, ","))
            && self.list_assignment(ix);
        if assigned || by_reference || iterated || listed {
            self.setting_provided(name, token.span);
            return ix + 1;
        }
        let guarded = self.punct(after, "??") || self.punct(after, ".=") || self.punct(after, "+=");
        let strength = if guarded { Strength::Guarded } else { self.strength() };
        let mut any_of: SmallVec<[Ref; 1]> = smallvec![Ref::exact(kinds::PHP_SETTING, name)];
        if self.overlay {
            any_of.push(Ref::exact(kinds::PHP_SETTING_OVERLAY, name));
        }
        self.push(any_of, token.span, "setting", strength);
        ix + 1
    }

    /// Whether the token stands in `[…] = ` or `list(…) =`.
    pub(super) fn list_assignment(&self, ix: usize) -> bool {
        let close = (ix..self.tokens.len().min(ix + 60))
            .find(|at| self.punct(*at, "]") || self.punct(*at, ")"));
        close.is_some_and(|close| self.punct(close + 1, "="))
    }
}

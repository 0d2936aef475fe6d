//! Modes of files that are numbers: `mode => 0644`. Puppet 4 and later want text.

use super::walk::Walk;
use crate::facts::{Detail, NamePattern, Span, kinds};

/// How modes are written.
pub(super) const NUMBER: &str = "number";
pub(super) const TEXT: &str = "text";

impl Walk<'_, '_, '_> {
    pub fn finish_modes(&mut self) {
        if self.settings.layout.is_nested(self.source.path) {
            return;
        }
        let texts = (TEXT, Span::default(), self.modes.texts);
        let numbers = self.modes.numbers.map(|(span, count)| (NUMBER, span, count));
        for (name, span, count) in [Some(texts), numbers].into_iter().flatten() {
            if count > 0 {
                let name = NamePattern::exact(name);
                self.provide(kinds::PUPPET_MODE, name, span, Detail::Count(count));
            }
        }
    }
}

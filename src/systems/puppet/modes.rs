//! Modes of files that are numbers: `mode => 0644`. Puppet 4 and later want text.

use super::walk::Walk;
use crate::facts::{Detail, NamePattern, Span, kinds};

/// What the modes of a manifest are.
#[derive(Default)]
pub(super) struct Modes {
    /// How many are text.
    pub texts: u64,
    /// The first that is a number, and how many are.
    pub numbers: Option<(Span, u64)>,
}

impl Modes {
    pub fn number(&mut self, span: Span) {
        self.numbers.get_or_insert((span, 0)).1 += 1;
    }
}

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

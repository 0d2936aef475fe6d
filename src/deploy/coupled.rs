//! Units that have to match by configuration.

use super::requirements::{Builder, Reason};
use crate::facts::{Entity, kinds};

impl Builder<'_, '_> {
    /// Units that configuration couples: neither version of one is known to fit the other
    /// version of the other.
    pub(super) fn coupled(&mut self) {
        for (a, b, why) in &self.units.coupled {
            for (first, second) in [(*a, *b), (*b, *a)] {
                let reason = Reason {
                    entity: Entity::new(kinds::UNIT, self.units.name(second)),
                    message: format!(
                        "`{}` has to match `{}` ({why}): what they need of each other cannot be checked",
                        self.units.name(first),
                        self.units.name(second)
                    ),
                    from: None,
                    composed: None,
                    to: None,
                };
                self.add(vec![first], vec![second], reason);
            }
        }
    }
}

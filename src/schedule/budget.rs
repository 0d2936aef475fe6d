//! A bound on searches whose cost can grow beyond reason, counted in elementary steps so
//! that results do not depend on the machine.

/// Steps that may still be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new(steps: u64) -> Self {
        Self(steps)
    }

    /// Whether `steps` more may be made; they count as made.
    pub(super) fn take(&mut self, steps: usize) -> bool {
        let steps = steps as u64;
        let enough = self.0 >= steps;
        self.0 = self.0.saturating_sub(steps);
        enough
    }

    /// Lends at most `steps`; what was left over comes back through [`Self::repay`].
    pub(super) fn lend(&mut self, steps: u64) -> Self {
        let lent = steps.min(self.0);
        self.0 -= lent;
        Self(lent)
    }

    pub(super) fn repay(&mut self, rest: Self) {
        self.0 += rest.0;
    }
}

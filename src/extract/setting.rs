//! A setting that notes who asked for it.

use std::cell::Cell;
use std::ops::{BitOr, Deref, DerefMut};

thread_local! {
    static ASKED: Cell<u8> = const { Cell::new(0) };
}

/// A part of the settings. Whoever looks at it is noted for the work that is done on this thread
/// (see [`asking`]), so that what is kept of a file says by itself which settings it rests on: an
/// extractor cannot forget to name one.
#[derive(Debug, Clone, Default)]
pub struct Setting<T, const PLACE: u8> {
    value: T,
}

impl<T, const PLACE: u8> Setting<T, PLACE> {
    /// The value, for those that make no facts.
    pub fn unasked(&self) -> &T {
        &self.value
    }
}

impl<T, const PLACE: u8> From<T> for Setting<T, PLACE> {
    fn from(value: T) -> Self {
        Self { value }
    }
}

impl<T: PartialEq, const PLACE: u8> PartialEq for Setting<T, PLACE> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq, const PLACE: u8> Eq for Setting<T, PLACE> {}

impl<T, const PLACE: u8> Deref for Setting<T, PLACE> {
    type Target = T;

    fn deref(&self) -> &T {
        ASKED.set(ASKED.get() | 1 << PLACE);
        &self.value
    }
}

impl<T, const PLACE: u8> DerefMut for Setting<T, PLACE> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// Which settings were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked(u8);

impl Asked {
    /// What [`Asked::as_byte`] gave.
    pub fn of_byte(byte: u8) -> Self {
        Self(byte)
    }

    /// One bit for each setting.
    pub fn as_byte(self) -> u8 {
        self.0
    }

    /// Whether the setting at `place` is one of them.
    pub fn has(self, place: usize) -> bool {
        self.0 >> place & 1 == 1
    }
}

impl BitOr for Asked {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Does `work`, and says which settings it looked at. It may be done within other such work, on
/// the same thread: that has looked at them too.
pub fn asking<R>(work: impl FnOnce() -> R) -> (R, Asked) {
    let outer = ASKED.replace(0);
    let done = work();
    let own = ASKED.get();
    ASKED.set(outer | own);
    (done, Asked(own))
}

#[cfg(test)]
mod tests {
    use super::{Setting, asking};

    #[test]
    fn a_look_is_noted_and_a_comparison_is_none() {
        let (one, other) = (Setting::<_, 2>::from("a"), Setting::<_, 2>::from("b"));
        let (same, asked) = asking(|| one == other || one.unasked().is_empty());
        assert!(!same && asked.as_byte() == 0);
        let (length, asked) = asking(|| one.len());
        assert_eq!((length, asked.has(2), asked.has(1)), (1, true, false));
    }

    #[test]
    fn work_within_work_counts_for_both() {
        let (one, other) = (Setting::<_, 0>::from(1), Setting::<_, 1>::from(2));
        let ((inner, sum), outer) = asking(|| {
            let first = *one;
            let (second, inner) = asking(|| *other);
            (inner, first + second)
        });
        assert_eq!((sum, inner.as_byte(), outer.as_byte()), (3, 0b10, 0b11));
    }
}

//! Short names that live as long as the program, each once, and never more than a fixed number.

use std::sync::{Mutex, OnceLock, PoisonError};

/// Most letters of a name, so that a table has a largest size.
const LONGEST: usize = 64;

/// Up to `N` names, each at the place that it was added at.
pub(super) struct Names<const N: usize> {
    places: [OnceLock<&'static str>; N],
    /// How many there are; held while one is added.
    count: Mutex<u16>,
}

impl<const N: usize> Names<N> {
    /// An empty table.
    pub(super) const fn new() -> Self {
        Self { places: [const { OnceLock::new() }; N], count: Mutex::new(0) }
    }

    /// How many names there can be.
    pub(super) fn room(&self) -> usize {
        N
    }

    /// How long each can be.
    pub(super) fn longest(&self) -> usize {
        LONGEST
    }

    /// Where `name` is.
    pub(super) fn find(&self, name: &str) -> Option<u16> {
        let taken = self.places.iter().map_while(OnceLock::get);
        taken.zip(0..).find(|(own, _)| **own == name).map(|(_, ix)| ix)
    }

    /// Where `name` is, which is added where it is missing; `None` where there is no room.
    pub(super) fn add(&self, name: &str) -> Option<u16> {
        if name.len() > LONGEST {
            return None;
        }
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ix) = self.find(name) {
            return Some(ix);
        }
        let ix = *count;
        self.places.get(usize::from(ix))?.set(Box::leak(name.into())).ok()?;
        *count += 1;
        Some(ix)
    }

    /// The name at a place; empty where there is none.
    pub(super) fn at(&self, ix: u16) -> &'static str {
        self.places.get(usize::from(ix)).and_then(OnceLock::get).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_place_and_a_full_table_takes_no_more() {
        let names: Names<2> = Names::new();
        assert_eq!(names.find("a"), None);
        assert_eq!(names.add("b"), Some(0));
        assert_eq!(names.add("a"), Some(1));
        assert_eq!(names.add("b"), Some(0));
        assert_eq!(names.add("c"), None);
        assert_eq!((names.find("a"), names.find("c")), (Some(1), None));
        assert_eq!((names.at(0), names.at(1), names.at(2)), ("b", "a", ""));
        assert_eq!(Names::<2>::new().add(&"x".repeat(65)), None);
    }

    #[test]
    fn threads_agree_on_places() {
        static NAMES: Names<64> = Names::new();
        let add = |turn: usize| {
            let own = move |ix: usize| format!("n{}", (ix + turn * 7) % 64);
            std::thread::spawn(move || (0..64).map(|ix| (own(ix), NAMES.add(&own(ix)))).collect())
        };
        let threads: Vec<_> = (0..4).map(add).collect();
        for thread in threads {
            let places: Vec<(String, Option<u16>)> = thread.join().unwrap();
            for (name, place) in places {
                assert_eq!(place.map(|ix| NAMES.at(ix)), Some(name.as_str()));
            }
        }
    }
}

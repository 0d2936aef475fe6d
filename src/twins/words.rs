//! What environments are called, and in which order they follow on each other.

use crate::mapping::ENVIRONMENTS;
use smol_str::SmolStr;

/// A chain of environments, earliest first: the words that names of files and folders have for
/// each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    groups: Vec<Vec<SmolStr>>,
    /// The last environment may be the one that no word names.
    is_known: Unnamed,
}

/// Whether files without a word may be those of the last environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unnamed {
    Last,
    Nobody,
}

/// Place of an environment in its chain.
pub type Rank = usize;

impl Default for Chain {
    fn default() -> Self {
        let groups = ENVIRONMENTS.iter().map(|words| words.iter().map(SmolStr::new).collect());
        Self { groups: groups.collect(), is_known: Unnamed::Last }
    }
}

impl Chain {
    /// A chain as it is declared: the words for each environment.
    pub fn declared(groups: Vec<Vec<SmolStr>>) -> Self {
        let mut groups = groups;
        for group in &mut groups {
            for word in group.iter_mut() {
                *word = word.to_lowercase().into();
            }
        }
        Self { groups, is_known: Unnamed::Nobody }
    }

    /// What the environment at a place is called.
    pub fn name(&self, rank: Rank) -> &str {
        self.groups.get(rank).and_then(|group| group.first()).map_or("", SmolStr::as_str)
    }

    /// How many environments there are.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// The words for the environment at a place.
    pub fn group(&self, rank: Rank) -> &[SmolStr] {
        self.groups.get(rank).map_or(&[], Vec::as_slice)
    }

    /// The last environment, where files without a word may be its own.
    pub fn unnamed(&self) -> Option<Rank> {
        match self.is_known {
            Unnamed::Last => self.groups.len().checked_sub(1),
            Unnamed::Nobody => None,
        }
    }

    /// The words in `segment` that stand by themselves: where each begins and ends, and whose it
    /// is.
    pub fn words(&self, segment: &str) -> Vec<(usize, usize, Rank)> {
        let lower = segment.to_ascii_lowercase();
        let mut found = Vec::new();
        for (rank, group) in self.groups.iter().enumerate() {
            for word in group {
                for (at, _) in lower.match_indices(word.as_str()) {
                    if is_alone(&lower, at, at + word.len()) {
                        found.push((at, at + word.len(), rank));
                    }
                }
            }
        }
        found.sort_unstable();
        // `production` is no word in `pre-production`.
        let whole = found.clone();
        found.retain(|(start, end, _)| {
            !whole.iter().any(|(from, to, _)| from <= start && end <= to && to - from > end - start)
        });
        found
    }

    /// Whether any part of a path is a word for an environment.
    pub fn has_word(&self, path: &str) -> bool {
        path.split('/').any(|segment| !self.words(segment).is_empty())
    }

    /// `text` with a hole for each of the environment's words: what twins have alike.
    pub fn neutral(&self, text: &str, rank: Rank) -> SmolStr {
        let Some(group) = self.groups.get(rank) else { return text.into() };
        let lower = text.to_ascii_lowercase();
        let mut holes: Vec<(usize, usize)> = Vec::new();
        for word in group {
            for (at, _) in lower.match_indices(word.as_str()) {
                let end = at + word.len();
                if is_alone(&lower, at, end) && !holes.iter().any(|own| own.0 < end && at < own.1) {
                    holes.push((at, end));
                }
            }
        }
        if holes.is_empty() {
            return text.into();
        }
        holes.sort_unstable();
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (at, end) in holes {
            out.push_str(text.get(from..at).unwrap_or_default());
            out.push('\u{1}');
            from = end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out.into()
    }
}

/// Whether nothing but a separator stands beside a word.
fn is_alone(text: &str, start: usize, end: usize) -> bool {
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    is_edge(text[..start].chars().next_back()) && is_edge(text[end..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_by_themselves() {
        let chain = Chain::default();
        let names = |text: &str| -> Vec<String> {
            chain.words(text).into_iter().map(|own| chain.name(own.2).to_owned()).collect()
        };
        assert_eq!(names("values-stg.yaml"), ["staging"]);
        assert_eq!(names("x-pre-production"), ["preprod"]);
        assert!(names("backstage").is_empty() && names("devices").is_empty());
        assert_eq!(chain.neutral("web-dev.example", 1), "web-\u{1}.example");
    }
}

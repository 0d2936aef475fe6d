//! What texts say, kept by their contents: which words a text has, and what checks ask of all texts
//! of a tree. Two trees of a change, and the commits of a history, share nearly all of them.

use super::{FileIx, Snapshot};
use crate::tree::BlobId;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;
use std::sync::{Arc, Mutex, PoisonError};

/// Shorter words are not kept: nearly all texts have them.
const MIN_WORD: usize = 5;

/// Contents, and whether they stand under a name that makes a baseline of them.
type Key = (BlobId, bool);

/// What is known of texts.
#[derive(Default)]
pub struct Texts {
    /// The words of each, as sorted numbers.
    words: Mutex<FxHashMap<Key, Arc<[u32]>>>,
    /// What was asked of each, by the function that tells.
    told: Mutex<FxHashMap<(Key, usize), bool>>,
}

/// Words that are looked for: of letters, digits and `_`.
pub struct Sought(Option<Vec<u32>>);

impl Sought {
    /// These words.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let number = |word: &str| (word.len() >= MIN_WORD).then(|| number(word.as_bytes()));
        Self(words.into_iter().map(number).collect())
    }
}

fn number(word: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(word);
    let whole = hasher.finish();
    (whole ^ whole >> 32) as u32
}

fn words_of(text: &[u8]) -> Arc<[u32]> {
    let words = text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    let words = words.filter(|word| word.len() >= MIN_WORD);
    let mut own: Vec<u32> = words.map(number).collect();
    own.sort_unstable();
    own.dedup();
    own.into()
}

impl Snapshot {
    fn key(&self, ix: FileIx) -> Option<Key> {
        let file = self.file(ix);
        // Contents that were made to look like others have no identity.
        let id = file.id.or(file.entry.id).filter(|id| *id != BlobId([0; 20]))?;
        let path = file.entry.path.as_str();
        Some((id, path.ends_with(".yaml") || path.ends_with(".yml")))
    }

    /// Whether the text of a file may have one of these words: if not, it need not be read.
    pub fn may_have(&self, ix: FileIx, sought: &Sought) -> bool {
        let (Some(key), Some(sought)) = (self.key(ix), &sought.0) else { return true };
        let all = || self.texts.words.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all().get(&key).cloned();
        let own = known.unwrap_or_else(|| {
            let own = words_of(&self.contents(ix));
            all().insert(key, own.clone());
            own
        });
        sought.iter().any(|word| own.binary_search(word).is_ok())
    }

    /// What `ask` tells of the text of a file.
    pub fn tells(&self, ix: FileIx, ask: fn(&[u8]) -> bool) -> bool {
        let Some(key) = self.key(ix) else { return ask(&self.contents(ix)) };
        let key = (key, ask as usize);
        let all = || self.texts.told.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all().get(&key).copied();
        known.unwrap_or_else(|| {
            let own = ask(&self.contents(ix));
            all().insert(key, own);
            own
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Sought, number, words_of};

    #[test]
    fn words_are_found_by_their_numbers() {
        let own = words_of(b"web_port: {{ other_port }} # web-port\nport");
        let has = |word: &str| own.binary_search(&number(word.as_bytes())).is_ok();
        assert!(has("web_port") && has("other_port"));
        assert!(!has("port") && !has("web-port"));
        assert!(Sought::new(["port"]).0.is_none());
        assert_eq!(Sought::new(["web_port"]).0.map(|own| own.len()), Some(1));
    }
}

//! Outcomes that outlive a run: how the loader writes them down for a [`Store`], and under which
//! names.

use super::{Outcome, Reading};
use crate::extract::{Asked, Extractor, Settings};
use crate::facts::{FileFacts, Scope};
use crate::store::{Name, Store, Terms};
use crate::tree::{BlobId, EntryKind};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Each setting by its place, as a number.
pub type Digests = [u64; 7];

/// What the settings are, as numbers: a stranger's tree says what is in them, and cannot choose
/// what comes of it.
pub fn digests(settings: &Settings) -> Digests {
    settings.written().map(|own| if own.is_empty() { 0 } else { number(&own) })
}

fn number(bytes: &[u8]) -> u64 {
    let BlobId(id) = BlobId::of(bytes);
    let mut eight = [0; 8];
    eight.copy_from_slice(&id[..8]);
    u64::from_le_bytes(eight)
}

/// What is kept between runs, and how the loader gets at it.
pub struct Kept {
    pub store: Store,
    readers: &'static [&'static dyn Extractor],
}

/// An outcome as it is written; systems by their place among the readers.
#[derive(Serialize, Deserialize)]
struct Written<Facts> {
    systems: Vec<u16>,
    modelled: Vec<u16>,
    facts: Facts,
}

impl Kept {
    pub fn new(store: Store, readers: &'static [&'static dyn Extractor]) -> Self {
        Self { store, readers }
    }

    /// What an earlier run found in these contents at this path, where all that it looked at in
    /// the settings is as it was.
    pub fn recall(
        &self,
        (kind, path, id): (EntryKind, &str, BlobId),
        reading: Reading<'_>,
    ) -> Option<Outcome> {
        let holds = |terms: Terms| terms == terms_of(Asked::of_byte(terms.asked), reading.digests);
        let bytes = self.store.get(&name(kind, path, id)?, holds)?;
        let Written { systems, modelled, mut facts } =
            postcard::from_bytes::<Written<FileFacts>>(bytes).ok()?;
        share_scopes(&mut facts);
        let named = |places: Vec<u16>| -> Option<Vec<&'static str>> {
            places.into_iter().map(|ix| Some(self.readers.get(usize::from(ix))?.system())).collect()
        };
        let (systems, modelled) = (named(systems)?, named(modelled)?);
        Some(Outcome { facts: Arc::new(facts), systems, modelled })
    }

    /// Keeps what was found by looking at these settings.
    pub fn keep(
        &self,
        (kind, path, id): (EntryKind, &str, BlobId),
        own: &Outcome,
        asked: Asked,
        reading: Reading<'_>,
    ) {
        let place = |system: &&'static str| {
            self.readers.iter().position(|reader| reader.system() == *system).map(|ix| ix as u16)
        };
        let placed = |names: &[&'static str]| names.iter().map(place).collect::<Option<Vec<u16>>>();
        let systems = placed(&own.systems).zip(placed(&own.modelled));
        let Some((name, (systems, modelled))) = name(kind, path, id).zip(systems) else { return };
        let written = Written { systems, modelled, facts: own.facts.as_ref() };
        if let Ok(bytes) = postcard::to_stdvec(&written) {
            self.store.put(name, terms_of(asked, reading.digests), bytes);
        }
    }
}

/// What an outcome that rests on these settings holds under.
fn terms_of(asked: Asked, digests: &Digests) -> Terms {
    let own = digests.iter().enumerate().filter(|(place, _)| asked.has(*place));
    let bytes: Vec<u8> = own.flat_map(|(_, digest)| digest.to_le_bytes()).collect();
    Terms { asked: asked.as_byte(), digest: if bytes.is_empty() { 0 } else { number(&bytes) } }
}

/// The name of what is found in these contents at this path. Contents that were made to have the
/// identity of others have none.
fn name(kind: EntryKind, path: &str, id: BlobId) -> Option<Name> {
    if id == BlobId([0; 20]) {
        return None;
    }
    let mut text = vec![kind as u8];
    text.extend_from_slice(&id.0);
    text.extend_from_slice(path.as_bytes());
    Some(BlobId::of(&text).0)
}

/// References of a file share their scopes; written down, each has one of its own.
fn share_scopes(facts: &mut FileFacts) {
    let mut known: FxHashSet<Arc<Scope>> = FxHashSet::default();
    let all = facts.requires.iter_mut().flat_map(|own| own.any_of.iter_mut());
    for scope in all.filter_map(|own| own.scope.as_mut()) {
        match known.get(scope) {
            Some(same) => *scope = same.clone(),
            None => drop(known.insert(scope.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Written, share_scopes};
    use crate::extract::Settings;
    use crate::facts::FileFacts;
    use crate::loader::facts_of;
    use crate::systems::readers;
    use std::path::Path;

    #[test]
    fn the_facts_of_every_fixture_are_the_same_when_they_are_read_again() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let settings = Settings::default();
        let mut facts_seen = 0;
        for entry in walkdir::WalkDir::new(&root).into_iter().flatten() {
            let Ok(bytes) = std::fs::read(entry.path()) else { continue };
            let path = entry.path().strip_prefix(&root).expect("below it").to_string_lossy();
            let facts = facts_of(readers(), &settings, &path, &bytes);
            let own = Written { systems: vec![1, 2], modelled: vec![2], facts: &facts };
            let written = postcard::to_stdvec(&own).expect("written");
            let mut read: Written<FileFacts> = postcard::from_bytes(&written).expect("read");
            share_scopes(&mut read.facts);
            assert_eq!((read.facts, read.systems), (facts.clone(), vec![1, 2]), "{path}");
            facts_seen += facts.count();
        }
        assert!(facts_seen > 1000, "{facts_seen}");
    }
}

//! Outcomes that outlive a run: how the loader writes them down for a [`Store`], and under which
//! names.

use super::{Outcome, Reading, Told};
use crate::extract::{Asked, Extractor, Settings};
use crate::facts::{FileFacts, Scope, Standing};
use crate::store::{ASIDE, Name, Store, Terms};
use crate::tree::{BlobId, EntryKind, Mark};
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
        let standing = Standing::of(path);
        Some(Outcome { facts: Arc::new(Told::new(facts)), systems, modelled, standing })
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
        let written = Written { systems, modelled, facts: own.facts.facts() };
        if let Ok(bytes) = postcard::to_stdvec(&written) {
            self.store.put(name, terms_of(asked, reading.digests), bytes);
        }
    }
}

/// What says which contents a file has, by its mark.
const MARKED: Terms = Terms { asked: ASIDE, digest: 0 };

impl Kept {
    /// The contents that a file had with this mark.
    pub fn identity(&self, Mark(name): Mark) -> Option<BlobId> {
        let own = self.store.get(&name, |terms| terms == MARKED)?;
        own.try_into().ok().map(BlobId)
    }

    /// Keeps which contents a file has with this mark.
    pub fn identify(&self, Mark(name): Mark, BlobId(id): BlobId) {
        if id != [0; 20] {
            self.store.put(name, MARKED, id.to_vec());
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
pub fn share_scopes(facts: &mut FileFacts) {
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
    use crate::loader::{Loader, Role, facts_of};
    use crate::store::Store;
    use crate::systems::readers;
    use crate::tree::{Entry, EntryKind, Mark, Reader, Tree, TreeError};
    use globset::GlobSet;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A tree of one file that counts how often it is read.
    struct Counting {
        entries: Vec<Entry>,
        text: &'static str,
        read: AtomicUsize,
    }

    impl Counting {
        fn of(text: &'static str, mark: Option<u8>) -> Arc<Self> {
            let entry = Entry {
                path: "modules/a/manifests/init.pp".into(),
                kind: EntryKind::File,
                size: Some(text.len() as u64),
                id: None,
                mark: mark.map(|own| Mark([own; 20])),
            };
            Arc::new(Self { entries: vec![entry], text, read: AtomicUsize::new(0) })
        }
    }

    impl Tree for Counting {
        fn label(&self) -> &str {
            "counting"
        }

        fn entries(&self) -> &[Entry] {
            &self.entries
        }

        fn reader(&self) -> Box<dyn Reader + '_> {
            Box::new(self)
        }
    }

    impl Reader for &Counting {
        fn read(&mut self, _: usize) -> Result<Vec<u8>, TreeError> {
            self.read.fetch_add(1, Ordering::Relaxed);
            Ok(self.text.into())
        }
    }

    #[test]
    fn a_file_that_was_not_touched_since_is_not_read() {
        let root = tempfile::tempdir().expect("a folder");
        let load = |tree: Arc<Counting>| {
            let store = Store::open(root.path(), "0123456789abcdef", "fedcba9876543210");
            let loader =
                Loader::new(readers(), Settings::default(), GlobSet::empty()).keeping(store);
            let snapshot = loader.load(Role::New, tree.clone());
            loader.save();
            let file = &snapshot.files[0];
            let name = file.facts.provides[0].name.to_string();
            (name, file.id, tree.read.load(Ordering::Relaxed))
        };
        let text = "class a {}";
        let (name, id, read) = load(Counting::of(text, Some(1)));
        assert_eq!((name.as_str(), read), ("a", 1));
        assert_eq!(load(Counting::of(text, Some(1))), ("a".into(), id, 0));
        // What is not known by its mark is known by its contents, once it is read.
        assert_eq!(load(Counting::of(text, None)), ("a".into(), id, 1));
        assert_eq!(load(Counting::of(text, Some(2))), ("a".into(), id, 1));
        let (name, other, read) = load(Counting::of("class b {}", Some(3)));
        assert_eq!((name.as_str(), read), ("b", 1));
        assert_ne!(other, id);
        assert_eq!(load(Counting::of(text, Some(2))), ("a".into(), id, 0));
    }

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

//! What a store keeps, and that nothing that lies in its folders can harm a run.

use super::{ABANDONED, Extent, MOST_FILES, Store, Terms, clear, extent, files};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

const VERSION: &str = "0123456789abcdef";
const SCOPE: &str = "fedcba9876543210";

fn open(root: &Path) -> Store {
    Store::open(root, VERSION, SCOPE)
}

fn terms(asked: u8, digest: u64) -> Terms {
    Terms { asked, digest }
}

fn put(root: &Path, name: u8, terms: Terms, contents: &str) {
    let store = open(root);
    store.put([name; 20], terms, contents.into());
    store.save().expect("written");
}

fn get(root: &Path, name: u8) -> Option<String> {
    let own = open(root).get(&[name; 20], |_| true)?.to_vec();
    String::from_utf8(own).ok()
}

#[test]
fn what_was_put_is_there_in_the_next_run_under_its_terms() {
    let root = tempfile::tempdir().expect("a folder");
    put(root.path(), 1, terms(1, 7), "seven");
    put(root.path(), 1, terms(1, 8), "eight");
    let store = open(root.path());
    let under = |digest| store.get(&[1; 20], move |own: Terms| own.digest == digest);
    assert_eq!(under(7), Some(b"seven".as_slice()));
    assert_eq!(under(8), Some(b"eight".as_slice()));
    assert_eq!(under(9), None);
    assert_eq!(store.get(&[2; 20], |_| true), None);
}

#[test]
fn many_files_become_one_and_lose_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    for name in 0..20 {
        put(root.path(), name, terms(0, 0), &name.to_string());
    }
    for name in 0..20 {
        assert_eq!(get(root.path(), name), Some(name.to_string()));
    }
    let left = files(&root.path().join(VERSION).join(SCOPE));
    assert!(left.len() <= MOST_FILES, "{left:?}");
    let Extent { scopes, entries, .. } = extent(root.path());
    assert_eq!((scopes, entries), (1, 20));
}

#[test]
fn of_a_large_scope_only_what_is_used_is_kept() {
    let root = tempfile::tempdir().expect("a folder");
    let large = vec![7; super::MOST_OF_SCOPE as usize / 4];
    for name in 0..MOST_FILES as u8 {
        let store = open(root.path());
        store.put([name; 20], terms(0, 0), large.clone());
        store.save().expect("written");
    }
    let store = open(root.path());
    assert!(store.get(&[1; 20], |_| true).is_some());
    store.put([100; 20], terms(0, 0), vec![1]);
    store.save().expect("written");
    let there = |name: u8| open(root.path()).get(&[name; 20], |_| true).is_some();
    assert_eq!([0, 1, 2, 100].map(there), [false, true, false, true]);
}

#[test]
fn another_version_and_another_scope_see_nothing_of_it() {
    let root = tempfile::tempdir().expect("a folder");
    put(root.path(), 1, terms(0, 0), "one");
    let others = [(SCOPE, SCOPE), (VERSION, VERSION)];
    for (version, scope) in others {
        let other = Store::open(root.path(), version, scope);
        assert_eq!(other.get(&[1; 20], |_| true), None);
    }
}

#[test]
fn clearing_removes_ours_and_nothing_else() {
    let root = tempfile::tempdir().expect("a folder");
    put(root.path(), 1, terms(0, 0), "one");
    let foreign = [root.path().join("letters.facts"), root.path().join("home/me/novel.facts")];
    for file in &foreign {
        fs::create_dir_all(file.parent().expect("has one")).expect("created");
        fs::write(file, "mine").expect("written");
    }
    clear(root.path()).expect("removed");
    assert_eq!(extent(root.path()), Extent::default());
    assert_eq!(get(root.path(), 1), None);
    assert!(foreign.iter().all(|file| file.exists()));
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_one_that_is_not_there_is_empty() {
    let root = tempfile::tempdir().expect("a folder");
    let file = root.path().join("file");
    fs::write(&file, "").expect("written");
    let store = open(&file);
    assert_eq!(store.get(&[1; 20], |_| true), None);
    store.put([1; 20], terms(0, 0), Vec::new());
    assert!(store.save().is_err());
    assert_eq!(extent(&root.path().join("nowhere")), Extent::default());
}

proptest! {
    /// A damaged file gives what was put or nothing.
    #[test]
    fn damage_never_gives_something_else(at in 0usize..4096, byte: u8, cut in 0usize..4096) {
        let root = tempfile::tempdir().expect("a folder");
        let store = open(root.path());
        for name in 0..8 {
            store.put([name; 20], terms(0, 0), vec![name; 40]);
        }
        store.save().expect("written");
        let file = files(&root.path().join(VERSION).join(SCOPE)).remove(0);
        let mut bytes = fs::read(&file).expect("read");
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(bytes.len().min(cut.max(at + 1)));
        fs::write(&file, &bytes).expect("written");
        let store = open(root.path());
        for name in 0..8u8 {
            let own = store.get(&[name; 20], |own| own == terms(0, 0));
            prop_assert!(own.is_none_or(|own| own == [name; 40]));
        }
        let _ = extent(root.path());
    }
}

#[test]
fn what_an_ended_run_left_half_written_goes_and_what_is_being_written_stays() {
    let root = tempfile::tempdir().expect("a folder");
    put(root.path(), 1, terms(0, 0), "one");
    let folder = root.path().join(VERSION).join(SCOPE);
    let (old, fresh) = (folder.join("1-1.new"), folder.join("2-2.new"));
    for path in [&old, &fresh] {
        fs::write(path, "half").expect("written");
    }
    let long_ago = SystemTime::now() - 2 * ABANDONED;
    let file = fs::File::options().write(true).open(&old).expect("opened");
    file.set_modified(long_ago).expect("dated");
    put(root.path(), 2, terms(0, 0), "two");
    assert!(!old.exists() && fresh.exists());
    clear(root.path()).expect("cleared");
    assert!(!folder.exists());
}

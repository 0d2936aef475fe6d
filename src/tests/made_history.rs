//! Histories that are made by chance, from a seed: a tree of many systems in which lines and words
//! come, go and change places, and files with them. What is taken over from one commit to the next,
//! and what a commit cannot change and is not asked again, is held against trees that are judged by
//! themselves.

use super::{against_laws, replay_laws};
use crate::api::Tree;
use crate::api::replay::Range;
use std::path::{Path, PathBuf};

/// A row of numbers that a seed begins (`xorshift64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

fn files(tree: &Path) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(tree).sort_by_file_name().into_iter().flatten();
    let text = |path: &PathBuf| std::fs::read_to_string(path).is_ok_and(|own| !own.is_empty());
    all.filter(|own| own.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(text)
        .collect()
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("text");
    text.lines().map(str::to_owned).collect()
}

fn words(line: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_:/.-".contains(c);
    line.split(|c| !is_part(c)).filter(|own| own.len() > 2).collect()
}

/// One change: most are of a line or a word, some of a file.
fn change(chance: &mut Chance, tree: &Path) {
    let all = files(tree);
    let path = chance.of(&all).clone();
    let other = chance.of(&all).clone();
    let mut own = lines(&path);
    let at = chance.below(own.len());
    match chance.below(12) {
        0..=2 => drop(own.remove(at)),
        3 => own.insert(at, own[at].clone()),
        4 => {
            let to = chance.below(own.len());
            own.swap(at, to);
        }
        5..=8 => {
            // A word of one file in the place of one of another.
            let theirs = lines(&other).join(" ");
            let (theirs, ours) = (words(&theirs), own[at].clone());
            let ours = words(&ours);
            if !theirs.is_empty() && !ours.is_empty() {
                let (ours, theirs) = (*chance.of(&ours), *chance.of(&theirs));
                own[at] = own[at].replacen(ours, theirs, 1);
            }
        }
        9 => own.insert(at, format!("# {}", at + own.len())),
        10 => {
            let beside = path.with_file_name(format!("made-{}", chance.below(9)));
            std::fs::copy(&other, beside).expect("a copy");
        }
        _ => {
            std::fs::remove_file(&path).expect("a file");
            return;
        }
    }
    std::fs::write(&path, own.join("\n") + "\n").expect("written");
}

/// Makes a history of so many commits of the folder `tree` of a repository at `root`.
fn make(root: &Path, seed: u64, commits: usize) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    replay_laws::git(root, &["init", "-q"]);
    let tree = root.join("tree");
    std::fs::create_dir_all(&tree).expect("a folder");
    let below = |folder: &str| walkdir::WalkDir::new(fixtures.join(folder)).sort_by_file_name();
    for folder in below("systems").min_depth(1).max_depth(1).into_iter().flatten() {
        replay_laws::add(folder.path(), &tree);
    }
    for folder in below("rules").max_depth(2).into_iter().flatten() {
        let own = folder.path();
        let old = own.join("old");
        if own.ends_with("good") && !own.join("staging").is_dir() {
            replay_laws::add(if old.is_dir() { &old } else { own }, &tree);
        }
    }
    // What it declares would keep names from being told apart.
    let _ = std::fs::remove_file(tree.join("crosscheck.yaml"));
    replay_laws::commit(root, "all of them");
    let mut chance = Chance(seed);
    for ix in 0..commits {
        for _ in 0..=chance.below(3) {
            change(&mut chance, &tree);
        }
        replay_laws::commit(root, &format!("{ix}"));
    }
}

/// How many commits a history has; CROSSCHECK_MADE asks for more, and for more histories.
fn most() -> (usize, usize) {
    match std::env::var("CROSSCHECK_MADE").ok().and_then(|own| own.parse().ok()) {
        Some(commits) => (3, commits),
        None => (1, 24),
    }
}

#[test]
fn made_histories_say_the_same_where_each_commit_is_judged() {
    let (seeds, commits) = most();
    for seed in (11..).take(seeds) {
        let dir = tempfile::tempdir().expect("a folder");
        make(dir.path(), seed, commits);
        let range = Range::up_to("HEAD").below("tree");
        let [taken, refused] = replay_laws::both(dir.path(), &range);
        assert_eq!(taken, refused, "seed {seed}");
        assert!(taken.contains("\"by\""), "{taken}");
    }
}

#[test]
fn made_changes_say_the_same_where_all_is_asked() {
    let dir = tempfile::tempdir().expect("a folder");
    let (_, commits) = most();
    make(dir.path(), 14, commits);
    let open = |back: usize| {
        Tree::open_in(dir.path(), &format!("git:HEAD~{back}:tree")).expect("a revision")
    };
    for back in 0..commits {
        let [beside, everywhere] =
            against_laws::both(open(back + 1), open(back)).expect("an analysis");
        assert_eq!(beside, everywhere, "HEAD~{back}");
    }
}

//! A replay passes over commits that are seen to bring nothing. That it loses nothing by that is
//! held against a replay that judges each commit: over a history made of the fixtures, and over
//! those of real repositories where some are named.

use crate::api::Options;
use crate::api::replay::{Range, Report, Shortcuts, replay_by};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names a file with a git directory on each line.
const REPOSITORIES: &str = "CROSSCHECK_REPOSITORIES";

/// The newest commits of each that are replayed.
const COMMITS: &str = "CROSSCHECK_COMMITS";

/// What is said both ways.
pub(super) fn both(repository: &Path, range: &Range) -> [String; 2] {
    let said = |shortcuts| {
        let report = replay_by(repository, range, &Options::new(), |_, _| {}, shortcuts);
        let report: Report = report.expect("a history");
        serde_json::to_string_pretty(&report).expect("JSON")
    };
    [said(Shortcuts::Taken), said(Shortcuts::Refused)]
}

pub(super) fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

pub(super) fn commit(folder: &Path, subject: &str) {
    git(folder, &["add", "-A", "-f"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", subject]);
}

/// Puts a copy of a folder in the place of another one.
fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    add(from, to);
}

/// Puts a copy of what a folder holds into another one.
pub(super) fn add(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).sort_by_file_name().into_iter().flatten() {
        let target = to.join(entry.path().strip_prefix(from).expect("below it"));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).expect("a folder");
        } else if entry.file_type().is_file() {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Adds a line that is a comment in most languages to every file that is text with lines.
fn comment(folder: &Path, words: &str) {
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten() {
        let path = entry.path();
        let is_named = |ending: &str| path.to_string_lossy().ends_with(ending);
        if [".pp", ".yaml", ".yml", ".sh", ".cfg", ".tf"].into_iter().any(is_named)
            && let Ok(text) = std::fs::read_to_string(path)
        {
            std::fs::write(path, format!("{text}# {words}\n")).expect("written");
        }
    }
}

#[test]
fn a_history_of_the_fixtures_says_the_same_where_each_commit_is_judged() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path();
    git(root, &["init", "-q"]);
    let tree = root.join("tree");
    let mut pairs: Vec<PathBuf> = Vec::new();
    for folder in walkdir::WalkDir::new(&rules).max_depth(2).sort_by_file_name() {
        let folder = folder.expect("listed").into_path();
        if folder.join("old").is_dir() && folder.join("new").is_dir() {
            pairs.push(folder);
        }
    }
    assert!(pairs.len() > 10, "{}", pairs.len());
    for folder in &pairs {
        for side in ["old", "new", "old"] {
            copy(&folder.join(side), &tree);
            commit(root, &format!("{} {side}", folder.display()));
            comment(&tree, "a comment");
            commit(root, "a comment");
            comment(&tree, "names web::tls and app_port");
            commit(root, "a comment with names");
        }
    }
    let range = Range::up_to("HEAD").below("tree");
    let [taken, refused] = both(root, &range);
    assert_eq!(taken, refused);
    assert!(taken.matches("\"by\"").count() > 20, "{taken}");
}

#[test]
fn a_real_history_says_the_same_where_each_commit_is_judged() {
    let Some(list) = std::env::var_os(REPOSITORIES) else {
        println!("skipped: {REPOSITORIES} names no file with repositories");
        return;
    };
    let count = std::env::var(COMMITS).ok().and_then(|own| own.parse().ok()).unwrap_or(20);
    for repository in std::fs::read_to_string(list).expect("read").lines() {
        let [taken, refused] = both(Path::new(repository), &Range::up_to("HEAD").limit(count));
        assert_eq!(taken, refused, "{repository}");
    }
}

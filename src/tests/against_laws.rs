//! A change is judged by what stood before it in the same places. That this is all that counts is
//! held against two trees that are checked in full: over the fixtures, and over the commits of
//! real repositories where some are named.

use crate::api::{Analysis, Options, Tree};
use crate::pipeline::Asked;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names a file with a git directory on each line.
const REPOSITORIES: &str = "CROSSCHECK_REPOSITORIES";

/// The newest commits of each that are looked at.
const COMMITS: &str = "CROSSCHECK_COMMITS";

/// What the change from `old` to `new` brings, both ways.
pub(super) fn both(old: Tree, new: Tree) -> Option<[String; 2]> {
    let analysis = Analysis::new(new, &Options::new()).ok()?.against(old).ok()?;
    let said = |asked| {
        let report = analysis.report_by(None, asked);
        let line = |own: &crate::report::Resolved| {
            let place = format!("{}:{}:{}", own.primary.path, own.primary.start.line, own.rule);
            format!("{place} {:?} {} {} {}", own.severity, own.message, own.help, own.fingerprint)
        };
        report.all().iter().map(line).collect::<Vec<_>>().join("\n")
    };
    Some([said(Asked::Beside), said(Asked::Everywhere)])
}

#[test]
fn what_a_fixture_changes_is_the_same_where_the_old_tree_is_checked_in_full() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let mut compared = 0;
    for folder in walkdir::WalkDir::new(&rules).max_depth(2).sort_by_file_name() {
        let folder = folder.expect("listed").into_path();
        let (old, new) = (folder.join("old"), folder.join("new"));
        if !old.is_dir() || !new.is_dir() {
            continue;
        }
        let open = |path: &PathBuf| Tree::open(&path.display().to_string()).expect("a tree");
        // Both ways: what a change mends, another one breaks.
        for (from, to) in [(&old, &new), (&new, &old)] {
            let Some([beside, everywhere]) = both(open(from), open(to)) else { continue };
            assert_eq!(beside, everywhere, "{}", folder.display());
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn what_a_commit_changes_is_the_same_where_the_old_tree_is_checked_in_full() {
    let Some(list) = std::env::var_os(REPOSITORIES) else {
        println!("skipped: {REPOSITORIES} names no file with repositories");
        return;
    };
    let count = std::env::var(COMMITS).unwrap_or_else(|_| "20".into());
    let mut compared = 0;
    for repository in std::fs::read_to_string(list).expect("read").lines() {
        let repository = Path::new(repository);
        let listed = Command::new("git")
            .args(["rev-list", "--min-parents=1", "--max-parents=1", "-n", &count, "HEAD"])
            .current_dir(repository)
            .output()
            .expect("git runs");
        for commit in String::from_utf8_lossy(&listed.stdout).lines() {
            let open = |rev: &str| Tree::open_in(repository, &format!("git:{rev}")).ok();
            let Some((old, new)) = open(&format!("{commit}~1")).zip(open(commit)) else { continue };
            let Some([beside, everywhere]) = both(old, new) else { continue };
            assert_eq!(beside, everywhere, "{commit} of {}", repository.display());
            compared += 1;
        }
    }
    println!("{compared} commits compared");
    assert!(compared > 0);
}

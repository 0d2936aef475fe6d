//! Findings that are known: what a baseline covers, until when, and what is said of it.

use crate::common::{told, tree, write};
use insta::assert_snapshot;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const MANIFEST: &str = "modules/web/manifests/init.pp";

/// A tree with two defects, both in its baseline.
fn known() -> TempDir {
    let class = "class web {\n  include web::absent\n  include web::gone\n}\n";
    let dir = tree(&[(MANIFEST, class), ("crosscheck.yaml", "baseline: known.yaml\n")]);
    write(dir.path(), "known.yaml", "version: 1\nentries: []\n");
    write_baseline(dir.path());
    dir
}

fn write_baseline(dir: &Path) {
    let told = told(dir, &["baseline", "-o", "known.yaml"]);
    assert!(told.ends_with("exit code 0"), "{told}");
}

/// Adds lines to the entry of a class.
fn say(dir: &Path, class: &str, lines: &str) {
    let file = dir.join("known.yaml");
    let text = fs::read_to_string(&file).expect("the baseline");
    let at = text.find(class).expect("an entry");
    let end = at + text[at..].find("  kind: not-now\n").expect("its kind");
    fs::write(file, format!("{}{lines}{}", &text[..end], &text[end..])).expect("written");
}

fn concise(dir: &Path) -> String {
    told(dir, &["check", "--format", "concise"])
}

#[test]
fn an_entry_that_expired_covers_nothing() {
    let dir = known();
    let dir = dir.path();
    assert_snapshot!(concise(dir), @r"
        0 errors, 0 warnings, 0 notes in 3 files (2 silenced)
        exit code 0
        ");
    say(dir, "web::absent", "  expires: '2999-12-31'\n");
    assert_snapshot!(concise(dir), @r"
        0 errors, 0 warnings, 0 notes in 3 files (2 silenced)
        exit code 0
        ");
    say(dir, "web::gone", "  expires: '2001-01-01'\n");
    assert_snapshot!(concise(dir), @r"
        modules/web/manifests/init.pp:3:11: error[unresolved-reference] class `web::gone` does not exist
        1 error, 0 warnings, 0 notes in 3 files (1 silenced)
        exit code 1
        ");
    // The day of the run decides, and the last day is one on which it holds.
    let on = |day: &str| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_crosscheck"))
            .current_dir(dir)
            .args(["check", "--format", "concise"])
            .env("SOURCE_DATE_EPOCH", day)
            .output()
            .expect("the program starts");
        done.status.code()
    };
    assert_eq!(on("978307200"), Some(0), "on 2001-01-01");
    assert_eq!(on("978393600"), Some(1), "on 2001-01-02");
}

#[test]
fn what_is_said_of_an_entry_stays_when_the_baseline_is_written_again() {
    let dir = known();
    let dir = dir.path();
    say(dir, "web::absent", "  reason: the vault brings it\n  expires: 2999-12-31\n");
    let before = fs::read_to_string(dir.join("known.yaml")).expect("the baseline");
    write_baseline(dir);
    let entries = |text: &str| {
        let mut entries: Vec<_> = text
            .split("- fingerprint")
            .map(|own| {
                let mut lines: Vec<_> = own.lines().map(str::trim).map(str::to_owned).collect();
                lines.sort();
                lines
            })
            .collect();
        entries.sort();
        entries
    };
    let after = fs::read_to_string(dir.join("known.yaml")).expect("the baseline");
    assert_eq!(entries(&after), entries(&before));
}

#[test]
fn a_baseline_that_cannot_be_read_is_an_error() {
    let dir = known();
    let dir = dir.path();
    write(dir, "known.yaml", "version: 2\nentries: []\n");
    assert_snapshot!(concise(dir), @r"
        crosscheck: known.yaml: version 2 is not known; this is version 1
        exit code 2
        ");
    write(dir, "known.yaml", "version: 1\nentries:\n- fingerprnt: x\n");
    assert_snapshot!(concise(dir), @r"
        crosscheck: known.yaml: entries[0]: unknown field `fingerprnt`, expected one of `fingerprint`, `rule`, `path`, `message`, `kind`, `reason`, `expires` at line 3 column 3
        exit code 2
        ");
}

/// Whether a text of the tree knows a name is asked of all its files: a baseline is none of them.
#[test]
fn what_a_baseline_names_is_not_known_by_that() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/systems");
    for name in ["ansible/slips", "apache/names", "apache/whole", "nginx/names", "nginx/whole"] {
        let dir = tempfile::tempdir().expect("a folder");
        let mut folders = vec![fixtures.join(name)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                let inner = path.strip_prefix(fixtures.join(name)).expect("below").to_owned();
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        let text = fs::read_to_string(&path).expect("UTF-8");
                        write(dir.path(), inner.to_str().expect("UTF-8"), &text);
                    }
                }
            }
        }
        write_baseline(dir.path());
        let told = told(dir.path(), &["check", "--baseline", "known.yaml", "--format", "concise"]);
        assert!(!told.contains("fixed"), "{name}: {told}");
        assert!(
            told.contains("0 errors, 0 warnings, 0 notes") && told.contains("silenced"),
            "{told}"
        );
    }
}

#[test]
fn the_baseline_that_is_written_anew_is_the_one_that_is_pruned() {
    let class = "class web {\n  include web::absent\n  include web::gone\n}\n";
    let ignore = "version: 1\nignore:\n- {rule: parse-error, reason: x, expires: '2001-01-01'}\n";
    let dir = tree(&[(MANIFEST, class), ("crosscheck.yaml", ignore)]);
    let dir = dir.path();
    // What is said of a silence stands at its entry, and is none of what can be accepted.
    assert!(concise(dir).contains("crosscheck.yaml:3:3: note[unused-silence] the `ignore` entry for `parse-error` (x) expired on 2001-01-01, and covers nothing any more"), "{}", concise(dir));
    assert_snapshot!(told(dir, &["baseline", "-o", "known.yaml"]), @r"
        2 findings written to known.yaml
        exit code 0
        ");
    write(dir, MANIFEST, "class web {\n  include web::absent\n}\n");
    assert_snapshot!(told(dir, &["baseline", "--prune", "-o", "known.yaml"]), @r"
        1 fixed, 1 left
        1 findings written to known.yaml
        exit code 0
        ");
}

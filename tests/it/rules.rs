//! Every rule against its fixtures: `bad` must trigger it, where and how `bad.snap` beside it
//! says; `good` must be silent.

use crate::common;
use insta::assert_snapshot;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The report of the program over one fixture.
fn report(rule: &str, dir: &Path) -> Value {
    let told = std::fs::read_to_string(dir.join("args.txt")).unwrap_or_default();
    let history =
        std::fs::read_to_string(dir.join("history.txt")).ok().map(|own| history(dir, &own));
    let mut args = if history.is_some() {
        vec!["check", "git:HEAD", "--against", "git:HEAD^"]
    } else if dir.join("staging").is_dir() {
        vec!["promote", "--staging", "staging", "--production", "production"]
    } else if dir.join("new").is_dir() {
        vec!["check", "new", "--against", "old"]
    } else if dir.join("args.txt").exists() {
        vec!["check", "tree"]
    } else {
        vec!["check", "."]
    };
    args.extend(told.lines().filter(|line| !line.is_empty()));
    if crosscheck::catalog::find(rule).is_some_and(|page| !page.enabled) {
        args.extend(["--rule", rule]);
    }
    // Paths in args.txt are relative to the fixture.
    common::report(history.as_ref().map_or(dir, |own| own.path()), &args)
}

/// A repository of the files in `tree`: each line names those that a commit adds a line to.
fn history(dir: &Path, lines: &str) -> tempfile::TempDir {
    let own = tempfile::tempdir().expect("a folder");
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git")
            .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
            .args(arguments)
            .current_dir(own.path())
            .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
            .output()
            .expect("git runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    for entry in std::fs::read_dir(dir.join("tree")).expect("a tree") {
        let path = entry.expect("readable").path();
        std::fs::copy(&path, own.path().join(name(&path))).expect("copied");
    }
    let commit = |subject: &str| {
        git(&["add", "-A"]);
        git(&["commit", "-q", "-m", subject]);
    };
    git(&["init", "-q"]);
    commit("begin");
    for (ix, line) in lines.lines().filter(|own| !own.starts_with('#')).enumerate() {
        for file in line.split_whitespace() {
            let path = own.path().join(file);
            let text = std::fs::read_to_string(&path).expect("a file");
            std::fs::write(path, format!("{text}# {ix}\n")).expect("written");
        }
        commit(line);
    }
    own
}

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let entries = std::fs::read_dir(root).expect("fixtures exist");
    let mut dirs: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    dirs.sort();
    dirs
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[test]
fn bad_fixtures_show_their_rule_at_its_place_and_good_ones_are_silent() {
    for dir in fixtures() {
        let rule = name(&dir);
        let bad = report(&rule, &dir.join("bad"));
        let findings = bad["findings"].as_array().expect("a list");
        assert!(findings.iter().any(|own| own["rule"] == *rule), "{rule}: bad is silent");
        insta::with_settings!({
            snapshot_path => &dir,
            omit_expression => true,
            prepend_module_to_snapshot => false,
        }, {
            assert_snapshot!("bad", common::whole_findings(&bad));
        });
        let good = common::findings(&report(&rule, &dir.join("good")));
        assert!(good.is_empty(), "{rule}: good is reported\n{good}");
    }
}

#[test]
fn every_page_has_fixtures_and_every_fixture_a_page() {
    let with_fixtures: Vec<String> = fixtures().iter().map(|dir| name(dir)).collect();
    let with_page: Vec<String> =
        crosscheck::catalog::pages().iter().map(|page| page.id.clone()).collect();
    assert_eq!(with_fixtures, with_page);
}

/// Rule ids appear in the source only where findings and problems are made.
#[test]
fn every_rule_that_the_program_reports_has_a_page() {
    let mut missing = Vec::new();
    let made = regex::Regex::new(r#"(?:Finding|Problem)::new\(\s*"([a-z-]+)""#).expect("valid");
    for entry in walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let entry = entry.expect("readable");
        let is_test = entry.path().iter().any(|part| part == "tests");
        if is_test || entry.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).expect("readable");
        for found in made.captures_iter(&text) {
            if crosscheck::catalog::find(&found[1]).is_none() {
                missing.push(format!("{} in {}", &found[1], entry.path().display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

//! Every rule against its fixtures: `bad` must trigger it, `good` must not.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs the program over one fixture and returns the rules of its findings.
fn findings(rule: &str, dir: &Path) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crosscheck"));
    let args = std::fs::read_to_string(dir.join("args.txt")).unwrap_or_default();
    if dir.join("staging").is_dir() {
        command.arg("promote").arg("--staging").arg(dir.join("staging"));
        command.arg("--production").arg(dir.join("production"));
    } else if dir.join("new").is_dir() {
        command.arg("check").arg(dir.join("new")).arg("--against").arg(dir.join("old"));
    } else if dir.join("args.txt").exists() {
        command.arg("check").arg(dir.join("tree"));
    } else {
        command.arg("check").arg(dir);
    }
    command.args(args.lines().filter(|line| !line.is_empty()));
    // Paths in args.txt are relative to the fixture.
    command.current_dir(dir).args(["--format", "json", "--fail-on", "never"]);
    if crosscheck::catalog::find(rule).is_some_and(|page| !page.enabled) {
        command.args(["--rule", rule]);
    }
    let done = command.output().expect("the program starts");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{}: {:?} {said}", dir.display(), done.status);
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    findings.iter().map(|finding| finding["rule"].as_str().unwrap_or_default().to_owned()).collect()
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
fn bad_fixtures_trigger_their_rule_and_good_ones_do_not() {
    let mut wrong = Vec::new();
    for dir in fixtures() {
        let rule = name(&dir);
        if !findings(&rule, &dir.join("bad")).contains(&rule) {
            wrong.push(format!("{rule}: bad is silent"));
        }
        if findings(&rule, &dir.join("good")).contains(&rule) {
            wrong.push(format!("{rule}: good is reported"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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

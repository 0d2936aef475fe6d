//! `--timeout`: a run whose time is over says what it left, and never looks like a whole one.

use crate::common::{crosscheck, tree};
use std::process::Output;
use tempfile::TempDir;

/// A time that is over before anything can be read.
const NONE: &str = "0.000000001s";

fn broken() -> TempDir {
    tree(&[
        ("modules/web/manifests/init.pp", "class web { include web::tls }\n"),
        ("environments/staging.yaml", "a: 1\nb: 2\n"),
        ("environments/production.yaml", "a: 1\n"),
    ])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(dir: &TempDir, args: &[&str]) -> (Option<i32>, Output) {
    let done = crosscheck(dir.path(), &[args, &["--timeout", NONE]].concat());
    (done.status.code(), done)
}

#[test]
fn a_check_tells_in_every_format_that_it_is_not_finished() {
    let dir = broken();
    let formats = ["human", "concise", "json", "sarif", "github", "markdown"];
    for format in formats {
        let (code, done) = run(&dir, &["check", "--format", format]);
        assert_eq!(code, Some(3), "{format}");
        let told = "3 files were not read";
        assert!(text(&done.stderr).contains(told), "{format}: {}", text(&done.stderr));
        let shown = text(&done.stdout);
        let shows = if format == "json" { "\"files_not_read\":3" } else { told };
        assert!(shown.contains(shows), "{format}: {shown}");
        assert!(!shown.contains("unresolved-reference"), "{format}: {shown}");
    }
    for format in ["gitlab", "junit", "checkstyle"] {
        let (code, done) = run(&dir, &["check", "--format", format, "--fail-on", "never"]);
        assert_eq!(code, Some(3), "{format}");
        assert!(text(&done.stderr).contains("not finished"), "{format}");
    }
}

#[test]
fn what_would_be_wrong_in_part_is_not_printed_at_all() {
    let (dir, old) = (broken(), broken());
    let before = old.path().to_str().expect("UTF-8");
    let out = dir.path().join("out");
    std::fs::create_dir(&out).expect("created");
    let asked: &[&[&str]] = &[
        &["rollout", before, "."],
        &["promote", "--staging", before, "--production", ".", "--complete"],
        &["promote", "--staging", before, "--production", ".", "--apply", "out"],
        &["environments"],
        &["why", "web", "web::tls"],
        &["impact", "web"],
        &["interface", "web"],
        &["baseline", "-o", "baseline.yaml"],
    ];
    for args in asked {
        let (code, done) = run(&dir, args);
        assert_eq!(code, Some(3), "{args:?}: {}", text(&done.stderr));
        assert_eq!(text(&done.stdout), "", "{args:?}");
        assert!(text(&done.stderr).contains("not finished"), "{args:?}: {}", text(&done.stderr));
    }
    assert_eq!(std::fs::read_dir(&out).expect("a folder").count(), 0);
    assert!(!dir.path().join("baseline.yaml").exists());
    let (code, done) = run(&dir, &["check", "--against", before, "--format", "concise"]);
    assert_eq!(code, Some(3));
    assert!(text(&done.stdout).starts_with("0 errors"), "{}", text(&done.stdout));
    let (code, done) = run(&dir, &["facts", "--format", "ndjson"]);
    assert_eq!((code, text(&done.stdout).as_str()), (Some(3), ""));
}

#[test]
fn within_the_time_no_answer_depends_on_it() {
    let dir = broken();
    let check = |args: &[&str]| {
        let done = crosscheck(dir.path(), &[&["check", "--format", "concise"], args].concat());
        assert_eq!(text(&done.stderr), "", "{args:?}");
        (done.status.code(), text(&done.stdout))
    };
    let without = check(&["--timeout", "0"]);
    assert_eq!(without.0, Some(1));
    for time in ["1h30m", "3600", "99h", "0s", "5000000ms"] {
        assert_eq!(check(&["--timeout", time]), without, "{time}");
    }
    assert_eq!(check(&[]), without);
}

#[test]
fn what_is_no_time_is_refused() {
    let dir = broken();
    for time in
        ["", "soon", "1y", "-1", "1e", "m", "1.2.3s", "1\u{1b}[31m", "99999999999999999999h"]
    {
        let done = crosscheck(dir.path(), &["check", &format!("--timeout={time}")]);
        assert_eq!(done.status.code(), Some(2), "{time}");
        assert!(!text(&done.stderr).contains('\u{1b}'), "{time}");
    }
}

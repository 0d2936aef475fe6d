//! The steps of `action.yml`, run as GitHub's runner does, with a `gh` that writes down what it is
//! asked for.

#![cfg(unix)]

use crate::common::{repository, write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A checkout in which the last commit refers to a class that does not exist, and its `origin/main`
/// is the commit before.
fn checkout() -> TempDir {
    let old = [("modules/web/manifests/init.pp", "class web {\n}\n")];
    let dir = repository(&old, |dir| {
        write(dir, "modules/web/manifests/init.pp", "class web {\n  include web::gone\n}\n");
    });
    let done = Command::new("git")
        .current_dir(dir.path())
        .args(["update-ref", "refs/remotes/origin/main", "HEAD^"])
        .status()
        .expect("git starts");
    assert!(done.success(), "{done:?}");
    dir
}

/// A place for programs, with the one that is tested and a `gh` that answers `known` to questions.
fn programs(known: &str) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_crosscheck"), dir.path().join("crosscheck"))
        .expect("linked");
    let gh = format!(
        "#!/bin/sh\necho \"$@\" >>\"{0}/asked\"\ncase \"$*\" in *--jq*) printf '%s' '{known}' ;; *--input*) cat >\"{0}/sent\" ;; esac\n",
        dir.path().display()
    );
    write(dir.path(), "gh", &gh);
    Command::new("chmod").arg("+x").arg(dir.path().join("gh")).status().expect("chmod");
    dir
}

fn step(name: &str, at: &Path, programs: &Path, env: &[(&str, &str)]) -> Output {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("ci").join(name);
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new(script)
        .current_dir(at)
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("RUNNER_TEMP", programs)
        .env("GITHUB_OUTPUT", programs.join("outputs"))
        .env("GITHUB_STEP_SUMMARY", programs.join("summary"))
        .env("GITHUB_REPOSITORY", "owner/name")
        .envs(env.iter().copied())
        .output()
        .expect("it starts")
}

fn output(programs: &Path, name: &str) -> String {
    let text = std::fs::read_to_string(programs.join("outputs")).expect("outputs");
    let own = text.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
    own.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
}

fn check(at: &Path, programs: &Path, since: &str, args: &str) -> Output {
    let env = [
        ("CROSSCHECK_TREE", "."),
        ("CROSSCHECK_NEW_SINCE", since),
        ("CROSSCHECK_FAIL_ON", "error"),
        ("CROSSCHECK_ARGS", args),
        ("CROSSCHECK_VERSION", "none is installed"),
        ("GITHUB_BASE_REF", "main"),
    ];
    step("github-check", at, programs, &env)
}

fn asked(programs: &Path) -> String {
    std::fs::read_to_string(programs.join("asked")).unwrap_or_default()
}

fn comment(at: &Path, programs: &Path) {
    let markdown = output(programs, "markdown");
    let env = [("CROSSCHECK_PULL_REQUEST", "7"), ("CROSSCHECK_MARKDOWN", markdown.as_str())];
    let done = step("github-comment", at, programs, &env);
    assert!(done.status.success(), "{done:?}");
}

#[test]
fn the_action_annotates_and_tells_the_later_steps_how_it_ended() {
    let (at, programs) = (checkout(), programs(""));
    let done = check(at.path(), programs.path(), "auto", "--threads\n1\n");
    assert!(done.status.success(), "{done:?}");
    let shown = String::from_utf8(done.stdout).expect("UTF-8");
    assert!(shown.starts_with("::error file=modules/web/manifests/init.pp,line=2,"), "{shown}");
    assert_eq!(output(programs.path(), "exit-code"), "1");
    let sarif = std::fs::read_to_string(output(programs.path(), "sarif")).expect("written");
    assert!(sarif.contains("\"baselineState\": \"new\""), "{sarif}");
    let summary = std::fs::read_to_string(programs.path().join("summary")).expect("written");
    assert!(summary.contains("class `web::gone` does not exist"), "{summary}");
}

#[test]
fn an_argument_that_is_none_of_ours_is_told() {
    let (at, programs) = (checkout(), programs(""));
    let done = check(at.path(), programs.path(), "", "--no-such-option");
    assert_eq!(output(programs.path(), "exit-code"), "2", "{done:?}");
}

#[test]
fn the_comment_is_written_once_and_then_kept_up_to_date() {
    let (at, first, second) = (checkout(), programs(""), programs("41\n"));
    for programs in [&first, &second] {
        check(at.path(), programs.path(), "auto", "");
        comment(at.path(), programs.path());
    }
    let written = asked(first.path());
    assert!(written.contains("--method POST repos/owner/name/issues/7/comments"), "{written}");
    let written = asked(second.path());
    assert!(written.contains("--method PATCH repos/owner/name/issues/comments/41"), "{written}");
    assert!(!written.contains("POST"), "{written}");
}

#[test]
fn code_scanning_gets_the_file_packed_as_it_asks() {
    let (at, programs) = (checkout(), programs(""));
    check(at.path(), programs.path(), "auto", "");
    let sarif = output(programs.path(), "sarif");
    let env = [
        ("CROSSCHECK_SARIF", sarif.as_str()),
        ("GITHUB_SHA", "0123"),
        ("GITHUB_REF", "refs/heads/a\"b"),
    ];
    let done = step("github-upload", at.path(), programs.path(), &env);
    assert!(done.status.success(), "{done:?}");
    let asked = asked(programs.path());
    assert!(asked.contains("--method POST repos/owner/name/code-scanning/sarifs"), "{asked}");
    let sent = std::fs::read_to_string(programs.path().join("sent")).expect("sent");
    let sent: serde_json::Value = serde_json::from_str(&sent).expect("JSON");
    assert_eq!(sent["ref"], "refs/heads/a\"b");
    let unpack = "printf %s \"$1\" | base64 -d | gzip -dc";
    let packed = sent["sarif"].as_str().expect("text");
    let unpacked = Command::new("sh").args(["-c", unpack, "sh", packed]).output().expect("sh");
    assert_eq!(unpacked.stdout, std::fs::read(sarif).expect("written"));
}

#[test]
fn where_nothing_is_found_only_a_comment_that_stands_is_written_anew() {
    let (at, first, second) = (checkout(), programs(""), programs("41\n"));
    for (programs, expected) in [(&first, "POST"), (&second, "PATCH")] {
        check(at.path(), programs.path(), "HEAD", "");
        assert_eq!(output(programs.path(), "exit-code"), "0");
        comment(at.path(), programs.path());
        let written = asked(programs.path());
        assert_eq!(written.contains(expected), expected == "PATCH", "{written}");
    }
}

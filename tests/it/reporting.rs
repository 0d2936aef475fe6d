//! What a user sees of findings: one line each, those of one cause together, the worst first,
//! silences and baselines.

use crate::common::{crosscheck, findings, report, told, tree, write};
use insta::assert_snapshot;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const MANIFEST: &str = "modules/web/manifests/init.pp";

fn out(dir: &Path, args: &[&str]) -> String {
    String::from_utf8(crosscheck(dir, args).stdout).expect("UTF-8")
}

fn rules(dir: &Path, args: &[&str]) -> Vec<String> {
    let report = report(dir, &[&["check"], args].concat());
    let findings = report["findings"].as_array().expect("a list");
    findings.iter().map(|own| own["rule"].as_str().expect("a rule").to_owned()).collect()
}

fn git(dir: &Path, args: &[&str]) {
    let done = Command::new("git").current_dir(dir).args(args).output().expect("git runs");
    assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tree(files);
    git(dir.path(), &["init", "-q", "-b", "main"]);
    git(dir.path(), &["config", "user.name", "tester"]);
    git(dir.path(), &["config", "user.email", "tester@example.org"]);
    dir
}

/// A class, one call of it with wrong arguments, and two uses of a class that is not there.
fn two_causes() -> tempfile::TempDir {
    tree(&[
        (MANIFEST, "class web($port = 80) {\n  include web::absent\n}\n"),
        ("modules/web/manifests/b.pp", "class web::b {\n  include web::absent\n}\n"),
        (
            "modules/web/manifests/c.pp",
            "class web::c {\n  class { 'web':\n    one => 1,\n    two => 2,\n    three => 3,\n  }\n}\n",
        ),
        ("modules/web/examples/a.pp", "class web::a {\n"),
    ])
}

#[test]
fn findings_of_one_cause_are_one_line_and_the_worst_come_first() {
    let dir = two_causes();
    assert_snapshot!(told(dir.path(), &["check", "--format", "concise"]), @r"
        modules/web/manifests/b.pp:2:11: error[unresolved-reference] class `web::absent` does not exist (1 more: modules/web/manifests/init.pp:2:11)
        modules/web/manifests/c.pp:3:5: error[unknown-parameter] `web` takes no parameter `one` (2 more: modules/web/manifests/c.pp:4:5, modules/web/manifests/c.pp:5:5)
        modules/web/examples/a.pp:2:1: warning[parse-error] the file ends where `}` was expected
        unknown-parameter     3 errors
        unresolved-reference  2 errors
        parse-error           1 warning
        5 errors, 1 warning, 0 notes in 4 files (3 causes)
        exit code 1
        ");
    let report = report(dir.path(), &["check"]);
    let findings = report["findings"].as_array().expect("a list");
    let causes = |rule: &str| {
        let own = findings.iter().filter(|own| own["rule"] == rule);
        own.map(|own| own["cause"].as_str().expect("a cause")).collect::<Vec<_>>()
    };
    let unknown = causes("unknown-parameter");
    assert_eq!(unknown.len(), 3, "the contract has each finding");
    assert!(unknown.iter().all(|cause| *cause == unknown[0]));
    assert_ne!(causes("unresolved-reference")[0], unknown[0]);
    assert_snapshot!(told(dir.path(), &["check", "--format", "concise", "-v"]), @r"
        modules/web/manifests/b.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        modules/web/manifests/c.pp:3:5: error[unknown-parameter] `web` takes no parameter `one`
        modules/web/manifests/c.pp:4:5: error[unknown-parameter] `web` takes no parameter `two`
        modules/web/manifests/c.pp:5:5: error[unknown-parameter] `web` takes no parameter `three`
        modules/web/examples/a.pp:2:1: warning[parse-error] the file ends where `}` was expected
        unknown-parameter     3 errors
        unresolved-reference  2 errors
        parse-error           1 warning
        5 errors, 1 warning, 0 notes in 4 files
        exit code 1
        ");
}

#[test]
fn totals_by_rule_stand_at_the_end() {
    let dir = two_causes();
    for format in ["human", "concise"] {
        let text = out(
            dir.path(),
            &["check", "--format", format, "--rule", "unknown-parameter,unresolved-reference"],
        );
        let end: Vec<_> = text.lines().rev().take(3).collect();
        assert_eq!(
            end,
            [
                "5 errors, 0 warnings, 0 notes in 4 files (2 causes)",
                "unresolved-reference  2 errors",
                "unknown-parameter     3 errors",
            ],
            "{format}"
        );
    }
}

#[test]
fn a_least_severity_hides_and_says_so() {
    let dir = tree(&[(
        MANIFEST,
        "class web {\n  include web::absent\n  include web # crosscheck: allow(parse-error)\n}\n",
    )]);
    let errors = ["check", "--format", "concise", "--min-severity", "error"];
    assert_snapshot!(told(dir.path(), &errors), @r"
        modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        1 error, 0 warnings, 2 notes in 1 file (2 below --min-severity not shown)
        exit code 1
        ");
    let shown = report(dir.path(), &["check", "--min-severity", "error"]);
    assert_eq!((&shown["summary"]["notes"], &shown["summary"]["hidden"]), (&2.into(), &2.into()));
    let never = ["check", "--rule", "unexplained-silence", "--min-severity", "error"];
    let note = [&never[..], &["--fail-on", "note"]].concat();
    assert_eq!(crosscheck(dir.path(), &note).status.code(), Some(1));
}

#[test]
fn a_long_line_is_never_printed_whole() {
    let long = format!("class web {{ include web::absent # {}\n}}\n", "x".repeat(200_000));
    let far = format!("class web::b {{ $a = '{}' include web::absent\n}}\n", "y".repeat(200_000));
    let dir = tree(&[(MANIFEST, &long), ("modules/web/manifests/b.pp", &far)]);
    let text = out(dir.path(), &["check", "-v"]);
    assert!(text.contains("web::absent") && text.contains("b.pp:1:200032]"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 200), "{text}");
}

#[test]
fn machines_get_paths_of_the_repository() {
    let manifest = format!("puppet/{MANIFEST}");
    let dir = repository(&[(&manifest, "class web {\n  include web::absent\n}\n")]);
    let dir = dir.path();
    git(dir, &["add", "."]);
    git(dir, &["commit", "-qm", "one"]);
    for tree in ["puppet", "git:HEAD:puppet", "index:puppet"] {
        for format in ["github", "sarif", "gitlab", "checkstyle", "junit", "concise"] {
            let text = out(dir, &["check", tree, "--format", format]);
            assert!(
                text.contains("puppet/modules/web/manifests/init.pp"),
                "{tree} {format}: {text}"
            );
        }
        let json = report(dir, &["check", tree]);
        assert_eq!(json["findings"][0]["path"], MANIFEST, "{tree}: the contract is the tree's");
    }
}

#[test]
fn names_with_control_characters_start_no_line_of_their_own() {
    let dir = tree(&[("modules/web/manifests/a\n::error::b\u{1b}[2J.pp", "class web::x {\n")]);
    for format in ["human", "concise", "github"] {
        let text = out(dir.path(), &["check", "--format", format]);
        assert!(!text.is_empty() && !text.contains('\u{1b}'), "{format}: {text}");
        assert!(!text.lines().any(|line| line.starts_with("::error::b")), "{format}: {text}");
    }
}

#[test]
fn a_comment_above_a_block_silences_the_block() {
    let task = "---\n# crosscheck: allow(unresolved-reference) the build puts it there\n- name: settings\n  template:\n    src: absent.j2\n    dest: /etc/x\n- name: more\n  template:\n    src: gone.j2\n    dest: /etc/y\n";
    let dir = tree(&[("roles/web/tasks/main.yml", task)]);
    let found = report(dir.path(), &["check"]);
    let lines: Vec<_> =
        found["findings"].as_array().expect("a list").iter().map(|own| &own["line"]).collect();
    assert_eq!(lines, [&Value::from(9)], "{found:#}");
    let resource = "class web {\n  # crosscheck: allow(unresolved-reference) the installer makes it\n  file { '/etc/a':\n    ensure => file,\n    source => 'puppet:///modules/web/absent',\n  }\n  include web::absent\n}\n";
    let dir = tree(&[(MANIFEST, resource)]);
    assert_eq!(rules(dir.path(), &[]), ["unresolved-reference"]);
}

#[test]
fn a_silence_without_a_reason_that_stood_before_is_not_the_changes() {
    let old = tree(&[(
        MANIFEST,
        "class web {\n  include web::absent # crosscheck: allow(unresolved-reference)\n}\n",
    )]);
    let dir = old.path();
    assert_eq!(rules(dir, &[]), ["unexplained-silence"]);
    assert!(rules(dir, &["--against", "."]).is_empty());
    let new = tree(&[(
        MANIFEST,
        "class web {\n  include web::absent # crosscheck: allow(unresolved-reference)\n  include web::gone # crosscheck: allow(unresolved-reference)\n}\n",
    )]);
    let against = dir.to_str().expect("UTF-8");
    assert_eq!(rules(new.path(), &["--against", against]), ["unexplained-silence"]);
}

#[test]
fn the_configuration_names_the_baseline_and_what_is_fixed_is_told() {
    let dir = tree(&[
        ("crosscheck.yaml", "baseline: known.yaml\n"),
        (MANIFEST, "class web {\n  include web::absent\n  include web::gone\n}\n"),
    ]);
    let dir = dir.path();
    assert_snapshot!(told(dir, &["check"]), @r"
        crosscheck: the configuration names the baseline known.yaml, which is not in the tree; `crosscheck baseline -o known.yaml` writes it
        exit code 2
        ");
    assert_eq!(crosscheck(dir, &["baseline", "-o", "known.yaml"]).status.code(), Some(0));
    assert!(rules(dir, &[]).is_empty());
    write(dir, MANIFEST, "class web {\n  include web::absent\n}\n");
    assert_snapshot!(
        findings(&report(dir, &["check"])),
        @"known.yaml:8:16: note[unused-silence] fixed: `unresolved-reference` in modules/web/manifests/init.pp is not found any more"
    );
    assert!(rules(dir, &["--rule", "parse-error"]).is_empty(), "what did not run is not fixed");
    write(dir, MANIFEST, "class web {\n  include web::absent\n  include web::new\n}\n");
    assert_eq!(
        crosscheck(dir, &["baseline", "--prune", "-o", "known.yaml"]).status.code(),
        Some(0)
    );
    assert_eq!(rules(dir, &[]), ["unresolved-reference"], "pruning accepts nothing new");
}

#[test]
fn a_hook_compares_what_is_committed() {
    let web = "class web {\n  file { '/etc/a':\n    content => template('web/a.erb'),\n  }\n}\n";
    let dir = repository(&[(MANIFEST, web), ("modules/web/templates/a.erb", "a\n")]);
    let dir = dir.path();
    let code = |args: &[&str]| crosscheck(dir, args).status.code();
    git(dir, &["add", "."]);
    assert_eq!(code(&["hook"]), Some(0), "before the first commit");
    assert_eq!(code(&["check", "index:", "--against", "git:HEAD"]), Some(0));
    git(dir, &["commit", "-qm", "one"]);
    const EMPTY: &str = "git:4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    assert_eq!(code(&["check", "git:HEAD", "--against", EMPTY]), Some(0));
    assert_eq!(code(&["check", EMPTY, "--against", "git:HEAD"]), Some(0));
    assert_eq!(code(&["check", EMPTY]), Some(0));
    git(dir, &["rm", "-q", "modules/web/templates/a.erb"]);
    assert_eq!(code(&["hook"]), Some(1), "what is staged");
    git(dir, &["switch", "-qc", "branch"]);
    git(dir, &["commit", "-qm", "two"]);
    let hook = |from: &str, to: &str| {
        Command::new(env!("CARGO_BIN_EXE_crosscheck"))
            .current_dir(dir)
            .arg("hook")
            .env("PRE_COMMIT_FROM_REF", from)
            .env("PRE_COMMIT_TO_REF", to)
            .output()
            .expect("the program starts")
            .status
            .code()
    };
    assert_eq!(hook("main", "HEAD"), Some(1), "a branch");
    assert_eq!(hook("HEAD", "HEAD"), Some(0), "nothing new");
    assert_eq!(hook("nowhere", "HEAD"), Some(3));
    assert_eq!(code(&["hook"]), Some(1), "nothing staged: the whole tree");
}

#[test]
fn rules_are_listed_with_commas_and_completed() {
    let dir = two_causes();
    let only = rules(dir.path(), &["--rule", "parse-error,unknown-parameter"]);
    assert!(only.iter().all(|rule| rule == "parse-error" || rule == "unknown-parameter"));
    assert!(!only.is_empty());
    let completion = out(dir.path(), &["completions", "bash"]);
    assert!(completion.contains("newly-required-parameter"));
    for command in ["check", "hook", "promote", "baseline"] {
        let help = out(dir.path(), &[command, "--help"]);
        assert!(help.contains("Exit codes:") && help.contains("Examples:"), "{command}");
    }
}

//! `crosscheck check` as its users see it: exit codes, reports, silences.

use crate::common::{crosscheck, findings, told, tree, write};
use insta::assert_snapshot;
use serde_json::Value;
use std::path::Path;

const MANIFEST: &str = "modules/web/manifests/init.pp";
const BROKEN: &str = "class web {\n  include web::absent\n}\n";

fn code(dir: &Path, args: &[&str]) -> i32 {
    crosscheck(dir, args).status.code().expect("not killed")
}

fn json(dir: &Path, args: &[&str]) -> Value {
    let done = crosscheck(dir, &[&["check", "--format", "json"], args].concat());
    let mut value: Value = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&done.stderr)));
    value["summary"]["elapsed_ms"] = Value::from(0);
    value
}

fn rules<'v>(report: &'v Value, list: &str) -> Vec<&'v str> {
    let findings = report[list].as_array().expect("a list");
    findings.iter().map(|finding| finding["rule"].as_str().expect("a name")).collect()
}

#[test]
fn exit_codes_tell_findings_usage_and_incompleteness_apart() {
    let dir = tree(&[(MANIFEST, BROKEN)]);
    let dir = dir.path();
    assert_eq!(code(dir, &["check"]), 1);
    assert_eq!(code(dir, &["check", "--fail-on", "never"]), 0);
    assert_eq!(code(dir, &["check", "--no-rule", "unresolved-reference"]), 0);
    assert_eq!(code(dir, &["check", "--rule", "no-such-rule"]), 2);
    assert_eq!(code(dir, &["check", "--no-such-option"]), 2);
    assert_eq!(code(dir, &["check", "--config", "absent.yaml"]), 2);
    assert_eq!(code(dir, &["check", "--baseline", "absent.yaml"]), 2);
    assert_eq!(code(dir, &["check", "absent"]), 3);
    assert_eq!(code(dir, &["check", "git:no-such-revision"]), 3);
    assert_eq!(code(dir, &["explain", "parse-eror"]), 2);
    assert_eq!(code(dir, &["explain", "parse-error"]), 0);
    let empty = tree(&[]);
    assert_eq!(code(empty.path(), &["check"]), 3);
    let unknown = tree(&[("README", "no system\n")]);
    assert_eq!(code(unknown.path(), &["check"]), 3);
}

#[test]
fn the_json_contract() {
    let dir = tree(&[(MANIFEST, BROKEN)]);
    assert_snapshot!(format!("{:#}", json(dir.path(), &[])));
}

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    let files: Vec<(String, String)> = (0..60)
        .map(|ix| {
            let whole = "  include web::c0\n  include web::c1\n  include web::c2\n";
            let text = format!("class web::c{ix} {{\n  include web::absent{}\n{whole}}}\n", ix % 7);
            (format!("modules/web/manifests/c{ix}.pp"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let dir = tree(&files);
    let one = json(dir.path(), &["--threads", "1"]);
    assert_eq!(rules(&one, "findings").len(), 60);
    assert_eq!(one, json(dir.path(), &["--threads", "4"]));
}

#[test]
fn a_comment_silences_its_line_and_the_next_and_says_why() {
    let dir = tree(&[(
        MANIFEST,
        "class web {\n  # crosscheck: allow(unresolved-reference) comes later\n  include web::a\n\
         \x20 include web::b # crosscheck: allow(unresolved-reference)\n\n  include web::c\n}\n",
    )]);
    let report = json(dir.path(), &[]);
    assert_eq!(rules(&report, "silenced"), ["unresolved-reference", "unresolved-reference"]);
    assert_eq!(report["silenced"][0]["silence"]["reason"], "comes later");
    assert_snapshot!(findings(&report), @r"
        modules/web/manifests/init.pp:4:20: note[unexplained-silence] this silence gives no reason
        modules/web/manifests/init.pp:6:11: error[unresolved-reference] class `web::c` does not exist
        ");
}

#[test]
fn a_baseline_covers_what_stood_and_one_more_of_the_same_still_speaks() {
    let dir = tree(&[(MANIFEST, BROKEN)]);
    let dir = dir.path();
    assert_eq!(code(dir, &["baseline", "-o", "known.yaml"]), 0);
    assert_eq!(code(dir, &["check", "--baseline", "known.yaml"]), 0);
    // Lines may move.
    write(dir, MANIFEST, &format!("# a comment\n\n{BROKEN}"));
    assert_eq!(code(dir, &["check", "--baseline", "known.yaml"]), 0);
    write(dir, MANIFEST, "class web {\n  include web::absent\n  include web::absent\n}\n");
    let report = json(dir, &["--baseline", "known.yaml"]);
    assert_eq!(rules(&report, "silenced"), ["unresolved-reference"]);
    assert_eq!(rules(&report, "findings"), ["unresolved-reference"]);
    assert_eq!(report["silenced"][0]["silence"]["kind"], "not-now");
}

#[test]
fn against_reports_what_the_change_introduces_and_a_moved_file_introduces_nothing() {
    let old =
        tree(&[("modules/web/manifests/a/x.pp", "class web::a::x {\n  include web::absent\n}\n")]);
    let moved =
        tree(&[("modules/web/manifests/b/x.pp", "class web::a::x {\n  include web::absent\n}\n")]);
    let worse = tree(&[(
        "modules/web/manifests/a/x.pp",
        "class web::a::x {\n  include web::absent\n  include web::gone\n}\n",
    )]);
    let against = old.path().to_str().expect("UTF-8");
    assert!(rules(&json(moved.path(), &["--against", against]), "findings").is_empty());
    let report = json(worse.path(), &["--against", against]);
    assert_snapshot!(
        findings(&report),
        @"modules/web/manifests/a/x.pp:3:11: error[unresolved-reference] class `web::gone` does not exist"
    );
}

#[test]
fn configuration_silences_changes_severity_and_names_what_is_elsewhere() {
    let dir =
        tree(&[(MANIFEST, BROKEN), ("crosscheck.yaml", "rules: {unresolved-reference: note}\n")]);
    let dir = dir.path();
    assert_eq!(json(dir, &[])["findings"][0]["severity"], "note");
    let elsewhere = "provided-elsewhere:\n- {entity: 'puppet.class:web::absent', reason: private}\n- {entity: 'puppet.class:other::*', reason: gone}\n";
    write(dir, "crosscheck.yaml", elsewhere);
    assert_snapshot!(
        findings(&json(dir, &[])),
        @"crosscheck.yaml:1:1: note[unused-silence] nothing needs the `provided-elsewhere` entry `puppet.class:other::*` any more"
    );
    let ignore =
        "ignore:\n- {rule: unresolved-reference, entity: 'puppet.class:web::*', reason: later";
    write(dir, "crosscheck.yaml", &format!("{ignore}, expires: '2001-01-01'}}\n"));
    assert_snapshot!(findings(&json(dir, &[])), @r"
        crosscheck.yaml:2:3: note[unused-silence] the silence of `unresolved-reference` expired on 2001-01-01
        modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        ");
    write(dir, "crosscheck.yaml", &format!("{ignore}}}\n"));
    assert_eq!(rules(&json(dir, &[]), "silenced"), ["unresolved-reference"]);
    write(dir, "crosscheck.yaml", "ruels: {}\n");
    assert_snapshot!(told(dir, &["check"]), @r"
        crosscheck: wrong configuration
          × unknown key `ruels`
           ╭─[crosscheck.yaml:1:1]
         1 │ ruels: {}
           · ─────
           ╰────
          help: did you mean `rules`?
        exit code 2
        ");
    write(dir, "crosscheck.yaml", "exclude: ['modules/web/**']\n");
    write(dir, "modules/x/manifests/init.pp", "class x {\n}\n");
    assert_eq!(code(dir, &["check"]), 0);
}

#[test]
fn sarif_marks_silenced_findings_and_lists_the_rules() {
    let text = "class web {\n  include web::a # crosscheck: allow(unresolved-reference) why\n\n  include web::b\n}\n";
    let dir = tree(&[(MANIFEST, text)]);
    let done = crosscheck(dir.path(), &["check", "--format", "sarif"]);
    let report: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!(report["version"], "2.1.0");
    let run = &report["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "unresolved-reference");
    let results = run["results"].as_array().expect("a list");
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["suppressions"][0]["kind"], "inSource");
    assert_eq!(results[0]["suppressions"][0]["justification"], "why");
    assert!(results[1].get("suppressions").is_none());
    let region = &results[1]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((region["startLine"].as_u64(), region["startColumn"].as_u64()), (Some(4), Some(11)));
    assert!(results[1]["partialFingerprints"]["crosscheck/v1"].is_string());
}

#[test]
fn control_characters_of_a_tree_do_not_reach_the_terminal() {
    let dir = tree(&[(MANIFEST, "class web {\n  include web::absent # \u{1b}[2J\u{202e}\n}\n")]);
    for format in ["human", "github", "markdown", "junit", "checkstyle"] {
        let done = crosscheck(dir.path(), &["check", "--format", format, "--color", "never"]);
        let text = String::from_utf8(done.stdout).expect("UTF-8");
        assert!(text.contains("web::absent"), "{format}: {text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{format}: {text}");
    }
}

#[test]
fn the_human_format_shows_the_source_and_a_summary() {
    let dir = tree(&[(MANIFEST, BROKEN)]);
    assert_snapshot!(told(dir.path(), &["check", "--color", "never"]), @r"
        error[unresolved-reference]

          × class `web::absent` does not exist
           ╭─[modules/web/manifests/init.pp:2:11]
         1 │ class web {
         2 │   include web::absent
           ·           ─────┬─────
           ·                ╰── required here by `include`
         3 │ }
           ╰────

        1 error, 0 warnings, 0 notes in 1 file
        exit code 1
        ");
}

#[test]
fn several_reports_come_from_one_run() {
    let dir = tree(&[(MANIFEST, BROKEN)]);
    let dir = dir.path();
    let args = ["check", "--format", "json", "-o", "a.json", "--format", "markdown"];
    assert_snapshot!(told(dir, &args), @r"
        <!-- crosscheck -->
        **Crosscheck**: 1 error, 0 warnings, 0 notes in 1 file

        | severity | rule | place | message |
        | --- | --- | --- | --- |
        | error | unresolved-reference | modules/web/manifests/init.pp:2 | class `web::absent` does not exist |
        exit code 1
        ");
    let written = std::fs::read(dir.join("a.json")).expect("written");
    let report: Value = serde_json::from_slice(&written).expect("JSON");
    assert_eq!(report["version"], 1);
    assert_eq!(code(dir, &["check", "--format", "json", "--format", "sarif"]), 2);
}

/// What a bare repository keeps is no configuration; what is meant is a revision of it.
#[test]
fn the_folder_of_a_bare_repository_is_told_how_to_name_a_tree() {
    let kept =
        [("HEAD", "ref: refs/heads/main\n"), ("config", "[core]\n"), ("objects/info/packs", "\n")];
    let said = |files: &[(&str, &str)]| told(tree(files).path(), &["check"]);
    let hint = "it is a git repository: a tree of it is .@git:HEAD";
    assert!(said(&kept).contains(hint), "{}", said(&kept));
    assert!(!said(&kept[..2]).contains("repository"), "{}", said(&kept[..2]));
}

#[test]
fn a_revision_that_is_written_as_a_folder_is_recognised() {
    let dir = tree(&[("modules/web/manifests/init.pp", "class web {}\n")]);
    let dir = dir.path();
    let outside = told(dir, &["check", "--new-since", "main"]);
    assert!(outside.contains("is of no git repository"), "{outside}");
    assert!(outside.ends_with("exit code 3"), "{outside}");
    for arguments in [
        &["init", "-q"][..],
        &["add", "."],
        &["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x"],
    ] {
        let done = std::process::Command::new("git").current_dir(dir).args(arguments).status();
        assert!(done.expect("git runs").success());
    }
    assert_snapshot!(told(dir, &["check", "--against", "HEAD"]), @r"
        crosscheck: cannot open tree `HEAD`: there is no such file or folder; did you mean `git:HEAD`?
        exit code 3
        ");
    for since in ["HEAD", "git:HEAD"] {
        let said = told(dir, &["check", "--new-since", since]);
        assert_eq!(said.trim(), "0 errors, 0 warnings, 0 notes in 1 file\nexit code 0", "{since}");
    }
}

#[test]
fn a_value_is_suggested_where_it_is_nearly_what_was_written() {
    let dir = tree(&[]);
    let suggests = |arguments: &[&str]| told(dir.path(), arguments).contains("similar value");
    assert!(!suggests(&["check", "--rule", "nope"]));
    assert!(suggests(&["check", "--rule", "unresolved-referense"]));
    assert!(!suggests(&["completions", "tcsh"]));
    assert!(suggests(&["completions", "fisch"]));
    let none = told(dir.path(), &["replay", "--limit", "0"]);
    assert!(none.contains("write a number from 1 up") && none.ends_with("exit code 2"), "{none}");
}

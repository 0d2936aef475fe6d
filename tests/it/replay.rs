//! `crosscheck replay`: what each rule would have said over a history.

use crate::common::{findings, report, told, write};
use insta::assert_snapshot;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

pub fn git(dir: &Path, date: &str, arguments: &[&str]) -> String {
    let done = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
        .args(arguments)
        .current_dir(dir)
        .env("GIT_AUTHOR_DATE", date)
        .env("GIT_COMMITTER_DATE", date)
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

/// A repository in the making.
pub struct Repository {
    dir: TempDir,
}

impl Repository {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        git(dir.path(), "2026-01-01T00:00:00Z", &["init", "-q", "-b", "main"]);
        Self { dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Commits these contents; a file without any is removed.
    pub fn commit(&self, date: &str, subject: &str, files: &[(&str, &str)]) {
        for (path, text) in files {
            match *text {
                "" => std::fs::remove_file(self.path().join(path)).expect("removed"),
                text => write(self.path(), path, text),
            }
        }
        git(self.path(), date, &["add", "-A"]);
        git(self.path(), date, &["commit", "-q", "--allow-empty", "-m", subject]);
    }

    pub fn replay(&self, arguments: &[&str]) -> Value {
        report(self.path(), &[&["replay", "--min-severity", "note"], arguments].concat())
    }

    /// Replays as people see it, without what differs between runs of git.
    fn shown(&self, arguments: &[&str]) -> String {
        let mut text = told(self.path(), &[&["replay"], arguments].concat());
        let ids =
            git(self.path(), "2026-01-01T00:00:00Z", &["log", "--format=%h %H", "--abbrev=10"]);
        let all: Vec<&str> = ids.lines().collect();
        for (ix, line) in all.iter().rev().enumerate() {
            let (short, long) = line.split_once(' ').expect("two ids");
            text =
                text.replace(long, &format!("COMMIT{ix}")).replace(short, &format!("COMMIT{ix}"));
        }
        text
    }
}

const SITE: &str = "node 'a.example.org' { include web }\n";
const WEB: &str =
    "class web {\n  file { '/etc/motd': source => 'puppet:///modules/web/motd' }\n}\n";

/// Errors that are mended, that stand, that move with their files, and that a removal causes.
fn history() -> Repository {
    let own = Repository::new();
    own.commit(
        "2026-01-01T10:00:00Z",
        "begin",
        &[
            ("manifests/site.pp", SITE),
            ("modules/web/manifests/init.pp", WEB),
            ("modules/web/files/motd", "hello\n"),
            ("modules/db/manifests/init.pp", "class db {}\n"),
        ],
    );
    // Brings an unresolved reference.
    own.commit(
        "2026-01-02T10:00:00Z",
        "log in",
        &[("modules/web/manifests/log.pp", "class web::log {\n  include web::lgo\n}\n")],
    );
    // Removes what is used.
    own.commit("2026-01-02T12:00:00Z", "no motd", &[("modules/web/files/motd", "")]);
    // Touches neither, but the line above one of them.
    own.commit(
        "2026-01-03T10:00:00Z",
        "words",
        &[("modules/web/manifests/log.pp", "# Logs.\nclass web::log {\n  include web::lgo\n}\n")],
    );
    // The file moves, its defect with it.
    own.commit(
        "2026-01-04T10:00:00Z",
        "move",
        &[
            ("modules/web/manifests/log.pp", ""),
            (
                "modules/web/manifests/log/init.pp",
                "# Logs.\nclass web::log {\n  include web::lgo\n}\n",
            ),
        ],
    );
    // Mends the removal, breaks another thing.
    own.commit(
        "2026-01-05T10:00:00Z",
        "motd again",
        &[
            ("modules/web/files/motd", "hello again\n"),
            ("modules/db/manifests/init.pp", "class db {\n  include db::nothing\n}\n"),
        ],
    );
    // Mends the first.
    own.commit(
        "2026-01-12T10:00:00Z",
        "log",
        &[("modules/web/manifests/log/init.pp", "# Logs.\nclass web::log {\n  include web\n}\n")],
    );
    own
}

#[test]
fn people_see_what_was_mended_after_how_long_and_what_stands() {
    assert_snapshot!(history().shown(&[]), @r#"
    6 commits after COMMIT0 (2026-01-01) up to COMMIT6 (2026-01-12)
    3 commits brought 3 errors: 2 mended later, 1 standing

    rule                    severity  brought  by commits  mended  half within         standing
    removed-but-referenced  error           1           1       1  3 days, 3 commits          0
    unresolved-reference    error           2           2       1  10 days, 5 commits         1

    2026-01-05 COMMIT5 motd again
      modules/db/manifests/init.pp:2:11: error[unresolved-reference] class `db::nothing` does not exist
        stands

    2026-01-02 COMMIT2 no motd
      modules/web/manifests/init.pp:2:33: error[removed-but-referenced] file `modules/web/files/motd` was removed but is still used
        mended after 3 days, 3 commits: 2026-01-05 COMMIT5 motd again

    2026-01-02 COMMIT1 log in
      modules/web/manifests/log.pp:2:11: error[unresolved-reference] class `web::lgo` does not exist
        mended after 10 days, 5 commits: 2026-01-12 COMMIT6 log

    What this history says of the rules:
      keep removed-but-referenced (error): 1 of 1 mended, half within 3 days, 3 commits
      keep unresolved-reference (error): 1 of 1 mended, half within 10 days, 5 commits

    More of a commit: crosscheck check git:COMMIT5 --against git:COMMIT5^
    exit code 0
    "#);
}

#[test]
fn json_has_each_finding_with_its_fate() {
    let own = history();
    let report = own.replay(&[]);
    let line = |own: &Value| {
        let text = |key: &str| own[key].as_str().expect("a text").to_owned();
        let mended = match own.get("mended") {
            Some(mended) => format!(
                " by `{}` after {} commits, {} days",
                mended["by"]["subject"].as_str().expect("a text"),
                mended["commits"],
                mended["days"]
            ),
            None => String::new(),
        };
        let by = own["by"]["subject"].as_str().expect("a text");
        format!("{by}: {} {}:{} {}{mended}", text("rule"), text("path"), own["line"], text("fate"))
    };
    let lines: Vec<String> =
        report["findings"].as_array().expect("a list").iter().map(line).collect();
    assert_snapshot!(lines.join("\n"), @r#"
    log in: unresolved-reference modules/web/manifests/log.pp:2 mended by `log` after 5 commits, 10.0 days
    no motd: removed-but-referenced modules/web/manifests/init.pp:2 mended by `motd again` after 3 commits, 2.92 days
    motd again: unresolved-reference modules/db/manifests/init.pp:2 standing
    "#);
    let summary = serde_json::to_string(&report["summary"]).expect("JSON");
    let summary = summary.split(",\"elapsed_ms\"").next().expect("a part").to_owned();
    assert_snapshot!(summary, @r#"
    {"commits":6,"judged":6,"with_errors":3,"errors":3,"warnings":0,"notes":0,"errors_mended":2,"errors_standing":1
    "#);
    let rule = |own: &Value| serde_json::to_string(own).expect("JSON");
    let rules: Vec<String> = report["rules"].as_array().expect("a list").iter().map(rule).collect();
    assert_snapshot!(rules.join("\n"), @r#"
    {"rule":"removed-but-referenced","severity":"error","brought":1,"commits":1,"mended":1,"median_commits":3,"median_days":2.92,"standing":0,"passing":0}
    {"rule":"unresolved-reference","severity":"error","brought":2,"commits":2,"mended":1,"median_commits":5,"median_days":10.0,"standing":1,"passing":0}
    "#);
}

/// The law of the whole: of each commit it says what `check` says.
#[test]
fn each_commit_brings_what_a_check_against_its_parent_says() {
    let own = history();
    own.commit(
        "2026-01-13T10:00:00Z",
        "rule off",
        &[("crosscheck.yaml", "version: 1\nrules: {unresolved-reference: warning}\n")],
    );
    own.commit(
        "2026-01-14T10:00:00Z",
        "two",
        &[(
            "modules/web/manifests/two.pp",
            "class web::two {\n  include web::on\n  include web::on\n}\n",
        )],
    );
    git(own.path(), "2026-01-15T10:00:00Z", &["switch", "-q", "-c", "side", "HEAD~1"]);
    own.commit(
        "2026-01-15T10:00:00Z",
        "aside",
        &[("modules/db/manifests/more.pp", "class db::more {\n  include db::less\n}\n")],
    );
    git(own.path(), "2026-01-16T10:00:00Z", &["switch", "-q", "main"]);
    git(own.path(), "2026-01-16T10:00:00Z", &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    let replayed = own.replay(&[]);
    let commits = git(own.path(), "2026-01-16T10:00:00Z", &["rev-list", "--first-parent", "HEAD"]);
    let commits: Vec<&str> = commits.lines().collect();
    let mut compared = 0;
    for commit in commits.iter().take(commits.len() - 1) {
        let (new, old) = (format!("git:{commit}"), format!("git:{commit}^"));
        let check = report(own.path(), &["check", &new, "--against", &old]);
        let key = |own: &Value| {
            (own["rule"].clone(), own["fingerprint"].clone(), own["severity"].clone())
        };
        let said: Vec<_> = check["findings"].as_array().expect("a list").iter().map(key).collect();
        let all = replayed["findings"].as_array().expect("a list");
        let here = all.iter().filter(|own| own["by"]["commit"] == **commit);
        assert_eq!(here.map(key).collect::<Vec<_>>(), said, "{commit}: {}", findings(&check));
        compared += said.len();
    }
    assert!(compared >= 6, "{compared}");
    assert_eq!(replayed["summary"]["commits"], commits.len() - 1);
}

#[test]
fn a_range_is_what_git_calls_it() {
    let own = history();
    let commits = |arguments: &[&str]| own.replay(arguments)["summary"]["commits"].clone();
    assert_eq!(commits(&[]), 6);
    assert_eq!(commits(&["HEAD~4..HEAD~1"]), 3);
    assert_eq!(commits(&["HEAD~2.."]), 2);
    assert_eq!(commits(&["--limit", "2"]), 2);
    assert_eq!(commits(&["--since", "2026-01-04"]), 3);
    assert_eq!(commits(&["HEAD..HEAD"]), 0);
    assert_eq!(commits(&["--since", "900y"]), 6);
    let wrong = told(own.path(), &["replay", "--since", "12"]);
    assert!(wrong.contains("12w") && wrong.ends_with("exit code 2"), "{wrong}");
    // What came in by a merge is no first parent.
    git(own.path(), "2026-01-15T10:00:00Z", &["switch", "-q", "-c", "side", "HEAD~3"]);
    own.commit(
        "2026-01-15T10:00:00Z",
        "aside",
        &[("modules/db/manifests/b.pp", "class db::b {}\n")],
    );
    git(own.path(), "2026-01-16T10:00:00Z", &["switch", "-q", "main"]);
    git(own.path(), "2026-01-16T10:00:00Z", &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    assert_eq!(commits(&["side..HEAD"]), 4);
    assert_eq!(commits(&["HEAD:modules", "--limit", "3"]), 3);
    let wrong = told(own.path(), &["replay", "nothing..HEAD"]);
    assert!(wrong.contains("git:nothing") && wrong.ends_with("exit code 3"), "{wrong}");
}

#[test]
fn markdown_and_html_show_the_same_and_escape_what_commits_say() {
    let own = Repository::new();
    own.commit("2026-01-01T10:00:00Z", "begin", &[("modules/a/manifests/init.pp", "class a {}\n")]);
    own.commit(
        "2026-01-02T10:00:00Z",
        "<script>alert(1)</script> | *x*",
        &[("modules/a/manifests/init.pp", "class a {\n  include a::b\n}\n")],
    );
    assert_snapshot!(own.shown(&["--format", "markdown"]), @r#"
    # History

    1 commit after COMMIT0 (2026-01-01) up to COMMIT1 (2026-01-02)  
    1 commit brought 1 error: 0 mended later, 1 standing  

    | rule | severity | brought | by commits | mended | half within | standing |
    | --- | --- | ---: | ---: | ---: | --- | ---: |
    | unresolved-reference | error | 1 | 1 | 0 |  | 1 |

    | commit | severity | rule | place | message | became |
    | --- | --- | --- | --- | --- | --- |
    | 2026-01-02 COMMIT1 &lt;script>alert(1)&lt;/script> \| \*x\* | error | unresolved-reference | modules/a/manifests/init.pp:2 | class `a::b` does not exist | stands |
    exit code 0
    "#);
    let html = told(own.path(), &["replay", "--format", "html"]);
    assert!(html.contains("&lt;script&gt;alert(1)") && !html.contains("<script>"), "{html}");
    assert!(html.contains("<svg") && html.contains("class=\"standing\""), "{html}");
}

/// Only the change that names a class first is told of it: the trees after it have it still.
#[test]
fn what_only_a_change_is_told_of_is_not_mended_by_the_next_one() {
    let own = history();
    own.commit(
        "2026-01-13T10:00:00Z",
        "first",
        &[("modules/web/manifests/apt.pp", "class web::apt {\n  include elsewhere\n}\n")],
    );
    own.commit("2026-01-14T10:00:00Z", "words", &[("README", "words\n")]);
    let fate = || {
        let report = own.replay(&[]);
        let found = report["findings"].as_array().expect("a list").clone();
        let found = found.into_iter().find(|own| own["by"]["subject"] == "first");
        found.expect("a finding")["fate"].clone()
    };
    assert_eq!(fate(), "standing");
    own.commit(
        "2026-01-15T10:00:00Z",
        "without",
        &[("modules/web/manifests/apt.pp", "class web::apt {}\n")],
    );
    assert_eq!(fate(), "mended");
}

#[test]
fn a_commit_that_cannot_be_judged_is_named_and_the_rest_is_judged() {
    let own = history();
    own.commit("2026-01-13T10:00:00Z", "broken", &[("crosscheck.yaml", "version: [\n")]);
    own.commit("2026-01-14T10:00:00Z", "whole", &[("crosscheck.yaml", "version: 1\n")]);
    let report = own.replay(&[]);
    let missed = report["not_judged"].as_array().expect("a list");
    assert_eq!((missed.len(), &missed[0]["subject"]), (1, &Value::from("broken")));
    assert_eq!(report["summary"]["judged"], 7);
    assert_eq!(report["summary"]["errors_standing"], 1);
}

#[test]
fn when_the_time_is_over_it_says_what_was_found_so_far() {
    let own = history();
    let told = told(own.path(), &["replay", "--timeout", "1ms"]);
    assert!(told.ends_with("exit code 3") && told.contains("--timeout"), "{told}");
}

/// Errors that stand for long, in so many files, and mended ones of another rule.
fn debts(files: usize) -> Repository {
    let own = Repository::new();
    let class = |ix: usize| {
        let path = format!("modules/m{ix}/manifests/init.pp");
        (path, format!("class m{ix} {{\n  include m{ix}::no\n  include m{ix}::none\n}}\n"))
    };
    own.commit(
        "2026-01-01T10:00:00Z",
        "begin",
        &[
            ("modules/web/manifests/init.pp", WEB),
            ("modules/web/files/motd", "hello\n"),
            ("manifests/site.pp", SITE),
        ],
    );
    for ix in 0..files {
        let (path, text) = class(ix);
        own.commit("2026-01-02T10:00:00Z", "a debt", &[(&path, &text)]);
    }
    own.commit("2026-01-03T10:00:00Z", "no motd", &[("modules/web/files/motd", "")]);
    own.commit("2026-01-04T10:00:00Z", "motd", &[("modules/web/files/motd", "hello\n")]);
    for day in 1..=20 {
        own.commit(&format!("2026-03-{day:02}T10:00:00Z"), "words", &[]);
    }
    own
}

#[test]
fn what_nobody_mended_is_proposed_as_silences_that_hold() {
    let own = debts(1);
    let shown = own.shown(&[]);
    let advice = &shown[shown.find("What this").expect("proposals")..];
    let (advice, _) = advice.split_once("\n\nMore of").expect("the end");
    assert_snapshot!(advice, @r#"
    What this history says of the rules:
      keep removed-but-referenced (error): 1 of 1 mended, half within 24 h, 1 commit
      silence unresolved-reference (error) in modules/m0/manifests/init.pp, puppet.class:m0::no: never mended in 22 commits
      silence unresolved-reference (error) in modules/m0/manifests/init.pp, puppet.class:m0::none: never mended in 22 commits

    Lines for crosscheck.yaml (nothing is written):
      ignore:
        - rule: unresolved-reference
          path: "modules/m0/manifests/init.pp"
          entity: "puppet.class:m0::no"
          reason: "stands since 2026-01-02, for 22 commits: say why"
        - rule: unresolved-reference
          path: "modules/m0/manifests/init.pp"
          entity: "puppet.class:m0::none"
          reason: "stands since 2026-01-02, for 22 commits: say why"
    "#);
    let report = own.replay(&[]);
    let lines = report["proposals"]["lines"].as_str().expect("lines");
    write(own.path(), "crosscheck.yaml", &format!("version: 1\n{lines}"));
    let left = own.replay(&["--config", "crosscheck.yaml", "--limit", "22"]);
    assert_eq!(left["summary"]["errors"], 1, "{}", findings(&left));
}

#[test]
fn a_rule_that_many_places_never_heeded_is_proposed_at_a_lower_severity() {
    let report = debts(3).replay(&[]);
    let proposals = &report["proposals"];
    assert_eq!(proposals["lines"], "rules:\n  unresolved-reference: warning\n");
    assert_eq!(proposals["lower"][0]["standing_long"], 6);
    assert_eq!(proposals["keep"][0]["rule"], "removed-but-referenced");
}

#[test]
fn what_is_mended_as_a_rule_or_stands_for_days_only_is_not_proposed() {
    let empty = serde_json::json!([]);
    let young = history().replay(&[]);
    assert_eq!((&young["proposals"]["lower"], &young["proposals"]["silence"]), (&empty, &empty));
    // Both debts are in one file, and the second one comes back after it was mended.
    let own = debts(1);
    let path = "modules/m1/manifests/init.pp";
    for _ in 0..2 {
        own.commit(
            "2026-03-20T11:00:00Z",
            "more",
            &[(path, "class m1 {\n  include m1::a\n  include m1::b\n}\n")],
        );
        own.commit("2026-03-20T12:00:00Z", "mended", &[(path, "class m1 {\n}\n")]);
    }
    let mended = own.replay(&[]);
    let proposals = &mended["proposals"];
    assert_eq!((&proposals["lower"], &proposals["silence"]), (&empty, &empty));
    assert_eq!(proposals["lines"], "");
    assert_eq!(proposals["keep"].as_array().expect("a list").len(), 2);
}

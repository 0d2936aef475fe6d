//! `co-change`: what a history says that a change leaves out.

use crate::common::report;
use crate::replay::{Repository, git};
use serde_json::Value;

/// Two files that change together five times, then one of them alone.
fn habit(folder: &str) -> Repository {
    let own = Repository::new();
    let (ports, firewall) = (format!("{folder}ports.yaml"), format!("{folder}firewall.yaml"));
    let site = format!("{folder}modules/a/manifests/init.pp");
    for ix in 0..6 {
        let text = format!("web: {ix}\n");
        let date = format!("2026-01-0{}T10:00:00Z", ix + 1);
        own.commit(&date, "both", &[(&ports, &text), (&firewall, &text), (&site, "class a {}\n")]);
    }
    own.commit("2026-01-07T10:00:00Z", "one", &[(&ports, "web: 7\n")]);
    own
}

fn notes(report: &Value) -> Vec<String> {
    let line = |own: &Value| {
        let text = |key: &str| own[key].as_str().expect("a text").to_owned();
        format!("{} {} {} {}", text("rule"), text("severity"), text("path"), text("entity"))
    };
    report["findings"].as_array().expect("a list").iter().map(line).collect()
}

#[test]
fn a_change_of_one_of_two_files_that_change_together_is_noted_where_that_is_asked_for() {
    let own = habit("");
    let told = ["co-change note ports.yaml file:firewall.yaml"];
    let chosen = ["--rule", "co-change"];
    assert!(notes(&own.replay(&[])).is_empty());
    assert_eq!(notes(&own.replay(&chosen)), told);
    assert_eq!(notes(&report(own.path(), &[&["replay"], &chosen[..]].concat())), told);
    // What came before the range counts too.
    assert_eq!(notes(&own.replay(&["HEAD^..", "--rule", "co-change"])), told);
    assert!(notes(&own.replay(&["--no-rule", "parse-error"])).is_empty());
    let check = ["check", "git:HEAD", "--against", "git:HEAD^"];
    assert!(notes(&report(own.path(), &check)).is_empty());
    assert_eq!(notes(&report(own.path(), &[&check, &chosen[..]].concat())), told);
    // A folder is compared with a revision of its repository.
    let check = ["check", ".", "--against", "git:HEAD^", "--rule", "co-change"];
    assert_eq!(notes(&report(own.path(), &check)), told);
}

#[test]
fn what_changes_together_is_the_same_in_a_replay_and_in_checks() {
    let own = habit("site/");
    let put = |day: u32, files: &[(&str, &str)]| {
        own.commit(&format!("2026-02-{day:02}T10:00:00Z"), "more", files);
    };
    let (ports, firewall) = ("site/ports.yaml", "site/firewall.yaml");
    put(1, &[(firewall, "web: 8\n")]);
    put(2, &[("site/crosscheck.yaml", "version: 1\nrules: {co-change: warning}\n")]);
    for (day, text) in (3..).zip(["a: 1\n", "a: 2\n", "a: 3\n", "a: 4\n", "a: 5\n"]) {
        for round in 0..3 {
            let text = format!("{text}b: {round}\n");
            put(day * 4 - 9 + round, &[(ports, &text), (firewall, &text)]);
        }
    }
    put(25, &[(firewall, "web: 9\n")]);
    put(26, &[(ports, "web: 9\n"), ("site/other.yaml", "web: 9\n")]);
    // What is gone is asked of nobody.
    put(27, &[(ports, "")]);
    put(28, &[(firewall, "web: 10\n")]);
    let replayed = own.replay(&["HEAD:site"]);
    let commits = git(own.path(), "2026-03-01T00:00:00Z", &["rev-list", "HEAD"]);
    let commits: Vec<&str> = commits.lines().collect();
    let mut said = Vec::new();
    for pair in commits.windows(2).rev() {
        let (new, old) = (format!("git:{}:site", pair[0]), format!("git:{}:site", pair[1]));
        said.extend(notes(&report(own.path(), &["check", &new, "--against", &old])));
    }
    assert_eq!(notes(&replayed), said);
    assert_eq!(
        said,
        [
            "co-change warning firewall.yaml file:ports.yaml",
            "co-change warning ports.yaml file:firewall.yaml"
        ]
    );
    assert_eq!(replayed["findings"][0]["fate"], "passing");
}

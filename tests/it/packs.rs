//! `crosscheck packs lint`: what is wrong with a pack, and the cases that stand in it.

use crate::common::told;
use crosscheck::lint_pack;
use insta::assert_snapshot;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_examples_of_the_guide_hold() {
    let page = std::fs::read_to_string(root().join("docs/guide/packs.md")).expect("the page");
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let mut cases = 0;
    for (ix, text) in blocks.enumerate() {
        let report = lint_pack(&format!("example {ix}"), text);
        assert!(report.is_clean(), "{report:#?}");
        assert!(!report.cases.is_empty(), "example {ix} has no case");
        cases += report.cases.len();
    }
    assert_eq!(cases, 6);
}

#[test]
fn built_in_packs_are_right() {
    let folder = std::fs::read_dir(root().join("rules/packs")).expect("a folder");
    for file in folder.flatten() {
        let text = std::fs::read_to_string(file.path()).expect("text");
        let report = lint_pack(&file.path().display().to_string(), &text);
        assert!(report.is_clean(), "{report:#?}");
    }
}

#[test]
fn each_problem_has_its_place() {
    let dir = tempfile::tempdir().expect("a folder");
    let lint = |text: &str| {
        std::fs::write(dir.path().join("p.yaml"), text).expect("written");
        told(dir.path(), &["packs", "lint", "p.yaml"])
    };
    assert_snapshot!(lint("commands:\n- name: frob\n  sorce: x\n"), @r"
    p.yaml:3:3: unknown key `sorce` in `commands[0]`; did you mean `source`?
    p.yaml: 0 entries, 1 problem, cases not run
    exit code 1
    ");
    assert_snapshot!(lint("version: 2\npackages:\n  jq: jq\n  jq: jq2\n"), @r"
    p.yaml:1:10: version 2 is not known; this is version 1
    p.yaml:3:3: `jq` has no kind, so it covers nothing; write KIND:NAME, such as `command:jq`
    p.yaml:4:3: the key `jq` stands here twice
    p.yaml: 1 entry, 3 problems, cases not run
    exit code 1
    ");
    assert_snapshot!(lint("commands:\n- name: frob\n  source: its manual\n  removed:\n  - {flag: old, removed: soon, use: x}\n  - {flag: --a, removed: '1', use: x}\n  - {flag: --a, removed: '2', use: x}\n- {name: frob, source: x}\n"), @r#"
    p.yaml:5:5: `old` is no flag: write it with its dashes
    p.yaml:5:26: `soon` is no version; it begins with a number: "2.4"
    p.yaml:7:5: `--a` was removed twice: the first one holds
    p.yaml:8:3: `frob` stands under `commands` twice: the first one holds
    p.yaml:8:10: nothing is said of `frob`
    p.yaml: 2 entries, 5 problems, cases not run
    exit code 1
    "#);
    assert_snapshot!(lint("derived: [{name: x, from: '[a', to: ../b, rebuild: make}]\n"), @r"
    p.yaml:1:27: `[a` in `from` is no glob: unclosed character class; missing ']'; `*` stands for any text within a folder, `**` for any folders; a bracket or a brace that is meant as such is written `[[]` or `[{]`
    p.yaml:1:37: the file is named from the folder of `from`, and lies in it
    p.yaml: 1 entry, 2 problems, cases not run
    exit code 1
    ");
    assert_snapshot!(lint("version: 1\n"), @r"
    p.yaml:1:1: the pack says nothing
    p.yaml: 0 entries, 1 problem, cases not run
    exit code 1
    ");
}

#[test]
fn a_case_that_does_not_hold_is_told() {
    let text = "\
packages: {command:frobctl: frob-tools}
cases:
- name: nothing is wrong here
  files: {bin/x: \"#!/bin/sh\\ntrue\\n\"}
  expect: [{rule: missing-package, path: bin/x, line: 2}]
- name: something is
  files:
    crosscheck.yaml: \"versions: {java: '17'}\"
    bin/x: \"#!/bin/sh\\njava -XX:+UseConcMarkSweepGC -jar a.jar\\n\"
  expect: []
- name: nothing to check
  files: {a.bin: x}
  expect: []
";
    let report = lint_pack("p.yaml", text);
    let failures: Vec<String> =
        report.cases.iter().flat_map(|case| case.failures.clone()).collect();
    assert_snapshot!(failures.join("\n"), @r"
    expected and not reported: missing-package in bin/x, line 2
    reported and not expected: error[removed-directive] bin/x:2: `-XX:+UseConcMarkSweepGC` was removed in java 14; the version that runs here is 17
    memory holds no file of a system that crosscheck knows: nothing to check
    ");
}

//! Changes of one tree that promote a part of what belongs together.

use crate::common::{change, told, tree};
use insta::assert_snapshot;
use std::path::Path;
use std::process::Command;

const KUSTOMIZATION: &str = "resources:\n- ../../base\n";

#[test]
fn a_variable_that_stayed_behind_is_a_gap() {
    let dev = [
        ("ns/web-dev/main.tf", "module \"a\" {\n  source = \"x\"\n  cluster = var.cluster\n}\n"),
        ("ns/web-dev/variables.tf", "variable \"cluster\" {}\n"),
        ("ns/web-preprod/variables.tf", "variable \"team\" {}\n"),
    ];
    let promoted = ("ns/web-preprod/main.tf", dev[0].1);
    let new = [dev[0], dev[1], dev[2], promoted];
    assert_snapshot!(change(&dev, &new).only("environment-gap"), @r"
    ns/web-preprod/main.tf:3:13: error[environment-gap] variable `ns/web-preprod/cluster` does not exist; dev has it in ns/web-dev/variables.tf
    ");
    // What stood before is not the change's.
    let more = (
        "ns/web-preprod/main.tf",
        "module \"a\" {\n  source = \"x\"\n  cluster = var.cluster\n}\n\n",
    );
    let standing = change(&new, &[dev[0], dev[1], dev[2], more]);
    assert!(standing.is_empty(), "{standing}");
}

#[test]
fn a_patch_that_stayed_behind_is_a_missed_promotion() {
    let old = [
        ("k/base/kustomization.yaml", "resources: []\n"),
        ("k/overlays/stage/kustomization.yaml", "resources:\n- ../../base\n- pdb.yaml\n"),
        ("k/overlays/stage/pdb.yaml", "apiVersion: v1\nkind: A\nmetadata: {name: a}\n"),
        ("k/overlays/prod/kustomization.yaml", KUSTOMIZATION),
    ];
    let mut new = old;
    new[3].1 = old[1].1;
    assert_snapshot!(change(&old, &new), @r"
    k/overlays/prod/kustomization.yaml:3:3: error[missed-promotion] file `k/overlays/prod/pdb.yaml` does not exist; staging has k/overlays/stage/pdb.yaml
    ");
}

#[test]
fn what_came_in_the_same_change_is_promoted_together() {
    let old = [("c/values-staging.yaml", "a: 1\n"), ("c/values-production.yaml", "a: 1\n")];
    let new = [
        ("c/values-staging.yaml", "a: 1\ncache: 1\nttl: 2\n"),
        ("c/values-production.yaml", "a: 1\ncache: 1\n"),
    ];
    assert_snapshot!(change(&old, &new), @r"
    c/values-production.yaml:2:1: warning[missed-promotion] `ttl` of c/values-staging.yaml is not promoted to c/values-production.yaml: this change adds it to staging, and what came with it to production too
    ");
    // Both, none, and what production has instead.
    for production in ["a: 1\ncache: 1\nttl: 3\n", "a: 1\n", "a: 1\nother: 1\n"] {
        let new = [new[0], ("c/values-production.yaml", production)];
        assert!(change(&old, &new).is_empty(), "{production}");
    }
    let expected = "environments: {may-differ: [{key: ttl, reason: tuned in staging alone}]}\n";
    let with = |files: [(&'static str, &'static str); 2]| {
        [files[0], files[1], ("crosscheck.yaml", expected)]
    };
    assert_snapshot!(change(&with(old), &with(new)), @"");
}

fn git(dir: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
        .args(arguments)
        .current_dir(dir)
        .env("GIT_AUTHOR_DATE", "2026-01-01T12:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-01-01T12:00:00Z")
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn what_came_in_one_commit_is_promoted_together() {
    let dir = tree(&[("c/values-staging.yaml", "a: 1\n"), ("c/values-production.yaml", "a: 1\n")]);
    git(dir.path(), &["init", "-q"]);
    let commit = |path: &str, text: &str| {
        std::fs::write(dir.path().join(path), text).expect("written");
        git(dir.path(), &["add", "-A"]);
        git(dir.path(), &["commit", "-q", "-m", "x"]);
    };
    commit("c/values-staging.yaml", "a: 1\nold: 1\n");
    commit("c/values-staging.yaml", "a: 1\nold: 1\ncache: 1\nttl: 2\n");
    commit("c/values-production.yaml", "a: 1\ncache: 1\n");
    let check = ["check", "git:HEAD", "--against", "git:HEAD^", "--format", "concise"];
    let said = told(dir.path(), &check);
    assert!(said.contains("`ttl` of c/values-staging.yaml is not promoted"), "{said}");
    assert!(!said.contains("`old`"), "{said}");
}

#[test]
fn environments_of_one_tree_are_promoted_without_a_mapping() {
    let dir = tree(&[
        ("ns/web-dev/main.tf", "module \"a\" {\n  source = \"x\"\n  cluster = var.cluster\n}\n"),
        ("ns/web-dev/variables.tf", "variable \"cluster\" {}\n"),
        ("ns/web-preprod/main.tf", "module \"a\" {\n  source = \"x\"\n}\n"),
        ("ns/web-preprod/variables.tf", "variable \"team\" {}\n"),
    ]);
    let promote =
        ["promote", "--staging", ".", "--production", ".", "ns/web-dev/main.tf", "--complete"];
    assert_snapshot!(told(dir.path(), &promote), @r"
    ns/web-dev/variables.tf
    exit code 1
    ");
}

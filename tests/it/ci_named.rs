//! What the parts of a CI system name of each other: artifacts, keys of a matrix, workflows that
//! wait for others, files that a cache is told by, files of GitLab by a pattern.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

/// A workflow of one job whose steps follow the checkout.
fn workflow(steps: &str) -> String {
    format!(
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - uses: actions/checkout@v4\n{steps}"
    )
}

#[test]
fn artifacts_that_a_run_has() {
    let up = |name: &str| {
        format!("    - uses: actions/upload-artifact@v4\n      with: {{name: {name}, path: out}}\n")
    };
    let down = "    - uses: actions/download-artifact@v4\n      with: {name: site}\n";
    let own = |steps: &str| check(&[(".github/workflows/a.yml", &workflow(steps))]);
    assert_eq!(own(&format!("{}{down}", up("site"))), NONE);
    assert_eq!(own(&format!("{}{down}", up("\"${{ github.job }}\""))), NONE);
    assert_snapshot!(own(&format!("{}{down}", up("sites"))), @"");
    // Another repository's action may upload it, and so may another run.
    assert_eq!(own(&format!("    - uses: org/make@v1\n{down}")), NONE);
    assert_eq!(own(&down.replace("{name: site}", "{name: site, run-id: 7}")), NONE);
    let of = |name: &str| workflow(&format!("    - uses: org/make@v1\n{}{down}", up(name)));
    let change = change(
        &[(".github/workflows/a.yml", &of("site"))],
        &[(".github/workflows/a.yml", &of("pages"))],
    );
    assert_snapshot!(change, @"");
}

#[test]
fn keys_of_a_matrix() {
    let of = |matrix: &str, read: &str| {
        let text = format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    strategy:\n      matrix:{matrix}\n    steps:\n    - run: echo ${{{{ {read} }}}}\n"
        );
        check(&[(".github/workflows/a.yml", &text)])
    };
    assert_eq!(of("\n        node: [1]\n        include: [{os: x}]", "matrix.os"), NONE);
    assert_eq!(of(" ${{ fromJSON(inputs.all) }}", "matrix.os"), NONE);
    assert_eq!(of("\n        include: ${{ fromJSON(inputs.all) }}", "matrix.os"), NONE);
    assert_eq!(of("\n        node: [1]", "matrix.os || 'x'"), NONE);
    assert_snapshot!(of("\n        node: [1]", "matrix.os"), @"");
}

#[test]
fn workflows_that_wait_for_others() {
    let of = |name: &str| format!("name: {name}\non: push\njobs: {{}}\n");
    let after = "name: Ship\non:\n  workflow_run:\n    workflows: [CI, CodeQL]\njobs: {}\n";
    let files = |name: &str| {
        check(&[(".github/workflows/a.yml", &of(name)), (".github/workflows/b.yml", after)])
    };
    assert_eq!(files("CI"), NONE);
    assert_snapshot!(files("Build"), @"");
}

#[test]
fn files_that_tell_a_cache() {
    let of = |path: &str, more: &str| {
        let step = format!(
            "{more}    - uses: actions/setup-node@v4\n      with: {{cache: npm, cache-dependency-path: {path}}}\n"
        );
        let text = workflow(&step);
        check(&[(".github/workflows/a.yml", &text), ("web/package-lock.json", "{}\n")])
    };
    assert_eq!(of("web/package-lock.json", ""), NONE);
    assert_eq!(of("'**/package-lock.json'", ""), NONE);
    assert_eq!(of("app/package-lock.json", "    - run: make app/package-lock.json\n"), NONE);
    assert_snapshot!(of("app/package-lock.json", ""), @"");
}

#[test]
fn files_of_a_pipeline_by_a_pattern() {
    let root = |own: &str| {
        format!("include:\n- local: '{own}'\nlint:\n  extends: .base\n  script: [make]\n")
    };
    let base = ("ci/jobs/base.yml", ".base:\n  image: alpine\n  script: [echo]\n");
    assert_eq!(check(&[(".gitlab-ci.yml", &root("/ci/**.yml")), base]), NONE);
    assert_eq!(check(&[(".gitlab-ci.yml", &root("ci/*/*.yml")), base]), NONE);
    // The pattern finds nothing: what there would be is not known.
    assert_eq!(check(&[(".gitlab-ci.yml", &root("jobs/*.yml")), base]), NONE);
    let other = ("ci/other.yml", ".other:\n  script: [echo]\n");
    assert_snapshot!(check(&[(".gitlab-ci.yml", &root("ci/*.yml")), base, other]), @"");
}

#[test]
fn files_and_folders_that_commands_build() {
    let script = (
        "build.sh",
        "#!/bin/sh\ndocker build -f docker/app.Dockerfile .\ngo build -o out ./cmd/app\n",
    );
    let files = [
        script,
        ("docker/app.Dockerfile", "FROM scratch\n"),
        ("cmd/app/main.go", "package main\n"),
    ];
    assert_eq!(check(&files), NONE);
    assert_eq!(check(&[script]), NONE);
    let moved = [script, ("Dockerfile", "FROM scratch\n"), ("cmd/api/main.go", "package main\n")];
    assert_snapshot!(change(&files, &moved), @"");
}

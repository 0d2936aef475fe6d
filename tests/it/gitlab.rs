//! Pipelines of GitLab: their jobs and stages, from all the files that a root takes in.

use crate::common::check;
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn jobs_of_a_pipeline_of_gitlab() {
    let main = "include:\n  - local: /.gitlab/build.yml\n  - local: /.gitlab/gone.yml\nstages: [build, test]\nunit:\n  stage: tests\n  extends: .base\n  needs: [compile, {job: lint, optional: true}]\n  script:\n    - !reference [.setup, script]\n    - ./bin/gone.sh\n";
    let build = ".base:\n  image: alpine\ncompile:\n  stage: build\n  script: [make]\n";
    let files = [(".gitlab-ci.yml", main), (".gitlab/build.yml", build)];
    // What is not there may have had all that is missing.
    assert_snapshot!(check(&files), @".gitlab-ci.yml:3:12: error[unresolved-reference] file `.gitlab/gone.yml` does not exist");
    let whole = main.replace("  - local: /.gitlab/gone.yml\n", "");
    let wrong = build.replace("compile:", "build:");
    // A file below that the root takes in has the stages of the root, whatever it is called.
    let root = "include:\n- local: tests/.gitlab-ci.yml\nstages: [smoke]\n";
    let job = ("tests/.gitlab-ci.yml", "try:\n  stage: smoke\n  script: [echo]\n");
    assert_snapshot!(check(&[(".gitlab-ci.yml", root), job]), @"");
    let files = [(".gitlab-ci.yml", whole.as_str()), (".gitlab/build.yml", wrong.as_str())];
    assert_snapshot!(check(&files), @r"
    .gitlab-ci.yml:5:10: error[unresolved-reference] stage `tests` does not exist
    .gitlab-ci.yml:7:11: error[unresolved-reference] job `compile` does not exist
    .gitlab-ci.yml:9:19: error[unresolved-reference] job `.setup` does not exist
    ");
    let more = whole.replace(
        "/.gitlab/build.yml",
        "/.gitlab/build.yml\n  - template: Jobs/Build.gitlab-ci.yml",
    );
    let calm = more.replace("    - ./bin/gone.sh\n", "");
    let files = [(".gitlab-ci.yml", calm.as_str()), (".gitlab/build.yml", wrong.as_str())];
    assert_eq!(check(&files), NONE);
}

#[test]
fn a_hidden_job_runs_as_a_part_of_others() {
    let of = |name: &str| {
        let text = format!(
            "stages: [build]\n{name}:\n  stage: built\n  needs: [gone]\n  script: [make]\nrun:\n  \
             extends: {name}\n  stage: build\n  needs: []\n"
        );
        check(&[(".gitlab-ci.yml", text.as_str())])
    };
    assert_eq!(of(".base"), NONE);
    assert_eq!(
        of("base"),
        ["unresolved-reference .gitlab-ci.yml:3", "unresolved-reference .gitlab-ci.yml:4"]
    );
}

#[test]
fn what_a_reference_takes_over_of_a_job() {
    let told = |key: &str, more: &str| {
        let text = format!(
            ".setup:\n  script: [make]\n{more}unit:\n  script:\n  - !reference [.setup, {key}]\n  - ./bin/test\n"
        );
        check(&[(".gitlab-ci.yml", &text), ("bin/test", "")])
    };
    assert_eq!(told("script", ""), NONE);
    assert_snapshot!(told("before_script", ""), @".gitlab-ci.yml:5:25: error[unresolved-reference] key `.setup/before_script` does not exist");
    // What is merged, or inherited, may bring it.
    assert_eq!(told("before_script", "  extends: .setup\n"), NONE);
    let rules = "a:\n  rules: !reference [.setup, rules]\n  script: [ls]\n.setup: {script: [ls]}\n";
    assert_snapshot!(check(&[(".gitlab-ci.yml", rules)]), @".gitlab-ci.yml:2:30: error[unresolved-reference] key `.setup/rules` does not exist");
}

#[test]
fn what_a_shell_refuses_of_a_job() {
    let told = |script: &str| check(&[(".gitlab-ci.yml", &format!("a:\n  script:\n{script}"))]);
    // A loop may go over several commands.
    assert_eq!(told("  - for x in a b; do\n  - echo $x\n  - done\n"), NONE);
    assert_snapshot!(told("  - for x in a b; do\n  - echo $x\n"), @"");
    assert_snapshot!(told("  - |\n    if true; then\n      echo\n  - ls\n"), @"");
    for other in ["  - if ($env:A) {\n  - echo\n", "  - !reference [.a, script]\n  - done\n"] {
        assert!(!told(other).to_string().contains("parse-error"), "{other}");
    }
}

//! Outputs that workflows and composite actions of the tree hand on.

use crate::common::check;
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn outputs_of_called_workflows_and_of_actions() {
    let called = "on:\n  workflow_call:\n    outputs:\n      tag:\n        value: ${{ jobs.make.outputs.tag }}\n      sha:\n        value: ${{ jobs.make.outputs.sha }}\njobs:\n  make:\n    runs-on: ubuntu-latest\n    outputs:\n      tag: a\n    steps:\n      - run: echo\n";
    let action = "runs:\n  using: composite\n  steps: []\noutputs:\n  name:\n    value: a\n";
    let caller = "on: push\njobs:\n  build:\n    uses: ./.github/workflows/make.yml\n  away:\n    uses: org/repo/.github/workflows/make.yml@v1\n  ship:\n    needs: [build, away]\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - id: who\n        uses: ./.github/actions/who\n      - run: echo ${{ needs.build.outputs.tag }} ${{ needs.build.outputs.tags }} ${{ needs.away.outputs.x }}\n      - run: echo ${{ steps.who.outputs.name }} ${{ steps.who.outputs.nmae }}\n";
    let files = [
        (".github/workflows/make.yml", called),
        (".github/workflows/ship.yml", caller),
        (".github/actions/who/action.yml", action),
    ];
    assert_snapshot!(check(&files), @r"
    .github/workflows/make.yml:7:16: warning[unresolved-reference] output `.github/workflows/make.yml/make.sha` does not exist
    .github/workflows/ship.yml:14:54: warning[unresolved-reference] output `.github/workflows/ship.yml/build.tags` does not exist
    .github/workflows/ship.yml:15:53: warning[unresolved-reference] output `.github/workflows/ship.yml/ship/who.nmae` does not exist
    ");
    // What an action in another language sets is not listed for certain.
    let other = "runs:\n  using: node20\n  main: a.js\n";
    let files = [files[0], files[1], (files[2].0, other)];
    let told = check(&files);
    assert!(!told.iter().any(|line| line.contains("ship.yml:15")), "{told:?}");
    assert_eq!(
        check(&[(
            ".github/workflows/ship.yml",
            &caller
                .replace("./.github/workflows/make.yml", "org/repo/.github/workflows/a.yml@v1")
                .replace("        uses: ./.github/actions/who\n", "        run: a\n")
        )]),
        NONE
    );
}

#[test]
fn actions_of_a_workflow_for_others_lie_in_their_trees() {
    let steps = "jobs:\n  a:\n    runs-on: x\n    steps:\n    - uses: actions/checkout@v4\n    - uses: ./.github/actions/gone\n";
    let shared = format!("on: workflow_call\n{steps}");
    let shared = (".github/workflows/shared.yml", shared.as_str());
    assert_eq!(check(&[shared]), NONE);
    let told = ".github/workflows/shared.yml:7:13: error[unresolved-reference] action `.github/actions/gone` does not exist";
    let caller = "on: push\njobs:\n  b:\n    uses: ./.github/workflows/shared.yml\n";
    assert_eq!(check(&[shared, (".github/workflows/push.yml", caller)]).to_string(), told);
    let both = format!("on: [push, workflow_call]\n{steps}");
    assert_eq!(check(&[(".github/workflows/shared.yml", both.as_str())]).to_string(), told);
}

#[test]
fn inputs_and_secrets_of_a_called_workflow() {
    let called = "on:\n  workflow_call:\n    inputs:\n      tag: {required: true, type: string}\n      colour: {required: true, type: string, default: null}\n      size: {required: true, type: string, default: ''}\n    secrets:\n      KEY: {required: true}\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: echo\n";
    let with = |more: &str| {
        let own =
            format!("on: push\njobs:\n  b:\n    uses: ./.github/workflows/called.yml\n{more}");
        check(&[(".github/workflows/called.yml", called), (".github/workflows/own.yml", &own)])
    };
    let all = "    with: {tag: a, colour: b}\n";
    assert_eq!(with(&format!("{all}    secrets: {{key: c}}\n")), NONE);
    assert_eq!(with(&format!("{all}    secrets: inherit\n")), NONE);
    assert_snapshot!(with("    with: {tag: a}\n    secrets: inherit\n"), @".github/workflows/own.yml:4:11: error[missing-required-parameter] `.github/workflows/called.yml` requires the parameter `colour`, which this call does not pass");
    assert_snapshot!(with(&format!("{all}    secrets: {{TAG: c}}\n")), @r"
    .github/workflows/own.yml:4:11: error[missing-required-parameter] `.github/workflows/called.yml#secrets` requires the parameter `KEY`, which this call does not pass
    .github/workflows/own.yml:6:15: error[unknown-parameter] `.github/workflows/called.yml#secrets` takes no parameter `TAG`
    ");
}

#[test]
fn a_step_that_is_a_workflow() {
    let called = "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: echo\n";
    let with = |uses: &str| {
        let own = format!(
            "on: push\njobs:\n  b:\n    runs-on: x\n    steps:\n    - uses: actions/checkout@v4\n      with: {{ref: dev}}\n    - uses: {uses}\n"
        );
        check(&[(".github/workflows/called.yml", called), (".github/workflows/own.yml", &own)])
    };
    assert_snapshot!(with("./.github/workflows/called.yml"), @".github/workflows/own.yml:8:13: error[unresolved-reference] action `.github/workflows/called.yml` does not exist");
    assert_eq!(with("./actions/any"), NONE);
}

#[test]
fn what_a_shell_refuses_of_a_step() {
    let told = |job: &str, run: &str| {
        let text = format!("on: push\njobs:\n  a:\n    {job}\n    steps:\n    - run: |\n{run}");
        check(&[(".github/workflows/a.yml", &text)])
    };
    let linux = "runs-on: ubuntu-latest";
    let open = "        for x in a b; do\n          echo $x\n";
    assert_eq!(told(linux, &format!("{open}        done\n")), NONE);
    assert_snapshot!(told(linux, open), @".github/workflows/a.yml:7:9: error[parse-error] no `done` ends this `for`");
    assert_snapshot!(told(linux, "        if [ ${{ github.ref }} ]; then\n          echo\n"), @".github/workflows/a.yml:7:9: warning[parse-error] no `fi` ends this `if`");
    for job in
        ["runs-on: windows-latest", "runs-on: ubuntu-latest\n    defaults: {run: {shell: pwsh}}"]
    {
        assert_eq!(told(job, open), NONE);
    }
    let action = |shell: &str| {
        let text = format!(
            "runs:\n  using: composite\n  steps:\n  - shell: {shell}\n    run: |\n      while true; do\n"
        );
        check(&[("a/action.yml", &text)])
    };
    assert_eq!(action("pwsh"), NONE);
    assert_eq!(action("bash").to_string().matches("parse-error").count(), 1);
}

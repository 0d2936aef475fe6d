//! Paths that pipelines, hooks and Makefiles name.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

fn flow(steps: &str) -> String {
    format!(
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n{steps}"
    )
}

const FLOW: &str = ".github/workflows/a.yml";

#[test]
fn inputs_of_actions_are_paths() {
    let build = flow(
        "      - uses: docker/setup-buildx-action@v3\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          file: ci/web.Dockerfile\n",
    );
    assert_snapshot!(
        check(&[(FLOW, &build)]),
        @".github/workflows/a.yml:11:17: error[unresolved-reference] file `ci/web.Dockerfile` does not exist"
    );
    assert_eq!(check(&[(FLOW, &build), ("ci/web.Dockerfile", "FROM a\n")]), NONE);
    let made = build.replace(
        "      - uses: docker/setup",
        "      - run: cp x ci/web.Dockerfile\n      - uses: docker/setup",
    );
    assert_eq!(check(&[(FLOW, &made)]), NONE);
    let context = flow(
        "      - uses: docker/build-push-action@v6\n        with:\n          context: web\n          build-args: |\n            TAG=1\n",
    );
    let takes = ("web/Dockerfile", "ARG TAG\nFROM a:$TAG\n");
    assert_eq!(check(&[(FLOW, &context), takes]), NONE);
    assert_snapshot!(
        change(&[(FLOW, &context), takes], &[(FLOW, &context), ("web/Dockerfile", "FROM a\n")]),
        @".github/workflows/a.yml:11:13: warning[removed-but-referenced] build argument `TAG` was removed but is still used"
    );
    // The repository as it was pushed, and the tree of whoever calls it.
    let remote = flow(
        "      - uses: docker/build-push-action@v6\n        with:\n          context: '{{defaultContext}}:web'\n",
    );
    assert_eq!(check(&[(FLOW, &remote)]), NONE);
    let called = build.replace("on: push", "on: workflow_call");
    assert_eq!(check(&[(FLOW, &called)]), NONE);
}

#[test]
fn outputs_that_a_step_writes() {
    let text = flow(
        "      - id: v\n        run: echo \"tag=1\" >> \"$GITHUB_OUTPUT\"\n      - run: echo ${{ steps.v.outputs.tag }} ${{ steps.v.outputs.name }}\n",
    );
    assert_snapshot!(
        check(&[(FLOW, &text)]),
        @".github/workflows/a.yml:9:50: warning[unresolved-reference] output `.github/workflows/a.yml/a/v.name` does not exist"
    );
    let open = text.replace("run: echo \"tag", "run: ./ci/out.sh && echo \"tag");
    assert_eq!(check(&[(FLOW, &open)]), NONE);
    let filter = flow(
        "      - id: f\n        uses: dorny/paths-filter@v3\n        with:\n          filters: |\n            web: ['web/**']\n      - run: echo ${{ steps.f.outputs.web }} ${{ steps.f.outputs.changes }} ${{ steps.f.outputs.api }}\n",
    );
    assert_snapshot!(
        check(&[(FLOW, &filter)]),
        @".github/workflows/a.yml:12:81: warning[unresolved-reference] output `.github/workflows/a.yml/a/f.api` does not exist"
    );
}

#[test]
fn paths_that_a_workflow_runs_for() {
    let text = "on:\n  push:\n    paths: ['web/**', '**.md', '!web/old/**']\njobs: {}\n";
    let files = [(FLOW, text), ("web/a.js", "1\n")];
    assert_eq!(check(&files[..1]), NONE);
    assert_snapshot!(
        change(&files, &[files[0], ("site/a.js", "1\n")]),
        @".github/workflows/a.yml:3:13: warning[removed-but-referenced] file `web` was removed but is still used"
    );
}

#[test]
fn folders_of_updates() {
    let file = (
        ".github/dependabot.yml",
        "version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /web\n  - package-ecosystem: docker\n    directories: ['/', '/apps/*']\n",
    );
    assert_eq!(check(&[file, ("web/package.json", "{}\n")]), NONE);
    assert_snapshot!(
        check(&[file, ("site/package.json", "{}\n")]),
        @".github/dependabot.yml:4:16: warning[unresolved-reference] folder `web` does not exist"
    );
}

#[test]
fn hooks_and_makefiles_miss_what_goes() {
    let hooks = (
        ".pre-commit-config.yaml",
        "repos:\n  - repo: local\n    hooks:\n      - id: a\n        language: script\n        entry: ci/a.sh\n",
    );
    let make = ("web/Makefile", "include ../mk/a.mk\n-include ../mk/b.mk\nall:\n\techo\n");
    let jenkins = ("a.Jenkinsfile", "x = load 'ci/a.groovy'\n");
    let all = [
        hooks,
        make,
        jenkins,
        ("ci/a.sh", "#!/bin/sh\n"),
        ("ci/a.groovy", "1\n"),
        ("mk/a.mk", "A=1\n"),
        ("mk/b.mk", "B=1\n"),
    ];
    assert_eq!(check(&all), NONE);
    assert_eq!(check(&all[..3]), NONE);
    assert_snapshot!(change(&all, &all[..3]), @"
    .pre-commit-config.yaml:6:16: error[removed-but-referenced] `ci/a.sh` was removed, and `ci/a.sh` is still run here
    a.Jenkinsfile:1:11: error[removed-but-referenced] file `ci/a.groovy` was removed but is still used
    web/Makefile:1:9: error[removed-but-referenced] file `mk/a.mk` was removed but is still used
    ");
}

#[test]
fn commands_name_paths_and_services() {
    let compose = |name: &str| format!("services:\n  {name}:\n    image: a\n");
    let (old, new) = (compose("web"), compose("site"));
    let text =
        flow("      - run: kubectl apply -f k8s/a.yaml\n      - run: docker compose exec web ls\n");
    let object = ("k8s/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n");
    assert_eq!(check(&[(FLOW, &text), ("compose.yml", &new)]), NONE);
    assert_snapshot!(
        change(&[(FLOW, &text), ("compose.yml", &old), object], &[(FLOW, &text), ("compose.yml", &new)]),
        @"
    .github/workflows/a.yml:7:31: error[removed-but-referenced] file `k8s/a.yaml` was removed but is still used
    .github/workflows/a.yml:8:34: error[removed-but-referenced] service `web` was removed but is still used
    "
    );
    for more in ["helm template x > k8s/a.yaml", "[ -f k8s/a.yaml ] && kubectl apply -f k8s/a.yaml"]
    {
        let text =
            flow(&format!("      - run: {more}\n      - run: kubectl apply -f k8s/a.yaml\n"));
        assert_eq!(change(&[(FLOW, &text), object], &[(FLOW, &text)]), NONE, "{more}");
    }
}

#[test]
fn units_read_files_above() {
    let unit = (
        "live/dev/web/terragrunt.hcl",
        "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\nlocals {\n  env = read_terragrunt_config(find_in_parent_folders(\"env.hcl\"))\n  team = read_terragrunt_config(find_in_parent_folders(\"team.hcl\", \"none.hcl\"), {})\n  own = try(read_terragrunt_config(find_in_parent_folders(\"own.hcl\")), {})\n}\n",
    );
    let root = ("root.hcl", "locals {}\n");
    assert_eq!(check(&[unit, root, ("live/dev/env.hcl", "locals {}\n")]), NONE);
    assert_snapshot!(
        check(&[unit, root]),
        @"live/dev/web/terragrunt.hcl:5:32: error[unresolved-reference] file above `env.hcl` does not exist"
    );
}

#[test]
fn objects_and_values_that_variables_take() {
    let module = (
        "m/main.tf",
        "variable \"logs\" {\n  type = object({ bucket = string, days = number, kind = optional(string) })\n  default = null\n}\nvariable \"tier\" {\n  type = string\n  default = \"a\"\n  validation {\n    condition = contains([\"a\", \"b\"], var.tier)\n    error_message = \"x\"\n  }\n}\n",
    );
    let call = |logs: &str, tier: &str| {
        format!("module \"m\" {{\n  source = \"./m\"\n  logs = {logs}\n  tier = {tier}\n}}\n")
    };
    assert_eq!(check(&[module, ("main.tf", &call("{ bucket = \"x\", days = 1 }", "\"b\""))]), NONE);
    assert_eq!(
        check(&[module, ("main.tf", &call("merge({ days = 1 }, {})", "lower(\"C\")"))]),
        NONE
    );
    assert_snapshot!(
        check(&[module, ("main.tf", &call("{ bucket = \"x\" }", "\"c\""))]),
        @"
    main.tf:3:10: error[missing-required-parameter] an object for `logs` lacks `days`, which its type requires
    main.tf:4:10: error[incompatible-value] the validation of `tier` does not take `c`
    ");
}

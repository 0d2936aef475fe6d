//! Kustomize, Terraform and GitHub's workflows: what names what, each beside what must stay
//! silent.

use crate::common::check;
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn a_root_of_kustomize_and_what_it_builds_from() {
    let base = ("apps/web/base/kustomization.yaml", "resources: [web.yaml]\n");
    let web = ("apps/web/base/web.yaml", "kind: Service\nmetadata:\n  name: web\n");
    let overlay = "apiVersion: kustomize.config.k8s.io/v1beta1\nresources:\n  - ../base\n  - ../../redis/base\n  - gone.yaml\n  - https://example.org/crd.yaml\n  - github.com/org/repo//base?ref=v1\ncomponents:\n  - ../../../components/tls\npatches:\n  - path: limits.yaml\n    target: {kind: Deployment}\n  - patch: |\n      - op: remove\n        path: /spec\n    target: {kind: Service, name: web}\npatchesStrategicMerge:\n  - |-\n    kind: Service\nconfigMapGenerator:\n  - name: settings\n    files: [app.ini, own.ini=files/own.ini]\n    envs: [live.env]\n";
    let files = [base, web, ("apps/web/prod/kustomization.yaml", overlay)];
    assert_snapshot!(
        check(&files),
        @r"
    apps/web/prod/kustomization.yaml:4:5: error[unresolved-reference] kustomization `apps/redis/base` does not exist
    apps/web/prod/kustomization.yaml:5:5: error[unresolved-reference] file `apps/web/prod/gone.yaml` does not exist
    apps/web/prod/kustomization.yaml:9:5: error[unresolved-reference] kustomization `components/tls` does not exist
    apps/web/prod/kustomization.yaml:11:11: error[unresolved-reference] file `apps/web/prod/limits.yaml` does not exist
    apps/web/prod/kustomization.yaml:22:13: error[unresolved-reference] file `apps/web/prod/app.ini` does not exist
    apps/web/prod/kustomization.yaml:22:22: error[unresolved-reference] file `apps/web/prod/files/own.ini` does not exist
    apps/web/prod/kustomization.yaml:23:12: error[unresolved-reference] file `apps/web/prod/live.env` does not exist
    "
    );

    let whole = [
        base,
        web,
        (
            "apps/web/prod/kustomization.yaml",
            "resources: [../base]\nsecretGenerator:\n- name: a\n  envs: [secret.env]\n",
        ),
        (".gitignore", "*.env\n"),
    ];
    assert_eq!(check(&whole), NONE);
    // Flux has a resource of the same name.
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  components: [gone]\n";
    assert_eq!(check(&[base, web, ("apps/kustomization.yaml", flux)]), NONE);
}

#[test]
fn a_part_that_nothing_builds_stops_no_deploy() {
    let left = ("base/redis/kustomization.yaml", "resources: [gone.yaml]\n");
    let used = ("base/web/kustomization.yaml", "resources: [web.yaml]\n");
    let web = ("base/web/web.yaml", "kind: Service\n");
    let overlay = ("prod/kustomization.yaml", "resources: [../base/web]\n");
    assert_snapshot!(check(&[left, used, web, overlay]), @"base/redis/kustomization.yaml:1:13: warning[unresolved-reference] file `base/redis/gone.yaml` does not exist");
    let overlay = ("prod/kustomization.yaml", "resources: [../base/web, ../base/redis]\n");
    assert_snapshot!(check(&[left, used, web, overlay]), @"base/redis/kustomization.yaml:1:13: error[unresolved-reference] file `base/redis/gone.yaml` does not exist");
}

#[test]
fn what_patches_of_a_root_are_for() {
    let base = (
        "base/kustomization.yaml",
        "resources: [web.yaml]\nconfigMapGenerator: [{name: conf, literals: [a=b]}]\n",
    );
    let web = (
        "base/web.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
    );
    let patch =
        ("live/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wbe}\n");
    let fine = ("live/fine.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n");
    let json = ("live/json.yaml", "- {op: remove, path: /spec}\n");
    let root = "resources: [../base]\npatchesStrategicMerge:\n  - patch.yaml\n  - fine.yaml\n  - |-\n    kind: Service\n    metadata: {name: api}\npatches:\n  - path: json.yaml\n    target: {kind: Service, name: api}\n  - path: json.yaml\n    target: {kind: Service, name: w.*}\n  - path: json.yaml\n    target: {kind: ConfigMap, name: conf}\n  - path: json.yaml\n    target: {kind: Deployment, name: web|api}\n  - path: json.yaml\n    target: {kind: Job}\n";
    let own = ("live/kustomization.yaml", root);
    assert_snapshot!(check(&[base, web, patch, fine, json, own]), @r"
    live/kustomization.yaml:3:5: error[unresolved-reference] patch target `Deployment/wbe` does not exist
    live/kustomization.yaml:6:5: error[unresolved-reference] patch target `Service/api` does not exist
    live/kustomization.yaml:10:35: warning[unresolved-reference] patch target `Service/api` does not exist
    live/kustomization.yaml:18:20: warning[unresolved-reference] no patch target matches `Job/*`
    ");

    // What is built is not all here, or has other names.
    for more in [
        "resources: [../base, 'https://example.org/a.yaml']\n",
        "resources: [../base]\nhelmCharts: [{name: a}]\n",
        "resources: [../base]\ngenerators: [g.yaml]\n",
        "kind: Component\nresources: [../base]\n",
        "resources: [../base, templates.yaml]\n",
    ] {
        let text = root.replace("resources: [../base]\n", more);
        let g = ("live/g.yaml", "a: b\n");
        let named =
            ("live/templates.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: '${a}'}\n");
        assert_eq!(
            check(&[base, web, patch, fine, json, g, named, ("live/kustomization.yaml", &text)]),
            NONE
        );
    }
    let renamed = ("live/json.yaml", "- {op: replace, path: /metadata/name, value: wbe}\n");
    assert_eq!(check(&[base, web, patch, fine, renamed, own]), NONE);
    let prefix = ("base/kustomization.yaml", "namePrefix: my-\nresources: [web.yaml]\n");
    let root = "resources: [../base]\npatches:\n  - path: json.yaml\n    target: {kind: Service, name: my-web}\n";
    assert_eq!(check(&[prefix, web, json, ("live/kustomization.yaml", root)]), NONE);
    // A root of patches alone is part of another one.
    let root = "patches:\n  - path: json.yaml\n    target: {kind: Service, name: my-web}\n";
    assert_eq!(check(&[base, web, json, ("live/kustomization.yaml", root)]), NONE);
}

#[test]
fn names_that_a_folder_of_terraform_declares() {
    let main = "terraform {\n  required_version = \">= 1.5\"\n}\n\nlocals {\n  tags = merge(var.tags, { for key, own in var.extra : key => own.value })\n}\n\nresource \"aws_instance\" \"web\" {\n  ami       = data.aws_ami.own.id\n  subnet_id = var.subnt\n  tags      = local.tag\n  provider  = aws.other_region\n\n  dynamic \"ebs_block_device\" {\n    for_each = var.extra\n    content {\n      size = ebs_block_device.value\n    }\n  }\n}\n\noutput \"id\" {\n  value = aws_instance.wbe.id\n}\n";
    let variables = "variable \"tags\" {}\n\nvariable \"extra\" {\n  default = {}\n}\n\nvariable \"subnet\" {\n  validation {\n    condition     = var.subnet != \"\"\n    error_message = \"empty\"\n  }\n}\n";
    let data = "data \"aws_ami\" \"own\" {\n  owners = [\"self\"]\n}\n";
    let files = [("web/main.tf", main), ("web/variables.tf", variables), ("web/data.tf", data)];
    assert_snapshot!(check(&files), @r"
    web/main.tf:11:15: error[unresolved-reference] variable `web/subnt` does not exist
    web/main.tf:12:15: error[unresolved-reference] local value `web/tag` does not exist
    web/main.tf:24:11: error[unresolved-reference] resource `web/aws_instance.wbe` does not exist
    ");

    // What else is declared is not known: a wrapper makes files here, or one was not read.
    assert_eq!(check(&[files[0], files[1], files[2], ("web/terragrunt.hcl", "")]), NONE);
    assert_eq!(check(&[files[0], files[1], files[2], ("web/more.tf.json", "{}")]), NONE);
    // A piece that is copied into other folders.
    assert_eq!(check(&[("piece/a.tf", "output \"a\" {\n  value = var.a\n}\n")]), NONE);
}

#[test]
fn a_module_of_terraform_and_its_callers() {
    let module = "variable \"name\" {}\n\nvariable \"size\" {\n  default = 1\n}\n\noutput \"id\" {\n  value = var.name\n}\n";
    let root = "module \"one\" {\n  source = \"../modules/bucket\"\n  name   = \"a\"\n  szie   = 2\n}\n\nmodule \"two\" {\n  source = \"../modules/bucket\"\n}\n\nmodule \"far\" {\n  source = \"hashicorp/consul/aws\"\n  any    = 1\n}\n\nmodule \"gone\" {\n  source = \"../modules/gone\"\n}\n\noutput \"ids\" {\n  value = [module.one.id, module.one.arn, module.far.any, module.none.id]\n}\n";
    let files = [("modules/bucket/main.tf", module), ("live/main.tf", root)];
    assert_snapshot!(check(&files), @r"
    live/main.tf:4:3: error[unknown-parameter] the module `modules/bucket` has no variable `szie`
    live/main.tf:7:8: error[missing-required-parameter] the module call `live/two` passes no `name`, which has no default
    live/main.tf:17:12: error[unresolved-reference] module `modules/gone` does not exist
    live/main.tf:21:27: error[unresolved-reference] output `modules/bucket/arn` does not exist
    live/main.tf:21:59: error[unresolved-reference] module call `live/none` does not exist
    ");
}

#[test]
fn jobs_and_steps_of_a_workflow() {
    let workflow = "on:\n  push:\njobs:\n  build:\n    runs-on: ubuntu-latest\n    outputs:\n      tag: ${{ steps.meta.outputs.tag }}\n    steps:\n      - uses: actions/checkout@v4\n      - id: meta\n        run: echo tag=1 >> $GITHUB_OUTPUT\n      - uses: ./.github/actions/push\n        with:\n          tag: ${{ steps.mata.outputs.tag }}\n          from: here\n      - uses: ./.github/actions/gone\n  deploy:\n    needs: [build, tests]\n    if: needs.build.outputs.tags != ''\n    uses: ./.github/workflows/deploy.yml\n    with:\n      tag: ${{ needs.build.outputs.tag }}\n      colour: red\n  report:\n    needs: deploy\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ needs.deploy.outputs.any }} ${{ needs.build.result }}\n";
    let reused = "on:\n  workflow_call:\n    inputs:\n      tag:\n        required: true\n        type: string\n      environment:\n        required: true\n        type: string\njobs:\n  run:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ inputs.tag }}\n";
    let action = "name: push\ninputs:\n  tag:\n    required: true\nruns:\n  using: composite\n  steps:\n    - run: echo ${{ inputs.tag }}\n      shell: bash\n";
    let files = [
        (".github/workflows/ci.yml", workflow),
        (".github/workflows/deploy.yml", reused),
        (".github/actions/push/action.yml", action),
    ];
    assert_snapshot!(check(&files), @r"
    .github/workflows/ci.yml:14:16: warning[unresolved-reference] step `.github/workflows/ci.yml/build/mata` does not exist
    .github/workflows/ci.yml:15:11: warning[unresolved-reference] input `.github/actions/push/from` does not exist
    .github/workflows/ci.yml:16:15: error[unresolved-reference] action `.github/actions/gone` does not exist
    .github/workflows/ci.yml:18:20: error[unresolved-reference] job `.github/workflows/ci.yml/tests` does not exist
    .github/workflows/ci.yml:19:9: warning[unresolved-reference] output `.github/workflows/ci.yml/build.tags` does not exist
    .github/workflows/ci.yml:20:11: error[missing-required-parameter] `.github/workflows/deploy.yml` requires the parameter `environment`, which this call does not pass
    .github/workflows/ci.yml:23:7: error[unknown-parameter] `.github/workflows/deploy.yml` takes no parameter `colour`
    .github/workflows/ci.yml:28:14: warning[unresolved-reference] needed job `.github/workflows/ci.yml/report/build` does not exist
    ");

    // Another tree is checked out.
    let elsewhere = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n        with: {repository: org/other}\n      - uses: ./action\n";
    assert_eq!(check(&[(".github/workflows/a.yml", elsewhere)]), NONE);
}

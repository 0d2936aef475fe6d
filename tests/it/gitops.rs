//! Kustomize, Terraform and GitHub's workflows: what names what, each beside what must stay
//! silent.

use crate::common::{change, check};
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
fn a_root_whose_text_stands_elsewhere_names_what_is_there() {
    let root = ("lab/manifest/kustomization.yaml", "resources: [cluster.json]\n");
    assert_snapshot!(check(&[root]), @"lab/manifest/kustomization.yaml:1:13: error[unresolved-reference] file `lab/manifest/cluster.json` does not exist");
    let jsonnet = (
        "lab/config.jsonnet",
        "{\n  'kustomization.yaml': (importstr './manifest/kustomization.yaml'),\n}\n",
    );
    assert_snapshot!(check(&[root, jsonnet]), @"lab/manifest/kustomization.yaml:1:13: warning[unresolved-reference] file `lab/manifest/cluster.json` does not exist");
    let make = (
        "lab/Makefile",
        "build:\n\t@cat manifest/kustomization.yaml > kustomization.yaml\n\t@kubectl kustomize\n",
    );
    assert_snapshot!(check(&[root, make]), @"lab/manifest/kustomization.yaml:1:13: warning[unresolved-reference] file `lab/manifest/cluster.json` does not exist");
}

#[test]
fn what_a_file_of_a_root_is_made_from_stands_beside_it() {
    let root = (
        "apps/kustomization.yaml",
        "resources: [a.yaml]\nsecretGenerator:\n- name: key\n  files: [key.pem]\n",
    );
    let key = "apps/kustomization.yaml:4:11: warning[unresolved-reference] file `apps/key.pem` does not exist";
    for beside in ["apps/a.enc.yaml", "apps/a.yaml.j2", "apps/a.jsonnet", "apps/a.yaml.gpg"] {
        assert_eq!(check(&[root, (beside, "a: b\n")]).to_string(), key, "{beside}");
    }
    // SOPS's own files are named as they are.
    assert_snapshot!(check(&[root, ("apps/a.sops.yaml", "a: b\n")]), @r"
    apps/kustomization.yaml:1:13: error[unresolved-reference] file `apps/a.yaml` does not exist
    apps/kustomization.yaml:4:11: warning[unresolved-reference] file `apps/key.pem` does not exist
    ");
}

#[test]
fn files_that_a_module_of_terraform_makes_or_is_given() {
    let main = "data \"archive_file\" \"a\" {\n  type        = \"zip\"\n  output_path = \"${path.module}/a.json\"\n}\n\nlocals {\n  made  = file(\"${path.module}/a.json\")\n  given = file(\"${path.module}/id_rsa.pub\")\n  gone  = file(\"${path.module}/gone.json\")\n}\n";
    assert_snapshot!(check(&[("live/main.tf", main)]), @r"
    live/main.tf:8:16: warning[unresolved-reference] file `live/id_rsa.pub` does not exist
    live/main.tf:9:16: error[unresolved-reference] file `live/gone.json` does not exist
    ");
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
fn a_root_that_the_one_around_it_leaves_out_stops_no_deploy() {
    let app = |name: &str| (format!("apps/{name}/kustomization.yaml"), "resources: []\n");
    let (web, db) = (app("web"), app("db"));
    let (web, db) = ((web.0.as_str(), web.1), (db.0.as_str(), db.1));
    let old = ("apps/old/kustomization.yaml", "resources: [gone.yaml]\n");
    let left = ("apps/kustomization.yaml", "resources: [web, db]\n");
    assert_snapshot!(check(&[web, db, old, left]), @"apps/old/kustomization.yaml:1:13: warning[unresolved-reference] file `apps/old/gone.yaml` does not exist");
    let listed = ("apps/kustomization.yaml", "resources: [web, db, old]\n");
    assert_snapshot!(check(&[web, db, old, listed]), @"apps/old/kustomization.yaml:1:13: error[unresolved-reference] file `apps/old/gone.yaml` does not exist");
    // Where none is listed, something else applies them.
    let none = ("apps/kustomization.yaml", "resources: []\n");
    assert_snapshot!(check(&[web, db, old, none]), @"apps/old/kustomization.yaml:1:13: error[unresolved-reference] file `apps/old/gone.yaml` does not exist");
}

#[test]
fn what_patches_of_a_root_are_for() {
    let base = (
        "base/kustomization.yaml",
        "resources: [web.yaml]\nconfigMapGenerator: [{name: conf, literals: [a=b]}]\n",
    );
    let web = (
        "base/web.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {}\n",
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
    let workflow = "on:\n  push:\njobs:\n  build:\n    runs-on: ubuntu-latest\n    outputs:\n      tag: ${{ steps.meta.outputs.tag }}\n    steps:\n      - uses: actions/checkout@v4\n      - id: meta\n        run: echo tag=1 >> $GITHUB_OUTPUT\n      - uses: ./.github/actions/push\n        with:\n          tag: ${{ steps.mata.outputs.tag }}\n          from: here\n      - uses: ./.github/actions/gone\n  deploy:\n    needs: [build, tests]\n    if: needs.build.outputs.tags != ''\n    uses: ./.github/workflows/deploy.yml\n    with:\n      tag: ${{ needs.build.outputs.tag }}\n      colour: red\n  report:\n    needs: deploy\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ needs.build.result }} ${{needs.build.result}}\n";
    let reused = "on:\n  workflow_call:\n    inputs:\n      tag:\n        required: true\n        type: string\n      environment:\n        required: true\n        type: string\njobs:\n  run:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ inputs.tag }}\n";
    let action = "name: push\ninputs:\n  tag:\n    required: true\nruns:\n  using: composite\n  steps:\n    - run: echo ${{ inputs.tag }}\n      shell: bash\n";
    let files = [
        (".github/workflows/ci.yml", workflow),
        (".github/workflows/deploy.yml", reused),
        (".github/actions/push/action.yml", action),
    ];
    assert_snapshot!(check(&files), @r"
    .github/workflows/ci.yml:14:20: warning[unresolved-reference] step `.github/workflows/ci.yml/build/mata` does not exist
    .github/workflows/ci.yml:15:11: warning[unresolved-reference] input `.github/actions/push/from` does not exist
    .github/workflows/ci.yml:16:15: error[unresolved-reference] action `.github/actions/gone` does not exist
    .github/workflows/ci.yml:18:20: error[unresolved-reference] job `.github/workflows/ci.yml/tests` does not exist
    .github/workflows/ci.yml:19:9: warning[unresolved-reference] output `.github/workflows/ci.yml/build.tags` does not exist
    .github/workflows/ci.yml:20:11: error[missing-required-parameter] `.github/workflows/deploy.yml` requires the parameter `environment`, which this call does not pass
    .github/workflows/ci.yml:23:7: error[unknown-parameter] `.github/workflows/deploy.yml` takes no parameter `colour`
    .github/workflows/ci.yml:28:23: warning[unresolved-reference] needed job `.github/workflows/ci.yml/report/build` does not exist
    ");

    // Another tree is checked out.
    let elsewhere = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n        with: {repository: org/other}\n      - uses: ./action\n";
    assert_eq!(check(&[(".github/workflows/a.yml", elsewhere)]), NONE);
}

#[test]
fn what_applies_the_folder_that_it_lies_in_is_this_repository() {
    let sync = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata:\n  name: flux-system\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: flux-system\nspec:\n  path: ./clusters/one\n  sourceRef: {kind: GitRepository, name: flux-system}\n";
    let apps = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: apps\nspec:\n  path: ./appz\n  sourceRef: {kind: GitRepository, name: flux-system}\n  healthChecks:\n  - {kind: HelmRelease, name: wbe}\n  - {kind: Deployment, name: any}\n";
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: web\nspec:\n  chart:\n    spec:\n      chart: web\n      sourceRef: {kind: GitRepository, name: web-charts}\n---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: other\nspec:\n  dependsOn: [{name: web}]\n";
    let files = [
        ("clusters/one/flux-system/gotk-sync.yaml", sync),
        ("clusters/one/apps.yaml", apps),
        ("apps/web.yaml", release),
    ];
    assert_snapshot!(check(&files), @r"
    apps/web.yaml:9:46: error[unresolved-reference] object `GitRepository/web-charts` does not exist
    clusters/one/apps.yaml:6:9: error[unresolved-reference] folder `appz` does not exist
    clusters/one/apps.yaml:9:31: error[unresolved-reference] object `HelmRelease/wbe` does not exist
    ");
    // A cluster that is filled from elsewhere too may have any source.
    let more = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: more\nspec:\n  path: ./any\n  sourceRef: {kind: GitRepository, name: team}\n";
    assert_snapshot!(check(&[files[0], files[1], files[2], ("clusters/one/more.yaml", more)]), @"clusters/one/apps.yaml:6:9: error[unresolved-reference] folder `appz` does not exist");
}

#[test]
fn a_file_of_objects_that_is_no_yaml_makes_none() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: web\nspec:\n  values:\n    hosts: [*host]\n";
    assert_snapshot!(check(&[("apps/web.yaml", release)]), @"apps/web.yaml:7:13: error[parse-error] not valid YAML: while parsing node, found unknown anchor");
}

#[test]
fn configurations_of_providers_beside_the_usual_one() {
    let root = "provider \"aws\" {}\n\nprovider \"aws\" {\n  alias = \"dns\"\n}\n\nresource \"aws_instance\" \"a\" {\n  provider = aws.dns\n}\n\nresource \"aws_instance\" \"b\" {\n  provider = aws.dsn\n}\n\nmodule \"web\" {\n  source = \"./web\"\n  providers = {\n    aws      = aws\n    aws.main = aws.other\n  }\n}\n\nmodule \"two\" {\n  source = \"./web\"\n}\n";
    let module = "terraform {\n  required_providers {\n    aws = {\n      source = \"hashicorp/aws\"\n      configuration_aliases = [aws.main]\n    }\n  }\n}\n\nresource \"aws_instance\" \"a\" {\n  provider = aws.main\n}\n\nresource \"aws_instance\" \"b\" {\n  provider = aws.gone\n}\n";
    let files = [("main.tf", root), ("web/main.tf", module)];
    assert_snapshot!(check(&files), @r"
    main.tf:12:14: error[unresolved-reference] provider configuration `aws.dsn` does not exist
    main.tf:19:16: error[unresolved-reference] provider configuration `aws.other` does not exist
    main.tf:23:8: error[missing-required-parameter] the module call `two` passes no provider `aws.main`
    web/main.tf:15:14: error[unresolved-reference] provider configuration `web/aws.gone` does not exist
    ");
    // What a call passes is there, whether the module asks for it or not.
    let passing = root.replace("aws.dsn", "aws.dns").replace("aws.other", "aws.dns").replace(
        "module \"two\" {\n  source = \"./web\"\n",
        "module \"two\" {\n  source = \"./web\"\n  providers = {\n    aws.main = aws.dns\n    aws.gone = aws.dns\n  }\n",
    );
    assert_eq!(check(&[("main.tf", passing.as_str()), files[1]]), NONE);
    // Whoever calls a module from elsewhere may pass it too, and wrappers write configurations.
    assert_eq!(check(&[files[1]]), NONE);
    let known = root
        .replace("aws.other", "aws.dns")
        .replace("module \"two\" {\n  source = \"./web\"\n}\n", "");
    assert_eq!(
        check(&[
            ("live/main.tf", known.as_str()),
            ("live/web/main.tf", module),
            ("terragrunt.hcl", "inputs = {}\n")
        ]),
        NONE
    );
}

#[test]
fn a_root_module_of_terraform_without_variables_is_no_piece() {
    let root = "terraform {\n  backend \"s3\" {}\n}\n\nprovider \"aws\" {\n  region = var.region\n}\n\nresource \"aws_vpc\" \"a\" {}\n";
    assert_snapshot!(check(&[("live/main.tf", root)]), @"live/main.tf:6:12: error[unresolved-reference] variable `live/region` does not exist");
    let piece = root.replace("backend \"s3\" {}", "required_version = \">= 1\"");
    assert_eq!(check(&[("live/main.tf", piece.as_str())]), NONE);
    // Modules at the root of a repository.
    let main = "output \"a\" {\n  value = var.naem\n}\n";
    assert_snapshot!(check(&[("main.tf", main), ("variables.tf", "variable \"name\" {}\n")]), @"main.tf:2:11: error[unresolved-reference] variable `naem` does not exist");
}

#[test]
fn folders_in_which_steps_of_a_workflow_run() {
    let job = |steps: &str| {
        format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n{steps}"
        )
    };
    let here = ("server/web/package.json", "{}\n");
    let gone = job(
        "      - run: web --version\n      - run: npm ci\n        working-directory: ./web\n      - run: npm test\n        working-directory: server/web/\n",
    );
    assert_snapshot!(check(&[here, (".github/workflows/a.yml", gone.as_str())]), @".github/workflows/a.yml:9:28: error[unresolved-reference] folder `web` does not exist");
    for made in [
        "      - run: mkdir -p web\n",
        "      - run: git clone https://example.org/me/web.git\n",
        "      - uses: actions/download-artifact@v4\n        with: {path: web}\n",
        "      - uses: ./.github/actions/prepare\n",
    ] {
        let action =
            (".github/actions/prepare/action.yml", "runs: {using: composite, steps: []}\n");
        let text = job(&format!("{made}      - run: npm ci\n        working-directory: web\n"));
        assert_eq!(check(&[here, action, (".github/workflows/a.yml", text.as_str())]), NONE);
    }
    // Commands of a job run where its defaults say.
    let usual = "on: push\ndefaults:\n  run:\n    working-directory: server/web\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./build.sh\n";
    let script = ("server/web/build.sh", "#!/bin/sh\n");
    assert_eq!(check(&[here, script, (".github/workflows/a.yml", usual)]), NONE);
}

#[test]
fn names_that_a_template_of_terraform_reads() {
    let main = "resource \"a_b\" \"c\" {\n  one = templatefile(\"${path.module}/run.sh.tpl\", { name = 1, \"more\" = [] })\n  two = templatefile(\"${path.module}/run.sh.tpl\", local.all)\n}\n\nlocals {\n  all = {}\n}\n";
    let template = "#!/bin/sh\necho ${name} $${HOME} ${region}\n%{ for own in more ~}\necho ${own}\n%{ endfor ~}\n";
    assert_snapshot!(check(&[("web/main.tf", main), ("web/run.sh.tpl", template)]), @"web/main.tf:2:9: error[missing-required-parameter] the template `web/run.sh.tpl` reads `region`, which this call does not give it");
}

#[test]
fn files_of_variables_beside_a_root() {
    let main = "variable \"region\" {}\n\nvariable \"size\" {}\n\nvariable \"zone\" {}\n\noutput \"all\" {\n  value = [var.region, var.size, var.zone]\n}\n";
    let files = [
        ("live/main.tf", main),
        ("live/terraform.tfvars", "regoin = 1\n"),
        ("live/dev.tfvars", "region = 1\nsize = 1\nzone = 1\n"),
        ("live/prod.tfvars", "region = 1\nsize = 1\n"),
    ];
    assert_snapshot!(check(&files), @r"
    live/prod.tfvars:1:1: warning[missing-required-parameter] `prod.tfvars` sets no `zone`, which has no default and which `dev.tfvars` sets
    live/terraform.tfvars:1:1: warning[unknown-parameter] the module has no variable `regoin`
    ");
    // Set without being told to.
    let auto = ("live/all.auto.tfvars", "zone = 1\n");
    assert_eq!(check(&[files[0], files[2], files[3], auto]), NONE);
}

#[test]
fn outputs_of_a_state_that_another_root_keeps() {
    let kept = "terraform {\n  backend \"s3\" {\n    bucket = \"states\"\n    key    = \"net/state\"\n  }\n}\n\noutput \"subnet\" {\n  value = 1\n}\n";
    let reads = "data \"terraform_remote_state\" \"net\" {\n  backend = \"s3\"\n  config = {\n    bucket = \"states\"\n    key    = \"net/state\"\n  }\n}\n\ndata \"terraform_remote_state\" \"far\" {\n  backend = \"s3\"\n  config = {\n    bucket = \"states\"\n    key    = \"far/state\"\n  }\n}\n\nlocals {\n  ids = [\n    data.terraform_remote_state.net.outputs.subnet,\n    data.terraform_remote_state.net.outputs.vpc,\n    data.terraform_remote_state.far.outputs.vpc,\n    try(data.terraform_remote_state.net.outputs.old, 1),\n  ]\n}\n";
    assert_snapshot!(check(&[("net/main.tf", kept), ("web/main.tf", reads)]), @"web/main.tf:20:5: error[unresolved-reference] output `net/vpc` does not exist");
}

#[test]
fn what_is_moved_to_a_name_that_nothing_has() {
    let main = "resource \"a_b\" \"new\" {}\n\nmoved {\n  from = a_b.old\n  to   = a_b.new\n}\n\nmoved {\n  from = a_b.older\n  to   = a_b.gone[0]\n}\n\nmoved {\n  from = a_b.c\n  to   = module.gone.a_b.c\n}\n";
    assert_snapshot!(check(&[("live/main.tf", main)]), @r"
    live/main.tf:10:10: warning[unresolved-reference] resource `live/a_b.gone` does not exist
    live/main.tf:15:10: warning[unresolved-reference] module call `live/gone` does not exist
    ");
}

#[test]
fn units_of_terragrunt() {
    let module = "variable \"name\" {}\n\noutput \"id\" {\n  value = var.name\n}\n";
    let vpc = "include {\n  path = find_in_parent_folders()\n}\n\nterraform {\n  source = \"../../modules//vpc\"\n}\n";
    let web = "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\n\nterraform {\n  source = \"../../modules//web\"\n}\n\ndependency \"vpc\" {\n  config_path = \"../vpc\"\n}\n\ndependency \"gone\" {\n  config_path = \"../gone\"\n}\n\ninputs = {\n  vpc  = dependency.vpc.outputs.id\n  arn  = dependency.vpc.outputs.arn\n  name = dependency.gone.outputs.name\n}\n";
    let files = [
        ("live/terragrunt.hcl", "remote_state {\n  backend = \"s3\"\n}\n"),
        ("live/vpc/terragrunt.hcl", vpc),
        ("live/web/terragrunt.hcl", web),
        ("modules/vpc/main.tf", module),
    ];
    assert_snapshot!(check(&files), @r"
    live/web/terragrunt.hcl:2:10: error[unresolved-reference] file above `root.hcl` does not exist
    live/web/terragrunt.hcl:6:12: error[unresolved-reference] module `modules/web` does not exist
    live/web/terragrunt.hcl:14:17: error[unresolved-reference] file `live/gone/terragrunt.hcl` does not exist
    live/web/terragrunt.hcl:19:10: error[unresolved-reference] output `modules/vpc/arn` does not exist
    ");
}

#[test]
fn names_of_a_project_of_compose() {
    let main = "services:\n  web:\n    build: {context: web, target: prod}\n    networks: [front, default]\n    volumes:\n      - data:/data\n      - ./conf:/conf\n      - dta:/more\n      - $OTHER:/other\n    depends_on: [db, cache]\n    secrets: [key]\n  db:\n    image: postgres\n    extends: {service: base}\n    network_mode: service:gone\nvolumes:\n  data:\n";
    let dockerfile = (
        "web/Dockerfile",
        "FROM node:20 AS build\nRUN make\nFROM nginx AS run\nCOPY --from=build /a /b\n",
    );
    let files = [("docker-compose.yml", main), dockerfile];
    assert_snapshot!(check(&files), @r"
    docker-compose.yml:3:35: error[unresolved-reference] stage `web/Dockerfile:prod` does not exist
    docker-compose.yml:4:16: error[unresolved-reference] network `front` does not exist
    docker-compose.yml:8:9: error[unresolved-reference] volume `dta` does not exist
    docker-compose.yml:10:22: error[unresolved-reference] service `cache` does not exist
    docker-compose.yml:11:15: error[unresolved-reference] secret `key` does not exist
    docker-compose.yml:14:24: error[unresolved-reference] service `base` does not exist
    docker-compose.yml:15:19: error[unresolved-reference] service `gone` does not exist
    ");
    // Files of one folder are used together, and one may take in others.
    let more = (
        "docker-compose.prod.yml",
        "services:\n  cache:\n    image: redis\n  base:\n    image: a\n  gone:\n    image: a\nnetworks:\n  front:\nvolumes:\n  dta:\nsecrets:\n  key: {external: true}\n",
    );
    let good = dockerfile.1.replace("AS run", "AS prod");
    assert_eq!(check(&[files[0], ("web/Dockerfile", good.as_str()), more]), NONE);
    let by_profile = "services:\n  web:\n    image: a\n    depends_on: [db, log]\n  log:\n    image: a\n    profiles: [more]\n    depends_on:\n      db: {condition: service_started}\n      tap: {condition: service_started, required: false}\n  tap:\n    image: a\n    profiles: [tap]\n  db:\n    image: a\n";
    assert_snapshot!(check(&[("compose.yaml", by_profile)]), @"compose.yaml:4:22: warning[unresolved-reference] `web` needs `log`, which only the profile `more` starts");
    let included = format!("include: ['https://example.org/compose.git']\n{main}");
    assert_eq!(
        check(&[("docker-compose.yml", included.as_str()), ("web/Dockerfile", good.as_str())]),
        NONE
    );
}

#[test]
fn applications_of_argo_and_what_they_name() {
    let app = |name: &str, more: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}}}\nspec:\n  project: {name}\n  source:\n    repoURL: https://example.org/own.git\n    path: apps/{name}\n{more}"
        )
    };
    let project = |name: &str| {
        format!("apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {{name: {name}}}\n")
    };
    let mut files: Vec<(String, String)> = Vec::new();
    for name in ["one", "two", "three", "four"] {
        files.push((format!("apps/{name}/web.yaml"), "kind: Service\n".to_owned()));
        files.push((format!("argo/{name}.yaml"), app(name, "")));
        files.push((format!("projects/{name}.yaml"), project(name)));
    }
    let values = "    helm:\n      valueFiles: [values.yaml, /apps/one/web.yaml]\n";
    files.push(("argo/one.yaml".to_owned(), app("one", values)));
    files.push(("argo/five.yaml".to_owned(), app("five", "")));
    let set = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  generators:\n  - git:\n      repoURL: https://example.org/own\n      directories: [{path: apps/*}, {path: charts/*}]\n";
    files.push(("argo/set.yaml".to_owned(), set.to_owned()));
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_snapshot!(check(&files), @r"
    argo/five.yaml:5:12: error[unresolved-reference] project `five` does not exist
    argo/five.yaml:8:11: error[unresolved-reference] folder `apps/five` does not exist
    argo/one.yaml:10:20: error[unresolved-reference] file `apps/one/values.yaml` does not exist
    argo/set.yaml:7:44: warning[unresolved-reference] no folder matches `charts/*`
    ");
}

#[test]
fn variables_that_flux_fills_in() {
    let apps = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec:\n  path: ./apps\n  postBuild:\n    substitute:\n      CLUSTER: main\n    substituteFrom:\n    - {kind: ConfigMap, name: settings}\n";
    let settings = |keys: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata:\n{keys}")
    };
    let both = settings("  DOMAIN: example.org\n  ZONE: eu\n");
    let manifest = "apiVersion: v1\nkind: Service\nmetadata:\n  name: ${CLUSTER}-web\n  annotations:\n    host: web.${DOMAIN}\n    zone: ${ZONE}\n    shell: $${HOME} ${OTHER:=x}\n";
    let files = |settings, manifest| {
        [("flux/apps.yaml", apps), ("flux/settings.yaml", settings), ("apps/web.yaml", manifest)]
    };
    assert_eq!(check(&files(&both, manifest)), NONE);
    let one = settings("  DOMAIN: example.org\n");
    assert_snapshot!(
        change(&files(&both, manifest), &files(&one, manifest)),
        @"apps/web.yaml:7:13: warning[removed-but-referenced] variable `ZONE` was removed but is still used"
    );
    // A new one, where the others are set here.
    let more = manifest.replace("zone:", "mail: ${DOMIAN}\n    zone:");
    assert_snapshot!(
        change(&files(&both, manifest), &files(&both, &more)),
        @"apps/web.yaml:7:13: warning[unresolved-reference] nothing in this tree provides variable `DOMIAN`, and this change is the first to refer to `DOMIAN`"
    );
    // What is taken from elsewhere may have it.
    let far = apps.replace("name: settings", "name: far");
    let open =
        [("flux/apps.yaml", far.as_str()), ("flux/settings.yaml", &both), ("apps/web.yaml", &more)];
    let before = [open[0], open[1], ("apps/web.yaml", manifest)];
    assert_eq!(change(&before, &open), NONE);
    // Without Flux they are somebody else's.
    assert_eq!(check(&[("apps/web.yaml", manifest)]), NONE);
}

/// A template of YAML keeps the ending of what it makes.
#[test]
fn a_file_that_terraform_fills_in_is_no_yaml() {
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n%{ for key in keys ~}\n  ${key}: x\n%{ endfor ~}\n";
    let module = "resource \"local_file\" \"a\" {\n  content = templatefile(\"${path.module}/values/a.yaml\", { keys = [1] })\n}\n";
    let found = check(&[("m/main.tf", module), ("m/values/a.yaml", object)]);
    assert!(!found.to_string().contains("error"), "{found}");
}

/// (Source: Terraform 1.11: `depends_on` asks for the call alone; validate passes.)
#[test]
fn an_order_after_a_module_needs_no_output() {
    let main = |after: &str| {
        format!(
            "module \"net\" {{\n  source = \"./net\"\n}}\nresource \"null_resource\" \"a\" {{\n  depends_on = [{after}]\n}}\n"
        )
    };
    let net = ("net/main.tf", "variable \"a\" {\n  default = 1\n}\n");
    let (fine, gone) = (main("module.net.ready"), main("module.nat"));
    assert_eq!(check(&[("main.tf", fine.as_str()), net]).len(), 0);
    assert_eq!(check(&[("main.tf", gone.as_str()), net]).len(), 1);
}

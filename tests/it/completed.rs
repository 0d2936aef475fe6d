//! What stands in the tree is put together elsewhere: by scripts, by programs that read it first, by
//! whoever takes it in. Each beside the same without it, which is an error.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn folders_of_terraform_that_a_run_completes() {
    let web = (
        "stacks/web/main.tf",
        "variable \"size\" {}\n\nlocals {\n  name = \"${var.cluster}-${var.size}\"\n}\n",
    );
    let missing = "stacks/web/main.tf:4:13: error[unresolved-reference] variable `stacks/web/cluster` does not exist";
    assert_eq!(check(&[web]).to_string(), missing);
    for make in [
        "web:\n\tcd $(BUILD)/web ; ln -sf ../*.tf .\n",
        "web:\n\tcp -f common/$(ENV).tf \"$(BUILD)\"\n",
        "web:\n\t./vars.sh > $(BUILD)/web/vars.tf\n",
    ] {
        assert_eq!(check(&[web, ("make/web.mk", make)]), NONE, "{make}");
    }
    for make in [
        "web:\n\tcd $(BUILD)/other ; terraform fmt\n",
        "web:\n\tcp versions.tf $(BUILD)\n",
        // What is made so is checked in.
        "web:\n\t./main.sh > $(DIR)/main.tf\n",
    ] {
        assert_eq!(check(&[web, ("make/web.mk", make)]).to_string(), missing, "{make}");
    }
    let terramate = ("stacks/vars.tm.hcl", "generate_hcl \"_vars.tf\" {\n  content {}\n}\n");
    assert_eq!(check(&[web, terramate]), NONE);
    // A folder of that name is told from others.
    let other = ("stacks/other/main.tf", "");
    let make = ("web.mk", "web:\n\tcd $(BUILD)/other ; ln -sf ../*.tf .\n");
    assert_eq!(check(&[web, other, make]).to_string(), missing);
}

#[test]
fn stacks_of_terraspace_have_what_lies_beside_them() {
    let stack = "variable \"size\" {}\n\nlocals {\n  name = local.env\n}\n";
    let stack = ("app/stacks/web/main.tf", stack);
    assert_snapshot!(check(&[stack]), @"app/stacks/web/main.tf:4:10: error[unresolved-reference] local value `app/stacks/web/env` does not exist");
    let beside =
        ("config/terraform/locals.tf", "locals {\n  env = \"<%= expansion(':ENV') %>\"\n}\n");
    let values = ("app/stacks/web/tfvars/base.tfvars", "ids = [\n  <%= output('net.id') %>,\n]\n");
    assert_snapshot!(check(&[stack, beside, values]), @"app/stacks/web/tfvars/base.tfvars:2:3: warning[unsupported-syntax] not read: a text with blanks to be filled in");
}

#[test]
fn units_of_a_catalogue_are_copied_before_they_run() {
    let unit = (
        "parts/web/terragrunt.hcl",
        "include {\n  path = find_in_parent_folders(\"root.hcl\")\n}\n\ndependency \"db\" {\n  config_path = \"../db\"\n}\n",
    );
    let stack = |source: &str| {
        format!("unit \"web\" {{\n  source = \"{source}\"\n  path   = \"web\"\n}}\n")
    };
    let here = stack("../parts/web");
    let live = ("live/terragrunt.stack.hcl", here.as_str());
    assert_snapshot!(check(&[unit, live]), @r#"
    parts/web/terragrunt.hcl:2:10: warning[unresolved-reference] file above `root.hcl` does not exist
    parts/web/terragrunt.hcl:6:17: warning[unresolved-reference] file `parts/db/terragrunt.hcl` does not exist
    "#);
    let far = stack("git::https://example.org/own.git//parts/web?ref=v1");
    let far = check(&[unit, ("live/terragrunt.stack.hcl", far.as_str())]);
    assert!(far.iter().all(|line| line.starts_with("unresolved")), "{far:?}");
    assert_snapshot!(check(&[live]), @r#"live/terragrunt.stack.hcl:2:12: error[unresolved-reference] file `parts/web/terragrunt.hcl` does not exist"#);
}

#[test]
fn units_of_templates_stacks_and_hooks_are_made_elsewhere() {
    let unit = "include {\n  path = \"../root.hcl\"\n}\n\ndependency \"db\" {\n  config_path = \"../db\"\n}\n";
    let root = ("live/root.hcl", "");
    assert_snapshot!(check(&[("live/web/terragrunt.hcl", unit), root]), @r"live/web/terragrunt.hcl:6:17: error[unresolved-reference] file `live/db/terragrunt.hcl` does not exist");
    assert_eq!(check(&[("live/web-template/terragrunt.hcl", unit), root]), NONE);
    // What a stack makes beside itself.
    let stack = |more: &str| {
        format!("unit \"db\" {{\n  source = \"../parts/db\"\n  path   = \"db\"\n{more}}}\n")
    };
    let beside = stack("  no_dot_terragrunt_stack = true\n");
    let stacks = ("live/terragrunt.stack.hcl", beside.as_str());
    assert_eq!(check(&[("live/web/terragrunt.hcl", unit), root, stacks]), NONE);
    // What a hook copies before Terraform looks.
    let module = ("web/main.tf", "module \"a\" {\n  source = \"./module\"\n}\n");
    assert_snapshot!(check(&[module]), @r#"web/main.tf:2:12: error[unresolved-reference] module `web/module` does not exist"#);
    let hook = "terraform {\n  before_hook \"copy\" {\n    commands = [\"init\"]\n    execute  = [\"cp\", \"-r\", \"../module\", \"./module\"]\n  }\n}\n";
    assert_eq!(check(&[module, ("web/terragrunt.hcl", hook)]), NONE);
}

#[test]
fn numbers_of_terraform_have_exponents() {
    assert_eq!(check(&[("a/main.tf", "locals {\n  most = 1E9\n  least = 2.5E-3\n}\n")]), NONE);
}

#[test]
fn templates_that_git_leaves_out_are_no_slips() {
    let chart = [
        ("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"),
        ("c/templates/_a.tpl", "{{ define \"c.a\" }}{{ end }}\n"),
        ("c/templates/a.yaml", "a: {{ include \"c.b\" . }}\n"),
    ];
    assert_snapshot!(check(&chart), @r#"c/templates/a.yaml:1:16: error[unresolved-reference] named template `c.b` does not exist"#);
    let ignored = [chart[0], chart[1], chart[2], (".gitignore", "lib/\n")];
    assert_eq!(check(&ignored), NONE);
    let other = [chart[0], chart[1], chart[2], (".gitignore", "dist/\n")];
    assert_eq!(check(&other).len(), 1);
}

#[test]
fn files_that_programs_mount_beside_others() {
    let module = ("app/tofu/main.tf", "locals {\n  key = file(\"${path.module}/app-key\")\n}\n");
    assert_snapshot!(check(&[module]), @"app/tofu/main.tf:2:14: error[unresolved-reference] file `app/tofu/app-key` does not exist");
    let program = "config = ProviderConfig {\n    credentials = [{\n        filename = \"app-key\"\n    }]\n}\n";
    assert_eq!(check(&[module, ("app/main.k", program)]), NONE);
}

#[test]
fn a_library_is_read_where_its_names_begin_so() {
    let chart = |sort: &str| format!("apiVersion: v2\nname: base\nversion: 1.0.0\ntype: {sort}\n");
    let library = chart("library");
    let application = chart("application");
    let open = ("base/templates/README.txt", "{{- define \"base.a\" -}}\n");
    assert_eq!(check(&[("base/Chart.yaml", &library), open]), NONE);
    let told = "base/templates/README.txt:1:1: error[parse-error] no `end` closes this `define`";
    assert_eq!(check(&[("base/Chart.yaml", &application), open]).to_string(), told);
    let part = ("base/templates/_a.tpl", open.1);
    assert_eq!(
        check(&[("base/Chart.yaml", &library), part]),
        ["parse-error base/templates/_a.tpl:1"]
    );
}

#[test]
fn a_pipeline_that_gitlab_does_not_begin_with_is_part_of_others() {
    let part = ("build/.gitlab-ci.yml", "make:\n  stage: push\n  script: [make]\n");
    assert_eq!(check(&[part]), NONE);
    assert_snapshot!(check(&[(".gitlab-ci.yml", part.1)]), @".gitlab-ci.yml:2:10: error[unresolved-reference] stage `push` does not exist");
}

#[test]
fn what_helm_prints_is_no_manifest() {
    let printed = "NAME: web\nLAST DEPLOYED: Thu Apr 27 21:23:14 2023\nMANIFEST:\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n\nNOTES:\nThank you.\n";
    assert_eq!(check(&[("kept/web.yaml", printed)]), NONE);
    let pods = |name: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  selector: {{matchLabels: {{a: b}}}}\n  template:\n    metadata: {{labels: {{a: b}}}}\n    spec:\n      containers:\n      - {{name: a, image: a, volumeMounts: [{{name: gone, mountPath: /a}}]}}\n"
        )
    };
    assert_eq!(check(&[("kept/result.yaml", &pods("release-name"))]), NONE);
    assert_eq!(
        check(&[("kept/result.yaml", &pods("web"))]),
        ["unresolved-reference kept/result.yaml:10"]
    );
}

#[test]
fn the_source_that_a_cluster_begins_with_is_kept_by_others() {
    let sync = (
        "flux/sync.yaml",
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata:\n  name: flux-system\n",
    );
    let root = (
        "flux/web.yaml",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: web\nspec:\n  path: ./web\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n",
    );
    assert_eq!(change(&[sync, root], &[root]), NONE);
}

#[test]
fn what_examples_make_is_made_by_whoever_uses_the_tree() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n";
    let pod = (
        "base/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: a\n    envFrom: [{configMapRef: {name: settings}}]\n",
    );
    let told = change(&[("config.yaml", config), pod], &[pod]);
    assert_eq!(told, ["removed-but-referenced base/pod.yaml:7"]);
    let moved = [("examples/config.yaml", config), pod];
    assert_eq!(change(&[("config.yaml", config), pod], &moved), NONE);
}

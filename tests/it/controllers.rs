//! Flux, Kustomize, Terragrunt and workflows: what is made beside the tree, or before it.

use crate::common::{Findings, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn the_source_that_a_cluster_begins_with() {
    let apply = |name: &str, source: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {name}}}\nspec:\n  path: ./apps/{name}\n  sourceRef: {{kind: GitRepository, name: {source}}}\n"
        )
    };
    let charts = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: charts}\n---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: more}\n---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: others}\n";
    let uses = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec:\n  chart: {spec: {chart: a, sourceRef: {kind: GitRepository, name: charts}}}\n---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: db}\nspec:\n  chart: {spec: {chart: a, sourceRef: {kind: GitRepository, name: more}}}\n---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: mq}\nspec:\n  chart: {spec: {chart: a, sourceRef: {kind: GitRepository, name: others}}}\n";
    let names = ["one", "two", "three"];
    let mut files: Vec<(String, String)> = Vec::new();
    for name in names {
        files.push((format!("clusters/{name}.yaml"), apply(name, "begun")));
        files.push((format!("apps/{name}/kustomization.yaml"), "resources: []\n".to_owned()));
    }
    files.push(("charts.yaml".to_owned(), charts.to_owned()));
    files.push(("apps/web.yaml".to_owned(), uses.to_owned()));
    let told = |files: &[(String, String)]| {
        let all: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        check(&all)
    };
    assert_eq!(told(&files), NONE);
    files.push(("clusters/four.yaml".to_owned(), apply("one", "begnu")));
    assert_snapshot!(told(&files), @"clusters/four.yaml:6:42: error[unresolved-reference] object `GitRepository/begnu` does not exist");
}

#[test]
fn with_wait_a_list_of_health_checks_is_passed_over() {
    let release = |name: &str| {
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: {name}}}\nspec:\n  dependsOn: [{{name: a}}, {{name: b}}, {{name: c}}]\n"
        )
    };
    let watch = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec:\n  path: ./apps\n  healthChecks:\n  - {kind: HelmRelease, name: gone}\n";
    let waits = format!("{watch}  wait: true\n");
    let (a, b, c) = (release("a"), release("b"), release("c"));
    let files =
        |own: &str| check(&[("a.yaml", &a), ("b.yaml", &b), ("c.yaml", &c), ("k.yaml", own)]);
    assert_snapshot!(files(watch), @"k.yaml:7:31: error[unresolved-reference] object `HelmRelease/gone` does not exist");
    assert_eq!(files(&waits), NONE);
}

#[test]
fn declarations_that_terragrunt_writes_beside_a_module() {
    let module = (
        "modules/web/main.tf",
        "variable \"name\" {}\n\noutput \"id\" {\n  value = \"${var.name}-${var.env}\"\n}\n",
    );
    let unit = (
        "live/web/terragrunt.hcl",
        "include {\n  path = find_in_parent_folders(\"root.hcl\")\n}\n\nterraform {\n  source = \"../../modules//web\"\n}\n",
    );
    let root = |contents: &str| {
        format!(
            "generate \"common\" {{\n  path      = \"common.tf\"\n  if_exists = \"overwrite\"\n  contents  = {contents}\n}}\n"
        )
    };
    let told = |contents: &str| check(&[module, unit, ("live/root.hcl", &root(contents))]);
    assert_eq!(told("file(\"variables.tf\")"), NONE);
    assert_eq!(told("<<EOF\nvariable \"env\" {}\nEOF"), NONE);
    assert_snapshot!(told("<<EOF\nprovider \"aws\" {}\nEOF"), @"modules/web/main.tf:4:26: error[unresolved-reference] variable `modules/web/env` does not exist");
}

#[test]
fn a_text_of_terraform_0_11() {
    let old = "variable \"zones\" {\n  type = \"map\"\n}\n\nresource \"aws_instance\" \"web\" {\n  ami = \"${var.ami}\"\n  tags {\n    \"Name\" = \"web\"\n  }\n}\n";
    assert_snapshot!(check(&[("main.tf", old)]), @"main.tf:6:12: error[unresolved-reference] variable `ami` does not exist");
    let new = old.replace("\"${var.ami}\"", "var.ami");
    assert_snapshot!(check(&[("main.tf", &new)]), @"main.tf:8:5: error[parse-error] not valid HCL: invalid block body; expected `}`, newline or identifier");
}

#[test]
fn an_action_that_a_step_before_puts_there() {
    let workflow = |run: &str| {
        format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - uses: actions/checkout@v4\n    - run: {run}\n    - uses: ./_self/.github/actions/b\n"
        )
    };
    let told = |run: &str| check(&[(".github/workflows/a.yml", &workflow(run))]);
    assert_eq!(told("mkdir -p _self && cp -r . \"_self/\""), NONE);
    assert_snapshot!(told("echo _selfish"), @".github/workflows/a.yml:8:13: error[unresolved-reference] action `_self/.github/actions/b` does not exist");
    // An action of any name may be told where to check out.
    let other =
        workflow("echo").replace("run: echo", "uses: acme/fetch@v1\n      with: {path: _self}");
    assert_eq!(check(&[(".github/workflows/a.yml", &other)]), NONE);
    // What a workflow put beside its checkout, the actions that it runs find.
    let action = |folder: &str| {
        format!("name: a\nruns:\n  using: composite\n  steps:\n    - uses: ./{folder}/actions/b\n")
    };
    let told = |folder: &str| check(&[(".github/actions/a/action.yml", &action(folder))]);
    assert_eq!(told("_self"), NONE);
    assert_snapshot!(told(".github"), @".github/actions/a/action.yml:5:13: error[unresolved-reference] action `.github/actions/b` does not exist");
}

#[test]
fn a_value_of_make_over_several_lines_is_no_recipe() {
    let script = "import argparse\nparser = argparse.ArgumentParser()\nparser.parse_args()\n";
    let told = |text: &str| check(&[("tools/a.py", script), ("Makefile", text)]);
    assert_eq!(told("SOURCES := \\\n\ttools/a.py tools/b.py\n\nall:\n\techo\n"), NONE);
    assert_snapshot!(told("all:\n\ttools/a.py tools/b.py\n"), @"Makefile:2:13: error[unknown-parameter] `a.py` takes 0 positional arguments; this call passes 1");
}

#[test]
fn what_a_replacement_of_kustomize_is_read_from() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: domain}\ndata: {host: a}\n";
    let root = |source: &str, more: &str| {
        format!(
            "resources: [config.yaml]\n{more}replacements:\n- source: {{kind: ConfigMap, name: {source}, fieldPath: metadata.name}}\n  targets: [{{select: {{kind: Ingress}}, fieldPaths: [spec.rules.0.host]}}]\n"
        )
    };
    let told = |source: &str, more: &str| {
        check(&[("k/config.yaml", config), ("k/kustomization.yaml", &root(source, more))])
    };
    assert_eq!(told("domain", ""), NONE);
    assert_eq!(told("web-domain", "namePrefix: web-\n"), NONE);
    assert_snapshot!(told("domian", ""), @"k/kustomization.yaml:3:35: error[unresolved-reference] patch target `ConfigMap/domian` does not exist");
}

#[test]
fn where_a_value_is_read_from_gets_no_other_name() {
    let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n";
    let root = "resources: [web.yaml]\nvars:\n- name: NAME\n  objref: {kind: Deployment, name: web, apiVersion: apps/v1}\n  fieldref: {fieldpath: metadata.name}\npatchesStrategicMerge: [api.yaml]\n";
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\n";
    let files = [("k/web.yaml", web), ("k/kustomization.yaml", root), ("k/api.yaml", patch)];
    assert_snapshot!(check(&files), @"k/kustomization.yaml:6:25: error[unresolved-reference] patch target `Deployment/api` does not exist");
}

/// Three projects, and four applications of which the last names `root`.
fn applications() -> Vec<(String, String)> {
    let project = |name: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {{name: {name}}}\nspec: {{sourceRepos: ['*']}}\n"
        )
    };
    let application = |project: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {project}}}\nspec:\n  project: {project}\n  source: {{repoURL: https://example.org/a.git, chart: web, targetRevision: 1.0.0}}\n"
        )
    };
    let mut files: Vec<(String, String)> = Vec::new();
    for name in ["apps", "data", "infra"] {
        files.push((format!("projects/{name}.yaml"), project(name)));
        files.push((format!("apps/{name}.yaml"), application(name)));
    }
    files.push(("apps/root.yaml".to_owned(), application("root")));
    files
}

fn told_beside(path: &str, text: &str) -> Findings {
    let mut files = applications();
    files.push((path.to_owned(), text.to_owned()));
    let all: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    check(&all)
}

#[test]
fn projects_that_values_declare() {
    let missing = ["unresolved-reference apps/root.yaml:5"];
    assert_eq!(told_beside("README.md", "Web\n"), missing);
    let spec = "sourceRepos: ['*']";
    let release = "resource \"helm_release\" \"apps\" {\n  name  = \"apps\"\n  chart = \"argocd-apps\"\n  values = [";
    for (path, text) in [
        ("values.yaml", format!("projects:\n  root:\n    {spec}\n")),
        ("values.yaml", format!("projects:\n- name: root\n  {spec}\n")),
        ("values.yaml", format!("argocd-apps:\n  projects:\n    root: {{{spec}}}\n")),
        ("values.yaml", format!("server:\n  additionalProjects:\n  - name: root\n    {spec}\n")),
        (
            "boot.yaml",
            format!(
                "kind: Application\nspec:\n  source:\n    helm:\n      values: |\n        projects:\n        - name: root\n          {spec}\n"
            ),
        ),
        (
            "main.tf",
            format!("{release}<<-EOT\n    projects:\n      root:\n        {spec}\n  EOT\n  ]\n}}\n"),
        ),
        (
            "main.tf",
            format!("{release}yamlencode({{\n    projects = {{ root = {{ sourceRepos = [\"*\"] }} }}\n  }})]\n}}\n"),
        ),
        (
            "main.tf",
            "resource \"argocd_project\" \"a\" {\n  metadata {\n    name = \"root\"\n  }\n}\n".to_owned(),
        ),
        (
            "chart/templates/project.yaml",
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata:\n  name: {{ .Release.Name }}\n".to_owned(),
        ),
    ] {
        assert_eq!(told_beside(path, &text), NONE, "{text}");
    }
    // Of another kind, and of another name.
    assert_eq!(told_beside("values.yaml", "projects:\n  root:\n    owner: web\n"), missing);
    assert_eq!(told_beside("values.yaml", &format!("projects:\n  rot: {{{spec}}}\n")), missing);
}

#[test]
fn applications_that_values_declare() {
    let values = |project: &str| {
        format!(
            "applications:\n  web:\n    project: {project}\n    source: {{repoURL: https://example.org/a.git, chart: web, targetRevision: 1.0.0}}\n    destination: {{namespace: web}}\nprojects:\n  root: {{sourceRepos: ['*']}}\n"
        )
    };
    assert_eq!(told_beside("values.yaml", &values("apps")), NONE);
    assert_snapshot!(told_beside("values.yaml", &values("aps")), @"values.yaml:3:14: error[unresolved-reference] project `aps` does not exist");
}

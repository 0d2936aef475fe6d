//! What one file lacks and another one brings to it before a program reads both: nothing of that is
//! missing. Each case stands beside the one in which nothing brings it.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn named_templates_of_the_chart_that_takes_another_one_in() {
    let inner = [
        ("c/Chart.yaml", "name: c\nversion: 0.1.0\n"),
        ("c/templates/a.yaml", "x: {{ include \"u.x\" . }}\n"),
        ("c/templates/_h.tpl", "{{ define \"c.x\" }}{{ end }}"),
    ];
    assert_snapshot!(check(&inner), @"c/templates/a.yaml:1:16: error[unresolved-reference] named template `u.x` does not exist");
    let outer = |repository: &str, defines: &str| {
        let chart = format!(
            "name: u\nversion: 0.1.0\ndependencies:\n- {{name: c, version: 0.1.0, repository: \"{repository}\"}}\n"
        );
        let helpers = format!("{{{{ define \"{defines}\" }}}}{{{{ end }}}}");
        let own = [("u/Chart.yaml", chart.as_str()), ("u/templates/_h.tpl", helpers.as_str())];
        check(&[&inner[..], &own[..]].concat())
    };
    assert_eq!(outer("file://../c", "u.x"), NONE);
    assert_eq!(outer("https://charts.example.org", "u.x"), NONE);
    assert_snapshot!(outer("file://../c", "u.y"), @"c/templates/a.yaml:1:16: error[unresolved-reference] named template `u.x` does not exist");
}

#[test]
fn two_dependencies_of_one_name() {
    let chart = |version: &str| {
        format!(
            "name: c\nversion: 1.0.0\ndependencies:\n- {{name: lib, repository: \"file://charts/lib\", version: 2.x.x}}\n- {{name: lib, alias: own, repository: \"file://../lib\", version: \"{version}\"}}\n"
        )
    };
    let told = |version: &str| {
        check(&[
            ("c/Chart.yaml", &chart(version)),
            ("c/charts/lib/Chart.yaml", "name: lib\nversion: 2.8.0\n"),
            ("c/charts/lib/templates/_h.tpl", "{{ define \"lib.a\" }}{{ end }}"),
            ("lib/Chart.yaml", "name: lib\nversion: 0.4.2\n"),
            ("lib/templates/_h.tpl", "{{ define \"lib.b\" }}{{ end }}"),
            ("c/templates/a.yaml", "x: {{ include \"lib.a\" . }}{{ include \"lib.b\" . }}\n"),
        ])
    };
    assert_eq!(told("*"), NONE);
    assert_snapshot!(told("~0.3"), @"c/Chart.yaml:5:10: error[unavailable-version] the chart in `lib` is version 0.4.2, and `~0.3` is asked for");
}

/// A workload that mounts a volume which its file does not have.
const POD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers: [{name: a, image: a, volumeMounts: [{name: data, mountPath: /a}]}]\n";

#[test]
fn volumes_that_patches_of_an_overlay_bring() {
    let base = [("base/web.yaml", POD), ("base/kustomization.yaml", "resources: [web.yaml]\n")];
    let with = |patches: &str, file: &str| {
        let root = format!("resources: [../base]\npatches:\n{patches}");
        let own = [("live/kustomization.yaml", root.as_str()), ("live/patch.yaml", file)];
        check(&[&base[..], &own[..]].concat())
    };
    let adds =
        "- {op: add, path: /spec/template/spec/volumes, value: [{name: data, emptyDir: {}}]}\n";
    let inline = |target: &str| format!("- target: {target}\n  patch: |\n    {adds}");
    assert_eq!(with(&inline("{kind: Deployment, name: web}"), ""), NONE);
    assert_eq!(with(&inline("{kind: Deployment}"), ""), NONE);
    let merged = "- patch: |\n    kind: Deployment\n    metadata: {name: web}\n    spec: {template: {spec: {volumes: [{name: data}]}}}\n";
    assert_eq!(with(merged, ""), NONE);
    let named = "- {target: {kind: Deployment, name: web}, path: patch.yaml}\n";
    assert_eq!(with(named, adds), NONE);
    // One for another object, and one for something else of this one.
    let lacks = "unresolved-reference base/web.yaml:9";
    let other = "unresolved-reference live/kustomization.yaml:3";
    assert_eq!(with(&inline("{kind: Deployment, name: api}"), ""), [lacks, other]);
    assert_eq!(with(named, "- {op: replace, path: /spec/replicas, value: 2}\n"), [lacks]);
}

/// An object of Flux that waits for others.
fn waits(name: &str, for_it: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {name}}}\nspec:\n  path: ./apps\n  sourceRef: {{kind: GitRepository, name: flux-system}}\n  dependsOn: [{{name: {for_it}}}]\n"
    )
}

#[test]
fn objects_of_flux_that_patches_and_sets_make() {
    let all = [waits("a", "b"), waits("b", "c"), waits("c", "a"), waits("d", "gone")];
    let named = ["flux/a.yaml", "flux/b.yaml", "flux/c.yaml", "flux/d.yaml"];
    let told = |path: &str, text: &str| {
        let mut files: Vec<(&str, &str)> =
            named.iter().copied().zip(all.iter().map(String::as_str)).collect();
        files.push((path, text));
        check(&files)
    };
    let lacks = "unresolved-reference flux/d.yaml:7";
    assert_eq!(told("readme.txt", ""), [lacks]);
    // A list of a patch replaces the object's.
    let patch = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: any}\nspec: {dependsOn: [{name: a}]}\n";
    assert_eq!(told("parts/patch.yaml", patch), NONE);
    let root = |patch: &str| {
        format!(
            "resources: [a.yaml, b.yaml, c.yaml, d.yaml]\npatches:\n- target: {{kind: Kustomization}}\n  patch: |\n    {patch}\n"
        )
    };
    let told_by = |patch: &str| told("flux/kustomization.yaml", &root(patch));
    assert_eq!(told_by("- {op: remove, path: /spec/dependsOn}"), NONE);
    assert_eq!(told_by("- {op: add, path: /spec/dependsOn/-, value: {name: a}}"), [lacks]);
    assert_eq!(told("flux/kustomization.yaml", "namePrefix: g\nresources: [a.yaml]\n"), [lacks]);
    let all = "resources: [a.yaml, b.yaml, c.yaml, d.yaml]\nnamePrefix: gone\n";
    assert_eq!(told("flux/kustomization.yaml", all), [lacks]);
    let set = |name: &str| {
        format!(
            "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: {{name: s}}\nspec:\n  inputs: [{{n: e}}]\n  resources:\n  - apiVersion: kustomize.toolkit.fluxcd.io/v1\n    kind: Kustomization\n    metadata: {{name: {name}-<< inputs.n >>}}\n"
        )
    };
    assert_eq!(told("flux/set.yaml", &set("other")), [lacks]);
    assert_eq!(told("flux/set.yaml", &set("gone").replace("gone-", "gon")), NONE);
}

#[test]
fn a_root_of_kustomize_that_is_copied_before_it_is_built() {
    let root = ("lab/kustomization.yaml", "resources: [app.yaml]\n");
    let task = "- hosts: localhost\n  tasks:\n  - name: Copy it\n    ansible.builtin.copy:\n      src: \"{{ root }}/lab/kustomization.yaml\"\n      dest: \"{{ root }}/out/\"\n";
    let told = check(&[root, ("play.yml", task)]).to_string();
    let weak = "lab/kustomization.yaml:1:13: warning[unresolved-reference] file `lab/app.yaml` does not exist";
    assert!(told.lines().any(|line| line == weak), "{told}");
    let make = ("Makefile", "x:\n\tcp lab/kustomization.yaml out/\n");
    assert_eq!(check(&[root, make]).to_string(), weak);
}

/// A root module with one declaration.
fn root_module(text: &str) -> String {
    format!("terraform {{\n  backend \"s3\" {{}}\n}}\n{text}")
}

#[test]
fn declarations_of_terraform_that_other_files_bring() {
    let read = root_module("output \"a\" {\n  value = local.made\n}\n");
    let lacks = "unresolved-reference r/main.tf:5";
    assert_eq!(check(&[("r/main.tf", &read)]), [lacks]);
    let script = ("r/make.sh", "#!/bin/sh\nenvsubst < a.tmpl > made.tf\n");
    assert_eq!(check(&[("r/main.tf", &read), script]), NONE);

    let call = "module \"x\" {\n  source = \"../m\"\n}\n";
    let module = ("m/main.tf", "variable \"a\" {}\n");
    let files = [("r/main.tf", call), module];
    assert_snapshot!(check(&files), @"r/main.tf:1:8: error[missing-required-parameter] the module call `r/x` passes no `a`, which has no default");
    let more = ("r/x_override.tf", "module \"x\" {\n  a = 1\n}\n");
    assert_eq!(check(&[files[0], module, more]), NONE);
    let more = ("m/main_override.tf", "variable \"a\" {\n  default = 1\n}\n");
    assert_eq!(check(&[files[0], module, more]), NONE);
    // Once, it was a variable like others.
    let version = ("m/main.tf", "variable \"version\" {}\n");
    assert_eq!(check(&[files[0], version]), NONE);
}

#[test]
fn a_provider_that_nothing_uses_is_not_configured() {
    let told = |uses: &str| {
        let text = format!("provider \"datadog\" {{\n  api_key = local.keys\n}}\n{uses}");
        check(&[
            ("main.tf", &root_module(&text)),
            ("m/main.tf", "resource \"datadog_monitor\" \"a\" {}\n"),
        ])
    };
    let lacks = "unresolved-reference main.tf:5";
    assert_snapshot!(told("resource \"aws_vpc\" \"a\" {}\n"), @"main.tf:5:13: warning[unresolved-reference] local value `keys` does not exist");
    assert_eq!(told("resource \"datadog_monitor\" \"a\" {}\n"), [lacks]);
    assert_eq!(told("module \"m\" {\n  source = \"./m\"\n}\n"), [lacks]);
    assert_eq!(told("module \"m\" {\n  source = \"acme/m/any\"\n}\n"), [lacks]);
}

#[test]
fn values_of_a_helmfile_that_terraform_writes() {
    let helmfile = (
        "helmfile.yaml",
        "releases:\n- name: a\n  chart: acme/a\n  values: [cluster/values.yaml]\n",
    );
    assert_snapshot!(check(&[helmfile]), @"helmfile.yaml:4:12: error[unresolved-reference] file `cluster/values.yaml` does not exist");
    let file = (
        "tf/main.tf",
        "resource \"local_file\" \"a\" {\n  content  = \"\"\n  filename = \"${path.root}/../cluster/values.yaml\"\n}\n",
    );
    assert_eq!(check(&[helmfile, file]), NONE);
}

#[test]
fn texts_of_terraform_over_several_lines() {
    let operation = "locals {\n  a = { for k in [\"x\"] : k => k == \"none\" ? \"a\" : # why\n    k == \"b\" ? k :\n    upper(k)\n  }\n}\n";
    assert_eq!(check(&[("main.tf", operation)]), NONE);
    assert_eq!(check(&[("main.tf", &format!("\u{feff}{operation}"))]), NONE);
    assert_snapshot!(check(&[("main.tf", "locals {\n  a = true ?\n    1 : 2\n}\n")]), @r#"main.tf:2:13: error[parse-error] not valid HCL: invalid expression; expected `"`, `[`, `{`, `-`, `!`, `(`, `_`, `<`, letter or digit"#);
    // Before 0.12, a file of variables of any name could be JSON.
    assert_snapshot!(check(&[("a.auto.tfvars", "{\n  \"a\": 1\n}\n")]), @"a.auto.tfvars:1:1: warning[unsupported-syntax] not read: JSON, as Terraform 0.11 takes it");
}

#[test]
fn a_port_of_the_pods_behind_an_ingress() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports: [{port: 80, targetPort: 5000}]\n";
    let told = |port: &str| {
        let ingress = format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web}}\nspec:\n  defaultBackend: {{service: {{name: web, port: {{number: {port}}}}}}}\n"
        );
        check(&[("a/service.yaml", service), ("a/ingress.yaml", &ingress)])
    };
    assert_eq!(told("80"), NONE);
    assert_eq!(told("5000"), NONE);
    assert_snapshot!(told("8080"), @"a/ingress.yaml:5:56: error[unresolved-reference] port `Service/web#8080` does not exist");
}

#[test]
fn what_a_folder_of_terraform_declares_twice() {
    let told = |name: &str| {
        let more = (name, "variable \"a\" {}\nresource \"x_y\" \"a\" {}\n");
        let read =
            root_module("variable \"a\" {}\nresource \"x_y\" \"a\" {}\ndata \"x_y\" \"a\" {}\n");
        check(&[("r/main.tf", &read), more])
    };
    assert_snapshot!(told("r/more.tf"), @r"
    r/more.tf:1:10: error[duplicate-definition] variable `a` is declared twice in this folder
    r/more.tf:2:16: error[duplicate-definition] resource `x_y.a` is declared twice in this folder
    ");
    assert_eq!(told("r/main_override.tf"), NONE);
    assert_eq!(told("r/main.tofu"), NONE);
    assert_eq!(told("s/more.tf"), NONE);
    let pieces = [("p/a.tf", "variable \"a\" {}\n"), ("p/b.tf", "variable \"a\" {}\n")];
    assert_snapshot!(check(&pieces), @"p/b.tf:1:10: warning[duplicate-definition] variable `a` is declared twice in this folder");
}

#[test]
fn blocks_of_templates_that_nothing_closes() {
    let told = |text: &str| {
        check(&[("c/Chart.yaml", "name: c\nversion: 0.1.0\n"), ("c/templates/a.yaml", text)])
    };
    let whole = "{{- if.Values.a }}\nx: {{ with .b }}{{ . }}{{ end }} # {{/* if */}}\n{{- else if .Values.c }}\n{{- end }}\n";
    assert_eq!(told(whole), NONE);
    assert_snapshot!(told(&whole.replace("{{ . }}{{ end }}", "{{ . }}")), @"c/templates/a.yaml:1:1: error[parse-error] no `end` closes this `if`");
    assert_snapshot!(told(&format!("{whole}{{{{ end }}}}\n")), @"c/templates/a.yaml:5:1: error[parse-error] this `end` closes nothing");
    // Nothing renders what is no chart's.
    assert_eq!(check(&[("c/templates/a.yaml", "{{- if .Values.a }}\n")]), NONE);
}

#[test]
fn what_a_root_of_kustomize_lists_twice() {
    let object = ("a/b.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n");
    let told = |root: &str| check(&[object, ("a/kustomization.yaml", root)]);
    assert_eq!(told("resources: [b.yaml]\npatches: [{path: b.yaml}]\n"), NONE);
    assert_snapshot!(told("resources: [b.yaml, ./b.yaml]\n"), @"a/kustomization.yaml:1:21: error[duplicate-definition] `./b.yaml` stands twice here");
}

#[test]
fn scripts_that_steps_run_by_their_paths() {
    let told = |steps: &str| {
        let text = format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - uses: actions/checkout@v4\n{steps}"
        );
        check(&[(".github/workflows/a.yml", &text), ("ci/build.sh", "#!/bin/sh\n")])
    };
    assert_eq!(told("    - run: ./ci/build.sh\n"), NONE);
    assert_snapshot!(told("    - run: ./ci/biuld.sh all\n"), @".github/workflows/a.yml:7:12: error[unresolved-reference] file `ci/biuld.sh` does not exist");
    assert_snapshot!(told("    - run: bash ci/gone.sh\n"), @".github/workflows/a.yml:7:12: error[unresolved-reference] file `ci/gone.sh` does not exist");
    assert_snapshot!(told("    - run: npm ci\n    - run: ./ci/gone.sh\n"), @".github/workflows/a.yml:8:12: warning[unresolved-reference] file `ci/gone.sh` does not exist");
    // One that others call sees the tree of whoever calls it.
    let called = "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    steps:\n    - uses: actions/checkout@v4\n    - run: ./ci/gone.sh\n";
    let files = [(".github/workflows/a.yml", called), ("ci/build.sh", "#!/bin/sh\n")];
    assert_eq!(check(&files), NONE);
    for brings in [
        "    - run: curl -o ci/gone.sh https://example.org/x\n    - run: ./ci/gone.sh\n",
        "    - run: |\n        wget -O ci/gone.sh https://example.org/x\n        sh ci/gone.sh\n",
        "    - run: |\n        cd other\n        ./ci/gone.sh\n",
        "    - run: ./ci/gone.sh || true\n",
        "    - run: ./tools/gone.sh\n",
        "    - run: docker run x ./ci/gone.sh\n",
    ] {
        assert_eq!(told(brings), NONE, "{brings}");
    }
}

#[test]
fn keys_that_patches_of_an_overlay_bring() {
    let pod = POD
        .replace(
            "image: a,",
            "image: a, env: [{name: K, valueFrom: {configMapKeyRef: {name: cm, key: K}}}],",
        )
        .replace(", volumeMounts: [{name: data, mountPath: /a}]", "");
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {A: b}\n";
    let told = |path: &str| {
        let root = format!(
            "resources: [../base]\npatches:\n- target: {{kind: ConfigMap, name: cm}}\n  patch: |\n    - {{op: add, path: {path}, value: a}}\n"
        );
        check(&[
            ("base/kustomization.yaml", "resources: [web.yaml, cm.yaml]\n"),
            ("base/web.yaml", &pod),
            ("base/cm.yaml", map),
            ("live/kustomization.yaml", &root),
        ])
    };
    assert_eq!(told("/data/K"), NONE);
    assert_eq!(told("/metadata/annotations/K"), ["unresolved-reference base/web.yaml:9"]);
}

#[test]
fn an_object_does_not_go_with_a_patch_of_it() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n";
    let route = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec:\n  defaultBackend: {service: {name: web, port: {number: 80}}}\n";
    let told = |used: &str| {
        let root = format!("resources: [ingress.yaml, https://example.org/web.yaml]\n{used}");
        let before = [
            ("k/kustomization.yaml", root.as_str()),
            ("k/ingress.yaml", route),
            ("k/web.yaml", service),
        ];
        let after =
            ("k/kustomization.yaml", "resources: [ingress.yaml, https://example.org/web.yaml]\n");
        change(&before, &[after, before[1]])
    };
    assert_eq!(told("patches: [{path: web.yaml}]\n"), NONE);
    assert_eq!(told("# web.yaml\n"), ["removed-but-referenced k/ingress.yaml:5"]);
}

#[test]
fn a_script_of_a_role_is_none_of_a_workflow() {
    let files = [
        ("web/tasks/main.yml", "- name: a\n  script: create.sh {{ password }}\n"),
        ("web/files/create.sh", "#!/bin/sh\n"),
        ("web/defaults/main.yml", "password: x\n"),
    ];
    assert_eq!(check(&files), NONE);
}

//! Kustomize's own verdict on a root, in one change of it after another, and ours.

use crate::common::check;
use crate::oracle::{Change, Server, Verdict, answers, assert_agree};
use std::path::Path;
use std::process::Command;

const SERVER: Server = Server {
    fixture: "kustomize/oracle",
    is_installed: || answers("kubectl", "help") || answers("kustomize", "version"),
    test: |folder: &Path| {
        let build = "command -v kustomize >/dev/null && exec kustomize build overlays/live; \
                     exec kubectl kustomize overlays/live";
        let mut command = Command::new("sh");
        command.args(["-c", build]).current_dir(folder);
        command
    },
};

const BASE: &str = "base/kustomization.yaml";
const LIVE: &str = "overlays/live/kustomization.yaml";
const PATCH: &str = "overlays/live/replicas.yaml";

const REFUSED: &[Change] = &[
    (BASE, "deployment.yaml", "deploymnt.yaml"),
    (BASE, "- app.conf", "- ap.conf"),
    (BASE, "- app.env", "- ap.env"),
    (BASE, "- service.yaml", "- service.yaml\n  - service.yaml"),
    (LIVE, "../../base", "../../bse"),
    (LIVE, "ingress.yaml", "ingres.yaml"),
    (LIVE, "../../components/tls", "../../components/tsl"),
    (LIVE, "path: replicas.yaml", "path: replica.yaml"),
    (LIVE, "path: host.yaml", "path: hosts.yaml"),
    (LIVE, "- names.yaml", "- name.yaml"),
    (LIVE, "labels:", "lables:"),
    (PATCH, "name: web", "name: wbe"),
    (PATCH, "kind: Deployment", "kind: StatefulSet"),
    ("components/tls/kustomization.yaml", "path: tls.yaml", "path: tsl.yaml"),
];

const ACCEPTED: &[Change] = &[
    (BASE, "  - name: web-conf", "  - name: web-config"),
    (BASE, "  - service.yaml\n", ""),
    (LIVE, "labels:", "Labels:"),
    (LIVE, "kind: Kustomization", "kind: Kustomization\nsortOptions:\n  order: fifo"),
    (PATCH, "replicas: 3", "replicas: 0"),
    // A target that selects nothing is passed over.
    (LIVE, "      name: web", "      name: wbe"),
];

#[test]
fn kustomize_and_we_agree_on_what_it_refuses() {
    assert_agree(&SERVER, &[(Verdict::Refuses, REFUSED), (Verdict::Accepts, ACCEPTED)]);
}

#[test]
fn a_field_that_is_like_none_may_be_of_a_newer_version() {
    let told = |text: &str| check(&[("kustomization.yaml", text)]).to_string();
    assert!(told("resource: []\n").contains("error[unknown-parameter]"));
    assert!(told("shiny: []\n").contains("warning[unknown-parameter]"));
    assert_eq!(told("x-own: []\nresources: []\n"), "");
}

/// What `kustomize build` 5.5 says of the same roots.
#[test]
fn operations_of_patches_find_what_they_are_about() {
    let object = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: web\n        env: []\n";
    let said = |operation: &str, path: &str, more: &str| {
        let overlay = format!(
            "resources: [../../base]\n{more}patches:\n- target: {{kind: Deployment, name: web}}\n  patch: |-\n    - op: {operation}\n      path: /spec/template/spec/{path}\n      value: 1\n"
        );
        check(&[
            ("base/kustomization.yaml", "resources: [web.yaml]\n"),
            ("base/web.yaml", object),
            ("overlays/live/kustomization.yaml", &overlay),
        ])
        .to_string()
    };
    insta::assert_snapshot!(said("remove", "containers/0/livenessProbe", ""), @"overlays/live/kustomization.yaml:5:5: error[unresolved-reference] `remove` of `/spec/template/spec/containers/0/livenessProbe` cannot be done to `Deployment/web`, which has no `livenessProbe` there");
    for (operation, path) in [
        ("remove", "containers/1"),
        ("test", "hostNetwork"),
        ("replace", "containers/0/livenessProbe/periodSeconds"),
        ("replace", "containers/1"),
        ("add", "containers/0/resources/limits"),
        ("add", "volumes/-"),
        ("add", "containers/2"),
    ] {
        assert!(said(operation, path, "").contains("error["), "{operation} {path}");
    }
    for (operation, path) in [
        ("remove", "containers/0/env"),
        // It is added then.
        ("replace", "containers/0/livenessProbe"),
        ("replace", "containers/0/env"),
        ("add", "volumes"),
        ("add", "containers/-"),
        ("add", "containers/1"),
        ("add", "containers/0/env/-"),
        // Filled in before.
        ("remove", "${PART}"),
    ] {
        assert_eq!(said(operation, path, ""), "", "{operation} {path}");
    }
    // What another patch gives the object is there.
    let merged = "patchesStrategicMerge:\n- |-\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web}\n  spec: {template: {spec: {volumes: []}}}\n";
    assert_eq!(said("add", "volumes/-", merged), "");
    let longer = "patchesJson6902:\n- target: {kind: Deployment, name: web}\n  patch: |-\n    - op: add\n      path: /spec/template/spec/containers/-\n      value: {name: b}\n";
    assert_eq!(said("add", "containers/1/args", longer), "");
    // What is elsewhere may be called so too, and have more.
    let remote = "components: ['https://example.org/web']\n";
    assert_eq!(said("add", "volumes/-", remote), "");
}

#[test]
fn a_patch_in_a_file_is_for_each_object_that_its_target_selects() {
    let object = |name: &str, more: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  type: ClusterIP\n{more}"
        )
    };
    let both = format!("{}---\n{}", object("a", "  ports: []\n"), object("b", ""));
    let said = |patch: &str, target: &str| {
        let root = format!(
            "resources: [all.yaml]\npatches:\n- path: patch.yaml\n  target: {{{target}}}\n"
        );
        check(&[("kustomization.yaml", &root), ("all.yaml", &both), ("patch.yaml", patch)])
            .to_string()
    };
    let patch = "- op: remove\n  path: /spec/ports\n";
    insta::assert_snapshot!(said(patch, "kind: Service"), @"patch.yaml:2:9: error[unresolved-reference] `remove` of `/spec/ports` cannot be done to `Service/b`, which has no `ports` there");
    for target in
        ["kind: Service, name: a", "kind: Service, labelSelector: a=b", "kind: Deploymen.*"]
    {
        assert!(!said(patch, target).contains("remove"), "{target}");
    }
    // An operation before it, and what Kustomize adds itself.
    let twice = "- {op: add, path: /spec/ports, value: []}\n- {op: remove, path: /spec/ports}\n";
    assert_eq!(said(twice, "kind: Service"), "");
    assert_eq!(said("- {op: remove, path: /metadata/labels/a}\n", "kind: Service"), "");
}

#[test]
fn a_file_in_the_folder_of_a_chart_may_be_rendered_first() {
    let root = ("kustomization.yaml", "resources: [all.yaml]\n");
    assert!(check(&[root]).to_string().contains("error[unresolved-reference]"));
    assert_eq!(check(&[root, ("Chart.yaml", "name: web\nversion: 1.0.0\n")]).to_string(), "");
}

const WEB: &str =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {paused: false}\n";
const COMPONENT: &str = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";

#[test]
fn what_a_component_patches_is_in_a_root_that_has_it() {
    let part = |name: &str| {
        format!(
            "{COMPONENT}patches:\n- target: {{kind: Deployment, name: {name}}}\n  patch: |-\n    - {{op: add, path: /spec/replicas, value: 2}}\n"
        )
    };
    let root = "resources: [web.yaml]\ncomponents: [../part]\n";
    let api = WEB.replace("web", "api");
    let told = |name: &str, more: (&str, &str)| {
        check(&[
            ("one/web.yaml", WEB),
            ("one/kustomization.yaml", root),
            ("two/web.yaml", &api),
            ("two/kustomization.yaml", root),
            ("part/kustomization.yaml", &part(name)),
            more,
        ])
    };
    let none = ("README.md", "Web\n");
    assert_eq!(told("web", none), [""; 0]);
    assert_eq!(told("api", none), [""; 0]);
    assert_eq!(told("wbe", none), ["unresolved-reference part/kustomization.yaml:4"]);
    // A controller gives it to folders that have no root which says so.
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec:\n  path: ./three\n  components: [../part]\n";
    assert_eq!(told("wbe", ("flux.yaml", flux)), [""; 0]);
    // One that is not all in the tree may build it.
    let remote = (
        "four/kustomization.yaml",
        "resources: [https://example.org/a.yaml]\ncomponents: [../part]\n",
    );
    assert_eq!(told("wbe", remote), [""; 0]);
}

#[test]
fn replacements_in_a_file_of_their_own() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: domain}\ndata: {host: a}\n";
    let told = |source: &str| {
        let text = format!(
            "- source: {{kind: ConfigMap, name: {source}, fieldPath: data.host}}\n  targets:\n  - select: {{kind: Ingress}}\n    fieldPaths: [spec.rules.0.host]\n"
        );
        let root = "resources: [config.yaml]\nreplacements:\n- path: host.yaml\n";
        check(&[("k/config.yaml", config), ("k/kustomization.yaml", root), ("k/host.yaml", &text)])
    };
    assert_eq!(told("domain"), [""; 0]);
    assert_eq!(told("domian"), ["unresolved-reference k/kustomization.yaml:3"]);
}

#[test]
fn a_root_that_is_put_in_the_place_of_the_one_above() {
    let own = "resources: [parts/web/web.yaml]\n";
    let told = |above: &str| {
        check(&[
            ("a/parts/web/kustomization.yaml", own),
            ("a/parts/web/web.yaml", WEB),
            (above, "resources: []\n"),
        ])
    };
    assert!(!told("a/kustomization.yaml").to_string().contains("error["));
    assert!(told("b/kustomization.yaml").to_string().contains("error["));
}

#[test]
fn fields_that_replacements_fill_in() {
    let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: a, image: b, env: [{name: HOST, value: x}]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: domain}\ndata: {host: a}\n";
    let told = |source: &str, field: &str, more: &str| {
        let root = format!(
            "resources: [web.yaml]\nreplacements:\n- source: {{kind: ConfigMap, name: domain, fieldPath: {source}}}\n  targets:\n  - select: {{kind: Deployment, name: web}}\n    fieldPaths: ['{field}']\n{more}"
        );
        check(&[("k/web.yaml", web), ("k/kustomization.yaml", &root)])
    };
    let pod = "spec.template.spec";
    let env = |name: &str| format!("{pod}.containers.[name=a].env.[name={name}].value");
    assert_eq!(told("data.host", &env("HOST"), ""), [""; 0]);
    assert_eq!(
        told("data.host", &env("PORT"), ""),
        ["unresolved-reference k/kustomization.yaml:6"]
    );
    assert_eq!(
        told("data.hots", &env("HOST"), ""),
        ["unresolved-reference k/kustomization.yaml:3"]
    );
    let at = |field: &str, more: &str| told("data.host", &format!("{pod}.{field}"), more);
    for gone in ["containers.1.image", "volumes.0", "containers.[name=b].image"] {
        assert_eq!(at(gone, ""), ["unresolved-reference k/kustomization.yaml:6"], "{gone}");
    }
    // It may be made, and patches may give it.
    assert_eq!(at("volumes.0", "    options: {create: true}\n"), [""; 0]);
    let patch = "patches:\n- patch: |\n    kind: Deployment\n    apiVersion: apps/v1\n    metadata: {name: web}\n    spec: {template: {spec: {volumes: [{name: x}]}}}\n";
    assert_eq!(at("volumes.0", patch), [""; 0]);
    assert_eq!(at("containers.*.image", ""), [""; 0]);
    // A key with dots stands between brackets.
    let web = "apiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {a.b/c: d}}\n";
    let dotted = |key: &str| {
        let root = format!(
            "resources: [web.yaml]\nreplacements:\n- source: {{kind: Service, name: web, fieldPath: metadata.name}}\n  targets:\n  - select: {{kind: Service}}\n    fieldPaths: ['metadata.annotations.[{key}]']\n"
        );
        check(&[("k/web.yaml", web), ("k/kustomization.yaml", &root)])
    };
    assert_eq!(dotted("a.b/c"), [""; 0]);
}

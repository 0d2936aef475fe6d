//! Images and what is built and run with them: build contexts, files of Compose, and the
//! Makefiles and pipelines that call scripts of the tree.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn a_build_does_not_see_what_dockerignore_leaves_out() {
    let file = ("Dockerfile", "FROM node:20\nCOPY conf/app.yaml src /srv/\n");
    let files = [file, ("conf/app.yaml", "a: 1\n"), ("src/main.js", "1\n")];
    let with = |list| [files[0], files[1], files[2], (".dockerignore", list)];
    assert_snapshot!(
        check(&with("*.md\nconf\n")),
        @"Dockerfile:2:6: error[unresolved-reference] no build sees `conf/app.yaml`: `.dockerignore` leaves it out"
    );
    for list in ["*.md\n", "*\n!conf\n!src\n", "**/conf\n!conf/app.yaml\n", "conf/*.txt\n"] {
        assert_eq!(check(&with(list)), NONE, "{list}");
    }
    // That of the Dockerfile itself holds alone.
    let own = [
        files[0],
        files[1],
        files[2],
        (".dockerignore", "conf\n"),
        ("Dockerfile.dockerignore", "x\n"),
    ];
    assert_eq!(check(&own), NONE);
    // What is left of a context is copied, and a path may begin with its folder.
    let whole = ("Dockerfile", "FROM scratch\nCOPY . /srv\nCOPY ./src /srv\n");
    let source = ("src/main.c", "int main() {}\n");
    assert_eq!(check(&[whole, source, (".dockerignore", "*\n!src\n")]), NONE);
    // The list of another folder is another build's.
    let beside = [files[0], files[1], files[2], ("docs/.dockerignore", "*\n")];
    assert_eq!(check(&beside), NONE);
}

#[test]
fn a_service_is_built_from_a_dockerfile_of_its_folder() {
    let compose = |build: &str| format!("services:\n  web:\n    build: {build}\n");
    let web = ("web/main.py", "import sys\n");
    let plain = compose("./web");
    assert_snapshot!(
        check(&[("compose.yml", plain.as_str()), web]),
        @"compose.yml:3:12: error[unresolved-reference] file `web/Dockerfile` does not exist"
    );
    assert_eq!(check(&[("compose.yml", plain.as_str()), ("web/Dockerfile", "FROM a\n")]), NONE);
    // A folder that is not here may be checked out beside it.
    assert_eq!(check(&[("compose.yml", plain.as_str())]), NONE);
    for build in
        ["{context: web, dockerfile_inline: FROM a}", "https://example.org/x.git", "${DIR}"]
    {
        assert_eq!(check(&[("compose.yml", compose(build).as_str()), web]), NONE, "{build}");
    }
}

#[test]
fn what_a_service_binds_is_missed_when_it_goes() {
    let compose = (
        "compose.yml",
        "services:\n  web:\n    image: nginx\n    env_file: [web.env, {path: own.env, required: false}]\n    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro\n      - ./data:/data\n      - type: bind\n        source: ./site\n        target: /srv\n",
    );
    let files = [
        compose,
        ("web.env", "A=1\n"),
        ("own.env", "A=1\n"),
        ("nginx.conf", "events {}\n"),
        ("site/a.html", "a\n"),
    ];
    // What was never here is made when it runs.
    assert_eq!(check(&files[..1]), NONE);
    assert_snapshot!(change(&files, &files[..1]), @"
    compose.yml:4:16: error[removed-but-referenced] file `web.env` was removed but is still used
    compose.yml:6:9: error[removed-but-referenced] file `nginx.conf` was removed but is still used
    compose.yml:8:9: error[removed-but-referenced] file `site` was removed but is still used
    ");
}

#[test]
fn recipes_and_pipelines_miss_a_script_that_goes() {
    let files = [
        ("Makefile", "all:\n\t@./ci/gen.sh $(OUT)\n\tcd web && ./build.sh\n"),
        ("Jenkinsfile", "node {\n  sh \"./ci/gen.sh ${env.X}\"\n}\n"),
        ("ci/gen.sh", "#!/bin/sh\n"),
    ];
    assert_eq!(check(&files), NONE);
    assert_eq!(check(&files[..2]), NONE);
    assert_snapshot!(change(&files, &files[..2]), @"
    Jenkinsfile:2:7: error[removed-but-referenced] `ci/gen.sh` was removed, and `ci/gen.sh` is still run here
    Makefile:2:3: error[removed-but-referenced] `ci/gen.sh` was removed, and `ci/gen.sh` is still run here
    ");
}

#[test]
fn a_script_by_its_bare_name_is_told_where_it_moved_to() {
    let run = ("host/run.sh", "#!/bin/sh\n. setenv.sh\n");
    let old = [run, ("host/setenv.sh", "A=1\n"), ("base/Dockerfile", "FROM scratch\n")];
    let gone = change(&old, &[run, old[2]]).to_string();
    assert!(gone.contains("error[removed-but-referenced]"), "{gone}");
    let moved = change(&old, &[run, ("base/setenv.sh", "A=1\n"), old[2]]).to_string();
    assert!(moved.contains("[removed-but-referenced] `host/setenv.sh` was removed"), "{moved}");
}

#[test]
fn keys_that_stand_twice() {
    let twice = "services:\n  web:\n    image: a\n  web:\n    image: b\n";
    assert_snapshot!(
        check(&[("compose.yml", twice)]),
        @"compose.yml:4:3: error[duplicate-definition] `web` stands twice here"
    );
    let flow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: ls\n      env: {A: 1}\n      env: {B: 1}\n";
    assert_snapshot!(
        check(&[(".github/workflows/a.yml", flow)]),
        @".github/workflows/a.yml:8:7: error[duplicate-definition] `env` stands twice here"
    );
    let object =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: '1'\n  a: '2'\n";
    assert_snapshot!(
        check(&[("k8s/a.yaml", object)]),
        @"k8s/a.yaml:7:3: warning[duplicate-definition] `a` stands twice here"
    );
    let chart = ("charts/web/Chart.yaml", "name: web\nversion: 1.0.0\n");
    assert_snapshot!(
        check(&[chart, ("charts/web/values.yaml", "a: 1\nb: {a: 1}\na: 2\n")]),
        @"charts/web/values.yaml:3:1: warning[duplicate-definition] `a` stands twice here"
    );
    // One document after the other, merged keys, and what a template chooses from.
    let two = "a: &x {c: 1}\nb: {<<: *x}\n---\na: {d: 2}\n";
    assert_eq!(check(&[chart, ("charts/web/values.yaml", two)]), NONE);
    let chosen = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n{{- if .Values.a }}\n  a: '1'\n{{- else }}\n  a: '2'\n{{- end }}\n";
    let values = ("charts/web/values.yaml", "a: 1\n");
    assert_eq!(check(&[chart, values, ("charts/web/templates/a.yaml", chosen)]), NONE);
}

#[test]
fn what_others_take_services_from_names_networks_of_theirs() {
    let shared = "services:\n  app:\n    image: a\n    networks: [inner]\n";
    let told = |file: &str| {
        let own = format!(
            "services:\n  web:\n    extends:\n      service: app\n      file: {file}\nnetworks:\n  inner: {{}}\n"
        );
        check(&[("web/compose.yml", own.as_str()), ("shared/compose.yml", shared)])
    };
    assert_eq!(told("../shared/compose.yml"), NONE);
    assert_eq!(told("${ROOT}/shared/compose.yml"), NONE);
    assert_eq!(told("${ROOT}/other/compose.yml"), ["unresolved-reference shared/compose.yml:4"]);
}

#[test]
fn keys_that_stand_twice_where_kustomize_reads_them() {
    let object =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: '1'\n  a: '2'\n";
    let told =
        |root: &str| check(&[("k8s/a.yaml", object), ("k8s/kustomization.yaml", root)]).to_string();
    assert!(told("resources: [a.yaml]\n").contains("a.yaml:7:3: error[duplicate-definition]"));
    let twice =
        object.replace("  name: a\n", "  name: a\n  annotations: {b: c}\n  annotations: {b: d}\n");
    let twice = twice.replace("  a: '2'\n", "");
    let noted =
        check(&[("k8s/a.yaml", &twice), ("k8s/kustomization.yaml", "resources: [a.yaml]\n")]);
    assert!(noted.to_string().contains("a.yaml:6:3: warning[duplicate-definition]"), "{noted}");
    // A patch may say a key twice.
    let patch = told("resources: []\npatches: [{path: a.yaml, target: {kind: Deployment}}]\n");
    assert!(patch.contains("a.yaml:7:3: warning[duplicate-definition]"), "{patch}");
}

//! What roots of Kustomize build, patches and all, and what that lacks.

use crate::common::{change, check};

const ROOT: &str = "resources: [web.yaml, service.yaml]\nconfigMapGenerator:\n- name: web-env\n  literals: [LEVEL=info]\n";
const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - name: web\n        image: example.org/shop/web\n        ports:\n        - {name: http, containerPort: 80}\n        env:\n        - name: LEVEL\n          valueFrom: {configMapKeyRef: {name: web-env, key: LEVEL}}\n        volumeMounts:\n        - {name: tmp, mountPath: /tmp}\n      volumes:\n      - {name: tmp, emptyDir: {}}\n";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {app: web}\nspec:\n  selector: {app: web}\n  ports:\n  - {name: http, port: 80, targetPort: http}\n";

/// What is said of an overlay of the root above, with a patch in a file beside it.
fn overlay(more: &str, patch: &str) -> String {
    let root = format!("resources: [../../base]\n{more}");
    let files = [
        ("base/kustomization.yaml", ROOT),
        ("base/web.yaml", WEB),
        ("base/service.yaml", SERVICE),
        ("overlays/live/kustomization.yaml", root.as_str()),
        ("overlays/live/patch.yaml", patch),
    ];
    check(&files).to_string()
}

/// A patch of the Deployment.
fn pods(spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n{spec}"
    )
}

const PATCHED: &str = "patches:\n- path: patch.yaml\n";

#[test]
fn images_and_replicas_are_for_what_the_root_builds() {
    let images = |name: &str| overlay(&format!("images:\n- name: {name}\n  newTag: v2\n"), "");
    assert_eq!(images("example.org/shop/web"), "");
    insta::assert_snapshot!(images("example.org/web"), @"overlays/live/kustomization.yaml:3:9: warning[unresolved-reference] no container that `overlays/live` builds has the image `example.org/web`");
    let replicas = |name: &str| overlay(&format!("replicas:\n- name: {name}\n  count: 2\n"), "");
    assert_eq!(replicas("web"), "");
    insta::assert_snapshot!(replicas("wbe"), @"overlays/live/kustomization.yaml:3:9: error[unresolved-reference] nothing that `overlays/live` builds has replicas and is called `wbe`");
    // What is elsewhere may have both.
    let remote = "components: ['https://example.org/more']\nimages:\n- name: other\n  newTag: v2\n";
    assert_eq!(overlay(remote, ""), "");
    // A name that a base has given is there.
    let renamed = "images:\n- name: example.org/shop/web\n  newName: example.org/web\n- name: example.org/web\n  newTag: v2\n";
    assert_eq!(overlay(renamed, ""), "");
}

#[test]
fn a_patch_names_containers_and_volumes_that_are_there() {
    let of = |name: &str, mount: &str| {
        overlay(
            PATCHED,
            &pods(&format!(
                "      containers:\n      - name: {name}\n        volumeMounts:\n        - {{name: {mount}, mountPath: /data}}\n"
            )),
        )
    };
    assert_eq!(of("web", "tmp"), "");
    insta::assert_snapshot!(of("api", "tmp"), @"overlays/live/patch.yaml:9:15: error[unresolved-reference] `Deployment/web` has no container `api`, and this adds one without an image");
    insta::assert_snapshot!(of("web", "temp"), @"overlays/live/patch.yaml:11:18: error[unresolved-reference] `Deployment/web` has no volume `temp` in what `overlays/live` builds");
    // One that is whole is another container.
    let whole = pods("      containers:\n      - {name: api, image: api}\n");
    assert_eq!(overlay(PATCHED, &whole), "");
    // What a target selects, whatever the patch calls it.
    let any = pods("      nodeSelector: {disk: ssd}\n").replace("name: web", "name: any");
    let target = "patches:\n- path: patch.yaml\n  target: {kind: Deployment, name: web}\n";
    assert_eq!(overlay(target, &any), "");
}

#[test]
fn operations_are_done_one_after_another() {
    let steps = |text: &str| {
        overlay(
            "patches:\n- path: patch.yaml\n  target: {kind: Deployment, name: web}\n",
            &format!("{text}  value: 1\n"),
        )
    };
    let at = "/spec/template/spec/containers";
    insta::assert_snapshot!(steps(&format!("- op: replace\n  path: {at}/1/args/0\n")), @"overlays/live/patch.yaml:2:9: error[unresolved-reference] `replace` of `/spec/template/spec/containers/1/args/0` cannot be done to `Deployment/web`, which has no `containers/1` there");
    let both = format!(
        "- op: add\n  path: {at}/-\n  value: {{name: a, image: a, args: [b]}}\n- op: replace\n  path: {at}/1/args/0\n"
    );
    assert_eq!(steps(&both), "");
}

#[test]
fn keys_are_those_of_the_same_root() {
    let root = |own: &str| format!("resources: [../../base]\n{own}");
    let merged =
        "configMapGenerator:\n- name: web-env\n  behavior: merge\n  literals: [LEVEL=debug]\n";
    let of = |base: &str, live: &str| {
        check(&[
            ("base/kustomization.yaml", base),
            ("base/web.yaml", WEB),
            ("base/service.yaml", SERVICE),
            ("overlays/test/kustomization.yaml", &root(merged)),
            ("overlays/live/kustomization.yaml", &root(live)),
        ])
        .to_string()
    };
    assert_eq!(of(ROOT, ""), "");
    let renamed = ROOT.replace("LEVEL", "LOG_LEVEL");
    insta::assert_snapshot!(of(&renamed, ""), @"base/web.yaml:17:61: error[unresolved-reference] `ConfigMap/web-env` has no key `LEVEL` in what `overlays/live` builds");
    assert_eq!(of(&renamed, merged), "");
}

#[test]
fn what_a_root_does_not_build_any_more_is_missed() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web-keys\nstringData: {a: b}\n";
    let web = WEB.replace(
        "{configMapKeyRef: {name: web-env, key: LEVEL}}",
        "{secretKeyRef: {name: web-keys, key: a}}",
    );
    let of = |list: &str| {
        [
            (
                "live/kustomization.yaml".to_owned(),
                format!("namespace: web\nresources: [{list}]\n"),
            ),
            ("live/web.yaml".to_owned(), web.clone()),
            ("live/keys.yaml".to_owned(), secret.to_owned()),
        ]
    };
    let told = |old: &str, new: &str| {
        let (old, new) = (of(old), of(new));
        let old: Vec<(&str, &str)> = old.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let new: Vec<(&str, &str)> = new.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        change(&old, &new).to_string()
    };
    insta::assert_snapshot!(told("web.yaml, keys.yaml", "web.yaml"), @"live/web.yaml:17:44: warning[removed-but-referenced] what `live` builds names `Secret/web-keys`, which it does not build any more");
    assert_eq!(told("web.yaml", "web.yaml"), "");
}

#[test]
fn a_single_file_that_is_mounted_is_a_key() {
    let root = |file: &str| {
        format!("resources: [web.yaml]\nconfigMapGenerator:\n- name: conf\n  files: [{file}]\n")
    };
    let web = WEB
        .replace("{name: tmp, mountPath: /tmp}", "{name: tmp, mountPath: /etc/a.conf, subPath: a.conf}")
        .replace("emptyDir: {}", "configMap: {name: conf}")
        .replace("        env:\n        - name: LEVEL\n          valueFrom: {configMapKeyRef: {name: web-env, key: LEVEL}}\n", "");
    let of = |file: &str| {
        check(&[("kustomization.yaml", &root(file)), ("web.yaml", &web), (file, "")]).to_string()
    };
    assert_eq!(of("a.conf"), "");
    insta::assert_snapshot!(of("b.conf"), @"web.yaml:16:56: error[unresolved-reference] key `ConfigMap/conf#a.conf` does not exist");
}

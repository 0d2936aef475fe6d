//! Promotions within one tree: what pairs, what is said of it, and what pairs with nothing.

use crate::common::{crosscheck, report, told, tree};
use insta::assert_snapshot;
use serde_json::json;

const PROMOTE: [&str; 5] = ["promote", "--staging", ".", "--production", "."];

const ISSUERS: [(&str, &str); 6] = [
    (
        "apps/ca-staging/issuer.yaml",
        "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata:\n  name: ca-staging\nspec:\n  acme: {}\n",
    ),
    ("apps/ca-staging/kustomization.yaml", "resources: [issuer.yaml]\n"),
    (
        "apps/ca-production/issuer.yaml",
        "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata:\n  name: ca-production\nspec:\n  acme: {}\n",
    ),
    ("apps/ca-production/kustomization.yaml", "resources: [issuer.yaml]\n"),
    (
        "certs/web.yaml",
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata:\n  name: web\nspec:\n  secretName: web\n  issuerRef:\n    name: ca-production\n    kind: ClusterIssuer\n",
    ),
    ("certs/kustomization.yaml", "resources: [web.yaml]\n"),
];

#[test]
fn objects_beside_each_other_are_no_environments() {
    let dir = tree(&ISSUERS);
    let done = crosscheck(dir.path(), &PROMOTE);
    assert_eq!(done.status.code(), Some(3), "{done:?}");
    assert_snapshot!(String::from_utf8_lossy(&done.stderr), @"crosscheck: nothing in . pairs with another environment: `mapping` in crosscheck.yaml says which folders and files correspond, and `crosscheck init --print` proposes pairs");
    let written = told(dir.path(), &["init", "--print"]);
    let mapping = written.split("# Things").next().unwrap_or_default();
    let mapping = mapping.split_once("mapping:").map_or("", |(_, own)| own);
    assert!(mapping.contains("#- staging: apps/ca-staging/*"), "{written}");
    // A folder of the same form that holds an environment.
    let more = [
        ("apps/ca-staging/web.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"),
        ("apps/ca-production/web.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"),
    ];
    let dir = tree(&[&ISSUERS[..], &more].concat());
    let written = told(dir.path(), &["init", "--print"]);
    assert!(written.contains("\n- staging: apps/ca-staging/"), "{written}");
}

#[test]
fn files_that_one_list_takes_in_are_no_environments() {
    let issuer = |name: &str| {
        format!("apiVersion: cert-manager.io/v1\nkind: Issuer\nmetadata:\n  name: {name}\n")
    };
    let (staging, production) = (issuer("ca-staging"), issuer("ca-production"));
    let files = |list: &'static str| {
        tree(&[
            ("c/issuer-staging.yaml", staging.as_str()),
            ("c/issuer-prod.yaml", production.as_str()),
            ("c/kustomization.yaml", list),
        ])
    };
    let said = |list| told(files(list).path(), &["init", "--print"]);
    assert!(
        said("resources: [issuer-staging.yaml, issuer-prod.yaml]\n").contains("#- staging: c/")
    );
    assert!(said("resources: [issuer-prod.yaml]\n").contains("\n- staging: c/"));
}

#[test]
fn what_is_called_for_its_environment_was_not_renamed() {
    let config = (
        "crosscheck.yaml",
        "version: 1\nmapping:\n- staging: apps/ca-staging/**\n  production: apps/ca-production/**\n",
    );
    let dir = tree(&[&ISSUERS[..], &[config]].concat());
    let found = report(dir.path(), &PROMOTE);
    let own = &found["findings"][0];
    assert_eq!(own["rule"], "removed-but-referenced", "{found}");
    assert_eq!(own["fix"], json!(null), "{found}");
    assert!(!own["help"].as_str().is_some_and(|help| help.contains("renamed")), "{found}");
}

#[test]
fn the_step_is_said_and_paths_are_those_of_the_files() {
    let class = "class profile::web (\n  $url = lookup('profile::web::url'),\n) {\n}\n";
    let dir = tree(&[
        ("environments/dev/modules/profile/manifests/web.pp", class),
        ("environments/dev/data/web.yaml", "profile::web::url: a\n"),
        (
            "environments/production/modules/profile/manifests/web.pp",
            "class profile::web (\n) {\n}\n",
        ),
        ("environments/production/data/web.yaml", "profile::web::port: 1\n"),
    ]);
    let path = "environments/dev/modules";
    let found = report(dir.path(), &[&PROMOTE[..], &[path]].concat());
    assert_eq!(
        found["summary"]["promotes"],
        json!([{"from": "environments/dev/", "to": "environments/production/"}])
    );
    let related = &found["findings"][0]["related"][0];
    assert_eq!(
        (&related["tree"], &related["path"]),
        (&json!("staging"), &json!("environments/dev/data/web.yaml")),
        "{found}"
    );
    let said = told(dir.path(), &[&PROMOTE[..], &[path]].concat());
    assert!(said.contains("[environments/dev/data/web.yaml:1:1]"), "{said}");
    assert!(said.contains("\npromotes environments/dev/ to environments/production/\n"), "{said}");
}

#[test]
fn what_pairs_with_nothing_is_not_complete() {
    let files = [
        ("stage/a/main.tf", "variable \"a\" {}\n"),
        ("test/a/main.tf", "variable \"a\" {}\n"),
        ("README.md", "x\n"),
    ];
    let dir = tree(&files);
    let ended = |paths: &[&str]| {
        let done = crosscheck(dir.path(), &[&PROMOTE[..], paths].concat());
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    assert_eq!(ended(&["test/a"]).0, Some(0));
    for path in ["stage/a", "README.md"] {
        let (code, said) = ended(&[path]);
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains(&format!("nothing pairs with `{path}`")), "{said}");
    }
    assert_eq!(ended(&["nowhere"]).0, Some(2));
    let dir = tree(&[("site.yml", "- hosts: all\n")]);
    let done = crosscheck(dir.path(), &PROMOTE);
    assert_eq!(done.status.code(), Some(3), "{done:?}");
}

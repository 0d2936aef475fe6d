//! Flux, Argo CD and what is built beside their folders: components, stores, what units write, each
//! beside what must stay silent.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

const ROOT: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nresources: []\n";
const PART: &str = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";

/// An object of Flux that applies a folder of the tree that it lies in.
fn applied(path: &str, more: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: web\nspec:\n  path: {path}\n  sourceRef: {{kind: GitRepository, name: flux-system}}\n{more}"
    )
}

const SYNC: (&str, &str) = (
    "clusters/one/flux-system/gotk-sync.yaml",
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: flux-system\nspec:\n  path: ./clusters/one\n  sourceRef: {kind: GitRepository, name: flux-system}\n",
);

#[test]
fn components_count_from_the_folder_that_they_are_built_with() {
    let found = |more: &str| {
        let own = applied("./apps/web", more);
        let tls = ("parts/tls/kustomization.yaml", PART);
        check(&[SYNC, ("clusters/one/web.yaml", &own), ("apps/web/kustomization.yaml", ROOT), tls])
    };
    assert_snapshot!(found("  components:\n  - ../../parts/tls\n  - ../../../parts/tls\n  - ../../parts/backup\n"), @"clusters/one/web.yaml:11:5: error[unresolved-reference] folder `parts/backup` does not exist");
    assert_eq!(found("  components: [../../parts/tls]\n"), NONE);
    assert_eq!(found("  components: [\"../../parts/${KIND}\"]\n"), NONE);
    assert_eq!(found("  ignoreMissingComponents: true\n  components: [../../parts/gone]\n"), NONE);
    // Which repository another source is, the tree does not say.
    let own = applied("./any", "  components: [../gone]\n").replace("flux-system", "team");
    assert_eq!(check(&[SYNC, ("clusters/one/web.yaml", &own)]), NONE);
}

#[test]
fn applications_of_an_address_that_a_plugin_fills_in() {
    let app = |name: &str, more: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}}}\nspec:\n  source:\n    repoURL: https://git.<path:secret/data/lab#domain>/own/lab\n    path: apps/{name}\n{more}"
        )
    };
    let mut files: Vec<(String, String)> = Vec::new();
    for name in ["one", "two", "three", "five", "six", "seven"] {
        files.push((format!("apps/{name}/kustomization.yaml"), ROOT.to_owned()));
        files.push((format!("argo/{name}.yaml"), app(name, "")));
    }
    files.push(("argo/four.yaml".to_owned(), app("four", "")));
    let parts = "    kustomize:\n      components: [../gone]\n";
    files.push(("argo/one.yaml".to_owned(), app("one", parts)));
    let all: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_snapshot!(check(&all), @r"
    argo/four.yaml:7:11: error[unresolved-reference] folder `apps/four` does not exist
    argo/one.yaml:9:20: error[unresolved-reference] folder `apps/gone` does not exist
    ");
    let example: Vec<(&str, String)> = files
        .iter()
        .map(|(path, text)| {
            (path.as_str(), text.replace("<path:secret/data/lab#domain>", "<HOST>"))
        })
        .collect();
    let example: Vec<_> = example.iter().map(|(path, text)| (*path, text.as_str())).collect();
    assert_eq!(check(&example), NONE);
}

#[test]
fn stores_and_issuers_that_a_cluster_has_one_of() {
    let store = (
        "stores/vault.yaml",
        "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata:\n  name: vault-backend\n",
    );
    let secret = |kind: &str, name: &str| {
        format!(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: web\nspec:\n  secretStoreRef:\n    {kind}name: {name}\n"
        )
    };
    let (old, new) = (
        secret("kind: ClusterSecretStore\n    ", "vault-backend"),
        "kind: ClusterSecretStore\n    ",
    );
    let web = |text: &str| {
        change(&[store, ("web/a.yaml", &old)], &[store, ("web/a.yaml", &old), ("web/b.yaml", text)])
    };
    assert_snapshot!(web(&secret(new, "vault")), @"web/b.yaml:8:11: warning[unresolved-reference] nothing in this tree provides object `ClusterSecretStore/vault`, and this change is the first to refer to `ClusterSecretStore/vault`");
    assert_eq!(web(&secret(new, "vault-backend")), NONE);
    assert_eq!(web(&secret(new, "${STORE}")), NONE);
    // One of a namespace is another kind, of which none is here.
    assert_eq!(web(&secret("", "vault")), NONE);
    let issuer = (
        "issuers/main.yaml",
        "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata:\n  name: letsencrypt\n",
    );
    let certificate = |kind: &str, name: &str| {
        format!(
            "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata:\n  name: web\nspec:\n  secretName: web-tls\n  issuerRef:\n    kind: {kind}\n    name: {name}\n"
        )
    };
    let issued = |kind: &str, name: &str| {
        let old = certificate("ClusterIssuer", "letsencrypt");
        let old = [issuer, ("old/a.yaml", old.as_str())];
        change(&old, &[old[0], old[1], ("web/a.yaml", &certificate(kind, name))])
    };
    assert_snapshot!(issued("ClusterIssuer", "letsencrypt-prod"), @"web/a.yaml:9:11: warning[unresolved-reference] nothing in this tree provides object `ClusterIssuer/letsencrypt-prod`, and this change is the first to refer to `ClusterIssuer/letsencrypt-prod`");
    assert_eq!(issued("ClusterIssuer", "letsencrypt"), NONE);
    assert_eq!(issued("OriginIssuer", "any"), NONE);
}

#[test]
fn a_root_that_says_nothing_builds_nothing() {
    let all = |inner: &str| {
        let outer = "apiVersion: kustomize.config.k8s.io/v1beta1\nresources: [./web]\n";
        check(&[("apps/kustomization.yaml", outer), ("apps/web/kustomization.yaml", inner)])
    };
    assert_snapshot!(all(""), @"apps/kustomization.yaml:2:13: error[unresolved-reference] kustomization `apps/web` does not exist");
    assert_eq!(all(ROOT), NONE);
    assert_eq!(check(&[("apps/web/kustomization.yaml", "")]), NONE);
}

#[test]
fn what_units_write_beside_modules_is_known_by_name() {
    let module = "variable \"name\" {}\n\nlocals {\n  all = [var.name, local.host, var.region, data.aws_region.own.name, var.gone]\n}\n\noutput \"all\" {\n  value = local.all\n}\n";
    let root = "generate \"common\" {\n  path     = \"common.tf\"\n  contents = <<EOF\nvariable \"region\" {}\n\nlocals {\n  host = \"${local.host}\"\n}\n\ndata \"aws_region\" \"own\" {}\nEOF\n}\n";
    let unit = (
        "live/web/terragrunt.hcl",
        "include {\n  path = find_in_parent_folders(\"root.hcl\")\n}\n\nterraform {\n  source = \"../../modules//web\"\n}\n",
    );
    let found =
        |root: &str| check(&[("live/root.hcl", root), unit, ("modules/web/main.tf", module)]);
    assert_snapshot!(found(root), @"modules/web/main.tf:4:70: error[unresolved-reference] variable `modules/web/gone` does not exist");
    // What a template or a condition writes may be any name.
    assert_eq!(
        found(&root.replace("<<EOF", "templatefile(\"a\", {})\n}\n/*").replace("EOF\n}\n", "*/\n")),
        NONE
    );
    let one = "data \"aws_region\" \"own\" {}\n";
    assert_eq!(found(&root.replace(one, &format!("%{{ if true }}\n{one}%{{ endif }}\n"))), NONE);
}

#[test]
fn what_a_job_copies_into_a_folder_of_its_own_completes_no_module() {
    let module = (
        "main.tf",
        "variable \"name\" {}\n\noutput \"all\" {\n  value = [var.name, var.gone]\n}\n",
    );
    let job = |script: &str| {
        let text = format!("check:\n  script:\n{script}    - terraform plan\n");
        check(&[module, (".gitlab-ci.yml", &text)])
    };
    assert_snapshot!(job("    - mkdir work\n    - cd work\n    - cp ../*.tf .\n"), @"main.tf:4:22: error[unresolved-reference] variable `gone` does not exist");
    assert_eq!(job("    - cd work\n    - cp ../*.tf .\n"), NONE);
    assert_eq!(job("    - mkdir work\n    - cp shared/*.tf .\n"), NONE);
}

#[test]
fn a_name_that_an_alias_stands_for() {
    let secret = |name: &str| {
        format!(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: &name {name}\nspec:\n  target:\n    name: *name\n"
        )
    };
    let release = |name: &str| {
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: &app {name}\nspec:\n  values:\n    envFrom:\n    - secretRef:\n        name: *app\n"
        )
    };
    let mut files: Vec<(String, String)> = Vec::new();
    for name in ["one", "two", "three"] {
        files.push((format!("{name}/secret.yaml"), secret(name)));
        files.push((format!("{name}/release.yaml"), release(name)));
    }
    let with = |more: &[(&str, String)]| {
        let old: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let mut new = old.clone();
        new.extend(more.iter().map(|(path, text)| (*path, text.as_str())));
        change(&old, &new)
    };
    assert_snapshot!(with(&[("four/release.yaml", release("four"))]), @"four/release.yaml:9:15: warning[unresolved-reference] nothing in this tree provides object `Secret/four`, and this change is the first to refer to `Secret/four`");
    let both = [("four/release.yaml", release("four")), ("four/secret.yaml", secret("four"))];
    assert_eq!(with(&both), NONE);
    assert_eq!(with(&[("four/release.yaml", release("${APP}"))]), NONE);
    // A ConfigMap that is called by an alias has its keys.
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  labels: {app: &app web}\ndata: {a: b}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: {app: &app own}\n  name: *app\ndata: {a: b}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - image: web\n    env:\n    - {name: A, valueFrom: {configMapKeyRef: {name: own, key: a}}}\n";
    assert_eq!(check(&[("web.yaml", map)]), NONE);
}

#[test]
fn a_file_of_terraform_0_11_is_read_past_what_only_that_takes() {
    let main = "variable \"name\" {}\n\nresource \"google_compute_instance\" \"own\" {\n  name = \"${var.name}\"\n  zone = \"a\"\n  zone = \"b\"\n  metadata {\n    \"block-keys\" = \"true\",\n    size = \"${var.gone}\"\n  }\n}\n";
    assert_snapshot!(check(&[("main.tf", main)]), @"main.tf:9:15: error[unresolved-reference] variable `gone` does not exist");
    // What is written for a newer one is refused by it.
    let newer = main.replace("\"${var.name}\"", "var.name");
    assert_snapshot!(check(&[("main.tf", &newer)]), @"main.tf:6:3: error[parse-error] not valid HCL: invalid attribute; expected unique attribute key; found redefined attribute");
}

//! Environments side by side in one tree: changes that promote a part of what belongs together, and
//! files of variables of which one lacks what the others set.

use crate::common::{change, check, told, tree};
use insta::assert_snapshot;
use std::path::Path;
use std::process::Command;

const KUSTOMIZATION: &str = "resources:\n- ../../base\n";

#[test]
fn a_variable_that_stayed_behind_is_a_gap() {
    let dev = [
        ("ns/web-dev/main.tf", "module \"a\" {\n  source = \"x\"\n  cluster = var.cluster\n}\n"),
        ("ns/web-dev/variables.tf", "variable \"cluster\" {}\n"),
        ("ns/web-preprod/variables.tf", "variable \"team\" {}\n"),
    ];
    let promoted = ("ns/web-preprod/main.tf", dev[0].1);
    let new = [dev[0], dev[1], dev[2], promoted];
    assert_snapshot!(change(&dev, &new).only("environment-gap"), @r"
    ns/web-preprod/main.tf:3:13: error[environment-gap] variable `ns/web-preprod/cluster` does not exist; dev has it in ns/web-dev/variables.tf
    ");
    // What stood before is not the change's.
    let more = (
        "ns/web-preprod/main.tf",
        "module \"a\" {\n  source = \"x\"\n  cluster = var.cluster\n}\n\n",
    );
    let standing = change(&new, &[dev[0], dev[1], dev[2], more]);
    assert!(standing.is_empty(), "{standing}");
}

#[test]
fn a_patch_that_stayed_behind_is_a_missed_promotion() {
    let old = [
        ("k/base/kustomization.yaml", "resources: []\n"),
        ("k/overlays/stage/kustomization.yaml", "resources:\n- ../../base\n- pdb.yaml\n"),
        ("k/overlays/stage/pdb.yaml", "apiVersion: v1\nkind: A\nmetadata: {name: a}\n"),
        ("k/overlays/prod/kustomization.yaml", KUSTOMIZATION),
    ];
    let mut new = old;
    new[3].1 = old[1].1;
    assert_snapshot!(change(&old, &new), @r"
    k/overlays/prod/kustomization.yaml:3:3: error[missed-promotion] file `k/overlays/prod/pdb.yaml` does not exist; staging has k/overlays/stage/pdb.yaml
    ");
}

#[test]
fn what_shared_text_begins_to_read_is_set_in_all_environments() {
    let page = |more: &str| format!("kind: ConfigMap\ndata:\n  a: {{{{ .Values.a }}}}\n{more}");
    let (before, after) = (page(""), page("  t: {{ required \"t\" .Values.ttl }}\n"));
    let helmfile =
        "releases:\n- name: web\n  chart: ./c\n  values: [c/values-{{ .Environment.Name }}.yaml]\n";
    let files = |page: &'static str, staging: &'static str, production: &'static str| {
        [
            ("c/Chart.yaml", "name: c\nversion: 1.0.0\napiVersion: v2\n"),
            ("helmfile.yaml", helmfile),
            ("c/templates/page.yaml", page),
            ("c/values-staging.yaml", staging),
            ("c/values-production.yaml", production),
        ]
    };
    let (before, after): (&'static str, &'static str) = (&*before.leak(), &*after.leak());
    let old = files(before, "a: 1\n", "a: 1\n");
    let said = |new: [(&'static str, &'static str); 5]| change(&old, &new).only("environment-gap");
    assert_snapshot!(said(files(after, "a: 1\nttl: 2\n", "a: 1\n")), @"c/templates/page.yaml:4:22: warning[environment-gap] `ttl` is set in c/values-staging.yaml and not in c/values-production.yaml");
    assert_snapshot!(said(files(after, "a: 1\n", "a: 1\nttl: 2\n")), @"c/templates/page.yaml:4:22: warning[environment-gap] `ttl` is set in c/values-production.yaml and not in c/values-staging.yaml");
    // Both, and nothing that needs it.
    assert_snapshot!(said(files(after, "a: 1\nttl: 2\n", "a: 1\nttl: 3\n")), @"");
    assert_snapshot!(said(files(before, "a: 1\nttl: 2\n", "a: 1\n")), @"");
    let guarded = page("  t: {{ .Values.ttl | default 5 }}\n").leak() as &'static str;
    assert_snapshot!(said(files(guarded, "a: 1\nttl: 2\n", "a: 1\n")), @"");
}

#[test]
fn keys_of_an_object_that_overlays_make_are_in_all_of_them() {
    let pod = |key: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n  - name: web\n    image: web\n    env:\n    - name: A\n      valueFrom:\n        configMapKeyRef: {{name: web, key: {key}}}\n"
        )
    };
    let overlay = |more: &str| {
        format!(
            "resources: [../../base]\nconfigMapGenerator:\n- name: web\n  literals: [port=1{more}]\n"
        )
    };
    let (before, after) = (pod("port"), pod("ttl"));
    let (bare, full) = (overlay(""), overlay(", ttl=2"));
    let files = |pod: &str, staging: &str, production: &str| {
        [
            ("k/base/kustomization.yaml", "resources: [pod.yaml]\n".to_owned()),
            ("k/base/pod.yaml", pod.to_owned()),
            ("k/overlays/staging/kustomization.yaml", staging.to_owned()),
            ("k/overlays/production/kustomization.yaml", production.to_owned()),
        ]
    };
    let said = |new: [(&str, String); 4]| {
        let old = files(&before, &bare, &bare);
        let old: Vec<(&str, &str)> = old.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let new: Vec<(&str, &str)> = new.iter().map(|(a, b)| (*a, b.as_str())).collect();
        change(&old, &new).to_string()
    };
    assert_snapshot!(said(files(&after, &full, &bare)), @"k/base/pod.yaml:11:43: error[unresolved-reference] `ConfigMap/web` has no key `ttl` in what `k/overlays/production` builds");
    assert_eq!(said(files(&after, &full, &full)), "");
    assert_eq!(said(files(&before, &full, &bare)), "");
}

#[test]
fn variables_that_a_template_begins_to_read_are_set_in_all_groups() {
    let files = |template: &'static str, staging: &'static str, production: &'static str| {
        [
            ("site.yml", "- hosts: web:web_stg\n  roles: [web]\n"),
            ("roles/web/tasks/main.yml", "- template: {src: a.j2, dest: /etc/a}\n"),
            ("roles/web/templates/a.j2", template),
            ("group_vars/web_stg", staging),
            ("group_vars/web", production),
        ]
    };
    let old = files("{{ web_port }}\n", "web_port: 1\n", "web_port: 2\n");
    let new = "{{ web_port }} {{ web_proxy }}\n";
    let said = |new: [(&'static str, &'static str); 5]| change(&old, &new).only("environment-gap");
    assert_snapshot!(said(files(new, "web_port: 1\nweb_proxy: x\n", "web_port: 2\n")), @"roles/web/templates/a.j2:1:19: warning[environment-gap] `web_proxy` is set in group_vars/web_stg and not in group_vars/web");
    assert_snapshot!(said(files(new, "web_port: 1\nweb_proxy: x\n", "web_port: 2\nweb_proxy: y\n")), @"");
    let known = "{{ web_port }} {{ web_proxy | default('') }}\n";
    assert_snapshot!(said(files(known, "web_port: 1\nweb_proxy: x\n", "web_port: 2\n")), @"");
}

#[test]
fn what_one_environment_begins_to_set_the_others_lack_still() {
    let files = |template: &'static str, staging: &'static str, production: &'static str| {
        [
            ("site.yml", "- hosts: web:web_stg\n  roles: [web]\n"),
            ("roles/web/tasks/main.yml", "- template: {src: a.j2, dest: /etc/a}\n"),
            ("roles/web/templates/a.j2", template),
            ("group_vars/web_stg", staging),
            ("group_vars/web", production),
        ]
    };
    let text = "{{ web_port }} {{ web_proxy }}\n";
    let set = "web_port: 1\nweb_proxy: x\n";
    let said = |text: &'static str, new: [(&'static str, &'static str); 5]| {
        change(&files(text, "web_port: 1\n", "web_port: 2\n"), &new).only("environment-gap")
    };
    assert_snapshot!(said(text, files(text, set, "web_port: 2\n")), @"group_vars/web_stg:2:1: warning[environment-gap] `web_proxy` is set in group_vars/web_stg and not in group_vars/web");
    // Both, one that nothing reads, one that the template does without, and one for staging.
    assert_snapshot!(said(text, files(text, set, "web_port: 2\nweb_proxy: y\n")), @"");
    let own = "{{ web_port }} {{ stg_proxy }}\n";
    let set_own = "web_port: 1\nstg_proxy: x\n";
    assert_snapshot!(said(own, files(own, set_own, "web_port: 2\n")), @"");
    let unread = "{{ web_port }}\n";
    assert_snapshot!(said(unread, files(unread, set, "web_port: 2\n")), @"");
    let known = "{{ web_port }} {{ web_proxy | default('') }}\n";
    assert_snapshot!(said(known, files(known, set, "web_port: 2\n")), @"");
}

#[test]
fn what_came_in_the_same_change_is_promoted_together() {
    let old = [("c/values-staging.yaml", "a: 1\n"), ("c/values-production.yaml", "a: 1\n")];
    let new = [
        ("c/values-staging.yaml", "a: 1\ncache: 1\nttl: 2\n"),
        ("c/values-production.yaml", "a: 1\ncache: 1\n"),
    ];
    assert_snapshot!(change(&old, &new), @r"
    c/values-production.yaml:2:1: warning[missed-promotion] `ttl` of c/values-staging.yaml is not promoted to c/values-production.yaml: this change adds it to staging, and what came with it to production too
    ");
    // Both, none, and what production has instead.
    for production in ["a: 1\ncache: 1\nttl: 3\n", "a: 1\n", "a: 1\nother: 1\n"] {
        let new = [new[0], ("c/values-production.yaml", production)];
        assert!(change(&old, &new).is_empty(), "{production}");
    }
    let expected = "environments: {may-differ: [{key: ttl, reason: tuned in staging alone}]}\n";
    let with = |files: [(&'static str, &'static str); 2]| {
        [files[0], files[1], ("crosscheck.yaml", expected)]
    };
    assert_snapshot!(change(&with(old), &with(new)), @"");
}

fn git(dir: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
        .args(arguments)
        .current_dir(dir)
        .env("GIT_AUTHOR_DATE", "2026-01-01T12:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-01-01T12:00:00Z")
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn what_came_in_one_commit_is_promoted_together() {
    let dir = tree(&[("c/values-staging.yaml", "a: 1\n"), ("c/values-production.yaml", "a: 1\n")]);
    git(dir.path(), &["init", "-q"]);
    let commit = |path: &str, text: &str| {
        std::fs::write(dir.path().join(path), text).expect("written");
        git(dir.path(), &["add", "-A"]);
        git(dir.path(), &["commit", "-q", "-m", "x"]);
    };
    commit("c/values-staging.yaml", "a: 1\nold: 1\n");
    commit("c/values-staging.yaml", "a: 1\nold: 1\ncache: 1\nttl: 2\n");
    commit("c/values-production.yaml", "a: 1\ncache: 1\n");
    let check = ["check", "git:HEAD", "--against", "git:HEAD^", "--format", "concise"];
    let said = told(dir.path(), &check);
    assert!(said.contains("`ttl` of c/values-staging.yaml is not promoted"), "{said}");
    assert!(!said.contains("`old`"), "{said}");
}

#[test]
fn environments_of_one_tree_are_promoted_without_a_mapping() {
    let dir = tree(&[
        ("ns/web-dev/main.tf", "module \"a\" {\n  source = \"x\"\n  cluster = var.cluster\n}\n"),
        ("ns/web-dev/variables.tf", "variable \"cluster\" {}\n"),
        ("ns/web-preprod/main.tf", "module \"a\" {\n  source = \"x\"\n}\n"),
        ("ns/web-preprod/variables.tf", "variable \"team\" {}\n"),
    ]);
    let promote =
        ["promote", "--staging", ".", "--production", ".", "ns/web-dev/main.tf", "--complete"];
    assert_snapshot!(told(dir.path(), &promote), @r"
    ns/web-dev/variables.tf
    exit code 1
    ");
}

#[test]
fn files_of_variables_in_folders_are_read_against_the_root_above_them() {
    let root = |more: &str| {
        format!("variable \"size\" {{}}\nvariable \"zone\" {{}}\nvariable \"cluster\" {{{more}}}\n")
    };
    let full = "size = 1\nzone = 2\ncluster = 3\n";
    let said = |root: &str, staging: &str, production: &str| {
        check(&[
            ("web/main.tf", root),
            ("web/env/dev/terraform.tfvars", full),
            ("web/env/staging/terraform.tfvars", staging),
            ("web/env/production/terraform.tfvars", production),
        ])
    };
    let less = "size = 1\nzone = 2\n";
    assert_snapshot!(said(&root(""), full, less), @"web/env/production/terraform.tfvars:1:1: warning[missing-required-parameter] `env/production/terraform.tfvars` sets no `cluster`, which has no default and which `env/dev/terraform.tfvars` sets");
    // All do, several do not, and nothing needs it.
    assert_eq!(said(&root(""), full, full).to_string(), "");
    assert_eq!(said(&root(""), less, less).to_string(), "");
    assert_eq!(said(&root(" default = 1 "), full, less).to_string(), "");
    assert_snapshot!(said(&root(""), full, &format!("{full}custer = 1\n")), @"web/env/production/terraform.tfvars:4:1: warning[unknown-parameter] the module has no variable `custer`");
    // Those of another root.
    assert_eq!(said(&root(""), full, "a = 1\nb = 2\nsize = 3\n").to_string(), "");
}

//! What texts of a change name of each other where no reader of a language says so: files by
//! their paths, packages, named templates, hosts of a cluster; and who is asked, and who is not.

use crate::common::needs;
use insta::assert_snapshot;

#[test]
fn of_files_of_one_name_the_one_whose_path_is_spelled() {
    let script = "#!/bin/sh\necho a\n";
    let old = [
        ("ci/flow.yaml", "run: ./tools/ci/make-name.sh\n"),
        ("tools/ci/make-name.sh", script),
        ("modules/vim/templates/vimrc.erb", "a\n"),
        ("modules/users/manifests/ann.pp", "class users::ann {\n  vim::config { 'ann': }\n}\n"),
    ];
    let new = [
        ("ci/flow.yaml", "run: ./scripts/make-name.sh\n"),
        ("scripts/make-name.sh", script),
        ("modules/vim/templates/vimrc.erb", "a\n"),
        (
            "modules/users/manifests/ann.pp",
            "class users::ann {\n  vim::config { 'ann': template => 'users/ann/vimrc.erb' }\n}\n",
        ),
        ("modules/users/templates/ann/vimrc.erb", "b\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "ci/flow.yaml" after "scripts/make-name.sh": the new text uses file `scripts/make-name.sh`, and it comes with this change
    "modules/users/manifests/ann.pp" after "modules/users/templates/ann/vimrc.erb": the new text requires template `users/ann/vimrc.erb` by `name of a template`, and it comes with this change
    "tools/ci/make-name.sh" after "ci/flow.yaml": the old text uses file `tools/ci/make-name.sh`, and it goes with this change
    "#);
    // Another file of the name fits as well, or the task takes the file away.
    let old = [
        ("ci/flow.yaml", "run: ./make-name.sh\n"),
        ("tools/make-name.sh", script),
        ("other/make-name.sh", script),
        (
            "roles/a/tasks/main.yml",
            "- file:\n    path: /etc/monit/web-service.monit\n    state: absent\n",
        ),
        ("roles/a/files/web-service.monit", "a\n"),
    ];
    let new = [
        ("ci/flow.yaml", "run: make\n"),
        ("other/make-name.sh", script),
        ("roles/a/tasks/main.yml", "- debug: msg=a\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn what_tools_and_commands_look_for() {
    let old = [
        ("Gemfile", "gem 'a'\n"),
        ("run.sh", "#!/bin/sh\nbundle exec rake\n"),
        (".lint.yml", "inherit_from: .lint-todo.yml\n"),
        (".lint-todo.yml", "a: 1\n"),
        ("Vagrantfile", "puppet.manifest_file = \"dev.pp\"\n"),
        ("images/Dockerfile", "FROM a\n"),
    ];
    let new = [
        ("run.sh", "#!/bin/sh\nmake\n"),
        ("Vagrantfile", "puppet.manifest_file = \"main.pp\"\n"),
        ("manifests/main.pp", "include a\n"),
        ("images/Dockerfile", "FROM a\nRUN /image_scripts/install-cuda.sh\n"),
        ("scripts/install-cuda.sh", "#!/bin/sh\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    ".lint-todo.yml" after ".lint.yml": the old text uses file `.lint-todo.yml`, and it goes with this change
    "Gemfile" after "run.sh": the old text uses file `Gemfile`, and it goes with this change
    "Vagrantfile" after "manifests/main.pp": the new text uses file `manifests/main.pp`, and it comes with this change
    "images/Dockerfile" after "scripts/install-cuda.sh": the new text uses file `scripts/install-cuda.sh`, and it comes with this change
    "#);
}

#[test]
fn packages_of_go() {
    let old = [("cmd/main.go", "package main\n\nfunc main() {}\n")];
    let new = [
        (
            "cmd/main.go",
            "package main\n\nimport (\n\t\"fmt\"\n\t. \"./role\"\n\t\"a.org/x/y/pkg/key\"\n)\n\nfunc main() {}\n",
        ),
        ("cmd/role/role.go", "package role\n\ntype Role string\n"),
        ("pkg/key/key.go", "package key\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "cmd/main.go" after "cmd/role/role.go": the new text uses package `cmd/role`, and it comes with this change
    "cmd/main.go" after "pkg/key/key.go": the new text uses package `pkg/key`, and it comes with this change
    "#);
    // The package is there already, of another file.
    let old = [("cmd/main.go", "package main\n"), ("cmd/role/a.go", "package role\n")];
    let new = [
        ("cmd/main.go", "package main\n\nimport \"./role\"\n"),
        ("cmd/role/a.go", "package role\n"),
        ("cmd/role/b.go", "package role\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

const CHART: (&str, &str) = ("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");

#[test]
fn values_and_templates_of_a_chart() {
    let map = |body: &str| format!("kind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: {body}\n");
    let before = map("b");
    let after = map("{{ .Values.web.port }}\n  {{- if .Values.debug }}\n  d: e\n  {{- end }}");
    let (less, more) = ("a: 1\n", "a: 1\ndebug: true\nweb:\n  port: 80\n");
    let old = [CHART, ("c/values.yaml", less), ("c/templates/a.yaml", &before)];
    let new = [CHART, ("c/values.yaml", more), ("c/templates/a.yaml", &after)];
    assert_snapshot!(needs(&old, &new), @r#""c/templates/a.yaml" after "c/values.yaml": the new text requires value `web.port` by `value`, and it comes with this change"#);
    // What is taken away is missed in a condition too, and by a template that goes with it.
    let asks = map("b\n  {{- if .Values.debug }}\n  d: e\n  {{- end }}");
    let old = [CHART, ("c/values.yaml", "debug: true\n"), ("c/templates/a.yaml", &asks)];
    let new = [CHART, ("c/values.yaml", less)];
    assert_snapshot!(needs(&old, &new), @r#""c/values.yaml" after "c/templates/a.yaml": the old text requires value `debug` by `value`, and it goes with this change"#);
    // A condition alone misses nothing that comes; a text asked for it before.
    let old = [CHART, ("c/values.yaml", less), ("c/templates/a.yaml", &before)];
    let new = [CHART, ("c/values.yaml", "debug: true\n"), ("c/templates/a.yaml", &asks)];
    assert_snapshot!(needs(&old, &new), @"");
    // What stands in a definition that comes is dead until something includes it.
    let helper = "{{- define \"c.env\" -}}\n{{ .Values.web.port }}\n{{- end -}}\n";
    let envs = "a: 1\nweb:\n  port: 80\nenv:\n  - '{{ include \"c.env\" . }}'\n";
    let old = [CHART, ("c/values.yaml", less), ("c/templates/_h.tpl", "")];
    let new = [CHART, ("c/values.yaml", envs), ("c/templates/_h.tpl", helper)];
    assert_snapshot!(needs(&old, &new), @r#""c/values.yaml" after "c/templates/_h.tpl": the new text uses named template `c.env`, and it comes with this change"#);
}

#[test]
fn objects_of_a_cluster() {
    let pod = |name: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          envFrom:\n            - secretRef:\n                name: {name}\n"
        )
    };
    let (before, after) = (pod("web-key"), pod("other-key"));
    // What `kubeseal` prints.
    let sealed = "{\n  \"kind\": \"SealedSecret\",\n  \"apiVersion\": \"bitnami.com/v1alpha1\",\n  \"metadata\": {\"name\": \"web-key\"},\n  \"spec\": {\"encryptedData\": {\"a\": \"b\"}}\n}\n";
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: &app ingress-outer\nspec:\n  values: {}\n";
    let old = [
        ("web.yaml", before.as_str()),
        ("sealed.yaml", sealed),
        ("release.yaml", release),
        ("tunnel.yaml", "service: https://ingress-outer-controller.net.svc.cluster.local:443\n"),
    ];
    let new = [
        ("web.yaml", after.as_str()),
        ("tunnel.yaml", "service: https://gateway.net.svc.cluster.local:443\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "release.yaml" after "tunnel.yaml": the old text uses object `ingress-outer`, and it goes with this change
    "sealed.yaml" after "web.yaml": the old text requires object `Secret/web-key` by `secretRef`, and it goes with this change
    "#);
}

#[test]
fn variables_of_a_file_that_is_sealed() {
    let key = "$ANSIBLE_VAULT;1.1;AES256\n3132\n";
    let old = [("group_vars/all/all.yml", "a: 1\n"), ("group_vars/all/vault.yml", key)];
    let new = [
        ("group_vars/all/all.yml", "a: \"{{ vault_web_key }}\"\n"),
        ("group_vars/all/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n3334\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#""group_vars/all/all.yml" after "group_vars/all/vault.yml": the new text uses variable `vault_web_key`, and it comes with this change"#);
    // One that the file does not touch may have held it all the time.
    let new = [new[0], old[1]];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn what_is_only_copied_is_dead_before() {
    let tasks = |more: &str| format!("- debug: msg=a\n{more}");
    let copies = "- copy: {src: tick.sh, dest: /usr/local/bin/tick, mode: '0755'}\n- copy: {src: tick.service, dest: /etc/systemd/system/tick.service}\n";
    let (before, after) = (tasks(""), tasks(copies));
    let play = ("site.yml", "- hosts: all\n  roles:\n    - clock\n");
    let old = [play, ("roles/clock/tasks/main.yml", before.as_str())];
    let new = [
        play,
        ("roles/clock/tasks/main.yml", after.as_str()),
        ("roles/clock/files/tick.sh", "#!/bin/sh\n"),
        ("roles/clock/files/tick.service", "[Service]\nExecStart=/usr/local/bin/tick\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "roles/clock/tasks/main.yml" after "roles/clock/files/tick.service": the new text requires file `roles/clock/files/tick.service` by `copy`, and it comes with this change
    "roles/clock/tasks/main.yml" after "roles/clock/files/tick.sh": the new text requires file `roles/clock/files/tick.sh` by `copy`, and it comes with this change
    "#);
}

#[test]
fn blocks_that_move_between_files_of_a_folder() {
    let block = "resource \"null_resource\" \"a\" {}\n\ndata \"a_region\" \"b\" {}\n";
    let old = [("m/a.tf", block), ("m/b.tf", "locals {}\n")];
    let new = [("m/a.tf", ""), ("m/b.tf", block)];
    assert_snapshot!(needs(&old, &new), @r#"
    "m/a.tf" after "m/b.tf": resource `m/null_resource.a` moves to `m/b.tf`, and where neither declares it, an apply destroys what it built
    "m/b.tf" after "m/a.tf": the new text declares data source `m/a_region.b`, which the old text of `m/a.tf` declares too, and both are loaded together
    "m/b.tf" after "m/a.tf": the new text declares resource `m/null_resource.a`, which the old text of `m/a.tf` declares too, and both are loaded together
    "#);
    // Another folder; a file that overrides.
    let old = [("m/a.tf", block), ("n/b.tf", "locals {}\n"), ("m/b_override.tf", "")];
    let new = [("m/a.tf", ""), ("n/b.tf", block), ("m/b_override.tf", block)];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn a_module_that_is_used_as_a_whole() {
    let call = |folder: &str| format!("module \"a\" {{\n  source = \"./{folder}\"\n}}\n");
    let (before, after) = (call("cert"), call("certs"));
    let (one, two) = ("output \"b\" {\n  value = var.c\n}\n", "variable \"c\" {}\n");
    let old = [("main.tf", before.as_str()), ("cert/a.tf", one), ("cert/b.tf", two)];
    let new = [("main.tf", after.as_str()), ("certs/a.tf", one), ("certs/b.tf", two)];
    assert_snapshot!(needs(&old, &new), @r#"
    "cert/a.tf" after "main.tf": the old text requires module `cert` by `source`, and it goes with this change
    "cert/b.tf" after "main.tf": the old text requires module `cert` by `source`, and it goes with this change
    "cert/b.tf" after "main.tf": the old text requires variable `cert/c` by `var`, and it goes with this change; `main.tf` makes it live
    "main.tf" after "certs/a.tf": the new text requires module `certs` by `source`, and it comes with this change
    "main.tf" after "certs/b.tf": the new text requires module `certs` by `source`, and it comes with this change
    "main.tf" after "certs/b.tf": the new text requires variable `certs/c` by `var`, and it comes with this change; `main.tf` makes it live
    "#);
}

#[test]
fn a_folder_that_is_copied_as_a_whole() {
    let tasks = "roles/dns/tasks/main.yml";
    let play = ("site.yml", "- hosts: all\n  roles:\n    - dns\n");
    let copies = "- copy: {src: dns.d, dest: /etc/dns/}\n";
    let old = [play, (tasks, "- debug: msg=a\n")];
    let files = [("roles/dns/files/dns.d/a", "a\n"), ("roles/dns/files/dns.d/b", "b\n")];
    let new = [play, (tasks, copies), files[0], files[1]];
    assert_snapshot!(needs(&old, &new), @r#"
    "roles/dns/tasks/main.yml" after "roles/dns/files/dns.d/a": the new text requires file `roles/dns/files/dns.d` by `copy`, and it comes with this change
    "roles/dns/tasks/main.yml" after "roles/dns/files/dns.d/b": the new text requires file `roles/dns/files/dns.d` by `copy`, and it comes with this change
    "#);
    // Some of it was there.
    let old = [old[0], old[1], files[0]];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn a_module_of_the_tree_that_is_listed_too_hides_nothing() {
    let site = ("manifests/site.pp", "node default { include profiles::base }\n");
    let without = ("manifests/site.pp", "node default { }\n");
    let base = ("modules/profiles/manifests/base.pp", "class profiles::base { }\n");
    let other = ("modules/profiles/manifests/init.pp", "class profiles { }\n");
    let list = "{\"name\": \"a-roles\", \"version\": \"1.0.0\", \"dependencies\": [{\"name\": \"a/profiles\", \"version_requirement\": \">= 0\"}]}\n";
    let roles = ("modules/roles/metadata.json", list);
    assert_snapshot!(needs(&[without, other, roles], &[site, base, other, roles]), @r#""manifests/site.pp" after "modules/profiles/manifests/base.pp": the new text requires class `profiles::base` by `include`, and it comes with this change"#);
    assert_snapshot!(needs(&[site, base, other, roles], &[without, other, roles]), @r#""modules/profiles/manifests/base.pp" after "manifests/site.pp": the old text requires class `profiles::base` by `include`, and it goes with this change"#);
}

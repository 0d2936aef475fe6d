//! Files and folders that a text of any language names by their paths.

use crate::common::needs;
use insta::assert_snapshot;

#[test]
fn files_that_a_text_names_by_their_paths() {
    let old = [
        ("justfile", "up:\n  helm install web ./chart -f overrides/web/values.yaml\n"),
        ("overrides/web/values.yaml", "a: 1\n"),
        ("vm/Vagrantfile", "key = \"%s/keys/old_rsa\" % clone\n"),
        ("keys/old_rsa", "a\n"),
        (".github/workflows/lint.yml", "jobs:\n  a:\n    steps:\n      - uses: ./actions/check\n"),
        ("actions/check/action.yml", "runs:\n  using: composite\n"),
    ];
    let new = [
        ("justfile", "up:\n  helm install web ./chart -f overrides/web/values.{{ENV}}.yaml\n"),
        ("overrides/web/values.local.yaml", "a: 1\n"),
        ("vm/Vagrantfile", "key = \"%s/keys/new_rsa\" % clone\n"),
        ("keys/new_rsa", "a\n"),
        (".github/workflows/lint.yml", "jobs:\n  a:\n    steps:\n      - uses: ./actions/lint\n"),
        ("actions/lint/action.yml", "runs:\n  using: composite\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    ".github/workflows/lint.yml" after "actions/lint/action.yml": the new text names `actions/lint/action.yml` by its path, and it comes with this change
    "actions/check/action.yml" after ".github/workflows/lint.yml": the old text names `actions/check/action.yml` by its path, and it goes with this change
    "justfile" after "overrides/web/values.local.yaml": the new text names `overrides/web/values.local.yaml` by its path, and it comes with this change
    "keys/old_rsa" after "vm/Vagrantfile": the old text names `keys/old_rsa` by its path, and it goes with this change
    "overrides/web/values.yaml" after "justfile": the old text uses file `overrides/web/values.yaml`, and it goes with this change
    "vm/Vagrantfile" after "keys/new_rsa": the new text names `keys/new_rsa` by its path, and it comes with this change
    "#);
}

#[test]
fn paths_that_are_no_need() {
    // One that is named at both versions, that stays, that another text leaves out or removes, and
    // one that a nearer folder has.
    let old = [
        ("justfile", "a:\n  cat conf/*.ini parts/both.ini web/near.ini\n"),
        ("conf/one.ini", "a\n"),
        (".github/workflows/a.yml", "on:\n  push:\n    paths:\n      - 'conf/old.ini'\n"),
        ("conf/old.ini", "a\n"),
        ("clean.sh", "make\n"),
        ("conf/gone.ini", "a\n"),
        ("app/justfile", "a:\n  cat other/x.ini\n"),
        ("app/web/near.ini", "a\n"),
        ("app/other/x.ini", "a\n"),
    ];
    let new = [
        ("justfile", "a: b\n  cat conf/*.ini parts/both.ini\nb:\n"),
        ("conf/one.ini", "a\n"),
        ("conf/two.ini", "a\n"),
        ("parts/both.ini", "a\n"),
        (".github/workflows/a.yml", "on:\n  push:\n    paths:\n      - 'conf/one.ini'\n"),
        ("clean.sh", "make\nrm -f conf/gone.ini\n"),
        ("app/justfile", "a:\n  cat web/near.ini\n"),
        ("app/web/near.ini", "a\n"),
        ("web/near.ini", "a\n"),
        ("app/other/x.ini", "a\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn names_with_dots_and_classes_beside() {
    let class = "package org.shop;\n\nimport org.shop.data.DeletedOrder;\n\nclass Orders {\n  OrderCleaner cleaner;\n}\n";
    let old = [("app/src/main/java/org/shop/Orders.java", "package org.shop;\n")];
    let new = [
        ("app/src/main/java/org/shop/Orders.java", class),
        ("app/src/main/java/org/shop/OrderCleaner.java", "class OrderCleaner { }\n"),
        ("app/src/main/java/org/shop/data/DeletedOrder.java", "class DeletedOrder { }\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "app/src/main/java/org/shop/Orders.java" after "app/src/main/java/org/shop/OrderCleaner.java": the new text uses file `app/src/main/java/org/shop/OrderCleaner.java`, and it comes with this change
    "app/src/main/java/org/shop/Orders.java" after "app/src/main/java/org/shop/data/DeletedOrder.java": the new text uses file `app/src/main/java/org/shop/data/DeletedOrder.java`, and it comes with this change
    "#);
    let play =
        |name: &str| format!("- hosts: all\n  tasks:\n    - name: A\n      acme.cloud.{name}:\n");
    let (before, after) = (play("get_instance"), play("get_server"));
    let old = [
        ("play.yml", before.as_str()),
        ("collections/acme/cloud/plugins/modules/get_instance.py", "pass\n"),
    ];
    let new = [
        ("play.yml", after.as_str()),
        ("collections/acme/cloud/plugins/modules/get_server.py", "pass\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "collections/acme/cloud/plugins/modules/get_instance.py" after "play.yml": the old text uses file `collections/acme/cloud/plugins/modules/get_instance.py`, and it goes with this change
    "play.yml" after "collections/acme/cloud/plugins/modules/get_server.py": the new text uses file `collections/acme/cloud/plugins/modules/get_server.py`, and it comes with this change
    "#);
    // A class of another package, and a word in a text for people.
    let other = "package org.shop;\n\nclass Orders {\n  String a = \"no OrderCleaner here\";\n  Object b = other.OrderCleaner;\n}\n";
    let old = [("app/src/main/java/org/shop/Orders.java", "package org.shop;\n")];
    let new = [
        ("app/src/main/java/org/shop/Orders.java", other),
        ("app/src/main/java/org/shop/OrderCleaner.java", "class OrderCleaner { }\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn levels_of_the_data_and_folders_of_a_module() {
    let class = |source: &str| {
        format!(
            "class web {{\n  file {{ '/opt/web':\n    recurse => true,\n    source  => 'puppet:///modules/web/{source}/',\n  }}\n}}\n"
        )
    };
    let (before, after) = (class("opt"), class("data"));
    let site = ("manifests/site.pp", "node 'a' {\n  include web\n}\n");
    let levels = |name: &str| format!(":hierarchy:\n  - {name}/%{{::{name}}}\n  - common\n");
    let (was, is) = (levels("old_dc"), levels("site_dc"));
    let old = [
        site,
        ("modules/web/manifests/init.pp", before.as_str()),
        ("modules/web/files/opt/a.conf", "a\n"),
        ("hiera.yaml", was.as_str()),
        ("hieradata/old_dc/local.yaml", "a: 1\n"),
    ];
    let new = [
        site,
        ("modules/web/manifests/init.pp", after.as_str()),
        ("modules/web/files/data/b.conf", "a\n"),
        ("hiera.yaml", is.as_str()),
        ("hieradata/site_dc/local.yaml", "b: 1\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "hiera.yaml" after "hieradata/site_dc/local.yaml": the new text names `hieradata/site_dc/local.yaml` by its path, and it comes with this change
    "hieradata/old_dc/local.yaml" after "hiera.yaml": the old text names `hieradata/old_dc/local.yaml` by its path, and it goes with this change
    "modules/web/files/opt/a.conf" after "modules/web/manifests/init.pp": the old text names `modules/web/files/opt/a.conf` by its path, and it goes with this change
    "modules/web/manifests/init.pp" after "modules/web/files/data/b.conf": the new text names `modules/web/files/data/b.conf` by its path, and it comes with this change
    "#);
}

#[test]
fn files_that_data_names_in_part() {
    let tasks = (
        "roles/boot/tasks/main.yml",
        "- copy:\n    src: \"{{ item }}.dtso\"\n    dest: /boot\n  loop: \"{{ overlays }}\"\n",
    );
    let old = [tasks, ("group_vars/all.yml", "overlays:\n  - usbhost\n")];
    let play = ("site.yml", "- hosts: all\n  roles: [boot]\n");
    let gone = ("roles/boot/files/usbhost.dtso", "a\n");
    let come = ("roles/boot/files/h3-uarts.dtso", "a\n");
    let new = [tasks, ("group_vars/all.yml", "overlays:\n  - h3-uarts\n"), play, come];
    assert_snapshot!(needs(&[old[0], old[1], play, gone], &new), @r#"
    "group_vars/all.yml" after "roles/boot/files/h3-uarts.dtso": the new text has `h3-uarts`, for which the role takes `roles/boot/files/h3-uarts.dtso`, and it comes with this change
    "roles/boot/files/usbhost.dtso" after "group_vars/all.yml": the old text has `usbhost`, for which the role takes `roles/boot/files/usbhost.dtso`, and it goes with this change
    "#);
    // The same word at another place says nothing.
    let prose = ("group_vars/all.yml", "title: the h3-uarts of a board\n");
    assert_snapshot!(needs(&[tasks, play], &[tasks, play, prose, come]), @"");
}

#[test]
fn services_of_a_cluster_are_hosts() {
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: cache\n  namespace: shop\nspec:\n  ports:\n    - port: 80\n";
    let user = |host: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-web\n  namespace: shop\ndata:\n  url: http://{host}:80\n"
        )
    };
    let (before, after) = (user("old.example.org"), user("cache.shop.svc.cluster.local"));
    let come = ("k8s/cache.yaml", service);
    let old = [("k8s/app.yaml", before.as_str())];
    assert_snapshot!(needs(&old, &[("k8s/app.yaml", after.as_str()), come]), @r#""k8s/app.yaml" after "k8s/cache.yaml": the new text uses object `cache.shop`, and it comes with this change"#);
    // Another namespace has one of that name, too.
    let other = user("cache.blog.svc.cluster.local");
    assert_snapshot!(needs(&old, &[("k8s/app.yaml", other.as_str()), come]), @"");
}

#[test]
fn what_a_module_gives_back_and_the_key_of_a_value_are_no_need() {
    let call = "module \"db\" {\n  source = \"./modules/db\"\n}\n";
    let new = [
        ("main.tf", call),
        ("modules/db/main.tf", "resource \"null_resource\" \"a\" {}\n"),
        ("modules/db/outputs.tf", "output \"id\" {\n  value = null_resource.a.id\n}\n"),
    ];
    assert_snapshot!(needs(&[("main.tf", "\n")], &new), @r#"
    "main.tf" after "modules/db/main.tf": the new text requires module `modules/db` by `source`, and it comes with this change
    "modules/db/outputs.tf" after "modules/db/main.tf": the new text requires resource `modules/db/null_resource.a` by `resource`, and it comes with this change
    "#);
    let release =
        |key: &str| format!("spec:\n  valuesFrom:\n    - name: web\n      valuesKey: {key}\n");
    let (before, after) = (release("web-values.yaml"), release("values.yaml"));
    let old = [("release.yaml", before.as_str()), ("web-values.yaml", "a: 1\n")];
    assert_snapshot!(needs(&old, &[("release.yaml", after.as_str())]), @"");
}

/// A chart that comes is whole before it is named, and one that goes is whole until nothing names
/// it.
#[test]
fn files_of_charts_that_come_or_go() {
    let release = |chart: &str| format!("releases:\n  - name: web\n    chart: ./charts/{chart}\n");
    let (before, after) = (release("old"), release("new"));
    let old = [
        ("helmfile.yaml", before.as_str()),
        ("charts/old/Chart.yaml", "name: old\nversion: 1.0.0\n"),
        ("charts/old/templates/a.yaml", "kind: Service\n"),
    ];
    let new = [
        ("helmfile.yaml", after.as_str()),
        ("charts/new/Chart.yaml", "name: new\nversion: 1.0.0\n"),
        ("charts/new/templates/b.yaml", "kind: Job\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "charts/new/Chart.yaml" after "charts/new/templates/b.yaml": the new chart is made of this file, and it comes with this change
    "charts/old/Chart.yaml" after "helmfile.yaml": the old text requires chart `./charts/old` by `chart`, and it goes with this change
    "charts/old/templates/a.yaml" after "charts/old/Chart.yaml": the old chart is made of this file, and it goes with this change
    "helmfile.yaml" after "charts/new/Chart.yaml": the new text requires chart `./charts/new` by `chart`, and it comes with this change
    "#);
}

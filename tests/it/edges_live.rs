//! What makes a text live, what a text brings along itself, and methods by bare name: the
//! needs of a rollout that follow, and those that do not.

use crate::common::needs;
use insta::assert_snapshot;

#[test]
fn methods_of_ruby_and_python_that_go_with_their_calls() {
    let old = [
        ("lib/net.rb", "def wait_for_port(host)\nend\n"),
        ("bin/run.rb", "wait_for_port('a')\n"),
        ("app/store.py", "class Store:\n    def fetch_rows(self):\n        pass\n"),
        ("app/main.py", "def main(store):\n    store.fetch_rows()\n"),
        // Two files define it, and a name that stays in use is another's.
        ("lib/a.rb", "def send_mail; end\n"),
        ("lib/b.rb", "def send_mail; end\n"),
        ("bin/mail.rb", "send_mail\nkeep_alive\n"),
        ("lib/keep.rb", "def keep_alive; end\n"),
    ];
    let new = [
        ("lib/net.rb", "def wait_for_host(host)\nend\n"),
        ("bin/run.rb", "wait_for_host('a')\n"),
        ("app/store.py", "class Store:\n    def rows(self):\n        pass\n"),
        ("app/main.py", "def main(store):\n    store.rows()\n"),
        ("lib/a.rb", "\n"),
        ("lib/b.rb", "def send_mail; 1; end\n"),
        ("bin/mail.rb", "keep_alive # no mail\n"),
        ("lib/keep.rb", "\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "app/main.py" after "app/store.py": the new text uses name `rows`, and it comes with this change
    "app/store.py" after "app/main.py": the old text requires method `fetch_rows` by `call`, and it goes with this change
    "bin/run.rb" after "lib/net.rb": the new text requires method `wait_for_host` by `call`, and it comes with this change
    "lib/net.rb" after "bin/run.rb": the old text requires method `wait_for_port` by `call`, and it goes with this change
    "#);
}

#[test]
fn a_path_on_the_host_brings_no_class_in() {
    let class = |name: &str| {
        format!(
            "class {name} {{\n  file {{ '/usr/local/bin/renew': source => 'puppet:///modules/{name}/renew' }}\n}}\n"
        )
    };
    let (old_class, new_class) = (class("le"), class("tls"));
    let script = "#!/bin/sh\n/usr/local/bin/renew\n";
    let old = [
        ("manifests/site.pp", "node default { include le }\n"),
        ("modules/le/manifests/init.pp", old_class.as_str()),
        ("modules/le/files/renew", "#!/bin/sh\n"),
        ("modules/le/files/again", script),
    ];
    let new = [
        ("manifests/site.pp", "node default { include tls }\n"),
        ("modules/tls/manifests/init.pp", new_class.as_str()),
        ("modules/tls/files/renew", "#!/bin/sh\n"),
        ("modules/tls/files/again", script),
    ];
    // The script runs what stays on the host, and makes neither class live.
    assert_snapshot!(needs(&old, &new), @r#"
    "manifests/site.pp" after "modules/tls/files/renew": the new text requires module file `tls/renew` by `source`, and it comes with this change; `manifests/site.pp` makes it live
    "manifests/site.pp" after "modules/tls/manifests/init.pp": the new text requires class `tls` by `include`, and it comes with this change
    "modules/le/files/renew" after "manifests/site.pp": the old text requires module file `le/renew` by `source`, and it goes with this change; `manifests/site.pp` makes it live
    "modules/le/manifests/init.pp" after "manifests/site.pp": the old text requires class `le` by `include`, and it goes with this change
    "#);
}

#[test]
fn what_a_text_brings_along_it_never_lacks() {
    let tasks = "- set_fact:\n    disk_list: [a]\n- debug:\n    msg: \"{{ disk_list }}\"\n";
    let play = |role: &str| format!("- hosts: all\n  roles:\n    - {role}\n");
    let (before, after) = (play("disks"), play("volumes"));
    let old = [("site.yml", before.as_str()), ("roles/disks/tasks/main.yml", tasks)];
    let new = [("site.yml", after.as_str()), ("roles/volumes/tasks/main.yml", tasks)];
    assert_snapshot!(needs(&old, &new), @r#"
    "roles/disks/tasks/main.yml" after "site.yml": the old text requires use of a role `disks` by `roles`, and it goes with this change
    "site.yml" after "roles/volumes/tasks/main.yml": the new text requires use of a role `volumes` by `roles`, and it comes with this change
    "#);
}

#[test]
fn environments_of_a_control_repository_are_apart() {
    let class = "class web {\n  file { '/etc/w': content => template('web/w.erb') }\n}\n";
    let other = "environments/production/modules/web";
    let own = "environments/development/modules/web";
    let files = |root: &str, name: &str| format!("{root}/{name}");
    let (a, b) = (files(other, "manifests/init.pp"), files(other, "templates/w.erb"));
    let (c, d) = (files(own, "manifests/init.pp"), files(own, "templates/w.erb"));
    let old = [(a.as_str(), class), (b.as_str(), "x\n"), (c.as_str(), class), (d.as_str(), "x\n")];
    let new = [(a.as_str(), class), (b.as_str(), "x\n"), (c.as_str(), "class web {}\n")];
    assert_snapshot!(needs(&old, &new), @r#"
    "environments/development/modules/web/templates/w.erb" after "environments/development/modules/web/manifests/init.pp": the old text requires template `web/w.erb` by `template()`, and it goes with this change
    "#);
}

#[test]
fn a_key_that_nothing_looks_up_moves_freely() {
    let old = [
        ("hieradata/old/app.yaml", "src: a.zip\n"),
        ("hieradata/old/web.yaml", "web::port: 80\n"),
        ("manifests/site.pp", "class web($port) {}\n"),
    ];
    let new = [
        ("hieradata/new/app.yaml", "src: a.zip\n"),
        ("hieradata/new/web.yaml", "web::port: 80\n"),
        ("manifests/site.pp", "class web($port) {}\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#""hieradata/old/web.yaml" after "hieradata/new/web.yaml": the key goes from `hieradata/old/web.yaml`, and comes in `hieradata/new/web.yaml`"#);
}

#[test]
fn files_that_others_name_in_their_own_way() {
    let module = "from ansible.module_utils.basic import AnsibleModule\nm = AnsibleModule(argument_spec={'a': {}})\n";
    let old = [
        ("library/disk_check.py", module),
        (
            "roles/web/tasks/main.yml",
            "- disk_check: {a: 1}\n- include_tasks: \"{{ role_path }}/tasks/old.yml\"\n",
        ),
        ("roles/web/tasks/old.yml", "- debug: {msg: a}\n"),
        (
            "web/index.php",
            "<?php\nrequire_once $_SERVER['DOCUMENT_ROOT'] . '/inc/old.php';\ninclude 'head.php';\n",
        ),
        ("web/inc/old.php", "<?php\n"),
        ("web/head.php", "<?php\n"),
        ("pkg/tool/run.py", "from pkg.tool import helper\n"),
        ("pkg/tool/helper.py", "X = 1\n"),
    ];
    let new = [
        ("library/volume_check.py", module),
        ("roles/web/tasks/main.yml", "- volume_check: {a: 1}\n"),
        ("web/index.php", "<?php\n"),
        ("pkg/tool/run.py", "\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "library/disk_check.py" after "roles/web/tasks/main.yml": the old text requires module `disk_check` by `module`, and it goes with this change
    "pkg/tool/helper.py" after "pkg/tool/run.py": the old text requires name `pkg.tool.helper` by `import`, and it goes with this change
    "roles/web/tasks/main.yml" after "library/volume_check.py": the new text requires module `volume_check` by `module`, and it comes with this change
    "roles/web/tasks/old.yml" after "roles/web/tasks/main.yml": the old text requires file `roles/web/tasks/old.yml` by `path`, and it goes with this change
    "web/head.php" after "web/index.php": the old text requires file `web/head.php` by `require`, and it goes with this change
    "web/inc/old.php" after "web/index.php": the old text requires file `web/inc/old.php` by `require`, and it goes with this change
    "#);
}

#[test]
fn a_role_in_a_folder_of_roles_is_one() {
    let play = |role: &str| format!("- hosts: all\n  roles:\n    - {role}\n");
    let (before, after) = (play("k3s/agent"), play("agent"));
    let tasks = "- template: {src: a.j2, dest: /etc/a}\n";
    let old = [
        ("site.yml", before.as_str()),
        ("roles/k3s/agent/tasks/main.yml", tasks),
        ("roles/k3s/agent/templates/a.j2", "x\n"),
    ];
    let new = [
        ("site.yml", after.as_str()),
        ("roles/agent/tasks/main.yml", tasks),
        ("roles/agent/templates/a.j2", "x\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "roles/k3s/agent/tasks/main.yml" after "site.yml": the old text requires use of a role `k3s/agent` by `roles`, and it goes with this change
    "roles/k3s/agent/templates/a.j2" after "site.yml": the old text requires file `roles/k3s/agent/templates/a.j2` by `template`, and it goes with this change; `site.yml` makes it live
    "site.yml" after "roles/agent/tasks/main.yml": the new text requires use of a role `agent` by `roles`, and it comes with this change
    "site.yml" after "roles/agent/templates/a.j2": the new text requires file `roles/agent/templates/a.j2` by `template`, and it comes with this change; `site.yml` makes it live
    "#);
}

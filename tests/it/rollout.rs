//! `crosscheck rollout` as its users see it.

use crate::common::{change, crosscheck, report, told, tree, write};
use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

/// Names of the units, wave by wave.
fn waves(sheet: &Value) -> Vec<Vec<String>> {
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let name = |unit: Value| unit["name"].as_str().expect("a name").to_owned();
    list(&sheet["waves"])
        .iter()
        .map(|wave| list(&wave["units"]).into_iter().map(name).collect())
        .collect()
}

fn plan(old: &TempDir, new: &TempDir) -> Value {
    report(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."])
}

fn puppet(files: &[(&str, &str)]) -> TempDir {
    tree(files)
}

const SITE: &str = "manifests/site.pp";
const WEB: &str = "modules/web/manifests/init.pp";

#[test]
fn what_is_new_lands_before_what_needs_it() {
    let old = puppet(&[(SITE, "node 'a' {\n}\n")]);
    let new = puppet(&[(SITE, "node 'a' {\n  include web\n}\n"), (WEB, "class web {\n}\n")]);
    assert_eq!(waves(&plan(&old, &new)), [[WEB], [SITE]]);
}

#[test]
fn what_goes_lands_after_what_needed_it() {
    let old = puppet(&[(SITE, "node 'a' {\n  include web\n}\n"), (WEB, "class web {\n}\n")]);
    let new = puppet(&[(SITE, "node 'a' {\n}\n")]);
    let sheet = plan(&old, &new);
    assert_eq!(waves(&sheet), [[SITE], [WEB]]);
    assert_eq!(sheet["waves"][1]["units"][0]["deletes"], true);
    let edge = &sheet["edges"][0];
    assert_eq!(edge["from"]["path"], SITE);
    assert_eq!(edge["from"]["tree"], "old");
    assert_eq!(edge["to"]["path"], WEB);
}

#[test]
fn what_does_not_depend_on_each_other_lands_in_any_order() {
    let old = puppet(&[(SITE, "node 'a' {\n}\n"), (WEB, "class web {\n}\n")]);
    let new = puppet(&[(SITE, "node 'b' {\n}\n"), (WEB, "class web {\n  $x = 1\n}\n")]);
    let sheet = plan(&old, &new);
    assert_eq!(waves(&sheet).len(), 1);
    assert_eq!(sheet["hazards"], 0);
    let done = crosscheck(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."]);
    assert_eq!(done.status.code(), Some(0));
}

#[test]
fn a_parameter_that_is_renamed_with_its_callers_has_no_order() {
    let call = |name: &str| format!("node 'a' {{\n  web::site {{ 'x': {name} => 1 }}\n}}\n");
    let define = |name: &str| format!("define web::site(${name}) {{\n}}\n");
    let path = "modules/web/manifests/site.pp";
    let old = puppet(&[(SITE, &call("port")), (path, &define("port"))]);
    let new = puppet(&[(SITE, &call("listen")), (path, &define("listen"))]);
    let sheet = plan(&old, &new);
    let component = &sheet["components"][0];
    assert_eq!(component["units"].as_array().expect("units").len(), 2);
    assert!(!component["freeing"].as_array().expect("a set").is_empty());
    assert_eq!(component["expand"][0]["path"], path);
    assert_eq!(component["migrate"][0]["path"], SITE);
    let done = crosscheck(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."]);
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn data_comes_before_the_class_that_requires_it() {
    let data = "hieradata/common.yaml";
    let old = puppet(&[
        (SITE, "node 'a' {\n  include web\n}\n"),
        (WEB, "class web {\n}\n"),
        (data, "x: 1\n"),
    ]);
    let new = puppet(&[
        (SITE, "node 'a' {\n  include web\n}\n"),
        (WEB, "class web($port) {\n}\n"),
        (data, "x: 1\nweb::port: 80\n"),
    ]);
    assert_eq!(waves(&plan(&old, &new)), [[data], [WEB]]);
}

#[test]
fn a_given_order_is_judged() {
    let old = puppet(&[(SITE, "node 'a' {\n}\n")]);
    let new = puppet(&[(SITE, "node 'a' {\n  include web\n}\n"), (WEB, "class web {\n}\n")]);
    let judge = |order: &str| {
        write(new.path(), "order.txt", order);
        let old = old.path().to_str().expect("UTF-8");
        told(new.path(), &["rollout", old, ".", "--check-order", "order.txt"])
    };
    let own = "order.txt\n";
    assert_snapshot!(judge(&format!("modules # first\nmanifests/site.pp\n{own}")), @r"
        every need that was found holds on the way
        1 unit was not read to the end: what they need beside that is not known
        exit code 0
        ");
    assert_snapshot!(judge(&format!("manifests/site.pp\nmodules/\n{own}")), @r"
        order.txt:1: `manifests/site.pp` lands too early: the new text requires class `web` by `include`, and it comes with this change, manifests/site.pp:2 (new), until line 2
        1 unit was not read to the end: what they need beside that is not known
        exit code 1
        ");
    assert_snapshot!(judge(&format!("modules\n{own}")), @r"
        order.txt: `manifests/site.pp` changes, and no step brings it
        1 unit was not read to the end: what they need beside that is not known
        exit code 1
        ");
    assert_snapshot!(judge("manifests/sit.pp\n"), @r"
        crosscheck: order.txt: line 1: neither tree has `manifests/sit.pp`; did you mean `manifests/site.pp`?
        exit code 2
        ");
}

#[test]
fn a_mechanism_decides_which_states_exist() {
    let parent = ("includes/Base.php", "<?php\nclass Base {\n}\n");
    let child = "includes/Skin.php";
    let before = "<?php\nrequire_once __DIR__ . '/Base.php';\nclass Skin extends Base {\n}\n";
    let after = "<?php\nclass Skin {\n}\n";
    let with = |mechanism: &str| {
        let config = format!("rollout: {{mechanism: {mechanism}}}\n");
        change(&[parent, (child, before)], &[(child, after), ("crosscheck.yaml", &config)])
    };
    assert!(!with("rsync-delete-before").is_empty());
    assert!(with("rsync-delete-before").iter().all(|own| own.starts_with("mixed-state ")));
    assert!(!with("any").is_empty());
    assert_snapshot!(with("rsync-delete-after"), @"");
    assert_snapshot!(with("package"), @"");
    assert_snapshot!(with("symlink"), @"");
    // Without a word on how changes reach the hosts, any order would be a guess.
    assert_snapshot!(change(&[parent, (child, before)], &[(child, after)]), @"");
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    for config in [
        "rollout: {units: [{paths: ['a/**']}]}",
        "rollout: {units: [{name: a}]}",
        "rollout: {units: [{name: a, paths: ['a/**'], coupled: [b]}]}",
        "rollout: {units: [{name: a, paths: ['a/{']}]}",
        "rollout: {mechanism: pigeon}",
    ] {
        let dir = tree(&[(SITE, "node 'a' {\n}\n"), ("crosscheck.yaml", config)]);
        assert_eq!(crosscheck(dir.path(), &["check"]).status.code(), Some(2), "{config}");
    }
}

#[test]
fn what_the_deployment_makes_is_made_again_after_its_sources() {
    let old = tree(&[("i18n/en.json", "{}"), ("a.php", "<?php\n")]);
    let new = tree(&[("i18n/en.json", "{\"a\": \"b\"}"), ("a.php", "<?php\n")]);
    let sheet = plan(&old, &new);
    assert_eq!(sheet["rebuilds"][0]["name"], "localisation cache");
    assert_eq!(sheet["rebuilds"][0]["after_wave"], 1);
}

/// A tool that starts another on some host, with a flag that is new at both ends.
fn tool(flag: bool) -> Vec<(&'static str, &'static str)> {
    let runner = match flag {
        true => {
            "#!/usr/bin/python3\nimport argparse\np = argparse.ArgumentParser()\np.add_argument('--register', action='store_true')\np.parse_args()\n"
        }
        false => {
            "#!/usr/bin/python3\nimport argparse\np = argparse.ArgumentParser()\np.parse_args()\n"
        }
    };
    let submit = match flag {
        true => "import subprocess\nsubprocess.check_call(['runner', '--register'])\n",
        false => "import subprocess\nsubprocess.check_call(['runner'])\n",
    };
    let setup = "from setuptools import setup\nsetup(name='tool', scripts=['bin/runner'])\n";
    vec![("bin/runner", runner), ("tool/submit.py", submit), ("setup.py", setup)]
}

fn settings(units: &str) -> String {
    format!("rollout:\n  units:\n{units}")
}

#[test]
fn a_host_group_that_uses_another_at_the_other_version_has_no_safe_order() {
    let group = |across: &str| {
        settings(&format!(
            "  - name: tool\n    paths: ['**']\n    mechanism: package\n    groups: [bastions, grid]\n{across}"
        ))
    };
    let (old, new) = (tree(&tool(false)), tree(&tool(true)));
    write(new.path(), "crosscheck.yaml", &group(""));
    // On each host caller and runner come together.
    let sheet = plan(&old, &new);
    assert_eq!(waves(&sheet), [["tool@bastions", "tool@grid"]]);
    assert_eq!(sheet["hazards"], 0);
    // A caller on one host starts the runner on another: one of the two is ahead.
    write(new.path(), "crosscheck.yaml", &group("    across-hosts: true\n"));
    let sheet = plan(&old, &new);
    let units = &sheet["components"][0]["units"];
    assert_eq!(*units, serde_json::json!(["tool@bastions", "tool@grid"]));
    assert_eq!(sheet["edges"][0]["entity"], "flag:runner/--register");
}

#[test]
fn a_unit_across_hosts_needs_groups() {
    let (old, new) = (tree(&tool(false)), tree(&tool(true)));
    let unit = settings("  - name: tool\n    paths: ['**']\n    across-hosts: true\n");
    write(new.path(), "crosscheck.yaml", &unit);
    let old = old.path().to_str().expect("UTF-8");
    assert_snapshot!(told(new.path(), &["rollout", old, "."]), @r"
        crosscheck: wrong configuration
          × rollout.units: `tool` is used across hosts, and has no two `groups` that could differ
           ╭─[crosscheck.yaml:1:1]
         1 │ rollout:
           · ───────
         2 │   units:
           ╰────
        exit code 2
        ");
}

#[test]
fn puppet_compiles_from_one_version_of_the_tree() {
    let call = |name: &str| format!("node 'a' {{\n  web::site {{ 'x': {name} => 1 }}\n}}\n");
    let define = |name: &str| format!("define web::site(${name}) {{\n}}\n");
    let path = "modules/web/manifests/site.pp";
    let old = puppet(&[(SITE, &call("port")), (path, &define("port"))]);
    let new = puppet(&[(SITE, &call("listen")), (path, &define("listen"))]);
    write(new.path(), "crosscheck.yaml", "rollout:\n  mechanism: puppet\n");
    let sheet = plan(&old, &new);
    assert_eq!(sheet["hazards"], 0);
    assert_eq!(waves(&sheet).len(), 1);
}

#[test]
fn a_switched_link_brings_the_whole_tree() {
    let old = puppet(&[(SITE, "node 'a' {\n}\n")]);
    let new = puppet(&[(SITE, "node 'a' {\n  include web\n}\n"), (WEB, "class web {\n}\n")]);
    write(new.path(), "crosscheck.yaml", "rollout:\n  mechanism: symlink\n");
    let sheet = plan(&old, &new);
    assert_eq!(waves(&sheet), [["."]]);
    assert_eq!(sheet["waves"][0]["units"][0]["paths"][0], SITE);
}

#[test]
fn a_unit_reaches_the_hosts_whose_configuration_needs_it() {
    let site = "node /^web100[1-4]\\.example/ {\n  include web\n}\nnode 'lab1.example' {\n  include web\n}\nnode 'db1.example' {\n}\n";
    let role = |x: u32| format!("class web {{\n  $x = {x}\n}}\n");
    let old = puppet(&[(SITE, site), (WEB, &role(1))]);
    let new = puppet(&[(SITE, site), (WEB, &role(2))]);
    let sheet = plan(&old, &new);
    let reach = &sheet["waves"][0]["units"][0]["reaches"];
    assert_eq!(reach["groups"], 2);
    assert_eq!(reach["hosts"], 5);
    assert_eq!(reach["smallest"], "lab1.example");
    assert_eq!(reach["place"]["line"], 4);
    let notes = sheet["notes"].as_array().expect("notes").iter();
    assert_snapshot!(
        notes.filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        @"canary: bring wave 1 to `lab1.example` (1 host) first and wait for its checks, manifests/site.pp:4 (new)"
    );
}

#[test]
fn a_unit_reaches_the_groups_of_the_plays_that_use_it() {
    let inventory =
        "[web]\nw[1:3].example\n[canary]\nw1.example\n[all_web:children]\nweb\ncanary\n";
    let play = |hosts: &str| format!("- hosts: {hosts}\n  roles:\n  - web\n");
    let task =
        |mode: &str| format!("- name: a folder\n  file: path=/srv/x state=directory mode={mode}\n");
    let files = |mode: &str| {
        tree(&[
            ("inventory/hosts", inventory),
            ("playbooks/all.yml", &play("all_web")),
            ("playbooks/canary.yml", &play("canary")),
            ("roles/web/tasks/main.yml", &task(mode)),
        ])
    };
    let sheet = plan(&files("0755"), &files("0750"));
    let reach = &sheet["waves"][0]["units"][0]["reaches"];
    assert_eq!(reach["groups"], 2);
    assert_eq!(reach["smallest"], "canary");
    assert_eq!(reach["smallest_hosts"], 1);
}

#[test]
fn a_plan_names_the_services_that_the_tree_restarts() {
    let web = "class web {\n  file { '/etc/web.conf':\n    source => 'puppet:///modules/web/web.conf',\n    notify => Service['httpd'],\n  }\n  file { '/etc/app.conf':\n    content => template('web/app.erb'),\n  }\n  service { 'httpd':\n    ensure => running,\n  }\n  service { 'app':\n    ensure    => running,\n    subscribe => File['/etc/app.conf'],\n  }\n}\n";
    let trees = |text: &str| {
        let path = |name: &str| format!("modules/web/{name}");
        tree(&[(WEB, web), (&path("files/web.conf"), text), (&path("templates/app.erb"), text)])
    };
    let sheet = plan(&trees("a = 1\n"), &trees("a = 2\n"));
    let units = &sheet["waves"][0]["units"];
    assert_eq!(units[0]["restarts"], serde_json::json!(["httpd"]));
    assert_eq!(units[1]["restarts"], serde_json::json!(["app"]));
    // That is part of each change: nobody has to be told.
    let services = sheet["services"].as_array().expect("services");
    assert!(services.iter().all(|service| service["routine"] == true));
}

#[test]
fn a_handler_restarts_the_service_that_it_names() {
    let task = "- name: the configuration\n  template: src=web.j2 dest=/etc/web.conf\n  notify: restart web\n";
    let handler = "- name: restart web\n  service: name=httpd state=restarted\n";
    let trees = |text: &str| {
        tree(&[
            ("playbooks/web.yml", "- hosts: all\n  roles:\n  - web\n"),
            ("roles/web/tasks/main.yml", task),
            ("roles/web/handlers/main.yml", handler),
            ("roles/web/templates/web.j2", text),
        ])
    };
    let sheet = plan(&trees("a = 1\n"), &trees("a = 2\n"));
    assert_eq!(sheet["waves"][0]["units"][0]["restarts"], serde_json::json!(["httpd"]));
}

#[test]
fn a_plan_names_the_other_deployments_that_restart_a_service() {
    let deployment = "class deployment {\n  $calls = {\n    'wiki/code'   => ['wiki.link_config', 'wiki.restart_wiki'],\n    'wiki/config' => ['wiki.restart_wiki'],\n    'other'       => [],\n  }\n}\n";
    let trees = |text: &str| {
        tree(&[
            ("modules/deployment/manifests/init.pp", deployment),
            ("code/app.py", text),
            (
                "crosscheck.yaml",
                &settings("  - {name: code, paths: ['code/**'], restarts: [wiki]}\n"),
            ),
        ])
    };
    let sheet = plan(&trees("a = 1\n"), &trees("a = 2\n"));
    let from = sheet["services"][0]["deployed_from"].as_array().expect("repositories");
    let names: Vec<_> = from.iter().map(|own| own["repository"].as_str()).collect();
    assert_eq!(names, [Some("wiki/code"), Some("wiki/config")]);
    assert_eq!(from[1]["place"]["line"], 4);
}

#[test]
fn a_package_is_installed_before_what_loads_what_it_brings() {
    let manifest = |more: &str| {
        format!(
            "class wiki {{\n  package {{ 'mediawiki':\n    ensure => installed,\n  }}\n{more}}}\n"
        )
    };
    let package = "  package { 'mediawiki-Badges':\n    ensure => installed,\n  }\n";
    let settings = "modules/wiki/templates/LocalSettings.php.erb";
    let path = "modules/wiki/manifests/init.pp";
    let old = tree(&[(path, &manifest("")), (settings, "<?php\n$x = 1;\n")]);
    let load = "<?php\n$x = 1;\nwfLoadExtension( 'Badges' );\n";
    let new = tree(&[(path, &manifest(package)), (settings, load)]);
    let sheet = plan(&old, &new);
    assert_eq!(waves(&sheet), [[path], [settings]]);
    assert_eq!(sheet["edges"][0]["to"]["path"], path);
    // And the other way round: what loads it goes first.
    assert_eq!(waves(&plan(&new, &old)), [[settings], [path]]);
}

#[test]
fn a_backend_that_goes_from_another_fragment_is_missed() {
    let config = |front: &str, back: &str| {
        tree(&[
            (
                "haproxy/10-front.cfg",
                &format!("frontend web\n  bind :80\n  default_backend {front}\n"),
            ),
            ("haproxy/20-back.cfg", &format!("backend {back}\n  server a 10.0.0.1:80 check\n")),
        ])
    };
    let (old, new) = (config("app", "app"), config("app", "app2"));
    let old_path = old.path().to_str().expect("UTF-8");
    let found = report(new.path(), &["check", ".", "--against", old_path]);
    assert_eq!(found["findings"][0]["rule"], "removed-but-referenced");
    assert_eq!(found["findings"][0]["entity"], "haproxy.backend:app");
    let sheet = plan(&old, &config("app2", "app2"));
    assert_eq!(sheet["components"][0]["units"].as_array().map(Vec::len), Some(2));
    assert_eq!(sheet["edges"][0]["entity"], "haproxy.backend:app");
    // Alone, a fragment's other half may be anywhere.
    let alone = report(new.path(), &["check", "."]);
    assert_eq!(alone["findings"].as_array().map(Vec::len), Some(0));
}

//! What a plan claims, and what it does not know.

use crate::common::{crosscheck, report, tree, write};
use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

fn plan(old: &TempDir, new: &TempDir) -> Value {
    report(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."])
}

/// The plan for people, and its exit code.
fn told(old: &TempDir, new: &TempDir, args: &[&str]) -> (String, Option<i32>) {
    let own = ["rollout", old.path().to_str().expect("UTF-8"), "."];
    let done = crosscheck(new.path(), &[&own, args].concat());
    (String::from_utf8_lossy(&done.stdout).into_owned(), done.status.code())
}

/// The wave of a unit, from 0.
fn wave(sheet: &Value, name: &str) -> usize {
    let waves = sheet["waves"].as_array().expect("waves");
    let has = |wave: &Value| {
        wave["units"].as_array().expect("units").iter().any(|unit| unit["name"] == name)
    };
    waves.iter().position(has).unwrap_or_else(|| panic!("{name} lands"))
}

fn order<'s>(sheet: &'s Value, name: &str) -> &'s str {
    let waves = sheet["waves"].as_array().expect("waves");
    let mut units = waves.iter().flat_map(|wave| wave["units"].as_array().expect("units"));
    let unit = units.find(|unit| unit["name"] == name).expect("lands");
    unit["order"].as_str().expect("an order")
}

/// Whether one of two units has to wait for the other.
fn tied(sheet: &Value, a: &str, b: &str) -> bool {
    let has =
        |list: &Value, name: &str| list.as_array().expect("names").iter().any(|own| own == name);
    let edges = sheet["edges"].as_array().expect("edges");
    edges.iter().any(|edge| {
        [(a, b), (b, a)].iter().any(|(x, y)| has(&edge["after"], x) && has(&edge["before"], y))
    })
}

const SITE: &str = "manifests/site.pp";
const NOTHING_BREAKS: &str = "nothing at one version breaks anything at the other";

#[test]
fn nothing_breaks_only_where_all_was_read() {
    let old = tree(&[(SITE, "node 'a' {\n}\n"), ("modules/a/manifests/init.pp", "class a {\n}\n")]);
    let new = tree(&[
        (SITE, "node 'b' {\n}\n"),
        ("modules/a/manifests/init.pp", "class a {\n  $x = 1\n}\n"),
    ]);
    let (text, code) = told(&old, &new, &["--fail-on", "note"]);
    // The first line names folders that the test made up.
    assert_snapshot!(text.split_once('\n').expect("lines").1, @r"

        2 units in 1 wave, 0 hazards on the way

        Every unit can land at any time: nothing at one version breaks anything at the other.
        That rests on 2 changed files, all of them read, with 0 references; what values mean is not followed.

        1. 2 units — in any order
          [ ] manifests/site.pp (needed by 1 host group, at most 1 host)
          [ ] modules/a/manifests/init.pp

        Notes

          canary: bring wave 1 to `b` (1 host) first and wait for its checks, manifests/site.pp:1 (new)
        ");
    assert!(text.contains(NOTHING_BREAKS), "{text}");
    assert_eq!(code, Some(0));
    let mut unread = String::new();
    for path in [
        "shop/cart.py",
        "db/migrate/20200101_price.rb",
        "shop/views/cart.twig",
        "roles/a/tasks/main.yml",
    ] {
        write(new.path(), path, "- debug: {msg: x}\n");
        let (text, code) = told(&old, &new, &["--fail-on", "note"]);
        assert!(!text.contains(NOTHING_BREAKS), "{text}");
        let lines = text.lines().filter(|line| line.contains(": 1 "));
        unread.extend(lines.map(|line| format!("{path}: {line}\n")));
        assert_eq!(code, Some(1), "{path}");
        assert_eq!(told(&old, &new, &[]).1, Some(0), "{path}");
        assert_eq!(order(&plan(&old, &new), path), "unknown");
        std::fs::remove_file(new.path().join(path)).expect("removed");
    }
    assert_snapshot!(unread, @r"
        shop/cart.py: Not read, so that they may need more than this plan knows: 1 Python file (methods of objects are not followed).
        db/migrate/20200101_price.rb: Not read, so that they may need more than this plan knows: 1 migration (what the code needs of the database is not followed).
        shop/views/cart.twig: Not read, so that they may need more than this plan knows: 1 template.
        roles/a/tasks/main.yml: Not read, so that they may need more than this plan knows: 1 file of Ansible (only variables of one role are followed).
        ");
}

#[test]
fn where_nothing_is_known_additions_come_first_and_deletions_last() {
    let old = tree(&[("shop/basket.py", "A = 1\n"), ("app.py", "import shop.basket\n")]);
    let new = tree(&[("shop/cart.py", "A = 1\n"), ("app.py", "import shop.cart\n")]);
    let sheet = plan(&old, &new);
    let at = |name| wave(&sheet, name);
    assert_eq!([at("shop/cart.py"), at("app.py"), at("shop/basket.py")], [0, 1, 2]);
}

#[test]
fn an_order_that_was_found_goes_before_the_wish() {
    // The new node needs a parameter of a class that is there already.
    let class = "modules/a/manifests/init.pp";
    let old = tree(&[(SITE, "node 'a' {\n}\n"), (class, "class a {\n}\n"), ("x.py", "a = 1\n")]);
    let new = tree(&[
        (SITE, "node 'a' {\n}\n"),
        ("manifests/b.pp", "node 'b' {\n  class { 'a': port => 1 }\n}\n"),
        (class, "class a($port = 0) {\n}\n"),
        ("x.py", "a = 2\n"),
    ]);
    let sheet = plan(&old, &new);
    assert!(wave(&sheet, class) < wave(&sheet, "manifests/b.pp"), "{sheet}");
    assert!(wave(&sheet, "manifests/b.pp") < wave(&sheet, "x.py"), "{sheet}");
    assert_eq!(order(&sheet, class), "ordered");
}

#[test]
fn a_module_that_nothing_live_uses_needs_no_order() {
    let init = ("modules/ntp/manifests/init.pp", "class ntp inherits ntp::params {\n}\n");
    let params = ("modules/ntp/manifests/params.pp", "class ntp::params {\n  $x = 1\n}\n");
    let spec = ("modules/ntp/spec/fixtures/x.pp", "include ntp\n");
    let site = (SITE, "node 'a' {\n}\n");
    let (without, with) = (tree(&[site]), tree(&[site, init, params, spec]));
    for (old, new) in [(&without, &with), (&with, &without)] {
        let sheet = plan(old, new);
        assert_eq!(sheet["hazards"], 0, "{sheet}");
        assert_eq!(sheet["components"].as_array().map(Vec::len), Some(0));
    }
    // Once something live refers to it, what it needs has to be there first.
    let used = tree(&[(SITE, "node 'a' {\n  include ntp\n}\n"), init, params]);
    let sheet = plan(&without, &used);
    assert!(wave(&sheet, init.0) < wave(&sheet, SITE), "{sheet}");
    assert!(wave(&sheet, params.0) < wave(&sheet, SITE), "{sheet}");
    let sheet = plan(&used, &without);
    assert!(wave(&sheet, SITE) < wave(&sheet, init.0), "{sheet}");
    assert!(wave(&sheet, SITE) < wave(&sheet, params.0), "{sheet}");
}

#[test]
fn tests_are_no_callers_unless_asked_for() {
    let class = "modules/a/manifests/init.pp";
    let old = tree(&[
        (SITE, "node 'a' {\n}\n"),
        (class, "class a {\n}\n"),
        ("tests/a.pp", "include a\n"),
    ]);
    let new = tree(&[(SITE, "node 'a' {\n}\n"), ("tests/a.pp", "notice(1)\n")]);
    assert_eq!(plan(&old, &new)["hazards"], 0);
    let args = ["rollout", old.path().to_str().expect("UTF-8"), ".", "--with-tests"];
    assert_eq!(report(new.path(), &args)["hazards"], 1);
}

#[test]
fn a_hazard_has_an_exit_code() {
    let class = ("modules/a/manifests/init.pp", "class a {\n}\n");
    let old = tree(&[(SITE, "node 'a' {\n}\n")]);
    let new = tree(&[(SITE, "node 'a' {\n  include a\n}\n"), class]);
    assert_eq!(told(&old, &new, &[]).1, Some(0));
    assert_eq!(told(&old, &new, &["--fail-on", "warning"]).1, Some(1));
}

#[test]
fn what_is_free_is_counted() {
    let files: Vec<(String, String)> = (0..40)
        .map(|ix| (format!("modules/m{ix}/manifests/init.pp"), format!("class m{ix} {{\n}}\n")))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let old = tree(&[(SITE, "node 'a' {\n}\n")]);
    let new = tree(&[&files[..], &[(SITE, "node 'a' {\n}\n")]].concat());
    let (text, _) = told(&old, &new, &[]);
    assert_snapshot!(text.split_once('\n').expect("lines").1, @r"

        40 units in 1 wave, 0 hazards on the way

        Every unit can land at any time: nothing at one version breaks anything at the other.
        That rests on 40 changed files, all of them read, with 0 references; what values mean is not followed.

        1. 40 units — in any order
          [ ] modules/m0/manifests/init.pp
          [ ] modules/m1/manifests/init.pp
          [ ] modules/m10/manifests/init.pp
          [ ] modules/m11/manifests/init.pp
          [ ] 36 more, free
        ");
    let sheet = plan(&old, &new);
    assert_eq!(sheet["waves"][0]["units"].as_array().map(Vec::len), Some(40));
    assert_eq!(sheet["known"]["free"], 40);
}

#[test]
fn only_the_configured_mechanism_is_listed() {
    let class = ("modules/a/manifests/init.pp", "class a {\n}\n");
    let old = tree(&[(SITE, "node 'a' {\n}\n")]);
    let config = ("crosscheck.yaml", "rollout: {mechanism: rsync-delete-after}\n");
    let new = tree(&[(SITE, "node 'a' {\n  include a\n}\n"), class, config]);
    let sheet = plan(&old, &new);
    assert_eq!(sheet["mechanisms"].as_array().map(Vec::len), Some(1), "{sheet}");
}

#[test]
fn a_class_lands_before_the_template_that_reads_its_variable() {
    let (class, template) = ("modules/a/manifests/init.pp", "modules/a/templates/a.conf.erb");
    let body = |more: &str| {
        format!(
            "class a {{\n{more}  file {{ '/etc/a': content => template('a/a.conf.erb') }}\n}}\n"
        )
    };
    let site = (SITE, "node 'a' {\n  include a\n}\n");
    let without = tree(&[site, (class, &body("")), (template, "x\n")]);
    let with = tree(&[site, (class, &body("  $port = 1\n")), (template, "<%= @port %>\n")]);
    let sheet = plan(&without, &with);
    assert!(wave(&sheet, class) < wave(&sheet, template), "{sheet}");
    let sheet = plan(&with, &without);
    assert!(wave(&sheet, template) < wave(&sheet, class), "{sheet}");
}

#[test]
fn a_name_that_stays_in_use_is_another_things() {
    let player = "class Player {\n  close(tech) {\n    tech.dispose();\n  }\n}\n";
    let old = tree(&[("player.js", player), ("tech.js", "class Tech {\n  dispose() {\n  }\n}\n")]);
    let new =
        tree(&[("player.js", &format!("{player}// more\n")), ("tech.js", "class Tech {\n}\n")]);
    assert!(!tied(&plan(&old, &new), "player.js", "tech.js"));
}

#[test]
fn a_key_may_land_before_the_class_that_reads_it() {
    let (class, data) = ("modules/a/manifests/init.pp", "hieradata/common.yaml");
    let hiera = (
        "hiera.yaml",
        "version: 5\nhierarchy:\n  - {name: c, path: common.yaml, datadir: hieradata}\n",
    );
    let site = (SITE, "node 'a' {\n  include a\n}\n");
    let old = tree(&[hiera, site, (class, "class a {\n}\n"), (data, "x: 1\n")]);
    let new = tree(&[hiera, site, (class, "class a($port) {\n}\n"), (data, "x: 1\na::port: 1\n")]);
    let judge = |order: &str| {
        let list = format!("{order}\norder.txt\n");
        write(new.path(), "order.txt", &list);
        told(&old, &new, &["--check-order", "order.txt"])
    };
    assert_eq!(judge(&format!("{data}\n{class}")).1, Some(0));
    assert_eq!(judge(&format!("{class}\n{data}")).1, Some(1));
    // As MediaWiki's deployments write it.
    let (text, code) = judge(&format!(
        "scap sync-file {data} 'Key for a (T1)'\n$ scap sync-dir modules/a/ Class: reads it # T1"
    ));
    assert_eq!(code, Some(0), "{text}");
    write(new.path(), "order.txt", &format!("{class}\n{data}\norder.txt\n"));
    let args = ["rollout", old.path().to_str().expect("UTF-8"), ".", "--check-order", "order.txt"];
    let judged = report(new.path(), &args);
    assert_eq!(judged["safe"], false);
    assert_eq!(judged["violations"][0]["line"], 1);
    assert_eq!(judged["violations"][0]["until"], 2);
    assert_eq!(judged["violations"][0]["unit"], class);
}

#[test]
fn what_puts_a_program_there_lands_before_what_runs_it() {
    let (b, c) = ("modules/b/manifests/init.pp", "modules/c/manifests/init.pp");
    let brings = |name: &str| {
        format!(
            "class b {{\n  file {{ '/usr/local/sbin/{name}':\n    source => 'puppet:///modules/b/{name}',\n  }}\n}}\n"
        )
    };
    let runs = |name: &str| {
        format!(
            "class c {{\n  include b\n  cron {{ 'x':\n    command => '/usr/local/sbin/{name} --full',\n  }}\n}}\n"
        )
    };
    let site = (SITE, "node 'a' {\n  include c\n}\n");
    let at = |name: &str| {
        let file = format!("modules/b/files/{name}");
        tree(&[site, (&file, "#!/bin/sh\n"), (b, &brings(name)), (c, &runs(name))])
    };
    let sheet = plan(&at("backup.sh"), &at("dump.sh"));
    assert!(wave(&sheet, b) < wave(&sheet, c), "{sheet}");
}

#[test]
fn a_trait_comes_before_the_class_that_uses_it() {
    let json = ("composer.json", "{\"autoload\": {\"psr-4\": {\"A\\\\\": \"src/\"}}}\n");
    let class = |body: &str| format!("<?php\nnamespace A;\nclass B {{ {body} }}\n");
    let part = ("src/T.php", "<?php\nnamespace A;\ntrait T {\n}\n");
    let old = tree(&[json, ("src/B.php", &class(""))]);
    let new = tree(&[json, ("src/B.php", &class("use T;")), part]);
    assert!(tied(&plan(&old, &new), "src/B.php", part.0));
    // A closure's variables are none.
    let new = tree(&[
        json,
        ("src/B.php", &class("function f() { return function () use ($T) {}; }")),
        part,
    ]);
    assert!(!tied(&plan(&old, &new), "src/B.php", part.0));
}

#[test]
fn an_empty_base_path_is_the_extensions_folder() {
    let own = |scripts: &str| {
        format!(
            "{{\"name\": \"X\", \"manifest_version\": 2, \"ResourceModules\": {{\"ext.x\": {{\"localBasePath\": \"\", \"scripts\": [{scripts}]}}}}}}\n"
        )
    };
    let (a, b) = (("modules/a.js", "a();\n"), ("modules/b.js", "b();\n"));
    let old = tree(&[("extension.json", &own("\"modules/a.js\", \"modules/b.js\"")), a, b]);
    let new = tree(&[("extension.json", &own("\"modules/a.js\"")), a]);
    assert!(tied(&plan(&old, &new), "extension.json", b.0));
}

#[test]
fn a_tree_is_joined_where_its_contents_land() {
    let main = tree(&[("LocalSettings.php", "<?php\nwfLoadExtension( 'X' );\n")]);
    let old = tree(&[("src/A.php", "<?php\nclass A {\n}\n")]);
    let new = tree(&[("src/A.php", "<?php\nclass A {\n  // more\n}\n")]);
    let with = |tree: &TempDir| format!("extensions/X={}", tree.path().display());
    let done = |with: &str| crosscheck(main.path(), &["check", ".", "--with", with]).status.code();
    assert_eq!(done(&with(&old)), Some(0));
    assert_eq!(done(&with(&new)), Some(0));
    assert_eq!(done(&format!("../X={}", old.path().display())), Some(2));
    assert_eq!(done(&format!("LocalSettings.php={}", old.path().display())), Some(2));
}

#[test]
fn replicas_that_are_replaced_one_by_one_stay_up() {
    let deployment = |replicas: u32, image: &str, strategy: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  replicas: {replicas}\n{strategy}  template:\n    spec:\n      containers:\n        - name: shop\n          image: {image}\n          command: [run]\n"
        )
    };
    let config = "rollout:\n  units:\n    - {name: shop, paths: ['deploy/**'], restarts: [shop]}\n";
    let routine = |replicas: u32, strategy: &str| {
        let old = tree(&[("deploy/shop.yaml", &deployment(replicas, "shop:1", strategy))]);
        let new = tree(&[
            ("deploy/shop.yaml", &deployment(replicas, "shop:2", strategy)),
            ("crosscheck.yaml", config),
        ]);
        plan(&old, &new)["services"][0]["routine"].clone()
    };
    assert_eq!(routine(3, ""), true);
    assert_eq!(routine(1, ""), false);
    assert_eq!(routine(3, "  strategy: {type: Recreate}\n"), false);
}

#[test]
fn a_downtime_in_icinga_silences_no_alert_of_prometheus() {
    let downtime =
        "apply ScheduledDowntime \"d\" to Service {\n  assign where service.name == \"shop\"\n}\n";
    let alert = "groups:\n  - name: shop\n    rules:\n      - alert: shop\n        expr: up{job=\"shop\"} == 0\n        labels: {severity: page}\n";
    let check =
        "object Service \"shop\" {\n  check_command = \"http\"\n  vars.http_vhost = \"shop\"\n}\n";
    let config = "rollout:\n  units:\n    - {name: shop, paths: ['app/**'], restarts: [shop]}\n";
    let silenced = |monitor: (&str, &str)| {
        let quiet = ("icinga/zones.d/d.conf", downtime);
        let old = tree(&[("app/x", "1\n"), monitor, quiet]);
        let new = tree(&[("app/x", "2\n"), monitor, quiet, ("crosscheck.yaml", config)]);
        let watchers = plan(&old, &new)["services"][0]["watchers"].clone();
        assert_eq!(watchers[0]["kind"], "monitor", "{watchers}");
        !watchers[0]["silenced"].is_null()
    };
    assert!(!silenced(("prometheus/shop.rules.yml", alert)));
    assert!(silenced(("icinga/zones.d/shop.conf", check)));
}

#[test]
fn a_key_comes_in_one_level_before_it_goes_from_another() {
    let (host, role) = ("hieradata/hosts/a.yaml", "hieradata/role/common/web.yaml");
    let old = tree(&[(SITE, "node 'a' {\n}\n"), (host, "web::port: 1\nx: 1\n"), (role, "y: 1\n")]);
    let new = tree(&[(SITE, "node 'a' {\n}\n"), (host, "x: 1\n"), (role, "y: 1\nweb::port: 1\n")]);
    let sheet = plan(&old, &new);
    assert!(wave(&sheet, role) < wave(&sheet, host), "{sheet}");
}

#[test]
fn every_level_of_the_data_lands_before_what_asks_for_its_key() {
    let (class, all, one) =
        ("modules/a/manifests/init.pp", "hieradata/common.yaml", "hieradata/production.yaml");
    let site = (SITE, "node 'a' {\n  include a\n}\n");
    let class_of = |key: &str| format!("class a {{\n  $x = lookup('{key}')\n}}\n");
    let old =
        tree(&[site, (class, &class_of("a::old")), (all, "a::old: 1\n"), (one, "a::old: 2\n")]);
    let new =
        tree(&[site, (class, &class_of("a::new")), (all, "a::new: 1\n"), (one, "a::new: 2\n")]);
    let stuck = plan(&old, &new)["components"][0]["units"].clone();
    assert_eq!(stuck, serde_json::json!([all, one, class]));
}

#[test]
fn the_install_list_of_the_only_package_says_where_a_program_lands() {
    let program = |flag: &str| {
        format!(
            "#!/usr/bin/env python3\nimport argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--{flag}', required=True)\nparser.parse_args()\n"
        )
    };
    let unit = |flag: &str| format!("[Service]\nExecStart=/usr/bin/run-shop --{flag} /etc/shop\n");
    let list = ("app/debian/install", "run-shop usr/bin\n");
    let at = |flag: &str| {
        tree(&[("app/run-shop", &program(flag)), ("systemd/shop.service", &unit(flag)), list])
    };
    let stuck = plan(&at("config"), &at("settings"))["components"][0]["units"].clone();
    assert_eq!(stuck, serde_json::json!(["app/run-shop", "systemd/shop.service"]));
}

#[test]
fn a_value_of_the_data_is_put_together_of_other_keys() {
    let (all, one) = ("hieradata/common.yaml", "hieradata/production.yaml");
    let old = tree(&[(all, "x: 1\n"), (one, "y: 1\n")]);
    let new = tree(&[(all, "x: \"https://%{lookup('host')}\"\n"), (one, "y: 1\nhost: a\n")]);
    let sheet = plan(&old, &new);
    assert!(wave(&sheet, one) < wave(&sheet, all), "{sheet}");
}

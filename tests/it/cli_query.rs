//! `crosscheck why` and `crosscheck impact`.

use crate::common::{crosscheck, told};
use insta::assert_snapshot;
use std::path::PathBuf;
use std::process::Output;

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn tree() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let manifests = dir.path().join("modules/web/manifests");
    std::fs::create_dir_all(&manifests).expect("created");
    let files = dir.path().join("modules/web/files");
    std::fs::create_dir_all(&files).expect("created");
    std::fs::write(files.join("motd"), "hello\n").expect("written");
    let write =
        |name: &str, text: &str| std::fs::write(manifests.join(name), text).expect("written");
    write("init.pp", "class web {\n  include web::base\n}\n");
    write(
        "base.pp",
        "class web::base {\n  file { '/etc/motd':\n    source => 'puppet:///modules/web/motd',\n  }\n}\n",
    );
    let path = dir.path().to_path_buf();
    (dir, path)
}

#[test]
fn why_shows_the_shortest_chain_with_its_places() {
    let (_guard, dir) = tree();
    assert_snapshot!(told(&dir, &["why", "puppet.class:web", "modules/web/files/motd"]), @r"
        class `web`
          include → class `web::base`  (modules/web/manifests/init.pp:2:11)
          source → file `modules/web/files/motd`  (modules/web/manifests/base.pp:3:15)
        exit code 0
        ");
    assert_snapshot!(told(&dir, &["why", "modules/web/files/motd", "puppet.class:web"]), @r"
        file `modules/web/files/motd` does not need class `web`
        exit code 1
        ");
    let unknown = ["why", "puppet.class:webb", "puppet.class:web::base"];
    assert_snapshot!(told(&dir, &unknown), @r"
        crosscheck: nothing in the tree is called `puppet.class:webb`; did you mean `web`?
        exit code 2
        ");
}

#[test]
fn impact_lists_what_depends_on_a_file() {
    let (_guard, dir) = tree();
    assert_snapshot!(told(&dir, &["impact", "modules/web/files/motd"]), @r"
          class `web::base`  source at modules/web/manifests/base.pp:3:15
            class `web`  include at modules/web/manifests/init.pp:2:11
        2 depend on file `modules/web/files/motd`, 1 of them directly
        exit code 0
        ");
}

#[test]
fn a_name_is_what_people_call_a_thing() {
    let (_guard, dir) = tree();
    let direct = |args: &[&str]| {
        let done = crosscheck(&dir, args);
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        stdout(&done)
    };
    let expected = direct(&["impact", "puppet.class:web::base"]);
    for name in ["web::base", "::web::base", "Web::Base", "class:web::base"] {
        assert_eq!(direct(&["impact", name]), expected, "{name}");
    }
    assert_eq!(
        direct(&["why", "web", "files/motd"]),
        direct(&["why", "web", "modules/web/files/motd"])
    );
    assert!(direct(&["interface", "web::base"]).starts_with("class `web::base`  modules/web/"));
}

#[test]
fn what_is_unknown_gets_near_names_and_never_itself() {
    let (_guard, dir) = tree();
    assert_snapshot!(told(&dir, &["impact", "base"]), @r"
        crosscheck: nothing in the tree is called `base`; did you mean `web::base`?
        exit code 2
        ");
    assert_snapshot!(told(&dir, &["why", "web", "modules/web/files/modt"]), @r"
        crosscheck: nothing in the tree is called `modules/web/files/modt`; did you mean `modules/web/files/motd`?
        exit code 2
        ");
    assert_snapshot!(told(&dir, &["impact", "puppet.define:web"]), @r"
        crosscheck: nothing in the tree is called `puppet.define:web`; did you mean `modules/web`?
        exit code 2
        ");
    assert_snapshot!(told(&dir, &["interface", "modules/web/files/motd"]), @r"
        crosscheck: no parameters or flags of file `modules/web/files/motd` are known: its text shows none
        exit code 2
        ");
    // Options that mean nothing here are not offered.
    for option in ["--rule", "--baseline", "--packages"] {
        let told = told(&dir, &["impact", "web", option, "x"]);
        assert!(
            told.starts_with(&format!("error: unexpected argument '{option}' found\n")),
            "{told}"
        );
        assert!(told.ends_with("exit code 2"), "{told}");
    }
}

#[test]
fn several_things_of_one_name_are_listed() {
    let (_guard, dir) = tree();
    std::fs::create_dir_all(dir.join("roles/web/tasks")).expect("created");
    std::fs::write(dir.join("roles/web/tasks/main.yml"), "- command: 'true'\n").expect("written");
    assert_snapshot!(told(&dir, &["impact", "web"]), @r"
        crosscheck: `web` is the name of several things; write one of them:
          class:web  (class, in modules/web/manifests/init.pp)
          role:web  (role, in roles/web/tasks/main.yml)
        exit code 2
        ");
    for name in ["class:web", "role:web", "roles/web"] {
        assert_eq!(crosscheck(&dir, &["impact", name]).status.code(), Some(0), "{name}");
    }
}

#[test]
fn what_lives_elsewhere_has_dependents_too() {
    let (_guard, dir) = tree();
    let text = "class web::extra {\n  include passwords::db\n}\n";
    std::fs::write(dir.join("modules/web/manifests/extra.pp"), text).expect("written");
    let text = "provided-elsewhere:\n- entity: puppet.class:passwords::*\n  reason: the vault\n";
    std::fs::write(dir.join("crosscheck.yaml"), text).expect("written");
    assert_snapshot!(told(&dir, &["impact", "passwords::db"]), @r"
          class `web::extra`  include at modules/web/manifests/extra.pp:2:11
        1 depends on class `passwords::db`, 1 of them directly
        it lives elsewhere: the vault
        exit code 0
        ");
    assert_snapshot!(told(&dir, &["why", "web::extra", "passwords::db"]), @r"
        class `web::extra`
          include → class `passwords::db`  (modules/web/manifests/extra.pp:2:11)
        which lives elsewhere: the vault
        exit code 0
        ");
}

#[test]
fn the_json_contract_of_questions() {
    let (_guard, dir) = tree();
    let json = |args: &[&str]| -> serde_json::Value {
        let done = crosscheck(&dir, args);
        serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"))
    };
    let why = json(&["why", "web", "web::base", "--format", "json"]);
    assert_eq!(
        why,
        serde_json::json!({
            "version": 1, "from": "puppet.class:web", "to": "puppet.class:web::base",
            "chain": [{
                "via": "include", "path": "modules/web/manifests/init.pp", "line": 2, "column": 11,
                "from": "puppet.class:web", "to": "puppet.class:web::base",
            }],
        })
    );
    assert!(json(&["why", "web::base", "web", "--format", "json"])["chain"].is_null());
    let impact = json(&["impact", "web::base", "--format", "json"]);
    assert_eq!(
        impact,
        serde_json::json!({
            "version": 1, "target": "puppet.class:web::base", "present": true,
            "dependents": [{
                "via": "include", "path": "modules/web/manifests/init.pp", "line": 2, "column": 11,
                "entity": "puppet.class:web", "distance": 1,
            }],
            "summary": {"dependents": 1, "direct": 1},
        })
    );
}

#[test]
fn a_variable_is_found_by_its_name_alone() {
    let dir = crate::common::tree(&[
        ("site.yml", "- hosts: all\n  roles: [web]\n"),
        ("roles/web/defaults/main.yml", "web_allow_from: []\n"),
        ("roles/web/tasks/main.yml", "- command: a {{ web_allow_from }}\n"),
    ]);
    let bare = told(dir.path(), &["impact", "web_allow_from"]);
    assert_eq!(bare, told(dir.path(), &["impact", "variable:web_allow_from"]));
    assert!(bare.ends_with("exit code 0"), "{bare}");
}

//! Entries that are no plain files: submodules, and what turns from one sort into another.

use crate::common::{self, Findings, findings, report, told, tree, write};
use insta::assert_snapshot;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const CLASS: (&str, &str) = (
    "modules/web/manifests/init.pp",
    "class web {\n  file { '/etc/a':\n    content => template('web/a.erb'),\n  }\n  file { '/etc/b':\n    source => 'puppet:///modules/web/b/inner',\n  }\n}\n",
);
const TEMPLATE: &str = "modules/web/templates/a.erb";
const OTHER: &str = "modules/web/templates/other.erb";
const INNER: &str = "modules/web/files/b/inner";
const FILES: [(&str, &str); 4] = [CLASS, (TEMPLATE, "a\n"), (OTHER, "a\n"), (INNER, "b\n")];

/// What the last commit of a repository brings.
fn brought(repository: &TempDir) -> Findings {
    let args = ["check", "git:HEAD", "--against", "git:HEAD~1"];
    findings(&report(repository.path(), &args))
}

/// The units of the plan of the last commit, wave by wave.
fn plan(repository: &TempDir) -> String {
    let sheet = report(repository.path(), &["rollout", "git:HEAD~1", "git:HEAD"]);
    let waves = sheet["waves"].as_array().expect("waves").iter();
    let units = |own: &serde_json::Value| {
        let units = own["units"].as_array().expect("units").iter();
        let deletes = |own: &serde_json::Value| if own["deletes"] == true { "delete " } else { "" };
        let names =
            units.map(|own| format!("{}{}", deletes(own), own["name"].as_str().expect("a name")));
        names.collect::<Vec<_>>().join(", ")
    };
    waves.map(units).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_file_that_becomes_a_link_to_a_file() {
    let repository = common::repository(&FILES, |dir| {
        fs::remove_file(dir.join(TEMPLATE)).unwrap();
        symlink("other.erb", dir.join(TEMPLATE)).unwrap();
    });
    assert_snapshot!(brought(&repository), @"");
    assert_snapshot!(plan(&repository), @"modules/web/templates/a.erb");
}

#[test]
fn a_file_that_becomes_a_link_to_nothing() {
    let repository = common::repository(&FILES, |dir| {
        fs::remove_file(dir.join(TEMPLATE)).unwrap();
        symlink("gone.erb", dir.join(TEMPLATE)).unwrap();
    });
    assert_snapshot!(brought(&repository), @r"
        modules/web/manifests/init.pp:3:25: error[removed-but-referenced] file `modules/web/templates/a.erb` was removed but is still used
        modules/web/templates/a.erb:1:1: warning[unresolved-reference] file `modules/web/templates/gone.erb` does not exist
        ");
}

#[test]
fn a_link_that_becomes_a_file() {
    let before = |dir: &Path| {
        fs::remove_file(dir.join(TEMPLATE)).unwrap();
        symlink("other.erb", dir.join(TEMPLATE)).unwrap();
        commit(dir);
        fs::remove_file(dir.join(TEMPLATE)).unwrap();
        write(dir, TEMPLATE, "a\n");
    };
    let repository = common::repository(&FILES, before);
    assert_snapshot!(brought(&repository), @"");
    assert_snapshot!(plan(&repository), @"modules/web/templates/a.erb");
    // The text is the link's own target, byte for byte, and it is another entry all the same.
    let repository = common::repository(&FILES, |dir| {
        fs::remove_file(dir.join(TEMPLATE)).unwrap();
        symlink("gone.erb", dir.join(TEMPLATE)).unwrap();
        commit(dir);
        fs::remove_file(dir.join(TEMPLATE)).unwrap();
        write(dir, TEMPLATE, "gone.erb");
    });
    assert_snapshot!(brought(&repository), @"");
    assert_snapshot!(plan(&repository), @"modules/web/templates/a.erb");
    let back = ["check", "git:HEAD~1", "--against", "git:HEAD"];
    assert_snapshot!(findings(&report(repository.path(), &back)), @r"
        modules/web/manifests/init.pp:3:25: error[removed-but-referenced] file `modules/web/templates/a.erb` was removed but is still used
        modules/web/templates/a.erb:1:1: warning[unresolved-reference] file `modules/web/templates/gone.erb` does not exist
        ");
}

#[test]
fn a_folder_that_becomes_a_file() {
    let folder = "modules/web/files/b";
    let repository = common::repository(&FILES, |dir| {
        fs::remove_dir_all(dir.join(folder)).unwrap();
        write(dir, folder, "b\n");
    });
    assert_snapshot!(
        brought(&repository),
        @"modules/web/manifests/init.pp:6:15: error[removed-but-referenced] file `modules/web/files/b/inner` was removed but is still used"
    );
    // The file cannot come before the folder has gone.
    assert_snapshot!(plan(&repository), @"modules/web/files/b");
}

#[test]
fn a_file_that_becomes_a_folder() {
    let file = CLASS.1.replace("/b/inner", "/b");
    let files = [(CLASS.0, file.as_str()), (TEMPLATE, "a\n"), ("modules/web/files/b", "b\n")];
    let inner = CLASS.1.replace("/b/inner", "/b/other");
    let repository = common::repository(&files, |dir| {
        fs::remove_file(dir.join("modules/web/files/b")).unwrap();
        write(dir, INNER, "b\n");
        write(dir, CLASS.0, &inner);
    });
    assert_snapshot!(
        brought(&repository),
        @"modules/web/manifests/init.pp:6:15: error[unresolved-reference] file `modules/web/files/b/other` does not exist"
    );
    assert_snapshot!(plan(&repository), @"modules/web/files/b, modules/web/manifests/init.pp");
}

#[test]
fn a_folder_that_becomes_a_link() {
    let site = ("manifests/site.pp", "node 'a' {\n  include web\n}\n");
    let other = ("modules/other/manifests/init.pp", "class other {\n}\n");
    let files = [&FILES[..], &[site, other]].concat();
    let repository = common::repository(&files, |dir| {
        fs::remove_dir_all(dir.join("modules/web")).unwrap();
        symlink("other", dir.join("modules/web")).unwrap();
    });
    assert_snapshot!(
        brought(&repository),
        @"manifests/site.pp:2:11: error[removed-but-referenced] class `web` was removed but is still used"
    );
    assert_snapshot!(plan(&repository), @"modules/web");
}

const SITE: (&str, &str) =
    ("manifests/site.pp", "node 'a' {\n  include web\n  include web::absent\n}\n");
const MODULES: (&str, &str) =
    (".gitmodules", "[submodule \"web\"]\n\tpath = modules/web\n\turl = https://example.org/web\n");

/// It requires a file of the submodule, and one that nobody has.
const PAGE: (&str, &str) = (
    "index.php",
    "<?php\nrequire_once __DIR__ . '/modules/web/lib/a.php';\nrequire_once __DIR__ . '/gone.php';\n",
);

fn git(dir: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(dir).args(["-c", "user.name=a", "-c", "user.email=a@b"]);
    let done = command.args(arguments).output().expect("git starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn commit(dir: &Path) {
    git(dir, &["add", "-A"]);
    git(dir, &["commit", "-qm", "x"]);
}

/// A repository whose first commit has these files, and whose second brings a submodule that
/// nobody fetched.
fn with_submodule(files: &[(&str, &str)]) -> TempDir {
    let dir = tree(files);
    git(dir.path(), &["init", "-q"]);
    commit(dir.path());
    let _ = fs::remove_dir_all(dir.path().join("modules/web"));
    write(dir.path(), MODULES.0, MODULES.1);
    git(dir.path(), &["add", "-A"]);
    submodule(dir.path(), '1');
    dir
}

/// Commits the submodule at a commit that is made of one digit.
fn submodule(dir: &Path, digit: char) {
    let entry = format!("160000,{},modules/web", digit.to_string().repeat(40));
    git(dir, &["update-index", "--add", "--cacheinfo", &entry]);
    git(dir, &["commit", "-qm", "x"]);
}

#[test]
fn what_a_submodule_holds_is_elsewhere() {
    // The module is the tree's own, and lacks a class.
    let class = ("modules/web/manifests/init.pp", "class web {\n}\n");
    assert_snapshot!(
        common::check(&[SITE, class]),
        @"manifests/site.pp:3:11: error[unresolved-reference] class `web::absent` does not exist"
    );
    // Its folder is another repository's: in a revision, in a clone, in a folder without git.
    let dir = with_submodule(&[SITE, PAGE]);
    let found = |of: &str| findings(&report(dir.path(), &["check", of]));
    assert_snapshot!(
        found("git:HEAD"),
        @"index.php:3:14: error[unresolved-reference] file `gone.php` does not exist"
    );
    assert_snapshot!(
        found("."),
        @"index.php:3:14: error[unresolved-reference] file `gone.php` does not exist"
    );
    assert_snapshot!(
        common::check(&[SITE, PAGE, MODULES]),
        @"index.php:3:14: error[unresolved-reference] file `gone.php` does not exist"
    );
    assert_snapshot!(
        common::check(&[SITE, PAGE]),
        @r"
        index.php:2:14: error[unresolved-reference] file `modules/web/lib/a.php` does not exist
        index.php:3:14: error[unresolved-reference] file `gone.php` does not exist
        "
    );
    let read = report(dir.path(), &["check", "git:HEAD"])["summary"]["not_read"].to_string();
    assert_snapshot!(read, @r#"{"files":1,"kinds":{"submodules":1}}"#);
}

#[test]
fn a_folder_that_becomes_a_submodule_takes_nothing_away() {
    let class = ("modules/web/manifests/init.pp", "class web {\n}\n");
    let dir = with_submodule(&[SITE, class]);
    assert_snapshot!(brought(&dir), @"");
    assert_snapshot!(plan(&dir), @r"
        .gitmodules
        modules/web
        ");
    // The other way round the module is the tree's own, and what it lacks is missing.
    let back = ["check", "git:HEAD~1", "--against", "git:HEAD"];
    assert_snapshot!(
        findings(&report(dir.path(), &back)),
        @"manifests/site.pp:3:11: error[unresolved-reference] class `web::absent` does not exist"
    );
}

#[test]
fn a_submodule_that_moves_is_a_change_that_nobody_can_read() {
    let dir = with_submodule(&[SITE]);
    submodule(dir.path(), '2');
    assert_snapshot!(brought(&dir), @"");
    let plan = told(dir.path(), &["rollout", "git:HEAD~1", "git:HEAD"]);
    assert_snapshot!(plan, @r"
        Rollout from git:HEAD~1 to git:HEAD

        1 unit in 1 wave, 0 hazards on the way

        Units: 1 of unknown order.
        Not read, so that they may need more than this plan knows: 1 submodule.
        Where nothing is known, additions come first and deletions last.

        1. 1 unit, as far as is known
          [ ] modules/web (order not known)
        exit code 0
        ");
}

#[test]
fn a_tree_that_is_joined_stands_in_for_a_submodule() {
    let dir = with_submodule(&[SITE]);
    let module = tree(&[("manifests/init.pp", "class web {\n}\n")]);
    let with = format!("modules/web={}", module.path().display());
    let joined = ["check", "git:HEAD", "--with", &with];
    assert_snapshot!(
        findings(&report(dir.path(), &joined)),
        @"manifests/site.pp:3:11: error[unresolved-reference] class `web::absent` does not exist"
    );
}

#[test]
fn a_change_that_breaks_a_link_says_so_beside_many_others() {
    let change = |files: &dyn Fn(&Path)| {
        let dir = tree(&[]);
        for side in ["old", "new"] {
            let role = dir.path().join(side).join("roles/a");
            write(&role, "tasks/main.yml", "- debug: msg=a\n");
            write(&role, "files/a.txt", "a\n");
            let theme = role.join("files/theme");
            fs::create_dir_all(&theme).unwrap();
            for ix in 0..25 {
                let link = theme.join(format!("icon-{ix:02}.svg"));
                symlink("../src/base.svg", link).unwrap();
            }
            symlink("a.txt", role.join("files/b.txt")).unwrap();
        }
        files(&dir.path().join("new/roles/a/files"));
        findings(&report(dir.path(), &["check", "new", "--against", "old"]))
    };
    let link = |target: &str, at: std::path::PathBuf| {
        let _ = fs::remove_file(&at);
        symlink(target, at).unwrap();
    };
    assert_eq!(change(&|files| fs::remove_file(files.join("theme/icon-00.svg")).unwrap()), [""; 0]);
    assert_snapshot!(
        change(&|files| link("c.txt", files.join("b.txt"))),
        @"roles/a/files/b.txt:1:1: warning[unresolved-reference] file `roles/a/files/c.txt` does not exist"
    );
    assert_snapshot!(
        change(&|files| link("c.txt", files.join("theme/new.txt"))),
        @"roles/a/files/theme/new.txt:1:1: warning[unresolved-reference] file `roles/a/files/theme/c.txt` does not exist"
    );
    let all = |files: &Path| {
        fs::create_dir_all(files.join("other")).unwrap();
        for ix in 0..25 {
            link("../src/base.svg", files.join(format!("other/icon-{ix:02}.svg")));
        }
    };
    assert_snapshot!(
        change(&all),
        @"roles/a/files/other/icon-00.svg:1:1: warning[unresolved-reference] 25 symbolic links below `roles/a/files/other/` lead to files that do not exist"
    );
}

#[test]
fn a_lock_of_an_editor_leads_nowhere_on_purpose() {
    let dir = tree(&[("manifests/init.pp", "class web {\n}\n")]);
    symlink("root@host.26241:1409419757", dir.path().join("manifests/.#init.pp")).unwrap();
    assert_eq!(findings(&report(dir.path(), &["check"])), [""; 0]);
    symlink("gone.pp", dir.path().join("manifests/b.pp")).unwrap();
    assert_snapshot!(
        findings(&report(dir.path(), &["check"])),
        @"manifests/b.pp:1:1: warning[unresolved-reference] file `manifests/gone.pp` does not exist"
    );
}

#[test]
fn marks_of_a_merge_are_told_once() {
    let both = "<<<<<<< HEAD\n  $a = 1\n=======\n  $a = 2\n>>>>>>> topic\n";
    let manifest = format!("class web {{\n{both}}}\n");
    let script = format!("#!/bin/sh\n{both}");
    let dir = tree(&[
        ("modules/web/manifests/init.pp", manifest.as_str()),
        ("bin/run.sh", script.as_str()),
        ("docs/merging.md", script.as_str()),
    ]);
    assert_snapshot!(findings(&report(dir.path(), &["check"])), @r"
    bin/run.sh:2:1: error[parse-error] a merge left its marks here: both sides of a conflict stand in this file
    modules/web/manifests/init.pp:2:1: error[parse-error] a merge left its marks here: both sides of a conflict stand in this file
    ");
}

#[test]
fn a_class_that_was_read_in_part_may_have_more_variables() {
    let params = |text: &str| {
        let dir = tree(&[
            ("modules/web/manifests/params.pp", text),
            (
                "modules/web/manifests/init.pp",
                "class web {\n  include web::params\n  notice($web::params::user)\n}\n",
            ),
            ("manifests/site.pp", "node default {\n  include web\n}\n"),
        ]);
        findings(&report(dir.path(), &["check"]))
    };
    assert_snapshot!(
        params("class web::params {\n  $user = 'a'\n  $b = << 'b'\n}\n"),
        @"modules/web/manifests/params.pp:3:8: error[parse-error] unexpected `<<`; expected an expression"
    );
    assert_snapshot!(
        params("class web::params {\n}\n"),
        @"modules/web/manifests/init.pp:3:10: warning[unresolved-reference] variable `web::params::user` does not exist"
    );
}

#[test]
fn a_collector_completes_what_others_export() {
    let define = ("modules/dash/manifests/env.pp", "define dash::env($url) {\n}\n");
    let class = |collector: &str| {
        let text = format!("class dash {{\n  @@dash::env {{ 'a': }}\n  {collector}\n}}\n");
        let site = ("manifests/site.pp", "node default {\n  include dash\n}\n");
        let dir = tree(&[define, ("modules/dash/manifests/init.pp", text.as_str()), site]);
        findings(&report(dir.path(), &["check"]))
    };
    assert_eq!(class("Dash::Env <<| |>> { url => 'b' }"), [""; 0]);
    assert_eq!(
        class("Dash::Env <<| |>>").to_string().matches("missing-required-parameter").count(),
        1
    );
}

#[test]
fn a_tag_makes_text_of_a_number() {
    let tasks = |mode: &str| {
        let text = format!(
            "- file: {{path: /a, state: directory}}\n- file:\n    path: /b\n    state: directory\n    mode: {mode}\n"
        );
        let play = ("site.yml", "- hosts: all\n  roles: [a]\n");
        let dir = tree(&[play, ("roles/a/tasks/main.yml", text.as_str())]);
        findings(&report(dir.path(), &["check"]))
    };
    assert_eq!(tasks("!!str 2770"), [""; 0]);
    assert_eq!(tasks("2770").to_string().matches("decimal number").count(), 1);
}

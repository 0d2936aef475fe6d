//! `crosscheck init`: what it sees of a tree is what it writes, and what it writes holds.

use crate::common::crosscheck;
use std::path::{Path, PathBuf};
use std::process::Command;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    for (path, contents) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, contents).expect("written");
    }
    let path = dir.path().to_path_buf();
    (dir, path)
}

const FILES: &[(&str, &str)] = &[
    (
        "modules/web/manifests/init.pp",
        "class web(String $host) {\n  include stdlib::x\n  include apt::y\n}\n",
    ),
    ("Puppetfile", "mod 'puppetlabs-apt', '1.0'\n"),
    ("hieradata/staging.yaml", "web::host: a\nweb::port: 1\n"),
    ("hieradata/production.yaml", "web::port: 2\n"),
    ("roles/base/tasks/main.yml", "- command: 'true'\n"),
    ("mirror/repodata/repomd.xml", "<repomd/>\n"),
];

#[test]
fn it_writes_what_it_saw_and_never_twice() {
    let (_guard, dir) = tree(FILES);
    let done = crosscheck(&dir, &["init", "--schema"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let written = std::fs::read_to_string(dir.join("crosscheck.yaml")).expect("written");
    assert_eq!(text(&done.stdout), written);
    for said in [
        "# yaml-language-server: $schema=.crosscheck/crosscheck.schema.json\n",
        "# Puppet modules: modules (1)\n",
        "# Ansible roles: roles (1)\n",
        "# Lists of what is external: Puppetfile (1)\n",
        "--packages repository=mirror/repodata`",
        "- staging: hieradata/staging.yaml  # 1 file\n  production: hieradata/production.yaml\n",
        "#- entity: puppet.class:stdlib::*\n",
    ] {
        assert!(written.contains(said), "{said}\n{written}");
    }
    assert!(!written.contains("apt::"), "the Puppetfile names it: {written}");
    assert!(dir.join(".crosscheck/crosscheck.schema.json").is_file());
    let again = crosscheck(&dir, &["init"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("stays as it is"), "{again:?}");
    assert_eq!(std::fs::read_to_string(dir.join("crosscheck.yaml")).expect("there"), written);
    assert_eq!(crosscheck(&dir, &["init", "--print"]).status.code(), Some(0));
}

#[test]
fn a_configuration_of_another_name_is_told_of() {
    let (_guard, dir) = tree(FILES);
    std::fs::write(dir.join("crosscheck.yml"), "version: 1\n").expect("written");
    for command in ["init", "check"] {
        let done = crosscheck(&dir, &[command]);
        assert_eq!(done.status.code(), Some(2), "{done:?}");
        assert!(text(&done.stderr).contains("crosscheck.yml"), "{done:?}");
    }
    assert!(!dir.join("crosscheck.yaml").exists());
}

/// The report but for how long it took and how many files there are.
fn findings(dir: &Path) -> serde_json::Value {
    let done = crosscheck(dir, &["check", "--format", "json", "--fail-on", "never"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    report["findings"].clone()
}

#[test]
fn what_is_written_changes_no_finding_and_serves_promote() {
    let (_guard, dir) = tree(FILES);
    let before = findings(&dir);
    assert_eq!(crosscheck(&dir, &["init"]).status.code(), Some(0));
    assert_eq!(findings(&dir), before);
    let args = ["promote", "--staging", ".", "--production", ".", "--format", "json"];
    let done = crosscheck(&dir, &args);
    assert!(done.status.code() < Some(2), "{done:?}");
}

#[test]
fn of_any_other_tree_it_is_printed() {
    let (_guard, dir) = tree(FILES);
    let git = |args: &[&str]| {
        let done = Command::new("git").current_dir(&dir).args(args).output().expect("git");
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    let done = crosscheck(&dir, &["init", "index:"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert!(text(&done.stdout).contains("hieradata/staging.yaml"));
    assert!(!dir.join("crosscheck.yaml").exists());
}

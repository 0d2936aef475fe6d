//! `crosscheck init`: what it sees of a tree is what it writes, and what it writes holds.

use crate::common::{crosscheck, told};
use insta::assert_snapshot;
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
    // `apt` is not among what lives elsewhere: the Puppetfile names it.
    assert_snapshot!(written, @r"
        # yaml-language-server: $schema=.crosscheck/crosscheck.schema.json
        # Crosscheck's configuration; every key is optional.
        version: 1

        # This tree has 6 files: hiera 2, puppet 2, ansible 1.
        # Puppet modules: modules (1)
        # Ansible roles: roles (1)
        # Lists of what is external: Puppetfile (1)
        # Package index: `crosscheck check --packages repository=mirror/repodata` compares pins with it

        # Which path of production a path of staging corresponds to. Folders with `**` are promoted;
        # of other pairs, the keys are compared and neither replaces the other.
        mapping:
        - staging: hieradata/staging.yaml  # 1 file
          production: hieradata/production.yaml

        # Things that live outside this tree, each with a reason.
        # Referred to, and neither here nor listed:
        #provided-elsewhere:
        #- entity: puppet.class:stdlib::*
        #  reason: 'one reference in modules/web/manifests/init.pp'

        # Functions that declare classes, with the prefix they put before each argument.
        #puppet:
        #  wrappers:
        #    role: 'role::'

        # The version that HAProxy configurations are written for.
        #haproxy:
        #  version: '2.8'

        # Versions of the commands that run on the hosts, by name.
        #versions:
        #  java: '17'
        #  kubectl: '1.30'

        # Further trees of the same world: folders of this tree or of its repository.
        #with:
        #  code: ../code

        # Findings that are known; `crosscheck baseline` writes the file.
        #baseline: crosscheck-baseline.yaml

        # How changes reach the hosts, for `crosscheck rollout` and the rules about states on the way.
        #rollout:
        #  mechanism: rsync-delete-after
        #  units:
        #  - name: service
        #    paths: ['service/**']
        #    mechanism: symlink
        #    restarts: [wiki]
        #  services:
        #  - name: wiki
        #    traffic: ['/wiki/*']

        # Levels: off, note, warning, error.
        #rules:
        #  limit-reached: note

        # Findings that are silenced.
        #ignore:
        #- rule: unresolved-reference
        #  path: modules/legacy/**
        #  reason: goes away with the migration
        #  expires: '2027-06-30'

        # Paths that are not analysed.
        #exclude:
        #- vendor/**
        ");
    assert!(dir.join(".crosscheck/crosscheck.schema.json").is_file());
    assert_snapshot!(told(&dir, &["init"]), @r"
        crosscheck: ./crosscheck.yaml is there already and stays as it is; `crosscheck init --print` shows what would be written
        exit code 2
        ");
    assert_eq!(std::fs::read_to_string(dir.join("crosscheck.yaml")).expect("there"), written);
    assert_eq!(crosscheck(&dir, &["init", "--print"]).status.code(), Some(0));
}

#[test]
fn a_configuration_of_another_name_is_told_of() {
    let (_guard, dir) = tree(FILES);
    std::fs::write(dir.join("crosscheck.yml"), "version: 1\n").expect("written");
    assert_snapshot!(told(&dir, &["init"]), @r"
        crosscheck: ./crosscheck.yml is there already and stays as it is; `crosscheck init --print` shows what would be written
        exit code 2
        ");
    assert_snapshot!(told(&dir, &["check"]), @r"
        crosscheck: crosscheck.yml: this name is not looked for: the configuration is crosscheck.yaml; rename it to crosscheck.yaml, or name it with `--config crosscheck.yml`
        exit code 2
        ");
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
    let sides = text(&done.stdout);
    let sides = sides.lines().filter(|line| line.contains("hieradata"));
    assert_snapshot!(sides.collect::<Vec<_>>().join("\n"), @r"
        - staging: hieradata/staging.yaml  # 1 file
          production: hieradata/production.yaml
        ");
    assert!(!dir.join("crosscheck.yaml").exists());
}

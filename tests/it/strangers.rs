//! A stranger's change decides what a tree's configuration says: it reads nothing of ours.

use crate::common::{crosscheck, tree, write};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

const SECRET: &str = "hunter2-topsecret";

/// A machine: what nobody is to see in `secret`, and the stranger's tree in `repo/tree`.
fn machine() -> tempfile::TempDir {
    let dir = tree(&[
        ("secret/hieradata/common.yaml", &format!("gone::password: {SECRET}\n")),
        ("secret/modules/gone/manifests/init.pp", &format!("class gone {{ include {SECRET} }}\n")),
        ("secret/pack.yaml", &format!("{SECRET}: {SECRET}\n")),
        ("secret/plain", &format!("{SECRET}\n")),
        ("repo/lib/modules/shared/manifests/init.pp", "class shared {}\n"),
        (
            "repo/tree/manifests/site.pp",
            "include gone\ninclude shared\n$x = lookup('gone::password')\n",
        ),
        ("repo/tree/modules/own/manifests/init.pp", "class own {}\n"),
        ("repo/tree/vendor/modules/brought/manifests/init.pp", "class brought {}\n"),
    ]);
    git(&dir.path().join("secret"), &["init", "-q"]);
    git(&dir.path().join("secret"), &["add", "."]);
    git(&dir.path().join("secret"), &["commit", "-qm", "x"]);
    dir
}

fn git(dir: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-C"])
        .arg(dir)
        .args(arguments)
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn commit(dir: &Path) {
    git(dir, &["init", "-q"]);
    git(dir, &["add", "."]);
    git(dir, &["commit", "-qm", "x"]);
}

fn text(done: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
}

/// Runs everything that reads the tree's configuration; every run is refused with a word on
/// `named`, and none shows the secret.
fn refuses(dir: &Path, of: &str, named: &str) {
    let runs: &[&[&str]] = &[
        &["check", of, "--verbose"],
        &["check", of, "--format", "json"],
        &["check", of, "--against", of],
        &["promote", "--staging", of, "--production", of],
        &["rollout", of, of],
        &["impact", "manifests/site.pp", of],
        &["why", "manifests/site.pp", "modules/own/manifests/init.pp", of],
        &["interface", "puppet.class:own", of],
        &["baseline", of],
    ];
    for arguments in runs {
        let done = crosscheck(dir, arguments);
        let said = text(&done);
        assert!(!said.contains(SECRET), "{named}: {arguments:?}: {said}");
        assert_eq!(done.status.code(), Some(2), "{named}: {arguments:?}: {said}");
        assert!(said.contains(named), "{named}: {arguments:?}: {said}");
    }
}

#[test]
fn a_joined_tree_stays_inside() {
    let machine = machine();
    let absolute = machine.path().join("secret").display().to_string();
    let named = [
        absolute.as_str(),
        "../../secret",
        "../../secret@git:HEAD",
        "vendor/../../../secret",
        "./.././../secret",
        "/etc",
        "/proc/self",
        "/dev/zero",
        "git:HEAD",
        "index:",
        "../secret@index:",
        ".git",
        "vendor/.git",
        "~/secret",
        "vendor/gone",
    ];
    for named in named {
        let config = format!("with:\n  s: '{named}'\n");
        write(machine.path(), "repo/tree/crosscheck.yaml", &config);
        refuses(machine.path(), "repo/tree", named);
    }
}

#[test]
fn links_and_pipes_lead_nowhere() {
    let machine = machine();
    let own = machine.path().join("repo/tree");
    symlink("../../secret", own.join("link")).unwrap();
    symlink("/dev/zero", own.join("zero")).unwrap();
    let made = Command::new("mkfifo").arg(own.join("pipe")).status().unwrap();
    assert!(made.success());
    for named in ["link", "link/modules", "zero", "pipe", "link/../../../secret"] {
        write(machine.path(), "repo/tree/crosscheck.yaml", &format!("with: {{s: '{named}'}}\n"));
        refuses(machine.path(), "repo/tree", named);
    }
}

#[test]
fn the_configuration_itself_is_a_regular_file() {
    let machine = machine();
    let own = machine.path().join("repo/tree");
    symlink("../../secret/pack.yaml", own.join("crosscheck.yaml")).unwrap();
    refuses(machine.path(), "repo/tree", "crosscheck.yaml");
    fs::remove_file(own.join("crosscheck.yaml")).unwrap();
    assert!(Command::new("mkfifo").arg(own.join("crosscheck.yaml")).status().unwrap().success());
    refuses(machine.path(), "repo/tree", "crosscheck.yaml");
}

#[test]
fn packs_stay_inside() {
    let machine = machine();
    let own = machine.path().join("repo/tree");
    fs::create_dir(own.join(".crosscheck")).unwrap();
    symlink("../../../secret", own.join(".crosscheck/packs")).unwrap();
    refuses(machine.path(), "repo/tree", ".crosscheck/packs");
    fs::remove_file(own.join(".crosscheck/packs")).unwrap();
    fs::create_dir(own.join(".crosscheck/packs")).unwrap();
    symlink("../../../../secret/pack.yaml", own.join(".crosscheck/packs/a.yaml")).unwrap();
    refuses(machine.path(), "repo/tree", ".crosscheck/packs/a.yaml");
    fs::remove_file(own.join(".crosscheck/packs/a.yaml")).unwrap();
    let pipe = own.join(".crosscheck/packs/b.yaml");
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    refuses(machine.path(), "repo/tree", ".crosscheck/packs/b.yaml");
}

#[test]
fn a_file_behind_a_link_is_not_quoted() {
    let machine = machine();
    let own = machine.path().join("repo/tree");
    for target in ["plain", "pack.yaml"] {
        symlink(format!("../../secret/{target}"), own.join(target)).unwrap();
        let path = format!("repo/tree/{target}");
        for option in ["--baseline", "--config", "--packages"] {
            let done = crosscheck(machine.path(), &["check", "repo/tree", option, &path]);
            assert!(matches!(done.status.code(), Some(2 | 3)), "{option}: {}", text(&done));
            assert!(!text(&done).contains(SECRET), "{option}: {}", text(&done));
        }
    }
    assert!(Command::new("mkfifo").arg(own.join("pipe")).status().unwrap().success());
    symlink("pipe", own.join("Packages")).unwrap();
    for (option, file) in [("--baseline", "pipe"), ("--config", "pipe"), ("--packages", "Packages")]
    {
        let path = format!("repo/tree/{file}");
        let done = crosscheck(machine.path(), &["check", "repo/tree", option, &path]);
        assert!(text(&done).contains("regular file"), "{option}: {}", text(&done));
    }
}

#[test]
fn ignore_files_that_are_none_are_not_opened() {
    let machine = machine();
    let own = machine.path().join("repo/tree");
    for folder in ["", "modules"] {
        let file = own.join(folder).join(".gitignore");
        symlink("/dev/zero", &file).unwrap();
        let done = crosscheck(machine.path(), &["check", "repo/tree"]);
        assert!(text(&done).contains("in 4 files"), "{}", text(&done));
        fs::remove_file(&file).unwrap();
        assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
        let done = crosscheck(machine.path(), &["check", "repo/tree"]);
        assert!(text(&done).contains("not read"), "{}", text(&done));
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn revisions_join_their_own_repository_alone() {
    let machine = machine();
    let repo = machine.path().join("repo");
    write(&repo, "tree/crosscheck.yaml", "with: {lib: ../lib}\n");
    symlink("../../secret", repo.join("tree/link")).unwrap();
    commit(&repo);
    let at = repo.to_str().unwrap();
    for (tree, is_whole) in [("git:HEAD:tree", true), ("repo/tree", true)] {
        let done = crosscheck(machine.path(), &["impact", "puppet.class:shared", tree, "-C", at]);
        assert_eq!(done.status.code() == Some(0), is_whole, "{tree}: {}", text(&done));
    }
    let named = ["/etc", "../../secret", "../secret@git:HEAD", "link", "link/modules", "gone"];
    for named in named {
        write(&repo, "tree/crosscheck.yaml", &format!("with: {{s: '{named}'}}\n"));
        commit(&repo);
        for tree in ["git:HEAD:tree", "repo@git:HEAD:tree"] {
            let done = crosscheck(machine.path(), &["check", tree, "-C", at]);
            assert_eq!(done.status.code(), Some(2), "{named}: {}", text(&done));
            assert!(text(&done).contains(named), "{}", text(&done));
            assert!(!text(&done).contains(SECRET), "{}", text(&done));
        }
    }
    // What merely lies in the work tree is not the repository's.
    write(&repo, "untracked/hieradata/common.yaml", &format!("gone::password: {SECRET}\n"));
    write(&repo, "tree/crosscheck.yaml", "with: {s: ../untracked}\n");
    let done = crosscheck(machine.path(), &["check", "repo/tree", "--verbose"]);
    assert!(!text(&done).contains(SECRET), "{}", text(&done));
}

#[test]
fn the_command_line_and_a_file_outside_may_name_anything() {
    let machine = machine();
    write(machine.path(), "ci.yaml", "with: {lib: repo/lib}\n");
    let shared = ["impact", "puppet.class:shared", "repo/tree"];
    let done = crosscheck(machine.path(), &[&shared[..], &["--config", "ci.yaml"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    let done = crosscheck(machine.path(), &[&shared[..], &["--with", "lib=repo/lib"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    // The command line's word holds over the tree's.
    write(machine.path(), "repo/tree/crosscheck.yaml", "with: {lib: /etc}\n");
    let done = crosscheck(machine.path(), &[&shared[..], &["--with", "lib=repo/lib"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    // `--config` of the tree's own file gives it no more rights.
    let own = ["--config", "repo/tree/crosscheck.yaml"];
    let done = crosscheck(machine.path(), &[&shared[..], &own].concat());
    assert_eq!(done.status.code(), Some(2), "{}", text(&done));
    // A folder of the tree itself may be named.
    write(machine.path(), "repo/tree/crosscheck.yaml", "with: {more: vendor}\n");
    let done = crosscheck(machine.path(), &["impact", "puppet.class:brought", "repo/tree"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
}

#[test]
fn a_configuration_that_nests_deeply_is_refused_at_once() {
    for deep in ["[", "{a: "] {
        let config = format!("exclude: {}", deep.repeat(50_000));
        let dir = tree(&[("site.pp", "include x\n"), ("crosscheck.yaml", &config)]);
        let done = crosscheck(dir.path(), &["check", "."]);
        assert_eq!(done.status.code(), Some(2));
        assert!(text(&done).contains(" deeper "), "{}", text(&done));
        let dir = tree(&[("site.pp", "include x\n"), (".crosscheck/packs/a.yaml", &config)]);
        assert_eq!(crosscheck(dir.path(), &["check", "."]).status.code(), Some(2));
    }
}

#[test]
fn a_line_of_any_length_is_shown() {
    let long = format!("{}include gone\n", "$x = 'y' ".repeat(20_000));
    let files = [
        ("manifests/site.pp", long.as_str()),
        ("modules/gone/manifests/a.pp", "class gone::a {}\n"),
    ];
    let done = crosscheck(tree(&files).path(), &["check", "."]);
    assert_eq!(done.status.code(), Some(1), "{}", text(&done));
    assert!(text(&done).len() < 20_000);
}

#[test]
fn a_tag_that_is_opened_and_closed_at_once() {
    let files = [("haproxy.cfg.j2", "global\n{%}\nfrontend a\n {{}\n {%}x%}\nbackend b\n<%>\n")];
    let done = crosscheck(tree(&files).path(), &["check", "."]);
    assert!(matches!(done.status.code(), Some(0 | 1)), "{}", text(&done));
}

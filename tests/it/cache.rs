//! Facts that outlive a run: no answer depends on them, whatever lies in their folder.

use crate::common::{tree, write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const MANIFEST: &str = "class web {\n  include web::tls\n  file { '/etc/a': source => 'puppet:///modules/web/a' }\n}\n";

/// A tree with errors of several systems.
fn broken() -> TempDir {
    tree(&[
        ("modules/web/manifests/init.pp", MANIFEST),
        ("site.yml", "- hosts: all\n  roles: [gone]\n  tasks:\n  - notify: nothing\n    ping:\n"),
        ("main.tf", "output \"a\" { value = var.gone }\n"),
        ("haproxy.cfg", "frontend a\n  bind :80\n  use_backend gone\n"),
    ])
}

fn command(dir: &Path, cache: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crosscheck"));
    command.current_dir(dir).env("CROSSCHECK_CACHE_DIR", cache).args(args);
    command
}

fn run(dir: &Path, cache: &Path, args: &[&str]) -> Output {
    command(dir, cache, args).output().expect("the program starts")
}

/// The findings of a check, as text.
fn check(dir: &Path, cache: &Path, args: &[&str]) -> String {
    let done = run(dir, cache, &[&["check", "--format", "concise"], args].concat());
    assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("text")
}

/// The files of a cache.
fn files(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    walk.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path()).collect()
}

#[test]
fn an_answer_is_the_same_without_a_cache_with_a_new_one_and_with_a_full_one() {
    let (dir, cache) = (broken(), tempfile::tempdir().expect("a folder"));
    let without = check(dir.path(), cache.path(), &["--no-cache"]);
    assert!(without.contains("web::tls"), "{without}");
    assert_eq!(files(cache.path()), Vec::<PathBuf>::new());
    settle();
    assert_eq!(check(dir.path(), cache.path(), &[]), without);
    assert_eq!(files(cache.path()).len(), 1);
    assert_eq!(check(dir.path(), cache.path(), &[]), without);
    assert_eq!(files(cache.path()).len(), 1, "nothing was new");
}

/// Waits until files are known by what the file system says of them.
fn settle() {
    std::thread::sleep(std::time::Duration::from_millis(3_200));
}

#[test]
fn a_file_that_changes_and_keeps_its_size_and_date_is_read_again() {
    let (dir, cache) = (broken(), tempfile::tempdir().expect("a folder"));
    let path = dir.path().join("modules/web/manifests/init.pp");
    settle();
    assert!(check(dir.path(), cache.path(), &[]).contains("web::tls"));
    let date = fs::metadata(&path).and_then(|own| own.modified()).expect("dated");
    let text = fs::read_to_string(&path).expect("read").replace("web::tls", "web::ssl");
    fs::write(&path, text).expect("written");
    let file = fs::File::options().write(true).open(&path).expect("opened");
    file.set_modified(date).expect("dated");
    for _ in 0..2 {
        let found = check(dir.path(), cache.path(), &[]);
        assert!(found.contains("web::ssl") && !found.contains("web::tls"), "{found}");
        settle();
    }
}

#[test]
fn a_file_that_changes_is_read_again() {
    let (dir, cache) = (broken(), tempfile::tempdir().expect("a folder"));
    assert!(check(dir.path(), cache.path(), &[]).contains("web::tls"));
    write(dir.path(), "modules/web/manifests/tls.pp", "class web::tls {}\n");
    assert!(!check(dir.path(), cache.path(), &[]).contains("web::tls"));
    write(dir.path(), "modules/web/manifests/init.pp", "class web {\n  include web::other\n}\n");
    assert!(check(dir.path(), cache.path(), &[]).contains("web::other"));
}

#[test]
fn facts_that_rest_on_a_setting_are_made_anew_when_it_changes() {
    let cache = tempfile::tempdir().expect("a folder");
    let config = "frontend a\n  bind :80\n  reqadd X-A\n  default_backend b\nbackend b\n";
    let dir = tree(&[("haproxy.cfg", config), ("extra/web/manifests/init.pp", MANIFEST)]);
    let both = || {
        let own = check(dir.path(), cache.path(), &[]);
        assert_eq!(own, check(dir.path(), cache.path(), &["--no-cache"]));
        own
    };
    let before = both();
    write(dir.path(), "crosscheck.yaml", "version: 1\nversions: {haproxy: '2.8'}\n");
    let versioned = both();
    assert_ne!(before, versioned);
    write(dir.path(), "environment.conf", "modulepath = extra\n");
    assert_ne!(both(), versioned);
    let pack = "version: 1\nremoved-directives:\n- {name: bind, removed: '2.0', use: listen}\n";
    write(dir.path(), ".crosscheck/packs/own.yaml", pack);
    both();
    fs::remove_file(dir.path().join("environment.conf")).expect("removed");
    fs::remove_file(dir.path().join("crosscheck.yaml")).expect("removed");
    fs::remove_dir_all(dir.path().join(".crosscheck")).expect("removed");
    assert_eq!(both(), before);
}

#[test]
fn what_is_damaged_or_foreign_is_made_anew() {
    let (dir, cache) = (broken(), tempfile::tempdir().expect("a folder"));
    let whole = check(dir.path(), cache.path(), &[]);
    let damages: [fn(&mut Vec<u8>); 5] = [
        |bytes| bytes.clear(),
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.iter_mut().for_each(|byte| *byte ^= 0x55),
        |bytes| bytes.iter_mut().skip(60).step_by(7).for_each(|byte| *byte = 0xff),
        |bytes| bytes.iter_mut().rev().take(9).for_each(|byte| *byte = 0),
    ];
    for damage in damages {
        for file in files(cache.path()) {
            let mut bytes = fs::read(&file).expect("read");
            damage(&mut bytes);
            fs::write(&file, bytes).expect("written");
        }
        assert_eq!(check(dir.path(), cache.path(), &[]), whole);
    }
    for file in files(cache.path()) {
        fs::remove_file(&file).expect("removed");
        fs::create_dir(&file).expect("a folder in its place");
    }
    assert_eq!(check(dir.path(), cache.path(), &[]), whole);
}

#[test]
fn a_cache_that_cannot_be_written_or_lies_in_the_tree_is_not_used() {
    let dir = broken();
    let none = check(dir.path(), Path::new(""), &[]);
    let inside = dir.path().join("cache/deep");
    assert_eq!(check(dir.path(), &inside, &[]), none);
    assert!(!inside.exists() && !dir.path().join("cache").exists());
    let other = tree(&[("file", "")]);
    assert_eq!(check(dir.path(), &other.path().join("file"), &[]), none);
}

#[test]
fn fifty_runs_at_once_on_one_cache_agree() {
    let (dir, cache) = (broken(), tempfile::tempdir().expect("a folder"));
    let args = ["check", "--format", "concise", "--threads", "1"];
    let start = |_| {
        let mut command = command(dir.path(), cache.path(), &args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    };
    let running: Vec<_> = (0..50).map(start).collect();
    let done = running.into_iter().map(|child| child.wait_with_output().expect("it ends"));
    let said: Vec<(Vec<u8>, Vec<u8>)> = done.map(|own| (own.stdout, own.stderr)).collect();
    assert!(said.iter().all(|own| own == &said[0] && own.1.is_empty()));
    assert_eq!(check(dir.path(), cache.path(), &[]).into_bytes(), said[0].0);
    assert!(files(cache.path()).iter().all(|file| file.extension().is_some_and(|e| e == "facts")));
}

#[test]
fn stats_say_what_there_is_and_clear_removes_it() {
    let (dir, cache) = (broken(), tempfile::tempdir().expect("a folder"));
    check(dir.path(), cache.path(), &[]);
    let stats = || {
        let done = run(dir.path(), cache.path(), &["cache", "stats", "--format", "json"]);
        serde_json::from_slice::<serde_json::Value>(&done.stdout).expect("JSON")
    };
    let full = stats();
    assert_eq!((&full["trees"], &full["files"]), (&1.into(), &4.into()));
    assert_eq!(full["folder"], cache.path().display().to_string());
    assert!(full["bytes"].as_u64().is_some_and(|bytes| bytes > 100));
    let text = String::from_utf8(run(dir.path(), cache.path(), &["cache", "stats"]).stdout);
    assert!(text.expect("text").contains("files                     4\n"));
    assert_eq!(run(dir.path(), cache.path(), &["cache", "clear"]).status.code(), Some(0));
    assert_eq!(stats()["files"], 0);
    let none = run(dir.path(), Path::new(""), &["cache", "stats"]);
    assert!(String::from_utf8_lossy(&none.stdout).starts_with("no cache"));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, above) = (broken(), tempfile::tempdir().expect("a folder"));
    let cache = above.path().join("cache");
    check(dir.path(), &cache, &[]);
    let mode = fs::metadata(&cache).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

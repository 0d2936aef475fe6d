//! Where trees come from: directories, revisions, the index, archives.

use crate::tree::{self, ArchiveTree, Limits, Tree, TreeError};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

fn paths(tree: &dyn Tree) -> Vec<&str> {
    tree.entries().iter().map(|entry| entry.path.as_str()).collect()
}

fn read(tree: &dyn Tree, path: &str) -> String {
    let ix = tree.entries().iter().position(|entry| entry.path == path).expect(path);
    String::from_utf8(tree.reader().read(ix).unwrap()).unwrap()
}

fn put(root: &Path, path: &str, text: &str) {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn git(dir: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-C"])
        .arg(dir)
        .args(arguments)
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
}

/// A tar header for any path, which the `tar` crate itself refuses to write.
fn member(path: &str, kind: tar::EntryType, link: &str, text: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
    header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
    header.set_entry_type(kind);
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut out = header.as_bytes().to_vec();
    out.extend_from_slice(text);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn archive(members: &[(&str, tar::EntryType, &str, &str)]) -> Vec<u8> {
    let mut out: Vec<u8> = members
        .iter()
        .flat_map(|(path, kind, link, text)| member(path, *kind, link, text.as_bytes()))
        .collect();
    out.resize(out.len() + 1024, 0);
    out
}

const FILE: tar::EntryType = tar::EntryType::Regular;

#[test]
fn a_directory_leaves_out_what_git_ignores_and_follows_no_link() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    put(root, ".gitignore", "*.log\n");
    put(root, "a.log", "");
    put(root, ".hidden/x", "");
    put(root, "sub/.gitignore", "secret\n");
    put(root, "sub/secret", "");
    put(root, ".git/info/exclude", "local\n");
    put(root, "local", "");
    std::os::unix::fs::symlink(".", root.join("loop")).unwrap();
    assert!(Command::new("mkfifo").arg(root.join("pipe")).status().unwrap().success());
    let outer = tempfile::tempdir().unwrap();
    let link = outer.path().join("root");
    std::os::unix::fs::symlink(root, &link).unwrap();
    let tree = tree::open(link.to_str().unwrap(), Path::new(".")).unwrap();
    assert_eq!(paths(tree.as_ref()), [".gitignore", ".hidden/x", "loop", "sub/.gitignore"]);
    assert_eq!(read(tree.as_ref(), "loop"), ".");
    let problems: Vec<_> = tree.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(problems, ["pipe"]);
}

#[test]
fn revisions_and_the_index() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    git(root, &["init", "-q", "-b", "main"]);
    put(root, "etc/a", "one");
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "1"]);
    put(root, "etc/a", "two");
    git(root, &["commit", "-qam", "2"]);
    put(root, "etc/a", "staged");
    put(root, "new", "staged too");
    git(root, &["add", "."]);
    put(root, "etc/a", "not staged");
    let open = |spec: &str| tree::open(spec, root);
    for (spec, text) in [("git:HEAD", "two"), ("git:HEAD^", "one"), ("git:main~1", "one")] {
        assert_eq!(read(open(spec).unwrap().as_ref(), "etc/a"), text, "{spec}");
    }
    assert_eq!(paths(open("git:HEAD:etc").unwrap().as_ref()), ["a"]);
    let index = open("index:").unwrap();
    assert_eq!(paths(index.as_ref()), ["etc/a", "new"]);
    assert_eq!(read(index.as_ref(), "etc/a"), "staged");
    let message = open("git:nowhere").err().unwrap().to_string();
    assert!(message.contains("unknown revision nowhere"), "{message}");
    let bare = root.join("bare.git");
    git(root, &["clone", "-q", "--bare", ".", "bare.git"]);
    assert_eq!(read(tree::open("git:main", &bare).unwrap().as_ref(), "etc/a"), "two");
    assert!(tree::open("index:", &bare).is_err());
}

#[test]
fn a_path_in_conflict_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    git(root, &["init", "-q", "-b", "main"]);
    put(root, "a", "base");
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "base"]);
    git(root, &["checkout", "-qb", "other"]);
    put(root, "a", "theirs");
    git(root, &["commit", "-qam", "theirs"]);
    git(root, &["checkout", "-q", "main"]);
    put(root, "a", "ours");
    git(root, &["commit", "-qam", "ours"]);
    let merge =
        Command::new("git").arg("-C").arg(root).args(["merge", "-q", "other"]).output().unwrap();
    assert!(!merge.status.success());
    let tree = tree::open("index:", root).unwrap();
    assert_eq!(read(tree.as_ref(), "a"), "ours");
    assert_eq!(tree.problems()[0].path, "a");
}

#[test]
fn archives_of_every_compression_hold_the_same() {
    let plain = archive(&[
        ("repo-1.0/a", FILE, "", "old"),
        ("repo-1.0/a", FILE, "", "new"),
        ("repo-1.0/hard", tar::EntryType::Link, "repo-1.0/a", ""),
        ("repo-1.0/soft", tar::EntryType::Symlink, "a", ""),
    ]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&plain).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(&plain).unwrap();
    let zst = ruzstd::encoding::compress_to_vec(
        plain.as_slice(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    let dir = tempfile::tempdir().unwrap();
    let all = [
        ("tar", plain),
        ("tar.gz", gz.finish().unwrap()),
        ("tar.xz", xz.finish().unwrap()),
        ("tar.zst", zst),
    ];
    for (extension, bytes) in all {
        let file = dir.path().join(format!("x.{extension}"));
        fs::write(&file, bytes).unwrap();
        let tree = tree::open(file.to_str().unwrap(), Path::new(".")).unwrap();
        assert_eq!(paths(tree.as_ref()), ["a", "hard", "soft"], "{extension}");
        assert_eq!(read(tree.as_ref(), "a"), "new");
        assert_eq!(read(tree.as_ref(), "hard"), "new");
        assert!(tree.problems().is_empty());
    }
}

#[test]
fn what_leaves_an_archives_root_is_reported_and_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.tar");
    let bytes = archive(&[
        ("../up", FILE, "", "x"),
        ("/etc/passwd", FILE, "", "x"),
        ("etc", tar::EntryType::Symlink, "/etc", ""),
        ("etc/shadow", FILE, "", "x"),
        ("modules/a", FILE, "", "x"),
    ]);
    fs::write(&file, bytes).unwrap();
    let tree = tree::open(file.to_str().unwrap(), Path::new(".")).unwrap();
    assert_eq!(paths(tree.as_ref()), ["etc", "modules/a"]);
    let problems: Vec<_> = tree.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(problems, ["../up", "/etc/passwd", "etc/shadow"]);
}

#[test]
fn a_truncated_archive_keeps_what_was_whole_and_junk_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.tar");
    let mut bytes = archive(&[("a", FILE, "", "whole"), ("b", FILE, "", "cut off here")]);
    bytes.truncate(1024 + 512 + 4);
    fs::write(&file, &bytes).unwrap();
    let tree = tree::open(file.to_str().unwrap(), Path::new(".")).unwrap();
    assert_eq!(paths(tree.as_ref()), ["a"]);
    assert_eq!((tree.problems()[0].path.as_str(), tree.problems()[0].rule), ("b", "parse-error"));
    fs::write(&file, vec![7; 4096]).unwrap();
    let junk = tree::open(file.to_str().unwrap(), Path::new("."));
    assert!(matches!(junk, Err(TreeError::Open { .. })));
}

#[test]
fn an_archive_that_expands_too_far_is_cut() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.tar.gz");
    let zeros = "0".repeat(1 << 20);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(&archive(&[("a", FILE, "", "small"), ("b", FILE, "", &zeros)])).unwrap();
    fs::write(&file, gz.finish().unwrap()).unwrap();
    let limits = Limits { total: 1 << 30, ratio: 10, ratio_from: 64 << 10 };
    let tree = ArchiveTree::open_within(&file, "x", limits).unwrap();
    assert_eq!(paths(&tree), ["a"]);
    assert_eq!(tree.problems()[0].rule, "limit-reached");
}

#[test]
fn what_git_tracks_is_read_whatever_is_ignored() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    put(root, ".gitignore", "build/\n*.log\n");
    put(root, "modules/build/manifests/init.pp", "class build {}\n");
    put(root, "modules/gone.log", "");
    put(root, "modules/linked/a.log", "");
    git(root, &["init", "-q"]);
    git(root, &["add", "-f", "."]);
    put(root, "modules/build/new.pp", "");
    fs::remove_file(root.join("modules/gone.log")).unwrap();
    // What is a folder for git and a link on disk leads out of the tree.
    fs::remove_dir_all(root.join("modules/linked")).unwrap();
    let outer = tempfile::tempdir().unwrap();
    put(outer.path(), "a.log", "");
    std::os::unix::fs::symlink(outer.path(), root.join("modules/linked")).unwrap();
    let open = |path: &Path| tree::open(path.to_str().unwrap(), Path::new(".")).unwrap();
    let own = open(root);
    let build = "modules/build/manifests/init.pp";
    assert_eq!(paths(own.as_ref()), [".gitignore", build, "modules/linked"]);
    assert_eq!(read(own.as_ref(), build), "class build {}\n");
    // Below the top of the work tree no ignore file is in sight.
    let below = open(&root.join("modules"));
    assert_eq!(paths(below.as_ref()), ["build/manifests/init.pp", "build/new.pp", "linked"]);
    fs::remove_dir_all(root.join(".git")).unwrap();
    assert_eq!(paths(open(root).as_ref()), [".gitignore", "modules/linked"]);
}

//! Input that is broken: one clear report, no panic, no hang.

use crate::common::{crosscheck, findings, report, told};
use insta::assert_snapshot;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

fn check(tree: &str) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_crosscheck"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["check", tree, "--format", "json"])
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!error.contains("panicked"), "{error}");
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stdout).into_owned() + &error)
}

fn check_dir(dir: &Path) -> (i32, String) {
    check(dir.to_str().unwrap())
}

#[test]
fn broken_files_are_named_and_the_rest_is_checked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bad-input");
    assert_snapshot!(findings(&report(&root, &["check"])), @r"
        invalid-utf8.pp:2:9: error[parse-error] not valid UTF-8
        junk.pp:1:1: error[parse-error] this character has no meaning here
        junk.pp:1:2: error[parse-error] not valid UTF-8
        truncated.pp:4:1: error[parse-error] the file ends where an expression was expected
        ");
    // What does not parse stops a deploy.
    assert_eq!(crosscheck(&root, &["check"]).status.code(), Some(1));
}

#[test]
fn what_cannot_be_opened_is_exit_code_3() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_snapshot!(told(root, &["check", "no/such/folder"]), @r"
        crosscheck: cannot open tree `no/such/folder`: No such file or directory (os error 2); a tree is DIR, ARCHIVE.tar[.gz|.xz|.zst], git:REV, git:REV:SUBDIR or index:, the last three also as REPOSITORY@git:REV
        exit code 3
        ");
    let unknown = told(root, &["check", "git:no-such-revision"]);
    let begins =
        "crosscheck: cannot open tree `git:no-such-revision`: unknown revision no-such-revision";
    assert!(unknown.starts_with(begins) && unknown.ends_with("exit code 3"), "{unknown}");
    assert_snapshot!(told(root, &["check", "Cargo.toml"]), @r"
        crosscheck: cannot open tree `Cargo.toml`: it is a file, and a TREE is a folder, an archive (.tar, .tar.gz, .tar.xz, .tar.zst), git:REV or index:; the folder that holds it is `.`
        exit code 3
        ");
}

#[test]
fn odd_names_loops_and_large_files() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::write(root.join(std::ffi::OsStr::from_bytes(b"caf\xe9.pp")), "class {").unwrap();
    std::os::unix::fs::symlink("b", root.join("a")).unwrap();
    std::os::unix::fs::symlink("a", root.join("b")).unwrap();
    fs::File::create(root.join("large.pp")).unwrap().set_len((16 << 20) + 1).unwrap();
    assert_snapshot!(told(root, &["check", "--format", "concise"]), @r"
        caf\xE9.pp:1:8: error[parse-error] the file ends where an expression was expected
        a:1:1: warning[unresolved-reference] file `b` does not exist
        b:1:1: warning[unresolved-reference] file `a` does not exist
        large.pp:1:1: warning[limit-reached] 16 MiB is over the limit of 16 MiB for one file; it was not read
        parse-error           1 error
        unresolved-reference  2 warnings
        limit-reached         1 warning
        1 error, 3 warnings, 0 notes in 4 files
        exit code 1
        ");
}

#[test]
fn deep_nesting_ends() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("deep.pp"), "$x = ".to_owned() + &"[".repeat(100_000)).unwrap();
    assert_snapshot!(told(dir.path(), &["check", "--format", "concise"]), @r"
        deep.pp:1:55: warning[limit-reached] nested too deeply; this part was not read
        0 errors, 1 warning, 0 notes in 1 file
        exit code 0
        ");
}

#[test]
fn scripts_that_nest_too_deep_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        fs::write(dir.path().join(name), format!("#!/bin/sh\n{text}\n")).unwrap();
    };
    let nested = |count: usize, open: &str, close: &str| {
        format!("{}a{}", open.repeat(count), close.repeat(count))
    };
    write("blocks.sh", nested(70, "if a; then ", "; fi"));
    write("few.sh", format!("{}\n{}", nested(9, "if a; then ", "; fi"), nested(4, "$(b ", ")")));
    write("long.sh", "# \u{e9}\n".repeat(150_000));
    write("substitutions.sh", nested(12, "$(b ", ")"));
    assert_snapshot!(told(dir.path(), &["check", "--format", "concise"]), @r"
        blocks.sh:2:322: warning[limit-reached] commands nest more than 60 deep; their syntax was not judged
        long.sh:1:1: warning[limit-reached] over the limit of 400000 bytes for the shell's grammar; it was not judged
        substitutions.sh:2:35: warning[limit-reached] substitutions nest more than 8 deep; what these run was not read
        0 errors, 3 warnings, 0 notes in 4 files
        exit code 0
        ");
}

#[test]
fn a_folder_without_rights_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let locked = dir.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::write(dir.path().join("a.pp"), "class a { }\n").unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read_dir(&locked).is_ok() {
        eprintln!("skipped: this user may read every folder");
        return;
    }
    let (code, text) = check_dir(dir.path());
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(code, 0);
    assert!(text.contains("\"locked\""), "{text}");
}

#[test]
fn contents_that_a_clone_lacks_are_one_warning() {
    let class = |name: &str| format!("class web::{name} {{\n}}\n");
    let (a, b) = (class("a"), class("b"));
    let files = [
        ("modules/web/manifests/a.pp", a.as_str()),
        ("modules/web/manifests/b.pp", b.as_str()),
        ("manifests/site.pp", "include web::a\ninclude web::b\ninclude web::c\n"),
    ];
    let dir = crate::common::repository(&files, |root| fs::write(root.join("x"), "").unwrap());
    for text in [a.as_str(), b.as_str()] {
        let id =
            gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, text.as_bytes());
        let id = id.expect("no collision").to_string();
        let object = dir.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
        fs::remove_file(object).unwrap();
    }
    let report = report(dir.path(), &["check", "git:HEAD"]);
    // What they define is not missing.
    assert_snapshot!(findings(&report), @r"
        manifests/site.pp:3:9: error[unresolved-reference] class `web::c` does not exist
        modules/web/manifests/a.pp:1:1: warning[limit-reached] this clone lacks the contents of 2 files, which were not read
        ");
    let ended = |args: &[&str]| {
        let done = crate::common::crosscheck(dir.path(), args);
        (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned())
    };
    assert_eq!(report["summary"]["absent"], 2);
    assert_eq!(ended(&["check", "git:HEAD"]).0, Some(3));
    // Though neither tree differs in what it lacks, nothing is known of the change.
    let (code, said) =
        ended(&["check", "git:HEAD", "--against", "git:HEAD~1", "--format", "concise"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("limit-reached"), "{said}");
    let (code, said) = ended(&["replay"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("lacks the contents of 2 files"), "{said}");
}

/// What a fuzzer made of a map of classes: a bracket that closes behind the loop it stands in.
const LOOP: &str = "<?php\n\n$cwd = __DIR__;\n\n$mobileClasses = [\n\t'$(bileHo`ks' => 'MobileIooks',\n\t'SkinMobile' => 'skins/SkinMobile',\n];\n\nforeach ( $mobileClasses as $class => $file ) {;\n\t$wgAutoloadClasses\"`\"lass] =<?php\nif ( file_exists( D__IR_ . '/local1.php' ) ) {\n\trequirile ) {;\n\t$wgAutoloadClasses[$class] =<?php\nif ( file_exists( D__IR_ . '/local1.php' ) ) === 'a' ) {\n\trequire __DI";

#[test]
fn loops_over_maps_of_classes_that_do_not_end() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.php"), LOOP).unwrap();
    assert_eq!(check_dir(dir.path()).0, 1);
}

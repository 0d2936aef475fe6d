//! Input that is broken: one clear report, no panic, no hang.

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
    let (code, text) = check("fixtures/bad-input");
    assert_eq!(code, 1, "what does not parse stops a deploy");
    for file in ["truncated.pp", "junk.pp", "invalid-utf8.pp"] {
        assert!(
            text.contains(&format!("\"path\": \"{file}\""))
                || text.contains(&format!("\"path\":\"{file}\"")),
            "{file}: {text}"
        );
    }
}

#[test]
fn what_cannot_be_opened_is_exit_code_3() {
    for tree in ["no/such/folder", "git:no-such-revision", "Cargo.toml"] {
        let (code, text) = check(tree);
        assert_eq!(code, 3, "{tree}: {text}");
        assert!(text.contains("cannot open tree"), "{text}");
    }
}

#[test]
fn odd_names_loops_and_large_files() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::write(root.join(std::ffi::OsStr::from_bytes(b"caf\xe9.pp")), "class {").unwrap();
    std::os::unix::fs::symlink("b", root.join("a")).unwrap();
    std::os::unix::fs::symlink("a", root.join("b")).unwrap();
    fs::File::create(root.join("large.pp")).unwrap().set_len((16 << 20) + 1).unwrap();
    let (code, text) = check_dir(root);
    assert!(code == 0 || code == 1, "{code}");
    assert!(text.contains("caf\\\\xE9.pp"), "{text}");
    assert!(text.contains("limit-reached") && text.contains("large.pp"));
}

#[test]
fn deep_nesting_ends() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("deep.pp"), "$x = ".to_owned() + &"[".repeat(100_000)).unwrap();
    let (code, text) = check_dir(dir.path());
    assert!(code == 0 || code == 1, "{code}");
    assert!(text.contains("deep.pp"));
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
    let report = crate::common::report(dir.path(), &["check", "git:HEAD"]);
    // What they define is not missing.
    assert_eq!(
        crate::common::places(&report),
        ["unresolved-reference manifests/site.pp:3", "parse-error modules/web/manifests/a.pp:1"]
    );
    let finding = &report["findings"][1];
    assert_eq!(finding["severity"], "warning");
    assert_eq!(finding["message"], "this clone lacks the contents of 2 files, which were not read");
}

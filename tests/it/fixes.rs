//! `crosscheck check --fix` and `--diff`.

use crate::common::{crosscheck, tree};
use std::fs;
use std::process::Output;
use tempfile::TempDir;

const INIT: &str = "\
class web {
  include web::tsl # crosscheck: allow(unknown-parameter) once
  file { '/etc/motd':
    content => template('web/motd'),
  }
}
";

fn web() -> TempDir {
    tree(&[
        ("modules/web/manifests/init.pp", INIT),
        ("modules/web/manifests/tls.pp", "class web::tls {}\n"),
        ("modules/web/templates/motd.erb", "hello\n"),
    ])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(dir: &TempDir, args: &[&str]) -> Output {
    crosscheck(dir.path(), args)
}

fn init(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("modules/web/manifests/init.pp")).expect("it is there")
}

#[test]
fn a_diff_is_shown_and_nothing_is_written() {
    let dir = web();
    let out = run(&dir, &["check", ".", "--diff"]);
    insta::assert_snapshot!(text(&out.stdout), @r"
    --- a/modules/web/manifests/init.pp
    +++ b/modules/web/manifests/init.pp
    @@ -1,6 +1,6 @@
     class web {
    -  include web::tsl # crosscheck: allow(unknown-parameter) once
    +  include web::tsl
       file { '/etc/motd':
    -    content => template('web/motd'),
    +    content => template('web/motd.erb'),
       }
     }
    ");
    insta::assert_snapshot!(
        text(&out.stderr),
        @"crosscheck: 2 edits in 1 file would be made; 1 more fix less sure: --unsafe-fixes"
    );
    assert_eq!(out.status.code(), Some(1));
    assert_eq!(init(&dir), INIT);
}

#[test]
fn what_is_safe_is_written_and_the_rest_is_reported() {
    let dir = web();
    let out = run(&dir, &["check", ".", "--fix", "--format", "concise"]);
    assert!(init(&dir).contains("template('web/motd.erb')") && init(&dir).contains("web::tsl\n"));
    assert!(text(&out.stdout).contains("class `web::tsl` does not exist"), "{out:?}");
    assert!(!text(&out.stdout).contains("motd"), "{out:?}");
    assert_eq!(out.status.code(), Some(1));
    let out = run(&dir, &["check", ".", "--fix", "--unsafe-fixes"]);
    assert!(init(&dir).contains("include web::tls\n"));
    assert_eq!(out.status.code(), Some(0), "{out:?}");
    // There is nothing left to do.
    let out = run(&dir, &["check", ".", "--diff", "--unsafe-fixes"]);
    assert_eq!((text(&out.stdout).as_str(), out.status.code()), ("", Some(0)));
}

#[test]
fn a_reference_to_what_was_renamed_is_safe() {
    let with = |name: &str| {
        let path = format!("modules/web/templates/{name}");
        let class = "class web {\n  $text = template('web/motd.erb')\n}\n";
        tree(&[("modules/web/manifests/init.pp", class), (&path, "hello\n")])
    };
    let (old, new) = (with("motd.erb"), with("banner.erb"));
    let before = old.path().to_str().expect("a path");
    let out = run(&new, &["check", ".", "--against", before, "--diff"]);
    assert!(text(&out.stdout).contains("+  $text = template('web/banner.erb')"), "{out:?}");
}

/// What a fix would bring is weighed: a type that is written right, and then lacks a parameter.
#[test]
fn an_edit_that_does_harm_is_left_out() {
    let dir = tree(&[
        ("manifests/site.pp", "node default {\n  web::tsl { 'a': }\n}\n"),
        ("modules/web/manifests/tls.pp", "define web::tls (String $key) {}\n"),
    ]);
    let out = run(&dir, &["check", ".", "--diff", "--unsafe-fixes"]);
    assert_eq!(text(&out.stdout), "");
    let told = text(&out.stderr);
    assert!(
        told.contains("not done: manifests/site.pp:2: write `web::tls`: it would bring:"),
        "{told}"
    );
}

#[test]
fn only_a_folder_can_be_changed() {
    let dir = web();
    let archive = dir.path().join("tree.tar");
    let made = std::process::Command::new("tar")
        .args(["-cf", "tree.tar", "modules"])
        .current_dir(dir.path())
        .status();
    assert!(made.expect("tar runs").success());
    let named = archive.to_str().expect("a path");
    let out = run(&dir, &["check", named, "--fix"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("is no folder: only the files of one can be changed"));
    let out = run(&dir, &["check", named, "--diff"]);
    assert!(text(&out.stdout).contains("+    content => template('web/motd.erb'),"), "{out:?}");
    let out = run(&dir, &["check", ".", "--unsafe-fixes"]);
    assert_eq!(out.status.code(), Some(2));
}

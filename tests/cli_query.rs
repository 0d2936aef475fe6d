//! `crosscheck why` and `crosscheck impact`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn crosscheck(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_crosscheck"))
        .current_dir(dir)
        .args(args)
        .output()
        .expect("the program starts")
}

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
    let done = crosscheck(&dir, &["why", "puppet.class:web", "modules/web/files/motd"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    insta::assert_snapshot!(stdout(&done));
    let done = crosscheck(&dir, &["why", "modules/web/files/motd", "puppet.class:web"]);
    assert_eq!(done.status.code(), Some(1));
    let done = crosscheck(&dir, &["why", "puppet.class:webb", "puppet.class:web::base"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("did you mean `puppet.class:web`?"));
}

#[test]
fn impact_lists_what_depends_on_a_file() {
    let (_guard, dir) = tree();
    let done = crosscheck(&dir, &["impact", "modules/web/files/motd"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    insta::assert_snapshot!(stdout(&done));
}

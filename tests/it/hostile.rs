//! Input that is made to hurt: what is said of it, in which code a run ends, and that its work does
//! not grow with the square of its size. Larger patterns stand in `scripts/hostile`.

use crate::common::{crosscheck, facts, findings, report, told, tree, write};
use std::process::{Command, Stdio};

#[test]
fn texts_that_go_on_and_on_are_read_in_proportion_to_their_size() {
    let n = 100_000;
    let texts = [
        ("a.php", format!("<?php require {}'a';", "'a' . ".repeat(n))),
        ("a.php", format!("<?php {}", "<<<A\n".repeat(n))),
        ("a.php", format!("<?php {}", "<".repeat(4 * n))),
        ("helmfile.yaml", format!("{}releases: []\n", "{{ define \"x\" }}\n".repeat(n))),
        ("modules/a/templates/b.erb", "<% @x.each do |y| %>\n".repeat(n)),
        ("bin/c.js", format!("#!/usr/bin/env node\n{}", "{ require('./a')\n".repeat(n))),
    ];
    for (path, text) in texts {
        facts(path, &text);
    }
}

#[test]
fn many_findings_on_one_line_are_placed() {
    let text = format!("class a {{ {}}}\n", "include a::b ".repeat(4_000));
    let dir = tree(&[("modules/a/manifests/init.pp", &text)]);
    let report = report(dir.path(), &["check", "."]);
    assert_eq!(findings(&report).len(), 4_000);
    let last = &report["findings"][3_999];
    assert_eq!(last["column"], 12 + 3_999 * 13 + 7);
}

#[test]
fn as_many_silences_as_findings_are_matched() {
    let line = "  include a::b # crosscheck: allow(unresolved-reference) x\n";
    let text = format!("class a {{\n{}}}\n", line.repeat(10_000));
    let dir = tree(&[("modules/a/manifests/init.pp", &text)]);
    let report = report(dir.path(), &["check", "."]);
    assert_eq!((findings(&report).len(), &report["summary"]["silenced"]), (0, &10_000.into()));
}

/// Letters that a terminal, a CI system, a page or a table takes for commands.
const TRICKS: &str = "a\u{1b}[31m\r\n::error::b%0A<script>|`x`\u{202e}&'\"]]>c\u{7}\u{9b}2J";

#[test]
fn no_format_lets_names_of_the_tree_speak_to_what_shows_it() {
    let quoted = serde_json::to_string(TRICKS).expect("a text");
    let kustomization = format!("resources:\n- {quoted}\n- a.yaml\n");
    let dir = tree(&[
        ("k8s/kustomization.yaml", &kustomization),
        ("k8s/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"),
        ("modules/a/manifests/init.pp", "class a {\n  include a::\u{1b}b\n}\n"),
    ]);
    write(dir.path(), "modules/a/manifests/\u{1b}[31mx\n::error::y.pp", "class a::x {");
    let formats = [
        "human",
        "concise",
        "json",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
        "markdown",
    ];
    for format in formats {
        let done = crosscheck(dir.path(), &["check", ".", "--format", format]);
        assert_eq!(done.status.code(), Some(1), "{format}");
        let text = String::from_utf8(done.stdout).expect("UTF-8");
        assert!(text.contains("error"), "{format}");
        for control in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\r'] {
            assert!(!text.contains(control), "{format} lets {control:?} through: {text}");
        }
        // A command begins a line.
        let is_ours = |line: &&str| line.starts_with("::") && format != "github";
        assert_eq!(text.lines().find(is_ours), None, "{format}");
        if format == "github" {
            assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
            assert!(text.lines().all(|line| !line.starts_with("::error::")), "{text}");
        }
        if matches!(format, "junit" | "checkstyle" | "markdown") {
            assert!(!text.contains("<script"), "{format}: {text}");
        }
    }
}

#[test]
fn a_configuration_that_nests_without_end_is_refused() {
    for (path, text) in [
        ("crosscheck.yaml", "[".repeat(100_000)),
        ("crosscheck.yaml", "{a: ".repeat(100_000)),
        ("crosscheck.yaml", format!("rules: &a [{}]\n", "*a, ".repeat(1000))),
        (".crosscheck/packs/a.yaml", "[".repeat(100_000)),
        (".crosscheck/packs/a.yaml", "- ".repeat(100_000)),
    ] {
        let dir = tree(&[(path, &text), ("modules/a/manifests/init.pp", "class a {}\n")]);
        let said = told(dir.path(), &["check", "."]);
        assert!(said.ends_with("exit code 2"), "{path}: {said}");
        assert!(said.len() < 2000, "{path}: {} bytes", said.len());
    }
}

#[test]
fn a_baseline_that_nests_without_end_is_refused() {
    for text in ["[".repeat(100_000), "findings: ".repeat(50_000), "\u{0}".repeat(9)] {
        let dir = tree(&[
            ("crosscheck.yaml", "version: 1\nbaseline: b.yaml\n"),
            ("b.yaml", &text),
            ("modules/a/manifests/init.pp", "class a {}\n"),
        ]);
        let said = told(dir.path(), &["check", "."]);
        assert!(said.ends_with("exit code 2"), "{said}");
        assert!(said.len() < 2000, "{} bytes", said.len());
    }
}

/// The program on a small tree that has something to say.
fn command(dir: &std::path::Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crosscheck"));
    command.current_dir(dir).arg("check").args(args).stdin(Stdio::null());
    command
}

#[cfg(unix)]
mod unix {
    use super::{command, findings, report, tree, write};
    use std::fs::{self, File};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::path::Path;
    use std::process::{Command, Stdio};

    #[test]
    fn a_full_disk_is_told_and_a_closed_pipe_is_the_readers_choice() {
        let dir = tree(&[("modules/a/manifests/init.pp", "class a { include a::b }\n")]);
        if let Ok(full) = File::create("/dev/full") {
            let done = command(dir.path(), &[]).stdout(full).output().expect("it starts");
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert_eq!(done.status.code(), Some(3), "{said}");
            assert!(said.contains("cannot write to standard output"), "{said}");
            let done = command(dir.path(), &["-o", "/dev/full"]).output().expect("it starts");
            assert_eq!(done.status.code(), Some(3));
        }
        let mut reader =
            command(dir.path(), &[]).stdout(Stdio::piped()).spawn().expect("it starts");
        drop(reader.stdout.take());
        let code = reader.wait().expect("it ends").code();
        assert_eq!(code, Some(1));
    }

    #[test]
    fn links_that_lead_in_circles_or_out_of_the_tree_are_not_followed() {
        let dir = tree(&[("modules/a/manifests/init.pp", "class a {}\n")]);
        for (from, to) in [
            ("loop", "loop"),
            ("modules/a/manifests/up", "../../.."),
            ("modules/self", "self"),
            ("modules/b", "a"),
            ("etc", "/etc"),
        ] {
            symlink(to, dir.path().join(from)).expect("a link");
        }
        fs::create_dir_all(dir.path().join(".crosscheck/packs")).expect("folders");
        let report = report(dir.path(), &["check", "."]);
        assert!(!format!("{report}").contains("root:"), "{report}");
        let _ = findings(&report);
    }

    #[test]
    fn names_that_are_no_text_are_told() {
        let dir = tree(&[("modules/a/manifests/init.pp", "class a {}\n")]);
        let name = std::ffi::OsStr::from_bytes(b"modules/a/manifests/\xff\xfe.pp");
        fs::write(dir.path().join(name), "class a::b {").expect("written");
        let report = report(dir.path(), &["check", "."]);
        assert_eq!(findings(&report).len(), 1, "{report}");
    }

    #[test]
    fn a_tree_that_vanishes_while_it_is_read_ends_in_a_code_of_its_own() {
        for _ in 0..4 {
            let dir = tempfile::tempdir().expect("a folder");
            for ix in 0..300 {
                write(dir.path(), &format!("m{ix}/a.tf"), "output \"a\" { value = var.gone }\n");
            }
            let mut own = command(dir.path(), &["--format", "json"]);
            let own = own.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
            for ix in 0..300 {
                let _ = fs::remove_dir_all(dir.path().join(format!("m{ix}")));
            }
            let done = own.wait_with_output().expect("it ends");
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(matches!(done.status.code(), Some(0 | 1 | 3)), "{:?}: {said}", done.status);
            assert!(!said.contains("panicked"), "{said}");
        }
    }

    fn git(dir: &Path, args: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(dir).args(["-c", "user.name=a", "-c", "user.email=a@b"]);
        let done = command.args(args).output().expect("git starts");
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn repository(args: &[&str]) -> tempfile::TempDir {
        let dir = tree(&[("modules/a/manifests/init.pp", "class a { include a::b }\n")]);
        git(dir.path(), &[&["init", "-q"], args, &["."]].concat());
        git(dir.path(), &["add", "-A"]);
        git(dir.path(), &["commit", "-q", "-m", "x"]);
        dir
    }

    /// How a check of `git:HEAD` ends.
    fn ends(dir: &Path) -> (Option<i32>, String) {
        let done = command(dir, &["git:HEAD", "--format", "concise"]).output().expect("it starts");
        let said = [done.stdout, done.stderr].concat();
        (done.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    #[test]
    fn objects_that_are_missing_or_damaged_are_told_and_read_no_further() {
        let objects = |dir: &Path| -> Vec<std::path::PathBuf> {
            let walk = walkdir::WalkDir::new(dir.join(".git/objects")).sort_by_file_name();
            let files = walk.into_iter().flatten().filter(|own| own.file_type().is_file());
            files.map(|own| own.into_path()).collect()
        };
        let count = objects(repository(&[]).path()).len();
        assert!(count > 4, "{count}");
        for ix in 0..count {
            for damage in ["gone", "empty", "cut", "noise"] {
                let dir = repository(&[]);
                let path = objects(dir.path())[ix].clone();
                let bytes = fs::read(&path).expect("an object");
                fs::remove_file(&path).expect("gone");
                match damage {
                    "empty" => fs::write(&path, []).expect("written"),
                    "cut" => fs::write(&path, &bytes[..bytes.len() / 2]).expect("written"),
                    "noise" => {
                        let mut bytes = bytes;
                        bytes.iter_mut().skip(2).for_each(|byte| *byte ^= 0x5a);
                        fs::write(&path, bytes).expect("written");
                    }
                    _ => {}
                }
                let (code, said) = ends(dir.path());
                assert!(!said.contains("panicked"), "{damage}: {said}");
                // All that was lost may be the contents of the one file.
                let is_told = code == Some(3) || said.contains("parse-error");
                assert!(is_told && matches!(code, Some(0 | 1 | 3)), "{damage}: {code:?} {said}");
            }
        }
    }

    #[test]
    fn repositories_of_other_sorts_are_read_or_refused() {
        let plain = repository(&[]);
        let (code, whole) = ends(plain.path());
        assert_eq!(code, Some(1), "{whole}");
        let at = |name: &str| plain.path().parent().expect("above").join(name);
        let own = plain.path().file_name().expect("a name").to_string_lossy().into_owned();
        let url = format!("file://{}", plain.path().display());
        for (name, args) in [
            ("shallow", &["clone", "-q", "--depth", "1"][..]),
            ("alternates", &["clone", "-q", "--shared"]),
            ("bare", &["clone", "-q", "--bare"]),
        ] {
            let to = at(&format!("{own}-{name}"));
            git(plain.path(), &[args, &[&url, to.to_str().expect("UTF-8")]].concat());
            let (code, said) = ends(&to);
            fs::remove_dir_all(&to).expect("gone");
            assert_eq!((code, &said), (Some(1), &whole), "{name}");
        }
        let to = at(&format!("{own}-worktree"));
        git(plain.path(), &["worktree", "add", "-q", "-b", "other", to.to_str().expect("UTF-8")]);
        let (code, said) = ends(&to);
        fs::remove_dir_all(&to).expect("gone");
        assert_eq!((code, &said), (Some(1), &whole), "worktree");
        // Hashes of the other sort are not read: that is told, and no panic.
        let dir = repository(&["--object-format=sha256"]);
        let (code, said) = ends(dir.path());
        assert!(matches!(code, Some(2 | 3)) && !said.contains("panicked"), "{code:?} {said}");
    }

    #[test]
    fn fifty_runs_at_once_on_one_store_say_the_same() {
        let dir = tree(&[
            ("modules/a/manifests/init.pp", "class a { include a::b }\n"),
            ("main.tf", "output \"a\" { value = var.gone }\n"),
        ]);
        let cache = tempfile::tempdir().expect("a folder");
        let runs: Vec<_> = (0..50)
            .map(|_| {
                let mut own = command(dir.path(), &["--format", "concise", "--threads", "1"]);
                own.env("CROSSCHECK_CACHE_DIR", cache.path());
                own.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
            })
            .collect();
        let mut said = std::collections::BTreeSet::new();
        for own in runs {
            let done = own.wait_with_output().expect("it ends");
            assert_eq!((done.status.code(), done.stderr), (Some(1), Vec::new()));
            said.insert(done.stdout);
        }
        assert_eq!(said.len(), 1);
        let left = walkdir::WalkDir::new(cache.path()).into_iter().flatten();
        let half = left.filter(|own| own.path().extension().is_some_and(|end| end == "new"));
        assert_eq!(half.count(), 0);
    }
}

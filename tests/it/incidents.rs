//! The bundled incidents: what the program says of each.
//!
//! `fixtures/incidents/N/commands.txt` holds command lines, run in that folder; lines that
//! begin with `#` say what each shows. The output of each is a snapshot.

use insta::assert_snapshot;
use std::path::{Path, PathBuf};
use std::process::Command;

fn incidents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incidents");
    let entries = std::fs::read_dir(root).expect("incidents exist");
    let mut dirs: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    dirs.retain(|dir| dir.join("commands.txt").is_file());
    dirs.sort();
    dirs
}

/// Output and exit code of one command line.
fn run(dir: &Path, line: &str) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_crosscheck"))
        .args(line.split_whitespace())
        .current_dir(dir)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    let code = done.status.code().map_or("a signal".to_owned(), |code| code.to_string());
    let (out, said) =
        (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    format!("{out}{said}exit code {code}\n")
}

#[test]
fn each_incident_is_told_as_expected() {
    let incidents = incidents();
    assert!(!incidents.is_empty(), "no incident has commands.txt");
    for dir in incidents {
        let number = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let commands = std::fs::read_to_string(dir.join("commands.txt")).expect("UTF-8");
        let mut told = String::new();
        for line in commands.lines().filter(|line| !line.trim().is_empty()) {
            if line.starts_with('#') {
                told.push_str(&format!("{line}\n"));
            } else {
                told.push_str(&format!("$ crosscheck {line}\n{}\n", run(&dir, line)));
            }
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            assert_snapshot!(format!("incident_{number}"), told);
        });
    }
}

/// A tree of an incident is consistent by itself unless its story is that it is not: the
/// defect lies in the meeting of two states.
#[test]
fn two_states_that_are_each_consistent_bring_no_error() {
    for number in ["3", "4"] {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incidents").join(number);
        for line in ["check old", "check new", "check new --against old"] {
            let told = run(&dir, line);
            assert!(
                told.contains("\n0 errors") || told.starts_with("0 errors"),
                "incident {number}, {line}:\n{told}"
            );
        }
    }
}

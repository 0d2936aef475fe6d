//! `crosscheck tour`: the bundled incidents, without the repository.

use crate::common::{crosscheck, told};
use std::path::Path;

#[test]
fn each_incident_is_shown_by_one_command_that_finds_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let shown = told(dir.path(), &["tour"]);
    let titles: Vec<&str> = shown.lines().filter(|line| line.starts_with("# Incident ")).collect();
    assert_eq!(titles.len(), 5, "{shown}");
    let commands = shown.lines().filter(|line| line.starts_with("$ crosscheck ")).count();
    assert_eq!(commands, 5, "{shown}");
    assert!(shown.contains("class `wiki::badges` is required, and only staging provides it"));
    assert!(shown.ends_with("exit code 0"), "{shown}");
    assert!(std::fs::read_dir(dir.path()).expect("readable").next().is_none(), "nothing is left");
}

#[test]
fn all_commands_of_one_incident_and_the_trees_to_play_with() {
    let dir = tempfile::tempdir().expect("a folder");
    let shown = told(dir.path(), &["tour", "2", "--all", "--into", "play"]);
    let commands = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incidents/2/commands.txt");
    let commands = std::fs::read_to_string(commands).expect("UTF-8");
    for line in commands.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        assert!(shown.contains(&format!("$ crosscheck {line}\n")), "{line}: {shown}");
    }
    let again = crosscheck(&dir.path().join("play/2"), &["check", "between", "--against", "old"]);
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    let twice = crosscheck(dir.path(), &["tour", "--into", "play"]);
    assert_eq!(twice.status.code(), Some(3), "a folder that exists is left alone: {twice:?}");
}

#[test]
fn there_is_no_sixth() {
    let dir = tempfile::tempdir().expect("a folder");
    assert_eq!(crosscheck(dir.path(), &["tour", "6"]).status.code(), Some(2));
}

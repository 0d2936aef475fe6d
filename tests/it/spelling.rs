//! People read words. A kind in our own spelling (`puppet.class:…`) and the marks inside
//! scoped names never stand in a message or a help.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Folders that are checked as they are, or with what stands beside them.
fn runs() -> Vec<Vec<String>> {
    let mut runs = Vec::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for entry in walkdir::WalkDir::new(root().join("fixtures")).sort_by_file_name() {
        let entry = entry.expect("readable");
        let is_tree = |name: &str| entry.path().join(name).is_dir();
        if !entry.file_type().is_dir() || folders.iter().any(|own| entry.path().starts_with(own)) {
            continue;
        }
        let text = |name: &str| entry.path().join(name).display().to_string();
        let run = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        if is_tree("staging") && is_tree("production") {
            let (staging, production) = (text("staging"), text("production"));
            runs.push(run(&["promote", "--staging", &staging, "--production", &production]));
        } else if is_tree("old") && is_tree("new") {
            runs.push(run(&["check", &text("new"), "--against", &text("old")]));
        } else if entry.file_name() == "bad" {
            runs.push(run(&["check", &entry.path().display().to_string()]));
        } else {
            continue;
        }
        folders.push(entry.path().to_path_buf());
    }
    runs
}

#[test]
fn no_message_and_no_help_speaks_of_kinds() {
    let kinds: Vec<String> =
        crosscheck::facts::Kind::known().map(|kind| regex::escape(kind.as_str())).collect();
    let spelled = format!(r"(?:^|[^\w.])(?:{}):[\w/$]|\x1f", kinds.join("|"));
    let spelled = regex::Regex::new(&spelled).expect("valid");
    let mut wrong = Vec::new();
    let mut seen = 0;
    let runs = runs();
    assert!(runs.len() > 20, "fixtures are gone");
    for run in runs {
        let done = Command::new(env!("CARGO_BIN_EXE_crosscheck"))
            .args(&run)
            .args(["--format", "json", "--fail-on", "never"])
            .output()
            .expect("the program starts");
        let Ok(report) = serde_json::from_slice::<serde_json::Value>(&done.stdout) else {
            continue;
        };
        for finding in report["findings"].as_array().into_iter().flatten() {
            seen += 1;
            let related = finding["related"].as_array().into_iter().flatten();
            let texts = [&finding["message"], &finding["help"]]
                .into_iter()
                .chain(related.map(|place| &place["message"]));
            for text in texts.filter_map(|text| text.as_str()) {
                if spelled.is_match(text) {
                    wrong.push(format!("{}: {text}", finding["rule"]));
                }
            }
        }
    }
    assert!(seen > 30, "fixtures say nothing: {seen}");
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

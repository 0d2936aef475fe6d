//! What several test files share: small trees, and runs of the program over them.

#![allow(dead_code)]

use crosscheck::facts::FileFacts;
use serde_json::Value;
use std::fmt::{Debug, Display, Formatter};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder with these files.
pub fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        write(dir.path(), path, text);
    }
    dir
}

/// Writes a file and the folders above it.
pub fn write(dir: &Path, path: &str, text: &str) {
    let file = dir.join(path);
    std::fs::create_dir_all(file.parent().expect("has a parent")).expect("created");
    std::fs::write(file, text).expect("written");
}

/// Runs the program in `dir`.
pub fn crosscheck(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crosscheck"));
    command.current_dir(dir).args(args).output().expect("the program starts")
}

/// The JSON report of a command.
pub fn report(dir: &Path, args: &[&str]) -> Value {
    let done = crosscheck(dir, &[args, &["--format", "json"]].concat());
    serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&done.stderr)))
}

/// Findings in report order. A snapshot shows them as people see them, one a line: place,
/// severity, rule, message, and the tree where it is not the new one. Where a loop goes through
/// many cases they compare with lists of `RULE PATH:LINE`.
pub struct Findings {
    lines: Vec<String>,
    places: Vec<String>,
}

impl Findings {
    /// Those of one rule.
    pub fn only(self, rule: &str) -> Self {
        let both = self.lines.into_iter().zip(self.places);
        let (lines, places) = both.filter(|(_, own)| own.starts_with(&format!("{rule} "))).unzip();
        Self { lines, places }
    }
}

impl std::ops::Deref for Findings {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.places
    }
}

impl<Place, const N: usize> PartialEq<[Place; N]> for Findings
where
    String: PartialEq<Place>,
{
    fn eq(&self, other: &[Place; N]) -> bool {
        self.places.as_slice() == other
    }
}

impl Display for Findings {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.lines.join("\n"))
    }
}

impl Debug for Findings {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        write!(out, "{self}")
    }
}

/// The findings of a report.
pub fn findings(report: &Value) -> Findings {
    let findings = report["findings"].as_array().expect("a list");
    let short = |own: &Value| {
        let text = |key: &str| own[key].as_str().expect("a text");
        format!("{} {}:{}", text("rule"), text("path"), own["line"])
    };
    Findings {
        lines: findings.iter().map(line).collect(),
        places: findings.iter().map(short).collect(),
    }
}

/// The findings of a report with all that is said of them: below each its help and the other
/// places that it names.
pub fn whole_findings(report: &Value) -> String {
    let mut text = String::new();
    for finding in report["findings"].as_array().expect("a list") {
        text.push_str(&format!("{}\n", line(finding)));
        if let Some(help) = finding["help"].as_str().filter(|help| !help.is_empty()) {
            text.push_str(&format!("  help: {}\n", help.replace('\n', "\n  ")));
        }
        for other in finding["related"].as_array().into_iter().flatten() {
            let (tree, message) = (other["tree"].as_str(), other["message"].as_str());
            let (tree, message) = (tree.expect("a tree"), message.expect("a text"));
            text.push_str(&format!("  {tree} {}: {message}\n", place(other)));
        }
    }
    text
}

fn line(finding: &Value) -> String {
    let text = |key: &str| finding[key].as_str().expect("a text");
    let tree = match text("tree") {
        "new" => String::new(),
        other => format!(" ({other} tree)"),
    };
    let (severity, rule, message) = (text("severity"), text("rule"), text("message"));
    format!("{}: {severity}[{rule}] {message}{tree}", place(finding))
}

fn place(value: &Value) -> String {
    let path = value["path"].as_str().expect("a path");
    format!("{path}:{}:{}", value["line"], value["column"])
}

/// What a command prints, on both streams, and how it ends.
pub fn told(dir: &Path, args: &[&str]) -> String {
    let done = crosscheck(dir, args);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = done.status.code().expect("no signal");
    format!("{}{}exit code {code}", text(&done.stdout), text(&done.stderr))
}

/// The findings of `crosscheck check` over these files.
pub fn check(files: &[(&str, &str)]) -> Findings {
    findings(&report(tree(files).path(), &["check", "."]))
}

/// The findings of a change from `old` to `new`.
pub fn change(old: &[(&str, &str)], new: &[(&str, &str)]) -> Findings {
    let (old, new) = (tree(old), tree(new));
    let args = ["check", ".", "--against", old.path().to_str().expect("UTF-8")];
    findings(&report(new.path(), &args))
}

/// A folder with these files as the first commit of a repository, on which `change` may work;
/// what it leaves is the second commit.
#[cfg(unix)]
pub fn repository(files: &[(&str, &str)], change: impl FnOnce(&Path)) -> TempDir {
    let dir = tree(files);
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(dir.path()).args(["-c", "user.name=a", "-c", "user.email=a@b"]);
        let done = command.args(args).output().expect("git starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let commit = || {
        git(&["add", "-A"]);
        git(&["commit", "-q", "-m", "x"]);
    };
    git(&["init", "-q", "."]);
    commit();
    change(dir.path());
    commit();
    dir
}

/// What all readers that take a file say of it.
pub fn facts(path: &str, text: &str) -> FileFacts {
    crosscheck::facts_of(path, text.as_bytes())
}

/// The needs of a rollout: who waits for whom, and for what.
pub fn needs(old: &[(&str, &str)], new: &[(&str, &str)]) -> String {
    let (old, new) = (tree(old), tree(new));
    let plan = report(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."]);
    let edges = plan["edges"].as_array().expect("edges");
    let mut lines: Vec<String> = edges
        .iter()
        .map(|edge| {
            let (after, before) = (&edge["after"][0], &edge["before"][0]);
            format!("{after} after {before}: {}", edge["message"].as_str().expect("a text"))
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

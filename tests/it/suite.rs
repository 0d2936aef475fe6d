//! What the suites of single systems share: a fixture in, its findings out.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A finding as the JSON report writes it.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "each suite looks at what it needs")]
pub struct Finding {
    pub severity: String,
    pub path: String,
    pub line: u64,
    /// `SEVERITY RULE PATH:LINE:COLUMN ENTITY`.
    pub text: String,
}

/// `fixtures/systems/SYSTEM/NAME`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/systems").join(name)
}

/// Findings of `check TREE` with further arguments.
pub fn check(tree: &Path, arguments: &[&str]) -> Vec<Finding> {
    let done = Command::new(env!("CARGO_BIN_EXE_crosscheck"))
        .arg("check")
        .arg(tree)
        .args(["--format", "json", "--fail-on", "never"])
        .args(arguments)
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{}: {:?} {said}", tree.display(), done.status);
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    findings
        .iter()
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            let (severity, path, line) =
                (text("severity"), text("path"), finding["line"].as_u64().unwrap_or_default());
            let (rule, entity, column) = (text("rule"), text("entity"), &finding["column"]);
            let text = format!("{severity} {rule} {path}:{line}:{column} {entity}");
            Finding { severity, path, line, text: text.trim_end().to_owned() }
        })
        .collect()
}

/// Asserts that a fixture brings exactly these findings, in the report's order.
#[track_caller]
pub fn assert_findings(name: &str, arguments: &[&str], expected: &[&str]) {
    let found = check(&fixture(name), arguments);
    let texts: Vec<&str> = found.iter().map(|finding| finding.text.as_str()).collect();
    assert_eq!(texts, expected, "{name}");
}

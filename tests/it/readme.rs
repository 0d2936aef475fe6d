//! What README.md shows is what the program does.

use std::path::Path;
use std::process::Command;

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).expect("README.md exists")
}

/// Contents of the fenced blocks of `language`, without the fence's indentation.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        if line.trim_start() != format!("```{language}") {
            continue;
        }
        let inside = lines.by_ref().take_while(|line| line.trim_start() != "```");
        blocks.push(inside.map(|line| format!("{}\n", line.get(indent..).unwrap_or(""))).collect());
    }
    blocks
}

/// Standard output of `crosscheck ARGUMENTS` in the project's folder.
fn run(arguments: &str) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_crosscheck"))
        .args(arguments.split_whitespace())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    String::from_utf8(done.stdout).expect("UTF-8")
}

#[test]
fn its_examples_are_real_output() {
    let shown = blocks(&readme(), "console");
    assert!(shown.len() >= 3, "examples are gone");
    for block in shown {
        let (command, output) = block.split_once('\n').expect("a command and its output");
        let arguments = command.strip_prefix("$ crosscheck ").expect("a run of crosscheck");
        assert_eq!(run(arguments), output, "{command}");
    }
}

#[test]
fn its_json_example_is_real_output() {
    let text = blocks(&readme(), "json").into_iter().next().expect("a JSON example");
    let mut shown: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let bad = "fixtures/rules/removed-parameter/bad";
    let output = run(&format!("check {bad}/new --against {bad}/old --format json"));
    let mut real: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    assert_eq!(shown["findings"], real["findings"]);
    // Counts of facts grow with what is understood; the fields stay.
    for document in [&mut shown, &mut real] {
        let summary = document["summary"].as_object_mut().expect("a summary");
        assert!(summary["understood"]["puppet"]["files"].is_u64());
        for changing in ["elapsed_ms", "facts", "understood"] {
            summary.insert(changing.into(), 0.into());
        }
    }
    assert_eq!(shown, real);
}

#[test]
fn its_configuration_is_valid() {
    let text = blocks(&readme(), "yaml")
        .into_iter()
        .find(|block| block.starts_with("version: 1"))
        .expect("a configuration example");
    let config = crosscheck::config::Config::parse(&text).expect("valid");
    assert_eq!(config.ignore.len(), 1);
    assert_eq!(config.mapping.len(), 1);
}

#[test]
fn its_commands_for_a_newcomer_are_two() {
    let text = readme();
    let marked = |name: &str| text.matches(&format!("<!-- command: {name} -->\n```sh\n")).count();
    assert_eq!((marked("demo"), marked("tests")), (1, 1));
    assert_eq!(text.matches("<!-- command: ").count(), 2);
}

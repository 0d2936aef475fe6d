//! What README.md and the guide say in data is what the program does, and their links lead
//! somewhere. What they show of commands is in `examples.rs`.

use crosscheck::{Analysis, Error, Options, Tree};
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// README.md, CONTRIBUTING.md, the extension's page and all pages below docs/, in order.
pub fn pages() -> Vec<PathBuf> {
    let own = ["README.md", "CONTRIBUTING.md", "editors/vscode/README.md"];
    let mut pages: Vec<PathBuf> = own.iter().map(|own| root().join(own)).collect();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
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
        .current_dir(root())
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    String::from_utf8(done.stdout).expect("UTF-8")
}

#[test]
fn the_json_example_is_real_output() {
    let guide = page("docs/guide/json.md");
    let text = blocks(&guide, "json").into_iter().next().expect("a JSON example");
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
fn the_configuration_examples_are_valid() {
    for (name, text, top) in [
        ("docs/guide/configuration.md", "", "ignore"),
        ("docs/guide/promotion.md", "version: 1\n", "mapping"),
    ] {
        let block = blocks(&page(name), "yaml").into_iter().next().expect("an example");
        assert!(block.contains(&format!("{top}:\n")), "{name}");
        let tree = Tree::of_files([("crosscheck.yaml", format!("{text}{block}"))]);
        // The trees that an example joins are not there.
        if let Err(Error::Config(error)) = Analysis::new(tree, &Options::new()) {
            panic!("{name}: {error}");
        }
    }
}

#[test]
fn commands_for_a_newcomer_are_two() {
    let text = page("README.md");
    let marked = |name: &str| text.matches(&format!("<!-- command: {name} -->\n```sh\n")).count();
    assert_eq!((marked("demo"), marked("tests")), (1, 1));
    assert_eq!(text.matches("<!-- command: ").count(), 2);
    assert!(text.len() <= 8192, "README.md has {} bytes; the guide holds the rest", text.len());
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| -> String {
        let words = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        words.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut links = 0;
    for path in pages() {
        let text = std::fs::read_to_string(&path).expect("a page");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.contains(char::is_whitespace) {
                continue;
            }
            links += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                _ => path.parent().expect("a folder").join(file),
            };
            assert!(target.exists(), "{}: {link} leads nowhere", path.display());
            let has = || anchors(&std::fs::read_to_string(&target).expect("a page"));
            assert!(
                anchor.is_empty() || has().iter().any(|own| own == anchor),
                "{}: {link} names no heading",
                path.display()
            );
        }
    }
    assert!(links > 50, "links are gone");
}

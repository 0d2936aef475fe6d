//! Pages that are generated: one for each rule, from the catalogue, and one for all systems.
//! `UPDATE_DOCS=1 cargo test docs::` writes them.

use crosscheck::catalog;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Fails unless the page at `path` below docs/ is `text`, or writes it.
fn page_is(path: &str, text: &str) {
    let file = docs().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("writable");
        std::fs::write(&file, text).expect("writable");
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, text, "docs/{path} is out of date: UPDATE_DOCS=1 cargo test docs::");
}

#[test]
fn each_rule_has_its_page() {
    let mut index = String::from(
        "<!-- Generated from rules/catalog by tests/it/docs.rs. -->\n\
         # Rules\n\n\
         `crosscheck explain RULE` prints a rule's page. [Severities](../severity.md) says how \
         the severity\nof a finding is chosen, [silences](../guide/silences.md) how to accept \
         one.\n\n\
         | rule | severity | reports |\n| --- | --- | --- |\n",
    );
    let mut expected = BTreeSet::from(["README.md".to_owned()]);
    for page in catalog::pages() {
        let id = &page.id;
        let off = if page.enabled { "" } else { " (off by default)" };
        index.push_str(&format!("| [{id}]({id}.md) | {} | {}{off} |\n", page.severity, page.title));
        let from = format!("<!-- Generated from rules/catalog/{id}.yaml by tests/it/docs.rs. -->");
        let text = format!("{from}\n{}\n[All rules](README.md)\n", page.markdown());
        page_is(&format!("rules/{id}.md"), &text);
        expected.insert(format!("{id}.md"));
    }
    page_is("rules/README.md", &index);
    let files = std::fs::read_dir(docs().join("rules")).expect("a folder").flatten();
    let found: BTreeSet<String> =
        files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(found, expected);
}

/// What is said of one system in `docs/systems.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct System {
    /// The name in statistics and JSON.
    name: String,
    /// The name for people.
    title: String,
    /// Which files.
    files: String,
    /// What is read of them.
    read: String,
    /// What is not.
    not_read: String,
}

fn systems() -> Vec<System> {
    let text = std::fs::read_to_string(docs().join("systems.yaml")).expect("the descriptions");
    serde_yaml::from_str(&text).expect("valid descriptions")
}

#[test]
fn each_system_is_described() {
    let described: Vec<System> = systems();
    let names: BTreeSet<&str> = described.iter().map(|system| system.name.as_str()).collect();
    assert_eq!(names.len(), described.len(), "a system is described twice");
    let known: BTreeSet<&str> =
        crosscheck::known_systems().into_iter().flat_map(|system| system.formats).collect();
    assert_eq!(names, known, "docs/systems.yaml and the program know other systems");
}

#[test]
fn the_page_of_systems_says_what_is_described() {
    let mut text = String::from(
        "<!-- Generated from docs/systems.yaml by tests/it/docs.rs. -->\n\
         # Systems\n\n\
         What Crosscheck reads of each system, and what it does not. The name in brackets is the \
         one that\n`--stats` and JSON use. [Limits](guide/limits.md) hold for all of them.\n",
    );
    for system in systems() {
        text.push_str(&format!("\n## {} (`{}`)\n\n", system.title, system.name));
        for (label, said) in
            [("Files", &system.files), ("Read", &system.read), ("Not read", &system.not_read)]
        {
            text.push_str(&format!("- **{label}:** {}\n", said.trim().replace('\n', "\n  ")));
        }
    }
    page_is("systems.md", &text);
}

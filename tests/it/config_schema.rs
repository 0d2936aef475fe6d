//! The published JSON schema and the program accept the same keys.

use crosscheck::{Analysis, Options, Tree};
use serde_json::Value;
use std::path::Path;

/// The keys that serde names when it refuses a key that cannot exist.
fn accepted(yaml: &str) -> Vec<String> {
    let tree = Tree::of_files([("crosscheck.yaml", yaml)]);
    let error = Analysis::new(tree, &Options::new()).expect_err("refused").to_string();
    let (_, expected) =
        error.split_once("expected").unwrap_or_else(|| panic!("no list in: {error}"));
    let expected = expected.split(" at line ").next().unwrap_or(expected);
    let mut keys: Vec<_> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    keys.sort();
    keys
}

fn listed(schema: &Value) -> Vec<String> {
    let mut keys: Vec<_> =
        schema["properties"].as_object().expect("properties").keys().cloned().collect();
    keys.sort();
    keys
}

#[test]
fn the_schema_lists_exactly_the_keys_that_are_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/crosscheck.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema exists");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let top = &schema["properties"];
    let cases = [
        ("QQQQ: 1", &schema),
        ("mapping: [{QQQQ: 1}]", &top["mapping"]["items"]),
        ("environments: {QQQQ: 1}", &top["environments"]),
        (
            "environments: {may-differ: [{QQQQ: 1}]}",
            &top["environments"]["properties"]["may-differ"]["items"],
        ),
        ("provided-elsewhere: [{QQQQ: 1}]", &top["provided-elsewhere"]["items"]),
        ("namespaces: {QQQQ: 1}", &top["namespaces"]),
        ("overrides: [{QQQQ: 1}]", &top["overrides"]["items"]),
        ("ignore: [{QQQQ: 1}]", &top["ignore"]["items"]),
        ("puppet: {QQQQ: 1}", &top["puppet"]),
        ("haproxy: {QQQQ: 1}", &top["haproxy"]),
    ];
    for (yaml, schema) in cases {
        assert_eq!(accepted(yaml), listed(schema), "{yaml}");
    }
}

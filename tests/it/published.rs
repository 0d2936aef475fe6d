//! Reports are what the published schemas of their formats take: SARIF's own, and
//! `docs/report.schema.json`.

use crate::common::{crosscheck, tree, write};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The schema of SARIF 2.1.0 as OASIS publishes it, which the crate `serde-sarif` brings along.
fn sarif_schema() -> Value {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    let metadata: Value = serde_json::from_slice(&cargo.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let own = packages.iter().find(|own| own["name"] == "serde-sarif").expect("it is locked");
    let manifest = Path::new(own["manifest_path"].as_str().expect("a path"));
    let mut schema = read(&manifest.with_file_name("src").join("schema.json"));
    // These two patterns are no regular expressions (a bracket too many); we write no language.
    for part in ["run", "toolComponent"] {
        let language = schema["definitions"][part]["properties"]["language"].as_object_mut();
        language.expect("it is told of").remove("pattern");
    }
    schema
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the schema exists");
    serde_json::from_str(&text).expect("JSON")
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Our schema, which lets unknown fields pass, made to refuse them: a field that is written and not
/// told of is a gap in what is published.
fn strict(schema: &mut Value) {
    if let Some(all) = schema.as_array_mut() {
        all.iter_mut().for_each(strict);
    }
    let Some(object) = schema.as_object_mut() else { return };
    for (key, own) in object.iter_mut() {
        match key.as_str() {
            "$defs" => own.as_object_mut().into_iter().flatten().for_each(|(name, own)| {
                // What others are made of is a part of theirs, so that these have to refuse.
                match ["finding", "place"].contains(&name.as_str()) && own["type"] == "object" {
                    true => strict(&mut own["properties"]),
                    false => strict(own),
                }
            }),
            "required" | "enum" | "allOf" => {}
            _ => strict(own),
        }
    }
    let has_fields = ["properties", "allOf", "$ref"].iter().any(|key| object.contains_key(*key));
    if has_fields && !object.contains_key("additionalProperties") {
        object.insert("unevaluatedProperties".into(), json!(false));
    }
}

/// The schema of docs/, made to refuse what it does not tell of.
pub fn published(name: &str) -> Validator {
    let mut schema = read(&root().join(format!("docs/{name}.schema.json")));
    strict(&mut schema);
    jsonschema::validator_for(&schema).expect("a schema")
}

/// A tree whose names have to be escaped, with findings of each severity, silenced ones and some
/// of a baseline.
fn odd() -> TempDir {
    let class = "class web {\n  include web::gone\n  include web::known\n  include web::said # crosscheck: allow(unresolved-reference) it comes\n  include web::mute # crosscheck: allow(unresolved-reference)\n  file { '/a':\n    source => 'puppet:///modules/web/a b%\"<c>\u{1}',\n  }\n}\n";
    let dir = tree(&[("modules/web/manifests/init.pp", "class web {\n  include web::known\n}\n")]);
    let made = crosscheck(dir.path(), &["baseline", "-o", "crosscheck-baseline.yaml"]);
    assert!(made.status.success(), "{made:?}");
    write(dir.path(), "modules/web/manifests/init.pp", class);
    write(dir.path(), "modules/we b/manifests/ü#?.pp", "class x {");
    dir
}

/// Runs that each report something else.
fn runs() -> Vec<(PathBuf, Vec<String>)> {
    let fixtures = root().join("fixtures");
    let mut runs = Vec::new();
    let mut add = |dir: &Path, line: &str| {
        runs.push((dir.to_owned(), line.split(' ').map(str::to_owned).collect()));
    };
    add(
        &fixtures.join("incidents/1"),
        "promote --staging staging --production production modules-staging/wiki",
    );
    for pair in ["incidents/2", "incidents/3", "library"] {
        add(&fixtures.join(pair), "check new --against old");
    }
    for rule in std::fs::read_dir(fixtures.join("rules")).expect("rules") {
        add(&rule.expect("a folder").path(), "check .");
    }
    add(&fixtures.join("bad-input"), "check .");
    add(&fixtures.join("rules"), "check . --timeout 0.000000001s");
    runs
}

/// Every report in `format` that does not fit, with what is wrong with it.
fn misfits(format: &str, validator: &Validator) -> Vec<String> {
    let odd = odd();
    let baseline = "check . --baseline crosscheck-baseline.yaml";
    let own = (odd.path().to_owned(), baseline.split(' ').map(str::to_owned).collect());
    let mut misfits = Vec::new();
    for (dir, line) in runs().into_iter().chain([own]) {
        let mut args: Vec<&str> = line.iter().map(String::as_str).collect();
        args.extend(["--format", format]);
        let done = crosscheck(&dir, &args);
        let report: Value = serde_json::from_slice(&done.stdout)
            .unwrap_or_else(|error| panic!("{error}: {dir:?} {args:?} {done:?}"));
        for error in validator.iter_errors(&report).take(3) {
            misfits.push(format!("{dir:?} {line:?}: {error} at {}", error.instance_path()));
        }
    }
    misfits
}

#[test]
fn sarif_fits_its_schema() {
    let validator = jsonschema::validator_for(&sarif_schema()).expect("a schema");
    assert!(!validator.is_valid(&json!({"version": "2.1.0", "runs": [{}]})));
    assert_eq!(misfits("sarif", &validator), Vec::<String>::new());
}

#[test]
fn json_fits_its_schema_which_tells_of_every_field() {
    let validator = published("report");
    assert!(!validator.is_valid(&json!({"version": 1})));
    assert_eq!(misfits("json", &validator), Vec::<String>::new());
}

//! What every command answers with `--format json` is what its schema in docs/ takes, and each field
//! is told of there.

use crate::common::{crosscheck, tree, write};
use crate::published::{published, root};
use crate::replay::Repository;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Answers of one command, and what is wrong with them.
struct Judged {
    validator: jsonschema::Validator,
    misfits: Vec<String>,
    /// Fields that some answer has, as the schema names them.
    seen: BTreeSet<String>,
}

impl Judged {
    fn by(schema: &str) -> Self {
        let validator = published(schema);
        assert!(!validator.is_valid(&json!({"version": 1})), "{schema} takes anything");
        Self { validator, misfits: Vec::new(), seen: BTreeSet::new() }
    }

    /// The answer of a command in `dir`.
    fn ask(&mut self, dir: &Path, line: &str) {
        let args: Vec<&str> = line.split(' ').collect();
        let done = crosscheck(dir, &args);
        let answer = serde_json::from_slice(&done.stdout)
            .unwrap_or_else(|error| panic!("{error}: {line} in {dir:?}: {done:?}"));
        self.take(line, &answer);
    }

    /// The answer of a command that prints an object a line.
    fn ask_lines(&mut self, dir: &Path, line: &str) {
        let done = crosscheck(dir, &line.split(' ').collect::<Vec<_>>());
        let text = String::from_utf8(done.stdout).expect("UTF-8");
        assert!(!text.is_empty(), "{line} in {dir:?}: {}", String::from_utf8_lossy(&done.stderr));
        for own in text.lines() {
            self.take(line, &serde_json::from_str(own).expect("JSON"));
        }
    }

    fn take(&mut self, line: &str, answer: &Value) {
        for error in self.validator.iter_errors(answer).take(3) {
            self.misfits.push(format!("{line}: {error} at {}", error.instance_path()));
        }
        fields(answer, &mut self.seen);
    }

    /// Fails unless all fitted, and some answer had each of these fields.
    fn holds(&self, needed: &[&str]) {
        assert_eq!(self.misfits, Vec::<String>::new());
        let lacking: Vec<_> = needed.iter().filter(|own| !self.seen.contains(**own)).collect();
        assert!(lacking.is_empty(), "no answer has {lacking:?}, so that nothing was tried of them");
    }
}

/// Names of the fields of a value that say something.
fn fields(value: &Value, seen: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|own| fields(own, seen)),
        Value::Object(all) => {
            for (name, own) in all {
                if !own.is_null() && *own != json!([]) {
                    seen.insert(name.clone());
                }
                fields(own, seen);
            }
        }
        _ => {}
    }
}

fn fixtures() -> PathBuf {
    root().join("fixtures")
}

/// Folders with an `old` and a `new` tree below fixtures/.
fn changes() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![fixtures()];
    while let Some(folder) = folders.pop() {
        if folder.join("old").is_dir() && folder.join("new").is_dir() {
            found.push(folder);
            continue;
        }
        let entries = std::fs::read_dir(folder).expect("a folder").flatten();
        folders.extend(entries.map(|own| own.path()).filter(|own| own.is_dir()));
    }
    found.sort();
    found
}

#[test]
fn why_and_impact_fit_their_schemas() {
    let library = fixtures().join("library");
    let mut why = Judged::by("why");
    why.ask(&library, "why manifests/site.pp motd old --format json");
    why.ask(&library, "why motd manifests/site.pp old --format json");
    why.holds(&["via", "column"]);
    let mut impact = Judged::by("impact");
    impact.ask(&library, "impact motd old --format json");
    impact.ask(&library, "impact manifests/site.pp old --format json");
    impact.holds(&["distance", "direct"]);
}

#[test]
fn interfaces_fit_their_schema() {
    let mut judged = Judged::by("interface");
    let incident = fixtures().join("incidents/3");
    judged.ask(&incident, "interface webservice-runner new --against old --format json");
    judged.ask(&fixtures().join("library"), "interface web new --against old --format json");
    let script = "import argparse, os\nparser = argparse.ArgumentParser()\nparser.add_argument('--way', '-w', choices=['a', 'b'], default='a')\nsubs = parser.add_subparsers(dest='what')\nadd = subs.add_parser('add')\nadd.add_argument('names', nargs='+')\nargs = parser.parse_args()\nprint(os.environ['DEPLOY_HOST'])\n";
    let caller = "#!/bin/sh\nDEPLOY_HOST=a python3 bin/deploy.py add x\n";
    let dir = tree(&[("bin/deploy.py", script), ("run.sh", caller)]);
    judged.ask(dir.path(), "interface bin/deploy.py --format json");
    judged.holds(&["against", "aliases", "choices", "commands", "callers", "environment", "max"]);
}

#[test]
fn graphs_fit_their_schema() {
    let mut judged = Judged::by("graph");
    judged.ask(&fixtures().join("library"), "graph old --format json");
    judged.ask(&fixtures().join("library"), "graph old --around motd --format json");
    judged.holds(&["around", "edges", "nodes"]);
}

#[test]
fn facts_fit_their_schema() {
    let mut judged = Judged::by("facts");
    judged.ask_lines(&fixtures(), "facts . --format ndjson");
    judged.ask_lines(&root(), "facts fixtures/rules --name a/b --revision v1 --format json");
    judged.holds(&[
        "seen_from",
        "or",
        "via",
        "strength",
        "within",
        "detail",
        "params",
        "args",
        "open",
        "relation",
        "resolution",
        "repository",
        "revision",
        "value",
    ]);
}

#[test]
fn packs_caches_and_rules_fit_their_schemas() {
    let case = "version: 1\npackages: {'php.extension:Frob': frob}\ncases:\n- name: nothing\n  files: {a.txt: x}\n  expect: [{rule: parse-error}]\n";
    let dir = tree(&[("house.yaml", case), ("wrong.yaml", "nosuch: 1\n")]);
    let mut packs = Judged::by("packs");
    packs.ask(dir.path(), "packs lint house.yaml wrong.yaml --format json");
    packs.ask(
        &root(),
        "packs lint rules/packs/derived.yaml rules/packs/commands.yaml --format json",
    );
    packs.holds(&["problems", "cases", "failures"]);
    let mut cache = Judged::by("cache");
    cache.ask(dir.path(), "cache stats --format json");
    cache.holds(&["version"]);
    let mut rules = Judged::by("rules");
    rules.ask(dir.path(), "rules --json");
    rules.holds(&["enabled"]);
}

#[test]
fn environments_fit_their_schema() {
    let mut judged = Judged::by("environments");
    judged.ask(&fixtures(), "environments environments --both --history 0 --format json");
    let repository = Repository::new();
    let values = |ttl: &str| format!("cache:\n  size: 1\n{ttl}");
    let pair = |staging: &str, production: &str| {
        [
            (
                "chart/Chart.yaml".to_owned(),
                "name: web\nversion: 1.0.0\napiVersion: v2\n".to_owned(),
            ),
            ("chart/values-staging.yaml".to_owned(), values(staging)),
            ("chart/values-production.yaml".to_owned(), values(production)),
        ]
    };
    for (day, staging) in [("2026-01-01", ""), ("2026-01-02", "  ttl: 5\n")] {
        let files = pair(staging, "");
        let files: Vec<(&str, &str)> =
            files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        repository.commit(&format!("{day}T00:00:00Z"), "values", &files);
    }
    judged.ask(repository.path(), "environments git:HEAD --format json");
    judged.holds(&["versions", "readers", "expected", "since"]);
}

#[test]
fn replays_fit_their_schema() {
    let mut judged = Judged::by("replay");
    let repository = Repository::new();
    let class = |body: &str| format!("class web {{\n{body}}}\n");
    let site = "modules/web/manifests/init.pp";
    let (whole, never) = (class(""), class("  include web::never\n"));
    let history = [
        ("2026-01-01", whole.as_str()),
        ("2026-01-02", "class web {\n"),
        ("2026-01-03", &whole),
        ("2026-01-04", &never),
    ];
    for (day, text) in history {
        repository.commit(&format!("{day}T00:00:00Z"), day, &[(site, text)]);
    }
    for day in 10..32 {
        let text = format!("{day}\n");
        repository.commit(&format!("2026-03-{day}T00:00:00Z"), "notes", &[("notes", &text)]);
    }
    judged.ask(repository.path(), "replay --format json");
    judged.ask(repository.path(), "replay HEAD~1..HEAD --format json");
    judged.ask(repository.path(), "replay --timeout 0.000000001s --format json");
    judged.holds(&[
        "median_days",
        "mended",
        "proposals",
        "silence",
        "keep",
        "unfinished",
        "entity",
    ]);
}

#[test]
fn plans_and_orders_fit_their_schemas() {
    let (mut plans, mut orders) = (Judged::by("rollout"), Judged::by("order"));
    let found = changes();
    assert!(found.len() > 20, "{found:?}");
    let empty = tree(&[("order.txt", "")]);
    let order = empty.path().join("order.txt");
    for folder in &found {
        plans.ask(folder, "rollout old new --format json");
        let order = order.to_str().expect("UTF-8");
        orders.ask(folder, &format!("rollout old new --format json --check-order {order}"));
    }
    let incident = fixtures().join("incidents/3");
    plans.ask(&incident, "rollout old new --config rollout.yaml --format json");
    let order =
        "includes/skins/SkinMobileBase.php\nMobileView.php\nincludes/skins/SkinMobile.php\n";
    write(empty.path(), "early.txt", order);
    let early = empty.path().join("early.txt");
    let early = early.to_str().expect("UTF-8");
    let line = format!("rollout old new --format json --check-order {early}");
    orders.ask(&fixtures().join("incidents/2"), &line);
    plans.holds(&[
        "waits_for",
        "restarts",
        "composed",
        "mechanisms",
        "services",
        "watchers",
        "components",
        "expand",
        "unread",
        "notes",
        "routes",
        "deletes",
    ]);
    orders.holds(&["violations", "until", "never", "composed"]);
}

/// A page that names every schema, and no other file of that name lies in docs/.
#[test]
fn the_page_names_every_schema() {
    let page = std::fs::read_to_string(root().join("docs/guide/json.md")).expect("the page");
    let files = std::fs::read_dir(root().join("docs")).expect("a folder").flatten();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        if name.ends_with(".schema.json") && name != "crosscheck.schema.json" {
            assert!(
                page.contains(&format!("(../{name})")),
                "docs/guide/json.md does not name {name}"
            );
        }
    }
}

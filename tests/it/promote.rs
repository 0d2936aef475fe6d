//! Promotions: overlay laws, closure, the command line.

use crosscheck::config::Config;
use crosscheck::mapping::{Mapping, default_rules};
use crosscheck::pipeline;
use crosscheck::promote::{self, Changes, Sides, Trees, Verdict};
use crosscheck::tree::{self, Change, Tree};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

type Files = BTreeMap<String, String>;

fn write(files: &Files) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let file = dir.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    dir
}

fn files(tree: &dyn Tree) -> Files {
    let mut reader = tree.reader();
    let entries = tree.entries().iter().enumerate();
    entries
        .map(|(ix, entry)| {
            (entry.path.to_string(), String::from_utf8(reader.read(ix).unwrap()).unwrap())
        })
        .collect()
}

fn open(dir: &tempfile::TempDir) -> Arc<dyn Tree> {
    tree::open(dir.path().to_str().unwrap(), Path::new(".")).unwrap()
}

fn trees(staging: &tempfile::TempDir, production: &tempfile::TempDir) -> Trees {
    Trees::new(open(staging), open(production), Mapping::new(&default_rules()).unwrap(), false)
}

fn verdict(trees: &Trees, changes: &Changes) -> Verdict {
    let policy = Config::default().policy();
    let session = pipeline::session(&Config::default()).unwrap();
    let sides = Sides::load(trees, session, &policy, pipeline::systems());
    let candidate = sides.candidate(changes);
    promote::check(trees, &sides, &candidate, changes, &crosscheck::packages::Known::default())
}

fn missed(verdict: &Verdict) -> usize {
    verdict.findings.iter().filter(|finding| finding.rule == "missed-promotion").count()
}

fn any_files() -> impl Strategy<Value = Files> {
    proptest::collection::btree_map("(m|n)/[abc]", "[xy]{0,2}", 0..6)
}

/// Classes `m::c0` to `m::c5`, each with the ones it includes.
fn classes(edges: &[BTreeSet<usize>]) -> Files {
    let class = |(ix, needs): (usize, &BTreeSet<usize>)| {
        let body: String = needs.iter().map(|need| format!("  include m::c{need}\n")).collect();
        (format!("modules/m/manifests/c{ix}.pp"), format!("class m::c{ix} {{\n{body}}}\n"))
    };
    edges.iter().enumerate().map(class).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn overlay_with_nothing_is_production_and_with_all_is_staging(a in any_files(), b in any_files()) {
        let (staging, production) = (write(&a), write(&b));
        let trees = trees(&staging, &production);
        prop_assert_eq!(files(trees.candidate(&Changes::new()).as_ref()), b);
        prop_assert_eq!(files(trees.candidate(&trees.all_changes()).as_ref()), a);
    }

    #[test]
    fn completion_is_sufficient_and_no_path_of_it_is_needless(
        edges in proptest::collection::vec(proptest::collection::btree_set(0_usize..6, 0..3), 6),
        kept in proptest::collection::btree_set(0_usize..6, 0..4),
    ) {
        let all = classes(&edges);
        // The module must stay in production, or its names would be nobody's.
        let mut old: Files = kept
            .iter()
            .map(|ix| (format!("modules/m/manifests/c{ix}.pp"), format!("class m::c{ix} {{ }}\n")))
            .collect();
        let base = ("modules/m/manifests/init.pp".to_owned(), "class m { }\n".to_owned());
        old.extend([base.clone()]);
        let mut new = all;
        new.extend([base]);
        let (staging, production) = (write(&new), write(&old));
        let trees = trees(&staging, &production);
        let changes = trees.changes_of(&["modules/m/manifests/c0.pp".into()]).unwrap();
        let first = verdict(&trees, &changes);
        prop_assert_eq!(missed(&first) > 0, !first.completion.is_empty());
        let mut whole = changes.clone();
        whole.extend(first.completion.clone());
        prop_assert_eq!(missed(&verdict(&trees, &whole)), 0);
        for path in first.completion.keys() {
            let mut less = whole.clone();
            less.remove(path);
            prop_assert!(missed(&verdict(&trees, &less)) > 0, "{} is needless", path);
        }
    }
}

fn crosscheck(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_crosscheck"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("promote")
        .args(arguments)
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

const STAGING: &str = "fixtures/incidents/1/staging";
const PRODUCTION: &str = "fixtures/incidents/1/production";

#[test]
fn incident_1_names_the_manifest_that_was_missed() {
    let paths =
        ["config.pp", "packages.pp"].map(|name| format!("modules-staging/wiki/manifests/{name}"));
    let given = [
        "--staging",
        STAGING,
        "--production",
        PRODUCTION,
        &paths[0],
        &paths[1],
        "modules-staging/wiki/files",
        "modules-staging/wiki/templates",
    ];
    let (code, text) = crosscheck(&[&given[..], &["--complete"]].concat());
    assert_eq!((code, text.as_str()), (1, "modules-staging/wiki/manifests/badges.pp\n"));
    let (code, text) = crosscheck(&[&given[..], &["--format", "json"]].concat());
    assert_eq!(code, 1);
    assert_eq!(text.matches("\"missed-promotion\"").count(), 1, "{text}");
    let (code, _) =
        crosscheck(&[&given[..], &["modules-staging/wiki/manifests/badges.pp"]].concat());
    assert_eq!(code, 0);
    let made = [
        "--staging",
        STAGING,
        "--production",
        PRODUCTION,
        "--candidate",
        "fixtures/incidents/1/candidate",
    ];
    assert_eq!(crosscheck(&made).0, 1);
}

#[test]
fn both_sides_may_be_folders_of_one_tree() {
    let dir = write(&BTreeMap::from([
        ("modules/w/manifests/init.pp".into(), "class w { }\n".into()),
        ("modules-staging/w/manifests/init.pp".into(), "class w { include w::b }\n".into()),
        ("modules-staging/w/manifests/b.pp".into(), "class w::b { }\n".into()),
    ]));
    let root = dir.path().to_str().unwrap();
    let path = "modules-staging/w/manifests/init.pp";
    let (code, text) = crosscheck(&["--staging", root, "--production", root, path, "--complete"]);
    assert_eq!((code, text.as_str()), (1, "modules-staging/w/manifests/b.pp\n"));
}

#[test]
fn apply_writes_the_completed_promotion_and_never_through_a_link() {
    let target = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let path = "modules-staging/wiki/manifests/config.pp";
    let dir = target.path().to_str().unwrap();
    let given = ["--staging", STAGING, "--production", PRODUCTION, path, "--apply", dir];
    let (code, text) = crosscheck(&given);
    assert_eq!(code, 0);
    assert!(text.contains("wrote modules/wiki/manifests/badges.pp\n"), "{text}");
    assert!(target.path().join("modules/wiki/manifests/badges.pp").is_file());
    fs::remove_dir_all(target.path().join("modules")).unwrap();
    std::os::unix::fs::symlink(outside.path(), target.path().join("modules")).unwrap();
    assert_eq!(crosscheck(&given).0, 3);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn a_gap_of_the_environment_is_told_once_and_silent_when_filled() {
    for (case, expected) in [("bad", 1), ("good", 0)] {
        let root = format!("fixtures/rules/environment-gap/{case}");
        let (staging, production) = (format!("{root}/staging"), format!("{root}/production"));
        let (code, text) = crosscheck(&[
            "--staging",
            &staging,
            "--production",
            &production,
            "modules/wiki",
            "--format",
            "json",
        ]);
        assert_eq!(code, expected);
        assert_eq!(text.matches("\"environment-gap\"").count(), expected as usize);
        assert!(!text.contains("\"missed-promotion\""));
    }
}

#[test]
fn a_file_that_staging_deleted_is_deleted_in_production() {
    let class = |name: &str| format!("class {name} {{ }}\n");
    let kept = ("modules/w/manifests/init.pp".to_owned(), class("w"));
    let old = ("modules/w/manifests/old.pp".to_owned(), class("w::old"));
    let (staging, production) = (
        write(&BTreeMap::from([kept.clone()])),
        write(&BTreeMap::from([kept.clone(), old.clone()])),
    );
    let trees = trees(&staging, &production);
    // `modules/` is production's side of a mapping, and stands in staging itself here.
    for path in [old.0.as_str(), "modules/w", ""] {
        let changes = trees.changes_of(&[path.into()]).unwrap();
        assert_eq!(changes, Changes::from([(old.0.as_str().into(), Change::Delete)]), "{path}");
    }
    let gone = Changes::from([(old.0.as_str().into(), Change::Delete)]);
    assert_eq!(trees.all_changes(), gone, "all that differs");
    // A folder that a rule maps: what went there goes; what staging never had stays.
    let staged = ("modules-staging/w/manifests/init.pp".to_owned(), class("w"));
    let other = ("modules/x/manifests/init.pp".to_owned(), class("x"));
    let partial = (
        write(&BTreeMap::from([staged])),
        write(&BTreeMap::from([kept.clone(), old.clone(), other])),
    );
    assert_eq!(self::trees(&partial.0, &partial.1).all_changes(), gone, "a mapped folder");
    assert!(trees.changes_of(&[kept.0.as_str().into()]).unwrap().is_empty());
    assert!(trees.changes_of(&["modules/w/manifests/none.pp".into()]).is_err());
    let sides = [staging.path().to_str().unwrap(), production.path().to_str().unwrap()];
    assert_eq!(crosscheck(&["--staging", sides[0], "--production", sides[1], &old.0]).0, 0);
}

#[test]
fn a_path_that_neither_side_has_is_a_usage_error() {
    assert_eq!(crosscheck(&["--staging", STAGING, "--production", PRODUCTION, "nowhere"]).0, 2);
}

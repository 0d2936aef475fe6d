//! Promotions: overlay laws, closure, the command line.

use crosscheck::{Options, PromotedPath, Promotion, Tree};
use insta::assert_snapshot;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

type Files = BTreeMap<String, String>;

fn write(files: &Files) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        crate::common::write(dir.path(), path, text);
    }
    dir
}

/// What a folder holds.
fn files(root: &Path) -> Files {
    let files = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
    files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

fn promotion(staging: &Files, production: &Files) -> Promotion {
    let tree = |files: &Files| Tree::of_files(files.clone());
    Promotion::new(tree(staging), tree(production), &Options::new()).unwrap()
}

/// How many references only staging satisfies.
fn missed(staging: &Files, production: &Files, paths: &BTreeSet<String>) -> usize {
    let report = promotion(staging, production).paths(paths).check().unwrap();
    report.findings().filter(|finding| finding.rule == "missed-promotion").count()
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
    fn all_that_differs_makes_staging_of_production(a in any_files(), b in any_files()) {
        let folder = write(&b);
        promotion(&a, &b).apply(folder.path()).unwrap();
        prop_assert_eq!(files(folder.path()), a);
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
        let first = BTreeSet::from(["modules/m/manifests/c0.pp".to_owned()]);
        let completion = promotion(&new, &old).paths(&first).completion().unwrap();
        prop_assert_eq!(missed(&new, &old, &first) > 0, !completion.paths.is_empty());
        let whole: BTreeSet<String> = first.iter().chain(&completion.paths).cloned().collect();
        prop_assert_eq!(missed(&new, &old, &whole), 0);
        for path in &completion.paths {
            let mut less = whole.clone();
            less.remove(path);
            prop_assert!(missed(&new, &old, &less) > 0, "{} is needless", path);
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
    assert_snapshot!(text, @r"
        wrote modules/wiki/files/badges.json
        wrote modules/wiki/manifests/badges.pp
        wrote modules/wiki/manifests/config.pp
        ");
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
    let staging = Files::from([kept.clone()]);
    let production = Files::from([kept.clone(), old.clone()]);
    let steps = |promotion: Promotion| {
        let folder = write(&production);
        promotion.apply(folder.path()).map(|promoted| promoted.steps)
    };
    let gone = [PromotedPath::Deleted(old.0.clone())];
    // `modules/` is production's side of a mapping, and stands in staging itself here.
    for path in [old.0.as_str(), "modules/w", ""] {
        assert_eq!(steps(promotion(&staging, &production).paths([path])).unwrap(), gone, "{path}");
    }
    assert_eq!(steps(promotion(&staging, &production)).unwrap(), gone, "all that differs");
    // A folder that a rule maps: what went there goes; what staging never had stays.
    let staged = ("modules-staging/w/manifests/init.pp".to_owned(), class("w"));
    let other = ("modules/x/manifests/init.pp".to_owned(), class("x"));
    let more = Files::from([kept.clone(), old.clone(), other]);
    let mapped = promotion(&Files::from([staged]), &more);
    assert_eq!(steps(mapped).unwrap(), gone, "a mapped folder");
    assert!(steps(promotion(&staging, &production).paths([&kept.0])).unwrap().is_empty());
    let unknown = promotion(&staging, &production).paths(["modules/w/manifests/none.pp"]);
    assert!(steps(unknown).is_err());
    let (staging, production) = (write(&staging), write(&production));
    let sides = [staging.path().to_str().unwrap(), production.path().to_str().unwrap()];
    assert_eq!(crosscheck(&["--staging", sides[0], "--production", sides[1], &old.0]).0, 0);
}

#[test]
fn a_path_that_neither_side_has_is_a_usage_error() {
    assert_eq!(crosscheck(&["--staging", STAGING, "--production", PRODUCTION, "nowhere"]).0, 2);
}

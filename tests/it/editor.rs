//! What an editor is told of one file is what a check of the whole tree says of it.

use crosscheck::{Finding, Options, Stop, Workspace};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The trees among the fixtures of rules: `bad` where it is one tree.
fn trees() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let rules = std::fs::read_dir(root).expect("there").flatten();
    let bad = rules.flat_map(|rule| [rule.path().join("bad"), rule.path().join("good")]);
    let is_pair = |own: &Path| own.join("old").is_dir() || own.join("staging").is_dir();
    let trees = bad.filter(|own| own.is_dir() && !is_pair(own));
    let mut trees: Vec<PathBuf> =
        trees.map(|own| if own.join("tree").is_dir() { own.join("tree") } else { own }).collect();
    trees.sort();
    trees
}

fn told(found: &[Finding], path: &str) -> BTreeSet<String> {
    let own = found.iter().filter(|own| own.primary.path == path);
    own.map(|own| format!("{}: {}: {}", own.fingerprint, own.severity, own.message)).collect()
}

#[test]
fn one_file_is_told_what_the_whole_tree_says_of_it() {
    let trees = trees();
    assert!(trees.len() > 20, "{}", trees.len());
    let mut seen = 0;
    let mut wrong = Vec::new();
    for tree in trees {
        let mut workspace = Workspace::new(&tree, &Options::new().threads(1)).expect("threads");
        // A configuration that cannot be used has no findings.
        if workspace.refresh().is_err() {
            continue;
        }
        let all = workspace.ask(&Stop::new(), |answers| {
            let whole = answers.all_findings().expect("nobody stops it");
            let paths: BTreeSet<String> =
                whole.iter().map(|own| own.primary.path.to_string()).collect();
            let single = paths.into_iter().map(|path| {
                let own = answers.findings_in(std::iter::once(path.as_str()));
                (path, own.expect("nobody stops it"))
            });
            let single: Vec<(String, Vec<Finding>)> = single.collect();
            (whole, single)
        });
        let (whole, single) = all.expect("it was read");
        for (path, own) in single {
            // What nothing needs of a configuration only the whole tree can tell.
            let configured =
                |own: &Finding| own.rule == "unused-silence" && own.primary.path.ends_with(".yaml");
            let whole: Vec<Finding> =
                whole.iter().filter(|own| !configured(own)).cloned().collect();
            let (own, of_whole) = (told(&own, &path), told(&whole, &path));
            seen += own.len();
            if own != of_whole {
                wrong.push(format!("{} {path}: {own:?} {of_whole:?}", tree.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 20, "{seen}");
}

//! A run whose time is over says nothing that it would not have said, and tells what it left.

use crate::deadline::Deadline;
use crate::report::Report;
use crate::{Analysis, Error, Options, Promotion, Tree};
use std::collections::BTreeSet;
use std::path::Path;

/// After how many pieces of work the time is over: closely at first, then ever further apart.
fn ends() -> impl Iterator<Item = usize> {
    std::iter::successors(Some(0), |n| Some(n + 1 + n / 6)).take_while(|n| *n < 3000)
}

fn options(deadline: Deadline) -> Options {
    Options::new().threads(1).until(deadline)
}

fn prints(report: &Report) -> BTreeSet<String> {
    report.findings().map(|own| format!("{} {}", own.rule, own.fingerprint)).collect()
}

/// Asks with ever more time until nothing is left; what is said before then is a part of the whole
/// answer.
fn holds(ask: impl Fn(Options) -> Result<Report, Error>) {
    let whole = ask(options(Deadline::default())).expect("an answer");
    let (mut cut, mut complete) = (0, 0);
    for end in ends() {
        let report = match ask(options(Deadline::after_asking(end))) {
            Ok(report) => report,
            Err(Error::Unfinished(_)) => {
                cut += 1;
                continue;
            }
            Err(error) => panic!("{error}"),
        };
        match report.summary().unfinished {
            Some(_) => {
                cut += 1;
                assert!(prints(&report).is_subset(&prints(&whole)), "after {end}: {report:#?}");
            }
            None => {
                assert_eq!(prints(&report), prints(&whole), "after {end}");
                complete += 1;
                if complete > 1 {
                    break;
                }
            }
        }
    }
    assert!(cut > 3 && complete > 1, "{cut} cut, {complete} complete");
}

fn fixture(path: &str) -> Tree {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    Tree::open(path.to_str().expect("UTF-8")).expect("a tree")
}

#[test]
fn a_check_that_is_cut_short_says_a_part() {
    for path in ["library/new", "rules/unresolved-reference/bad", "rules/unused-silence/bad"] {
        holds(|options| Analysis::new(fixture(path), &options)?.check());
    }
}

#[test]
fn of_a_change_nothing_is_said_that_may_have_stood_before() {
    let rules = ["removed-but-referenced", "removed-parameter", "mixed-state"];
    let trees =
        rules.map(|rule| (format!("rules/{rule}/bad/old"), format!("rules/{rule}/bad/new")));
    for (old, new) in trees.into_iter().chain([("library/old".into(), "library/new".into())]) {
        holds(|options| Analysis::new(fixture(&new), &options)?.against(fixture(&old))?.check());
    }
}

#[test]
fn a_promotion_that_is_cut_short_is_not_called_complete() {
    let sides = || {
        let of = |side: &str| fixture(&format!("rules/missed-promotion/bad/{side}"));
        (of("staging"), of("production"))
    };
    let promotion = |options: &Options| {
        let (staging, production) = sides();
        Promotion::new(staging, production, options)
    };
    holds(|options| promotion(&options)?.check());
    for end in ends().take(12) {
        let folder = tempfile::tempdir().expect("a folder");
        let options = || options(Deadline::after_asking(end));
        let applied = promotion(&options()).expect("sides").apply(folder.path());
        let wrote = std::fs::read_dir(folder.path()).expect("read").next().is_some();
        assert_eq!(wrote, applied.is_ok(), "after {end}");
        let completion = promotion(&options()).expect("sides").completion();
        assert!(completion.is_ok() || matches!(completion, Err(Error::Unfinished(_))));
    }
}

#[test]
fn an_order_is_told_when_all_needs_are_known() {
    use crate::rollout::{Callers, Format};
    let plan = |deadline| {
        let analysis = Analysis::new(fixture("library/new"), &options(deadline))?;
        analysis.against(fixture("library/old"))?.rollout(Callers::Live)
    };
    let whole = plan(Deadline::default()).expect("a plan").text(Format::Json);
    let mut seen = 0;
    for end in ends().take(40) {
        match plan(Deadline::after_asking(end)) {
            Ok(own) => assert_eq!(own.text(Format::Json), whole),
            Err(Error::Unfinished(_)) => seen += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(seen > 3, "{seen}");
}

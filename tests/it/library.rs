//! The library as another program uses it.

use crate::common::report;
use crosscheck::rollout::{Callers, OrderReport, RolloutReport};
use crosscheck::{
    Analysis, Baseline, Completion, Day, Error, ErrorKind, File, Options, Promotion, Report,
    Severity, Tree, interface, query,
};
use std::path::Path;

fn fixture(name: &str) -> Tree {
    Tree::open_in(env!("CARGO_MANIFEST_DIR"), &path(name)).expect("a tree")
}

fn path(name: &str) -> String {
    format!("{}/fixtures/library/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn change() -> Analysis {
    let analysis = Analysis::new(fixture("new"), &Options::new()).expect("can be asked");
    analysis.against(fixture("old")).expect("can be compared")
}

#[test]
fn answers_can_be_kept_and_sent() {
    fn is_plain<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    is_plain::<Report>();
    is_plain::<RolloutReport>();
    is_plain::<OrderReport>();
    is_plain::<interface::InterfaceReport>();
    is_plain::<query::Chain>();
    is_plain::<query::Impact>();
    is_plain::<Completion>();
    is_plain::<Baseline>();
    is_plain::<File>();
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Analysis>();
    is_shared::<Promotion>();
    is_shared::<Error>();
}

#[test]
fn a_report_serialises_to_what_the_command_line_prints() {
    let (old, new) = (path("old"), path("new"));
    let mut printed = report(Path::new("."), &["check", &new, "--against", &old]);
    let mut own = serde_json::to_value(change().check().expect("checked")).expect("plain data");
    for value in [&mut printed, &mut own] {
        value["summary"]["elapsed_ms"] = 0.into();
    }
    assert_eq!(own, printed);
}

#[test]
fn several_questions_read_a_tree_once_and_do_not_change_each_other() {
    let asked = change();
    let before = serde_json::to_string(&asked.check().expect("checked")).expect("plain data");
    asked.rollout(Callers::All).expect("planned");
    asked.interface("web").expect("shown");
    asked.impact("web").expect("answered");
    assert!(!asked.facts().is_empty());
    let after = serde_json::to_string(&asked.check().expect("checked")).expect("plain data");
    assert_eq!(before, after);
}

#[test]
fn a_report_shows_excerpts_when_its_trees_are_gone() {
    let folder =
        crate::common::tree(&[("modules/a/manifests/init.pp", "class a { include a::b }")]);
    let tree = Tree::open(folder.path().to_str().expect("UTF-8")).expect("a tree");
    let report = Analysis::new(tree, &Options::new()).expect("can be asked").check();
    drop(folder);
    let mut text = Vec::new();
    let style = crosscheck::Style::new();
    report.expect("checked").write(crosscheck::Format::Human, style, &mut text).expect("written");
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(text.contains("class a { include a::b }"), "{text}");
}

#[test]
fn a_terminal_is_told_what_to_do_next() {
    let shown = |classes: usize, width| {
        let files = (0..classes).map(|at| {
            let text = format!("class a::c{at} {{ include a::c0, a::c1, a::c2, a::lost{at} }}");
            (format!("modules/a/manifests/c{at}.pp"), text)
        });
        let analysis = Analysis::new(Tree::of_files(files), &Options::new()).expect("a tree");
        let style = crosscheck::Style::new().width(width);
        let mut text = Vec::new();
        let report = analysis.check().expect("checked");
        report.write(crosscheck::Format::Human, style, &mut text).expect("written");
        String::from_utf8(text).expect("UTF-8").lines().last().unwrap_or_default().to_owned()
    };
    let explain = "next: `crosscheck explain unresolved-reference` says why, and how to silence it";
    let baseline =
        "; `crosscheck baseline -o FILE` accepts what stands, and only new findings count";
    assert_eq!(shown(1, Some(100)), explain);
    assert_eq!(shown(10, Some(100)), format!("{explain}{baseline}"));
    // A log is not a terminal.
    assert!(shown(10, None).starts_with("10 errors"), "{}", shown(10, None));
}

#[test]
fn what_is_hidden_is_counted_and_the_worst_stays_known() {
    let report = change().check().expect("checked");
    let (all, worst) = (report.findings().count(), report.worst());
    assert_eq!(worst, Some(Severity::Error));
    let warnings = report.findings().filter(|own| own.severity < Severity::Error).count();
    let errors = report.at_least(Severity::Error);
    assert_eq!(errors.findings().count() + warnings, all);
    assert_eq!(errors.summary().hidden, warnings);
    assert_eq!(errors.summary().counts.iter().sum::<usize>(), all);
}

#[test]
fn the_day_decides_what_has_expired() {
    let config = "ignore: [{rule: unresolved-reference, reason: later, expires: 2026-01-31}]";
    let files = [("modules/a/manifests/init.pp", "class a { include a::b }")];
    let silenced = |options: Options| {
        let analysis = Analysis::new(Tree::of_files(files), &options.config_text(config));
        analysis.expect("can be asked").check().expect("checked").silenced().count()
    };
    let day = |text| Options::new().today(Day::parse(text).expect("a day"));
    assert_eq!(silenced(day("2026-01-31")), 1);
    assert_eq!(silenced(day("2026-02-01")), 0);
    assert_eq!(silenced(Options::new()), 1, "without a day nothing has expired");
}

#[test]
fn an_error_says_who_can_do_something_about_it() {
    let missing = Tree::open("no/such/folder").expect_err("there is none");
    assert_eq!(missing.kind(), ErrorKind::Incomplete);
    let files = [("a.pp", "include b")];
    let analysis = |options: &Options| Analysis::new(Tree::of_files(files), options);
    let refused = analysis(&Options::new().config_text("rulse: {}")).expect_err("no such key");
    assert!(matches!(refused, Error::Config(_)) && refused.kind() == ErrorKind::Usage);
    let asked = analysis(&Options::new()).expect("can be asked");
    assert!(matches!(asked.impact("nothing::here"), Err(Error::Name(_))));
    assert!(matches!(asked.rollout(Callers::Live), Err(Error::Usage(_))));
    let unknown = Analysis::new(Tree::of_files([("a.odt", "x")]), &Options::new());
    let unknown = unknown.expect("can be asked").check();
    assert!(matches!(unknown, Err(Error::NothingToCheck { .. })));
}

#[test]
fn one_file_says_the_same_by_itself_and_in_its_tree() {
    let text = "class a($b) { include c }\n";
    let tree = Tree::of_files([("modules/a/manifests/init.pp", text)]);
    let files = Analysis::new(tree, &Options::new()).expect("can be asked").facts();
    let alone = crosscheck::facts_of("modules/a/manifests/init.pp", text.as_bytes());
    assert_eq!(*files[0].facts, alone);
}

//! Ten errors of one cause are one warning; nine are nine errors, and so are ten that a change
//! brings.

use crate::common::{check, crosscheck, tree, write};

fn count(text: &str, severity: &str) -> usize {
    text.matches(&format!(": {severity}[")).count()
}

/// Roots of Kustomize that name what lies above them, and some that do not.
fn roots(failing: usize, whole: usize) -> Vec<(String, &'static str)> {
    let bad = (0..failing).map(|ix| (format!("apps/a{ix}/kustomization.yaml"), BAD));
    let good = (0..whole).map(|ix| (format!("apps/b{ix}/kustomization.yaml"), GOOD));
    bad.chain(good).chain([("base/kustomization.yaml".to_owned(), "resources: []\n")]).collect()
}

const BAD: &str = "resources: [../bases/web]\n";
const GOOD: &str = "resources: [../../base]\n";

fn of(files: &[(String, &'static str)]) -> String {
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    check(&files).to_string()
}

#[test]
fn a_folder_of_which_much_leads_nowhere_is_rendered_elsewhere() {
    let few = of(&roots(9, 1));
    assert_eq!((count(&few, "error"), count(&few, "warning")), (9, 0), "{few}");
    let many = of(&roots(10, 1));
    assert_eq!((count(&many, "error"), count(&many, "warning")), (0, 1), "{many}");
    assert!(many.contains("10 references from the tree lead nowhere"), "{many}");
}

#[test]
fn a_thing_that_many_places_name_is_put_there() {
    let few_of_many = of(&roots(10, 40));
    assert_eq!((count(&few_of_many, "error"), count(&few_of_many, "warning")), (0, 1));
    assert!(few_of_many.contains("does not exist, here and in 9 other places"), "{few_of_many}");
    // Different things among many that are there are slips.
    let texts: Vec<String> =
        (0..10).map(|ix| format!("resources: [../../base, ../../base{ix}]\n")).collect();
    let mut files = roots(0, 40);
    files.retain(|(path, _)| !path.is_empty());
    let paths: Vec<String> = (0..10).map(|ix| format!("apps/c{ix}/kustomization.yaml")).collect();
    let mut all: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    all.extend(paths.iter().zip(&texts).map(|(path, text)| (path.as_str(), text.as_str())));
    let slips = check(&all).to_string();
    assert_eq!((count(&slips, "error"), count(&slips, "warning")), (10, 0), "{slips}");
}

#[test]
fn names_that_begin_as_none_does_come_from_elsewhere() {
    let chart = |includes: &str| {
        let own = "{{ define \"c.x\" }}{{ end }}{{ define \"d.x\" }}{{ end }}";
        let lines: Vec<&str> = includes.lines().collect();
        let parts: Vec<(String, String)> = (0..5)
            .map(|ix| {
                let part: Vec<&str> = lines.iter().skip(ix).step_by(5).copied().collect();
                (format!("c/templates/{ix}.yaml"), part.join("\n"))
            })
            .collect();
        let mut files = vec![
            ("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"),
            ("c/templates/_h.tpl", own),
        ];
        files.extend(parts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        check(&files).to_string()
    };
    let include =
        |ix: usize, name: &str| format!("k{name}{ix}: {{{{ include \"{name}.n{ix}\" . }}}}\n");
    let found: String = (0..30).map(|ix| format!("c{ix}: {{{{ include \"c.x\" . }}}}\n")).collect();
    let foreign: String = (0..10).map(|ix| include(ix, "lib")).collect();
    let told = chart(&format!("{foreign}{found}"));
    assert_eq!((count(&told, "error"), count(&told, "warning")), (0, 1), "{told}");
    assert!(told.contains("nothing has a named template `lib…`"), "{told}");
    let own: String = (0..10).map(|ix| include(ix, "d")).collect();
    let told = chart(&format!("{own}d: {{{{ include \"d.x\" . }}}}\n{found}"));
    assert_eq!((count(&told, "error"), count(&told, "warning")), (10, 0), "{told}");
}

#[test]
fn a_line_that_many_files_share_is_filled_in() {
    let text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: c\n  PLACEHOLDER\n  d: e\n";
    let paths: Vec<String> = (0..10).map(|ix| format!("k8s/a{ix}.yaml")).collect();
    let all: Vec<_> = paths.iter().map(|path| (path.as_str(), text)).collect();
    let told = check(&all).to_string();
    assert_eq!((count(&told, "error"), count(&told, "warning")), (0, 1), "{told}");
    let told = check(&all[..9]).to_string();
    assert_eq!(count(&told, "error"), 9, "{told}");
}

#[test]
fn what_a_change_breaks_is_told_place_by_place() {
    let files = roots(0, 12);
    let all: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let (old, new) = (tree(&all), tree(&all));
    for ix in 0..12 {
        write(new.path(), &format!("apps/b{ix}/kustomization.yaml"), BAD);
    }
    let against = old.path().to_str().expect("a path");
    let done = crosscheck(new.path(), &["check", "--against", against, "--format", "concise"]);
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(text.contains("\n12 errors, 0 warnings"), "{text}");
}

#[test]
fn a_file_of_which_nothing_is_where_it_says_is_read_from_elsewhere() {
    let of = |count: usize, last: &str| {
        let releases: String =
            (0..count).map(|ix| format!("  - name: r{ix}\n    chart: ./c{ix}\n")).collect();
        let text = format!("releases:\n{releases}  - name: last\n    chart: {last}\n");
        let chart = ("charts/c0/Chart.yaml", "name: c0\nversion: 1.0.0\n");
        check(&[("charts/ci/helmfile.yaml", text.as_str()), chart]).to_string()
    };
    let all = of(10, "./gone");
    assert_eq!((count(&all, "error"), count(&all, "warning")), (0, 1), "{all}");
    assert!(all.contains("11 paths of this file lead nowhere"), "{all}");
    let few = of(8, "./gone");
    assert_eq!((count(&few, "error"), count(&few, "warning")), (9, 0), "{few}");
}

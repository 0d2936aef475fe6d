//! Charts of the tree that a chart depends on.

use crate::common::{change, check};
use insta::assert_snapshot;

#[test]
fn a_chart_of_the_tree_that_a_chart_depends_on_is_there_in_a_version_that_it_asks_for() {
    let parent = |version: &str| {
        format!(
            "name: web\nversion: 1.0.0\ndependencies:\n- name: lib\n  version: {version}\n  repository: file://../lib\n"
        )
    };
    let lib = |name: &str| format!("name: {name}\nversion: 1.4.2\n");
    let with = |version: &str, name: &str| {
        let (parent, lib) = (parent(version), lib(name));
        check(&[("charts/web/Chart.yaml", parent.as_str()), ("charts/lib/Chart.yaml", &lib)])
    };
    for version in ["1.4.2", "^1.0.0", "~1.4", "'>=1.0.0 <3'", "1.x.x", "'*'"] {
        assert_eq!(with(version, "lib").to_string(), "", "{version}");
    }
    assert_snapshot!(
        with("~1.3.0", "lib"),
        @"charts/web/Chart.yaml:4:9: error[unavailable-version] the chart in `charts/lib` is version 1.4.2, and `~1.3.0` is asked for"
    );
    assert_snapshot!(
        with("1.4.2", "library"),
        @"charts/web/Chart.yaml:4:9: error[unresolved-reference] the chart in `charts/lib` is called `library`, not `lib`"
    );
    let alone = parent("1.4.2");
    let files = [("charts/web/Chart.yaml", alone.as_str())];
    assert_snapshot!(
        check(&files),
        @"charts/web/Chart.yaml:4:9: error[unresolved-reference] chart `charts/lib` does not exist"
    );
    for copy in ["charts/web/charts/lib/Chart.yaml", "charts/web/charts/lib-1.4.2.tgz"] {
        assert_eq!(check(&[files[0], (copy, "name: lib\n")]).to_string(), "", "{copy}");
    }
    let lib = lib("lib");
    let before = [files[0], ("charts/lib/Chart.yaml", lib.as_str())];
    assert_snapshot!(
        change(&before, &files),
        @"charts/web/Chart.yaml:4:9: error[removed-but-referenced] chart `charts/lib` was removed but is still used"
    );
}

/// A chart of the tree that another one depends on still has what it vendors.
#[test]
fn a_local_dependency_comes_with_its_own_charts() {
    let db = "name: db\nversion: 1.0.0\ndependencies:\n- name: common\n  version: 2.x.x\n  repository: https://charts.example.org\n";
    let before = [
        ("external/db/Chart.yaml", db),
        ("external/db/templates/a.yaml", "a: {{ include \"common.name\" . }}\n"),
        ("external/db/charts/common/Chart.yaml", "name: common\nversion: 2.0.0\n"),
        (
            "external/db/charts/common/templates/_names.tpl",
            "{{ define \"common.name\" }}x{{ end }}\n",
        ),
    ];
    assert_snapshot!(check(&before), @"");
    let web = "name: web\nversion: 1.0.0\ndependencies:\n- name: db\n  version: 1.0.0\n  repository: file://../../external/db\n";
    let mut after = before.to_vec();
    after.push(("charts/web/Chart.yaml", web));
    assert_snapshot!(change(&before, &after), @"");
}

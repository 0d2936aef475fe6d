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

#[test]
fn a_map_that_nothing_sets_stops_rendering() {
    let chart = ("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    let values = ("c/values.yaml", "image: {name: a}\nempty: {}\nabsent: 1\noff: {}\nasked: 1\n");
    let template = (
        "c/templates/a.yaml",
        "a: {{ .Values.image.tag }}\nb: {{ .Values.empty.x }}\nc: {{ .Values.absent }}\nd: {{ .Values.gone.x }}\ne: {{ .Values.gone.y }}\n{{- if .Values.off.on }}\nf: 1\n{{- end }}\n{{- if .Values.asked }}\ng: {{ .Values.asked.x }}\n{{- end }}\n",
    );
    let told = "c/templates/a.yaml:4:7: warning[unresolved-reference] `.Values.gone.x` is read, and nothing sets `gone`: rendering stops where it comes to it";
    assert_eq!(check(&[chart, values, template]).to_string(), told);
    // Whoever takes it in sets them, or a release does.
    let release = ("c/values-prod.yaml", "gone: {x: 1}\n");
    assert_eq!(check(&[chart, values, template, release]), [""; 0]);
    let parent = (
        "p/Chart.yaml",
        "apiVersion: v2\nname: p\nversion: 1.0.0\ndependencies:\n- {name: c, version: 1.0.0, repository: \"file://../c\"}\n",
    );
    assert_eq!(check(&[chart, values, template, parent]), [""; 0]);
}

#[test]
fn releases_that_a_release_of_a_helmfile_needs() {
    let helmfile = |name: &str, more: &str| {
        format!(
            "{more}releases:\n- name: db\n  namespace: data\n  chart: oci://example.org/db\n- name: web{name}\n  namespace: web\n  chart: oci://example.org/web\n  needs: [data/db]\n- name: jobs\n  chart: oci://example.org/jobs\n  needs:\n  - web/webb\n  - data/{{{{ .Values.db }}}}\n"
        )
    };
    let told = |text: &str| check(&[("helmfile.yaml", text)]).to_string();
    assert_snapshot!(told(&helmfile("", "")), @"helmfile.yaml:12:5: error[unresolved-reference] a release needs `webb`, which is no release of this helmfile");
    assert_eq!(told(&helmfile("b", "")), "");
    // What a run fills in may be any, and a base may have more.
    assert_eq!(told(&helmfile("-{{ .Values.x }}", "")), "");
    let based = helmfile("", "bases: [base.yaml]\n");
    assert_eq!(check(&[("helmfile.yaml", &based), ("base.yaml", "a: b\n")]).to_string(), "");
}

#[test]
fn values_of_a_dependency_stand_below_its_name_or_its_alias() {
    let list = |alias: &str| {
        format!(
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: redis-cluster\n  version: 1.0.0\n  repository: https://example.org/charts\n{alias}"
        )
    };
    let said = |alias: &str, values: &str, more: &str| {
        let list = list(alias);
        let files = [
            ("web/Chart.yaml", list.as_str()),
            ("web/values.yaml", values),
            ("web/templates/a.yaml", more),
        ];
        check(&files).only("unknown-parameter")
    };
    let page = "a: 1\n";
    assert_snapshot!(said("", "redisCluster:\n  port: 1\n", page), @"web/values.yaml:1:1: warning[unknown-parameter] no dependency is called `redisCluster`, and no template reads it: values for `redis-cluster` stand below `redis-cluster`");
    assert_snapshot!(said("  alias: cache\n", "redis-cluster:\n  port: 1\n", page), @"web/values.yaml:1:1: warning[unknown-parameter] no dependency is called `redis-cluster`, and no template reads it: values for `redis-cluster` stand below `cache`");
    // Its name, its alias, what a template, a condition or a template of another chart reads, and
    // what stands beside its own.
    for (alias, values, page) in [
        ("", "redis-cluster:\n  port: 1\n", page),
        ("  alias: cache\n", "cache:\n  port: 1\n", page),
        ("", "redisCluster:\n  port: 1\n", "a: {{ .Values.redisCluster.port }}\n"),
        ("", "redisCluster:\n  port: 1\n", "{{ include \"common.all\" . }}\n"),
        ("", "redisCluster:\n  port: 1\nredis-cluster:\n  a: 1\n", page),
        (
            "  alias: cache\n  condition: redis-cluster.enabled\n",
            "redis-cluster:\n  enabled: true\n",
            page,
        ),
        ("", "other:\n  port: 1\n", page),
    ] {
        assert_eq!(said(alias, values, page).to_string(), "", "{alias} {values} {page}");
    }
}

/// The values of what a chart depends on are its own, below its name.
#[test]
fn templates_read_the_values_of_the_charts_that_a_chart_has() {
    let said = |page: &str, list: &str, part: &str| {
        let page = format!("kind: ConfigMap\ndata:\n  a: {page}\n");
        check(&[
            ("web/Chart.yaml", &format!("apiVersion: v2\nname: web\nversion: 1.0.0\n{list}")),
            ("web/values.yaml", "port: 1\nhost: a\nname: b\ndb:\n  enabled: true\n"),
            (
                "web/templates/a.yaml",
                &format!("{page}  b: {{{{ .Values.host }}}}{{{{ .Values.port }}}}{{{{ .Values.name }}}}\n"),
            ),
            ("web/charts/db/Chart.yaml", "name: db\nversion: 1.0.0\n"),
            ("web/charts/db/values.yaml", part),
        ])
        .to_string()
    };
    let list = "dependencies:\n- name: db\n  version: 1.0.0\n";
    let page = "{{ .Values.db.service.port }}";
    assert_eq!(said(page, list, "service:\n  port: 1\n"), "");
    assert!(said(page, list, "other: 1\n").contains("nothing sets `db.service`"));
    assert!(
        said("{{ .Values.cache.service.port }}", list, "service:\n  port: 1\n")
            .contains("nothing sets `cache`")
    );
}

#[test]
fn namespaces_of_releases_that_a_release_needs() {
    let told = |needs: &str, space: &str| {
        let text = format!(
            "{space}releases:\n- name: db\n  namespace: data\n  chart: oci://example.org/db\n- name: web\n  namespace: web\n  chart: oci://example.org/web\n  needs:\n  - {needs}\n"
        );
        check(&[("helmfile.yaml", text.as_str())])
    };
    assert_eq!(told("data/db", ""), [""; 0]);
    assert_eq!(told("dta/db", ""), ["unresolved-reference helmfile.yaml:9"]);
    // All are put elsewhere.
    assert_eq!(told("dta/db", "namespace: all\n"), [""; 0]);
    assert_eq!(told("db", ""), [""; 0]);
}

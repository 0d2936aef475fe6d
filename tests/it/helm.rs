//! Helm charts and helmfiles.

use crate::common;
use crate::common::{Findings, change, check, needs};
use insta::assert_snapshot;

const CHART: (&str, &str) = ("charts/web/Chart.yaml", "name: web\nversion: 1.0.0\n");
const HELPERS: (&str, &str) =
    ("charts/web/templates/_helpers.tpl", "{{- define \"web.name\" -}}web{{- end -}}\n");
const PAGE: &str = "charts/web/templates/page.yaml";
const VALUES: &str = "charts/web/values.yaml";

#[test]
fn an_included_template_must_be_defined_in_the_chart() {
    let good = "name: {{ include \"web.name\" . }}\n";
    assert_snapshot!(check(&[CHART, HELPERS, (PAGE, good)]), @"");
    let bad = "name: {{ include \"web.nmae\" . }}\n";
    assert_snapshot!(
        check(&[CHART, HELPERS, (PAGE, bad)]),
        @"charts/web/templates/page.yaml:1:19: error[unresolved-reference] named template `web.nmae` does not exist"
    );
}

#[test]
fn another_charts_templates_do_not_count_but_a_sub_charts_do() {
    let page = "name: {{ template \"lib.name\" . }}\n";
    let manifest = "name: lib\nversion: 1.0.0\n";
    let define = "{{ define \"lib.name\" }}x{{ end }}\n";
    let beside = [
        CHART,
        HELPERS,
        (PAGE, page),
        ("charts/lib/Chart.yaml", manifest),
        ("charts/lib/templates/_lib.tpl", define),
    ];
    assert_snapshot!(
        check(&beside),
        @"charts/web/templates/page.yaml:1:20: error[unresolved-reference] named template `lib.name` does not exist"
    );
    let below = [
        CHART,
        HELPERS,
        (PAGE, page),
        ("charts/web/charts/lib/Chart.yaml", manifest),
        ("charts/web/charts/lib/templates/_lib.tpl", define),
    ];
    assert_snapshot!(check(&below), @"");
}

#[test]
fn a_dependency_that_is_not_vendored_may_define_anything() {
    let manifest = "name: web\nversion: 1.0.0\ndependencies:\n  - name: lib\n    version: 1.0.0\n    repository: https://example.org\n";
    let page = (PAGE, "name: {{ include \"lib.name\" . }}\n");
    assert_snapshot!(check(&[("charts/web/Chart.yaml", manifest), HELPERS, page]), @"");
    // A dependency inside the tree is looked into.
    let local = manifest.replace("https://example.org", "file://../lib");
    let lib = ("charts/lib/Chart.yaml", "name: lib\nversion: 1.0.0\n");
    let files = [("charts/web/Chart.yaml", local.as_str()), HELPERS, page, lib];
    assert_snapshot!(
        check(&files),
        @"charts/web/templates/page.yaml:1:19: error[unresolved-reference] named template `lib.name` does not exist"
    );
}

#[test]
fn comments_and_what_is_never_rendered_include_nothing() {
    for text in [
        "{{- /* {{ template \"gone\" . }} */ -}}\n",
        "{{ define \"web.unused\" }}{{ include \"gone\" . }}{{ end }}\n",
        "{{ include (printf \"web.%s\" .Values.kind) . }}\n",
        "{{ include .Values.which . }}\n",
    ] {
        assert!(check(&[CHART, HELPERS, (PAGE, text)]).is_empty(), "{text}");
    }
    for text in [
        "{{ define \"web.used\" }}{{ include \"gone\" . }}{{ end }}{{ include \"web.used\" . }}\n",
        "{{ include (printf \"wib.%s\" .Values.kind) . }}\n",
        "{{ include (print $.Template.BasePath \"/gone.yaml\") . }}\n",
    ] {
        assert_eq!(check(&[CHART, HELPERS, (PAGE, text)]).len(), 1, "{text}");
    }
}

#[test]
fn a_template_that_a_change_takes_away_is_said_to_be_removed() {
    let page = (PAGE, "{{ include \"web.name\" . }}{{ include \"web.other\" . }}\n");
    let other = ("charts/web/templates/_other.tpl", "{{ define \"web.other\" }}{{ end }}\n");
    assert_snapshot!(
        change(&[CHART, HELPERS, other, page], &[CHART, HELPERS, page]),
        @"charts/web/templates/page.yaml:1:39: error[removed-but-referenced] named template `web.other` was removed but is still used"
    );
}

#[cfg(unix)]
#[test]
fn a_linked_template_counts_where_the_link_stands() {
    let page = (PAGE, "{{ include \"shared.name\" . }}\n");
    let shared = ("common/_shared.tpl", "{{ define \"shared.name\" }}{{ end }}\n");
    let dir = common::tree(&[CHART, HELPERS, page, shared]);
    let places = || common::findings(&common::report(dir.path(), &["check", "."]));
    assert_snapshot!(
        places(),
        @"charts/web/templates/page.yaml:1:13: error[unresolved-reference] named template `shared.name` does not exist"
    );
    let link = dir.path().join("charts/web/templates/_shared.tpl");
    std::os::unix::fs::symlink("../../../common/_shared.tpl", link).expect("linked");
    assert_snapshot!(places(), @"");
}

#[cfg(unix)]
#[test]
fn a_linked_helmfile_names_files_beside_the_link() {
    let common = ("helmfile.d/common/helmfile.yaml", "bases:\n  - envs.yaml\n");
    let dir = common::tree(&[common, ("helmfile.d/a/envs.yaml", "environments:\n  a: {}\n")]);
    let places = || common::findings(&common::report(dir.path(), &["check", "."]));
    assert_snapshot!(
        places(),
        @"helmfile.d/common/helmfile.yaml:2:5: error[unresolved-reference] file `helmfile.d/common/envs.yaml` does not exist"
    );
    let link = dir.path().join("helmfile.d/a/helmfile.yaml");
    std::os::unix::fs::symlink("../common/helmfile.yaml", link).expect("linked");
    assert_snapshot!(places(), @"");
}

const HELMFILE: &str = "helmfile.d/web/helmfile.yaml";

#[test]
fn a_helmfile_names_files_beside_it() {
    let text = "bases:\n  - ../base.yaml\n---\nreleases:\n- name: web\n  chart: stable/web\n  values:\n  - \"values.yaml\" # ours\n  - \"values-{{ .Environment.Name }}.yaml\"\n  - /etc/private.yaml\n  - inline: true\n";
    let base = ("helmfile.d/base.yaml", "helmDefaults: {}\n");
    let values = ("helmfile.d/web/values.yaml", "a: 1\n");
    let staging = ("helmfile.d/web/values-staging.yaml", "a: 1\n");
    assert_snapshot!(check(&[(HELMFILE, text), base, values, staging]), @"");
    assert_snapshot!(check(&[(HELMFILE, text)]), @r"
        helmfile.d/web/helmfile.yaml:2:5: error[unresolved-reference] file `helmfile.d/base.yaml` does not exist
        helmfile.d/web/helmfile.yaml:8:6: warning[unresolved-reference] file `helmfile.d/web/values.yaml` does not exist
        helmfile.d/web/helmfile.yaml:9:6: warning[unresolved-reference] no file matches `helmfile.d/web/values-*.yaml`
        ");
}

#[test]
fn a_missing_values_file_may_be_allowed_or_conditional() {
    let allowed = "templates:\n  default: &default\n    missingFileHandler: Warn\n    values:\n      - values.yaml\nreleases:\n  - name: web\n    <<: *default\n";
    assert_snapshot!(check(&[(HELMFILE, allowed)]), @"");
    let conditional = "releases:\n- name: web\n  values:\n  {{- if .Values.x }}\n  - gone.yaml\n  {{- end }}\n  - also.yaml\n";
    assert_snapshot!(
        check(&[(HELMFILE, conditional)]),
        @"helmfile.d/web/helmfile.yaml:7:5: error[unresolved-reference] file `helmfile.d/web/also.yaml` does not exist"
    );
    // Where all the values lie in a folder of their own, the path is wrong all the same.
    let beside = ("helmfile.d/web/values/values.yaml", "a: 1\n");
    assert_snapshot!(
        check(&[(HELMFILE, allowed), beside]),
        @"helmfile.d/web/helmfile.yaml:5:9: warning[unresolved-reference] file `helmfile.d/web/values.yaml` does not exist"
    );
}

#[test]
fn a_base_that_a_change_takes_away_is_said_to_be_removed() {
    let helmfile = (HELMFILE, "bases:\n  - envs.yaml\n");
    let base = ("helmfile.d/web/envs.yaml", "environments:\n  a: {}\n");
    assert_snapshot!(
        change(&[helmfile, base], &[helmfile]),
        @"helmfile.d/web/helmfile.yaml:2:5: error[removed-but-referenced] file `helmfile.d/web/envs.yaml` was removed but is still used"
    );
}

#[test]
fn an_alias_is_the_trees_own_where_most_of_its_charts_are_here() {
    let releases = |names: &[&str]| {
        let lines = names.iter().map(|name| format!("- name: {name}\n  chart: stable/{name}\n"));
        format!("releases:\n{}", lines.collect::<String>())
    };
    let own = releases(&["web", "a", "b", "wbe"]);
    let a = ("charts/a/Chart.yaml", "name: a\n");
    let b = ("charts/b/Chart.yaml", "name: b\n");
    assert_snapshot!(
        check(&[(HELMFILE, &own), CHART, a, b]),
        @"helmfile.d/web/helmfile.yaml:9:10: error[unresolved-reference] chart `charts/wbe` does not exist"
    );
    let other = releases(&["web", "redis", "nginx", "kafka"]);
    assert_snapshot!(check(&[(HELMFILE, &other), CHART, a, b]), @"");
    let by_path =
        "releases:\n- name: web\n  chart: ../../charts/web\n- name: x\n  chart: ../../charts/x\n";
    assert_snapshot!(
        check(&[(HELMFILE, by_path), CHART, a, b]),
        @"helmfile.d/web/helmfile.yaml:5:10: error[unresolved-reference] chart `charts/x` does not exist"
    );
}

#[test]
fn a_value_that_a_change_leaves_unset_is_a_warning() {
    let page = "a: {{ .Values.app.port }}\nb: {{ .Values.app.name }}\n";
    let whole = [CHART, HELPERS, (PAGE, page), (VALUES, "app:\n  port: 80\n  name: web\n")];
    let less = [CHART, HELPERS, (PAGE, page), (VALUES, "app:\n  port: 80\n")];
    assert_snapshot!(
        change(&whole, &less),
        @"charts/web/templates/page.yaml:2:7: warning[removed-but-referenced] the chart reads `.Values.app.name`, which no values file sets any more"
    );
    // A change that begins to read it, and a tree alone.
    let before = [CHART, HELPERS, (PAGE, "a: {{ .Values.app.port }}\n"), (VALUES, less[3].1)];
    assert_snapshot!(
        change(&before, &less),
        @"charts/web/templates/page.yaml:2:7: warning[unresolved-reference] the chart reads `.Values.app.name`, which no values file sets"
    );
    assert_snapshot!(change(&less, &less), @"");
    assert_snapshot!(check(&less), @"");
}

#[test]
fn values_have_defaults_conditions_and_other_files() {
    let values = (VALUES, "app: {}\non: true\n");
    let before = [CHART, HELPERS, values];
    for page in [
        "{{ .Values.x | default 1 }}\n",
        "{{ if .Values.x }}{{ .Values.x }}{{ .Values.x.y }}{{ end }}\n",
        "{{ with .Values.x }}{{ .y }}{{ end }}\n",
        "{{ (.Values.x).y }}\n",
        "{{ .Values.app.anything }}\n",
        "{{ .Values.global.x }}\n",
        "{{ define \"web.unused\" }}{{ .Values.x }}{{ end }}\n",
    ] {
        assert!(change(&before, &[CHART, HELPERS, values, (PAGE, page)]).is_empty(), "{page}");
    }
    let page = (PAGE, "{{ .Values.x }}\n");
    let release = (HELMFILE, "releases:\n- name: web\n  chart: stable/web\n  values: [v.yaml]\n");
    let other = ("helmfile.d/web/v.yaml", "x: 1\n");
    assert_eq!(change(&before, &[CHART, HELPERS, values, page]).len(), 1);
    assert_snapshot!(change(&before, &[CHART, HELPERS, values, page, release, other]), @"");
}

#[test]
fn a_schema_is_an_interface_and_values_are_its_calls() {
    let schema = (
        "charts/web/values.schema.json",
        "{\"additionalProperties\": false, \"properties\": {\"kind\": {\"enum\": [\"a\", \"b\"]},\n\"app\": {\"additionalProperties\": false, \"properties\": {\"port\": {}}}, \"free\": {\"properties\": {\"x\": {}}}}}",
    );
    let good = "kind: a\napp:\n  port: 80\nfree:\n  y: 1\nglobal: {}\n";
    assert_snapshot!(check(&[CHART, schema, (VALUES, good)]), @"");
    // What YAML takes for null is no text.
    let scheme = (
        "charts/web/values.schema.json",
        r#"{"properties": {"scheme": {"enum": ["HTTP", "HTTPS", null]}}}"#,
    );
    for nothing in ["~", "null", "NULL", ""] {
        let values = format!("scheme: {nothing}\n");
        assert_eq!(check(&[CHART, scheme, (VALUES, values.as_str())]).len(), 0, "{nothing}");
    }
    let bad = "kind: c\napp:\n  prot: 80\nfere: {}\n";
    assert_snapshot!(check(&[CHART, schema, (VALUES, bad)]), @r"
        charts/web/values.yaml:1:1: error[incompatible-value] `kind` of `charts/web` does not accept `c`
        charts/web/values.yaml:3:3: error[unknown-parameter] `charts/web/app` takes no parameter `prot`
        charts/web/values.yaml:4:1: error[unknown-parameter] `charts/web` takes no parameter `fere`
        ");
    let release = (HELMFILE, "releases:\n- name: web\n  chart: stable/web\n  values: [v.yaml]\n");
    let other = ("helmfile.d/web/v.yaml", "knid: a\n");
    assert_snapshot!(
        check(&[CHART, schema, (VALUES, good), release, other]),
        @"helmfile.d/web/v.yaml:1:1: error[unknown-parameter] `charts/web` takes no parameter `knid`"
    );
}

/// A release of the chart, whose schema and templates require values.
fn release(helmfile: &str, values: &str, own: &str) -> Vec<(&'static str, String)> {
    let schema = "{\"required\": [\"image\"], \"properties\": {\"image\": {}, \"db\": {\"required\": [\"host\"], \"properties\": {\"host\": {}, \"port\": {}}}}}";
    let page = "a: {{ required \"no url\" .Values.url }}\n{{ if .Values.x }}b: {{ required \"no y\" .Values.y }}{{ end }}\n{{ define \"web.unused\" }}{{ required \"no z\" .Values.z }}{{ end }}\nc: {{ .Values.w | default (required \"w\" .Values.v) }}\n";
    vec![
        (CHART.0, CHART.1.to_owned()),
        ("charts/web/values.schema.json", schema.to_owned()),
        (PAGE, page.to_owned()),
        (VALUES, own.to_owned()),
        ("services/web/helmfile.yaml", helmfile.to_owned()),
        ("services/web/values.yaml", values.to_owned()),
    ]
}

const RELEASE: &str = "releases:\n  - name: web\n    namespace: web\n    chart: ../../charts/web\n    values:\n      - values.yaml\n";

fn missing(files: &[(&'static str, String)]) -> Findings {
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    check(&files)
}

#[test]
fn a_release_lacks_what_its_chart_requires() {
    let lacks = "missing-required-parameter services/web/helmfile.yaml:4";
    let own = "url: ''\nx: false\n";
    // `image` by the schema, `url` by a template.
    assert_eq!(missing(&release(RELEASE, "x: true\n", own)), [lacks, lacks]);
    assert_eq!(missing(&release(RELEASE, "image: a\n", own)), [lacks]);
    assert_snapshot!(missing(&release(RELEASE, "image: a\nurl: b\n", own)), @"");
    assert_snapshot!(missing(&release(RELEASE, "image: a\n", "url: b\n")), @"");
    // An object that is set has to be whole; one that is not may be left out.
    let half = "image: a\nurl: b\ndb:\n  port: 1\n";
    assert_eq!(missing(&release(RELEASE, half, own)), [lacks]);
    assert_snapshot!(missing(&release(RELEASE, &format!("{half}  host: h\n"), own)), @"");
    // Values in place.
    let inline = format!("{RELEASE}      - image: a\n        url: b\n");
    assert_snapshot!(missing(&release(&inline, "x: true\n", own)), @"");
}

#[test]
fn values_that_are_not_all_known_lack_nothing() {
    for more in [
        "      - /etc/defaults.yaml\n",
        "      - absent.yaml\n",
        "      - \"{{ .Environment.Name }}.yaml\"\n",
        "      - secret.yaml.gotmpl\n",
        "    set:\n      - name: image\n        value: a\n",
        "    secrets:\n      - s.yaml\n",
        "    <<: *default\n",
        "bases:\n  - ../base.yaml\n",
    ] {
        let found = missing(&release(&format!("{RELEASE}{more}"), "x: true\n", ""));
        assert!(!found.iter().any(|line| line.contains("required")), "{more}: {found:?}");
    }
    // A values file that is a template.
    let found = missing(&release(RELEASE, "{{ if x }}\nimage: a\n{{ end }}\n", ""));
    assert!(!found.iter().any(|line| line.contains("required")), "{found:?}");
}

#[test]
fn a_template_may_fail_by_itself() {
    let page = "{{- if not .Values.url }}\n  {{- fail \"no url\" }}\n{{- end }}\n{{ if not .Values.b }}x{{ else }}{{ fail \"b\" }}{{ end }}\n";
    let mut files = release(RELEASE, "image: a\n", "");
    files[2].1 = page.to_owned();
    assert_snapshot!(
        missing(&files),
        @"services/web/helmfile.yaml:4:12: error[missing-required-parameter] the chart `web` requires the value `url`, which neither its own values nor those of this release set"
    );
    files[3].1 = "url: a\n".to_owned();
    assert_snapshot!(missing(&files), @"");
}

#[test]
fn a_value_that_becomes_required() {
    let new = release(RELEASE, "image: a\n", "");
    let mut old = new.clone();
    old[2].1 = "a: {{ .Values.url | default \"x\" }}\n".to_owned();
    let old: Vec<_> = old.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let new: Vec<_> = new.iter().map(|(path, text)| (*path, text.as_str())).collect();
    assert_snapshot!(
        change(&old, &new),
        @"services/web/helmfile.yaml:4:12: error[newly-required-parameter] the chart `web` now requires the value `url`, which neither its own values nor those of this release set"
    );
    assert_snapshot!(change(&new, &new), @"");
}

#[test]
fn templates_of_jinja_are_not_helms() {
    let is_helms = |text: &str| {
        let tree = common::tree(&[
            ("roles/web/templates/page.yml", text),
            ("roles/web/tasks/main.yml", "- template: {src: page.yml, dest: /srv/page}\n"),
        ]);
        let report = common::report(tree.path(), &["check", "."]);
        !report["summary"]["understood"]["helm-template"].is_null()
    };
    let jinja = "{{ managed }}\nname: {{- name | default('x') }}\n{% if a %}b{% endif %}\n";
    assert!(!is_helms(jinja));
    assert!(is_helms("name: {{- toYaml .Values.x }}\n"));
    assert!(is_helms("{{- end }}\n"));
}

const TAKES: &str = "image: {{ .Values.image.tag }}\nport: {{ .Values.port }}\n{{ with .Values.extra }}{{ toYaml . }}{{ end }}\n";

#[test]
fn values_that_a_release_sets_and_its_chart_reads_no_more() {
    let values = (VALUES, "image: {tag: '1'}\nport: 80\nextra: {}\n");
    let helmfile = (
        "helmfile.yaml",
        "releases:\n- name: web\n  chart: ./charts/web\n  values: [releases/prod.yaml]\n",
    );
    let set = ("releases/prod.yaml", "image:\n  tag: '2'\nextra: {a: 1}\nglobal: {b: 1}\n");
    let old = [CHART, HELPERS, values, helmfile, set, (PAGE, TAKES)];
    assert_snapshot!(check(&old), @"");
    let moved = TAKES.replace(".Values.image", ".Values.controller.image");
    let page = (PAGE, moved.as_str());
    let values = (VALUES, "controller: {image: {tag: '1'}}\nport: 80\nextra: {}\n");
    assert_snapshot!(change(&old, &[CHART, HELPERS, values, helmfile, set, page]), @"releases/prod.yaml:1:1: warning[removed-parameter] the chart `web` reads the value `image` no longer, and this release sets it");
    // A template that reads values by names that are put together may read any.
    let any = format!("{moved}{{{{ index .Values .name }}}}\n");
    assert_snapshot!(change(&old, &[CHART, HELPERS, values, helmfile, set, (PAGE, any.as_str())]), @"");
}

#[test]
fn values_that_controllers_and_commands_set_and_no_template_reads() {
    let chart = [CHART, HELPERS, (VALUES, "port: 80\n"), (PAGE, TAKES)];
    let flux = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec:\n  chart:\n    spec:\n      chart: ./charts/web\n      sourceRef: {kind: GitRepository, name: own}\n  values:\n    port: 1\n    prot: 1\n";
    let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    repoURL: https://example.org/own\n    path: charts/web\n    helm:\n      valueFiles: [values-prod.yaml]\n      valuesObject:\n        imge: {tag: 1}\n";
    let prod = ("charts/web/values-prod.yaml", "extra: {a: 1}\nexrta: {a: 1}\n");
    let script = "#!/bin/sh\nhelm upgrade --install web charts/web --set image.tag=2,prt=3\n";
    let files = [
        chart[0],
        chart[1],
        chart[2],
        chart[3],
        prod,
        ("apps/flux.yaml", flux),
        ("apps/argo.yaml", argo),
        ("deploy.sh", script),
    ];
    assert_snapshot!(check(&files), @r"
    apps/argo.yaml:10:9: note[unknown-parameter] nothing in the chart `web` reads the value `imge`
    apps/flux.yaml:11:5: note[unknown-parameter] nothing in the chart `web` reads the value `prot`
    charts/web/values-prod.yaml:2:1: note[unknown-parameter] nothing in the chart `web` reads the value `exrta`
    deploy.sh:2:45: note[unknown-parameter] nothing in the chart `web` reads the value `prt`
    ");
}

#[test]
fn stored_values_lack_what_new_templates_read() {
    let script =
        |flag: &str| format!("#!/bin/sh\nhelm upgrade --install web ./charts/web {flag}\n");
    let page = (
        "charts/web/templates/monitor.yaml",
        "{{ if .Values.monitor.enabled }}\na: 1\n{{ end }}\n",
    );
    let safe = (
        "charts/web/templates/monitor.yaml",
        "{{ if (.Values.monitor).enabled }}\na: 1\n{{ end }}\n",
    );
    let before = (VALUES, "image: {tag: '1'}\nport: 80\n");
    let after = (VALUES, "image: {tag: '1'}\nport: 80\nmonitor: {enabled: false}\n");
    let run = |flag: &str, page| {
        let text = script(flag);
        let deploy = ("deploy/up.sh", text.as_str());
        let main = (PAGE, TAKES);
        let old = [CHART, HELPERS, main, before, deploy];
        change(&old, &[CHART, HELPERS, main, after, deploy, page])
    };
    assert_snapshot!(run("--reuse-values", page), @"deploy/up.sh:2:1: warning[version-skew] `--reuse-values` keeps the values of the last release, in which `monitor` is not set: the chart's new templates read it");
    assert_snapshot!(run("--reuse-values", safe), @"");
    assert_snapshot!(run("--reset-then-reuse-values", page), @"");
    assert_snapshot!(run("--reuse-values --set monitor.enabled=true", page), @"");
}

#[test]
fn files_of_a_chart_that_its_templates_read() {
    let page = "a: {{ .Files.Get \"conf/app.ini\" | quote }}\nb: {{ $.Files.Get \"conf/gone.ini\" }}\n{{ with .Files.Get \"conf/own.ini\" }}{{ . }}{{ end }}\n";
    let conf = ("charts/web/conf/app.ini", "a = 1\n");
    assert_snapshot!(check(&[CHART, HELPERS, (PAGE, page), conf]), @"charts/web/templates/page.yaml:2:20: warning[unresolved-reference] file `charts/web/conf/gone.ini` does not exist");
}

#[test]
fn names_of_the_chart_around_a_vendored_one_and_of_packed_ones() {
    let own = "name: sub\nversion: 1.0.0\n";
    let whole = "name: web\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 1.0.0, repository: \"file://vendor/sub\"}\n";
    let page = (
        "charts/web/vendor/sub/templates/a.yaml",
        "a: {{ include \"web.name\" . }}\nb: {{ include \"sub.name\" . }}\n",
    );
    let helpers = |name: &str| format!("{{{{ define \"{name}\" }}}}x{{{{ end }}}}\n");
    let (outer, inner) = (helpers("web.name"), helpers("sub.name"));
    let sub = [
        ("charts/web/vendor/sub/Chart.yaml", own),
        ("charts/web/vendor/sub/templates/_a.tpl", inner.as_str()),
        page,
    ];
    let around =
        [("charts/web/Chart.yaml", whole), ("charts/web/templates/_a.tpl", outer.as_str())];
    assert_snapshot!(check(&[&sub[..], &around[..]].concat()), @"");
    assert_snapshot!(check(&sub), @"charts/web/vendor/sub/templates/a.yaml:1:16: error[unresolved-reference] named template `web.name` does not exist");
    let packed = [("charts/web/vendor/sub/charts/common-1.0.0.tgz", "")];
    assert_snapshot!(check(&[&sub[..], &packed[..]].concat()), @"");
}

#[test]
fn a_value_goes_after_the_templates_that_read_it() {
    let template = |text: &'static str| ("chart/templates/a.yaml", text);
    let chart = ("chart/Chart.yaml", "name: chart\nversion: 1.0.0\n");
    let values = |text: &'static str| ("chart/values.yaml", text);
    let old = [chart, template("a: {{ .Values.web.port }}\n"), values("web:\n  port: 80\n")];
    let gone = [chart, template("a: 1\n"), values("web:\n  host: a\n")];
    assert_snapshot!(needs(&old, &gone), @r#""chart/values.yaml" after "chart/templates/a.yaml": the old text requires value `web.port` by `value`, and it goes with this change"#);
    // What a template reads anew has to be there.
    assert_snapshot!(needs(&gone, &old), @r#""chart/templates/a.yaml" after "chart/values.yaml": the new text requires value `web.port` by `value`, and it comes with this change"#);
}

#[test]
fn a_helmfile_with_actions_is_read_line_by_line() {
    let text = "repositories:\n{{ $v := env \"V\" }}\nreleases:\n- name: a\n  chart: ./gone\n";
    assert_snapshot!(check(&[("helmfile.d/a.yaml", text)]), @"helmfile.d/a.yaml:5:10: error[unresolved-reference] chart `helmfile.d/gone` does not exist");
}

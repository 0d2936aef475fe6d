//! Objects of one chart, its lock, its schema, and the environments of its releases.

use crate::common::{change, check};

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

fn chart(templates: &[(&str, &str)]) -> String {
    let mut files = vec![("web/Chart.yaml", CHART), ("web/values.yaml", "a: 1\n")];
    files.extend(templates);
    check(&files).to_string()
}

const NAMES: &str = "{{- define \"web.name\" -}}\nweb\n{{- end -}}\n{{- define \"web.labels\" -}}\napp: web\n{{- end -}}\n";
const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include \"web.name\" . }}\ndata:\n  LEVEL: {{ .Values.a | quote }}\n  TEXT: |\n    {{- toYaml .Values.a | nindent 4 }}\n";
const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"web.name\" . }}\nspec:\n  selector:\n    matchLabels:\n      {{- include \"web.labels\" . | nindent 6 }}\n  template:\n    metadata:\n      labels:\n        {{- include \"web.labels\" . | nindent 8 }}\n    spec:\n      containers:\n      - name: web\n        image: web\n        ports:\n        - name: http\n          containerPort: 80\n        readinessProbe:\n          httpGet: {path: /, port: http}\n        env:\n        - name: LEVEL\n          valueFrom:\n            configMapKeyRef:\n              name: {{ include \"web.name\" $ }}\n              key: LEVEL\n        volumeMounts:\n        - name: tmp\n          mountPath: /tmp\n      volumes:\n      - name: tmp\n        emptyDir: {}\n";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include \"web.name\" . }}\nspec:\n  selector:\n    {{- include \"web.labels\" . | nindent 4 }}\n  ports:\n  - port: 80\n    targetPort: http\n";

#[test]
fn objects_of_a_chart_go_together() {
    let said = |config: &str, web: &str, service: &str| {
        chart(&[
            ("web/templates/_names.tpl", NAMES),
            ("web/templates/config.yaml", config),
            ("web/templates/web.yaml", web),
            ("web/templates/service.yaml", service),
        ])
    };
    assert_eq!(said(CONFIG, WEB, SERVICE), "");
    insta::assert_snapshot!(said(&CONFIG.replace("LEVEL:", "LOG_LEVEL:"), WEB, SERVICE), @r#"web/templates/web.yaml:27:20: error[unresolved-reference] the ConfigMap `{{include "web.name" .}}` of this chart has no key `LEVEL`"#);
    insta::assert_snapshot!(said(CONFIG, &WEB.replace("      - name: tmp\n        emptyDir", "      - name: temp\n        emptyDir"), SERVICE), @r#"web/templates/web.yaml:29:17: error[unresolved-reference] the pods of `Deployment/{{include "web.name" .}}` have no volume `tmp`"#);
    insta::assert_snapshot!(said(CONFIG, &WEB.replace("port: http", "port: web"), SERVICE), @r#"web/templates/web.yaml:21:36: error[unresolved-reference] this container of `Deployment/{{include "web.name" .}}` has no port `web`"#);
    insta::assert_snapshot!(said(CONFIG, WEB, &SERVICE.replace("targetPort: http", "targetPort: web")), @r#"web/templates/service.yaml:10:17: error[unresolved-reference] the pods of `Service/{{include "web.name" .}}` have no port `web`"#);
    // Tags that may bring more.
    let more =
        CONFIG.replace("LEVEL:", "LOG_LEVEL:") + "  {{- include \"web.labels\" . | nindent 2 }}\n";
    assert_eq!(said(&more, WEB, SERVICE), "");
    let volumes = WEB.replace(
        "      - name: tmp\n        emptyDir: {}\n",
        "      {{- toYaml .Values.a | nindent 6 }}\n",
    );
    assert_eq!(said(CONFIG, &volumes, SERVICE), "");
}

#[test]
fn a_lock_holds_what_is_asked_for() {
    let of = |asked: &str, locked: &str| {
        let chart = format!(
            "{CHART}dependencies:\n- name: db\n  version: {asked}\n  repository: https://example.org/charts\n"
        );
        let lock = format!(
            "dependencies:\n- name: db\n  repository: https://example.org/charts\n  version: {locked}\n"
        );
        check(&[("web/Chart.yaml", &chart), ("web/Chart.lock", &lock)]).to_string()
    };
    assert_eq!(of("1.2.3", "1.2.3"), "");
    assert_eq!(of("^1.2.0", "1.9.0"), "");
    insta::assert_snapshot!(of("1.3.0", "1.2.3"), @"web/Chart.yaml:6:12: warning[derived-out-of-date] `1.3.0` of `db` is asked for, and `Chart.lock` has 1.2.3");
}

const HELMFILE: &str = "environments:\n  test: {}\n  live: {}\n---\nreleases:\n- name: web\n  chart: ./web\n  values:\n  - of/{{ .Environment.Name }}.yaml\n";

#[test]
fn a_release_of_each_environment_is_held_against_the_schema() {
    let schema = r#"{"type": "object", "properties": {"level": {"enum": ["info", "warn"]}, "tag": {"type": "string"}, "image": {"type": "object", "additionalProperties": false, "properties": {"name": {"type": "string"}}}}}"#;
    let of = |live: &str| {
        check(&[
            ("helmfile.yaml", HELMFILE),
            ("web/Chart.yaml", CHART),
            ("web/values.schema.json", schema),
            (
                "web/templates/a.yaml",
                "a: {{ .Values.level }} {{ .Values.tag }} {{ .Values.image.name }}\n",
            ),
            ("web/values.yaml", "level: info\ntag: a\nimage: {name: a}\n"),
            ("of/test.yaml", "level: info\n"),
            ("of/live.yaml", live),
        ])
        .to_string()
    };
    assert_eq!(of("level: warn\ntag: '2.10'\nimage: {name: b}\n"), "");
    insta::assert_snapshot!(of("level: warning\ntag: 2.10\nimage: {digest: b}\n"), @r"
    of/live.yaml:1:8: error[incompatible-value] the chart `web` does not take `warning` for `level`
    of/live.yaml:2:6: error[incompatible-value] the chart `web` takes text for `tag`, and this is a number
    of/live.yaml:3:9: error[unknown-parameter] the chart `web` has no value `image.digest` in its schema, which takes no others
    ");
}

#[test]
fn an_environment_lacks_what_a_chart_comes_to_require() {
    let of = |template: &str, live: &[(&'static str, &'static str)]| {
        let mut files = vec![
            ("helmfile.yaml", HELMFILE.to_owned()),
            ("web/Chart.yaml", CHART.to_owned()),
            ("web/values.yaml", "image: a\n".to_owned()),
            ("web/templates/a.yaml", template.to_owned()),
            ("of/test.yaml", "db: {url: a}\n".to_owned()),
        ];
        files.extend(live.iter().map(|(path, text)| (*path, (*text).to_owned())));
        files
    };
    let told = |old: &[(&str, String)], new: &[(&str, String)]| {
        let old: Vec<(&str, &str)> = old.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let new: Vec<(&str, &str)> = new.iter().map(|(a, b)| (*a, b.as_str())).collect();
        change(&old, &new).to_string()
    };
    let wants = "a: {{ required \"db.url\" .Values.db.url }}\n";
    let live = [("of/live.yaml", "a: 1\n")];
    insta::assert_snapshot!(told(&of("a: b\n", &live), &of(wants, &live)), @"of/live.yaml:1:1: error[newly-required-parameter] the chart `web` now requires the value `db.url`, which neither its own values nor those of this release set");
    let live = [("of/live.yaml", "db: {url: b}\n")];
    assert_eq!(told(&of("a: b\n", &live), &of(wants, &live)), "");
}

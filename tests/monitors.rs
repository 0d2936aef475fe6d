//! Monitors, silences and routes, as `rollout` and `check --against` show them.

mod common;

use common::{change, crosscheck, report, tree};
use serde_json::Value;

const CONFIG: &str =
    "rollout:\n  units:\n  - {name: code, paths: ['code/**'], restarts: [parser]}\n";
const ALERT: &str = "groups:\n- name: parser\n  rules:\n  - alert: ParserDown\n    expr: up{job=\"parser\"} == 0\n    labels: {severity: page}\n";
const SERVICE: &str = "define service {\n  hostgroup_name parser\n  service_description Parser HTTP\n  check_command check_http!/\n}\n";

/// The trees of a change of `code/` among `files`.
fn trees(files: &[(&str, &str)]) -> (tempfile::TempDir, tempfile::TempDir) {
    let with =
        |code| tree(&[files, &[("code/main.c", code), ("crosscheck.yaml", CONFIG)]].concat());
    (with("1"), with("2"))
}

/// Findings of that change.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let old: Vec<_> = [files, &[("code/main.c", "1"), ("crosscheck.yaml", CONFIG)]].concat();
    let new: Vec<_> = [files, &[("code/main.c", "2"), ("crosscheck.yaml", CONFIG)]].concat();
    change(&old, &new)
}

/// The watchers of the service in the plan of that change.
fn watchers(files: &[(&str, &str)]) -> Vec<Value> {
    let (old, new) = trees(files);
    let sheet = report(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."]);
    sheet["services"][0]["watchers"].as_array().cloned().unwrap_or_default()
}

fn is_told(files: &[(&str, &str)]) -> bool {
    !findings(files).iter().any(|own| own.starts_with("undeclared-downtime"))
}

fn silence(matchers: &str, end: &str) -> String {
    format!(
        "[{{\"matchers\":[{matchers}],\"startsAt\":\"2020-01-01T00:00:00Z\",\"endsAt\":\"{end}T00:00:00Z\"}}]"
    )
}

const NAMED: &str = r#"{"name":"alertname","value":"ParserDown","isRegex":false,"isEqual":true}"#;
const SITE: &str = r#"{"name":"site","value":"a","isRegex":false,"isEqual":true}"#;

#[test]
fn a_silence_declares_a_downtime() {
    let alerts = ("alerts.yaml", ALERT);
    assert!(!is_told(&[alerts]));
    let named = silence(NAMED, "2999-01-01");
    assert!(is_told(&[alerts, ("silences/a.json", &named)]));
    let ended = silence(NAMED, "2020-01-02");
    assert!(!is_told(&[alerts, ("silences/a.json", &ended)]));
    let one_site = silence(&[NAMED, SITE].join(","), "2999-01-01");
    assert!(!is_told(&[alerts, ("silences/a.json", &one_site)]));
    // Another monitor that nobody silenced.
    assert!(!is_told(&[alerts, ("silences/a.json", &named), ("services.cfg", SERVICE)]));
}

#[test]
fn silences_are_read_wherever_they_stand() {
    let alerts = ("alerts.yaml", ALERT);
    let route = "route:\n  receiver: all\n  routes:\n  - matchers: [severity=\"page\", job=\"parser\"]\n    mute_time_intervals: [deploys]\nreceivers: [{name: all}]\n";
    assert!(is_told(&[alerts, ("alertmanager.yml", route)]));
    let resource = "apiVersion: observability.giantswarm.io/v1alpha2\nkind: Silence\nmetadata: {name: x}\nspec:\n  matchers:\n  - {name: alertname, value: Parser.*, matchType: =~}\n";
    assert!(is_told(&[alerts, ("k8s/silence.yaml", resource)]));
    let script = "#!/bin/sh\namtool silence add --duration=2h --comment='new version' alertname=ParserDown\n";
    assert!(is_told(&[alerts, ("deploy.sh", script)]));
    let other = "#!/bin/sh\namtool silence add -d 2h alertname=WikiDown\n";
    assert!(!is_told(&[alerts, ("deploy.sh", other)]));

    let service = ("services.cfg", SERVICE);
    assert!(!is_told(&[service]));
    let script = "#!/bin/bash\nprintf '[%lu] SCHEDULE_HOSTGROUP_SVC_DOWNTIME;parser;%lu;%lu;1;0;7200;me;new version\\n' > nagios.cmd\n";
    assert!(is_told(&[service, ("deploy.sh", script)]));
    let script = script.replace(";parser;", ";wiki;");
    assert!(!is_told(&[service, ("deploy.sh", &script)]));
    let play = "- hosts: parser\n  tasks:\n  - nagios: action=downtime minutes=5 service=host host={{ inventory_hostname }}\n";
    assert!(is_told(&[service, ("playbooks/upgrade.yml", play)]));
    let play = play.replace("hosts: parser", "hosts: wiki");
    assert!(!is_told(&[service, ("playbooks/upgrade.yml", &play)]));
    let quiet = SERVICE.replace("}", "  notifications_enabled 0\n}");
    assert!(is_told(&[("services.cfg", &quiet)]));

    let check = "class a {\n  monitoring::service { 'parser':\n    description => 'Parser',\n    check_command => 'check_http',\n  }\n}\n";
    let path = "modules/a/manifests/init.pp";
    assert!(!is_told(&[(path, check)]));
    let quiet =
        check.replace("'check_http',", "'check_http',\n    notifications_enabled => false,");
    assert!(is_told(&[(path, &quiet)]));

    let service = "apply Service \"parser\" {\n  check_command = \"http\"\n  assign where host.vars.parser\n}\n";
    assert!(!is_told(&[("icinga2/a.conf", service)]));
    let downtime = "apply ScheduledDowntime \"d\" to Service {\n  assign where service.name == \"parser\"\n}\n";
    assert!(is_told(&[("icinga2/a.conf", service), ("icinga2/b.conf", downtime)]));
}

#[test]
fn a_plan_shows_who_is_silenced() {
    let one_site = silence(&[NAMED, SITE].join(","), "2999-01-01");
    let files = [("alerts.yaml", ALERT), ("silences/a.json", &one_site)];
    let own = &watchers(&files)[0];
    assert_eq!(own["silenced"]["by"]["path"], "silences/a.json");
    assert_eq!(own["silenced"]["in_part"], true);
    assert_eq!(own["silenced"]["until"], "2999-01-01");
    let (old, new) = trees(&files);
    let done = crosscheck(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."]);
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    assert!(
        text.contains("silenced in part by silences/a.json:1 (new) until 2999-01-01"),
        "{text}"
    );
}

//! Monitors, silences and routes, as `rollout` and `check --against` show them.

use crate::common;
use crate::common::{Findings, change, crosscheck, report, tree};
use insta::assert_snapshot;
use serde_json::Value;

const CONFIG: &str =
    "rollout:\n  units:\n  - {name: code, paths: ['code/**'], restarts: [parser]}\n";
const ALERT: &str = "groups:\n- name: parser\n  rules:\n  - alert: ParserDown\n    expr: up{job=\"parser\"} == 0\n    labels: {severity: page}\n";
const SERVICE: &str = "define service {\n  hostgroup_name parser\n  service_description Parser HTTP\n  check_command check_http!/\n}\n";

/// The trees of a change of `code/` among `files`.
fn trees(files: &[(&str, &str)]) -> (tempfile::TempDir, tempfile::TempDir) {
    let with =
        |code| tree(&[files, &[("code/VERSION", code), ("crosscheck.yaml", CONFIG)]].concat());
    (with("1"), with("2"))
}

/// Findings of that change.
fn findings(files: &[(&str, &str)]) -> Findings {
    let old: Vec<_> = [files, &[("code/VERSION", "1"), ("crosscheck.yaml", CONFIG)]].concat();
    let new: Vec<_> = [files, &[("code/VERSION", "2"), ("crosscheck.yaml", CONFIG)]].concat();
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
    let told: Vec<&str> = text.lines().filter(|line| line.contains("ilenced")).collect();
    assert_snapshot!(
        told.join("\n"),
        @r#"    monitor ParserDown: up{job="parser"} == 0, alerts.yaml:4 (new); silenced in part by silences/a.json:1 (new) until 2999-01-01"#
    );
}

/// Whether a check that asks for `/health` is said to ask for what nothing answers.
fn mismatch(files: &[(&str, &str)]) -> bool {
    let check =
        SERVICE.replace("Parser HTTP", "parser").replace("check_http!/", "check_http!/health");
    let files = [files, &[("services.cfg", check.as_str())]].concat();
    findings(&files).iter().any(|own| own.starts_with("probe-mismatch services.cfg"))
}

const FLASK: &str = "from flask import Flask\napp = Flask(__name__)\n@app.route('/wiki/<page>')\ndef page(page):\n    return page\n";

#[test]
fn a_check_of_what_no_route_answers() {
    let app = ("code/app.py", FLASK);
    assert!(mismatch(&[app]));
    let health = format!("{FLASK}@app.route('/health/')\ndef health():\n    return 'ok'\n");
    assert!(!mismatch(&[("code/app.py", &health)]));
    let ruby = "require 'sinatra'\nget '/wiki/:page' do |page|\n  page\nend\n";
    assert!(mismatch(&[("code/app.rb", ruby)]));
    let go = "package main\nimport \"net/http\"\nfunc main() {\n  http.HandleFunc(\"/wiki/\", wiki)\n  http.ListenAndServe(\":80\", nil)\n}\n";
    assert!(mismatch(&[("code/main.go", go)]));
    let node = "const app = require('express')();\napp.use(require('morgan')('x'));\napp.get('/wiki/:page', f);\n";
    assert!(mismatch(&[("code/app.js", node)]));
}

#[test]
fn a_service_that_may_answer_more_is_not_judged() {
    let app = ("code/app.py", FLASK);
    let tornado = ("code/other.py", "import tornado.web\n");
    assert!(!mismatch(&[app, tornado]));
    assert!(!mismatch(&[app, ("code/Main.java", "class Main {}\n")]));
    assert!(!mismatch(&[app, ("code/index.php", "<?php\necho 1;\n")]));
    assert!(!mismatch(&[app, ("code/public/health", "ok\n")]));
    let blueprint = "from flask import Blueprint\nbp = Blueprint('b', __name__)\n@bp.route('/th')\ndef a():\n    pass\n";
    assert!(mismatch(&[app, ("code/b.py", blueprint)]));
    assert!(!mismatch(&[app, ("code/b.py", &blueprint.replace("'/th'", "'/health'"))]));
    // A front end answers it, in whichever folder its configuration is.
    let nginx = "server {\n  location / {\n  }\n  location = /health {\n    return 200;\n  }\n}\n";
    assert!(!mismatch(&[app, ("nginx/site.conf", nginx)]));
    assert!(mismatch(&[app, ("nginx/site.conf", "server {\n  location / {\n  }\n}\n")]));
    let haproxy = "frontend f\n  bind :80\n  monitor-uri /health\n  default_backend b\nbackend b\n  server s 10.0.0.1:80 check\n";
    assert!(!mismatch(&[app, ("haproxy.cfg", haproxy)]));
    // Routes outside the units of the service are not its own.
    assert!(mismatch(&[app, ("other/app.py", &FLASK.replace("/wiki/<page>", "/health"))]));
    let node = "const app = require('express')();\napp.use(express.static('public'));\napp.get('/wiki/:page', f);\n";
    assert!(!mismatch(&[("code/app.js", node)]));
}

#[test]
fn watchers_of_every_sort_are_found() {
    let haproxy = "defaults\n  mode http\n  option httpchk GET /health\nfrontend f\n  bind :80\n  default_backend parser\nbackend parser\n  server s 10.0.0.1:80 check\n";
    let catalogue = "service::catalog:\n  parser:\n    lvs:\n      depool_threshold: 0.5\n      monitors: {ProxyFetch: {url: ['http://localhost/x']}}\n    probes:\n    - {type: http, path: /_info}\n";
    let values = "main_app:\n  readiness_probe:\n    httpGet: {path: /ready}\n";
    let job = "scrape_configs:\n- job_name: sites\n  metrics_path: /probe\n  static_configs:\n  - targets: ['https://parser.example.org/y']\n";
    let found = watchers(&[
        ("haproxy.cfg", haproxy),
        ("hieradata/common/service.yaml", catalogue),
        ("charts/parser/values.yaml", values),
        ("prometheus.yml", job),
        ("services.cfg", SERVICE),
        ("alerts.yaml", ALERT),
    ]);
    let shown: Vec<String> = found
        .iter()
        .map(|own| format!("{} {}: {}", own["kind"], own["name"], own["asks"]).replace('"', ""))
        .collect();
    assert_eq!(
        shown,
        [
            "probe main_app: GET /ready",
            "probe parser: GET /health",
            "probe parser: http://localhost/x",
            "monitor ParserDown: up{job=\\parser\\} == 0",
            "monitor parser: http /_info",
            "monitor sites: https://parser.example.org/y",
            "monitor Parser HTTP: check_http!/",
        ]
    );
}

#[test]
fn a_plan_names_the_page_that_visitors_see() {
    let haproxy = "defaults\n  mode http\n  errorfile 503 /etc/haproxy/503.http\nfrontend f\n  bind :80\n  default_backend parser\nbackend parser\n  server s 10.0.0.1:80 check\n";
    let files = [("haproxy/haproxy.cfg", haproxy)];
    let note = |version: &str| {
        let config = format!("{CONFIG}haproxy:\n  version: '{version}'\n");
        let with = |code| {
            let own = [("code/VERSION", code), ("crosscheck.yaml", config.as_str())];
            tree(&[&files[..], &own].concat())
        };
        let (old, new) = (with("1"), with("2"));
        let sheet = report(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."]);
        let notes = sheet["notes"].as_array().cloned().unwrap_or_default();
        let own = notes.iter().filter_map(Value::as_str);
        own.filter(|own| own.contains("see the page of a failure")).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(
        note("2.8"),
        @"haproxy/haproxy.cfg:3: while `parser` is down, visitors see the page of a failure: answer from the frontend: `http-request return status 503 content-type text/html file maintenance.html if { path,map(/etc/haproxy/maintenance.map) -m found }`, and switch it at run time with `set map`; or add a `backup` server"
    );
    assert_snapshot!(
        note("1.8"),
        @"haproxy/haproxy.cfg:3: while `parser` is down, visitors see the page of a failure: add a backend without servers whose `errorfile 503` is the maintenance page, and `use_backend maintenance if { nbsrv(site) eq 0 }`; or add a `backup` server (`http-request return` needs 2.2)"
    );
}

#[test]
fn a_downtime_is_said_where_another_tree_watches() {
    let (old, new) = trees(&[]);
    let puppet = tree(&[("services.cfg", SERVICE)]);
    let with = format!("puppet={}", puppet.path().to_str().expect("UTF-8"));
    let old = old.path().to_str().expect("UTF-8");
    let report = report(new.path(), &["check", ".", "--against", old, "--with", &with]);
    assert_snapshot!(
        common::findings(&report),
        @"puppet/services.cfg:3:23: warning[undeclared-downtime] `parser` goes down, for it is restarted with this change, and nobody who watches it is told"
    );
}

//! What configurations of servers name of each other: only what a change takes away is missed.

use crate::common::{change, needs};
use insta::assert_snapshot;

const CRON: (&str, &str) = ("etc/cron.d/jobs", "5 4 * * * root /usr/local/bin/tidy -q\n");
const TIDY: (&str, &str) = ("usr/local/bin/tidy", "#!/bin/sh\nfind /srv -delete\n");
const OTHER: (&str, &str) = ("usr/local/bin/other", "#!/bin/sh\ntrue\n");

#[test]
fn what_went_from_an_overlay_of_the_root() {
    assert_snapshot!(
        change(&[CRON, TIDY, OTHER], &[CRON, OTHER]),
        @"etc/cron.d/jobs:1:16: error[removed-but-referenced] `usr/local/bin/tidy` was removed, and `/usr/local/bin/tidy` is still used here"
    );
    let library = ("image/usr/local/lib/a/common.sh", "say() { echo; }\n");
    let sourced = ("image/usr/local/bin/x", "#!/bin/sh\n. /usr/local/lib/a/common.sh\nsay\n");
    assert_snapshot!(
        change(&[library, sourced], &[sourced]),
        @"image/usr/local/bin/x:2:3: error[removed-but-referenced] `image/usr/local/lib/a/common.sh` was removed, and `/usr/local/lib/a/common.sh` is still used here"
    );
    // Text that nothing here reads.
    let rotate = (
        "etc/logrotate.d/a",
        "/var/log/a.log {\n  postrotate\n    /usr/local/bin/tidy\n  endscript\n}\n",
    );
    assert_snapshot!(
        change(&[rotate, TIDY, OTHER], &[rotate, OTHER]),
        @"etc/logrotate.d/a:3:5: error[removed-but-referenced] `usr/local/bin/tidy` was removed, and `/usr/local/bin/tidy` is still used here"
    );
}

#[test]
fn what_may_be_put_there_otherwise_is_left_alone() {
    let old = [CRON, TIDY, OTHER];
    for more in [
        ("Makefile", "install:\n\tinstall -m 755 tidy.sh $(DESTDIR)/usr/local/bin/tidy\n"),
        ("site.yml", "- copy:\n    content: x\n    dest: /usr/local/bin/tidy\n"),
        ("usr/local/bin/setup", "#!/bin/sh\ncurl -o /usr/local/bin/tidy https://example.org/x\n"),
        (".gitignore", "usr/local/bin/tidy\n"),
        ("usr/local/bin/tidy.j2", "#!/bin/sh\n{{ x }}\n"),
    ] {
        assert_eq!(change(&old, &[CRON, OTHER, more]).to_string(), "", "{}", more.0);
    }
    for own in [
        "# 5 4 * * * root /usr/local/bin/tidy\n",
        "5 4 * * * root [ -x /usr/local/bin/tidy ] && /usr/local/bin/tidy\n",
        "5 4 * * * root ls /usr/local/bin/*\n",
    ] {
        let cron = (CRON.0, own);
        assert_eq!(change(&[cron, TIDY, OTHER], &[cron, OTHER]).to_string(), "", "{own}");
    }
}

#[test]
fn units_go_by_other_names_too() {
    let user = ("a/x.service", "[Unit]\nRequires=app.service\n[Service]\nExecStart=/bin/x\n");
    let unit = "[Unit]\nDescription=a\n[Service]\nExecStart=/bin/app\n";
    let old = [user, ("a/app.service", unit)];
    assert_eq!(change(&old, &[user]).len(), 1);
    let alias = format!("{unit}[Install]\nAlias=app.service\n");
    assert_snapshot!(change(&old, &[user, ("a/web.service", &alias)]), @"");
    let part = ("a/app.service.d/x.conf", "[Service]\nRestart=no\n");
    assert_snapshot!(change(&old, &[user, part]), @"");
}

#[test]
fn accounts_and_units() {
    let unit = ("a/x.service", "[Service]\nUser=app\nExecStart=/bin/x\n");
    let old = [unit, ("sysusers.d/a.conf", "u app -\n")];
    assert_snapshot!(
        change(&old, &[unit, ("sysusers.d/a.conf", "u web -\n")]),
        @"a/x.service:2:6: error[removed-but-referenced] name `user app` was removed but is still used"
    );
    assert_snapshot!(change(&[unit], &[unit]), @"");
}

#[test]
fn templates_and_hosts_of_nagios() {
    let hosts = "define host {\n  use base\n  host_name a\n  parents b\n}\n";
    let other = "define host {\n  name base\n  register 0\n}\ndefine host {\n  host_name b\n}\n";
    let (one, two) = (("o/a.cfg", hosts), ("o/b.cfg", other));
    let new = ("o/b.cfg", "define host {\n  name bases\n  register 0\n}\n");
    assert_snapshot!(change(&[one, two], &[one, new]), @r"
    o/a.cfg:2:7: error[removed-but-referenced] name `host template base` was removed but is still used
    o/a.cfg:4:11: error[removed-but-referenced] name `host b` was removed but is still used
    ");
    assert_snapshot!(change(&[one, two], &[one, two]), @"");
    assert_snapshot!(change(&[two], &[one, new, two]), @"");
}

#[test]
fn backends_of_varnish_across_files() {
    let main = "vcl 4.1;\ninclude \"b.vcl\";\nsub vcl_recv {\n  set req.backend_hint = app;\n}\n\
                sub vcl_init {\n  new p = directors.random();\n  p.add_backend(web, 1);\n}\n";
    let backends = "backend app { .host = \"a\"; }\nbackend web { .host = \"b\"; }\n";
    let (main, old) = (("v/a.vcl", main), ("v/b.vcl", backends));
    assert_snapshot!(change(&[main, old], &[main, old]), @"");
    let new = ("v/b.vcl", "backend web { .host = \"b\"; }\nbackend none none;\n");
    assert_snapshot!(
        change(&[main, old], &[main, new]),
        @"v/a.vcl:4:26: error[removed-but-referenced] backend `app` was removed but is still used"
    );
}

#[test]
fn what_alerts_and_dashboards_ask_for() {
    let rules =
        "groups:\n- name: a\n  rules:\n  - record: job:x:rate5m\n    expr: rate(x_total[5m])\n";
    let board = ("d.json", "{\"panels\": [{\"targets\": [{\"expr\": \"job:x:rate5m > 1\"}]}]}");
    let new =
        ("r.yml", "groups:\n- name: a\n  rules:\n  - record: job:y:rate5m\n    expr: x_total\n");
    assert_snapshot!(
        change(&[("r.yml", rules), board], &[new, board]),
        @r#"d.json:1:36: warning[removed-but-referenced] name `recording rule job:x:rate5m` was removed but is still used"#
    );
    let jobs = |job: &str, more: &str| format!("scrape_configs:\n- job_name: {job}\n{more}");
    let alert = ("al.yml", "rules:\n- alert: A\n  expr: up{job=\"x\"} == 0\n");
    let old = jobs("x", "");
    let kept = jobs("y", "  relabel_configs:\n  - target_label: job\n    replacement: x\n");
    assert_snapshot!(change(&[("p.yml", &old), alert], &[("p.yml", &kept), alert]), @"");
    assert_eq!(change(&[("p.yml", &old), alert], &[("p.yml", &jobs("y", "")), alert]).len(), 1);
}

#[test]
fn a_zone_comes_after_its_file() {
    let zone = "zone \"a.example\" {\n  type master;\n  file \"/etc/bind/db.a\";\n};\n";
    let own = ("etc/bind/named.conf.local", zone);
    let file = ("etc/bind/db.a", "@ IN SOA a. b. ( 1 2 3 4 5 )\n");
    assert!(needs(&[("etc/bind/named.conf.local", "\n")], &[own, file]).contains("db.a"));
    assert_snapshot!(
        change(&[own, file], &[own]),
        @"etc/bind/named.conf.local:3:9: error[removed-but-referenced] file `etc/bind/db.a` was removed but is still used"
    );
}

#[test]
fn maps_name_backends() {
    let map = ("haproxy/hosts.map", "a.example app\nb.example gone\n");
    let config = "frontend f\n  bind :80\n  default_backend web\nbackend web\n  server a b:80\n";
    let old = format!("{config}backend app\n  server a b:80\n");
    let new = [map, ("haproxy/haproxy.cfg", config)];
    assert_snapshot!(
        change(&[map, ("haproxy/haproxy.cfg", &old)], &new),
        @"haproxy/hosts.map:1:11: warning[removed-but-referenced] name `backend app` was removed but is still used"
    );
}

#[test]
fn checks_ask_for_routes() {
    let config = "backend b\n  option httpchk GET /healthz\n  server a b:80 check\n";
    let app = |path: &str| {
        format!(
            "from flask import Flask\napp = Flask('a')\n\n@app.route('{path}')\ndef h():\n    return ''\n"
        )
    };
    let (old, new) = (app("/healthz"), app("/livez"));
    let config = ("haproxy/haproxy.cfg", config);
    assert_snapshot!(
        change(&[config, ("a.py", &old)], &[config, ("a.py", &new)]),
        @"haproxy/haproxy.cfg:2:22: warning[removed-but-referenced] route `/healthz` was removed but is still used"
    );
    assert_snapshot!(change(&[config, ("a.py", &new)], &[config, ("a.py", &new)]), @"");
}

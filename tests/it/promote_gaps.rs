//! Keys that staging's files of each system set, that promoted files read, and that
//! production lacks; and what looks like one and is none.

use crate::common;
use crate::common::{report, tree};
use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

type Files<'f> = &'f [(&'f str, &'f str)];

const ARGS: [&str; 5] = ["promote", "--staging", "staging", "--production", "production"];

fn sides(both: Files<'_>, staging: Files<'_>, production: Files<'_>) -> TempDir {
    let under = |side: &str, files: Files<'_>| -> Vec<(String, String)> {
        let all = both.iter().chain(files);
        all.map(|(path, text)| (format!("{side}/{path}"), (*text).to_owned())).collect()
    };
    let all = [under("staging", staging), under("production", production)].concat();
    let all: Vec<(&str, &str)> = all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    tree(&all)
}

/// The gaps that a promotion of `path` leaves, as `RULE PATH:LINE help`.
fn gaps(dir: &TempDir, path: &str) -> Vec<String> {
    said(&report(dir.path(), &[&ARGS[..], &[path]].concat()))
}

fn said(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let own = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        format!("{} {}:{} {}", text("rule"), text("path"), finding["line"], text("help"))
    };
    findings.iter().map(own).collect()
}

/// The one gap of each case of a loop, below each other.
#[derive(Default)]
struct Each(String);

impl Each {
    #[track_caller]
    fn add(&mut self, said: &[String]) {
        let [one] = said else { panic!("one gap, not {said:?}") };
        self.0.push_str(&format!("{one}\n"));
    }
}

const PLAY: (&str, &str) = ("site.yml", "- hosts: all\n  roles:\n    - web\n");
const TASKS: (&str, &str) =
    ("roles/web/tasks/main.yml", "- template:\n    src: a.j2\n    dest: /etc/a\n");
const OLD: (&str, &str) = ("roles/web/templates/a.j2", "port 80\n");
const NEW: (&str, &str) = ("roles/web/templates/a.j2", "port 80\nbroker {{ broker }}\n");

#[test]
fn variables_of_ansible_by_every_scheme() {
    let mut each = Each::default();
    // Where staging sets it, where production would.
    for (from, to) in [
        ("group_vars/all.yml", "group_vars/all.yml"),
        ("group_vars/staging.yml", "group_vars/production.yml"),
        ("group_vars/web_stg", "group_vars/web"),
        ("group_vars/web_stg", "group_vars/web_prod"),
        ("inventories/staging/group_vars/all.yml", "inventories/production/group_vars/all.yml"),
        ("environments/stg/host_vars/a.yml", "environments/prod/host_vars/a.yml"),
        ("inventory/staging.ini", "inventory/production.ini"),
    ] {
        let ini = from.ends_with(".ini");
        let text = if ini { "[all:vars]\nbroker=b.stg\n" } else { "broker: b.stg\n" };
        let other = if ini { "[all:vars]\nother=1\n" } else { "other: 1\n" };
        let dir = sides(&[PLAY, TASKS], &[NEW, (from, text)], &[OLD, (to, other)]);
        each.add(&gaps(&dir, "roles/web"));
    }
    assert_snapshot!(each.0, @r"
        environment-gap roles/web/templates/a.j2:2 add `broker` to group_vars/all.yml with production's value; staging's line in group_vars/all.yml is `broker: b.stg`
        environment-gap roles/web/templates/a.j2:2 add `broker` to group_vars/production.yml with production's value; staging's line in group_vars/staging.yml is `broker: b.stg`
        environment-gap roles/web/templates/a.j2:2 add `broker` to group_vars/web with production's value; staging's line in group_vars/web_stg is `broker: b.stg`
        environment-gap roles/web/templates/a.j2:2 add `broker` to group_vars/web_prod with production's value; staging's line in group_vars/web_stg is `broker: b.stg`
        environment-gap roles/web/templates/a.j2:2 add `broker` to inventories/production/group_vars/all.yml with production's value; staging's line in inventories/staging/group_vars/all.yml is `broker: b.stg`
        environment-gap roles/web/templates/a.j2:2 add `broker` to environments/prod/host_vars/a.yml with production's value; staging's line in environments/stg/host_vars/a.yml is `broker: b.stg`
        environment-gap roles/web/templates/a.j2:2 add `broker` to inventory/production.ini with production's value; staging's line in inventory/staging.ini is `broker=b.stg`
        ");
}

#[test]
fn variables_of_ansible_that_are_no_gap() {
    let stage = ("group_vars/staging.yml", "broker: b.stg\n");
    let live = ("group_vars/production.yml", "other: 1\n");
    let role = |template| ("roles/web/templates/a.j2", template);
    // Guards.
    for text in [
        "{{ broker | default('x') }}",
        "{% if broker is defined %}{{ broker }}{% endif %}",
        "{% if x | bool %}{{ broker }}{% endif %}",
        "{% for broker in x.y %}{{ broker }}{% endfor %}",
        "{% raw %}{{ broker }}{% endraw %}",
        "{{ hostvars[x].broker }}",
        "{{ vars['broker'] }}",
    ] {
        let dir = sides(&[PLAY, TASKS], &[role(text), stage], &[OLD, live]);
        assert_eq!(gaps(&dir, "roles/web"), Vec::<String>::new(), "{text}");
    }
    // Set by something else, of production's or promoted with it.
    for own in [
        ("roles/web/defaults/main.yml", "broker: x\n"),
        ("group_vars/all.yml", "broker: x\n"),
        ("other.yml", "- hosts: all\n  tasks:\n    - set_fact:\n        broker: x\n"),
        ("other.yml", "- hosts: all\n  tasks:\n    - command: x\n      register: broker\n"),
        ("other.yml", "- hosts: all\n  vars_prompt:\n    - name: broker\n"),
        ("hosts", "[web]\na broker=x\n"),
        ("deploy.sh", "ansible-playbook site.yml -e broker=x\n"),
    ] {
        let dir = sides(&[PLAY, TASKS, own], &[NEW, stage], &[OLD, live]);
        assert_eq!(gaps(&dir, "roles/web"), Vec::<String>::new(), "{own:?}");
    }
    // Production read it before; its counterpart is not there, or is encrypted; nothing that
    // is promoted reads it.
    for (staging, production) in [
        (&[NEW, stage], &[role("x {{ broker }}\n"), live]),
        (&[NEW, stage], &[OLD, ("group_vars/other.yml", "x: 1\n")]),
        (&[NEW, stage], &[OLD, ("group_vars/production.yml", "$ANSIBLE_VAULT;1.1;AES256\n00\n")]),
        (&[role("port 81\n"), stage], &[OLD, live]),
    ] {
        let dir = sides(&[PLAY, TASKS], staging, production);
        assert_eq!(gaps(&dir, "roles/web"), Vec::<String>::new(), "{production:?}");
    }
}

#[test]
fn tasks_read_variables_too() {
    let stage = ("group_vars/staging.yml", "broker: b.stg\n");
    let live = ("group_vars/production.yml", "other: 1\n");
    let before = ("roles/web/tasks/main.yml", "- command: run\n");
    let reads = ("roles/web/tasks/main.yml", "- command: \"run {{ broker }}\"\n");
    let dir = sides(&[PLAY], &[reads, stage], &[before, live]);
    assert_snapshot!(
        gaps(&dir, "roles/web").join("\n"),
        @"environment-gap roles/web/tasks/main.yml:1 add `broker` to group_vars/production.yml with production's value; staging's line in group_vars/staging.yml is `broker: b.stg`"
    );
    for text in [
        "- command: \"run {{ broker }}\"\n  when: broker is defined\n",
        "- block:\n    - command: \"run {{ broker }}\"\n  when: x | bool\n",
        "- command: \"run {{ item }}\"\n  loop: \"{{ broker | default([]) }}\"\n",
        "- command: run\n  vars:\n    x: \"{{ broker }}\"\n",
    ] {
        let reads = ("roles/web/tasks/main.yml", text);
        let dir = sides(&[PLAY], &[reads, stage], &[before, live]);
        assert_eq!(gaps(&dir, "roles/web"), Vec::<String>::new(), "{text}");
    }
}

const CHART: (&str, &str) = ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
const PLAIN: (&str, &str) = ("chart/templates/cm.yaml", "kind: ConfigMap\ndata: {{ .Values.x }}\n");
const READS: (&str, &str) = (
    "chart/templates/cm.yaml",
    "kind: ConfigMap\ndata: {{ .Values.x }}\na: {{ .Values.m.role }}\n",
);
const VALUES: (&str, &str) = ("chart/values.yaml", "x: 1\n");

#[test]
fn values_of_charts_by_every_scheme() {
    let mut each = Each::default();
    for (from, to) in [
        ("values-staging.yaml", "values-production.yaml"),
        ("deploy/values-staging.yaml", "deploy/values-prod.yaml"),
        ("values/staging.values.yaml", "values/prod.values.yaml"),
        ("values/staging.yaml", "values/production.yaml"),
        ("env/staging/values.yaml", "env/production/values.yaml"),
    ] {
        let stage = (from, "m:\n  role: arn-s\n");
        let live = (to, "y: 1\n");
        let dir = sides(&[CHART, VALUES], &[READS, stage], &[PLAIN, live]);
        each.add(&gaps(&dir, "chart"));
        // Filled, or given by the chart itself, or by a map of which not all is known.
        for own in
            [(to, "m: {role: x}\n"), (to, "m: &a {role: x}\n"), (VALUES.0, "m: {role: ''}\nx: 1\n")]
        {
            let both: Vec<_> = [CHART, VALUES].into_iter().filter(|file| file.0 != own.0).collect();
            let live: Vec<_> = [live].into_iter().filter(|file| file.0 != own.0).collect();
            let staging = [READS, stage, own];
            let production = [&[PLAIN, own], live.as_slice()].concat();
            let dir = sides(&both, &staging, &production);
            assert_eq!(gaps(&dir, "chart"), Vec::<String>::new(), "{own:?}");
        }
    }
    assert_snapshot!(each.0, @r"
        environment-gap chart/templates/cm.yaml:3 add `m.role` to values-production.yaml with production's value; staging's line in values-staging.yaml is `role: arn-s`
        environment-gap chart/templates/cm.yaml:3 add `m.role` to deploy/values-prod.yaml with production's value; staging's line in deploy/values-staging.yaml is `role: arn-s`
        environment-gap chart/templates/cm.yaml:3 add `m.role` to values/prod.values.yaml with production's value; staging's line in values/staging.values.yaml is `role: arn-s`
        environment-gap chart/templates/cm.yaml:3 add `m.role` to values/production.yaml with production's value; staging's line in values/staging.yaml is `role: arn-s`
        environment-gap chart/templates/cm.yaml:3 add `m.role` to env/production/values.yaml with production's value; staging's line in env/staging/values.yaml is `role: arn-s`
        ");
    let stage = ("values-staging.yaml", "m:\n  role: arn-s\n");
    let live = ("values-production.yaml", "y: 1\n");
    for text in [
        "{{ (.Values.m | default dict).role }}",
        "{{ if .Values.m }}{{ .Values.m.role }}{{ end }}",
        "{{ with .Values.m }}{{ .role }}{{ end }}",
        "{{ (.Values.m).role }}",
    ] {
        let reads = ("chart/templates/cm.yaml", text);
        let dir = sides(&[CHART, VALUES], &[reads, stage], &[PLAIN, live]);
        assert_eq!(gaps(&dir, "chart"), Vec::<String>::new(), "{text}");
    }
    let required = ("chart/templates/cm.yaml", "a: {{ required \"role\" .Values.m.role }}\n");
    let dir = sides(&[CHART, VALUES], &[required, stage], &[PLAIN, live]);
    assert_snapshot!(
        gaps(&dir, "chart").join("\n"),
        @"environment-gap chart/templates/cm.yaml:1 add `m.role` to values-production.yaml with production's value; staging's line in values-staging.yaml is `role: arn-s`"
    );
}

#[test]
fn values_reach_the_charts_of_their_releases_alone() {
    let helmfile = (
        "services/web/helmfile.yaml",
        "releases:\n  - name: web\n    chart: ../../chart\n    values:\n      - values-{{ .Environment.Name }}.yaml\n",
    );
    let other = (
        "services/other/helmfile.yaml",
        "releases:\n  - name: other\n    chart: ../../other\n    values:\n      - values.yaml\n",
    );
    let chart = ("other/Chart.yaml", "apiVersion: v2\nname: other\nversion: 1.0.0\n");
    let foreign = ("services/other/values.yaml", "m:\n  role: x\n");
    let both = [CHART, VALUES, chart, helmfile, other, foreign];
    let stage = ("services/web/values-staging.yaml", "m:\n  role: arn-s\n");
    let live = ("services/web/values-production.yaml", "y: 1\n");
    let dir = sides(&both, &[READS, stage], &[PLAIN, live]);
    assert_snapshot!(
        gaps(&dir, "chart").join("\n"),
        @"environment-gap chart/templates/cm.yaml:3 add `m.role` to services/web/values-production.yaml with production's value; staging's line in services/web/values-staging.yaml is `role: arn-s`"
    );
    let stage = ("services/other/values-staging.yaml", "m:\n  role: arn-s\n");
    let live = ("services/other/values-production.yaml", "y: 1\n");
    let dir = sides(&both, &[READS, stage], &[PLAIN, live]);
    assert_snapshot!(
        gaps(&dir, "chart").join("\n"),
        @"unresolved-reference chart/templates/cm.yaml:3 did you mean `x`?"
    );
}

#[test]
fn variables_of_the_environment_by_every_scheme() {
    let before = ("compose.yaml", "services:\n  web:\n    image: web\n");
    let reads = ("compose.yaml", "services:\n  web:\n    image: web:${FEED_TAG}\n");
    let mut each = Each::default();
    for (from, to) in [
        (".env.staging", ".env.production"),
        (".env.staging", ".env"),
        (".env", ".env"),
        ("env/staging.env", "env/prod.env"),
        ("web.stg.env", "web.prod.env"),
    ] {
        let stage = (from, "A=1\nFEED_TAG=edge\n");
        let live = (to, "A=1\n");
        let dir = sides(&[], &[reads, stage], &[before, live]);
        each.add(&gaps(&dir, "compose.yaml"));
        let filled = (to, "A=1\nFEED_TAG=live\n");
        let dir = sides(&[], &[reads, stage], &[before, filled]);
        assert_eq!(gaps(&dir, "compose.yaml"), Vec::<String>::new(), "{from}");
    }
    assert_snapshot!(each.0, @r"
        environment-gap compose.yaml:3 add `FEED_TAG` to .env.production with production's value; staging's line in .env.staging is `FEED_TAG=edge`
        environment-gap compose.yaml:3 add `FEED_TAG` to .env with production's value; staging's line in .env.staging is `FEED_TAG=edge`
        environment-gap compose.yaml:3 add `FEED_TAG` to .env with production's value; staging's line in .env is `FEED_TAG=edge`
        environment-gap compose.yaml:3 add `FEED_TAG` to env/prod.env with production's value; staging's line in env/staging.env is `FEED_TAG=edge`
        environment-gap compose.yaml:3 add `FEED_TAG` to web.prod.env with production's value; staging's line in web.stg.env is `FEED_TAG=edge`
        ");
    let stage = (".env.staging", "A=1\nFEED_TAG=edge\n");
    let live = (".env.production", "A=1\n");
    for text in ["web:${FEED_TAG:-x}", "web:$${FEED_TAG}", "web # ${FEED_TAG}"] {
        let text = format!("services:\n  web:\n    image: {text}\n");
        let dir = sides(&[], &[("compose.yaml", &text), stage], &[before, live]);
        assert_eq!(gaps(&dir, "compose.yaml"), Vec::<String>::new(), "{text}");
    }
    // Handed on to a container it is not set; an example sets nothing; a unit does.
    let handed =
        ("compose.yaml", "services:\n  web:\n    environment:\n      - FEED_TAG=${FEED_TAG}\n");
    for (own, count) in [
        ((".env.example", "FEED_TAG=\n"), 1),
        ((".env.dist", "FEED_TAG=\n"), 1),
        (("web.service", "[Service]\nEnvironment=FEED_TAG=x\n"), 0),
        (("k8s/web.yaml", "env:\n  - name: FEED_TAG\n    value: x\n"), 0),
    ] {
        let dir = sides(&[own], &[handed, stage], &[before, live]);
        assert_eq!(gaps(&dir, "compose.yaml").len(), count, "{own:?}");
    }
}

#[test]
fn programs_read_the_environment_too() {
    let stage = ("etc/app.env", "DB=1\nFEED=edge\n");
    let live = ("etc/app.env", "DB=1\n");
    let before = ("app/run.py", "import os\nDB = os.environ['DB']\n");
    let dir = sides(
        &[],
        &[("app/run.py", "import os\nDB = os.environ['DB']\nF = os.environ['FEED']\n"), stage],
        &[before, live],
    );
    assert_snapshot!(
        gaps(&dir, "app").join("\n"),
        @"environment-gap app/run.py:3 add `FEED` to etc/app.env with production's value; staging's line in etc/app.env is `FEED=edge`"
    );
    for text in ["F = os.environ.get('FEED')\n", "F = os.getenv('FEED', 'x')\n"] {
        let text = format!("import os\nDB = os.environ['DB']\n{text}");
        let dir = sides(&[], &[("app/run.py", &text), stage], &[before, live]);
        assert_eq!(gaps(&dir, "app"), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn secrets_are_named_and_never_shown() {
    let reads = ("roles/web/templates/a.j2", "x {{ broker_password }} {{ broker }}\n");
    let stage =
        ("group_vars/staging.yml", "broker_password: hunter2\nbroker: amqp://u:hunter3@h\n");
    let live = ("group_vars/production.yml", "other: 1\n");
    let dir = sides(&[PLAY, TASKS], &[reads, stage], &[OLD, live]);
    assert_snapshot!(gaps(&dir, "roles/web").join("\n"), @r"
        environment-gap roles/web/templates/a.j2:1 add `broker_password` to group_vars/production.yml with production's value; staging's line in group_vars/staging.yml is `broker_password: …`
        environment-gap roles/web/templates/a.j2:1 add `broker` to group_vars/production.yml with production's value; staging's line in group_vars/staging.yml is `broker: …`
        ");
    for format in ["human", "json", "markdown", "sarif", "concise"] {
        let args = [&ARGS[..], &["roles/web", "--format", format]].concat();
        let done = common::crosscheck(dir.path(), &args);
        let text = String::from_utf8_lossy(&done.stdout);
        assert!(text.contains("broker_password"), "{format}: {text}");
        assert!(!text.contains("hunter"), "{format}: {text}");
    }
}

#[test]
fn a_change_in_one_tree_is_compared_by_the_rules() {
    let rules = (
        "crosscheck.yaml",
        "version: 1\nmapping:\n- {staging: 'values-staging.yaml', production: 'values-production.yaml'}\n",
    );
    let stage = ("values-staging.yaml", "m:\n  role: arn-s\n");
    let live = ("values-production.yaml", "y: 1\n");
    let both = [CHART, VALUES, live];
    let check = ["check", "staging", "--against", "production"];
    let dir = sides(&both, &[READS, stage, rules], &[PLAIN, rules]);
    assert_snapshot!(
        said(&report(dir.path(), &check)).join("\n"),
        @"environment-gap chart/templates/cm.yaml:3 add `m.role` to values-production.yaml with production's value; staging's line in values-staging.yaml is `role: arn-s`"
    );
    // Without rules nothing is paired, and what is set is no gap.
    let dir = sides(&both, &[READS, stage], &[PLAIN]);
    assert_snapshot!(said(&report(dir.path(), &check)).join("\n"), @"");
    let filled = ("values-production.yaml", "m: {role: x}\n");
    let dir = sides(&[CHART, VALUES, filled, rules], &[READS, stage], &[PLAIN]);
    assert_eq!(said(&report(dir.path(), &check)), Vec::<String>::new());
}

#[test]
fn a_chain_is_promoted_step_by_step() {
    let rules = (
        "crosscheck.yaml",
        "version: 1\nmapping:\n\
         - {staging: 'values-integration.yaml', production: 'values-staging.yaml'}\n\
         - {staging: 'values-staging.yaml', production: 'values-production.yaml'}\n",
    );
    let only = |sets: &str| {
        let of = |env: &str| if env == sets { "m:\n  role: arn\n" } else { "y: 1\n" };
        let files = [
            ("values-integration.yaml", of("integration")),
            ("values-staging.yaml", of("staging")),
            ("values-production.yaml", of("production")),
        ];
        sides(&[&[CHART, VALUES, rules][..], &files].concat(), &[READS], &[PLAIN])
    };
    let promote = |dir: &TempDir, more: &[&str]| {
        said(&report(dir.path(), &[&ARGS[..], &["chart"], more].concat()))
    };
    let gaps = |found: Vec<String>| -> Vec<String> {
        found.into_iter().filter(|own| own.starts_with("environment-gap")).collect()
    };
    // The last step is that of a chart; integration's values count for nothing there.
    assert_snapshot!(
        gaps(promote(&only("staging"), &[])).join("\n"),
        @"environment-gap chart/templates/cm.yaml:3 add `m.role` to values-production.yaml with production's value; staging's line in values-staging.yaml is `role: arn`"
    );
    assert_eq!(gaps(promote(&only("integration"), &[])), Vec::<String>::new());
    // The first one, when asked for: production's values count for nothing there.
    let first = gaps(promote(&only("integration"), &["--from", "integration"]));
    assert_snapshot!(
        first.join("\n"),
        @"environment-gap chart/templates/cm.yaml:3 add `m.role` to values-staging.yaml with its own value; the line in values-integration.yaml is `role: arn`"
    );
    assert_eq!(gaps(promote(&only("staging"), &["--from", "integration"])), Vec::<String>::new());
    assert_eq!(gaps(promote(&only("production"), &["--from", "staging"])), Vec::<String>::new());
    let wrong = [&ARGS[..], &["chart", "--from", "nowhere"]].concat();
    assert_snapshot!(common::told(only("staging").path(), &wrong), @r"
        crosscheck: --from nowhere: no rule of the mapping begins with an environment of that name
        exit code 2
        ");
    // One change in one tree: each step is compared.
    let dir = only("integration");
    let found = gaps(said(&report(dir.path(), &["check", "staging", "--against", "production"])));
    assert_snapshot!(
        found.join("\n"),
        @"environment-gap chart/templates/cm.yaml:3 add `m.role` to values-staging.yaml with its own value; the line in values-integration.yaml is `role: arn`"
    );
}

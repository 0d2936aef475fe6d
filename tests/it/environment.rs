//! Environment variables: what programs read, and what runs them sets.

use crate::common::{Findings, change, check, crosscheck, tree};
use insta::assert_snapshot;

const INIT: &str = "modules/app/manifests/init.pp";
const UNIT: &str = "modules/app/files/app.service";
const SCRIPT: &str = "modules/app/files/run";

const MANIFEST: &str = "class app {\n  file { '/usr/local/bin/app-run':\n    source => 'puppet:///modules/app/run',\n  }\n  file { '/etc/default/app':\n    source => 'puppet:///modules/app/default/app',\n  }\n}\n";
const READS: &str =
    "#!/bin/bash\nset -eu\necho \"${APP_TOKEN:?no token}\" \"$HOME\" \"${APP_MODE:-fast}\"\n";

fn unit(lines: &str) -> String {
    format!("[Unit]\nDescription=App\n\n[Service]\n{lines}ExecStart=/usr/local/bin/app-run\n")
}

fn with(unit: &str, script: &str) -> Vec<(&'static str, String)> {
    let default = "APP_OTHER=1\n".to_owned();
    vec![
        (INIT, MANIFEST.to_owned()),
        (UNIT, unit.to_owned()),
        (SCRIPT, script.to_owned()),
        ("modules/app/files/default/app", default),
    ]
}

fn texts<'f>(files: &'f [(&'static str, String)]) -> Vec<(&'f str, &'f str)> {
    files.iter().map(|(path, text)| (*path, text.as_str())).collect()
}

fn said(files: &[(&'static str, String)]) -> Findings {
    check(&texts(files))
}

fn changed(old: &[(&'static str, String)], new: &[(&'static str, String)]) -> Findings {
    change(&texts(old), &texts(new))
}

#[test]
fn a_service_starts_with_a_clean_environment() {
    assert_snapshot!(
        said(&with(&unit(""), READS)),
        @"modules/app/files/app.service:5:11: error[missing-required-parameter] `app-run` requires the environment variable `APP_TOKEN`, which is not set here"
    );
    assert_snapshot!(said(&with(&unit("Environment=A=1 \"APP_TOKEN=a b\"\n"), READS)), @"");
    // One that is set and not read does no harm.
    assert_snapshot!(said(&with(&unit("Environment=APP_TOKEN=1 B=2\n"), READS)), @"");
}

#[test]
fn what_may_come_from_elsewhere_is_not_missing() {
    for lines in [
        "EnvironmentFile=-/etc/app/unknown\n",
        "EnvironmentFile=/etc/%i.env\n",
        "PassEnvironment=APP_TOKEN\n",
        "PAMName=login\n",
        "Environment=<%= @environment %>\n",
        "<%= @environment %>\n",
    ] {
        assert!(said(&with(&unit(lines), READS)).is_empty(), "{lines}");
    }
    // Part of a unit, and a unit with further parts.
    let bare = unit("").replace("Description=App\n", "");
    assert_snapshot!(said(&with(&bare, READS)), @"");
    let mut parts = with(&unit(""), READS);
    parts.push(("files/etc/systemd/system/app.service.d/a.conf", "[Service]\nNice=1\n".into()));
    assert_snapshot!(said(&parts), @"");
    // A file of variables in the tree tells what it sets.
    let line = unit("EnvironmentFile=/etc/default/app\n");
    let lacks = ["missing-required-parameter modules/app/files/app.service:6"];
    assert_eq!(said(&with(&line, READS)), lacks);
    let mut sets = with(&line, READS);
    sets[3].1 = "# a\nexport APP_TOKEN=x\n".into();
    assert_snapshot!(said(&sets), @"");
    sets[3].1 = "<%= @variables %>\n".into();
    assert_snapshot!(said(&sets), @"");
}

#[test]
fn what_a_program_does_without_is_not_missing() {
    for script in [
        "#!/bin/bash\nset -u\necho ${APP_TOKEN:-none}\n",
        "#!/bin/bash\necho $APP_TOKEN\n",
        "#!/bin/bash\nset -u\nif [ $# -gt 1 ]; then echo $APP_TOKEN; fi\n",
        "#!/bin/bash\nset -u\n. /etc/app.conf\necho $APP_TOKEN\n",
        "#!/bin/bash\nset -u\nAPP_TOKEN=$(cat /etc/token)\necho $APP_TOKEN\n",
        "#!/bin/bash\nset -u\nIFS='-' read -r A APP_TOKEN <<<\"$1\"\necho $APP_TOKEN\n",
        "#!/usr/bin/python3\nimport os\nprint(os.environ.get('APP_TOKEN'))\n",
        "#!/usr/bin/python3\nimport os\ntry:\n    print(os.environ['APP_TOKEN'])\nexcept KeyError:\n    pass\n",
        "#!/usr/bin/ruby\nputs ENV['APP_TOKEN']\n",
        "#!/usr/bin/perl\nprint $ENV{APP_TOKEN};\n",
    ] {
        assert!(said(&with(&unit(""), script)).is_empty(), "{script}");
    }
    for script in [
        "#!/bin/bash\nset -u\necho $APP_TOKEN\n",
        "#!/usr/bin/python3\nimport os\nprint(os.environ['APP_TOKEN'])\n",
        "#!/usr/bin/ruby\nputs ENV.fetch('APP_TOKEN')\n",
    ] {
        assert_eq!(said(&with(&unit(""), script)).len(), 1, "{script}");
    }
}

#[test]
fn a_variable_that_becomes_required() {
    let old = with(&unit("Environment=A=1\n"), &READS.replace(":?no token", ":-"));
    let new = with(&unit("Environment=A=1\n"), READS);
    assert_snapshot!(
        changed(&old, &new),
        @"modules/app/files/app.service:6:11: error[newly-required-parameter] `app-run` now requires the environment variable `APP_TOKEN`, which is not set here"
    );
    assert_snapshot!(changed(&new, &old), @"");
    let gone = with(&unit("Environment=APP_TOKEN=1\n"), READS);
    assert_snapshot!(
        changed(&gone, &new),
        @"modules/app/files/app.service:6:11: error[missing-required-parameter] `app-run` requires the environment variable `APP_TOKEN`, which is not set here"
    );
}

#[test]
fn a_crontab_gives_what_its_lines_say() {
    let cron = |lines: &str| {
        let mut files = with(&unit("Environment=APP_TOKEN=1\n"), READS);
        files.push((
            "modules/app/files/cron.d/app",
            format!("{lines}5 * * * * root /usr/local/bin/app-run\n"),
        ));
        files
    };
    assert_snapshot!(
        said(&cron("MAILTO=root\n")),
        @"modules/app/files/cron.d/app:2:16: error[missing-required-parameter] `app-run` requires the environment variable `APP_TOKEN`, which is not set here"
    );
    assert_snapshot!(said(&cron("APP_TOKEN=x\n")), @"");
    let mut pam = cron("");
    pam.push(("modules/base/files/etc/environment", "X=1\n".into()));
    assert_snapshot!(said(&pam), @"");
}

const PYTHON: &str = "import os\nprint(os.environ['APP_TOKEN'])\n";

/// A setting that a call drops, where the whole environment is not known.
fn dropped(path: &'static str, old: &str, new: &str) -> Findings {
    let files = |text: &str| {
        vec![
            ("app/main.py", PYTHON.to_owned()),
            ("app/docker-compose.yml", "services: {}\n".to_owned()),
            (path, text.to_owned()),
        ]
    };
    changed(&files(old), &files(new))
}

#[test]
fn a_setting_that_is_dropped() {
    let image = "FROM debian\nWORKDIR /srv\nCOPY main.py /srv/main.py\nENV APP_TOKEN=1 B=2\nCMD [\"python3\", \"/srv/main.py\"]\n";
    let less = image.replace("APP_TOKEN=1 ", "");
    assert_snapshot!(
        dropped("app/Dockerfile", image, &less),
        @"app/Dockerfile:5:18: error[removed-but-referenced] `main.py` requires the environment variable `APP_TOKEN`, which is no longer set here"
    );
    assert_snapshot!(dropped("app/Dockerfile", &less, &less), @"");

    let run = "#!/bin/sh\nexport APP_TOKEN=1\npython3 main.py\n";
    let less = "#!/bin/sh\npython3 main.py\n";
    assert_snapshot!(
        dropped("app/run.sh", run, less),
        @"app/run.sh:2:9: error[removed-but-referenced] `main.py` requires the environment variable `APP_TOKEN`, which is no longer set here"
    );
    assert_snapshot!(dropped("app/run.sh", run, "#!/bin/sh\nAPP_TOKEN=2 python3 main.py\n"), @"");
    // It may come another way now.
    assert_snapshot!(dropped("app/run.sh", run, "#!/bin/sh\n. ./settings\npython3 main.py\n"), @"");
    assert_snapshot!(dropped("app/run.sh", run, "#!/bin/sh\nssh host python3 main.py\n"), @"");
}

#[test]
fn a_compose_file_is_given_what_stands_beside_it() {
    let service = "services:\n  app:\n    command: [python3, main.py]\n    environment:\n      APP_TOKEN: x\n      B: ${B:?no B} # ${C:?}\n";
    let files = |service: &str, env: &str| {
        vec![
            ("app/main.py", PYTHON.to_owned()),
            ("app/compose.yaml", service.to_owned()),
            ("app/.env", env.to_owned()),
        ]
    };
    let old = files(service, "A=1\nB=2\n");
    assert_snapshot!(said(&old), @"");
    assert_snapshot!(
        changed(&old, &files(service, "A=1\n")),
        @"app/.env:1:1: error[removed-but-referenced] `compose.yaml` requires the environment variable `B`, which is no longer set here"
    );
    let less = service.replace("      APP_TOKEN: x\n", "");
    assert_snapshot!(
        changed(&old, &files(&less, "A=1\nB=2\n")),
        @"app/compose.yaml:3:24: error[removed-but-referenced] `main.py` requires the environment variable `APP_TOKEN`, which is no longer set here"
    );
    let file = less.replace("    environment", "    env_file: other.env\n    environment");
    assert_snapshot!(changed(&old, &files(&file, "A=1\nB=2\n")), @"");
    // It moved.
    assert_snapshot!(changed(&old, &files(&less, "A=1\nB=2\nAPP_TOKEN=x\n")), @"");
}

#[test]
fn a_container_lists_its_variables() {
    let pod = "kind: Pod\nspec:\n  containers:\n    - image: x\n      command: [/usr/local/bin/app-run]\n      env:\n        - name: APP_TOKEN\n          value: x\n        - name: B\n          value: y\n";
    let files = |pod: &str| {
        let mut files = with(&unit("Environment=APP_TOKEN=1\n"), READS);
        files.push(("k8s/pod.yaml", pod.to_owned()));
        files
    };
    let less = pod.replace("        - name: APP_TOKEN\n          value: x\n", "");
    assert_snapshot!(
        changed(&files(pod), &files(&less)),
        @"k8s/pod.yaml:5:17: error[removed-but-referenced] `app-run` requires the environment variable `APP_TOKEN`, which is no longer set here"
    );
    let from = less
        .replace("      env:\n", "      envFrom:\n        - secretRef: {name: s}\n      env:\n");
    assert_snapshot!(changed(&files(pod), &files(&from)), @"");
}

#[test]
fn a_haproxy_configuration_reads_the_environment() {
    let config = "global\n  setenv OWN 1\nfrontend web\n  bind \"${ADDRESS}:80\" # \"$NOT\"\n  log \"${LOG-127.0.0.1}\" local0\n  use_backend \"$OWN\"\n  default_backend a\nbackend a\n  server s '$X' 1.2.3.4:80\n";
    let manifest = "class lb {\n  file { '/etc/haproxy/haproxy.cfg':\n    source => 'puppet:///modules/lb/haproxy.cfg',\n  }\n}\n";
    let files = |environment: &str| {
        vec![
            ("modules/lb/manifests/init.pp", manifest.to_owned()),
            ("modules/lb/files/haproxy.cfg", config.to_owned()),
            (
                "modules/lb/files/haproxy.service",
                format!(
                    "[Unit]\nDescription=x\n[Service]\n{environment}ExecStart=/usr/sbin/haproxy -Ws -f /etc/haproxy/haproxy.cfg\n"
                ),
            ),
        ]
    };
    let lacks = |line: &str| said(&files(line)).only("missing-required-parameter");
    assert_snapshot!(
        lacks(""),
        @"modules/lb/files/haproxy.service:4:11: error[missing-required-parameter] `haproxy.cfg` requires the environment variable `ADDRESS`, which is not set here"
    );
    assert_snapshot!(lacks("Environment=ADDRESS=::\n"), @"");
}

#[test]
fn subprocesses_get_what_they_are_given() {
    let files = |env: &str| {
        let mut files = with(&unit("Environment=APP_TOKEN=1\n"), READS);
        files.push((
            "tools/call.py",
            format!(
                "import os, subprocess\nsubprocess.run(['/usr/local/bin/app-run'], env={env})\n"
            ),
        ));
        files
    };
    assert_snapshot!(
        said(&files("{'A': '1'}")),
        @"tools/call.py:2:17: error[missing-required-parameter] `app-run` requires the environment variable `APP_TOKEN`, which is not set here"
    );
    for env in ["{'APP_TOKEN': 'x'}", "{**os.environ, 'A': '1'}", "dict(os.environ, A='1')", "None"]
    {
        assert!(said(&files(env)).is_empty(), "{env}");
    }
}

#[test]
fn manifests_set_variables_of_their_commands() {
    let exec = |environment: &str| {
        let text = format!(
            "class runs {{\n  exec {{ 'a':\n    command => '/usr/local/bin/app-run',\n{environment}  }}\n}}\n"
        );
        let mut files = with(&unit("Environment=APP_TOKEN=1\n"), READS);
        files.push(("modules/runs/manifests/init.pp", text));
        files
    };
    let sets = exec("    environment => ['APP_TOKEN=x', \"B=${b}\"],\n");
    assert_snapshot!(said(&exec("")), @"");
    assert_snapshot!(
        changed(&sets, &exec("")),
        @"modules/runs/manifests/init.pp:3:17: error[removed-but-referenced] `app-run` requires the environment variable `APP_TOKEN`, which is no longer set here"
    );
    assert_snapshot!(changed(&sets, &exec("    environment => $environment,\n")), @"");
}

#[test]
fn the_interface_shows_the_variables() {
    let files = with(&unit("Environment=APP_TOKEN=1\n"), READS);
    let dir = tree(&texts(&files));
    let before = tree(&texts(&with(&unit(""), &READS.replace(":?no token", ":-"))));
    let old = before.path().to_str().expect("UTF-8");
    let show = |more: &[&str]| {
        let mut args = vec!["interface", SCRIPT, "."];
        args.extend(more);
        crosscheck(dir.path(), &args)
    };
    let json: serde_json::Value =
        serde_json::from_slice(&show(&["--format", "json", "--against", old]).stdout)
            .expect("JSON");
    let variables = json["interface"]["environment"].as_array().expect("a list");
    let names: Vec<_> =
        variables.iter().map(|own| (own["name"].as_str(), own["required"].as_bool())).collect();
    assert_eq!(names, [(Some("APP_TOKEN"), Some(true)), (Some("APP_MODE"), Some(false))]);
    assert_eq!(json["against"]["verdict"], "breaking");
    assert_eq!(json["against"]["changes"][0]["parameter"], "env:APP_TOKEN");
    assert_eq!(json["callers"][0]["sets"][0], "APP_TOKEN");
    assert_snapshot!(String::from_utf8(show(&[]).stdout).expect("UTF-8"), @r"
        modules/app/files/run:3
          environment
            APP_TOKEN  required  —
            APP_MODE             —  default fast
          … and arguments that its source does not show

        callers (1):
          modules/app/files/app.service:6  systemd: APP_TOKEN=…
        ");
}

#[test]
fn a_variable_between_two_versions() {
    // The program comes in a package of any version; the unit comes with the manifests.
    let files = |program: &str, line: &str| {
        vec![
            (
                "modules/hosts/manifests/init.pp",
                "class hosts {\n  package { 'tool': ensure => latest }\n}\n".to_owned(),
            ),
            (
                "modules/hosts/files/runner.service",
                unit(line).replace("local/bin/app-run", "bin/runner"),
            ),
            (
                "tool/debian/control",
                "Source: tool\n\nPackage: tool\nArchitecture: all\n".to_owned(),
            ),
            (
                "tool/setup.py",
                "from setuptools import setup\nsetup(name='tool', scripts=['bin/runner'])\n"
                    .to_owned(),
            ),
            ("tool/bin/runner", program.to_owned()),
        ]
    };
    let program = "#!/usr/bin/python3\nimport os\nprint(os.environ['TOKEN'])\n";
    let optional = program.replace("['TOKEN']", ".get('TOKEN')");
    let new = files(program, "Environment=TOKEN=1\n");
    assert_snapshot!(said(&new), @"");
    assert_snapshot!(
        changed(&files(&optional, ""), &new),
        @"tool/bin/runner:3:18: warning[version-skew] callers at the old version × `runner` at the new one: `runner` now requires the environment variable `TOKEN`, which is not set here"
    );
    // Set before it is needed: both versions of the program are served.
    assert_snapshot!(changed(&files(&optional, "Environment=TOKEN=1\n"), &new), @"");
}

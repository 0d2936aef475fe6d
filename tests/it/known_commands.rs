//! Flags and sub-commands that a version of a well-known command removed.

use crate::common;
use crate::common::{Findings, check, report, tree};
use insta::assert_snapshot;

const VERSIONS: &str = "versions: {java: '17', kubectl: '1.30', helm: '3', puppet: v6.1, ansible: '2.10', git: '2.34.1'}\n";

fn places(script: &str) -> Findings {
    let script = format!("#!/bin/sh\n{script}");
    check(&[("crosscheck.yaml", VERSIONS), ("bin/run.sh", &script)])
}

#[test]
fn a_removed_flag_is_reported_at_its_word() {
    let dir = tree(&[
        ("crosscheck.yaml", VERSIONS),
        ("bin/run.sh", "#!/bin/sh\nsudo -u app java -Xmx1g -XX:MaxPermSize=256m -jar app.jar\n"),
    ]);
    let report = report(dir.path(), &["check", "."]);
    assert_eq!(report["findings"][0]["entity"], "flag:java/-XX:MaxPermSize");
    assert_snapshot!(common::whole_findings(&report), @r"
        bin/run.sh:2:25: error[removed-directive] `-XX:MaxPermSize` was removed in java 8; the version that runs here is 17
          help: use `-XX:MaxMetaspaceSize`; from 17 on Java does not start with it
          new bin/run.sh:2:13: in this call
        ");
}

#[test]
fn removed_sub_commands() {
    assert_snapshot!(
        places("puppet cert list\n"),
        @"bin/run.sh:2:8: error[removed-directive] `cert` was removed in puppet 6.0; the version that runs here is v6.1"
    );
    assert_snapshot!(
        places("puppet module build x\n"),
        @"bin/run.sh:2:8: error[removed-directive] `module build` was removed in puppet 6.0; the version that runs here is v6.1"
    );
    assert_snapshot!(places("puppet module install x\npuppet config print cert\n"), @"");
    // What stands after a flag may be its value.
    assert_snapshot!(places("puppet --confdir ca agent\n"), @"");
}

#[test]
fn a_flag_of_one_sub_command() {
    assert_snapshot!(
        places("kubectl -n x run y --replicas=2\n"),
        @"bin/run.sh:2:20: error[removed-directive] `--replicas` was removed in kubectl 1.21; the version that runs here is 1.30"
    );
    assert_snapshot!(places("kubectl scale y --replicas=2\n"), @"");
    assert_snapshot!(
        places("git rebase --preserve-merges main\n"),
        @"bin/run.sh:2:12: error[removed-directive] `--preserve-merges` was removed in git 2.34; the version that runs here is 2.34.1"
    );
}

#[test]
fn a_flag_that_must_have_a_value() {
    assert_snapshot!(
        places("kubectl apply -f x --dry-run\n"),
        @"bin/run.sh:2:20: error[removed-directive] `--dry-run` was removed in kubectl 1.23; the version that runs here is 1.30"
    );
    assert_snapshot!(
        places("kubectl apply -f x --dry-run=true\n"),
        @"bin/run.sh:2:20: error[removed-directive] `--dry-run=true` was removed in kubectl 1.23; the version that runs here is 1.30"
    );
    assert_snapshot!(places("kubectl apply -f x --dry-run=client\n"), @"");
}

#[test]
fn one_key_for_several_commands() {
    assert_snapshot!(places("ansible-playbook --sudo x.yml\nansible all --ask-sudo-pass -m ping\n"), @r"
        bin/run.sh:2:18: error[removed-directive] `--sudo` was removed in ansible-playbook 2.9; the version that runs here is 2.10
        bin/run.sh:3:13: error[removed-directive] `--ask-sudo-pass` was removed in ansible-playbook 2.9; the version that runs here is 2.10
        ");
    assert_snapshot!(places("ansible-playbook --become --sudoers x.yml\n"), @"");
}

#[test]
fn a_command_by_its_path() {
    assert_snapshot!(
        places("/usr/bin/java -d64 -jar x.jar\n"),
        @"bin/run.sh:2:15: error[removed-directive] `-d64` was removed in java 10; the version that runs here is 17"
    );
}

#[test]
fn the_programs_own_arguments_are_not_javas() {
    assert_snapshot!(places("java -jar x.jar -d64\n"), @"");
    assert_snapshot!(places("kubectl exec x -- run --replicas=2 --dry-run\n"), @"");
}

#[test]
fn nothing_without_a_version_or_before_it() {
    let script = "#!/bin/sh\njava -XX:+UseConcMarkSweepGC -jar x.jar\n";
    assert_snapshot!(check(&[("bin/run.sh", script)]), @"");
    for version in ["11", "1.8"] {
        let config = format!("versions: {{java: '{version}'}}\n");
        assert!(check(&[("crosscheck.yaml", &config), ("bin/run.sh", script)]).is_empty());
    }
}

#[test]
fn a_command_of_the_tree_has_its_own_flags() {
    let manifest = "class x {\n  file { '/usr/local/bin/helm':\n    source => 'puppet:///modules/x/helm',\n  }\n}\n";
    let files = [
        ("crosscheck.yaml", VERSIONS),
        ("modules/x/manifests/init.pp", manifest),
        ("modules/x/files/helm", "#!/bin/sh\nexec true\n"),
        ("bin/run.sh", "#!/bin/sh\nhelm init\n"),
    ];
    assert_snapshot!(check(&files), @"");
    let without: Vec<_> =
        files.iter().filter(|(path, _)| !path.starts_with("mod")).copied().collect();
    assert_snapshot!(
        check(&without),
        @"bin/run.sh:2:6: error[removed-directive] `init` was removed in helm 3.0; the version that runs here is 3"
    );
}

#[test]
fn a_trees_own_pack_adds_a_command() {
    let pack = "commands:\n- name: deploy\n  source: our own\n  removed:\n  - {flag: --fast, removed: '2', use: --quick}\n";
    let files = [
        ("crosscheck.yaml", "versions: {deploy: '2.1'}\n"),
        (".crosscheck/packs/own.yaml", pack),
        ("bin/run.sh", "#!/bin/sh\ndeploy --fast\n"),
    ];
    assert_snapshot!(
        check(&files),
        @"bin/run.sh:2:8: error[removed-directive] `--fast` was removed in deploy 2; the version that runs here is 2.1"
    );
}

#[test]
fn haproxys_version_counts_for_its_command_too() {
    let files = [
        ("crosscheck.yaml", "haproxy: {version: '2.8'}\n"),
        ("bin/run.sh", "#!/bin/sh\nhaproxy -Ds -f x.cfg\n"),
    ];
    assert_snapshot!(
        check(&files),
        @"bin/run.sh:2:9: error[removed-directive] `-Ds` was removed in haproxy 1.8; the version that runs here is 2.8"
    );
}

#[test]
fn a_flag_that_no_version_up_to_the_one_that_runs_has() {
    let run = |version: &str, command: &str| {
        let config = format!("versions: {{rsync: '{version}', python3: '3.11'}}\n");
        let script = format!("#!/bin/sh\n{command}\n");
        common::check(&[("crosscheck.yaml", &config), ("bin/a.sh", &script)])
    };
    assert_snapshot!(
        run("3.2", "rsync -a --delet-after x y:"),
        @"bin/a.sh:2:10: warning[unknown-parameter] rsync has no flag `--delet-after` up to version 3.2, which runs here"
    );
    assert_snapshot!(run("3.2", "rsync -a --delete-after --no-perms --exclude=z x y:"), @"");
    assert_snapshot!(run("99", "rsync -a --from-the-future x y:"), @"");
    assert_snapshot!(
        run("3.2", "python3 --verson -u /srv/x.py --any"),
        @"bin/a.sh:2:9: warning[unknown-parameter] python3 has no flag `--verson` up to version 3.11, which runs here"
    );
    assert_snapshot!(run("3.2", "python3 -u /srv/x.py --any"), @"");
}

#[test]
fn a_value_of_a_flag() {
    let run = |version: &str, command: &str| {
        let config = format!("versions: {{php: '{version}'}}\n");
        let script = format!("#!/bin/sh\n{command}\n");
        common::check(&[("crosscheck.yaml", &config), ("bin/a.sh", &script)])
    };
    let found = ["removed-directive bin/a.sh:2"];
    assert_eq!(run("7.4", "php -d memory_limit=1G -d safe_mode=Off /srv/x.php --any"), found);
    assert_eq!(run("7.4", "php -dregister_globals=1 /srv/x.php"), found);
    assert_snapshot!(run("5.3", "php -d safe_mode=Off /srv/x.php"), @"");
    assert_snapshot!(run("7.4", "php -d safe_mode_own=1 /srv/x.php -d safe_mode=1"), @"");
    assert_snapshot!(
        run("7.4", "php --inni /srv/x.php"),
        @"bin/a.sh:2:5: warning[unknown-parameter] php has no flag `--inni` up to version 7.4, which runs here"
    );
    assert_snapshot!(run("7.4", "php -r 'f();' --any"), @"");
}

#[test]
fn what_package_managers_and_systemd_take() {
    let run = |command: &str| {
        let config =
            "versions: {apt: '2.6', yum: '4', systemd: '252', haproxy: '2.6', git: '2.40'}\n";
        let script = format!("#!/bin/sh\n{command}\n");
        common::check(&[("crosscheck.yaml", config), ("bin/a.sh", &script)])
    };
    let unknown = ["unknown-parameter bin/a.sh:2"];
    let removed = ["removed-directive bin/a.sh:2"];
    assert_snapshot!(run("apt-get install -y --no-install-recommends --force-yes x"), @"");
    assert_snapshot!(run("apt list --installed --upgradable"), @"");
    assert_eq!(run("apt-get install --no-install-recomends x"), unknown);
    assert_snapshot!(run("systemctl --user enable --now --no-block --kill-who=main x"), @"");
    assert_eq!(run("systemctl restart --noblock x"), unknown);
    assert_eq!(run("yum resolvedep x"), removed);
    assert_eq!(run("yum --tolerant install x"), removed);
    assert_snapshot!(run("yum install version"), @"");
    assert_eq!(run("haproxy --check -f x"), unknown);
    assert_eq!(run("haproxy -ds -f x"), removed);
    assert_eq!(run("git branch --set-upstream x y"), removed);
    assert_snapshot!(run("git push --set-upstream origin x"), @"");
    assert_snapshot!(run("git branch --set-upstream-to=x"), @"");
}

#[test]
fn flags_of_java_in_variables_and_files() {
    let run = |path: &str, text: &str| {
        common::check(&[("crosscheck.yaml", "versions: {java: '17'}\n"), (path, text)])
    };
    let gone = "-Xmx1g -XX:+UseConcMarkSweepGC";
    for (path, text, line) in [
        ("bin/a.sh", format!("#!/bin/sh\nJAVA_OPTS=\"{gone} $JAVA_OPTS\"\n"), 2),
        ("bin/b.sh", format!("#!/bin/sh\nexport ES_JAVA_OPTS='{gone}' X=1\n"), 2),
        ("a.service", format!("[Service]\nEnvironment=\"JAVA_OPTS={gone}\" X=1\n"), 2),
        ("Dockerfile", format!("FROM x:1\nENV A=b JAVA_TOOL_OPTIONS=\"{gone}\"\n"), 2),
        ("sub/Dockerfile", format!("FROM x:1\nENV JAVA_OPTS {gone}\n"), 2),
        (
            "compose.yaml",
            format!("services:\n  a:\n    environment:\n      JAVA_OPTS: {gone}\n"),
            4,
        ),
        (
            "docker-compose.yml",
            format!("services:\n  a:\n    environment:\n    - JAVA_OPTS={gone}\n"),
            4,
        ),
        (
            "k8s/a.yaml",
            format!(
                "spec:\n  containers:\n  - image: x:1\n    env:\n    - name: JAVA_OPTS\n      value: '{gone}'\n"
            ),
            6,
        ),
        ("files/jvm.options", "# why\n-Xmx1g\n-XX:+UseConcMarkSweepGC\n".to_owned(), 3),
    ] {
        assert_eq!(run(path, &text), [format!("removed-directive {path}:{line}")], "{text}");
        assert!(run(path, &text.replace("ConcMarkSweep", "G1")).is_empty(), "{path}");
        assert!(run(path, &text.replace("JAVA_", "RUBY_")).is_empty() || path.contains("jvm"));
    }
    let branch = "-Xmx1g\n<% if @old -%>\n-XX:+UseConcMarkSweepGC\n<% end -%>\n-Xss1m\n";
    assert_snapshot!(run("templates/jvm.options.erb", branch), @"");
    assert_snapshot!(run("templates/jvm.options.erb", "<%>\n{%}\n<% if\n"), @"templates/jvm.options.erb:3:1: error[parse-error] `<% if` is never closed");
    let after = branch.replace("-Xss1m", "-d64");
    assert_snapshot!(
        run("templates/jvm.options.erb", &after),
        @"templates/jvm.options.erb:5:1: error[removed-directive] `-d64` was removed in java 10; the version that runs here is 17"
    );
    assert_snapshot!(run("files/jvm.options", "8-13:-XX:+UseConcMarkSweepGC\n"), @"");
}

#[test]
fn a_flag_in_a_variable_is_reported_at_its_word() {
    let script = "#!/bin/sh\nJAVA_OPTS=\"-Xmx1g -d64\"\n";
    let dir = tree(&[("crosscheck.yaml", VERSIONS), ("bin/run.sh", script)]);
    let report = report(dir.path(), &["check", "."]);
    assert_eq!(report["findings"][0]["entity"], "flag:java/-d64");
    assert_snapshot!(common::whole_findings(&report), @r"
        bin/run.sh:2:19: error[removed-directive] `-d64` was removed in java 10; the version that runs here is 17
          help: remove it
          new bin/run.sh:2:12: in this call
        ");
}

#[test]
fn flags_that_came_with_a_newer_version() {
    let with = |versions: &str, script: &str| {
        let script = format!("#!/bin/sh\n{script}");
        check(&[("crosscheck.yaml", versions), ("bin/a.sh", &script)])
    };
    let list = "systemctl --plain --legend=false list-units\n";
    assert_snapshot!(with("versions: {systemd: '245'}\n", list), @"bin/a.sh:2:19: error[unknown-parameter] `--legend` came with systemctl 248; the version that runs here is 245");
    assert_snapshot!(with("versions: {systemd: '248'}\n", list), @"");
    let curl = "curl -sS --fail-with-body \"$url\"\ncurl --retry-all-errors --url \"$url\"\n";
    assert_snapshot!(with("versions: {curl: '7.74.0'}\n", curl), @"bin/a.sh:2:10: error[unknown-parameter] `--fail-with-body` came with curl 7.76.0; the version that runs here is 7.74.0");
    assert_snapshot!(with("versions: {curl: '7.88.1'}\n", curl), @"");
    // Behind `--` it is no flag.
    assert_snapshot!(with("versions: {curl: '7.74.0'}\n", "curl -- --fail-with-body\n"), @"");
}

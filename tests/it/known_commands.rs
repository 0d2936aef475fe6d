//! Flags and sub-commands that a version of a well-known command removed.

use crate::common;
use crate::common::{check, report, tree};

const VERSIONS: &str = "versions: {java: '17', kubectl: '1.30', helm: '3', puppet: v6.1, ansible: '2.10', git: '2.34.1'}\n";

fn places(script: &str) -> Vec<String> {
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
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "removed-directive");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["column"], 25);
    assert_eq!(finding["entity"], "flag:java/-XX:MaxPermSize");
    let message = finding["message"].as_str().unwrap();
    assert!(message.contains("removed in java 8"), "{message}");
    assert!(finding["help"].as_str().unwrap().contains("MaxMetaspaceSize"));
}

#[test]
fn removed_sub_commands() {
    assert_eq!(places("puppet cert list\n"), ["removed-directive bin/run.sh:2"]);
    assert_eq!(places("puppet module build x\n"), ["removed-directive bin/run.sh:2"]);
    assert!(places("puppet module install x\npuppet config print cert\n").is_empty());
    // What stands after a flag may be its value.
    assert!(places("puppet --confdir ca agent\n").is_empty());
}

#[test]
fn a_flag_of_one_sub_command() {
    assert_eq!(places("kubectl -n x run y --replicas=2\n"), ["removed-directive bin/run.sh:2"]);
    assert!(places("kubectl scale y --replicas=2\n").is_empty());
    assert_eq!(places("git rebase --preserve-merges main\n"), ["removed-directive bin/run.sh:2"]);
}

#[test]
fn a_flag_that_must_have_a_value() {
    assert_eq!(places("kubectl apply -f x --dry-run\n"), ["removed-directive bin/run.sh:2"]);
    assert_eq!(places("kubectl apply -f x --dry-run=true\n"), ["removed-directive bin/run.sh:2"]);
    assert!(places("kubectl apply -f x --dry-run=client\n").is_empty());
}

#[test]
fn one_key_for_several_commands() {
    assert_eq!(
        places("ansible-playbook --sudo x.yml\nansible all --ask-sudo-pass -m ping\n"),
        ["removed-directive bin/run.sh:2", "removed-directive bin/run.sh:3"]
    );
    assert!(places("ansible-playbook --become --sudoers x.yml\n").is_empty());
}

#[test]
fn a_command_by_its_path() {
    assert_eq!(places("/usr/bin/java -d64 -jar x.jar\n"), ["removed-directive bin/run.sh:2"]);
}

#[test]
fn the_programs_own_arguments_are_not_javas() {
    assert!(places("java -jar x.jar -d64\n").is_empty());
    assert!(places("kubectl exec x -- run --replicas=2 --dry-run\n").is_empty());
}

#[test]
fn nothing_without_a_version_or_before_it() {
    let script = "#!/bin/sh\njava -XX:+UseConcMarkSweepGC -jar x.jar\n";
    assert!(check(&[("bin/run.sh", script)]).is_empty());
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
    assert!(check(&files).is_empty());
    let without: Vec<_> =
        files.iter().filter(|(path, _)| !path.starts_with("mod")).copied().collect();
    assert_eq!(check(&without), ["removed-directive bin/run.sh:2"]);
}

#[test]
fn a_trees_own_pack_adds_a_command() {
    let pack = "commands:\n- name: deploy\n  source: our own\n  removed:\n  - {flag: --fast, removed: '2', use: --quick}\n";
    let files = [
        ("crosscheck.yaml", "versions: {deploy: '2.1'}\n"),
        (".crosscheck/packs/own.yaml", pack),
        ("bin/run.sh", "#!/bin/sh\ndeploy --fast\n"),
    ];
    assert_eq!(check(&files), ["removed-directive bin/run.sh:2"]);
}

#[test]
fn haproxys_version_counts_for_its_command_too() {
    let files = [
        ("crosscheck.yaml", "haproxy: {version: '2.8'}\n"),
        ("bin/run.sh", "#!/bin/sh\nhaproxy -Ds -f x.cfg\n"),
    ];
    assert_eq!(check(&files), ["removed-directive bin/run.sh:2"]);
}

#[test]
fn a_flag_that_no_version_up_to_the_one_that_runs_has() {
    let run = |version: &str, command: &str| {
        let config = format!("versions: {{rsync: '{version}', python3: '3.11'}}\n");
        let script = format!("#!/bin/sh\n{command}\n");
        common::check(&[("crosscheck.yaml", &config), ("bin/a.sh", &script)])
    };
    assert_eq!(run("3.2", "rsync -a --delet-after x y:"), ["unknown-parameter bin/a.sh:2"]);
    assert!(run("3.2", "rsync -a --delete-after --no-perms --exclude=z x y:").is_empty());
    assert!(run("99", "rsync -a --from-the-future x y:").is_empty());
    assert_eq!(run("3.2", "python3 --verson -u /srv/x.py --any"), ["unknown-parameter bin/a.sh:2"]);
    assert!(run("3.2", "python3 -u /srv/x.py --any").is_empty());
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
    assert!(run("5.3", "php -d safe_mode=Off /srv/x.php").is_empty());
    assert!(run("7.4", "php -d safe_mode_own=1 /srv/x.php -d safe_mode=1").is_empty());
    assert_eq!(run("7.4", "php --inni /srv/x.php"), ["unknown-parameter bin/a.sh:2"]);
    assert!(run("7.4", "php -r 'f();' --any").is_empty());
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
    assert!(run("apt-get install -y --no-install-recommends --force-yes x").is_empty());
    assert!(run("apt list --installed --upgradable").is_empty());
    assert_eq!(run("apt-get install --no-install-recomends x"), unknown);
    assert!(run("systemctl --user enable --now --no-block --kill-who=main x").is_empty());
    assert_eq!(run("systemctl restart --noblock x"), unknown);
    assert_eq!(run("yum resolvedep x"), removed);
    assert_eq!(run("yum --tolerant install x"), removed);
    assert!(run("yum install version").is_empty());
    assert_eq!(run("haproxy --check -f x"), unknown);
    assert_eq!(run("haproxy -ds -f x"), removed);
    assert_eq!(run("git branch --set-upstream x y"), removed);
    assert!(run("git push --set-upstream origin x").is_empty());
    assert!(run("git branch --set-upstream-to=x").is_empty());
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
    assert!(run("templates/jvm.options.erb", branch).is_empty());
    assert!(run("templates/jvm.options.erb", "<%>\n{%}\n<% if\n").is_empty());
    let after = branch.replace("-Xss1m", "-d64");
    assert_eq!(
        run("templates/jvm.options.erb", &after),
        ["removed-directive templates/jvm.options.erb:5"]
    );
    assert!(run("files/jvm.options", "8-13:-XX:+UseConcMarkSweepGC\n").is_empty());
}

#[test]
fn a_flag_in_a_variable_is_reported_at_its_word() {
    let script = "#!/bin/sh\nJAVA_OPTS=\"-Xmx1g -d64\"\n";
    let dir = tree(&[("crosscheck.yaml", VERSIONS), ("bin/run.sh", script)]);
    let report = report(dir.path(), &["check", "."]);
    let finding = &report["findings"][0];
    assert_eq!(finding["entity"], "flag:java/-d64");
    assert_eq!(finding["column"], 19);
}

//! Each tree of a change is read by what it says itself, and judged by its own configuration.

use crate::common;
use crate::common::{change, report, tree};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

const CLASS: (&str, &str) =
    ("modules/wiki/manifests/init.pp", "class wiki (String $port) {\n  notify { $port: }\n}\n");
const SITE: (&str, &str) = ("manifests/site.pp", "node 'a' {\n  include wiki\n}\n");

fn hiera(folder: &str) -> String {
    format!("---\nversion: 5\nhierarchy:\n  - {{name: c, path: common.yaml, datadir: {folder}}}\n")
}

#[test]
fn a_folder_of_data_that_is_renamed_hides_nothing() {
    let old =
        [CLASS, SITE, ("hiera.yaml", &hiera("one")), ("one/common.yaml", "wiki::port: '80'\n")];
    let lost =
        [CLASS, SITE, ("hiera.yaml", &hiera("two")), ("two/common.yaml", "wiki::prot: '80'\n")];
    assert_snapshot!(change(&old, &lost), @r"
        manifests/site.pp:2:11: warning[missing-required-parameter] `wiki` requires the parameter `port`, which this call does not pass
        two/common.yaml:1:1: warning[unknown-parameter] class `wiki` takes no parameter `prot`, and nothing looks this key up
        ");
    let moved =
        [CLASS, SITE, ("hiera.yaml", &hiera("two")), ("two/common.yaml", "wiki::port: '80'\n")];
    assert_eq!(change(&old, &moved), NONE);
}

#[cfg(unix)]
#[test]
fn a_file_that_becomes_a_link_is_another_entry() {
    let files = [("bin/tool", "../gone"), ("bin/x.sh", "#!/bin/sh\n")];
    let repository = common::repository(&files, |dir| {
        std::fs::remove_file(dir.join("bin/tool")).expect("removed");
        std::os::unix::fs::symlink("../gone", dir.join("bin/tool")).expect("linked");
    });
    let args = ["check", "git:HEAD", "--against", "git:HEAD~1"];
    let found = common::findings(&report(repository.path(), &args));
    assert_snapshot!(
        found,
        @"bin/tool:1:1: warning[unresolved-reference] file `gone` does not exist"
    );
}

#[test]
fn the_last_handlers_that_go_are_called_by_their_names() {
    let role = [
        ("site.yml", "- hosts: all\n  roles: [x]\n"),
        ("roles/x/tasks/main.yml", "- copy: src=a dest=/etc/a\n  notify: restart nginx\n"),
        ("roles/x/files/a", "a\n"),
    ];
    let handler = (
        "roles/x/handlers/main.yml",
        "- name: restart nginx\n  service: name=nginx state=restarted\n",
    );
    let (old, new) = (tree(&[&role[..], &[handler]].concat()), tree(&role));
    let against = old.path().to_str().expect("UTF-8");
    let report = report(new.path(), &["check", ".", "--against", against]);
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "removed-but-referenced");
    assert_eq!(finding["entity"], "ansible.handler:restart nginx");
}

#[test]
fn a_raised_version_is_a_change_and_a_first_one_is_none() {
    let proxy = ("haproxy.cfg", "frontend f\n    bind :80\n    reqadd X-A:\\ b\n");
    let at = |version: &'static str| [proxy, ("crosscheck.yaml", version)];
    let (low, high) = ("haproxy: {version: '1.8'}\n", "haproxy: {version: '2.1'}\n");
    assert_snapshot!(
        change(&at(low), &at(high)),
        @"haproxy.cfg:3:5: error[removed-directive] `reqadd` was removed in HAProxy 2.1; this configuration is for 2.1"
    );
    assert_eq!(change(&[proxy], &at(high)), NONE);
    assert_eq!(change(&at(high), &at(high)), NONE);
}

#[test]
fn an_entry_that_goes_uncovers_what_it_covered() {
    let manifest = ("modules/base/manifests/init.pp", "class base {\n  include base::gone\n}\n");
    let covered = (
        "crosscheck.yaml",
        "provided-elsewhere:\n- {entity: 'puppet.class:base::gone', reason: elsewhere}\n",
    );
    let plain = ("crosscheck.yaml", "exclude: []\n");
    let found = change(&[manifest, covered], &[manifest, plain]);
    assert_snapshot!(
        found,
        @"modules/base/manifests/init.pp:2:11: error[unresolved-reference] class `base::gone` does not exist"
    );
    assert_eq!(change(&[manifest, plain], &[manifest, plain]), NONE);
    assert_eq!(change(&[manifest], &[manifest, plain]), NONE);
    // A configuration that cannot be read judges nothing.
    assert_eq!(change(&[manifest, ("crosscheck.yaml", "no: [\n")], &[manifest, plain]), NONE);
}

/// Variables that move into a file that others share by a link are still declared.
#[cfg(unix)]
#[test]
fn variables_behind_a_link_are_declared() {
    let used = ("vpc/main.tf", "locals {\n  a = var.region\n  b = var.zone\n}\n");
    let own = ("vpc/variables.tf", "variable \"region\" {}\nvariable \"zone\" {}\n");
    let kept = ("vpc/own.tf", "variable \"c\" {}\n");
    let old = tree(&[used, own, kept]);
    let new = tree(&[used, kept]);
    let against = ["check", "--against", old.path().to_str().expect("UTF-8"), "--fail-on", "never"];
    let errors = |dir: &std::path::Path| report(dir, &against)["summary"]["errors"].clone();
    assert_eq!(errors(new.path()), 2);
    common::write(new.path(), "common/variables.tf", own.1);
    std::os::unix::fs::symlink("../common/variables.tf", new.path().join("vpc/variables.tf"))
        .expect("a link");
    assert_eq!(errors(new.path()), 0);
}

#[test]
fn what_a_folder_lacked_before_it_was_renamed() {
    let play = "- hosts: all\n  tasks:\n  - include_vars:\n      file: ./vars.yml\n";
    let own = |folder: &str| format!("{folder}/delete.yml");
    let (old, new) = (own("personal-website"), own("website"));
    assert_eq!(crate::common::change(&[(&old, play)], &[(&new, play)]), [""; 0]);
    // What it had is what the change takes from it.
    let before = [(old.as_str(), play), ("personal-website/vars.yml", "a: 1\n")];
    let told = crate::common::change(&before, &[(&new, play)]).to_string();
    assert!(told.contains("website/vars.yml"), "{told}");
}

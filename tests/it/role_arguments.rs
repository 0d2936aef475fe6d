//! Roles of Ansible with `argument_specs`, and their uses.

use crate::common::{Findings, change, check};
use insta::assert_snapshot;

const SPECS: (&str, &str) = (
    "roles/web/meta/argument_specs.yml",
    "argument_specs:\n  main:\n    options:\n      port: {type: int, required: true}\n      mode: {type: str, choices: [fast, full], default: full}\n",
);
const TASKS: (&str, &str) = ("roles/web/tasks/main.yml", "- debug: msg=x\n");

const HOSTS: (&str, &str) = ("inventory/hosts", "[web]\na.example.org\n");

fn play(roles: &str) -> Findings {
    let text = format!("- hosts: all\n  roles:\n    {roles}\n");
    check(&[SPECS, TASKS, HOSTS, ("site.yml", &text)])
}

#[test]
fn a_required_argument_that_nothing_sets() {
    assert_snapshot!(
        play("- web"),
        @"site.yml:3:7: warning[missing-required-parameter] `web` requires the parameter `port`, which this call does not pass"
    );
    assert_snapshot!(play("- {role: web, port: 80}"), @"");
    assert_snapshot!(play("- role: web\n      vars: {port: 80}"), @"");
}

#[test]
fn data_may_set_it() {
    let text = "- hosts: all\n  roles:\n    - web\n";
    let data = ("group_vars/all.yml", "port: 80\n");
    assert_snapshot!(check(&[SPECS, TASKS, HOSTS, data, ("site.yml", text)]), @"");
    let vault = ("group_vars/all/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n3330\n");
    assert!(
        check(&[SPECS, TASKS, HOSTS, vault, ("site.yml", text)])
            .iter()
            .all(|own| own.starts_with("unsupported-syntax"))
    );
}

#[test]
fn data_of_an_inventory_that_is_elsewhere_may_set_it() {
    let text = "- hosts: all\n  roles:\n    - web\n";
    assert_snapshot!(check(&[SPECS, TASKS, ("site.yml", text)]), @"");
    let asked = "- hosts: '{{ target }}'\n  roles:\n    - web\n";
    assert_snapshot!(check(&[SPECS, TASKS, HOSTS, ("site.yml", asked)]), @"");
    // What a change asks for is said all the same.
    let before = (SPECS.0, "argument_specs:\n  main:\n    options:\n      port: {type: int}\n");
    let (old, new) = ([before, TASKS, ("site.yml", text)], [SPECS, TASKS, ("site.yml", text)]);
    assert_snapshot!(
        change(&old, &new),
        @"site.yml:3:7: warning[newly-required-parameter] `web` now requires the parameter `port`, which this call does not pass"
    );
}

#[test]
fn a_value_that_is_no_choice() {
    assert_snapshot!(
        play("- {role: web, port: 80, mode: slow}"),
        @"site.yml:3:29: error[incompatible-value] `mode` of `web` does not accept `slow`"
    );
    assert_snapshot!(play("- {role: web, port: 80, mode: '{{ own }}'}"), @"");
}

//! Variables of Ansible: what sets them and what reads them.

use crate::common::{change, check};
use insta::assert_snapshot;

const PLAY: (&str, &str) = ("site.yml", "- hosts: all\n  roles: [web]\n");
const READS: (&str, &str) = ("roles/web/tasks/main.yml", "- debug: msg=\"{{ web_port }}\"\n");
const SETS: (&str, &str) = ("roles/web/defaults/main.yml", "web_port: 80\nother: 1\n");
const GONE: (&str, &str) = ("roles/web/defaults/main.yml", "other: 1\n");

#[test]
fn a_default_that_goes_while_the_role_reads_it() {
    assert_snapshot!(
        change(&[PLAY, READS, SETS], &[PLAY, READS, GONE]),
        @"roles/web/tasks/main.yml:1:18: error[removed-but-referenced] variable `web_port` was removed but is still used"
    );
    let renamed = ("roles/web/defaults/main.yml", "web_listen: 80\nother: 1\n");
    assert_snapshot!(
        change(&[PLAY, READS, SETS], &[PLAY, READS, renamed]),
        @"roles/web/tasks/main.yml:1:18: error[removed-but-referenced] variable `web_port` was removed but is still used"
    );
    let template = ("roles/web/templates/a.j2", "{% if x %}{{ web_port }}{% endif %}\n");
    assert_snapshot!(
        change(&[PLAY, template, SETS], &[PLAY, template, GONE]),
        @"roles/web/templates/a.j2:1:14: warning[removed-but-referenced] variable `web_port` was removed but is still used"
    );
    let fact = ("roles/web/tasks/facts.yml", "- set_fact: {web_port: 1}\n");
    let includes = (READS.0, "- include_tasks: facts.yml\n- debug: msg=\"{{ web_port }}\"\n");
    let none = ("roles/web/tasks/facts.yml", "- set_fact: {web_ports: 1}\n");
    assert_snapshot!(change(&[PLAY, includes, fact], &[PLAY, includes, none]), @"roles/web/tasks/main.yml:2:18: error[removed-but-referenced] variable `web_port` was removed but is still used");
    let all = ("group_vars/all.yml", "web_port: 1\n");
    let less = ("group_vars/all.yml", "x: 1\n");
    assert_snapshot!(change(&[PLAY, READS, all], &[PLAY, READS, less]), @"roles/web/tasks/main.yml:1:18: error[removed-but-referenced] variable `web_port` was removed but is still used");
}

/// Something else sets it, or the role does without.
#[test]
fn a_default_that_goes_and_is_not_missed() {
    let beside = |path: &'static str, text: &'static str| {
        change(&[PLAY, READS, SETS], &[PLAY, READS, GONE, (path, text)])
    };
    for (path, text) in [
        ("roles/web/vars/main.yml", "web_port: 81\n"),
        ("group_vars/all.yml", "web_port: 81\n"),
        ("inventories/a/group_vars/web/x.yml", "web_port: 81\n"),
        ("inventory/hosts", "[web]\na web_port=1\n"),
        ("inventory/x.yml", "all:\n  hosts:\n    a:\n      web_port: 1\n"),
        ("roles/other/tasks/main.yml", "- set_fact:\n    web_port: 1\n"),
        ("roles/web/tasks/a.yml", "- command: ls\n  register: web_port\n"),
        ("roles/web/tasks/b.yml", "- set_fact:\n    '{{ item }}': 1\n  loop: [web_port]\n"),
        (
            "roles/web/meta/argument_specs.yml",
            "argument_specs:\n  main:\n    options:\n      web_port: {type: int}\n",
        ),
        ("roles/web/README.md", "Set `web_port`.\n"),
        ("deploy.sh", "ansible-playbook site.yml -e web_port=1\n"),
        ("settings/prod.yml", "web_port: 1\n"),
        ("roles/web/molecule/default/converge.yml", "- hosts: all\n  vars: {web_port: 1}\n"),
        ("roles/web/tasks/assert.yml", "- assert:\n    that: web_port is defined\n"),
        ("roles/web/vars/Debian.yml", "# web_port: 80\nx: 1\n"),
        ("roles/web/templates/b.j2", "{{ web_port | default(80) }}\n"),
    ] {
        assert!(beside(path, text).is_empty(), "{path}");
    }
    // What another play sets, this one lacks.
    for (path, text) in [
        ("other.yml", "- hosts: all\n  vars:\n    web_port: 1\n  roles: [web]\n"),
        ("more.yml", "- hosts: all\n  roles: [{role: web, web_port: 1}]\n"),
    ] {
        // Where the tree has no hosts, what they are given is not known.
        assert!(beside(path, text).is_empty(), "{path}");
        let hosts = ("inventory/hosts", "[web]\na\n");
        let (old, new) = ([PLAY, READS, SETS, hosts], [PLAY, READS, GONE, hosts, (path, text)]);
        let told = change(&old, &new).to_string();
        assert_eq!(told.lines().count(), 1, "{path}: {told}");
        assert!(told.contains("`web_port`"), "{path}: {told}");
    }
    let read = |text: &'static str| {
        let reads = (READS.0, text);
        change(&[PLAY, reads, SETS], &[PLAY, reads, GONE])
    };
    for text in [
        "- debug: msg=\"{{ web_port | default(1) }}\"\n",
        "- debug: msg=\"{{ web_port }}\"\n  when: web_port is defined\n",
        "- debug: msg=\"{{ web_port }}\"\n  when: 'web_port is defined'\n",
        "- debug: msg=\"{{ web_port }}\"\n  ignore_errors: true\n",
        "- debug: msg='{{ x[''web_port''] }}'\n  vars: {x: {}}\n",
        "- debug: msg=x\n  changed_when: '\"web_port\" not in x'\n",
        "- debug: msg=\"{{ web_port if x else 1 }}\"\n",
    ] {
        assert!(read(text).is_empty(), "{text}");
    }
    // What rescues a block is for what may fail, not for what always does.
    let rescued = "- block:\n    - debug: msg=\"{{ web_port }}\"\n  rescue:\n    - debug: msg=x\n";
    assert_eq!(read(rescued).len(), 1);
}

/// It was of a host, or of one group of them: what reads it may have gone from them.
#[test]
fn a_variable_of_some_hosts_that_goes() {
    for path in ["host_vars/a.yml", "group_vars/web.yml", "inventory/group_vars/web/x.yml"] {
        let (sets, less) = ((path, "web_port: 1\nx: 1\n"), (path, "x: 1\n"));
        assert!(change(&[PLAY, READS, sets], &[PLAY, READS, less]).is_empty(), "{path}");
    }
}

/// Inventories of one tree.
#[test]
fn a_variable_that_one_of_two_inventories_lacks() {
    const HOSTS: [(&str, &str); 2] =
        [("inventories/prod/hosts", "[web]\na\n"), ("inventories/staging/hosts", "[web]\nb\n")];
    let with = |staging: &'static str, more: (&'static str, &'static str)| {
        let prod = ("inventories/prod/group_vars/web.yml", "web_port: 80\nx: 1\n");
        let staging = ("inventories/staging/group_vars/web.yml", staging);
        check(&[PLAY, READS, HOSTS[0], HOSTS[1], prod, staging, more])
    };
    let none = ("a.txt", "");
    assert_snapshot!(
        with("x: 1\n", none),
        @"roles/web/tasks/main.yml:1:18: note[environment-gap] `web_port` is set in inventories/prod/group_vars/web.yml and not in inventories/staging/group_vars/web.yml"
    );
    assert!(with("web_port: 81\n", none).is_empty());
    for (path, text) in [
        ("inventories/staging/host_vars/b.yml", "web_port: 1\n"),
        ("group_vars/all.yml", "web_port: 1\n"),
        ("roles/web/defaults/main.yml", "web_port: 1\n"),
        ("roles/web/templates/x.j2", "{{ web_port | default(1) }}\n"),
        ("README.md", "Pass `web_port`.\n"),
    ] {
        assert!(with("x: 1\n", (path, text)).is_empty(), "{path}");
    }
}

/// A role reads what is nearly the name of one of its variables.
#[test]
fn a_misspelt_variable() {
    let reads = ("roles/web/tasks/main.yml", "- debug: msg=\"{{ web_prot }}\"\n");
    assert_snapshot!(check(&[PLAY, reads, SETS]), @"roles/web/tasks/main.yml:1:18: error[unresolved-reference] variable `web_prot` does not exist");
    let other = ("roles/web/tasks/main.yml", "- debug: msg=\"{{ web_name }}\"\n");
    assert!(check(&[PLAY, other, SETS]).is_empty());
    let unused = ("site.yml", "- hosts: all\n  tasks: []\n");
    assert_snapshot!(check(&[unused, reads, SETS]), @"roles/web/tasks/main.yml:1:18: warning[unresolved-reference] nothing sets variable `web_prot`, and nothing else knows it");
    let told = ("deploy.sh", "ansible-playbook site.yml -e web_prot=x\n");
    assert!(check(&[PLAY, reads, SETS, told]).is_empty());
    let number = ("roles/web/defaults/main.yml", "web_prot2: 80\n");
    assert!(check(&[PLAY, reads, number]).is_empty());
}

/// Users of a tree may set what it does not.
#[test]
fn a_variable_that_nothing_sets() {
    assert_snapshot!(check(&[PLAY, READS]), @"");
}

/// What a task registers is set by nobody but a task.
#[test]
fn what_no_task_registers() {
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    let role = |tasks: &'static str| check(&[play, ("roles/web/tasks/main.yml", tasks)]);
    assert_snapshot!(role("- command: ls\n  register: listing\n- debug: msg=x\n  when: listings.rc == 0\n"), @"roles/web/tasks/main.yml:4:9: error[unresolved-reference] variable `listings` does not exist");
    assert_snapshot!(role("- command: ls\n  register: web__out_list\n  until: web__out-list is succeeded\n"), @"roles/web/tasks/main.yml:3:10: error[unresolved-reference] variable `web__out` does not exist");
    assert_snapshot!(role("- assert:\n    that: __web_out.stdout | int == 0\n"), @"roles/web/tasks/main.yml:2:11: error[unresolved-reference] variable `__web_out` does not exist");
    for fine in [
        "- command: ls\n  register: out\n- debug: msg=x\n  when: out.rc == 0\n",
        "- debug: msg=x\n  when: out is defined and out.rc == 0\n",
        "- debug: msg=\"{{ out.stdout | default('') }}\"\n",
        "- debug: msg=\"{% for r in all_runs %}{{ r.rc }}{% endfor %}\"\n  loop: \"{{ all_runs }}\"\n",
        "- set_fact: {_web_a: 1}\n- debug: msg=\"{{ _web_a }}\"\n",
        "- debug: msg=\"{{ hostvars['a'].out.rc }} {{ item.stat.exists }}\"\n  loop: \"{{ all }}\"\n",
    ] {
        assert!(role(fine).is_empty(), "{fine}");
    }
    let plugin = ("plugins/action/listing.py", "facts = {'out': 1}\n");
    let reads = ("roles/web/tasks/main.yml", "- debug: msg=x\n  when: out.rc == 0\n");
    assert!(check(&[play, reads, plugin]).is_empty());
    // A role that is installed elsewhere may fill what a play reads.
    let other = (
        "site.yml",
        "- hosts: all\n  roles: [web]\n  tasks:\n    - debug: msg=\"{{ _x_name }}\"\n",
    );
    assert!(check(&[other, ("roles/web/tasks/main.yml", "- debug: msg=x\n")]).is_empty());
}

/// A role whose other variables are all set.
#[test]
fn one_of_many_that_nothing_sets() {
    let letters = || ('a'..='z').flat_map(|one| ['k', 'm', 'w'].map(|two| (one, two)));
    let names: Vec<String> = letters().take(60).map(|(a, b)| format!("web_{a}{b}{a}{b}")).collect();
    let defaults: String = names.iter().map(|name| format!("{name}: 1\n")).collect();
    let reads: String =
        names.iter().map(|name| format!("- debug: msg=\"{{{{ {name} }}}}\"\n")).collect();
    let tree = |more: &str, extra: (&'static str, &'static str)| {
        let tasks = format!("{reads}- debug: msg=\"{{{{ {more} }}}}\"\n");
        let files = [
            ("site.yml", "- hosts: all\n  roles: [web]\n"),
            ("roles/web/tasks/main.yml", tasks.as_str()),
            ("roles/web/defaults/main.yml", defaults.as_str()),
            ("inventory/hosts", "[web]\na\n"),
            extra,
        ];
        check(&files)
    };
    let none = ("README.md", "Nothing.\n");
    assert_snapshot!(tree("web_listen", none), @"roles/web/tasks/main.yml:61:18: warning[unresolved-reference] variable `web_listen` does not exist");
    for (more, extra) in [
        ("web_listen", ("README.md", "Set `web_listen`.\n")),
        ("web_listen | mandatory", none),
        ("web_password", none),
        ("web_listen if web_x | default(0) else 1", none),
        ("web_listen", ("group_vars/web.example", "web_listen: 1\n")),
    ] {
        assert!(tree(more, extra).is_empty(), "{more} {}", extra.0);
    }
}

/// The variable of a role that was copied.
#[test]
fn a_variable_of_the_role_that_was_copied() {
    let play = ("site.yml", "- hosts: all\n  roles: [node_exporter, disk-exporter]\n");
    let node = ("roles/node_exporter/defaults/main.yml", "node_exporter_tls: {}\n");
    let disk = ("roles/disk-exporter/defaults/main.yml", "disk_exporter_tls: {}\n");
    let used = ("roles/node_exporter/tasks/main.yml", "- debug: msg=\"{{ node_exporter_tls }}\"\n");
    let task = |text: &'static str| {
        check(&[play, node, disk, used, ("roles/disk-exporter/tasks/main.yml", text)])
    };
    assert_snapshot!(task("- debug: msg=\"{{ node_exporter_tls }}\"\n"), @"roles/disk-exporter/tasks/main.yml:1:18: warning[unresolved-reference] variable `node_exporter_tls` does not exist");
    assert!(task("- debug: msg=\"{{ disk_exporter_tls }}\"\n").is_empty());
    // It has nothing of its own in its place.
    let other = ("roles/disk-exporter/defaults/main.yml", "disk_exporter_port: 1\n");
    let reads =
        ("roles/disk-exporter/tasks/main.yml", "- debug: msg=\"{{ node_exporter_tls }}\"\n");
    assert!(check(&[play, node, other, used, reads]).is_empty());
}

#[test]
fn what_a_role_that_is_not_here_may_set() {
    let all = ("group_vars/all.yml", "web_port: 1\nother: 1\n");
    let less = ("group_vars/all.yml", "other: 1\n");
    let modules = |path: &str| format!("[submodule \"a\"]\n\tpath = {path}\n\turl = https://a\n");
    let own = modules("roles/team.web");
    let own = (".gitmodules", own.as_str());
    assert_eq!(change(&[PLAY, READS, own, all], &[PLAY, READS, own, less]).len(), 0);
    let other = modules("roles/team.db");
    let other = (".gitmodules", other.as_str());
    let gone = change(&[PLAY, READS, other, all], &[PLAY, READS, other, less]);
    assert_eq!(gone.len(), 1, "{gone}");
}

#[test]
fn what_a_module_of_the_tree_calls_its_result() {
    let tasks =
        "- read_list:\n    src: a.csv\n    outname: web_list\n- debug: msg={{ web_list }}\n";
    let old = ("roles/web/tasks/main.yml", tasks);
    let none = ("group_vars/all.yml", "web_list: []\n");
    let other = ("group_vars/all.yml", "other: []\n");
    assert_eq!(change(&[PLAY, old, none], &[PLAY, old, other]).len(), 0);
}

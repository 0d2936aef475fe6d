//! Ansible: names and options that collections, plugins and Jinja decide.

use crate::common::check;
use insta::assert_snapshot;

const PLAY: (&str, &str) = ("site.yml", "- hosts: all\n  roles: [web]\n");

/// What is said of a role's tasks.
fn tasks(text: &'static str) -> String {
    check(&[PLAY, ("roles/web/tasks/main.yml", text)]).to_string()
}

#[test]
fn options_of_modules_of_collections() {
    assert_snapshot!(tasks("- ufw: {rule: alow, port: '80', protocl: tcp}\n"), @r"
    roles/web/tasks/main.yml:1:15: error[incompatible-value] `rule` of `ufw` does not accept `alow`
    roles/web/tasks/main.yml:1:33: error[unknown-parameter] `ufw` takes no parameter `protocl`
    ");
    assert_snapshot!(tasks("- ansible.posix.synchronize:\n    src: a/\n"), @"roles/web/tasks/main.yml:1:3: error[missing-required-parameter] `ansible.posix.synchronize` requires `dest`, which this task does not pass");
    // A newer version may take it, and modules of Windows pass over what they do not know.
    assert_snapshot!(tasks("- community.general.ini_file: {path: /a, wholly_new: b}\n- win_file: {path: a, wholly_new: b}\n"), @r"
    roles/web/tasks/main.yml:1:42: warning[unknown-parameter] `community.general.ini_file` takes no parameter `wholly_new`
    roles/web/tasks/main.yml:2:23: warning[unknown-parameter] `win_file` takes no parameter `wholly_new`
    ");
    assert_snapshot!(tasks("- community.general.inifile: {path: /a}\n"), @"roles/web/tasks/main.yml:1:3: error[unknown-parameter] Ansible has no module `community.general.inifile`");
    assert_snapshot!(tasks("- docker_contaner: {name: a}\n"), @"roles/web/tasks/main.yml:1:3: error[unknown-parameter] Ansible has no module `docker_contaner`");
    for fine in [
        "- ufw: {rule: allow, to_port: '80', proto: tcp}\n",
        "- community.general.ini_file: {path: /a, section: b, option: c, value: d}\n",
        // Modules of other collections, and what a play's `module_defaults` may pass.
        "- ipahost: {name: a}\n- acme.tools.thing: {a: b}\n- community.routeros.api: {path: a}\n",
        "- win_shell: net user name=a other=b\n",
    ] {
        assert_eq!(tasks(fine), "", "{fine}");
    }
    // A play that lists collections means theirs by short names.
    let play = |own: &str| {
        let text = format!("- hosts: all\n{own}  tasks:\n  - helm: {{name: a, chart_ref: b}}\n");
        check(&[("site.yml", &text)]).to_string()
    };
    assert_eq!(play("  collections: [community.kubernetes]\n"), "");
    assert!(play("").contains("`helm` takes no parameter `chart_ref`"), "{}", play(""));
    // A collection that the tree holds is of a version of its own.
    let own = ("collections/ansible_collections/community/general/plugins/modules/ufw.py", "");
    let role = ("roles/web/tasks/main.yml", "- community.general.ufw: {protocl: tcp}\n");
    assert!(check(&[PLAY, own, role]).is_empty());
}

#[test]
fn braces_without_quotes_are_told_once() {
    let said = tasks("- template:\n    src: a\n    dest: {{ folder }}/a\n  notify: x\n");
    assert_eq!(said.matches("parse-error").count(), 1, "{said}");
    assert!(said.contains("put quotes around"), "{said}");
}

#[test]
fn what_stands_beside_an_old_include() {
    // It was a variable of it, `tasks` too: no play.
    let include = "- debug: msg=x\n- tasks:\n  include: x.yml one=two\n  when: a is defined\n";
    let role = ("roles/web/tasks/main.yml", include);
    let said = check(&[PLAY, role, ("roles/web/tasks/x.yml", "- debug: msg=x\n")]).to_string();
    assert!(!said.contains("of a play") && !said.contains("error"), "{said}");
    assert!(tasks("- tasks:\n  - debug: msg=x\n  when: a is defined\n").contains("of a play"));
}

#[test]
fn filters_tests_and_statements() {
    assert_snapshot!(tasks("- debug: msg=\"{{ [1] | defaul(1) }}\"\n  when: a is definde\n"), @r"
    roles/web/tasks/main.yml:1:10: error[unresolved-reference] no filter is called `defaul`
    roles/web/tasks/main.yml:2:9: error[unresolved-reference] no test is called `definde`
    ");
    assert_snapshot!(tasks("- debug: msg=x\n  when: a is defined b\n- debug: msg=x\n  when: a.rc'\n"), @r"
    roles/web/tasks/main.yml:2:9: error[unresolved-reference] `b` behind `is defined`, which takes no argument
    roles/web/tasks/main.yml:4:9: error[parse-error] not valid Jinja: `'` is not closed
    ");
    assert_snapshot!(tasks("- debug: msg=x\n  when: ansible_os_family == RedHat\n- debug: msg=x\n  when: ansible_distribution == 'Centos'\n"), @r"
    roles/web/tasks/main.yml:2:9: error[unresolved-reference] `RedHat` is a variable here, and nothing sets one of that name
    roles/web/tasks/main.yml:4:9: warning[unresolved-reference] no system has the name `Centos`
    ");
    // Up to version 2.8, tests were filters too.
    assert_eq!(tasks("- debug: msg=\"{{ 1 | failed }}\"\n"), "");
    assert_snapshot!(tasks("- ansible.builtin.debug: msg=\"{{ 1 | failed }}\"\n"), @"roles/web/tasks/main.yml:1:26: error[unresolved-reference] `failed` is no filter since Ansible 2.9");
    assert_snapshot!(tasks("- debug: msg=\"{{ ansible_facts.ansible_fqdn }} {{ ansible_facts.ansible_local }}\"\n"), @"roles/web/tasks/main.yml:1:10: error[unresolved-reference] `ansible_facts` has no `ansible_fqdn`");
    let template = ("roles/web/templates/a.j2", "{% unles a %}\n");
    let role = ("roles/web/tasks/main.yml", "- template: src=a.j2 dest=/a\n");
    assert_snapshot!(check(&[PLAY, role, template]), @"roles/web/templates/a.j2:1:1: error[unresolved-reference] Jinja has no statement `unles`");
    // The tree has the filter itself, or may have it from a collection that it lists.
    let own = ("filter_plugins/own.py", "F = {'own_filter': str}\n");
    let role = ("roles/web/tasks/main.yml", "- debug: msg=\"{{ 1 | own_filter }}\"\n");
    assert!(check(&[PLAY, own, role]).is_empty());
    let list = ("requirements.yml", "collections: [acme.tools]\n");
    assert_snapshot!(check(&[PLAY, list, role]), @"roles/web/tasks/main.yml:1:10: warning[unresolved-reference] no filter is called `own_filter`");
}

#[test]
fn truth_values_names_and_lists() {
    assert_snapshot!(tasks("- command: ls\n  register: web.listing\n  ignore_errors: web > 2\n"), @r"
    roles/web/tasks/main.yml:2:13: error[incompatible-value] `web.listing`, which `register` sets, is no name of a variable
    roles/web/tasks/main.yml:3:18: error[incompatible-value] `ignore_errors` does not accept `web > 2`
    ");
    assert_snapshot!(check(&[("site.yml", "- hosts: all\n  tasks:\n    debug: msg=x\n")]), @"site.yml:3:5: error[incompatible-value] `tasks` is a list, and what stands here is a mapping");
    assert_eq!(
        tasks("- command: ls\n  register: _a1\n  no_log: 'Yes'\n  become: \"{{ x }}\"\n"),
        ""
    );
}

/// Names that a variable's is one letter from, or the words of in another order.
#[test]
fn names_that_are_meant_to_be_others() {
    let files = [
        ("site.yml", "- hosts: all\n  roles: [{role: web, web_wrkers: 3}, acme.web_cache]\n"),
        ("group_vars/all.yml", "gateway_if: eth0\n"),
        ("roles/acme.web-cache/tasks/main.yml", "- debug: msg=x\n"),
        (
            "roles/web/defaults/main.yml",
            "web_workers: 4\nweb_base_dir: /srv\nweb_java_default_opts: ''\nweb_log_dir: '{{ web_bas_dir }}/log'\n",
        ),
        (
            "roles/web/tasks/main.yml",
            "- template: src=a.j2 dest=/etc/a\n- package: {name: '{{ web_base_dr }}'}\n- debug: msg={{ web_log_dir }}\n",
        ),
        (
            "roles/web/templates/a.j2",
            "{{ web_workers }} {{ web_default_java_opts }}\n{% if web_workers > 2 %}\n{{ gatewayif }}\n{% endif %}\n",
        ),
    ];
    assert_snapshot!(check(&files), @r"
    roles/web/defaults/main.yml:4:18: error[unresolved-reference] variable `web_bas_dir` does not exist
    roles/web/tasks/main.yml:2:23: error[unresolved-reference] variable `web_base_dr` does not exist
    roles/web/templates/a.j2:1:22: error[unresolved-reference] variable `web_default_java_opts` does not exist
    roles/web/templates/a.j2:3:4: error[unresolved-reference] variable `gatewayif` does not exist
    site.yml:2:23: warning[unknown-parameter] nothing reads `web_wrkers`, which is handed to role `web`
    site.yml:2:39: error[unresolved-reference] role `acme.web_cache` does not exist
    ");
}

#[test]
fn slips_of_names_that_ansible_sets() {
    assert_snapshot!(tasks("- command: /bin/a\n  when: \"'web' in inventory_hostnamee\"\n"), @"roles/web/tasks/main.yml:2:19: error[unresolved-reference] variable `inventory_hostnamee` does not exist");
    assert_eq!(tasks("- command: /bin/a\n  when: \"'web' in inventory_hostname\"\n"), "");
}

#[test]
fn playbooks_are_imported_from_beside_the_one_that_does() {
    let other = ("playbooks/users.yml", "- hosts: all\n  tasks: []\n");
    let told = |name: &str| {
        let text = format!("- import_playbook: {name}\n");
        check(&[other, ("playbooks/site.yml", &text)]).to_string()
    };
    assert_eq!(told("users.yml"), "");
    assert_snapshot!(told("playbooks/users.yml"), @"playbooks/site.yml:1:20: error[unresolved-reference] file `playbooks/playbooks/users.yml` does not exist");
}

#[test]
fn what_another_reading_of_a_task_shows() {
    // The quotes at the beginning of a block are Jinja's.
    let block = "- set_fact: {zfs_utils: 1}\n- command: /bin/x\n  when: >-\n    'zfsutils-linux' not in ansible_facts.packages\n";
    assert_snapshot!(tasks(block), @"");
    // A program of the tree may be a module: `ansible.cfg` names the folder.
    let get = ("roles/web/tasks/main.yml", "- get_curl: {url: a, dest: b}\n");
    let own = ("modules/get_curl.py", "from ansible.module_utils.basic import AnsibleModule\n");
    assert_snapshot!(check(&[PLAY, get, own]), @"");
    assert_eq!(check(&[PLAY, get]).len(), 1);
    // Packages and images that no tree keeps.
    let copy = (
        "roles/web/tasks/main.yml",
        "- copy: {src: runner.rpm, dest: /tmp/}\n- copy: {src: runner.sh, dest: /tmp/}\n",
    );
    assert_snapshot!(check(&[PLAY, copy]), @r"
    roles/web/tasks/main.yml:1:15: warning[unresolved-reference] file `roles/web/files/runner.rpm` does not exist
    roles/web/tasks/main.yml:2:15: error[unresolved-reference] file `roles/web/files/runner.sh` does not exist
    ");
    let kept = ("roles/db/files/other.rpm", "x\n");
    assert_snapshot!(check(&[PLAY, copy, kept]), @r"
    roles/web/tasks/main.yml:1:15: error[unresolved-reference] file `roles/web/files/runner.rpm` does not exist
    roles/web/tasks/main.yml:2:15: error[unresolved-reference] file `roles/web/files/runner.sh` does not exist
    ");
}

/// A module of the author's own that is called as one of Ansible's: it takes other options.
#[test]
fn most_options_of_another_module_are_no_slips() {
    let of = |task: &str| check(&[("roles/web/tasks/main.yml", task)]);
    let own = "- systemd_service: {Name: a, ExecStart: /bin/a, UnitArgs: x, ServiceArgs: y}\n";
    assert_eq!(of(own), [""; 0]);
    let full = own.replace("systemd_service", "ansible.builtin.systemd_service");
    assert!(of(&full).to_string().contains("takes no parameter `ExecStart`"));
    let slips =
        "- systemd_service: {name: a, state: started, enabeld: true, daemon_reloda: true}\n";
    assert!(of(slips).to_string().contains("takes no parameter `enabeld`"));
}

#[test]
fn what_stands_beside_an_include_was_a_variable_of_it() {
    let said = tasks("- ping:\n- include: other.yml\n  Name: a\n");
    assert!(said.contains("warning[unknown-parameter] `Name` is no keyword of a task"), "{said}");
    let said = tasks("- ping:\n- copy: {src: a, dest: /b}\n  Name: a\n");
    assert!(said.contains("error[unknown-parameter] `Name` is no keyword of a task"), "{said}");
}

#[test]
fn tasks_that_never_run() {
    let task = |when: &str| {
        let text = format!(
            "- template: {{src: a.j2, dest: /a}}\n  when: {when}\n- template: {{src: b.j2, dest: /b}}\n"
        );
        let own = ("roles/web/templates/b.j2", "b\n");
        check(&[PLAY, own, ("roles/web/tasks/main.yml", &text)]).to_string()
    };
    for never in ["false", "False", "no", "[a is defined, false]"] {
        assert_eq!(task(never), "", "{never}");
    }
    for may in ["true", "a", "'no'"] {
        assert!(task(may).contains("a.j2"), "{may}");
    }
    // Blocks, arguments, expressions; imports are read all the same.
    assert_eq!(
        tasks("- when: false\n  block:\n  - copy: {src: a, dest: /a}\n    notify: nobody\n"),
        ""
    );
    assert_eq!(tasks("- ufw: {protocl: '{{ a'}\n  when: false\n"), "");
    assert!(tasks("- import_tasks: a.yml\n  when: false\n").contains("a.yml"));
}

#[test]
fn variables_that_nobody_can_read() {
    let read = ("roles/web/tasks/main.yml", "- debug: msg=x\n  when: web_flag\n");
    let play =
        |value: &str| format!("- hosts: all\n  vars:\n    web_flag: {value}\n  roles: [web]\n");
    let text = play("\"{{ lookup('env', 'X')\"");
    assert_snapshot!(check(&[("site.yml", &text), read]), @"site.yml:3:5: error[parse-error] not valid Jinja: `{{` without `}}`");
    let unread = ("roles/web/tasks/main.yml", "- debug: msg=x\n");
    assert_snapshot!(check(&[("site.yml", &text), unread]), @"site.yml:3:5: warning[parse-error] not valid Jinja: `{{` without `}}`");
    assert!(check(&[("site.yml", &play("\"{{ lookup('env', 'X') }}\"")), read]).is_empty());
    // Another value may hide it.
    let group = ("group_vars/all.yml", "web_flag: \"{{ a)' }}\"\n");
    let host = ("group_vars/b.yml", "web_flag: true\n");
    assert!(check(&[PLAY, group, read]).to_string().contains("1: error[parse-error]"));
    assert!(check(&[PLAY, group, host, read]).to_string().contains("1: warning[parse-error]"));
}

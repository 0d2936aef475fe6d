//! Ansible: local files, handlers, roles, includes: one behaviour a test. Each fixture holds
//! what must be reported beside what looks like it and must stay silent.

use crate::common;
use crate::common::check;
use crate::suite::assert_findings;
use insta::assert_snapshot;

fn ansible(name: &str, expected: &[&str]) {
    assert_findings(&format!("ansible/{name}"), &[], expected);
}

#[test]
fn local_files_are_looked_for_in_the_role_then_beside_the_play() {
    // Remote sources, ignored errors, computed and alternative names stay silent.
    ansible(
        "sources",
        &[
            "error unresolved-reference playbooks/play.yml:5:11 file:playbooks/play-gone.conf",
            "error unresolved-reference roles/web/tasks/main.yml:5:9 file:roles/web/files/gone.conf",
            "error unresolved-reference roles/web/tasks/main.yml:7:13 file:roles/web/templates/own.conf",
            "error unresolved-reference roles/web/tasks/main.yml:8:9 file:roles/web/files/own.j2",
            "error unresolved-reference roles/web/tasks/main.yml:12:7 file:roles/web/files/folded-gone.conf",
            "warning unresolved-reference roles/web/tasks/main.yml:14:14 file:roles/web/files/gone.tar.gz",
            "error unresolved-reference roles/web/tasks/main.yml:16:11 file:roles/web/files/gone.sh",
            "error unresolved-reference roles/web/tasks/main.yml:17:16 file:roles/web/files/gone-too.conf",
            "error unresolved-reference roles/web/tasks/main.yml:18:26 file:roles/web/templates/gone.j2",
            "error unresolved-reference roles/web/tasks/main.yml:25:5 file:roles/web/files/lost.conf",
            "error unresolved-reference roles/web/tasks/main.yml:29:13 file:roles/web/files/lost.conf",
            "warning unresolved-reference roles/web/tasks/main.yml:31:13 file:roles/web/templates/host-*.j2",
            "error unresolved-reference roles/web/tasks/main.yml:33:9 file:files/shared-gone.conf",
            // Keys are often kept out of the repository.
            "warning unresolved-reference roles/web/tasks/main.yml:34:9 file:roles/web/files/secure/deploy_key",
        ],
    );
}

#[test]
fn variables_of_ansible_0_stand_for_folders_of_the_tree() {
    // A folder that the tree does not have is open; so is any other variable.
    ansible(
        "old-variables",
        &[
            "error unresolved-reference playbooks/old.yml:5:5 file:vars/gone.yml",
            "error unresolved-reference playbooks/old.yml:10:14 file:tasks/gone.yml",
            "error unresolved-reference playbooks/old.yml:12:11 file:files/gone.conf",
            "error unresolved-reference playbooks/old.yml:13:11 file:files/gone-too.conf",
            "error unresolved-reference playbooks/old.yml:14:11 file:files/gone-three.conf",
        ],
    );
}

#[test]
fn a_handler_is_one_of_the_plays_that_run_the_task() {
    // The role itself, its dependencies, roles it includes, the play, its other roles and
    // files. A role that no play runs may find its handler anywhere.
    ansible(
        "handlers",
        &[
            "error unresolved-reference roles/apart/tasks/main.yml:6:13 ansible.handler:restart web",
            // Nothing uses the role.
            "warning unresolved-reference roles/unused/tasks/main.yml:4:11 ansible.handler:restart nowhere",
            "error unresolved-reference roles/web/tasks/main.yml:4:5 ansible.handler:Restart web",
            "warning unresolved-reference roles/web/tasks/main.yml:13:5 ansible.handler:reload *",
            "error unresolved-reference roles/web/tasks/main.yml:14:5 ansible.handler:restart apart",
        ],
    );
}

#[test]
fn a_play_that_runs_a_computed_role_may_bring_any_handler() {
    ansible("handlers-open", &[]);
}

#[test]
fn roles_playbooks_tasks_and_variables_that_are_named_must_exist() {
    // Collections, nested lists, computed names and alternatives stay silent.
    ansible(
        "roles",
        &[
            "error unresolved-reference play.yml:2:20 file:playbooks/gone.yml",
            "error unresolved-reference play.yml:6:5 ansible.role:wbe",
            "error unresolved-reference play.yml:8:13 ansible.role:db/sever",
            "error unresolved-reference play.yml:14:5 file:vars/gone.yml",
            "error unresolved-reference play.yml:16:7 file:vars/none.yml",
            "error parse-error play.yml:17:5",
            "error unresolved-reference play.yml:19:19 ansible.role:gone",
            "error unresolved-reference play.yml:23:20 file:tasks/gone.yml",
            "error unresolved-reference play.yml:26:19 file:lost.yml",
            "error unresolved-reference roles/web/meta/main.yml:3:11 ansible.role:bd",
            "error unresolved-reference roles/web/tasks/main.yml:2:18 file:roles/web/tasks/gone.yml",
        ],
    );
}

#[test]
fn what_a_tree_says_of_its_surroundings_counts() {
    // Search paths, lists of requirements, collections of a play, submodules, what git ignores;
    // a folder of roles at the root owns nothing of plays that never use it.
    ansible(
        "surroundings",
        &[
            "error unresolved-reference provisioning/probe.yml:6:7 ansible.role:our.tools.prbe",
            "error unresolved-reference provisioning/roles/web/meta/main.yml:4:11 ansible.role:bsae",
            "error unresolved-reference provisioning/roles/web/tasks/main.yml:2:17 file:provisioning/roles/web/tasks/forgotten.yml",
            "error unresolved-reference provisioning/site.yml:2:36 file:provisioning/gone.yml",
            "error unresolved-reference provisioning/site.yml:11:7 ansible.role:comon",
            "error unresolved-reference provisioning/site.yml:13:7 ansible.role:example.telegrafs",
        ],
    );
}

#[test]
fn a_roles_path_that_leads_out_of_the_tree_may_bring_any_role() {
    // Where Ansible looks by default says nothing of a sibling repository.
    ansible("roles-outside", &["error unresolved-reference deploy/site.yml:4:7 ansible.role:bd"]);
}

#[test]
fn plays_that_zuul_runs_find_roles_of_other_projects() {
    ansible(
        "roles-of-zuul",
        &["error unresolved-reference playbooks/site.yaml:4:5 ansible.role:wbe"],
    );
}

#[test]
fn files_are_known_by_place_and_shape() {
    // Plays in any folder, modules of any name, handlers that include; another tool's lists
    // stay silent.
    ansible(
        "shape",
        &[
            "error unresolved-reference deploy/rolling/roles/web/tasks/main.yml:6:7 ansible.handler:Restart wbe",
            "error unresolved-reference deploy/rolling/roles/web/tasks/main.yml:12:11 ansible.handler:Nobody answers",
            "error unresolved-reference deploy/rolling/roles/web/tasks/main.yml:14:24 file:deploy/rolling/roles/web/files/gone.sh",
            "error unresolved-reference deploy/rolling/roles/web/tasks/main.yml:27:17 file:deploy/rolling/roles/web/tasks/less.yml",
            "error unresolved-reference deploy/rolling/roles/web/tasks/main.yml:33:10 file:deploy/rolling/roles/web/files/behind.conf",
        ],
    );
}

#[test]
fn yaml_that_ansible_cannot_load_is_no_template() {
    ansible(
        "yaml",
        &[
            "error parse-error group_vars/all.yml:1:8",
            "error parse-error host_vars/web1:1:11",
            "error parse-error site.yml:5:15",
        ],
    );
}

#[test]
fn a_play_with_a_role_from_elsewhere_may_bring_any_handler() {
    ansible(
        "handlers-elsewhere",
        &[
            "error unresolved-reference roles/apart/tasks/main.yml:2:11 ansible.handler:Restart Telegraf",
        ],
    );
}

#[test]
fn plays_that_lack_most_of_their_roles_are_run_from_another_tree() {
    // Their other roles and plays are open; what is nearly the name of a role here is a slip.
    // So are plays of a folder that a task clones.
    ansible(
        "plays-run-elsewhere",
        &[
            "error unresolved-reference few/site.yml:2:20 file:few/gone.yml",
            "error unresolved-reference few/site.yml:6:7 ansible.role:mail-relay",
            "error unresolved-reference few/site.yml:7:7 ansible.role:name-server",
            "error unresolved-reference few/site.yml:8:7 ansible.role:time-source",
            "error unresolved-reference few/site.yml:10:20 file:few/other/plays/all.yml",
            "error unresolved-reference kick/run.yml:11:7 ansible.role:datbase",
            "error unresolved-reference site.yml:5:7 ansible.role:absent-role",
        ],
    );
}

#[test]
fn what_a_role_hands_out_is_not_run_in_the_tree() {
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    let copied = ("roles/web/tasks/main.yml", "- copy: {src: page, dest: /srv/}\n");
    let script = "require('./part.js');\nrequire('../../js/built.js');\n";
    let script = ("roles/web/files/page/main.js", script);
    let part = ("roles/web/files/page/part.js", "exports.part = 1;\n");
    let old = [play, copied, script, part];
    assert_snapshot!(common::check(&old), @"");
    // What a change takes away from it is missed.
    assert_snapshot!(
        common::change(&old, &old[..3]),
        @"roles/web/files/page/main.js:1:10: warning[removed-but-referenced] file `roles/web/files/page/part.js` was removed but is still used"
    );
    assert_eq!(common::check(&[play, copied, ("bin/a.js", script.1)]).len(), 2);
}

#[test]
fn a_dependency_lies_beside_its_dependent_whatever_the_folder_is_called() {
    let list = ("requirements.yml", "- src: acme.other\n");
    let files = [
        list,
        ("site.yml", "- hosts: all\n  roles: [web]\n"),
        ("roles/web/tasks/main.yml", "- debug: msg=x\n"),
        ("roles.old/a/meta/main.yml", "dependencies:\n- role: b\n"),
        ("roles.old/b/tasks/main.yml", "- debug: msg=x\n"),
    ];
    assert_snapshot!(common::check(&files), @"");
}

#[test]
fn a_role_that_no_play_runs_may_be_told_by_an_installed_one() {
    let role = [
        ("roles/web/tasks/main.yml", "- copy: content=x dest=/etc/x\n  notify: restart docker\n"),
        (
            "roles/web/handlers/main.yml",
            "- name: restart web\n  service: name=web state=restarted\n",
        ),
    ];
    let listed = (
        "templates/requirements.yml",
        "- src: git+https://example.org/ansible-role-docker\n  name: docker\n",
    );
    assert_snapshot!(
        common::check(&role),
        @"roles/web/tasks/main.yml:2:11: error[unresolved-reference] handler `restart docker` does not exist"
    );
    assert_snapshot!(common::check(&[&role[..], &[listed]].concat()), @"");
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    assert_eq!(common::check(&[&role[..], &[listed, play]].concat()).len(), 1);
}

#[test]
fn a_handler_of_a_feature_that_is_switched_on_may_be_in_another_play() {
    let play = ("site.yml", "- hosts: web\n  roles: [app]\n");
    let other = ("dns.yml", "- hosts: dns\n  roles: [app, firewall]\n");
    let handler = (
        "roles/firewall/handlers/main.yml",
        "- name: reload rules\n  service: name=nft state=reloaded\n",
    );
    let task = |condition: &str| {
        format!("- block:\n  - copy: content=x dest=/etc/x\n    notify: reload rules\n{condition}")
    };
    let run = |condition: &str, handlers: &[(&str, &str)]| {
        let task = task(condition);
        common::check(&[&[play, other, ("roles/app/tasks/main.yml", &task)], handlers].concat())
    };
    let missing = ["unresolved-reference roles/app/tasks/main.yml:3"];
    let own =
        ("roles/firewall/handlers/main.yml", "- name: other\n  service: name=x state=reloaded\n");
    for condition in ["use_rules is defined and use_rules is true", "use_rules | bool", "use_rules"]
    {
        let condition = format!("  when: {condition}\n");
        assert!(run(&condition, &[handler]).is_empty(), "{condition}");
        assert_eq!(run(&condition, &[own]), missing, "{condition}");
    }
}

#[test]
fn a_role_finds_files_of_the_roles_that_use_it() {
    let site = ("site.yml", "- hosts: all\n  roles: [node, plain]\n");
    let shared = ("roles/tls/tasks/main.yml", "- template: src=site.j2 dest=/etc/site\n");
    let node = ("roles/node/tasks/main.yml", "- include_role:\n    name: tls\n");
    let plain = ("roles/plain/tasks/main.yml", "- debug: msg=x\n");
    let of = |role: &'static str| [site, shared, node, plain, (role, "x\n")].to_vec();
    assert_snapshot!(common::check(&of("roles/node/templates/site.j2")), @"");
    assert_snapshot!(
        common::check(&of("roles/plain/templates/site.j2")),
        @"roles/tls/tasks/main.yml:1:13: error[unresolved-reference] file `roles/tls/templates/site.j2` does not exist"
    );
}

#[cfg(unix)]
#[test]
fn a_play_that_is_run_through_a_link_looks_beside_the_link() {
    let play =
        ("env/common/web.yml", "- hosts: all\n  vars_files: [group_vars/env.yml]\n  tasks: []\n");
    let dir = common::tree(&[play, ("env/main/group_vars/env.yml", "a: 1\n")]);
    let places = || common::findings(&common::report(dir.path(), &["check", "."]));
    assert_snapshot!(
        places(),
        @"env/common/web.yml:2:16: error[unresolved-reference] file `env/common/group_vars/env.yml` does not exist"
    );
    std::os::unix::fs::symlink("../common/web.yml", dir.path().join("env/main/web.yml")).unwrap();
    assert_snapshot!(places(), @"");
}

#[test]
fn what_the_control_node_is_told_to_write_is_read_by_later_plays() {
    let read = "- hosts: all\n  vars_files:\n  - vars/made.yml\n  tasks:\n  - copy: {src: made/a.crt, dest: /etc/a.crt}\n  - copy: {src: b.crt, dest: /etc/b.crt}\n";
    let plays = |before: &str| check(&[("site.yml", &format!("{before}{read}"))]);
    let missing =
        |lines: [u32; 3]| lines.map(|line| format!("unresolved-reference site.yml:{line}"));
    assert_eq!(plays(""), missing([3, 5, 6]));
    let here = "- hosts: localhost\n  tasks:\n  - template: {src: site.yml, dest: '{{ playbook_dir }}/vars/made.yml'}\n  - get_url: {url: 'https://a.example.org/a', dest: 'made/{{ name }}.crt'}\n  - copy: {content: x, dest: ./b.crt}\n";
    assert_eq!(plays(here), [""; 0]);
    let delegated = "- hosts: all\n  tasks:\n  - {copy: {content: x, dest: vars/made.yml}, delegate_to: localhost}\n  - local_action: copy content=x dest=made/a.crt\n  - fetch: {src: /etc/b, dest: b.crt, flat: yes}\n";
    assert_eq!(plays(delegated), [""; 0]);
    // On the hosts, or in a folder that a variable names, it is another file.
    let there = "- hosts: web\n  tasks:\n  - copy: {content: x, dest: vars/made.yml}\n- hosts: localhost\n  tasks:\n  - copy: {content: x, dest: '{{ other }}/made/a.crt'}\n  - copy: {content: x, dest: /srv/b.crt}\n";
    assert_eq!(plays(there), missing([10, 12, 13]));
}

#[test]
fn what_ansible_refuses_of_plays_and_tasks() {
    // Keywords of old versions, aliases, options that an action plugin takes, free text, names
    // that are computed, and modules whose options are not known stay silent.
    ansible(
        "refused",
        &[
            "error unknown-parameter roles/web/meta/main.yml:2:1 param:role's metadata::$dependancies",
            "error missing-required-parameter roles/web/tasks/main.yml:4:3 param:template::$dest",
            "error unknown-parameter roles/web/tasks/main.yml:6:5 param:template::$mod",
            "error unknown-parameter roles/web/tasks/main.yml:7:27 param:lineinfile::$lin",
            "error unknown-parameter roles/web/tasks/main.yml:9:5 param:fail::$mesage",
            "error incompatible-value roles/web/tasks/main.yml:10:19 param:service::$state",
            "error incompatible-value roles/web/tasks/main.yml:11:24 param:file::$state",
            "error unknown-parameter roles/web/tasks/main.yml:14:5 param:file::$stat",
            "error unknown-parameter roles/web/tasks/main.yml:18:5 param:command::$chdirr",
            "error missing-required-parameter roles/web/tasks/main.yml:19:3 param:get_url::$dest",
            "error unknown-parameter roles/web/tasks/main.yml:36:5 param:copy::$perm",
            "error missing-required-parameter roles/web/tasks/main.yml:54:3 param:toolbox::$name",
            "error unknown-parameter roles/web/tasks/main.yml:55:5 param:toolbox::$mod_name",
            "error unknown-parameter roles/web/tasks/main.yml:56:5 param:toolbox::$more",
            "error incompatible-value roles/web/tasks/main.yml:57:19 param:toolbox::$state",
            "error unknown-parameter site.yml:2:3 param:play::$var_files",
            "error unknown-parameter site.yml:4:3 param:play::$taks",
            "error unknown-parameter site.yml:8:7 param:task::$when_",
            "error unknown-parameter site.yml:14:7 param:task::$creates",
            "error unknown-parameter site.yml:17:7 param:task::$shell",
            "error unknown-parameter site.yml:21:7 param:block::$loop",
            "error unknown-parameter site.yml:25:7 param:include_role::$become",
            "error unknown-parameter site.yml:29:7 param:task::$with_itmes",
            "error unknown-parameter site.yml:46:3 param:import of plays::$whenn",
        ],
    );
}

#[test]
fn jinja_that_is_opened_is_closed() {
    // What begins with the name of a variable is an expression, in a template too.
    ansible(
        "braces",
        &[
            "error parse-error roles/web/tasks/main.yml:3:10",
            "error parse-error roles/web/tasks/main.yml:5:5",
            "error parse-error roles/web/templates/open.j2:1:5",
            // Whatever reads the variable stops, and nothing does.
            "warning parse-error site.yml:4:5 ansible.variable:kept",
        ],
    );
}

#[test]
fn jinja_that_is_refused() {
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    let role = |tasks: &'static str| check(&[play, ("roles/web/tasks/main.yml", tasks)]);
    let template = |text: &'static str| {
        let tasks = "- template: src=a.j2 dest=/etc/a\n";
        check(&[play, ("roles/web/tasks/main.yml", tasks), ("roles/web/templates/a.j2", text)])
    };
    assert_snapshot!(template("{% if x is defined and x = false %}{% endif %}\n"), @"roles/web/templates/a.j2:1:26: error[parse-error] not valid Jinja: `=` sets, `==` compares");
    assert_snapshot!(template("{{ x | default((1, 2) }}\n"), @"roles/web/templates/a.j2:1:23: error[parse-error] not valid Jinja: `(` is not closed before `}`");
    assert_snapshot!(role("- set_fact:\n    a: '{% set b = c) %}'\n"), @"roles/web/tasks/main.yml:2:8: error[parse-error] not valid Jinja: `)` closes nothing");
    assert_snapshot!(role("- debug: msg=x\n  when: (a and b\n"), @"roles/web/tasks/main.yml:2:9: error[parse-error] not valid Jinja: `(` is not closed");
    assert_snapshot!(role("- debug: msg=x\n  when:\n  - a | bool\n  - name: next\n    debug: msg=y\n"), @"roles/web/tasks/main.yml:4:5: error[parse-error] a task stands among the conditions of the task before it");
    assert_snapshot!(role("- iansible.builtin.debug:\n    msg: x\n"), @"roles/web/tasks/main.yml:1:3: error[unknown-parameter] no collection has a module `iansible.builtin.debug`");
    for fine in [
        "- shell: 'echo {{ x | map(\"regex_replace\", \"[(]\", \"\") | list }} ('\n",
        "- debug: msg=x\n  when: a == '(' and b != c\n",
        "- debug:\n    msg: \"{{ f | combine({'a': {'b': 1}}) }}\"\n",
        "- command: docker ps --format {% raw %}'{{ range $x := (index .A 1 }}'{% endraw %}\n",
        "- community.general.ini_file:\n    path: x\n",
    ] {
        assert!(role(fine).is_empty(), "{fine}");
    }
    assert!(template("#jinja2: variable_start_string:'[['\n{{ a(b }}\n").is_empty());
}

#[test]
fn slips_in_what_tasks_read_and_pass() {
    ansible(
        "slips",
        &[
            "warning duplicate-definition group_vars/all.yml:3:1",
            "error unknown-parameter roles/cache/tasks/main.yml:2:3 param:task::$set_facts",
            "warning duplicate-definition roles/cache/tasks/main.yml:7:5",
            "error duplicate-definition roles/web/handlers/main.yml:4:3",
            "error unresolved-reference roles/web/tasks/main.yml:4:13 ansible.variable:web_acounts",
            "error unresolved-reference roles/web/tasks/main.yml:14:20 ansible.variable:web_b64_token",
            "error unresolved-reference roles/web/tasks/main.yml:25:11 ansible.handler:restart web",
            "error unresolved-reference roles/web/tasks/main.yml:34:10",
            "error unresolved-reference roles/web/tasks/main.yml:46:10",
            "error unresolved-reference roles/web/tasks/main.yml:48:9",
            "error unresolved-reference roles/web/tasks/main.yml:63:9",
            "error unresolved-reference roles/web/tasks/main.yml:73:7",
            "error unresolved-reference roles/web/tasks/main.yml:78:20 ansible.result:ansible_managed",
            "error unresolved-reference roles/web/tasks/main.yml:82:21 ansible.result:_web_round",
            "error incompatible-value roles/web/templates/unit.conf:3:1",
            "warning unknown-parameter site.yml:13:22 param:cache::$cache_memry",
        ],
    );
}

#[test]
fn expressions_that_jinja_refuses_or_reads_otherwise() {
    // A template that nothing renders stops no play.
    ansible(
        "expressions",
        &[
            "warning parse-error roles/apart/templates/unread.j2:1:9",
            "error parse-error roles/web/tasks/main.yml:3:10",
            "error incompatible-value roles/web/tasks/main.yml:6:10",
            "error parse-error roles/web/tasks/main.yml:10:9",
            "error parse-error roles/web/tasks/main.yml:13:10",
            "error parse-error roles/web/tasks/main.yml:15:28",
            "error parse-error roles/web/tasks/main.yml:20:9",
            "error parse-error roles/web/templates/a.j2:1:9",
        ],
    );
}

#[test]
fn a_variable_that_only_a_script_handed_over_is_lost_with_it() {
    let role = ("roles/web/tasks/main.yml", "- debug: msg={{ web_token_name }}\n");
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    let with = ("deploy.sh", "ansible-playbook site.yml -e web_token_name=x\n");
    let without = ("deploy.sh", "ansible-playbook site.yml\n");
    let old = [role, play, with];
    assert_snapshot!(common::change(&old, &[role, play, without]), @"roles/web/tasks/main.yml:1:17: warning[removed-but-referenced] variable `web_token_name` was removed but is still used");
    assert!(common::change(&old, &old).is_empty());
}

/// What Ansible and Jinja take although it looks wrong.
#[test]
fn what_is_taken_as_it_is_written() {
    let tasks = "- name: a\n  command: ls\n  when:\n- name: b\n  local_action: {module: command, args: ls -l}\n- name: c\n  debug: msg=x\n  when: app_{{ item }}_enabled | bool\n  loop: [one]\n- name: d\n  include_role: {name: web, handlers_from: empty}\n- name: e\n  vars:\n  copy: {src: a, dest: /b, force: yes, force: true}\n  vars: {x: 1}\n";
    let files = [
        ("site.yml", "- hosts: all\n  roles: [web]\n"),
        ("roles/web/tasks/main.yml", tasks),
        ("roles/web/files/a", "a\n"),
        ("roles/web/defaults/main.yml", "app_one_enabled: true\n"),
    ];
    let found = common::check(&files).to_string();
    assert!(!found.contains("error"), "{found}");
}

#[test]
fn a_template_with_delimiters_of_its_own() {
    let text = "for i in ${#a[@]}; do\n  echo {{ lines_of_it }}\ndone\n";
    let template = ("roles/web/templates/run.sh.j2", text);
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    let task = |own: &str| {
        let task = format!("- template:\n    src: run.sh.j2\n    dest: /run.sh\n{own}");
        check(&[play, template, ("roles/web/tasks/main.yml", &task)])
    };
    assert_snapshot!(task(""), @"roles/web/templates/run.sh.j2:1:11: warning[parse-error] not valid Jinja: `{#` without `#}`");
    assert!(task("    comment_start_string: '[#'\n    comment_end_string: '#]'\n").is_empty());
}

//! Ansible: what somebody sets, holds or runs whom the tree does not show, as far as it says so. Each
//! beside what is still wrong.

use crate::common::{change, check, report, tree, whole_findings};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];
const ROLE: (&str, &str) = ("site.yml", "- hosts: web\n  roles: [web]\n");

#[test]
fn a_value_is_not_made_of_itself() {
    let of = |text: &str| {
        let tasks = ("roles/web/tasks/main.yml", "- command: a {{ db_hostname }}\n");
        check(&[ROLE, tasks, ("host_vars/a.yml", text)])
    };
    assert_eq!(of("db_hostname: \"{{ DB_HOSTNAME }}\"\n"), NONE);
    // Its group has a name of its own for what is kept elsewhere.
    let users = ("host_vars/a.yml", "wed_members: [a]\n");
    let of = |name: &str| {
        let value = format!("members: \"{{{{ {name} }}}}\"\n");
        let tasks = ("roles/web/tasks/main.yml", "- command: a {{ members }}\n");
        check(&[ROLE, tasks, users, ("group_vars/web.yml", &value)])
    };
    assert_snapshot!(
        of("web_members"),
        @"group_vars/web.yml:1:14: warning[unresolved-reference] nothing sets variable `web_members`, and nothing else knows it"
    );
    assert_snapshot!(
        of("wed_membres"),
        @"group_vars/web.yml:1:14: error[unresolved-reference] variable `wed_membres` does not exist"
    );
}

#[test]
fn a_handler_that_its_role_never_reads_and_the_play_has() {
    let tasks = ("roles/units/tasks/drop.yml", "- command: a\n  notify: reload units\n");
    let handler = "- name: reload units\n  command: systemctl daemon-reload\n";
    let of = |handlers: &str| {
        let play = format!(
            "- hosts: a\n  tasks:\n    - include_role: {{name: units, tasks_from: drop}}\n{handlers}"
        );
        check(&[("site.yml", &play), tasks, ("roles/units/handlers/units.yml", handler)])
    };
    assert_eq!(of("  handlers:\n    - {name: reload units, ping: }\n"), NONE);
    assert_eq!(of(""), ["unresolved-reference roles/units/tasks/drop.yml:2"]);
}

#[test]
fn a_dependency_may_be_a_role_beside_the_plays() {
    let of = |folder: &str| {
        let apt = format!("{folder}/tasks/main.yml");
        check(&[
            ("plays/site.yml", "- hosts: a\n  roles: [web]\n"),
            ("plays/roles/web/meta/main.yml", "dependencies:\n  - {role: apt}\n"),
            ("plays/roles/web/tasks/main.yml", "- ping:\n"),
            (&apt, "- ping:\n"),
        ])
    };
    assert_eq!(of("plays/apt"), NONE);
    assert_eq!(of("other/apt"), ["unresolved-reference plays/roles/web/meta/main.yml:2"]);
}

#[test]
fn variables_of_groups_that_git_ignores() {
    let tasks = ("roles/web/tasks/main.yml", "- command: a {{ folder_of_data }}\n");
    let set = ("group_vars/all/vars.yml", "folder_of_data: /srv\n");
    let of = |ignores: &str| {
        let ignores = (".gitignore", ignores);
        change(&[ROLE, tasks, ignores, set], &[ROLE, tasks, ignores])
    };
    assert_eq!(of("/group_vars/\n!/group_vars/all/vars.yml\n"), NONE);
    assert_eq!(of("*.retry\n"), ["removed-but-referenced roles/web/tasks/main.yml:1"]);
}

#[test]
fn groups_of_an_inventory_that_is_elsewhere() {
    let web = ("web.yml", "- hosts: web\n  roles: [web]\n");
    let play = ("site.yml", "- hosts: x509_ca\n  tasks:\n    - ping:\n");
    let tasks = ("roles/web/tasks/main.yml", "- command: a {{ groups['x509ca'][0] }}\n");
    assert_eq!(check(&[play, web, tasks]), NONE);
    let hosts = ("inventory/hosts", "[x509_ca]\na.example\n");
    assert_eq!(
        check(&[play, web, tasks, hosts]),
        ["unresolved-reference roles/web/tasks/main.yml:1"]
    );
}

#[test]
fn what_is_read_only_where_something_else_is_empty() {
    let of = |text: &str| {
        check(&[
            ROLE,
            ("roles/web/tasks/main.yml", &format!("- command: \"a {{{{ {text} }}}}\"\n")),
        ])
    };
    assert_snapshot!(
        of("architecture or found.stdout"),
        @"roles/web/tasks/main.yml:1:34: warning[unresolved-reference] variable `found` does not exist"
    );
    assert_snapshot!(
        of("found.stdout"),
        @"roles/web/tasks/main.yml:1:18: error[unresolved-reference] variable `found` does not exist"
    );
}

#[test]
fn a_key_that_is_a_variable_elsewhere_in_the_text() {
    let key = "- set_fact:\n    all: \"{{ {} | combine({backend_of_a: {'a': 1}}) }}\"\n";
    let reads = "- command: \"get {{ 'x.' + backend_of_a }}\"\n";
    let of = |text: &str| check(&[ROLE, ("roles/web/tasks/main.yml", text)]);
    assert_eq!(of(key), ["unresolved-reference roles/web/tasks/main.yml:2"]);
    assert_eq!(of(&format!("{reads}{key}")), NONE);
}

#[test]
fn prose_beside_a_role_s_variables_says_what_its_users_set() {
    let before = "- include: client.yml web_kind=client\n";
    let after = "- include: \"{{ web_kind }}.yml\"\n";
    let of = |more: (&str, &str)| {
        let path = "roles/web/tasks/main.yml";
        let client = ("roles/web/tasks/client.yml", "- ping:\n");
        change(&[ROLE, client, (path, before), more], &[ROLE, client, (path, after), more])
    };
    assert_eq!(of(("roles/web/vars/readme.txt", "web_kind: client or server\n")), NONE);
    assert_eq!(
        of(("roles/web/vars/readme.txt", "none\n")),
        ["removed-but-referenced roles/web/tasks/main.yml:1"]
    );
}

#[test]
fn nothing_is_asked_before_nothing_is_done() {
    let of = |module: &str| {
        let text = format!(
            "- script: a.sh {{{{ item }}}}\n  loop: [a]\n  register: made\n- {module}\n  when: \"'a' in made.stdout\"\n"
        );
        let script = ("roles/web/files/a.sh", "true\n");
        check(&[ROLE, script, ("roles/web/tasks/main.yml", &text)])
    };
    assert_eq!(of("meta: noop"), NONE);
    assert_eq!(of("command: a"), ["unresolved-reference roles/web/tasks/main.yml:5"]);
}

#[test]
fn what_whoever_runs_a_play_is_asked_for() {
    let names: Vec<String> = (0..12).map(|n| format!("web_part{n}_path")).collect();
    let reads: String =
        names.iter().map(|name| format!("- command: ls {{{{ {name} }}}}\n")).collect();
    let sets: String = names.iter().map(|name| format!("{name}: /srv\n")).collect();
    let of = |path: &str, text: &str| {
        let tasks = ("roles/web/tasks/main.yml", reads.as_str());
        check(&[ROLE, tasks, ("roles/web/defaults/main.yml", sets.as_str()), (path, text)])
    };
    let play = "- hosts: a\n  tasks:\n    - command: get {{ target_release }}\n";
    assert_eq!(of("upgrade.yml", play), NONE);
    // A value that nothing here reads is that of a role from elsewhere.
    assert_eq!(of("group_vars/all.yml", "kube_image: \"{{ target_release }}/a\"\n"), NONE);
}

#[test]
fn braces_that_a_template_prints() {
    let of = |text: &str| check(&[("roles/web/templates/a.sh.j2", text)]);
    let prints = "#!/bin/sh\nps --format '{{ '{{' }}.Names{{ '}}' }}' | grep -q a\n";
    assert_eq!(of(prints), NONE);
    assert_eq!(of("#!/bin/sh\nps --format '{{ a }}\n").len(), 1);
}

#[test]
fn a_task_is_a_handler_where_a_list_of_handlers_includes_it() {
    let tasks =
        "- command: a\n  notify: Allow http\n- name: Allow http\n  command: ufw allow http\n";
    let of = |more: &[(&str, &str)]| {
        let role = [
            ("roles/web/tasks/main.yml", tasks),
            ("roles/web/handlers/main.yml", "- name: reload nginx\n  ping:\n"),
        ];
        check(&[&role, more].concat())
    };
    assert_eq!(of(&[ROLE]), ["unresolved-reference roles/web/tasks/main.yml:2"]);
    let include = "- import_tasks: ../tasks/main.yml\n";
    assert_eq!(of(&[ROLE, ("roles/web/handlers/more.yml", include)]), NONE);
    let play = |list: &str| {
        format!("- hosts: web\n  roles: [web]\n  {list}:\n    - include_tasks: common.yml\n")
    };
    let common = ("common.yml", "- name: Allow http\n  command: ufw allow http\n");
    assert_eq!(of(&[("site.yml", &play("handlers")), common]), NONE);
    assert_eq!(
        of(&[("site.yml", &play("tasks")), common]),
        ["unresolved-reference roles/web/tasks/main.yml:2"]
    );
}

#[test]
fn a_name_that_is_no_more_than_alike_is_no_advice() {
    let dir = tree(&[
        ROLE,
        ("roles/web/defaults/main.yml", "web_munin_from: []\n"),
        (
            "roles/web/tasks/main.yml",
            "- template: {src: sudoers.j2, dest: /etc/sudoers.d/a}\n- command: a {{ web_icinga_from }} {{ web_munin_form }}\n",
        ),
        ("roles/webs/tasks/main.yml", "- ping:\n"),
        ("roles/webs/templates/sudoers.j2", "a\n"),
    ]);
    assert_snapshot!(whole_findings(&report(dir.path(), &["check"])), @r"
        roles/web/tasks/main.yml:1:19: error[unresolved-reference] file `roles/web/templates/sudoers.j2` does not exist
          help: there is one at `roles/webs/templates/sudoers.j2`, where this does not look
        roles/web/tasks/main.yml:2:39: error[unresolved-reference] variable `web_munin_form` does not exist
          help: did you mean `web_munin_from`?
          new roles/web/defaults/main.yml:1:1: the nearest existing name, `web_munin_from`
        ");
}

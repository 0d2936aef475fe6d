//! Ansible: variables that nothing sets in trees that set nearly all others, defaults that nothing
//! reads, roles whose tasks lie beside their folder.

use crate::common::check;
use insta::assert_snapshot;

const NONE: [&str; 0] = [];
const PLAY: (&str, &str) = ("site.yml", "- hosts: web\n  roles: [web]\n");

/// Twelve variables of a role, each with a task that reads it.
fn role() -> (String, String) {
    let names: Vec<String> = (0..12).map(|n| format!("web_part{n}_path")).collect();
    let reads = names.iter().map(|name| format!("- command: ls {{{{ {name} }}}}\n")).collect();
    let sets = names.iter().map(|name| format!("{name}: /srv\n")).collect();
    (reads, sets)
}

#[test]
fn a_variable_that_nothing_sets_among_many_that_are() {
    let (reads, sets) = role();
    let lost = format!("{reads}- command: ls {{{{ editor_path }}}}\n");
    let of = |tasks: &str, more: (&str, &str)| {
        let tasks = ("roles/web/tasks/main.yml", tasks);
        check(&[PLAY, tasks, ("roles/web/defaults/main.yml", sets.as_str()), more])
    };
    let none = ("a.txt", "");
    assert_snapshot!(
        of(&lost, none),
        @"roles/web/tasks/main.yml:13:18: warning[unresolved-reference] nothing in the tree sets variable `editor_path`"
    );
    assert_eq!(of(&reads, none), NONE);
    // Somebody knows it, or does without.
    for (path, text) in [
        ("README.md", "Set `editor_path`.\n"),
        ("deploy.sh", "ansible-playbook site.yml -e editor_path=/a\n"),
        ("group_vars/all.yml", "editor_path: /a\n"),
        ("roles/web/tasks/b.yml", "- debug: msg=a\n  when: editor_path is defined\n"),
    ] {
        assert_eq!(of(&lost, (path, text)), NONE, "{path}");
    }
    // In a tree that leaves many to whoever runs it, one more is no slip.
    let few = ("roles/web/tasks/main.yml", "- command: ls {{ editor_path }} {{ a_path }}\n");
    assert_eq!(check(&[PLAY, few, ("roles/web/defaults/main.yml", "a_path: /a\n")]), NONE);
}

#[test]
fn a_default_that_nothing_reads() {
    let (reads, sets) = role();
    let more = format!("{sets}web_editor_path: /a\n");
    let of = |more: (&str, &str), defaults: &str| {
        let tasks = ("roles/web/tasks/main.yml", reads.as_str());
        check(&[PLAY, tasks, ("roles/web/defaults/main.yml", defaults), more])
    };
    let none = ("a.txt", "");
    assert_snapshot!(
        of(none, &more),
        @"roles/web/defaults/main.yml:13:1: note[shadowed-rule] nothing reads `web_editor_path`: whoever sets it changes nothing"
    );
    assert_eq!(of(("README.md", "Set `web_editor_path`.\n"), &more).len(), 1);
    for (path, text) in [
        ("roles/web/templates/a.j2", "{{ web_editor_path }}\n"),
        ("roles/web/templates/a.j2", "{{ vars['web_' ~ name ~ '_path'] }}\n"),
        ("roles/web/filter_plugins/a.py", "x = 'web_editor_path'\n"),
    ] {
        assert_eq!(of((path, text), &more), NONE, "{path}");
    }
    // Several are meant for something else.
    assert_eq!(of(none, &format!("{more}web_other_path: /a\n")), NONE);
}

#[test]
fn a_role_whose_tasks_lie_beside_their_folder() {
    let tasks = "- name: install\n  apt: {name: zip}\n";
    let play = ("site.yml", "- hosts: web\n  tasks: []\n");
    assert_snapshot!(
        check(&[play, ("roles/zip/main.yml", tasks)]),
        @"roles/zip/main.yml:1:1: warning[shadowed-rule] role `zip` has no `tasks`: this file is never run"
    );
    let whole = ("roles/zip/tasks/main.yml", tasks);
    assert_eq!(check(&[play, whole, ("roles/zip/main.yml", tasks)]), NONE);
}

#[test]
fn a_name_that_is_handed_on_from_what_is_kept_elsewhere() {
    let of = |value: &str| {
        let vars = format!("mail_domain: a.test\nacme_notify_email: \"{{{{ {value} }}}}\"\n");
        let role = ("roles/web/tasks/main.yml", "- command: a {{ acme_notify_email }}\n");
        check(&[PLAY, role, ("host_vars/a/vars.yml", vars.as_str())])
    };
    assert_eq!(of("_acme_notify_email"), NONE);
    assert_eq!(of("__acme_notify_email"), NONE);
}

#[test]
fn what_a_task_sets_is_there_whatever_else_it_leaves_out() {
    let (reads, sets) = role();
    let of = |own: &str| {
        let task = format!(
            "{reads}- file:\n    path: \"{{{{ 1 if {own} == 2 else omit }}}}\"\n  vars:\n    web_query: a\n"
        );
        let tasks = ("roles/web/tasks/main.yml", task.as_str());
        check(&[PLAY, tasks, ("roles/web/defaults/main.yml", sets.as_str())])
    };
    assert_eq!(of("web_query"), NONE);
    assert_eq!(of("web_quest").len(), 1);
}

#[test]
fn keys_that_stand_twice_in_an_inventory() {
    let hosts = |more: &str| format!("web:\n  hosts:\n    a:\n  vars:\n    b: 1\n{more}");
    let of = |text: &str| check(&[("site.yml", "- hosts: web\n"), ("inventory/a.yml", text)]);
    assert_eq!(of(&hosts("    c: 2\n")), NONE);
    assert_snapshot!(
        of(&hosts("    b: 2\n")),
        @"inventory/a.yml:6:5: warning[duplicate-definition] `b` stands twice here"
    );
}

#[test]
fn an_include_notifies_nobody() {
    let of = |key: &str| {
        let text = format!("- include_role: {{name: web}}\n  {key}\n");
        let handlers = ("roles/web/handlers/main.yml", "- name: a\n  command: b\n");
        check(&[PLAY, ("roles/web/tasks/main.yml", text.as_str()), handlers])
    };
    assert_snapshot!(
        of("notify: a"),
        @"roles/web/tasks/main.yml:2:3: warning[unknown-parameter] `include_role` does not take the keyword `notify`"
    );
    assert_eq!(of("become: true"), NONE);
}

#[test]
fn values_that_a_module_of_a_collection_does_not_accept() {
    let of = |state: &str| {
        let text = format!("- firewalld: service=http state={state} permanent=yes\n");
        check(&[PLAY, ("roles/web/tasks/main.yml", text.as_str())])
    };
    assert_eq!(of("enables").len(), 1);
    assert_eq!(of("enabled"), NONE);
}

#[test]
fn a_variable_that_one_file_reads_more_than_once_and_nothing_sets() {
    let (reads, sets) = role();
    let more = "- command: ls {{ editor_path }}\n- command: cat {{ editor_path }}\n";
    let of = |text: &str| {
        let tasks = format!("{reads}{text}");
        let tasks = ("roles/web/tasks/main.yml", tasks.as_str());
        check(&[PLAY, tasks, ("roles/web/defaults/main.yml", sets.as_str())])
    };
    assert_eq!(of(more).len(), 1);
    assert_eq!(of(&format!("# editor_path: where the editor is\n{more}")), NONE);
}

/// A default that nothing reads stands for the name that is read instead.
#[test]
fn a_variable_that_a_role_sets_by_another_name() {
    let template = ("roles/web/templates/a.sh.j2", "mail {{ web_failure_alert_email }}\n");
    let tasks = ("roles/web/tasks/main.yml", "- template: {src: a.sh.j2, dest: /a}\n");
    let unread = ("roles/web/defaults/main.yml", "web_alert_email: a\n");
    assert_snapshot!(
        check(&[PLAY, tasks, template, unread]),
        @"roles/web/templates/a.sh.j2:1:9: error[unresolved-reference] variable `web_failure_alert_email` does not exist"
    );
    // What is worked out of it, and what something else reads.
    let fact = ("roles/web/templates/a.sh.j2", "mail {{ web_alert_email_fact }}\n");
    assert_eq!(check(&[PLAY, tasks, fact, unread]), NONE);
    let read = ("roles/web/templates/b.sh.j2", "mail {{ web_alert_email }}\n");
    assert_eq!(check(&[PLAY, tasks, template, unread, read]), NONE);
}

/// What is kept secret is kept elsewhere, unless it stands here by another ending.
#[test]
fn a_file_of_secrets_by_another_ending() {
    let play =
        ("site.yml", "- hosts: web\n  vars_files: [secrets.yaml]\n  tasks: [{command: a}]\n");
    assert_eq!(check(&[play]), NONE);
    let twin = ("secrets.yml", "a: b\n");
    assert_eq!(check(&[play, twin]), ["unresolved-reference site.yml:2"]);
}

/// Handlers are those of a play, and not of its file.
#[test]
fn a_handler_of_another_play() {
    let tasks = ("roles/web/tasks/main.yml", "- command: a\n  notify: restart firewall\n");
    let handlers = ("roles/wall/handlers/main.yml", "- name: restart firewall\n  command: b\n");
    let own = ("roles/web/handlers/main.yml", "- name: restart web\n  command: b\n");
    let apart = ("site.yml", "- hosts: web\n  roles: [web]\n- hosts: wall\n  roles: [wall]\n");
    assert_eq!(
        check(&[apart, tasks, handlers, own]),
        ["unresolved-reference roles/web/tasks/main.yml:2"]
    );
    let together =
        ("site.yml", "- hosts: web\n  roles: [web, wall]\n- hosts: wall\n  roles: [wall]\n");
    assert_eq!(check(&[together, tasks, handlers, own]), NONE);
    let in_file = (
        "site.yml",
        "- hosts: web\n  roles: [web]\n- hosts: a\n  handlers: [{name: restart firewall, command: b}]\n",
    );
    assert_eq!(check(&[in_file, tasks, own]), NONE);
}

#[test]
fn what_one_play_hands_to_a_role_and_another_does_not() {
    let with = "- hosts: a\n  vars:\n    app_release: 3\n  roles: [app]\n";
    let without = "- hosts: b\n  roles:\n    - app\n";
    let reads = "- command: get {{ app_release }}\n";
    let hosts = ("inventory/hosts", "[a]\na.example\n[b]\nb.example\n");
    let files = |first: &str, second: &str, tasks: &str, more: &[(&str, &str)]| {
        let own = [("a.yml", first), ("b.yml", second), ("roles/app/tasks/main.yml", tasks)];
        check(&[&own[..], more].concat())
    };
    let of = |first: &str, second: &str, tasks: &str, more: (&str, &str)| {
        files(first, second, tasks, &[more, hosts])
    };
    let none = ("a.txt", "");
    // Where hosts are listed elsewhere, so are their variables.
    assert_eq!(files(with, without, reads, &[]), NONE);
    assert_snapshot!(
        of(with, without, reads, none),
        @"b.yml:3:7: error[unresolved-reference] nothing sets `app_release` in this play, and role `app` reads it"
    );
    let handed = "- hosts: a\n  roles:\n    - {role: app, app_release: 3}\n";
    assert_eq!(of(handed, without, reads, none).len(), 1);
    // Where the role's other files read it, a condition may pass them by.
    let included = ("roles/app/tasks/get.yml", reads);
    assert_snapshot!(
        of(with, without, "- include_tasks: get.yml\n", included),
        @"b.yml:3:7: warning[unresolved-reference] nothing sets `app_release` in this play, and role `app` reads it"
    );
    for (second, tasks, more) in [
        (without, "- command: get {{ app_release | default(1) }}\n", none),
        (without, reads, ("roles/app/defaults/main.yml", "app_release: 1\n")),
        (without, reads, ("group_vars/b.yml", "app_release: 1\n")),
        (without, reads, ("README.md", "Set `app_release`.\n")),
        (without, reads, ("c.yml", "- hosts: c\n  tasks:\n    - set_fact: {app_release: 1}\n")),
        ("- hosts: b\n  vars: {app_release: 1}\n  roles: [app]\n", reads, none),
        ("- hosts: b\n  roles:\n    - {role: app, when: has_app}\n", reads, none),
        ("- hosts: b\n  vars_files: [/etc/app.yml]\n  roles: [app]\n", reads, none),
        ("- hosts: b\n  roles: [other]\n", reads, ("roles/other/tasks/main.yml", "- ping:\n")),
    ] {
        assert_eq!(of(with, second, tasks, more), NONE, "{second} {tasks} {more:?}");
    }
}

#[test]
fn a_handler_that_one_play_of_the_role_has_and_another_lacks() {
    let tasks = "- copy: {content: a, dest: /etc/a}\n  notify: reload units\n";
    let handler = "- name: reload units\n  command: systemctl daemon-reload\n";
    let of = |first: &str, second: &str| {
        check(&[
            ("a.yml", first),
            ("b.yml", second),
            ("roles/app/tasks/main.yml", tasks),
            ("roles/units/handlers/main.yml", handler),
            ("roles/other/tasks/main.yml", "- ping:\n"),
        ])
    };
    let both = "- hosts: a\n  roles: [units, app]\n";
    assert_snapshot!(
        of(both, "- hosts: b\n  roles: [other, app]\n"),
        @"roles/app/tasks/main.yml:2:11: error[unresolved-reference] handler `reload units` does not exist"
    );
    assert_eq!(of(both, "- hosts: b\n  roles: [other]\n"), NONE);
    for second in [
        "- hosts: b\n  roles: [units, app]\n",
        "- hosts: b\n  roles: [app]\n  handlers:\n    - {name: reload units, ping: }\n",
        "- hosts: b\n  tasks:\n    - include_role: {name: app, tasks_from: b}\n",
    ] {
        assert!(!format!("{:?}", of(both, second)).contains("handler"), "{second}");
    }
}

#[test]
fn a_name_that_is_handed_to_who_sets_it() {
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    let wait = ("roles/wait/tasks/main.yml", "- set_fact: {\"{{ wait_name }}\": 0}\n");
    let tasks = |vars: &str| {
        let read = "- fail: msg=a\n  failed_when: _web_result.rc != 0\n";
        let text = format!("- include_role: {{name: wait}}\n  vars: {{{vars}}}\n{read}");
        check(&[play, wait, ("roles/web/tasks/main.yml", &text)])
    };
    assert_eq!(tasks("wait_name: _web_result"), NONE);
    assert_eq!(tasks("wait_name: result"), ["unresolved-reference roles/web/tasks/main.yml:4"]);
}

#[test]
fn a_task_that_changes_nothing_asks_for_no_handler() {
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    let handlers = ("roles/web/handlers/main.yml", "- name: reload web\n  command: b\n");
    let task =
        |text: &str| check(&[play, handlers, ("roles/web/tasks/main.yml", text)]).to_string();
    assert!(task("- command: a\n  notify: restart web\n").contains("error[unresolved-reference]"));
    for text in [
        "- set_fact: {a: 1}\n  notify: restart web\n",
        "- command: a\n  changed_when: false\n  notify: restart web\n",
    ] {
        assert!(task(text).contains("warning[unresolved-reference]"), "{}", task(text));
    }
}

#[test]
fn a_play_that_is_copied_to_where_its_parts_are() {
    let parts = ["vars", "tasks", "handlers"];
    let play = |of: &[&str]| {
        let files: String =
            of.iter().map(|own| format!("    - include_vars: {own}/main.yml\n")).collect();
        check(&[("support/role.yml", &format!("- hosts: all\n  tasks:\n{files}"))]).to_string()
    };
    assert_eq!(play(&parts).matches("error[").count(), 0, "{}", play(&parts));
    assert_eq!(play(&parts[..1]).matches("error[").count(), 1, "{}", play(&parts[..1]));
}

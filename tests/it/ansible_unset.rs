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
        @"roles/web/defaults/main.yml:13:1: warning[shadowed-rule] nothing reads `web_editor_path`: whoever sets it changes nothing"
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

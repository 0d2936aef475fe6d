//! Ansible: what a change is the first to read or to aim at, and that nothing of the tree has.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];
const PLAY: (&str, &str) = ("site.yml", "- hosts: web\n  roles: [web]\n");

/// Variables of a role, each with a task that reads it.
fn role(of: &[String]) -> (String, String) {
    let reads = of.iter().map(|name| format!("- command: ls {{{{ {name} }}}}\n")).collect();
    let sets = of.iter().map(|name| format!("{name}: /srv\n")).collect();
    (reads, sets)
}

/// Two dozen names that have no word in common.
fn plain() -> Vec<String> {
    ('a'..='x').map(|letter| format!("{letter}{letter}{letter}_path")).collect()
}

#[test]
fn a_variable_that_a_change_is_the_first_to_read() {
    let (reads, sets) = role(&plain());
    let more = format!("{reads}- command: cp a {{{{ target_folder }}}} {{{{ second_folder }}}}\n");
    let more = format!("{more}- command: cp b {{{{ third_folder }}}} {{{{ fourth_folder }}}}\n");
    let defaults = ("group_vars/all.yml", sets.as_str());
    let old = [PLAY, ("roles/web/tasks/main.yml", reads.as_str()), defaults];
    let with = |extra: (&str, &str)| {
        let tasks = ("roles/web/tasks/main.yml", more.as_str());
        change(&[PLAY, old[1], defaults, extra], &[PLAY, tasks, defaults, extra])
    };
    assert_snapshot!(with(("a.txt", "")), @r"
    roles/web/tasks/main.yml:25:20: warning[unresolved-reference] nothing sets variable `target_folder`, and this change is the first to read it
    roles/web/tasks/main.yml:25:40: warning[unresolved-reference] nothing sets variable `second_folder`, and this change is the first to read it
    roles/web/tasks/main.yml:26:20: warning[unresolved-reference] nothing sets variable `third_folder`, and this change is the first to read it
    roles/web/tasks/main.yml:26:39: warning[unresolved-reference] nothing sets variable `fourth_folder`, and this change is the first to read it
    ");
    // Whoever runs it is told of one, or the tree does without it.
    for (path, text) in [
        ("README.md", "Set `target_folder`, `second_folder`, `third_folder`, `fourth_folder`.\n"),
        (
            "host_vars/a.yml",
            "target_folder: a\nsecond_folder: b\nthird_folder: c\nfourth_folder: d\n",
        ),
    ] {
        assert_eq!(with((path, text)), NONE, "{path}");
    }
    // A tree without a change leaves as many to whoever runs it.
    assert_eq!(check(&[PLAY, ("roles/web/tasks/main.yml", more.as_str()), defaults]), NONE);
    // One that left others to whoever runs it leaves these too.
    let loose = "- command: ls {{ one_folder }} {{ two_folder }} {{ three_folder }} {{ four_folder }} {{ five_folder }} {{ six_folder }}\n";
    let was = format!("{reads}{loose}");
    let now = format!("{more}{loose}");
    let both = |tasks: &str| {
        change(
            &[PLAY, ("roles/web/tasks/main.yml", was.as_str()), defaults],
            &[PLAY, ("roles/web/tasks/main.yml", tasks), defaults],
        )
    };
    assert_eq!(both(&now), NONE);
}

#[test]
fn a_secret_that_a_change_is_the_first_to_read() {
    let (reads, sets) = role(&plain());
    let more = format!("{reads}- command: ls {{{{ mail_password }}}}\n");
    let of = |defaults: &str| {
        let defaults = ("group_vars/all.yml", defaults);
        change(
            &[PLAY, ("roles/web/tasks/main.yml", reads.as_str()), defaults],
            &[PLAY, ("roles/web/tasks/main.yml", more.as_str()), defaults],
        )
    };
    // Others of its sort are not here.
    assert_eq!(of(&sets), NONE);
}

#[test]
fn a_group_that_a_change_is_the_first_to_aim_at() {
    let inventory = "[web]\na\n[db]\nb\n[mail]\nc\n[dns]\nd\n";
    let play = |groups: &[&str]| -> String {
        groups
            .iter()
            .map(|own| format!("- hosts: {own}\n  tasks: [{{debug: {{msg: a}}}}]\n"))
            .collect()
    };
    let was = play(&["web", "db", "mail"]);
    let now = play(&["web", "db", "mail", "metrics"]);
    let of = |inventory: &str, was: &str, now: &str, extra: (&str, &str)| {
        let hosts = ("inventory/hosts", inventory);
        change(&[hosts, ("site.yml", was), extra], &[hosts, ("site.yml", now), extra])
    };
    let none = ("a.txt", "");
    assert_snapshot!(
        of(inventory, &was, &now, none),
        @"site.yml:7:10: warning[unresolved-reference] nothing in this tree provides group `metrics`, and this change is the first to refer to `metrics`"
    );
    // Somebody has the group, or an inventory elsewhere has others too.
    assert_eq!(of(inventory, &was, &now, ("group_vars/metrics.yml", "a: b\n")), NONE);
    assert_eq!(of("[web]\na\n", &was, &now, none), NONE);
    assert_eq!(of(inventory, &was, &play(&["web", "db", "mail", "host.example.org"]), none), NONE);
    // Another play was for it before.
    let other = ("other.yml", "- hosts: metrics\n  tasks: [{debug: {msg: a}}]\n");
    assert_eq!(of(inventory, &was, &now, other), NONE);
}

#[test]
fn a_handler_that_a_change_is_the_first_to_notify() {
    let play = ("site.yml", "- hosts: web\n  roles: [acme.base, mail]\n");
    let listed = ("requirements.yml", "- src: acme.base\n");
    let task = |name: &str| format!("- command: ls\n  notify: {name}\n");
    let was = task("rebuild first map");
    let handlers = ("roles/mail/handlers/main.yml", "- name: rebuild first map\n  command: ls\n");
    let of = |name: &str, handlers: (&str, &str)| {
        let now = format!("{was}{}", task(name));
        change(
            &[play, listed, handlers, ("roles/mail/tasks/main.yml", was.as_str())],
            &[play, listed, handlers, ("roles/mail/tasks/main.yml", now.as_str())],
        )
    };
    assert_snapshot!(
        of("clear the cache", handlers),
        @"roles/mail/tasks/main.yml:4:11: warning[unresolved-reference] no handler `clear the cache` exists, and this change is the first to notify it"
    );
    // The listed role has one, by its name; or this role counts on others for the rest too.
    assert_eq!(of("restart base", handlers), NONE);
    let other = ("roles/mail/handlers/main.yml", "- name: another\n  command: ls\n");
    assert_eq!(of("clear the cache", other), NONE);
}

#[test]
fn a_variable_that_a_change_makes_a_comment() {
    let play = ("site.yml", "- hosts: web\n  roles: [web]\n");
    let tasks = ("roles/web/tasks/main.yml", "- command: ls {{ shared_folder }}\n");
    let of = |old: &str, new: &str| {
        let path = "group_vars/all.yml";
        change(&[play, tasks, (path, old)], &[play, tasks, (path, new)])
    };
    assert_snapshot!(
        of("shared_folder: /srv\na: b\n", "# shared_folder: /srv\na: b\n"),
        @"roles/web/tasks/main.yml:1:18: error[removed-but-referenced] variable `shared_folder` was removed but is still used"
    );
    // One that was a comment before tells whoever runs it to set it.
    assert_eq!(of("# shared_folder: /srv\na: b\n", "# shared_folder: /srv\na: c\n"), NONE);
}

#[test]
fn a_handler_that_others_have_was_not_removed() {
    let web = ("roles/web/handlers/main.yml", "- name: reload nginx\n  command: x\n");
    let tasks = ("roles/web/tasks/main.yml", "- command: a\n  notify: reload nginx\n");
    let play = ("site.yml", "- hosts: web\n  roles: [web]\n");
    let base = ("roles/base/tasks/main.yml", "- command: a\n  notify: reload nginx\n");
    let new = ("base.yml", "- hosts: base\n  roles: [base]\n");
    assert_snapshot!(
        change(&[web, tasks, play], &[web, tasks, play, base, new]),
        @"roles/base/tasks/main.yml:2:11: error[unresolved-reference] handler `reload nginx` does not exist"
    );
}

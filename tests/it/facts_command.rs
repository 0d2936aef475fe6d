//! `crosscheck facts`: what was read, for people and line by line.

use crate::common::told;
use insta::assert_snapshot;
use std::path::Path;

fn facts(arguments: &[&str]) -> String {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/library/old");
    let arguments: Vec<&str> = ["facts"].iter().chain(arguments).copied().collect();
    told(&tree, &arguments)
}

#[test]
fn each_file_says_what_it_provides_and_requires() {
    assert_snapshot!(facts(&[]), @r"
    manifests/site.pp
      provides
        1:6      puppet.node:default
        2:11     puppet.always:Class[web]  in puppet.node:default
        2:11     puppet.firm-include:web  in puppet.node:default
      requires
        2:11     puppet.class:web  by class {}  in puppet.node:default
      calls
        2:11     puppet.class:web(host=a.example.org)  by class {}  in puppet.node:default
    modules/web/manifests/init.pp
      provides
        2:7      puppet.class:web
        3:10     puppet.variable:web::host  in puppet.class:web
        5:10     puppet.always:File[/etc/motd]  in puppet.class:web
        5:10     deployed.path:/etc/motd = puppet.files:web/motd  in puppet.class:web
        5:10     puppet.resource:File[/etc/motd]  in puppet.class:web
      requires
        6:15     puppet.files:web/motd  by source  in puppet.class:web
      takes
        2:7      puppet.class:web(host)
    12 facts in 2 files
    exit code 0
    ");
}

#[test]
fn facts_can_be_chosen_and_printed_line_by_line() {
    let chosen =
        ["--path", "manifests", "--kind", "puppet.c*", "--fact", "call", "--format", "json"];
    assert_snapshot!(facts(&chosen), @r#"
    {"path":"manifests/site.pp","line":2,"column":11,"fact":"call","kind":"puppet.class","name":"web","via":"class {}","strength":"certain","within":"puppet.node:default","args":[{"name":"host","value":"a.example.org"}]}
    exit code 0
    "#);
    assert_snapshot!(facts(&["--kind", "["]), @r"
    crosscheck: error parsing glob '[': unclosed character class; missing ']'
    exit code 2
    ");
}

#[test]
fn values_of_secrets_are_not_shown() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = "class { 'db': password => 'hunter2', port => '5432' }\n";
    std::fs::write(dir.path().join("site.pp"), text).expect("written");
    let shown = told(dir.path(), &["facts", "--fact", "call", "--format", "ndjson"]);
    assert!(shown.contains("5432") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn what_matches_nothing_is_said_and_forms_of_a_name_are_counted() {
    let text = facts(&["--path", "nosuch", "--kind", "nosuch.*"]);
    assert!(text.contains("nothing was read of a file that matches --path nosuch"), "{text}");
    assert!(text.contains("of a kind that matches --kind nosuch.*"), "{text}");
    let dir = crate::common::tree(&[(
        "roles/web/tasks/main.yml",
        "- copy: {src: a.conf, dest: /etc/a.conf}\n  notify: restart a\n",
    )]);
    let of = |more: &[&str]| told(dir.path(), &[&["facts", "--fact", "provides"], more].concat());
    let lines = |text: &str| text.lines().filter(|own| own.contains(" restart:")).count();
    assert_eq!(lines(&of(&[])), 1);
    assert!(of(&[]).contains("more; --all lists them)"), "{}", of(&[]));
    assert!(lines(&of(&["--all"])) > 1);
}

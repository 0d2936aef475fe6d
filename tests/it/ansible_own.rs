//! Ansible: what a tree's own collections hold, what its tasks look up, which plays its scripts run.

use crate::common::{change, check};

const PLAY: (&str, &str) = ("site.yml", "- hosts: all\n  roles: [web]\n");
const GALAXY: (&str, &str) = ("galaxy.yml", "namespace: acme\nname: tools\nversion: 1.0.0\n");
const MODULE: (&str, &str) = (
    "plugins/modules/zone.py",
    "from ansible.module_utils.basic import AnsibleModule\nAnsibleModule(argument_spec=dict(name=dict(required=True), ttl=dict()))\n",
);
const FILTER: (&str, &str) = (
    "plugins/filter/names.py",
    "class FilterModule:\n    def filters(self):\n        return {'shorten': shorten}\n",
);
const ROLE: (&str, &str) = ("roles/edge_dns/tasks/main.yml", "- debug: msg=a\n");

fn own(path: &str, text: &str) -> String {
    check(&[GALAXY, MODULE, FILTER, ROLE, (path, text)]).to_string()
}

#[test]
fn a_collection_has_what_is_in_its_folder() {
    let tasks = |text: &str| own("roles/edge_dns/tasks/more.yml", text);
    let said = tasks("- acme.tools.zone: {name: a, tll: 5}\n");
    assert!(
        said.contains("[unknown-parameter] `acme.tools.zone` takes no parameter `tll`"),
        "{said}"
    );
    let said = tasks("- acme.tools.zoen: {name: a}\n");
    assert!(said.contains("[unknown-parameter] Ansible has no module `acme.tools.zoen`"), "{said}");
    let said = tasks("- debug: msg=\"{{ a | acme.tools.shortn }}\"\n");
    assert!(
        said.contains("[unresolved-reference] no filter is called `acme.tools.shortn`"),
        "{said}"
    );
    let said = own("playbooks/a.yml", "- hosts: all\n  roles: [acme.tools.edgedns]\n");
    assert!(said.contains("[unresolved-reference] role `acme.tools.edgedns`"), "{said}");
    for fine in [
        "- acme.tools.zone: {name: a, ttl: 5}\n",
        "- acme.other.zoen: {name: a}\n",
        "- debug: msg=\"{{ 'a' | acme.tools.shorten }} {{ 'b' | acme.other.nothing }}\"\n",
        "- include_role: {name: acme.tools.edge_dns}\n",
    ] {
        assert_eq!(tasks(fine), "", "{fine}");
    }
    // What it leads elsewhere is there.
    let led = (
        "meta/runtime.yml",
        "plugin_routing:\n  modules:\n    zoen:\n      redirect: acme.tools.zone\n",
    );
    let task = ("roles/edge_dns/tasks/more.yml", "- acme.tools.zoen: {name: a}\n");
    assert!(check(&[GALAXY, MODULE, ROLE, led, task]).is_empty());
}

#[test]
fn files_that_tasks_look_up() {
    let tasks = |text: &str| {
        check(&[PLAY, ("roles/web/files/b.txt", ""), ("roles/web/tasks/main.yml", text)])
            .to_string()
    };
    for missing in [
        "- debug: msg=\"{{ lookup('file', 'a.txt') }}\"\n",
        "- debug: msg=\"{{ item }}\"\n  with_file: [b.txt, a.txt]\n",
        "- copy: {src: '{{ own }}.txt', dest: /x}\n  loop: [a, b]\n  loop_control: {loop_var: own}\n",
    ] {
        let said = tasks(missing);
        assert!(said.contains("a.txt` does not exist"), "{missing}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    for fine in [
        "- debug: msg=\"{{ lookup('file', 'b.txt') }}\"\n",
        "- debug: msg=\"{{ lookup('file', 'a.txt', errors='ignore') }}\"\n",
        "- debug: msg=\"{{ lookup('file', '/etc/a.txt') }}\"\n",
        "- copy: {src: '{{ own }}.txt', dest: /x}\n  loop: [b]\n  loop_control: {loop_var: own}\n",
        "- copy: {src: '{{ owner }}.txt', dest: /x}\n  loop: [c]\n  loop_control: {loop_var: own}\n",
    ] {
        assert_eq!(tasks(fine), "", "{fine}");
    }
}

#[test]
fn what_scripts_run() {
    let make = ("Makefile", "run:\n\tansible-playbook -i env/prod plays/web.yml --tags front\n");
    let host = ("env/prod/hosts.ini", "[web]\na\n");
    let play = |path: &'static str, tag: &str| {
        (path, format!("- hosts: web\n  tasks:\n  - debug: msg=a\n    tags: [{tag}]\n"))
    };
    let said = |new: (&str, String)| {
        let old = play("plays/web.yml", "front");
        let (old, new) = ((old.0, old.1.as_str()), (new.0, new.1.as_str()));
        change(&[make, host, old], &[make, host, new]).to_string()
    };
    assert!(said(play("plays/site.yml", "front")).contains("[removed-but-referenced]"));
    let tag = said(play("plays/web.yml", "back"));
    assert!(tag.contains("warning[removed-but-referenced] tag `front`"), "{tag}");
    assert_eq!(said(play("plays/web.yml", "front, back")), "");
}

#[test]
fn groups_and_collections_that_go() {
    let play = ("site.yml", "- hosts: all\n  tasks:\n  - a.b.thing: {}\n");
    let vars = ("group_vars/web.yml", "port: 80\n");
    let list = |own: &str| format!("collections:\n- name: c.d\n{own}");
    let said = |group: &str, own: &str| {
        let hosts = |group: &str| format!("[{group}]\nx\n[db]\ny\n");
        let (one, two) = (hosts("web"), hosts(group));
        let (with, now) = (list("- name: a.b\n"), list(own));
        let old =
            [play, vars, ("inventory/hosts", one.as_str()), ("requirements.yml", with.as_str())];
        let new =
            [play, vars, ("inventory/hosts", two.as_str()), ("requirements.yml", now.as_str())];
        change(&old, &new).to_string()
    };
    assert_eq!(said("web", "- name: a.b\n"), "");
    let group = said("front", "- name: a.b\n");
    assert!(group.contains("warning[removed-but-referenced] group `web` was removed"), "{group}");
    let dropped = said("web", "");
    assert!(dropped.contains("warning[removed-but-referenced] collection `a.b`"), "{dropped}");
}

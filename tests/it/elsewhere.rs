//! What comes from elsewhere, as the tree itself shows: roles that are linked or listed, variables
//! of whoever uses the tree, files that are put beside it. Each beside what is still missing.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn a_role_that_the_readme_links_to_is_installed_from_there() {
    let play = ("site.yml", "- hosts: all\n  roles: [web, vault_box, gone]\n");
    let role = ("roles/web/tasks/main.yml", "- debug: msg=a\n");
    let link = "Needs <https://github.com/a/ansible-role-vault-box>.\n";
    let missing = |files: &[(&str, &str)]| check(files).to_string();
    assert_eq!(missing(&[play, role, ("README.md", "Vault box\n")]).lines().count(), 2);
    assert_snapshot!(
        missing(&[play, role, ("README.md", link)]),
        @"site.yml:2:27: error[unresolved-reference] role `gone` does not exist"
    );
}

#[test]
fn a_play_that_is_to_be_copied_names_no_file() {
    let of = |path: &str| {
        let play = format!(
            "- hosts: all\n  tasks:\n    - copy:\n        src: files/{path}\n        dest: /etc/a\n"
        );
        check(&[("site.yml", &play), ("files/a/a.service", "a\n")])
    };
    assert_eq!(of("AAAA/b.service"), NONE);
    assert_eq!(of("AAAB/b.service"), ["unresolved-reference site.yml:4"]);
}

#[test]
fn a_template_is_found_with_a_slash_too_many() {
    let of = |name: &str| {
        let class = format!("class web {{\n  file {{ '/a': content => template('{name}') }}\n}}\n");
        check(&[
            ("modules/web/manifests/init.pp", &class),
            ("modules/web/templates/etc/a.erb", "a\n"),
        ])
    };
    assert_eq!(of("web//etc/a.erb"), NONE);
    assert_eq!(of("web//etc//b.erb"), ["unresolved-reference modules/web/manifests/init.pp:2"]);
}

#[test]
fn what_could_have_any_name_was_not_this_one() {
    let class = |name: &str| {
        format!(
            "class web($a) {{\n  $b = inline_template('<%= @a %>')\n  file {{ \"{name}\": ensure => file }}\n}}\n"
        )
    };
    let config = (
        "modules/web/files/httpd.conf",
        "ServerRoot \"/etc/httpd\"\nInclude conf/extra/mpm.conf\nListen 80\nUser a\n",
    );
    let path = "modules/web/manifests/init.pp";
    let gone = |name: &str| {
        let with = [config, (path, &*class(name))].map(|(a, b)| (a, b.to_owned()));
        let with = with.each_ref().map(|(a, b)| (*a, b.as_str()));
        change(&with, &[config, (path, "class web($a) {\n}\n")]).to_string()
    };
    assert!(!gone("$b").contains("was removed"));
    assert!(gone("conf/extra/${a}.conf").contains("was removed"));
}

#[test]
fn a_program_of_the_tree_may_be_the_classifier_that_sets_a_variable() {
    let class = (
        "modules/copier/manifests/init.pp",
        "class copier {\n  create_resources(file, $copier_copies)\n}\n",
    );
    let recent = ("environment.conf", "modulepath = modules\n");
    let program = |text: &'static str| ("app/copier.rb", text);
    assert_eq!(check(&[class, recent, program("{ 'copier_copies' => conf }\n")]), NONE);
    assert_eq!(
        check(&[class, recent, program("copier_copies = conf\n")]),
        ["unresolved-reference modules/copier/manifests/init.pp:2"]
    );
}

#[test]
fn the_files_of_a_module_are_no_mount_of_the_server_that_uses_it() {
    let class = |name: &str| {
        format!("class {name} {{\n  file {{ '/a': source => 'puppet:///files/a/b' }}\n}}\n")
    };
    let metadata = ("metadata.json", "{\"name\": \"x-box\", \"version\": \"1.0.0\"}\n");
    let held = ("files/a/c", "c\n");
    assert_eq!(check(&[("manifests/init.pp", &class("box")), metadata, held]), NONE);
    let site = check(&[("modules/box/manifests/init.pp", &class("box")), held]);
    assert_eq!(site, ["unresolved-reference modules/box/manifests/init.pp:2"]);
}

#[test]
fn a_listed_role_may_set_what_it_keeps_for_itself() {
    let tasks =
        ("roles/web/tasks/main.yml", "- copy:\n    src: a\n    dest: \"{{ _vhost_confdir }}/a\"\n");
    let copied = ("roles/web/files/a", "a\n");
    let list = ("requirements.yml", "- src: https://example.org/x/httpd\n  name: httpd\n");
    let hosts = ("hosts", "[all]\na.example.org\n");
    let of = |more: (&str, &str)| check(&[tasks, copied, list, hosts, more]);
    let missing = ["unresolved-reference roles/web/tasks/main.yml:3"];
    assert_eq!(of(("site.yml", "- hosts: all\n  roles: [web]\n")), missing);
    assert_eq!(of(("site.yml", "- hosts: all\n  roles: [httpd, web]\n")), NONE);
    assert_eq!(of(("roles/web/meta/main.yml", "dependencies:\n  - role: httpd\n")), NONE);
}

#[test]
fn roles_without_hosts_are_given_what_they_keep_for_themselves() {
    let tasks = ("roles/web/tasks/main.yml", "- debug:\n    msg: \"{{ _billing_kind }}\"\n");
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    let missing = ["unresolved-reference roles/web/tasks/main.yml:2"];
    assert_eq!(check(&[tasks, play]), NONE);
    assert_eq!(check(&[tasks, play, ("hosts", "[web]\na.example.org\n")]), missing);
}

#[test]
fn a_class_behind_a_test_for_its_file_may_be_there_or_not() {
    let person = ("modules/people/manifests/alice.pp", "class people::alice {\n}\n");
    let gone = |test: &str| {
        let text = format!(
            "class boxen($login) {{\n  if {test} {{\n    include \"people::${{login}}\"\n  }}\n}}\n"
        );
        let class = ("modules/boxen/manifests/init.pp", text.as_str());
        change(&[class, person], &[class]).to_string()
    };
    assert_eq!(gone("file_exists(\"/opt/${login}.pp\")"), "");
    assert!(gone("$login").contains("was removed"), "{}", gone("$login"));
}

#[test]
fn what_extended_services_name_is_declared_where_they_are_used() {
    let base = ("shared/compose.yml", "services:\n  app:\n    image: a\n    networks: [inner]\n");
    let of = |file: &str| {
        let text = format!(
            "services:\n  web:\n    extends:\n      file: {file}\n      service: app\nnetworks:\n  inner:\n"
        );
        check(&[base, ("web/compose.yml", &text)])
    };
    for file in ["../shared/compose.yml", "${ROOT}/shared/compose.yml"] {
        assert_eq!(of(file), NONE, "{file}");
    }
    assert_eq!(of("${ROOT}/other/compose.yml"), ["unresolved-reference shared/compose.yml:4"]);
}

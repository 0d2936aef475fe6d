//! Ansible: what people write by a slip. Words without quotes, items without a loop, handlers that
//! no play has, names of variables in other words, groups that no inventory has.

use crate::common::{check, crosscheck, write};
use insta::assert_snapshot;
use std::process::Command;

const NONE: [&str; 0] = [];
const PLAY: (&str, &str) = ("site.yml", "- hosts: web\n  roles: [web]\n");

#[test]
fn a_word_without_quotes() {
    let tasks = (
        "roles/web/tasks/main.yml",
        "- command: whoami\n  register: x\n  failed_when: x.stdout != deploy\n",
    );
    let quoted = (
        "roles/web/tasks/other.yml",
        "- command: whoami\n  register: y\n  failed_when: y.stdout == 'deploy'\n",
    );
    assert_snapshot!(
        check(&[PLAY, tasks, quoted]),
        @"roles/web/tasks/main.yml:3:16: error[unresolved-reference] variable `deploy` does not exist"
    );
    // Whoever runs it may set a variable that nothing has as a text.
    assert_eq!(check(&[PLAY, tasks]), NONE);
    for (path, text) in [
        ("roles/web/defaults/main.yml", "deploy: me\n"),
        ("group_vars/all.yml", "deploy: me\n"),
        ("run.sh", "ansible-playbook site.yml -e deploy=me\n"),
        ("settings/all.yml", "deploy: me\n"),
        ("inventory/hosts", "[web]\na deploy=me\n"),
        // Between braces it is a variable.
        ("roles/web/handlers/main.yml", "- name: a\n  command: \"echo {{ deploy }}\"\n"),
    ] {
        assert_eq!(check(&[PLAY, tasks, quoted, (path, text)]), NONE, "{path}");
    }
    // A name of several words that a program has, whose tests have it between quotes: it passes it.
    let tasks = ("roles/web/tasks/main.yml", "- debug: msg=a\n  when: role_path != app_version\n");
    let names = r#"vec!["app_name", "app_version"]"#;
    assert_eq!(check(&[PLAY, tasks, ("src/passed.rs", names)]), NONE);
    assert_eq!(check(&[PLAY, tasks, ("notes.txt", names)]).len(), 1);
    let group = ("roles/web/tasks/main.yml", "- debug: msg=a\n  when: group_names[0] == web\n");
    assert_eq!(check(&[PLAY, group]), ["unresolved-reference roles/web/tasks/main.yml:2"]);
    let truth = ("roles/web/tasks/main.yml", "- debug: msg=a\n  when: role_path == yes\n");
    assert_eq!(check(&[PLAY, truth]), ["unresolved-reference roles/web/tasks/main.yml:2"]);
}

#[test]
fn an_item_without_a_loop() {
    let main = ("roles/web/tasks/main.yml", "- include_tasks: one.yml\n");
    let one = ("roles/web/tasks/one.yml", "- debug: msg=\"{{ item }}\"\n");
    assert_snapshot!(
        check(&[PLAY, main, one]),
        @"roles/web/tasks/one.yml:1:10: error[unresolved-reference] variable `item` does not exist"
    );
    let looped = ("roles/web/tasks/main.yml", "- include_tasks: one.yml\n  loop: [a]\n");
    assert_eq!(check(&[PLAY, looped, one]), NONE);
    // Another role's loop gives its items to its own tasks.
    let other = ("roles/db/tasks/main.yml", "- include_tasks: x.yml\n  loop: [a]\n");
    let tasks = ("roles/db/tasks/x.yml", "- debug: msg=\"{{ item }}\"\n");
    assert_eq!(check(&[PLAY, main, one, other, tasks]).len(), 1);
    let brings =
        ("play.yml", "- hosts: a\n  tasks:\n  - include_role: {name: web}\n    loop: [a]\n");
    assert_eq!(check(&[PLAY, main, one, brings]), NONE);
}

#[test]
fn handlers_that_no_play_has() {
    let notifies = |name: &str| format!("- command: a\n  notify: {name}\n");
    let text = notifies("restart web");
    let tasks = ("roles/web/tasks/main.yml", text.as_str());
    let handler = "- name: Restart Web\n  service: name=web state=restarted\n";
    let handlers = ("roles/web/handlers/main.yml", handler);
    let play = ("site.yml", "- hosts: web\n  roles: [web, acme.proxy]\n");
    let list = ("requirements.yml", "- src: acme.proxy\n");
    assert_eq!(
        check(&[play, list, tasks, handlers]),
        ["unresolved-reference roles/web/tasks/main.yml:2"]
    );
    // One that has the name of the service may come from elsewhere.
    let play = ("site.yml", "- hosts: web\n  roles: [web, acme.web]\n");
    let list = ("requirements.yml", "- src: acme.web\n");
    assert_eq!(check(&[play, list, tasks, handlers]), NONE);

    // All of them are commented out.
    let none = ("roles/web/tasks/main.yml", "- command: a\n  notify:\n  # - restart web\n");
    assert_eq!(check(&[PLAY, none, handlers]), NONE);

    let text = notifies("Restart Web");
    let tasks = ("roles/web/tasks/main.yml", text.as_str());
    let misnamed = ("roles/web/handlers/mian.yml", handler);
    assert_eq!(
        check(&[PLAY, tasks, misnamed]),
        ["unresolved-reference roles/web/tasks/main.yml:2"]
    );
    let includes = ("roles/web/handlers/main.yml", "- import_tasks: mian.yml\n");
    assert_eq!(check(&[PLAY, tasks, misnamed, includes]), NONE);
    let from =
        ("more.yml", "- hosts: a\n  tasks:\n  - import_role: {name: web, handlers_from: mian}\n");
    assert_eq!(check(&[PLAY, tasks, misnamed, from]), NONE);
}

#[test]
fn names_in_other_words() {
    let reads = |name: &str| format!("- copy: dest=/a content=\"{{{{ {name} }}}}\"\n");
    for (read, set) in [
        ("web_template_dir", "web_template_path"),
        ("web_user_db_password", "web_db_user_password"),
        ("web_tls_enable", "web_enable_tls"),
        ("web_allow_unauthenciated_access", "web_allow_unauthenticated_access"),
    ] {
        let (tasks, defaults) = (reads(read), format!("{set}: a\n"));
        let tasks = ("roles/web/tasks/main.yml", tasks.as_str());
        let defaults = ("roles/web/defaults/main.yml", defaults.as_str());
        assert_eq!(
            check(&[PLAY, tasks, defaults]),
            ["unresolved-reference roles/web/tasks/main.yml:1"],
            "{read}"
        );
    }
    for (read, set) in [
        ("web_template_dir", "web_template_mode"),
        ("web_internal_access", "web_external_access"),
        ("web_dir", "web_path"),
    ] {
        let (tasks, defaults) = (reads(read), format!("{set}: a\n"));
        let tasks = ("roles/web/tasks/main.yml", tasks.as_str());
        let defaults = ("roles/web/defaults/main.yml", defaults.as_str());
        assert_eq!(check(&[PLAY, tasks, defaults]), NONE, "{read}");
    }
    let host =
        ("host_vars/a.yml", "web_db_user_password: a\npassword: \"{{ web_user_db_password }}\"\n");
    let tasks = ("roles/web/tasks/main.yml", "- copy: dest=/a content=\"{{ password }}\"\n");
    assert_eq!(check(&[PLAY, tasks, host]), ["unresolved-reference host_vars/a.yml:2"]);
}

#[test]
fn groups_of_inventories() {
    let hosts = ("inventory/hosts", "[webservers]\na.example\n[databases]\nb.example\n");
    let play = |name: &str| format!("- hosts: {name}\n  tasks: [{{ping: }}]\n");
    let (slip, other) = (play("webserverz"), play("proxies"));
    assert_snapshot!(
        check(&[hosts, ("site.yml", slip.as_str())]),
        @"site.yml:1:10: warning[unresolved-reference] group `webserverz` does not exist"
    );
    assert_eq!(check(&[hosts, ("site.yml", other.as_str())]), NONE);
    assert_eq!(check(&[("site.yml", slip.as_str())]), NONE);
    let host = play("a.example");
    assert_eq!(check(&[hosts, ("site.yml", host.as_str())]), NONE);
    let lines = "- hosts: webservers\n    - web\n    - db\n";
    assert_eq!(check(&[hosts, ("site.yml", lines)]), ["incompatible-value site.yml:1"]);
    let vars = ("group_vars/webserverz.yml", "a: 1\n");
    assert_eq!(check(&[hosts, vars, ("site.yml", slip.as_str())]), NONE);
}

/// A host that is renamed has its variables first, and keeps the old ones until nothing names it.
#[test]
fn a_host_that_is_renamed_in_a_plan() {
    let dir = tempfile::tempdir().expect("a folder");
    let git = |args: &[&str]| {
        let own = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let done = Command::new("git").current_dir(dir.path()).args(own).args(args).output();
        assert!(done.expect("git runs").status.success(), "{args:?}");
    };
    git(&["init", "-q"]);
    write(dir.path(), "inventory/hosts", "[web]\nold\n");
    write(dir.path(), "inventory/host_vars/old.yml", "a: 1\n");
    git(&["add", "."]);
    git(&["commit", "-qm", "a"]);
    write(dir.path(), "inventory/hosts", "[web]\nnew\n");
    git(&["mv", "inventory/host_vars/old.yml", "inventory/host_vars/new.yml"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "b"]);
    let plan = crosscheck(dir.path(), &["rollout", "git:HEAD^", "git:HEAD"]);
    let plan = String::from_utf8_lossy(&plan.stdout).into_owned();
    let at = |text: &str| plan.find(text).unwrap_or_else(|| panic!("{text}: {plan}"));
    let first = at("[ ] inventory/host_vars/new.yml");
    let then = at("[ ] inventory/hosts");
    assert!(first < then && then < at("[ ] delete inventory/host_vars/old.yml"), "{plan}");
}

#[test]
fn variables_that_nothing_reads() {
    let tasks = ("roles/web/tasks/main.yml", "- debug: msg=\"{{ web_log_rotation }}\"\n");
    let inventory = ("group_vars/all.yml", "web_log_rotation: 1\n");
    let slip = ("roles/web/defaults/main.yml", "web_log_rotaiton: 2\n");
    assert_snapshot!(
        check(&[PLAY, tasks, inventory, slip]),
        @"roles/web/defaults/main.yml:1:1: warning[unknown-parameter] variable `web_log_rotaiton` is set, and nothing reads it"
    );
    // Somebody knows the name.
    let prose = ("README.md", "Set `web_log_rotaiton`.\n");
    assert_eq!(check(&[PLAY, tasks, inventory, slip, prose]), NONE);
    // Two that are set side by side are two.
    let pair = ("roles/web/defaults/main.yml", "web_log_uid: 2\nweb_log_gid: 3\n");
    let uid = ("roles/web/tasks/main.yml", "- debug: msg=\"{{ web_log_uid }}\"\n");
    assert_eq!(check(&[PLAY, uid, pair]), NONE);
}

#[test]
fn variables_of_a_role_that_nothing_sets() {
    let defaults = ("roles/web/defaults/main.yml", "web_a: 1\nweb_b: 2\nweb_c: 3\n");
    let read = |names: &str| {
        let names = names.split(' ').map(|own| format!("{{{{ {own} }}}}")).collect::<String>();
        format!("- copy: content=\"{names}\" dest=/x\n  when: on_me\n")
    };
    let text = read("web_a web_b web_c web_size");
    let tasks = ("roles/web/tasks/main.yml", text.as_str());
    let given = ("group_vars/all.yml", "on_me: 1\n");
    assert_snapshot!(
        check(&[PLAY, defaults, tasks, given]),
        @"roles/web/tasks/main.yml:1:54: warning[unresolved-reference] variable `web_size` does not exist"
    );
    let asked = read("web_a web_b web_c web_size|default(1)");
    assert_eq!(check(&[PLAY, defaults, ("roles/web/tasks/main.yml", &asked), given]), NONE);
    let secret = read("web_a web_b web_c web_password");
    assert_eq!(check(&[PLAY, defaults, ("roles/web/tasks/main.yml", &secret), given]), NONE);
    let prose = ("roles/web/README.md", "Set `web_size`.\n");
    assert_eq!(check(&[PLAY, defaults, tasks, given, prose]), NONE);
}

#[test]
fn files_that_a_command_writes() {
    let play = |command: &str| {
        format!("- hosts: localhost\n  tasks:\n  - {command}\n  - include_vars: data.yml\n")
    };
    let missing = ["unresolved-reference site.yml:4"];
    assert_eq!(check(&[("site.yml", &play("shell: x > data.yml"))]), NONE);
    assert_eq!(check(&[("site.yml", &play("command: x '<' data.yml"))]), missing);
}

#[test]
fn programs_that_are_downloaded() {
    let copies = |dest: &str| format!("- copy: src=helm dest={dest}\n");
    let tasks = |dest: &str| check(&[PLAY, ("roles/web/tasks/main.yml", &copies(dest))]);
    assert_snapshot!(
        tasks("/usr/local/bin/helm"),
        @"roles/web/tasks/main.yml:1:9: warning[unresolved-reference] file `roles/web/files/helm` does not exist"
    );
    assert_snapshot!(
        tasks("/etc/helm"),
        @"roles/web/tasks/main.yml:1:9: error[unresolved-reference] file `roles/web/files/helm` does not exist"
    );
}

#[test]
fn a_text_that_breaks_off_in_its_first_task() {
    let tasks = ("roles/web/tasks/main.yml", "- name: Set 'a: b'\n  set_fact:\n    a: b\n");
    assert_eq!(check(&[PLAY, tasks]), ["parse-error roles/web/tasks/main.yml:1"]);
    let others = ("roles/web/tasks/main.yml", "- name: Set 'a: b'\n  image: c\n");
    assert_eq!(check(&[PLAY, others]), NONE);
}

#[test]
fn the_last_of_two_options_counts() {
    let task = (
        "roles/web/tasks/main.yml",
        "- file:\n    path: /a\n    state: folder\n    state: directory\n",
    );
    assert_eq!(check(&[PLAY, task]), ["duplicate-definition roles/web/tasks/main.yml:4"]);
}

#[test]
fn a_name_beside_its_like() {
    let play = "- hosts: web\n  tasks:\n  - debug: msg=a\n    when: additional is not defined or not addtional\n";
    assert_eq!(check(&[("site.yml", play)]), ["unresolved-reference site.yml:4"]);
    let fine = play.replace("addtional", "additional");
    assert_eq!(check(&[("site.yml", &fine)]), NONE);
}

#[test]
fn blocks_of_templates_with_other_endings() {
    let tasks = ("roles/web/tasks/main.yml", "- template: src=a.conf dest=/a\n");
    let cut = ("roles/web/templates/a.conf", "{% if ansible_host %}\na\n{% endfor %}\n");
    assert_eq!(check(&[PLAY, tasks, cut]), ["parse-error roles/web/templates/a.conf:3"]);
    // Another language's.
    let liquid = ("roles/web/templates/a.conf", "{% unless a %}\n{% else %}\n{% endunless %}\n");
    assert_eq!(check(&[PLAY, tasks, liquid]), NONE);
}

/// What nothing else knows, beside a name that the tree knows from elsewhere than the role.
#[test]
fn a_name_that_one_place_alone_has() {
    let reads = |name: &str| format!("- copy: dest=/a content=\"{{{{ {name} }}}}\"\n");
    let lines = reads("renter_log_lins");
    let tasks = ("roles/web/tasks/main.yml", lines.as_str());
    let set = ("group_vars/web.yml", "renter_log_lines: [a]\n");
    let other = ("roles/db/tasks/main.yml", "- debug: msg=\"{{ renter_log_lines }}\"\n");
    assert_snapshot!(
        check(&[PLAY, tasks, set, other]),
        @"roles/web/tasks/main.yml:1:29: error[unresolved-reference] nothing sets variable `renter_log_lins`, and nothing else knows it"
    );
    // Somebody knows it.
    for (path, text) in [
        ("README.md", "`renter_log_lins` may be set.\n"),
        ("host_vars/a.yml", "renter_log_lins: [b]\n"),
    ] {
        assert_eq!(check(&[PLAY, tasks, set, other, (path, text)]), NONE, "{path}");
    }
    let ending = reads("web_telegraph_memory");
    let tasks = ("roles/web/tasks/main.yml", ending.as_str());
    let set = ("roles/web/defaults/main.yml", "web_telegraf_memory: 1\n");
    assert_eq!(check(&[PLAY, tasks, set]), ["unresolved-reference roles/web/tasks/main.yml:1"]);
    let word = reads("web_s3_script");
    let tasks = ("roles/web/tasks/main.yml", word.as_str());
    let set = ("roles/web/defaults/main.yml", "web_aws_s3_script: 1\n");
    assert_eq!(check(&[PLAY, tasks, set]), ["unresolved-reference roles/web/tasks/main.yml:1"]);
    let capital =
        "- debug: msg=a\n  when: Remove_all_config is defined and remove_all_config is true\n";
    assert_eq!(
        check(&[PLAY, ("roles/web/tasks/main.yml", capital), set]),
        ["unresolved-reference roles/web/tasks/main.yml:2"]
    );
}

#[test]
fn what_a_stat_has_in_its_inner_part() {
    let tasks = |read: &str| {
        let text = format!("- stat: path=/a\n  register: found\n- debug: msg=a\n  when: {read}\n");
        check(&[PLAY, ("roles/web/tasks/main.yml", text.as_str())])
    };
    assert_snapshot!(
        tasks("found.exists"),
        @"roles/web/tasks/main.yml:4:9: error[unresolved-reference] `found.exists` is nothing that the module returns"
    );
    for fine in ["found.stat.exists", "[found.exists is defined, found.exists]", "found.mode"] {
        assert_eq!(tasks(fine), NONE, "{fine}");
    }
}

#[test]
fn a_role_that_an_include_does_not_name() {
    let tasks = ("roles/web/tasks/main.yml", "- include_role: roles/web\n");
    assert_eq!(check(&[PLAY, tasks]), ["missing-required-parameter roles/web/tasks/main.yml:1"]);
    let named = ("roles/web/tasks/main.yml", "- include_role: name=web\n");
    assert_eq!(check(&[PLAY, named]), NONE);
    let doubled = ("roles/web/tasks/main.yml", "- ansible.builtin.ansible.builtin.command: ls\n");
    assert_eq!(check(&[PLAY, doubled]), ["unknown-parameter roles/web/tasks/main.yml:1"]);
}

/// Whatever roles from elsewhere bring, a letter from the role's own handler is a slip.
#[test]
fn a_handler_a_letter_from_the_role_s_own() {
    let play = ("site.yml", "- hosts: web\n  roles: [web, acme.nginx]\n");
    let listed = ("requirements.yml", "- src: acme.nginx\n");
    let tasks = |name: &str| format!("- command: ls\n  notify: {name}\n");
    let handlers = ("roles/web/handlers/main.yml", "- name: restart nginx server\n  command: ls\n");
    let slip = tasks("restart nginx serve");
    let slip = ("roles/web/tasks/main.yml", slip.as_str());
    assert_eq!(
        check(&[play, listed, slip, handlers]),
        ["unresolved-reference roles/web/tasks/main.yml:2"]
    );
    let other = tasks("reload nginx server");
    let other = ("roles/web/tasks/main.yml", other.as_str());
    assert_eq!(check(&[play, listed, other, handlers]), NONE);
}

#[test]
fn tasks_that_nothing_includes() {
    let main = ("roles/web/tasks/main.yml", "- include_tasks: linux.yml\n");
    let linux = ("roles/web/tasks/linux.yml", "- command: a\n");
    let mac = ("roles/web/tasks/mac.yml", "- command: b\n");
    assert_snapshot!(
        check(&[PLAY, main, linux, mac]),
        @"roles/web/tasks/mac.yml:1:1: warning[shadowed-rule] nothing includes the tasks of `mac.yml`"
    );
    // Another role's file of that name is none of this one's.
    let other = ("roles/db/tasks/main.yml", "- include_tasks: mac.yml\n");
    let of_other = ("roles/db/tasks/mac.yml", "- command: b\n");
    assert_eq!(check(&[PLAY, main, linux, mac, other, of_other]).len(), 1);
    // What is worked out, what others run, and what is run by hand.
    let computed = (
        "roles/web/tasks/main.yml",
        "- include_tasks: linux.yml\n- include_tasks: \"{{ ansible_system }}.yml\"\n",
    );
    assert_eq!(check(&[PLAY, computed, linux, mac]), NONE);
    let from =
        ("play.yml", "- hosts: a\n  tasks:\n  - include_role: {name: web, tasks_from: mac}\n");
    assert_eq!(check(&[PLAY, main, linux, mac, from]), NONE);
    let told = ("README.md", "Run roles/web/tasks/mac.yml for that.\n");
    assert_eq!(check(&[PLAY, main, linux, mac, told]), NONE);
    let by_hand = ("roles/web/tasks/uninstall.yml", "- command: b\n");
    assert_eq!(check(&[PLAY, main, linux, by_hand]), NONE);
    assert_eq!(check(&[main, linux, mac]), NONE);
}

#[test]
fn a_handler_that_one_of_two_plays_lacks() {
    let notifies = ("roles/web/tasks/main.yml", "- command: a\n  notify: restart web\n");
    let other = ("roles/db/handlers/main.yml", "- name: restart db\n  command: a\n");
    // Its play may bring the handler with a role that is elsewhere.
    let open = ("open.yml", "- hosts: db\n  roles: [web, acme.own]\n");
    let found = check(&[PLAY, notifies, other, open]);
    assert!(found.iter().any(|own| own.contains("roles/web/tasks/main.yml:2")), "{found:?}");
}

#[test]
fn what_values_of_plays_read() {
    let vars = "- hosts: web\n  vars:\n    own_selfsigned_certificates: true\n    own_folder: \"{{ '/a' if own_selfsigned_certificate else '/b' }}\"\n  tasks:\n  - command: ls {{ own_folder }}\n";
    let found = check(&[("site.yml", vars)]);
    assert_eq!(found.len(), 1, "{found:?}");
    let fine = vars.replace("certificate else", "certificates else");
    assert_eq!(check(&[("site.yml", &fine)]), NONE);
}

#[test]
fn a_role_of_an_author_who_is_listed_may_come_with_another() {
    let of = |role: &str, listed: &str| {
        let list = format!("- {listed}\n");
        let meta = format!("dependencies:\n  - {role}\n");
        check(&[
            ("site.yml", "- hosts: all\n  roles: [gallery, web, db]\n"),
            ("requirements.yml", &list),
            ("roles/gallery/meta/main.yml", &meta),
            ("roles/gallery/tasks/main.yml", "- ping:\n"),
            ("roles/web/tasks/main.yml", "- ping:\n"),
            ("roles/db/tasks/main.yml", "- ping:\n"),
        ])
        .to_string()
    };
    let error = "error[unresolved-reference]";
    assert!(!of("acme.letsencrypt", "acme.static_website").contains(error));
    assert!(of("acme.letsencrypt", "other.static_website").contains(error));
    assert!(of("acme.letsencript", "acme.letsencrypt").contains(error));
}

#[test]
fn a_variable_that_is_called_like_a_folder_may_lead_into_it() {
    let of = |variable: &str| {
        let play = format!(
            "- hosts: all\n  vars:\n    app: web\n  tasks:\n    - copy: src={{{{ {variable} }}}}/gone.conf dest=/etc/a\n"
        );
        check(&[("site.yml", &play), ("files/web/a.conf", "a\n")]).to_string()
    };
    assert!(of("files").contains("`files/gone.conf` does not exist"), "{}", of("files"));
    assert_eq!(of("files_directory"), "");
}

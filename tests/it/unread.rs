//! What stands in a tree and no deploy reads: retired folders, halves of files, task files that
//! nothing includes. Each beside what is read.

use crate::common::{change, check, report, tree};

const NONE: [&str; 0] = [];

#[test]
fn old_modules_and_unfinished_containers_are_not_what_runs() {
    let class = "class web {\n  include web::gone\n}\n";
    assert_eq!(
        check(&[("modules/web/manifests/init.pp", class), ("old/web/manifests/init.pp", class)]),
        ["unresolved-reference modules/web/manifests/init.pp:2"]
    );
    let half = "events {\n}\nhttp {\n  server {\n    listen 80;\n  }\n";
    assert_eq!(check(&[("nginx/nginx.conf.top", half)]), NONE);
    assert_eq!(check(&[("nginx/nginx.conf", half)]), ["parse-error nginx/nginx.conf:3"]);
    let half = "ServerRoot /etc\nListen 80\n<Directory />\n  Require all denied\n";
    assert_eq!(check(&[("apache/httpd.conf.head", half)]), NONE);
    assert_eq!(check(&[("apache/httpd.conf", half)]), ["parse-error apache/httpd.conf:3"]);
}

#[test]
fn a_call_without_brackets_may_be_given_a_hash() {
    let function = |body: &str| format!("function a::b() {{\n  {body}\n}}\n");
    let ok = function("return { a => 1, failed => $x }");
    assert_eq!(check(&[("modules/a/functions/b.pp", ok.as_str())]), NONE);
    for wrong in ["return { a +> 1 }", "file { mode => '0644' }"] {
        let wrong = function(wrong);
        assert_eq!(
            check(&[("modules/a/functions/b.pp", wrong.as_str())]),
            ["parse-error modules/a/functions/b.pp:2"]
        );
    }
}

#[test]
fn what_nothing_runs_of_a_role_stops_no_play() {
    let play = |roles: &str| format!("- hosts: all\n  roles:\n{roles}");
    let copy = "- name: a\n  copy: src=gone.conf dest=/etc/\n";
    let severities = |files: &[(&str, &str)]| {
        let report = report(tree(files).path(), &["check", "."]);
        let all = report["findings"].as_array().expect("findings");
        let shown = |own: &serde_json::Value| {
            format!(
                "{} {}",
                own["severity"].as_str().unwrap_or(""),
                own["path"].as_str().unwrap_or("")
            )
        };
        all.iter().map(shown).collect::<Vec<_>>()
    };
    let two = play("    - web\n    - base\n");
    let main = ("roles/web/tasks/main.yml", "- include_tasks: used.yml\n");
    let base = ("roles/base/tasks/main.yml", "- debug: msg=a\n");
    let files = [
        ("site.yml", two.as_str()),
        main,
        base,
        ("roles/web/tasks/used.yml", copy),
        ("roles/web/tasks/unused.yml", copy),
        ("roles/old-one/tasks/main.yml", copy),
    ];
    assert_eq!(
        severities(&files),
        [
            "warning roles/old-one/tasks/main.yml",
            // Nothing includes it, as the only one of its role.
            "warning roles/web/tasks/unused.yml",
            "warning roles/web/tasks/unused.yml",
            "error roles/web/tasks/used.yml",
        ]
    );
    // A name that is put together may be any.
    let any = [("roles/web/tasks/main.yml", "- include_tasks: \"{{ what }}.yml\"\n"), files[4]];
    assert_eq!(severities(&any), ["error roles/web/tasks/unused.yml"]);
    // Roles that plays here hardly use are there for others.
    let library = [files[0], main, base, files[3], ("roles/a/tasks/main.yml", copy)];
    let others = ["b", "c", "d"].map(|own| format!("roles/{own}/tasks/main.yml"));
    let mut library = library.to_vec();
    library.extend(others.iter().map(|path| (path.as_str(), copy)));
    assert!(severities(&library).iter().all(|own| own.starts_with("error")));
}

#[test]
fn many_names_of_what_is_absent_as_a_whole_are_no_slips() {
    let severities = |files: &[(&str, &str)]| {
        let report = report(tree(files).path(), &["check", "."]);
        let all = report["findings"].as_array().expect("findings").clone();
        let of = |own: &serde_json::Value| own["severity"].as_str().unwrap_or("").to_owned();
        all.iter().map(of).collect::<Vec<_>>()
    };
    let plays = |names: &[&str]| {
        let plays = names.iter().map(|own| format!("- import_playbook: ../common/{own}.yml\n"));
        plays.collect::<String>()
    };
    let (two, three) = (plays(&["a", "b"]), plays(&["a", "b", "c"]));
    let here = ("plays/aws/a.yml", "- hosts: all\n  tasks: []\n");
    assert_eq!(severities(&[("plays/aws/x.yml", &two), here]), ["error"; 2]);
    assert_eq!(severities(&[("plays/aws/x.yml", &three), here]), ["warning"; 3]);
    let common = ("plays/common/d.yml", "- hosts: all\n  tasks: []\n");
    assert_eq!(severities(&[("plays/aws/x.yml", &three), here, common]), ["error"; 3]);

    let roles =
        "- hosts: all\n  roles: [a, b, c, d, e, wireguard, influxdb, docker-app, mqtt-server]\n";
    let own = ["a", "b", "c", "d", "e"].map(|own| format!("roles/{own}/tasks/main.yml"));
    let mut files: Vec<(&str, &str)> =
        own.iter().map(|path| (path.as_str(), "- debug: msg=a\n")).collect();
    files.push(("site.yml", roles));
    assert_eq!(severities(&files), ["warning"; 4]);
    files.push(("requirements.yml", "- src: geerlingguy.ntp\n"));
    assert_eq!(severities(&files), ["error"; 4]);
}

#[test]
fn jobs_write_files_before_plays_read_them() {
    let tasks = ("deploy/roles/sys/tasks/main.yml", "- copy: src=config dest=/root/.kube/\n");
    let job = "jobs:\n  a:\n    steps:\n      - run: echo \"$KEY\" > files/config\n";
    assert_eq!(check(&[tasks]).len(), 1);
    assert_eq!(check(&[tasks, (".github/workflows/deploy.yml", job)]), NONE);
    let other = "jobs:\n  a:\n    steps:\n      - run: echo \"$KEY\" > files/other\n";
    assert_eq!(check(&[tasks, (".github/workflows/deploy.yml", other)]).len(), 1);
}

#[test]
fn what_a_package_installs_is_no_checkout() {
    let play = |path: &str| format!("- import_playbook: {path}\n");
    let here = ("playbooks/a.yml", "- hosts: all\n  tasks: []\n");
    for path in [
        "/usr/share/ansible/openshift-ansible/playbooks/byo.yml",
        "/root/git/ansible/playbooks/byo/config.yml",
    ] {
        assert_eq!(check(&[("site.yml", &play(path)), here]), NONE, "{path}");
    }
    assert_eq!(check(&[("site.yml", &play("/root/ansible/playbooks/b.yml")), here]).len(), 1);
}

#[test]
fn nothing_runs_behind_a_task_that_fails_whatever_the_case() {
    let play = |fail: &str| {
        format!(
            "- hosts: all\n  tasks:\n    - fail: msg=retired\n{fail}    - copy: src=gone dest=/etc/\n"
        )
    };
    let whole = play("");
    assert_eq!(check(&[("site.yml", whole.as_str())]), NONE);
    let sometimes = play("      when: retired\n");
    assert_eq!(check(&[("site.yml", sometimes.as_str())]), ["unresolved-reference site.yml:5"]);
}

#[test]
fn what_a_role_hands_out_lies_among_files_of_others() {
    let main = "events {\n}\nhttp {\n  include conf/a.conf;\n  include conf/gone.conf;\n}\n";
    let severity = |path: &str| {
        let beside = format!("{}conf/a.conf", path.trim_end_matches("nginx.conf"));
        let files = [(path, main), (&beside, "gzip on;\n")];
        let report = report(tree(&files).path(), &["check", "."]);
        report["findings"][0]["severity"].as_str().map(str::to_owned)
    };
    assert_eq!(severity("nginx/nginx.conf").as_deref(), Some("error"));
    assert_eq!(severity("roles/web/files/nginx/nginx.conf").as_deref(), Some("warning"));
}

#[test]
fn a_folder_that_no_module_may_be_called_is_passed_by() {
    let broken = "class users {\n  user { 'a' ensure => present }\n}\n";
    let severity = |path: &str| {
        let files = [("modules/a/manifests/init.pp", "class a {}\n"), (path, broken)];
        let report = report(tree(&files).path(), &["check", "."]);
        report["findings"][0]["severity"].as_str().map(str::to_owned)
    };
    assert_eq!(severity("modules/lab-users/manifests/init.pp").as_deref(), Some("warning"));
    assert_eq!(severity("modules/users/manifests/init.pp").as_deref(), Some("error"));
}

#[test]
fn a_class_that_is_called_like_another_means_the_other() {
    let class = "class profile::web {\n  class { 'web': port => 80 }\n}\n";
    let own = ("site/profile/manifests/web.pp", class);
    let base = ("site/profile/manifests/init.pp", "class profile {}\n");
    assert_eq!(check(&[own, base]), NONE);
    let listed = ("Puppetfile", "mod 'acme/queue', '1.2.0'\n");
    let environment = ("environment.conf", "modulepath = site:modules\n");
    assert_eq!(
        check(&[own, base, listed, environment]),
        ["unresolved-reference site/profile/manifests/web.pp:2"]
    );
}

#[test]
fn templates_of_variables_are_no_variables() {
    let text = "---\n{% for role in roles %}\na: {{ role }}\n{% endfor %}\n";
    let play = ("site.yml", "- hosts: all\n  tasks: []\n");
    assert_eq!(check(&[play, ("templates/group_vars/prod", text)]), NONE);
    assert_eq!(check(&[("group_vars/prod", text)]), ["parse-error group_vars/prod:2"]);
}

#[test]
fn handlers_may_stand_where_a_play_breaks_off() {
    let play = |text: &str| {
        format!(
            "- hosts: all\n  tasks:\n    - include_tasks: tasks/a.yml\n{text}  handlers:\n    - name: restart web\n      debug: msg=a\n"
        )
    };
    let tasks = ("tasks/a.yml", "- debug: msg=a\n  notify: [restart web, reload web]\n");
    let (whole, broken) = (play(""), play("    - debug: \"a \\c\"\n"));
    let other =
        ("other.yml", "- hosts: all\n  handlers:\n    - name: stop mail\n      debug: msg=a\n");
    assert_eq!(
        check(&[("site.yml", whole.as_str()), tasks, other]),
        ["unresolved-reference tasks/a.yml:2"]
    );
    assert_eq!(check(&[("site.yml", broken.as_str()), tasks, other]), ["parse-error site.yml:4"]);
}

#[test]
fn the_first_list_of_roles_breaks_nothing_that_stood_before() {
    let play = ("site.yml", "- hosts: all\n  roles: [ipaclient]\n");
    let list = ("requirements.yml", "roles:\n  - name: geerlingguy.mysql\n");
    let other = ("requirements.yml", "roles:\n  - name: geerlingguy.ntp\n");
    assert_eq!(change(&[play], &[play, list]), NONE);
    // What is named anew beside a list is missed.
    let new = ("site.yml", "- hosts: all\n  roles: [ipaclient, ipaserver]\n");
    let found = change(&[play, other], &[new, list]);
    assert!(found.to_string().contains("`ipaserver` does not exist"), "{found}");
    assert_eq!(found.len(), 1);
}

#[test]
fn what_stood_in_a_file_that_does_not_parse_is_not_new() {
    let site = "node 'a' {\n  class { 'web': }\n}\nnode 'b' {\n  web {\n";
    let old = [
        ("manifests/site.pp", site),
        ("modules/web/manifests/init.pp", "class web ($port) {\n}\n"),
    ];
    let both = "class web ($port, $host) {\n}\n";
    assert_eq!(check(&old), ["parse-error manifests/site.pp:6"]);
    assert_eq!(change(&old, &[old[0], old[1], ("README", "a\n")]), NONE);
    assert_eq!(
        change(&old, &[old[0], (old[1].0, both)]),
        ["newly-required-parameter manifests/site.pp:2"]
    );
}

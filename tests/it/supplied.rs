//! What a tree itself says is put there by others: samples, kept folders, payloads that run
//! beside other files, roles that their users complete. Each beside what is still missing.

use crate::common::{check, report, tree};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn a_sample_stands_for_the_file_that_is_made_of_it() {
    let class = (
        "modules/users/manifests/init.pp",
        "class users {\n  include users::list\n  include users::gone\n}\n",
    );
    let missing = ["unresolved-reference modules/users/manifests/init.pp:3"];
    let sample =
        ("modules/users/manifests/list-example.pp", "class users::list {\n  $all = []\n}\n");
    assert_eq!(check(&[class, sample]), missing);

    let play = (
        "site.yml",
        "- hosts: all\n  vars_files:\n    - vars/site.yml\n    - vars/gone.yml\n  tasks:\n    - debug: msg=a\n",
    );
    for sample in ["vars/site.yml.example", "vars/site.sample.yml", "vars/site-template.yml"] {
        assert_eq!(
            check(&[play, (sample, "a: 1\n")]),
            ["unresolved-reference site.yml:4"],
            "{sample}"
        );
    }
    let other = ("vars/site_old.yml", "a: 1\n");
    assert_eq!(check(&[play, other]).len(), 2);
}

#[test]
fn a_folder_that_is_kept_empty_is_filled_where_it_is_used() {
    let tasks = (
        "cluster/tasks/main.yml",
        "- name: a\n  copy: src=bin/kubelet dest=/usr/bin/\n- name: b\n  copy: src=bin/helm/helm dest=/usr/bin/\n- name: c\n  copy: src=conf/gone dest=/etc/\n",
    );
    let files = [("cluster/files/bin/.gitkeep", ""), ("cluster/files/conf/a", "a\n"), tasks];
    assert_snapshot!(
        check(&files),
        @"cluster/tasks/main.yml:6:9: error[unresolved-reference] file `cluster/tasks/conf/gone` does not exist"
    );

    let class = (
        "modules/web/manifests/init.pp",
        "class web {\n  file { '/a':\n    source => 'puppet:///modules/web/keys/a',\n  }\n}\n",
    );
    assert_eq!(check(&[class, ("modules/web/files/keys/.keep", "")]), NONE);
    assert_eq!(check(&[class, ("modules/web/files/keys/b", "")]).len(), 1);
    // What comes with the skeleton of a module says nothing.
    assert_eq!(check(&[class, ("modules/web/files/.gitkeep", "")]).len(), 1);
}

#[test]
fn a_script_that_hosts_are_given_runs_beside_other_files() {
    let script = "<?php\nrequire_once __DIR__ . '/includes/gone.php';\n";
    assert_eq!(check(&[("modules/web/files/config.php", script)]), NONE);
    assert_snapshot!(
        check(&[("web/config.php", script)]),
        @"web/config.php:2:14: error[unresolved-reference] file `web/includes/gone.php` does not exist"
    );
}

#[test]
fn a_role_of_a_tree_of_roles_gets_files_from_its_users() {
    let tasks = (
        "roles/backup/tasks/main.yml",
        "- name: a\n  template:\n    src: templates/backup/backup.xml\n    dest: /etc/backup.xml\n",
    );
    let scenario = (
        "roles/backup/molecule/default/converge.yml",
        "- hosts: all\n  roles:\n    - role: backup\n",
    );
    let missing = ["unresolved-reference roles/backup/tasks/main.yml:3"];
    assert_eq!(check(&[tasks, scenario]), NONE);
    // One that has templates has them all; where there are plays, they are here or nowhere.
    let template = ("roles/backup/templates/a.j2", "a\n");
    assert_eq!(check(&[tasks, scenario, template]), missing);
    let play = ("site.yml", "- hosts: all\n  tasks:\n    - debug: msg=a\n");
    assert_eq!(check(&[tasks, play]), missing);
}

#[test]
fn a_task_that_asks_whether_a_file_exists() {
    let tasks = |condition: &str| {
        let text = format!(
            "- name: ask\n  local_action: stat path=\"{{{{ role_path }}}}/files/a.conf\"\n  register: found\n- name: use\n  copy:\n    src: a.conf\n    dest: /etc/\n  when: {condition}\n- stat: path=/etc/b\n  register: other\n"
        );
        check(&[
            ("roles/web/tasks/main.yml", &text),
            ("site.yml", "- hosts: all\n  roles: [web]\n"),
        ])
    };
    assert_eq!(tasks("found.stat.exists"), NONE);
    let missing = ["unresolved-reference roles/web/tasks/main.yml:6"];
    assert_eq!(tasks("not found.stat.exists"), missing);
    assert_eq!(tasks("other.stat.exists"), missing);
}

#[test]
fn a_play_that_asks_whether_a_role_exists() {
    let play = |task: &str| {
        let text = format!(
            "- hosts: all\n  tasks:\n    - stat: path={{{{ own }}}}/hook\n      register: found\n    - {task}:\n        name: hook\n      when: found.stat.exists\n"
        );
        check(&[("site.yml", &text), ("roles/web/tasks/main.yml", "- debug: msg=a\n")])
    };
    assert_eq!(play("include_role"), NONE);
    // An import is done before anything runs.
    assert_eq!(play("import_role"), ["unresolved-reference site.yml:6"]);
}

#[test]
fn skeletons_are_copied_before_they_are_read() {
    let skeleton = "class MODULE_NAME::config {\n  include MODULE_NAME\n}\n";
    let files =
        [("skeleton/manifests/config.pp", skeleton), ("a/manifests/init.pp", "class a {\n}\n")];
    let found = crate::common::tree(&files);
    let report = crate::common::report(found.path(), &["check", "."]);
    assert_eq!(report["summary"]["errors"], 0, "{report}");
    assert_eq!(report["summary"]["warnings"], 1, "{report}");
}

#[test]
fn what_lies_beside_the_folders_of_a_role_is_not_run() {
    let image = "- name: a\n  template:\n    src: gone.j2\n    dest: /a\n";
    let tasks = "- name: a\n  copy:\n    src: ../image.yml\n    dest: /image/tasks/main.yml\n";
    let files = [("roles/image/image.yml", image), ("roles/image/tasks/main.yml", tasks)];
    assert_eq!(check(&files), NONE);
    let read = [("roles/image/tasks/image.yml", image), files[1]];
    assert_snapshot!(
        check(&read),
        @"roles/image/tasks/image.yml:3:10: error[unresolved-reference] file `roles/image/templates/gone.j2` does not exist"
    );
}

#[test]
fn fragments_are_assembled_on_the_host() {
    let play = |more: &str| {
        let text = format!(
            "- hosts: all\n  tasks:\n    - name: a\n      assemble:\n        src: parts/\n        dest: /etc/a\n{more}"
        );
        check(&[("site.yml", &text)])
    };
    assert_eq!(play(""), NONE);
    assert_snapshot!(
        play("        remote_src: false\n"),
        @"site.yml:5:14: error[unresolved-reference] file `parts` does not exist"
    );
}

#[test]
fn a_playbook_of_a_collection_may_be_named_with_its_ending() {
    let site =
        ("site.yml", "- import_playbook: space.tools.setup.yml\n- import_playbook: gone.yml\n");
    let play = ("play.yml", "- hosts: all\n  tasks:\n    - debug: msg=a\n");
    assert_snapshot!(
        check(&[site, play]),
        @"site.yml:2:20: error[unresolved-reference] file `gone.yml` does not exist"
    );
}

#[test]
fn modules_that_come_with_puppet_enterprise() {
    let files = [
        ("Puppetfile", "mod 'puppetlabs/stdlib'\n"),
        ("environment.conf", "modulepath = site:modules\n"),
        (
            "site/profile/manifests/razor.pp",
            "class profile::razor {\n  include pe_razor\n  include pe_gone\n}\n",
        ),
    ];
    assert_snapshot!(
        check(&files),
        @"site/profile/manifests/razor.pp:3:11: error[unresolved-reference] class `pe_gone` does not exist"
    );
}

#[test]
fn roles_that_the_readme_tells_to_install() {
    let list = ("requirements.yml", "- src: space.web\n");
    let site =
        ("site.yml", "- hosts: all\n  roles:\n    - space.web\n    - space.db\n    - space.gone\n");
    let readme = ("README.md", "Run `ansible-galaxy role install space.web space.db` first.\n");
    assert_snapshot!(
        check(&[list, site, readme]),
        @"site.yml:5:7: error[unresolved-reference] role `space.gone` does not exist"
    );
    assert_eq!(check(&[list, site]).len(), 2);
    // Whoever mentions some does not list them all.
    assert_eq!(check(&[site, readme]), NONE);
}

#[test]
fn what_a_file_defines_it_has_read() {
    let misplaced = "define web::site {\n}\nclass wrong {\n  web::site { 'a': }\n}\n";
    assert_eq!(check(&[("modules/web/manifests/other.pp", misplaced)]), NONE);
}

#[test]
fn the_module_path_says_which_of_two_modules_is_read() {
    let files = |path: &str| {
        check(&[
            ("Puppetfile", "mod 'puppetlabs/apache', '1.0.0'\n"),
            ("environment.conf", &format!("modulepath = {path}\n")),
            ("site/apache/manifests/init.pp", "class apache {\n}\n"),
            ("site/web/manifests/init.pp", "class web {\n  include apache::mod::php\n}\n"),
        ])
    };
    assert_eq!(files("modules:site"), NONE);
    assert_snapshot!(
        files("site:modules"),
        @"site/web/manifests/init.pp:2:11: error[unresolved-reference] class `apache::mod::php` does not exist"
    );
}

#[test]
fn words_that_are_filled_in_before_a_play_runs() {
    let play = "- hosts: all\n  tasks:\n    - include_tasks: BASE_DIR/tasks/a.yml\n    - include_tasks: base_dir/tasks/a.yml\n";
    assert_snapshot!(
        check(&[("site.yml", play)]),
        @"site.yml:4:22: error[unresolved-reference] file `base_dir/tasks/a.yml` does not exist"
    );
}

#[test]
fn a_removed_file_is_named_by_the_path_that_it_had() {
    let tasks = ("web/tasks/main.yml", "- name: a\n  copy:\n    src: a.conf\n    dest: /etc/\n");
    let dir = crate::common::tree(&[
        ("old/web/tasks/main.yml", tasks.1),
        ("old/web/files/a.conf", "a\n"),
        ("new/web/tasks/main.yml", tasks.1),
    ]);
    let report = crate::common::report(dir.path(), &["check", "new", "--against", "old"]);
    assert_eq!(report["findings"][0]["entity"], "file:web/files/a.conf", "{report}");
}

#[test]
fn another_environment_has_modules_of_its_own() {
    let class = |name: &str| {
        let text = format!(
            "class web {{\n  if $::environment == '{name}' {{\n    include web::gone\n  }}\n}}\n"
        );
        check(&[("modules/web/manifests/init.pp", &text)])
    };
    assert_eq!(class("trial"), NONE);
    assert_snapshot!(
        class("production"),
        @"modules/web/manifests/init.pp:3:13: error[unresolved-reference] class `web::gone` does not exist"
    );
}

#[test]
fn variables_of_a_folder_that_the_tree_does_not_have() {
    let play = |names: &str| {
        let text = format!("- hosts: all\n  vars_files: [{names}]\n  tasks:\n    - debug: msg=a\n");
        check(&[("site.yml", &text), ("vars/here.yml", "a: 1\n")])
    };
    assert_eq!(play("own/a.yml, own/b.yml, own/c.yml"), NONE);
    // One alone is a slip, and so is what a folder of the tree lacks.
    assert_snapshot!(
        play("own/a.yml"),
        @"site.yml:2:16: error[unresolved-reference] file `own/a.yml` does not exist"
    );
    assert_eq!(play("vars/a.yml, vars/b.yml, vars/c.yml").len(), 3);
}

#[test]
fn a_tree_that_is_a_role_is_used_by_the_name_it_is_installed_under() {
    let tasks = (
        "tasks/main.yml",
        "- include_tasks: ../../space.web/tasks/more.yml\n- include_tasks: gone.yml\n",
    );
    let meta = ("meta/main.yml", "galaxy_info:\n  role_name: web\n");
    let play = ("play.yml", "- hosts: all\n  roles:\n    - web\n");
    let other = ("roles/db/tasks/main.yml", "- debug: msg=a\n");
    let missing = ["unresolved-reference tasks/main.yml:2"];
    assert_eq!(check(&[tasks, meta, play, other]), missing);
    assert_snapshot!(
        check(&[play, other]),
        @"play.yml:3:7: error[unresolved-reference] role `web` does not exist"
    );
}

#[test]
fn what_a_broken_manifest_defines_is_not_missing() {
    let params = (
        "utils/manifests/params.pp",
        "class utils::params {\n<<<<<<< HEAD\n  $a = 1\n}\n=======\n}\n>>>>>>> x\n",
    );
    let class = ("utils/manifests/db.pp", "class utils::db inherits utils::params {\n}\n");
    assert_snapshot!(
        check(&[params, class]),
        @"utils/manifests/params.pp:2:1: error[parse-error] a merge left its marks here: both sides of a conflict stand in this file"
    );
}

#[test]
fn a_pair_of_keys_and_a_certificate_are_made_for_each_site() {
    let tasks = (
        "roles/ci/tasks/main.yml",
        "- copy: {src: \"{{ item }}\", dest: /etc/ci}\n  loop:\n    - deploy\n    - deploy.pub\n    - gone.conf\n- copy: {src: server.crt, dest: /etc/ci}\n",
    );
    let conf = ("roles/ci/files/a.conf", "a\n");
    let dir = tree(&[tasks, conf]);
    let report = report(dir.path(), &["check", "."]);
    let errors = report["findings"].as_array().unwrap().iter();
    let errors = errors.filter(|own| own["severity"] == "error").map(|own| own["line"].as_u64());
    assert_eq!(errors.collect::<Vec<_>>(), [Some(5)]);
    assert_eq!(report["summary"]["warnings"], 3);
}

#[test]
fn a_folder_of_which_any_file_may_be_named_is_for_users_to_fill() {
    let role = "- copy: {src: \"{{ item }}\", dest: /etc}\n  loop: \"{{ all }}\"\n- copy: {src: \"files/{{ own }}\", dest: /etc}\n- copy: {src: \"{{ own }}.conf\", dest: /etc}\n";
    let class = (
        "modules/web/manifests/init.pp",
        "class web($own) {\n  file { '/a':\n    source => \"puppet:///modules/web/${own}\",\n  }\n  file { '/b':\n    source => \"puppet:///modules/web/${own}.conf\",\n  }\n}\n",
    );
    let role = ("roles/web/tasks/main.yml", role);
    let left = ["unresolved-reference modules/web/manifests/init.pp:6"];
    assert_eq!(check(&[role, class]), left);
}

#[test]
fn a_manifest_that_nothing_reads_or_names_stops_no_deploy() {
    let broken = "class a {\n";
    let severity = |files: &[(&str, &str)]| {
        let report = report(tree(files).path(), &["check", "."]);
        report["findings"][0]["severity"].as_str().map(str::to_owned)
    };
    let site = ("manifests/site.pp", "node default {\n}\n");
    assert_eq!(severity(&[site, ("snippets/a.pp", broken)]).as_deref(), Some("warning"));
    assert_eq!(severity(&[site, ("manifests/a.pp", broken)]).as_deref(), Some("error"));
    let import = ("manifests/site.pp", "import '../snippets/*.pp'\n");
    assert_eq!(severity(&[import, ("snippets/a.pp", broken)]).as_deref(), Some("error"));
    // With a change, what was right before counts.
    let (old, new) =
        ([site, ("snippets/a.pp", "class a {\n}\n")], [site, ("snippets/a.pp", broken)]);
    let (old, new) = (tree(&old), tree(&new));
    let args = ["check", ".", "--against", old.path().to_str().expect("UTF-8")];
    assert_eq!(report(new.path(), &args)["findings"][0]["severity"], "error");
}

#[test]
fn a_play_may_say_in_a_variable_where_its_roles_are() {
    let play = |vars: &str| {
        format!("- hosts: all\n  vars:\n    {vars}\n  roles:\n    - here\n    - elsewhere\n")
    };
    let role = ("hacks/roles/here/tasks/main.yml", "- debug: msg=a\n");
    let outside = play("roles_path: \"{{ home }}/git/tools/roles\"");
    assert_eq!(check(&[role, ("hacks/a.yml", &outside)]), NONE);
    let inside = play("roles: 3");
    assert_snapshot!(
        check(&[role, ("hacks/a.yml", &inside)]),
        @"hacks/a.yml:6:7: error[unresolved-reference] role `elsewhere` does not exist"
    );
}

#[test]
fn a_package_puts_its_roles_and_plays_among_those_of_others() {
    let play = (
        "playbooks/a.yml",
        "- import_playbook: b.yml\n- hosts: all\n  roles:\n    - here\n    - there\n",
    );
    let role = ("roles/here/tasks/main.yml", "- debug: msg=a\n");
    let missing =
        ["unresolved-reference playbooks/a.yml:1", "unresolved-reference playbooks/a.yml:5"];
    let other = "[files]\ndata_files =\n    share/doc = doc/*\n";
    assert_eq!(check(&[play, role, ("setup.cfg", other)]), missing);
    let shared = "[files]\ndata_files =\n    playbooks = playbooks/*\n    usr/local/share/ansible/roles = roles/*\n";
    assert_eq!(check(&[play, role, ("setup.cfg", shared)]), NONE);
    // A search path says nothing of plays.
    let path = "[defaults]\nroles_path = roles:$VIRTUAL_ENV/usr/local/share/ansible/roles\n";
    assert_eq!(check(&[play, role, ("ansible.cfg", path)]), [missing[0]]);
}

#[cfg(unix)]
#[test]
fn many_links_that_lead_nowhere_are_one_finding() {
    let links = |count: usize| {
        let dir = tree(&[("roles/a/tasks/main.yml", "- debug: msg=a\n")]);
        let folder = dir.path().join("roles/a/files/theme/links");
        std::fs::create_dir_all(&folder).unwrap();
        for ix in 0..count {
            let link = folder.join(format!("icon-{ix:02}.svg"));
            std::os::unix::fs::symlink("../src/base.svg", link).unwrap();
        }
        let report = report(dir.path(), &["check", "."]);
        let all = report["findings"].as_array().unwrap();
        (all.len(), all[0]["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(links(3).0, 3);
    let message =
        "25 symbolic links below `roles/a/files/theme/links/` lead to files that do not exist";
    assert_eq!(links(25), (1, message.to_owned()));
}

#[test]
fn files_of_a_role_may_lie_beside_the_play_that_uses_it() {
    let play = ("env/common/site.yml", "- hosts: all\n  roles:\n    - web\n");
    let tasks = (
        "roles/web/tasks/main.yml",
        "- copy: {src: files/a.html, dest: /srv}\n- template: {src: b.j2, dest: /srv}\n- copy: {src: gone.html, dest: /srv}\n",
    );
    let beside = [("env/common/files/a.html", "a\n"), ("env/common/templates/b.j2", "b\n")];
    let missing = ["unresolved-reference roles/web/tasks/main.yml:3"];
    assert_eq!(check(&[&[play, tasks][..], &beside].concat()), missing);
    assert_eq!(check(&[play, tasks]).len(), 3);
}

#[test]
fn an_override_passes_what_a_declaration_leaves_out() {
    let define = ("modules/check/manifests/init.pp", "define check($command) {\n}\n");
    let with = "class smtp {\n  check { 'a':\n  }\n  Check['a'] { command => 'b' }\n}\n";
    let without = "class smtp {\n  check { 'a':\n  }\n}\n";
    let module = "modules/smtp/manifests/init.pp";
    assert_eq!(check(&[define, (module, with)]), NONE);
    assert_snapshot!(
        check(&[define, (module, without)]),
        @"modules/smtp/manifests/init.pp:2:3: error[missing-required-parameter] `check` requires the parameter `command`, which this call does not pass"
    );
}

#[test]
fn a_large_file_may_lie_in_pieces() {
    let tasks = (
        "roles/a/tasks/main.yml",
        "- copy: {src: jdk.tar.gz, dest: /opt}\n- copy: {src: jre.tar.gz, dest: /opt}\n",
    );
    let pieces =
        [("roles/a/files/jdk.tar.gz.part_aa", "a"), ("roles/a/files/jdk.tar.gz.part_ab", "b")];
    let missing = ["unresolved-reference roles/a/tasks/main.yml:2"];
    assert_eq!(check(&[&[tasks][..], &pieces].concat()), missing);
}

#[test]
fn a_folder_whose_files_git_ignores_is_filled_where_it_is_used() {
    let tasks = (
        "roles/web/tasks/main.yml",
        "- copy: src={{ item }} dest=/srv/\n  with_items: [packages, gone]\n",
    );
    let play = ("site.yml", "- hosts: all\n  roles: [web]\n");
    let kept = ("roles/web/files/a.conf", "a\n");
    let ignored = (".gitignore", "roles/web/files/packages/*\n");
    assert_eq!(
        check(&[tasks, play, kept, ignored]),
        ["unresolved-reference roles/web/tasks/main.yml:2"]
    );
}

#[test]
fn a_class_of_the_own_module_is_no_other_module() {
    let web = |name: &str| {
        let text = format!("class web (String $a) {{\n  include {name}\n}}\n");
        let tls = ("modules/web/manifests/tls.pp", "class web::tls {\n}\n");
        let list = ("Puppetfile", "mod 'puppetlabs-stdlib', '9.0.0'\n");
        check(&[("modules/web/manifests/init.pp", &text), tls, list])
    };
    assert_eq!(web("tls"), ["unresolved-reference modules/web/manifests/init.pp:2"]);
    // It was never relative, and may be anybody's.
    assert_eq!(web("::tls"), NONE);
    // A module by itself is used among those of an environment.
    let text = "class web (String $a) {\n  include tls\n}\n";
    let metadata = (
        "metadata.json",
        "{\"name\": \"org-web\", \"dependencies\": [{\"name\": \"puppetlabs/stdlib\"}]}\n",
    );
    let tls = ("manifests/tls.pp", "class web::tls {\n}\n");
    assert_eq!(check(&[("manifests/init.pp", text), tls, metadata]), NONE);
}

#[test]
fn files_of_an_ending_that_git_ignores_are_kept_elsewhere() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a {\n  file { '/a':\n    source => 'puppet:///modules/a/a.rpm',\n  }\n}\n",
    );
    let ignores = (".gitignore", "*.rpm\n");
    let left = ["unresolved-reference modules/a/manifests/init.pp:3"];
    assert_eq!(check(&[class, ("modules/a/files/x", "")]), left);
    assert_eq!(check(&[class, ("modules/a/files/x", ""), ignores]), NONE);
}

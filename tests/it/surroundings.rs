//! What a tree says of its surroundings counts: the Puppet that it is written for, modules
//! that come from elsewhere, folders of modules, facts, mounts.

use crate::common;
use crate::common::{change, check};
use insta::assert_snapshot;

type File = (&'static str, &'static str);

const TYPED: File = ("modules/base/manifests/init.pp", "class base (Integer $x = 1) {\n}\n");
const NONE: [&str; 0] = [];

#[test]
fn names_are_absolute_where_the_tree_shows_puppet_4() {
    let profile = (
        "modules/profile/manifests/queue.pp",
        "class profile::queue {\n  class { 'queue':\n    port => 1,\n  }\n}\n",
    );
    let store = (
        "modules/store/manifests/bucket.pp",
        "define store::bucket ($owner) {\n  bucket { $name:\n    ensure => present,\n  }\n}\n",
    );
    assert_eq!(check(&[TYPED, profile, store]), NONE);
    let metadata = (
        "modules/base/metadata.json",
        r#"{"name": "a-base", "requirements": [{"name": "puppet", "version_requirement": ">= 4.0.0"}], "dependencies": []}"#,
    );
    let hiera = ("hiera.yaml", "version: 5\n");
    for sign in [metadata, hiera, ("modules/x/templates/a.epp", "x\n")] {
        assert_eq!(check(&[sign, profile]), NONE, "{}", sign.0);
    }
    // To Puppet 3 the class includes itself; nobody means that.
    assert_eq!(check(&[profile]), NONE);
    let relative = (
        "modules/profile/manifests/all.pp",
        "class profile::all {\n  class { 'queue':\n    port => 1,\n  }\n}\n",
    );
    assert_snapshot!(
        check(&[profile, relative]),
        @"modules/profile/manifests/all.pp:3:5: error[unknown-parameter] `profile::queue` takes no parameter `port`"
    );
    let example = ("modules/x/examples/init.pp", "class x (String $y) {\n}\n");
    assert_eq!(check(&[profile, relative, example]).len(), 1);
}

#[test]
fn a_listed_module_is_elsewhere_and_another_is_missing() {
    let environment = ("environment.conf", "modulepath = site:modules\n");
    let list = ("Puppetfile", "mod 'acme/queue', '1.2.0'\nmod 'web',\n  :git => 'x'\n");
    let class = (
        "site/profile/manifests/a.pp",
        "class profile::a (Integer $x) {\n  include queue\n  web::vhost { 'a': }\n  include proxy::server\n  unknown { 'x': }\n}\n",
    );
    assert_snapshot!(
        check(&[environment, list, class]),
        @"site/profile/manifests/a.pp:4:11: error[unresolved-reference] class `proxy::server` does not exist"
    );
    // Without the list, or with one that is computed, `proxy` may be anywhere.
    assert_eq!(check(&[environment, class]), NONE);
    let computed = ("Puppetfile", "mod 'acme/queue', '1.2.0'\ninstance_eval(x)\n");
    assert_eq!(check(&[environment, computed, class]), NONE);
    assert_eq!(check(&[list, class]), NONE);
}

#[test]
fn a_module_that_moves_to_the_list_is_not_removed() {
    let list = ("Puppetfile", "mod 'acme/queue', '1.2.0'\n");
    let module = ("modules/queue/manifests/init.pp", "class queue {\n}\n");
    let class = ("modules/profile/manifests/a.pp", "class profile::a {\n  include queue\n}\n");
    assert_eq!(change(&[class, module], &[class, list]), NONE);
    let gone = change(&[class, module], &[class, TYPED]);
    assert_snapshot!(
        gone,
        @"modules/profile/manifests/a.pp:2:11: error[removed-but-referenced] class `queue` was removed but is still used"
    );
}

#[test]
fn a_sibling_needs_its_module() {
    let metadata = ("metadata.json", r#"{"name": "acme-web", "dependencies": []}"#);
    let class = ("manifests/init.pp", "class web (Integer $x = 1) {\n  include tls\n}\n");
    let tls = ("manifests/tls.pp", "class web::tls {\n}\n");
    assert_snapshot!(
        check(&[metadata, class, tls]),
        @"manifests/init.pp:2:11: error[unresolved-reference] class `tls` does not exist"
    );
    let with = r#"{"name": "acme-web", "dependencies": [{"name": "acme/tls"}]}"#;
    assert_eq!(check(&[("metadata.json", with), class, tls]), NONE);
    assert_eq!(check(&[class, tls]), NONE);

    // Beside other modules an empty list is what a skeleton came with.
    let beside = |metadata: &str| {
        check(&[
            ("modules/web/metadata.json", metadata),
            ("modules/web/manifests/init.pp", class.1),
            ("modules/web/manifests/tls.pp", tls.1),
        ])
    };
    assert_eq!(beside(metadata.1), NONE);
    assert_eq!(beside(with), NONE);
    assert_snapshot!(
        beside(r#"{"name": "acme-web", "dependencies": [{"name": "acme/base"}]}"#),
        @"modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `tls` does not exist"
    );
}

#[test]
fn a_tree_may_be_one_module_or_name_its_folders() {
    let metadata = ("metadata.json", r#"{"name": "acme-thing", "dependencies": []}"#);
    let class = "class thing {\n  file { '/a': content => template('thing/a.erb') }\n  file { '/b': content => template('thing/b.erb') }\n  include thing::c\n}\n";
    let template = ("templates/a.erb", "x\n");
    assert_snapshot!(check(&[metadata, ("manifests/init.pp", class), template]), @r"
        manifests/init.pp:3:36: error[unresolved-reference] file `templates/b.erb` does not exist
        manifests/init.pp:4:11: error[unresolved-reference] class `thing::c` does not exist
        ");
    let environment = ("environment.conf", "modulepath = deployment:$basemodulepath\n");
    let (inner, template) =
        ("deployment/thing/manifests/init.pp", "deployment/thing/templates/a.erb");
    assert_snapshot!(check(&[environment, (inner, class), (template, "x\n")]), @r"
        deployment/thing/manifests/init.pp:3:36: error[unresolved-reference] file `deployment/thing/templates/b.erb` does not exist
        deployment/thing/manifests/init.pp:4:11: error[unresolved-reference] class `thing::c` does not exist
        ");
}

#[test]
fn an_environment_inside_a_module_is_not_this_one() {
    let server = ("modules/db/manifests/init.pp", "class db (Integer $x = 1) {\n}\n");
    let inner = (
        "modules/app/demo/puppet/modules/profile/manifests/a.pp",
        "class profile::a {\n  include db::globals\n  class { 'db': y => 1 }\n}\n",
    );
    assert_eq!(check(&[server, inner]), NONE);
}

#[test]
fn facts_are_known_from_facter_and_from_the_tree() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a {\n  if $::rack or $facts['row'] { notify { 'x': } }\n  file { '/a': content => template('a/a.erb') }\n}\n",
    );
    let template = (
        "modules/a/templates/a.erb",
        "<%= @ipaddress_eth0 %> <%= @networking %> <%= @rack %> <%= @row %> <%= @room %> <%= @site %>\n<%= @tpyo %>\n",
    );
    let external = ("modules/a/facts.d/room.sh", "#!/bin/sh\necho room=1\n");
    let hierarchy = ("hiera.yaml", "version: 5\nhierarchy:\n- {name: a, path: '%{::site}.yaml'}\n");
    assert_snapshot!(
        check(&[class, template, external, hierarchy]),
        @"modules/a/templates/a.erb:2:5: warning[unresolved-reference] the template reads `@tpyo`, which `a` does not set"
    );
}

#[test]
fn urls_of_the_file_server() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a {\n  file { '/a': source => 'puppet://modules/a/x' }\n  file { '/b': source => 'puppet:///module/a/x' }\n  file { '/c': source => 'puppet:///modules/a/files/x' }\n  file { '/d': source => 'puppet:///files/x' }\n  file { '/e': source => 'puppet:///private/x' }\n}\n",
    );
    let file = ("modules/a/files/x", "x\n");
    let wrong = |line: u32| format!("unresolved-reference modules/a/manifests/init.pp:{line}");
    assert_eq!(check(&[class, file]), [wrong(2), wrong(3), wrong(4)]);
    // The tree has what is mounted as `files`.
    let other = ("files/y", "y\n");
    assert_eq!(check(&[class, file, other]), [wrong(2), wrong(3), wrong(4), wrong(5)]);
    // The mount is another folder of the server.
    let server = ("fileserver.conf", "[files]\n  path /srv/upload\n[module]\n  path /srv/m\n");
    assert_eq!(check(&[class, file, other, server]), [wrong(2), wrong(4)]);
}

#[test]
fn manifests_that_hosts_are_given_are_no_part_of_the_catalogue() {
    let given = "file { '/a': content => template('gone.erb') }\ninclude files::gone\n";
    let role = ("roles/macros/templates/encoder/site.pp", given);
    let payload = ("modules/a/files/puppet/manifests/site.pp", given);
    // A module may be called so.
    let module = ("modules/files/manifests/init.pp", "class files {\n  include files::gone\n}\n");
    assert_snapshot!(
        check(&[role, payload, module]),
        @"modules/files/manifests/init.pp:2:11: error[unresolved-reference] class `files::gone` does not exist"
    );
}

#[test]
fn what_another_environment_holds_and_the_puppetfile_lists_is_elsewhere() {
    let list = ("Puppetfile", "mod 'agent',\n  :git => 'https://git.example.org/agent'\n");
    let other = ("environments/windows/modules/agent/manifests/init.pp", "class agent {\n}\n");
    let class = ("modules/a/manifests/init.pp", "class a {\n  include agent::params\n}\n");
    assert_eq!(check(&[list, other, class]), NONE);
}

#[test]
fn any_encoding_will_do_for_a_script() {
    let dir = common::tree(&[TYPED]);
    let file = dir.path().join("modules/base/files/menu.sh");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("created");
    std::fs::write(&file, b"#!/bin/sh\n# Caf\xe9\necho ok\n").expect("written");
    assert_eq!(common::findings(&common::report(dir.path(), &["check", "."])), NONE);
}

#[test]
fn what_puppet_took_over_is_not_removed() {
    let stdlib = (
        "modules/stdlib/lib/puppet/parser/functions/abs.rb",
        "module Puppet::Parser::Functions\n  newfunction(:abs) do |x|\n  end\nend\n",
    );
    let class = ("modules/a/manifests/init.pp", "class a (Integer $x = 1) {\n  $y = abs($x)\n}\n");
    assert_eq!(change(&[stdlib, class], &[TYPED, class]), NONE);
}

#[test]
fn what_a_module_deploys_runs_elsewhere() {
    let script = ("modules/a/files/custom.js", "const x = require('./src/lib/x.js');\n");
    assert_eq!(check(&[TYPED, script]), NONE);
    let own = ("lib/custom.js", "const x = require('./src/lib/x.js');\n");
    assert_snapshot!(
        check(&[TYPED, own]),
        @"lib/custom.js:1:20: warning[unresolved-reference] file `lib/src/lib/x.js` does not exist"
    );
}

#[test]
fn a_kind_of_the_trees_own_pack_is_taken() {
    let config = "packages: {'gadget.plugin:x': gadget-x}\n";
    let pack = "families:\n- {kind: gadget.plugin, base: gadget, packages: ['gadget-{}'], path: '/gadgets/{}'}\n";
    let said = |files: &[(&str, &str)]| common::told(common::tree(files).path(), &["check", "."]);
    let site = ("manifests/site.pp", "node default { }\n");
    let with = [("crosscheck.yaml", config), (".crosscheck/packs/gadget.yaml", pack), site];
    assert_snapshot!(said(&with), @r"
        0 errors, 0 warnings, 0 notes in 3 files
        exit code 0
        ");
    assert_snapshot!(said(&[("crosscheck.yaml", config), site]), @r"
        0 errors, 0 warnings, 0 notes in 2 files
        warning: wrong configuration
          × unknown kind `gadget.plugin` in `gadget.plugin:x`
           ╭─[crosscheck.yaml:1:12]
         1 │ packages: {'gadget.plugin:x': gadget-x}
           ·            ─────────────────
           ╰────
          help: it covers nothing unless a pack brings the kind; kinds in use are `puppet.class`, `puppet.define`, `ansible.role`, `file`, `package`, `command`, `key`, `haproxy.backend`, `php.class`; `entity` in `--format json` shows the one of a finding
        exit code 0
        ");
    let misspelt = "packages: {'puppet.clas:x': x}\n";
    assert_snapshot!(said(&[("crosscheck.yaml", misspelt), site]), @r"
        crosscheck: wrong configuration
          × unknown kind `puppet.clas` in `puppet.clas:x`
           ╭─[crosscheck.yaml:1:12]
         1 │ packages: {'puppet.clas:x': x}
           ·            ───────────────
           ╰────
          help: did you mean `puppet.class`?
        exit code 2
        ");
}

#[test]
fn a_module_is_called_like_its_folder_whatever_its_metadata_say() {
    let of = |folder: &str, name: &str| {
        let metadata = format!(r#"{{"name": "acme-{name}", "dependencies": []}}"#);
        (format!("roles/{folder}/metadata.json"), metadata)
    };
    let (queue, web) = (of("queue", "other"), of("web", "web"));
    let files: [File; 3] = [
        ("roles/queue/manifests/init.pp", "class queue {\n  include queue::part\n}\n"),
        ("roles/queue/manifests/part.pp", "class queue::part {\n}\n"),
        ("roles/web/manifests/init.pp", "class web {\n  include queue\n}\n"),
    ];
    let lists: Vec<(&str, &str)> = [&queue, &web].map(|(path, text)| (&**path, &**text)).to_vec();
    assert_eq!(check(&[&files[..], &lists].concat()), NONE);
}

#[test]
fn a_class_whose_manifest_git_ignores_is_elsewhere() {
    let ignore = (".gitignore", "modules/web/manifests/secret/params.pp\n");
    let class = (
        "modules/web/manifests/init.pp",
        "class web {\n  include web::secret::params\n  include web::gone\n}\n",
    );
    assert_snapshot!(
        check(&[ignore, class]),
        @"modules/web/manifests/init.pp:3:11: error[unresolved-reference] class `web::gone` does not exist"
    );
    assert_eq!(check(&[class]).len(), 2);
}

#[test]
fn files_that_git_ignores_no_longer_are_the_business_of_that_edit() {
    let class = (
        "modules/web/manifests/init.pp",
        "class web {\n  file { '/etc/key':\n    source => 'puppet:///modules/web/key',\n  }\n}\n",
    );
    let other = ("modules/web/manifests/other.pp", "class web::other {\n}\n");
    let (before, after) = ((".gitignore", "a\nkey\n"), (".gitignore", "a\n"));
    assert_snapshot!(
        change(&[before, class], &[after, class]),
        @".gitignore:1:1: warning[unresolved-reference] `web/key` is ignored by git no longer, and is not in the tree"
    );
    let place = ["unresolved-reference modules/web/manifests/init.pp:3"];
    assert_eq!(change(&[before, class], &[class]), place);
    // A reference that comes with the change is the change's.
    assert_eq!(change(&[before, other], &[after, other, class]), place);
    // A folder that is not there is not where a file is looked for, whatever git ignores.
    let play = ("site/a.yml", "- hosts: all\n  vars_files:\n  - group_vars/x/vars.yml\n");
    let hosts = (".gitignore", "hosts\n");
    assert_snapshot!(
        check(&[hosts, play]),
        @"site/a.yml:3:5: error[unresolved-reference] file `site/group_vars/x/vars.yml` does not exist"
    );
}

#[test]
fn a_folder_of_manifests_may_be_called_like_tests() {
    let class = ("modules/web/manifests/phpunit/a.pp", "class web::phpunit::a {\n}\n");
    let caller = ("modules/web/manifests/init.pp", "class web {\n  include web::phpunit::a\n}\n");
    assert_eq!(check(&[class, caller]), NONE);
}

#[test]
fn data_of_a_module_at_the_root_is_not_all_data() {
    let metadata = ("metadata.json", r#"{"name": "acme-web", "dependencies": []}"#);
    let files = [
        metadata,
        ("Puppetfile", "mod 'puppetlabs/stdlib'\n"),
        ("hiera.yaml", "version: 5\nhierarchy:\n- {name: common, path: common.yaml}\n"),
        ("data/common.yaml", "web::port: 80\n"),
        (
            "lib/puppet/functions/web/now.rb",
            "Puppet::Functions.create_function(:'web::now') do\nend\n",
        ),
        (
            "manifests/init.pp",
            "class web (Integer $port, String $bind) {\n  $x = lookup('web::files')\n  $y = web::now()\n}\n",
        ),
        ("manifests/role.pp", "class web::role {\n  class { 'web':\n  }\n}\n"),
    ];
    assert_eq!(check(&files), NONE);
}

#[test]
fn a_class_that_nothing_loads_is_not_the_listed_module_s() {
    let list = ("Puppetfile", "mod 'acme/proxy', '1.2.0'\n");
    let legacy = ("legacy/old_proxy/manifests/init.pp", "class proxy ($must) {\n}\n");
    let caller =
        ("site/web/manifests/init.pp", "class web {\n  class { 'proxy':\n    port => 1,\n  }\n}\n");
    assert_eq!(check(&[list, legacy, caller]), NONE);
}

#[test]
fn a_fact_that_a_manifest_installs_is_a_fact() {
    let facts = (
        "modules/base/manifests/init.pp",
        "class base {\n  file { '/etc/puppetlabs/facter/facts.d/uplink.sh':\n    content => template('base/uplink.erb'),\n  }\n}\n",
    );
    let fact = ("modules/base/templates/uplink.erb", "echo uplink=eth0\n");
    let web = (
        "modules/web/manifests/init.pp",
        "class web {\n  file { '/etc/web':\n    content => template('web/a.erb'),\n  }\n}\n",
    );
    let template = ("modules/web/templates/a.erb", "listen <%= @uplink %>\n");
    assert_eq!(check(&[facts, fact, web, template]), NONE);
    assert_eq!(check(&[web, template]).len(), 1);
}

#[test]
fn a_folder_of_manifests_may_be_called_like_payload() {
    let caller = (
        "modules/web/manifests/init.pp",
        "class web {\n  include web::files::a\n  include web::templates::b\n}\n",
    );
    let files = ("modules/web/manifests/files/a.pp", "class web::files::a {\n  # <%= x %>\n}\n");
    let templates = ("modules/web/manifests/templates/b.pp", "class web::templates::b {\n}\n");
    assert_eq!(check(&[caller, files, templates]), NONE);
    assert_snapshot!(
        check(&[caller, files]),
        @"modules/web/manifests/init.pp:3:11: error[unresolved-reference] class `web::templates::b` does not exist"
    );
}

#[test]
fn folders_of_modules_that_a_script_hands_to_puppet() {
    let module = (
        "legacy/queue/manifests/init.pp",
        "class queue {\n  file { '/q':\n    source => 'puppet:///modules/queue/q',\n  }\n  include queue::gone\n}\n",
    );
    let file = ("legacy/queue/files/q", "x\n");
    let script =
        ("apply.sh", "#!/bin/sh\npuppet apply --modulepath=\"$PWD/site:$PWD/legacy\" site.pp\n");
    assert_snapshot!(
        check(&[module, file, script]),
        @"legacy/queue/manifests/init.pp:5:11: error[unresolved-reference] class `queue::gone` does not exist"
    );
    for value in ["'legacy'", "[\"site\", \"legacy\"]"] {
        let text = format!(
            "config.vm.provision :puppet do |puppet|\n  puppet.module_path = {value}\nend\n"
        );
        let found = check(&[module, file, ("Vagrantfile", &text)]);
        assert_eq!(found, ["unresolved-reference legacy/queue/manifests/init.pp:5"], "{value}");
    }
    let before = ("site/queue/manifests/init.pp", module.1);
    let files = [before, ("site/queue/files/q", "x\n")];
    assert_eq!(change(&files, &[module, file, script]), NONE);
}

#[test]
fn the_tests_of_a_module_link_it_under_its_own_name() {
    let metadata = (
        "metadata.json",
        r#"{"name": "acme-site_profiles", "version_requirement": "", "dependencies": []}"#,
    );
    let linked = (".fixtures.yml", "fixtures:\n  symlinks:\n    profile: \"#{source_dir}\"\n");
    let class = ("manifests/dns.pp", "class profile::dns {\n  include profile::params\n}\n");
    let params = ("manifests/params.pp", "class profile::params {\n}\n");
    assert_eq!(check(&[metadata, linked, class, params]), NONE);
    let typo = ("manifests/web.pp", "class profile::web {\n  include profile::parms\n}\n");
    assert_snapshot!(check(&[metadata, linked, class, params, typo]), @"manifests/web.pp:2:11: error[unresolved-reference] class `profile::parms` does not exist");
}

#[test]
fn a_class_whose_title_is_a_reference_is_that_resource() {
    let apt = ("modules/apt/manifests/source.pp", "define apt::source {\n}\n");
    let class = (
        "modules/a/manifests/init.pp",
        "class a {\n  apt::source { 'b': }\n  package { 'c':\n    require => Class['apt::source[b]'],\n  }\n}\n",
    );
    assert_eq!(check(&[apt, class]), NONE);
}

#[test]
fn an_option_that_may_be_omitted_fails_no_task_yet() {
    let task = (
        "roles/a/tasks/main.yml",
        "- name: x\n  copy:\n    src: a\n    dest: /a\n    state: \"{{ item.state | default(omit) }}\"\n",
    );
    let file = ("roles/a/files/a", "x\n");
    assert_snapshot!(check(&[task, file]), @"roles/a/tasks/main.yml:5:5: warning[unknown-parameter] `copy` takes no parameter `state`");
}

#[test]
fn a_role_from_elsewhere_may_bring_any_handler_but_a_slip() {
    let play = ("site.yml", "- hosts: all\n  roles:\n    - acme.router\n    - own\n");
    let tasks = (
        "roles/own/tasks/main.yml",
        "- command: \"true\"\n  notify: reload wifi\n- command: \"true\"\n  notify: restart firewal\n",
    );
    let handlers =
        ("roles/own/handlers/main.yml", "- name: restart firewall\n  command: \"true\"\n");
    assert_snapshot!(check(&[play, tasks, handlers]), @"roles/own/tasks/main.yml:4:11: error[unresolved-reference] handler `restart firewal` does not exist");
}

#[test]
fn a_class_in_another_module_does_not_bring_its_namesakes() {
    let server = (
        "manifests/server.pp",
        "class queue::light {\n  include queue::install\n}\nclass role::server {\n  include queue::light\n}\n",
    );
    let client = ("manifests/client.pp", "class role::client {\n  include queue::client\n}\n");
    assert_eq!(check(&[server, client]), NONE);
    let typo = ("manifests/web.pp", "class role::web {\n  include role::servr\n}\n");
    assert_snapshot!(check(&[server, client, typo]), @"manifests/web.pp:2:11: error[unresolved-reference] class `role::servr` does not exist");
}

#[test]
fn a_module_of_which_much_is_used_and_nothing_is_listed_lies_elsewhere() {
    let list = ("Puppetfile", "mod 'acme/proxy', '1.2.0'\n");
    let environment = ("environment.conf", "modulepath = site:modules:$basemodulepath\n");
    let told = |body: &str| {
        check(&[
            list,
            environment,
            ("site/web/manifests/init.pp", &format!("class web {{\n{body}}}\n")),
        ])
    };
    let two = "  include roles::a\n  include roles::b\n";
    assert_eq!(told(two).len(), 2);
    assert_eq!(told(&format!("{two}  include roles::c\n")), NONE);
}

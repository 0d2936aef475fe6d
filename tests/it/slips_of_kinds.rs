//! Slips in Puppet trees by kind: what Puppet, Hiera, Ruby or r10k take in another way than it was
//! meant, each beside what looks alike and is right.

use crate::common::check;

const PATH: &str = "modules/a/manifests/init.pp";

fn tree(files: &[(&str, &str)]) -> Vec<String> {
    check(files).to_string().lines().map(str::to_owned).collect()
}

/// What is said of a class of these lines, of which the first is line 2.
fn said(lines: &[&str]) -> Vec<String> {
    tree(&[(PATH, &format!("class a (String $given) {{\n{}\n}}\n", lines.join("\n")))])
}

fn has(found: &[String], words: &[&str]) {
    let holds = |own: &&String| words.iter().all(|word| own.contains(word));
    assert_eq!(found.iter().filter(holds).count(), 1, "{words:?} in {found:#?}");
}

#[test]
fn what_puppet_takes_in_another_way() {
    let found = said(&[
        "  file { '/a': source => template('a/x.erb') }",
        "  file { '/b': content => 'puppet:///modules/a/x' }",
        "  file { '/c': require => File['puppet:///modules/a/x'] }",
        "  package { \"freetds\"-dev: }",
        "  class { 'b:;c': }",
        "  $ip = $facts['netowrking']['ip']",
        "  cron { 'x': command => 'a `date +%F`', minute => '0,30', hour => ['1', '24'] }",
        "  exec { 'y': command => '/bin/true', creates => \"a-${given}.tar\" }",
        "  classe { 'b': }",
        "  service { 's': require => Pacakge[$given] }",
    ]);
    for words in [
        ["error", ":2:", "`template()` makes text"],
        ["error", ":3:", "`content` of `file` is text"],
        ["error", ":4:", "no file is called `puppet:///modules/a/x`"],
        ["error", ":5:", "`-` takes numbers"],
        ["error", ":6:", "no name of a class: it has `;` in it"],
        ["error", ":7:", "fact `netowrking` does not exist"],
        ["error", ":8:", "a `%` in the command"],
        ["error", ":8:", "`minute` of `cron` does not accept `0,30`"],
        ["error", ":8:", "`hour` of `cron` does not accept `24`"],
        ["error", ":9:", "does not accept the path `a-*.tar`"],
        ["error", ":10:", "defined type `classe` does not exist"],
        ["error", ":11:", "defined type `pacakge` does not exist"],
    ] {
        has(&found, &words);
    }
}

#[test]
fn what_looks_alike_and_is_right() {
    let found = said(&[
        "  file { '/a': source => inline_template('puppet:///modules/a/<%= 1 %>') }",
        "  file { '/b': content => \"# see puppet:///modules/a/x\\n\" }",
        "  $rest = $given - 1",
        "  $left = '5' - 1",
        "  $ip = $facts['networking']['ip']",
        "  $own = $facts['network_zone']",
        "  cron { 'x': command => 'a `date +\\%F`', minute => '*/5', hour => ['1', '1-5'] }",
        "  exec { 'y': command => '/bin/true', creates => \"${given}/a\" }",
        "  users { 'b': }",
    ]);
    assert_eq!(found.iter().filter(|own| own.contains("error")).count(), 0, "{found:#?}");
}

#[test]
fn code_of_templates_that_ruby_refuses() {
    let said = |erb: &str| {
        let class =
            "class a (String $given) {\n  file { '/a': content => template('a/x.erb') }\n}\n";
        tree(&[(PATH, class), ("modules/a/templates/x.erb", erb)])
    };
    has(&said("<%= @@given %>\n"), &["error", "no variable `@@given`"]);
    has(&said("<% if @given == True %>x<% end %>\n"), &["error", "no constant `True`"]);
    has(&said("a <% @given %>\n"), &["warning", "`@given` is written nowhere"]);
    // The class that renders it is written for Puppet 4.
    has(&said("a <%= given %>\n"), &["error", "`given` without its `@`"]);
    let right = "<% if @given == 'True' %><%= @given %><% end %>\n";
    assert!(!said(right).iter().any(|own| own.contains("x.erb")));
}

#[test]
fn lines_of_a_puppetfile() {
    let said = |text: &str| tree(&[("Puppetfile", text), (PATH, "class a (String $b) {}\n")]);
    has(&said("mod 'a/b'  '1.0.0'\n"), &["error", ":1:", "no comma between the name"]);
    has(
        &said("mod 'b',\n  :git => 'x'\n  :ref => 'y'\n"),
        &["error", ":2:", "no comma before the next line"],
    );
    has(&said("mod 'b',\n  :git => 'x',\n  :branch => :main\n"), &["error", ":3:", "is a symbol"]);
    has(&said("mod 'a/b', :1.0.0\n"), &["error", ":1:", "a version without quotes"]);
    has(&said("mod 'a/b', '1'\nmod 'c-b', '2'\n"), &["error", ":2:", "listed twice"]);
    let right = "mod 'a/b', '1.0.0'\nmod 'c',\n  :git => 'x',\n  :branch => :control_branch\n";
    assert!(!said(right).iter().any(|own| own.contains("Puppetfile")));
}

#[test]
fn modules_may_be_listed_twice_for_old_programs() {
    let files = [("Puppetfile", "mod 'a/b', '1'\nmod 'c-b', '2'\n"), (PATH, "class a { }\n")];
    has(&tree(&files), &["warning", "listed twice"]);
}

#[test]
fn levels_and_keys_that_miss_their_mark() {
    let hierarchy = "version: 5\ndefaults: {datadir: data}\nhierarchy:\n- name: a\n  path: node/%{facts.fqdn}.yaml\n- name: b\n  path: common.yaml\n- name: c\n  paths:\n  - ${facts.x}.yaml\n";
    let files = [
        ("hiera.yaml", hierarchy),
        ("data/nodes/x.yaml", "a::b: 1\n"),
        ("data/common.yaml", "a:b: 1\na::cleint::d: 1\na::b: 2\n"),
        (PATH, "class a (Integer $b) {}\n"),
        ("modules/a/manifests/client.pp", "class a::client (Integer $d) {}\n"),
    ];
    let found = tree(&files);
    has(&found, &["error", "hiera.yaml:5", "no data lies in `data/node`"]);
    has(&found, &["error", "hiera.yaml:10", "does not fill in `${facts.x}`"]);
    has(&found, &["error", "common.yaml:1", "its colons are not two"]);
    has(&found, &["error", "common.yaml:2", "class `a::cleint`", "does not exist"]);
    // A level that reads the other folder too.
    let both = hierarchy.replace("path: common.yaml", "path: nodes/%{facts.fqdn}.yaml");
    let found = tree(&[("hiera.yaml", &both), files[1], files[3]]);
    assert!(!found.iter().any(|own| own.contains("no data lies")), "{found:#?}");
}

#[test]
fn files_of_a_module_that_nothing_else_knows() {
    let class = "class a {\n  file { '/a': source => 'puppet:///modules/wiki/x' }\n  file { '/b': source => 'puppet:///modules/wiki/y' }\n  file { '/c': source => 'puppet:///as/x' }\n}\n";
    let files = [(PATH, class), ("modules/a/files/x", "x\n"), ("modules/a/files/y", "y\n")];
    has(&tree(&files), &["error", ":2:", "no module `wiki` is here"]);
    has(&tree(&files), &["error", ":3:", "no module `wiki` is here"]);
    has(&tree(&files), &["error", ":4:", "no module `as` is here"]);
    // Something else knows the module, or the mount.
    let other = ("modules/b/manifests/init.pp", "class b {\n  include wiki::x\n}\n");
    let mount = ("fileserver.conf", "[as]\n  path /srv/as\n");
    let found = tree(&[files[0], files[1], files[2], other, mount]);
    assert!(!found.iter().any(|own| own.contains("is here")), "{found:#?}");
}

#[test]
fn what_a_node_inherits_is_in_its_catalogue() {
    let nodes = "node base {\n  include a\n}\nnode x inherits base {\n  service { 's': subscribe => File['/a'] }\n}\nnode y {\n  service { 's': subscribe => File['/a'] }\n}\n";
    let files =
        [("manifests/site.pp", nodes), (PATH, "class a {\n  file { '/a': ensure => file }\n}\n")];
    let found = tree(&files);
    has(&found, &["is in no catalogue"]);
    has(&found, &["site.pp:8:", "is in no catalogue"]);
    let nodes = nodes.replace("base", "default");
    let found = tree(&[("manifests/site.pp", &nodes), files[1]]);
    assert!(!found.iter().any(|own| own.contains("site.pp:5:")), "{found:#?}");
    has(&found, &["site.pp:8:", "is in no catalogue"]);
}

#[test]
fn small_letters_and_blanks_of_old_references() {
    let class = "class a-b {\n  exec { 'x': require => [ exec ['y'], package ['z'] ] }\n}\n";
    let found = tree(&[("modules/a-b/manifests/init.pp", class)]);
    assert!(!found.iter().any(|own| own.contains("unexpected")), "{found:#?}");
}

#[test]
fn what_two_equal_conditions_declare() {
    let found = said(&[
        "  if $facts['virtual'] == 'kvm' { user { 'x': } }",
        "  if $facts['virtual'] == 'xen' { user { 'x': } }",
        "  unless $facts['virtual'] == 'kvm' { user { 'x': } }",
        "  if $facts['virtual'] == 'kvm' { user { 'x': } }",
    ]);
    has(&found, &[":5:", "`User[x]` is declared twice"]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn variables_of_a_plan() {
    let plan = "plan a::p (TargetSpec $targets) {\n  $found = run_task('a::t', $targets)\n  out::message($fuond)\n  apply($targets) { notice($facts['os']) }\n}\n";
    has(&tree(&[("modules/a/plans/p.pp", plan)]), &["error", ":3:", "`fuond` does not exist"]);
}

#[test]
fn a_hierarchy_that_is_no_yaml() {
    let text = "version: 5\nhierarchy:\n- name: a\n  path: a.yaml\n\nmotd\n";
    let files = [("hiera.yaml", text), (PATH, "class a (String $b) {}\n")];
    has(&tree(&files), &["error", "hiera.yaml", "not valid YAML"]);
}

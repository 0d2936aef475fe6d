//! Slips in Puppet trees that a compiler or a run refuses: what is declared twice, names that are
//! nearly those of others, constructs that Puppet 4 dropped, templates whose blocks do not close.

use crate::common::check;

const PATH: &str = "modules/a/manifests/init.pp";

/// Severity, rule and line of each finding in a class of these lines, of which the first is line 2.
fn said(lines: &[&str]) -> Vec<String> {
    tree(&[(PATH, &format!("class a (String $given) {{\n{}\n}}\n", lines.join("\n")))])
}

fn tree(files: &[(&str, &str)]) -> Vec<String> {
    check(files).to_string().lines().map(str::to_owned).collect()
}

fn has(found: &[String], words: &[&str]) {
    let holds = |own: &&String| words.iter().all(|word| own.contains(word));
    assert_eq!(found.iter().filter(holds).count(), 1, "{words:?} in {found:#?}");
}

#[test]
fn what_a_block_and_those_around_it_declare() {
    let found = said(&[
        "  $given = 'x'",
        "  $x = 1",
        "  if $given { $x = 2 }",
        "  file { '/a': }",
        "  case $given { 'x': { file { '/a': } } default: {} }",
        "  $list = ['p', 'q']",
        "  package { $list: } -> package { 'q': }",
        "  include b",
        "  class { 'b': }",
    ]);
    for words in [
        [":2:", "`$given` is assigned twice"],
        [":4:", "`$x` is assigned twice"],
        [":6:", "`File[/a]` is declared twice"],
        [":8:", "`Package[q]` is declared twice"],
        [":10:", "class `b` is declared after it was included"],
    ] {
        has(&found, &words);
    }
}

#[test]
fn classes_of_one_branch_come_together() {
    let a = (
        PATH,
        "class a {\n  case $x {\n    'x': {\n      contain a::b\n      class { 'a::c': }\n    }\n  }\n}\n",
    );
    let b = ("modules/a/manifests/b.pp", "class a::b {\n  @user { 'x': }\n}\n");
    let c = ("modules/a/manifests/c.pp", "class a::c {\n  @user { 'x': }\n}\n");
    has(&tree(&[a, b, c]), &["`User[x]` is declared twice in one catalogue"]);
}

#[test]
fn quotes_and_functions() {
    let found = said(&[
        "  exec { 'x': command => '/bin/true', unless => \"/usr/bin/test \\\"$(/a) = \\\"${given}\\\"\" }",
        "  exec { 'y': command => \"/bin/sh -c 'echo \\\"$(/a \\\"b\\\")\\\"'\" }",
    ]);
    has(&found, &[":2:", "a quote in `unless` is never closed"]);
    assert_eq!(found.len(), 1, "{found:#?}");
    let function = ("modules/a/functions/keys.pp", "function a::keys() {\n}\n");
    let level = |name: &str| format!("version: 5\nhierarchy: [{{name: x, lookup_key: {name}}}]\n");
    let (bad, good) = (level("a::kys"), level("a::keys"));
    has(&tree(&[function, ("modules/a/hiera.yaml", &bad)]), &["function `a::kys` does not exist"]);
    assert_eq!(tree(&[function, ("modules/a/hiera.yaml", &good)]), [""; 0]);
}

#[test]
fn what_is_declared_once_on_each_way() {
    let found = said(&[
        "  if $given { $x = 1 } else { $x = 2 }",
        "  if !defined('$given') { $given = 'x' }",
        "  file { '/a': }",
        "  unless defined(File['/a']) { file { '/a': } }",
        "  $given.each |$y| { $z = $y }",
        "  $z = 1",
        "  if $given { file { '/b': } } else { file { '/b': } }",
        "  class { 'b': }",
        "  include b",
    ]);
    assert!(!found.iter().any(|own| own.contains("duplicate-definition")), "{found:#?}");
}

#[test]
fn resources_of_classes_that_come_together() {
    let a = (PATH, "class a {\n  include a::b\n  include a::c\n}\n");
    let b = ("modules/a/manifests/b.pp", "class a::b {\n  package { 'x': }\n}\n");
    let c = ("modules/a/manifests/c.pp", "class a::c {\n  package { ['x', 'y']: }\n}\n");
    has(&tree(&[a, b, c]), &["c.pp:2:", "`Package[x]` is declared twice in one catalogue"]);
    let apart = "class a {\n  if $x { include a::b } else { include a::c }\n}\n";
    let maybe = ("modules/a/manifests/c.pp", "class a::c {\n  if $x { package { 'x': } }\n}\n");
    assert_eq!(tree(&[(PATH, apart), b, c]), [""; 0]);
    assert_eq!(tree(&[a, b, maybe]), [""; 0]);
}

#[test]
fn names_that_are_nearly_others() {
    let found = said(&[
        "  $destination = 'x'",
        "  notify { \"${destinatoin}\": }",
        "  file { \"/x/${nowhere}\": content => $lone }",
        "  service { 'sshd': }",
        "  file { '/a': notify => Service['ssh'] }",
        "  exec { 'reload-ferm': command => '/bin/true' }",
        "  file { '/b': notify => Exec['reload ferm'] }",
        "  file { '/c': require => package['x'] }",
    ]);
    for words in [
        ["a::destinatoin", "error"],
        ["a::nowhere", "error"],
        ["a::lone", "warning"],
        ["Service[ssh]", "error"],
        ["Exec[reload ferm]", "error"],
        ["package[", "error"],
    ] {
        has(&found, &words);
    }
    let types = tree(&[(PATH, "class a (Arrary $x, Optional[Sring] $y, Vcsrepo $z) {\n}\n")]);
    has(&types, &["`Arrary`", "error"]);
    has(&types, &["`Sring`", "error"]);
    assert_eq!(types.len(), 2, "{types:#?}");
    let top = tree(&[(
        "manifests/site.pp",
        "$hostOnlyIP = '1'\nnode default {\n  notify { \"${hostOnlyIp} ${from_elsewhere}\": }\n}\n",
    )]);
    has(&top, &["hostOnlyIp"]);
    assert_eq!(top.len(), 1, "{top:#?}");
}

#[test]
fn a_template_of_a_module_that_is_called_nearly_so() {
    let user =
        (PATH, "class a {\n  file { '/a': content => template('gen_ircd/x', 'other/x') }\n}\n");
    let other = ("modules/gen_ngircd/templates/x", "x\n");
    let found = tree(&[user, other]);
    has(&found, &["modules/gen_ircd/templates/x", "error"]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn what_puppet_4_dropped() {
    let modern = ("modules/b/manifests/init.pp", "class b (String $x) {\n}\n");
    let old = (PATH, "class a($x, disk) {\n}\n");
    has(&tree(&[modern, old]), &["removed-directive", "a parameter without `$`"]);
    has(&tree(&[old]), &["warning", "a parameter without `$`"]);
    let several = (PATH, "class a(x, disk) {\n}\n");
    assert_eq!(tree(&[several]), [""; 0]);
    let fine = (PATH, "class a($x) {\n  notify { \"${a::_x} ${::a::b::_y}\": }\n}\n");
    assert!(!tree(&[modern, fine]).iter().any(|own| own.contains("removed-directive")));
}

#[test]
fn commands_without_a_search_path() {
    let node = ("manifests/site.pp", "node default {\n  include a\n}\n");
    let class =
        (PATH, "class a {\n  exec { 'x': command => '/bin/x', unless => 'test -f /a' }\n}\n");
    has(&tree(&[node, class]), &["init.pp:2:", "nothing sets a `path`", "error"]);
    let path = "Exec { path => '/bin' }\nnode default {\n  include a\n}\n";
    assert_eq!(tree(&[("manifests/site.pp", path), class]), [""; 0]);
    assert_eq!(tree(&[class]), [""; 0]);
}

#[test]
fn addresses_and_data() {
    let list = ("Puppetfile", "mod 'x', :git => 'git://github.com:owner/x.git'\n");
    has(&tree(&[list]), &["the port of `git://github.com:owner` is no number", "error"]);
    let data = ("data/common.yaml", "a::b: 'http://h.org:8530s'\na::c: \"%{alias('x'))\"\n");
    let class = (PATH, "class a (String $b, String $c) {\n}\n");
    let found = tree(&[("hiera.yaml", "version: 5\n"), data, class]);
    has(&found, &["the port of `http://h.org:8530s`", "error"]);
    has(&found, &["`%{` is never closed", "error"]);
}

#[test]
fn data_of_the_class_beside_it() {
    let a = (PATH, "class a::x (String $location) {\n}\n");
    let files = [
        ("hiera.yaml", "version: 5\nhierarchy: [{name: a, path: common.yaml}]\n"),
        ("data/common.yaml", "a::y::location: '/x'\na::y::stale: 1\na::y::port: 2\n"),
        ("modules/a/manifests/x.pp", a.1),
        ("modules/a/manifests/y.pp", "class a::y (Integer $port) {\n}\n"),
    ];
    let found = tree(&files);
    has(&found, &["common.yaml:1:", "warning", "takes no parameter `location`"]);
    has(&found, &["common.yaml:2:", "note", "takes no parameter `stale`"]);
}

#[test]
fn blocks_of_a_template() {
    let bad = ("modules/a/templates/x.erb", "<% @a.each do |b| -%>\n<%= b %>\n<% else -%>\n");
    has(&tree(&[bad]), &["x.erb:3:", "parse-error", "`else` in a block of `do`"]);
    let good = ("modules/a/templates/x.erb", "<% if @a -%>\n<%= ',' if @b %>\n<% end -%>\n");
    assert_eq!(tree(&[good]), [""; 0]);
}

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

#[test]
fn modules_and_types_that_are_called_almost_like_others() {
    let nginx = ("modules/nginx/manifests/vhost.pp", "class nginx::vhost {}\n");
    let found =
        tree(&[nginx, (PATH, "class a {\n  include ngnix::vhost\n  qservice { 'x': }\n}\n")]);
    has(&found, &[":2:", "class `ngnix::vhost` does not exist"]);
    has(&found, &[":3:", "defined type `qservice` does not exist"]);
    // What may come from elsewhere: another name, a module that is listed, several of a sort.
    let listed = ("Puppetfile", "mod 'x/ngnix', '1.0.0'\n");
    let used = (PATH, "class a {\n  include ngnix::vhost\n  include ngnix::other\n}\n");
    assert_eq!(tree(&[nginx, listed, used]), [""; 0]);
    assert_eq!(tree(&[nginx, (PATH, "class a {\n  include ngnix::other\n}\n")]), [""; 0]);
    assert_eq!(said(&["  services { 'x': }", "  my_host { 'x': }"]), [""; 0]);
}

#[test]
fn paths_that_lack_or_swap_their_first_part() {
    let template = ("modules/a/templates/b.erb", "x\n");
    let body = |line: &str| format!("class a {{\n  {line}\n}}\n");
    let found = tree(&[template, (PATH, &body("file { '/b': content => template('/a/b.erb') }"))]);
    has(&found, &[":2:", "file `/a/b.erb` does not exist"]);
    let other = body("file { '/b': content => template('/etc/b.erb') }");
    assert_eq!(tree(&[template, (PATH, &other)]), [""; 0]);
    let found = tree(&[(PATH, &body("file { '/b': source => 'puppet:///a/modules/a/b' }"))]);
    has(&found, &[":2:", "mount of the file server `a/modules/a/b` does not exist"]);
    let other = body("file { '/b': source => 'puppet:///volume/modules/a/b' }");
    assert_eq!(tree(&[(PATH, &other)]), [""; 0]);
    let found = said(&[
        "  $name_of = 'x.tar'",
        "  exec { '/bin/a': creates => $name_of, cwd => '/tmp' }",
        "  exec { '/bin/b': creates => $given, cwd => \"${given}/b\" }",
    ]);
    assert_eq!(found.len(), 1, "{found:#?}");
    has(&found, &[":3:", "`creates` of `exec` does not accept the path `x.tar`"]);
}

#[test]
fn branches_that_set_another_name() {
    let lines = |name: &str, read: &str| {
        said(&[
            "  case $given {",
            "    'x': { $server_name = 'a' }",
            &format!("    default: {{ ${name} = 'b' }}"),
            "  }",
            &format!("  notice(\"${{server_name}} {read}\")"),
        ])
    };
    has(&lines("sever_name", ""), &[":4:", "this branch does not set `$server_name`"]);
    let unset = said(&[
        "  if $given { $server_name = 'a' } else { $sever_name = undef }",
        "  notice($server_name)",
    ]);
    assert_eq!(unset, [""; 0]);
    // One that reads its own value needs none of the others.
    let alone = said(&[
        "  case $given {",
        "    'x': { $ntp_server = 'a' }",
        "    default: { $ntpserver = 'b' notice($ntpserver) }",
        "  }",
    ]);
    assert_eq!(alone, [""; 0]);
    for (name, read) in [("server_name", ""), ("other", ""), ("sever_name", "$sever_name")] {
        assert_eq!(lines(name, read), [""; 0], "{name}");
    }
}

#[test]
fn defaults_that_their_type_refuses() {
    let class = |params: &str| format!("class a ({params}) {{}}\n");
    let found = tree(&[(PATH, &class("Boolean $b = 'true'"))]);
    has(&found, &[":1:", "the default of `$b` is no `Boolean`"]);
    let fine = "Boolean $a = true, Optional[Hash] $b = undef, Integer[1] $c = 2, Any $d = 'x', \
                Enum['x'] $e = 'x', Hash $f = $x::y";
    assert_eq!(tree(&[(PATH, &class(fine))]), [""; 0]);
    // Without one at all it has to be given.
    let define = |call: &str| {
        let text = format!("define a::b (Hash $c = undef) {{}}\nclass a {{\n  {call}\n}}\n");
        tree(&[(PATH, &text)])
    };
    has(&define("a::b { 'x': }"), &["init.pp:3:", "requires the parameter `c`"]);
    assert_eq!(define("a::b { 'x': c => {} }"), [""; 0]);
}

#[test]
fn nodes_and_braces() {
    let site = "node 'a', 'b' {}\nnode 'c' {}\nnode 'b' {}\n";
    has(&tree(&[("manifests/site.pp", site)]), &[":3:", "node `b` is defined twice"]);
    let found = said(&[
        "  exec { \"/bin/a $$given}/x\": }",
        "  exec { \"/bin/b ${given}/x { $$given} $$\": }",
    ]);
    assert_eq!(found.len(), 1, "{found:#?}");
    has(&found, &[":2:", "`$$given}` is a `$`, the value of `$given` and a brace"]);
}

#[test]
fn templates_of_any_name() {
    let used = "class a ($b) {\n  file { '/b': content => template('a/b.conf') }\n}\n";
    let found = tree(&[("modules/a/templates/b.conf", "x <%= @b >\n"), (PATH, used)]);
    has(&found, &["b.conf:1:", "`<%= @b >` is never closed"]);
    let found = tree(&[("modules/a/templates/b.conf", "x <%= @bb %>\n"), (PATH, used)]);
    has(&found, &["b.conf:1:", "the template reads `@bb`"]);
    let text = "x <%= @b %> '<%s>'\n";
    assert_eq!(tree(&[("modules/a/templates/b.conf", text), (PATH, used)]), [""; 0]);
    // A folder of that name outside of modules is nobody's.
    assert_eq!(tree(&[("web/templates/b.html", "x <%= @b >\n"), (PATH, "class a {}\n")]), [""; 0]);
}

#[test]
fn keys_with_another_number_of_colons() {
    let class = (PATH, "class a ($b) {}\n");
    let data = |key: &str| format!("{key}: 1\n");
    for key in ["a:b", "a:::b"] {
        let found = tree(&[class, ("hieradata/common.yaml", &data(key))]);
        has(&found, &["common.yaml:1:", &format!("`{key}`")]);
    }
    for key in ["a::b", "other:b", "A:b"] {
        assert_eq!(tree(&[class, ("hieradata/common.yaml", &data(key))]), [""; 0], "{key}");
    }
    let read = (PATH, "class a ($b) {\n  $c = hiera('a:b')\n}\n");
    assert_eq!(tree(&[read, ("hieradata/common.yaml", &data("a:b"))]), [""; 0]);
}

#[test]
fn resources_that_no_catalogue_has_beside_the_reference() {
    let sources = ("modules/a/manifests/sources.pp", "class a::sources {\n  user { 'x': }\n}\n");
    let class = (PATH, "class a {\n  file { '/b': require => User['x'] }\n}\n");
    let site = |classes: &str| format!("node default {{\n  include {classes}\n}}\n");
    let found = tree(&[sources, class, ("manifests/site.pp", &site("a"))]);
    has(&found, &["init.pp:2:", "`User[x]` is in no catalogue with this reference"]);
    // What every node has, one that has the other may have alone.
    let top = "if $::x {\n  include a\n}\n";
    assert_eq!(tree(&[sources, class, ("manifests/site.pp", top)]), [""; 0]);
    for classes in ["a, a::sources", "a, elsewhere"] {
        let found = tree(&[sources, class, ("manifests/site.pp", &site(classes))]);
        assert_eq!(found, [""; 0], "{classes}");
    }
}

#[test]
fn what_ruby_and_r10k_refuse_of_a_puppetfile() {
    let list = |text: &str| tree(&[("Puppetfile", text), (PATH, "class a {}\n")]);
    for (text, words) in [
        ("mod 'a/b', 8.4.0\n", [":1:", "a version without quotes"]),
        ("mod 'a/b'\n  :git => 'x'\n", [":1:", "no comma before the next line"]),
        ("mod 'a/b', '1',\nmod 'a/c', '1'\n", [":1:", "the comma leads to nothing"]),
        ("mod 'a/b', '1'\nmod 'c-b', '2'\n", [":2:", "the module `b` is listed twice"]),
    ] {
        has(&list(text), &words);
    }
    for text in [
        "mod 'a/b', '8.4.0' # 'x'\nmod 'a/c', :latest\nmod 'a/d',\n  # why\n  :git => 'x',\n  :ref => '1'\n",
        "mod 'a/b',\n  git: 'x' # 1\n",
        "if ENV['X']\n  mod 'a/b', '1'\nelse\n  mod 'a/b', '2'\nend\n",
        "mod('a/b', '1')\nmod 'a/c', 1.5\n",
    ] {
        assert_eq!(list(text), [""; 0], "{text}");
    }
}

#[test]
fn data_that_becomes_resources() {
    let class = "class a ($jobs, $sites) {\n  create_resources(cron, $jobs)\n  \
                 create_resources('a::site', hiera('sites'))\n  \
                 $sites.each |$n, $own| { a::site { $n: * => $own } }\n}\n";
    let define = ("modules/a/manifests/site.pp", "define a::site ($port = 1) {\n}\n");
    let run = |data: &str| tree(&[(PATH, class), define, ("hieradata/common.yaml", data)]);
    for (data, words) in [
        ("a::jobs:\n  x: {command: /bin/a, date: '*'}\n", "`cron` takes no parameter `date`"),
        ("sites:\n  x: {prot: 1}\n", "`a::site` takes no parameter `prot`"),
        ("a::sites:\n  x: {prot: 1}\n", "`a::site` takes no parameter `prot`"),
    ] {
        has(&run(data), &["common.yaml:2:", words]);
    }
    let fine = "a::jobs:\n  x: {command: /bin/a, tag: b, --hour: 1}\nsites:\n  x: {port: 1}\n\
                other:\n  x: {prot: 1}\na::sites: {}\n";
    assert_eq!(run(fine), [""; 0]);
}

#[test]
fn statements_and_patterns_that_say_nothing() {
    let found = said(&["  File['/a']", "  File['/b'] -> File['/c']", "  file { ['/b', '/c']: }"]);
    has(&found, &[":2:", "a reference alone says nothing"]);
    let found = said(&["  if $given =~ /^${given}-a/ { }", "  if $given =~ /a$/ { }"]);
    assert_eq!(found.len(), 1, "{found:#?}");
    has(&found, &[":2:", "a regular expression takes no variables"]);
    let template = ("modules/a/templates/b.erb", "<% if given %><%= given %><% end %>\n");
    let used =
        (PATH, "class a (String $given) {\n  file { '/b': content => template('a/b.erb') }\n}\n");
    has(&tree(&[template, used]), &["b.erb:1:", "the variable `given` without its `@`"]);
    let template =
        ("modules/a/templates/b.erb", "<% given = 1 %><% if given %><%= given %><% end %>\n");
    assert_eq!(tree(&[template, used]), [""; 0]);
}

#[test]
fn a_condition_on_almost_a_parameter() {
    let class = |test: &str| {
        tree(&[
            (
                PATH,
                &format!(
                    "class a (Boolean $skip_reload) {{\n  if ${test} {{ include a::b }}\n}}\n"
                ),
            ),
            ("modules/a/manifests/b.pp", "class a::b {}\n"),
        ])
    };
    has(&class("skip_relaod"), &[":2:", "variable `a::skip_relaod` does not exist"]);
    assert_eq!(class("skip_reload"), [""; 0]);
    assert_eq!(class("other"), [""; 0]);
}

//! What a reader of a Puppet tree sees without running it: a variable that is read too early, an index
//! without braces, text where a number belongs, a type that is named once, a method of Ruby's.

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
fn variables_that_are_read_too_early() {
    let found = said(&[
        "  $path = \"/srv/${major}.${minor}\"",
        "  if $given == 'x' { $major = '1' } else { $major = '2' }",
        "  $minor = '3'",
        "  $copy = $later",
        "  $later = 'x'",
    ]);
    has(&found, &["error", ":2:", "`$major` is read before it is assigned"]);
    has(&found, &["error", ":2:", "`$minor` is read before it is assigned"]);
    has(&found, &["warning", ":5:", "`$later` is read before it is assigned"]);
    let fine = said(&[
        "  if $asked { $x = 1 }",
        "  $asked = pick($given, 'y')",
        "  $own = \"${own}/x\"",
        "  [1].each |$i| { notice($behind) }",
        "  $behind = 'x'",
        "  $shown = \"${hostname}\"",
        "  $hostname = 'x'",
        "  $outer = \"${fact_of_hosts}\"",
        "  $fact_of_hosts = $::fact_of_hosts",
    ]);
    assert!(!fine.iter().any(|own| own.contains("before it is assigned")), "{fine:#?}");
}

#[test]
fn indices_without_braces() {
    let found = said(&[
        "  $all = { 'bcd' => 'c' }",
        "  file { \"/a/$all[bcd]\": }",
        "  file { \"/b/$facts['os']\": }",
        "  file { \"/c/$given[abc]\": }",
        "  file { \"/d/${all['bcd']}\": }",
    ]);
    has(&found, &["warning", ":3:", "`$all[bcd]` is all of `$all`"]);
    has(&found, &["warning", ":4:", "`$facts['os']` is all of `$facts`"]);
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn texts_that_are_no_numbers() {
    let found = said(&[
        "  $x = \"ISP\" + $given + 1",
        "  $y = \"a${given}\" + 1",
        "  $z = ['b'] + 'c'",
        "  $n = '5' + 1",
        "  $m = $given + 'c'",
    ]);
    has(&found, &["error", ":2:", "`+` takes numbers, and `ISP` is none"]);
    has(&found, &["error", ":3:", "`+` takes numbers, and `a` is none"]);
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn what_orders_resources_is_no_text() {
    let define = |lines: &str| {
        tree(&[(PATH, &format!("define a (String $b) {{\n  exec {{ '/bin/c': {lines} }}\n}}\n"))])
    };
    has(&define("require => $name"), &["error", ":2:", "`require` takes resources, and `$name`"]);
    has(&define("require => \"a-${b}\""), &["error", ":2:", "`require` takes resources, and `a-`"]);
    for fine in ["require => $b", "require => \"${b}-x\"", "require => \"File[${b}]\""] {
        assert_eq!(define(fine), [""; 0], "{fine}");
    }
}

#[test]
fn a_name_alone() {
    let node = |line: &str| tree(&[("manifests/site.pp", &format!("node 'x' {{\n{line}\n}}\n"))]);
    has(&node("  backup::server"), &["error", ":2:", "a name alone says nothing"]);
    assert_eq!(node("  notify { 'x': }"), [""; 0]);
}

#[test]
fn modes_that_are_numbers() {
    let class = |name: &str, lines: &str| format!("class a::{name} {{\n{lines}}}\n");
    let text = "  file { '/NAME': mode => '0644' }\n";
    let texts: String = (0..9).map(|own| text.replace("NAME", &own.to_string())).collect();
    let number = class("e", "  file { '/e': mode => 0644 }\n");
    let typed = ("modules/a/manifests/f.pp", "class a::f (String $x) {\n}\n");
    let files = |texts: &str, more: &[(&'static str, &'static str)]| {
        let texts = class("b", texts);
        let mut all = vec![
            ("modules/a/manifests/b.pp", texts.as_str()),
            ("modules/a/manifests/e.pp", number.as_str()),
        ];
        all.extend_from_slice(more);
        tree(&all)
    };
    has(
        &files(&texts, &[typed]),
        &["error", "e.pp:2:", "`mode` of `file` does not accept a number"],
    );
    has(&files(&texts, &[]), &["warning", "e.pp:2:", "`mode` of `file` does not accept a number"]);
    // A tree of Puppet 3 writes all of them so.
    assert_eq!(files("", &[]), [""; 0]);
}

#[test]
fn types_that_are_named_once() {
    let uses = "class a {\n  apt::pin { 'b': }\n  apt::pin { 'c': }\n  apt::ping { 'd': }\n}\n";
    has(&tree(&[(PATH, uses)]), &["warning", ":4:", "resource type `apt::ping` is named nowhere"]);
    let fine = "class a {\n  apt::pin { 'b': }\n  apt::ping { 'd': }\n  apt::ping { 'e': }\n}\n";
    assert_eq!(tree(&[(PATH, fine)]), [""; 0]);
    let kpackage = ("modules/kbp/manifests/init.pp", "define kpackage () {\n}\n");
    let slip = "class a {\n  kpackage { 'b': }\n  file { '/c': require => Kpackge['b'] }\n}\n";
    has(
        &tree(&[(PATH, slip), kpackage]),
        &["error", ":3:", "resource type `Kpackge` is named nowhere else"],
    );
}

#[test]
fn definitions_that_are_called_almost_as_their_files() {
    let file = |class: &str| {
        tree(&[
            ("modules/web/manifests/redirect.pp", &format!("class web::{class} {{\n}}\n")),
            ("modules/web/manifests/init.pp", "class web {\n}\n"),
        ])
    };
    has(&file("redirct"), &["warning", "nothing loads `web::redirct`"]);
    assert_eq!(file("redirect"), [""; 0]);
}

#[test]
fn methods_of_ruby_in_templates() {
    let rendered = |param: &str, erb: &str| {
        let class = format!(
            "class a (${param} = 'x') {{\n  file {{ '/b': content => template('a/x.erb') }}\n}}\n"
        );
        let all = tree(&[(PATH, &class), ("modules/a/templates/x.erb", erb)]);
        all.into_iter().filter(|own| own.contains("x.erb")).collect::<Vec<_>>()
    };
    has(&rendered("format", "<%= format %>\n"), &["error", "`format` is a method of Ruby's here"]);
    has(&rendered("hash", "<%= hash %>\n"), &["warning", "`hash` is a method of Ruby's here"]);
    for erb in ["<%= @format %>\n", "<%= format('%s', @format) %>\n"] {
        assert_eq!(rendered("format", erb), [""; 0], "{erb}");
    }
    has(&rendered("path_of", "<%= @path_of =%>/x\n"), &["error", "the code ends with `=`"]);
    has(&rendered("list", "<%= @list.each do |b| %>\n"), &["error", "this opens a block"]);
}

#[test]
fn files_that_commands_name() {
    let class = |command: &str| {
        tree(&[
            (
                PATH,
                &format!(
                    "class a {{\n  file {{ '/tmp/tool-2.3-1.pkg.tar': source => 'puppet:///modules/a/t' }}\n  \
                     -> exec {{ 'x': command => '/bin/install {command}' }}\n}}\n"
                ),
            ),
            ("modules/a/files/t", "x"),
        ])
    };
    has(&class("/tmp/tool-2.3.tar.gz"), &["warning", ":3:", "nothing puts `/tmp/tool-2.3.tar.gz`"]);
    for fine in ["/tmp/tool-2.3-1.pkg.tar", "/tmp/other-1.0.tar.gz", "/srv/tool-2.3.tar.gz"] {
        assert_eq!(class(fine), [""; 0], "{fine}");
    }
}

#[test]
fn what_is_declared_twice_or_runs_nothing() {
    let found = said(&[
        "  $all = { 'b' => {} }",
        "  create_resources('host', $all)",
        "  create_resources('host', $all)",
        "  create_resources('user', $all)",
        "  exec { 'x': command => 'Z/usr/bin/true -a' }",
        "  exec { 'y': command => '/usr/bin/true', unless => 'usr/bin/test -f /a' }",
        "  postgresql::server::pg_hba_rule { 'x': address => '127.0.0.1' }",
        "  postgresql::server::pg_hba_rule { 'y': address => '127.0.0.1/32' }",
    ]);
    has(&found, &["error", ":4:", "the resources of `$all` are declared twice"]);
    has(&found, &["error", ":6:", "runs `Z/usr/bin/true`, which is no full path"]);
    has(&found, &["error", ":7:", "runs `usr/bin/test`, which is no full path"]);
    has(&found, &["error", ":8:", "the address `127.0.0.1` has no mask"]);
    assert_eq!(found.iter().filter(|own| own.contains("error")).count(), 4, "{found:#?}");
}

#[test]
fn templates_that_a_type_is_handed() {
    let class = |name: &str| {
        tree(&[
            (PATH, &format!("class a {{\n  web::site {{ 'x': template => '{name}' }}\n}}\n")),
            ("modules/a/templates/x.erb", "x\n"),
        ])
    };
    has(&class("a/y.erb"), &["warning", ":2:", "`modules/a/templates/y.erb` does not exist"]);
    for fine in ["a/x.erb", "other/y.erb", "/srv/y.erb"] {
        assert_eq!(class(fine), [""; 0], "{fine}");
    }
}

#[test]
fn a_tree_that_moved_into_a_folder() {
    let class = "class web {\n  file { '/a': content => template('web/x.erb') }\n}\n";
    let db = "class db {\n}\n";
    let moved = tree(&[
        ("puppet/web/manifests/init.pp", class),
        ("puppet/db/manifests/init.pp", db),
        ("puppet/db/templates/y.erb", "x\n"),
    ]);
    has(&moved, &["error", "`puppet/web/templates/x.erb` does not exist"]);
}

#[test]
fn data_that_says_another_thing() {
    let data = |text: &str| {
        let class = "class a {\n  $device = hiera('btrfs_device')\n}\n";
        tree(&[
            (PATH, class),
            ("hieradata/common.yaml", text),
            ("hieradata/other.yaml", "btrfs_device: a\n"),
        ])
    };
    has(&data("btrfs_dev: b\n"), &["warning", ":1:", "nothing looks up the key `btrfs_dev`"]);
    has(&data("other_times:\n  - 3:30\n"), &["warning", ":2:", "`3:30` is the number 210"]);
    assert_eq!(data("other_times:\n  - '3:30'\n  - 03:30\n  - 80:90\n"), [""; 0]);
}

#[test]
fn facts_that_a_manifest_writes() {
    let class = "class a {\n  file { '/etc/facter/facts.d/x.txt': content => \"own_rack=7\\n\" }\n  \
                 notify { \"${own_rack}\": }\n}\n";
    let found = tree(&[(PATH, class), ("manifests/site.pp", "node default {\n  include a\n}\n")]);
    assert!(!found.iter().any(|own| own.contains("own_rack")), "{found:#?}");
}

#[test]
fn what_writes_a_block_for_rails() {
    let page = "<%= form_tag a do %>\n<% end %>\n";
    let class = ("modules/a/manifests/init.pp", "class a {}\n");
    let of = |path: &str| check(&[class, (path, page)]).to_string();
    assert!(of("modules/a/templates/login.html.erb").contains("this opens a block"));
    assert_eq!(of("modules/a/files/login.html.erb"), "");
}

#[test]
fn a_node_whose_name_is_to_be_written_over() {
    let site = |name: &str| {
        check(&[(
            "manifests/site.pp",
            &format!("node '{name}' {{ lookup('a', Array).include }}\n"),
        )])
    };
    assert!(site("web server").to_string().contains("not a valid host name"));
    assert_eq!(site("<web_hostname>").to_string(), "");
}

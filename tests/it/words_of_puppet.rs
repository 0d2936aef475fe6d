//! Words of manifests and of Hiera's data that are no values, files that nothing reads by their
//! names, and trees of which the names are told by what lies in them, each beside what is right.

use crate::common::{change, check, report, tree, whole_findings};

fn said(files: &[(&str, &str)]) -> Vec<String> {
    check(files).to_string().lines().map(str::to_owned).collect()
}

fn has(found: &[String], words: &[&str]) {
    let holds = |own: &&String| words.iter().all(|word| own.contains(word));
    assert_eq!(found.iter().filter(holds).count(), 1, "{words:?} in {found:#?}");
}

const PATH: &str = "modules/a/manifests/init.pp";

/// What is said of one line of a class.
fn line(text: &str) -> Vec<String> {
    said(&[(PATH, &format!("class a {{\n  {text}\n}}\n"))])
}

#[test]
fn the_name_of_a_thing_with_a_blank_at_its_end() {
    has(&line("package { 'vim ': ensure => present }"), &["error", ":2:", "`vim `, ends with a"]);
    has(&line("user { ['a', ' b']: ensure => present }"), &["error", ":2:", "` b`, begins with"]);
    has(&line("file { '/etc/a\t': ensure => file }"), &["error", ":2:", "ends with a blank"]);
    for right in [
        "package { 'vim': ensure => present }",
        "package { 'the editor ': name => 'vim' }",
        "exec { 'run it ': command => '/bin/a' }",
        "file { '/srv/a b': ensure => file }",
    ] {
        assert_eq!(line(right), [""; 0], "{right}");
    }
}

#[test]
fn the_state_of_a_package() {
    let found = line("package { 'vim': ensure => abasent }");
    has(&found, &["error", ":2:", "no version of a package is called `abasent`"]);
    for right in ["absent", "held", "'1.2.3'", "'2beta'", "stable", "$state"] {
        let text = format!("$state = 'x'\n  package {{ 'vim': ensure => {right} }}");
        assert_eq!(line(&text), [""; 0], "{right}");
    }
}

#[test]
fn a_condition_about_a_word() {
    let found = line("case ::osfamily {\n    'Debian': { include b }\n    default: { }\n  }");
    has(&found, &["error", ":2:", "`::osfamily` is a word here"]);
    let found = line("$x = osfamily ? { 'Debian' => 1, default => 2 }");
    has(&found, &["error", ":2:", "`osfamily` is a word here"]);
    has(&line("if osfamily == 'Debian' { }"), &["error", ":2:", "`osfamily` is a word here"]);
    for right in [
        "case $::osfamily { 'Debian': { } default: { } }",
        "case true { $::is_virtual: { } default: { } }",
        "case present { $x: { } default: { } }",
        "case debug { 'debug': { } default: { } }",
        "if $::osfamily == 'Debian' { }",
        "if present == $x { }",
        "Package <| tag == 'b' |> { ensure => latest }",
    ] {
        assert_eq!(line(&format!("$x = 'a'\n  {right}")), [""; 0], "{right}");
    }
}

#[test]
fn an_arrow_beside_a_condition() {
    let said = |rest: &str, typed: &str| {
        let text = format!(
            "class a {typed}{{\n  service {{ 'a': }} ->\n  if $::b {{ service {{ 'b': }} }}{rest}\n}}\n"
        );
        said(&[(PATH, &text)])
    };
    has(&said("", ""), &["warning", ":3:3:", "it may leave nothing to order"]);
    has(&said("", "(String $x = 'y') "), &["warning", ":3:3:", "it may leave nothing to order"]);
    let rest = " else { service { 'c': } }";
    has(&said(rest, ""), &["warning", ":3:3:", "it may leave nothing to order"]);
    assert_eq!(said(rest, "(String $x = 'y') "), [""; 0]);
}

#[test]
fn a_type_that_stands_alone() {
    has(&line("package { 'a': }\n  Package"), &["error", "parse-error", ":3:", "says nothing"]);
    has(&line("Package['a']\n  package { 'a': }"), &["error", ":2:", "says nothing"]);
    assert_eq!(line("package { 'a': }\n  Package <| |>"), [""; 0]);
}

#[test]
fn a_template_of_the_other_language() {
    let with = |line: &str| {
        let text = format!("class a {{\n  file {{ '/a': content => {line} }}\n}}\n");
        said(&[(PATH, &text), ("modules/a/templates/a.epp", "x\n")])
    };
    let found = with("template('a/a.epp', { 'x' => 1 })");
    has(&found, &["error", ":2:", "`template()` takes names of files alone"]);
    assert_eq!(with("template('a/a.epp')").len(), 0);
    assert_eq!(with("epp('a/a.epp', { 'x' => 1 })").len(), 0);
}

#[test]
fn ports_that_do_not_exist() {
    let data = |text: &str| said(&[("hieradata/common.yaml", text)]);
    has(&data("web::port: 80886\n"), &["error", ":1:", "there is no port 80886"]);
    has(&data("a:\n  expose:\n    - 80886/tcp\n"), &["error", ":3:", "no port 80886"]);
    has(&data("a:\n  http_ports: [80, '70000']\n"), &["error", ":2:", "no port 70000"]);
    for right in
        ["web::port: 65535\n", "transport: 100000\n", "import_size: 99999\n", "port: 80000-90000\n"]
    {
        assert_eq!(data(right), [""; 0], "{right}");
    }
}

#[test]
fn a_value_within_a_value() {
    let data = |text: &str| said(&[("hieradata/common.yaml", text)]);
    let found = data("b: x\na: \"x://%{%{hiera('b')}}/y\"\n");
    has(&found, &["error", ":2:", "`%{` stands twice"]);
    assert_eq!(data("b: x\na: \"%{hiera('b')}%{hiera('b')}\"\n"), [""; 0]);
    assert_eq!(data("b: x\n# %{%{hiera('b')}}\n"), [""; 0]);
}

#[test]
fn data_that_lacks_its_ending() {
    let beside = ("hieradata/nodes/a.example.org.yaml", "---\nx: 1\n");
    let with = |path: &str, text: &str| said(&[beside, (path, text)]);
    let found = with("hieradata/nodes/b.example.org", "---\nweb::port: 80\n");
    has(&found, &["warning", "b.example.org:1:", "its name has no ending"]);
    let found = with("hieradata/nodes/b.example.org", "classes:\n  - web\n");
    has(&found, &["warning", "b.example.org:1:", "its name has no ending"]);
    for (path, text) in [
        ("hieradata/nodes/b.example.org.bak", "---\nx: 1\n"),
        ("hieradata/nodes/README", "Use: it\nas data.\n"),
        ("hieradata/nodes/a.example.org", "---\nx: 1\n"),
        ("hieradata/nodes/b.example.org", "hosts\n"),
        ("other/b.example.org", "---\nx: 1\n"),
    ] {
        assert_eq!(with(path, text), [""; 0], "{path}");
    }
}

#[test]
fn manifests_in_a_folder_of_another_name() {
    let others =
        [("a/manifests/init.pp", "class a {\n}\n"), ("b/manifests/init.pp", "class b {\n}\n")];
    let with = |path: &str, text: &str| said(&[others[0], others[1], (path, text)]);
    let found = with("web/manifest/init.pp", "class web {\n}\n");
    has(&found, &["warning", "web/manifest/init.pp:1:", "nothing loads `web`"]);
    assert_eq!(with("web/manifest/init.pp", "class other {\n}\n"), [""; 0]);
    assert_eq!(said(&[others[0], ("web/manifest/init.pp", "class web {\n}\n")]), [""; 0]);
}

#[test]
fn a_source_for_the_oldest_puppet_alone() {
    let with = |key: &str| {
        let text = format!(
            "class a (String $v = 'x') {{\n  file {{ '/a': source => $v ? {{\n    {key} => 'puppet:///a/a',\n    default => 'puppet:///modules/a/a',\n  }} }}\n}}\n"
        );
        said(&[(PATH, &text), ("modules/a/files/a", "a\n")])
    };
    has(&with("26"), &["error", ":3:", "the file server has no mount `a`"]);
    assert_eq!(with("24"), [""; 0]);
    assert_eq!(with("'0.25'"), [""; 0]);
}

#[test]
fn a_packed_file_is_no_manifest() {
    let dir = tree(&[(PATH, "class a {\n}\n")]);
    let folder = dir.path().join("modules/a/templates/selinux/modules");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.pp"), b"BZh91AY&SY\xc3\x28\n String $x\n").unwrap();
    std::fs::write(folder.join("b.pp"), b"\x8f\xff\x7c\xf9\0\xc3\x28").unwrap();
    let found = whole_findings(&report(dir.path(), &["check"]));
    assert_eq!(found, "");
    std::fs::write(dir.path().join("modules/a/manifests/b.pp"), b"class a::b {\n # \xc3\x28\n}\n")
        .unwrap();
    let found = whole_findings(&report(dir.path(), &["check"]));
    assert!(found.contains("not valid UTF-8"), "{found}");
}

#[test]
fn a_root_that_is_called_after_by_its_manifests() {
    let source = "class p::a {\n  file { '/a': source => 'puppet:///modules/p/a' }\n}\n";
    let rest = [
        ("manifests/a.pp", source),
        ("manifests/b.pp", "class p::b {\n}\n"),
        ("manifests/c/d.pp", "class p::c::d {\n}\n"),
        ("files/a", "a\n"),
    ];
    let mut whole = vec![("manifests/init.pp", "class p {\n}\n")];
    whole.extend(rest);
    // The first manifest goes, the module stays.
    assert_eq!(change(&whole, &rest).to_string(), "");
    assert_eq!(said(&rest[..3]).len(), 1);
    has(&said(&rest[..3]), &["error", "manifests/a.pp:2:", "files/a"]);
    // Manifests of nodes are called after nothing.
    let nodes =
        [("manifests/a.pp", source), ("manifests/b.pp", "class b {\n}\n"), ("files/b", "b\n")];
    assert_eq!(said(&nodes), [""; 0]);
}

#[test]
fn what_one_file_says_over_and_over_is_told_once() {
    let entries: String =
        (0..12).map(|ix| format!("  package {{ 'p{ix}': require => package['q'] }}\n")).collect();
    let with = |entries: &str| {
        let text = format!("class a (String $x = 'y') {{\n  package {{ 'q': }}\n{entries}}}\n");
        said(&[(PATH, &text)])
    };
    let found = with(&entries);
    has(&found, &["error", ":3:", "here and in 11 other places of this file"]);
    assert_eq!(found.len(), 1, "{found:#?}");
    let few: Vec<&str> = entries.lines().take(9).collect();
    assert_eq!(with(&(few.join("\n") + "\n")).len(), 9);
}

#[test]
fn a_brace_that_nothing_opens() {
    let file = |text: &str| line(&format!("$b = 'x'\n  file {{ '/a': content => {text} }}"));
    let found = file("\"a/$b}/c\"");
    has(&found, &["warning", ":3:", "is the value of `$b` and a brace"]);
    for right in ["\"a/${b}/c\"", "\"a/{$b/c}d\"", "\"a $b} c\"", "\"a/\\$b}/c\""] {
        assert_eq!(file(right), [""; 0], "{right}");
    }
}

#[test]
fn a_resource_for_a_title() {
    let with = |title: &str, typed: &str| {
        let text =
            format!("class a {typed}{{\n  service {{ 'b': }}\n  notify {{ {title}: }}\n}}\n");
        said(&[(PATH, &text)])
    };
    let modern = "(String $x = 'y') ";
    has(&with("Service['b']", modern), &["error", ":3:", "a title is text"]);
    assert_eq!(with("\"Service['b']\"", modern), [""; 0]);
    assert_eq!(with("Service['b']", ""), [""; 0]);
}

#[test]
fn a_key_of_nobody() {
    let found = line("ssh_authorized_key { 'a': type => 'rsa', key => 'x' }");
    has(&found, &["warning", ":2:", "neither `user` nor `target`"]);
    for right in [
        "ssh_authorized_key { 'a': user => 'b', key => 'x' }",
        "ssh_authorized_key { 'a': target => '/b', key => 'x' }",
        "ssh_authorized_key { 'a': * => $x }",
        "Ssh_authorized_key { user => 'b' }\n  ssh_authorized_key { 'a': key => 'x' }",
        "ssh_authorized_key { default: user => 'b'; 'a': key => 'x' }",
    ] {
        assert_eq!(line(&format!("$x = {{}}\n  {right}")), [""; 0], "{right}");
    }
}

#[test]
fn a_type_of_four_letters() {
    has(&line("filr { '/a': }"), &[":2:", "`filr`"]);
    assert_eq!(line("fact { 'a': }"), [""; 0]);
}

#[test]
fn an_end_that_is_no_value() {
    let class = (PATH, "class a {\n  file { '/a': content => template('a/a.erb') }\n}\n");
    let with = |text: &str| said(&[class, ("modules/a/templates/a.erb", text)]);
    let found = with("<% if @fqdn -%>\na\n<%= end -%>\n");
    has(&found, &["error", "a.erb:3:", "`end` is no value"]);
    assert_eq!(with("<% if @fqdn -%>\na\n<% end -%>\n"), [""; 0]);
}

//! What Puppet refuses of EPP, of manifests of its old and new versions and of resources that a
//! function makes, and what trees of Boxen ask for, each beside what looks alike and is right.

use crate::common::check;

fn tree(files: &[(&str, &str)]) -> Vec<String> {
    check(files).to_string().lines().map(str::to_owned).collect()
}

fn has(found: &[String], words: &[&str]) {
    let holds = |own: &&String| words.iter().all(|word| own.contains(word));
    assert_eq!(found.iter().filter(holds).count(), 1, "{words:?} in {found:#?}");
}

const PATH: &str = "modules/a/manifests/init.pp";

#[test]
fn the_code_of_an_epp_template() {
    let class =
        (PATH, "class a {\n  file { '/a': content => epp('a/a.epp', { 'port' => 1 }) }\n}\n");
    let said = |text: &str| tree(&[class, ("modules/a/templates/a.epp", text)]);
    let found = said("<%- | Integer $port | -%>\nport <% $port -%>\nend\n");
    has(&found, &["error", "a.epp:2:", "the value of `$port` is written nowhere"]);
    let found = said("<%| Integer $port -|%>\nport <%= $port -%>\n");
    has(&found, &["error", "a.epp:1:", "a `-` before the bar"]);
    let found = said("<%- | Integer $port | -%>\n<% if $port { -%>\nport <%= $port %>\n");
    has(&found, &["error", "a.epp:", "where `}` was expected"]);
    let right = "<%- | Integer $port | -%>\n<% if $port { -%>\nport <%= $port %>\n<% } -%>\n";
    assert_eq!(said(right), [""; 0]);
}

#[test]
fn what_a_later_puppet_refuses() {
    let modern = "  $typed = lookup('a', Integer, undef, 1)\n";
    let said = |line: &str| {
        let text = format!("class a (Integer $b = 1) {{\n{modern}  {line}\n}}\n");
        tree(&[(PATH, &text)])
    };
    let found = said("Class <| title == 'b' |> { noop => true }");
    has(&found, &["error", ":3:", "classes cannot be collected"]);
    assert_eq!(said("Package <| title == 'b' |> { noop => true }"), [""; 0]);
    let found = said("$all = { 'x' => 1, 'x' => 2 }");
    has(&found, &["warning", ":3:", "the key `x` is set twice"]);
    assert_eq!(said("$all = { 'x' => 1, 'y' => { 'x' => 2 } }"), [""; 0]);
    let found = said("$all = $b ? { 1 => 'x', default => 'y', default => 'z' }");
    has(&found, &["error", ":3:", "Puppet 5 and later refuse this manifest: `default` twice"]);
    assert_eq!(said("$one = 1; $two = 2"), [""; 0]);
}

#[test]
fn a_regular_expression_that_ruby_refuses() {
    let said = |line: &str| tree(&[(PATH, &format!("class a {{\n  {line}\n}}\n"))]);
    let found = said("if $name =~ /^web(1|2)?\\d)/ { include b }");
    has(&found, &["error", ":2:", "unmatched close parenthesis"]);
    assert_eq!(said("if $name =~ /^web(1|2)?\\d\\)/ { include b }"), [""; 0]);
    let node = |text: &str| tree(&[("manifests/site.pp", text)]);
    let found = node("node /srv(1|2)?\\d)/ {\n}\n");
    has(&found, &["error", "site.pp:1:", "unmatched close parenthesis"]);
    assert_eq!(node("node /srv(1|2)?\\d/ {\n}\n"), [""; 0]);
}

#[test]
fn a_manifest_that_is_copied_with_its_class() {
    let said = |class: &str, other: &str| {
        let text = format!("class {class} {{\n}}\n");
        tree(&[
            ("manifests/site.pp", "import 'classes/*.pp'\nnode a {\n  include printers_b\n}\n"),
            ("manifests/classes/printers_b.pp", &text),
            (other, "class printers_a {\n}\n"),
        ])
    };
    let found = said("printers_a", "manifests/classes/printers_a.pp");
    has(&found, &["error", "site.pp:3:", "class `printers_b` does not exist"]);
    assert_eq!(said("printers_b", "manifests/classes/printers_a.pp"), [""; 0]);
    // A class of the tree's own that goes with one from elsewhere.
    assert_eq!(said("my_printers", "manifests/classes/printers_a.pp"), [""; 0]);
}

#[test]
fn a_tree_that_is_one_module_and_one_of_modules() {
    let class = "class base {\n  file { '/a': content => template('base/a.erb') }\n}\n";
    let named = |files: &[(&str, &str)]| tree(files);
    let first = ("manifests/init.pp", class);
    let other = ("templates/b.erb", "b\n");
    let found = named(&[first, other]);
    has(&found, &["error", "manifests/init.pp:2:", "templates/a.erb"]);
    assert_eq!(named(&[first, ("templates/a.erb", "a\n")]), [""; 0]);
    // An environment may have modules from elsewhere.
    assert_eq!(named(&[first, other, ("hieradata/common.yaml", "{}\n")]), [""; 0]);
    let cron = "class web-cron {\n  file { '/a': source => 'puppet:///modules/web-cron/a' }\n}\n";
    let web = ("web/manifests/init.pp", "class web {\n}\n");
    let found = named(&[web, ("web-cron/manifests/init.pp", cron)]);
    has(&found, &["error", "web-cron/manifests/init.pp:2:", "web-cron/files/a"]);
    let checkout = cron.replace("web-cron", "cron");
    assert_eq!(named(&[web, ("web-cron/manifests/init.pp", &checkout)]), [""; 0]);
}

#[test]
fn a_file_that_only_its_own_class_declares() {
    let said = |title: &str| {
        let text = format!(
            "class a {{\n  file {{ 'teleg-proxy.conf': path => '/etc/a' }}\n  service {{ 'a': subscribe => File['{title}'] }}\n}}\n"
        );
        tree(&[(PATH, &text)])
    };
    has(&said("teleg.conf"), &["warning", ":3:", "`File[teleg.conf]` does not exist"]);
    assert_eq!(said("other.conf"), [""; 0]);
    assert_eq!(said("teleg-proxy.conf"), [""; 0]);
    let said = |title: &str| {
        let text = format!(
            "class a {{\n  file {{ '/p/HP Color Laser 1.gz': ensure => file }}\n  exec {{ '/bin/a': require => File['{title}'] }}\n}}\n"
        );
        tree(&[(PATH, &text)])
    };
    has(&said("/p/HP Laser 1.gz"), &["error", ":3:", "does not exist"]);
    assert_eq!(said("/q/Other 1.gz"), [""; 0]);
}

#[test]
fn a_sign_between_statements_of_puppet_3() {
    let said = |line: &str| tree(&[(PATH, &format!("class a {{\n  {line}\n}}\n"))]);
    let found = said("$one = 1;\n  $two = 2");
    has(&found, &["warning", ":2:", "a `;` between statements"]);
    let found = said("include a::b;");
    has(&found, &["error", ":2:", "a `;` without a statement after it"]);
    assert_eq!(said("file { '/a': mode => '0644'; '/b': mode => '0600'; }"), [""; 0]);
}

#[test]
fn words_of_files_that_mean_something_else() {
    let said = |line: &str| tree(&[(PATH, &format!("class a {{\n  {line}\n}}\n"))]);
    let found = said("file { '/a': owner => 'root:www' }");
    has(&found, &["error", ":2:", "no user is called `root:www`"]);
    assert_eq!(said("file { '/a': owner => 'root', group => 'www' }"), [""; 0]);
    let found = said("file { '/a': content => 'one\\ntwo' }");
    has(&found, &["warning", ":2:", "between single quotes `\\n`"]);
    for text in ["\"one\\ntwo\"", "'printf \"one\\n\"'", "'one'"] {
        assert_eq!(said(&format!("file {{ '/a': content => {text} }}")), [""; 0], "{text}");
    }
    let found = said("file { '/a': content => \"at $::{fqdn}\" }");
    has(&found, &["warning", ":2:", "`$::{fqdn}` is these letters"]);
    for text in ["\"at ${::fqdn}\"", "'at $::{fqdn}'", "\"at \\$::{fqdn}\""] {
        assert_eq!(said(&format!("file {{ '/a': content => {text} }}")), [""; 0], "{text}");
    }
}

#[test]
fn resources_that_a_function_makes_of_what_is_written_out() {
    let kind = ("modules/a/manifests/b.pp", "define a::b ($port) {}\n");
    let said = |types: &str, key: &str| {
        let call = format!("create_resources({types}, {{ 'x' => {{ '{key}' => 1 }} }})");
        tree(&[kind, (PATH, &format!("class a ($own = 'one') {{\n  {call}\n}}\n"))])
    };
    let chosen = "$own ? { 'one' => 'a::b' }";
    for types in ["'a::b'", chosen] {
        assert_eq!(said(types, "port"), [""; 0], "{types}");
        let found = said(types, "prot");
        has(&found, &["error", ":2:", "`a::b` takes no parameter `prot`"]);
    }
    let found = said("$own ? { 'one' => 'a::c' }", "port");
    has(&found, &["warning", ":2:", "defined type `a::c` does not exist"]);
}

#[test]
fn a_comment_of_ruby_holds_another_tag() {
    let class = (PATH, "class a {\n  file { '/a': content => template('a/a.erb') }\n}\n");
    let said = |text: &str| tree(&[class, ("modules/a/templates/a.erb", text)]);
    assert_eq!(said("<%\n# not yet: <%= @port -%>.\nx\n"), [""; 0]);
    has(&said("<% if @a\n<% end %>\n"), &["a.erb:1:", "is never closed"]);
}

#[test]
fn what_a_tree_of_boxen_asks_for() {
    let list = |owner: &str| format!("github \"web\", \"1.0\", :repo => \"{owner}/puppet-web\"\n");
    let lock = (
        "Puppetfile.lock",
        "GITHUBTARBALL\n  remote: marina/puppet-web\n  specs:\n    web (1.0)\n",
    );
    let found = tree(&[lock, ("Puppetfile", &list("marin"))]);
    has(&found, &["error", "Puppetfile:1:", "the lock takes this module from `marina`"]);
    assert_eq!(tree(&[lock, ("Puppetfile", &list("marina"))]), [""; 0]);

    let said = |title: &str| {
        let site =
            format!("node default {{\n  exec {{ '/bin/x': require => File[{title}] }}\n}}\n");
        tree(&[("manifests/site.pp", &site)])
    };
    let found = said("\"${boxen::config::hime}/x\"");
    has(&found, &["error", ":2:", "variable `boxen::config::hime` does not exist"]);
    let found = said("\"${boxen::config::bindir}/bin/x\"");
    has(&found, &["error", ":2:", "Boxen puts no file there"]);
    assert_eq!(said("\"${boxen::config::bindir}/x\""), [""; 0]);
}

#[test]
fn a_variable_of_the_top_scope_for_a_parameter() {
    let said =
        |body: &str| tree(&[(PATH, &format!("class a (\n  $token = 'x',\n) {{\n  {body}\n}}\n"))]);
    let found = said("notify { 'a': message => $::token }");
    has(&found, &["warning", ":4:", "`$::token` is none of this definition's"]);
    for body in [
        "notify { 'a': message => $token }",
        "notify { 'a': message => \"${token} ${::token}\" }",
        "notify { 'a': message => \"${::tokens}\" }",
        "file { '/a': content => template('b/a.erb'), owner => $::token }",
    ] {
        assert_eq!(said(body), [""; 0], "{body}");
    }
}

#[test]
fn a_source_of_old_among_new_ones() {
    let files = [("modules/a/files/x", "x\n"), ("modules/a/files/y", "y\n")];
    let said = |first: &str, second: &str| {
        let text = format!(
            "class a {{\n  file {{ '/x': source => '{first}' }}\n  file {{ '/y': source => '{second}' }}\n}}\n"
        );
        tree(&[files[0], files[1], (PATH, &text)])
    };
    let found = said("puppet:///a/x", "puppet:///modules/a/y");
    has(&found, &["warning", ":2:", "`a` is a mount of the file server"]);
    // All of old, and one file in both ways.
    assert_eq!(said("puppet:///a/x", "puppet:///a/y"), [""; 0]);
    assert_eq!(said("puppet:///a/x", "puppet:///modules/a/x"), [""; 0]);
}

/// A key is often kept out of the tree.
#[test]
fn a_file_that_only_its_owner_may_read() {
    let said = |mode: &str, name: &str| {
        let source = format!("puppet:///modules/a/{name}");
        let text = format!(
            "class a {{\n  file {{ '/r/.ssh/deploy':\n    mode => '{mode}',\n    source => '{source}',\n  }}\n}}\n"
        );
        tree(&[(PATH, &text), ("modules/a/files/x", "")])
    };
    has(&said("0600", "deploy"), &["warning", ":4:", "does not exist"]);
    has(&said("0644", "deploy"), &["error", ":4:", "does not exist"]);
    has(&said("0600", "my.cnf"), &["error", ":4:", "does not exist"]);
}

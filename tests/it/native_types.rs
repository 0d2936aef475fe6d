//! Puppet's own resource types: which attributes they take, and with which values.

use crate::common::check;
use insta::assert_snapshot;

const NONE: [&str; 0] = [];
const PATH: &str = "modules/a/manifests/init.pp";

/// Rule and line of each finding in a class of these lines, of which the first is line 2.
fn said(lines: &[&str]) -> Vec<String> {
    within("class a ($b, $c, $h, $l, $n, $x, $y, $z) {", lines)
}

/// The same in a class that Puppet 4 and later alone can read.
fn modern(lines: &[&str]) -> Vec<String> {
    within("class a (String $x) {", lines)
}

fn within(head: &str, lines: &[&str]) -> Vec<String> {
    let text = format!("{head}\n{}\n}}\n", lines.join("\n"));
    let found = check(&[(PATH, &text)]);
    found.iter().map(|own| own.replace(&format!("{PATH}:"), "")).collect()
}

#[test]
fn attributes_that_a_type_lacks() {
    assert_eq!(
        said(&[
            "file { '/a': enusre => absent, owner => 'x', name => '/x', tag => 'x' }",
            "exec { '/bin/true': cmd => 'x' }",
            "user { 'x': group => 'y' }",
            "File { onwer => 'x' }",
            "File['/a'] { modee => '1' }",
            "Service <| |> { enabled => true }",
            "file { default: moed => '1'; '/b': }",
        ]),
        [2, 3, 4, 5, 6, 7, 8].map(|line| format!("unknown-parameter {line}"))
    );
    assert_snapshot!(
        check(&[(PATH, "class a {\n  file { '/a': notfiy => 'x' }\n}\n")]),
        @"modules/a/manifests/init.pp:2:16: error[unknown-parameter] `file` takes no attribute `notfiy`"
    );
}

#[test]
fn what_the_tree_says_of_a_type_counts() {
    let user = (PATH, "class a {\n  cron { 'x': comand => 'y' }\n}\n");
    let own = ("modules/a/lib/puppet/type/cron.rb", "Puppet::Type.newtype(:cron) do\nend\n");
    assert_eq!(check(&[own, user]), NONE);
    let own = (own.0, "Puppet::Type.newtype(:cron) do\n  newparam(:comand) do\n  end\nend\n");
    assert_eq!(check(&[own, user]), NONE);
    let own = (own.0, "Puppet::Type.newtype(:cron) do\n  newparam(:x) do\n  end\nend\n");
    assert_eq!(check(&[own, user]), ["unknown-parameter modules/a/manifests/init.pp:2"]);
    // Or adds to it.
    let user = (PATH, "class a {\n  package { 'x': comand => 'y', tube => 'z' }\n}\n");
    let provider = (
        "modules/a/lib/puppet/provider/package/y.rb",
        "Puppet::Type.type(:package).newparam(:tube)\nPuppet::Type.type(:package).provide :y do\nend\n",
    );
    assert_snapshot!(
        check(&[provider, user]),
        @"modules/a/manifests/init.pp:2:18: error[unknown-parameter] `package` takes no attribute `comand`"
    );
    // A part of this file was not read.
    let broken = said(&["file { '/a': x => 1 }", "file { '/b' enusre => 1 }"]);
    assert!(!broken.iter().any(|own| own.contains("unknown")), "{broken:?}");
}

#[test]
fn values_that_a_type_refuses() {
    assert_eq!(
        said(&[
            "service { 'a': ensure => runing, hasstatus => \"true\" }",
            "service { 'b': ensure => $x ? { 1 => stopped, 2 => stoped, 3 => undef, 4 => $y } }",
            "service { 'c': enable => 'yes' }",
            "user { 'u': ensure => 'absent', managehome => yes, system => $z }",
            "package { 'p': ensure => anything }",
            "exec { '/bin/ls': refreshonly => 'True' }",
        ]),
        [2, 3, 4, 7].map(|line| format!("incompatible-value {line}"))
    );
}

#[test]
fn files_that_puppet_refuses() {
    assert_eq!(
        said(&[
            "file { 'etc/a': }",
            "file { ['/b', 'c']: }",
            "file { \"etc/${x}\": }",
            "file { 'd': path => 'e' }",
            "file { '/f': mode => 'rw-r--r--' }",
            "file { '/g': ensure => direcotry }",
            "file { '/h': source => 'a/files/x' }",
            "file { '/i': content => 'x', source => \"puppet:///modules/${y}/x\" }",
            "file { '/j': ensure => installed }",
        ]),
        [2, 3, 4, 5, 6, 7, 8, 9, 10].map(|line| format!("incompatible-value {line}"))
    );
    assert_eq!(
        said(&[
            "file { 'a': path => $x }",
            "file { $b: }",
            "file { \"${c}/d\": }",
            "file { 'C:/e': mode => 0644 }",
            "file { default: path => '/x'; 'f': }",
            "file { 'g': * => $h }",
            "file { '/i': ensure => 'j.conf', mode => 'u=rwX,go=' }",
            "file { '/k': content => 'x', source => $l }",
            "file { 'm': name => '/m', source => $n ? { 1 => '/n', 2 => 'file:///n' } }",
            "file { '/o': ensure => symlink, target => '/p' }",
        ]),
        NONE
    );
    // Text, to Puppet 4 and later.
    assert_eq!(
        modern(&["file { '/a': mode => 0644 }", "file { '/b': mode => '0644' }"]),
        ["incompatible-value 2"]
    );
}

#[test]
fn an_attribute_set_twice() {
    assert_eq!(
        modern(&["file { '/a':", "mode => '1', owner => $x,", "mode => '2' }"]),
        ["duplicate-definition 4"]
    );
    assert_snapshot!(
        check(&[(PATH, "class a {\n  file { '/a': mode => '1', mode => '2' }\n}\n")]),
        @"modules/a/manifests/init.pp:2:29: warning[duplicate-definition] the attribute `mode` is set twice"
    );
}

#[test]
fn a_template_that_nothing_renders() {
    let template = ("modules/a/templates/x.erb", "x\n");
    let user = (PATH, "class a {\n  file { '/a': content => 'a/x.erb' }\n}\n");
    assert_snapshot!(
        check(&[template, user]),
        @"modules/a/manifests/init.pp:2:27: warning[incompatible-value] the file will hold the text `a/x.erb`, which is the name of a template"
    );
    assert_eq!(check(&[user]), NONE);
}

#[test]
fn functions_called_almost_like_one_of_puppets() {
    let user = (PATH, "class a {\n  $x = hiers('x')\n  $y = load_json('x')\n  $z = own('x')\n}\n");
    assert_snapshot!(
        check(&[user]),
        @"modules/a/manifests/init.pp:2:8: warning[unresolved-reference] function `hiers` does not exist"
    );
    let own = ("modules/a/lib/puppet/parser/functions/hiers.rb", "newfunction(:hiers) { }\n");
    assert_eq!(check(&[user, own]), NONE);
}

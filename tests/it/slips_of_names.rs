//! Slips in names of Puppet trees: of types, templates, facts, and variables that live elsewhere.

use crate::common::check;

const PATH: &str = "modules/exim/manifests/init.pp";
const SITE: (&str, &str) = ("manifests/site.pp", "node default {\n  include exim\n}\n");

fn class(body: &str) -> String {
    format!("class exim {{\n{body}}}\n")
}

/// What is said of a class with this body, apart from notes.
fn told(body: &str, others: &[(&str, &str)]) -> String {
    let text = class(body);
    let mut files = vec![SITE, (PATH, text.as_str())];
    files.extend_from_slice(others);
    let found = check(&files).to_string();
    let lines: Vec<&str> = found.lines().filter(|own| !own.contains("note[")).collect();
    lines.join("\n")
}

#[test]
fn a_type_that_is_almost_one_of_puppets_own() {
    let one = told("  kcron { 'a': command => 'b' }\n", &[]);
    assert!(
        one.contains("error[unresolved-reference] defined type `kcron` does not exist"),
        "{one}"
    );
    // What several files declare comes from a module that the tree goes with.
    let other =
        ("modules/exim/manifests/b.pp", "class exim::b {\n  kcron { 'c': command => 'd' }\n}\n");
    assert_eq!(told("  kcron { 'a': command => 'b' }\n", &[other]), "");
    let plural = told("  exec { '/bin/a': require => Packages['b'] }\n", &[]);
    assert!(
        plural.contains("error[unresolved-reference] resource type `Packages` does not exist"),
        "{plural}"
    );
    let inner = ("modules/exim/manifests/packages.pp", "define exim::packages { }\n");
    assert_eq!(told("  exec { '/bin/a': require => Packages['b'] }\n", &[inner]), "");
    let listed = ("Puppetfile", "mod 'a/packages', '1.0.0'\n");
    assert_eq!(told("  exec { '/bin/a': require => Packages['b'] }\n", &[listed]), "");
}

#[test]
fn the_server_part_of_a_package() {
    let body = "  package { 'mysql-server': }\n  service { 'm': require => Package['mysql'] }\n";
    let found = told(body, &[]);
    assert!(found.contains("resource `Package[mysql]` does not exist"), "{found}");
    assert_eq!(told(&body.replace("['mysql']", "['mysql-server']"), &[]), "");
}

#[test]
fn a_template_without_its_ending() {
    let text = ("modules/exim/templates/site.el7.erb", "a\n");
    let body = "  $major = $facts['os']['release']['major']\n  file { '/a': content => template(\"exim/site.el${major}\") }\n";
    let found = told(body, &[text]);
    assert!(
        found.contains(
            "warning[unresolved-reference] the template `exim/site.el*` is named without its ending"
        ),
        "{found}"
    );
    assert_eq!(told(&body.replace("${major}\"", "${major}.erb\""), &[text]), "");
    assert_eq!(told(&body.replace("major}", "file}").replace("$major", "$file"), &[text]), "");
    let whole = ("modules/exim/templates/site.el7", "a\n");
    assert_eq!(told(body, &[whole]), "");
}

#[test]
fn a_part_that_a_fact_lacks() {
    for read in ["$facts['os']['major']", "$facts['memory']['total']"] {
        let found = told(&format!("  if {read} {{ notice('a') }}\n"), &[]);
        assert!(found.contains("has no part"), "{read}: {found}");
    }
    for read in ["$facts['os']['release']['major']", "$facts['site']['major']", "$os['major']"] {
        let body = format!("  $os = {{ 'major' => 1 }}\n  if {read} {{ notice('a') }}\n");
        assert_eq!(told(&body, &[]), "", "{read}");
    }
}

#[test]
fn a_variable_that_a_template_asks_for_under_almost_its_name() {
    let text = (
        "modules/exim/templates/a.erb",
        "<% if @autorestart -%>\na <%= @autorestart %>\n<% end -%>\n",
    );
    let body = "  $autorestert = true\n  file { '/a': content => template('exim/a.erb') }\n";
    let found = told(body, &[text]);
    assert!(
        found.contains("warning[unresolved-reference] the template reads `@autorestart`"),
        "{found}"
    );
    assert_eq!(told(&body.replace("autorestert", "autorestart"), &[text]), "");
    // What it asks about may be absent.
    assert_eq!(told(&body.replace("autorestert", "owner"), &[text]), "");
    let body_alone = text.1.replacen("autorestart", "autorestert", 1);
    let found = told(body, &[(text.0, &body_alone)]);
    assert!(found.contains("the template reads `@autorestart`"), "{found}");
    let sets =
        ("modules/exim/templates/a.erb", "<% @autorestart ||= 1 -%>\na <%= @autorestart %>\n");
    assert_eq!(told(body, &[sets]), "");
}

#[test]
fn a_variable_from_elsewhere_that_is_read_once() {
    let body = "  $a = $harbour::config::home\n  $b = $harbour::config::home\n  $c = $harbour::config::hime\n";
    let found = told(body, &[]);
    assert!(
        found.contains("the variable `$harbour::config::hime` is read nowhere else"),
        "{found}"
    );
    for other in ["homes", "user", "srcdir"] {
        assert_eq!(told(&body.replace("hime", other), &[]), "", "{other}");
    }
    // Of two that are read alike, neither is meant by the other.
    assert_eq!(told(&body.replacen("home", "host", 1), &[]), "");
}

#[test]
fn a_lambda_as_early_puppets_took_it() {
    let body = "  $all = ['a']\n  $all.each { |$x| notice($x) }\n";
    let found = told(body, &[]);
    assert!(found.contains("warning[removed-directive]"), "{found}");
    let conf = ("environment.conf", "modulepath = modules\n");
    let modern = (
        "modules/exim/metadata.json",
        "{\"name\": \"a-exim\", \"requirements\": [{\"name\": \"puppet\", \"version_requirement\": \">= 6.0.0\"}]}\n",
    );
    let found = told(body, &[conf, modern]);
    assert!(found.contains("error[removed-directive]"), "{found}");
    assert_eq!(told("  $all = ['a']\n  $all.each |$x| { notice($x) }\n", &[]), "");
}

#[test]
fn the_name_of_a_template_in_a_variable() {
    let body = "  $t = $facts['os']['name'] ? {\n    'Debian' => 'exim/a.erb',\n    default  => 'exim/b.erb',\n  }\n";
    let there = ("modules/exim/templates/a.erb", "<%= @x %>\n");
    let found = told(body, &[there]);
    assert!(found.contains("templates/b.erb") && found.contains("warning["), "{found}");
    let other = ("modules/exim/templates/b.erb", "b\n");
    assert_eq!(told(body, &[there, other]), "");
}

#[test]
fn no_comma_before_latest() {
    let found = check(&[("Puppetfile", "mod 'a/b' :latest\n"), SITE]).to_string();
    assert!(found.contains("no comma between the name and the version"), "{found}");
}

#[test]
fn the_name_of_a_host_without_quotes() {
    let found = told("  $domain = example.org\n", &[]);
    assert!(found.contains("error[parse-error] `example.org` stands without quotes"), "{found}");
    for right in ["'example.org'", "$a.org", "example.size"] {
        let found = told(&format!("  $domain = {right}\n"), &[]);
        assert!(!found.contains("quotes"), "{right}: {found}");
    }
}

#[test]
fn services_of_puppet_enterprise() {
    let body = "  file { '/a': notify => Service['pe-puppetserver'] }\n";
    assert_eq!(told(body, &[]), "");
    let other = told(&body.replace("pe-puppetserver", "puppetserver"), &[]);
    assert!(other.contains("resource `Service[puppetserver]` does not exist"), "{other}");
}

#[test]
fn a_class_of_another_module_that_has_a_namesake_here() {
    let own = ("modules/exim/manifests/install.pp", "class exim::install { }\n");
    let body =
        "  include exim::install\n  package { 'exim': before => Class['old_exim::install'] }\n";
    let found = told(body, &[own]);
    assert!(
        found.contains("error[unresolved-reference] class `old_exim::install` is waited for"),
        "{found}"
    );
    let found = told(&body.replace("old_exim", "mail"), &[own]);
    assert!(found.contains("warning[unresolved-reference] class `mail::install`"), "{found}");
    // What is used elsewhere, or listed, may be there.
    let used = ("modules/web/manifests/init.pp", "class web {\n  include old_exim\n}\n");
    assert_eq!(told(body, &[own, used]), "");
    assert_eq!(told(body, &[own, ("Puppetfile", "mod 'a/old_exim', '1.0.0'\n")]), "");
    assert_eq!(told(body, &[]).matches("is waited for").count(), 0);
}

#[test]
fn a_module_that_is_nearly_one_of_the_same_file() {
    let is_told = |body: &str| told(body, &[]).contains("defined type");
    let found = told("  include account\n  Accout::User <| title == 'a' |>\n", &[]);
    assert!(found.contains("defined type `accout::user` does not exist"), "{found}");
    assert!(!is_told("  include account\n  Account::User <| title == 'a' |>\n"));
    assert!(!is_told("  include account\n  Accounts::User <| title == 'a' |>\n"));
    assert!(!is_told("  include account\n  Accout::User <| title == 'a' |>\n  include accout\n"));
}

#[test]
fn a_title_that_lacks_a_word() {
    let body = "  exec { 'install the ldap part of it': command => '/bin/a' }\n  exec { 'b': command => '/bin/b', require => Exec['install the part of it'] }\n";
    let found = told(body, &[]);
    assert!(found.contains("resource `Exec[install the part of it]` does not exist"), "{found}");
    assert!(found.starts_with("modules/exim/manifests/init.pp:3:") && found.contains("error["));
    assert_eq!(told(&body.replace("the part", "the ldap part"), &[]), "");
}

#[test]
fn a_title_that_each_use_of_a_type_declares() {
    let define = |body: &str| format!("define exim::user {{\n{body}}}\n");
    let fixed = define("  notify { 'one more': }\n");
    let path = "modules/exim/manifests/user.pp";
    let uses = "  exim::user { 'a': }\n  exim::user { 'b': }\n";
    let found = told(uses, &[(path, fixed.as_str())]);
    assert!(
        found.contains(
            "error[duplicate-definition] `Notify[one more]` is declared each time that `exim::user` is"
        ),
        "{found}"
    );
    assert_eq!(told("  exim::user { 'a': }\n", &[(path, fixed.as_str())]), "");
    for own in [
        "  notify { \"one more ${title}\": }\n",
        "  if !defined(Notify['one more']) {\n    notify { 'one more': }\n  }\n",
    ] {
        assert_eq!(told(uses, &[(path, define(own).as_str())]), "", "{own}");
    }
}

#[test]
fn an_address_between_single_quotes() {
    let found = told("  file { '/a': source => 'puppet:///modules/exim/${which}/a' }\n", &[]);
    assert!(found.contains("error[incompatible-value] between single quotes `$which`"), "{found}");
}

#[test]
fn a_fact_that_a_file_of_facts_sets() {
    let body = "  file { '/etc/facter/facts.d/cliff_key.txt': source => 'puppet:///private/c.txt' }\n  file { '/a': content => \"${own_cliff_key} ${other}\" }\n";
    let found = told(body, &[("environment.conf", "modulepath = modules\n")]);
    assert!(found.contains("variable `exim::other` does not exist"), "{found}");
    assert!(!found.contains("own_cliff_key"), "{found}");
}

#[test]
fn the_first_manifest_of_a_module_with_another_class() {
    let own = ("modules/sudo/manifests/init.pp", "class old_sudo {\n}\n");
    let beside = ("modules/sudo/manifests/config.pp", "class sudo::config {\n}\n");
    let found = told("", &[own, beside]);
    assert!(
        found.contains("warning[unresolved-reference] nothing loads class `old_sudo`"),
        "{found}"
    );
    assert_eq!(told("", &[(own.0, "class sudo {\n}\n"), beside]), "");
    assert_eq!(told("", &[own]), "");
}

#[test]
fn a_sentence_that_nothing_is_called_by() {
    let body = "  file { '/a': notify => Exec['create the data container again'] }\n";
    let found = told(body, &[]);
    assert!(found.contains("resource `Exec[create the data container again]`"), "{found}");
    let run = "  exec { 'create the data container again': command => '/bin/true' }\n";
    assert_eq!(told(&[body, run].concat(), &[]), "");
}

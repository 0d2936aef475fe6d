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

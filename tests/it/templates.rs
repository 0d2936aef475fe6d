//! Templates read variables of the scope that renders them.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];
const TEMPLATE: &str = "modules/web/templates/a.conf.erb";
const INIT: &str = "modules/web/manifests/init.pp";

fn class(body: &str) -> String {
    format!(
        "class web($port = 80) {{\n  {body}\n  file {{ '/a': content => template('web/a.conf.erb') }}\n}}\n"
    )
}

#[test]
fn a_variable_that_nothing_sets_renders_empty() {
    let class = class("$host = 'a'");
    let good = "<%= @port %> <%= @host %> <%= @hostname %>\n";
    assert_snapshot!(check(&[(INIT, &class), (TEMPLATE, good)]), @"");
    let bad = "<%= @port %>\n<%= @hots %>\n";
    assert_snapshot!(
        check(&[(INIT, &class), (TEMPLATE, bad)]),
        @"modules/web/templates/a.conf.erb:2:5: error[unresolved-reference] the template reads `@hots`, which `web` does not set"
    );
}

#[test]
fn a_read_in_a_branch_may_never_happen() {
    let class = class("");
    for text in [
        "<% if @port == 80 %>\n<%= @absent %>\n<% end %>\n",
        "<%= @absent if @port == 80 %>\n",
        "<% if @absent %>\n<%= @absent %>\n<% end %>\n",
        "<% @absent = 1 %><%= @absent %>\n",
    ] {
        assert!(check(&[(INIT, &class), (TEMPLATE, text)]).is_empty(), "{text}");
    }
    let after = "<% if @port == 80 %>\nx\n<% end %>\n<%= @absent %>\n";
    assert_eq!(check(&[(INIT, &class), (TEMPLATE, after)]).len(), 1);
}

#[test]
fn what_declares_a_class_hands_its_variables_to_templates_of_old() {
    let class = class("$zones = 'b'");
    let template = (TEMPLATE, "<%= @zonse %>\n");
    let said = |body: &str| {
        let role = format!("class role {{\n  {body}include web\n}}\n");
        check(&[(INIT, &class), template, ("modules/role/manifests/init.pp", &role)]).to_string()
    };
    assert!(said("").contains("error[unresolved-reference]"), "{}", said(""));
    // Puppet 3 has the value; Puppet 4 hands on nothing.
    let handed = said("$zonse = 'a'\n  ");
    assert!(handed.contains("warning[unresolved-reference]"), "{handed}");
}

#[test]
fn a_lambdas_parameters_are_in_scope() {
    let class = "class web {\n  [1, 2].each |$port| {\n    file { \"/${port}\": content => template('web/a.conf.erb') }\n  }\n}\n";
    assert_snapshot!(check(&[(INIT, class), (TEMPLATE, "<%= @port %>\n")]), @"");
}

#[test]
fn a_variable_that_a_change_takes_away_is_reported_in_a_branch_too() {
    let text = "<% if @port == 80 %>\n<%= @host %>\n<% end %>\n";
    let (old, new) = (class("$host = 'a'"), class(""));
    assert_snapshot!(
        change(&[(INIT, &old), (TEMPLATE, text)], &[(INIT, &new), (TEMPLATE, text)]),
        @"modules/web/templates/a.conf.erb:2:5: warning[removed-but-referenced] the template reads `@host`, which `web` no longer sets"
    );
}

#[test]
fn bare_words_and_variables_of_epp() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a (Integer $port, String $host, $all = []) {\n  file { '/a': content => template('a/a.erb') }\n  file { '/b': content => epp('a/b.epp', { 'port' => $port }) }\n}\n",
    );
    let erb = (
        "modules/a/templates/a.erb",
        "<%= port %> <%= @host %> <%= fqdn %>\n<% @all.each do |host| -%>\n<%= host %> <%= file %> <%= other %>\n<% end -%>\n",
    );
    let epp = (
        "modules/a/templates/b.epp",
        "<%- | Integer $port, Array $all = [] | -%>\n<%= $port %> <%= $prot %> <%= $facts['x'] %> <%= $a::port %> <%= '$no' %>\n<% $all.each |$one| { -%>\n<%= \"${one} $two\" %>\n<% } -%>\n<% if $maybe { -%><%= $maybe %><% } -%>\n",
    );
    assert_snapshot!(
        check(&[class, erb, epp]),
        @r"
    modules/a/templates/a.erb:1:5: error[unresolved-reference] the template reads the variable `port` without its `@`
    modules/a/templates/a.erb:1:30: error[unresolved-reference] the template reads the variable `fqdn` without its `@`
    modules/a/templates/b.epp:2:19: error[unresolved-reference] variable `a/b.epp::prot` does not exist
    modules/a/templates/b.epp:4:14: warning[unresolved-reference] variable `a/b.epp::two` does not exist
    "
    );
}

#[test]
fn the_templates_of_a_module_at_the_root_are_named_after_it() {
    let define = (
        "manifests/mysql/conf.pp",
        "define tape::mysql::conf {\n  $text = template('mysql/my.cnf.erb')\n}\n",
    );
    let template = ("templates/mysql/other.erb", "a\n");
    assert_eq!(check(&[define, template]), NONE);
    // The root of an environment of Puppet 3 had templates of its own.
    let site = ("manifests/site.pp", "file { '/a': content => template('mysql/gone.erb') }\n");
    assert_snapshot!(
        check(&[site, template]),
        @"manifests/site.pp:1:34: error[unresolved-reference] file `templates/mysql/gone.erb` does not exist"
    );
}

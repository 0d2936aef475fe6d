//! What manifests say: guards, variables, titles and templates, words of old and new Puppet, what
//! is declared twice.

use crate::common;
use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn a_guard_guards_what_it_tests() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a {\n  if defined(Class['b']) {\n    include a::nosuch\n    include b::nosuch\n  }\n  if defined(Class[$x]) {\n    include a::nosuch\n  }\n}\n",
    );
    let other = ("modules/b/manifests/init.pp", "class b {\n}\n");
    assert_snapshot!(
        check(&[class, other]),
        @"modules/a/manifests/init.pp:3:13: error[unresolved-reference] class `a::nosuch` does not exist"
    );
}

#[test]
fn variables_of_classes() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a ($user = 'x') inherits a::params {\n  $own = 1\n  notify { \"${a::user} ${a::own} ${a::base} ${a::title}\": }\n  notify { \"${a::nope}\": }\n}\n",
    );
    let params = ("modules/a/manifests/params.pp", "class a::params {\n  $base = 1\n}\n");
    assert_snapshot!(
        check(&[class, params]),
        @"modules/a/manifests/init.pp:4:15: warning[unresolved-reference] variable `a::nope` does not exist"
    );
    // What it inherits is not here.
    let lone = (
        "modules/a/manifests/init.pp",
        "class a inherits x::params {\n  notify { \"${a::nope}\": }\n}\n",
    );
    assert_eq!(check(&[lone]), NONE);
}

#[test]
fn declared_twice() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a ($p = 1,\n  $p = 2) {\n  $v = 1\n  $v = 2\n  file { '/a': }\n  file { ['/b',\n    '/a']: }\n  if $p { $w = 1 } else { $w = 2 }\n  file { $v: }\n  file { $v: }\n}\n",
    );
    let wrong = |line: u32| format!("duplicate-definition modules/a/manifests/init.pp:{line}");
    assert_eq!(check(&[class]), [wrong(2), wrong(4), wrong(7)]);
    // A class is not opened again; what is nested has a name of its own.
    let twice = (
        "modules/a/manifests/init.pp",
        "class a {\n  class b { }\n}\nclass a::c { }\ndefine a::d() { }\nclass a::b { }\n",
    );
    assert_eq!(check(&[twice]), [wrong(6)]);
}

#[test]
fn words_of_puppet_3_and_plans_of_bolt() {
    let old = (
        "modules/packages/manifests/7zip.pp",
        "class packages::7zip {\n  a::b { 'x': age => 7d, at => 09 }\n}\n",
    );
    let user =
        ("modules/packages/manifests/init.pp", "class packages {\n  include packages::7zip\n}\n");
    assert_eq!(check(&[old, user]), NONE);
    let blank = ("modules/web/manifests/init.pp", "class web {\n\u{2002}\u{2002}$a = 1\n}\n");
    assert_eq!(check(&[blank]), NONE);
    let plan = (
        "modules/deploy/plans/apply.pp",
        "plan deploy::apply(TargetSpec $targets, String $plan = 'x') {\n  $r = run_task('deploy::check', $targets)\n  apply($targets, _noop => true) {\n    file { '/etc/app': ensure => directory }\n  }\n  return $r\n}\n",
    );
    assert_eq!(check(&[plan]), NONE);
}

#[test]
fn manifests_in_ruby_and_templates_of_manifests() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a {\n  include a::b\n  a::c { 'x': }\n  file { '/s': content => template('a/site.pp') }\n}\n",
    );
    let ruby = ("modules/a/manifests/b.rb", "hostclass 'a::b' do\nend\n");
    let define = ("modules/a/manifests/c.rb", "define 'a::c', :x do\nend\n");
    let template = ("modules/a/templates/site.pp", "node '<%= @fqdn %>' {\n<% if true %>\n}\n");
    assert_eq!(check(&[class, ruby, define, template]), NONE);
}

#[test]
fn names_of_templates() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a ($who = ['ops']) {\n  $keys = $who.map |$name| { file(\"a/${name}-keys\") }\n  file { '/a': content => epp('a/x') }\n  file { '/b': content => epp('a/y') }\n  file { '/c': content => template('a/p.erb') }\n}\n",
    );
    let files = [
        class,
        ("modules/a/files/ops-keys", "x\n"),
        ("modules/a/templates/x.epp", "x\n"),
        ("modules/a/templates/p.erb", "<%= scope.function_template([\"a/_#{x}.erb\"]) %>\n"),
        ("modules/a/templates/_q.erb", "x\n"),
    ];
    assert_snapshot!(
        check(&files),
        @"modules/a/manifests/init.pp:4:31: error[unresolved-reference] file `modules/a/templates/y.epp` does not exist"
    );
}

#[test]
fn a_reformatted_call_is_not_new() {
    let define = ("modules/b/manifests/x.pp", "define b::x ($ok = 1) {\n}\n");
    let old = ("modules/a/manifests/init.pp", "class a {\n  b::x { 'one': nope => 1 }\n}\n");
    let new =
        ("modules/a/manifests/init.pp", "class a {\n  b::x { 'one':\n    nope => 1,\n  }\n}\n");
    assert_eq!(change(&[define, old], &[define, new]), NONE);
    let two = (
        "modules/a/manifests/init.pp",
        "class a {\n  b::x { 'one':\n    nope => 1,\n  }\n  b::x { 'two': nope => 2 }\n}\n",
    );
    assert_eq!(change(&[define, old], &[define, two]).len(), 1);
}

#[test]
fn a_data_type_is_called_one() {
    let ty = ("modules/b/types/path.pp", "type B::Path = String\n");
    let keep = ("modules/b/types/port.pp", "type B::Port = Integer\n");
    let class = (
        "modules/a/manifests/init.pp",
        "class a ($x = 1) {\n  if $x =~ B::Path { notify { 'x': } }\n}\n",
    );
    assert_snapshot!(
        change(&[ty, keep, class], &[keep, class]),
        @"modules/a/manifests/init.pp:2:12: error[removed-but-referenced] data type `b::path` was removed but is still used"
    );
}

#[test]
fn a_variable_keeps_its_case_and_a_class_does_not() {
    let params = ("modules/web/manifests/init.pp", "class web {\n  $dir_REAL = '/x'\n}\n");
    let reader = (
        "modules/web/manifests/config.pp",
        "class web::config {\n  include web\n  notice($::web::dir_REAL, $Web::dir_REAL, $web::dir_real)\n}\n",
    );
    assert_snapshot!(
        check(&[params, reader]),
        @"modules/web/manifests/config.pp:3:44: warning[unresolved-reference] variable `web::dir_real` does not exist"
    );
}

#[test]
fn an_import_of_puppet_3_loads_a_module() {
    let old =
        ("modules/base/manifests/init.pp", "import \"keys\"\nclass base {\n  secret { 'a': }\n}\n");
    let keys = ("modules/keys/manifests/init.pp", "define secret () {\n}\n");
    assert_eq!(check(&[old, keys]), NONE);
}

#[test]
fn a_class_as_a_value_is_no_requirement() {
    let class = (
        "modules/web/manifests/init.pp",
        "class web ($restart = true) {\n  $notify = $restart ? {\n    true => Class['web::gone'],\n    default => undef,\n  }\n}\n",
    );
    let report = common::report(common::tree(&[class]).path(), &["check", "."]);
    assert_eq!(report["summary"]["errors"], 0);
    assert_eq!(report["summary"]["warnings"], 1);
}

#[test]
fn a_title_fills_a_parameter_that_is_called_name() {
    let define =
        ("modules/ips/manifests/repository.pp", "define ips::repository ($name, $port) {\n}\n");
    let caller = (
        "modules/ips/manifests/init.pp",
        "class ips {\n  ips::repository { 'a':\n    name => 'b',\n    port => 1,\n  }\n}\n",
    );
    assert_eq!(check(&[define, caller]), NONE);
}

#[test]
fn what_resources_share_is_not_all_that_they_are_given() {
    let define = ("modules/web/manifests/share.pp", "define web::share ($path, $mode = 1) {\n}\n");
    let call = |text: &str| {
        let class = format!("class web ($shares) {{\n  {text}\n}}\n");
        check(&[define, ("modules/web/manifests/init.pp", &class)])
    };
    assert_eq!(call("ensure_resources(web::share, $shares, {'mode' => 2})"), NONE);
    assert_eq!(call("ensure_resources('web::share', $shares, {'mood' => 2})").len(), 1);
    assert_eq!(call("ensure_resource('web::share', 'a', {'mode' => 2})").len(), 1);
}

#[test]
fn tests_in_ruby_are_no_manifests() {
    let test = (
        "spec/acceptance/web_acceptance.pp",
        "require 'spec_helper_acceptance'\ndescribe 'web' do\n  it(:works) { }\nend\n",
    );
    let class = ("manifests/init.pp", "class web {\n}\n");
    assert_eq!(check(&[test, class]), NONE);
}

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
    let template =
        ("modules/a/templates/site.pp", "node '<%= @fqdn %>' {\n<% if true %>\n}\n<% end %>\n");
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
        @"modules/a/manifests/init.pp:2:12: error[removed-but-referenced] data type `B::Path` was removed but is still used"
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

#[test]
fn plain_variables_that_nothing_sets() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a (String $user = 'x', $flag = $true) inherits a::params {\n  notify { \"${user} ${base} ${site} ${usr} ${nosuch}\": }\n  ['x'].each |$one| {\n    $two = $one\n    notify { \"${one} ${two} ${role}\": }\n  }\n\n  file { $home: }\n}\n",
    );
    let params = ("modules/a/manifests/params.pp", "class a::params {\n  $base = 1\n}\n");
    let site = ("manifests/site.pp", "$site = 1\nnode default {\n  $role = 1\n  include a\n}\n");
    assert_snapshot!(
        check(&[class, params, site]),
        @r"
    modules/a/manifests/init.pp:1:38: warning[unresolved-reference] variable `a::true` does not exist
    modules/a/manifests/init.pp:2:39: warning[unresolved-reference] variable `a::usr` does not exist
    modules/a/manifests/init.pp:2:46: warning[unresolved-reference] variable `a::nosuch` does not exist
    modules/a/manifests/init.pp:8:10: error[unresolved-reference] variable `a::home` does not exist
    "
    );
}

#[test]
fn of_several_sources_the_last_needs_its_name() {
    let class = (
        "modules/a/manifests/init.pp",
        "class a (String $user = 'x') {\n  file { '/a':\n    source => [\"puppet:///modules/a/${user}-${site}\", 'puppet:///modules/a/a'],\n  }\n  file { '/b':\n    source => ['puppet:///modules/a/a', \"puppet:///modules/a/${rank}\"],\n  }\n}\n",
    );
    let files = [("modules/a/files/a", ""), ("modules/a/files/x-b", "")];
    assert_snapshot!(
        check(&[class, files[0], files[1]]),
        @r"
    modules/a/manifests/init.pp:3:47: warning[unresolved-reference] variable `a::site` does not exist
    modules/a/manifests/init.pp:6:64: error[unresolved-reference] variable `a::rank` does not exist
    "
    );
}

#[test]
fn plain_variables_that_something_may_set() {
    // Asked about, facts, what the tree reads of the top scope, what a resource is given, what
    // a module takes of the top scope, what several definitions read.
    let class = (
        "modules/a/manifests/init.pp",
        "class a (String $user = 'x', $level = $log_level) {\n  if $extra { notify { $extra: } }\n  notify { pick($other, 'x'): }\n  notify { \"${hostname} ${ipaddress_eth0} ${server_facts} ${rack} ${tier} ${shared}\": }\n  notify { \"${::rack} ${facts['tier']}\": }\n  $zones = $bind_zones\n  [1].each |Integer $n| { notify { \"${n}${user}\": } }\n}\n",
    );
    let define = (
        "modules/a/manifests/d.pp",
        "define a::d () {\n  notify { \"${name} ${shared}\": require => $require, before => $before }\n}\n",
    );
    assert_eq!(check(&[class, define]), NONE);
    // What it inherits is not here.
    let lone =
        ("modules/a/manifests/init.pp", "class a inherits x {\n  notify { \"${nope}\": }\n}\n");
    assert_eq!(check(&[lone]), NONE);
    // Old Puppet sees what the class that includes it sets.
    let old = ("modules/a/manifests/init.pp", "class a {\n  notify { \"${nope}\": }\n}\n");
    assert_eq!(check(&[old]), NONE);
}

const HTTPD: &str = "  package { 'httpd': ensure => present }\n";

#[test]
fn a_reference_to_nearly_what_stands_beside_it() {
    let class = |body: &str| {
        let text = format!("class a ($x) {{\n{HTTPD}{body}}}\n");
        check(&[("modules/a/manifests/init.pp", &text)])
    };
    assert_eq!(class("  service { 's': require => Package['htpd'] }\n").len(), 1);
    assert_eq!(class("  service { 's': require => Package['httpd'] }\n"), NONE);
    assert_eq!(class("  service { 's': require => Package['nginx'] }\n"), NONE);
    assert_eq!(class("  service { 's': require => Package[\"htpd-${x}\"] }\n"), NONE);
    // A slash at the end counts for nothing, another number is another name.
    assert_eq!(
        class(
            "  file { '/a/': }\n  file { '/a/b': require => File['/a'], before => File['/a/'] }\n"
        ),
        NONE
    );
    assert_eq!(class("  user { 'a1': require => User['a2'] }\n"), NONE);
}

#[test]
fn a_reference_where_all_that_may_declare_it_is_here() {
    let run = |node: &str, more: &str| {
        let site = format!("node default {{\n  include a\n{node}}}\n");
        let class = "class a {\n  service { 's': require => Package['nginx'], before => A::D['y'] }\n  a::d { 'x': }\n}\n";
        let define = "define a::d () {\n}\n";
        check(&[
            ("manifests/site.pp", &site),
            ("modules/a/manifests/init.pp", class),
            ("modules/a/manifests/d.pp", define),
            ("modules/b/manifests/init.pp", more),
        ])
    };
    let wrong = "unresolved-reference modules/a/manifests/init.pp:2";
    let b = "class b ($all = {}) {\n  create_resources(package, $all)\n}\n";
    assert_eq!(run("", b), [wrong, wrong]);
    // Another class of the node may declare the package, and one from elsewhere.
    assert_eq!(run("  include b\n", b), [wrong]);
    assert_eq!(run("  include nginx\n", b), [wrong]);
    assert_eq!(run("  include $classes\n", b), [wrong]);
    // What declares it has to be in the same catalogue.
    let declaring = "class b {\n  package { 'nginx': }\n  a::d { 'y': }\n}\n";
    assert_eq!(run("", declaring), [wrong, wrong]);
    assert_eq!(run("  include b\n", declaring), NONE);
    assert_eq!(run("", "class b ($all) {\n  a::d { $all: }\n}\n"), [wrong]);
    // Where a class of the tree's module is kept elsewhere, so may be what it declares.
    let partial = "class b {\n  include a::secret\n}\n";
    assert_eq!(run("", partial), [wrong, "unresolved-reference modules/b/manifests/init.pp:2"]);
}

/// A class that its module does not have has no variables.
#[test]
fn variables_of_a_class_that_does_not_exist() {
    let client = ("modules/gpfs/manifests/client.pp", "class gpfs::client ($dir = '/a') { }\n");
    let config =
        |text: &'static str| check(&[client, ("modules/gpfs/manifests/client/config.pp", text)]);
    assert_snapshot!(
        config("class gpfs::client::config inherits gpfs::client {\n  file { $gpfs::dir: ensure => directory }\n}\n"),
        @"modules/gpfs/manifests/client/config.pp:2:10: warning[unresolved-reference] variable `gpfs::dir` does not exist"
    );
    for fine in ["$gpfs::client::dir", "$other::dir", "$settings::confdir"] {
        let text = format!(
            "class gpfs::client::config inherits gpfs::client {{\n  file {{ {fine}: }}\n}}\n"
        );
        assert!(check(&[client, ("modules/gpfs/manifests/client/config.pp", &text)]).is_empty());
    }
}

#[test]
fn true_is_no_type() {
    let class = |text: &'static str| check(&[("modules/a/manifests/init.pp", text)]);
    assert_snapshot!(
        class("class a (Boolean $on = True) { }\n"),
        @"modules/a/manifests/init.pp:1:24: error[unresolved-reference] `True` is the name of a type, which does not exist"
    );
    // A word of Puppet 3.
    assert!(class("class a ($on = True) { }\n").is_empty());
    assert!(class("class a ($on = true, Boolean $off = false) { }\n").is_empty());
}

/// What a release makes is called as it is: a manifest of that name that goes was another one.
#[test]
fn a_release_of_a_chart_may_make_a_service_of_its_name() {
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: all}\nspec:\n  rules:\n  - http:\n      paths:\n      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}\n";
    let service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - port: 80\n";
    let said = |path: &str, text: &str| {
        let old = [("k/i.yaml", ingress), ("k/s.yaml", service), (path, text)];
        change(&old, &[old[0], old[2]]).to_string()
    };
    let application = |source: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: web-app}}\nspec:\n  source: {{repoURL: 'https://example.org/charts', {source}}}\n"
        )
    };
    let removed = "object `Service/web` was removed";
    assert!(said("a.yaml", &application("path: apps/web, targetRevision: v1")).contains(removed));
    assert!(
        said("a.yaml", &application("chart: web, helm: {releaseName: front}")).contains(removed)
    );
    let parameter = "chart: x, helm: {parameters: [{name: fullnameOverride, value: web}]}";
    for source in ["chart: web, helm: {releaseName: web}", parameter] {
        assert!(!said("a.yaml", &application(source)).contains(removed), "{source}");
    }
    let helmfile = "repositories: []\nreleases:\n- name: web\n  chart: charts/web\n";
    assert!(!said("helmfile.yaml", helmfile).contains(removed));
    assert!(!said("values/web.yaml", "fullnameOverride: web\n").contains(removed));
}

#[test]
fn hosts_with_a_hyphen() {
    let modern = ("modules/web/manifests/init.pp", "class web(String $a) {\n}\n");
    let site =
        |host: &str| check(&[modern, ("manifests/site.pp", &format!("node {host} {{\n}}\n"))]);
    // A word is a text; parts with dots between are names alone.
    assert_eq!(site("web-1"), NONE);
    assert_eq!(site("web.example.com"), NONE);
    for refused in ["web-1.example.com", "web.my-site.com"] {
        assert_eq!(site(refused), ["removed-directive manifests/site.pp:1"], "{refused}");
    }
}

#[test]
fn a_type_of_a_class_by_its_short_name() {
    let class = |ty: &str| {
        let text =
            format!("class a {{\n  define key($x) {{\n  }}\n  @{ty} {{ 'root': x => 1 }}\n}}\n");
        let user = ("modules/a/manifests/b.pp", "class a::b {\n  realize(A::Key['root'])\n}\n");
        check(&[("modules/a/manifests/init.pp", &text), user]).to_string()
    };
    assert_eq!(class("key"), "");
}

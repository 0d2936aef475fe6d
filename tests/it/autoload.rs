//! Puppet loads a definition only from where its autoloader looks.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

const SITE: (&str, &str) = ("manifests/site.pp", "node 'a' {\n  include web::tls\n}\n");

#[test]
fn a_class_at_its_place_or_above_is_found() {
    let class = "class web::tls {\n}\n";
    assert_snapshot!(check(&[SITE, ("modules/web/manifests/tls.pp", class)]), @"");
    assert_snapshot!(check(&[SITE, ("modules/web/manifests/init.pp", class)]), @"");
}

#[test]
fn a_module_may_be_called_as_folders_of_data_are() {
    let class = ("modules/hieradata/manifests/init.pp", "class hieradata {\n}\n");
    let site = ("manifests/site.pp", "node 'a' {\n  include hieradata\n}\n");
    assert_snapshot!(check(&[class, site]), @"");
    let data = ("hieradata/old.pp", "class old {\n");
    assert_snapshot!(check(&[class, site, data]), @"");
}

#[test]
fn a_class_in_a_file_of_another_name_is_not_found() {
    let class = "class web::tls {\n}\n";
    let findings = check(&[SITE, ("modules/web/manifests/ssl.pp", class)]);
    assert_snapshot!(
        findings,
        @"manifests/site.pp:2:11: error[unresolved-reference] class `web::tls` is not loaded: it is defined where the autoloader does not look"
    );
    let findings = check(&[SITE, ("modules/www/manifests/tls.pp", class)]);
    assert_snapshot!(
        findings,
        @"manifests/site.pp:2:11: error[unresolved-reference] class `web::tls` is not loaded: it is defined where the autoloader does not look"
    );
}

#[test]
fn a_definition_that_is_found_brings_its_neighbours() {
    let both = "class web::ssl {\n}\nclass web::tls {\n}\n";
    assert_snapshot!(check(&[SITE, ("modules/web/manifests/ssl.pp", both)]), @"");
}

#[test]
fn an_import_brings_a_file() {
    let class = ("modules/web/manifests/ssl.pp", "class web::tls {\n}\n");
    let init = ("modules/web/manifests/init.pp", "import '*.pp'\nclass web {\n}\n");
    assert_snapshot!(check(&[SITE, class, init]), @"");
}

#[test]
fn a_file_renamed_without_its_class_is_reported() {
    let class = "class web::tls {\n}\n";
    let old = [SITE, ("modules/web/manifests/tls.pp", class)];
    let new = [SITE, ("modules/web/manifests/ssl.pp", class)];
    assert_snapshot!(
        change(&old, &new),
        @"manifests/site.pp:2:11: error[unresolved-reference] class `web::tls` is not loaded: it is defined where the autoloader does not look"
    );
}

#[test]
fn what_an_initial_manifest_or_puppet_3_brings_is_loaded() {
    let class =
        ("manifests/site/role/manifests/a.pp", "class role::a {\n  include profile::b\n}\n");
    let other = ("manifests/site/profile/manifests/x/b.pp", "class profile::b {\n}\n");
    let typed = ("manifests/site.pp", "node default {\n  $a = lookup('a', Integer)\n}\n");
    let missing = ["unresolved-reference manifests/site/role/manifests/a.pp:2"];
    assert_eq!(check(&[class, other, typed]), missing);
    assert_eq!(check(&[class, other, typed, ("environment.conf", "modulepath = site\n")]), NONE);

    let base = ("modules/base/manifests/init.pp", "class base {\n  include bash\n}\n");
    let bash = ("modules/base/manifests/bash.pp", "class bash {\n}\n");
    assert_eq!(check(&[base, bash]), NONE);
    let modern = ("modules/base/manifests/m.pp", "class base::m(Integer $a) {\n}\n");
    assert_snapshot!(
        check(&[base, bash, modern]),
        @"modules/base/manifests/init.pp:2:11: error[unresolved-reference] class `bash` is not loaded: it is defined where the autoloader does not look"
    );
}

#[test]
fn a_module_whose_manifests_git_leaves_out_is_not_missing() {
    let class = ("modules/other/manifests/init.pp", "class web::tls {\n}\n");
    let ignored = ("modules/web/.gitignore", "*.pp\n");
    assert_snapshot!(check(&[SITE, class, ignored]), @"");
    assert_eq!(check(&[SITE, class]).len(), 1);
}

#[test]
fn manifests_that_puppet_4_refuses_say_more_than_a_module_that_wants_it() {
    let modern = (
        "modules/taken/metadata.json",
        r#"{"name": "x-taken", "requirements": [{"name": "puppet", "version_requirement": ">= 4.0.0"}]}"#,
    );
    let refused = ("manifests/site.pp", "exec { 'x': require => exec['y'] }\n");
    let paths: Vec<String> = (0..5).map(|ix| format!("modules/m{ix}/manifests/init.pp")).collect();
    let mode = "class m { file { '/a': mode => 0644 } }\n";
    let old: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), mode)).collect();
    assert_snapshot!(check(&[modern, refused]), @"manifests/site.pp:1:24: error[incompatible-value] `exec[…]` is neither a resource nor a value");
    assert!(!check(&[&[modern, refused], &old[..]].concat()).to_string().contains("exec[…]"));
    // The tree's own text says it best.
    let own = ("modules/own/manifests/init.pp", "class own (String $x) {\n}\n");
    assert!(check(&[&[modern, refused, own], &old[..]].concat()).to_string().contains("exec[…]"));
}

/// What is applied by hand before there is an environment uses what that machine has.
#[test]
fn a_manifest_that_is_applied_by_hand_may_know_more() {
    let list = ("Puppetfile", "mod 'puppetlabs/stdlib', '4.0.0'\n");
    let class = ("modules/web/manifests/init.pp", "class web {\n}\n");
    let manifest = "class { 'web::r10k':\n  remote => 'x',\n}\n";
    assert_snapshot!(
        check(&[list, class, ("bootstrap.pp", manifest)]),
        @"bootstrap.pp:1:9: warning[unresolved-reference] class `web::r10k` does not exist"
    );
    assert_snapshot!(
        check(&[list, class, ("site.pp", manifest)]),
        @"site.pp:1:9: error[unresolved-reference] class `web::r10k` does not exist"
    );
}

#[test]
fn manifests_that_lie_beside_the_modules_are_not_loaded() {
    let other = ("modules/web/manifests/init.pp", "class web {\n}\n");
    let class = "class fish {\n}\n";
    let site = ("manifests/site.pp", "node 'a' {\n  include fish\n}\n");
    assert_snapshot!(
        check(&[site, other, ("modules/fish/init.pp", class)]),
        @"manifests/site.pp:2:11: error[unresolved-reference] class `fish` is not loaded: it is defined where the autoloader does not look"
    );
    assert_snapshot!(check(&[site, other, ("modules/fish/manifests/init.pp", class)]), @"");
    // One that declares something is for somebody to apply.
    let applied = "class fish {\n}\ninclude fish\n";
    assert_snapshot!(check(&[site, other, ("modules/fish/init.pp", applied)]), @"");

    let class = "class web::tls {\n}\n";
    assert_snapshot!(
        check(&[SITE, other, ("tls.pp", class)]),
        @"manifests/site.pp:2:11: error[unresolved-reference] class `web::tls` is not loaded: it is defined where the autoloader does not look"
    );
}

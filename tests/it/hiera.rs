//! Data fills class parameters only where Hiera reads it.

use crate::common::{check, told, tree};
use insta::assert_snapshot;

const CLASS: (&str, &str) = ("modules/web/manifests/init.pp", "class web(Integer $port) {\n}\n");
const SITE: (&str, &str) =
    ("manifests/site.pp", "node 'a' {\n  class { 'web': }\n}\nnode 'b' {\n  class { 'web': }\n}\n");
const MISSING: [&str; 2] = [
    "missing-required-parameter manifests/site.pp:2",
    "missing-required-parameter manifests/site.pp:5",
];
const V5: &str = "version: 5\ndefaults: {datadir: conf}\nhierarchy:\n- name: all\n  paths: ['hosts/%{facts.fqdn}.yaml', common.yaml]\n";

#[test]
fn a_file_at_a_level_sets_its_keys() {
    let hierarchy = ("hiera.yaml", V5);
    let data = "web::port: 80\n";
    let (host, common) = (("conf/hosts/b.yaml", "x: 1\n"), ("conf/common.yaml", "x: 1\n"));
    assert_eq!(check(&[CLASS, SITE, hierarchy, host, common]), MISSING);
    assert_snapshot!(check(&[CLASS, SITE, hierarchy, ("conf/common.yaml", data)]), @"");
    assert_snapshot!(check(&[CLASS, SITE, hierarchy, ("conf/hosts/a.yaml", data)]), @"");
}

#[test]
fn a_file_that_no_level_reads_sets_nothing() {
    let hierarchy = ("hiera.yaml", V5);
    let data = "web::port: 80\n";
    let (host, common) = (("conf/hosts/b.yaml", "x: 1\n"), ("conf/common.yaml", "x: 1\n"));
    let other = ("conf/comon.yaml", data);
    assert_eq!(check(&[CLASS, SITE, hierarchy, host, common, other]), MISSING);
}

#[test]
fn a_level_without_a_file_may_be_read_elsewhere() {
    let data = ("conf/common.yaml", "x: 1\n");
    assert_snapshot!(check(&[CLASS, SITE, ("hiera.yaml", V5), data]), @"");
    let secret = "version: 5\ndefaults: {datadir: conf}\nhierarchy:\n- {name: a, path: common.yaml}\n- {name: b, datadir: /etc/secret, path: x.yaml}\n";
    assert_snapshot!(check(&[CLASS, SITE, ("hiera.yaml", secret), data]), @"");
    let vault = "version: 5\ndefaults: {datadir: conf}\nhierarchy:\n- {name: a, path: common.yaml}\n- {name: b, lookup_key: hiera_vault}\n";
    assert_snapshot!(check(&[CLASS, SITE, ("hiera.yaml", vault), data]), @"");
}

#[test]
fn modules_without_data_are_given_theirs_elsewhere() {
    assert_snapshot!(check(&[CLASS, SITE]), @"");
}

#[test]
fn a_key_is_missing_where_the_tree_has_all_data() {
    let whole =
        "version: 5\ndefaults: {datadir: conf}\nhierarchy:\n- {name: a, path: common.yaml}\n";
    let class = (
        "modules/web/manifests/init.pp",
        "class web {\n  $a = lookup('web::there')\n  $b = lookup('web::nowhere')\n  $c = lookup('web::else', undef, undef, 1)\n}\n",
    );
    let data = ("conf/common.yaml", "web::there: 1\n");
    assert_snapshot!(
        check(&[class, ("hiera.yaml", whole), data]),
        @"modules/web/manifests/init.pp:3:15: warning[unresolved-reference] key `web::nowhere` does not exist"
    );
    assert_snapshot!(check(&[class, ("hiera.yaml", V5), data]), @"");
}

#[test]
fn without_a_hierarchy_every_data_file_counts() {
    assert_snapshot!(check(&[CLASS, SITE, ("hieradata/any/x.yaml", "web::port: 80\n")]), @"");
}

#[test]
fn version_3_hierarchies_are_read() {
    let v3 = ":yaml:\n  :datadir: /etc/puppet/hieradata\n:hierarchy:\n  - common\n";
    let hierarchy = ("hiera.yaml", v3);
    let data = "web::port: 80\n";
    assert_snapshot!(check(&[CLASS, SITE, hierarchy, ("hieradata/common.yaml", data)]), @"");
    assert_eq!(
        check(&[
            CLASS,
            SITE,
            hierarchy,
            ("hieradata/common.yaml", "x: 1\n"),
            ("hieradata/other.yaml", data)
        ]),
        MISSING
    );
}

#[test]
fn data_of_json_counts() {
    let v3 = ":backends: [json]\n:json:\n  :datadir: /srv/hieradata\n:hierarchy:\n- common\n";
    let v5 = "version: 5\nhierarchy:\n- name: all\n  datadir: conf\n  data_hash: json_data\n  path: common.json\n";
    for (hierarchy, path) in [
        (Some(v3), "hieradata/common.json"),
        (Some(v5), "conf/common.json"),
        (None, "environments/live/hiera/common.json"),
    ] {
        let mut files = vec![CLASS, SITE];
        files.extend(hierarchy.map(|text| ("hiera.yaml", text)));
        let set = [&files[..], &[(path, "{\"web::port\": 80}\n")]].concat();
        assert_eq!(check(&set), [""; 0], "{path}");
        let other = [&files[..], &[(path, "{\"db::host\": \"a\"}\n")]].concat();
        assert_eq!(check(&other), MISSING, "{path}");
    }
}

#[test]
fn a_modules_data_is_for_its_own_keys() {
    let data = "web::port: 80\n";
    assert_snapshot!(check(&[CLASS, SITE, ("modules/web/data/common.yaml", data)]), @"");
    let other = [
        CLASS,
        SITE,
        ("hieradata/common.yaml", "db::x: 1\n"),
        ("modules/db/manifests/init.pp", "class db ($x = 1) {\n}\n"),
        ("modules/db/data/common.yaml", data),
    ];
    assert_eq!(check(&other), MISSING);
}

#[test]
fn a_tree_brings_its_own_packs() {
    let config = ("crosscheck.yaml", "haproxy: {version: '3.0'}\n");
    let proxy = (
        "haproxy.cfg",
        "frontend f\n  bind :80\n  oldthing x\n  default_backend b\nbackend b\n  server s 10.0.0.1:80 check\n",
    );
    let pack = "removed-directives:\n- {name: oldthing, removed: '2.9', use: newthing}\n";
    assert_snapshot!(check(&[config, proxy]), @"");
    let with = [config, proxy, (".crosscheck/packs/own.yaml", pack)];
    assert_snapshot!(
        check(&with),
        @"haproxy.cfg:3:3: error[removed-directive] `oldthing` was removed in HAProxy 2.9; this configuration is for 3.0"
    );
    let broken = tree(&[config, proxy, (".crosscheck/packs/own.yaml", "removed-directive: []\n")]);
    assert_snapshot!(told(broken.path(), &["check"]), @r"
    crosscheck: .crosscheck/packs/own.yaml: unknown field `removed-directive`, expected one of `version`, `cases`, `families`, `packages`, `removed-directives`, `derived`, `commands`, `objects`, `words`; did you mean `removed-directives`?
    exit code 2
    ");
}

#[test]
fn a_key_for_a_parameter_that_the_class_does_not_have() {
    let class = ("modules/web/manifests/init.pp", "class web (Integer $port = 80) {\n}\n");
    let other = ("modules/web/manifests/b.pp", "class web::b {\n  $x = lookup('web::read')\n}\n");
    let data = (
        "data/common.yaml",
        "web::port: 1\nweb::prot: 2\nweb::unknown: 3\nweb::read: 4\nweb::gone::x: 5\nlookup_options: {}\n",
    );
    assert_snapshot!(
        check(&[class, other, ("hiera.yaml", "version: 5\n"), data]),
        @r"
    data/common.yaml:2:1: warning[unknown-parameter] class `web` takes no parameter `prot`, and nothing looks this key up
    data/common.yaml:3:1: note[unknown-parameter] class `web` takes no parameter `unknown`, and nothing looks this key up
    "
    );
}

#[test]
fn a_value_put_together_of_a_key_that_no_level_sets() {
    let whole =
        "version: 5\ndefaults: {datadir: conf}\nhierarchy:\n- {name: a, path: common.yaml}\n";
    let data = (
        "conf/common.yaml",
        "there: 1\na: \"%{lookup('there')}\"\nb: \"%{hiera('nowhere')}\"\n# %{alias('old')}\n",
    );
    assert_snapshot!(
        check(&[CLASS, ("hiera.yaml", whole), data]),
        @"conf/common.yaml:3:5: warning[unresolved-reference] key `nowhere` does not exist"
    );
}

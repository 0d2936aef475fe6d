//! Puppet: values of Hiera against the types of parameters, and what a change takes away.

use crate::common::{change, check};

const SITE: (&str, &str) = ("manifests/site.pp", "node default {\n  include web\n}\n");
const HIERA: (&str, &str) = (
    "hiera.yaml",
    "version: 5\ndefaults: {datadir: data}\nhierarchy:\n- {name: all, path: common.yaml}\n",
);
const CLASS: (&str, &str) = (
    "modules/web/manifests/init.pp",
    "class web(\n  Stdlib::Port $port = 80,\n  Array[String] $names = [],\n  Web::Level $level = 'low',\n) {\n}\n",
);
const LEVEL: (&str, &str) =
    ("modules/web/types/level.pp", "type Web::Level = Enum['low', 'high']\n");

fn said(data: &str) -> String {
    check(&[SITE, HIERA, CLASS, LEVEL, ("data/common.yaml", data)]).to_string()
}

#[test]
fn values_that_a_type_refuses() {
    for wrong in
        ["web::port: '8080'\n", "web::names: a\n", "web::level: middle\n", "web::port: 70000\n"]
    {
        let found = said(wrong);
        assert!(
            found.contains("data/common.yaml:1:1: error[incompatible-value]"),
            "{wrong}: {found}"
        );
    }
    for fine in [
        "web::port: 8080\nweb::names: [a]\nweb::level: high\n",
        "web::port: '%{lookup(\"a\")}'\na: 1\n",
        "web::names: ENC[PKCS7,x]\n",
        "lookup_options:\n  web::port: {convert_to: Integer}\nweb::port: '80'\n",
        "lookup_options:\n  '^web::': {merge: unique}\nweb::names: a\n",
    ] {
        assert_eq!(said(fine), "", "{fine}");
    }
}

#[test]
fn parameters_that_are_metaparameters() {
    let define = |list: &str| {
        let text = format!("define web::job({list}) {{\n}}\n");
        let call = ("manifests/site.pp", "web::job { 'a':\n  schedule => 'x',\n}\n");
        check(&[("modules/web/manifests/job.pp", text.as_str()), call]).to_string()
    };
    let found = define("$schedule");
    assert!(found.contains("error[duplicate-definition]") && found.lines().count() == 1, "{found}");
    assert_eq!(define("$schedule = undef"), "");
}

#[test]
fn functions_that_went_with_stdlib() {
    let class = ("modules/web/manifests/init.pp", "class web {\n  if is_integer('1') {\n  }\n}\n");
    let found = |version: &str| {
        let list = format!("mod 'puppetlabs/stdlib', '{version}'\n");
        check(&[class, ("Puppetfile", list.as_str())]).to_string()
    };
    assert!(found("9.6.0").contains("error[unresolved-reference] function `is_integer`"));
    assert_eq!(found("8.6.0"), "");
}

#[test]
fn what_a_change_takes_away() {
    let users = |name: &str| {
        format!(
            "class web::users {{\n  $all.each |$own| {{\n    @user {{ $own: }}\n  }}\n  @user {{ '{name}': }}\n}}\n"
        )
    };
    let (before, after) = (users("deploy"), users("deployer"));
    let user =
        ("modules/web/manifests/deploy.pp", "class web::deploy {\n  realize(User['deploy'])\n}\n");
    let path = "modules/web/manifests/users.pp";
    let found =
        change(&[user, (path, before.as_str())], &[user, (path, after.as_str())]).to_string();
    assert!(found.contains("warning[removed-but-referenced] resource `User[deploy]`"), "{found}");
    let fact = |name: &str| format!("Facter.add(:{name}) do\nend\n");
    let (before, after) = (fact("web_version"), fact("web_release"));
    let reader = (
        "modules/web/manifests/init.pp",
        "class web {\n  notify { \"a ${facts['web_version']}\": }\n}\n",
    );
    let path = "modules/web/lib/facter/web.rb";
    let found =
        change(&[reader, (path, before.as_str())], &[reader, (path, after.as_str())]).to_string();
    assert!(found.contains("warning[removed-but-referenced] fact `web_version`"), "{found}");
}

#[test]
fn keys_of_a_module_that_a_list_replaces() {
    let key = ("data/common.yaml", "mail::relay: a\n");
    let class = ("modules/mail/manifests/init.pp", "class mail(String $relay) {\n}\n");
    let list = ("Puppetfile", "mod 'puppet/mail', '4.0.0'\n");
    assert!(!change(&[HIERA, key, class], &[HIERA, key]).to_string().is_empty());
    assert_eq!(change(&[HIERA, key, class], &[HIERA, key, list]).to_string(), "");
}

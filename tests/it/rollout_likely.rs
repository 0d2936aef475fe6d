//! What a plan does where it does not know: names that become others in several files at once,
//! additions before changes before deletions, and what is likely of two files.

use crate::common::{needs, report, tree};
use insta::assert_snapshot;
use serde_json::Value;

fn plan(old: &[(&str, &str)], new: &[(&str, &str)]) -> Value {
    let (old, new) = (tree(old), tree(new));
    report(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."])
}

/// The units of each wave; one that lands at once ends with `!`.
fn waves(sheet: &Value) -> String {
    let waves = sheet["waves"].as_array().expect("waves");
    let lines = waves.iter().map(|wave| {
        let units = wave["units"].as_array().expect("units").iter();
        let names: Vec<&str> = units.map(|unit| unit["name"].as_str().expect("a name")).collect();
        let mark = if wave["at_once"] == true { "!" } else { "" };
        format!("{}{mark}", names.join(" "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What is likely of the units, and how each came to its place.
fn likely(sheet: &Value) -> String {
    let waves = sheet["waves"].as_array().expect("waves");
    let units = waves.iter().flat_map(|wave| wave["units"].as_array().expect("units"));
    let lines = units.map(|unit| {
        let (name, order) = (unit["name"].as_str(), unit["order"].as_str());
        let own = unit["likely"].as_array().cloned().unwrap_or_default();
        let own: Vec<&str> = own.iter().filter_map(Value::as_str).collect();
        format!("{} {}: {}", name.expect("a name"), order.expect("an order"), own.join("; "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

const RELEASE: &str = "infra/proxy/release.yaml";
const ROUTE: &str = "apps/shop/route.yaml";

fn release(name: &str) -> String {
    format!("values:\n  ports:\n    web:\n      port: 80\n    {name}:\n      port: 443\n")
}

fn route(name: &str) -> String {
    format!("spec:\n  entryPoints:\n    - {name}\n  routes: []\n")
}

#[test]
fn a_name_that_becomes_another_with_its_use() {
    let (a, b) = (release("web-inside"), release("web-int"));
    let (c, d) = (route("web-inside"), route("web-int"));
    let old = [(RELEASE, a.as_str()), (ROUTE, c.as_str())];
    let new = [(RELEASE, b.as_str()), (ROUTE, d.as_str())];
    assert_snapshot!(needs(&old, &new), @r#"
    "apps/shop/route.yaml" after "infra/proxy/release.yaml": the new text uses name `web-int`, and it comes with this change
    "infra/proxy/release.yaml" after "apps/shop/route.yaml": the old text uses name `web-inside`, and it goes with this change
    "#);
    // Another file goes on giving the old name, and gives the new one already.
    let both = format!("{}    web-int:\n      port: 1\n", release("web-inside"));
    let other = "infra/other/release.yaml";
    let old = [(RELEASE, a.as_str()), (ROUTE, c.as_str()), (other, both.as_str())];
    let new = [(RELEASE, b.as_str()), (ROUTE, d.as_str()), (other, &(both.clone() + "x: 1\n"))];
    assert_eq!(needs(&old, &new), "");
}

#[test]
fn words_that_change_alike_and_need_nothing() {
    // Two that give it; two that only have it; one that counts on; a sentence.
    for (old, new) in [
        (
            [("a.yml", "web-inside: 1\n"), ("b.yml", "web-inside: 2\n")],
            [("a.yml", "web-int: 1\n"), ("b.yml", "web-int: 2\n")],
        ),
        (
            [("a.yml", "- web-inside\n"), ("b.yml", "- web-inside\n")],
            [("a.yml", "- web-int\n"), ("b.yml", "- web-int\n")],
        ),
        (
            [("a.yml", "node-pool-1: 1\n"), ("b.yml", "- node-pool-1\n")],
            [("a.yml", "node-pool-2: 1\n"), ("b.yml", "- node-pool-2\n")],
        ),
        (
            [("a.yml", "web-inside: 1\n"), ("b.yml", "x: see web-inside there\n")],
            [("a.yml", "web-int: 1\n"), ("b.yml", "x: see web-int there\n")],
        ),
    ] {
        assert_eq!(needs(&old, &new), "", "{old:?}");
    }
}

#[test]
fn filters_of_ansible() {
    let filter = "roles/net/filter_plugins/ips.py";
    let tasks = "roles/net/tasks/main.yml";
    let of = |name: &str| format!("def {name}(a):\n    return a\n");
    let task = |name: &str| format!("- debug:\n    msg: \"{{{{ net | {name} }}}}\"\n");
    let (a, b) = (of("add_key"), of("add_nothing"));
    let (c, d) = (task("add_key"), "- debug:\n    msg: a\n".to_owned());
    assert_snapshot!(needs(&[(filter, &a), (tasks, &c)], &[(filter, &b), (tasks, &d)]), @r#""roles/net/filter_plugins/ips.py" after "roles/net/tasks/main.yml": the old text uses function `add_key`, and it goes with this change"#);
    // A function that is no filter; a key of that name.
    assert_eq!(needs(&[("lib/ips.py", &a), (tasks, &c)], &[("lib/ips.py", &b), (tasks, &d)]), "");
    let key = "- debug:\n    msg: \"{{ add_key }}\"\n";
    assert_eq!(needs(&[(filter, &a), (tasks, key)], &[(filter, &b), (tasks, &d)]), "");
}

#[test]
fn what_only_adds_lands_before_what_changes() {
    let old = [("a.conf", "1\n"), ("b.conf", "1\n"), ("c.conf", "1\n2\n"), ("d.conf", "1\n")];
    let new = [("a.conf", "2\n"), ("b.conf", "1\n2\n"), ("c.conf", "1\n"), ("e.conf", "1\n")];
    assert_eq!(waves(&plan(&old, &new)), "e.conf\nb.conf\na.conf\nc.conf\nd.conf");
}

#[test]
fn what_is_likely_decides_where_nothing_better_is_known() {
    let old = [("site.json", "{\"a\": 1}\n"), ("read.tf", "x = 1\n"), ("other.tf", "y = 1\n")];
    let new = [
        ("site.json", "{\"logSpace\": 2}\n"),
        ("read.tf", "x = local.site.logSpace\n"),
        ("other.tf", "y = 2\n"),
    ];
    let sheet = plan(&old, &new);
    assert_eq!(sheet["edges"].as_array().map(Vec::len), Some(0));
    assert_eq!(waves(&sheet), "other.tf site.json\nread.tf");
    assert_snapshot!(likely(&sheet), @r"
    other.tf unknown: 
    site.json unknown: 
    read.tf unknown: perhaps after site.json: the new text of both has `logSpace`, and it comes
    ");
    // A file that the change does not touch has the name, too.
    let stays = ("z.tf", "z = local.site.logSpace\n");
    let old = [old.as_slice(), &[stays]].concat();
    let new = [new.as_slice(), &[stays]].concat();
    assert_eq!(waves(&plan(&old, &new)), "other.tf read.tf site.json");
}

#[test]
fn units_that_may_need_each_other_land_at_once() {
    let old = [("site.json", "{\"logSpace\": 1}\n"), ("read.tf", "x = local.site.logSpace + 1\n")];
    let new = [("site.json", "{\"logArea\": 2}\n"), ("read.tf", "x = local.site.logArea + 2\n")];
    let sheet = plan(&old, &new);
    assert_eq!(sheet["components"].as_array().map(Vec::len), Some(0));
    assert_eq!(waves(&sheet), "read.tf site.json!");
}

#[test]
fn what_was_read_is_not_free_where_it_shares_a_name_with_what_was_not() {
    let class = "modules/jail/manifests/init.pp";
    let page = "modules/jail/templates/conf.erb";
    let old = [
        (
            class,
            "class jail {\n  $jail_names = ['a']\n  file { '/a': content => template('jail/conf.erb') }\n}\n",
        ),
        (page, "<%= scope.lookupvar('jail_names').map { |x| x.upcase } %>\n"),
    ];
    let new = [
        (
            class,
            "class jail {\n  $names = ['a']\n  file { '/a': content => template('jail/conf.erb') }\n}\n",
        ),
        (page, "<%= scope.lookupvar('names').map { |x| x.upcase } %>\n"),
    ];
    assert!(!likely(&plan(&old, &new)).contains("free"));
}

#[test]
fn keys_of_a_file_of_data_that_a_text_names() {
    let (data, reader) = ("contracts/bindings.json", "stacks/main.tf");
    let old = [(data, "{\"a\": 1}\n"), (reader, "x = 1\n")];
    let new = [
        (data, "{\"logSpace\": 2}\n"),
        (reader, "x = jsondecode(file(\"../contracts/bindings.json\")).logSpace\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#""stacks/main.tf" after "contracts/bindings.json": the new text reads the key `logSpace` of `contracts/bindings.json`, and it comes with this change"#);
    // It names another file; it has the name, but reads no key.
    let other = [new[0], (reader, "x = jsondecode(file(\"../contracts/other.json\")).logSpace\n")];
    assert_eq!(needs(&old, &other), "");
    let other = [new[0], (reader, "logSpace = file(\"../contracts/bindings.json\")\n")];
    assert_eq!(needs(&old, &other), "");
}

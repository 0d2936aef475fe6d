//! Plans of changes that take away what stays in use, and of what only looks like a need.

use crate::common::{needs, report, tree};

/// What a plan notes, and the order of what goes.
fn plan(old: &[(&str, &str)], new: &[(&str, &str)]) -> (String, String) {
    let (old, new) = (tree(old), tree(new));
    let plan = report(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."]);
    let notes = plan["notes"].as_array().expect("notes").iter().filter_map(|own| own.as_str());
    let notes: Vec<&str> = notes.filter(|own| !own.starts_with("no mechanism")).collect();
    let waves = plan["waves"].as_array().expect("waves").iter();
    let units = waves.flat_map(|own| own["units"].as_array().expect("units"));
    let order: Vec<String> =
        units.map(|own| format!("{} {}", own["name"], own["order"]).replace('"', "")).collect();
    (notes.join("\n"), order.join("\n"))
}

const BASE: (&str, &str) = ("modules/web/manifests/init.pp", "class web { }\n");
const GONE: (&str, &str) = ("modules/web/manifests/tls.pp", "class web::tls { }\n");

#[test]
fn a_class_that_goes_from_under_its_user() {
    let site = ("manifests/site.pp", "node 'a' {\n  include web::tls\n}\n");
    let other = ("modules/web/manifests/b.pp", "class web::b { }\n");
    let (notes, order) = plan(&[site, BASE, GONE], &[site, BASE, other]);
    assert!(
        notes.contains("no order helps manifests/site.pp:2 (new): it requires class `web::tls` by `include`, which goes with `modules/web/manifests/tls.pp`"),
        "{notes}"
    );
    assert!(order.ends_with("modules/web/manifests/tls.pp unknown"), "{order}");
    // The user's new text asks for it again: to wait for that helps nobody.
    let again = ("manifests/site.pp", "node 'a' {\n  include web\n  include web::tls\n}\n");
    let (notes, _) = plan(&[site, BASE, GONE], &[again, BASE]);
    assert!(notes.contains("no order helps manifests/site.pp:"), "{notes}");
    assert_eq!(needs(&[site, BASE, GONE], &[again, BASE]), "");
    // One that stops asking for it lands first.
    let without = ("manifests/site.pp", "node 'a' {\n  include web\n}\n");
    let (notes, _) = plan(&[site, BASE, GONE], &[without, BASE]);
    assert!(!notes.contains("no order helps"), "{notes}");
    assert!(needs(&[site, BASE, GONE], &[without, BASE]).contains("after \"manifests/site.pp\""));
}

#[test]
fn hosts_of_no_definition_are_no_canary() {
    let site = |name: &str| format!("node {name} {{\n  include web\n}}\n");
    let told = |name: &str| {
        let site = site(name);
        let old = [("manifests/site.pp", site.as_str()), BASE];
        let changed = (BASE.0, "class web {\n  include web::tls\n}\n");
        plan(&old, &[("manifests/site.pp", site.as_str()), changed, GONE]).0
    };
    assert!(told("'a.example.org'").contains("canary"), "{}", told("'a.example.org'"));
    assert!(!told("default").contains("canary"), "{}", told("default"));
}

#[test]
fn a_lock_that_a_tool_makes_again() {
    let old = [("Puppetfile", "mod 'a/b', '1.0.0'\n"), ("Puppetfile.lock", "a/b (1.0.0)\n")];
    let new = [("Puppetfile", "mod 'a/b', '2.0.0'\n"), ("Puppetfile.lock", "a/b (2.0.0)\n")];
    assert_eq!(needs(&old, &new), "");
}

#[test]
fn names_of_hosts_are_no_files() {
    let script = |name: &str| format!("#!/bin/bash\nredis-cli -h {name} ping\n");
    let (old, new) = (script("redis.service"), script("redis-server.service"));
    let old = [("bin/ask.sh", old.as_str()), ("units/redis.service", "[Unit]\n")];
    let new = [("bin/ask.sh", new.as_str()), ("units/redis-server.service", "[Unit]\n")];
    assert_eq!(needs(&old, &new), "");
    let old = [
        (
            "bin/ask.sh",
            "#!/bin/bash\nif [ -f \"/srv/jobs/nightly-cleanup.yml\" ]; then\n  echo a\nfi\n",
        ),
        ("jobs/nightly-cleanup.yml", "a: 1\n"),
    ];
    let new = [("bin/ask.sh", "#!/bin/bash\necho b\n")];
    assert_eq!(needs(&old, &new), "");
}

//! What one catalogue or program takes once, and what comes with an entry of a list: who waits for
//! whom.

use crate::common::needs;
use insta::assert_snapshot;

const SITE: (&str, &str) =
    ("manifests/site.pp", "node default {\n  include web\n  include web::setup\n}\n");

fn class(name: &str, body: &str) -> String {
    format!("class {name} {{\n{body}}}\n")
}

#[test]
fn a_resource_that_moves_between_classes_of_one_catalogue() {
    let (init, setup) = ("modules/web/manifests/init.pp", "modules/web/manifests/setup.pp");
    let (empty, none) = (class("web", ""), class("web::setup", ""));
    let own = "  exec { \"create ${db}\":\n    command => '/bin/true',\n  }\n";
    let old = [SITE, (init, &class("web", own)), (setup, &none)];
    let new = [SITE, (init, &empty), (setup, &class("web::setup", own))];
    assert_snapshot!(needs(&old, &new), @r#""modules/web/manifests/setup.pp" after "modules/web/manifests/init.pp": the new text declares resource `Exec[create *]`, which the old text of `modules/web/manifests/init.pp` declares too, and both are loaded together"#);
    // Where no node has both, each may come when it likes.
    let apart = (SITE.0, "node 'a' {\n  include web\n}\nnode 'b' {\n  include web::setup\n}\n");
    let old = [apart, (init, &class("web", own)), (setup, &none)];
    let new = [apart, (init, &empty), (setup, &class("web::setup", own))];
    assert_snapshot!(needs(&old, &new), @"");
    // The node that lets go of the first has to be there.
    let less = (SITE.0, "node default {\n  include web::setup\n}\n");
    let old = [SITE, (init, &class("web", own)), (setup, &none)];
    let new = [less, (init, &class("web", own)), (setup, &class("web::setup", own))];
    assert_snapshot!(needs(&old, &new), @r#""modules/web/manifests/setup.pp" after "manifests/site.pp": the new text declares resource `Exec[create *]`, which the old text of `modules/web/manifests/init.pp` declares too, and both are loaded together"#);
}

#[test]
fn a_class_of_a_module_that_a_puppetfile_brings() {
    let init = "modules/web/manifests/init.pp";
    let list = |more: &str| format!("mod 'a/stdlib', '1.0.0'\n{more}");
    let site = (SITE.0, "node default {\n  include web\n}\n");
    let (plain, uses) = (class("web", ""), class("web", "  include ntp\n"));
    let (before, after) = (list(""), list("mod 'a/ntp', '1.0.0'\n"));
    let old = [site, (init, &plain), ("Puppetfile", &before)];
    let new = [site, (init, &uses), ("Puppetfile", &after)];
    assert_snapshot!(needs(&old, &new), @r#""modules/web/manifests/init.pp" after "Puppetfile": the new text requires class `ntp` by `include`, and it comes with this change"#);
    assert_snapshot!(needs(&new, &old), @r#""Puppetfile" after "modules/web/manifests/init.pp": the old text requires class `ntp` by `include`, and it goes with this change"#);
    // A new argument may be one of the new version.
    let passes = |arg: &str| class("web", &format!("  class {{ 'ntp':\n    a => 1,{arg}\n  }}\n"));
    let raised = list("mod 'a/ntp', '2.0.0'\n");
    let (plain, more) = (passes(""), passes(" b => 1,"));
    let old = [site, (init, &plain), ("Puppetfile", &after)];
    let new = [site, (init, &more), ("Puppetfile", &raised)];
    assert_snapshot!(needs(&old, &new), @r#""modules/web/manifests/init.pp" after "Puppetfile": the new text passes `b` to class `ntp`, whose version changes: the old one may not take it"#);
    let old = [site, (init, &plain), ("Puppetfile", &after)];
    let new = [site, (init, &plain), ("Puppetfile", &raised)];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn a_php_class_that_moves_between_files_that_are_loaded_together() {
    let main = (
        "main.php",
        "<?php\nrequire_once __DIR__ . '/a.php';\nrequire_once __DIR__ . '/b.php';\nnew Moved();\n",
    );
    let (with, without) = ("<?php\nclass Moved {\n}\n", "<?php\n// nothing\n");
    let old = [main, ("a.php", with), ("b.php", without)];
    let new = [main, ("a.php", without), ("b.php", with)];
    assert_snapshot!(needs(&old, &new), @r#"
    "a.php" after "b.php": the text requires class `moved` by `new`, and it goes with this change
    "b.php" after "a.php": the new text declares class `moved`, which the old text of `a.php` declares too, and both are loaded together
    "#);
    // Nothing has both that are loaded by name.
    let map = ("composer.json", "{\"autoload\": {\"classmap\": [\"./\"]}}\n");
    let main = ("main.php", "<?php\nnew Moved();\n");
    let told = needs(
        &[map, main, ("a.php", with), ("b.php", without)],
        &[map, main, ("a.php", without), ("b.php", with)],
    );
    assert!(!told.contains("loaded together"), "{told}");
}

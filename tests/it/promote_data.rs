//! Promotion copies code; an environment's values are a line to add, never a file to copy.

use crate::common::{crosscheck, report, tree};
use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

const CLASS_BEFORE: (&str, &str) =
    ("modules/wiki/manifests/init.pp", "class wiki {\n  notice('x')\n}\n");
const CLASS_AFTER: (&str, &str) = (
    "modules/wiki/manifests/init.pp",
    "class wiki {\n  $port = lookup('wiki::port')\n  notice($port)\n}\n",
);

/// `staging` and `production` in one folder.
fn sides(staging: &[(&str, &str)], production: &[(&str, &str)]) -> TempDir {
    let under = |side: &str, files: &[(&str, &str)]| -> Vec<(String, String)> {
        files.iter().map(|(path, text)| (format!("{side}/{path}"), (*text).to_owned())).collect()
    };
    let all = [under("staging", staging), under("production", production)].concat();
    let all: Vec<(&str, &str)> = all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    tree(&all)
}

const ARGS: [&str; 5] = ["promote", "--staging", "staging", "--production", "production"];

fn promote(dir: &TempDir, path: &str) -> Value {
    report(dir.path(), &[&ARGS[..], &[path]].concat())
}

/// Rule, message and help of each finding.
fn said(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    findings
        .iter()
        .map(|own| {
            format!("{}: {}; {}", text(own, "rule"), text(own, "message"), text(own, "help"))
        })
        .collect()
}

#[test]
fn a_key_is_a_line_to_add_and_its_file_is_never_proposed() {
    // Where staging sets it, and where production would.
    let cases = [
        ("hieradata/staging.yaml", "hieradata/production.yaml"),
        ("hieradata/common.yaml", "hieradata/common.yaml"),
        ("data/env/stg.yaml", "data/env/prod.yaml"),
        ("hieradata/staging.yaml", "hieradata/other.yaml"),
    ];
    let mut told = String::new();
    for (from, to) in cases {
        let dir = sides(
            &[CLASS_AFTER, (from, "wiki::port: 8080\n"), ("hieradata/x.yaml", "a::b: 1\n")],
            &[CLASS_BEFORE, (to, "wiki::name: Real\n"), ("hieradata/x.yaml", "a::b: 2\n")],
        );
        told += &format!("{}\n", said(&promote(&dir, "modules/wiki")).join("\n"));
        let done = crosscheck(dir.path(), &[&ARGS[..], &["modules/wiki", "--complete"]].concat());
        assert_eq!(String::from_utf8_lossy(&done.stdout), "", "{from}");
        told += &format!("  --complete: {}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(done.status.code(), Some(1), "{from}");
    }
    assert_snapshot!(told, @r"
        environment-gap: `wiki::port` is set in staging's hieradata/staging.yaml and not in hieradata/production.yaml; add `wiki::port` to hieradata/production.yaml with production's value; staging's line in hieradata/staging.yaml is `wiki::port: 8080`
          --complete: by hand: add `wiki::port` to hieradata/production.yaml with production's value; staging's line in hieradata/staging.yaml is `wiki::port: 8080`
        environment-gap: `wiki::port` is set in staging's hieradata/common.yaml and not in production's; add `wiki::port` to hieradata/common.yaml with production's value; staging's line in hieradata/common.yaml is `wiki::port: 8080`
          --complete: by hand: add `wiki::port` to hieradata/common.yaml with production's value; staging's line in hieradata/common.yaml is `wiki::port: 8080`
        environment-gap: `wiki::port` is set in staging's data/env/stg.yaml and not in data/env/prod.yaml; add `wiki::port` to data/env/prod.yaml with production's value; staging's line in data/env/stg.yaml is `wiki::port: 8080`
          --complete: by hand: add `wiki::port` to data/env/prod.yaml with production's value; staging's line in data/env/stg.yaml is `wiki::port: 8080`
        environment-gap: `wiki::port` is set in staging's hieradata/staging.yaml and not in production's data; add `wiki::port` to production's data with production's value; which file corresponds to hieradata/staging.yaml is not known (`mapping` in crosscheck.yaml can say it); staging's line is `wiki::port: 8080`
          --complete: by hand: add `wiki::port` to production's data with production's value; which file corresponds to hieradata/staging.yaml is not known (`mapping` in crosscheck.yaml can say it); staging's line is `wiki::port: 8080`
        ");
}

#[test]
fn apply_copies_code_and_leaves_values_alone() {
    let dir = sides(
        &[CLASS_AFTER, ("hieradata/common.yaml", "wiki::port: 8080\nwiki::host: stage\n")],
        &[CLASS_BEFORE, ("hieradata/common.yaml", "wiki::host: live\n")],
    );
    let apply = [&ARGS[..], &["--apply", "production"]].concat();
    let done = crosscheck(dir.path(), &apply);
    let data = dir.path().join("production/hieradata/common.yaml");
    assert_eq!(std::fs::read_to_string(&data).unwrap(), "wiki::host: live\n");
    let class = dir.path().join("production/modules/wiki/manifests/init.pp");
    assert_eq!(std::fs::read_to_string(class).unwrap(), CLASS_AFTER.1);
    assert_snapshot!(
        String::from_utf8_lossy(&done.stderr),
        @"hieradata/common.yaml left out: it holds values of an environment; name it by its full path to copy it whole"
    );
    // Whoever names the file itself means it.
    crosscheck(dir.path(), &[&apply[..], &["hieradata/common.yaml"]].concat());
    assert_eq!(std::fs::read_to_string(data).unwrap(), "wiki::port: 8080\nwiki::host: stage\n");
}

#[test]
fn a_parameter_that_the_promotion_leaves_without_a_value() {
    let before = ("modules/shop/manifests/init.pp", "class shop (\n  $port,\n) {\n}\n");
    let after = ("modules/shop/manifests/init.pp", "class shop (\n  $port,\n  $token,\n) {\n}\n");
    let staged = ("hieradata/staging.yaml", "shop::token: x\nshop::port: 80\n");
    let live = ("hieradata/production.yaml", "shop::port: 80\n");
    let both = |file| [after, staged, live, file];
    // Production's tree has staging's file too: it counts for nothing there.
    let dir = sides(&both(("a", "")), &[before, staged, live]);
    assert_snapshot!(
        said(&promote(&dir, "modules/shop")).join("\n"),
        @"environment-gap: `shop::token` is set in staging's hieradata/staging.yaml and not in hieradata/production.yaml; add `shop::token` to hieradata/production.yaml with production's value; staging's line in hieradata/staging.yaml is `shop::token: …`"
    );
    // A call that passes it needs no key.
    let site = ("manifests/site.pp", "class { 'shop': token => 'y' }\n");
    let dir = sides(&both(site), &[before, staged, live, site]);
    assert_snapshot!(said(&promote(&dir, "modules/shop")).join("\n"), @"");
    // Nor does what any other file of production's sets.
    let live = ("hieradata/nodes/a.yaml", "shop::token: y\n");
    let dir = sides(&both(("a", "")), &[before, staged, live]);
    assert_snapshot!(said(&promote(&dir, "modules/shop")).join("\n"), @"");
}

#[test]
fn what_production_read_before_is_its_standing_debt() {
    let older =
        ("modules/wiki/manifests/init.pp", "class wiki {\n  $p = lookup('wiki::port')\n}\n");
    let dir = sides(
        &[CLASS_AFTER, ("hieradata/staging.yaml", "wiki::port: 8080\n")],
        &[older, ("hieradata/production.yaml", "a::b: 1\n")],
    );
    assert_eq!(said(&promote(&dir, "modules/wiki")), Vec::<String>::new());
}

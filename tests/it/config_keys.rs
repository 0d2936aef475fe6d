//! What each key of `crosscheck.yaml` does: the lines of a report that it takes away and brings.
//!
//! The comment above each test names its keys; `every_key_is_shown` holds them, with those of
//! `config_rollout.rs`, against the schema, so that a key that is new has to show its effect.

use crate::common::{told, tree, write};
use insta::assert_snapshot;
use serde_json::Value;
use std::fs;
use std::path::Path;

pub(crate) type Files<'f> = &'f [(&'f str, &'f str)];

pub(crate) const PLAIN: &str = "version: 1\n";

/// Lines of what a command prints that are gone (`-`) and new (`+`) when the configuration in
/// the file `path` says `after` in place of `before`.
pub(crate) fn differs(
    args: &[&str],
    files: Files<'_>,
    path: &str,
    before: &str,
    after: &str,
) -> String {
    let shown = |config: &str| told(tree(&[files, &[(path, config)]].concat()).path(), args);
    let (before, after) = (shown(before), shown(after));
    let lines = |sign: char, of: &str, other: &str| -> Vec<String> {
        let new = of.lines().filter(|line| other.lines().all(|own| own != *line));
        new.map(|line| format!("{sign} {line}")).collect()
    };
    [lines('-', &before, &after), lines('+', &after, &before)].concat().join("\n")
}

/// The same of a check of one tree.
fn checked(files: Files<'_>, before: &str, after: &str) -> String {
    differs(&["check", "--format", "concise"], files, "crosscheck.yaml", before, after)
}

const WEB: (&str, &str) =
    ("modules/web/manifests/init.pp", "class web {\n  include web::absent\n}\n");
const DB: (&str, &str) = ("modules/db/manifests/init.pp", "class db {\n  include db::absent\n}\n");

/// `version`
#[test]
fn only_this_version_is_read() {
    assert_snapshot!(checked(&[WEB], PLAIN, "version: 2\n"), @r"
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 1 error, 0 warnings, 0 notes in 2 files
        - exit code 1
        + crosscheck: wrong configuration
        +   × version 2 is not known
        +    ╭─[crosscheck.yaml:1:10]
        +  1 │ version: 2
        +    ·          ─
        +    ╰────
        +   help: this is version 1
        + exit code 2
        ");
}

/// `puppet.wrappers`
#[test]
fn a_wrapper_declares_classes() {
    let role = ("modules/role/manifests/init.pp", "class role {\n}\n");
    let site = ("manifests/site.pp", "node 'a' {\n  system::role('web')\n}\n");
    let wrapper = "puppet: {wrappers: {'system::role': 'role::'}}\n";
    assert_snapshot!(checked(&[role, site], PLAIN, wrapper), @r"
        - 0 errors, 0 warnings, 0 notes in 3 files
        - exit code 0
        + manifests/site.pp:2:16: error[unresolved-reference] class `role::web` does not exist
        + 1 error, 0 warnings, 0 notes in 3 files
        + exit code 1
        ");
}

/// `haproxy.version`
#[test]
fn the_version_of_haproxy_removes_directives() {
    let proxy = ("haproxy.cfg", "frontend f\n  bind :80\n  reqadd X-A:\\ b\n");
    let (old, new) = ("haproxy: {version: '2.0'}\n", "haproxy: {version: '2.1'}\n");
    assert_snapshot!(checked(&[proxy], old, new), @r"
        - 0 errors, 0 warnings, 0 notes in 2 files
        - exit code 0
        + haproxy.cfg:3:3: error[removed-directive] `reqadd` was removed in HAProxy 2.1; this configuration is for 2.1
        + 1 error, 0 warnings, 0 notes in 2 files
        + exit code 1
        ");
}

/// `versions`
#[test]
fn the_versions_of_commands_remove_flags() {
    let script = ("bin/run.sh", "#!/bin/sh\njava -d64 -jar a.jar\n");
    assert_snapshot!(checked(&[script], PLAIN, "versions: {java: '17'}\n"), @r"
        - 0 errors, 0 warnings, 0 notes in 2 files
        - exit code 0
        + bin/run.sh:2:6: error[removed-directive] `-d64` was removed in java 10; the version that runs here is 17
        + 1 error, 0 warnings, 0 notes in 2 files
        + exit code 1
        ");
}

/// `namespaces.closed`
#[test]
fn names_of_a_closed_namespace_are_missing() {
    let site = ("manifests/site.pp", "node 'a' {\n  include vault\n}\n");
    let closed = "namespaces: {closed: ['puppet.class:vault']}\n";
    assert_snapshot!(checked(&[site], PLAIN, closed), @r"
        - 0 errors, 0 warnings, 0 notes in 2 files
        - exit code 0
        + manifests/site.pp:2:11: error[unresolved-reference] class `vault` does not exist
        + 1 error, 0 warnings, 0 notes in 2 files
        + exit code 1
        ");
}

/// `namespaces.open`
#[test]
fn names_of_an_open_namespace_may_be_elsewhere() {
    let open = "namespaces: {open: ['puppet.class:web::*']}\n";
    assert_snapshot!(checked(&[WEB], PLAIN, open), @r"
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 1 error, 0 warnings, 0 notes in 2 files
        - exit code 1
        + 0 errors, 0 warnings, 0 notes in 2 files
        + exit code 0
        ");
}

/// `provided-elsewhere.entity`, `provided-elsewhere.reason`
#[test]
fn what_another_repository_provides_is_elsewhere_and_why_is_shown() {
    let elsewhere = "provided-elsewhere: [{entity: 'puppet.class:web::*', reason: the vault}]\n";
    assert_snapshot!(checked(&[WEB], PLAIN, elsewhere), @r"
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 1 error, 0 warnings, 0 notes in 2 files
        - exit code 1
        + 0 errors, 0 warnings, 0 notes in 2 files
        + exit code 0
        ");
    let impact = ["impact", "web::absent"];
    assert_snapshot!(differs(&impact, &[WEB], "crosscheck.yaml", PLAIN, elsewhere), @r"
        - the tree itself does not have it
        + it lives elsewhere: the vault
        ");
}

/// `rules`
#[test]
fn rules_have_a_severity_or_are_off() {
    let rules = |level: &str| format!("rules: {{unresolved-reference: {level}}}\n");
    assert_snapshot!(checked(&[WEB], PLAIN, &rules("note")), @r"
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 1 error, 0 warnings, 0 notes in 2 files
        - exit code 1
        + modules/web/manifests/init.pp:2:11: note[unresolved-reference] class `web::absent` does not exist
        + 0 errors, 0 warnings, 1 note in 2 files
        + exit code 0
        ");
    assert_snapshot!(checked(&[WEB], PLAIN, &rules("warning")), @r"
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 1 error, 0 warnings, 0 notes in 2 files
        - exit code 1
        + modules/web/manifests/init.pp:2:11: warning[unresolved-reference] class `web::absent` does not exist
        + 0 errors, 1 warning, 0 notes in 2 files
        + exit code 0
        ");
    assert_snapshot!(checked(&[WEB], PLAIN, &rules("error")), @"");
    assert_snapshot!(checked(&[WEB], PLAIN, &rules("off")), @r"
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 1 error, 0 warnings, 0 notes in 2 files
        - exit code 1
        + 0 errors, 0 warnings, 0 notes in 2 files
        + exit code 0
        ");
}

/// `overrides.paths`, `overrides.rules`
#[test]
fn a_part_of_the_tree_has_severities_of_its_own() {
    let of = |level: &str| {
        format!("{{paths: ['modules/db/**'], rules: {{unresolved-reference: {level}}}}}")
    };
    let one = format!("overrides: [{}]\n", of("note"));
    assert_snapshot!(checked(&[WEB, DB], PLAIN, &one), @r"
        - modules/db/manifests/init.pp:2:11: error[unresolved-reference] class `db::absent` does not exist
        - 2 errors, 0 warnings, 0 notes in 3 files
        + modules/db/manifests/init.pp:2:11: note[unresolved-reference] class `db::absent` does not exist
        + 1 error, 0 warnings, 1 note in 3 files
        ");
    // The last that says something holds, whatever `rules` says.
    let both = format!(
        "rules: {{unresolved-reference: warning}}\noverrides: [{}, {}]\n",
        of("note"),
        of("off")
    );
    assert_snapshot!(checked(&[WEB, DB], PLAIN, &both), @r"
        - modules/db/manifests/init.pp:2:11: error[unresolved-reference] class `db::absent` does not exist
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 2 errors, 0 warnings, 0 notes in 3 files
        - exit code 1
        + modules/web/manifests/init.pp:2:11: warning[unresolved-reference] class `web::absent` does not exist
        + 0 errors, 1 warning, 0 notes in 3 files
        + exit code 0
        ");
}

/// `ignore.rule`, `ignore.path`, `ignore.entity`
#[test]
fn findings_are_ignored_where_all_conditions_hold() {
    let ignore =
        |more: &str| format!("ignore: [{{rule: unresolved-reference, reason: x{more}}}]\n");
    let other = "ignore: [{rule: parse-error, reason: x}]\n";
    assert_snapshot!(checked(&[WEB, DB], PLAIN, &ignore("")), @r"
        - modules/db/manifests/init.pp:2:11: error[unresolved-reference] class `db::absent` does not exist
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 2 errors, 0 warnings, 0 notes in 3 files
        - exit code 1
        + 0 errors, 0 warnings, 0 notes in 3 files (2 silenced)
        + exit code 0
        ");
    assert_snapshot!(checked(&[WEB, DB], PLAIN, other), @r"
        - 2 errors, 0 warnings, 0 notes in 3 files
        + crosscheck.yaml:1:10: note[unused-silence] the `ignore` entry for `parse-error` (x) covers nothing any more
        + unresolved-reference  2 errors
        + unused-silence        1 note
        + 2 errors, 0 warnings, 1 note in 3 files
        ");
    assert_snapshot!(checked(&[WEB, DB], PLAIN, &ignore(", path: 'modules/db/**'")), @r"
        - modules/db/manifests/init.pp:2:11: error[unresolved-reference] class `db::absent` does not exist
        - 2 errors, 0 warnings, 0 notes in 3 files
        + 1 error, 0 warnings, 0 notes in 3 files (1 silenced)
        ");
    let entity = ", entity: 'puppet.class:web::*'";
    assert_snapshot!(checked(&[WEB, DB], PLAIN, &ignore(entity)), @r"
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 2 errors, 0 warnings, 0 notes in 3 files
        + 1 error, 0 warnings, 0 notes in 3 files (1 silenced)
        ");
    let both = format!("{entity}, path: 'modules/db/**'");
    assert_snapshot!(checked(&[WEB, DB], PLAIN, &ignore(&both)), @r"
        - 2 errors, 0 warnings, 0 notes in 3 files
        + crosscheck.yaml:1:10: note[unused-silence] the `ignore` entry for `unresolved-reference` (x) covers nothing any more
        + unresolved-reference  2 errors
        + unused-silence        1 note
        + 2 errors, 0 warnings, 1 note in 3 files
        ");
}

/// `ignore.reason`, `ignore.expires`
#[test]
fn what_is_ignored_has_a_reason_and_an_end() {
    let ignore = |more: &str| format!("ignore: [{{rule: unresolved-reference{more}}}]\n");
    let (until, ended) =
        (", reason: x, expires: '2999-12-31'", ", reason: x, expires: '2001-01-01'");
    assert_snapshot!(checked(&[WEB], &ignore(until), &ignore(ended)), @r"
        - 0 errors, 0 warnings, 0 notes in 2 files (1 silenced)
        - exit code 0
        + modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        + crosscheck.yaml:1:10: note[unused-silence] the silence of `unresolved-reference` expired on 2001-01-01
        + unresolved-reference  1 error
        + unused-silence        1 note
        + 1 error, 0 warnings, 1 note in 2 files
        + exit code 1
        ");
    assert_snapshot!(checked(&[WEB], &ignore(", reason: x"), &ignore("")), @r"
        - 0 errors, 0 warnings, 0 notes in 2 files (1 silenced)
        - exit code 0
        + crosscheck: wrong configuration
        +   × ignore[0]: missing key `reason`
        +    ╭─[crosscheck.yaml:1:10]
        +  1 │ ignore: [{rule: unresolved-reference}]
        +    ·          ▲
        +    ╰────
        + exit code 2
        ");
    let json = ["check", "--format", "json"];
    let dir = tree(&[WEB, ("crosscheck.yaml", &ignore(", reason: it comes later"))]);
    let report: Value =
        serde_json::from_slice(&crate::common::crosscheck(dir.path(), &json).stdout).expect("JSON");
    assert_snapshot!(
        report["silenced"][0]["silence"],
        @r#"{"by":"config","reason":"it comes later"}"#
    );
}

/// `baseline`
#[test]
fn findings_of_the_baseline_are_known() {
    let dir = tree(&[WEB, DB]);
    told(dir.path(), &["baseline", "-o", "known.yaml"]);
    let known = fs::read_to_string(dir.path().join("known.yaml")).expect("written");
    let files = [WEB, DB, ("known.yaml", known.as_str())];
    assert_snapshot!(checked(&files, PLAIN, "baseline: known.yaml\n"), @r"
        - modules/db/manifests/init.pp:2:11: error[unresolved-reference] class `db::absent` does not exist
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 2 errors, 0 warnings, 0 notes in 4 files
        - exit code 1
        + 0 errors, 0 warnings, 0 notes in 4 files (2 silenced)
        + exit code 0
        ");
    assert_snapshot!(checked(&files, PLAIN, "baseline: absent.yaml\n"), @r"
        - modules/db/manifests/init.pp:2:11: error[unresolved-reference] class `db::absent` does not exist
        - modules/web/manifests/init.pp:2:11: error[unresolved-reference] class `web::absent` does not exist
        - 2 errors, 0 warnings, 0 notes in 4 files
        - exit code 1
        + crosscheck: the configuration names the baseline absent.yaml, which is not in the tree; `crosscheck baseline -o absent.yaml` writes it
        + exit code 2
        ");
}

/// `exclude`
#[test]
fn what_is_excluded_is_there_and_not_read() {
    let template = ("modules/db/templates/a.erb", "a\n");
    let user = (
        "manifests/site.pp",
        "node 'a' {\n  file { '/a': content => template('db/a.erb', 'db/b.erb') }\n}\n",
    );
    let exclude = "exclude: ['modules/db/**']\n";
    assert_snapshot!(checked(&[WEB, DB, template, user], PLAIN, exclude), @r"
        - modules/db/manifests/init.pp:2:11: error[unresolved-reference] class `db::absent` does not exist
        - 3 errors, 0 warnings, 0 notes in 5 files
        + 2 errors, 0 warnings, 0 notes in 5 files
        ");
}

/// Two files of environments that no usual word names.
const VALUES: [(&str, &str); 2] =
    [("v/values-aat.yaml", "a: 1\nttl: 1\nsize: 1\n"), ("v/values-live.yaml", "a: 1\n")];
const CHAIN: &str = "environments: {chain: [aat, live]}\n";

/// `environments.chain`
#[test]
fn environments_are_named() {
    let shown = differs(
        &["environments", "--history", "0"],
        &VALUES,
        "crosscheck.yaml",
        PLAIN,
        "environments: {chain: [[staging, aat], live]}\n",
    );
    assert!(shown.contains("+   key  ttl  v/values-aat.yaml:2\n"), "{shown}");
    assert!(shown.contains("- exit code 3\n"), "{shown}");
}

/// `environments.may-differ.key`, `environments.may-differ.path`, `environments.may-differ.reason`
#[test]
fn differences_that_are_meant_are_counted_apart() {
    let shown = |entry: &str| {
        let after = format!("environments: {{chain: [aat, live], may-differ: [{{{entry}}}]}}\n");
        let ask = ["environments", "--history", "0"];
        differs(&ask, &VALUES, "crosscheck.yaml", CHAIN, &after)
    };
    assert_snapshot!(shown("key: ttl, reason: tuned by hand"), @r"
    -   key  ttl  v/values-aat.yaml:2
    - aat → live: 2 differences in 1 pair with 1 common file
    + expected, 1 difference: tuned by hand
    + aat → live: 1 difference in 1 pair with 1 common file
    ");
    let path = shown("path: v/values-live.yaml, reason: on its own");
    assert!(path.contains("+ expected, 2 differences: on its own\n"), "{path}");
    let missing = shown("key: ttl");
    assert!(missing.contains("missing key `reason`"), "{missing}");
}

/// `mapping.staging`, `mapping.production`
#[test]
fn a_mapping_says_where_in_production_a_path_of_staging_lands() {
    let files = [
        ("staging/next/a.pp", "class a {\n}\n"),
        ("production/live/b.pp", "class b {\n}\n"),
        ("out/README", ""),
    ];
    let promote = [
        "promote",
        "--staging",
        "staging",
        "--production",
        "production",
        "next/a.pp",
        "--apply",
        "out",
    ];
    let mapping = "mapping: [{staging: 'next/**', production: 'live/**'}]\n";
    assert_snapshot!(differs(&promote, &files, "production/crosscheck.yaml", PLAIN, mapping), @r"
        - wrote next/a.pp
        + wrote live/a.pp
        ");
}

/// `packages`
#[test]
fn packages_name_what_an_extension_comes_in() {
    let loads = ("modules/wiki/files/LocalSettings.php", "<?php\nwfLoadExtension( 'Badges' );\n");
    let manifest = (
        "modules/wiki/manifests/init.pp",
        "class wiki {\n  package { ['mediawiki', 'mediawiki-Cite']:\n    ensure => present,\n  }\n  file { '/etc/wiki/LocalSettings.php':\n    source => 'puppet:///modules/wiki/LocalSettings.php',\n  }\n}\n",
    );
    let packages = "packages: {'mediawiki.extension:Badges': wiki-badges}\n";
    assert_snapshot!(checked(&[loads, manifest], PLAIN, packages), @r"
        - modules/wiki/files/LocalSettings.php:2:18: error[missing-package] `Badges` is loaded here, but nothing that deploys this file installs its package `mediawiki-Badges`
        + modules/wiki/files/LocalSettings.php:2:18: error[missing-package] `Badges` is loaded here, but nothing that deploys this file installs its package `wiki-badges`
        ");
}

/// `with`
#[test]
fn other_trees_of_the_repository_are_joined() {
    let dir = tree(&[
        ("lib/modules/shared/manifests/init.pp", "class shared {\n}\n"),
        ("site/manifests/site.pp", "node 'a' {\n  include shared\n}\n"),
        ("site/crosscheck.yaml", PLAIN),
    ]);
    for args in [&["init", "-q"][..], &["add", "-A"]] {
        let git = std::process::Command::new("git").current_dir(dir.path()).args(args).status();
        assert!(git.expect("git starts").success());
    }
    let impact = || told(dir.path(), &["impact", "puppet.class:shared", "site"]);
    assert_snapshot!(impact(), @r"
          node definition `a`  include at manifests/site.pp:2:11
        1 depends on class `shared`, 1 of them directly
        the tree itself does not have it
        exit code 0
        ");
    write(dir.path(), "site/crosscheck.yaml", "with: {lib: ../lib}\n");
    assert_snapshot!(impact(), @r"
          node definition `a`  include at manifests/site.pp:2:11
        1 depends on class `shared`, 1 of them directly
        exit code 0
        ");
}

/// The keys below a part of the schema; what users name themselves is no key of ours.
fn keys(part: &Value, above: &str, out: &mut Vec<String>) {
    let Some(properties) = part["properties"].as_object() else {
        return match part.get("items") {
            Some(items) if items["properties"].is_object() => keys(items, above, out),
            _ => out.push(above.to_owned()),
        };
    };
    for (key, below) in properties {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        keys(below, &path, out);
    }
}

#[test]
fn every_key_is_shown() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/crosscheck.schema.json");
    let schema = fs::read_to_string(path).expect("the schema exists");
    let mut expected = Vec::new();
    keys(&serde_json::from_str(&schema).expect("JSON"), "", &mut expected);
    let files = [include_str!("config_keys.rs"), include_str!("config_rollout.rs")];
    let mut shown: Vec<String> = files
        .iter()
        .flat_map(|file| file.lines())
        .filter(|line| line.starts_with("/// `"))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect();
    expected.sort();
    shown.sort();
    assert_eq!(shown, expected);
}

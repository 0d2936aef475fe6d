//! What a report says of the use of the text that it points at.

use crate::common::{crosscheck, report, tree};
use serde_json::{Value, json};

/// The reach of each finding, by its path.
fn reaches(files: &[(&str, &str)]) -> Vec<(String, Value)> {
    let dir = tree(files);
    let report = report(dir.path(), &["check", "--fail-on", "never"]);
    let findings = report["findings"].as_array().unwrap();
    let own =
        findings.iter().map(|own| (own["path"].as_str().unwrap().into(), own["reach"].clone()));
    own.collect()
}

const SITE: (&str, &str) = ("manifests/site.pp", "node 'web1' {\n  include role::web\n}\n");
const ROLE: (&str, &str) =
    ("modules/role/manifests/web.pp", "class role::web {\n  include profile::web\n}\n");
const USED: (&str, &str) =
    ("modules/profile/manifests/web.pp", "class profile::web {\n  include profile::gone\n}\n");
const UNUSED: (&str, &str) =
    ("modules/profile/manifests/old.pp", "class profile::old {\n  include profile::lost\n}\n");

#[test]
fn a_chain_leads_from_a_node_to_the_text() {
    let chain = ["puppet.node:web1", "puppet.class:role::web", "puppet.class:profile::web"];
    let found = reaches(&[SITE, ROLE, USED, UNUSED]);
    assert_eq!(
        found,
        [
            (UNUSED.0.into(), json!({"used": false, "chain": ["puppet.class:profile::old"]})),
            (USED.0.into(), json!({"used": true, "chain": chain})),
        ]
    );
}

#[test]
fn a_template_is_used_where_its_class_is() {
    let class =
        "class profile::web {\n  file { '/etc/a': content => template('profile/a.erb') }\n}\n";
    let own = ("modules/profile/manifests/web.pp", class);
    let broken = ("modules/profile/templates/a.erb", "<% if true %>\n<%= 1 %>\n");
    let found = reaches(&[SITE, ROLE, own, broken]);
    let chain = [
        "puppet.node:web1",
        "puppet.class:role::web",
        "puppet.class:profile::web",
        "file:modules/profile/templates/a.erb",
    ];
    assert_eq!(found, [(broken.0.into(), json!({"used": true, "chain": chain}))]);
    // What nothing names may be served by a folder.
    let found = reaches(&[
        SITE,
        ROLE,
        ("modules/profile/manifests/web.pp", "class profile::web { }"),
        broken,
    ]);
    assert_eq!(found, [(broken.0.into(), Value::Null)]);
}

#[test]
fn task_files_that_nothing_includes_are_told() {
    let bad = "- copy: {src: gone.conf, dest: /etc/a}\n";
    let found = reaches(&[
        ("site.yml", "- hosts: all\n  roles: [web]\n"),
        ("roles/web/tasks/main.yml", bad),
        ("roles/web/tasks/old.yml", bad),
    ]);
    let old = "roles/web/tasks/old.yml";
    let reach = json!({"used": false, "chain": [format!("file:{old}")]});
    assert_eq!(found, [("roles/web/tasks/main.yml".into(), Value::Null), (old.into(), reach)]);
}

#[test]
fn where_no_node_is_in_the_tree_nothing_is_said() {
    assert_eq!(reaches(&[UNUSED]), [(UNUSED.0.into(), Value::Null)]);
}

#[test]
fn what_a_classifier_may_hand_out_is_not_called_unused() {
    let base = ("modules/base/manifests/init.pp", "class base { }\n");
    let site = ("manifests/site.pp", "node default {\n  include base\n}\n");
    let found = reaches(&[site, base, ROLE, USED, UNUSED]);
    assert_eq!(found, [(UNUSED.0.into(), Value::Null), (USED.0.into(), Value::Null)]);
}

#[test]
fn data_and_long_chains_count() {
    let data = ("hieradata/common.yaml", "classes:\n  - a0\n");
    let hiera = (
        "hiera.yaml",
        "---\n:backends:\n  - yaml\n:hierarchy:\n  - common\n:yaml:\n  :datadir: hieradata\n",
    );
    let mut files = vec![data, hiera, ("manifests/site.pp", "hiera_include('classes')\n")];
    let classes: Vec<(String, String)> = (0..9)
        .map(|at| {
            let next = if at < 8 { format!("a{}", at + 1) } else { "a8::gone".to_owned() };
            let text = format!("class a{at} {{\n  include {next}\n}}\n");
            (format!("modules/a{at}/manifests/init.pp"), text)
        })
        .collect();
    files.extend(classes.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let dir = tree(&files);
    let report = report(dir.path(), &["check", "--fail-on", "never"]);
    let own = &report["findings"].as_array().unwrap()[0]["reach"];
    assert_eq!(own["used"], true);
    assert_eq!(own["chain"].as_array().unwrap().len(), 6);
    let output = crosscheck(dir.path(), &["check", "--fail-on", "never"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("→ … 4 more … →"), "{text}");
}

#[test]
fn what_is_in_use_is_shown_first() {
    let dir = tree(&[SITE, ROLE, USED, UNUSED]);
    let output = crosscheck(dir.path(), &["check", "--fail-on", "never"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let used = "  in use: node definition `web1` → class `role::web` → class `profile::web`\n";
    let unused = "  unused here: nothing leads to class `profile::old`\n";
    let (used, unused) = (text.find(used).unwrap(), text.find(unused).unwrap());
    assert!(used < unused);
    assert!(text.contains("(1 in text that nothing leads to)"), "{text}");
}

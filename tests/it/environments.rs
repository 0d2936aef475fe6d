//! `crosscheck environments`: environments side by side.

use crate::common::{told, tree};
use insta::assert_snapshot;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn fixture() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/environments")
}

fn environments(files: &[(&str, &str)], arguments: &[&str]) -> String {
    let arguments: Vec<&str> =
        ["environments", "--history", "0"].iter().chain(arguments).copied().collect();
    told(tree(files).path(), &arguments)
}

#[test]
fn markdown_and_html_show_the_same() {
    let markdown = ["environments", "--history", "0", "--format", "markdown"];
    assert_snapshot!(told(&fixture(), &markdown), @r"
    # Environments

    staging → production: 4 differences in 2 pairs with 3 common files  

    ## charts/web/values-staging.yaml → charts/web/values-production.yaml (staging → production)

    | what | name | in | not in | read by | since |
    | --- | --- | --- | --- | --- | --- |
    | key | cache.ttl | charts/web/values-staging.yaml:3 | charts/web/values-production.yaml | charts/web/templates/config.yaml:7 |  |

    ## overlays/staging/ → overlays/production/ (staging → production)

    | what | name | in | not in | read by | since |
    | --- | --- | --- | --- | --- | --- |
    | item | resources\[pdb.yaml\] | overlays/staging/kustomization.yaml:5 | overlays/production/kustomization.yaml |  |  |
    | version | images\[web\].newTag | overlays/staging/kustomization.yaml:10 (1.4.2) | overlays/production/kustomization.yaml (1.4.1) |  |  |
    | file |  | overlays/staging/pdb.yaml | overlays/production/pdb.yaml | overlays/staging/kustomization.yaml:5 |  |
    exit code 0
    ");
    let html = told(&fixture(), &["environments", "--history", "0", "--format", "html", "--both"]);
    assert!(html.contains("<td>cache.ttl</td>") && html.contains("</html>"), "{html}");
}

#[test]
fn json_has_each_difference_with_its_readers() {
    let json = ["environments", "--history", "0", "--format", "json"];
    assert_snapshot!(told(&fixture(), &json), @r#"
    {
      "version": 1,
      "environments": [
        {
          "name": "staging",
          "places": 2
        },
        {
          "name": "production",
          "places": 2
        }
      ],
      "steps": [
        {
          "from": "staging",
          "to": "production",
          "here": "charts/web/values-staging.yaml",
          "there": "charts/web/values-production.yaml",
          "twins": 1,
          "differences": 1
        },
        {
          "from": "staging",
          "to": "production",
          "here": "overlays/staging/",
          "there": "overlays/production/",
          "twins": 2,
          "differences": 3
        }
      ],
      "differences": [
        {
          "step": 0,
          "has": "staging",
          "lacks": "production",
          "side": "earlier",
          "what": "key",
          "name": "cache.ttl",
          "path": "charts/web/values-staging.yaml",
          "line": 3,
          "column": 3,
          "twin": "charts/web/values-production.yaml",
          "readers": [
            {
              "path": "charts/web/templates/config.yaml",
              "line": 7,
              "column": 11,
              "via": "value"
            }
          ]
        },
        {
          "step": 1,
          "has": "staging",
          "lacks": "production",
          "side": "earlier",
          "what": "item",
          "name": "resources[pdb.yaml]",
          "path": "overlays/staging/kustomization.yaml",
          "line": 5,
          "column": 5,
          "twin": "overlays/production/kustomization.yaml"
        },
        {
          "step": 1,
          "has": "staging",
          "lacks": "production",
          "side": "earlier",
          "what": "version",
          "name": "images[web].newTag",
          "path": "overlays/staging/kustomization.yaml",
          "line": 10,
          "column": 5,
          "twin": "overlays/production/kustomization.yaml",
          "versions": {
            "from": "1.4.2",
            "to": "1.4.1"
          }
        },
        {
          "step": 1,
          "has": "staging",
          "lacks": "production",
          "side": "earlier",
          "what": "file",
          "path": "overlays/staging/pdb.yaml",
          "line": 1,
          "column": 1,
          "twin": "overlays/production/pdb.yaml",
          "readers": [
            {
              "path": "overlays/staging/kustomization.yaml",
              "line": 5,
              "column": 5,
              "via": "resources"
            }
          ]
        }
      ],
      "summary": {
        "steps": 2,
        "twins": 3,
        "behind": 4,
        "ahead": 0,
        "expected": 0,
        "commits": 0,
        "complete": true
      }
    }
    exit code 0
    "#);
}

#[test]
fn terraform_folders_are_compared_as_a_whole() {
    assert_snapshot!(environments(&[
        ("ns/web-dev/main.tf", "module \"db\" {\n  source = \"x?ref=1.2\"\n  size = var.size\n}\n"),
        ("ns/web-dev/variables.tf", "variable \"size\" {}\nvariable \"team\" {}\n"),
        ("ns/web-preprod/main.tf", "variable \"size\" {}\nmodule \"db\" {\n  source = \"x?ref=1.1\"\n}\n"),
    ], &[]), @r"
    ns/web-dev/ → ns/web-preprod/  (dev → preprod)
      version  module db.source 1.2 → 1.1  main.tf:2
      key  module db.size  main.tf:3
      file  variables.tf

    dev → preprod: 3 differences in 1 pair with 1 common file
    exit code 0
    ");
}

#[test]
fn other_names_are_declared() {
    let files = [
        ("crosscheck.yaml", "environments: {chain: [[aat, stg], prod]}"),
        ("apps/x/aat/values.yaml", "a: 1\nb: 1\nl: [x-aat, y]\n"),
        ("apps/x/prod/values.yaml", "a: 1\nl: [x-prod]\n"),
        ("apps/y/dev/values.yaml", "a: 1\n"),
    ];
    assert_snapshot!(environments(&files, &[]), @r"
    apps/x/aat/ → apps/x/prod/  (aat → prod)
      key  b  values.yaml:2
      item  l[y]  values.yaml:3

    aat → prod: 2 differences in 1 pair with 1 common file
    exit code 0
    ");
    assert_snapshot!(environments(&files[3..], &[]), @r"
    crosscheck: . has no two environments: none that names of files and folders show; `environments: {chain: [dev, staging, production]}` in crosscheck.yaml names others
    exit code 3
    ");
}

/// Runs git in a folder, on a day.
fn git(dir: &Path, day: &str, arguments: &[&str]) {
    let date = format!("{day}T12:00:00Z");
    let done = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
        .args(arguments)
        .current_dir(dir)
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn history_says_since_when_and_what_was_always_so() {
    let dir = tree(&[
        ("v/values-staging.yaml", "debug: true\na: 1\n"),
        ("v/values-production.yaml", "a: 1\n"),
    ]);
    git(dir.path(), "2026-01-01", &["init", "-q"]);
    let commit = |day: &str, subject: &str| {
        git(dir.path(), day, &["add", "-A"]);
        git(dir.path(), day, &["commit", "-q", "--allow-empty", "-m", subject]);
    };
    commit("2026-01-01", "first");
    for month in 2..9 {
        commit(&format!("2026-0{month}-01"), "nothing");
    }
    let staging = dir.path().join("v/values-staging.yaml");
    std::fs::write(staging, "debug: true\na: 1\ncache: 1\n").expect("written");
    commit("2026-09-01", "a cache for staging");
    let json = told(dir.path(), &["environments", "--format", "json"]);
    let report: Value =
        serde_json::from_str(json.trim_end_matches("exit code 0")).expect("one object");
    let own = report["differences"].as_array().expect("a list");
    let shown: Vec<String> = own
        .iter()
        .map(|own| {
            format!(
                "{} {} {} {}",
                own["name"], own["since"]["date"], own["since"]["subject"], own["expected"]["by"]
            )
        })
        .collect();
    assert_snapshot!(shown.join("\n"), @r#"
    "debug" "2026-01-01" "first" "learned"
    "cache" "2026-09-01" "a cache for staging" null
    "#);
}

#[test]
fn what_is_not_compared_is_said() {
    let large = format!("z: 1\n# {}\n", "x".repeat(1 << 20));
    assert_snapshot!(environments(&[
        ("staging/a.yaml", "a: [\n"),
        ("production/a.yaml", "a: 1\n"),
        ("staging/b.yaml", large.as_str()),
        ("production/b.yaml", "z: 1\n"),
        ("staging/c.yaml", "c: 1\n"),
        ("production/c.yaml", "d: 1\n"),
    ], &[]), @r"
    staging/ → production/  (staging → production)
      key  c  c.yaml:1

    staging → production: 1 difference in 1 pair with 3 common files
    1 of what only the later environment has (--both shows them)
    not compared to their end (too large, templates, or not well formed): staging/a.yaml, staging/b.yaml
    exit code 0
    ");
}

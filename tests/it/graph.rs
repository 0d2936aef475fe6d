//! `crosscheck graph`: what needs what, for other programs.

use crate::common::{crosscheck, told, tree};
use insta::assert_snapshot;
use quick_xml::events::Event;
use serde_json::Value;
use tempfile::TempDir;

fn site() -> TempDir {
    tree(&[
        ("manifests/site.pp", "node 'a' {\n  include web\n}\nnode 'b' {\n  include db\n}\n"),
        (
            "modules/web/manifests/init.pp",
            "class web {\n  file { '/a':\n    source => 'puppet:///modules/web/a\"<b>.conf',\n  }\n}\n",
        ),
        ("modules/web/files/a\"<b>.conf", "x\n"),
        ("modules/db/manifests/init.pp", "class db {\n  include db::gone\n}\n"),
    ])
}

#[test]
fn a_graph_around_one_thing() {
    let dir = site();
    let around = ["graph", "--around", "web", "--distance", "1"];
    assert_snapshot!(told(dir.path(), &around), @r#"
        digraph crosscheck {
          rankdir=LR;
          node [shape=box];
          n0 [label="node definition `a`", tooltip="manifests/site.pp:1"];
          n1 [label="file `modules/web/files/a\"<b>.conf`", tooltip="modules/web/files/a\"<b>.conf:1"];
          n2 [label="file `modules/web/manifests/init.pp`", tooltip="modules/web/manifests/init.pp:1"];
          n3 [label="class `web`", tooltip="modules/web/manifests/init.pp:1"];
          n0 -> n3 [label="include", tooltip="manifests/site.pp:2:11"];
          n3 -> n2 [label="defined in", tooltip="modules/web/manifests/init.pp:1:7"];
          n3 -> n1 [label="source", tooltip="modules/web/manifests/init.pp:3:15"];
        }
        exit code 0
        "#);
    let mermaid = [&around[..], &["--format", "mermaid"]].concat();
    assert_snapshot!(told(dir.path(), &mermaid), @r##"
        flowchart LR
          n0["node definition `a`"]
          n1["file `modules/web/files/a#quot;#lt;b#gt;.conf`"]
          n2["file `modules/web/manifests/init.pp`"]
          n3["class `web`"]
          n0 -->|"include"| n3
          n3 -->|"defined in"| n2
          n3 -->|"source"| n1
        exit code 0
        "##);
}

#[test]
fn a_whole_graph_has_every_reference_that_leads_somewhere_and_no_other() {
    let dir = site();
    let done = crosscheck(dir.path(), &["graph", "--format", "json"]);
    let graph: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let nodes = graph["nodes"].as_array().expect("nodes");
    let name = |ix: &Value| {
        let ix = ix.as_u64().expect("an index") as usize;
        nodes[ix]["entity"].as_str().expect("an entity").to_owned()
    };
    let edges = graph["edges"].as_array().expect("edges");
    let told: Vec<String> = edges
        .iter()
        .filter(|edge| edge["via"] != "defined in")
        .map(|edge| format!("{} -> {}", name(&edge["from"]), name(&edge["to"])))
        .collect();
    assert_snapshot!(told.join("\n"), @r#"
        puppet.node:a -> puppet.class:web
        puppet.node:b -> puppet.class:db
        puppet.class:web -> file:modules/web/files/a"<b>.conf
        "#);
}

#[test]
fn graphml_is_xml_with_as_many_edges() {
    let dir = site();
    let xml = told(dir.path(), &["graph", "--format", "graphml"]);
    let xml = xml.strip_suffix("exit code 0").unwrap_or(&xml);
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut edges = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(own) if own.name().as_ref() == "edge" => edges += 1,
            Event::Eof => break,
            _ => {}
        }
    }
    let dot = told(dir.path(), &["graph"]);
    assert_eq!(edges, dot.matches(" -> ").count(), "{xml}");
}

#[test]
fn a_page_draws_what_is_near_and_says_it_in_words() {
    let dir = site();
    let page = told(dir.path(), &["graph", "--around", "web", "--format", "html"]);
    assert!(page.starts_with("<!DOCTYPE html>\n"), "{page}");
    assert_eq!(page.matches("class=\"unit centre\"").count(), 1, "{page}");
    assert_eq!(page.matches("marker-end").count(), 4, "{page}");
    assert!(page.contains("a&quot;&lt;b&gt;.conf"), "{page}");
    assert!(!page.contains("<b>"), "{page}");
    let titles: Vec<&str> = ["needs it", "asked about", "is needed"].into();
    assert!(titles.iter().all(|title| page.contains(title)), "{page}");
}

#[test]
fn a_name_that_the_tree_does_not_have_is_a_usage_error() {
    let dir = site();
    let done = crosscheck(dir.path(), &["graph", "--around", "nothing"]);
    assert_eq!(done.status.code(), Some(2), "{done:?}");
}

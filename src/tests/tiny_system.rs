//! A system that is made here, through the trait that all rooms have: one reader, one kind, one resolver, one
//! check of its own.

use crate::check::{self, Check, Context, Systems};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Entity, FileFacts, Kind, NamePattern, Provide, Ref, Require, Span, Strength};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, Resolution, Resolver};
use crate::loader::{Loader, Role, Snapshot};
use crate::packages::Known;
use crate::systems::System;
use crate::tree::MemoryTree;
use std::sync::Arc;

/// A list of gadgets: `have NAME` and `need NAME`, whatever the case.
struct Gadgets;

fn gadget() -> Kind {
    Kind::named("tiny.gadget").expect("room for one more")
}

struct Lists;

impl Extractor for Lists {
    fn system(&self) -> &'static str {
        "gadgets"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".gadgets")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let mut start = 0;
        for line in source.text.split_inclusive('\n') {
            let span = Span::new(start, start + line.trim_end().len());
            start += line.len();
            let Some((word, name)) = line.trim_end().split_once(' ') else { continue };
            if word == "have" {
                let name = NamePattern::exact(name.to_lowercase());
                let detail = "".into();
                out.provides.push(Provide { kind: gadget(), name, span, within: None, detail });
            } else {
                out.requires.push(Require::certain(Ref::exact(gadget(), name), span, "need", None));
            }
        }
    }
}

/// Every gadget is in the tree.
struct Here;

impl Resolver for Here {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let folded = NamePattern::exact(name.to_string().to_lowercase());
        let sites = graph.matching(gadget(), &folded);
        match sites.is_empty() {
            true => Resolution::Missing(Entity::new(gadget(), name.to_string())),
            false => Resolution::Found(sites),
        }
    }
}

/// A gadget that nothing needs.
fn idle(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let needed: Vec<String> = graph
        .snapshot
        .files
        .iter()
        .flat_map(|file| &file.facts.requires)
        .flat_map(|require| &require.any_of)
        .map(|target| target.name.to_string().to_lowercase())
        .collect();
    for (name, site) in graph.all(gadget()) {
        if !needed.iter().any(|own| own == name) {
            let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
            findings.push(Finding::new("redundant", format!("nothing needs `{name}`"), place));
        }
    }
}

impl System for Gadgets {
    fn name(&self) -> &'static str {
        "gadgets"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Lists]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        graph.set_resolver(gadget(), Box::new(Here));
    }

    fn checks(&self) -> &'static [Check] {
        &[idle]
    }
}

/// A tree of these files, read by that system.
fn load(files: &[(&str, &str)]) -> Snapshot {
    let files = files.iter().map(|(path, text)| ((*path).into(), (*text).into()));
    let loader = Loader::new(Gadgets.readers(), Settings::default(), globset::GlobSet::empty());
    loader.load(Role::New, Arc::new(MemoryTree::new(files)))
}

/// What the general checks and the system's own say of a tree.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let snapshot = load(files);
    let names = |graph: &mut Graph<'_>| Gadgets.names(graph);
    let graph = Graph::new(&snapshot, names);
    let packages = Known::default();
    let context = Context::of_tree(&graph, &packages);
    let found = check::run(&context, Systems { names, checks: Gadgets.checks() });
    let show = |finding: &Finding| {
        let path = &snapshot.file(finding.primary.file).entry.path;
        format!("{} {path}: {}", finding.rule, finding.message)
    };
    found.iter().map(show).collect()
}

#[test]
fn a_system_gets_the_general_checks_and_its_own() {
    let files = [
        ("a.gadgets", "have Wheel\nhave Lamp\nneed brake\n"),
        ("b.gadgets", "need WHEEL\n"),
        ("c.pp", "include nothing_that_is_here\n"),
    ];
    assert_eq!(
        findings(&files),
        [
            "unresolved-reference a.gadgets: name `brake` does not exist",
            "redundant a.gadgets: nothing needs `lamp`",
        ]
    );
}

#[test]
fn its_need_is_certain() {
    let snapshot = load(&[("a.gadgets", "need brake\n")]);
    let facts = &snapshot.files[0].facts;
    assert_eq!(facts.requires[0].strength, Strength::Certain);
    assert_eq!(snapshot.files[0].modelled, ["gadgets"]);
}

//! A system that is made here, through what is public: one reader, one kind, one resolver, one
//! check of its own.

use crate::common::tree;
use crosscheck::check::{self, Check, Context, Systems};
use crosscheck::extract::{Extractor, Settings, Source};
use crosscheck::facts::{
    Entity, FileFacts, Kind, NamePattern, Provide, Ref, Require, Span, Strength,
};
use crosscheck::finding::{Finding, Place};
use crosscheck::graph::{Graph, Resolution, Resolver};
use crosscheck::packages::Known;
use crosscheck::session::{Role, Session};
use crosscheck::systems::System;
use std::path::Path;

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

/// What the general checks and the system's own say of a folder.
fn findings(dir: &Path) -> Vec<String> {
    let tree = crosscheck::tree::open(&dir.to_string_lossy(), dir).expect("a tree");
    let session = Session::new(Gadgets.readers(), Settings::default(), globset::GlobSet::empty());
    let snapshot = session.load(Role::New, tree);
    let names = |graph: &mut Graph<'_>| Gadgets.names(graph);
    let graph = Graph::new(&snapshot, names);
    let packages = Known::default();
    let context = Context::of_tree(&graph, false, &packages);
    let found = check::run(&context, Systems { names, checks: Gadgets.checks() });
    let show = |own: &Finding| {
        let path = &snapshot.file(own.primary.file).entry.path;
        format!("{} {path}: {}", own.rule, own.message)
    };
    found.iter().map(show).collect()
}

#[test]
fn a_system_gets_the_general_checks_and_its_own() {
    let dir = tree(&[
        ("a.gadgets", "have Wheel\nhave Lamp\nneed brake\n"),
        ("b.gadgets", "need WHEEL\n"),
        ("c.pp", "include nothing_that_is_here\n"),
    ]);
    assert_eq!(
        findings(dir.path()),
        [
            "unresolved-reference a.gadgets: name `brake` does not exist",
            "redundant a.gadgets: nothing needs `lamp`",
        ]
    );
}

#[test]
fn its_need_is_certain() {
    let dir = tree(&[("a.gadgets", "need brake\n")]);
    let session = Session::new(Gadgets.readers(), Settings::default(), globset::GlobSet::empty());
    let tree = crosscheck::tree::open(&dir.path().to_string_lossy(), dir.path()).expect("a tree");
    let snapshot = session.load(Role::New, tree);
    let facts = &snapshot.files[0].facts;
    assert_eq!(facts.requires[0].strength, Strength::Certain);
    assert_eq!(snapshot.files[0].modelled, ["gadgets"]);
}

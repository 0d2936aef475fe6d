//! What a configuration of several files shows as a whole: addresses and macros that two files
//! define, variables that are misspelt.
//!
//! Whatever else in the tree names a file may choose it among others, and whatever names a
//! variable may define it: what is mentioned so is left alone.

use super::names::OWN;
use crate::check::Context;
use crate::facts::{Entity, Kind, Provide, Require, base_name, kinds, nearest_of};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Member, Unmentioned};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut found = Unmentioned::default();
    for members in OWN.wholes(graph) {
        duplicates(graph, &members, &mut found);
        let defined: BTreeSet<&str> =
            members.iter().flat_map(|member| defined_in(graph, member.file)).collect();
        for member in &members {
            let place = |require: &Require| Place {
                tree: graph.snapshot.role,
                file: member.file,
                span: require.span,
            };
            for require in &graph.snapshot.file(member.file).facts.requires {
                misspelt(&defined, require, place(require), &mut found);
            }
        }
    }
    // A file may be part of two configurations.
    let mut places = FxHashSet::default();
    for finding in found.settle(graph, |file| OWN.has(graph, file)) {
        let is_elsewhere = finding.entity.as_ref().is_some_and(|entity| graph.is_elsewhere(entity));
        if !is_elsewhere && places.insert((finding.rule, finding.primary)) {
            findings.push(finding);
        }
    }
}

/// What two files of one configuration define.
fn duplicates(graph: &Graph<'_>, members: &[Member], found: &mut Unmentioned<Finding>) {
    let mut first: FxHashMap<(Kind, &str), (FileIx, &Provide)> = FxHashMap::default();
    for member in members {
        for provide in &graph.snapshot.file(member.file).facts.provides {
            if !matches!(provide.kind, kinds::APACHE_LISTEN | kinds::APACHE_MACRO) {
                continue;
            }
            let Some(name) = provide.name.as_exact() else { continue };
            let key = (provide.kind, name.as_str());
            let (other, before) = *first.entry(key).or_insert((member.file, provide));
            if other != member.file {
                let texts = [member.file, other].map(|file| base(graph, file));
                found.add(twice(graph, (member.file, provide), (other, before), name), texts);
            }
        }
    }
}

fn base(graph: &Graph<'_>, file: FileIx) -> String {
    base_name(&graph.snapshot.file(file).entry.path).to_owned()
}

fn twice(
    graph: &Graph<'_>,
    second: (FileIx, &Provide),
    first: (FileIx, &Provide),
    name: &str,
) -> Finding {
    let place =
        |(file, own): (FileIx, &Provide)| Place { tree: graph.snapshot.role, file, span: own.span };
    let finding = match second.1.kind {
        kinds::APACHE_LISTEN => {
            let message = format!("Apache listens on `{name}` twice");
            Finding::new("duplicate-definition", message, place(second))
                .help("Apache refuses the configuration")
        }
        kind => Finding::new(
            "duplicate-definition",
            format!("macro `{name}` is defined twice"),
            place(second),
        )
        .severity(Severity::Warning)
        .help("Apache takes the second, with a warning")
        .entity(Entity::new(kind, name)),
    };
    finding.related("the first one", place(first))
}

/// The variables that a file defines.
fn defined_in<'g>(graph: &'g Graph<'_>, file: FileIx) -> impl Iterator<Item = &'g str> {
    let provides = graph.snapshot.file(file).facts.provides.iter();
    let own = provides.filter(|provide| provide.kind == kinds::APACHE_VARIABLE);
    own.filter_map(|provide| Some(provide.name.as_exact()?.as_str()))
}

/// A variable a slip away from one that is defined. Others may come from the environment.
fn misspelt(
    defined: &BTreeSet<&str>,
    require: &Require,
    place: Place,
    found: &mut Unmentioned<Finding>,
) {
    let Some(target) = require.any_of.iter().find(|target| target.kind == kinds::APACHE_VARIABLE)
    else {
        return;
    };
    let Some(name) = target.name.as_exact().filter(|name| name.len() > 4) else { return };
    if defined.contains(name.as_str()) {
        return;
    }
    let Some(near) = nearest_of(name, defined.iter().copied()) else { return };
    // `SITE_A` and `SITE_B` are two.
    let is_slip = strsim::osa_distance(name, &near) == 1
        && near.len() > 4
        && name.as_bytes().last() == near.as_bytes().last();
    if is_slip {
        let finding = Finding::new(
            "unresolved-reference",
            format!("variable `{name}` does not exist"),
            place,
        )
        .severity(Severity::Warning)
        .label(format!("required here by `{}`", require.via))
        .help(format!("did you mean `{near}`? Apache takes `${{{name}}}` as it is written"))
        .entity(Entity::new(kinds::APACHE_VARIABLE, name.clone()));
        found.add(finding, [name.to_string()]);
    }
}

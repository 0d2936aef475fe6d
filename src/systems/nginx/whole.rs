//! What a configuration of several files shows as a whole: names that two files define,
//! variables that nothing sets, upstreams of the other block.
//!
//! Whatever else in the tree names a file may choose it among others, and whatever names a
//! variable may fill it in: what is mentioned so is left alone.

use super::names::OWN;
use crate::check::Context;
use crate::facts::{
    Detail, Entity, Kind, Provide, Ref, Require, Strength, base_name, kinds, nearest_of,
};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Member, Site, Unmentioned};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// What nginx has once in one configuration, and what it says of a second one.
const ONCE: &[(Kind, &str)] = &[
    (kinds::NGINX_CACHE, "cache zone"),
    (kinds::NGINX_DEFAULT_SERVER, "default server"),
    (kinds::NGINX_LOG_FORMAT, "log format"),
    (kinds::NGINX_SERVER, "server"),
    (kinds::NGINX_UPSTREAM, "upstream"),
    (kinds::NGINX_ZONE, "zone"),
];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut found = Unmentioned::default();
    for members in OWN.wholes(graph) {
        duplicates(graph, &members, &mut found);
        let set: BTreeSet<&str> =
            members.iter().flat_map(|member| set_in(graph, member.file)).collect();
        for member in &members {
            for require in &graph.snapshot.file(member.file).facts.requires {
                let place = at(graph, member.file, require);
                unset(graph, &set, require, place, &mut found);
                of_other_block(graph, &members, require, place, &mut found);
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

fn at(graph: &Graph<'_>, file: FileIx, require: &Require) -> Place {
    Place { tree: graph.snapshot.role, file, span: require.span }
}

/// The block that something stands in, as far as that is known: most are `http`'s.
fn block<'f>(member: &'f Member, provide: &'f Provide) -> &'f str {
    match &provide.detail {
        Detail::Text(block) => block,
        _ => member.inside.as_deref().unwrap_or("http"),
    }
}

/// What two files of one configuration define.
fn duplicates(graph: &Graph<'_>, members: &[Member], found: &mut Unmentioned<Finding>) {
    let mut first: FxHashMap<(Kind, &str, &str), (FileIx, &Provide)> = FxHashMap::default();
    for member in members {
        let facts = &graph.snapshot.file(member.file).facts;
        for provide in &facts.provides {
            let Some((kind, what)) = ONCE.iter().find(|(kind, _)| *kind == provide.kind) else {
                continue;
            };
            let Some(name) = provide.name.as_exact() else { continue };
            let key = (*kind, block(member, provide), name.as_str());
            let (other, before) = *first.entry(key).or_insert((member.file, provide));
            if other != member.file {
                let names = [member.file, other].map(|file| base(graph, file));
                found.add(twice(graph, what, (member.file, provide), (other, before), name), names);
            }
        }
    }
}

fn base(graph: &Graph<'_>, file: FileIx) -> String {
    base_name(&graph.snapshot.file(file).entry.path).to_owned()
}

fn twice(
    graph: &Graph<'_>,
    what: &str,
    second: (FileIx, &Provide),
    first: (FileIx, &Provide),
    name: &str,
) -> Finding {
    let place =
        |(file, own): (FileIx, &Provide)| Place { tree: graph.snapshot.role, file, span: own.span };
    let kind = second.1.kind;
    let (message, severity, help) = match (kind, name.split_once(' ')) {
        (kinds::NGINX_SERVER, Some((address, name))) => {
            let message = format!("two servers are called `{name}` on `{address}`");
            (message, Severity::Warning, "nginx takes the first, with a warning")
        }
        (kinds::NGINX_DEFAULT_SERVER, _) => {
            let message = format!("`{name}` has two default servers");
            (message, Severity::Error, "nginx refuses the configuration")
        }
        _ => {
            let message = format!("{what} `{name}` is defined twice");
            (message, Severity::Error, "nginx refuses the configuration")
        }
    };
    let mut finding = Finding::new("duplicate-definition", message, place(second))
        .severity(severity)
        .help(help)
        .related("the first one", place(first));
    if !matches!(kind, kinds::NGINX_SERVER | kinds::NGINX_DEFAULT_SERVER) {
        finding = finding.entity(Entity::new(kind, name));
    }
    finding
}

/// The variables that a file sets.
fn set_in<'g>(graph: &'g Graph<'_>, file: FileIx) -> impl Iterator<Item = &'g str> {
    let provides = graph.snapshot.file(file).facts.provides.iter();
    let own = provides.filter(|provide| provide.kind == kinds::NGINX_VARIABLE);
    own.filter_map(|own| Some(own.name.as_exact()?.as_str()))
}

/// A variable that nothing in the tree sets.
fn unset(
    graph: &Graph<'_>,
    set: &BTreeSet<&str>,
    require: &Require,
    place: Place,
    found: &mut Unmentioned<Finding>,
) {
    let Some(target) = require.any_of.iter().find(|target| target.kind == kinds::NGINX_VARIABLE)
    else {
        return;
    };
    let Some(name) = target.name.as_exact() else { return };
    if !graph.matching(kinds::NGINX_VARIABLE, &target.name).is_empty() {
        return;
    }
    let help = match nearest_of(name, set.iter().copied()) {
        Some(near) => format!("did you mean `${near}`? nginx refuses the configuration"),
        None => "nginx refuses the configuration: set it, or remove it here".to_owned(),
    };
    let message = format!("variable `${name}` does not exist");
    let finding = Finding::new("unresolved-reference", message, place)
        .label(format!("required here by `{}`", require.via))
        .help(help)
        .entity(Entity::new(kinds::NGINX_VARIABLE, name.clone()));
    found.add(finding, [name.to_string()]);
}

/// An upstream that stands in the other block.
fn of_other_block(
    graph: &Graph<'_>,
    members: &[Member],
    require: &Require,
    place: Place,
    found: &mut Unmentioned<Finding>,
) {
    let upstream = |own: &&Ref| own.sought() == kinds::NGINX_UPSTREAM;
    let Some(target) = require.any_of.iter().find(upstream) else { return };
    let (wanted, has) = match target.kind {
        kinds::NGINX_STREAM_NAME => ("stream", "http"),
        kinds::NGINX_NAME => ("http", "stream"),
        _ => return,
    };
    let sites = graph.matching(kinds::NGINX_UPSTREAM, &target.name);
    let (Some(name), Some(first)) = (target.name.as_exact(), sites.first()) else { return };
    let is_other = |site: &Site| {
        let facts = &graph.snapshot.file(site.file).facts;
        let provide = site.provide.and_then(|ix| facts.provides.get(ix as usize));
        let mut here = members.iter().filter(|member| member.file == site.file).peekable();
        here.peek().is_some()
            && provide.is_some_and(|provide| here.all(|member| block(member, provide) == has))
    };
    if !sites.iter().all(is_other) || require.strength != Strength::Certain {
        return;
    }
    let message = format!("upstream `{name}` belongs to `{has}`: `{wanted}` cannot use it");
    let first = Place { file: first.file, span: first.span, ..place };
    let finding = Finding::new("unresolved-reference", message, place)
        .label(format!("required here by `{}`", require.via))
        .help(format!("nginx refuses the configuration: define it in `{wanted}` too"))
        .related(format!("an upstream of `{has}`"), first)
        .entity(Entity::new(kinds::NGINX_UPSTREAM, name.clone()));
    found.add(finding, []);
}

//! Variables of a role that some plays set for themselves, and that another play which uses the
//! role does not.
//!
//! What a play sets in `vars`, or hands to a role, holds in that play alone. Where nothing else of
//! the tree sets the variable, the role stops in any other play.
//!
//! (Source: Ansible's documentation, "Using Variables", "Scoping variables".)

use super::names::{is_kept_secret, is_special, is_supplied_at, unit};
use crate::check::Context;
use crate::facts::{Entity, NamePattern, Relation, Require, Span, Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution, Site};
use crate::loader::{FileIx, SnapshotFile};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Shorter names are of a piece of text.
const SHORT: usize = 4;
/// Most plays of a tree that are compared.
const MOST: usize = 2000;

/// A play, with the roles that it lists.
struct Play<'g> {
    file: FileIx,
    span: Span,
    /// The folder of a role → where the play names it.
    roles: BTreeMap<&'g str, Span>,
    /// Whether it reads variables from files that the tree does not have.
    is_open: bool,
}

/// Where a role reads a variable.
struct Read<'g> {
    role: &'g str,
    file: FileIx,
    span: Span,
    /// Whether the role reads it whatever the case.
    is_sure: bool,
}

/// Reports plays that lack what others hand to the same role.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    // Where hosts and groups are listed elsewhere, so are their variables.
    if graph.all(kinds::ANSIBLE_HOST).is_empty() && !has_groups(graph) {
        return;
    }
    let handed = handed(graph);
    if handed.is_empty() {
        return;
    }
    let plays = plays(graph);
    let mut users: BTreeMap<&str, Vec<&Play<'_>>> = BTreeMap::new();
    for play in &plays {
        play.roles.keys().for_each(|role| users.entry(*role).or_default().push(play));
    }
    for (name, mut reads) in reads(graph, &handed) {
        reads.sort_by_key(|own| !own.is_sure);
        let Some(sites) = handed.get(name) else { continue };
        let entity = Entity::new(kinds::ANSIBLE_VARIABLE, name);
        let mut is_known = None;
        let mut seen = BTreeSet::new();
        for read in reads {
            if !seen.insert(read.role) {
                continue;
            }
            let users = users.get(read.role).into_iter().flatten();
            let holds = |play: &&&Play<'_>| sites.iter().any(|site| play.holds(site));
            let (having, lacking): (Vec<&Play<'_>>, Vec<&Play<'_>>) = users.partition(holds);
            let site = having.first().and_then(|own| sites.iter().find(|site| own.holds(site)));
            let Some(site) = site else { continue };
            let path = &graph.snapshot.file(read.file).entry.path;
            if lacking.is_empty()
                || is_supplied_at(graph, path, name)
                || *is_known.get_or_insert_with(|| graph.may_be_set(&entity))
            {
                continue;
            }
            let is_sure = read.is_sure && lacking.len() <= having.len();
            for play in lacking.iter().filter(|own| !own.is_open) {
                let Some(span) = play.roles.get(read.role) else { continue };
                let place = (play.file, *span);
                findings.push(finding(graph, entity.clone(), place, &read, *site, is_sure));
            }
        }
    }
}

/// Whether the tree keeps variables of groups.
fn has_groups(graph: &Graph<'_>) -> bool {
    graph.paths.all().iter().any(|path| path.split('/').any(|part| part == "group_vars"))
}

impl Play<'_> {
    fn holds(&self, site: &Site) -> bool {
        let (own, site_span) = (self.span, site.span);
        site.file == self.file && own.start <= site_span.start && site_span.end <= own.end
    }
}

/// Variables that nothing but plays sets, each for itself.
fn handed<'g>(graph: &'g Graph<'_>) -> BTreeMap<&'g str, Vec<Site>> {
    let mut pieces: BTreeMap<FileIx, Vec<Span>> = BTreeMap::new();
    for (_, site) in graph.all(kinds::ANSIBLE_HANDED).iter().filter(|(own, _)| own == "vars") {
        if graph.snapshot.file(site.file).standing.is_live() {
            pieces.entry(site.file).or_default().push(site.span);
        }
    }
    let mut sites: BTreeMap<&str, Vec<Site>> = BTreeMap::new();
    if pieces.is_empty() {
        return sites;
    }
    pieces.values_mut().for_each(|own| own.sort_unstable_by_key(|span| span.start));
    for (name, site) in graph.all(kinds::ANSIBLE_VARIABLE) {
        sites.entry(name.as_str()).or_default().push(*site);
    }
    let is_handed = |site: &Site| {
        let Some(pieces) = pieces.get(&site.file) else { return false };
        let at = pieces.partition_point(|own| own.start <= site.span.start);
        let piece = at.checked_sub(1).and_then(|at| pieces.get(at));
        piece.is_some_and(|own| site.span.end <= own.end)
    };
    sites.retain(|name, sites| {
        name.len() >= SHORT
            && !is_special(name)
            && !is_kept_secret(name)
            && sites.iter().all(is_handed)
            && !is_built(graph, name)
    });
    sites
}

/// Whether something sets variables by names that are put together, of which this may be one.
fn is_built(graph: &Graph<'_>, name: &str) -> bool {
    let sites = graph.matching(kinds::ANSIBLE_VARIABLE, &NamePattern::exact(name));
    let own = |site: &Site| {
        let facts = &graph.snapshot.file(site.file).facts;
        site.provide.and_then(|ix| facts.provides.get(ix as usize)).map(|own| &own.name)
    };
    let mut names = sites.iter().filter_map(own);
    names.any(|own| own.as_exact().is_none() && *own != NamePattern::any())
}

fn plays<'g>(graph: &'g Graph<'_>) -> Vec<Play<'g>> {
    let mut all = Vec::new();
    for (ix, file) in graph.providing(&[kinds::ANSIBLE_PLAYS]) {
        let spans = file.facts.provides.iter().filter(|own| own.kind == kinds::ANSIBLE_PLAYS);
        for span in spans.map(|own| own.span) {
            if !file.standing.is_live() || graph.is_partly_read(ix) || all.len() >= MOST {
                break;
            }
            all.push(play(graph, (ix, file), span));
        }
    }
    all
}

fn play<'g>(graph: &'g Graph<'_>, (ix, file): (FileIx, &'g SnapshotFile), span: Span) -> Play<'g> {
    let mut play = Play { file: ix, span, roles: BTreeMap::new(), is_open: false };
    let within = |own: Span, span: Span| span.start <= own.start && own.end <= span.end;
    let asked = file.facts.provides.iter().filter(|own| {
        own.kind == kinds::ANSIBLE_HANDED && own.name.as_exact().is_some_and(|name| name == "when")
    });
    let asked: Vec<Span> = asked.map(|own| own.span).collect();
    for require in file.facts.requires.iter().filter(|own| within(own.span, span)) {
        let is_role = require.any_of.iter().any(|own| own.kind == kinds::ANSIBLE_ROLE_USE);
        if is_role && require.via == "roles" {
            let is_asked = asked.iter().any(|own| within(require.span, *own));
            if let Some(role) = role(graph, require).filter(|_| !is_asked) {
                play.roles.entry(role).or_insert(require.span);
            }
        } else if require.via == "vars_files" || require.via == "include_vars" {
            play.is_open |= !matches!(graph.resolve_any(&require.any_of), Resolution::Found(_));
        }
    }
    play
}

/// The folder of the one role that a play names.
fn role<'g>(graph: &'g Graph<'_>, require: &Require) -> Option<&'g str> {
    let Resolution::Found(sites) = graph.resolve_any(&require.any_of) else { return None };
    let mut roles = sites.iter().filter_map(|own| unit(&graph.snapshot.file(own.file).entry.path));
    let first = roles.next().filter(|own| !own.is_empty())?;
    roles.all(|own| own == first).then_some(first)
}

/// What roles read of those variables.
fn reads<'g>(
    graph: &'g Graph<'_>,
    handed: &BTreeMap<&'g str, Vec<Site>>,
) -> BTreeMap<&'g str, Vec<Read<'g>>> {
    let mut all: BTreeMap<&str, Vec<Read<'_>>> = BTreeMap::new();
    for (ix, file) in graph.asking(&[kinds::ANSIBLE_VARIABLE]) {
        let path = file.entry.path.as_str();
        let Some(role) = unit(path).filter(|own| !own.is_empty()) else { continue };
        // Which template a task takes may be a variable of the play.
        let is_of_tasks = path.contains("/tasks/");
        if !is_of_tasks || !file.standing.is_live() || graph.is_loose(ix) {
            continue;
        }
        let is_main = path.ends_with("/tasks/main.yml") || path.ends_with("/tasks/main.yaml");
        for require in &file.facts.requires {
            let target = require.any_of.first().filter(|own| own.kind == kinds::ANSIBLE_VARIABLE);
            let name: Option<&SmolStr> = target.and_then(|own| own.name.as_exact());
            let Some((name, _)) = name.and_then(|own| handed.get_key_value(own.as_str())) else {
                continue;
            };
            if ![Relation::FilledIn, Relation::Sometimes].contains(&require.relation) {
                continue;
            }
            let is_sure = is_main
                && require.relation == Relation::FilledIn
                && require.strength == Strength::Certain;
            let read = Read { role, file: ix, span: require.span, is_sure };
            all.entry(*name).or_default().push(read);
        }
    }
    all
}

fn finding(
    graph: &Graph<'_>,
    entity: Entity,
    (file, span): (FileIx, Span),
    read: &Read<'_>,
    site: Site,
    is_sure: bool,
) -> Finding {
    let place = |file, span| Place { tree: graph.snapshot.role, file, span };
    let role = read.role.rsplit('/').next().unwrap_or(read.role);
    let message =
        format!("nothing sets `{}` in this play, and role `{role}` reads it", entity.name);
    let severity = if is_sure { Severity::Error } else { Severity::Warning };
    Finding::new("unresolved-reference", message, place(file, span))
        .severity(severity)
        .label("the play uses the role")
        .help("set it for this play too, or give the role a default: the role stops there")
        .related("read here", place(read.file, read.span))
        .related("set here, for another play alone", place(site.file, site.span))
        .entity(entity)
}

//! Parts of variables that no value of the tree has, beside one that it has and that is nearly
//! called so.
//!
//! Whoever runs a play may set a variable to any value. A part that stands in the tree where it is
//! read alone, a letter away from one that all values have, is hardly meant to be.

use super::attributes::is_part_slip;
use super::orphans::known_elsewhere;
use crate::check::Context;
use crate::facts::{Detail, Entity, Kind, NamePattern, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// A part that is read, and the one that was meant.
struct Slip<'g> {
    variable: &'g str,
    part: &'g str,
    meant: SmolStr,
    severity: Severity,
    site: Site,
}

/// Reports such parts.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let reads = graph.all(kinds::ANSIBLE_PART_READ);
    let slips: Vec<_> = reads.iter().filter_map(|(name, site)| slip(graph, name, *site)).collect();
    if slips.is_empty() {
        return;
    }
    let mut wanted: FxHashMap<&str, (FxHashSet<FileIx>, usize)> = FxHashMap::default();
    for (name, site) in reads {
        let Some((_, part)) = name.rsplit_once('.') else { continue };
        if slips.iter().any(|own| own.part == part) {
            let own = wanted.entry(part).or_default();
            own.0.insert(site.file);
            own.1 += 1;
        }
    }
    let known = known_elsewhere(graph, &wanted);
    let is_new = |own: &&Slip<'_>| !known.contains(own.part);
    for Slip { variable, part, meant, severity, site } in slips.iter().filter(is_new) {
        let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
        let of = match variable.strip_suffix("[]") {
            Some("") => "what the loop goes over".to_owned(),
            Some(list) => format!("the items of `{list}`"),
            None => format!("`{variable}`"),
        };
        findings.push(
            Finding::new("unresolved-reference", format!("nothing sets `{part}` of {of}"), place)
                .severity(*severity)
                .label("read here")
                .help(format!("did you mean `{meant}`?"))
                .entity(Entity::new(kinds::ANSIBLE_PART_READ, format!("{variable}.{part}"))),
        );
    }
}

fn slip<'g>(graph: &'g Graph<'_>, name: &'g str, site: Site) -> Option<Slip<'g>> {
    let file = graph.snapshot.file(site.file);
    if !file.standing.is_live() || graph.is_loose(site.file) {
        return None;
    }
    let (variable, part) = name.rsplit_once('.')?;
    let known = match variable.strip_suffix("[]") {
        Some("") => None,
        Some(list) => parts(graph, list, kinds::ANSIBLE_ITEM_PARTS),
        None => parts(graph, variable, kinds::ANSIBLE_PARTS),
    };
    if let Some(known) = known {
        if known.is_empty() || known.contains(part) {
            return None;
        }
        let mut near = known.iter().filter(|own| is_part_slip(part, own));
        let meant = SmolStr::new(near.next()?);
        return Some(Slip { variable, part, meant, severity: Severity::Error, site });
    }
    // What all values have is not known: another read of the same text tells.
    let provide = file.facts.provides.get(site.provide? as usize)?;
    let meant = SmolStr::new(provide.detail.text());
    (!meant.is_empty()).then_some(Slip { variable, part, meant, severity: Severity::Warning, site })
}

/// The parts that the values of a variable have, where the tree shows them all.
fn parts<'g>(graph: &'g Graph<'_>, variable: &str, kind: Kind) -> Option<FxHashSet<&'g str>> {
    let exact = NamePattern::exact(variable);
    let sites = graph.matching(kinds::ANSIBLE_VARIABLE, &exact);
    let mut known = FxHashSet::default();
    for site in &sites {
        let facts = &graph.snapshot.file(site.file).facts;
        let provide = facts.provides.get(site.provide? as usize)?;
        let is_it = |name: &NamePattern| name.as_exact().is_some_and(|own| own == variable);
        // Of encrypted files, any may set it.
        if !is_it(&provide.name) {
            return None;
        }
        let mut own = facts
            .provides
            .iter()
            .filter(|own| own.kind == kind && is_it(&own.name) && own.span == provide.span)
            .peekable();
        own.peek()?;
        for provide in own {
            let Detail::Members(parts) = &provide.detail else { return None };
            known.extend(parts.iter().map(SmolStr::as_str));
        }
    }
    (!sites.is_empty()).then_some(known)
}

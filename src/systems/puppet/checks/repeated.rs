//! Resources that a defined type declares under one title however it is called, where one catalogue
//! declares two of that type.
//!
//! Counted are resources that stand outside of any condition, as for two classes. (Source:
//! "Duplicate declaration".)

use super::together::{Above, Holder, holder};
use crate::check::Context;
use crate::facts::{Entity, Provide, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::systems::puppet::text::capitalised;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let all = graph.all(kinds::PUPPET_ALWAYS);
    for (define, site) in graph.all(kinds::PUPPET_DEFINE) {
        let file = graph.snapshot.file(site.file);
        let fixed = file.facts.provides.iter().enumerate().filter(|(_, own)| {
            own.kind == kinds::PUPPET_ALWAYS
                && own.within == site.provide
                && own.name.as_exact().is_some_and(|own| !own.starts_with("Class["))
        });
        let mut fixed = fixed.map(|(at, _)| at as u32).peekable();
        if fixed.peek().is_none() || graph.providers(kinds::PUPPET_DEFINE, define).nth(1).is_some()
        {
            continue;
        }
        let head = format!("{}[", capitalised(define));
        let from = all.partition_point(|(own, _)| own.as_str() < head.as_str());
        let named = all[from..].iter().take_while(|(own, _)| own.starts_with(&head));
        let uses: Vec<(Holder, &Provide)> =
            named.filter_map(|(_, own)| holder(graph, own.file, own.provide)).collect();
        // Nothing may have both; who declares them side by side cannot.
        let sure = two_of(graph, &uses);
        let severity = if sure.is_some() { Severity::Error } else { Severity::Warning };
        let Some((one, two)) = sure.or_else(|| two_apart(&uses)) else { continue };
        for at in fixed {
            let Some((_, own)) = holder(graph, site.file, Some(at)) else { continue };
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            let name = own.name.to_string();
            let message = format!("`{name}` is declared each time that `{define}` is");
            findings.push(
                Finding::new("duplicate-definition", message, place(site.file, own.span))
                    .severity(severity)
                    .help("Puppet refuses the catalogue: put the title of the type in this one")
                    .related("one is declared here", place(one.0.0, one.1.span))
                    .related("and another one here", place(two.0.0, two.1.span))
                    .entity(Entity::new(kinds::PUPPET_RESOURCE, SmolStr::from(name))),
            );
        }
    }
}

/// Two declarations in classes of two modules, neither of which says that it is alone.
fn two_apart<'g>(uses: &[Use<'g>]) -> Option<(Use<'g>, Use<'g>)> {
    let one = uses.first()?;
    let two = uses.iter().find(|two| two.0.0 != one.0.0 && two.1.name != one.1.name)?;
    Some((*one, *two))
}

type Use<'g> = (Holder, &'g Provide);

/// Two declarations that one catalogue has, whatever the host.
fn two_of<'g>(graph: &Graph<'_>, uses: &[Use<'g>]) -> Option<(Use<'g>, Use<'g>)> {
    /// Most declarations that are compared with each other.
    const MOST: usize = 50;
    let uses = uses.get(..uses.len().min(MOST))?;
    let above = graph.view::<Above>()?;
    uses.iter().enumerate().find_map(|(at, one)| {
        let around = above.of_holder(one.0);
        let is_beside =
            |two: &&Use<'_>| one.0 == two.0 || !around.is_disjoint(&above.of_holder(two.0));
        uses.get(at + 1..)?.iter().find(is_beside).map(|two| (*one, *two))
    })
}

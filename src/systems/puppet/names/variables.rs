//! Variables of classes, by their full names: `$a::b` is what class `a` or one that it
//! inherits sets.
//!
//! (Source: Puppet's `Scope#lookup_qualified_variable`.)

use crate::facts::{Entity, NamePattern, Ref, Relation, kinds};
use crate::graph::{Graph, Resolution, Resolver, Site};

/// Longest chain of classes that inherit that is followed.
const MAX_PARENTS: u32 = 8;

/// Variables that every class has.
const OWN: [&str; 5] = ["caller_module_name", "module_name", "name", "tags", "title"];

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::PUPPET_VARIABLE, Box::new(ClassVariables));
}

struct ClassVariables;

impl Resolver for ClassVariables {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let sites = graph.matching(kinds::PUPPET_VARIABLE, name);
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        let entity = Entity::new(kinds::PUPPET_VARIABLE, name.to_string());
        let known = name.as_exact().and_then(|name| name.rsplit_once("::"));
        match known {
            Some((class, variable))
                if !OWN.contains(&variable) && lacks(graph, class, variable, 0) =>
            {
                Resolution::Missing(entity)
            }
            _ => Resolution::Open(entity),
        }
    }
}

/// Whether `class` is known wholly, with all that it inherits, and has no such variable.
fn lacks(graph: &Graph<'_>, class: &str, variable: &str, depth: u32) -> bool {
    let own = NamePattern::exact(format!("{class}::{variable}"));
    let mut sites = graph.providers(kinds::PUPPET_CLASS, class).peekable();
    depth < MAX_PARENTS
        && sites.peek().is_some()
        && graph.matching(kinds::PUPPET_VARIABLE, &own).is_empty()
        && sites.all(|site| is_read(graph, site) && parents_lack(graph, site, variable, depth))
}

/// Whether the whole of a class's file was read, as the live tree loads it.
fn is_read(graph: &Graph<'_>, site: Site) -> bool {
    let file = graph.snapshot.file(site.file);
    let path = file.entry.path.as_str();
    path.ends_with(".pp")
        && file.facts.problems.is_empty()
        && file.standing.is_live()
        && !graph.snapshot.layout.is_nested(path)
}

fn parents_lack(graph: &Graph<'_>, site: Site, variable: &str, depth: u32) -> bool {
    let requires = &graph.snapshot.file(site.file).facts.requires;
    let inherits = |require: &&crate::facts::Require| {
        require.within == site.provide && require.relation == Relation::Inherits
    };
    requires.iter().filter(inherits).all(|require| {
        let names = require.any_of.iter().filter_map(|target| target.name.as_exact());
        let mut here =
            names.filter(|name| graph.providers(kinds::PUPPET_CLASS, name).next().is_some());
        here.next().is_some_and(|parent| lacks(graph, parent, variable, depth + 1))
    })
}

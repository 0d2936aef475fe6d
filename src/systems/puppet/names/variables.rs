//! Variables of classes, by their full names: `$a::b` is what class `a` or one that it
//! inherits sets.
//!
//! (Source: Puppet's `Scope#lookup_qualified_variable`.)

use super::programs;
use crate::extract::Names;
use crate::facts::{Entity, NamePattern, Ref, Relation, is_slip, kinds, nearest_of};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site, View};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::OnceLock;

/// Longest chain of classes that inherit that is followed.
const MAX_PARENTS: u32 = 8;

/// Variables that every class has.
const OWN: [&str; 5] = ["caller_module_name", "module_name", "name", "tags", "title"];

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Outside>();
    graph.set_resolver(kinds::PUPPET_PLAIN_VARIABLE, Box::new(PlainVariables));
    graph.set_resolver(kinds::PUPPET_VARIABLE, Box::new(ClassVariables));
}

struct ClassVariables;

impl Resolver for ClassVariables {
    fn has(&self, graph: &Graph<'_>, target: &Ref) -> bool {
        let name = target.name.as_exact();
        name.is_some_and(|name| graph.providers(kinds::PUPPET_VARIABLE, name).next().is_some())
    }

    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        // Nearly all are found by then; patterns are many.
        let exact = name.as_exact().into_iter();
        let mut sites: SmallVec<[Site; 1]> =
            exact.flat_map(|name| graph.providers(kinds::PUPPET_VARIABLE, name)).collect();
        if sites.is_empty() {
            sites = graph.matching(kinds::PUPPET_VARIABLE, name);
        }
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        let entity = Entity::new(kinds::PUPPET_VARIABLE, name.to_string());
        let known = name.as_exact().and_then(|name| name.rsplit_once("::"));
        match known {
            Some((class, variable))
                if !OWN.contains(&variable)
                    && (lacks(graph, class, variable, 0) || is_no_class(graph, class)) =>
            {
                Resolution::Missing(entity)
            }
            _ => Resolution::Open(entity),
        }
    }

    /// Of the same scope.
    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let Some((scope, name)) = name.rsplit_once("::") else { return near_at_top(graph, name) };
        near(graph, scope, name).map(|near| format!("{scope}::{near}").into())
    }

    fn knows_nearest(&self) -> bool {
        true
    }
}

/// Whether the tree has the module of a class and no such class, whatever stands before its name.
fn is_no_class(graph: &Graph<'_>, class: &str) -> bool {
    // `$settings::confdir`: Puppet's own.
    if class == "settings" {
        return false;
    }
    let tail = format!("::{class}");
    let target = Ref::exact(kinds::PUPPET_CLASS, class);
    graph.providers(kinds::PUPPET_CLASS, class).next().is_none()
        && matches!(graph.resolve_ref(&target), Resolution::Missing(_))
        && !graph.all(kinds::PUPPET_CLASS).iter().any(|(own, _)| own.ends_with(&tail))
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
    (path.ends_with(".pp") || path.ends_with(".epp"))
        && !graph.is_partly_read(site.file)
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

/// A variable that a class, a defined type or a function reads by its plain name: its own, one
/// of a class that it inherits, or one of the top scope or the node.
struct PlainVariables;

impl Resolver for PlainVariables {
    fn has(&self, graph: &Graph<'_>, target: &Ref) -> bool {
        let Some(whole) = target.name.as_exact() else { return false };
        let is_set = |name: &str| graph.providers(kinds::PUPPET_VARIABLE, name).next().is_some();
        whole.rsplit_once("::").is_some_and(|(_, name)| is_set(whole) || is_set(name))
    }

    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let shown = target.name.to_string();
        let entity = Entity::new(kinds::PUPPET_VARIABLE, shown.trim_start_matches("::"));
        let Some(whole) = target.name.as_exact() else { return Resolution::Open(entity) };
        let Some((scope, name)) = whole.rsplit_once("::") else {
            return Resolution::Open(entity);
        };
        let top = graph.providers(kinds::PUPPET_VARIABLE, name);
        let mut sites: SmallVec<[Site; 1]> =
            graph.providers(kinds::PUPPET_VARIABLE, whole).chain(top).collect();
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        sites = graph.matching(kinds::PUPPET_VARIABLE, &target.name);
        sites.extend(graph.matching(kinds::PUPPET_FACT, &NamePattern::exact(name)));
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        let outside = graph.view::<Outside>();
        if scope.is_empty() {
            // A classifier may set whatever is not nearly the name of another.
            let is_read = outside.is_some_and(|own| own.top.contains(name));
            return match !is_read && near_at_top(graph, name).is_some() {
                true => Resolution::Missing(entity),
                false => Resolution::Open(entity),
            };
        }
        match outside.is_some_and(|own| own.may_be(graph, scope, name))
            || !is_known(graph, scope, name)
        {
            true => Resolution::Open(entity),
            false => Resolution::Missing(entity),
        }
    }
}

/// Whether all is known of what a definition sets and inherits, and it has no such variable.
fn is_known(graph: &Graph<'_>, scope: &str, name: &str) -> bool {
    let mut others = [kinds::PUPPET_DEFINE, kinds::PUPPET_FUNCTION, kinds::PUPPET_TEMPLATE]
        .into_iter()
        .flat_map(|kind| graph.providers(kind, scope))
        .peekable();
    match others.peek().is_some() {
        true => others.all(|site| is_read(graph, site)),
        false => lacks(graph, scope, name, 0),
    }
}

/// Names of variables that may come from outside of the tree.
struct Outside {
    /// Those that something reads from the top scope: facts, and what a classifier sets.
    top: FxHashSet<SmolStr>,
    /// Those that definitions read and do not set, with the definitions.
    free: FxHashMap<SmolStr, SmallVec<[SmolStr; 2]>>,
    /// Files that the tree puts where Facter finds facts, by the first part of their names: what
    /// they set may be kept out of the tree.
    facts: Vec<SmolStr>,
    /// Whether a scope may see the variables of whatever includes it: the tree's Puppet may be
    /// older than 3, which came with data for parameters.
    dynamic: bool,
    /// Those that programs of the tree name; found when one is first asked for.
    programs: OnceLock<FxHashSet<SmolStr>>,
}

impl View for Outside {
    fn of(graph: &Graph<'_>) -> Self {
        let mut top = FxHashSet::default();
        let mut free: FxHashMap<SmolStr, SmallVec<[SmolStr; 2]>> = FxHashMap::default();
        let asking = graph.asking(&[kinds::PUPPET_TOP_SCOPE, kinds::PUPPET_PLAIN_VARIABLE]);
        let requires = asking.flat_map(|(_, file)| &file.facts.requires);
        for target in requires.filter_map(|require| require.any_of.first()) {
            let Some(name) = target.name.as_exact() else { continue };
            if target.kind == kinds::PUPPET_TOP_SCOPE {
                top.insert(name.clone());
            } else if target.kind == kinds::PUPPET_PLAIN_VARIABLE
                && let Some((scope, name)) = name.rsplit_once("::")
            {
                let scopes = free.entry(name.into()).or_default();
                if !scopes.iter().any(|own| own == scope) {
                    scopes.push(scope.into());
                }
            }
        }
        let dynamic = graph.snapshot.layout.names == Names::Relative
            && !sets_parameters(graph)
            && !is_of_three(graph);
        Self { top, free, facts: facts_of_files(graph), dynamic, programs: OnceLock::new() }
    }
}

/// `cli_key` for `file { '/etc/facter/facts.d/cli_key.txt': }`.
fn facts_of_files(graph: &Graph<'_>) -> Vec<SmolStr> {
    let all = graph.all(kinds::PUPPET_RESOURCE);
    let from = all.partition_point(|(own, _)| own.as_str() < "File[");
    let files = all[from..].iter().map_while(|(own, _)| own.strip_prefix("File["));
    let placed = files.filter_map(|own| own.split_once("/facts.d/"));
    let stems = placed.map(|(_, name)| name.split(['.', ']']).next().unwrap_or_default());
    stems.filter(|stem| stem.len() > 2).map(SmolStr::new).collect()
}

/// Whether something of the tree came with Puppet 3, or later: settings of an environment, a
/// `Puppetfile`. (Sources: release notes of Puppet 3.5; r10k's manual.)
fn is_of_three(graph: &Graph<'_>) -> bool {
    let mut lists = graph.all(kinds::PUPPET_MODULE_LIST).iter();
    graph.paths.look_up("environment.conf") != PathKind::Absent
        || lists.any(|(name, _)| name == "Puppetfile")
}

/// Whether data of the tree sets parameters of its classes by their names.
fn sets_parameters(graph: &Graph<'_>) -> bool {
    graph.all(kinds::KEY).iter().any(|(key, _)| {
        key.rsplit_once("::").is_some_and(|(class, param)| {
            let entity = Entity::new(kinds::PUPPET_CLASS, class);
            graph.interfaces(&entity).any(|(_, own)| own.params.iter().any(|own| own.name == param))
        })
    })
}

/// Whether a variable may be there whatever scope reads it: a fact, one of the top scope, or what
/// a classifier sets.
pub(in crate::systems::puppet) fn may_be_outer(graph: &Graph<'_>, name: &str) -> bool {
    let Some(outside) = graph.view::<Outside>() else { return true };
    crate::systems::puppet::every_scope::has(name)
        || graph.providers(kinds::PUPPET_VARIABLE, name).next().is_some()
        || !graph.matching(kinds::PUPPET_FACT, &NamePattern::exact(name)).is_empty()
        || outside.top.contains(name)
        || outside.free.contains_key(name)
        || outside.facts.iter().any(|stem| name.contains(stem.as_str()) || stem.contains(name))
}

impl Outside {
    /// Whether a variable that `scope` reads may be one of the top scope: a fact, or what a
    /// classifier sets.
    fn may_be(&self, graph: &Graph<'_>, scope: &str, name: &str) -> bool {
        let is_of_file = |stem: &SmolStr| name.contains(stem.as_str()) || stem.contains(name);
        if self.top.contains(name) || self.facts.iter().any(is_of_file) {
            return true;
        }
        // No fact and no classifier has a state of whatever reads it.
        let is_state = name == "ensure";
        let several = !is_state && self.free.get(name).is_some_and(|scopes| scopes.len() > 1);
        if (several || self.dynamic) && near(graph, scope, name).is_none() {
            return true;
        }
        // They are read where one is asked for that could be among them.
        let texts = || self.programs.get_or_init(|| programs::texts_of(graph));
        programs::may_be_text(name) && !is_state && texts().contains(name)
    }
}

/// The variable of the top scope of which one is a slip: a letter or two, or the case of some.
fn near_at_top(graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
    let all = graph.all(kinds::PUPPET_VARIABLE).iter().map(|(own, _)| own.as_str());
    let near = |own: &&str| {
        own.eq_ignore_ascii_case(name) || is_slip(own, name) && strsim::osa_distance(own, name) == 1
    };
    all.filter(|own| !own.contains("::") && *own != name).find(near).map(SmolStr::new)
}

/// The variable of a definition that was probably meant.
fn near(graph: &Graph<'_>, scope: &str, name: &str) -> Option<SmolStr> {
    let all = graph.all(kinds::PUPPET_VARIABLE);
    let head = format!("{scope}::");
    let from = all.partition_point(|(own, _)| own.as_str() < head.as_str());
    let own = all[from..].iter().map_while(|(own, _)| own.strip_prefix(head.as_str()));
    nearest_of(name, own.filter(|own| !own.contains("::")))
}

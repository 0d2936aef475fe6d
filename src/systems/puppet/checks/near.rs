//! Names of modules and types that nothing has and that are called almost like others.
//!
//! A module that is not in the tree may come from elsewhere, so its names say nothing, unless a
//! module of the tree is called almost so and has that very name: `include ngnix::vhost` beside
//! `nginx::vhost`. Nor does a type without a module in its name, unless it is one of Puppet's own
//! but for a letter: `qservice`.

use crate::check::Context;
use crate::facts::{Entity, Require, Strength, is_slip, kinds, nearest_of};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution};
use crate::loader::FileIx;
use crate::systems::puppet::builtin;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut modules = None;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let ix = ix as FileIx;
        let path = file.entry.path.as_str();
        if !path.ends_with(".pp") || !file.standing.is_live() || graph.is_partly_read(ix) {
            continue;
        }
        for require in &file.facts.requires {
            let Some(entity) = named(require) else { continue };
            let modules = modules.get_or_insert_with(|| Modules::of(graph));
            let Some(near) = modules.near(graph, &entity) else { continue };
            // The tree knows of it, or something declares that it lives elsewhere.
            if !matches!(graph.resolve_from(ix, require), Resolution::Open(_)) {
                continue;
            }
            let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
            let what = if entity.kind == kinds::PUPPET_CLASS { "class" } else { "defined type" };
            let message = format!("{what} `{}` does not exist", entity.name);
            findings.push(
                Finding::new("unresolved-reference", message, place)
                    .severity(Severity::Error)
                    .label(format!("required here by `{}`", require.via))
                    .help(format!("did you mean `{near}`?"))
                    .entity(entity),
            );
        }
    }
}

/// The class or type that a requirement names.
fn named(require: &Require) -> Option<Entity> {
    let target = require.any_of.first()?;
    let is_definition = matches!(target.kind, kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE);
    let name = target.name.as_exact().filter(|_| is_definition)?;
    (require.strength == Strength::Certain).then(|| Entity::new(target.kind, name.clone()))
}

/// The modules that definitions of the tree belong to, and those that it lists.
struct Modules {
    own: FxHashSet<SmolStr>,
    listed: FxHashSet<SmolStr>,
}

impl Modules {
    fn of(graph: &Graph<'_>) -> Self {
        let first = |name: &SmolStr| SmolStr::new(name.split("::").next().unwrap_or(name));
        let all = [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE];
        let own = all.iter().flat_map(|kind| graph.all(*kind)).map(|(name, _)| first(name));
        let listed = graph.all(kinds::PUPPET_EXTERNAL).iter().map(|(name, _)| name.clone());
        Self { own: own.collect(), listed: listed.collect() }
    }

    /// What was meant by a name of a module that the tree has nothing of.
    fn near(&self, graph: &Graph<'_>, entity: &Entity) -> Option<SmolStr> {
        let Some((module, rest)) = entity.name.split_once("::") else {
            return self.near_type(entity);
        };
        if self.own.contains(module) || self.listed.contains(module) {
            return None;
        }
        let near = self.own.iter().filter(|own| is_slip(module, own));
        let mut names = near.map(|own| SmolStr::from(format!("{own}::{rest}")));
        let found = names.find(|name| graph.providers(entity.kind, name).next().is_some())?;
        names.all(|name| graph.providers(entity.kind, &name).next().is_none()).then_some(found)
    }

    /// The type of Puppet's own that was meant. What the tree lists, or does not list, may bring
    /// types of any name: several things of a sort are often called after one.
    fn near_type(&self, entity: &Entity) -> Option<SmolStr> {
        let name = entity.name.as_str();
        if entity.kind != kinds::PUPPET_DEFINE || name.len() < 5 || self.listed.contains(name) {
            return None;
        }
        let near = nearest_of(name, builtin::types())?;
        let is_part = near.starts_with(name) || name.starts_with(near.as_str());
        let bare = |own: &str| own.replace('_', "");
        (strsim::osa_distance(name, &near) == 1 && !is_part && bare(name) != bare(&near))
            .then_some(near)
    }
}

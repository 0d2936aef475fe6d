//! `version-skew`: an interface and its callers that fit only while both are at the same
//! version, although nothing makes them land together.
//!
//! Incident 3: the package with the new `webservice-runner` was on some hosts; the callers
//! elsewhere still ran the old one. `ensure => latest` brings a version when Puppet next
//! runs, host by host, and a stuck run brings none.

use super::Context;
use super::called::command_name;
use super::disagreement::{Since, describe};
use super::floating::{installed, packages_of};
use crate::compat::{behaviours, judge_beyond, skipped};
use crate::facts::{Call, Entity, Interface, Param, Relation, kinds};
use crate::finding::{Finding, Place};
use crate::graph::Graph;
use crate::loader::{FileIx, Role};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::borrow::Cow;
use std::sync::Arc;

/// Most places of a kind that one finding lists.
const MOST: usize = 6;

/// Both versions of an interface that changed.
struct Changed<'g> {
    old: (FileIx, &'g Interface),
    new: (FileIx, &'g Interface),
    /// Packages that bring it, and where they are installed without a version.
    packages: Vec<Entity>,
    floating: Vec<(Place, String)>,
}

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let changed = changed(context, old);
    if changed.is_empty() {
        return;
    }
    let before = calls(old, &changed);
    let after = calls(context.new, &changed);
    let mut entities: Vec<&Entity> = changed.keys().collect();
    entities.sort_unstable();
    for entity in entities {
        let own = &changed[entity];
        let none = Vec::new();
        let skew = Skew {
            context,
            own,
            before: before.get(entity).unwrap_or(&none),
            after: after.get(entity).unwrap_or(&none),
        };
        findings.extend(skew.finding());
    }
}

/// Interfaces that both trees have, in files that changed, and that land apart from some
/// caller: joined from another tree, or in a package that is installed without a version.
fn changed<'g>(context: &Context<'g>, old: &'g Graph<'g>) -> FxHashMap<Entity, Changed<'g>> {
    let new = context.new;
    let mut out = FxHashMap::default();
    for (ix, file) in new.snapshot.files.iter().enumerate() {
        if file.facts.interfaces.is_empty() {
            continue;
        }
        let path = file.entry.path.as_str();
        let Some(old_ix) = old.snapshot.find(path) else { continue };
        if Arc::ptr_eq(&old.snapshot.file(old_ix).facts, &file.facts) {
            continue;
        }
        let packages = packages_of(new, path);
        let floating: Vec<_> =
            packages.iter().flat_map(|package| installed(new, package)).take(MOST).collect();
        if floating.is_empty() && context.joined.is_empty() {
            continue;
        }
        for interface in &file.facts.interfaces {
            let Some(before) = old.interfaces(&interface.entity).next() else { continue };
            if before.1 == interface {
                continue;
            }
            let own = Changed {
                old: before,
                new: (ix as FileIx, interface),
                packages: packages.clone(),
                floating: floating.clone(),
            };
            out.insert(interface.entity.clone(), own);
        }
    }
    out
}

type Calls<'g> = FxHashMap<Entity, Vec<(FileIx, Cow<'g, Call>)>>;

/// Calls of the changed interfaces, in path order.
fn calls<'g>(graph: &'g Graph<'g>, changed: &FxHashMap<Entity, Changed<'_>>) -> Calls<'g> {
    let mut out: Calls<'g> = FxHashMap::default();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        for call in &file.facts.calls {
            for (_, interface) in graph.callees(call) {
                if changed.contains_key(&interface.entity) {
                    out.entry(interface.entity.clone())
                        .or_default()
                        .push((ix as FileIx, graph.completed(call)));
                }
            }
        }
    }
    out
}

struct Skew<'c, 'g> {
    context: &'c Context<'g>,
    own: &'c Changed<'g>,
    before: &'c [(FileIx, Cow<'g, Call>)],
    after: &'c [(FileIx, Cow<'g, Call>)],
}

/// One thing that goes wrong between two versions.
struct Clash {
    parameter: SmolStr,
    /// What goes wrong, a clause.
    what: String,
    /// The call.
    place: Place,
}

/// Whether `name` is an environment variable of either version and no parameter.
fn is_variable(old: &Interface, new: &Interface, name: &str) -> bool {
    let has = |params: &[Param]| params.iter().any(|param| param.is_called(name));
    (has(&old.environment) || has(&new.environment)) && !has(&old.params) && !has(&new.params)
}

impl Skew<'_, '_> {
    fn finding(&self) -> Option<Finding> {
        let (old_at, old) = self.own.old;
        let (new_at, new) = self.own.new;
        let Context { new: graph, .. } = self.context;
        let role = graph.snapshot.role;
        let command =
            self.after.iter().chain(self.before).next().map(|(_, call)| command_name(call))?;
        let forward = self.forward(&command, old, new);
        let backward = self.backward(&command, old, new);
        let first = forward.first().or(backward.first())?;
        let parameter = first.parameter.clone();
        let mut parts = Vec::new();
        if let Some(clash) = forward.first() {
            parts.push(format!(
                "callers at the old version × `{command}` at the new one: {}",
                clash.what
            ));
        }
        if let Some(clash) = backward.first() {
            parts.push(format!(
                "callers at the new version × `{command}` at the old one: {}",
                clash.what
            ));
        }
        let declared = |(file, interface): (FileIx, &Interface), tree| {
            let mut all = interface.params.iter().chain(&interface.environment);
            let param = all.find(|param| param.is_called(&parameter));
            param.map(|param| Place { tree, file, span: param.span })
        };
        let primary = declared((new_at, new), role)
            .or_else(|| declared((old_at, old), Role::Old))
            .unwrap_or(Place { tree: role, file: new_at, span: new.span });
        let mut finding = Finding::new("version-skew", parts.join("; "), primary)
            .of_change()
            .label("this differs between the two versions")
            .entity(match is_variable(old, new, &parameter) {
                true => Entity::new(kinds::ENV, &*parameter),
                false => new.parameter(&command, &parameter),
            });
        let behaviour =
            behaviours(old, new).into_iter().find(|behaviour| behaviour.param.name == parameter);
        if let Some(behaviour) = behaviour {
            let now = Place { tree: role, file: new_at, span: behaviour.now.span };
            let before = Place { tree: Role::Old, file: old_at, span: behaviour.before.span };
            finding = finding
                .related(format!("only done with `{parameter}` now"), now)
                .related("always done before", before)
                .help(format!(
                    "keep `{}` the default and let a new switch turn it off; or release a version that accepts `{parameter}` first, then the callers, then the one that needs it",
                    behaviour.now.what
                ));
        } else {
            finding = finding.help(
                "let one release accept both forms, bring it everywhere, then change the callers, then drop the old form",
            );
        }
        for clash in forward.iter().take(MOST) {
            finding = finding.related("called so at the old version", clash.place);
        }
        for clash in backward.iter().take(MOST) {
            finding = finding.related("called so at the new version", clash.place);
        }
        for (place, message) in &self.own.floating {
            finding = finding.related(message.clone(), *place);
        }
        Some(finding)
    }

    /// Old callers meet the new interface.
    fn forward(&self, command: &str, old: &Interface, new: &Interface) -> Vec<Clash> {
        let mut out = Vec::new();
        for (file, call) in
            self.before.iter().filter(|(file, call)| self.is_apart(Role::Old, *file, call))
        {
            let place = |span| Place { tree: Role::Old, file: *file, span };
            for own in judge_beyond(new, old, call) {
                out.push(Clash {
                    parameter: own.issue.parameter().unwrap_or_default().into(),
                    what: describe(command, &own, Since::Change).message,
                    place: place(own.span),
                });
            }
            for behaviour in skipped(old, new, call) {
                let (flag, what) = (&behaviour.param.name, &behaviour.now.what);
                out.push(Clash {
                    parameter: flag.clone(),
                    what: format!("`{flag}` is never passed, and its effect (`{what}`) is skipped without a word"),
                    place: place(call.span),
                });
            }
        }
        out
    }

    /// New callers meet the old interface.
    fn backward(&self, command: &str, old: &Interface, new: &Interface) -> Vec<Clash> {
        let mut out = Vec::new();
        let role = self.context.new.snapshot.role;
        for (file, call) in
            self.after.iter().filter(|(file, call)| self.is_apart(role, *file, call))
        {
            for own in judge_beyond(old, new, call) {
                out.push(Clash {
                    parameter: own.issue.parameter().unwrap_or_default().into(),
                    what: describe(command, &own, Since::Before).message,
                    place: Place { tree: role, file: *file, span: own.span },
                });
            }
        }
        out
    }

    /// Whether a caller may be at another version than what it calls: it comes from another
    /// tree; or what it calls comes in a package that floats, and the caller is elsewhere,
    /// or runs it on another host.
    fn is_apart(&self, tree: Role, file: FileIx, call: &Call) -> bool {
        let graph = match tree {
            Role::Old => self.context.old.unwrap_or(self.context.new),
            _ => self.context.new,
        };
        let path = graph.snapshot.file(file).entry.path.as_str();
        let target = self.context.new.snapshot.file(self.own.new.0).entry.path.as_str();
        if path == target {
            return false;
        }
        let unit = |path: &str| {
            let first = path.split('/').next().unwrap_or_default();
            self.context.joined.iter().position(|name| name == first)
        };
        if unit(path) != unit(target) {
            return true;
        }
        let same_package =
            packages_of(graph, path).iter().any(|own| self.own.packages.contains(own));
        !self.own.floating.is_empty() && (!same_package || call.relation == Relation::Remote)
    }
}

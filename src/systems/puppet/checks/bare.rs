//! Bare words of ERB templates: variables to Puppet 3, an error to Puppet 4 and later, and to all of
//! them where nothing of the tree sets a variable of that name.

use super::around::{is_set, scope_name};
use super::templates::renderings;
use crate::check::Context;
use crate::extract::Names;
use crate::facts::{Entity, Relation, Require, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution};
use crate::loader::FileIx;
use crate::systems::puppet::bare::{Method, method};
use crate::systems::puppet::surroundings::is_modern;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Words that whatever renders the template has as a variable: that is what was meant.
pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let is_old = graph.snapshot.layout.names == Names::Relative;
    let mut names = None;
    let mut seen = FxHashSet::default();
    for (file, require) in renderings(graph) {
        let Some(scope) = scope_name(graph, file, require) else { continue };
        let Resolution::Found(sites) = graph.resolve(require) else { continue };
        let Some(template) = sites.first() else { continue };
        for read in &graph.snapshot.file(template.file).facts.requires {
            let Some(target) =
                read.any_of.first().filter(|own| own.kind == kinds::PUPPET_BARE_WORD)
            else {
                continue;
            };
            let Some(name) = target.name.as_exact() else { continue };
            let known = is_set(graph, &scope, name, 0);
            if let Some(method) = method(name) {
                let is_own = known && has_own(graph, &scope, name);
                if is_own && seen.insert((template.file, name.clone())) {
                    let rendered = Place { tree: graph.snapshot.role, file, span: require.span };
                    let read = (template.file, read);
                    findings.push(of_ruby(graph, name, method, read, (&scope, rendered)));
                }
                continue;
            }
            if known && is_old || !seen.insert((template.file, name.clone())) {
                continue;
            }
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            if !known {
                // What has no nodes is used by a tree that may set anything, and what something
                // asks about may be absent.
                if graph.all(kinds::PUPPET_NODE).is_empty() || read.relation == Relation::InBranch {
                    continue;
                }
                let names = names.get_or_insert_with(|| Everywhere::of(graph));
                if graph.is_partly_read(file) || graph.is_unloadable(file) || names.may_be(name) {
                    continue;
                }
                let message = format!("the template reads `{name}`, which nothing here sets");
                findings.push(
                    Finding::new("unresolved-reference", message, place(template.file, read.span))
                        .severity(Severity::Warning)
                        .label("read here")
                        .help("Puppet cannot render it: no scope has a variable of this name")
                        .related("rendered here", place(file, require.span))
                        .entity(Entity::new(kinds::PUPPET_VARIABLE, format!("{scope}::{name}"))),
                );
                continue;
            }
            let message = format!("the template reads the variable `{name}` without its `@`");
            // What renders it is written for a Puppet that refuses it.
            let text = graph.snapshot.contents(file);
            let severity = match is_modern(&String::from_utf8_lossy(&text)) {
                true if read.relation != Relation::InBranch => Severity::Error,
                _ => Severity::Warning,
            };
            findings.push(
                Finding::new("unresolved-reference", message, place(template.file, read.span))
                    .severity(severity)
                    .label("read here")
                    .help(format!("Puppet 4 and later cannot render it: write `@{name}`"))
                    .related("rendered here", place(file, require.span))
                    .entity(Entity::new(kinds::PUPPET_VARIABLE, format!("{scope}::{name}"))),
            );
        }
    }
}

/// A method of Ruby's that a template calls in place of a variable of the scope that renders it.
fn of_ruby(
    graph: &Graph<'_>,
    name: &str,
    method: Method,
    (file, read): (FileIx, &Require),
    (scope, rendered): (&str, Place),
) -> Finding {
    let place = Place { tree: graph.snapshot.role, file, span: read.span };
    let severity = match method {
        Method::Failing if read.relation != Relation::InBranch => Severity::Error,
        _ => Severity::Warning,
    };
    let message = format!("`{name}` is a method of Ruby's here, not the variable");
    Finding::new("unresolved-reference", message, place)
        .severity(severity)
        .label("read here")
        .help(format!("write `@{name}`"))
        .related("rendered here", rendered)
        .entity(Entity::new(kinds::PUPPET_VARIABLE, format!("{scope}::{name}")))
}

/// Whether a scope itself sets a variable.
fn has_own(graph: &Graph<'_>, scope: &str, name: &str) -> bool {
    graph.providers(kinds::PUPPET_VARIABLE, &format!("{scope}::{name}")).next().is_some()
}

/// Names of the variables that scopes of the tree set, and of those that several files read.
struct Everywhere {
    set: FxHashSet<SmolStr>,
    read: FxHashSet<SmolStr>,
}

impl Everywhere {
    fn of(graph: &Graph<'_>) -> Self {
        let last = |name: &SmolStr| SmolStr::new(name.rsplit("::").next().unwrap_or(name));
        let set = graph.all(kinds::PUPPET_VARIABLE).iter().map(|(name, _)| last(name)).collect();
        let mut first: FxHashMap<SmolStr, FileIx> = FxHashMap::default();
        let mut read = FxHashSet::default();
        let read_kinds = [
            kinds::PUPPET_TOP_SCOPE,
            kinds::KEY,
            kinds::PUPPET_BARE_WORD,
            kinds::PUPPET_TEMPLATE_VARIABLE,
            kinds::PUPPET_PLAIN_VARIABLE,
        ];
        for (ix, file) in graph.asking(&read_kinds) {
            let targets = file.facts.requires.iter().filter_map(|require| require.any_of.first());
            for target in targets {
                let Some(name) = target.name.as_exact() else { continue };
                match target.kind {
                    // Facts, and what a classifier sets.
                    kinds::PUPPET_TOP_SCOPE | kinds::KEY => drop(read.insert(last(name))),
                    kinds::PUPPET_BARE_WORD
                    | kinds::PUPPET_TEMPLATE_VARIABLE
                    | kinds::PUPPET_PLAIN_VARIABLE => {
                        let name = last(name);
                        if *first.entry(name.clone()).or_insert(ix) != ix {
                            read.insert(name);
                        }
                    }
                    _ => {}
                }
            }
        }
        Self { set, read }
    }

    /// Whether something may set it that the tree does not show.
    fn may_be(&self, name: &SmolStr) -> bool {
        self.set.contains(name) || self.read.contains(name)
    }
}

//! Which names of controllers' objects a tree has to hold.
//!
//! A tree does not say which repository it is, nor what was made by hand when a cluster began.
//! What it holds most of, it is taken to hold all of.

use super::patched::{RENAMED, said};
use crate::facts::{Entity, NamePattern, Ref, Sought, base_name, kinds, parent_folder, path_in};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site, View};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;
use smol_str::SmolStr;
use std::sync::{LazyLock, OnceLock};

/// Fewer names of a kind, or of a source, that are here say nothing about the others.
const ENOUGH: usize = 3;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Own>();
    graph.add_view::<Applied>();
    graph.set_resolver(kinds::FLUX_NAMED, Box::<Objects>::default());
    graph.set_resolver(kinds::GITOPS_FOLDER, Box::new(Folders));
    graph.set_resolver(kinds::GITOPS_FILE, Box::new(Files));
    graph.set_resolver(kinds::GITOPS_PERMITTED, Box::new(super::permitted::Permitted));
    graph.set_resolver(kinds::GITOPS_MEMBER, Box::<Projects>::default());
}

/// What a tree says of the repository that it is.
#[derive(Default)]
struct Own {
    /// Sources that lead to this tree: an object of Flux applies the folder that it lies in.
    sources: FxHashSet<SmolStr>,
    /// Whether every object that applies a folder has such a source.
    alone: bool,
    /// Whether such a source is made by what is not here: another repository of the same cluster
    /// names this one, and has objects of its own.
    is_brought: bool,
}

/// Files in which Flux writes down, when a cluster begins, what applies them.
const BEGUN: [&str; 2] = ["gotk-sync.yaml", "toolkit-sync.yaml"];

impl View for Own {
    fn of(graph: &Graph<'_>) -> Self {
        let mut own = Self::default();
        let mut named: FxHashMap<&str, (usize, usize)> = FxHashMap::default();
        let mut inside: FxHashSet<&str> = FxHashSet::default();
        let exact = graph.all(kinds::FLUX_OBJECT).iter().map(|(_, site)| site);
        let sites = exact.chain(graph.patterns(kinds::FLUX_OBJECT).iter().map(|(_, site)| site));
        for site in sites {
            let file = graph.snapshot.file(site.file);
            let provide = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
            let text = provide.map(|own| own.detail.text()).unwrap_or_default();
            let Some((source, folder)) = text.split_once(' ') else { continue };
            let path = file.entry.path.as_str();
            let lies_in = match folder {
                "" => BEGUN.contains(&base_name(path)),
                _ => path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
            };
            if lies_in && BEGUN.contains(&base_name(path)) {
                own.sources.insert(source.into());
            } else if lies_in {
                inside.insert(source);
            }
            let (here, all) = named.entry(source).or_default();
            *here += usize::from(graph.paths.look_up(folder) != PathKind::Absent);
            *all += 1;
        }
        // Another repository may have a folder of the same name.
        for source in inside {
            if named.get(source).is_some_and(|(here, all)| here * 4 >= all * 3) {
                own.sources.insert(source.into());
            }
        }
        let is_own = |source: &&str| own.sources.contains(*source);
        own.alone = !named.is_empty() && named.keys().all(is_own);
        let is_absent = |source: &SmolStr| {
            let is_named = |site: &Site| {
                let file = graph.snapshot.file(site.file);
                BEGUN.contains(&base_name(&file.entry.path))
            };
            base_name(source) != "flux-system"
                && graph
                    .matching(kinds::FLUX_OBJECT, &NamePattern::exact(source.clone()))
                    .is_empty()
                && !graph.all(kinds::FLUX_OBJECT).iter().any(|(_, site)| is_named(site))
        };
        own.is_brought = own.sources.iter().any(is_absent);
        own
    }
}

/// What the tree says of its own repository.
fn own<'g>(graph: &'g Graph<'_>) -> &'g Own {
    static NONE: LazyLock<Own> = LazyLock::new(Own::default);
    graph.view().unwrap_or(&NONE)
}

/// Of each group of names, those that are here and all that are named.
#[derive(Default)]
struct Held(FxHashMap<SmolStr, (FxHashSet<SmolStr>, FxHashSet<SmolStr>)>);

impl Held {
    fn add(&mut self, group: &str, name: &SmolStr, is_here: Here) {
        let (here, all) = self.0.entry(group.into()).or_default();
        if is_here == Here::Yes {
            here.insert(name.clone());
        }
        all.insert(name.clone());
    }

    /// Whether any name of a group is here.
    fn has_any(&self, group: &str) -> bool {
        self.0.get(group).is_some_and(|(here, _)| !here.is_empty())
    }

    /// Whether three of four that are named in a group are here.
    fn is_owned(&self, group: &str) -> bool {
        self.0
            .get(group)
            .is_some_and(|(here, all)| here.len() >= ENOUGH && here.len() * 4 >= all.len() * 3)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Here {
    Yes,
    No,
}

/// Every reference of a kind.
fn references<'g>(graph: &'g Graph<'_>, kind: crate::facts::Kind) -> impl Iterator<Item = &'g Ref> {
    graph.targets(&[kind]).filter(move |target| target.kind == kind)
}

/// Objects of Flux by kind and name; the namespace is not asked for.
#[derive(Default)]
struct Objects(OnceLock<Held>);

impl Resolver for Objects {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::FLUX_OBJECT, &target.name);
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let name = target.name.to_string();
        let kind = name.split('/').next().unwrap_or_default();
        let held = self.0.get_or_init(|| {
            let mut held = Held::default();
            for own in references(graph, kinds::FLUX_NAMED) {
                let here = match graph.matching(kinds::FLUX_OBJECT, &own.name).is_empty() {
                    true => Here::No,
                    false => Here::Yes,
                };
                let name: SmolStr = own.name.to_string().into();
                if here == Here::No && leads_here(graph, &name) {
                    continue;
                }
                held.add(name.split('/').next().unwrap_or_default(), &name, here);
            }
            held
        });
        let entity = Entity::new(kinds::FLUX_OBJECT, name.as_str());
        // A command, or an operator, makes the source that a cluster begins with before anything
        // of the tree is applied.
        // So it is with what `flux bootstrap`, its provider for Terraform or its operator keep.
        if base_name(&name) == "flux-system" {
            return Resolution::Elsewhere;
        }
        // Nor is it known what an object names of which a patch may say so in its place.
        let patched = graph.providers(kinds::FLUX_NAMED, source(target)).next();
        // A mark does nothing where its policy is not here, and a program may make that.
        let is_mark = target.scope.as_deref().is_some_and(|own| own.sought == Sought::Anything);
        let is_brought = own(graph).is_brought;
        if is_mark
            || is_brought
            || leads_here(graph, &name)
            || patched.is_some()
            || is_renamed(graph, &name)
        {
            return Resolution::Open(entity);
        }
        match held.is_owned(kind) || own(graph).alone && held.has_any(kind) {
            true => Resolution::Missing(entity),
            false => Resolution::Open(entity),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let kind = name.split('/').next().unwrap_or_default();
        let all = graph.all(kinds::FLUX_OBJECT).iter().map(|(own, _)| own.as_str());
        let same = all.filter(|own| own.split('/').next() == Some(kind));
        crate::facts::nearest_of(name, same)
    }
}

/// Whether a root that adds to names may make this one of another one's.
fn is_renamed(graph: &Graph<'_>, name: &str) -> bool {
    let renamed = graph.providers(kinds::FLUX_NAMED, &said("", RENAMED)).next();
    let Some((kind, name)) = name.split_once('/').filter(|_| renamed.is_some()) else {
        return false;
    };
    graph.all(kinds::FLUX_OBJECT).iter().any(|(own, _)| {
        let base = own.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/'));
        base.is_some_and(|base| name.starts_with(base) || name.ends_with(base))
    })
}

/// Whether most folders that are applied from a source are here.
fn is_owned(graph: &Graph<'_>, source: &str) -> bool {
    graph.view().is_some_and(|held: &Applied| held.0.is_owned(source))
}

/// Whether a source, by its name or address, leads to this tree.
fn leads_here(graph: &Graph<'_>, source: &str) -> bool {
    is_owned(graph, source) || own(graph).sources.contains(source)
}

/// The folders that objects have applied, by the source that they name.
struct Applied(Held);

impl View for Applied {
    fn of(graph: &Graph<'_>) -> Self {
        Self(held(graph))
    }
}

/// Folders of a repository, by the name or address that objects give it.
struct Folders;

/// What makes a folder one of Kustomize's.
const ROOT: &str = "kustomization.yaml";

impl Resolver for Folders {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let source = source(target);
        let Some(folder) = target.name.as_exact() else {
            let entity = Entity::new(kinds::GITOPS_FOLDER, target.name.to_string());
            return match (graph.paths.any_match(&target.name), is_owned(graph, source)) {
                (true, _) => Resolution::Found(smallvec![]),
                (false, true) => Resolution::Missing(entity),
                (false, false) => Resolution::Open(entity),
            };
        };
        let root = path_in(folder, ROOT);
        match (graph.paths.look_up(&root), graph.paths.look_up(folder)) {
            (PathKind::File(file), _) | (_, PathKind::File(file)) => {
                return Resolution::Found(smallvec![Site::whole(file)]);
            }
            (_, PathKind::Folder) => return Resolution::Found(smallvec![]),
            (_, PathKind::Elsewhere) => return Resolution::Elsewhere,
            _ => {}
        }
        let entity = Entity::new(kinds::GITOPS_FOLDER, folder.clone());
        let ignored = graph.paths.is_ignored(&root, graph.snapshot);
        match leads_here(graph, source) && !ignored {
            true => Resolution::Missing(entity),
            false => Resolution::Open(entity),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let paths = graph.paths.all().iter().map(|path| parent_folder(path));
        let mut same = paths.filter(|own| base_name(own) == base_name(name));
        let first = same.next()?;
        same.all(|own| own == first).then(|| first.into())
    }
}

/// Which folders of each source are here.
fn held(graph: &Graph<'_>) -> Held {
    let mut held = Held::default();
    for own in references(graph, kinds::GITOPS_FOLDER) {
        let Some(path) = own.name.as_exact() else { continue };
        let here = match graph.paths.look_up(path) {
            PathKind::Absent => Here::No,
            _ => Here::Yes,
        };
        held.add(source(own), path, here);
    }
    held
}

/// Files of a repository.
struct Files;

impl Resolver for Files {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(path) = target.name.as_exact() else { return Resolution::Elsewhere };
        match graph.paths.look_up(path) {
            PathKind::File(file) => return Resolution::Found(smallvec![Site::whole(file)]),
            PathKind::Absent if !graph.paths.is_ignored(path, graph.snapshot) => {}
            _ => return Resolution::Elsewhere,
        }
        let entity = Entity::new(kinds::FILE, path.clone());
        match leads_here(graph, source(target)) {
            true => Resolution::Missing(entity),
            false => Resolution::Open(entity),
        }
    }
}

/// Projects of Argo CD by name.
#[derive(Default)]
struct Projects(OnceLock<Held>);

impl Resolver for Projects {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::GITOPS_PROJECT, &target.name);
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let held = self.0.get_or_init(|| {
            let mut held = Held::default();
            for own in references(graph, kinds::GITOPS_MEMBER) {
                let Some(name) = own.name.as_exact() else { continue };
                let here = match graph.matching(kinds::GITOPS_PROJECT, &own.name).is_empty() {
                    true => Here::No,
                    false => Here::Yes,
                };
                held.add("", name, here);
            }
            held
        });
        let entity = Entity::new(kinds::GITOPS_PROJECT, target.name.to_string());
        match held.is_owned("") {
            true => Resolution::Missing(entity),
            false => Resolution::Open(entity),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let all = graph.all(kinds::GITOPS_PROJECT).iter().map(|(own, _)| own.as_str());
        crate::facts::nearest_of(name, all)
    }
}

fn source(target: &Ref) -> &str {
    match target.scope.as_deref().map(|scope| &scope.sought) {
        Some(Sought::Inside(source)) => source,
        _ => "",
    }
}

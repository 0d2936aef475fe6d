//! Which parts of objects are there: keys, ports, volumes by name, pods by their labels.
//!
//! Several manifests may say parts of one object, as patches do: what any of them says counts for
//! all objects of that kind and name.

use super::fields::is_whole_name;
use super::held::{Held, Here};
use super::parts::targets;
use super::patched::{Harmless, may_have_more};
use crate::facts::{Detail, Entity, Kind, Ref, Relation, Sought, kinds, nearest_of, parent_folder};
use crate::graph::{Graph, Resolution, Resolver, Site, View};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::OnceLock;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Pods>();
    graph.add_view::<Partial>();
    graph.add_view::<Harmless>();
    graph.set_resolver(kinds::CLUSTER_KEY, Box::new(Keys));
    graph.set_resolver(kinds::CLUSTER_PODS, Box::<Selectors>::default());
    graph.set_resolver(kinds::CLUSTER_PORT, Box::new(Ports));
    graph.set_resolver(kinds::CLUSTER_VOLUME, Box::new(Volumes));
    graph.set_resolver(kinds::CLUSTER_LISTENER, Box::new(Listeners));
}

type Sites = SmallVec<[Site; 1]>;

/// Places of a part, said of that very object; of what is named inside an object, in its own
/// file or in a patch.
fn parts(graph: &Graph<'_>, kind: Kind, of: &str, target: &Ref) -> Sites {
    let mut sites = graph.matching(kind, &target.name);
    let from = target.scope.as_ref().map(|scope| &scope.from);
    sites.retain(|site| {
        let file = graph.snapshot.file(site.file);
        let own = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
        own.is_some_and(|own| {
            let is_near = from.is_none_or(|from| *from == file.entry.path);
            is_whole_name(own.name.prefix(), of)
                && (kind == kinds::CLUSTER_KEY
                    || of.starts_with("Service/")
                    || is_near
                    || own.detail != Detail::Whole
                    || is_patch(graph, &file.entry.path))
        })
    });
    sites
}

fn split(target: &Ref) -> Option<(&str, &str)> {
    target.name.as_exact()?.split_once('#')
}

fn missing(target: &Ref) -> Entity {
    Entity::new(target.kind, target.name.to_string())
}

/// The part of the same thing whose name is most like one.
fn nearest(graph: &Graph<'_>, kind: Kind, name: &str) -> Option<SmolStr> {
    let (of, _) = name.split_once('#')?;
    let all = graph.all(kind).iter().map(|(own, _)| own.as_str());
    nearest_of(name, all.filter(|own| is_whole_name(own, of)))
}

/// Files that roots of Kustomize apply to objects, which say a part of one each.
#[derive(Default)]
struct Partial {
    files: FxHashSet<SmolStr>,
    /// The folders of roots of which such a file is not in the tree: who applies them has it.
    unread: FxHashSet<SmolStr>,
}

impl View for Partial {
    fn of(graph: &Graph<'_>) -> Self {
        let mut own = Self::default();
        for file in &graph.snapshot.files {
            let patches = file.facts.requires.iter().filter(|own| own.via.starts_with("patches"));
            for target in patches.flat_map(|own| &own.any_of) {
                let Some(path) = target.name.as_exact().filter(|_| target.kind == kinds::FILE)
                else {
                    continue;
                };
                if graph.snapshot.find(path).is_none() {
                    own.unread.insert(parent_folder(&file.entry.path).into());
                }
                own.files.insert(path.clone());
            }
        }
        own
    }
}

/// Whether a root applies a file to objects that others make.
pub(super) fn is_patch(graph: &Graph<'_>, path: &SmolStr) -> bool {
    graph.view::<Partial>().is_some_and(|all| all.files.contains(path))
}

/// Whether what is named from a file may be said by another: the file is a patch itself, or the
/// root that it lies in has one that is not here.
fn is_partial(graph: &Graph<'_>, target: &Ref) -> bool {
    target.scope.as_ref().is_some_and(|scope| {
        let unread = |all: &Partial| all.unread.contains(parent_folder(&scope.from));
        is_patch(graph, &scope.from) || graph.view().is_some_and(unread)
    })
}

/// Keys of ConfigMaps and Secrets.
struct Keys;

impl Resolver for Keys {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((of, _)) = split(target) else { return Resolution::Elsewhere };
        let mut objects = graph.providers(kinds::CLUSTER_OBJECT, of).peekable();
        if objects.peek().is_none() {
            return Resolution::Elsewhere;
        }
        let sites = parts(graph, target.kind, of, target);
        // Another namespace may have an object of the same name; what stands beside it is meant.
        let from = target.scope.as_ref().map(|scope| parent_folder(&scope.from));
        let folder = |site: Site| parent_folder(&graph.snapshot.file(site.file).entry.path);
        match sites.is_empty() {
            false => Resolution::Found(sites),
            true if may_have_more(graph, of) => Resolution::Elsewhere,
            true if objects.any(|site| Some(folder(site)) == from) => {
                Resolution::Missing(missing(target))
            }
            true => Resolution::Open(missing(target)),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        nearest(graph, kinds::CLUSTER_KEY, name)
    }
}

/// Ports of Services, of the pods that a selector means, and of one container.
struct Ports;

impl Resolver for Ports {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((of, port)) = split(target) else { return Resolution::Elsewhere };
        if of.contains('=') {
            return of_selected(graph, of, port, target);
        }
        // The object itself: `KIND/NAME`, or `KIND/NAME/CONTAINER`.
        let object = of.match_indices('/').nth(1).map_or(of, |(at, _)| &of[..at]);
        // A Service that a controller makes has ports that no file lists.
        let has_none = || of.starts_with("Service/") && !has_ports(graph, object);
        if graph.providers(kinds::CLUSTER_OBJECT, object).next().is_none()
            || is_partial(graph, target)
            || has_none()
        {
            return Resolution::Elsewhere;
        }
        let sites = parts(graph, target.kind, of, target);
        let of_pods = format!("{}#{port}", targets(of));
        let is_of_pods = || graph.providers(kinds::CLUSTER_PORT, &of_pods).next().is_some();
        match sites.is_empty() {
            true if is_of_pods() => Resolution::Open(missing(target)),
            true if may_have_more(graph, object) => Resolution::Elsewhere,
            true if is_apart(graph, target, object) => Resolution::Open(missing(target)),
            true => Resolution::Missing(missing(target)),
            false => Resolution::Found(sites),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        nearest(graph, kinds::CLUSTER_PORT, name)
    }

    fn is_news(&self, _: &Graph<'_>, _: &str) -> bool {
        false
    }
}

/// Listeners of Gateways.
struct Listeners;

impl Resolver for Listeners {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((of, _)) = split(target) else { return Resolution::Elsewhere };
        let is_here = graph.providers(kinds::CLUSTER_OBJECT, of).next().is_some();
        let mut sites = graph.matching(kinds::CLUSTER_LISTENER, &target.name);
        let provide = |site: &Site| {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            site.provide.and_then(|ix| provides.get(ix as usize))
        };
        sites.retain(|site| provide(site).is_some_and(|own| is_whole_name(own.name.prefix(), of)));
        match sites.is_empty() {
            false => Resolution::Found(sites),
            true if !is_here || is_partial(graph, target) || may_have_more(graph, of) => {
                Resolution::Elsewhere
            }
            true if is_apart(graph, target, of) => Resolution::Open(missing(target)),
            true => Resolution::Missing(missing(target)),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        nearest(graph, kinds::CLUSTER_LISTENER, name)
    }

    fn is_news(&self, _: &Graph<'_>, _: &str) -> bool {
        false
    }
}

/// Whether the Service or Gateway that is named from elsewhere may be another one than those of the tree: a
/// release of its name may make it, and those of the tree are in other namespaces.
fn is_apart(graph: &Graph<'_>, target: &Ref, object: &str) -> bool {
    let Some(scope) = &target.scope else { return false };
    let Some((kind @ ("Service" | "Gateway"), name)) = object.split_once('/') else { return false };
    let release = if kind == "Service" { format!("HelmRelease/{name}") } else { String::new() };
    if graph.providers(kinds::CLUSTER_OBJECT, &release).next().is_some() {
        return true;
    }
    let from = graph.snapshot.find(&scope.from).map(|file| namespaces(graph, file));
    let Some(from) = from.filter(|from| !from.is_empty()) else { return false };
    let mut all = graph.providers(kinds::CLUSTER_OBJECT, object);
    all.all(|site| {
        let own = namespaces(graph, site.file);
        !own.is_empty() && own.is_disjoint(&from)
    })
}

/// The namespaces that a file says its objects are in.
fn namespaces(graph: &Graph<'_>, file: FileIx) -> FxHashSet<String> {
    let contents = graph.snapshot.contents(file);
    let text = String::from_utf8_lossy(&contents);
    let said = text.match_indices("namespace:").map(|(at, word)| &text[at + word.len()..]);
    let values = said.filter_map(|rest| rest.split(['\n', ',', '}', '#']).next());
    let values = values.map(|own| own.trim().trim_matches(['"', '\'']).to_owned());
    values.filter(|own| !own.is_empty() && !own.contains(['$', '{', '*', '&'])).collect()
}

/// A port of the pods that have some labels.
fn of_selected(graph: &Graph<'_>, labels: &str, port: &str, target: &Ref) -> Resolution {
    let Some(pods) = graph.view::<Pods>() else { return Resolution::Elsewhere };
    let chosen = pods.chosen(labels, None);
    let mut sites = Sites::new();
    let mut lists_any = false;
    for own in chosen.iter().map(|ix| &pods.all[*ix]) {
        let target = Ref::exact(target.kind, format!("{}#{port}", own.object));
        sites.extend(parts(graph, target.kind, &own.object, &target));
        lists_any |= own.lists_ports;
        if own.is_open || may_have_more(graph, &own.object) {
            return Resolution::Elsewhere;
        }
    }
    let by_number = port.bytes().all(|byte| byte.is_ascii_digit());
    match sites.is_empty() {
        false => Resolution::Found(sites),
        true if chosen.is_empty() || by_number && !lists_any => Resolution::Elsewhere,
        true if by_number => Resolution::Open(missing(target)),
        true => Resolution::Missing(missing(target)),
    }
}

/// Volumes of one workload.
struct Volumes;

impl Resolver for Volumes {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((of, _)) = split(target) else { return Resolution::Elsewhere };
        let sites = parts(graph, target.kind, of, target);
        match sites.is_empty() {
            false => Resolution::Found(sites),
            true if is_partial(graph, target) || may_have_more(graph, of) => Resolution::Elsewhere,
            true => Resolution::Missing(missing(target)),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        nearest(graph, kinds::CLUSTER_VOLUME, name)
    }
}

/// Pods of one workload.
#[derive(Default)]
struct Own {
    object: SmolStr,
    sites: Sites,
    labels: FxHashSet<SmolStr>,
    is_open: bool,
    lists_ports: bool,
}

/// The pods of all workloads.
struct Pods {
    all: Vec<Own>,
    by_label: FxHashMap<SmolStr, Vec<usize>>,
    /// What roots of Kustomize put on all that they build.
    common: FxHashSet<SmolStr>,
}

impl View for Pods {
    fn of(graph: &Graph<'_>) -> Self {
        let mut by_place: FxHashMap<(SmolStr, FileIx), usize> = FxHashMap::default();
        let mut all: Vec<Own> = Vec::new();
        let mut patched: FxHashMap<SmolStr, Vec<usize>> = FxHashMap::default();
        for (_, site) in graph.all(kinds::CLUSTER_PODS) {
            let file = graph.snapshot.file(site.file);
            let provides = &file.facts.provides;
            let own = site.provide.and_then(|ix| provides.get(ix as usize));
            let object = own.and_then(|own| provides.get(own.within? as usize)?.name.as_exact());
            let (Some(own), Some(object)) = (own, object) else { continue };
            let ix = *by_place.entry((object.clone(), site.file)).or_insert_with(|| {
                all.push(Own { object: object.clone(), ..Own::default() });
                let ix = all.len() - 1;
                if is_patch(graph, &file.entry.path) {
                    patched.entry(object.clone()).or_default().push(ix);
                }
                ix
            });
            all[ix].sites.push(*site);
            if let Detail::Members(labels) = &own.detail {
                all[ix].labels.extend(labels.iter().cloned());
            }
        }
        for ((object, _), ix) in by_place {
            for patch in patched.get(&object).into_iter().flatten().filter(|patch| **patch != ix) {
                let labels = all[*patch].labels.clone();
                all[ix].labels.extend(labels);
            }
        }
        let mut by_label: FxHashMap<SmolStr, Vec<usize>> = FxHashMap::default();
        for (ix, own) in all.iter_mut().enumerate() {
            own.is_open = own.labels.contains("*");
            own.lists_ports = has_ports(graph, &own.object);
            for label in &own.labels {
                by_label.entry(label.clone()).or_default().push(ix);
            }
        }
        let common = graph.all(kinds::CLUSTER_LABEL).iter().map(|(own, _)| own.clone()).collect();
        Self { all, by_label, common }
    }
}

fn has_ports(graph: &Graph<'_>, object: &str) -> bool {
    let all = graph.all(kinds::CLUSTER_PORT);
    let prefix = format!("{object}#");
    let from = all.partition_point(|(own, _)| own.as_str() < prefix.as_str());
    all.get(from).is_some_and(|(own, _)| own.starts_with(&prefix))
}

impl Pods {
    /// Whether those of one object, said in several files or not, have all labels between them.
    fn has_between(&self, labels: &str, object: &str) -> bool {
        let all = || self.all.iter().filter(|own| own.object == object);
        all().any(|own| own.is_open)
            || labels.split(',').all(|label| {
                self.common.contains(label) || all().any(|own| own.labels.contains(label))
            })
    }

    /// Those that have all labels, of one object or of any.
    fn chosen(&self, labels: &str, object: Option<&str>) -> Vec<usize> {
        let wanted: Vec<&str> =
            labels.split(',').filter(|own| !self.common.contains(*own)).collect();
        let has = |own: &Own| {
            object.is_none_or(|object| own.object == object)
                && (own.is_open || wanted.iter().all(|label| own.labels.contains(*label)))
        };
        let open = self.by_label.get("*");
        let first = wanted.first().map(|label| self.by_label.get(*label));
        match first {
            None => (0..self.all.len()).filter(|ix| has(&self.all[*ix])).collect(),
            Some(found) => {
                let found = found.into_iter().chain(open).flatten().copied();
                let mut found: Vec<usize> = found.filter(|ix| has(&self.all[*ix])).collect();
                found.sort_unstable();
                found.dedup();
                found
            }
        }
    }
}

/// What selects pods by their labels.
#[derive(Default)]
struct Selectors(OnceLock<bool>);

impl Resolver for Selectors {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let (Some(labels), Some(pods)) = (target.name.as_exact(), graph.view::<Pods>()) else {
            return Resolution::Elsewhere;
        };
        let object = match target.scope.as_deref().map(|scope| &scope.sought) {
            Some(Sought::Inside(object)) => Some(object.as_str()),
            _ => None,
        };
        let mut chosen = pods.chosen(labels, object);
        match object {
            Some(object) if chosen.is_empty() && pods.has_between(labels, object) => {
                return Resolution::Elsewhere;
            }
            // Pods of which the labels are not known are no reason to say that these are there.
            None => chosen.retain(|ix| !pods.all[*ix].is_open),
            _ => {}
        }
        let sites: Sites = chosen.iter().flat_map(|ix| pods.all[*ix].sites.clone()).collect();
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        if labels.split(',').all(|label| pods.common.contains(label)) || is_partial(graph, target) {
            return Resolution::Elsewhere;
        }
        match object {
            Some(object) if may_have_more(graph, object) => Resolution::Elsewhere,
            Some(_) => Resolution::Missing(missing(target)),
            None => Resolution::Open(missing(target)),
        }
    }

    fn nearest(&self, _: &Graph<'_>, _: &str) -> Option<SmolStr> {
        None
    }

    fn is_news(&self, graph: &Graph<'_>, name: &str) -> bool {
        let Some(pods) = graph.view::<Pods>().filter(|pods| pods.chosen(name, None).is_empty())
        else {
            return false;
        };
        *self.0.get_or_init(|| {
            let mut held = Held::default();
            let asking = graph.asking(&[kinds::CLUSTER_PODS]);
            let requires = asking.flat_map(|(_, file)| &file.facts.requires);
            let uses = requires.filter(|own| own.relation == Relation::Uses);
            for target in uses.flat_map(|own| &own.any_of) {
                if target.kind == kinds::CLUSTER_PODS && target.scope.is_none() {
                    let name = target.name.to_string();
                    let here = match pods.chosen(&name, None).is_empty() {
                        false => Here::Yes,
                        true => Here::No,
                    };
                    held.add("", &name, here);
                }
            }
            held.has("")
        })
    }
}

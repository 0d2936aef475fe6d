//! Variables that one cluster sets for what several apply, and another one does not: there they are
//! filled in with nothing.
//!
//! (Source: Flux's "Kustomization" reference, "Post build variable substitution".)

use super::applied::Folders;
use super::variables::{self, FROM};
use crate::check::Context;
use crate::extract::inside;
use crate::facts::{Entity, FileFacts, NamePattern, Provide, Span, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::syntax::yaml::{self, Node};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Most pairs of an object that applies and a file that it applies.
const MOST: usize = 1_000_000;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    if graph.all(kinds::FLUX_VARIABLE).is_empty() {
        return;
    }
    let Clusters { all, given } = Clusters::of(graph);
    if all.len() < 2 {
        return;
    }
    let mut folders = Folders::new(graph);
    let mut readers: BTreeMap<FileIx, Vec<usize>> = BTreeMap::new();
    let mut pairs = 0;
    for (ix, own) in all.iter().enumerate() {
        for file in own.folders.iter().flat_map(|own| folders.files(own).to_vec()) {
            let reads = &graph.snapshot.file(file).facts.requires;
            if reads.iter().any(|own| own.any_of.iter().any(|own| own.kind == kinds::FLUX_READ)) {
                let by = readers.entry(file).or_default();
                if by.last() != Some(&ix) {
                    by.push(ix);
                    pairs += 1;
                }
            }
        }
        if pairs > MOST {
            return;
        }
    }
    let mut groups: FxHashMap<Vec<usize>, Rc<Vec<Held>>> = FxHashMap::default();
    let severity = OnceCell::new();
    for (file, by) in readers.into_iter().filter(|(_, by)| by.len() > 1) {
        if !context.asks(file) || !graph.snapshot.file(file).standing.is_live() {
            continue;
        }
        let held = groups.entry(by.clone()).or_insert_with(|| {
            let group: Vec<&Cluster> = by.iter().map(|ix| &all[*ix]).collect();
            Rc::new(group.iter().map(|own| Held::of(graph, own, &group, &given)).collect())
        });
        let held = held.clone();
        for require in &graph.snapshot.file(file).facts.requires {
            let read = require.any_of.first().filter(|own| own.kind == kinds::FLUX_READ);
            let Some(name) = read.and_then(|own| own.name.as_exact()).map(SmolStr::as_str) else {
                continue;
            };
            let pair = |ix: &usize| (&all[by[*ix]], &held[*ix]);
            let (with, rest): (Vec<usize>, Vec<usize>) =
                (0..by.len()).partition(|ix| held[*ix].names.contains(name));
            let names: FxHashSet<&str> = with.iter().map(|ix| pair(ix).0.name.as_str()).collect();
            let is_without = |ix: &usize| {
                let (own, held) = pair(ix);
                !held.is_open && (own.fills || names.contains(own.name.as_str()))
            };
            let without: Vec<&Cluster> =
                rest.iter().filter(|ix| is_without(ix)).map(|ix| pair(ix).0).collect();
            let with: Vec<&Cluster> = with.iter().map(|ix| pair(ix).0).collect();
            // One that applies a folder around the other's leaves to it what is in there.
            let is_twin = |own: &&Cluster| {
                with.iter().any(|other| !is_around(own, other) && !is_around(other, own))
            };
            let without: Vec<&Cluster> = without.into_iter().filter(is_twin).collect();
            if let (Some(first), Some(lacks)) = (with.first(), without.first())
                && without.len() <= with.len()
            {
                let place = At { file, span: require.span };
                let severity = *severity.get_or_init(|| match is_strict(graph) {
                    true => Severity::Error,
                    false => Severity::Warning,
                });
                let lacks = (*lacks, without.len());
                findings.push(told(graph, (name, place), first, lacks, severity));
            }
        }
    }
}

/// Whether a folder that one applies lies around one that the other does.
fn is_around(one: &Cluster, other: &Cluster) -> bool {
    one.folders.iter().any(|own| {
        other.folders.iter().any(|inner| inside(own, inner).is_some_and(|_| inner != own))
    })
}

#[derive(Clone, Copy)]
struct At {
    file: FileIx,
    span: Span,
}

fn told(
    graph: &Graph<'_>,
    (name, at): (&str, At),
    first: &Cluster,
    (lacks, count): (&Cluster, usize),
    severity: Severity,
) -> Finding {
    let tree = graph.snapshot.role;
    let place = |own: At| Place { tree, file: own.file, span: own.span };
    let path = |own: &Cluster| graph.snapshot.file(own.at.file).entry.path.clone();
    let others = match count {
        1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    let message = format!(
        "`{name}` is not set for `{}`{others}, and is for `{}`, which applies this too",
        path(lacks),
        path(first)
    );
    let help = match severity {
        Severity::Error => format!("Flux refuses to fill it in: set `{name}` there too"),
        _ => format!("it is filled in with nothing: set `{name}` there too, or say a default"),
    };
    Finding::new("environment-gap", message, place(at))
        .severity(severity)
        .label("read here")
        .help(help)
        .entity(Entity::new(kinds::FLUX_VARIABLE, name))
        .related("applied without it here", place(lacks.at))
        .related("applied with it here", place(first.at))
}

/// Whether the controller is told to refuse what is not set.
fn is_strict(graph: &Graph<'_>) -> bool {
    let says =
        |own: &[u8]| memchr::memmem::find(own, b"StrictPostBuildSubstitutions=true").is_some();
    graph.snapshot.all_files().any(|(ix, file)| {
        let path = &file.entry.path;
        (path.contains("flux") || path.contains("gotk"))
            && super::is_yaml(path)
            && graph.snapshot.tells(ix, says)
    })
}

/// A `Kustomization` of Flux.
struct Cluster {
    at: At,
    path: SmolStr,
    name: String,
    /// What it applies.
    folders: Vec<SmolStr>,
    /// Whether it fills in anything.
    fills: bool,
    set: Set,
}

/// What `postBuild` says.
#[derive(Default)]
struct Set {
    names: FxHashSet<SmolStr>,
    /// Objects that more are taken from.
    from: FxHashSet<SmolStr>,
}

impl Set {
    fn add(&mut self, facts: &FileFacts) {
        for own in facts.provides.iter().filter(|own| own.kind == kinds::FLUX_VARIABLE) {
            match own.detail.text().strip_prefix(FROM) {
                Some(object) => self.from.insert(object.into()),
                None => self.names.insert(own.name.to_string().into()),
            };
        }
    }
}

/// All that apply folders, and what patches give them, whichever it is for.
struct Clusters {
    all: Vec<Cluster>,
    given: Set,
}

impl Clusters {
    fn of(graph: &Graph<'_>) -> Self {
        let mut own = Self { all: Vec::new(), given: Set::default() };
        let objects = graph.all(kinds::FLUX_OBJECT).iter();
        let applying = objects.filter(|(name, _)| name.starts_with("Kustomization/"));
        let mut files: Vec<FileIx> = applying.map(|(_, site)| site.file).collect();
        let given = graph.all(kinds::FLUX_VARIABLE).iter();
        files.extend(given.filter(|(_, site)| is_setting(graph, *site)).map(|(_, site)| site.file));
        files.sort_unstable();
        files.dedup();
        for file in files {
            let entry = graph.snapshot.file(file);
            if !entry.standing.is_live() || graph.is_loose(file) {
                continue;
            }
            let contents = graph.snapshot.contents(file);
            let text = String::from_utf8_lossy(&contents);
            for root in &yaml::parse(&text).roots {
                own.root(root, file, &entry.entry.path);
            }
        }
        own
    }

    fn root(&mut self, root: &Node<'_>, file: FileIx, path: &SmolStr) {
        let word = |keys: &[&str]| super::text(root, keys).and_then(Node::as_str);
        let spec = root.get("spec");
        let folder =
            word(&["spec", "path"]).and_then(|own| super::join_path("", own.trim_matches('/')));
        let is_own = word(&["kind"]) == Some("Kustomization")
            && word(&["apiVersion"]).is_some_and(|own| own.starts_with("kustomize.toolkit."));
        let (Some(spec), Some(folder), true) = (spec, folder, is_own) else {
            // A patch, or a root that has some.
            let mut facts = FileFacts::default();
            variables::set_below(root, 0, &mut facts);
            return self.given.add(&facts);
        };
        let (mut set, mut given) = (FileFacts::default(), FileFacts::default());
        for (key, value) in spec.entries() {
            match key.as_str() {
                Some("postBuild") => variables::set_by(value, &mut set),
                _ => variables::set_below(value, 0, &mut given),
            }
        }
        self.given.add(&given);
        let node = spec.get("postBuild").or(root.get("metadata"));
        let span = node.and_then(|own| own.entries().first()).map(|(key, _)| key.span);
        let is_known = !folder.is_empty() && !folder.contains('$');
        if word(&["spec", "suspend"]) == Some("true") || !is_known {
            return;
        }
        let components = spec.get("components").map(Node::items).unwrap_or_default().iter();
        let components = components.filter_map(|own| super::join_path(&folder, own.as_str()?));
        let mut own = Cluster {
            at: At { file, span: span.unwrap_or_default() },
            path: path.clone(),
            name: word(&["metadata", "name"]).unwrap_or_default().to_owned(),
            folders: components.map(SmolStr::from).collect(),
            fills: spec.get("postBuild").is_some(),
            set: Set::default(),
        };
        own.folders.push(folder.into());
        own.set.add(&set);
        self.all.push(own);
    }
}

/// Whether a file says what is set, and is not what it is taken from.
fn is_setting(graph: &Graph<'_>, site: crate::graph::Site) -> bool {
    let provides = &graph.snapshot.file(site.file).facts.provides;
    let own: Option<&Provide> = site.provide.and_then(|ix| provides.get(ix as usize));
    own.is_some_and(|own| own.detail.text().is_empty() || own.detail.text().starts_with(FROM))
}

/// What is set for one of several.
struct Held {
    names: FxHashSet<SmolStr>,
    is_open: bool,
}

impl Held {
    fn of(graph: &Graph<'_>, own: &Cluster, group: &[&Cluster], given: &Set) -> Self {
        let mut held = Self { names: own.set.names.clone(), is_open: false };
        held.names.extend(given.names.iter().cloned());
        let mine = part_of(&own.path, group);
        let others: FxHashSet<&str> = group
            .iter()
            .filter_map(|own| part_of(&own.path, group))
            .filter(|own| Some(*own) != mine)
            .collect();
        for object in own.set.from.iter().chain(&given.from) {
            held.add(graph, object, |path| {
                let is = |part: &str| Some(part) == mine;
                path.split('/').any(is) || !path.split('/').any(|own| others.contains(own))
            });
        }
        held
    }

    /// Adds the keys of an object, as far as it is this cluster's.
    fn add(&mut self, graph: &Graph<'_>, object: &str, is_ours: impl Fn(&str) -> bool) {
        let sites = graph.matching(kinds::CLUSTER_OBJECT, &NamePattern::exact(object));
        let mut is_found = false;
        for site in sites {
            let file = graph.snapshot.file(site.file);
            if !is_ours(&file.entry.path) {
                continue;
            }
            let begin = format!("{object}#");
            let provides = file.facts.provides.iter();
            let keys = provides.filter(|own| own.kind == kinds::CLUSTER_KEY);
            let mut count = 0;
            for key in keys.filter(|own| own.name.prefix().starts_with(&begin)) {
                match key.name.as_exact().and_then(|own| own.strip_prefix(&begin)) {
                    Some(key) => _ = self.names.insert(key.into()),
                    None => self.is_open = true,
                }
                count += 1;
            }
            self.is_open |= count == 0;
            is_found = true;
        }
        self.is_open |= !is_found;
    }
}

/// The part of a path by which it differs from the others of a group.
fn part_of<'p>(path: &'p str, group: &[&Cluster]) -> Option<&'p str> {
    let same =
        |other: &str| path.split('/').zip(other.split('/')).take_while(|(a, b)| a == b).count();
    let others = group.iter().map(|own| own.path.as_str()).filter(|own| *own != path);
    path.split('/').nth(others.map(same).min()?)
}

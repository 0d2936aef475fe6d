//! What the templates of a chart take of the values that they are handed, and what releases
//! hand them.

use super::Values;
use crate::extract::Source;
use crate::facts::{
    Call, Detail, Entity, FileFacts, NamePattern, Provide, Ref, Relation, Word, join_path, kinds,
    parent_folder,
};
use crate::finding::Place;
use crate::graph::{Graph, PathKind, Resolution};
use crate::loader::FileIx;
use crate::systems::helm::charts::{Chart, charts};
use crate::systems::helm::{is_template, references::is_chart};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Files below `templates/` that render nothing.
const SILENT: [&str; 4] = [".md", ".helmignore", ".gitkeep", ".golden"];

/// The values that a chart takes.
pub(super) struct Taken {
    /// Keys that its templates read.
    reads: FxHashSet<SmolStr>,
    /// Keys of maps that they read a part of.
    outer: FxHashSet<SmolStr>,
    /// First parts of keys that are handed on.
    parts: FxHashSet<SmolStr>,
    /// What its own values file sets.
    values: Values,
    /// Whether charts that are published elsewhere read more.
    pub is_part: bool,
}

impl Taken {
    /// Of a chart of which every template was read; of no other.
    pub fn of(graph: &Graph<'_>, chart: &Chart) -> Option<Self> {
        Self::of_own(graph, chart).filter(|own| !own.is_part)
    }

    /// Of a chart of which every template was read that is its own.
    pub fn of_own(graph: &Graph<'_>, chart: &Chart) -> Option<Self> {
        if chart.is_unread || chart.templates.is_empty() {
            return None;
        }
        let mut own = Self {
            reads: FxHashSet::default(),
            outer: FxHashSet::default(),
            parts: FxHashSet::from_iter(["global".into()]),
            values: Values::default(),
            is_part: chart.open,
        };
        for &ix in &chart.templates {
            let file = graph.snapshot.file(ix);
            let path = file.entry.path.as_str();
            if !is_template(path) && !SILENT.iter().any(|ending| path.ends_with(ending)) {
                return None;
            }
            let requires = file.facts.requires.iter().flat_map(|own| &own.any_of);
            for target in requires.filter(|own| own.kind == kinds::HELM_VALUE) {
                own.read(target.name.as_exact()?);
            }
        }
        for name in ["Chart.yaml", "requirements.yaml", "values.yaml"] {
            let path = join_path(&chart.folder, name)?;
            let PathKind::File(ix) = graph.paths.look_up(&path) else { continue };
            for provide in &graph.snapshot.file(ix).facts.provides {
                if provide.kind == kinds::HELM_DEPENDENCY {
                    own.parts.extend(provide.name.as_exact().cloned());
                }
            }
            if !own.values.add(graph, ix) {
                return None;
            }
        }
        // What a schema allows is meant to be set.
        let schema = Entity::new(kinds::HELM_CHART, chart.folder.as_str());
        let allowed = graph.interfaces(&schema).flat_map(|(_, own)| &own.params);
        own.parts.extend(allowed.map(|param| param.name.clone()));
        let last = |part: &SmolStr| part.rsplit('/').next().map(SmolStr::new);
        own.parts.extend(chart.parts.iter().filter_map(last));
        Some(own)
    }

    fn read(&mut self, key: &str) {
        if self.reads.insert(key.into()) {
            self.outer.extend(key.match_indices('.').map(|(at, _)| SmolStr::new(&key[..at])));
        }
    }

    /// Whether a template reads the key, a map that it is in, or a part of it.
    pub fn is_read(&self, key: &str) -> bool {
        let mut outer = key.match_indices('.').map(|(at, _)| &key[..at]);
        self.reads.contains(key)
            || self.outer.contains(key)
            || outer.any(|own| self.reads.contains(own))
    }

    /// Whether a template reads the key, or it is below the name of a chart that this one has.
    pub fn had(&self, key: &str) -> bool {
        let first = key.split('.').next().unwrap_or(key);
        self.is_read(key) || self.parts.contains(first)
    }

    /// Whether a template reads the key, or who else is handed it may.
    pub fn is_meant(&self, key: &str) -> bool {
        let first = key.split('.').next().unwrap_or(key);
        self.parts.contains(first) || self.is_read(key)
    }

    /// What templates read that no value is set for: the names by the maps that they are in.
    pub fn unset(&self) -> FxHashMap<&str, Vec<&str>> {
        let mut out: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        let mut all: Vec<&str> =
            self.reads.iter().chain(&self.outer).map(SmolStr::as_str).collect();
        all.sort_unstable();
        all.dedup();
        for key in all.into_iter().filter(|key| !self.values.has(key)) {
            let (parent, name) = parted(key);
            out.entry(parent).or_default().push(name);
        }
        out
    }

    /// Whether anything of the chart knows the key.
    pub fn knows(&self, key: &str) -> bool {
        let first = key.split('.').next().unwrap_or(key);
        self.parts.contains(first) || self.is_read(key) || self.values.has(key)
    }
}

/// The map that a key is in, and its name there.
pub(super) fn parted(key: &str) -> (&str, &str) {
    key.rsplit_once('.').unwrap_or(("", key))
}

/// A chart's folder with what one release of it sets in place, and the files of more.
pub(super) struct Use {
    pub folder: SmolStr,
    pub set: Vec<(SmolStr, Place)>,
    pub files: Vec<FileIx>,
    /// Where the release is made.
    pub place: Place,
    /// `--reuse-values`: what was set before stays.
    pub keeps: bool,
}

/// Every release of a chart of the tree.
pub(super) fn uses(graph: &Graph<'_>) -> Vec<Use> {
    let mut out = Vec::new();
    if charts(graph).all.is_empty() {
        return out;
    }
    for (ix, file) in graph.calling(&[kinds::HELMFILE_CHART, kinds::COMMAND]) {
        for call in &file.facts.calls {
            let Some(target) = call.any_of.first() else { continue };
            let found = match target.kind {
                kinds::HELMFILE_CHART => declared(graph, ix, call),
                kinds::COMMAND if is_helm(target) => commanded(graph, ix, call),
                _ => None,
            };
            out.extend(found);
        }
    }
    out
}

fn is_helm(target: &Ref) -> bool {
    target.name.as_exact().is_some_and(|name| matches!(name.as_str(), "helm" | "helm3"))
}

fn place(graph: &Graph<'_>, file: FileIx, span: crate::facts::Span) -> Place {
    Place { tree: graph.snapshot.role, file, span }
}

fn file_at(graph: &Graph<'_>, path: &str) -> Option<FileIx> {
    match graph.paths.look_up(path) {
        PathKind::File(file) => Some(file),
        _ => None,
    }
}

/// The folder of the chart that a release names, where the tree has it.
pub(super) fn chart_of(graph: &Graph<'_>, target: &Ref) -> Option<SmolStr> {
    let Resolution::Found(sites) = graph.resolve_ref(target) else { return None };
    let manifest = &graph.snapshot.file(sites.first()?.file).entry.path;
    let folder = manifest.strip_suffix("Chart.yaml")?.trim_end_matches('/');
    charts(graph).find(folder).map(|chart| chart.folder.clone())
}

fn declared(graph: &Graph<'_>, file: FileIx, call: &Call) -> Option<Use> {
    let folder = chart_of(graph, call.any_of.first()?)?;
    let given = call.environment.as_deref()?;
    let set = given.set.iter().map(|own| (own.name.clone(), place(graph, file, own.span)));
    let files = given.sources.iter().filter_map(|own| file_at(graph, own.name.as_exact()?));
    Some(Use {
        folder,
        set: set.collect(),
        files: files.collect(),
        place: place(graph, file, call.span),
        keeps: false,
    })
}

/// `helm upgrade NAME CHART -f FILE --set KEY=VALUE`, run in the folder of its script or in the
/// tree's.
fn commanded(graph: &Graph<'_>, file: FileIx, call: &Call) -> Option<Use> {
    let text = |word: &Word| word.text.as_exact().cloned();
    let words: Vec<(SmolStr, Place)> = call
        .words
        .iter()
        .filter_map(|own| Some((text(own)?, place(graph, file, own.span))))
        .collect();
    if !words.iter().any(|(word, _)| matches!(word.as_str(), "upgrade" | "install")) {
        return None;
    }
    let path = graph.snapshot.file(file).entry.path.as_str();
    let (folder, base) = ["", parent_folder(path)].iter().find_map(|base| {
        let chart = words.iter().find_map(|(word, _)| {
            let folder =
                join_path(base, word.trim_end_matches('/')).filter(|_| !word.is_empty())?;
            is_chart(graph, &folder).then_some(folder)
        })?;
        Some((chart, *base))
    })?;
    let is = |name: &str| words.iter().any(|(word, _)| word == name);
    let mut own = Use {
        folder: folder.as_str().into(),
        set: Vec::new(),
        files: Vec::new(),
        place: place(graph, file, call.span),
        keeps: is("--reuse-values") && is("upgrade"),
    };
    for (at, (word, place)) in words.iter().enumerate() {
        let (flag, value) = match word.split_once('=').filter(|_| word.starts_with("--")) {
            Some((flag, value)) => (flag, Some((value, place))),
            None => (word.as_str(), words.get(at + 1).map(|(own, place)| (own.as_str(), place))),
        };
        let Some((value, place)) = value else { continue };
        match flag {
            "-f" | "--values" => {
                let paths = value.split(',').filter_map(|own| join_path(base, own));
                own.files.extend(paths.filter_map(|path| file_at(graph, &path)));
            }
            "--set" | "--set-string" | "--set-json" | "--set-file" => {
                let keys = value.split(',').filter_map(|own| own.split_once('='));
                let plain = |key: &&str| !key.contains(['[', '{', '\\']);
                let keys = keys.map(|(key, _)| key).filter(plain);
                own.set.extend(keys.map(|key| (SmolStr::new(key), *place)));
            }
            _ => {}
        }
    }
    Some(own)
}

/// The charts that other references hand a values file to; `None` where one is not known.
pub(super) fn others(graph: &Graph<'_>, values: FileIx) -> Option<Vec<SmolStr>> {
    let path = graph.snapshot.file(values).entry.path.as_str();
    let mut out = Vec::new();
    let hit = |target: &Ref| {
        matches!(target.kind, kinds::HELMFILE_FILE | kinds::HELMFILE_OPTIONAL)
            && match &target.name {
                NamePattern::Exact(name) => *name == path,
                pattern => pattern.matches(path),
            }
    };
    for file in &graph.snapshot.files {
        let mut named = file.facts.requires.iter().filter(|own| own.relation == Relation::Values);
        if !named.any(|own| own.any_of.iter().any(&hit)) {
            continue;
        }
        // The releases themselves say whose file it is, where they do.
        let is_here = |own: &Ref| own.name.as_exact().is_some_and(|own| own == path);
        let calls = file.facts.calls.iter().filter(|own| {
            own.environment.as_ref().is_some_and(|own| own.sources.iter().any(is_here))
        });
        let targets = calls.filter_map(|own| own.any_of.first());
        let targets: Vec<&Ref> = targets.filter(|own| own.kind == kinds::HELMFILE_CHART).collect();
        if !targets.is_empty() {
            for target in targets {
                out.push(chart_of(graph, target)?);
            }
            continue;
        }
        for target in file.facts.requires.iter().flat_map(|own| &own.any_of) {
            if target.kind == kinds::HELMFILE_CHART {
                out.push(chart_of(graph, target)?);
            }
        }
    }
    Some(out)
}

/// The keys that a values file sets, with their places; none where it may set anything.
pub(super) fn keys(graph: &Graph<'_>, file: FileIx) -> Vec<(SmolStr, Place)> {
    let facts = &graph.snapshot.file(file).facts;
    let of = |provides: &[Provide]| {
        let own = provides.iter().filter(|own| own.kind == kinds::HELM_VALUE);
        let own = own.filter(|own| own.detail != Detail::Blank);
        let keys =
            own.map(|own| Some((own.name.as_exact()?.clone(), place(graph, file, own.span))));
        keys.collect::<Option<Vec<_>>>().unwrap_or_default()
    };
    if facts.provides.iter().any(|own| own.kind == kinds::HELM_VALUE) {
        return of(&facts.provides);
    }
    // Its name does not say that it holds values: the release does.
    let path = graph.snapshot.file(file).entry.path.as_str();
    let bytes = match path.ends_with(".yaml") || path.ends_with(".yml") {
        true => graph.snapshot.contents(file),
        false => Vec::new(),
    };
    let mut read = FileFacts::default();
    if let Ok(text) = std::str::from_utf8(&bytes) {
        crate::systems::helm::values::extract(&Source::new(path, &bytes, text), &mut read);
    }
    of(&read.provides)
}

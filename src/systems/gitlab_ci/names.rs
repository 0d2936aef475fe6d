//! Jobs and stages of a pipeline, which all of its files have in common.

use super::{ANYTHING, INCLUDE, ROOT, TRIGGER};
use crate::facts::{Detail, Entity, Kind, Ref, base_name, kinds};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site, View};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::LazyLock;

/// Stages of a pipeline that lists none; the first and the last are there in any case.
const STAGES: [&str; 5] = [".pre", "build", "test", "deploy", ".post"];

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Pipelines>();
    graph.set_resolver(kinds::GITLAB_CI_NAMED, Box::new(Jobs));
    graph.set_resolver(kinds::GITLAB_CI_STAGED, Box::new(Stages));
    graph.set_resolver(kinds::GITLAB_CI_KEY, Box::new(Keys));
}

/// The files that make a pipeline.
struct Pipeline {
    files: Vec<FileIx>,
    /// More is taken in than was read.
    open: bool,
    /// Files of other repositories are, which may say whatever those of this one said before.
    elsewhere: bool,
}

/// The pipelines of a tree.
#[derive(Default)]
struct Pipelines {
    all: Vec<Pipeline>,
    /// File → those that have it.
    users: FxHashMap<FileIx, Vec<usize>>,
}

impl View for Pipelines {
    fn of(graph: &Graph<'_>) -> Self {
        let mut own = Self::default();
        let mut roots: Vec<FileIx> = Vec::new();
        let mut triggered: FxHashSet<FileIx> = FxHashSet::default();
        let parts = graph.all(kinds::GITLAB_CI_PART);
        // GitLab begins at the root alone: one below that another takes in is a part of that.
        let included: FxHashSet<FileIx> =
            parts.iter().flat_map(|(_, site)| taken(graph, site.file, INCLUDE)).flatten().collect();
        for (name, site) in parts {
            if base_name(name) == ROOT && (name == ROOT || !included.contains(&site.file)) {
                roots.push(site.file);
            }
            triggered.extend(taken(graph, site.file, TRIGGER).into_iter().flatten());
        }
        roots.extend(triggered.iter().copied());
        roots.sort_unstable();
        roots.dedup();
        for root in roots {
            let mut pipeline = pipeline(graph, root);
            // One that GitLab does not begin with is there for projects that take it in, with
            // stages and jobs of their own.
            let path = &graph.snapshot.file(root).entry.path;
            pipeline.open |= path != ROOT && base_name(path) == ROOT && !triggered.contains(&root);
            for file in &pipeline.files {
                own.users.entry(*file).or_default().push(own.all.len());
            }
            own.all.push(pipeline);
        }
        own
    }
}

/// The files that one takes in; `None` for each that is not here.
fn taken(graph: &Graph<'_>, file: FileIx, via: &str) -> Vec<Option<FileIx>> {
    let requires = graph.snapshot.file(file).facts.requires.iter().filter(|own| own.via == via);
    let paths = requires.flat_map(|own| &own.any_of).filter_map(|own| own.name.as_exact());
    let mut found = Vec::new();
    for path in paths {
        match graph.paths.look_up(path) {
            PathKind::File(file) => found.push(Some(file)),
            _ if is_pattern(path) => {
                let before = found.len();
                let begin = path.split('*').next().unwrap_or_default();
                let all = graph.paths.all().iter().filter(|own| own.starts_with(begin));
                let matching = all.filter(|own| is_taken(own, path));
                found.extend(matching.map(|own| graph.snapshot.find(own)));
                if found.len() == before {
                    found.push(None);
                }
            }
            _ => found.push(None),
        }
    }
    found
}

/// Most wildcards of a path that are followed.
const MOST: usize = 3;

/// Whether a path of `include` stands for several files.
pub(super) fn is_pattern(path: &str) -> bool {
    (1..=MOST).contains(&path.replace("**", "*").matches('*').count()) && !path.contains('[')
}

/// Whether a pattern of `include` takes a path: `*` is anything without a slash, `**` anything.
/// (Source: GitLab, `Repository#search_files_by_wildcard_path`.)
fn is_taken(path: &str, pattern: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else { return path == pattern };
    let Some(path) = path.strip_prefix(begin) else { return false };
    let (rest, end) = match rest.strip_prefix('*') {
        Some(rest) => (rest, path.len()),
        None => (rest, path.find('/').unwrap_or(path.len())),
    };
    let mut ends = path.char_indices().map(|(at, _)| at).chain([path.len()]);
    ends.any(|at| at <= end && is_taken(&path[at..], rest))
}

fn pipeline(graph: &Graph<'_>, root: FileIx) -> Pipeline {
    let mut own = Pipeline { files: vec![root], open: false, elsewhere: false };
    let mut at = 0;
    while let Some(file) = own.files.get(at).copied() {
        at += 1;
        let provides = &graph.snapshot.file(file).facts.provides;
        let part = provides.iter().find(|own| own.kind == kinds::GITLAB_CI_PART);
        own.open |= part.is_none_or(|part| part.detail != Detail::None);
        own.elsewhere |= part.is_some_and(|part| part.detail.text() == ANYTHING);
        for next in taken(graph, file, INCLUDE) {
            match next {
                Some(next) if !own.files.contains(&next) => own.files.push(next),
                Some(_) => {}
                None => own.open = true,
            }
        }
    }
    own
}

/// Looks a name up in each pipeline that its file is part of.
fn resolve(graph: &Graph<'_>, target: &Ref, kind: Kind, usual: &[&str]) -> Resolution {
    static NONE: LazyLock<Pipelines> = LazyLock::new(Pipelines::default);
    let pipelines: &Pipelines = graph.view().unwrap_or(&NONE);
    let (Some(name), Some(scope)) = (target.name.as_exact(), &target.scope) else {
        return Resolution::Elsewhere;
    };
    let file = graph.snapshot.find(&scope.from);
    let users = file.and_then(|file| pipelines.users.get(&file));
    let Some(users) = users else { return Resolution::Elsewhere };
    let mut found: SmallVec<[Site; 1]> = SmallVec::new();
    let (mut open, mut missing, mut elsewhere) = (false, false, false);
    for pipeline in users.iter().map(|ix| &pipelines.all[*ix]) {
        let path = |file: &FileIx| graph.snapshot.file(*file).entry.path.as_str();
        let named = |file: &FileIx| graph.providers(kind, &format!("{}:{name}", path(file))).next();
        let lists = |file: &FileIx| {
            let provides = &graph.snapshot.file(*file).facts.provides;
            provides.iter().any(|own| own.kind == kind)
        };
        match pipeline.files.iter().find_map(named) {
            Some(site) => found.push(site),
            None if [".pre", ".post"].contains(&name.as_str()) && !usual.is_empty() => {}
            None if usual.contains(&name.as_str()) && !pipeline.files.iter().any(lists) => {}
            None if pipeline.elsewhere => elsewhere = true,
            None if pipeline.open => open = true,
            None => missing = true,
        }
    }
    let entity = Entity::new(kind, name.clone());
    match (missing, open) {
        (true, _) => Resolution::Missing(entity),
        (false, _) if elsewhere => Resolution::Elsewhere,
        (false, true) => Resolution::Open(entity),
        (false, false) => Resolution::Found(found),
    }
}

fn nearest(graph: &Graph<'_>, kind: Kind, name: &str) -> Option<SmolStr> {
    let all = graph.all(kind).iter().filter_map(|(own, _)| Some(own.rsplit_once(':')?.1));
    crate::facts::nearest_of(name, all)
}

/// Jobs of a pipeline.
struct Jobs;

impl Resolver for Jobs {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        resolve(graph, target, kinds::GITLAB_CI_JOB, &[])
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        nearest(graph, kinds::GITLAB_CI_JOB, name)
    }
}

/// Stages of a pipeline.
struct Stages;

impl Resolver for Stages {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        resolve(graph, target, kinds::GITLAB_CI_STAGE, &STAGES)
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        nearest(graph, kinds::GITLAB_CI_STAGE, name)
    }
}

/// What jobs of a pipeline say.
struct Keys;

impl Resolver for Keys {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let parts = target.name.as_exact().and_then(|own| own.rsplit_once('/'));
        let (Some((job, key)), Some(scope)) = (parts, &target.scope) else {
            return Resolution::Elsewhere;
        };
        let Some(pipelines) = graph.view::<Pipelines>() else { return Resolution::Elsewhere };
        let file = graph.snapshot.find(&scope.from);
        let users = file.and_then(|file| pipelines.users.get(&file));
        let users = users.map(Vec::as_slice).unwrap_or_default();
        let mut is_missing = false;
        for pipeline in users.iter().map(|ix| &pipelines.all[*ix]) {
            let named = |file: &FileIx| {
                let path = &graph.snapshot.file(*file).entry.path;
                let all = graph.providers(kinds::GITLAB_CI_JOB, &format!("{path}:{job}"));
                all.collect::<SmallVec<[Site; 1]>>()
            };
            // A job that several files say has the keys of all of them.
            let sites: SmallVec<[Site; 1]> = pipeline.files.iter().flat_map(named).collect();
            let lacks = |site: &Site| {
                let provides = &graph.snapshot.file(site.file).facts.provides;
                let own = site.provide.and_then(|ix| provides.get(ix as usize));
                let text = own.map(|own| own.detail.text()).unwrap_or_default();
                !text.is_empty() && !text.lines().any(|own| own == key)
            };
            let is_known = !pipeline.open && !pipeline.elsewhere && !sites.is_empty();
            if !is_known || !sites.iter().all(lacks) {
                return Resolution::Elsewhere;
            }
            is_missing = true;
        }
        match is_missing {
            true => Resolution::Missing(Entity::new(kinds::GITLAB_CI_KEY, target.name.to_string())),
            false => Resolution::Elsewhere,
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let (job, key) = name.rsplit_once('/')?;
        let jobs = graph.all(kinds::GITLAB_CI_JOB).iter();
        let same = jobs.filter(|(own, _)| own.ends_with(&format!(":{job}")));
        let mut near = same.filter_map(|(_, site)| {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            let own = provides.get(site.provide? as usize)?;
            crate::facts::nearest_of(key, own.detail.text().lines())
        });
        Some(format!("{job}/{}", near.next()?).into())
    }
}

#[cfg(test)]
mod tests {
    use super::is_taken;

    #[test]
    fn patterns_of_include() {
        assert!(is_taken("ci/a.yml", "ci/**.yml") && is_taken("ci/a/b.yml", "ci/**.yml"));
        assert!(is_taken("ci/a.yml", "ci/*.yml") && !is_taken("ci/a/b.yml", "ci/*.yml"));
        assert!(is_taken("ci/a/b.yml", "ci/*/*.yml") && !is_taken("ci/a.yaml", "ci/*.yml"));
    }
}

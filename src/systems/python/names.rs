//! Modules and their names: which file an import means, as far as the tree shows.
//!
//! Python looks in the folder of the program that runs, and in folders that its installation
//! knows. The folder of the file, those around it, and the usual folders of sources in them
//! stand in for these. What is not found may be anywhere.

use super::symbols::module_of;
use crate::facts::{Detail, Entity, NamePattern, Provide, Ref, base_name, kinds, parent_folder};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site, View, is_generated};
use crate::loader::FileIx;
use crate::tree::EntryKind;
use rustc_hash::FxHashSet;
use smallvec::smallvec;
use smol_str::SmolStr;

/// Folders of sources.
const SOURCES: [&str; 4] = ["", "src/", "lib/", "python/"];

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Modules>();
    graph.set_resolver(kinds::PYTHON_IMPORT, Box::new(Imports));
    graph.set_resolver(kinds::PYTHON_NAME, Box::new(Names));
    graph.set_resolver(kinds::WEB_LINK, Box::new(Links));
    graph.set_bearers(kinds::PYTHON_NAME, |graph, target| {
        let Some((from, name)) = target.placed() else { return Vec::new() };
        let own = name.rsplit_once('.').and_then(|(module, name)| {
            let Found::File(file) = module_file(graph, from, module) else { return None };
            let module = module_of(&graph.snapshot.file(file).entry.path)?;
            Some(Entity::new(kinds::PYTHON_NAME, format!("{module}.{name}")))
        });
        own.into_iter().collect()
    });
}

/// What imports may mean: most are of what comes from elsewhere, and need not be looked for.
struct Modules {
    /// Names that a module of the tree may begin with.
    firsts: FxHashSet<SmolStr>,
    /// Paths of modules without their endings, and of the folders around them.
    bases: FxHashSet<SmolStr>,
    links: FxHashSet<SmolStr>,
}

impl View for Modules {
    fn of(graph: &Graph<'_>) -> Self {
        let mut firsts = FxHashSet::default();
        let mut bases = FxHashSet::default();
        for path in graph.paths.all().iter().filter_map(|path| path.strip_suffix(".py")) {
            let mut base = path;
            // What is known is known with all that is around it.
            while !base.is_empty() && bases.insert(SmolStr::new(base)) {
                firsts.insert(SmolStr::new(base_name(base)));
                base = parent_folder(base);
            }
        }
        let files = graph.snapshot.files.iter().map(|file| &file.entry);
        let links = files.filter(|entry| entry.kind == EntryKind::Symlink);
        Self { firsts, bases, links: links.map(|entry| entry.path.clone()).collect() }
    }
}

impl Modules {
    /// Whether something may stand at a path without its ending.
    fn may_hold(&self, base: &str) -> bool {
        let is_linked = || {
            let ends = base.match_indices('/').map(|(at, _)| at).chain([base.len()]);
            ends.into_iter().any(|end| self.links.contains(&base[..end]))
        };
        self.bases.contains(base) || !self.links.is_empty() && is_linked()
    }
}

/// What a module is.
enum Found {
    File(FileIx),
    /// A folder without a file of its own.
    Folder,
    Nothing,
}

/// The module `name` as the file at `from` sees it; from the root, where that is empty.
fn module_file(graph: &Graph<'_>, from: &str, name: &str) -> Found {
    let first = name.split('.').next().unwrap_or(name);
    let modules = graph.view::<Modules>();
    if modules.is_some_and(|own| !own.firsts.contains(first)) {
        return Found::Nothing;
    }
    let path = name.replace('.', "/");
    let mut folder = parent_folder(from);
    let mut loose = Found::Nothing;
    loop {
        for sources in SOURCES {
            let base = match folder {
                "" => format!("{sources}{path}"),
                folder => format!("{folder}/{sources}{path}"),
            };
            if modules.is_none_or(|own| own.may_hold(&base)) {
                for end in [".py", "/__init__.py"] {
                    if let PathKind::File(file) = graph.paths.look_up(&format!("{base}{end}")) {
                        return Found::File(file);
                    }
                }
                if graph.paths.look_up(&base) == PathKind::Folder {
                    loose = Found::Folder;
                }
            }
            if from.is_empty() {
                return loose;
            }
        }
        if folder.is_empty() {
            return loose;
        }
        folder = parent_folder(folder);
    }
}

/// Whether a build writes the module's file, or git ignores it: it is there where it is run.
fn is_made(graph: &Graph<'_>, from: &str, name: &str) -> bool {
    let path = name.replace('.', "/");
    // What begins with no name of the tree lies beside the file, or in the root.
    let first = name.split('.').next().unwrap_or(name);
    let is_own = graph.view::<Modules>().is_none_or(|own| own.firsts.contains(first));
    let mut folder = parent_folder(from);
    loop {
        for sources in &SOURCES[..if is_own { SOURCES.len() } else { 1 }] {
            let base = match folder {
                "" => format!("{sources}{path}"),
                folder => format!("{folder}/{sources}{path}"),
            };
            let files = [format!("{base}.py"), format!("{base}/__init__.py")];
            if files.iter().any(|file| is_generated(graph, file)) {
                return true;
            }
        }
        if folder.is_empty() {
            return false;
        }
        folder = if is_own { parent_folder(folder) } else { "" };
    }
}

struct Imports;

impl Resolver for Imports {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((from, name)) = target.placed() else { return Resolution::Elsewhere };
        match module_file(graph, from, name) {
            Found::File(file) => whole(file),
            Found::Folder => Resolution::Found(smallvec![]),
            Found::Nothing if is_made(graph, from, name) => Resolution::Elsewhere,
            Found::Nothing => Resolution::Open(Entity::new(kinds::PYTHON_IMPORT, name)),
        }
    }
}

fn whole(file: FileIx) -> Resolution {
    Resolution::Found(smallvec![Site { file, span: Default::default(), provide: None }])
}

struct Names;

impl Resolver for Names {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((from, full)) = target.placed() else { return Resolution::Elsewhere };
        let Some((module, name)) = full.rsplit_once('.') else { return Resolution::Elsewhere };
        let file = match module_file(graph, from, module) {
            Found::File(file) => file,
            // Whether the module is there says the import of it; a folder's names are files.
            Found::Nothing => return Resolution::Elsewhere,
            Found::Folder => match module_file(graph, from, full) {
                Found::File(file) => return whole(file),
                _ => return Resolution::Elsewhere,
            },
        };
        let provides = &graph.snapshot.file(file).facts.provides;
        let is_name = |own: &Provide| {
            own.kind == kinds::PYTHON_NAME && own.name.as_exact().is_some_and(|own| own == name)
        };
        if let Some(ix) = provides.iter().position(is_name) {
            let (span, provide) = (provides[ix].span, Some(ix as u32));
            return Resolution::Found(smallvec![Site { file, span, provide }]);
        }
        let path = graph.snapshot.file(file).entry.path.as_str();
        if let Some(folder) = path.strip_suffix("/__init__.py") {
            let part = format!("{}.{name}", folder.replace('/', "."));
            match module_file(graph, "", &part) {
                Found::File(file) => return whole(file),
                Found::Folder => return Resolution::Found(smallvec![]),
                Found::Nothing if is_made(graph, "", &part) => return Resolution::Elsewhere,
                Found::Nothing => {}
            }
        }
        let bound = provides.iter().find(|own| own.kind == kinds::PYTHON_MODULE);
        match bound.map(|own| &own.detail) {
            // It has the name from elsewhere.
            Some(Detail::Members(names)) if names.iter().any(|own| own == name) => whole(file),
            Some(Detail::Members(names)) if names.iter().all(|own| own != "*") => {
                Resolution::Open(Entity::new(kinds::PYTHON_NAME, full))
            }
            _ => Resolution::Elsewhere,
        }
    }
}

/// What a page links to is a route of the tree, where one answers.
struct Links;

impl Resolver for Links {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let mut sites = graph.matching(kinds::ROUTE, &target.name);
        let name = |site: &Site| {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            let own = site.provide.and_then(|ix| provides.get(ix as usize));
            own.map(|own| &own.name)
        };
        // A service that may answer anything answers this too.
        if sites.iter().any(|site| name(site) == Some(&NamePattern::any())) {
            return Resolution::Elsewhere;
        }
        sites.retain(|site| name(&*site).is_some());
        match sites.is_empty() {
            true => Resolution::Open(target.entity()),
            false => Resolution::Found(sites),
        }
    }
}

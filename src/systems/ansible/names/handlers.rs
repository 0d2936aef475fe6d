//! Which handlers a task can notify: those of the plays that run it.
//!
//! (Source: Ansible's documentation of handlers: they are global to a play, whichever role
//! or included file of the play brings them.)

use super::handled::{Handled, is_own_slip, is_slip, other_case};
use super::roles::role_of;
use super::{Resolver, unit};
use crate::facts::{
    Entity, NamePattern, Ref, Relation, Span, base_name, join_path, kinds, parent_folder,
};
use crate::graph::{Authority, Graph, PathKind, Resolution, Site};
use crate::loader::{FileIx, SnapshotFile};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Most plays of a role that are asked for a handler.
const MOST_PLAYS: usize = 64;

pub(super) fn install(graph: &mut Graph<'_>) {
    if !has_none_at_all(graph) {
        graph.set_authority(kinds::ANSIBLE_HANDLER, Authority::Closed);
    }
    let runs = Arc::<OnceLock<Runs>>::default();
    graph.set_resolver(kinds::ANSIBLE_CALLER_FILE, Box::new(CallerFiles(runs.clone())));
    let handlers = Handlers {
        runs,
        together: Mutex::default(),
        named: OnceLock::new(),
        handled: Handled::default(),
    };
    graph.set_resolver(kinds::ANSIBLE_NOTIFIED, Box::new(handlers));
}

struct Handlers {
    runs: Arc<OnceLock<Runs>>,
    /// What [`Runs::together`] said of each part.
    together: Mutex<FxHashMap<SmolStr, Option<Arc<FxHashSet<SmolStr>>>>>,
    /// Last parts of the paths of tasks and handlers that anything names.
    named: OnceLock<FxHashSet<SmolStr>>,
    /// Which tasks are handlers.
    handled: Handled,
}

impl Handlers {
    fn runs(&self, graph: &Graph<'_>) -> &Runs {
        self.runs.get_or_init(|| Runs::new(graph))
    }

    /// Whether a file of handlers is one that its role never reads: it has `handlers/` without a
    /// `main.yml`, and nothing names the file. (Source: Ansible, `Role._load_role_yaml`.)
    fn is_never_read(&self, graph: &Graph<'_>, file: FileIx) -> bool {
        let path = graph.snapshot.file(file).entry.path.as_str();
        let Some((role, base)) = path.rsplit_once("/handlers/") else { return false };
        let has = |name: &str| {
            graph.paths.look_up(&format!("{role}/handlers/{name}")) != PathKind::Absent
        };
        if base.contains('/') || ["main.yml", "main.yaml", "main.json", "main"].into_iter().any(has)
        {
            return false;
        }
        let files = self.named.get_or_init(|| {
            let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
            let includes = requires.filter(|own| {
                own.relation == Relation::Includes
                    || own.any_of.iter().any(|target| target.kind == kinds::ANSIBLE_ROLE_PART)
            });
            let names = includes.flat_map(|own| &own.any_of).map(|target| &target.name);
            names.map(|name| base_name(name.suffix()).into()).collect()
        });
        let stem = base.split('.').next().unwrap_or(base);
        role.split('/').any(|part| part == "roles")
            && !files.contains(base)
            && !files.contains(stem)
    }

    fn together(&self, graph: &Graph<'_>, part: &SmolStr) -> Option<Arc<FxHashSet<SmolStr>>> {
        let runs = self.runs(graph);
        let mut known = self.together.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.entry(part.clone());
        found.or_insert_with(|| runs.together(part).map(Arc::new)).clone()
    }
}

impl Resolver for Handlers {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let Some(scope) = &target.scope else { return Resolution::Open(target.entity()) };
        let path = &scope.from;
        let mut sites = self.handled.matching(graph, name);
        let place = |path: &str| SmolStr::new(part(path));
        let own = place(path);
        let of = |file| place(&graph.snapshot.file(file).entry.path);
        let entity = || Entity::new(kinds::ANSIBLE_HANDLER, name.to_string());
        if sites.iter().any(|site| of(site.file) == own) {
            // Where its role never reads one, that of a play may still be meant.
            let (ours, others): (SmallVec<[Site; 1]>, SmallVec<[Site; 1]>) =
                sites.iter().copied().partition(|site| of(site.file) == own);
            if !ours.iter().all(|site| self.is_never_read(graph, site.file)) {
                return Resolution::Found(ours);
            }
            if others.is_empty() {
                return Resolution::Missing(entity());
            }
            sites = others;
        }
        // One of the role's own is nearer than any that another may bring.
        let is_handler = |file: FileIx| {
            let path = &graph.snapshot.file(file).entry.path;
            of(file) == own && path.split('/').any(|part| part == "handlers")
        };
        if sites.is_empty() && is_own_slip(graph, name, is_handler) {
            return Resolution::Missing(entity());
        }
        // A name that is worked out is that of whatever play uses it.
        if name.as_exact().is_some()
            && let Some(together) = self.together(graph, &own)
        {
            sites.retain(|site| together.contains(&of(site.file)));
        }
        let runs = self.runs(graph);
        let is_foreign = || runs.is_foreign(&own, name, || is_slip(graph, name));
        let is_open = || match other_case(graph, name, |file| of(file) == own) {
            // Nothing else notifies the role's own handler.
            Some(_) if !runs.has_foreign(&own) => false,
            Some(meant) if !is_notified(graph, &own, &meant) => runs.has_akin(&own, name),
            Some(_) => is_foreign(),
            None => is_foreign(),
        };
        let holders = || sites.iter().map(|site| of(site.file)).collect();
        if !sites.is_empty() {
            let is_lacking =
                name.as_exact().is_some() && is_main(path) && runs.is_lacking(&own, &holders());
            if is_lacking { Resolution::Missing(entity()) } else { Resolution::Found(sites) }
        } else if runs.plays.is_empty() && has_none(graph, path)
            || has_none_at_all(graph)
            || !runs.is_alone_in_a_play(&own) && is_open()
        {
            Resolution::Open(entity())
        } else {
            Resolution::Missing(entity())
        }
    }
}

/// Whether the tree has nothing that is named as handlers are.
fn has_none_at_all(graph: &Graph<'_>) -> bool {
    [kinds::ANSIBLE_HANDLER, kinds::ANSIBLE_TASK].into_iter().all(|own| graph.all(own).is_empty())
}

/// Whether the file at `path` is one of a role that has no handlers: in a tree of roles for the plays
/// of others, those have them.
fn has_none(graph: &Graph<'_>, path: &str) -> bool {
    unit(path)
        .and_then(|own| join_path(own, "handlers"))
        .is_some_and(|folder| graph.paths.look_up(&folder) == PathKind::Absent)
}

/// Whether a task of the part notifies the handler by its name.
fn is_notified(graph: &Graph<'_>, own: &str, handler: &str) -> bool {
    let asking = graph.asking(&[kinds::ANSIBLE_NOTIFIED]);
    let files = asking.filter(|(_, file)| part(&file.entry.path) == own);
    let mut targets = files.flat_map(|(_, file)| &file.facts.requires).flat_map(|own| &own.any_of);
    targets.any(|target| {
        target.kind == kinds::ANSIBLE_NOTIFIED
            && target.name.as_exact().is_some_and(|name| name == handler)
    })
}

/// Files of the roles that use a role, whose tasks find them too.
///
/// (Source: Ansible's `Task.get_search_path`, which goes up the chain of roles.)
struct CallerFiles(Arc<OnceLock<Runs>>);

impl Resolver for CallerFiles {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((role, inner)) = target.placed() else { return Resolution::Elsewhere };
        let runs = self.0.get_or_init(|| Runs::new(graph));
        let own = SmolStr::new(part(&format!("{role}/tasks/main.yml")));
        let mut callers: Vec<SmolStr> =
            closure([own.clone()], &runs.used_by).into_iter().filter(|own| own != role).collect();
        callers.sort();
        // A tree of roles that others use: one without a folder for such files gets them from
        // their plays.
        let folder = inner.split('/').next().unwrap_or_default();
        if runs.plays.is_empty()
            && matches!(folder, "files" | "templates")
            && graph.paths.look_up(&format!("{role}/{folder}")) == PathKind::Absent
            && is_published(graph, role)
        {
            return Resolution::Open(Entity::new(kinds::FILE, format!("{role}/{inner}")));
        }
        // A play has its files beside it.
        let folder = |caller: &'_ SmolStr| match graph.paths.look_up(file_of(caller)) {
            PathKind::File(_) => SmolStr::new(parent_folder(file_of(caller))),
            _ => caller.clone(),
        };
        let paths = callers.iter().filter_map(|caller| join_path(&folder(caller), inner));
        let found = paths.filter_map(|path| match graph.paths.look_up(&path) {
            PathKind::File(file) => Some(Site::whole(file)),
            _ => None,
        });
        let sites: SmallVec<[Site; 1]> = found.collect();
        match sites.is_empty() {
            true => Resolution::Missing(Entity::new(kinds::FILE, format!("{role}/{inner}"))),
            false => Resolution::Found(sites),
        }
    }
}

/// Whether a folder is a role that is made for others: it says what it is, or is tested alone.
fn is_published(graph: &Graph<'_>, folder: &str) -> bool {
    let holds = |inner: &str| graph.paths.look_up(&format!("{folder}/{inner}")) != PathKind::Absent;
    (holds("tasks/main.yml") || holds("tasks/main.yaml"))
        && ["README.md", "meta/main.yml", "molecule"].into_iter().any(holds)
}

/// Whether the tasks of a file are those that its role begins with.
fn is_main(path: &str) -> bool {
    ["/tasks/main.yml", "/tasks/main.yaml"].iter().any(|own| path.ends_with(own))
}

/// What is run as a whole: a role's folder, or a file outside roles.
fn part(path: &str) -> &str {
    role_of(path).unwrap_or(path)
}

/// Between the path of a file of plays and the number of one of them, which runs by itself.
const OF_PLAY: char = '\0';

/// The file that a part is one of, or the part.
fn file_of(part: &str) -> &str {
    part.split_once(OF_PLAY).map_or(part, |(path, _)| path)
}

/// Where the plays of a file stand, and what each of them is called as a part.
fn plays_of(file: &SnapshotFile) -> Vec<(Span, SmolStr)> {
    let provides = file.facts.provides.iter().filter(|own| own.kind == kinds::ANSIBLE_PLAYS);
    let path = &file.entry.path;
    let named = provides.enumerate();
    named.map(|(ix, own)| (own.span, format!("{path}{OF_PLAY}{ix}").into())).collect()
}

/// Which parts run which others.
#[derive(Default)]
struct Runs {
    /// A part → what it includes or depends on.
    uses: FxHashMap<SmolStr, Vec<SmolStr>>,
    /// The reverse.
    used_by: FxHashMap<SmolStr, Vec<SmolStr>>,
    plays: FxHashSet<SmolStr>,
    /// A role → the plays that list it, which run it from its beginning.
    listed: FxHashMap<SmolStr, Vec<SmolStr>>,
    /// Parts that run something whose name is computed.
    open: FxHashSet<SmolStr>,
    /// Parts that run something from elsewhere, with handlers that the tree does not have;
    /// of a role that nothing lists, its name.
    foreign: FxHashMap<SmolStr, Vec<Option<SmolStr>>>,
    /// Names of roles that are installed from elsewhere.
    installed: Vec<SmolStr>,
}

impl Runs {
    fn new(graph: &Graph<'_>) -> Self {
        let mut runs = Self {
            plays: graph.all(kinds::ANSIBLE_PLAYS).iter().map(|(path, _)| path.clone()).collect(),
            installed: graph
                .all(kinds::ANSIBLE_LISTED_ROLE)
                .iter()
                .map(|(name, _)| name.clone())
                .collect(),
            ..Self::default()
        };
        // A role whose name is computed may be one of those that are installed.
        // What a vendored role's own list installs is for that role's tests.
        let installs = graph.all(kinds::ANSIBLE_LISTED_ROLE).iter().any(|(_, site)| {
            let path = &graph.snapshot.file(site.file).entry.path;
            !path.starts_with("roles/") && !path.contains("/roles/")
        });
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let path = file.entry.path.as_str();
            // What stands where it breaks off may be its handlers.
            let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
            if is_yaml && !file.facts.problems.is_empty() && graph.is_partly_read(ix as FileIx) {
                runs.foreign.entry(part(path).into()).or_default().push(None);
                runs.open.insert(part(path).into());
            }
            let plays = runs.plays_apart(file);
            for require in &file.facts.requires {
                let is_role =
                    require.any_of.iter().any(|target| target.kind == kinds::ANSIBLE_ROLE_USE);
                if !is_role && require.relation != Relation::Includes {
                    continue;
                }
                let at = require.span.start;
                let play = plays.iter().find(|(span, _)| (span.start..span.end).contains(&at));
                let own = play.map_or_else(|| part(path).into(), |(_, play)| play.clone());
                let exact = || require.any_of.iter().all(|target| target.name.as_exact().is_some());
                // Whether a file is one of a role's users' is what this is to tell.
                let known = require
                    .any_of
                    .iter()
                    .filter(|target| target.kind != kinds::ANSIBLE_CALLER_FILE);
                let known: SmallVec<[_; 4]> = known.cloned().collect();
                let sites = match graph.resolve_any(&known) {
                    Resolution::Found(sites) => sites,
                    Resolution::Open(entity) if is_role && is_of_galaxy(&entity.name) => {
                        runs.foreign.entry(own.clone()).or_default().push(Some(entity.name));
                        runs.open.insert(own);
                        continue;
                    }
                    // Tasks bring no handlers, unless it is not known what they are.
                    Resolution::Open(_) | Resolution::Missing(_) if !is_role && exact() => continue,
                    _ => {
                        if installs || exact() {
                            runs.foreign.entry(own.clone()).or_default().push(None);
                        }
                        runs.open.insert(own);
                        continue;
                    }
                };
                // Found by a pattern: within a role it means the role's own files.
                if sites.is_empty() && !is_role && file_of(&own) == path {
                    runs.open.insert(own.clone());
                }
                for site in sites {
                    let target = &graph.snapshot.file(site.file).entry.path;
                    // A playbook that imports another runs its plays apart.
                    if !runs.plays.contains(target) {
                        let target = SmolStr::new(part(target));
                        if is_role && require.via == "roles" && play.is_some() {
                            runs.listed.entry(target.clone()).or_default().push(own.clone());
                        }
                        runs.link(own.clone(), target);
                    }
                }
            }
        }
        runs
    }

    /// The plays of a file, each a part that runs by itself: it has what its file has, and whoever
    /// uses the file uses them all. Those of tests are nobody's.
    fn plays_apart(&mut self, file: &SnapshotFile) -> Vec<(Span, SmolStr)> {
        let path = &file.entry.path;
        if !self.plays.contains(path.as_str()) {
            return Vec::new();
        }
        let plays = plays_of(file);
        let is_open = self.open.contains(part(path));
        for (_, play) in &plays {
            self.uses.entry(path.as_str().into()).or_default().push(play.clone());
            self.plays.insert(play.clone());
            if is_open {
                self.foreign.entry(play.clone()).or_default().push(None);
                self.open.insert(play.clone());
            }
        }
        plays
    }

    fn link(&mut self, from: SmolStr, to: SmolStr) {
        self.used_by.entry(to.clone()).or_default().push(from.clone());
        self.uses.entry(from).or_default().push(to);
    }

    /// Whether something that runs with `part` may bring the handler `name` from elsewhere; one
    /// that is spelt almost like a handler of the tree is a slip. A part that no play runs may
    /// run beside any role that is installed.
    fn is_foreign(&self, part: &SmolStr, name: &NamePattern, is_slip: impl Fn() -> bool) -> bool {
        let above = closure([part.clone()], &self.used_by);
        if !above.iter().any(|own| self.plays.contains(own))
            && self.installed.iter().any(|role| is_akin(role, name))
        {
            return true;
        }
        let all = closure(above, &self.uses);
        let mut foreign = all.iter().filter_map(|part| self.foreign.get(part)).flatten();
        foreign.any(|role| role.as_ref().is_none_or(|role| is_akin(role, name) || !is_slip()))
    }

    /// Whether a role from elsewhere that has the handler's name in its own runs with `part`.
    fn has_akin(&self, part: &SmolStr, name: &NamePattern) -> bool {
        let above = closure([part.clone()], &self.used_by);
        let all = closure(above, &self.uses);
        let mut foreign = all.iter().filter_map(|part| self.foreign.get(part)).flatten().flatten();
        foreign.any(|role| is_akin(role, name))
            || self.installed.iter().any(|role| is_akin(role, name))
    }

    /// Whether a role from elsewhere runs with `part`.
    fn has_foreign(&self, part: &SmolStr) -> bool {
        let above = closure([part.clone()], &self.used_by);
        let all = closure(above, &self.uses);
        all.iter().any(|part| self.foreign.get(part).is_some_and(|roles| !roles.is_empty()))
    }

    /// Whether one of the plays that run `part` runs nothing that is not known.
    fn is_alone_in_a_play(&self, part: &SmolStr) -> bool {
        let above = closure([part.clone()], &self.used_by);
        let mut plays = above.into_iter().filter(|own| self.plays.contains(own));
        plays.any(|play| {
            let all = closure([play], &self.uses);
            !all.iter().any(|own| self.open.contains(own) || self.foreign.contains_key(own))
        })
    }

    /// Whether a play that lists the role, and runs nothing that is not known, runs none of
    /// `holders`.
    fn is_lacking(&self, role: &SmolStr, holders: &FxHashSet<SmolStr>) -> bool {
        self.listed.get(role).into_iter().flatten().take(MOST_PLAYS).any(|play| {
            let file = SmolStr::new(file_of(play));
            let all = closure([play.clone()], &self.uses);
            let is_open = |own: &SmolStr| self.open.contains(own) || self.foreign.contains_key(own);
            !holders.contains(&file)
                && !is_open(&file)
                && !all.iter().any(|own| is_open(own) || holders.contains(own))
        })
    }

    /// All parts of the plays that run `part`; `None` where the tree does not tell.
    fn together(&self, part: &SmolStr) -> Option<FxHashSet<SmolStr>> {
        let above = closure([part.clone()], &self.used_by);
        let plays: Vec<SmolStr> =
            above.into_iter().filter(|part| self.plays.contains(part)).collect();
        if plays.is_empty() {
            return None;
        }
        let mut all = closure(plays, &self.uses);
        let is_open = all.iter().any(|part| self.open.contains(part));
        // What stands in a file of plays stands in each of them, as far as is told here.
        let files: Vec<SmolStr> = all.iter().map(|part| file_of(part).into()).collect();
        all.extend(files);
        (!is_open).then_some(all)
    }
}

/// Whether a role has a name as Galaxy gives it: `AUTHOR.ROLE`.
fn is_of_galaxy(name: &str) -> bool {
    name.matches('.').count() == 1 && !name.contains('/')
}

/// Whether a handler's name has a word of a role's, or the name of its service:
/// `Restart Telegraf` of `example.telegraf`, `restart sshd` of `example.ssh`.
pub(in super::super) fn is_akin(role: &str, handler: &NamePattern) -> bool {
    let handler = handler.to_string().to_ascii_lowercase();
    let own = role.rsplit('.').next().unwrap_or(role).to_ascii_lowercase();
    let is_word = |text: &str, word: &str| {
        text.strip_prefix(word).is_some_and(|rest| matches!(rest, "" | "d" | "s"))
    };
    let mut words = handler.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|text| own.split(['-', '_']).any(|word| word.len() > 2 && is_word(text, word)))
}

/// Everything that is reached from `start`.
fn closure(
    start: impl IntoIterator<Item = SmolStr>,
    edges: &FxHashMap<SmolStr, Vec<SmolStr>>,
) -> FxHashSet<SmolStr> {
    let mut queue: Vec<SmolStr> = start.into_iter().collect();
    let mut seen: FxHashSet<SmolStr> = queue.iter().cloned().collect();
    while let Some(part) = queue.pop() {
        for next in edges.get(&part).into_iter().flatten() {
            if seen.insert(next.clone()) {
                queue.push(next.clone());
            }
        }
    }
    seen
}

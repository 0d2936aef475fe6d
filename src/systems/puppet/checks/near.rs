//! Names of modules and types that nothing has and that are called almost like others, and files
//! of such modules that lie in the module that asks for them.
//!
//! A module that is not in the tree may come from elsewhere, so its names say nothing, unless a
//! module of the tree is called almost so and has that very name: `include ngnix::vhost` beside
//! `nginx::vhost`. Nor does a type without a module in its name, unless it is one of Puppet's own
//! but for a letter: `qservice`. One that the tree names once says something beside one of almost
//! its name that the tree lists, or that the same file uses: `Accout::User <| |>` below
//! `include account`.

use crate::check::Context;
use crate::facts::{Entity, Ref, Require, Strength, is_one_edit, is_slip, kinds, path_in};
use crate::finding::{Finding, Place, Remedy, Severity};
use crate::graph::{Graph, PathKind, Resolution};
use crate::loader::FileIx;
use crate::systems::puppet::builtin;
use crate::systems::puppet::files::OLD_SOURCE;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut modules = None;
    let asked = [
        kinds::PUPPET_CLASS,
        kinds::PUPPET_DEFINE,
        kinds::PUPPET_RESOURCE,
        kinds::PUPPET_TEMPLATE,
        kinds::PUPPET_FILES,
    ];
    for (ix, file) in context.asking(&asked) {
        let path = file.entry.path.as_str();
        if !path.ends_with(".pp") || !file.standing.is_live() || graph.is_partly_read(ix) {
            continue;
        }
        for require in &file.facts.requires {
            findings.extend(of_own_module(graph, ix, require));
            let Some(entity) = named(require) else { continue };
            // Nearly all are there, and each name is compared with many.
            if graph.providers(entity.kind, &entity.name).next().is_some() {
                continue;
            }
            let modules = modules.get_or_insert_with(|| Modules::of(graph));
            let near = modules.near(graph, &entity).or_else(|| modules.named_beside(ix, &entity));
            let Some(near) = near else { continue };
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
                    .remedy(Remedy::nearest(entity.name.as_str(), near.as_str()))
                    .entity(entity),
            );
        }
    }
}

/// A file or template of a module that is not there, where the module that asks for it has that
/// very path: `template('exim4/x.erb')` in `modules/exim`.
fn of_own_module(graph: &Graph<'_>, file: FileIx, require: &Require) -> Option<Finding> {
    let [target] = require.any_of.as_slice() else { return None };
    let folder = match target.kind {
        kinds::PUPPET_TEMPLATE => "templates",
        kinds::PUPPET_FILES => "files",
        _ => return None,
    };
    let layout = &graph.snapshot.layout;
    let own = graph.snapshot.file(file).entry.path.as_str();
    let (module, rest) = target.name.as_exact()?.split_once('/')?;
    let dir = layout.module_dir(own).filter(|_| !layout.is_nested(own))?;
    let name = layout.name_of(dir);
    let at = path_in(dir, &format!("{folder}/{rest}"));
    let is_there = || matches!(graph.paths.look_up(&at), PathKind::File(_));
    let is_slip = module != name && (module.contains(name) || name.contains(module));
    let is_old = require.via == OLD_SOURCE;
    // A module that is called otherwise than its folder is that where it is installed.
    let head = format!("{module}::");
    let provides = &graph.snapshot.file(file).facts.provides;
    let is_called_so = provides.iter().any(|own| {
        let name = own.name.as_exact().map(SmolStr::as_str).unwrap_or_default();
        matches!(own.kind, kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE)
            && (name == module || name.starts_with(&head))
    });
    if is_called_so
        || module == name
        || graph.providers(kinds::PUPPET_MOUNT, module).next().is_some()
        || rest.is_empty()
        || require.strength == Strength::Guarded && !is_old
        || !is_there()
        || !matches!(graph.resolve_from(file, require), Resolution::Open(_))
        || !is_slip
            && (is_old || !is_alone(graph, file, target, dir) || is_used(graph, module, file))
    {
        return None;
    }
    let place = Place { tree: graph.snapshot.role, file, span: require.span };
    let what = if folder == "templates" { "template" } else { "file" };
    let message = format!("{what} `{}` does not exist: no module `{module}` is here", target.name);
    let finding = Finding::new("unresolved-reference", message, place)
        .severity(Severity::Error)
        .label(format!("required here by `{}`", require.via))
        .help(format!("did you mean `{name}/{rest}`?"))
        .remedy(Remedy::nearest(target.name.to_string(), format!("{name}/{rest}")))
        .entity(Entity::new(target.kind, target.name.to_string()));
    Some(finding)
}

/// Whether a file asks for several things of a module that the tree does not have, and the module
/// at `dir` has them all.
fn is_alone(graph: &Graph<'_>, file: FileIx, target: &Ref, dir: &str) -> bool {
    let folder = if target.kind == kinds::PUPPET_TEMPLATE { "templates" } else { "files" };
    let module = target.name.prefix().split('/').next().unwrap_or_default();
    let targets = graph.snapshot.file(file).facts.requires.iter().flat_map(|own| &own.any_of);
    let mut rests = FxHashSet::default();
    for own in targets.filter(|own| own.kind == target.kind) {
        let rest = own.name.prefix().strip_prefix(module).and_then(|rest| rest.strip_prefix('/'));
        let Some(rest) = rest else { continue };
        let at = path_in(dir, &format!("{folder}/{rest}"));
        if own.name.as_exact().is_none() || !matches!(graph.paths.look_up(&at), PathKind::File(_)) {
            return false;
        }
        rests.insert(rest);
    }
    rests.len() > 1
}

/// Whether something else of the tree uses a module, or lists it.
fn is_used(graph: &Graph<'_>, module: &str, but: FileIx) -> bool {
    let of_module = |target: &Ref| {
        let first = target.name.prefix();
        let mark = match target.kind {
            kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE => ':',
            kinds::PUPPET_TEMPLATE | kinds::PUPPET_FILES => '/',
            _ => return false,
        };
        first.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with(mark))
    };
    let mut others = graph.snapshot.files.iter().enumerate().filter(|(ix, _)| *ix != but as usize);
    graph.providers(kinds::PUPPET_EXTERNAL, module).next().is_some()
        || others
            .any(|(_, file)| file.facts.requires.iter().flat_map(|own| &own.any_of).any(of_module))
}

/// The class or type that a requirement names.
fn named(require: &Require) -> Option<Entity> {
    let target = require.any_of.first()?;
    let is_definition = matches!(target.kind, kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE);
    let name = target.name.as_exact().filter(|_| is_definition)?;
    (require.strength == Strength::Certain).then(|| Entity::new(target.kind, name.clone()))
}

/// What was meant by a name that a module of the tree does not have, where not all of the module
/// is known to be here: the one that is but a letter apart.
fn near_of_module(graph: &Graph<'_>, entity: &Entity, module: &str) -> Option<SmolStr> {
    let head = format!("{module}::");
    let name = entity.name.as_str();
    let all = graph.all(entity.kind);
    let from = all.partition_point(|(own, _)| own.as_str() < head.as_str());
    let alike = all[from..].iter().take_while(|(own, _)| own.starts_with(&head));
    let mut near = alike.map(|(own, _)| own).filter(|own| {
        // What one has several of may be a name beside that of one.
        let is_plural = own.strip_prefix(name).or_else(|| name.strip_prefix(own.as_str()));
        is_slip(own, name) && is_one_edit(own, name) && is_plural.is_none()
    });
    let found = near.next().filter(|_| name.len() > head.len() + 5)?.clone();
    near.all(|own| *own == found).then_some(found)
}

/// The modules that definitions of the tree belong to, and those that it lists.
struct Modules {
    own: FxHashSet<SmolStr>,
    listed: FxHashSet<SmolStr>,
    /// How often each is named, and by which files.
    named: FxHashMap<SmolStr, (usize, FxHashSet<FileIx>)>,
}

impl Modules {
    fn of(graph: &Graph<'_>) -> Self {
        let first = |name: &SmolStr| SmolStr::new(name.split("::").next().unwrap_or(name));
        let all = [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE];
        let own = all.iter().flat_map(|kind| graph.all(*kind)).map(|(name, _)| first(name));
        let listed = graph.all(kinds::PUPPET_EXTERNAL).iter().map(|(name, _)| name.clone());
        let mut named: FxHashMap<SmolStr, (usize, FxHashSet<FileIx>)> = FxHashMap::default();
        for (ix, file) in graph.asking(&all) {
            // A reference to a type names the same module again.
            let targets = file.facts.requires.iter().filter_map(|require| require.any_of.first());
            for target in targets.filter(|target| all.contains(&target.kind)) {
                let module = SmolStr::new(target.name.prefix().split("::").next().unwrap_or(""));
                let (count, files) = named.entry(module).or_default();
                *count += 1;
                files.insert(ix);
            }
        }
        Self { own: own.collect(), listed: listed.collect(), named }
    }

    /// What was meant by a name of a module that nothing else of the tree names: one of the module
    /// that the tree lists, or that its file uses, and that is but a letter apart.
    fn named_beside(&self, file: FileIx, entity: &Entity) -> Option<SmolStr> {
        let module = entity.name.split("::").next()?;
        let rest = &entity.name[module.len()..];
        let is_alone = self.named.get(module).is_some_and(|(count, _)| *count == 1);
        let is_plain = entity.kind == kinds::PUPPET_DEFINE && rest.is_empty();
        if !is_alone || is_plain || self.own.contains(module) || self.listed.contains(module) {
            return None;
        }
        let is_near = |own: &&SmolStr| {
            let is_more = own.starts_with(module) || module.starts_with(own.as_str());
            module.len() > 5 && !is_more && is_slip(module, own) && is_one_edit(module, own)
        };
        let beside = self.named.iter().filter(|(_, (_, files))| files.contains(&file));
        let known = self.listed.iter().chain(beside.map(|(own, _)| own));
        let mut near: Vec<&SmolStr> = known.filter(is_near).collect();
        near.sort();
        near.dedup();
        let [one] = near.as_slice() else { return None };
        // Two that are named once each are two modules: `syslog` for one system, `rsyslog` for another.
        let is_known = self.listed.contains(*one)
            || !rest.is_empty()
            || self.named.get(*one).is_some_and(|(count, _)| *count > 1);
        is_known.then(|| format!("{one}{rest}").into())
    }

    /// What was meant by a name of a module that the tree has nothing of.
    fn near(&self, graph: &Graph<'_>, entity: &Entity) -> Option<SmolStr> {
        let Some((module, rest)) = entity.name.split_once("::") else {
            return self.near_type(graph, entity);
        };
        if self.listed.contains(module) {
            return None;
        }
        if self.own.contains(module) {
            return near_of_module(graph, entity, module);
        }
        let near = self.own.iter().filter(|own| is_slip(module, own));
        let mut names = near.map(|own| SmolStr::from(format!("{own}::{rest}")));
        let found = names.find(|name| graph.providers(entity.kind, name).next().is_some())?;
        names.all(|name| graph.providers(entity.kind, &name).next().is_none()).then_some(found)
    }

    /// The type of Puppet's own that was meant. What the tree lists, or does not list, may bring
    /// types of any name: several things of a sort are often called after one.
    /// One that several files declare is no slip: it is of a module that the tree goes with.
    fn near_type(&self, graph: &Graph<'_>, entity: &Entity) -> Option<SmolStr> {
        let name = entity.name.as_str();
        let is_type = entity.kind == kinds::PUPPET_DEFINE && !self.listed.contains(name);
        let near = is_type.then(|| builtin::near_type(name)).flatten()?;
        let is_it = |own: &Require| named(own).is_some_and(|own| own == *entity);
        let files = graph.snapshot.files.iter();
        let files = files.filter(|file| file.facts.requires.iter().any(is_it));
        (files.take(2).count() < 2).then_some(near)
    }
}

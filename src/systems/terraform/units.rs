//! Units of Terragrunt as they are put together: what a file that they include needs has to be
//! there for each of them.

use super::chain::{ALL, READ, UNKNOWN};
use super::details::detail;
use super::names::{declared, modules};
use super::terragrunt::FILE;
use crate::check::Context;
use crate::facts::{
    Detail, Entity, Require, base_name, join_path, kinds, parent_folder, path_in, split_path,
};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, PathKind, Resolution};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;

/// Most files of a unit that are followed.
const MOST: usize = 8;

/// A unit, with the files that it includes.
struct Unit<'g> {
    folder: &'g str,
    /// Its own file, and those that it includes.
    files: Vec<FileIx>,
    /// Some file of it is not known.
    is_open: bool,
}

/// The lines that say what a file has, of one sort: `chain::extract`.
fn lines<'g>(graph: &'g Graph<'_>, file: FileIx, sort: &'g str) -> impl Iterator<Item = &'g str> {
    let path = graph.snapshot.file(file).entry.path.as_str();
    let site = graph.providers(kinds::TERRAFORM_SHARED, path).next();
    let text = site.and_then(|site| detail(graph, site)).map(Detail::text).unwrap_or_default();
    text.lines().filter_map(move |own| own.strip_prefix(sort)?.strip_prefix('\t'))
}

/// The file of a name in the innermost folder above one.
fn above(graph: &Graph<'_>, folder: &str, name: &str) -> Option<FileIx> {
    let mut folder = folder;
    while !folder.is_empty() {
        folder = parent_folder(folder);
        if let PathKind::File(file) = graph.paths.look_up(&path_in(folder, name)) {
            return Some(file);
        }
    }
    None
}

/// The path of the tree that a path of `chain` is for a unit.
fn path(graph: &Graph<'_>, folder: &str, own: &str) -> Option<String> {
    let (from, rest) = own.split_once(':')?;
    let path = match from {
        "root" => join_path("", rest)?.to_string(),
        "unit" => join_path(folder, rest)?.to_string(),
        "above" => graph.snapshot.file(above(graph, folder, rest)?).entry.path.to_string(),
        "beside" => {
            let (name, rest) = rest.split_once(':')?;
            let file = &graph.snapshot.file(above(graph, folder, name)?).entry.path;
            join_path(parent_folder(file), rest)?.to_string()
        }
        _ => return None,
    };
    Some(path)
}

fn unit<'g>(graph: &'g Graph<'_>, folder: &'g str) -> Option<Unit<'g>> {
    let PathKind::File(file) = graph.paths.look_up(&path_in(folder, FILE)) else { return None };
    let mut own = Unit { folder, files: vec![file], is_open: false };
    for include in lines(graph, file, "n").take(MOST) {
        let path = path(graph, folder, include);
        match path.map(|path| graph.paths.look_up(&path)) {
            Some(PathKind::File(file)) => own.files.push(file),
            _ => own.is_open = true,
        }
    }
    Some(own)
}

/// The folder of the module that a unit runs.
fn module(graph: &Graph<'_>, unit: &Unit<'_>) -> Option<String> {
    let mut sources = unit.files.iter().flat_map(|file| lines(graph, *file, "s"));
    let folder = path(graph, unit.folder, sources.next()?)?;
    graph.providers(kinds::TERRAFORM_MODULE, &folder).next().map(|_| folder)
}

/// The folder that a dependency of a unit leads to, by its label.
fn dependency(graph: &Graph<'_>, unit: &Unit<'_>, label: &str) -> Option<String> {
    let all = unit.files.iter().flat_map(|file| lines(graph, *file, "d"));
    let mut own = all.filter_map(|own| own.split_once('\t')).filter(|(own, _)| *own == label);
    path(graph, unit.folder, own.next()?.1)
}

/// What is missing of a unit where a file of it reads something: what it is, and where it was
/// looked for.
fn lacking(graph: &Graph<'_>, unit: &Unit<'_>, read: &str) -> Option<(Entity, String)> {
    let (sort, rest) = read.split_once('\t')?;
    match sort {
        "d" => {
            let folder = dependency(graph, unit, rest)?;
            let path = path_in(&folder, FILE);
            let ignored = graph.paths.is_ignored(&path, graph.snapshot);
            let is_absent = graph.paths.look_up(&path) == PathKind::Absent && !ignored;
            is_absent.then(|| (Entity::new(kinds::FILE, path), unit.folder.to_owned()))
        }
        "o" => {
            let (label, output) = rest.split_once('\t')?;
            let folder = dependency(graph, unit, label)?;
            let other = self::unit(graph, &folder)?;
            let module = module(graph, &other)?;
            match declared(graph, kinds::TERRAFORM_OUTPUT, &path_in(&module, output)) {
                Resolution::Missing(entity) => Some((entity, unit.folder.to_owned())),
                _ => None,
            }
        }
        "v" => {
            let (label, key) = rest.split_once('\t')?;
            let all = unit.files.iter().flat_map(|file| lines(graph, *file, "r"));
            let mut own = all.filter_map(|own| own.split_once('\t'));
            let (_, name) = own.find(|(own, _)| *own == label)?;
            let file = above(graph, unit.folder, name)?;
            let path = graph.snapshot.file(file).entry.path.as_str();
            let is_known = lines(graph, file, "l").next().is_some();
            let has = lines(graph, file, "l").any(|own| own == key);
            let entity = || Entity::new(kinds::TERRAFORM_LOCAL, path_in(path, key));
            (is_known && !has).then(|| (entity(), unit.folder.to_owned()))
        }
        _ => None,
    }
}

/// What units of the tree lack of what their files need.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut told: FxHashSet<(FileIx, u32)> = FxHashSet::default();
    for (path, _) in graph.all(kinds::TERRAFORM_SHARED) {
        let (folder, name) = split_path(path);
        let Some(unit) = Some(folder).filter(|_| name == FILE).and_then(|own| unit(graph, own))
        else {
            continue;
        };
        required(context, &unit, findings);
        for file in &unit.files {
            for own in graph.snapshot.file(*file).facts.requires.iter() {
                reads(context, &unit, (*file, own), &mut told, findings);
            }
        }
    }
}

fn reads(
    context: &Context<'_>,
    unit: &Unit<'_>,
    (file, own): (FileIx, &Require),
    told: &mut FxHashSet<(FileIx, u32)>,
    findings: &mut Vec<Finding>,
) {
    let graph = context.new;
    let target = &own.any_of[0];
    let Some(read) = target.name.as_exact().filter(|_| own.via == READ) else { return };
    let Some((entity, folder)) = lacking(graph, unit, read) else { return };
    // One place is said once, whichever units have it.
    if !told.insert((file, own.span.start)) {
        return;
    }
    let had = |old: &Graph<'_>| match entity.kind {
        kinds::FILE => old.snapshot.find(&entity.name).is_some(),
        kinds::TERRAFORM_LOCAL => {
            let (path, key) = split_path(&entity.name);
            let file = old.snapshot.find(path);
            file.is_some_and(|file| lines(old, file, "l").any(|own| own == key))
        }
        _ => old.providers(entity.kind, &entity.name).next().is_some(),
    };
    let removed = context.old.is_some_and(had);
    let what = entity.kind.noun();
    let (rule, message) = match removed {
        true => (
            "removed-but-referenced",
            format!("{what} `{}` was removed but the unit `{folder}` still uses it", entity.name),
        ),
        false => (
            "unresolved-reference",
            format!("{what} `{}`, which the unit `{folder}` uses, does not exist", entity.name),
        ),
    };
    let severity = if removed { Severity::Error } else { Severity::Warning };
    let tree = graph.snapshot.role;
    let finding = Finding::new(rule, message, Place { tree, file, span: own.span })
        .severity(severity)
        .label("used here");
    let finding = match unit.files.first().filter(|own| **own != file) {
        Some(first) => {
            finding.related("by this unit", Place { tree, file: *first, span: Default::default() })
        }
        None => finding,
    };
    let finding = if removed { finding.of_change() } else { finding };
    findings.push(finding.entity(entity));
}

/// Variables of a unit's module without a default that none of its files sets.
fn required(context: &Context<'_>, unit: &Unit<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let missing = unset(graph, unit);
    let before = || {
        let old = context.old?;
        let unit = self::unit(old, unit.folder)?;
        Some(unset(old, &unit))
    };
    let Some(missing) = missing.filter(|own| !own.is_empty()) else { return };
    let before = before();
    let Some(file) = unit.files.first().copied() else { return };
    let requires = &graph.snapshot.file(file).facts.requires;
    let inputs = |own: &&Require| own.via == READ && own.any_of[0].name.prefix() == "i\t";
    let span = requires.iter().find(inputs).map(|own| own.span).unwrap_or_default();
    for name in missing {
        // Who runs it may set any by a variable of the environment: what went well before did.
        let is_news = matches!(&before, Some(Some(own)) if !own.contains(&name));
        if !is_news {
            continue;
        }
        let tree = graph.snapshot.role;
        let module = parent_folder(&name);
        let message = format!(
            "the module `{module}` now requires `{}`, which the unit `{}` does not pass",
            base_name(&name),
            unit.folder
        );
        let finding = Finding::new("newly-required-parameter", message, Place { tree, file, span })
            .label("passed here")
            .help(format!("pass `{}`, or give the variable a default", base_name(&name)))
            .entity(Entity::new(kinds::TERRAFORM_VARIABLE, name.as_str()));
        let site = graph.providers(kinds::TERRAFORM_VARIABLE, &name).next();
        findings.push(match site {
            Some(site) => {
                let place = Place { tree, file: site.file, span: site.span };
                finding.related("required here", place).of_change()
            }
            None => finding.of_change(),
        });
    }
}

/// What all files of a unit set; nothing where some of it is not known.
fn inputs<'g>(graph: &'g Graph<'_>, unit: &Unit<'_>) -> Option<FxHashSet<&'g str>> {
    let mut all = FxHashSet::default();
    for file in &unit.files {
        for own in lines(graph, *file, "i") {
            let Some(label) = own.strip_prefix(ALL) else {
                all.insert(own);
                continue;
            };
            let mut read = lines(graph, *file, "r").filter_map(|own| own.split_once('\t'));
            let (_, name) = read.find(|(own, _)| *own == label)?;
            let before = all.len();
            all.extend(lines(graph, above(graph, unit.folder, name)?, "l"));
            // Nothing was read of it.
            (all.len() > before).then_some(())?;
        }
    }
    Some(all)
}

/// Whether a file of variables lies in a folder.
fn has_values(graph: &Graph<'_>, folder: &str) -> bool {
    let begin = format!("{folder}/");
    let from = graph.paths.all().partition_point(|own| own.as_str() < begin.as_str());
    let inside = graph.paths.all()[from..].iter().map_while(|own| own.strip_prefix(&begin));
    inside.into_iter().any(|own| !own.contains('/') && own.contains(".tfvars"))
}

/// The variables, by their names; nothing where others may set some.
fn unset(graph: &Graph<'_>, unit: &Unit<'_>) -> Option<Vec<String>> {
    let module = module(graph, unit).filter(|_| !unit.is_open)?;
    let of = |sort| unit.files.iter().flat_map(move |file| lines(graph, *file, sort));
    let modules = modules(graph);
    let inputs = inputs(graph, unit)?;
    let is_open = inputs.contains(UNKNOWN) || of("x").next().is_some();
    let folders = [unit.folder, module.as_str()];
    let given = folders.iter().any(|folder| has_values(graph, folder));
    if is_open || given || !modules.is_closed(graph, &module) {
        return None;
    }
    let all = modules.required.get(module.as_str()).map(Vec::as_slice).unwrap_or_default();
    let all = all.iter().filter(|(name, _)| !inputs.contains(name.as_str()));
    Some(all.map(|(name, _)| path_in(&module, name)).collect())
}

//! Files of variables for a group or host that no inventory has: no host reads them.
//!
//! (Source: Ansible's documentation, "Organizing host and group variables".)

use super::spelling::is_slip;
use crate::check::Context;
use crate::facts::{
    Entity, Kind, NamePattern, Relation, Span, Strength, base_name, kinds, parent_folder,
};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::{FileIx, Role};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Groups that each inventory has.
const OF_ALL: [&str; 2] = ["all", "ungrouped"];

/// Reports those of a group that the change takes out of the inventories, and those that are called
/// as a group but for a letter.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    if graph.all(kinds::ANSIBLE_GROUP).is_empty() {
        return;
    }
    let aimed = aimed(graph);
    let mut told: FxHashSet<(&str, &str)> = FxHashSet::default();
    for (ix, file) in context.files().filter(|(_, file)| file.standing.is_live()) {
        let host = context.old.and_then(|old| gone_host(graph, old, ix));
        if let Some(finding) = host {
            findings.push(finding);
            continue;
        }
        let Some((root, name)) = group(&file.entry.path) else { continue };
        let is_known = OF_ALL.contains(&name)
            || aimed.contains(name)
            || graph.providers(kinds::ANSIBLE_GROUP, name).next().is_some()
            || graph.is_aside(kinds::ANSIBLE_GROUP, name);
        if is_known || !told.insert((root, name)) {
            continue;
        }
        let finding = match context.old {
            Some(old) => gone(graph, old, (root, name), ix),
            None => None,
        };
        findings.extend(finding.or_else(|| misspelt(graph, (root, name), ix)));
    }
}

/// The folder that holds `group_vars`, and the group that a file of it is for.
fn group(path: &str) -> Option<(&str, &str)> {
    named_in(path, "group_vars").filter(|(_, name)| !name.contains('.'))
}

/// The folder that holds the folder `of` variables, and whom a file in it is for.
fn named_in<'p>(path: &'p str, of: &str) -> Option<(&'p str, &'p str)> {
    let begins = path.strip_prefix(of).and_then(|own| own.strip_prefix('/'));
    let (root, inner) = match begins {
        Some(inner) => ("", inner),
        None => path.split_once(&format!("/{of}/"))?,
    };
    let name = match inner.split_once('/') {
        Some((name, _)) => name,
        None => [".yml", ".yaml", ".json"]
            .iter()
            .find_map(|end| inner.strip_suffix(end))
            .unwrap_or(inner),
    };
    let is_name = !name.is_empty()
        && name.bytes().all(|own| own.is_ascii_alphanumeric() || matches!(own, b'_' | b'-' | b'.'));
    is_name.then_some((root, name))
}

/// Groups that plays of the tree are for.
fn aimed<'g>(graph: &'g Graph<'_>) -> FxHashSet<&'g str> {
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    let plays =
        requires.filter(|own| own.relation == Relation::IsFor && own.strength != Strength::Guarded);
    let targets = plays.flat_map(|own| &own.any_of);
    targets.filter_map(|own| own.name.as_exact()).map(SmolStr::as_str).collect()
}

/// A group that an inventory had before the change, and none has now, where that inventory is still
/// there.
fn gone(graph: &Graph<'_>, old: &Graph<'_>, of: (&str, &str), ix: FileIx) -> Option<Finding> {
    lost(graph, old, (kinds::ANSIBLE_GROUP, "group"), of, ix)
}

/// A host that went so, where the same inventory has one more in its place.
fn gone_host(graph: &Graph<'_>, old: &Graph<'_>, ix: FileIx) -> Option<Finding> {
    let kind = kinds::ANSIBLE_HOST;
    let path = &graph.snapshot.file(ix).entry.path;
    let (root, name) = named_in(path, "host_vars").filter(|_| !graph.all(kind).is_empty())?;
    let is_there = |name: &str| {
        !graph.matching(kind, &NamePattern::exact(name)).is_empty() || graph.is_aside(kind, name)
    };
    let came = || graph.all(kind).iter().any(|(own, _)| old.providers(kind, own).next().is_none());
    (!is_there(name) && came())
        .then(|| lost(graph, old, (kind, "host"), (root, name), ix))
        .flatten()
}

fn lost(
    graph: &Graph<'_>,
    old: &Graph<'_>,
    (kind, noun): (Kind, &str),
    of: (&str, &str),
    ix: FileIx,
) -> Option<Finding> {
    let (root, name) = of;
    let has_groups = |site: &Site| {
        let path = &old.snapshot.file(site.file).entry.path;
        let now = graph.snapshot.find(path)?;
        let provides = &graph.snapshot.file(now).facts.provides;
        let is_live = graph.snapshot.file(now).standing.is_live();
        (is_live && provides.iter().any(|own| own.kind == kind)).then_some(*site)
    };
    // Beside an inventory it is for that one alone.
    let is_near = |site: &Site| {
        let folder = parent_folder(&old.snapshot.file(site.file).entry.path);
        root.is_empty() || folder == root || folder.starts_with(&format!("{root}/"))
    };
    let mut sites = old.providers(kind, name).filter(is_near);
    let site = sites.find_map(|site| has_groups(&site))?;
    let place = Place { tree: graph.snapshot.role, file: ix, span: Span::default() };
    let message = format!(
        "{noun} `{name}` was removed, and no host reads the variables of this file any more"
    );
    let before = Place { tree: Role::Old, file: site.file, span: site.span };
    Some(
        Finding::new("removed-but-referenced", message, place)
            .severity(Severity::Warning)
            .of_change()
            .label(format!("for this {noun}"))
            .help(format!("rename the file as the {noun} was, or remove it"))
            .related("in this inventory before this change", before)
            .entity(Entity::new(kind, name)),
    )
}

/// A name that is a group's but for a letter, where that one has no file of its own beside it.
fn misspelt(graph: &Graph<'_>, (root, name): (&str, &str), ix: FileIx) -> Option<Finding> {
    let groups = graph.all(kinds::ANSIBLE_GROUP).iter();
    let (near, site) = groups.into_iter().find(|(own, _)| is_slip(name, own))?;
    let has_own = graph
        .paths
        .all()
        .iter()
        .any(|path| group(path).is_some_and(|own| own == (root, near.as_str())));
    // What no file with an ending is may be anything.
    if has_own || !base_name(&graph.snapshot.file(ix).entry.path).contains('.') {
        return None;
    }
    let place = Place { tree: graph.snapshot.role, file: ix, span: Span::default() };
    let tree = graph.snapshot.role;
    Some(
        Finding::new("unresolved-reference", format!("no inventory has a group `{name}`"), place)
            .severity(Severity::Warning)
            .label("no host reads these variables")
            .help(format!("did you mean `{near}`?"))
            .related("the group", Place { tree, file: site.file, span: site.span })
            .entity(Entity::new(kinds::ANSIBLE_GROUP, name)),
    )
}

#[cfg(test)]
mod tests {
    use super::group;

    #[test]
    fn groups_of_files() {
        assert_eq!(group("group_vars/web.yml"), Some(("", "web")));
        assert_eq!(group("env/prod/group_vars/web/main.yml"), Some(("env/prod", "web")));
        assert_eq!(group("env/prod/group_vars/web"), Some(("env/prod", "web")));
        assert_eq!(group("group_vars/.web.yml.swp"), None);
        assert_eq!(group("roles/a/vars/web.yml"), None);
    }
}

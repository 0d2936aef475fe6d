//! Pairs of names that are no two environments: objects of one cluster that are called after what
//! they are for, such as the issuers of a certificate authority's two services.

use crate::facts::{FileFacts, base_name, kinds, parent_folder};
use crate::mapping::{Rule, differ_in_environment};

/// A file by its path, with what was read of it.
pub type Read<'s> = (&'s str, &'s FileFacts);

/// Kinds of objects that stand for a whole environment.
const WHOLE: [&str; 8] = [
    "AppProject",
    "Application",
    "Cluster",
    "HelmRelease",
    "Kustomization",
    "ManagedCluster",
    "Namespace",
    "Project",
];

/// Whether a rule pairs two objects that stand beside each other, each in a folder of its name or
/// taken in by the same file; `files` are sorted by path.
pub fn pairs_objects(files: &[Read<'_>], rule: &Rule) -> bool {
    let both = plain(&rule.staging).zip(plain(&rule.production));
    both.is_some_and(|(here, there)| are_objects(files, here, there).unwrap_or(false))
}

fn are_objects(files: &[Read<'_>], here: &str, there: &str) -> Option<bool> {
    let (kind, one) = single(files, here)?.split_once('/')?;
    let (kind_there, other) = single(files, there)?.split_once('/')?;
    if kind != kind_there || WHOLE.contains(&kind) || !differ_in_environment(one, other) {
        return Some(false);
    }
    let is_called_so = base_name(here) == one && base_name(there) == other;
    Some(is_called_so || are_taken_in(files, here, there))
}

/// The folder or the file that a glob is about, where that is one.
fn plain(glob: &str) -> Option<&str> {
    let ends = ["/**/*", "/**", "/*"];
    let own = ends.iter().find_map(|end| glob.strip_suffix(end)).unwrap_or(glob);
    (!own.contains('*')).then_some(own)
}

/// The one object that a file or folder declares.
fn single<'s>(files: &[Read<'s>], place: &str) -> Option<&'s str> {
    let from = files.partition_point(|(path, _)| *path < place);
    let inside = files.get(from..)?.iter().take_while(|(path, _)| path.starts_with(place));
    let inside = inside.filter(|(path, _)| {
        let rest = path.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let mut objects = inside
        .flat_map(|(_, facts)| &facts.provides)
        .filter(|own| own.kind == kinds::CLUSTER_OBJECT && own.within.is_none())
        .filter_map(|own| own.name.as_exact());
    let own = objects.next()?;
    objects.all(|other| other == own).then_some(own.as_str())
}

/// Whether a file beside both names both: they are deployed together.
fn are_taken_in(files: &[Read<'_>], here: &str, there: &str) -> bool {
    let folder = parent_folder(here);
    if folder != parent_folder(there) {
        return false;
    }
    let from = files.partition_point(|(path, _)| *path < folder);
    let beside = files.get(from..).into_iter().flatten();
    let beside = beside.take_while(|(path, _)| path.starts_with(folder));
    let beside = beside.filter(|(path, _)| parent_folder(path) == folder);
    let names = |facts: &FileFacts, sought: &str| {
        let mut targets = facts.requires.iter().flat_map(|own| &own.any_of);
        targets.any(|own| own.name.as_exact().is_some_and(|name| name == sought))
    };
    beside.into_iter().any(|(_, facts)| names(facts, here) && names(facts, there))
}

//! Names that a tree lacks too many of for slips: files of a folder that is another project's,
//! beside which the tree is used, or that is fetched there; roles that are installed where it is
//! used, and that no file lists.

use super::Context;
use crate::facts::{Entity, Kind, Property, Ref, base_name, is_misspelt, kinds, parent_folder};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, PathKind, Resolution};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Folders that a role or module has of its own, or lacks by a slip.
const OWN: [&str; 7] = ["files", "templates", "tasks", "handlers", "vars", "defaults", "manifests"];

/// Endings of what is built or downloaded rather than kept with a configuration: packages,
/// archives, images of disks.
const ARTEFACTS: [&str; 24] = [
    "appimage", "bin", "bz2", "deb", "dmg", "ear", "exe", "gz", "img", "iso", "jar", "msi", "ova",
    "pkg", "qcow2", "rpm", "tar", "tbz", "tgz", "vmdk", "war", "whl", "xz", "zip",
];

/// Whether nothing but the name that is nearly written can be meant, in what something loads.
pub(super) fn is_slip(graph: &Graph<'_>, entity: &Entity, near: &str, place: Place) -> bool {
    entity.kind.has(Property::SLIP)
        && is_misspelt(&entity.name, near)
        && !graph.is_unloadable(place.file)
}

/// The ending of a path, where it is one of [`ARTEFACTS`].
fn artefact(path: &str) -> Option<&str> {
    let (_, ending) = base_name(path).rsplit_once('.')?;
    ARTEFACTS.contains(&ending.to_ascii_lowercase().as_str()).then_some(ending)
}

/// Whether a finding is the error that something is missing.
fn is_missing(finding: &Finding) -> bool {
    finding.rule == "unresolved-reference" && finding.severity == Severity::Error
}

/// Makes warnings of packages and images in a tree that keeps none of their kind.
fn weigh_artefacts(context: &Context<'_>, findings: &mut [Finding]) {
    let mut kept: Option<FxHashSet<&str>> = None;
    for finding in findings.iter_mut().filter(|own| is_missing(own)) {
        let Some(entity) = finding.entity.as_ref().filter(|own| own.kind == kinds::FILE) else {
            continue;
        };
        let Some(ending) = artefact(&entity.name) else { continue };
        let kept = kept.get_or_insert_with(|| {
            let graphs = std::iter::once(context.new).chain(context.old);
            graphs.flat_map(|own| own.paths.all()).filter_map(|path| artefact(path)).collect()
        });
        if kept.contains(ending) {
            continue;
        }
        finding.severity = Severity::Warning;
        if finding.help.is_empty() {
            finding.help = format!(
                "the tree keeps no `.{ending}` at all: if this one is put there where the tree is used, say so in `provided-elsewhere`"
            );
        }
    }
}

/// Makes warnings of names that the tree before the change used as well, and lacked: what several
/// changes rely on is mostly put there where the tree is used.
fn weigh_lacked(context: &Context<'_>, findings: &mut [Finding]) {
    let Some(old) = context.old else { return };
    let missing: Vec<&mut Finding> = findings.iter_mut().filter(|own| is_missing(own)).collect();
    let named: FxHashSet<&Entity> = missing.iter().filter_map(|own| own.entity.as_ref()).collect();
    if named.is_empty() {
        return;
    }
    let is_named = |own: &Ref| {
        let name = own.name.as_exact();
        name.is_some_and(|name| named.contains(&Entity::new(own.kind, name.clone())))
    };
    let lacked: FxHashSet<Entity> = old
        .snapshot
        .files
        .par_iter()
        .flat_map_iter(|file| &file.facts.requires)
        .filter(|require| require.any_of.iter().any(is_named))
        .filter_map(|require| match old.resolve(require) {
            Resolution::Missing(entity) => Some(entity),
            _ => None,
        })
        .collect();
    for finding in missing {
        if finding.entity.as_ref().is_some_and(|own| lacked.contains(own)) {
            finding.severity = Severity::Warning;
            finding.help = match finding.help.as_str() {
                "" => LACKED.to_owned(),
                help => format!("{help}; {LACKED}"),
            };
        }
    }
}

const LACKED: &str =
    "the tree used it before this change too, and lacked it: is it put there from elsewhere?";

/// Makes warnings of them. With a change, what it names anew stays an error.
pub(super) fn weigh(context: &Context<'_>, findings: &mut [Finding]) {
    weigh_artefacts(context, findings);
    weigh_lacked(context, findings);
    if context.old.is_some() || context.comparing {
        return;
    }
    let mut named: FxHashMap<Group, FxHashSet<SmolStr>> = FxHashMap::default();
    let mut missing = Vec::new();
    for (ix, finding) in findings.iter().enumerate() {
        if !is_missing(finding) {
            continue;
        }
        let Some(entity) = &finding.entity else { continue };
        let group = match entity.kind {
            kinds::FILE => absent(context, &entity.name).map(|own| match own {
                Absent::Folder(own) => (Group::Folder(own.into()), entity.name.clone()),
                Absent::Part(own) => (Group::Parts(parent_folder(own).into()), own.into()),
            }),
            // One that is like another is a slip.
            kind => (finding.help.is_empty() && context.new.is_unlisted(kind)).then(|| {
                let path = &context.new.snapshot.file(finding.primary.file).entry.path;
                (Group::Kind(kind, parent_folder(path).into()), entity.name.clone())
            }),
        };
        let Some((group, name)) = group else { continue };
        named.entry(group.clone()).or_default().insert(name);
        missing.push((ix, group));
    }
    for (ix, group) in missing {
        if named.get(&group).is_none_or(|names| names.len() < group.several()) {
            continue;
        }
        let finding = &mut findings[ix];
        finding.severity = Severity::Warning;
        if finding.help.is_empty() {
            finding.help = group.advice();
        }
    }
}

/// What several missing names have in common.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Group {
    /// They lie in a folder that is absent.
    Folder(SmolStr),
    /// They lie in several folders of which a role or a module has one each, and this folder none.
    Parts(SmolStr),
    /// They are of a kind that may come from elsewhere, nothing lists those that do, and files of
    /// this folder name them.
    Kind(Kind, SmolStr),
}

impl Group {
    /// As many are no slips.
    fn several(&self) -> usize {
        match self {
            Self::Folder(_) | Self::Parts(_) => 3,
            Self::Kind(..) => 4,
        }
    }

    fn advice(&self) -> String {
        let what = match self {
            Self::Folder(folder) => format!(
                "the tree has no folder `{folder}`, of which it names several files: if it is put there where the tree is used"
            ),
            Self::Parts(folder) => format!(
                "`{folder}` has none of several folders that are named here: if this is copied to where it has them"
            ),
            Self::Kind(kind, _) => format!(
                "several are missing ({}), and no file of the tree lists those that come from elsewhere: if this one does",
                kind.noun()
            ),
        };
        format!("{what}, say so in `provided-elsewhere`")
    }
}

/// A folder that the tree does not have.
enum Absent<'p> {
    /// It.
    Folder(&'p str),
    /// A part of a role or a module.
    Part(&'p str),
}

/// The outermost folder of a path that the tree does not have.
fn absent<'p>(context: &Context<'_>, path: &'p str) -> Option<Absent<'p>> {
    let ends = path.match_indices('/').map(|(at, _)| &path[..at]);
    let paths = &context.new.paths;
    let folder = ends.into_iter().find(|own| paths.look_up(own) == PathKind::Absent)?;
    // As it is written, it is there from another folder on: `play/play/a.yml` for `play/a.yml`.
    let inner = path.strip_prefix(parent_folder(folder)).map(|own| own.trim_start_matches('/'));
    let is_there = inner.is_some_and(|own| {
        own.len() < path.len() && matches!(paths.look_up(own), PathKind::File(_))
    });
    if is_there {
        return None;
    }
    Some(match OWN.contains(&base_name(folder)) {
        true => Absent::Part(folder),
        false => Absent::Folder(folder),
    })
}

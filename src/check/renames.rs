//! Under which other name a removed thing lives on.

use crate::facts::{Entity, Property, kinds};
use crate::finding::Place;
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use crate::mapping::differ_in_environment;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Finds out whether a removed thing lives on under another name.
#[derive(Default)]
pub(super) struct Renames {
    /// Contents of files that only the new tree has → their index there.
    added_blobs: Option<FxHashMap<crate::tree::BlobId, FileIx>>,
}

impl Renames {
    pub(super) fn find(
        &mut self,
        new: &Graph<'_>,
        old: &Graph<'_>,
        entity: &Entity,
        site: Option<&Site>,
    ) -> Option<(SmolStr, Place)> {
        let site = site?;
        if entity.kind == kinds::FILE {
            let file = self.moved_file(new, old, site.file)?;
            let path = new.snapshot.file(file).entry.path.clone();
            if differ_in_environment(&path, &entity.name) {
                return None;
            }
            let span = Default::default();
            return Some((path, Place { tree: new.snapshot.role, file, span }));
        }
        // A definition: what the same file (or its new place) defines now and did not before.
        let path = &old.snapshot.file(site.file).entry.path;
        let file = match new.snapshot.find(path) {
            Some(file) => file,
            None => self
                .moved_file(new, old, site.file)
                .or_else(|| same_tail(new, old, path, entity))?,
        };
        let mut fresh = new.snapshot.file(file).facts.provides.iter().filter(|provide| {
            provide.kind == entity.kind
                && provide
                    .name
                    .as_exact()
                    .is_some_and(|name| old.providers(entity.kind, name).next().is_none())
        });
        let provide = fresh.next().filter(|_| fresh.next().is_none())?;
        let name = provide.name.as_exact().filter(|_| !new.is_unloadable(file))?.clone();
        // What is called otherwise for the environment that it is of is another thing.
        if differ_in_environment(&name, &entity.name) {
            return None;
        }
        // A file of variables sets many things.
        if entity.kind.has(Property::GIVEN) && !share_a_word(&name, &entity.name) {
            return None;
        }
        Some((name, Place { tree: new.snapshot.role, file, span: provide.span }))
    }

    /// Where a removed file's contents live on, if at one new path.
    fn moved_file(&mut self, new: &Graph<'_>, old: &Graph<'_>, file: FileIx) -> Option<FileIx> {
        let added = self.added_blobs.get_or_insert_with(|| {
            let files = new.snapshot.files.iter().enumerate();
            files
                .filter(|(_, file)| old.snapshot.find(&file.entry.path).is_none())
                .map(|(ix, _)| (new.snapshot.blob_id(ix as FileIx), ix as FileIx))
                .collect()
        });
        added.get(&old.snapshot.blob_id(file)).copied()
    }
}

/// Whether two names have a word in common.
fn share_a_word(name: &str, other: &str) -> bool {
    name.split('_').any(|word| word.len() > 2 && other.split('_').any(|own| own == word))
}

/// A file that only the new tree has, with the old one's name, that defines something
/// with the entity's last segment.
fn same_tail(new: &Graph<'_>, old: &Graph<'_>, path: &str, entity: &Entity) -> Option<FileIx> {
    let base = path.rsplit('/').next()?;
    let tail = entity.name.rsplit("::").next()?;
    let mut found = new.snapshot.files.iter().enumerate().filter(|(_, file)| {
        file.entry.path.rsplit('/').next() == Some(base)
            && old.snapshot.find(&file.entry.path).is_none()
            && file.facts.provides.iter().any(|provide| {
                provide.kind == entity.kind
                    && provide
                        .name
                        .as_exact()
                        .is_some_and(|name| name.rsplit("::").next() == Some(tail))
            })
    });
    let (ix, _) = found.next()?;
    found.next().is_none().then_some(ix as FileIx)
}

//! Which files are applied with a folder.

use crate::facts::{base_name, kinds, parent_folder, path_in};
use crate::graph::{Graph, PathKind};
use crate::loader::FileIx;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::rc::Rc;

/// How deep roots are built of others.
const MAX_DEPTH: usize = 20;
/// What a root of Kustomize is called.
pub(super) const ROOTS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The files that are built of folders.
pub(super) struct Folders<'g> {
    graph: &'g Graph<'g>,
    known: FxHashMap<SmolStr, Rc<[FileIx]>>,
}

impl<'g> Folders<'g> {
    pub(super) fn new(graph: &'g Graph<'g>) -> Self {
        Self { graph, known: FxHashMap::default() }
    }

    /// What is built of a folder.
    pub(super) fn files(&mut self, folder: &str) -> Rc<[FileIx]> {
        self.at(folder, 0)
    }

    fn at(&mut self, folder: &str, depth: usize) -> Rc<[FileIx]> {
        if let Some(found) = self.known.get(folder) {
            return found.clone();
        }
        // What is asked for again on the way is of no use there.
        self.known.insert(folder.into(), Rc::new([]));
        let mut all = Vec::new();
        if depth <= MAX_DEPTH {
            self.find(folder, depth, &mut all);
        }
        all.sort_unstable();
        all.dedup();
        let all: Rc<[FileIx]> = all.into();
        self.known.insert(folder.into(), all.clone());
        all
    }

    fn find(&mut self, folder: &str, depth: usize, out: &mut Vec<FileIx>) {
        let snapshot = self.graph.snapshot;
        let root = ROOTS.iter().find_map(|name| snapshot.find(&path_in(folder, name)));
        let Some(root) = root else {
            let begin = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            let from =
                snapshot.files.partition_point(|own| own.entry.path.as_str() < begin.as_str());
            let all = snapshot.files.iter().zip(0..).skip(from);
            let below = all.take_while(|(own, _)| own.entry.path.starts_with(&begin));
            out.extend(below.filter(|(own, _)| super::is_yaml(&own.entry.path)).map(|(_, ix)| ix));
            return;
        };
        out.push(root);
        let targets = snapshot.file(root).facts.requires.iter().flat_map(|own| &own.any_of);
        for target in targets {
            let is_part = matches!(target.kind, kinds::KUSTOMIZE_PATH | kinds::FILE);
            let Some(path) = target.name.as_exact().filter(|_| is_part) else { continue };
            match self.graph.paths.look_up(path) {
                PathKind::File(file) if ROOTS.contains(&base_name(path)) && file != root => {
                    let folder = parent_folder(path);
                    out.extend(self.at(folder, depth + 1).iter());
                }
                PathKind::File(file) => out.push(file),
                PathKind::Folder => out.extend(self.at(path, depth + 1).iter()),
                _ => {}
            }
        }
    }
}

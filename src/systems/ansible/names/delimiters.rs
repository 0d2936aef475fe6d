//! Templates that a task fills in with delimiters of its own: `variable_start_string: '[['`.
//!
//! Their text is not what the reader takes it for, so that nothing is said of it.
//!
//! (Source: documentation of `ansible.builtin.template`.)

use super::super::written::OWN_DELIMITERS;
use crate::facts::kinds;
use crate::graph::{Autoload, Graph, Resolution};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use std::sync::OnceLock;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_autoloader(Box::new(Delimiters::default()));
}

#[derive(Default)]
struct Delimiters(OnceLock<FxHashSet<FileIx>>);

impl Autoload for Delimiters {
    fn is_loose(&self, _graph: &Graph<'_>, _file: FileIx) -> bool {
        false
    }

    fn is_misread(&self, graph: &Graph<'_>, file: FileIx) -> bool {
        let files = self.0.get_or_init(|| {
            let asking =
                graph.asking(&[kinds::FILE, kinds::ANSIBLE_FAR_FILE, kinds::ANSIBLE_ROOTED]);
            let requires = asking.flat_map(|(_, own)| &own.facts.requires);
            let found = requires.filter(|own| own.via == OWN_DELIMITERS).filter_map(|own| {
                match graph.resolve(own) {
                    Resolution::Found(sites) => Some(sites),
                    _ => None,
                }
            });
            found.flatten().map(|site| site.file).collect()
        });
        files.contains(&file)
    }
}

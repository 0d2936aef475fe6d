//! Programs that a build makes of a folder: the file that declares their flags.

use crate::facts::{Ref, Span, kinds, parent_folder};
use crate::graph::{Graph, Resolution, Resolver, Site};
use smallvec::smallvec;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::GO_PROGRAM, Box::new(Programs));
}

struct Programs;

impl Resolver for Programs {
    /// Where several files of the folder declare flags, nobody knows all of them.
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(name) = target.name.as_exact() else { return Resolution::Elsewhere };
        let folder = if name == "." { "" } else { name.as_str() };
        let inside = graph.paths.under(folder);
        let own = inside.filter(|(_, path)| {
            parent_folder(path) == folder && path.ends_with(".go") && !path.ends_with("_test.go")
        });
        let mut declaring =
            own.filter(|(file, _)| !graph.snapshot.file(*file).facts.interfaces.is_empty());
        match (declaring.next(), declaring.next()) {
            (Some((file, _)), None) => {
                Resolution::Found(smallvec![Site { file, span: Span::default(), provide: None }])
            }
            _ => Resolution::Elsewhere,
        }
    }
}

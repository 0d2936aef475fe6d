//! Names that may have been meant, for advice.

use crate::facts::{Entity, Property, differs_little};
use crate::finding::Place;
use crate::graph::Graph;
use smol_str::SmolStr;

/// Most names that are looked for among those that exist: each is compared with all of them, and
/// nobody reads more advice than that.
const MAX_HINTS: usize = 1000;

/// Looks for names that may have been meant.
pub struct Hints {
    left: usize,
}

impl Hints {
    /// None were looked for so far.
    pub fn new() -> Self {
        Self { left: MAX_HINTS }
    }

    /// The existing name that is nearly one that does not exist.
    pub fn nearest(&mut self, graph: &Graph<'_>, entity: &Entity) -> Option<SmolStr> {
        self.most_alike(graph, entity).filter(|near| differs_little(&entity.name, near))
    }

    /// What to say of a name that is written at a place and does not exist.
    pub fn advice(&mut self, graph: &Graph<'_>, entity: &Entity, place: Place) -> Advice {
        let near = self.most_alike(graph, entity);
        let is_path = entity.kind.has(Property::PATH);
        match near {
            Some(near) if is_path && is_written_alike(graph, entity, &near, place) => {
                Advice::Unreached(near)
            }
            Some(near) if differs_little(&entity.name, &near) => Advice::Meant(near),
            _ => Advice::None,
        }
    }

    fn most_alike(&mut self, graph: &Graph<'_>, entity: &Entity) -> Option<SmolStr> {
        self.left = self.left.checked_sub(1)?;
        graph.nearest(entity.kind, &entity.name).filter(|near| *near != entity.name)
    }
}

/// What may be said of a name that does not exist.
pub enum Advice {
    /// Nothing.
    None,
    /// This existing name was probably meant.
    Meant(SmolStr),
    /// This path exists, and would be written just so where it could be reached.
    Unreached(SmolStr),
}

impl Advice {
    /// The name that was meant, and what else there is to say.
    pub fn split(self) -> (Option<SmolStr>, Option<String>) {
        match self {
            Self::None => (None, None),
            Self::Meant(near) => (Some(near), None),
            Self::Unreached(near) => {
                (None, Some(format!("there is one at `{near}`, where this does not look")))
            }
        }
    }
}

/// Whether what stands at a place is the end of both paths, so that writing it otherwise cannot lead
/// from one to the other.
fn is_written_alike(graph: &Graph<'_>, entity: &Entity, near: &str, place: Place) -> bool {
    let contents = graph.snapshot.contents(place.file);
    let text = contents.get(place.span.range()).unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let text = text.trim_matches(['"', '\'', ' ']);
    let ends = |path: &str| {
        path.strip_suffix(text).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    !text.is_empty() && ends(&entity.name) && ends(near)
}

//! A thing and all its uses under another name.

use super::Answers;
use super::spot::Targets;
use crate::facts::{Kind, Position, Property, Span};
use crate::loader::FileIx;
use crate::report::{Edit, ResolvedPlace};

impl<'g> Answers<'g> {
    /// The text that a rename at a place would change, and the name that stands there; `Err` says
    /// why it cannot be renamed.
    ///
    /// # Errors
    /// See [`Answers::rename`].
    pub fn renamable(&self, path: &str, at: Position) -> Result<(ResolvedPlace, String), String> {
        let (name, places) = self.renamed(path, at)?;
        let own = places.iter().find(|(file, span)| {
            let place = self.location(*file, *span);
            place.path == path && place.start <= at && at <= place.end
        });
        let (file, span) = own.ok_or("nothing here has a name that can be changed")?;
        Ok((self.location(*file, *span), name))
    }

    /// The edits that give what stands at a place another name, wherever the tree names it.
    ///
    /// # Errors
    /// A sentence, where not all of its names are written out, where a file's place depends on the
    /// name, where the new one is taken, or cannot be one.
    pub fn rename(&self, path: &str, at: Position, to: &str) -> Result<Vec<Edit>, String> {
        let (name, places) = self.renamed(path, at)?;
        let fits = |c: char| c.is_alphanumeric() || "_-.".contains(c) || name.contains(c);
        if to.is_empty() || !to.chars().all(fits) || to.contains(['\n', '\r', '"', '\'']) {
            return Err(format!("`{to}` cannot be such a name"));
        }
        let Some(spot) = self.spot(path, at) else { return Err("nothing here has a name".into()) };
        let targets = spot.targets(self.graph);
        for site in &targets.sites {
            let Some(own) = super::provided(self.graph, site) else { continue };
            let new = own.name.to_string().replace(&name, to);
            if self.graph.providers(own.kind, &new).next().is_some() {
                return Err(format!("there is a {} `{new}` already", own.kind.noun()));
            }
        }
        let edits = places.into_iter().map(|(file, span)| {
            let title = format!("rename `{name}` to `{to}`");
            Edit::new(title, self.location(file, span), to.to_owned())
        });
        Ok(edits.collect())
    }

    /// The name of what stands at a place, and everywhere it is written.
    fn renamed(&self, path: &str, at: Position) -> Result<(String, Vec<(FileIx, Span)>), String> {
        let spot = self.spot(path, at).ok_or("nothing here has a name")?;
        let targets = spot.targets(self.graph);
        self.refuse(&targets)?;
        let mut definitions: Vec<(FileIx, Span)> =
            targets.sites.iter().map(|site| (site.file, site.span)).collect();
        definitions.sort_unstable();
        definitions.dedup();
        let (file, span) = *definitions.first().ok_or("nothing here has a name")?;
        let name = self.written(file, span);
        let name = name.trim_matches(['"', '\'', '$']).to_owned();
        if name.is_empty() {
            return Err("its name is not written out where it is defined".into());
        }
        let uses = self.uses(&targets);
        if let Some((file, own)) = uses.iter().find(|(_, own)| !own.is_written) {
            let place = self.location(*file, own.span);
            return Err(format!("its name is put together in {}:{}", place.path, place.start.line));
        }
        let all =
            definitions.into_iter().chain(uses.into_iter().map(|(file, own)| (file, own.span)));
        let mut places = Vec::new();
        for (file, span) in all {
            let text = self.written(file, span);
            let Some(inner) = only(&text, &name) else {
                let place = self.location(file, span);
                return Err(format!("{}:{} names it in another way", place.path, place.start.line));
            };
            let start = span.start as usize + inner;
            places.push((file, Span::new(start, start + name.len())));
        }
        places.sort_unstable();
        places.dedup();
        Ok((name, places))
    }

    /// Says why things cannot be renamed by changing the text that names them.
    fn refuse(&self, targets: &Targets<'g>) -> Result<(), String> {
        if !targets.parameters.is_empty() {
            return Err("a parameter is named in the body of what it belongs to, too".into());
        }
        for site in &targets.sites {
            let Some(own) = super::provided(self.graph, site) else {
                return Err("a file is renamed by moving it".into());
            };
            let Some(name) = own.name.as_exact() else {
                return Err("its name is put together".into());
            };
            if is_bound_to_a_path(own.kind) {
                let noun = own.kind.noun();
                return Err(format!(
                    "the file of a {noun} is found by its name, and would have to move"
                ));
            }
            let below = format!("{name}.");
            let has_parts = |(other, _): &(smol_str::SmolStr, _)| other.starts_with(&below);
            if self.graph.all(own.kind).iter().any(has_parts) {
                return Err("parts of it are named by its name, too".into());
            }
        }
        Ok(())
    }
}

fn is_bound_to_a_path(kind: Kind) -> bool {
    [
        Property::DEFINITION,
        Property::ON_DEMAND,
        Property::PATH,
        Property::SERVED,
        Property::CALLABLE,
    ]
    .iter()
    .any(|own| kind.has(*own))
}

/// Where `text` has `name`, which stands in it once, and as a word.
fn only(text: &str, name: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut all = text.match_indices(name).map(|(at, _)| at).filter(|at| {
        let before = text[..*at].chars().next_back();
        let behind = text[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !behind.is_some_and(is_part)
    });
    let at = all.next()?;
    all.next().is_none().then_some(at)
}

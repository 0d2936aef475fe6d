//! A name that becomes another one in several files of a change at once: where one of them gives
//! something that name, those that have it need that file's version.
//!
//! No language has to be known for that: a line of each file is the same but for the word.

use super::requirements::Builder;
use super::words::{Found, Sheets};
use crate::loader::Role;
use crate::syntax::declared::{Declared, Family, Form, Having, is_distinct};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A name that is given by more files than this is a convention.
const MOST_GIVERS: usize = 3;

/// Who has an old and a new name, and how each version of the file has its own.
type Renamed<'t> = BTreeMap<(&'t str, &'t str), Vec<(&'t str, [Having; 2])>>;

impl<'b, 'g> Builder<'b, 'g> {
    /// Names that become others together, in the files that give and in those that have them.
    pub(super) fn renamed(&self, [old, new]: [&Sheets<'_>; 2], found: &mut Vec<Found>) {
        let mut all = Renamed::default();
        let mut paths: Vec<&str> = old.keys().copied().filter(|own| new.contains_key(own)).collect();
        paths.sort_unstable();
        for path in paths {
            let (Some(before), Some(after)) = (old.get(path), new.get(path)) else { continue };
            for own in before.replaced(after) {
                let (from, to) = (own.from, own.to);
                if is_telling(from.0, to.0) {
                    all.entry((from.0, to.0)).or_default().push((path, [from.1, to.1]));
                }
            }
        }
        let mut own = Vec::new();
        for (names, files) in &all {
            let gives = |having: &[Having; 2]| having.iter().all(|own| own.defines.is_some());
            let has = |having: &[Having; 2]| {
                having.iter().all(|own| own.uses.is_some() && own.defines.is_none())
            };
            let givers: Vec<&(&str, [Having; 2])> =
                files.iter().filter(|(_, having)| gives(having)).collect();
            if givers.is_empty() || givers.len() > MOST_GIVERS {
                continue;
            }
            for (path, having) in files.iter().filter(|(_, having)| has(having)) {
                for (ix, role) in [Role::Old, Role::New].into_iter().enumerate() {
                    let name = if ix == 0 { names.0 } else { names.1 };
                    own.extend(one((role, ix), name, (path, having), &givers));
                }
            }
        }
        let kept = self.kept_names([old, new], &own);
        own.retain(|own| !kept.contains(&(own.role == Role::Old, own.what.name.clone())));
        found.extend(own);
    }

    /// Which of the names, that go and that come, some other file gives at the version at which
    /// they would be missed.
    fn kept_names(
        &self,
        [old, new]: [&Sheets<'_>; 2],
        found: &[Found],
    ) -> FxHashSet<(bool, String)> {
        let names = found.iter().map(|own| (own.role == Role::Old, own.what.name.as_str()));
        let names: FxHashSet<(bool, &str)> = names.collect();
        let mut out = FxHashSet::default();
        for (goes, name) in names {
            let gives = |having: Option<&Having>| having.is_some_and(|own| own.defines.is_some());
            let mut others = if goes { new } else { old }.values();
            if others.any(|sheet| sheet.has_name(name) && gives(sheet.having().get(name))) {
                out.insert((goes, name.to_owned()));
            }
        }
        let elsewhere = self.declared_elsewhere(found).into_iter();
        out.extend(elsewhere.map(|(role, _, name)| (role == Role::Old, name)));
        out
    }
}

/// Whether a pair of names says enough to be one of something.
fn is_telling(from: &str, to: &str) -> bool {
    let letters = |name: &str| -> String {
        name.chars().filter(|c| !c.is_ascii_digit()).flat_map(char::to_lowercase).collect()
    };
    // One that only counts on is another version.
    let is_counted = letters(from) == letters(to);
    from.len() >= 4 && to.len() >= 4 && !is_counted && (is_distinct(from) || is_distinct(to))
}

fn one(
    (role, ix): (Role, usize),
    name: &str,
    (path, having): (&str, &[Having; 2]),
    givers: &[&(&str, [Having; 2])],
) -> Option<Found> {
    let (giver, given) = givers.first()?;
    // A page of a language is not filled in with the words of another program by chance.
    if Family::of(path) == Family::Other && Family::of(giver) == Family::Other && givers.len() > 1 {
        return None;
    }
    Some(Found {
        role,
        user: path.into(),
        at: having[ix].uses?,
        what: Declared { name: name.to_owned(), form: Form::Name, owner: None, start: given[ix].defines? },
        declarer: (*giver).into(),
        declarers: givers.iter().map(|(path, _)| SmolStr::from(*path)).collect(),
    })
}

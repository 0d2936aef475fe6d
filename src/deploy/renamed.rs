//! A name that becomes another one in several files of a change at once: where one of them gives
//! something that name, those that have it need that file's version.
//!
//! No language has to be known for that: a line of each file is the same but for the word.

use super::guess::Likely;
use super::requirements::Builder;
use super::words::{Found, Sheets};
use crate::facts::base_name;
use crate::loader::Role;
use crate::syntax::declared::{Declared, Form, Having, is_distinct};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A name that is given by more files than this is a convention.
const MOST_GIVERS: usize = 3;
/// So many files may have the same name to be thought to need each other.
const MOST_TOGETHER: usize = 6;

/// Who has an old and a new name, and how each version of the file has its own.
type Renamed<'t> = BTreeMap<(&'t str, &'t str), Vec<(&'t str, [Having; 2])>>;

impl<'b, 'g> Builder<'b, 'g> {
    /// Names that become others together, in the files that give and in those that have them.
    pub(super) fn renamed(&mut self, [old, new]: [&Sheets<'_>; 2], found: &mut Vec<Found>) {
        let all = renamed([old, new]);
        let mut own = Vec::new();
        for (names, files) in &all {
            let gives = |having: &[Having; 2]| having.iter().all(|own| own.defines.is_some());
            let has = |having: &[Having; 2]| {
                having.iter().all(|own| own.uses.is_some() && own.defines.is_none())
            };
            let givers: Vec<&(&str, [Having; 2])> =
                files.iter().filter(|(_, having)| gives(having)).collect();
            let users: Vec<&(&str, [Having; 2])> =
                files.iter().filter(|(_, having)| has(having)).collect();
            if givers.is_empty() || givers.len() > MOST_GIVERS || users.is_empty() {
                self.together(names.1, files);
                continue;
            }
            for (path, having) in users {
                for (ix, role) in [Role::Old, Role::New].into_iter().enumerate() {
                    let (name, sheets) = if ix == 0 { (names.0, old) } else { (names.1, new) };
                    let declarers = giving(sheets, name, path);
                    own.extend(one((role, ix), name, (path, having), (&givers, declarers)));
                }
            }
        }
        let kept = self.kept_names([old, new], &own);
        own.retain(|own| !kept.contains(&(own.role == Role::Old, own.what.name.clone())));
        found.extend(own);
    }

    /// A name that becomes another one in files of which nothing tells who needs whom: they may
    /// need each other where some only have it, or where they are of different kinds.
    fn together(&mut self, name: &str, files: &[(&str, [Having; 2])]) {
        let ending = |path: &str| base_name(path).rsplit_once('.').map(|(_, end)| end.to_owned());
        let is_had = files.iter().any(|(_, [_, new])| new.uses.is_some());
        let is_given = files.iter().any(|(_, [_, new])| new.defines.is_some());
        let first = files.first().map(|(path, _)| ending(path));
        let is_mixed = files.iter().any(|(path, _)| Some(ending(path)) != first);
        if files.len() > MOST_TOGETHER || !is_given || !is_had && !is_mixed || !is_distinct(name) {
            return;
        }
        for (a, b) in files.iter().flat_map(|a| files.iter().map(move |b| (a.0, b.0))) {
            for (first, then) in self.pairs(a, b) {
                if first != then {
                    let own = Likely { first, then, name: name.to_owned(), role: Role::New };
                    self.out.likely.push(own);
                }
            }
        }
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
            if !giving(if goes { new } else { old }, name, "").is_empty() {
                out.insert((goes, name.to_owned()));
            }
        }
        let elsewhere = self.declared_elsewhere(found).into_iter();
        out.extend(elsewhere.map(|(role, _, name)| (role == Role::Old, name)));
        out
    }
}

/// Which names become others in which files that both versions have.
fn renamed<'t>([old, new]: [&'t Sheets<'t>; 2]) -> Renamed<'t> {
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
    all.retain(|_, files| files.len() > 1);
    all
}

/// The files of one version that give something that name, but for `user`.
fn giving(sheets: &Sheets<'_>, name: &str, user: &str) -> Vec<SmolStr> {
    let gives = |sheet: &crate::syntax::declared::Sheet<'_>| {
        sheet.has_name(name) && sheet.having().get(name).is_some_and(|own| own.defines.is_some())
    };
    let all = sheets.iter().filter(|(path, sheet)| **path != user && gives(sheet));
    let mut out: Vec<SmolStr> = all.map(|(path, _)| SmolStr::from(*path)).collect();
    out.sort_unstable();
    out
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
    (givers, declarers): (&[&(&str, [Having; 2])], Vec<SmolStr>),
) -> Option<Found> {
    let (giver, given) = givers.iter().find(|(path, _)| declarers.iter().any(|own| own == path))?;
    let start = given.get(ix)?.defines?;
    Some(Found {
        role,
        user: path.into(),
        at: having.get(ix)?.uses?,
        what: Declared { name: name.to_owned(), form: Form::Name, owner: None, start },
        declarer: (*giver).into(),
        declarers,
    })
}

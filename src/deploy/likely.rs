//! What is likely of units beside what was found: names that come or go in two files of a change,
//! and nowhere else, where one file gives something that name and the other has it.
//!
//! That is no proof, and makes no hazard. It decides only where a unit lands of which nothing
//! better is known, and which unit cannot be called free.

use super::guess::Likely;
use super::requirements::{Builder, Reason, opposite};
use super::words::Sheets;
use crate::facts::{Span, base_name, is_migration};
use crate::finding::Place;
use crate::loader::Role;
use crate::syntax::declared::{Having, bounded, is_distinct, names};
use crate::tree::EntryKind;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// How much of the rest of the tree is looked at, for names that stay.
const MOST_ELSEWHERE: usize = 64 << 20;
const MOST_BYTES: usize = 512 << 10;
/// How many names, and how many files that give or have one.
const MOST_NAMES: usize = 400;
const MOST_GIVERS: usize = 3;
const MOST_USERS: usize = 40;
/// Endings of data that others read by its keys, and the least length of such a name.
const DATA: [&str; 4] = [".json", ".yaml", ".yml", ".toml"];
const LEAST: usize = 8;

impl<'b, 'g> Builder<'b, 'g> {
    /// Notes which units had better land before which.
    pub(super) fn likely(&mut self, [old, new]: [&Sheets<'_>; 2]) {
        let having = |sheets: &Sheets<'_>| -> BTreeMap<String, FxHashMap<String, Having>> {
            let all = sheets.iter().filter(|(path, _)| self.tells(path)).map(|(path, sheet)| {
                let own = sheet.having().into_iter().filter(|(name, _)| is_distinct(name));
                ((*path).to_owned(), own.map(|(name, having)| (name.to_owned(), having)).collect())
            });
            all.collect()
        };
        let (old, new) = (having(old), having(new));
        let mut out = Vec::new();
        for (role, own, other) in [(Role::Old, &old, &new), (Role::New, &new, &old)] {
            let stay: FxHashSet<&str> =
                other.values().flat_map(|own| own.keys()).map(String::as_str).collect();
            let mut by_name: BTreeMap<&str, Vec<(&str, Having)>> = BTreeMap::new();
            for (path, names) in own {
                for (name, having) in names.iter().filter(|(name, _)| !stay.contains(name.as_str()))
                {
                    by_name.entry(name).or_default().push((path, *having));
                }
            }
            by_name.retain(|_, files| files.len() > 1);
            if by_name.len() <= MOST_NAMES {
                out.extend(by_name.into_iter().map(|(name, files)| (role, name.to_owned(), files)));
            }
        }
        let names: FxHashSet<&str> = out.iter().map(|(_, name, _)| name.as_str()).collect();
        let elsewhere = self.named_elsewhere(names);
        for (role, name, files) in &out {
            if !elsewhere.contains(name) {
                self.likely_of(*role, name, files);
            }
        }
    }

    fn likely_of(&mut self, role: Role, name: &str, files: &[(&str, Having)]) {
        let gives = |own: &&(&str, Having)| own.1.defines.is_some() && own.1.uses.is_none();
        let has = |own: &&(&str, Having)| own.1.uses.is_some();
        let mut givers: Vec<&(&str, Having)> = files.iter().filter(gives).collect();
        let mut users: Vec<&(&str, Having)> = files.iter().filter(has).collect();
        if givers.is_empty() {
            givers = files.iter().filter(|own| own.1.defines.is_some()).collect();
            users.retain(|own| own.1.defines.is_none());
        }
        if givers.len() > MOST_GIVERS || users.len() > MOST_USERS {
            return;
        }
        for (giver, user) in givers.iter().flat_map(|own| users.iter().map(move |it| (own.0, it.0)))
        {
            let key = self.key_of_data(role, (giver, user), name);
            for (giver, user) in self.pairs(giver, user) {
                if let Some(reason) = &key {
                    self.tie(role, user, giver, reason.clone());
                }
                let (first, then) = if role == Role::Old { (user, giver) } else { (giver, user) };
                let own = Likely { first, then, name: name.to_owned(), role };
                let is_known = |it: &Likely| (it.first, it.then) == (first, then);
                if first != then
                    && !self.are_alike(first, then)
                    && !self.out.likely.iter().any(is_known)
                    && !self.is_found(first, then)
                {
                    self.out.likely.push(own);
                }
            }
        }
    }

    /// The need of a text that names a file of data and reads a key of it.
    fn key_of_data(&self, role: Role, (giver, user): (&str, &str), name: &str) -> Option<Reason> {
        let called = base_name(giver);
        if !DATA.iter().any(|ending| called.ends_with(ending)) || called.len() < LEAST {
            return None;
        }
        let text = self.text(role, user).filter(|own| own.contains(called))?;
        let at = bounded(&text, name).find(|at| {
            let before = &text[..*at];
            before.ends_with('.') || before.ends_with("[\"") || before.ends_with("['")
        })?;
        let state = if role == Role::Old { "goes" } else { "comes" };
        let message = format!(
            "the {} text reads the key `{name}` of `{giver}`, and it {state} with this change",
            role.as_str()
        );
        let mut reason = self.fit((role, user), (role, giver), message)?;
        let span = Span::new(at, at + name.len());
        reason.from = reason.from.map(|own| Place { span, ..own });
        Some(reason)
    }

    /// Whether a file says by its names what it has: a link only leads on, and a migration is
    /// a matter of its own.
    fn tells(&self, path: &str) -> bool {
        let is_file = |graph: &crate::graph::Graph<'_>| {
            let file = graph.snapshot.find(path).map(|own| graph.snapshot.file(own));
            file.is_none_or(|own| own.entry.kind == EntryKind::File)
        };
        !is_migration(path)
            && !path.ends_with("db/schema.rb")
            && is_file(self.old)
            && is_file(self.new)
    }

    /// Whether an order was found already: `first` before `then`.
    fn is_found(&self, first: u32, then: u32) -> bool {
        let mut clauses = self.out.clauses.iter();
        clauses.any(|own| own.trigger[..] == [then] && own.rescue[..] == [first])
    }

    /// Whether both come, or both go: what is new needs nothing before it is asked for.
    fn are_alike(&self, one: u32, other: u32) -> bool {
        let both = [one, other].map(|own| self.units.all.get(own as usize));
        both.iter().all(|own| own.is_some_and(|own| own.adds))
            || both.iter().all(|own| own.is_some_and(|own| own.deletes))
    }

    /// Which of the names a file has that the change does not touch; all, if there is too much to
    /// read.
    fn named_elsewhere(&self, wanted: FxHashSet<&str>) -> FxHashSet<String> {
        let mut out = FxHashSet::default();
        if wanted.is_empty() {
            return out;
        }
        let snapshot = self.graph(opposite(Role::New)).snapshot;
        let mut budget = MOST_ELSEWHERE;
        for (ix, file) in snapshot.all_files() {
            let path = file.entry.path.as_str();
            if !self.units.of(path).is_empty() || !self.callers.include(path) {
                continue;
            }
            let bytes = snapshot.contents(ix);
            budget = budget.saturating_sub(bytes.len());
            if budget == 0 {
                return wanted.into_iter().map(str::to_owned).collect();
            }
            if bytes.len() > MOST_BYTES {
                continue;
            }
            let Ok(text) = std::str::from_utf8(&bytes) else { continue };
            for (_, name) in text.lines().flat_map(names) {
                if wanted.contains(name) {
                    out.insert(name.to_owned());
                }
            }
        }
        out
    }
}

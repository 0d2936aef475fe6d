//! Files of a role whose names are put together from data: `{{ item }}.conf`. The data that has
//! the missing part needs the file.

use super::requirements::{Builder, opposite};
use crate::facts::Span;
use crate::finding::Place;
use crate::loader::Role;
use crate::syntax::declared::{Sheet, filled};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// How many files of a change are compared, how many tasks of a role, and how many bytes of one.
const MOST_FILES: usize = 400;
const MOST_TASKS: usize = 40;
const MOST_BYTES: usize = 256 << 10;
/// The least length of the part that data has.
const LEAST: usize = 4;

/// Folders of a role whose files its tasks name.
const FOLDERS: [&str; 3] = ["/templates/", "/files/", "/tasks/"];

/// Names with a hole by version and role, each with the file of tasks that has it.
type Holes = FxHashMap<(Role, SmolStr), Vec<(SmolStr, String)>>;

impl Builder<'_, '_> {
    /// Data that gives a file of a role its name, and the file.
    pub(super) fn filled(&mut self) {
        let all = self.units.all.iter().flat_map(|unit| &unit.paths);
        let paths: Vec<SmolStr> = all.filter(|path| self.callers.include(path)).cloned().collect();
        let is_data = |path: &&SmolStr| {
            let is_yaml = [".yml", ".yaml"].iter().any(|ending| path.ends_with(ending));
            let is_bare = !crate::facts::base_name(path).contains('.');
            let parts = ["/defaults/", "/vars/", "group_vars/", "host_vars/"];
            (is_yaml || is_bare) && parts.iter().any(|own| path.contains(own))
        };
        let data: Vec<SmolStr> = paths.iter().filter(is_data).cloned().collect();
        if data.is_empty() || paths.len() > MOST_FILES {
            return;
        }
        let mut holes = Holes::default();
        for role in [Role::Old, Role::New] {
            for path in &paths {
                let has = |role: Role| self.graph(role).snapshot.find(path).is_some();
                if has(role) && !has(opposite(role)) {
                    self.named_by_data(role, path, &data, &mut holes);
                }
            }
        }
    }

    fn named_by_data(&mut self, role: Role, path: &SmolStr, data: &[SmolStr], holes: &mut Holes) {
        let Some((home, name)) = FOLDERS.iter().find_map(|folder| path.split_once(folder)) else {
            return;
        };
        let key = (role, SmolStr::from(home));
        if !holes.contains_key(&key) {
            let own = self.holes(role, home);
            holes.insert(key.clone(), own);
        }
        let patterns = holes.get(&key).map(Vec::as_slice).unwrap_or_default();
        let filling = |(task, pattern): &(SmolStr, String)| {
            filled(pattern, name).filter(|own| own.len() >= LEAST && task != path)
        };
        let value = patterns.iter().find_map(filling).map(str::to_owned);
        let Some(value) = value else { return };
        for user in data.iter().filter(|own| *own != path) {
            let place = |role: Role| {
                let text = self.text(role, user)?;
                Sheet::read(user, &text).valued(&value)
            };
            let (Some(at), None) = (place(role), place(opposite(role))) else { continue };
            self.fills(role, (user, at), path, &value);
        }
    }

    /// The names with a hole that the tasks of a role have, each with its file.
    fn holes(&self, role: Role, home: &str) -> Vec<(SmolStr, String)> {
        let begin = format!("{home}/tasks/");
        let files = &self.graph(role).snapshot.files;
        let from = files.partition_point(|file| file.entry.path.as_str() < begin.as_str());
        let tasks = files[from..].iter().map(|file| file.entry.path.clone());
        let tasks = tasks.take_while(|own| own.starts_with(&begin)).take(MOST_TASKS);
        let mut out = Vec::new();
        for task in tasks {
            let Some(text) = self.text(role, &task).filter(|own| own.len() <= MOST_BYTES) else {
                continue;
            };
            out.extend(Sheet::read(&task, &text).holed().into_iter().map(|(_, pattern)| {
                let inner =
                    ["templates/", "files/"].iter().find_map(|own| pattern.strip_prefix(own));
                let inner = inner.map(str::to_owned);
                (task.clone(), inner.unwrap_or(pattern))
            }));
        }
        out
    }

    fn fills(&mut self, role: Role, (user, at): (&SmolStr, usize), path: &SmolStr, value: &str) {
        let state = if role == Role::Old { "goes" } else { "comes" };
        let message = format!(
            "the {} text has `{value}`, for which the role takes `{path}`, and it {state} with this change",
            role.as_str()
        );
        let Some(mut reason) = self.fit((role, user), (role, path), message) else { return };
        let span = Span::new(at, at + value.len());
        reason.from = reason.from.map(|own| Place { span, ..own });
        for (user, file) in self.pairs(user, path) {
            let (trigger, rescue) = match role {
                Role::Old => (vec![file], vec![user]),
                _ => (vec![user], vec![file]),
            };
            self.add_unless_implied(trigger, rescue, reason.clone());
        }
    }
}

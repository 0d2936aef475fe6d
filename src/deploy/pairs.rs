//! Files that are made to fit each other: what a tool reads of one has to be in the other.
//!
//! (Source: `poetry install`, `npm ci`, `bundle install --deployment`, `helm dependency build` and
//! `go build` refuse a lock that is not that of its list; `git submodule update` asks
//! `.gitmodules` for the address of a folder.)

use super::requirements::{Builder, Reason};
use crate::facts::{Entity, Span, base_name, kinds, parent_folder, path_in};
use crate::finding::Place;
use crate::graph::Graph;
use crate::loader::Role;
use crate::tree::EntryKind;
use smol_str::SmolStr;

/// A list, its lock, and how a line of the lock begins that says which list it is of. Where none
/// says so, a lock may have more than its list needs.
const LOCKS: [(&str, &str, Option<&str>); 10] = [
    ("pyproject.toml", "poetry.lock", Some("content-hash")),
    ("Chart.yaml", "Chart.lock", Some("digest:")),
    ("requirements.yaml", "requirements.lock", Some("digest:")),
    ("composer.json", "composer.lock", Some("\"content-hash\"")),
    ("package.json", "package-lock.json", None),
    ("package.json", "yarn.lock", None),
    ("package.json", "pnpm-lock.yaml", None),
    ("go.mod", "go.sum", None),
    ("Gemfile", "Gemfile.lock", None),
    ("Pipfile", "Pipfile.lock", None),
];

/// Whether a path is that of a lock.
pub(super) fn is_lock(path: &str) -> bool {
    LOCKS.iter().any(|(_, lock, _)| *lock == base_name(path))
}

const SUBMODULES: &str = ".gitmodules";

impl Builder<'_, '_> {
    /// Lists and their locks, submodules and their addresses, services and who takes them.
    pub(super) fn fitting(&mut self) {
        let all = self.units.all.iter().flat_map(|unit| &unit.paths);
        let all: Vec<SmolStr> = all.cloned().collect();
        // Folders of documentation are handed out, too.
        self.published(&all);
        self.injected();
        let paths: Vec<SmolStr> =
            all.into_iter().filter(|path| self.callers.include(path)).collect();
        for path in &paths {
            for (_, lock, sign) in LOCKS.iter().filter(|(list, ..)| *list == base_name(path)) {
                let lock = path_in(parent_folder(path), lock);
                if !self.units.of(&lock).is_empty() {
                    self.lock(path, &lock, *sign);
                }
            }
        }
        self.folders(&paths);
        if !self.units.of(SUBMODULES).is_empty() {
            paths.iter().for_each(|path| self.submodule(path));
        }
    }

    pub(super) fn text(&self, role: Role, path: &str) -> Option<String> {
        let snapshot = self.graph(role).snapshot;
        String::from_utf8(snapshot.contents(snapshot.find(path)?)).ok()
    }

    fn lock(&mut self, list: &str, lock: &str, sign: Option<&str>) {
        let texts =
            [Role::Old, Role::New].map(|role| (self.text(role, list), self.text(role, lock)));
        let (old_list, new_list, old, new) = match texts {
            [(Some(old_list), Some(old)), (Some(new_list), Some(new))] => {
                (old_list, new_list, old, new)
            }
            [(Some(before), was), (Some(after), is)]
                if asked(list, &before) != asked(list, &after) =>
            {
                return self.lone(list, lock, (was.is_some(), is.is_some()));
            }
            _ => return,
        };
        let signed = |text: &str| {
            sign.and_then(|sign| {
                text.lines().map(str::trim).find(|own| own.starts_with(sign)).map(str::to_owned)
            })
        };
        let is_new = match sign {
            Some(_) => signed(&old) != signed(&new),
            None => needs(list, &old_list) != needs(list, &new_list),
        };
        if !is_new {
            return;
        }
        let reason = self.fit(
            (Role::New, list),
            (Role::New, lock),
            format!(
                "`{lock}` is made for one version of `{list}`, and tools refuse it with another"
            ),
        );
        let Some(reason) = reason else { return };
        for (list, lock) in self.pairs(list, lock) {
            self.add(vec![list], vec![lock], reason.clone());
            // More than is needed does no harm.
            if !reason.entity.name.ends_with(".sum") {
                self.add(vec![lock], vec![list], reason.clone());
            }
        }
    }

    /// A lock that comes or goes as a whole, while its list changes: it does not fit the other
    /// version of that.
    fn lone(&mut self, list: &str, lock: &str, (was, is): (bool, bool)) {
        let (role, version) = match (was, is) {
            // One that may have more fits any.
            _ if lock.ends_with(".sum") => return,
            (true, false) => (Role::Old, "new"),
            (false, true) => (Role::New, "old"),
            _ => return,
        };
        let message = format!(
            "`{lock}` is not made for the {version} `{list}`, and tools refuse it with that"
        );
        let Some(reason) = self.fit((role, list), (role, lock), message) else { return };
        for (list, lock) in self.pairs(list, lock) {
            self.tie(role, lock, list, reason.clone());
        }
    }

    fn submodule(&mut self, path: &str) {
        let is_one = |graph: &Graph<'_>| {
            let file = graph.snapshot.find(path);
            file.is_some_and(|own| graph.snapshot.file(own).entry.kind == EntryKind::Submodule)
        };
        let listed = |role| {
            let text = self.text(role, SUBMODULES).unwrap_or_default();
            text.lines().any(|line| {
                let named = line.trim().strip_prefix("path").map(str::trim_start);
                named.and_then(|own| own.strip_prefix('=')).is_some_and(|own| own.trim() == path)
            })
        };
        let before = (is_one(self.old), listed(Role::Old));
        let after = (is_one(self.new), listed(Role::New));
        let (role, state) = match (before, after) {
            ((false, false), (true, true)) => (Role::New, "comes"),
            ((true, true), (false, false)) => (Role::Old, "goes"),
            _ => return,
        };
        let message = format!(
            "the submodule has its address from `{SUBMODULES}`, where that {state} with this change"
        );
        let Some(reason) = self.fit((role, path), (role, SUBMODULES), message) else { return };
        for (own, list) in self.pairs(path, SUBMODULES) {
            self.tie(role, own, list, reason.clone());
        }
    }

    pub(super) fn fit(
        &self,
        from: (Role, &str),
        to: (Role, &str),
        message: String,
    ) -> Option<Reason> {
        let place = |(tree, path): (Role, &str)| {
            let file = self.graph(tree).snapshot.find(path)?;
            Some(Place { tree, file, span: Span::default() })
        };
        Some(Reason {
            entity: Entity::new(kinds::FILE, to.1),
            message,
            from: Some(place(from)?),
            composed: None,
            to: Some(place(to)?),
        })
    }
}

/// What a list asks for, in whatever form.
fn asked(path: &str, text: &str) -> Vec<String> {
    let (_, charts) = text.split_once("dependencies:").unwrap_or_default();
    match base_name(path) {
        "Chart.yaml" | "requirements.yaml" => charts.lines().map(str::to_owned).collect(),
        _ => needs(path, text),
    }
}

/// What a list asks for, whatever else it says.
fn needs(path: &str, text: &str) -> Vec<String> {
    let lines = |is_need: &dyn Fn(&str) -> bool, mark: &str| -> Vec<String> {
        let all = text.lines().map(|own| own.split(mark).next().unwrap_or_default().trim());
        all.filter(|own| is_need(own)).map(str::to_owned).collect()
    };
    match base_name(path) {
        "go.mod" => {
            let is_version =
                |own: &str| own.split(' ').any(|own| own.starts_with('v')) && own.contains('.');
            return lines(&is_version, "//");
        }
        "Gemfile" | "Puppetfile" => {
            let words = ["gem ", "mod ", "github ", "gem(", "ruby "];
            return lines(&|own: &str| words.iter().any(|word| own.starts_with(word)), "#");
        }
        "Pipfile" => return lines(&|own: &str| own.contains('='), "#"),
        _ => {}
    }
    let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else { return Vec::new() };
    let parts = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    parts.iter().filter_map(|part| json.get(part)).map(ToString::to_string).collect()
}

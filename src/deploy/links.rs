//! Links to folders: a text finds through one beside it what lies where it leads to, as playbooks
//! find the roles of a link `roles`.

use super::requirements::{Builder, Reason, opposite};
use super::units::Landing;
use crate::facts::Span;
use crate::facts::{Entity, base_name, join_path, kinds, parent_folder};
use crate::finding::Place;
use crate::graph::{PathKind, Resolution};
use crate::loader::{FileIx, Role};
use crate::tree::EntryKind;
use smol_str::SmolStr;

impl Builder<'_, '_> {
    /// Texts that come or go with a link beside them, and find something through it.
    pub(super) fn links(&mut self) {
        let paths: Vec<SmolStr> =
            self.units.all.iter().flat_map(|unit| &unit.paths).cloned().collect();
        for role in [Role::Old, Role::New] {
            for path in &paths {
                if let Some(target) = self.linked_folder(role, path) {
                    for user in &paths {
                        self.through(role, (path, &target), user);
                        self.named_link(role, path, user);
                    }
                }
            }
        }
    }

    /// Where a link leads that only this version has, if that is a folder of the tree.
    fn linked_folder(&self, role: Role, path: &str) -> Option<SmolStr> {
        let (own, other) = match role {
            Role::Old => (self.old, self.new),
            _ => (self.new, self.old),
        };
        let file = own.snapshot.find(path)?;
        let is_link = own.snapshot.file(file).entry.kind == EntryKind::Symlink;
        if !is_link || other.snapshot.find(path).is_some() {
            return None;
        }
        let text = String::from_utf8(own.snapshot.contents(file)).ok()?;
        let target = join_path(parent_folder(path), text.trim())?;
        (own.paths.look_up(&target) == PathKind::Folder).then(|| target.into())
    }

    /// A text beside a link that has it as a path of its own: `module_path = "modules"`.
    fn named_link(&mut self, role: Role, link: &SmolStr, user: &SmolStr) {
        let name = base_name(link);
        let is_beside = parent_folder(user) == parent_folder(link) && user != link;
        if !is_beside || !self.callers.include(user) {
            return;
        }
        let find = |role: Role| -> Option<(FileIx, Option<usize>)> {
            let snapshot = self.graph(role).snapshot;
            let file = snapshot.find(user)?;
            let text = String::from_utf8(snapshot.contents(file)).ok()?;
            Some((file, path_of(&text, name)))
        };
        let other = opposite(role);
        let (Some((file, Some(at))), None) = (find(role), find(other).and_then(|own| own.1)) else {
            return;
        };
        let Some(to) = self.graph(role).snapshot.find(link) else { return };
        let state = if role == Role::Old { "goes" } else { "comes" };
        let reason = Reason {
            entity: Entity::new(kinds::FILE, link.clone()),
            message: format!(
                "the {} text has `{name}` as a path, and the link `{link}` {state} with this change",
                role.as_str()
            ),
            from: Some(Place { tree: role, file, span: Span::new(at, at + name.len()) }),
            composed: None,
            to: Some(Place { tree: role, file: to, span: Span::default() }),
        };
        for (link, user) in self.pairs(link, user) {
            self.tie(role, user, link, reason.clone());
        }
    }

    fn through(&mut self, role: Role, (link, target): (&SmolStr, &str), user: &SmolStr) {
        let (own, other) = match role {
            Role::Old => (self.old, self.new),
            _ => (self.new, self.old),
        };
        let is_beside = parent_folder(user) == parent_folder(link) && user != link;
        if !is_beside || other.snapshot.find(user).is_some() || !self.callers.include(user) {
            return;
        }
        let (Some(file), Some(at)) = (own.snapshot.find(user), own.snapshot.find(link)) else {
            return;
        };
        let is_below =
            |path: &str| path.strip_prefix(target).is_some_and(|inner| inner.starts_with('/'));
        let requires = &own.snapshot.file(file).facts.requires;
        let found = requires.iter().find(|require| match own.resolve(require) {
            Resolution::Found(sites) => {
                let path = |site: &crate::graph::Site| self.path(role, site.file);
                sites.first().is_some_and(|site| is_below(path(site)))
            }
            _ => false,
        });
        let Some(found) = found.cloned() else { return };
        let Some(what) = found.any_of.first() else { return };
        let state = if role == Role::Old { "goes" } else { "comes" };
        let reason = Reason {
            entity: Entity::new(kinds::FILE, link.clone()),
            message: format!(
                "the {} text finds {} through the link `{link}`, and it {state} with this change",
                role.as_str(),
                Entity::new(what.sought(), what.shown()).spoken()
            ),
            from: Some(Place { tree: role, file, span: found.span }),
            composed: None,
            to: Some(Place { tree: role, file: at, span: Span::default() }),
        };
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            let (Landing::With(text), Landing::With(link)) =
                (self.met(user, &view), self.met(link, &view))
            else {
                continue;
            };
            self.tie(role, text, link, reason.clone());
        }
    }
}

/// Where a text sets a path or folder to a name, in quotes.
fn path_of(text: &str, name: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let is_comment = line.trim_start().starts_with(['#', '/']);
        let Some((key, value)) = line.split_once('=').filter(|_| !is_comment) else { continue };
        let is_path = ["path", "dir", "folder"].iter().any(|word| key.contains(word));
        let bare = value.trim().trim_matches(['"', '\'']);
        if is_path && bare.len() < value.trim().len() && bare.trim_start_matches("./") == name {
            return Some(start + line.len() - value.len() + value.find(name)?);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn a_path_is_set_to_a_name_in_quotes() {
        assert_eq!(
            path_of("# x_path = \"modules\"\nx.module_path = \"modules\"\n", "modules"),
            Some(38)
        );
        assert_eq!(path_of("x.module_name = \"modules\"\nx_path = modules\n", "modules"), None);
    }
}

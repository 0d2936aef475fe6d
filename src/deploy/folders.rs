//! Folders that come or go as a whole, and texts that have one as a value; charts that are handed
//! out by an index beside them.

use super::requirements::{Builder, Reason};
use crate::facts::{Entity, Span, base_name, kinds, parent_folder, path_in};
use crate::finding::Place;
use crate::graph::PathKind;
use crate::loader::Role;
use smol_str::SmolStr;

/// Files by which a folder is read, and how many such folders are looked at.
const HEADS: [&str; 5] =
    ["kustomization.yaml", "Chart.yaml", "kustomization.yml", "main.tf", "terragrunt.hcl"];
const MOST_HEADS: usize = 100;

/// The file by which a chart is known, and how many of its files wait for it.
const CHART: &str = "Chart.yaml";
const MOST_PARTS: usize = 100;

/// The index of a repository of charts, and how the files that it lists end.
const INDEX: &str = "index.yaml";
const PACKED: &str = ".tgz";

impl Builder<'_, '_> {
    /// Folders that come or go as a whole, and the texts that have one as a value, from the root.
    pub(super) fn folders(&mut self, paths: &[SmolStr]) {
        for (role, other) in [(Role::Old, Role::New), (Role::New, Role::Old)] {
            let is_gone = |path: &SmolStr| {
                let folder = parent_folder(path);
                folder.contains('/')
                    && self.graph(role).snapshot.find(path).is_some()
                    && self.graph(other).paths.look_up(folder) == PathKind::Absent
            };
            let heads = paths.iter().filter(|path| HEADS.contains(&base_name(path)));
            let heads: Vec<&SmolStr> =
                heads.filter(|path| is_gone(path)).take(MOST_HEADS).collect();
            if heads.is_empty() {
                continue;
            }
            self.parts((role, other), &heads, paths);
            let texts = paths.iter().filter(|own| {
                [".yaml", ".yml", ".json"].iter().any(|ending| own.ends_with(ending))
            });
            for user in texts {
                let (Some(text), Some(then)) = (self.text(role, user), self.text(other, user))
                else {
                    continue;
                };
                for head in &heads {
                    let folder = parent_folder(head);
                    let Some(at) = valued(&text, folder) else { continue };
                    if user.starts_with(folder) || valued(&then, folder).is_some() {
                        continue;
                    }
                    let (version, state) = match role {
                        Role::Old => ("old", "goes"),
                        _ => ("new", "comes"),
                    };
                    let message = format!(
                        "the {version} text names folder `{folder}`, and it {state} with this change"
                    );
                    let reason = self.fit((role, user), (role, head), message).map(|own| {
                        let span = Span::new(at, at + folder.len());
                        let from = own.from.map(|own| Place { span, ..own });
                        Reason { entity: Entity::new(kinds::FILE, folder), from, ..own }
                    });
                    let Some(reason) = reason else { continue };
                    for (user, head) in self.pairs(user, head) {
                        let (trigger, rescue) = match role {
                            Role::Old => (vec![head], vec![user]),
                            _ => (vec![user], vec![head]),
                        };
                        self.add_unless_implied(trigger, rescue, reason.clone());
                    }
                }
            }
        }
    }

    /// Templates of a chart that comes or goes as a whole: it is read from the file that names it,
    /// so that they are there before that one and go after it.
    fn parts(&mut self, (role, other): (Role, Role), heads: &[&SmolStr], paths: &[SmolStr]) {
        for head in heads.iter().filter(|own| base_name(own) == CHART) {
            let folder = parent_folder(head);
            let is_part = |path: &&SmolStr| {
                let rest = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
                rest.is_some_and(|rest| rest.starts_with("templates/"))
                    && self.graph(role).snapshot.find(path).is_some()
                    && self.graph(other).snapshot.find(path).is_none()
            };
            for part in paths.iter().filter(is_part).take(MOST_PARTS).collect::<Vec<_>>() {
                let (version, state) = match role {
                    Role::Old => ("old", "goes"),
                    _ => ("new", "comes"),
                };
                let message = format!(
                    "the {version} chart is made of this file, and it {state} with this change"
                );
                let Some(reason) = self.fit((role, head), (role, part), message) else { continue };
                for (head, part) in self.pairs(head, part) {
                    self.tie(role, head, part, reason.clone());
                }
            }
        }
    }

    /// Packed charts, and the index beside them that says where each is.
    pub(super) fn published(&mut self, paths: &[SmolStr]) {
        for path in paths.iter().filter(|own| own.ends_with(PACKED)) {
            let index = path_in(parent_folder(path), INDEX);
            let name = base_name(path);
            let lists = |role: Role| self.text(role, &index).is_some_and(|own| own.contains(name));
            let has = |role: Role| self.graph(role).snapshot.find(path).is_some();
            let of = |role: Role| (has(role), lists(role));
            let (role, version, state) = match (of(Role::Old), of(Role::New)) {
                ((true, true), (false, false)) => (Role::Old, "old", "goes"),
                ((false, false), (true, true)) => (Role::New, "new", "comes"),
                _ => continue,
            };
            let message =
                format!("the {version} index lists `{name}`, and it {state} with this change");
            let Some(reason) = self.fit((role, &index), (role, path), message) else { continue };
            for (index, packed) in self.pairs(&index, path) {
                self.tie(role, index, packed, reason.clone());
            }
        }
    }
}

/// Where a text has a path as a value: all of what stands behind a key or a dash.
fn valued(text: &str, path: &str) -> Option<usize> {
    let is_one = |at: &usize| {
        let line = text[..*at].rfind('\n').map_or(0, |own| own + 1);
        let before = text[line..*at].trim_end_matches("./").trim_end_matches(['"', '\'']);
        let after = &text[*at + path.len()..];
        let rest = after.lines().next().unwrap_or_default();
        let rest = rest.trim_start_matches('/').trim_matches(['"', '\'', ',', ' ', '\r']);
        let is_comment = before.trim_start().starts_with('#');
        !is_comment && (before.ends_with(": ") || before.trim() == "-") && rest.is_empty()
    };
    text.match_indices(path).map(|(at, _)| at).find(is_one)
}

#[cfg(test)]
mod tests {
    use super::valued;

    #[test]
    fn a_path_is_all_of_a_value() {
        assert!(valued("source:\n  path: \"./apps/web/\"\n", "apps/web").is_some());
        assert!(valued("paths:\n  - apps/web\n", "apps/web").is_some());
        assert!(valued("path: apps/web/live\n# path: apps/web\n", "apps/web").is_none());
        assert!(valued("path: other/apps/web\n", "apps/web").is_none());
    }
}

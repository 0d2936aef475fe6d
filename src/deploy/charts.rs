//! Objects of a chart: all of its templates are rendered together, so that an object which moves
//! from one to another is there twice, or gone, while one of them has landed; and what names an
//! object needs it.

use super::requirements::{Builder, Reason, View, opposite};
use super::units::Landing;
use crate::facts::{Entity, Span, base_name, join_path, kinds, parent_folder, path_in};
use crate::finding::Place;
use crate::loader::Role;
use crate::syntax::objects::{Object, declared, used};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// How many templates of one chart are compared.
const MOST_FILES: usize = 100;

/// The texts of a chart's changed templates, at either version, by path.
type Templates = BTreeMap<SmolStr, [Option<String>; 2]>;

/// What is said of two of them.
struct Tie<'t> {
    /// The file of the object, and the role of the tree that has it there.
    holder: (&'t SmolStr, Role),
    object: &'t Object,
    /// The other file, and the place in its text.
    other: (&'t SmolStr, Role, usize),
}

impl Builder<'_, '_> {
    /// What the changed templates of each chart have of one another.
    pub(super) fn charts(&mut self) {
        let mut charts: BTreeMap<SmolStr, Templates> = BTreeMap::new();
        for path in self.units.all.iter().flat_map(|unit| &unit.paths) {
            if !self.callers.include(path) || !path.ends_with(".yaml") && !path.ends_with(".yml") {
                continue;
            }
            let Some(at) = path.rfind("/templates/") else { continue };
            let is_chart = |own: &crate::graph::Graph<'_>| {
                own.snapshot.find(&path_in(&path[..at], "Chart.yaml")).is_some()
            };
            if is_chart(self.old) && is_chart(self.new) {
                let texts = [self.old, self.new].map(|graph| {
                    let bytes = graph.snapshot.contents(graph.snapshot.find(path)?);
                    String::from_utf8(bytes).ok()
                });
                charts.entry(path[..at].into()).or_default().insert(path.clone(), texts);
            }
        }
        self.dependencies();
        for (_, templates) in charts.into_iter().filter(|(_, own)| own.len() <= MOST_FILES) {
            self.chart(&templates);
        }
    }

    /// Charts that a chart takes in at one version alone, with values of their own in its file.
    fn dependencies(&mut self) {
        let paths = self.units.all.iter().flat_map(|unit| &unit.paths);
        let is_list = |path: &&SmolStr| {
            matches!(base_name(path), "Chart.yaml" | "requirements.yaml")
                && self.callers.include(path)
        };
        let lists: Vec<SmolStr> = paths.filter(is_list).cloned().collect();
        for list in &lists {
            self.local(list);
        }
        for list in lists {
            let values = path_in(parent_folder(&list), "values.yaml");
            if self.units.of(&values).is_empty() {
                continue;
            }
            let read = |role: Role, path: &str| {
                let snapshot = self.graph(role).snapshot;
                String::from_utf8(snapshot.contents(snapshot.find(path)?)).ok()
            };
            let texts = [Role::Old, Role::New].map(|role| (read(role, &list), read(role, &values)));
            let [(Some(old_list), Some(old)), (Some(new_list), Some(new))] = texts else {
                continue;
            };
            let lists = [charts_of(&old_list), charts_of(&new_list)];
            let keys = [&old, &new].map(|text| top_keys(text));
            for (version, role) in [(0, Role::Old), (1, Role::New)] {
                let other = 1 - version;
                let taken = lists[version].iter().filter(|(name, _)| {
                    let is_one = |(own, _): &(&str, usize)| own == name;
                    !lists[other].iter().any(is_one)
                        && keys[version].iter().any(is_one)
                        && !keys[other].iter().any(is_one)
                });
                for (name, at) in taken.cloned().collect::<Vec<_>>() {
                    let key = keys[version].iter().find(|(own, _)| *own == name);
                    let key = key.map(|own| own.1).unwrap_or_default();
                    self.dependency(role, (&list, at), (&values, key), name);
                }
            }
        }
    }

    /// Charts beside a chart that it takes in at one version alone: by a path, or as one of its own
    /// folder `charts/`.
    fn local(&mut self, list: &SmolStr) {
        let folder = parent_folder(list);
        for (role, other) in [(Role::Old, Role::New), (Role::New, Role::Old)] {
            let read = |role: Role| self.text(role, list).unwrap_or_default();
            let (text, then) = (read(role), read(other));
            let mut heads: Vec<(String, usize, usize)> = Vec::new();
            for (path, at) in paths_of(&text) {
                let target = join_path(folder, path.trim_end_matches('/'));
                if let Some(target) = target.filter(|_| !then.contains(path)) {
                    heads.push((path_in(&target, "Chart.yaml"), at, path.len()));
                }
            }
            // One that is no longer fetched has to be there by itself.
            if role == Role::New {
                let names = charts_of(&then).into_iter().map(|own| own.0);
                let gone = names.filter(|name| !charts_of(&text).iter().any(|own| own.0 == *name));
                heads.extend(
                    gone.map(|name| (path_in(folder, &format!("charts/{name}/Chart.yaml")), 0, 0)),
                );
            }
            for (head, at, length) in heads {
                let has = |role: Role| self.graph(role).snapshot.find(&head).is_some();
                if has(role) && !has(other) {
                    let span = Span::new(at, at + length);
                    self.taken_in(role, (list, span), &head);
                }
            }
        }
    }

    fn taken_in(&mut self, role: Role, (list, span): (&str, Span), head: &str) {
        let (version, state) = match role {
            Role::Old => ("old", "goes"),
            _ => ("new", "comes"),
        };
        let values = path_in(parent_folder(head), "values.yaml");
        let message = format!(
            "the {version} chart takes in the chart of `{head}`, and it {state} with this change"
        );
        let by_itself = format!(
            "the {version} chart of `{head}` is installed with none of its values where they are not there"
        );
        let moves = |path: &str| {
            let has = |role: Role| self.graph(role).snapshot.find(path).is_some();
            has(role) && !has(opposite(role))
        };
        let mut ties = vec![((list, span), head, message)];
        if moves(&values) {
            ties.push(((head, Span::default()), values.as_str(), by_itself));
        }
        for ((user, span), needed, message) in ties {
            let Some(mut reason) = self.fit((role, user), (role, needed), message) else {
                continue;
            };
            reason.from = reason.from.map(|own| Place { span, ..own });
            for (user, needed) in self.pairs(user, needed) {
                self.tie(role, user, needed, reason.clone());
            }
        }
    }

    fn dependency(
        &mut self,
        role: Role,
        (list, at): (&SmolStr, usize),
        (values, key): (&str, usize),
        name: &str,
    ) {
        let of = |path: &str, at: usize| {
            let file = self.graph(role).snapshot.find(path)?;
            Some(Place { tree: role, file, span: Span::new(at, at + name.len()) })
        };
        let reason = Reason {
            entity: Entity::new(kinds::NAME, name),
            message: format!(
                "without its values, the {} chart takes in `{name}` as that is by itself",
                role.as_str()
            ),
            from: of(list, at),
            composed: None,
            to: of(values, key),
        };
        for (list, values) in self.pairs(list, values) {
            self.tie(role, list, values, reason.clone());
        }
    }

    fn chart(&mut self, templates: &Templates) {
        let objects = |version: usize| {
            let all = templates.iter();
            all.map(|(path, texts)| {
                (path, texts[version].as_deref().map(declared).unwrap_or_default())
            })
            .collect::<BTreeMap<_, _>>()
        };
        let versions = [objects(0), objects(1)];
        let has = |version: usize, path: &SmolStr, object: &Object| {
            versions[version]
                .get(path)
                .is_some_and(|all| all.iter().any(|own| is_same(own, object)))
        };
        for (version, role) in [(0, Role::Old), (1, Role::New)] {
            let other = 1 - version;
            for (path, all) in &versions[version] {
                for object in all.iter().filter(|own| !has(other, path, own)) {
                    let others = || templates.keys().filter(|own| own.as_str() != path.as_str());
                    // It comes in the place of another one's, or it goes into another one.
                    let twin = others().find(|own| has(other, own, object));
                    if let Some(twin) = twin {
                        let is_moved = role == Role::Old && !has(version, twin, object);
                        if is_moved && let Some(at) = place(&versions[other][twin], object) {
                            let other = (twin, Role::New, at);
                            self.moves(&Tie { holder: (path, role), object, other });
                        }
                        continue;
                    }
                    for user in others() {
                        let uses = |version: usize| {
                            templates[user][version].as_deref().and_then(|own| used(own, object))
                        };
                        if let (Some(at), None) = (uses(version), uses(other)) {
                            let other = (user, role, at);
                            self.named(&Tie { holder: (path, role), object, other });
                        }
                    }
                }
            }
        }
    }

    fn reason(&self, tie: &Tie<'_>, message: String) -> Option<Reason> {
        let Tie { holder: (path, role), object, other: (user, version, at) } = tie;
        let of = |role: Role, path: &SmolStr, at: usize, length: usize| {
            let file = self.graph(role).snapshot.find(path)?;
            Some(Place { tree: role, file, span: Span::new(at, at + length) })
        };
        Some(Reason {
            entity: Entity::new(kinds::NAME, format!("{}/{}", object.kind, object.name)),
            message,
            from: Some(of(*version, user, *at, object.name.len())?),
            composed: None,
            to: Some(of(*role, path, object.start, object.name.len())?),
        })
    }

    fn moves(&mut self, tie: &Tie<'_>) {
        let ((path, _), (twin, ..)) = (tie.holder, tie.other);
        let name = format!("`{}/{}`", tie.object.kind, tie.object.name);
        let twice = self.reason(
            tie,
            format!("the new text declares {name}, which the old text of `{path}` declares too"),
        );
        let gone = self.reason(
            tie,
            format!("{name} moves to `{twin}`, and is gone where neither declares it"),
        );
        let (Some(twice), Some(gone)) = (twice, gone) else { return };
        for (from, to) in self.pairs(path, twin) {
            self.add(vec![to], vec![from], twice.clone());
            self.add(vec![from], vec![to], gone.clone());
        }
    }

    fn named(&mut self, tie: &Tie<'_>) {
        let ((path, role), (user, ..)) = (tie.holder, tie.other);
        let (version, state) = match role {
            Role::Old => ("old", "goes"),
            _ => ("new", "comes"),
        };
        let message = format!(
            "the {version} text names object `{}/{}`, and it {state} with this change",
            tie.object.kind, tie.object.name
        );
        let Some(reason) = self.reason(tie, message) else { return };
        for (holder, user) in self.pairs(path, user) {
            self.tie(role, user, holder, reason.clone());
        }
    }

    /// The units of two paths, on each group of hosts.
    pub(super) fn pairs(&self, one: &str, other: &str) -> Vec<(u32, u32)> {
        let views = self.views.iter().filter(|(from, to)| from == to);
        views.filter_map(|view| self.both(one, other, view)).collect()
    }

    /// The units of two paths on one group of hosts.
    pub(super) fn both(&self, one: &str, other: &str, view: &View) -> Option<(u32, u32)> {
        match (self.met(one, view), self.met(other, view)) {
            (Landing::With(one), Landing::With(other)) => Some((one, other)),
            _ => None,
        }
    }
}

fn is_same(one: &Object, other: &Object) -> bool {
    one.kind == other.kind && one.name == other.name
}

fn place(all: &[Object], object: &Object) -> Option<usize> {
    all.iter().find(|own| is_same(own, object)).map(|own| own.start)
}

/// The charts that a list takes in, as the values call them, with their places.
fn charts_of(text: &str) -> Vec<(&str, usize)> {
    let mut out: Vec<(&str, usize)> = Vec::new();
    let (mut inside, mut at) = (false, 0);
    for whole in text.split_inclusive('\n') {
        let start = at;
        at += whole.len();
        let line = whole.trim_end();
        if line.starts_with(|own: char| own.is_ascii_alphabetic()) {
            inside = line == "dependencies:";
        }
        let begins = line.trim_start().starts_with("- ");
        let bare = line.trim_start().trim_start_matches("- ");
        let value = |key: &str| {
            let own = bare.strip_prefix(key)?.trim().trim_matches(['"', '\'']);
            Some((own, start + whole.find(own)?))
        };
        if !inside {
            continue;
        }
        if begins {
            out.push(("", start));
        }
        // An alias stands in the place of the name.
        let alias = value("alias: ");
        if let Some(named) = alias.or_else(|| value("name: "))
            && let Some(last) = out.last_mut()
            && (alias.is_some() || last.0.is_empty())
        {
            *last = named;
        }
    }
    out.retain(|(name, _)| !name.is_empty());
    out
}

/// The paths by which a list takes in charts beside it, with their places.
fn paths_of(text: &str) -> Vec<(&str, usize)> {
    const MARK: &str = "file://";
    let mut at = 0;
    let paths = text.split_inclusive('\n').filter_map(|line| {
        let start = at;
        at += line.len();
        let from = line.find(MARK).filter(|_| line.trim_start().starts_with("repository:"))?;
        let path = line[from + MARK.len()..].split(['"', '\'', ' ', '\n', '\r']).next()?;
        (!path.is_empty()).then_some((path, start + from + MARK.len()))
    });
    paths.collect()
}

/// The keys at the top of a file of values, with their places.
fn top_keys(text: &str) -> Vec<(&str, usize)> {
    let mut at = 0;
    let keys = text.split_inclusive('\n').filter_map(|line| {
        let start = at;
        at += line.len();
        let key = line.split_once(':')?.0;
        let is_key = |own: char| own.is_ascii_alphanumeric() || "_-.".contains(own);
        (!key.is_empty() && key.chars().all(is_key)).then_some((key, start))
    });
    keys.collect()
}

#[cfg(test)]
mod tests {
    use super::{charts_of, top_keys};

    #[test]
    fn charts_are_called_by_their_aliases() {
        let text = "name: a\ndependencies:\n  - name: common\n    alias: web\n  - repository: x\n    name: \"redis\"\nmaintainers:\n  - name: me\n";
        let names: Vec<_> = charts_of(text).into_iter().map(|own| own.0).collect();
        assert_eq!(names, ["web", "redis"]);
        let keys: Vec<_> =
            top_keys("a: 1\n  b: 2\n# c: 3\nd:\n").into_iter().map(|own| own.0).collect();
        assert_eq!(keys, ["a", "d"]);
    }
}

//! Interfaces of PHP that change together with the classes that implement them.
//!
//! A class that lacks a method of its interface, or takes other arguments than that says, ends the
//! program when it is loaded; an object that is none of the type which a function asks for, when it
//! is passed.

use super::requirements::{Builder, Reason, opposite};
use super::units::Landing;
use crate::facts::{Entity, Kind, Property, Span, kinds};
use crate::finding::Place;
use crate::loader::Role;
use crate::syntax::declared::bounded;
use crate::syntax::php_types::{Method, PhpType, TypeKind, calls, types};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// How many files of a change are compared, and how many types stand above one.
const MOST_FILES: usize = 400;
const MOST_ABOVE: usize = 30;
const MOST_BYTES: usize = 512 << 10;

/// A type with the file that declares it.
type Declared = (SmolStr, PhpType);

/// Types of both versions, of files that the change touches.
struct Types {
    old: FxHashMap<String, Declared>,
    new: FxHashMap<String, Declared>,
}

impl Types {
    fn of(&self, role: Role) -> &FxHashMap<String, Declared> {
        if role == Role::Old { &self.old } else { &self.new }
    }
}

impl Builder<'_, '_> {
    /// Interfaces and abstract classes, who implements them, calls them, and has them as types.
    pub(super) fn contracts(&mut self) {
        let all = self.units.all.iter().flat_map(|unit| &unit.paths);
        let is_php = |path: &&SmolStr| path.ends_with(".php") && self.callers.include(path);
        let paths: Vec<SmolStr> = all.filter(is_php).cloned().collect();
        if paths.len() < 2 || paths.len() > MOST_FILES {
            return;
        }
        let read = |role: Role| -> FxHashMap<String, Declared> {
            let all = paths.iter().flat_map(|path| {
                let own = self.php(role, path);
                own.into_iter().map(move |own| (own.name.clone(), (path.clone(), own)))
            });
            all.collect()
        };
        let types = Types { old: read(Role::Old), new: read(Role::New) };
        let mut both: Vec<&String> =
            types.old.keys().filter(|own| types.new.contains_key(*own)).collect();
        both.sort_unstable();
        let asks = |own: &Declared| {
            let all = own.1.methods.iter().filter(|own| own.1.is_abstract);
            let all = all.map(|(name, own)| (name.clone(), own.least, own.most, own.has_return));
            all.collect::<Vec<_>>()
        };
        let is_changed =
            both.iter().any(|own| types.old.get(*own).map(asks) != types.new.get(*own).map(asks));
        for name in both {
            for role in [Role::Old, Role::New].into_iter().filter(|_| is_changed) {
                self.implements(role, &types, name);
            }
            self.swapped(&types, name, &paths);
            self.called(&types, name, &paths);
        }
    }

    fn php(&self, role: Role, path: &str) -> Vec<PhpType> {
        let text = self.text(role, path).filter(|own| own.len() <= MOST_BYTES);
        text.map(|own| types(&own)).unwrap_or_default()
    }

    /// The type of that name, wherever the tree declares it.
    fn php_type(&self, role: Role, types: &Types, name: &str) -> Option<Declared> {
        if let Some(own) = types.of(role).get(name) {
            return Some(own.clone());
        }
        let graph = self.graph(role);
        let declares = |kind: Kind| graph.providers(kind, name).next();
        let site = Kind::with(Property::ON_DEMAND).find_map(declares)?;
        let path = self.path(role, site.file);
        let own = self.php(role, path).into_iter().find(|own| own.name == name)?;
        Some((path.into(), own))
    }

    /// What stands above a type, and whether all of it is known.
    fn above(&self, role: Role, types: &Types, own: &PhpType) -> (Vec<Declared>, bool) {
        let mut open = own.parents.clone();
        let mut out: Vec<Declared> = Vec::new();
        let mut is_whole = true;
        while let Some(name) = open.pop() {
            if out.len() >= MOST_ABOVE || out.iter().any(|(_, own)| own.name == name) {
                continue;
            }
            match self.php_type(role, types, &name) {
                Some(found) => {
                    open.extend(found.1.parents.iter().cloned());
                    out.push(found);
                }
                None => is_whole = false,
            }
        }
        (out, is_whole)
    }

    /// A class at the version of `role`, and what it implements at the other.
    fn implements(&mut self, role: Role, types: &Types, name: &str) {
        let Some((user, class)) = types.of(role).get(name) else { return };
        if matches!(class.kind, TypeKind::Interface | TypeKind::Trait) || class.parents.is_empty() {
            return;
        }
        let (above, is_whole) = self.above(role, types, class);
        let mut found = Vec::new();
        for (path, same) in &above {
            let Some((file, other)) = types.of(opposite(role)).get(&same.name) else { continue };
            if file == user || path != file {
                continue;
            }
            let misfit = |contract: &PhpType| misfit(class, &above, is_whole, contract);
            // What does not fit its own version either is a defect of the tree.
            if let Some((what, method)) = misfit(other).filter(|_| misfit(same).is_none()) {
                found.push((file.clone(), other.clone(), what, method));
            }
        }
        let (user, class) = (user.clone(), class.clone());
        let (version, without) = versions(role);
        for (file, contract, what, method) in found {
            let message = format!(
                "the {version} `{}` does not fit the {without} `{}`: {what}",
                class.short, contract.short
            );
            let start = contract.methods.get(&method).map_or(contract.start, |own| own.start);
            let at = class.methods.get(&method).map_or(class.start, |own| own.start);
            self.tie_types(role, (&user, at), (&file, start), &method, message);
        }
    }

    fn tie_types(
        &mut self,
        role: Role,
        (user, at): (&str, usize),
        (used, start): (&str, usize),
        name: &str,
        message: String,
    ) {
        let find = |role: Role, path: &str| self.graph(role).snapshot.find(path);
        let other = opposite(role);
        let (Some(from), Some(to)) = (find(role, user), find(other, used)) else { return };
        let reason = Reason {
            entity: Entity::new(kinds::NAME, name),
            message,
            from: Some(Place { tree: role, file: from, span: Span::new(at, at + name.len()) }),
            composed: None,
            to: Some(Place { tree: other, file: to, span: Span::new(start, start + name.len()) }),
        };
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            if let (Landing::With(user), Landing::With(used)) =
                (self.met(user, &view), self.met(used, &view))
            {
                self.tie(role, user, used, reason.clone());
            }
        }
    }

    /// A class that is of another type at each version, and texts that ask for that type.
    fn swapped(&mut self, types: &Types, name: &str, paths: &[SmolStr]) {
        let (Some((file, old)), Some((after, new))) = (types.old.get(name), types.new.get(name))
        else {
            return;
        };
        let gone = old.parents.iter().filter(|own| !new.parents.contains(own));
        let gone = gone.filter(|own| self.php_type(Role::New, types, own).is_none());
        let gone: Vec<PhpType> =
            gone.filter_map(|own| types.old.get(own)).map(|own| own.1.clone()).collect();
        let came = new.parents.iter().filter(|own| !old.parents.contains(own));
        let came: Vec<PhpType> =
            came.filter_map(|own| types.new.get(own)).map(|own| own.1.clone()).collect();
        let ([gone], [came]) = (&gone[..], &came[..]) else { return };
        if file != after {
            return;
        }
        let short = new.short.clone();
        let file = file.clone();
        for user in paths.iter().filter(|own| **own != file) {
            let (Some(before), Some(now)) =
                (self.text(Role::Old, user), self.text(Role::New, user))
            else {
                continue;
            };
            let (Some(was), Some(is)) =
                (asked_type(&before, &gone.short), asked_type(&now, &came.short))
            else {
                continue;
            };
            if asked_type(&now, &gone.short).is_some() {
                continue;
            }
            for (role, at, own) in [(Role::Old, was, gone), (Role::New, is, came)] {
                let (version, without) = versions(role);
                let message = format!(
                    "the {version} text takes a `{}`, which the {without} `{short}` is none of",
                    own.short
                );
                self.tie_types(role, (user, at), (&file, 0), &own.short, message);
            }
        }
    }

    /// Calls of methods that take further arguments.
    fn called(&mut self, types: &Types, name: &str, paths: &[SmolStr]) {
        let (Some((file, old)), Some((after, new))) = (types.old.get(name), types.new.get(name))
        else {
            return;
        };
        if file != after {
            return;
        }
        let changed = old.methods.iter().filter_map(|(name, was)| {
            let is = new.methods.get(name)?;
            let most = was.most?;
            (is.least > most && !name.starts_with("__")).then_some((name, most, (was, is)))
        });
        let changed: Vec<(String, usize, [Method; 2])> = changed
            .map(|(name, most, (was, is))| (name.clone(), most, [was.clone(), is.clone()]))
            .collect();
        let (file, short) = (file.clone(), new.short.clone());
        for (method, most, [was, is]) in changed {
            for user in paths.iter().filter(|own| **own != file) {
                let [before, now] = [Role::Old, Role::New].map(|role| {
                    let text = self.text(role, user)?;
                    let all = calls(&text, &method);
                    (!all.is_empty() && bounded(&text, &short).next().is_some()).then_some(all)
                });
                let (Some(before), Some(now)) = (before, now) else { continue };
                let is_few = before.iter().all(|own| own.0 <= most);
                if !is_few || !now.iter().all(|own| own.0 >= is.least) {
                    continue;
                }
                for (role, all, other) in [(Role::Old, before, &is), (Role::New, now, &was)] {
                    let Some((count, at)) = all.first() else { continue };
                    let (version, without) = versions(role);
                    let message = format!(
                        "the {version} call passes {count}, which is not what the {without} `{method}` of `{short}` takes"
                    );
                    self.tie_types(role, (user, *at), (&file, other.start), &method, message);
                }
            }
        }
    }
}

fn versions(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Old => ("old", "new"),
        _ => ("new", "old"),
    }
}

/// In what a class does not fit a contract: what, and the method.
fn misfit(
    class: &PhpType,
    above: &[Declared],
    is_whole: bool,
    contract: &PhpType,
) -> Option<(String, String)> {
    let inherited = |name: &str| {
        above.iter().any(|(_, own)| {
            own.kind != TypeKind::Interface
                && own.methods.get(name).is_some_and(|own| !own.is_abstract)
        })
    };
    let is_open = !is_whole
        || class.mixes
        || class.kind == TypeKind::Abstract
        || above.iter().any(|(_, own)| own.mixes);
    contract.methods.iter().filter(|(_, own)| own.is_abstract).find_map(|(name, asked)| {
        let Some(own) = class.methods.get(name) else {
            let is_lacking = !is_open && !inherited(name);
            return is_lacking.then(|| (format!("it lacks `{name}`"), name.clone()));
        };
        let takes = |count: usize| own.most.is_none_or(|most| most >= count);
        let is_fitting = own.least <= asked.least
            && asked.most.map_or(own.most.is_none(), takes)
            && (own.has_return || !asked.has_return);
        let is_made = name == "__construct" && contract.kind != TypeKind::Interface;
        (!is_fitting && !is_made)
            .then(|| (format!("`{name}` is declared in another way"), name.clone()))
    })
}

/// Where a text asks for an object of a type.
fn asked_type(text: &str, short: &str) -> Option<usize> {
    bounded(text, short).find(|at| {
        let (before, after) = (&text[..*at], text[at + short.len()..].trim_start());
        let is_variable =
            ["$", "&$", "...$", "&...$", "|"].iter().any(|own| after.starts_with(own));
        let before = before.trim_end_matches(['\\', '?']).trim_end();
        is_variable || before.ends_with("instanceof") || before.ends_with("):")
    })
}

#[cfg(test)]
mod tests {
    use super::asked_type;

    #[test]
    fn a_type_is_asked_for() {
        assert!(asked_type("function f(?Store $a) {}", "Store").is_some());
        assert!(asked_type("private Store $a;", "Store").is_some());
        assert!(asked_type("function f(): Store {", "Store").is_some());
        assert!(asked_type("use A\\Store;\nStore::make(1);", "Store").is_none());
    }
}

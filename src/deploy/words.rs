//! Names that leave one file of a change together with their use in another, or come so.
//!
//! No reader of a language knows of them: a helper of a view, an alias that stands for a
//! folder, a variable of a role that another role shows. Where one changed file alone declares
//! a name, at one version alone, and another changed file uses it at that version alone, the
//! two have to land in order. A name that any other file declares, too, says nothing.

use super::requirements::{Builder, Reason};
use super::units::Landing;
use crate::facts::{Entity, Span, base_name, kinds};
use crate::finding::Place;
use crate::loader::Role;
use crate::schedule::Clause;
use crate::syntax::declared::{Declared, Family, Form, Sheet, files};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// How many files of a change are compared, and how many bytes of one.
const MOST_FILES: usize = 400;
const MOST_BYTES: usize = 512 << 10;
/// How many bytes of the rest of the tree are looked at, for names that stay.
const MOST_ELSEWHERE: usize = 256 << 20;

/// Texts of one version, by path.
type Texts = FxHashMap<SmolStr, String>;
/// Sheets of one version, by path.
pub(super) type Sheets<'t> = FxHashMap<&'t str, Sheet<'t>>;

/// A name that goes or comes with what uses it.
pub(super) struct Found {
    pub(super) role: Role,
    pub(super) user: SmolStr,
    pub(super) at: usize,
    pub(super) what: Declared,
    pub(super) declarer: SmolStr,
    /// All files that declare it, at this version alone.
    pub(super) declarers: Vec<SmolStr>,
}

impl<'b, 'g> Builder<'b, 'g> {
    /// Names that two files of the change have in common, at one version alone.
    pub(super) fn words(&mut self) {
        let all = || self.units.all.iter().flat_map(|unit| &unit.paths);
        let paths: Vec<SmolStr> =
            all().filter(|path| self.callers.include(path)).cloned().collect();
        if paths.len() < 2 || paths.len() > MOST_FILES {
            return;
        }
        let texts = [Role::Old, Role::New].map(|role| self.texts(role, &paths));
        let [old, new] = texts.each_ref().map(sheets);
        let mut found = Vec::new();
        for (role, own, other) in [(Role::Old, &old, &new), (Role::New, &new, &old)] {
            for path in &paths {
                if let Some(sheet) = own.get(path.as_str()) {
                    self.compared_words(role, sheet, (own, other), &mut found);
                }
            }
        }
        let alike = self.alike(&found);
        let kept = self.declared_elsewhere(&found);
        found.retain(|found| {
            let name = found.what.owner.as_ref().unwrap_or(&found.what.name);
            let sheets = if found.role == Role::Old { &old } else { &new };
            // Another file of the name may fit the text as well.
            let is_told = |all: &Vec<SmolStr>| {
                sheets.get(found.user.as_str()).is_none_or(|user| {
                    let fits = |path: &&SmolStr| user.uses(&found.what, path).is_some();
                    let others: Vec<&str> = all.iter().filter(fits).map(|own| &**own).collect();
                    user.tells(&found.what, &found.declarer, &others)
                })
            };
            match found.what.form {
                Form::File => alike.get(&found.what.name).is_none_or(is_told),
                _ => !kept.contains(&(found.role, Family::of(&found.declarer), name.clone())),
            }
        });
        self.sealed(&old, &new, &mut found);
        self.shown_names([&old, &new], &mut found);
        self.routed([&old, &new], &mut found);
        self.made_of_data([&old, &new], &mut found);
        self.renamed([&old, &new], &mut found);
        found.iter().for_each(|own| self.word(own));
        self.likely([&old, &new]);
    }

    fn texts(&self, role: Role, paths: &[SmolStr]) -> Texts {
        let snapshot = self.graph(role).snapshot;
        let read = |path: &SmolStr| {
            let name = base_name(path);
            // Libraries of others that a tree carries along.
            if name.starts_with("jquery") || name.contains(".min.") {
                return Some((path.clone(), String::new()));
            }
            let bytes = snapshot.contents(snapshot.find(path)?);
            // What is no text, or too long a one, can be named all the same.
            let text = (bytes.len() <= MOST_BYTES).then(|| String::from_utf8(bytes).ok()).flatten();
            Some((path.clone(), text.unwrap_or_default()))
        };
        paths.iter().filter_map(read).collect()
    }

    /// What uses of `sheet`'s own names go, or come, with them.
    fn compared_words<'t>(
        &self,
        role: Role,
        sheet: &Sheet<'t>,
        (own, other): (&Sheets<'t>, &Sheets<'t>),
        found: &mut Vec<Found>,
    ) {
        let counterpart = other.get(sheet.path);
        let gone = || sheet.declared.iter().cloned();
        let of_file = if counterpart.is_none() { files(sheet.path) } else { Vec::new() };
        let mut known: FxHashSet<(String, Form)> = FxHashSet::default();
        for what in gone().chain(of_file) {
            let is_kept = counterpart.is_some_and(|own| own.declares(&what.name));
            if is_kept || !known.insert((what.name.clone(), what.form)) {
                continue;
            }
            let declares = |sheet: &&Sheet<'_>| {
                sheet.declares(&what.name) || what.form.is_file() && is_called(sheet.path, &what)
            };
            let declarers: Vec<&Sheet<'_>> = own.values().filter(declares).collect();
            // One that declares it at either version never lacks it.
            let stays =
                |sheet: &&Sheet<'_>| other.get(sheet.path).is_some_and(|own| declares(&own));
            let is_named = what.form == Form::File;
            if !is_named && declarers.iter().any(stays) {
                continue;
            }
            // Of a name that another file takes over, either does.
            if !what.form.is_file() && other.values().any(|own| declares(&own)) {
                continue;
            }
            let mut users: Vec<&Sheet<'_>> =
                own.values().filter(|user| user.path != sheet.path).collect();
            users.sort_unstable_by_key(|user| user.path);
            for user in users {
                let again = other.get(user.path);
                let is_asked = |other: &Sheet<'_>| match what.form {
                    Form::File => other.depth(&what, sheet.path) >= user.depth(&what, sheet.path),
                    // It may go on asking for it and do without.
                    Form::Environment => other.uses(&what, sheet.path).is_some(),
                    _ => other.names(&what),
                };
                let Some(at) = user.uses(&what, sheet.path) else { continue };
                if again.is_some_and(is_asked) {
                    continue;
                }
                let fits = |own: &&&Sheet<'_>| match what.form.is_file() {
                    true => user.uses(&what, own.path).is_some(),
                    false => true,
                };
                let mut paths: Vec<SmolStr> =
                    declarers.iter().filter(fits).map(|own| own.path.into()).collect();
                paths.sort_unstable();
                if !what.form.is_file() && !is_meant(user, &what, sheet.path, &mut paths) {
                    continue;
                }
                // Of several files of that name, the one is meant whose path is spelled furthest.
                if is_named {
                    let depth = |path: &SmolStr| user.depth(&what, path);
                    let most = paths.iter().map(depth).max().flatten();
                    paths.retain(|path| depth(path) == most);
                }
                let is_other = paths.first().is_some_and(|path| path != sheet.path);
                if what.form.is_file()
                    && what.form != Form::Package
                    && (paths.len() > 1 || is_other)
                {
                    continue;
                }
                found.push(Found {
                    role,
                    user: user.path.into(),
                    at,
                    what: what.clone(),
                    declarer: sheet.path.into(),
                    declarers: paths,
                });
            }
        }
    }

    /// Files that the change does not touch, by the names that were found.
    fn alike(&self, found: &[Found]) -> FxHashMap<String, Vec<SmolStr>> {
        let mut out: FxHashMap<String, Vec<SmolStr>> = FxHashMap::default();
        let named = found.iter().filter(|own| own.what.form == Form::File);
        out.extend(named.map(|own| (own.what.name.clone(), Vec::new())));
        if !out.is_empty() {
            for (_, file) in self.old.snapshot.all_files() {
                let path = &file.entry.path;
                if let Some(all) = out.get_mut(base_name(path))
                    && self.units.of(path).is_empty()
                {
                    all.push(path.clone());
                }
            }
        }
        out
    }

    /// Names that new text uses of a file beside it that nobody can read without the key: by
    /// custom they begin with `vault_`.
    fn sealed<'t>(&self, old: &Sheets<'t>, new: &Sheets<'t>, found: &mut Vec<Found>) {
        let folder = crate::facts::parent_folder;
        let mut sealed: Vec<&Sheet<'_>> = new.values().filter(|own| own.is_sealed()).collect();
        sealed.sort_unstable_by_key(|own| own.path);
        for sheet in sealed {
            let beside = |own: &&Sheet<'_>| folder(own.path) == folder(sheet.path);
            let mut users: Vec<&Sheet<'_>> = new.values().filter(beside).collect();
            users.sort_unstable_by_key(|own| own.path);
            for user in users {
                let before = old.get(user.path);
                let is_new = |name: &str| {
                    let has = |own: &Sheet<'_>| own.has_word(name);
                    !before.is_some_and(has) && !new.values().any(|own| own.declares(name))
                };
                let word = user.words_from("vault_").into_iter().find(|(_, name)| is_new(name));
                if let Some((at, name)) = word {
                    found.push(Found {
                        role: Role::New,
                        user: user.path.into(),
                        at,
                        what: Declared {
                            name: name.into(),
                            form: Form::Variable,
                            owner: None,
                            start: 0,
                        },
                        declarer: sheet.path.into(),
                        declarers: vec![sheet.path.into()],
                    });
                }
            }
        }
    }

    /// Which of the names that were found a file declares that the change does not touch.
    pub(super) fn declared_elsewhere(&self, found: &[Found]) -> FxHashSet<(Role, Family, String)> {
        let mut out = FxHashSet::default();
        if found.is_empty() {
            return out;
        }
        let mut wanted: FxHashMap<Family, FxHashSet<&str>> = FxHashMap::default();
        for own in found {
            let name = own.what.owner.as_ref().unwrap_or(&own.what.name);
            wanted.entry(Family::of(&own.declarer)).or_default().insert(name);
        }
        let snapshot = self.old.snapshot;
        let mut budget = MOST_ELSEWHERE;
        for (ix, file) in snapshot.all_files() {
            let path = file.entry.path.as_str();
            let Some(names) = wanted.get(&Family::of(path)) else { continue };
            if !self.units.of(path).is_empty() {
                continue;
            }
            for own in found.iter().filter(|own| own.what.form.is_file()) {
                let is_apart = matches!(own.what.form, Form::Partial | Form::File);
                if !is_apart && is_called(path, &own.what) {
                    out.insert((own.role, Family::of(&own.declarer), own.what.name.clone()));
                }
            }
            let bytes = snapshot.contents(ix);
            budget = budget.saturating_sub(bytes.len());
            if budget == 0 || bytes.len() > MOST_BYTES {
                continue;
            }
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let last = |name: &str| text.contains(name.rsplit('.').next().unwrap_or(name));
            if !names.iter().any(|name| last(name)) {
                continue;
            }
            for own in Sheet::read(path, &text).declared {
                if names.contains(own.name.as_str()) {
                    for role in [Role::Old, Role::New] {
                        out.insert((role, Family::of(path), own.name.clone()));
                    }
                }
            }
        }
        out
    }

    fn word(&mut self, found: &Found) {
        let Found { role, user, at, what, declarer, declarers } = found;
        if self.does_without(*role, (user, *at), (what, declarer)) {
            return;
        }
        let graph = self.graph(*role);
        let (Some(from), Some(to)) = (graph.snapshot.find(user), graph.snapshot.find(declarer))
        else {
            return;
        };
        let (version, state) = match role {
            Role::Old => ("old", "goes"),
            _ => ("new", "comes"),
        };
        let place = |file, start: usize, length: usize| Place {
            tree: *role,
            file,
            span: Span::new(start, start + length),
        };
        let is_file = what.form.is_file();
        let named = match what.form {
            Form::Package => what.name.as_str(),
            _ if is_file => declarer.as_str(),
            _ => what.name.as_str(),
        };
        let length = match what.form {
            _ if is_file => 0,
            Form::Member => what.name.rsplit('.').next().map_or(0, str::len),
            _ => what.name.len(),
        };
        let reason = Reason {
            entity: Entity::new(kinds::NAME, named),
            message: format!(
                "the {version} text uses {} `{named}`, and it {state} with this change",
                what.form.noun()
            ),
            from: Some(place(from, *at, what.name.len())),
            composed: None,
            to: Some(place(to, what.start, length)),
        };
        for view in self.views.clone() {
            let landing = |paths: &[SmolStr]| -> Vec<u32> {
                let units = paths.iter().filter_map(|path| match self.met(path, &view) {
                    Landing::With(unit) => Some(unit),
                    _ => None,
                });
                units.collect()
            };
            let (mut trigger, mut rescue) = match role {
                Role::Old => (landing(declarers), Vec::new()),
                _ => (Vec::new(), landing(declarers)),
            };
            let Landing::With(own) = self.units.on(user, view.0.as_ref()) else { continue };
            for (unit, _) in self.live(*role, user, &view) {
                let unit = unit.unwrap_or(own);
                match role {
                    Role::Old => rescue.push(unit),
                    _ => trigger.push(unit),
                }
            }
            self.add_unless_implied(trigger, rescue, reason.clone());
        }
    }

    /// Adds what is said only where nothing else says it: what is known better is said better.
    pub(super) fn add_unless_implied(
        &mut self,
        trigger: Vec<u32>,
        rescue: Vec<u32>,
        reason: Reason,
    ) {
        let clause = Clause::new(trigger.clone(), rescue.clone(), 0);
        if !is_implied(&self.out.clauses, &clause) {
            self.add(trigger, rescue, reason);
        }
    }
}

/// Whether what was found keeps a state from coming up that `clause` is about.
fn is_implied(clauses: &[Clause], clause: &Clause) -> bool {
    clauses.iter().any(|own| {
        own.trigger.iter().all(|unit| clause.trigger.contains(unit))
            && own.rescue.iter().all(|unit| clause.rescue.contains(unit))
    })
}

/// Whether the file at `path` may be the one that `user` means: of several that declare the name,
/// the one that it is imported from, which alone is kept.
fn is_meant(user: &Sheet<'_>, what: &Declared, path: &str, paths: &mut Vec<SmolStr>) -> bool {
    let is_source = |path: &SmolStr| user.imports_from(&what.name, path) == Some(true);
    if paths.len() > 1 && paths.iter().any(is_source) {
        paths.retain(is_source);
        return paths.first().is_none_or(|own| own == path);
    }
    true
}

fn sheets(texts: &Texts) -> Sheets<'_> {
    texts.iter().map(|(path, text)| (path.as_str(), Sheet::read(path, text))).collect()
}

/// Whether the file at `path` is called so.
fn is_called(path: &str, what: &Declared) -> bool {
    files(path).iter().any(|own| own.form == what.form && own.name == what.name)
}

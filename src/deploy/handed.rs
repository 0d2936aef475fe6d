//! What a text hands to a template, route or resource under a name that both have to know.
//!
//! Each pair is found by what one change takes from both, or brings to both: a name in a hole
//! that the text which fills it hands on, the address of a page and the line that routes it, a
//! key of data and the parameter of the resource that is made of it.

use super::requirements::{Builder, opposite};
use super::words::{Found, Sheets};
use crate::facts::{Property, base_name};
use crate::loader::Role;
use crate::syntax::declared::{Declared, Family, Form, Sheet, files};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

impl Builder<'_, '_> {
    /// Names that templates show, and that who fills them in hands on at that version alone.
    pub(super) fn shown_names(&self, [old, new]: [&Sheets<'_>; 2], found: &mut Vec<Found>) {
        for (role, own, other) in [(Role::Old, old, new), (Role::New, new, old)] {
            let both = both(own, other);
            for (page, before) in &both {
                let called: Vec<Declared> = files(page.path)
                    .into_iter()
                    .filter(|own| matches!(own.form, Form::File | Form::Stem))
                    .collect();
                let stem = base_name(page.path).split('.').next().unwrap_or_default();
                let word = stem.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let Some(word) = word.max_by_key(|own| own.len()) else { continue };
                for (hander, without) in &both {
                    let fills = |own: &Sheet<'_>| called.iter().any(|what| own.names(what));
                    let is_one = hander.path != page.path
                        && hander.has_word(word)
                        && fills(hander)
                        && fills(without);
                    if !is_one {
                        continue;
                    }
                    for (at, name) in page.holes(hander) {
                        let is_lost = !before.has_word(name) && !without.has_word(name);
                        if let Some(start) = hander.hands(name).filter(|_| is_lost) {
                            let what = named(name, Form::Shown, start);
                            found.push(between(role, (page.path, at), what, hander.path));
                        }
                    }
                }
            }
        }
    }

    /// Pages and the routes that they lead to, routes and the controllers that answer them.
    pub(super) fn routed(&self, [old, new]: [&Sheets<'_>; 2], found: &mut Vec<Found>) {
        for (role, own, other) in [(Role::Old, old, new), (Role::New, new, old)] {
            let both = both(own, other);
            for (routes, before) in both.iter().filter(|(own, _)| is_routes(own.path)) {
                // Symbols, and parts of what is quoted.
                let is_named = |at: usize| {
                    routes
                        .around(at)
                        .is_some_and(|(own, _)| own.ends_with([':', '\'', '"', '/', '#']))
                };
                let own_words: Vec<(usize, &str)> = routes
                    .words_from("")
                    .into_iter()
                    .filter(|(at, word)| word.len() >= 4 && !before.has_word(word) && is_named(*at))
                    .collect();
                if own_words.is_empty() {
                    continue;
                }
                for (user, without) in &both {
                    if !matches!(user.family, Family::Ruby | Family::RubyPage) {
                        continue;
                    }
                    for (at, helper) in user.words_from("") {
                        let stem =
                            ["_path", "_url"].iter().find_map(|end| helper.strip_suffix(end));
                        let Some(stem) = stem.filter(|_| !without.has_word(helper)) else {
                            continue;
                        };
                        let is_own = own.values().any(|sheet| sheet.declares(helper));
                        let word = own_words.iter().find(|(_, word)| leads(stem, word));
                        if let Some((start, _)) = word.filter(|_| !is_own) {
                            let what = named(helper, Form::Route, *start);
                            found.push(between(role, (user.path, at), what, routes.path));
                        }
                    }
                }
                self.answered(role, routes, &own_words, (own, other), found);
            }
        }
    }

    /// Controllers, and actions of them, that routes of this version alone lead to.
    fn answered(
        &self,
        role: Role,
        routes: &Sheet<'_>,
        words: &[(usize, &str)],
        (own, other): (&Sheets<'_>, &Sheets<'_>),
        found: &mut Vec<Found>,
    ) {
        let mut all: Vec<&Sheet<'_>> = own.values().collect();
        all.sort_unstable_by_key(|own| own.path);
        for sheet in all {
            let Some(name) = base_name(sheet.path).strip_suffix("_controller.rb") else { continue };
            let Some(before) = other.get(sheet.path) else {
                let is_one = |(_, word): &&(usize, &str)| {
                    *word == name || name.strip_suffix('s') == Some(*word)
                };
                if let Some((at, _)) = words.iter().find(is_one) {
                    let what = named(base_name(sheet.path), Form::File, 0);
                    found.push(between(role, (routes.path, *at), what, sheet.path));
                }
                continue;
            };
            for action in sheet.declared.iter().filter(|own| own.form == Form::Function) {
                let is_action = |(at, word): &&(usize, &str)| {
                    *word == action.name && routes.around(*at).is_some_and(|(own, _)| is_verb(own))
                };
                if let Some((at, _)) = words.iter().find(is_action)
                    && !before.declares(&action.name)
                {
                    found.push(between(role, (routes.path, *at), action.clone(), sheet.path));
                }
            }
        }
    }

    /// Parameters of definitions that are made of data, and the keys of that data.
    pub(super) fn made_of_data(&self, [old, new]: [&Sheets<'_>; 2], found: &mut Vec<Found>) {
        let mut made: FxHashMap<&str, FxHashSet<&str>> = FxHashMap::default();
        for graph in [self.old, self.new] {
            let provides = graph.snapshot.files.iter().flat_map(|file| &file.facts.provides);
            for own in provides.filter(|own| own.kind.has(Property::MAKES)) {
                if let Some(key) = own.name.as_exact() {
                    made.entry(own.detail.text())
                        .or_default()
                        .insert(key.rsplit("::").next().unwrap_or(key));
                }
            }
        }
        if made.is_empty() {
            return;
        }
        for (role, own, other) in [(Role::Old, old, new), (Role::New, new, old)] {
            let both = both(own, other);
            for (definition, _) in &both {
                for (name, param, span, is_required) in self.own_params(role, definition.path) {
                    let Some(keys) = made.get(name.as_str()) else { continue };
                    for (data, without) in &both {
                        let is_data = keys.iter().any(|key| data.has_word(key));
                        if data.path == definition.path || !is_data || without.has_word(&param) {
                            continue;
                        }
                        let Some(at) = data.keyed(&param) else { continue };
                        let what = named(&param, Form::Parameter, span);
                        found.push(between(role, (data.path, at), what, definition.path));
                        if is_required {
                            let what = named(&param, Form::Parameter, at);
                            found.push(between(role, (definition.path, span), what, data.path));
                        }
                    }
                }
            }
        }
    }

    /// Parameters that definitions of a file have at this version alone: of what, the name, where,
    /// and whether they have no default.
    fn own_params(&self, role: Role, path: &str) -> Vec<(SmolStr, SmolStr, usize, bool)> {
        let (graph, other) = (self.graph(role), self.graph(opposite(role)));
        let Some(file) = graph.snapshot.find(path) else { return Vec::new() };
        let mut out = Vec::new();
        for interface in &graph.snapshot.file(file).facts.interfaces {
            if !interface.entity.kind.has(Property::DEFINITION) {
                continue;
            }
            let Some((_, before)) = other.interfaces(&interface.entity).next() else { continue };
            let known = |name: &str| before.params.iter().any(|own| own.name == name);
            for param in interface.params.iter().filter(|own| !known(&own.name)) {
                let name = interface.entity.name.clone();
                out.push((name, param.name.clone(), param.span.start as usize, param.required));
            }
        }
        out
    }
}

/// The texts that both versions have, in order of their paths.
fn both<'s, 't>(own: &'s Sheets<'t>, other: &'s Sheets<'t>) -> Vec<(&'s Sheet<'t>, &'s Sheet<'t>)> {
    let pairs = own.values().filter_map(|sheet| Some((sheet, other.get(sheet.path)?)));
    let mut out: Vec<_> = pairs.collect();
    out.sort_unstable_by_key(|(own, _)| own.path);
    out
}

fn named(name: &str, form: Form, start: usize) -> Declared {
    Declared { name: name.to_owned(), form, owner: None, start }
}

fn between(role: Role, (user, at): (&str, usize), what: Declared, declarer: &str) -> Found {
    let declarer = SmolStr::from(declarer);
    Found { role, user: user.into(), at, what, declarers: vec![declarer.clone()], declarer }
}

fn is_routes(path: &str) -> bool {
    path.ends_with(".rb")
        && ["config/routes.rb", "config/routes/"]
            .iter()
            .any(|own| path.starts_with(own) || path.contains(&format!("/{own}")))
}

/// Whether a line of routes names an action behind what stands before it.
fn is_verb(before: &str) -> bool {
    let verb = before.trim_start().split([' ', '(']).next().unwrap_or_default();
    let is_one = matches!(verb, "get" | "post" | "put" | "patch" | "delete" | "match" | "root");
    is_one && before.ends_with([':', '#']) || before.ends_with('#')
}

/// Whether the name of a route, as pages call it, is made of this word of the routes.
fn leads(route: &str, word: &str) -> bool {
    let single = match word.strip_suffix("ies") {
        Some(own) => format!("{own}y"),
        None => word.strip_suffix('s').unwrap_or(word).to_owned(),
    };
    let has = |part: &str| {
        let mut at = route.match_indices(part);
        at.any(|(at, _)| {
            let (before, after) = (&route[..at], &route[at + part.len()..]);
            (before.is_empty() || before.ends_with('_'))
                && (after.is_empty() || after.starts_with('_'))
        })
    };
    has(word) || has(&single)
}

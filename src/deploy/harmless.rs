//! Uses that do no harm where what they name is not there: texts that look for it first, defaults
//! that are what the data says, and packages that nothing has loaded yet.

use super::requirements::{Builder, Providers, opposite};
use crate::facts::{Kind, Param, Property, Require, Strength, base_name, kinds, parent_folder};
use crate::finding::Place;
use crate::graph::{PathKind, Site};
use crate::loader::{FileIx, Role};
use crate::syntax::declared::{Declared, Family, Form, bounded};
use crate::syntax::declared::{does_without_file, does_without_name};
use smol_str::SmolStr;

/// How many files a change may have whose texts are looked at for the name of a package.
const MOST_FILES: usize = 400;

/// Folders of Python that a framework looks into without being told their names.
const DISCOVERED: [&str; 9] = [
    "management",
    "commands",
    "migrations",
    "templatetags",
    "plugins",
    "handlers",
    "filters",
    "library",
    "modules",
];

impl Builder<'_, '_> {
    /// Whether the text at `user` does without what it uses at `at`.
    pub(super) fn does_without(
        &self,
        role: Role,
        (user, at): (&str, usize),
        (what, declarer): (&Declared, &str),
    ) -> bool {
        let Some(text) = self.text(role, user) else { return false };
        match what.form {
            form if form.is_file() => does_without_file(&text, at, base_name(declarer)),
            Form::Function | Form::Class | Form::Constant | Form::Attribute => {
                does_without_name(&text, at, &what.name)
                    || Family::of(user) == Family::Php && self.is_of_others(role, &text, at)
            }
            _ => false,
        }
    }

    /// The same, of a file by its path.
    pub(super) fn does_without_path(
        &self,
        role: Role,
        (user, at): (&str, usize),
        path: &str,
    ) -> bool {
        let text = self.text(role, user);
        text.is_some_and(|text| does_without_file(&text, at, base_name(path)))
    }

    /// Whether the method that is called at `at` is one of an object of PHP that the text itself
    /// makes of a class which the tree does not have.
    fn is_of_others(&self, role: Role, text: &str, at: usize) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let object = || {
            let before = text.get(..at)?.strip_suffix("->")?;
            let name = before.trim_end_matches(is_word);
            name.ends_with('$').then(|| &before[name.len() - 1..])
        };
        let Some(object) = object() else { return false };
        let made = bounded(text, object).find_map(|at| {
            let value = text[at + object.len()..].trim_start().strip_prefix('=')?;
            let class = value.trim_start().strip_prefix("new ")?.trim_start();
            let end = class.find(|c: char| !is_word(c) && c != '\\').unwrap_or(class.len());
            Some(&class[..end]).filter(|own| !own.is_empty())
        });
        let Some(class) = made else { return false };
        let last = |name: &str| name.rsplit('\\').next().unwrap_or(name).to_lowercase();
        let name = last(class);
        let is_one = |kind: Kind| {
            let graph = self.graph(role);
            graph.all(kind).iter().any(|(own, _)| last(own) == name)
        };
        !Kind::with(Property::ON_DEMAND).any(is_one)
    }

    /// Whether the data says what a text takes where there is none: `lookup('k', Integer, 'first',
    /// 5)` beside `k: 5`.
    pub(super) fn is_default(
        &self,
        (role, file): (Role, FileIx),
        require: &Require,
        here: &Providers,
    ) -> bool {
        let is_key = require.any_of.first().is_some_and(|own| own.kind == kinds::KEY);
        if !is_key || require.strength != Strength::Guarded || here.paths.len() != 1 {
            return false;
        }
        let text = self.text(role, self.path(role, file));
        let default = text.and_then(|text| {
            // The place may be that of the key.
            let at = require.span.start as usize;
            let start = text.get(..at)?.rfind('\n').map_or(0, |own| own + 1);
            let call = text[start..at].rfind("lookup(").or_else(|| text[start..at].rfind("hiera("));
            last_argument(text.get(call.map_or(at, |own| start + own)..)?).map(str::to_owned)
        });
        let value = here.place.and_then(|place| self.value_at(place));
        default.is_some() && default == value
    }

    /// Whether all data says what the parameter is without it.
    pub(super) fn is_same_default(
        &self,
        (role, file): (Role, FileIx),
        param: &Param,
        sites: &[Site],
    ) -> bool {
        let default = || {
            let text = self.text(role, self.path(role, file))?;
            let rest = text.get(param.span.end as usize..)?.trim_start();
            // The span may be that of the name, or of all of it.
            let rest = rest.strip_prefix('=').map(str::to_owned).or_else(|| {
                let own = text.get(param.span.start as usize..param.span.end as usize)?;
                own.split_once('=').map(|(_, value)| value.to_owned())
            })?;
            let value = rest.split([',', '\n', ')']).next().unwrap_or_default();
            plain(value).map(str::to_owned)
        };
        let Some(default) = default() else { return false };
        let value =
            |site: &Site| self.value_at(Place { tree: role, file: site.file, span: site.span });
        !sites.is_empty() && sites.iter().all(|site| value(site).as_ref() == Some(&default))
    }

    /// Whether it is an alert on a job that is not scraped yet: with no series, it stays silent as
    /// it was before, unless it asks for just that.
    pub(super) fn is_silent(&self, (role, file): (Role, FileIx), require: &Require) -> bool {
        let is_job = require.any_of.first().is_some_and(|own| own.kind == kinds::PROMETHEUS_JOB);
        if role == Role::Old || !is_job {
            return false;
        }
        let text = self.text(role, self.path(role, file)).unwrap_or_default();
        let span = require.span;
        let own = text.get(span.start as usize..span.end as usize);
        own.is_some_and(|own| !own.contains("absent"))
    }

    /// The plain value of the key that stands there.
    pub(super) fn value_at(&self, place: Place) -> Option<String> {
        let text = self.text(place.tree, self.path(place.tree, place.file))?;
        let line = text.get(place.span.start as usize..)?.lines().next()?;
        let (_, value) = line.split_once(": ")?;
        plain(value.split(" #").next().unwrap_or(value)).map(str::to_owned)
    }

    /// Whether a text is one of a package of Python which only one version has, and whose name no
    /// changed text outside has: nothing has it loaded.
    pub(super) fn is_apart_package(&self, role: Role, path: &str) -> bool {
        let other = self.graph(opposite(role));
        if !path.ends_with(".py") || other.snapshot.find(path).is_some() {
            return false;
        }
        let is_gone = |folder: &str| other.paths.look_up(folder) == PathKind::Absent;
        let mut top = parent_folder(path);
        if top.is_empty() || !is_gone(top) {
            return false;
        }
        while !parent_folder(top).is_empty() && is_gone(parent_folder(top)) {
            top = parent_folder(top);
        }
        if path.split('/').any(|own| DISCOVERED.contains(&own)) {
            return false;
        }
        let key = (role, SmolStr::from(top));
        if let Some(known) = self.apart.borrow().get(&key) {
            return *known;
        }
        let is_apart = self.is_unnamed_package(role, top);
        self.apart.borrow_mut().insert(key, is_apart);
        is_apart
    }

    fn is_unnamed_package(&self, role: Role, folder: &str) -> bool {
        let paths = || self.units.all.iter().flat_map(|unit| &unit.paths);
        let is_package = self.graph(role).snapshot.find(&format!("{folder}/__init__.py")).is_some();
        if !is_package || paths().count() > MOST_FILES {
            return false;
        }
        let (begin, name) = (format!("{folder}/"), base_name(folder));
        let has = |text: String| bounded(&text, name).next().is_some();
        let mut outside = paths().filter(|own| !own.starts_with(&begin));
        !outside.any(|own| self.callers.include(own) && self.text(role, own).is_some_and(has))
    }
}

/// The last argument of the call that begins a text, where there are several and it is a plain
/// value.
fn last_argument(text: &str) -> Option<&str> {
    const LONGEST: usize = 300;
    let open = text.find('(')?;
    let (mut depth, mut from, mut count) = (0_usize, open + 1, 1);
    let mut quote = None;
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < open).take(LONGEST) {
        match (quote, c) {
            (Some(own), c) if own == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return plain(&text[from..at]).filter(|_| count > 1);
                }
            }
            (None, ',') if depth == 1 => (from, count) = (at + 1, count + 1),
            _ => {}
        }
    }
    None
}

/// A plain value without its quotes.
fn plain(value: &str) -> Option<&str> {
    let bare = value.trim();
    let inner = bare.trim_matches(['"', '\'']);
    let is_plain = !inner.contains(['$', '{', '[', '%', '&', '*', '"', '\'', '|', '>']);
    (is_plain && !inner.is_empty()).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::last_argument;

    #[test]
    fn the_last_argument_is_the_default() {
        assert_eq!(last_argument("lookup('a', Integer, 'first', 5)\n"), Some("5"));
        assert_eq!(last_argument("hiera(\"a\", 'b c') + f(1)"), Some("b c"));
        assert_eq!(last_argument("lookup('a')"), None);
        assert_eq!(last_argument("lookup('a', Hash, 'deep', {})"), None);
    }
}

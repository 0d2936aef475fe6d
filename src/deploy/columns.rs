//! Migrations and the code that needs the columns and tables which they bring or take away.
//!
//! What takes a column away comes after the code that has it; what brings one, before the code
//! that asks for it. A column that is renamed does both.

use super::requirements::{Builder, Reason};
use super::units::Landing;
use crate::facts::{Entity, Span, base_name, is_migration, kinds};
use crate::finding::Place;
use crate::loader::Role;
use crate::syntax::declared::{Column, Comes, Sheet, columns};
use smol_str::SmolStr;

/// How many files of a change are compared, and how many bytes of one.
const MOST_FILES: usize = 400;
const MOST_BYTES: usize = 512 << 10;
/// How many migrations of a change are looked at.
const MOST_MIGRATIONS: usize = 40;

/// Endings of code that asks a database.
const CODE: [&str; 25] = [
    "py", "rb", "erb", "haml", "slim", "jbuilder", "rake", "php", "phtml", "inc", "js", "ts",
    "jsx", "tsx", "java", "kt", "go", "rs", "pl", "pm", "cs", "scala", "ex", "exs", "sh",
];

/// Names that columns of many tables have, and other things too.
const COMMON: [&str; 16] = [
    "id", "name", "type", "status", "state", "date", "user", "value", "key", "title", "text",
    "data", "count", "code", "url", "path",
];

impl Builder<'_, '_> {
    /// Columns and tables that a migration of the change brings or takes away, and the code that
    /// has them at one version alone.
    pub(super) fn columns(&mut self) {
        let all = self.units.all.iter().flat_map(|unit| &unit.paths);
        let paths: Vec<SmolStr> = all.filter(|path| self.callers.include(path)).cloned().collect();
        if paths.len() < 2 || paths.len() > MOST_FILES {
            return;
        }
        let is_new = |path: &&SmolStr| self.old.snapshot.find(path).is_none();
        let migrations: Vec<SmolStr> =
            paths.iter().filter(is_new).filter(|path| is_migration(path)).cloned().collect();
        if migrations.is_empty() {
            return;
        }
        let users = paths.iter().filter(|own| is_code(own));
        let users: Vec<(&SmolStr, [Option<String>; 2])> = users
            .map(|own| (own, [Role::Old, Role::New].map(|role| self.read(role, own))))
            .collect();
        for migration in migrations.iter().take(MOST_MIGRATIONS) {
            let Some(text) = self.read(Role::New, migration) else { continue };
            for column in columns(migration, &text) {
                for (user, texts) in &users {
                    self.column(&column, migration, (user, texts));
                }
            }
        }
    }

    fn read(&self, role: Role, path: &str) -> Option<String> {
        self.text(role, path).filter(|own| own.len() <= MOST_BYTES)
    }

    fn column(
        &mut self,
        column: &Column,
        migration: &SmolStr,
        (user, [old, new]): (&SmolStr, &[Option<String>; 2]),
    ) {
        let (role, text, again) = match column.comes {
            Comes::Comes => (Role::New, new, old),
            Comes::Goes => (Role::Old, old, new),
        };
        let name = column.name.as_deref().unwrap_or(&column.table);
        let spellings = spellings(name);
        let has = |text: &&String| spellings.iter().any(|own| text.contains(own.as_str()));
        let Some(text) = text.as_ref().filter(has) else { return };
        let Some(at) = asked(column, user, text) else { return };
        if let Some(again) = again.as_ref().filter(has) {
            let other = Sheet::read(user, again);
            if spellings.iter().any(|own| other.has_word(own)) {
                return;
            }
        }
        let snapshots = [role, Role::New].map(|role| self.graph(role).snapshot);
        let (Some(from), Some(to)) = (snapshots[0].find(user), snapshots[1].find(migration)) else {
            return;
        };
        let what = match &column.name {
            Some(name) => format!("column `{name}` of `{}`", column.table),
            None => format!("table `{}`", column.table),
        };
        let message = match role {
            Role::Old => format!("the old text uses {what}, which the migration takes away"),
            _ => format!("the new text uses {what}, which the migration brings"),
        };
        let reason = Reason {
            entity: Entity::new(kinds::NAME, name),
            message,
            from: Some(Place { tree: role, file: from, span: Span::new(at, at + name.len()) }),
            composed: None,
            to: Some(Place {
                tree: Role::New,
                file: to,
                span: Span::new(column.start, column.start + 1),
            }),
        };
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            let (Landing::With(own), Landing::With(migration)) =
                (self.met(user, &view), self.met(migration, &view))
            else {
                continue;
            };
            for (unit, _) in self.live(role, user, &view) {
                self.tie(role, unit.unwrap_or(own), migration, reason.clone());
            }
        }
    }
}

/// Whether a file may ask a database.
fn is_code(path: &SmolStr) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_page = ending == "twig" || ending == "html";
    let is_dump = base_name(path) == "schema.rb";
    (CODE.contains(&ending) || is_page) && !is_dump && !is_migration(path)
}

/// Where a text has a column of that table, or the table.
fn asked(column: &Column, path: &str, text: &str) -> Option<usize> {
    let sheet = Sheet::read(path, text);
    let name = column.name.as_deref().unwrap_or(&column.table);
    let at = spellings(name)
        .iter()
        .find_map(|own| sheet.words_from(own).into_iter().find(|(_, word)| word == own))?
        .0;
    if column.name.is_none() {
        let is_query =
            || sheet.around(at).is_some_and(|(before, after)| is_sql(before) || is_sql(after));
        let is_long = name.contains('_') || name.len() >= 8;
        return (is_query() || is_long).then_some(at);
    }
    let single = singular(&bare(&column.table));
    let is_near = bare(path).contains(&single) || bare(text).contains(&single);
    let is_common = name.len() < 3 || COMMON.contains(&name);
    let stem = base_name(path).split('.').next().unwrap_or_default();
    let is_model = || {
        singular(&bare(stem)) == single
            || stem == "models" && sheet.declared.iter().any(|own| bare(&own.name) == single)
    };
    let is_query =
        || sheet.around(at).is_some_and(|(before, after)| is_sql(before) || is_sql(after));
    (is_near && (!is_common || is_model() || is_query())).then_some(at)
}

/// Whether a part of a line is one of a query.
fn is_sql(part: &str) -> bool {
    let part = part.to_ascii_lowercase();
    ["select ", "insert ", "update ", "delete ", " where ", " from ", " join "]
        .iter()
        .any(|own| part.contains(own))
}

/// A name as code may spell it: `last_seen`, `lastSeen`.
fn spellings(name: &str) -> Vec<String> {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|own| own.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    let mut out = vec![name.to_owned()];
    if camel != name && !camel.is_empty() {
        out.push(camel);
    }
    out
}

/// A text in lower case, without what joins the parts of names.
fn bare(text: &str) -> String {
    text.chars().filter(|own| !matches!(own, '_' | '-')).flat_map(char::to_lowercase).collect()
}

fn singular(name: &str) -> String {
    match name.strip_suffix("ies") {
        Some(own) => format!("{own}y"),
        None => name.strip_suffix('s').unwrap_or(name).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{singular, spellings};

    #[test]
    fn names_are_spelled_in_several_ways() {
        assert_eq!(spellings("last_seen_at"), ["last_seen_at", "lastSeenAt"]);
        assert_eq!(spellings("fax"), ["fax"]);
        assert_eq!(singular("entries"), "entry");
    }
}

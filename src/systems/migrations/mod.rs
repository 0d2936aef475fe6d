//! Migrations of databases: whether one only adds to the shape of the data, or takes from it.
//!
//! What only adds lands before the code that needs it; what takes away, after the code that
//! used it. (Sources: Rails' `ActiveRecord::Migration`, Alembic's operations, Django's
//! migration operations, Laravel's schema builder, SQL's `ALTER TABLE`.)

use crate::domain::servers;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, Strength, is_migration, kinds};
use crate::systems::System;

/// Migrations.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "migrations"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Migrations]
    }
}

/// Extracts from migrations.
struct Migrations;

/// Words of what takes away, in lower case.
const TAKES: [&str; 18] = [
    "remove_column",
    "remove_columns",
    "remove_reference",
    "remove_belongs_to",
    "drop_table",
    "drop_column",
    "rename_column",
    "rename_table",
    "removefield",
    "deletemodel",
    "renamefield",
    "renamemodel",
    "dropcolumn",
    "renamecolumn",
    "drop table",
    "drop column",
    "rename column",
    "rename to",
];

/// Words of what adds.
const ADDS: [&str; 9] = [
    "add_column",
    "create_table",
    "add_reference",
    "addfield",
    "createmodel",
    "schema::create",
    "add column",
    "create table",
    "table->",
];

/// Where the way back begins.
const BACK: [&str; 3] = ["def downgrade", "def down", "function down"];

impl Extractor for Migrations {
    fn system(&self) -> &'static str {
        "migration"
    }

    fn claims(&self, path: &str) -> bool {
        [".rb", ".py", ".php", ".sql"].iter().any(|end| path.ends_with(end)) && is_migration(path)
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.path.ends_with(".py") {
            revisions(source, out);
        }
        let text = source.text.to_ascii_lowercase();
        let end = BACK.iter().filter_map(|word| text.find(word)).min().unwrap_or(text.len());
        let way = &text[..end];
        let first = |words: &[&str]| words.iter().filter_map(|word| way.find(word)).min();
        let (takes, adds) = (first(&TAKES), first(&ADDS));
        let (Some(at), what) = (takes.or(adds), takes.map_or("adds", |_| "takes")) else { return };
        out.provides.push(Provide {
            kind: kinds::MIGRATION,
            name: NamePattern::exact(source.path),
            span: Span::new(at, at + 1),
            within: None,
            detail: Detail::from(what),
        });
    }
}

/// `revision = "a"`, `down_revision = "b"` of Alembic: what one comes after has to be there.
fn revisions(source: &Source<'_>, out: &mut FileFacts) {
    for (start, line) in source.lines() {
        let Some((key, value)) = line.split_once('=') else { continue };
        let key = key.split(':').next().unwrap_or(key).trim_end();
        let text = value.split('#').next().unwrap_or_default().trim();
        let own = text.trim_matches(['"', '\'']);
        let is_plain = own.len() + 2 == text.len()
            && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if !is_plain || own.is_empty() {
            continue;
        }
        let at = start + line.find(own).unwrap_or(0);
        let span = Span::new(at, at + own.len());
        match key {
            "revision" => servers::provide("revision", &NamePattern::exact(own), span, out),
            "down_revision" => {
                let via = "down_revision";
                servers::require("revision", (own, span), via, Strength::Certain, out);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Option<String> {
        let mut out = FileFacts::default();
        assert!(Migrations.claims(path));
        Migrations.extract(&Source::of(path, text), &Settings::default(), &mut out);
        out.provides.first().map(|own| own.detail.to_string())
    }

    #[test]
    fn what_takes_and_what_adds() {
        let alembic = "def upgrade():\n    op.add_column('a', sa.Column('b'))\ndef downgrade():\n    op.drop_column('a', 'b')\n";
        assert_eq!(found("alembic/versions/1_x.py", alembic).as_deref(), Some("adds"));
        let rails = "class X < ActiveRecord::Migration[7.0]\n  def change\n    remove_column :a, :b\n  end\nend\n";
        assert_eq!(found("db/migrate/1_x.rb", rails).as_deref(), Some("takes"));
        let django = "operations = [migrations.RenameField('a', 'b', 'c')]\n";
        assert_eq!(found("shop/migrations/0002_x.py", django).as_deref(), Some("takes"));
        assert_eq!(found("sql/V1__x.sql", "UPDATE a SET b = 1;").as_deref(), None);
    }
}

//! The rows of a file of facts.
//!
//! What a file provides and declares is named as others see it, where the repository is a folder of
//! their world; what it requires and calls as the repository itself does. So a path of one
//! repository is never taken for that of another.

use super::fact_lines::{blank, passed, provided, relation, resolution, strength, taken, within};
use super::repository::Repository;
use super::{FactArg, FactLine, FactSort};
use crate::facts::{Call, FileFacts, LineIndex, NamePattern, Piece, Ref, Require, Span, Standing};
use crate::fleet::{Cell, Column, Sort, Table};
use crate::graph::{Authority, Graph, Others};
use crate::loader::{FileIx, SnapshotFile};
use std::io::{Result, Write};

const fn column(name: &'static str, sort: Sort) -> Column {
    Column { name, sort }
}

/// The columns; docs/fleet.md says what they mean.
pub const COLUMNS: &[Column] = &[
    column("repository", Sort::Text),
    column("revision", Sort::Text),
    column("path", Sort::Text),
    column("line", Sort::Number),
    column("col", Sort::Number),
    column("fact", Sort::Text),
    column("ordinal", Sort::Number),
    column("alternative", Sort::Number),
    column("kind", Sort::Text),
    column("name", Sort::Text),
    column("pattern", Sort::Text),
    column("prefix", Sort::Text),
    column("suffix", Sort::Text),
    column("seen_from", Sort::Text),
    column("via", Sort::Text),
    column("strength", Sort::Text),
    column("relation", Sort::Text),
    column("within", Sort::Text),
    column("detail", Sort::Text),
    column("leads_to", Sort::Text),
    column("params", Sort::Text),
    column("args", Sort::Text),
    column("is_open", Sort::Flag),
    column("standing", Sort::Text),
    column("resolution", Sort::Text),
    column("by_name", Sort::Flag),
    column("covers", Sort::Text),
];

/// One row, before it has cells.
#[derive(Default)]
struct Row<'r> {
    path: Option<&'r str>,
    at: Option<(u32, u32)>,
    fact: &'static str,
    ordinal: usize,
    alternative: usize,
    kind: &'r str,
    name: String,
    holes: Option<[String; 3]>,
    seen_from: Option<String>,
    via: Option<&'r str>,
    strength: Option<&'r str>,
    relation: Option<String>,
    within: Option<String>,
    detail: Option<String>,
    leads_to: Option<String>,
    params: Option<String>,
    args: Option<String>,
    is_open: Option<bool>,
    standing: Option<&'r str>,
    resolution: Option<&'r str>,
    by_name: Option<bool>,
    covers: Option<&'r str>,
}

/// A file's path and the lines of its text.
pub struct Side<'f> {
    /// Its path in the repository.
    pub path: &'f str,
    /// Where its lines begin.
    pub lines: &'f LineIndex,
    /// Its text.
    pub contents: &'f [u8],
}

impl Side<'_> {
    fn at(&self, span: Span) -> (u32, u32) {
        let at = self.lines.position(span.start, self.contents);
        (at.line, at.column)
    }
}

/// A repository by itself, and as a folder of the world of others.
pub struct Owner<'s> {
    /// What it is called.
    pub repository: &'s Repository,
    /// By itself.
    pub graph: Graph<'s>,
    /// As others see it.
    pub joined: Graph<'s>,
}

impl Owner<'_> {
    /// Writes which names the repository is authoritative for.
    pub fn authorities<W: Write + Send>(&self, table: &mut Table<W>) -> Result<()> {
        let mut all: Vec<_> = self.joined.authorities().collect();
        all.sort_by_key(|(kind, _)| *kind);
        for (kind, authority) in all {
            for (covers, name, separator) in covered(authority) {
                self.push(
                    table,
                    Row {
                        fact: "authority",
                        kind: kind.as_str(),
                        name,
                        detail: separator.map(str::to_owned),
                        covers: Some(covers),
                        ..Row::default()
                    },
                )?;
            }
        }
        Ok(())
    }

    /// Writes what a file of the repository says.
    pub fn file<W: Write + Send>(
        &self,
        ix: FileIx,
        side: &Side<'_>,
        table: &mut Table<W>,
    ) -> Result<()> {
        let file = self.graph.snapshot.file(ix);
        let standing = Some(standing(file.standing));
        self.push(
            table,
            Row {
                path: Some(side.path),
                fact: "file",
                kind: "file",
                name: side.path.to_owned(),
                detail: Some(file.systems.join(" ")).filter(|own| !own.is_empty()),
                standing,
                ..Row::default()
            },
        )?;
        let there = format!("{}/{}", self.repository.name, side.path);
        if let Some(ix) = self.joined.snapshot.find(&there) {
            self.declared(ix, side, table)?;
        }
        for (ordinal, own) in file.facts.requires.iter().enumerate() {
            let became = resolution(&self.graph.resolve_from(ix, own));
            for (alternative, target) in own.any_of.iter().enumerate() {
                let row = self.required(own, target, side, &file.facts);
                let resolution = Some(became);
                self.push(table, Row { ordinal, alternative, standing, resolution, ..row })?;
            }
        }
        for (ordinal, own) in file.facts.calls.iter().enumerate() {
            for (alternative, target) in own.any_of.iter().enumerate() {
                let row = self.called(own, target, side, &file.facts);
                self.push(table, Row { ordinal, alternative, standing, ..row })?;
            }
        }
        Ok(())
    }

    /// What a file provides, and what that takes.
    fn declared<W: Write + Send>(
        &self,
        ix: FileIx,
        side: &Side<'_>,
        table: &mut Table<W>,
    ) -> Result<()> {
        let file: &SnapshotFile = self.joined.snapshot.file(ix);
        let loaded = !self.joined.is_unloadable(ix);
        let standing = Some(if loaded { standing(file.standing) } else { "unloaded" });
        for (ordinal, own) in file.facts.provides.iter().enumerate() {
            let line = provided(empty(FactSort::Provides), own, &file.facts);
            self.push(
                table,
                Row {
                    path: Some(side.path),
                    at: Some(side.at(own.span)),
                    fact: "provides",
                    ordinal,
                    kind: own.kind.as_str(),
                    name: line.name,
                    holes: holes(&own.name),
                    seen_from: Some(own.detail.folder().to_owned()).filter(|own| !own.is_empty()),
                    within: line.within,
                    detail: line.detail,
                    leads_to: own.detail.entity().map(ToString::to_string),
                    standing,
                    by_name: Some(self.joined.is_by_name(own.kind)),
                    ..Row::default()
                },
            )?;
        }
        for (ordinal, own) in file.facts.interfaces.iter().enumerate() {
            let line = taken(empty(FactSort::Interface), own);
            self.push(
                table,
                Row {
                    path: Some(side.path),
                    at: Some(side.at(own.span)),
                    fact: "interface",
                    ordinal,
                    kind: own.entity.kind.as_str(),
                    name: line.name,
                    params: serde_json::to_string(&line.params).ok(),
                    is_open: Some(own.open),
                    standing,
                    ..Row::default()
                },
            )?;
        }
        Ok(())
    }

    fn required<'r>(
        &self,
        own: &Require,
        target: &'r Ref,
        side: &'r Side<'_>,
        facts: &FileFacts,
    ) -> Row<'r> {
        Row {
            path: Some(side.path),
            at: Some(side.at(own.span)),
            fact: "requires",
            via: Some(own.via),
            strength: Some(strength(own.strength)),
            relation: Some(relation(own.relation)),
            within: within(facts, own.within),
            by_name: Some(self.graph.is_by_name(target.kind)),
            ..named(target)
        }
    }

    fn called<'r>(
        &self,
        own: &Call,
        target: &'r Ref,
        side: &'r Side<'_>,
        facts: &FileFacts,
    ) -> Row<'r> {
        let word = |own: String| FactArg { name: own, value: None };
        let words = own.words.iter().map(|own| word(own.text.to_string()));
        let args: Vec<FactArg> = own.args.iter().map(passed).chain(words).collect();
        Row {
            path: Some(side.path),
            at: Some(side.at(own.span)),
            fact: "call",
            via: Some(own.via),
            strength: Some(strength(own.strength)),
            relation: Some(relation(own.relation)),
            within: within(facts, own.within),
            args: serde_json::to_string(&args).ok(),
            is_open: Some(own.open),
            by_name: Some(self.graph.is_by_name(target.kind)),
            ..named(target)
        }
    }

    fn push<W: Write + Send>(&self, table: &mut Table<W>, row: Row<'_>) -> Result<()> {
        let text = |own: Option<String>| own.map(Cell::Text);
        let word = |own: Option<&str>| own.map(Cell::from);
        let number = |own: usize| Some(Cell::Number(i32::try_from(own).unwrap_or(i32::MAX)));
        let place = |own: u32| Cell::Number(i32::try_from(own).unwrap_or(i32::MAX));
        let [pattern, prefix, suffix] = row.holes.map(|own| own.map(Some)).unwrap_or_default();
        table.push([
            word(Some(&self.repository.name)),
            word(Some(&self.repository.revision)),
            word(row.path),
            row.at.map(|(line, _)| place(line)),
            row.at.map(|(_, column)| place(column)),
            word(Some(row.fact)),
            number(row.ordinal),
            number(row.alternative),
            word(Some(row.kind)),
            text(Some(row.name)),
            text(pattern),
            text(prefix),
            text(suffix),
            text(row.seen_from),
            word(row.via),
            word(row.strength),
            text(row.relation),
            text(row.within),
            text(row.detail),
            text(row.leads_to),
            text(row.params),
            text(row.args),
            row.is_open.map(Cell::Flag),
            word(row.standing),
            word(row.resolution),
            row.by_name.map(Cell::Flag),
            word(row.covers),
        ])
    }
}

fn empty(fact: FactSort) -> FactLine {
    blank("", fact, (0, 0))
}

fn named(target: &Ref) -> Row<'_> {
    Row {
        kind: target.kind.as_str(),
        name: target.name.to_string(),
        holes: holes(&target.name),
        seen_from: target.scope.as_ref().map(|own| own.from.to_string()),
        ..Row::default()
    }
}

/// A name with holes as SQL's `LIKE` writes it, with `!` before what stands for itself, and the
/// text before and behind all holes.
fn holes(name: &NamePattern) -> Option<[String; 3]> {
    if name.as_exact().is_some() {
        return None;
    }
    let mut like = String::new();
    for piece in name.pieces() {
        match piece {
            Piece::Hole => like.push('%'),
            Piece::Text(text) => text.chars().for_each(|c| {
                if matches!(c, '%' | '_' | '!') {
                    like.push('!');
                }
                like.push(c);
            }),
        }
    }
    Some([like, name.prefix().to_owned(), name.suffix().to_owned()])
}

/// Which names a tree is authoritative for: how a name is held against a text, the text, and what
/// ends a segment.
fn covered(authority: &Authority) -> Vec<(&'static str, String, Option<&'static str>)> {
    match authority {
        Authority::Open => Vec::new(),
        Authority::Closed => vec![("all", String::new(), None)],
        Authority::Prefixes(all) => {
            all.iter().map(|own| ("prefix", own.to_string(), None)).collect()
        }
        Authority::Segments { separator, owned, others } => {
            let mut own: Vec<_> =
                owned.iter().map(|own| ("segment", own.to_string(), Some(*separator))).collect();
            own.sort();
            match others {
                Others::Open => {}
                Others::Exact => own.push(("exact", String::new(), None)),
                Others::Qualified => own.push(("qualified", String::new(), Some(*separator))),
            }
            own
        }
    }
}

fn standing(own: Standing) -> &'static str {
    match own {
        Standing::Live => "live",
        Standing::Test => "test",
        Standing::Example => "example",
        Standing::Retired => "retired",
        Standing::Documentation => "documentation",
        Standing::Installed => "installed",
    }
}

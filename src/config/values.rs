//! Values of `crosscheck.yaml` that are checked as they are read.

use super::Elsewhere;
use crate::graph::EntityPattern;
use globset::{GlobBuilder, GlobMatcher};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};

/// Entities by pattern, with the text as the user wrote it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Entities {
    /// As written.
    pub text: String,
    /// What it matches.
    pub pattern: EntityPattern,
}

impl TryFrom<String> for Entities {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match EntityPattern::parse(&text) {
            Some(pattern) => Ok(Self { text, pattern }),
            None => Err(format!("`{text}` is not an entity: write KIND:NAME, such as `puppet.class:passwords::*`")),
        }
    }
}

/// A glob over paths of a tree; `*` stays within a folder, `**` does not.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct PathGlob {
    /// As written.
    pub text: String,
    matcher: GlobMatcher,
}

impl PathGlob {
    /// Whether `path` matches.
    pub fn matches(&self, path: &str) -> bool {
        self.matcher.is_match(path)
    }
}

impl TryFrom<String> for PathGlob {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let glob = GlobBuilder::new(&text).literal_separator(true).build();
        let matcher = glob.map_err(|error| error.to_string())?.compile_matcher();
        Ok(Self { text, matcher })
    }
}

/// The two ways to write an [`Elsewhere`].
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum ElsewhereText {
    Line(String),
    Fields(Fields),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    entity: String,
    reason: String,
}

impl TryFrom<ElsewhereText> for Elsewhere {
    type Error = String;

    fn try_from(text: ElsewhereText) -> Result<Self, String> {
        let (entity, reason) = match text {
            ElsewhereText::Fields(fields) => (fields.entity, fields.reason),
            ElsewhereText::Line(line) => match line.split_once(char::is_whitespace) {
                Some((entity, reason)) => (entity.to_owned(), reason.to_owned()),
                None => (line, String::new()),
            },
        };
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(format!("`{entity}` needs a reason: {{entity: \"{entity}\", reason: who provides it}}"));
        }
        Ok(Self { entity: Entities::try_from(entity)?, reason })
    }
}

pub(super) fn date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let wrong = |_| de::Error::custom(format!("`{text}` is not a date: write YYYY-MM-DD"));
    text.parse().map(Some).map_err(wrong)
}

//! What a monitor asks for and what a silence covers, as the detail of a fact.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Most text of a part that is kept.
const MAX_PART: usize = 160;

/// What is known of a [`kinds::MONITOR`](super::kinds::MONITOR) beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Monitor {
    /// `probe` or `monitor`.
    pub sort: SmolStr,
    /// What it runs or asks for.
    pub asks: SmolStr,
    /// Its labels, its host, its host group, its description, where they are literal.
    pub labels: Vec<(SmolStr, SmolStr)>,
}

impl Monitor {
    /// The label that says what a probe does to what fails it, where that is not to take it out
    /// of service: `restart`.
    pub const ACTION: &'static str = "on failure";

    /// The same with texts of one line, cut where they are long.
    pub(super) fn cut(self) -> Self {
        let label = |(name, value): (SmolStr, SmolStr)| (part(name), part(value));
        let labels = self.labels.into_iter().map(label).collect();
        Self { asks: part(self.asks), labels, ..self }
    }

    /// Values of a label; none where it is not known.
    pub fn label<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a SmolStr> {
        let own = self.labels.iter().filter(move |(label, _)| label == name);
        own.map(|(_, value)| value)
    }
}

/// What a [`kinds::SILENCE`](super::kinds::SILENCE) covers: what all of its matchers match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Silence {
    /// The day on which it ends, `YYYY-MM-DD`; empty where it is not known.
    pub until: SmolStr,
    /// Whether it holds for some of what it names only, in a way that no matcher says.
    pub in_part: bool,
    /// What it covers.
    pub matchers: Vec<Matcher>,
}

/// A condition of a [`Silence`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Matcher {
    /// The label: `alertname`, `host`, `hostgroup`, `service`, or any of an alert's.
    pub label: SmolStr,
    /// How the value is compared.
    pub how: Matching,
    /// The value, or its pattern.
    pub value: SmolStr,
}

/// How a [`Matcher`] compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matching {
    /// The same text.
    Equal,
    /// Another text.
    NotEqual,
    /// A regular expression for the whole value.
    Regex,
    /// No match of such an expression.
    NotRegex,
    /// `*` stands for any text, and so it is meant.
    Glob,
    /// `*` stands for a text that is known at run time only.
    Built,
}

impl Matching {
    /// As a silence writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
            Self::Glob => "~",
            Self::Built => "?",
        }
    }

    /// Reads [`Matching::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        let all =
            [Self::Equal, Self::NotEqual, Self::Regex, Self::NotRegex, Self::Glob, Self::Built];
        all.into_iter().find(|own| own.as_str() == text)
    }
}

impl Matcher {
    /// A matcher of `label`.
    pub fn new(label: &str, how: Matching, value: &str) -> Self {
        Self { label: label.into(), how, value: value.into() }
    }

    /// A text with `*` where a value is known at run time only.
    pub fn built(label: &str, value: &str) -> Self {
        let how = if value.contains('*') { Matching::Built } else { Matching::Equal };
        Self::new(label, how, value)
    }
}

impl Silence {
    /// The label of a matcher that names a monitor of the silence's own file.
    pub const OWN: &'static str = "monitor";

    /// The same with texts of one line, cut where they are long.
    pub(super) fn cut(self) -> Self {
        let cut = |own: Matcher| Matcher { label: part(own.label), value: part(own.value), ..own };
        let matchers = self.matchers.into_iter().map(cut).collect();
        Self { until: part(self.until), matchers, ..self }
    }

    /// What it covers, for readers: `alertname=WikiDown, site=x`.
    pub fn covers(&self) -> String {
        let own = self.matchers.iter().map(|Matcher { label, how, value }| {
            let how =
                if matches!(how, Matching::Glob | Matching::Built) { "=" } else { how.as_str() };
            format!("{label}{how}{value}")
        });
        own.collect::<Vec<_>>().join(", ")
    }
}

/// One line, cut where it is long.
fn part(text: SmolStr) -> SmolStr {
    if text.len() <= MAX_PART && text.trim() == text && !text.contains(char::is_control) {
        return text;
    }
    text.trim().chars().take(MAX_PART).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_silence_covers_and_a_monitor_is_labelled() {
        let labels = vec![("host".into(), "a".into()), ("host".into(), "b".into())];
        let monitor = Monitor { labels, ..Monitor::default() };
        assert_eq!(monitor.label("host").collect::<Vec<_>>(), ["a", "b"]);
        let matchers = vec![
            Matcher::new("alertname", Matching::Regex, "Wiki.*"),
            Matcher::built("host", "web*"),
        ];
        let silence = Silence { matchers, ..Silence::default() };
        assert_eq!(silence.covers(), "alertname=~Wiki.*, host=web*");
    }

    #[test]
    fn texts_are_of_one_line_and_no_longer_than_kept() {
        let odd = Monitor { asks: " a\u{1f}b\u{1e}c\nd".into(), ..Monitor::default() };
        assert_eq!(odd.cut().asks, "a b c d");
        let long = Monitor { asks: "x".repeat(500).into(), ..Monitor::default() };
        assert_eq!(long.cut().asks.len(), MAX_PART);
    }
}

//! What a monitor asks for and what a silence covers, as the detail of a fact.

use smol_str::SmolStr;

/// Between the parts of a detail.
const PART: char = '\u{1f}';
/// Inside a part.
const INNER: char = '\u{1e}';
/// Most text of a part that is kept.
const MAX_PART: usize = 160;

/// What is known of a [`kinds::MONITOR`](super::kinds::MONITOR) beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

    /// As a fact keeps it.
    pub fn to_detail(&self) -> SmolStr {
        let mut out = format!("{}{PART}{}", self.sort, part(&self.asks));
        for (name, value) in &self.labels {
            out.push(PART);
            out.push_str(&format!("{}{INNER}{}", part(name), part(value)));
        }
        out.into()
    }

    /// Reads [`Monitor::to_detail`].
    pub fn of_detail(detail: &str) -> Self {
        let mut parts = detail.split(PART);
        Self {
            sort: parts.next().unwrap_or_default().into(),
            asks: parts.next().unwrap_or_default().into(),
            labels: parts
                .filter_map(|own| own.split_once(INNER))
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }

    /// Values of a label; none where it is not known.
    pub fn label<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a SmolStr> {
        let own = self.labels.iter().filter(move |(label, _)| label == name);
        own.map(|(_, value)| value)
    }
}

/// What a [`kinds::SILENCE`](super::kinds::SILENCE) covers: what all of its matchers match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Silence {
    /// The day on which it ends, `YYYY-MM-DD`; empty where it is not known.
    pub until: SmolStr,
    /// Whether it holds for some of what it names only, in a way that no matcher says.
    pub in_part: bool,
    /// What it covers.
    pub matchers: Vec<Matcher>,
}

/// A condition of a [`Silence`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// The label: `alertname`, `host`, `hostgroup`, `service`, or any of an alert's.
    pub label: SmolStr,
    /// How the value is compared.
    pub how: Matching,
    /// The value, or its pattern.
    pub value: SmolStr,
}

/// How a [`Matcher`] compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

    /// As a fact keeps it.
    pub fn to_detail(&self) -> SmolStr {
        let mut out = format!("{}{INNER}{}", part(&self.until), u8::from(self.in_part));
        for Matcher { label, how, value } in &self.matchers {
            let (label, how, value) = (part(label), how.as_str(), part(value));
            out.push_str(&format!("{PART}{label}{INNER}{how}{INNER}{value}"));
        }
        out.into()
    }

    /// Reads [`Silence::to_detail`].
    pub fn of_detail(detail: &str) -> Self {
        let mut parts = detail.split(PART);
        let (until, in_part) =
            parts.next().unwrap_or_default().split_once(INNER).unwrap_or_default();
        let matchers = parts.filter_map(|own| {
            let (label, rest) = own.split_once(INNER)?;
            let (how, value) = rest.split_once(INNER)?;
            Some(Matcher::new(label, Matching::parse(how)?, value))
        });
        Self { until: until.into(), in_part: in_part == "1", matchers: matchers.collect() }
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

/// One line without separators, cut where it is long.
fn part(text: &str) -> String {
    text.trim().chars().take(MAX_PART).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_come_back() {
        let monitor = Monitor {
            sort: "monitor".into(),
            asks: "check_http!/".into(),
            labels: vec![("host".into(), "a".into()), ("host".into(), "b".into())],
        };
        assert_eq!(Monitor::of_detail(&monitor.to_detail()), monitor);
        assert_eq!(monitor.label("host").collect::<Vec<_>>(), ["a", "b"]);
        let silence = Silence {
            until: "2026-01-31".into(),
            in_part: true,
            matchers: vec![
                Matcher::new("alertname", Matching::Regex, "Wiki.*"),
                Matcher::built("host", "web*"),
            ],
        };
        assert_eq!(Silence::of_detail(&silence.to_detail()), silence);
        assert_eq!(silence.covers(), "alertname=~Wiki.*, host=web*");
        assert_eq!(Silence::of_detail(""), Silence::default());
    }

    #[test]
    fn no_text_breaks_a_detail() {
        let odd = Monitor { asks: "a\u{1f}b\u{1e}c\nd".into(), ..Monitor::default() };
        assert_eq!(Monitor::of_detail(&odd.to_detail()).asks, "a b c d");
    }
}

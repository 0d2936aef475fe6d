//! The day, which decides what has expired.

use std::time::{SystemTime, UNIX_EPOCH};

/// A day in UTC.
///
/// ```
/// use crosscheck::Day;
///
/// assert_eq!(Day::of_unix_time(86_400).to_string(), "1970-01-02");
/// assert_eq!(Day::parse("2026-02-01").map(|day| day.to_string()), Some("2026-02-01".into()));
/// assert_eq!(Day::parse("tomorrow"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(String);

impl Day {
    /// The day of a date as `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        crate::config::is_date(text).then(|| Self(text.to_owned()))
    }

    /// The day of a time in seconds since 1970.
    pub fn of_unix_time(seconds: u64) -> Self {
        Self(crate::facts::day(i64::try_from(seconds / 86_400).unwrap_or(i64::MAX)))
    }

    /// Today, as the system's clock says.
    pub fn today() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self::of_unix_time(now.map_or(0, |since| since.as_secs()))
    }

    /// Its first second since 1970; `None` of a date that no calendar has.
    pub(super) fn unix_time(&self) -> Option<i64> {
        crate::facts::days_of(&self.0).map(|days| days * 86_400)
    }

    /// As `YYYY-MM-DD`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

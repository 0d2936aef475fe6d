//! The clock, which only the edge of the program reads: everything else is told the day, so
//! that the same input gives the same report.

use crate::facts::day;
use std::time::{SystemTime, UNIX_EPOCH};

/// Today in UTC, `YYYY-MM-DD`: expiry is a matter of days. `SOURCE_DATE_EPOCH`, in seconds
/// since 1970, stands in for the clock where it is set.
///
/// (Source: the specification of that variable by the Reproducible Builds project.)
pub fn today() -> String {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let seconds: u64 = given.unwrap_or_else(now);
    day(i64::try_from(seconds / 86_400).unwrap_or(i64::MAX))
}

//! The clock, which only the edge of the program reads: everything else is told the day, so
//! that the same input gives the same report.

use crosscheck::Day;

/// Today in UTC: expiry is a matter of days. `SOURCE_DATE_EPOCH`, in seconds since 1970, stands
/// in for the clock where it is set.
///
/// (Source: the specification of that variable by the Reproducible Builds project.)
pub fn today() -> Day {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    given.map_or_else(Day::today, Day::of_unix_time)
}

//! Today's date, without a time-zone database: expiry is a matter of days.

use crate::facts::day;
use std::time::{SystemTime, UNIX_EPOCH};

/// Today in UTC, `YYYY-MM-DD`.
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    day((seconds / 86_400) as i64)
}

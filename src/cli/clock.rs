//! The clock, which only the edge of the program reads: everything else is told the day, so
//! that the same input gives the same report.

use crosscheck::Day;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The time since this was asked first: when the program began.
pub fn elapsed() -> Duration {
    START.elapsed()
}

/// Today in UTC: expiry is a matter of days. `SOURCE_DATE_EPOCH`, in seconds since 1970, stands
/// in for the clock where it is set.
///
/// (Source: the specification of that variable by the Reproducible Builds project.)
pub fn today() -> Day {
    today_before(0)
}

/// The day that was so many days before [`today`].
pub fn today_before(days: u64) -> Day {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let now = given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.map_or(0, |since| since.as_secs())
    });
    Day::of_unix_time(now.saturating_sub(days.saturating_mul(86_400)))
}

/// A time as people write it: `90s`, `10m`, `1h30m`, `1.5s`, and seconds without a unit.
///
/// # Errors
/// Where it is none.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time such as 90s, 10m or 1h30m".to_owned();
    let mut all = Duration::ZERO;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let (amount, unit) = rest.split_at(rest.len() - number.len());
        let end = unit.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit.len());
        let (unit, after) = unit.split_at(end);
        let seconds = match unit {
            "ms" => 0.001,
            "" | "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(wrong()),
        };
        let amount: f64 = amount.parse().map_err(|_| wrong())?;
        let part = Duration::try_from_secs_f64(amount * seconds).map_err(|_| wrong())?;
        all = all.checked_add(part).ok_or_else(wrong)?;
        rest = after;
    }
    Ok(all)
}

//! Days of the calendar.

/// The Gregorian date `days` after 1970-01-01, `YYYY-MM-DD` (algorithm: H. Hinnant,
/// "chrono-compatible low-level date algorithms").
pub fn day(days: i64) -> String {
    // A day that is out of all bounds is of no use.
    let days = days.clamp(-719_468, 2_932_896);
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn known_days() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(11_016), "2000-02-29");
        assert_eq!(day(20_778), "2026-11-21");
        assert_eq!(day(i64::MAX), "9999-12-31");
    }
}

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

/// How many days after 1970-01-01 a date `YYYY-MM-DD` is; `None` where no calendar has it (the
/// same source).
pub fn days_of(date: &str) -> Option<i64> {
    if date.len() != 10 {
        return None;
    }
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, of_month) = (parts.next()??, parts.next()??, parts.next()??);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (month + 9).rem_euclid(12);
    let day_of_year = (153 * shifted_month + 2) / 5 + of_month - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    (day(days) == date).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::{day, days_of};

    #[test]
    fn a_date_is_the_day_that_it_names() {
        for days in [-719_468, 0, 59, 11_016, 20_778, 2_932_896] {
            assert_eq!(days_of(&day(days)), Some(days));
        }
        for wrong in ["2026-02-30", "2026-13-01", "2026-1-1", "", "x-y-z", "99999-01-1"] {
            assert_eq!(days_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn known_days() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(11_016), "2000-02-29");
        assert_eq!(day(20_778), "2026-11-21");
        assert_eq!(day(i64::MAX), "9999-12-31");
    }
}

//! Debian's `Packages` and `Release`.

use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Adds every stanza's package and version.
pub(super) fn packages(bytes: &[u8], versions: &mut BTreeMap<SmolStr, Vec<SmolStr>>) {
    let text = String::from_utf8_lossy(bytes);
    let mut name: Option<SmolStr> = None;
    let mut version: Option<SmolStr> = None;
    for line in text.lines().chain([""]) {
        if line.trim().is_empty() {
            if let (Some(name), Some(version)) = (name.take(), version.take()) {
                versions.entry(name).or_default().push(version);
            }
        } else if let Some(value) = line.strip_prefix("Package:") {
            name = Some(SmolStr::new(value.trim()));
        } else if let Some(value) = line.strip_prefix("Version:") {
            version = Some(SmolStr::new(value.trim()));
        }
    }
}

/// The `Date:` of a `Release` file, seconds since 1970 (RFC 5322, always UTC).
pub(super) fn release_date(bytes: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(bytes);
    let date = text.lines().find_map(|line| line.strip_prefix("Date:"))?.trim();
    // `Sat, 21 Nov 2026 04:39:00 UTC`
    let mut parts = date.split([' ', ',', ':']).filter(|part| !part.is_empty()).skip(1);
    let day: i64 = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|own| *own == month)? as i64 + 1;
    let year: i64 = parts.next()?.parse().ok()?;
    let mut clock = || parts.next().and_then(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock()?, clock()?, clock().unwrap_or(0));
    // Days from the civil date (H. Hinnant, "chrono-compatible low-level date algorithms").
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    u64::try_from(days * 86_400 + hour * 3600 + minute * 60 + second).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn dates_of_release_files() {
        let date = super::release_date(b"Suite: stable\nDate: Sat, 21 Nov 2026 00:00:00 UTC\n");
        assert_eq!(date, Some(20_778 * 86_400));
    }
}

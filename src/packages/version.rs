//! Version comparison, as rpm and dpkg do it.
//!
//! (Sources: rpm's `rpmvercmp` with the `~` and `^` rules; deb-version(7).)

use smol_str::SmolStr;
use std::cmp::Ordering;

/// Compares two rpm version or release strings.
pub fn compare_rpm(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    let is_separator = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'~' && *byte != b'^';
    loop {
        a = &a[a.iter().take_while(|byte| is_separator(byte)).count()..];
        b = &b[b.iter().take_while(|byte| is_separator(byte)).count()..];
        match (a.first() == Some(&b'~'), b.first() == Some(&b'~')) {
            (true, true) => {
                a = &a[1..];
                b = &b[1..];
                continue;
            }
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        match (a.first() == Some(&b'^'), b.first() == Some(&b'^')) {
            (true, true) => {
                a = &a[1..];
                b = &b[1..];
                continue;
            }
            // A caret is newer than the end, older than anything else.
            (true, false) => return if b.is_empty() { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if a.is_empty() { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        let (Some(first_a), Some(_)) = (a.first(), b.first()) else {
            return a.len().min(1).cmp(&b.len().min(1));
        };
        let digits = first_a.is_ascii_digit();
        let run = |text: &[u8]| {
            text.iter()
                .take_while(
                    |byte| if digits { byte.is_ascii_digit() } else { byte.is_ascii_alphabetic() },
                )
                .count()
        };
        let (part_a, rest_a) = a.split_at(run(a));
        let (part_b, rest_b) = b.split_at(run(b));
        if part_b.is_empty() {
            // Different sorts: numbers are newer than letters.
            return if digits { Ordering::Greater } else { Ordering::Less };
        }
        let order = if digits { compare_numbers(part_a, part_b) } else { part_a.cmp(part_b) };
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn compare_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let strip = |text: &[u8]| text.iter().take_while(|byte| **byte == b'0').count();
    let (a, b) = (&a[strip(a)..], &b[strip(b)..]);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// `epoch:version-release` → its three parts.
fn rpm_parts(text: &str) -> (&str, &str, Option<&str>) {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    match rest.rsplit_once('-') {
        Some((version, release)) => (epoch, version, Some(release)),
        None => (epoch, rest, None),
    }
}

/// Whether an offered rpm version is the wanted one; a wanted version without a release
/// takes any release, one without an epoch any epoch. A trailing architecture
/// (`1.0-2.x86_64`) is allowed.
pub fn rpm_satisfies(offered: &str, wanted: &str) -> bool {
    let wanted = [".x86_64", ".noarch", ".i686", ".aarch64"]
        .iter()
        .find_map(|arch| wanted.strip_suffix(arch))
        .unwrap_or(wanted);
    let (offered_epoch, offered_version, offered_release) = rpm_parts(offered);
    let (wanted_epoch, wanted_version, wanted_release) = rpm_parts(wanted);
    (!wanted.contains(':') || compare_rpm(offered_epoch, wanted_epoch).is_eq())
        && compare_rpm(offered_version, wanted_version).is_eq()
        && match (offered_release, wanted_release) {
            (Some(offered), Some(wanted)) => compare_rpm(offered, wanted).is_eq(),
            _ => true,
        }
}

/// Whether a wanted version is a glob, as apt and yum take them.
pub fn is_glob(wanted: &str) -> bool {
    wanted.contains(['*', '?', '['])
}

/// Whether a glob matches one of the offered versions, with or without its epoch and its
/// release. What is no valid glob is not judged.
pub fn any_matches(offered: &[SmolStr], glob: &str) -> bool {
    let built = globset::GlobBuilder::new(glob).case_insensitive(true).build();
    let Ok(glob) = built.map(|glob| glob.compile_matcher()) else { return true };
    offered.iter().any(|version| {
        let plain = version.split_once(':').map_or(version.as_str(), |(_, rest)| rest);
        [version.as_str(), plain].iter().any(|form| {
            let bare = form.rsplit_once('-').map_or(*form, |(version, _)| version);
            glob.is_match(form) || glob.is_match(bare)
        })
    })
}

/// Compares two Debian versions.
pub fn compare_debian(a: &str, b: &str) -> Ordering {
    fn parts(text: &str) -> (u64, &str, &str) {
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
        (epoch.trim().parse().unwrap_or(0), upstream, revision)
    }
    let (a, b) = (parts(a), parts(b));
    a.0.cmp(&b.0)
        .then_with(|| compare_debian_part(a.1.as_bytes(), b.1.as_bytes()))
        .then_with(|| compare_debian_part(a.2.as_bytes(), b.2.as_bytes()))
}

fn compare_debian_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    // `~` sorts before the end, letters before everything else.
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    };
    let is_text = |byte: Option<&u8>| byte.is_some_and(|byte| !byte.is_ascii_digit());
    loop {
        while is_text(a.first()) || is_text(b.first()) {
            let order = weight(a.first()).cmp(&weight(b.first()));
            if order.is_ne() {
                return order;
            }
            a = a.get(1..).unwrap_or_default();
            b = b.get(1..).unwrap_or_default();
        }
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number_a, rest_a) = a.split_at(digits(a));
        let (number_b, rest_b) = b.split_at(digits(b));
        let order = compare_numbers(number_a, number_b);
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
        if a.is_empty() && b.is_empty() {
            return Ordering::Equal;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{Equal, Greater, Less};

    #[test]
    fn rpm_order() {
        for (a, b, wanted) in [
            ("1.0", "1.0", Equal),
            ("1.0", "2.0", Less),
            ("2.0.1", "2.0", Greater),
            ("5.5p1", "5.5p10", Less),
            ("10xyz", "10.1xyz", Less),
            ("xyz10", "xyz10.1", Less),
            ("1.0", "1.fc4", Greater),
            ("1.05", "1.5", Equal),
            ("1.0~rc1", "1.0", Less),
            ("1.0~rc1", "1.0~rc2", Less),
            ("1.0^", "1.0", Greater),
            ("1.0^git1", "1.0.1", Less),
            ("1.0^git1~pre", "1.0^git1", Less),
            ("a", "1", Less),
        ] {
            assert_eq!(compare_rpm(a, b), wanted, "{a} {b}");
            assert_eq!(compare_rpm(b, a), wanted.reverse(), "{b} {a}");
        }
    }

    #[test]
    fn debian_order() {
        for (a, b, wanted) in [
            ("1.0", "1.0-0", Equal),
            ("1.0-1", "1.0-2", Less),
            ("1:0.9", "2.0", Greater),
            ("1.0~beta1", "1.0", Less),
            ("1.0~~", "1.0~", Less),
            ("1.0a", "1.0", Greater),
            ("1.0+b1", "1.0a", Greater),
            ("1.2.3", "1.10", Less),
            ("1.0-1~deb12u1", "1.0-1", Less),
        ] {
            assert_eq!(compare_debian(a, b), wanted, "{a} {b}");
            assert_eq!(compare_debian(b, a), wanted.reverse(), "{b} {a}");
        }
    }

    #[test]
    fn a_glob_takes_what_it_matches() {
        let offered = ["1:0.29.1-2+deb12u1".into()];
        for glob in ["0.29*", "1:0.29.*", "0.29.?", "*", "0.29.1-2*", "[unclosed"] {
            assert!(any_matches(&offered, glob), "{glob}");
        }
        for glob in ["0.30*", "2:0.29*", "29*"] {
            assert!(!any_matches(&offered, glob), "{glob}");
        }
    }

    #[test]
    fn a_pin_without_release_takes_any() {
        assert!(rpm_satisfies("1.0-2.el6", "1.0"));
        assert!(rpm_satisfies("1:1.0-2", "1.0-2"));
        assert!(!rpm_satisfies("1:1.0-2", "2:1.0-2"));
        assert!(!rpm_satisfies("1.0-1", "1.0-2"));
        assert!(rpm_satisfies("1.0-2.el6", "1.0-2.el6.noarch"));
    }
}

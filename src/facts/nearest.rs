//! The name that was probably meant.

use smol_str::SmolStr;

/// The candidate closest to `name` by edit distance, within a third of its length;
/// the first in order among equals. Never `name` itself: that is no advice.
pub fn nearest_of<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<SmolStr> {
    let limit = (name.chars().count() / 3).clamp(1, 6);
    let mut best: Option<(usize, &str)> = None;
    let mut last = "";
    let own = letters(name);
    for candidate in candidates {
        if candidate == last || candidate == name || candidate.len().abs_diff(name.len()) > limit {
            continue;
        }
        last = candidate;
        // An edit takes away one kind of letter and brings one, at most.
        if (own ^ letters(candidate)).count_ones() as usize > 2 * limit {
            continue;
        }
        let least = best.map_or(limit + 1, |(least, _)| least);
        let (left, right) = different(name, candidate);
        let distance = strsim::osa_distance(left, right);
        if distance < least {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.into())
}

/// Most letters of the ending of a file.
const MAX_ENDING: usize = 4;

/// Whether two names are near where they differ: in the words between those that both begin with
/// and those that both end in. `web_enable` is not nearly `web_username`, long as `web_` may be.
pub fn differs_little(name: &str, other: &str) -> bool {
    let (left, _) = different(name, other);
    let same = name.chars().zip(other.chars()).take_while(|(own, other)| own == other);
    let begin: usize = same.map(|(own, _)| own.len_utf8()).sum();
    let (head, rest) = name.split_at(begin);
    let tail = rest.get(left.len()..).unwrap_or_default();
    let is_break = |c: char| !c.is_alphanumeric();
    // The rest of the word on either side.
    let before = head.rsplit(is_break).next().unwrap_or_default();
    let after = tail.split(is_break).next().unwrap_or_default();
    let cut = |text: &'_ str| {
        let end = text.len().saturating_sub(tail.len() - after.len());
        text.get(begin - before.len()..end).unwrap_or_default().to_owned()
    };
    let (left, right) = (cut(name), cut(other));
    // A file that has another ending: `motd.epp` and `motd.erb`.
    let is_ending = head.contains('/')
        && head.rsplit_once('.').is_some_and(|(_, end)| end == before)
        && after.len() == tail.len()
        && left.len().max(right.len()) <= MAX_ENDING;
    let holds = |own: &str, other: &str| own.starts_with(other) || own.ends_with(other);
    is_ending
        || holds(&left, &right)
        || holds(&right, &left)
        || nearest_of(&left, std::iter::once(right.as_str())).is_some()
}

/// Whether one name is the other with a slip of the pen. Those that differ in digits alone are
/// versions or numbers of their own.
pub fn is_slip(name: &str, other: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let least = name.len().min(other.len());
    let most = if least < 5 { 1 } else { 2 };
    least > 3
        && distance_within(name, other, most).is_some_and(|distance| distance > 0)
        && letters(name) != letters(other)
}

/// Whether one name becomes the other by one edit: a letter that is another, too many, missing, or
/// in the place of its neighbour.
pub fn is_one_edit(name: &str, other: &str) -> bool {
    distance_within(name, other, 1) == Some(1)
}

/// The edit distance of two names where it is at most `most`. Names are compared with all of their
/// kind, and nearly all are far apart: that shows without counting.
fn distance_within(name: &str, other: &str, most: usize) -> Option<usize> {
    let is_plain = name.is_ascii() && other.is_ascii();
    if is_plain && name.len().abs_diff(other.len()) > most
        || (letters(name) ^ letters(other)).count_ones() as usize > 2 * most
    {
        return None;
    }
    let (left, right) = different(name, other);
    let distance = strsim::osa_distance(left, right);
    (distance <= most).then_some(distance)
}

/// Whether the last part of a qualified name is that of the other with a slip of the pen.
pub fn is_misspelt(name: &str, other: &str) -> bool {
    let last = |name: &'_ str| name.rsplit("::").next().map(str::to_owned).unwrap_or_default();
    is_slip(&last(name), &last(other))
}

/// What is left of two texts without what they begin and end with alike: the distance between
/// them is that between the rests.
fn different<'t>(mut left: &'t str, mut right: &'t str) -> (&'t str, &'t str) {
    let same = left.chars().zip(right.chars()).take_while(|(own, other)| own == other);
    let begin: usize = same.map(|(own, _)| own.len_utf8()).sum();
    (left, right) = (&left[begin..], &right[begin..]);
    let same = left.chars().rev().zip(right.chars().rev()).take_while(|(own, other)| own == other);
    let end: usize = same.map(|(own, _)| own.len_utf8()).sum();
    (&left[..left.len() - end], &right[..right.len() - end])
}

/// Which letters a text has, by their lowest six bits.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |all, letter| all | 1 << (letter as u32 & 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by_comparing_all(name: &str, candidates: &[String]) -> Option<SmolStr> {
        let limit = (name.chars().count() / 3).clamp(1, 6);
        let near = candidates.iter().filter(|candidate| *candidate != name);
        let near = near.filter(|own| own.len().abs_diff(name.len()) <= limit);
        let near = near.map(|own| (strsim::osa_distance(name, own), own));
        let near = near.filter(|(distance, _)| *distance <= limit);
        near.min_by_key(|(distance, _)| *distance).map(|(_, own)| own.into())
    }

    #[test]
    fn names_are_near_where_they_differ() {
        for (name, other) in [
            ("nginx_site_enabled", "nginx_sites_enabled"),
            ("web::server", "web::sever"),
            ("db_pass", "db_password"),
            ("config.j2", "config.js.j2"),
            ("templates/motd.epp", "templates/motd.erb"),
            ("reload web", "reload web now"),
            ("é_a", "é_b"),
        ] {
            assert!(differs_little(name, other), "{name} {other}");
            assert!(differs_little(other, name), "{other} {name}");
        }
        for (name, other) in [
            ("web_enable", "web_username"),
            ("files/aliases.mailman", "files/aliases.orig"),
            ("ufw_icinga_allow_src", "ufw_munin_allow_src"),
            ("roles/web-server/tasks/a.yml", "roles/web-satellite/tasks/a.yml"),
        ] {
            assert!(!differs_little(name, other), "{name} {other}");
        }
    }

    proptest! {
        /// Leaving out what cannot be nearest changes no answer.
        #[test]
        fn the_nearest_is_that_of_a_full_comparison(
            name in "[abcé]{1,12}",
            candidates in proptest::collection::vec("[abcé]{1,12}", 0..12),
        ) {
            let found = nearest_of(&name, candidates.iter().map(String::as_str));
            prop_assert_eq!(found, by_comparing_all(&name, &candidates));
        }

        /// Telling early that two names are far apart changes no answer either.
        #[test]
        fn a_distance_within_bounds_is_the_distance(
            name in "[abcé]{0,8}",
            other in "[abcé]{0,8}",
            most in 0usize..4,
        ) {
            let distance = strsim::osa_distance(&name, &other);
            let found = distance_within(&name, &other, most);
            prop_assert_eq!(found, (distance <= most).then_some(distance));
        }
    }
}

//! Names that are slips of others.

/// Shorter names are like too many others.
pub(super) const MIN_SLIP: usize = 6;

/// Whether a name is one letter from another, which is no number and no plural.
pub(super) fn is_slip(name: &str, own: &str) -> bool {
    let stem = |name: &str| {
        name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == 's').to_owned()
    };
    name.len() >= MIN_SLIP
        && own.len().abs_diff(name.len()) < 2
        && is_one_apart(own.as_bytes(), name.as_bytes())
        && stem(own) != stem(name)
        && digits(name).eq(digits(own))
}

/// Whether one letter more, another one, or two that changed places are all that two names differ in:
/// that their distance is 1, which would take a table for each pair of a tree's names.
fn is_one_apart(one: &[u8], other: &[u8]) -> bool {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    let same = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&one[..one.len() - same], &other[..other.len() - same]) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([a, b], [c, d]) => (a, b) == (d, c),
        _ => false,
    }
}

/// Whether two names have the same words in another order: `a_java_default_opts` and
/// `a_default_java_opts`.
pub(super) fn is_shuffled(name: &str, own: &str) -> bool {
    name.matches('_').count() > 2 && is_turned(name, own)
}

/// The same of names of any length, which are more alike by chance.
pub(super) fn is_turned(name: &str, own: &str) -> bool {
    let words = |name: &str| {
        let mut words: Vec<String> = name.split('_').map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    name.len() == own.len()
        && name != own
        && name.matches('_').count() > 1
        && words(name) == words(own)
}

/// Shorter words are like too many others.
const MIN_WORD: usize = 8;

/// Whether two names differ in two letters of one long word: `a_unauthenciated_b`.
pub(super) fn is_word_slip(name: &str, own: &str) -> bool {
    let (Some((name, own)), true) = (apart(name, own), digits(name).eq(digits(own))) else {
        return false;
    };
    name.len() >= MIN_WORD
        && own.len() >= MIN_WORD
        && name.get(..3) == own.get(..3)
        && name.as_bytes().last() == own.as_bytes().last()
        && strsim::osa_distance(name, own) == 2
}

/// The one word that two names of as many words differ in.
pub(super) fn apart<'n, 'o>(name: &'n str, own: &'o str) -> Option<(&'n str, &'o str)> {
    if name.matches('_').count() != own.matches('_').count() {
        return None;
    }
    let mut other = name.split('_').zip(own.split('_')).filter(|(name, own)| name != own);
    let found = other.next()?;
    other.next().is_none().then_some(found)
}

/// `eth0` and `eth1` differ in a number.
pub(super) fn digits(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_names() {
        assert!(is_slip("web_prot", "web_port"));
        let names = ["web_port", "web_prot", "webport", "web_portt", "web_pert", "wep_pert", "bew"];
        for (one, other) in names.iter().flat_map(|one| names.map(|other| (*one, other))) {
            let is_one = strsim::osa_distance(one, other) == 1;
            assert_eq!(is_one_apart(one.as_bytes(), other.as_bytes()), is_one, "{one} {other}");
        }
        assert!(!is_slip("web_ports", "web_port"));
        assert!(!is_slip("eth_name0", "eth_name1"));
        assert!(is_word_slip("a_unauthenciated_b", "a_unauthenticated_b"));
        assert!(is_shuffled("a_java_default_opts", "a_default_java_opts"));
    }
}

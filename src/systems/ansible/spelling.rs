//! Names that are slips of others.

use crate::facts::is_one_edit;

/// Shorter names are like too many others.
pub(super) const MIN_SLIP: usize = 6;

/// Whether a name is one letter from another, which is no number and no plural.
pub(super) fn is_slip(name: &str, own: &str) -> bool {
    let stem = |name: &str| {
        name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == 's').to_owned()
    };
    name.len() >= MIN_SLIP
        && own.len().abs_diff(name.len()) < 2
        && is_one_edit(own, name)
        && stem(own) != stem(name)
        && digits(name).eq(digits(own))
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
        assert!(!is_slip("web_ports", "web_port"));
        assert!(!is_slip("eth_name0", "eth_name1"));
        assert!(is_word_slip("a_unauthenciated_b", "a_unauthenticated_b"));
        assert!(is_shuffled("a_java_default_opts", "a_default_java_opts"));
    }
}

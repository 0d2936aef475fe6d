//! Which code made the facts.

/// The version of the facts: a word that changes with the code that makes them, and that
/// nobody has to raise by hand.
///
/// It is a hash of the sources of everything between a file's contents and its facts (this
/// vocabulary, parsers, readers, what systems have in common, the built-in packs, the versions
/// of libraries), made when the program is built. It is the same wherever the program is
/// built from the same sources. It changes more often than facts do: a comment is enough.
///
/// Whatever keeps facts beyond a run rests on it. A cache by content has it in its key, beside
/// the settings, the kind of entry, the path and the contents; facts that are exported name it.
/// Facts of another version are not read but extracted anew.
pub fn version() -> &'static str {
    env!("CROSSCHECK_FACTS_VERSION")
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_version_is_one_word_and_stays() {
        assert_eq!(version().len(), 16);
        assert!(version().bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(version(), "0".repeat(16));
        assert_eq!(version(), version());
    }
}

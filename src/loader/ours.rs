//! Baselines: files that name findings, and with them all that these are about.

use memchr::memmem::find;

/// A baseline shows within so many bytes what it is.
const HEAD: usize = 4096;

/// Whether a file is a baseline, as `crosscheck baseline` writes it. What it names is no part of
/// the tree: a variable would else be known as soon as a baseline says that nothing sets it.
pub(super) fn is_baseline(path: &str, bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let has = |part: &str| find(head, part.as_bytes()).is_some();
    (path.ends_with(".yaml") || path.ends_with(".yml"))
        && has("\n- fingerprint: ")
        && has("entries:")
}

#[cfg(test)]
mod tests {
    use super::is_baseline;

    #[test]
    fn a_baseline_is_known_by_what_it_holds() {
        let own = b"# Ours.\nversion: 1\nentries:\n- fingerprint: 00\n  rule: parse-error\n";
        assert!(is_baseline("crosscheck-baseline.yaml", own) && is_baseline("ci/known.yml", own));
        assert!(!is_baseline("known.txt", own) && !is_baseline("a.yaml", b"entries: []\n"));
        assert!(!is_baseline("a.yaml", b"keys:\n- fingerprint: 00\n"));
    }
}

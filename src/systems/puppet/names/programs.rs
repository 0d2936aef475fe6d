//! Variables that programs of the tree may set: one that serves as the external node classifier
//! has their names as texts, `{"copier_copies" => …}`.
//!
//! (Source: Puppet's documentation, "Writing external node classifiers": `parameters` are
//! variables of the top scope.)

use crate::graph::Graph;
use crate::loader::SnapshotFile;
use crate::tree::Reader;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Files of more bytes are not looked through.
const MAX_SEARCHED: u64 = 256 * 1024;

/// Names of two words and more that programs have as texts: shorter ones stand for too much.
pub(super) fn texts_of(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let snapshot = graph.snapshot;
    let texts_in = |reader: &mut Box<dyn Reader + '_>, (ix, _): (usize, &SnapshotFile)| {
        let contents = reader.read(ix).unwrap_or_default();
        quoted(&contents).map(SmolStr::new).collect::<FxHashSet<SmolStr>>()
    };
    let files = snapshot.files.par_iter().enumerate().filter(|(_, file)| is_program(file));
    files.map_init(|| snapshot.tree.reader(), texts_in).flatten_iter().collect()
}

/// Functions, types and providers of Puppet set no variables, and facts are read as such.
fn is_program(file: &SnapshotFile) -> bool {
    let path = file.entry.path.as_str();
    let is_own = path.contains("lib/puppet/") || path.contains("lib/facter/");
    (path.ends_with(".rb") || path.ends_with(".py"))
        && !is_own
        && file.standing.is_live()
        && file.entry.size.is_none_or(|size| size <= MAX_SEARCHED)
}

/// `"a_b"`, `'a_b'`.
fn quoted(text: &[u8]) -> impl Iterator<Item = &str> {
    let parts = text.split(|byte| matches!(byte, b'"' | b'\'' | b'\n'));
    parts.filter_map(|own| std::str::from_utf8(own).ok()).filter(|own| may_be_text(own))
}

/// Whether a name is one that is looked for.
pub(super) fn may_be_text(name: &str) -> bool {
    name.len() > 3
        && name.contains('_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_in_quotes() {
        let text = br#"{ "copier_copies" => 'user', b_c: 'a_bc', "a b_c" }"#;
        assert_eq!(quoted(text).collect::<Vec<_>>(), ["copier_copies", "a_bc"]);
    }
}

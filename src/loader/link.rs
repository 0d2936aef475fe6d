//! What a link says.

use crate::facts::{
    FileFacts, NamePattern, Ref, Relation, Require, Span, Strength, kinds, parent_folder,
};

/// A symlink requires its target when that lies inside the tree.
pub fn symlink_facts(path: &str, target: &[u8]) -> FileFacts {
    let mut facts = FileFacts::default();
    // A lock of Emacs leads nowhere: it names who edits the file, `.#init.pp -> user@host.1:2`.
    // (Source: the manual of GNU Emacs, "Interlocking".)
    let is_lock = crate::facts::base_name(path).starts_with(".#");
    let target = std::str::from_utf8(target).ok().filter(|_| !is_lock);
    let Some(target) = target else { return facts };
    let folder = parent_folder(path);
    if let Some(resolved) = crate::facts::join_path(folder, target) {
        let target_ref = Ref::new(kinds::FILE, NamePattern::exact(resolved));
        let span = Span::new(0, target.len());
        // What reads it fails, and may be nothing.
        let require = Require::certain(target_ref, span, Relation::Links.called("symlink"), None);
        facts.requires.push(require.with_strength(Strength::Likely));
    }
    facts
}

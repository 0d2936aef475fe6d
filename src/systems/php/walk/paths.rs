//! Paths that a file loads.

use super::Walk;
use crate::facts::{
    NamePattern, Piece, Ref, Require, Span, Strength, Via, is_handed_out, join_path, kinds,
    parent_folder,
};
use crate::systems::php::fold::{IP, ROOT};
use smol_str::SmolStr;

impl Walk<'_, '_> {
    /// Requires the file that a folded path names.
    pub(super) fn path_required(
        &mut self,
        value: &NamePattern,
        span: Span,
        via: impl Into<Via>,
        strength: Strength,
    ) {
        let via = via.into();
        let mut push = |target: Ref, strength| {
            let require = Require::certain(target, span, via, None);
            self.out.requires.push(require.with_strength(strength));
        };
        if let Some((kind, name)) = extension_of(value) {
            let text = value.as_exact().map_or("", SmolStr::as_str);
            let entry = text.ends_with(&format!("/extensions/{name}/{name}.php"));
            push(Ref::exact(kind, name.clone()), strength);
            if entry && strength == Strength::Certain {
                push(Ref::exact(kinds::MEDIAWIKI_ENTRY, name), Strength::Guarded);
            }
            return;
        }
        // What a module hands to hosts runs in another folder, beside files that are there.
        let kind = match is_handed_out(self.source.path) {
            true => kinds::PAYLOAD_FILE,
            false => kinds::FILE,
        };
        match value {
            NamePattern::Exact(text) => {
                if let Some(inside) = text.strip_prefix(ROOT) {
                    // A path that leaves the tree is not ours to judge.
                    if let Some(path) = join_path("", inside.trim_start_matches('/')) {
                        push(Ref::exact(kind, path), strength);
                    }
                } else if !text.starts_with(['/', '\u{2}']) && !text.contains("://") {
                    // Relative to the include path: beside this file, or anywhere.
                    let folder = parent_folder(self.source.path);
                    if let Some(path) = join_path(folder, text) {
                        push(Ref::exact(kind, path), Strength::Guarded);
                    }
                }
            }
            pattern => {
                if let Some(name) = inside_tree(pattern) {
                    push(Ref::new(kind, name), strength);
                }
            }
        }
    }
}

/// A path with holes, relative to the tree's root; `None` where it may leave the tree.
fn inside_tree(path: &NamePattern) -> Option<NamePattern> {
    let mut pieces = path.pieces();
    let (first, rest) = pieces.split_first_mut()?;
    let Piece::Text(text) = first else { return None };
    let climbs = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(".."));
    if rest.iter().any(climbs) {
        return None;
    }
    // What follows the last slash is the beginning of a name.
    let (folder, begun) = text.strip_prefix(ROOT)?.rsplit_once('/')?;
    let folder = join_path("", folder.trim_start_matches('/'))?;
    let slash = if folder.is_empty() { "" } else { "/" };
    *text = format!("{folder}{slash}{begun}").into();
    Some(NamePattern::from_pieces(pieces))
}

/// `$IP/extensions/X/X.php` names extension X, `$IP/skins/X/…` skin X.
fn extension_of(value: &NamePattern) -> Option<(crate::facts::Kind, SmolStr)> {
    let text = value.as_exact()?.strip_prefix(IP)?.trim_start_matches('/');
    let (kind, rest) = match text.split_once('/')? {
        ("extensions", rest) => (kinds::MEDIAWIKI_EXTENSION, rest),
        ("skins", rest) => (kinds::MEDIAWIKI_SKIN, rest),
        _ => return None,
    };
    let name = rest.split('/').next().filter(|name| !name.is_empty())?;
    Some((kind, SmolStr::new(name.trim_end_matches(".php"))))
}

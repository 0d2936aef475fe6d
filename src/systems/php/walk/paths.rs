//! Paths that a file loads.

use super::Walk;
use crate::facts::{
    Kind, NamePattern, Piece, Ref, Relation, Require, Span, Strength, Via, is_handed_out,
    join_path, kinds, parent_folder,
};
use crate::systems::php::fold::{IP, ROOT};
use smallvec::SmallVec;
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
        // Where else it may lie is open; who has it from here needs it nevertheless.
        let expected = match strength {
            Strength::Guarded => via,
            _ => Relation::Expects.called("require"),
        };
        let out = &mut *self.out;
        let mut push = |target: Ref, strength| {
            let require = Require::certain(target, span, via, None);
            out.requires.push(require.with_strength(strength));
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
        // So does what WordPress loads of itself: mostly a package, or an image, brings it.
        let own = value.suffix().rsplit('/').next().unwrap_or_default();
        let is_core = matches!(own, "wp-settings.php" | "wp-load.php" | "wp-blog-header.php");
        let kind = match is_handed_out(self.source.path) || is_core {
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
                        let require =
                            Require::certain(Ref::exact(kind, path), span, expected, None);
                        out.requires.push(require.with_strength(Strength::Guarded));
                    }
                }
            }
            pattern => {
                if let Some(name) = inside_tree(pattern) {
                    push(Ref::new(kind, name), strength);
                } else if let Some(rest) = behind_a_root(pattern) {
                    let any_of = above(self.source.path, &rest, kind);
                    let require = Require::any_of(any_of, span, expected, None);
                    out.requires.push(require.with_strength(Strength::Guarded));
                }
            }
        }
    }
}

/// What follows the folder in `$_SERVER['DOCUMENT_ROOT'] . '/inc/a.php'`, or in
/// `ROOT_DIR . 'inc/a.php'`.
fn behind_a_root(path: &NamePattern) -> Option<SmolStr> {
    match path.pieces().as_slice() {
        [Piece::Hole, Piece::Text(text)] => {
            let rest = text.strip_prefix('/').or_else(|| text.contains('/').then_some(text))?;
            (rest.ends_with(".php") && !rest.contains("..")).then(|| rest.into())
        }
        _ => None,
    }
}

/// The file `rest` in the folder of `own`, or in one of those around it.
fn above(own: &str, rest: &str, kind: Kind) -> SmallVec<[Ref; 1]> {
    let mut folder = parent_folder(own);
    let mut out = SmallVec::new();
    loop {
        out.extend(join_path(folder, rest).map(|path| Ref::exact(kind, path)));
        if folder.is_empty() {
            return out;
        }
        folder = parent_folder(folder);
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

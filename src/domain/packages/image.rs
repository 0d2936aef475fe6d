//! Container images: a name without a version's tag.
//!
//! (Sources: the reference grammar of distribution/reference; Dockerfile reference, `FROM`;
//! Compose file reference, `image`, `build`; Kubernetes, "Images".)

use super::{Floating, Wanted};
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Span, join_path, kinds, parent_folder,
};
use smol_str::SmolStr;

/// Tags that are moved from version to version.
const MOVING: [&str; 10] =
    ["latest", "stable", "edge", "main", "master", "dev", "devel", "develop", "nightly", "rolling"];

/// The name without tag and digest, as it is compared; the tag; whether a digest pins it.
fn parts(text: &str) -> Option<(SmolStr, &str, bool)> {
    let known = |c: char| c.is_ascii_alphanumeric() || "./:@_-".contains(c);
    if text.is_empty() || !text.chars().all(known) || text.contains("://") {
        return None;
    }
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, own)| (name, Some(own)));
    let (name, tag) = match name.rsplit_once(':') {
        // Before the last `/` it is a port.
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (name, ""),
    };
    let name = ["docker.io/", "index.docker.io/"]
        .iter()
        .find_map(|host| name.strip_prefix(host))
        .unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    (!name.is_empty()).then(|| (name.into(), tag, digest.is_some()))
}

/// Adds the image that is used, where no version is named.
pub fn used(text: &str, span: Span, out: &mut FileFacts) {
    add(text, span, Floating::Latest, out);
}

/// The same of the image that another one is built from.
pub fn built_from(text: &str, span: Span, out: &mut FileFacts) {
    add(text, span, Floating::Build, out);
}

fn add(text: &str, span: Span, floating: Floating, out: &mut FileFacts) {
    let Some((name, tag, pinned)) = parts(text.trim()) else { return };
    if pinned || name == "scratch" || !(tag.is_empty() || MOVING.contains(&tag)) {
        return;
    }
    Wanted::new(name, floating).add(kinds::PACKAGE_IMAGE, span, None, out);
}

/// Adds the image that is built from `context`, a folder as the file at `path` names it.
pub fn built(text: &str, context: &str, path: &str, span: Span, out: &mut FileFacts) {
    let Some((name, ..)) = parts(text.trim()) else { return };
    let folder = parent_folder(path);
    let root = match context.trim_end_matches('/') {
        "." | "" => Some(folder.to_owned()),
        other if other.contains(['$', '{', ':']) || other.starts_with('/') => None,
        other => join_path(folder, other),
    };
    let Some(root) = root else { return };
    out.provides.push(Provide {
        kind: kinds::PACKAGE_IMAGE_BUILT,
        name: NamePattern::Exact(name),
        span,
        within: None,
        detail: Detail::folder_of(&root),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_moves_or_none() {
        let of = |text: &str| {
            let mut out = FileFacts::default();
            used(text, Span::default(), &mut out);
            out.provides.first().map(|provide| provide.name.to_string()).unwrap_or_default()
        };
        assert_eq!(of("docker.io/library/tool"), "tool");
        assert_eq!(of("host:5000/a/tool"), "host:5000/a/tool");
        assert_eq!(of("host:5000/a/tool:latest"), "host:5000/a/tool");
        for pinned in [
            "tool:1.2",
            "tool:2024-01-01",
            "tool:bookworm",
            "tool@sha256:00",
            "tool:latest@sha256:00",
            "scratch",
            "$IMAGE",
            "{{ x }}:latest",
            ":",
            "",
        ] {
            assert_eq!(of(pinned), "", "{pinned}");
        }
    }
}

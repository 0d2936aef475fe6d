//! Paths of a host that packaging or a build brings there, as facts.

use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds};
use smol_str::SmolStr;

/// Folders of commands.
pub(super) const BIN: &[&str] =
    &["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin"];

/// A path of the host, and the command that it is.
pub(super) fn deploy(out: &mut FileFacts, path: String, detail: Detail, start: usize, len: usize) {
    let (folder, base) = path.rsplit_once('/').unwrap_or(("", &path));
    let command = BIN.contains(&folder).then(|| (kinds::COMMAND, SmolStr::new(base)));
    let deployed = (kinds::DEPLOYED_PATH, SmolStr::new(&path));
    for (kind, name) in std::iter::once(deployed).chain(command) {
        out.provides.push(Provide {
            kind,
            name: NamePattern::Exact(name),
            span: Span::new(start, start + len),
            within: None,
            detail: detail.clone(),
        });
    }
}

/// Lines with their offsets.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line.trim_end()))
    })
}

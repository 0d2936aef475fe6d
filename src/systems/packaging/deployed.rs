//! Paths of a host that packaging or a build brings there, as facts.

use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds, split_path};
use smol_str::SmolStr;

/// Folders of commands.
pub(super) const BIN: &[&str] =
    &["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin"];

/// A path of the host, and the command that it is.
pub(super) fn deploy(out: &mut FileFacts, path: String, detail: Detail, start: usize, len: usize) {
    let (folder, base) = split_path(&path);
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

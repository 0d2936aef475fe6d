//! What of a tree was looked at: by system how much was modelled, and which kinds of files no
//! system reads.

use crate::config;
use crate::facts::base_name;
use crate::loader::SnapshotFile;
use crate::packs;
use crate::tree::EntryKind;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;
use std::io;

/// Kinds that are named; the rest is counted.
const NAMED: usize = 5;

/// Endings beyond this length are no kinds of files.
const LONGEST: usize = 16;

/// What nobody expects to be checked is one kind.
const DOCUMENTS: [&str; 20] = [
    "md", "markdown", "rst", "adoc", "asciidoc", "pdf", "png", "jpg", "jpeg", "gif", "svg", "ico",
    "bmp", "webp", "woff", "woff2", "ttf", "otf", "eot", "odg",
];

/// How many files of a system there are.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Understood {
    /// Files that the system reads.
    pub files: usize,
    /// Those with a parse error.
    pub failed: usize,
    /// Those that gave the system at least one fact.
    pub modelled: usize,
}

impl Understood {
    /// The share of files that were modelled, percent.
    pub fn share(self) -> f64 {
        100.0 * self.modelled as f64 / self.files.max(1) as f64
    }
}

/// Files that no system reads, by kind.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct NotRead(BTreeMap<SmolStr, usize>);

impl NotRead {
    /// Counts `file` where no system reads it, and it is not our own. A link is read for where
    /// it points to.
    pub fn add(&mut self, file: &SnapshotFile) {
        let kind = match file.entry.kind {
            EntryKind::Submodule => SmolStr::new_static("submodules"),
            EntryKind::File if file.systems.is_empty() && !is_our_own(&file.entry.path) => {
                kind(&file.entry.path)
            }
            _ => return,
        };
        *self.0.entry(kind).or_default() += 1;
    }

    /// How many there are.
    pub fn files(&self) -> usize {
        self.0.values().sum()
    }

    /// The commonest kinds first, those of one count by name, the rest as `others`.
    pub fn kinds(&self) -> Vec<(&str, usize)> {
        let mut kinds: Vec<_> = self.0.iter().map(|(kind, n)| (kind.as_str(), *n)).collect();
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let others: usize = kinds.iter().skip(NAMED).map(|(_, n)| n).sum();
        kinds.truncate(NAMED);
        if others > 0 {
            kinds.push(("others", others));
        }
        kinds
    }

    /// Writes the line that says so, where there are any.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let files = self.files();
        if files == 0 {
            return Ok(());
        }
        let kinds = self.kinds().into_iter().map(|(kind, n)| match (kind, n) {
            ("others", 1) => "1 other".to_owned(),
            ("submodules", 1) => "1 submodule".to_owned(),
            _ => format!("{n} {kind}"),
        });
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        writeln!(out, "not read: {files} {} ({kinds})", if files == 1 { "file" } else { "files" })
    }
}

/// Whether a file says how to check the tree.
fn is_our_own(path: &str) -> bool {
    path == config::FILE_NAME
        || path.strip_prefix(packs::FOLDER).is_some_and(|rest| rest.starts_with('/'))
}

/// The kind of a file by its ending, which is printed as it is.
fn kind(path: &str) -> SmolStr {
    let ending = base_name(path).rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_plain = |ending: &String| {
        ending.len() <= LONGEST
            && ending.bytes().any(|byte| byte.is_ascii_alphabetic())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    match ending.filter(is_plain) {
        Some(ending) if DOCUMENTS.contains(&ending.as_str()) => {
            SmolStr::new_static("documents and images")
        }
        Some(ending) => format_smolstr!(".{ending}"),
        None => SmolStr::new_static("without an ending"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_go_by_the_ending() {
        let of = |path| kind(path).to_string();
        assert_eq!(of("a/b.tar.GZ"), ".gz");
        assert_eq!(of(".gitignore"), ".gitignore");
        assert_eq!(of("docs/a.md"), "documents and images");
        for odd in ["LICENSE", "a.d/b", "man/tool.8", "a.\u{1b}[2J", "a."] {
            assert_eq!(of(odd), "without an ending", "{odd:?}");
        }
    }

    #[test]
    fn the_commonest_kinds_come_first_and_the_rest_is_counted() {
        let counts = [("a", 1), ("b", 3), ("c", 3), ("d", 9), ("e", 2), ("f", 1), ("g", 1)];
        let own = NotRead(counts.map(|(kind, n)| (SmolStr::new(kind), n)).into());
        let mut out = Vec::new();
        own.write(&mut out).expect("writes");
        let line = "not read: 20 files (9 d, 3 b, 3 c, 2 e, 1 a, 2 others)\n";
        assert_eq!(String::from_utf8_lossy(&out), line);
    }
}

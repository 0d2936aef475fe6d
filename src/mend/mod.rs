//! Files as the fixes of findings leave them, and how they are written.

mod write;

pub use write::{WriteError, write};

use crate::finding::Sureness;
use crate::report::{Edit, Fix, Resolved};
use similar::TextDiff;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A file that fixes change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mended {
    /// Its path in the tree.
    pub path: SmolStr,
    /// Its text so far.
    pub before: String,
    /// Its text with the edits made.
    pub after: String,
    /// What was edited, in the order of the text.
    pub edits: Vec<Edit>,
}

impl Mended {
    /// The difference as `git apply` and `patch -p1` take it, with three lines around each change.
    pub fn diff(&self) -> String {
        let name = |side| format!("{side}/{}", crate::report::printable(&self.path));
        TextDiff::from_lines(&self.before, &self.after)
            .unified_diff()
            .context_radius(3)
            .header(&name("a"), &name("b"))
            .to_string()
    }
}

/// The fix of a finding, if it is as sure as wanted and the finding counts.
pub fn wanted(finding: &Resolved, least: Sureness) -> Option<&Fix> {
    let fix = finding.fix.as_ref().filter(|_| finding.silenced.is_none())?;
    (fix.sureness <= least).then_some(fix)
}

/// The files that these edits change, by path. Of edits that meet, the first is made; files whose
/// text `read` does not give are left as they are.
pub fn mend<'e>(
    edits: impl Iterator<Item = &'e Edit>,
    read: impl Fn(&str) -> Option<String>,
) -> Vec<Mended> {
    let mut by_path: BTreeMap<&SmolStr, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        by_path.entry(&edit.place.path).or_default().push(edit);
    }
    let files = by_path.into_iter().filter_map(|(path, mut edits)| {
        let before = read(path)?;
        edits.sort_by_key(|own| own.place.source.1);
        let mut after = String::with_capacity(before.len());
        let (mut done, mut made) = (0, Vec::new());
        for edit in edits {
            let span = edit.place.source.1.range();
            let Some(kept) = before.get(done..span.start) else { continue };
            if before.get(span.clone()).is_none() {
                continue;
            }
            after.push_str(kept);
            after.push_str(&edit.text);
            done = span.end;
            made.push(edit.clone());
        }
        after.push_str(&before[done..]);
        let path = path.clone();
        (after != before).then_some(Mended { path, before, after, edits: made })
    });
    files.collect()
}

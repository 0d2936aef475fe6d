//! What the fixes of a report make of a tree.

use super::{Analysis, Error};
use crate::finding::{Severity, Sureness};
use crate::mend::{self, Mended};
use crate::report::{Edit, Report, Resolved};
use rustc_hash::FxHashMap;
use std::path::Path;

/// How often edits that do harm are left out and the rest is tried again.
const ROUNDS: usize = 4;

/// What the fixes of a report change, after they were tried.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fixes {
    /// The files that change, by path.
    pub files: Vec<Mended>,
    /// Edits that are not made, each with the reason.
    pub left_out: Vec<(Edit, String)>,
    /// How many findings have a fix that is less sure than was asked for.
    pub less_sure: usize,
    /// The report of the tree with the edits made; the first one where there are none.
    pub after: Report,
}

impl Fixes {
    /// The edits that are made.
    pub fn edits(&self) -> impl Iterator<Item = &Edit> {
        self.files.iter().flat_map(|file| &file.edits)
    }

    /// All changes as one text that `git apply` and `patch -p1` take.
    pub fn diff(&self) -> String {
        self.files.iter().map(Mended::diff).collect()
    }
}

/// A fix that is tried, and the finding that it mends.
struct Tried<'r> {
    edit: &'r Edit,
    key: Key,
    why_not: Option<String>,
}

/// What a finding is, wherever its line went.
type Key = (&'static str, String, Option<String>, String);

fn key(finding: &Resolved) -> Key {
    let entity = finding.entity.as_ref().map(ToString::to_string);
    (finding.rule, finding.primary.path.to_string(), entity, finding.message.clone())
}

fn counted<'r>(findings: impl Iterator<Item = &'r Resolved>) -> FxHashMap<Key, usize> {
    let mut counts = FxHashMap::default();
    for finding in findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    counts
}

impl Analysis {
    /// The fixes of `report` that are at least as sure as `least`.
    ///
    /// They are made in memory, and the tree is checked again: an edit after which its finding
    /// still stands is left out, and one that brings another error or warning, too.
    ///
    /// # Errors
    /// As those of [`Analysis::check`].
    ///
    /// ```
    /// use crosscheck::{Analysis, Options, Sureness, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let tree = Tree::of_files([
    ///     ("modules/web/manifests/init.pp", "class web {\n  include web::tsl\n}\n"),
    ///     ("modules/web/manifests/tls.pp", "class web::tls {}\n"),
    /// ]);
    /// let analysis = Analysis::new(tree, &Options::new())?;
    /// let fixes = analysis.fixes(analysis.check()?, Sureness::Likely)?;
    /// assert!(fixes.diff().contains("+  include web::tls\n"));
    /// assert_eq!(fixes.after.worst(), None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fixes(&self, report: Report, least: Sureness) -> Result<Fixes, Error> {
        let own = |finding| Some((finding, mend::wanted(finding, least)?));
        let has_other = |own: &&Resolved| own.fix.as_ref().is_some_and(|fix| fix.sureness > least);
        let less_sure = report.findings().filter(has_other).count();
        let view = self.tree().any_view();
        let entries = view.entries().iter().enumerate();
        let paths: FxHashMap<&str, usize> =
            entries.map(|(ix, own)| (own.path.as_str(), ix)).collect();
        let text = |path: &str| String::from_utf8(view.reader().read(*paths.get(path)?).ok()?).ok();
        let mut tried: Vec<Tried<'_>> = (report.findings().filter_map(own))
            .map(|(finding, fix)| {
                let is_joined = !paths.contains_key(fix.edit.place.path.as_str());
                let why_not = is_joined.then(|| "it is of a joined tree".to_owned());
                Tried { edit: &fix.edit, key: key(finding), why_not }
            })
            .collect();
        let before = counted(report.all().iter());
        let mut found = (Vec::new(), None);
        for _ in 0..ROUNDS {
            let edits = tried.iter().filter(|own| own.why_not.is_none()).map(|own| own.edit);
            let files = mend::mend(edits, text);
            if files.is_empty() {
                found = (files, None);
                break;
            }
            let texts = files.iter().map(|own| (own.path.to_string(), own.after.clone().into()));
            let after = self.with(texts.collect())?.check()?;
            let does_harm = leave_out(&mut tried, &files, &before, &after);
            found = (files, Some(after));
            if !does_harm {
                break;
            }
            // What was tried last is not what is left.
            found = (Vec::new(), None);
        }
        let (files, after) = found;
        if files.is_empty() {
            // Nothing stood the trial in time: nothing is changed.
            for own in tried.iter_mut().filter(|own| own.why_not.is_none()) {
                own.why_not = Some("edits beside it do harm".to_owned());
            }
        }
        let left_out =
            tried.iter().filter_map(|own| Some((own.edit.clone(), own.why_not.clone()?)));
        let left_out = left_out.collect();
        Ok(Fixes { files, left_out, less_sure, after: after.unwrap_or(report) })
    }

    /// Writes mended files into the folder that the tree was opened from: all of them, or none.
    ///
    /// # Errors
    /// [`Error::Usage`] where the tree is no folder; [`Error::Write`] where a file changed since
    /// it was read, or cannot be written.
    pub fn write(&self, files: &[Mended]) -> Result<(), Error> {
        mend::write(files, self.folder()?).map_err(Error::Write)
    }

    /// The folder that the tree was opened from.
    ///
    /// # Errors
    /// [`Error::Usage`] where it is an archive, a revision or the index.
    pub fn folder(&self) -> Result<&Path, Error> {
        let tree = self.tree();
        let home = tree.home().filter(|home| tree.is_folder() && home.is_dir());
        home.ok_or_else(|| {
            let named = tree.label();
            Error::Usage(format!("`{named}` is no folder: only the files of one can be changed"))
        })
    }
}

/// Marks the edits that do not mend their finding, and those of files in which something new is
/// wrong. Whether there were any.
fn leave_out(
    tried: &mut [Tried<'_>],
    files: &[Mended],
    before: &FxHashMap<Key, usize>,
    after: &Report,
) -> bool {
    let now = counted(after.all().iter());
    let had = |key: &Key| before.get(key).copied().unwrap_or_default();
    let new = after.findings().filter(|own| own.severity >= Severity::Warning);
    let new: Vec<&Resolved> =
        new.filter(|own| now.get(&key(own)).copied() > Some(had(&key(own)))).collect();
    let is_changed = |path: &str| files.iter().any(|own| own.path == path);
    let mut does_harm = false;
    for own in tried.iter_mut().filter(|own| own.why_not.is_none()) {
        let path = &own.edit.place.path;
        // What is wrong in a file that nothing changed is the doing of any of them.
        let harm =
            new.iter().find(|new| new.primary.path == *path || !is_changed(&new.primary.path));
        own.why_not = match harm {
            Some(new) => Some(format!("it would bring: {}", new.message)),
            None if now.get(&own.key).copied() >= Some(had(&own.key)) => {
                Some("the finding would stand".to_owned())
            }
            None => continue,
        };
        does_harm = true;
    }
    does_harm
}

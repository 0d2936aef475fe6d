//! Facts that outlive a run: a folder of flat files, of which any may be missing, damaged or
//! written by others at the same time. It never makes a run fail and never changes an answer: what
//! is not there, or not sound, is made anew.
//!
//! ```text
//! ROOT/VERSION-OF-THE-FACTS/SCOPE/NUMBER.facts
//! ```
//!
//! A scope is one repository or folder. Each run that made something new adds a file; where there
//! are many, the run that sees it writes one in their place. Files are never changed: a run that
//! reads them beside others sees each whole or not at all.

mod segment;

use segment::{Entry, Segment, Which};
pub use segment::{Name, Terms};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{fs, io, process};

/// Most files of a scope before they become one.
const MOST_FILES: usize = 6;
/// Most bytes of a scope that hold what its last run did not ask for: all of them are read by each
/// run. Beyond, only what the run asked for is kept.
const MOST_OF_SCOPE: u64 = 64 << 20;
/// Most bytes of a root; beyond, the scopes that were longest out of use go.
const MOST_OF_ROOT: u64 = 1 << 30;

/// What an entry's terms ask for which is no facts, but says where they are.
pub const ASIDE: u8 = 1 << 7;

/// The facts that are kept of one scope.
pub struct Store {
    root: PathBuf,
    folder: PathBuf,
    segments: Vec<Segment>,
    fresh: Mutex<Vec<Entry>>,
}

impl Store {
    /// What `root` keeps of `scope` for this version of the facts. Nothing has to be there.
    pub fn open(root: &Path, version: &str, scope: &str) -> Self {
        let folder = root.join(version).join(scope);
        let segments = files(&folder).into_iter().filter_map(Segment::read).collect();
        Self { root: root.to_owned(), folder, segments, fresh: Mutex::default() }
    }

    /// The entry of this name that holds under what `holds` says.
    pub fn get(&self, name: &Name, holds: impl Fn(Terms) -> bool + Copy) -> Option<&[u8]> {
        self.segments.iter().find_map(|segment| segment.find(name, holds))
    }

    /// Keeps an entry, once [`Store::save`] is called.
    pub fn put(&self, name: Name, terms: Terms, contents: Vec<u8>) {
        let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        fresh.push((name, terms, contents));
    }

    /// Writes what is new, and keeps the folders within their bounds.
    ///
    /// # Errors
    /// What the system says. Nothing that was there before is lost.
    pub fn save(&self) -> io::Result<()> {
        let fresh = std::mem::take(&mut *self.fresh.lock().unwrap_or_else(PoisonError::into_inner));
        if fresh.is_empty() {
            if self.segments.iter().any(Segment::is_used) {
                fs::File::open(&self.folder)?.set_modified(SystemTime::now())?;
            }
            return Ok(());
        }
        make_private(&self.root)?;
        fs::create_dir_all(&self.folder)?;
        unfinished(&self.folder).iter().filter(|own| is_abandoned(own)).for_each(|own| {
            // Where it cannot go, it stays.
            let _ = fs::remove_file(own);
        });
        let old: u64 = self.segments.iter().map(Segment::size).sum();
        let gather = self.segments.len() >= MOST_FILES;
        let mut all: Vec<(Name, Terms, &[u8])> =
            fresh.iter().map(|(name, terms, own)| (*name, *terms, own.as_slice())).collect();
        if gather {
            let which = if old < MOST_OF_SCOPE { Which::All } else { Which::Used };
            all.extend(self.segments.iter().flat_map(|own| own.entries(which)));
        }
        let Some(bytes) = segment::encode(&all) else { return Ok(()) };
        segment::write(&self.folder.join(file_name()), &bytes)?;
        if gather {
            self.segments.iter().for_each(|own| drop(fs::remove_file(&own.path)));
        }
        bound(&self.root, &self.folder)
    }
}

/// How much a root keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// Repositories and folders.
    pub scopes: usize,
    /// Files that facts are kept of.
    pub entries: usize,
    /// Bytes on disk.
    pub bytes: u64,
}

/// How much `root` keeps, of all versions.
pub fn extent(root: &Path) -> Extent {
    let mut extent = Extent::default();
    for scope in scopes(root) {
        extent.scopes += 1;
        for file in files(&scope) {
            extent.bytes += size(&file);
            extent.entries += Segment::read(file).map_or(0, |own| own.facts());
        }
    }
    extent
}

/// Removes what `root` keeps, and nothing that is not ours.
///
/// # Errors
/// What the system says.
pub fn clear(root: &Path) -> io::Result<()> {
    for scope in scopes(root) {
        remove(&scope)?;
        if let Some(version) = scope.parent() {
            // Another run may just be writing there.
            let _ = fs::remove_dir(version);
        }
    }
    Ok(())
}

/// Removes a scope's files and then its folder, unless something else lies in it.
fn remove(scope: &Path) -> io::Result<()> {
    for file in files(scope).into_iter().chain(unfinished(scope)) {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let _ = fs::remove_dir(scope);
    Ok(())
}

/// Makes the scopes that were longest out of use go while there is more than a root may keep; that
/// of the run stays.
fn bound(root: &Path, own: &Path) -> io::Result<()> {
    let mut all: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for scope in scopes(root) {
        let used = fs::metadata(&scope).and_then(|about| about.modified()).unwrap_or(UNIX_EPOCH);
        all.push((used, files(&scope).iter().map(|file| size(file)).sum(), scope));
    }
    let mut total: u64 = all.iter().map(|(_, size, _)| size).sum();
    all.sort();
    for (_, size, scope) in all.into_iter().filter(|(_, _, scope)| scope != own) {
        if total <= MOST_OF_ROOT {
            break;
        }
        remove(&scope)?;
        total -= size;
    }
    Ok(())
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |about| about.len())
}

/// Folders of `folder`; links are none.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let read = fs::read_dir(folder).into_iter().flatten().flatten();
    read.filter(is_folder).map(|entry| entry.path()).collect()
}

/// The scopes of a root: two levels of folders with names of ours.
fn scopes(root: &Path) -> Vec<PathBuf> {
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.len() == NAME_LENGTH && name.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let versions = folders(root).into_iter().filter(is_ours);
    versions.flat_map(|version| folders(&version)).filter(is_ours).collect()
}

/// Letters of the name of a version's or a scope's folder.
const NAME_LENGTH: usize = 16;
const ENDING: &str = "facts";

/// The files of a scope, sorted.
fn files(scope: &Path) -> Vec<PathBuf> {
    ending_with(scope, ENDING)
}

/// Files of a scope that are being written, or were when their run ended.
fn unfinished(scope: &Path) -> Vec<PathBuf> {
    ending_with(scope, segment::UNFINISHED)
}

/// Whether the run that wrote a file has ended: it is older than any run takes for a file.
fn is_abandoned(file: &Path) -> bool {
    let modified = fs::metadata(file).and_then(|about| about.modified());
    let age = modified.ok().and_then(|then| SystemTime::now().duration_since(then).ok());
    age.is_some_and(|age| age > ABANDONED)
}

/// How old a file is that nobody writes any more.
const ABANDONED: Duration = Duration::from_secs(3600);

fn ending_with(scope: &Path, ending: &str) -> Vec<PathBuf> {
    let is_file = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_file());
    let is_ours = |path: &PathBuf| path.extension().is_some_and(|own| own == ending);
    let read = fs::read_dir(scope).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> =
        read.filter(is_file).map(|entry| entry.path()).filter(is_ours).collect();
    all.sort();
    all
}

/// A name that no other run takes at the same time.
fn file_name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:016x}-{:08x}.{ENDING}", since.as_nanos() as u64, process::id())
}

/// Facts quote the files that they are of: nobody else is to read them.
fn make_private(root: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(root)
}

#[cfg(test)]
mod tests;

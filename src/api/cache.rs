//! Facts that outlive a run.

use super::{Options, Tree};
use crate::facts;
use crate::loader::Loader;
use crate::store::{self, Store};
use crate::tree::BlobId;
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};

/// A folder in which facts outlive a run; see [`Options::cache`].
///
/// ```
/// use crosscheck::{Analysis, Cache, Options, Tree};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let options = Options::new().cache(folder.path());
/// let cold = Analysis::new(Tree::open("fixtures/library/new")?, &options)?.check()?;
/// let cache = Cache::at(folder.path());
/// assert!(cache.extent().files > 0);
/// // What did not change is not read again.
/// let warm = Analysis::new(Tree::open("fixtures/library/new")?, &options)?.check()?;
/// assert_eq!(cold.findings().count(), warm.findings().count());
/// cache.clear()?;
/// assert_eq!(cache.extent().files, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

/// How much a cache holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CacheExtent {
    /// Repositories and folders.
    pub trees: usize,
    /// Files whose facts are kept; each version of a file counts.
    pub files: usize,
    /// Bytes on disk.
    pub bytes: u64,
}

impl Cache {
    /// The cache in this folder, which does not have to be there.
    pub fn at(root: impl AsRef<Path>) -> Self {
        Self { root: root.as_ref().to_owned() }
    }

    /// How much it holds, of all versions of the program.
    pub fn extent(&self) -> CacheExtent {
        let store::Extent { scopes, entries, bytes } = store::extent(&self.root);
        CacheExtent { trees: scopes, files: entries, bytes }
    }

    /// Removes what it holds, and nothing else that lies in the folder.
    ///
    /// # Errors
    /// What the system says.
    pub fn clear(&self) -> io::Result<()> {
        store::clear(&self.root)
    }
}

/// The loader with the cache that the options name, as far as it can serve `tree`: a tree in memory
/// has no place that a later run could know it by, and a cache that lies in the tree would become
/// a part of what is read.
pub(super) fn cached(loader: Loader, options: &Options, tree: &Tree) -> Loader {
    let Some((root, home)) = options.cache.as_ref().zip(tree.home()) else { return loader };
    let root = std::path::absolute(root).unwrap_or_else(|_| root.clone());
    // It may not be there yet: what counts is the part that is.
    let there = root.ancestors().find_map(|own| own.canonicalize().ok());
    if there.is_none_or(|there| tree.is_folder() && there.starts_with(home)) {
        return loader;
    }
    let id = BlobId::of(home.as_os_str().as_encoded_bytes());
    let scope: String = id.0[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    loader.keeping(Store::open(&root, facts::version(), &scope))
}

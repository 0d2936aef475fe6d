//! What a tree is called among others.

use super::Error;
use crate::fleet;

/// What a tree is called among others.
///
/// ```
/// use crosscheck::Repository;
///
/// let own = Repository::new("web/puppet", "0123abc")?;
/// assert_eq!(own.name(), "web/puppet");
/// assert!(Repository::new("../etc", "").is_err());
/// # Ok::<(), crosscheck::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    pub(super) name: String,
    pub(super) revision: String,
}

impl Repository {
    /// A repository of this name, which is also the folder that it is joined as, at this revision;
    /// empty where that is not known.
    ///
    /// # Errors
    /// Where the name is no path below a root, or the revision no word.
    pub fn new(name: impl Into<String>, revision: impl Into<String>) -> Result<Self, Error> {
        let (name, revision) = (name.into(), revision.into());
        if !fleet::is_name(&name) {
            return Err(Error::Usage(format!(
                "`{name}` is no name for a repository: use a plain word, or words with `/` between"
            )));
        }
        if revision.len() > 100 || revision.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Error::Usage(format!("`{revision}` is no name for a revision")));
        }
        Ok(Self { name, revision })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The revision; empty where it is not known.
    pub fn revision(&self) -> &str {
        &self.revision
    }
}

//! What files say.

use super::Analysis;
use crate::extract::Settings;
use crate::facts::FileFacts;
use crate::{loader, systems};
use serde::Serialize;
use std::sync::Arc;

/// A file with what it says.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct File {
    /// Its path.
    pub path: String,
    /// The systems that read it.
    pub systems: Vec<&'static str>,
    /// What it provides and requires, the interfaces that it declares and its calls of others.
    pub facts: Arc<FileFacts>,
}

impl Analysis {
    /// What each file of the tree says, by path. Files that no system reads say nothing and are
    /// left out.
    ///
    /// ```
    /// use crosscheck::{Analysis, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let tree = Tree::open("fixtures/library/old")?;
    /// let files = Analysis::new(tree, &Options::new())?.facts();
    /// let site = &files[0];
    /// assert_eq!(site.path, "manifests/site.pp");
    /// assert_eq!(site.facts.calls[0].args[0].name, "host");
    /// # Ok(())
    /// # }
    /// ```
    pub fn facts(&self) -> Vec<File> {
        let files = self.world().new.files.iter().filter(|file| !file.systems.is_empty());
        files
            .map(|file| File {
                path: file.entry.path.to_string(),
                systems: file.systems.clone(),
                facts: Arc::new(file.facts.facts().clone()),
            })
            .collect()
    }
}

/// What a file of this path and these contents says, read by every system that takes it.
///
/// The calling thread does the work, and parsers recurse: give it a stack of some megabytes.
///
/// ```
/// let facts = crosscheck::facts_of("modules/web/manifests/init.pp", b"class web {}");
/// assert_eq!(facts.provides[0].name.to_string(), "web");
/// ```
pub fn facts_of(path: &str, contents: &[u8]) -> FileFacts {
    loader::facts_of(systems::readers(), &Settings::default(), path, contents)
}

/// A system that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KnownSystem {
    /// Its name.
    pub name: &'static str,
    /// How statistics call its formats.
    pub formats: Vec<&'static str>,
}

/// The systems that are read, in the order in which they see a file.
///
/// ```
/// assert!(crosscheck::known_systems().iter().any(|system| system.name == "puppet"));
/// ```
pub fn known_systems() -> Vec<KnownSystem> {
    let known = systems::SYSTEMS.iter().map(|system| {
        let mut formats: Vec<&'static str> =
            system.readers().iter().map(|reader| reader.system()).collect();
        formats.dedup();
        KnownSystem { name: system.name(), formats }
    });
    known.collect()
}

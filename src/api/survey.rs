//! A first configuration for a tree that has none.

use super::{Error, Options, Tree, analysis};
use crate::config::Config;
use crate::graph::Policy;
use crate::loader::Role;
use crate::pipeline;
use crate::survey;

/// What a tree looks like: its systems, where its code stands, which of its paths are staging's
/// and which production's, and what it takes from elsewhere.
///
/// ```
/// use crosscheck::{Survey, Tree};
///
/// # fn main() -> Result<(), crosscheck::Error> {
/// let survey = Survey::of(&Tree::open("fixtures/library/old")?)?;
/// assert!(survey.to_configuration()?.contains("version: 1"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Survey(survey::Survey);

impl Survey {
    /// Name of the configuration's schema, as this project publishes it.
    pub const SCHEMA_NAME: &str = survey::SCHEMA_NAME;

    /// Looks at a tree, whatever its own configuration says.
    ///
    /// # Errors
    /// Where the tree's packs cannot be used.
    pub fn of(tree: &Tree) -> Result<Self, Error> {
        let view = tree.any_view();
        let mut config = Config::default();
        pipeline::discover_settings(view.as_ref(), &mut config).map_err(Error::Usage)?;
        let loader = pipeline::loader(&config).map_err(Error::Usage)?;
        Ok(Self(analysis::pool(&Options::new())?.install(|| {
            let snapshot = loader.load(Role::New, view.clone());
            survey::Survey::of(&pipeline::graph(&snapshot, &Policy::default()))
        })))
    }

    /// Names the place of the configuration's schema, for editors.
    pub fn with_schema(mut self, path: &str) -> Self {
        self.0.schema = Some(path.into());
        self
    }

    /// A commented configuration.
    ///
    /// # Errors
    /// Where the tree's paths are such that it could not be read again.
    pub fn to_configuration(&self) -> Result<String, Error> {
        let text = self.0.to_configuration();
        // What is written has to be read again, whatever the tree's paths are.
        match Config::parse(&text) {
            Ok(_) => Ok(text),
            Err(error) => Err(Error::Unwritable(error.to_string())),
        }
    }
}

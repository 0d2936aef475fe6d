//! Environments side by side.

use super::{Analysis, Error};
use crate::pipeline;
use crate::tree::History;
use crate::twins;

pub use crate::twins::{
    Aside, Difference, Expected, Found, Named, Page, Place, Read, Report, Side, Step, Summary,
    Until, Versions, What,
};

impl Analysis {
    /// Compares the environments of the tree: those that the configuration names, or that names
    /// of files and folders show (`staging/` beside `production/`, `values-dev.yaml`,
    /// `X-preprod`), and what its `mapping` pairs. Of the tree's history at most `commits` are read, to say since when
    /// something differs.
    ///
    /// # Errors
    /// [`Error::NoEnvironments`] where the tree has no two environments.
    ///
    /// ```
    /// use crosscheck::{Analysis, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let tree = Tree::of_files([
    ///     ("values-staging.yaml", "cache: {size: 1, ttl: 2}\n"),
    ///     ("values-production.yaml", "cache: {size: 8}\n"),
    /// ]);
    /// let report = Analysis::new(tree, &Options::new())?.environments(0)?;
    /// assert_eq!(report.differences[0].name.as_deref(), Some("cache.ttl"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn environments(&self, commits: usize) -> Result<Report, Error> {
        let settings = twins::Settings::of(&self.config).map_err(Error::Usage)?;
        let tree = self.tree();
        let history = match commits {
            0 => None,
            limit => History::of(tree.label(), tree.repository(), limit),
        };
        let snapshot = &self.whole_world()?.new;
        let policy = self.config.policy();
        let report = self.run(|| {
            let graph = pipeline::graph(snapshot, &policy);
            twins::answer(&graph, &settings, history.as_ref())
        });
        if report.steps.is_empty() {
            return Err(Error::NoEnvironments { tree: tree.label().to_owned() });
        }
        Ok(report)
    }
}

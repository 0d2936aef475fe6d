//! In which order a change can land.

use super::{Analysis, Error};
use crate::deploy::{self, Deployment};
use crate::graph::{Graph, PathKind};
use crate::pipeline;

pub use crate::deploy::{
    Basis, Callers, Cycle, Deployed, EarlyStep, Edge, Format, Location, MechanismResult, Member,
    OrderReport, Reach, Rebuild, RolloutReport, ServiceOutage, Step, Suppression, Unread, Watcher,
    Wave,
};

impl Analysis {
    /// Plans the order in which the change can land: its waves, what stands against any other
    /// order, and what is down on the way. `callers` says whose needs count.
    ///
    /// # Errors
    /// [`Error::Usage`] where there is no change: [`Analysis::against`] says what is deployed.
    ///
    /// ```
    /// use crosscheck::rollout::{Callers, Format};
    /// use crosscheck::{Analysis, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let (old, new) = (Tree::open("fixtures/library/old")?, Tree::open("fixtures/library/new")?);
    /// let analysis = Analysis::new(new, &Options::new())?.against(old)?;
    /// let plan = analysis.rollout(Callers::Live)?;
    /// assert_eq!(plan.units, 3);
    /// println!("{}", plan.text(Format::Human));
    /// # Ok(())
    /// # }
    /// ```
    pub fn rollout(&self, callers: Callers) -> Result<RolloutReport, Error> {
        self.deployment(callers, |deployment, (old, new)| {
            let settings = self.config.rollout.clone().unwrap_or_default();
            let windows = if settings.units.is_empty() && self.config.joined.is_empty() {
                deploy::windows(
                    settings.mechanism,
                    &deployment.units,
                    &deployment.needs,
                    &settings.order,
                )
            } else {
                Vec::new()
            };
            let reached = deploy::reached(old, new, &deployment.units);
            let derived = &self.config.packs.0.derived;
            let graphs = (old, new);
            let today = self.options.day();
            RolloutReport::of(deployment, &windows, &reached, graphs, &settings, derived, today)
        })
    }

    /// Judges an order that somebody made: one step a line, each a path, a folder or a unit.
    ///
    /// # Errors
    /// [`Error::Usage`] where there is no change, or a line names nothing that either tree has.
    ///
    /// ```
    /// use crosscheck::rollout::Callers;
    /// use crosscheck::{Analysis, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let (old, new) = (Tree::open("fixtures/library/old")?, Tree::open("fixtures/library/new")?);
    /// let analysis = Analysis::new(new, &Options::new())?.against(old)?;
    /// let judged = analysis.check_order("modules/web/manifests\n", Callers::Live)?;
    /// assert!(!judged.safe && judged.never.contains(&"modules/web/files/banner".into()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn check_order(&self, order: &str, callers: Callers) -> Result<OrderReport, Error> {
        let judged = self.deployment(callers, |deployment, graphs| {
            let exists = |path: &str| {
                let has = |graph: &Graph<'_>| graph.paths.look_up(path) != PathKind::Absent;
                has(graphs.0) || has(graphs.1)
            };
            let (broken, never) = deploy::check_order(deployment, order, exists)?;
            let settings = Default::default();
            let report = RolloutReport::of(deployment, &[], &[], graphs, &settings, &[], "");
            Ok(OrderReport::of(deployment, &report, &broken, &never))
        });
        judged?.map_err(Error::Usage)
    }

    /// What `ask` says of the planned change.
    fn deployment<T: Send>(
        &self,
        callers: Callers,
        ask: impl FnOnce(&Deployment, (&Graph<'_>, &Graph<'_>)) -> T + Send,
    ) -> Result<T, Error> {
        let world = self.whole_world()?;
        let Some((old, judged)) = world.before() else {
            return Err(Error::Usage("there is no change: name the tree that is deployed".into()));
        };
        let policy = self.config.policy();
        let settings = self.config.rollout.clone().unwrap_or_default();
        let answer = self.run(|| {
            let (new, old) = rayon::join(
                || pipeline::graph(&world.new, &policy),
                || pipeline::graph(old, &judged.policy),
            );
            let families = &self.config.packs.0.families;
            let joined = &self.config.joined;
            let changed = deploy::changed_files(&old, &new);
            let callers = callers.of_change(changed.iter().map(|file| file.path.as_str()));
            let deployment = Deployment::plan(&old, &new, &settings, joined, families, callers);
            ask(&deployment, (&old, &new))
        });
        // An order that some needs are missing from is none.
        self.finished(answer)
    }
}

//! Checks of a tree or a change.

use super::settings;
use super::{Analysis, Error};
use crate::deadline::Unfinished;
use crate::loader::Snapshot;
use crate::pipeline::{self, Asked};
use crate::report::{Report, Summary};
use crate::suppress::{self, Baseline, Silences};

impl Analysis {
    /// Checks the tree, or what the change breaks.
    ///
    /// # Errors
    /// Where the baseline cannot be used, or the tree holds files, and none that can be checked.
    ///
    /// ```
    /// use crosscheck::{Analysis, Options, Severity, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let tree = Tree::of_files([("modules/web/manifests/init.pp", "class web { include web::tls }")]);
    /// let report = Analysis::new(tree, &Options::new())?.check()?;
    /// assert_eq!(report.worst(), Some(Severity::Error));
    /// for finding in report.findings() {
    ///     let at = &finding.primary;
    ///     println!("{}:{}: {}", at.path, at.start.line, finding.message);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn check(&self) -> Result<Report, Error> {
        let baseline = settings::required_baseline(&self.options, &self.config, self.new.as_ref())?;
        let world = self.world();
        let is_read = self.unfinished().is_none();
        if is_read && !world.has_facts() && !self.tree().is_empty() {
            let tree = self.tree().label().to_owned();
            // The folder of a bare repository holds its revisions, not their files.
            let hint = match self.tree().is_bare_repository() {
                true => format!("; it is a git repository: a tree of it is {tree}@git:HEAD"),
                false => String::new(),
            };
            return Err(Error::NothingToCheck { tree, hint });
        }
        let report = self.run(|| self.report(baseline.as_ref()));
        if report.summary().unfinished.is_some() {
            return Ok(report);
        }
        let outside = baseline.filter(|own| world.old.is_none() && own.path.is_none());
        let fixed =
            outside.map_or(0, |own| suppress::fixed(&own, report.all(), &self.config).len());
        Ok(report.with_fixed(fixed))
    }

    /// What was left since the time of the run was over, so far.
    pub fn unfinished(&self) -> Option<Unfinished> {
        self.options.deadline.unfinished()
    }

    fn report(&self, baseline: Option<&Baseline>) -> Report {
        self.report_by(baseline, Asked::Beside)
    }

    /// The report, where findings of the tree before the change are asked for in these places.
    pub(crate) fn report_by(&self, baseline: Option<&Baseline>, asked: Asked) -> Report {
        let world = self.world();
        let sources = world.sources();
        let policy = self.config.policy();
        let today = self.options.day();
        let silences = Silences { config: &self.config, policy: &policy, baseline, today };
        let findings = match world.new.deadline.lacks_files() {
            true => pipeline::check_within_files(world, &silences, &sources),
            false => pipeline::check(world, &silences, &sources, asked),
        };
        let compared = world.old.is_some() || baseline.is_some();
        let mut summary = Summary { compared, ..Summary::of(&world.new) };
        let before = world.old.as_ref().map_or(0, Snapshot::absent);
        summary.absent = summary.absent.max(before);
        Report::new(findings, summary, sources)
    }

    /// The baseline so far: that of the options, or the one that the configuration names, which
    /// may not be there yet.
    ///
    /// # Errors
    /// Where it cannot be used.
    pub fn baseline(&self) -> Result<Option<Baseline>, Error> {
        settings::baseline(&self.options, &self.config, self.new.as_ref())
    }

    /// All present findings as a baseline. Entries of the one so far that still match keep
    /// their kind, reason and expiry.
    ///
    /// # Errors
    /// Where the baseline so far cannot be used.
    ///
    /// ```
    /// use crosscheck::{Analysis, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let tree = Tree::of_files([("modules/web/manifests/init.pp", "class web { include web::tls }")]);
    /// let baseline = Analysis::new(tree, &Options::new())?.new_baseline()?;
    /// assert_eq!(baseline.entries.len(), 1);
    /// assert!(baseline.to_text().contains("unresolved-reference"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn new_baseline(&self) -> Result<Baseline, Error> {
        let before = self.baseline()?;
        let report = self.run(|| self.report(None));
        let mut baseline = Baseline::of(self.finished(report)?.all());
        if let Some(before) = before {
            baseline.keep_what_is_said(&before);
        }
        Ok(baseline)
    }
}

//! Findings: what a check reports, before any format.

mod remedy;
mod silence;

pub use remedy::{Mending, Remedy, Sureness};
pub use silence::{EntryKind, Means, Silence};

use crate::catalog;
use crate::facts::{Entity, Span};
use crate::loader::{FileIx, Role};
pub use crate::severity::Severity;

/// A place in one of the run's trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Which tree.
    pub tree: Role,
    /// Which file of its snapshot.
    pub file: FileIx,
    /// Where in the file; the empty span at 0 stands for the file as a whole.
    pub span: Span,
}

/// A further place of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// What this place is: "removed here", "defined here".
    pub message: String,
    /// Where.
    pub place: Place,
}

/// What a finding is about, which decides how `--against` filters it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingScope {
    /// The tree alone: reported with `--against` only where the old tree lacks it.
    Tree,
    /// The change itself: always reported.
    Change,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's stable id.
    pub rule: &'static str,
    /// Severity, after configuration.
    pub severity: Severity,
    /// The tree, or the change.
    pub scope: FindingScope,
    /// What is wrong, one sentence, no trailing stop.
    pub message: String,
    /// What to do; empty when nothing helps beyond the rule's page.
    pub help: String,
    /// What it is about.
    pub entity: Option<Entity>,
    /// Where to look first.
    pub primary: Place,
    /// The label shown at the primary place: "required here".
    pub label: String,
    /// The other ends.
    pub related: Vec<Related>,
    /// What leads to the text that it is about; none where it acts by itself, or nothing is known.
    pub reach: Option<Reach>,
    /// What would mend it, where that is known and one text does it.
    pub remedy: Option<Remedy>,
}

/// What of a tree leads to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Nothing that was read: what is named acts only where something takes it in.
    Nothing(Entity),
    /// A chain from what acts by itself to what holds the text.
    Through {
        /// Each takes in the next.
        links: Vec<Entity>,
        /// How many are left out in the middle.
        left_out: usize,
    },
    /// It was not asked for yet.
    Untold,
}

impl Finding {
    /// A finding with neither help nor related places. Severity is the
    /// catalogue's unless [`Finding::severity`] is changed.
    pub fn new(rule: &'static str, message: impl Into<String>, primary: Place) -> Self {
        Self {
            rule,
            severity: catalog::find(rule).map_or(Severity::Error, |page| page.severity),
            scope: FindingScope::Tree,
            message: message.into(),
            help: String::new(),
            entity: None,
            primary,
            label: String::new(),
            related: Vec::new(),
            reach: None,
            remedy: None,
        }
    }

    /// Marks it as caused by the change.
    pub fn of_change(mut self) -> Self {
        self.scope = FindingScope::Change;
        self
    }

    /// Sets the severity.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Sets what it is about.
    pub fn entity(mut self, entity: Entity) -> Self {
        self.entity = Some(entity);
        self
    }

    /// Sets the remedy.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Sets what would mend it, if anything does.
    pub fn remedy(mut self, remedy: impl Into<Option<Remedy>>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// Sets the primary label.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds another end.
    pub fn related(mut self, message: impl Into<String>, place: Place) -> Self {
        self.related.push(Related { message: message.into(), place });
        self
    }
}

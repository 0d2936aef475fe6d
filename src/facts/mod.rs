//! What one file says, independent of every other file.
//!
//! A file *provides* and *requires* entities, declares *interfaces* (their parameters)
//! and makes *calls* (arguments passed to an interface). [`FileFacts`] is a pure
//! function of (extractor, path, contents), so it is shared by all trees of a run
//! that hold the same blob at the same path.

mod arg;
mod blanks;
mod day;
mod detail;
mod entity;
mod environment;
mod few;
mod interface;
mod kind;
mod migration;
mod names;
mod nearest;
mod nested;
mod path;
mod pattern;
mod payload;
mod property;
mod relation;
mod rules;
mod scope;
mod secrets;
mod span;
mod standing;
mod template;
mod version;
mod watch;

pub use arg::Arg;
pub(crate) use blanks::has_blank;
pub(crate) use day::{day, days_of};
pub use detail::{Detail, Reading};
pub use entity::Entity;
pub(crate) use entity::as_text;
pub use environment::Environment;
pub(crate) use environment::{is_given, is_variable_name};
pub use interface::{
    Arity, Call, CommandLine, Effect, Group, Interface, Param, Passed, Syntax, Word,
};
pub use kind::{Kind, PACKAGES, kinds};
pub(crate) use migration::is_migration;
pub(crate) use nearest::{differs_little, is_misspelt, is_one_edit, is_slip, nearest_of};
pub(crate) use path::{
    base_name, hiding, join_path, joined_in, parent_folder, path_in, split_path,
};
pub use pattern::{NamePattern, Piece};
pub(crate) use payload::{is_handed_out, is_template_of_unit};
pub use property::Property;
pub use relation::{Relation, Via, Wording};
pub use rules::{RULES, RuleName};
pub use scope::{Extent, Scope, Sought};
pub(crate) use secrets::{is_secret_name, is_secret_path};
pub use span::{LineIndex, Position, Span};
pub use standing::Standing;
pub(crate) use template::{TEMPLATE_ENDINGS, Template, TemplateLanguage, rendered};
pub use version::version;
pub use watch::{Matcher, Matching, Monitor, Silence};

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::borrow::Cow;
use std::sync::Arc;

/// Everything that one file says.
///
/// It can be written down and read again with serde, in any format, without a loss. Reading
/// fails on what this program cannot have written (a rule or a kind that it has no place for),
/// and in `serde_json` on commands within commands more than some thirty deep: whoever keeps
/// facts extracts them anew then.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Entities that exist because of this file.
    pub provides: Vec<Provide>,
    /// Entities that this file needs.
    pub requires: Vec<Require>,
    /// Parameter lists of entities that this file defines.
    pub interfaces: Vec<Interface>,
    /// Uses of an interface, with their arguments.
    pub calls: Vec<Call>,
    /// What could not be read or is wrong inside this one file.
    pub problems: Vec<Problem>,
    /// Inline `crosscheck: allow(RULE) reason` comments.
    pub allows: Vec<Allow>,
}

impl FileFacts {
    /// How many facts there are; problems and silences are none.
    pub fn count(&self) -> usize {
        self.provides.len() + self.requires.len() + self.interfaces.len() + self.calls.len()
    }
}

/// An entity that a file brings into being.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provide {
    /// Names the entity; may be a pattern when its name is built at run time
    /// (`file { "/etc/${x}.conf": }` provides `puppet.resource:File[/etc/*.conf]`).
    pub kind: Kind,
    /// The provided name.
    pub name: NamePattern,
    /// Where the definition stands: its name, not its whole body.
    pub span: Span,
    /// The definition (index into [`FileFacts::provides`]) in whose body this one
    /// stands, if any: a package resource inside a class.
    pub within: Option<u32>,
    /// What it says beside its name.
    pub detail: Detail,
}

/// One way to satisfy a [`Require`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ref {
    /// Kind of the entity.
    pub kind: Kind,
    /// Its name, or the pattern that some entity's name must match.
    pub name: NamePattern,
    /// From where the name is seen, where it means other things in other places. References of
    /// a file share theirs.
    pub scope: Option<Arc<Scope>>,
}

impl Ref {
    /// A reference to an exactly known name.
    pub fn exact(kind: Kind, name: impl Into<SmolStr>) -> Self {
        Self::new(kind, NamePattern::exact(name))
    }

    /// A reference by pattern (which may be exact).
    pub fn new(kind: Kind, name: NamePattern) -> Self {
        Self { kind, name, scope: None }
    }

    /// The same name as it is seen from somewhere.
    pub fn seen_from(self, scope: Arc<Scope>) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// The file or the folder that an exact name is seen from, and the name.
    pub fn placed(&self) -> Option<(&str, &str)> {
        Some((&self.scope.as_ref()?.from, self.name.as_exact()?.as_str()))
    }

    /// The kind of what is sought.
    pub fn sought(&self) -> Kind {
        match self.scope.as_ref().map(|scope| &scope.sought) {
            Some(Sought::Kind(kind, _)) => *kind,
            _ => self.kind,
        }
    }

    /// What it names, as an entity: of something that only a folder has, the folder stands
    /// before the name, as baselines know it.
    pub fn entity(&self) -> Entity {
        match &self.scope {
            None => Entity::new(self.kind, self.name.to_string()),
            Some(scope) => Entity::placed(self.kind, &scope.from, &self.name),
        }
    }

    /// What a reader calls it: its name; of a whole file, the file.
    pub fn shown(&self) -> Cow<'_, str> {
        match (&self.name, &self.scope) {
            (NamePattern::Exact(name), Some(scope)) if name.is_empty() => (&*scope.from).into(),
            (NamePattern::Exact(name), _) => name.as_str().into(),
            (pattern, _) => pattern.to_string().into(),
        }
    }
}

/// How certain it is that a missing target breaks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Part of the graph (`why`, `impact`), but never reported: guarded by
    /// `defined()`, `file_exists()`, `|| true`, or merely a mention.
    Guarded,
    /// Reported as a warning: likely, but something unseen may provide it.
    Likely,
    /// Reported as an error where the namespace is closed.
    Certain,
}

/// Something that a file needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Require {
    /// Any one of these satisfies the requirement; never empty. The first is the
    /// one that a report names.
    #[serde(serialize_with = "few::serialize", deserialize_with = "few::not_empty")]
    pub any_of: SmallVec<[Ref; 1]>,
    /// The text that names the target.
    pub span: Span,
    /// Where the name is put together, if that is another place than `span`: a loop over a
    /// list of names.
    pub composed: Option<Span>,
    /// How certain a failure is.
    pub strength: Strength,
    /// What it is to the file, or to the definition that it stands in.
    pub relation: Relation,
    /// The construct that requires, as its users call it: `include`, `source`,
    /// `template()`, `use_backend`. For reports alone.
    #[serde(deserialize_with = "relation::read")]
    pub via: Wording,
    /// The definition (index into [`FileFacts::provides`]) in whose body it stands.
    pub within: Option<u32>,
}

impl Require {
    /// A certain requirement with one target.
    pub fn certain(target: Ref, span: Span, via: impl Into<Via>, within: Option<u32>) -> Self {
        Self::any_of(smallvec::smallvec![target], span, via, within)
    }

    /// A certain requirement that any of the targets satisfies; there is one at least.
    pub fn any_of(
        any_of: SmallVec<[Ref; 1]>,
        span: Span,
        via: impl Into<Via>,
        within: Option<u32>,
    ) -> Self {
        let Via { relation, wording } = via.into();
        let strength = Strength::Certain;
        Self { any_of, span, composed: None, strength, relation, via: wording, within }
    }

    /// The same requirement with another strength.
    pub fn with_strength(mut self, strength: Strength) -> Self {
        self.strength = strength;
        self
    }

    /// The same requirement, satisfied by `target` too.
    pub fn or(mut self, target: Ref) -> Self {
        self.any_of.push(target);
        self
    }
}

/// A defect that is visible in one file alone, or a note on what was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The rule that reports it: `parse-error`, `unsupported-syntax`,
    /// `limit-reached`, or a rule that needs only this file (`shadowed-rule`). One of
    /// [`RULES`].
    #[serde(deserialize_with = "rules::read")]
    pub rule: RuleName,
    /// What is wrong, one sentence, no trailing stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// [`Strength::Certain`] for the rule's own severity, less for a warning at most.
    pub strength: Strength,
    /// The entity that it is about, if any.
    pub entity: Option<Entity>,
    /// What to do about it; empty when the rule's own help suffices.
    pub help: String,
    /// Further places in the same file, with what each one is.
    pub related: Vec<(Span, String)>,
    /// The word that was most likely meant in place of the one at `span`, where that is known.
    pub meant: Option<SmolStr>,
}

impl Problem {
    /// A problem with neither help nor related places.
    pub fn new(rule: RuleName, message: impl Into<String>, span: Span) -> Self {
        Self {
            rule,
            message: message.into(),
            span,
            strength: Strength::Certain,
            entity: None,
            help: String::new(),
            related: Vec::new(),
            meant: None,
        }
    }
}

/// An inline `crosscheck: allow(RULE) reason` comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allow {
    /// Rules that are silenced.
    pub rules: Vec<SmolStr>,
    /// Why; empty is itself reported.
    pub reason: SmolStr,
    /// The comment. It silences its own line and the next one.
    pub span: Span,
}

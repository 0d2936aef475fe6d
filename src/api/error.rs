//! The one error of the library.

use crate::config::ConfigError;
use crate::deadline::Unfinished;
use crate::mend::WriteError;
use crate::packages::IndexError;
use crate::promote::ApplyError;
use crate::tree::TreeError;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A tree cannot be opened or read.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A folder or an archive holds no files: more likely a mistake than a tree.
    #[error("{tree} holds no files: nothing to check")]
    Empty {
        /// The tree, as it was named.
        tree: String,
    },
    /// A tree holds files, and none that can be checked.
    #[error("{tree} holds no file of a system that crosscheck knows: nothing to check{hint}")]
    NothingToCheck {
        /// The tree, as it was named.
        tree: String,
        /// What was meant instead, as the end of a sentence; empty where nothing hints at it.
        hint: String,
    },
    /// A tree has no two environments that could be compared.
    #[error(
        "{tree} has no two environments: none that names of files and folders show; \
         `environments: {{chain: [dev, staging, production]}}` in crosscheck.yaml names others"
    )]
    NoEnvironments {
        /// The tree, as it was named.
        tree: String,
    },
    /// Both environments of a promotion stand in one tree, and nothing that was asked for has a
    /// counterpart in the other one.
    #[error("{what}: {help}")]
    NothingPairs {
        /// What pairs with nothing.
        what: String,
        /// What to do.
        help: String,
    },
    /// A configuration cannot be used.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// What was asked for, or what the tree says beside its configuration, cannot be used: a
    /// baseline, a pack, a joined tree, a path, an order.
    #[error("{0}")]
    Usage(String),
    /// A package index cannot be read.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Nothing in the tree has the name that was asked for, or several things have it.
    #[error("{0}")]
    Name(String),
    /// A promotion was not, or not wholly, written.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// Fixes were not written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What a survey saw cannot be written as a configuration.
    #[error("what was seen cannot be written: {0}")]
    Unwritable(String),
    /// The time of the run was over before there was an answer; see
    /// [`Options::timeout`](crate::Options::timeout).
    #[error("{0}")]
    Unfinished(Unfinished),
    /// A file of facts cannot be used.
    #[error("{file}: {reason}")]
    FactsFile {
        /// The file, as it was named.
        file: String,
        /// Why.
        reason: String,
    },
    /// Facts cannot be written.
    #[error("the facts cannot be written: {0}")]
    Unwritten(String),
    /// The machine gives no threads.
    #[error("cannot start threads: {0}")]
    Threads(String),
}

/// Who can do something about an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Whoever asked, or wrote the configuration: asked otherwise, there is an answer.
    Usage,
    /// Something that the question is about cannot be read or written.
    Incomplete,
}

impl Error {
    /// Who can do something about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Config(_) | Self::Usage(_) | Self::Name(_) => ErrorKind::Usage,
            _ => ErrorKind::Incomplete,
        }
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }
}

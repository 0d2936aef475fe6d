//! From where a name is seen, for kinds whose names mean other things in other places.

use super::Kind;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::Arc;

/// From where a name is seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The file that names it, or the folder in which it is looked for, by its path.
    pub from: SmolStr,
    /// What is known of it beside its name.
    pub sought: Sought,
}

/// What is known of a thing beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sought {
    /// The kind of the reference says all.
    Anything,
    /// It is of this kind, and the file that names it has so much of what it may be.
    Kind(Kind, Extent),
    /// It is part of a thing of this name, or is named inside it.
    Inside(SmolStr),
}

/// How much of a configuration one file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// It stands by itself.
    Whole,
    /// It has everything but settings for the whole.
    Body,
    /// It begins one, and the rest is in other files.
    Beginning,
    /// The rest is in other files.
    Fragment,
}

impl Scope {
    /// A name as the file, or the folder, at `path` sees it.
    pub fn of(path: impl Into<SmolStr>) -> Arc<Self> {
        Arc::new(Self { from: path.into(), sought: Sought::Anything })
    }

    /// A thing of another kind than the reference, as the file at `path` sees it.
    pub fn of_kind(path: impl Into<SmolStr>, kind: Kind, extent: Extent) -> Arc<Self> {
        Arc::new(Self { from: path.into(), sought: Sought::Kind(kind, extent) })
    }

    /// A thing inside another one, as the file at `path` sees it.
    pub fn inside(path: impl Into<SmolStr>, name: impl Into<SmolStr>) -> Arc<Self> {
        Arc::new(Self { from: path.into(), sought: Sought::Inside(name.into()) })
    }
}

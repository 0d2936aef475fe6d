//! What a definition says beside its name.

use super::{Entity, Extent, Kind, Monitor, Silence};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;

/// What a definition says beside its name. Which of these a kind has is said where
/// [`kinds`](super::kinds) names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// Nothing.
    #[default]
    None,
    /// A text, as it is written: a value, a name, a path of a host.
    Text(SmolStr),
    /// A folder of the tree that it belongs to; never its root.
    Folder(Box<str>),
    /// What it runs, is a copy of, or is restarted for.
    Leads(Box<Entity>),
    /// How many hosts it is for.
    Count(u64),
    /// What it has, by name: the hosts of a group.
    Members(Box<[SmolStr]>),
    /// The version, as it is pinned.
    Version(Box<str>),
    /// The newest version, whenever it runs.
    Latest,
    /// Any version: the newest at the first time, and that one from then on.
    Present,
    /// The newest version when an image was built.
    Build,
    /// Versions that fit a range: `>=1.2`.
    Range(Box<str>),
    /// The version that a branch of a repository holds; empty for the repository's own.
    Branch(Box<str>),
    /// What is known of a monitor.
    Monitor(Box<Monitor>),
    /// What a silence covers.
    Silence(Box<Silence>),
    /// A front end answers it, or takes it apart before a service sees it.
    Front,
    /// It only redirects.
    Redirect,
    /// Its value is a map with keys of its own.
    Map,
    /// It is there to be filled: its value is empty.
    Blank,
    /// It is another name of what stands before it.
    Alias,
    /// It is part of a configuration that stands by itself.
    Whole,
    /// It is a file, so much of a configuration, of which so much could be read.
    File(Extent, Reading),
    /// It is named in prose.
    Mention,
    /// It means nothing outside of the one task or block that it stands in.
    Inner,
}

/// How much of a file's text is in the tree: the rest of a template is made elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// All of it.
    Whole,
    /// A part.
    InPart,
}

impl Detail {
    /// A folder of the tree; nothing for its root.
    pub fn folder_of(path: &str) -> Self {
        if path.is_empty() { Self::None } else { Self::Folder(path.into()) }
    }

    /// What it leads to; nothing without a name.
    pub fn leads(kind: Kind, name: impl Into<SmolStr>) -> Self {
        let entity = Entity::new(kind, name);
        if entity.name.is_empty() { Self::None } else { Self::Leads(Box::new(entity)) }
    }

    /// How the version of a package is said in a manifest or a task.
    pub fn version(text: &str) -> Self {
        match text {
            "" => Self::None,
            "latest" => Self::Latest,
            "present" | "installed" => Self::Present,
            _ if text.starts_with(['<', '>', '~', '^']) => Self::Range(text.into()),
            _ => Self::Version(text.into()),
        }
    }

    /// The text; empty for anything else.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// The folder; the root for anything else.
    pub fn folder(&self) -> &str {
        match self {
            Self::Folder(folder) => folder,
            _ => "",
        }
    }

    /// What it leads to.
    pub fn entity(&self) -> Option<&Entity> {
        match self {
            Self::Leads(entity) => Some(entity),
            _ => None,
        }
    }
}

impl From<&str> for Detail {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::None } else { Self::Text(text.into()) }
    }
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self::from(SmolStr::from(text))
    }
}

impl From<SmolStr> for Detail {
    fn from(text: SmolStr) -> Self {
        if text.is_empty() { Self::None } else { Self::Text(text) }
    }
}

impl From<Monitor> for Detail {
    fn from(own: Monitor) -> Self {
        Self::Monitor(Box::new(own.cut()))
    }
}

impl From<Silence> for Detail {
    fn from(own: Silence) -> Self {
        Self::Silence(Box::new(own.cut()))
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Folder(text) | Self::Version(text) => f.write_str(text),
            Self::Leads(entity) => entity.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Members(names) => f.write_str(&names.join(" ")),
            Self::Range(range) => write!(f, "range:{range}"),
            Self::Branch(branch) => write!(f, "branch:{branch}"),
            Self::None => Ok(()),
            Self::Latest => f.write_str("latest"),
            Self::Present => f.write_str("present"),
            Self::Build => f.write_str("build"),
            Self::Monitor(_) => f.write_str("monitor"),
            Self::Silence(own) => f.write_str(&own.covers()),
            Self::Front => f.write_str("front"),
            Self::Redirect => f.write_str("redirect"),
            Self::Map => f.write_str("map"),
            Self::Blank => f.write_str("blank"),
            Self::Alias => f.write_str("alias"),
            Self::Whole => f.write_str("whole"),
            Self::File(Extent::Beginning, _) => f.write_str("main"),
            Self::File(..) => f.write_str("part"),
            Self::Mention => f.write_str("mention"),
            Self::Inner => f.write_str("inner"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_no_larger_than_a_text() {
        assert_eq!(size_of::<Detail>(), size_of::<SmolStr>());
    }

    #[test]
    fn versions_as_manifests_say_them() {
        assert_eq!(Detail::version("installed"), Detail::Present);
        assert_eq!(Detail::version(">= 1.2"), Detail::Range(">= 1.2".into()));
        assert_eq!(Detail::version("1.2-1"), Detail::Version("1.2-1".into()));
        assert_eq!(Detail::version(""), Detail::None);
    }
}

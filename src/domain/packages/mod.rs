//! Packages that something installs without saying which version: what brings a newer one
//! some day, host by host.
//!
//! One fact each, of the kind of its package manager, whose names are apart: `tool` of pip is
//! not `tool` of Debian. The detail says how its version is found, see [`Floating`]. What is
//! pinned, what is a file, and what is not known says nothing.

mod command;
mod image;
mod manifest;
mod requirement;

pub use command::command;
pub use image::{built, built_from, used};
pub use manifest::{gemspec, package_json};
pub use requirement::{gem, npm, pip, pip_name, requirements};

use crate::facts::{Detail, FileFacts, Kind, NamePattern, Provide, Span, kinds};
use smol_str::SmolStr;

/// How a package is found whose version nobody names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Floating {
    /// The newest one, whenever it runs.
    Latest,
    /// Any: the newest at the first time, and that one from then on.
    Present,
    /// The newest when an image was built.
    Build,
    /// What fits a range: `>=1.2`.
    Range(SmolStr),
    /// What a branch of a repository holds; empty for the repository's own.
    Branch(SmolStr),
}

impl Floating {
    /// As a fact's detail.
    pub fn detail(&self) -> Detail {
        match self {
            Self::Latest => Detail::Latest,
            Self::Present => Detail::Present,
            Self::Build => Detail::Build,
            Self::Range(range) => Detail::Range(range.as_str().into()),
            Self::Branch(branch) => Detail::Branch(branch.as_str().into()),
        }
    }
}

/// A package that is asked for without a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name, as its package manager compares names.
    pub name: SmolStr,
    /// What is said about its version.
    pub floating: Floating,
}

impl Wanted {
    fn new(name: impl Into<SmolStr>, floating: Floating) -> Self {
        Self { name: name.into(), floating }
    }

    /// Adds the fact.
    pub fn add(&self, kind: Kind, span: Span, within: Option<u32>, out: &mut FileFacts) {
        let (name, detail) = (NamePattern::Exact(self.name.clone()), self.floating.detail());
        out.provides.push(Provide { kind, name, span, within, detail });
    }
}

/// The kind of packages that a Puppet provider or an Ansible module installs; the system's
/// own where it is none of those that are told apart.
pub fn kind_of(manager: &str) -> Kind {
    match manager {
        "pip" | "pip2" | "pip3" | "pipx" => kinds::PACKAGE_PIP,
        "npm" => kinds::PACKAGE_NPM,
        "gem" | "puppet_gem" | "puppetserver_gem" => kinds::PACKAGE_GEM,
        _ => kinds::PACKAGE,
    }
}

/// A package's name as its manager compares it.
pub fn normal(kind: Kind, name: &str) -> SmolStr {
    if kind == kinds::PACKAGE_PIP { pip_name(name) } else { name.into() }
}

//! What an extractor is: it turns a file into facts.
//!
//! An extractor sees one file and the settings, never the graph or another file. Its
//! result depends only on (path, contents, settings). It never fails: what it cannot
//! read becomes a [`Problem`](crate::facts::Problem) and the rest is still extracted.

mod encrypted;
mod layout;
mod silence;
mod source;

pub use encrypted::encrypted_by;
pub use layout::{Layout, Names, inside, is_module_root};
pub use silence::allows;
pub use source::Source;

use crate::facts::FileFacts;
use crate::packs::Pack;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Settings that extraction depends on (from `crosscheck.yaml`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Puppet functions that declare classes, with the prefix that they put before
    /// each argument: `role(web)` with `role → "role::"` declares `role::web`.
    pub puppet_wrappers: BTreeMap<SmolStr, SmolStr>,
    /// Versions of the programs that configurations are written for, such as `2.8`, by the names
    /// that `versions` in `crosscheck.yaml` gives them.
    pub versions: BTreeMap<SmolStr, SmolStr>,
    /// Folders that the tree's hierarchies read data from, beyond the usual ones.
    pub hiera_datadirs: Vec<SmolStr>,
    /// Files and folders that the tree's `ansible.cfg` files call inventories.
    pub inventories: Vec<SmolStr>,
    /// The tree's own modules of Ansible.
    pub ansible_modules: OwnModules,
    /// Where the tree keeps its modules, and how its Puppet reads names.
    pub layout: Arc<Layout>,
    /// Built-in packs and the tree's own.
    pub packs: Arc<Pack>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            puppet_wrappers: [("role".into(), "role::".into())].into(),
            versions: BTreeMap::new(),
            hiera_datadirs: Vec::new(),
            inventories: Vec::new(),
            ansible_modules: OwnModules::default(),
            layout: Arc::default(),
            packs: Pack::builtin(),
        }
    }
}

/// The modules of Ansible, and what runs in their place, that a tree holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnModules {
    /// Those of a `library/`, which tasks call by these names: each with the folder below which
    /// plays and roles find it; sorted.
    pub library: Vec<(SmolStr, SmolStr)>,
    /// Those of collections, and action plugins; sorted.
    pub others: Vec<SmolStr>,
    /// Names of Python programs anywhere, each of which may be a module: a setting or a variable of
    /// the environment names the folders; sorted.
    pub programs: Vec<SmolStr>,
    /// Words that the tree's own filters and tests of Jinja have in quotes, their names among
    /// them; sorted.
    pub plugins: Vec<SmolStr>,
    /// Whether roles, collections or plugins come from elsewhere too.
    pub origin: Origin,
}

/// Where what a tree's plays use comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Origin {
    /// From the tree alone, as far as it says.
    #[default]
    Here,
    /// From lists of what is installed, or from other folders, too.
    Elsewhere,
}

impl OwnModules {
    /// Whether tasks of the file at `path` that name it call a module of a `library/`, and nothing
    /// else.
    pub fn is_library(&self, name: &str, path: &str) -> bool {
        let from = self.library.partition_point(|(own, _)| own.as_str() < name);
        let mut own = self.library[from..].iter().take_while(|(own, _)| own == name).peekable();
        own.peek().is_some()
            && own.all(|(_, holder)| inside(holder, path).is_some())
            && !self.is_other(name)
    }

    /// Whether the tree holds something of this name.
    pub fn has(&self, name: &str) -> bool {
        self.library.binary_search_by(|(own, _)| own.as_str().cmp(name)).is_ok()
            || self.is_other(name)
    }

    /// Whether a program of the tree has this name.
    pub fn has_program(&self, name: &str) -> bool {
        self.programs.binary_search_by(|own| own.as_str().cmp(name)).is_ok()
    }

    /// Whether a filter or test of the tree may have this name.
    pub fn has_plugin(&self, name: &str) -> bool {
        self.plugins.binary_search_by(|own| own.as_str().cmp(name)).is_ok()
    }

    fn is_other(&self, name: &str) -> bool {
        self.others.binary_search_by(|own| own.as_str().cmp(name)).is_ok()
    }
}

/// What files of a tree tell of how its files are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// See [`Settings::hiera_datadirs`].
    pub hiera_datadirs: Vec<SmolStr>,
    /// See [`Settings::inventories`].
    pub inventories: Vec<SmolStr>,
    /// See [`Settings::ansible_modules`].
    pub ansible_modules: OwnModules,
    /// See [`Settings::layout`].
    pub layout: Arc<Layout>,
}

/// One language's extractor.
pub trait Extractor: Sync {
    /// The system's name in statistics: `puppet`, `php`, `haproxy`.
    fn system(&self) -> &'static str;
    /// Whether files at this path are for it. Several extractors may claim one file.
    fn claims(&self, path: &str) -> bool;
    /// As [`Extractor::claims`], where settings decide too.
    fn claims_under(&self, path: &str, settings: &Settings) -> bool {
        let _ = settings;
        self.claims(path)
    }
    /// Whether a claimed file's contents are for it after all; another tool may use the
    /// same ending for something else.
    fn accepts(&self, bytes: &[u8]) -> bool {
        let _ = bytes;
        true
    }
    /// Whether the path alone does not tell: such a file counts as another's until its
    /// contents say otherwise.
    fn by_contents(&self, path: &str) -> bool {
        let _ = path;
        false
    }
    /// Adds what any file of its path may say, for one that is encrypted.
    fn unread(&self, path: &str, out: &mut FileFacts) {
        let _ = (path, out);
    }
    /// Adds what the file says to `out`.
    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts);
}

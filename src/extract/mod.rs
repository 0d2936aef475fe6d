//! What an extractor is: it turns a file into facts.
//!
//! An extractor sees one file and the settings, never the graph or another file. Its
//! result depends only on (path, contents, settings). It never fails: what it cannot
//! read becomes a [`Problem`](crate::facts::Problem) and the rest is still extracted.

mod conflict;
mod encrypted;
mod layout;
mod packed;
mod setting;
mod silence;
mod source;

pub use conflict::{conflict, conflict_in};
pub use encrypted::encrypted_by;
pub use layout::{Layout, Names, inside, is_module_root};
pub use packed::is_packed;
pub use setting::{Asked, Setting, asking};
pub use silence::allows;
pub use source::Source;

use crate::facts::FileFacts;
use crate::packs::Pack;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Settings that extraction depends on (from `crosscheck.yaml`). Each notes who looks at it: see
/// [`Setting`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Puppet functions that declare classes, with the prefix that they put before
    /// each argument: `role(web)` with `role → "role::"` declares `role::web`.
    pub puppet_wrappers: Setting<BTreeMap<SmolStr, SmolStr>, 0>,
    /// Versions of the programs that configurations are written for, such as `2.8`, by the names
    /// that `versions` in `crosscheck.yaml` gives them.
    pub versions: Setting<BTreeMap<SmolStr, SmolStr>, 1>,
    /// Folders that the tree's hierarchies read data from, beyond the usual ones.
    pub hiera_datadirs: Setting<Vec<SmolStr>, 2>,
    /// Files and folders that the tree's `ansible.cfg` files call inventories.
    pub inventories: Setting<Vec<SmolStr>, 3>,
    /// The tree's own modules of Ansible.
    pub ansible_modules: Setting<OwnModules, 4>,
    /// Where the tree keeps its modules, and how its Puppet reads names.
    pub layout: Setting<Arc<Layout>, 5>,
    /// Built-in packs and the tree's own.
    pub packs: Setting<Arc<Pack>, 6>,
}

impl Settings {
    /// For each setting, by its place, bytes that are others where the setting is.
    pub fn written(&self) -> [Vec<u8>; 7] {
        let packs = self.packs.unasked();
        [
            written(self.puppet_wrappers.unasked()),
            written(self.versions.unasked()),
            written(self.hiera_datadirs.unasked()),
            written(self.inventories.unasked()),
            written(self.ansible_modules.unasked()),
            written(self.layout.unasked()),
            // The built-in ones are a part of the program.
            if Arc::ptr_eq(packs, &Pack::builtin()) { Vec::new() } else { written(packs) },
        ]
    }
}

/// All that a value gives to be hashed: a stranger's tree may say what that is, and shall not be
/// able to choose two values that look alike.
fn written(value: &impl Hash) -> Vec<u8> {
    let mut text = Written(Vec::new());
    value.hash(&mut text);
    text.0
}

struct Written(Vec<u8>);

impl Hasher for Written {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        self.0.len() as u64
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            puppet_wrappers: BTreeMap::from([("role".into(), "role::".into())]).into(),
            versions: Setting::default(),
            hiera_datadirs: Setting::default(),
            inventories: Setting::default(),
            ansible_modules: Setting::default(),
            layout: Setting::default(),
            packs: Pack::builtin().into(),
        }
    }
}

/// The modules of Ansible, and what runs in their place, that a tree holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
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
    /// Collections that the tree is or holds the source of.
    pub collections: Vec<OwnCollection>,
}

/// A collection of Ansible whose source a tree holds: nothing else can bring what is called after
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OwnCollection {
    /// `NAMESPACE.NAME`.
    pub name: SmolStr,
    /// Its folder, where its `galaxy.yml` lies.
    pub folder: SmolStr,
    /// Modules, by their names in it, that nothing runs in place of; sorted.
    pub modules: Vec<SmolStr>,
    /// Whatever else may be called as a module: action plugins, names that it leads elsewhere;
    /// sorted.
    pub others: Vec<SmolStr>,
}

impl OwnCollection {
    /// Whether a task may call `module` of it.
    pub fn has(&self, module: &str) -> bool {
        [&self.modules, &self.others]
            .into_iter()
            .any(|own| own.binary_search_by(|own| own.as_str().cmp(module)).is_ok())
    }

    /// Whether `module` is a program of it whose options are all that it takes.
    pub fn has_module(&self, module: &str) -> bool {
        self.modules.binary_search_by(|own| own.as_str().cmp(module)).is_ok()
            && self.others.binary_search_by(|own| own.as_str().cmp(module)).is_err()
    }
}

/// Where what a tree's plays use comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
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

    /// The collection of the tree that a full name is of, and the rest of that name.
    pub fn own_collection<'n>(&self, name: &'n str) -> Option<(&OwnCollection, &'n str)> {
        self.collections.iter().find_map(|own| {
            let rest = name.strip_prefix(own.name.as_str())?.strip_prefix('.')?;
            Some((own, rest))
        })
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
    /// As [`Extractor::accepts`], where the path says how much the contents have to tell.
    fn accepts_at(&self, path: &str, bytes: &[u8]) -> bool {
        let _ = path;
        self.accepts(bytes)
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

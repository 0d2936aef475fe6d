//! What a tree's own ways to load definitions and data say.

use super::{Data, Graph, PathKind, Resolution, Site};
use crate::facts::{Call, Entity, Kind, Property, Relation};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// What something of a tree puts somewhere else.
#[derive(Default)]
pub(super) struct Carried {
    files: FxHashSet<FileIx>,
    folders: FxHashSet<SmolStr>,
}

impl Carried {
    fn of(graph: &Graph<'_>) -> Self {
        let requires = graph.snapshot.files.iter().flat_map(|own| &own.facts.requires);
        let carry = requires.filter(|own| own.relation == Relation::Carries);
        let mut carried = Self::default();
        for own in carry {
            if let Resolution::Found(sites) = graph.resolve(own) {
                carried.files.extend(sites.iter().map(|site| site.file));
            }
            for target in &own.any_of {
                let Some(path) = target.name.as_exact() else {
                    // Of a path whose beginning is a variable, the end says which file it is.
                    let paths = graph.paths.all().iter();
                    let meant = paths.filter(|path| target.name.matches(path));
                    carried.files.extend(meant.filter_map(|path| graph.snapshot.find(path)));
                    continue;
                };
                if !path.is_empty() && graph.paths.look_up(path) == PathKind::Folder {
                    carried.folders.insert(path.clone());
                }
            }
        }
        carried
    }
}

impl Graph<'_> {
    /// Whether nothing loads what a file defines.
    pub fn is_unloadable(&self, file: FileIx) -> bool {
        self.autoloaders.iter().any(|autoloader| autoloader.skips(file))
    }

    /// Whether a file stands where nothing reads it, and nothing of the tree names it: somebody
    /// may run it by hand.
    pub fn is_loose(&self, file: FileIx) -> bool {
        self.autoloaders.iter().any(|autoloader| autoloader.is_loose(self, file))
    }

    /// Whether something says of a file that its text is not of the language that it was read as.
    pub fn is_misread(&self, file: FileIx) -> bool {
        self.autoloaders.iter().any(|autoloader| autoloader.is_misread(self, file))
    }

    /// What refuses the key at a site, which stands twice in its mapping, where others who read such
    /// files take the last.
    pub fn refuses_doubled(&self, key: Site) -> Option<&'static str> {
        self.autoloaders.iter().find_map(|autoloader| autoloader.refuses_doubled(self, key))
    }

    /// Whether something of the tree puts the text of a file, or a folder around it, somewhere
    /// else, so that a path in it may name what is beside it there and not here. What lies in such
    /// a folder goes with it.
    pub fn is_carried(&self, file: FileIx, named: Option<&Entity>) -> bool {
        let path = self.snapshot.file(file).entry.path.as_str();
        let name = named.map(|own| own.name.as_str()).unwrap_or_default();
        let leaves = |folder: &SmolStr| {
            let is_inside = path.strip_prefix(&**folder).is_some_and(|own| own.starts_with('/'));
            is_inside && name.contains('/') && !name.starts_with(&**folder)
        };
        let carried = self.carried.get_or_init(|| Carried::of(self));
        carried.files.contains(&file) || carried.folders.iter().any(leaves)
    }

    /// Whether part of a file was not read, so that it may define more than is known.
    pub fn is_partly_read(&self, file: FileIx) -> bool {
        let problems = &self.snapshot.file(file).facts.problems;
        problems.iter().any(|problem| {
            matches!(problem.rule, "parse-error" | "unsupported-syntax" | "limit-reached")
        })
    }

    /// Whether a definition may stand in a file that was only read in part: one in which it
    /// would be looked for.
    pub fn may_be_unread(&self, entity: &Entity) -> bool {
        self.autoloaders.iter().any(|autoloader| autoloader.may_be_unread(self, entity))
    }

    /// Whether text that no reader knows may set a variable.
    pub fn may_be_set(&self, entity: &Entity) -> bool {
        entity.kind.has(Property::GIVEN)
            && self.autoloaders.iter().any(|autoloader| autoloader.may_be_set(self, entity))
    }

    /// Whether text might have set a variable in the tree before, and none does here. The tree here
    /// sets it nowhere.
    pub fn may_be_set_no_more(&self, old: &Graph<'_>, entity: &Entity) -> bool {
        let mut all = self.autoloaders.iter();
        !all.all(|own| own.may_be_set_as_before(self, old, entity))
            && old.may_be_set(entity)
            && !self.may_be_set(entity)
    }

    /// Whether nothing outside the tree sets a variable that a file reads, as far as can be told.
    pub fn is_set_here_alone(&self, file: FileIx, entity: &Entity) -> bool {
        self.autoloaders.iter().any(|own| own.is_set_here_alone(self, file, entity))
    }

    /// Whether a definition holds for some hosts alone.
    pub fn is_for_some(&self, site: &Site) -> bool {
        self.autoloaders.iter().any(|autoloader| autoloader.is_for_some(self, site))
    }

    /// Whether things of this kind may come from elsewhere, and nothing of the tree lists those
    /// that do.
    pub fn is_unlisted(&self, kind: Kind) -> bool {
        self.autoloaders.iter().any(|own| own.lists(self, kind) == Some(false))
    }

    /// Where a definition stands that is not found, and the path that it would have to have.
    pub fn misplaced(&self, entity: &Entity) -> Option<(Site, SmolStr)> {
        self.autoloaders.iter().find_map(|autoloader| autoloader.misplaced(self, entity))
    }

    /// The definition that another version of a system takes for a name at `place`, and where
    /// that is.
    pub fn sibling(&self, place: Site, entity: &Entity) -> Option<(SmolStr, Site)> {
        self.autoloaders.iter().find_map(|autoloader| autoloader.sibling(self, place, entity))
    }

    /// How much of the data that is looked up the tree holds.
    pub fn data(&self) -> Data {
        self.lookup.as_ref().map(|lookup| lookup.data()).unwrap_or_default()
    }

    /// Whether a default that is set somewhere fills `TYPE::PARAMETER` for a call of `file`.
    pub fn sets_default(&self, file: FileIx, call: &Call, parameter: &str) -> bool {
        self.lookup.as_ref().is_some_and(|lookup| lookup.defaults(self, file, call, parameter))
    }

    /// Whether data of the tree sets `key`.
    pub fn sets_key(&self, key: &str) -> bool {
        self.lookup.as_ref().is_some_and(|lookup| lookup.sets(self, key))
    }

    /// Where hosts of the data file at `path` get `key` from if that file does not set it.
    pub fn level_below(&self, path: &str, key: &str) -> Option<Site> {
        self.lookup.as_ref()?.below(self, path, key)
    }
}

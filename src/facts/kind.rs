//! Kinds of entities: those that the program knows, and those that a pack names.

use super::names::Names;
use super::property::Property;
/// The kind of an entity, such as `puppet.class`. Kinds are open: packs add new ones.
///
/// Kinds are equal by their place in the table, and in order by their names, so that no order
/// depends on which pack came first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kind(u16);

/// Names that packs gave.
static NAMED: Names<256> = Names::new();

impl Kind {
    /// The kind of this name, if the program knows it or a pack has named it.
    pub fn of(name: &str) -> Option<Self> {
        match BUILT_IN.binary_search_by_key(&name, |(own, _)| own) {
            Ok(ix) => Some(Self(ix as u16)),
            Err(_) => NAMED.find(name).map(Self::beyond),
        }
    }

    /// The kind of this name, which is new where nobody has named it before.
    ///
    /// # Errors
    /// A message, where the name is too long or other names have taken every place.
    pub fn named(name: &str) -> Result<Self, String> {
        let known = Self::of(name).or_else(|| NAMED.add(name).map(Self::beyond));
        known.ok_or_else(|| {
            format!(
                "no room for the kind `{name}`: a name has {} letters at most, and packs name {} kinds at most",
                NAMED.longest(),
                NAMED.room()
            )
        })
    }

    /// The kind that packs have named as the `ix`th.
    fn beyond(ix: u16) -> Self {
        Self(BUILT_IN.len() as u16 + ix)
    }

    /// Every kind that the program knows, by name.
    pub fn known() -> impl Iterator<Item = Self> {
        (0..BUILT_IN.len() as u16).map(Self)
    }

    /// The kind's name, as reports and configuration write it.
    pub fn as_str(self) -> &'static str {
        match BUILT_IN.get(usize::from(self.0)) {
            Some((name, _)) => name,
            None => NAMED.at(self.0 - BUILT_IN.len() as u16),
        }
    }

    /// Whether it has a property; a kind that a pack names has none.
    pub fn has(self, property: Property) -> bool {
        PROPERTIES.get(usize::from(self.0)).is_some_and(|own| own.has(property))
    }

    /// The kinds with a property, by name.
    pub fn with(property: Property) -> impl Iterator<Item = Self> {
        Self::known().filter(move |own| own.has(property))
    }

    /// The kinds that a name alone may be of, in the order they are listed.
    pub fn named_alone() -> Vec<Self> {
        let mut all: Vec<Self> = Self::known().filter(|own| own.place().is_some()).collect();
        all.sort_by_key(|own| own.place());
        all
    }

    /// Its place among the kinds that a name alone may be of.
    pub fn place(self) -> Option<u8> {
        PROPERTIES.get(usize::from(self.0))?.place()
    }

    /// The kind of the entries that say where a thing of this kind is.
    pub fn mapped_by(self) -> Option<Self> {
        (self == kinds::PHP_CLASS).then_some(kinds::PHP_CLASS_MAP)
    }

    /// The kind of the entries that list what a thing of this kind comes with, where it comes from
    /// elsewhere, and what ends that part of its name.
    pub fn listed_by(self) -> Option<(Self, &'static str)> {
        match self {
            kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE => Some((kinds::PUPPET_EXTERNAL, "::")),
            kinds::ANSIBLE_ROLE | kinds::ANSIBLE_ROLE_USE => {
                Some((kinds::ANSIBLE_LISTED_ROLE, "\n"))
            }
            _ => None,
        }
    }

    /// The kind of what leads to a thing of this kind, and what ends that part of its name: of
    /// the two, each has to be there.
    pub fn led_to_by(self) -> Option<(Self, char)> {
        (self == kinds::TERRAFORM_RESULT).then_some((kinds::TERRAFORM_CALL, '.'))
    }

    /// The kind of the variables that are the arguments of a thing of this kind.
    pub fn arguments(self) -> Option<Self> {
        (self == kinds::ANSIBLE_ROLE).then_some(kinds::ANSIBLE_VARIABLE)
    }

    /// The kind of what the arguments of a thing of this kind may be set for: groups of hosts.
    pub fn set_for(self) -> Option<Self> {
        (self == kinds::ANSIBLE_ROLE).then_some(kinds::ANSIBLE_GROUP)
    }

    /// The folder that holds a thing of this kind, as a folder that is called like it.
    pub fn holder(self) -> Option<&'static str> {
        (self == kinds::ANSIBLE_ROLE).then_some("roles")
    }

    /// What a reader calls a thing of this kind; `name` where the kind has no word.
    pub fn noun(self) -> &'static str {
        BUILT_IN.get(usize::from(self.0)).map_or("name", |(_, noun)| noun)
    }
}

#[macro_use]
mod define;
mod table;
mod traits;

pub use table::kinds;
use table::{BUILT_IN, PROPERTIES};

/// Packages of each manager, as they are installed and as they are built.
pub const PACKAGES: [(Kind, Kind); 5] = [
    (kinds::PACKAGE, kinds::PACKAGE_BUILT),
    (kinds::PACKAGE_PIP, kinds::PACKAGE_PIP_BUILT),
    (kinds::PACKAGE_NPM, kinds::PACKAGE_NPM_BUILT),
    (kinds::PACKAGE_GEM, kinds::PACKAGE_GEM_BUILT),
    (kinds::PACKAGE_IMAGE, kinds::PACKAGE_IMAGE_BUILT),
];

#[cfg(test)]
mod tests;

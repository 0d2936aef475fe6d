//! What systems add to a new graph, beside how names resolve.

use super::{
    Arguments, Authority, Autoload, Bearers, Graph, Grounds, Inventory, Lookup, PartKeys, Singles,
    Templates, View,
};
use crate::facts::{Entity, Kind};
use std::any::TypeId;
use std::sync::OnceLock;

impl Graph<'_> {
    /// Declares which names of `kind` the tree is authoritative for.
    pub fn set_authority(&mut self, kind: Kind, authority: Authority) {
        self.authority.insert(kind, authority);
    }

    /// The kinds whose authority is stated by names alone, each with which names those are.
    pub fn authorities(&self) -> impl Iterator<Item = (Kind, &Authority)> {
        self.authority.iter().map(|(kind, own)| (*kind, own))
    }

    /// Whether names of `kind` mean what is provided under the same name, and nothing else.
    pub fn is_by_name(&self, kind: Kind) -> bool {
        !self.resolvers.contains_key(&kind)
    }

    /// Adds a system's way to find definitions by their names.
    pub fn add_autoloader(&mut self, loader: Box<dyn Autoload>) {
        self.autoloaders.push(loader);
    }

    /// Lets data set what calls leave out.
    pub fn set_lookup(&mut self, lookup: Box<dyn Lookup>) {
        self.lookup = Some(lookup);
    }

    /// Whether a name that is mentioned for the first time is worth a word.
    pub fn is_news(&self, entity: &Entity) -> bool {
        let resolver = self.resolvers.get(&entity.kind);
        resolver.is_none_or(|resolver| resolver.is_news(self, &entity.name))
    }

    /// Adds keys that belong to parts of the tree.
    pub fn add_part_keys(&mut self, keys: Box<dyn PartKeys>) {
        self.part_keys.push(keys);
    }

    /// The keys of parts of the tree, of each system that has such.
    pub fn part_keys(&self) -> impl Iterator<Item = &dyn PartKeys> {
        self.part_keys.iter().map(|part_key| &**part_key)
    }

    /// Lets a system gather what it asks the tree for once.
    pub fn add_view<T: View>(&mut self) {
        self.views.insert(TypeId::of::<T>(), OnceLock::new());
    }

    /// What a system gathered; `None` where it was not added.
    pub fn view<T: View>(&self) -> Option<&T> {
        let found = self.views.get(&TypeId::of::<T>())?.get_or_init(|| Box::new(T::of(self)));
        found.downcast_ref()
    }

    /// Adds a system's templates.
    pub fn add_templates(&mut self, templates: Box<dyn Templates>) {
        self.templates.push(templates);
    }

    /// The templates of each system that has such.
    pub fn templates(&self) -> impl Iterator<Item = &dyn Templates> {
        self.templates.iter().map(|template| &**template)
    }

    /// Adds things of a system of which all that is loaded together has one.
    pub fn add_singles(&mut self, singles: Box<dyn Singles>) {
        self.singles.push(singles);
    }

    /// Things of which all that is loaded together has one, of each system that has such.
    pub fn singles(&self) -> impl Iterator<Item = &dyn Singles> {
        self.singles.iter().map(|single| &**single)
    }

    /// Adds definitions of a system that are given values.
    pub fn add_arguments(&mut self, arguments: Box<dyn Arguments>) {
        self.arguments.push(arguments);
    }

    /// Definitions that are given values, of each system that has such.
    pub fn arguments(&self) -> impl Iterator<Item = &dyn Arguments> {
        self.arguments.iter().map(|own| &**own)
    }

    /// Adds what the files of a system's folders are applied with.
    pub fn add_grounds(&mut self, grounds: Box<dyn Grounds>) {
        self.grounds.push(grounds);
    }

    /// What the files of folders are applied with, of each system that has such.
    pub fn grounds(&self) -> impl Iterator<Item = &dyn Grounds> {
        self.grounds.iter().map(|own| &**own)
    }

    /// Adds a system's way to configure hosts.
    pub fn add_inventory(&mut self, inventory: Box<dyn Inventory>) {
        self.inventories.push(inventory);
    }

    /// The systems that configure hosts.
    pub fn inventories(&self) -> impl Iterator<Item = &dyn Inventory> {
        self.inventories.iter().map(|inventory| &**inventory)
    }

    /// Lets other entities than the one that is named have the interface of a call of `kind`.
    pub fn set_bearers(&mut self, kind: Kind, bearers: Bearers) {
        self.bearers.insert(kind, bearers);
    }
}

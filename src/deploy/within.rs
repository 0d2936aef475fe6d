//! Wholes and parts: definitions that one version of a file has and the other does not, of which
//! what stands in them is dead until something asks for them; and folders that a text takes whole.

use super::requirements::{Builder, Providers, View, opposite};
use crate::facts::{Property, Provide, Ref, Require, Span, kinds};
use crate::finding::Place;
use crate::graph::{PathKind, Site};
use crate::loader::{FileIx, Role};
use smallvec::SmallVec;
use smol_str::SmolStr;

/// Most files of a folder that is needed as a whole.
const MOST_FILES: usize = 100;

impl Builder<'_, '_> {
    /// The changed files that a text names by one name with a hole, which its other version does not:
    /// each is the one of some hosts.
    pub(super) fn patterned(&self, role: Role, from: &str, require: &Require) -> Option<Providers> {
        let target = require.any_of.first().filter(|own| own.kind == kinds::FILE)?;
        let other = opposite(role);
        let is_telling = || target.name.as_exact().is_none() && tells(&target.name.to_string());
        if self.units.of(from).is_empty() || !is_telling() {
            return None;
        }
        if self.asks(other, from, require) == Some(true) {
            return None;
        }
        let graph = self.graph(role);
        let paths = self.units.all.iter().flat_map(|unit| &unit.paths);
        let own = paths.filter(|path| target.name.matches(path));
        let found = own.filter_map(|path| Some((graph.snapshot.find(path)?, path.clone())));
        let (files, paths): (Vec<FileIx>, Vec<SmolStr>) = found.unzip();
        let place = Place { tree: role, file: *files.first()?, span: Span::default() };
        Some(Providers { place: Some(place), brought: paths.clone(), paths, each: true })
    }

    /// Of files that are needed together, the one that a unit brings or takes.
    pub(super) fn part(
        &self,
        role: Role,
        (require, all): (&Require, &Providers),
        (trigger, rescue): (&[u32], &[u32]),
    ) -> Option<Place> {
        let is_whole = require.any_of.first().is_some_and(|own| own.kind.has(Property::WHOLE));
        let units = if role == Role::Old { trigger } else { rescue };
        let own = units.iter().filter_map(|unit| self.units.all.get(*unit as usize));
        let mut paths = own.filter(|_| is_whole || all.each).flat_map(|unit| &unit.paths);
        let file = self.graph(role).snapshot.find(paths.find(|path| all.paths.contains(path))?)?;
        Some(Place { tree: role, file, span: Span::default() })
    }

    /// Of files that are needed together, those that say anything; all where none does.
    pub(super) fn telling(
        &self,
        (role, from): (Role, &str),
        targets: &[Ref],
        sites: SmallVec<[Site; 1]>,
    ) -> SmallVec<[Site; 1]> {
        if !targets.first().is_some_and(|own| own.kind.has(Property::WHOLE)) {
            return sites;
        }
        // What a module gives back is no need of a text that reads none of it.
        let reads = |site: &&Site| {
            !is_result(self.path(role, site.file))
                || self.text(role, from).is_none_or(|own| own.contains("module."))
        };
        let is_told = |site: &&Site| !self.is_blank(role, site.file) && reads(site);
        let told = sites.iter().filter(is_told).copied();
        let told: SmallVec<[Site; 1]> = told.collect();
        if told.is_empty() { sites } else { told }
    }

    /// Whether a file that the change touches says nothing.
    fn is_blank(&self, role: Role, file: FileIx) -> bool {
        let graph = self.graph(role);
        let path = &graph.snapshot.file(file).entry.path;
        if self.units.of(path).is_empty() || !path.ends_with(".yml") && !path.ends_with(".yaml") {
            return false;
        }
        let text = String::from_utf8(graph.snapshot.contents(file)).unwrap_or_default();
        let mut lines = text.lines().map(str::trim_start).filter(|own| !own.is_empty());
        !text.is_empty() && lines.all(|own| own.starts_with('#') || own.starts_with("---"))
    }

    /// The files of the folder that a text takes as a whole.
    pub(super) fn folder(&self, role: Role, require: &Require) -> Option<Providers> {
        let graph = self.graph(role);
        let is_folder = |own: &&Ref| own.kind == kinds::FILE || own.kind.has(Property::WHOLE);
        let names = require.any_of.iter().filter(is_folder);
        let is_copied = require.any_of.first().is_some_and(|own| own.kind == kinds::FILE);
        let mut folders = names.filter_map(|target| target.name.as_exact());
        let folder = folders.find(|name| graph.paths.look_up(name) == PathKind::Folder)?;
        let begin = format!("{folder}/");
        let files = &graph.snapshot.files;
        let from = files.partition_point(|file| file.entry.path.as_str() < begin.as_str());
        let own = files[from..].iter().map(|file| &file.entry.path);
        let own = own.take_while(|path| path.starts_with(&begin)).take(MOST_FILES + 1);
        // What only runs in a folder needs no documentation there.
        let paths: Vec<SmolStr> =
            own.filter(|path| is_copied || self.callers.include(path)).cloned().collect();
        let first = Place { tree: role, file: from as FileIx, span: Span::default() };
        let is_small = (1..=MOST_FILES).contains(&paths.len());
        is_small.then(|| Providers {
            place: Some(first),
            brought: if is_copied { paths.clone() } else { Vec::new() },
            paths,
            each: true,
        })
    }

    /// The changed files that ask for the definition in which a mention stands, where only this
    /// version of its file has that; `None` where the file's own liveness counts.
    fn askers(&self, role: Role, file: FileIx, require: &Require) -> Option<Vec<&SmolStr>> {
        let graph = self.graph(role);
        let own = &graph.snapshot.file(file).facts;
        let definition = own.provides.get(require.within? as usize)?;
        let name = definition.name.as_exact()?;
        let other = if role == Role::Old { self.new } else { self.old };
        let counterpart = other.snapshot.find(self.path(role, file))?;
        let is_same = |it: &Provide| it.kind == definition.kind && it.name.as_exact() == Some(name);
        let stays = other.snapshot.file(counterpart).facts.provides.iter().any(is_same);
        if stays || !definition.kind.has(Property::ON_DEMAND) {
            return None;
        }
        let asks = |require: &Require| {
            let target = require.any_of.first();
            target.is_some_and(|target| {
                target.sought() == definition.kind && target.name.as_exact() == Some(name)
            })
        };
        let paths = self.units.all.iter().flat_map(|unit| &unit.paths);
        let asking = paths.filter(|path| {
            let from = graph.snapshot.find(path).filter(|from| *from != file);
            from.is_some_and(|from| {
                let from = graph.snapshot.file(from);
                self.callers.count(from.standing) && from.facts.requires.iter().any(asks)
            })
        });
        Some(asking.collect())
    }

    /// The files that include the definition in which a mention stands, of a file of named
    /// templates that only this version has: by its name, or that of another one of the file which
    /// includes it. `None` where the file's own liveness counts.
    fn includers(&self, role: Role, file: FileIx, require: &Require) -> Option<Vec<&SmolStr>> {
        let graph = self.graph(role);
        let path = self.path(role, file);
        let other = if role == Role::Old { self.new } else { self.old };
        if !path.ends_with(".tpl") || other.snapshot.find(path).is_some() {
            return None;
        }
        let own = &graph.snapshot.file(file).facts;
        let definition = own.provides.get(require.within? as usize)?;
        let asks = |own: &Require, name: &str| {
            own.any_of.first().map(|own| &own.name).is_some_and(|own| {
                let says = !own.prefix().is_empty() || !own.suffix().is_empty();
                says && own.matches(name)
            })
        };
        let mut names = vec![definition.name.as_exact()?];
        let mut at = 0;
        while let Some(name) = names.get(at).copied() {
            at += 1;
            for asking in own.requires.iter().filter(|own| asks(own, name)) {
                let around = own.provides.get(asking.within? as usize)?.name.as_exact()?;
                if !names.contains(&around) {
                    names.push(around);
                }
            }
        }
        let includes = |path: &&SmolStr| {
            let from = graph.snapshot.find(path).map(|from| &graph.snapshot.file(from).facts);
            let mut all = from.into_iter().flat_map(|own| &own.requires);
            all.any(|own| names.iter().any(|name| asks(own, name)))
        };
        let all = self.referrers.of(role, path).into_iter();
        let all: Vec<&SmolStr> = all.filter(includes).collect();
        // A name that is put together at run time may be any.
        (!all.is_empty()).then_some(all)
    }

    /// Whether nothing asks for the definition that a mention came or goes with.
    pub(super) fn is_unasked(&self, role: Role, file: FileIx, require: &Require) -> bool {
        self.askers(role, file, require).is_some_and(|own| own.is_empty())
    }

    /// What makes a mention live that stands in a definition which only this version of its file
    /// has; `None` where the file's own liveness counts.
    pub(super) fn through_definition(
        &self,
        role: Role,
        file: FileIx,
        require: &Require,
        view: &View,
    ) -> Option<Vec<(Option<u32>, SmolStr)>> {
        let askers = self.includers(role, file, require);
        let mut out = Vec::new();
        for path in askers.or_else(|| self.askers(role, file, require))? {
            let own = self.units.of(path).first().copied();
            let lives = self.live(role, path, view).into_iter();
            out.extend(lives.map(|(unit, through)| (unit.or(own), through)));
        }
        Some(out)
    }
}

/// Whether a file of a module of Terraform by custom holds nothing but what the module gives back.
fn is_result(path: &str) -> bool {
    matches!(crate::facts::base_name(path), "outputs.tf" | "output.tf")
}

/// Whether the last part of a pattern says enough to be one family of files: `install_*.yml`.
fn tells(pattern: &str) -> bool {
    const LETTERS: usize = 5;
    let name = crate::facts::base_name(pattern);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    !name.starts_with('.') && stem.bytes().filter(u8::is_ascii_alphanumeric).count() >= LETTERS
}

//! What a change leaves behind: it promotes a part of what an environment got, and not the rest.

use super::compare::{Shelf, What};
use super::contents::{Contents, Sort};
use super::pairs::{self, Pair};
use super::since::{Age, Records};
use super::words::{Chain, Rank};
use super::{Settings, compare};
use crate::facts::{Entity, Span, join_path, kinds, split_path};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::{FileIx, Snapshot};
use crate::tree::History;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Most things that are said to be left behind in one place: more are left on purpose.
const MAX_LEFT: usize = 3;
/// Most twins of one pair whose contents are looked at.
const MAX_TWINS: usize = 60;
/// Most promoted things whose commit is looked up.
const MAX_DATED: usize = 4;

/// Something that one environment of a pair has: a file, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Thing {
    /// The twins, whether or not both are there.
    here: SmolStr,
    there: SmolStr,
    /// By what twins have alike; empty for the file as a whole.
    name: SmolStr,
}

/// What the change did to a pair.
#[derive(Default)]
struct Done {
    /// Things that came to the earlier environment with the change.
    here: BTreeSet<Thing>,
    /// Things that came to the later one, and that the earlier one has too.
    promoted: BTreeSet<Thing>,
}

/// The two trees of a change.
pub struct Change<'c, 'g> {
    /// Before.
    pub old: &'c Graph<'g>,
    /// After.
    pub new: &'c Graph<'g>,
    /// How environments are told apart.
    pub settings: &'c Settings,
}

impl Change<'_, '_> {
    fn chain(&self) -> &Chain {
        &self.settings.chain
    }

    /// Files of environments that the change adds or alters.
    fn changed(&self) -> FxHashSet<SmolStr> {
        let (old, new) = (self.old.snapshot, self.new.snapshot);
        let mut found = FxHashSet::default();
        for (ix, file) in new.files.iter().enumerate() {
            let path = &file.entry.path;
            let before = old.find(path);
            let known = |own: &crate::loader::SnapshotFile| own.id.or(own.entry.id);
            let is_same = match before.map(|before| (known(old.file(before)), known(file))) {
                None => false,
                Some((Some(one), Some(two))) => one == two,
                Some(_) if !self.chain().has_word(path) => true,
                Some(_) => before.is_some_and(|own| old.blob_id(own) == new.blob_id(ix as FileIx)),
            };
            if !is_same && self.chain().has_word(path) {
                found.insert(path.clone());
            }
        }
        found
    }

    /// The pairs of the new tree that hold a changed file.
    fn pairs(&self, changed: &FxHashSet<SmolStr>) -> Vec<Pair> {
        let prefix = |path: &SmolStr| -> SmolStr {
            let mut at = 0;
            for segment in path.split('/') {
                if !self.chain().words(segment).is_empty() {
                    break;
                }
                at += segment.len() + 1;
            }
            path.get(..at).unwrap_or_default().into()
        };
        let prefixes: BTreeSet<SmolStr> = changed.iter().map(prefix).collect();
        let files = self.new.snapshot.files.iter().map(|file| file.entry.path.as_str());
        let near = |path: &&str| prefixes.iter().any(|own| path.starts_with(own.as_str()));
        let paths: Vec<&str> = files.filter(near).collect();
        let mut found = pairs::pairs(&paths, self.chain(), &[]);
        found.retain(|pair| {
            let both = pair.twins.iter().flat_map(|(here, there)| [here, there]);
            let alone = pair.lacking.iter().chain(&pair.beyond).map(|(own, _)| own);
            both.chain(alone).any(|path| changed.contains(path))
        });
        found
    }

    /// Files of values that environments have side by side before the change and after it, where
    /// the change is in one of them.
    pub fn twins(&self) -> Vec<(SmolStr, SmolStr)> {
        let changed = self.changed();
        if changed.is_empty() {
            return Vec::new();
        }
        let mut all: Vec<_> = self.pairs(&changed).into_iter().flat_map(|own| own.twins).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What the change leaves behind, as warnings; `history` is that of the old tree.
    pub fn left_behind(&self, history: impl FnOnce() -> Option<History>) -> Vec<Finding> {
        let changed = self.changed();
        if changed.is_empty() {
            return Vec::new();
        }
        let pairs = self.pairs(&changed);
        if pairs.is_empty() {
            return Vec::new();
        }
        let mut sides = Sides {
            old: Shelf::new(self.old.snapshot, self.chain()),
            new: Shelf::new(self.new.snapshot, self.chain()),
        };
        let done: Vec<(&Pair, Done)> =
            pairs.iter().map(|pair| (pair, sides.done(self, pair, &changed))).collect();
        let mut findings = Vec::new();
        let is_later = |done: &Done| done.promoted.iter().any(|own| !done.here.contains(own));
        let history = done.iter().any(|(_, done)| is_later(done)).then(history).flatten();
        let mut records = history.as_ref().map(|history| Records::new(history, self.chain()));
        for (pair, done) in &done {
            let own: BTreeSet<&Thing> = done.promoted.intersection(&done.here).collect();
            let left = sides.lacking(pair, done.here.iter());
            self.told(pair, &own, left, None, &mut sides, &mut findings);
            if let Some(records) = &mut records {
                self.earlier(pair, done, records, &mut sides, &mut findings);
            }
        }
        findings
    }

    /// What came to the earlier environment with one commit, and is promoted in part now.
    fn earlier(
        &self,
        pair: &Pair,
        done: &Done,
        records: &mut Records<'_>,
        sides: &mut Sides<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let mut commits: BTreeMap<usize, BTreeSet<&Thing>> = BTreeMap::new();
        let earlier = done.promoted.iter().filter(|own| !done.here.contains(*own));
        for thing in earlier.take(MAX_DATED) {
            let found = records.first(|records, ix| match thing.name.as_str() {
                "" => records.is_there(ix, &thing.here),
                _ => records.had(ix, &thing.here, pair.from, &thing.name),
            });
            if let Some((ix, Age::Known)) = found {
                commits.entry(ix).or_default();
            }
        }
        for (ix, mut promoted) in commits {
            let came = |own: &&Thing, records: &mut Records<'_>| {
                let had = |records: &mut Records<'_>, ix: usize| match own.name.as_str() {
                    "" => records.is_there(ix, &own.here),
                    _ => records.had(ix, &own.here, pair.from, &own.name),
                };
                had(records, ix) && !had(records, ix + 1)
            };
            promoted.extend(done.promoted.iter().filter(|own| came(own, records)));
            let all = sides.behind(pair);
            let left: Vec<Thing> = all.into_iter().filter(|own| came(&own, records)).collect();
            let commit = records.commit(ix);
            self.told(pair, &promoted, left, commit, sides, findings);
        }
    }

    /// Whether the new tree has what a file says in another form: `hosts.yml` in place of `hosts.ini`,
    /// `all/main.yml` in place of `all.yml`.
    fn has_other_form(&self, path: &str) -> bool {
        let (folder, base) = split_path(path);
        let stem = |base: &str| base.split('.').next().unwrap_or_default().to_owned();
        let own = stem(base);
        if own.is_empty() {
            return false;
        }
        let files = &self.new.snapshot.files;
        let from = |head: &str| files.partition_point(|file| file.entry.path.as_str() < head);
        let head = join_path(folder, &own).unwrap_or_default();
        let beside =
            files[from(&head)..].iter().take_while(|file| file.entry.path.starts_with(&head));
        let mut rest = beside.filter_map(|file| file.entry.path.get(head.len()..));
        let as_folder = format!("{folder}.");
        rest.any(|rest| rest.starts_with(['.', '/']) || rest.is_empty())
            || !folder.is_empty()
                && files
                    .get(from(&as_folder))
                    .is_some_and(|file| file.entry.path.starts_with(&as_folder))
    }

    /// Says what is left behind where most of what came together is promoted.
    fn told(
        &self,
        pair: &Pair,
        promoted: &BTreeSet<&Thing>,
        left: Vec<Thing>,
        commit: Option<(String, String)>,
        sides: &mut Sides<'_>,
        findings: &mut Vec<Finding>,
    ) {
        if promoted.is_empty() || left.is_empty() || left.len() > MAX_LEFT.min(promoted.len()) {
            return;
        }
        let Some(first) = promoted.first() else { return };
        let Some(primary) = sides.place(first, pair) else { return };
        // Whoever runs Terraform in a folder writes the list of its providers there.
        let is_written = |own: &Thing| own.here.ends_with(".terraform.lock.hcl");
        let is_there = |own: &Thing| own.name.is_empty() && self.has_other_form(&own.there);
        for thing in left.into_iter().filter(|own| !is_written(own) && !is_there(own)) {
            let (shown, span) = sides.shown(&thing, pair.from);
            let row = compare::Row {
                step: 0,
                from: pair.from,
                to: pair.to,
                side: compare::Side::Earlier,
                what: if thing.name.is_empty() { What::File } else { What::Part(Sort::Key) },
                path: thing.here.clone(),
                twin: thing.there.clone(),
                shown: shown.clone(),
                span,
                name: thing.name.clone(),
            };
            if self.settings.expected.iter().any(|meant| meant.covers(&row)) {
                continue;
            }
            let (from, to) = (self.chain().name(pair.from), self.chain().name(pair.to));
            let what = if shown.is_empty() {
                format!("{} is not promoted to {}", thing.here, thing.there)
            } else {
                format!("`{shown}` of {} is not promoted to {}", thing.here, thing.there)
            };
            let with = match &commit {
                Some((id, day)) => {
                    format!(
                        "it came to {from} in commit {id} ({day}) with what this change promotes"
                    )
                }
                None => format!("this change adds it to {from}, and what came with it to {to} too"),
            };
            let entity = match shown.is_empty() {
                true => Entity::new(kinds::FILE, thing.there.clone()),
                false => Entity::new(kinds::KEY, shown),
            };
            let mut finding = Finding::new("missed-promotion", format!("{what}: {with}"), primary)
                .severity(Severity::Warning)
                .of_change()
                .label(format!("promoted to {to} by this change"))
                .help(format!("promote it too, or say under `environments` in crosscheck.yaml why {to} does without"))
                .entity(entity);
            if let Some(file) = self.new.snapshot.find(&thing.here) {
                let place = Place { tree: self.new.snapshot.role, file, span };
                finding = finding.related(format!("{from} has it here"), place);
            }
            findings.push(finding);
        }
    }
}

/// Contents of both trees.
struct Sides<'s> {
    old: Shelf<'s>,
    new: Shelf<'s>,
}

impl Sides<'_> {
    fn done(&mut self, change: &Change<'_, '_>, pair: &Pair, changed: &FxHashSet<SmolStr>) -> Done {
        let mut done = Done::default();
        let was = |path: &str| change.old.snapshot.find(path).is_some();
        let thing = |here: &SmolStr, there: &SmolStr, name: &SmolStr| Thing {
            here: here.clone(),
            there: there.clone(),
            name: name.clone(),
        };
        let whole = SmolStr::default();
        // A folder that is new as a whole is no promotion of parts.
        let is_new = |folder: &str| {
            let from =
                change.old.snapshot.files.partition_point(|file| file.entry.path.as_str() < folder);
            let first = change.old.snapshot.files.get(from);
            !first.is_some_and(|file| file.entry.path.starts_with(folder))
        };
        if is_new(&pair.here) || is_new(&pair.there) {
            return done;
        }
        let twins = pair
            .twins
            .iter()
            .filter(|(here, there)| changed.contains(here) || changed.contains(there));
        for (here, there) in twins.take(MAX_TWINS) {
            if !was(here) {
                done.here.insert(thing(here, there, &whole));
            }
            if !was(there) {
                done.promoted.insert(thing(here, there, &whole));
                continue;
            }
            if was(here) {
                for name in self.added(here, pair.from) {
                    done.here.insert(thing(here, there, &name));
                }
            }
            let own = self.new.contents(here, pair.from);
            for name in self.added(there, pair.to) {
                if own.as_ref().is_some_and(|own| own.has(&name)) {
                    done.promoted.insert(thing(here, there, &name));
                }
            }
        }
        for (here, there) in pair.lacking.iter().filter(|(here, _)| !was(here)) {
            done.here.insert(thing(here, there, &whole));
        }
        done
    }

    /// What the change adds to a file: the outermost of it.
    fn added(&mut self, path: &SmolStr, rank: Rank) -> Vec<SmolStr> {
        let (Some(old), Some(new)) = (self.old.contents(path, rank), self.new.contents(path, rank))
        else {
            return Vec::new();
        };
        if !old.is_whole || !new.is_whole {
            return Vec::new();
        }
        let is_outermost = |parent: Option<u32>| {
            let parent = parent.and_then(|ix| new.all.get(ix as usize));
            parent.is_none_or(|(name, _)| old.has(name))
        };
        let added =
            new.all.iter().filter(|(name, held)| !old.has(name) && is_outermost(held.parent));
        added.map(|(name, _)| name.clone()).collect()
    }

    /// Those of `things` that the later environment has not.
    fn lacking<'t>(&mut self, pair: &Pair, things: impl Iterator<Item = &'t Thing>) -> Vec<Thing> {
        let own = self.behind(pair);
        things.filter(|thing| own.contains(*thing)).cloned().collect()
    }

    /// All that the later environment lacks.
    fn behind(&mut self, pair: &Pair) -> BTreeSet<Thing> {
        let mut rows = Vec::new();
        for (here, there) in pair.twins.iter().take(MAX_TWINS) {
            compare::twins(&mut self.new, pair, here, there, &mut rows);
        }
        let part = |row: compare::Row| match (row.side, row.what) {
            (compare::Side::Earlier, What::Part(_)) => {
                Some(Thing { here: row.path, there: row.twin, name: row.name })
            }
            _ => None,
        };
        let mut found: BTreeSet<Thing> = rows.into_iter().filter_map(part).collect();
        found.extend(pair.lacking.iter().map(|(here, there)| Thing {
            here: here.clone(),
            there: there.clone(),
            name: SmolStr::default(),
        }));
        found
    }

    /// What a reader calls a thing, and where it stands.
    fn shown(&mut self, thing: &Thing, rank: Rank) -> (SmolStr, Span) {
        let own: Option<Rc<Contents>> = self.new.contents(&thing.here, rank);
        let held = own.as_ref().and_then(|own| own.get(&thing.name));
        held.map_or((SmolStr::default(), Span::default()), |held| (held.shown.clone(), held.span))
    }

    /// Where the later environment has a thing.
    fn place(&mut self, thing: &Thing, pair: &Pair) -> Option<Place> {
        let snapshot: &Snapshot = self.new.snapshot();
        let file = snapshot.find(&thing.there)?;
        let own = self.new.contents(&thing.there, pair.to);
        let held = own.as_ref().and_then(|own| own.get(&thing.name));
        let span = held.map_or(Span::default(), |held| held.span);
        Some(Place { tree: snapshot.role, file, span })
    }
}

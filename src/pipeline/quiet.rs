//! Changes that bring nothing and mend nothing, told without resolving anything.
//!
//! What is found in a tree depends on its paths, on what its files say, and on the contents that
//! a check reads. A change is quiet where the paths stay, each file that it touches says the same
//! as before in the same order, nobody has read the contents of that file so far, and no word that
//! came to them or went from them is part of a name that some file has or asks for: some checks look
//! through all text for such names. Comments, texts of templates, and values that nothing models are most of
//! the changes of this sort.

use super::Walk;
use crate::config::Config;
use crate::facts::{FileFacts, base_name};
use crate::loader::{FileIx, Loader, Snapshot, SnapshotFile};
use crate::tree::{EntryKind, Tree};
use crate::twins;
use globset::Glob;
use rustc_hash::FxHashSet;
use serde_json::Value;
use smol_str::SmolStr;

/// Changes of more files are resolved.
const MOST: usize = 64;

/// A change of a tree in which `loader` read everything by `config`.
pub struct Quiet<'q> {
    pub config: &'q Config,
    pub loader: &'q Loader,
    /// What was brought so far.
    pub walk: &'q Walk,
    /// The tree before the change.
    pub before: &'q Snapshot,
    /// Its contents, to read which tells nobody.
    pub old: &'q dyn Tree,
    /// The tree after it.
    pub new: &'q dyn Tree,
    /// The paths that differ.
    pub changed: &'q [SmolStr],
    /// Paths whose contents somebody has read beside those who say what is in them.
    pub read: &'q FxHashSet<SmolStr>,
}

impl Quiet<'_> {
    /// What the files that differ say now, if the change is quiet.
    pub fn files(&self) -> Option<Vec<(FileIx, SnapshotFile)>> {
        let Config { mapping, rollout, with, joined, baseline, .. } = self.config;
        let is_plain = mapping.is_empty() && rollout.is_none() && baseline.is_none();
        let is_alone = with.is_empty() && joined.is_empty();
        if !is_plain || !is_alone || self.changed.len() > MOST {
            return None;
        }
        let settings = twins::Settings::of(self.config).ok()?;
        let derived = self.config.packs.0.derived.iter();
        let sources = derived.map(|own| Some(Glob::new(&own.from).ok()?.compile_matcher()));
        let sources = sources.collect::<Option<Vec<_>>>()?;
        let mut files = Vec::new();
        let mut words = FxHashSet::default();
        for path in self.changed {
            if self.read.contains(path)
                || base_name(path) == ".gitignore"
                || settings.chain.has_word(path)
                || sources.iter().any(|own| own.is_match(path))
                || self.walk.needs_in(path)
            {
                return None;
            }
            files.push(self.file(path, &mut words)?);
        }
        (words.is_empty() || !self.names_any(&words)).then_some(files)
    }

    /// Whether a name that some file has or asks for holds one of these words.
    fn names_any(&self, words: &FxHashSet<Vec<u8>>) -> bool {
        self.before.files.iter().any(|file| {
            let asked = file.facts.requires.iter().flat_map(|own| &own.any_of).map(|own| &own.name);
            let mut names = file.facts.provides.iter().map(|own| &own.name).chain(asked);
            names.any(|own| {
                own.as_exact()
                    .is_some_and(|own| split(own.as_bytes()).any(|own| words.contains(own)))
            })
        })
    }

    /// What a file that differs says now, if it says the same; `words` receives those that came and
    /// went.
    fn file(
        &self,
        path: &SmolStr,
        words: &mut FxHashSet<Vec<u8>>,
    ) -> Option<(FileIx, SnapshotFile)> {
        let ix = self.before.find(path)?;
        let entry = self.new.entries().get(ix as usize).filter(|own| own.path == *path)?;
        let before = self.before.file(ix);
        if entry.kind != EntryKind::File || before.entry.kind != EntryKind::File {
            return None;
        }
        let own = self.loader.read_one(self.new, ix as usize);
        let is_same = own.systems == before.systems
            && own.modelled == before.modelled
            && own.standing == before.standing
            && says_the_same(&before.facts, &own.facts);
        if !is_same {
            return None;
        }
        let one = self.old.reader().read(ix as usize).ok()?;
        let other = self.new.reader().read(ix as usize).ok()?;
        let (one, other) = (words_of(&one), words_of(&other));
        words.extend(one.symmetric_difference(&other).map(|own| own.to_vec()));
        Some((ix, own))
    }
}

/// Words as those who look through text take them.
fn words_of(text: &[u8]) -> FxHashSet<&[u8]> {
    split(text).collect()
}

fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    text.split(move |byte| !is_part(byte)).filter(|own| !own.is_empty())
}

/// Whether two versions of a file say the same, wherever in it that stands, in the same order.
fn says_the_same(one: &FileFacts, other: &FileFacts) -> bool {
    if one == other {
        return true;
    }
    let values = (serde_json::to_value(one), serde_json::to_value(other));
    let (Ok(mut one), Ok(mut other)) = values else { return false };
    let (mut here, mut there) = (Vec::new(), Vec::new());
    take_places(&mut one, &mut here);
    take_places(&mut other, &mut there);
    one == other && ranks(&here) == ranks(&there)
}

/// Takes the spans out of what a file says.
fn take_places(value: &mut Value, places: &mut Vec<u64>) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|own| take_places(own, places)),
        Value::Object(all) => {
            let number = |key: &str| all.get(key).and_then(Value::as_u64);
            if let (2, Some(start), Some(end)) = (all.len(), number("start"), number("end")) {
                places.extend([start, end]);
                *value = Value::Null;
                return;
            }
            all.values_mut().for_each(|own| take_places(own, places));
        }
        _ => {}
    }
}

/// For each place the number of different places before it.
fn ranks(places: &[u64]) -> Vec<usize> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    places.iter().map(|own| sorted.partition_point(|other| other < own)).collect()
}

#[cfg(test)]
mod tests {
    use super::says_the_same;
    use crate::extract::Settings;
    use crate::loader::facts_of;
    use crate::systems::readers;

    fn same(one: &str, other: &str) -> bool {
        let facts = |text: &str| {
            facts_of(
                readers(),
                &Settings::default(),
                "modules/a/manifests/init.pp",
                text.as_bytes(),
            )
        };
        says_the_same(&facts(one), &facts(other))
    }

    #[test]
    fn comments_and_lines_say_nothing_and_names_do() {
        let text = "class a {\n  include b\n  include c\n}\n";
        assert!(same(text, "# What it is.\nclass a {\n\n  include b\n  include  c\n}\n"));
        assert!(!same(text, "class a {\n  include b\n  include d\n}\n"));
        assert!(!same(text, "class a {\n  include c\n  include b\n}\n"));
        assert!(!same(text, "class a {\n  include b\n}\n"));
    }
}

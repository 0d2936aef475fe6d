//! Packs: facts about the world that no tree states, as data. Which package brings an
//! extension, which directive went away in which version.
//!
//! The built-in ones are `rules/packs/*.yaml`; a tree adds its own in
//! `.crosscheck/packs/*.yaml`, in the same format.

mod objects;

pub use objects::{ClusterObject, Made};

use crate::facts::Kind;
use flate2::read::DeflateDecoder;
use serde::Deserialize;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, OnceLock};

include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// Where a tree keeps its own packs.
pub const FOLDER: &str = ".crosscheck/packs";

/// The contents of one pack, or of several joined.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Pack {
    /// Version of the format: 1.
    pub version: Option<u32>,
    /// Small trees with what is to be said of them, which `crosscheck packs lint` runs.
    pub cases: Vec<Case>,
    /// Families of packages that bring things of one kind.
    pub families: Vec<Family>,
    /// Which package brings what: `KIND:NAME` → package.
    pub packages: BTreeMap<String, String>,
    /// HAProxy directives that a version removed.
    pub removed_directives: Vec<RemovedDirective>,
    /// What is made from what.
    pub derived: Vec<Derived>,
    /// Well-known commands and what their versions removed.
    pub commands: Vec<KnownCommand>,
    /// What objects of a cluster make, and what they name.
    pub objects: Vec<ClusterObject>,
    /// Lists of words that systems know, by name. A word may go on behind a `/`: what that says
    /// is the system's own.
    pub words: BTreeMap<SmolStr, Words>,
}

/// The text of a list of words that `build.rs` deflated. What is built in is whole: tests read it.
pub(crate) fn inflate(list: &[u8]) -> String {
    let mut text = String::new();
    let _ = DeflateDecoder::new(list).read_to_string(&mut text);
    text
}

/// A list of words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "String")]
pub struct Words {
    /// Sorted.
    all: Vec<SmolStr>,
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        let mut all: Vec<SmolStr> = text.split_ascii_whitespace().map(SmolStr::new).collect();
        let name = |own: &SmolStr| own.split('/').next().map(SmolStr::new);
        all.sort_by_cached_key(name);
        Self { all }
    }
}

impl Words {
    /// What the list says behind a word's `/`, if it has the word.
    pub fn get(&self, word: &str) -> Option<&str> {
        let at = self.all.partition_point(|own| {
            own.split_once('/').map_or(own.as_str(), |(name, _)| name) < word
        });
        let rest = self.all.get(at)?.strip_prefix(word)?;
        match rest.strip_prefix('/') {
            Some(said) => Some(said),
            None => rest.is_empty().then_some(""),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The words, without what follows them.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.all.iter().map(|own| own.split_once('/').map_or(own.as_str(), |(name, _)| name))
    }
}

/// A small tree, or a change of one, with the findings that the pack brings about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub name: SmolStr,
    /// The tree: contents by path.
    pub files: BTreeMap<String, String>,
    /// The tree before a change; without it the whole tree is checked.
    #[serde(default)]
    pub before: Option<BTreeMap<String, String>>,
    /// The rules that count; all where there are none.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Every finding; none where the tree is in order.
    pub expect: Vec<Expected>,
}

/// A finding that a case expects.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Its rule.
    pub rule: String,
    /// Its file.
    #[serde(default)]
    pub path: Option<String>,
    /// Its line, from 1.
    #[serde(default)]
    pub line: Option<u32>,
    /// A part of its message or of its help.
    #[serde(default)]
    pub says: Option<String>,
}

/// Something that is made from files of the tree, and has to be made again when they change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// What it is, for readers: `composer lock file`.
    pub name: SmolStr,
    /// The files that it is made from: a glob over whole paths.
    pub from: String,
    /// The file that is made, relative to the folder of `from`. Without it, it is made on the
    /// hosts or by the deployment, and only a rollout plan speaks of it.
    #[serde(default)]
    pub to: Option<String>,
    /// Of a JSON source, the outermost keys that matter; all of the file without them.
    #[serde(default)]
    pub keys: Vec<String>,
    /// What makes it.
    pub rebuild: String,
}

/// A command that many systems have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KnownCommand {
    /// Its name.
    pub name: SmolStr,
    /// Further commands of which the same holds.
    #[serde(default)]
    pub also: Vec<SmolStr>,
    /// Where its entries are from, for readers.
    pub source: String,
    /// The key under `versions` in `crosscheck.yaml` that says its version; its name where
    /// there is none.
    #[serde(default)]
    pub versions_key: Option<SmolStr>,
    /// Environment variables that hold flags for it: their names, or what their names end in
    /// behind a `_`.
    #[serde(default)]
    pub variables: Vec<SmolStr>,
    /// Words after which the arguments are another program's: `-jar`. `--` is one always.
    #[serde(default)]
    pub until: Vec<SmolStr>,
    /// Flags and sub-commands that a version removed or renamed.
    #[serde(default)]
    pub removed: Vec<Removed>,
    /// All its long flags, as of the version in `of`; empty where they are not known.
    #[serde(default)]
    pub flags: Vec<SmolStr>,
    /// The version that `flags` are of.
    #[serde(default)]
    pub of: Option<SmolStr>,
    /// Long flags with the first version that takes them.
    #[serde(default)]
    pub added: BTreeMap<SmolStr, SmolStr>,
}

/// A flag or a sub-command that a version of a command removed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removed {
    /// The flag, with its dashes.
    #[serde(default)]
    pub flag: Option<SmolStr>,
    /// In its place: the sub-command, words with one space between.
    #[serde(default)]
    pub command: Option<SmolStr>,
    /// The sub-command that has the flag; without it, it is any's.
    #[serde(default, rename = "in")]
    pub within: Option<SmolStr>,
    /// Only this value of the flag, up to its `=`: the setting of `-d setting=1`.
    #[serde(default)]
    pub value: Option<SmolStr>,
    /// Only the flag without a value was removed.
    #[serde(default)]
    pub bare: bool,
    /// First version without it.
    pub removed: SmolStr,
    /// What to use in its place.
    #[serde(rename = "use")]
    pub replacement: SmolStr,
}

impl KnownCommand {
    /// The key under `versions` that says its version.
    pub fn version_key(&self) -> &str {
        self.versions_key.as_ref().unwrap_or(&self.name)
    }

    /// Whether `version` is known not to take the long flag `name`: it is not in the list of
    /// a version that is no older, nor is it a beginning of one there, or the negation of one.
    pub fn lacks(&self, name: &str, version: &str) -> bool {
        let Some(of) = self.of.as_ref().filter(|of| parts(version) <= parts(of)) else {
            return false;
        };
        let plain = name.strip_prefix("--no-").map(|rest| format!("--{rest}"));
        let listed = |name: &str| self.flags.iter().any(|flag| flag.starts_with(name));
        !of.is_empty() && !listed(name) && !plain.is_some_and(|plain| listed(&plain))
    }

    /// Whether what stands behind the word `text` is another program's.
    pub fn ends_at(&self, text: &str) -> bool {
        text == "--" || self.until.iter().any(|own| own == text)
    }

    /// The version with which the long flag `name` came, where `version` is an older one.
    pub fn added_after(&self, name: &str, version: &str) -> Option<&str> {
        let added = self.added.get(name).filter(|added| !is_since(version, added));
        added.map(SmolStr::as_str)
    }

    /// What `version` does not have any more.
    pub fn removed_in(&self, version: &str) -> impl Iterator<Item = &Removed> {
        let version = parts(version);
        self.removed.iter().filter(move |entry| version >= parts(&entry.removed))
    }
}

impl Removed {
    /// The flag, with its value where only that was removed, or the sub-command.
    pub fn spelling(&self) -> SmolStr {
        let own = self.flag.as_ref().or(self.command.as_ref()).map_or("", SmolStr::as_str);
        self.value.as_ref().map_or(own.into(), |value| format_smolstr!("{own} {value}"))
    }
}

/// A family of packages that bring things of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Kind of what they bring: `mediawiki.extension`.
    pub kind: Kind,
    /// First part of their names: `mediawiki`.
    pub base: String,
    /// Names, `{}` for the thing's name; the first is the one that a finding names.
    pub packages: Vec<String>,
    /// Part of a path that deploys the thing without a package.
    pub path: String,
    /// Things that come with the base package.
    #[serde(default)]
    pub bundled: Vec<String>,
}

impl Family {
    /// Whether `package` is one of the family's: `BASE[digits]-SOMETHING`; the rest of its
    /// name.
    pub fn member<'p>(&self, package: &'p str) -> Option<&'p str> {
        let rest =
            package.strip_prefix("php-").unwrap_or(package).strip_prefix(self.base.as_str())?;
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').strip_prefix('-')
    }

    /// Whether `package` brings `name`.
    pub fn brings(&self, package: &str, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.member(package).is_some_and(|tail| tail.to_ascii_lowercase().ends_with(&name))
            || self.packages.iter().any(|own| own.replace("{}", &name) == package)
    }
}

/// A directive that a version of HAProxy rejects.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovedDirective {
    /// Its first word, or first two.
    pub name: SmolStr,
    /// First version without it.
    pub removed: SmolStr,
    /// The section that it stood in, where that is not a proxy: `global`.
    #[serde(default, rename = "in")]
    pub section: Option<SmolStr>,
    /// What to use in its place; may be empty.
    #[serde(rename = "use")]
    pub replacement: SmolStr,
}

impl Pack {
    /// Reads one pack.
    ///
    /// # Errors
    /// A message with line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let pack: Self = crate::yaml::from_str(text).map_err(|error| error.to_string())?;
        for derived in &pack.derived {
            globset::Glob::new(&derived.from).map_err(|error| error.to_string())?;
        }
        Ok(pack)
    }

    /// The built-in packs, joined.
    pub fn builtin() -> Arc<Self> {
        static BUILTIN: OnceLock<Arc<Pack>> = OnceLock::new();
        let read = || {
            let mut all = Pack::default();
            for (_, text) in SOURCES {
                // Each run starts here, so nothing is proved again that a test proves below: that
                // they parse, within the depth that a stranger's is measured for first.
                all.add(serde_yaml::from_str(text).unwrap_or_default());
            }
            Arc::new(all)
        };
        BUILTIN.get_or_init(read).clone()
    }

    /// Adds another pack's entries. They come first, so that a tree's own word holds over
    /// a built-in one. Cases are its own business.
    pub fn add(&mut self, mut other: Self) {
        other.families.append(&mut self.families);
        self.families = other.families;
        other.removed_directives.append(&mut self.removed_directives);
        self.removed_directives = other.removed_directives;
        other.derived.append(&mut self.derived);
        self.derived = other.derived;
        self.packages.extend(other.packages);
        other.commands.append(&mut self.commands);
        self.commands = other.commands;
        self.objects.append(&mut other.objects);
        self.words.extend(other.words);
    }

    /// The words of a list; none where no pack has it.
    pub fn words(&self, list: &str) -> &Words {
        static NONE: Words = Words { all: Vec::new() };
        self.words.get(list).unwrap_or(&NONE)
    }

    /// The entries of a kind of object.
    pub fn objects(&self, kind: &str) -> impl Iterator<Item = &ClusterObject> {
        self.objects.iter().filter(move |own| own.kind == kind || own.kind == "*")
    }

    /// The entry of a command.
    pub fn command(&self, name: &str) -> Option<&KnownCommand> {
        self.commands
            .iter()
            .find(|entry| entry.name == name || entry.also.iter().any(|own| own == name))
    }

    /// The entry of the command that takes flags from an environment variable.
    pub fn reader(&self, variable: &str) -> Option<&KnownCommand> {
        let own = |end: &SmolStr| {
            let rest = variable.strip_suffix(end.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
        };
        self.commands.iter().find(|entry| entry.variables.iter().any(own))
    }

    /// The entry for an HAProxy directive that `version` no longer has in a section of this
    /// kind.
    pub fn removed_directive(
        &self,
        section: &str,
        first: &str,
        second: &str,
        version: &str,
    ) -> Option<&RemovedDirective> {
        let both = format!("{first} {second}");
        let own = |entry: &&RemovedDirective| {
            let here = match &entry.section {
                Some(own) => own == section,
                None => matches!(section, "defaults" | "frontend" | "backend" | "listen"),
            };
            here && (entry.name == first || entry.name == both)
        };
        let entry = self.removed_directives.iter().find(own)?;
        is_since(version, &entry.removed).then_some(entry)
    }
}

/// Whether a version is this one, or a later one.
pub fn is_since(version: &str, first: &str) -> bool {
    parts(version) >= parts(first)
}

/// Whether a text begins with the numbers of a version.
pub fn is_version(text: &str) -> bool {
    text.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
}

/// The numbers of a version; `3` and `3.0` are the same.
fn parts(version: &str) -> Vec<u32> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let mut parts: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    while parts.last() == Some(&0) {
        parts.pop();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_packs_parse() {
        for (name, text) in SOURCES {
            Pack::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn versions_compare_by_number() {
        let packs = Pack::builtin();
        let is_removed = |section: &str, first: &str, second: &str, version: &str| {
            packs.removed_directive(section, first, second, version).is_some()
        };
        assert!(is_removed("frontend", "reqirep", "", "2.10"));
        assert!(is_removed("frontend", "reqirep", "", "2.1"));
        assert!(!is_removed("frontend", "reqirep", "", "1.8"));
        assert!(is_removed("defaults", "option", "forceclose", "2.5.1"));
        assert!(!is_removed("listen", "dispatch", "", "3.4"));
        // `grace` left the proxies and came to the global section.
        assert!(is_removed("frontend", "grace", "", "2.8"));
        assert!(!is_removed("global", "grace", "", "2.8"));
        assert!(is_removed("global", "nbproc", "", "2.5"));
    }

    #[test]
    fn each_removal_is_of_a_flag_or_of_a_sub_command() {
        for command in &Pack::builtin().commands {
            assert!(
                !command.source.is_empty()
                    && (!command.removed.is_empty() || !command.flags.is_empty()),
                "{}",
                command.name
            );
            for entry in &command.removed {
                assert!(entry.flag.is_some() != entry.command.is_some(), "{entry:?}");
                assert!(!parts(&entry.removed).is_empty(), "{entry:?}");
                let dashed = entry.flag.as_ref().is_none_or(|flag| flag.starts_with('-'));
                assert!(dashed && (entry.within.is_none() || entry.flag.is_some()), "{entry:?}");
                assert!(entry.value.is_none() || entry.flag.is_some(), "{entry:?}");
            }
        }
    }

    #[test]
    fn words_are_found_by_their_names() {
        let pack = Pack::parse("words: {a.b: 'x_y/1 x/2/3 z'}").unwrap();
        let words = pack.words("a.b");
        assert_eq!(
            (words.get("x"), words.get("x_y"), words.get("z")),
            (Some("2/3"), Some("1"), Some(""))
        );
        assert_eq!((words.get("x_"), words.get("zz"), words.get("")), (None, None, None));
        assert_eq!(pack.words("other").names().count(), 0);
    }

    #[test]
    fn a_trees_own_word_holds() {
        let mut packs = Pack::clone(&Pack::builtin());
        let own = "removed-directives: [{name: reqirep, removed: '9.9', use: none}]";
        packs.add(Pack::parse(own).unwrap());
        assert!(packs.removed_directive("frontend", "reqirep", "", "2.4").is_none());
    }
}

//! What is wrong with a pack that is read all the same: what would never hold, or holds twice.

use super::ConfigError;
use super::validate::Step::{self, Item, Key, Name};
use super::validate::{Text, refused};
use crate::facts::Span;
use crate::packs::{Case, KnownCommand, Pack, Removed, is_version};
use crate::syntax::yaml::Node;
use rustc_hash::FxHashSet;
use std::hash::Hash;

/// A pack that was looked through.
pub struct Linted {
    /// Its contents, where it can be read.
    pub pack: Option<Pack>,
    /// What is wrong with it, by place.
    pub problems: Vec<ConfigError>,
    /// Where each of its cases stands.
    pub cases: Vec<Option<Span>>,
}

/// Looks through a pack: keys, versions, names, and what stands there twice.
pub fn lint(text: &str) -> Linted {
    let document = Text::new(text);
    let mut problems = Vec::new();
    if let Some(root) = document.root() {
        twice(root, text, &mut problems);
    }
    let pack: Pack = match crate::yaml::from_str(text) {
        Ok(pack) => pack,
        Err(error) => {
            // What stands there twice is told of with its place already.
            let error = refused(&error, text);
            if problems.is_empty() || !error.message.contains("duplicate") {
                problems.push(error);
            }
            return Linted { pack: None, problems, cases: Vec::new() };
        }
    };
    let mut lint = Lint { text: &document, problems };
    lint.whole(&pack);
    lint.families(&pack);
    lint.packages(&pack);
    lint.directives(&pack);
    lint.derived(&pack);
    lint.commands(&pack);
    lint.words(&pack);
    lint.cases(&pack.cases);
    let mut problems = lint.problems;
    problems.sort_by_key(|own| own.span.map_or(0, |span| span.start));
    let place = |ix: usize| document.find(&[Key("cases"), Item(ix), Key("name")]);
    let cases = (0..pack.cases.len()).map(place).collect();
    Linted { pack: Some(pack), problems, cases }
}

/// Keys that a map has twice: only one of them would hold.
fn twice(node: &Node<'_>, text: &str, problems: &mut Vec<ConfigError>) {
    let mut seen = FxHashSet::default();
    for (key, value) in node.entries() {
        if let Some(name) = key.as_str()
            && !seen.insert(name)
        {
            let message = format!("the key `{name}` stands here twice");
            problems.push(ConfigError::new(message).at(text, Some(key.span)));
        }
        twice(value, text, problems);
    }
    for item in node.items() {
        twice(item, text, problems);
    }
}

struct Lint<'t> {
    text: &'t Text<'t>,
    problems: Vec<ConfigError>,
}

impl Lint<'_> {
    fn say(&mut self, steps: &[Step<'_>], message: impl Into<String>) {
        self.problems.push(self.text.error(steps, message));
    }

    fn help(&mut self, steps: &[Step<'_>], message: impl Into<String>, help: &str) {
        self.problems.push(self.text.error(steps, message).help(help));
    }

    fn whole(&mut self, pack: &Pack) {
        if let Some(other) = pack.version.filter(|version| *version != 1) {
            let message = format!("version {other} is not known");
            self.help(&[Key("version")], message, "this is version 1");
        }
        if entries(pack) == 0 {
            self.say(&[], "the pack says nothing");
        }
    }

    /// Says which of `names` are there already, each with the steps to it.
    fn unique<T: Hash + Eq>(&mut self, list: &str, names: impl Iterator<Item = (T, String)>) {
        let mut seen = FxHashSet::default();
        for (ix, (name, shown)) in names.enumerate() {
            if !seen.insert(name) {
                let message = format!("{shown} stands under `{list}` twice: the first one holds");
                self.say(&[Key(list), Item(ix)], message);
            }
        }
    }

    fn families(&mut self, pack: &Pack) {
        let names = pack
            .families
            .iter()
            .map(|own| ((own.kind, &own.base, &own.path), format!("the family of `{}`", own.kind)));
        self.unique("families", names);
        for (ix, family) in pack.families.iter().enumerate() {
            let at = |key| [Key("families"), Item(ix), Key(key)];
            if family.packages.is_empty() {
                self.say(&at("packages"), "a finding names the first package, and there is none");
            }
            for (own, name) in family.packages.iter().enumerate() {
                if !name.contains("{}") {
                    let steps = [Key("families"), Item(ix), Key("packages"), Item(own)];
                    let message = format!("`{name}` is the same for everything");
                    self.help(&steps, message, "`{}` stands for the thing's name");
                }
            }
            if !family.path.contains("{}") {
                let message = format!("`{}` is the path of no single thing", family.path);
                self.help(&at("path"), message, "`{}` stands for the thing's name");
            }
        }
    }

    fn packages(&mut self, pack: &Pack) {
        for (entity, package) in &pack.packages {
            let steps = [Key("packages"), Name(entity)];
            let is_entity = entity.split_once(':').is_some_and(|(kind, name)| {
                !kind.is_empty() && !name.is_empty() && !name.starts_with(':')
            });
            if !is_entity {
                let message = format!("`{entity}` has no kind, so it covers nothing");
                self.help(&steps, message, "write KIND:NAME, such as `command:jq`");
            }
            if package.trim().is_empty() {
                self.say(&[Key("packages"), Key(entity)], format!("no package for `{entity}`"));
            }
        }
    }

    fn version(&mut self, steps: &[Step<'_>], version: &str) {
        if !is_version(version) {
            let message = format!("`{version}` is no version");
            self.help(steps, message, "it begins with a number: \"2.4\"");
        }
    }

    fn directives(&mut self, pack: &Pack) {
        let list = "removed-directives";
        let names = pack
            .removed_directives
            .iter()
            .map(|own| ((&own.name, &own.section), format!("the directive `{}`", own.name)));
        self.unique(list, names);
        for (ix, own) in pack.removed_directives.iter().enumerate() {
            self.version(&[Key(list), Item(ix), Key("removed")], &own.removed);
        }
    }

    fn derived(&mut self, pack: &Pack) {
        let names = pack.derived.iter().map(|own| {
            ((&own.name, &own.from, &own.to), format!("`{}` from `{}`", own.name, own.from))
        });
        self.unique("derived", names);
        for (ix, own) in pack.derived.iter().enumerate() {
            let at = |key| [Key("derived"), Item(ix), Key(key)];
            if let Err(error) = self.text.glob(&at("from"), &own.from) {
                self.problems.push(error);
            }
            let is_outside =
                |to: &String| to.starts_with('/') || to.split('/').any(|part| part == "..");
            if own.to.as_ref().is_some_and(is_outside) {
                self.say(&at("to"), "the file is named from the folder of `from`, and lies in it");
            }
        }
    }

    fn commands(&mut self, pack: &Pack) {
        let names = pack.commands.iter().map(|own| (&own.name, format!("`{}`", own.name)));
        self.unique("commands", names);
        for (ix, own) in pack.commands.iter().enumerate() {
            self.command(ix, own);
        }
    }

    fn command(&mut self, ix: usize, own: &KnownCommand) {
        let at = |key| [Key("commands"), Item(ix), Key(key)];
        if own.source.trim().is_empty() {
            self.say(&at("source"), "say where the entries are from: readers have to check them");
        }
        if own.removed.is_empty() && own.flags.is_empty() && own.added.is_empty() {
            self.say(&at("name"), format!("nothing is said of `{}`", own.name));
        }
        match &own.of {
            Some(of) => self.version(&at("of"), of),
            None if !own.flags.is_empty() => {
                self.say(&at("flags"), "`of` has to say which version these are the flags of");
            }
            None => {}
        }
        for (flag, version) in &own.added {
            let steps = [Key("commands"), Item(ix), Key("added"), Key(flag)];
            self.version(&steps, version);
        }
        let mut seen = FxHashSet::default();
        for (entry, removed) in own.removed.iter().enumerate() {
            let steps = [Key("commands"), Item(ix), Key("removed"), Item(entry)];
            self.removed(&steps, removed);
            let Removed { flag, command, within, value, bare, .. } = removed;
            if !seen.insert((flag, command, within, value, bare)) {
                let message =
                    format!("`{}` was removed twice: the first one holds", removed.spelling());
                self.say(&steps, message);
            }
        }
    }

    fn removed(&mut self, steps: &[Step<'_>], own: &Removed) {
        match (&own.flag, &own.command) {
            (Some(flag), None) if !flag.starts_with('-') => {
                self.say(steps, format!("`{flag}` is no flag: write it with its dashes"));
            }
            (Some(_), None) => {}
            (None, Some(_)) if own.within.is_some() || own.value.is_some() || own.bare => {
                self.say(steps, "`in`, `value` and `bare` are of a flag");
            }
            (None, Some(_)) => {}
            _ => self.say(steps, "name a `flag` or a `command`, one of them"),
        }
        let version: Vec<Step<'_>> = steps.iter().copied().chain([Key("removed")]).collect();
        self.version(&version, &own.removed);
    }

    fn words(&mut self, pack: &Pack) {
        for (list, words) in &pack.words {
            let steps = [Key("words"), Key(list)];
            let mut names: Vec<&str> = words.names().collect();
            names.sort_unstable();
            let double = names.windows(2).find(|pair| pair[0] == pair[1]);
            if let Some(name) = double.and_then(|pair| pair.first()) {
                self.say(&steps, format!("`{name}` stands in `{list}` twice"));
            }
        }
    }

    fn cases(&mut self, cases: &[Case]) {
        self.unique("cases", cases.iter().map(|own| (&own.name, format!("`{}`", own.name))));
        for (ix, case) in cases.iter().enumerate() {
            for (own, rule) in case.rules.iter().enumerate() {
                let steps = [Key("cases"), Item(ix), Key("rules"), Item(own)];
                self.problems.extend(self.text.rule(&steps, rule).err());
            }
            for (own, expected) in case.expect.iter().enumerate() {
                let steps = [Key("cases"), Item(ix), Key("expect"), Item(own), Key("rule")];
                self.problems.extend(self.text.rule(&steps, &expected.rule).err());
            }
        }
    }
}

/// How much a pack says.
pub fn entries(pack: &Pack) -> usize {
    pack.families.len()
        + pack.packages.len()
        + pack.removed_directives.len()
        + pack.derived.len()
        + pack.commands.len()
        + pack.objects.len()
        + pack.words.len()
}

//! What serde cannot say of a configuration: globs, rules, kinds, dates, each with its place.

use super::{Config, ConfigError, is_date};
use crate::facts::{Kind, Span, nearest_of};
use crate::graph::EntityGlob;
use crate::mapping::{Mapping, Rule};
use crate::syntax::yaml::{self, Node};
use smol_str::SmolStr;
use std::cell::RefCell;

/// A step from a node to one below it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'s> {
    /// The value of this key.
    Key(&'s str),
    /// The key itself.
    Name(&'s str),
    /// The item with this index.
    Item(usize),
}

use Step::{Item, Key, Name};

/// A configuration's text, to find places in.
pub(super) struct Text<'t> {
    text: &'t str,
    roots: Vec<Node<'t>>,
    /// Kinds that only a pack can bring.
    unknown: RefCell<Vec<UnknownKind>>,
}

impl<'t> Text<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, roots: yaml::parse(text).roots, unknown: RefCell::default() }
    }

    /// The span of what `steps` lead to, or of the last node on the way that is there.
    pub(super) fn find(&self, steps: &[Step<'_>]) -> Option<Span> {
        let mut node = self.roots.first()?;
        for step in steps {
            let next = match step {
                Key(name) => node.get(name),
                Item(ix) => node.items().get(*ix),
                Name(name) => {
                    node.entries().iter().map(|(key, _)| key).find(|key| key.as_str() == Some(name))
                }
            };
            node = next?;
        }
        Some(node.span)
    }

    /// Whether what `steps` lead to is this text.
    pub(super) fn is_value(&self, steps: &[Step<'_>], value: &str) -> bool {
        let span = self.find(steps).map(Span::range);
        let text = span.and_then(|range| self.text.get(range)).unwrap_or_default();
        text.trim_matches(['"', '\'']) == value
    }

    /// The outermost node.
    pub(super) fn root(&self) -> Option<&Node<'t>> {
        self.roots.first()
    }

    pub(super) fn error(&self, steps: &[Step<'_>], message: impl Into<String>) -> ConfigError {
        ConfigError::new(message).at(self.text, self.find(steps))
    }

    pub(super) fn glob(&self, steps: &[Step<'_>], glob: &str) -> Result<(), ConfigError> {
        globset::Glob::new(glob).map(drop).map_err(|error| {
            let key = steps.iter().rev().find_map(|step| match step {
                Key(name) | Name(name) => Some(*name),
                Item(_) => None,
            });
            let message =
                format!("`{glob}` in `{}` is no glob: {}", key.unwrap_or_default(), error.kind());
            self.error(steps, message)
                .help("`*` stands for any text within a folder, `**` for any folders; a bracket or a brace that is meant as such is written `[[]` or `[{]`")
        })
    }

    pub(super) fn rule(&self, steps: &[Step<'_>], rule: &str) -> Result<(), ConfigError> {
        if crate::catalog::find(rule).is_some() {
            return Ok(());
        }
        let ids = crate::catalog::pages().iter().map(|page| page.id.as_str());
        let help = match nearest_of(rule, ids) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`crosscheck rules` lists all".to_owned(),
        };
        Err(self.error(steps, format!("unknown rule `{rule}`")).help(help))
    }

    fn entity(&self, steps: &[Step<'_>], text: &str) -> Result<(), ConfigError> {
        let Some((kind, name)) = text.split_once(':') else {
            return Err(self.kindless(steps, text));
        };
        // `a::*` is a name, and its kind is missing.
        if name.starts_with(':') {
            return Err(self.kindless(steps, text));
        }
        let known = || Kind::known().map(Kind::as_str);
        if known().any(|known| EntityGlob::new(kind).covers_text(known)) {
            return Ok(());
        }
        let near = nearest_of(kind, known());
        let help = match &near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "it covers nothing unless a pack brings the kind; kinds in use are `puppet.class`, `puppet.define`, `ansible.role`, `file`, `package`, `command`, `key`, `haproxy.backend`, `php.class`; `entity` in `--format json` shows the one of a finding".to_owned(),
        };
        let error = self.error(steps, format!("unknown kind `{kind}` in `{text}`")).help(help);
        // What is further away may be meant: a pack's kind, or one of a later version.
        let is_misspelt = near.is_some_and(|near| strsim::osa_distance(kind, &near) <= 2);
        self.unknown.borrow_mut().push(UnknownKind { kind: kind.into(), is_misspelt, error });
        Ok(())
    }

    fn kindless(&self, steps: &[Step<'_>], text: &str) -> ConfigError {
        self.error(steps, format!("`{text}` has no kind, so it would cover nothing")).help(format!(
            "write KIND:NAME, such as `puppet.class:{text}`, `ansible.role:{text}` or `file:{text}`"
        ))
    }
}

/// A kind that is not built in.
#[derive(Debug, Clone)]
pub(super) struct UnknownKind {
    /// The kind, as it is written.
    pub(super) kind: SmolStr,
    /// It looks like a built-in one.
    pub(super) is_misspelt: bool,
    /// What to say where no pack brings it.
    pub(super) error: ConfigError,
}

/// Refuses what cannot be meant. Kinds that only a pack can bring are left to
/// [`Config::kinds`], as packs are read later.
pub(super) fn validate(config: &Config, text: &str) -> Result<Vec<UnknownKind>, ConfigError> {
    let text = Text::new(text);
    if let Some(other) = config.version.filter(|version| *version != 1) {
        let message = format!("version {other} is not known");
        return Err(text.error(&[Key("version")], message).help("this is version 1"));
    }
    for rule in config.rules.keys() {
        text.rule(&[Key("rules"), Name(rule)], rule)?;
    }
    for (ix, own) in config.overrides.iter().enumerate() {
        for (path, glob) in own.paths.iter().enumerate() {
            text.glob(&[Key("overrides"), Item(ix), Key("paths"), Item(path)], glob)?;
        }
        for rule in own.rules.keys() {
            text.rule(&[Key("overrides"), Item(ix), Key("rules"), Name(rule)], rule)?;
        }
    }
    ignores(config, &text)?;
    for (ix, glob) in config.exclude.iter().enumerate() {
        text.glob(&[Key("exclude"), Item(ix)], glob)?;
    }
    for (ix, entry) in config.provided_elsewhere.iter().enumerate() {
        let steps = [Key("provided-elsewhere"), Item(ix), Key("entity")];
        text.entity(&steps, entry.entity.as_str())?;
    }
    let lists = [("closed", &config.namespaces.closed), ("open", &config.namespaces.open)];
    for (key, list) in lists {
        for (ix, glob) in list.iter().enumerate() {
            text.entity(&[Key("namespaces"), Key(key), Item(ix)], glob.as_str())?;
        }
    }
    for entity in config.packages.keys() {
        text.entity(&[Key("packages"), Name(entity)], entity)?;
    }
    for (ix, pair) in config.mapping.iter().enumerate() {
        let rule = Rule::new(&pair.staging, &pair.production);
        Mapping::new(std::slice::from_ref(&rule)).map_err(|error| {
            text.error(&[Key("mapping"), Item(ix), Key("production")], error.to_string())
        })?;
    }
    environments(config, &text)?;
    rollout(config, &text)?;
    Ok(text.unknown.into_inner())
}

fn ignores(config: &Config, text: &Text<'_>) -> Result<(), ConfigError> {
    for (ix, ignore) in config.ignore.iter().enumerate() {
        let at = |key| [Key("ignore"), Item(ix), Key(key)];
        text.rule(&at("rule"), &ignore.rule)?;
        if let Some(glob) = &ignore.path {
            text.glob(&at("path"), glob)?;
        }
        if let Some(entity) = &ignore.entity {
            text.entity(&at("entity"), entity.as_str())?;
        }
        if let Some(date) = ignore.expires.as_ref().filter(|date| !is_date(date)) {
            let message = format!("`{date}` is not a date");
            return Err(text.error(&at("expires"), message).help("write YYYY-MM-DD"));
        }
    }
    Ok(())
}

fn environments(config: &Config, text: &Text<'_>) -> Result<(), ConfigError> {
    let own = &config.environments;
    for (ix, environment) in own.chain.iter().enumerate() {
        let is_empty = environment.words().iter().any(|word| word.trim().is_empty());
        if is_empty || environment.words().is_empty() {
            let steps = [Key("environments"), Key("chain"), Item(ix)];
            return Err(text.error(&steps, "an environment without a name"));
        }
    }
    for (ix, expected) in own.may_differ.iter().enumerate() {
        let at = |key| [Key("environments"), Key("may-differ"), Item(ix), Key(key)];
        let globs = [("path", &expected.path), ("key", &expected.key)];
        for (key, glob) in globs.into_iter().filter_map(|(key, own)| Some((key, own.as_ref()?))) {
            text.glob(&at(key), glob)?;
        }
    }
    Ok(())
}

fn rollout(config: &Config, text: &Text<'_>) -> Result<(), ConfigError> {
    let Some(rollout) = &config.rollout else { return Ok(()) };
    for (ix, unit) in rollout.units.iter().enumerate() {
        for (path_ix, path) in unit.paths.iter().enumerate() {
            let steps = [Key("rollout"), Key("units"), Item(ix), Key("paths"), Item(path_ix)];
            text.glob(&steps, path)?;
        }
    }
    rollout.validate().map_err(|message| text.error(&[Name("rollout")], message))
}

/// What serde refused, in our words and with its place.
pub(super) fn refused(error: &serde_yaml::Error, text: &str) -> ConfigError {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(said, _)| said);
    let located = error.location().map(|at| at.index().min(text.len()));
    let is_unknown = message.contains("unknown field") || message.contains("unknown variant");
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let Some((wrong, valid)) = names.split_first().filter(|_| is_unknown) else {
        let span = located.map(|at| Span::new(at, at));
        // The name of a type of ours says nothing to a reader.
        let message = match message.split_once("expected struct ") {
            Some((said, _)) => format!("{said}expected keys and values"),
            None => message.replace("missing field", "missing key"),
        };
        return ConfigError::new(message).at(text, span);
    };
    let document = Text::new(text);
    let word = document.roots.first().and_then(|root| word(root, wrong, located.unwrap_or(0)));
    let span = word.or(located.map(|at| Span::new(at, at)));
    let expected = message.split_once(", ").map_or("", |(_, rest)| rest);
    let help = match nearest_of(wrong, valid.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => expected.to_owned(),
    };
    let what = if message.contains("unknown variant") { "value" } else { "key" };
    let place = message.split_once(": unknown").map(|(place, _)| format!(" in `{place}`"));
    let message = format!("unknown {what} `{wrong}`{}", place.unwrap_or_default());
    ConfigError::new(message).at(text, span).help(help)
}

/// The first scalar `name` that does not end before `from`; the last one without one.
fn word(node: &Node<'_>, name: &str, from: usize) -> Option<Span> {
    let mut found = Vec::new();
    collect(node, name, &mut found);
    let after = found.iter().find(|span| span.end as usize >= from);
    after.or(found.last()).copied()
}

fn collect(node: &Node<'_>, name: &str, out: &mut Vec<Span>) {
    if node.as_str() == Some(name) {
        out.push(node.span);
    }
    for (key, value) in node.entries() {
        collect(key, name, out);
        collect(value, name, out);
    }
    for item in node.items() {
        collect(item, name, out);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use insta::assert_snapshot;

    fn said(text: &str) -> String {
        Config::parse(text).and_then(|config| config.kinds()).expect_err("refused").to_string()
    }

    #[test]
    fn a_bad_glob_names_its_key_and_place() {
        let path = "ignore:\n- rule: parse-error\n  path: 'a/[b'\n  reason: x\n";
        assert_snapshot!(
            said(path),
            @"line 3, column 9: `a/[b` in `path` is no glob: unclosed character class; missing ']'; `*` stands for any text within a folder, `**` for any folders; a bracket or a brace that is meant as such is written `[[]` or `[{]`"
        );
        assert_snapshot!(
            said("exclude:\n- ok/**\n- '{a'\n"),
            @"line 3, column 3: `{a` in `exclude` is no glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?); `*` stands for any text within a folder, `**` for any folders; a bracket or a brace that is meant as such is written `[[]` or `[{]`"
        );
        assert_snapshot!(
            said("mapping:\n- {staging: 'a/**', production: 'b/*'}\n"),
            @"line 2, column 33: mapping a/** → b/*: both sides need the same wildcards in the same order"
        );
    }

    #[test]
    fn an_entity_without_a_kind_or_of_an_unknown_one_is_refused() {
        let entry = |entity| format!("provided-elsewhere:\n- entity: '{entity}'\n  reason: x\n");
        assert_snapshot!(
            said(&entry("passwords::*")),
            @"line 2, column 11: `passwords::*` has no kind, so it would cover nothing; write KIND:NAME, such as `puppet.class:passwords::*`, `ansible.role:passwords::*` or `file:passwords::*`"
        );
        assert_snapshot!(
            said(&entry("passwords")),
            @"line 2, column 11: `passwords` has no kind, so it would cover nothing; write KIND:NAME, such as `puppet.class:passwords`, `ansible.role:passwords` or `file:passwords`"
        );
        assert_snapshot!(
            said(&entry("puppet.clas:passwords::*")),
            @"line 2, column 11: unknown kind `puppet.clas` in `puppet.clas:passwords::*`; did you mean `puppet.class`?"
        );
        for good in ["puppet.*:passwords::*", "puppet.class:x", "haproxy.acl:*", "*:x"] {
            Config::parse(&entry(good)).unwrap_or_else(|error| panic!("{good}: {error}"));
        }
        assert_snapshot!(
            said("packages: {passwords: x}\n"),
            @"line 1, column 12: `passwords` has no kind, so it would cover nothing; write KIND:NAME, such as `puppet.class:passwords`, `ansible.role:passwords` or `file:passwords`"
        );
        assert_snapshot!(
            said("namespaces: {open: ['x::*']}\n"),
            @"line 1, column 21: `x::*` has no kind, so it would cover nothing; write KIND:NAME, such as `puppet.class:x::*`, `ansible.role:x::*` or `file:x::*`"
        );
    }

    #[test]
    fn a_kind_of_a_pack_is_taken_and_one_of_nobody_is_a_warning() {
        let text =
            "packages: {'gadget.plugin:x': gadget-x}\nnamespaces: {open: ['puppet.clas:*']}\n";
        let mut config = Config::parse(text).unwrap();
        assert_snapshot!(
            config.kinds().unwrap_err(),
            @"line 2, column 21: unknown kind `puppet.clas` in `puppet.clas:*`; did you mean `puppet.class`?"
        );
        config.add_pack("packages: {'puppet.clas:y': gadget}\n").unwrap();
        let warnings = config.kinds().unwrap();
        assert_eq!(warnings.len(), 1);
        assert_snapshot!(
            warnings[0],
            @"line 1, column 12: unknown kind `gadget.plugin` in `gadget.plugin:x`; it covers nothing unless a pack brings the kind; kinds in use are `puppet.class`, `puppet.define`, `ansible.role`, `file`, `package`, `command`, `key`, `haproxy.backend`, `php.class`; `entity` in `--format json` shows the one of a finding"
        );
        let pack = "families: [{kind: gadget.plugin, base: gadget, packages: [], path: '/{}'}]\n";
        config.add_pack(pack).unwrap();
        assert!(config.kinds().unwrap().is_empty());
    }

    #[test]
    fn an_unknown_key_is_found_where_it_stands() {
        let key = "version: 1\nignore:\n- rule: parse-error\n  pth: x\n  reason: y\n";
        assert_snapshot!(
            said(key),
            @"line 4, column 3: unknown key `pth` in `ignore[0]`; did you mean `path`?"
        );
        assert_snapshot!(
            said("version: 1\nrules: {parse-error: of}\n"),
            @"line 2, column 22: unknown value `of` in `rules.parse-error`; did you mean `off`?"
        );
        assert_snapshot!(
            said("version: 1\nrollout:\n  mechanism: rsync\n"),
            @"line 3, column 14: unknown value `rsync` in `rollout.mechanism`; expected one of `any`, `rsync-delete-before`, `rsync-delete-during`, `rsync-delete-after`, `rsync-delay-updates`, `git-checkout`, `package`, `puppet`, `symlink`"
        );
    }
}

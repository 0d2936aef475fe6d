//! A survey as configuration, with comments.

use super::{Certainty, Pairs, Survey};

/// Most rules that are written out.
const RULES: usize = 32;
/// Most folders and files that a comment names.
const NAMED: usize = 6;

/// What every configuration may say, for what a tree does not show.
const MORE: &str = "\
# Functions that declare classes, with the prefix they put before each argument.
#puppet:
#  wrappers:
#    role: 'role::'

# The version that HAProxy configurations are written for.
#haproxy:
#  version: '2.8'

# Versions of the commands that run on the hosts, by name.
#versions:
#  java: '17'
#  kubectl: '1.30'

# Further trees of the same world: folders of this tree or of its repository.
#with:
#  code: ../code

# Findings that are known; `crosscheck baseline` writes the file.
#baseline: crosscheck-baseline.yaml

# How changes reach the hosts, for `crosscheck rollout` and the rules about states on the way.
#rollout:
#  mechanism: rsync-delete-after
#  units:
#  - name: service
#    paths: ['service/**']
#    mechanism: symlink
#    restarts: [wiki]
#  services:
#  - name: wiki
#    traffic: ['/wiki/*']

# Levels: off, note, warning, error.
#rules:
#  limit-reached: note

# Findings that are silenced.
#ignore:
#- rule: unresolved-reference
#  path: modules/legacy/**
#  reason: goes away with the migration
#  expires: '2027-06-30'

# Paths that are not analysed.
#exclude:
#- vendor/**
";

impl Survey {
    /// The configuration; every line that is not sure is a comment.
    pub fn to_configuration(&self) -> String {
        let mut out = String::new();
        if let Some(schema) = &self.schema {
            out.push_str(&format!("# yaml-language-server: $schema={schema}\n"));
        }
        out.push_str("# Crosscheck's configuration; every key is optional.\nversion: 1\n\n");
        self.describe(&mut out);
        self.mapping(&mut out);
        self.elsewhere(&mut out);
        out.push_str(MORE);
        out
    }

    fn describe(&self, out: &mut String) {
        let mut line = |text: String| out.push_str(&format!("# {text}\n"));
        let systems: Vec<String> =
            self.systems.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let known = match systems.is_empty() {
            true => "none of a system that Crosscheck knows".to_owned(),
            false => systems.join(", "),
        };
        let noun = if self.files == 1 { "file" } else { "files" };
        line(format!("This tree has {} {noun}: {known}.", self.files));
        for (what, folders) in [("Puppet modules", &self.modules), ("Ansible roles", &self.roles)] {
            let named: Vec<String> = folders
                .iter()
                .take(NAMED)
                .map(|(folder, count)| format!("{} ({count})", shown(folder)))
                .collect();
            if !named.is_empty() {
                let more = folders.len().saturating_sub(NAMED);
                let more = if more > 0 { format!(", and {more} more") } else { String::new() };
                line(format!("{what}: {}{more}", named.join(", ")));
            }
        }
        for (path, text) in self.stated.iter().take(NAMED) {
            line(format!("Search path: {} says `{text}`", shown(path)));
        }
        let lists: Vec<String> = self
            .listed
            .iter()
            .take(NAMED)
            .map(|own| format!("{} ({})", shown(&own.path), own.count))
            .collect();
        if !lists.is_empty() {
            let more = self.listed.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            line(format!("Lists of what is external: {}{more}", lists.join(", ")));
        }
        for index in self.indexes.iter().take(NAMED) {
            line(format!(
                "Package index: `crosscheck check --packages repository={}` compares pins with it",
                shown(index)
            ));
        }
        out.push('\n');
    }

    fn mapping(&self, out: &mut String) {
        out.push_str(
            "# Which path of production a path of staging corresponds to. Folders with `**` are \
             promoted;\n# of other pairs, the keys are compared and neither replaces the other.\n",
        );
        if self.pairs.iter().any(|pair| pair.earlier.is_some()) {
            out.push_str(
                "# Environments form a chain, in its order below. `crosscheck promote` takes the \
                 step of the paths\n# that it is given, and else the last one; --from NAME chooses \
                 another.\n",
            );
        }
        let (sure, guesses): (Vec<&Pairs>, Vec<&Pairs>) =
            self.pairs.iter().partition(|pair| pair.certainty == Certainty::Sure);
        if sure.is_empty() {
            out.push_str("#mapping:\n");
        } else {
            out.push_str("mapping:\n");
        }
        for own in sure.iter().take(RULES) {
            rule(own, "", out);
        }
        if !guesses.is_empty() && !sure.is_empty() {
            out.push_str("# These may be pairs too:\n");
        }
        for own in guesses.iter().take(RULES) {
            rule(own, "#", out);
        }
        if self.pairs.is_empty() {
            out.push_str(
                "#- staging: environments/staging/**\n#  production: environments/production/**\n",
            );
        }
        let left = sure.len().saturating_sub(RULES) + guesses.len().saturating_sub(RULES);
        if left > 0 {
            out.push_str(&format!("# {left} further pairs were seen.\n"));
        }
        out.push('\n');
    }

    fn elsewhere(&self, out: &mut String) {
        out.push_str("# Things that live outside this tree, each with a reason.\n");
        if self.referred.is_empty() {
            out.push_str(
                "#provided-elsewhere:\n#- entity: puppet.class:passwords::*\n#  reason: in the private repository\n\n",
            );
            return;
        }
        out.push_str("# Referred to, and neither here nor listed:\n#provided-elsewhere:\n");
        for own in &self.referred {
            let times = match own.count {
                1 => "one reference".to_owned(),
                count => format!("{count} references, the first"),
            };
            out.push_str(&format!(
                "#- entity: {}\n#  reason: '{times} in {}'\n",
                quoted(&own.glob),
                shown(&own.path).replace('\'', "''"),
            ));
        }
        out.push('\n');
    }
}

fn rule(own: &Pairs, mark: &str, out: &mut String) {
    let files = if own.count == 1 { "file" } else { "files" };
    out.push_str(&format!(
        "{mark}- staging: {}  # {} {files}\n{mark}  production: {}\n",
        quoted(&own.rule.staging),
        own.count,
        quoted(&own.rule.production)
    ));
}

/// A YAML scalar, quoted where it has to be.
fn quoted(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.contains(": ")
        && !text.ends_with(':')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./*:@+".contains(c));
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// Text of the tree inside a comment: on one line.
fn shown(text: &str) -> String {
    crate::report::escape::terminal(text).replace(['\n', '\t'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::mapping::Rule;

    fn survey(pairs: Vec<Pairs>) -> Survey {
        let referred = vec![super::super::Referred {
            glob: "puppet.class:passwords::*".into(),
            count: 3,
            path: "a'b.pp".into(),
        }];
        Survey { pairs, referred, ..Survey::default() }
    }

    #[test]
    fn it_is_valid_also_uncommented() {
        let pair = |staging: &str, production: &str, certainty| Pairs {
            rule: Rule::new(staging, production),
            count: 1,
            certainty,
            earlier: None,
        };
        for pairs in [
            Vec::new(),
            vec![pair("**/a b: c-stg", "**/a b: c", Certainty::Sure)],
            vec![pair("*_stg", "*", Certainty::Guess)],
        ] {
            let sure = pairs.iter().filter(|pair| pair.certainty == Certainty::Sure).count();
            let text = survey(pairs).to_configuration();
            assert_eq!(Config::parse(&text).unwrap().mapping.len(), sure, "{text}");
            let uncommented: String = text
                .lines()
                .filter(|line| !line.starts_with("# ") || line.starts_with("#  "))
                .map(|line| format!("{}\n", line.strip_prefix('#').unwrap_or(line)))
                .collect();
            let config =
                Config::parse(&uncommented).unwrap_or_else(|e| panic!("{e}\n{uncommented}"));
            assert_eq!((config.ignore.len(), config.mapping.len()), (1, 1));
            assert_eq!(config.provided_elsewhere.len(), 1);
        }
    }
}

//! Finds and reads a configuration, with errors that name the line and the nearest
//! valid name.

use super::{Config, FILE_NAME};
use crate::catalog;
use crate::graph::nearest_of;
use crate::tree::{EntryKind, Tree};

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{origin}{}: {message}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct ConfigError {
    /// The file, as the user knows it.
    pub origin: String,
    /// Line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong and what would be right.
    pub message: String,
}

/// The text of `crosscheck.yaml` at the root of `tree`, if there is one.
pub fn discover(tree: &dyn Tree) -> Result<Option<String>, ConfigError> {
    let entries = tree.entries();
    let Ok(ix) = entries.binary_search_by(|entry| entry.path.as_str().cmp(FILE_NAME)) else {
        return Ok(None);
    };
    let failed = |message: String| ConfigError { origin: FILE_NAME.to_owned(), line: None, message };
    if entries.get(ix).is_none_or(|entry| entry.kind != EntryKind::File) {
        return Err(failed("is a link, which is never followed; name its target by --config".into()));
    }
    let bytes = tree.reader().read(ix).map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map(Some).map_err(|_| failed("is not valid UTF-8".into()))
}

/// Reads a configuration; `origin` names it in errors.
pub fn read(text: &str, origin: &str) -> Result<Config, ConfigError> {
    let failed = |line, message| ConfigError { origin: origin.to_owned(), line, message };
    // A file of comments alone says nothing.
    let nothing = |line: &str| matches!(line.trim(), "" | "---") || line.trim().starts_with('#');
    if text.lines().all(nothing) {
        return Ok(Config::default());
    }
    let config: Config = serde_yaml::from_str(text).map_err(|error| {
        let line = error.location().map(|at| at.line());
        failed(line, with_nearest(&error.to_string()))
    })?;
    let line_of = |word: &str| text.lines().position(|line| line.contains(word)).map(|ix| ix + 1);
    if let Some(version) = config.version.filter(|version| *version != 1) {
        let message = format!("version {version} is not known to this crosscheck; it reads version 1");
        return Err(failed(line_of("version"), message));
    }
    let ignored = config.ignore.iter().filter_map(|ignore| ignore.rule.as_ref());
    for rule in config.rules.keys().chain(ignored) {
        if let Err(message) = catalog::known(rule) {
            return Err(failed(line_of(rule), message));
        }
    }
    for ignore in &config.ignore {
        if ignore.reason.trim().is_empty() {
            return Err(failed(line_of("ignore"), "every `ignore` needs a reason".into()));
        }
        if ignore.rule.is_none() && ignore.path.is_none() && ignore.entity.is_none() {
            let message = "an `ignore` needs at least one of `rule`, `path`, `entity`";
            return Err(failed(line_of(&ignore.reason), message.into()));
        }
    }
    Ok(config)
}

/// Adds the nearest valid name to serde's message on an unknown key or value.
fn with_nearest(message: &str) -> String {
    // The position is in the prefix that every error has.
    let message = message.rsplit_once(" at line ").map_or(message, |(before, _)| before);
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = message.contains("unknown field") || message.contains("unknown variant");
    let Some(wrong) = quoted.next().filter(|_| unknown) else {
        return message.to_owned();
    };
    match nearest_of(wrong, quoted) {
        Some(near) => format!("{message}; did you mean `{near}`?"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        read(text, FILE_NAME).expect_err("must be refused").to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_valid_one() {
        let said = error("version: 1\nhaproxy:\n  versoin: '2.8'\n");
        assert!(said.starts_with("crosscheck.yaml:3: "), "{said}");
        assert!(said.ends_with("did you mean `version`?"), "{said}");
        let said = error("version: 1\nexclud: []\n");
        assert!(said.starts_with("crosscheck.yaml:2: "), "{said}");
        assert!(said.ends_with("did you mean `exclude`?"), "{said}");
    }

    #[test]
    fn an_unknown_rule_is_named_with_its_line() {
        let said = error("rules:\n  parse-eror: off\n");
        assert_eq!(said, "crosscheck.yaml:2: unknown rule `parse-eror`; did you mean `parse-error`?");
    }

    #[test]
    fn what_is_elsewhere_needs_a_reason() {
        let said = error("provided-elsewhere:\n- puppet.class:passwords::*\n");
        assert!(said.contains("`puppet.class:passwords::*` needs a reason"), "{said}");
        let text = "provided-elsewhere:\n- puppet.class:passwords::* private repository\n- {entity: 'key:a', reason: b}\n";
        let config = read(text, FILE_NAME).expect("valid");
        assert_eq!(config.provided_elsewhere.len(), 2);
        assert_eq!(config.provided_elsewhere[0].reason, "private repository");
    }

    #[test]
    fn an_ignore_needs_a_condition_a_reason_and_a_real_date() {
        assert!(error("ignore:\n- {reason: all}\n").contains("at least one of"));
        assert!(error("ignore:\n- {rule: parse-error}\n").contains("reason"));
        let said = error("ignore:\n- {rule: parse-error, reason: x, expires: 2026-02-30}\n");
        assert!(said.contains("not a date"), "{said}");
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert!(read("# nothing yet\n---\n", FILE_NAME).expect("valid").rules.is_empty());
    }
}

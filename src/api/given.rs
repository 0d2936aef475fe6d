//! Files that the options name.

use super::Error;
use crate::config::ConfigError;
use std::path::Path;

/// Text of a file that the options name.
pub struct Given {
    /// Its contents.
    pub text: String,
    /// Whether the path leads through a link. Then whoever made the link decides what is
    /// read: an error must not quote it.
    is_linked: bool,
}

/// Reads a file that is given by `path`. A pipe or a device is never opened, but for what
/// the shell itself hands over (`/dev/fd/63`, `/dev/stdin`).
pub fn read(path: &Path) -> Result<Given, Error> {
    let failed = |reason: String| Error::Usage(format!("cannot read {}: {reason}", path.display()));
    let handed =
        ["/dev/fd", "/dev/stdin", "/proc/self/fd"].iter().any(|word| path.starts_with(word));
    let found = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if !found.is_file() && !handed {
        return Err(failed("it is not a regular file".into()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let is_linked = !handed
        && path.canonicalize().ok().zip(std::path::absolute(path).ok()).is_none_or(
            |(real, given)| {
                let parts = given.components().filter(|part| *part != std::path::Component::CurDir);
                real != parts.collect::<std::path::PathBuf>()
            },
        );
    Ok(Given { text, is_linked })
}

impl Given {
    /// What is wrong with the contents of `path`; of a file behind a link only the line.
    pub fn explain(&self, path: &Path, error: &str) -> String {
        format!("{}: {}", path.display(), self.reason(error))
    }

    /// The error about a configuration in `path`; of a file behind a link without its text.
    pub fn config_error(&self, path: &Path, error: ConfigError) -> ConfigError {
        let file = path.display().to_string();
        let error = error.in_file(&file);
        match self.is_linked {
            false => error,
            true => ConfigError::new(self.reason(&error.to_string())).in_file(file),
        }
    }

    fn reason(&self, error: &str) -> String {
        if !self.is_linked {
            return error.to_owned();
        }
        let line = error.rsplit_once("line ").and_then(|(_, rest)| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            (!digits.is_empty()).then(|| format!(" in line {digits}"))
        });
        let line = line.unwrap_or_default();
        format!("it cannot be used{line} (the path leads through a link, so its text is not shown)")
    }
}

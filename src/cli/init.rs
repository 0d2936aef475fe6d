//! `crosscheck init`: a configuration to start from.

use super::{CLEAN, Failure};
use crate::config::FILE_NAME;
use clap::Args;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// The new file: every key, explained, none of them in force.
pub const TEMPLATE: &str = include_str!("init.yaml");

/// Arguments of `init`.
#[derive(Args)]
pub struct Init {
    /// The tree's root
    #[arg(default_value = ".")]
    dir: PathBuf,
}

impl Init {
    /// Runs the command. An existing file is never overwritten.
    pub fn run(&self) -> Result<u8, Failure> {
        let path = self.dir.join(FILE_NAME);
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
        written.map_err(|error| {
            Failure::usage(format!("cannot write {}: {error}", path.display()))
        })?;
        eprintln!("crosscheck: wrote {}", path.display());
        Ok(CLEAN)
    }
}

#[cfg(test)]
mod tests {
    use super::TEMPLATE;
    use crate::config::{FILE_NAME, read};

    #[test]
    fn the_template_is_valid_as_it_is_and_with_every_key_in_force() {
        read(TEMPLATE, FILE_NAME).expect("valid as written");
        let in_force: String = TEMPLATE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line).to_owned() + "\n")
            .collect();
        let config = read(&in_force, FILE_NAME).expect("valid in force");
        assert_eq!(config.trees.mapping.len(), 1);
        assert_eq!(config.ignore.len(), 1);
        assert_eq!(config.exclude.len(), 1);
    }
}

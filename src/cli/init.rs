//! `crosscheck init`.

use super::options::write_out;
use super::{CLEAN, Failure};
use clap::Args;
use crosscheck::{CONFIG_NAME, OTHER_CONFIG_NAMES, Survey, Tree};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The schema of the configuration, for editors.
const SCHEMA: &str = include_str!("../../docs/crosscheck.schema.json");
/// Where `--schema` writes it, from the tree's root.
const SCHEMA_PATH: &str = ".crosscheck";

/// Arguments of `init`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck init
  crosscheck init --print git:HEAD -C repository.git

An existing configuration is never overwritten.

Exit codes: 0 written or printed, 2 there is a configuration already, 3 the tree cannot be read, or\nthe file not be written")]
pub struct Init {
    /// The tree to inspect; crosscheck.yaml is written into a folder, and only printed for an
    /// archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// Print the configuration and write nothing
    #[arg(long)]
    print: bool,
    /// Also write the schema of the configuration for editors:
    /// .crosscheck/crosscheck.schema.json
    #[arg(long, conflicts_with = "print")]
    schema: bool,
    /// Repository for `git:` and `index:` trees (bare ones too)
    #[arg(short = 'C', long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,
}

impl Init {
    /// Looks at the tree, prints its configuration, and writes it into a folder; never
    /// overwrites one.
    pub fn run(&self) -> Result<u8, Failure> {
        let folder = Path::new(&self.tree);
        let target = (!self.print && folder.is_dir()).then(|| folder.join(CONFIG_NAME));
        if target.is_some() {
            let names = [CONFIG_NAME].into_iter().chain(OTHER_CONFIG_NAMES);
            let there = names.map(|name| folder.join(name)).find(|path| path.exists());
            if let Some(path) = there {
                return Err(Failure::usage(format!(
                    "{} is there already and stays as it is; `crosscheck init --print` shows what would be written",
                    path.display()
                )));
            }
        }
        let mut survey = Survey::of(&Tree::open_in(&self.repo, &self.tree)?)?;
        if self.schema {
            survey = survey.with_schema(&format!("{SCHEMA_PATH}/{}", Survey::SCHEMA_NAME));
        }
        let text = survey.to_configuration()?;
        if let Some(path) = &target {
            if self.schema && folder.is_dir() {
                write_schema(&folder.join(SCHEMA_PATH))?;
            }
            let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
            file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
                Failure::incomplete(format!("cannot create {}: {error}", path.display()))
            })?;
        }
        write_out(text.as_bytes())?;
        if let Some(path) = &target {
            eprintln!("wrote {}", path.display());
            // What a file of today says, the commits of yesterday do not have.
            if in_repository(folder) {
                eprintln!(
                    "`crosscheck replay --config {}` shows what it would have said in your last \
                     500 commits",
                    path.display()
                );
            }
        }
        Ok(CLEAN)
    }
}

/// Whether a folder is the root of a work tree.
fn in_repository(folder: &Path) -> bool {
    folder.join(".git").symlink_metadata().is_ok()
}

/// Writes the schema; an older one is ours and is replaced.
fn write_schema(folder: &Path) -> Result<(), Failure> {
    let path = folder.join(Survey::SCHEMA_NAME);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, SCHEMA))
        .map_err(|error| Failure::incomplete(format!("cannot write {}: {error}", path.display())))
}

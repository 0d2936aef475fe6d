//! `crosscheck cache`.

use super::options::{CACHE_VARIABLE, cache_folder, write_out};
use super::query::{Format, json};
use super::{CLEAN, Failure};
use clap::{Args, Subcommand};
use crosscheck::{CacheExtent, printable};
use serde::Serialize;

/// Arguments of `cache`.
#[derive(Args)]
#[command(after_help = "What was read of a file is kept, so that the next run reads only what \
changed. It is kept in $CROSSCHECK_CACHE_DIR, or the user's folder for caches (on Linux \
$XDG_CACHE_HOME/crosscheck, else ~/.cache/crosscheck), 1 GiB at most. It changes no answer. \
--no-cache does without; an empty CROSSCHECK_CACHE_DIR turns it off.

Examples:
  crosscheck cache stats
  crosscheck cache clear

Exit codes: 0 done, 2 wrong usage, 3 it could not be removed")]
pub struct Cache {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print where it is and how much it holds
    Stats {
        /// Report format
        #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
        format: Format,
    },
    /// Remove all of it
    Clear,
}

/// What the JSON format prints.
#[derive(Serialize)]
struct Answer {
    version: u32,
    folder: Option<String>,
    #[serde(flatten)]
    extent: Option<CacheExtent>,
}

impl Cache {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let folder = cache_folder();
        let cache = folder.as_ref().map(crosscheck::Cache::at);
        match self.command {
            Command::Stats { format } => {
                let extent = cache.map(|own| own.extent());
                let folder = folder.map(|own| own.display().to_string());
                let text = match format {
                    Format::Human => printable(&spoken(folder.as_deref().zip(extent))),
                    Format::Json => json(&Answer { version: 1, folder, extent })?,
                };
                write_out(text.as_bytes())?;
            }
            Command::Clear => {
                if let Some((cache, folder)) = cache.zip(folder) {
                    cache.clear().map_err(|error| {
                        let folder = folder.display();
                        Failure::incomplete(format!("cannot remove what is in {folder}: {error}"))
                    })?;
                }
            }
        }
        Ok(CLEAN)
    }
}

fn spoken(own: Option<(&str, CacheExtent)>) -> String {
    let Some((folder, CacheExtent { trees, files, bytes, .. })) = own else {
        return format!("no cache: {CACHE_VARIABLE} is empty, or there is no home folder\n");
    };
    let size = bytes as f64 / f64::from(1 << 20);
    format!(
        "{folder}\n  repositories and folders  {trees}\n  files                     {files}\n  size                      {size:.1} MiB\n"
    )
}

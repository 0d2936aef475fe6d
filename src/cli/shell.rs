//! `crosscheck completions` and `crosscheck man`, both made from the command line itself.

use super::nearby::Nearby;
use super::options::write_out;
use super::{CLEAN, Cli, Failure};
use clap::builder::EnumValueParser;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::path::PathBuf;

/// Arguments of `completions`.
#[derive(Args)]
pub struct Completions {
    /// The shell
    #[arg(value_parser = Nearby(EnumValueParser::<Shell>::new()))]
    shell: Shell,
}

impl Completions {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "crosscheck", &mut text);
        write_out(&text)?;
        Ok(CLEAN)
    }
}

/// Arguments of `man`.
#[derive(Args)]
pub struct Man {
    /// Write crosscheck.1 and a page for each command to DIR
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Man {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let failed = |error: std::io::Error| {
            Failure::incomplete(format!("cannot write the manual: {error}"))
        };
        match &self.output {
            Some(folder) => clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?,
            None => {
                let mut text = Vec::new();
                clap_mangen::Man::new(Cli::command()).render(&mut text).map_err(failed)?;
                write_out(&text)?;
            }
        }
        Ok(CLEAN)
    }
}

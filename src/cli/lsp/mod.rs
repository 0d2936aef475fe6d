//! `crosscheck lsp`.

mod convert;
mod frames;
mod inbox;
mod output;
mod questions;
mod server;
mod text;
mod uri;
mod worker;

use super::options::cache_folder;
use super::{CLEAN, FINDINGS, Failure};
use clap::Args;
use crosscheck::Options;
use server::{End, Server};
use std::path::PathBuf;

/// Arguments of `lsp`.
#[derive(Args)]
#[command(after_long_help = super::help::LSP)]
pub struct Lsp {
    /// Speak over standard input and output, which it does anyway; editors pass it
    #[arg(long)]
    stdio: bool,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Configuration file [default: crosscheck.yaml at the folder's root]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address below which the pages of rules lie (docs/rules), or that of a page with {rule} for
    /// its name, for links in the editor
    #[arg(long, value_name = "URL")]
    pages: Option<String>,
    /// Neither use nor keep facts of earlier runs (see `crosscheck cache`)
    #[arg(long)]
    no_cache: bool,
}

impl Lsp {
    /// Answers an editor until it is done.
    pub fn run(&self) -> Result<u8, Failure> {
        let _ = self.stdio;
        let mut options = Options::new().today(super::clock::today());
        if let Some(threads) = self.threads {
            options = options.threads(threads);
        }
        if let Some(path) = &self.config {
            options = options.config_file(path);
        }
        if let Some(folder) = cache_folder().filter(|_| !self.no_cache) {
            options = options.cache(folder);
        }
        let mut input = std::io::stdin().lock();
        let server = Server::new(options, self.pages.clone());
        let end = server.run(&mut input).map_err(|error| {
            Failure::incomplete(format!(
                "what was read is not the language server protocol: {error}"
            ))
        })?;
        Ok(if end == End::Agreed { CLEAN } else { FINDINGS })
    }
}

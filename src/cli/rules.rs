//! `crosscheck explain` and `crosscheck rules`.

use super::options::{Color, print};
use super::{CLEAN, Failure};
use crate::catalog::{self, Page};
use clap::{Args, ValueEnum};
use serde_json::json;

/// Arguments of `explain`.
#[derive(Args)]
pub struct Explain {
    /// The rule's id
    rule: String,
    /// Colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,
}

impl Explain {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let page = catalog::known(&self.rule).map_err(Failure::usage)?;
        let markdown = page.markdown();
        print(&if self.color.applies() { coloured(&markdown) } else { markdown })?;
        Ok(CLEAN)
    }
}

/// Headings bold, code blocks and code spans coloured.
fn coloured(markdown: &str) -> String {
    const BOLD: &str = "\u{1b}[1m";
    const CYAN: &str = "\u{1b}[36m";
    const RESET: &str = "\u{1b}[0m";
    let mut out = String::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code {
            out.push_str(&format!("    {CYAN}{line}{RESET}\n"));
        } else if let Some(heading) = line.strip_prefix("## ").or(line.strip_prefix("# ")) {
            out.push_str(&format!("{BOLD}{heading}{RESET}\n"));
        } else {
            for (ix, part) in line.split('`').enumerate() {
                if ix % 2 == 1 {
                    out.push_str(&format!("{CYAN}{part}{RESET}"));
                } else {
                    out.push_str(part);
                }
            }
            out.push('\n');
        }
    }
    out
}

/// Arguments of `rules`.
#[derive(Args)]
pub struct Rules {
    /// How to print it
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: ListFormat,
}

/// Formats of lists.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

impl Rules {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let pages = catalog::pages();
        match self.format {
            ListFormat::Json => {
                let rules: Vec<_> = pages.iter().map(described).collect();
                print(&format!("{:#}\n", json!({"version": 1, "rules": rules})))?;
            }
            ListFormat::Human => {
                let width = pages.iter().map(|page| page.id.len()).max().unwrap_or(0);
                let line = |page: &Page| {
                    let severity =
                        if page.enabled { page.severity.to_string() } else { "off".to_owned() };
                    format!("{:<width$}  {severity:<7}  {}\n", page.id, page.title)
                };
                print(&pages.iter().map(line).collect::<String>())?;
            }
        }
        Ok(CLEAN)
    }
}

fn described(page: &Page) -> serde_json::Value {
    json!({"id": page.id, "severity": page.severity, "enabled": page.enabled, "title": page.title})
}

//! `crosscheck explain` and `crosscheck rules`.

use super::options::rule_ids;
use super::{CLEAN, Failure};
use clap::Args;
use crosscheck::catalog;
use std::io::{IsTerminal, Write};

/// Arguments of `explain`.
#[derive(Args)]
pub struct Explain {
    /// The id of the rule
    #[arg(value_parser = rule_ids(), hide_possible_values = true)]
    rule: String,
}

impl Explain {
    /// Prints the rule's page.
    pub fn run(&self) -> Result<u8, Failure> {
        let page = catalog::known(&self.rule).map_err(Failure::usage)?;
        let mut out = std::io::stdout().lock();
        let bold = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let mut text = String::new();
        for line in page.markdown().lines() {
            let heading = line.trim_start_matches('#').trim_start();
            if line.starts_with('#') && bold {
                text.push_str(&format!("\x1b[1m{heading}\x1b[0m\n"));
            } else {
                text.push_str(&format!("{line}\n"));
            }
        }
        print(&mut out, &text)
    }
}

/// Arguments of `rules`.
#[derive(Args)]
pub struct Rules {
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl Rules {
    /// Prints the table of rules.
    pub fn run(&self) -> Result<u8, Failure> {
        let mut out = std::io::stdout().lock();
        if self.json {
            let rules: Vec<_> = catalog::pages()
                .iter()
                .map(|page| {
                    serde_json::json!({
                        "id": page.id, "severity": page.severity,
                        "enabled": page.enabled, "title": page.title,
                    })
                })
                .collect();
            return print(&mut out, &format!("{}\n", serde_json::Value::Array(rules)));
        }
        let width = catalog::pages().iter().map(|page| page.id.len()).max().unwrap_or(0);
        let rows = catalog::pages().iter().map(|page| {
            let off = if page.enabled { "" } else { " (off by default)" };
            let severity = page.severity.to_string();
            format!("{:width$}  {severity:8} {}{off}\n", page.id, page.title)
        });
        print(&mut out, &rows.collect::<String>())
    }
}

/// Writes to standard output; a reader that went away is no error.
pub(super) fn print(out: &mut dyn Write, text: &str) -> Result<u8, Failure> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::incomplete(format!("cannot write: {error}")))
        }
        _ => Ok(CLEAN),
    }
}

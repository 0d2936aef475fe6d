//! `crosscheck interface`: what something takes, who calls it, and whether a change of it
//! breaks them.

use super::options::{World, warn, write_out};
use super::query::{Format, json};
use super::{CLEAN, FINDINGS, Failure};
use clap::Args;
use crosscheck::interface::{Interface, InterfaceReport, Parameter, Verdict};
use crosscheck::{Analysis, printable};
use std::mem::ManuallyDrop;

/// Arguments of `interface`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck interface shop::payment
  crosscheck interface bin/deploy git:HEAD --against git:HEAD~1

Exit codes: 0 shown, 1 the change breaks callers, 2 no such interface, 3 the tree cannot be read")]
pub struct Show {
    /// A command, a class, a defined type, a role or the path of a script; KIND:NAME if the
    /// name is ambiguous
    name: String,
    /// The tree: a folder, an archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// The tree before the change: report whether callers of one version work with the other;
    /// exit with 1 if not
    #[arg(long, value_name = "TREE")]
    against: Option<String>,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    world: World,
}

impl Show {
    /// Prints the interface.
    pub fn run(&self) -> Result<u8, Failure> {
        let new = self.world.open(&self.tree)?;
        let old = self.against.as_deref().map(|spec| self.world.open(spec)).transpose()?;
        let mut analysis = Analysis::new(new, &self.world.options()?)?;
        warn(analysis.warnings());
        if let Some(old) = old {
            analysis = analysis.against(old)?;
        }
        let report = ManuallyDrop::new(analysis).interface(&self.name)?;
        let text = match self.format {
            Format::Human => printable(&human(&report)),
            Format::Json => json(&report)?,
        };
        write_out(text.as_bytes())?;
        let verdict = report.comparison.map(|comparison| comparison.verdict);
        Ok(if verdict == Some(Verdict::Breaking) { FINDINGS } else { CLEAN })
    }
}

/// How many values, in words.
fn values(parameter: &Parameter) -> String {
    match parameter.values.map(|values| (values.min, values.max)) {
        None if parameter.ty.is_empty() => "—".into(),
        None => parameter.ty.clone(),
        Some((0, Some(0))) => "switch".into(),
        Some((1, Some(1))) => "value".into(),
        Some((0, Some(1))) => "[value]".into(),
        Some((min, None)) => format!("{min}+ values"),
        Some((min, Some(max))) if min == max => format!("{min} values"),
        Some((min, Some(max))) => format!("{min}–{max} values"),
    }
}

fn human(report: &InterfaceReport) -> String {
    let at = format!("{}:{}", report.path, report.line);
    let mut out = match report.entity.kind.as_str() {
        "file" => format!("{at}\n"),
        _ => format!("{}  {at}\n", report.entity.spoken()),
    };
    table(&report.interface, "", &mut out);
    if !report.interface.environment.is_empty() {
        out.push_str("  environment\n");
        rows(&report.interface.environment, "    ", &mut out);
    }
    if report.interface.open {
        out.push_str("  … and arguments that its source does not show\n");
    }
    match report.callers.as_slice() {
        [] => out.push_str("\nno callers in this tree\n"),
        callers => {
            out.push_str(&format!("\ncallers ({}):\n", callers.len()));
            for caller in callers {
                let place = format!("{}:{}", caller.path, caller.line);
                let passes = match caller.passes.as_str() {
                    "" => String::new(),
                    passes => format!(": {passes}"),
                };
                out.push_str(&format!("  {place}  {}{passes}\n", caller.via));
            }
        }
    }
    if let Some(comparison) = &report.comparison {
        let verdict = match comparison.verdict {
            Verdict::Compatible => "compatible",
            Verdict::CompatibleForCallers => "compatible for callers",
            Verdict::Breaking => "breaking",
        };
        out.push_str(&format!("\nagainst the old tree: {verdict}\n"));
        for change in &comparison.changes {
            let mark = if change.verdict == Verdict::Breaking { "!" } else { " " };
            out.push_str(&format!("  {mark} {}: {}\n", change.parameter, change.what));
        }
    }
    out
}

fn table(interface: &Interface, command: &str, out: &mut String) {
    if !command.is_empty() {
        out.push_str(&format!("  {command}\n"));
    }
    rows(&interface.parameters, "  ", out);
    for (name, inner) in &interface.commands {
        table(inner, format!("{command} {name}").trim(), out);
    }
}

fn rows(parameters: &[Parameter], indent: &str, out: &mut String) {
    let rows: Vec<[String; 4]> = parameters
        .iter()
        .map(|parameter| {
            let names = std::iter::once(&parameter.name).chain(&parameter.aliases);
            let limits = match (parameter.choices.is_empty(), parameter.default.is_empty()) {
                (false, _) => parameter.choices.join(" | "),
                (true, false) => format!("default {}", parameter.default),
                (true, true) => String::new(),
            };
            let required = if parameter.required { "required" } else { "" };
            let names: Vec<&str> = names.map(String::as_str).collect();
            [names.join(", "), required.into(), values(parameter), limits]
        })
        .collect();
    let width = |ix: usize| rows.iter().map(|row| row[ix].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    for [name, required, values, limits] in &rows {
        let line = format!(
            "{indent}{name:<0$}  {required:<1$}  {values:<2$}  {limits}",
            widths[0], widths[1], widths[2]
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

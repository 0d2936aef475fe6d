//! `crosscheck check --fix` and `--diff`.

use super::{CLEAN, FINDINGS, Failure};
use clap::Args;
use crosscheck::{Analysis, Fixes, Report, Sureness, printable};
use std::io::{IsTerminal, Write};

/// What is done about findings that an edit mends.
#[derive(Args)]
#[group(multiple = true)]
pub struct Mend {
    /// Make the edits that mend a finding and are safe, print them as a diff on standard error, and
    /// report what is left; they are tried in memory before anything is written
    #[arg(long, conflicts_with = "diff")]
    fix: bool,
    /// Print the edits that --fix would make as a diff, write nothing; exit with 1 if there are any
    #[arg(long)]
    diff: bool,
    /// With --fix and --diff: also write the nearest existing name in place of one that is not
    /// there, which is likely and not sure to be meant
    #[arg(long)]
    unsafe_fixes: bool,
}

/// What follows from the edits.
pub enum Then {
    /// The report is printed: of the tree as it is now.
    Print(Box<Report>),
    /// The command ends with this code.
    End(u8),
}

impl Mend {
    /// Refuses what cannot be done before a tree is read.
    pub fn validate(&self) -> Result<(), Failure> {
        match self.unsafe_fixes && !self.fix && !self.diff {
            true => Err(Failure::usage("--unsafe-fixes says which edits --fix or --diff means")),
            false => Ok(()),
        }
    }

    /// Makes or shows the edits for `report`, if that is asked for.
    pub fn run(&self, analysis: &Analysis, report: Report) -> Result<Then, Failure> {
        if !self.fix && !self.diff {
            return Ok(Then::Print(Box::new(report)));
        }
        if self.fix {
            analysis.folder()?;
        }
        let least = if self.unsafe_fixes { Sureness::Likely } else { Sureness::Safe };
        let fixes = analysis.fixes(report, least)?;
        if self.diff {
            show(&mut std::io::stdout().lock(), &fixes, std::io::stdout().is_terminal())?;
            tell(&fixes, "would be made");
            return Ok(Then::End(if fixes.files.is_empty() { CLEAN } else { FINDINGS }));
        }
        let is_seen = std::io::stderr().is_terminal();
        show(&mut std::io::stderr().lock(), &fixes, is_seen)?;
        analysis.write(&fixes.files)?;
        tell(&fixes, "made");
        Ok(Then::Print(Box::new(fixes.after)))
    }
}

/// The diff; for a terminal without what would steer it.
fn show(out: &mut dyn Write, fixes: &Fixes, is_terminal: bool) -> Result<(), Failure> {
    let diff = fixes.diff();
    let written = match is_terminal {
        true => diff.lines().try_for_each(|line| writeln!(out, "{}", printable(line))),
        false => out.write_all(diff.as_bytes()),
    };
    written.map_err(|error| Failure::incomplete(format!("cannot write the diff: {error}")))
}

/// How much was done, and what was not.
fn tell(fixes: &Fixes, done: &str) {
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    for (edit, why_not) in &fixes.left_out {
        let place = &edit.place;
        let at = format!("{}:{}", printable(&place.path), place.start.line);
        let (title, why_not) = (printable(&edit.title), printable(why_not));
        eprintln!("crosscheck: not done: {at}: {title}: {why_not}");
    }
    let (edits, files) = (fixes.edits().count(), fixes.files.len());
    let more = match fixes.less_sure {
        0 => String::new(),
        1 => "; 1 more fix less sure: --unsafe-fixes".to_owned(),
        n => format!("; {n} more fixes less sure: --unsafe-fixes"),
    };
    eprintln!("crosscheck: {} in {} {done}{more}", plural(edits, "edit"), plural(files, "file"));
}

//! How many findings there are: by rule, and in all.

use super::causes::causes;
use super::escape::line;
use super::words::plural;
use super::{Detail, Report, Summary, reach};
use crate::finding::Severity;
use std::collections::BTreeMap;
use std::io;

/// So many causes are seldom mended in one go.
const MANY: usize = 10;

/// Most pairs of a promotion that are named.
const NAMED: usize = 3;

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

/// Writes a line for each rule where there are several, and the one for all.
pub fn write(report: &Report, detail: Detail, out: &mut dyn io::Write) -> io::Result<()> {
    by_rule(report, out)?;
    let summary = &report.summary;
    write!(out, "{}", in_all(summary))?;
    let mut remarks = Vec::new();
    let shown = report.counting().count();
    let causes = causes(report).len();
    if causes < shown && detail != Detail::All {
        remarks.push(format!("{causes} {}", if causes == 1 { "cause" } else { "causes" }));
    }
    let unused = report.counting().filter(|own| reach::is_unused(own)).count();
    if unused > 0 {
        remarks.push(format!("{unused} in text that nothing leads to"));
    }
    if summary.hidden > 0 {
        remarks.push(format!("{} below --min-severity not shown", summary.hidden));
    }
    if summary.silenced > 0 {
        remarks.push(format!("{} silenced", summary.silenced));
    }
    if !remarks.is_empty() {
        write!(out, " ({})", remarks.join(", "))?;
    }
    writeln!(out)?;
    if let Some(line) = promotes(summary) {
        writeln!(out, "{line}")?;
    }
    summary.unfinished.map_or(Ok(()), |left| writeln!(out, "{left}"))
}

/// `promotes test/ to stage/`; nothing where the trees say which is which.
fn promotes(summary: &Summary) -> Option<String> {
    let named = summary.promotes.iter().take(NAMED);
    let named: Vec<String> =
        named.map(|own| line(&format!("{} to {}", own.from, own.to))).collect();
    let more = match summary.promotes.len().saturating_sub(NAMED) {
        0 => String::new(),
        1 => ", and 1 more pair".to_owned(),
        more => format!(", and {more} more pairs"),
    };
    (!named.is_empty()).then(|| format!("promotes {}{more}", named.join(", ")))
}

/// Writes what somebody who meets these findings for the first time may do next.
pub fn next_steps(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let causes = causes(report);
    let Some(worst) = causes.first() else { return Ok(()) };
    write!(out, "next: `crosscheck explain {}` says why, and how to silence it", worst.shown.rule)?;
    let fixes = report.counting().filter(|own| own.fix.is_some()).count();
    if fixes > 0 {
        let fixes = if fixes == 1 { "1 fix".to_owned() } else { format!("{fixes} fixes") };
        write!(out, "; `crosscheck check --diff --unsafe-fixes` shows {fixes}")?;
    }
    if causes.len() >= MANY && !report.summary.compared {
        write!(
            out,
            "; `crosscheck baseline -o FILE` accepts what stands, and only new findings count"
        )?;
    }
    writeln!(out)
}

/// `2 errors, 1 warning, 0 notes in 3 files`.
pub(super) fn in_all(summary: &Summary) -> String {
    let all = SEVERITIES.map(|severity| counted(summary.count_of(severity), severity));
    format!("{} in {}", all.join(", "), plural(summary.files, "file"))
}

fn counted(n: usize, severity: Severity) -> String {
    plural(n, &severity.to_string())
}

/// The rules with the most errors first.
fn by_rule(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for finding in report.counting() {
        rules.entry(finding.rule).or_default()
            [Severity::Error as usize - finding.severity as usize] += 1;
    }
    if rules.len() < 2 {
        return Ok(());
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let wide = rules.iter().map(|(rule, _)| rule.len()).max().unwrap_or_default();
    for (rule, counts) in rules {
        let each = SEVERITIES.iter().zip(counts).filter(|(_, n)| *n > 0);
        let each: Vec<_> = each.map(|(severity, n)| counted(n, *severity)).collect();
        writeln!(out, "{rule:wide$}  {}", each.join(", "))?;
    }
    Ok(())
}

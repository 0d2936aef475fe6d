//! Errors by the time at which they came, as bars: what was mended, what stands.

use super::{Brought, Fate, Report};
use crate::severity::Severity;
use std::fmt::Write;

/// Most bars.
const BARS: i64 = 40;
const HEIGHT: usize = 120;
const STEP: usize = 18;

/// The chart; empty where there is nothing to show.
pub fn chart(report: &Report) -> String {
    let errors: Vec<&Brought> =
        report.findings.iter().filter(|own| own.severity == Severity::Error).collect();
    let Some((from, to)) = report.from.as_ref().zip(report.to.as_ref()) else {
        return String::new();
    };
    if errors.is_empty() {
        return String::new();
    }
    let span = to.seconds.saturating_sub(from.seconds).max(1);
    // Whole days: a week, a month.
    let days = (span / 86_400 / BARS + 1).max(1);
    let bars = (span / 86_400 / days + 1).clamp(1, BARS + 1) as usize;
    let mut counts = vec![[0usize; 3]; bars];
    for own in &errors {
        let at = own.by.seconds.saturating_sub(from.seconds).max(0) / 86_400 / days;
        let at = usize::try_from(at).unwrap_or(0).min(bars - 1);
        let kind = match own.fate {
            Fate::Mended => 0,
            Fate::Standing => 1,
            Fate::Passing => 2,
        };
        counts[at][kind] += 1;
    }
    let most = counts.iter().map(|own| own.iter().sum::<usize>()).max().unwrap_or(1).max(1);
    let (width, whole) = (bars * STEP + 40, HEIGHT + 40);
    let every = if days == 1 { "a day".to_owned() } else { format!("{days} days") };
    let mut out = format!(
        "<figure><svg class=\"chart\" role=\"img\" viewBox=\"0 0 {width} {whole}\" width=\"{width}\" height=\"{whole}\">\n\
         <title>Errors that commits brought, by time: blue mended later, red standing, grey about a change itself</title>\n\
         <text x=\"0\" y=\"12\">{most}</text>\n<line x1=\"30\" y1=\"{HEIGHT}\" x2=\"{width}\" y2=\"{HEIGHT}\"/>\n"
    );
    for (ix, own) in counts.iter().enumerate() {
        let mut y = HEIGHT;
        for (count, class) in own.iter().zip(["mended", "standing", "passing"]) {
            // At least a line where there is anything.
            let height = if *count == 0 { 0 } else { (count * (HEIGHT - 10) / most).max(1) };
            y = y.saturating_sub(height);
            if height > 0 {
                let (x, width) = (30 + ix * STEP, STEP - 4);
                let _ = writeln!(
                    out,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"><title>{count} {class}</title></rect>"
                );
            }
        }
    }
    let end = width - 75;
    let below = HEIGHT + 18;
    let _ = writeln!(
        out,
        "<text x=\"30\" y=\"{below}\">{}</text><text x=\"{end}\" y=\"{below}\">{}</text>\n</svg>\n\
         <figcaption class=\"faint\">Errors that commits brought, {every} a bar: blue mended later, red standing, grey about a change itself.</figcaption></figure>",
        from.date, to.date
    );
    out
}

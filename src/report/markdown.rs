//! A comment on a merge request: errors in a table, the rest folded away.
//!
//! It begins with [`MARK`], by which a script finds the comment of the run before and puts this
//! one in its place.

use super::causes::{Cause, causes};
use super::escape::terminal;
use super::words::plural;
use super::{Detail, Report, Style, reach, totals};
use crate::finding::Severity;
use std::fmt::Write;
use std::io;

/// What no reader sees, and tells this comment from others.
const MARK: &str = "<!-- crosscheck -->";

/// Bytes of a comment. GitHub refuses one of more than 65,536 characters ("body is too long"),
/// and whoever posts it may add a line.
const LONGEST: usize = 60_000;

/// Further places of a cause that are named in its row.
const NAMED: usize = 3;

const HEAD: &str = "| severity | rule | place | message |\n| --- | --- | --- | --- |\n";

pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = format!("{MARK}\n**Crosscheck**: {}\n", totals::in_all(&report.summary));
    if let Some(left) = report.summary.unfinished {
        let _ = write!(page, "\n**{left}**\n");
    }
    if style.detail != Detail::Summary {
        tables(report, style.detail, &mut page);
    }
    out.write_all(page.as_bytes())
}

/// A table for each severity, as many rows as there is room for.
fn tables(report: &Report, detail: Detail, page: &mut String) {
    let causes = causes(report);
    let mut left_out = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let own = causes.iter().filter(|cause| cause.shown.severity == severity);
        let mut rows: Vec<String> = own.flat_map(|cause| rows(report, cause, detail)).collect();
        let mut room = LONGEST.saturating_sub(page.len());
        let mut fits = |row: &String| {
            let fits = row.len() <= room;
            room = if fits { room - row.len() } else { 0 };
            fits
        };
        let shown = rows.iter().map_while(|row| fits(row).then_some(())).count();
        left_out += rows.len() - shown;
        rows.truncate(shown);
        if rows.is_empty() {
            continue;
        }
        let table = format!("\n{HEAD}{}", rows.concat());
        if severity == Severity::Error {
            page.push_str(&table);
        } else {
            let count = plural(report.summary.count_of(severity), &severity.to_string());
            let _ = write!(page, "\n<details><summary>{count}</summary>\n{table}\n</details>\n");
        }
    }
    if left_out > 0 {
        let rows = plural(left_out, "row");
        let _ =
            write!(page, "\nThere is no room here for {rows} more: see the report of the run.\n");
    }
}

/// One row for a cause; one for each of its findings where all are wanted.
fn rows(report: &Report, cause: &Cause<'_>, detail: Detail) -> Vec<String> {
    let row = |finding: &super::Resolved, more: &str| {
        let place =
            format!("{}:{}", cell(finding.primary.repository_path()), finding.primary.start.line);
        let unused = if reach::is_unused(finding) { " (nothing leads to this text)" } else { "" };
        let message = cell(&finding.full_message());
        let severity = finding.severity;
        let rule = match report.page_of(finding.rule) {
            Some(address) => format!("[{}]({address})", finding.rule),
            None => finding.rule.to_owned(),
        };
        format!("| {severity} | {rule} | {place}{more} | {message}{unused} |\n")
    };
    if detail == Detail::All {
        return [cause.shown].iter().chain(&cause.others).map(|own| row(own, "")).collect();
    }
    let named = cause.others.iter().take(NAMED).map(|other| {
        format!(", {}:{}", cell(other.primary.repository_path()), other.primary.start.line)
    });
    let mut more: String = named.collect();
    if let Some(further @ 1..) = cause.others.len().checked_sub(NAMED) {
        let _ = write!(more, " and {further} more");
    }
    vec![row(cause.shown, &more)]
}

/// Text that stays inside its cell and is no markup, but for code spans.
pub fn cell(text: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    // An odd backtick would open a span that never closes.
    let paired = text.matches('`').count().is_multiple_of(2);
    for c in terminal(text).chars() {
        match c {
            '`' if paired => {
                in_code = !in_code;
                out.push(c);
            }
            '|' => out.push_str("\\|"),
            '\n' | '\t' => out.push(' '),
            '<' if !in_code => out.push_str("&lt;"),
            '&' if !in_code => out.push_str("&amp;"),
            '*' | '_' | '[' | ']' | '\\' | '`' | '@' | '#' if !in_code => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cell_holds_no_markup_but_code() {
        assert_eq!(super::cell("a|b\n`c_d` <img> e_f"), "a\\|b `c_d` &lt;img> e\\_f");
        assert_eq!(super::cell("one ` only"), "one \\` only");
    }
}

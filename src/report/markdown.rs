//! A table for review comments and wikis.

use super::escape::terminal;
use super::{Report, totals};
use std::io;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "**Crosscheck**: {}", totals::in_all(&report.summary))?;
    if let Some(left) = report.summary.unfinished {
        writeln!(out, "\n**{left}**")?;
    }
    if report.counting().next().is_none() {
        return Ok(());
    }
    writeln!(out, "\n| severity | rule | place | message |\n| --- | --- | --- | --- |")?;
    for finding in report.counting() {
        let place = format!("{}:{}", finding.primary.path, finding.primary.start.line);
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            finding.severity,
            finding.rule,
            cell(&place),
            cell(&finding.full_message()),
        )?;
    }
    Ok(())
}

/// Text that stays inside its cell and is no markup, but for code spans.
fn cell(text: &str) -> String {
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

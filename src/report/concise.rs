//! One line a finding, as compilers write them: editors jump along it, and `grep` reads it.

use super::causes::{Cause, causes};
use super::escape::line;
use super::{Detail, Report, Resolved, Style, totals};
use crate::loader::Role;
use std::io;

/// Further places of a cause that are named on its line.
const NAMED: usize = 3;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    if style.detail != Detail::Summary {
        for cause in causes(report) {
            one(&cause, style.detail, out)?;
        }
    }
    totals::write(report, style.detail, out)
}

fn one(cause: &Cause<'_>, detail: Detail, out: &mut dyn io::Write) -> io::Result<()> {
    let all = detail == Detail::All;
    write!(out, "{}", text(cause.shown))?;
    if !all && !cause.others.is_empty() {
        let named = cause.others.iter().take(NAMED).map(|other| place(other));
        let named = named.collect::<Vec<_>>().join(", ");
        let more = if cause.others.len() > NAMED { ", …" } else { "" };
        write!(out, " ({} more: {named}{more})", cause.others.len())?;
    }
    writeln!(out)?;
    for other in cause.others.iter().filter(|_| all) {
        writeln!(out, "{}", text(other))?;
    }
    Ok(())
}

fn text(finding: &Resolved) -> String {
    let tree = match finding.primary.tree {
        Role::New => String::new(),
        other => format!(" ({} tree)", other.as_str()),
    };
    let (place, message) = (place(finding), line(&finding.message));
    format!("{place}: {}[{}] {message}{tree}", finding.severity, finding.rule)
}

fn place(finding: &Resolved) -> String {
    let start = finding.primary.start;
    let path = line(finding.primary.repository_path());
    format!("{path}:{}:{}", start.line, start.column)
}

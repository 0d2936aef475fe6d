//! JUnit XML: a test case a finding, failed where the finding fails the run; one passed case where
//! there is none, since readers take an empty suite for a run that did not happen.

use super::escape::xml;
use super::{Report, Resolved};
use rustc_hash::FxHashMap;
use std::io;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let fails = |own: &Resolved| report.fails_from.is_some_and(|least| own.severity >= least);
    let tests = report.counting().count().max(1);
    let failures = report.counting().filter(|own| fails(own)).count();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>")?;
    writeln!(
        out,
        "  <testsuite name=\"crosscheck\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    )?;
    if report.counting().next().is_none() {
        writeln!(out, "    <testcase classname=\"crosscheck\" name=\"consistent\"/>")?;
    }
    // Readers merge cases that are called the same.
    let mut names: FxHashMap<(&str, &str, u32), usize> = FxHashMap::default();
    for finding in report.counting() {
        let path = xml(finding.primary.repository_path());
        let (line, message) = (finding.primary.start.line, xml(&finding.full_message()));
        let (rule, severity) = (xml(finding.rule), finding.severity);
        let count =
            names.entry((finding.primary.repository_path(), finding.rule, line)).or_default();
        *count += 1;
        let more = if *count > 1 { format!(" ({count})") } else { String::new() };
        writeln!(out, "    <testcase classname=\"{path}\" name=\"{rule} at line {line}{more}\">")?;
        if fails(finding) {
            writeln!(
                out,
                "      <failure type=\"{severity}\" message=\"{message}\">{path}:{line}</failure>"
            )?;
        } else {
            writeln!(out, "      <system-out>{severity}: {message} ({path}:{line})</system-out>")?;
        }
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

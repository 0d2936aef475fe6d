//! JUnit XML: a failed test case a finding; one passed case where there is none, since
//! readers take an empty suite for a run that did not happen.

use super::Report;
use super::escape::xml;
use std::io;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let failures = report.counting().count();
    let tests = failures.max(1);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>")?;
    writeln!(
        out,
        "  <testsuite name=\"crosscheck\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    )?;
    if failures == 0 {
        writeln!(out, "    <testcase classname=\"crosscheck\" name=\"consistent\"/>")?;
    }
    for finding in report.counting() {
        let path = xml(finding.primary.repository_path());
        let (line, message) = (finding.primary.start.line, xml(&finding.full_message()));
        let (rule, severity) = (xml(finding.rule), finding.severity);
        writeln!(out, "    <testcase classname=\"{path}\" name=\"{rule} at line {line}\">")?;
        writeln!(
            out,
            "      <failure type=\"{severity}\" message=\"{message}\">{path}:{line}</failure>"
        )?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

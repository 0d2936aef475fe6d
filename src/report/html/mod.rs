//! A page that stands alone: the verdict, each cause with both ends in their source and what leads
//! to it, what was read, and the pages of the rules. It holds all its findings as markup, so it
//! says the same where scripts are off, on paper, and to a screen reader; its script only hides
//! what a filter leaves out.

mod finding;

use super::causes::{Cause, causes};
use super::escape::xml;
use super::page::{page, prose};
use super::totals::in_all;
use super::words::plural;
use super::{Report, Resolved};
use crate::catalog::{self, Page};
use crate::finding::Severity;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let causes = causes(report);
    let mut body = String::from("<header>\n<h1>Crosscheck</h1>\n");
    verdict(report, &causes, &mut body);
    body.push_str("</header>\n<main>\n");
    filters(&causes, &mut body);
    for cause in &causes {
        finding::card(report, cause, &mut body);
    }
    silenced(report, &mut body);
    coverage(report, &mut body);
    rules(report, &mut body);
    body.push_str("</main>\n");
    let version = env!("CARGO_PKG_VERSION");
    let _ = writeln!(body, "<footer><p class=\"faint\">crosscheck {version}</p></footer>");
    let title = format!("Crosscheck: {}", in_all(&report.summary));
    out.write_all(page(&title, &body, STYLE, SCRIPT).as_bytes())
}

/// What the findings mean for a deploy. That nothing was found is a claim about what was read.
fn verdict(report: &Report, causes: &[Cause<'_>], body: &mut String) {
    let summary = &report.summary;
    let [notes, warnings, errors] = summary.counts;
    let is_live = |own: &Cause<'_>| own.shown.severity == Severity::Error && !own.is_unused();
    let (class, said) = match (errors, warnings, notes) {
        (0, 0, 0) => ("good", "Nothing was found in what was read."),
        (0, 0, _) => ("note", "Nothing that was found breaks a deploy."),
        (0, _, _) => ("warning", "No error was found. What is warned of may break."),
        _ if causes.iter().any(is_live) => ("error", "Do not deploy this: something breaks."),
        _ => ("error", "What is wrong stands in text that nothing leads to."),
    };
    let _ =
        writeln!(body, "<p class=\"verdict\"><strong class=\"badge {class}\">{said}</strong></p>");
    let in_all = in_all(summary);
    let of = match causes.len() {
        0 => String::new(),
        1 => ", of one cause".to_owned(),
        causes => format!(", of {causes} causes"),
    };
    let _ = writeln!(body, "<p>{in_all}{of}</p>");
    if let Some(left) = summary.unfinished {
        let _ = writeln!(body, "<p><strong>{}</strong></p>", xml(&left.to_string()));
    }
    for (count, what) in [
        (summary.hidden, "less severe than what was asked for and not shown"),
        (report.fixed, "of the baseline fixed since: take these lines out"),
    ] {
        if count > 0 {
            let _ = writeln!(body, "<p>{count} {what}</p>");
        }
    }
}

/// What chooses among the causes. It is hidden until its script runs.
fn filters(causes: &[Cause<'_>], body: &mut String) {
    if causes.len() < 2 {
        return;
    }
    let mut severities: BTreeMap<Severity, usize> = BTreeMap::new();
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for cause in causes {
        *severities.entry(cause.shown.severity).or_default() += 1;
        *rules.entry(cause.shown.rule).or_default() += 1;
    }
    body.push_str(
        "<form class=\"filters\" role=\"search\" aria-label=\"Filter the findings\" hidden>\n\
         <label>Search <input type=\"search\" name=\"search\"></label>\n\
         <fieldset><legend>Severity</legend>\n",
    );
    for (severity, count) in severities.iter().rev() {
        let _ = writeln!(
            body,
            "<label><input type=\"checkbox\" name=\"severity\" value=\"{severity}\" checked> <span class=\"badge {severity}\">{severity}</span>{count}</label>"
        );
    }
    body.push_str("</fieldset>\n<label>Rule <select name=\"rule\"><option value=\"\">all</option>");
    for (rule, count) in rules {
        let _ = write!(body, "<option value=\"{rule}\">{rule} ({count})</option>");
    }
    body.push_str("</select></label>\n");
    let unused = causes.iter().filter(|own| own.is_unused()).count();
    if unused > 0 && unused < causes.len() {
        body.push_str(
            "<label><input type=\"checkbox\" name=\"used\"> only text that something leads to</label>\n",
        );
    }
    body.push_str(
        "<button type=\"reset\">Show all</button> <output id=\"shown\" aria-live=\"polite\"></output>\n</form>\n",
    );
}

/// Findings that somebody accepted, with who and why.
fn silenced(report: &Report, body: &mut String) {
    let own: Vec<&Resolved> = report.silenced().collect();
    if own.is_empty() {
        return;
    }
    let _ = writeln!(
        body,
        "<h2>Silenced</h2>\n<details><summary>{}</summary>\n<table>\n<tr><th scope=\"col\">rule</th><th scope=\"col\">place</th><th scope=\"col\">message</th><th scope=\"col\">by</th><th scope=\"col\">reason</th></tr>",
        plural(own.len(), "finding")
    );
    for own in own {
        let Some(silence) = &own.silenced else { continue };
        let _ = writeln!(
            body,
            "<tr><td>{}</td><td class=\"path\">{}:{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            own.rule,
            xml(&own.primary.path),
            own.primary.start.line,
            prose(&own.message),
            silence.by.as_str(),
            xml(&silence.reason),
        );
    }
    body.push_str("</table>\n</details>\n");
}

/// What silence rests on: what was read of each system, and what no system reads.
fn coverage(report: &Report, body: &mut String) {
    let summary = &report.summary;
    let _ = writeln!(
        body,
        "<h2>What was read</h2>\n<p>{} facts in {}</p>",
        summary.facts,
        plural(summary.files, "file")
    );
    if !summary.understood.is_empty() {
        body.push_str(
            "<table>\n<tr><th scope=\"col\">system</th><th scope=\"col\" class=\"number\">files</th><th scope=\"col\" class=\"number\">not well formed</th><th scope=\"col\" class=\"number\">modelled</th></tr>\n",
        );
        for (system, own) in &summary.understood {
            let _ = writeln!(
                body,
                "<tr><th scope=\"row\">{system}</th><td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{} ({:.0} %)</td></tr>",
                own.files,
                own.failed,
                own.modelled,
                own.share()
            );
        }
        body.push_str("</table>\n");
    }
    let mut line = Vec::new();
    if summary.not_read.write(&mut line).is_ok() && !line.is_empty() {
        let line = String::from_utf8_lossy(&line);
        let _ = writeln!(body, "<p>{}</p>", xml(line.trim_end()));
    }
    body.push_str(
        "<p class=\"faint\">Values that are computed at run time are patterns, or not checked: a clean report is no proof.</p>\n",
    );
}

/// The pages of the rules that found something, in the order of their ids.
fn rules(report: &Report, body: &mut String) {
    let mut ids: Vec<&str> = report.all().iter().map(|own| own.rule).collect();
    ids.sort_unstable();
    ids.dedup();
    let pages: Vec<&Page> = ids.into_iter().filter_map(catalog::find).collect();
    if pages.is_empty() {
        return;
    }
    body.push_str("<h2>Rules</h2>\n");
    for page in pages {
        let _ = writeln!(
            body,
            "<details class=\"rule card\" id=\"rule-{}\"><summary><strong>{}</strong>: {}</summary>",
            page.id,
            page.id,
            prose(&page.title)
        );
        for (title, text) in [("What", &page.what), ("Why", &page.why)] {
            let _ = writeln!(body, "<p><strong>{title}.</strong> {}</p>", prose(text.trim()));
        }
        for (title, text) in [("Bad", &page.bad), ("Good", &page.good)] {
            let _ = writeln!(
                body,
                "<p><strong>{title}</strong></p><pre>{}</pre>",
                code(text.trim_end())
            );
        }
        for (title, text) in [("Fix", &page.fix), ("Silence", &page.silence)] {
            let _ = writeln!(body, "<p><strong>{title}.</strong> {}</p>", prose(text.trim()));
        }
        body.push_str("</details>\n");
    }
}

/// Lines of text as they stand.
fn code(text: &str) -> String {
    text.lines().map(xml).collect::<Vec<_>>().join("\n")
}

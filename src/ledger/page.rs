//! The report for people: as text, as Markdown, as a page of its own.

use super::{Brought, Fate, Heeded, Made, Report, Rule, chart};
use crate::report::escape::xml;
use crate::report::page::{page, prose};
use crate::report::words::plural;
use crate::report::{cell, printable};
use std::fmt::Write;

/// How the report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Page {
    /// For a terminal: figures, and the newest findings.
    Text,
    /// For a terminal, with every finding.
    FullText,
    /// Tables for comments and wikis.
    Markdown,
    /// A page that loads nothing.
    Html,
}

/// How many findings are shown where not all are asked for.
const SHOWN: usize = 20;

const STYLE: &str = "svg.chart { max-width: 100%; height: auto; }\n\
                     svg.chart text { fill: var(--faint); font: 12px system-ui, sans-serif; }\n\
                     svg.chart .mended { fill: var(--note); }\nsvg.chart .standing { fill: var(--error); }\n\
                     svg.chart .passing { fill: var(--faint); }\nsvg.chart line { stroke: var(--line); }\n";

impl Report {
    /// The report as `page`.
    pub fn page(&self, page: Page) -> String {
        match page {
            Page::Text => self.text(SHOWN),
            Page::FullText => self.text(usize::MAX),
            Page::Markdown => self.markdown(),
            Page::Html => self.html(),
        }
    }

    /// What the history came to, in sentences.
    fn verdict(&self) -> Vec<String> {
        let own = &self.summary;
        let Some((from, to)) = self.from.as_ref().zip(self.to.as_ref()) else {
            return vec!["no commit of this range has a parent to be compared with".to_owned()];
        };
        let mut lines = vec![format!(
            "{} after {} ({}) up to {} ({})",
            plural(own.commits, "commit"),
            from.short(),
            from.date,
            to.short(),
            to.date
        )];
        lines.push(match own.errors {
            0 => "None of them brought an error.".to_owned(),
            errors => {
                let passing = errors - own.errors_mended - own.errors_standing;
                let mut line = format!(
                    "{} brought {}: {} mended later, {} standing",
                    plural(own.with_errors, "commit"),
                    plural(errors, "error"),
                    own.errors_mended,
                    own.errors_standing
                );
                if passing > 0 {
                    let _ = write!(line, ", {passing} about a change itself");
                }
                line
            }
        });
        if own.judged < own.commits {
            lines.push(format!("{} not judged", plural(own.commits - own.judged, "commit")));
        }
        if own.judged > 0 && self.absent > 0 {
            lines.push(format!(
                "Not complete: this clone lacks the contents of {} that were to be read; replay a \
                 full clone",
                plural(self.absent, "file")
            ));
        }
        lines
    }

    fn text(&self, most: usize) -> String {
        let mut text = String::new();
        for line in self.verdict() {
            let _ = writeln!(text, "{line}");
        }
        for own in self.not_judged.iter().take(most) {
            let _ = writeln!(text, "  {}: {}", named(&own.by), own.reason);
        }
        if !self.rules.is_empty() {
            text.push('\n');
            text.push_str(&self.table());
        }
        let mut last: Option<&Made> = None;
        // The newest first: they are what people remember.
        for own in self.newest().take(most) {
            if last != Some(&own.by) {
                let _ = writeln!(text, "\n{}", named(&own.by));
                last = Some(&own.by);
            }
            let place = format!("{}:{}:{}", own.path, own.line, own.column);
            let _ = writeln!(text, "  {place}: {}[{}] {}", own.severity, own.rule, own.message);
            let _ = writeln!(text, "    {}", fate(own));
        }
        if self.findings.len() > most {
            let _ = writeln!(
                text,
                "\n{} of {} (--verbose shows all)",
                plural(most, "finding"),
                self.findings.len()
            );
        }
        for line in self.advice() {
            let _ = writeln!(text, "{line}");
        }
        if let Some(own) = self.newest().next() {
            let commit = own.by.short();
            let _ = writeln!(
                text,
                "\nMore of a commit: crosscheck check git:{commit} --against git:{commit}^"
            );
        }
        text
    }

    /// Findings, those of the newest commit first.
    fn newest(&self) -> impl Iterator<Item = &Brought> {
        let mut groups: Vec<&[Brought]> = self.findings.chunk_by(|a, b| a.by == b.by).collect();
        groups.reverse();
        groups.into_iter().flatten()
    }

    fn table(&self) -> String {
        let rows: Vec<[String; 7]> = self.rules.iter().map(cells).collect();
        let all: Vec<&[String; 7]> = rows.iter().collect();
        let head = HEAD.map(str::to_owned);
        let width = |ix: usize| {
            all.iter().chain([&&head]).map(|row| row[ix].chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..7).map(width).collect();
        let mut text = String::new();
        for row in std::iter::once(&head).chain(rows.iter()) {
            let mut line = String::new();
            for (ix, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = if ix == 0 { "" } else { "  " };
                let _ = match ix {
                    0 | 1 | 5 => write!(line, "{gap}{cell:<width$}"),
                    _ => write!(line, "{gap}{cell:>width$}"),
                };
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }

    /// What the history says of the rules, as lines; none where it says nothing.
    fn advice(&self) -> Vec<String> {
        let own = &self.proposals;
        if own.is_empty() {
            return Vec::new();
        }
        let mut lines = vec![String::new(), ADVICE.to_owned()];
        for Heeded { rule, severity, mended, standing_long, median_days, median_commits, .. } in
            &own.keep
        {
            let (all, half) = (mended + standing_long, time(*median_days));
            let commits = plural(*median_commits, "commit");
            lines.push(format!(
                "  keep {rule} ({severity}): {mended} of {all} mended, half within {half}, {commits}"
            ));
        }
        for own in &own.lower {
            let (rule, severity, to) = (own.rule, own.severity, own.to);
            let files = plural(own.files, "file");
            lines.push(format!(
                "  lower {rule} ({severity}) to {to}: none mended, {} in {files} standing for long",
                own.standing_long
            ));
        }
        for own in &own.silence {
            let (rule, severity, path) = (own.rule, own.severity, &own.path);
            let about = own.entity.as_ref().map_or_else(String::new, |own| format!(", {own}"));
            let commits = plural(own.commits, "commit");
            lines.push(format!(
                "  silence {rule} ({severity}) in {path}{about}: never mended in {commits}"
            ));
        }
        if own.silences_left_out > 0 {
            let count = own.silences_left_out;
            lines.push(format!("  and {count} more places: `crosscheck baseline` takes them all"));
        }
        if !own.lines.is_empty() {
            lines.extend([String::new(), LINES.to_owned()]);
            lines.extend(own.lines.lines().map(|line| format!("  {line}")));
        }
        lines.into_iter().map(|own| own.replace('\n', " ")).collect()
    }

    fn markdown(&self) -> String {
        let mut text = String::from("# History\n\n");
        for line in self.verdict() {
            let _ = writeln!(text, "{}  ", cell(&line));
        }
        if !self.rules.is_empty() {
            let _ = writeln!(text, "\n| {} |", HEAD.join(" | "));
            text.push_str("| --- | --- | ---: | ---: | ---: | --- | ---: |\n");
            for rule in &self.rules {
                let _ = writeln!(text, "| {} |", cells(rule).map(|own| cell(&own)).join(" | "));
            }
            text.push_str("\n| commit | severity | rule | place | message | became |\n");
            text.push_str("| --- | --- | --- | --- | --- | --- |\n");
            for own in self.newest() {
                let row = row(own).map(|own| cell(&own));
                let _ = writeln!(text, "| {} |", row.join(" | "));
            }
        }
        // Indented lines are shown as they are.
        for line in self.advice() {
            let line = if line.is_empty() { line } else { format!("    {}", printable(&line)) };
            let _ = writeln!(text, "{line}");
        }
        if !self.not_judged.is_empty() {
            text.push_str("\n| not judged | reason |\n| --- | --- |\n");
            for own in &self.not_judged {
                let _ = writeln!(text, "| {} | {} |", cell(&named(&own.by)), cell(&own.reason));
            }
        }
        text
    }

    fn html(&self) -> String {
        let mut body = String::from("<h1>History</h1>\n");
        for line in self.verdict() {
            let _ = writeln!(body, "<p>{}</p>", prose(&line));
        }
        body.push_str(&chart::chart(self));
        if !self.rules.is_empty() {
            let head = HEAD.map(|own| format!("<th scope=\"col\">{own}</th>")).concat();
            let _ = writeln!(body, "<h2>Rules</h2>\n<table>\n<tr>{head}</tr>");
            for rule in &self.rules {
                let cells = cells(rule).map(|own| format!("<td>{}</td>", xml(&own)));
                let _ = writeln!(body, "<tr>{}</tr>", cells.concat());
            }
            body.push_str("</table>\n<h2>Findings</h2>\n");
        }
        for group in self.findings.chunk_by(|a, b| a.by == b.by).rev() {
            let _ = writeln!(body, "<h3>{}</h3>\n<table>", xml(&named(&group[0].by)));
            body.push_str("<tr><th scope=\"col\">severity</th><th scope=\"col\">rule</th><th scope=\"col\">place</th><th scope=\"col\">message</th><th scope=\"col\">became</th></tr>\n");
            for own in group {
                let [_, severity, rule, place, message, became] = row(own);
                let _ = writeln!(
                    body,
                    "<tr><td class=\"{severity}\"><span class=\"badge\">{severity}</span></td><td>{rule}</td><td class=\"path\">{}</td><td>{}</td><td>{}</td></tr>",
                    xml(&place),
                    prose(&message),
                    xml(&became)
                );
            }
            body.push_str("</table>\n");
        }
        let advice = self.advice();
        if !advice.is_empty() {
            let _ = writeln!(body, "<h2>Proposals</h2>\n<pre>{}</pre>", xml(&advice.join("\n")));
        }
        if !self.not_judged.is_empty() {
            body.push_str("<h2>Not judged</h2>\n<table>\n");
            for own in &self.not_judged {
                let (by, reason) = (xml(&named(&own.by)), xml(&own.reason));
                let _ = writeln!(body, "<tr><td>{by}</td><td>{reason}</td></tr>");
            }
            body.push_str("</table>\n");
        }
        page("History", &body, STYLE, "")
    }
}

const ADVICE: &str = "What this history says of the rules:";
const LINES: &str = "Lines for crosscheck.yaml (nothing is written):";

const HEAD: [&str; 7] =
    ["rule", "severity", "brought", "by commits", "mended", "half within", "standing"];

fn cells(own: &Rule) -> [String; 7] {
    let half = own.median_days.zip(own.median_commits);
    [
        own.rule.to_owned(),
        own.severity.to_string(),
        own.brought.to_string(),
        own.commits.to_string(),
        own.mended.to_string(),
        half.map(|(days, commits)| format!("{}, {}", time(days), plural(commits, "commit")))
            .unwrap_or_default(),
        own.standing.to_string(),
    ]
}

fn row(own: &Brought) -> [String; 6] {
    [
        named(&own.by),
        own.severity.to_string(),
        own.rule.to_owned(),
        format!("{}:{}", own.path, own.line),
        own.message.clone(),
        fate(own),
    ]
}

/// A commit as people know it. Subjects are of the analysed repository.
fn named(own: &Made) -> String {
    printable(&format!("{} {} {}", own.date, own.short(), own.subject)).replace('\n', " ")
}

fn fate(own: &Brought) -> String {
    match (own.fate, &own.mended) {
        (Fate::Mended, Some(mended)) => {
            let (days, commits) = (time(mended.days), plural(mended.commits, "commit"));
            format!("mended after {days}, {commits}: {}", named(&mended.by))
        }
        (Fate::Passing, _) => "about the change itself".to_owned(),
        _ if own.is_needed => {
            "stands: the newest tree needs it still (`check` says so of a change alone)".to_owned()
        }
        _ => "stands".to_owned(),
    }
}

/// `40 min`, `3 h`, `12 days`.
fn time(days: f64) -> String {
    let hours = days * 24.0;
    if hours < 1.0 {
        format!("{:.0} min", hours * 60.0)
    } else if days < 2.0 {
        format!("{hours:.0} h")
    } else {
        format!("{days:.0} days")
    }
}

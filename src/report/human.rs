//! Excerpts for people: each cause with both ends shown in their source, the worst first.

use super::causes::{Cause, causes};
use super::escape::{line, terminal as escape};
use super::excerpt::{Excerpt, is_blank};
use super::words::cut;
use super::{Detail, Report, Resolved, ResolvedPlace, Style, reach, totals};
use crate::facts::{Span, base_name};
use crate::finding::Severity;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::fmt;
use std::io;

/// Places of one cause beyond this many are counted, not shown.
const SHOWN_PLACES: usize = 8;

/// Width of what is written to a file or a pipe, columns.
const WIDTH: usize = 160;

/// Columns that the line number and the frame may take beside a line.
const FRAME: usize = 10;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let theme =
        if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let width = style.width.unwrap_or(WIDTH).max(40);
    // A path that is broken over two lines cannot be copied, and where nobody looks on, a line
    // is a line.
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_links(false)
        .with_wrap_lines(style.width.is_some())
        .with_break_words(false)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation);
    if style.detail != Detail::Summary {
        for cause in causes(report) {
            one(report, cause.shown, (&handler, width, style), out)?;
            if style.detail == Detail::All {
                for finding in &cause.others {
                    one(report, finding, (&handler, width, style), out)?;
                }
            } else if !cause.others.is_empty() {
                others(&cause, out)?;
            }
        }
    }
    totals::write(report, style.detail, out)?;
    match style.detail {
        Detail::Summary => Ok(()),
        Detail::Grouped | Detail::All => {
            report.summary.not_read.write(out)?;
            // A log is read by who knows the way.
            if style.width.is_some() { totals::next_steps(report, out) } else { Ok(()) }
        }
    }
}

/// A finding with its places.
fn one(
    report: &Report,
    finding: &Resolved,
    (handler, width, style): (&GraphicalReportHandler, usize, Style),
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut text = String::new();
    let mut shown = Shown::new(report, finding, width.saturating_sub(FRAME));
    if let Some(address) = report.page_of(finding.rule).filter(|_| style.color) {
        shown.rule = format!("\x1b]8;;{address}\x1b\\{}\x1b]8;;\x1b\\", shown.rule);
    }
    if handler.render_report(&mut text, &shown).is_err() {
        text = format!("{}: {}\n", finding.severity, line(&finding.message));
    }
    // The headings of related places say nothing that the places do not.
    for line in text.trim_end().lines().filter(|line| line.trim_end() != "Advice:") {
        writeln!(out, "{line}")?;
    }
    if let Some(fix) = &finding.fix
        && let Some((before, after)) = fix.lines(&report.contents.get(&finding.primary))
    {
        let shown = |text: &str| cut(&line(text), width.saturating_sub(FRAME));
        let sign = format!("fix ({}): ", fix.sureness.as_str());
        writeln!(out, "  {sign}- {}", shown(&before))?;
        if !after.is_empty() {
            writeln!(out, "  {:wide$}+ {}", "", shown(&after), wide = sign.len())?;
        }
    }
    if let Some(reach) = reach::text(finding) {
        writeln!(out, "  {}", line(&reach))?;
    }
    writeln!(out)
}

/// Where else the cause of a finding shows, a line each.
fn others(cause: &Cause<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let count = cause.others.len();
    writeln!(out, "  and in {count} more {}:", if count == 1 { "place" } else { "places" })?;
    for finding in cause.others.iter().take(SHOWN_PLACES) {
        let place = place(&finding.primary);
        let part = finding.entity.as_ref().and_then(|entity| entity.part());
        match (finding.message == cause.shown.message, part) {
            (true, _) => writeln!(out, "    {place}")?,
            (false, Some(part)) => writeln!(out, "    {place}: `{}`", line(part))?,
            (false, None) => writeln!(out, "    {place}: {}", line(&finding.message))?,
        }
    }
    if let more @ 1.. = count.saturating_sub(SHOWN_PLACES) {
        writeln!(out, "    … and {more} more (-v shows all)")?;
    }
    writeln!(out)
}

/// A place as text.
fn place(place: &ResolvedPlace) -> String {
    format!("{}:{}:{}", name(place), place.start.line, place.start.column)
}

/// The path of a place, and its tree where it is not the checked one.
fn name(place: &ResolvedPlace) -> String {
    line(&place.named())
}

/// One place of a finding as miette shows it.
#[derive(Debug)]
struct Shown {
    rule: String,
    severity: Option<Severity>,
    message: String,
    help: String,
    source: Option<Excerpt>,
    label: Option<String>,
    related: Vec<Shown>,
}

impl Shown {
    fn new(report: &Report, finding: &Resolved, room: usize) -> Self {
        let related = finding.related.iter().map(|(message, place)| {
            // Of a file as a whole, the first line says nothing.
            match place.source.1 == Span::default() {
                true => Self::file(place, message),
                false => Self::at(report, place, message, "", room),
            }
        });
        Self {
            related: related.collect(),
            rule: format!("{}[{}]", finding.severity, finding.rule),
            severity: Some(finding.severity),
            help: escape(&finding.help),
            ..Self::at(report, &finding.primary, &finding.message, &finding.label, room)
        }
    }

    fn file(place: &ResolvedPlace, message: &str) -> Self {
        let named = message.contains(base_name(&place.path));
        let path = if named { String::new() } else { format!(": {}", name(place)) };
        Self {
            rule: String::new(),
            severity: None,
            message: format!("{}{path}", line(message)),
            help: String::new(),
            source: None,
            label: None,
            related: Vec::new(),
        }
    }

    fn at(report: &Report, place: &ResolvedPlace, message: &str, label: &str, room: usize) -> Self {
        let contents = report.contents.get(place);
        let excerpt = Excerpt::new(name(place), place, &contents, room);
        let is_there = !is_blank(&contents.0);
        let message = match is_there {
            true => line(message),
            false => format!("{}: {}", line(message), self::place(place)),
        };
        Self {
            rule: String::new(),
            severity: None,
            message,
            help: String::new(),
            source: is_there.then_some(excerpt),
            label: (!label.is_empty()).then(|| line(label)),
            related: Vec::new(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.rule.is_empty()).then(|| Box::new(&self.rule) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Some(Severity::Error) => miette::Severity::Error,
            Some(Severity::Warning) => miette::Severity::Warning,
            _ => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.source.as_ref()?.span();
        let label = LabeledSpan::new_with_span(self.label.clone(), span);
        Some(Box::new(std::iter::once(label)))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        (!self.related.is_empty()).then(|| {
            Box::new(self.related.iter().map(|shown| shown as &dyn Diagnostic))
                as Box<dyn Iterator<Item = &'a dyn Diagnostic>>
        })
    }
}

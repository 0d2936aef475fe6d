//! Excerpts for people: each finding with both ends shown in their source.

use super::escape::terminal as escape;
use super::{Detail, Report, Resolved, ResolvedPlace, Style};
use crate::finding::Severity;
use crate::session::Role;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
    SourceSpan,
};
use rustc_hash::FxHashMap;
use std::fmt;
use std::io;

/// Findings of one rule about one entity beyond this many are counted, not shown.
const SHOWN_PER_ENTITY: usize = 3;

pub(super) fn write(report: &Report<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let theme =
        if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
    // A path that is broken over two lines cannot be copied.
    let handler = handler.with_wrap_lines(false);
    let mut shown: FxHashMap<(&str, String), usize> = FxHashMap::default();
    let mut hidden: FxHashMap<(&str, String), usize> = FxHashMap::default();
    let mut order = Vec::new();
    for finding in report.counting().filter(|_| style.detail != Detail::Summary) {
        if let (Some(entity), Detail::Grouped) = (&finding.entity, style.detail) {
            let key = (finding.rule, entity.to_string());
            let count = shown.entry(key.clone()).or_default();
            *count += 1;
            if *count > SHOWN_PER_ENTITY {
                if *count == SHOWN_PER_ENTITY + 1 {
                    order.push(key.clone());
                }
                *hidden.entry(key).or_default() += 1;
                continue;
            }
        }
        let mut text = String::new();
        let excerpt = Excerpt::new(report, finding);
        if handler.render_report(&mut text, &excerpt).is_err() {
            text = format!("{}: {}\n", finding.severity, finding.message);
        }
        // The headings of related places say nothing that the places do not.
        for line in text.trim_end().lines().filter(|line| line.trim_end() != "Advice:") {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    for key in order {
        let more = hidden.get(&key).copied().unwrap_or_default();
        let places = if more == 1 { "place" } else { "places" };
        writeln!(out, "{}: {} — {more} more {places} like the above", key.0, escape(&key.1))?;
    }
    let summary = report.summary;
    let count = |severity, noun: &str| {
        let n = summary.count_of(severity);
        format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
    };
    write!(
        out,
        "{}, {}, {} in {} files",
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
        count(Severity::Note, "note"),
        summary.files,
    )?;
    if summary.silenced > 0 {
        write!(out, " ({} silenced)", summary.silenced)?;
    }
    writeln!(out)
}

/// One place of a finding as miette shows it.
#[derive(Debug)]
struct Excerpt {
    rule: String,
    severity: Option<Severity>,
    message: String,
    help: String,
    source: NamedSource<String>,
    label: LabeledSpan,
    related: Vec<Excerpt>,
}

impl Excerpt {
    fn new(report: &Report<'_>, finding: &Resolved) -> Self {
        let related = finding
            .related
            .iter()
            .map(|(message, place)| Self::at(report, place, message.clone(), String::new()));
        let mut excerpt =
            Self::at(report, &finding.primary, finding.message.clone(), finding.label.clone());
        excerpt.related = related.collect();
        excerpt.rule = format!("{}[{}]", finding.severity, finding.rule);
        excerpt.severity = Some(finding.severity);
        excerpt.help = escape(&finding.help);
        excerpt
    }

    fn at(report: &Report<'_>, place: &ResolvedPlace, message: String, label: String) -> Self {
        let source = report.sources.get(place.tree, place.source.0);
        // Only the lines around the place: escaping must not shift the rest.
        let (bytes, index) = (&source.0, &source.1);
        let first = place.start.line.saturating_sub(1).max(1);
        let from = index.line_range(first, bytes).start;
        let to = index.line_range(place.end.line.min(place.start.line + 6) + 1, bytes).end;
        let text = |range: std::ops::Range<usize>| {
            escape(&String::from_utf8_lossy(bytes.get(range).unwrap_or_default()))
        };
        let start = (place.source.1.start as usize).clamp(from, to);
        let end = (place.source.1.end as usize).clamp(start, to);
        // Lines before the excerpt are kept empty, so that line numbers are right.
        let blank = "\n".repeat(first as usize - 1);
        let before = format!("{blank}{}", cut(&text(from..start), Keep::End));
        let marked = cut(&text(start..end), Keep::Start);
        let contents = format!("{before}{marked}{}", cut(&text(end..to), Keep::Start));
        let span = SourceSpan::new(before.len().into(), marked.len());
        let name = match place.tree {
            Role::New => escape(&place.path),
            other => format!("{} ({})", escape(&place.path), other.as_str()),
        };
        Self {
            rule: String::new(),
            severity: None,
            message: escape(&message),
            help: String::new(),
            source: NamedSource::new(name, contents),
            label: LabeledSpan::new_with_span((!label.is_empty()).then(|| escape(&label)), span),
            related: Vec::new(),
        }
    }
}

/// Which side of a long line is beside the place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Start,
    End,
}

/// Longest line of an excerpt, characters on one side of the place. miette formats a line
/// with its width, and panics beyond 65,535.
const MAX_LINE: usize = 2_000;

/// The text with its long lines cut; of the last line, the end may be what is kept.
fn cut(text: &str, keep: Keep) -> String {
    if text.len() <= MAX_LINE {
        return text.to_owned();
    }
    let last = text.matches('\n').count();
    let lines = text.split('\n').enumerate().map(|(ix, line)| {
        let len = line.chars().count();
        if len <= MAX_LINE {
            line.to_owned()
        } else if ix == last && keep == Keep::End {
            format!("…{}", line.chars().skip(len - MAX_LINE).collect::<String>())
        } else {
            format!("{}…", line.chars().take(MAX_LINE).collect::<String>())
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Excerpt {}

impl Diagnostic for Excerpt {
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
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        (!self.related.is_empty()).then(|| {
            Box::new(self.related.iter().map(|excerpt| excerpt as &dyn Diagnostic))
                as Box<dyn Iterator<Item = &'a dyn Diagnostic>>
        })
    }
}

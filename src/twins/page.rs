//! The answer for people: as text, as Markdown, as a page of its own.

use super::answer::{Difference, Named, Report, Side, Step, What};
use crate::report::page;
use crate::report::words::plural;
use std::fmt::Write;

/// How the answer is printed, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Page {
    /// For a terminal.
    Text,
    /// Tables for comments and wikis.
    Markdown,
    /// A page that loads nothing.
    Html,
}

impl Report {
    /// The differences that nobody expects, of things that the earlier environment has, by step;
    /// with `later` those of the later one too.
    fn shown(&self, later: Option<Side>) -> impl Iterator<Item = (&Step, Vec<&Difference>)> {
        self.steps.iter().enumerate().filter_map(move |(ix, step)| {
            let is_shown = |own: &&Difference| {
                let is_side = own.side == Side::Earlier || later.is_some();
                own.step == ix && own.expected.is_none() && is_side
            };
            let from = self.differences.partition_point(|own| own.step < ix);
            let own = self.differences[from..].iter().take_while(|own| own.step == ix);
            let own: Vec<&Difference> = own.filter(is_shown).collect();
            (!own.is_empty()).then_some((step, own))
        })
    }

    /// The report as `page`. Text and Markdown show what the later environment lacks; `later`
    /// adds what the earlier one lacks.
    pub fn page(&self, page: Page, later: Option<Side>) -> String {
        match page {
            Page::Text => self.text(later),
            Page::Markdown => self.markdown(later),
            Page::Html => self.html(later),
        }
    }

    fn text(&self, later: Option<Side>) -> String {
        let mut text = String::new();
        for (step, own) in self.shown(later) {
            let _ = writeln!(text, "{} → {}  ({} → {})", step.here, step.there, step.from, step.to);
            for own in own {
                let _ = writeln!(text, "  {}", line(step, own));
                for reader in &own.readers {
                    let (path, line) = (&reader.place.path, reader.place.line);
                    let _ = writeln!(text, "    read at {path}:{line} ({})", reader.via);
                }
                if let Some(since) = since(own) {
                    let _ = writeln!(text, "    {since}");
                }
            }
            text.push('\n');
        }
        text.push_str(&self.expected_text());
        text.push_str(&self.totals(later));
        text
    }

    /// What is expected, by reason.
    fn expected_text(&self) -> String {
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        let declared = self.differences.iter().filter_map(|own| own.expected.as_ref());
        for own in declared.filter(|own| own.by == Named::Declared) {
            match reasons.iter_mut().find(|(reason, _)| *reason == own.reason) {
                Some((_, count)) => *count += 1,
                None => reasons.push((&own.reason, 1)),
            }
        }
        let mut text = String::new();
        for (reason, count) in reasons {
            let _ = writeln!(text, "expected, {}: {reason}", plural(count, "difference"));
        }
        let learned = |own: &&Difference| {
            own.expected.as_ref().is_some_and(|expected| expected.by == Named::Learned)
        };
        match self.differences.iter().filter(learned).count() {
            0 => {}
            count => {
                let noun = plural(count, "difference");
                let _ = writeln!(text, "expected, {noun}: the same in every commit sampled");
            }
        }
        text
    }

    fn totals(&self, later: Option<Side>) -> String {
        let names: Vec<&str> = self.environments.iter().map(|own| own.name.as_str()).collect();
        let own = &self.summary;
        let mut text = format!(
            "{}: {} in {} with {}\n",
            names.join(" → "),
            plural(own.behind, "difference"),
            plural(own.steps, "pair"),
            plural(own.twins, "common file"),
        );
        if own.ahead > 0 && later.is_none() {
            let _ = writeln!(
                text,
                "{} of what only the later environment has (--both shows them)",
                own.ahead
            );
        }
        if !own.complete {
            text.push_str("there are more: narrow the tree down to a folder\n");
        }
        if !self.left_out.is_empty() {
            let named = self.left_out.iter().take(3);
            let named: Vec<String> =
                named.map(|own| format!("{} ({})", own.path, own.environment)).collect();
            let more = self.left_out.len() - named.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let _ = writeln!(
                text,
                "not compared, since nothing beside them pairs with them: {}{more} (`mapping` in \
                 crosscheck.yaml can say what does)",
                named.join(", ")
            );
        }
        if !self.unread.is_empty() {
            let named: Vec<&str> = self.unread.iter().take(3).map(String::as_str).collect();
            let more = self.unread.len() - named.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let _ = writeln!(
                text,
                "not compared to their end (too large, templates, or not well formed): {}{more}",
                named.join(", ")
            );
        }
        text
    }

    fn markdown(&self, later: Option<Side>) -> String {
        let mut text = String::from("# Environments\n\n");
        for line in self.totals(later).lines().chain(self.expected_text().lines()) {
            let _ = writeln!(text, "{}  ", cell(line));
        }
        for (step, own) in self.shown(later) {
            let (here, there) = (cell(&step.here), cell(&step.there));
            let _ = writeln!(
                text,
                "\n## {here} → {there} ({} → {})\n",
                cell(&step.from),
                cell(&step.to)
            );
            text.push_str("| what | name | in | not in | read by | since |\n");
            text.push_str("| --- | --- | --- | --- | --- | --- |\n");
            for own in own {
                let cells = cells(own).map(|own| cell(&own));
                let _ = writeln!(text, "| {} |", cells.join(" | "));
            }
        }
        text
    }

    fn html(&self, later: Option<Side>) -> String {
        let mut body = String::from("<h1>Environments</h1>\n");
        for line in self.totals(later).lines().chain(self.expected_text().lines()) {
            let _ = writeln!(body, "<p>{}</p>", escape(line));
        }
        for (step, own) in self.shown(later) {
            let (here, there) = (escape(&step.here), escape(&step.there));
            let _ = writeln!(
                body,
                "<h2>{here} → {there} <small>{} → {}</small></h2>\n<table>\n<tr><th>what</th><th>name</th><th>in</th><th>not in</th><th>read by</th><th>since</th></tr>",
                escape(&step.from),
                escape(&step.to),
            );
            for own in own {
                let cells = cells(own).map(|own| format!("<td>{}</td>", escape(&own)));
                let _ = writeln!(body, "<tr>{}</tr>", cells.concat());
            }
            body.push_str("</table>\n");
        }
        page::page("Environments", &body, "", "")
    }
}

fn word(what: What) -> &'static str {
    match what {
        What::Folder => "folder",
        What::File => "file",
        What::Resource => "resource",
        What::Key => "key",
        What::Item => "item",
        What::Version => "version",
    }
}

/// A difference in one line; of a pair of folders, with paths below them.
fn line(step: &Step, own: &Difference) -> String {
    let word = word(own.what);
    let below = |path: &str| -> String {
        let folders = [&step.here, &step.there].into_iter().filter(|own| own.ends_with('/'));
        let short = folders.filter_map(|folder| path.strip_prefix(folder.as_str())).next();
        short.unwrap_or(path).to_owned()
    };
    let (path, twin) = (below(&own.place.path), below(&own.twin));
    let place = format!("{path}:{}", own.place.line);
    let only = match own.side {
        Side::Earlier => String::new(),
        Side::Later => format!(" ({} only)", own.has),
    };
    match (&own.name, &own.versions, own.files) {
        (Some(name), Some(versions), _) => {
            format!("{word}  {name} {} → {}  {place}", versions.from, versions.to)
        }
        (Some(name), None, _) if path == twin || !step.here.ends_with('/') => {
            format!("{word}  {name}{only}  {place}")
        }
        (Some(name), None, _) => format!("{word}  {name}{only}  {place}, not in {twin}"),
        (None, _, Some(files)) => format!("{word}  {path}/{only}  {}", plural(files, "file")),
        (None, ..) => format!("{word}  {path}{only}"),
    }
}

fn since(own: &Difference) -> Option<String> {
    let since = own.since.as_ref()?;
    let commit = since.commit.get(..10).unwrap_or(&since.commit);
    Some(match since.older {
        true => format!("since before {}", since.date),
        false => format!("since {} ({commit} {})", since.date, since.subject),
    })
}

fn cells(own: &Difference) -> [String; 6] {
    let readers: Vec<String> =
        own.readers.iter().map(|own| format!("{}:{}", own.place.path, own.place.line)).collect();
    let place = format!("{}:{}", own.place.path, own.place.line);
    let (place, twin) = match (own.what, &own.versions) {
        (_, Some(versions)) => {
            (format!("{place} ({})", versions.from), format!("{} ({})", own.twin, versions.to))
        }
        (What::File | What::Folder, _) => (own.place.path.clone(), own.twin.clone()),
        _ => (place, own.twin.clone()),
    };
    let name = own.name.clone().unwrap_or_default();
    [
        word(own.what).to_owned(),
        name,
        place,
        twin,
        readers.join(", "),
        since(own).unwrap_or_default(),
    ]
}

/// Text that stays inside its cell and is no markup.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in crate::report::printable(text).chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '*' | '_' | '[' | ']' | '\\' | '`' | '@' | '#' | '|' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn escape(text: &str) -> String {
    crate::report::escape::xml(text)
}

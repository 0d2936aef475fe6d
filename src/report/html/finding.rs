//! A cause as a card: its message, both ends in their source, what leads to it, where else it shows.

use super::code;
use crate::facts::{Span, base_name};
use crate::finding::Reach;
use crate::report::causes::Cause;
use crate::report::escape::xml;
use crate::report::excerpt::{Excerpt, is_blank};
use crate::report::page::prose;
use crate::report::{Report, Resolved, ResolvedPlace, reach};
use std::fmt::Write;

/// Columns of a line of source; what does not fit is cut around its place.
const ROOM: usize = 200;

/// Places of one cause beyond this many are counted, not shown.
const SHOWN_PLACES: usize = 200;

/// Writes the card.
pub fn card(report: &Report, cause: &Cause<'_>, body: &mut String) {
    let own = cause.shown;
    let unused = if cause.is_unused() { " data-unused=\"yes\"" } else { "" };
    let _ = writeln!(
        body,
        "<article class=\"finding card {severity}\" id=\"{id}\" data-severity=\"{severity}\" data-rule=\"{rule}\"{unused} aria-labelledby=\"{id}-title\">\n<h3 id=\"{id}-title\"><span class=\"badge {severity}\">{severity}</span>{message}</h3>\n<p><a href=\"#rule-{rule}\">{rule}</a> <a class=\"faint\" href=\"#{id}\" aria-label=\"link to this finding\">#</a></p>",
        severity = own.severity,
        id = own.fingerprint,
        rule = own.rule,
        message = prose(&own.message),
    );
    chain(cause, body);
    excerpt(report, &own.primary, &own.label, body);
    if !own.help.is_empty() {
        let lines: Vec<String> = own.help.lines().map(prose).collect();
        let _ = writeln!(body, "<div class=\"help\">{}</div>", lines.join("\n"));
    }
    for (message, place) in &own.related {
        related(report, message, place, body);
    }
    others(cause, body);
    body.push_str("</article>\n");
}

/// What leads to the text, the text, and what it is about: boxes from left to right.
fn chain(cause: &Cause<'_>, body: &mut String) {
    let own = cause.shown;
    let mut boxes: Vec<String> = Vec::new();
    match &own.reach {
        Some(Reach::Through { links, left_out }) => {
            boxes.extend(reach::told(links, *left_out).iter().map(|link| prose(link)));
        }
        Some(Reach::Nothing(entity)) => {
            boxes.push("nothing that was read".to_owned());
            boxes.push(prose(&entity.spoken()));
        }
        None | Some(Reach::Untold) => {}
    }
    let more = match cause.others.len() {
        0 => String::new(),
        1 => " and one more place".to_owned(),
        more => format!(" and {more} more places"),
    };
    boxes.push(format!("<span class=\"path\">{}</span>{more}", xml(&own.primary.named())));
    let subject = own.entity.as_ref().map(|entity| prose(&entity.spoken()));
    // One box alone draws nothing.
    if boxes.len() < 2 && subject.is_none() {
        return;
    }
    body.push_str("<ol class=\"chain\" aria-label=\"what leads to it\">");
    for text in boxes {
        let _ = write!(body, "<li><span class=\"box\">{text}</span></li>");
    }
    if let Some(text) = subject {
        let _ = write!(body, "<li><span class=\"box subject\">{text}</span></li>");
    }
    body.push_str("</ol>\n");
}

fn related(report: &Report, message: &str, place: &ResolvedPlace, body: &mut String) {
    // Of a file as a whole, the first line says nothing.
    if place.source.1 == Span::default() {
        let named = message.contains(base_name(&place.path));
        let path = if named { String::new() } else { format!(": {}", xml(&place.named())) };
        let _ = writeln!(body, "<p>{}{path}</p>", prose(message));
    } else {
        let _ = writeln!(body, "<p>{}</p>", prose(message));
        excerpt(report, place, "", body);
    }
}

/// The lines around a place, which is marked.
fn excerpt(report: &Report, place: &ResolvedPlace, label: &str, body: &mut String) {
    let _ = writeln!(
        body,
        "<figure>\n<figcaption><span class=\"path\">{}:{}:{}</span>{}</figcaption>",
        xml(&place.named()),
        place.start.line,
        place.start.column,
        if label.is_empty() {
            String::new()
        } else {
            format!(" <span class=\"faint\">{}</span>", prose(label))
        },
    );
    let contents = report.contents.get(place);
    if is_blank(&contents.0) {
        body.push_str("</figure>\n");
        return;
    }
    let excerpt = Excerpt::new(String::new(), place, &contents, ROOM);
    // A box that scrolls has to be reached by the keyboard.
    body.push_str("<pre class=\"source\" tabindex=\"0\">");
    for (number, [before, marked, after]) in excerpt.lines() {
        let _ = write!(body, "<code><span class=\"line\">{number}</span>{}", code(before));
        if !marked.is_empty() {
            let _ = write!(body, "<mark>{}</mark>", code(marked));
        }
        let _ = write!(body, "{}</code>", code(after));
    }
    body.push_str("</pre>\n</figure>\n");
}

/// Where else the cause shows.
fn others(cause: &Cause<'_>, body: &mut String) {
    let count = cause.others.len();
    if count == 0 {
        return;
    }
    let places =
        if count == 1 { "one more place".to_owned() } else { format!("{count} more places") };
    let _ = writeln!(body, "<details><summary>{places}</summary>\n<ul class=\"places\">");
    for own in cause.others.iter().take(SHOWN_PLACES) {
        let _ = writeln!(body, "<li>{}</li>", other(cause.shown, own));
    }
    if let more @ 1.. = count.saturating_sub(SHOWN_PLACES) {
        let _ = writeln!(body, "<li>… and {more} more</li>");
    }
    body.push_str("</ul>\n</details>\n");
}

fn other(shown: &Resolved, own: &Resolved) -> String {
    let place = &own.primary;
    let at = format!(
        "<span class=\"path\">{}:{}:{}</span>",
        xml(&place.named()),
        place.start.line,
        place.start.column
    );
    match own.message == shown.message {
        true => at,
        false => format!("{at} {}", prose(&own.message)),
    }
}

//! What the plan rests on, and its waves. What is free, or of unknown order, is counted where
//! it is many: a range of commits has thousands of such units.

use super::style::{MOST, Style, because};
use crate::deploy::rollout_report::{Member, RolloutReport, Wave};
use crate::report::words::plural;
use smol_str::SmolStr;

/// Most paths that are spelled out for one unit.
const MOST_PATHS: usize = 8;
/// Most units of unknown order that are spelled out for one wave.
const MOST_UNKNOWN: usize = 12;
/// Most kinds of files that are spelled out.
const MOST_KINDS: usize = 8;

/// What is known, and what is not.
pub(super) fn known(report: &RolloutReport, out: &mut String) {
    let known = &report.known;
    let aside = match known.aside {
        0 => String::new(),
        count => format!(" (beside {count} that no host runs: tests, examples, documentation)"),
    };
    let files = format!("{}{aside}", plural(known.files, "changed file"));
    let references = plural(known.references, "reference");
    if known.unread.is_empty() && report.hazards == 0 {
        out.push_str(&format!(
            "\nEvery unit can land at any time: nothing at one version breaks anything at the other.\nThat rests on {files}, all of them read, with {references}; what values mean is not followed.\n"
        ));
        return;
    }
    let mut parts = Vec::new();
    if known.ordered > 0 {
        parts.push(format!("{} ordered by needs that were found", known.ordered));
    }
    if known.free > 0 {
        parts.push(format!("{} free: read, and nothing that was read is tied to them", known.free));
    }
    if known.unknown > 0 {
        parts.push(format!("{} of unknown order", known.unknown));
    }
    out.push_str(&format!("\nUnits: {}.\n", parts.join("; ")));
    if known.unread.is_empty() {
        out.push_str(&format!("That rests on {files}, all of them read, with {references}.\n"));
        return;
    }
    let kinds = known.unread.iter().take(MOST_KINDS);
    let mut kinds: Vec<String> =
        kinds.map(|kind| format!("{} {}", kind.files, singular(kind.what, kind.files))).collect();
    let more = known.unread.len().saturating_sub(MOST_KINDS);
    if more > 0 {
        kinds.push(format!(
            "{} of other kinds",
            known.unread[MOST_KINDS..].iter().map(|own| own.files).sum::<usize>()
        ));
    }
    out.push_str(&format!(
        "Not read, so that they may need more than this plan knows: {}.\n",
        kinds.join(", ")
    ));
    if known.unknown > 0 {
        out.push_str("Where nothing is known, additions come first and deletions last.\n");
    }
}

/// `templates` as `template` for one of them, where that is the plain plural.
fn singular(what: &'static str, count: usize) -> String {
    if count != 1 {
        return what.to_owned();
    }
    let (head, rest) = what.split_once(" (").map_or((what, ""), |(head, rest)| (head, rest));
    let head = match head.split_once("s of ") {
        Some((first, second)) => format!("{first} of {second}"),
        None => head.strip_suffix('s').unwrap_or(head).to_owned(),
    };
    if rest.is_empty() { head } else { format!("{head} ({rest}") }
}

/// One wave.
pub(super) fn list(report: &RolloutReport, wave: &Wave, style: &Style, out: &mut String) {
    let units = &wave.units;
    let is_stuck = report.components.iter().any(|own| own.wave == wave.number);
    let how = match (wave.at_once, units.len()) {
        (true, _) if is_stuck => " — all at once: they have no safe order",
        (true, _) => " — all at once: each may need another of them",
        (false, 1) => "",
        (false, _) => " — in any order",
    };
    // One unit that was not read, or not all of it, may break on any other of its wave.
    let is_guess = |unit: &Member| {
        unit.order == "unknown" || units.len() > 1 && !wave.at_once && !unit.unread.is_empty()
    };
    let guessed = match units.iter().any(is_guess) {
        true => ", as far as is known",
        false => "",
    };
    out.push_str(&format!(
        "\n{}{}. {}{how}{guessed}\n",
        style.head,
        wave.number,
        plural(units.len(), "unit")
    ));
    if !style.head.is_empty() {
        out.push('\n');
    }
    let of = |order: &'static str| units.iter().filter(move |unit| unit.order == order);
    of("ordered").for_each(|unit| member(report, wave, unit, style, out));
    for (order, most, what) in
        [("unknown", MOST_UNKNOWN, "of unknown order"), ("free", MOST, "free")]
    {
        let count = of(order).count();
        let most = if count <= most { count } else { most.saturating_sub(1) };
        // Hosts, services and settings are worth their line.
        let told = |unit: &&Member| !unit.restarts.is_empty() || unit.elsewhere.is_some();
        let (first, rest): (Vec<_>, Vec<_>) =
            of(order).enumerate().partition(|(ix, unit)| *ix < most || told(unit));
        first.into_iter().for_each(|(_, unit)| member(report, wave, unit, style, out));
        if !rest.is_empty() {
            let deletes = rest.iter().filter(|(_, unit)| unit.deletes).count();
            let deletes = match deletes {
                0 => String::new(),
                count if count == rest.len() => ", deletions".to_owned(),
                count => format!(", {count} of them deletions"),
            };
            out.push_str(&format!("{}{} more, {what}{deletes}\n", style.item, rest.len()));
        }
    }
}

fn member(report: &RolloutReport, wave: &Wave, unit: &Member, style: &Style, out: &mut String) {
    let verb = if unit.deletes { "delete " } else { "" };
    out.push_str(&format!("{}{verb}{}", style.item, style.code(&unit.name)));
    if let Some(hosts) = &unit.hosts {
        out.push_str(&format!(" on {hosts}"));
    }
    if let Some(reach) = &unit.reaches {
        let hosts = match reach.hosts {
            0 => String::new(),
            hosts => format!(", at most {}", plural(hosts as usize, "host")),
        };
        out.push_str(&format!(" (needed by {}{hosts})", plural(reach.groups, "host group")));
    }
    if !unit.restarts.is_empty() {
        out.push_str(&format!(" (restarts {})", unit.restarts.join(", ")));
    }
    if let Some(reason) = &unit.elsewhere {
        out.push_str(&format!(" (in no tree: {reason})"));
    }
    if unit.order == "unknown" && unit.elsewhere.is_none() {
        out.push_str(" (order not known)");
    }
    out.push('\n');
    if unit.paths.len() > 1 || unit.paths.first().is_some_and(|path| *path != unit.name) {
        for path in unit.paths.iter().take(MOST_PATHS) {
            out.push_str(&format!("{}{}\n", style.list, style.code(path)));
        }
        let more = unit.paths.len().saturating_sub(MOST_PATHS);
        if more > 0 {
            out.push_str(&format!("{}and {more} more\n", style.list));
        }
    }
    if report.components.iter().all(|own| own.wave != wave.number) {
        for own in unit.likely.iter().take(MOST) {
            out.push_str(&format!("{}{own}\n", style.list));
        }
    }
    if wave.at_once {
        return;
    }
    for edge in unit.waits_for.iter().take(MOST).filter_map(|ix| report.edges.get(*ix)) {
        let names: Vec<String> =
            edge.before.iter().map(|name: &SmolStr| style.code(name)).collect();
        out.push_str(&format!("{}after {}: {}\n", style.list, names.join(" or "), because(edge)));
    }
    let more = unit.waits_for.len().saturating_sub(MOST);
    if more > 0 {
        out.push_str(&format!("{}and {more} more reasons\n", style.list));
    }
}

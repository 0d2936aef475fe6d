//! The plan as a numbered list that a person can follow and tick off.

use super::style::{MOST, Style, because};
use super::waves::{known, list};
use crate::deploy::location::Location;
use crate::deploy::rollout_report::{Cycle, MechanismResult, RolloutReport, Step};
use crate::deploy::services::{ServiceOutage, Suppression};
use crate::facts::Entity;
use crate::report::words::plural;

/// For a terminal.
pub fn human(report: &RolloutReport) -> String {
    write(report, &Style { head: "", item: "  [ ] ", code: "", list: "      " })
}

/// As Markdown with a task list.
pub fn markdown(report: &RolloutReport) -> String {
    write(report, &Style { head: "## ", item: "- [ ] ", code: "`", list: "  - " })
}

fn write(report: &RolloutReport, style: &Style) -> String {
    let mut out = String::new();
    out.push_str(&format!(
        "{}Rollout from {} to {}\n\n{} in {}, {} on the way{}\n",
        if style.head.is_empty() { "" } else { "# " },
        report.old,
        report.new,
        plural(report.units, "unit"),
        plural(report.waves.len(), "wave"),
        plural(report.hazards, "hazard"),
        match report.components.len() {
            0 => String::new(),
            count => format!("; {} without a safe order", plural(count, "group")),
        }
    ));
    known(report, &mut out);
    for wave in &report.waves {
        list(report, wave, style, &mut out);
    }
    for rebuild in &report.rebuilds {
        out.push_str(&format!(
            "\n{}After wave {}: make the {} again\n\n{}{}\n{}from {}\n",
            style.head,
            rebuild.after_wave,
            rebuild.name,
            style.item,
            style.code(&rebuild.command),
            style.list,
            shortened(&rebuild.sources)
        ));
    }
    for (ix, stuck) in report.components.iter().enumerate() {
        component(report, ix + 1, stuck, style, &mut out);
    }
    mechanisms(report, style, &mut out);
    for down in &report.services {
        service(down, style, &mut out);
    }
    if !report.notes.is_empty() {
        out.push_str(&format!("\n{}Notes\n\n", style.head));
        for note in &report.notes {
            out.push_str(&format!("{}{note}\n", style.list.trim_start_matches("    ")));
        }
    }
    crate::report::escape::terminal(&out)
}

/// What ways of bringing the files leave open; those that are safe in one line.
fn mechanisms(report: &RolloutReport, style: &Style, out: &mut String) {
    if report.hazards == 0 || report.mechanisms.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}If the files are brought in one go\n\n", style.head));
    let line = style.list.trim_start_matches("    ");
    let is_link = |own: &MechanismResult| own.mechanism.contains("symlink");
    let (safe, open): (Vec<&MechanismResult>, Vec<&MechanismResult>) = report
        .mechanisms
        .iter()
        .partition(|mechanism| mechanism.broken == 0 && !is_link(mechanism));
    if !safe.is_empty() {
        let names: Vec<String> = safe.iter().map(|own| style.code(own.mechanism)).collect();
        out.push_str(&format!("{line}safe for what was found: {}\n", names.join(", ")));
    }
    for left in open {
        let what = match (&left.first, left.broken) {
            (_, 0) => "closed on each host; hosts still differ until the last has switched".into(),
            (Some(first), broken) => format!(
                "{} broken, for up to {}; first {}",
                plural(broken, "requirement"),
                plural(left.longest, "file"),
                spoken(first)
            ),
            (None, broken) => format!("{} broken", plural(broken, "requirement")),
        };
        out.push_str(&format!("{line}{}: {what}\n", style.code(left.mechanism)));
    }
}

/// An entity as a reader writes it, with the place that may follow it.
fn spoken(text: &str) -> String {
    let (entity, place) = match text.rsplit_once(" at ") {
        Some((entity, place)) => (entity, format!(" at {place}")),
        None => (text, String::new()),
    };
    let entity = Entity::parse(entity).map_or(entity.to_owned(), |entity| entity.spoken());
    format!("{entity}{place}")
}

/// The first paths of a list.
fn shortened(paths: &[smol_str::SmolStr]) -> String {
    let first: Vec<&str> = paths.iter().take(MOST).map(|path| path.as_str()).collect();
    match paths.len().saturating_sub(MOST) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

fn component(
    report: &RolloutReport,
    number: usize,
    stuck: &Cycle,
    style: &Style,
    out: &mut String,
) {
    let names: Vec<String> = stuck.units.iter().take(12).map(|name| style.code(name)).collect();
    out.push_str(&format!(
        "\n{}No safe order {number} (wave {}): {}\n\n",
        style.head,
        stuck.wave,
        names.join(", ")
    ));
    let line = style.list.trim_start_matches("    ");
    for ix in stuck.forcing.iter().take(2 * MOST) {
        if let Some(edge) = report.edges.get(*ix) {
            out.push_str(&format!(
                "{line}{} waits for {}: {}\n",
                edge.after.join(" and "),
                edge.before.join(" or "),
                because(edge)
            ));
        }
    }
    let more = stuck.forcing.len().saturating_sub(2 * MOST);
    if more > 0 {
        out.push_str(&format!("{line}and {more} more\n"));
    }
    if !stuck.exact {
        out.push_str(&format!("{line}not proven: there are too many units to try every order\n"));
    }
    let mut freeing: Vec<String> = stuck
        .freeing
        .iter()
        .filter_map(|ix| report.edges.get(*ix))
        .map(|edge| spoken(&edge.entity))
        .collect();
    freeing.sort_unstable();
    freeing.dedup();
    if !freeing.is_empty() {
        let which = if stuck.smallest { "the smallest set" } else { "a small set" };
        out.push_str(&format!("{line}{which} that frees them: {}\n", freeing.join(", ")));
    }
    let split =
        [("expand", &stuck.expand), ("migrate", &stuck.migrate), ("contract", &stuck.contract)];
    if split.iter().any(|(_, steps)| !steps.is_empty()) {
        out.push_str("\nOr split it into three commits:\n\n");
        for (ix, (name, steps)) in split.iter().enumerate() {
            out.push_str(&format!(
                "{}{}. {name}\n",
                if style.head.is_empty() { "  " } else { "" },
                ix + 1
            ));
            for Step { path, what } in steps.iter().take(2 * MOST) {
                let bullet = if style.head.is_empty() { "     " } else { "   - " };
                out.push_str(&format!("{bullet}{}: {what}\n", style.code(path)));
            }
        }
    }
}

fn service(down: &ServiceOutage, style: &Style, out: &mut String) {
    // The units name it already.
    if down.routine && down.watchers.is_empty() {
        return;
    }
    let line = style.list.trim_start_matches("    ");
    let why = if down.forced { "goes down" } else { "is restarted" };
    out.push_str(&format!(
        "\n{}{} {why} (by {})\n\n",
        style.head,
        style.code(&down.service),
        down.restarted_by.join(", ")
    ));
    match &down.declared {
        Some(reason) => out.push_str(&format!("{line}declared: {reason}\n")),
        None if down.watchers.is_empty() => {
            out.push_str(&format!("{line}nobody in the tree watches it\n"));
        }
        None if down.is_silenced() => {
            out.push_str(&format!("{line}declared: its monitors are silenced\n"));
        }
        None if down.routine => out.push_str(&format!("{line}who watches it:\n")),
        None => out.push_str(&format!("{line}not declared; who notices:\n")),
    }
    for watcher in &down.watchers {
        let place =
            watcher.place.as_ref().map(Location::show).unwrap_or_else(|| "outside the tree".into());
        out.push_str(&format!(
            "{line}  {} {}: {}, {place}{}\n",
            watcher.kind,
            watcher.name,
            watcher.asks,
            watcher.silenced.as_ref().map(silenced).unwrap_or_default()
        ));
    }
    if down.deployed_from.len() > 1 {
        out.push_str(&format!(
            "{line}restarted by each of these deployments, which have to fit:\n"
        ));
    }
    for deployed in down.deployed_from.iter().filter(|_| down.deployed_from.len() > 1) {
        out.push_str(&format!("{line}  {}, {}\n", deployed.repository, deployed.place.show()));
    }
    if !down.probed.is_empty() {
        out.push_str(&format!("{line}probed: {}\n", down.probed.join(", ")));
    }
    if !down.traffic.is_empty() {
        out.push_str(&format!("{line}users ask for: {}\n", down.traffic.join(", ")));
    } else if !down.routes.is_empty() {
        out.push_str(&format!("{line}answers: {}\n", down.routes.join(", ")));
    }
}

/// `; silenced by FILE:LINE until 2026-01-02`.
fn silenced(quiet: &Suppression) -> String {
    let how = if quiet.in_part { "silenced in part" } else { "silenced" };
    let until = match quiet.until.as_str() {
        "" => String::new(),
        day => format!(" until {day}"),
    };
    format!("; {how} by {}{until}", quiet.by.show())
}

//! The plan as a numbered list that a person can follow and tick off.

use crate::deploy::services::{Down, Quiet};
use crate::deploy::sheet::{Edge, Sheet, Spot, Step, Stuck};

/// For a terminal.
pub fn human(sheet: &Sheet) -> String {
    write(sheet, &Style { head: "", item: "  [ ] ", code: "", list: "      " })
}

/// As Markdown with a task list.
pub fn markdown(sheet: &Sheet) -> String {
    write(sheet, &Style { head: "## ", item: "- [ ] ", code: "`", list: "  - " })
}

struct Style {
    head: &'static str,
    item: &'static str,
    code: &'static str,
    list: &'static str,
}

impl Style {
    fn code(&self, text: &str) -> String {
        format!("{0}{text}{0}", self.code)
    }
}

/// Most reasons that are spelled out for one unit.
const MOST: usize = 5;
/// Most paths that are spelled out for one unit.
const MOST_PATHS: usize = 8;

fn write(sheet: &Sheet, style: &Style) -> String {
    let mut out = String::new();
    let plural = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    out.push_str(&format!(
        "{}Rollout from {} to {}\n\n{} in {}, {} on the way{}\n",
        if style.head.is_empty() { "" } else { "# " },
        sheet.old,
        sheet.new,
        plural(sheet.units, "unit"),
        plural(sheet.waves.len(), "wave"),
        plural(sheet.hazards, "hazard"),
        match sheet.components.len() {
            0 => String::new(),
            count => format!("; {} without a safe order", plural(count, "group")),
        }
    ));
    if sheet.waves.len() == 1 && sheet.components.is_empty() {
        out.push_str("\nEvery unit can land at any time: nothing at one version breaks anything at the other.\n");
    }
    for wave in &sheet.waves {
        let units = &wave.units;
        let how = match (wave.at_once, units.len()) {
            (true, _) => " — all at once: they have no safe order",
            (false, 1) => "",
            (false, _) => " — in any order",
        };
        out.push_str(&format!(
            "\n{}{}. {}{how}\n",
            style.head,
            wave.number,
            plural(units.len(), "unit")
        ));
        if !style.head.is_empty() {
            out.push('\n');
        }
        for unit in units {
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
                out.push_str(&format!(
                    " (needed by {}{hosts})",
                    plural(reach.groups, "host group")
                ));
            }
            if !unit.restarts.is_empty() {
                out.push_str(&format!(" (restarts {})", unit.restarts.join(", ")));
            }
            if let Some(reason) = &unit.elsewhere {
                out.push_str(&format!(" (in no tree: {reason})"));
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
            if wave.at_once {
                continue;
            }
            for edge in unit.waits_for.iter().take(MOST).filter_map(|ix| sheet.edges.get(*ix)) {
                out.push_str(&format!(
                    "{}after {}: {}\n",
                    style.list,
                    edge.before
                        .iter()
                        .map(|name| style.code(name))
                        .collect::<Vec<_>>()
                        .join(" or "),
                    because(edge)
                ));
            }
            let more = unit.waits_for.len().saturating_sub(MOST);
            if more > 0 {
                out.push_str(&format!("{}and {more} more reasons\n", style.list));
            }
        }
    }
    for rebuild in &sheet.rebuilds {
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
    for (ix, stuck) in sheet.components.iter().enumerate() {
        component(sheet, ix + 1, stuck, style, &mut out);
    }
    if sheet.hazards > 0 && !sheet.mechanisms.is_empty() {
        out.push_str(&format!("\n{}If the files are brought in one go\n\n", style.head));
        for left in &sheet.mechanisms {
            let what = match (&left.first, left.broken) {
                (_, 0) if left.mechanism.contains("symlink") => {
                    "closed on each host; hosts still differ until the last has switched".to_owned()
                }
                (_, 0) => "safe for this change".to_owned(),
                (Some(first), broken) => format!(
                    "{} broken, for up to {}; first {first}",
                    plural(broken, "requirement"),
                    plural(left.longest, "file")
                ),
                (None, broken) => format!("{} broken", plural(broken, "requirement")),
            };
            out.push_str(&format!(
                "{}{}: {what}\n",
                style.list.trim_start_matches("    "),
                style.code(left.mechanism)
            ));
        }
    }
    for down in &sheet.services {
        service(down, style, &mut out);
    }
    if !sheet.notes.is_empty() {
        out.push_str(&format!("\n{}Notes\n\n", style.head));
        for note in &sheet.notes {
            out.push_str(&format!("{}{note}\n", style.list.trim_start_matches("    ")));
        }
    }
    crate::report::escape::terminal(&out)
}

/// The first paths of a list.
fn shortened(paths: &[smol_str::SmolStr]) -> String {
    let first: Vec<&str> = paths.iter().take(MOST).map(|path| path.as_str()).collect();
    match paths.len().saturating_sub(MOST) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Why, with both ends.
fn because(edge: &Edge) -> String {
    let mut out = edge.message.clone();
    let show = |spot: &Option<Spot>| spot.as_ref().map(Spot::show);
    if let Some(from) = show(&edge.from) {
        out.push_str(&format!(", {from}"));
    }
    if let Some(composed) = show(&edge.composed) {
        out.push_str(&format!(", composed at {composed}"));
    }
    if let Some(to) = show(&edge.to) {
        out.push_str(&format!(" → {to}"));
    }
    out
}

fn component(sheet: &Sheet, number: usize, stuck: &Stuck, style: &Style, out: &mut String) {
    let names: Vec<String> = stuck.units.iter().take(12).map(|name| style.code(name)).collect();
    out.push_str(&format!(
        "\n{}No safe order {number} (wave {}): {}\n\n",
        style.head,
        stuck.wave,
        names.join(", ")
    ));
    let line = style.list.trim_start_matches("    ");
    for ix in stuck.forcing.iter().take(2 * MOST) {
        if let Some(edge) = sheet.edges.get(*ix) {
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
    let freeing: Vec<&str> = stuck
        .freeing
        .iter()
        .filter_map(|ix| sheet.edges.get(*ix))
        .map(|edge| edge.entity.as_str())
        .collect();
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

fn service(down: &Down, style: &Style, out: &mut String) {
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
            watcher.place.as_ref().map(Spot::show).unwrap_or_else(|| "outside the tree".into());
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
fn silenced(quiet: &Quiet) -> String {
    let how = if quiet.in_part { "silenced in part" } else { "silenced" };
    let until = match quiet.until.as_str() {
        "" => String::new(),
        day => format!(" until {day}"),
    };
    format!("; {how} by {}{until}", quiet.by.show())
}

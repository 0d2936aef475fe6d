//! The plan as a picture: a column for each wave, a box for each unit, an arrow from what lands
//! first. The page's list says the same in words.

use super::diagram::{drawn, pairs};
use crate::deploy::rollout_report::{Member, RolloutReport};
use crate::report::escape::xml;
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// Boxes and the room between them, in pixels of the picture as it is first shown.
const BOX: (usize, usize) = (240, 26);
const GAP: (usize, usize) = (110, 10);
const MARGIN: usize = 20;
/// Room above the boxes, for the names of the waves.
const HEAD: usize = 40;
/// Characters of a name that fit into a box.
const ROOM: usize = 29;
/// Most boxes of a wave, and most waves: beyond, a picture tells less than the list.
const MOST_UNITS: usize = 60;
const MOST_WAVES: usize = 24;

/// What the picture looks like, beside what all pages have.
pub(super) const STYLE: &str = "\
.drawing { overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--card); }
.drawing svg { display: block; }
.drawing rect { fill: var(--back); stroke: var(--faint); }
.drawing .unknown rect { stroke-dasharray: 4 3; }
.drawing .stuck rect { stroke: var(--error); stroke-width: 2; }
.drawing text { fill: var(--text); font: 12px ui-monospace, monospace; }
.drawing text.wave { font: 600 13px system-ui, sans-serif; }
.drawing path { fill: none; stroke: var(--faint); stroke-width: 1.3; }
.drawing path.stuck { stroke: var(--error); }
.drawing g.unit:hover rect { stroke: var(--note); stroke-width: 2; }
";

/// Makes the picture larger and smaller.
pub(super) const SCRIPT: &str = "\
\"use strict\";
for (const button of document.querySelectorAll('[data-zoom]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const svg = document.querySelector('.drawing svg');
    const width = Number(svg.getAttribute('width')) * Number(button.dataset.zoom);
    const [, , w, h] = svg.getAttribute('viewBox').split(' ').map(Number);
    svg.setAttribute('width', Math.round(width));
    svg.setAttribute('height', Math.round(width * h / w));
  });
}
";

/// Where boxes are.
struct Places<'r> {
    /// By unit: column, row, and whether its wave lands at once.
    of: FxHashMap<&'r str, (usize, usize, bool)>,
    rows: usize,
}

/// The picture; empty where nothing is ordered, or where it would be a wall.
pub(super) fn drawing(report: &RolloutReport) -> String {
    if report.edges.is_empty() || report.waves.len() > MOST_WAVES {
        return String::new();
    }
    let mut boxes = String::new();
    let mut places = Places { of: FxHashMap::default(), rows: 0 };
    for (column, wave) in report.waves.iter().enumerate() {
        let x = left(column);
        let how = if wave.at_once { ", all at once" } else { "" };
        let _ = writeln!(
            boxes,
            "<text class=\"wave\" x=\"{x}\" y=\"24\">Wave {}{how}</text>",
            wave.number
        );
        let (mut units, mut more) = drawn(wave);
        more += units.len().saturating_sub(MOST_UNITS);
        units.truncate(MOST_UNITS);
        for (row, unit) in units.iter().enumerate() {
            places.of.insert(&unit.name, (column, row, wave.at_once));
            unit_box(unit, wave.at_once, (x, top(row)), &mut boxes);
        }
        let mut rows = units.len();
        if more > 0 {
            let y = top(rows) + 17;
            let _ = writeln!(boxes, "<text x=\"{x}\" y=\"{y}\">and {more} more</text>");
            rows += 1;
        }
        places.rows = places.rows.max(rows);
    }
    let arrows = arrows(report, &places);
    let (width, height) = (left(report.waves.len()) - GAP.0 + MARGIN, top(places.rows) + MARGIN);
    format!(
        "<p><button type=\"button\" data-zoom=\"1.25\" hidden>Larger</button> <button type=\"button\" data-zoom=\"0.8\" hidden>Smaller</button></p>\n\
         <div class=\"drawing\" tabindex=\"0\" role=\"img\" aria-label=\"The waves, from left to right, with an arrow from each unit to those that wait for it; the list below says the same in words\">\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8\"/></marker></defs>\n\
         {arrows}{boxes}</svg>\n</div>\n"
    )
}

fn left(column: usize) -> usize {
    MARGIN + column * (BOX.0 + GAP.0)
}

fn top(row: usize) -> usize {
    HEAD + row * (BOX.1 + GAP.1)
}

fn unit_box(unit: &Member, at_once: bool, (x, y): (usize, usize), out: &mut String) {
    let class = match (at_once, unit.order) {
        (true, _) => "unit stuck",
        (false, "unknown") => "unit unknown",
        (false, _) => "unit",
    };
    let verb = if unit.deletes { "delete " } else { "" };
    let restarts = match unit.restarts.is_empty() {
        true => String::new(),
        false => format!(", restarts {}", unit.restarts.join(", ")),
    };
    let (width, height) = BOX;
    let _ = writeln!(
        out,
        "<g class=\"{class}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"5\"/><text x=\"{}\" y=\"{}\">{}</text></g>",
        xml(&format!("{verb}{}{restarts}", unit.name)),
        x + 10,
        y + 17,
        xml(&short(&format!("{verb}{}{}", unit.name, if restarts.is_empty() { "" } else { " ↻" })))
    );
}

/// A name cut to its box: what tells paths apart stands at their ends.
fn short(name: &str) -> String {
    let count = name.chars().count();
    if count <= ROOM {
        return name.to_owned();
    }
    let head = ROOM / 3;
    let tail = ROOM - head - 1;
    let first: String = name.chars().take(head).collect();
    let last: String = name.chars().skip(count - tail).collect();
    format!("{first}…{last}")
}

/// One arrow between two boxes, however many needs tie them.
fn arrows(report: &RolloutReport, places: &Places<'_>) -> String {
    let mut ends: Vec<(&str, &str)> = pairs(report)
        .into_iter()
        .map(|(before, after, _)| (before.as_str(), after.as_str()))
        .collect();
    ends.dedup();
    let mut out = String::new();
    for (before, after) in ends {
        let (Some(from), Some(to)) = (places.of.get(before), places.of.get(after)) else {
            continue;
        };
        let middle = |row: usize| top(row) + BOX.1 / 2;
        let title = xml(&format!("{before}, then {after}"));
        if from.0 == to.0 {
            // Within one wave: around the right side of both.
            let (x, y1, y2) = (left(from.0) + BOX.0, middle(from.1), middle(to.1));
            let out_to = x + 30 + 4 * from.1.abs_diff(to.1).min(15);
            let _ = writeln!(
                out,
                "<path class=\"stuck\" marker-end=\"url(#tip)\" d=\"M{x} {y1}C{out_to} {y1} {out_to} {y2} {x} {y2}\"><title>{title}</title></path>"
            );
        } else {
            let (x1, y1) = (left(from.0) + BOX.0, middle(from.1));
            let (x2, y2) = (left(to.0), middle(to.1));
            let path = match to.0.abs_diff(from.0) {
                1 => {
                    let bend = x1.midpoint(x2);
                    format!("M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}")
                }
                // Past the boxes of the waves between, in the room under a row.
                _ => {
                    let lane = y2 + (BOX.1 + GAP.1) / 2;
                    let (first, last) = (x1 + GAP.0 / 2, x2 - GAP.0 / 2);
                    let (a, b) = (x1 + GAP.0 - MARGIN, x2 - GAP.0 + MARGIN);
                    format!(
                        "M{x1} {y1}C{first} {y1} {first} {lane} {a} {lane}L{b} {lane}C{last} {lane} {last} {y2} {x2} {y2}"
                    )
                }
            };
            let _ = writeln!(
                out,
                "<path marker-end=\"url(#tip)\" d=\"{path}\"><title>{title}</title></path>"
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_name_keeps_its_end() {
        assert_eq!(short("modules/web/init.pp"), "modules/web/init.pp");
        let cut = short("modules/profile/manifests/wiki/backend/cache.pp");
        assert_eq!(cut.chars().count(), super::ROOM);
        assert!(cut.ends_with("backend/cache.pp"), "{cut}");
    }
}

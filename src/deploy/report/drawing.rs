//! The plan as a picture: a column for each wave, a box for each unit, an arrow from what lands
//! first. The page's list says the same in words.

use super::diagram::{drawn, pairs};
use crate::deploy::rollout_report::{Member, RolloutReport};
use crate::report::picture::{Arrow, Cell, Column, Look, Tile, picture};
use rustc_hash::FxHashMap;

/// Most waves: beyond, a picture tells less than the list.
const MOST_WAVES: usize = 24;

const TOLD: &str = "The waves, from left to right, with an arrow from each unit to those that wait for it; the list below says the same in words";

/// The picture; empty where nothing is ordered, or where it would be a wall.
pub(super) fn drawing(report: &RolloutReport) -> String {
    if report.edges.is_empty() || report.waves.len() > MOST_WAVES {
        return String::new();
    }
    let mut places: FxHashMap<&str, Cell> = FxHashMap::default();
    let mut columns = Vec::new();
    for (ix, wave) in report.waves.iter().enumerate() {
        let how = if wave.at_once { ", all at once" } else { "" };
        let (units, more) = drawn(wave);
        for (row, unit) in units.iter().enumerate() {
            places.insert(&unit.name, (ix, row));
        }
        let boxes = units.iter().map(|unit| unit_box(unit, wave.at_once)).collect();
        columns.push(Column { title: format!("Wave {}{how}", wave.number), boxes, more });
    }
    picture(&columns, &arrows(report, &places), TOLD)
}

fn unit_box(unit: &Member, at_once: bool) -> Tile {
    let look = match (at_once, unit.order) {
        (true, _) => Look::Stuck,
        (false, "unknown") => Look::Unknown,
        (false, _) => Look::Plain,
    };
    let verb = if unit.deletes { "delete " } else { "" };
    let restarts = match unit.restarts.is_empty() {
        true => String::new(),
        false => format!(", restarts {}", unit.restarts.join(", ")),
    };
    let mark = if restarts.is_empty() { "" } else { " ↻" };
    Tile {
        text: format!("{verb}{}{mark}", unit.name),
        title: format!("{verb}{}{restarts}", unit.name),
        look,
    }
}

/// One arrow between two boxes, however many needs tie them.
fn arrows(report: &RolloutReport, places: &FxHashMap<&str, Cell>) -> Vec<Arrow> {
    let mut ends: Vec<(&str, &str)> = pairs(report)
        .into_iter()
        .map(|(before, after, _)| (before.as_str(), after.as_str()))
        .collect();
    ends.dedup();
    let between = |(before, after): (&str, &str)| {
        let title = format!("{before}, then {after}");
        Some(Arrow { from: *places.get(before)?, to: *places.get(after)?, title })
    };
    ends.into_iter().filter_map(between).collect()
}

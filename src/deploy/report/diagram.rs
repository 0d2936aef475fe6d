//! The plan as a diagram: Mermaid and Graphviz.

use crate::deploy::rollout_report::{Member, RolloutReport, Wave};
use crate::report::escape::{dot as dot_text, mermaid as mermaid_text};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Pairs of units with what the first waits for of the second.
pub(super) fn pairs(report: &RolloutReport) -> BTreeSet<(&SmolStr, &SmolStr, &str)> {
    let mut out = BTreeSet::new();
    for edge in &report.edges {
        for after in &edge.after {
            out.extend(edge.before.iter().map(|before| (before, after, edge.entity.as_str())));
        }
    }
    out
}

fn ids(report: &RolloutReport) -> Vec<&SmolStr> {
    report.waves.iter().flat_map(|wave| &wave.units).map(|unit| &unit.name).collect()
}

fn id(names: &[&SmolStr], name: &SmolStr) -> String {
    format!("u{}", names.iter().position(|own| *own == name).unwrap_or(names.len()))
}

/// Most units of a wave that are drawn although nothing is tied to them.
const MOST: usize = 12;

/// The units of a wave that are drawn, and how many more it has.
pub(super) fn drawn(wave: &Wave) -> (Vec<&Member>, usize) {
    let (mut own, mut free): (Vec<&Member>, Vec<&Member>) =
        wave.units.iter().partition(|unit| unit.order == "ordered");
    let more = free.len().saturating_sub(MOST);
    free.truncate(MOST);
    own.extend(free);
    (own, more)
}

/// A Mermaid flow chart: a wave a group, an arrow from what lands first.
pub fn mermaid(report: &RolloutReport) -> String {
    let names = ids(report);
    let mut out = String::from("flowchart TD\n");
    for wave in &report.waves {
        let how = if wave.at_once { ": at once" } else { "" };
        out.push_str(&format!("  subgraph wave{0}[\"Wave {0}{how}\"]\n", wave.number));
        let (units, more) = drawn(wave);
        for unit in units {
            let verb = if unit.deletes { "delete " } else { "" };
            out.push_str(&format!(
                "    {}[\"{verb}{}\"]\n",
                id(&names, &unit.name),
                mermaid_text(&unit.name)
            ));
        }
        if more > 0 {
            out.push_str(&format!("    more{}[\"{more} more\"]\n", wave.number));
        }
        out.push_str("  end\n");
    }
    for (before, after, entity) in pairs(report) {
        out.push_str(&format!(
            "  {} -->|\"{}\"| {}\n",
            id(&names, before),
            mermaid_text(entity),
            id(&names, after)
        ));
    }
    out
}

/// A Graphviz graph: a wave a cluster, an arrow from what lands first.
pub fn dot(report: &RolloutReport) -> String {
    let names = ids(report);
    let mut out = String::from("digraph rollout {\n  rankdir=TB;\n  node [shape=box];\n");
    for wave in &report.waves {
        let how = if wave.at_once { ": at once" } else { "" };
        out.push_str(&format!(
            "  subgraph cluster_{0} {{\n    label=\"Wave {0}{how}\";\n",
            wave.number
        ));
        let (units, more) = drawn(wave);
        for unit in units {
            let verb = if unit.deletes { "delete " } else { "" };
            out.push_str(&format!(
                "    {} [label=\"{verb}{}\"];\n",
                id(&names, &unit.name),
                dot_text(&unit.name)
            ));
        }
        if more > 0 {
            out.push_str(&format!("    more{} [label=\"{more} more\"];\n", wave.number));
        }
        out.push_str("  }\n");
    }
    for (before, after, entity) in pairs(report) {
        out.push_str(&format!(
            "  {} -> {} [label=\"{}\"];\n",
            id(&names, before),
            id(&names, after),
            dot_text(entity)
        ));
    }
    out.push_str("}\n");
    out
}

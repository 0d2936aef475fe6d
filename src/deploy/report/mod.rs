//! A plan for people and for tools.

mod diagram;
mod drawing;
mod html;
mod order;
mod style;
mod text;
mod waves;

use super::{OrderReport, RolloutReport};
use diagram::{dot, mermaid};
use html::html;
use order::order;
use text::{human, markdown};

/// A format of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A numbered plan.
    Human,
    /// Waves, edges and components.
    Json,
    /// A Mermaid flow chart.
    Mermaid,
    /// A Graphviz graph.
    Dot,
    /// A page with the graph, and the list to tick off.
    Html,
    /// A task list.
    Markdown,
}

impl RolloutReport {
    /// The plan in a format.
    pub fn text(&self, format: Format) -> String {
        match format {
            Format::Human => human(self),
            Format::Markdown => markdown(self),
            Format::Json => json(self),
            Format::Mermaid => mermaid(self),
            Format::Dot => dot(self),
            Format::Html => html(self),
        }
    }
}

impl OrderReport {
    /// What is wrong with the order, a line each; `list` is the name of its file.
    pub fn text(&self, list: &str) -> String {
        order(self, list)
    }

    /// As a JSON object.
    pub fn json(&self) -> String {
        json(self)
    }
}

/// Plain data always has a text.
fn json(report: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(report).map(|text| format!("{text}\n")).unwrap_or_default()
}

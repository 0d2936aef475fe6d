//! What needs what, as a graph for other programs to draw or to search.

mod html;

use super::escape;
use crate::facts::{Entity, as_text};
use serde::Serialize;
use std::io;

/// The dependency graph of a tree, or a part of it: things, and the references between them that
/// lead somewhere.
///
/// Serialised it is what `crosscheck graph --format json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct References {
    /// Version of this format: 1.
    pub version: u32,
    /// Files and what they define, by path.
    pub nodes: Vec<Node>,
    /// References, in the order of the things that they stand in.
    pub edges: Vec<Edge>,
    /// What was asked about: indexes of nodes. None of a whole tree.
    pub around: Vec<usize>,
}

/// A file, or something that one defines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Node {
    /// What it is.
    #[serde(serialize_with = "as_text")]
    pub entity: Entity,
    /// The file.
    pub path: String,
    /// Where it is defined: the line, from 1.
    pub line: u32,
}

/// A reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Edge {
    /// What needs: the index of a node.
    pub from: usize,
    /// What is needed: the index of a node.
    pub to: usize,
    /// The construct: `include`, `source`; `defined in` of what stands in a file or a class.
    pub via: String,
    /// The file that it stands in.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// How a graph is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Drawing {
    /// Graphviz.
    Dot,
    /// GraphML 1.0, which Gephi, yEd and NetworkX read.
    GraphMl,
    /// A Mermaid flow chart.
    Mermaid,
    /// One JSON object.
    Json,
    /// A page that stands alone.
    Html,
}

impl References {
    /// A graph of these.
    pub(crate) fn new(nodes: Vec<Node>, edges: Vec<Edge>, around: Vec<usize>) -> Self {
        Self { version: 1, nodes, edges, around }
    }

    /// Writes it.
    ///
    /// # Errors
    /// Where `out` cannot be written.
    pub fn write(&self, drawing: Drawing, out: &mut dyn io::Write) -> io::Result<()> {
        match drawing {
            Drawing::Dot => self.dot(out),
            Drawing::GraphMl => self.graphml(out),
            Drawing::Mermaid => self.mermaid(out),
            Drawing::Html => out.write_all(html::page_of(self).as_bytes()),
            Drawing::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                writeln!(out)
            }
        }
    }

    fn dot(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "digraph crosscheck {{\n  rankdir=LR;\n  node [shape=box];")?;
        for (ix, node) in self.nodes.iter().enumerate() {
            let (label, place) = (escape::dot(&node.entity.spoken()), escape::dot(&node.place()));
            writeln!(out, "  n{ix} [label=\"{label}\", tooltip=\"{place}\"];")?;
        }
        for edge in &self.edges {
            let (from, to) = (edge.from, edge.to);
            let (via, place) = (escape::dot(&edge.via), escape::dot(&edge.place()));
            writeln!(out, "  n{from} -> n{to} [label=\"{via}\", tooltip=\"{place}\"];")?;
        }
        writeln!(out, "}}")
    }

    fn mermaid(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "flowchart LR")?;
        for (ix, node) in self.nodes.iter().enumerate() {
            writeln!(out, "  n{ix}[\"{}\"]", escape::mermaid(&node.entity.spoken()))?;
        }
        for edge in &self.edges {
            let via = escape::mermaid(&edge.via);
            writeln!(out, "  n{} -->|\"{via}\"| n{}", edge.from, edge.to)?;
        }
        Ok(())
    }

    fn graphml(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">")?;
        for (key, of, sort) in [
            ("kind", "node", "string"),
            ("name", "node", "string"),
            ("path", "all", "string"),
            ("line", "all", "int"),
            ("via", "edge", "string"),
        ] {
            writeln!(
                out,
                "  <key id=\"{key}\" for=\"{of}\" attr.name=\"{key}\" attr.type=\"{sort}\"/>"
            )?;
        }
        writeln!(out, "  <graph edgedefault=\"directed\">")?;
        let data =
            |key: &str, value: &str| format!("<data key=\"{key}\">{}</data>", escape::xml(value));
        for (ix, node) in self.nodes.iter().enumerate() {
            let own = [
                data("kind", node.entity.kind.as_str()),
                data("name", &node.entity.name),
                data("path", &node.path),
                data("line", &node.line.to_string()),
            ];
            writeln!(out, "    <node id=\"n{ix}\">{}</node>", own.concat())?;
        }
        for edge in &self.edges {
            let own = [
                data("via", &edge.via),
                data("path", &edge.path),
                data("line", &edge.line.to_string()),
            ];
            let (from, to) = (edge.from, edge.to);
            writeln!(out, "    <edge source=\"n{from}\" target=\"n{to}\">{}</edge>", own.concat())?;
        }
        writeln!(out, "  </graph>\n</graphml>")
    }
}

impl Node {
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }
}

impl Edge {
    fn place(&self) -> String {
        format!("{}:{}:{}", self.path, self.line, self.column)
    }
}

//! `crosscheck graph`.

use super::options::{World, write_out};
use super::query::asked;
use super::{CLEAN, Failure};
use clap::{Args, ValueEnum};
use crosscheck::Drawing;

/// Edges that Mermaid draws unless it is told otherwise (`maxEdges` of its configuration).
const MERMAID: usize = 500;

/// References of a whole tree that a page still shows.
const PAGE: usize = 1000;

/// Arguments of `graph`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck graph --around role::wiki | dot -Tsvg -o wiki.svg
  crosscheck graph --around role::wiki --format html > wiki.html
  crosscheck graph --format graphml > tree.graphml
  crosscheck graph git:HEAD --around modules/wiki/files/motd --distance 1 --format mermaid

Exit codes: 0 answered, 2 no such name, 3 the tree cannot be read")]
pub struct Graph {
    /// The tree: a folder, an archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// Only what is near this: a path (or the end of one), a class, a role, a command…
    #[arg(long, value_name = "NAME")]
    around: Option<String>,
    /// How many references away that ends
    #[arg(long, value_name = "N", default_value_t = 2, requires = "around")]
    distance: usize,
    /// What is printed
    #[arg(long, value_enum, default_value = "dot", value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    world: World,
}

/// Values of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Graphviz.
    Dot,
    /// GraphML, for Gephi, yEd, NetworkX.
    Graphml,
    /// A Mermaid flow chart.
    Mermaid,
    /// One JSON object.
    Json,
    /// A page that stands alone, for a browser or a printer.
    Html,
}

impl Graph {
    /// Prints the graph.
    pub fn run(&self) -> Result<u8, Failure> {
        let analysis = asked(&self.world, &self.tree)?;
        let graph = match &self.around {
            Some(name) => analysis.references_around(name, self.distance)?,
            None => analysis.references()?,
        };
        if self.format == Format::Mermaid && graph.edges.len() > MERMAID {
            eprintln!(
                "crosscheck: {} references; Mermaid draws {MERMAID} unless its `maxEdges` is raised: \
                 --around chooses some",
                graph.edges.len()
            );
        }
        let drawing = match self.format {
            Format::Dot => Drawing::Dot,
            Format::Graphml => Drawing::GraphMl,
            Format::Mermaid => Drawing::Mermaid,
            Format::Json => Drawing::Json,
            Format::Html => Drawing::Html,
        };
        if self.format == Format::Html && self.around.is_none() && graph.edges.len() > PAGE {
            return Err(Failure::usage(format!(
                "{} references are no picture: --around NAME chooses what is near one thing",
                graph.edges.len()
            )));
        }
        let mut text = Vec::new();
        graph
            .write(drawing, &mut text)
            .map_err(|error| Failure::incomplete(format!("cannot write the graph: {error}")))?;
        write_out(&text)?;
        Ok(CLEAN)
    }
}

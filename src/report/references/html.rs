//! A graph as a page: what was asked about in the middle, what needs it to the left, what it needs to
//! the right; below, each reference in words.

use super::{Edge, References};
use crate::report::escape::xml;
use crate::report::page::{page, prose};
use crate::report::picture::{self, Arrow, Cell, Column, Look, Tile};
use crate::report::words::plural;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, VecDeque};

const TOLD: &str = "What needs what, from left to right; the list below says the same in words";

/// The page.
pub(super) fn page_of(graph: &References) -> String {
    let names: Vec<String> =
        graph.around.iter().map(|ix| graph.nodes[*ix].entity.spoken()).collect();
    let title = match names.as_slice() {
        [] => "What needs what".to_owned(),
        [one] => format!("What is around {one}"),
        [one, rest @ ..] => format!("What is around {one} and {} more", rest.len()),
    };
    let counts = format!(
        "{}, {}.",
        plural(graph.nodes.len(), "thing"),
        plural(graph.edges.len(), "reference")
    );
    let rows: String = graph.edges.iter().map(|edge| row(graph, edge)).collect();
    let body = format!(
        "<h1>{}</h1>\n<p>{counts}</p>\n{}<table>\n<thead><tr><th>what</th><th>by</th><th>needs</th><th>where</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        prose(&title),
        drawing(graph)
    );
    page(&title.replace('`', ""), &body, picture::STYLE, picture::SCRIPT)
}

fn row(graph: &References, edge: &Edge) -> String {
    let name = |ix: usize| prose(&graph.nodes[ix].entity.spoken());
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n",
        name(edge.from),
        xml(&edge.via),
        name(edge.to),
        xml(&edge.place())
    )
}

fn drawing(graph: &References) -> String {
    let layers = layers(graph);
    let mut columns: BTreeMap<isize, Vec<usize>> = BTreeMap::new();
    for (node, layer) in layers.iter().enumerate() {
        columns.entry(*layer).or_default().push(node);
    }
    let centre: FxHashSet<usize> = graph.around.iter().copied().collect();
    let mut cells: FxHashMap<usize, Cell> = FxHashMap::default();
    let mut drawn = Vec::new();
    for (ix, (layer, nodes)) in columns.iter().enumerate() {
        for (row, node) in nodes.iter().enumerate() {
            cells.insert(*node, (ix, row));
        }
        let title = match (graph.around.is_empty(), layer) {
            (true, _) => String::new(),
            (false, 0) => "asked about".to_owned(),
            (false, ..0) => "needs it".to_owned(),
            (false, 1..) => "is needed".to_owned(),
        };
        let boxes = nodes.iter().map(|node| {
            let own = &graph.nodes[*node];
            Tile {
                text: own.entity.spoken().replace('`', ""),
                title: own.place(),
                look: if centre.contains(node) { Look::Centre } else { Look::Plain },
            }
        });
        drawn.push(Column { title, boxes: boxes.collect(), more: 0 });
    }
    let ends: BTreeMap<(usize, usize), &str> =
        graph.edges.iter().rev().map(|edge| ((edge.from, edge.to), edge.via.as_str())).collect();
    let arrows = ends.iter().filter_map(|((from, to), via)| {
        Some(Arrow { from: *cells.get(from)?, to: *cells.get(to)?, title: (*via).to_owned() })
    });
    picture::picture(&drawn, &arrows.collect::<Vec<_>>(), TOLD)
}

/// The column of each node: how many references it is away from what was asked about, less than
/// nothing where it needs that. Of a whole tree, from what nothing needs.
fn layers(graph: &References) -> Vec<isize> {
    let mut neighbours: Vec<Vec<(usize, isize)>> = vec![Vec::new(); graph.nodes.len()];
    let mut is_needed = vec![false; graph.nodes.len()];
    for edge in &graph.edges {
        neighbours[edge.from].push((edge.to, 1));
        neighbours[edge.to].push((edge.from, -1));
        is_needed[edge.to] = true;
    }
    let roots = || (0..graph.nodes.len()).filter(|node| !is_needed[*node]).collect();
    let starts: Vec<usize> = if graph.around.is_empty() { roots() } else { graph.around.clone() };
    let mut layers: Vec<Option<isize>> = vec![None; graph.nodes.len()];
    let mut queue: VecDeque<usize> = starts.into();
    queue.iter().for_each(|node| layers[*node] = Some(0));
    while let Some(node) = queue.pop_front() {
        let own = layers[node].unwrap_or_default();
        for (next, step) in &neighbours[node] {
            if layers[*next].is_none() {
                layers[*next] = Some(own + step);
                queue.push_back(*next);
            }
        }
    }
    layers.into_iter().map(Option::unwrap_or_default).collect()
}

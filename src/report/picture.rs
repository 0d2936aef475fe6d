//! A picture for a page: columns of boxes, and arrows between them. What it shows stands in words
//! beside it.

use super::escape::xml;
use std::fmt::Write;

/// Boxes and the room between them, in pixels of the picture as it is first shown.
const BOX: (usize, usize) = (240, 26);
const GAP: (usize, usize) = (110, 10);
const MARGIN: usize = 20;
/// Room above the boxes, for the titles of the columns.
const HEAD: usize = 40;
/// Characters of a name that fit into a box.
const ROOM: usize = 29;
/// Most boxes of a column: beyond, a picture tells less than a list.
const MOST: usize = 60;

/// What pictures look like, beside what all pages have.
pub const STYLE: &str = "\
.drawing { overflow: auto; margin-bottom: 1rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); }
.drawing svg { display: block; }
.drawing rect { fill: var(--back); stroke: var(--faint); }
.drawing .unknown rect { stroke-dasharray: 4 3; }
.drawing .stuck rect { stroke: var(--error); stroke-width: 2; }
.drawing .centre rect { stroke: var(--note); stroke-width: 2; }
.drawing text { fill: var(--text); font: 12px ui-monospace, monospace; }
.drawing text.wave { font: 600 13px system-ui, sans-serif; }
.drawing path { fill: none; stroke: var(--faint); stroke-width: 1.3; }
.drawing path.stuck { stroke: var(--error); }
.drawing g.unit:hover rect { stroke: var(--note); stroke-width: 2; }
";

/// Makes a picture larger and smaller.
pub const SCRIPT: &str = "\
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

/// A column.
#[derive(Default)]
pub struct Column {
    /// What stands above it.
    pub title: String,
    /// Its boxes, from above.
    pub boxes: Vec<Tile>,
    /// How many things it has beside.
    pub more: usize,
}

/// A box.
pub struct Tile {
    /// What stands in it; cut where it is too long.
    pub text: String,
    /// What is shown of it where somebody points at it.
    pub title: String,
    /// How it looks.
    pub look: Look,
}

/// How a box looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// As most.
    Plain,
    /// What all others are about.
    Centre,
    /// Something is not known of it.
    Unknown,
    /// It cannot go alone.
    Stuck,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "unit",
            Self::Centre => "unit centre",
            Self::Unknown => "unit unknown",
            Self::Stuck => "unit stuck",
        }
    }
}

/// Where a box stands: column and row.
pub type Cell = (usize, usize);

/// An arrow.
pub struct Arrow {
    /// Where it begins.
    pub from: Cell,
    /// Where it ends.
    pub to: Cell,
    /// What is shown of it where somebody points at it.
    pub title: String,
}

/// The picture as markup, with buttons that make it larger; `told` is what somebody hears who does
/// not see it. Of a column that is too long the first boxes are shown, and no arrows to the others.
pub fn picture(columns: &[Column], arrows: &[Arrow], told: &str) -> String {
    let mut boxes = String::new();
    let mut rows = 0;
    for (ix, column) in columns.iter().enumerate() {
        let x = left(ix);
        let _ = writeln!(
            boxes,
            "<text class=\"wave\" x=\"{x}\" y=\"24\">{}</text>",
            xml(&column.title)
        );
        let shown = column.boxes.len().min(MOST);
        for (row, own) in column.boxes[..shown].iter().enumerate() {
            draw(own, (x, top(row)), &mut boxes);
        }
        let more = column.more + column.boxes.len() - shown;
        if more > 0 {
            let y = top(shown) + 17;
            let _ = writeln!(boxes, "<text x=\"{x}\" y=\"{y}\">and {more} more</text>");
        }
        rows = rows.max(shown + usize::from(more > 0));
    }
    let last = columns.len().saturating_sub(1);
    let bows = arrows.iter().any(|own| own.from.0 == last && own.to.0 == last);
    let is_stuck = |(column, row): Cell| {
        let own = columns.get(column).and_then(|own| own.boxes.get(row));
        own.is_some_and(|own| own.look == Look::Stuck)
    };
    let shown = arrows.iter().filter(|own| own.from.1 < MOST && own.to.1 < MOST);
    let arrows: String = shown
        .map(|own| line(own, if is_stuck(own.from) && is_stuck(own.to) { "stuck" } else { "" }))
        .collect();
    let right = if bows { GAP.0 } else { MARGIN };
    let (width, height) = (left(columns.len()) - GAP.0 + right, top(rows) + MARGIN);
    format!(
        "<p><button type=\"button\" data-zoom=\"1.25\" hidden>Larger</button> <button type=\"button\" data-zoom=\"0.8\" hidden>Smaller</button></p>\n\
         <div class=\"drawing\" tabindex=\"0\" role=\"img\" aria-label=\"{}\">\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8\"/></marker></defs>\n\
         {arrows}{boxes}</svg>\n</div>\n",
        xml(told)
    )
}

fn left(column: usize) -> usize {
    MARGIN + column * (BOX.0 + GAP.0)
}

fn top(row: usize) -> usize {
    HEAD + row * (BOX.1 + GAP.1)
}

fn draw(own: &Tile, (x, y): (usize, usize), out: &mut String) {
    let (width, height) = BOX;
    let _ = writeln!(
        out,
        "<g class=\"{}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"5\"/><text x=\"{}\" y=\"{}\">{}</text></g>",
        own.look.class(),
        xml(&own.title),
        x + 10,
        y + 17,
        xml(&short(&own.text))
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

/// An arrow as a line of this class.
fn line(arrow: &Arrow, class: &str) -> String {
    let Arrow { from, to, title } = arrow;
    let middle = |row: usize| top(row) + BOX.1 / 2;
    let title = xml(title);
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    if from.0 == to.0 {
        // Within one column: around the right side of both.
        let (x, y1, y2) = (left(from.0) + BOX.0, middle(from.1), middle(to.1));
        let out_to = x + 30 + 4 * from.1.abs_diff(to.1).min(15);
        return format!(
            "<path{class} marker-end=\"url(#tip)\" d=\"M{x} {y1}C{out_to} {y1} {out_to} {y2} {x} {y2}\"><title>{title}</title></path>\n"
        );
    }
    let (y1, y2) = (middle(from.1), middle(to.1));
    let path = if from.0 > to.0 {
        // Backwards, from the left side of the one to the right side of the other.
        let (x1, x2) = (left(from.0), left(to.0) + BOX.0);
        let bend = x1.midpoint(x2);
        format!("M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}")
    } else {
        let (x1, x2) = (left(from.0) + BOX.0, left(to.0));
        if to.0 - from.0 == 1 {
            let bend = x1.midpoint(x2);
            format!("M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}")
        } else {
            // Past the boxes of the columns between, in the room under a row.
            let lane = y2 + (BOX.1 + GAP.1) / 2;
            let (first, last) = (x1 + GAP.0 / 2, x2 - GAP.0 / 2);
            let (a, b) = (x1 + GAP.0 - MARGIN, x2 - GAP.0 + MARGIN);
            format!(
                "M{x1} {y1}C{first} {y1} {first} {lane} {a} {lane}L{b} {lane}C{last} {lane} {last} {y2} {x2} {y2}"
            )
        }
    };
    format!("<path{class} marker-end=\"url(#tip)\" d=\"{path}\"><title>{title}</title></path>\n")
}

#[cfg(test)]
mod tests {
    use super::{ROOM, short};

    #[test]
    fn a_name_keeps_its_end() {
        assert_eq!(short("modules/web/init.pp"), "modules/web/init.pp");
        let cut = short("modules/profile/manifests/wiki/backend/cache.pp");
        assert_eq!(cut.chars().count(), ROOM);
        assert!(cut.ends_with("backend/cache.pp"), "{cut}");
    }
}

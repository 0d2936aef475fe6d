//! Helmfiles: releases with their charts and values files, bases, environments, and other
//! helmfiles. They are Go templates over YAML and are read line by line.
//!
//! (Source: helmfile's documentation of its configuration: `missingFileHandler`, layering,
//! environments.)

use crate::extract::Source;
use crate::facts::{
    Detail, FileFacts, NamePattern, Problem, Provide, Ref, Relation, Require, Scope, Span,
    Strength, Via, join_path, kinds, nearest_of, parent_folder,
};
use crate::syntax::go_template::actions;
use std::sync::Arc;

/// Stands for an action in a line; no text file has it.
const HOLE: char = '\u{1}';

/// Whether a file that is not called a helmfile is one.
pub(super) fn looks_right(text: &str) -> bool {
    text.lines()
        .any(|line| ["releases:", "helmfiles:", "bases:"].iter().any(|key| line.trim_end() == *key))
}

/// What a line says at its place in the document.
struct Entry {
    /// Keys from the top; `-` for an item of a list.
    path: Vec<String>,
    /// Its scalar, with holes.
    value: String,
    span: Span,
    guarded: bool,
}

pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    let entries = read(source.text);
    let folder = parent_folder(source.path);
    let lenient = |part: &str| {
        entries.iter().any(|entry| {
            let place: Vec<&str> = entry.path.iter().map(String::as_str).collect();
            place.last() == Some(&"missingFileHandler")
                && (place.len() == 1 || place[0] == part)
                && matches!(entry.value.as_str(), "Warn" | "Info" | "Debug")
        })
    };
    let layered = entries.iter().any(|entry| entry.path.first().is_some_and(|key| key == "bases"));
    let (environments, releases) =
        (lenient("environments"), lenient("releases") || lenient("templates"));
    // A pinned version comes from where charts are published, and stays there.
    let pinned = entries.iter().any(|entry| {
        let place: Vec<&str> = entry.path.iter().map(String::as_str).collect();
        matches!(place.as_slice(), ["releases", "-", "version"] | ["templates", _, "version"])
    });
    // What is put in as text may hold releases.
    let is_put_in = ["readFile", "exec ", "tpl "].iter().any(|word| source.text.contains(word));
    if !layered && !is_put_in {
        needs(&entries, out);
    }
    let mut file = File { scope: Scope::of(source.path), folder, layered, pinned, out };
    for entry in &entries {
        let place: Vec<&str> = entry.path.iter().map(String::as_str).collect();
        match place.as_slice() {
            ["bases", "-"] => file.path(entry, Relation::Includes.called("bases"), false),
            ["helmfiles", "-"] | ["helmfiles", "-", "path"] => {
                file.path(entry, Relation::Includes.called("helmfiles"), false)
            }
            ["environments", _, key @ ("values" | "secrets"), "-"] => {
                file.path(entry, named(key), environments);
            }
            ["releases", "-", key @ ("values" | "secrets"), "-"]
            | ["templates", _, key @ ("values" | "secrets"), "-"] => {
                file.path(entry, named(key), releases);
            }
            ["values", "-"] => file.path(entry, VALUES, releases || environments),
            ["helmfiles", "-", "values", "-"] => file.path(entry, VALUES, true),
            ["releases", "-", "chart"] | ["templates", _, "chart"] => file.chart(entry),
            ["releases", "-", "values", "-", key] | ["templates", _, "values", "-", key] => {
                file.out.provides.push(Provide {
                    kind: kinds::HELM_VALUE,
                    name: NamePattern::exact(*key),
                    span: entry.span,
                    within: None,
                    detail: Detail::None,
                });
            }
            _ => {}
        }
    }
}

/// Releases that others need, `NAME` or `NAMESPACE/NAME`, which are of the same file. (Source:
/// helmfile's documentation, "DAG-aware installation/deletion ordering with `needs`".)
fn needs(entries: &[Entry], out: &mut FileFacts) {
    let of = |key: &'static [&'static str]| {
        entries
            .iter()
            .filter(move |own| own.path.iter().map(String::as_str).eq(key.iter().copied()))
    };
    let names: Vec<&str> = of(&["releases", "-", "name"]).map(|own| own.value.as_str()).collect();
    // What a run fills in may be any.
    if names.iter().any(|own| own.contains(HOLE)) {
        return;
    }
    let spaces: Vec<&str> =
        of(&["releases", "-", "namespace"]).map(|own| own.value.as_str()).collect();
    // Every release says where it is put, and nothing puts all of them elsewhere.
    let is_placed = spaces.len() == names.len()
        && of(&["namespace"]).next().is_none()
        && !spaces.iter().any(|own| own.contains(HOLE));
    for own in of(&["releases", "-", "needs", "-"]) {
        let mut parts = own.value.rsplit('/');
        let name = parts.next().unwrap_or_default();
        if name.is_empty() || own.guarded || own.value.contains(HOLE) {
            continue;
        }
        if names.contains(&name) {
            let space = parts.next().filter(|space| is_placed && !spaces.contains(space));
            if let Some(space) = space {
                let message = format!(
                    "a release needs `{name}` of the namespace `{space}`, where this helmfile puts none"
                );
                let near = nearest_of(space, spaces.iter().copied());
                let help = near.map_or(String::new(), |near| format!("did you mean `{near}`?"));
                let problem = Problem::new("unresolved-reference", message, own.span);
                out.problems.push(Problem { help, ..problem });
            }
            continue;
        }
        let message = format!("a release needs `{name}`, which is no release of this helmfile");
        let near = nearest_of(name, names.iter().copied());
        let help = near.map_or(String::new(), |near| format!("did you mean `{near}`?"));
        let problem = Problem::new("unresolved-reference", message, own.span);
        out.problems.push(Problem { help, ..problem });
    }
}

fn named(key: &str) -> Via {
    if key == "secrets" { "secrets".into() } else { VALUES }
}

/// A file of values.
const VALUES: Via = Via { relation: Relation::Values, wording: "values" };

struct File<'f, 'a> {
    scope: Arc<Scope>,
    folder: &'a str,
    /// It asks for a certain version of a chart.
    pinned: bool,
    /// It has bases, which may say what happens to a missing file.
    layered: bool,
    out: &'f mut FileFacts,
}

impl File<'_, '_> {
    /// A path relative to the helmfile; absolute ones and addresses are elsewhere.
    fn path(&mut self, entry: &Entry, via: Via, optional: bool) {
        let value = entry.value.as_str();
        let outside = value.starts_with(['/', HOLE, '~', '$'])
            || ["://", "::"].iter().any(|mark| value.contains(mark))
            || value.starts_with("ref+");
        if value.is_empty() || outside {
            return;
        }
        let Some(name) = pattern(self.folder, value) else { return };
        let target = if optional {
            Ref::new(kinds::HELMFILE_OPTIONAL, name)
        } else {
            Ref::new(kinds::HELMFILE_FILE, name).seen_from(self.scope.clone())
        };
        let strength = match via.relation {
            _ if entry.guarded || value.contains('*') => Strength::Guarded,
            Relation::Includes => Strength::Certain,
            _ if optional || self.layered => Strength::Likely,
            _ => Strength::Certain,
        };
        let require = Require::certain(target, entry.span, via, None);
        self.out.requires.push(require.with_strength(strength));
    }

    fn chart(&mut self, entry: &Entry) {
        let value = entry.value.as_str();
        if value.is_empty() || value.contains("://") || value.starts_with([HOLE, '/']) {
            return;
        }
        let target = Ref::new(kinds::HELMFILE_CHART, holes(value)).seen_from(self.scope.clone());
        let by_repository = !value.starts_with('.');
        // A folder such as `_example_` is there to be copied.
        let sample = self.folder.split('/').any(|part| part.starts_with('_'));
        let strength = if entry.guarded || sample || by_repository && self.pinned {
            Strength::Guarded
        } else {
            Strength::Certain
        };
        let require = Require::certain(target, entry.span, "chart", None);
        self.out.requires.push(require.with_strength(strength));
    }
}

/// The tree's path for `value`, whose holes stay holes.
fn pattern(folder: &str, value: &str) -> Option<NamePattern> {
    let first = value.find([HOLE, '*']).unwrap_or(value.len());
    let cut = value[..first].rfind('/').map_or(0, |at| at + 1);
    if value[cut..].contains("/..") || value[cut..].starts_with("..") {
        return None;
    }
    let outer = join_path(folder, &value[..cut])?;
    let name = holes(&value[cut..]);
    Some(if outer.is_empty() { name } else { name.prepend(&format!("{outer}/")) })
}

fn holes(text: &str) -> NamePattern {
    NamePattern::with_marks(text, &[HOLE, '*'])
}

/// A key or an item that is open at some column.
struct Frame {
    indent: usize,
    key: String,
}

/// Every key and item of the document with its place.
fn read(text: &str) -> Vec<Entry> {
    let actions = actions(text);
    let mut next = actions.iter().peekable();
    // Of each open block, how many that are open are conditions.
    let mut blocks: Vec<usize> = Vec::new();
    let mut frames: Vec<Frame> = Vec::new();
    let mut scalar_above: Option<usize> = None;
    let mut out = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let (start, end) = (offset, offset + line.len());
        offset = end;
        let mut shape = Shape::default();
        let mut at = start;
        let mut guarded = blocks.last().is_some_and(|own| *own > 0);
        let mut controls = 0;
        // An action that began on an earlier line hides what it covers.
        while let Some(action) = next.peek().filter(|action| action.range.start < end) {
            shape.text(text.get(at..action.range.start).unwrap_or_default(), at);
            at = action.range.end.max(at);
            let control = action.opens() || matches!(action.keyword(), "else" | "end");
            if action.opens() {
                let is_condition = matches!(action.keyword(), "if" | "with");
                blocks.push(blocks.last().unwrap_or(&0) + usize::from(is_condition));
            } else if action.keyword() == "end" {
                blocks.pop();
            }
            controls += usize::from(control);
            guarded |= control && blocks.last().is_some_and(|own| *own > 0);
            if !control {
                shape.hole(action.range.start);
            }
            next.next();
        }
        if at < end {
            shape.text(&text[at..end], at);
        }
        let line = shape.chars.iter().collect::<String>();
        let indent = line.len() - line.trim_start_matches(' ').len();
        let code = line.trim();
        if code.is_empty() || code.starts_with('#') {
            continue;
        }
        if code.starts_with("---") {
            frames.clear();
            scalar_above = None;
            continue;
        }
        if scalar_above.is_some_and(|above| indent > above) {
            continue;
        }
        scalar_above = None;
        if controls > 0 && line.trim_matches([' ', HOLE, '\n', '\r']).is_empty() {
            continue;
        }
        scalar_above = entries(&shape, indent, guarded, &mut frames, &mut out);
    }
    out
}

/// A line with its actions replaced by one character each.
#[derive(Default)]
struct Shape {
    chars: Vec<char>,
    /// Where each character stands in the text.
    places: Vec<usize>,
}

impl Shape {
    fn text(&mut self, text: &str, from: usize) {
        for (at, c) in text.char_indices().filter(|(_, c)| *c != HOLE) {
            self.chars.push(c);
            self.places.push(from + at);
        }
    }

    /// The entry whose value stands between two columns, without white space and quotes.
    fn entry(&self, path: Vec<String>, (from, to): (usize, usize), guarded: bool) -> Entry {
        let (mut from, mut to) = (from, to);
        let blank = |at: usize| self.chars.get(at).is_some_and(|c| c.is_whitespace());
        while from < to && blank(from) {
            from += 1;
        }
        while to > from && blank(to - 1) {
            to -= 1;
        }
        let quote = self.chars.get(from).copied().filter(|c| matches!(c, '"' | '\''));
        if quote.is_some() && to >= from + 2 && self.chars.get(to - 1).copied() == quote {
            (from, to) = (from + 1, to - 1);
        }
        let value: String = self.chars[from..to].iter().collect();
        let place = |at: usize| {
            self.places.get(at).copied().or(self.places.last().map(|last| last + 1)).unwrap_or(0)
        };
        let span = Span::new(place(from), place(to).max(place(from)));
        Entry { path, value, span, guarded }
    }

    fn hole(&mut self, at: usize) {
        self.chars.push(HOLE);
        self.places.push(at);
    }
}

/// Reads the items and the key of one line. Gives the column of a key whose value is a block
/// scalar: deeper lines are its text.
fn entries(
    shape: &Shape,
    mut indent: usize,
    guarded: bool,
    frames: &mut Vec<Frame>,
    out: &mut Vec<Entry>,
) -> Option<usize> {
    let chars = &shape.chars;
    while chars.get(indent) == Some(&'-') && chars.get(indent + 1).is_none_or(|c| c.is_whitespace())
    {
        let stays =
            |frame: &Frame| frame.indent < indent || frame.indent == indent && frame.key != "-";
        while frames.last().is_some_and(|frame| !stays(frame)) {
            frames.pop();
        }
        frames.push(Frame { indent, key: "-".to_owned() });
        indent += 1;
        while chars.get(indent).is_some_and(|c| *c == ' ') {
            indent += 1;
        }
    }
    let rest = &chars[indent.min(chars.len())..];
    let rest_end = comment(rest);
    let rest = &rest[..rest_end];
    let path = |frames: &[Frame]| frames.iter().map(|frame| frame.key.clone()).collect::<Vec<_>>();
    let mut push = |path: Vec<String>, from: usize, to: usize| {
        out.push(shape.entry(path, (from, to), guarded));
    };
    let colon = (0..rest.len()).find(|at| {
        rest[*at] == ':'
            && rest.get(at + 1).is_none_or(|c| c.is_whitespace())
            && !rest[..*at].iter().any(|c| matches!(c, '"' | '\'' | '[' | '{'))
    });
    let Some(colon) = colon else {
        let is_item = frames.last().is_some_and(|frame| frame.key == "-" && frame.indent < indent);
        if is_item && !rest.is_empty() {
            push(path(frames), indent, indent + rest.len());
        }
        return None;
    };
    while frames.last().is_some_and(|frame| frame.indent >= indent) {
        frames.pop();
    }
    frames.push(Frame { indent, key: rest[..colon].iter().collect::<String>().trim().to_owned() });
    let value: String = rest[colon + 1..].iter().collect();
    let trimmed = value.trim();
    if trimmed.starts_with(['|', '>']) {
        return Some(indent);
    }
    let from = indent + colon + 1;
    if let Some(inner) = trimmed.strip_prefix('[') {
        let mut at = from + value.find('[').map_or(0, |byte| value[..byte].chars().count()) + 1;
        let inner = inner.strip_suffix(']').unwrap_or(inner);
        let mut items = path(frames);
        items.push("-".to_owned());
        for item in inner.split(',') {
            let len = item.chars().count();
            push(items.clone(), at, (at + len).min(chars.len()));
            at += len + 1;
        }
        return None;
    }
    // An anchor is no part of the value.
    let skip = if trimmed.starts_with('&') { value.chars().count() } else { 0 };
    push(path(frames), from + skip, from + value.chars().count());
    None
}

/// Where a comment begins, outside quotes.
fn comment(chars: &[char]) -> usize {
    let mut quote = None;
    for (at, c) in chars.iter().enumerate() {
        match (quote, c) {
            (None, '"' | '\'') if at == 0 || !chars[at - 1].is_alphanumeric() => quote = Some(*c),
            (Some(open), c) if open == *c => quote = None,
            (None, '#') if at == 0 || chars[at - 1].is_whitespace() => return at,
            _ => {}
        }
    }
    chars.len()
}

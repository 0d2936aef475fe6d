//! `removed-but-referenced` of functions that a library of the shell no longer has: who takes the
//! library in and calls them stops at "command not found".

use crate::check::Context;
use crate::facts::{Entity, Span, base_name, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::{FileIx, Role};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// How many libraries and functions of one change are looked at.
const MOST: usize = 100;
/// How much text is looked through for where else a function may be.
const MOST_TEXT: usize = 32 << 20;

/// A function that is gone: the file that had it, and where.
type Gone = FxHashMap<SmolStr, (FileIx, Span)>;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (new, Some(old)) = (context.new, context.old) else { return };
    let gone = gone(old, new);
    if gone.is_empty() || gone.len() > MOST {
        return;
    }
    let mut calls = Vec::new();
    for (ix, file) in context.files().filter(|(_, file)| file.standing.is_live()) {
        for call in &file.facts.calls {
            let target = call.any_of.first().filter(|own| own.kind == kinds::COMMAND);
            let name = target.and_then(|own| own.name.as_exact());
            if let Some((name, own)) = name.and_then(|name| gone.get_key_value(name)) {
                calls.push((ix, call.span, name, *own));
            }
        }
    }
    calls.retain(|(_, _, name, _)| new.providers(kinds::COMMAND, name).next().is_none());
    if calls.is_empty() {
        return;
    }
    let elsewhere = defined_anywhere(new);
    let Some(elsewhere) = elsewhere else { return };
    let mut told: FxHashMap<FileIx, Vec<SmolStr>> = FxHashMap::default();
    for (ix, span, name, (file, at)) in calls {
        let library = &old.snapshot.file(file).entry.path;
        let told = told.entry(ix).or_default();
        if elsewhere.contains(name) || told.contains(name) || !takes(new, ix, library) {
            continue;
        }
        told.push(name.clone());
        let place = Place { tree: new.snapshot.role, file: ix, span };
        let message = format!("function `{name}` was removed from `{library}` but is still called");
        findings.push(
            Finding::new("removed-but-referenced", message, place)
                .severity(Severity::Error)
                .of_change()
                .label("still called here")
                .help("keep the function until nothing calls it, or change this call too")
                .related(
                    "defined here before this change",
                    Place { tree: Role::Old, file, span: at },
                )
                .entity(Entity::new(kinds::COMMAND, name.clone())),
        );
    }
}

fn is_library(path: &str) -> bool {
    let base = base_name(path);
    base.ends_with(".sh") || base.ends_with(".bash") || !base.contains('.')
}

/// What libraries of the old tree that are still there no longer define.
fn gone(old: &Graph<'_>, new: &Graph<'_>) -> Gone {
    let mut out = Gone::default();
    let files = old.snapshot.files.iter().enumerate();
    let changed = files.filter_map(|(ix, file)| {
        let own = ix as FileIx;
        let now = new.snapshot.find(&file.entry.path)?;
        let is_own = is_library(&file.entry.path) && file.standing.is_live();
        (is_own && old.snapshot.blob_id(own) != new.snapshot.blob_id(now)).then_some((own, now))
    });
    for (before, now) in changed.take(MOST) {
        let Ok(text) = String::from_utf8(old.snapshot.contents(before)) else { continue };
        let Ok(after) = String::from_utf8(new.snapshot.contents(now)) else { continue };
        let defined = defined(&text);
        if defined.is_empty() {
            continue;
        }
        let stays: FxHashSet<&str> =
            self::defined(&after).into_iter().map(|(own, _)| own).collect();
        for (name, at) in defined.into_iter().filter(|(name, _)| !stays.contains(name)) {
            let span = Span::new(at, at + name.len());
            out.insert(name.into(), (before, span));
        }
    }
    out
}

/// The functions that a text defines, with their places.
fn defined(text: &str) -> Vec<(&str, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let code = line.trim_start();
        let (rest, is_word) = match code.strip_prefix("function ") {
            Some(rest) => (rest.trim_start(), true),
            None => (code, false),
        };
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-:.".contains(c)));
        let Some(end) = end.filter(|end| *end > 0) else { continue };
        let after = rest[end..].trim_start();
        let is_head = after.strip_prefix('(').is_some_and(|own| own.trim_start().starts_with(')'));
        if is_head || is_word && after.starts_with('{') {
            out.push((&rest[..end], start + line.len() - rest.len()));
        }
    }
    out
}

/// All functions that scripts of the tree define; `None` where there is too much to read.
fn defined_anywhere(graph: &Graph<'_>) -> Option<FxHashSet<SmolStr>> {
    let mut out = FxHashSet::default();
    let mut budget = MOST_TEXT;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let base = base_name(&file.entry.path);
        let may_define = is_library(&file.entry.path)
            || [".erb", ".j2", ".epp", ".tpl", ".in"].iter().any(|end| base.ends_with(end))
            || [".functions", ".ksh", ".zsh", ".bats", ".inc", ".rc", ".env"]
                .iter()
                .any(|end| base.ends_with(end));
        if !may_define {
            continue;
        }
        let bytes = graph.snapshot.contents(ix as FileIx);
        budget = budget.checked_sub(bytes.len())?;
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        out.extend(defined(text).into_iter().map(|(name, _)| SmolStr::new(name)));
    }
    Some(out)
}

/// Whether a file takes in the library at `path`.
fn takes(graph: &Graph<'_>, file: FileIx, path: &str) -> bool {
    let contents = graph.snapshot.contents(file);
    let Ok(text) = std::str::from_utf8(&contents) else { return false };
    let base = base_name(path);
    text.lines().map(str::trim).any(|line| {
        let rest = [". ", "source "].iter().find_map(|own| line.strip_prefix(own));
        let rest = rest.map(|own| own.trim_end_matches(['"', '\'', ' ']));
        rest.is_some_and(|own| {
            let own = own.split(" ||").next().unwrap_or(own).trim_end_matches(['"', '\'']);
            own.strip_suffix(base)
                .is_some_and(|own| own.ends_with(['/', ' ', '"']) || own.is_empty())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_by_their_heads() {
        let text = "a() {\n  b\n}\nfunction c {\n}\nfunction d () {\n}\ne ()\n{\n}\nf x\n# g() {\n";
        let all: Vec<&str> = defined(text).into_iter().map(|(name, _)| name).collect();
        assert_eq!(all, ["a", "c", "d", "e"]);
    }
}

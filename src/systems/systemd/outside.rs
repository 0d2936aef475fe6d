//! Settings that stand before the first section of a unit or a drop-in: systemd passes over them.
//!
//! (Source: systemd's `shared/conf-parser.c`, "Assignment outside of section. Ignoring.")

use super::{Systemd, is_drop_in, spelling::likely};
use crate::check::Context;
use crate::extract::Extractor;
use crate::facts::{Detail, Problem, Span, Standing, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, PathKind};
use crate::loader::FileIx;
use std::collections::BTreeSet;

const RULE: &str = "incompatible-value";
const MESSAGE: &str = "this setting stands in no section";
const HELP: &str = "systemd passes over it: add the section before it, such as `[Service]`";
/// Where units of hosts are.
const FOLDERS: [&str; 3] = ["/etc/systemd/", "/usr/lib/systemd/", "/lib/systemd/"];
/// Longer files are no drop-ins.
const MAX_BYTES: u64 = 64 * 1024;

/// Adds what a unit says outside of sections.
pub(super) fn of_unit(text: &str, problems: &mut Vec<Problem>) {
    problems.extend(first(text).map(|span| likely(MESSAGE.into(), span, HELP.into())));
}

/// The first such line, unless something else may be filled in before it.
fn first(text: &str) -> Option<Span> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let own = line.trim();
        let start = at + line.find(own).unwrap_or(0);
        at += line.len();
        if own.is_empty() || own.starts_with(['#', ';']) {
            continue;
        }
        let (key, _) = own.split_once('=')?;
        let key = key.trim_end();
        let is_name = key.starts_with(|c: char| c.is_ascii_uppercase())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return is_name.then(|| Span::new(start, start + own.len()));
    }
    None
}

/// Reports drop-ins of the tree whose names do not tell what they are, but where they are put does.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut seen = BTreeSet::new();
    for (name, site) in graph.all(kinds::DEPLOYED_PATH) {
        if !is_drop_in(name) || !FOLDERS.iter().any(|own| name.starts_with(own)) {
            continue;
        }
        let facts = &graph.snapshot.file(site.file).facts;
        let provide = site.provide.and_then(|ix| facts.provides.get(ix as usize));
        let Some(Detail::Leads(entity)) = provide.map(|own| &own.detail) else { continue };
        let PathKind::File(file) = graph.paths.look_up(&entity.name) else { continue };
        if let Some(span) = unread(graph, file).filter(|_| seen.insert(file)) {
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            findings.push(
                Finding::new(RULE, MESSAGE, place(file, span))
                    .severity(Severity::Warning)
                    .label("before the first section")
                    .help(HELP)
                    .related("put among the drop-ins of a unit", place(site.file, site.span)),
            );
        }
    }
}

/// The first setting in no section of a file that the reader of units passes by.
fn unread(graph: &Graph<'_>, file: FileIx) -> Option<Span> {
    let entry = &graph.snapshot.file(file).entry;
    let is_small = entry.size.is_none_or(|size| size <= MAX_BYTES);
    if !is_small || Systemd.claims(&entry.path) || !Standing::of(&entry.path).is_live() {
        return None;
    }
    first(&String::from_utf8(graph.snapshot.contents(file)).ok()?)
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn settings_in_no_section() {
        assert!(first("# a\nRestart=on-abort\n").is_some());
        for fine in
            ["[Service]\nRestart=no\n", "# a\n", "", "{{ head }}\nA=b\n", "a-b=c\n", "a=b\n"]
        {
            assert!(first(fine).is_none(), "{fine}");
        }
    }
}

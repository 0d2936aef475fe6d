//! Inline silences: `crosscheck: allow(RULE[, RULE]) reason` in a comment of any
//! language. One covers findings that begin on its own line or on the next.

use super::{Means, Silence, Terms};
use crate::catalog;
use crate::facts::{Allow, Span};
use crate::finding::{Finding, Place};
use crate::report::{Resolved, Sources};
use crate::session::{FileIx, Role, Snapshot};
use memchr::memmem::Finder;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::LazyLock;

const MARK: &str = "crosscheck: allow(";

/// What ends a comment in some language; not part of a reason.
const CLOSERS: [&str; 7] = ["*/", "-->", "-%>", "%>", "#}", "*/}}", "--}}"];

/// Finds the silences of a file.
pub fn scan(bytes: &[u8]) -> Vec<Allow> {
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(MARK));
    let found = FINDER.find_iter(bytes).filter_map(|at| {
        let after = at + MARK.len();
        let line_end = memchr::memchr(b'\n', bytes.get(after..)?).map_or(bytes.len(), |n| after + n);
        let text = std::str::from_utf8(bytes.get(after..line_end)?).ok()?;
        let (rules, rest) = text.split_once(')')?;
        let mut reason = rest.trim();
        while let Some(shorter) = CLOSERS.iter().find_map(|closer| reason.strip_suffix(closer)) {
            reason = shorter.trim_end();
        }
        let rules = rules.split(',').map(|rule| SmolStr::new(rule.trim()));
        Some(Allow {
            rules: rules.filter(|rule| !rule.is_empty()).collect(),
            reason: SmolStr::new(reason),
            span: Span::new(at, line_end - usize::from(text.ends_with('\r'))),
        })
    });
    found.collect()
}

/// Marks the findings that comments cover, and notes comments that are stale or lack a
/// reason.
pub(super) fn apply(
    findings: &mut [Resolved],
    snapshot: &Snapshot,
    sources: &Sources<'_>,
    terms: &Terms<'_>,
    notes: &mut Vec<Finding>,
) {
    let mut by_file: FxHashMap<FileIx, Vec<&mut Resolved>> = FxHashMap::default();
    let with_allows = |role: Role, file: FileIx| {
        role == snapshot.role && !snapshot.file(file).facts.allows.is_empty()
    };
    for finding in findings {
        if with_allows(finding.primary.tree, finding.primary.source.0) {
            by_file.entry(finding.primary.source.0).or_default().push(finding);
        }
    }
    for (ix, file) in snapshot.files.iter().enumerate() {
        if file.facts.allows.is_empty() {
            continue;
        }
        let ix = ix as FileIx;
        let mut here = by_file.remove(&ix).unwrap_or_default();
        let source = sources.get(snapshot.role, ix);
        for allow in &file.facts.allows {
            let place = Place { tree: snapshot.role, file: ix, span: allow.span };
            let line = source.1.line(allow.span.start);
            if allow.reason.is_empty() {
                let message = "this silence does not say why";
                notes.push(
                    Finding::new("unexplained-silence", message, place)
                        .help("write the reason after the closing parenthesis"),
                );
            }
            for rule in &allow.rules {
                let mut used = false;
                let covered = |finding: &Resolved| {
                    finding.rule == *rule
                        && (finding.primary.start.line == line || finding.primary.start.line == line + 1)
                };
                for finding in here.iter_mut().filter(|finding| covered(finding)) {
                    used = true;
                    let reason = allow.reason.to_string();
                    finding.silenced = Some(Silence { by: Means::Inline, reason });
                }
                let message = match catalog::known(rule) {
                    Err(message) => message,
                    Ok(_) if used || !terms.runs(rule) => continue,
                    Ok(_) => format!("no finding of `{rule}` here to silence"),
                };
                notes.push(
                    Finding::new("unused-silence", message, place)
                        .help("remove it; it would hide the next defect at this place"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_and_reason_are_read_in_any_comment_syntax() {
        let text = "a # crosscheck: allow(parse-error, limit-reached) test data\r\n\
                    /* crosscheck: allow(parse-error) */\n<%# crosscheck: allow(x) y -%>\ncrosscheck: allow(open";
        let found = scan(text.as_bytes());
        let shown: Vec<_> =
            found.iter().map(|allow| (allow.rules.join("+"), allow.reason.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("parse-error+limit-reached".to_owned(), "test data"),
                ("parse-error".to_owned(), ""),
                ("x".to_owned(), "y"),
            ]
        );
        assert_eq!(&text[found[1].span.range()], "crosscheck: allow(parse-error) */");
    }
}

//! Silences of `crosscheck.yaml`: `ignore` entries, and stale ones among them and among
//! `provided-elsewhere`.

use super::{Means, Silence, Terms};
use crate::config::{FILE_NAME, Ignore};
use crate::facts::Span;
use crate::finding::{Finding, Place};
use crate::report::{Resolved, Sources};
use crate::session::Snapshot;

impl Ignore {
    fn covers(&self, finding: &Resolved) -> bool {
        self.rule.as_ref().is_none_or(|rule| rule == finding.rule)
            && self.path.as_ref().is_none_or(|path| path.matches(&finding.primary.path))
            && self.entity.as_ref().is_none_or(|own| {
                finding.entity.as_ref().is_some_and(|entity| own.pattern.matches(entity))
            })
    }

    /// The condition that stands in the file most likely only once.
    fn mark(&self) -> &str {
        let entity = self.entity.as_ref().map(|entity| entity.text.as_str());
        let path = self.path.as_ref().map(|path| path.text.as_str());
        entity.or(path).or(self.rule.as_deref()).unwrap_or_default()
    }
}

/// Marks what `ignore` covers; notes stale entries, or returns them as text where the
/// configuration is no file of the tree.
pub(super) fn apply(
    findings: &mut [Resolved],
    unneeded: &[usize],
    snapshot: &Snapshot,
    sources: &Sources<'_>,
    terms: &Terms<'_>,
    notes: &mut Vec<Finding>,
) -> Vec<String> {
    let mut stale = Vec::new();
    for ignore in &terms.config.ignore {
        if let Some(expires) = ignore.expires.filter(|expires| *expires < terms.today) {
            let message = format!("`ignore` of `{}` expired on {expires}", ignore.mark());
            stale.push(("ignore", ignore.mark(), message));
            continue;
        }
        let mut used = false;
        for finding in findings.iter_mut().filter(|finding| ignore.covers(finding)) {
            used = true;
            if finding.silenced.is_none() {
                let reason = ignore.reason.clone();
                finding.silenced = Some(Silence { by: Means::Config, reason });
            }
        }
        if !used && ignore.rule.as_ref().is_none_or(|rule| terms.runs(rule)) {
            let message = format!("`ignore` of `{}` covers no finding", ignore.mark());
            stale.push(("ignore", ignore.mark(), message));
        }
    }
    for ix in unneeded {
        if let Some(entry) = terms.config.provided_elsewhere.get(*ix) {
            let entity = entry.entity.text.as_str();
            let message = format!("nothing refers to `{entity}` outside the tree");
            stale.push(("provided-elsewhere", entity, message));
        }
    }
    if stale.is_empty() || !terms.runs("unused-silence") {
        return Vec::new();
    }
    let Some(file) = snapshot.find(FILE_NAME) else {
        return stale.into_iter().map(|(_, _, message)| message).collect();
    };
    let source = sources.get(snapshot.role, file);
    let mut elsewhere = Vec::new();
    for (section, mark, message) in stale {
        match span(&source.0, section, mark) {
            Some(span) => notes.push(
                Finding::new("unused-silence", message, Place { tree: snapshot.role, file, span })
                    .help("remove the entry"),
            ),
            None => elsewhere.push(message),
        }
    }
    elsewhere
}

/// Where `mark` stands in the top-level section `section`.
fn span(text: &[u8], section: &str, mark: &str) -> Option<Span> {
    let heading = format!("{section}:");
    let starts = memchr::memmem::find_iter(text, heading.as_bytes());
    let at = starts.into_iter().find(|&at| at == 0 || text.get(at - 1) == Some(&b'\n'))?;
    let found = at + memchr::memmem::find(text.get(at..)?, mark.as_bytes())?;
    Some(Span::new(found, found + mark.len()))
}

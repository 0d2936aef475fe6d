//! From byte spans to lines, columns and fingerprints.

use super::fix::Fix;
use super::sources::{ResolvedPlace, Sources};
use crate::facts::Entity;
use crate::finding::{Finding, FindingScope, Reach, Severity, Silence};
use crate::loader::{FileIx, Role};
use rustc_hash::FxHashMap;

/// A finding that is ready to be reported.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Resolved {
    /// The rule's id.
    pub rule: &'static str,
    /// Severity.
    pub severity: Severity,
    /// The tree, or the change.
    pub(crate) scope: FindingScope,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
    /// What stands at the primary place.
    pub label: String,
    /// What it is about.
    pub entity: Option<Entity>,
    /// Where to look first.
    pub primary: ResolvedPlace,
    /// The other ends.
    pub related: Vec<(String, ResolvedPlace)>,
    /// What leads to the text that it is about; none where it acts by itself, or nothing is known.
    pub(crate) reach: Option<Reach>,
    /// Stable when lines move: 16 hexadecimal digits.
    pub fingerprint: String,
    /// The same without the path, to recognise a finding whose file moved.
    pub(crate) content_fingerprint: u64,
    /// What stands at the primary place, without white space and quotes, to recognise a
    /// finding whose line was only formatted anew.
    pub(crate) wording: u64,
    /// What is the same for all findings of a rule that one thing causes: 16 hexadecimal digits.
    pub cause: String,
    /// The silence that covers it; then it does not count.
    pub silenced: Option<Silence>,
    /// The edit that mends it, where one is known.
    pub fix: Option<Fix>,
}

/// The longest line that goes into a fingerprint as it is, bytes.
const LONGEST_LINE: usize = 16 << 10;

/// The primary line with its white space folded; of one that is too long to be put into every
/// fingerprint, a fingerprint.
fn line(sources: &Sources<'_>, place: &ResolvedPlace) -> String {
    let source = sources.get(place.tree, place.source.0);
    let range = source.1.line_range(place.start.line, &source.0);
    let line = source.0.get(range).unwrap_or_default();
    let line = String::from_utf8_lossy(line).split_whitespace().collect::<Vec<_>>().join(" ");
    match line.len() {
        0..=LONGEST_LINE => line,
        _ => format!("{:016x}", Fnv::new().text(&line).0),
    }
}

/// What stands at a place, without white space and quotes.
fn wording(sources: &Sources<'_>, place: &ResolvedPlace) -> Vec<u8> {
    let source = sources.get(place.tree, place.source.0);
    let text = source.0.get(place.source.1.range()).unwrap_or_default();
    let means = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'');
    text.iter().copied().filter(means).collect()
}

/// Resolves, sorts and fingerprints findings. Identical ones get an occurrence number,
/// so that a further one still speaks where others are known.
pub fn resolve(findings: Vec<Finding>, sources: &Sources<'_>) -> Vec<Resolved> {
    let mut resolved: Vec<Resolved> = findings
        .into_iter()
        .map(|finding| Resolved {
            rule: finding.rule,
            severity: finding.severity,
            scope: finding.scope,
            primary: sources.place(finding.primary),
            related: finding
                .related
                .into_iter()
                .map(|related| (related.message, sources.place(related.place)))
                .collect(),
            fix: finding.remedy.and_then(|own| Fix::of(&own, finding.primary, sources)),
            message: finding.message,
            help: finding.help,
            label: finding.label,
            entity: finding.entity,
            reach: finding.reach,
            fingerprint: String::new(),
            content_fingerprint: 0,
            wording: 0,
            cause: String::new(),
            silenced: None,
        })
        .collect();
    sort(&mut resolved);
    resolved.dedup_by(|a, b| {
        a.rule == b.rule && a.primary == b.primary && a.entity == b.entity && a.message == b.message
    });
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    // The line of the finding before: it is often that of the next, too.
    let mut above: Option<((Role, FileIx, u32), String)> = None;
    for finding in &mut resolved {
        let subject = match &finding.entity {
            Some(entity) => entity.to_string(),
            None => finding.message.clone(),
        };
        let at = (finding.primary.tree, finding.primary.source.0, finding.primary.start.line);
        let line: &str = match &mut above {
            Some((known, line)) if *known == at => line,
            above => &above.insert((at, line(sources, &finding.primary))).1,
        };
        let content = Fnv::new().text(finding.rule).text(&subject).text(line).0;
        let whole = Fnv::new().bytes(&content.to_le_bytes()).text(&finding.primary.path).0;
        let occurrence = seen.entry(whole).or_insert(0);
        *occurrence += 1;
        finding.content_fingerprint = content;
        finding.wording = Fnv::new().bytes(&wording(sources, &finding.primary)).0;
        let numbered = Fnv::new().bytes(&whole.to_le_bytes()).bytes(&occurrence.to_le_bytes());
        finding.fingerprint = format!("{:016x}", numbered.0);
        finding.cause = match &finding.entity {
            // All wrong arguments of a call, and all wrong calls of a class, are one mismatch.
            Some(entity) => {
                let subject = entity.owner().unwrap_or(&entity.name);
                let cause = Fnv::new().text(finding.rule).text(entity.kind.as_str()).text(subject);
                format!("{:016x}", cause.0)
            }
            None => finding.fingerprint.clone(),
        };
    }
    resolved
}

/// Puts findings in the order of reports: path, place, rule.
pub fn sort(findings: &mut [Resolved]) {
    findings.sort_by(|a, b| {
        let place = |finding: &Resolved| (finding.primary.start, finding.primary.end);
        a.primary
            .path
            .cmp(&b.primary.path)
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| (a.rule, a.primary.tree).cmp(&(b.rule, b.primary.tree)))
            .then_with(|| a.entity.cmp(&b.entity))
            .then_with(|| a.message.cmp(&b.message))
    });
}

/// FNV-1a, 64 bits, over a defined encoding, so that a baseline holds on every platform and
/// with every release: a text is its bytes and a byte that UTF-8 never has, a number its bytes
/// from the lowest.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self
    }

    fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes()).bytes(&[0xff])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that baselines of the first release hold.
    #[test]
    fn the_encoding_is_fixed() {
        let content = Fnv::new().text("a-rule").text("file:x").text("include x").0;
        assert_eq!(content, 0x182c_180c_cba4_986e);
        let whole = Fnv::new().bytes(&content.to_le_bytes()).text("manifests/site.pp").0;
        assert_eq!(whole, 0xd5d4_8d56_1f11_ed65);
        let first = Fnv::new().bytes(&whole.to_le_bytes()).bytes(&1u32.to_le_bytes()).0;
        assert_eq!(first, 0x8eee_6a4a_20e8_316c);
    }
}

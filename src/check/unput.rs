//! `removed-but-referenced` of paths of hosts that roles and modules filled and fill no more, while
//! a file that they hand out still names them: the unit with `EnvironmentFile=/etc/default/x`, the
//! script that reads `/usr/local/lib/x.sh`.
//!
//! What is run is judged as such elsewhere. Where a package may bring the path as well, it counts
//! only if the same text fills another path in its place.

use super::Context;
use super::overlay::{Said, Told, is_tested, mentions, report, use_of};
use super::renames::Renames;
use super::runs::{OF_PACKAGES, is_placed};
use crate::facts::{Kind, Property, kinds};
use crate::finding::Finding;
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Paths of one change that are looked for.
const MOST: usize = 200;
/// Findings of one change.
const MOST_TOLD: usize = 40;
/// Longer files hold no references.
const MAX_BYTES: u64 = 256 * 1024;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let new = context.new;
    let mut gone = unput(old, new);
    if gone.is_empty() {
        return;
    }
    let mut found: Vec<(SmolStr, FileIx, Said)> = Vec::new();
    for (ix, file) in new.snapshot.all_files() {
        let is_small = file.entry.size.is_none_or(|size| size <= MAX_BYTES);
        if !is_small || !file.standing.is_live() || !is_handed_out(&file.entry.path) {
            continue;
        }
        let Ok(text) = String::from_utf8(new.snapshot.contents(ix as FileIx)) else { continue };
        for mention in mentions(&text) {
            if mention.writes {
                gone.remove(mention.path);
            } else if gone.contains_key(mention.path) && !is_tested(&text, mention.path) {
                found.push((mention.path.into(), ix as FileIx, mention.said()));
            }
        }
    }
    let mut renames = Renames::default();
    for (path, file, said) in found.into_iter().take(MOST_TOLD) {
        let Some(lost) = gone.get(&path).copied() else { continue };
        let Some((via, strength)) = use_of(context, old, file, &path, &said) else { continue };
        let told = Told { path: &path, lost, file, said, via, strength };
        findings.push(report(context, old, &mut renames, told));
    }
}

/// Whether a file gets to hosts as it stands, or rendered.
fn is_handed_out(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|part| matches!(part, "files" | "templates"))
}

/// Paths that the old tree put on hosts and the new one does not, with the texts that did.
fn unput(old: &Graph<'_>, new: &Graph<'_>) -> FxHashMap<SmolStr, FileIx> {
    let mut gone = FxHashMap::default();
    for (path, site) in put(old) {
        if gone.len() >= MOST {
            break;
        }
        if gone.contains_key(path) || !old.snapshot.file(site.file).standing.is_live() {
            continue;
        }
        let may_be_of_package = OF_PACKAGES
            .iter()
            .chain(&["/etc/", "/usr/share/", "/usr/libexec/", "/var/"])
            .any(|own| path.starts_with(own));
        let is_gone =
            !is_placed(new, path) && (!may_be_of_package || fills_another(old, new, site.file));
        if is_gone {
            gone.insert(path.into(), site.file);
        }
    }
    gone
}

/// Every path that a tree puts on hosts.
fn put<'g>(graph: &'g Graph<'_>) -> impl Iterator<Item = (&'g str, Site)> {
    let plain = graph.all(kinds::DEPLOYED_PATH).iter().map(|(own, site)| (own.as_str(), *site));
    let declared = Kind::with(Property::DECLARED).flat_map(|kind| graph.all(kind));
    let declared = declared
        .filter_map(|(name, site)| Some((name.strip_prefix("File[")?.strip_suffix(']')?, *site)));
    plain.chain(declared).filter(|(path, _)| path.starts_with('/') && path.matches('/').count() > 1)
}

/// Whether the text at `file` now fills a path that nothing filled before.
fn fills_another(old: &Graph<'_>, new: &Graph<'_>, file: FileIx) -> bool {
    let path = &old.snapshot.file(file).entry.path;
    let Some(now) = new.snapshot.find(path) else { return false };
    let provides = &new.snapshot.file(now).facts.provides;
    provides.iter().any(|own| {
        let is_put = own.kind == kinds::DEPLOYED_PATH || own.kind.has(Property::DECLARED);
        let name = own.name.as_exact().filter(|_| is_put);
        let path = name.map(|name| {
            name.strip_prefix("File[").and_then(|own| own.strip_suffix(']')).unwrap_or(name)
        });
        path.is_some_and(|path| path.starts_with('/') && !is_placed(old, path))
    })
}

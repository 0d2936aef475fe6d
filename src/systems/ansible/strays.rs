//! Variables that are read at one place of a tree and known nowhere else in it, beside one that the
//! tree knows well and that is nearly called so.
//!
//! Whoever runs a play may set any variable, so that what nothing sets is not missing by that alone.
//! A name that stands once in all texts, a letter away from another, is hardly meant to be.

use super::left_out::used;
use super::names::{holder, holds_plays, is_kept_secret, is_special, near_special, own_name, unit};
use super::orphans::{self, Readers, counted, known_elsewhere};
use super::spelling::{MIN_SLIP, apart, is_slip, is_turned, is_word_slip};
use crate::check::Context;
use crate::facts::{Entity, NamePattern, Ref, Relation, Scope, Span, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution, Site};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// Shorter names are like too many others.
const MIN_NAME: usize = 8;
/// Shorter names are of a piece of text.
const MIN_UNSET: usize = 6;
/// A name that stands at more places is known to somebody.
const MOST: usize = 2;
/// Names that are shorter are a letter away from others by chance.
const MIN_COPIED: usize = 12;
/// A slip that was copied stands at so many.
const COPIED: usize = 6;
/// A name that nothing sets and that is read so often is meant.
const OFTEN: usize = 3;
/// In more names, a plural is hardly told from its singular.
const MIN_PLURAL: usize = 16;
/// The plural is read so much more often.
const MANY: usize = 8;

/// Where a name stands.
#[derive(Default)]
pub(super) struct Uses<'g> {
    /// Parts of the tree that set it.
    pub set: FxHashSet<&'g str>,
    pub read: Vec<(FileIx, Span)>,
    pub asked: Vec<(FileIx, Span)>,
    /// Whether a task or a template reads it whatever the case.
    is_needed: bool,
}

impl Uses<'_> {
    pub fn is_set(&self) -> bool {
        !self.set.is_empty()
    }

    pub fn reads(&self) -> usize {
        self.read.len() + self.asked.len()
    }

    pub fn readers(&self) -> Readers {
        let files = self.read.iter().chain(&self.asked).map(|(file, _)| *file).collect();
        (files, self.reads().max(1))
    }
}

pub(super) type Names<'g> = BTreeMap<&'g str, Uses<'g>>;

/// A variable that is read, and that a known one was meant for.
struct Stray<'g> {
    name: &'g str,
    meant: &'g str,
    /// Whether what reads it fails for sure.
    severity: Severity,
    file: FileIx,
    span: Span,
}

/// Reports variables that are read once, and that a known one was meant for; then those that are set
/// and that nothing reads: a slip is told where it is read, and not where it is set as well.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let names = names(context.new);
    let strays = strays(context, &names);
    unset(context, &names, &strays, findings);
    let told: FxHashSet<&str> = strays.iter().map(|own| own.name).collect();
    orphans::check(context.new, &told, findings);
    for Stray { name, meant, severity, file, span } in strays {
        let place = Place { tree: context.new.snapshot.role, file, span };
        let message = format!("nothing sets variable `{name}`, and nothing else knows it");
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(severity)
                .label("read here")
                .help(format!("did you mean `{meant}`?"))
                .entity(Entity::new(kinds::ANSIBLE_VARIABLE, name)),
        );
    }
}

/// Most variables of a tree that are unset by mistake.
const FEW: usize = 3;
/// So many that are read have to be set, for each that is not.
const SET: usize = 12;

/// Reports variables that are read and that nothing sets, in trees that set nearly all others.
fn unset(
    context: &Context<'_>,
    names: &Names<'_>,
    strays: &[Stray<'_>],
    findings: &mut Vec<Finding>,
) {
    let graph = context.new;
    if graph.all(kinds::ANSIBLE_PLAYS).is_empty() {
        return;
    }
    let set = names.values().filter(|uses| !uses.set.is_empty() && !uses.read.is_empty()).count();
    let is_unset = |name: &str, uses: &Uses<'_>| {
        let is_plain = name.len() >= MIN_UNSET
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.ends_with("_facts")
            // What `ansible_managed` is made of.
            && !name.starts_with("template_");
        is_plain
            && uses.set.is_empty()
            && uses.asked.is_empty()
            && !uses.read.is_empty()
            && !is_special(name)
            && !is_kept_secret(name)
            && !is_made(graph, name)
            && !is_listed(graph, name)
    };
    let unset: Vec<_> = names.iter().filter(|(name, uses)| is_unset(name, uses)).collect();
    if unset.is_empty() || unset.len() > FEW || set < unset.len() * SET {
        return;
    }
    let wanted = unset.iter().map(|(name, uses)| (**name, uses.readers())).collect();
    let known = known_elsewhere(graph, &wanted);
    for (name, uses) in unset {
        let Some(&(file, span)) = uses.read.first() else { continue };
        let is_asked = |(file, _): &(FileIx, Span)| is_asked_here(graph, names, *file, name);
        let is_known = known.contains(*name) || !uses.read.iter().any(is_asked);
        let is_told = strays.iter().any(|own| own.name == *name) || is_said(context, file, name);
        if is_known || is_told {
            continue;
        }
        let place = Place { tree: graph.snapshot.role, file, span };
        let message = format!("nothing in the tree sets variable `{name}`");
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(Severity::Warning)
                .label("read here")
                .help("set it beside the others, or give it a default")
                .entity(Entity::new(kinds::ANSIBLE_VARIABLE, *name)),
        );
    }
}

/// Whether a file asks for a variable that the tree is to set: what plays read may be asked of whoever
/// runs them, and what only goes into a value that nothing here reads, of those who read that.
fn is_asked_here(graph: &Graph<'_>, names: &Names<'_>, file: FileIx, name: &str) -> bool {
    let own = graph.snapshot.file(file);
    let is_read = |own: &str| names.get(own).is_some_and(|uses| uses.reads() > 0);
    !holds_plays(own)
        && (!super::variables::stands(&own.entry.path)
            || holder(graph, file, name).is_none_or(is_read))
}

/// Whether a name begins as those of a role do which the tree lists and does not hold.
pub(super) fn is_listed(graph: &Graph<'_>, name: &str) -> bool {
    let word = name.split('_').next().filter(|own| own.len() > 2);
    let mut listed = graph.all(kinds::ANSIBLE_LISTED_ROLE).iter();
    word.is_some_and(|word| listed.any(|(own, _)| own.contains(word)))
}

fn strays<'g>(context: &Context<'g>, names: &Names<'g>) -> Vec<Stray<'g>> {
    let graph = context.new;
    let near: Vec<(&str, &Uses<'_>, &str)> = names
        .iter()
        .filter(|(name, uses)| is_stray(graph, name, uses))
        .filter_map(|(name, uses)| Some((*name, uses, meant(graph, names, (name, uses))?)))
        // `_port` is what is kept elsewhere for `port`, or what a role makes of the `port` that it
        // is given.
        .filter(|(name, _, meant)| name.trim_start_matches('_') != meant.trim_start_matches('_'))
        .collect();
    if near.is_empty() {
        return Vec::new();
    }
    let used = used(graph);
    let is_run = |file: FileIx| {
        let own = unit(&graph.snapshot.file(file).entry.path);
        own.is_none_or(|own| !own.contains("roles/") || used.contains(own))
    };
    let wanted = near.iter().map(|(name, uses, _)| (*name, uses.readers())).collect();
    let known = known_elsewhere(graph, &wanted);
    let both = near.iter().flat_map(|(name, _, meant)| [*name, *meant]).collect();
    let counts = counted(graph, both, |_| true);
    let found = near.into_iter().filter_map(|(name, uses, meant)| {
        let sites = if uses.read.is_empty() { &uses.asked } else { &uses.read };
        let &(file, span) = sites.first()?;
        let count = |name: &str| counts.get(name).copied().unwrap_or_default();
        // Who writes a name again and again means it.
        let is_meant = !(1..=OFTEN.max(uses.reads())).contains(&count(name))
            || uses.readers().0.len() > 1 && count(name) >= count(meant);
        let is_known = known.contains(name) || is_meant;
        let is_new = !is_known && !is_said(context, file, name);
        // What has the same words, and what nothing reads, is the one that was meant.
        let is_same = || is_turned(name, meant) && names[meant].reads() == 0;
        let is_sure = (uses.is_needed && is_slip(name, meant) || is_same()) && is_run(file);
        let severity = if is_sure { Severity::Error } else { Severity::Warning };
        is_new.then_some(Stray { name, meant, severity, file, span })
    });
    found.collect()
}

/// Whether it is said otherwise that a name has no value where `file` reads it, or that the change
/// takes it away.
pub(super) fn is_said(context: &Context<'_>, file: FileIx, name: &str) -> bool {
    let graph = context.new;
    let path = graph.snapshot.file(file).entry.path.as_str();
    let is_missing = [kinds::ANSIBLE_VARIABLE, kinds::ANSIBLE_RESULT].iter().any(|kind| {
        let target = Ref::exact(*kind, name).seen_from(Scope::of(path));
        let entity = Entity::new(*kind, name);
        let is_it =
            |own: &Ref| own.kind == *kind && own.name.as_exact().is_some_and(|own| own == name);
        let is_read = || {
            let requires = &graph.snapshot.file(file).facts.requires;
            requires.iter().flat_map(|own| &own.any_of).any(is_it)
        };
        is_read()
            && matches!(graph.resolve_ref(&target), Resolution::Missing(_))
            && !graph.may_be_unread(&entity)
            && (!graph.may_be_set(&entity) || graph.is_set_here_alone(file, &entity))
    });
    let had = |old: &Graph<'_>| old.providers(kinds::ANSIBLE_VARIABLE, name).next().is_some();
    is_missing || context.old.is_some_and(had)
}

/// All names of variables that live files have, with what they do with them.
pub(super) fn names<'g>(graph: &'g Graph<'_>) -> Names<'g> {
    let mut all: Names<'_> = BTreeMap::new();
    let part = |site: &Site| {
        let path = graph.snapshot.file(site.file).entry.path.as_str();
        unit(path).unwrap_or(path)
    };
    for (name, site) in graph.all(kinds::ANSIBLE_VARIABLE) {
        all.entry(name).or_default().set.insert(part(site));
    }
    if all.is_empty() {
        return all;
    }
    for (name, site) in graph.all(kinds::ANSIBLE_SUPPLIED) {
        all.entry(name).or_default().asked.push((site.file, site.span));
    }
    let targets = [kinds::ANSIBLE_VARIABLE, kinds::ANSIBLE_RESULT];
    for (ix, file) in graph.asking(&targets) {
        if !file.standing.is_live() || graph.is_loose(ix) {
            continue;
        }
        for require in &file.facts.requires {
            let target = require.any_of.first().filter(|own| targets.contains(&own.kind));
            if let Some(name) = target.and_then(|own| own.name.as_exact()) {
                let own = all.entry(name).or_default();
                own.read.push((ix, require.span));
                own.is_needed |= require.relation == Relation::FilledIn
                    && !super::variables::stands(&file.entry.path);
            }
        }
    }
    all
}

/// Whether nothing sets a name that a few places read.
fn is_stray(graph: &Graph<'_>, name: &str, uses: &Uses<'_>) -> bool {
    let is_plain = name.len() >= MIN_NAME
        && !is_special(name)
        && near_special(name).is_none()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_plain && (1..=COPIED).contains(&uses.reads()) && uses.set.is_empty() && !is_made(graph, name)
}

/// Whether a name may be one that is put together at run time, or that is encrypted.
pub(super) fn is_made(graph: &Graph<'_>, name: &str) -> bool {
    let exact = NamePattern::exact(name);
    let is_any = |site: &Site| {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let provide = site.provide.and_then(|ix| provides.get(ix as usize));
        provide.is_some_and(|own| own.name == NamePattern::any())
    };
    let mut sites = graph.matching(kinds::ANSIBLE_VARIABLE, &exact).into_iter();
    sites.any(|site| !is_any(&site) || is_kept_secret(name))
        || graph.is_aside(kinds::ANSIBLE_VARIABLE, name)
}

/// The name that was meant.
fn meant<'g>(
    graph: &Graph<'_>,
    names: &Names<'g>,
    (name, uses): (&str, &Uses<'_>),
) -> Option<&'g str> {
    let file = uses.read.iter().chain(&uses.asked).next()?.0;
    let path = graph.snapshot.file(file).entry.path.as_str();
    let own = unit(path).unwrap_or(path);
    let mut files = uses.read.iter().chain(&uses.asked).map(|(file, _)| *file);
    if uses.reads() > MOST || files.any(|other| other != file) {
        return copied(names, (name, uses));
    }
    // What is asked for may be left out by whoever uses it: only what the same text reads tells.
    if uses.read.is_empty() {
        return beside(graph, names, name, &uses.asked).or_else(|| copied(names, (name, uses)));
    }
    let role = unit(path).map(own_name).filter(|role| name.starts_with(role.as_str()));
    let known = names.iter().filter(|(other, uses)| {
        let is_of_role = || {
            uses.set.contains(own)
                || role.as_ref().is_none_or(|role| other.starts_with(role.as_str()))
        };
        **other != name
            && other.len().abs_diff(name.len()) < 12
            && (!uses.set.is_empty() || uses.reads() >= OFTEN)
            && is_of_role()
    });
    let mut found: Vec<(u8, &str)> = known
        .filter_map(|(other, uses)| Some((distance(name, other, uses, own)?, *other)))
        .collect();
    found.sort_unstable();
    let (first, meant) = *found.first()?;
    // Of several, none is sure.
    let is_one = first == 0 || found.iter().filter(|(own, _)| *own == first).count() == 1;
    is_one.then_some(meant)
}

/// The name that each file which has `name` has too, a letter away, and more often.
fn copied<'g>(names: &Names<'g>, (name, uses): (&str, &Uses<'_>)) -> Option<&'g str> {
    let files: FxHashSet<FileIx> =
        uses.read.iter().chain(&uses.asked).map(|(file, _)| *file).collect();
    let known = names.iter().filter(|(other, of_other)| {
        let mut reads = of_other.read.iter().chain(&of_other.asked);
        name.len() >= MIN_COPIED
            && is_slip(name, other)
            && apart(name, other).is_some_and(|(own, _)| own.len() >= MIN_SLIP)
            && !other.starts_with(name)
            && !name.starts_with(**other)
            && (of_other.reads() > uses.reads()
                || files.len() > 1 && of_other.reads() == uses.reads())
            && files.iter().all(|file| reads.any(|(own, _)| own == file))
    });
    let mut known = known.map(|(other, _)| *other);
    let found = known.next()?;
    known.next().is_none().then_some(found)
}

/// The name that an expression asks for which does not ask for `name`: `a_name is defined and
/// a_nmae`.
fn beside<'g>(
    graph: &Graph<'_>,
    names: &Names<'g>,
    name: &str,
    sites: &[(FileIx, Span)],
) -> Option<&'g str> {
    let [(file, span)] = sites else { return None };
    let contents = graph.snapshot.contents(*file);
    let (before, after) = contents.split_at_checked(span.start as usize)?;
    let from = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let len = after.iter().position(|byte| *byte == b'\n').unwrap_or(after.len());
    let text = std::str::from_utf8(&contents[from..before.len() + len]).ok()?;
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let asks = |own: &str| {
        words.windows(2).any(|pair| pair[0] == own && matches!(pair[1], "is" | "default" | "d"))
    };
    let mut others = words.iter().filter(|own| is_slip(name, own) || is_capital(name, own));
    let other = *others.find(|own| {
        let is_capital = is_capital(name, own);
        if is_capital { asks(name) } else { asks(own) && !asks(name) }
    })?;
    names.get_key_value(other).map(|(own, _)| *own)
}

/// Whether two names differ in their first letter's case alone.
fn is_capital(name: &str, other: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name != other
        && name.get(1..) == other.get(1..)
        && name.eq_ignore_ascii_case(other)
}

/// How far a name is from one that is known: the less, the surer.
fn distance(name: &str, other: &str, uses: &Uses<'_>, own: &str) -> Option<u8> {
    // `port: "{{ PORT }}"` is handed on.
    let is_handed = || name.bytes().any(|byte| byte.is_ascii_lowercase());
    if is_slip(name, other) || name.eq_ignore_ascii_case(other) && is_handed() {
        return Some(0);
    }
    let is_plural =
        name.len() >= MIN_PLURAL && other.strip_suffix('s') == Some(name) && uses.reads() >= MANY;
    if is_plural {
        return Some(1);
    }
    // What nothing reads was to be read here.
    let is_unread = uses.reads() == 0;
    let is_own = uses.set.contains(own);
    if is_unread && name.len() >= MIN_COPIED && is_turned(name, other) {
        return Some(0);
    }
    if (is_own || is_unread) && (is_word_slip(name, other) || is_ending(name, other)) {
        return Some(2);
    }
    if !is_own {
        return None;
    }
    let is_plural = |one: &str, many: &str| many.strip_suffix('s') == Some(one);
    if is_unread && (is_plural(other, name) || is_plural(name, other)) {
        return Some(2);
    }
    let of_role = own_name(own);
    let is_cut = other
        .strip_suffix(name)
        .and_then(|rest| rest.strip_suffix('_'))
        .is_some_and(|rest| name.contains('_') && rest.len() > 2 && of_role.starts_with(rest));
    (is_cut || is_unread && lacks_word(name, other)).then_some(3)
}

/// Whether two names differ in the end of one word: `postgres` and `postgresql`, `telegraph` and
/// `telegraf`.
fn is_ending(name: &str, other: &str) -> bool {
    if name.matches('_').count() != other.matches('_').count() {
        return false;
    }
    let mut apart = name.split('_').zip(other.split('_')).filter(|(own, other)| own != other);
    let (Some((own, other)), None) = (apart.next(), apart.next()) else { return false };
    let same = own.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let is_letters = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    same >= 6
        && own.len().max(other.len()) - same < 3
        && is_letters(own)
        && is_letters(other)
        && own.trim_end_matches('s') != other.trim_end_matches('s')
}

/// Whether `other` has one more word than `name`, among the others.
fn lacks_word(name: &str, other: &str) -> bool {
    let (ours, theirs) =
        (name.split('_').collect::<Vec<_>>(), other.split('_').collect::<Vec<_>>());
    if ours.len() < 3 || theirs.len() != ours.len() + 1 || ours[0] != theirs[0] {
        return false;
    }
    let same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    ours[same..] == theirs[same + 1..] && same < ours.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_differ() {
        assert!(is_capital("Own_name", "own_name"));
        assert!(!is_capital("OWN_NAME", "own_name"));
        assert!(is_ending("own_postgres_user", "own_postgresql_user"));
        assert!(is_ending("stats_telegraph_memory", "stats_telegraf_memory"));
        assert!(!is_ending("own_user_name", "own_users_name"));
        assert!(!is_ending("own_packages_a", "own_package_a"));
        assert!(lacks_word("COMMON_S3_SCRIPT", "COMMON_AWS_S3_SCRIPT"));
        assert!(!lacks_word("COMMON_S3_SCRIPT", "COMMON_S3_SCRIPT_PATH"));
        assert!(!lacks_word("S3_SCRIPT", "AWS_S3_SCRIPT"));
    }
}

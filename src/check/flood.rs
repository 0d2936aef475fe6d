//! Errors that a whole tree shares: a statement on how it was read rather than on the tree.
//!
//! One reference that leads nowhere is overlooked; ten of one cause are not. A folder of which a third
//! of the references lead nowhere is rendered, copied or completed before anything uses it; a name that
//! many places use and nothing has comes from elsewhere; a line that many files repeat and no
//! reader takes is filled in first. Or else nothing of it is run any more. All of them together are
//! one warning, with their count. What a change breaks is told place by place: what stood before
//! it is not asked about here.

use super::Context;
use super::places::Places;
use crate::facts::{Entity, Kind, NamePattern, Property, Require, Strength, parent_folder};
use crate::finding::{Finding, FindingScope, Place, Severity};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// As many of one cause are no slips, where as many files have them: one file may be wrong as a
/// whole.
const MANY: usize = 10;
const FILES: usize = 5;

/// A longer line, in bytes, is none that many files repeat.
const LONGEST: usize = 200;

/// Places that are named beside the first.
const SHOWN: usize = 4;

/// What several errors have in common.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Cause {
    /// Much of what a folder refers to of a kind leads nowhere.
    Folder(SmolStr),
    /// All names that begin so are missing, below a folder.
    Names(SmolStr, SmolStr),
    /// Many places name one thing, or pass it or not, in the same way.
    Thing(SmolStr),
    /// Many files have a line that no reader takes.
    Line(SmolStr),
    /// Next to nothing that one file names by its path is there.
    File(FileIx),
    /// One file says the same wrong thing over and over.
    Again(FileIx, String),
}

/// The findings, those of one cause as one.
pub(super) fn gather(context: &Context<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    if context.old.is_some() || context.comparing || context.staging.is_some() {
        return findings;
    }
    let counts = |own: &Finding| {
        own.severity == Severity::Error
            && own.scope == FindingScope::Tree
            && own.primary.tree == context.new.snapshot.role
    };
    let mut by_rule: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
    for (ix, finding) in findings.iter().enumerate().filter(|(_, own)| counts(own)) {
        by_rule.entry(finding.rule).or_default().push(ix);
    }
    let mut all: BTreeMap<(&'static str, Cause), Vec<usize>> = BTreeMap::new();
    for (rule, own) in by_rule.into_iter().filter(|(_, own)| own.len() >= MANY) {
        let causes = match rule {
            "unresolved-reference" => of_references(context, &findings, &own),
            "parse-error" => of_lines(context, &findings, &own),
            "incompatible-value" => again(&findings, &own),
            "missing-required-parameter" | "unknown-parameter" => of_things(&findings, &own),
            _ => continue,
        };
        for (ix, cause) in causes {
            all.entry((rule, cause)).or_default().push(ix);
        }
    }
    let mut told = Vec::new();
    let mut gone: FxHashSet<usize> = FxHashSet::default();
    for ((_, cause), own) in all.into_iter().filter(|(_, own)| own.len() >= MANY) {
        told.push(together(&findings, &cause, &own));
        gone.extend(own);
    }
    if gone.is_empty() {
        return findings;
    }
    let mut ix = 0;
    findings.retain(|_| {
        ix += 1;
        !gone.contains(&(ix - 1))
    });
    findings.extend(told);
    findings
}

/// One finding for several errors: a warning, but for what one file says over and over.
fn together(findings: &[Finding], cause: &Cause, own: &[usize]) -> Finding {
    let mut own: Vec<&Finding> = own.iter().map(|ix| &findings[*ix]).collect();
    own.sort_by_key(|own| own.primary);
    let (first, count) = (own[0], own.len());
    let shown = |folder: &SmolStr| match folder.as_str() {
        "" => "the tree".to_owned(),
        folder => format!("`{folder}`"),
    };
    let what = first.entity.as_ref().map_or("thing", |own| own.kind.noun());
    let message = match cause {
        Cause::Folder(folder) => format!(
            "{count} references from {} lead nowhere, a third of their kind or more: {}, and others",
            shown(folder),
            first.message
        ),
        Cause::Names(head, folder) => format!(
            "nothing has a {what} `{head}…`, of which {count} places of {} name one",
            shown(folder)
        ),
        Cause::File(_) => format!(
            "{count} paths of this file lead nowhere, nine of ten or more: {}, and others",
            first.message
        ),
        Cause::Thing(_) => format!("{}, here and in {} other places", first.message, count - 1),
        Cause::Again(..) => {
            format!("{}, here and in {} other places of this file", first.message, count - 1)
        }
        Cause::Line(line) => {
            format!(
                "{count} files have the line `{line}`, which no reader takes: {}",
                first.message
            )
        }
    };
    let help = match cause {
        Cause::Again(..) => first.help.as_str(),
        Cause::Line(_) => "is it filled in before anything reads these files?",
        Cause::File(_) => {
            "is the file copied to another folder before anything reads it? Then say so in \
             `provided-elsewhere`. Else each of them fails"
        }
        _ => {
            "so many are no slips: is what they name put there, or are these files rendered or \
             copied, before they are used? Then say so in `provided-elsewhere`. Else each of them \
             fails"
        }
    };
    // What is written by a program is as wrong as what somebody wrote.
    let severity = match cause {
        Cause::Again(..) => Severity::Error,
        _ => Severity::Warning,
    };
    let mut finding =
        Finding::new(first.rule, message, first.primary).severity(severity).help(help);
    finding.label = first.label.clone();
    finding.entity = first.entity.clone();
    let mut files = FxHashSet::from_iter([first.primary.file]);
    let others = own.iter().filter(|own| files.insert(own.primary.file)).take(SHOWN);
    for other in others {
        finding = finding.related("and here", other.primary);
    }
    finding
}

/// The thing that a finding is about, as many places may share it.
fn thing(finding: &Finding) -> Option<Cause> {
    let entity = finding.entity.as_ref()?;
    Some(Cause::Thing(format!("{}:{}", entity.kind.as_str(), entity.name).into()))
}

fn of_things(findings: &[Finding], own: &[usize]) -> Vec<(usize, Cause)> {
    let found = own.iter().filter_map(|ix| Some((*ix, thing(&findings[*ix])?)));
    many(findings, found.collect())
}

/// What one file says again and again: it is told once.
fn again(findings: &[Finding], own: &[usize]) -> Vec<(usize, Cause)> {
    let mut all: BTreeMap<(FileIx, &str), Vec<usize>> = BTreeMap::new();
    for ix in own {
        let finding = &findings[*ix];
        all.entry((finding.primary.file, finding.message.as_str())).or_default().push(*ix);
    }
    all.retain(|_, own| own.len() >= MANY);
    let causes = all.into_iter().flat_map(|((file, message), own)| {
        let cause = Cause::Again(file, message.to_owned());
        own.into_iter().map(move |ix| (ix, cause.clone()))
    });
    causes.collect()
}

/// Those of causes that enough places share; a call that lacks several things is one place.
fn many(findings: &[Finding], found: Vec<(usize, Cause)>) -> Vec<(usize, Cause)> {
    let mut places: FxHashMap<Cause, FxHashSet<Place>> = FxHashMap::default();
    for (ix, cause) in &found {
        places.entry(cause.clone()).or_default().insert(findings[*ix].primary);
    }
    places.retain(|_, own| {
        let files: FxHashSet<_> = own.iter().map(|place| place.file).collect();
        own.len() >= MANY && files.len() >= FILES
    });
    found.into_iter().filter(|(_, cause)| places.contains_key(cause)).collect()
}

/// Lines that are refused, as they are written.
fn of_lines(context: &Context<'_>, findings: &[Finding], own: &[usize]) -> Vec<(usize, Cause)> {
    let line = |ix: &usize| {
        let place = findings[*ix].primary;
        let contents = context.new.snapshot.contents(place.file);
        let at = (place.span.start as usize).min(contents.len());
        // No further than a line that counts is long: there may be many findings on a longer one.
        let before = contents[at.saturating_sub(LONGEST)..at].iter().rev();
        let begin = at - before.take_while(|own| **own != b'\n').count();
        let own = contents[begin..].iter().take(LONGEST).take_while(|own| **own != b'\n').count();
        let line = std::str::from_utf8(&contents[begin..begin + own]).ok()?.trim();
        (!line.is_empty() && own < LONGEST).then(|| (*ix, Cause::Line(line.into())))
    };
    many(findings, own.iter().filter_map(line).collect())
}

/// How many references of a kind there are, and how many of them lead nowhere.
#[derive(Default, Clone, Copy)]
struct Share {
    missing: usize,
    all: usize,
}

/// The causes of references that lead nowhere.
fn of_references(
    context: &Context<'_>,
    findings: &[Finding],
    own: &[usize],
) -> Vec<(usize, Cause)> {
    let files = &context.new.snapshot.files;
    let mut by_kind: BTreeMap<Kind, Vec<(usize, Option<SmolStr>)>> = BTreeMap::new();
    let mut out = Vec::new();
    let whole = of_files(context, findings, own);
    // Where a name that is nearly the same is here, the reading of the tree is right.
    for ix in own.iter().filter(|ix| findings[**ix].related.is_empty()) {
        let finding = &findings[*ix];
        let Place { file, span, .. } = finding.primary;
        let places = context.new.view::<Places>();
        let require = places.and_then(|own| own.require(context.new, file, span));
        if let Some(target) = require.and_then(|own| own.any_of.first()) {
            let head = finding.entity.as_ref().and_then(head);
            by_kind.entry(target.kind).or_default().push((*ix, head));
        }
    }
    for (kind, own) in by_kind.into_iter().filter(|(_, own)| own.len() >= MANY) {
        let mut shares: FxHashMap<(SmolStr, Option<SmolStr>), Share> = FxHashMap::default();
        let file = |ix: usize| findings[ix].primary.file;
        for (ix, head) in &own {
            for folder in above(&files[file(*ix) as usize].entry.path) {
                shares.entry((folder.into(), None)).or_default().missing += 1;
                let Some(head) = head else { continue };
                shares.entry((folder.into(), Some(head.clone()))).or_default().missing += 1;
            }
        }
        count(context, kind, &mut shares);
        for (ix, head) in own {
            let path = &files[file(ix) as usize].entry.path;
            let folder = |head: Option<&SmolStr>, most: fn(&Share) -> bool| {
                above(path).find(|folder| {
                    let share = shares.get(&((*folder).into(), head.cloned()));
                    share.is_some_and(|own| own.missing >= MANY && most(own))
                })
            };
            // What is no path is neither rendered nor put beside its users.
            let entity = findings[ix].entity.as_ref();
            let is_path = entity.is_some_and(|own| own.kind.has(Property::PATH));
            if let Some(folder) = folder(None, |own| own.missing * 3 >= own.all)
                && is_path
            {
                out.push((ix, Cause::Folder(folder.into())));
            } else if let Some(head) = &head
                // Of a module that is here, what is missing is missing.
                && !entity.is_some_and(|own| own.kind.has(Property::DEFINITION))
                && let Some(folder) = folder(Some(head), |own| own.missing >= own.all)
            {
                out.push((ix, Cause::Names(head.clone(), folder.into())));
            } else if let Some(thing) = thing(&findings[ix]).filter(|_| is_path) {
                out.push((ix, thing));
            }
        }
    }
    let mut out = many(findings, out);
    out.retain(|(ix, _)| !whole.contains_key(ix));
    out.extend(whole);
    out
}

/// Errors of files that nearly all of their paths are in: such a file is read from somewhere else.
fn of_files(context: &Context<'_>, findings: &[Finding], own: &[usize]) -> BTreeMap<usize, Cause> {
    let mut by_file: BTreeMap<FileIx, Vec<usize>> = BTreeMap::new();
    let is_path =
        |own: &Finding| own.entity.as_ref().is_some_and(|own| own.kind.has(Property::PATH));
    for ix in own.iter().filter(|ix| is_path(&findings[**ix])) {
        by_file.entry(findings[*ix].primary.file).or_default().push(*ix);
    }
    let mut out = BTreeMap::new();
    for (file, own) in by_file.into_iter().filter(|(_, own)| own.len() >= MANY) {
        let places = context.new.view::<Places>();
        let named = |ix: &usize| {
            let span = findings[*ix].primary.span;
            Some(places?.require(context.new, file, span)?.any_of.first()?.kind)
        };
        let kinds: FxHashSet<Kind> = own.iter().filter_map(named).collect();
        let requires = context.new.snapshot.file(file).facts.requires.iter();
        let firm = requires.filter(|own| own.strength == Strength::Certain);
        let named = firm.filter_map(|own| own.any_of.first());
        let all = named.filter(|own| kinds.contains(&own.kind)).count();
        if own.len() * 10 >= all * 9 {
            out.extend(own.into_iter().map(|ix| (ix, Cause::File(file))));
        }
    }
    out
}

/// Counts the references of a kind by folder, and by folder and the beginning of their names, where
/// some lead nowhere.
fn count(
    context: &Context<'_>,
    kind: Kind,
    shares: &mut FxHashMap<(SmolStr, Option<SmolStr>), Share>,
) {
    let is_firm = |own: &&Require| own.strength == Strength::Certain;
    for file in &context.new.snapshot.files {
        for require in file.facts.requires.iter().filter(is_firm) {
            let Some(target) = require.any_of.first().filter(|own| own.kind == kind) else {
                continue;
            };
            let head = match &target.name {
                NamePattern::Exact(name) => head(&Entity::new(kind, name.clone())),
                _ => None,
            };
            for folder in above(&file.entry.path) {
                if let Some(own) = shares.get_mut(&(folder.into(), None)) {
                    own.all += 1;
                }
                let Some(head) = &head else { continue };
                if let Some(own) = shares.get_mut(&(folder.into(), Some(head.clone()))) {
                    own.all += 1;
                }
            }
        }
    }
}

/// The first word of a name of several that is no path.
fn head(entity: &Entity) -> Option<SmolStr> {
    let name = entity.name.as_str();
    let end = name.find(['.', ':']).filter(|_| !name.contains('/'))?;
    Some(name[..end].into())
}

/// The folders that a file lies in, the outermost first.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let folder = parent_folder(path);
    let whole = (!folder.is_empty()).then_some(folder);
    std::iter::once("").chain(folder.match_indices('/').map(|(at, _)| &folder[..at])).chain(whole)
}

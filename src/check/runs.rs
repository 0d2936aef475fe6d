//! `removed-but-referenced` of what is run: a script that went, or is no longer put on the
//! host, while units, crontabs, images, manifests or other scripts still call it.
//!
//! Most commands are no tree's, so nothing is said of one that the old tree did not have
//! either.

use super::Context;
use super::renames::Renames;
use crate::facts::{
    Call, Entity, Kind, NamePattern, Property, Ref, Require, Strength, base_name, kinds,
};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, PathKind, Resolution, Search, Site};
use crate::loader::{FileIx, Role};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::cell::OnceCell;

/// Folders of the host that packages fill: what the tree no longer puts there may come from
/// one.
pub(super) const OF_PACKAGES: [&str; 6] =
    ["/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", "/usr/lib/", "/lib/"];

/// Folders that every host has: a path of the tree that begins with one is no checkout's.
const OF_HOSTS: [&str; 11] =
    ["bin", "boot", "etc", "home", "lib", "opt", "sbin", "srv", "tmp", "usr", "var"];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let new = context.new;
    if !places_went(old, new) {
        return;
    }
    let live = OnceCell::new();
    let mut renames = Renames::default();
    for (ix, file) in new.snapshot.all_files() {
        if !file.standing.is_live() {
            continue;
        }
        for call in file.facts.calls.iter().filter(|call| call.strength != Strength::Guarded) {
            let Some(gone) = gone(old, new, call) else { continue };
            let path = &old.snapshot.file(gone.file).entry.path;
            // The build fails before it could run.
            if file.facts.requires.iter().any(|require| copies(require, path)) {
                continue;
            }
            // What is run only where it is there is missed by nobody.
            let text = new.snapshot.contents(ix as FileIx);
            if std::str::from_utf8(&text).is_ok_and(|text| is_asked(text, &gone.name)) {
                continue;
            }
            // What nothing brings to a host any more runs nowhere.
            if is_brought(&file.entry.path)
                && !live.get_or_init(|| brought(new)).contains(&(ix as FileIx))
            {
                continue;
            }
            findings.push(report(context, old, &mut renames, ix as FileIx, call, &gone));
        }
    }
}

/// Whether a line copies the file at `path` into an image.
fn copies(require: &Require, path: &str) -> bool {
    require
        .any_of
        .iter()
        .filter(|target| target.kind.has(Property::COPIED))
        .any(|target| target.name.as_exact().is_some_and(|source| path.ends_with(source.as_str())))
}

/// Whether a text asks for a path before it runs it: `[ -x /a/b ] && /a/b`.
fn is_asked(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let before = text[..at].trim_end_matches(['"', '\'', ' ']);
        let test = ["-e", "-f", "-x"].iter().find_map(|flag| before.strip_suffix(flag));
        test.is_some_and(|own| {
            let own = own.trim_end();
            own.ends_with(['[', '!']) || own.ends_with("test")
        })
    })
}

/// Whether anything went that could have been run.
fn places_went(old: &Graph<'_>, new: &Graph<'_>) -> bool {
    let gone = |kind: Kind| {
        old.all(kind).iter().any(|(name, _)| new.providers(kind, name).next().is_none())
    };
    let files = &old.snapshot.files;
    files.iter().any(|file| new.snapshot.find(&file.entry.path).is_none())
        || gone(kinds::DEPLOYED_PATH)
        || gone(kinds::COMMAND)
}

/// What a call ran in the old tree and cannot run in the new one.
struct Gone {
    /// As the call names it.
    name: String,
    /// The file that it was.
    file: FileIx,
    /// The file is still there: it no longer gets to where it is called.
    unplaced: bool,
    severity: Severity,
}

fn gone(old: &Graph<'_>, new: &Graph<'_>, call: &Call) -> Option<Gone> {
    let first = call.any_of.first()?;
    let name = first.name.as_exact()?;
    let programs = |graph: &Graph<'_>| {
        let search = Search::of(call);
        call.any_of.iter().flat_map(|target| graph.programs(target, search)).next()
    };
    let certain = call.strength == Strength::Certain;
    let mut severity = if certain { Severity::Error } else { Severity::Warning };
    let file = if first.kind == kinds::DEPLOYED_PATH {
        let before = programs(old);
        if before.is_none() {
            return of_checkout(old, new, name, severity);
        }
        if is_placed(new, name) && !is_bare_line(old, new, name) || programs(new).is_some() {
            return None;
        }
        if OF_PACKAGES.iter().any(|folder| name.starts_with(folder)) {
            severity = Severity::Warning;
        }
        before?
    } else if first.kind == kinds::FILE {
        let there = |target: &Ref| {
            let path = target.name.as_exact().map_or("", |path| path.trim_start_matches("./"));
            !matches!(new.resolve_ref(&Ref::exact(kinds::FILE, path)), Resolution::Missing(_))
        };
        if call.any_of.iter().any(there) {
            return None;
        }
        // A bare name is looked for along `PATH` first, where a file that moved may be put.
        let mut names = call.any_of.iter().filter_map(|target| target.name.as_exact());
        let bare = names.find(|own| !own.contains('/'));
        let moved = |bare: &SmolStr| new.paths.all().iter().any(|path| base_name(path) == bare);
        if bare.is_some_and(moved) {
            severity = Severity::Warning;
        }
        programs(old)?
    } else if first.kind == kinds::COMMAND {
        let is_defined = call.any_of.iter().any(|target| {
            !matches!(new.resolve_ref(target), Resolution::Open(_) | Resolution::Missing(_))
        });
        if is_defined || programs(new).is_some() {
            return None;
        }
        // A package may bring a command of that name.
        severity = Severity::Warning;
        programs(old)?
    } else {
        return None;
    };
    let unplaced = new.snapshot.find(&old.snapshot.file(file).entry.path).is_some();
    Some(Gone { name: name.to_string(), file, unplaced, severity })
}

/// Whether it is told already that a call runs what is gone.
pub(super) fn is_run_gone(old: &Graph<'_>, new: &Graph<'_>, call: &Call) -> bool {
    gone(old, new, call).is_some()
}

/// Types of Puppet's resources that put what they are called after on a host: a file or a folder,
/// checkouts, and what an archive is unpacked to.
const PUT_BY: [&str; 6] =
    ["File", "Vcsrepo", "Git::Clone", "Git::Repo", "Git::Reposync", "Archive"];

/// Whether something in the tree still puts the path on a host, from whatever source.
pub(super) fn is_placed(graph: &Graph<'_>, path: &str) -> bool {
    let above = path.match_indices('/').map(|(at, _)| &path[..at]).filter(|own| own.len() > 5);
    std::iter::once(path).chain(above).any(|path| {
        is_brought_whole(graph, path)
            || !graph.matching(kinds::DEPLOYED_PATH, &NamePattern::exact(path)).is_empty()
    })
}

/// Whether a resource or a package puts the path there, whatever files the tree copies.
fn is_brought_whole(graph: &Graph<'_>, path: &str) -> bool {
    let is_declared = |form: &str| {
        let resource = NamePattern::exact(format!("{form}[{path}]"));
        Kind::with(Property::DECLARED).any(|kind| !graph.matching(kind, &resource).is_empty())
    };
    PUT_BY.iter().any(|form| is_declared(form))
        || !graph.matching(kinds::PACKAGE_PATH, &NamePattern::exact(path)).is_empty()
}

/// Whether all that would put the path on a host are lines that copy a file, or its folder, which
/// the tree had and has no more.
fn is_bare_line(old: &Graph<'_>, new: &Graph<'_>, path: &str) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at).filter(|at| *at > 5);
    let mut found = false;
    for end in ends.chain([path.len()]) {
        let (above, rest) = path.split_at(end);
        let copies_gone = |site: &Site| {
            let facts = &new.snapshot.file(site.file).facts;
            let provide = site.provide.and_then(|ix| facts.provides.get(ix as usize));
            let source = provide.and_then(|own| own.detail.entity());
            source.filter(|own| own.kind == kinds::FILE).is_some_and(|own| {
                let file = format!("{}{rest}", own.name);
                matches!(old.paths.look_up(&file), PathKind::File(_))
                    && new.paths.look_up(&file) == PathKind::Absent
            })
        };
        let sites = new.matching(kinds::DEPLOYED_PATH, &NamePattern::exact(above));
        if is_brought_whole(new, above) || !sites.iter().all(copies_gone) {
            return false;
        }
        found |= !sites.is_empty();
    }
    found
}

/// `/srv/app/jobs/run.sh`, which is `jobs/run.sh` of a checkout of the tree: the longest end
/// of the path that the old tree had, two folders deep at least, or in the tree's own.
fn of_checkout(old: &Graph<'_>, new: &Graph<'_>, name: &str, severity: Severity) -> Option<Gone> {
    let inner = name.trim_start_matches('/');
    let mut ends = inner.match_indices('/').map(|(at, _)| &inner[at + 1..]);
    let path = ends.find(|end| {
        let depth = end.matches('/').count();
        let first = end.split('/').next().unwrap_or_default();
        depth >= 1
            && !OF_HOSTS.contains(&first)
            && matches!(old.paths.look_up(end), PathKind::File(_))
    })?;
    if new.paths.look_up(path) != PathKind::Absent || is_placed(new, name) {
        return None;
    }
    // Another tree may stand at that place on the host: some other path of the tree is named
    // there, so that it is this one.
    let root = &name[..name.len() - path.len()];
    if path.matches('/').count() < 2 && !mentions(new, root) {
        return None;
    }
    let PathKind::File(file) = old.paths.look_up(path) else { return None };
    Some(Gone { name: name.to_owned(), file, unplaced: false, severity })
}

/// Whether a call names a path of the tree under `root`, a checkout's place on the host.
fn mentions(graph: &Graph<'_>, root: &str) -> bool {
    let files = graph.calling(&[kinds::DEPLOYED_PATH]);
    let targets = files.flat_map(|(_, file)| &file.facts.calls).flat_map(|call| &call.any_of);
    targets.filter(|target| target.kind == kinds::DEPLOYED_PATH).any(|target| {
        let inner = target.name.as_exact().and_then(|name| name.strip_prefix(root));
        inner.is_some_and(|inner| matches!(graph.paths.look_up(inner), PathKind::File(_)))
    })
}

/// Whether a file gets to a host only where something else of the tree brings it.
fn is_brought(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|part| matches!(part, "files" | "templates"))
}

/// Files that something of the tree refers to.
fn brought(graph: &Graph<'_>) -> FxHashSet<FileIx> {
    let wanted = |kind: Kind| kind == kinds::FILE || kind.has(Property::SERVED);
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    let targets = requires.flat_map(|require| &require.any_of);
    let mut found = FxHashSet::default();
    for target in targets.filter(|target| wanted(target.kind)) {
        if let Resolution::Found(sites) = graph.resolve_ref(target) {
            found.extend(sites.iter().map(|site| site.file));
        }
    }
    found
}

fn report(
    context: &Context<'_>,
    old: &Graph<'_>,
    renames: &mut Renames,
    file: FileIx,
    call: &Call,
    gone: &Gone,
) -> Finding {
    let path = old.snapshot.file(gone.file).entry.path.clone();
    let (name, via) = (&gone.name, &call.via);
    let message = match gone.unplaced {
        true => format!("nothing puts `{name}` in place any more, and it is still run here"),
        false => format!("`{path}` was removed, and `{name}` is still run here"),
    };
    let entity = Entity::new(kinds::FILE, path);
    let site = Site::whole(gone.file);
    let place = Place { tree: context.new.snapshot.role, file, span: call.span };
    let mut finding = Finding::new("removed-but-referenced", message, place)
        .severity(gone.severity)
        .of_change()
        .label(format!("still run here by `{via}`"));
    let before = Place { tree: Role::Old, file: gone.file, span: site.span };
    finding = finding.related("what ran before this change", before);
    let moved = (!gone.unplaced).then(|| renames.find(context.new, old, &entity, Some(&site)));
    finding.help = match moved.flatten() {
        Some((now, place)) => {
            finding = finding.related(format!("moved to `{now}`"), place);
            format!("it seems to have moved to `{now}`: call it there")
        }
        None => "keep it until nothing calls it, or change this call too".to_owned(),
    };
    finding.entity(entity)
}

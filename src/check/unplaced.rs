//! `unresolved-reference` of a program that is run where nothing of the tree puts it, while the tree
//! puts one beside it that nothing runs, under the same name but for a slip or an ending:
//! `ExecStart=/usr/local/bin/sync` beside `/usr/local/bin/sync.sh`.
//!
//! Most programs come from packages and builds, so that a path which the tree does not fill says
//! nothing by itself. The other one that is there, and is there for nothing, is what tells.

use super::Context;
use super::runs::OF_PACKAGES;
use crate::facts::{
    Call, Entity, Kind, NamePattern, Property, Strength, base_name, is_one_edit, is_slip, kinds,
    parent_folder,
};
use crate::finding::{Finding, Place, Remedy};
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Programs that are looked at closely: each has the text of a role or module searched.
const MOST: usize = 50;
/// Paths of one folder that a program is compared with.
const MOST_BESIDE: usize = 1000;
/// Endings that a script may have where it is kept and not where it is run.
const ENDINGS: [&str; 6] = [".sh", ".bash", ".py", ".pl", ".rb", ".php"];
/// Folders of the host that many fill, each with files of its own.
const SHARED: [&str; 6] = [
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/local/lib",
    "/etc/init.d",
    "/var/lib",
];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    if graph.all(kinds::DEPLOYED_PATH).is_empty() {
        return;
    }
    let mut looked_at = FxHashSet::default();
    let mut run: Option<FxHashSet<&SmolStr>> = None;
    let live = context.calling(&[kinds::DEPLOYED_PATH]);
    for (file, own) in live.filter(|(_, own)| own.standing.is_live()) {
        for call in own.facts.calls.iter().filter(|call| call.strength == Strength::Certain) {
            let Some(path) = program(call) else { continue };
            let Some((other, site)) = beside(graph, path) else { continue };
            let run = run.get_or_insert_with(|| programs(graph));
            let rooms = [file, site.file].map(|own| room(graph, own));
            if run.contains(other)
                || looked_at.len() >= MOST
                || !looked_at.insert((file, path))
                || is_placed(graph, path, rooms)
                || is_named_elsewhere(graph, path, rooms)
            {
                continue;
            }
            findings.push(report(graph, (file, call), path, other, site));
        }
    }
}

/// The path on the host that a call runs, where packages do not fill its folder.
fn program(call: &Call) -> Option<&SmolStr> {
    let first = call.any_of.first().filter(|own| own.kind == kinds::DEPLOYED_PATH)?;
    let path = first.name.as_exact()?;
    let is_own = path.starts_with('/') && !OF_PACKAGES.iter().any(|own| path.starts_with(own));
    is_own.then_some(path)
}

/// All paths on hosts that something of the tree runs.
fn programs<'g>(graph: &Graph<'g>) -> FxHashSet<&'g SmolStr> {
    let calls = graph.calling(&[kinds::DEPLOYED_PATH]).flat_map(|(_, file)| &file.facts.calls);
    let targets = calls.flat_map(|call| &call.any_of);
    targets
        .filter(|own| own.kind == kinds::DEPLOYED_PATH)
        .filter_map(|own| own.name.as_exact())
        .collect()
}

/// The one path in the same folder that the tree fills, and which is called like this one but for a
/// slip or an ending.
fn beside<'g>(graph: &'g Graph<'_>, path: &str) -> Option<(&'g SmolStr, Site)> {
    let name = base_name(path);
    let folder = &path[..path.len() - name.len()];
    let placed = graph.all(kinds::DEPLOYED_PATH);
    let from = placed.partition_point(|(own, _)| own.as_str() < folder);
    let inside = placed[from..].iter().take_while(|(own, _)| own.starts_with(folder));
    let inside = inside.take(MOST_BESIDE);
    let mut found: Option<(&SmolStr, Site)> = None;
    for (own, site) in inside {
        let other = &own[folder.len()..];
        if other == name {
            return None;
        }
        if is_like(name, other) && found.is_none_or(|(known, _)| known == own) {
            found = Some((own, *site));
        } else if is_like(name, other) {
            return None;
        }
    }
    found
}

/// Whether two names of programs are the same but for what a hand gets wrong.
fn is_like(name: &str, other: &str) -> bool {
    let stem = |own: &'_ str| own.rsplit_once('.').map_or(own.len(), |(stem, _)| stem.len());
    let lacks = |short: &str, long: &str| {
        long.strip_prefix(short).is_some_and(|rest| ENDINGS.contains(&rest))
    };
    let plain = |own: u8| if own == b'-' { b'_' } else { own };
    let same_words = || name.bytes().map(plain).eq(other.bytes().map(plain));
    lacks(name, other)
        || lacks(other, name)
        || (stem(name).min(stem(other)) >= 6
            && (same_words() || is_one_edit(name, other) && is_slip(name, other)))
}

/// The role, module or folder that a file belongs to.
fn room<'g>(graph: &'g Graph<'_>, file: FileIx) -> &'g str {
    let own = graph.snapshot.file(file).entry.path.as_str();
    match own.match_indices('/').nth(1) {
        Some((second, _)) => &own[..second],
        None => parent_folder(own),
    }
}

fn is_inside(path: &str, rooms: [&str; 2]) -> bool {
    rooms.iter().any(|room| path.strip_prefix(room).is_some_and(|own| own.starts_with('/')))
}

/// Whether the tree may put the path, or a folder around it, on a host. A name that is built at run
/// time counts where the program or its like belong: `{{ item }}` of some other role may be anything.
fn is_placed(graph: &Graph<'_>, path: &str, rooms: [&str; 2]) -> bool {
    let above = path.match_indices('/').map(|(at, _)| &path[..at]);
    let above = above.filter(|own| own.len() > 4 && !SHARED.contains(own));
    std::iter::once(path).chain(above).any(|path| {
        let resource = NamePattern::exact(format!("File[{path}]"));
        let whole = NamePattern::exact(path);
        let puts = |site: &Site| {
            let file = graph.snapshot.file(site.file);
            let provide = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
            let is_exact = provide.is_none_or(|own| own.name.as_exact().is_some());
            is_exact || is_inside(&file.entry.path, rooms)
        };
        Kind::with(Property::DECLARED).any(|kind| graph.matching(kind, &resource).iter().any(puts))
            || graph.matching(kinds::DEPLOYED_PATH, &whole).iter().any(puts)
            || !graph.matching(kinds::PACKAGE_PATH, &whole).is_empty()
    })
}

/// Whether more than one place in the text of these rooms names the path: something may well make it
/// there.
fn is_named_elsewhere(graph: &Graph<'_>, path: &str, rooms: [&str; 2]) -> bool {
    let snapshot = graph.snapshot;
    let mut named = 0;
    for (ix, file) in snapshot.files.iter().enumerate() {
        if !is_inside(&file.entry.path, rooms) {
            continue;
        }
        let text = snapshot.contents(ix as FileIx);
        let goes_on = |at: usize| {
            text.get(at).is_some_and(|own| own.is_ascii_alphanumeric() || b"._-".contains(own))
        };
        let found = memchr::memmem::find_iter(&text, path.as_bytes());
        named += found.filter(|at| !goes_on(at + path.len())).count();
        if named > 1 {
            return true;
        }
    }
    false
}

fn report(
    graph: &Graph<'_>,
    (file, call): (FileIx, &Call),
    path: &SmolStr,
    other: &SmolStr,
    site: Site,
) -> Finding {
    let place = |file, span| Place { tree: graph.snapshot.role, file, span };
    let message = format!("nothing puts `{path}` in place, and it is run here");
    Finding::new("unresolved-reference", message, place(file, call.span))
        .label(format!("run here by `{}`", call.via))
        .help(format!("did you mean `{other}`, which nothing runs?"))
        .related(format!("`{other}` is put in place here"), place(site.file, site.span))
        .entity(Entity::new(kinds::DEPLOYED_PATH, path.clone()))
        .remedy(Remedy::nearest(path.clone(), other.clone()))
}

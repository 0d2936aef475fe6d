//! Task files of a role that nothing includes, beside others that are.
//!
//! A role runs `tasks/main.yml` and what that includes. A file beside it that no file of the tree
//! names is never run: it was forgotten, or is left over.
//!
//! (Source: Ansible's documentation of roles, "Role directory structure".)

use super::names::unit;
use crate::check::Context;
use crate::facts::{Entity, Relation, Span, base_name, kinds, split_path};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, PathKind, Resolution};
use crate::loader::FileIx;
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Files of more bytes are not looked through.
const MAX_SEARCHED: u64 = 256 * 1024;
/// Most bytes of a file's name.
const LONGEST: usize = 255;
/// More of them in one role are a collection to choose from.
const FEW: usize = 2;
/// Words of files that somebody runs by hand.
const BY_HAND: [&str; 13] = [
    "backup",
    "clean",
    "cleanup",
    "delete",
    "destroy",
    "remove",
    "reset",
    "restore",
    "rollback",
    "test",
    "uninstall",
    "update",
    "upgrade",
];
/// Texts that name files in ways that are worked out.
const COMPUTED: [&[u8]; 2] = [b"first_found", b"fileglob"];

/// Reports task files that nothing includes.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut alone = alone(graph);
    if alone.is_empty() {
        return;
    }
    let named = named(graph, &alone);
    alone.retain(|own| !named.contains(&own.file));
    let mut by_role: FxHashMap<&str, usize> = FxHashMap::default();
    alone.iter().for_each(|own| *by_role.entry(own.role).or_default() += 1);
    for own in &alone {
        let severity = match by_role.get(own.role) {
            // All others of the role are run: this one was forgotten.
            Some(1) => Severity::Warning,
            Some(few) if *few <= FEW => Severity::Note,
            _ => continue,
        };
        let place = Place { tree: graph.snapshot.role, file: own.file, span: Span::default() };
        let message = format!("nothing includes the tasks of `{}`", own.base);
        findings.push(
            Finding::new("shadowed-rule", message, place)
                .severity(severity)
                .label("never run")
                .help("include it where its siblings are included, or remove it")
                .entity(Entity::new(kinds::FILE, own.path)),
        );
    }
}

/// A file that may be one.
struct Alone<'g> {
    file: FileIx,
    path: &'g str,
    role: &'g str,
    base: &'g str,
}

/// Folders of roles that something of the tree uses.
pub(super) fn used<'g>(graph: &'g Graph<'_>) -> FxHashSet<&'g str> {
    let asking = graph.asking(&[kinds::ANSIBLE_ROLE_USE]);
    let live = asking.filter(|(_, file)| file.standing.is_live());
    let targets =
        live.flat_map(|(_, file)| &file.facts.requires).filter_map(|own| own.any_of.first());
    let targets = targets.filter(|target| target.kind == kinds::ANSIBLE_ROLE_USE);
    let sites = targets.filter_map(|target| match graph.resolve_ref(target) {
        Resolution::Found(sites) => Some(sites),
        _ => None,
    });
    sites.flatten().filter_map(|site| unit(&graph.snapshot.file(site.file).entry.path)).collect()
}

/// Whether a file's name says that it is run by hand.
fn is_by_hand(stem: &str) -> bool {
    let mut words = stem.split(['-', '_', '.']);
    stem.starts_with('_') || words.any(|word| BY_HAND.contains(&word.to_ascii_lowercase().as_str()))
}

/// Task files of roles, no `include` of which is known, in roles that include others by their name.
fn alone<'g>(graph: &'g Graph<'_>) -> Vec<Alone<'g>> {
    let mut included: FxHashMap<&str, FxHashSet<&str>> = FxHashMap::default();
    let mut everywhere: FxHashSet<&str> = FxHashSet::default();
    let mut computed: FxHashSet<&str> = FxHashSet::default();
    for file in &graph.snapshot.files {
        let own = unit(&file.entry.path).unwrap_or_default();
        for require in &file.facts.requires {
            let is_part = |kind| kind == kinds::ANSIBLE_ROLE_PART;
            if require.relation != Relation::Includes
                && !require.any_of.iter().any(|target| is_part(target.kind))
            {
                continue;
            }
            for target in &require.any_of {
                // A pattern may be one of folders alone.
                let is_exact = target.name.as_exact().is_some();
                let name = target.name.suffix();
                if !is_exact && !name.contains('/') {
                    computed.insert(own);
                    continue;
                }
                included.entry(own).or_default().insert(base_name(name));
                // What stands beside the file itself is its own role's.
                if is_part(target.kind) || own.is_empty() {
                    everywhere.insert(base_name(name));
                }
            }
        }
    }
    let is_alone = |ix: usize| {
        let file = &graph.snapshot.files[ix];
        let path = file.entry.path.as_str();
        let (folder, base) = split_path(path);
        let role = folder.strip_suffix("/tasks")?;
        let stem = base.strip_suffix(".yml").or_else(|| base.strip_suffix(".yaml"))?;
        let siblings = included.get(role)?;
        let has_main = ["main.yml", "main.yaml"].iter().any(|main| {
            matches!(graph.paths.look_up(&format!("{folder}/{main}")), PathKind::File(_))
        });
        let is_beside = |name: &&str| {
            **name != *base && graph.paths.look_up(&format!("{folder}/{name}")) != PathKind::Absent
        };
        let is_judged = file.standing.is_live()
            && stem != "main"
            && has_main
            && unit(path) == Some(role)
            && !is_by_hand(stem)
            && !computed.contains(role)
            && !everywhere.contains(base)
            && !everywhere.contains(stem)
            && !siblings.contains(base)
            && siblings.iter().any(is_beside)
            && !(file.facts.requires.is_empty()
                && file.facts.provides.is_empty()
                && file.facts.calls.is_empty());
        is_judged.then_some(Alone { file: ix as FileIx, path, role, base })
    };
    let found: Vec<Alone<'_>> = (0..graph.snapshot.files.len()).filter_map(is_alone).collect();
    if found.is_empty() {
        return found;
    }
    // Others may run any part of a role that is made for them.
    let used = used(graph);
    found.into_iter().filter(|own| used.contains(own.role)).collect()
}

/// Those of them that some text names.
fn named(graph: &Graph<'_>, alone: &[Alone<'_>]) -> FxHashSet<FileIx> {
    let mut roles: FxHashMap<&str, Vec<&Alone<'_>>> = FxHashMap::default();
    alone.iter().for_each(|own| roles.entry(own.role).or_default().push(own));
    let bases: FxHashMap<SmolStr, Vec<&Alone<'_>>> =
        alone.iter().fold(FxHashMap::default(), |mut all: FxHashMap<_, Vec<_>>, own| {
            all.entry(own.base.into()).or_default().push(own);
            all
        });
    let is_small =
        |ix: &usize| graph.snapshot.files[*ix].entry.size.is_none_or(|size| size <= MAX_SEARCHED);
    let files = (0..graph.snapshot.files.len()).into_par_iter().filter(is_small);
    let found = files.flat_map_iter(|ix| {
        let contents = graph.snapshot.contents(ix as FileIx);
        let path = graph.snapshot.files[ix].entry.path.as_str();
        let mut found = Vec::new();
        let own_role = unit(path);
        if let Some(own) = own_role.and_then(|role| roles.get(role))
            && COMPUTED.iter().any(|text| memmem::find(&contents, text).is_some())
        {
            found.extend(own.iter().map(|one| one.file));
        }
        // A role whose name is worked out may be any.
        for at in memmem::find_iter(&contents, b"tasks_from") {
            let rest = contents[at + b"tasks_from".len()..].iter();
            let name =
                rest.skip_while(|byte| !is_of_name(**byte)).take_while(|byte| is_of_name(**byte));
            let name: Vec<u8> = name.copied().collect();
            let is_it =
                |one: &&Alone<'_>| one.base.as_bytes().starts_with(&name) && !name.is_empty();
            found.extend(alone.iter().filter(is_it).map(|one| one.file));
        }
        // Whether the file names a role is asked once of each.
        let mut knows: FxHashMap<&str, bool> = FxHashMap::default();
        for word in [&b".yml"[..], b".yaml"] {
            for at in memmem::find_iter(&contents, word) {
                let before = contents[at.saturating_sub(LONGEST)..at].iter().rev();
                let from = at - before.take_while(|byte| is_of_name(**byte)).count();
                let name = std::str::from_utf8(&contents[from..at + word.len()]);
                let own = name.ok().and_then(|name| bases.get(name)).into_iter().flatten();
                for one in own.filter(|one| one.file != ix as FileIx) {
                    // Of another role, one that names this role too.
                    let is_it = own_role == Some(one.role)
                        || *knows
                            .entry(one.role)
                            .or_insert_with(|| has_word(&contents, base_name(one.role)));
                    found.extend(is_it.then_some(one.file));
                }
            }
        }
        found
    });
    found.collect()
}

/// Whether a byte may be one of a file's name.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Whether a text has a word.
fn has_word(text: &[u8], word: &str) -> bool {
    let is_apart = |byte: Option<&u8>| {
        byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-'))
    };
    memmem::find_iter(text, word.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        is_apart(before) && is_apart(text.get(at + word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_texts() {
        assert!(has_word(b"- include_tasks: mac.yml", "mac"));
        assert!(!has_word(b"- name: macos", "mac"));
        assert!(!has_word(b"- name: my-mac", "mac"));
    }
}

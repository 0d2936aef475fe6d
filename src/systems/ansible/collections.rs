//! Collections whose source a tree holds: what is called after one is in its folder, or nowhere.
//!
//! (Source: Ansible's documentation, "Collection structure", "Collection Galaxy metadata structure";
//! `meta/runtime.yml` leads names elsewhere, "plugin_routing".)

use crate::extract::{OwnCollection, OwnModules};
use crate::facts::split_path;
use crate::syntax::yaml::{self, Node};
use crate::tree::{EntryKind, Tree};
use smol_str::{SmolStr, format_smolstr};

/// Most collections of a tree.
const MOST: usize = 100;

/// Whether a folder holds modules of a collection.
pub(super) fn is_of_modules(folder: &str) -> bool {
    folder == "plugins/modules" || folder.ends_with("/plugins/modules")
}

/// The name by which tasks call the module `stem` in `folder`.
pub(super) fn full_name(own: &OwnModules, folder: &str, stem: &str) -> Option<SmolStr> {
    let holder = folder.strip_suffix("plugins/modules")?.trim_end_matches('/');
    let collection = own.collections.iter().find(|own| own.folder == holder)?;
    Some(format_smolstr!("{}.{stem}", collection.name))
}

/// The collections of a tree, by their `galaxy.yml`.
pub(super) fn of(tree: &dyn Tree) -> Vec<OwnCollection> {
    let entries = tree.entries();
    let mut reader = tree.reader();
    let mut all: Vec<OwnCollection> = Vec::new();
    for (ix, entry) in entries.iter().enumerate() {
        let (folder, base) = split_path(&entry.path);
        if entry.kind != EntryKind::File || base != "galaxy.yml" || all.len() == MOST {
            continue;
        }
        // One that cannot be read is reported with the rest of the tree.
        let bytes = reader.read(ix).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let documents = yaml::parse(&text);
        let word = |key: &str| {
            let root = documents.roots.first()?;
            root.get(key).and_then(Node::as_str).filter(|own| is_word(own)).map(SmolStr::new)
        };
        let (Some(namespace), Some(name)) = (word("namespace"), word("name")) else { continue };
        all.push(OwnCollection {
            name: format_smolstr!("{namespace}.{name}"),
            folder: folder.into(),
            modules: Vec::new(),
            others: Vec::new(),
        });
    }
    if all.is_empty() {
        return all;
    }
    for (ix, entry) in entries.iter().enumerate() {
        for own in &mut all {
            let Some(inner) = inside(&own.folder, &entry.path) else { continue };
            if inner == "meta/runtime.yml" {
                let bytes = reader.read(ix).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes);
                own.others.extend(led(&text));
            }
            let Some((sort, rest)) =
                inner.strip_prefix("plugins/").and_then(|own| own.split_once('/'))
            else {
                continue;
            };
            let (inner, base) = split_path(rest);
            let stem = base.split('.').next().unwrap_or(base);
            match sort {
                "modules" if inner.is_empty() => own.modules.push(stem.into()),
                // In a folder of its own: up to what the collection leads there.
                "modules" | "action" | "actions" => {
                    own.others.push(stem.into());
                    let whole = rest.split('.').next().unwrap_or(rest).replace('/', ".");
                    own.others.push(whole.into());
                }
                _ => {}
            }
        }
    }
    for own in &mut all {
        for list in [&mut own.modules, &mut own.others] {
            list.sort_unstable();
            list.dedup();
        }
    }
    all
}

/// Words that a collection says something of, one of which may be led elsewhere.
fn led(text: &str) -> impl Iterator<Item = SmolStr> + '_ {
    let keys = text.lines().filter_map(|line| line.trim().split_once(':'));
    keys.map(|(key, _)| SmolStr::new(key.trim_matches(['"', '\''])))
}

/// The rest of a path in a folder.
fn inside<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|own| own.is_ascii_alphanumeric() || own == b'_')
}

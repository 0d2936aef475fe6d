//! Collections that a change takes from a list of requirements, and that plays still use.
//!
//! (Source: Ansible, "couldn't resolve module/action", "the role … was not found"; its documentation,
//! "Installing multiple collections with a requirements file".)

use crate::check::Context;
use crate::facts::{Detail, Entity, Span, base_name, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::{FileIx, Role};
use memchr::memmem;
use smol_str::SmolStr;

/// Most files of which one is told.
const MOST: usize = 3;
/// Files of more bytes are not looked through.
const MAX_SEARCHED: u64 = 256 * 1024;

/// Reports what is used of a collection that no list names any more.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (graph, Some(old)) = (context.new, context.old) else { return };
    let mut dropped: Vec<(SmolStr, Site)> = Vec::new();
    for (name, site) in old.all(kinds::ANSIBLE_LISTED_COLLECTION) {
        let is_new = !dropped.iter().any(|(own, _)| own == name);
        if is_new && name.matches('.').count() == 1 && is_dropped(graph, old, name, site) {
            dropped.push((name.clone(), *site));
        }
    }
    for (name, site) in dropped {
        let head = format!("{name}.");
        let mut told = 0;
        for (ix, file) in context.files().filter(|(_, file)| file.standing.is_live()) {
            let path = file.entry.path.as_str();
            let is_searched = [".yml", ".yaml", ".j2"].iter().any(|end| path.ends_with(end))
                && !is_list(path)
                && file.entry.size.is_none_or(|size| size <= MAX_SEARCHED);
            if told == MOST || !is_searched {
                continue;
            }
            let Some(span) = used(&graph.snapshot.contents(ix), &head) else { continue };
            told += 1;
            findings.push(finding(graph, (&name, site), ix, span));
        }
    }
}

fn is_list(path: &str) -> bool {
    let base = base_name(path);
    base.contains("requirements") || base.starts_with("galaxy.")
}

/// Whether a list named a collection that nothing names now, and the list is still there.
fn is_dropped(graph: &Graph<'_>, old: &Graph<'_>, name: &str, site: &Site) -> bool {
    let file = old.snapshot.file(site.file);
    let detail = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
    let is_listed = detail.is_some_and(|own| own.detail == Detail::None);
    let lists = |ix: FileIx| {
        let provides = &graph.snapshot.file(ix).facts.provides;
        provides.iter().any(|own| own.kind == kinds::ANSIBLE_LISTED_COLLECTION)
    };
    let is_there = graph.snapshot.find(&file.entry.path).is_some_and(lists);
    let is_named = [kinds::ANSIBLE_LISTED_COLLECTION, kinds::ANSIBLE_COLLECTION]
        .iter()
        .any(|kind| graph.providers(*kind, name).next().is_some() || graph.is_aside(*kind, name));
    let installed = format!("ansible_collections/{}/", name.replace('.', "/"));
    file.standing.is_live()
        && is_list(&file.entry.path)
        && is_listed
        && is_there
        && !is_named
        && !graph.paths.all().iter().any(|path| path.contains(&installed))
}

/// Where a text uses a part of a collection: `NAMESPACE.NAME.module`.
fn used(text: &[u8], head: &str) -> Option<Span> {
    let is_word = |own: u8| own.is_ascii_alphanumeric() || own == b'_';
    memmem::find_iter(text, head.as_bytes()).find_map(|at| {
        let line = text[..at].iter().rposition(|own| *own == b'\n').map_or(0, |end| end + 1);
        let before = &text[line..at];
        let is_own = before.last().is_none_or(|own| !is_word(*own) && !b"./-@".contains(own));
        let rest = &text[at + head.len()..];
        let len = rest.iter().position(|own| !is_word(*own)).unwrap_or(rest.len());
        let is_part = rest.first().is_some_and(u8::is_ascii_lowercase);
        let is_used = is_own && is_part && !before.contains(&b'#');
        is_used.then(|| Span::new(at, at + head.len() + len))
    })
}

fn finding(graph: &Graph<'_>, (name, site): (&str, Site), ix: FileIx, span: Span) -> Finding {
    let place = Place { tree: graph.snapshot.role, file: ix, span };
    let before = Place { tree: Role::Old, file: site.file, span: site.span };
    let message = format!("collection `{name}` was taken from the list and is still used");
    // Another one that is listed may bring it, and so may the package of Ansible.
    Finding::new("removed-but-referenced", message, place)
        .severity(Severity::Warning)
        .of_change()
        .label("used here")
        .help("list it again, or use something else here")
        .related("listed here before this change", before)
        .entity(Entity::new(kinds::ANSIBLE_COLLECTION, name))
}

#[cfg(test)]
mod tests {
    use super::used;

    #[test]
    fn parts_of_a_collection() {
        assert!(used(b"- a.b.module:\n", "a.b.").is_some());
        assert!(used(b"roles: [a.b.role]\n", "a.b.").is_some());
        for none in ["- xa.b.module:\n", "# a.b.module\n", "url: x/a.b.c\n", "a.b.\n"] {
            assert!(used(none.as_bytes(), "a.b.").is_none(), "{none}");
        }
    }
}

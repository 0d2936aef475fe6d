//! Fields that replacements fill in: what stands there then is not followed.

use super::super::replaced::parts;
use super::Object;
use super::selected::Selector;
use super::tree::{Data, Tree};
use crate::facts::join_path;
use crate::graph::Graph;
use crate::syntax::yaml::{self, Node};
use std::sync::Arc;

/// Does the replacements of one entry; nothing where not all of it is read.
pub(super) fn apply(
    graph: &Graph<'_>,
    folder: &str,
    own: &Node<'_>,
    objects: &mut [Arc<Object>],
) -> Option<()> {
    let Some(path) = own.get("path") else { return one(own, objects) };
    let file = graph.snapshot.find(&join_path(folder, path.as_str()?)?)?;
    let contents = graph.snapshot.contents(file);
    let documents = yaml::parse(std::str::from_utf8(&contents).ok()?);
    for root in &documents.roots {
        let single = root.get("targets").is_some().then(|| std::slice::from_ref(root));
        single.unwrap_or_else(|| root.items()).iter().try_for_each(|own| one(own, objects))?;
    }
    documents.is_whole().then_some(())
}

fn one(own: &Node<'_>, objects: &mut [Arc<Object>]) -> Option<()> {
    for target in own.get("targets").map(Node::items).unwrap_or_default() {
        let selector = Selector::of(target.get("select")?, &[])?;
        let paths = target.get("fieldPaths").map(Node::items).unwrap_or_default();
        let paths = paths.iter().map(|own| parts(own.as_str()?)).collect::<Option<Vec<_>>>()?;
        let creates = target.get("options").is_some_and(|own| own.get("create").is_some());
        // Names of objects are what everything else goes by.
        if paths.is_empty() || paths.iter().any(|own| own.last().is_some_and(|own| own == "name")) {
            return None;
        }
        for object in objects.iter_mut().filter(|own| selector.selects(own)) {
            let object = Arc::make_mut(object);
            for path in &paths {
                open(&mut object.tree, path, creates);
            }
        }
    }
    Some(())
}

/// Says of a part that it may be anything.
fn open(tree: &mut Tree, path: &[String], creates: bool) {
    let Some((first, rest)) = path.split_first() else {
        tree.data = Data::Unknown;
        return;
    };
    let inner = first.strip_prefix('[').and_then(|own| own.strip_suffix(']'));
    match &mut tree.data {
        Data::Map(_) => {
            let key = inner.unwrap_or(first);
            match tree.get_mut(key) {
                Some(own) => open(own, rest, creates),
                None if creates => tree.data = Data::Unknown,
                None => {}
            }
        }
        Data::List(items) => match inner.and_then(|own| own.split_once('=')) {
            Some((key, value)) => {
                let all = items.iter_mut().filter(|own| own.word(key) == Some(value));
                all.for_each(|own| open(own, rest, creates));
            }
            None => match first.parse::<usize>() {
                Ok(at) => items.get_mut(at).into_iter().for_each(|own| open(own, rest, creates)),
                Err(_) => items.iter_mut().for_each(|own| open(own, rest, creates)),
            },
        },
        _ => {}
    }
}

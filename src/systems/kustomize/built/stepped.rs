//! Patches in JSON, done operation by operation.
//!
//! (Source: RFC 6902, and what Kustomize 5.5 makes of it: a `replace` of a key that is not there adds
//! it.)

use super::tree::{At, Data, Tree};

/// One operation.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) word: String,
    pub(super) path: Vec<String>,
    pub(super) shown: String,
    pub(super) at: At,
    pub(super) value: Option<Tree>,
}

/// What an operation did.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Done {
    Yes,
    /// It leads to what is not known.
    Open,
    /// What it is about is not there: the part that is missing.
    Missing(String),
}

/// The operations of a patch; nothing where not all of it is to be told.
pub(super) fn steps(patch: &Tree) -> Option<Vec<Step>> {
    patch.items().iter().map(step).collect()
}

fn step(own: &Tree) -> Option<Step> {
    let (word, path) = (own.word("op")?, own.get("path")?);
    let shown = path.text()?;
    let inner = shown.strip_prefix('/').filter(|own| !own.contains(['$', '{', '<']))?;
    Some(Step {
        word: word.to_owned(),
        path: inner.split('/').map(|own| own.replace("~1", "/").replace("~0", "~")).collect(),
        shown: shown.to_owned(),
        at: path.at,
        value: own.get("value").cloned(),
    })
}

/// Does one operation to an object.
pub(super) fn take(object: &mut Tree, step: &Step) -> Done {
    if !matches!(step.word.as_str(), "add" | "replace" | "remove" | "test") {
        return Done::Open;
    }
    let Some((last, before)) = step.path.split_last() else { return Done::Open };
    let mut node = object;
    for (ix, part) in before.iter().enumerate() {
        let name = ix.checked_sub(1).and_then(|ix| before.get(ix)).map(String::as_str);
        node = match enter(node, part, name) {
            Ok(next) => next,
            Err(done) => return done,
        };
    }
    let name = before.last().map(String::as_str).unwrap_or_default();
    let value = || {
        let unknown = Tree { at: step.at, data: Data::Unknown };
        step.value.clone().unwrap_or(unknown)
    };
    match &mut node.data {
        Data::Map(entries) => {
            let at = entries.iter().position(|own| own.key == last.as_str());
            match (step.word.as_str(), at) {
                ("remove" | "test", None) => return Done::Missing(last.clone()),
                ("remove", Some(at)) => {
                    entries.remove(at);
                }
                ("test", Some(_)) => {}
                _ => node.set(last, step.at, value()),
            }
            Done::Yes
        }
        Data::List(items) => {
            let word = step.word.as_str();
            let index = match last.as_str() {
                "-" if word == "add" => Some(items.len()),
                own => own.parse::<usize>().ok(),
            };
            let Some(index) = index else { return Done::Open };
            let missing = || Done::Missing(format!("{name}/{last}"));
            match (word, index) {
                ("add", index) if index <= items.len() => items.insert(index, value()),
                (_, index) if index >= items.len() => return missing(),
                ("remove", index) => {
                    items.remove(index);
                }
                ("replace", index) => {
                    if let Some(own) = items.get_mut(index) {
                        *own = value();
                    }
                }
                _ => {}
            }
            Done::Yes
        }
        _ => Done::Open,
    }
}

fn enter<'t>(node: &'t mut Tree, part: &str, name: Option<&str>) -> Result<&'t mut Tree, Done> {
    match &mut node.data {
        Data::Map(entries) => {
            let own = entries.iter_mut().find(|own| own.key == part);
            own.map(|own| &mut own.value).ok_or_else(|| Done::Missing(part.to_owned()))
        }
        Data::List(items) => match part.parse::<usize>() {
            Ok(at) => {
                let shown = format!("{}/{part}", name.unwrap_or_default());
                items.get_mut(at).ok_or(Done::Missing(shown))
            }
            Err(_) => Err(Done::Open),
        },
        _ => Err(Done::Open),
    }
}

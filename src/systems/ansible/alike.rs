//! Keys that one of several mappings of the same shape spells otherwise: `desct`, where all others
//! of the list have `dest`.
//!
//! What reads them reads one name, so that the value is missing, or a default stands in its place.

use super::spelling::is_word_slip;
use super::twice::LISTS;
use crate::domain::doubled::MOST;
use crate::facts::{Problem, Span, Strength};
use crate::syntax::yaml::{Node, Value};
use rustc_hash::FxHashMap;

/// So many of the others have the key that was meant.
const SEVERAL: usize = 2;
/// Shorter keys are like too many others.
const SHORT: usize = 4;
/// Longer lists are data of other programs.
const LARGE: usize = 500;

/// Reports keys below `node`, in lists of mappings.
pub(super) fn of_values(node: &Node<'_>, problems: &mut Vec<Problem>) {
    let mut found = Vec::new();
    within(node, &mut found);
    found.truncate(MOST);
    problems.append(&mut found);
}

/// The same of lists that tasks hold; the tasks themselves have each their own keys.
pub(super) fn of_tasks(node: &Node<'_>, problems: &mut Vec<Problem>) {
    for (key, value) in node.items().iter().flat_map(|item| item.entries()) {
        match key.as_str() {
            Some(key) if LISTS.contains(&key) => of_tasks(value, problems),
            // What a task reads of its own items is judged there.
            Some(key) if key == "roles" || key == "loop" || key.starts_with("with_") => {}
            _ => of_values(value, problems),
        }
    }
}

fn within(node: &Node<'_>, found: &mut Vec<Problem>) {
    let items = node.items();
    items.iter().for_each(|item| within(item, found));
    node.entries().iter().for_each(|(_, value)| within(value, found));
    if items.len() > SEVERAL && items.len() < LARGE {
        let maps: Vec<&Node<'_>> =
            items.iter().filter(|item| matches!(item.value, Value::Mapping(_))).collect();
        if maps.len() == items.len() {
            of_list(&maps, found);
        }
    }
}

/// The keys of a mapping, with their places.
fn keys<'n>(map: &'n Node<'_>) -> impl Iterator<Item = (&'n str, Span)> {
    map.entries().iter().filter_map(|(key, _)| Some((key.as_str()?, key.span)))
}

fn of_list(maps: &[&Node<'_>], found: &mut Vec<Problem>) {
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    maps.iter().flat_map(|map| keys(map)).for_each(|(key, _)| *counts.entry(key).or_default() += 1);
    let mut known: Vec<(&str, usize)> = counts.iter().map(|(key, count)| (*key, *count)).collect();
    known.retain(|(_, count)| *count >= SEVERAL && *count * 5 >= (maps.len() - 1) * 3);
    known.sort_unstable();
    for map in maps {
        for (key, span) in keys(map).filter(|(key, _)| counts.get(key) == Some(&1)) {
            let meant = known.iter().find(|(own, _)| {
                map.get(own).is_none() && is_slip(key, own) && has_shape(maps, map, (key, own))
            });
            if let Some((own, _)) = meant {
                found.push(Problem {
                    help: format!("did you mean `{own}`, as in the others?"),
                    strength: Strength::Likely,
                    ..Problem::new(
                        "unknown-parameter",
                        format!("of all in this list, this one alone has the key `{key}`"),
                        span,
                    )
                });
            }
        }
    }
}

/// Whether another of the list has the keys that `map` would have if the key were the other one.
fn has_shape(maps: &[&Node<'_>], map: &Node<'_>, (key, meant): (&str, &str)) -> bool {
    let count = keys(map).count();
    maps.iter().any(|other| {
        keys(other).count() == count
            && keys(map).all(|(own, _)| other.get(if own == key { meant } else { own }).is_some())
    })
}

/// Whether a key is one letter from another, or two in a long one, and no plural and no number.
fn is_slip(key: &str, own: &str) -> bool {
    let stem = |key: &str| {
        key.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == 's').to_owned()
    };
    let digits = |key: &str| key.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    key.len().min(own.len()) >= SHORT
        && key.len().abs_diff(own.len()) < 3
        && !key.contains(['.', '{', ' '])
        && digits(key) == digits(own)
        && stem(key) != stem(own)
        && (strsim::osa_distance(key, own) == 1 || is_word_slip(key, own))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        let documents = crate::syntax::yaml::parse(text);
        documents.roots.iter().for_each(|root| of_values(root, &mut problems));
        problems.into_iter().map(|own| own.help).collect()
    }

    #[test]
    fn keys_unlike_the_others() {
        assert_eq!(
            said("a:\n- {src: a, dest: b}\n- {src: c, desct: d}\n- {src: e, dest: f}\n"),
            ["did you mean `dest`, as in the others?"]
        );
        assert_eq!(
            said("a:\n- {ipaddress: a}\n- {ipadrress: d}\n- {ipaddress: f}\n"),
            ["did you mean `ipaddress`, as in the others?"]
        );
        for fine in [
            "a:\n- {src: a, dest: b}\n- {src: c, dests: d}\n- {src: e, dest: f}\n",
            "a:\n- {src: a, dest: b}\n- {src: c, desct: d, dest: f}\n- {src: e, dest: f}\n",
            "a:\n- {src: a, dest: b}\n- {from: c, desct: d}\n- {src: e, dest: f}\n",
            "a:\n- {src: a, dest: b}\n- {src: c, desct: d}\n",
            "a:\n- {node1: a}\n- {node2: d}\n- {node1: f}\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }
}

//! Owners of files that are called almost as a user whom the same file adds.
//!
//! (Source: Ansible, "chown failed: failed to look up user".)

use super::arguments::Arguments;
use super::shape::short;
use crate::facts::{Problem, Span, Strength, is_one_edit};
use crate::syntax::yaml::Node;
use rustc_hash::FxHashSet;

/// Shorter names are like too many others.
const SHORT: usize = 5;

/// Reports such owners and groups.
pub(super) fn of_tasks(roots: &[Node<'_>], source: &str, problems: &mut Vec<Problem>) {
    if !source.contains("owner") {
        return;
    }
    let mut names = Names::default();
    roots.iter().for_each(|root| names.collect(root, source));
    for (owner, span) in &names.owners {
        let is_known = names.added.contains(owner) || names.owners.len() > 200;
        let mut near = names.added.iter().filter(|own| !is_known && is_slip(owner, own));
        let (Some(meant), None) = (near.next(), near.next()) else { continue };
        problems.push(Problem {
            help: format!("did you mean `{meant}`?"),
            meant: Some(meant.as_str().into()),
            strength: Strength::Likely,
            ..Problem::new(
                "unresolved-reference",
                format!("no user is called `{owner}`, and this file adds `{meant}`"),
                *span,
            )
        });
    }
}

#[derive(Default)]
struct Names {
    added: FxHashSet<String>,
    owners: Vec<(String, Span)>,
}

impl Names {
    fn collect(&mut self, node: &Node<'_>, source: &str) {
        node.items().iter().for_each(|item| self.collect(item, source));
        for (key, value) in node.entries() {
            let Some(module) = key.as_str().map(short) else { continue };
            let is_adding = matches!(module, "user" | "group");
            if !is_adding && !matches!(module, "file" | "copy" | "template" | "unarchive") {
                self.collect(value, source);
                continue;
            }
            let arguments = Arguments::of(value, source);
            let plain =
                |own: &&str| own.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'{');
            if is_adding {
                let name = arguments.get("name").map(|own| own.text.as_str()).filter(plain);
                self.added.extend(name.map(str::to_owned));
                continue;
            }
            for text in ["owner", "group"].iter().filter_map(|name| arguments.get(name)) {
                if plain(&text.text.as_str()) {
                    self.owners.push((text.text.clone(), text.span));
                }
            }
        }
    }
}

/// Whether a name is one letter from another, which is no number and no plural.
fn is_slip(name: &str, own: &str) -> bool {
    let is_end = |c: char| c.is_ascii_digit() || matches!(c, 's' | '_' | '-');
    name.len() >= SHORT
        && name.trim_end_matches(is_end) != own.trim_end_matches(is_end)
        && is_one_edit(name, own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_that_nobody_is() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            of_tasks(&crate::syntax::yaml::parse(text).roots, text, &mut problems);
            problems.into_iter().map(|own| own.help).collect::<Vec<_>>()
        };
        let user = "- user: {name: backup}\n";
        assert_eq!(
            said(&format!("{user}- file: {{path: /a, owner: bakcup}}\n")),
            ["did you mean `backup`?"]
        );
        for fine in ["owner: backup", "owner: backups", "owner: root", "owner: '{{ a }}'"] {
            assert!(said(&format!("{user}- file: {{path: /a, {fine}}}\n")).is_empty(), "{fine}");
        }
    }
}

//! Tags that one place of a file spells otherwise than the others: who asks for the tag goes
//! without what stands there.
//!
//! (Source: Ansible's documentation, "Tags".)

use super::arguments::{Text, pattern, texts};
use super::spelling::is_slip;
use crate::facts::{Detail, FileFacts, Problem, Provide, Strength, kinds};
use crate::syntax::yaml::Node;
use rustc_hash::{FxHashMap, FxHashSet};

/// So often the tag stands that was meant.
const SEVERAL: usize = 2;

/// Provides tags, and reports such ones.
pub(super) fn of_tasks(roots: &[Node<'_>], out: &mut FileFacts) {
    let mut found: Vec<(Text, Option<String>)> = Vec::new();
    roots.iter().for_each(|root| collect(root, &mut found));
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    found.iter().for_each(|(tag, _)| *counts.entry(&tag.text).or_default() += 1);
    let mut known: Vec<&str> =
        counts.iter().filter(|(_, count)| **count >= SEVERAL).map(|(tag, _)| *tag).collect();
    known.sort_unstable();
    let mut seen = FxHashSet::default();
    for (tag, _) in &found {
        if seen.insert(&tag.text) {
            out.provides.push(Provide {
                kind: kinds::ANSIBLE_TAG,
                name: pattern(&tag.text),
                span: tag.span,
                within: None,
                detail: Detail::None,
            });
        }
    }
    for (tag, role) in &found {
        if counts.get(tag.text.as_str()) != Some(&1) || tag.text.contains("{{") {
            continue;
        }
        // `firewall` is what many call the role `firewalld`.
        let role = role.as_deref().filter(|own| !own.starts_with(&tag.text));
        let meant = known.iter().copied().chain(role);
        // `own-name` of the role `own_name` is meant so.
        let is_other = |own: &&str| is_slip(&tag.text, own) && plain(&tag.text) != plain(own);
        let Some(meant) = meant.into_iter().find(is_other) else { continue };
        out.problems.push(Problem {
            help: format!("did you mean `{meant}`?"),
            meant: Some(meant.into()),
            strength: Strength::Likely,
            ..Problem::new(
                "unresolved-reference",
                format!("nothing else in this file has the tag `{}`", tag.text),
                tag.span,
            )
        });
    }
}

/// A tag without what parts its words.
fn plain(tag: &str) -> String {
    tag.replace(['-', '_'], "")
}

/// Tags with the role that has them alone.
fn collect(node: &Node<'_>, found: &mut Vec<(Text, Option<String>)>) {
    node.items().iter().for_each(|item| collect(item, found));
    for (key, value) in node.entries() {
        if key.as_str() == Some("tags") {
            let role = node.get("role").and_then(Node::as_str).map(str::to_owned);
            let tags: Vec<Text> = texts(value).iter().flat_map(parts).collect();
            let role = role.filter(|own| !tags.iter().any(|tag| tag.text == *own));
            found.extend(tags.into_iter().map(|tag| (tag, role.clone())));
        } else {
            collect(value, found);
        }
    }
}

/// `a, b` are two tags.
fn parts(text: &Text) -> Vec<Text> {
    let all = text.text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
    all.map(|tag| Text { text: tag.to_owned(), span: text.span }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_are_spelt_otherwise() {
        let said = |text: &str| {
            let mut out = FileFacts::default();
            of_tasks(&crate::syntax::yaml::parse(text).roots, &mut out);
            out.problems.into_iter().map(|own| own.help).collect::<Vec<_>>()
        };
        assert_eq!(
            said("- roles:\n  - role: postgres\n    tags: postges\n"),
            ["did you mean `postgres`?"]
        );
        let tasks = "- debug: {}\n  tags: [monitoring]\n- debug: {}\n  tags: monitoring, a\n";
        assert_eq!(
            said(&format!("{tasks}- debug: {{}}\n  tags: monitorng\n")),
            ["did you mean `monitoring`?"]
        );
        assert!(said(&format!("{tasks}- debug: {{}}\n  tags: monitorings\n")).is_empty());
        assert!(said("- role: postgres\n  tags: [postgres, postges]\n").is_empty());
        assert!(said("- role: docker_db\n  tags: docker-db\n").is_empty());
        assert!(said("- role: firewalld\n  tags: firewall\n").is_empty());
    }
}

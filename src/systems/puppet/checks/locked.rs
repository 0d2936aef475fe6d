//! A `Puppetfile` that takes a module from an owner whose name is another but for a letter in the
//! `Puppetfile.lock` beside it: no such owner has it.

use crate::check::Context;
use crate::facts::{Span, is_one_edit};
use crate::finding::{Finding, Place, Severity};
use crate::loader::FileIx;
use crate::syntax::lines::lines;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let find = |name: &str| graph.snapshot.find(name);
    let (Some(list), Some(lock)) = (find("Puppetfile"), find("Puppetfile.lock")) else { return };
    let text = |file: FileIx| String::from_utf8_lossy(&graph.snapshot.contents(file)).into_owned();
    for (span, owner, meant) in slips(&text(list), &text(lock)) {
        let place = Place { tree: graph.snapshot.role, file: list, span };
        let message = format!("the lock takes this module from `{meant}`, not from `{owner}`");
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(Severity::Error)
                .label("asked for here")
                .help(format!("did you mean `{meant}`?")),
        );
    }
}

/// Owners of repositories that the lock does not know, with their places and what was meant.
fn slips(list: &str, lock: &str) -> Vec<(Span, String, String)> {
    let remotes: Vec<&str> = lock
        .lines()
        .filter_map(|line| line.trim().strip_prefix("remote: "))
        .filter(|own| own.matches('/').count() == 1)
        .collect();
    let mut found = Vec::new();
    for (start, line) in lines(list) {
        let code = line.split('#').next().unwrap_or_default();
        let Some((before, rest)) = code.split_once(":repo") else { continue };
        let Some(quote) = rest.find(['\'', '"']) else { continue };
        let own = rest[quote + 1..].split(['\'', '"']).next().unwrap_or_default();
        let Some((owner, module)) = own.split_once('/') else { continue };
        if remotes.contains(&own) || module.contains('/') {
            continue;
        }
        let others = remotes.iter().filter_map(|remote| remote.split_once('/'));
        let mut meant = others.filter(|(_, other)| *other == module).map(|(owner, _)| owner);
        let Some(meant) = meant.find(|meant| is_one_edit(meant, owner)) else { continue };
        let at = start + before.len() + ":repo".len() + quote + 1;
        found.push((Span::new(at, at + own.len()), owner.to_owned(), meant.to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_but_for_a_letter() {
        let lock = "GITHUBTARBALL\n  remote: marina/puppet-web\n  specs:\n    web (1.0)\n";
        let list = "github \"web\", \"1.0\", :repo => \"marin/puppet-web\"\n";
        let found = slips(list, lock);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].1.as_str(), found[0].2.as_str()), ("marin", "marina"));
        for other in ["marina/puppet-web", "harbour/puppet-web", "marin/puppet-db"] {
            assert!(slips(&list.replace("marin/puppet-web", other), lock).is_empty(), "{other}");
        }
    }
}

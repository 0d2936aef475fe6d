//! Functions without a module in their names that nothing has, and that are called almost like one
//! of Puppet's own or of stdlib's: `hiers('x')`.
//!
//! Any module may bring a function of any name, so that other unknown ones say nothing.

use crate::check::Context;
use crate::facts::{Entity, Require, Span, Strength, kinds, nearest_of};
use crate::finding::{Finding, Place, Remedy, Severity};
use crate::graph::Graph;
use crate::syntax::lines::lines;
use smol_str::SmolStr;

/// The list of functions of Puppet's own and of stdlib.
const LIST: &str = "puppet.functions";

/// Words by which other languages end a run, and what Puppet has for them.
const OF_OTHERS: [(&str, &str); 4] =
    [("die", "fail"), ("error", "fail"), ("raise", "fail"), ("throw", "fail")];

/// Beginnings of names of stdlib's functions that version 9 has no more, with what they tell of.
/// (Source: puppetlabs-stdlib, the notes of version 9.0.0: data types take their place.)
const GONE_WITH_9: [(&str, &[&str]); 2] = [
    (
        "is_",
        &[
            "absolute_path",
            "array",
            "bool",
            "float",
            "integer",
            "ip_address",
            "ipv4_address",
            "ipv6_address",
            "numeric",
            "string",
        ],
    ),
    (
        "validate_",
        &[
            "absolute_path",
            "array",
            "bool",
            "hash",
            "integer",
            "ip_address",
            "ipv4_address",
            "ipv6_address",
            "numeric",
            "re",
            "slength",
            "string",
        ],
    ),
];

/// Where the tree's list of modules asks for stdlib of version 9 or later.
fn modern_stdlib(graph: &Graph<'_>) -> Option<Place> {
    let file = graph.snapshot.find("Puppetfile")?;
    let contents = graph.snapshot.contents(file);
    let text = String::from_utf8_lossy(&contents);
    lines(&text).find_map(|(start, line)| {
        let code = line.split('#').next()?.trim().strip_prefix("mod")?;
        let mut words = code.split(['\'', '"']).skip(1).step_by(2);
        let is_stdlib = matches!(words.next()?, "puppetlabs/stdlib" | "puppetlabs-stdlib");
        let version = words.next()?;
        let major: u32 = version.split('.').next()?.parse().ok()?;
        let span = Span::new(start, start + line.trim_end().len());
        let tree = graph.snapshot.role;
        (is_stdlib && version.contains('.') && major >= 9).then_some(Place { tree, file, span })
    })
}

/// Calls of functions that stdlib had up to version 8, in a tree that lists a later one.
fn gone(graph: &Graph<'_>, name: &str, listed: Option<Place>, place: Place) -> Option<Finding> {
    let listed = listed?;
    let is_it = |(head, rest): &(&str, &[&str])| {
        name.strip_prefix(*head).is_some_and(|own| rest.contains(&own))
    };
    if !GONE_WITH_9.iter().any(is_it)
        || graph.providers(kinds::PUPPET_FUNCTION, name).next().is_some()
    {
        return None;
    }
    let message = format!("function `{name}` went with version 9 of puppetlabs-stdlib");
    Some(
        Finding::new("unresolved-reference", message, place)
            .severity(Severity::Error)
            .label("called here")
            .help("ask for the type in its place: `$x =~ Integer`, or `Integer $x` of a parameter")
            .related("the version that is listed", listed)
            .entity(Entity::new(kinds::PUPPET_FUNCTION, name)),
    )
}

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let listed = modern_stdlib(graph);
    let known = context.packages.packs.words(LIST);
    for (ix, file) in graph.asking(&[kinds::PUPPET_FUNCTION]) {
        let path = file.entry.path.as_str();
        // Bolt has functions of its own.
        if !path.ends_with(".pp") || path.contains("plans/") || graph.is_partly_read(ix) {
            continue;
        }
        for require in &file.facts.requires {
            let Some(name) = plain(require) else { continue };
            if listed.is_some() && file.standing.is_live() {
                let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
                findings.extend(gone(graph, name, listed, place));
            }
            if known.get(name).is_some()
                || graph.providers(kinds::PUPPET_FUNCTION, name).next().is_some()
            {
                continue;
            }
            let slip = || nearest_of(name, known.names()).filter(|near| is_slip(name, near));
            let other = OF_OTHERS.iter().find(|(own, _)| *own == name);
            let near = other.map(|(_, meant)| SmolStr::new_static(meant)).or_else(slip);
            let Some(near) = near else { continue };
            let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
            let message = format!("function `{name}` does not exist");
            let finding = Finding::new("unresolved-reference", message, place)
                .severity(Severity::Warning)
                .label("called here")
                .help(format!("did you mean `{near}`?"))
                .remedy(Remedy::nearest(name, near))
                .entity(Entity::new(kinds::PUPPET_FUNCTION, name));
            findings.push(finding);
        }
    }
}

/// Whether one name is the other but for a letter, or for two that changed places. An underscore
/// more or less is what somebody else called a function of his own.
fn is_slip(name: &str, near: &str) -> bool {
    let bare = |name: &str| name.replace('_', "");
    name.len() > 4 && strsim::osa_distance(name, near) == 1 && bare(name) != bare(near)
}

/// The name of a function that is called, where it names no module.
fn plain(require: &Require) -> Option<&str> {
    let [target] = require.any_of.as_slice() else { return None };
    let name = target.name.as_exact().filter(|_| target.kind == kinds::PUPPET_FUNCTION)?;
    (require.strength != Strength::Guarded && !name.contains("::")).then_some(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn a_slip_is_one_letter() {
        for (name, near) in [("hiers", "hiera"), ("tempalte", "template"), ("hieraa", "hiera")] {
            assert!(is_slip(name, near), "{name}");
        }
        for (name, near) in [("test", "lest"), ("load_json", "loadjson"), ("hash_keys", "has_key")]
        {
            assert!(!is_slip(name, near), "{name}");
        }
    }
}

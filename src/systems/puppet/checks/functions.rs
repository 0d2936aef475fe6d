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

/// The list of stdlib's functions that went with its version 9.
const BEFORE_9: &str = "puppet.functions_before_stdlib_9";

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

/// A call of a function that stdlib had up to version 8, in a tree that lists a later one.
fn gone(name: &str, listed: Place, place: Place) -> Finding {
    let message = format!("function `{name}` went with version 9 of puppetlabs-stdlib");
    let help = match name {
        "has_key" => "ask with `in`: `'key' in $hash`",
        "private" => "call `assert_private()` in its place",
        _ if name.starts_with("is_") || name.starts_with("validate_") => {
            "ask for the type in its place: `$x =~ Integer`, or `Integer $x` of a parameter"
        }
        _ => "the notes of stdlib 9.0.0 tell what takes its place",
    };
    Finding::new("unresolved-reference", message, place)
        .severity(Severity::Error)
        .label("called here")
        .help(help)
        .related("the version that is listed", listed)
        .entity(Entity::new(kinds::PUPPET_FUNCTION, name))
}

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let listed = modern_stdlib(graph);
    let known = context.packages.packs.words(LIST);
    let before = context.packages.packs.words(BEFORE_9);
    for (ix, file) in graph.asking(&[kinds::PUPPET_FUNCTION]) {
        let path = file.entry.path.as_str();
        // Bolt has functions of its own.
        if !path.ends_with(".pp") || path.contains("plans/") || graph.is_partly_read(ix) {
            continue;
        }
        for require in &file.facts.requires {
            let Some(name) = plain(require) else { continue };
            if graph.providers(kinds::PUPPET_FUNCTION, name).next().is_some() {
                continue;
            }
            if let Some(listed) = listed.filter(|_| file.standing.is_live())
                && before.get(name).is_some()
            {
                let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
                findings.push(gone(name, listed, place));
            }
            if known.get(name).is_some() {
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

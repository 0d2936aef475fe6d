//! Functions without a module in their names that nothing has, and that are called almost like one
//! of Puppet's own or of stdlib's: `hiers('x')`.
//!
//! Any module may bring a function of any name, so that other unknown ones say nothing.

use crate::check::Context;
use crate::facts::{Entity, Require, Strength, kinds, nearest_of};
use crate::finding::{Finding, Place, Remedy, Severity};
use smol_str::SmolStr;

/// The list of functions of Puppet's own and of stdlib.
const LIST: &str = "puppet.functions";

/// Words by which other languages end a run, and what Puppet has for them.
const OF_OTHERS: [(&str, &str); 4] =
    [("die", "fail"), ("error", "fail"), ("raise", "fail"), ("throw", "fail")];

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let known = context.packages.packs.words(LIST);
    for (ix, file) in graph.asking(&[kinds::PUPPET_FUNCTION]) {
        let path = file.entry.path.as_str();
        // Bolt has functions of its own.
        if !path.ends_with(".pp") || path.contains("plans/") || graph.is_partly_read(ix) {
            continue;
        }
        for require in &file.facts.requires {
            let Some(name) = plain(require) else { continue };
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

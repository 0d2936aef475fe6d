//! Values of `group_vars` and `host_vars` that the `argument_specs` of a role refuse.
//!
//! (Source: Ansible's documentation, "Role argument validation": "value of … must be one of".)

use crate::check::Context;
use crate::facts::{Entity, Interface, Param, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::loader::FileIx;
use std::collections::BTreeMap;

/// Values that stand for others before they are compared.
const COERCED: [&str; 8] = ["yes", "no", "on", "off", "true", "false", "null", "omit"];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    // Options by their names; one that two roles have with other choices says nothing.
    let mut options: BTreeMap<&str, Option<(FileIx, &Interface, &Param)>> = BTreeMap::new();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let roles =
            file.facts.interfaces.iter().filter(|own| {
                own.entity.kind == kinds::ANSIBLE_ROLE && !own.entity.name.contains(':')
            });
        for (role, own) in roles.flat_map(|role| role.params.iter().map(move |own| (role, own))) {
            let entry = options.entry(own.name.as_str());
            let known = Some((ix as FileIx, role, own)).filter(|_| !own.choices.is_empty());
            entry.and_modify(|own| *own = None).or_insert(known);
        }
    }
    options.retain(|_, own| own.is_some());
    if options.is_empty() {
        return;
    }
    for (ix, file) in context.files().filter(|(_, file)| file.standing.is_live()) {
        let path = file.entry.path.as_str();
        if !["group_vars/", "host_vars/"].iter().any(|own| path.contains(own)) {
            continue;
        }
        for provide in &file.facts.provides {
            let name = provide.name.as_exact().filter(|_| provide.kind == kinds::ANSIBLE_VARIABLE);
            let known = name.and_then(|name| options.get(name.as_str()));
            let Some(Some((defined, role, param))) = known else { continue };
            let contents = graph.snapshot.contents(ix);
            let Some(value) = value(&contents, provide.span.end as usize) else { continue };
            if param.choices.iter().any(|own| own == value) {
                continue;
            }
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            let (name, role) = (&param.name, &role.entity.name);
            let message = format!("`{name}` of the role `{role}` does not accept `{value}`");
            let all: Vec<_> = param.choices.iter().map(|own| format!("`{own}`")).collect();
            // What is nearer to a host may set it otherwise.
            findings.push(
                Finding::new("incompatible-value", message, place(ix, provide.span))
                    .severity(Severity::Warning)
                    .label("set here")
                    .help(format!("it accepts {}", all.join(", ")))
                    .related("declared here", place(*defined, param.span))
                    .entity(Entity::parameter(role, name)),
            );
        }
    }
}

/// The word that a line sets a key to which ends at `at`.
fn value(text: &[u8], at: usize) -> Option<&str> {
    let rest = text.get(at..)?;
    let end = rest.iter().position(|own| *own == b'\n').unwrap_or(rest.len());
    let line = std::str::from_utf8(&rest[..end]).ok()?;
    let line = line.strip_prefix(['"', '\'']).unwrap_or(line).trim_start().strip_prefix(':')?;
    let value = line.split(" #").next()?.trim();
    let bare = ['"', '\''].iter().find_map(|mark| value.strip_prefix(*mark)?.strip_suffix(*mark));
    let value = bare.unwrap_or(value);
    let is_word = value.starts_with(|own: char| own.is_ascii_alphabetic())
        && value.bytes().all(|own| own.is_ascii_alphanumeric() || b"_-.".contains(&own));
    (is_word && !COERCED.contains(&value.to_ascii_lowercase().as_str())).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn words_that_lines_set() {
        assert_eq!(value(b"a: b # c\n", 1), Some("b"));
        assert_eq!(value(b"a: 'b-c'\n", 1), Some("b-c"));
        for none in ["a: '{{ b }}'\n", "a: yes\n", "a: 1\n", "a:\n  b: c\n", "a: [b]\n"] {
            assert_eq!(value(none.as_bytes(), 1), None, "{none}");
        }
    }
}

//! Compose files that a template of Jinja becomes: what is filled in is one word each.
//!
//! (Source: as for compose files themselves: Compose refuses a project in which a service names
//! one that is not declared.)

use super::parts::USUAL;
use crate::domain::doubled;
use crate::extract::Source;
use crate::facts::{FileFacts, Problem, Strength, base_name, rendered};
use crate::syntax::yaml::{self, Node, Value};
use memchr::memmem;

/// Adds what Compose refuses of the file, whatever is filled in.
pub(super) fn of_template(source: &Source<'_>, out: &mut FileFacts) {
    let is_jinja = source.path.ends_with(".j2") || source.path.contains("/templates/");
    let base = base_name(rendered(source.path));
    if !is_jinja || !USUAL.contains(&base) || !source.text.contains("{{") {
        return;
    }
    let Some(text) = filled(source.text) else { return };
    let documents = yaml::parse(&text);
    if !documents.is_whole() {
        return;
    }
    let told = (Strength::Certain, "Compose refuses the file");
    doubled::keys(&documents.roots, told, &mut out.problems);
    for root in documents.roots.iter().filter(|root| root.get("include").is_none()) {
        depends(root, source.text, &mut out.problems);
    }
}

/// The text with a letter in the place of each of what is filled in; `None` where statements
/// decide what stands.
fn filled(text: &str) -> Option<String> {
    let mut out = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'{', text.as_bytes().get(at..)?).map(|n| at + n) {
        match text.as_bytes().get(open + 1) {
            Some(b'%' | b'#') => return None,
            Some(b'{') => {
                let end = open + memmem::find(&text.as_bytes()[open..], b"}}")? + 2;
                out[open..end].iter_mut().filter(|own| **own != b'\n').for_each(|own| *own = b'x');
                at = end;
            }
            _ => at = open + 1,
        }
    }
    String::from_utf8(out).ok()
}

/// Services that others wait for and that nothing declares.
fn depends(root: &Node<'_>, source: &str, problems: &mut Vec<Problem>) {
    let Some(services) = root.get("services") else { return };
    let is_merged = |node: &Node<'_>| node.get("<<").is_some();
    let is_open =
        |name: &Node<'_>| source.get(name.span.range()).is_none_or(|own| own.contains('{'));
    if is_merged(services) || services.entries().iter().any(|(name, _)| is_open(name)) {
        return;
    }
    for (_, service) in services.entries() {
        let Some(depends) = service.get("depends_on") else { continue };
        if matches!(depends.value, Value::Alias) {
            continue;
        }
        let names = depends.entries().iter().map(|(name, _)| name).chain(depends.items());
        for node in names {
            let Some(name) = node.as_str().filter(|name| *name != "<<") else { continue };
            if services.get(name).is_some() || is_open(node) {
                continue;
            }
            problems.push(Problem {
                help: "declare it, or correct the name: Compose refuses the project".to_owned(),
                ..Problem::new(
                    "unresolved-reference",
                    format!("service `{name}` does not exist"),
                    node.span,
                )
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_of_templates() {
        let said = |text: &str| {
            let mut out = FileFacts::default();
            of_template(&Source::of("roles/a/templates/compose.yml.j2", text), &mut out);
            out.problems.into_iter().map(|own| own.message).collect::<Vec<_>>()
        };
        let of = |rest: &str| format!("services:\n  a:\n    image: {{{{ b }}}}:1\n{rest}");
        assert!(said(&of("  c:\n    depends_on: [a]\n")).is_empty());
        assert!(said(&of("  c:\n    depends_on: [\"{{ d }}\"]\n")).is_empty());
        assert!(said(&of("{% if x %}\n  c:\n    depends_on: [d]\n{% endif %}\n")).is_empty());
        assert_eq!(said(&of("  c:\n    depends_on: [d]\n")), ["service `d` does not exist"]);
        assert_eq!(said(&of("  a:\n    image: c\n")), ["`a` stands twice here"]);
    }
}

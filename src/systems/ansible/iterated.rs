//! Loops of templates that read nothing of their items: `{% for host in list %}{{ hots }}`.
//!
//! (Source: Jinja's template designer documentation, "For".)

use super::expressions::names;
use super::marks::{Equals, expression, opened, statement};
use crate::facts::{Problem, Span, Strength};
use crate::syntax::yaml::Node;
use memchr::memmem;

/// Names of items that are not meant to be read.
const UNUSED: [&str; 5] = ["dummy", "ignore", "ignored", "junk", "unused"];

/// What makes each turn another one, whatever its item is.
const COUNTING: [&str; 4] = [".append(", ".extend(", ".pop(", ".update("];

/// A loop that is open.
struct Loop<'t> {
    items: Vec<&'t str>,
    span: Span,
    is_read: bool,
}

/// Reports such loops of a template.
pub(super) fn of_template(text: &str, problems: &mut Vec<Problem>) {
    let found = unread(text).unwrap_or_default();
    problems.extend(found.iter().map(|own| own.told(own.span)));
}

/// The same of texts that tasks and variables hold.
pub(super) fn of_values(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| of_values(item, problems));
    node.entries().iter().for_each(|(_, value)| of_values(value, problems));
    if let Some(text) = node.as_str() {
        let found = unread(text).unwrap_or_default();
        problems.extend(found.iter().map(|own| own.told(node.span)));
    }
}

impl Loop<'_> {
    fn told(&self, span: Span) -> Problem {
        Problem {
            help: "each turn does the same: read it, or write `_` for what is not needed"
                .to_owned(),
            strength: Strength::Likely,
            ..Problem::new(
                "unresolved-reference",
                format!("nothing in this loop reads `{}`", self.items.join("`, `")),
                span,
            )
        }
    }
}

/// The loops of a text that read nothing of their items; `None` where the text is no Jinja.
fn unread(text: &str) -> Option<Vec<Loop<'_>>> {
    memmem::find(text.as_bytes(), b"endfor")?;
    // A task may set other marks for some of it.
    if ["[%", "<%", "[["].iter().any(|own| text.contains(own)) {
        return None;
    }
    let mut open: Vec<Option<Loop<'_>>> = Vec::new();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((start, close)) = opened(text, at) {
        let from = start + 2;
        let rest = &text[from..];
        let len = match close {
            "#}" => memmem::find(rest.as_bytes(), b"#}"),
            _ => expression(rest, close, Equals::Set).ok(),
        };
        let len = len?;
        at = (from + len + 2).min(text.len());
        let inner = &rest[..len];
        let word = if close == "%}" { statement(inner) } else { "" };
        if close == "#}" {
            continue;
        }
        let is_whole = matches!(word, "include" | "import" | "from" | "call" | "block" | "raw");
        let counts = COUNTING.iter().any(|own| inner.contains(own));
        for own in open.iter_mut().flatten() {
            own.is_read |= is_whole
                || counts
                || names(inner).any(|(_, name)| name == "loop" || own.items.contains(&name));
        }
        match word {
            "for" => open.push(begun(inner, Span::new(start, at))),
            "endfor" => match open.pop() {
                Some(own) => found.extend(own.filter(|own| !own.is_read)),
                None => return None,
            },
            "raw" => at += memmem::find(&text.as_bytes()[at..], b"endraw")?,
            _ => {}
        }
    }
    Some(found)
}

/// The loop that a statement begins; `None` for one that counts alone.
fn begun(inner: &str, span: Span) -> Option<Loop<'_>> {
    let (own, list) = inner.split_once(" in ")?;
    let items: Vec<&str> = names(own).map(|(_, name)| name).filter(|name| *name != "for").collect();
    let counts = names(list).any(|(_, name)| matches!(name, "range" | "recursive"));
    let is_judged = !items.is_empty()
        && !counts
        && items.iter().all(|own| own.len() > 1 && !own.starts_with('_') && !UNUSED.contains(own));
    // What a filter of the loop reads is read.
    let is_read = names(list).any(|(_, name)| items.contains(&name));
    is_judged.then_some(Loop { items, span, is_read })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_that_nothing_reads() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            of_template(text, &mut problems);
            problems.len()
        };
        for fine in [
            "{% for own in list %}{{ own.name }}{% endfor %}",
            "{% for own in list %}{% if own %}x{% endif %}{% endfor %}",
            "{% for own in list %}{{ loop.index }}{% endfor %}",
            "{% for own in range(3) %}x{% endfor %}",
            "{% for key, _value in list %}{{ x }}{% endfor %}",
            "{% for own in list if own.a %}x{% endfor %}",
            "{% for own in list %}{% include 'a' %}{% endfor %}",
            "{% for own in list %}{{ i[0] }}{% if i.append(i.pop() + 1) %}{% endif %}{% endfor %}",
        ] {
            assert_eq!(said(fine), 0, "{fine}");
        }
        assert_eq!(said("{% for host in list %}{{ path }}{% endfor %}"), 1);
        assert_eq!(said("{% for a1 in b %}{% for c1 in d %}{{ a1 }}{% endfor %}{% endfor %}"), 1);
    }
}

//! Variables whose values Jinja refuses: whatever reads one stops.
//!
//! (Source: Ansible's documentation, "Using Variables": values are filled in where they are read;
//! Jinja, "unexpected end of template, expected 'end of print statement'".)

use super::braces::{is_of_go, refused, told, unclosed};
use super::grammar::Slip;
use crate::facts::{Detail, Problem, Strength};
use crate::syntax::yaml::Node;
use smol_str::SmolStr;

/// Where a variable is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// Among plays and tasks, where what is closed is judged with the rest of the file.
    InPlay,
    /// In a file of variables.
    InFile,
}

/// What a variable is that holds this value: nothing, or the fault that stops its readers.
pub(super) fn detail(value: &Node<'_>, stands: Stands) -> Detail {
    let fault = value.as_str().filter(|text| text.contains("{{")).and_then(|text| match stands {
        Stands::InPlay => open(text),
        Stands::InFile => match slip(text)? {
            Slip::Refused(what) => Some(what),
            Slip::Bound(_) => None,
        },
    });
    fault.map_or(Detail::None, |what| Detail::Text(SmolStr::new(what)))
}

/// Values of a file of variables: what is wrong inside of one, and what is read otherwise than
/// meant.
pub(super) fn of_values(root: &Node<'_>, problems: &mut Vec<Problem>) {
    root.items().iter().for_each(|item| within(item, problems));
    for (_, value) in root.entries() {
        // A variable that is one text is judged beside those that read it.
        if detail(value, Stands::InFile) == Detail::None {
            within(value, problems);
        }
    }
}

fn within(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| within(item, problems));
    node.entries().iter().for_each(|(_, value)| within(value, problems));
    let text = node.as_str().filter(|text| text.contains("{{"));
    if let Some(what) = text.and_then(slip) {
        problems.push(Problem { strength: Strength::Likely, ..told(&what, node.span) });
    }
}

fn slip(text: &str) -> Option<Slip> {
    refused(text).map(|found| found.what).or_else(|| open(text).map(Slip::Refused))
}

/// An expression that has no end.
fn open(text: &str) -> Option<String> {
    let (at, close) = unclosed(text).filter(|(_, close)| *close == "}}")?;
    let inner = text[at + 2..].trim_start_matches('-').trim_start();
    // What begins otherwise, or stands alone, may be meant for another program.
    let is_expression = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (is_expression && !is_of_go(text)).then(|| format!("`{{{{` without `{close}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(value: &str, stands: Stands) -> bool {
        let text = format!("a: {value}");
        let documents = crate::syntax::yaml::parse(&text);
        let (_, value) = &documents.roots[0].entries()[0];
        detail(value, stands) != Detail::None
    }

    #[test]
    fn values_that_nobody_can_read() {
        let open = "\"{{ lookup('env', 'X')\"";
        assert!(fault(open, Stands::InFile) && fault(open, Stands::InPlay));
        assert!(fault("\"{{ lookup('env', 'X')' | default('y') }}\"", Stands::InFile));
        for fine in
            ["\"{{ a }}\"", "\"{{\"", "\"{{ .Names\"", "\"{% raw %}{{ a{% endraw %}\"", "[1]"]
        {
            assert!(!fault(fine, Stands::InFile) && !fault(fine, Stands::InPlay), "{fine}");
        }
    }
}

//! Where the branches of a template end, so that what stands behind one is not taken for a part of
//! what began within.

use crate::facts::Span;

/// The branches of a template whose tags stand on lines of their own.
#[derive(Debug, Default)]
pub(super) struct Branches {
    /// From where on which branch is the innermost one; none stands for the text itself.
    begins: Vec<(u32, Option<usize>)>,
    /// Where each branch ends.
    ends: Vec<u32>,
    /// Where tags stand that may put text there.
    prints: Vec<u32>,
}

enum Sort {
    Opens,
    Turns,
    Closes,
    Prints,
    Neither,
}

fn sort(tag: &str) -> Option<Sort> {
    let inner = tag.strip_prefix("{{").or(tag.strip_prefix("{%"))?;
    let inner = inner.trim_start_matches(['-', '+', '~']).trim_start();
    let end = inner.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(inner.len());
    Some(match &inner[..end] {
        "if" | "with" | "range" | "define" | "block" | "for" | "macro" | "filter" | "call" => {
            Sort::Opens
        }
        "else" | "elif" => Sort::Turns,
        word if word.starts_with("end") => Sort::Closes,
        _ if inner.starts_with("/*") || inner.starts_with('$') && inner.contains('=') => {
            Sort::Neither
        }
        _ if tag.starts_with("{%") => Sort::Neither,
        _ => Sort::Prints,
    })
}

impl Branches {
    /// Those of a text; nothing where its tags do not go together, or are of another language.
    pub(super) fn of(text: &str, tags: &[Span]) -> Option<Self> {
        let mut own = Self::default();
        let mut open: Vec<usize> = Vec::new();
        for tag in tags {
            let sort = sort(text.get(tag.range())?)?;
            if let Sort::Turns | Sort::Closes = sort {
                let closed = open.pop()?;
                *own.ends.get_mut(closed)? = tag.start;
            }
            if let Sort::Opens | Sort::Turns = sort {
                open.push(own.ends.len());
                own.ends.push(u32::MAX);
            }
            if let Sort::Prints = sort {
                own.prints.push(tag.start);
            }
            own.begins.push((tag.start, open.last().copied()));
        }
        open.is_empty().then_some(own)
    }

    /// Whether a tag between two places may put text there.
    pub(super) fn is_filled(&self, from: u32, to: u32) -> bool {
        let at = self.prints.partition_point(|own| *own < from);
        self.prints.get(at).is_some_and(|own| *own < to)
    }

    /// The innermost branch that a place stands in.
    fn innermost(&self, place: u32) -> Option<usize> {
        let at = self.begins.partition_point(|(begin, _)| *begin <= place);
        at.checked_sub(1).and_then(|at| self.begins.get(at)?.1)
    }

    /// Whether two places stand in the same branch.
    pub(super) fn is_one(&self, one: u32, other: u32) -> bool {
        self.innermost(one) == self.innermost(other)
    }

    /// Whether the branch that one place stands in goes on at another, further down.
    pub(super) fn goes_on(&self, from: u32, to: u32) -> bool {
        let innermost = self.innermost(from);
        innermost.and_then(|own| self.ends.get(own)).is_none_or(|end| to < *end)
    }
}

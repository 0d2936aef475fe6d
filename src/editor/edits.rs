//! Edits that silence a finding.

use super::{Answers, comments};
use crate::facts::{Position, Span};
use crate::loader::FileIx;
use crate::report::{Edit, Resolved, ResolvedPlace};

impl Answers<'_> {
    /// The last findings that were asked for, at a range of a file.
    pub fn findings_at(&self, path: &str, from: Position, to: Position) -> Vec<Resolved> {
        let found = self.found.borrow();
        let meets = |own: &&Resolved| {
            own.primary.path == path && own.primary.start <= to && from <= own.primary.end
        };
        found.iter().filter(meets).cloned().collect()
    }

    /// The edit that silences a finding where it stands, by a comment on a line of its own.
    pub fn silence(&self, finding: &Resolved) -> Option<Edit> {
        let (file, _) = finding.primary.source;
        let source = self.sources.get(self.graph.snapshot.role, file);
        let line = |number: u32| {
            let range = source.1.line_range(number, &source.0);
            String::from_utf8_lossy(source.0.get(range).unwrap_or_default()).into_owned()
        };
        let (open, close) = comments::marks(&finding.primary.path, &line(1))?;
        let number = finding.primary.start.line;
        // Within a line that goes on, a comment would cut it.
        if number > 1 && line(number - 1).trim_end().ends_with('\\')
            || finding.primary.path.is_empty()
        {
            return None;
        }
        let own = line(number);
        let indent = &own[..own.len() - own.trim_start().len()];
        let at = source.1.line_range(number, &source.0).start;
        let title = format!("silence `{}` here", finding.rule);
        let text = format!("{indent}{open}crosscheck: allow({}) TODO: why{close}\n", finding.rule);
        Some(Edit::new(title, self.at(file, at), text))
    }

    fn at(&self, file: FileIx, offset: usize) -> ResolvedPlace {
        self.location(file, Span::new(offset, offset))
    }
}

//! Edits that mend or silence a finding.

use super::{Answers, comments};
use crate::facts::{Position, Span};
use crate::loader::FileIx;
use crate::report::{Resolved, ResolvedPlace};

/// A text that takes the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// What it does, as a title: ``write `web::tls` ``.
    pub title: String,
    /// What it replaces; the empty place for what is put in.
    pub place: ResolvedPlace,
    /// What stands there afterwards.
    pub text: String,
}

impl Answers<'_> {
    /// The last findings that were asked for, at a range of a file.
    pub fn findings_at(&self, path: &str, from: Position, to: Position) -> Vec<Resolved> {
        let found = self.found.borrow();
        let meets = |own: &&Resolved| {
            own.primary.path == path && own.primary.start <= to && from <= own.primary.end
        };
        found.iter().filter(meets).cloned().collect()
    }

    /// The edit that writes the existing name most like one that leads nowhere.
    pub fn correction(&self, finding: &Resolved) -> Option<Edit> {
        if finding.rule != "unresolved-reference" {
            return None;
        }
        let (entity, (file, span)) = (finding.entity.as_ref()?, finding.primary.source);
        let near = self.graph.nearest(entity.kind, &entity.name)?;
        let text = respelled(&self.written(file, span), &entity.name, &near)?;
        Some(Edit {
            title: format!("write `{}`", text.trim_matches(['"', '\''])),
            place: finding.primary.clone(),
            text,
        })
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
        Some(Edit {
            title: format!("silence `{}` here", finding.rule),
            place: self.at(file, at),
            text: format!("{indent}{open}crosscheck: allow({}) TODO: why{close}\n", finding.rule),
        })
    }

    fn at(&self, file: FileIx, offset: usize) -> ResolvedPlace {
        self.location(file, Span::new(offset, offset))
    }
}

/// `text`, which names `name` in the way of its language, as it names `near`; `None` where it does
/// not end in the part that differs.
fn respelled(text: &str, name: &str, near: &str) -> Option<String> {
    let quotes = ['"', '\''];
    let inner = text.trim_end_matches(quotes);
    let closing = &text[inner.len()..];
    let shared = name.char_indices().zip(near.chars()).take_while(|((_, a), b)| a == b);
    let shared = shared.map(|((at, c), _)| at + c.len_utf8()).last().unwrap_or(0);
    let shared = name[..shared].rfind(['/', ':', '.', '#']).map_or(0, |at| at + 1);
    let (old, new) = (&name[shared..], &near[shared..]);
    let before = inner.strip_suffix(old).filter(|_| !old.is_empty())?;
    // What stands before it is the rest of the name, as far as it is written.
    let rest = before.trim_start_matches(quotes);
    let is_whole = shared > 0 || !rest.ends_with(|c: char| c.is_alphanumeric());
    is_whole.then(|| format!("{before}{new}{closing}"))
}

#[cfg(test)]
mod tests {
    use super::respelled;

    #[test]
    fn a_name_is_respelled_as_it_is_written() {
        let of = |text, name, near| respelled(text, name, near);
        assert_eq!(of("web::tsl", "web::tsl", "web::tls").as_deref(), Some("web::tls"));
        assert_eq!(of("'::web::tsl'", "web::tsl", "web::tls").as_deref(), Some("'::web::tls'"));
        let (name, near) = ("modules/web/templates/a.erb", "modules/web/templates/b.erb");
        assert_eq!(of("'web/a.erb'", name, near).as_deref(), Some("'web/b.erb'"));
        assert_eq!(of("'web/other'", name, near), None);
        assert_eq!(of("myweb", "web", "wob"), None);
    }
}

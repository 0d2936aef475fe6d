//! Formats of YAML whose keys are closed lists: what a file has no place for.

use crate::facts::{Problem, Span, Strength, nearest_of};
use crate::syntax::yaml::Node;

/// Keys of one place of a file.
pub(crate) struct Place {
    /// What the place is: `a service`.
    pub(crate) name: &'static str,
    /// The keys, with blanks between them.
    pub(crate) keys: &'static str,
    /// Keys below which further places are, with the names of those; a `*` in front of a name makes
    /// that the place of each entry or item below the key.
    pub(crate) below: &'static [(&'static str, &'static str)],
}

/// All places of a format.
pub(crate) struct Format {
    pub(crate) places: &'static [Place],
    /// Whose format it is, as in `a service of Compose`.
    pub(crate) of: &'static str,
    /// What becomes of a file with another key.
    pub(crate) refused: &'static str,
}

/// Looks at the value of a key that a place has.
pub(crate) type Values = fn(&Place, &str, &Node<'_>, &mut Vec<Problem>);

impl Format {
    /// Looks through a node that is the place of this name, and all below it.
    pub(crate) fn check(
        &self,
        name: &str,
        node: &Node<'_>,
        values: Values,
        out: &mut Vec<Problem>,
    ) {
        let Some(place) = self.places.iter().find(|own| own.name == name) else { return };
        for (key, value) in node.entries() {
            let Some(text) = key.as_str() else { continue };
            if !place.has(text) {
                self.unknown(place, node, (text, key.span), out);
                continue;
            }
            values(place, text, value, out);
            let next = place.below.iter().find(|(own, _)| *own == text).map(|(_, next)| *next);
            let Some(next) = next else { continue };
            match next.strip_prefix('*') {
                Some(next) => {
                    let each = value.entries().iter().map(|(_, own)| own).chain(value.items());
                    each.for_each(|own| self.check(next, own, values, out));
                }
                None => self.check(next, value, values, out),
            }
        }
    }

    fn unknown(
        &self,
        place: &Place,
        node: &Node<'_>,
        (text, span): (&str, Span),
        out: &mut Vec<Problem>,
    ) {
        let is_word =
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if !is_word || text.is_empty() || text.starts_with("x-") {
            return;
        }
        let near = nearest_of(text, place.keys.split_ascii_whitespace());
        let near = near.filter(|own| node.get(own).is_none());
        let elsewhere = self.places.iter().find(|own| own.has(text));
        // A version to come may know another word.
        let (help, strength) = match (&near, elsewhere) {
            (Some(near), _) => (format!("did you mean `{near}`?"), Strength::Certain),
            (None, Some(other)) => {
                (format!("{} has such a key; {}", other.name, self.refused), Strength::Certain)
            }
            (None, None) => (self.refused.to_owned(), Strength::Likely),
        };
        let message = format!("{} of {} has no key `{text}`", place.name, self.of);
        let problem = Problem::new("unknown-parameter", message, span);
        out.push(Problem { help, strength, meant: near, ..problem });
    }
}

impl Place {
    fn has(&self, key: &str) -> bool {
        self.keys.split_ascii_whitespace().any(|own| own == key)
    }
}

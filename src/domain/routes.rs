//! Routes: the paths that a service answers.
//!
//! A route is provided as `route:/wiki/*`. One that may be anything — computed, mounted from
//! elsewhere, or a framework that is not read — is `route:*`: with it, nothing is known of
//! what the service does not answer. The detail is [`Detail::Front`] for what a
//! front end answers.

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Piece, Provide, Ref, Require, Span, Strength, kinds,
};
use memchr::memmem;

/// Whether a program has a word that services in Go or Ruby have.
fn may_serve(bytes: &[u8]) -> bool {
    let words = [
        "net/http\"",
        "gin-gonic",
        "labstack/echo",
        "fasthttp",
        "gofiber",
        "inatra",
        "routes.draw",
        "Rack::",
        "run ",
        "Grape::",
        "Roda",
        "Hanami",
    ];
    words.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
}

/// Extracts from the services of one language.
pub(crate) struct Routes {
    /// Whether a file at this path may be one.
    pub claims: fn(&str) -> bool,
    /// Adds the routes of a program.
    pub read: fn(&str, &mut FileFacts),
}

impl Extractor for Routes {
    fn system(&self) -> &'static str {
        "routes"
    }

    fn claims(&self, path: &str) -> bool {
        (self.claims)(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        may_serve(bytes)
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        (self.read)(source.text, out);
    }
}

/// The routes of a program, as they are written.
#[cfg(test)]
pub(crate) fn of_text(routes: &Routes, path: &str, text: &str) -> Vec<String> {
    let mut out = FileFacts::default();
    assert!(routes.claims(path) && routes.accepts(text.as_bytes()));
    routes.extract(&Source::of(path, text), &Settings::default(), &mut out);
    out.provides.iter().map(|own| own.name.to_string()).collect()
}

/// Adds a route.
pub(crate) fn provide(
    out: &mut FileFacts,
    name: NamePattern,
    span: Span,
    detail: impl Into<Detail>,
) {
    let detail = detail.into();
    out.provides.push(Provide { kind: kinds::ROUTE, name, span, within: None, detail });
}

/// Adds the paths that the commands of a health check ask for, of its own host or of another one by
/// one word: `curl -f http://localhost:8080/health`.
pub(crate) fn probed(text: &str, span: Span, out: &mut FileFacts) {
    for (at, _) in text.match_indices("http://") {
        let rest = &text[at + 7..];
        let ends = |c: char| c.is_whitespace() || "\"'`|;&)<>".contains(c);
        let url = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let Some((host, path)) = url.split_once('/') else { continue };
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let name = host.split(':').next().unwrap_or(host);
        let is_near = !name.contains('.') || name.starts_with("127.") || name == "0.0.0.0";
        let is_plain = !path.is_empty() && !path.contains(['$', '{', '%', '*']);
        if is_near && is_plain && !name.contains(['$', '{']) {
            let target = Ref::exact(kinds::ROUTE_PROBED, format!("/{path}"));
            let require = Require::certain(target, span, "health check", None);
            out.requires.push(require.with_strength(Strength::Likely));
        }
    }
}

/// Adds that the service may answer anything.
pub(crate) fn open(out: &mut FileFacts, span: Span) {
    provide(out, NamePattern::any(), span, Detail::None);
}

/// The pattern of a route as frameworks write it: `/wiki/:page`, `/wiki/<int:page>`,
/// `/wiki/{page}`, `/wiki/*`. What is optional may be missing with the slash before it.
pub(crate) fn pattern(text: &str) -> NamePattern {
    let special = [':', '*', '{', '<', '(', '[', '?', '+', '\\', '$', '^', '|', '.'];
    let mut pieces: Vec<Piece> = Vec::new();
    for (ix, part) in text.split('/').enumerate() {
        // A dot is text, unless it belongs to an expression.
        let is_plain = !part.contains(&special[..special.len() - 1]);
        let at = if is_plain { None } else { part.find(special) };
        let optional = part.contains('?') && !part.contains("(?") && at == Some(0);
        if ix > 0 && !optional {
            pieces.push(Piece::Text("/".into()));
        }
        pieces.push(Piece::Text(part[..at.unwrap_or(part.len())].into()));
        pieces.extend(at.map(|_| Piece::Hole));
    }
    NamePattern::from_pieces(pieces)
}

/// Everything below a path: of `/x` also `/x` itself.
pub(crate) fn below(text: &str) -> NamePattern {
    let pieces = pattern(text.trim_end_matches('/')).pieces();
    NamePattern::from_pieces(pieces.into_iter().chain([Piece::Hole]))
}

/// The same route, mounted where another file says.
pub(crate) fn mounted(name: &NamePattern) -> NamePattern {
    NamePattern::from_pieces([Piece::Hole].into_iter().chain(name.pieces()))
}

/// The pattern of a regular expression: its text up to the first thing that is none.
pub(crate) fn expression(text: &str) -> NamePattern {
    let own = text.strip_prefix('^').unwrap_or(text);
    let own = own.replace("\\.", ".").replace("\\/", "/").replace("\\-", "-");
    let end = own.find(|c: char| "\\[](){}*+?|$^".contains(c)).unwrap_or(own.len());
    // What a quantifier follows is one of many, or missing.
    let quantified = own[end..].starts_with(['*', '+', '?', '{']) && end > 0;
    let mut prefix = &own[..end];
    if quantified {
        prefix = &prefix[..prefix.char_indices().last().map_or(0, |(at, _)| at)];
    }
    let has_choice = own.contains('|') && !own.contains('(');
    let first = Piece::Text(if has_choice { "".into() } else { prefix.into() });
    let start = (!text.starts_with('^')).then_some(Piece::Hole);
    let ends = own[end..] == *"$" && !has_choice;
    NamePattern::from_pieces(start.into_iter().chain([first]).chain((!ends).then_some(Piece::Hole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_frameworks() {
        let shown = |text: &str| pattern(text).to_string();
        assert_eq!(shown("/wiki/:page"), "/wiki/*");
        assert_eq!(shown("/wiki/<int:page>/raw"), "/wiki/*/raw");
        assert_eq!(shown("/v{n}/x.json"), "/v*/x.json");
        assert_eq!(shown("/wiki/:page?"), "/wiki*");
        assert_eq!(below("/static/").to_string(), "/static*");
        assert_eq!(mounted(&pattern("/a")).to_string(), "*/a");
    }

    #[test]
    fn expressions() {
        let shown = |text: &str| expression(text).to_string();
        assert_eq!(shown("^/wiki/$"), "/wiki/");
        assert_eq!(shown("^/wiki/(.*)$"), "/wiki/*");
        assert_eq!(shown("^/api?/x"), "/ap*");
        assert_eq!(shown("^\\/x.+"), "/x*");
        assert_eq!(shown("/x"), "*/x*");
        assert_eq!(shown("^a|^b"), "*");
        assert_eq!(shown("^/(a|b)$"), "/*");
    }
}

//! Pages that services render: their names, the pages that they take in, and the paths that
//! their links and forms ask for.

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Ref, Relation, Require, Span, Strength, kinds,
};
use rustc_hash::FxHashSet;

/// Extracts from templates of pages.
pub(crate) struct Pages;

/// Folders that frameworks render from.
const FOLDERS: [&str; 2] = ["templates/", "views/"];

/// How many links of one page are noted.
const MOST: usize = 1000;

/// The name by which a service renders the page at `path`.
fn name_of(path: &str) -> Option<&str> {
    if !is_page(path) {
        return None;
    }
    let below = |folder: &&str| {
        let at = path.rfind(*folder)?;
        (at == 0 || path[..at].ends_with('/')).then(|| &path[at + folder.len()..])
    };
    FOLDERS.iter().find_map(below)
}

fn is_page(name: &str) -> bool {
    [".html", ".htm", ".twig"].iter().any(|end| name.ends_with(end))
}

impl Extractor for Pages {
    fn system(&self) -> &'static str {
        "page"
    }

    fn claims(&self, path: &str) -> bool {
        name_of(path).is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Some(name) = name_of(source.path) else { return };
        out.provides.push(Provide {
            kind: kinds::PAGE,
            name: NamePattern::exact(name),
            span: Span::default(),
            within: None,
            detail: Detail::None,
        });
        let mut known = FxHashSet::default();
        for (word, end) in [("href=", '"'), ("href=", '\''), ("action=", '"'), ("action=", '\'')] {
            let start = format!("{word}{end}/");
            for (at, _) in source.text.match_indices(&start).take(MOST) {
                let from = at + start.len() - 1;
                let text = &source.text[from..];
                let text = &text[..text.find(end).unwrap_or(0)];
                if let Some(path) = asked(text).filter(|path| known.insert(*path)) {
                    let target = Ref::exact(kinds::WEB_LINK, path);
                    let span = Span::new(from, from + text.len());
                    out.requires.push(expected(target, span, "link"));
                }
            }
        }
        for word in ["extends", "include", "import", "from", "embed"] {
            let start = format!("{{% {word} ");
            for (at, _) in source.text.match_indices(&start).take(MOST) {
                let from = at + start.len() + 1;
                let Some(text) = source.text.get(from..) else { continue };
                let quote = source.bytes[from - 1];
                let Some(end) = text.find(char::from(quote)).filter(|_| is_quote(quote)) else {
                    continue;
                };
                // `{% include "a.html" ignore missing %}`.
                let rest = text[end..].split("%}").next().unwrap_or_default();
                let own = rendered(&text[..end], Span::new(from, from + end), word);
                out.requires.extend(own.filter(|_| !rest.contains("ignore missing")));
            }
        }
    }
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

/// The path that a link asks a service for; `None` where it is another host's, or built.
fn asked(text: &str) -> Option<&str> {
    let path = text.split(['?', '#']).next().unwrap_or(text);
    let is_plain = !path.contains(['{', '<', '$', '%', ' ']) && !path.starts_with("//");
    (is_plain && path.len() > 1).then_some(path)
}

/// The page that `name` has rendered by `via`.
pub(crate) fn rendered(name: &str, span: Span, via: &'static str) -> Option<Require> {
    let is_plain = !name.contains(['{', ' ', '$', '\n']);
    (is_page(name) && is_plain).then(|| {
        let require = expected(Ref::exact(kinds::PAGE, name), span, via);
        Require { relation: Relation::Awaits, ..require }
    })
}

fn expected(target: Ref, span: Span, via: &'static str) -> Require {
    let require = Require::certain(target, span, Relation::Expects.called(via), None);
    require.with_strength(Strength::Guarded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_names_links_and_parts() {
        let text = "{% extends \"base.html\" %}{% include 'a/b.html' %}{% include x %}\n<a href=\"/tools/upload?x=1#y\"> <a href='/tools/upload'> <a href=\"//cdn/x\"> <a href=\"/a/{{ b }}\">\n<form action='/tools/import'>";
        let mut out = FileFacts::default();
        assert!(Pages.claims("app/templates/t/x.html") && !Pages.claims("docs/x.html"));
        Pages.extract(&Source::of("app/templates/t/x.html", text), &Settings::default(), &mut out);
        assert_eq!(out.provides[0].name.to_string(), "t/x.html");
        let found: Vec<String> =
            out.requires.iter().map(|own| own.any_of[0].entity().to_string()).collect();
        assert_eq!(
            found,
            ["web.link:/tools/upload", "web.link:/tools/import", "page:base.html", "page:a/b.html"]
        );
    }
}

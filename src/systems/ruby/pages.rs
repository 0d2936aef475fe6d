//! Partials that pages of Rails render.
//!
//! A gem may bring a partial, so that only what went is missed.
//!
//! (Source: Rails' guide "Layouts and Rendering in Rails", "Using Partials".)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    FileFacts, NamePattern, Piece, Ref, Require, Span, Strength, kinds, parent_folder, split_path,
};
use smallvec::SmallVec;

/// Reads templates of pages.
pub(super) struct Partials;

/// Where Rails keeps its pages.
const VIEWS: &str = "app/views/";

/// Endings of pages.
const ENDINGS: [&str; 5] = [".erb", ".haml", ".slim", ".builder", ".jbuilder"];

/// Folders of pages that gems bring, and trees replace.
const OF_GEMS: [&str; 8] = [
    "active_admin",
    "application",
    "devise",
    "doorkeeper",
    "kaminari",
    "layouts",
    "spree",
    "will_paginate",
];

/// How many partials of one page are noted.
const MOST: usize = 500;

impl Extractor for Partials {
    fn system(&self) -> &'static str {
        "ruby"
    }

    fn claims(&self, path: &str) -> bool {
        root(path).is_some() && ENDINGS.iter().any(|ending| path.ends_with(ending))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Some(root) = root(source.path) else { return };
        let from = parent_folder(source.path);
        for (at, word) in source.text.match_indices("render").take(MOST) {
            let before = source.text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_ascii_alphanumeric() || "_.:@\"'".contains(c)) {
                continue;
            }
            let Some((name, start)) = rendered(&source.text[at + word.len()..]) else { continue };
            let start = at + word.len() + start;
            let span = Span::new(start, start + name.len());
            let (folder, base) = split_path(name);
            let (folders, strength): (Vec<String>, _) = match folder {
                // Those of the controllers that this one descends from, too.
                "" => (vec![from.to_owned(), format!("{root}application")], Strength::Likely),
                own => {
                    let first = own.split('/').next().unwrap_or(own);
                    let strength = match OF_GEMS.contains(&first) {
                        true => Strength::Likely,
                        false => Strength::Certain,
                    };
                    (vec![format!("{root}{own}")], strength)
                }
            };
            let any_of: SmallVec<[Ref; 1]> = folders
                .into_iter()
                .map(|folder| {
                    let text = Piece::Text(format!("{folder}/_{base}.").into());
                    let name = NamePattern::from_pieces([text, Piece::Hole]);
                    Ref::new(kinds::PAYLOAD_FILE, name)
                })
                .collect();
            let require = Require::any_of(any_of, span, "render", None);
            out.requires.push(require.with_strength(strength));
        }
    }
}

/// The folder of the pages that the one at `path` is among, up to its slash.
fn root(path: &str) -> Option<&str> {
    let at = path.rfind(VIEWS).filter(|at| *at == 0 || path[..*at].ends_with('/'))?;
    Some(&path[..at + VIEWS.len()])
}

/// `'a/b'`, `partial: "a/b"`, `(partial: 'a/b')` behind `render`, and where that stands.
fn rendered(rest: &str) -> Option<(&str, usize)> {
    let mut own = rest.trim_start_matches([' ', '(']);
    if own.len() == rest.len() {
        return None;
    }
    for key in ["partial:", ":partial =>"] {
        own = own.strip_prefix(key).map_or(own, str::trim_start);
    }
    let quote = own.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = &own[1..];
    let name = &inner[..inner.find(quote)?];
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_/-".contains(&byte);
    let is_plain = !name.is_empty() && name.bytes().all(is_part) && !name.starts_with('/');
    // A text that goes on is another one.
    let after = inner[name.len() + 1..].trim_start();
    let goes_on = after.starts_with('+') || after.starts_with('%') && !after.starts_with("%>");
    (is_plain && !goes_on).then_some((name, rest.len() - inner.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partials_by_their_names() {
        let text = "<%= render 'shared/a' %>\n<%= render partial: \"b\", x: 1 %>\n<%= render(@c) %>\n<%= render 'd/' + x %>\n<%= prerender 'e' %>\n= render \"f/#{g}\"\n<%= render(partial: 'devise/h') %>";
        let mut out = FileFacts::default();
        let path = "web/app/views/posts/show.html.erb";
        assert!(Partials.claims(path) && !Partials.claims("app/views/a.html"));
        Partials.extract(&Source::of(path, text), &Settings::default(), &mut out);
        let shown = out.requires.iter().map(|own| {
            let names: Vec<String> = own.any_of.iter().map(|own| own.name.to_string()).collect();
            format!("{} {:?} {}", names.join(" "), own.strength, &text[own.span.range()])
        });
        let shown: Vec<String> = shown.collect();
        assert_eq!(
            shown,
            [
                "web/app/views/shared/_a.* Certain shared/a",
                "web/app/views/posts/_b.* web/app/views/application/_b.* Likely b",
                "web/app/views/devise/_h.* Likely devise/h"
            ]
        );
    }
}

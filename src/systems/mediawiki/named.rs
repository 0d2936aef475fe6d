//! What PHP of MediaWiki names of registrations: modules, messages, services, settings.
//!
//! (Sources: MediaWiki's `OutputPage::addModules`, `MessageLocalizer::msg`, `ServiceContainer`,
//! `Config::get`; its manual, "ResourceLoader", "Dependency Injection".)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Provide, Ref, Require, Standing, Strength, base_name,
    kinds,
};
use crate::syntax::php::{Kind as Of, Token, tokens};
use memchr::memmem;
use rustc_hash::FxHashSet;

/// Extracts them.
pub(super) struct Named;

/// Words without which a file names none of them.
const WORDS: [&str; 8] = [
    "addModule",
    "getConfig",
    "wfMessage",
    "->msg",
    "MediaWikiServices",
    "ResourceModules",
    "addWikiMsg",
    "ResourceLoader",
];

/// How many names of one file are noted.
const MOST: usize = 2000;

impl Extractor for Named {
    fn system(&self) -> &'static str {
        "mediawiki"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".php") && Standing::of(path).is_live()
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        WORDS.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let (tokens, _) = tokens(source.text);
        let wires = base_name(source.path).contains("ServiceWiring");
        let mut known = FxHashSet::default();
        for (ix, token) in tokens.iter().enumerate() {
            if token.kind != Of::Literal || known.len() > MOST {
                continue;
            }
            if is_key(&tokens, ix) {
                let kind = match () {
                    () if wires => kinds::MEDIAWIKI_SERVICE,
                    () if is_module(token.text) => kinds::MEDIAWIKI_MODULE,
                    () => continue,
                };
                provide(kind, token, out);
                continue;
            }
            let Some((kind, via, strength)) = asked(&tokens, ix) else { continue };
            if known.insert((kind, token.text)) {
                let target = Ref::exact(kind, token.text);
                let require = Require::certain(target, token.span, via, None);
                out.requires.push(require.with_strength(strength));
            }
        }
    }
}

fn provide(kind: Kind, token: &Token<'_>, out: &mut FileFacts) {
    let name = NamePattern::exact(token.text);
    let (span, detail) = (token.span, Detail::None);
    out.provides.push(Provide { kind, name, span, within: None, detail });
}

/// `'x' =>`, `['x'] =`.
fn is_key(tokens: &[Token<'_>], ix: usize) -> bool {
    let is = |at: usize, text: &str| {
        tokens.get(at).is_some_and(|own| own.kind == Of::Punct && own.text == text)
    };
    is(ix + 1, "=>") || is(ix + 1, "]") && is(ix + 2, "=")
}

/// As in `ext.own.part`.
fn is_module(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    text.contains('.') && text.chars().all(is_part) && !text.ends_with(".php")
}

/// What a text names that is handed to a method.
fn asked(tokens: &[Token<'_>], ix: usize) -> Option<(Kind, &'static str, Strength)> {
    let text = tokens.get(ix)?.text;
    let next = tokens.get(ix + 1)?;
    // What goes on is computed.
    if next.kind != Of::Punct || !matches!(next.text, ")" | "," | "]") {
        return None;
    }
    let mut at = ix.checked_sub(1)?;
    // `addModules( [ 'a', 'b' ] )`.
    let mut back = 0;
    while matches!(tokens[at].text, "," | "[") || tokens[at].kind == Of::Literal {
        back += 1;
        at = at.checked_sub(1).filter(|_| back < 100)?;
    }
    if tokens[at].text != "(" {
        return None;
    }
    let name = tokens.get(at.checked_sub(1)?)?;
    let is_first = back == 0;
    let is_arrow = at >= 2 && matches!(tokens[at - 2].text, "->" | "?->");
    match name.text {
        "addModules" | "addModuleStyles" if is_arrow => {
            Some((kinds::MEDIAWIKI_MODULE, "addModules", Strength::Likely))
        }
        "msg" | "addWikiMsg" if is_arrow && is_first => {
            Some((kinds::MEDIAWIKI_MESSAGE, "msg", Strength::Likely))
        }
        "wfMessage" if is_first => Some((kinds::MEDIAWIKI_MESSAGE, "wfMessage", Strength::Likely)),
        "getService" if is_arrow && is_first => {
            Some((kinds::MEDIAWIKI_SERVICE, "getService", Strength::Certain))
        }
        "get" if is_arrow && is_first && text.contains('.') => {
            Some((kinds::MEDIAWIKI_SERVICE, "get", Strength::Certain))
        }
        "get" if is_arrow && is_first && is_setting(text) => {
            Some((kinds::MEDIAWIKI_CONFIG, "get", Strength::Certain))
        }
        _ => None,
    }
}

/// As in `OwnLimit`.
fn is_setting(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_registrations() {
        let text = "<?php\n$out->addModules( [ 'ext.a', 'ext.b' ] );\n$this->msg( 'a-b' )->x();\n$c->get( 'OwnLimit' );\nMediaWikiServices::getInstance()->get( 'Own.Store' );\n$r->register( [ 'ext.c' => [] ] );\nwfMessage( 'a-' . $x );\n";
        let mut out = FileFacts::default();
        Named.extract(&Source::of("src/A.php", text), &Settings::default(), &mut out);
        let all: Vec<String> =
            out.requires.iter().map(|own| own.any_of[0].entity().to_string()).collect();
        assert_eq!(
            all,
            [
                "mediawiki.module:ext.a",
                "mediawiki.module:ext.b",
                "mediawiki.message:a-b",
                "mediawiki.config:OwnLimit",
                "mediawiki.service:Own.Store"
            ]
        );
        assert_eq!(out.provides[0].name.to_string(), "ext.c");
    }
}

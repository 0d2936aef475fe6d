//! Names that modules of Perl have for others, and those that scripts ask them for.
//!
//! (Source: Exporter.)

use super::modules::{file_of, module};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, Entity, FileFacts, NamePattern, Piece, Provide, Ref, Require, Span, Strength, kinds,
};
use crate::graph::{Graph, Resolution, Resolver};
use crate::syntax::shebang::Interpreter;

/// Reads lists of exports, and what lines of `use` ask for.
pub(super) struct Exports;

/// How much of a list is read.
const LENGTH: usize = 8192;

impl Extractor for Exports {
    fn system(&self) -> &'static str {
        "perl"
    }

    fn claims(&self, path: &str) -> bool {
        super::modules::Modules.claims(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        [&b"use "[..], b"@EXPORT"].iter().any(|own| memchr::memmem::find(bytes, own).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let is_named = [".pl", ".pm"].iter().any(|ending| source.path.ends_with(ending));
        if !is_named && source.interpreter() != Some(Interpreter::Perl) {
            return;
        }
        let mut package = None;
        for (start, line) in source.lines() {
            let code = line.trim_start();
            let at = start + line.len() - code.len();
            if code.starts_with("__END__") {
                break;
            }
            if let Some(rest) = code.strip_prefix("package ") {
                package = Some(module(rest.trim_start()));
            } else if let Some(rest) = code.strip_prefix("use ") {
                asked(source, rest, at + 4, out);
            } else if let Some(own) = package
                && code.contains("@EXPORT")
                && !code.trim_start_matches("our ").starts_with('%')
            {
                exported(source, own, at, code, out);
            }
        }
    }
}

/// The words of a list that begins at `at`, each with where it stands: `qw(a b)`, `('a', "b")`.
/// `None` where some of it is computed.
fn words(text: &str, at: usize) -> Option<Vec<(&str, usize)>> {
    let mut end = (at + LENGTH).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let rest = text.get(at..end)?;
    let skipped = rest.len() - rest.trim_start_matches([' ', '\t', '(']).len();
    let own = &rest[skipped..];
    let mut found = Vec::new();
    let mut push = |part: &'_ str, from: usize| found.push((from, part.len()));
    if let Some(list) = own.strip_prefix("qw") {
        let open = list.trim_start().chars().next()?;
        let close = match open {
            '(' => ')',
            '[' => ']',
            '{' => '}',
            '<' => '>',
            other => other,
        };
        let from = skipped + 2 + list.find(open)? + open.len_utf8();
        let inner = &rest[from..from + rest[from..].find(close)?];
        // What is joined to it may be anything.
        let after = rest[from + inner.len() + close.len_utf8()..].trim_start_matches([' ', ')']);
        if !after.starts_with(';') {
            return None;
        }
        let mut place = from;
        for part in inner.split(char::is_whitespace) {
            if !part.is_empty() {
                push(part, at + place);
            }
            place += part.len();
            place += rest[place..].chars().next().map_or(0, char::len_utf8);
        }
    } else {
        let inner = &own[..own.find(';')?];
        let mut place = skipped;
        for (ix, part) in inner.split(['\'', '"']).enumerate() {
            let is_between = part.chars().all(|c| c.is_whitespace() || ",()".contains(c));
            match ix % 2 {
                1 => push(part, at + place),
                _ if !is_between => return None,
                _ => {}
            }
            place += part.len() + 1;
        }
    }
    Some(
        found
            .into_iter()
            .filter_map(|(from, len)| Some((text.get(from..from + len)?, from)))
            .collect(),
    )
}

/// `our @EXPORT_OK = …;`, `push @EXPORT, …`.
fn exported(source: &Source<'_>, package: &str, at: usize, code: &str, out: &mut FileFacts) {
    let equals = code.find('=').filter(|_| !code.contains("push") && !package.is_empty());
    let names = equals.and_then(|from| words(source.text, at + from + 1));
    let mut provide = |name: NamePattern, span| {
        let kind = kinds::PERL_NAME;
        out.provides.push(Provide { kind, name, span, within: None, detail: Detail::None });
    };
    match names {
        Some(names) => names.into_iter().for_each(|(name, at)| {
            let full = format!("{package}#{}", name.trim_start_matches('&'));
            provide(NamePattern::exact(full), Span::new(at, at + name.len()));
        }),
        // It may have any.
        None => {
            let own = Piece::Text(format!("{package}#").into());
            provide(NamePattern::from_pieces([own, Piece::Hole]), Span::new(at, at + code.len()));
        }
    }
}

/// `A::B qw(c d);` behind `use`.
fn asked(source: &Source<'_>, rest: &str, at: usize, out: &mut FileFacts) {
    let name = module(rest);
    if !name.contains("::") {
        return;
    }
    for (own, from) in words(source.text, at + name.len()).unwrap_or_default() {
        let bare = own.trim_start_matches('&');
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_$@%".contains(c);
        let is_word = bare.starts_with(|c: char| !c.is_ascii_digit()) && bare.chars().all(is_name);
        if is_word {
            let target = Ref::exact(kinds::PERL_NAME, format!("{name}#{bare}"));
            let span = Span::new(from, from + own.len());
            let require = Require::certain(target, span, "use", None);
            out.requires.push(require.with_strength(Strength::Certain));
        }
    }
}

/// A name of a module that is not here is no matter of its own.
pub(super) struct Names;

impl Resolver for Names {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((name, _)) = target.name.as_exact().and_then(|own| own.split_once('#')) else {
            return Resolution::Elsewhere;
        };
        let sites = graph.matching(kinds::PERL_NAME, &target.name);
        match sites.is_empty() {
            false => Resolution::Found(sites),
            true if file_of(graph, name).is_none() => Resolution::Elsewhere,
            true => Resolution::Open(Entity::new(kinds::PERL_NAME, target.name.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let mut out = FileFacts::default();
        Exports.extract(&Source::of(path, text), &Settings::default(), &mut out);
        let provides = out.provides.iter().map(|own| own.name.to_string()).collect();
        let requires = out.requires.iter().map(|own| own.any_of[0].name.to_string()).collect();
        (provides, requires)
    }

    #[test]
    fn what_modules_have_and_scripts_ask_for() {
        let text = "package A::B;\nour @EXPORT_OK = qw(c\n  $d);\nour @EXPORT = ('e', \"&f\");\nour %EXPORT_TAGS = (all => \\@EXPORT);\n1;\n";
        assert_eq!(of("lib/A/B.pm", text).0, ["A::B#c", "A::B#$d", "A::B#e", "A::B#f"]);
        let text = "package A::B;\nour @EXPORT_OK = (@X, 'c');\n";
        assert_eq!(of("lib/A/B.pm", text).0, ["A::B#*"]);
        let text = "use A::B qw(c $d :all);\nuse E::F 1.2 'g';\nuse H::I ('j', \"k\");\nuse strict 'refs';\nuse L::M;\n";
        assert_eq!(of("bin/x.pl", text).1, ["A::B#c", "A::B#$d", "H::I#j", "H::I#k"]);
    }
}

//! What modules of JavaScript and TypeScript export by name, and what others import of that.
//!
//! (Sources: ECMAScript, "Modules"; TypeScript's handbook, "Modules", "Module Resolution".)

use super::tokens::{Kind, Token};
use crate::extract::Source;
use crate::facts::{
    Detail, FileFacts, NamePattern, Piece, Provide, Ref, Require, Scope, Span, Strength, kinds,
};
use rustc_hash::FxHashSet;

/// Words before a declaration.
const BEFORE: [&str; 4] = ["declare", "abstract", "async", "default"];
/// Words that declare one name.
const DECLARES: [&str; 7] =
    ["class", "enum", "function", "interface", "module", "namespace", "type"];

/// Adds what the module exports. Lines alone tell: what a text or an element of a page does to
/// tokens then matters to none of them.
pub(super) fn exports(source: &Source<'_>, out: &mut FileFacts) {
    let mut found = Found { path: source.path, known: FxHashSet::default(), out };
    for (start, line) in source.lines() {
        let code = line.trim_start();
        let Some(rest) = code.strip_prefix("export") else { continue };
        if rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "_$.:".contains(c)) {
            continue;
        }
        let at = start + line.len() - rest.len();
        found.statement(source.text, at);
    }
    let old_ways = ["module.exports", "exports.", "exports[", "exports,", "__export"];
    if old_ways.iter().any(|own| source.text.contains(own)) {
        found.any(0);
    }
}

struct Found<'f, 's> {
    path: &'s str,
    known: FxHashSet<String>,
    out: &'f mut FileFacts,
}

impl Found<'_, '_> {
    fn name(&mut self, name: &str, at: usize) {
        if name.is_empty() || !self.known.insert(name.to_owned()) {
            return;
        }
        let full = NamePattern::exact(format!("{}#{name}", self.path));
        self.provide(full, Span::new(at, at + name.len()));
    }

    /// It has names that are not told.
    fn any(&mut self, at: usize) {
        if self.known.insert("*".to_owned()) {
            let own = Piece::Text(format!("{}#", self.path).into());
            self.provide(NamePattern::from_pieces([own, Piece::Hole]), Span::new(at, at));
        }
    }

    fn provide(&mut self, name: NamePattern, span: Span) {
        let kind = kinds::JS_EXPORT;
        self.out.provides.push(Provide { kind, name, span, within: None, detail: Detail::None });
    }

    /// What stands behind `export`, from `at` on.
    fn statement(&mut self, text: &str, mut at: usize) {
        loop {
            let (from, word) = word(text, at);
            let after = from + word.len();
            match word {
                "" => return self.marked(text, from),
                "default" => {
                    self.name("default", from);
                    // The name of what is declared so is its own affair.
                    return;
                }
                "const" | "let" | "var" => {
                    let (_, next) = self::word(text, after);
                    match next {
                        "enum" => at = after,
                        _ => return self.variables(text, after),
                    }
                }
                // `export type { A }`, `export type A =`.
                "type" if text[after..].trim_start().starts_with(['{', '*']) => at = after,
                "import" | "as" => return self.any(from),
                own if DECLARES.contains(&own) => {
                    let (from, name) = self::word(text, star(text, after));
                    return self.name(name, from);
                }
                own if BEFORE.contains(&own) => at = after,
                _ => return,
            }
        }
    }

    /// `{ a, b as c }`, `* as d`, `*`, `= e`.
    fn marked(&mut self, text: &str, at: usize) {
        let rest = &text[at..];
        if let Some(inner) = rest.strip_prefix('{') {
            let end = inner.find('}').unwrap_or(inner.len());
            let mut from = at + 1;
            for part in inner[..end].split(',') {
                let own = part.lines().map(|line| line.split("//").next().unwrap_or_default());
                let plain: String = own.collect::<Vec<_>>().join(" ");
                let last = plain.split_whitespace().next_back().unwrap_or_default();
                let place = part.rfind(last).map_or(from, |at| from + at);
                if last.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'$') {
                    self.name(last, place);
                }
                from += part.len() + 1;
            }
            return;
        }
        if let Some(rest) = rest.strip_prefix('*') {
            let (from, own) = word(text, text.len() - rest.len());
            let (place, name) = word(text, from + own.len());
            match own {
                "as" => return self.name(name, place),
                _ => return self.any(at),
            }
        }
        if rest.starts_with(['=', '@']) {
            self.any(at);
        }
    }

    /// `a = 1, b = 2`, `{ a, b: c } = x`, `[a] = x`.
    fn variables(&mut self, text: &str, at: usize) {
        let rest = &text[at..];
        let rest = &rest[..rest.len().min(rest.find(['\n', ';']).unwrap_or(rest.len()))];
        let first = rest.trim_start();
        if first.starts_with(['{', '[']) {
            let close = if first.starts_with('{') { '}' } else { ']' };
            let from = text.len() - text[at..].trim_start().len();
            let inner = &text[from + 1..];
            let inner = &inner[..inner.find(close).unwrap_or(inner.len())];
            if inner.contains(['{', '[', '=', '.']) {
                return self.any(at);
            }
            for part in inner.split(',') {
                let own = part.rsplit(':').next().unwrap_or(part).trim();
                let place = from + 1 + (own.as_ptr() as usize - inner.as_ptr() as usize);
                self.name(own, place);
            }
            return;
        }
        let (from, name) = word(text, at);
        self.name(name, from);
        // More of them on the line, or what looks like it.
        for (comma, _) in rest.match_indices(',') {
            let (from, name) = word(text, at + comma + 1);
            let after = text[from + name.len()..].trim_start();
            if after.starts_with('=') && !after.starts_with("=>") || after.starts_with(':') {
                self.name(name, from);
            }
        }
    }
}

/// Behind the star of a generator.
fn star(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let own = rest.trim_start();
    if own.starts_with('*') { at + rest.len() - own.len() + 1 } else { at }
}

/// The word from `at` on, behind blanks, and where it stands; empty at a mark.
fn word(text: &str, at: usize) -> (usize, &str) {
    let rest = text.get(at..).unwrap_or_default();
    let own = rest.trim_start();
    let start = at + rest.len() - own.len();
    let end =
        own.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(own.len());
    (start, &own[..end])
}

/// How many names of others are noted.
const MOST: usize = 1000;

/// Adds the names that the module takes from others: `import a, { b as c } from './x'`,
/// `export { d } from './y'`.
pub(super) fn imported(source: &Source<'_>, tokens: &[Token<'_>], out: &mut FileFacts) {
    let scope = Scope::of(source.path);
    let mut known = FxHashSet::default();
    for (ix, token) in tokens.iter().enumerate() {
        let is_from = token.kind == Kind::Text && ix > 0 && tokens[ix - 1].text == "from";
        if !is_from || !may_be_own(token.text) {
            continue;
        }
        for (name, at, strength) in names(tokens, ix - 1) {
            let full = format!("{}#{name}", token.text);
            if known.len() < MOST && known.insert(full.clone()) {
                let target = Ref::exact(kinds::JS_EXPORT, full).seen_from(scope.clone());
                let span = Span::new(at, at + name.len());
                let require = Require::certain(target, span, "import", None);
                out.requires.push(require.with_strength(strength));
            }
        }
    }
}

/// Whether a module's name may mean one of the tree.
fn may_be_own(name: &str) -> bool {
    let is_asset = [".css", ".scss", ".less", ".svg", ".png", ".json", ".vue", ".svelte"];
    (name.starts_with(['.', '@', '~', '#']) || name.starts_with("src/"))
        && !is_asset.iter().any(|ending| name.ends_with(ending))
        && !name.contains(['?', '!'])
}

/// The names of the clause that ends at `from`, by which the other module has them.
fn names<'t>(tokens: &[Token<'t>], from: usize) -> Vec<(&'t str, usize, Strength)> {
    let mut out = Vec::new();
    let mut at = from;
    let mut weight = Strength::Certain;
    let is = |at: usize, text: &str| {
        tokens.get(at).is_some_and(|own| own.kind != Kind::Text && own.text == text)
    };
    // To the word that begins it.
    let start = loop {
        let Some(before) = at.checked_sub(1) else { return out };
        at = before;
        if is(at, "import") || is(at, "export") {
            break at;
        }
        let own = &tokens[at];
        let is_part = own.kind == Kind::Name || matches!(own.text, "{" | "}" | "," | "*");
        if !is_part || own.kind == Kind::Text || from - at > 2000 {
            return out;
        }
    };
    at = start + 1;
    // Types are gone before the program runs; what checks them may not be part of a build.
    if is(at, "type") && (is(at + 1, "{") || !is(at + 1, "from") && !is(at + 1, ",")) {
        weight = Strength::Likely;
        at += 1;
    }
    let is_import = is(start, "import");
    if is_import && tokens.get(at).is_some_and(|own| own.kind == Kind::Name) {
        out.push(("default", tokens[at].start, weight));
        at += 1 + usize::from(is(at + 1, ","));
    }
    if !is(at, "{") {
        return out;
    }
    at += 1;
    while at < from && !is(at, "}") {
        let mut own = weight;
        if is(at, "type") && !is(at + 1, ",") && !is(at + 1, "}") && !is(at + 1, "as") {
            own = Strength::Likely;
            at += 1;
        }
        if tokens[at].kind == Kind::Name {
            out.push((tokens[at].text, tokens[at].start, own));
        }
        while at < from && !is(at, ",") && !is(at, "}") {
            at += 1;
        }
        at += usize::from(is(at, ","));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let source = Source::of("src/a.ts", text);
        let mut out = FileFacts::default();
        exports(&source, &mut out);
        imported(&source, &tokens(text), &mut out);
        let spelled = |own: &Provide| text[own.span.range()].to_owned();
        let all = out.provides.iter().map(|own| {
            let name = own.name.to_string();
            let name = name.trim_start_matches("src/a.ts#").to_owned();
            assert!(name == "*" || name == "default" || name == spelled(own), "{name}");
            name
        });
        let asked =
            out.requires.iter().map(|own| format!("{} {:?}", own.any_of[0].name, own.strength));
        all.chain(asked).collect()
    }

    #[test]
    fn names_that_a_module_has() {
        let text = "export const a = 1, b = 2;\nexport function* c() {}\nexport abstract class D {}\nexport type E = string;\nexport { f, g as h, // no\n  type I } from './x';\nexport default class J {}\nexport const enum K { L }\n  export const { m, n: o } = p;\nexport * as q from './y';\n// export r\nexporter();\n";
        let own: Vec<String> = of(text).into_iter().filter(|own| !own.contains(' ')).collect();
        assert_eq!(own, ["a", "b", "c", "D", "E", "f", "h", "I", "default", "K", "m", "o", "q"]);
        assert_eq!(of("export * from './x'"), ["*"]);
        assert_eq!(of("module.exports = {}"), ["*"]);
    }

    #[test]
    fn names_that_a_module_takes() {
        let text = "import a, { b as c, type D } from './x';\nimport type { E } from '@/y';\nimport * as f from './z';\nimport g from 'react';\nexport { h } from '../w';\nimport './s.css';\nconst from = 'x';\n";
        let own: Vec<String> = of(text).into_iter().filter(|own| own.contains('#')).collect();
        assert_eq!(
            own,
            [
                "./x#default Certain",
                "./x#b Certain",
                "./x#D Likely",
                "@/y#E Likely",
                "../w#h Certain"
            ]
        );
    }
}

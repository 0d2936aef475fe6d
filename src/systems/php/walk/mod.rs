//! The pass over a PHP file's tokens.

use super::fold::{Constants, balanced, fold};
use crate::extract::Source;
use crate::facts::{
    FileFacts, NamePattern, Provide, Ref, Relation, Require, Span, Strength, Via, kinds,
};
use crate::syntax::php::{Kind, Token};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

mod classes;
mod commands;
mod paths;
mod settings;

/// Settings of this prefix are configuration of the site itself.
const SETTING_PREFIXES: &[&str] = &["wmg", "wmf"];

pub(super) struct Walk<'f, 'a> {
    source: &'f Source<'a>,
    tokens: &'f [Token<'a>],
    out: &'f mut FileFacts,
    constants: Constants,
    /// Array literals by variable: each entry's key and value.
    arrays: FxHashMap<&'a str, Vec<Entry<'a>>>,
    namespace: SmolStr,
    /// `use` aliases: lower-case alias → full name.
    imports: FxHashMap<String, SmolStr>,
    /// Token ranges whose references are guarded: `(end index)` stack.
    guards: Vec<usize>,
    /// Parameters named like settings, each until its function's end.
    parameters: Vec<(usize, Vec<&'a str>)>,
    /// Paths and classes that the file asks about before: `file_exists( … )`.
    asked: FxHashSet<NamePattern>,
    /// The file overlays its namesake without `-labs`.
    overlay: bool,
    /// Where the body of the class that was met last ends.
    body_end: usize,
}

/// An entry of an array literal.
#[derive(Clone)]
struct Entry<'a> {
    key: Option<Token<'a>>,
    value: Token<'a>,
}

impl<'f, 'a> Walk<'f, 'a> {
    pub fn new(source: &'f Source<'a>, tokens: &'f [Token<'a>], out: &'f mut FileFacts) -> Self {
        let stem = source.path.rsplit('/').next().unwrap_or_default();
        let overlay = stem.contains("-labs") || stem.contains("-beta") || stem.contains("-staging");
        Self {
            source,
            tokens,
            out,
            constants: Constants::default(),
            arrays: FxHashMap::default(),
            namespace: SmolStr::default(),
            imports: FxHashMap::default(),
            guards: Vec::new(),
            parameters: Vec::new(),
            asked: FxHashSet::default(),
            overlay,
            body_end: 0,
        }
    }

    fn at(&self, ix: usize) -> Option<&'f Token<'a>> {
        self.tokens.get(ix)
    }

    fn punct(&self, ix: usize, text: &str) -> bool {
        self.at(ix).is_some_and(|token| token.kind == Kind::Punct && token.text == text)
    }

    fn name(&self, ix: usize) -> Option<&'a str> {
        self.at(ix).filter(|token| token.kind == Kind::Name).map(|token| token.text)
    }

    fn strength(&self) -> Strength {
        if self.guards.is_empty() { Strength::Certain } else { Strength::Guarded }
    }

    pub fn file(&mut self) {
        self.learn();
        let mut ix = 0;
        while ix < self.tokens.len() {
            while self.guards.last().is_some_and(|end| *end <= ix) {
                self.guards.pop();
            }
            self.parameters.retain(|(end, _)| *end > ix);
            ix = self.token(ix).max(ix + 1);
        }
    }

    /// Learns constants and array literals of the whole file first.
    fn learn(&mut self) {
        let tokens = self.tokens;
        for ix in 0..tokens.len() {
            let token = &tokens[ix];
            match token.kind {
                Kind::Variable if self.punct(ix + 1, "=") => {
                    let (value, used) = fold(&tokens[ix + 2..], self.source.path, &self.constants);
                    let complete = self.punct(ix + 2 + used, ";");
                    self.constants.learn(token.text, value.filter(|_| complete));
                    let start = if self.name(ix + 2) == Some("array") { ix + 3 } else { ix + 2 };
                    if self.punct(start, "[") || self.punct(start, "(") {
                        let end = start + balanced(&tokens[start..]);
                        let entries =
                            entries(&tokens[start + 1..end.saturating_sub(1).max(start + 1)]);
                        self.arrays.insert(token.text, entries);
                    }
                }
                Kind::Variable if matches!(tokens.get(ix + 1), Some(next) if matches!(next.text, ".=" | "+=" | "++")) =>
                {
                    self.constants.learn(token.text, None);
                    self.constants.learn(token.text, Some(NamePattern::any()));
                }
                Kind::Name
                    if matches!(token.text, "define" | "\\define") && self.punct(ix + 1, "(") =>
                {
                    if let Some(name) = tokens.get(ix + 2).filter(|name| name.kind == Kind::Literal)
                        && self.punct(ix + 3, ",")
                    {
                        let (value, _) = fold(&tokens[ix + 4..], self.source.path, &self.constants);
                        self.constants.learn(name.text, value);
                    }
                }
                Kind::Name if token.text == "const" => {
                    if let Some(name) = self.name(ix + 1).filter(|_| self.punct(ix + 2, "=")) {
                        let (value, _) = fold(&tokens[ix + 3..], self.source.path, &self.constants);
                        self.constants.learn(name, value);
                    }
                }
                _ => {}
            }
        }
    }

    /// Handles the construct at `ix`; returns where to go on.
    fn token(&mut self, ix: usize) -> usize {
        let token = self.tokens[ix];
        match token.kind {
            Kind::Literal | Kind::Template
                if self.source.bytes.get(token.span.start as usize) == Some(&b'`') =>
            {
                self.backticks(ix);
                ix + 1
            }
            Kind::Variable => self.variable(ix),
            Kind::Literal => self.literal(ix),
            Kind::Template => self.interpolated(ix),
            Kind::Name => {
                let previous = ix.checked_sub(1).and_then(|ix| self.at(ix));
                let member = previous.is_some_and(|previous| {
                    previous.kind == Kind::Punct && matches!(previous.text, "->" | "?->" | "::")
                });
                if member {
                    return ix + 1;
                }
                let word = token.text.to_ascii_lowercase();
                self.command(ix, &word);
                self.keyword(ix, &word)
            }
            _ => ix + 1,
        }
    }

    fn keyword(&mut self, ix: usize, word: &str) -> usize {
        match word {
            "require" | "require_once" | "include" | "include_once" => self.include(ix, word),
            "namespace" => {
                if let Some(name) = self.name(ix + 1) {
                    self.namespace = SmolStr::new(name.trim_start_matches('\\'));
                }
                ix + 2
            }
            "use" if ix < self.body_end => self.traits(ix),
            "use" => self.import(ix),
            "class" | "interface" | "trait" | "enum" => self.class(ix),
            "extends" | "implements" => {
                let mut at = ix + 1;
                while let Some(name) = self.name(at) {
                    self.class_required(
                        name,
                        self.tokens[at].span,
                        if word == "extends" { "extends" } else { "implements" },
                    );
                    at += 1;
                    if !self.punct(at, ",") {
                        break;
                    }
                    at += 1;
                }
                at
            }
            "new" => {
                if let Some(name) =
                    self.name(ix + 1).filter(|name| !name.eq_ignore_ascii_case("class"))
                {
                    self.class_required(name, self.tokens[ix + 1].span, "new");
                }
                ix + 1
            }
            "if" | "elseif" => self.condition(ix),
            "isset" | "empty" | "unset" | "class_exists" | "function_exists"
            | "array_key_exists" | "file_exists" | "is_file" | "is_readable" | "defined"
            | "catch" | "instanceof" | "global" => {
                let end = if self.punct(ix + 1, "(") {
                    ix + 1 + balanced(&self.tokens[ix + 1..])
                } else {
                    // To the statement's end: `global $a, $b;`, or one operand.
                    (ix + 1..self.tokens.len().min(ix + 40))
                        .find(|at| self.punct(*at, ";") || self.punct(*at, ")"))
                        .unwrap_or(ix + 2)
                };
                self.guards.push(end);
                self.asks(ix, word);
                ix + 1
            }
            "function" | "fn" => self.function(ix),
            "wfloadextension" | "wfloadskin" | "wfloadextensions" | "wfloadskins" => {
                self.load(ix, word)
            }
            "foreach" => self.foreach(ix),
            "__dir__" => self.beside(ix),
            "class_alias" | "\\class_alias" => self.alias(ix),
            _ => {
                if self.punct(ix + 1, "::") && !matches!(word, "self" | "static" | "parent") {
                    // `X::class` is only a name.
                    let name = self.tokens[ix].text;
                    let before = self.guards.len();
                    let span = self.tokens[ix].span;
                    if self.name(ix + 2).is_some_and(|member| member.eq_ignore_ascii_case("class"))
                    {
                        self.guards.push(ix + 3);
                        self.class_required(name, span, Relation::Expects.called("::class"));
                    } else {
                        self.class_required(name, span, "static use");
                    }
                    self.guards.truncate(before);
                }
                ix + 1
            }
        }
    }

    // Paths.

    fn include(&mut self, ix: usize, word: &str) -> usize {
        let silenced = ix.checked_sub(1).is_some_and(|before| self.punct(before, "@"));
        let start = ix + 1;
        let (value, used) = fold(&self.tokens[start..], self.source.path, &self.constants);
        let end = start + used;
        let closed = end >= self.tokens.len()
            || matches!(self.tokens[end].text, ";" | ")" | "?>" | "]" | "," | ":" | "or");
        let (Some(value), true) = (value, closed) else { return start };
        let last = self.tokens[end.min(self.tokens.len()) - 1].span;
        let span = self.tokens[start].span.to(last);
        let strength = match () {
            () if silenced || !self.guards.is_empty() => Strength::Guarded,
            () if self.asked.contains(&value) => Strength::Guarded,
            () if word.starts_with("include") => Strength::Likely,
            () => Strength::Certain,
        };
        let via = match word.starts_with("include") {
            true => Relation::Includes.called("include"),
            false => "require".into(),
        };
        self.path_required(&value, span, via, strength);
        // Template strings inside still hold variables.
        start
    }

    /// `class_alias( A::class, 'B' )`: the class has that name too.
    fn alias(&mut self, ix: usize) -> usize {
        let end = ix + 1 + self.tokens.get(ix + 1..).map_or(0, balanced);
        let comma = (ix + 2..end.min(ix + 40)).find(|at| self.punct(*at, ","));
        let token = comma.filter(|_| self.punct(ix + 1, "(")).and_then(|at| self.at(at + 1));
        let Some(token) = token.copied() else { return ix + 1 };
        let Some(full) = self.class_named(token) else { return ix + 1 };
        // What it has, the class has. A name that is not read may have anything.
        let first = self.at(ix + 2).copied().and_then(|own| self.class_named(own));
        let parent = first.unwrap_or_default().to_ascii_lowercase();
        let name = NamePattern::exact(full.to_ascii_lowercase());
        let pairs = [(kinds::PHP_CLASS, full.into()), (kinds::PHP_PARENT, parent.into())];
        for (kind, detail) in pairs {
            let (name, span) = (name.clone(), token.span);
            self.out.provides.push(Provide { kind, name, span, within: None, detail });
        }
        ix + 1
    }

    /// The class that an argument names, as a text or by `::class`.
    fn class_named(&self, token: Token<'_>) -> Option<String> {
        let full = match token.kind {
            Kind::Literal => token.text.replace("\\\\", "\\"),
            Kind::Name => self.resolve_name(token.text),
            _ => return None,
        };
        Some(full.trim_start_matches('\\').to_owned())
    }

    /// `__DIR__ . '/../sql/a.sql'`: a file that is read where the path is handed on.
    fn beside(&mut self, ix: usize) -> usize {
        let (value, used) = fold(&self.tokens[ix..], self.source.path, &self.constants);
        let span = self.tokens[ix].span;
        let last = self.tokens[(ix + used).min(self.tokens.len()).max(ix + 1) - 1].span;
        let is_told = |own: &Require| own.span.start <= span.start && span.end <= own.span.end;
        let is_file = value.as_ref().and_then(NamePattern::as_exact).is_some_and(|path| {
            let base = path.rsplit('/').next().unwrap_or(path);
            base.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && end.len() <= 5)
        });
        let is_known = self.out.requires.iter().rev().take(8).any(is_told);
        if let Some(value) = value.filter(|_| is_file && !is_known && self.guards.is_empty())
            && !self.asked.contains(&value)
        {
            let via = Relation::Awaits.called("__DIR__");
            self.path_required(&value, span.to(last), via, Strength::Guarded);
        }
        ix + 1
    }

    /// `file_exists( $path )`, `class_exists( 'X' )`: whoever asks is prepared for a no,
    /// whether by `&&`, `?` or an early return.
    fn asks(&mut self, ix: usize, word: &str) {
        match word {
            "file_exists" | "is_file" | "is_readable" if self.punct(ix + 1, "(") => {
                let rest = &self.tokens[ix + 2..];
                if let (Some(path), _) = fold(rest, self.source.path, &self.constants) {
                    self.asked.insert(path);
                }
            }
            "class_exists" if self.punct(ix + 1, "(") => {
                let Some(token) = self.at(ix + 2) else { return };
                let class = match token.kind {
                    Kind::Literal => token.text.replace("\\\\", "\\"),
                    Kind::Name => self.resolve_name(token.text),
                    _ => return,
                };
                let class = class.trim_start_matches('\\').to_ascii_lowercase();
                self.asked.insert(NamePattern::exact(class));
            }
            _ => {}
        }
    }

    /// A string literal: a class-map key, a setting's name, a path below the web root.
    fn literal(&mut self, ix: usize) -> usize {
        let token = self.tokens[ix];
        let text = token.text;
        if self.punct(ix + 1, "=>") {
            let name = text.trim_start_matches(['-', '+']);
            if is_setting(name) {
                self.setting_provided(name, token.span);
            }
        }
        if text.starts_with("/static/") && is_image(text) {
            let target = Ref::exact(kinds::WEB_PATH, text);
            let strength = self.strength();
            self.push(smallvec![target], token.span, "image path", strength);
        }
        ix + 1
    }

    fn push(
        &mut self,
        any_of: SmallVec<[Ref; 1]>,
        span: Span,
        via: impl Into<Via>,
        strength: Strength,
    ) {
        let require = Require::any_of(any_of, span, via, None);
        self.out.requires.push(require.with_strength(strength));
    }

    /// `wfLoadExtension( 'X' )`, `wfLoadSkins( [ 'A', 'B' ] )`.
    fn load(&mut self, ix: usize, word: &str) -> usize {
        if !self.punct(ix + 1, "(") {
            return ix + 1;
        }
        let end = ix + 1 + balanced(&self.tokens[ix + 1..]);
        let kind =
            if word.contains("skin") { kinds::MEDIAWIKI_SKIN } else { kinds::MEDIAWIKI_EXTENSION };
        let limit = if word.ends_with('s') { end } else { (ix + 3).min(end) };
        for at in ix + 2..limit {
            let token = self.tokens[at];
            if token.kind == Kind::Literal {
                let strength = self.strength();
                self.push(
                    smallvec![Ref::exact(kind, token.text)],
                    token.span,
                    Relation::Registers.called("wfLoadExtension()"),
                    strength,
                );
            }
        }
        ix + 1
    }

    /// `if ( file_exists( … ) ) { … }`: what stands inside is guarded.
    fn condition(&mut self, ix: usize) -> usize {
        if !self.punct(ix + 1, "(") {
            return ix + 1;
        }
        let head = ix + 1 + balanced(&self.tokens[ix + 1..]);
        let test = &self.tokens[ix + 1..head];
        let asks = test.iter().enumerate().any(|(at, token)| {
            let negated = at > 0 && test[at - 1].text == "!";
            token.kind == Kind::Name
                && !negated
                && matches!(
                    token.text,
                    "file_exists"
                        | "is_file"
                        | "is_readable"
                        | "is_dir"
                        | "class_exists"
                        | "function_exists"
                        | "defined"
                        | "interface_exists"
                )
        });
        if asks {
            let end = if self.punct(head, "{") {
                head + balanced(&self.tokens[head..])
            } else {
                (head..self.tokens.len()).find(|at| self.punct(*at, ";")).unwrap_or(head)
            };
            self.guards.push(end);
        }
        self.guarded_settings(test, head);
        ix + 1
    }

    /// `if ( isset( $wmgX ) ) { … $wmgX … }` guards the setting in the body.
    fn guarded_settings(&mut self, test: &[Token<'a>], head: usize) {
        let mut names: FxHashSet<&str> = FxHashSet::default();
        for (at, token) in test.iter().enumerate() {
            if token.kind == Kind::Name && matches!(token.text, "isset" | "empty") {
                names.extend(
                    test[at..]
                        .iter()
                        .take(8)
                        .filter(|t| t.kind == Kind::Variable && is_setting(t.text))
                        .map(|t| t.text),
                );
            }
        }
        if !names.is_empty() && self.punct(head, "{") {
            self.guards.push(head + balanced(&self.tokens[head..]));
        }
    }
}

fn is_setting(name: &str) -> bool {
    SETTING_PREFIXES.iter().any(|prefix| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    })
}

fn is_image(path: &str) -> bool {
    [".png", ".svg", ".ico", ".jpg", ".gif", ".webp"].iter().any(|ending| path.ends_with(ending))
}

/// Splits the inside of an array literal into its entries' first tokens.
fn entries<'a>(tokens: &[Token<'a>]) -> Vec<Entry<'a>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut end = at;
        while end < tokens.len() && !(tokens[end].kind == Kind::Punct && tokens[end].text == ",") {
            end += if matches!(tokens[end].text, "(" | "[" | "{") && tokens[end].kind == Kind::Punct
            {
                balanced(&tokens[end..])
            } else {
                1
            };
        }
        match &tokens[at..end.min(tokens.len())] {
            [key, arrow, value] if arrow.text == "=>" && arrow.kind == Kind::Punct => {
                out.push(Entry { key: Some(*key), value: *value });
            }
            [value] => out.push(Entry { key: None, value: *value }),
            _ => {}
        }
        at = end + 1;
    }
    out
}

//! Rust: `#[derive(Parser)]` of clap and its forerunner structopt.
//!
//! (Source: clap's derive reference, "Terminology", "Arg Attributes", "Arg Types".)

use super::clap_attributes::{aliases, attributes, names, renamed, setting};
use super::clap_field::{Field, Holds};
use crate::domain::programs::builder::Builder;
use crate::extract::Source;
use crate::facts::{Interface, Span, Syntax};
use crate::syntax::script::lexer::{self, RUST};
use crate::syntax::script::tokens::Tokens;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::ops::Range;

/// Types within types are followed this deep.
const MAX_DEPTH: u32 = 12;
/// Sub-commands and flags of all levels together.
const MAX_FIELDS: u32 = 4000;

/// A type that clap is derived for.
struct Type {
    name: SmolStr,
    span: Span,
    /// Its attributes' contents: `name = "x"`, `version`.
    attributes: Vec<Range<usize>>,
    is_enum: bool,
    derives: Vec<SmolStr>,
    /// The tokens between its braces.
    body: Range<usize>,
}

/// The types of a file.
struct Types<'f, 't> {
    tokens: &'f Tokens<'t>,
    by_name: BTreeMap<SmolStr, Type>,
    /// How many more fields are read.
    budget: u32,
}

/// The interface of a program.
pub fn interface(source: &Source<'_>) -> Option<Interface> {
    if !["clap", "structopt"].iter().any(|name| source.text.contains(name)) {
        return None;
    }
    let tokens = lexer::tokens(source.text, &RUST);
    let mut types = Types { tokens: &tokens, by_name: BTreeMap::new(), budget: MAX_FIELDS };
    types.find();
    let name = types.main()?;
    let mut own = Builder::default();
    types.read(&name, &mut own, 0);
    if types.budget == 0 {
        own.open = true;
    }
    own.span = types.by_name.get(&name).map_or(own.span, |main| main.span);
    let says = !own.params.is_empty() || !own.subcommands.is_empty();
    says.then(|| own.interface(source.path))
}

const OWN_ATTRIBUTES: &[&str] = &["command", "clap", "structopt", "arg", "value", "group"];

impl Types<'_, '_> {
    fn find(&mut self) {
        let mut ix = 0;
        while ix < self.tokens.len() {
            let (attributes, item) = attributes(self.tokens, ix);
            if attributes.is_empty() {
                ix += 1;
                continue;
            }
            ix = item.max(ix + 1);
            let derives: Vec<SmolStr> = attributes
                .iter()
                .filter(|(name, _)| name == "derive")
                .flat_map(|(_, body)| body.clone().filter_map(|at| self.tokens.name(at)))
                .map(SmolStr::new)
                .collect();
            let mut at = item;
            if self.tokens.is(at, "pub") {
                at += 1;
                at = if self.tokens.is(at, "(") { self.tokens.next(at) } else { at };
            }
            let is_enum = self.tokens.is(at, "enum");
            if derives.is_empty() || !(is_enum || self.tokens.is(at, "struct")) {
                continue;
            }
            let Some(name) = self.tokens.name(at + 1).map(SmolStr::new) else { continue };
            // Past generics, to the braces.
            let open = (at + 2..self.tokens.len().min(at + 40)).find(|ix| {
                self.tokens.is(*ix, "{") || self.tokens.is(*ix, ";") || self.tokens.is(*ix, "(")
            });
            let Some(open) = open.filter(|open| self.tokens.is(*open, "{")) else { continue };
            let own =
                attributes.into_iter().filter(|(name, _)| OWN_ATTRIBUTES.contains(&name.as_str()));
            let own = Type {
                name: name.clone(),
                span: self.tokens.span(at + 1),
                attributes: own.map(|(_, body)| body).collect(),
                is_enum,
                derives,
                body: open + 1..self.tokens.close(open),
            };
            self.by_name.entry(name).or_insert(own);
        }
    }

    /// The type whose arguments are the program's.
    fn main(&self) -> Option<SmolStr> {
        let derived =
            |own: &&Type| own.derives.iter().any(|name| name == "Parser" || name == "StructOpt");
        let mut parsers: Vec<&Type> = self.by_name.values().filter(derived).collect();
        // structopt derives one trait for all: the one that is read is the program's.
        let read = |own: &Type| {
            (0..self.tokens.len()).any(|ix| {
                self.tokens.is(ix, &own.name)
                    && self.tokens.is(ix + 1, "::")
                    && ["parse", "try_parse", "from_args", "parse_from", "try_parse_from"]
                        .iter()
                        .any(|method| self.tokens.is(ix + 2, method))
            })
        };
        if parsers.len() > 1 {
            parsers.retain(|parser| read(parser));
        }
        match parsers.as_slice() {
            [only] => Some(only.name.clone()),
            _ => None,
        }
    }

    /// Adds what the type of that name declares.
    fn read(&mut self, name: &str, own: &mut Builder, depth: u32) {
        let Some(ty) = self.by_name.get(name).filter(|_| depth < MAX_DEPTH) else {
            own.open = true;
            return;
        };
        let (body, attributes, is_enum) = (ty.body.clone(), ty.attributes.clone(), ty.is_enum);
        let style = setting(self.tokens, &attributes, "rename_all").map(|(style, _)| style);
        own.syntax = Syntax {
            abbreviates: own.syntax.abbreviates
                || names(self.tokens, &attributes, "infer_long_args"),
            ..own.syntax
        };
        own.open |= names(self.tokens, &attributes, "allow_external_subcommands")
            || names(self.tokens, &attributes, "allow_hyphen_values")
            || names(self.tokens, &attributes, "infer_subcommands")
            || names(self.tokens, &attributes, "ignore_errors")
            || names(self.tokens, &attributes, "multicall");
        if is_enum {
            self.variants(body, style.as_deref(), own, depth);
        } else {
            self.fields(body, style.as_deref(), own, depth);
        }
        let span = own.span;
        if !names(self.tokens, &attributes, "disable_help_flag") {
            own.implied(&["--help", "-h"], span);
        }
        if names(self.tokens, &attributes, "version") {
            own.implied(&["--version", "-V"], span);
        }
        if names(self.tokens, &attributes, "subcommand_negates_reqs")
            || names(self.tokens, &attributes, "args_conflicts_with_subcommands")
        {
            own.params.iter_mut().for_each(|param| param.required = false);
        }
    }

    /// The fields of a struct, or of a variant.
    fn fields(&mut self, body: Range<usize>, style: Option<&str>, own: &mut Builder, depth: u32) {
        for part in self.parts(body) {
            self.budget = self.budget.saturating_sub(1);
            if self.budget == 0 {
                return;
            }
            let Some(field) = Field::read(self.tokens, part, style) else { continue };
            let ty = SmolStr::new(field.ty(self.tokens).1);
            match field.holds(self.tokens) {
                Holds::Nothing => {}
                Holds::Parameter => field.add(self.tokens, |name| self.choices(name), own),
                Holds::Subcommands => self.read(&ty, own, depth + 1),
                Holds::Fields { optional } => {
                    let before = own.params.len();
                    self.read(&ty, own, depth + 1);
                    if optional {
                        own.params[before..].iter_mut().for_each(|param| param.required = false);
                    }
                }
            }
        }
    }

    /// The parts of a body between commas; those of a type's parameters (`A<B, C>`) are
    /// none.
    fn parts(&self, body: Range<usize>) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut angles = 0i32;
        for part in self.tokens.split(body) {
            let before = angles;
            for ix in part.clone() {
                angles += i32::from(self.tokens.is(ix, "<")) - i32::from(self.tokens.is(ix, ">"));
            }
            match parts.last_mut().filter(|_| before > 0) {
                Some(last) => last.end = part.end,
                None => {
                    angles = angles.max(0);
                    parts.push(part);
                }
            }
        }
        parts
    }

    /// The sub-commands that an enum lists.
    fn variants(&mut self, body: Range<usize>, style: Option<&str>, own: &mut Builder, depth: u32) {
        for part in self.tokens.split(body) {
            self.budget = self.budget.saturating_sub(1);
            if self.budget == 0 {
                return;
            }
            let (attributes, at) = attributes(self.tokens, part.start);
            let attributes: Vec<Range<usize>> = attributes
                .into_iter()
                .filter(|(name, _)| OWN_ATTRIBUTES.contains(&name.as_str()))
                .map(|(_, body)| body)
                .collect();
            let Some(variant) = self.tokens.name(at).filter(|_| at < part.end) else { continue };
            let variant = SmolStr::new(variant);
            if names(self.tokens, &attributes, "skip") {
                continue;
            }
            if names(self.tokens, &attributes, "external_subcommand") {
                own.open = true;
                continue;
            }
            // `Variant(Type)`.
            let inner = self.tokens.is(at + 1, "(").then(|| self.tokens.close(at + 1));
            let inner =
                inner.and_then(|close| self.tokens.name(close.checked_sub(1)?)).map(SmolStr::new);
            let inner = match inner {
                // `Box<Type>`.
                None if self.tokens.is(at + 1, "(") && self.tokens.is(at + 3, "<") => {
                    self.tokens.name(at + 4).map(SmolStr::new)
                }
                inner => inner,
            };
            if names(self.tokens, &attributes, "flatten") {
                match inner {
                    Some(inner) => self.read(&inner, own, depth + 1),
                    None => own.open = true,
                }
                continue;
            }
            let (name, span) = setting(self.tokens, &attributes, "name")
                .unwrap_or_else(|| (renamed(&variant, style), self.tokens.span(at)));
            let mut sub = Builder { name, span, ..Builder::default() };
            sub.aliases = aliases(
                self.tokens,
                &attributes,
                &["alias", "visible_alias", "aliases", "visible_aliases"],
            );
            if self.tokens.is(at + 1, "{") {
                let style = setting(self.tokens, &attributes, "rename_all").map(|(style, _)| style);
                self.fields(
                    at + 2..self.tokens.close(at + 1),
                    style.as_deref(),
                    &mut sub,
                    depth + 1,
                );
            } else if self.tokens.is(at + 1, "(") {
                match inner {
                    Some(inner) => self.read(&inner, &mut sub, depth + 1),
                    None => sub.open = true,
                }
            }
            let span = sub.span;
            sub.implied(&["--help", "-h"], span);
            own.subcommands.push(sub);
        }
        if !own.subcommands.iter().any(|sub| sub.name == "help") {
            let help =
                Builder { name: "help".into(), open: true, span: own.span, ..Builder::default() };
            own.subcommands.push(help);
        }
    }

    /// The values of a `ValueEnum` of that name.
    fn choices(&self, name: &str) -> Vec<SmolStr> {
        let is_values = |ty: &&Type| {
            ty.is_enum
                && ty.derives.iter().any(|derive| derive == "ValueEnum" || derive == "ArgEnum")
        };
        let Some(ty) = self.by_name.get(name).filter(is_values) else { return Vec::new() };
        if names(self.tokens, &ty.attributes, "ignore_case") {
            return Vec::new();
        }
        let style = setting(self.tokens, &ty.attributes, "rename_all").map(|(style, _)| style);
        let mut out = Vec::new();
        for part in self.tokens.split(ty.body.clone()) {
            let (attributes, at) = attributes(self.tokens, part.start);
            let attributes: Vec<Range<usize>> =
                attributes.into_iter().map(|(_, body)| body).collect();
            let Some(variant) = self.tokens.name(at).filter(|_| at < part.end) else { continue };
            if names(self.tokens, &attributes, "skip") {
                continue;
            }
            let named = setting(self.tokens, &attributes, "name").map(|(name, _)| name);
            out.push(named.unwrap_or_else(|| renamed(variant, style.as_deref())));
            out.extend(aliases(self.tokens, &attributes, &["alias", "aliases"]));
        }
        out
    }
}

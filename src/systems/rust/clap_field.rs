//! Rust: one field of a struct that clap is derived for.

use super::clap_attributes::{aliases, attributes, names, renamed, setting};
use crate::domain::programs::builder::Builder;
use crate::facts::{Arity, Span};
use crate::syntax::script::tokens::Tokens;
use smol_str::SmolStr;
use std::ops::Range;

/// Attributes of a field that are clap's.
const OWN: &[&str] = &["arg", "clap", "structopt", "command", "group"];

/// Attributes under which a field may be left out although its type has no room for it.
const RELAXED: &[&str] = &[
    "default_value",
    "default_value_t",
    "default_values",
    "default_values_t",
    "default_value_os",
    "default_value_if",
    "default_value_ifs",
    "env",
    "required_unless_present",
    "required_unless_present_any",
    "required_unless_present_all",
    "required_if_eq",
    "required_if_eq_any",
    "required_if_eq_all",
    "conflicts_with",
    "conflicts_with_all",
    "overrides_with",
    "overrides_with_all",
    "group",
    "exclusive",
    "required_unless",
    "required_unless_one",
];

/// A field.
pub(super) struct Field {
    name: SmolStr,
    span: Span,
    attributes: Vec<Range<usize>>,
    /// Its type's tokens.
    ty: Range<usize>,
    /// It is compiled under a condition.
    conditional: bool,
    style: Option<SmolStr>,
}

impl Field {
    pub fn read(tokens: &Tokens<'_>, part: Range<usize>, style: Option<&str>) -> Option<Self> {
        let (found, mut at) = attributes(tokens, part.start);
        let conditional = found.iter().any(|(name, _)| name == "cfg" || name == "cfg_attr");
        let own = found.into_iter().filter(|(name, _)| OWN.contains(&name.as_str()));
        let attributes = own.map(|(_, body)| body).collect();
        if tokens.is(at, "pub") {
            at += 1;
            at = if tokens.is(at, "(") { tokens.next(at) } else { at };
        }
        let name = tokens.name(at).filter(|_| tokens.is(at + 1, ":") && at + 1 < part.end)?;
        Some(Self {
            name: name.into(),
            span: tokens.span(at),
            attributes,
            ty: at + 2..part.end,
            conditional,
            style: style.map(SmolStr::new),
        })
    }

    /// `key`, `key = "text"` or neither.
    fn spelling(&self, tokens: &Tokens<'_>, key: &str) -> Option<Option<(SmolStr, Span)>> {
        if let Some((text, span)) = setting(tokens, &self.attributes, key) {
            return Some(Some((text, span)));
        }
        let part = self.part(tokens, key)?;
        if part.len() == 1 {
            return Some(None);
        }
        // `short = 'x'`.
        let source = tokens.source(part.start + 2..part.end);
        let text = source.trim_matches('\'');
        let letter =
            (text.len() < source.len()).then(|| (SmolStr::new(text), tokens.span(part.start + 2)));
        Some(letter)
    }

    fn part(&self, tokens: &Tokens<'_>, key: &str) -> Option<Range<usize>> {
        let mut parts = self.attributes.iter().flat_map(|range| tokens.split(range.clone()));
        parts.find(|part| tokens.is(part.start, key))
    }

    fn has(&self, tokens: &Tokens<'_>, key: &str) -> bool {
        names(tokens, &self.attributes, key)
    }

    /// The wrappers around the type (`Option`, `Vec`) and its own last name.
    pub fn ty<'f>(&self, tokens: &'f Tokens<'_>) -> (Vec<&'f str>, &'f str) {
        let mut wrappers = Vec::new();
        let mut last = "";
        for ix in self.ty.clone() {
            let Some(name) = tokens.name(ix) else { continue };
            if tokens.is(ix + 1, "<") && matches!(name, "Option" | "Vec" | "Box") {
                wrappers.push(name);
            } else if !tokens.is(ix + 1, "::") {
                last = name;
                break;
            }
        }
        (wrappers, last)
    }
}

/// What a field brings into the command line.
pub(super) enum Holds {
    Nothing,
    /// A flag or a positional argument.
    Parameter,
    /// The fields of its type, which may be left out together.
    Fields {
        optional: bool,
    },
    /// The sub-commands that its type lists.
    Subcommands,
}

impl Field {
    /// What it brings into the command line.
    pub fn holds(&self, tokens: &Tokens<'_>) -> Holds {
        if self.has(tokens, "skip") || self.has(tokens, "from_global") {
            Holds::Nothing
        } else if self.has(tokens, "flatten") {
            Holds::Fields { optional: !self.ty(tokens).0.is_empty() || self.conditional }
        } else if self.has(tokens, "subcommand") {
            Holds::Subcommands
        } else {
            Holds::Parameter
        }
    }

    /// Adds the parameter that it is; `choices` tells the values of a type.
    pub fn add(
        &self,
        tokens: &Tokens<'_>,
        choices: impl Fn(&str) -> Vec<SmolStr>,
        own: &mut Builder,
    ) {
        let (wrappers, last) = self.ty(tokens);
        let is_positional =
            self.part(tokens, "short").is_none() && self.part(tokens, "long").is_none();
        let values = arity(tokens, self, &wrappers, last, is_positional);
        let required = self.is_required(tokens, &wrappers, last, values);
        own.open |= self.has(tokens, "allow_hyphen_values") || self.has(tokens, "trailing_var_arg");
        let choices = self.choices(tokens, || choices(last));
        if is_positional {
            let name = setting(tokens, &self.attributes, "value_name")
                .or(setting(tokens, &self.attributes, "name"))
                .map_or(self.bare(), |(name, _)| name);
            let min = u16::from(required);
            let values = values.unwrap_or(Arity::ANY);
            let bounds = Arity { min: values.min.clamp(min, min.max(values.min)), ..values };
            own.positional(&name, bounds, self.span);
            if let Some(param) = own.params.last_mut() {
                param.required = required;
                if !required {
                    param.values = Some(Arity { min: 0, ..values });
                }
                param.choices = choices;
            }
            return;
        }
        let ty = tokens.source(self.ty.clone());
        let default = self.part(tokens, "default_value").or(self.part(tokens, "default_value_t"));
        let (spellings, span) = self.spellings(tokens);
        if let Some(param) = own.flag(spellings, values, span) {
            param.required = required;
            param.choices = choices;
            param.ty = ty.into();
            param.default =
                default.map_or("", |part| tokens.source(part.start + 2..part.end)).into();
        }
    }

    /// Its name as clap makes it up.
    fn bare(&self) -> SmolStr {
        renamed(&self.name, self.style.as_deref())
    }

    /// How its flag is written, and where the name stands.
    fn spellings(&self, tokens: &Tokens<'_>) -> (Vec<SmolStr>, Span) {
        let bare = self.bare();
        let mut span = self.span;
        let mut spellings: Vec<SmolStr> = Vec::new();
        if let Some(long) = self.spelling(tokens, "long") {
            let (name, at) = long.unwrap_or((bare.clone(), self.span));
            span = at;
            spellings.push(format!("--{name}").into());
        }
        if let Some(short) = self.spelling(tokens, "short") {
            let letter = match short {
                Some((letter, _)) => Some(letter),
                None => bare.chars().next().map(|c| SmolStr::from(c.to_string())),
            };
            spellings.extend(letter.map(|letter| SmolStr::from(format!("-{letter}"))));
        }
        let keys = ["alias", "visible_alias", "aliases", "visible_aliases"];
        let others = aliases(tokens, &self.attributes, &keys);
        spellings.extend(others.iter().map(|name| SmolStr::from(format!("--{name}"))));
        for part in self.attributes.iter().flat_map(|range| tokens.split(range.clone())) {
            if tokens.is(part.start, "short_alias") || tokens.is(part.start, "visible_short_alias")
            {
                let letter = tokens.source(part.start + 2..part.end).trim_matches('\'');
                spellings.push(format!("-{letter}").into());
            }
        }
        (spellings, span)
    }

    fn is_required(
        &self,
        tokens: &Tokens<'_>,
        wrappers: &[&str],
        last: &str,
        values: Option<Arity>,
    ) -> bool {
        let optional = wrappers.contains(&"Option")
            || wrappers.contains(&"Vec")
            || self.conditional
            || values == Some(Arity::NONE)
            || last == "bool"
            || RELAXED.iter().any(|key| self.has(tokens, key));
        match self.part(tokens, "required") {
            Some(part) => !tokens.is(part.start + 2, "false") && !self.conditional,
            None => !optional && !self.has(tokens, "action"),
        }
    }

    /// The values that it accepts, by its own list or by its type.
    fn choices(&self, tokens: &Tokens<'_>, of_type: impl FnOnce() -> Vec<SmolStr>) -> Vec<SmolStr> {
        if self.has(tokens, "ignore_case") || self.has(tokens, "value_delimiter") {
            return Vec::new();
        }
        let listed = self.part(tokens, "value_parser").or(self.part(tokens, "possible_values"));
        let Some(part) = listed else { return of_type() };
        let bracket = part.clone().find(|ix| tokens.is(*ix, "["));
        let list = bracket.and_then(|at| tokens.strings(&(at..tokens.close(at) + 1)));
        list.unwrap_or_default().into_iter().map(|(choice, _)| choice).collect()
    }
}

/// How many values it takes each time.
fn arity(
    tokens: &Tokens<'_>,
    field: &Field,
    wrappers: &[&str],
    last: &str,
    positional: bool,
) -> Option<Arity> {
    if let Some(part) = field.part(tokens, "num_args") {
        return range(tokens.source(part.start + 2..part.end));
    }
    if let Some(action) = field.part(tokens, "action") {
        return match tokens.name(action.end.checked_sub(1)?) {
            Some(
                "SetTrue" | "SetFalse" | "Count" | "Help" | "HelpShort" | "HelpLong" | "Version",
            ) => Some(Arity::NONE),
            Some("Set" | "Append") => Some(Arity::ONE),
            _ => None,
        };
    }
    if field.has(tokens, "parse")
        && tokens.source(field.part(tokens, "parse")?).contains("from_occurrences")
    {
        return Some(Arity::NONE);
    }
    if field.has(tokens, "default_missing_value") || field.has(tokens, "min_values") {
        return None;
    }
    let options = wrappers.iter().filter(|wrapper| **wrapper == "Option").count();
    Some(match (wrappers.contains(&"Vec"), positional) {
        (true, true) => Arity::ANY,
        // Once for each value.
        (true, false) => Arity::ONE,
        _ if last == "bool" && wrappers.is_empty() && !positional => Arity::NONE,
        _ if options > 1 => Arity::OPTIONAL,
        _ => Arity::ONE,
    })
}

/// `2`, `1..`, `0..=1`, `1..4`.
fn range(text: &str) -> Option<Arity> {
    let text = text.replace(' ', "");
    let Some((min, max)) = text.split_once("..") else {
        let count = text.parse().ok()?;
        return Some(Arity { min: count, max: Some(count) });
    };
    let min = if min.is_empty() { 0 } else { min.parse().ok()? };
    let max = match max.strip_prefix('=') {
        Some(max) => Some(max.parse().ok()?),
        None if max.is_empty() => None,
        None => Some(max.parse::<u16>().ok()?.checked_sub(1)?),
    };
    Some(Arity { min, max })
}

//! One parameter: `add_argument()` of argparse, `add_option()` of optparse.
//!
//! (Sources: the library reference of argparse and optparse.)

use super::parser::{Declared, Library, Parser, Stores};
use super::value::{Args, Value};
use crate::facts::{Arity, Param, Span};
use smol_str::SmolStr;

/// Whether a line that adds something is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// Always.
    Always,
    /// In a branch.
    Perhaps,
}

/// Adds the parameter that `args` describe.
/// Returns its name; a parser that gets a parameter of unknown name is open.
pub(super) fn declare(
    parser: &mut Parser<'_>,
    args: &Args<'_>,
    source: &str,
    at: Span,
    reached: Reached,
) -> Option<SmolStr> {
    let loose = reached == Reached::Perhaps;
    let mut spellings = spellings(parser, args)?;
    let dest = args.keyword("dest");
    let is_flag = |name: &str| name.starts_with(|c| parser.prefix_chars.contains(c));
    let double = |name: &str| {
        let mut chars = name.chars();
        let mut dash = || chars.next().is_some_and(|c| parser.prefix_chars.contains(c));
        dash() && dash()
    };
    let long = spellings.iter().position(|(name, _)| double(name)).unwrap_or(0);
    let (name, span) = spellings.remove(long);
    // A literal stands where it is; a computed one at its call.
    let span = if span == Span::default() { at } else { span };
    let positional = !is_flag(&name);
    let mut param = Param::new(name.clone(), span);
    param.positional = positional;
    param.aliases = spellings.into_iter().map(|(name, _)| name).collect();
    param.ty = args.written("type", source);
    param.default = args.written("default", source);
    if let Some(Value::List(choices)) = args.keyword("choices") {
        param.choices = literals(choices);
    }
    let action = Action::of(args.keyword("action"));
    let values = match action {
        Action::Switch(_) | Action::Toggle => Some(Arity::NONE),
        Action::Value => arity(args.keyword("nargs"), args.open),
        Action::Other if args.keyword("nargs").is_some() => arity(args.keyword("nargs"), args.open),
        // optparse: a callback takes a value where it names the value's type.
        Action::Other if parser.library == Library::Optparse => {
            Some(if param.ty.is_empty() { Arity::NONE } else { Arity::ONE })
        }
        Action::Other => None,
    };
    param.values = values;
    if action == Action::Toggle {
        let long: Vec<SmolStr> = std::iter::once(&param.name)
            .chain(&param.aliases)
            .filter(|name| double(name))
            .cloned()
            .collect();
        for name in long {
            // Whatever stands for a dash: it may be longer than one byte.
            let bare: String = name.chars().skip(2).collect();
            param.aliases.push(format!("--no-{bare}").into());
        }
    }
    let needed = if positional {
        values.is_some_and(|values| values.min > 0)
    } else {
        args.is_true("required")
    };
    param.required = needed && !loose && !args.open;
    if positional && param.values.is_some_and(|values| values.min > 0) && loose {
        // It takes a place only where it is added.
        param.values = param.values.map(|values| Arity { min: 0, ..values });
    }
    let dest = match dest.and_then(Value::text) {
        Some(dest) => dest.clone(),
        None if positional => name.clone(),
        None => {
            let bare = name.trim_start_matches(|c| parser.prefix_chars.contains(c));
            bare.replace('-', "_").into()
        }
    };
    let stores = match action {
        Action::Switch(stores) => stores,
        Action::Toggle => Stores::True,
        _ => Stores::Value,
    };
    parser.declare(Declared { param, dest, stores });
    Some(name)
}

/// How the parameter is written, each with its place; `None` where that is not known.
fn spellings(parser: &mut Parser<'_>, args: &Args<'_>) -> Option<Vec<(SmolStr, Span)>> {
    let mut spellings: Vec<(SmolStr, Span)> = Vec::new();
    for (value, _) in &args.positional {
        match value {
            Value::Text(text, span) if text.as_exact().is_some_and(|text| !text.is_empty()) => {
                spellings.extend(text.as_exact().map(|text| (text.clone(), *span)));
            }
            // An absent short flag, as optparse allows it.
            Value::Text(text, _) if text.as_exact().is_some() => {}
            Value::None => {}
            _ => parser.open = true,
        }
    }
    if spellings.is_empty() {
        // `add_argument(dest='x')` is a positional argument.
        match args.keyword("dest") {
            Some(Value::Text(text, span)) if parser.library == Library::Argparse && !args.open => {
                spellings.extend(text.as_exact().map(|text| (text.clone(), *span)));
            }
            _ => {
                parser.open = true;
                return None;
            }
        }
    }
    Some(spellings)
}

/// The literal choices; none where one of them is not known.
pub(super) fn literals(choices: &[Value<'_>]) -> Vec<SmolStr> {
    let known = choices.iter().map(|choice| match choice {
        Value::Int(int) => Some(int.to_string().into()),
        choice => choice.text().cloned(),
    });
    known.collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// What passing a flag does, as far as its values are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// Takes no value.
    Switch(Stores),
    /// Takes none, and has a `--no-` form.
    Toggle,
    /// Takes what `nargs` says.
    Value,
    /// A class or a callback.
    Other,
}

impl Action {
    fn of(action: Option<&Value<'_>>) -> Self {
        let Some(action) = action else { return Self::Value };
        if let Value::Imported(name) = action {
            return match name.rsplit('.').next() {
                Some("BooleanOptionalAction") => Self::Toggle,
                _ => Self::Other,
            };
        }
        match action.text().map(SmolStr::as_str) {
            Some("store" | "append" | "extend") => Self::Value,
            Some("store_true") => Self::Switch(Stores::True),
            Some("store_false") => Self::Switch(Stores::False),
            Some("store_const" | "append_const" | "count" | "version" | "help") => {
                Self::Switch(Stores::Value)
            }
            _ => Self::Other,
        }
    }
}

/// How many values `nargs` means. `open`: it may be among keywords that are not shown.
fn arity(nargs: Option<&Value<'_>>, open: bool) -> Option<Arity> {
    const SOME: Arity = Arity { min: 1, max: None };
    match nargs {
        None if open => None,
        None | Some(Value::None) => Some(Arity::ONE),
        Some(Value::Int(count)) => {
            let count = u16::try_from(*count).ok()?;
            Some(Arity { min: count, max: Some(count) })
        }
        Some(Value::Imported(name)) => match name.rsplit('.').next()? {
            "REMAINDER" | "ZERO_OR_MORE" => Some(Arity::ANY),
            "ONE_OR_MORE" | "PARSER" => Some(SOME),
            "OPTIONAL" => Some(Arity::OPTIONAL),
            _ => None,
        },
        Some(value) => match value.text()?.as_str() {
            "?" => Some(Arity::OPTIONAL),
            "*" | "..." => Some(Arity::ANY),
            "+" | "A..." => Some(SOME),
            count => {
                // optparse accepts a string.
                let count = count.parse().ok()?;
                Some(Arity { min: count, max: Some(count) })
            }
        },
    }
}

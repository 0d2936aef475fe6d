//! Go: one declaration of a flag, as the packages `flag` and pflag have it.

use crate::domain::programs::builder::{Builder, is_method};
use crate::facts::Arity;
use crate::syntax::script::tokens::{Kind, Tokens};
use smol_str::SmolStr;

/// Types of which a flag takes a value.
const VALUED: &[&str] = &[
    "Duration",
    "Float32",
    "Float64",
    "Func",
    "IP",
    "IPMask",
    "IPNet",
    "Int",
    "Int16",
    "Int32",
    "Int64",
    "Int8",
    "String",
    "Text",
    "Uint",
    "Uint16",
    "Uint32",
    "Uint64",
    "Uint8",
    "BytesHex",
    "BytesBase64",
    "StringArray",
    "StringSlice",
    "StringToInt",
    "StringToInt64",
    "StringToString",
    "BoolSlice",
    "DurationSlice",
    "Float32Slice",
    "Float64Slice",
    "IPSlice",
    "Int32Slice",
    "Int64Slice",
    "IntSlice",
    "UintSlice",
];

/// One declaration of a flag, by its method's name and its arguments.
pub(super) struct Declared {
    /// Spellings without dashes: the name, and a letter.
    pub name: SmolStr,
    pub short: Option<SmolStr>,
    pub values: Option<Arity>,
    /// The name's token.
    pub at: usize,
    pub default: SmolStr,
}

/// The packages that declare flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Package {
    /// `flag`: one dash.
    Flag,
    /// `pflag`, as POSIX has them: two dashes, and letters.
    Pflag,
}

/// What `….StringVarP(&x, "name", "n", …)` at `ix` declares; `Err` where the name is
/// computed.
pub(super) fn declared(
    tokens: &Tokens<'_>,
    ix: usize,
    package: Package,
) -> Option<Result<Declared, ()>> {
    let method = tokens.name(ix).filter(|_| is_method(tokens, ix) && tokens.is(ix + 1, "("))?;
    let (rest, short) = match method.strip_suffix('P') {
        Some(rest) if package == Package::Pflag && rest != "I" => (rest, true),
        _ => (method, false),
    };
    let (ty, var) = match rest.strip_suffix("Var") {
        Some(ty) => (ty, true),
        None => (rest, false),
    };
    let values = match ty {
        "Bool" | "BoolFunc" | "Count" => Some(Arity::NONE),
        // A type of one's own may be a switch.
        "" if var => None,
        ty if VALUED.contains(&ty) => Some(Arity::ONE),
        _ => return None,
    };
    let parts = tokens.arguments(ix + 1);
    let at = usize::from(var);
    // Others have methods of such names too: theirs have other arguments.
    if parts.len() < at + 2 + usize::from(short) {
        return None;
    }
    let Some(name) = tokens.only(&parts[at]) else { return Some(Err(())) };
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    let letter =
        if short { tokens.only(&parts[at + 1]).filter(|own| !own.is_empty()) } else { None };
    let default =
        parts.get(at + 1 + usize::from(short)).filter(|_| !ty.is_empty() && parts.len() > at + 2);
    Some(Ok(Declared {
        name: name.clone(),
        short: letter.cloned(),
        values,
        at: parts[at].start,
        default: default.map_or("", |part| tokens.source(part.clone())).into(),
    }))
}

impl Declared {
    /// Adds the flag.
    pub fn add(self, tokens: &Tokens<'_>, package: Package, own: &mut Builder) {
        let dashes = if package == Package::Pflag { "--" } else { "-" };
        let mut names = vec![SmolStr::from(format!("{dashes}{}", self.name))];
        names.extend(self.short.map(|short| SmolStr::from(format!("-{short}"))));
        if let Some(param) = own.flag(names, self.values, tokens.span(self.at)) {
            param.default = self.default;
        }
    }
}

/// The first literal string among the tokens of a range.
pub(super) fn first_string(tokens: &Tokens<'_>, range: std::ops::Range<usize>) -> Option<usize> {
    range.into_iter().find(|ix| tokens.get(*ix).is_some_and(|token| token.kind == Kind::Text))
}

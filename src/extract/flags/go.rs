//! Go: the standard library's `flag`, and pflag; cobra's commands have a file of their own.
//!
//! (Sources: the documentation of the packages `flag` and `github.com/spf13/pflag`.)

use super::builder::{Builder, is_method};
use super::cobra;
use super::lexer::{self, GO};
use super::tokens::{Kind, Tokens};
use crate::extract::Source;
use crate::facts::{Arity, Interface, Syntax, base_name};
use smol_str::SmolStr;
use std::collections::BTreeMap;

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

/// Packages that declare flags when they are imported.
const DECLARING: &[&str] = &["glog", "klog", "testing"];

/// The interface of a program.
pub fn interface(source: &Source<'_>) -> Option<Interface> {
    let tokens = lexer::tokens(source.text, &GO);
    let imports = imports(&tokens);
    let named = |path: &str| imports.iter().find(|(_, own)| own == path).map(|(name, _)| name);
    let own = if imports.iter().any(|(_, path)| path.ends_with("spf13/cobra")) {
        cobra::read(&tokens)
    } else if let Some(package) = named("github.com/spf13/pflag") {
        flags(&tokens, package, true, &imports)
    } else if let Some(package) = named("flag") {
        flags(&tokens, package, false, &imports)
    } else {
        None
    }?;
    Some(own.interface(source.path))
}

/// Names and paths of the imported packages.
fn imports(tokens: &Tokens<'_>) -> Vec<(SmolStr, SmolStr)> {
    let mut out = Vec::new();
    let mut add = |at: usize| {
        let Some(path) = tokens.string(at) else { return };
        let base = base_name(path);
        let alias =
            at.checked_sub(1).and_then(|ix| tokens.name(ix)).filter(|name| *name != "import");
        out.push((SmolStr::new(alias.unwrap_or(base)), path.clone()));
    };
    for ix in 0..tokens.len() {
        if !tokens.is(ix, "import") || !tokens.get(ix).is_some_and(|token| token.first) {
            continue;
        }
        if tokens.is(ix + 1, "(") {
            (ix + 2..tokens.close(ix + 1)).for_each(&mut add);
        } else {
            add(ix + 1);
            add(ix + 2);
        }
    }
    out
}

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

/// What `….StringVarP(&x, "name", "n", …)` at `ix` declares; `Err` where the name is
/// computed.
pub(super) fn declared(
    tokens: &Tokens<'_>,
    ix: usize,
    posix: bool,
) -> Option<Result<Declared, ()>> {
    let method = tokens.name(ix).filter(|_| is_method(tokens, ix) && tokens.is(ix + 1, "("))?;
    let (rest, short) = match method.strip_suffix('P') {
        Some(rest) if posix && rest != "I" => (rest, true),
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
    pub fn add(self, tokens: &Tokens<'_>, posix: bool, own: &mut Builder) {
        let dashes = if posix { "--" } else { "-" };
        let mut names = vec![SmolStr::from(format!("{dashes}{}", self.name))];
        names.extend(self.short.map(|short| SmolStr::from(format!("-{short}"))));
        if let Some(param) = own.flag(names, self.values, tokens.span(self.at)) {
            param.default = self.default;
        }
    }
}

/// A program without commands, or with sets of flags of its own.
fn flags(
    tokens: &Tokens<'_>,
    package: &str,
    posix: bool,
    imports: &[(SmolStr, SmolStr)],
) -> Option<Builder> {
    let mut root = Builder {
        syntax: Syntax {
            single_dash: !posix,
            stops_at_positional: !posix,
            valued_switches: true,
            ..Syntax::default()
        },
        ..Builder::default()
    };
    let mut sets: BTreeMap<SmolStr, Builder> = BTreeMap::new();
    let mut parsed = false;
    for ix in 0..tokens.len() {
        if tokens.is(ix, "NewFlagSet") && tokens.is(ix + 1, "(") {
            let equals = ix.checked_sub(3).filter(|at| tokens.is(*at, ":=") || tokens.is(*at, "="));
            let variable = equals.and_then(|at| tokens.name(at.checked_sub(1)?));
            let name = tokens.arguments(ix + 1).first().and_then(|part| tokens.only(part)).cloned();
            match variable {
                Some(variable) => {
                    let name = name.unwrap_or_default();
                    let set = Builder { name, span: tokens.span(ix + 2), ..Builder::default() };
                    sets.insert(variable.into(), set);
                }
                None => root.open = true,
            }
            continue;
        }
        let Some(receiver) = ix.checked_sub(2).and_then(|at| tokens.name(at)) else { continue };
        let in_package = receiver == package
            || (receiver == "CommandLine" && ix >= 4 && tokens.is(ix - 4, package));
        let own = match sets.get_mut(receiver) {
            Some(own) => own,
            None if in_package => &mut root,
            None => continue,
        };
        if tokens.is(ix, "Parse") {
            parsed = true;
        } else if tokens.is(ix, "SetInterspersed") && tokens.is(ix + 2, "false") {
            root.syntax.stops_at_positional = true;
        } else {
            match declared(tokens, ix, posix) {
                Some(Ok(flag)) => flag.add(tokens, posix, own),
                Some(Err(())) => own.open = true,
                None => {}
            }
        }
    }
    let is_program = (0..tokens.len())
        .any(|ix| tokens.is(ix, "package") && tokens.is(ix + 1, "main"))
        && (0..tokens.len()).any(|ix| tokens.is(ix, "func") && tokens.is(ix + 1, "main"));
    let declares =
        |path: &str| DECLARING.iter().any(|own| path.rsplit('/').any(|part| part == *own));
    // Other files of a package declare flags too.
    root.open |= !parsed || !is_program || imports.iter().any(|(_, path)| declares(path));
    let dispatched = (0..tokens.len()).any(|ix| {
        tokens.is(ix, "Args")
            && tokens.is(ix + 1, "[")
            && tokens.is(ix + 2, "2")
            && tokens.is(ix + 3, ":")
    });
    if dispatched && root.params.is_empty() {
        // `prog NAME -flag`: a set for each name, and perhaps names without one.
        root.open = true;
        root.subcommands = sets.into_values().filter(|set| !set.name.is_empty()).collect();
    } else {
        // One set instead of the package's own is the program's; of several it is not known.
        root.open |= sets.len() + usize::from(!root.params.is_empty()) > 1;
        for set in sets.into_values() {
            root.open |= set.open;
            root.params.extend(set.params);
        }
    }
    if root.params.is_empty() && root.subcommands.is_empty() {
        return None;
    }
    root.span = root.params.first().map_or(root.span, |param| param.span);
    let help = root.params.iter().all(|param| !param.is_called("-h") && !param.is_called("-help"));
    if help {
        let names: &[&str] = if posix { &["--help", "-h"] } else { &["-help", "-h"] };
        root.implied(names, root.span);
    }
    root.subcommands.iter_mut().for_each(|sub| sub.takes_arguments("args"));
    root.takes_arguments("args");
    Some(root)
}

/// The first literal string among the tokens of a range.
pub(super) fn first_string(tokens: &Tokens<'_>, range: std::ops::Range<usize>) -> Option<usize> {
    range.into_iter().find(|ix| tokens.get(*ix).is_some_and(|own| own.kind == Kind::Text))
}

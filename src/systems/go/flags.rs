//! Go: the standard library's `flag`, and pflag; cobra's commands have a file of their own.
//!
//! (Sources: the documentation of the packages `flag` and `github.com/spf13/pflag`.)

use super::cobra;
use super::declared::{Package, declared};
use crate::domain::programs::builder::Builder;
use crate::extract::Source;
use crate::facts::{Interface, Syntax, base_name};
use crate::syntax::script::lexer::{self, GO};
use crate::syntax::script::tokens::Tokens;
use smol_str::SmolStr;
use std::collections::BTreeMap;

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
        flags(&tokens, package, Package::Pflag, &imports)
    } else if let Some(package) = named("flag") {
        flags(&tokens, package, Package::Flag, &imports)
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

/// A program without commands, or with sets of flags of its own.
fn flags(
    tokens: &Tokens<'_>,
    name: &str,
    package: Package,
    imports: &[(SmolStr, SmolStr)],
) -> Option<Builder> {
    let posix = package == Package::Pflag;
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
        let in_package =
            receiver == name || (receiver == "CommandLine" && ix >= 4 && tokens.is(ix - 4, name));
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
            match declared(tokens, ix, package) {
                Some(Ok(flag)) => flag.add(tokens, package, own),
                Some(Err(())) => own.open = true,
                None => {}
            }
        }
    }
    // Other files of a package declare flags too.
    root.open |= !parsed || !is_program(tokens) || imports.iter().any(|(_, path)| declares(path));
    join(tokens, sets, &mut root);
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

/// Whether a file holds a program's main function.
fn is_program(tokens: &Tokens<'_>) -> bool {
    let has = |first: &str, then: &str| {
        (0..tokens.len()).any(|ix| tokens.is(ix, first) && tokens.is(ix + 1, then))
    };
    has("package", "main") && has("func", "main")
}

/// Whether a package declares flags when it is imported.
fn declares(path: &str) -> bool {
    DECLARING.iter().any(|own| path.rsplit('/').any(|part| part == *own))
}

/// Adds sets of flags of their own to the program.
fn join(tokens: &Tokens<'_>, sets: BTreeMap<SmolStr, Builder>, root: &mut Builder) {
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
}

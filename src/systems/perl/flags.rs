//! Perl: `GetOptions('name|n=s' => \$name)` of Getopt::Long, `getopts('ab:')` of
//! Getopt::Std.
//!
//! (Sources: Getopt::Long 2.5x, "Summary of Option Specifications" and "Configuring
//! Getopt::Long"; Getopt::Std.)

use super::effects as perl_effects;
use crate::domain::programs::builder::{Builder, dashed};
use crate::extract::Source;
use crate::facts::{Arity, Interface, Span, Syntax};
use crate::syntax::script::lexer::{self, PERL};
use crate::syntax::script::tokens::{Kind, Tokens};
use smol_str::SmolStr;
use std::ops::Range;

/// The interface of a script.
pub fn interface(source: &Source<'_>) -> Option<Interface> {
    let tokens = lexer::tokens(source.text, &PERL);
    // `use Getopt::Long`, `Getopt::Long::GetOptions(…)`.
    let used = |module: &str| {
        (0..tokens.len()).any(|ix| tokens.name(ix).is_some_and(|name| name.starts_with(module)))
    };
    let mut own = Builder::default();
    let mut calls = 0;
    // Variables, and the flags that set them.
    let mut variables: Vec<(SmolStr, SmolStr)> = Vec::new();
    if used("Getopt::Long") {
        let mut config = Config::default();
        configure(&tokens, &mut config);
        own.syntax = Syntax {
            abbreviates: config.abbreviates,
            single_dash: !config.bundling,
            stops_at_positional: config.in_order,
            ignores_case: config.ignores_case,
            ..Syntax::default()
        };
        own.open |= config.passes_through;
        for ix in 0..tokens.len() {
            let name = tokens.name(ix).and_then(|name| name.rsplit("::").next());
            let skipped = match name {
                Some("GetOptions" | "getoptions") => 0,
                Some("GetOptionsFromArray" | "GetOptionsFromString") => 1,
                _ => continue,
            };
            if declares(&tokens, ix) {
                calls += 1;
                let targets = long(&tokens, ix + 1, skipped, &mut own);
                variables.extend(targets.iter().filter_map(|(target, flag)| {
                    let bare = target.strip_prefix('\\')?;
                    let bare = bare.strip_prefix("my").unwrap_or(bare);
                    let simple =
                        bare.strip_prefix('$')?.chars().all(|c| c.is_alphanumeric() || c == '_');
                    simple.then(|| (bare.into(), flag.clone()))
                }));
            }
        }
        if calls > 0 {
            if config.help {
                own.implied(&["--help", "-?"], Span::default());
            }
            if config.version {
                own.implied(&["--version"], Span::default());
            }
        }
    }
    if used("Getopt::Std") {
        for ix in 0..tokens.len() {
            let name = tokens.name(ix).and_then(|name| name.rsplit("::").next());
            let Some(name @ ("getopts" | "getopt")) = name else { continue };
            if declares(&tokens, ix) {
                calls += 1;
                own.syntax.stops_at_positional = true;
                short(&tokens, ix + 1, name == "getopts", &mut own);
            }
        }
    }
    // Several calls read what the one before left over.
    own.open |= calls > 1;
    if own.params.is_empty() {
        return None;
    }
    own.span = own.params[0].span;
    own.takes_arguments("ARGV");
    let effects = perl_effects::effects(&tokens, &variables);
    let mut interface = own.interface(source.path);
    if let Some(command) = &mut interface.command {
        command.effects = effects;
    }
    Some(interface)
}

/// Whether the name at `ix` is called, not defined.
fn declares(tokens: &Tokens<'_>, ix: usize) -> bool {
    let defined = ix > 0 && (tokens.is(ix - 1, "sub") || tokens.is(ix - 1, "\\"));
    let called = tokens.is(ix + 1, "(") || tokens.string(ix + 1).is_some();
    !defined && called
}

struct Config {
    abbreviates: bool,
    bundling: bool,
    ignores_case: bool,
    in_order: bool,
    passes_through: bool,
    help: bool,
    version: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            abbreviates: true,
            bundling: false,
            ignores_case: true,
            in_order: false,
            passes_through: false,
            help: false,
            version: false,
        }
    }
}

/// `use Getopt::Long qw(:config …)`, `Getopt::Long::Configure(…)`.
fn configure(tokens: &Tokens<'_>, config: &mut Config) {
    for ix in 0..tokens.len() {
        let Some(name) = tokens.name(ix) else { continue };
        let mut wanted = match name {
            "Getopt::Long" => false,
            "Getopt::Long::Configure" | "Getopt::Long::config" | "Configure" | "config" => true,
            _ => continue,
        };
        for at in ix + 1..tokens.len() {
            if tokens.is(at, ";") || tokens.is(at, "=>") {
                break;
            }
            let Some(word) = tokens.get(at).filter(|token| token.kind == Kind::Text) else {
                continue;
            };
            if word.value == ":config" {
                wanted = true;
            } else if wanted {
                setting(&word.value, config);
            }
        }
    }
}

fn setting(word: &str, config: &mut Config) {
    let word = word.to_ascii_lowercase();
    let (name, on) = match word.strip_prefix("no") {
        Some(rest) => (rest.trim_start_matches('_').to_owned(), false),
        None => (word, true),
    };
    match name.replace('_', "").as_str() {
        "default" if on => *config = Config::default(),
        "posixdefault" => {
            config.in_order = on;
        }
        "autoabbrev" => config.abbreviates = on,
        "requireorder" => config.in_order = on,
        "permute" => config.in_order = !on,
        "bundling" | "bundlingoverride" | "bundlingvalues" => config.bundling = on,
        "ignorecase" | "ignorecasealways" => config.ignores_case = on,
        "gnugetopt" => {
            config.bundling = on;
            config.in_order = false;
        }
        "passthrough" => config.passes_through = on,
        "autohelp" | "help" => config.help = on,
        "autoversion" | "version" => config.version = on,
        _ => {}
    }
}

/// The arguments of `GetOptions`, after `skipped` of its own.
/// Returns what each of them sets, as written.
fn long(
    tokens: &Tokens<'_>,
    open: usize,
    skipped: usize,
    own: &mut Builder,
) -> Vec<(String, SmolStr)> {
    let parts = tokens.split_pairs(open + 1..tokens.close(open));
    let mut parts = parts.into_iter().filter(|part| !part.is_empty()).skip(skipped).peekable();
    // Targets, as written, and the flags that they belong to.
    let mut targets: Vec<(String, SmolStr)> = Vec::new();
    if parts.peek().is_some_and(|part| is_reference(tokens, part)) {
        parts.next();
    }
    while let Some(part) = parts.next() {
        let spec = match tokens.get(part.start) {
            Some(token) if part.len() == 1 && token.kind == Kind::Text && token.exact => token,
            // A bare word before `=>`.
            Some(token)
                if part.len() == 1
                    && token.kind == Kind::Name
                    && tokens.is(part.end, "=>")
                    && !token.value.starts_with(['$', '@', '%']) =>
            {
                token
            }
            _ => {
                own.open = true;
                // `"$name=s" => \$x`: its target is no flag.
                if tokens.is(part.end, "=>") && parts.peek().is_some() {
                    parts.next();
                }
                continue;
            }
        };
        let (text, span) = (spec.value.clone(), spec.span);
        let arrow = tokens.is(part.end, "=>");
        let target = parts.next_if(|next| arrow || is_reference(tokens, next));
        if text == "<>" {
            continue;
        }
        let Some((names, values)) = specification(&text) else {
            own.open = true;
            continue;
        };
        let written = target.map(|part| tokens.source(part).replace(char::is_whitespace, ""));
        let written = written.filter(|target| target.starts_with('\\') && !target.contains("sub{"));
        let joined = written.as_ref().and_then(|target| {
            targets.iter().find(|(own, _)| own == target).map(|(_, name)| name.clone())
        });
        // One variable for two specifications: two spellings of one flag.
        if let Some(first) = joined.and_then(|name| own.find(&name))
            && first.values == Some(values)
        {
            first.aliases.extend(names);
            if !first.name.starts_with("--")
                && let Some(ix) = first.aliases.iter().position(|name| name.starts_with("--"))
            {
                std::mem::swap(&mut first.name, &mut first.aliases[ix]);
                first.span = span;
            }
            if let Some(target) = written {
                targets.push((target, first.name.clone()));
            }
            continue;
        }
        if let Some(param) = own.flag(names, Some(values), span)
            && let Some(target) = written
        {
            targets.push((target, param.name.clone()));
        }
    }
    targets
}

/// Whether a part can only be where a value goes: `\$x`, `sub {…}`, `$opts`, `\&f`.
fn is_reference(tokens: &Tokens<'_>, part: &Range<usize>) -> bool {
    let at = part.start;
    tokens.is(at, "\\")
        || tokens.is(at, "sub")
        || tokens.is(at, "[")
        || tokens.is(at, "{")
        || tokens.is(at, "$")
        || tokens.name(at).is_some_and(|name| name.starts_with('$'))
}

/// `name|n=s@`: spellings and values.
fn specification(text: &str) -> Option<(Vec<SmolStr>, Arity)> {
    let text = text.trim_start_matches('-');
    let end = text.find(['=', ':', '!', '+']).unwrap_or(text.len());
    let (names, rest) = text.split_at(end);
    let is_name = |name: &str| {
        name == "?"
            || (!name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c)))
    };
    if !names.split('|').all(is_name) {
        return None;
    }
    let mut spellings: Vec<SmolStr> = names.split('|').map(dashed).collect();
    let values = match rest.chars().next() {
        None | Some('+') => Arity::NONE,
        Some('!') => {
            let long: Vec<&str> = names.split('|').filter(|name| name.len() > 1).collect();
            for name in long {
                spellings.push(format!("--no{name}").into());
                spellings.push(format!("--no-{name}").into());
            }
            Arity::NONE
        }
        Some(':') => Arity::OPTIONAL,
        _ => {
            let kind = rest.chars().nth(1)?;
            if !"sif o".contains(kind) || kind == ' ' {
                return None;
            }
            match rest.split_once('{') {
                Some((_, bounds)) => repeat(bounds.strip_suffix('}')?)?,
                None => Arity::ONE,
            }
        }
    };
    Some((spellings, values))
}

/// `2`, `1,3`, `,`.
fn repeat(bounds: &str) -> Option<Arity> {
    let Some((min, max)) = bounds.split_once(',') else {
        let count = bounds.parse().ok()?;
        return Some(Arity { min: count, max: Some(count) });
    };
    let min = if min.is_empty() { 1 } else { min.parse().ok()? };
    let max = if max.is_empty() { None } else { Some(max.parse().ok()?) };
    Some(Arity { min, max })
}

/// `getopts('ab:')`; of `getopt` the letters are those that take a value, and others are
/// switches.
fn short(tokens: &Tokens<'_>, at: usize, closed: bool, own: &mut Builder) {
    let at = if tokens.is(at, "(") { at + 1 } else { at };
    let Some(list) = tokens.string(at) else {
        own.open = true;
        return;
    };
    own.open |= !closed;
    let span = tokens.span(at);
    let mut letters = list.chars().peekable();
    while let Some(letter) = letters.next() {
        let takes = letters.next_if_eq(&':').is_some() || !closed;
        if letter.is_alphanumeric() || letter == '?' {
            let values = if takes { Arity::ONE } else { Arity::NONE };
            own.flag(vec![format!("-{letter}").into()], Some(values), span);
        }
    }
}

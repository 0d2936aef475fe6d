//! Which parameters the words of a command line pass.
//!
//! (Sources: POSIX.1-2017, 12.2 "Utility Syntax Guidelines"; getopt_long(3); Python's
//! argparse, "Argument abbreviations" and `nargs`; Go's `flag` package.)

use crate::facts::{Arity, Call, CommandLine, Interface, NamePattern, Param, Span, Syntax, Word};
use smol_str::SmolStr;

/// What a call passes to a command.
#[derive(Debug, Default)]
pub struct Bound<'i> {
    /// The interfaces that the words went through: the command's, then its sub-commands'.
    pub path: Vec<&'i Interface>,
    /// Flags with their value, where it is known, and the place of the flag.
    pub flags: Vec<(&'i Param, Option<Value>, Span)>,
    /// Positional arguments of the last interface.
    pub positional: Vec<(Option<SmolStr>, Span)>,
    /// Flags that no interface on the path has.
    pub unknown: Vec<(SmolStr, Span)>,
    /// A sub-command that the last interface does not have.
    pub unknown_command: Option<(SmolStr, Span)>,
    /// Flags that take a value and got none.
    pub valueless: Vec<(&'i Param, Span)>,
    /// Anything may have been passed besides.
    pub open: bool,
    /// How many words are positional is not certain.
    pub fuzzy: bool,
}

/// A flag's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Its text, where it is known.
    pub text: Option<SmolStr>,
    /// It is part of the flag's own word: `--flag=value`.
    pub inline: bool,
    /// Where it stands.
    pub span: Span,
}

impl Bound<'_> {
    /// Whether the parameter is passed.
    pub fn passes(&self, name: &str) -> bool {
        self.flags.iter().any(|(param, ..)| param.is_called(name))
    }
}

/// Reads `call`'s words as `interface`'s program would.
pub fn bind<'i>(interface: &'i Interface, call: &Call) -> Bound<'i> {
    let mut bound = Bound { path: vec![interface], open: call.open, ..Bound::default() };
    let only = syntax(&bound).positional_only;
    let mut reader = Reader { words: &call.words, at: 0, ended: only };
    while let Some(word) = reader.words.get(reader.at) {
        reader.at += 1;
        if word.splits {
            bound.open = true;
            continue;
        }
        let prefix = word.text.prefix();
        let is_flag = !reader.ended && prefix.len() > 1 && prefix.starts_with('-');
        if is_flag && word.text.as_exact().is_some_and(|text| text == "--") {
            reader.ended = true;
        } else if is_flag && (prefix.starts_with("--") || syntax(&bound).single_dash) {
            reader.long(word, &mut bound);
        } else if is_flag && !is_number(prefix) {
            reader.short(word, &mut bound);
        } else if !reader.ended && prefix.is_empty() && word.text.as_exact().is_none() {
            // A wholly computed word may be a flag.
            bound.fuzzy = true;
            reader.positional(word, &mut bound);
        } else {
            reader.positional(word, &mut bound);
        }
    }
    bound
}

fn syntax(bound: &Bound<'_>) -> Syntax {
    let own = |interface: &&Interface| interface.command.as_ref().map(|command| command.syntax);
    bound.path.first().and_then(own).unwrap_or_default()
}

fn is_number(text: &str) -> bool {
    text[1..].starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// The parameter called `name`, in the innermost interface first.
fn find<'i>(bound: &Bound<'i>, name: &str) -> Option<&'i Param> {
    bound.path.iter().rev().find_map(|interface| {
        interface.params.iter().find(|param| !param.positional && param.is_called(name))
    })
}

/// The parameter called `name` in any case, with one dash or two.
fn any_case<'i>(bound: &Bound<'i>, name: &str) -> Option<&'i Param> {
    let bare = |name: &str| name.trim_start_matches('-').to_ascii_lowercase();
    let wanted = bare(name);
    let called = |param: &&Param| {
        let mut names = std::iter::once(&param.name).chain(&param.aliases);
        !param.positional && names.any(|name| bare(name) == wanted)
    };
    bound.path.iter().rev().find_map(|interface| interface.params.iter().find(called))
}

/// The one parameter whose long spelling begins with `name`.
fn abbreviated<'i>(bound: &Bound<'i>, name: &str) -> Option<&'i Param> {
    let interface = bound.path.last()?;
    let begins = |param: &&Param| {
        std::iter::once(&param.name).chain(&param.aliases).any(|own| own.starts_with(name))
    };
    let mut found = interface.params.iter().filter(|param| !param.positional).filter(begins);
    found.next().filter(|_| found.next().is_none())
}

struct Reader<'w> {
    words: &'w [Word],
    at: usize,
    ended: bool,
}

impl Reader<'_> {
    fn long(&mut self, word: &Word, bound: &mut Bound<'_>) {
        let (name, value) = match word.text.prefix().split_once('=') {
            Some((name, value)) => {
                let exact = word.text.as_exact().map(|_| SmolStr::new(value));
                (name, Some(Value { text: exact, inline: true, span: word.span }))
            }
            None if word.text.as_exact().is_some() => (word.text.prefix(), None),
            None => {
                // `--${x}`: any flag.
                bound.open = true;
                return;
            }
        };
        let double = name.starts_with("--");
        let param = find(bound, name).or_else(|| {
            let other = if double { name[1..].to_owned() } else { format!("-{name}") };
            find(bound, &other).filter(|_| syntax(bound).single_dash)
        });
        // With one dash where that is a long flag too.
        let full = if double { name.to_owned() } else { format!("-{name}") };
        let Syntax { abbreviates, ignores_case, .. } = syntax(bound);
        let param = param.or_else(|| any_case(bound, name).filter(|_| ignores_case));
        let param = param.or_else(|| abbreviated(bound, &full).filter(|_| abbreviates));
        match param {
            Some(param) => self.take(param, value, word, bound),
            None => bound.unknown.push((name.into(), word.span)),
        }
    }

    fn short(&mut self, word: &Word, bound: &mut Bound<'_>) {
        let text = word.text.prefix();
        // A long name behind one dash comes first.
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        if name.len() > 2
            && let Some(param) = find(bound, name)
        {
            let value = text.split_once('=').map(|(_, value)| Value {
                text: word.text.as_exact().map(|_| value.into()),
                inline: true,
                span: word.span,
            });
            return self.take(param, value, word, bound);
        }
        for (at, letter) in text.char_indices().skip(1) {
            let Some(param) = find(bound, &format!("-{letter}")) else {
                bound.unknown.push((format!("-{letter}").into(), word.span));
                return;
            };
            let rest = &text[at + letter.len_utf8()..];
            let takes = param.values.is_none_or(|values| values.max != Some(0));
            if takes && (!rest.is_empty() || word.text.as_exact().is_none()) {
                let text = word.text.as_exact().map(|_| rest.into());
                let value = Value { text, inline: true, span: word.span };
                return self.take(param, Some(value), word, bound);
            }
            self.take(param, None, word, bound);
            if takes {
                return;
            }
        }
        bound.open |= word.text.as_exact().is_none();
    }

    /// Notes that `param` is passed, with the words that are its values.
    fn take<'i>(
        &mut self,
        param: &'i Param,
        inline: Option<Value>,
        word: &Word,
        bound: &mut Bound<'i>,
    ) {
        let Some(values) = param.values else {
            bound.fuzzy = true;
            bound.flags.push((param, inline, word.span));
            return;
        };
        if inline.is_some() || values == Arity::NONE {
            bound.flags.push((param, inline, word.span));
            return;
        }
        let mut taken: Vec<Value> = Vec::new();
        while values.max.is_none_or(|max| taken.len() < usize::from(max)) {
            let Some(next) = self.words.get(self.at) else { break };
            let must = taken.len() < usize::from(values.min);
            // What follows a flag that wants a value is that value.
            if next.splits && !must {
                bound.open = true;
                break;
            }
            let dash = next.text.prefix().starts_with('-') && next.text.prefix().len() > 1;
            if dash && (!must || values != Arity::ONE) && !is_number(next.text.prefix()) {
                break;
            }
            // Words after an open list of values may belong to it or not.
            bound.fuzzy |= !must;
            taken.push(Value {
                text: next.text.as_exact().cloned(),
                inline: false,
                span: next.span,
            });
            self.at += 1;
        }
        if taken.len() < usize::from(values.min) && !bound.open {
            bound.valueless.push((param, word.span));
        }
        bound.flags.push((param, taken.into_iter().next(), word.span));
    }

    fn positional(&mut self, word: &Word, bound: &mut Bound<'_>) {
        let interface = *bound.path.last().unwrap_or(&bound.path[0]);
        let command: Option<&CommandLine> = interface.command.as_deref();
        let subcommands = command.map_or(&[][..], |own| own.subcommands.as_slice());
        let positional = interface.params.iter().any(|param| param.positional);
        if !subcommands.is_empty() && bound.positional.is_empty() && !self.ended {
            match &word.text {
                NamePattern::Exact(name) => {
                    let found = subcommands.iter().find(|(own, _)| own == name);
                    if let Some((_, inner)) = found {
                        bound.path.push(inner);
                        return;
                    }
                    if !positional && !interface.open {
                        bound.unknown_command = Some((name.clone(), word.span));
                        bound.open = true;
                    }
                }
                NamePattern::Pattern(_) => bound.open = true,
            }
        }
        if syntax(bound).stops_at_positional {
            self.ended = true;
        }
        bound.positional.push((word.text.as_exact().cloned(), word.span));
    }
}

//! Where a call and an interface disagree.

use super::bind::{Bound, bind};
use super::environment::unset;
use crate::facts::{Arity, Call, Entity, Interface, Param, Span, kinds};
use smol_str::SmolStr;

/// One thing that a call gets wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement<'i> {
    /// What.
    pub issue: Issue<'i>,
    /// The interface that it is about: the command's own, or a sub-command's.
    pub interface: &'i Interface,
    /// Where in the call: the argument, or the callee's name for what is missing.
    pub span: Span,
}

/// What a call gets wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issue<'i> {
    /// It passes a parameter that is not taken.
    Unknown(SmolStr),
    /// It names a sub-command that does not exist.
    UnknownCommand(SmolStr),
    /// It does not pass what is required.
    Missing(&'i Param),
    /// It does not set an environment variable that is required.
    Unset(&'i Param),
    /// It passes none of several, one of which is required.
    MissingOneOf(Vec<SmolStr>),
    /// It passes a value that is not among the choices.
    Choice(&'i Param, SmolStr),
    /// It passes a value to a switch.
    Switch(&'i Param),
    /// It passes no value to a flag that takes one.
    NoValue(&'i Param),
    /// It passes two parameters that exclude each other.
    Exclusive(SmolStr, SmolStr),
    /// It passes more positional arguments than are taken.
    TooMany {
        /// How many it passes.
        passed: usize,
        /// How many are taken.
        taken: usize,
    },
}

impl Issue<'_> {
    /// That parameter as an entity: the environment variable, or the parameter of `interface`
    /// under the name by which it is called.
    pub fn entity(&self, interface: &Interface, called: &str) -> Entity {
        let parameter = self.parameter().unwrap_or_default();
        match self {
            Self::Unset(_) => Entity::new(kinds::ENV, parameter),
            _ => interface.parameter(called, parameter),
        }
    }

    /// The parameter that it is about.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::Unknown(name) | Self::UnknownCommand(name) => Some(name),
            Self::Missing(param)
            | Self::Unset(param)
            | Self::Choice(param, _)
            | Self::Switch(param)
            | Self::NoValue(param) => Some(&param.name),
            Self::MissingOneOf(names) => names.first().map(SmolStr::as_str),
            Self::Exclusive(first, _) => Some(first),
            Self::TooMany { .. } => None,
        }
    }
}

/// Everything that `call` gets wrong about `interface`, by its own text alone: what data or
/// defaults fill in is not known here.
pub fn judge<'i>(interface: &'i Interface, call: &Call) -> Vec<Disagreement<'i>> {
    match &interface.command {
        Some(command) if command.syntax.function => function(interface, call),
        Some(_) => words(interface, call),
        None => arguments(interface, call),
    }
}

/// What `call` gets wrong about `interface` and not about `other`, another version of it.
pub fn judge_beyond<'i>(
    interface: &'i Interface,
    other: &Interface,
    call: &Call,
) -> Vec<Disagreement<'i>> {
    let known = judge(other, call);
    let mut own = judge(interface, call);
    own.retain(|own| !known.iter().any(|known| known.issue.parameter() == own.issue.parameter()));
    own
}

/// Arguments by name: classes, defined types, roles.
fn arguments<'i>(interface: &'i Interface, call: &Call) -> Vec<Disagreement<'i>> {
    let mut out = Vec::new();
    let mut say = |issue, span| out.push(Disagreement { issue, interface, span });
    for arg in &call.args {
        match interface.params.iter().find(|param| param.is_called(&arg.name)) {
            None if interface.open => {}
            None => say(Issue::Unknown(arg.name.clone()), arg.span),
            Some(param) => {
                if let Some(value) = arg.value.as_ref().filter(|value| *value != "undef")
                    && !param.choices.is_empty()
                    && !param.choices.contains(value)
                {
                    say(Issue::Choice(param, value.clone()), arg.span);
                }
            }
        }
    }
    if !call.open {
        for param in interface.params.iter().filter(|param| param.required) {
            if !call.args.iter().any(|arg| param.is_called(&arg.name)) {
                say(Issue::Missing(param), call.span);
            }
        }
    }
    out
}

/// Arguments of a function, by place and by name.
fn function<'i>(interface: &'i Interface, call: &Call) -> Vec<Disagreement<'i>> {
    let mut out = Vec::new();
    let mut say = |issue, span| out.push(Disagreement { issue, interface, span });
    let is_rest = |param: &&Param| param.values == Some(Arity::ANY);
    for arg in &call.args {
        let known = interface.params.iter().filter(|param| !is_rest(param));
        if !interface.open && !known.clone().any(|param| param.is_called(&arg.name)) {
            say(Issue::Unknown(arg.name.clone()), arg.span);
        }
    }
    let passed = call.words.len();
    let taken = positional(interface).filter(|param| !is_rest(param)).count();
    let takes_any = interface.open || positional(interface).any(|param| is_rest(&param));
    if let Some(first) = call.words.get(taken).filter(|_| !takes_any) {
        say(Issue::TooMany { passed, taken }, first.span);
    }
    if call.open {
        return out;
    }
    let mut place = 0;
    for param in &interface.params {
        let by_place = param.positional && place < passed;
        place += usize::from(param.positional);
        if param.required && !by_place && !call.args.iter().any(|arg| param.is_called(&arg.name)) {
            say(Issue::Missing(param), call.span);
        }
    }
    out
}

/// Words of a command line.
fn words<'i>(interface: &'i Interface, call: &Call) -> Vec<Disagreement<'i>> {
    let bound = bind(interface, call);
    let innermost = *bound.path.last().unwrap_or(&interface);
    let mut out = Vec::new();
    let mut say = |issue, interface, span| out.push(Disagreement { issue, interface, span });
    let is_open = bound.path.iter().any(|interface| interface.open);
    if !is_open {
        for (name, span) in &bound.unknown {
            say(Issue::Unknown(name.clone()), innermost, *span);
        }
    }
    if let Some((name, span)) = &bound.unknown_command {
        say(Issue::UnknownCommand(name.clone()), innermost, *span);
    }
    let valued = interface.command.as_ref().is_some_and(|command| command.syntax.valued_switches);
    for (param, value, span) in &bound.flags {
        let Some(value) = value else { continue };
        if param.values == Some(Arity::NONE) && value.inline {
            if valued {
                continue;
            }
            say(Issue::Switch(param), innermost, *span);
        } else if let Some(text) = &value.text
            && !param.choices.is_empty()
            && !param.choices.contains(text)
        {
            say(Issue::Choice(param, text.clone()), innermost, value.span);
        }
    }
    for (param, span) in &bound.valueless {
        say(Issue::NoValue(param), innermost, *span);
    }
    for (param, (text, span)) in positional(innermost).zip(&bound.positional) {
        if let Some(text) = text
            && param.values == Some(Arity::ONE)
            && !param.choices.is_empty()
            && !param.choices.contains(text)
        {
            say(Issue::Choice(param, text.clone()), innermost, *span);
        }
    }
    if asks_for_help(&bound) {
        return out;
    }
    for interface in &bound.path {
        for group in interface.command.iter().flat_map(|own| &own.groups) {
            let given = |name: &SmolStr| {
                let place = positional(interface).position(|param| param.is_called(name));
                bound.passes(name) || place.is_some_and(|place| bound.positional.len() > place)
            };
            let mut passed = group.params.iter().filter(|name| given(name));
            match (passed.next(), passed.next()) {
                (Some(first), Some(second)) => {
                    say(Issue::Exclusive(first.clone(), second.clone()), interface, call.span);
                }
                (None, _) if group.required && !bound.open && !bound.fuzzy => {
                    say(Issue::MissingOneOf(group.params.clone()), interface, call.span);
                }
                _ => {}
            }
        }
        if !bound.open {
            for param in interface.params.iter().filter(|param| param.required) {
                if !param.positional && !bound.passes(&param.name) {
                    say(Issue::Missing(param), interface, call.span);
                }
            }
        }
    }
    for param in unset(interface, call) {
        say(Issue::Unset(param), interface, call.span);
    }
    if !bound.open && !bound.fuzzy {
        count(&bound, innermost, call, &mut out);
    }
    out
}

fn positional(interface: &Interface) -> impl Iterator<Item = &Param> {
    interface.params.iter().filter(|param| param.positional)
}

/// Whether there are as many positional arguments as are taken.
fn count<'i>(
    bound: &Bound<'i>,
    interface: &'i Interface,
    call: &Call,
    out: &mut Vec<Disagreement<'i>>,
) {
    let passed = bound.positional.len();
    // Unknown flags may have values, which look like positional arguments.
    let certain = bound.unknown.is_empty();
    let mut least = 0;
    for param in positional(interface) {
        least += param.values.map_or(0, |values| usize::from(values.min));
        if param.required && least > passed && certain {
            let issue = Issue::Missing(param);
            out.push(Disagreement { issue, interface, span: call.span });
            return;
        }
    }
    let most = positional(interface).try_fold(0usize, |sum, param| {
        let max = param.values.and_then(|values| values.max)?;
        Some(sum + usize::from(max))
    });
    let has_commands =
        interface.command.as_ref().is_some_and(|command| !command.subcommands.is_empty());
    if let Some(most) = most
        && passed > most
        && certain
        && !interface.open
        && !has_commands
    {
        let span = bound.positional[most].1;
        let issue = Issue::TooMany { passed, taken: most };
        out.push(Disagreement { issue, interface, span });
    }
}

fn asks_for_help(bound: &Bound<'_>) -> bool {
    ["--help", "--version", "-h", "-V"]
        .iter()
        .any(|name| bound.passes(name) || bound.unknown.iter().any(|(unknown, _)| unknown == name))
}

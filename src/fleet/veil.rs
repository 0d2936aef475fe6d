//! Facts without the values of secrets: they go where the repository does not.

use crate::facts::{Arg, Detail, FileFacts, Interface, Param, Property, is_secret_name};

/// The same facts, in which nothing whose name is that of a secret has a value. No check takes that
/// for a defect: a value that is not written may be any.
pub fn veiled(facts: &FileFacts) -> FileFacts {
    let mut own = facts.clone();
    for provide in &mut own.provides {
        if !matches!(provide.detail, Detail::Text(_)) || !provide.kind.has(Property::KEY) {
            continue;
        }
        let name = provide.name.to_string();
        if is_secret(name.rsplit(['.', ':', '/']).next().unwrap_or(&name)) {
            provide.detail = Detail::None;
        }
    }
    own.interfaces.iter_mut().for_each(interface);
    for call in &mut own.calls {
        call.args.iter_mut().for_each(argument);
        if let Some(environment) = &mut call.environment {
            environment.set.iter_mut().for_each(argument);
        }
    }
    own
}

fn interface(own: &mut Interface) {
    own.params.iter_mut().chain(&mut own.environment).for_each(parameter);
    if let Some(command) = &mut own.command {
        command.subcommands.iter_mut().for_each(|(_, inner)| interface(inner));
    }
}

fn parameter(own: &mut Param) {
    if is_secret(&own.name) {
        own.default = Default::default();
    }
}

fn argument(own: &mut Arg) {
    if is_secret(&own.name) {
        own.value = None;
    }
}

fn is_secret(name: &str) -> bool {
    is_secret_name(&name.to_ascii_lowercase())
}

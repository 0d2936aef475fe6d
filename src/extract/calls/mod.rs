//! What is alike in the files of systems that run command lines: units, crontabs, images,
//! monitoring.
//!
//! Each format's reader is exact about its quoting; what is run, and with which words, becomes
//! a call as in a shell script. A command that nothing in the tree provides stays silent.

mod scalar;

pub(crate) use scalar::scalar;

use crate::facts::{Call, Environment, base_name, kinds};

/// Every call of a file holds its variables: of more than these nothing is said.
const MAX_VARIABLES: usize = 300;

/// Gives `outer` to calls that have been found inside it.
pub(crate) fn give(calls: &mut [Call], outer: &Environment) {
    if outer.is_inherited() {
        return;
    }
    let mut many = Environment::inherited();
    many.add_unknown(kinds::ENV);
    let outer = if outer.set.len() + outer.sources.len() > MAX_VARIABLES { &many } else { outer };
    for call in calls {
        match &mut call.environment {
            Some(own) => own.inside(outer),
            None => call.environment = Some(Box::new(outer.clone())),
        }
    }
}

/// A path without the ending that makes it a template.
pub(crate) fn rendered(path: &str) -> &str {
    let endings = [".erb", ".j2", ".epp", ".tpl"];
    endings.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path)
}

pub(crate) fn base(path: &str) -> &str {
    base_name(path)
}

/// Lines with their offsets, without their ends.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line.trim_end_matches(['\n', '\r'])))
    })
}
